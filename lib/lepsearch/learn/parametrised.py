"""Classifiers that have the hypothesis as a further feature: P. Baldi et al., arXiv:1601.07913.

One training serves all hypotheses, such as masses, and an event has a score under each.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import one_of
from lepsearch.learn.labelled import LearningSet

__all__ = ("FittedParametrised", "Parametrised", "with_hypothesis")


def with_hypothesis(events: LearningSet, value: ArrayLike) -> LearningSet:
    """Events with a further feature ``hypothesis``: the same for all, or one each, shape (n,)."""
    column = np.broadcast_to(np.asarray(value, dtype=np.float32), len(events))
    features = np.column_stack([events.features, column])
    return replace(events, features=features, names=(*events.names, "hypothesis"))


@dataclass(frozen=True)
class FittedParametrised:
    """A classifier that has learned, and its hypotheses, rising."""

    model: Any
    values: tuple[float, ...]

    @property
    def history(self) -> pd.DataFrame:
        """That of the classifier."""
        found: pd.DataFrame = self.model.history
        return found

    def scores(self, events: LearningSet) -> NDArray[np.floating]:
        """Score of each event under each hypothesis, shape (n, hypotheses)."""
        each = [self.model.scores(with_hypothesis(events, value)) for value in self.values]
        return np.column_stack(each)


@dataclass(frozen=True)
class Parametrised:
    """A classifier and the hypothesis that each signal sample belongs to.

    A signal event learns with its own. A background event learns with that of a random signal
    event, drawn by training weight, so that the hypothesis alone says nothing about the class.
    """

    model: Any  # the classifier; it takes all features of the events
    values: tuple[tuple[str, float], ...]  # name and hypothesis of each signal sample
    seed: int = 1  # of the classifier and of the draw

    def fit(self, train: LearningSet, validation: LearningSet) -> FittedParametrised:
        """Teach the classifier; errors are its own, or a signal without a hypothesis."""
        model = replace(self.model, seed=self.seed)
        made = model.fit(*(self._taught(one) for one in (train, validation)))
        return FittedParametrised(made, tuple(sorted({value for _, value in self.values})))

    def _taught(self, events: LearningSet) -> LearningSet:
        """Events with the hypothesis that each learns with."""
        known, signal = dict(self.values), events.label
        for name in events.signals:
            one_of("signal with a hypothesis", name, known)
        of = np.array([known.get(name, np.nan) for name in events.sample_names])
        own, weights = of[events.sample], events.training_weights[signal]
        random = np.random.default_rng(self.seed)
        drawn = random.choice(own[signal], len(events), p=weights / weights.sum())
        return with_hypothesis(events, np.where(signal, own, drawn))
