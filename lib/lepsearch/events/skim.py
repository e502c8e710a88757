"""Ntuples to skims: one Parquet table a region and sample, with cutflow and provenance inside.

Files are read in ranges of entries, in parallel, and written range by range in order, so that
memory does not grow with the number of events and the output does not depend on the number of
workers. A skim's weights are per inverse femtobarn; the luminosity is chosen when it is read.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

import lepsearch
from lepsearch.constants import PB_IN_FB
from lepsearch.data.source import Source
from lepsearch.errors import InputError
from lepsearch.events import reader
from lepsearch.events.features import feature_table
from lepsearch.events.selection import REGIONS, Cutflow, choose, prepare
from lepsearch.events.skim_info import KEY, SCHEMA_VERSION, SkimInfo
from lepsearch.files import sha256, whole
from lepsearch.parallel import OrderedMap
from lepsearch.workspace import Workspace

__all__ = ("Piece", "events_per_inverse_fb", "skim")

log = logging.getLogger(__name__)

TOLERANCE = 1e-3  # relative difference between manifest and file that is worth a word


@dataclass(frozen=True)
class Piece:
    """A range of entries of one file."""

    path: Path
    release: str
    simulated: bool
    start: int
    stop: int


def _pieces(source: Source) -> Iterator[Piece]:
    simulated = source.kind != "data"
    for path in source.files:
        for start, stop in reader.ranges(path, source.release, simulated=simulated) or [(0, 0)]:
            yield Piece(path, source.release, simulated, start, stop)


def _skim_piece(piece: Piece) -> dict[str, tuple[pa.Table, Cutflow]]:
    """Select events of a range of entries: table and cutflow of every region."""
    events = reader.read(**vars(piece))
    prepared, before = prepare(events)
    result = {}
    for name in REGIONS:
        selected, cutflow = choose(prepared, before, name)
        result[name] = (pa.table(feature_table(selected, name)), cutflow)
    return result


def events_per_inverse_fb(
    cross_section_pb: float | None, sum_of_weights: float | None, sample: str = "the sample"
) -> float:
    """Expected events per inverse femtobarn and unit of generator weight.

    Times generator weight, scale factors and luminosity it is the number of events that a simulated
    one stands for; the sum over all generated events is cross section times luminosity.

    Raises:
        InputError: A value is missing, zero or not finite; the message names the sample.

    Examples:
        >>> events_per_inverse_fb(0.5, 1000.0)
        0.5
    """
    values = {"cross section": cross_section_pb, "sum of weights": sum_of_weights}
    for name, value in values.items():
        if not value or not math.isfinite(value):
            msg = f"{sample}: the {name} is {value}, expected a finite number other than zero; "
            msg += "state it in the data manifest (or in samples.yaml beside your ntuples)"
            raise InputError(msg)
    assert cross_section_pb is not None
    assert sum_of_weights is not None
    return PB_IN_FB * cross_section_pb / sum_of_weights


def _normalise(source: Source) -> dict[str, Any]:
    """Cross section and sum of weights to use, and where the files state others."""
    used = {"cross_section_pb": source.cross_section_pb, "sum_of_weights": source.sum_of_weights}
    from_manifest = {name for name, value in used.items() if value is not None}
    disagreements = []
    for path in source.files:
        for quantity, in_file in reader.stated(path, source.release).items():
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
                text = "%s: %s is %g in the file and %g in the manifest, which wins"
                log.warning(text, path.name, quantity, in_file, expected)
                both = {"used": expected, "in_file": in_file}
                disagreements.append({"file": path.name, "quantity": quantity, **both})
    return {**used, "disagreements": tuple(disagreements)}


def _describe(source: Source, pieces: list[Piece], manifest: str) -> dict[str, Any]:
    """What the skims of all regions say of themselves, but for region and cutflow."""
    used: dict[str, Any] = {"cross_section_pb": None, "sum_of_weights": None, "disagreements": ()}
    factor = 1.0
    if source.kind != "data":
        used, factor = _normalise(source), 0.0  # no event to weigh
        if any(piece.stop for piece in pieces):
            values = used["cross_section_pb"], used["sum_of_weights"]
            factor = events_per_inverse_fb(*values, f"sample {source.name!r}")
    inputs = tuple(
        {
            "file": path.name,
            "entries": sum(p.stop - p.start for p in pieces if p.path == path),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in source.files
    )
    names = ("label", "group", "kind", "release", "luminosity_fb")
    return {name: getattr(source, name) for name in names} | {
        **used,
        "schema": SCHEMA_VERSION,
        "sample": source.name,
        "per_inverse_fb": factor,
        "inputs": inputs,
        "manifest": manifest,
        "library": lepsearch.__version__,
    }


def skim(
    source: Source,
    workspace: Workspace,
    *,
    manifest: str,
    pool: OrderedMap = map,
    progress: bool = True,
) -> dict[str, SkimInfo]:
    """Make the skims of one sample in every region, and return what each says of itself.

    Args:
        source: The sample.
        workspace: Where its skims go.
        manifest: Digest of the manifest, for the skims' provenance.
        pool: How to run over pieces of files; ``parallel.pool`` gives one on several processes.
        progress: Whether to show a bar.

    Raises:
        InputError: A file can't be used, or the sample can't be normalised.
    """
    pieces = list(_pieces(source))
    described = _describe(source, pieces, manifest)
    infos = {name: SkimInfo(region=name, cutflow=Cutflow(), **described) for name in REGIONS}
    with ExitStack() as stack:
        places = {name: workspace.skim(name, source.name) for name in REGIONS}
        parts = {name: stack.enter_context(whole(path)) for name, path in places.items()}
        writers: dict[str, pq.ParquetWriter] = {}
        results = pool(_skim_piece, pieces)
        hidden = None if progress else True
        for result in tqdm(results, f"skim {source.name}", len(pieces), disable=hidden):
            for name, (table, cutflow) in result.items():
                if name not in writers:
                    writer = pq.ParquetWriter(parts[name], table.schema, compression="zstd")
                    writers[name] = stack.enter_context(writer)
                writers[name].write_table(table)
                infos[name] = replace(infos[name], cutflow=infos[name].cutflow + cutflow)
        for name, writer in writers.items():
            writer.add_key_value_metadata({KEY: infos[name].to_json()})
    return infos
