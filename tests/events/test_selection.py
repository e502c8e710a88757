"""Objects, regions and cutflows, one cut at a time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.events import features, objects, reader, selection
from lepsearch.events.selection import Cutflow


@pytest.fixture
def read(tmp_path, write):
    def do(events):
        path = write["2020"](tmp_path / "a.root", events)
        return reader.read(path, "2020", simulated=True)

    return do


def electron(lepton, pt, **other):
    return lepton(pt, **({"flavour": 11} | other))


@pytest.mark.parametrize(
    ("changes", "baseline", "signal"),
    [
        pytest.param({}, 1, 1, id="good muon"),
        pytest.param({"pt": 10.0}, 0, 0, id="soft"),
        pytest.param({"pt": 10.5}, 1, 1, id="hard enough"),
        pytest.param({"eta": 2.71}, 0, 0, id="muon too far forward"),
        pytest.param({"flavour": 11, "eta": 2.48}, 0, 0, id="electron too far forward"),
        pytest.param({"eta": 2.6}, 1, 1, id="muon further forward than electrons may be"),
        pytest.param({"z0": 0.5}, 0, 0, id="another vertex"),
        pytest.param({"z0": -0.52, "flavour": 11}, 0, 0, id="electron of another vertex"),
        pytest.param({"z0": 0.49}, 1, 1, id="the same vertex"),
        pytest.param({"z0": 0.6, "eta": 1.0}, 1, 1, id="z0 counts times sin theta"),
        pytest.param({"tight": False}, 1, 0, id="loose"),
        pytest.param({"isolation": 6.0}, 1, 0, id="not isolated"),
        pytest.param({"d0sig": 3.0}, 1, 0, id="displaced muon"),
        pytest.param({"d0sig": 2.9}, 1, 1, id="hardly displaced"),
        pytest.param({"d0sig": 4.9, "flavour": 11}, 1, 1, id="electrons may be displaced more"),
        pytest.param({"d0sig": 5.0, "flavour": 11}, 1, 0, id="displaced electron"),
        pytest.param({"d0sig": -4.0}, 1, 0, id="the sign does not matter"),
    ],
)
def test_leptons(changes, baseline, signal, read, make_events):
    event, lepton, _ = make_events
    selected = objects.reconstruct(read([event([lepton(**({"pt": 30} | changes))])]))
    assert selected.n_baseline.tolist() == [baseline]
    assert selected.leptons.sizes.tolist() == [signal]


def test_jets(read, make_events):
    event, _, jet = make_events
    jets = [
        jet(100), jet(80, 2.9), jet(60, jvt=0.5), jet(59, jvt=0.58), jet(58, 2.45, jvt=0.1),
        jet(57, jvt=0.6), jet(56, 2.75), jet(21), jet(20),
    ]  # fmt: skip
    selected = objects.reconstruct(read([event([], jets=jets)]))
    assert selected.jets.pt.tolist() == pytest.approx([100, 60, 58, 57, 56, 21])
    tagged = [jet(50, 2.4, btag=True), jet(40, 2.5, btag=True), jet(35, 2.6, btag=True), jet(30)]
    selected = objects.reconstruct(read([event([], jets=tagged)]))
    assert selected.jets.pt[objects.is_b_jet(selected.jets)] == pytest.approx([50])


@pytest.mark.parametrize(
    ("flavours", "pts", "passes"),
    [
        ((11, 11), (25.1, 25.1), True),
        ((11, 11), (40, 25.0), False),
        ((13, 13), (27.1, 20.1), True),
        ((13, 13), (27.0, 26), False),
        ((13, 13), (40, 20.0), False),
        ((11, 13), (25.1, 20.1), True),
        ((11, 13), (25.0, 24.0), False),
        ((13, 11), (27.1, 25.0), False),
        ((13, 11), (27.1, 25.1), True),
    ],
)
def test_pair_thresholds(flavours, pts, passes, read, make_events):
    event, lepton, _ = make_events
    leptons = [
        lepton(pt, phi=phi, flavour=flavour)
        for pt, phi, flavour in zip(pts, (0.0, 3.0), flavours, strict=True)
    ]
    selected, flow = selection.select(read([event(leptons)]), "dilepton")
    assert len(selected) == passes
    assert flow.steps[-1].events == passes


def test_dilepton_cutflow(read, make_events):
    event, lepton, _ = make_events
    pair = [lepton(50), lepton(40, phi=2.5, charge=-1)]
    in_crack = [electron(lepton, 50, eta=1.45), electron(lepton, 40, phi=2.0)]
    events = [
        event(pair, weight=2.0),
        event(pair, met=49.0),
        event([lepton(50), lepton(40, phi=0.05)]),  # mass below 10 GeV
        event(in_crack),
        event([*pair[:1], electron(lepton, 40, eta=1.45, phi=2.0)]),  # the crack is for pairs of e
        event([*pair, lepton(30, phi=1.0)]),
        event([lepton(50)]),
        event(pair, trigger=False),
        event([]),
        event(pair, met=np.nan),
        event(pair, met=-1.0),
        event([lepton(np.inf)]),
        event([*pair, lepton(900, z0=-1.1, tight=False)], met=900.0),
        event([*pair, lepton(300, z0=1.1), lepton(10, z0=-2.0, phi=3.1)], met=500.0),
        event([*pair, electron(lepton, 90, z0=-1.1, tight=False), lepton(90, z0=0.9, tight=False)]),
    ]
    selected, flow = selection.select(read(events), "dilepton")
    counts = {step.name: step.events for step in flow.steps}
    assert counts == {
        "ntuple": 15, "finite": 12, "clean": 10, "trigger": 9, "two_leptons": 6, "lepton_pt": 6,
        "crack": 5, "mll": 4, "met": 3,
    }  # fmt: skip
    assert selected.event.tolist() == [0, 4, 14]
    assert flow.steps[-1].weight == pytest.approx(4)
    assert flow.steps[-1].weight_squared == pytest.approx(6)


@pytest.mark.parametrize(
    ("changes", "met", "last"),
    [
        pytest.param({}, 50.5, "met", id="passes"),
        pytest.param({}, 50.0, "mll", id="little is missing"),
        pytest.param({"phi": 0.21}, 60.0, "crack", id="9.4 GeV"),
        pytest.param({"phi": 0.235}, 60.0, "met", id="10.5 GeV"),
        pytest.param({"flavour": 11, "eta": 1.38}, 60.0, "lepton_pt", id="crack begins"),
        pytest.param({"flavour": 11, "eta": 1.51}, 60.0, "lepton_pt", id="crack ends"),
        pytest.param({"flavour": 11, "eta": -1.36}, 60.0, "met", id="barrel"),
        pytest.param({"flavour": 11, "eta": 1.53}, 60.0, "met", id="end-cap"),
    ],
)
def test_dilepton_cuts_where_they_begin(changes, met, last, read, make_events):
    """An event just within or beyond a cut is last seen after the named one."""
    event, lepton, _ = make_events
    other = {"phi": 2.0} | changes
    first = lepton(50, flavour=other.get("flavour", 13))
    _, flow = selection.select(read([event([first, lepton(40, **other)], met=met)]), "dilepton")
    assert [step.name for step in flow.steps if step.events][-1] == last


@pytest.mark.parametrize(
    ("z0", "pt", "clean"), [(1.05, 31.0, False), (1.0, 31.0, True), (-1.05, 30.0, True)]
)
def test_stray_muons_make_up_half_of_what_is_missing(z0, pt, clean, read, make_events):
    event, lepton, _ = make_events
    _, flow = selection.select(read([event([lepton(pt, z0=z0)], met=60.0)]), "dilepton")
    assert [step.events for step in flow.steps if step.name == "clean"] == [clean]


@pytest.mark.parametrize("kind", ["leptons", "jets"])
@pytest.mark.parametrize(
    ("column", "value"),
    [("pt", -1.0), ("energy", -1.0), ("eta", np.inf), ("phi", np.nan), ("energy", np.inf)],
)
def test_one_broken_number_leaves_the_event_out(kind, column, value, read, make_events):
    event, lepton, jet = make_events
    events = read([event([lepton(50)], jets=[jet(40)])] * 3)
    assert selection.prepare(with_value(events, kind, column, value))[0].event.tolist() == [0, 2]


def with_value(events, kind, column, value):
    """The events with another value of the second one's object."""
    objects = getattr(events, kind)
    changed = getattr(objects, column).copy()
    changed[1] = value
    return replace(events, **{kind: replace(objects, **{column: changed})})


