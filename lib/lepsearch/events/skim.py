"""Ntuples to skims: one Parquet table a region and sample, with cutflow and provenance inside.

Files are read in ranges of entries, in parallel, and written range by range in order, so that
memory does not grow with the number of events and the output does not depend on the number of
workers. A skim's weights are per inverse femtobarn; the luminosity is chosen when it is read.
"""

import logging
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

import lepsearch
from lepsearch import provenance
from lepsearch.constants import PB_IN_FB
from lepsearch.data.layout import Layout
from lepsearch.data.source import Source
from lepsearch.errors import InputError
from lepsearch.events import reader
from lepsearch.events.features import feature_table
from lepsearch.events.records import Events
from lepsearch.events.selection import REGIONS, Cutflow, choose, prepare
from lepsearch.events.skim_info import KEY, SCHEMA_VERSION, SkimInfo
from lepsearch.events.statements import Statement, normalisation, refuse_other_sample
from lepsearch.files import sha256, state, whole
from lepsearch.parallel import OrderedMap
from lepsearch.workspace import Workspace

__all__ = ("Piece", "events_per_inverse_fb", "skim")

log = logging.getLogger(__name__)
Change = Callable[[Events], Events]
Prints = NDArray[np.uint64]
WHOLE = 2_000_000  # bytes of a file below which it is read at once, and opened once

IDENTITY = ("run", "event")
MEASURED = ("event_weight", "met", "metphi", "lep1pt", "lep1phi", "lep2pt", "lep2phi")


@dataclass(frozen=True)
class Piece:
    """A range of entries of one file."""

    path: Path
    layout: Layout
    simulated: bool
    start: int
    stop: int | None


def _pieces(source: Source) -> Iterator[Piece]:
    simulated = source.kind != "data"
    for path in source.files:
        if path.is_file() and 0 < path.stat().st_size < WHOLE:
            yield Piece(path, source.layout, simulated, 0, None)
            continue
        for start, stop in reader.ranges(path, source.layout, simulated=simulated) or [(0, 0)]:
            yield Piece(path, source.layout, simulated, start, stop)


@dataclass(frozen=True)
class _Selected:
    """Events of a piece in one region: columns, counts, and what tells repeated ones."""

    columns: dict[str, Any]
    cutflow: Cutflow
    prints: tuple[Any, Any]

    def after(self, entries: int) -> pa.Table:
        """The table of a piece of a file that comes after so many entries of others."""
        return pa.table(self.columns | {"original": self.columns["original"] + entries})


@lru_cache(maxsize=1)
def _read(piece: Piece, content: str) -> Events:
    """Events of a piece of a file with this content, which may be skimmed with several changes."""
    return reader.read(**vars(piece))


def _skim_piece(
    regions: Sequence[str], change: Change | None, piece: Piece
) -> tuple[Statement, dict[str, _Selected]]:
    """Select events of a range of entries in some regions, and take what the file says."""
    events = _read(piece, state(piece.path))
    prepared, before = prepare(change(events) if change and piece.simulated else events)
    result = {}
    for name in regions:
        selected, cutflow = choose(prepared, before, name)
        columns = feature_table(selected, name)
        prints = fingerprints(columns, simulated=piece.simulated)
        result[name] = _Selected(columns, cutflow, prints)
    return Statement.of(events), result


def fingerprints(
    columns: Mapping[str, NDArray[np.generic]], *, simulated: bool
) -> tuple[Prints, Prints]:
    """Numbers that an event has wherever it stands, for rows of a skim, 8 bytes each.

    Returns:
        By run and number, for original events; and for rows, which in simulation may be copies of
        one event that differ in what was measured.
    """
    first = np.diff(columns["original"], prepend=-1) != 0
    of_events = _hash({name: columns[name][first] for name in IDENTITY})
    if not simulated:
        return of_events, _hash({name: columns[name] for name in IDENTITY})
    return of_events, _hash({name: columns[name] for name in (*IDENTITY, *MEASURED)})


def _hash(columns: Mapping[str, NDArray[np.generic]]) -> Prints:
    hashed = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False)
    return np.asarray(hashed, dtype=np.uint64)


def refuse_repeats(
    prints: Sequence[tuple[Prints, Prints]], skim: Path, entries: Mapping[Path, int]
) -> None:
    """Complain of a row that stands twice, by the fingerprints of all pieces of a skim's files.

    It may stand in two files or in one that was merged with itself.

    Simulated events of one run and number that differ are those of jobs that all number from the
    start; that is said, not refused.

    Raises:
        InputError: A row stands twice; the message names event and files.
    """
    of_events, of_rows = zip(*prints, strict=True)
    if (rows := _repeated(of_rows)) is not None:
        starts = [0, *accumulate(entries.values())]
        table = pq.read_table(skim, columns=[*IDENTITY, "original"]).take(rows).to_pylist()
        files, places = list(entries), []
        for original in sorted(row["original"] for row in table):
            file = bisect_right(starts, original) - 1
            places.append(f"{files[file]} (entry {original - starts[file]})")
        msg = f"event {table[0]['event']} of run {table[0]['run']} stands twice, in "
        msg += f"{' and '.join(places)}, and would count twice; keep each event once"
        raise InputError(msg)
    if _repeated(of_events) is not None:
        text = "%s%s: events of one run and number differ, so they count as different ones; "
        more = " ..." if len(entries) > 1 else ""
        log.warning(text + "if they are the same, keep one of each", next(iter(entries)), more)


