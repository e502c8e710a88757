"""The signals with three leptons: heavy neutrinos, lepton triplets and winos through the W.

Masses are in GeV; those out of range raise an `InputError`, for below that of the Z the new
particles would decay into three bodies.
"""

import math
from dataclasses import dataclass
from typing import Literal

from lepsearch.constants import MUON, W_BOSON, Z_BOSON
from lepsearch.errors import InputError
from lepsearch.simulate.matrix_elements import (
    FERMI,
    HIGGS_MASS,
    W_MASS,
    W_WIDTH,
    WEAK2,
    Z_MASS,
    breit_wigner,
    chiral_pair,
    vector_pair,
)
from lepsearch.simulate.process import (
    HIGGS,
    LEPTONIC_W,
    LEPTONIC_Z,
    LEPTONS,
    OF_SIGNALS,
    Process,
    channels,
    checked_mass,
    narrow,
    own_process,
)

__all__ = (
    "HeavyNeutrino",
    "WeakTriplet",
    "chargino_neutralino",
    "heavy_neutrino",
    "left_right",
    "type3_seesaw",
)

LIGHTEST = Z_MASS + 5  # GeV
W_TO_LEPTONS = 3 * 0.1086  # e, mu, tau (PDG)
Z_TO_LEPTONS = 3 * 0.033658
LEPTONIC_WZ = W_TO_LEPTONS * Z_TO_LEPTONS

SIGMA_PLUS, SIGMA_ZERO = 8000020, 8000018  # free in Pythia's table
CHI_PLUS, CHI_TWO, CHI_ONE = 1000024, 1000023, 1000022
NEUTRINO = 9900014  # Pythia's right-handed one that goes with the muon
LEFT_RIGHT, WINOS = 100_000_000, 200_000_000  # sample numbers, two masses are added

Boson = Literal["W", "Z", "H"]
BOSONS: dict[Boson, float] = {"W": W_MASS, "Z": Z_MASS, "H": HIGGS_MASS}


def to_boson(mass: float, boson: Boson) -> float:
    """Width of a heavy lepton of mass M into one boson and a light lepton that it mixes with [GeV].

    Without the mixing squared it is G_F M^3 / (8 sqrt(2) pi) (1 - r)^2 (1 + 2r), where
    r = m_boson^2 / M^2 and the last factor is missing for the Higgs boson: arXiv:0901.3589 for a
    Majorana neutrino, to one charge of the W, or to neutrinos (which are their own antiparticles).
    It is 0 where the decay is closed.
    """
    ratio = (BOSONS[boson] / mass) ** 2
    if ratio >= 1:
        return 0.0
    spins = 1.0 if boson == "H" else 1 + 2 * ratio
    return FERMI * mass**3 / (8 * math.sqrt(2) * math.pi) * (1 - ratio) ** 2 * spins


