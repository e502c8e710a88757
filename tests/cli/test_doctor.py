"""What `lepsearch doctor` finds, and what it says to do."""

import shutil
from pathlib import Path

from lepsearch.cli.doctor import examine
from lepsearch.workspace import Workspace

ROOT = Path(__file__).parents[2]


def ill(workspace):
    """What is wrong, with the advice."""
    return [(one.what, one.advice) for one in examine(workspace) if not one.well]


def test_this_environment_is_well():
    assert ill(Workspace(ROOT, "smoke")) == []


def test_an_unknown_profile_is_told_with_the_nearest():
    ((what, _),) = ill(Workspace(ROOT, "embeded"))
    assert "'embedded'" in what


def test_a_broken_manifest_is_told(tmp_path):
    (tmp_path / "data_manifest.yaml").write_text("nothing: here\n")
    ((what, advice),) = ill(Workspace(tmp_path, "smoke"))
    assert "data_manifest.yaml" in what
    assert advice


def test_missing_files_are_counted(tmp_path):
    shutil.copytree(ROOT / "open_data", tmp_path / "open_data")
    shutil.copy(ROOT / "data_manifest.yaml", tmp_path)
    ((what, advice),) = ill(Workspace(tmp_path, "opendata-2020"))
    assert what.split()[0].isdigit()
    assert "input files missing or empty, first" in what
    assert "lepsearch data fetch" in advice


def test_an_empty_file_is_not_there(tmp_path):
    (tmp_path / "data_A.4lep.root").touch()
    ((what, _),) = ill(Workspace(ROOT, "local", tmp_path))
    assert what.startswith("1 input files missing or empty, first")


def test_a_full_disk_is_told(monkeypatch):
    usage = shutil.disk_usage(ROOT)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    ((what, advice),) = ill(Workspace(ROOT, "smoke"))
    assert what.startswith("0 GB free")
    assert "make clean" in advice
