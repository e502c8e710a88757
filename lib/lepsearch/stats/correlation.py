"""Correlations of weighted features, some of which may be absent."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lepsearch.stats.estimate import COUNTED, sum_weights

__all__ = ("correlation_matrix", "correlations", "strongest_pairs")

Floats = NDArray[np.float64]
CHUNK = 4096  # events at a time: arrays that stay in the cache


def correlations(
    values: ArrayLike,
    weight: ArrayLike,
    there: NDArray[np.bool_] | None = None,
    *,
    original: ArrayLike | None = None,
    least: float = 2,
) -> Floats:
    """Pearson's linear correlation of each pair of features, with weights.

    Args:
        values: Shape (n, k).
        weight: Of either sign, shape (n,).
        there: Which values count, shape (n, k): a pair is correlated over the events that have
            both. None: all.
        original: Which original event each row is a copy of, shape (n,); None: there are no copies.
        least: Effective number of original events that a pair must have: (sum w)^2 / sum w^2,
            where w is the weight of all copies with both together. 0 saves the counting.

    Returns:
        Shape (k, k); NaN where a variance is not positive or events are too few or none.
    """
    x, w = np.asarray(values), np.asarray(weight, dtype=float)[:, None]
    if not len(x):
        return np.full((x.shape[1], x.shape[1]), np.nan)
    seen = np.ones(x.shape, dtype=bool) if there is None else there
    mean, spread = (of(x, axis=0, dtype=float) for of in (np.mean, np.std))  # for the rounding
    sums = np.zeros((4, x.shape[1], x.shape[1]))
    for start in range(0, len(x), CHUNK):
        rows = slice(start, start + CHUNK)
        counts = seen[rows].astype(float)
        own = (x[rows] - mean) / np.where(spread > 0, spread, 1.0) * counts
        weighted = w[rows] * own
        pairs = (w[rows] * counts, counts), (weighted, counts), (weighted * own, counts)
        sums += [one.T @ other for one, other in (*pairs, (weighted, own))]
    enough = np.ones(sums[0].shape, dtype=bool)
    if least > 0:
        copies = np.arange(len(x)) if original is None else np.asarray(original)
        squares = _pair_squares(seen.astype(float), w[:, 0], copies)
        enough = sums[0] ** 2 >= least * np.maximum(squares, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, square, product = sums[1:] / sums[0]  # of the row's feature, over the pair's events
        square, covariance = square - mean**2, product - mean * mean.T
        possible = (square > 1e-12) & (square.T > 1e-12) & enough
        value = np.where(possible, covariance / np.sqrt(square * square.T), np.nan)
    return np.asarray(np.clip(value, -1.0, 1.0))


def correlation_matrix(table: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Correlations of the named features of a table, in which absent ones are NaN.

    NaN comes out where a feature does not vary or no event has both.
    """
    values = table[list(features)].to_numpy(dtype=float)
    there = np.isfinite(values)
    found = correlations(np.where(there, values, 0.0), table["weight"], there, least=0)
    return pd.DataFrame(found, index=list(features), columns=list(features))


def strongest_pairs(table: pd.DataFrame, matrix: pd.DataFrame, count: int) -> pd.DataFrame:
    """The pairs of features with the largest of a table's correlations, strongest first.

    The error is (1 - r^2) / sqrt(n - 1), right for normal distributions and a guide for others,
    with n the effective number of events that have both, of which ``events`` are raw ones.
    """
    row, column = np.triu_indices(len(matrix), 1)
    values = matrix.to_numpy()
    size = np.nan_to_num(np.abs(values[row, column]), nan=-1.0)
    few, rows = table.columns.intersection(COUNTED), []
    for k in np.argsort(-size, kind="stable")[:count]:
        first, second = matrix.index[row[k]], matrix.index[column[k]]
        both = sum_weights(table.loc[table[first].notna() & table[second].notna(), few])
        r = float(values[row[k], column[k]])
        error = (1 - r**2) / np.sqrt(max(both.effective - 1, 1))
        rows.append((first, second, r, error, both.events))
    return pd.DataFrame(rows, columns=["first", "second", "r", "error", "events"])


def _pair_squares(seen: Floats, weights: Floats, original: NDArray[np.int64]) -> Floats:
    """Sum over original events of the square of the weight that each has with both of two features.

    Copies of an event may have different ones. Rows with the same ones are added up first; then
    two such patterns meet in the square as often as original events have both.
    """
    packed = np.packbits(seen.astype(bool), axis=1)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    patterns = seen[first].astype(bool)
    _, event = np.unique(original, return_inverse=True)
    summed = sparse.coo_array((weights, (event, which.ravel()))).tocsr()
    shared = (summed.T @ summed).tocoo()
    both = (patterns[shared.row] & patterns[shared.col]).astype(float)
    return np.asarray((both * shared.data[:, None]).T @ both)
