"""Many features on one page: normalised shapes in a grid, and correlations as a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import mplhep
import numpy as np
import seaborn as sns
from hist import Hist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from lepsearch.plotting.cells import hatch_cells, mark_negative
from lepsearch.plotting.style import LINES, STYLE

__all__ = ("Panel", "heat_map", "shape_grid", "shares")

Floats = NDArray[np.float64]


class Panel(NamedTuple):
    """One feature's distributions.

    Attributes:
        xlabel: Name of the feature, with its unit.
        shapes: A histogram for each label; one without entries is left out.
        log: Whether the vertical axis is logarithmic.
        worth: Unweighted events that each shape is worth, by label.
    """

    xlabel: str
    shapes: Mapping[str, Hist]
    log: bool
    worth: Mapping[str, float] = MappingProxyType({})


def shape_grid(panels: Sequence[Panel], *, columns: int = 3) -> Figure:
    """Draw features' distributions, normalised to one, in a grid with one legend above.

    Bars are statistical errors. The legend says how many unweighted events a shape is worth; where
    that differs between panels, the fewest and the most.

    Args:
        panels: The features; a label has the same line in all.
        columns: Panels in a row.
    """
    rows = -(-len(panels) // columns)
    labels = list(dict.fromkeys(label for one in panels for label in one.shapes))
    styles: dict[str, Any] = dict(zip(labels, LINES * (1 + len(labels) // 6), strict=False))
    with plt.rc_context({**STYLE, "font.size": 9.5, "legend.fontsize": 9.5}):
        figure, grid = plt.subplots(rows, columns, figsize=(8.2, 0.7 + 2.1 * rows), squeeze=False)
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_shapes(axes, panel.shapes, styles)
            axes.set_xlabel(panel.xlabel, loc="right")
            axes.set_ylabel("")
            if panel.log:
                axes.set_yscale("log")
                axes.set_ylim(2e-4, 2)
            else:
                axes.set_ylim(bottom=0)
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        figure.supylabel("share of the events in a bin", fontsize=10)
        handles = [
            Line2D([], [], label=label + _worth(panels, label), **styles[label]) for label in labels
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=min(len(labels), 2))
    return figure


def _worth(panels: Sequence[Panel], label: str) -> str:
    """How many events the shapes of a label are worth, in words; empty if that isn't known."""
    known = [one.worth[label] for one in panels if label in one.worth]
    if not known:
        return ""
    ends = list(dict.fromkeys(f"{end:,.0f}" for end in (min(known), max(known))))
    return f" ({' to '.join(ends)})"


def shares(histogram: Hist) -> tuple[Floats, Floats]:
    """Share of the events in each bin, and its error.

    With f the share, v the variance in a bin and V that in the others, the error is
    sqrt((1 - f)^2 v + f^2 V) over the total: the binomial one if all weights are the same.

    Args:
        histogram: Weighted, with a positive total.
    """
    values, variances = histogram.values(), histogram.variances()
    total = values.sum()
    share = values / total
    others = variances.sum() - variances
    return share, np.sqrt((1 - share) ** 2 * variances + share**2 * others) / total


def _draw_shapes(axes: Any, shapes: Mapping[str, Hist], styles: Mapping[str, Any]) -> None:
    drawn = [(label, one) for label, one in shapes.items() if one.sum().value > 0]
    for place, (label, histogram) in enumerate(drawn):
        edges, color = histogram.axes[0].edges, styles[label]["color"]
        share, error = shares(histogram)
        mplhep.histplot(
            share, edges, ax=axes, yerr=False, flow="none", linewidth=1.4, color=color,
            linestyle=styles[label]["linestyle"],
        )  # fmt: skip
        there = share != 0
        # side by side within a bin, so that they can be told apart
        x = edges[:-1] + np.diff(edges) * (place + 1) / (len(drawn) + 1)
        axes.errorbar(
            x[there], share[there], error[there], fmt="none", ecolor=color, elinewidth=0.8,
        )  # fmt: skip
        axes.set_xlim(edges[[0, -1]])


def heat_map(matrix: Floats, names: Sequence[str], *, title: str, label: str) -> Figure:
    """Draw the lower triangle of a correlation matrix.

    Args:
        matrix: Shape (k, k), values from -1 to 1; NaN is hatched. Negative ones have a minus,
            since red and blue are one in grey.
        names: Name of each row and column.
        title: Words above the plot.
        label: Name of the colour bar.
    """
    with plt.rc_context({**STYLE, "xtick.minor.visible": False, "ytick.minor.visible": False}):
        figure, axes = plt.subplots(figsize=(8.0, 7.4))
        above = np.triu(np.ones_like(matrix, dtype=bool), 1)
        sns.heatmap(
            matrix, vmin=-1, vmax=1, cmap="RdBu_r", square=True, ax=axes, linewidths=0.3,
            mask=above, xticklabels=list(names),
            yticklabels=list(names),
            cbar_kws={"label": f"{label} (marked –: negative)", "shrink": 0.7},
        )  # fmt: skip
        hatch_cells(axes, np.isnan(matrix) & ~above)
        mark_negative(axes, np.where(above, np.nan, matrix))
        axes.tick_params(labelsize=7.5, length=0)
        axes.set_title(title)
    return figure
