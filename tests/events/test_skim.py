"""Ntuples to skims: the same for any number of workers, whole or not at all, with provenance."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from lepsearch import parallel
from lepsearch.errors import InputError
from lepsearch.events import reader, skim, skim_info
from lepsearch.workspace import Workspace


def read(workspace, region="dilepton"):
    return pq.read_table(workspace.skim(region, "toy")).to_pandas()


def test_events_cutflow_and_provenance(workspace, source):
    infos = skim.skim(source, workspace, manifest="abc")
    table = read(workspace)
    kept = [i for i in range(30) if i % 3]
    assert table["met"].tolist() == pytest.approx([60.0 + i for i in kept])
    assert table["event_weight"].sum() == pytest.approx(sum(1.0 + i for i in kept))
    assert infos["dilepton"] == skim_info.read_info(workspace.skim("dilepton", "toy"))
    info = infos["dilepton"]
    assert info.per_inverse_fb == pytest.approx(2.0 * 1000 / 465.0)
    assert [step.events for step in info.cutflow.steps][-1] == len(table) == 20
    assert [one["file"] for one in info.inputs] == ["0.root", "1.root"]
    assert [one["entries"] for one in info.inputs] == [15, 15]
    assert (info.manifest, info.schema) == ("abc", skim_info.SCHEMA_VERSION)
    assert read(workspace, "trilepton").empty


def test_same_for_any_pieces_and_workers(workspace, source, monkeypatch):
    skim.skim(source, workspace, manifest="")
    whole = read(workspace)
    monkeypatch.setattr(reader, "CHUNK", 4)
    monkeypatch.setattr(skim, "WHOLE", 0)
    skim.skim(source, workspace, manifest="")
    assert read(workspace).equals(whole)
    once = workspace.skim("dilepton", "toy").read_bytes()
    for threads in (True, False):
        with parallel.pool(2, threads=threads) as pool:
            skim.skim(source, workspace, manifest="", pool=pool)
        assert workspace.skim("dilepton", "toy").read_bytes() == once


def test_a_file_in_the_place_of_another_is_read_again(source):
    """The events of the last piece are kept for variations of it."""
    first, second = source.files
    piece = skim.Piece(first, source.layout, True, 0, None)
    found = []
    for content in (first, first, second):
        first.write_bytes(content.read_bytes())
        _, selected = skim._skim_piece(["dilepton"], None, piece)
        found.append(selected["dilepton"].columns["met"].tolist())
    assert found[0] == found[1] != found[2]


def test_manifest_wins_and_the_disagreement_is_told(workspace, source, caplog):
    stated = replace(source, cross_section_pb=3.0, sum_of_weights=465.2)
    info = skim.skim(stated, workspace, manifest="")["dilepton"]
    assert info.cross_section_pb == 3.0
    assert info.sum_of_weights == 465.2
    # the sums differ by less than one in a thousand: no word about them
    assert {one["quantity"] for one in info.disagreements} == {"cross_section_pb"}
    assert "cross_section_pb is 2 in the file and 3 in the manifest, which wins" in caplog.text


def test_the_files_own_values_where_the_manifest_has_none(workspace, source):
    info = skim.skim(replace(source, cross_section_pb=None), workspace, manifest="")["dilepton"]
    assert (info.cross_section_pb, info.sum_of_weights) == (2.0, 465.0)
    assert info.disagreements == ()


@pytest.mark.parametrize("sum_of_weights", [0.0, np.nan, np.inf])
def test_no_sum_of_weights_no_skim(sum_of_weights, workspace, source, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](
        tmp_path / "bad.root", [event([lepton(30)])], sum_of_weights=sum_of_weights
    )
    with pytest.raises(InputError, match=r"sum.of.weights is"):
        skim.skim(replace(source, files=(path,)), workspace, manifest="")
    assert not workspace.skim("dilepton", "toy").exists()


def test_a_file_without_the_branch_sumweights(workspace, source, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](
        tmp_path / "bad.root", [event([lepton(30)])], without=("SumWeights", "XSection")
    )
    with pytest.raises(InputError, match="'toy': the sum of weights is None, expected"):
        skim.skim(replace(source, files=(path,)), workspace, manifest="")
    stated = replace(source, files=(path,), sum_of_weights=10.0)
    info = skim.skim(stated, workspace, manifest="")["dilepton"]
    assert info.per_inverse_fb == pytest.approx(200.0)


def test_a_file_without_events(workspace, source, tmp_path, write):
    path = write["2020"](tmp_path / "none.root", [])
    info = skim.skim(replace(source, files=(path,)), workspace, manifest="")
    assert [step.events for step in info["dilepton"].cutflow.steps] == [0] * 9
    assert list(read(workspace).columns)  # the schema is there all the same
    assert read(workspace).empty


def test_full_disk(source, project, small_disk):
    (project / "build").symlink_to(small_disk)
    workspace = Workspace(project, "local")
    (small_disk / "ballast").write_bytes(b"x" * 2_090_000)
    with pytest.raises(InputError, match=r"toy\.parquet: could not be written .*free some space"):
        skim.skim(source, workspace, manifest="")
    assert not [p for p in small_disk.rglob("*") if p.is_file() and p.name != "ballast"]
    (small_disk / "ballast").unlink()
    skim.skim(source, workspace, manifest="")
    assert len(read(workspace)) == 20


def test_sigkill_in_the_middle_and_rerun(project, tmp_path, make_events, write):
    """A killed skim leaves no skim; the rerun gives what an undisturbed run gives."""
    event, lepton, _ = make_events
    folder, pair = tmp_path / "many", [lepton(60), lepton(40, phi=2.5, charge=-1)]
    for i in range(40):
        events = [event(pair, met=30 + j, number=j) for j in range(40 * i, 40 * i + 40)]
        write["2020"](folder / f"part{i:02}.root", events)
    code = (
        "import sys\nfrom pathlib import Path\nfrom lepsearch.events import skim\n"
        "from lepsearch.data.source import Source\nfrom lepsearch.workspace import Workspace\n"
        "files = tuple(sorted(Path(sys.argv[1]).glob('*.root')))\n"
        "source = Source(name='toy', label='toy', group='ttbar', kind='background', release='2020',"
        " dsid=None, cross_section_pb=1.0, cross_section_source='', sum_of_weights=9999,"
        " luminosity_fb=None, files=files)\n"
        "print('ready', flush=True)\n"
        "skim.skim(source, Workspace(Path(sys.argv[2]), 'local'), manifest='')\n"
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
    assert skim_info.read_info(target).cutflow.steps[0].events == 40 * 40
    assert len(pq.read_table(target)) == 40 * 40 - 21
    assert not list(target.parent.glob(".*"))
