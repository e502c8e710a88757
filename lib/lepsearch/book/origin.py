"""Where a page and its numbers come from: versions, events, parameters, lines, functions."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from nbformat import NotebookNode

from lepsearch import __version__
from lepsearch.book import report
from lepsearch.book.chapters import Chapter, manifest_of
from lepsearch.workspace import Workspace

__all__ = ("UNSEEN", "Origins", "colophon", "imports", "made", "place")

UNSEEN = {"remove-cell", "remove-input"}


def colophon(chapter: Chapter, workspace: Workspace, values: Mapping[str, Any]) -> str:
    """The end of a page: what it was made by, from which events and with which parameters.

    The workspace is that of the events; the values are what a run changes of the defaults.
    """
    every = {one.name: one.default for one in chapter.parameters.values()} | dict(values)
    rows = {"script": f"`notebooks/{chapter.source.name}`", "lepsearch": __version__}
    if "profile" in every:
        rows["profile"] = workspace.profile
        if workspace.data:
            rows["folder"] = f"`{workspace.data}`"
    if "luminosity_fb" in every:
        manifest, given = manifest_of(workspace), every["luminosity_fb"]
        stated = f"{manifest.luminosity_fb(workspace):g}", manifest.luminosity_source(workspace)
        fb, source = (f"{given:g}", "as given") if given else stated
        rows["luminosity"] = f"{fb} fb$^{{-1}}$: {source}"
    shown = {key: one for key, one in every.items() if key not in ("profile", "luminosity_fb")}
    rows |= {f"`{key}`": f"`{one!r}`" for key, one in shown.items()}
    table = "".join(f"| {key} | {one} |\n" for key, one in rows.items())
    head = "```{admonition} How this page was made\n:class: dropdown\n\n| | |\n|---|---|\n"
    return f"{head}{table}```"


def place(chapter: Chapter, executed: NotebookNode) -> None:
    """Add to each number in a notebook's outputs its line and the library's functions behind it.

    A number in the text gets the line of the cell that made it too, and each cell its own. The
    chapter is the one that was executed, cell by cell but for what papermill put in.
    """
    origins = Origins(chapter)
    injected = "injected-parameters"
    cells = [one for one in executed.cells if injected not in one.metadata.get("tags", [])]
    for cell, start in zip(cells, chapter.starts, strict=True):
        cell.metadata["line"] = start
        for output in cell.get("outputs", []):
            if sent := output.get("metadata", {}).get(report.KEY):
                name, lines = sent["name"], cell.source.splitlines()
                of = name if "markdown" in sent else cell.source
                here = (
                    i for i, text in enumerate(lines) if repr(name) in text or f'"{name}"' in text
                )
                sent["line"] = start + next(here, 0)
                sent["functions"] = origins.functions(of, sent["line"])
                sent["cell"] = origins.cell(of, sent["line"])


class Statement(NamedTuple):
    """A statement of a chapter: what it makes, the names that it uses and what it calls."""

    line: int
    shown: int  # line of its cell, 0 if a page doesn't show that
    makes: set[str]
    uses: set[str]
    calls: list[str]


class Origins:
    """Which functions of the library stand behind the names of a chapter."""

    def __init__(self, chapter: Chapter) -> None:
        """Read what each statement of the chapter makes and uses."""
        cells = zip(chapter.notebook.cells, chapter.starts, strict=True)
        parsed = [
            (node, start, start * (not UNSEEN & {*cell.metadata.get("tags", [])}))
            for cell, start in cells
            for node in (ast.parse(cell.source).body if cell.cell_type == "code" else ())
        ]
        self._imported: dict[str, str] = {}
        for node, *_ in parsed:
            self._imported |= imports(node)
        self._statements = [
            Statement(
                start + node.lineno - 1,
                shown,
                {*made(node)},
                {*_names(node)},
                [*self._called(node)],
            )
            for node, start, shown in parsed
        ]

    def functions(self, expression: str, line: int) -> list[str]:
        """Functions of the library that make an expression's names before a line, nearest first."""
        tree = ast.parse(expression)
        wanted, found = set(_names(tree)), dict.fromkeys(self._called(tree))
        for one in reversed(self._statements):
            if one.line < line and wanted & one.makes:
                wanted |= one.uses
                found |= dict.fromkeys(one.calls)
        return [*found]

    def cell(self, expression: str, line: int) -> int:
        """Line of the last shown cell before a line that makes an expression's names; 0: none."""
        wanted = {*_names(ast.parse(expression))}
        before = (one for one in self._statements if one.line < line and wanted & one.makes)
        return max((one.shown for one in before), default=0)

    def _called(self, tree: ast.AST) -> Iterator[str]:
        """Imported functions that are called, or handed on, in a tree."""
        inner = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner:
                root, _, rest = ast.unparse(node).partition(".")
                if root in self._imported and "(" not in rest and "[" not in rest:
                    yield ".".join(filter(None, (self._imported[root], rest)))


def imports(tree: ast.AST) -> dict[str, str]:
    """Names that a tree imports from the library, with what they stand for."""
    nodes = (one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom))
    ours = [one for one in nodes if str(one.module).startswith("lepsearch")]
    return {
        one.asname or one.name: f"{node.module}.{one.name}" for node in ours for one in node.names
    }


def _names(tree: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(tree) if isinstance(one, ast.Name))


def made(node: ast.stmt) -> Iterator[str]:
    """Names that a statement defines, or part of whose value it sets."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript | ast.Attribute) and isinstance(one.ctx, ast.Store):
            yield from _names(one.value)
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
