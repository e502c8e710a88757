"""Yields falling from cut to cut, the cuts from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE

__all__ = ("yields_by_cut",)

_MARKERS = "osD^vP*X"


def yields_by_cut(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw what is left after each cut, with statistical errors; what has no event is left out.

    Args:
        panels: By the title of each panel, yields (estimates): a row a cut, the same in all panels,
            and a column a line.
    """
    cuts = [str(cut) for cut in next(iter(panels.values())).index]
    size = (8.2, 4.2) if len(panels) > 1 else (7.2, 1.6 + 0.4 * len(cuts))
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(1, len(panels), sharey=True, squeeze=False, figsize=size)
        for axes, (title, table) in zip(grid[0], panels.items(), strict=True):
            for marker, (label, left) in zip(_MARKERS * 9, table.items(), strict=False):
                points = [(i, one.value, one.error) for i, one in enumerate(left) if one.value > 0]
                rows, value, error = np.array(points, dtype=float).reshape(-1, 3).T
                # an error that reaches below zero can't be drawn to its end on a logarithmic axis
                low = np.minimum(error, 0.9 * value)
                axes.errorbar(value, rows, xerr=(low, error), marker=marker, ms=6, label=label)
            axes.set(xscale="log", yticks=range(len(cuts)), yticklabels=cuts, title=title)
            axes.set_ylim(len(cuts) - 0.5, -0.5)
            axes.tick_params(axis="y", which="minor", left=False, right=False)
            axes.grid(axis="y", color="#dddddd", linewidth=0.7)
            axes.set_xlabel("Events", loc="right")
        lines = grid[0, 0].get_legend_handles_labels()
        figure.legend(*lines, ncols=min(1 + len(panels), 3), loc="outside upper center")
    return figure
