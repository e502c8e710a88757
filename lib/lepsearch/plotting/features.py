"""Many features on one page: normalised shapes in a grid, and correlations as a heat map."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import mplhep
import numpy as np
import seaborn as sns
from hist import Hist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from lepsearch.plotting.style import CENTRED, drawing, hatch_cells, lines
from lepsearch.stats.histograms import components

__all__ = ("Panel", "heat_map", "normalised", "shape_grid")

Floats = NDArray[np.float64]


class Panel(NamedTuple):
    """One feature's distributions, from ``histograms.spectra``; empty processes are left out.

    The histogram's shapes are ``worth`` some unweighted events, by label of the process.
    """

    xlabel: str
    histogram: Hist
    log: bool
    worth: Mapping[str, float]

    @property
    def shapes(self) -> dict[str, Hist]:
        """Backgrounds and signals by label."""
        return {**components(self.histogram, "background"), **components(self.histogram, "signal")}


def shape_grid(panels: Sequence[Panel], *, columns: int = 3) -> Figure:
    """Draw features' distributions, normalised to one, in a grid with one legend above.

    Bars are statistical errors. A label has the same line in all panels. The legend says how many
    unweighted events a shape is worth; where that differs between panels, the fewest and the most.
    """
    rows = -(-len(panels) // columns)
    labels = dict.fromkeys(label for one in panels for label in one.shapes)
    styles = {label: style for label, _, style in lines(labels)}
    options: Any = {"figsize": (8.2, 0.7 + 2.1 * rows), "squeeze": False}
    small = {"font.size": 9.5, "legend.fontsize": 9.5}
    with drawing(rows, columns, small, **options) as (figure, grid):
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_shapes(axes, panel.shapes, styles)
            axes.set(xlim=panel.histogram.axes["x"].edges[[0, -1]], xlabel=panel.xlabel, ylabel="")
            limits = {"yscale": "log", "ylim": (2e-4, 2)} if panel.log else {"ylim": (0, None)}
            axes.set(**limits)
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        figure.supylabel("share of the events in a bin", fontsize=10)
        handles = [Line2D([], [], label=one + _worth(panels, one), **styles[one]) for one in labels]
        figure.legend(handles=handles, loc="outside upper center", ncols=min(len(labels), 2))
    return figure


def _worth(panels: Sequence[Panel], label: str) -> str:
    """How many events the shapes of a label are worth, in words; empty if that isn't known."""
    known = [one.worth[label] for one in panels if label in one.worth]
    ends = dict.fromkeys(f"{end:,.0f}" for end in (min(known), max(known))) if known else ()
    return f" ({' to '.join(ends)})" if ends else ""


def normalised(histogram: Hist) -> tuple[Floats, Floats]:
    """Share of the events in each bin, and its error; the total must be positive.

    With f the share, v the variance in a bin and V that in the others, the error is
    sqrt((1 - f)^2 v + f^2 V) over the total: the binomial one if all weights are the same.
    """
    values, variances = histogram.values(), histogram.variances()
    total = values.sum()
    share = values / total
    others = variances.sum() - variances
    return share, np.sqrt((1 - share) ** 2 * variances + share**2 * others) / total


def _draw_shapes(axes: Any, shapes: Mapping[str, Hist], styles: Mapping[str, Any]) -> None:
    drawn = [(label, one) for label, one in shapes.items() if one.sum().value > 0]
    for place, (label, histogram) in enumerate(drawn):
        edges, style = histogram.axes["x"].edges, styles[label]
        share, error = normalised(histogram)
        line = {"yerr": False, "flow": "none", "linewidth": 1.4}
        mplhep.histplot(share, edges, ax=axes, **line, **style)
        there = share != 0
        # side by side within a bin, so that they can be told apart
        x = (edges[:-1] + np.diff(edges) * (place + 1) / (len(drawn) + 1))[there]
        bars = {"fmt": "none", "ecolor": style["color"], "elinewidth": 0.8}
        axes.errorbar(x, share[there], error[there], **bars)


def heat_map(matrix: Floats, names: Sequence[str], *, title: str, label: str) -> Figure:
    """Draw the lower triangle of a correlation matrix, shape (k, k); NaN is hatched.

    Negative values have a minus, dark on pale cells and white on dark ones, since red and blue are
    one in grey.
    """
    above = np.triu(np.ones_like(matrix, dtype=bool), 1)
    bar = {"label": f"{label} (marked –: negative)", "shrink": 0.7}
    look = {"vmin": -1, "vmax": 1, "cmap": "RdBu_r", "square": True, "linewidths": 0.3}
    ticks = {"xticklabels": list(names), "yticklabels": list(names)}
    style = CENTRED | {"xtick.minor.visible": False, "ytick.minor.visible": False}
    with drawing(style=style, figsize=(8.0, 7.4)) as (figure, axes):
        sns.heatmap(matrix, mask=above, ax=axes, cbar_kws=bar, **look, **ticks)
        hatch_cells(axes, np.isnan(matrix) & ~above)
        rows, columns = np.nonzero((matrix < 0) & ~above)
        colours = np.where(matrix[rows, columns] < -0.5, "white", "#222222")
        minus: Any = {"marker": "_", "s": 14, "linewidths": 0.9, "zorder": 3}
        axes.scatter(columns + 0.5, rows + 0.5, c=list(colours), **minus)
        axes.tick_params(labelsize=7.5, length=0)
        axes.set_title(title)
    return figure
