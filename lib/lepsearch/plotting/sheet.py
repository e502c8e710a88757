"""Hundreds of small histograms on one sheet, each on a linear and on a logarithmic scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hist.intervals import poisson_interval
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from lepsearch.plotting.style import canvas, shades
from lepsearch.stats.agreement import Agreement

__all__ = ("sheet",)

Floats = NDArray[np.float64]
_LEFT, _WIDTH, _LOW, _HEIGHT = (0.03, 0.53), 0.44, 0.17, 0.62  # of a frame in its place
_TOP: Any = {"fontsize": 6.5, "va": "top"}
_DECADES = 4.0  # most that a logarithmic frame spans


def sheet(features: Sequence[Agreement], *, source: str, columns: int = 5) -> Figure:
    """Draw every feature twice: on a linear scale (left) and on a logarithmic one (right).

    All are drawn into one pair of axes: a pair for each would take minutes. Linear scales begin at
    zero and end at the number in the frame; lines across logarithmic ones are powers of ten. The
    band is the simulation's statistical error. What had no test has a grey frame. The points are of
    a ``source``: "collisions" or "pseudo-data".
    """
    rows = max(-(-len(features) // columns), 1)
    labels = dict.fromkeys(name for one in features for name in one.expectation.labels)
    colours = shades(list(labels))
    height = 1.25 * rows + 0.45
    with canvas(figsize=(11, height), layout="none") as figure:
        axes = figure.add_axes((0.005, 0.0, 0.99, 1 - 0.45 / height))
        axes.set(xlim=(0, columns), ylim=(rows, 0))
        axes.set_axis_off()
        for place, one in enumerate(features):
            corner = np.array([place % columns, place // columns], dtype=float)
            for left, log in zip(_LEFT, (False, True), strict=True):
                _frame(axes, corner, left, one, colours, log=log)
            _words(axes, corner, one)
        handles: list[Any] = [Patch(color=colours[label], label=label) for label in labels]
        handles.append(Patch(color="#555555", alpha=0.45, label="simulation, stat."))
        handles.append(Line2D([], [], color="k", marker="o", ms=3, lw=0.8, label=source))
        figure.legend(handles=handles, ncols=8, loc="upper center", fontsize=9)
    return figure


def scaled(heights: Floats, peak: float, *, log: bool) -> Floats:
    """Height in a frame, from 0 to 1, of numbers of events, the largest of which is the peak.

    What is too small for a logarithmic scale is at the bottom.
    """
    top = 1.1 * peak
    if not log:
        return np.asarray(np.clip(heights / top, 0, 1))
    span = min(_DECADES, max(np.log10(top / 0.3), 1.0))
    decades = np.log10(np.maximum(heights, 1e-300) / top)
    return np.asarray(np.clip(1 + decades / span, 0, 1))


def _frame(
    axes: Any, corner: Floats, left: float, one: Agreement, colours: dict[str, Any], *, log: bool
) -> None:
    edges, total = one.expectation.edges, one.expectation.total
    seen = one.observed > 0
    counts = one.observed[seen].astype(float)
    ends = poisson_interval(counts)
    peak = float(max(total.max(), ends.max(initial=0))) or 1.0

    def at(x: Floats, y: Floats) -> Floats:
        """Places on the sheet of values and numbers of events."""
        across = corner[0] + left + _WIDTH * (x - edges[0]) / (edges[-1] - edges[0])
        up = corner[1] + 1 - _LOW - _HEIGHT * scaled(y, peak, log=log)
        return np.stack([across, up], axis=-1)

    def area(low: Floats, high: Floats) -> Floats:
        """Outline of steps between two heights."""
        x = np.repeat(edges, 2)[1:-1]
        return np.concatenate([at(x, np.repeat(low, 2)), at(x, np.repeat(high, 2))[::-1]])

    values = one.expectation.processes.values()
    tops = np.cumsum(values, axis=0)
    shapes = [area(top - own, top) for top, own in zip(tops, values, strict=True)]
    fills = [colours[label] for label in one.expectation.labels]
    axes.add_collection(PolyCollection(shapes, facecolors=fills, linewidths=0))
    error = np.sqrt(np.diag(one.expectation.statistical))
    band = [area(total - error, total + error)]
    axes.add_collection(PolyCollection(band, facecolors="#555555", alpha=0.45, linewidths=0))
    middle = ((edges[1:] + edges[:-1]) / 2)[seen]
    across, low = at(middle, ends[0]).T
    axes.vlines(across, low, at(middle, ends[1])[:, 1], colors="black", linewidths=0.7)
    axes.plot(*at(middle, counts).T, "o", color="black", markersize=1.6)
    x, y = corner[0] + left, corner[1] + 1 - _LOW
    top = 1.1 * peak
    if log:
        powers: Floats = np.power(10.0, np.arange(-2, np.ceil(np.log10(top))))
        inside = powers[(scaled(powers, peak, log=True) > 0) & (powers < top)]
        heights = at(np.full(len(inside), edges[0]), inside)[:, 1]
        axes.hlines(heights, x, x + _WIDTH, colors="#00000030", linewidths=0.5)
    else:
        words = f"{top:,.3g}" if peak < 100 else f"{top:,.0f}"
        axes.text(x + _WIDTH - 0.01, y - _HEIGHT + 0.02, words, color="#333333", **_TOP, ha="right")
    tone = "#b5b5b5" if one.untested else "#222222"
    box = Rectangle((x, y - _HEIGHT), _WIDTH, _HEIGHT, fill=False, edgecolor=tone, linewidth=0.7)
    axes.add_patch(box)


def _words(axes: Any, corner: Floats, one: Agreement) -> None:
    """Name and p-value above the frames, the ends of the axis below the left one."""
    x, y = corner
    words = one.untested or f"p = {one.p:.2g}"
    slant = "italic" if one.untested else "normal"
    right = {"fontsize": 7.5, "va": "bottom", "ha": "right", "style": slant}
    axes.text(x + _LEFT[0], y + 0.18, one.feature, fontsize=8, va="bottom")
    axes.text(x + _LEFT[1] + _WIDTH, y + 0.18, words, **right)
    first, last = (f"{one.expectation.edges[end]:.3g}" for end in (0, -1))
    axes.text(x + _LEFT[0], y + 1 - _LOW + 0.02, first, **_TOP, ha="left")
    axes.text(x + _LEFT[0] + _WIDTH, y + 1 - _LOW + 0.02, last, **_TOP, ha="right")
