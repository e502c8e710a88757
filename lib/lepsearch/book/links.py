"""Links from the names in a page's cells to the source of the library that they stand for."""

import ast
import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

import nbformat
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

from lepsearch.book.origin import imports, made
from lepsearch.surroundings import LIBRARY

__all__ = ("link",)

BLOCK = re.compile(r'<div class="highlight">.*?</div>', re.DOTALL)
DOT, WORD = r'<span class="o">\.</span>', r'<span class="n">\w+</span>'
NAME = re.compile(f"(?<!{DOT}){WORD}(?:{DOT}{WORD})*")
TAG = re.compile("<[^>]+>")


def link(site: Path, html: Path) -> None:
    """Link what each notebook of a folder imports, in its page, to pages of source with lines."""
    sources: set[Path] = set()
    for path in site.glob("**/*.ipynb"):
        page = html / path.relative_to(site).with_suffix(".html")
        if page.is_file():
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            code = (one.source for one in notebook.cells if one.cell_type == "code")
            to = "../" * (len(page.relative_to(html).parts) - 1) + "library"
            linked = partial(_linked, imports(ast.parse("\n".join(code))), to, sources)
            text = page.read_text(encoding="utf-8")
            parts = (NAME.sub(linked, block[0]) for block in BLOCK.finditer(text))
            page.write_text(BLOCK.sub(lambda _, of=parts: next(of), text), encoding="utf-8")  # type: ignore[misc]
    (html / "library").mkdir(exist_ok=True)
    for source in sources:
        look = HtmlFormatter(full=True, title=_name(source), linenos="inline", lineanchors="line")
        text = highlight(source.read_text(encoding="utf-8"), PythonLexer(), look)
        (html / "library" / f"{_name(source)}.html").write_text(text, encoding="utf-8")


def _linked(names: Mapping[str, str], to: str, used: set[Path], match: re.Match[str]) -> str:
    """A dotted name of a cell as a link, if it is the library's."""
    root, dot, rest = TAG.sub("", match[0]).partition(".")
    if root not in names:
        return match[0]
    source, line = _place(names[root] + dot + rest)
    used.add(source)
    return f'<a class="made" href="{to}/{_name(source)}.html#line-{line}">{match[0]}</a>'


@cache
def _place(name: str) -> tuple[Path, int]:
    """File and line that a dotted name of the library is defined in."""
    place, parts = LIBRARY, name.split(".")
    while parts and any((place / f"{parts[0]}{end}").exists() for end in ("", ".py")):
        place /= parts.pop(0)
    source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    body = ast.parse(source.read_text(encoding="utf-8")).body
    lines = {one: node.lineno for node in body for one in made(node)}
    return source, lines.get(parts[0], 1) if parts else 1


def _name(source: Path) -> str:
    return ".".join(source.relative_to(LIBRARY).with_suffix("").parts)
