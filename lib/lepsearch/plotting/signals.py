"""Signals: their cross sections against mass, and their shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import LINES, STYLE

__all__ = ("Curve", "cross_sections", "shapes")

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]  # masses [GeV] and cross sections [fb]
MARKERS = "osD^vP"


def cross_sections(
    ours: Mapping[str, Curve],
    quoted: Mapping[str, Curve],
    samples: Mapping[str, Curve],
    *,
    xlabel: str,
    ylabel: str,
) -> Figure:
    """Draw cross sections against mass, with ratios below where something is quoted.

    Args:
        ours: Calculated, a line for each label.
        quoted: Published values, an open marker for each; the labels are those of ``ours``.
        samples: The samples at hand, filled markers; likewise.
        xlabel: Name of the mass, with its unit.
        ylabel: Name of the cross section, with its unit.
    """
    with plt.rc_context(STYLE):
        if quoted:
            figure, (top, bottom) = plt.subplots(
                2, 1, sharex=True, height_ratios=(2.4, 1), figsize=(7.2, 6.2)
            )
        else:
            figure, top = plt.subplots()
            bottom = None
        styles: Any = LINES * len(ours)
        for style, marker, (label, (mass, sigma)) in zip(
            styles, MARKERS * len(ours), ours.items(), strict=False
        ):
            top.plot(mass, sigma, label=label, **style)
            open_marker = {"marker": marker, "ls": "", "color": style["color"], "mfc": "white"}
            if label in quoted and bottom is not None:
                x, y = quoted[label]
                top.plot(x, y, markersize=6, **open_marker)
                ratio = y / np.exp(np.interp(x, mass, np.log(sigma)))
                bottom.plot(x, ratio, markersize=6, **(open_marker | {"ls": style["linestyle"]}))
            if label in samples:
                top.plot(
                    *samples[label], "*", markersize=13, color=style["color"],
                    markeredgecolor="white", zorder=5,
                )  # fmt: skip
        top.set_yscale("log")
        top.set_ylabel(ylabel, loc="top")
        handles, labels = top.get_legend_handles_labels()
        for what, marker, fill, there in (
            ("thesis", "o", "white", bool(quoted)),
            ("samples here", "*", "#555555", any(len(mass) for mass, _ in samples.values())),
        ):
            if there:
                handles += top.plot([], [], marker, color="#555555", mfc=fill, markersize=8)
                labels.append(what)
        top.legend(handles, labels, ncols=2)
        lowest = top if bottom is None else bottom
        if bottom is not None:
            bottom.axhline(1, color="#333333", linewidth=0.8)
            bottom.set_ylabel("thesis / here")
            bottom.set_yscale("log")
            bottom.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
            bottom.minorticks_off()
        lowest.set_xlabel(xlabel, loc="right")
    return figure


def shapes(histograms: Mapping[str, Any], *, xlabel: str, title: str = "") -> Figure:
    """Draw histograms scaled to the same area, a line for each label.

    Args:
        histograms: What to draw; one without entries is left out. None at all makes an empty frame
            that says so.
        xlabel: Name of the feature, with its unit.
        title: Words above the plot.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots()
        drawn = 0
        for style, (label, histogram) in zip(
            LINES * (len(histograms) + 1), histograms.items(), strict=False
        ):
            values = histogram.values()
            if not values.sum() > 0:
                continue
            drawn += 1
            axes.stairs(
                values / values.sum(), histogram.axes[0].edges, label=label, linewidth=1.8, **style
            )
        axes.set_xlabel(xlabel, loc="right")
        axes.set_ylabel("Share of events / bin", loc="top")
        axes.set_title(title)
        if drawn:
            axes.set_ylim(0, axes.get_ylim()[1] * (1.1 + 0.07 * drawn))
            axes.legend(loc="upper right", ncols=1 + (drawn > 4), fontsize=9)
        else:
            axes.text(
                0.5, 0.5, "no event of a signal in this profile", ha="center",
                transform=axes.transAxes,
            )  # fmt: skip
            axes.set(xticks=[], yticks=[])
    return figure
