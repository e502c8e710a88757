"""What skims say of themselves, and when they are refused."""

import json
import os
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError, StaleError
from lepsearch.events import skim, skim_info
from lepsearch.events.dataset import Dataset
from lepsearch.workspace import Workspace


def test_bad_skims(workspace, source, tmp_path):
    path = workspace.skim("dilepton", "toy")
    with pytest.raises(
        InputError, match=r"make it with `lepsearch skim toy --profile local --data .*`"
    ):
        skim_info.read_info(path, workspace.call)
    skim.skim(source, workspace, manifest="")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not readable as a skim"):
        skim_info.read_info(path)
    pq.write_table(pa.table({"met": [1.0]}), path)
    with pytest.raises(InputError, match="not readable as a skim"):
        skim_info.read_info(path)


@pytest.mark.parametrize("spoilt", ["{", "[]", "{}", "lacking"])
def test_a_spoilt_description(workspace, source, spoilt):
    skim.skim(source, workspace, manifest="")
    path = workspace.skim("dilepton", "toy")
    table = pq.read_table(path)
    if spoilt == "lacking":
        fields = json.loads(pq.read_metadata(path).metadata[skim_info.KEY])
        spoilt = json.dumps({name: one for name, one in fields.items() if name != "cutflow"})
    pq.write_table(table.replace_schema_metadata({skim_info.KEY: spoilt.encode()}), path)
    with pytest.raises(InputError, match=rf"{path}.*lepsearch skim toy"):
        skim_info.read_info(path)


def test_older_schema(workspace, source, monkeypatch):
    skim.skim(source, workspace, manifest="")
    monkeypatch.setattr(skim_info, "SCHEMA_VERSION", 99)
    with pytest.raises(InputError, match=r"schema version \d+, expected 99; make it with"):
        skim_info.read_info(workspace.skim("dilepton", "toy"))


@pytest.fixture
def folders(tmp_path, project, make_events, write, monkeypatch):
    """A file that is skimmed, in the folder that the user names, and another one of its name."""
    event, lepton, _ = make_events
    pair = [lepton(60), lepton(40, phi=2.5, charge=-1)]
    names = [tmp_path / folder / "mc_410000.ttbar_lep.4lep.root" for folder in "AB"]
    paths = [write["2020"](path, [event(pair, met=60 + i)]) for i, path in enumerate(names)]
    monkeypatch.setenv("LEPSEARCH_DATA", str(paths[0].parent))
    workspace = Workspace.find("local")
    for one in load_manifest(workspace.manifest).sources(workspace):
        skim.skim(one, workspace, manifest="")
    assert len(Dataset.open("local").table("dilepton")) == 1
    return paths


def test_a_replaced_file_is_noticed(folders):
    """Also where the other one is older, or has another name; the hint is a command that works."""
    path, other = folders
    os.utime(other, (0, 0))
    other.replace(path)
    hint = rf"run `lepsearch skim ttbar_lep --profile local --data {path.parent}`"
    with pytest.raises(StaleError, match=rf"ttbar_lep\.parquet: .*{path}, which .*{hint}"):
        Dataset.open("local").table("dilepton")
    other = path.rename(path.with_name("mc_410000.ttbar_lep.2lep.root"))
    words = rf"is of {path.name}, but the sample's files are {other.name}; {hint}"
    with pytest.raises(StaleError, match=words):
        Dataset.open("local").info("dilepton", "ttbar_lep")


def test_skims_are_read_after_the_ntuples_are_gone(folders):
    dataset = Dataset.open("local")
    assert dataset.samples == ("ttbar_lep",)
    folders[0].unlink()
    assert len(dataset.table("dilepton")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("cross_section_pb", 5.05), ("sum_of_weights", 7.0), ("group", "zjets"), ("kind", "signal")],
)
def test_a_changed_manifest_is_told(workspace, source, field, value):
    made = skim.skim(source, workspace, manifest="")["dilepton"]
    skim_info.refuse_stale(made, source, workspace)
    changed = replace(source, **{field: value})
    with pytest.raises(StaleError, match=rf"{field} .*, but the manifest says {value}; run `lep"):
        skim_info.refuse_stale(made, changed, workspace)


def test_of_a_large_file_size_and_date_are_compared_first(folders, monkeypatch):
    """Its content is read where only its date is another."""
    monkeypatch.setattr(skim_info, "HASHED", 0)
    path = folders[0]
    content, date = bytearray(path.read_bytes()), path.stat().st_mtime_ns
    os.utime(path, (0, 0))
    info = Dataset.open("local").info("dilepton", "ttbar_lep")
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(date, date))
    assert Dataset.open("local").info("dilepton", "ttbar_lep") == info
    os.utime(path, (1, 1))
    with pytest.raises(StaleError, match="has other content"):
        Dataset.open("local").info("dilepton", "ttbar_lep")
    path.write_bytes(content + b"more")
    os.utime(path, ns=(date, date))
    with pytest.raises(StaleError, match="has other content"):
        Dataset.open("local").info("dilepton", "ttbar_lep")
