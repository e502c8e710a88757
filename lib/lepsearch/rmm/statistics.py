"""Averages and correlations of the cells of rapidity-mass matrices, with statistical errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.rmm.layout import KINDS, Layout
from lepsearch.tables import plus_minus

__all__ = (
    "BLOCKS",
    "bootstrap",
    "cell_means",
    "correlations",
    "kind_medians",
    "mean_table",
    "populated",
    "share_table",
    "strong_shares",
)

Floats = NDArray[np.float64]

# Kinds of the two cells of a pair, by the words of a table; a pair counts where it fits first.
BLOCKS = {
    "mass and mass": ({"m"}, {"m"}),
    "mass and energy": ({"m"}, {"met", "eT", "mT"}),
    "energy and energy": ({"met", "eT", "mT"}, {"met", "eT", "mT"}),
    "rapidity and rapidity": ({"h", "hL"}, {"h", "hL"}),
    "rapidity and the rest": ({"h", "hL"}, {"m", "met", "eT", "mT", "deT"}),
    "imbalance and the rest": ({"deT"}, {"m", "met", "eT", "mT", "deT"}),
}


def cell_means(
    cells: NDArray[np.floating], there: NDArray[np.bool_], weights: ArrayLike
) -> tuple[Floats, NDArray[np.int64]]:
    """Weighted mean of each cell over the events that have it.

    Args:
        cells: Values, shape (n, ...).
        there: Whether a cell's objects are there, same shape.
        weights: Shape (n,).

    Returns:
        Means, NaN where the weights of the events that have a cell do not add up to more than 0;
        and numbers of these events. Shape (...).
    """
    weights = np.asarray(weights, dtype=float)
    total = np.tensordot(weights, there, axes=1)
    summed = np.tensordot(weights, np.where(there, cells, 0.0), axes=1)
    means = np.full(total.shape, np.nan)
    np.divide(summed, total, out=means, where=total > 0)
    return means, there.sum(axis=0)


def populated(there: NDArray[np.bool_], weights: ArrayLike, share: float) -> NDArray[np.int64]:
    """Numbers of the cells that at least this share of the weighted events has.

    Args:
        there: Whether a cell's objects are there, shape (n, cells).
        weights: Shape (n,).
        share: Between 0 and 1.
    """
    weights = np.asarray(weights, dtype=float)
    return np.flatnonzero(weights @ there >= share * weights.sum())


def correlations(
    cells: NDArray[np.floating],
    weights: ArrayLike,
    there: NDArray[np.bool_] | None = None,
    *,
    least: float = 2,
) -> Floats:
    """Weighted linear correlation of each pair of cells.

    Args:
        cells: Values, shape (n, cells).
        weights: Shape (n,).
        there: Which values count, shape (n, cells): a pair is correlated over the events that have
            both. None: all, the zeros of absent objects among them.
        least: How many events of equal weight a pair must be worth, (sum w)^2 / sum w^2.

    Returns:
        Shape (cells, cells); NaN where a variance is not positive or events are too few.
    """
    x = np.asarray(cells, dtype=float)
    seen = np.ones_like(x) if there is None else there.astype(float)
    x = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)  # for the rounding
    x = x * seen
    w = np.asarray(weights, dtype=float)[:, None]
    weighted = w * x
    sums = (w * seen).T @ seen
    effective = sums**2 / np.maximum((w**2 * seen).T @ seen, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weighted.T @ seen) / sums  # of the row's cell, over the events of the pair
        square = ((weighted * x).T @ seen) / sums - mean**2
        covariance = (weighted.T @ x) / sums - mean * mean.T
        possible = (square > 1e-12) & (square.T > 1e-12) & (effective >= least)
        value = np.where(possible, covariance / np.sqrt(square * square.T), np.nan)
    return np.asarray(np.clip(value, -1.0, 1.0))


def strong_shares(
    rho: Floats, kinds: Sequence[str], thresholds: Sequence[float]
) -> dict[tuple[str, float], float]:
    """Share of pairs with a correlation beyond a threshold, of all and block by block.

    Args:
        rho: Correlations, shape (cells, cells); pairs with NaN are left out.
        kinds: Kind of each cell, of ``rmm.layout.KINDS``.
        thresholds: For the absolute value.

    Returns:
        By block ("all pairs" or a key of ``BLOCKS``) and threshold; NaN for a block without a pair.
    """
    i, j = np.triu_indices(len(kinds), 1)
    value = np.abs(rho[i, j])
    pairs = zip(i.tolist(), j.tolist(), strict=True)
    block = np.array([_block(kinds[a], kinds[b]) for a, b in pairs], dtype=object)
    shares = {}
    for name in ("all pairs", *BLOCKS):
        own = value[(block == name) | (name == "all pairs")]
        own = own[~np.isnan(own)]
        for threshold in thresholds:
            shares[name, threshold] = float(np.mean(own > threshold)) if len(own) else np.nan
    return shares


def _block(one: str, two: str) -> str:
    for name, (a, b) in BLOCKS.items():
        if (one in a and two in b) or (one in b and two in a):
            return name
    msg = f"no block for cells of kinds {one!r} and {two!r}"
    raise ValueError(msg)


def bootstrap(
    calculate: Callable[[Floats], Mapping[tuple[str, float], float]],
    weights: ArrayLike,
    event: ArrayLike,
    *,
    repetitions: int,
    seed: int,
) -> pd.DataFrame:
    """What a calculation gives, with its spread over resampled events.

    Each original event counts Poisson(1) times; its copies go with it.

    Args:
        calculate: From weights to named numbers.
        weights: Shape (n,).
        event: Number of the event that each is a copy of, shape (n,).
        repetitions: How many resamplings.
        seed: Of the random numbers.

    Returns:
        Columns ``value`` and ``error``, indexed by the names.
    """
    weights = np.asarray(weights, dtype=float)
    rng = np.random.default_rng(seed)
    originals, place = np.unique(np.asarray(event), return_inverse=True)
    value = pd.Series(calculate(weights))
    again = [
        pd.Series(calculate(weights * rng.poisson(1.0, len(originals))[place]))
        for _ in range(repetitions)
    ]
    return pd.DataFrame({"value": value, "error": pd.concat(again, axis=1).std(axis=1)})


def share_table(shares: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Shares from ``bootstrap`` in percent, with errors, as a page prints them.

    Args:
        shares: Tables indexed by block and threshold, by what they were counted over.

    Returns:
        One row a block.
    """
    columns: dict[tuple[str, str], list[str]] = {}
    for name, table in shares.items():
        for threshold, own in (100 * table).groupby(level=1):
            # a share that no resampling moves has an error of rounding
            pairs = zip(own["value"].round(9), own["error"].round(9), strict=True)
            columns[name, f"|ρ| > {threshold} [%]"] = [plus_minus(*pair) for pair in pairs]
            blocks = own.index.get_level_values(0)
    return pd.DataFrame(columns, index=blocks).rename_axis("pairs")


