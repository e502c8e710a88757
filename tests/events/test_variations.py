"""Shifts of momenta by momentum balance, and skims of shifted events."""

from pathlib import Path

import numpy as np
import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError
from lepsearch.events import reader
from lepsearch.events.dataset import Dataset
from lepsearch.events.objects import jet_variance
from lepsearch.events.skim import skim
from lepsearch.events.variations import VARIATIONS, both_ways, varied

ROOT = Path(__file__).parents[2]
SHIFTS = [name for name, one in VARIATIONS.items() if one.shift]
BOTH = [name for name in SHIFTS if not VARIATIONS[name].mirrored]


def balance(events):
    """Components of missing momentum, leptons and jets of each event, shape (3, 2, n)."""
    pt, phi = events.missing_pt, events.missing_phi
    missing = np.array([pt * np.cos(phi), pt * np.sin(phi)])
    sums = [
        [of.total(of.pt * one(of.phi)) for one in (np.cos, np.sin)]
        for of in (events.leptons, events.jets)
    ]
    return np.array([missing, *sums])


@pytest.fixture
def events(real):
    return reader.read(sorted(real.rglob("*ttbar*.root"))[0], "2020", simulated=True)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("sigmas", [1.0, -2.0])
def test_momentum_is_balanced_as_before(name, sigmas, events):
    moved = VARIATIONS[name].shift(events, sigmas)
    before, after = balance(events), balance(moved)
    soft = -before.sum(axis=0) * (1 + 0.1 * sigmas * (name == "soft_term"))
    assert -after.sum(axis=0) == pytest.approx(soft, abs=1e-9)
    for kind, objects in (("lepton_scale", "leptons"), ("jet_scale", "jets")):
        old, new = getattr(events, objects), getattr(moved, objects)
        same = new.eta == old.eta  # an electron may overtake a muon
        assert same.mean() > 0.99
        ratio = (new.pt / old.pt - 1)[same]
        assert (new.energy / old.energy - 1)[same] == pytest.approx(ratio)
        if name != kind:
            assert (ratio == 0).all()
        else:
            assert (np.sign(ratio) == np.sign(sigmas)).all()
            assert (np.diff(new.pt)[np.diff(new.event) == 0] <= 0).all()  # order stays


def test_sizes_of_shifts(events):
    jets = VARIATIONS["jet_scale"].shift(events, 1.0).jets.pt / events.jets.pt - 1
    pt = events.jets.pt
    assert jets == pytest.approx(np.sqrt(0.01**2 + 1 / pt**2))
    leptons = VARIATIONS["lepton_scale"].shift(events, 1.0).leptons.pt / events.leptons.pt - 1
    electron = events.leptons.flavour == 11
    assert np.median(leptons[electron]) == pytest.approx(0.002)
    assert np.median(leptons[~electron]) == pytest.approx(0.001)


