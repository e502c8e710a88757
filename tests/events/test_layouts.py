"""Ntuples that are not ATLAS's: the same events by layouts of other kinds of file."""

import re
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

from lepsearch.data.layout import own_layout
from lepsearch.errors import InputError, StaleError
from lepsearch.events import reader, selection, skim
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import feature_table

PAGE = Path(__file__).parents[2] / "book" / "your_events.md"
LAYOUTS = dict(
    re.findall(
        r"```{code-block} yaml\n:name: layout-(\w+)\n.*?\n(tree:.*?)```", PAGE.read_text(), re.S
    )
)


@pytest.fixture
def events(make_events):
    """Pairs and triples of both flavours, some lacking one requirement."""
    event, lepton, jet = make_events
    one, two, three = lepton(60, 0.4), lepton(45, -1, 2.0, flavour=11, charge=-1), lepton(30, 1, -2)
    jets = [jet(80, 1.0, 0.5, btag=True), jet(40, -2.0, jvt=0.9)]
    found = [
        event([one, two], jets=jets, weight=2.0, factor=0.9),
        event([two, one | {"matched": False}], met=80.0, met_phi=1.0),
        event([three, two, one], jets=jets[1:], met=20.0),
        event([one, two], trigger=False),
        event([]),
    ]
    for spoilt in ({"tight": False}, {"isolation": 10.0}, {"d0sig": 9.0}, {"z0": 2.0}):
        found.append(event([one, three, two | spoilt], jets=jets))
    return found


@pytest.fixture
def layout(tmp_path):
    """A layout of the book's page, with one text replaced by another."""

    def written(kind, old="", new=""):
        assert old in LAYOUTS[kind]
        (tmp_path / "layout.yaml").write_text(LAYOUTS[kind].replace(old, new))
        return own_layout(tmp_path / "layout.yaml")

    return written


def test_a_sum_of_weights_in_another_tree(events, layout, foreign, tmp_path):
    path = foreign["write"](tmp_path / "a.root", "Events", foreign["nano"](events))
    with uproot.update(path) as file:
        sums = {"genEventSumw": np.array([100.0, 20.5])}
        file.mktree("Runs", {"genEventSumw": np.float64}).extend(sums)
    known = layout("nano", "jets:", "sum_of_weights: Runs/genEventSumw\njets:")
    assert reader.read(path, known, simulated=True).stated["sum_of_weights"] == (120.5,)
    for wrong in ("Run/genEventSumw", "Runs/genEventSum"):
        known = layout("nano", "jets:", f"sum_of_weights: {wrong}\njets:")
        with pytest.raises(
            InputError, match=rf"a\.root: has no '{wrong}'.*sum_of_weights of .*lay"
        ):
            reader.read(path, known, simulated=True)


@pytest.mark.parametrize("kind", ["nano", "flat"])
@pytest.mark.parametrize("ntuple", [False, True])
@pytest.mark.parametrize("simulated", [False, True])
def test_every_layout_gives_the_same_events(
    kind, ntuple, simulated, events, layout, foreign, write, tmp_path
):
    known = layout(kind)
    path = foreign["write"](tmp_path / "a.root", known.tree, foreign[kind](events), ntuple=ntuple)
    got = reader.read(path, known, simulated=simulated)
    expected = reader.read(write["2020"](tmp_path / "b.root", events), "2020", simulated=simulated)
    for region in selection.REGIONS:
        (ours, flow), (theirs, other) = (selection.select(one, region) for one in (got, expected))
        assert [step.events for step in flow.steps] == [step.events for step in other.steps]
        assert len(theirs) > 0
        columns = feature_table(theirs, region)
        for name, values in feature_table(ours, region).items():
            if name not in ("run", "n_fake" if kind == "flat" else ""):
                near = {"rtol": 1e-5, "atol": 0.1 if name.endswith("m") else 1e-4}  # masses of 0
                np.testing.assert_allclose(values, columns[name], err_msg=name, **near)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tight: Muon_tightId", "tight: Muon_TightId", "for leptons.tight.*'Muon_tightId'"),
        ("cutBased >= 4", "cutBased", "'Electron_cutBased' is up to 4, expected yes or no"),
        ("pt: Jet_pt", "pt: Jet_pt + MET_pt", "'MET_pt' is of type .* expected a list an event"),
        ("pt: Jet_pt", "pt: Jet_pt + Muon_pt", "jets branches hold different numbers of objects"),
        ("MET_pt", "Jet_pt", "'Jet_pt' is of type .* expected one number an event"),
        ("10 * Muon_dz", "sun(Muon_dz)", r"leptons: z0: 'sun\(Muon_dz\)' can't be evaluated"),
        ("10 * Muon_dz", "sum(Muon_dz)", "is one number for all, expected one each"),
        ("tree: Events", "tree: Event", "expected a tree 'Event', found 'Events'"),
        ("10 * Muon_dz", "Muon_tightId & Muon_dz", "leptons: z0: .* can't be evaluated"),
    ],
)  # fmt: skip
def test_what_a_file_does_not_have(old, new, message, events, layout, foreign, tmp_path):
    path = foreign["write"](tmp_path / "a.root", "Events", foreign["nano"](events))
    known = layout("nano", old, new)
    with pytest.raises(InputError, match=rf"a\.root.*{message}"):
        reader.read(path, known, simulated=True)


