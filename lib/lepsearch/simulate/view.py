"""What a perfect detector would look at: particles of the events that have enough leptons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.candidates import Candidates, find_candidates
from lepsearch.simulate.generate import Kinds, Particles
from lepsearch.simulate.geometry import Floats, Ints, azimuth, count, pseudorapidity
from lepsearch.simulate.loops import visible_particles
from lepsearch.simulate.objects import Objects, stacked
from lepsearch.simulate.response_table import Response

__all__ = ("EventView", "Heavy", "Visible", "view_events")


@dataclass(frozen=True)
class Visible(Objects):
    """Final particles in the calorimeters' acceptance, without neutrinos and dark matter.

    Attributes:
        pdg: Particle number.
        px, py, pz, e, pt: Momentum [GeV].
        charged: Whether it leaves a track.
    """

    pdg: NDArray[np.int32]
    px: Floats
    py: Floats
    pz: Floats
    e: Floats
    pt: Floats
    charged: NDArray[np.bool_]


@dataclass(frozen=True)
class Heavy(Objects):
    """The b hadrons, c hadrons and taus that give jets their flavour.

    Attributes:
        eta, phi: Direction.
        flavour: 5, 4 or 15.
    """

    eta: Floats
    phi: Floats
    flavour: Ints


@dataclass(frozen=True)
class EventView:
    """The events of one batch or of several that have enough prompt leptons.

    Attributes:
        generated: Number of events looked at.
        sum_of_weights: Of all these.
        place: Places of the events among these, rising.
        weight: Generator weights.
        visible: Particles, by event.
        heavy: Heavy flavours, by event.
        leptons: Leptons found, with places among ``visible``.
    """

    generated: int
    sum_of_weights: float
    place: Ints
    weight: Floats
    visible: Visible
    heavy: Heavy
    leptons: Candidates

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def joined(cls, views: Sequence[EventView]) -> EventView:
        """The events of several batches as those of one."""
        if len(views) == 1:
            return views[0]
        lengths = [len(one) for one in views]
        before = np.cumsum([0] + [one.generated for one in views[:-1]])
        particles = np.cumsum([0] + [len(one.visible.pt) for one in views[:-1]])
        leptons = [
            replace(one.leptons, place=one.leptons.place + first)
            for one, first in zip(views, particles, strict=True)
        ]
        return cls(
            generated=sum(one.generated for one in views),
            sum_of_weights=sum(one.sum_of_weights for one in views),
            place=np.concatenate([v.place + first for v, first in zip(views, before, strict=True)]),
            weight=np.concatenate([one.weight for one in views]),
            visible=stacked([one.visible for one in views], lengths),
            heavy=stacked([one.heavy for one in views], lengths),
            leptons=stacked(leptons, lengths),
        )


def view_events(
    particles: Particles,
    kinds: Kinds,
    rng: np.random.Generator,
    table: Response,
    min_leptons: int,
) -> EventView:
    """Look for leptons in a batch, and at the events that have enough.

    Args:
        particles: A batch of events.
        kinds: Properties of particles.
        rng: Source of randomness.
        table: The detector's numbers.
        min_leptons: Prompt leptons that must be found in an event.
    """
    found = find_candidates(particles, table, rng)
    enough = count(found.event[found.prompt], len(particles.weight)) >= min_leptons
    chosen = np.flatnonzero(enough)
    momentum = (particles.px, particles.py, particles.pz, particles.e)
    place, event, pt, charged, heavy, of_heavy, flavour = visible_particles(
        particles.offsets, chosen, particles.pdg, particles.final, momentum,
        kinds.known, kinds.charged, kinds.visible,
        np.sinh(table.calorimeter_max_eta), table.flavour_min_pt,
    )  # fmt: skip
    px, py, pz, e = (one[place] for one in momentum)
    x, y, z = (one[heavy] for one in momentum[:3])
    found = found.take(enough[found.event])
    return EventView(
        generated=len(particles.weight),
        sum_of_weights=float(particles.weight.sum()),
        place=chosen,
        weight=particles.weight[chosen],
        visible=Visible(event, particles.pdg[place], px, py, pz, e, pt, charged),
        heavy=Heavy(of_heavy, pseudorapidity(x, y, z), azimuth(x, y), flavour),
        leptons=replace(
            found,
            event=np.searchsorted(chosen, found.event),
            place=np.searchsorted(place, found.place),
        ),
    )
