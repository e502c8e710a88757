"""Averages and correlations of the cells of rapidity-mass matrices, with statistical errors.

Simulated events may have copies, which are not independent: errors, and what events are worth,
count original events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lepsearch.book.tables import plus_minus
from lepsearch.events.weights import effective_size
from lepsearch.rmm.layout import KINDS, Layout
from lepsearch.stats import estimate

__all__ = (
    "Mean",
    "cell_means",
    "correlations",
    "kind_medians",
    "mean",
    "mean_table",
    "median",
    "populated",
    "well_sampled",
)

Floats = NDArray[np.float64]


class Mean(NamedTuple):
    """A weighted mean, its statistical error, and how many original events it is made of."""

    value: float
    error: float
    events: int


def well_sampled(
    sample: ArrayLike, weights: ArrayLike, original: ArrayLike, least: float
) -> NDArray[np.bool_]:
    """Which events belong to samples that are worth enough original events.

    Args:
        sample: Name or code of each row's sample, shape (n,).
        weights: Shape (n,).
        original: Which original event each row is a copy of, shape (n,).
        least: How many events of equal weight a sample must be worth.

    Examples:
        >>> well_sampled(["a", "a", "b", "b"], [1, 1, 1, 1], [0, 1, 2, 2], 2).tolist()
        [True, True, False, False]
    """
    names, weights, original = np.asarray(sample), np.asarray(weights), np.asarray(original)
    enough = np.zeros(len(names), dtype=bool)
    for name in np.unique(names):
        own = names == name
        enough[own] = effective_size(weights[own], original[own]) >= least
    return enough


def populated(there: NDArray[np.bool_], weights: ArrayLike, share: float) -> NDArray[np.int64]:
    """Numbers of the cells that at least this share of the weighted events has.

    Args:
        there: Whether a cell's objects are there, shape (n, cells).
        weights: Shape (n,).
        share: Between 0 and 1.
    """
    weights = np.asarray(weights, dtype=float)
    return np.flatnonzero(weights @ there >= share * weights.sum())


def cell_means(
    cells: NDArray[np.floating],
    there: NDArray[np.bool_],
    weights: ArrayLike,
    original: ArrayLike,
) -> tuple[Floats, Floats]:
    """Weighted mean of each cell over the events that have it.

    Args:
        cells: Values, shape (n, ...).
        there: Whether a cell's objects are there, same shape.
        weights: Shape (n,).
        original: Which original event each row is a copy of, shape (n,).

    Returns:
        Means, NaN where the weights of the events that have a cell do not add up to more than 0;
        and how many original events of equal weight these are worth. Shape (...).
    """
    weights = np.asarray(weights, dtype=float)
    total = np.tensordot(weights, there, axes=1)
    summed = np.tensordot(weights, np.where(there, cells, 0.0), axes=1)
    means = np.full(total.shape, np.nan)
    np.divide(summed, total, out=means, where=total > 0)
    own = weights[:, None] * there.reshape(len(there), total.size)
    squares = (_by_original(own, original) ** 2).sum(axis=0).reshape(total.shape)
    return means, total**2 / np.maximum(squares, 1e-300)


def mean(
    values: NDArray[np.floating],
    where: NDArray[np.bool_],
    weights: ArrayLike,
    original: ArrayLike,
) -> Mean:
    """Weighted mean of the values picked, several of one event or none.

    The error is that of a ratio of sums over original events, to first order.

    Args:
        values: Shape (n, ...).
        where: Which count, same shape.
        weights: Of the events, shape (n,).
        original: Which original event each row is a copy of, shape (n,).

    Returns:
        NaN without weight, and an error of NaN for fewer than two original events.
    """
    weights, rows = np.asarray(weights, dtype=float), len(where)
    flat = rows, int(np.prod(np.shape(where)[1:]))
    inside = np.asarray(where).reshape(flat)
    filled = np.where(inside, np.asarray(values, dtype=float).reshape(flat), 0.0)
    number, summed = inside.sum(axis=1), filled.sum(axis=1)
    total = float(weights @ number)
    events = len(np.unique(np.asarray(original)[number > 0]))
    if not total > 0:
        return Mean(np.nan, np.nan, events)
    value = float(weights @ summed) / total
    residuals = _by_original(weights * (summed - value * number), original)
    error = float(np.sqrt((residuals**2).sum())) / total
    return Mean(value, error if events > 1 else np.nan, events)


def median(
    values: NDArray[np.floating],
    where: NDArray[np.bool_],
    weights: ArrayLike,
    original: ArrayLike,
    *,
    repetitions: int,
    seed: int,
) -> estimate.Estimate:
    """Weighted median of the values picked, with its spread over resampled events.

    Args:
        values: Shape (n, ...).
        where: Which count, same shape.
        weights: Of the events, shape (n,).
        original: Which original event each row is a copy of, shape (n,).
        repetitions: How many resamplings.
        seed: Of the random numbers.
    """
    row = np.nonzero(where)[0]
    own = np.asarray(values, dtype=float)[where]
    order = np.argsort(own)
    row, own = row[order], own[order]

    def middle(w: Floats) -> float:
        total = np.cumsum(w[row])
        if not (len(total) and total[-1] > 0):
            return np.nan
        return float(own[np.searchsorted(total, total[-1] / 2)])

    _, place = np.unique(np.asarray(original), return_inverse=True)
    return estimate.bootstrap(middle, weights, place, replicas=repetitions, seed=seed)


def kind_medians(
    matrices: NDArray[np.floating],
    there: NDArray[np.bool_],
    layout: Layout,
    weights: ArrayLike,
    original: ArrayLike,
    *,
    repetitions: int,
    seed: int,
) -> dict[str, estimate.Estimate]:
    """``median`` of the cells of each kind, absent objects left out; NaN where there are none."""
    return {
        kind: median(
            matrices, there & (layout.kinds == kind), weights, original,
            repetitions=repetitions, seed=seed,
        )
        for kind in KINDS
    }  # fmt: skip


def mean_table(
    values: pd.DataFrame,
    weights: ArrayLike,
    original: ArrayLike,
    samples: Mapping[str, NDArray[np.bool_]],
) -> pd.DataFrame:
    """Weighted means with their statistical errors, as a page prints them.

    Args:
        values: One column a quantity.
        weights: Shape (n,).
        original: Which original event each is a copy of, shape (n,); copies vary together.
        samples: Which events belong to each column of the result, by its title.
    """
    weights, original = np.asarray(weights, dtype=float), np.asarray(original)
    columns, cells = {}, values.to_numpy(dtype=float)
    for title, which in samples.items():
        everywhere = np.ones(int(np.sum(which)), dtype=bool)
        own = (mean(x, everywhere, weights[which], original[which]) for x in cells[which].T)
        columns[title] = [plus_minus(one.value, one.error) for one in own]
    return pd.DataFrame(columns, index=values.columns)


def correlations(
    cells: NDArray[np.floating],
    weights: ArrayLike,
    there: NDArray[np.bool_] | None = None,
    *,
    original: ArrayLike | None = None,
    least: float = 2,
) -> Floats:
    """Weighted linear correlation of each pair of cells.

    Args:
        cells: Values, shape (n, cells).
        weights: Shape (n,).
        there: Which values count, shape (n, cells): a pair is correlated over the events that have
            both. None: all, the zeros of absent objects among them.
        original: Which original event each row is a copy of, shape (n,); None: there are no copies.
        least: How many original events of equal weight a pair must be worth: (sum w)^2 / sum w^2,
            where w is the weight that all copies with both cells have together. 0 saves the
            counting.

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
    enough = np.ones_like(sums, dtype=bool)
    if least > 0:
        copies = np.arange(len(x)) if original is None else np.asarray(original)
        enough = sums**2 >= least * np.maximum(_pair_squares(seen, w[:, 0], copies), 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weighted.T @ seen) / sums  # of the row's cell, over the events of the pair
        square = ((weighted * x).T @ seen) / sums - mean**2
        covariance = (weighted.T @ x) / sums - mean * mean.T
        possible = (square > 1e-12) & (square.T > 1e-12) & enough
        value = np.where(possible, covariance / np.sqrt(square * square.T), np.nan)
    return np.asarray(np.clip(value, -1.0, 1.0))


def _pair_squares(seen: Floats, weights: Floats, original: NDArray[np.int64]) -> Floats:
    """Sum over original events of the square of the weight that each has with both of two cells.

    Copies of an event may have different cells. Rows with the same cells are added up first; then
    two such patterns meet in the square as often as original events have both.
    """
    packed = np.packbits(seen.astype(bool), axis=1)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    patterns = seen[first].astype(bool)
    _, place = np.unique(original, return_inverse=True)
    summed = sparse.coo_array((weights, (place, which.ravel()))).tocsr()
    shared = (summed.T @ summed).tocoo()
    both = (patterns[shared.row] & patterns[shared.col]).astype(float)
    return np.asarray((both * shared.data[:, None]).T @ both)


def _by_original(values: Floats, original: ArrayLike) -> Floats:
    """Rows of copies added up, shape (originals, ...)."""
    _, place = np.unique(np.asarray(original), return_inverse=True)
    rows = np.arange(len(values))
    copies = sparse.csr_array((np.ones(len(values)), (place, rows)))
    return np.asarray(copies @ values) if len(values) else values
