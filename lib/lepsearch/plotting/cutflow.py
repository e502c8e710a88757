"""Yields falling from cut to cut."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from lepsearch.cutflow import Cutflow
from lepsearch.plotting.style import STYLE

__all__ = ("cutflow_steps",)

_MARKERS = "osD^vP*X"


def cutflow_steps(flows: Mapping[str, Cutflow]) -> Figure:
    """Draw the yield after each cut, a line for each label.

    Args:
        flows: Cutflow of each label, all of one selection. A step without events is left out.

    Returns:
        The figure, with statistical errors.
    """
    steps = next(iter(flows.values()), Cutflow()).steps
    positions = np.arange(len(steps))
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 4.8))
        for marker, (label, flow) in zip(_MARKERS * len(flows), flows.items(), strict=False):
            yields = np.array([step.weight for step in flow.steps])
            errors = np.sqrt([step.weight_squared for step in flow.steps])
            drawn = yields > 0
            axes.errorbar(
                positions[drawn], yields[drawn], errors[drawn], marker=marker, markersize=6,
                label=label,
            )  # fmt: skip
        axes.set_yscale("log")
        axes.set_xticks(positions, [step.title for step in steps], rotation=28, ha="right")
        axes.tick_params(axis="x", which="minor", bottom=False, top=False)
        axes.set_ylabel("Events", loc="top")
        low, high = axes.get_ylim()
        axes.set_ylim(low, high * (high / low) ** 0.3)
        axes.legend(ncols=2, loc="upper right")
    return figure
