"""Events that stand twice in a sample, in two files or in one that was merged with itself."""

import logging
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lepsearch.errors import InputError

__all__ = ("fingerprints", "refuse_repeats")

log = logging.getLogger(__name__)

IDENTITY = ("run", "event")
MEASURED = ("event_weight", "met", "metphi", "lep1pt", "lep1phi", "lep2pt", "lep2phi")

Prints = NDArray[np.uint64]


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
