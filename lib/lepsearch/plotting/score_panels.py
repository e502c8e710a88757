"""Validation plots side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from hist import Hist
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lepsearch.plotting.scores import draw_scan
from lepsearch.plotting.stack import draw_spectra
from lepsearch.plotting.style import STYLE
from lepsearch.stats.metrics import SignificanceScan

__all__ = ("against", "side_by_side")

_SMALLER = {"font.size": 10.5, "legend.fontsize": 9.5, "legend.handlelength": 1.7}


def side_by_side(
    panels: Mapping[str, tuple[Hist, SignificanceScan | None]],
    *,
    luminosity_fb: Sequence[float | None],
    xlabels: Sequence[str] = (),
    columns: int = 2,
) -> Figure:
    """Draw several validation plots, the significance of a cut beneath each that has one.

    What they have in common has one legend above all.

    Args:
        panels: Histogram and scan, by the words above each plot.
        luminosity_fb: What each is scaled to [1/fb]; None: to nothing.
        xlabels: Name of each score; "Network output" where none is given.
        columns: Plots in a row.
    """
    listed = list(panels.items())
    rows = [listed[start : start + columns] for start in range(0, len(listed), columns)]
    with_scan = [any(scan is not None for _, (_, scan) in row) for row in rows]
    heights = [height for one in with_scan for height in ((3.0, 1.6) if one else (3.0,))]
    with plt.rc_context(STYLE | _SMALLER):
        figure, grid = plt.subplots(
            len(heights), columns, height_ratios=heights, squeeze=False,
            figsize=(4.7 * columns, sum(heights) + 0.9),
        )  # fmt: skip
        for axes in grid.flat[:]:
            axes.set_visible(False)
        place, scaled_to = 0, iter(luminosity_fb)
        names = chain(xlabels, repeat("Network output"))
        for row, scanned in zip(rows, with_scan, strict=True):
            for column, (title, (spectra, scan)) in enumerate(row):
                beneath = grid[place + 1, column] if scan is not None else None
                _draw(
                    grid[place, column], beneath, spectra, scan, title, next(names),
                    next(scaled_to),
                )  # fmt: skip
            place += 1 + scanned
        _legend(figure)
    return figure


def _legend(figure: Figure) -> None:
    """What the panels have in common, above them."""
    shown: dict[str, Any] = {}
    for axes in figure.axes:
        own = axes.get_legend()
        named = {text.get_text() for text in own.get_texts()} if own is not None else set()
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label not in named:
                words = f"background known to {label}" if label.endswith(" %") else label
                shown.setdefault(words, handle)
    figure.legend(
        shown.values(), shown.keys(), loc="outside upper left", ncols=4, columnspacing=1.2,
    )  # fmt: skip


def _draw(
    top: Any,
    beneath: Any,
    spectra: Hist,
    scan: SignificanceScan | None,
    title: str,
    xlabel: str,
    luminosity_fb: float | None,
) -> None:
    """One validation plot."""
    top.set_visible(True)
    draw_spectra(top, spectra, xlabel, luminosity_fb=luminosity_fb, legend=False)
    top.set_title(f"{title}\n{top.get_title(loc='left')}", fontsize=10)
    lowest = top
    if scan is not None:
        lowest = beneath
        lowest.set_visible(True)
        draw_scan(lowest, scan, legend=False)
        lowest.set_xlim(top.get_xlim())
    lowest.set_xlabel(xlabel, loc="right")


def against(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike, float]],
    *,
    xlabel: str,
    ylabel: str,
) -> Figure:
    """Draw log-odds under two weightings against each other, event by event.

    Args:
        panels: Of each plot, by its title: abscissa, ordinate and label of the events, shape (n,),
            and the shift that is expected.
        xlabel: Name of the abscissa.
        ylabel: Name of the ordinate.
    """
    with plt.rc_context(STYLE | {"font.size": 10}):
        figure, grid = plt.subplots(1, len(panels), squeeze=False, figsize=(4.6 * len(panels), 4.4))
        for axes, (title, (x, y, label, shift)) in zip(grid[0], panels.items(), strict=True):
            a, b, signal = np.asarray(x), np.asarray(y), np.asarray(label, dtype=bool)
            kinds: Any = (
                (~signal, "#0072b2", "o", "background"),
                (signal, "#d55e00", "^", "signal"),
            )
            for rows, colour, marker, words in kinds:
                axes.plot(
                    a[rows], b[rows], marker, color=colour, markersize=2.2, alpha=0.35, mec="none",
                    label=words, linestyle="none", rasterized=True,
                )  # fmt: skip
            ends = np.array([a.min(), a.max()])
            axes.plot(ends, ends + shift, color="black", linewidth=1.4, label="expected shift")
            axes.set_title(title)
            axes.set_xlabel(xlabel, loc="right")
            axes.set_ylabel(ylabel, loc="top")
            axes.legend(loc="upper left", markerscale=3)
    return figure
