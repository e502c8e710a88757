"""Skims of real events as tables, yields and cutflows."""

import numpy as np
import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError
from lepsearch.events import skim
from lepsearch.events.dataset import Dataset
from lepsearch.stats.copies import original_events
from lepsearch.workspace import Workspace


@pytest.fixture
def real_dataset(project, real, monkeypatch):
    """All six real files, skimmed."""
    monkeypatch.setenv("LEPSEARCH_DATA", str(real))
    workspace = Workspace.find("local")
    for one in load_manifest(workspace.manifest).sources(workspace):
        skim.skim(one, workspace, manifest="")
    return Dataset.open("local")


def test_real_events_become_a_dataset(real_dataset):
    table = real_dataset.table("dilepton", ["mll", "met"])
    assert real_dataset.luminosity_fb == pytest.approx(0.5 + 1.9 + 2.9)
    counts = table.groupby("sample").size().to_dict()
    assert counts == {"data": 15, "Zee": 36, "ttbar_lep": 282}
    assert (table.loc[table["kind"] == "data", "weight"] == 1).all()
    assert (table["met"] > 50).all()
    copies = original_events(table["sample"], table["run"], table["event"])
    assert original_events(table["original"]).tolist() == copies.tolist()
    # luminosity is a parameter: yields scale with it, data do not
    doubled = Dataset.open("local", luminosity_fb=2 * real_dataset.luminosity_fb)
    flows = [d.cutflow("dilepton", "ttbar_lep").steps[-1] for d in (real_dataset, doubled)]
    assert flows[1].weight == pytest.approx(2 * flows[0].weight)
    assert flows[1].weight_squared == pytest.approx(4 * flows[0].weight_squared)
    assert doubled.cutflow("dilepton", "data").steps[-1].weight == 15
    assert flows[0].weight == pytest.approx(
        table.loc[table["sample"] == "ttbar_lep", "weight"].sum()
    )


def test_a_dataset_says_what_it_lacks(real_dataset):
    assert real_dataset.lacks("dilepton") == ["no sample of a simulated signal"]
    with pytest.raises(InputError, match=r"unknown column .*'mlll'.*'mll'"):
        real_dataset.table("dilepton", ["mlll"])
    with pytest.raises(InputError, match=r"unknown sample 'Zeee'.* 'Zee'"):
        real_dataset.info("dilepton", "Zeee")
    for samples, words in (([], "no sample named"), (["Zee", "Zee"], "names 'Zee' twice")):
        with pytest.raises(InputError, match=words):
            real_dataset.table("dilepton", samples=samples)
        with pytest.raises(InputError, match=words):
            next(real_dataset.batches("dilepton", samples=samples))
    for luminosity in (-1.0, np.inf, np.nan):
        with pytest.raises(InputError, match=f"luminosity_fb is {luminosity}, expected .*finite"):
            Dataset.open("local", luminosity_fb=luminosity)


def test_cutflows_by_group(real_dataset):
    samples = real_dataset.chosen(["dh_hds_130"])  # this profile has no signal
    assert set(samples) == {"data", "Zee", "Ztautau", "ttbar_lep"}
    flows = real_dataset.cutflows("dilepton", samples)
    assert list(flows) == [real_dataset.labels[key] for key in ("data", "zjets", "ttbar")]
    both = [real_dataset.cutflow("dilepton", name).steps[1] for name in ("Zee", "Ztautau")]
    together = flows[real_dataset.labels["zjets"]].iloc[1]
    assert together.value == pytest.approx(sum(one.weight for one in both))
    assert together.error**2 == pytest.approx(sum(one.weight_squared for one in both))
    assert together.events == sum(one.events for one in both) == 898 + 9
    assert real_dataset.observed == (real_dataset.labels["data"],)
    with pytest.raises(InputError, match=r"unknown sample 'dh_hds_13'.* 'dh_hds_130'"):
        real_dataset.chosen(["dh_hds_13"])
