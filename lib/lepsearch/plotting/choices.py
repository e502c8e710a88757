"""Networks that differ in one choice, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lepsearch.plotting.style import LINES, STYLE

__all__ = ("areas", "best_against_bins", "leak_against_size", "shares")

_MARKERS = "os^Dv*"


def areas(
    table: pd.DataFrame,
    seeds: Mapping[str, Sequence[float]],
    *,
    printed: Mapping[str, float] | None = None,
    counted: pd.DataFrame | None = None,
    lowest: float | None = None,
) -> Figure:
    """Draw the area under the ROC curve of each choice.

    Args:
        table: ``auc`` and ``error`` by choice (the index), from ``Study.compared``.
        seeds: The area of each training, by choice.
        printed: Values to compare with, by choice.
        counted: As ``table``, with each simulated event counting the same.
        lowest: Where the axis begins; choices below are written at its edge.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 1.2 + 0.44 * len(table)))
        for i, (name, row) in enumerate(table.iterrows()):
            if lowest is not None and row["auc"] < lowest:
                axes.text(
                    0.01, i, f"◂ {row['auc']:.3f} ± {row['error']:.3f}", va="center",
                    transform=axes.get_yaxis_transform(),
                )  # fmt: skip
                continue
            axes.plot(seeds[str(name)], [i - 0.22] * len(seeds[str(name)]), "|", color="#888888")
            axes.errorbar(
                row["auc"], i, xerr=row["error"], fmt="o", color="#0072b2", capsize=3,
                label="in expected events" if i == 0 else None,
            )  # fmt: skip
            if counted is not None:
                one = counted.loc[str(name)]
                axes.errorbar(
                    one["auc"], i + 0.22, xerr=one["error"], fmt="s", color="#d55e00", capsize=3,
                    markersize=5, label="in simulated events" if i == 0 else None,
                )  # fmt: skip
            if printed and name in printed:
                axes.plot(printed[str(name)], i + 0.22, "D", mfc="none", mec="#1b1b3a", ms=8)
        handles, labels = axes.get_legend_handles_labels()
        handles.append(axes.plot([], [], "|", color="#888888")[0])
        labels.append("single trainings")
        if printed:
            handles.append(axes.plot([], [], "D", mfc="none", mec="#1b1b3a", ms=8)[0])
            labels.append("thesis")
        axes.set_yticks(range(len(table)), [str(name) for name in table.index])
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        if lowest is not None:
            axes.set_xlim(left=lowest)
        axes.set_xlabel("Area under the ROC curve", loc="right")
        figure.legend(handles, labels, loc="outside upper left", ncols=4)
    return figure


def best_against_bins(tables: Mapping[str, pd.DataFrame], titles: Sequence[str] = ()) -> Figure:
    """Draw the best significance against the number of bins: where it was chosen, and elsewhere.

    Args:
        tables: From ``binning.best_by_bins``, a panel each, by title.
        titles: Names of the events that chose the cut and of the others.
    """
    names = list(titles) or ["where the cut was chosen", "the same cut on other events"]
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            1, len(tables), sharey=True, squeeze=False, figsize=(4.1 * len(tables), 3.9)
        )
        for axes, (title, table) in zip(grid[0], tables.items(), strict=True):
            styles: Any = zip(cycle(LINES), "os", (("z", "z_error"), ("read", "read_error")),
                              names, strict=False)  # fmt: skip
            for style, marker, (column, error), name in styles:
                axes.errorbar(
                    table.index, table[column], table[error], marker=marker, label=name,
                    capsize=2, markersize=5, elinewidth=1, **style,
                )  # fmt: skip
            axes.set(title=title, xscale="log")
            axes.set_xticks(table.index, [str(one) for one in table.index])
            axes.tick_params(axis="x", which="minor", bottom=False, top=False)
            axes.set_xlabel("Bins between 0 and 1", loc="right")
        grid[0][0].set_ylim(bottom=0)  # last, so that the top fits both panels
        grid[0][0].set_ylabel("Expected significance", loc="top")
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=2)
    return figure


def leak_against_size(tables: Mapping[str, pd.DataFrame], title: str = "") -> Figure:
    """Draw what a scale set with test events gains on them in appearance, against their number.

    Args:
        tables: From ``scaling.leak``, by label.
        title: Words above the plot.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.0))
        axes.axhline(0, color="#999999", linewidth=0.9, linestyle="-")
        styles: Any = zip(cycle(LINES), cycle(_MARKERS), strict=False)
        for i, ((style, marker), (label, table)) in enumerate(
            zip(styles, tables.items(), strict=False)
        ):
            axes.errorbar(
                np.asarray(table.index, dtype=float) * (1 + 0.03 * i), table["leak"],
                table["leak_error"], marker=marker, capsize=2, markersize=5, label=label, **style,
            )  # fmt: skip
        axes.set_xscale("log")
        sizes = sorted({size for table in tables.values() for size in table.index})
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.tick_params(axis="x", which="minor", bottom=False, top=False)
        axes.set_xlabel("Training events, and as many test events", loc="right")
        axes.set_ylabel("Apparent gain in the area", loc="top")
        axes.legend()
        axes.set_title(title)
    return figure


def shares(table: pd.DataFrame, *, xlabel: str) -> Figure:
    """Draw a share with its error for each process.

    Args:
        table: ``share`` and ``error`` in percent by process (the index), and ``signal``: whether
            it is one.
        xlabel: What is shared.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 0.9 + 0.36 * len(table)))
        # a hatch has the colour of the edge: dark on a light bar, so that it shows
        colours = np.where(table["signal"], "#f4c2b4", "#7fa8c9")
        hatches = np.where(table["signal"], "////", "")
        bars = axes.barh(
            range(len(table)), table["share"], xerr=table["error"], color=colours, height=0.66,
            edgecolor="#333333", linewidth=0.6, error_kw={"capsize": 2, "elinewidth": 1.1},
        )  # fmt: skip
        for bar, hatch in zip(bars, hatches, strict=True):
            bar.set_hatch(hatch)
        axes.set_yticks(range(len(table)), [str(name) for name in table.index])
        axes.invert_yaxis()
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.set_xlim(left=0)
        axes.set_xlabel(xlabel, loc="right")
    return figure