@pytest.mark.parametrize(("column", "value"), [("pt", 0.0), ("pt", 0.5), ("energy", 0.5)])
def test_objects_almost_at_rest_are_sound(column, value, read, make_events):
    event, lepton, _ = make_events
    events = with_value(read([event([lepton(50)])] * 3), "leptons", column, value)
    assert selection.prepare(events)[0].event.tolist() == [0, 1, 2]


@pytest.mark.parametrize(("met", "kept"), [(0.0, 1), (-0.0, 1), (-0.1, 0), (np.inf, 0)])
def test_the_missing_momentum_is_a_size(met, kept, read, make_events):
    _, flow = selection.select(read([make_events[0]([], met=met)]), "dilepton")
    assert [step.events for step in flow.steps if step.name == "finite"] == [kept]


def test_trilepton_cutflow(read, make_events):
    event, lepton, _ = make_events
    three = [lepton(50), electron(lepton, 21, phi=1.0), electron(lepton, 11, phi=2.0)]
    events = [
        event(three, met=0.0),
        event([*three, lepton(60, phi=-1.0)]),
        event([three[0], lepton(20.0, phi=1), three[2]]),
    ]
    selected, flow = selection.select(read(events), "trilepton")
    assert [step.events for step in flow.steps] == [3, 3, 3, 3, 2, 1]
    table = features.feature_table(selected, "trilepton")
    assert features.FLCOMP[table["flcomp"][0]] == "eem"


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ({"flavour": 13, "charge": -1}, "SFOS"),
        ({"flavour": 13, "charge": 1}, "SFSS"),
        ({"flavour": 11, "charge": -1}, "DFOS"),
        ({"flavour": 11, "charge": 1}, "DFSS"),
    ],
)
def test_all_four_pair_kinds_are_kept(second, kind, read, make_events):
    event, lepton, _ = make_events
    selected, _ = selection.select(
        read([event([lepton(50), lepton(40, phi=2, **second)])]), "dilepton"
    )
    assert features.PAIR_KINDS[features.feature_table(selected, "dilepton")["pair"][0]] == kind


