"""The graph: any folder's name, replaced files, and what is said when a step fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lepsearch.events.dataset import Dataset

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "name",
    ["my data", "it's", "x #1", "données_μμ", "a$b", "$(b)", "a;rm", "[4lep]", "-q", "{x}", 'a"b',
     "a\\b", "a%b", "`id`"],
)  # fmt: skip
def test_a_folder_of_any_name_comes_through_make(name):
    show = 'show: ; @printf %s "$$LEPSEARCH_DATA"'
    command = ["make", "--silent", f"--eval={show}", "show", f"DATA={name}"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == name


@pytest.fixture
def graph(project):
    """A function that runs the graph of a project on a folder, and gives what it says."""
    shutil.copy(ROOT / "Snakefile", project)
    for name in ("lib", "profiles", "notebooks", "book", "_config.yml"):
        (project / name).symlink_to(ROOT / name)

    def run(folder):
        environment = {**os.environ, "LEPSEARCH_DATA": str(folder)}
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "skims"]
        done = subprocess.run(
            [*command, "--config", "profile=local"],
            cwd=project, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_replaced_file_is_skimmed_again(graph, tmp_path, make_events, write):
    """Also by an older one of another content, in a folder with an odd name; then a broken one."""
    event, lepton, _ = make_events
    folder = tmp_path / "it's {my} data"
    path = folder / "mc_410000.ttbar_lep.4lep.root"
    pair = [lepton(60), lepton(40, phi=2.5, charge=-1)]
    for met in (60.0, 80.0):
        write["2020"](path, [event(pair, met=met)])
        os.utime(path, (met, 1000 - met))  # the second one is older
        code, said = graph(folder)
        assert code == 0, said
        table = Dataset.open("local", data=folder).table("dilepton")
        assert table["met"].tolist() == pytest.approx([met])
    path.write_bytes(path.read_bytes()[:2000])
    code, said = graph(folder)
    assert code != 0
    assert "not readable as a ROOT file" in said
    assert not any(word in said for word in ("Traceback", "CalledProcessError", "Error in rule"))


def test_no_folder_is_one_line(graph, tmp_path):
    code, said = graph(tmp_path / "nowhere")
    assert code == 1
    assert said.splitlines()[-1] == f"lepsearch: {tmp_path / 'nowhere'}: is no folder; " + (
        "name the folder of your ntuples"
    )
