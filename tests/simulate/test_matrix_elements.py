"""Formulas of currents, top with W and heavy leptons against traces of Dirac matrices."""

import math

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.simulate.matrix_elements import (
    WEAK2,
    chiral_pair,
    top_and_w,
    top_and_w_squared,
    vector_pair,
)
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.three_leptons import HeavyNeutrino, WeakTriplet

PAULI = [
    np.array(one, complex) for one in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
]
ZERO, ONE = np.zeros((2, 2)), np.eye(2)
GAMMA = np.array(
    [np.block([[ZERO, ONE], [ONE, ZERO]])]
    + [np.block([[ZERO, one], [-one, ZERO]]) for one in PAULI]
)
GAMMA5 = np.diag([-1, -1, 1, 1])
LEFT = (np.eye(4) - GAMMA5) / 2
METRIC = np.array([1.0, -1.0, -1.0, -1.0])


def slash(momentum):
    return np.einsum("m,mab->ab", METRIC * momentum, GAMMA)


def dot(a, b):
    return float(a @ (METRIC * b))


def two_to_two(root_s, cosine, m3, m4):
    """Massless momenta in along z, two masses out."""
    energy = root_s / 2
    e3 = (root_s**2 + m3**2 - m4**2) / (2 * root_s)
    k, sine = math.sqrt(e3**2 - m3**2), math.sqrt(1 - cosine**2)
    first, second = np.array([energy, 0, 0, energy]), np.array([energy, 0, 0, -energy])
    third = np.array([e3, k * sine, 0, k * cosine])
    return first, second, third, first + second - third


def tensor(first, second, vertex):
    """Trace of a fermion line with mass terms: slash(p) + m on both sides of a vertex pair."""
    bar = np.einsum("ab,ncb,cd->nad", GAMMA[0], vertex.conj(), GAMMA[0])
    return np.einsum("ab,mbc,cd,nda->mn", first, vertex, second, bar)


@pytest.mark.parametrize("axial", [False, True])
@pytest.mark.parametrize(("root_s", "cosine"), [(500.0, 0.3), (420.0, -0.7), (2000.0, 0.95)])
def test_pair_of_massive_fermions_is_the_trace(axial, root_s, cosine):
    m3, m4 = 270.0, 140.0
    q, qbar, p3, p4 = two_to_two(root_s, cosine, m3, m4)
    vertex = np.array([one @ GAMMA5 for one in GAMMA]) if axial else GAMMA
    quarks = tensor(slash(qbar), slash(q), GAMMA)
    pair = tensor(slash(p3) + m3 * np.eye(4), slash(p4) - m4 * np.eye(4), vertex)
    lowered = METRIC[:, None] * METRIC[None, :]
    squared = np.einsum("mn,mn->", quarks, pair * lowered).real
    # spins 1/4, colours 1/3, flux and phase space
    expected = squared / 4 / 3 / (16 * math.pi * root_s**4)
    s, t, u = root_s**2, dot(q - p3, q - p3), dot(q - p4, q - p4)
    assert vector_pair(s, t, u, m3, m4, axial=axial) == pytest.approx(expected, rel=1e-9)


def test_left_handed_currents_are_the_trace():
    q, qbar, p3, p4 = two_to_two(600.0, 0.4, 0.1, 250.0)
    vertex = np.array([one @ LEFT for one in GAMMA])
    quarks = tensor(slash(qbar), slash(q), vertex)
    # p4 is the fermion, p3 the antifermion
    pair = tensor(slash(p4) + 250.0 * np.eye(4), slash(p3) - 0.1 * np.eye(4), vertex)
    lowered = METRIC[:, None] * METRIC[None, :]
    squared = np.einsum("mn,mn->", quarks, pair * lowered).real
    expected = squared / 4 / 3 / (16 * math.pi * 600.0**4)
    assert chiral_pair(600.0**2, dot(q - p3, q - p3), 0.1, 250.0) == pytest.approx(expected)


TOP, W = 172.5, 80.379


def top_amplitude(b, g, w, t):
    """Both diagrams, first index the W's, second the gluon's."""
    through_b = np.einsum("mab,bc,ncd->mnad", GAMMA @ LEFT, slash(b + g), GAMMA) / dot(b + g, b + g)
    inner = slash(t - g) + TOP * np.eye(4)
    through_t = np.einsum("nab,bc,mcd->mnad", GAMMA, inner, GAMMA @ LEFT)
    return through_b + through_t / (dot(t - g, t - g) - TOP**2)


