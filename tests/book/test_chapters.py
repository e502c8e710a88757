"""Chapters, their parameters, and what comes out of running one."""

import base64
import io
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lepsearch.book import chapters
from lepsearch.book.execute import _clean as clean
from lepsearch.book.execute import execute, present_fingerprint
from lepsearch.book.origin import Origins
from lepsearch.book.parameters import Parameter
from lepsearch.data import quoted
from lepsearch.errors import ChapterError, InputError
from lepsearch.events.selection import MISSING_PT, REGIONS
from lepsearch.plotting.style import drawing
from lepsearch.surroundings import LIBRARY
from lepsearch.workspace import Workspace

ROOT = Path(__file__).parents[2]
HEAD = """# %% [markdown]
# # A line
#
# %% tags=["parameters"] nbmake={"mock": {"n": 3}} lepsearch={"full": {"n": 100, "blind": false}}
profile = "embedded"
# [1, 1000]; how many
n = 10
# [0, inf) GeV; of one
scale: float = 0.5
blind = True
# any names, or none
names = ["a", "b"]
"""
CODE = "from lepsearch.book import report"
BODY = f"""
# %%
{CODE}
from lepsearch.stats.estimate import Estimate

total = n * scale

# %%
report.record("total", Estimate(total, 0.25), ".1f")
"""


@pytest.fixture
def project(tmp_path):
    """A project of one chapter; gives a function that rewrites its body and reads it."""
    (tmp_path / "data_manifest.yaml").write_text("version: 1\n")
    (tmp_path / "notebooks").mkdir()

    def read(body=BODY, head=HEAD):
        (tmp_path / "notebooks" / "01_line.py").write_text(head + body)
        return chapters.find_chapter(tmp_path, "01_line")

    return read


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path, "smoke")


def run(chapter, workspace, **given):
    """Run a chapter into the book's own place."""
    notebook = workspace.chapters / "01_line.ipynb"
    results = workspace.results / "01_line.json"
    execute(chapter, workspace, chapter.values(workspace.profile, given), notebook, results)
    return nbformat.read(notebook, as_version=4), json.loads(results.read_text())


def start(name, workspace):
    """Run a chapter for the book in a process of its own."""
    command = "from lepsearch.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "run", name, "--profile", "smoke", "--for-book"],
        env={**os.environ, "LEPSEARCH_ROOT": str(workspace.root)},
        stderr=subprocess.PIPE,
        text=True,
    )


def made(workspace):
    """Every file that a run left, but for IPython's own."""
    files = (path for path in workspace.build.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(workspace.build)) for path in files)


def test_parameters_have_the_type_of_their_defaults(project):
    chapter = project()
    assert {
        one.name: (type(one.default).__name__, one.default) for one in chapter.parameters.values()
    } == {
        "profile": ("str", "embedded"),
        "n": ("int", 10),
        "scale": ("float", 0.5),
        "blind": ("bool", True),
        "names": ("list", ["a", "b"]),
    }
    assert chapter.values("embedded") == {"profile": "embedded"}
    assert chapter.values("smoke") == {"profile": "smoke", "n": 3}
    assert chapter.values("smoke", {"n": 4}) == {"profile": "smoke", "n": 4}


def test_full_values_replace_the_defaults_and_given_ones_those(project):
    chapter = project()
    whole = {"profile": "embedded", "n": 100, "blind": False}
    assert chapter.values("embedded", full=True) == whole
    assert chapter.values("embedded", {"n": 4}, full=True) == whole | {"n": 4}
    assert chapter.values("smoke", full=True)["n"] == 100


def test_a_chapter_without_full_values_says_so(project):
    chapter = project(head=HEAD.replace('"full"', '"other"'))
    with pytest.raises(InputError, match="01_line has no full parameter set"):
        chapter.values("embedded", full=True)


def whole_grid(name):
    """Parameters of a chapter of this project with its full values."""
    root = Path(__file__).parents[2]
    chapter = chapters.find_chapter(root, name)
    defaults = {one.name: one.default for one in chapter.parameters.values()}
    return defaults | dict(chapter.full)


