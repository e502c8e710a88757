"""Figures of significances: likelihoods, what was printed, and tails of experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import LINES, STYLE
from lepsearch.stats.toys import ToySignificance

__all__ = (
    "against_background",
    "against_uncertainty",
    "likelihood_scan",
    "printed_and_recomputed",
    "tails",
)

Floats = NDArray[np.float64]

_LINES: tuple[dict[str, Any], ...] = tuple(LINES)
_MARKERS = ("o", "s", "^", "D")


def likelihood_scan(strength: Floats, curves: Mapping[str, Floats]) -> Figure:
    """Twice the loss of log-likelihood against the signal strength; its height at 0 is marked.

    Args:
        strength: Signal strengths.
        curves: By label, the loss at each strength.
    """
    with _drawing() as (figure, axes):
        for i, (style, (label, loss)) in enumerate(zip(_LINES, curves.items(), strict=False)):
            axes.plot(strength, loss, label=label, **style)
            at_zero = float(np.interp(0.0, strength, loss))
            axes.plot(0, at_zero, marker="o", color=style["color"], zorder=5)
            axes.annotate(
                f"$Z^2 = {at_zero:.3f}$",
                (0, at_zero),
                xytext=(-7, -13) if i else (9, 3),  # below the lower curves, above the first
                textcoords="offset points",
                horizontalalignment="right" if i else "left",
                color=style["color"],
            )
        axes.axvline(0, color="0.6", linewidth=0.8)
        axes.set(
            xlabel=r"signal strength $\mu$",
            ylabel=r"$-2\,\ln\,[L(\mu)/L(\hat\mu)]$",
            xlim=(strength[0], strength[-1]),
            ylim=(0, None),
            xticks=np.arange(np.ceil(strength[0]), strength[-1] + 0.01, 0.5),
        )
        axes.legend()
    return figure


def printed_and_recomputed(
    labels: Sequence[str],
    printed: Floats,
    recomputed: Floats,
    ranges: Floats,
    *,
    printed_errors: Floats,
) -> Figure:
    """Printed significances beside recomputed ones and what rounding allows.

    Args:
        labels: A name for each entry.
        printed: The printed values.
        recomputed: The values recomputed from the printed yields.
        ranges: Shape (n, 2), the lowest and highest value that rounded yields allow.
        printed_errors: Half of the last printed digit of each.
    """
    with _drawing(height=3.2) as (figure, axes):
        rows = np.arange(len(labels))[::-1]
        half = 0.16
        axes.barh(
            rows,
            ranges[:, 1] - ranges[:, 0],
            left=ranges[:, 0],
            height=2 * half,
            color="0.85",
            label="allowed by rounded yields",
        )
        axes.plot(recomputed, rows, "o", color="#0072b2", label="recomputed")
        axes.errorbar(
            printed,
            rows,
            xerr=printed_errors,
            fmt="D",
            color="#d55e00",
            markerfacecolor="none",
            markersize=8,
            capsize=3,
            label="printed",
        )
        axes.set(
            yticks=rows,
            yticklabels=labels,
            xlabel=r"expected significance [$\sigma$]",
            xlim=(0, 1.15 * float(max(np.max(printed), np.max(ranges)))),
            ylim=(-0.6, len(labels) - 0.4),
        )
        axes.tick_params(axis="y", which="both", length=0)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3)
    return figure


def against_uncertainty(relative: Floats, curves: Mapping[str, Floats]) -> Figure:
    """Significance against the relative uncertainty of the background.

    Args:
        relative: Uncertainty over background.
        curves: By label, the significance at each of them.
    """
    with _drawing() as (figure, axes):
        for style, (label, z) in zip(_LINES, curves.items(), strict=False):
            axes.plot(100 * relative, z, label=label, **style)
        axes.set(
            xlabel="background uncertainty [%]",
            ylabel=r"expected significance [$\sigma$]",
            xlim=(100 * relative[0], 100 * relative[-1]),
            ylim=(0, None),
        )
        axes.legend()
    return figure


def tails(claimed: Floats, asymptotic: Floats, counted: Mapping[str, Floats]) -> Figure:
    """Fraction of background-only experiments at or above a claimed significance.

    Args:
        claimed: Roots of the test statistic.
        asymptotic: The fraction that the asymptotic formula promises at each.
        counted: By label, the fraction counted; 0 where no experiment reached.
    """
    with _drawing() as (figure, axes):
        axes.plot(claimed, asymptotic, color="0.35", linewidth=3, alpha=0.6, label="normal tail")
        for style, (label, fraction) in zip(_LINES, counted.items(), strict=False):
            seen = np.where(fraction > 0, fraction, np.nan)
            axes.plot(claimed, seen, label=label, drawstyle="steps-pre", **style)
        axes.set(
            xlabel=r"claimed significance $\sqrt{q_0}$ [$\sigma$]",
            ylabel="fraction of background-only\nexperiments at or above",
            yscale="log",
            xlim=(claimed[0], claimed[-1]),
            ylim=(0.5 * float(asymptotic[-1]), 1),
        )
        axes.legend()
    return figure


def against_background(
    background: Floats,
    formula: Mapping[str, Floats],
    exact: Mapping[str, Floats],
    toys: Mapping[str, Sequence[tuple[float, ToySignificance]]],
) -> Figure:
    """Expected significance against the background: formula, exact tail and pseudo-experiments.

    Args:
        background: Expected background [events].
        formula: By label, the asymptotic significance at each background.
        exact: Under the same labels, that of the median count.
        toys: Under the same labels, pairs of a background and what pseudo-experiments give; bounds
            are left out.
    """
    with _drawing(height=4.6) as (figure, axes):
        for style, marker, label in zip(_LINES, _MARKERS, formula, strict=False):
            axes.plot(background, formula[label], label=label, linewidth=2, **style)
            axes.plot(background, exact[label], "-", color=style["color"], linewidth=0.8, alpha=0.7)
            points = [(b, toy) for b, toy in toys[label] if toy.exceeding]
            axes.errorbar(
                [b for b, _ in points],
                [toy.z for _, toy in points],
                yerr=[toy.z_error for _, toy in points],
                fmt=marker,
                color=style["color"],
                markerfacecolor="white",
                markersize=6,
                capsize=2,
            )
        axes.plot([], [], "-", color="0.3", linewidth=0.8, label="exact, median count")
        axes.plot([], [], "o", color="0.3", markerfacecolor="white", label="pseudo-experiments")
        axes.set(
            xlabel=r"expected background $b$ [events]",
            ylabel=r"expected significance [$\sigma$]",
            xscale="log",
            xlim=(background[0], background[-1]),
            ylim=(0, 5),
        )
        axes.legend()
    return figure


@contextmanager
def _drawing(*, height: float = 4.4) -> Iterator[tuple[Figure, Axes]]:
    """An empty figure of the page's width in the book's style."""
    with plt.rc_context(STYLE):
        yield plt.subplots(figsize=(7.2, height))
