"""Pages of features, data beside simulation, and maps of how well they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from lepsearch.plotting.cells import hatch_cells, hatch_key
from lepsearch.plotting.style import STYLE, shades
from lepsearch.stats.comparison import Compared

__all__ = ("cell_map", "garwood", "p_values", "page")

Floats = NDArray[np.float64]
_SMALL: Any = {
    "figure.constrained_layout.use": False, "font.size": 9, "legend.fontsize": 9,
    "axes.titlesize": 9, "axes.linewidth": 0.7,
    # small ticks of small frames are not read, and take half of the time to draw
    "xtick.minor.visible": False, "ytick.minor.visible": False,
}  # fmt: skip
# cells of a map that are not tested
_EMPTY: dict[str, Any] = {"hatch": "//", "edgecolor": "#b0b0b0"}
_FEW: dict[str, Any] = {"hatch": "xxxx", "edgecolor": "#555555", "facecolor": "#c8c8c8"}
_RATIO = 2.0  # upper end of the ratio's axis


def page(
    features: Sequence[Compared], *, source: str, log: bool = True, columns: int = 3
) -> Figure:
    """Draw features side by side: stacked simulation, data, and their ratio beneath.

    Args:
        features: What to draw, row by row; none give an empty frame that says so.
        source: What the points are: "collisions" or "pseudo-data".
        log: Whether the vertical axes are logarithmic.
        columns: Panels in a row.

    Returns:
        The figure. The hatched band is the simulation's statistical uncertainty, the grey one has
        the assumed systematic uncertainties too.
    """
    rows = max(-(-len(features) // columns), 1)
    height = 3.3 * rows + 0.55
    labels = list(dict.fromkeys(g for one in features for g in one.expectation.groups))
    colours = shades(labels)
    with plt.rc_context({**STYLE, **_SMALL}):
        figure = plt.figure(figsize=(10.2, height))
        grid = figure.add_gridspec(
            rows, columns, left=0.065, right=0.99, top=1 - 0.55 / height, bottom=0.45 / height,
            hspace=0.24, wspace=0.22,
        )  # fmt: skip
        for place, one in enumerate(features):
            cell = grid[place // columns, place % columns]
            inner = cell.subgridspec(2, 1, height_ratios=(3, 1), hspace=0.06)
            top = figure.add_subplot(inner[0])
            bottom = figure.add_subplot(inner[1], sharex=top)
            _stack(top, one, colours, source, log=log)
            _ratio(bottom, one)
            if place % columns == 0:
                top.set_ylabel("events / bin", loc="top")
                bottom.set_ylabel("ratio")
        if not features:
            axes = figure.add_subplot(grid[:, :], xticks=[], yticks=[])
            axes.text(0.5, 0.5, "nothing has enough events for a test", ha="center", va="center")
        handles = {
            label: handle
            for axes in figure.axes
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            handles.values(), handles.keys(), ncols=min(max(len(handles), 1), 8), loc="upper center"
        )
    return figure


def _steps(axes: Any, edges: Floats, low: Floats, high: Floats, **style: Any) -> None:
    axes.fill_between(
        edges, np.append(low, low[-1:]), np.append(high, high[-1:]), step="post", **style
    )


def _bands(one: Compared) -> tuple[Floats, Floats]:
    statistical = np.sqrt(np.diag(one.expectation.statistical))
    return statistical, np.hypot(statistical, one.systematic)


def garwood(counts: NDArray[np.int64]) -> Floats:
    """Garwood's central intervals of counts as errors below and above, shape (2, k)."""
    low = np.where(counts > 0, stats.chi2.ppf(0.1587, 2 * np.maximum(counts, 1)) / 2, 0.0)
    high = stats.chi2.ppf(0.8413, 2 * (counts + 1)) / 2
    return np.stack([counts - low, high - counts])


def _stack(axes: Any, one: Compared, colours: Any, source: str, *, log: bool) -> None:
    edges, total = one.expectation.edges, one.expectation.total
    below = np.zeros(len(total))
    for label, values in one.expectation.groups.items():
        axes.stairs(
            below + values, edges, baseline=below, fill=True, color=colours[label], label=label
        )
        below = below + values
    axes.stairs(total, edges, color="#333333", linewidth=0.7)
    statistical, both = _bands(one)
    _steps(
        axes, edges, total - both, total + both, facecolor="#888888", alpha=0.35, linewidth=0,
        label="stat. + assumed syst.",
    )  # fmt: skip
    _steps(
        axes, edges, total - statistical, total + statistical, facecolor="none", hatch="//////",
        edgecolor="#444444", linewidth=0, label="simulation, stat.",
    )  # fmt: skip
    seen = one.observed > 0
    centres = (edges[1:] + edges[:-1]) / 2
    axes.errorbar(
        centres[seen], one.observed[seen], garwood(one.observed[seen]), fmt="o", color="black",
        markersize=2.6, linewidth=0.8, label=source,
    )  # fmt: skip
    _scale(axes, np.concatenate([total, one.observed]), log=log)
    axes.tick_params(labelbottom=False)
    axes.set_xlim(edges[0], edges[-1])
    axes.text(0.97, 0.95, _note(one), transform=axes.transAxes, ha="right", va="top")


