"""Networks and their trainings: learning, over-training, calibration, significances."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from hist import Hist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lepsearch.plotting.style import drawing, lines

__all__ = ("learning_curves", "over_training", "reliability_curves")


def learning_curves(histories: Mapping[str, Sequence[pd.DataFrame]]) -> Figure:
    """Draw the loss against the epoch, in training (thin) and after it in validation (thick).

    Each label has the history of each seed, as a trained network keeps it; its epoch is marked.
    """
    options: Any = {"sharey": True, "squeeze": False, "figsize": (7.6, 4.0)}
    with drawing(1, len(histories), **options) as (figure, grid):
        for axes, (label, runs) in zip(grid[0], histories.items(), strict=True):
            for _, run, style in lines({str(seed): run for seed, run in enumerate(runs)}):
                colour, kept = style["color"], run[run["best"]]
                axes.plot(run.index, run["loss"], color=colour, lw=0.9, ls=":")
                axes.plot(run.index, run["val_loss"], color=colour, lw=1.7)
                axes.plot(kept.index, kept["val_loss"], "o", color=colour, ms=6, mec="white")
            axes.set(title=label, xlabel="Epoch")
        grid[0, 0].set(yscale="log", ylabel="Loss")
        handles = [
            Line2D([], [], color="#444444", lw=0.9, ls=":", label="training, during the epoch"),
            Line2D([], [], color="#444444", lw=1.7, label="validation, after it"),
            Line2D([], [], color="#444444", marker="o", ls="none", label="kept"),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
    return figure


def over_training(histograms: Mapping[str, Mapping[str, tuple[Hist, Hist]]]) -> Figure:
    """Draw shapes of scores in training (filled) and on events that were not learned from (points).

    Each panel has by class ("signal", "background") the histogram of the training events and of the
    others; each is normalised to one.
    """
    options: Any = {"sharex": True, "sharey": "row", "squeeze": False, "height_ratios": (3, 1.2)}
    with drawing(2, len(histograms), figsize=(7.8, 5.2), **options) as (figure, grid):
        for (top, bottom), (title, classes) in zip(grid.T, histograms.items(), strict=True):
            for marker, (name, pair) in zip("os", classes.items(), strict=False):
                _draw_pair(top, bottom, pair, name, marker)
            top.set(yscale="log", title=title)
            bottom.axhline(1.0, color="#555555", lw=0.8)
            bottom.set(ylim=(0, 2), xlabel="Network output")
        grid[0, 0].set_ylabel("Share of a class in a bin")
        grid[1, 0].set_ylabel("others /\ntraining", fontsize=10, loc="center")
        keys = grid[0, 0].get_legend_handles_labels()
        figure.legend(*keys, loc="outside upper left", ncols=2)
    return figure


def _draw_pair(top: Any, bottom: Any, pair: tuple[Hist, Hist], name: str, marker: str) -> None:
    """One class's two histograms, and their ratio."""
    edges, centres = pair[0].axes[0].edges, pair[0].axes[0].centers
    (values, errors), (others, other_errors) = (
        (h.values() / h.values().sum(), np.sqrt(h.variances()) / h.values().sum()) for h in pair
    )
    colour = {"o": "#b2182b", "s": "#2166ac"}[marker]
    top.stairs(values, edges, fill=True, color=colour, alpha=0.28, label=f"{name}, training")
    seen, style = others > 0, {"fmt": marker, "color": colour}
    points = (centres[seen], others[seen], other_errors[seen])
    top.errorbar(*points, ms=4, lw=1.1, label=f"{name}, not learned from", **style)
    good = seen & (values > 0)
    ratio = others[good] / values[good]
    relative = np.hypot(other_errors[good] / others[good], errors[good] / values[good])
    bottom.errorbar(centres[good], ratio, ratio * relative, ms=3.5, lw=1, **style)


def reliability_curves(curves: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw curves of ``metrics.reliability`` by label, and how far they are from the diagonal."""
    options: Any = {"sharex": True, "height_ratios": (3, 1.3), "figsize": (6.2, 5.8)}
    with drawing(2, 1, **options) as (figure, (top, bottom)):
        top.plot([0, 1], [0, 1], color="#888888", lw=0.9)
        bottom.axhline(0, color="#888888", lw=0.9)
        for label, curve, style in lines(curves, "os^Dv*"):
            style |= {"ms": 5, "lw": 1.2, "capsize": 2}
            top.errorbar(curve["score"], curve["share"], curve["error"], label=label, **style)
            gap = curve["share"] - curve["score"]
            bottom.errorbar(curve["score"], gap, curve["error"], **style)
        top.set_ylabel("Share of signal")
        top.legend(loc="upper left")
        bottom.set_ylabel("difference", loc="center")
        bottom.set(xlabel="Network output", xlim=(0, 1))
    return figure
