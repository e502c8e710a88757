"""Ntuples to skims: the same for any number of workers, whole or not at all, with provenance."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from lepsearch import ntuple, parallel, skim, skim_info
from lepsearch.dataset import Dataset
from lepsearch.errors import InputError, StaleError
from lepsearch.manifest import load_manifest
from lepsearch.source import Source
from lepsearch.workspace import Workspace


@pytest.fixture
def workspace(project):
    return Workspace(project, "local", project / "ntuples")


@pytest.fixture
def source(tmp_path, make_events, write):
    """One simulated sample of 30 events in two files, every third without missing momentum."""
    event, lepton, jet = make_events
    pair = [lepton(60), lepton(40, phi=2.5, charge=-1)]

    def events(first, count):
        return [
            event(pair, met=10.0 if i % 3 == 0 else 60.0 + i, weight=1.0 + i, jets=[jet(30)])
            for i in range(first, first + count)
        ]

    files = tuple(
        write["2020"](tmp_path / f"{k}.root", events(15 * k, 15), cross_section=2.0,
                      sum_of_weights=50.0)
        for k in range(2)
    )  # fmt: skip
    return Source(
        name="toy", label="toy", group="ttbar", kind="background", release="2020", dsid=None,
        cross_section_pb=2.0, cross_section_source="made up", sum_of_weights=None,
        luminosity_fb=None, files=files,
    )  # fmt: skip


def read(workspace, region="dilepton"):
    return pq.read_table(workspace.skim(region, "toy")).to_pandas()


def test_events_cutflow_and_provenance(workspace, source):
    infos = skim.skim(source, workspace, manifest="abc", progress=False)
    table = read(workspace)
    kept = [i for i in range(30) if i % 3]
    assert table["met"].tolist() == pytest.approx([60.0 + i for i in kept])
    assert table["event_weight"].sum() == pytest.approx(sum(1.0 + i for i in kept))
    assert infos["dilepton"] == skim_info.read_info(workspace.skim("dilepton", "toy"))
    info = infos["dilepton"]
    assert info.per_inverse_fb == pytest.approx(2.0 * 1000 / 50.0)
    assert [step.events for step in info.cutflow.steps][-1] == len(table) == 20
    assert [one["file"] for one in info.inputs] == ["0.root", "1.root"]
    assert [one["entries"] for one in info.inputs] == [15, 15]
    assert (info.manifest, info.schema) == ("abc", skim_info.SCHEMA_VERSION)
    assert read(workspace, "trilepton").empty


def test_same_for_any_pieces_and_workers(workspace, source, monkeypatch):
    skim.skim(source, workspace, manifest="", progress=False)
    whole = read(workspace)
    monkeypatch.setattr(ntuple, "CHUNK", 4)
    skim.skim(source, workspace, manifest="", progress=False)
    assert read(workspace).equals(whole)
    once = workspace.skim("dilepton", "toy").read_bytes()
    for threads in (True, False):
        with parallel.pool(2, threads=threads) as pool:
            skim.skim(source, workspace, manifest="", pool=pool, progress=False)
        assert workspace.skim("dilepton", "toy").read_bytes() == once


def test_manifest_wins_and_the_disagreement_is_told(workspace, source, caplog):
    stated = replace(source, cross_section_pb=3.0, sum_of_weights=50.02)
    info = skim.skim(stated, workspace, manifest="", progress=False)["dilepton"]
    assert info.cross_section_pb == 3.0
    assert info.sum_of_weights == 50.02
    # the sums differ by less than one in a thousand: no word about them
    assert {one.quantity for one in info.disagreements} == {"cross_section_pb"}
    assert "cross_section_pb is 2 in the file and 3 in the manifest, which wins" in caplog.text


def test_the_files_own_values_where_the_manifest_has_none(workspace, source):
    info = skim.skim(
        replace(source, cross_section_pb=None), workspace, manifest="", progress=False
    )["dilepton"]
    assert (info.cross_section_pb, info.sum_of_weights) == (2.0, 50.0)
    assert info.disagreements == ()


def test_files_of_one_sample_that_disagree(workspace, source, tmp_path, make_events, write):
    event, lepton, _ = make_events
    other = write["2020"](tmp_path / "2.root", [event([lepton(30)])], sum_of_weights=51.0)
    mixed = replace(source, cross_section_pb=1.0, files=(*source.files, other))
    with pytest.raises(InputError, match=r"2\.root: sum_of_weights is 51, but 50 in another file"):
        skim.skim(mixed, workspace, manifest="", progress=False)
    assert not workspace.skim("dilepton", "toy").exists()


@pytest.mark.parametrize("sum_of_weights", [0.0, np.nan])
def test_no_sum_of_weights_no_skim(sum_of_weights, workspace, source, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](
        tmp_path / "bad.root", [event([lepton(30)])], sum_of_weights=sum_of_weights
    )
    with pytest.raises(InputError, match="the sum of weights is"):
        skim.skim(replace(source, files=(path,)), workspace, manifest="", progress=False)
    assert not workspace.skim("dilepton", "toy").exists()


def test_a_file_without_the_branch_sumweights(workspace, source, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](
        tmp_path / "bad.root", [event([lepton(30)])], without=("SumWeights", "XSection")
    )
    with pytest.raises(InputError, match="'toy': the sum of weights is None, expected"):
        skim.skim(replace(source, files=(path,)), workspace, manifest="", progress=False)
    stated = replace(source, files=(path,), sum_of_weights=10.0)
    info = skim.skim(stated, workspace, manifest="", progress=False)["dilepton"]
    assert info.per_inverse_fb == pytest.approx(200.0)


def test_a_file_without_events(workspace, source, tmp_path, write):
    path = write["2020"](tmp_path / "none.root", [])
    info = skim.skim(replace(source, files=(path,)), workspace, manifest="", progress=False)
    assert [step.events for step in info["dilepton"].cutflow.steps] == [0] * 8
    assert list(read(workspace).columns)  # the schema is there all the same
    assert read(workspace).empty


def test_full_disk(source, project, small_disk):
    (project / "build").symlink_to(small_disk)
    workspace = Workspace(project, "local")
    (small_disk / "ballast").write_bytes(b"x" * 2_090_000)
    with pytest.raises(InputError, match=r"toy\.parquet: could not be written .*free some space"):
        skim.skim(source, workspace, manifest="", progress=False)
    assert not [p for p in small_disk.rglob("*") if p.is_file() and p.name != "ballast"]
    (small_disk / "ballast").unlink()
    skim.skim(source, workspace, manifest="", progress=False)
    assert len(read(workspace)) == 20


def test_sigkill_in_the_middle_and_rerun(project, real, tmp_path):
    """A killed skim leaves no skim; the rerun gives what an undisturbed run gives."""
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(10):
        shutil.copy(real / "MC" / "mc_410000.ttbar_lep.4lep.root", folder / f"part{i}.root")
    code = (
        "import sys\nfrom pathlib import Path\nfrom lepsearch import skim\n"
        "from lepsearch.source import Source\nfrom lepsearch.workspace import Workspace\n"
        "files = tuple(sorted(Path(sys.argv[1]).glob('*.root')))\n"
        "source = Source(name='toy', label='toy', group='ttbar', kind='background', release='2020',"
        " dsid=None, cross_section_pb=1.0, cross_section_source='', sum_of_weights=None,"
        " luminosity_fb=None, files=files)\n"
        "print('ready', flush=True)\n"
        "skim.skim(source, Workspace(Path(sys.argv[2]), 'local'), manifest='', progress=False)\n"
    )
    command = [sys.executable, "-c", code, folder, project]
    target = Workspace(project, "local").skim("dilepton", "toy")
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == b"ready"
    deadline = time.monotonic() + 60
    while not list(target.parent.glob(".toy*.part")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not target.exists()
    subprocess.run(command, check=True, capture_output=True)
    assert skim_info.read_info(target).cutflow.steps[0].events == 10 * 1031
    assert len(pq.read_table(target)) == 10 * 297
    assert not list(target.parent.glob(".*"))


def test_bad_skims(workspace, source, tmp_path):
    path = workspace.skim("dilepton", "toy")
    with pytest.raises(InputError, match="make it with `lepsearch skim toy --profile local`"):
        skim_info.read_info(path)
    skim.skim(source, workspace, manifest="", progress=False)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not readable as Parquet"):
        skim_info.read_info(path)
    pq.write_table(read(workspace, "trilepton").pipe(_to_arrow), path)
    with pytest.raises(InputError, match="not a skim of this library"):
        skim_info.read_info(path)


def _to_arrow(frame):
    import pyarrow as pa

    return pa.Table.from_pandas(frame)


def test_older_schema(workspace, source, monkeypatch):
    skim.skim(source, workspace, manifest="", progress=False)
    monkeypatch.setattr(skim_info, "SCHEMA_VERSION", 99)
    with pytest.raises(InputError, match=r"schema version \d+, expected 99; skim again"):
        skim_info.read_info(workspace.skim("dilepton", "toy"))


@pytest.fixture
def real_dataset(project, real, monkeypatch):
    """All six real files, skimmed."""
    monkeypatch.setenv("LEPSEARCH_DATA", str(real))
    workspace = Workspace.find("local")
    for one in load_manifest(workspace.manifest).sources(workspace):
        skim.skim(one, workspace, manifest="", progress=False)
    return Dataset.open("local")


def test_real_events_become_a_dataset(real_dataset):
    table = real_dataset.table("dilepton", ["mll", "met"])
    assert real_dataset.luminosity_fb == pytest.approx(0.5 + 1.9 + 2.9)
    counts = table.groupby("sample").size().to_dict()
    assert counts == {"data": 21, "Zee": 86, "ttbar_lep": 297}
    assert (table.loc[table["kind"] == "data", "weight"] == 1).all()
    assert (table["met"] > 50).all()
    # luminosity is a parameter: yields scale with it, data do not
    doubled = Dataset.open("local", luminosity_fb=2 * real_dataset.luminosity_fb)
    flows = [d.cutflow("dilepton", "ttbar_lep").steps[-1] for d in (real_dataset, doubled)]
    assert flows[1].weight == pytest.approx(2 * flows[0].weight)
    assert flows[1].weight_squared == pytest.approx(4 * flows[0].weight_squared)
    assert doubled.cutflow("dilepton", "data").steps[-1].weight == 21
    assert flows[0].weight == pytest.approx(
        table.loc[table["sample"] == "ttbar_lep", "weight"].sum()
    )


def test_a_dataset_says_what_it_lacks(real_dataset):
    assert real_dataset.lacks("dilepton") == ["no sample of a simulated signal"]
    with pytest.raises(InputError, match=r"no column 'mlll'; nearest are .*'mll'"):
        real_dataset.table("dilepton", ["mlll"])
    with pytest.raises(InputError, match="no sample 'Zeee'; there are 'Zee'"):
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
    together = flows[real_dataset.labels["zjets"]].steps[1]
    assert together.weight == pytest.approx(sum(one.weight for one in both))
    assert together.events == sum(one.events for one in both) == 898 + 9
    assert real_dataset.observed == (real_dataset.labels["data"],)
    with pytest.raises(InputError, match="no sample 'dh_hds_13'; there are 'dh_hds_130'"):
        real_dataset.chosen(["dh_hds_13"])


@pytest.fixture
def folders(tmp_path, project, make_events, write, monkeypatch):
    """Two folders with one file each, of the same name; the first is skimmed."""
    event, lepton, _ = make_events
    pair = [lepton(60), lepton(40, phi=2.5, charge=-1)]
    names = [tmp_path / folder / "mc_410000.ttbar_lep.4lep.root" for folder in "AB"]
    paths = [write["2020"](path, [event(pair, met=60 + i)]) for i, path in enumerate(names)]
    monkeypatch.setenv("LEPSEARCH_DATA", str(paths[0].parent))
    workspace = Workspace.find("local")
    for one in load_manifest(workspace.manifest).sources(workspace):
        skim.skim(one, workspace, manifest="", progress=False)
    assert len(Dataset.open("local").table("dilepton")) == 1
    monkeypatch.setenv("LEPSEARCH_DATA", str(paths[1].parent))
    return paths


def test_skims_of_another_folder_are_refused(folders):
    hint = rf"run `lepsearch skim --profile local --data {folders[1].parent}`"
    with pytest.raises(StaleError, match=rf"ttbar_lep\.parquet: .*{folders[1]}, which .*{hint}"):
        Dataset.open("local").table("dilepton")
    other = folders[1].rename(folders[1].with_name("mc_410000.ttbar_lep.2lep.root"))
    words = rf"is of {folders[0].name}, but the sample's files are {other.name}; {hint}"
    with pytest.raises(StaleError, match=words):
        Dataset.open("local").info("dilepton", "ttbar_lep")


def test_large_files_are_compared_by_size(folders, monkeypatch):
    monkeypatch.setattr(skim_info, "HASHED", 0)
    with folders[1].open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(StaleError, match="other content"):
        Dataset.open("local").info("dilepton", "ttbar_lep")


def test_skims_are_read_after_the_ntuples_are_gone(folders):
    dataset = Dataset.open("local")
    assert dataset.samples == ("ttbar_lep",)
    folders[1].unlink()
    assert len(dataset.table("dilepton")) == 1
