"""What a page of the book must keep to, each finding with its file, line and cell."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode

from lepsearch.book.chapters import Chapter, list_chapters
from lepsearch.book.numbered import TABLE
from lepsearch.book.origin import UNSEEN
from lepsearch.book.prose import MOST, Allowed, crowds, typed_numbers

__all__ = ("chapter_findings", "network_findings", "page_findings", "toc_findings")

NUMBER_RULE = "is typed into prose; show it with {eval}"
FIGURE_PARTS = {"mystnb.figure.name": ("figure", "name"), "mystnb.image.alt": ("image", "alt")}
HIDDEN = {"remove-cell", "remove-output"}
LISTED = re.compile(r"^[ -]*(?:root|file): *(\S+)", re.MULTILINE)
IMAGE = re.compile(r"!\[\s*\]\([^)]*\)")  # without alt text
FIGURE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?:figure|image)\}(?P<body>.*?)^(?P=fence)", re.MULTILINE | re.DOTALL
)
# what a browser fetches when it opens a page; links that a reader may follow are no matter
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\ssrc=[\"']((?:https?:)?//[^\"']+)"
    r"|<link\b(?=[^>]*\srel=[\"'](?:stylesheet|preload|icon|preconnect|shortcut icon))[^>]*?"
    r"\shref=[\"']((?:https?:)?//[^\"']+)",
    re.IGNORECASE,
)
FETCHED_CSS = re.compile(r"(?:@import\s+|url\()\s*[\"']?((?:https?:)?//[^\"')\s]+)")


def toc_findings(root: Path) -> list[str]:
    """Chapters and pages that the table of contents and the folders don't agree on."""
    toc = root / "book" / "_toc.yml"
    listed = [
        f"{one}.py" if one.startswith("notebooks/") else f"book/{one}.md"
        for one in LISTED.findall(toc.read_text(encoding="utf-8"))
    ]
    chapters = [f"notebooks/{one}.py" for one in list_chapters(root)]
    absent = [f"there is no {one}" for one in listed if not (root / one).is_file()]
    unlisted = [f"{one} is there, but no part lists it" for one in chapters if one not in listed]
    return [f"{_short(toc, root)}: {one}" for one in (*absent, *unlisted)]


def page_findings(path: Path, root: Path, allowed: Sequence[Allowed]) -> list[str]:
    """Numbers in a Markdown page's text, and figures without a name, an alt text or a caption."""
    text = path.read_text(encoding="utf-8")
    where = _short(path, root)
    findings = _number_findings(text, 1, where, allowed)
    for image in IMAGE.finditer(text):
        line = text.count("\n", 0, image.start()) + 1
        findings.append(f"{where}: line {line}: an image without alt text")
    for figure in FIGURE.finditer(text):
        line = text.count("\n", 0, figure.start()) + 1
        options = dict(re.findall(r"^:(\w+): *(\S.*)$", figure["body"], re.MULTILINE))
        caption = re.sub(r"^:.*$", "", figure["body"].split("\n", 1)[1], flags=re.MULTILINE)
        missing = [f":{key}:" for key in ("name", "alt") if key not in options]
        missing += [] if caption.strip() else ["a caption"]
        if missing:
            findings.append(f"{where}: line {line}: a figure without {', '.join(missing)}")
    return findings


def chapter_findings(
    chapter: Chapter, executed: NotebookNode | None, root: Path, allowed: Sequence[Allowed]
) -> list[str]:
    """Numbers in a chapter's text and captions, figures and tables that nobody can refer to.

    Which cells drew a picture is seen in the executed notebook; None: only the script is read.
    """
    findings = []
    where = _short(chapter.source, root)
    cells = chapter.notebook.cells
    for place, (cell, start) in enumerate(zip(cells, chapter.starts, strict=True)):
        here = f"{where}: line {start - 1} (cell {place + 1})"
        if cell.cell_type == "markdown":
            findings += _number_findings(cell.source, start, where, allowed)
        if _is_caption(cell) and not (place and _figure(cells[place - 1])):
            findings.append(f"{here}: a caption, but no figure before it")
        if figure := _figure(cell):
            missing = [part for part, text in figure.items() if not text]
            if not any(map(_is_caption, cells[place + 1 : place + 2])):
                missing.append("a caption in the next cell")
            findings += [f"{here}: a figure without {', '.join(missing)}"] if missing else []
    findings += _unseen_findings(chapter, where)
    if executed is not None:
        findings += _drawn_findings(chapter, executed, where)
    return findings


