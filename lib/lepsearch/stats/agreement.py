"""How well recorded (or pseudo-) data agree with a simulation, and how many times one has asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from lepsearch.stats.estimate import Estimate
from lepsearch.stats.histograms import Expectation

__all__ = (
    "Agreement",
    "agreement_table",
    "chi_square",
    "global_p",
    "holm",
    "kolmogorov",
    "low_share",
    "p_values",
    "summary",
    "yield_p",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """One feature: what was observed, what is expected, and how well they agree."""

    feature: str  # its name
    axis: str  # label of its axis, with the unit
    continuous: bool  # whether the test of the shape makes sense
    observed: NDArray[np.int64]  # counts in the expectation's bins, shape (k,)
    expectation: Expectation  # the simulation
    chi2: float  # chi-square with the statistical errors of data and simulation
    p: float  # its p-value; NaN without a test, as ``chi2`` and the others are
    p_systematic: float  # p-value with the systematic uncertainties in the covariance
    # p-value of the Kolmogorov-Smirnov test of the shape; NaN where it makes no sense
    p_shape: float

    @property
    def events(self) -> int:
        """Number of observed entries."""
        return int(self.observed.sum())

    @property
    def expected(self) -> float:
        """Expected entries."""
        return float(self.expectation.total.sum())

    @property
    def bins(self) -> int:
        """Number of bins that hold enough, which is the number of degrees of freedom.

        One bin is no test of the feature, only of the number of events that have it: the yield,
        which is tested once and not again by each feature.
        """
        return len(self.expectation.ranges)

    @property
    def untested(self) -> str:
        """Why there is no test; empty where there is one."""
        return {0: "too few", 1: "yield only"}.get(self.bins, "")


def p_values(
    observed: ArrayLike, expectation: Expectation, *, continuous: bool = True
) -> dict[str, Floats]:
    """Test counts of one feature, shape (k,) or (repeats, k), in the expectation's bins.

    Bins with too few events are merged with their right neighbours. If all of them merge into one,
    there is no test.

    Returns:
        ``chi2``, ``p``, ``p_systematic`` and ``p_shape`` as in :class:`Agreement`, of shape () or
        (repeats,).
    """
    counts, ranges = np.asarray(observed, dtype=float), expectation.ranges
    nothing = np.full(counts.shape[:-1], np.nan)
    if len(ranges) < 2:
        return dict.fromkeys(("chi2", "p", "p_systematic", "p_shape"), nothing)
    total, statistical = expectation.total, expectation.statistical
    sums, mean = counts @ ranges.T, ranges @ total
    chi2, p = chi_square(sums, mean, ranges @ statistical @ ranges.T)
    both = statistical + expectation.systematic
    p_systematic = chi_square(sums, mean, ranges @ both @ ranges.T)[1]
    effective = float(total.sum() ** 2 / statistical.sum())
    p_shape = kolmogorov(counts, total, effective) if continuous else nothing
    return {"chi2": chi2, "p": p, "p_systematic": p_systematic, "p_shape": p_shape}


def chi_square(
    observed: ArrayLike, expected: ArrayLike, covariance: ArrayLike
) -> tuple[Floats, Floats]:
    """Chi-square of counts, and its p-value with as many degrees of freedom as bins.

    The variance of a count is the expected one (Pearson), to which the covariance of the
    expectation is added. In k bins, where something is expected in each, counts have the shape (k,)
    or (repeats, k).

    Examples:
        >>> chi2, p = chi_square([120.0], [100.0], [[300.0]])
        >>> float(chi2), round(float(p), 4)
        (1.0, 0.3173)
    """
    mean = np.asarray(expected, dtype=float)
    difference = np.asarray(observed, dtype=float) - mean
    spread = np.diag(mean) + np.asarray(covariance, dtype=float)
    value = np.asarray(np.sum(difference * np.linalg.solve(spread, difference.T).T, axis=-1))
    return value, np.asarray(stats.chi2.sf(value, len(mean)))


def kolmogorov(observed: ArrayLike, expected: ArrayLike, effective: float) -> Floats:
    """p-value of the Kolmogorov-Smirnov test between binned shapes.

    The largest distance is only looked for at bin edges, so that the p-value is on the high side.
    Counts have the shape (k,) or (repeats, k); without any the p-value is NaN. The expectation is
    worth an effective number of unweighted events.
    """
    counts, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    n = counts.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        difference = np.cumsum(counts, axis=-1) / n[..., np.newaxis] - np.cumsum(mean) / mean.sum()
    distance = np.max(np.abs(difference), axis=-1)
    return np.asarray(stats.kstwobign.sf(np.sqrt(n * effective / (n + effective)) * distance))


def yield_p(observed: int, expected: float, error: float) -> float:
    """Two-sided p-value of a count of any size, where events are expected with an uncertainty.

    The count is Poisson with a mean that follows a gamma distribution of the given mean and
    standard deviation: a negative binomial distribution. The p-value is NaN if nothing is expected
    or its uncertainty is zero.

    Examples:
        >>> round(yield_p(5, 10.0, 1e-3), 3)  # twice the Poisson probability of 5 or fewer
        0.134
    """
    if not (expected > 0 and error > 0):
        return math.nan
    shape = (expected / error) ** 2
    count = stats.nbinom(shape, shape / (shape + expected))
    return float(min(1.0, 2 * min(count.cdf(observed), count.sf(observed - 1))))


def holm(p_values: ArrayLike) -> Floats:
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


def global_p(p_values: ArrayLike) -> float:
    """Chance that the smallest of as many independent p-values is as small; NaN without a test.

    For tests that depend on each other in the usual, positive way it is on the high side.

    Examples:
        >>> round(global_p([0.01, 0.5]), 4)
        0.0199
    """
    p = np.asarray(p_values, dtype=float)
    p = p[~np.isnan(p)]
    return 1.0 - float(1.0 - p.min()) ** len(p) if len(p) else math.nan


def agreement_table(results: Sequence[Agreement]) -> pd.DataFrame:
    """Outcomes for features tested together, the worst first, with p-values corrected by Holm.

    Returns:
        The fields of the outcomes, with ``p_holm``, ``p_shape_holm`` and ``untested``: why not.
    """
    tests = dict.fromkeys(["chi2", "p", "p_systematic", "p_shape"], float)
    names = ["feature", "events", "expected", "bins", *tests, "untested"]
    rows = [[getattr(one, name) for name in names] for one in results]
    table = pd.DataFrame(rows, columns=names).astype(tests)  # floats also where none has one
    for name in ("p", "p_shape"):
        corrected = holm(table[name].to_numpy())
        table.insert(list(table).index(name) + 1, f"{name}_holm", corrected)
    return table.sort_values("p", kind="stable", ignore_index=True)


def summary(p_values: ArrayLike, level: float = 0.05) -> dict[str, float]:
    """Summarise the p-values of tests made together, shape (n,); NaN where there was none.

    Returns:
        The number of ``tests``, the ``smallest p``, ``its chance`` with so many tests, how many are
        ``low`` (below the level), and how many are so ``after Holm``'s correction.

    Examples:
        >>> summary([0.01, 0.04, float("nan")])["after Holm"], summary([0.04, 0.04])["after Holm"]
        (2, 0)
    """
    p = np.asarray(p_values, dtype=float)
    p = p[~np.isnan(p)]
    return {
        "tests": len(p),
        "smallest p": float(np.min(p)) if len(p) else np.nan,
        "its chance": global_p(p),
        "low": int(np.sum(p < level)),
        "after Holm": int(np.sum(holm(p) < level)),
    }


def low_share(p: Floats, level: float) -> Estimate:
    """Share of the p-values, shape (repeats, tests), that are below a level; NaN is left out.

    Tests of one repeat share its events. So the error is the standard deviation of the repeats'
    shares over the root of their number: NaN for one repeat, as the share is without tests.

    Examples:
        >>> print(low_share(np.array([[0.01, 0.5], [0.5, 0.5]]), 0.05))
        0.25 ± 0.25
    """
    tested = p[:, ~np.isnan(p).all(axis=0)]
    if not tested.size:
        return Estimate(math.nan, math.nan)
    shares = np.nanmean(np.where(np.isnan(tested), np.nan, tested < level), axis=1)
    error = shares.std(ddof=1) / math.sqrt(len(shares)) if len(shares) > 1 else math.nan
    return Estimate(float(shares.mean()), float(error))
