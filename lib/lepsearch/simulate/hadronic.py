"""Cross sections of proton collisions by quadrature: a second way beside Pythia's events."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.simulate.currents import CKM2
from lepsearch.simulate.pythia import pythia_module

__all__ = (
    "CHARGED",
    "COLLISION_ENERGY",
    "NEUTRAL",
    "annihilation_cross_section",
    "breakup_momentum",
)

COLLISION_ENERGY = 13_000.0  # GeV
PB = 0.389379e9  # pb GeV^2
PROTON = 2212
POINTS_S, POINTS_Y, POINTS_T = 24, 24, 8  # of the Gauss-Legendre rules

PartonCrossSection = Callable[[float, float, float], float]
Pairs = Mapping[tuple[int, int], float]

NEUTRAL: Pairs = {(flavour, -flavour): 1.0 for flavour in range(1, 6)}
CHARGED: Pairs = {
    pair: strength
    for (up, down), strength in CKM2.items()
    for pair in ((up, -down), (down, -up))
}  # fmt: skip


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
    proton = _proton()
    return np.array([max(proton.xf(flavour, float(one), scale2), 0.0) for one in x])


@cache
def _proton() -> Any:
    """The parton densities of Pythia's default; they need no process."""
    pythia = pythia_module().Pythia("", False)
    for line in ("Print:quiet = on", "ProcessLevel:all = off"):
        pythia.readString(line)
    pythia.init()
    return _Kept(pythia, pythia.getPDFPtr(PROTON))


class _Kept:
    """Parton densities, and the generator that owns them."""

    def __init__(self, pythia: Any, density: Any) -> None:
        self.pythia = pythia
        self.xf = density.xf
