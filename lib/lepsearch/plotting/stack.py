"""Stacked simulation with signals on top, recorded events as points and their ratio beneath."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import mplhep
import numpy as np
from hist import Hist
from matplotlib.figure import Figure

from lepsearch.plotting.style import HATCHED, STYLE, shades
from lepsearch.stats.histograms import components

__all__ = ("draw_band", "draw_ratio", "draw_spectra", "has_ratio", "stack")

_SIGNAL_DASHES = ("--", "-.", ":", (0, (5, 1, 1, 1)))
_POINTS: Any = {
    "histtype": "errorbar",
    "color": "black",
    "marker": "o",
    "markersize": 4.5,
    "elinewidth": 1.2,
    "flow": "none",
}


def stack(
    histogram: Hist, *, xlabel: str, luminosity_fb: float, log: bool = True, title: str = ""
) -> Figure:
    """Draw one feature.

    Args:
        histogram: From ``histograms.spectra``.
        xlabel: Name of the feature, with its unit.
        luminosity_fb: Luminosity that the simulation is scaled to [1/fb].
        log: Whether the vertical axis is logarithmic.
        title: Words above the plot.

    Returns:
        The figure, with a ratio panel where there are data and a background.
    """
    ratio = has_ratio(histogram)
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            1 + ratio,
            sharex=True,
            squeeze=False,
            height_ratios=(3, 1)[: 1 + ratio],
            figsize=(7.2, 5.4 if ratio else 4.6),
        )
        draw_spectra(
            grid[0, 0], histogram, xlabel, luminosity_fb=luminosity_fb, log=log, title=title
        )
        if ratio:
            draw_ratio(grid[1, 0], histogram)
        grid[-1, 0].set_xlabel(xlabel, loc="right")
    return figure


def has_ratio(histogram: Hist) -> bool:
    """Whether there are data and a background to divide them by."""
    return bool(components(histogram, "data") and components(histogram, "background"))


def draw_spectra(
    axes: Any,
    histogram: Hist,
    xlabel: str,
    *,
    luminosity_fb: float | None,
    log: bool = True,
    title: str = "",
    legend: bool = True,
) -> None:
    """Draw stack, signals and data on axes, as :func:`stack` does; ``xlabel`` gives the unit only.

    Without a luminosity the title says that events are counted as simulated. Without ``legend``
    only signals are named on the axes.
    """
    backgrounds, signals = (components(histogram, kind) for kind in ("background", "signal"))
    total, counts = _total(histogram, "background"), _total(histogram, "data").values()
    edges = histogram.axes["x"].edges
    if backgrounds:
        mplhep.histplot(
            list(backgrounds.values()),
            ax=axes,
            stack=True,
            histtype="fill",
            label=list(backgrounds),
            color=list(shades(list(backgrounds)).values()),
            edgecolor="#333333",
            linewidth=0.6,
            flow="none",
        )
        error = np.sqrt(total.variances())
        draw_band(axes, edges, total.values(), error, label="simulation, stat. unc.")
    for dashes, (label, signal) in zip(cycle(_SIGNAL_DASHES), signals.items(), strict=False):
        line = {"color": "#b2182b", "linestyle": dashes, "linewidth": 2.2}
        mplhep.histplot(signal, ax=axes, label=label, yerr=False, flow="none", **line)
    if counts.any():
        seen = np.where(counts > 0, counts, np.nan)
        mplhep.histplot((seen, edges), yerr=np.sqrt(counts), ax=axes, label="data", **_POINTS)
    named = {
        label: handle
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        if legend or label in signals
    }
    columns = 2 if legend else 1
    if named:
        axes.legend(named.values(), named.keys(), ncols=columns, loc="upper right")
    rows = np.ceil(len(named) / columns)
    heights = [one.values() for one in [*backgrounds.values(), *signals.values()]]
    _set_heights(axes, [*heights, counts], total.values(), rows, log=log)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel("")  # mplhep names the axis of the histogram
    widths, bracketed = np.diff(edges), re.search(r"\[(.+)\]", xlabel)
    even = np.ptp(widths) < 1e-9 * widths[0]
    unit = f"{widths[0]:.3g} {bracketed[1]}" if even and bracketed else "bin"
    axes.set_ylabel(f"Events / {unit}", loc="top")
    words = "simulated events, not scaled"
    if luminosity_fb is not None:
        words = rf"$\sqrt{{s}}=13$ TeV, {luminosity_fb:g} fb$^{{-1}}$"
    axes.set_title(f"{title}   {words}" if title else words)


def _total(histogram: Hist, kind: str) -> Hist:
    """Sum of one kind's processes."""
    return histogram[{"kind": kind, "process": sum}]


def draw_band(axes: Any, edges: Any, middle: Any, error: Any, **style: Any) -> None:
    """Draw what lies within an error, hatched as the statistical one unless ``style`` says else."""
    axes.stairs(middle + error, edges, baseline=middle - error, fill=True, **(HATCHED | style))


def _set_heights(axes: Any, parts: list[Any], total: Any, rows: float, *, log: bool) -> None:
    """Span the vertical axis from the lowest part to the peak, with room for rows of a legend."""
    heights = np.concatenate(parts)
    peak = float(max(heights.max(initial=0.0), total.max(initial=0.0)))
    if log and np.any(heights > 0):
        bottom = max(heights[heights > 0].min() * 0.5, peak * 1e-6)
        axes.set_yscale("log")
        axes.set_ylim(bottom, peak * (peak / bottom) ** (0.1 + 0.07 * rows))
    else:
        axes.set_ylim(0, max(peak, 1e-9) * 1.8)


def draw_ratio(axes: Any, histogram: Hist) -> None:
    """Draw data over simulation, with the statistical error of each."""
    total, counts = _total(histogram, "background"), _total(histogram, "data").values()
    there = total.values() > 0
    safe = np.where(there, total.values(), np.nan)
    ratio = np.where(counts > 0, counts, np.nan) / safe
    edges = histogram.axes["x"].edges
    draw_band(axes, edges, np.ones(len(counts)), np.sqrt(total.variances()) / safe)
    mplhep.histplot((ratio, edges), yerr=np.sqrt(counts) / safe, ax=axes, **_POINTS)
    axes.axhline(1, color="#333333", linewidth=0.8)
    top = np.nanmax(np.append(ratio, 1.5))
    axes.set_ylim(0, min(max(2.0, 1.2 * top), 20))
    axes.set_ylabel("data / sim.")
