"""Scores of classifiers: their spectra, ROC curves, and the significance that a cut gives."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from hist import Hist
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.stack import draw_ratio, draw_spectra, has_ratio
from lepsearch.plotting.style import LINES, STYLE
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, SignificanceScan
from lepsearch.stats.roc import Roc

__all__ = ("draw_scan", "roc_curves", "significance_curves", "validation")

Floats = NDArray[np.float64]


def validation(
    spectra: Hist,
    scan: SignificanceScan | None = None,
    *,
    luminosity_fb: float | None,
    xlabel: str = "Network output",
    log: bool = True,
    title: str = "",
) -> Figure:
    """Draw scores by process, with the significance of a cut on the score beneath.

    Args:
        spectra: Histogram of the score, from ``histograms.labelled_spectra``.
        scan: The significance of cuts; None: no such panel. Cuts that leave too little background
            are dotted.
        luminosity_fb: Luminosity that the events are scaled to [1/fb]; None: they are not scaled.
        xlabel: Name of the score.
        log: Whether numbers of events are shown on a logarithmic axis.
        title: Words above the plot.

    Returns:
        The figure; with data and a background, their ratio has a panel of its own.
    """
    with_ratio = has_ratio(spectra)
    ratios = [3.0] + [1.0] * with_ratio + [1.5] * (scan is not None)
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            len(ratios), 1, sharex=True, height_ratios=ratios, squeeze=False,
            figsize=(7.2, 2.2 + 1.05 * sum(ratios)),
        )  # fmt: skip
        panels = list(grid[:, 0])
        draw_spectra(panels[0], spectra, xlabel, luminosity_fb=luminosity_fb, log=log, title=title)
        if with_ratio:
            draw_ratio(panels[1], spectra)
        if scan is not None:
            draw_scan(panels[-1], scan)
        panels[-1].set_xlabel(xlabel, loc="right")
    return figure


def draw_scan(axes: Any, scan: SignificanceScan, *, legend: bool = True) -> None:
    """Draw the significance against the cut for each background uncertainty.

    No cut is marked: a scan shows the events that it was computed with, and these may not choose.
    """
    enough = scan.enough()
    for style, u, z in zip(cycle(LINES), scan.uncertainties, scan.z, strict=False):
        axes.plot(scan.cuts, np.where(enough, z, np.nan), label=f"{100 * u:.0f} %", **style)
    z, error = (np.where(enough, values[0], np.nan) for values in (scan.z, scan.z_error))
    axes.fill_between(scan.cuts, z - error, z + error, color="#999999", alpha=0.45, linewidth=0)
    _dot_unknown(axes, scan)
    low, high = _span(np.where(enough, scan.z, np.nan), z + error)
    # an uncertainty lowers the significance by orders of magnitude; room above for words
    axes.set_yscale("log")
    axes.set_ylim(low, high * (high / low) ** (0.55 if legend else 0.25))
    axes.set_ylabel("$Z$, score above")
    if legend:
        axes.legend(
            ncols=len(scan.uncertainties), loc="upper left", fontsize=9, handlelength=2.2,
            columnspacing=1.0, title="background known to", title_fontsize=9, alignment="left",
        )  # fmt: skip


def _span(z: Floats, highest: Floats) -> tuple[float, float]:
    """Where a logarithmic axis begins and where its curves end; at most five decades."""
    positive = z[np.isfinite(z) & (z > 0)]
    if not positive.size:
        return 0.1, 1.0
    high = max(float(np.nanmax(highest)), float(positive.max()))
    return max(0.7 * float(positive.min()), 1e-5 * high), high


def _dot_unknown(axes: Any, scan: SignificanceScan) -> None:
    """Mark the cuts that don't leave enough background."""
    unknown = ~scan.enough()
    if unknown.any():
        # each cut stands for what is between it and the next one
        edges = np.append(scan.cuts, max(scan.cuts[-1], axes.get_xlim()[1]))
        for first, last in runs(unknown):
            axes.axvspan(
                edges[first], edges[last], facecolor="none", edgecolor="#aaaaaa", hatch="....",
                linewidth=0, zorder=0,
            )  # fmt: skip
        words = f"dotted: below {MINIMUM_EFFECTIVE:g} effective background events"
        axes.text(
            0.985, 0.95, words, transform=axes.transAxes, ha="right", va="top", fontsize=8.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First places of the runs of marked ones, and the places after their last.

    Examples:
        >>> runs(np.array([True, True, False, True]))
        [(0, 2), (3, 4)]
    """
    steps = np.diff(np.concatenate([[0], mask.astype(int), [0]]))
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


def significance_curves(
    scans: Mapping[str, SignificanceScan],
    *,
    uncertainty: float = 0.0,
    xlabel: str = "Lowest network output",
    title: str = "",
) -> Figure:
    """Draw the significance against the cut for several classifiers.

    Bands are the statistical errors; a line ends where too little background is left.

    Args:
        scans: The scans, by label.
        uncertainty: Relative uncertainty of the background.
        xlabel: Name of the score.
        title: Words above the plot.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots()
        top = 0.0
        for style, (label, scan) in zip(cycle(LINES), scans.items(), strict=False):
            row, enough = scan.row(uncertainty), scan.enough()
            z, error = (np.where(enough, v[row], np.nan) for v in (scan.z, scan.z_error))
            axes.plot(scan.cuts, z, label=label, **style)
            axes.fill_between(
                scan.cuts, z - error, z + error, color=style["color"], alpha=0.18, linewidth=0
            )
            top = max(top, float(np.max(z + error, where=enough, initial=0.0)))
        axes.set_ylim(0, (1.15 + 0.08 * len(scans)) * top if top > 0 else 1.0)
        first = min(one.cuts[0] for one in scans.values())
        last = max(one.cuts[-1] for one in scans.values())
        axes.set_xlim(first, last)
        axes.set_xlabel(xlabel, loc="right")
        axes.set_ylabel("Expected significance", loc="top")
        axes.legend(loc="upper left")
        words = f"background known {f'to {100 * uncertainty:.0f} %' if uncertainty else 'exactly'}"
        axes.set_title(f"{title}   {words}" if title else words)
    return figure


def roc_curves(
    curves: Mapping[str, Roc],
    areas: Mapping[str, tuple[float, float]] | None = None,
    *,
    title: str = "",
) -> Figure:
    """Draw efficiencies for signal against those for background, on linear and logarithmic axes.

    A search cuts where hardly any background is left, which only the logarithmic axis shows.

    Args:
        curves: The curves, by label.
        areas: Area and its error for the legend, by label.
        title: Words above the plot.
    """
    with plt.rc_context(STYLE):
        figure, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(8.2, 4.6))
        lowest = 1.0
        for style, (label, curve) in zip(cycle(LINES), curves.items(), strict=False):
            positive = curve.background[(curve.background > 0) & (curve.signal > 0.01)]
            lowest = min(lowest, float(positive.min(initial=1.0)))
            words = label
            if areas is not None and label in areas:
                words = f"{label}: {_with_error(*areas[label])}"
            for axes in (left, right):
                axes.plot(curve.background, curve.signal, label=words, **style)
        chance = np.geomspace(1e-8, 1, 400)
        for axes in (left, right):
            axes.plot(chance, chance, color="#999999", linewidth=0.9, linestyle="-")
            axes.set(xlabel="Efficiency for background", ylim=(0, 1.02))
        left.set(xlim=(0, 1), ylabel="Efficiency for signal")
        right.set(xscale="log", xlim=(max(10.0 ** np.floor(np.log10(lowest)), 1e-7), 1))
        heading = [title] * bool(title) + ["area under the curve"] * (areas is not None)
        handles, labels = left.get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper left", ncols=2 if len(labels) < 5 else 3,
            title=", ".join(heading), title_fontsize=11, alignment="left", columnspacing=1.6,
        )  # fmt: skip
    return figure


def _with_error(value: float, error: float) -> str:
    """A number to two digits of its error."""
    if not (np.isfinite(error) and error > 0):
        return f"{value:.4g}"
    power = int(np.floor(np.log10(max(abs(value), error))))
    if power < -3:
        return (
            rf"({_with_error(value / 10.0**power, error / 10.0**power)})$\,\times\,10^{{{power}}}$"
        )
    digits = max(0, 1 - int(np.floor(np.log10(error))))
    return rf"{value:.{digits}f} $\pm$ {error:.{digits}f}"
