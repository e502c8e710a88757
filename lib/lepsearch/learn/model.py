"""What every model that learns from events can do, so that one experiment runs them all.

A model is a frozen dataclass of settings, among them a ``seed``: networks now, and trees,
autoencoders and densities alike. It need not look at labels, and its scores, higher for what looks
more like signal, need not be probabilities. An own model is a dataclass in a module::

    @dataclass(frozen=True)
    class Trees:
        depth: int = 3
        seed: int = 1

        def fit(self, train, validation):
            made = HistGradientBoostingClassifier(max_depth=self.depth, random_state=self.seed)
            made.fit(train.features, train.label, train.training_weight)
            return FittedTrees(made)
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.learn.labelled import LearningSet

__all__ = ("Fitted", "Model", "best_epoch")


class Model(Protocol):
    """Settings of something that learns; its ``repr`` tells it from every other."""

    @property
    def seed(self) -> int:
        """Seed of all that is random in the training."""

    def fit(self, train: LearningSet, validation: LearningSet) -> Fitted:
        """Learn from one part of the events; a second may say when to stop.

        Events count with ``training_weight``, where it is given.
        """


class Fitted(Protocol):
    """A model that has learned."""

    @property
    def history(self) -> pd.DataFrame:
        """What was noted during the training, a row an epoch; may be empty."""

    def scores(self, events: LearningSet) -> NDArray[np.floating]:
        """A number for each event, shape (n,), without NaN."""

    def save(self, path: Path) -> None:
        """Store it, whole or not at all."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """A stored one."""


def best_epoch(history: pd.DataFrame) -> int:
    """The epoch that is marked as the ``best``; 0 if none is."""
    best = history.index[history["best"]].tolist() if "best" in history else []
    return int(best[0]) if best else 0
