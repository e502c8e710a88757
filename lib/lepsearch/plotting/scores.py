"""Scores of classifiers: their spectra, ROC curves, and the significance that a cut gives."""

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
from hist import Hist
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from lepsearch.plotting.stack import draw_spectra
from lepsearch.plotting.style import CENTRED, canvas, drawing, lines
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, SignificanceScan
from lepsearch.stats.roc import Roc

__all__ = ("roc_curves", "side_by_side", "significance_curves", "validation")

Floats = NDArray[np.float64]


def validation(
    spectra: Hist, scan: SignificanceScan, *, luminosity_fb: float, title: str = ""
) -> Figure:
    """Draw scores by process, with the significance of a cut on the score beneath.

    Cuts that leave too little background are dotted.
    """
    options: Any = {"sharex": True, "height_ratios": (3.0, 1.5), "figsize": (7.2, 6.925)}
    with drawing(2, **options) as (figure, (top, bottom)):
        draw_spectra(top, spectra, "", luminosity_fb=luminosity_fb, title=title)
        _draw_scan(bottom, scan)
        bottom.set_xlabel("Network output")
    return figure


def side_by_side(
    panels: Mapping[str, tuple[Hist, SignificanceScan | None]],
    *,
    luminosity_fb: Sequence[float | None],
    xlabels: Sequence[str] = (),
    columns: int = 2,
) -> Figure:
    """Draw several validation plots, the significance of a cut beneath each that has one.

    What they have in common has one legend above all.

    Args:
        panels: Histogram and scan, by the words above each plot.
        luminosity_fb: What each is scaled to [1/fb]; None: to nothing.
        xlabels: Name of each score; "Network output" where none is given.
        columns: Plots in a row.
    """
    mosaic: list[Any] = []
    heights, titles = [], list(panels)
    for line in (titles[start : start + columns] for start in range(0, len(titles), columns)):
        scanned = [f"{title}, cut" if panels[title][1] else "." for title in line]
        for row, height in ((line, 3.0), (scanned, 1.6)):
            if set(row) != {"."}:
                mosaic.append(row + ["."] * (columns - len(row)))
                heights.append(height)
    smaller = {"font.size": 10.5, "legend.fontsize": 9.5, "legend.handlelength": 1.7}
    with canvas(smaller, figsize=(4.7 * columns, sum(heights) + 0.9)) as figure:
        axes = figure.subplot_mosaic(mosaic, height_ratios=heights)
        names = chain(xlabels, repeat("Network output"))
        for (title, (spectra, scan)), scaled_to in zip(panels.items(), luminosity_fb, strict=True):
            xlabel = next(names)
            top = lowest = axes[title]
            draw_spectra(top, spectra, xlabel, luminosity_fb=scaled_to, legend=False)
            top.set_title(f"{title}\n{top.get_title(loc='left')}", fontsize=10)
            if scan is not None:
                lowest = axes[f"{title}, cut"]
                _draw_scan(lowest, scan, legend=False)
                lowest.set_xlim(top.get_xlim())
            for one in (top, lowest):  # by 2.5, labels would touch
                one.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
            lowest.set_xlabel(xlabel)
        _common_legend(figure)
    return figure


def _common_legend(figure: Figure) -> None:
    """Name above the panels what their own legends leave out."""
    shown: dict[str, Any] = {}
    for axes in figure.axes:
        own = axes.get_legend()
        named = {text.get_text() for text in own.get_texts()} if own is not None else set()
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label not in named:
                words = f"background uncertainty {label}" if label.endswith(" %") else label
                shown.setdefault(words, handle)
    place: Any = {"loc": "outside upper left", "ncols": 4, "columnspacing": 1.2}
    figure.legend(shown.values(), shown.keys(), **place)


