"""Expected significance against the uncertainty of the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lepsearch.plotting.style import STYLE

__all__ = ("significance_against_uncertainty",)


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