def test_the_pair_nearest_the_z(read, make_events):
    event, lepton, _ = make_events

    def pair_with_mass(mass, phi=0.0):
        """Back to back, so the mass is the sum of both momenta."""
        return [lepton(mass / 2, phi=phi), lepton(mass / 2, phi=phi + np.pi, charge=-1)]

    z = event([*pair_with_mass(91.2), electron(lepton, 30, phi=1.5)])
    none = event([lepton(40), lepton(40, phi=2), electron(lepton, 30, phi=1.5)])
    # mu+ mu- at 200 GeV; the third muon makes a pair of opposite sign nearer the Z
    third = lepton(25, phi=np.pi / 2, charge=-1)
    two = event([*pair_with_mass(200.0), third])
    selected, _ = selection.select(read([z, none, two]), "trilepton")
    got = features.feature_table(selected, "trilepton")["mll_z"]
    assert got[0] == pytest.approx(91.2, rel=1e-5)
    assert np.isnan(got[1])
    assert got[2] == pytest.approx(np.sqrt(2 * 100 * 25), rel=1e-5)  # 90 degrees apart


def test_missing_pt_significance_by_hand(read, make_events):
    """One jet along the missing momentum: only its resolution and the soft term count."""
    event, _, jet = make_events
    pt = 100.0
    got = objects.missing_pt_significance(
        objects.reconstruct(read([event([], met=80.0, jets=[jet(pt, phi=0.0)])]))
    )
    variance = 14.2**2 + 0.65**2 * pt + 4.5**2 + (0.035 * pt) ** 2
    assert got == pytest.approx(80 / np.sqrt(variance), rel=1e-6)
    # across it, the same jet does not count
    across = read([event([], met=80.0, jets=[jet(pt, phi=np.pi / 2)])])
    assert objects.missing_pt_significance(objects.reconstruct(across)) == pytest.approx(
        80 / 14.2, rel=1e-6
    )


