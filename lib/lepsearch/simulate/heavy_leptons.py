"""Heavy neutrinos, lepton triplets and winos through the W: widths and matrix elements."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from lepsearch.simulate.currents import (
    FERMI,
    W_MASS,
    W_WIDTH,
    WEAK2,
    breit_wigner,
    chiral_pair,
    vector_pair,
)

__all__ = ("W_TO_LEPTONS", "Z_TO_LEPTONS", "HeavyNeutrino", "LeptonTriplet", "WeakTriplet")

Z_MASS, HIGGS_MASS = 91.1876, 125.0  # GeV
W_TO_LEPTONS = 3 * 0.1086  # e, mu, tau (PDG)
Z_TO_LEPTONS = 3 * 0.033658

Boson = Literal["W", "Z", "H"]
MASSES: dict[Boson, float] = {"W": W_MASS, "Z": Z_MASS, "H": HIGGS_MASS}


def to_boson(mass: float, boson: Boson) -> float:
    """Width of a heavy lepton that mixes with light ones into one boson and a light lepton.

    Without the mixing squared it is G_F M^3 / (8 sqrt(2) pi) (1 - r)^2 (1 + 2r), where
    r = m_boson^2 / M^2 and the last factor is missing for the Higgs boson: arXiv:0901.3589 for a
    Majorana neutrino, to one charge of the W, or to neutrinos (which are their own antiparticles).

    Args:
        mass: Mass M of the heavy lepton [GeV].
        boson: W, Z or H.

    Returns:
        The width [GeV]; 0 where the decay is closed.
    """
    ratio = (MASSES[boson] / mass) ** 2
    if ratio >= 1:
        return 0.0
    spins = 1.0 if boson == "H" else 1 + 2 * ratio
    return FERMI * mass**3 / (8 * math.sqrt(2) * math.pi) * (1 - ratio) ** 2 * spins


@dataclass(frozen=True)
class HeavyNeutrino:
    """A Majorana neutrino that mixes with one lepton: q qbar' -> W* -> l N.

    Its interaction is (g / sqrt 2) V_lN lbar gamma_mu P_L N W^mu, with N -> l W, nu Z, nu H.

    Attributes:
        mass: Mass of N [GeV], above that of the Z: lighter ones decay into three bodies.
        mixing2: |V_lN|^2.
    """

    mass: float
    mixing2: float = 0.01

    @property
    def branching(self) -> dict[Boson, float]:
        """Shares of N -> l W (both charges together), nu Z and nu H."""
        widths: dict[Boson, float] = {
            "W": 2 * to_boson(self.mass, "W"),
            "Z": to_boson(self.mass, "Z"),
            "H": to_boson(self.mass, "H"),
        }
        total = sum(widths.values())
        return {boson: width / total for boson, width in widths.items()}

    @property
    def leptonic(self) -> float:
        """The share of N -> l l nu through W or Z."""
        shares = self.branching
        return shares["W"] * W_TO_LEPTONS + shares["Z"] * Z_TO_LEPTONS

    def dsigma_dt(self, s: float, t: float, lepton2: float, neutrino2: float) -> float:
        """Parton cross section for |V_CKM| = 1 [GeV^-4]; t is between quark and antilepton."""
        lepton, neutrino = math.sqrt(max(0.0, lepton2)), math.sqrt(max(0.0, neutrino2))
        couplings = (WEAK2 / 2) ** 2 * self.mixing2
        pole = breit_wigner(s, W_MASS, W_WIDTH)
        return couplings * pole * chiral_pair(s, t, lepton, neutrino)


@dataclass(frozen=True)
class WeakTriplet:
    """A triplet of SU(2) without hypercharge: q qbar' -> W* -> X+- X0.

    The triplet couples as g X0bar gamma_mu X+ W^mu, a pure vector current of full strength g, the
    quarks as (g / sqrt 2) gamma_mu P_L. Winos with decoupled squarks are one, type-III seesaw's
    Sigma is another.

    Attributes:
        mass: Mass of both members [GeV].
    """

    mass: float

    def dsigma_dt(self, s: float, t: float, u: float, charged2: float, neutral2: float) -> float:
        """Parton cross section for |V_CKM| = 1 [GeV^-4]."""
        charged, neutral = math.sqrt(max(0.0, charged2)), math.sqrt(max(0.0, neutral2))
        # P_L halves the square of a pure vector current of the quarks
        couplings = WEAK2 / 2 * WEAK2 / 2
        pole = breit_wigner(s, W_MASS, W_WIDTH)
        return couplings * pole * vector_pair(s, t, u, charged, neutral, axial=False)


@dataclass(frozen=True)
class LeptonTriplet(WeakTriplet):
    """The fermion triplet of the type-III seesaw, which mixes equally with e, mu and tau.

    Sigma0 decays as a heavy neutrino does; Sigma+ to nu W+, l+ Z and l+ H with widths as 2 : 1 : 1
    for heavy ones (arXiv:0805.1613).
    """

    @property
    def neutral_branching(self) -> dict[Boson, float]:
        """Shares of Sigma0 -> l W (both charges together), nu Z and nu H."""
        return HeavyNeutrino(self.mass).branching

    @property
    def charged_branching(self) -> dict[Boson, float]:
        """Shares of Sigma+ -> nu W+, l+ Z and l+ H: as the neutral one's."""
        return HeavyNeutrino(self.mass).branching
