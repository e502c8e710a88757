"""Sphinx extension: chapters have their files' numbers, tables their own, cells an address.

Sphinx counts the chapters that there are, so that ``27_cut_and_count`` would be chapter 16. MyST-NB
makes a figure of every output with a name and a caption, so a table would be "Fig. 3".
"""

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

__all__ = ("TABLE", "NumberedTable", "Tables", "setup")

TABLE = "tab-"
NUMBER = re.compile(r"(?:^|/)(\d\d)_\w+$")


class NumberedTable(nodes.figure):  # type: ignore[misc]
    """A table in an output, with its title."""


class Tables(SphinxTransform):
    """Make tables of the figures with such a name; references to them stay.

    A cell of code gets the address ``line-N`` by its line in the script.
    """

    default_priority = 500

    def apply(self, **_options: Any) -> None:
        """Change the figures of one page."""
        for figure in self.document.findall(nodes.figure):
            if any(name.startswith(TABLE) for name in figure["names"]):
                figure.__class__ = NumberedTable
                figure["classes"].append("numbered-table")
        for cell in self.document.findall(nodes.container):
            if line := cell.get("cell_metadata", {}).get("line"):
                cell["ids"].append(f"line-{line}")


def by_file(
    assign: Callable[[Any, BuildEnvironment], list[str]],
) -> Callable[[Any, BuildEnvironment], list[str]]:
    """Sphinx's numbering of sections, with the file's number for each chapter and none for others.

    It is the first of a section's numbers, and so that of its figures, tables and equations.
    """

    def assign_section_numbers(self: Any, env: BuildEnvironment) -> list[str]:
        changed = assign(self, env)
        for page, numbers in env.toc_secnumbers.items():
            found = NUMBER.search(page)
            chapter = [int(found[1])] if found else []
            for anchor, number in numbers.items():
                numbers[anchor] = (*chapter, *number[1:]) if found else ()
            places = [env.titles[page], *env.tocs[page].findall(nodes.reference)]
            for place in places:
                if number := place.get("secnumber"):
                    place["secnumber"] = [*chapter, *number[1:]] if found else None
        return changed

    return assign_section_numbers


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all with Sphinx."""
    counted = TocTreeCollectorWithStyles.assign_section_numbers
    TocTreeCollectorWithStyles.assign_section_numbers = by_file(counted)  # type: ignore[method-assign]
    html = HTML5Translator.visit_figure, HTML5Translator.depart_figure
    app.add_enumerable_node(NumberedTable, "table", html=html)
    app.add_transform(Tables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
