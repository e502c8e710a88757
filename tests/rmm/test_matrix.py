"""The rapidity-mass matrix against an event calculated cell by cell, symmetries and edge cases."""

import math
import re
import subprocess
import sys

import awkward as ak
import numpy as np
import pandas as pd
import pytest
import vector

from lepsearch.errors import InputError
from lepsearch.rmm import (
    PRINTED,
    THESIS_CODE,
    Conventions,
    FourMomenta,
    Layout,
    kernel,
    present,
    rmm,
)
from lepsearch.rmm.compact import compact, compact_names
from lepsearch.rmm.layout import CHEKANOV, KINDS, T3N5, T4N5
from lepsearch.rmm.momenta import dilepton_momenta, trilepton_momenta

CHEKANOV_T4N3 = Layout.uniform(("jet", "muon", "electron", "photon"), 3)  # Map2RMM
CHEKANOV_CONVENTIONS = Conventions(transverse_energy="sine", sqrt_s=13_000.0)
SMALL = Layout((("jet", 3), ("electron", 2), ("muon", 2)))
NONE = FourMomenta.none
# pt, eta, phi, mass of a made-up event with a place left free in two of the types
EVENT = {
    "jet": [(120.0, -1.3, 0.4, 14.0), (45.0, 2.1, -2.9, 7.5)],
    "electron": [(60.0, 0.7, 2.2, 0.000511), (33.0, -0.2, -1.0, 0.000511)],
    "muon": [(28.0, 1.9, 3.0, 0.10566)],
}
MET, MET_PHI = 52.0, -0.8
ALL = [
    Conventions(),
    PRINTED,
    THESIS_CODE,
    CHEKANOV_CONVENTIONS,
    Conventions(transverse_energy="sine", rapidity_gap="full", angle_scale=2.0),
    Conventions(first_row="transverse_energy", sqrt_s=13_000.0),
]


def packed(event, places=4, dtype=float):
    """One event as ``FourMomenta`` with room to spare."""
    made = {}
    for name, particles in event.items():
        parts = np.full((4, 1, places), np.nan, dtype=dtype)
        for i, particle in enumerate(particles):
            parts[:, 0, i] = particle
        made[name] = FourMomenta(*parts)
    return made


def random_events(n, seed=5, most=4):
    rng = np.random.default_rng(seed)
    made = {}
    for name, mass in (("jet", 9.0), ("electron", 0.000511), ("muon", 0.10566)):
        parts = np.array(
            [
                rng.exponential(40, (n, most)) + 10, rng.normal(0, 1.5, (n, most)),
                rng.uniform(-np.pi, np.pi, (n, most)), np.full((n, most), mass),
            ]
        )  # fmt: skip
        parts[:, np.arange(most) >= rng.integers(0, most + 1, n)[:, None]] = np.nan
        made[name] = FourMomenta(*parts).sorted()
    return made, rng.exponential(60, n), rng.uniform(-np.pi, np.pi, n)


def four_vectors(event, layout):
    """The event's particles as objects of the package vector, by row of the matrix."""
    return {
        block.start + i: vector.obj(pt=pt, eta=eta, phi=phi, mass=mass)
        for name, block in layout.blocks.items()
        for i, (pt, eta, phi, mass) in enumerate(event[name])
    }


def by_hand(event, met, met_phi, layout, conventions):
    """The matrix by the definitions, one cell at a time, with the package vector."""
    unit = conventions.sqrt_s or 1.0
    c, divisor = conventions.angle_scale, 2 if conventions.rapidity_gap == "half" else 1
    particles = four_vectors(event, layout)
    first = {block.start for block in layout.blocks.values()}

    def e_t(p):
        sine = conventions.transverse_energy == "sine"
        return p.E * math.sin(p.theta) if sine else math.sqrt(p.mass**2 + p.pt**2)

    matrix = np.zeros((layout.size, layout.size))
    matrix[0, 0] = met / unit
    for i, p in particles.items():
        matrix[i, 0] = c * (math.cosh(p.rapidity) - 1)
        if conventions.first_row == "transverse_mass":
            px, py = p.px + met * math.cos(met_phi), p.py + met * math.sin(met_phi)
            matrix[0, i] = math.sqrt((e_t(p) + met) ** 2 - px**2 - py**2) / unit
        else:
            matrix[0, i] = e_t(p) / unit
        matrix[i, i] = e_t(p) / unit
        if i not in first:
            size = (lambda q: q.pt) if conventions.imbalance == "momentum" else e_t
            before, this = size(particles[i - 1]), size(p)
            matrix[i, i] = (before - this) / (before + this)
        for j, q in particles.items():
            if i < j:
                matrix[i, j] = (p + q).mass / unit
            if i > j:
                matrix[i, j] = c * (math.cosh((p.rapidity - q.rapidity) / divisor) - 1)
    return matrix


