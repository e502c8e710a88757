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
        ours: Tables of ``counting.significances``, by label; a thin line reaches down to ``z_low``.
        thesis: Table of ``printed.significances`` at these uncertainties, drawn as lines.
        uncertainties: The relative uncertainties.
    """
    names = {"ee": "$ee$", "mumu": r"$\mu\mu$"}
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 5.0))
        percent = 100 * np.array(uncertainties)
        for _, row in thesis.iterrows():
            label = f"{row['model']}, {names[row['channel']]}, printed yields"
            axes.plot(percent, [row[value] for value in uncertainties], label=label, linewidth=1.4)
        _draw_points(axes, ours)
        axes.set_xlabel("Relative uncertainty of the background [%]", loc="right")
        axes.set_ylabel(r"Expected significance [$\sigma$]", loc="top")
        axes.set_ylim(0, axes.get_ylim()[1] * 1.5)
        axes.legend(ncols=2, loc="upper right", fontsize=9)
    return figure


def _draw_points(axes: Any, ours: Mapping[str, pd.DataFrame]) -> None:
    """Both channels together, side by side so that their errors can be told apart."""
    fills, shifts = ("#b2182b", "white"), np.linspace(-0.4, 0.4, len(ours))
    for fill, shift, (label, table) in zip(fills, shifts, ours.items(), strict=False):
        rows = table[(table["channel"] == "all") & table["z"].notna()]
        if len(rows):
            x = 100 * rows["uncertainty"] + shift
            axes.vlines(x, rows["z_low"], rows["z"], color="#b2182b", linewidth=0.9)
            axes.errorbar(
                x, rows["z"], rows["z_error"], fmt="D", color="#b2182b", markerfacecolor=fill,
                markersize=6, label=rf"{label}, $ee+\mu\mu$",
            )  # fmt: skip
