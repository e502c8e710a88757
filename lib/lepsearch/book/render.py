"""The book: fresh executed chapters and pages, staged, checked and rendered to HTML."""

import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import nbformat
import yaml

from lepsearch import surroundings
from lepsearch.book import checks, links
from lepsearch.book.chapters import Chapter, events_of, find_chapter, list_chapters
from lepsearch.book.execute import present_fingerprint
from lepsearch.book.prose import read_allowed
from lepsearch.errors import ChapterError, StaleError
from lepsearch.provenance import what_changed
from lepsearch.workspace import Workspace

__all__ = ("build", "check", "fresh", "render_alone")

log = logging.getLogger(__name__)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
BIBLIOGRAPHY = "# Bibliography\n\n```{bibliography}\n```\n"
COMMENT = re.compile("^# ", re.MULTILINE)
LABEL = re.compile(
    r"^(?:\((?P<at>[\w-]+)\)=$|\$\$ \((?P<eq>[\w-]+)\)$|:name: (?P<named>[\w-]+)$"
    r'|%% .*?"name": "(?P<output>[\w-]+)")',
    re.MULTILINE,
)
COUNTED = {"eq": "", "fig": "Fig. ", "tab": "Table "}  # how labels begin of what has a number
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
REFERENCE = re.compile(r"\{(numref|ref|eq|doc)\}`(?:([^`<]+?) *<)?/?([^`<>]+)>?`")
CELL = re.compile(r"\.ipynb:(\d+):")  # myst-nb counts 10000 lines a cell


def build(workspace: Workspace) -> Path:
    """Render the book of a profile; the old one stays until the new one is whole.

    Returns:
        Its first page.

    Raises:
        StaleError: An executed chapter no longer belongs to its sources.
        ChapterError: A page breaks a rule of the book, or Sphinx warns.
    """
    root = workspace.root
    chapters = {name: find_chapter(root, name) for name in list_chapters(root)}
    executed = {name: fresh(one, workspace) for name, one in chapters.items()}
    check(root, executed)
    site = workspace.build / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(root / "book", site)
    (site / "notebooks").mkdir()
    for path in executed.values():
        shutil.copy(path, site / "notebooks")
    made = _render(root, site, strict=True)
    if findings := checks.network_findings(made):
        raise ChapterError(_listed("the pages would need a network", findings))
    html = workspace.build / "html"
    _replace(html, made)
    return html / "index.html"


def check(root: Path, executed: dict[str, Path] | None = None) -> None:
    """Hold every page and chapter against the rules of the book.

    Executed notebooks, by chapter, tell what was drawn; None: only the sources are read.

    Raises:
        ChapterError: With every finding, its file, line and cell.
    """
    allowed = read_allowed(root / "book" / "_allowed_numbers.yml")
    findings = checks.toc_findings(root)
    for page in sorted((root / "book").rglob("*.md")):
        if not any(part.startswith("_") for part in page.relative_to(root / "book").parts):
            findings += checks.page_findings(page, root, allowed)
    for name in list_chapters(root):
        drawn = None
        if executed is not None:
            drawn = nbformat.read(executed[name], as_version=4)  # type: ignore[no-untyped-call]
        findings += checks.chapter_findings(find_chapter(root, name), drawn, root, allowed)
    if findings:
        raise ChapterError(_listed("the book breaks its own rules", findings))


def fresh(chapter: Chapter, workspace: Workspace) -> Path:
    """The executed notebook of a chapter, if it still belongs to its sources.

    Raises:
        StaleError: It isn't there, or its script, a library module it uses, its parameters or its
            inputs are no longer those that it was made from.
    """
    path = workspace.chapters / f"{chapter.name}.ipynb"
    again = workspace.make("book")
    if not path.is_file():
        msg = f"{chapter.name} was not executed for profile {workspace.profile!r}; run: {again}"
        raise StaleError(msg)
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    then = notebook.metadata.get("lepsearch", {})
    values = chapter.values(events_of(chapter.source, workspace).profile)
    now = present_fingerprint(chapter, workspace, values)
    if changes := what_changed(then, now):
        msg = _listed(f"{path} is stale ({again})", changes)
        raise StaleError(msg)
    return path


