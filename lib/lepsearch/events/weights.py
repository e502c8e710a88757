"""Physics weights: from generator weights to expected events."""

from __future__ import annotations

import math

from lepsearch.errors import InputError

__all__ = ("PB_IN_FB", "events_per_inverse_fb")

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
