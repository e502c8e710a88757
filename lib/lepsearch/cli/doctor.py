"""`lepsearch doctor`: is everything there that a profile needs, and if not, what to do."""

from __future__ import annotations

import importlib
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import LepsearchError
from lepsearch.workspace import Workspace

NEEDED_GB = 5.0
MODULES = ("awkward", "uproot", "papermill", "jupytext", "jupyter_book", "snakemake", "IPython")


@dataclass(frozen=True)
class Answer:
    """One thing looked at: what it is, whether it is well, and otherwise what to do."""

    what: str
    well: bool
    advice: str = ""


def examine(workspace: Workspace) -> Iterator[Answer]:
    """Look at the environment, the disk, the manifest and the inputs of a profile."""
    from matplotlib import font_manager  # slow to import, so only here

    yield Answer(f"Python {platform.python_version()}", well=True)
    for name in MODULES:
        advice = "install what the lock names: make env"
        yield _tried(f"import of {name}", partial(importlib.import_module, name), advice)
    find = partial(font_manager.findfont, "DejaVu Sans", fallback_to_default=False)
    yield _tried("the figures' font", find, "reinstall matplotlib")
    free = shutil.disk_usage(workspace.root).free / 1e9
    advice = f"free {NEEDED_GB:.0f} GB; `make clean` removes what was made"
    yield Answer(f"{free:.0f} GB free at {workspace.root}", free > NEEDED_GB, advice)
    yield from _inputs(workspace)


def doctor_command(
    profile: Annotated[str, typer.Option(help="Profile of the manifest.")] = "embedded",
    data: Annotated[Path | None, typer.Option(help="Folder of ntuples.")] = None,
) -> None:
    """Check the environment and the inputs of a profile, and say what to do."""
    ill = 0
    for answer in examine(Workspace.find(profile, data)):
        ill += not answer.well
        typer.echo(f"{'ok  ' if answer.well else 'MEND'} {answer.what}")
        if not answer.well:
            typer.echo(f"     -> {answer.advice}")
    if ill:
        raise typer.Exit(1)


def _tried(what: str, attempt: Callable[[], object], advice: str) -> Answer:
    """Whether something succeeds; anything that it raises is an answer."""
    try:
        attempt()
    except Exception as error:
        return Answer(f"{what}: {error}", well=False, advice=advice)
    return Answer(what, well=True)


def _inputs(workspace: Workspace) -> Iterator[Answer]:
    """The manifest, and what it says the profile reads or makes."""
    try:
        manifest = load_manifest(workspace.manifest)
        simulated = manifest.simulation(workspace.profile)
        sources = manifest.sources(workspace)
    except LepsearchError as error:
        yield Answer(f"profile {workspace.profile!r}: {error}", False, "mend what it names")
        return
    yield Answer(f"the manifest loads; {workspace.profile!r} has {len(sources)} samples", True)
    if simulated:
        advice = "pythia8mc has wheels for Linux on x86-64; elsewhere use environment.yml (conda)"
        yield _tried("import of pythia8mc", partial(importlib.import_module, "pythia8mc"), advice)
        return
    files = [path for one in sources for path in one.files]
    missing = [path for path in files if not (path.is_file() and path.stat().st_size)]
    first = f", first {missing[0]}" if missing else ""
    advice = "fetch them (lepsearch data fetch), or name the folder that has them with --data"
    yield Answer(f"{len(missing)} input files missing or empty{first}", not missing, advice)
