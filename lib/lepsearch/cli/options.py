"""Options that the commands share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ("Folder", "Profile")

Profile = Annotated[
    str | None,
    typer.Option(help="Profile of the manifest; embedded, or local where --data names a folder."),
]


def folder(name: str) -> Path:
    """The folder of this name; an empty one, such as "$DATA" that isn't set, is refused."""
    if not name:
        msg = "names no folder"
        raise typer.BadParameter(msg)
    return Path(name)


Folder = Annotated[Path | None, typer.Option("--data", parser=folder, help="Folder of ntuples.")]
