"""Skims as files for other tools: Parquet, ROOT, HDF5, NumPy and CSV, with physics weights.

All but NumPy's are written piece by piece, that a few columns at a time: memory does not grow with
the number of events, but for one column of NumPy's. Parquet, ROOT and HDF5 files say the luminosity
of the weights and the units.
"""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import uproot
from tables import HDF5ExtError

from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.events.skim_columns import COLUMNS
from lepsearch.files import whole

__all__ = ("FORMATS", "KEY", "export")

KEY = "events"  # of the table in an HDF5 file; `pandas.read_hdf` needs no key where there is one
LABELS = ["sample", "group", "kind"]
ARRAYS = 200_000_000  # bytes of NumPy columns held at once

Read = Callable[[Sequence[str]], Iterator[pd.DataFrame]]  # events with these columns, in pieces


@dataclass(frozen=True)
class About:
    """What a file holds, in words of its attributes."""

    luminosity_fb: float  # luminosity of the weights [1/fb]
    units: Mapping[str, str]  # unit of each column, empty for pure numbers
    rows: int  # number of rows
    names: Mapping[str, Sequence[str]]  # values of the columns that are text

    @property
    def width(self) -> int:
        """Length of the longest text."""
        return max(len(one) for names in self.names.values() for one in names)


def _parquet(path: Path, read: Read, columns: Sequence[str], about: About) -> None:
    with ExitStack() as stack:
        writer = None
        for events in read(columns):
            table = pa.Table.from_pandas(events, preserve_index=False)
            fields = [one.with_metadata({"unit": about.units[one.name]}) for one in table.schema]
            metadata = (table.schema.metadata or {}) | {
                b"luminosity_fb": str(about.luminosity_fb).encode()
            }
            table = table.cast(pa.schema(fields, metadata))
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(path, table.schema))
            writer.write_table(table)


def _root(path: Path, read: Read, columns: Sequence[str], about: About) -> None:
    """A tree, in which samples, groups and kinds are numbers whose names stand beside it."""
    title = f"weights for {about.luminosity_fb:g} /fb, energies in GeV, angles in rad"
    with uproot.recreate(path) as file:
        for i, events in enumerate(read(columns)):
            codes = {
                name: events[name].map(about.names[name].index).to_numpy(np.int16)
                for name in LABELS
            }
            branches = {name: one.to_numpy() for name, one in events.assign(**codes).items()}
            if not i:
                file.mktree(KEY, {name: one.dtype for name, one in branches.items()}, title)
            file[KEY].extend(branches)
        words = {"luminosity_fb": about.luminosity_fb, "units": about.units, "names": about.names}
        file["about"] = json.dumps(words)


def _csv(path: Path, read: Read, columns: Sequence[str], about: About) -> None:
    for i, events in enumerate(read(columns)):
        events.to_csv(path, mode="a" if i else "w", header=not i, index=False)


def _hdf(path: Path, read: Read, columns: Sequence[str], about: About) -> None:
    start, longest = 0, dict.fromkeys(LABELS, about.width)
    try:
        with pd.HDFStore(path, "w", complevel=4, complib="zlib") as store:
            for events in read(columns):
                numbered = events.set_axis(pd.RangeIndex(start, start + len(events)))
                store.append(KEY, numbered, index=False, min_itemsize=longest)
                start += len(events)
            stored: Any = store  # whose stubs lack the method
            attributes = stored.get_storer(KEY).attrs
            attributes.luminosity_fb, attributes.units = about.luminosity_fb, dict(about.units)
    except HDF5ExtError as error:  # all that the HDF5 library says of a full disk
        raise OSError(ENOSPC, *error.args[-1:]) from error


def _npz(path: Path, read: Read, columns: Sequence[str], about: About) -> None:
    at_once = max(1, ARRAYS // (8 * about.rows))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for first in range(0, len(columns), at_once):
            for name, column in pd.concat(read(columns[first : first + at_once])).items():
                array = column.to_numpy(f"U{about.width}" if name in LABELS else None)
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)


FORMATS = {
    ".parquet": _parquet, ".root": _root, ".h5": _hdf, ".hdf5": _hdf, ".npz": _npz, ".csv": _csv,
}  # fmt: skip


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
    names = {one: list(dict.fromkeys(getattr(info, one) for info in infos)) for one in LABELS}
    known = COLUMNS[region]
    units = {name: known[name].unit for name in [*own, "weight", *LABELS] if name in known}
    about = About(dataset.luminosity_fb, units, rows, names)

    def read(names: Sequence[str]) -> Iterator[pd.DataFrame]:
        features = [name for name in names if name in own]
        for events in dataset.batches(region, features, samples=samples):
            yield events[list(names)]

    with whole(path) as part:
        FORMATS[path.suffix](part, read, [*own, "weight", *LABELS], about)
    return rows
