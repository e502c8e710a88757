"""From generated to reconstructed electrons and muons."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.geometry import (
    Floats,
    Ints,
    azimuth,
    delta_r2,
    pairs,
    pseudorapidity,
    total,
)
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.view import HADRONS, EventView

__all__ = ("Candidates", "Leptons", "find_candidates", "measure_leptons")

ELECTRON, MUON, TAU, PHOTON = 11, 13, 15, 22
MUON_MASS = 0.10566  # GeV


@dataclass(frozen=True)
class Candidates:
    """Generated leptons that the detector finds.

    Attributes:
        place: Places in the particle arrays.
        prompt: Not from a hadron's decay.
        from_tau: From a tau.
    """

    place: Ints
    prompt: NDArray[np.bool_]
    from_tau: NDArray[np.bool_]


@dataclass(frozen=True)
class Leptons:
    """Reconstructed leptons, one value each, in no particular order; GeV, rad, mm.

    Attributes:
        event: Number of the event.
        kind: 11 or 13.
        charge: In units of e.
        pt, eta, phi, energy: Momentum as measured.
        shift: Measured over true momentum, minus 1.
        prompt: From a W, Z, Z', tau, not from a hadron and not a jet.
        tight: Passes the tight identification.
        track_cone: Sum of track pT around it (ptcone30).
        calorimeter_cone: Sum of energy around it (etcone20); may be negative.
        d0, d0_significance, z0: Impact parameters [mm]; the significance has no sign.
    """

    event: Ints
    kind: Ints
    charge: Ints
    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats
    shift: Floats
    prompt: NDArray[np.bool_]
    tight: NDArray[np.bool_]
    track_cone: Floats
    calorimeter_cone: Floats
    d0: Floats
    d0_significance: Floats
    z0: Floats

    def take(self, which: NDArray[np.bool_] | Ints) -> Leptons:
        """The leptons of a mask, or in another order."""
        return Leptons(**{one.name: getattr(self, one.name)[which] for one in fields(self)})

    def joined(self, other: Leptons) -> Leptons:
        """These leptons, then the other ones."""
        return Leptons(
            **{
                one.name: np.concatenate([getattr(self, one.name), getattr(other, one.name)])
                for one in fields(self)
            }
        )


def find_candidates(
    pdg: NDArray[np.int32],
    final: NDArray[np.bool_],
    mother: Ints,
    momentum: tuple[Floats, Floats, Floats],
    table: Response,
    rng: np.random.Generator,
) -> Candidates:
    """The final electrons and muons in acceptance that are found.

    Args:
        pdg, final, mother: Particle arrays of whole events.
        momentum: Their px, py, pz [GeV].
        table: The detector's numbers.
        rng: Source of randomness.
    """
    kind = np.abs(pdg)
    place = np.flatnonzero(final & ((kind == ELECTRON) | (kind == MUON)))
    px, py, pz = (one[place] for one in momentum)
    pt, eta = np.hypot(px, py), np.abs(pseudorapidity(px, py, pz))
    # the measured momentum may lie above the threshold when the true one lies below
    found = (pt > 0.8 * table.lepton_min_pt) & (
        rng.random(len(place)) < efficiency(kind[place], pt, eta, table)
    )
    place = place[found]
    prompt, from_tau = _origin(place, kind, mother)
    return Candidates(place, prompt, from_tau)


def efficiency(kind: NDArray[np.int32], pt: Floats, eta: Floats, table: Response) -> Floats:
    """Probability that a lepton is reconstructed and passes the loose identification.

    Args:
        kind: 11 or 13.
        pt: Transverse momentum [GeV].
        eta: Absolute pseudorapidity.
        table: The detector's numbers.
    """
    turn_on = _turn_on(pt - table.lepton_min_pt, table.electron_efficiency_scale)
    electron = table.electron_efficiency_threshold + table.electron_efficiency_gain * turn_on
    in_crack = (eta > table.crack_low) & (eta < table.crack_high)
    electron = np.where((eta < table.electron_max_eta) & ~in_crack, electron, 0.0)
    in_gap = eta < table.muon_centre_eta
    muon = np.where(in_gap, table.muon_efficiency_centre, table.muon_efficiency)
    muon = np.where(eta < table.muon_max_eta, muon, 0.0)
    return np.where(kind == ELECTRON, electron, muon)


def _turn_on(above: Floats, scale: float) -> Floats:
    """1 - exp(-x / scale), from zero at x = 0."""
    return -np.expm1(-np.maximum(above, 0.0) / scale)


def _origin(
    place: Ints, kind: NDArray[np.int32], mother: Ints
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether leptons are prompt, and whether a tau made them."""
    current = place
    from_tau = np.zeros(len(place), dtype=bool)
    while True:
        above = mother[current]
        climbs = np.isin(kind[above], (ELECTRON, MUON, TAU)) & (above != current)
        if not climbs.any():
            break
        from_tau |= climbs & (kind[above] == TAU)
        current = np.where(climbs, above, current)
    parent = kind[mother[current]]
    from_hadron = (parent > HADRONS[0]) & (parent < HADRONS[1])
    return ~from_hadron, from_tau