@pytest.mark.parametrize(("root_s", "cosine"), [(260.0, 0.0), (400.0, 0.8), (900.0, -0.95)])
def test_top_and_w_is_the_trace(root_s, cosine):
    b, g, w, t = two_to_two(root_s, cosine, W, TOP)
    amplitude = top_amplitude(b, g, w, t)
    bar = np.einsum("ab,mncb,cd->mnad", GAMMA[0], amplitude.conj(), GAMMA[0])
    polarisations = -np.diag(METRIC) + np.outer(METRIC * w, METRIC * w) / W**2
    squared = np.einsum(
        "mk,n,ab,mnbc,cd,knda->", polarisations, -METRIC, slash(t) + TOP * np.eye(4), amplitude,
        slash(b), bar, optimize=True,
    ).real  # fmt: skip
    ours = top_and_w_squared(root_s**2, dot(b - w, b - w), TOP**2, W**2)
    assert ours == pytest.approx(squared, rel=1e-9)


def test_top_and_w_has_no_gluon_along_its_own_momentum():
    b, g, w, t = two_to_two(400.0, 0.3, W, TOP)
    amplitude = np.einsum("n,mnab->mab", METRIC * g, top_amplitude(b, g, w, t))
    between = np.einsum("ab,mbc,cd->mad", slash(t) + TOP * np.eye(4), amplitude, slash(b))
    size = np.abs(top_amplitude(b, g, w, t)).max() * 400.0**3
    assert np.abs(between).max() / size < 1e-14


def test_top_and_w_averages_over_spins_and_colours():
    s, t = 400.0**2, -3e4
    per_square = WEAK2 / 2 * 4 * math.pi * 0.1 * (4 / 24) / 4 / (16 * math.pi * s**2)
    expected = per_square * top_and_w_squared(s, t, TOP**2, W**2)
    assert top_and_w(s, t, TOP**2, W**2, 0.1) == pytest.approx(expected)
    assert math.sqrt(WEAK2) == pytest.approx(0.653, abs=0.001)  # g


def test_heavy_neutrino_decays_to_w_z_higgs_as_2_1_1_far_above_them():
    shares = HeavyNeutrino(4000.0).branching
    assert [shares[one] for one in ("W", "Z", "H")] == pytest.approx([0.5, 0.25, 0.25], abs=2e-3)
    assert sum(HeavyNeutrino(150.0).branching.values()) == pytest.approx(1)


def test_closed_decays_have_no_share():
    assert HeavyNeutrino(110.0).branching["H"] == 0
    assert HeavyNeutrino(110.0).branching["Z"] > 0


def test_leptonic_share_lies_between_those_of_z_and_w():
    for mass in (100.0, 300.0, 2000.0):
        assert 3 * 0.033658 / 4 < HeavyNeutrino(mass).leptonic < 3 * 0.1086


def test_mixing_multiplies_the_cross_section():
    one, ten = HeavyNeutrino(300.0, mixing2=0.01), HeavyNeutrino(300.0, mixing2=0.1)
    arguments = (600.0**2, -1e5, 0.0, 9e4)
    assert ten.dsigma_dt(*arguments) == pytest.approx(10 * one.dsigma_dt(*arguments))


def test_triplet_pair_is_symmetric_in_t_and_u():
    triplet = WeakTriplet(400.0)
    s, t = 1000.0**2, -2e5
    u = 2 * 400.0**2 - s - t
    arguments = (400.0**2, 400.0**2)
    assert triplet.dsigma_dt(s, t, u, *arguments) == triplet.dsigma_dt(s, u, t, *arguments) > 0


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("heavy_neutrino", {"mass": 50}, "mass is 50 GeV, expected 96"),
        ("left_right", {"w_mass": 300, "neutrino_mass": 400}, "w_mass is 300 GeV, expected more"),
        ("type3_seesaw", {"mass": 9e4}, "mass is 90000 GeV"),
        ("chargino_neutralino", {"mass": 200, "lightest": 150}, "lightest is 150 GeV, expected 0"),
        (
            "light_vector",
            {"sector": "LDS", "mass": 400},
            "unknown sector of light_vector 'LDS'",
        ),
    ],
)
def test_impossible_masses_are_refused(name, parameters, message):
    with pytest.raises(InputError, match=message):
        find_process(name, parameters)
