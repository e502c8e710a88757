"""The rules of the book, stale chapters, and a small book rendered for good."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from lepsearch.book import checks, links, render
from lepsearch.book.chapters import events_of, find_chapter
from lepsearch.book.execute import execute
from lepsearch.errors import ChapterError, StaleError
from lepsearch.workspace import Workspace, project_root

ROOT = Path(__file__).parents[2]
TOC = """format: jb-book
root: intro
parts:
  - caption: Theory
    numbered: true
    chapters:
      - file: notebooks/05_line
"""
INTRO = "# A small book\n\nSee {numref}`fig-line` of {doc}`notebooks/05_line`.\n"
FIGURE = 'mystnb={"figure": {"name": "fig-line"}, "image": {"alt": "A rising line."}}'
CHAPTER = f"""# %% [markdown]
# # A line
#
# $$
# y = 2 x
# $$ (eq-line)
#
# As {{eq}}`eq-line` says, {{numref}}`fig-line` rises through {{glue:text}}`n` points.

# %% tags=["parameters"]
profile = "embedded"
# [1, 100]; points
n = 10

# %% {FIGURE}
import matplotlib.pyplot as plt

from lepsearch.book import report

fig, ax = plt.subplots()
ax.plot(range(n))
plt.show()

# %% [markdown] tags=["caption"]
# A line of {{eval}}`n` points.

# %% tags=["remove-cell"]
report.record("n", n, "d")
"""


@pytest.fixture
def project(tmp_path):
    """A book of one page and one chapter, with the real settings."""
    shutil.copytree(ROOT / "book" / "_extra", tmp_path / "book" / "_extra")
    shutil.copytree(ROOT / "book" / "_static", tmp_path / "book" / "_static")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    for name, text in {
        "data_manifest.yaml": "version: 1\n",
        "book/_toc.yml": TOC,
        "book/intro.md": INTRO,
        "book/references.bib": "",
        "notebooks/05_line.py": CHAPTER,
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def change(path, old, new):
    """Replace a text that is there once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def run(project, name="05_line"):
    """Execute a chapter for the book; gives the workspace."""
    workspace = Workspace(project, "embedded")
    chapter = find_chapter(project, name)
    notebook = workspace.chapters / f"{name}.ipynb"
    results = workspace.results / f"{name}.json"
    execute(chapter, workspace, chapter.values("embedded"), notebook, results)
    return workspace


def test_the_real_book_keeps_to_its_rules():
    render.check(ROOT)


def test_a_good_book_passes(project):
    render.check(project)


@pytest.mark.parametrize(
    ("name", "old", "new", "match"),
    [
        (
            "notebooks/05_line.py",
            "# As {eq}",
            "# With 85.3 GeV, {eq}",
            r"05_line\.py: line 8: '85.3 GeV' is typed",
        ),
        (
            "notebooks/05_line.py",
            "{eval}`n` points.",
            "10.5 points.",
            r"05_line\.py: line 25: '10.5' is typed",
        ),
        (
            "notebooks/05_line.py",
            '# %% [markdown] tags=["caption"]\n',
            '# %% tags=["caption"]\n',
            r"05_line\.py: line 15 \(cell 3\): a figure without a caption in the next",
        ),
        (
            "notebooks/05_line.py",
            "# %% [markdown]\n",
            '# %% [markdown] tags=["caption"]\n',
            r"05_line\.py: line 1 \(cell 1\): a caption, but no figure before it",
        ),
        (
            "notebooks/05_line.py",
            ', "image": {"alt": "A rising line."}',
            "",
            r"05_line\.py: line 15 \(cell 3\): a figure without mystnb.image.alt",
        ),
        (
            "notebooks/05_line.py",
            '"name": "fig-line"',
            "",
            r"05_line\.py: line 15 \(cell 3\): a figure without mystnb.figure.name",
        ),
        (
            "notebooks/05_line.py",
            "ax.plot(range(n))",
            'ax.plot(m)\n\n# %% tags=["remove-cell"]\nm = range(n)',
            r"05_line\.py: line 21: m is made in a removed cell",
        ),
        (
            "book/intro.md",
            "# A small book\n\n",
            "# A\n\n55 %\n",
            r"intro\.md: line 3: '55 %' is typed",
        ),
        ("book/intro.md", "See", "![](a.png)", r"intro\.md: line 3: an image without alt"),
        (
            "book/intro.md",
            "See",
            ":::{figure} a.png\n:name: fig-a\n:::\n",
            r"intro\.md: line 3: a figure without :alt:, a caption",
        ),
        (
            "book/intro.md",
            "See",
            "{eval}`a` " * 4,
            r"intro\.md: line 3: a sentence with 4 inserted values, more than 3",
        ),
        (
            "notebooks/05_line.py",
            "{eval}`n` points.",
            "{eval}`n` points. " * 7,
            r"05_line\.py: line 25: a paragraph with 7 inserted values, more than 6",
        ),
        ("book/_toc.yml", "05_line", "02_curve", r"there is no notebooks/02_curve\.py"),
        ("book/_toc.yml", "05_line", "02_curve", r"notebooks/05_line\.py is there, but no part"),
        ("book/_toc.yml", "root: intro", "root: preface", r"there is no book/preface\.md"),
    ],
)
def test_each_broken_rule_is_named(project, name, old, new, match):
    path = project / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ChapterError, match=match):
        render.check(project)


