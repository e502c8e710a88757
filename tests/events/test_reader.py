"""Reading ntuples of both releases, whole and broken."""

from itertools import pairwise

import awkward as ak
import numpy as np
import pytest
import uproot
from isal import isal_zlib

from lepsearch.data.layout import Layout, releases
from lepsearch.errors import InputError
from lepsearch.events import reader

KINDS = {"Electron": 11, "Muon": 13}
NANO = Layout.model_validate(
    {
        "tree": "Events", "unit": "GeV", "trigger": True, "scale_factors": [], "name": "mine",
        "event": {"run": "run", "event": "event", "missing_pt": "MET_pt", "missing_phi": "MET_phi"},
        "leptons": [
            {one: f"{kind}_{one}" for one in ("pt", "eta", "phi", "charge")}
            | {"flavour": code, "z0": 0, "d0_significance": 0, "tight": True, "isolated": True}
            for kind, code in KINDS.items()
        ],
        "jets": {"pt": "Jet_pt", "eta": "Jet_eta", "phi": "Jet_phi", "jvt": 1, "b_tagged": False},
    }
)  # fmt: skip


def read(path, release="2020", simulated=True, **kwargs):
    return reader.read(path, release, simulated=simulated, **kwargs).of("dilepton")


@pytest.mark.parametrize("release", ["2020", "2025"])
def test_both_releases_give_the_same_events(release, tmp_path, make_events, write):
    event, lepton, jet = make_events
    events = [
        event(
            [lepton(30, 0.1, 1.0), lepton(50, -2.0, -1.0, flavour=11, charge=-1)],
            met=70,
            jets=[jet(25, 1.0, btag=True), jet(90, -0.5)],
            weight=-2.0,
            factor=0.5,
        ),
        event([], met=5.0, trigger=False),
    ]
    got = read(write[release](tmp_path / "a.root", events), release)
    assert got.leptons.sizes.tolist() == got.jets.sizes.tolist() == [2, 0]
    assert got.leptons.pt == pytest.approx([50, 30])
    assert got.leptons.flavour.tolist() == [11, 13]
    assert got.leptons.charge.tolist() == [-1, 1]
    assert got.leptons.energy == pytest.approx([50 * np.cosh(2), 30 * np.cosh(0.1)])
    assert got.jets.pt == pytest.approx([90, 25])
    assert got.jets.b_tagged.tolist() == [False, True]
    assert got.missing_pt == pytest.approx([70, 5])
    assert got.generator_weight * got.scale_factor == pytest.approx([-1, 1])
    assert got.trigger.tolist() == [True, False]


def test_regions_of_2025_have_their_own_triggers_and_corrections(tmp_path, make_events, write):
    event, lepton, _ = make_events
    events = [
        event(
            [lepton(30)],
            trigger=one,
            three_lepton_trigger=three,
            factor=2.0,
            three_lepton_factor=3.0,
        )
        for one, three in ((True, False), (False, True))
    ]
    got = reader.read(write["2025"](tmp_path / "a.root", events), "2025", simulated=True)
    assert got.of("dilepton").trigger.tolist() == [True, False]
    assert got.of("trilepton").trigger.tolist() == [False, True]
    assert got.of("dilepton").weight.tolist() == [2.0, 2.0]
    assert got.of("trilepton").weight.tolist() == [6.0, 6.0]


@pytest.mark.parametrize("release", ["2020", "2025"])
def test_files_state_their_normalisation(release, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write[release](tmp_path / "a.root", [event([lepton(30)])] * 3, cross_section=7.0,
                          sum_of_weights=12.0)  # fmt: skip
    # 2025 keeps filter efficiency (0.5) and k-factor (2) apart: their product is 1
    stated = read(path, release).stated
    assert (stated["cross_section_pb"], stated["sum_of_weights"]) == ((7.0,), (12.0,))
    assert stated["channel"] == ((1.0,) if release == "2020" else ())  # not in every file


def test_ranges_cover_the_file(tmp_path, make_events, write, monkeypatch):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "a.root", [event([lepton(20 + i)]) for i in range(25)])
    monkeypatch.setattr(reader, "CHUNK", 10)
    pieces = [read(path, start=a, stop=b) for a, b in reader.ranges(path, "2020", simulated=True)]
    assert len(pieces) > 1
    assert np.concatenate([piece.event for piece in pieces]).tolist() == list(range(25))
    part = read(path, start=7, stop=9)
    assert part.event.tolist() == [7, 8]


