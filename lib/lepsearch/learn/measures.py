"""Numbers of scored events: functions of events and their scores that give estimates.

A *measure* is a function of events and scores, shape (n,), with a statistical error by propagation:
``auc(events, score)``. A *statistic* prepares a number as a function of the events' weights, for
the bootstrap: ``auc_of(events, score)(weight)``. ``averaged`` resamples it for several trainings on
the same replicas, so that differences of two averages know what both have in common.

Physics weights count everywhere; ``events.counted`` are the same events with a weight of 1.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.learn.labelled import LearningSet
from lepsearch.stats.copies import replicate
from lepsearch.stats.estimate import Estimate, bootstrap, total, weighted_mean
from lepsearch.stats.roc import Ranking, checked
from lepsearch.stats.significance import z_asimov

__all__ = (
    "Measure",
    "Statistic",
    "accuracy",
    "auc",
    "auc_of",
    "aucs_of",
    "averaged",
    "class_sizes",
    "differences",
    "efficiencies_of",
    "estimated",
    "for_signal",
    "resampled",
    "significance_of",
    "significances_of",
)

Floats = NDArray[np.float64]
Measure: TypeAlias = Callable[[LearningSet, Floats], Estimate]
Statistic: TypeAlias = Callable[[LearningSet, Floats], Callable[[Floats], float]]


def auc(events: LearningSet, score: Floats) -> Estimate:
    """Area under the ROC curve."""
    return Ranking(score, events.label).auc(events.weight, events.original)


def accuracy(events: LearningSet, score: Floats, *, threshold: float = 0.5) -> Estimate:
    """Share of the weight that is classified rightly, taking scores above a threshold as signal.

    With signed weights it estimates the same share of expected events, and may leave [0, 1].
    """
    scores, labels, weights = checked(score, events.label, events.weight)
    return weighted_mean((scores > threshold) == labels, weights, events.original)


def for_signal(measure: Measure, name: str) -> Measure:
    """A measure for one signal sample or group and all backgrounds."""

    def measured(events: LearningSet, score: Floats) -> Estimate:
        return measure(events.of_signal(name), score[events.is_of(name)])

    return measured


def class_sizes(events: LearningSet) -> pd.DataFrame:
    """Sizes of both classes as simulated and as expected, in the form of thesis B's table 5.2.

    Returns:
        A row for each class: ``simulated`` and ``expected`` events, their ``product``, which the
        thesis forms, and the ``effective`` number of events.
    """
    rows = {}
    for name, rows_of in (("signal", events.label), ("background", ~events.label)):
        part = events.take(rows_of)
        expected = total(part.weight, part.original)
        rows[name] = {
            "simulated": len(part),
            "expected": expected.value,
            "product": len(part) * expected.value,
            "effective": expected.effective,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def auc_of(events: LearningSet, score: Floats) -> Callable[[Floats], float]:
    """Area under the ROC curve, as a function of the weights; NaN without one of the classes."""
    signal, beaten = _beaten(events, score)

    def area(weight: Floats) -> float:
        own = weight[signal]
        return float(own @ beaten(weight) / own.sum()) if own.sum() > 0 else np.nan

    return area


def _beaten(
    events: LearningSet, score: Floats
) -> tuple[NDArray[np.intp], Callable[[Floats], Floats]]:
    """Rows of the signal, and for weights of all the share of background below each of them.

    Ties count one half. Both classes are sorted once, for any weights.
    """
    score, label, _ = checked(score, events.label)
    signal, order = (
        rows[np.argsort(score[rows], kind="stable")]
        for rows in map(np.flatnonzero, (label, ~label))
    )
    below, upto = (np.searchsorted(score[order], score[signal], side) for side in ("left", "right"))

    def beaten(weight: Floats) -> Floats:
        sums: Floats = np.append(0.0, np.cumsum(weight[order]))
        return (sums[below] + sums[upto]) / (2 * sums[-1] if sums[-1] > 0 else np.nan)

    return signal, beaten


def significance_of(events: LearningSet, score: Floats, cut: float) -> Callable[[Floats], float]:
    """Significance of ``score >= cut`` with the background known exactly; NaN without any."""
    kept = score >= cut

    def significance(weight: Floats) -> float:
        s, b = (float(weight[kept & of].sum()) for of in (events.label, ~events.label))
        return float(z_asimov(s, b, 0.0)) if b > 0 and s + b > 0 else np.nan

    return significance


def aucs_of(events: LearningSet, score: Floats) -> Callable[[Floats], Floats]:
    """:func:`auc_of` for each signal sample with all background, which is sorted once for all.

    The samples are those that have events, in the order of ``sample_names``.
    """
    signal, beaten = _beaten(events, score)
    _, sample = np.unique(events.sample[signal], return_inverse=True)

    def areas(weight: Floats) -> Floats:
        own = weight[signal]
        return np.bincount(sample, own * beaten(weight)) / np.bincount(sample, own)

    return areas


def efficiencies_of(
    events: LearningSet, score: Floats, background: float, *, least: float = 0.0
) -> Callable[[Floats], Floats]:
    """Efficiency for each signal sample alone of the loosest cut that leaves so much background.

    It is NaN where the background left is worth fewer than ``least`` events.
    """
    score, signal, weights = checked(score, events.label, events.weight)
    _, sample = np.unique(events.sample[signal], return_inverse=True)
    order = np.flatnonzero(~signal)[np.argsort(-score[~signal], kind="stable")]
    ahead = np.searchsorted(-score[order], -score[signal], side="right")
    left = order[np.cumsum(weights[order]) <= background * weights[order].sum()]
    enough = total(weights[left], events.original[left]).effective >= least

    def efficiencies(weight: Floats) -> Floats:
        sums, own = np.append(0.0, np.cumsum(weight[order])), weight[signal]
        kept = own * (sums[ahead] <= background * sums[-1])
        return np.bincount(sample, kept) / np.bincount(sample, own) * (1 if enough else np.nan)

    return efficiencies


def significances_of(events: LearningSet, score: Floats, cut: float) -> Callable[[Floats], Floats]:
    """:func:`significance_of` for each signal sample alone."""
    _, sample = np.unique(events.sample[events.label], return_inverse=True)
    kept, count = score >= cut, sample.max(initial=-1) + 1
    signal, sample = kept & events.label, sample[kept[events.label]]

    def significances(weight: Floats) -> Floats:
        b = float(weight[kept & ~events.label].sum())
        s = np.bincount(sample, weight[signal], count)
        z = z_asimov(np.maximum(s, -b), b, 0.0) if b > 0 else np.nan
        return np.where(s + b > 0, z, np.nan)

    return significances


def averaged(
    statistic: Statistic | Sequence[Statistic],
    events: LearningSet,
    scores: Sequence[Floats],
    *,
    replicas: int = 50,
) -> Estimate:
    """A number averaged over trainings, with its errors from the events and from the trainings.

    There may be a statistic for each training, where cuts differ. The replicas of the bootstrap
    over original events have the same events in each call, so that two averages are compared
    replica by replica.
    """
    each = statistic if isinstance(statistic, Sequence) else [statistic] * len(scores)
    of = [prepare(events, score) for prepare, score in zip(each, scores, strict=True)]
    found = bootstrap(
        lambda weight: float(np.mean([one(weight) for one in of])),
        events.weight,
        events.original,
        replicas=replicas,
    )
    return Estimate.of(found.value, found.draws, np.array([one(events.weight) for one in of]))


def resampled(
    statistic: Callable[[LearningSet, Floats], Callable[[Floats], Floats]],
    events: LearningSet,
    scores: Sequence[Floats],
    *,
    replicas: int = 50,
) -> Floats:
    """Arrays of numbers, such as :func:`aucs_of`, of each training in the events and in replicas.

    Returns:
        Shape (trainings, 1 + replicas, ...), with the replicas of :func:`averaged`.
    """
    made = []
    for score in scores:
        of = statistic(events, np.asarray(score, dtype=float))
        draws = replicate(of, events.weight, events.original, replicas=replicas, seed=0)
        made.append(np.concatenate([of(events.weight)[np.newaxis], draws]))
    return np.array(made)


def estimated(numbers: Floats) -> Estimate:
    """The mean over trainings of one of the numbers of :func:`resampled`, as :func:`averaged`."""
    value, *draws = numbers.mean(axis=0)
    return Estimate.of(value, np.array(draws), numbers[:, 0])


def differences(
    found: Mapping[Any, Estimate], reference: Any, *, paired_seeds: bool = True
) -> pd.DataFrame:
    """Averages of several choices on the same events, and how they differ from the reference's.

    Where trainings of the same seed have something in common (``paired_seeds``), the spread of
    their differences counts; otherwise the variances of both means are added.

    Returns:
        A row for each choice (the index): its ``value`` and the ``difference``, in which the
        events are the same for both.
    """
    rows = {}
    for name, one in found.items():
        apart = one - found[reference]
        if not paired_seeds and one is not found[reference]:
            left, right = (replace(each, by_seed=None) for each in (one, found[reference]))
            seeds = [each.by_seed for each in (one, found[reference]) if each.by_seed is not None]
            spreads = [np.std(each, ddof=1) / len(each) ** 0.5 for each in seeds if len(each) > 1]
            apart = replace(apart, error=math.hypot((left - right).error, *spreads))
        rows[name] = {"value": one, "difference": apart}
    return pd.DataFrame.from_dict(rows, orient="index")
