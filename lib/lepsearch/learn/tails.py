"""How far out in the tails of background events lie, towards high values of chosen features."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, logit, ndtri_exp

from lepsearch.errors import one_of
from lepsearch.learn.labelled import LearningSet, background, complete
from lepsearch.learn.model import require
from lepsearch.learn.stored import Stored

__all__ = ("FittedTails", "Spread", "Tails", "normal_scores")

Floats = NDArray[np.float64]
TAIL = 4.0  # log-odds that the slope of a tail is taken over


@dataclass(frozen=True)
class Spread:
    """How the values of several numbers spread in background, in each pattern of others."""

    patterns: Floats  # values of the g others, shape (p, g); the first, NaN, stands for all events
    levels: Floats  # log-odds of the share of background below, shape (p, l), rising
    knots: Floats  # values at these levels, shape (p, k, l)

    @classmethod
    def of(cls, values: Floats, weights: Floats, given: Floats, *, least: int = 500) -> Self:
        """Measure values, shape (n, k), in patterns, shape (n, g), of at least so many events."""
        there = weights > 0  # the others would make the tails longer
        values, weights, given = values[there], weights[there], given[there]
        kinds, which, counts = np.unique(given, axis=0, return_inverse=True, return_counts=True)
        often = np.flatnonzero((counts >= least) & (given.shape[1] > 0))
        masks = [np.ones(len(values), dtype=bool), *(which.ravel() == i for i in often)]
        levels, knots = [], []
        for mask in masks:
            own, rows, end = weights[mask], [], np.log(2.0 * mask.sum())
            levels.append(np.linspace(-end, end, 257))
            for column in values[mask].T:
                order = np.argsort(column, kind="stable")
                below = (np.cumsum(own[order]) - own[order] / 2) / own.sum()
                odds = np.clip(logit(np.clip(below, 1e-15, 1 - 1e-15)), -end, end)
                row = np.interp(levels[-1], odds, column[order])
                slope = (row[-1] - np.interp(odds[-1] - TAIL, levels[-1], row)) / TAIL
                rows.append(row + slope * np.maximum(levels[-1] - odds[-1], 0))
            knots.append(rows)
        patterns = np.concatenate([np.full((1, given.shape[1]), np.nan), kinds[often]])
        return cls(patterns, np.array(levels), np.array(knots))

    def log_odds(self, values: Floats, given: Floats) -> Floats:
        """Log-odds of the share of background below each value, shape (n, k).

        Above the largest known value the share above falls exponentially, as over the last factor
        of e^4 below it; patterns that were rare are taken as all events.
        """
        found = np.empty_like(values)
        same = [(given == one).all(axis=1) & (given.shape[1] > 0) for one in self.patterns]
        same[0] = ~np.any(same[1:], axis=0) if len(same) > 1 else np.ones(len(values), dtype=bool)
        for mask, levels, knots in zip(same, self.levels, self.knots, strict=True):
            for i, own in enumerate(knots):
                x = values[mask, i]
                width = own[-1] - np.interp(levels[-1] - TAIL, levels, own)
                beyond = np.maximum(x - own[-1], 0) * (TAIL / width if width > 0 else 0)
                found[mask, i] = np.interp(x, own, levels) + beyond
        return found


@dataclass(frozen=True)
class FittedTails(Stored):
    """Tails that have been measured."""

    names: tuple[str, ...]  # the energies
    given: tuple[str, ...]  # what their spread depends on
    spread: Spread  # of each energy
    direction: Floats  # S^-1 1 of the normal scores; empty for tails that are summed

    def scores(self, events: LearningSet) -> Floats:
        """Score of each event, shape (n,), as :class:`Tails` says; raises as :func:`complete`."""
        odds = self.spread.log_odds(complete(events, self.names), complete(events, self.given))
        if len(self.direction):
            return np.asarray(normal_scores(odds) @ self.direction)
        return np.asarray(np.logaddexp(0.0, odds).sum(axis=1))


@dataclass(frozen=True)
class Tails:
    r"""How far out an event lies towards high energies, as new physics is hard and not only rare.

    With the share :math:`F_i` of background that has less of energy i, ``tails`` is
    :math:`-\sum_i \ln(1 - F_i)`. With the normal scores :math:`z_i = \Phi^{-1}(F_i)` and their
    covariance S, ``shift`` is :math:`1^T S^{-1} z`: the best linear test of a shift of all by the
    same in a Gaussian copula, which counts what is correlated once.
    """

    # features of which much is strange; all of the events' but the given by default
    energies: tuple[str, ...] | None = None
    # discrete features, such as flavours and numbers of jets; F is that of background that agrees
    # in all of them, where there are ``least`` training events
    given: tuple[str, ...] = ()
    how: Literal["tails", "shift"] = "tails"  # ``tails`` or ``shift``
    least: int = 500  # training events of a pattern from which on it has an F of its own
    seed: int = 1  # nothing is random

    def __post_init__(self) -> None:
        one_of("kind of tails", self.how, ("tails", "shift"))
        require(self, least=2)

    def fit(self, train: LearningSet, validation: LearningSet) -> FittedTails:
        """Measure the background of one part; the other is not looked at.

        Raises:
            InputError: As of ``background`` and :func:`complete`.
        """
        names = self.energies or tuple(one for one in train.names if one not in self.given)
        chosen = background(train, "training")
        values, given = complete(chosen, names), complete(chosen, self.given)
        weights, direction = chosen.training_weights, np.empty(0, dtype=np.float64)
        spread = Spread.of(values, weights, given, least=self.least)
        if self.how == "shift":
            normal = normal_scores(spread.log_odds(values, given))
            covariance = np.atleast_2d(np.cov(normal.T, aweights=weights))
            direction = np.asarray(np.linalg.solve(covariance, np.ones(len(names))))
        return FittedTails(tuple(names), self.given, spread, direction)


def normal_scores(odds: Floats) -> Floats:
    """Normal scores of shares, precise and finite where these are close to 1."""
    return np.asarray(-ndtri_exp(log_expit(-odds)))