def _repeated(prints: Sequence[Prints]) -> list[int] | None:
    """Places of two that are equal, if any are."""
    joined = np.concatenate([np.empty(0, np.uint64), *prints])
    order = np.argsort(joined, kind="stable")
    same = np.flatnonzero(joined[order][1:] == joined[order][:-1])
    return order[same[0] : same[0] + 2].tolist() if len(same) else None


def events_per_inverse_fb(
    cross_section_pb: float | None, sum_of_weights: float | None, sample: str = "the sample"
) -> float:
    """Expected events per inverse femtobarn and unit of generator weight.

    Times generator weight, scale factors and luminosity it is the number of events that a simulated
    one stands for; the sum over all generated events is cross section times luminosity.

    Raises:
        InputError: A value is missing, not positive or not finite; the message names the sample.

    Examples:
        >>> events_per_inverse_fb(0.5, 1000.0)
        0.5
    """
    values = {"cross section": cross_section_pb, "sum of weights": sum_of_weights}
    for name, value in values.items():
        if value is None or not 0 < value < math.inf:
            msg = f"{sample}: the {name} is {value}, expected a positive, finite number; "
            msg += "state it in the data manifest (or in samples.yaml beside your ntuples)"
            raise InputError(msg)
    assert cross_section_pb is not None
    assert sum_of_weights is not None
    return PB_IN_FB * cross_section_pb / sum_of_weights


def _describe(source: Source, said: Mapping[Path, Statement], manifest: str) -> dict[str, Any]:
    """What the skims of all regions say of themselves, but for region and cutflow."""
    used: dict[str, Any] = {"cross_section_pb": None, "sum_of_weights": None, "disagreements": ()}
    factor = 1.0
    if source.kind != "data":
        used, factor = normalisation(source, said), 0.0  # no event to weigh
        if any(one.entries for one in said.values()):
            values = used["cross_section_pb"], used["sum_of_weights"]
            factor = events_per_inverse_fb(*values, f"sample {source.name!r}")
    inputs = tuple(
        {
            "file": path.name,
            "entries": one.entries,
            "bytes": path.stat().st_size,
            "date": path.stat().st_mtime_ns,
            "sha256": sha256(path),
        }
        for path, one in said.items()
    )
    names = ("label", "group", "kind", "release", "luminosity_fb")
    return {name: getattr(source, name) for name in names} | {
        **used,
        "schema": SCHEMA_VERSION,
        "sample": source.name,
        "layout": provenance.digest(source.layout),
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
    regions: Sequence[str] = tuple(REGIONS),
    change: Change | None = None,
) -> dict[str, SkimInfo]:
    """Make the skims of one sample, and return what each says of itself.

    Args:
        source: The sample.
        workspace: Where its skims go.
        manifest: Digest of the manifest, for the skims' provenance.
        pool: How to run over pieces of files; ``parallel.pool`` gives one on several processes.
        regions: The regions, all by default.
        change: How simulated events are measured otherwise.

    Raises:
        InputError: A file can't be used or is another sample's, the sample can't be normalised, or
            an event stands twice.
    """
    pieces = list(_pieces(source))
    said: dict[Path, Statement] = {}
    flows = dict.fromkeys(regions, Cutflow())
    prints: dict[str, list[tuple[Any, Any]]] = {name: [] for name in regions}
    select = partial(_skim_piece, regions, change)
    with ExitStack() as stack:
        places = {name: workspace.skim(name, source.name) for name in regions}
        parts = {name: stack.enter_context(whole(path)) for name, path in places.items()}
        writers: dict[str, pq.ParquetWriter] = {}
        bar = tqdm(pieces, f"skim {source.name}", disable=None)
        for piece, (statement, selected) in zip(bar, pool(select, pieces), strict=True):
            refuse_other_sample(piece.path, statement, source)
            if piece.path in said:
                said[piece.path] += statement
            else:
                before = sum(one.entries for one in said.values())
                said[piece.path] = statement
            for name, made in selected.items():
                table = made.after(before)
                if name not in writers:
                    writer = pq.ParquetWriter(parts[name], table.schema, compression="zstd")
                    writers[name] = stack.enter_context(writer)
                writers[name].write_table(table)
                flows[name] += made.cutflow
                prints[name].append(made.prints)
        described = _describe(source, said, manifest)
        entries = {path: one.entries for path, one in said.items()}
        infos = {}
        for name, writer in writers.items():
            infos[name] = SkimInfo(region=name, cutflow=flows[name], **described)
            writer.add_key_value_metadata({KEY: infos[name].to_json()})
            writer.close()
            refuse_repeats(prints[name], parts[name], entries)
    return infos
