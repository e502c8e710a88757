"""What a skim says of itself: written into its Parquet file, read and compared with its inputs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from lepsearch import provenance
from lepsearch.data.source import Source
from lepsearch.errors import InputError, StaleError
from lepsearch.events.selection import Cutflow, Step
from lepsearch.files import HASHED, sha256
from lepsearch.workspace import Workspace

__all__ = ("KEY", "SCHEMA_VERSION", "SkimInfo", "read_info", "refuse_stale")

SCHEMA_VERSION = 4
KEY = b"lepsearch"  # of the file's metadata


@dataclass(frozen=True)
class SkimInfo:
    """What a skim says of itself."""

    schema: int  # version of the layout
    region: str  # name of the region
    sample: str  # name of the sample
    label: str  # its label for figures
    group: str  # its process group
    kind: str  # ``data``, ``background`` or ``signal``
    release: str  # release, or file of the layout, by which it was read
    layout: str  # digest of the layout
    cross_section_pb: float | None  # cross section used [pb]; None in data
    sum_of_weights: float | None  # sum of generator weights used; None in data
    per_inverse_fb: float  # factor from event weight to events per 1/fb; 1 in data
    luminosity_fb: float | None  # luminosity of the data [1/fb]; None in simulation
    cutflow: Cutflow  # counts after each cut, in event weights
    # ``file`` and ``quantity`` of values that the manifest and a file state differently: ``used``
    # (the manifest's) and ``in_file``
    disagreements: tuple[dict[str, Any], ...]
    inputs: tuple[dict[str, Any], ...]  # name, entries, size, date and SHA-256 of each file read
    manifest: str  # digest of the manifest and its tables
    library: str  # version of this library

    def to_json(self) -> bytes:
        """Encode as Parquet metadata."""
        fields = asdict(self)
        return json.dumps({**fields, "cutflow": fields["cutflow"]["steps"]}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Undo :meth:`to_json`."""
        fields = json.loads(text)
        fields["cutflow"] = Cutflow(tuple(Step(**step) for step in fields["cutflow"]))
        lists = {name: tuple(fields[name]) for name in ("disagreements", "inputs")}
        return cls(**fields | lists)


def read_info(path: Path, call: Callable[[str], str] = "`lepsearch {}`".format) -> SkimInfo:
    """Read what a skim says of itself; ``call`` spells out the command that makes it.

    Raises:
        InputError: It isn't there, isn't a skim or is of another version.
    """
    again = f"make it with {call(f'skim {path.stem}')}"
    if not path.is_file():
        msg = f"{path}: no such skim; {again}"
        raise InputError(msg)
    try:
        metadata = pq.read_metadata(path).metadata or {}
        version = json.loads(metadata[KEY]).get("schema")
        if version == SCHEMA_VERSION:
            return SkimInfo.from_json(metadata[KEY])
    except (pa.ArrowInvalid, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        msg = f"{path}: not readable as a skim of this library ({error!r}); {again}"
        raise InputError(msg) from error
    msg = f"{path}: skim of schema version {version}, expected {SCHEMA_VERSION}; {again}"
    raise InputError(msg)


def refuse_stale(info: SkimInfo, source: Source, workspace: Workspace) -> None:
    """Complain of a skim that no longer belongs to its sample.

    What the manifest says of the sample is compared, and the names and content of its files; that
    of a file above ``HASHED`` bytes only if its date is another. Nothing is compared of files if
    all of them have been removed.

    Raises:
        StaleError: The manifest has changed, another file was read, or the file has changed.
    """
    for reason in _differences(info, source):
        msg = f"{workspace.skim(info.region, info.sample)}: the skim is {reason}; "
        msg += f"run {workspace.call(f'skim {info.sample}')}"
        raise StaleError(msg)


def _differences(info: SkimInfo, source: Source) -> Iterator[str]:
    """What the manifest says otherwise than when the skim was made, and which files differ."""
    for name in ("kind", "group", "cross_section_pb", "sum_of_weights", "luminosity_fb"):
        used, stated = getattr(info, name), getattr(source, name)
        if stated is not None and stated != used:  # None: the file's own
            yield f"made with {name} {used}, but the manifest says {stated}"
    if info.layout != provenance.digest(source.layout):
        yield f"made with another layout than that of {source.layout.name}"
    if not any(path.is_file() for path in source.files):
        return
    read = sorted(info.inputs, key=lambda one: str(one["file"]))
    files = sorted(source.files, key=lambda path: path.name)
    names, present = [one["file"] for one in read], [path.name for path in files]
    if names != present:
        old, new = (", ".join(those[:3]) or "no file" for those in (names, present))
        yield f"of {old}, but the sample's files are {new}"
    for path, one in zip(files, read, strict=False):
        if path.is_file() and not _same(path, one):
            yield f"not of the present {path}, which has other content"


def _same(path: Path, read: dict[str, Any]) -> bool:
    """Whether a file is the one read; old skims hold neither size nor date."""
    status = path.stat()
    if status.st_size != read.get("bytes", status.st_size):
        return False
    if status.st_size > HASHED and status.st_mtime_ns == read.get("date", status.st_mtime_ns):
        return True
    return bool(_digest(path, status.st_mtime_ns) == read["sha256"])


@cache
def _digest(path: Path, _changed: int) -> str:
    """Checksum of a file, computed once for each time that it changes."""
    return sha256(path)
