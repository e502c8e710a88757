r"""Efficiencies against cuts on a score, and the area under their curve, with signed weights.

A sum of weights estimates a number of expected events whatever the signs, so negative weights stay
in: efficiencies may then rise above 1 or fall on the way, and the area under the curve is the
weighted Mann-Whitney statistic

.. math:: A = \frac{\sum_{i \in s} \sum_{j \in b} w_i w_j [\theta(x_i > x_j) + \frac12 (x_i = x_j)]}
               {\sum_{i \in s} w_i \sum_{j \in b} w_j},

the probability that a signal event scores above a background event.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError
from lepsearch.stats.copies import per_original
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.significance import refuse

__all__ = ("Ranking", "Roc", "checked", "roc")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Roc:
    """Efficiencies of ``score >= threshold``, from the tightest cut to none."""

    background: Floats  # efficiency for background, shape (m,)
    signal: Floats  # efficiency for signal, shape (m,)
    threshold: Floats  # the cuts, falling; the first is infinite

    @property
    def area(self) -> float:
        """Area under the curve, by trapezoids, which count ties as one half; NaN without events."""
        if len(self.threshold) < 2:
            return np.nan
        return float(np.trapezoid(self.signal, self.background))


class Ranking:
    """Events in the order of their score; sorted once, for any weights."""

    def __init__(self, score: ArrayLike, label: ArrayLike) -> None:
        """Sort events, given the score of each and whether it is signal.

        Raises:
            InputError: A score is NaN, a label is neither 0 nor 1, or their numbers differ.
        """
        self._score, self._label, _ = checked(score, label)
        self._order = np.argsort(-self._score, kind="stable")
        self._signal = self._label[self._order]

    @cached_property
    def _last(self) -> NDArray[np.intp]:
        """Place of the last event of each group of equal scores."""
        ranked = self._score[self._order]
        return np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)])

    def roc(self, weight: ArrayLike | None = None) -> Roc:
        """The curve; NaN where a class has no positive sum of weights."""
        weights = _weights(weight, len(self._score))[self._order]
        background, signal = (
            _share(np.cumsum(np.where(mask, weights, 0.0))[self._last])
            for mask in (~self._signal, self._signal)
        )
        return Roc(background, signal, np.append(np.inf, self._score[self._order][self._last]))

    def auc(self, weight: ArrayLike | None = None, original: ArrayLike | None = None) -> Estimate:
        """Area under the curve and its statistical error, without resampling.

        The error is the root of the summed squares of each original event's influence on the area
        (DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837, with weights); it agrees with
        ``estimate.bootstrap`` at the cost of one sorting. The area is NaN where a class has no
        positive sum of weights.

        Raises:
            InputError: A weight is not finite, or an array has another length.

        Examples:
            >>> print(Ranking([0.1, 0.4, 0.4, 0.8], [False, True, False, True]).auc())
            0.88 ± 0.12
        """
        weights = _weights(weight, len(self._score))
        curve = self.roc(weights)
        tie = np.searchsorted(self._last, np.arange(len(weights)))
        place = np.empty_like(tie)
        place[self._order] = tie  # of each event, the group of equal scores
        area, signal = curve.area, self._label
        # share of the other class that is ranked on the right side of each event
        beaten_b = 1 - (curve.background[:-1] + curve.background[1:])[place] / 2
        beaten_s = (curve.signal[:-1] + curve.signal[1:])[place] / 2
        of_class = np.where(signal, weights[signal].sum(), weights[~signal].sum())
        with np.errstate(invalid="ignore", divide="ignore"):
            influence = weights * (np.where(signal, beaten_b, beaten_s) - area) / of_class
        return Estimate(area, float(np.sqrt(np.sum(per_original(influence, original) ** 2))))


def roc(score: ArrayLike, label: ArrayLike, weight: ArrayLike | None = None) -> Roc:
    """Efficiencies at every cut on the score, shape (n,); it raises as :func:`checked` does.

    Examples:
        >>> roc([0.1, 0.4, 0.8], [False, True, True]).signal.tolist()
        [0.0, 0.5, 1.0, 1.0]
    """
    return Ranking(score, label).roc(weight)


def _share(cumulative: Floats) -> Floats:
    """Cumulative sums, from 0, as shares of the last; NaN if it is not positive."""
    total = cumulative[-1] if len(cumulative) else 0.0
    return np.append(0.0, cumulative) / (total if total > 0 else np.nan)


def _weights(weight: ArrayLike | None, count: int) -> Floats:
    weights = np.ones(count) if weight is None else np.asarray(weight, dtype=float)
    if weights.shape != (count,):
        msg = f"expected a weight for each of {count} scores, got an array of {weights.shape}"
        raise InputError(msg)
    refuse(~np.isfinite(weights), weights, "weights", "finite numbers; leave the events out")
    return weights


def checked(
    score: ArrayLike, label: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Scores, labels and weights (1 by default) as arrays of one length.

    Raises:
        InputError: Their lengths differ, a score is NaN (infinite ones are ranked), a label is
            neither 0 nor 1, or a weight is not finite.
    """
    scores, given = np.asarray(score, dtype=float), np.asarray(label)
    labels = np.asarray(given == 1, dtype=bool)
    if scores.ndim != 1 or labels.shape != scores.shape:
        msg = f"expected one score and one label an event, got {scores.shape} and {labels.shape}"
        raise InputError(msg)
    if np.isnan(scores).any():
        msg = f"{np.isnan(scores).sum()} of {len(scores)} scores are NaN; did the training diverge?"
        raise InputError(msg)
    if given.dtype != bool:
        refuse(~(labels | (given == 0)), given, "labels", "False or True, or 0 or 1")
    return scores, labels, _weights(weight, len(scores))
