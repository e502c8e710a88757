"""Many features on one page: normalised shapes in a grid, and correlations as a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import mplhep
import numpy as np
import seaborn as sns
from hist import Hist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from lepsearch.plotting.style import LINES, STYLE

__all__ = ("heat_map", "shape_grid")


def shape_grid(
    panels: Sequence[tuple[str, Mapping[str, Hist]]], *, columns: int = 3, log: bool = False
) -> Figure:
    """Draw each feature's distributions, normalised to one, in a grid with one legend above.

    Args:
        panels: For each, the name of its axis and a histogram for each label; all have the same
            labels. A histogram without entries is left out.
        columns: Panels in a row.
        log: Whether the vertical axes are logarithmic.
    """
    rows = -(-len(panels) // columns)
    labels = list(dict.fromkeys(label for _, shapes in panels for label in shapes))
    styles: dict[str, Any] = dict(zip(labels, LINES * (1 + len(labels) // 6), strict=False))
    with plt.rc_context({**STYLE, "font.size": 9.5, "legend.fontsize": 9.5}):
        figure, grid = plt.subplots(rows, columns, figsize=(8.2, 0.5 + 2.1 * rows), squeeze=False)
        for axes, (xlabel, shapes) in zip(grid.flat, panels, strict=False):
            _draw_shapes(axes, shapes, styles)
            axes.set_xlabel(xlabel, loc="right")
            axes.set_ylabel("")
            if log:
                axes.set_yscale("log")
            else:
                axes.set_ylim(bottom=0)
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        figure.supylabel("share of the events in a bin", fontsize=10)
        handles = [Line2D([], [], label=label, **styles[label]) for label in labels]
        figure.legend(handles=handles, loc="outside upper center", ncols=min(len(labels), 3))
    return figure


def _draw_shapes(axes: Any, shapes: Mapping[str, Hist], styles: Mapping[str, Any]) -> None:
    for label, histogram in shapes.items():
        total = histogram.sum().value
        if total > 0:
            mplhep.histplot(
                histogram / total, ax=axes, yerr=False, flow="none", linewidth=1.4,
                color=styles[label]["color"], linestyle=styles[label]["linestyle"],
            )  # fmt: skip
            axes.set_xlim(histogram.axes[0].edges[[0, -1]])


def heat_map(
    matrix: NDArray[np.float64], names: Sequence[str], *, title: str, label: str
) -> Figure:
    """Draw the lower triangle of a correlation matrix.

    Args:
        matrix: Shape (k, k), values from -1 to 1; NaN is left blank.
        names: Name of each row and column.
        title: Words above the plot.
        label: Name of the colour bar.
    """
    with plt.rc_context({**STYLE, "xtick.minor.visible": False, "ytick.minor.visible": False}):
        figure, axes = plt.subplots(figsize=(8.0, 7.4))
        sns.heatmap(
            matrix, vmin=-1, vmax=1, cmap="RdBu_r", square=True, ax=axes, linewidths=0.3,
            mask=np.triu(np.ones_like(matrix, dtype=bool), 1), xticklabels=list(names),
            yticklabels=list(names), cbar_kws={"label": label, "shrink": 0.7},
        )  # fmt: skip
        axes.tick_params(labelsize=7.5, length=0)
        axes.set_title(title)
    return figure
