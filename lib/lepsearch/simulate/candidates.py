"""Which generated electrons and muons the detector finds."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.geometry import Floats, Ints, pseudorapidity
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.view import HADRONS

__all__ = ("Candidates", "efficiency", "find_candidates", "turn_on")

ELECTRON, MUON, TAU = 11, 13, 15


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

    def take(self, which: NDArray[np.bool_]) -> Candidates:
        """The candidates of a mask."""
        return Candidates(*(getattr(self, one.name)[which] for one in fields(self)))


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
