"""The user's surroundings: what of them would change a result, and a state without it."""

import logging
import os
import platform
import re
import resource
import site
import socket
import sys
import sysconfig
import tempfile
from contextlib import suppress
from importlib.metadata import requires
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lepsearch.errors import InputError

__all__ = (
    "LIBRARY",
    "for_a_chapter",
    "own_variables",
    "place_of_sockets",
    "refuse_few_handles",
    "running",
    "settle",
    "shadowing",
)

LIBRARY = Path(__file__).resolve().parents[1]  # the folder that this package lies in
HANDLES = 4096  # open files: ntuples, sockets, libraries
LEAST_HANDLES = 128  # with 64 a chapter ends in errors that name no cause
# beginnings of the names of variables that chapters don't see
OWN = (
    *("IPYTHON", "JUPYTER", "KERAS_", "MATPLOTLIBRC", "MPLBACKEND"),
    *("PYTHONDEVMODE", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONOPTIMIZE", "PYTHONSTARTUP"),
    *("PYTHONWARNINGS", "TF_CPP_", "TF_ENABLE_", "TF_NUM_", "TF_USE_", "TF_XLA_"),
)
SHADOWS = "PYTHONPATH"
log = logging.getLogger(__name__)


def shadowing() -> list[str]:
    """Folders of ``$PYTHONPATH``, and the user's own site-packages, that hold packages of ours.

    Ours are the packages that are installed beside this library, in a version that it works with.
    """
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    ours = {LIBRARY, *(Path(sysconfig.get_path(one)) for one in ("purelib", "platlib", "stdlib"))}
    named = filter(None, [*os.environ.get(SHADOWS, "").split(os.pathsep), *users])
    if not (others := [one for one in named if Path(os.path.realpath(one)) not in ours]):
        return []  # at the start of nearly every command: nothing to look through
    names = {
        one.name for one in Path(sysconfig.get_path("purelib")).iterdir()
        if one.suffix == ".py" or (one / "__init__.py").is_file()
    }  # fmt: skip
    shadows = []
    for folder in others:
        with suppress(OSError):  # no such folder, or not ours to read
            if names & {one.name for one in Path(folder).iterdir()}:
                shadows.append(folder)
    return shadows


def settle() -> None:
    """Let this process and those that it starts take the packages installed beside this library.

    It may also open as many files as the system allows, and print any character anywhere.
    """
    if shadows := shadowing():
        text = "left out of the search path, for other copies of installed packages: %s"
        log.warning(text, ", ".join(shadows))
    sys.path[:] = [folder for folder in sys.path if folder not in shadows]
    os.environ[SHADOWS] = os.pathsep.join(_search_path(shadows))
    os.environ["PYTHONNOUSERSITE"] = "1"
    if "," in (threads := os.environ.get("OMP_NUM_THREADS", "")):  # of nested levels: 4,2
        os.environ["OMP_NUM_THREADS"] = threads.split(",")[0]  # numexpr reads one
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < HANDLES:
        more = HANDLES if hard == resource.RLIM_INFINITY else min(hard, HANDLES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def own_variables() -> list[str]:
    """Variables that the user has set for programs that chapters use, and that they don't see."""
    return sorted(name for name in os.environ if name.startswith(OWN))


def for_a_chapter(folder: Path) -> dict[str, str]:
    """The environment that a chapter runs in: the user's, without what would change its results.

    The settings of IPython and Jupyter are in the folder, where there are none.
    """
    dropped = own_variables()
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    figures = Path(str(find_spec("matplotlib").origin)).parent  # type: ignore[union-attr]
    return kept | {
        SHADOWS: os.pathsep.join(_search_path(shadowing())),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder),
        "KERAS_HOME": os.devnull,
        "MATPLOTLIBRC": str(figures / "mpl-data" / "matplotlibrc"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "TMPDIR": str(folder),
    }


def refuse_few_handles() -> None:
    """Raise an ``InputError`` where this process may open too few files for a chapter."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if allowed < LEAST_HANDLES:
        msg = f"this process may open {allowed} files, a chapter needs up to {LEAST_HANDLES}; "
        msg += "allow more: ulimit -n 1024"
        raise InputError(msg)


def _search_path(shadows: list[str]) -> list[str]:
    """This library's folder, and what else of ``$PYTHONPATH`` holds no package of ours."""
    installed = Path(sysconfig.get_path("purelib")) == LIBRARY  # found without being named
    named = ["" if installed else str(LIBRARY), *os.environ.get(SHADOWS, "").split(os.pathsep)]
    return list(dict.fromkeys(one for one in named if one and one not in shadows))


def running() -> dict[str, Any]:
    """What this process runs: the library's folder, Python, and the packages that it imported.

    These are the packages that the library requires, each in the version that it states itself.
    """
    required = {re.split("[^a-z0-9-]", one)[0] for one in requires("lepsearch") or ()}
    versions = {
        name: module.__version__
        for name, module in sorted(sys.modules.items())
        if name in required and hasattr(module, "__version__")
    }
    return {"library": str(LIBRARY), "python": platform.python_version(), "packages": versions}


def place_of_sockets() -> str | None:
    """The first folder for temporary files that sockets can lie in, if there is one.

    Their whole name has 107 bytes at most, and some file systems take none.
    """
    own = (tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR"))
    for place in (*own, "/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108
        with (
            suppress(OSError),
            tempfile.TemporaryDirectory(prefix="lepsearch-", dir=place) as folder,
            socket.socket(socket.AF_UNIX) as one,
        ):
            one.bind(f"{folder}/listener-of-a-kernel")
            return place
    return None