@pytest.mark.parametrize(
    ("lepton_kind", "eta", "relative"),
    [
        pytest.param(11, 0.0, np.sqrt(0.11**2 / 200 + (0.3 / 200) ** 2 + 0.01**2), id="electron"),
        pytest.param(11, 1.0, np.sqrt(0.11**2 / 308.6 + (0.3 / 308.6) ** 2 + 0.01**2), id="its E"),
        pytest.param(13, 1.0, np.hypot(0.018, 1.2e-4 * 200), id="muon"),
    ],
)
def test_resolution_of_leptons_by_hand(lepton_kind, eta, relative, read, make_events):
    event, lepton, _ = make_events
    along = lepton(200, eta, 0.0, flavour=lepton_kind)
    selected = objects.reconstruct(read([event([along], met=80.0)]))
    expected = 80 / np.hypot(14.2, 200 * relative)
    assert objects.missing_pt_significance(selected) == pytest.approx(expected, rel=1e-4)


def test_noise_matters_at_low_energy(read, make_events, monkeypatch):
    monkeypatch.setattr(objects, "SOFT_TERM", 0.1)
    event, lepton, _ = make_events
    soft = electron(lepton, 11)
    got = objects.missing_pt_significance(objects.reconstruct(read([event([soft], met=1.0)])))
    variance = 0.1**2 + 0.11**2 * 11 + 0.3**2 + (0.01 * 11) ** 2
    assert got == pytest.approx(1 / np.sqrt(variance), rel=1e-4)


def test_missing_pt_significance_is_its_inverse_covariance(read, make_events):
    """In x and y, without angles to the missing momentum: S^2 = p V^-1 p."""
    event, lepton, jet = make_events
    muon, jets = lepton(200, 0.0, 0.4), [jet(100, 2.5, 1.0), jet(60, -2.6, -2.5)]
    by_energy = [np.sqrt(0.65**2 / pt + (4.5 / pt) ** 2 + 0.035**2) for pt in (100, 60)]
    relative = [np.hypot(0.018, 1.2e-4 * 200), by_energy[0], 1.25 * by_energy[1]]
    covariance = 14.2**2 * np.eye(2)
    for one, share in zip((muon, *jets), relative, strict=True):
        along = one["pt"] * share * np.array([np.cos(one["phi"]), np.sin(one["phi"])])
        covariance += np.outer(along, along)
    missing = 80 * np.array([np.cos(-0.7), np.sin(-0.7)])
    selected = objects.reconstruct(read([event([muon], met=80.0, met_phi=-0.7, jets=jets)]))
    expected = np.sqrt(missing @ np.linalg.solve(covariance, missing))
    assert objects.missing_pt_significance(selected) == pytest.approx(expected, rel=1e-5)


def test_missing_pt_significance_turns_with_the_event(read, make_events):
    event, lepton, jet = make_events
    turned = [
        event(
            [lepton(60, 0.3, 0.4 + a), electron(lepton, 40, phi=2.0 + a)],
            met=90.0,
            met_phi=(1.0 + a + np.pi) % (2 * np.pi) - np.pi,
            jets=[jet(70, 1.0, -2.0 + a), jet(30, 0.0, 0.0 + a)],
        )
        for a in (0.0, 0.7, 2.9)
    ]
    got = objects.missing_pt_significance(objects.reconstruct(read(turned)))
    assert got == pytest.approx(got[0], rel=1e-5)