@dataclass(frozen=True)
class HeavyNeutrino:
    """A Majorana neutrino that mixes with one lepton: q qbar' -> W* -> l N.

    Its interaction is (g / sqrt 2) V_lN lbar gamma_mu P_L N W^mu, with N -> l W, nu Z, nu H.
    """

    mass: float  # mass of N [GeV]
    mixing2: float = 0.01  # |V_lN|^2

    @property
    def branching(self) -> dict[Boson, float]:
        """Shares of N -> l W (both charges together), nu Z and nu H."""
        charges: dict[Boson, int] = {"W": 2, "Z": 1, "H": 1}
        widths = {boson: n * to_boson(self.mass, boson) for boson, n in charges.items()}
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
    """

    mass: float  # mass of both members [GeV]

    def dsigma_dt(self, s: float, t: float, u: float, charged2: float, neutral2: float) -> float:
        """Parton cross section for |V_CKM| = 1 [GeV^-4]."""
        charged, neutral = math.sqrt(max(0.0, charged2)), math.sqrt(max(0.0, neutral2))
        # P_L halves the square of a pure vector current of the quarks
        couplings = WEAK2 / 2 * WEAK2 / 2
        pole = breit_wigner(s, W_MASS, W_WIDTH)
        return couplings * pole * vector_pair(s, t, u, charged, neutral, axial=False)


def heavy_neutrino(mass: float) -> Process:
    """A Majorana neutrino N that mixes with the muon: W* -> mu N, three leptons in all."""
    model = HeavyNeutrino(checked_mass("heavy_neutrino", mass, LIGHTEST))
    shares = model.branching
    decays = [
        (shares["W"] / 2, (MUON, W_BOSON)),
        (shares["W"] / 2, (-MUON, -W_BOSON)),
        (shares["Z"], (MUON + 1, Z_BOSON)),
    ]
    return Process(
        name="heavy_neutrino",
        dsid=970_000 + round(mass),
        label=rf"$W^* \to \mu N$, $m_N$ = {mass:g} GeV",
        settings=(*narrow(NEUTRINO, mass), *channels(NEUTRINO, decays), *LEPTONIC_W, *LEPTONIC_Z),
        cross_section_note=f"leading order, |V_muN|^2 = {model.mixing2:g}; contains N -> mu W and "
        "nu Z with W and Z to e, mu, tau; N -> nu H is left out",
        matrix_element=own_process("NeutrinoAndLepton", model, model.leptonic),
        **OF_SIGNALS,
    )


def left_right(w_mass: float, neutrino_mass: float) -> Process:
    """The left-right model: q qbar' -> W_R -> mu N with N -> mu W, W -> l nu, three leptons.

    W_R couples as strongly as the W. N is taken to decay through its mixing with the light
    neutrino, as in `heavy_neutrino`; through a virtual W_R it would make two leptons and two jets.
    It is lighter than the W_R.
    """
    model = HeavyNeutrino(checked_mass("left_right", neutrino_mass, LIGHTEST))
    if w_mass <= neutrino_mass:
        msg = f"process left_right: w_mass is {w_mass:g} GeV, expected more than neutrino_mass, "
        msg += f"{neutrino_mass:g} GeV"
        raise InputError(msg)
    return Process(
        name="left_right",
        dsid=LEFT_RIGHT + 10_000 * round(w_mass) + round(neutrino_mass),
        label=rf"$W_R \to \mu N$, $m_{{W_R}}$ = {w_mass:g} GeV, $m_N$ = {neutrino_mass:g} GeV",
        settings=(
            "LeftRightSymmmetry:ffbar2WR = on",  # Pythia spells it so
            f"9900024:m0 = {w_mass}",
            "9900024:onMode = off",
            f"9900024:onIfAny = {NEUTRINO}",
            *narrow(NEUTRINO, neutrino_mass),
            *channels(NEUTRINO, [(0.5, (MUON, W_BOSON)), (0.5, (-MUON, -W_BOSON))]),
            *LEPTONIC_W,
        ),
        cross_section_note="leading order; contains W_R -> mu N and W -> l nu (e, mu, tau), not "
        f"N -> mu W: to be multiplied by {model.branching['W']:.4f} if N only mixes",
        **OF_SIGNALS,
    )


def type3_seesaw(mass: float) -> Process:
    """The fermion triplet of the type-III seesaw: q qbar' -> W* -> Sigma+- Sigma0.

    It mixes equally with e, mu and tau. Sigma0 decays as a heavy neutrino does; Sigma+ to nu W+,
    l+ Z and l+ H with the same shares (arXiv:0805.1613).
    """
    model = WeakTriplet(checked_mass("type3_seesaw", mass, LIGHTEST))
    shares = HeavyNeutrino(mass).branching
    zero, plus = [], []
    for lepton in LEPTONS:
        zero += [
            (shares["W"] / 6, (lepton, W_BOSON)),
            (shares["W"] / 6, (-lepton, -W_BOSON)),
            (shares["Z"] / 3, (lepton + 1, Z_BOSON)),
            (shares["H"] / 3, (lepton + 1, HIGGS)),
        ]
        plus += [
            (shares["W"] / 3, (lepton + 1, W_BOSON)),
            (shares["Z"] / 3, (-lepton, Z_BOSON)),
            (shares["H"] / 3, (-lepton, HIGGS)),
        ]
    return Process(
        name="type3_seesaw",
        dsid=980_000 + round(mass),
        label=rf"Type-III seesaw, $m_\Sigma$ = {mass:g} GeV",
        settings=(
            f"{SIGMA_ZERO}:new = Sigma0 void 2 0 0",
            f"{SIGMA_PLUS}:new = Sigma+ Sigma- 2 3 0",
            *narrow(SIGMA_ZERO, mass),
            *narrow(SIGMA_PLUS, mass),
            *channels(SIGMA_ZERO, zero),
            *channels(SIGMA_PLUS, plus),
        ),
        cross_section_note="leading order, Sigma+ Sigma0 and Sigma- Sigma0, all decays; pairs of "
        "charged ones are left out",
        matrix_element=own_process("TripletPair", model, SIGMA_PLUS, SIGMA_ZERO),
        **OF_SIGNALS,
    )


def chargino_neutralino(mass: float, lightest: float) -> Process:
    """Wino-like chargino and second neutralino to W, Z on shell and two of the lightest."""
    model = WeakTriplet(checked_mass("chargino_neutralino", mass, LIGHTEST))
    if not 0 <= lightest <= mass - Z_MASS - 1:
        msg = f"process chargino_neutralino: lightest is {lightest:g} GeV, expected 0 to "
        msg += f"{mass - Z_MASS - 1:.1f} GeV, so that the Z is on shell"
        raise InputError(msg)
    return Process(
        name="chargino_neutralino",
        dsid=WINOS + 10_000 * round(mass) + round(lightest),
        label=rf"$\tilde\chi^\pm_1\tilde\chi^0_2 \to WZ$ ({mass:g}, {lightest:g}) GeV",
        settings=(
            f"{CHI_ONE}:m0 = {lightest}",
            f"{CHI_ONE}:mWidth = 0",
            *narrow(CHI_TWO, mass),
            *narrow(CHI_PLUS, mass),
            *channels(CHI_TWO, [(1.0, (CHI_ONE, Z_BOSON))]),
            *channels(CHI_PLUS, [(1.0, (CHI_ONE, W_BOSON))]),
            *LEPTONIC_W,
            *LEPTONIC_Z,
        ),
        cross_section_note="leading order, wino-like, squarks decoupled; contains W -> l nu and "
        "Z -> l l (e, mu, tau)",
        matrix_element=own_process("TripletPair", model, CHI_PLUS, CHI_TWO, LEPTONIC_WZ),
        **OF_SIGNALS,
    )
