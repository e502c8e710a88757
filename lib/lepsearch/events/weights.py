"""Physics weights: from generator weights to expected events."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError

__all__ = ("effective_size", "events_per_inverse_fb", "per_event", "physics_weight")

PB_IN_FB = 1000.0


def events_per_inverse_fb(
    cross_section_pb: float | None, sum_of_weights: float | None, sample: str = "the sample"
) -> float:
    """Expected events per inverse femtobarn and unit of generator weight.

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


def physics_weight(
    generator_weight: ArrayLike,
    scale_factor: ArrayLike,
    *,
    cross_section_pb: float,
    sum_of_weights: float,
    luminosity_fb: float,
) -> NDArray[np.float64]:
    """Expected number of events that each simulated event stands for.

    The weight is generator weight x scale factors x cross section x luminosity / sum of weights.
    Its sum over all generated events is the cross section times the luminosity.

    Args:
        generator_weight: Generator weights, of either sign, shape (n,).
        scale_factor: Product of the efficiency corrections, shape (n,).
        cross_section_pb: Cross section [pb].
        sum_of_weights: Sum of generator weights of the whole generated sample.
        luminosity_fb: Integrated luminosity [1/fb].

    Returns:
        The weights, shape (n,).

    Raises:
        InputError: The cross section or the sum of weights is zero or not finite.

    Examples:
        >>> physics_weight([1.0, -1.0], [1.0, 0.5], cross_section_pb=2.0, sum_of_weights=100.0,
        ...                luminosity_fb=10.0).tolist()
        [200.0, -100.0]
    """
    norm = events_per_inverse_fb(cross_section_pb, sum_of_weights) * luminosity_fb
    weight: NDArray[np.float64] = np.multiply(generator_weight, scale_factor, dtype=float) * norm
    return weight


def per_event(weights: ArrayLike, event: ArrayLike) -> NDArray[np.float64]:
    """Weights of original events: the sum over the copies of each.

    A simulated event may stand in a table several times, measured anew each time; the copies share
    its number, stand together and are not independent. Errors are therefore made of these sums.

    Args:
        weights: Weights, shape (n,).
        event: Number of the event that each is a copy of, shape (n,); copies next to each other.

    Returns:
        One weight an original event, in order.

    Raises:
        InputError: The numbers of weights and events differ.

    Examples:
        >>> per_event([0.5, 0.5, 1.0, 2.0], [7, 7, 8, 7]).tolist()
        [1.0, 1.0, 2.0]
    """
    values, numbers = np.asarray(weights, dtype=float), np.asarray(event)
    if values.shape != numbers.shape:
        msg = (
            f"per_event: {values.shape} weights and {numbers.shape} event numbers, expected as many"
        )
        raise InputError(msg)
    if not len(values):
        return values
    starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
    summed: NDArray[np.float64] = np.add.reduceat(values, starts)
    return summed


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
    values = np.asarray(weights, dtype=float)
    _, place = np.unique(np.asarray(event_number), return_inverse=True)
    grouped = np.bincount(place.ravel(), values)
    squares = float(np.sum(grouped**2))
    return float(np.sum(grouped)) ** 2 / squares if squares > 0 else 0.0
