"""The parametrised detector: a batch of generated events in, reconstructed events out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.generate import Kinds, Particles
from lepsearch.simulate.geometry import Floats, Ints, count, delta_r2, pairs, total
from lepsearch.simulate.jets import Jets, make_jets
from lepsearch.simulate.leptons import Leptons, find_candidates, measure_leptons
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.view import EventView, view_events

__all__ = ("Reconstructed", "respond")

ELECTRON, MUON = 11, 13
Objects = TypeVar("Objects", Leptons, Jets)
MIN_LEPTONS = 2  # both regions of the analysis need at least these


@dataclass(frozen=True)
class Reconstructed:
    """Events with at least two loose leptons, as the detector gives them.

    Attributes:
        place: Places of the events in the batch.
        weight: Generator weights.
        leptons: Sorted by event, then by falling pT.
        matched: Whether a lepton fired its single-lepton trigger.
        jets: Sorted likewise.
        missing_pt, missing_phi: Missing transverse momentum [GeV, rad].
    """

    place: Ints
    weight: Floats
    leptons: Leptons
    matched: NDArray[np.bool_]
    jets: Jets
    missing_pt: Floats
    missing_phi: Floats


def respond(
    particles: Particles, kinds: Kinds, rng: np.random.Generator, table: Response
) -> Reconstructed:
    """Pass a batch of events through the detector.

    Only events with two leptons found go through the costly steps (jets above all).

    Args:
        particles: The generated events.
        kinds: Properties of particles.
        rng: Source of randomness.
        table: The detector's numbers.
    """
    n_events = len(particles.weight)
    found = find_candidates(
        particles.pdg,
        particles.final,
        particles.mother,
        (particles.px, particles.py, particles.pz),
        table,
        rng,
    )
    enough = count(particles.event[found.place], n_events) >= MIN_LEPTONS
    view, place = view_events(particles, enough, kinds, table)
    kept = enough[particles.event[found.place]]
    found = replace(
        found,
        place=place[found.place[kept]],
        prompt=found.prompt[kept],
        from_tau=found.from_tau[kept],
    )
    measured, photons = measure_leptons(view, found, table, rng)
    above = measured.pt > table.lepton_min_pt
    leptons, tracks = measured.take(above), found.place[above]

    inputs = view.visible & (np.abs(view.pdg) != MUON)
    inputs[tracks[leptons.prompt]] = False
    inputs[photons] = False
    jets = make_jets(view, inputs, table, rng)
    leptons, jets = _misidentify(leptons, jets, table, rng)
    leptons, jets = _resolve_overlaps(leptons, jets, view.n_events, table)
    missing_pt, missing_phi = _missing_momentum(view, tracks, leptons, jets, table, rng)
    return _pack(
        leptons, jets, (missing_pt, missing_phi), np.flatnonzero(enough), particles, table, rng
    )


def _misidentify(
    leptons: Leptons, jets: Jets, table: Response, rng: np.random.Generator
) -> tuple[Leptons, Jets]:
    """Let a few jets become electrons (of events that have two leptons already)."""
    eta = np.abs(jets.eta)
    chance = rng.random(len(eta)) < table.jet_fakes_electron
    in_crack = (eta > table.crack_low) & (eta < table.crack_high)
    fakes = chance & (jets.pt > table.fake_min_pt) & (eta < table.electron_max_eta) & ~in_crack
    chosen = jets.take(fakes)
    n = len(chosen.pt)
    pt = table.fake_energy_fraction * chosen.pt
    significance = table.fake_d0_significance * np.abs(rng.normal(size=n))
    electrons = Leptons(
        event=chosen.event,
        kind=np.full(n, ELECTRON),
        charge=rng.choice(np.array([-1, 1]), n),
        pt=pt,
        eta=chosen.eta,
        phi=chosen.phi,
        energy=pt * np.cosh(chosen.eta),
        shift=np.zeros(n),
        prompt=np.zeros(n, dtype=bool),
        tight=rng.random(n) < table.fake_tight,
        track_cone=table.fake_cone * rng.exponential(size=n),
        calorimeter_cone=table.fake_cone * rng.exponential(size=n),
        d0=significance * table.electron_d0_resolution * rng.choice([-1.0, 1.0], n),
        d0_significance=significance,
        z0=table.z0_resolution * rng.normal(size=n),
    )
    return leptons.joined(electrons), jets.take(~fakes)


def _resolve_overlaps(
    leptons: Leptons, jets: Jets, n_events: int, table: Response
) -> tuple[Leptons, Jets]:
    """Settle which of a lepton and a jet in the same place is real.

    A jet at an isolated lepton is dropped; then a lepton near a jet left over is dropped, as part
    of that jet. Only jets in the analysis' acceptance count.
    """
    jets = jets.take((jets.pt > table.jet_min_pt) & (np.abs(jets.eta) < table.jet_max_eta))
    a, b = pairs(leptons.event, jets.event, n_events)
    apart = delta_r2(leptons.eta[a], leptons.phi[a], jets.eta[b], jets.phi[b])
    isolated = leptons.track_cone < table.overlap_isolation * leptons.pt
    jet_stays = np.ones(len(jets.pt), dtype=bool)
    jet_stays[b[(apart < table.jet_near_lepton**2) & isolated[a]]] = False
    lepton_stays = np.ones(len(leptons.pt), dtype=bool)
    lepton_stays[a[(apart < table.lepton_near_jet**2) & jet_stays[b]]] = False
    return leptons.take(lepton_stays), jets.take(jet_stays)


def _missing_momentum(
    view: EventView,
    tracks: Ints,
    leptons: Leptons,
    jets: Jets,
    table: Response,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Missing transverse momentum: what is seen, its mismeasurement, and soft noise.

    Muons count only when reconstructed. The noise of each component has the width
    sqrt(soft_noise^2 + soft_sampling^2 sum pT), with the scalar sum over all that is in no jet
    and no prompt lepton.
    """
    n = view.n_events
    seen = view.visible & (np.abs(view.pdg) != MUON)
    seen[tracks] = True
    event = view.event[seen]

    def summed(values: Floats) -> Floats:
        return total(event, values[seen], n)

    # momentum gained by mismeasurement; that of non-prompt leptons is in their jets' already
    lepton_gain = np.where(leptons.prompt, leptons.pt * leptons.shift / (1 + leptons.shift), 0.0)
    jet_gain = jets.pt * jets.shift / (1 + jets.shift)

    def gained(direction: np.ufunc) -> Floats:
        of_leptons = total(leptons.event, lepton_gain * direction(leptons.phi), n)
        of_jets: Floats = total(jets.event, jet_gain * direction(jets.phi), n)
        return of_leptons + of_jets

    hard = total(leptons.event, np.where(leptons.prompt, leptons.pt, 0.0), n)
    hard = hard + total(jets.event, jets.pt, n)
    soft = np.maximum(summed(view.pt) - hard, 0.0)
    width = np.sqrt(table.soft_noise**2 + table.soft_sampling**2 * soft)
    px = -summed(view.px) - gained(np.cos) + width * rng.normal(size=n)
    py = -summed(view.py) - gained(np.sin) + width * rng.normal(size=n)
    return np.hypot(px, py), np.arctan2(py, px)


