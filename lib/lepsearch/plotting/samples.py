"""Samples: sizes beside what they stand for, cross sections, shapes, bytes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import drawing, lines

__all__ = (
    "Curve",
    "cross_sections",
    "effective_events",
    "shapes",
    "sizes",
)

Floats = NDArray[np.float64]
Curve = tuple[Floats, Floats]  # masses [GeV] and cross sections [fb]
MARKERS = "osD^vP"
KINDS = {  # of branches, by how their names begin
    "lep": "leptons",
    "jet": "jets",
    "photon": "photons",
    "tau": "hadronic taus",
    "largeRjet": "large jets",
    "met": "missing transverse momentum",
    "scaleFactor": "corrections",
}


def cross_sections(
    ours: Mapping[str, Curve],
    quoted: Mapping[str, Curve],
    samples: Mapping[str, Curve],
    *,
    xlabel: str,
    ylabel: str,
) -> Figure:
    """Draw cross sections against mass, with ratios below where something is quoted.

    Ours are lines, published values open markers, the samples at hand stars, by the same labels.
    """
    rows = 1 + bool(quoted)
    options: Any = {"squeeze": False, "height_ratios": (2.4, 1)[:rows]}
    options["figsize"] = (7.2, 6.2) if quoted else None
    with drawing(rows, sharex=True, **options) as (figure, grid):
        top, *below = grid[:, 0]
        for label, (mass, sigma), style in lines(ours, MARKERS):
            top.plot(mass, sigma, label=label, **(style | {"marker": ""}))
            for axes in below:
                x, y = quoted[label]
                style |= {"mfc": "white", "markersize": 6}
                top.plot(x, y, **(style | {"linestyle": ""}))
                axes.plot(x, y / np.exp(np.interp(x, mass, np.log(sigma))), **style)
            star: Any = {"color": style["color"], "markersize": 13, "markeredgecolor": "white"}
            top.plot(*samples.get(label, ([], [])), "*", zorder=5, **star)
        top.set(yscale="log", ylabel=ylabel)
        if below:
            top.plot([], [], "o", color="#555555", mfc="white", markersize=8, label="thesis")
        if any(len(mass) for mass, _ in samples.values()):
            top.plot([], [], "*", color="#555555", markersize=8, label="samples here")
        top.legend(ncols=2)
        for axes in below:
            axes.axhline(1, color="#333333", linewidth=0.8)
            axes.set_yscale("log")
            axes.set_ylabel("thesis / here", loc="center")
            axes.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
            axes.minorticks_off()
        grid[-1, 0].set_xlabel(xlabel)
    return figure


def effective_events(
    thresholds: Floats, panels: Mapping[str, tuple[Floats, Floats]], *, xlabel: str
) -> Figure:
    """Draw effective numbers of events above thresholds, a panel for each label.

    ``panels`` has by label the numbers as they are, and as they would be without a choice, each of
    the thresholds' shape.
    """
    columns = 4
    rows = -(-len(panels) // columns)
    options: Any = {"sharex": True, "sharey": True, "squeeze": False}
    options["figsize"] = (2.2 * columns, 1.8 * rows + 0.6)
    with drawing(rows, columns, {"font.size": 10}, **options) as (figure, grid):
        for axes, (label, (ours, plain)) in zip(grid.flat, panels.items(), strict=False):
            axes.plot(thresholds, ours, "-", color="#0072b2", lw=2, label="as made")
            axes.plot(thresholds, plain, "--", color="#d55e00", lw=1.6, label="without choice")
            axes.set_title(label, fontsize=10)
            axes.set(yscale="log", ylim=(0.3, 3e5))
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        grid.flat[0].legend(fontsize=8, loc="upper right")
        figure.supxlabel(xlabel)
        figure.supylabel("Effective events")
    return figure


def shapes(histograms: Mapping[str, Any], *, xlabel: str, title: str = "") -> Figure:
    """Draw histograms scaled to the same area, a line for each label.

    One without entries is left out; none at all make an empty frame that says so.
    """
    drawn = {label: one for label, one in histograms.items() if one.values().sum() > 0}
    with drawing() as (figure, axes):
        for label, one, style in lines(drawn):
            share = one.values() / one.values().sum()
            axes.stairs(share, one.axes[0].edges, label=label, linewidth=1.8, **style)
        axes.set(xlabel=xlabel, ylabel="Share of events / bin", title=title)
        if drawn:
            axes.set_ylim(0, axes.get_ylim()[1] * (1.1 + 0.07 * len(drawn)))
            axes.legend(loc="upper right", ncols=1 + (len(drawn) > 4), fontsize=9)
        else:
            axes.text(0.5, 0.5, "no event of a signal in this profile", ha="center")
            axes.set(xticks=[], yticks=[])
    return figure


def sizes(table: pd.DataFrame) -> Figure:
    """Draw bytes an event of each kind of branches, the largest on top.

    The table has a row for each branch: bytes as they are (``plain``) and compressed (``packed``).
    """
    kinds = table.groupby(lambda name: KINDS.get(name.split("_")[0], "event"))
    total = kinds.sum().sort_values("plain")[["packed", "plain"]]
    total.columns = ["compressed, column by column", "as they are"]
    total.index = [f"{name} ({len(kinds.get_group(name))})" for name in total.index]
    with drawing(figsize=(7.2, 4.2)) as (figure, axes):
        total.plot.barh(ax=axes, width=0.8, color=["#1f5f8b", "#c7dbe6"])
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.set_xlabel("bytes an event")
        axes.legend(loc="lower right", reverse=True)
    return figure