def _note(one: Compared) -> str:
    if one.result.untested:
        return f"no test: {one.result.untested}"
    return rf"$\chi^2$/bins = {one.result.chi2:.1f}/{one.result.bins}, $p$ = {one.result.p:.2g}"


def _scale(axes: Any, heights: Floats, *, log: bool) -> None:
    peak = float(heights.max(initial=0.0)) or 1.0
    if log and np.any(heights > 0):
        bottom = min(max(0.5 * float(heights[heights > 0].min()), 1e-6 * peak), 1e-2 * peak)
        axes.set_yscale("log")
        axes.minorticks_off()
        axes.set_ylim(bottom, peak * (peak / bottom) ** 0.25)
    else:
        axes.set_ylim(0, 1.3 * peak)
        axes.ticklabel_format(axis="y", style="sci", scilimits=(-2, 4), useMathText=True)


def _ratio(axes: Any, one: Compared) -> None:
    edges, total = one.expectation.edges, one.expectation.total
    there = total > 0
    safe = np.where(there, total, 1.0)
    statistical, both = (np.where(there, band / safe, 0.0) for band in _bands(one))
    _steps(axes, edges, 1 - both, 1 + both, facecolor="#888888", alpha=0.35, linewidth=0)
    _steps(
        axes, edges, 1 - statistical, 1 + statistical, facecolor="none", hatch="//////",
        edgecolor="#444444", linewidth=0,
    )  # fmt: skip
    centres = ((edges[1:] + edges[:-1]) / 2)[there]
    ratio, bars = one.observed[there] / total[there], garwood(one.observed[there]) / total[there]
    axes.errorbar(centres, ratio, bars, fmt="o", color="black", markersize=2.6, linewidth=0.8)
    beyond = ratio > _RATIO
    axes.plot(centres[beyond], np.full(beyond.sum(), 0.94 * _RATIO), "^", color="black", ms=3.5)
    axes.axhline(1, color="#333333", linewidth=0.6)
    axes.set_ylim(0, _RATIO)
    axes.set_yticks([0.5, 1, 1.5])
    axes.set_xlabel(one.axis, loc="right", labelpad=1)


def cell_map(
    p: Floats, populated: NDArray[np.bool_], labels: Sequence[str], *, source: str
) -> Figure:
    """Map of the cells' p-values.

    Args:
        p: p-value of each cell, NaN where it wasn't tested, shape (size, size).
        populated: Whether any event fills a cell, same shape.
        labels: Name of each row and column.
        source: What was compared: "collisions" or "pseudo-data".

    Returns:
        The figure: cells that no event fills are white and hatched, others without a test grey
        and crossed, so that neither is taken for a p-value when printed in grey.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(8.6, 7.4))
        untested = np.isnan(p)
        hatch_cells(axes, untested & ~populated, **_EMPTY)
        hatch_cells(axes, untested & populated, **_FEW)
        sns.heatmap(
            -np.log10(np.maximum(p, 1e-10)), ax=axes, cmap="YlOrRd", vmin=0, vmax=4,
            linewidths=0.3, linecolor="#eeeeee", xticklabels=labels, yticklabels=labels,
            cbar_kws={"label": r"$-\log_{10}\,p$"}, square=True,
        )  # fmt: skip
        axes.tick_params(which="both", top=False, right=False, left=False, bottom=False)
        axes.minorticks_off()
        axes.set_title(f"{source} and simulation")
        figure.legend(
            handles=[hatch_key("no event", **_EMPTY), hatch_key("no test", **_FEW)],
            loc="outside lower left", ncols=2, fontsize=9,
        )  # fmt: skip
        axes.tick_params(axis="x", rotation=0, labelsize=9)
        axes.tick_params(axis="y", rotation=0, labelsize=9)
    return figure


def p_values(sets: dict[str, Floats], *, source: str) -> Figure:
    """Sorted p-values beside those that as many independent tests would have on average.

    Args:
        sets: p-values by label; NaN is left out.
        source: What was compared: "collisions" or "pseudo-data".
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.2))
        for marker, (label, values) in zip("os^D", sets.items(), strict=False):
            p = np.sort(values[~np.isnan(values)])
            expected = (np.arange(len(p)) + 0.5) / max(len(p), 1)
            axes.plot(expected, p, marker, markersize=3.5, label=f"{label} ({len(p)} tests)")
        axes.plot([0, 1], [0, 1], color="0.4", linewidth=1, linestyle="-")
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_title(f"{source} and simulation")
        axes.set_xlabel("expected for independent tests", loc="right")
        axes.set_ylabel("sorted $p$-values", loc="top")
        axes.legend(loc="best")
    return figure