def _draw_scan(axes: Any, scan: SignificanceScan, *, legend: bool = True) -> None:
    """Draw the significance against the cut for each background uncertainty.

    No cut is marked: a scan shows the events that it was computed with, and these may not choose.
    """
    shown, error = (np.where(scan.enough(), z, np.nan) for z in (scan.z, scan.z_error))
    known = {f"{100 * u:.0f} %": z for u, z in zip(scan.uncertainties, shown, strict=True)}
    for label, z, style in lines(known):
        axes.plot(scan.cuts, z, label=label, **style)
    low, high = shown[0] - error[0], shown[0] + error[0]
    axes.fill_between(scan.cuts, low, high, color="#999999", alpha=0.45, linewidth=0)
    _dot_unknown(axes, scan)
    bottom, top = 0.1, 1.0
    if (shown > 0).any():
        top = max(np.nanmax(high), np.nanmax(shown))
        bottom = max(0.7 * shown[shown > 0].min(), 1e-5 * top)
    # an uncertainty lowers the significance by orders of magnitude; room above for words
    axes.set(yscale="log", ylim=(bottom, top * (top / bottom) ** (0.55 if legend else 0.25)))
    axes.set_ylabel("$Z$, score above", loc="center")
    if legend:
        place: Any = {"loc": "upper left", "alignment": "left", "ncols": len(known)}
        place |= {"fontsize": 9, "title_fontsize": 9, "handlelength": 2.2, "columnspacing": 1.0}
        axes.legend(title="background uncertainty", **place)


def _dot_unknown(axes: Any, scan: SignificanceScan) -> None:
    """Mark the cuts that don't leave enough background."""
    unknown = np.flatnonzero(~scan.enough())
    if len(unknown):
        # each cut stands for what is between it and the next one
        edges = np.append(scan.cuts, max(scan.cuts[-1], axes.get_xlim()[1]))
        dots = {"facecolor": "none", "edgecolor": "#aaaaaa", "hatch": "....", "linewidth": 0}
        for i in unknown:
            axes.axvspan(edges[i], edges[i + 1], zorder=0, **dots)
        words = f"dotted: below {MINIMUM_EFFECTIVE:g} effective background events"
        place = {"ha": "right", "va": "top", "fontsize": 8.5, "transform": axes.transAxes}
        frame = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        axes.text(0.985, 0.95, words, bbox=frame, **place)


def significance_curves(
    scans: Mapping[str, SignificanceScan], *, xlabel: str = "Lowest network output"
) -> Figure:
    """Draw the significance against the cut for several classifiers, the background known exactly.

    Bands are the statistical errors; a line ends where too little background is left.
    """
    with drawing() as (figure, axes):
        for label, scan, style in lines(scans):
            exact, enough = list(scan.uncertainties).index(0.0), scan.enough()
            z, error = (np.where(enough, v[exact], np.nan) for v in (scan.z, scan.z_error))
            axes.plot(scan.cuts, z, label=label, **style)
            band = {"color": style["color"], "alpha": 0.18, "linewidth": 0}
            axes.fill_between(scan.cuts, z - error, z + error, **band)
        axes.set_ylim(0, (1.1 + 0.08 * len(scans)) * axes.get_ylim()[1])
        ends = [one.cuts[[0, -1]] for one in scans.values()]
        axes.set(xlim=(np.min(ends), np.max(ends)), title="no background uncertainty")
        axes.set(xlabel=xlabel, ylabel="Expected significance")
        axes.legend(loc="upper left")
    return figure


def roc_curves(
    curves: Mapping[str, Roc], areas: Mapping[str, Estimate], *, title: str = ""
) -> Figure:
    """Draw efficiencies for signal against those for background, on linear and logarithmic axes.

    A search cuts where hardly any background is left, which only the logarithmic axis shows.
    """
    with drawing(1, 2, CENTRED, sharey=True, figsize=(8.2, 4.6)) as (figure, (left, right)):
        chance = np.geomspace(1e-8, 1, 400)
        for axes in (left, right):
            for label, curve, style in lines(curves):
                style["label"] = f"{label}: {areas[label]}"
                axes.plot(curve.background, curve.signal, **style)
            axes.plot(chance, chance, color="#999999", linewidth=0.9, linestyle="-")
            axes.set(xlabel="Efficiency for background", ylim=(0, 1.02))
        seen = [one.background[one.signal > 0.01] for one in curves.values()]
        lowest = np.min(np.concatenate(seen), where=np.concatenate(seen) > 0, initial=1.0)
        left.set(xlim=(0, 1), ylabel="Efficiency for signal")
        right.set(xscale="log", xlim=(max(10.0 ** np.floor(np.log10(lowest)), 1e-7), 1))
        heading = f"{title}, area under the curve" if title else "area under the curve"
        place: Any = {"ncols": 2 if len(curves) < 5 else 3, "columnspacing": 1.6}
        place |= {"title": heading, "title_fontsize": 11, "alignment": "left"}
        keys = left.get_legend_handles_labels()
        figure.legend(*keys, loc="outside upper left", **place)
    return figure
