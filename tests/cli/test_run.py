"""`lepsearch list` and `run`: what they tell before and besides a run."""

import csv
import json

import pytest
from typer.testing import CliRunner

from lepsearch import __version__
from lepsearch.book.chapters import list_chapters
from lepsearch.cli import app
from lepsearch.cli.run import _begun, _enter, _new_folder, _share
from lepsearch.errors import InputError
from lepsearch.workspace import project_root

RUN = CliRunner()


def test_version_and_help_are_told():
    assert RUN.invoke(app, ["--version"]).output == f"lepsearch {__version__}\n"
    for command in ([], ["run"], ["data", "list"]):
        assert "Usage" in RUN.invoke(app, [*command, "-h"]).output


def test_every_chapter_is_listed_with_its_question_and_parameters():
    said = RUN.invoke(app, ["list", "--profile", "local"]).output
    for name in list_chapters(project_root()):
        assert f"{name} (not run yet with local)" in said
    assert said.count("?\n") == len(list_chapters(project_root()))
    assert "parameters: n_toys, seed, relative_uncertainties\n" in said


def test_no_such_profile_and_no_chapters_are_said(project):
    wrong = RUN.invoke(app, ["list", "--profile", "smok"]).exception
    assert "unknown profile 'smok'; the nearest known: 'smoke'" in str(wrong)
    assert "no chapters in" in str(RUN.invoke(app, ["list"]).exception)


def test_a_folder_without_a_name_is_refused():
    """As "$DATA" is where that isn't set; it is not this folder."""
    for command in ("skim", "run", "list", "build"):
        assert "names no folder" in RUN.invoke(app, [command, "--data", ""]).output


def test_parameters_are_listed_with_what_may_be_given():
    said = RUN.invoke(app, ["run", "27", "--help-parameters"]).output
    assert "met_min (float, default 50.0): [50, 7000] GeV; the region itself starts" in said


def test_the_shell_completes_chapters():
    assert _begun("27") == ["27_cut_and_count"]
    assert _begun("x") == []


def test_an_output_that_cannot_be_written_is_told_before_the_run(tmp_path):
    (tmp_path / "file").touch()
    done = RUN.invoke(app, ["run", "07", "-o", str(tmp_path / "file" / "out")])
    assert isinstance(done.exception, InputError)
    assert f"{tmp_path}/file/out/07_statistics.unfinished.ipynb: could not be" in str(
        done.exception
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "27_cut"),
        ({"met_min": 100.0}, "27_cut-met_min=100.0"),
        ({"signals": ["a b", "c/d"]}, "27_cut-signals=ab,cd"),
    ],
)
def test_a_rerun_is_named_by_its_parameters_and_kept_apart(tmp_path, given, name):
    reruns = tmp_path / "reruns"
    made = [_new_folder(reruns, "27_cut", given) for _ in range(3)]
    assert [one.name for one in made] == [name, f"{name}-2", f"{name}-3"]


def test_pages_share_the_files_that_they_have_in_common(tmp_path):
    texts = {"a/html": ("same", "one"), "b/html": ("same", "two")}
    for folder, (style, page) in texts.items():
        (tmp_path / folder / "_static").mkdir(parents=True)
        (tmp_path / folder / "_static" / "a.css").write_text(style)
        (tmp_path / folder / "page.html").write_text(page)
    _share(tmp_path / "b" / "html", tmp_path.glob("*/html"))
    same, other = (tmp_path / "b" / "html" / one for one in ("_static/a.css", "page.html"))
    assert same.samefile(tmp_path / "a" / "html" / "_static" / "a.css")
    assert (other.read_text(), other.stat().st_nlink) == ("two", 1)
    assert sorted(one.name for one in same.parent.iterdir()) == ["a.css"]


def test_reruns_are_entered_in_an_index(tmp_path):
    for value in (1.0, 2.0):
        _enter(tmp_path / f"a-{value}", {"met_min": value})
    with (tmp_path / "index.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["folder"] for row in rows] == ["a-1.0", "a-2.0"]
    assert json.loads(rows[1]["parameters"]) == {"met_min": 2.0}
    assert rows[0]["version"] == __version__