def test_a_crowded_sentence_is_named(project):
    change(project / "book" / "intro.md", "See", "{eval}`a` " * 4 + "See")
    with pytest.raises(ChapterError, match="a sentence with 4 inserted values, more than 3"):
        render.check(project)


def test_an_exception_with_a_reason_stands(project):
    change(project / "book" / "intro.md", "See", "At 13 TeV, see")
    with pytest.raises(ChapterError, match="13 TeV"):
        render.check(project)
    (project / "book" / "_allowed_numbers.yml").write_text("- {pattern: 13 TeV, reason: energy}\n")
    render.check(project)


def test_pages_that_need_a_network_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<script defer src="https://cdn.example.org/a.js"></script>\n'
        '<link href="//fonts.example.org/f.css" rel="stylesheet" />\n'
        '<img alt="x" src="http://example.org/x.png">\n'
        '<script src="_static/ok.js"></script> <a href="https://example.org">a link</a>\n'
        '<link rel="canonical" href="https://example.org/a.html">'
    )
    (tmp_path / "b.css").write_text("@import 'https://x.org/y.css'; a {background: url(c.png)}")
    assert checks.network_findings(tmp_path) == [
        "a.html: loads https://cdn.example.org/a.js from the network",
        "a.html: loads //fonts.example.org/f.css from the network",
        "a.html: loads http://example.org/x.png from the network",
        "b.css: loads https://x.org/y.css from the network",
    ]


def test_figures_that_were_drawn_are_held_against_their_words(project):
    script = project / "notebooks" / "05_line.py"
    script.write_text(CHAPTER.replace("plt.show()", "plt.close()"))
    workspace = run(project)
    executed = {"05_line": workspace.chapters / "05_line.ipynb"}
    with pytest.raises(ChapterError, match=r"line 15 \(cell 3\): the cell names a figure but drew"):
        render.check(project, executed)
    script.write_text(CHAPTER.replace(f"# %% {FIGURE}", "# %%"))
    run(project)
    with pytest.raises(ChapterError, match=r"line 15 \(cell 3\): a figure without mystnb.figure"):
        render.check(project, executed)


TABLE = """
# %% mystnb={"figure": {"name": "tab-points"}}
import pandas as pd

pd.DataFrame({"y": range(n)})

# %% [markdown] tags=["caption"]
# Points of the line: {eval}`n` of them.

# %% [markdown]
# See {numref}`tab-points` beside {numref}`fig-line`.
"""


def test_a_table_has_a_title_and_a_number_of_its_own(project):
    """In the page the title stands above; the figure before it doesn't count."""
    script = project / "notebooks" / "05_line.py"
    script.write_text(CHAPTER + TABLE)
    page = render.build(run(project)).parent / "notebooks" / "05_line.html"
    html = re.sub(r"<(?!table|figcaption)[^>]*>", "", page.read_text())
    assert "See Table 5.1 beside Fig. 5.1." in html
    assert re.search(
        r"<figcaption[^>]*>\s*Table 5.1\s+Points of the line: 10 of them.[^<]*<table", html
    )
    assert "Fig. 5.2" not in html


