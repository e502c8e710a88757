"""How well recorded (or pseudo-) data agree with a simulation, and how many times one has asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from lepsearch.errors import InputError
from lepsearch.stats.expectation import Expectation

__all__ = (
    "LARGEST_SKEWNESS",
    "LEAST_EFFECTIVE",
    "LEAST_EVENTS",
    "Agreement",
    "chi_square",
    "compare",
    "global_p",
    "holm",
    "kolmogorov",
    "pulls",
    "yield_p",
)

LEAST_EVENTS = 10.0  # expected in a tested bin, so that a Poisson count is nearly normal
LEAST_EFFECTIVE = 15.0  # effective simulated events in a tested bin, likewise
LARGEST_SKEWNESS = 0.8  # of the simulation's error in a tested bin


@dataclass(frozen=True)
class Agreement:
    """Outcome of the tests of one feature.

    Attributes:
        feature: Its name.
        events: Number of observed entries.
        expected: Expected entries.
        chi2: Chi-square with the statistical errors of data and simulation.
        bins: Number of bins that hold enough, which is its number of degrees of freedom. One bin
            is no test of the feature, only of the number of events that have it: the yield, which
            is tested once and not again by each feature.
        p: Its p-value; NaN without a test, as ``chi2`` and the others are.
        p_systematic: p-value with the systematic uncertainties in the covariance.
        p_shape: p-value of the Kolmogorov-Smirnov test of the shape; NaN where it makes no sense.
    """

    feature: str
    events: int
    expected: float
    chi2: float
    bins: int
    p: float
    p_systematic: float
    p_shape: float

    @property
    def untested(self) -> str:
        """Why there is no test; empty where there is one."""
        return {0: "too few", 1: "yield only"}.get(self.bins, "")


def chi_square(
    observed: ArrayLike, expected: ArrayLike, covariance: ArrayLike
) -> tuple[float, float]:
    """Chi-square of counts, and its p-value with as many degrees of freedom as bins.

    The variance of a count is the expected one (Pearson), to which the covariance of the
    expectation is added.

    Args:
        observed: Counts, shape (k,).
        expected: Expected events, shape (k,), positive.
        covariance: Covariance of the expectation, shape (k, k).

    Raises:
        InputError: There is no bin, or a bin where nothing is expected.

    Examples:
        >>> chi2, p = chi_square([120.0], [100.0], [[300.0]])
        >>> chi2, round(p, 4)
        (1.0, 0.3173)
    """
    mean = np.asarray(expected, dtype=float)
    if mean.size == 0 or not np.all(mean > 0):
        msg = f"a chi-square needs bins with a positive expectation, got {mean.tolist()}"
        raise InputError(msg)
    difference = np.asarray(observed, dtype=float) - mean
    spread = np.diag(mean) + np.asarray(covariance, dtype=float)
    value = float(difference @ np.linalg.solve(spread, difference))
    return value, float(stats.chi2.sf(value, len(mean)))


def kolmogorov(observed: ArrayLike, expected: ArrayLike, effective: float) -> float:
    """p-value of the Kolmogorov-Smirnov test between binned shapes.

    The largest distance is only looked for at bin edges, so that the p-value is on the high side.

    Args:
        observed: Counts, shape (k,).
        expected: Expected events, shape (k,).
        effective: Number of unweighted events that the simulation is worth.

    Returns:
        The p-value; NaN if either side is empty.
    """
    counts, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    n = counts.sum()
    if not (n > 0 and mean.sum() > 0 and effective > 0):
        return math.nan
    distance = np.max(np.abs(np.cumsum(counts) / n - np.cumsum(mean) / mean.sum()))
    return float(stats.kstwobign.sf(math.sqrt(n * effective / (n + effective)) * distance))


def yield_p(observed: int, expected: float, error: float) -> float:
    """Two-sided p-value of a count, whatever its size.

    The count is Poisson with a mean that follows a gamma distribution of the given mean and
    standard deviation: a negative binomial distribution.

    Args:
        observed: The count.
        expected: Expected events.
        error: Their uncertainty.

    Returns:
        The p-value; NaN if nothing is expected or its uncertainty is zero.

    Examples:
        >>> round(yield_p(5, 10.0, 1e-3), 3)  # twice the Poisson probability of 5 or fewer
        0.134
    """
    if not (expected > 0 and error > 0):
        return math.nan
    shape = (expected / error) ** 2
    count = stats.nbinom(shape, shape / (shape + expected))
    return float(min(1.0, 2 * min(count.cdf(observed), count.sf(observed - 1))))


def pulls(observed: ArrayLike, expectation: Expectation) -> NDArray[np.float64]:
    """Difference in each bin over its statistical error, of data and simulation; NaN if empty."""
    total = expectation.total
    variance = total + np.diag(expectation.statistical)
    there = (variance > 0) & (total > 0)
    result = np.full(len(total), np.nan)
    difference = np.asarray(observed, dtype=float) - total
    result[there] = difference[there] / np.sqrt(variance[there])
    return result


def compare(
    feature: str,
    observed: ArrayLike,
    expectation: Expectation,
    sizes: Mapping[str, float],
    *,
    shape: bool = True,
) -> Agreement:
    """Test one feature; bins with too few events are merged with their right neighbours.

    If all of them merge into one, there is no test.

    Args:
        feature: Its name.
        observed: Counts in the expectation's bins.
        expectation: The simulation.
        sizes: Assumed relative uncertainty of each group, by label.
        shape: Whether the Kolmogorov-Smirnov test makes sense: for a continuous feature.
    """
    counts = np.asarray(observed, dtype=float)
    total = expectation.total
    chi2 = p = p_systematic = p_shape = math.nan
    starts = expectation.testable_bins(
        events=LEAST_EVENTS, effective=LEAST_EFFECTIVE, skewness=LARGEST_SKEWNESS
    )
    if len(starts) > 1:
        merged, sums = expectation.merged(starts), np.add.reduceat(counts, starts)
        chi2, p = chi_square(sums, merged.total, merged.statistical)
        both = merged.statistical + merged.systematic(sizes)
        p_systematic = chi_square(sums, merged.total, both)[1]
        if shape:
            variance = float(expectation.statistical.sum())
            effective = float(total.sum()) ** 2 / variance if variance > 0 else 0.0
            p_shape = kolmogorov(counts, total, effective)
    return Agreement(
        feature, int(counts.sum()), float(total.sum()), chi2, len(starts), p, p_systematic, p_shape
    )


def holm(p_values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values corrected for their number; NaN (no test) stays and is not counted.

    Holm, Scandinavian Journal of Statistics 6 (1979) 65. It holds for tests that depend on one
    another, too.

    Examples:
        >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
        [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    done = np.flatnonzero(~np.isnan(p))
    order = done[np.argsort(p[done])]
    steps = np.arange(len(order), 0, -1)
    result = np.full(len(p), np.nan)
    result[order] = np.minimum(np.maximum.accumulate(p[order] * steps), 1.0)
    return result


def global_p(p_values: Sequence[float] | NDArray[np.float64]) -> float:
    """Chance that the smallest of as many independent p-values is as small; NaN without a test.

    For tests that depend on each other in the usual, positive way it is on the high side.

    Examples:
        >>> round(global_p([0.01, 0.5]), 4)
        0.0199
    """
    p = np.asarray(p_values, dtype=float)
    p = p[~np.isnan(p)]
    return 1.0 - float(1.0 - p.min()) ** len(p) if len(p) else math.nan