@pytest.mark.parametrize("conventions", ALL)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_cell_of_a_made_up_event(conventions, dtype):
    got = rmm(packed(EVENT, dtype=dtype), [MET], [MET_PHI], SMALL, conventions)[0]
    expected = by_hand(EVENT, MET, MET_PHI, SMALL, conventions)
    # a float32 pt is off by 3e-8; a mass of an almost massless pair is not a small difference here
    assert got == pytest.approx(expected, rel=2e-6, abs=2e-6)
    assert (got != 0).sum() == 1 + 3 * 5 + 2 * 10  # five objects: three cells each, two a pair


def test_some_cells_with_numbers_from_paper_and_pencil():
    """Formulas for massless particles, evaluated apart from any library of vectors."""
    event = {"jet": [], "electron": [(50.0, 1.0, 0.0, 0.0), (20.0, -0.5, 2.0, 0.0)], "muon": []}
    matrix = rmm(packed(event), [30.0], [1.0], SMALL)[0]

    def cell(name):
        return float(matrix[SMALL.index(name)])

    assert cell("met") == 30
    assert cell("eT_e1") == 50
    assert cell("deT_e2") == pytest.approx(30 / 70)
    assert cell("m_e1_e2") == pytest.approx(math.sqrt(2 * 50 * 20 * (math.cosh(1.5) - math.cos(2))))
    assert cell("mT_e1") == pytest.approx(math.sqrt(2 * 50 * 30 * (1 - math.cos(1))))
    assert cell("hL_e1") == pytest.approx(0.15 * (math.cosh(1) - 1))
    assert cell("h_e2_e1") == pytest.approx(0.15 * (math.cosh(0.75) - 1))


def test_printed_and_used_rapidity_difference_at_five():
    """Thesis A prints cosh(dy), its code has cosh(dy/2): 10.98 and 0.77 at dy = 5."""
    event = {"jet": [(50.0, 2.5, 0.0, 0.0), (40.0, -2.5, 0.0, 0.0)], "electron": [], "muon": []}
    where = (0, *SMALL.index("h_j2_j1"))
    assert rmm(packed(event), [0], [0], SMALL)[where] == pytest.approx(0.77, abs=0.005)
    assert rmm(packed(event), [0], [0], SMALL, PRINTED)[where] == pytest.approx(10.98, abs=0.005)


def test_first_row_of_the_thesis_repeats_the_diagonal():
    matrix = rmm(packed(EVENT), [MET], [MET_PHI], SMALL, THESIS_CODE)[0]
    for block in SMALL.blocks.values():
        assert matrix[0, block.start] == matrix[block.start, block.start]
    turned = rmm(packed(EVENT), [MET], [MET_PHI + 1], SMALL, THESIS_CODE)[0]
    assert np.array_equal(matrix, turned)  # nothing knows where the missing momentum points
    default = rmm(packed(EVENT), [MET], [MET_PHI], SMALL)[0]
    assert not np.allclose(default, rmm(packed(EVENT), [MET], [MET_PHI + 1], SMALL)[0])


@pytest.mark.parametrize("conventions", ALL)
def test_rotation_in_phi_changes_nothing(conventions):
    objects, met, phi = random_events(50)
    turned = {k: FourMomenta(o.pt, o.eta, o.phi + 1.234, o.mass) for k, o in objects.items()}
    expected = rmm(objects, met, phi, SMALL, conventions)
    got = rmm(turned, met, phi + 1.234, SMALL, conventions)
    assert got == pytest.approx(expected, rel=1e-4, abs=1e-3)