def measure_leptons(
    view: EventView, candidates: Candidates, table: Response, rng: np.random.Generator
) -> tuple[Leptons, Ints]:
    """Momenta, isolation and impact parameters as a detector would give them.

    Prompt electrons take the photons around them into their momentum.

    Args:
        view: The particles of the events.
        candidates: The leptons found, with places in the view's arrays.
        table: The detector's numbers.
        rng: Source of randomness.

    Returns:
        The leptons (all candidates, also those that end below the threshold), and the places of
        the photons that belong to electrons.
    """
    place = candidates.place
    n = len(place)
    kind = np.abs(view.pdg[place]).astype(np.int64)
    visible = np.flatnonzero(view.visible)
    a, b = pairs(view.event[place], view.event[visible], view.n_events)
    b = visible[b]
    apart = delta_r2(view.eta[place[a]], view.phi[place[a]], view.eta[b], view.phi[b])
    not_self = place[a] != b
    dressing = (
        (view.pdg[b] == PHOTON)
        & (apart < table.electron_dressing_radius**2)
        & ((kind == ELECTRON) & candidates.prompt)[a]
    )
    px, py, pz = (
        one[place] + total(a[dressing], one[b[dressing]], n) for one in (view.px, view.py, view.pz)
    )
    pt, eta, phi = np.hypot(px, py), pseudorapidity(px, py, pz), azimuth(px, py)

    track = not_self & (view.charge[b] != 0) & (view.pt[b] > table.track_min_pt)
    track &= (apart < table.track_cone**2) & (np.abs(view.eta[b]) < table.tracker_max_eta)
    cell = not_self & ~dressing & (np.abs(view.pdg[b]) != MUON)
    cell &= apart < table.calorimeter_cone**2

    shift = np.maximum(resolution(kind, pt, eta, table) * rng.normal(size=n), -0.9)
    measured = pt * (1 + shift)
    mass = np.where(kind == MUON, MUON_MASS, 0.0)
    significance, d0 = _impact(kind, candidates, table, rng)
    leptons = Leptons(
        event=view.event[place],
        kind=kind,
        charge=_charge(view.pdg[place], eta, table, rng),
        pt=measured,
        eta=eta,
        phi=phi,
        energy=np.hypot(measured * np.cosh(eta), mass),
        shift=shift,
        prompt=candidates.prompt,
        tight=rng.random(n) < _tight(kind, measured, table),
        track_cone=total(a[track], view.pt[b[track]], n),
        calorimeter_cone=total(a[cell], view.pt[b[cell]], n)
        + table.calorimeter_cone_noise * rng.normal(size=n),
        d0=d0,
        d0_significance=significance,
        z0=table.z0_resolution * rng.normal(size=n),
    )
    return leptons, b[dressing]


def resolution(kind: Ints, pt: Floats, eta: Floats, table: Response) -> Floats:
    """Relative resolution of a lepton's momentum.

    Electrons: sampling / sqrt(E), constant and noise / E in quadrature; muons: constant and
    sagitta x pT in quadrature.
    """
    energy = pt * np.cosh(eta)
    electron = np.sqrt(
        table.electron_sampling**2 / energy
        + table.electron_constant**2
        + (table.electron_noise / energy) ** 2
    )
    muon = np.hypot(table.muon_constant, table.muon_sagitta * pt)
    return np.where(kind == ELECTRON, electron, muon)


def _tight(kind: Ints, pt: Floats, table: Response) -> Floats:
    """Probability that a lepton found is also tight."""
    turn_on = _turn_on(pt - table.lepton_min_pt, table.electron_tight_scale)
    electron = table.electron_tight_threshold + table.electron_tight_gain * turn_on
    return np.where(kind == ELECTRON, electron, table.muon_tight)


def _charge(pdg: NDArray[np.int32], eta: Floats, table: Response, rng: np.random.Generator) -> Ints:
    """Measured charges: now and then that of an electron comes out wrong."""
    true = -np.sign(pdg).astype(np.int64)
    flips = rng.random(len(pdg)) < table.electron_flip * (1 + eta**2)
    return np.where(flips & (np.abs(pdg) == ELECTRON), -true, true)


def _impact(
    kind: Ints, candidates: Candidates, table: Response, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Unsigned significance of the transverse impact parameter, and the parameter itself [mm]."""
    n = len(kind)
    flight = np.where(
        ~candidates.prompt,
        table.hadron_d0_significance,
        np.where(candidates.from_tau, table.tau_d0_significance, 0.0),
    )
    significance = np.abs(rng.normal(size=n)) + flight * rng.exponential(size=n)
    width = np.where(kind == ELECTRON, table.electron_d0_resolution, table.muon_d0_resolution)
    return significance, significance * width * rng.choice([-1.0, 1.0], n)
