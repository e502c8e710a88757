"""Figures of significances: likelihoods, what was printed, and tails of experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, product
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lepsearch.plotting.style import LINES, STYLE
from lepsearch.stats.estimate import Estimate

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
_RED = "#b2182b"


def likelihood_scan(strength: Floats, curves: Mapping[str, Floats]) -> Figure:
    """Draw twice the loss of log-likelihood against the signal strength; its height at 0 is marked.

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


def printed_and_recomputed(entries: pd.DataFrame) -> Figure:
    """Draw printed significances beside recomputed ones and what rounding allows.

    Args:
        entries: By name, ``printed``, ``half`` of its last digit, ``recomputed`` from the printed
            yields, and the ``lowest`` and ``highest`` that rounded yields allow.
    """
    lowest, highest = entries["lowest"], entries["highest"]
    with _drawing(height=3.2) as (figure, axes):
        rows = np.arange(len(entries))[::-1]
        axes.barh(
            rows, highest - lowest, 0.32, lowest, color="0.85", label="allowed by rounded yields"
        )
        axes.plot(entries["recomputed"], rows, "o", color="#0072b2", label="recomputed")
        hollow: Any = {"fmt": "D", "color": "#d55e00", "markerfacecolor": "none", "markersize": 8}
        axes.errorbar(
            entries["printed"], rows, xerr=entries["half"], capsize=3, label="printed", **hollow
        )
        axes.set(
            yticks=rows,
            yticklabels=entries.index,
            xlabel=r"expected significance [$\sigma$]",
            xlim=(0, 1.15 * max(entries["printed"].max(), highest.max())),
            ylim=(-0.6, len(entries) - 0.4),
        )
        axes.tick_params(axis="y", which="both", length=0)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3)
    return figure


def against_uncertainty(
    relative: ArrayLike,
    curves: Mapping[str, ArrayLike],
    points: Mapping[str, pd.DataFrame] | None = None,
) -> Figure:
    """Draw significance against the relative uncertainty of the background.

    Args:
        relative: Uncertainty over background, shape (n,).
        curves: By label, the significance at each of them.
        points: By label, tables of ``counting.Significance``: a row a signal and a column for each
            of the uncertainties. A marker's shape is the signal, its filling the table; a thin line
            reaches down to ``low``, and a pale marker has too small a sample behind it.
    """
    percent = 100 * np.asarray(relative)
    with _drawing(height=5.4 if points else 4.4) as (figure, axes):
        for label, z in curves.items():
            axes.plot(percent, z, label=label, linewidth=1.4 if points else 1.8)
        axes.set(xlabel="background uncertainty [%]", ylabel=r"expected significance [$\sigma$]")
        if points:
            _draw_points(axes, percent, points)
            axes.set_ylim(0, axes.get_ylim()[1] * 1.7)
            axes.legend(ncols=2, loc="upper right", fontsize=8.5)
        else:
            axes.set(xlim=(percent[0], percent[-1]), ylim=(0, None))
            axes.legend()
    return figure


def _draw_points(
    axes: Axes, percent: NDArray[np.float64], points: Mapping[str, pd.DataFrame]
) -> None:
    """Markers with errors, side by side where they would hide each other."""
    known = {
        label: table[table.map(lambda z: np.isfinite(z.value)).all(axis=1).astype(bool)]
        for label, table in points.items()
    }
    signals = list(dict.fromkeys(name for table in known.values() for name in table.index))
    shapes = dict(zip(signals, cycle("Dos^v"), strict=False))
    fills = dict(zip(known, (_RED, "white"), strict=False))
    shifts = np.linspace(-1.2, 1.2, len(known) * len(signals))
    for shift, (label, signal) in zip(shifts, product(known, signals), strict=True):
        row = known[label].loc[signal] if signal in known[label].index else []
        for x, z in zip(percent + shift, row, strict=False):
            style: Any = {"color": _RED, "alpha": 1.0 if z.enough else 0.4}
            axes.vlines(x, z.low, z.value, linewidth=0.9, **style)
            axes.errorbar(x, z.value, z.error, fmt=shapes[signal], mfc=fills[label], ms=6, **style)
    for label, table in known.items():
        if len(table):
            axes.plot([], [], "s", color=_RED, markerfacecolor=fills[label], label=label)
    for signal, shape in shapes.items():
        axes.plot([], [], shape, color="grey", label=signal)


def tails(claimed: Floats, asymptotic: Floats, counted: Mapping[str, Floats]) -> Figure:
    """Draw the fraction of background-only experiments at or above a claimed significance.

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
    formula: Mapping[float, Floats],
    exact: Mapping[float, Floats],
    points: Floats,
    toys: Mapping[float, Sequence[Estimate]],
) -> Figure:
    """Draw expected significance against background: formula, exact tail and pseudo-experiments.

    Args:
        background: Expected background [events].
        formula: By expected signal [events], the asymptotic significance at each background.
        exact: Likewise that of the median count.
        points: The backgrounds of the pseudo-experiments.
        toys: Likewise what they give; those without a finite error are bounds, and left out.
    """
    with _drawing(height=4.6) as (figure, axes):
        for style, marker, signal in zip(_LINES, _MARKERS, formula, strict=False):
            label = f"$s = {signal}$"
            axes.plot(background, formula[signal], label=label, linewidth=2, **style)
            axes.plot(
                background, exact[signal], "-", color=style["color"], linewidth=0.8, alpha=0.7
            )
            error = np.array([z.error for z in toys[signal]])
            z = np.where(np.isfinite(error), [z.value for z in toys[signal]], np.nan)
            hollow: Any = {"color": style["color"], "markerfacecolor": "white", "markersize": 6}
            axes.errorbar(points, z, error, fmt=marker, capsize=2, **hollow)
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
    """Open an empty figure of the page's width in the book's style."""
    with plt.rc_context(STYLE):
        yield plt.subplots(figsize=(7.2, height))
