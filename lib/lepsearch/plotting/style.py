"""How every figure of the book looks: legible, and readable when printed in grey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from cycler import cycler

__all__ = ("HATCHED", "LINES", "STYLE", "shades")

# Lines differ in dashes and markers as well as in colour; the colours fall in lightness.
LINES: Any = (
    cycler(color=["#1b1b3a", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00"])
    + cycler(linestyle=["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))])
)  # fmt: skip

STYLE: Any = {  # matplotlib types its keys one by one
    "figure.dpi": 110,
    "figure.figsize": (7.2, 4.6),
    "figure.constrained_layout.use": True,
    "savefig.dpi": 110,
    "font.size": 11.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.9,
    "axes.prop_cycle": LINES,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
    "hatch.linewidth": 0.5,
}

# The band of a simulation's statistical uncertainty.
HATCHED: Any = {"hatch": "//////", "facecolor": "none", "edgecolor": "#555555", "linewidth": 0}


def shades(names: Sequence[str]) -> dict[str, tuple[float, float, float, float]]:
    """A fill colour for each name, falling evenly in lightness so that grey print keeps them apart.

    Examples:
        >>> len(shades(["ttbar", "Z+jets"]))
        2
    """
    colours = mpl.colormaps["YlGnBu"]
    count = max(len(names) - 1, 1)
    return {name: colours(0.10 + 0.64 * i / count) for i, name in enumerate(names)}
