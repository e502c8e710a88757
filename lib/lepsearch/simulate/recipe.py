"""What a simulated file follows from, and whether one is there that follows from the same."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import uproot

from lepsearch.data.source import Simulation
from lepsearch.errors import InputError
from lepsearch.simulate.ntuple_writer import RECORD
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.response import Treatment
from lepsearch.simulate.response_table import Response

__all__ = ("Request", "digest", "is_made", "recorded")

log = logging.getLogger(__name__)

MAX_EVENTS = 2**31 - 1  # eventNumber is a 32-bit integer
MATRIX_ELEMENTS = ("currents.py", "heavy_leptons.py", "signals.py", "sigma2.py", "top_w.py")
EVENT_MAKERS = (
    "candidates.py", "fakes.py", "generate.py", "geometry.py", "hooks.py", "jets.py", "leptons.py",
    "loops.py", "ntuple_writer.py", "objects.py", "response.py", "sample.py", "view.py",
)  # fmt: skip
PACKAGES = ("awkward", "fastjet", "numba", "numpy", "pythia8mc")


@dataclass(frozen=True)
class Request:
    """One sample that is wanted.

    Attributes:
        path: Where its file shall stand.
        sample: How it is made.
    """

    path: Path
    sample: Simulation

    def recipe(self) -> dict[str, Any]:
        """All that the file's content follows from, fit for JSON.

        Raises:
            InputError: An unknown process, wrong parameters or a number of events out of range.
        """
        sample = self.sample
        if not 0 < sample.events <= MAX_EVENTS:
            msg = f"{self.path.name}: {sample.events} events asked for, expected 1 to {MAX_EVENTS}"
            raise InputError(msg)
        process = find_process(sample.process, sample.parameters)
        sources = EVENT_MAKERS + (MATRIX_ELEMENTS if process.matrix_element else ())
        sources += ("umeps.py",) if process.merging else ()
        return {
            "process": sample.process,
            "parameters": dict(sample.parameters),
            "settings": list(process.settings),
            "merging": asdict(process.merging) if process.merging else None,
            "products": process.products,
            "treatment": asdict(Treatment.of(process)),
            "events": sample.events,
            "seed": sample.seed,
            "cross_section_pb": sample.cross_section_pb,
            "factor": sample.factor,
            "dsid": process.dsid if sample.dsid is None else sample.dsid,
            "response": asdict(Response()),
            "code": _of_files(sources),
            "packages": {name: _version(name) for name in PACKAGES},
        }


def is_made(request: Request) -> bool:
    """Whether the sample's file is there and was made by the same recipe."""
    record = recorded(request.path)
    return record is not None and record.get("digest") == digest(request.recipe())


def recorded(path: Path) -> dict[str, Any] | None:
    """How a simulated file was made.

    Returns:
        ``recipe``, ``digest`` and what came out: ``generated``, ``kept``, ``sum_of_weights`` and
        Pythia's ``cross_section_pb`` with its error; None if there is no such file or it is not one
        of ours.
    """
    if not path.is_file():
        return None
    try:
        with uproot.open(path) as file:
            found: dict[str, Any] = json.loads(str(file[RECORD]))
    except Exception as error:  # uproot meets broken files with many kinds of exception
        log.warning("%s: not a file that was simulated here (%s)", path, error)
        return None
    return found


def digest(recipe: dict[str, Any]) -> str:
    """Checksum of a recipe."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def _of_files(names: Iterable[str]) -> str:
    """Checksum of modules of this package, so that a changed response makes new samples."""
    found = hashlib.sha256()
    for name in names:
        found.update((Path(__file__).parent / name).read_bytes())
    return found.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # conda-forge's Pythia has another name
        return "none"
