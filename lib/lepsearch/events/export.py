"""Skims as files for other tools: HDF5, NumPy and CSV, with physics weights.

HDF5 and CSV are written piece by piece, NumPy a few columns at a time: memory does not grow with
the number of events, but for one column of NumPy's.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from tables import HDF5ExtError

from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.files import whole

__all__ = ("FORMATS", "KEY", "export")

KEY = "events"  # of the table in an HDF5 file; `pandas.read_hdf` needs no key where there is one
LABELS = ("sample", "group", "kind")
ADDED = ("weight", *LABELS)
ARRAYS = 200_000_000  # bytes of NumPy columns held at once


@dataclass(frozen=True)
class _Chosen:
    """What is to be written: columns of a region's events in some samples."""

    dataset: Dataset
    region: str
    samples: Sequence[str]
    columns: Sequence[str]

    def batches(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """The events in pieces, with these columns in this order."""
        own = [column for column in columns if column not in ADDED]
        for events in self.dataset.batches(self.region, own, samples=self.samples):
            yield events[list(columns)]

    @cached_property
    def rows(self) -> int:
        paths = (self.dataset.workspace.skim(self.region, name) for name in self.samples)
        return sum(pq.read_metadata(path).num_rows for path in paths)

    @cached_property
    def longest_label(self) -> int:
        infos = [self.dataset.info(self.region, name) for name in self.samples]
        return max(len(getattr(info, label)) for info in infos for label in LABELS)


def _csv(path: Path, chosen: _Chosen) -> None:
    for i, events in enumerate(chosen.batches(chosen.columns)):
        events.to_csv(path, mode="a" if i else "w", header=not i, index=False)


def _hdf(path: Path, chosen: _Chosen) -> None:
    width = dict.fromkeys(LABELS, chosen.longest_label)
    start = 0
    try:
        with pd.HDFStore(path, "w", complevel=4, complib="zlib") as store:
            for events in chosen.batches(chosen.columns):
                numbered = events.set_index(pd.RangeIndex(start, start + len(events)))
                store.append(KEY, numbered, index=False, min_itemsize=width)
                start += len(events)
    except HDF5ExtError as error:  # all that the HDF5 library says of a full disk
        raise OSError(*error.args[-1:]) from error


def _npz(path: Path, chosen: _Chosen) -> None:
    text = f"U{chosen.longest_label}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        at_once = max(1, ARRAYS // (8 * chosen.rows))
        for first in range(0, len(chosen.columns), at_once):
            events = pd.concat(chosen.batches(chosen.columns[first : first + at_once]))
            for column in events:
                array = events[column].to_numpy()
                with archive.open(f"{column}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(
                        member,
                        array.astype(text) if column in LABELS else array,
                        allow_pickle=False,
                    )


FORMATS = {".h5": _hdf, ".hdf5": _hdf, ".npz": _npz, ".csv": _csv}


def _checked(path: Path) -> Path:
    if path.suffix not in FORMATS:
        msg = f"{path}: unknown format {path.suffix or 'without a suffix'!r}; the name's end says "
        msg += f"which: {', '.join(FORMATS)}"
        raise InputError(msg)
    if path.is_dir():
        msg = f"{path}: is a folder; name a file in it"
        raise InputError(msg)
    return path


def export(
    dataset: Dataset,
    region: str,
    path: Path,
    *,
    samples: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> int:
    """Write the events of a region, as ``Dataset.table`` has them, to one file.

    Args:
        dataset: The skims, with the luminosity of the weights.
        region: Name of the region.
        path: The file, replaced if it is there; its suffix chooses the format (``FORMATS``).
        samples: Samples to write; all by default.
        columns: Features to write; all by default. ``weight`` (expected events; 1 in data),
            ``sample``, ``group`` and ``kind`` are added always.

    Returns:
        The number of rows; each copy of an event has its own.

    Raises:
        InputError: An unknown format, region, sample or column, no sample or one twice is named, no
            event, or no place for the file.
    """
    write = FORMATS[_checked(path).suffix]
    samples = dataset.named(samples)
    for one in samples:
        dataset.info(region, one)  # tells what is wrong with it
    rows = _Chosen(dataset, region, samples, ()).rows
    if not rows:
        msg = f"no event of {', '.join(samples)} passes the {region} selection: nothing to export"
        raise InputError(msg)
    if columns is None:
        columns = next(dataset.batches(region, samples=samples, rows=1)).columns.tolist()
    own = [column for column in dict.fromkeys(columns) if column not in ADDED]
    with whole(path) as part:
        write(part, _Chosen(dataset, region, samples, [*own, *ADDED]))
    return rows