def numbers(figure, start):
    """Rows and columns of a grid of the thesis, as its figure has them."""
    keys = [key.split(".") for key in quoted.below(f"guevara.{figure}")]
    rows = {float(row.removeprefix(f"{start}_").replace("_", ".")) for row, _ in keys}
    return rows, {int(column.removeprefix("n")) for _, column in keys}


def test_the_full_grid_of_networks_is_the_thesis_s():
    full = whole_grid("18_network_grid")
    assert full["whole_grid"]
    assert (set(full["rates"]), set(full["widths"])) == numbers("figure_5_15", "eta")
    n_layers, widths = numbers("figure_5_17", "layers")
    assert set(full["deep_widths"]) == widths
    # with the output, as the thesis's text counts, and without, as its algorithm does
    assert set(full["depths"]) == n_layers | {n - 1 for n in n_layers}
    assert full["penalties"] == [1e-5, 1e-4, 1e-3, 1e-2]  # section 5.2.6
    assert full["epochs"] == quoted.get("guevara.training.epochs").value


def test_the_full_comparison_of_depths_is_the_thesis_s():
    full = whole_grid("19_network_depth")
    assert full["depths"] == [4, 10]  # figure 5.19
    printed = {key: one.value for key, one in quoted.below("guevara.figure_5_17").items()}
    best = max(printed, key=printed.get)  # "the same hyperparameters as the best one"
    assert full["neurons"] == int(best.split(".n")[1])
    assert full["epochs"] == quoted.get("guevara.training.epochs").value


@pytest.mark.parametrize("number", range(14, 21))
def test_a_full_set_is_at_least_the_default(number):
    root = Path(__file__).parents[2]
    chapter = chapters.find_chapter(root, str(number))
    assert chapter.full
    for name, value in chapter.full.items():
        default = chapter.parameters[name].default
        assert set(value) >= set(default) if isinstance(value, list) else value >= default
        assert value != default


@pytest.mark.parametrize("name", ["01_line", "01", "notebooks/01_line.py"])
def test_a_chapter_is_found_by_name_number_or_path(project, tmp_path, name):
    project()
    assert chapters.find_chapter(tmp_path, name).name == "01_line"


def test_an_unknown_chapter_names_the_nearest(project, tmp_path):
    project()
    with pytest.raises(InputError, match=r"no chapter '01_lime'.*'01_line'"):
        chapters.find_chapter(tmp_path, "01_lime")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n=7", 7),
        ("scale=2", 2.0),
        ("scale=1e-3", 1e-3),
        ("blind=false", False),
        ("names=[c, d]", ["c", "d"]),
        ("names=c,d,1", ["c", "d", "1"]),
        ("names=[]", []),
    ],
)
def test_overrides(project, text, value):
    (found,) = chapters.overrides(project(), [text]).values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("m=7", "no parameter 'm'"),
        ("n=7.5", "n: expected a whole number, got '7.5'"),
        ("n=", "n: expected a whole number"),
        ("scale=big", "scale: expected a number, got 'big'"),
        ("blind=2", "blind: expected true or false"),
        ("names=[c", "names: expected a list"),
        ("n=0", r"n: expected \[1, 1000\]; got 0"),
        ("n=1001", r"n: expected \[1, 1000\]; got 1001"),
        ("scale=-0.1", r"scale: expected \[0, inf\) GeV; got -0.1"),
        ("scale=nan", r"scale: expected \[0, inf\) GeV; got nan"),
        ("scale=inf", r"scale: expected \[0, inf\) GeV; got inf"),
        ("names=a, b, a", r"names: expected any names, or none, each once; got \['a', 'b', 'a'\]"),
    ],
)
def test_a_wrong_override_is_refused_with_the_right_ones(project, text, match):
    with pytest.raises(InputError, match=match) as caught:
        chapters.overrides(project(), [text])
    for line in (
        "n (int, default 10): [1, 1000]; how many",
        "scale (float, default 0.5): [0, inf) GeV; of one",
        "blind (bool, default True)",
    ):
        assert line in str(caught.value)