@pytest.mark.parametrize(
    ("name", "module", "defined"),
    [
        ("lepsearch.book.report.record", "lepsearch.book.report", "def record("),
        ("lepsearch.stats.estimate.Estimate", "lepsearch.stats.estimate", "class Estimate"),
        ("lepsearch.plotting.style.LINES", "lepsearch.plotting.style", "LINES: Any ="),
        ("lepsearch.events", "lepsearch.events.__init__", ""),
    ],
)
def test_a_name_of_the_library_has_a_place(name, module, defined):
    source, line = links._place(name)
    assert links._name(source) == module
    assert defined in source.read_text().splitlines()[line - 1]


def test_tables_are_held_against_their_words(project):
    script = project / "notebooks" / "05_line.py"
    script.write_text(CHAPTER + TABLE.replace(' mystnb={"figure": {"name": "tab-points"}}', ""))
    with pytest.raises(ChapterError, match=r"line 35 \(cell \d\): a caption, but no figure"):
        render.check(project)
    script.write_text(CHAPTER + TABLE.partition("# %% [markdown]")[0])
    with pytest.raises(ChapterError, match=r"line 30 .*: a figure without a caption in the next"):
        render.check(project)
    unnamed = "\n# %%\nimport pandas as pd\n\npd.DataFrame({'y': range(n)})\n"
    script.write_text(CHAPTER + unnamed)
    executed = {"05_line": run(project).chapters / "05_line.ipynb"}
    with pytest.raises(ChapterError, match=r"line 30 .*: a table without mystnb.figure.name"):
        render.check(project, executed)
    script.write_text(CHAPTER + TABLE.replace("range(n)})", "range(n)});"))
    run(project)
    with pytest.raises(ChapterError, match=r"names a table but drew none"):
        render.check(project, executed)


def test_a_book_from_beginning_to_end(project):
    """Never executed, rendered, stale, and a warning that stops it; the good pages stay."""
    workspace = Workspace(project, "embedded")
    with pytest.raises(StaleError, match="05_line was not executed for profile 'embedded'"):
        render.build(workspace)
    run(project)
    page = render.build(workspace)
    html = (page.parent / "notebooks" / "05_line.html").read_text()
    assert 'alt="A rising line."' in html
    assert "rises through" in html
    assert 'class="pasted-text">10<' in html
    assert "Fig. 5.1" in html
    assert 'section-number">5. </span>A line' in html
    assert re.search(r'href="#equation-eq-line">\(5.1\)', html)
    intro = re.sub("<[^>]*>", "", (page.parent / "intro.html").read_text())
    assert "See Fig. 5.1 of" in intro
    assert "5. A line" in intro
    assert "mathjax/startup.js" in html
    assert (page.parent / "mathjax" / "startup.js").is_file()
    # the caption's number leads to its cell, the cell's names to the library
    cell = re.search(r'A line of <a class="made" href="#(line-\d+)">10</a> points', html)[1]
    assert f'id="{cell}"' in html
    address, line = re.search(r'href="\.\./(library/[\w.]+html)#(line-\d+)"', html).groups()
    assert f'name="{line}"' in (page.parent / address).read_text()

    change(project / "notebooks" / "05_line.py", "range(n)", "range(2 * n)")
    with pytest.raises(StaleError, match=r"05_line\.ipynb is stale.*\n.*05_line\.py has changed"):
        render.build(workspace)
    run(project)
    change(project / "book" / "intro.md", "`fig-line`", "`fig-curve`")
    with pytest.raises(ChapterError, match=r"jupyter-book failed:[\s\S]*fig-curve"):
        render.build(workspace)
    assert (page.parent / "notebooks" / "05_line.html").read_text() == html


@pytest.mark.parametrize(
    ("chapter", "profile", "events"),
    [
        ("18_network_grid", "local", "embedded"),
        ("18_network_grid", "smoke", "smoke"),
        ("27_cut_and_count", "local", "local"),
    ],
)
def test_chapters_that_learn_take_events_with_signals(chapter, profile, events):
    workspace = Workspace(ROOT, profile, ROOT / "examples" / "atlas2020-4lep")
    assert events_of(ROOT / "notebooks" / f"{chapter}.py", workspace).profile == events


