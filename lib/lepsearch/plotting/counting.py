"""Yields cut by cut, and significance against the uncertainty of the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE

__all__ = ("significance_against_uncertainty", "yields_by_cut")


def yields_by_cut(channels: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Figure:
    """Draw what is left after each cut, a panel for each channel.

    Args:
        channels: Tables with ``step``, ``title``, ``of``, ``value`` and ``error``, by panel title.
        labels: Label of each entry of ``of``; its own name by default.
    """
    with plt.rc_context(STYLE):
        figure, panels = plt.subplots(
            1, len(channels), sharey=True, squeeze=False, figsize=(4.3 * len(channels), 4.8)
        )
        for axes, (title, steps) in zip(panels[0], channels.items(), strict=True):
            names = steps.drop_duplicates("step")["title"]
            for marker, (name, rows) in zip(
                "osD^vP*", steps.groupby("of", sort=False), strict=False
            ):
                left = rows[rows["value"] > 0]
                axes.errorbar(
                    left["step"], left["value"], left["error"], marker=marker, markersize=6,
                    label=labels.get(str(name), str(name)),
                )  # fmt: skip
            axes.set_yscale("log")
            axes.set_title(title)
            axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
            axes.set_xlim(-0.4, len(names) - 0.6)
            axes.tick_params(axis="x", which="minor", bottom=False, top=False)
        panels[0][0].set_ylabel("Events", loc="top")
        low, high = panels[0][0].get_ylim()
        panels[0][0].set_ylim(low, high * (high / low) ** 0.22)
        panels[0][0].legend(loc="upper right")
    return figure


def significance_against_uncertainty(
    ours: Mapping[str, pd.DataFrame], thesis: pd.DataFrame, uncertainties: list[float]
) -> Figure:
    """Draw expected significance against the background's relative uncertainty.

    Args:
        ours: Tables of ``counting.significances``, by label; one marker for each label.
        thesis: Table of ``counting.thesis_entries``, drawn as lines.
        uncertainties: The relative uncertainties.
    """
    names = {"ee": "$ee$", "mumu": r"$\mu\mu$", "all": r"$ee+\mu\mu$"}
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 5.0))
        percent = 100 * np.array(uncertainties)
        for _, row in thesis.iterrows():
            label = f"{row['model']}, {names[row['channel']]}, printed yields"
            axes.plot(percent, [row[value] for value in uncertainties], label=label, linewidth=1.4)
        _draw_points(axes, ours, names)
        axes.set_xlabel("Relative uncertainty of the background [%]", loc="right")
        axes.set_ylabel(r"Expected significance [$\sigma$]", loc="top")
        axes.set_ylim(0, axes.get_ylim()[1] * 1.75)
        axes.legend(ncols=2, loc="upper right", fontsize=9)
    return figure


def _draw_points(axes: Any, ours: Mapping[str, pd.DataFrame], names: Mapping[str, str]) -> None:
    """Points side by side, so that their errors can be told apart."""
    markers = dict(zip(names, "osD", strict=True))
    shifts = iter(np.linspace(-0.8, 0.8, len(ours) * len(names)))
    for fill, (label, table) in zip(("#b2182b", "white"), ours.items(), strict=False):
        for channel, name in names.items():
            shift = next(shifts)
            rows = table[(table["channel"] == channel) & table["z"].notna()]
            if len(rows):
                axes.errorbar(
                    100 * rows["uncertainty"] + shift, rows["z"], rows["z_error"],
                    fmt=markers[channel], color="#b2182b", markerfacecolor=fill, markersize=6,
                    label=f"{label}, {name}",
                )  # fmt: skip