def boosted(event, rapidity):
    """The particles as seen from a frame that moves along the beam."""
    moved = {}
    for name, particles in event.items():
        vectors = [vector.obj(pt=a, eta=b, phi=c, mass=m) for a, b, c, m in particles]
        vectors = [v.boostZ(beta=math.tanh(rapidity)) for v in vectors]
        moved[name] = [(v.pt, v.eta, v.phi, v.mass) for v in vectors]
    return moved


@pytest.mark.parametrize(
    ("conventions", "changed"),
    [
        pytest.param(Conventions(), {"hL"}, id="only the distance from the plane"),
        pytest.param(PRINTED, {"hL"}, id="printed"),
        pytest.param(CHEKANOV_CONVENTIONS, {"hL", "eT", "deT", "mT"}, id="E sin(theta) too"),
    ],
)
def test_boost_along_the_beam(conventions, changed):
    before = rmm(packed(EVENT), [MET], [MET_PHI], SMALL, conventions)[0]
    after = rmm(packed(boosted(EVENT, 0.9)), [MET], [MET_PHI], SMALL, conventions)[0]
    for kind in KINDS:
        cells = SMALL.kinds == kind
        same = np.allclose(before[cells], after[cells], rtol=1e-5, atol=1e-7)
        assert same == (kind not in changed), kind


def test_scale_of_momenta():
    objects, met, phi = random_events(30)
    larger = {k: FourMomenta(3 * o.pt, o.eta, o.phi, 3 * o.mass) for k, o in objects.items()}
    one, three = rmm(objects, met, phi, SMALL), rmm(larger, 3 * met, phi, SMALL)
    energies = np.isin(SMALL.kinds, ["met", "mT", "eT", "m"])
    assert three[:, energies] == pytest.approx(3 * one[:, energies], rel=1e-4, abs=1e-3)
    assert three[:, ~energies] == pytest.approx(one[:, ~energies], rel=1e-5, abs=1e-7)


def test_sqrt_s_divides_energies_and_masses_only():
    objects, met, phi = random_events(30)
    in_gev = rmm(objects, met, phi, SMALL)
    divided = rmm(objects, met, phi, SMALL, Conventions(sqrt_s=13_000))
    energies = np.isin(SMALL.kinds, ["met", "mT", "eT", "m"])
    assert divided[:, energies] == pytest.approx(in_gev[:, energies] / 13_000, rel=1e-6)
    assert np.array_equal(divided[:, ~energies], in_gev[:, ~energies])


def test_massless_limit_joins_on():
    def matrix(mass):
        event = {
            name: [(pt, eta, phi, mass) for pt, eta, phi, _ in of_type]
            for name, of_type in EVENT.items()
        }
        return rmm(packed(event), [MET], [MET_PHI], SMALL)[0]

    assert matrix(1e-6) == pytest.approx(matrix(0.0), rel=1e-5, abs=1e-5)
    assert np.isfinite(matrix(0.0)).all()


@pytest.mark.parametrize("eta", [-12.0, -5.0, 0.0, 5.0, 12.0])
def test_far_forward_and_collinear_particles_stay_finite(eta):
    event = {"jet": [(9.0, eta, 0.1, 0.0), (8.0, eta, 0.1, 0.0)], "electron": [], "muon": []}
    matrix = rmm(packed(event), [10.0], [0.1], SMALL)[0]
    assert np.isfinite(matrix).all()
    assert matrix[SMALL.index("h_j2_j1")] == pytest.approx(0, abs=1e-20)
    assert matrix[SMALL.index("m_j1_j2")] == pytest.approx(0, abs=1e-6 * math.cosh(eta))


def test_small_rapidity_differences_keep_their_digits():
    event = {"jet": [(9.0, 4.0, 0.1, 0.0), (8.0, 4.0 + 1e-5, 0.1, 0.0)], "electron": [], "muon": []}
    h = rmm(packed(event), [0.0], [0.0], SMALL)[0][SMALL.index("h_j2_j1")]
    assert h == pytest.approx(0.15 * 1e-10 / 8, rel=1e-4)  # C dy^2 / 8


