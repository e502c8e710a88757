"""Trainings: learning curves, over-training, calibration, and significances by model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from hist import Hist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lepsearch.plotting.style import LINES, STYLE

__all__ = ("by_model", "learning_curves", "over_training", "reliability_curves")

_MARKERS = "os^Dv*"


def learning_curves(histories: Mapping[str, Sequence[pd.DataFrame]]) -> Figure:
    """Draw the loss against the epoch, in training (thin) and after it in validation (thick).

    Args:
        histories: For each label, the history of each seed, as ``models.networks.train`` gives it;
            the kept epoch is marked.
    """
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            1, len(histories), sharey=True, squeeze=False, figsize=(7.6, 4.0)
        )
        for axes, (label, runs) in zip(grid[0], histories.items(), strict=True):
            for style, run in zip(cycle(LINES), runs, strict=False):
                axes.plot(run.index, run["loss"], color=style["color"], lw=0.9, ls=":")
                axes.plot(run.index, run["val_loss"], color=style["color"], lw=1.7)
                kept = run.index[run["best"]]
                axes.plot(kept, run.loc[kept, "val_loss"], "o", color=style["color"], ms=6,
                          mec="white")  # fmt: skip
            axes.set_title(label)
            axes.set_xlabel("Epoch", loc="right")
        grid[0, 0].set_yscale("log")
        grid[0, 0].set_ylabel("Loss", loc="top")
        handles = [
            Line2D([], [], color="#444444", lw=0.9, ls=":", label="training, during the epoch"),
            Line2D([], [], color="#444444", lw=1.7, label="validation, after it"),
            Line2D([], [], color="#444444", marker="o", ls="none", label="kept"),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
    return figure


def over_training(
    histograms: Mapping[str, Mapping[str, tuple[Hist, Hist]]], *, xlabel: str = "Network output"
) -> Figure:
    """Draw shapes of scores in training (filled) and on events that were not learned from (points).

    Args:
        histograms: For each panel, by class ("signal", "background"): the histogram of the
            training events and of the others; each is normalised to one.
        xlabel: Name of the score.
    """
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            2, len(histograms), sharex=True, sharey="row", squeeze=False, figsize=(7.8, 5.2),
            height_ratios=(3, 1.2),
        )  # fmt: skip
        for i, (title, classes) in enumerate(histograms.items()):
            top, bottom = grid[:, i]
            for (name, pair), colour, marker in zip(
                classes.items(), ("#b2182b", "#2166ac"), "os", strict=False
            ):
                _draw_pair(top, bottom, pair, name, colour, marker)
            top.set(yscale="log", title=title)
            bottom.axhline(1.0, color="#555555", lw=0.8)
            bottom.set_ylim(0, 2)
            bottom.set_xlabel(xlabel, loc="right")
        grid[0, 0].set_ylabel("Share of a class in a bin", loc="top")
        grid[1, 0].set_ylabel("others /\ntraining", fontsize=10)
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=2)
    return figure


def _draw_pair(
    top: Any, bottom: Any, pair: tuple[Hist, Hist], name: str, colour: str, marker: str
) -> None:
    """One class's two histograms, and their ratio."""
    edges, centres = pair[0].axes[0].edges, pair[0].axes[0].centers
    (values, errors), (others, other_errors) = (
        (h.values() / h.values().sum(), np.sqrt(h.variances()) / h.values().sum()) for h in pair
    )
    top.stairs(values, edges, fill=True, color=colour, alpha=0.28, label=f"{name}, training")
    seen = others > 0
    top.errorbar(
        centres[seen], others[seen], other_errors[seen], fmt=marker, color=colour, ms=4, lw=1.1,
        label=f"{name}, not learned from",
    )  # fmt: skip
    good = seen & (values > 0)
    ratio = others[good] / values[good]
    relative = np.hypot(other_errors[good] / others[good], errors[good] / values[good])
    bottom.errorbar(centres[good], ratio, ratio * relative, fmt=marker, color=colour, ms=3.5, lw=1)


def reliability_curves(curves: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw the share of signal against the score, with errors, and the difference beneath.

    Args:
        curves: Curves of ``metrics.reliability``, by label.
    """
    with plt.rc_context(STYLE):
        figure, (top, bottom) = plt.subplots(
            2, 1, sharex=True, height_ratios=(3, 1.3), figsize=(6.2, 5.8)
        )
        top.plot([0, 1], [0, 1], color="#888888", lw=0.9)
        bottom.axhline(0, color="#888888", lw=0.9)
        for style, marker, (label, curve) in zip(
            cycle(LINES), cycle(_MARKERS), curves.items(), strict=False
        ):
            line = {**style, "marker": marker, "ms": 5, "lw": 1.2, "capsize": 2}
            top.errorbar(curve["score"], curve["share"], curve["error"], label=label, **line)
            gap = curve["share"] - curve["score"]
            bottom.errorbar(curve["score"], gap, curve["error"], **line)
        top.set_ylabel("Share of signal", loc="top")
        top.legend(loc="upper left")
        bottom.set_ylabel("difference")
        bottom.set_xlabel("Network output", loc="right")
        bottom.set_xlim(0, 1)
    return figure


def by_model(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Figure:
    """Draw a significance for each model with its error, from several tables side by side.

    The axis is logarithmic: a value that isn't positive, or NaN, has a line but no mark, and the
    figure says so if there is no other.

    Args:
        tables: ``value`` and ``error`` by sample, by label of the table.
        labels: Label of each sample.
    """
    names = list(dict.fromkeys(name for table in tables.values() for name in table.index))
    places = {name: len(names) - 1 - i for i, name in enumerate(names)}
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.4, 1.4 + 0.27 * len(names)))
        for i, (style, marker, (label, table)) in enumerate(
            zip(cycle(LINES), cycle(_MARKERS), tables.items(), strict=False)
        ):
            shift = 0.16 * (0.5 * (len(tables) - 1) - i)
            heights = [places[name] + shift for name in table.index]
            axes.errorbar(
                table["value"], heights, xerr=table["error"], fmt=marker, ms=4.5, lw=1.2,
                color=style["color"], label=label,
            )  # fmt: skip
        for place in places.values():
            axes.axhline(place, color="#dddddd", lw=0.6, zorder=0)
        axes.set_yticks(list(places.values()), [labels.get(name, name) for name in names])
        axes.tick_params(axis="y", which="both", length=0, labelsize=9)
        axes.minorticks_off()
        values = pd.concat([table["value"] for table in tables.values()])
        if (values > 0).any():
            axes.set_xscale("log", nonpositive="clip")
            axes.set_xlim(left=0.5 * values[values > 0].min())
        else:
            words = "no model has a significance"
            axes.text(0.5, 0.5, words, ha="center", transform=axes.transAxes)
        axes.set_xlabel("Expected significance", loc="right")
        figure.legend(loc="outside upper left", ncols=max(1, len(tables)))
    return figure