def test_ranges_end_with_compressed_blocks(tmp_path, monkeypatch):
    path = tmp_path / "a.root"
    names = list(releases()["2020"].needed(simulated=True))
    number = np.arange(450, dtype=np.float32)
    number[188:193] = number[445:] = 7  # copies of one event, on both sides of an end
    with uproot.recreate(path) as file:
        tree = file.mktree("mini", dict.fromkeys(names, np.float32))
        for start, stop in pairwise(np.cumsum([0, 30, 30, 130, 250, 10])):
            block = dict.fromkeys(names, np.zeros(stop - start, np.float32))
            tree.extend(block | {"eventNumber": number[start:stop]})
    monkeypatch.setattr(reader, "CHUNK", 80)
    found = reader.ranges(path, "2020", simulated=False)
    # a block of more than twice a piece is cut
    assert found == [(0, 60), (60, 190), (190, 270), (270, 350), (350, 440), (440, 450)]
    found = reader.ranges(path, "2020", simulated=True)
    assert found == [(0, 60), (60, 193), (193, 273), (273, 353), (353, 440), (440, 450)]


def test_data_needs_no_generator_branches(tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](
        tmp_path / "a.root", [event([lepton(30)], weight=0.0, factor=0.3)],
        without=("mcWeight", "scaleFactor_ELE"),
    )  # fmt: skip
    got = read(path, simulated=False)
    assert (got.generator_weight * got.scale_factor).tolist() == [1.0]


def test_missing_branch_is_named_with_the_nearest(tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "a.root", [event([lepton(30)])], without=("met_et",))
    with pytest.raises(
        InputError,
        match=r"a\.root.*lacks 'met_et' for event.missing_pt \(nearest present: .*'met_phi'",
    ):
        read(path)


def test_empty_file(tmp_path):
    path = tmp_path / "empty.root"
    path.touch()
    with pytest.raises(InputError, match=r"empty\.root: the file is empty"):
        read(path)
    with pytest.raises(InputError, match="is a folder, not a file"):
        read(tmp_path)


