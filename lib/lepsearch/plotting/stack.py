"""Stacked simulation with signals on top, recorded events as points and their ratio beneath."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import mplhep
import numpy as np
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE, shades
from lepsearch.stats.histograms import Spectra

__all__ = ("draw_ratio", "draw_spectra", "stack")

_SIGNAL_DASHES = ("--", "-.", ":", (0, (5, 1, 1, 1)))


def stack(
    spectra: Spectra, *, xlabel: str, luminosity_fb: float, log: bool = True, title: str = ""
) -> Figure:
    """Draw one feature's spectra.

    Args:
        spectra: The histograms.
        xlabel: Name of the feature, with its unit.
        luminosity_fb: Luminosity that the simulation is scaled to [1/fb].
        log: Whether the vertical axis is logarithmic.
        title: Words above the plot.

    Returns:
        The figure, with a ratio panel where there are data and a background.
    """
    with_ratio = spectra.data is not None and bool(spectra.backgrounds)
    with plt.rc_context(STYLE):
        if with_ratio:
            figure, (top, bottom) = plt.subplots(
                2, 1, sharex=True, height_ratios=(3, 1), figsize=(7.2, 5.4)
            )
        else:
            figure, top = plt.subplots()
            bottom = None
        draw_spectra(top, spectra, xlabel, luminosity_fb=luminosity_fb, log=log, title=title)
        if bottom is not None:
            draw_ratio(bottom, spectra)
        lowest = bottom if bottom is not None else top
        lowest.set_xlabel(xlabel, loc="right")
    return figure


def draw_spectra(
    axes: Any,
    spectra: Spectra,
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
    _draw_backgrounds(axes, spectra)
    for dashes, (label, histogram) in zip(
        _SIGNAL_DASHES * len(spectra.signals), spectra.signals.items(), strict=False
    ):
        mplhep.histplot(
            histogram, ax=axes, label=label, color="#b2182b", linestyle=dashes,
            linewidth=2.2, yerr=False, flow="none",
        )  # fmt: skip
    if spectra.data is not None:
        _draw_data(axes, spectra.data)
    named = None if legend else list(spectra.signals)
    _finish(axes, spectra, xlabel, named, luminosity_fb=luminosity_fb, log=log, title=title)
    axes.set_xlabel("")  # mplhep names the axis of the histogram


def _total(spectra: Spectra) -> tuple[Any, Any]:
    """Sum and variance of the backgrounds in each bin."""
    histograms = spectra.backgrounds.values()
    return sum(h.values() for h in histograms), sum(h.variances() for h in histograms)


def _edges(spectra: Spectra) -> Any:
    known = [*spectra.backgrounds.values(), *spectra.signals.values()]
    one = known[0] if known else spectra.data
    return one.axes[0].edges if one is not None else np.array([0.0, 1.0])


def _draw_backgrounds(axes: Any, spectra: Spectra) -> None:
    if not spectra.backgrounds:
        return
    labels = list(spectra.backgrounds)
    mplhep.histplot(
        list(spectra.backgrounds.values()), ax=axes, stack=True, histtype="fill", label=labels,
        color=list(shades(labels).values()), edgecolor="#333333", linewidth=0.6, flow="none",
    )  # fmt: skip
    total, variance = _total(spectra)
    _band(axes, _edges(spectra), total - np.sqrt(variance), total + np.sqrt(variance))


def _band(axes: Any, edges: Any, low: Any, high: Any) -> None:
    """The statistical uncertainty of the simulation, hatched."""
    axes.fill_between(
        edges, np.append(low, low[-1]), np.append(high, high[-1]), step="post", hatch="//////",
        facecolor="none", edgecolor="#555555", linewidth=0, label="simulation, stat. unc.",
    )  # fmt: skip


def _draw_data(axes: Any, histogram: Any) -> None:
    counts = histogram.values()
    centres = histogram.axes[0].centers
    seen = counts > 0
    axes.errorbar(
        centres[seen], counts[seen], np.sqrt(counts[seen]), fmt="o", color="black", markersize=4.5,
        linewidth=1.2, label="data",
    )  # fmt: skip


def _finish(
    axes: Any,
    spectra: Spectra,
    xlabel: str,
    named: Sequence[str] | None,
    *,
    luminosity_fb: float | None,
    log: bool,
    title: str,
) -> None:
    """Axes, legend of those that are named (None: of all) and title."""
    edges = _edges(spectra)
    axes.set_xlim(edges[0], edges[-1])
    widths = np.diff(edges)
    bracketed = re.search(r"\[(.+)\]", xlabel)
    even = np.ptp(widths) < 1e-9 * widths[0]
    unit = f"{widths[0]:.3g} {bracketed[1]}" if even and bracketed else "bin"
    axes.set_ylabel(f"Events / {unit}", loc="top")
    drawn = [*spectra.backgrounds.values(), *spectra.signals.values()]
    heights = [h.values() for h in drawn + ([spectra.data] if spectra.data is not None else [])]
    total = [_total(spectra)[0]] if spectra.backgrounds else []
    peak = max((float(h.max()) for h in heights + total), default=1.0)
    positive = [float(v) for h in heights for v in h if v > 0]
    handles = [
        (handle, label)
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        if named is None or label in named
    ]
    columns = 2 if named is None else 1
    if log and positive:
        bottom = max(min(positive) * 0.5, peak * 1e-6)
        axes.set_yscale("log")
        rows = np.ceil(len(handles) / columns)  # of the legend above the peak
        axes.set_ylim(bottom, peak * (peak / bottom) ** (0.1 + 0.07 * rows))
    else:
        axes.set_ylim(0, max(peak, 1e-9) * 1.8)
    if handles:
        axes.legend(*zip(*handles, strict=True), ncols=columns, loc="upper right")
    words = "simulated events, not scaled"
    if luminosity_fb is not None:
        words = rf"$\sqrt{{s}}=13$ TeV, {luminosity_fb:g} fb$^{{-1}}$"
    axes.set_title(f"{title}   {words}" if title else words)


def draw_ratio(axes: Any, spectra: Spectra) -> None:
    """Draw data over simulation, with the statistical error of each."""
    total, variance = _total(spectra)
    data = spectra.data
    assert data is not None
    there = total > 0
    ratio, error, spread = (np.full(len(total), np.nan) for _ in range(3))
    ratio[there] = data.values()[there] / total[there]
    error[there] = np.sqrt(data.values()[there]) / total[there]
    spread[there] = np.sqrt(variance[there]) / total[there]
    _band(axes, _edges(spectra), 1 - spread, 1 + spread)
    seen = there & (data.values() > 0)
    centres = data.axes[0].centers
    axes.errorbar(
        centres[seen], ratio[seen], error[seen], fmt="o", color="black", markersize=4.5,
        linewidth=1.2,
    )  # fmt: skip
    axes.axhline(1, color="#333333", linewidth=0.8)
    top = np.nanmax(np.append(ratio[seen], 1.5)) if seen.any() else 2.0
    axes.set_ylim(0, min(max(2.0, 1.2 * top), 20))
    axes.set_ylabel("data / sim.")
