"""Every feature against an independent calculation, its symmetries, and its entry."""

from dataclasses import fields
from functools import partial
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import vector
from hypothesis import given, settings
from hypothesis import strategies as st

from lepsearch.events import skim_columns
from lepsearch.events.features import DILEPTON, FEATURES, feature_table
from lepsearch.events.objects import MATRIX_JETS, SelectedEvents
from lepsearch.events.records import Jets, Leptons

dilepton_table = partial(feature_table, region="dilepton")
trilepton_table = partial(feature_table, region="trilepton")
ANGLES = ("dPhiLeps", "dPhiLLMet", "dPhiLeadMet", "dPhiCloseMet")
COUNTS = (
    "nbjets", "nljets", "n_bjetPt20", "n_ljetPt40", "n_jetsetaCentral", "n_jetsetaForward50"
)  # fmt: skip
ENERGIES = ("lep1pt", "lep2pt", "mll", "met", "mt", "mt2", "et", "ht", "jet1pt", "jet3pt", "mjj")


def lists(kind, rows):
    """Objects given as dictionaries, an event a row; an event may be empty, a field left out."""
    flat = [one for row in rows for one in row]
    columns = {
        field.name: np.array([one.get(field.name, 0) for one in flat], dtype=float)
        for field in fields(kind)[1:]
    }
    columns |= {name: values.astype(bool) for name, values in columns.items() if name == "b_tagged"}
    return kind(np.array([len(row) for row in rows], dtype=int), **columns)


def selected(leptons, jets, met, met_phi):
    """Events whose objects have already been selected."""
    n = len(leptons)
    return SelectedEvents(
        run=np.ones(n, dtype=np.uint32), event=np.arange(n, dtype=np.uint64),
        original=np.arange(n),
        generator_weight=np.ones(n), scale_factor=np.ones(n), trigger=np.ones(n, dtype=bool),
        missing_pt=np.asarray(met, dtype=float), missing_phi=np.asarray(met_phi, dtype=float),
        leptons=lists(Leptons, leptons), jets=lists(Jets, jets), n_baseline=np.full(n, 2),
    )  # fmt: skip


def lepton(pt, eta, phi, flavour=13, charge=1):
    return {
        "pt": pt, "eta": eta, "phi": phi, "energy": pt * np.cosh(eta), "flavour": flavour,
        "charge": charge,
    }  # fmt: skip


def jet(pt, eta, phi, mass=0.0, b_tagged=False):
    energy = np.hypot(pt * np.cosh(eta), mass)
    return {"pt": pt, "eta": eta, "phi": phi, "energy": energy, "b_tagged": b_tagged}


def random_events(rng, n, *, n_leptons=2, rotate=0.0, scale=1.0):
    """The same events for the same generator's seed, whatever the rotation and scale."""

    def kinematics(low):
        phi = rng.uniform(-np.pi, np.pi) + rotate
        wrapped = np.arctan2(np.sin(phi), np.cos(phi))
        return scale * (low + rng.exponential(40)), rng.uniform(-2.8, 2.8), wrapped

    def falling(objects):
        return sorted(objects, key=lambda one: -one["pt"])

    leptons = [falling([lepton(*kinematics(20)) for _ in range(n_leptons)]) for _ in range(n)]
    jets = [
        falling(
            jet(*kinematics(20), mass=scale * 8, b_tagged=rng.random() < 0.3)
            for _ in range(rng.integers(0, 9))
        )
        for _ in range(n)
    ]
    met, _, phi = zip(*(kinematics(50) for _ in range(n)), strict=True)
    return leptons, jets, met, phi


@pytest.fixture(scope="module")
def events():
    return random_events(np.random.default_rng(5), 300)


@pytest.fixture(scope="module")
def table(events):
    return dilepton_table(selected(*events))


def to_vector(objects):
    """The package ``vector``'s own four-momenta."""
    columns = {k: np.array([one[k] for one in objects]) for k in ("pt", "eta", "phi", "energy")}
    return vector.array(columns)


def test_lepton_pair_against_vector(events, table):
    leptons, _, met, met_phi = events
    first, second = (to_vector([pair[i] for pair in leptons]) for i in (0, 1))
    pair = first + second
    assert table["mll"] == pytest.approx(pair.mass, rel=1e-6)
    assert table["et"] == pytest.approx(pair.Et, rel=1e-6)
    missing = vector.array({"pt": np.array(met), "phi": np.array(met_phi)})
    flat = vector.array({"pt": pair.pt, "phi": pair.phi, "eta": 0 * pair.pt, "mass": pair.mass})
    seen = flat + vector.array({"pt": missing.pt, "phi": missing.phi, "eta": 0 * pair.pt,
                                "mass": 0 * pair.pt})  # fmt: skip
    assert table["mt"] == pytest.approx(seen.mass, rel=1e-6)
    assert table["dPhiLeps"] == pytest.approx(np.abs(first.deltaphi(second)), abs=1e-6)
    assert table["dPhiLLMet"] == pytest.approx(np.abs(pair.to_2D().deltaphi(missing)), abs=1e-6)
    to_met = [np.abs(one.to_2D().deltaphi(missing)) for one in (first, second)]
    assert table["dPhiLeadMet"] == pytest.approx(to_met[0], abs=1e-6)
    assert table["dPhiCloseMet"] == pytest.approx(np.minimum(*to_met), abs=1e-6)


