"""Options that the commands share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ("Folder", "Profile")

Profile = Annotated[
    str | None,
    typer.Option(help="Profile of the manifest; embedded, or local where --data names a folder."),
]
Folder = Annotated[Path | None, typer.Option("--data", help="Folder of ntuples.")]