def render_alone(executed: Path, root: Path, out: Path) -> Path:
    """Render one executed notebook to HTML outside the book.

    It has the numbers that it has in the book. References to other pages give their numbers and
    titles, without a link; everything else is as in the book, whose settings, references and
    MathJax it has.

    Returns:
        The page, in the folder ``out``.
    """
    site = out.with_name(f".{out.name}.site")
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(root / "book", site, ignore=shutil.ignore_patterns("*.md", "_toc.yml"))
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    elsewhere = _elsewhere(root, executed.stem)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = REFERENCE.sub(partial(_unlinked, elsewhere), cell.source)
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if "caption" in figure:
            figure["caption"] = REFERENCE.sub(partial(_unlinked, elsewhere), figure["caption"])
    nbformat.write(notebook, site / executed.name)  # type: ignore[no-untyped-call]
    (site / "bibliography.md").write_text(BIBLIOGRAPHY, encoding="utf-8")
    part = {"numbered": True, "chapters": [{"file": executed.stem}]}
    toc = {"format": "jb-book", "root": "bibliography", "parts": [part]}
    (site / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    _replace(out, _render(root, site, strict=False))
    shutil.rmtree(site)
    return out / f"{executed.stem}.html"


def _elsewhere(root: Path, chapter: str) -> dict[str, tuple[str, str]]:
    """Number in the book and title of the page, for all other pages and each label in them.

    A page that is no chapter has no number.
    """
    found: dict[str, tuple[str, str]] = {}
    for page in (*root.glob("notebooks/*.py"), *root.glob("book/*.md")):
        text = page.read_text(encoding="utf-8")
        if page.suffix == ".py":  # a page is a script's comments
            text = COMMENT.sub("", text)
        if page.stem == chapter or not (title := TITLE.search(text)):
            continue
        number = str(int(page.stem[:2])) if page.suffix == ".py" else ""
        found[page.stem], counts = (number, title[1]), dict.fromkeys(COUNTED, 0)
        for match in LABEL.finditer(text):
            label = str(match[str(match.lastgroup)])
            kind = label.partition("-")[0]
            if kind in counts:
                counts[kind] += 1
            place = f"{number}.{counts[kind]}" if kind in counts else number
            found[label] = place, title[1]
    return found


def _unlinked(elsewhere: Mapping[str, tuple[str, str]], match: re.Match[str]) -> str:
    """A reference to another page in words; one to this page as it is."""
    kind, text, label = match.groups()
    if label not in elsewhere:
        return match[0]
    number, title = elsewhere[label]
    if kind == "eq":
        return f"({number})"
    counted = label.partition("-")[0] in COUNTED
    if counted and not text:
        return COUNTED[label.partition("-")[0]] + number
    if text and "%s" in text and number:
        return text.replace("%s", number) + ("" if counted else f" (*{title}*)")
    return text.replace("%s", f"*{title}*") if text else f"*{title}*"


def _render(root: Path, site: Path, *, strict: bool) -> Path:
    """Run jupyter-book over a staged folder; strict: a warning is an error.

    Raises:
        ChapterError: It failed, with what Sphinx said.
    """
    options = ["-W", "-n", "--keep-going", "-q"] if strict else ["-q"]
    program = Path(sys.executable).with_name("jupyter-book")
    if not program.is_file():
        msg = f"{program}: is not installed, and renders pages; pip install 'lepsearch[book]'"
        raise ChapterError(msg)
    command = [str(program), "build", str(site), "--all", *options]
    command += ["--config", str(root / "_config.yml"), "--path-output", str(site)]
    log.info("jupyter-book renders %s", site)
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False,
        env=surroundings.for_a_chapter(site),
    )  # fmt: skip
    index = site / "_build" / "html" / "index.html"
    if done.returncode or not index.is_file():
        text = CELL.sub(_cell, COLOURS.sub("", done.stdout + done.stderr))
        said = [line for line in text.splitlines() if line.strip()]
        raise ChapterError(_listed("jupyter-book failed", said[-40:]))
    links.link(site, index.parent)
    return index.parent


def _cell(match: re.Match[str]) -> str:
    """A place in a notebook as a reader counts: the cell, and the line in it."""
    cell, line = divmod(int(match[1]), 10_000)
    return f".ipynb: cell {cell}, line {line}:"


def _replace(place: Path, made: Path) -> None:
    """Put a finished folder where an older one stands, which goes only then."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _listed(title: str, lines: Sequence[str]) -> str:
    return f"{title}:" + "".join(f"\n  {line}" for line in lines)
