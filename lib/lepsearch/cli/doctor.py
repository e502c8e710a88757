"""`lepsearch doctor`: is everything there that a profile needs, and if not, what to do."""

import importlib
import json
import locale
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from lepsearch import surroundings
from lepsearch.cli.options import Folder, Profile
from lepsearch.workspace import Workspace

NEEDED_GB = 5.0
MODULES = (
    "numpy", "pandas", "awkward", "uproot", "ipykernel", "papermill", "jupytext", "jupyter_book",
    "snakemake", "IPython",
)  # fmt: skip
KERAS = {"backend": "tensorflow", "floatx": "float32"}


@dataclass(frozen=True)
class Answer:
    """One thing looked at: what it is, whether it is well, and otherwise what to do.

    A note says what becomes of it where it is well in spite of a setting.
    """

    what: str
    well: bool
    advice: str = ""
    note: str = ""


def examine(workspace: Workspace) -> Iterator[Answer]:
    """Look at the environment, the user's settings, the disk and the inputs of a profile.

    Whatever fails on the way is an answer too.
    """
    for look in (_environment, _settings, partial(_inputs, workspace)):
        try:
            yield from look()
        except Exception as error:
            yield Answer(f"{type(error).__name__}: {error}", False, "mend what it names")


def doctor_command(profile: Profile = None, data: Folder = None) -> None:
    """Check the environment, your settings and the inputs of a profile, and say what to do."""
    ill = 0
    for answer in examine(Workspace.find(profile, data)):
        ill += not answer.well
        state = "MEND" if not answer.well else "note" if answer.note else "ok  "
        typer.echo(f"{state} {answer.what}")
        if said := answer.note or (not answer.well and answer.advice):
            typer.echo(f"     -> {said}")
    if ill:
        raise typer.Exit(1)


def _environment() -> Iterator[Answer]:
    """The interpreter and its packages."""
    yield Answer(f"Python {platform.python_version()}, {sys.executable}", well=True)
    for name in MODULES:
        advice = "install what the lock names: make env"
        yield _tried(f"import of {name}", partial(importlib.import_module, name), advice)
    yield _tried("the figures' font", _font, "reinstall matplotlib, or mend your matplotlibrc")


def _font() -> None:
    from matplotlib import font_manager

    font_manager.findfont("DejaVu Sans", fallback_to_default=False)


def _settings() -> Iterator[Answer]:
    """What the user has set, for other programs or for this one."""
    for what in _left_out():
        yield Answer(what, True, note="chapters run without it")
    if (encoding := locale.getencoding()).lower() != "utf-8":
        yield Answer(f"this terminal writes {encoding}", True, note="files are written in UTF-8")
    if surroundings.place_of_sockets() is None:
        note = "chapters talk over tcp, which others on this machine can read; set TMPDIR"
        yield Answer("no short folder for sockets can be written", True, note=note)
    if address := os.environ.get("DASK_SCHEDULER_ADDRESS"):
        yield _tried(f"DASK_SCHEDULER_ADDRESS={address}", _dask, "start it, or unset the variable")


def _dask() -> None:
    from lepsearch.parallel import pool

    with pool():
        pass


def _left_out() -> Iterator[str]:
    """Settings that would change a chapter's results."""
    for folder in surroundings.shadowing():
        yield f"{folder} holds other copies of this environment's packages"
    yield from (f"{name}={os.environ[name]}" for name in surroundings.own_variables())
    keras = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "keras.json"
    said = json.loads(keras.read_text(encoding="utf-8")) if keras.is_file() else KERAS
    if said | KERAS != said:
        yield f"{keras}: {said}"
    import matplotlib as mpl
    from jupyter_client.kernelspec import KernelSpecManager

    figures = Path(mpl.matplotlib_fname())
    if not figures.is_relative_to(mpl.get_data_path()):
        yield str(figures)
    kernel = sys.prefix
    with suppress(OSError):  # it makes folders in the home, which may be read-only
        kernel = KernelSpecManager().find_kernel_specs().get("python3", sys.prefix)
    if not Path(kernel).is_relative_to(sys.prefix):
        yield f"the kernel python3 of {kernel}"


def _tried(what: str, attempt: Callable[[], object], advice: str) -> Answer:
    """Whether something succeeds; anything that it raises is an answer."""
    try:
        attempt()
    except Exception as error:
        return Answer(f"{what}: {error}", well=False, advice=advice)
    return Answer(what, well=True)


def _inputs(workspace: Workspace) -> Iterator[Answer]:
    """The disk, the manifest, and what it says the profile reads or makes."""
    from lepsearch.data.manifest import load_manifest

    free = shutil.disk_usage(workspace.root).free / 1e9
    advice = f"free {NEEDED_GB:.0f} GB; `make clean` removes what was made"
    yield Answer(f"{free:.0f} GB free at {workspace.root}", free > NEEDED_GB, advice)
    manifest = load_manifest(workspace.manifest)
    simulated = manifest.simulation(workspace.profile)
    sources = manifest.sources(workspace)
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
