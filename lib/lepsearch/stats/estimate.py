"""A number with its statistical error: from weights, from resampled events, from trainings.

Every yield, area, mean and significance of the book is an :class:`Estimate`. Differences and ratios
of estimates from the same bootstrap replicas keep what the two have in common.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.stats.copies import originals, per_original, replicate

__all__ = (
    "COUNTED",
    "Estimate",
    "bootstrap",
    "median_of",
    "over_trainings",
    "sum_weights",
    "total",
    "weighted_mean",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error and, where there are, the repetitions that it comes from.

    Sums, differences, products and ratios propagate errors. Two estimates with as many draws were
    made from the same bootstrap replicas: they are combined draw by draw, and seed by seed, so that
    what moves both alike drops out. Others are taken as independent.

    Examples:
        >>> print(Estimate(1234.567, 12.3), Estimate(0.12345, 0.0067), Estimate(math.nan, 1.0))
        1,235 ± 12 0.1235 ± 0.0067 –
        >>> print(Estimate(2.5e-07, 3.1e-08), Estimate(3.0, 0.0))
        2.50e-07 ± 3.1e-08 3 ± 0
        >>> print(Estimate(6.0, 2.0) - Estimate(2.0, 1.5), 100 * Estimate(0.5, 0.1))
        4.0 ± 2.5 50 ± 10
        >>> f"{Estimate(0.5501, 0.0112):.1f}", f"{Estimate(0.5501, 0.0112):.1u}"
        ('0.6 ± 0.0', '0.55 ± 0.01')
    """

    value: float  # the number
    error: float  # its standard deviation; NaN if it can't be told
    # the number in each bootstrap replica, shape (replicas,); NaN where it is undefined
    draws: Floats | None = field(default=None, repr=False, compare=False)
    # the number of each training, shape (trainings,)
    by_seed: Floats | None = field(default=None, repr=False, compare=False)
    events: int | None = field(default=None, repr=False)  # raw number of events behind it

    @classmethod
    def of(cls, value: float, draws: Floats | None, by_seed: Floats | None = None) -> Estimate:
        """An estimate whose error joins that of the events and that of the trainings.

        The first is the standard deviation of the defined draws, if they are two and half of all;
        the second that of the mean over trainings. They are added in quadrature. One training alone
        has no known spread.
        """
        of_events = 0.0
        if draws is not None:
            known = draws[np.isfinite(draws)]
            enough = len(known) >= max(2, len(draws) / 2)
            of_events = float(known.std(ddof=1)) if enough else np.nan
        n = 0 if by_seed is None else len(by_seed)
        of_trainings = by_seed.std(ddof=1) / np.sqrt(n) if by_seed is not None and n > 1 else 0.0
        return cls(float(value), float(np.hypot(of_events, of_trainings)), draws, by_seed)

    @property
    def effective(self) -> float:
        """Events of equal weight with the same relative error, (sum w)^2 / sum w^2; 0 for none."""
        return float((self.value / self.error) ** 2) if self.error > 0 else 0.0

    @property
    def sigmas(self) -> float:
        """How many standard errors the number is away from zero."""
        return self.value / self.error if self.error else math.nan

    def __add__(self, other: Estimate | float) -> Estimate:
        return self._with(other, np.add, lambda a, b: (1.0, 1.0))

    def __sub__(self, other: Estimate | float) -> Estimate:
        return self._with(other, np.subtract, lambda a, b: (1.0, -1.0))

    def __mul__(self, other: Estimate | float) -> Estimate:
        return self._with(other, np.multiply, lambda a, b: (b, a))

    def __truediv__(self, other: Estimate | float) -> Estimate:
        return self._with(other, np.divide, lambda a, b: (1 / b, -a / b**2))

    def __rsub__(self, other: float) -> Estimate:
        return -1 * self + other

    __radd__, __rmul__ = __add__, __mul__  # the first also for sum(), which begins with 0

    def _with(
        self,
        other: Estimate | float,
        combine: Callable[[Any, Any], Any],
        slopes: Callable[[float, float], tuple[float, float]],
    ) -> Estimate:
        """Combine two estimates, or one and a number, by a function with known derivatives."""
        if not isinstance(other, Estimate):
            same = None if self.draws is None else np.full(len(self.draws), float(other))
            seeds = None if self.by_seed is None else np.full(len(self.by_seed), float(other))
            other = Estimate(float(other), 0.0, same, seeds)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(combine(np.float64(self.value), np.float64(other.value)))
            draws, by_seed = (  # repetition by repetition where both sides have the same ones
                combine(a, b) if a is not None and b is not None and len(a) == len(b) else None
                for a, b in ((self.draws, other.draws), (self.by_seed, other.by_seed))
            )
            if draws is not None or by_seed is not None:
                return Estimate.of(value, draws, by_seed)
            a, b = slopes(np.float64(self.value), np.float64(other.value))
            error = float(np.hypot(a * self.error, b * other.error))
        known = self.events is not None and other.events is not None
        return Estimate(value, error, events=self.events + other.events if known else None)  # type: ignore[operator]

    def __format__(self, spec: str) -> str:
        """Text of the value and its error.

        ``.1u`` rounds both to that many digits of the error, two by default; any other format is
        that of both numbers. A dash stands for what is undefined, 0 for what no event is behind.
        """
        if not (math.isfinite(self.value) and math.isfinite(self.error)):
            return "–"
        if self.events == 0:  # nothing is known of an error
            return "0"
        if spec and not spec.endswith("u"):
            return f"{self.value:{spec}} ± {self.error:{spec}}"
        if self.error == 0:
            return f"{self.value:,.4g} ± 0"
        digits = int(spec[1:-1]) if spec else 2
        exponent = math.floor(math.log10(abs(self.error)))
        if (largest := max(abs(self.value), self.error)) < 1e-3:
            decimals = max(math.floor(math.log10(largest)) - exponent + digits - 1, 1)
            return f"{self.value:.{decimals}e} ± {self.error:.{digits - 1}e}"
        decimals = max(digits - 1 - exponent, 0)
        return f"{self.value:,.{decimals}f} ± {self.error:,.{decimals}f}"

    def __str__(self) -> str:
        return format(self, "")

    _repr_html_ = __str__