def mean_table(
    values: pd.DataFrame,
    weights: ArrayLike,
    event: ArrayLike,
    samples: Mapping[str, NDArray[np.bool_]],
) -> pd.DataFrame:
    """Weighted means with their statistical errors, as a page prints them.

    Args:
        values: One column a quantity.
        weights: Shape (n,).
        event: Number of the event that each is a copy of, shape (n,); copies vary together.
        samples: Which events belong to each column of the result, by its title.
    """
    weights, event = np.asarray(weights, dtype=float), np.asarray(event)
    columns = {}
    for title, which in samples.items():
        x, w = values[which].to_numpy(dtype=float), weights[which]
        mean = w @ x / w.sum()
        residuals = pd.DataFrame(w[:, None] * (x - mean)).groupby(event[which]).sum()
        error = np.sqrt((residuals.to_numpy() ** 2).sum(axis=0)) / abs(w.sum())
        columns[title] = [plus_minus(a, b) for a, b in zip(mean, error, strict=True)]
    return pd.DataFrame(columns, index=values.columns)


def kind_medians(
    matrices: NDArray[np.floating], there: NDArray[np.bool_], layout: Layout
) -> dict[str, float]:
    """Median of the cells of each kind, absent objects left out; NaN where there are none."""
    medians = {}
    for kind in KINDS:
        cells = there & (layout.kinds == kind)
        medians[kind] = float(np.median(matrices[cells])) if cells.any() else np.nan
    return medians