def _pack(
    leptons: Leptons,
    jets: Jets,
    missing: tuple[Floats, Floats],
    place: Ints,
    particles: Particles,
    table: Response,
    rng: np.random.Generator,
) -> Reconstructed:
    """Keep the events that still have two leptons, put objects in order, add triggers."""
    n = len(place)
    keep = count(leptons.event, n) >= MIN_LEPTONS
    leptons, jets = _ordered(leptons, keep), _ordered(jets, keep)
    return Reconstructed(
        place=place[keep],
        weight=particles.weight[place[keep]],
        leptons=leptons,
        matched=_triggered(leptons, table, rng),
        jets=jets,
        missing_pt=missing[0][keep],
        missing_phi=missing[1][keep],
    )


def _ordered(objects: Objects, keep: NDArray[np.bool_]) -> Objects:
    """The objects of kept events, by event and falling pT, events numbered anew."""
    order = np.lexsort((-objects.pt, objects.event))
    chosen = objects.take(order[keep[objects.event[order]]])
    return replace(chosen, event=(np.cumsum(keep) - 1)[chosen.event])


def _triggered(leptons: Leptons, table: Response, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Whether each lepton fires the single-lepton trigger of its kind."""
    muon = (leptons.kind == MUON) & (np.abs(leptons.eta) < table.trigger_muon_max_eta)
    chance = np.where(
        leptons.kind == ELECTRON, table.trigger_electron, np.where(muon, table.trigger_muon, 0.0)
    )
    fired: NDArray[np.bool_] = rng.random(len(leptons.pt)) < chance
    return fired & (leptons.pt > table.trigger_min_pt)
