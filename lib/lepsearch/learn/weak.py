"""Weak supervision: models that tell recorded from simulated events know signal by no label.

What separates a mixture with signal from background separates signal from background (CWoLa,
arXiv:1708.02949; with boosted trees, arXiv:2309.13111).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from lepsearch.learn.cuts import efficiency_cut
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import Model
from lepsearch.stats.estimate import Estimate, total
from lepsearch.stats.exact import exact_z

__all__ = ("Weak", "drawn", "search")

MOST = 0.5  # chance of an original event to be drawn


def drawn(
    events: LearningSet, share: float, seed: int, *, injected: float = 0.0, kept: float = 1.0
) -> LearningSet:
    """Pseudo-data, labelled, with weights of 1, and background simulation to compare them with.

    A background event becomes data with the chance that its weight is at a share of the luminosity,
    at most one half. Of the others a share ``kept`` is the simulation, weighted as if all were
    there. No event is twice or in both; both expect the same and, for Poisson distributed generated
    events, are independent. Negative weights count as 0. So many signal events are expected in the
    data.
    """
    random = np.random.default_rng([seed, 1])
    weight, original = np.maximum(events.weight, 0.0) * share, events.original
    if signal := weight[events.label].sum():
        weight[events.label] *= injected / signal
    sums = np.bincount(original, weight)
    weight *= (MOST / np.maximum(sums, MOST))[original]
    sums = np.minimum(sums, MOST)
    order, upto = np.argsort(original, kind="stable"), np.empty(len(events))
    upto[order] = np.cumsum(weight[order])  # copies share the interval from 0 to their sum
    upto -= (np.cumsum(sums) - sums)[original]
    chance, left = random.random((2, len(sums)))[:, original]
    data = (upto - weight <= chance) & (chance < upto)
    other = ~events.label & (chance >= sums[original]) & (left < kept)
    made = np.where(data, 1.0, weight / (1 - sums[original]) / kept)
    return replace(events, label=data, weight=made).take(data | other)


@dataclass(frozen=True)
class Weak:
    """Two models, number of data above their cuts, and simulated events there."""

    models: tuple[Any, ...]
    observed: int
    expected: Estimate

    @property
    def p_value(self) -> float:
        """Chance of as many events or more without signal; NaN if none is expected."""
        if not self.expected.value > 0:
            return np.nan
        return float(norm.sf(exact_z(self.observed, self.expected.value, self.expected.error)))

    def scores(self, events: LearningSet) -> NDArray[np.float64]:
        """Mean score of both models, shape (n,)."""
        return np.asarray(np.mean([one.scores(events) for one in self.models], axis=0), float)


def search(both: LearningSet, model: Model, keep: float, seed: int) -> Weak:
    """Train on half of what :func:`drawn` gives, count in the other half, and the same in turn.

    The cut leaves a share ``keep`` of the simulation that the model was trained on.
    """
    half = np.random.default_rng([seed, 2]).integers(0, 2, both.original.max() + 1)[both.original]
    models, observed, expected = [], 0, Estimate(0.0, 0.0)
    for one in (0, 1):
        learn, judge = both.take(half == one), both.take(half != one)
        models.append(model.fit(replace(learn, training_weight=learn.weight), learn))
        scores = (np.asarray(models[-1].scores(each), float) for each in (learn, judge))
        cut = efficiency_cut(replace(learn, label=~learn.label), next(scores), keep)
        above = judge.take(next(scores) >= cut)
        observed += int(above.label.sum())
        expected += total(above.weight[~above.label], above.original[~above.label])
    return Weak(tuple(models), observed, expected)