def test_events_with_nothing_and_with_one_object():
    nothing = {"jet": NONE(2), "electron": NONE(2), "muon": NONE(2)}
    matrices = rmm(nothing, [40.0, 0.0], [0.3, 0.0], SMALL)
    assert matrices.sum() == matrices[0, 0, 0] == 40
    assert present(nothing, SMALL).sum() == 2  # the missing momentum
    one = packed({"jet": [], "electron": [], "muon": [(30.0, 1.0, 0.0, 0.1)]})
    matrix = rmm(one, [40.0], [0.3], SMALL)[0]
    assert set(SMALL.names[matrix != 0]) == {"met", "mT_mu1", "hL_mu1", "eT_mu1"}


def test_no_events():
    objects = {"jet": NONE(0), "electron": NONE(0), "muon": NONE(0)}
    assert rmm(objects, [], [], SMALL).shape == (0, SMALL.size, SMALL.size)
    assert present(objects, SMALL).shape == (0, SMALL.size, SMALL.size)


def test_without_missing_momentum_its_row_is_empty():
    matrix = rmm(packed(EVENT), [0.0], [0.0], SMALL)[0]
    assert (matrix[0] == 0).all()
    assert (matrix[1:, 1:] != 0).any()


def test_more_objects_than_places_leave_the_soft_ones_out():
    objects, met, phi = random_events(40)
    cut = {name: FourMomenta(*(part[:, :2] for part in one)) for name, one in objects.items()}
    layout = Layout.uniform(("jet", "electron", "muon"), 2)
    assert np.array_equal(rmm(objects, met, phi, layout), rmm(cut, met, phi, layout))


def test_mask_tells_an_absent_object_from_a_zero():
    event = {"jet": [(50.0, 0.0, 0.0, 0.0), (50.0, 0.0, 1.0, 0.0)], "electron": [], "muon": []}
    matrix = rmm(packed(event), [10.0], [2.0], SMALL)[0]
    mask = present(packed(event), SMALL)[0]
    for name in ("hL_j1", "deT_j2", "h_j2_j1"):  # at rest along the beam, and of equal pt
        assert matrix[SMALL.index(name)] == 0
        assert mask[SMALL.index(name)]
    assert not mask[SMALL.index("deT_j3")]
    assert (matrix[~mask] == 0).all()


@pytest.mark.parametrize("conventions", ALL)
def test_never_nan(conventions):
    objects, met, phi = random_events(3000)
    matrices = rmm(objects, met, phi, T3N5, conventions)
    assert np.isfinite(matrices).all()
    assert (matrices[~present(objects, T3N5)] == 0).all()


def test_threads_and_chunks_change_nothing():
    objects, met, phi = random_events(5000)  # more than two chunks, and not a multiple
    one = rmm(objects, met, phi, SMALL)
    assert np.array_equal(one, rmm(objects, met, phi, SMALL, threads=2))
    place = np.full_like(one, np.nan)
    assert rmm(objects, met, phi, SMALL, threads=2, out=place) is place
    assert np.array_equal(one, place)
    alone = rmm(
        {k: o[1600:1601] for k, o in objects.items()}, met[1600:1601], phi[1600:1601], SMALL
    )
    assert np.array_equal(one[1600], alone[0])


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(np.empty((4, SMALL.size, SMALL.size), np.float32), id="events"),
        pytest.param(np.empty((5, SMALL.size, SMALL.size)), id="type"),
        pytest.param(np.empty((SMALL.size, SMALL.size, 5), np.float32).T, id="order"),
    ],
)
def test_a_place_that_does_not_fit_is_named(place):
    with pytest.raises(InputError, match=r"`out` of shape \(5, .*float32, in C order"):
        rmm(*random_events(5), SMALL, out=place)


