"""Reconstructed events in memory, in GeV and radians, whatever file they come from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.events.ragged import Lists

__all__ = ("Events", "Jets", "Leptons", "no_events")

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Leptons(Lists):
    """Electrons and muons, falling in pt.

    Attributes:
        pt: Transverse momentum [GeV].
        eta: Pseudorapidity.
        phi: Azimuth [rad].
        energy: Energy [GeV].
        charge: In units of the positron's.
        flavour: 11 or 13.
        z0: Distance from the primary vertex along the beam [mm].
        d0_significance: Significance of the distance across it, unsigned.
        tight: Whether identified at the release's working point.
        isolated: Likewise.
    """

    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats
    charge: NDArray[np.int32]
    flavour: NDArray[np.int32]
    z0: Floats
    d0_significance: Floats
    tight: Mask
    isolated: Mask


@dataclass(frozen=True)
class Jets(Lists):
    """Jets, falling in pt.

    Attributes:
        pt: Transverse momentum [GeV].
        eta: Pseudorapidity.
        phi: Azimuth [rad].
        energy: Energy [GeV].
        jvt: How likely they are from the primary vertex.
        b_tagged: Whether tagged at the release's working point.
    """

    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats
    jvt: Floats
    b_tagged: Mask


@dataclass(frozen=True)
class Events:
    """Reconstructed events; every attribute has one entry an event.

    Attributes:
        run: Run number.
        event: Event number, unique within a run (within a sample in simulation).
        generator_weight: Weight given by the generator; 1 in data.
        scale_factor: Product of the efficiency corrections in use; 1 in data.
        trigger: Whether a single-lepton trigger fired.
        leptons: Electrons and muons.
        jets: Jets.
        missing_pt: Missing transverse momentum [GeV].
        missing_phi: Its azimuth [rad].
    """

    run: NDArray[np.uint32]
    event: NDArray[np.uint64]
    generator_weight: Floats
    scale_factor: Floats
    trigger: Mask
    leptons: Leptons
    jets: Jets
    missing_pt: Floats
    missing_phi: Floats

    def __len__(self) -> int:
        return len(self.event)

    def __getitem__(self, which: Any) -> Events:
        """The events picked by a mask or a slice."""
        return replace(self, **{f.name: getattr(self, f.name)[which] for f in fields(self)})


def no_events() -> Events:
    """No event, with every field in place."""
    floats, flags, ints = np.empty(0), np.empty(0, dtype=bool), np.empty(0, dtype=np.int32)
    sizes = np.empty(0, dtype=np.int64)
    momenta = (floats,) * 4
    return Events(
        run=np.empty(0, dtype=np.uint32),
        event=np.empty(0, dtype=np.uint64),
        generator_weight=floats,
        scale_factor=floats,
        trigger=flags,
        leptons=Leptons(sizes, *momenta, ints, ints, floats, floats, flags, flags),
        jets=Jets(sizes, *momenta, floats, flags),
        missing_pt=floats,
        missing_phi=floats,
    )
