"""Quantities of selected events from which the features are made, each computed once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepsearch.constants import Z_BOSON
from lepsearch.constants import mass as rest_mass
from lepsearch.events.kinematics import delta_phi, four_vector, mass
from lepsearch.events.objects import SelectedEvents, is_b_jet
from lepsearch.events.records import leading

__all__ = ("MATRIX_JETS", "Quantities", "mass_nearest_z", "matrix_jets", "pair_kind")

LEADING_JETS = 3  # thesis B table 4.3
MATRIX_JETS = 6  # of each kind, for the rapidity-mass matrix; thesis A


class Quantities:
    """Leading objects, pairs and sums of n selected events; NaN where an event has fewer objects.

    Attributes:
        selected: The events.
        leptons: Momenta of the leptons, shape (n, n_leptons).
        vectors: Their four-momenta [GeV].
        charges: Their charges.
        flavours: Their flavours, 11 or 13.
        pair: Four-momentum of the two leading leptons, shape (n,) [GeV].
        to_met: Azimuth between each lepton and the missing momentum [rad].
        jets: Momenta of the leading jets, shape (n, LEADING_JETS).
        jet_pair: Four-momentum of the two leading jets, shape (n,) [GeV].
        b_tagged: Which of all jets are b-jets.
        ht: Scalar sum of the transverse momenta of all leptons and jets, shape (n,) [GeV].
    """

    def __init__(self, selected: SelectedEvents, n_leptons: int) -> None:
        leptons, jets = selected.leptons, selected.jets
        self.selected = selected
        self.leptons = leading(leptons, n_leptons)
        self.vectors = four_vector(self.leptons)
        self.charges = leptons.padded(leptons.charge, n_leptons).astype(np.int8)
        self.flavours = leptons.padded(leptons.flavour, n_leptons).astype(np.int8)
        self.pair = self.vectors.of(0) + self.vectors.of(1)
        self.to_met = delta_phi(self.leptons.phi, selected.missing_phi[:, np.newaxis])
        self.jets = leading(jets, LEADING_JETS)
        vectors = four_vector(self.jets)
        self.jet_pair = vectors.of(0) + vectors.of(1)
        self.b_tagged = is_b_jet(jets)
        self.ht = leptons.total(leptons.pt) + jets.total(jets.pt)


def pair_kind(of: Quantities) -> NDArray[np.int8]:
    """Flavours and charges of two leptons, an index into ``features.PAIR_KINDS``."""
    different_flavour = of.flavours[:, 0] != of.flavours[:, 1]
    same_sign = of.charges[:, 0] == of.charges[:, 1]
    return np.asarray(2 * different_flavour + same_sign, dtype=np.int8)


def mass_nearest_z(of: Quantities) -> NDArray[np.float64]:
    """Mass of the opposite-sign, same-flavour pair nearest the Z boson [GeV]; NaN without one."""
    best, z_mass = np.full(len(of.selected), np.nan), rest_mass(Z_BOSON)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        m_pair = mass(of.vectors.of(i) + of.vectors.of(j))
        candidate = of.flavours[:, i] == of.flavours[:, j]
        candidate &= of.charges[:, i] != of.charges[:, j]
        nearer = candidate & ~(np.abs(best - z_mass) <= np.abs(m_pair - z_mass))
        best = np.where(nearer, m_pair, best)
    return best


def matrix_jets(of: Quantities) -> dict[str, NDArray[np.generic]]:
    """Leading light and b-jets with their masses, for the rapidity-mass matrix."""
    columns: dict[str, NDArray[np.generic]] = {}
    for prefix, kind in (("ljet", ~of.b_tagged), ("bjet", of.b_tagged)):
        jets = leading(of.selected.jets.keep(kind), MATRIX_JETS)
        fields = {"pt": jets.pt, "eta": jets.eta, "phi": jets.phi, "m": mass(four_vector(jets))}
        for i in range(MATRIX_JETS):
            columns |= {f"{prefix}{i + 1}{field}": one[:, i] for field, one in fields.items()}
    return columns
