"""Masses and angles against independent calculations and symmetries."""

from types import SimpleNamespace

import awkward as ak
import mt2
import numpy as np
import pytest
import vector
from scipy import optimize

from lepsearch.events import kinematics
from lepsearch.events.kinematics import FourVector

rng = np.random.default_rng(3)
N = 200


def random_leptons():
    pt, eta, phi = rng.exponential(50, N) + 5, rng.normal(0, 1.5, N), rng.uniform(-np.pi, np.pi, N)
    return pt, eta, phi


def cartesian(pt, eta, phi):
    return FourVector(pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), pt * np.cosh(eta))


@pytest.mark.parametrize(
    ("phi1", "phi2", "expected"),
    [
        pytest.param(0.1, 0.0, 0.1, id="no wrap"),
        pytest.param(3.0, -3.0, 6.0 - 2 * np.pi, id="across the cut"),
        pytest.param(np.pi, 0.0, -np.pi, id="opposite"),
        pytest.param(7.0, 0.0, 7.0 - 2 * np.pi, id="more than a turn"),
    ],
)
def test_delta_phi(phi1, phi2, expected):
    assert kinematics.delta_phi(phi1, phi2) == pytest.approx(expected)


def test_components_and_sums_against_vector():
    pt, eta, phi = random_leptons()
    objects = {"pt": pt, "eta": eta, "phi": phi, "energy": 1.1 * pt * np.cosh(eta)}
    theirs = vector.array(objects)
    ours = kinematics.four_vector(SimpleNamespace(**objects))
    for name in ("px", "py", "pz", "energy", "pt", "phi"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name))
    triples = FourVector(*(part[:198].reshape(-1, 3) for part in ours))
    by_hand = triples.of(0) + triples.of(1) + triples.of(2)
    for total, part in zip(triples.total(), by_hand, strict=True):
        assert total == pytest.approx(part)


def test_mass_against_vector_and_by_hand():
    one, two = random_leptons(), random_leptons()
    got = kinematics.mass(cartesian(*one) + cartesian(*two))
    pair = [
        vector.array({"pt": p, "eta": e, "phi": f, "mass": np.zeros(N)}) for p, e, f in (one, two)
    ]
    assert got == pytest.approx((pair[0] + pair[1]).mass)
    by_hand = np.sqrt(2 * one[0] * two[0] * (np.cosh(one[1] - two[1]) - np.cos(one[2] - two[2])))
    assert got == pytest.approx(by_hand)


def test_mass_of_one_massless_particle_is_not_nan():
    assert kinematics.mass(cartesian(100.0, 2.4, 0.3)) == pytest.approx(0, abs=1e-4)


def test_transverse_mass_of_a_massless_particle():
    # the familiar W formula
    pt, _, phi = random_leptons()
    met, _, met_phi = random_leptons()
    expected = np.sqrt(2 * pt * met * (1 - np.cos(phi - met_phi)))
    assert kinematics.transverse_mass(pt, phi, 0.0, met, met_phi) == pytest.approx(expected)


def test_transverse_mass_is_the_mass_seen_across_the_beam():
    """Independent: invariant mass of both systems after taking pz = 0 for each."""
    pt, _, phi = random_leptons()
    met, _, met_phi = random_leptons()
    m = rng.exponential(80, N)
    visible = vector.array({"pt": pt, "phi": phi, "eta": np.zeros(N), "mass": m})
    invisible = vector.array({"pt": met, "phi": met_phi, "eta": np.zeros(N), "mass": np.zeros(N)})
    got = kinematics.transverse_mass(pt, phi, m, met, met_phi)
    assert got == pytest.approx((visible + invisible).mass)
    assert np.all(got >= m)


def test_stransverse_mass_published_value():
    """The example of the package's documentation, with massive particles [GeV]."""
    assert mt2.mt2(100, 410, 20, 150, -210, -300, -200, 280, 100, 100) == pytest.approx(412.628)


def test_stransverse_mass_by_hand():
    """Leptons back to back: zero, as nothing is missing."""
    a, b = (FourVector(*map(np.atleast_1d, cartesian(50.0, 0.0, phi))) for phi in (0.0, np.pi))
    assert kinematics.stransverse_mass(a, b, [0.0], [0.0]) == pytest.approx(0, abs=1e-6)


