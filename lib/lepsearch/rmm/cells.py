"""Averages and correlations of the cells of rapidity-mass matrices, with statistical errors.

Simulated events may have copies, which are not independent: errors and effective numbers of events
count original events.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lepsearch.stats.estimate import Estimate, bootstrap, median_of, weighted_mean

__all__ = ("BLOCKS", "cell_means", "mean", "median", "strong_pairs")

Floats = NDArray[np.float64]

_ENERGIES = ("met", "eT", "mT")

# The kinds of the two cells of a pair, by the words of a table; every pair belongs to one block.
BLOCKS = {
    "mass and mass": (("m",), ("m",)),
    "mass and energy": (("m",), _ENERGIES),
    "energy and energy": (_ENERGIES, _ENERGIES),
    "rapidity and rapidity": (("h", "hL"), ("h", "hL")),
    "rapidity and the rest": (("h", "hL"), ("m", *_ENERGIES, "deT")),
    "imbalance and the rest": (("deT",), ("m", *_ENERGIES, "deT")),
}


def cell_means(
    cells: NDArray[np.floating], there: NDArray[np.bool_], weights: ArrayLike, original: ArrayLike
) -> tuple[Floats, Floats]:
    """Weighted mean of each cell, shape (n, ...), over the events where its objects are there.

    Returns:
        Means, and the effective number of the events that have a cell: NaN and 0 where weights do
        not add up to more than 0. Shape (...).
    """
    weights = np.asarray(weights, dtype=float)
    total = np.tensordot(weights, there, axes=1)
    summed = np.tensordot(weights, np.where(there, cells, 0.0), axes=1)
    means = np.full(total.shape, np.nan)
    np.divide(summed, total, out=means, where=total > 0)
    _, event = np.unique(np.asarray(original), return_inverse=True)
    shape = event.max(initial=-1) + 1, len(event)
    by_event = sparse.csr_array((weights, (event, np.arange(len(event)))), shape=shape)
    squares = ((by_event @ there.reshape(len(there), total.size)) ** 2).sum(axis=0)
    squares = np.maximum(squares.reshape(total.shape), 1e-300)
    return means, np.where(total > 0, total**2 / squares, 0.0)


def mean(
    values: ArrayLike,
    weight: ArrayLike,
    original: ArrayLike,
    where: NDArray[np.bool_] | None = None,
) -> Estimate:
    """Weighted mean of the values picked, several of one event or none.

    Args:
        values: Shape (n, ...).
        weight: Of the events, shape (n,).
        original: Which original event each row is a copy of, shape (n,).
        where: Which values count, same shape; all by default.

    Returns:
        The mean, with the number of original events behind it: NaN without weight, and an error of
        NaN for fewer than two events.
    """
    row, picked = _picked(values, where)
    events = np.asarray(original)[row]
    found = weighted_mean(picked, np.asarray(weight)[row], events)
    number = len(np.unique(events))
    return Estimate(found.value, found.error if number > 1 else np.nan, events=number)


def median(
    values: ArrayLike,
    weight: ArrayLike,
    original: ArrayLike,
    where: NDArray[np.bool_] | None = None,
    *,
    replicas: int,
    seed: int,
) -> Estimate:
    """Weighted median of the values picked, as for :func:`mean`, and its spread over replicas."""
    row, picked = _picked(values, where)
    middle = median_of(picked)
    return bootstrap(lambda w: middle(w[row]), weight, original, replicas=replicas, seed=seed)


def _picked(values: ArrayLike, where: NDArray[np.bool_] | None) -> tuple[NDArray[np.int64], Floats]:
    """Event and value of each number that counts, shape (m,)."""
    every = np.asarray(values, dtype=float)
    which = np.ones(every.shape, dtype=bool) if where is None else where
    return np.nonzero(which)[0], every[which]


def strong_pairs(
    rho: Floats, draws: Floats, kinds: Sequence[str], thresholds: Sequence[float]
) -> pd.DataFrame:
    """Percentage of pairs with a correlation beyond a threshold, of all and block by block.

    Args:
        rho: Correlations, shape (cells, cells); pairs with NaN are left out.
        draws: Those of resampled events, shape (replicas, cells, cells).
        kinds: Kind of each cell, of ``rmm.layout.KINDS``.
        thresholds: For the absolute value.

    Returns:
        A row for all pairs and for each of ``BLOCKS``: the number of ``pairs``, and for each
        threshold an estimate, NaN for a block without a pair.
    """
    i, j = np.triu_indices(len(kinds), 1)
    known = ~np.isnan(rho[i, j])
    i, j = i[known], j[known]
    sizes = np.abs(np.concatenate([rho[None], draws])[:, i, j])
    one, two = np.asarray(kinds)[i], np.asarray(kinds)[j]
    blocks = {"all pairs": np.ones(len(i), dtype=bool)}
    for name, (a, b) in BLOCKS.items():
        blocks[name] = (np.isin(one, a) & np.isin(two, b)) | (np.isin(one, b) & np.isin(two, a))
    rows: dict[str, dict[str | float, object]] = {}
    for name, which in blocks.items():
        own = sizes[:, which]
        with np.errstate(invalid="ignore"):
            beyond = [
                100 * (own > t).sum(axis=1) / (~np.isnan(own)).sum(axis=1) for t in thresholds
            ]
        found = (Estimate.of(share[0], share[1:]) for share in beyond)
        rows[name] = {"pairs": int(which.sum())} | dict(zip(thresholds, found, strict=True))
    return pd.DataFrame.from_dict(rows, orient="index")
