"""Yields falling from cut to cut, the cuts from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE

__all__ = ("cutflow_steps", "yields_by_cut")

_MARKERS = "osD^vP*X"


def cutflow_steps(flows: pd.DataFrame) -> Figure:
    """Draw the yield after each cut, a line for each label.

    Args:
        flows: Yields, estimates: a row for each cut, a column for each label. A step without events
            is left out.

    Returns:
        The figure, with statistical errors.
    """
    lines = {
        str(label): pd.DataFrame(
            [(one.value, one.error) for one in column], columns=["value", "error"]
        )
        for label, column in flows.items()
    }
    titles = list(flows.index)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 1.6 + 0.4 * len(titles)))
        _draw(axes, lines, titles)
        figure.legend(*axes.get_legend_handles_labels(), ncols=2, loc="outside upper center")
    return figure


def yields_by_cut(channels: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Figure:
    """Draw what is left after each cut, a panel for each channel.

    Args:
        channels: Tables of ``counting.cut_by_cut``, by the title of the panel.
        labels: Label of each entry of ``of``; its own name by default.
    """
    with plt.rc_context(STYLE):
        figure, panels = plt.subplots(
            1, len(channels), sharey=True, squeeze=False, figsize=(8.2, 4.2)
        )
        for axes, (panel, steps) in zip(panels[0], channels.items(), strict=True):
            lines = {
                labels.get(str(name), str(name)): rows
                for name, rows in steps.groupby("of", sort=False)
            }
            _draw(axes, lines, list(steps.drop_duplicates("step")["title"]))
            axes.set_title(panel)
        handles = panels[0][0].get_legend_handles_labels()
        figure.legend(*handles, ncols=3, loc="outside upper center")
    return figure


def _draw(axes: Any, lines: Mapping[str, pd.DataFrame], titles: list[str]) -> None:
    """One line a label; rows of each table are the cuts in order."""
    for marker, (label, rows) in zip(_MARKERS * len(lines), lines.items(), strict=False):
        left = rows.reset_index(drop=True)
        left = left[left["value"] > 0]
        # an error that reaches below zero can't be drawn to its end on a logarithmic axis
        low = left["error"].clip(upper=0.9 * left["value"])
        axes.errorbar(
            left["value"], left.index, xerr=(low, left["error"]), marker=marker, markersize=6,
            label=label,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yticks(range(len(titles)), titles)
    axes.set_ylim(len(titles) - 0.5, -0.5)
    axes.tick_params(axis="y", which="minor", left=False, right=False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.7)
    axes.set_xlabel("Events", loc="right")