def test_stransverse_mass_by_minimising():
    """Its definition: the least, over all ways to share the missing momentum, of the larger m_T."""
    n = 25
    first, second = (cartesian(*(part[:n] for part in random_leptons())) for _ in range(2))
    met, met_phi = (part[:n] for part in random_leptons()[::2])
    got = kinematics.stransverse_mass(first, second, met, met_phi)

    def larger(share, i):
        shares = share, met[i] * np.array([np.cos(met_phi[i]), np.sin(met_phi[i])]) - share
        squares = [
            2 * (np.hypot(p.px[i], p.py[i]) * np.hypot(*q) - p.px[i] * q[0] - p.py[i] * q[1])
            for p, q in zip((first, second), shares, strict=True)
        ]
        return np.sqrt(max(*squares, 0.0))

    for i in range(n):
        starts = ([0.0, 0.0], [met[i], 0.0], [-first.px[i], -first.py[i]], [30.0, -40.0])
        tried = [
            optimize.minimize(
                larger, start, args=(i,), method="Nelder-Mead",
                options={"xatol": 1e-4, "fatol": 1e-6, "maxiter": 4000},
            ).fun
            for start in starts
        ]  # fmt: skip
        assert got[i] == pytest.approx(min(tried), rel=2e-3, abs=0.5)


def test_stransverse_mass_ends_at_the_parent_mass():
    """Pairs of W -> l nu at rest in the transverse plane: m_T2 never exceeds the W mass."""
    m_w, n = 80.4, 500
    cos1, cos2 = rng.uniform(-1, 1, (2, n))
    phi1, phi2 = rng.uniform(-np.pi, np.pi, (2, n))
    leptons, missing = [], np.zeros((2, n))
    for cos, phi in ((cos1, phi1), (cos2, phi2)):
        pt = m_w / 2 * np.sqrt(1 - cos**2)
        px, py = pt * np.cos(phi), pt * np.sin(phi)
        leptons.append(FourVector(px, py, m_w / 2 * cos, np.full(n, m_w / 2)))
        missing -= np.array([px, py])
    got = kinematics.stransverse_mass(*leptons, np.hypot(*missing), np.arctan2(*missing[::-1]))
    assert np.all(got <= m_w * (1 + 1e-6))
    assert got.max() > 0.9 * m_w
    swapped = kinematics.stransverse_mass(
        *leptons[::-1], np.hypot(*missing), np.arctan2(*missing[::-1])
    )
    assert swapped == pytest.approx(got, abs=1e-6)


def test_stransverse_mass_against_the_bare_search():
    """Zero between the leptons, and nowhere else; as the package finds it, to its precision."""
    first, second = (cartesian(*random_leptons()) for _ in range(2))
    met, _, met_phi = random_leptons()
    got = kinematics.stransverse_mass(first, second, met, met_phi)
    px, py = met * np.cos(met_phi), met * np.sin(met_phi)
    bare = mt2.mt2(0, first.px, first.py, 0, second.px, second.py, px, py, 0, 0)
    assert got == pytest.approx(bare, rel=1e-6, abs=0.05)
    inside = np.abs(kinematics.delta_phi(first.phi, second.phi))
    parts = (np.abs(kinematics.delta_phi(one.phi, met_phi)) for one in (first, second))
    assert (got == 0).tolist() == (sum(parts) <= inside + 1e-9).tolist()
    assert 0.1 < np.mean(got == 0) < 0.5


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_stransverse_mass_scales_with_all_momenta(scale):
    first, second = (cartesian(*random_leptons()) for _ in range(2))
    met, _, met_phi = random_leptons()
    small = (FourVector(*(scale * part for part in one)) for one in (first, second))
    got = kinematics.stransverse_mass(*small, scale * met, met_phi)
    plain = kinematics.stransverse_mass(first, second, met, met_phi)
    assert got / scale == pytest.approx(plain, rel=1e-4, abs=0.05)
    assert (got == 0).tolist() == (plain == 0).tolist()


def test_stransverse_mass_of_nearly_parallel_leptons():
    first, second = (
        FourVector(*(np.array([value]) for value in (40.0, py, 0.0, 40.0))) for py in (0.0, 1e-3)
    )
    got = kinematics.stransverse_mass(first, second, [30.0], [np.pi / 2])
    # by symmetry each invisible particle takes half: m_T^2 = 2 40 15
    assert got == pytest.approx(np.sqrt(2 * 40 * 15), rel=1e-3)


def test_transverse_energy_of_awkward_events():
    flat = np.array([[3.0, 0.0, 1.0], [4.0, 0.0, 2.0], [12.0, 0.0, -2.0], [14.0, 5.0, 9.0]])
    vectors = FourVector(*(ak.unflatten(part, [2, 0, 1]) for part in flat))
    expected = [[14 * 5 / 13, 0.0], [], [9 * 5**0.5 / 3]]
    assert ak.all(ak.isclose(kinematics.transverse_energy(vectors), ak.Array(expected)))
    got = kinematics.transverse_energy(FourVector(*flat))
    assert got == pytest.approx([14 * 5 / 13, 0.0, 9 * 5**0.5 / 3])


def test_no_events():
    none = FourVector(*np.empty((4, 0)))
    assert kinematics.stransverse_mass(none, none, [], []).shape == (0,)
    assert kinematics.transverse_mass([], [], [], [], []).shape == (0,)