def change(objects, name, part, value, where=(700, 0)):
    """Four-momenta with one number replaced."""
    parts = dict(zip(("pt", "eta", "phi", "mass"), map(np.copy, objects[name]), strict=True))
    parts[part][where] = value
    return objects | {name: FourMomenta(**parts)}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("pt", np.inf),
        ("pt", -5.0),
        pytest.param("pt", np.nan, id="an object after an absent one"),
        pytest.param("pt", 1.0, id="not falling"),
        ("mass", -1.0),
        ("eta", np.nan),
        ("phi", np.inf),
        ("eta", 400.0),
        ("eta", -999.0),
    ],
)
def test_wrong_objects_are_named(part, value):
    n = 900
    parts = [np.full((n, 2), x) for x in (40.0, 0.3, 0.1, 5.0)]
    objects = {"jet": FourMomenta(*parts), "electron": NONE(n), "muon": NONE(n)}
    zeros = np.zeros(n)
    assert np.isfinite(rmm(objects, zeros, zeros, SMALL)).all()
    wrong = change(objects, "jet", part, value)
    got = re.escape(str(getattr(wrong["jet"], part)[700]))
    with pytest.raises(InputError, match=rf"event 700 has .*'jet'.*{part} {got}"):
        rmm(wrong, zeros, zeros, SMALL)


def test_what_an_absent_object_has_besides_pt_does_not_matter():
    expected = rmm(packed(EVENT), [MET], [MET_PHI], SMALL)
    absent = {}
    for name, one in packed(EVENT).items():
        rest = [np.where(np.isnan(one.pt), -999.0, part) for part in (one.eta, one.phi, one.mass)]
        absent[name] = FourMomenta(one.pt, *rest)
    assert any(np.isnan(one.pt).any() for one in absent.values())
    assert np.array_equal(rmm(absent, [MET], [MET_PHI], SMALL), expected)


def test_unsorted_objects_can_be_sorted():
    event = {"jet": EVENT["jet"][::-1], "electron": [], "muon": []}
    with pytest.raises(InputError, match=r"event 0 has .*sorted"):
        rmm(packed(event), [0.0], [0.0], SMALL)
    sorted_ = {name: one.sorted() for name, one in packed(event).items()}
    expected = packed({"jet": EVENT["jet"], "electron": [], "muon": []})
    assert np.array_equal(rmm(sorted_, [0.0], [0.0], SMALL), rmm(expected, [0.0], [0.0], SMALL))


@pytest.mark.parametrize(("met", "phi"), [(-1.0, 0.0), (np.nan, 0.0), (1.0, np.nan), (np.inf, 0.0)])
def test_wrong_missing_momentum_is_named(met, phi):
    with pytest.raises(InputError, match="event 0 has a missing momentum"):
        rmm(packed(EVENT), [met], [phi], SMALL)


@pytest.mark.parametrize("conventions", ALL)
def test_cells_of_the_farthest_objects_are_finite(conventions):
    event = {"jet": [(5e3, 40.0, 0.1, 9.0), (5e3, -40.0, 3, 9.0)], "electron": [], "muon": []}
    assert np.isfinite(rmm(packed(event), [10.0], [0.1], SMALL, conventions)).all()


@pytest.mark.parametrize("made", [np.ndarray.tolist, pd.DataFrame, np.float32])
def test_objects_of_lists_and_tables(made):
    given = {name: FourMomenta(*map(made, one)) for name, one in packed(EVENT).items()}
    got = rmm(given, [MET], [MET_PHI], SMALL)
    assert got == pytest.approx(rmm(packed(EVENT), [MET], [MET_PHI], SMALL), rel=1e-5)
    assert all(part.dtype == np.float32 for part in given["jet"]) == (made is np.float32)


def test_objects_keep_arrays_without_a_copy():
    for kind in (np.float32, np.float64):
        parts = np.ones((4, 1, 2), dtype=kind)
        assert all(np.shares_memory(part, parts) for part in FourMomenta(*parts))


@pytest.mark.parametrize("part", [[["a", "b"]], [[1.0], [2.0, 3.0]], {"pt": 1}])
def test_objects_that_are_no_numbers_are_named(part):
    with pytest.raises(InputError, match=r"expected eta as numbers of shape \(n, most\)"):
        FourMomenta([[50.0, 30.0]], part, [[0.0, 0.0]], [[0.0, 0.0]])


