"""g b -> t W: the square of its two diagrams."""

from __future__ import annotations

import math

from lepsearch.simulate.currents import WEAK2

__all__ = ("dsigma_dt", "squared")


def squared(s: float, t: float, top2: float, w2: float) -> float:
    """The squared amplitude, summed over all spins, without couplings and colours.

    The amplitude is that of the b in the s channel and of the top in the t channel,

        ubar(t) [ gamma_mu P_L (p_b + p_g)-slash gamma_nu / s
                + gamma_nu ((p_t - p_g)-slash + m_t) gamma_mu P_L / (t - m_t^2) ] u(b),

    with the W's polarisation sum, and -g for the gluon's, which suffices because the amplitude
    vanishes for a gluon along its own momentum. The trace was reduced to the polynomial below by a
    fit of its 35 coefficients, which come out as whole numbers; the tests take the trace itself.

    Args:
        s: Mandelstam s [GeV^2].
        t: (p_b - p_W)^2 [GeV^2].
        top2: Squared mass of the top [GeV^2].
        w2: Squared mass of the W [GeV^2].

    Returns:
        The square (no dimension).
    """
    a, b, x = top2, w2, t - top2
    both = s + x
    terms = (
        -2 * a * x * both**2
        - 4 * b * x * (s**2 + x**2)
        + 8 * b**2 * x * (both - b)
        - 4 * a * (a + b) * x * both
        + 4 * a * b**2 * (3 * x + 2 * s)
        - 4 * a**2 * b * s
        - 4 * a**3 * both
    )
    return max(0.0, terms / (b * s * x**2))


def dsigma_dt(s: float, t: float, top2: float, w2: float, strong: float) -> float:
    """Parton cross section of g b -> t W-, averaged over spins and colours, |V_tb| = 1.

    The couplings are g^2/2 of the W and g_s^2 of the gluon; the colours give 4 / 24, the spins 1/4.

    Args:
        s: Mandelstam s [GeV^2].
        t: (p_b - p_W)^2 [GeV^2].
        top2: Squared mass of the top [GeV^2].
        w2: Squared mass of the W [GeV^2].
        strong: alpha_s.

    Returns:
        The cross section [GeV^-4].
    """
    couplings = WEAK2 / 2 * 4 * math.pi * strong * 4 / 24 / 4
    return couplings * squared(s, t, top2, w2) / (16 * math.pi * s**2)