@pytest.mark.parametrize(("n_leptons", "make"), [(2, dilepton_table), (3, trilepton_table)])
def test_leptons_and_missing_momentum_are_kept(n_leptons, make):
    leptons, *rest = random_events(np.random.default_rng(8), 50, n_leptons=n_leptons)
    for row in leptons:
        row[0] |= {"flavour": 11, "charge": -1}
    table = make(selected(leptons, *rest))
    for i in range(n_leptons):
        for field in ("pt", "eta", "phi", "flavour", "charge"):
            expected = [row[i][field] for row in leptons]
            assert table[f"lep{i + 1}{field}"] == pytest.approx(expected, rel=1e-6), field
    assert table["met"] == pytest.approx(rest[1], rel=1e-6)
    assert table["metphi"] == pytest.approx(rest[2], rel=1e-6)


def test_momentum_sums_by_hand(events, table):
    leptons, jets, met, _ = events
    everything = zip(leptons, jets, strict=True)
    ht = np.array([sum(one["pt"] for one in (*lep, *jet)) for lep, jet in everything])
    assert table["ht"] == pytest.approx(ht, rel=1e-6)
    assert table["rt"] == pytest.approx(np.array(met) / ht, rel=1e-6)


def test_jets_against_vector(events, table):
    jets = events[1]
    for i in range(3):
        for field in ("pt", "eta", "phi"):
            expected = [row[i][field] if len(row) > i else np.nan for row in jets]
            assert table[f"jet{i + 1}{field}"] == pytest.approx(expected, rel=1e-6, nan_ok=True)
    pairs = [to_vector(row[:2]).sum().mass if len(row) > 1 else np.nan for row in jets]
    assert table["mjj"] == pytest.approx(pairs, rel=1e-5, nan_ok=True)


def test_counts_by_hand(events, table):
    def count(passes):
        return [sum(map(passes, row)) for row in events[1]]

    def is_b(one):
        return one["b_tagged"] and abs(one["eta"]) < 2.5

    expected = {
        "nbjets": count(is_b),
        "nljets": count(lambda one: not is_b(one)),
        "n_bjetPt20": count(is_b),
        "n_ljetPt40": count(lambda one: not is_b(one) and one["pt"] > 40),
        "n_jetsetaCentral": count(lambda one: abs(one["eta"]) < 2.5),
        "n_jetsetaForward50": count(lambda one: abs(one["eta"]) > 2.5 and one["pt"] > 50),
    }
    for name, values in expected.items():
        assert table[name].tolist() == values, name
        assert max(values) > 0  # the case is tried


def test_a_jet_on_the_limit_does_not_count():
    pair = [lepton(60.0, 0.0, 0.0), lepton(40.0, 0.5, 2.0)]
    jets = [jet(90.0, -2.5, 1.0), jet(60.0, 2.5, 2.0), jet(40.0, 2.0, 0.0)]
    table = dilepton_table(selected([pair], [jets], [60.0], [0.0]))
    for name, number in {"Central": 1, "Forward50": 0}.items():
        assert table[f"n_jetseta{name}"].tolist() == [number]
    assert table["n_ljetPt40"].tolist() == [2]


def test_stransverse_mass_of_balanced_pairs():
    """Without jets, p_miss = -(p1 + p2): m_T2^2 = 2 (p1 p2 + p1.p2) (arXiv:0704.2515)."""
    rng = np.random.default_rng(7)
    leptons = random_events(rng, 50)[0]
    p1, p2 = (to_vector([pair[i] for pair in leptons]).to_2D() for i in (0, 1))
    missing = -(p1 + p2)
    got = dilepton_table(selected(leptons, [[] for _ in leptons], missing.rho, missing.phi))["mt2"]
    expected = np.sqrt(2 * (p1.rho * p2.rho + p1.dot(p2)))
    assert got == pytest.approx(expected, rel=1e-5)