@pytest.mark.parametrize(
    ("met", "phi", "words"),
    [
        (1.0, [0.0], r"missing_pt of shape \(n,\)"),
        (["much"], [0.0], r"missing_pt as numbers of shape \(n,\), got \['much'\]"),
        ([[1.0]], [0.0], r"missing_pt .*got shape \(1, 1\)"),
        ([1.0], 0.0, "missing_phi of shape"),
    ],
)
def test_missing_momentum_of_the_wrong_shape_is_named(met, phi, words):
    with pytest.raises(InputError, match=words):
        rmm(packed(EVENT), met, phi, SMALL)


def test_input_of_the_wrong_shape_is_named():
    objects = packed(EVENT)
    with pytest.raises(InputError, match=r"no objects of type 'photon'.*FourMomenta.none"):
        rmm(objects, [1.0], [0.0], CHEKANOV_T4N3)
    with pytest.raises(InputError, match="2 events"):
        rmm(objects, [1.0, 2.0], [0.0, 0.0], SMALL)
    with pytest.raises(InputError, match="1 azimuths"):
        rmm({name: NONE(2) for name in EVENT}, [1.0, 2.0], [0.0], SMALL)
    with pytest.raises(InputError, match="one shape"):
        FourMomenta(*np.ones((3, 1, 2)), np.ones((1, 3)))
    with pytest.raises(InputError, match="rapidity_gap='quarter'"):
        Conventions(rapidity_gap="quarter")
    with pytest.raises(InputError, match="sqrt_s=0"):
        Conventions(sqrt_s=0)


@pytest.mark.parametrize(
    ("layout", "size"), [(T3N5, 15), (T4N5, 23), (CHEKANOV_T4N3, 13), (CHEKANOV, 51)]
)
def test_layouts_of_the_references(layout, size):
    assert layout.size == size
    names = layout.names.ravel()
    assert len(set(names)) == size**2
    assert len(set(layout.labels.ravel())) == size**2
    for i, j in ((0, 0), (0, 2), (3, 0), (4, 4), (size - 1, 1), (1, size - 1)):
        assert layout.index(layout.names[i, j]) == (i, j)
    matrices = np.arange(2 * size**2).reshape(2, size, size)
    rows = matrices.reshape(2, -1)
    assert rows[1, list(names).index("m_" + "_".join(layout.objects[:2]))] == matrices[1, 1, 2]


def test_draft_layout_has_225_features_and_the_final_one_529():
    assert T3N5.names.size == 225
    assert T4N5.names.size == 529
    assert len(compact_names(CHEKANOV)) == 46


def test_wrong_layouts_are_named():
    with pytest.raises(InputError, match="0 places"):
        Layout((("jet", 0),))
    with pytest.raises(InputError, match="share cell names"):
        Layout((("jet", 1), ("light_jet", 1)))
    with pytest.raises(InputError, match=r"unknown cell 'm_j1_e9'.*'m_j1_e"):
        T3N5.index("m_j1_e9")


def test_order_of_blocks_only_permutes_names():
    objects, met, phi = random_events(20)
    other = Layout(tuple(reversed(SMALL.types)))
    one, two = rmm(objects, met, phi, SMALL), rmm(objects, met, phi, other)
    for name in ("met", "mT_j2", "deT_e2", "m_e1_e2", "h_j3_j1"):
        assert np.array_equal(one[:, *SMALL.index(name)], two[:, *other.index(name)])
    assert np.array_equal(one[:, *SMALL.index("m_j1_mu1")], two[:, *other.index("m_mu1_j1")])


