"""Expected significance against the uncertainty of the background."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, product
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE

__all__ = ("significance_against_uncertainty",)

RED = "#b2182b"


def significance_against_uncertainty(
    ours: Mapping[str, pd.DataFrame],
    thesis: pd.DataFrame,
    uncertainties: list[float],
    labels: Mapping[str, str],
) -> Figure:
    """Draw expected significance against the background's relative uncertainty.

    Args:
        ours: Tables of ``counting.significances``, by label; a thin line reaches down to ``z_low``,
            and a pale marker has too small a sample behind it (``enough``).
        thesis: Table of ``printed.significances`` at these uncertainties, drawn as lines.
        uncertainties: The relative uncertainties.
        labels: What the signals are called.
    """
    names = {"ee": "$ee$", "mumu": r"$\mu\mu$"}
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 5.4))
        percent = 100 * np.array(uncertainties)
        for _, row in thesis.iterrows():
            label = f"{row['model']}, {names[row['channel']]}, printed yields"
            axes.plot(percent, [row[value] for value in uncertainties], label=label, linewidth=1.4)
        _draw_points(axes, ours, labels)
        axes.set_xlabel("Relative uncertainty of the background [%]", loc="right")
        axes.set_ylabel(r"Expected significance [$\sigma$]", loc="top")
        axes.set_ylim(0, axes.get_ylim()[1] * 1.7)
        axes.legend(ncols=2, loc="upper right", fontsize=8.5)
    return figure


def _draw_points(axes: Any, ours: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> None:
    """Both channels together: a marker's shape is the signal, its filling the table."""
    together = {
        label: table[(table["channel"] == "all") & table["z"].notna()]
        for label, table in ours.items()
    }
    signals = list(dict.fromkeys(name for rows in together.values() for name in rows["signal"]))
    shapes = dict(zip(signals, cycle("Dos^v"), strict=False))
    series = list(product(together.items(), signals))
    shifts = np.linspace(-1.2, 1.2, len(series))
    for shift, ((label, rows), signal) in zip(shifts, series, strict=True):
        filled = label == next(iter(ours))
        for enough, points in rows[rows["signal"] == signal].groupby("enough"):
            x, shade = 100 * points["uncertainty"] + shift, 1.0 if enough else 0.4
            axes.vlines(x, points["z_low"], points["z"], color=RED, linewidth=0.9, alpha=shade)
            axes.errorbar(
                x, points["z"], points["z_error"], fmt=shapes[signal], color=RED, alpha=shade,
                markerfacecolor=RED if filled else "white", markersize=6,
            )  # fmt: skip
    for fill, (label, rows) in zip((RED, "white"), together.items(), strict=False):
        if len(rows):
            axes.plot([], [], "s", color=RED, markerfacecolor=fill, label=rf"{label}, $ee+\mu\mu$")
    for signal, shape in shapes.items():
        axes.plot([], [], shape, color="grey", label=labels.get(signal, signal))
