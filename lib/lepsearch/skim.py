"""Ntuples to skims: one Parquet table a region and sample, with cutflow and provenance inside.

Files are read in ranges of entries, in parallel, and written range by range in order, so that
memory does not grow with the number of events and the output does not depend on the number of
workers. A skim's weights are per inverse femtobarn; the luminosity is chosen when it is read.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

import lepsearch
from lepsearch import ntuple
from lepsearch.cutflow import Cutflow
from lepsearch.errors import InputError, StaleError
from lepsearch.features import TABLES
from lepsearch.files import sha256, whole
from lepsearch.parallel import OrderedMap
from lepsearch.selection import REGIONS, choose, prepare
from lepsearch.source import Source
from lepsearch.weights import events_per_inverse_fb
from lepsearch.workspace import Workspace

__all__ = (
    "SCHEMA_VERSION",
    "Disagreement",
    "Piece",
    "SkimInfo",
    "read_info",
    "refuse_other_files",
    "skim",
)

log = logging.getLogger(__name__)

SCHEMA_VERSION = 2
TOLERANCE = 1e-3  # relative difference between manifest and file that is worth a word
HASHED = 20_000_000  # bytes of a file up to which its content is compared, not only its size
_KEY = b"lepsearch"


@dataclass(frozen=True)
class Piece:
    """A range of entries of one file."""

    path: Path
    release: str
    simulated: bool
    start: int
    stop: int


@dataclass(frozen=True)
class Disagreement:
    """A value that the manifest and a file state differently; ``used`` is the manifest's."""

    file: str
    quantity: str
    used: float
    in_file: float


