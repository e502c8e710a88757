"""How well things are measured, and what their columns cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import drawing, lines

__all__ = ("resolutions", "sizes", "times")

Floats = NDArray[np.float64]
KINDS = {  # of branches, by how their names begin
    "lep": "leptons",
    "jet": "jets",
    "photon": "photons",
    "tau": "hadronic taus",
    "largeRjet": "large jets",
    "met": "missing momentum",
    "scaleFactor": "corrections",
}
WIDE = (7.2, 4.2)


def resolutions(pt: Floats, relative: Mapping[str, Floats]) -> Figure:
    """Draw relative resolutions against transverse momentum [GeV], a line for each label."""
    with drawing(figsize=WIDE) as (figure, axes):
        for label, values in relative.items():
            axes.plot(pt, 100 * values, label=label)
        axes.set(xscale="log", yscale="log", xlim=(pt[0], pt[-1]), ylim=(0.5, 60))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_yticks([1, 3, 10, 30], ["1", "3", "10", "30"])
        axes.set(xlabel=r"$p_T$ [GeV]", ylabel="relative resolution [%]")
        axes.legend()
    return figure


def sizes(table: pd.DataFrame) -> Figure:
    """Draw bytes an event of each kind of branches, the largest on top.

    The table has a row for each branch: bytes as they are (``plain``) and compressed (``packed``).
    """
    kinds = table.groupby(lambda name: KINDS.get(name.split("_")[0], "event"))
    total = kinds.sum().sort_values("plain")[["packed", "plain"]]
    total.columns = ["compressed, column by column", "as they are"]
    total.index = [f"{name} ({len(kinds.get_group(name))})" for name in total.index]
    with drawing(figsize=WIDE) as (figure, axes):
        total.plot.barh(ax=axes, width=0.8, color=["#1f5f8b", "#c7dbe6"])
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.set_xlabel("bytes an event")
        axes.legend(loc="lower right", reverse=True)
    return figure


def times(events: Floats, spent: Mapping[str, Floats]) -> Figure:
    """Draw times of a selection against the number of events: median and where two in three lie.

    Times [s] have the shape (n, repeats), for n numbers of events.
    """
    with drawing(figsize=WIDE) as (figure, axes):
        for label, each, style in lines(spent, "osD^"):
            low, middle, high = np.percentile(1e3 * each, [16, 50, 84], axis=1)
            style |= {"yerr": (middle - low, high - middle), "capsize": 3}
            axes.errorbar(events, middle, label=label, **style)
        axes.set(xscale="log", yscale="log", xlabel="events", ylabel="time [ms]")
        axes.legend(loc="upper left")
    return figure
