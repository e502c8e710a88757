"""Skims in other tools' formats: the same events, whole files, and errors that help."""

import json
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import uproot
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from lepsearch import cli
from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError
from lepsearch.events import skim
from lepsearch.events.dataset import Dataset
from lepsearch.events.export import export
from lepsearch.workspace import Workspace

ROOT = Path(__file__).parents[2]
COLUMNS = ["event", "mll", "nbjets", "jet1pt"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory, real):
    """Skims of the real files."""
    root = tmp_path_factory.mktemp("project")
    for name in ("data_manifest.yaml", "open_data"):
        (root / name).symlink_to(ROOT / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEPSEARCH_ROOT", str(root))
        patch.setenv("LEPSEARCH_DATA", str(real))
        workspace = Workspace.find("local")
        for one in load_manifest(workspace.manifest).sources(workspace):
            skim.skim(one, workspace, manifest="")
        yield Dataset.open("local")


def from_npz(path):
    with np.load(path, allow_pickle=False) as arrays:
        return pd.DataFrame({name: arrays[name] for name in arrays.files})


def from_root(path):
    with uproot.open(path) as file:
        names = json.loads(str(file["about"]))["names"]
        table = file["events"].arrays(library="pd")
    return table.assign(**{one: np.array(known)[table[one]] for one, known in names.items()})


READERS = {
    "csv": pd.read_csv, "npz": from_npz, "h5": pd.read_hdf, "parquet": pd.read_parquet,
    "root": from_root,
}  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("region", ["dilepton", "trilepton"])
def test_the_same_events_come_back(dataset, tmp_path, kind, region):
    path = tmp_path / f"out.{kind}"
    rows = export(dataset, region, path)
    expected = dataset.table(region)
    assert rows == len(expected) > 0
    got = READERS[kind](path)
    assert list(got.columns) == list(expected.columns)
    exact = kind != "csv"
    assert_frame_equal(got, expected, check_dtype=False, check_exact=exact, rtol=1e-6)
    if exact:
        assert got.select_dtypes("number").dtypes.equals(expected.select_dtypes("number").dtypes)


def test_files_say_luminosity_and_units(dataset, tmp_path):
    paths = {kind: tmp_path / f"out.{kind}" for kind in ("parquet", "root", "h5")}
    for path in paths.values():
        export(dataset, "trilepton", path, columns=["mlll", "ljet1phi", "flcomp"])
    schema = pq.read_schema(paths["parquet"])
    assert float(schema.metadata[b"luminosity_fb"]) == dataset.luminosity_fb
    assert [schema.field(name).metadata[b"unit"] for name in schema.names[:3]] == [
        b"GeV", b"rad", b""
    ]  # fmt: skip
    with uproot.open(paths["root"]) as file:
        about = json.loads(str(file["about"]))
        assert f"{dataset.luminosity_fb:g} /fb" in file["events"].title
    with pd.HDFStore(paths["h5"], "r") as store:
        attributes = store.get_storer("events").attrs
        assert about["luminosity_fb"] == attributes.luminosity_fb == dataset.luminosity_fb
        assert about["units"] == attributes.units
    assert about["units"]["mlll"] == "GeV"
    assert about["names"]["kind"] == ["data", "background"]


@pytest.mark.parametrize("kind", READERS)
def test_chosen_samples_and_columns(dataset, tmp_path, kind):
    path = tmp_path / f"out.{kind}"
    export(dataset, "dilepton", path, samples=["Zee", "data"], columns=COLUMNS)
    got = READERS[kind](path)
    assert list(got.columns) == [*COLUMNS, "weight", "sample", "group", "kind"]
    assert got["sample"].unique().tolist() == ["Zee", "data"]
    assert (got.loc[got["kind"] == "data", "weight"] == 1).all()
    expected = dataset.table("dilepton", ["mll"], samples=["Zee", "data"])
    assert got["weight"].to_numpy() == pytest.approx(expected["weight"].to_numpy())
    absent = got["jet1pt"].isna()
    assert absent.any()  # a missing jet stays missing
    assert not absent.all()


@pytest.mark.parametrize("kind", READERS)
def test_many_pieces_make_one_file(dataset, tmp_path, monkeypatch, kind):
    batches = Dataset.batches
    monkeypatch.setattr(
        Dataset, "batches", lambda *args, **given: batches(*args, **{**given, "rows": 7})
    )
    monkeypatch.setattr("lepsearch.events.export.ARRAYS", 1)  # one column of NumPy's at a time
    export(dataset, "dilepton", tmp_path / f"out.{kind}", columns=["mll", "weight"])
    got = READERS[kind](tmp_path / f"out.{kind}")
    assert_frame_equal(
        got, dataset.table("dilepton", ["mll"])[got.columns],
        check_dtype=False, check_exact=False, rtol=1e-6,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("a.txt", {}, r"unknown format '.txt'.*\.parquet, \.root, \.h5, \.hdf5, \.npz, \.csv"),
        ("a", {}, "unknown format 'without a suffix'"),
        ("a.csv", {"columns": ["ml"]}, "unknown column .*'ml'.*'mll'"),
        ("a.csv", {"samples": ["Ze"]}, "unknown sample 'Ze'.*'Zee'"),
        ("a.csv", {"region": "dileptons"}, "unknown region 'dileptons'.*'dilepton'"),
        ("a.csv", {"samples": ["Ztautau"]}, "nothing to export"),
        ("a.csv", {"columns": ["event_weight"]}, "given as 'weight'"),
        ("a.csv", {"samples": []}, "no sample named"),
        ("a.csv", {"samples": ["Zee", "data", "Zee"]}, "names 'Zee' twice"),
    ],
)
def test_errors_leave_no_file(dataset, tmp_path, name, given, words):
    given = {"region": "dilepton", **given}
    with pytest.raises(InputError, match=words):
        export(dataset, given.pop("region"), tmp_path / name, **given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", READERS)
def test_a_full_disk_leaves_the_old_file(dataset, small_disk, monkeypatch, kind):
    path = small_disk / f"out.{kind}"
    export(dataset, "dilepton", path, columns=["mll"])
    before = path.read_bytes()
    batches = Dataset.batches

    def endless(self, *args, **given):
        for events in batches(self, *args, **given):
            many = pd.concat([events] * 4000, ignore_index=True)
            noise = np.random.default_rng(1).random(len(many))
            yield many.assign(**{name: noise for name in many if many[name].dtype == float})

    monkeypatch.setattr(Dataset, "batches", endless)
    with pytest.raises(InputError, match=r"could not be written .*free some space"):
        export(dataset, "dilepton", path, columns=["mll"])
    assert path.read_bytes() == before
    assert [one.name for one in small_disk.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", ["csv", "h5"])
def test_memory_does_not_grow(dataset, tmp_path, monkeypatch, kind):
    """Ten times the pieces: the same peak."""
    batches, peaks = Dataset.batches, []
    for times in (4, 40):

        def repeated(self, *args, times=times, **given):
            for _ in range(times):
                yield from batches(self, *args, **given)

        monkeypatch.setattr(Dataset, "batches", repeated)
        tracemalloc.start()
        export(dataset, "dilepton", tmp_path / f"out.{kind}", columns=["mll"])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_command(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("LEPSEARCH_ROOT", str(dataset.workspace.root))
    monkeypatch.setenv("LEPSEARCH_DATA", str(dataset.workspace.data))
    path = tmp_path / "out.h5"
    options = ["--profile", "local", "--sample", "Zee,data", "--column", "mll", "--column", "met"]
    result = CliRunner().invoke(
        cli.app, ["skim", "export", str(path), *options, "--luminosity-fb", "10"]
    )
    assert result.exit_code == 0, result.output
    assert "51 rows, weights for 10 1/fb" in result.output
    assert pd.read_hdf(path).columns.tolist()[:2] == ["mll", "met"]


def test_the_command_takes_the_folder(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("LEPSEARCH_ROOT", str(dataset.workspace.root))
    monkeypatch.delenv("LEPSEARCH_DATA")
    command = ["skim", "export", str(tmp_path / "out.csv"), "--profile", "local"]
    command += ["--data", str(dataset.workspace.data)]
    result = CliRunner().invoke(cli.app, command)
    assert result.exit_code == 0, result.output
    result = CliRunner().invoke(cli.app, [*command, "--sample", ","])
    assert "no sample named" in str(result.exception)


def test_a_sample_is_still_skimmed_by_its_name(dataset, monkeypatch):
    """`lepsearch skim SAMPLE` and `lepsearch skim` keep their meaning beside `export`."""
    monkeypatch.setenv("LEPSEARCH_ROOT", str(dataset.workspace.root))
    monkeypatch.setenv("LEPSEARCH_DATA", str(dataset.workspace.data))
    for given in (["Zee"], ["make", "Zee"], ["--profile", "local", "Zee"]):
        result = CliRunner().invoke(cli.app, ["skim", *given, "--profile", "local"])
        assert result.exit_code == 0, result.output
        assert "Zee: 36 events" in result.output
    monkeypatch.setattr(sys, "argv", ["lepsearch", "skim", "Zeee", "--profile", "local"])
    with pytest.raises(SystemExit, match=r"unknown sample of.*: 'Zeee'; the nearest known: 'Zee'"):
        cli.main()