@pytest.mark.parametrize(
    ("said", "given", "right"),
    [
        ("(0, 1)", [0.0], False),
        ("(0, 1]", [1.0], True),
        ("[1, 9]", [], False),
        ("[1, 9], or none", [], True),
        ("[1, 9], two or more", [3], False),
        ("[1, 9], two or more", [3, 4], True),
        ("[1, 9]", [3, 3], False),
        ("[1, 9], rising", [4, 3], False),
        ("[1, 9], even", [4, 3], False),
        ("[1, 9], even", [4, 2], True),
        ("[1, 9] events", 3, True),
    ],
)
def test_what_a_comment_allows(said, given, right):
    parameter = Parameter("n", given, said)
    if right:
        assert parameter.check(given) == given
    else:
        with pytest.raises(InputError, match=re.escape(f"n: expected {said}, each once")):
            parameter.check(given)


@pytest.mark.parametrize("name", chapters.list_chapters(ROOT))
def test_the_real_chapters_state_what_may_be_given(name):
    chapter = chapters.find_chapter(ROOT, name)
    assert chapter.question.endswith("?")
    if "met_min" in chapter.parameters:
        assert f"[{MISSING_PT:g}," in chapter.parameters["met_min"].allowed
    for one in chapter.parameters.values():
        number = isinstance(next(iter(np.atleast_1d(one.default)), ""), float | int)
        if number and not isinstance(one.default, bool):
            for bad in ("nan", "-1", "1e400"):
                with pytest.raises(InputError, match=f"parameter {one.name}: expected"):
                    one.parse(bad)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (["n"], "name=value"),
        (["profile=local"], "--profile local"),
        (["n=2", "n=3"], "'n' is given tw"),
    ],
)
def test_overrides_that_are_none(project, text, match):
    with pytest.raises(InputError, match=match):
        chapters.overrides(project(), text)


@pytest.mark.parametrize(
    ("head", "match"),
    [
        ('# %% tags=["parameters"]\nn = 1\n', r"line 2: above n, expected a comment .*got ''"),
        ('# %% tags=["parameters"]\n# 1 GeV\nn = 1\n', r"line 3: above n.*got '1 GeV'"),
        (
            '# %% tags=["parameters"]\n# [2, 3]; of\n# two lines\nn = 1\n',
            r"line 4: parameter n: expected \[2, 3\]; got 1",
        ),
        (
            '# %% tags=["parameters"] nbmake={"mock": {"n": 3}}\n# [0, 2]\nn = 1\n',
            r"line 1: the nbmake mock: parameter n: expected \[0, 2\]; got 3",
        ),
        ('# %% tags=["parameters"]\nn = None\n', r"line 2: .*name = value lines.*got n = None"),
        ('# %% tags=["parameters"]\n# [0, 2]\nn = 1\nm = n\n', r"line 4: .*got m = n"),
        ('# %% tags=["parameters"]\nimport os\n', r"line 2: .*got import os"),
        (
            '# %% tags=["parameters"] nbmake={"mock": {"m": 3}}\n# [0, 2]\nn = 1\n',
            r"line 1: .*'m'.*'n'",
        ),
        (
            '# %% tags=["parameters"] lepsearch={"full": {"m": 3}}\n# [0, 2]\nn = 1\n',
            r"line 1: the lepsearch full has 3 for 'm'.*'n'",
        ),
        (
            '# %% tags=["parameters"] lepsearch={"full": {"n": 3.5}}\n# [0, 2]\nn = 1\n',
            r"line 1: the lepsearch full has 3\.5 for 'n'; there is n \(int, default 1\): \[0, 2\]",
        ),
        ('# %% tags=["parameters"]\n# [0, 2]\nn = 1\n' * 2, r"line 5: a second cell"),
    ],
)
def test_a_bad_parameters_cell_is_named_by_its_line(project, head, match):
    with pytest.raises(InputError, match=match):
        project(head=head)


