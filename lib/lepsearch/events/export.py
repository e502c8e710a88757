"""Skims as files for other tools: HDF5, NumPy and CSV, with physics weights.

HDF5 and CSV are written piece by piece, NumPy a few columns at a time: memory does not grow with
the number of events, but for one column of NumPy's.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tables import HDF5ExtError

from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.files import whole

__all__ = ("FORMATS", "KEY", "export")

KEY = "events"  # of the table in an HDF5 file; `pandas.read_hdf` needs no key where there is one
LABELS = ["sample", "group", "kind"]
ARRAYS = 200_000_000  # bytes of NumPy columns held at once

Read = Callable[[Sequence[str]], Iterator[pd.DataFrame]]  # events with these columns, in pieces


def _csv(path: Path, read: Read, columns: Sequence[str], rows: int, width: int) -> None:
    for i, events in enumerate(read(columns)):
        events.to_csv(path, mode="a" if i else "w", header=not i, index=False)


def _hdf(path: Path, read: Read, columns: Sequence[str], rows: int, width: int) -> None:
    start, longest = 0, dict.fromkeys(LABELS, width)
    try:
        with pd.HDFStore(path, "w", complevel=4, complib="zlib") as store:
            for events in read(columns):
                numbered = events.set_axis(pd.RangeIndex(start, start + len(events)))
                store.append(KEY, numbered, index=False, min_itemsize=longest)
                start += len(events)
    except HDF5ExtError as error:  # all that the HDF5 library says of a full disk
        raise OSError(*error.args[-1:]) from error


def _npz(path: Path, read: Read, columns: Sequence[str], rows: int, width: int) -> None:
    at_once = max(1, ARRAYS // (8 * rows))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for first in range(0, len(columns), at_once):
            for name, column in pd.concat(read(columns[first : first + at_once])).items():
                array = column.to_numpy(f"U{width}" if name in LABELS else None)
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)


FORMATS = {".h5": _hdf, ".hdf5": _hdf, ".npz": _npz, ".csv": _csv}


def export(
    dataset: Dataset,
    region: str,
    path: Path,
    *,
    samples: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> int:
    """Write the events of a region, as ``Dataset.batches`` has them, to one file.

    Args:
        dataset: The skims, with the luminosity of the weights.
        region: Name of the region.
        path: The file, replaced if it is there; its suffix chooses the format (``FORMATS``).
        samples, columns: What to write; all by default. ``weight`` (expected events; 1 in data),
            ``sample``, ``group`` and ``kind`` are added to the features always.

    Returns:
        The number of rows; each copy of an event has its own.

    Raises:
        InputError: An unknown format, region, sample or column, no sample or one twice is named, no
            event, or no place for the file.
    """
    if path.suffix not in FORMATS or path.is_dir():
        msg = f"{path}: unknown format {path.suffix or 'without a suffix'!r}, or a folder; name a "
        msg += f"file whose end says the format: {', '.join(FORMATS)}"
        raise InputError(msg)
    samples = dataset.named(samples)
    rows = sum(dataset.rows(region, name) for name in samples)
    if not rows:
        msg = f"no event of {', '.join(samples)} passes the {region} selection: nothing to export"
        raise InputError(msg)
    if columns is None:
        columns = next(dataset.batches(region, samples=samples, rows=1)).columns.tolist()
    own = [name for name in dict.fromkeys(columns) if name not in ("weight", *LABELS)]
    infos = [dataset.info(region, name) for name in samples]
    width = max(len(getattr(info, label)) for info in infos for label in LABELS)

    def read(names: Sequence[str]) -> Iterator[pd.DataFrame]:
        features = [name for name in names if name in own]
        for events in dataset.batches(region, features, samples=samples):
            yield events[list(names)]

    with whole(path) as part:
        FORMATS[path.suffix](part, read, [*own, "weight", *LABELS], rows, width)
    return rows
