"""Cross sections of two partons to two particles, in plain numbers (no Pythia needed here)."""

import math

__all__ = ("CKM2", "breit_wigner", "chiral_pair", "top_and_w", "top_and_w_squared", "vector_pair")

FERMI = 1.1663788e-5  # GeV^-2
W_MASS, W_WIDTH = 80.379, 2.085  # GeV
Z_MASS, Z_WIDTH = 91.1876, 2.4952  # GeV
HIGGS_MASS = 125.0  # GeV
WEAK2 = 4 * math.sqrt(2) * FERMI * W_MASS**2  # g^2

# |V|^2 of up-type and down-type quarks (PDG, three digits)
CKM2 = {
    (2, 1): 0.9737**2,
    (2, 3): 0.2243**2,
    (2, 5): 0.0038**2,
    (4, 1): 0.221**2,
    (4, 3): 0.975**2,
    (4, 5): 0.0408**2,
}


def breit_wigner(s: float, mass: float, width: float) -> float:
    """1 / ((s - M^2)^2 + M^2 Gamma^2) [GeV^-4]."""
    return 1 / ((s - mass**2) ** 2 + (mass * width) ** 2)


def vector_pair(s: float, t: float, u: float, m3: float, m4: float, *, axial: bool) -> float:
    """d(sigma)/dt of vector currents without couplings and propagator, spins and colours averaged.

    The traces of the massless quarks and of the Dirac fermions of masses m3 and m4 give

        [(t - m3^2)(t - m4^2) + (u - m3^2)(u - m4^2) + 2 s m3 m4] / (24 pi s^2);

    an axial current of the pair turns the sign of the last term, which is the one that is left at
    threshold. The quarks' own current may be vector or axial, since they have no mass.

    Args:
        s, t, u: Mandelstam variables [GeV^2].
        m3, m4: Masses of the pair [GeV].
        axial: Whether the pair's current is axial.

    Returns:
        The cross section over couplings squared and propagator [no dimension].
    """
    masses = (-2 if axial else 2) * s * m3 * m4
    trace = (t - m3**2) * (t - m4**2) + (u - m3**2) * (u - m4**2) + masses
    return max(0.0, trace) / (24 * math.pi * s**2)


def chiral_pair(s: float, t: float, m3: float, m4: float) -> float:
    """d(sigma)/dt of two left-handed currents, with spins and colours averaged.

    For q qbar' -> f f' with both currents ``g gamma_mu P_L`` it is, without g^4 and propagator,

        (t - m3^2)(t - m4^2) / (48 pi s^2),

    where t is between quark and antifermion (equal to that between antiquark and fermion).

    Args:
        s, t: Mandelstam variables [GeV^2].
        m3, m4: Masses of the pair [GeV].
    """
    return max(0.0, (t - m3**2) * (t - m4**2)) / (48 * math.pi * s**2)


def top_and_w_squared(s: float, t: float, top2: float, w2: float) -> float:
    """Squared amplitude of g b -> t W, summed over all spins, without couplings and colours.

    The amplitude is that of the b in the s channel and of the top in the t channel,

        ubar(t) [ gamma_mu P_L (p_b + p_g)-slash gamma_nu / s
                + gamma_nu ((p_t - p_g)-slash + m_t) gamma_mu P_L / (t - m_t^2) ] u(b),

    with the W's polarisation sum, and -g for the gluon's, which suffices because the amplitude
    vanishes for a gluon along its own momentum. The trace was reduced to the polynomial below by a
    fit of its 35 coefficients, which come out as whole numbers; the tests take the trace itself.

    Args:
        s: Mandelstam s [GeV^2].
        t: (p_b - p_W)^2 [GeV^2].
        top2, w2: Squared masses of the top and the W [GeV^2].

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


def top_and_w(s: float, t: float, top2: float, w2: float, strong: float) -> float:
    """Parton cross section of g b -> t W-, averaged over spins and colours, |V_tb| = 1.

    The couplings are g^2/2 of the W and g_s^2 = 4 pi ``strong`` of the gluon; the colours give
    4 / 24, the spins 1/4. Arguments are as for `top_and_w_squared`, the result is in GeV^-4.
    """
    couplings = WEAK2 / 2 * 4 * math.pi * strong * 4 / 24 / 4
    return couplings * top_and_w_squared(s, t, top2, w2) / (16 * math.pi * s**2)
