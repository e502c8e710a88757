"""How well things are measured, and what their columns cost."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import STYLE

__all__ = ("resolutions", "sizes", "times")

Floats = NDArray[np.float64]


def resolutions(pt: Floats, relative: Mapping[str, Floats]) -> Figure:
    """Relative resolution against transverse momentum, a line for each kind of object.

    Args:
        pt: Transverse momenta [GeV].
        relative: Relative resolution at each, by label.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.2))
        for label, values in relative.items():
            axes.plot(pt, 100 * values, label=label)
        axes.set(xscale="log", yscale="log", xlim=(pt[0], pt[-1]), ylim=(0.5, 60))
        axes.set_xticks([10, 30, 100, 300, 1000], ["10", "30", "100", "300", "1000"])
        axes.set_yticks([1, 3, 10, 30], ["1", "3", "10", "30"])
        axes.set_xlabel(r"$p_T$ [GeV]", loc="right")
        axes.set_ylabel("relative resolution [%]", loc="top")
        axes.legend()
    return figure


def sizes(table: pd.DataFrame) -> Figure:
    """Bytes an event of each group of branches, plain and compressed.

    Args:
        table: From ``columns.storage``.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.2))
        places = np.arange(len(table))[::-1]
        for shift, column, colour, label in (
            (0.2, "plain", "#c7dbe6", "as they are"),
            (-0.2, "by_column", "#1f5f8b", "compressed, column by column"),
        ):
            axes.barh(places + shift, table[column], 0.38, color=colour, label=label)
        axes.set_yticks(places, [f"{name} ({n})" for name, n in table["branches"].items()])
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.set_xlabel("bytes an event", loc="right")
        axes.legend(loc="lower right")
    return figure


def times(events: Floats, spent: Mapping[str, Floats]) -> Figure:
    """Time of a selection against the number of events: median, and where two in three lie.

    Args:
        events: Numbers of events, shape (n,).
        spent: Times [s], shape (n, repeats), by label.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.2))
        for marker, (label, each) in zip("osD^", spent.items(), strict=False):
            low, middle, high = np.percentile(1e3 * each, [16, 50, 84], axis=1)
            errors = (middle - low, high - middle)
            axes.errorbar(events, middle, errors, marker=marker, capsize=3, label=label)
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel("events", loc="right")
        axes.set_ylabel("time [ms]", loc="top")
        axes.legend(loc="upper left")
    return figure
