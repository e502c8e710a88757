"""Heat maps of grids of hyperparameters, with errors, the best point and what is as good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from lepsearch.errors import InputError
from lepsearch.plotting.cells import hatch_cells, hatch_key
from lepsearch.plotting.style import STYLE

__all__ = ("grid_heat",)

# with a white rim, so that frames are seen on dark cells and in grey
BEST: dict[str, Any] = {
    "color": "#b2182b", "lw": 2.6, "ls": "-",
    "path_effects": [withStroke(linewidth=4.6, foreground="white")],
}  # fmt: skip
AS_GOOD: dict[str, Any] = {
    "color": "black", "lw": 1.3, "ls": (0, (3, 2)),
    "path_effects": [withStroke(linewidth=2.8, foreground="white")],
}  # fmt: skip


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
    title: str = "",
) -> Figure:
    """Draw a number at each point of a grid, with its error, in cells.

    Args:
        points: The parameters, ``value`` and ``error`` at each point, from ``tuning.summary``; the
            error of NaN is left out. A point without a value is hatched.
        x: Parameter along the horizontal axis, its values in rising order.
        y: Parameter along the vertical axis, rising upwards.
        label: Name of the number, for the colour bar.
        panels: Parameter with a panel for each of its values; all others must be fixed.
        compatible: The points to frame, the best first: ``tuning.best(...).compatible``, of the
            same points.
        names: What axes call the parameters.
        fmt: Format of values and errors.
        title: Words above the figure.

    Raises:
        InputError: Two points fall into one cell: fix or give panels to the other parameters.
    """
    shown = {name: (names or {}).get(name, name) for name in (x, y, panels or x)}
    parts: list[tuple[Any, pd.DataFrame]] = [(None, points)]
    if panels is not None:
        parts = [
            (one, points[points[panels] == one]) for one in sorted(points[panels].unique().tolist())
        ]
    columns, rows = (sorted(points[name].unique().tolist()) for name in (x, y))
    low, high = _limits(points["value"])
    width, height = 1.05 * len(columns) * len(parts), 0.62 * len(rows)
    with plt.rc_context({**STYLE, "font.size": 10.5}):
        figure, grid = plt.subplots(
            1, len(parts), squeeze=False, sharey=True, figsize=(max(4.4, width + 2.2), height + 1.9)
        )
        for axes, (value, part) in zip(grid[0], parts, strict=True):
            _draw_cells(axes, _pivoted(part, x, y, columns, rows), fmt, (low, high))
            if compatible is not None:
                here = compatible if panels is None else compatible[compatible[panels] == value]
                _frame(axes, here, (x, columns), (y, rows))
            axes.set(xlabel=shown[x], ylabel=shown[y] if axes is grid[0, 0] else "")
            if panels is not None:
                words = value if isinstance(value, str) else f"{shown[panels]} = {value}"
                axes.set_title(words, fontsize=10.5)
        below: Any = "min" if points["value"].min() < low else "neither"
        bar = figure.colorbar(
            grid[0, -1].collections[0], ax=list(grid[0]), label=label, pad=0.02, extend=below
        )
        bar.outline.set_linewidth(0.6)
        _explain(figure, compatible, bool(points["value"].isna().any()), title)
    return figure


def _limits(values: pd.Series[float]) -> tuple[float, float]:
    """Ends of the colours; a few values far below the others do not take most of the range."""
    low, first, middle, high = values.quantile([0.0, 0.25, 0.5, 1.0])
    return max(low, first - 3 * (middle - first)), high


def _pivoted(
    part: pd.DataFrame, x: str, y: str, columns: list[Any], rows: list[Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values and errors with a row for each y."""
    if part.duplicated([x, y]).any():
        others = sorted(set(part.columns) - {x, y, "value", "error", "spread", "seeds"})
        msg = f"several points have the same {x} and {y}; take one value of {', '.join(others)}"
        raise InputError(msg)
    value, error = (
        part.pivot_table(index=y, columns=x, values=name, dropna=False).reindex(
            index=rows, columns=columns
        )
        for name in ("value", "error")
    )
    return value, error


def _draw_cells(
    axes: Any, cells: tuple[pd.DataFrame, pd.DataFrame], fmt: str, limits: tuple[float, float]
) -> None:
    """Coloured cells with value and error in words; hatched where there is no value."""
    value, error = cells
    words = [
        [_words(*one, fmt) for one in zip(*row, strict=True)]
        for row in zip(value.to_numpy(float), error.to_numpy(float), strict=True)
    ]
    sns.heatmap(
        value, annot=np.array(words), fmt="", vmin=limits[0], vmax=limits[1], cmap="YlGnBu",
        ax=axes, cbar=False, linewidths=1, linecolor="white", annot_kws={"fontsize": 9},
    )  # fmt: skip
    hatch_cells(axes, value.isna())
    axes.invert_yaxis()
    axes.tick_params(which="both", length=0)
    axes.tick_params(axis="y", rotation=0)


def _frame(
    axes: Any,
    compatible: pd.DataFrame,
    along_x: tuple[str, list[Any]],
    along_y: tuple[str, list[Any]],
) -> None:
    """Frame the cells of these points; that of index 0 is the best and has a star."""
    for i, row in compatible.iterrows():
        left, low = (values.index(row[name]) for name, values in (along_x, along_y))
        line = BEST if i == 0 else AS_GOOD
        axes.add_patch(
            Rectangle((left + 0.05, low + 0.07), 0.9, 0.86, fill=False, zorder=4, **line)
        )
        if i == 0:
            axes.plot(left + 0.87, low + 0.83, "*", ms=10, mfc=BEST["color"], mec="white", zorder=5)


def _words(value: float, error: float, fmt: str) -> str:
    """What a cell says."""
    shown = [] if np.isnan(value) else [format(value, fmt)]
    if shown and not np.isnan(error):
        shown.append("± " + format(error, fmt))
    return "\n".join(shown)


def _explain(figure: Figure, compatible: pd.DataFrame | None, undefined: bool, title: str) -> None:
    """Legend of the frames, above the figure."""
    entries: list[Any] = []
    if compatible is not None:
        entries.append(Line2D([], [], marker="*", ms=9, label="best", **BEST))
        if len(compatible) > 1:
            entries.append(Line2D([], [], label="as good within errors", **AS_GOOD))
    if undefined:
        entries.append(hatch_key("undefined"))
    if entries or title:
        figure.legend(
            handles=entries, loc="outside upper left", ncols=3, fontsize=9.5, title=title or None,
            title_fontsize=11, alignment="left",
        )  # fmt: skip
