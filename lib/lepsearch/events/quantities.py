"""Quantities of selected events from which the features are made, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lepsearch.constants import MUON, Z_BOSON
from lepsearch.constants import mass as rest_mass
from lepsearch.events.kinematics import FourVector, delta_phi, four_vector, mass
from lepsearch.events.objects import SelectedEvents, is_b_jet
from lepsearch.events.records import Momenta, leading

__all__ = ("LEADING_JETS", "MATRIX_JETS", "Quantities", "matrix_jets")

LEADING_JETS = 3  # thesis B table 4.3
MATRIX_JETS = 6  # of each kind, for the rapidity-mass matrix; thesis A

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quantities:
    """Leading objects, pairs and sums of n selected events; NaN where an event has fewer objects.

    Attributes:
        selected: The events.
        n_leptons: Number of signal leptons of each.
    """

    selected: SelectedEvents
    n_leptons: int

    @cached_property
    def leptons(self) -> Momenta:
        """Momenta of the leptons, shape (n, n_leptons)."""
        return leading(self.selected.leptons, self.n_leptons)

    @cached_property
    def vectors(self) -> FourVector:
        """Four-momenta of the leptons, shape (n, n_leptons)."""
        return four_vector(self.leptons)

    @cached_property
    def pair(self) -> FourVector:
        """Four-momentum of the two leading leptons, shape (n,)."""
        return self.vectors.of(0) + self.vectors.of(1)

    @cached_property
    def charges(self) -> NDArray[np.int8]:
        """Charges of the leptons, shape (n, n_leptons)."""
        leptons = self.selected.leptons
        return leptons.padded(leptons.charge, self.n_leptons).astype(np.int8)

    @cached_property
    def flavours(self) -> NDArray[np.int8]:
        """Flavours of the leptons, 11 or 13, shape (n, n_leptons)."""
        leptons = self.selected.leptons
        return leptons.padded(leptons.flavour, self.n_leptons).astype(np.int8)

    @property
    def pair_kind(self) -> NDArray[np.int8]:
        """Flavours and charges of two leptons, an index into ``features.PAIR_KINDS``."""
        different_flavour = self.flavours[:, 0] != self.flavours[:, 1]
        same_sign = self.charges[:, 0] == self.charges[:, 1]
        return np.asarray(2 * different_flavour + same_sign, dtype=np.int8)

    @property
    def n_muons(self) -> NDArray[np.int8]:
        """Number of muons among the leptons."""
        return np.asarray(np.sum(self.flavours == MUON, axis=1), dtype=np.int8)

    @property
    def mass_nearest_z(self) -> Floats:
        """Mass of the opposite-sign, same-flavour pair nearest the Z boson [GeV]; NaN without."""
        best, z_mass = np.full(len(self.selected), np.nan), rest_mass(Z_BOSON)
        for i, j in ((0, 1), (0, 2), (1, 2)):
            m_pair = mass(self.vectors.of(i) + self.vectors.of(j))
            candidate = self.flavours[:, i] == self.flavours[:, j]
            candidate &= self.charges[:, i] != self.charges[:, j]
            nearer = candidate & ~(np.abs(best - z_mass) <= np.abs(m_pair - z_mass))
            best = np.where(nearer, m_pair, best)
        return best

    @cached_property
    def jets(self) -> Momenta:
        """Momenta of the leading jets, shape (n, LEADING_JETS)."""
        return leading(self.selected.jets, LEADING_JETS)

    @property
    def jet_mass(self) -> Floats:
        """Mass of the two leading jets [GeV]."""
        jets = four_vector(self.jets)
        return np.asarray(mass(jets.of(0) + jets.of(1)))

    @cached_property
    def b_tagged(self) -> NDArray[np.bool_]:
        """Which of all jets are b-jets."""
        return is_b_jet(self.selected.jets)

    @property
    def met(self) -> Floats:
        """Missing transverse momentum [GeV]."""
        return self.selected.missing_pt

    @property
    def met_phi(self) -> Floats:
        """Azimuth of the missing transverse momentum [rad]."""
        return self.selected.missing_phi

    @cached_property
    def lepton_to_met(self) -> Floats:
        """Azimuth between each lepton and the missing momentum, without sign [rad]."""
        return np.abs(delta_phi(self.leptons.phi, self.met_phi[:, np.newaxis]))

    @cached_property
    def ht(self) -> Floats:
        """Scalar sum of the transverse momenta of all leptons and jets [GeV]."""
        leptons, jets = self.selected.leptons, self.selected.jets
        return leptons.total(leptons.pt) + jets.total(jets.pt)


def matrix_jets(of: Quantities) -> dict[str, NDArray[np.generic]]:
    """Leading light and b-jets with their masses, for the rapidity-mass matrix."""
    columns: dict[str, NDArray[np.generic]] = {}
    for prefix, kind in (("ljet", ~of.b_tagged), ("bjet", of.b_tagged)):
        jets = leading(of.selected.jets.keep(kind), MATRIX_JETS)
        fields = {"pt": jets.pt, "eta": jets.eta, "phi": jets.phi, "m": mass(four_vector(jets))}
        for i in range(MATRIX_JETS):
            columns |= {f"{prefix}{i + 1}{field}": one[:, i] for field, one in fields.items()}
    return columns
