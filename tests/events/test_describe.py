"""What `lepsearch data describe` says of files, and that its blanks can be filled in."""

import re

import numpy as np
import pytest
import uproot
from typer.testing import CliRunner

from lepsearch.cli.data import data_app
from lepsearch.data.layout import Layout, own_layout, releases
from lepsearch.errors import InputError
from lepsearch.events import reader
from lepsearch.events.describe import describe


@pytest.fixture
def events(make_events):
    event, lepton, jet = make_events
    return [event([lepton(60), lepton(40, flavour=11)], jets=[jet(30)])] * 3


def described(path) -> Layout:
    """The layout that a file is described by, with a number in each blank."""
    text = re.sub(r"^([ -]*\w+):( *#.*)?$", fill, describe(path), flags=re.M)
    place = path.with_name("layout.yaml")
    place.write_text(text)
    return own_layout(place)


def fill(match):
    """Lines that end with a colon are blank, but for those that others follow."""
    outer = match[1].strip() in ("event", "leptons", "jets")
    return match[0] if outer else f"{match[1]}: 1"


@pytest.mark.parametrize("release", ["2020", "2025"])
def test_momenta_of_the_releases_are_found(release, events, write, tmp_path):
    path = write[release](tmp_path / "a.root", events)
    assert f'# It has the branches of the {release} release: `release: "{release}"`' in describe(
        path
    )
    found, known = described(path), releases()[release]
    assert (found.tree, found.unit, found.event) == (known.tree, known.unit, known.event)
    for ours, theirs in ((found.leptons, known.leptons), (found.jets, known.jets)):
        for field in ("pt", "eta", "phi", "energy"):
            assert getattr(ours[0], field) == getattr(theirs[0], field)
    assert found.leptons[0].charge == "lep_charge"
    assert found.leptons[0].flavour == "lep_type"


@pytest.mark.parametrize("ntuple", [False, True])
def test_other_files_are_described(ntuple, events, foreign, tmp_path):
    nano = foreign["write"](tmp_path / "a.root", "Events", foreign["nano"](events), ntuple=ntuple)
    found = described(nano)
    assert [one.pt for one in found.leptons] == ["Electron_pt", "Muon_pt"]
    assert [one.flavour for one in found.leptons] == ["11", "13"]
    assert found.jets[0].energy == "sqrt((Jet_pt * cosh(Jet_eta))**2 + Jet_mass**2)"
    assert found.event.missing_pt == "MET_pt"
    assert re.search(r"# Electron_\* has .*cutBased", describe(nano))
    assert len(reader.read(nano, found, simulated=True)) == 3
    flat = foreign["write"](tmp_path / "b.root", "nominal", foreign["flat"](events), ntuple=ntuple)
    found = described(flat)
    assert [one.pt for one in found.leptons] == ["lep1_pt", "lep2_pt", "lep3_pt"]
    assert [one.eta for one in found.jets] == ["jet1_eta", "jet2_eta"]


def test_blanks_are_errors_with_their_lines(events, foreign, tmp_path):
    path = foreign["write"](tmp_path / "a.root", "Events", foreign["nano"](events))
    (tmp_path / "layout.yaml").write_text(describe(path))
    with pytest.raises(InputError, match=r"layout\.yaml:\d+: leptons\.0\.tight: is missing"):
        own_layout(tmp_path / "layout.yaml")


def test_the_largest_tree_or_the_named_one(events, foreign, tmp_path):
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        file.mktree("sums", {"w": np.float64}).extend({"w": np.ones(9)})
        file.mktree("ev", {"lep_pt": np.float64, "x": np.int64}).extend(
            {"lep_pt": np.full(2, 5e4), "x": np.ones(2, int)}
        )
    assert "\ntree: ev\nunit: MeV  # the median of lep_pt is 5e+04\n" in describe(path)
    result = CliRunner().invoke(data_app, ["describe", str(path), "--tree", "sums"])
    assert result.exit_code == 0
    assert "\ntree: sums\nunit:  # GeV or MeV\n" in result.output
    with pytest.raises(InputError, match=r"unknown tree of .*'sms'; the nearest known: 'sums'"):
        describe(path, "sms")


def test_what_a_file_lacks_is_left_blank(foreign, tmp_path):
    branches = {"muon_pt": np.zeros(3), "muon_mass": np.ones(3), "met_phi": np.ones(3)}
    found = describe(foreign["write"](tmp_path / "a.root", "t", branches))
    assert "\nunit:  # GeV or MeV; the first entries have no muon_pt\n" in found
    assert "\njets:\n  - pt:\n    eta:\n" in found
    assert "energy" not in found


def test_a_file_without_trees(tmp_path):
    with uproot.recreate(tmp_path / "a.root") as file:
        file["h"] = np.histogram([1.0])
    with pytest.raises(InputError, match=r"a\.root: holds no TTree and no RNTuple"):
        describe(tmp_path / "a.root")
