r"""Weights to train with, made from physics weights and labels; physics weights stay as they are.

With weights :math:`w_i` of n events the loss of a classifier is :math:`\sum_i w_i l_i / n`, and the
best output at a point is the share of the signal's weight there: any scheme that multiplies one
class by a constant moves the output by a monotone function and changes no ROC curve in principle.
What does differ is which samples inside a class count, and how well the training converges: the
division is by the number of events, so the scale of the weights is that of the gradient, which L2
terms and the steps of the optimiser don't share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError, one_of
from lepsearch.learn.labelled import LearningSet

__all__ = ("NEGATIVE", "SCHEMES", "Balance", "Negative", "Scheme", "Weighting", "balance")

Floats = NDArray[np.float64]
Scheme = Literal[
    "physics",  # expected events, as in the evaluation
    "unit",  # every simulated event counts as one
    "ratio",  # signal 1, background the number of signal events over that of background events
    "signal_up_raw",  # expected events, the signal's times background over signal in raw events
    "signal_up_weighted",  # the same in weight
    "background_down_raw",  # expected events, the background's times signal over background, raw
    "background_down_weighted",  # the same in weight
]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)
Negative = Literal["clipped", "absolute", "kept"]

NEGATIVE: Final[dict[Negative, str]] = {
    "clipped": "set to 0, which removes these events from the training: the loss stays bounded "
    "below, and where few events are negative the shapes hardly change",
    "absolute": "taken by their size: all events are used, and regions in which negative events "
    "should cancel positive ones count too much",
    "kept": "left negative: the loss is unbiased but has no lower bound on finite samples, and a "
    "large network can run away",
}


@dataclass(frozen=True)
class Balance:
    """How uneven the classes are: signal over background, ``raw`` in events and in weight."""

    raw: float
    weighted: float


def balance(label: ArrayLike, weight: ArrayLike) -> Balance:
    """Compare the sizes of both classes, of labels and physics weights of shape (n,).

    Raises:
        InputError: A class has no events, or no positive sum of weights.

    Examples:
        >>> balance([True, False, False], [0.5, 4.0, 6.0])
        Balance(raw=0.5, weighted=0.05)
    """
    labels, weights = np.asarray(label, dtype=bool), np.asarray(weight, dtype=float)
    sums = []
    for name, mask in (("signal", labels), ("background", ~labels)):
        sums.append(float(weights[mask].sum()))
        if not sums[-1] > 0:
            msg = f"{name}: {mask.sum()} events with a sum of weights of {sums[-1]:g}; "
            msg += "training needs a positive sum in both classes"
            raise InputError(msg)
    return Balance(int(labels.sum()) / int((~labels).sum()), sums[0] / sums[1])


@dataclass(frozen=True)
class Weighting:
    """How events count in a training; called with events, it gives their weights, shape (n,).

    Negative weights are dealt with first, and each class is then scaled back to the sum that it had
    with them, so that no choice changes how much a class counts. Last, all are scaled to a mean of
    1: the optimum does not move, but the learning rate and the strength of regularisation keep
    their meaning from scheme to scheme.

    Raises:
        InputError: No such scheme or choice, or a ratio that is not positive.
    """

    # one of ``SCHEMES``. The four balanced ones multiply physics weights by a constant for one
    # class (chapter 5.2.4 of thesis B); ``ratio`` is that of its chapter 5.2.3.
    scheme: Scheme = "unit"
    # what is done about negative weights; ``NEGATIVE`` gives the reasons
    negative: Negative = "clipped"
    # signal over background in raw events, for the schemes that use it; by default that of the
    # events. How many events were simulated is a choice, so another analysis with the same expected
    # events has another ratio.
    raw_ratio: float | None = None
    # mean of the weights under each scheme, where they are not to be 1; it has an effect only on
    # models that do not normalise weights themselves
    mean_weight: Mapping[str, float] | None = None
    background: float = 1.0  # factor of the background's weights, before they are normalised
    # samples or groups of signals to learn from, with all backgrounds; events of other signals have
    # a weight of 0, and the mean is that of the others. By default all.
    signals: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        one_of("scheme", self.scheme, SCHEMES)
        one_of("treatment of negative weights", self.negative, NEGATIVE)
        if self.raw_ratio is not None and not self.raw_ratio > 0:
            msg = f"signal over background in raw events is {self.raw_ratio:g}; "
            msg += "expected a positive ratio"
            raise InputError(msg)

    def __call__(self, events: LearningSet) -> Floats:
        """Training weights of events, which need no labels where each counts the same.

        Raises:
            InputError: A class has no positive sum of weights, or a signal has no events.
        """
        if self.signals is not None:
            learned = np.any([events.is_of(name) for name in self.signals], axis=0)
            weights = np.zeros(len(events))
            weights[learned] = replace(self, signals=None)(events.take(learned))
            return weights
        if self.scheme == "unit":
            weights = np.ones(len(events.weight))
        else:
            weights = self._of_scheme(events.label, events.weight)
            weights = weights / weights.mean()
        if self.background != 1.0:
            weights[~events.label] *= self.background
            weights = weights / weights.mean()
        return weights * (1.0 if self.mean_weight is None else self.mean_weight[self.scheme])

    def _of_scheme(self, labels: NDArray[np.bool_], physics: Floats) -> Floats:
        """Weights before they are normalised."""
        sizes = balance(labels, physics)
        raw = sizes.raw if self.raw_ratio is None else self.raw_ratio
        if self.scheme == "ratio":
            return np.where(labels, 1.0, raw)
        factors = {
            "physics": (1.0, 1.0),
            "signal_up_raw": (1 / raw, 1.0),
            "signal_up_weighted": (1 / sizes.weighted, 1.0),
            "background_down_raw": (1.0, raw),
            "background_down_weighted": (1.0, sizes.weighted),
        }
        return _positive(physics, labels, self.negative) * np.where(labels, *factors[self.scheme])


def _positive(weights: Floats, labels: NDArray[np.bool_], negative: Negative) -> Floats:
    """Weights without negative ones, if so asked, with the sum of each class as before."""
    if negative == "kept":
        result = weights.copy()
    else:
        result = np.maximum(weights, 0.0) if negative == "clipped" else np.abs(weights)
    for mask in (labels, ~labels):
        result[mask] *= weights[mask].sum() / result[mask].sum()
    return result