def test_compact_form_by_hand():
    objects, met, phi = random_events(20)
    matrices = rmm(objects, met, phi, SMALL).astype(float)
    values = dict(zip(compact_names(SMALL), compact(matrices, SMALL).T, strict=True))

    def together(names):
        cells = np.array([matrices[:, *SMALL.index(name)] for name in names])
        return np.sqrt((cells**2).sum(0))

    assert len(values) == 1 + 3 * 3 + 2 * 6
    assert values["met"] == pytest.approx(matrices[:, 0, 0])
    assert values["eT_jet"] == pytest.approx(together(["eT_j1", "deT_j2", "deT_j3"]))
    assert values["mT_muon"] == pytest.approx(together(["mT_mu1", "mT_mu2"]))
    assert values["hL_electron"] == pytest.approx(together(["hL_e1", "hL_e2"]))
    assert values["m_jet_jet"] == pytest.approx(together(["m_j1_j2", "m_j1_j3", "m_j2_j3"]))
    assert values["h_electron_electron"] == pytest.approx(together(["h_e2_e1"]))
    pairs = [(e, m) for e in ("e1", "e2") for m in ("mu1", "mu2")]
    assert values["m_electron_muon"] == pytest.approx(together([f"m_{e}_{m}" for e, m in pairs]))
    assert values["h_muon_electron"] == pytest.approx(together([f"h_{m}_{e}" for e, m in pairs]))


def skim_row():
    """One event in the columns of the trilepton skims."""
    row = {"met": 50.0, "metphi": 0.5}
    for i, (pt, flavour) in enumerate([(80, 13), (40, 11), (20, 13)], start=1):
        values = {"pt": pt, "eta": 0.1 * i, "phi": 0.2 * i, "flavour": flavour}
        row |= {f"lep{i}{k}": v for k, v in values.items()}
    for prefix, jets in (("ljet", [90.0, 30.0]), ("bjet", [60.0])):
        for i in range(6):
            pt = jets[i] if i < len(jets) else np.nan
            values = {"pt": pt, "eta": 0.3, "phi": -0.4 * i, "m": 0.1 * pt}
            values |= {} if i < len(jets) else {"eta": np.nan, "phi": np.nan}
            row |= {f"{prefix}{i + 1}{k}": v for k, v in values.items()}
    return pd.DataFrame([row])


def test_objects_of_the_skims():
    table = skim_row()
    objects = trilepton_momenta(table, T3N5)
    assert objects["jet"].pt[0, :4] == pytest.approx([90, 60, 30, np.nan], nan_ok=True)
    assert objects["muon"].pt[0] == pytest.approx([80, 20, np.nan], nan_ok=True)
    assert objects["muon"].mass[0, 0] == pytest.approx(0.10566, abs=1e-5)
    assert objects["electron"].eta[0] == pytest.approx([0.2, np.nan, np.nan], nan_ok=True)
    apart = trilepton_momenta(table, T4N5)
    assert apart["b_jet"].pt[0, 0] == 60
    assert np.isnan(apart["light_jet"].pt[0, 2:]).all()
    assert present(apart, T4N5).sum() == 1 + 3 * 6 + 2 * 15  # six objects
    matrix = rmm(apart, table["met"], table["metphi"], T4N5)[0]
    assert matrix[T4N5.index("eT_b1")] == pytest.approx(math.hypot(60, 6))
    assert set(trilepton_momenta(table, CHEKANOV_T4N3)) == {"jet", "muon", "electron"}


def test_objects_of_the_dilepton_skims():
    """Two leptons, and three jets of mass 0 that have no kind."""
    jets = {f"jet{i}{part}": np.nan for i in (1, 2, 3) for part in ("pt", "eta", "phi")}
    jets |= {"jet1pt": 70.0, "jet1eta": 0.5, "jet1phi": 1.0}
    objects = dilepton_momenta(skim_row().assign(**jets), SMALL)
    assert objects["jet"].pt[0] == pytest.approx([70, np.nan, np.nan], nan_ok=True)
    assert objects["jet"].mass[0] == pytest.approx([0, np.nan, np.nan], nan_ok=True)
    assert objects["muon"].pt[0] == pytest.approx([80, np.nan], nan_ok=True)
    assert objects["electron"].pt[0] == pytest.approx([40, np.nan], nan_ok=True)


