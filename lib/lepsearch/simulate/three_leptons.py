"""The signals with three leptons as processes for Pythia."""

from __future__ import annotations

from typing import Any

from lepsearch.errors import InputError
from lepsearch.simulate.backgrounds import LEPTONIC_W, LEPTONIC_Z
from lepsearch.simulate.builders import channels, checked_mass, narrow
from lepsearch.simulate.heavy_leptons import (
    W_TO_LEPTONS,
    Z_TO_LEPTONS,
    HeavyNeutrino,
    LeptonTriplet,
    WeakTriplet,
)
from lepsearch.simulate.process import Process

__all__ = ("chargino_neutralino", "heavy_neutrino", "left_right", "type3_seesaw")

Z_MASS = 91.1876
SIGMA_PLUS, SIGMA_ZERO = 8000020, 8000018  # free in Pythia's table
CHI_PLUS, CHI_TWO, CHI_ONE = 1000024, 1000023, 1000022
NEUTRINO = 9900014  # Pythia's right-handed one that goes with the muon
LEPTONS = (11, 13, 15)
LEFT_RIGHT, WINOS = 100_000_000, 200_000_000  # sample numbers, two masses are added


def heavy_neutrino(mass: float) -> Process:
    """A Majorana neutrino that mixes with the muon: W* -> mu N, N -> three leptons in all.

    Args:
        mass: Mass of N [GeV], above that of the Z.

    Raises:
        InputError: A mass out of range.
    """
    model = HeavyNeutrino(checked_mass("heavy_neutrino", mass, Z_MASS + 5))
    shares = model.branching

    def matrix_element() -> Any:
        from lepsearch.simulate.sigma2 import NeutrinoAndLepton

        return NeutrinoAndLepton(model, model.leptonic)

    return Process(
        name="heavy_neutrino",
        dsid=970_000 + round(mass),
        label=rf"$W^* \to \mu N$, $m_N$ = {mass:g} GeV",
        settings=(
            *narrow(NEUTRINO, mass),
            *channels(
                NEUTRINO,
                [
                    (shares["W"] / 2, (13, 24)),
                    (shares["W"] / 2, (-13, -24)),
                    (shares["Z"], (14, 23)),
                ],
            ),
            *LEPTONIC_W,
            *LEPTONIC_Z,
        ),
        cross_section_note=f"leading order, |V_muN|^2 = {model.mixing2:g}; contains N -> mu W and "
        "nu Z with W and Z to e, mu, tau; N -> nu H is left out",
        matrix_element=matrix_element,
    )


def left_right(w_mass: float, neutrino_mass: float) -> Process:
    """The left-right model: q qbar' -> W_R -> mu N with N -> mu W, W -> l nu, three leptons.

    W_R couples as strongly as the W. N is taken to decay through its mixing with the light
    neutrino, as in `heavy_neutrino`; through a virtual W_R it would make two leptons and two jets.

    Args:
        w_mass: Mass of the W_R [GeV].
        neutrino_mass: Mass of N [GeV].

    Raises:
        InputError: Masses out of range or out of order.
    """
    model = HeavyNeutrino(checked_mass("left_right", neutrino_mass, Z_MASS + 5))
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
            "9900024:onIfAny = 9900014",
            *narrow(NEUTRINO, neutrino_mass),
            *channels(NEUTRINO, [(0.5, (13, 24)), (0.5, (-13, -24))]),
            *LEPTONIC_W,
        ),
        cross_section_note="leading order; contains W_R -> mu N and W -> l nu (e, mu, tau), not "
        f"N -> mu W: to be multiplied by {model.branching['W']:.4f} if N only mixes",
    )


def type3_seesaw(mass: float) -> Process:
    """The fermion triplet of the type-III seesaw: q qbar' -> W* -> Sigma+- Sigma0.

    Args:
        mass: Mass of the triplet [GeV].

    Raises:
        InputError: A mass out of range.
    """
    model = LeptonTriplet(checked_mass("type3_seesaw", mass, Z_MASS + 5))
    neutral, charged = model.neutral_branching, model.charged_branching
    zero, plus = [], []
    for lepton in LEPTONS:
        zero += [
            (neutral["W"] / 6, (lepton, 24)),
            (neutral["W"] / 6, (-lepton, -24)),
            (neutral["Z"] / 3, (lepton + 1, 23)),
            (neutral["H"] / 3, (lepton + 1, 25)),
        ]
        plus += [
            (charged["W"] / 3, (lepton + 1, 24)),
            (charged["Z"] / 3, (-lepton, 23)),
            (charged["H"] / 3, (-lepton, 25)),
        ]

    def matrix_element() -> Any:
        from lepsearch.simulate.sigma2 import TripletPair

        return TripletPair(model, SIGMA_PLUS, SIGMA_ZERO)

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
        matrix_element=matrix_element,
    )


def chargino_neutralino(mass: float, lightest: float) -> Process:
    """Wino-like chargino and neutralino to W, Z and two of the lightest: three leptons.

    Args:
        mass: Mass of chargino and second neutralino [GeV].
        lightest: Mass of the lightest neutralino [GeV].

    Raises:
        InputError: Masses for which the Z is not on shell.
    """
    model = WeakTriplet(checked_mass("chargino_neutralino", mass, Z_MASS + 5))
    if not 0 <= lightest <= mass - Z_MASS - 1:
        msg = f"process chargino_neutralino: lightest is {lightest:g} GeV, expected 0 to "
        msg += f"{mass - Z_MASS - 1:.1f} GeV, so that the Z is on shell"
        raise InputError(msg)

    def matrix_element() -> Any:
        from lepsearch.simulate.sigma2 import TripletPair

        return TripletPair(model, CHI_PLUS, CHI_TWO, W_TO_LEPTONS * Z_TO_LEPTONS)

    return Process(
        name="chargino_neutralino",
        dsid=WINOS + 10_000 * round(mass) + round(lightest),
        label=rf"$\tilde\chi^\pm_1\tilde\chi^0_2 \to WZ$ ({mass:g}, {lightest:g}) GeV",
        settings=(
            f"{CHI_ONE}:m0 = {lightest}",
            f"{CHI_ONE}:mWidth = 0",
            *narrow(CHI_TWO, mass),
            *narrow(CHI_PLUS, mass),
            *channels(CHI_TWO, [(1.0, (CHI_ONE, 23))]),
            *channels(CHI_PLUS, [(1.0, (CHI_ONE, 24))]),
            *LEPTONIC_W,
            *LEPTONIC_Z,
        ),
        cross_section_note="leading order, wino-like, squarks decoupled; contains W -> l nu and "
        "Z -> l l (e, mu, tau)",
        matrix_element=matrix_element,
    )
