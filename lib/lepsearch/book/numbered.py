"""Sphinx extension: outputs of chapters whose name begins with ``tab-`` count among the tables.

MyST-NB makes a figure of every output with a name and a caption, so a table would be "Fig. 3".
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

__all__ = ("TABLE", "NumberedTable", "Tables", "setup")

TABLE = "tab-"


class NumberedTable(nodes.figure):  # type: ignore[misc]
    """A table in an output, with its title."""


class Tables(SphinxTransform):
    """Make tables of the figures with such a name; references to them stay."""

    default_priority = 500

    def apply(self, **_options: Any) -> None:
        """Change the figures of one page."""
        for figure in self.document.findall(nodes.figure):
            if any(name.startswith(TABLE) for name in figure["names"]):
                figure.__class__ = NumberedTable
                figure["classes"].append("numbered-table")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both with Sphinx."""
    html = HTML5Translator.visit_figure, HTML5Translator.depart_figure
    app.add_enumerable_node(NumberedTable, "table", html=html)
    app.add_transform(Tables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
