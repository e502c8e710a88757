"""Several models as one: the p-values of an event under background, combined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import one_of
from lepsearch.learn.labelled import LearningSet, background, complete
from lepsearch.learn.model import Fitted
from lepsearch.learn.stored import Stored
from lepsearch.learn.tails import Spread

__all__ = ("Combined", "FittedCombined")

Floats = NDArray[np.float64]
How = Literal["sum", "largest"]


@dataclass(frozen=True)
class FittedCombined(Stored):
    """Models that have learned, and the spread of their scores in validation background."""

    models: tuple[Any, ...]
    how: How
    given: tuple[str, ...]
    spread: Spread

    def minus_log_p(self, events: LearningSet) -> Floats:
        """Minus the logarithm of each model's p-value of each event, shape (n, models)."""
        values = _scores(self.models, events)
        odds = self.spread.log_odds(values, complete(events, self.given))
        return np.asarray(np.logaddexp(0.0, odds))

    def scores(self, events: LearningSet) -> Floats:
        """Sum or largest of :meth:`minus_log_p`, shape (n,)."""
        found = self.minus_log_p(events)
        return np.asarray(found.sum(axis=1) if self.how == "sum" else found.max(axis=1))


@dataclass(frozen=True)
class Combined:
    r"""Several models of background as one.

    The p-value of an event is the share of validation background that a model scores above it. The
    score is :math:`-\sum \ln p` (Fisher) or the largest :math:`-\ln p`.
    """

    models: tuple[Any, ...]  # the models; their seeds are replaced by this one's and the following
    how: How = "sum"  # ``sum`` or ``largest``
    # discrete features; p is that among background that agrees in all of them, where there are
    # ``least`` validation events, so that no pattern is strange as such
    given: tuple[str, ...] = ()
    least: int = 500  # validation events of a pattern from which on it has p-values of its own
    seed: int = 1  # of the models

    def __post_init__(self) -> None:
        one_of("way to combine", self.how, ("sum", "largest"))

    def fit(self, train: LearningSet, validation: LearningSet) -> FittedCombined:
        """Fit the models, and measure their scores on the background of the second part."""
        seeded = [replace(one, seed=self.seed + i) for i, one in enumerate(self.models)]
        made = tuple(one.fit(train, validation) for one in seeded)
        judged = background(validation, "validation")
        values, given = _scores(made, judged), complete(judged, self.given)
        spread = Spread.of(values, judged.training_weights, given, least=self.least)
        return FittedCombined(made, self.how, self.given, spread)


def _scores(models: Sequence[Fitted], events: LearningSet) -> Floats:
    return np.column_stack([one.scores(events).astype(np.float64) for one in models])
