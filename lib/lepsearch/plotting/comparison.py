"""Pages of features, data beside simulation, and maps of how well they agree."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from hist.intervals import poisson_interval
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.stack import draw_band, draw_stack, set_heights
from lepsearch.plotting.style import CENTRED, canvas, drawing, hatch_cells, hatch_key, shades
from lepsearch.stats.agreement import Agreement

__all__ = ("cell_map", "p_values", "page")

Floats = NDArray[np.float64]
_SMALL: Any = {"font.size": 9, "legend.fontsize": 9, "axes.titlesize": 9, "axes.linewidth": 0.7}
# small ticks of small frames are not read, and take half of the time to draw
_SMALL |= {"xtick.minor.visible": False, "ytick.minor.visible": False}
# cells of a map that are not tested
_EMPTY: dict[str, Any] = {"hatch": "//", "edgecolor": "#b0b0b0"}
_FEW: dict[str, Any] = {"hatch": "xxxx", "edgecolor": "#555555", "facecolor": "#c8c8c8"}
_GREY: Any = {"facecolor": "#888888", "alpha": 0.35, "hatch": None}  # the band of all errors
_RATIO = 2.0  # upper end of the ratio's axis


def page(
    features: Sequence[Agreement], *, source: str, log: bool = True, columns: int = 3
) -> Figure:
    """Draw features side by side: stacked simulation, data, and their ratio beneath.

    The points are of a ``source``: "collisions" or "pseudo-data". The hatched band is the
    simulation's statistical uncertainty, the grey one has the assumed systematic uncertainties too.
    No features give an empty frame that says so.
    """
    rows = max(-(-len(features) // columns), 1)
    height = 3.3 * rows + 0.85
    labels = dict.fromkeys(name for one in features for name in one.expectation.labels)
    colours = shades(list(labels))
    frame = {"left": 0.065, "right": 0.98, "top": 1 - 0.75 / height, "bottom": 0.55 / height}
    with canvas(_SMALL, figsize=(10.2, height), layout="none") as figure:
        grid = figure.add_gridspec(rows, columns, hspace=0.24, wspace=0.22, **frame)
        for place, one in enumerate(features):
            cell = grid[place // columns, place % columns]
            inner = cell.subgridspec(2, 1, height_ratios=(3, 1), hspace=0.06)
            top = figure.add_subplot(inner[0])
            bottom = figure.add_subplot(inner[1], sharex=top)
            _draw(top, bottom, one, colours, source, log=log)
            if place % columns == 0:
                top.set_ylabel("events / bin")
                bottom.set_ylabel("ratio", loc="center")
        if not features:
            axes = figure.add_subplot(grid[:, :], xticks=[], yticks=[])
            axes.text(0.5, 0.5, "nothing has enough events for a test", ha="center", va="center")
        keys: dict[str, Any] = {}
        for axes in figure.axes:
            keys |= dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
        ncols = len(keys) if len(keys) <= 8 else -(-len(keys) // 2)
        figure.legend(keys.values(), keys.keys(), ncols=ncols, loc="upper center")
    return figure


def _draw(
    top: Any, bottom: Any, one: Agreement, colours: Mapping[str, Any], source: str, *, log: bool
) -> None:
    """Draw a feature's stack and points, and beneath both divided by the simulation."""
    processes, edges = one.expectation.processes, one.expectation.edges
    if labels := one.expectation.labels:
        parts = {label: processes[i, :] for i, label in enumerate(labels)}
        draw_stack(top, parts, color=[colours[label] for label in labels])
    counts, total = one.observed, one.expectation.total
    top.stairs(total, edges, color="#333333", linewidth=0.7)
    statistical = np.diag(one.expectation.statistical)
    both = np.sqrt(statistical + np.diag(one.expectation.systematic))
    bars = np.abs(poisson_interval(counts.astype(float)) - counts)
    seen = np.where(counts > 0, counts, np.nan)
    positive = np.where(total > 0, total, np.nan)
    centres = (edges[1:] + edges[:-1]) / 2
    look: Any = {"fmt": "o", "color": "black", "markersize": 2.6, "linewidth": 0.8}
    for axes, points, unit in ((top, seen, np.ones(len(total))), (bottom, counts, positive)):
        middle = total / unit
        draw_band(axes, edges, middle, both / unit, label="stat. + assumed syst.", **_GREY)
        draw_band(axes, edges, middle, np.sqrt(statistical) / unit, label="simulation, stat.")
        axes.errorbar(centres, points / unit, bars / unit, label=source, **look)
    set_heights(top, np.concatenate([total, counts]), log=log, room=0.25, linear=1.3)
    top.minorticks_off()
    if top.get_yscale() == "linear":
        top.ticklabel_format(axis="y", style="sci", scilimits=(-2, 4), useMathText=True)
    top.tick_params(labelbottom=False)
    top.set(xlim=edges[[0, -1]], xlabel="")  # mplhep names the axis of the histogram
    p = f"= {one.p:.2g}" if one.p >= 1e-100 else "< 1e-100"
    words = rf"$\chi^2$/bins = {one.chi2:.4g}/{one.bins}, $p$ {p}"
    words = f"no test: {one.untested}" if one.untested else words
    top.text(0.97, 0.95, words, transform=top.transAxes, ha="right", va="top")
    beyond = np.flatnonzero(counts > _RATIO * positive)
    bottom.plot(centres[beyond], [0.94 * _RATIO] * len(beyond), "^", color="black", ms=3.5)
    bottom.axhline(1, color="#333333", linewidth=0.6)
    bottom.set(ylim=(0, _RATIO), yticks=(0.5, 1, 1.5))
    bottom.set_xlabel(one.axis, labelpad=1)


