"""What a perfect detector would look at: particles of the events that have enough leptons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lepsearch.constants import ELECTRON
from lepsearch.simulate.arrays import Bools, Collection, Floats, Ints, count, joined, pseudorapidity
from lepsearch.simulate.loops import final_leptons, visible_particles
from lepsearch.simulate.pythia import Kinds, Particles
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.tau_spin import spin_weights

__all__ = ("Candidates", "EventView", "Heavy", "Visible", "efficiency", "turn_on", "view_events")


@dataclass(frozen=True)
class Visible(Collection):
    """Final particles in the calorimeters' acceptance, without neutrinos and dark matter."""

    pdg: NDArray[np.int32]  # particle number
    # px, py, pz, e, pt: momentum [GeV]
    px: Floats
    py: Floats
    pz: Floats
    e: Floats
    pt: Floats
    charged: Bools  # whether it leaves a track


@dataclass(frozen=True)
class Heavy(Collection):
    """The b hadrons, c hadrons and taus that give jets their flavour."""

    # eta, phi: direction
    eta: Floats
    phi: Floats
    flavour: Ints  # 5, 4 or 15


@dataclass(frozen=True)
class Candidates(Collection):
    """Generated leptons that the detector finds."""

    place: Ints  # places in the particle arrays, rising
    prompt: Bools  # not from a hadron's decay
    from_tau: Bools  # from a tau


@dataclass(frozen=True)
class EventView:
    """The events of one batch or of several that have enough prompt leptons."""

    generated: int  # number of events looked at
    place: Ints  # places of the events among these, rising
    weight: Floats  # generator weights, times those for the spin of taus
    visible: Visible  # particles, by event
    heavy: Heavy  # heavy flavours, by event
    leptons: Candidates  # leptons found, with places among ``visible``

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def joined(cls, views: Sequence[EventView]) -> EventView:
        """The events of several batches as those of one."""
        moved, generated, events, particles = [], 0, 0, 0
        for one in views:
            leptons = replace(one.leptons.moved(events), place=one.leptons.place + particles)
            objects = one.visible.moved(events), one.heavy.moved(events), leptons
            moved.append((one.place + generated, one.weight, *objects))
            generated += one.generated
            events += len(one)
            particles += len(one.visible.pt)
        place, weight, visible, heavy, found = zip(*moved, strict=True)
        return cls(
            generated=generated,
            place=np.concatenate(place),
            weight=np.concatenate(weight),
            visible=joined(visible),
            heavy=joined(heavy),
            leptons=joined(found),
        )


def view_events(
    particles: Particles, kinds: Kinds, rng: np.random.Generator, table: Response, min_leptons: int
) -> EventView:
    """Look for leptons in a batch, and at the events with ``min_leptons`` prompt ones or more."""
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
        place=chosen,
        weight=(particles.weight * spin_weights(particles))[chosen],
        visible=Visible(event, particles.pdg[place], px, py, pz, e, pt, charged),
        heavy=Heavy(of_heavy, pseudorapidity(x, y, z), np.arctan2(y, x), flavour),
        leptons=replace(
            found,
            event=np.searchsorted(chosen, found.event),
            place=np.searchsorted(place, found.place),
        ),
    )


def find_candidates(particles: Particles, table: Response, rng: np.random.Generator) -> Candidates:
    """The final electrons and muons in acceptance that are found."""
    # the measured momentum may lie above the threshold when the true one lies below
    place, event, prompt, from_tau = final_leptons(
        particles.offsets, particles.pdg, particles.final, particles.mother_in_event,
        particles.px, particles.py, 0.8 * table.lepton_min_pt,
    )  # fmt: skip
    px, py, pz = (one[place] for one in (particles.px, particles.py, particles.pz))
    pt, eta = np.hypot(px, py), np.abs(pseudorapidity(px, py, pz))
    chance = efficiency(np.abs(particles.pdg[place]), pt, eta, table)
    found = rng.random(len(place)) < chance
    return Candidates(event, place, prompt, from_tau).take(found)


def efficiency(kind: NDArray[np.int32], pt: Floats, eta: Floats, table: Response) -> Floats:
    """Probability that a lepton is reconstructed and passes the loose identification.

    It depends on the transverse momentum [GeV] and the absolute pseudorapidity.
    """
    rise = turn_on(pt - table.lepton_min_pt, table.electron_efficiency_scale)
    electron = table.electron_efficiency_threshold + table.electron_efficiency_gain * rise
    in_crack = (eta > table.crack_low) & (eta < table.crack_high)
    electron = np.where((eta < table.electron_max_eta) & ~in_crack, electron, 0.0)
    in_gap = eta < table.muon_centre_eta
    muon = np.where(in_gap, table.muon_efficiency_centre, table.muon_efficiency)
    muon = np.where(eta < table.muon_max_eta, muon, 0.0)
    return np.where(kind == ELECTRON, electron, muon)


def turn_on(above: Floats, scale: float) -> Floats:
    """1 - exp(-x / scale), from zero at x = 0."""
    return -np.expm1(-np.maximum(above, 0.0) / scale)
