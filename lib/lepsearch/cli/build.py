"""`lepsearch build`: check the pages and render the book."""

from pathlib import Path
from typing import Annotated

import typer

from lepsearch.workspace import Workspace


def build_command(
    profile: Annotated[str, typer.Option(help="Profile of the manifest.")] = "embedded",
    data: Annotated[Path | None, typer.Option(help="Folder of ntuples.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only hold the sources against the book's rules.")
    ] = False,
) -> None:
    """Render the book of a profile from its executed chapters (`make book` executes them too)."""
    from lepsearch.book import render  # two seconds to import: other commands need not wait

    workspace = Workspace.find(profile, data)
    if check:
        render.check(workspace.root)
        typer.echo("every page keeps to the book's rules")
    else:
        typer.echo(f"The book: {render.build(workspace)}")
