"""Heat maps of grids of hyperparameters, with errors and the points compatible with the best."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from lepsearch.errors import InputError
from lepsearch.plotting.style import CENTRED, drawing, hatch_cells, hatch_key

__all__ = ("grid_heat",)

Along = tuple[str, list[Any]]  # a parameter and its values along an axis
_CELLS: dict[str, Any] = {"cmap": "YlGnBu", "linewidths": 1, "linecolor": "white"}
_CELLS |= {"cbar": False, "annot_kws": {"fontsize": 9}}
# with a white rim, so that frames are seen on dark cells and in grey
_BEST: dict[str, Any] = {"color": "#b2182b", "lw": 2.6, "ls": "-"}
_BEST["path_effects"] = [withStroke(linewidth=4.6, foreground="white")]
_AS_GOOD: dict[str, Any] = {"color": "black", "lw": 1.3, "ls": (0, (3, 2))}
_AS_GOOD["path_effects"] = [withStroke(linewidth=2.8, foreground="white")]


def grid_heat(
    points: pd.DataFrame,
    x: str,
    y: str,
    *,
    label: str,
    panels: str | None = None,
    compatible: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    fmt: str = ".3f",
) -> Figure:
    """Draw a number at each point of a grid, with its error, in cells.

    Args:
        points: The parameters, ``value`` and ``error`` at each point, from ``grid.summary``; the
            error of NaN is left out. A point without a value is hatched.
        x: Parameter along the horizontal axis, its values in rising order.
        y: Parameter along the vertical axis, rising upwards.
        label: Name of the number, for the colour bar.
        panels: Parameter with a panel for each of its values; all others must be fixed.
        compatible: The points to frame, the best first: ``grid.best(...).compatible``, of the
            same points.
        names: What axes call the parameters.
        fmt: Format of values and errors.

    Raises:
        InputError: Two points fall into one cell: fix or give panels to the other parameters.
    """
    columns, rows = (sorted(points[name].unique().tolist()) for name in (x, y))
    values = [None] if panels is None else sorted(points[panels].unique().tolist())
    called = {name: (names or {}).get(name, name) for name in points.columns}
    # a few values far below the others do not take most of the colours
    low, first, middle, high = points["value"].quantile([0.0, 0.25, 0.5, 1.0])
    limits = max(low, first - 3 * (middle - first)), high
    size = max(4.4, 1.05 * len(columns) * len(values) + 2.2), 0.62 * len(rows) + 1.9
    options: Any = {"squeeze": False, "sharey": True, "figsize": size}
    with drawing(1, len(values), CENTRED | {"font.size": 10.5}, **options) as (figure, grid):
        for axes, value in zip(grid[0], values, strict=True):
            part, framed = points, compatible
            if panels is not None:
                part = points[points[panels] == value]
                framed = None if compatible is None else compatible[compatible[panels] == value]
                words = value if isinstance(value, str) else f"{called[panels]} = {value}"
                axes.set_title(words, fontsize=10.5)
            _draw_cells(axes, part, (x, columns), (y, rows), fmt, limits)
            if framed is not None:
                _frame(axes, framed, (x, columns), (y, rows))
            axes.set(xlabel=called[x], ylabel=called[y] if axes is grid[0, 0] else "")
        mesh, extend = grid[0, -1].collections[0], "min" if low < limits[0] else "neither"
        bar = figure.colorbar(mesh, ax=list(grid[0]), label=label, pad=0.02, extend=extend)
        bar.outline.set_linewidth(0.6)
        entries: list[Any] = []
        if compatible is not None:
            entries.append(Line2D([], [], marker="*", ms=9, label="best", **_BEST))
            if len(compatible) > 1:
                entries.append(Line2D([], [], label="compatible with the best", **_AS_GOOD))
        if points["value"].isna().any():
            entries.append(hatch_key("undefined"))
        if entries:
            figure.legend(handles=entries, loc="outside upper left", ncols=3, fontsize=9.5)
    return figure


def _draw_cells(
    axes: Any, part: pd.DataFrame, along_x: Along, along_y: Along, fmt: str, limits: Any
) -> None:
    """Coloured cells with value and error in words; hatched where there is no value."""
    (x, columns), (y, rows) = along_x, along_y
    if part.duplicated([x, y]).any():
        others = sorted(set(part.columns) - {x, y, "estimate", "value", "error", "spread", "seeds"})
        msg = f"several points have the same {x} and {y}; take one value of {', '.join(others)}"
        raise InputError(msg)
    shown = part["value"].map(f"{{:{fmt}}}".format)
    errors = part["error"].map(f"\n± {{:{fmt}}}".format).where(part["error"].notna(), "")
    pivot: Any = {"index": y, "columns": x, "aggfunc": "first", "dropna": False}
    shown = (shown + errors).where(part["value"].notna(), "")
    cells: Any = part.assign(words=shown).pivot_table(["value", "words"], **pivot)
    value, words = (cells[name].reindex(index=rows, columns=columns) for name in ("value", "words"))
    labels, (low, high) = words.fillna("").to_numpy(), limits
    sns.heatmap(value, annot=labels, fmt="", vmin=low, vmax=high, ax=axes, **_CELLS)
    hatch_cells(axes, value.isna())
    axes.invert_yaxis()
    axes.tick_params(which="both", length=0)
    axes.tick_params(axis="y", rotation=0)


def _frame(axes: Any, compatible: pd.DataFrame, along_x: Along, along_y: Along) -> None:
    """Frame the cells of these points; that of index 0 is the best and has a star."""
    for i, row in compatible.iterrows():
        left, low = (values.index(row[name]) for name, values in (along_x, along_y))
        line = _BEST if i == 0 else _AS_GOOD
        corner = (left + 0.05, low + 0.07)
        axes.add_patch(Rectangle(corner, 0.9, 0.86, fill=False, zorder=4, **line))
        if i == 0:
            star: Any = {"ms": 10, "mfc": _BEST["color"], "mec": "white", "zorder": 5}
            axes.plot(left + 0.87, low + 0.83, "*", **star)
