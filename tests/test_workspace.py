"""Where things lie, inside and outside of a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.workspace import Workspace, project_root

ROOT = Path(__file__).parents[1]


def test_each_folder_has_a_place_of_its_own(tmp_path):
    """Also folders of one name, and such with odd characters; other profiles share nothing."""
    folders = [tmp_path / name for name in ("a/wz", "b/wz", "b/w z", "{b}/w'z", "données")]
    places = [Workspace(tmp_path, "local", folder).build for folder in folders]
    assert len(set(places)) == len(folders)
    assert {place.parent for place in places} == {tmp_path / "build" / "local"}
    assert all(place.name.isascii() and " " not in place.name for place in places)
    assert places[0].name.startswith("wz-")
    simulated = {Workspace(tmp_path, "embedded", folder).build for folder in folders}
    assert simulated == {tmp_path / "build" / "embedded"}


def test_two_productions_stand_side_by_side(project, tmp_path, make_events, write):
    """Skims of one folder are no skims of another, and the message names what makes them."""
    event, lepton, _ = make_events
    for name in ("one", "it's two"):
        path = tmp_path / name / "mc_410000.ttbar_lep.4lep.root"
        write["2020"](path, [event([lepton(60), lepton(40, phi=2.5, charge=-1)], met=80.0)])
    first = Dataset.open("local", data=tmp_path / "one")
    run("skim", "--profile", "local", "--data", tmp_path / "one", root=project)
    assert len(first.table("dilepton")) == 1
    with pytest.raises(InputError, match="no such skim; make it with") as error:
        Dataset.open("local", data=tmp_path / "it's two").table("dilepton")
    command = str(error.value).partition("`lepsearch ")[2].rstrip("`")
    subprocess.run(["sh", "-c", f"exec lepsearch {command}"], check=True, env=surroundings(project))
    assert len(Dataset.open("local", data=tmp_path / "it's two").table("dilepton")) == 1
    assert len(first.table("dilepton")) == 1


def surroundings(root):
    """The environment of a command in a project, by the program of these tests."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "LEPSEARCH_ROOT": str(root), "PATH": path}


def run(*arguments, root):
    command = [sys.executable, "-c", "from lepsearch.cli import main; main()", *arguments]
    return subprocess.run(command, check=True, env=surroundings(root), capture_output=True)


def test_a_root_is_named_found_or_where_one_is(tmp_path, monkeypatch):
    monkeypatch.delenv("LEPSEARCH_ROOT", raising=False)
    monkeypatch.chdir(ROOT / "tests")
    assert project_root() == ROOT
    assert project_root(tmp_path) == tmp_path
    monkeypatch.chdir(tmp_path)
    assert project_root() == ROOT  # the checkout that the library lies in
    monkeypatch.setenv("LEPSEARCH_ROOT", str(tmp_path))
    assert Workspace.find("smoke").build == tmp_path / "build" / "smoke"
    assert load_manifest(Workspace.find("smoke").manifest).groups
    monkeypatch.setenv("LEPSEARCH_ROOT", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"nowhere: is no folder.*LEPSEARCH_ROOT"):
        project_root()


def test_a_folder_is_read_or_refused(monkeypatch, tmp_path):
    """A folder that is named is local unless said otherwise, and no simulation passes it over."""
    monkeypatch.setenv("LEPSEARCH_DATA", str(tmp_path))
    assert Workspace.find().profile == "embedded"
    assert Workspace.find(data=tmp_path).profile == "local"
    assert Workspace.find("opendata-2020", tmp_path).downloads == tmp_path
    assert Workspace.find("smoke").make("skims") == "make skims PROFILE=smoke"
    assert (
        Workspace.find("local").call("skim")
        == f"`lepsearch skim --profile local --data {tmp_path}`"
    )
    elsewhere = Workspace.find("smoke", root=tmp_path).call("skim")
    assert elsewhere == f"`LEPSEARCH_ROOT={tmp_path} lepsearch skim --profile smoke`"
    assert (
        Workspace.find(data="~nobody-of-this-name/x").data
        == Path("~nobody-of-this-name/x").resolve()
    )
    for profile in load_manifest(ROOT / "data_manifest.yaml").profiles:
        if load_manifest(ROOT / "data_manifest.yaml").simulation(profile):
            with pytest.raises(InputError, match=f"'{profile}' makes its own events.*'local'"):
                Workspace.find(profile, tmp_path)


def test_make_takes_a_folder_that_is_named_on_its_line(tmp_path):
    """A DATA of the shell's own settings does not change which book is made."""
    make = ["make", "-n", "skims", "BIN=bin", f"--file={ROOT}/Makefile"]

    def profile(*given: str) -> str:
        plan = subprocess.run(
            [*make, *given],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"DATA": "/its/own"},
        )
        return plan.stdout.rpartition("profile=")[2].strip()

    assert profile() == "embedded"
    assert profile(f"DATA={tmp_path}") == "local"
    assert profile(f"DATA={tmp_path}", "PROFILE=opendata-2020") == "opendata-2020"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        profile(f"DATA={tmp_path}", "PROFILE=smoke")
    assert "PROFILE=smoke makes its own events" in refused.value.stderr


def test_the_wheel_has_what_it_reads(tmp_path):
    """Installed alone, far from the checkout: the manifest and its tables are there."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    code = (
        "import lepsearch; from lepsearch.events.dataset import Dataset\n"
        "dataset = Dataset.open('opendata-2020', root='.')\n"
        "print(lepsearch.__file__, dataset.luminosity_fb, len(dataset.samples))"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    environment.pop("LEPSEARCH_ROOT", None)
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment, capture_output=True
    ).stdout.decode()
    file, luminosity, samples = said.split()
    here = Dataset.open("opendata-2020", root=ROOT)
    assert file == str(installed / "lepsearch" / "__init__.py")
    assert (float(luminosity), int(samples)) == (here.luminosity_fb, len(here.samples))
