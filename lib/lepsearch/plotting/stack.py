"""Yields: stacked simulation with signals and recorded events, and what cuts leave of them."""

import re
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

import mplhep
import numpy as np
import pandas as pd
from hist import Hist
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lepsearch.plotting.style import HATCHED, drawing, lines, name_rows, shades
from lepsearch.stats.histograms import components, spectra

__all__ = ("draw_band", "draw_spectra", "draw_stack", "set_heights", "stack", "yields_by_cut")

_SIGNAL_DASHES = ("--", "-.", ":", (0, (5, 1, 1, 1)))
_POINTS: Any = {"fmt": "o", "color": "black", "markersize": 4.5, "linewidth": 1.2}


def stack(
    table: pd.DataFrame,
    feature: str,
    edges: ArrayLike,
    xlabel: str,
    *,
    labels: Mapping[str, str],
    luminosity_fb: float,
    log: bool = True,
    title: str = "",
) -> Figure:
    """Draw one feature of a table, filled by :func:`~lepsearch.stats.histograms.spectra`.

    The simulation is scaled to the luminosity [1/fb]. There is a ratio panel where there are data
    and a background.
    """
    histogram = spectra(table, feature, edges, labels)
    compared = components(histogram, "data") and components(histogram, "background")
    ratios = [3, 1] if compared else [3]
    options: Any = {"figsize": (7.2, 3.8 + 0.8 * len(ratios)), "height_ratios": ratios}
    with drawing(len(ratios), sharex=True, squeeze=False, **options) as (figure, grid):
        top, lowest = grid[0, 0], grid[-1, 0]
        draw_spectra(top, histogram, xlabel, luminosity_fb=luminosity_fb, log=log, title=title)
        if compared:
            _draw_ratio(lowest, histogram)
        lowest.set_xlabel(xlabel)
    return figure


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
        colours = shades(list(backgrounds)).values()
        draw_stack(axes, backgrounds, color=colours, edgecolor="#333333", linewidth=0.6)
        error = np.sqrt(total.variances())
        draw_band(axes, edges, total.values(), error, label="simulation, stat. unc.")
    for dashes, (label, signal) in zip(cycle(_SIGNAL_DASHES), signals.items(), strict=False):
        line = {"color": "#b2182b", "linestyle": dashes, "linewidth": 2.2}
        mplhep.histplot(signal, ax=axes, label=label, yerr=False, flow="none", **line)
    if counts.any():
        seen = np.where(counts > 0, counts, np.nan)
        centres = histogram.axes["x"].centers
        axes.errorbar(centres, seen, np.sqrt(counts), label="data", **_POINTS)
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    named = {label: one for label, one in handles.items() if legend or label in signals}
    columns = 2 if legend else 1
    if named:
        axes.legend(named.values(), named.keys(), ncols=columns, loc="upper right")
    heights = [one.values() for one in [*backgrounds.values(), *signals.values(), total]]
    room = 0.12 + 0.08 * np.ceil(len(named) / columns)  # of the legend above the peak
    set_heights(axes, np.concatenate([*heights, counts]), log=log, room=room, linear=1.8)
    widths, bracketed = np.diff(edges), re.search(r"\[(.+)\]", xlabel)
    even = np.ptp(widths) < 1e-9 * widths[0]
    unit = f"{widths[0]:.3g} {bracketed[1]}" if even and bracketed else "bin"
    words = "simulated events, not scaled"
    if luminosity_fb is not None:
        words = rf"$\sqrt{{s}}=13$ TeV, {luminosity_fb:g} fb$^{{-1}}$"
    # without the horizontal axis's name, which mplhep takes from the histogram
    axes.set(xlim=edges[[0, -1]], xlabel="", ylabel=f"Events / {unit}")
    axes.set_title(f"{title}   {words}" if title else words)


def _total(histogram: Hist, kind: str) -> Hist:
    """Sum of one kind's processes."""
    return histogram[{"kind": kind, "process": sum}]


def draw_stack(
    axes: Any, processes: Mapping[str, Hist], *, color: Iterable[Any], **style: Any
) -> None:
    """Draw histograms on top of each other, the first below, as filled areas with their labels."""
    filled: Any = {"stack": True, "histtype": "fill", "flow": "none", "color": list(color)}
    mplhep.histplot(list(processes.values()), ax=axes, label=list(processes), **filled, **style)


def draw_band(axes: Any, edges: Any, middle: Any, error: Any, **style: Any) -> None:
    """Draw what lies within an error, hatched as the statistical one unless ``style`` says else."""
    axes.stairs(middle + error, edges, baseline=middle - error, fill=True, **(HATCHED | style))


def set_heights(axes: Any, heights: Any, *, log: bool, room: float, linear: float) -> None:
    """Span the vertical axis from the lowest height drawn to the peak, two to six decades.

    Above the peak a logarithmic axis has ``room``, as a share of that below, and a linear one ends
    at ``linear`` peaks.
    """
    peak = float(heights.max(initial=0.0)) or 1.0
    if log and np.any(heights > 0):
        lowest = 0.5 * float(heights[heights > 0].min())
        bottom = float(np.clip(lowest, 1e-6 * peak, 1e-2 * peak))
        axes.set(yscale="log", ylim=(bottom, peak * (peak / bottom) ** room))
    else:
        axes.set_ylim(0, linear * peak)


def _draw_ratio(axes: Any, histogram: Hist) -> None:
    """Draw data over simulation, with the statistical error of each."""
    total, counts = _total(histogram, "background"), _total(histogram, "data").values()
    safe = np.where(total.values() > 0, total.values(), np.nan)
    ratio = np.where(counts > 0, counts, np.nan) / safe
    error = np.sqrt(total.variances()) / safe
    draw_band(axes, histogram.axes["x"].edges, np.ones(len(counts)), error)
    axes.errorbar(histogram.axes["x"].centers, ratio, np.sqrt(counts) / safe, **_POINTS)
    axes.axhline(1, color="#333333", linewidth=0.8)
    axes.set_ylim(0, min(max(2.0, 1.2 * np.nanmax(np.append(ratio, 1.5))), 20))
    axes.set_ylabel("data / sim.", loc="center")


def yields_by_cut(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw what is left after each cut, with statistical errors; what has no event is left out.

    ``panels`` has yields (estimates) by title: a row a cut, the same in all, and a column a line.
    """
    cuts = [str(cut) for cut in next(iter(panels.values())).index]
    size = (8.2, 4.2) if len(panels) > 1 else (7.2, 1.6 + 0.4 * len(cuts))
    with drawing(1, len(panels), sharey=True, squeeze=False, figsize=size) as (figure, grid):
        for axes, (title, table) in zip(grid[0], panels.items(), strict=True):
            columns = {str(label): left for label, left in table.items()}
            for label, left, style in lines(columns, "osD^vP*X"):
                points = [(i, one.value, one.error) for i, one in enumerate(left) if one.value > 0]
                rows, value, error = np.array(points, dtype=float).reshape(-1, 3).T
                # an error that reaches below zero can't be drawn to its end on a logarithmic axis
                low = np.minimum(error, 0.9 * value)
                axes.errorbar(value, rows, xerr=(low, error), ms=6, label=label, **style)
            name_rows(axes, cuts)
            axes.set(xscale="log", ylim=(len(cuts) - 0.5, -0.5), title=title, xlabel="Events")
            axes.grid(axis="y", color="#dddddd", linewidth=0.7)
        keys = grid[0, 0].get_legend_handles_labels()
        figure.legend(*keys, ncols=min(1 + len(panels), 3), loc="outside upper center")
    return figure
