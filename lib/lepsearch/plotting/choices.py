"""Networks that differ in one choice, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from lepsearch.plotting.style import LINES, STYLE
from lepsearch.stats.estimate import Estimate

__all__ = ("areas", "best_against_bins", "leak_against_size", "shares")

_MARKERS = "os^Dv*"


def areas(
    found: Mapping[str, Estimate],
    *,
    printed: Mapping[str, float] | None = None,
    counted: Mapping[str, Estimate] | None = None,
    lowest: float | None = None,
) -> Figure:
    """Draw the area under the ROC curve of each choice, with those of its trainings as ticks.

    Args:
        found: Areas by choice.
        printed: Values to compare with, by choice.
        counted: Areas in which each simulated event counts the same.
        lowest: Where the axis begins; choices below are written at its edge.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 1.2 + 0.44 * len(found)))
        for i, (name, area) in enumerate(found.items()):
            if lowest is not None and area.value < lowest:
                edge = axes.get_yaxis_transform()
                axes.text(0.01, i, f"◂ {area:.3f}", va="center", transform=edge)
                continue
            seeds: Any = [] if area.by_seed is None else area.by_seed
            axes.plot(seeds, [i - 0.22] * len(seeds), "|", color="#888888")
            axes.errorbar(
                area.value, i, xerr=area.error, fmt="o", color="#0072b2", capsize=3,
                label="in expected events" if i == 0 else None,
            )  # fmt: skip
            if counted is not None:
                axes.errorbar(
                    counted[name].value, i + 0.22, xerr=counted[name].error, fmt="s", capsize=3,
                    color="#d55e00", markersize=5, label="in simulated events" if i == 0 else None,
                )  # fmt: skip
            if printed and name in printed:
                axes.plot(printed[name], i + 0.22, "D", mfc="none", mec="#1b1b3a", ms=8)
        handles, labels = axes.get_legend_handles_labels()
        handles.append(axes.plot([], [], "|", color="#888888")[0])
        labels.append("single trainings")
        if printed:
            handles.append(axes.plot([], [], "D", mfc="none", mec="#1b1b3a", ms=8)[0])
            labels.append("thesis")
        _name_rows(axes, list(found.keys()))
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        if lowest is not None:
            axes.set_xlim(left=lowest)
        axes.set_xlabel("Area under the ROC curve", loc="right")
        figure.legend(handles, labels, loc="outside upper left", ncols=4)
    return figure


def _name_rows(axes: Any, names: Sequence[str]) -> None:
    """Write names along the vertical axis, the first at the top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", which="minor", left=False, right=False)


def best_against_bins(
    panels: Mapping[str, Mapping[str, Sequence[Estimate]]], numbers: Sequence[int]
) -> Figure:
    """Draw the best significance against the number of bins, on several sets of events.

    Args:
        panels: Significances for each number of bins, by events and by title of the panel.
        numbers: The numbers of bins.
    """
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            1, len(panels), sharey=True, squeeze=False, figsize=(4.1 * len(panels), 3.9)
        )
        for axes, (title, lines) in zip(grid[0], panels.items(), strict=True):
            styles: Any = zip(cycle(LINES), "os", lines.items(), strict=False)
            for style, marker, (name, found) in styles:
                axes.errorbar(
                    numbers, [one.value for one in found], [one.error for one in found],
                    marker=marker, label=name, capsize=2, markersize=5, elinewidth=1, **style,
                )  # fmt: skip
            axes.set(title=title, xscale="log")
            axes.set_xticks(numbers, [str(one) for one in numbers])
            axes.tick_params(axis="x", which="minor", bottom=False, top=False)
            axes.set_xlabel("Bins between 0 and 1", loc="right")
        grid[0][0].set_ylim(bottom=0)  # last, so that the top fits all panels
        grid[0][0].set_ylabel("Expected significance", loc="top")
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=2)
    return figure


def leak_against_size(
    found: Mapping[str, Mapping[int, Estimate]],
) -> Figure:
    """Draw what a scale set with test events gains on them in appearance, against their number.

    Args:
        found: The gain for each number of training events, by label.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.0))
        axes.axhline(0, color="#999999", linewidth=0.9, linestyle="-")
        styles: Any = zip(cycle(LINES), cycle(_MARKERS), strict=False)
        for i, ((style, marker), (label, gain)) in enumerate(
            zip(styles, found.items(), strict=False)
        ):
            sizes = np.array(list(gain.keys()), dtype=float)
            axes.errorbar(
                sizes * (1 + 0.03 * i), [one.value for one in gain.values()],
                [one.error for one in gain.values()], marker=marker, capsize=2, markersize=5,
                label=label, **style,
            )  # fmt: skip
        axes.set_xscale("log")
        ticks = sorted({size for gain in found.values() for size in gain})
        axes.set_xticks(ticks, [str(size) for size in ticks])
        axes.tick_params(axis="x", which="minor", bottom=False, top=False)
        axes.set_xlabel("Training events, and as many test events", loc="right")
        axes.set_ylabel("Apparent gain in the area", loc="top")
        axes.legend()
    return figure


def shares(found: Mapping[str, Estimate], signals: Sequence[str], *, xlabel: str) -> Figure:
    """Draw a share with its error for each process.

    Args:
        found: Shares [%] by process.
        signals: Which of the processes are signal.
        xlabel: What is shared.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 0.9 + 0.36 * len(found)))
        for i, (name, share) in enumerate(found.items()):
            # a hatch has the colour of the edge: dark on a light bar, so that it shows
            colour, hatch = ("#f4c2b4", "////") if name in signals else ("#7fa8c9", "")
            axes.barh(
                i, share.value, xerr=share.error, color=colour, hatch=hatch, height=0.66,
                edgecolor="#333333", linewidth=0.6, error_kw={"capsize": 2, "elinewidth": 1.1},
            )  # fmt: skip
        _name_rows(axes, list(found))
        axes.set_xlim(left=0)
        axes.set_xlabel(xlabel, loc="right")
    return figure