def test_fixed_lengths_are_padded(events, layout, foreign, tmp_path):
    branches = foreign["nano"](events)
    jagged = foreign["write"](tmp_path / "a.root", "Events", branches)
    fixed = {
        name: ak.to_numpy(ak.fill_none(ak.pad_none(values, 3, clip=True), -999))
        for name, values in branches.items()
        if isinstance(values, ak.Array)
    }
    padded = foreign["write"](tmp_path / "b.root", "Events", branches | fixed)
    one, other = (reader.read(path, layout("nano"), simulated=True) for path in (jagged, padded))
    for objects in ("leptons", "jets"):
        for field, values in vars(getattr(one, objects)).items():
            np.testing.assert_allclose(values, getattr(getattr(other, objects), field))


def test_delphes_names_and_lists_of_one(events, layout, foreign, tmp_path):
    branches = foreign["nano"](events)
    dotted = {name.replace("_", ".", 1): values for name, values in branches.items()}
    for name in ("event", "MET.pt", "genWeight"):
        dotted[name] = ak.Array(dotted[name])[:, np.newaxis]
    path = foreign["write"](tmp_path / "a.root", "Events", dotted)
    text = re.sub(r"\b(Electron|Muon|Jet|MET|HLT)_", r"\1.", LAYOUTS["nano"])
    (tmp_path / "layout.yaml").write_text(text)
    got = reader.read(path, own_layout(tmp_path / "layout.yaml"), simulated=True)
    path = foreign["write"](tmp_path / "b.root", "Events", branches)
    expected = reader.read(path, layout("nano"), simulated=True)
    assert got.leptons.isolated.tolist() == expected.leptons.isolated.tolist()
    assert got.missing_pt.tolist() == expected.missing_pt.tolist()
    assert got.event.tolist() == expected.event.tolist()


SAMPLES = """\
samples:
  mine:
    label: Mine
    group: dark_matter
    layout: layout.yaml
    files: [a.root]
    cross_section: {pb: 2.0, source: me}
    sum_of_weights: 100
luminosity_fb: 10
"""


def test_a_folder_with_its_own_layout(project, events, layout, foreign):
    folder = project / "ntuples"
    foreign["write"](folder / "a.root", "Events", foreign["nano"](events))
    (folder / "samples.yaml").write_text(SAMPLES)
    (folder / "layout.yaml").write_text(LAYOUTS["nano"])
    opened = Dataset.open("local", data=folder)
    [source] = opened.manifest.sources(opened.workspace)
    assert source.layout == own_layout(folder / "layout.yaml")
    skim.skim(source, opened.workspace, manifest="")
    known = layout("nano")
    expected = selection.select(reader.read(source.files[0], known, simulated=True), "dilepton")[0]
    assert len(expected) > 0
    table = Dataset.open("local", data=folder).table("dilepton")
    assert table["weight"].sum() == pytest.approx(expected.weight.sum() * 2000 / 100 * 10)
    # another layout than that of the skims
    (folder / "layout.yaml").write_text(LAYOUTS["nano"].replace("cutBased >= 4", "cutBased >= 3"))
    with pytest.raises(StaleError, match="made with another layout"):
        Dataset.open("local", data=folder).table("dilepton")
    for text, words in (
        (SAMPLES.replace("    layout: layout.yaml\n", ""), "state a release or a layout"),
        (SAMPLES.replace("layout.yaml", "lay.yaml"), r"samples\.yaml:5: .*no file 'lay\.yaml'"),
        (SAMPLES.replace("    files", '    release: "2020"\n    files'), "and not both"),
    ):
        (folder / "samples.yaml").write_text(text)
        with pytest.raises(InputError, match=words):
            Dataset.open("local", data=folder).manifest.sources(opened.workspace)
