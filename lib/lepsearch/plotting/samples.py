"""Samples: how large they are beside what they stand for, cross sections and shapes of signals."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import LINES, STYLE

__all__ = ("Curve", "cross_sections", "expected_and_simulated", "shapes", "weight_spectrum")

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]  # masses [GeV] and cross sections [fb]
MARKERS = "osD^vP"


def expected_and_simulated(table: pd.DataFrame) -> Figure:
    """Draw expected events against raw ones, a row for each sample and region.

    Args:
        table: Columns ``label``, ``region``, ``expected`` and ``events``.

    Returns:
        The figure; where the filled marker lies right of the open one, an event counts for more
        than one expected event.
    """
    labels = list(dict.fromkeys(table["label"]))
    regions = table[table["events"] > 0].groupby("region", sort=False)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.4 * len(labels)))
        for offset, marker, (region, rows) in zip(
            np.linspace(-0.18, 0.18, len(regions)), MARKERS, regions, strict=False
        ):
            y = [labels.index(label) + offset for label in rows["label"]]
            axes.hlines(y, rows["events"], rows["expected"], color="#999999", linewidth=1)
            style: dict[str, Any] = {"marker": marker, "s": 46, "edgecolor": "#08306b", "zorder": 3}
            axes.scatter(rows["expected"], y, color="#08306b", label=f"{region}: expected", **style)
            axes.scatter(rows["events"], y, color="white", label=f"{region}: simulated", **style)
        axes.set_xscale("log")
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.set_xlabel("Events", loc="right")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def weight_spectrum(weights: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Draw the distribution of the events' physics weights, a line for each label.

    Args:
        weights: Weights of each label's events; negative ones are drawn by their size, hatched.
    """
    sizes = np.abs(np.concatenate([*weights.values()] or [np.ones(1)]))
    sizes = sizes[sizes > 0]
    low, high = (sizes.min(), sizes.max()) if len(sizes) else (0.1, 1.0)
    edges = np.geomspace(low / 1.5, high * 1.5, 50)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots()
        for style, (label, values) in zip(cycle(LINES), weights.items(), strict=False):
            positive, negative = (np.histogram(sign * values, edges)[0] for sign in (1, -1))
            axes.stairs(positive, edges, label=label, linewidth=1.8, **style)
            if negative.any():
                hatched = {"color": style["color"], "hatch": "...."}
                axes.stairs(negative, edges, label=f"{label}, negative", **hatched)
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel("Weight of one event [expected events]", loc="right")
        axes.set_ylabel("Simulated events / bin", loc="top")
        bottom, top = axes.get_ylim()
        axes.set_ylim(max(bottom, 0.5), top * 8)
        axes.legend(ncols=2, loc="upper right")
    return figure


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
        rows = 1 + bool(quoted)
        figure = plt.figure(figsize=(7.2, 6.2) if quoted else None)
        grid = figure.subplots(rows, sharex=True, squeeze=False, height_ratios=(2.4, 1)[:rows])
        top, *below = grid[:, 0]
        for style, marker, (label, (mass, sigma)) in zip(
            cycle(LINES), cycle(MARKERS), ours.items(), strict=False
        ):
            colour = style["color"]
            top.plot(mass, sigma, label=label, **style)
            for axes in below:
                x, y = quoted[label]
                points: Any = {"marker": marker, "color": colour, "mfc": "white", "markersize": 6}
                top.plot(x, y, ls="", **points)
                axes.plot(
                    x,
                    y / np.exp(np.interp(x, mass, np.log(sigma))),
                    ls=style["linestyle"],
                    **points,
                )
            star: Any = {"color": colour, "markersize": 13, "markeredgecolor": "white"}
            top.plot(*samples.get(label, ([], [])), "*", zorder=5, **star)
        top.set_yscale("log")
        top.set_ylabel(ylabel, loc="top")
        if below:
            top.plot([], [], "o", color="#555555", mfc="white", markersize=8, label="thesis")
        if any(len(mass) for mass, _ in samples.values()):
            top.plot([], [], "*", color="#555555", markersize=8, label="samples here")
        top.legend(ncols=2)
        for axes in below:
            axes.axhline(1, color="#333333", linewidth=0.8)
            axes.set(ylabel="thesis / here", yscale="log")
            axes.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
            axes.minorticks_off()
        grid[-1, 0].set_xlabel(xlabel, loc="right")
    return figure


def shapes(histograms: Mapping[str, Any], *, xlabel: str, title: str = "") -> Figure:
    """Draw histograms scaled to the same area, a line for each label.

    Args:
        histograms: What to draw; one without entries is left out. None at all makes an empty frame
            that says so.
        xlabel: Name of the feature, with its unit.
        title: Words above the plot.
    """
    drawn = {label: one for label, one in histograms.items() if one.values().sum() > 0}
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots()
        for style, (label, one) in zip(cycle(LINES), drawn.items(), strict=False):
            share = one.values() / one.values().sum()
            axes.stairs(share, one.axes[0].edges, label=label, linewidth=1.8, **style)
        axes.set_xlabel(xlabel, loc="right")
        axes.set_ylabel("Share of events / bin", loc="top")
        axes.set_title(title)
        if drawn:
            axes.set_ylim(0, axes.get_ylim()[1] * (1.1 + 0.07 * len(drawn)))
            axes.legend(loc="upper right", ncols=1 + (len(drawn) > 4), fontsize=9)
        else:
            axes.text(0.5, 0.5, "no event of a signal in this profile", ha="center")
            axes.set(xticks=[], yticks=[])
    return figure
