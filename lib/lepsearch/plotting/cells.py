"""Marks on the cells of heat maps, for what colours alone don't tell when printed in grey."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

__all__ = ("hatch_cells", "hatch_key", "mark_negative")

# A cell without a value is hatched: some colour of every map has the lightness of any plain ground.
_ABSENT: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8c8c8c"}
_ABSENT |= {"hatch": "/////", "linewidth": 0}


def hatch_cells(axes: Any, which: ArrayLike, **style: Any) -> PatchCollection:
    """Hatch cells of a map whose cell (i, j) covers j to j + 1 along x and i to i + 1 along y.

    Args:
        axes: Where the map is drawn.
        which: The cells, shape (rows, columns).
        **style: What differs from the style of absent values.
    """
    squares = [Rectangle((j, i), 1, 1) for i, j in np.argwhere(np.asarray(which)).tolist()]
    cells = PatchCollection(squares, zorder=1.5, **(_ABSENT | style))
    axes.add_collection(cells, autolim=False)
    return cells


def hatch_key(label: str, **style: Any) -> Patch:
    """Make the legend's entry of cells hatched in this style."""
    return Patch(label=label, **(_ABSENT | style))


def mark_negative(axes: Any, values: ArrayLike) -> Any:
    """Put a minus into the negative cells of a map with two colours, which in grey are one.

    Args:
        axes: Where the map is drawn, its cells as in ``hatch_cells``.
        values: Shape (rows, columns), from -1 to 1; NaN has no sign.

    Returns:
        The marks: dark on pale cells, white on dark ones.
    """
    numbers = np.asarray(values, dtype=float)
    rows, columns = np.nonzero(numbers < 0)
    colours = np.where(numbers[rows, columns] < -0.5, "white", "#222222")
    return axes.scatter(
        columns + 0.5, rows + 0.5, marker="_", s=14, c=list(colours), linewidths=0.9, zorder=3
    )
