"""Which generated electrons and muons the detector finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.generate import Particles
from lepsearch.simulate.geometry import Floats, Ints, pseudorapidity
from lepsearch.simulate.loops import ELECTRON, final_leptons
from lepsearch.simulate.objects import Objects
from lepsearch.simulate.response_table import Response

__all__ = ("Candidates", "efficiency", "find_candidates", "turn_on")


@dataclass(frozen=True)
class Candidates(Objects):
    """Generated leptons that the detector finds.

    Attributes:
        place: Places in the particle arrays, rising.
        prompt: Not from a hadron's decay.
        from_tau: From a tau.
    """

    place: Ints
    prompt: NDArray[np.bool_]
    from_tau: NDArray[np.bool_]


def find_candidates(particles: Particles, table: Response, rng: np.random.Generator) -> Candidates:
    """The final electrons and muons in acceptance that are found.

    Args:
        particles: A batch of events.
        table: The detector's numbers.
        rng: Source of randomness.
    """
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

    Args:
        kind: 11 or 13.
        pt: Transverse momentum [GeV].
        eta: Absolute pseudorapidity.
        table: The detector's numbers.
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