def _number_findings(text: str, first: int, where: str, allowed: Sequence[Allowed]) -> list[str]:
    """Typed numbers and crowded sentences of a text that begins on this line."""
    return [
        f"{where}: line {first + one.line - 1}: {one.text!r} {NUMBER_RULE}"
        for one in typed_numbers(text, allowed)
    ] + [
        f"{where}: line {first + one.line - 1}: a {one.unit} with {one.values} inserted values, "
        f"more than {MOST[one.unit]}"
        for one in crowds(text)
    ]


def _unseen_findings(chapter: Chapter, where: str) -> Iterator[str]:
    """Names that cells with visible code use, and only cells without visible code make."""
    seen: set[str] = set()
    unseen: set[str] = set()
    used: dict[str, int] = {}
    for cell, start in zip(chapter.notebook.cells, chapter.starts, strict=True):
        if cell.cell_type != "code":
            continue
        made: set[str] = set()
        visible = not UNSEEN & set(cell.metadata.get("tags", []))
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if visible:
                    used.setdefault(node.id, start + node.lineno - 1)
            elif isinstance(node, ast.Name):
                made.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                made.add(node.name)
            elif isinstance(node, ast.alias):
                made.add((node.asname or node.name).split(".")[0])
            elif isinstance(node, ast.arg):
                made.add(node.arg)
        (seen if visible else unseen).update(made)
    for name, line in used.items():
        if name in unseen - seen:
            yield f"{where}: line {line}: {name} is made in a removed cell; show or fold that one"


def _drawn_findings(chapter: Chapter, executed: NotebookNode, where: str) -> Iterator[str]:
    """Cells that drew or tabulated without saying what, or say so and did not."""
    cells = zip(chapter.notebook.cells, chapter.starts, strict=True)
    places = {
        cell.source: f"line {start - 1} (cell {place})"
        for place, (cell, start) in enumerate(cells, start=1)
    }
    for cell in executed.cells:
        if cell.cell_type != "code" or HIDDEN & set(cell.metadata.get("tags", [])):
            continue
        data = [output.get("data", {}) for output in cell.outputs]
        images = sum(any(kind.startswith("image/") for kind in one) for one in data)
        tables = sum("<table" in one.get("text/html", "") for one in data)
        here = f"{where}: {places.get(cell.source, 'a cell')}"
        figure = _figure(cell)
        made, what = (tables, "table") if _is_table(figure) else (images, "figure")
        if images and not figure:
            yield f"{here}: a figure without {', '.join(FIGURE_PARTS)}"
        elif tables and not figure:
            yield f"{here}: a table without mystnb.figure.name ({TABLE}...)"
        elif made > 1:
            yield f"{here}: {made} {what}s in one cell, but one name; give each its own cell"
        elif not made and figure:
            yield (
                f"{here}: the cell names a {what} but drew none; "
                "where a profile has nothing to draw, draw an empty frame that says so"
            )


def network_findings(html: Path) -> list[str]:
    """Everything that opening a page of the finished book would fetch from a network."""
    findings = []
    for page in sorted((*html.rglob("*.html"), *html.rglob("*.css"))):
        pattern = FETCHED if page.suffix == ".html" else FETCHED_CSS
        for found in pattern.finditer(page.read_text(encoding="utf-8")):
            address = next(filter(None, found.groups()))
            findings.append(f"{page.relative_to(html)}: loads {address} from the network")
    return findings


def _is_caption(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and "caption" in cell.metadata.get("tags", [])


def _figure(cell: NotebookNode) -> dict[str, str]:
    """What a cell's head says of its figure or table, part by part; empty if it shows none."""
    said = cell.metadata.get("mystnb", {})
    parts = {
        dotted: str(said.get(kind, {}).get(key, "")).strip()
        for dotted, (kind, key) in FIGURE_PARTS.items()
    }
    if _is_table(parts):
        del parts["mystnb.image.alt"]
    return parts if any(parts.values()) else {}


def _is_table(figure: dict[str, str]) -> bool:
    return figure.get("mystnb.figure.name", "").startswith(TABLE)


def _short(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