def test_a_run_leaves_notebook_numbers_and_fingerprint(project, workspace):
    chapter = project()
    notebook, results = run(chapter, workspace)
    place = (
        chapter.source.read_text()
        .splitlines()
        .index('report.record("total", Estimate(total, 0.25), ".1f")')
        + 1
    )
    (number,) = results.values()
    assert number.pop("functions") == [
        "lepsearch.book.report.record",
        "lepsearch.stats.estimate.Estimate",
    ]
    assert number == {"value": 1.5, "error": 0.25, "text": "1.5 ± 0.2", "line": place}
    said = notebook.cells[-1].source
    for row in ("lepsearch | 0.1.0", "profile | smoke", "`n` | `3`", "`scale` | `0.5`"):
        assert f"| {row} |" in said
    assert made(workspace) == ["chapters/01_line.ipynb", "results/01_line.json"]
    mark = notebook.metadata["lepsearch"]
    ran = mark.pop("ran")
    assert mark == present_fingerprint(chapter, workspace, {"profile": "smoke", "n": 3})
    assert ran["python"] == platform.python_version()
    assert ran["packages"]["numpy"] == np.__version__
    assert any(name.endswith("report.py") for name in mark["files"])
    assert not any(name.endswith("skim.py") for name in mark["files"])
    assert str(workspace.root) not in nbformat.writes(notebook)


def test_text_shows_what_its_expressions_give(project, workspace):
    """Where they stand, captions too; the cells that evaluate and the captions' own are gone.

    A number leads to the line of the cell that last made it; words lead nowhere.
    """
    text = (
        "\n# %% [markdown]\n# There are\n# {eval}`n`. With {eval}`f'{total:.1f}'`, {eval}`names`.\n"
        '\n# %% mystnb={"figure": {"name": "fig-a"}}\nn = 7\n'
        '\n# %% [markdown] tags=["caption"]\n# A line of\n# {eval}`n` points.\n'
    )
    chapter = project(BODY + text)
    notebook, results = run(chapter, workspace)
    assert results["n"]["value"] == 3
    assert results["n (2)"]["value"] == 7
    here = results["f'{total:.1f}'"]
    line = next(i for i, one in enumerate(text.splitlines()) if "total:" in one)
    assert here["line"] == (HEAD + BODY).count("\n") + line + 1
    assert (here["value"], here["error"], here["text"]) == (1.5, None, "1.5")
    prose, figure = notebook.cells[-3:-1]
    lines = chapter.source.read_text().splitlines()
    first, total, again = (lines.index(one) + 1 for one in ('profile = "embedded"', CODE, "n = 7"))
    link = '<a class="made" href="#line-{}">{}</a>'.format
    said = f"There are\n{link(first, 3)}. With {link(total, 1.5)}, \\['a', 'b'\\]."
    assert prose.source == said
    caption = f"A line of {link(again, 7)} points."
    assert figure.metadata.mystnb.figure == {"name": "fig-a", "caption": caption}
    assert figure.metadata["line"] == again


def test_functions_behind_a_number_are_the_nearest_first():
    """The largest significance of chapter 27 comes from its table, and that from the skims."""
    functions = Origins(chapters.find_chapter(ROOT, "27")).functions("best", 10_000)
    counting, opened = (
        functions.index(f"lepsearch.{one}")
        for one in ("stats.counting.significances", "events.dataset.Dataset.open")
    )
    assert counting < opened
    assert "lepsearch.book.tables.yields" not in functions
    assert all(re.fullmatch(r"[\w.]+", one) for one in functions)


def test_a_failing_expression_is_named_by_its_line(project, workspace):
    broken = project(BODY + "\n# %% [markdown]\n# So\n# {eval}`total` and {eval}`totl`.\n")
    line = len(broken.source.read_text().splitlines())
    match = rf"01_line\.py: line {line} \(cell \d\): NameError: .*totl(.|\n)*evaluate\('totl'\)"
    with pytest.raises(ChapterError, match=match):
        run(broken, workspace)


def test_a_failing_cell_is_named_and_the_old_run_stays(project, workspace):
    run(project(), workspace)
    before = (workspace.chapters / "01_line.ipynb").read_bytes()
    broken = project(BODY + "\n# %%\nx = 1\ny = x / 0\n")
    line = broken.source.read_text().splitlines().index("y = x / 0") + 1
    with pytest.raises(ChapterError, match=rf"01_line\.py: line {line} \(cell \d\): ZeroDivision"):
        run(broken, workspace)
    assert (workspace.chapters / "01_line.ipynb").read_bytes() == before
    kept = nbformat.read(workspace.build / "unfinished" / "01_line.unfinished.ipynb", as_version=4)
    assert any("total = n * scale" in cell.source for cell in kept.cells)