def test_a_folder_with_signals_of_its_own_lacks_those_to_learn_from(monkeypatch):
    own = SimpleNamespace(sources=lambda _: [SimpleNamespace(name="zp", group="zprime")])
    monkeypatch.setattr("lepsearch.book.chapters.manifest_of", lambda _: own)
    script = ROOT / "notebooks" / "18_network_grid.py"
    workspace = Workspace(ROOT, "local", ROOT)
    assert events_of(script, workspace).profile == "embedded"
    chapter = find_chapter(ROOT, "14_padding")
    for given, profile in (
        ({"signals": ["zprime"], "signal": "zp"}, "local"),
        ({"signals": ["zprime"]}, "embedded"),  # without its single signal
        ({"epochs": 2}, "embedded"),
    ):
        learns = chapter.learns(given)
        assert events_of(chapter.source, workspace, learns).profile == profile


def test_a_book_knows_whose_events_a_chapter_has(project, monkeypatch):
    """A chapter of the local book on the default profile's events is fresh as long as these are."""
    monkeypatch.setattr(
        "lepsearch.book.execute.inputs", lambda _, events: [project / events.profile]
    )
    for profile in ("embedded", "local"):
        (project / profile).write_text(profile)
    workspace, chapter = Workspace(project, "local"), find_chapter(project, "05_line")
    made = workspace.chapters / "05_line.ipynb"
    execute(chapter, workspace, chapter.values("embedded"), made, made.with_suffix(".json"))
    with pytest.raises(StaleError, match="profile was 'embedded', the book's is 'local'"):
        render.fresh(chapter, workspace)
    monkeypatch.setattr(render, "events_of", lambda _, of: replace(of, profile="embedded"))
    assert render.fresh(chapter, workspace) == made
    (project / "local").write_text("other events")
    assert render.fresh(chapter, workspace) == made
    (project / "embedded").write_text("other events")
    with pytest.raises(StaleError, match="embedded has changed"):
        render.fresh(chapter, workspace)


def test_a_chapter_alone(project):
    """A rerun's page has its numbers, stands outside the book, and names other chapters."""
    (project / "notebooks" / "02_other.py").write_text(
        "# %% [markdown]\n# (chap-other)=\n# # Another\n#\n# $$\n# x\n# $$ (eq-other)\n"
        '# %% mystnb={"figure": {"name": "tab-other"}}\n'
        '# %% mystnb={"figure": {"name": "fig-other"}}\n'
    )
    links = "{numref}`chapter %s <chap-other>`, {ref}`it <chap-other>`, {eq}`eq-other`, "
    links += "{numref}`fig-other`, {numref}`table %s <tab-other>`"
    change(
        project / "notebooks" / "05_line.py",
        "{eval}`n` points.",
        "{eval}`n` points of {numref}`table %s <tab-other>`.",
    )
    change(project / "notebooks" / "05_line.py", "# As {eq}", f"# See {links}. As {{eq}}")
    workspace = run(project)
    out = project / "aside" / "html"
    page = render.render_alone(workspace.chapters / "05_line.ipynb", project, out)
    assert page == out / "05_line.html"
    assert 'class="pasted-text">10<' in page.read_text()
    said = "See chapter 2 (<em>Another</em>), it, (2.1), Fig. 2.1, table 2.1. As <a "
    assert said in page.read_text()
    assert "Fig. 5.1" in page.read_text()
    assert "of table 2.1" in re.sub(r"\s+", " ", page.read_text())
    assert [one.name for one in out.parent.iterdir()] == ["html"]
    assert checks.network_findings(out) == []


def test_bibliography_has_what_is_cited_and_nothing_twice():
    root = project_root()
    keys = re.findall(r"^@\w+\{(.+),$", (root / "book" / "references.bib").read_text(), re.M)
    assert len(keys) > 20
    assert sorted(keys) == sorted(set(keys))
    assert "$" not in (root / "book" / "references.bib").read_text()  # shown as it stands
    for page in (*root.glob("notebooks/*.py"), *root.glob("book/*.md")):
        for cited in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", page.read_text()):
            assert {key.strip() for key in cited.split(",")} <= set(keys), page.name
