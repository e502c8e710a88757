"""Opening ROOT files: broken ones, other formats and missing branches end in one clear message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb
from typing import Any

import uproot

from lepsearch.errors import InputError, nearest
from lepsearch.events.releases import RELEASES, Adapter

__all__ = ("open_tree",)

# Reading is mostly decompression, and isal is a third faster than zlib. `uproot.ZLIB.library`, the
# documented way to choose it, changes how files are written, not how they are read (uproot 5.7).
uproot.compression._decompress_ZLIB.library = "isal"

_OTHER_FORMATS = {
    "CollectionTree": "an ATLAS DAOD (PHYSLITE) file",
    "Events": "a CMS NanoAOD or AOD file",
    "Delphes": "a Delphes file",
}


@contextmanager
def open_tree(path: Path, adapter: Adapter) -> Iterator[Any]:
    """Open a release's tree and turn every failure to read it into one clear error.

    Broken files often fail late, in the caller's block; what fails there outside uproot is not the
    file's fault and passes as it is.
    """
    path = Path(path)  # a notebook may give a string
    if not path.is_file():
        msg = f"{path}: no such file; fetch or simulate it first"
        raise InputError(msg)
    if path.stat().st_size == 0:
        msg = f"{path}: the file is empty (0 bytes); fetch or copy it again"
        raise InputError(msg)
    try:
        with uproot.open(path) as file:
            names = {key.split(";")[0] for key in file.keys(recursive=False)}
            if adapter.tree not in names:
                raise InputError(_wrong_tree(path, adapter, names))
            tree = file[adapter.tree]
            if not isinstance(tree, uproot.TTree):
                kind = file.classname_of(adapter.tree).split("::")[-1]
                msg = f"{path}: {adapter.tree!r} is of class {kind}, expected a TTree; "
                msg += "write it as one (in uproot: file.mktree)"
                raise InputError(msg)
            yield tree
    except InputError:
        raise
    except Exception as error:  # uproot meets broken files with many kinds of exception
        modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
        if not any(name.split(".")[0] == "uproot" for name in modules):
            raise
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        msg = f"{path}: not readable as a ROOT file ({reason}); it may be truncated: get it again"
        raise InputError(msg) from error


def _wrong_tree(path: Path, adapter: Adapter, names: set[str]) -> str:
    hint = "check the release"
    for tree, what in _OTHER_FORMATS.items():
        if tree in names:
            hint = f"this looks like {what}, which is not supported"
    for known in RELEASES.values():
        if known.tree in names:
            hint = f"tree {known.tree!r} belongs to the {known.name} release: set that release"
    return f"{path}: expected a tree {adapter.tree!r}, found {nearest(adapter.tree, names)}; {hint}"