def test_a_kernel_that_dies_is_said_to(project, workspace):
    chapter = project("\n# %%\nimport os\nos._exit(1)\n")
    with pytest.raises(ChapterError, match="01_line: the kernel died"):
        run(chapter, workspace)
    assert not workspace.chapters.exists()


@pytest.mark.parametrize(
    ("reads", "what", "fails"),
    [
        ('["dilepton"]', "skim('dilepton', 'a')", None),
        ('["dilepton"]', "skim('trilepton', 'a')", "reads the skims of smoke/trilepton"),
        ("[]", "manifest", "reads the manifest, but says that it reads nothing"),
    ],
)
def test_a_chapter_reads_what_its_head_says(project, workspace, monkeypatch, reads, what, fails):
    monkeypatch.setattr("lepsearch.book.execute.inputs", lambda *_: [])
    body = "\n# %%\nfrom lepsearch.workspace import Workspace\n\nWorkspace.find(profile)." + what
    chapter = project(body, HEAD.replace("lepsearch={", f'lepsearch={{"reads": {reads}, '))
    if fails is None:
        run(chapter, workspace)
    else:
        with pytest.raises(ChapterError, match=fails):
            run(chapter, workspace)


def test_the_real_chapters_name_known_regions():
    root = Path(__file__).parents[2]
    for name in chapters.list_chapters(root):
        assert set(chapters.regions_of(root / "notebooks" / f"{name}.py")) <= set(REGIONS)


def test_the_real_chapters_go_on_from_earlier_ones():
    known = chapters.list_chapters(ROOT)
    before = {name: chapters.earlier(ROOT / "notebooks" / f"{name}.py") for name in known}
    assert before["26_anomaly_search"] == ["25_autoencoder_tuning"]
    assert all(one in known and one < name for name, each in before.items() for one in each)


def test_a_killed_run_leaves_nothing_half(project, workspace):
    """SIGKILL in the middle of a cell; the next run starts from the beginning and ends well."""
    marker = workspace.root / "running"
    body = (
        "\n# %%\nimport pathlib, time\n"
        f"marker = pathlib.Path({str(marker)!r})\n"
        "if not marker.exists():\n    marker.touch()\n    time.sleep(300)\n"
    )
    project(BODY + body)
    process = start("01", workspace)
    deadline = time.monotonic() + 120
    while not marker.exists() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not any(name.startswith(("chapters/", "results/")) for name in made(workspace))
    _, results = run(chapters.find_chapter(workspace.root, "01"), workspace)
    assert results["total"]["value"] == 1.5
    assert made(workspace) == ["chapters/01_line.ipynb", "results/01_line.json"]


SAY = """
# %%
import locale, os, sys
from pathlib import Path

import matplotlib as mpl
from lepsearch.book import report

report.record("usetex", int(mpl.rcParams["text.usetex"]), "d")
report.record("utf8", int(locale.getpreferredencoding().lower() == "utf-8"), "d")
report.record("ours", int(sys.executable == PYTHON), "d")
report.record("asserts", int(__debug__), "d")
"""