@settings(max_examples=12, deadline=None)
@given(angle=st.floats(-7, 7), scale=st.floats(0.3, 30), seed=st.integers(0, 1000))
def test_rotation_and_scale(angle, scale, seed):
    """Turning the detector changes no size and no difference; a common factor scales energies."""
    before, turned, larger = (
        dilepton_table(selected(*random_events(np.random.default_rng(seed), 20, **changes)))
        for changes in ({}, {"rotate": angle}, {"scale": scale})
    )
    for name in (*ENERGIES, *ANGLES, "rt", "lep1eta", "jet1eta", "met_sig"):
        assert turned[name] == pytest.approx(before[name], rel=1e-4, abs=near(name), nan_ok=True)
    for name in ENERGIES:
        expected, allowed = scale * before[name].astype(float), scale * near(name)
        assert larger[name] == pytest.approx(expected, rel=1e-4, abs=allowed, nan_ok=True), name
    for name in (*ANGLES, "rt", "lep1eta", "lep2phi", "jet2phi"):
        assert larger[name] == pytest.approx(before[name], rel=1e-4, abs=1e-3, nan_ok=True), name
    for name in COUNTS:
        assert turned[name].tolist() == before[name].tolist()


def near(name):
    """The bisection of m_T2 is coarse [GeV] where the value is next to nothing."""
    return 0.05 if name == "mt2" else 1e-3


def test_exchange_of_leptons(events, table):
    """Only what is named after the leading lepton may change."""
    leptons, *rest = events
    swapped = dilepton_table(selected([pair[::-1] for pair in leptons], *rest))
    for name in ("mll", "mt", "mt2", "et", "ht", "rt", "dPhiLeps", "dPhiLLMet", "dPhiCloseMet"):
        assert swapped[name] == pytest.approx(table[name], rel=1e-5, abs=near(name)), name
    assert swapped["lep1pt"].tolist() == table["lep2pt"].tolist()
    assert swapped["dPhiLeadMet"] != pytest.approx(table["dPhiLeadMet"])


def test_ranges(table):
    for name in ANGLES:
        assert table[name].min() >= 0
        assert table[name].max() <= np.float32(np.pi)
    assert np.all(table["dPhiCloseMet"] <= table["dPhiLeadMet"])
    assert np.all(table["mt"] >= table["mll"] * (1 - 1e-6))
    assert np.all(table["ht"] >= table["lep1pt"])


def test_absent_jets_are_nan():
    pair = [lepton(60.0, 0.0, 0.0), lepton(40.0, 0.5, 2.0)]
    jets = [[], [jet(50.0, 2.6, 1.0)]]
    table = dilepton_table(selected([pair, pair], jets, [60.0, 60.0], [0.0, 0.0]))
    assert np.isnan(table["jet1pt"]).tolist() == [True, False]
    for name in ("mjj", "jet2eta", "jet3phi"):
        assert np.isnan(table[name]).all()
    assert table["n_jetsetaForward50"].tolist() == [0, 0]  # not above 50 GeV
    assert table["ht"].tolist() == [100, 150]


def test_trilepton_jets_are_kept_by_kind():
    leptons, jets, met, phi = random_events(np.random.default_rng(9), 80, n_leptons=3)
    jets[0] = [jet(100.0 - i, 0.1 * i, 0.3, mass=9.0) for i in range(8)]  # more than are kept
    table = trilepton_table(selected(leptons, jets, met, phi))
    for prefix, wanted in (("ljet", False), ("bjet", True)):
        for i in range(MATRIX_JETS):
            of_kind = [
                [one for one in row if (one["b_tagged"] and abs(one["eta"]) < 2.5) == wanted]
                for row in jets
            ]
            for field in ("pt", "eta", "phi"):
                expected = [row[i][field] if len(row) > i else np.nan for row in of_kind]
                got = table[f"{prefix}{i + 1}{field}"]
                assert got == pytest.approx(expected, rel=1e-6, nan_ok=True)
            mass = [8.0 if len(row) > i else np.nan for row in of_kind[1:]]
            assert table[f"{prefix}{i + 1}m"][1:] == pytest.approx(mass, rel=1e-4, nan_ok=True)
    assert table["ljet6m"][0] == pytest.approx(9.0, rel=1e-4)
    ht = [sum(one["pt"] for one in (*a, *b)) for a, b in zip(leptons, jets, strict=True)]
    assert table["ht"] == pytest.approx(ht, rel=1e-6)
    assert table["mlll"] == pytest.approx([to_vector(row).sum().mass for row in leptons], rel=1e-5)


def of_all_kinds(rng, n, **changes):
    """Events with three leptons of mixed flavours and charges."""
    leptons, *rest = random_events(np.random.default_rng(17), n, n_leptons=3, **changes)
    for row in leptons:
        for one in row:
            one |= {"flavour": rng.choice([11, 13]), "charge": rng.choice([-1, 1])}
    return leptons, *rest


