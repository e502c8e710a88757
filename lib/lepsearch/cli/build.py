"""`lepsearch build`: check the pages and render the book."""

from typing import Annotated

import typer

from lepsearch.cli.options import Folder, Profile
from lepsearch.workspace import Workspace


def build_command(
    profile: Profile = None,
    data: Folder = None,
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
