"""`lepsearch list`: the chapters, what they ask, and what can be changed in them."""

import typer

from lepsearch.cli.options import Folder, Profile
from lepsearch.workspace import Workspace


def list_command(profile: Profile = None, data: Folder = None) -> None:
    """List the chapters with their questions, parameters and the time that the last run took."""
    from lepsearch.book.chapters import find_chapter, list_chapters

    workspace = Workspace.find(profile, data)
    for name in list_chapters(workspace.root):
        chapter = find_chapter(workspace.root, name)
        time = workspace.build / "times" / f"{name}.tsv"  # written by Snakemake
        took = "not run yet"
        if time.is_file():
            took = f"{float(time.read_text().splitlines()[1].split()[0]):.0f} s"
        typer.echo(f"{name} ({took} with {workspace.profile})\n    {chapter.question}")
        names = ", ".join(one for one in chapter.parameters if one != "profile")
        typer.echo(f"    parameters: {names or 'none'}")
    typer.echo("What may be given for them: lepsearch run NN --help-parameters")
