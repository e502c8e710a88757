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


def notes(workspace):
    """Settings that chapters leave out, and the like."""
    return "\n".join(one.what for one in examine(workspace) if one.note)


def test_settings_of_other_programs_are_told(tmp_path, monkeypatch):
    kernel = tmp_path / "swan" / "kernels" / "python3"
    for path, text in {
        tmp_path / "keras.json": '{"backend": "torch"}',
        tmp_path / "matplotlibrc": "text.usetex: True\n",
        kernel / "kernel.json": '{"argv": ["python"], "display_name": "P", "language": "python"}',
        tmp_path / "lcg" / "numpy" / "__init__.py": "raise ImportError",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lcg"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "swan"))
    monkeypatch.setattr("locale.getencoding", lambda: "ISO-8859-1")
    said = notes(Workspace(ROOT, "smoke"))
    for one in (
        f"{tmp_path / 'lcg'} holds other copies",
        "KERAS_BACKEND=torch",
        f"{tmp_path / 'keras.json'}: ",
        str(tmp_path / "matplotlibrc"),
        f"the kernel python3 of {kernel}",
        "writes ISO-8859-1",
    ):
        assert one in said


def test_a_home_that_cannot_be_written_is_no_trouble(monkeypatch):
    def fail(*_):
        raise PermissionError(13, "Permission denied", "/home/me/.ipython")

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.find_kernel_specs", fail)
    assert not ill(Workspace(ROOT, "smoke"))


def test_a_dead_cluster_is_told(monkeypatch):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:1")
    ((what, advice),) = ill(Workspace(ROOT, "smoke"))
    assert "DASK_SCHEDULER_ADDRESS=tcp://127.0.0.1:1" in what
    assert "unset the variable" in advice


def test_whatever_fails_is_an_answer(monkeypatch):
    """A broken installation or setting ends nothing; the rest is looked at."""

    def fail(*_):
        msg = "broken"
        raise RuntimeError(msg)

    monkeypatch.setattr("matplotlib.matplotlib_fname", fail)
    monkeypatch.setattr(shutil, "disk_usage", fail)
    whats = [what for what, _ in ill(Workspace(ROOT, "smoke"))]
    assert whats == ["RuntimeError: broken"] * 2
