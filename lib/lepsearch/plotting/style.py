"""How every figure of the book looks: legible, and readable when printed in grey."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

__all__ = (
    "CENTRED",
    "HATCHED",
    "LINES",
    "STYLE",
    "canvas",
    "drawing",
    "hatch_cells",
    "hatch_key",
    "lines",
    "name_rows",
    "shades",
)

T = TypeVar("T")
# Lines differ in dashes and markers as well as in colour; the colours fall in lightness.
_DASHES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))]
_COLOURS = ["#1b1b3a", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00"]
LINES: Any = cycler(color=_COLOURS) + cycler(linestyle=_DASHES)

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
    "xaxis.labellocation": "right",
    "yaxis.labellocation": "top",
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
    "hatch.linewidth": 0.5,
}
CENTRED: Any = {"xaxis.labellocation": "center", "yaxis.labellocation": "center"}

# The band of a simulation's statistical uncertainty.
HATCHED: Any = {"hatch": "//////", "facecolor": "none", "edgecolor": "#555555", "linewidth": 0}
# A cell without a value is hatched: some colour of every map has the lightness of any plain ground.
_ABSENT: Any = {"facecolor": "white", "edgecolor": "#8c8c8c", "hatch": "/////", "linewidth": 0}


@contextmanager
def canvas(style: Any = None, **options: Any) -> Iterator[Figure]:
    """Open an empty figure in the book's style, with what differs from it.

    A notebook shows it where a cell ends with it, and pyplot not once more.
    """
    with plt.rc_context(STYLE | (style or {})):
        figure = plt.figure(**options)
        yield figure
        plt.close(figure)


@contextmanager
def drawing(
    rows: int = 1, columns: int = 1, style: Any = None, *, figsize: Any = None, **options: Any
) -> Iterator[tuple[Figure, Any]]:
    """Open a figure as :func:`canvas` does, with its axes; many come as an array.

    Nothing to draw, no row, is an empty frame. Options are those of ``Figure.subplots``.
    """
    with canvas(style, figsize=figsize) as figure:
        yield figure, figure.subplots(max(rows, 1), columns, **options)


def lines(drawn: Mapping[str, T], markers: str = "") -> Iterator[tuple[str, T, dict[str, Any]]]:
    """Go through what is drawn: its label, itself, and its colour, dashes and marker if any."""
    looks: list[dict[str, Any]] = list(LINES)
    for i, (label, one) in enumerate(drawn.items()):
        marker = {"marker": markers[i % len(markers)]} if markers else {}
        yield label, one, looks[i % len(looks)] | marker


def name_rows(axes: Any, names: Sequence[str]) -> None:
    """Write names along the vertical axis, the first at the top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", which="minor", left=False, right=False)


def shades(names: Sequence[str]) -> dict[str, tuple[float, float, float, float]]:
    """A fill colour for each name, falling evenly in lightness so that grey print keeps them apart.

    Examples:
        >>> len(shades(["ttbar", "Z+jets"]))
        2
    """
    colours = mpl.colormaps["YlGnBu"]
    count = max(len(names) - 1, 1)
    return {name: colours(0.10 + 0.64 * i / count) for i, name in enumerate(names)}


def hatch_cells(axes: Any, which: ArrayLike, **style: Any) -> None:
    """Hatch cells of a map whose cell (i, j) covers j to j + 1 along x and i to i + 1 along y.

    They look like absent values, except for the ``style``.
    """
    squares = [Rectangle((j, i), 1, 1) for i, j in np.argwhere(np.asarray(which)).tolist()]
    cells = PatchCollection(squares, zorder=1.5, **(_ABSENT | style))
    axes.add_collection(cells, autolim=False)


def hatch_key(label: str, **style: Any) -> Patch:
    """Make the legend's entry of cells hatched in this style."""
    return Patch(label=label, **(_ABSENT | style))