def test_lists_of_several_lengths_are_padded():
    lists = [ak.Array([[50.0, 20.0], [], [30.0]]) for _ in range(4)]
    assert np.isnan(FourMomenta(*lists).pt).tolist() == [
        [False, False],
        [True, True],
        [False, True],
    ]
    assert FourMomenta(*[ak.Array([[], []])] * 4).pt.shape == (2, 0)


def test_table_without_jets_is_named():
    with pytest.raises(InputError, match="'ljet1pt'"):
        trilepton_momenta(skim_row().drop(columns="ljet1pt"), T3N5)


def test_kernels_are_kept_on_disk():
    for loop in (kernel.fill_type, kernel.fill_pairs):
        assert loop._cache.cache_path  # a folder that can be written to


def test_cache_goes_where_the_environment_says(tmp_path):
    code = (
        "from lepsearch.rmm import FourMomenta, Layout, rmm;"
        "rmm({'jet': FourMomenta.none(1)}, [1.0], [0.0], Layout((('jet', 1),)))"
    )
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "PATH": "", "HOME": "/nonexistent"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert list(tmp_path.rglob("*.nbi"))


@pytest.mark.parametrize("name", ["angle_scale", "sqrt_s"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, 1e-300])
def test_numbers_of_conventions_outside_their_range_are_named(name, value):
    with pytest.raises(InputError, match=re.escape(f"{name}={value!r}, expected")):
        Conventions(**{name: value})


@pytest.mark.parametrize("value", [1e200, 1.1e9])
def test_momenta_that_would_overflow_are_named(value):
    with pytest.raises(
        InputError, match=r"event 0 has a missing momentum .*beyond 1e\+09 GeV; got"
    ):
        rmm(packed(EVENT), [value], [0.0], SMALL)
    for part in ("pt", "mass", "phi"):
        wrong = change(packed(EVENT), "electron", part, value, (0, 0))
        with pytest.raises(InputError, match=rf"event 0 has .*'electron'.*got .*{part} \["):
            rmm(wrong, [MET], [MET_PHI], SMALL)
    small = change(packed(EVENT), "electron", "pt", 1 / value, (0, 1))
    with pytest.raises(InputError, match=r"event 0 has .*'electron'.*1e-09 to 1e\+09 GeV"):
        rmm(small, [MET], [MET_PHI], SMALL)


@pytest.mark.parametrize("gap", ["half", "full"])
@pytest.mark.parametrize("energy", ["mass", "sine"])
@pytest.mark.parametrize(("pt", "mass"), [(1e9, 1e9 - 4), (1e-9, 0.0), (1e9, 0.0), (1e-9, 1e8)])
def test_nothing_within_the_bounds_overflows(gap, energy, pt, mass):
    event = {"jet": [(pt, 40.0, 0.1, mass), (pt, -40.0, 3.0, mass)], "electron": [], "muon": []}
    for scale, sqrt_s in ((1e3, 1e-9), (1e-9, 1e12)):
        conventions = Conventions(gap, transverse_energy=energy, angle_scale=scale, sqrt_s=sqrt_s)
        assert np.isfinite(rmm(packed(event), [9e8], [0.1], SMALL, conventions)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, int])
def test_masked_objects_are_absent(dtype):
    pt = np.ma.masked_array([[50, 30, 20]], mask=[[False, False, True]], dtype=dtype)
    rest = [np.ma.masked_array([[0, 1, 2]], mask=pt.mask, dtype=dtype)] * 2
    jets = FourMomenta(pt, *rest, np.zeros((1, 3)))
    assert not any(isinstance(part, np.ma.MaskedArray) for part in jets)
    assert present({"jet": jets}, Layout((("jet", 3),)))[0].sum() == 9  # not the masked one
    whole = {
        "jet": FourMomenta(*(np.asarray(part, float)[:, :2] for part in (pt, *rest, jets.mass)))
    }
    layout = Layout((("jet", 3),))
    assert np.array_equal(rmm({"jet": jets}, [9], [0], layout), rmm(whole, [9], [0], layout))
    with pytest.raises(InputError, match="event 0 has a missing momentum"):
        rmm({"jet": jets}, np.ma.masked_array([9.0], mask=[True]), [0.0], layout)