def test_jets_measured_worse(events):
    one, two = (VARIATIONS["jet_resolution"].shift(events, sigmas) for sigmas in (1.0, 2.0))
    assert balance(one).sum(axis=0) == pytest.approx(balance(events).sum(axis=0), abs=1e-9)
    pt, variance = events.jets.pt, jet_variance(events.jets)
    for moved, factor in ((one, 1.08), (two, 1.16)):
        added = np.sort(moved.jets.energy / moved.jets.pt)  # no direction moves
        assert added == pytest.approx(np.sort(events.jets.energy / pt))
        change = moved.jets.total(moved.jets.pt) - events.jets.total(pt)
        width = np.sqrt(events.jets.total(variance) * (factor**2 - 1))[events.jets.sizes > 0]
        pull = change[events.jets.sizes > 0] / width
        assert abs(pull.mean()) < 4 / np.sqrt(len(pull))
        assert pull.std() == pytest.approx(1, abs=4 / np.sqrt(2 * len(pull)))
    half = VARIATIONS["jet_resolution"].shift(events[: len(events) // 2], 1.0)
    assert half.jets.pt.tolist() == one.jets.pt[: len(half.jets.pt)].tolist()  # in any piece


def test_tags_are_lost(events):
    moved = VARIATIONS["b_tags"].shift(events, 5.0)
    before, after = events.jets.b_tagged, moved.jets.b_tagged
    assert not (after & ~before).any()
    n = before.sum()
    assert (before & ~after).sum() == pytest.approx(0.15 * n, abs=4 * np.sqrt(0.15 * 0.85 * n))
    fewer = VARIATIONS["b_tags"].shift(events, 1.0).jets.b_tagged
    assert not (after & ~fewer).any()  # the same jets, and more


@pytest.fixture
def dataset(project, real, monkeypatch):
    monkeypatch.setenv("LEPSEARCH_DATA", str(real))
    found = Dataset.open("local")
    for one in found.manifest.sources(found.workspace):
        skim(one, found.workspace, manifest="")
    return found


def test_varied_skims(dataset):
    names = ["data", "ttbar_lep"]
    up = varied(dataset, "soft_term", 1, region="dilepton", samples=names)
    columns, samples = ["met", "mll"], ["ttbar_lep"]
    before, after = (one.table("dilepton", columns, samples=samples) for one in (dataset, up))
    both = before.merge(after, on=["run", "event"], suffixes=("", "_up"))
    assert len(both) < max(len(before), len(after))  # some cross the lowest missing momentum
    assert (both["mll"] == both["mll_up"]).all()
    assert (both["met"] != both["met_up"]).all()
    assert (both["weight"] == both["weight_up"]).all()
    recorded = [one.table("dilepton", columns, samples=["data"]) for one in (dataset, up)]
    assert recorded[0].equals(recorded[1])
    # kept, until something that it was made from is another
    path = up.workspace.skim("dilepton", "ttbar_lep")
    made = path.stat().st_mtime_ns
    varied(dataset, "soft_term", 1.0, region="dilepton", samples=names)
    assert path.stat().st_mtime_ns == made
    path.write_bytes(b"broken")
    again = varied(dataset, "soft_term", 1, region="dilepton", samples=names)
    assert again.table("dilepton", columns, samples=samples).equals(after)
    assert not up.workspace.skim("trilepton", "ttbar_lep").exists()


def test_varied_weights(dataset):
    columns = ["n_fake", "met"]
    up, down = (varied(dataset, "false_leptons", one, region="dilepton") for one in (1, -1))
    before = dataset.table("dilepton", columns)
    assert (before["n_fake"] > 0).sum() > 1
    for one, factor in ((up, 2.0), (down, 0.5)):
        simulated = np.where(before["kind"] == "data", 1.0, factor ** before["n_fake"])
        assert one.table("dilepton", columns)["weight"].tolist() == pytest.approx(
            (before["weight"] * simulated).tolist()
        )
        without = one.table("dilepton", ["met"])
        assert without["weight"].equals(one.table("dilepton")["weight"])


def test_cross_sections_scale_their_group_alone(dataset):
    before = dataset.table("dilepton", ["n_fake"])
    up, down = (varied(dataset, "cross_section_ttbar", one, region="dilepton") for one in (1, -1))
    of_group = (before["group"] == "ttbar") & (before["kind"] != "data")
    assert 0 < of_group.sum() < len(before)
    for one, factor in ((up, 1.06), (down, 0.94)):
        expected = before["weight"] * np.where(of_group, factor, 1.0)
        assert one.table("dilepton", ["n_fake"])["weight"].tolist() == pytest.approx(
            expected.tolist()
        )
        assert one.reweighed(before)["weight"].tolist() == pytest.approx(expected.tolist())


def test_merging_keeps_the_cross_section():
    samples = load_manifest(ROOT / "data_manifest.yaml").samples
    kept = {name: samples[name].cross_section.times[-1].value for name in ("zjets", "zjets_merged")}
    assert sum(kept.values()) == pytest.approx(1)
    changes = VARIATIONS["merging"].samples
    assert sum(kept[name] * changes[name] for name in kept) == pytest.approx(0, abs=1e-12)


def test_both_ways(dataset):
    columns, samples = ["met", "n_fake"], ["ttbar_lep"]
    table = dataset.table("dilepton", columns, samples=samples)

    def measure(events):
        return np.array([events["weight"].sum(), (events["weight"] * events["met"]).sum()])

    given = {"region": "dilepton", "columns": columns, "samples": samples}
    nominal = measure(table)
    names = "cross_section_ttbar", "jet_resolution", "soft_term", "false_leptons"
    for name, (down, up) in both_ways(dataset, names, measure, table, **given).items():
        assert (up != nominal).any()
        if name in ("cross_section_ttbar", "jet_resolution"):
            assert (up + down) / 2 == pytest.approx(nominal)
    assert up == pytest.approx(
        measure(
            varied(dataset, name, 1, region="dilepton").table("dilepton", columns, samples=samples)
        )
    )


def test_what_cannot_be_varied(dataset):
    with pytest.raises(InputError, match=r"unknown variation 'jet_scael'.*'jet_scale'"):
        varied(dataset, "jet_scael", 1, region="dilepton")
    with pytest.raises(InputError, match="unknown variation 'jet_scael'"):
        both_ways(dataset, ["jet_scael"], len, None, region="dilepton", columns=["met"])
    for name in ("jet_scale", "false_leptons"):
        with pytest.raises(InputError, match=f"{name} moved by nan standard"):
            varied(dataset, name, np.nan, region="dilepton")
    with pytest.raises(InputError, match=r"b_tags moved by -1 standard.* of 0 or more"):
        varied(dataset, "b_tags", -1, region="dilepton")
    with pytest.raises(InputError, match="unknown sample 'ttbar'"):
        varied(dataset, "jet_scale", 1, region="dilepton", samples=["ttbar"])
