"""How large the samples are beside what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import LINES, STYLE

__all__ = ("expected_and_simulated", "weight_spectrum")


def expected_and_simulated(table: pd.DataFrame) -> Figure:
    """Draw expected events against raw ones, a row for each sample and region.

    Args:
        table: Columns ``label``, ``region``, ``expected`` and ``events``.

    Returns:
        The figure; where the filled marker lies right of the open one, an event counts for more
        than one expected event.
    """
    labels = list(dict.fromkeys(table["label"]))
    regions = list(dict.fromkeys(table["region"]))
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.4 * len(labels)))
        for offset, marker, region in zip(
            np.linspace(-0.18, 0.18, len(regions)), "osD^v", regions, strict=False
        ):
            rows = table[(table["region"] == region) & (table["events"] > 0)]
            y = [labels.index(label) + offset for label in rows["label"]]
            axes.hlines(y, rows["events"], rows["expected"], color="#999999", linewidth=1)
            style: dict[str, Any] = {"marker": marker, "s": 46, "edgecolor": "#08306b", "zorder": 3}
            axes.scatter(rows["expected"], y, color="#08306b", label=f"{region}: expected", **style)
            axes.scatter(rows["events"], y, color="white", label=f"{region}: simulated", **style)
        axes.set_xscale("log")
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", which="minor", left=False, right=False)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.set_xlabel("Events", loc="right")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def weight_spectrum(weights: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Draw the distribution of the events' physics weights, a line for each label.

    Args:
        weights: Weights of each label's events; negative ones are drawn by their size, hatched.
    """
    sizes = np.abs(np.concatenate([np.asarray(w) for w in weights.values()] or [np.ones(1)]))
    sizes = sizes[sizes > 0]
    low, high = (sizes.min(), sizes.max()) if len(sizes) else (0.1, 1.0)
    edges = np.geomspace(low / 1.5, high * 1.5, 50)
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots()
        for style, (label, values) in zip(LINES * len(weights), weights.items(), strict=False):
            values = np.asarray(values)
            positive = np.histogram(values[values > 0], edges)[0]
            axes.stairs(positive, edges, label=label, linewidth=1.8, **style)
            if (values < 0).any():
                negative = np.histogram(-values[values < 0], edges)[0]
                axes.stairs(
                    negative, edges, label=f"{label}, negative", color=style["color"], hatch="....",
                )  # fmt: skip
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel("Weight of one event [expected events]", loc="right")
        axes.set_ylabel("Simulated events / bin", loc="top")
        bottom, top = axes.get_ylim()
        axes.set_ylim(max(bottom, 0.5), top * 8)
        axes.legend(ncols=2, loc="upper right")
    return figure
