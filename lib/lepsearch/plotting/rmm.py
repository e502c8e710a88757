"""Rapidity-mass matrices as heat maps, absent objects as hatched islands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm, PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from lepsearch.plotting.cells import hatch_cells
from lepsearch.plotting.style import STYLE

__all__ = ("correlation_map", "matrix_maps")

# both darken with the value, so that print in grey keeps their order
_ENERGY, _ANGLE = "YlGnBu", "OrRd"


def matrix_maps(
    maps: Mapping[str, tuple[NDArray[Any], NDArray[np.bool_]]],
    *,
    energies: NDArray[np.bool_],
    labels: Sequence[str],
    starts: Sequence[int],
    unit: str = "GeV",
    columns: int = 2,
) -> Figure:
    """Draw matrices side by side, energies and masses in one scale, angles and imbalances in
    another.

    Args:
        maps: By title, values and whether a cell is there, each of shape (size, size); cells that
            are not are hatched.
        energies: Which cells are energies or masses; the others lie between 0 and about 1.
        labels: Name of each row.
        starts: First row of each block, for the lines between them.
        unit: Of the energies.
        columns: How many stand side by side.
    """
    rows = -(-len(maps) // columns)
    seen = [np.asarray(v)[there & energies] for v, there in maps.values()]
    positive = np.concatenate([v[v > 0] for v in seen] or [np.ones(1)])
    low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 10.0)
    norms = (LogNorm(max(low, high * 1e-4), max(high, low * 1.01)), PowerNorm(0.5, 0, 1))
    with plt.rc_context({**STYLE, "xtick.minor.visible": False, "ytick.minor.visible": False}):
        figure, grid = plt.subplots(
            rows, columns, figsize=(4.3 * columns + 0.8, 4.1 * rows + 1.0), squeeze=False
        )
        drawn: list[Any] = []
        for axes, (title, (values, there)) in zip(grid.flat, maps.items(), strict=False):
            drawn = _one_map(axes, np.asarray(values, dtype=float), there, energies, norms)
            _frame(axes, labels, starts)
            axes.set_title(title)
        for axes in grid.flat[len(maps) :]:
            axes.set_axis_off()
        energy, angle = (
            figure.colorbar(mesh, ax=grid, location="bottom", shrink=0.5, aspect=35, extend=extend)
            for mesh, extend in zip(drawn, ("neither", "max"), strict=True)
        )
        energy.set_label(f"energies and masses [{unit}]")
        energy.ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        energy.ax.xaxis.set_major_formatter("{x:g}")
        energy.ax.xaxis.set_minor_formatter(NullFormatter())
        angle.set_label(r"$h$, $h_L$, $\delta e_T$")
        angle.set_ticks([0, 0.05, 0.2, 0.4, 0.6, 0.8, 1])
    return figure


def _one_map(
    axes: Any,
    values: NDArray[Any],
    there: NDArray[np.bool_],
    energies: NDArray[np.bool_],
    norms: tuple[Any, Any],
) -> list[Any]:
    hatch_cells(axes, ~there)
    meshes = []
    for which, colours, norm in zip((energies, ~energies), (_ENERGY, _ANGLE), norms, strict=True):
        # a mass of 0 is drawn with the lowest colour of a logarithmic scale
        shown = np.ma.masked_where(~(there & which), np.maximum(values, norm.vmin))
        meshes.append(axes.pcolormesh(shown, cmap=colours, norm=norm))
    return meshes


def _frame(axes: Any, labels: Sequence[str], starts: Sequence[int]) -> None:
    size = len(labels)
    centres = np.arange(size) + 0.5
    axes.set_xticks(centres, labels, rotation=90, fontsize=8)
    axes.set_yticks(centres, labels, fontsize=8)
    axes.tick_params(length=0, top=False, right=False)
    axes.xaxis.tick_top()
    for start in starts:
        axes.axhline(start, color="#333333", linewidth=0.7)
        axes.axvline(start, color="#333333", linewidth=0.7)
    axes.set(xlim=(0, size), ylim=(size, 0), aspect="equal")


def correlation_map(
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    groups: Sequence[str],
    labels: Mapping[str, str],
    *,
    titles: tuple[str, str],
) -> Figure:
    """Draw absolute correlations of cells, two ways of counting above and below the diagonal.

    Args:
        lower: Correlations below the diagonal, shape (cells, cells).
        upper: Those above it; NaN, where there is none, is hatched.
        groups: Group of each cell; those of a group stand together.
        labels: Name of each group.
        titles: What the lower and the upper half show.
    """
    size = len(groups)
    shown = np.where(np.tri(size, k=-1, dtype=bool), lower, upper)
    np.fill_diagonal(shown, np.nan)
    with plt.rc_context({**STYLE, "xtick.minor.visible": False, "ytick.minor.visible": False}):
        figure, axes = plt.subplots(figsize=(7.2, 6.8))
        hatch_cells(axes, np.isnan(shown))
        mesh = axes.pcolormesh(np.ma.masked_invalid(np.abs(shown)), cmap=_ENERGY, vmin=0, vmax=1)
        edges = [i for i in range(1, size) if groups[i] != groups[i - 1]]
        bounds = np.array([0, *edges, size])
        for one, two in pairwise(bounds):
            axes.add_patch(
                Rectangle((one, one), two - one, two - one, fill=False, edgecolor="black")
            )
        for edge in edges:
            axes.axhline(edge, color="#777777", linewidth=0.5)
            axes.axvline(edge, color="#777777", linewidth=0.5)
        names = [labels[groups[start]] for start in bounds[:-1]]
        centres = (bounds[:-1] + bounds[1:]) / 2
        axes.set_xticks(centres, names)
        axes.set_yticks(centres, names)
        axes.tick_params(length=0, top=False, right=False)
        axes.set(xlim=(0, size), ylim=(size, 0), aspect="equal")
        axes.set_xlabel(f"below the diagonal: {titles[0]}; above: {titles[1]}")
        figure.colorbar(mesh, ax=axes, label=r"$|\rho|$", shrink=0.8)
    return figure