@dataclass(frozen=True)
class SkimInfo:
    """What a skim says of itself.

    Attributes:
        schema: Version of the layout.
        region: Name of the region.
        sample: Name of the sample.
        label: Its label for figures.
        group: Its process group.
        kind: ``data``, ``background`` or ``signal``.
        release: Release whose adapter read it.
        cross_section_pb: Cross section used [pb]; None in data.
        sum_of_weights: Sum of generator weights used; None in data.
        per_inverse_fb: Factor from event weight to events per 1/fb; 1 in data.
        luminosity_fb: Luminosity of the data [1/fb]; None in simulation.
        cutflow: Counts after each cut, in event weights.
        disagreements: Where the manifest and a file disagree.
        inputs: Name, entries, size and SHA-256 of each file read.
        manifest: Digest of the manifest and its tables.
        library: Version of this library.
    """

    schema: int
    region: str
    sample: str
    label: str
    group: str
    kind: str
    release: str
    cross_section_pb: float | None
    sum_of_weights: float | None
    per_inverse_fb: float
    luminosity_fb: float | None
    cutflow: Cutflow
    disagreements: tuple[Disagreement, ...]
    inputs: tuple[dict[str, Any], ...]
    manifest: str
    library: str

    def to_json(self) -> bytes:
        """As Parquet metadata."""
        return json.dumps({**asdict(self), "cutflow": self.cutflow.to_json()}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> SkimInfo:
        """The inverse of :meth:`to_json`."""
        fields = json.loads(text)
        fields["cutflow"] = Cutflow.from_json(fields["cutflow"])
        fields["disagreements"] = tuple(Disagreement(**one) for one in fields["disagreements"])
        fields["inputs"] = tuple(fields["inputs"])
        return cls(**fields)


def _pieces(source: Source) -> Iterator[Piece]:
    simulated = source.kind != "data"
    for path in source.files:
        for start, stop in ntuple.ranges(path, source.release, simulated=simulated) or [(0, 0)]:
            yield Piece(path, source.release, simulated, start, stop)


def _skim_piece(piece: Piece) -> dict[str, tuple[pa.Table, Cutflow]]:
    """Both regions' tables and cutflows of one range of entries."""
    events = ntuple.read(
        piece.path,
        piece.release,
        simulated=piece.simulated,
        start=piece.start,
        stop=piece.stop,
    )
    prepared, before = prepare(events)
    result = {}
    for name in REGIONS:
        selected, cutflow = choose(prepared, before, name)
        result[name] = (pa.table(TABLES[name](selected)), cutflow)
    return result


def _normalise(source: Source) -> tuple[float | None, float | None, list[Disagreement]]:
    """Cross section and sum of weights to use, and where the files state others."""
    used = {"cross_section_pb": source.cross_section_pb, "sum_of_weights": source.sum_of_weights}
    from_manifest = {name for name, value in used.items() if value is not None}
    disagreements = []
    for path in source.files:
        for quantity, in_file in asdict(ntuple.stated(path, source.release)).items():
            expected = used[quantity]
            if in_file is None:
                continue
            if expected is None:
                used[quantity] = in_file
            elif abs(in_file - expected) > TOLERANCE * abs(expected):
                if quantity not in from_manifest:
                    msg = f"{path}: {quantity} is {in_file:g}, but {expected:g} in another file of "
                    msg += f"sample {source.name!r}; state the right one in the data manifest"
                    raise InputError(msg)
                disagreements.append(Disagreement(path.name, quantity, expected, in_file))
    for one in disagreements:
        log.warning(
            "%s: %s is %g in the file and %g in the manifest, which wins",
            one.file, one.quantity, one.in_file, one.used,
        )  # fmt: skip
    return used["cross_section_pb"], used["sum_of_weights"], disagreements


def skim(
    source: Source,
    workspace: Workspace,
    *,
    manifest: str,
    pool: OrderedMap = map,
    progress: bool = True,
) -> dict[str, SkimInfo]:
    """Make the skims of one sample in every region.

    Args:
        source: The sample.
        workspace: Where its skims go.
        manifest: Digest of the manifest, for the skims' provenance.
        pool: How to run over pieces of files; ``parallel.pool`` gives one on several processes.
        progress: Whether to show a bar.

    Returns:
        What each region's skim says of itself.

    Raises:
        InputError: A file can't be used, or the sample can't be normalised.
    """
    pieces = list(_pieces(source))
    if source.kind == "data":
        cross_section, sum_of_weights, factor = None, None, 1.0
        disagreements: list[Disagreement] = []
    else:
        cross_section, sum_of_weights, disagreements = _normalise(source)
        factor = (
            events_per_inverse_fb(cross_section, sum_of_weights, f"sample {source.name!r}")
            if any(piece.stop for piece in pieces)
            else 0.0  # no event to weigh
        )
    inputs = tuple(
        {
            "file": path.name,
            "entries": sum(p.stop - p.start for p in pieces if p.path == path),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in source.files
    )
    flows = {name: Cutflow() for name in REGIONS}
    infos = {}
    with ExitStack() as stack:
        parts = {
            name: stack.enter_context(whole(workspace.skim(name, source.name))) for name in REGIONS
        }
        writers: dict[str, pq.ParquetWriter] = {}
        results = pool(_skim_piece, pieces)
        bar = tqdm(
            results, total=len(pieces), desc=f"skim {source.name}", unit="piece",
            disable=None if progress else True,
        )  # fmt: skip
        for result in bar:
            for name, (table, cutflow) in result.items():
                if name not in writers:
                    writer = pq.ParquetWriter(parts[name], table.schema, compression="zstd")
                    writers[name] = stack.enter_context(writer)
                writers[name].write_table(table)
                flows[name] = flows[name] + cutflow
        for name, writer in writers.items():
            infos[name] = SkimInfo(
                schema=SCHEMA_VERSION,
                region=name,
                sample=source.name,
                label=source.label,
                group=source.group,
                kind=source.kind,
                release=source.release,
                cross_section_pb=cross_section,
                sum_of_weights=sum_of_weights,
                per_inverse_fb=factor,
                luminosity_fb=source.luminosity_fb,
                cutflow=flows[name],
                disagreements=tuple(disagreements),
                inputs=inputs,
                manifest=manifest,
                library=lepsearch.__version__,
            )
            writer.add_key_value_metadata({_KEY: infos[name].to_json()})
    return infos


def read_info(path: Path) -> SkimInfo:
    """What a skim says of itself.

    Raises:
        InputError: It isn't there, isn't a skim or is of another version.
    """
    if not path.is_file():
        profile = path.parents[2].name  # build/<profile>/skims/<region>/<sample>.parquet
        msg = f"{path}: no such skim; make it with `lepsearch skim {path.stem} --profile {profile}`"
        raise InputError(msg)
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{path}: not readable as Parquet ({error}); delete it and skim again"
        raise InputError(msg) from error
    if _KEY not in metadata:
        msg = f"{path}: a Parquet file, but not a skim of this library; skim again"
        raise InputError(msg)
    version = json.loads(metadata[_KEY]).get("schema")
    if version != SCHEMA_VERSION:
        msg = f"{path}: skim of schema version {version}, expected {SCHEMA_VERSION}; skim again"
        raise InputError(msg)
    return SkimInfo.from_json(metadata[_KEY])


def refuse_other_files(info: SkimInfo, source: Source, workspace: Workspace) -> None:
    """Complain of a skim that was made from other files than the sample's present ones.

    Names and sizes are compared, and the content of files up to ``HASHED``. Nothing is if all the
    sample's files have been removed.

    Raises:
        StaleError: Another file was read, or the file has changed.
    """
    if not any(path.is_file() for path in source.files):
        return
    read = sorted(info.inputs, key=lambda one: str(one["file"]))
    files = sorted(source.files, key=lambda path: path.name)
    if [one["file"] for one in read] != [path.name for path in files]:
        told = f"of {_listed([one['file'] for one in read])}"
        told += f", but the sample's files are {_listed([path.name for path in files])}"
    else:
        pairs = zip(files, read, strict=True)
        other = [path for path, one in pairs if path.is_file() and not _same(path, one)]
        if not other:
            return
        told = f"not of the present {other[0]}, which has other content"
    data = f" --data {workspace.data}" if workspace.data else ""
    msg = f"{workspace.skim(info.region, info.sample)}: the skim is {told}; "
    msg += f"run `lepsearch skim --profile {workspace.profile}{data}`"
    raise StaleError(msg)


def _listed(names: list[str], shown: int = 3) -> str:
    return (", ".join(names[:shown]) or "no file") + (" ..." if len(names) > shown else "")


def _same(path: Path, read: dict[str, Any]) -> bool:
    """Whether a file is the one read, as far as that is cheap to tell; old skims hold no size."""
    status = path.stat()
    if status.st_size > HASHED:
        return bool(status.st_size == read.get("bytes", status.st_size))
    return bool(_digest(path, status.st_mtime_ns) == read["sha256"])


@cache
def _digest(path: Path, _changed: int) -> str:
    """A file's SHA-256, once for each time that it changes."""
    return sha256(path)
