"""Uncertainties of weighted means, from resampled events and from repeated trainings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError

__all__ = (
    "Estimate",
    "bootstrap",
    "original_events",
    "over_seeds",
    "over_trainings",
    "weighted_mean",
    "weighted_median",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its uncertainty, and the repetitions that it comes from.

    Attributes:
        value: The number.
        error: Its standard deviation; NaN if it can't be told.
        draws: The number in each repetition, shape (repetitions,); NaN where it is undefined.
    """

    value: float
    error: float
    draws: Floats

    @property
    def mean_error(self) -> float:
        """Standard deviation of the mean of all repetitions."""
        return float(self.error / np.sqrt(max(np.isfinite(self.draws).sum(), 1)))


def original_events(sample: ArrayLike, event: ArrayLike) -> NDArray[np.int64]:
    """Which original event each row is a copy of, numbered from 0.

    Args:
        sample: Code or name of each row's sample, shape (n,).
        event: Number of its event, unique in a sample only, shape (n,).

    Examples:
        >>> original_events([0, 0, 0, 1], [7, 9, 7, 7]).tolist()
        [0, 1, 0, 2]
    """
    _, codes = np.unique(np.asarray(sample), return_inverse=True)
    _, numbers = np.unique(np.asarray(event), return_inverse=True)
    pairs = codes.ravel().astype(np.int64) * (numbers.max(initial=0) + 1) + numbers.ravel()
    return np.unique(pairs, return_inverse=True)[1].ravel().astype(np.int64)


def weighted_mean(
    values: ArrayLike, weight: ArrayLike | None = None, original: ArrayLike | None = None
) -> tuple[float, float]:
    r"""Weighted mean of a number of each event, and its statistical error.

    The mean is a ratio of sums of weights, :math:`r = \sum w x / \sum w`; its variance is
    :math:`\sum_e [\sum_{i \in e} w_i (x_i - r)]^2 / (\sum w)^2` over original events e, which is
    the binomial one for truth values of equal weight.

    Args:
        values: A number or truth value of each event, shape (n,).
        weight: Weights of either sign, shape (n,); 1 by default.
        original: Which original event each is a copy of; None: there are no copies.

    Returns:
        The mean and its error; NaN without a positive sum of weights.

    Examples:
        >>> weighted_mean([True, False, True, True])
        (0.75, 0.21650635094610965)
    """
    numbers = np.asarray(values, dtype=float)
    weights = np.ones(len(numbers)) if weight is None else np.asarray(weight, dtype=float)
    total = weights.sum()
    if not total > 0:
        return np.nan, np.nan
    mean = weights @ numbers / total
    pulls = weights * (numbers - mean)
    if original is not None:
        _, event = np.unique(np.asarray(original), return_inverse=True)
        pulls = np.bincount(event.ravel(), pulls)
    return float(mean), float(np.sqrt(np.sum(pulls**2)) / total)


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

    Args:
        statistic: The number as a function of the weights, shape (n,) -> float. What can be done
            once (sorting by score) should be done outside: see `metrics.Ranking`.
        weight: Weights of the rows, of either sign, shape (n,).
        original: Which original event each row is a copy of, as from :func:`original_events`;
            None: there are no copies.
        replicas: How often to repeat.
        seed: Seed of the numbers.

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
    places = np.arange(len(weights)) if original is None else np.asarray(original)
    if replicas < 2 or places.shape != weights.shape:
        msg = "bootstrap: expected two replicas or more and an original event for each weight, got "
        msg += f"{replicas} replicas, {places.shape} events and {weights.shape} weights"
        raise InputError(msg)
    rng = np.random.default_rng(seed)
    originals = int(places.max(initial=-1)) + 1
    draws = np.array(
        [statistic(weights * rng.poisson(1.0, originals)[places]) for _ in range(replicas)],
        dtype=float,
    )
    return Estimate(float(statistic(weights)), _spread(draws), draws)


def weighted_median(
    values: ArrayLike,
    weight: ArrayLike,
    original: ArrayLike | None = None,
    *,
    replicas: int = 200,
    seed: int = 0,
) -> Estimate:
    """Value that half of the weight is at or below, with the error of ``bootstrap``.

    With negative weights it is the smallest such value; NaN without events.

    Args:
        values: The feature, shape (n,), without NaN.
        weight: Weights, shape (n,).
        original: Which original event each row is a copy of.
        replicas: How often to repeat.
        seed: Seed of the replicas.

    Examples:
        >>> weighted_median([5.0, 1.0, 2.0], [1.0, 1.0, 5.0]).value
        2.0
    """
    numbers = np.asarray(values, dtype=float)
    order = np.argsort(numbers, kind="stable")

    def median(weights: Floats) -> float:
        below = np.cumsum(weights[order])
        if not len(below) or not below[-1] > 0:
            return np.nan
        return float(numbers[order[np.argmax(below >= below[-1] / 2)]])

    return bootstrap(median, weight, original, replicas=replicas, seed=seed)


def over_seeds(values: Iterable[float]) -> Estimate:
    """Mean and standard deviation of a number over trainings that differ by their seed only.

    The error is that of one training; the mean's is ``mean_error``.

    Examples:
        >>> over_seeds([0.90, 0.92, 0.94])
        Estimate(value=0.92, error=0.02, draws=array([0.9 , 0.92, 0.94]))
    """
    draws = np.fromiter(values, dtype=float)
    known = draws[np.isfinite(draws)]
    mean = float(np.round(known.mean(), 12)) if len(known) else np.nan
    return Estimate(mean, float(np.round(_spread(draws), 12)), draws)


def over_trainings(values: ArrayLike, errors: ArrayLike) -> tuple[float, float]:
    """Mean over trainings, with the error of the events and that of the trainings.

    The trainings are measured with the same events, so the mean of their statistical errors stays,
    and the standard deviation of the mean over trainings is added in quadrature.

    Args:
        values: The number for each training.
        errors: Its statistical error for each.

    Returns:
        The mean and its error; NaN if the number is undefined for one of the trainings, since the
        mean of the others would be of chosen trainings.

    Examples:
        >>> over_trainings([1.0, 2.0], [1.2, 1.2])
        (1.5, 1.3)
        >>> over_trainings([1.0, float("nan")], [1.2, 1.2])
        (nan, nan)
    """
    numbers, known = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    if not (len(numbers) and np.isfinite(numbers).all()):
        return np.nan, np.nan
    spread = numbers.std(ddof=1) / np.sqrt(len(numbers)) if len(numbers) > 1 else 0.0
    return float(numbers.mean()), float(np.hypot(known.mean(), spread))


def _spread(draws: Floats) -> float:
    """Standard deviation of the defined draws, if they are two and half of all."""
    known = draws[np.isfinite(draws)]
    return float(known.std(ddof=1)) if len(known) >= max(2, len(draws) / 2) else np.nan
