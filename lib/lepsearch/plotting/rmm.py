"""Rapidity-mass matrices as heat maps, absent objects as hatched islands."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm, PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from lepsearch.plotting.style import CENTRED, drawing, hatch_cells

__all__ = ("correlation_map", "matrix_maps")

# both darken with the value, so that print in grey keeps their order
_ENERGY, _ANGLE = "YlGnBu", "OrRd"
_SYMBOLS = {
    "met": r"$e_T^\mathrm{miss}$",
    "mT": "$m_T$",
    "eT": "$e_T$",
    "deT": r"$\delta e_T$",
    "m": "$m$",
    "hL": "$h_L$",
    "h": "$h$",
}
_RC = CENTRED | {"xtick.minor.visible": False, "ytick.minor.visible": False}


def matrix_maps(
    maps: Mapping[str, tuple[NDArray[Any], NDArray[np.bool_]]],
    kinds: NDArray[np.str_],
    labels: Sequence[str],
) -> Figure:
    """Draw matrices two by two: energies and masses in one scale, angles and imbalances in another.

    ``maps`` has by title the values and whether a cell is there, each of shape (size, size); cells
    that are not are hatched. Energies and masses are in GeV, the others from 0 to about 1; which
    they are is said by ``Layout.kinds``.
    """
    absent = np.zeros(kinds.shape)
    maps = maps or {"no event": (absent, absent.astype(bool))}
    energies = np.isin(kinds, ["met", "mT", "eT", "m"])
    starts = np.flatnonzero(np.diag(kinds) == "eT")
    seen = np.concatenate([values[there & energies] for values, there in maps.values()])
    positive = seen[seen > 0]
    low, high = (positive.min(), positive.max()) if len(positive) else (1.0, 10.0)
    scales: Any = (
        (energies, _ENERGY, LogNorm(max(low, high * 1e-4), max(high, low * 1.01))),
        (~energies, _ANGLE, PowerNorm(0.5, 0, 1)),
    )
    rows = -(-len(maps) // 2)
    size = (9.4, 4.1 * rows + 1.0)
    with drawing(rows, 2, _RC, figsize=size, squeeze=False) as (figure, grid):
        meshes: list[Any] = []
        for axes, (title, (values, there)) in zip(grid.flat, maps.items(), strict=False):
            hatch_cells(axes, ~there)
            # a mass of 0 is drawn with the lowest colour of a logarithmic scale
            meshes = []
            for which, colours, norm in scales:
                cells = np.ma.masked_where(~(there & which), np.maximum(values, norm.vmin))
                meshes.append(axes.pcolormesh(cells, cmap=colours, norm=norm))
            centres = np.arange(len(labels)) + 0.5
            _frame(axes, len(labels), centres, labels, starts, color="#333333", linewidth=0.7)
            axes.tick_params(labelsize=8)
            axes.tick_params(axis="x", labelrotation=90)
            axes.xaxis.tick_top()
            axes.set_title(title)
        for axes in grid.flat[len(maps) :]:
            axes.set_axis_off()
        energy, angle = (
            figure.colorbar(mesh, ax=grid, location="bottom", shrink=0.5, aspect=35, extend=extend)
            for mesh, extend in zip(meshes, ("neither", "max"), strict=True)
        )
        energy.set_label("energies and masses [GeV]")
        energy.ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        energy.ax.xaxis.set_major_formatter("{x:g}")
        energy.ax.xaxis.set_minor_formatter(NullFormatter())
        angle.set_label(r"$h$, $h_L$, $\delta e_T$")
        angle.set_ticks([0, 0.05, 0.2, 0.4, 0.6, 0.8, 1])
    return figure


def correlation_map(
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    kinds: Sequence[str],
    *,
    titles: tuple[str, str],
) -> Figure:
    """Draw absolute correlations of cells, two ways of counting above and below the diagonal.

    Both have the shape (cells, cells); NaN is hatched. Kinds are what each cell measures, and cells
    of a kind stand together. The titles are of the lower and the upper half.
    """
    if not len(kinds):  # one cell, hatched
        kinds, lower, upper = ["met"], *np.full((2, 1, 1), np.nan)
    size = len(kinds)
    shown = np.where(np.tri(size, k=-1, dtype=bool), lower, upper)
    np.fill_diagonal(shown, np.nan)
    edges = [i for i in range(1, size) if kinds[i] != kinds[i - 1]]
    starts, stops = np.array([0, *edges]), np.array([*edges, size])
    with drawing(style=_RC, figsize=(7.2, 6.8)) as (figure, axes):
        hatch_cells(axes, np.isnan(shown))
        mesh = axes.pcolormesh(np.ma.masked_invalid(np.abs(shown)), cmap=_ENERGY, vmin=0, vmax=1)
        for one, width in zip(starts, stops - starts, strict=True):
            axes.add_patch(Rectangle((one, one), width, width, fill=False, edgecolor="black"))
        names = [_SYMBOLS[kinds[start]] for start in starts]
        _frame(axes, size, (starts + stops) / 2, names, edges, color="#777777", linewidth=0.5)
        axes.set_xlabel(f"below the diagonal: {titles[0]}; above: {titles[1]}")
        figure.colorbar(mesh, ax=axes, label=r"$|\rho|$", shrink=0.8)
    return figure


def _frame(
    axes: Any, size: int, ticks: NDArray[Any], names: Sequence[str], lines: Any, **style: Any
) -> None:
    """Name the rows and columns of a map, its first row on top, and draw lines between blocks."""
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.tick_params(length=0, top=False, right=False)
    for line in lines:
        axes.axhline(line, **style)
        axes.axvline(line, **style)
    axes.set(xlim=(0, size), ylim=(size, 0), aspect="equal")