def test_a_chapter_runs_here_whatever_is_configured(project, workspace, tmp_path, monkeypatch):
    """Another installation's kernel, a style with LaTeX, a long TMPDIR, settings of Python."""
    kernel = tmp_path / "swan" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = ["/usr/bin/false", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3 (other)", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nbackend: TkAgg\n")
    scratch = tmp_path / ("scratch_of_a_batch_job_1234567" * 4)
    scratch.mkdir()
    for name, value in {
        "JUPYTER_PATH": kernel.parents[1], "JUPYTER_DATA_DIR": kernel.parents[1],
        "MATPLOTLIBRC": tmp_path / "matplotlibrc", "PYTHONOPTIMIZE": 2, "PYTHONWARNINGS": "error",
        "LC_ALL": "C", "PYTHONSTARTUP": "/nowhere",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    _, results = run(project(SAY.replace("PYTHON)", f"{sys.executable!r})")), workspace)
    said = {name: one["value"] for name, one in results.items()}
    assert said == {"usetex": 0, "utf8": 1, "ours": 1, "asserts": 1}


def test_a_chapter_runs_where_no_socket_can_lie(project, workspace, monkeypatch):
    monkeypatch.setattr("lepsearch.surroundings.place_of_sockets", lambda: None)
    assert run(project(), workspace)[1]["total"]["value"] == 1.5


def test_another_copy_of_the_library_is_noticed(project, workspace, tmp_path, monkeypatch):
    """A chapter that runs code of another folder is no chapter of this library."""
    other = tmp_path / "other"
    shutil.copytree(LIBRARY / "lepsearch", other / "lepsearch")
    body = f"\n# %%\nimport sys\nsys.path.insert(0, {str(other)!r})\n" + BODY
    match = f"ran with the library in {other}, not with this one in {LIBRARY}"
    with pytest.raises(ChapterError, match=match):
        run(project(body), workspace)
    assert not workspace.chapters.exists()


def test_no_ipykernel_is_said(project, workspace, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel.kernelspec", None)
    with pytest.raises(ChapterError, match=r"has no ipykernel to run it with.*make env"):
        run(project(), workspace)


def test_a_full_disk_is_named(project, workspace, small_disk):
    chapter = project()
    made = small_disk / "out" / "01_line.ipynb"
    padding = nbformat.v4.new_markdown_cell("x" * 10_000_000)
    chapter.notebook.cells.append(padding)
    chapter = replace(chapter, starts=(*chapter.starts, 1))
    match = r"out/01_line\.unfinished\.ipynb: could not be written .*free some space"
    with pytest.raises(InputError, match=match):
        execute(chapter, workspace, {}, made, made.with_suffix(".json"))
    assert not made.exists()


def test_chapters_run_side_by_side(project, workspace):
    """Each kernel answers its own chapter, by sockets that no other run can take for its own."""
    look = '\n# %%\nfrom pathlib import Path\n\nshared = list(Path().glob("*-ipc-*"))\n'
    project(look + BODY + 'report.record("shared", len(shared), "d")\n')
    notebooks = workspace.root / "notebooks"
    text = (notebooks / "01_line.py").read_text()
    names = [f"{number:02}_line" for number in range(1, 4)]
    for number, name in enumerate(names, start=1):
        (notebooks / f"{name}.py").write_text(text.replace("0.5", f"{number}.0"))
    processes = [start(name, workspace) for name in names]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    for number, name in enumerate(names, start=1):
        results = json.loads((workspace.results / f"{name}.json").read_text())
        assert results["total"]["value"] == 3.0 * number
        assert results["shared"]["value"] == 0
    assert sorted(path.name for path in notebooks.iterdir()) == [f"{name}.py" for name in names]


def test_pictures_are_light_and_look_the_same():
    """A map of many colours weighs less than half; colours move a little, and few of them."""
    with drawing() as (figure, axes):
        axes.pcolormesh(np.add.outer(np.arange(40), np.arange(40)), cmap="viridis")
    drawn = io.BytesIO()
    figure.savefig(drawn)
    shown = {"image/png": base64.b64encode(drawn.getvalue()).decode()}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", shown)])
    clean(nbformat.v4.new_notebook(cells=[cell]))
    light = base64.b64decode(cell.outputs[0]["data"]["image/png"])
    assert len(light) < len(drawn.getvalue()) / 2
    before, after = (
        np.asarray(Image.open(io.BytesIO(one)).convert("RGB"), dtype=int)
        for one in (drawn.getvalue(), light)
    )
    assert np.abs(after - before).max() < 64
    assert np.abs(after - before).mean() < 0.1


def test_random_ids_of_tables_are_counted():
    shown = {"text/html": pd.DataFrame({"a": [1]}).style.to_html()}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", shown)])
    made = nbformat.v4.new_notebook(cells=[cell])
    clean(made)
    html = made.cells[0].outputs[0]["data"]["text/html"]
    assert 'id="T_0"' in html
    assert "T_0_row0_col0" in html
    assert not re.search(r"T_[0-9a-f]{5}", html)
