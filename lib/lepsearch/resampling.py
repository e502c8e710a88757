"""Uncertainties from resampled events and from repeated trainings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError

__all__ = (
    "Estimate", "bootstrap", "original_events", "over_seeds", "weighted_mean", "weighted_median",
)  # fmt: skip

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


def weighted_mean(
    values: ArrayLike,
    weight: ArrayLike,
    original: ArrayLike | None = None,
    *,
    replicas: int = 200,
    seed: int = 0,
) -> Estimate:
    """Weighted mean of a feature, with the error of ``bootstrap``; NaN without events.

    Args:
        values: The feature, shape (n,), without NaN.
        weight: Weights, shape (n,).
        original: Which original event each row is a copy of.
        replicas: How often to repeat.
        seed: Seed of the replicas.
    """
    numbers = np.asarray(values, dtype=float)

    def mean(weights: Floats) -> float:
        total = weights.sum()
        return float(weights @ numbers / total) if total > 0 else np.nan

    return bootstrap(mean, weight, original, replicas=replicas, seed=seed)


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


def _spread(draws: Floats) -> float:
    """Standard deviation of the defined draws, if they are two and half of all."""
    known = draws[np.isfinite(draws)]
    return float(known.std(ddof=1)) if len(known) >= max(2, len(draws) / 2) else np.nan
