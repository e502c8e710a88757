"""A fully connected network as circles and lines, from its numbers of neurons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE

__all__ = ("network_diagram",)

FILLS = ("#d9edf7", "#fdebd0", "#f4c7c3")  # inputs, hidden, output
GAP = 0.72  # between neighbours of a layer


def network_diagram(
    inputs: Sequence[str], layers: int, neurons: int, *, shown: int = 6, output: str = "score"
) -> Figure:
    """Draw the inputs, the hidden layers and the output.

    Args:
        inputs: Labels of the features; all are shown.
        layers: Number of hidden layers.
        neurons: Neurons in each of them.
        shown: Circles drawn of a hidden layer at most; dots stand for the others.
        output: Label of the output.
    """
    columns = [_heights(len(inputs), len(inputs))]
    columns += [_heights(neurons, shown) for _ in range(layers)]
    columns.append(_heights(1, 1))
    step = 2.6
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 0.9 + 0.235 * len(inputs)))
        for i, (left, right) in enumerate(pairwise(columns)):
            _connect(axes, (i * step, left), ((i + 1) * step, right))
        for i, heights in enumerate(columns):
            kind = min(i, 1) + (i == len(columns) - 1)
            total = (len(inputs), neurons, 1)[kind]
            _draw_layer(axes, i * step, heights, FILLS[kind], dots=total > len(heights))
            axes.text(i * step, 0.5 * GAP * len(inputs) + 0.25, _head(kind, total), ha="center",
                      va="bottom", fontsize=10)  # fmt: skip
        for label, y in zip(inputs, columns[0], strict=True):
            axes.text(-0.4, y, label, ha="right", va="center", fontsize=9)
        axes.text((len(columns) - 1) * step + 0.4, 0, output, ha="left", va="center", fontsize=11)
        axes.set_xlim(-2.3, (len(columns) - 1) * step + 1.4)
        axes.set_ylim(-0.5 * GAP * len(inputs) - 0.1, 0.5 * GAP * len(inputs) + 1.9)
        axes.set_axis_off()
    return figure


def _heights(count: int, shown: int) -> Any:
    """Heights of the circles of a layer, from the top, with a gap in the middle for dots."""
    drawn = min(count, shown)
    places = np.arange(drawn) - 0.5 * (drawn - 1)
    if count > shown:
        places = np.where(places < 0, places - 0.75, places + 0.75)
    return -GAP * places


def _connect(axes: Any, left: tuple[float, Any], right: tuple[float, Any]) -> None:
    lines = [[(left[0], a), (right[0], b)] for a in left[1] for b in right[1]]
    axes.add_collection(LineCollection(lines, colors="#999999", linewidths=0.35, zorder=1))


def _draw_layer(axes: Any, x: float, heights: Any, fill: str, *, dots: bool) -> None:
    axes.scatter(
        np.full(len(heights), x), heights, s=88, color=fill, edgecolors="#333333", zorder=2
    )
    if dots:
        axes.scatter(np.full(3, x), [-0.24, 0.0, 0.24], s=5, color="#333333", zorder=2)


def _head(kind: int, total: int) -> str:
    """What stands above a layer."""
    if kind == 0:
        return f"{total} features\nscaled"
    return f"hidden\n{total} neuron{'s' * (total > 1)}\nReLU" if kind == 1 else "output\nsigmoid"