def test_trilepton_pair_nearest_the_z():
    leptons, *rest = of_all_kinds(np.random.default_rng(2), 200)
    expected = []
    for row in leptons:
        masses = [
            float(to_vector([a, b]).sum().mass)
            for a, b in combinations(row, 2)
            if a["flavour"] == b["flavour"] and a["charge"] != b["charge"]
        ]
        expected.append(min(masses, key=lambda m: abs(m - 91.19), default=np.nan))
    table = trilepton_table(selected(leptons, *rest))
    assert 0 < np.isnan(expected).sum() < 150
    assert table["mll_z"] == pytest.approx(expected, rel=1e-4, nan_ok=True)


def test_trilepton_symmetries():
    """Of rotation and scale for all sizes; the order of the leptons changes only their names."""
    before, turned, larger = (
        trilepton_table(selected(*of_all_kinds(np.random.default_rng(4), 60, **changes)))
        for changes in ({}, {"rotate": 1.3}, {"scale": 2.0})
    )
    leptons, *rest = of_all_kinds(np.random.default_rng(4), 60)
    swapped = trilepton_table(selected([row[::-1] for row in leptons], *rest))
    for name in ("mlll", "ht", "met", "mjj", "lep3pt", "ljet1m"):
        assert turned[name] == pytest.approx(before[name], rel=1e-4, nan_ok=True), name
        assert larger[name] == pytest.approx(2 * before[name], rel=1e-4, nan_ok=True), name
    for name in ("mlll", "mll_z", "ht", "met", "mjj", "flcomp"):
        assert swapped[name] == pytest.approx(before[name], rel=1e-4, nan_ok=True), name
    assert turned["mll_z"] == pytest.approx(before["mll_z"], rel=1e-4, nan_ok=True)
    assert swapped["lep1pt"].tolist() == before["lep3pt"].tolist()


def test_tables_are_flat_and_small():
    for n_leptons, make in ((2, dilepton_table), (3, trilepton_table)):
        chosen = selected(*random_events(np.random.default_rng(1), 4, n_leptons=n_leptons))
        table = make(chosen)
        assert {values.shape for values in table.values()} == {(4,)}
        wide = [name for name, values in table.items() if values.dtype == np.float64]
        assert wide == ["event_weight"]
        assert {name: v.dtype for name, v in make(chosen[:0]).items()} == {
            name: v.dtype for name, v in table.items()
        }


COLUMNS = {region: feature_table(selected([], [], [], []), region) for region in FEATURES}
EVERY = [(region, one) for region, known in FEATURES.items() for one in known.values()]


@pytest.mark.parametrize(("region", "one"), EVERY, ids=lambda x: getattr(x, "name", x))
def test_feature_is_a_column_and_can_be_drawn(region, one):
    assert one.name in COLUMNS[region]
    assert len(one.edges) == one.bins[2] + 1
    assert np.all(np.diff(one.edges) > 0)
    assert one.unit in ("GeV", "rad", "")
    assert one.axis == one.label + f" [{one.unit}]" * bool(one.unit)
    assert one.counts == np.issubdtype(COLUMNS[region][one.name].dtype, np.integer)
    if one.counts:
        assert np.diff(one.edges) == pytest.approx(1)
    figure = plt.figure()
    figure.suptitle(one.axis)
    figure.canvas.draw()  # matplotlib refuses TeX that it can't set
    plt.close(figure)


def test_every_column_is_in_words():
    added = {"weight", "sample", "group", "kind"}  # by `Dataset`
    for region, columns in COLUMNS.items():
        assert set(skim_columns.COLUMNS[region]) - added == set(columns) - {"event_weight"}
        for one in skim_columns.COLUMNS[region].values():
            assert one.title
            assert one.unit in ("GeV", "rad", "")


def test_every_column_is_a_feature_or_identifies():
    known = {"run", "event", "original", "event_weight", "metphi", "n_baseline", "n_fake", "pair"}
    for region, columns in COLUMNS.items():
        rest = {
            name for name in set(columns) - set(FEATURES[region]) - known
            if not name.endswith(("charge", "flavour"))
        }  # fmt: skip
        assert all(name.startswith(("ljet", "bjet")) for name in rest), region


def test_the_theses_tables_are_complete():
    """Thesis B: 20 features in table 4.2, 10 in 4.3, 4 in 5.1; two are starred."""
    sources = [one.source for one in DILEPTON.values()]
    assert [sources.count(table) for table in ("4.2", "4.3", "5.1")] == [20, 10, 4]
    assert [one.name for one in DILEPTON.values() if one.dropped] == ["dPhiLeps", "dPhiCloseMet"]
    assert sum(one.may_be_absent for one in DILEPTON.values()) == 10