def test_truncated_file(real, tmp_path):
    whole = (real / "Data" / "data_A.4lep.root").read_bytes()
    for part in (10, len(whole) // 2, len(whole) - 2000):
        path = tmp_path / f"{part}.root"
        path.write_bytes(whole[:part])
        with pytest.raises(InputError, match="not readable as a ROOT file"):
            read(path, simulated=False)


def test_files_are_decompressed_by_isal_and_written_as_ever(real, monkeypatch):
    used, path = [], real / "Data" / "data_A.4lep.root"
    fast = isal_zlib.decompress
    monkeypatch.setattr(isal_zlib, "decompress", lambda *a, **k: (used.append(1), fast(*a, **k))[1])
    assert len(read(path, simulated=False)) == 39
    assert used
    assert uproot.ZLIB.library == "zlib"  # or simulated files would come out different


def test_not_a_root_file(tmp_path):
    path = tmp_path / "a.root"
    path.write_text("<html>404</html>" * 100)
    with pytest.raises(InputError, match="not readable as a ROOT file"):
        read(path)


@pytest.mark.parametrize(
    ("tree", "words"),
    [("CollectionTree", "PHYSLITE"), ("Events", "NanoAOD"), ("analysis", "2025"), ("x", "check")],
)
def test_other_formats_are_recognised(tree, words, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "a.root", [event([lepton(30)])], tree=tree)
    with pytest.raises(InputError, match=rf"expected a tree 'mini', found '{tree}'.*{words}"):
        read(path)


@pytest.mark.parametrize("release", ["2020", "2025"])
def test_an_rntuple_reads_as_a_tree(release, tmp_path, make_events, write, monkeypatch):
    event, lepton, jet = make_events
    pair = [lepton(50, -0.3), lepton(30, 1.0, 2.0, flavour=11, charge=-1)]
    events = [event(pair[: i % 3], met=10.0 + i, jets=[jet(30, btag=True)]) for i in range(25)]
    path = write[release](tmp_path / "tree.root", events, cross_section=7.0)
    name = releases()[release].tree
    with uproot.open(path) as file, uproot.recreate(tmp_path / "ntuple.root") as other:
        arrays = {branch.name: branch.array() for branch in file[name].branches}
        ntuple = other.mkrntuple(name, {key: one[:10] for key, one in arrays.items()})
        ntuple.extend({key: one[10:] for key, one in arrays.items()})
    monkeypatch.setattr(reader, "CHUNK", 12)
    pieces = reader.ranges(tmp_path / "ntuple.root", release, simulated=True)
    assert pieces == [(0, 10), (10, 25)]  # its clusters
    whole = read(path, release)
    for start, stop in pieces:
        part = read(tmp_path / "ntuple.root", release, start=start, stop=stop)
        assert part.event.tolist() == whole.event[start:stop].tolist()
        for objects in ("leptons", "jets"):
            expected = vars(getattr(whole, objects)[start:stop])
            for field, values in vars(getattr(part, objects)).items():
                assert values.tolist() == expected[field].tolist(), (objects, field)
        assert part.stated == whole.stated
    assert whole.stated["sum_of_weights"] == (25.0,)


def test_what_is_neither_tree_nor_ntuple(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["mini"] = np.histogram([1.0, 2.0])
    with pytest.raises(
        InputError, match=r"'mini' is of class TH1D, expected a TTree or an RNTuple"
    ):
        read(tmp_path / "a.root")


def test_a_tree_in_a_directory(real, tmp_path):
    path = tmp_path / "a.root"
    with uproot.open(real / "Data" / "data_A.4lep.root") as file:
        branches = file["mini"].arrays(list(releases()["2020"].needed(simulated=False)))
    for name in ("nominal/mini", "other/mini"):
        with uproot.recreate(path) as file:
            columns = {one: branches[one] for one in branches.fields}
            for place in {"nominal/mini", name}:
                file.mktree(place, {k: ak.type(v).content for k, v in columns.items()})
                file[place].extend(columns)
        if name == "nominal/mini":
            assert len(read(path, simulated=False)) == 39
    with pytest.raises(InputError, match="found 'nominal/mini', 'other/mini'; keep one of them"):
        read(path, simulated=False)


def test_errors_that_are_not_the_files_pass(real):
    path = real / "Data" / "data_A.4lep.root"
    with pytest.raises(ZeroDivisionError), reader.open_tree(path, releases()["2020"]):
        1 / 0  # noqa: B018


def test_weight_that_is_not_a_number(tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "a.root", [event([lepton(30)], weight=np.nan)])
    with pytest.raises(InputError, match=r"weight of event \[0\] is not a finite number"):
        read(path)


def test_objects_that_disagree_in_number(tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "a.root", [event([lepton(30)])])
    with uproot.open(path) as file:
        arrays = file["mini"].arrays()
    arrays["lep_eta"] = ak.Array([[0.1, 0.2]])
    with pytest.raises(InputError, match="leptons branches hold different numbers"):
        reader._events(path, releases()["2020"], arrays, simulated=True)


@pytest.mark.parametrize(
    ("branch", "values", "words"),
    [
        ("lep_type", [13.0], "'lep_type' is of type float64, expected a list an event"),
        ("met_et", [[1, 2]], r"'met_et' is of type var \* int64, expected one number an event"),
        ("trigE", [[True, True]], r"'trigE' is of type var \* bool, expected one number an event"),
        ("XSection", [[1.0]], r"'XSection' is of type .* expected one number an event"),
    ],
)
def test_branches_of_another_shape(tmp_path, make_events, write, branch, values, words):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "a.root", [event([lepton(30)])])
    with uproot.open(path) as file:
        arrays = file["mini"].arrays()
    arrays[branch] = ak.Array(values)
    options = {"simulated": True} if branch != "XSection" else {}
    check = reader._events if options else reader._stated
    with pytest.raises(InputError, match=words):
        check(path, releases()["2020"], arrays, **options)


@pytest.mark.parametrize(
    ("run", "number", "words"),
    [
        (1, np.float32(2**24) + np.arange(4, dtype=np.float32), r"event is 16777216.0 of type f"),
        (1, np.arange(4) + 0.5, r"event is 0\.5 of type float64, expected a whole number"),
        (1, np.where(np.arange(4) == 2, np.nan, np.arange(4)), "event is nan"),
        (2**32, np.arange(4), r"run is 4294967296 of type int64, .* below 2\^32"),
        (1.5, np.arange(4), r"run is 1\.5"),
        (-1, np.arange(4), None),
        (1, np.arange(4.0), None),
        (1, -np.arange(4), None),
    ],
)
def test_numbers_that_tell_events_apart(tmp_path, make_events, foreign, run, number, words):
    event, lepton, _ = make_events
    branches = foreign["nano"]([event([lepton(30)])] * 4)
    branches |= {"run": np.full(4, run), "event": number}
    path = foreign["write"](tmp_path / "a.root", "Events", branches)
    if words is None:
        assert len(np.unique(reader.read(path, NANO, simulated=True).original)) == 4
        return
    with pytest.raises(InputError, match=rf"a\.root: {words}.*write it as an integer"):
        reader.read(path, NANO, simulated=True)


def test_events_without_numbers_are_not_copies_of_one(tmp_path, make_events, write):
    event, lepton, _ = make_events
    events = [event([lepton(30 + i / 10)], number=0) for i in range(reader.COPIES + 1)]
    path = write["2020"](tmp_path / "a.root", events)
    with pytest.raises(InputError, match=r"a\.root: eventNumber is the same in 101 entries"):
        read(path)
    assert not read(write["2020"](path, events[1:])).original.any()


def test_real_files(real):
    """Numbers of the files' own description: entries, at least four leptons, leading pt > 25."""
    expected = {"A": 39, "B": 156, "C": 237}
    for period, entries in expected.items():
        path = real / "Data" / f"data_{period}.4lep.root"
        events = read(path, simulated=False)
        assert len(events) == reader.ranges(path, "2020", simulated=False)[-1][1] == entries
        leptons = events.leptons
        assert min(leptons.sizes) >= 4
        assert min(leptons.padded(leptons.pt, 1)) > 25
        # masses from energy and momentum are a lepton's: the energy unit and column are right
        p = leptons.pt * np.cosh(leptons.eta)
        assert np.max(np.abs(leptons.energy / p - 1)) < 1e-3
        # unsigned significance, not a resolution: the median is near 1.3 in data
        assert 0.8 < np.median(leptons.d0_significance) < 1.8


def test_releases_and_entries_that_are_not(real):
    path = next(real.glob("**/*.root"))
    with pytest.raises(InputError, match=r"unknown release '2021'.*'2025', '2020'"):
        reader.read(path, "2021", simulated=False)
    for start, stop in ((-5, None), (4, 2)):
        with pytest.raises(InputError, match=f"entries {start} to {stop}, expected"):
            reader.read(path, "2020", simulated=False, start=start, stop=stop)
    assert len(reader.read(str(path), "2020", simulated=False)) > 0


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"scale": 1e-3}, r"lep_pt has a median of 0\.05 GeV, expected 2 to 7000 GeV; lep_E .*met"),
        ({"scale": 1e3}, r"lep_pt has a median of 5e\+04 GeV"),
        ({"met": 0.07}, r"met_et has a median of 0\.07 GeV"),
        ({"phi": 120.0}, r"lep_phi goes up to 120, expected radians"),
        ({"flavour": 2}, r"lep_type holds 2, expected \(11, 13, 15\)"),
        ({"charge": 0}, r"lep_charge holds 0, expected \(-1, 1\)"),
        ({"weight": 0.0}, r"mcWeight is 0 in all events, expected weights"),
        ({"factor": -999.0}, r"scaleFactor_PILEUP .* has a median of -999, expected about 1"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_other_units_and_codes_are_told(tmp_path, make_events, write, other, words):
    """Energies in GeV under names of MeV, degrees, numbered flavours, corrections not filled."""
    event, lepton, _ = make_events
    scale = other.pop("scale", 1.0)
    of_event = {"met", "factor", "weight"} & set(other)
    leptons = [lepton(50 * scale, **({} if of_event else other))] * 3
    options = {"met": 60.0 * scale} | {name: other[name] for name in of_event}
    path = write["2020"](tmp_path / "a.root", [event(leptons, **options)] * 3)
    with pytest.raises(InputError, match=rf"a\.root: {words}.*laid out as the 2020 release"):
        read(path)


def test_signed_numbers_of_the_pdg(tmp_path, make_events, write):
    event, lepton, _ = make_events
    leptons = [lepton(50, flavour=f, charge=c) for f, c in ((11, -1), (-13, 1))]
    path = write["2025"](tmp_path / "a.root", [event(leptons)])
    assert read(path, "2025").leptons.flavour.tolist() == [11, 13]