# columns that the following reads, as far as a table has them: copying others takes long
COUNTED = ["weight", "original", "sample", "run", "event"]


def sum_weights(table: pd.DataFrame) -> Estimate:
    """Total weight of events, with its statistical error and the number of events behind it.

    The error is the square root of the sum of squared weights, in which copies of an event count
    as one, if the table says by ``event`` which these are.

    Examples:
        >>> total = sum_weights(pd.DataFrame({"weight": [3.0, 2.0, 2.0], "event": [1, 2, 2]}))
        >>> total, total.events
        (Estimate(value=7.0, error=5.0), 2)
    """
    return total(table["weight"], originals(table))


def total(weight: ArrayLike, original: ArrayLike | None = None) -> Estimate:
    """Sum of weights, whose error is the square root of the sum of squared weights of events."""
    values = per_original(np.asarray(weight, dtype=float), original)
    return Estimate(float(values.sum()), float(np.sqrt(np.sum(values**2))), events=len(values))


def weighted_mean(
    values: ArrayLike, weight: ArrayLike | None = None, original: ArrayLike | None = None
) -> Estimate:
    r"""Weighted mean of a number of each event, and its statistical error.

    The mean is a ratio of sums of weights, :math:`r = \sum w x / \sum w`; its variance is
    :math:`\sum_e [\sum_{i \in e} w_i (x_i - r)]^2 / (\sum w)^2` over original events e, which is
    the binomial one for truth values of equal weight. It is NaN without a positive sum of weights.

    Examples:
        >>> print(weighted_mean([True, False, True, True]))
        0.75 ± 0.22
    """
    numbers = np.asarray(values, dtype=float)
    weights = np.ones(len(numbers)) if weight is None else np.asarray(weight, dtype=float)
    total = weights.sum()
    if not total > 0:
        return Estimate(np.nan, np.nan)
    mean = weights @ numbers / total
    pulls = per_original(weights * (numbers - mean), original)
    return Estimate(float(mean), float(np.sqrt(np.sum(pulls**2)) / total))


def bootstrap(
    statistic: Callable[[Floats], float],
    weight: ArrayLike,
    original: ArrayLike | None = None,
    *,
    replicas: int = 200,
    seed: int = 0,
) -> Estimate:
    """Uncertainty that a number has from the limited sample of events behind it.

    Each replica takes each original event as often as a Poisson number of mean 1 says, with all of
    its copies; its weights are multiplied by that number. A yield's error is then the root of the
    sum of squared weights, as everywhere in the book, and no event is moved in memory.

    The statistic is a function of the weights, shape (n,) -> float. What can be done once (sorting
    by score) should be done outside: see `roc.Ranking`.

    Returns:
        The number from all events, and the spread of the replicas. Replicas in which it is NaN
        (no event of one class) are left out; with under half of them defined, the error is NaN.

    Raises:
        InputError: Fewer than two replicas, or arrays of different lengths.

    Examples:
        >>> total = bootstrap(lambda w: float(w.sum()), [3.0, 2.0, 2.0], [0, 1, 1], replicas=4000)
        >>> total.value, round(total.error)
        (7.0, 5)
    """
    weights = np.asarray(weight, dtype=float)
    draws = replicate(statistic, weights, original, replicas=replicas, seed=seed)
    return Estimate.of(statistic(weights), draws)


def median_of(values: ArrayLike) -> Callable[[Floats], float]:
    """Weighted median of values as a function of their weights, for :func:`bootstrap`.

    Half of the weight is at or below it; with negative weights it is the smallest such value. It is
    NaN without events; no value may be NaN.

    Examples:
        >>> median_of([5.0, 1.0, 2.0])(np.array([1.0, 1.0, 5.0]))
        2.0
    """
    numbers = np.asarray(values, dtype=float)
    order = np.argsort(numbers, kind="stable")

    def median(weights: Floats) -> float:
        below = np.cumsum(weights[order])
        if not len(below) or not below[-1] > 0:
            return np.nan
        return float(numbers[order[np.argmax(below >= below[-1] / 2)]])

    return median


def over_trainings(estimates: Iterable[Estimate]) -> Estimate:
    """Mean of one number over trainings, with the error of the events and that of the trainings.

    The trainings are measured with the same events, so the mean of their statistical errors stays,
    and the standard deviation of the mean over trainings is added in quadrature. It is undefined if
    the number is for one of them, since the mean of the others would be of chosen trainings.

    Examples:
        >>> over_trainings([Estimate(1.0, 1.2), Estimate(2.0, 1.2)])
        Estimate(value=1.5, error=1.3)
        >>> print(over_trainings([Estimate(1.0, 1.2), Estimate(math.nan, 1.2)]))
        –
    """
    values, errors = np.array([(one.value, one.error) for one in estimates]).reshape(-1, 2).T
    if not (len(values) and np.isfinite(values).all()):
        return Estimate(np.nan, np.nan)
    spread = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return Estimate(float(values.mean()), float(np.hypot(errors.mean(), spread)))
