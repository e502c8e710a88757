"""The signal's formulas against explicit spinors, symmetries and published couplings."""

import itertools
import math

import numpy as np
import pytest

from lepsearch.simulate.mono_zprime import DarkHiggsModel, dark_higgs_model, vector_partial_width

SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
METRIC = np.array([1.0, -1.0, -1.0, -1.0])


def chiral_current(helicity: int, energy: float) -> np.ndarray:
    """vbar(p2) gamma^mu u(p1) of massless quarks along +z and -z, by two-component spinors.

    In the chiral basis gamma^mu is off-diagonal with (1, sigma) and (1, -sigma), so each helicity
    of the quark needs one of the two; normalisation sqrt(2E) for each spinor.
    """
    up, down = np.array([1, 0], complex), np.array([0, 1], complex)
    quark, antiquark = (up, down) if helicity > 0 else (down, up)
    signs = 1 if helicity > 0 else -1
    current = [antiquark.conj() @ quark]
    current += [antiquark.conj() @ (signs * one) @ quark for one in SIGMA]
    return 2 * energy * np.array(current)


def polarisations(momentum: np.ndarray, mass: float) -> list[np.ndarray]:
    """Two transverse and one longitudinal polarisation of a massive vector."""
    size = np.linalg.norm(momentum[1:])
    axis = momentum[1:] / size
    first = np.cross(axis, [0.3, -0.5, 0.8])
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    long = np.array([size, *(momentum[0] * axis)]) / mass
    return [np.array([0, *first]), np.array([0, *second]), long]


@pytest.mark.parametrize("root_s", [270.0, 400.0, 1500.0])
@pytest.mark.parametrize("cosine", [-0.9, 0.0, 0.35])
def test_matrix_element_equals_sum_of_helicity_amplitudes(root_s, cosine):
    model = DarkHiggsModel(130.0, 135.0, quark_coupling=0.17, dark_coupling=0.8)
    s, energy = root_s**2, root_s / 2
    m2, h2 = model.zprime_mass**2, model.higgs_mass**2
    e3 = (s + m2 - h2) / (2 * root_s)
    k = math.sqrt(e3**2 - m2)
    sine = math.sqrt(1 - cosine**2)
    zprime = np.array([e3, k * sine, 0.0, k * cosine])
    total = 0.0
    for helicity, polarisation in itertools.product((1, -1), polarisations(zprime, 130.0)):
        amplitude = chiral_current(helicity, energy) @ (METRIC * polarisation)
        total += abs(amplitude) ** 2
    vertex = 2 * model.dark_coupling * model.zprime_mass
    propagator = (s - m2) ** 2 + m2 * model.width**2
    squared = (model.quark_coupling * vertex) ** 2 * total / propagator
    expected = squared / (4 * 3) / (16 * math.pi * s**2)  # spins, colours; d(sigma)/dt
    t = m2 - 2 * energy * (e3 - k * cosine)
    u = m2 + h2 - s - t
    assert model.dsigma_dt(s, t, u, m2) == pytest.approx(expected, rel=1e-10)


def test_matrix_element_is_symmetric_in_t_and_u():
    model = dark_higgs_model("heavy", 130.0)
    s, t = 400.0**2, -2.0e4
    u = 2 * 130.0**2 - s - t
    assert model.dsigma_dt(s, t, u, 130.0**2) == model.dsigma_dt(s, u, t, 130.0**2) > 0


def test_matrix_element_is_not_negative_outside_phase_space():
    assert dark_higgs_model("heavy", 130.0).dsigma_dt(1e4, 3e6, -3e6, 130.0**2) == 0.0


def test_width_scales_with_coupling_mass_and_colour():
    base = vector_partial_width(100.0, 0.1)
    assert vector_partial_width(100.0, 0.2) == pytest.approx(4 * base)
    assert vector_partial_width(300.0, 0.1) == pytest.approx(3 * base)
    assert vector_partial_width(100.0, 0.1, colours=3) == pytest.approx(3 * base)


def test_width_falls_to_zero_at_threshold():
    widths = [vector_partial_width(100.0, 0.1, mass) for mass in (0.0, 40.0, 49.999, 50.0, 60.0)]
    assert widths[0] > widths[1] > widths[2] > 0
    assert widths[3] == widths[4] == 0.0


@pytest.mark.parametrize(
    ("sector", "mass", "higgs"),
    [
        pytest.param("heavy", 130.0, 130.0, id="heavy: as heavy as the Z'"),
        pytest.param("heavy", 100.0, 125.0, id="heavy, below 125 GeV"),
        pytest.param("light", 400.0, 125.0, id="light: 125 GeV"),
        pytest.param("light", 100.0, 100.0, id="light, below 125 GeV"),
    ],
)
def test_benchmark_masses(sector, mass, higgs):
    assert dark_higgs_model(sector, mass).higgs_mass == higgs


def test_top_opens_and_lowers_the_lepton_branching_ratio():
    below, above = (dark_higgs_model("heavy", mass) for mass in (300.0, 1500.0))
    # without masses: 2 g_l^2 / (3 g_l^2 + 3 n g_q^2), with n = 5 or 6 quarks
    assert below.branching_to_light_leptons == pytest.approx(2e-4 / (3e-4 + 0.15), rel=2e-3)
    assert above.branching_to_light_leptons == pytest.approx(2e-4 / (3e-4 + 0.18), rel=2e-3)