@pytest.mark.parametrize("simulated", [True, False])
def test_fakes_among_the_signal_leptons_are_counted(simulated, tmp_path, write, make_events):
    """In simulation only, and only among the leptons of the region."""
    event, lepton, _ = make_events
    first, true = lepton(50), lepton(40, phi=2.5, charge=-1)
    fake, loose = true | {"matched": False}, lepton(20, phi=1.0, matched=False, tight=False)
    path = write["2020"](tmp_path / "a.root", [event([first, fake]), event([first, true, loose])])
    events = reader.read(path, "2020", simulated=simulated)
    selected, _ = selection.select(events, "dilepton")
    table = features.feature_table(selected, "dilepton")
    assert table["n_fake"].tolist() == [1 * simulated, 0]
    assert table["n_baseline"].tolist() == [2, 3]


def test_copies_count_once_in_a_cutflow(read, make_events):
    event, lepton, _ = make_events
    pair = [lepton(50), lepton(40, phi=2.5, charge=-1)]
    weights = (0.5, 0.5, 3.0, 0.25, 0.75, 2.0)
    runs, numbers = (1, 1, 1, 2, 2, 1), (7, 7, 8, 8, 8, 7)
    each = zip(weights, runs, numbers, strict=True)
    events = read([event(pair, weight=w, run=run, number=number) for w, run, number in each])
    # another run's event of the same number is no copy, nor what comes later
    assert events.original.tolist() == [0, 0, 2, 3, 3, 5]
    last = selection.select(events, "dilepton")[1].steps[-1]
    assert (last.events, last.weight, last.weight_squared) == (4, 7.0, 1.0 + 9.0 + 1.0 + 4.0)


def test_unknown_region(read, make_events):
    events = read([make_events[0]([])])
    with pytest.raises(InputError, match=r"unknown region 'fourlep'.* 'trilepton'"):
        selection.select(events, "fourlep")


def test_cutflows_add_and_scale(read, make_events):
    event, lepton, _ = make_events
    pair = [lepton(50), lepton(40, phi=2.5, charge=-1)]
    events = read([event(pair, weight=w) for w in (1.0, -2.0, 3.0)])
    whole = selection.select(events, "dilepton")[1]
    parts = [selection.select(events[cut], "dilepton")[1] for cut in (slice(0, 1), slice(1, 3))]
    assert parts[0] + parts[1] == Cutflow() + whole == whole
    last = whole.scaled(3.0).table().iloc[-1]
    assert last["yield"].value == pytest.approx(6.0)
    assert last["yield"].error == pytest.approx(3 * np.sqrt(14))
    with pytest.raises(InputError, match="different selections"):
        whole + selection.select(events, "trilepton")[1]


def test_no_events(read, make_events):
    events = read([make_events[0]([])])[:0]
    for name in selection.REGIONS:
        selected, flow = selection.select(events, name)
        assert [step.events for step in flow.steps] == [0] * len(flow.steps)
        assert all(len(column) == 0 for column in features.feature_table(selected, name).values())


def test_real_data_leaves_events_in_both_regions(real):
    left, most = dict.fromkeys(selection.REGIONS, 0), 0.0
    for path in sorted(real.glob("Data/*.root")):
        events = reader.read(path, "2020", simulated=False)
        for name in left:
            selected, _ = selection.select(events, name)
            left[name] += len(selected)
            most = max(most, selected.missing_pt.max(initial=0.0))
            assert np.all(selected.leptons.pt > objects.BASELINE_PT)
    assert left == {"dilepton": 15, "trilepton": 84}
    assert most < 250  # two have 1.3 and 2.4 TeV, each opposite to a muon 5 and 17 cm away


def test_channels():
    pairs = pd.DataFrame({"pair": [0, 0, 1, 0], "lep1flavour": [11, 13, 11, 11]})
    assert list(selection.in_channel(pairs, "ee").index) == [0, 3]
    assert list(selection.in_channel(pairs, "mumu").index) == [1]
    with pytest.raises(InputError, match="unknown channel 'emu'"):
        selection.in_channel(pairs, "emu")
