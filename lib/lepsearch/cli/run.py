"""`lepsearch run`: execute one chapter, for the book or with other parameters."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from lepsearch.errors import InputError
from lepsearch.workspace import Workspace


def run_command(
    chapter: Annotated[str, typer.Argument(help="Name or number: 27_cut_and_count, or 27.")],
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="name=value, any number of them.")
    ] = None,
    profile: Annotated[str, typer.Option(help="Profile of the manifest.")] = "embedded",
    data: Annotated[Path | None, typer.Option(help="Folder of ntuples.")] = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Whole grids and more trainings; takes many times as long."),
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; by default a new one in build/.")
    ] = None,
    for_book: Annotated[
        bool, typer.Option("--for-book", help="Make the book's own copy, with the defaults.")
    ] = False,
) -> None:
    """Execute a chapter with other parameters, and render it, aside from the book's copy."""
    # two seconds to import: other commands need not wait for them
    from lepsearch.book.chapters import events_of, find_chapter, overrides
    from lepsearch.book.execute import execute
    from lepsearch.book.render import render_alone

    workspace = Workspace.find(profile, data)
    found = find_chapter(workspace.root, chapter)
    if for_book:
        if parameter or output or full:
            msg = "--for-book runs with the defaults into the book's own place: drop -p, -o, --full"
            raise InputError(msg)
        notebook = workspace.chapters / f"{found.name}.ipynb"
        results = workspace.results / f"{found.name}.json"
        values = found.values(events_of(found.source, workspace).profile)
        execute(found, workspace, values, notebook, results)
        return
    values = found.values(profile, overrides(found, parameter or []), full=full)
    if output is None:
        now = dt.datetime.now(tz=dt.UTC).strftime("%Y%m%d-%H%M%S-%f")
        output = workspace.build / "reruns" / f"{found.name}-{now}"
    notebook = output.resolve() / f"{found.name}.ipynb"
    if notebook.parent == workspace.chapters:
        msg = f"{output} holds the book's own chapters; name another folder"
        raise InputError(msg)
    results = notebook.with_suffix(".json")
    execute(found, workspace, values, notebook, results)
    page = render_alone(notebook, workspace.root, notebook.parent / "html")
    for path in (notebook, results, page):
        typer.echo(path)
