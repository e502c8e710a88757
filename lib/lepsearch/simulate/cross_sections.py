"""Cross sections of proton collisions by quadrature: a second way beside Pythia's events."""

import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.simulate.matrix_elements import CKM2
from lepsearch.simulate.mono_zprime import CONTACT_SCALE, Sector, dark_higgs_model, inelastic_model
from lepsearch.simulate.pythia import pythia_module
from lepsearch.simulate.three_leptons import LEPTONIC_WZ, HeavyNeutrino, WeakTriplet

__all__ = ("CHARGED", "NEUTRAL", "annihilation_cross_section", "breakup_momentum", "predicted_pb")

COLLISION_ENERGY = 13_000.0  # GeV
PB = 0.389379e9  # pb GeV^2
PROTON = 2212
POINTS_S, POINTS_Y, POINTS_T = 24, 24, 8  # of the Gauss-Legendre rules

PartonCrossSection = Callable[[float, float, float], float]
Pairs = Mapping[tuple[int, int], float]

NEUTRAL: Pairs = {(flavour, -flavour): 1.0 for flavour in range(1, 6)}
CHARGED: Pairs = {
    **{(up, -down): strength for (up, down), strength in CKM2.items()},
    **{(down, -up): strength for (up, down), strength in CKM2.items()},
}


def breakup_momentum(mass: float, mass1: float, mass2: float) -> float:
    """Momentum of either product of a two-body decay at rest; 0 where it is closed [GeV].

    Examples:
        >>> breakup_momentum(10.0, 0.0, 0.0)
        5.0
        >>> breakup_momentum(10.0, 6.0, 5.0)
        0.0
    """
    inside = (mass**2 - (mass1 + mass2) ** 2) * (mass**2 - (mass1 - mass2) ** 2)
    return math.sqrt(inside) / (2 * mass) if inside > 0 and mass > mass1 + mass2 else 0.0


def annihilation_cross_section(
    dsigma_dt: PartonCrossSection, masses: tuple[float, float], pairs: Pairs = NEUTRAL
) -> float:
    """Cross section of q qbar -> 3 4 in proton collisions at 13 TeV.

    The parton cross section is integrated over the scattering angle, over the rapidity and over the
    logarithm of its energy, with the parton densities of Pythia's default. Their scale is the
    parton energy, which Pythia takes too where a process has no t channel. Particles 3 and 4 have
    their nominal masses.

    Args:
        dsigma_dt: d(sigma)/dt by s, t and u [GeV^-4], averaged over the quarks' spins and colours.
        masses: Masses of particles 3 and 4 [GeV].
        pairs: Numbers of quark and antiquark, and by how much their cross section is scaled:
            ``NEUTRAL`` (each flavour with its own) or ``CHARGED`` (through a W of either charge).

    Returns:
        The cross section [pb].

    Raises:
        InputError: There is no energy for these masses, or no Pythia.
    """
    threshold = sum(masses) / COLLISION_ENERGY
    if not 0 < threshold < 1:
        msg = f"masses {masses} GeV, expected a sum between 0 and {COLLISION_ENERGY:g} GeV"
        raise InputError(msg)
    # most of it lies just above the threshold: even steps in the cube root of the logarithm
    depth = -2 * math.log(threshold)
    total = 0.0
    for node, weight in zip(*np.polynomial.legendre.leggauss(POINTS_S), strict=True):
        root = (node + 1) / 2
        log_tau = depth * (root**3 - 1)
        s = COLLISION_ENERGY**2 * math.exp(log_tau)
        step = weight / 2 * 3 * root**2 * depth
        total += step * _over_angle(dsigma_dt, s, masses) * _luminosity(log_tau, s, pairs)
    return float(total * PB)


def _over_angle(dsigma_dt: PartonCrossSection, s: float, masses: tuple[float, float]) -> float:
    """The parton cross section at one energy [GeV^-2]."""
    momentum = breakup_momentum(math.sqrt(s), *masses)
    m3, m4 = (mass**2 for mass in masses)
    middle, half = (m3 + m4 - s) / 2, math.sqrt(s) * momentum
    nodes, weights = np.polynomial.legendre.leggauss(POINTS_T)
    return half * math.fsum(
        weight * dsigma_dt(s, middle + half * z, middle - half * z)
        for z, weight in zip(nodes, weights, strict=True)
    )


def _luminosity(log_tau: float, scale2: float, pairs: Pairs) -> float:
    """Integral over rapidity of x1 f(x1) x2 f(x2), with the quark from either proton."""
    nodes, weights = np.polynomial.legendre.leggauss(POINTS_Y)
    half = -log_tau / 2
    forward, backward = (np.exp(log_tau / 2 + sign * half * nodes) for sign in (1, -1))
    product = sum(
        strength * _density(quark, forward, scale2) * _density(antiquark, backward, scale2)
        for (quark, antiquark), strength in pairs.items()
    )
    return float(2 * half * np.sum(weights * product))


def _density(flavour: int, x: NDArray[np.float64], scale2: float) -> NDArray[np.float64]:
    """x f(x) of one flavour."""
    _, proton = _proton()
    return np.array([max(proton.xf(flavour, float(one), scale2), 0.0) for one in x])


@cache
def _proton() -> tuple[Any, Any]:
    """A generator without a process, and the parton densities of its default, which it owns."""
    pythia = pythia_module().Pythia("", False)
    for line in ("Print:quiet = on", "ProcessLevel:all = off"):
        pythia.readString(line)
    pythia.init()
    return pythia, pythia.getPDFPtr(PROTON)


def predicted_pb(process: str, parameters: Mapping[str, float | str]) -> float | None:
    """Leading-order cross section of a signal into the final states that its sample holds.

    Narrow widths are taken, where the events have Breit-Wigner shapes cut off at ten widths.

    Args:
        process: Name of the process.
        parameters: Its parameters, as the manifest states them.

    Returns:
        The cross section times branching ratios [pb]; None for processes that aren't covered (a
        resonance of two quarks, such as the W_R).
    """
    mass = float(parameters.get("mass", 0.0))
    sector = cast(Sector, parameters.get("sector"))
    if process == "dark_higgs":
        higgs = dark_higgs_model(sector, mass)
        dsigma_dt = partial(higgs.dsigma_dt, zprime_mass2=mass**2)
        made = annihilation_cross_section(dsigma_dt, (mass, higgs.higgs_mass))
        return made * higgs.branching_to_light_leptons
    if process in ("light_vector", "inelastic_eft"):
        scale = CONTACT_SCALE if process == "inelastic_eft" else None
        pair = inelastic_model(sector, mass, scale=scale)
        made = annihilation_cross_section(pair.dsigma_dt, (pair.heavy_mass, pair.light_mass))
        return made * pair.branching_to_light_leptons
    if process == "heavy_neutrino":
        neutrino = HeavyNeutrino(mass)

        def to_neutrino(s: float, t: float, _: float) -> float:
            return neutrino.dsigma_dt(s, t, 0.0, mass**2)

        return annihilation_cross_section(to_neutrino, (0.0, mass), CHARGED) * neutrino.leptonic
    if process in ("type3_seesaw", "chargino_neutralino"):
        triplet = partial(WeakTriplet(mass).dsigma_dt, charged2=mass**2, neutral2=mass**2)
        share = LEPTONIC_WZ if process == "chargino_neutralino" else 1.0
        return annihilation_cross_section(triplet, (mass, mass), CHARGED) * share
    return None
