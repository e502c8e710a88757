"""Networks that differ in one choice, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lepsearch.plotting.style import drawing, lines, name_rows
from lepsearch.stats.estimate import Estimate

__all__ = ("areas", "best_against_bins", "leak_against_size", "shares")


def areas(
    found: Mapping[str, Estimate],
    *,
    printed: Mapping[str, float] | None = None,
    counted: Mapping[str, Estimate] | None = None,
    lowest: float = -np.inf,
) -> Figure:
    """Draw the area under the ROC curve of each choice, with those of its trainings as ticks.

    Args:
        found: Areas by choice.
        printed: Values to compare with, by choice.
        counted: Areas in which each simulated event counts the same.
        lowest: Where the axis begins; choices below are written at its edge.
    """
    rows = {name: i for i, name in enumerate(found.keys())}  # also of a pandas series
    shown = [name for name, area in found.items() if not area.value < lowest]
    with drawing(figsize=(7.2, 1.2 + 0.44 * len(found))) as (figure, axes):

        def points(areas: Mapping[str, Estimate], shift: float, **look: Any) -> Any:
            x, error = [areas[name].value for name in shown], [areas[name].error for name in shown]
            y = [rows[name] + shift for name in shown]
            return axes.errorbar(x, y, xerr=error, linestyle="none", capsize=3, **look)

        keys = [points(found, 0, marker="o", color="#0072b2", label="in expected events")]
        if counted is not None:
            look = {"marker": "s", "color": "#d55e00", "markersize": 5}
            keys.append(points(counted, 0.22, label="in simulated events", **look))
        for name in shown:
            seeds: Any = [] if found[name].by_seed is None else found[name].by_seed
            axes.plot(seeds, [rows[name] - 0.22] * len(seeds), "|", color="#888888")
        keys += axes.plot([], [], "|", color="#888888", label="single trainings")
        if printed:
            places = [[printed[name], rows[name] + 0.22] for name in shown if name in printed]
            x, y = np.reshape(places, (-1, 2)).T
            keys += axes.plot(x, y, "D", mfc="none", mec="#1b1b3a", ms=8, label="thesis")
        for name in rows.keys() - shown:
            words, edge = f"◂ {found[name]:.3f}", axes.get_yaxis_transform()
            axes.text(0.01, rows[name], words, va="center", transform=edge)
        name_rows(axes, list(rows))
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        if np.isfinite(lowest):
            axes.set_xlim(left=lowest)
        axes.set_xlabel("Area under the ROC curve")
        figure.legend(handles=keys, loc="outside upper left", ncols=4)
    return figure


def best_against_bins(
    panels: Mapping[str, Mapping[str, Sequence[Estimate]]], numbers: Sequence[int]
) -> Figure:
    """Draw the best significance against the number of bins, on several sets of events.

    Args:
        panels: Significances for each number of bins, by events and by title of the panel.
        numbers: The numbers of bins.
    """
    size = (4.1 * len(panels), 3.9)
    with drawing(1, len(panels), sharey=True, squeeze=False, figsize=size) as (figure, grid):
        for axes, (title, by_events) in zip(grid[0], panels.items(), strict=True):
            for name, found, style in lines(by_events, "os"):
                z, error = [one.value for one in found], [one.error for one in found]
                style |= {"label": name, "capsize": 2, "markersize": 5, "elinewidth": 1}
                axes.errorbar(numbers, z, error, **style)
            axes.set(title=title, xscale="log", xlabel="Bins between 0 and 1")
            axes.set_xticks(numbers, [str(one) for one in numbers])
            axes.tick_params(axis="x", which="minor", bottom=False, top=False)
        # last, so that the top fits all panels
        grid[0, 0].set(ylim=(0, None), ylabel="Expected significance")
        keys = grid[0, 0].get_legend_handles_labels()
        figure.legend(*keys, loc="outside upper left", ncols=2)
    return figure


def leak_against_size(found: Mapping[str, Mapping[int, Estimate]]) -> Figure:
    """Draw what a scale set with test events gains on them in appearance, against their number.

    Args:
        found: The gain for each number of training events, by label.
    """
    with drawing(figsize=(7.2, 4.0)) as (figure, axes):
        axes.axhline(0, color="#999999", linewidth=0.9, linestyle="-")
        for i, (label, gain, style) in enumerate(lines(found, "os^Dv*")):
            beside = [size * (1 + 0.03 * i) for size in gain]
            values, errors = zip(*((one.value, one.error) for one in gain.values()), strict=True)
            axes.errorbar(beside, values, errors, label=label, capsize=2, markersize=5, **style)
        axes.set_xscale("log")
        sizes = sorted({size for gain in found.values() for size in gain})
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.tick_params(axis="x", which="minor", bottom=False, top=False)
        axes.set_xlabel("Training events, and as many test events")
        axes.set_ylabel("Apparent gain in the area")
        axes.legend()
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
