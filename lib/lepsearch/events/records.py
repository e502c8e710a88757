"""Reconstructed events in memory, in GeV and radians, whatever file they come from.

The objects of all events stand in flat columns beside the number of objects of each event, on which
plain NumPy works: most of a skim's time once went into lists of records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ("Events", "Jets", "Leptons", "Lists", "Momenta", "leading")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Lists:
    """Objects of n events, falling in pt; those of one event stand together, in its order.

    Subclasses add columns: one value an object, of all events one after another.

    Examples:
        >>> lists = Lists(np.array([3, 0, 1]), *np.ones((4, 4)))
        >>> values = np.array([1.0, 2.0, 3.0, 4.0])
        >>> lists.total(values).tolist(), lists.count(values > 1.5).tolist()
        ([6.0, 0.0, 4.0], [2, 0, 1])
        >>> lists.padded(values, 2).tolist()
        [[1.0, 2.0], [nan, nan], [4.0, nan]]
        >>> lists[[True, False, True]].sizes.tolist()
        [3, 1]
    """

    sizes: Ints  # number of objects of each event, shape (n,)
    pt: Floats  # transverse momentum of each object [GeV]
    eta: Floats  # pseudorapidity
    phi: Floats  # azimuth [rad]
    energy: Floats  # energy [GeV]

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def stops(self) -> Ints:
        """Place after each event's last object, shape (n,)."""
        return np.cumsum(self.sizes)

    @cached_property
    def event(self) -> Ints:
        """Place of each object's event."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def __getitem__(self, which: Any) -> Self:
        """The objects of the events picked by a mask or a slice."""
        sizes, stops = self.sizes[which], self.stops[which]
        shift = stops - np.cumsum(sizes)  # of each picked event's objects from where they were
        return self._at(sizes, np.arange(sizes.sum()) + np.repeat(shift, sizes))

    def keep(self, mask: Mask) -> Self:
        """The marked objects of the same events."""
        return self._at(self.count(mask), np.flatnonzero(mask))

    def ordered(self) -> Self:
        """The same objects, falling in pt."""
        return self._at(self.sizes, np.lexsort((-self.pt, self.event)))

    def _at(self, sizes: Ints, place: Ints) -> Self:
        columns = (getattr(self, field.name)[place] for field in fields(self)[1:])
        return type(self)(sizes, *columns)

    def total(self, values: ArrayLike) -> Floats:
        """Sum over each event's objects, shape (n,); 0 without any."""
        return np.bincount(self.event, np.asarray(values), len(self)).astype(float, copy=False)

    def count(self, mask: Mask) -> Ints:
        """Number of each event's marked objects, shape (n,)."""
        before = np.concatenate([[0], np.cumsum(mask)])
        return np.asarray(before[self.stops] - before[self.stops - self.sizes])

    def padded(self, values: NDArray[Any], count: int) -> Floats:
        """Values of the first ``count`` objects, shape (n, count); NaN where there are fewer.

        The first objects stand together in memory, then the second ones: columns are quick.
        """
        place = (self.stops - self.sizes) + np.arange(count)[:, np.newaxis]
        place[place >= self.stops] = len(values)
        return np.asarray(np.append(values.astype(float, copy=False), np.nan)[place].T)


@dataclass(frozen=True)
class Momenta:
    """Momenta as in :class:`Lists`, of shape (n, count); NaN where an event has fewer objects."""

    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats


def leading(objects: Lists, count: int) -> Momenta:
    """Momenta of the first ``count`` objects of each event."""
    columns = (objects.pt, objects.eta, objects.phi, objects.energy)
    return Momenta(*(objects.padded(column, count) for column in columns))


@dataclass(frozen=True)
class Leptons(Lists):
    """Electrons and muons."""

    charge: NDArray[np.int32]  # in units of the positron's
    flavour: NDArray[np.int32]  # 11 or 13
    z0: Floats  # distance from the primary vertex along the beam [mm]
    d0_significance: Floats  # significance of the distance across it, unsigned
    tight: Mask  # whether identified at the release's working point
    isolated: Mask  # likewise
    fake: Mask  # whether simulated and not matched to a generated prompt lepton


@dataclass(frozen=True)
class Jets(Lists):
    """Jets."""

    jvt: Floats  # how likely they are from the primary vertex
    b_tagged: Mask  # whether tagged at the release's working point


@dataclass(frozen=True)
class Events:
    """Reconstructed events; every attribute has one entry an event.

    As read, ``scale_factor`` and ``trigger`` have a field for each region; ``of`` takes one.
    """

    run: NDArray[np.uint32]  # run number
    event: NDArray[np.uint64]  # event number, unique within a run
    # which event it is: the entry in its file of the event's first copy. Copies have one run and
    # number and stand together; the same further on is another job's event.
    original: NDArray[np.int64]
    generator_weight: Floats  # weight given by the generator; 1 in data
    scale_factor: NDArray[Any]  # product of the efficiency corrections in use; 1 in data
    trigger: NDArray[Any]  # whether a trigger in use fired
    leptons: Leptons  # electrons and muons
    jets: Jets  # jets
    missing_pt: Floats  # missing transverse momentum [GeV]
    missing_phi: Floats  # its azimuth [rad]
    # what the file says of its sample, beside the events: each value found of ``cross_section_pb``,
    # ``sum_of_weights``, ``channel`` and ``recipe``
    stated: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, kw_only=True)

    def __len__(self) -> int:
        return len(self.event)

    def __getitem__(self, which: Any) -> Self:
        """The events picked by a mask or a slice."""
        names = [one.name for one in fields(self) if one.name != "stated"]
        return replace(self, **{name: getattr(self, name)[which] for name in names})

    def of(self, region: str) -> Self:
        """The events with the trigger and the corrections of a region."""
        return replace(self, trigger=self.trigger[region], scale_factor=self.scale_factor[region])

    @property
    def weight(self) -> Floats:
        """Generator weight times scale factors, shape (n,)."""
        return np.asarray(self.generator_weight * self.scale_factor)
