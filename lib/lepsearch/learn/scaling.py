"""Features scaled outside of a network, and what it costs to measure a scale on test events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.preprocess import Moments, Scaling, prepare

__all__ = ("Draw", "HeavyTails", "RealEvents", "leak", "scaled")

Floats = NDArray[np.float64]
# (generator, repetitions, events) -> features (repetitions, events, k), the first half signal
Draw = Callable[[np.random.Generator, int, int], Floats]
TOGETHER = 4_000_000  # numbers in memory at once


def scaled(
    events: LearningSet,
    scaling: Scaling,
    measured_on: LearningSet,
    *,
    whole_array: bool = False,
) -> LearningSet:
    """Events with scaled features, for a network that scales nothing itself.

    Args:
        events: Events to scale.
        scaling: ``min_max`` or ``z_score``.
        measured_on: Events that extremes, means and variances are taken from.
        whole_array: Take one minimum, maximum, mean and variance of all features together, which
            is thesis B's equations 5.1 and 5.2 to the letter, in place of one of each feature.

    Raises:
        InputError: The scaling is another one.
    """
    if scaling not in ("min_max", "z_score"):
        msg = f"scaling {scaling!r} is a layer of the network; only 'min_max' and 'z_score' are "
        msg += "done outside of it"
        raise InputError(msg)
    features = measured_on.features
    names = measured_on.names
    if whole_array:
        features, names = features.reshape(-1, 1), ("all",)
    moments = Moments.of(names, features, np.ones(len(features)))
    made = prepare("zero", scaling, moments)
    result = (events.features - made.offset) * made.factor
    return replace(events, features=result.astype(np.float32))


@dataclass(frozen=True)
class HeavyTails:
    """Made-up events: Student's t in all features, shifted for signal in some of them.

    Attributes:
        features: Number of features.
        shifted: How many of them tell signal from background.
        shift: By how much.
        freedom: Degrees of freedom; at 2 or below, the variance is infinite.
    """

    features: int = 20
    shifted: int = 2
    shift: float = 1.0
    freedom: float = 2.0

    def __call__(self, rng: np.random.Generator, repetitions: int, events: int) -> Floats:
        """Draw, as ``Draw`` says."""
        x = rng.standard_t(self.freedom, (repetitions, events, self.features))
        x[:, : events // 2, : self.shifted] += self.shift
        return x


@dataclass(frozen=True)
class RealEvents:
    """Events of a learning set, half signal and half background, drawn at random.

    Attributes:
        signal: Features of signal events, shape (n, k), without absent ones.
        background: Those of background events.
    """

    signal: Floats
    background: Floats

    def __call__(self, rng: np.random.Generator, repetitions: int, events: int) -> Floats:
        """Draw, as ``Draw`` says."""
        halves = [
            one[rng.integers(0, len(one), (repetitions, count))]
            for one, count in ((self.signal, events // 2), (self.background, events - events // 2))
        ]
        return np.concatenate(halves, axis=1)


def leak(
    draw: Draw, scaling: Scaling, sizes: Sequence[int], *, repetitions: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """What a classifier's area under the ROC curve gains by a scale that test events helped set.

    The classifier scores by the difference of both classes' means of scaled training features.
    It is tried on as many test events and on as many new ones, once scaled by the training events
    alone and once by training and test events. What the latter gains on test events and not on new
    ones is a gain in appearance only.

    Args:
        draw: Gives events.
        scaling: ``min_max`` or ``z_score``.
        sizes: Numbers of training events, even.
        repetitions: How often to repeat at each size.
        seed: Seed of the numbers.

    Returns:
        A row for each size (the index): ``honest``, the area on new events with the scale of the
        training events; ``test`` and ``new``, the change by the other scale on either; ``leak``,
        their difference; and an ``<...>_error`` for each.
    """
    rows = {}
    for size in sizes:
        rng, found, left = np.random.default_rng([seed, size]), [], repetitions
        while left > 0:
            sets = draw(rng, 1, 3 * size)  # tells the number of features
            count = min(left, max(1, TOGETHER // sets.size))
            found.append(_repeat(draw, scaling, rng, count, size))
            left -= count
        values = np.concatenate(found, axis=1)
        means = values.mean(axis=1)
        errors = values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
        names = ("honest", "test", "new", "leak")
        rows[size] = dict(zip(names, means, strict=True)) | {
            f"{name}_error": error for name, error in zip(names, errors, strict=True)
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("events")


def _repeat(draw: Draw, scaling: Scaling, rng: np.random.Generator, count: int, n: int) -> Floats:
    """The four numbers of :func:`leak` in each repetition, shape (4, count)."""
    train, test, new = (draw(rng, count, n) for _ in range(3))
    areas = []
    for measured in (train, np.concatenate([train, test], axis=1)):
        width = np.ptp(measured, axis=1) if scaling == "min_max" else measured.std(axis=1)
        # an offset moves all scores alike, so only widths matter; one squared: training and trying
        factor = np.divide(1.0, width**2, out=np.zeros_like(width), where=width > 0)
        direction = (train[:, : n // 2].mean(axis=1) - train[:, n // 2 :].mean(axis=1)) * factor
        areas += [_areas(np.einsum("rnk,rk->rn", x, direction), n // 2) for x in (test, new)]
    honest, test_gain, new_gain = areas[1], areas[2] - areas[0], areas[3] - areas[1]
    return np.array([honest, test_gain, new_gain, test_gain - new_gain])


def _areas(scores: Floats, signal: int) -> Floats:
    """Area under the ROC curve of each row of scores, the first of which are signal's."""
    rank = scores.argsort(axis=1).argsort(axis=1)
    wins = rank[:, :signal].sum(axis=1) - signal * (signal - 1) / 2
    return np.asarray(wins / (signal * (scores.shape[1] - signal)))
