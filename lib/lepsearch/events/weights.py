"""Physics weights: from generator weights to expected events."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from lepsearch.errors import InputError

__all__ = ("PB_IN_FB", "effective_size", "events_per_inverse_fb")

PB_IN_FB = 1000.0


def events_per_inverse_fb(
    cross_section_pb: float | None, sum_of_weights: float | None, sample: str = "the sample"
) -> float:
    """Expected events per inverse femtobarn and unit of generator weight.

    Times generator weight, scale factors and luminosity it is the number of events that a simulated
    one stands for; the sum over all generated events is cross section times luminosity.

    Args:
        cross_section_pb: Cross section, with filter efficiency, k-factor and branching ratios [pb].
        sum_of_weights: Sum of generator weights over every generated event, kept or not.
        sample: Name for the error message.

    Raises:
        InputError: A value is missing, zero or not finite.

    Examples:
        >>> events_per_inverse_fb(0.5, 1000.0)
        0.5
    """
    for name, value in (("cross section", cross_section_pb), ("sum of weights", sum_of_weights)):
        if value is None or value == 0 or not math.isfinite(value):
            msg = f"{sample}: the {name} is {value}, expected a finite number other than zero; "
            msg += "state it in the data manifest (or in samples.yaml beside your ntuples)"
            raise InputError(msg)
    assert cross_section_pb is not None
    assert sum_of_weights is not None
    return PB_IN_FB * cross_section_pb / sum_of_weights


def effective_size(weights: ArrayLike, event_number: ArrayLike) -> float:
    """Number of unweighted events that would know the sum of weights as well.

    It is (sum w)^2 / sum w^2 with w the weight of an original event: copies of one event, which
    have its number, are not independent, so their weights are summed first.

    Args:
        weights: Weights, shape (n,).
        event_number: Number of the event that each is a copy of, shape (n,); of one sample.

    Returns:
        The number; 0 without events.

    Examples:
        >>> effective_size([0.5, 0.5, 1.0], [1, 1, 2])
        2.0
    """
    _, place = np.unique(np.asarray(event_number), return_inverse=True)
    grouped = np.bincount(place.ravel(), np.asarray(weights, dtype=float))
    squares = float(np.sum(grouped**2))
    return float(np.sum(grouped)) ** 2 / squares if squares > 0 else 0.0
