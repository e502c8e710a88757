r"""What a score means under weights: two classes whose densities are known, and shifts of log-odds.

A constant factor on one class adds its logarithm to the log-odds of the best score, since

.. math:: \ln\frac{y}{1-y} = \ln\frac{s(x)}{b(x)}

with weighted densities s and b.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.events.split import part_of
from lepsearch.learn.labelled import LearningSet

__all__ = ("MEANS", "Shift", "exact_log_odds", "gaussian_classes", "log_odds", "shift")

Floats = NDArray[np.float64]
MEANS = (1.0, -0.5, 0.0)  # of the signal; the background's are 0, and all widths 1


def gaussian_classes(events: int, seed: int) -> LearningSet:
    """As many events of signal as of background, normally distributed, of weight 1.

    The best score is a logistic regression's, so a network without hidden layers can reach it.
    """
    rng = np.random.default_rng(seed)
    label = np.arange(2 * events) % 2 == 1
    features = rng.normal(size=(2 * events, len(MEANS))) + np.outer(label, MEANS)
    number = np.arange(2 * events, dtype=np.uint64)
    return LearningSet(
        features=features.astype(np.float32),
        names=tuple(f"x{i}" for i in range(1, len(MEANS) + 1)),
        label=label,
        weight=np.ones(2 * events),
        event=number,
        sample=label.astype(np.int16),
        sample_names=("background", "signal"),
        sample_groups=("background", "signal"),
        processes=("Background", "Signal"),
        part=part_of("gaussian", number),
    )


def exact_log_odds(events: LearningSet, factor: float = 1.0) -> Floats:
    """Log-odds of the best score for :func:`gaussian_classes`.

    Args:
        events: Its events.
        factor: Sum of weights of the background over that of the signal.
    """
    means = np.array(MEANS)
    linear = events.features.astype(np.float64) @ means - means @ means / 2
    return np.asarray(linear - np.log(factor), dtype=np.float64)


def log_odds(score: ArrayLike) -> Floats:
    """ln(score / (1 - score)), with scores kept off 0 and 1 by what single precision resolves.

    Examples:
        >>> log_odds([0.5, 0.75]).round(4).tolist()
        [0.0, 1.0986]
    """
    tiny = float(np.finfo(np.float32).eps) / 2
    p = np.clip(np.asarray(score, dtype=float), 1e-12, 1 - tiny)
    return np.asarray(np.log(p) - np.log1p(-p), dtype=np.float64)


@dataclass(frozen=True)
class Shift:
    """How log-odds of the same events differ between two trainings.

    Attributes:
        median: Median of the differences.
        spread: Half the width of their central 68 %.
        correlation: Linear correlation of both.
    """

    median: float
    spread: float
    correlation: float


def shift(first: ArrayLike, second: ArrayLike) -> Shift:
    """Second log-odds minus first, event by event.

    Examples:
        >>> round(shift([0.0, 1.0, 2.0], [-2.0, -1.0, 0.0]).median, 6)
        -2.0
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    low, middle, high = np.quantile(b - a, [0.16, 0.5, 0.84])
    known = min(a.std(), b.std()) > 0
    correlation = float(np.corrcoef(a, b)[0, 1]) if known else np.nan
    return Shift(float(middle), float(high - low) / 2, correlation)
