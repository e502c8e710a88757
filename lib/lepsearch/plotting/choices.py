"""Networks that differ in one choice, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lepsearch.plotting.style import drawing, lines, name_rows
from lepsearch.stats.estimate import Estimate

__all__ = ("against_number", "by_row", "shares")


def by_row(
    found: Mapping[str, Mapping[str, Estimate]],
    *,
    xlabel: str = "Area under the ROC curve",
    log: bool = False,
    printed: Mapping[str, float] | None = None,
    lowest: float = -np.inf,
) -> Figure:
    """Draw estimates with a row for each name; those of the first label have trainings as ticks.

    Args:
        found: By label and by name.
        xlabel: What they are.
        log: Whether the axis is logarithmic: a value that isn't positive, or NaN, has a row but no
            mark, and the figure says so if there is no other.
        printed: Values to compare with, by name.
        lowest: Where the axis begins; what lies below is written at its edge.
    """
    names = list(
        dict.fromkeys(name for estimates in found.values() for name, _ in estimates.items())
    )
    with drawing(figsize=(7.2, 1.5 + 0.36 * len(names))) as (figure, axes):
        for i, (label, estimates, style) in enumerate(lines(found, "osD")):
            shown = [
                (one.value, names.index(name) + 0.22 * (i - len(found) // 3), one.error)
                for name, one in estimates.items()
                if not one.value < lowest
            ]
            x, y, error = np.reshape(shown, (-1, 3)).T
            style |= {"linestyle": "none", "markersize": 5, "capsize": 3}
            axes.errorbar(x, y, xerr=error, label=label, **style)
        key: dict[str, Any] = {"label": "single trainings"}
        for name, one in next(iter(found.values())).items():
            row = names.index(name)
            if one.value < lowest:
                edge = axes.get_yaxis_transform()
                axes.text(0.01, row, f"◂ {one:.3f}", va="center", transform=edge)
            elif one.by_seed is not None:
                places = [row - 0.22 * (1 + len(found) // 3)] * len(one.by_seed)
                axes.errorbar(one.by_seed, places, fmt="|", color="#888888", **key)
                key = {}
        if printed:
            rows = [names.index(name) + 0.22 for name in printed]
            look: Any = {"fmt": "D", "color": "#333333", "mfc": "none", "ms": 8}
            axes.errorbar(list(printed.values()), rows, label="thesis", **look)
        name_rows(axes, names)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_xlabel(xlabel)
        values = [one.value for estimates in found.values() for _, one in estimates.items()]
        if np.isfinite(lowest):
            axes.set_xlim(left=lowest)
        if log and (positive := [value for value in values if value > 0]):
            axes.set_xscale("log", nonpositive="clip")
            axes.set_xlim(left=0.5 * min(positive))
        elif log:
            axes.text(0.5, 0.5, "no value is positive", ha="center", transform=axes.transAxes)
        figure.legend(loc="outside upper left", ncols=4)
    return figure


def against_number(
    panels: Mapping[str, Mapping[str, Mapping[int, Estimate]]], *, xlabel: str, ylabel: str
) -> Figure:
    """Draw estimates against a number of things on a logarithmic axis, side by side at each number.

    ``panels`` has the estimate of each number by the title of the panel and by label.
    """
    size = (max(4.1 * len(panels), 7.2), 4.0)
    with drawing(1, len(panels), sharey=True, squeeze=False, figsize=size) as (figure, grid):
        for axes, (title, by_label) in zip(grid[0], panels.items(), strict=True):
            axes.axhline(0, color="#999999", linewidth=0.9, linestyle="-")
            for i, (label, found, style) in enumerate(lines(by_label, "os^Dv*")):
                x = [number * (1 + 0.03 * i) for number in found]
                y, error = zip(*((one.value, one.error) for one in found.values()), strict=True)
                style |= {"capsize": 2, "markersize": 5, "elinewidth": 1.2}
                axes.errorbar(x, y, error, label=label, **style)
            numbers = sorted({number for found in by_label.values() for number in found})
            axes.set(title=title, xscale="log", xlabel=xlabel)
            axes.set_xticks(numbers, [f"{number:,d}" for number in numbers])
            axes.set_xticks([], minor=True)
        grid[0, 0].set_ylabel(ylabel)
        keys = grid[0, 0].get_legend_handles_labels()
        figure.legend(*keys, loc="outside upper left", ncols=2)
    return figure


def shares(found: Mapping[str, Estimate], signals: Sequence[str], *, xlabel: str) -> Figure:
    """Draw a share with its error for each process.

    Args:
        found: Shares [%] by process.
        signals: Which of the processes are signal.
        xlabel: What is shared.
    """
    look: Any = {"height": 0.66, "edgecolor": "#333333", "linewidth": 0.6}
    look["error_kw"] = {"capsize": 2, "elinewidth": 1.1}
    with drawing(figsize=(7.2, 0.9 + 0.36 * len(found))) as (figure, axes):
        for i, (name, share) in enumerate(found.items()):
            # a hatch has the colour of the edge: dark on a light bar, so that it shows
            colour, hatch = ("#f4c2b4", "////") if name in signals else ("#7fa8c9", "")
            axes.barh(i, share.value, xerr=share.error, color=colour, hatch=hatch, **look)
        name_rows(axes, list(found))
        axes.set(xlim=(0, None), xlabel=xlabel)
    return figure
