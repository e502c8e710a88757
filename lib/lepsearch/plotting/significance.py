"""Figures of significances: likelihoods, what was printed, and tails of experiments."""

from collections.abc import Mapping, Sequence
from itertools import cycle, product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from lepsearch.plotting.style import CENTRED, drawing, lines, name_rows
from lepsearch.stats.estimate import Estimate

__all__ = (
    "against_background",
    "against_uncertainty",
    "likelihood_scan",
    "printed_and_recomputed",
    "tails",
)

Floats = NDArray[np.float64]

_RED = "#b2182b"
_EXPECTED = r"expected significance [$\sigma$]"


def likelihood_scan(strength: Floats, curves: Mapping[str, Floats]) -> Figure:
    """Draw twice the loss of log-likelihood against signal strength, and mark its height at 0."""
    with drawing(style=CENTRED, figsize=(7.2, 4.4)) as (figure, axes):
        place: Any = {"xytext": (9, 3), "horizontalalignment": "left"}  # above the first curve
        for label, loss, style in lines(curves):
            axes.plot(strength, loss, label=label, **style)
            at_zero, colour = float(np.interp(0.0, strength, loss)), style["color"]
            axes.plot(0, at_zero, marker="o", color=colour, zorder=5)
            words = f"$Z^2 = {at_zero:.3f}$"
            axes.annotate(words, (0, at_zero), textcoords="offset points", color=colour, **place)
            place = {"xytext": (-7, -13), "horizontalalignment": "right"}  # below the others
        axes.axvline(0, color="0.6", linewidth=0.8)
        axes.set(xlabel=r"signal strength $\mu$", ylabel=r"$-2\,\ln\,[L(\mu)/L(\hat\mu)]$")
        axes.set(xlim=strength[[0, -1]], ylim=(0, None))
        axes.set_xticks(np.arange(np.ceil(strength[0]), strength[-1] + 0.01, 0.5))
        axes.legend()
    return figure


def printed_and_recomputed(entries: pd.DataFrame) -> Figure:
    """Draw printed significances beside recomputed ones and what rounding allows.

    The entries have, by name, ``printed``, ``half`` of its last digit, ``recomputed`` from the
    printed yields, and the ``lowest`` and ``highest`` that rounded yields allow.
    """
    lowest, highest = entries["lowest"], entries["highest"]
    with drawing(style=CENTRED, figsize=(7.2, 3.2)) as (figure, axes):
        rows, words = np.arange(len(entries)), "allowed by rounded yields"
        axes.barh(rows, highest - lowest, 0.32, lowest, color="0.85", label=words)
        axes.plot(entries["recomputed"], rows, "o", color="#0072b2", label="recomputed")
        look: Any = {"fmt": "D", "color": "#d55e00", "mfc": "none", "ms": 8, "capsize": 3}
        axes.errorbar(entries["printed"], rows, xerr=entries["half"], label="printed", **look)
        name_rows(axes, list(entries.index))
        furthest = entries[["printed", "highest"]].to_numpy().max()
        axes.set(xlabel=_EXPECTED, xlim=(0, 1.15 * furthest))
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
    with drawing(style=CENTRED, figsize=(7.2, 5.4 if points else 4.4)) as (figure, axes):
        for label, z in curves.items():
            axes.plot(percent, z, label=label, linewidth=1.4 if points else 1.8)
        axes.set(xlabel="background uncertainty [%]", ylabel=_EXPECTED)
        if points:
            _draw_points(axes, percent, points)
            axes.set_xticks(percent)
            axes.tick_params(axis="x", which="minor", bottom=False, top=False)
            axes.set_ylim(0, axes.get_ylim()[1] * 1.7)
            axes.legend(ncols=2, loc="upper right", fontsize=8.5)
        else:
            axes.set(xlim=(percent[0], percent[-1]), ylim=(0, None))
            axes.legend()
    return figure


def _draw_points(axes: Any, percent: Floats, points: Mapping[str, pd.DataFrame]) -> None:
    """Markers with errors, from their uncertainty to its right: none has a negative one."""
    known = {
        label: table[table.map(lambda z: np.isfinite(z.value)).all(axis=1).astype(bool)]
        for label, table in points.items()
    }
    signals = list(dict.fromkeys(name for table in known.values() for name in table.index))
    shapes = dict(zip(signals, cycle("Dos^v"), strict=False))
    fills = dict(zip(known, (_RED, "white"), strict=False))
    shifts = np.linspace(0, 2.4, len(known) * len(signals))
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

    That counted is given by label, 0 where no experiment reached.
    """
    with drawing(style=CENTRED, figsize=(7.2, 4.4)) as (figure, axes):
        axes.plot(claimed, asymptotic, color="0.35", linewidth=3, alpha=0.6, label="normal tail")
        for label, fraction, style in lines(counted):
            seen = np.where(fraction > 0, fraction, np.nan)
            axes.plot(claimed, seen, label=label, drawstyle="steps-pre", **style)
        axes.set(xlabel=r"claimed significance $\sqrt{q_0}$ [$\sigma$]", xlim=claimed[[0, -1]])
        axes.set(yscale="log", ylim=(0.5 * float(asymptotic[-1]), 1))
        axes.set_ylabel("fraction of background-only\nexperiments at or above")
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

    Significances are given by expected signal [events]: the asymptotic one and that of the median
    count at each background, and that of pseudo-experiments at each of the points. One without a
    finite error is a bound, and left out.
    """
    with drawing(style=CENTRED, figsize=(7.2, 4.6)) as (figure, axes):
        by_label = {f"$s = {signal}$": signal for signal in formula}
        for (label, signal, style), marker in zip(lines(by_label), "os^D", strict=False):
            axes.plot(background, formula[signal], label=label, linewidth=2, **style)
            colour = style["color"]
            axes.plot(background, exact[signal], "-", color=colour, linewidth=0.8, alpha=0.7)
            z, error = np.transpose([(one.value, one.error) for one in toys[signal]])
            look: Any = {"fmt": marker, "color": colour, "mfc": "white", "ms": 6, "capsize": 2}
            axes.errorbar(points, np.where(np.isfinite(error), z, np.nan), error, **look)
        axes.plot([], [], "-", color="0.3", linewidth=0.8, label="exact, median count")
        axes.plot([], [], "o", color="0.3", markerfacecolor="white", label="pseudo-experiments")
        axes.set(xscale="log", xlim=background[[0, -1]], ylim=(0, 5))
        axes.set(xlabel=r"expected background $b$ [events]", ylabel=_EXPECTED)
        axes.legend()
    return figure