def cell_map(
    p: Floats, populated: NDArray[np.bool_], labels: Sequence[str], *, source: str
) -> Figure:
    """Map of the cells' p-values, shape (size, size), NaN where a cell wasn't tested.

    Cells that no event fills are white and hatched, others without a test grey and crossed, so that
    neither is taken for a p-value when printed in grey.
    """
    look: Any = {"cmap": "YlOrRd", "vmin": 0, "vmax": 4, "square": True}
    look |= {"linewidths": 0.3, "linecolor": "#eeeeee", "cbar_kws": {"label": r"$-\log_{10}\,p$"}}
    look |= {"xticklabels": labels, "yticklabels": labels}
    with drawing(style=CENTRED, figsize=(8.6, 7.4)) as (figure, axes):
        untested = np.isnan(p)
        hatch_cells(axes, untested & ~populated, **_EMPTY)
        hatch_cells(axes, untested & populated, **_FEW)
        sns.heatmap(-np.log10(np.maximum(p, 1e-10)), ax=axes, **look)
        axes.minorticks_off()
        axes.tick_params(length=0, rotation=0, labelsize=9)
        axes.set_title(f"{source} and simulation")
        keys = [hatch_key("no event", **_EMPTY), hatch_key("no test", **_FEW)]
        figure.legend(handles=keys, loc="outside lower left", ncols=2, fontsize=9)
    return figure


def p_values(sets: dict[str, Floats], *, source: str) -> Figure:
    """Sorted p-values beside those that as many independent tests would have; NaN is left out."""
    with drawing(figsize=(7.2, 4.2)) as (figure, axes):
        for marker, (label, values) in zip("os^D", sets.items(), strict=False):
            p = np.sort(values[~np.isnan(values)])
            expected = (np.arange(len(p)) + 0.5) / max(len(p), 1)
            axes.plot(expected, p, marker, markersize=3.5, label=f"{label} ({len(p)} tests)")
        axes.plot([0, 1], [0, 1], color="0.4", linewidth=1, linestyle="-")
        axes.set(xlim=(0, 1), ylim=(0, 1), title=f"{source} and simulation")
        axes.set(xlabel="expected for independent tests", ylabel="sorted $p$-values")
        axes.legend(loc="best")
    return figure
