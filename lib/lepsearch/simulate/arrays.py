"""Objects of many events as flat arrays: angles, pairs within events, what collections share."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = (
    "Bools",
    "Collection",
    "Floats",
    "Ints",
    "count",
    "delta_r2",
    "joined",
    "pairs",
    "pseudorapidity",
    "total",
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
T = TypeVar("T", bound="Collection")

BEAM_ETA = 20.0  # stands for particles along the beam, outside of every acceptance


def pseudorapidity(px: Floats, py: Floats, pz: Floats) -> Floats:
    """Pseudorapidity; +-20 along the beam."""
    pt = np.hypot(px, py)
    along = pt <= 1e-6
    eta = np.arcsinh(pz / np.where(along, 1.0, pt))
    return np.where(along, np.copysign(BEAM_ETA, pz), eta)


def delta_r2(eta1: Floats, phi1: Floats, eta2: Floats, phi2: Floats) -> Floats:
    """Squared distance in pseudorapidity and azimuth."""
    dphi = np.mod(phi1 - phi2 + np.pi, 2 * np.pi) - np.pi
    result: Floats = (eta1 - eta2) ** 2 + dphi**2
    return result


def pairs(left: Ints, right: Ints, n_events: int) -> tuple[Ints, Ints]:
    """All pairs of objects of the same event.

    Args:
        left: Event numbers of the first objects, in any order.
        right: Event numbers of the second objects, rising.
        n_events: Number of events; the numbers are below it.

    Returns:
        Places in ``left`` and in ``right``, pair by pair.

    Examples:
        >>> a, b = pairs(np.array([0, 1]), np.array([0, 0, 1]), 2)
        >>> a.tolist(), b.tolist()
        ([0, 0, 1], [0, 1, 2])
    """
    in_right = count(right, n_events)
    first = np.cumsum(in_right) - in_right
    partners = in_right[left]
    place_left = np.repeat(np.arange(len(left)), partners)
    before = np.cumsum(partners) - partners
    within = np.arange(len(place_left)) - np.repeat(before, partners)
    return place_left, np.repeat(first[left], partners) + within


def count(event: Ints, n_events: int) -> Ints:
    """Number of objects in each event."""
    return np.bincount(event, minlength=n_events)


def total(event: NDArray[Any], values: Floats, n_events: int) -> Floats:
    """Sum of a quantity over each event's objects."""
    # NumPy's stubs know only the integers of a plain count
    return np.asarray(np.bincount(event, values, minlength=n_events), dtype=np.float64)


@dataclass(frozen=True)
class Collection:
    """Leptons, jets or particles of many events, one value each in every array."""

    event: Ints  # number of the event

    def take(self, which: Bools | Ints) -> Self:
        """The objects of a mask, or in another order."""
        return type(self)(**{one.name: getattr(self, one.name)[which] for one in fields(self)})

    def moved(self, by: int) -> Self:
        """The objects with ``by`` added to the numbers of their events."""
        return replace(self, event=self.event + by)

    def copied(self, times: Ints) -> Self:
        """The objects of event e ``times[e]`` times; events are numbered anew, in the same order.

        Events that were in rising order stay so.
        """
        own = times[self.event]
        before = np.cumsum(times) - times
        index = np.repeat(np.arange(len(self.event)), own)
        within = np.arange(len(index)) - np.repeat(np.cumsum(own) - own, own)
        event = before[self.event[index]] + within
        order = np.argsort(event, kind="stable")
        return replace(self.take(index[order]), event=event[order])


def joined(parts: Sequence[T]) -> T:
    """Several collections of the same events, one after another."""
    return type(parts[0])(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(parts[0])
        }
    )
