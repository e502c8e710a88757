"""Reading the open data's tables; every bad row is one line of the error."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lepsearch.data.opendata import OpenData, OpenFile, OpenSample
from lepsearch.data.schema import Release
from lepsearch.errors import ManifestError, nearest

__all__ = ("Known", "load_open_data")

SAMPLE_COLUMNS = (
    "release", "dsid", "name", "group", "events", "sum_of_weights", "cross_section_pb",
    "filter_efficiency", "k_factor", "source", "other_sums", "note",
)  # fmt: skip
FILE_COLUMNS = ("release", "collection", "kind", "key", "size", "adler32")
Row = dict[str, str]


@dataclass(frozen=True)
class Known:
    """What the tables may refer to.

    Attributes:
        releases: The releases, which hold the address patterns.
        groups: The groups that a sample may belong to.
        sources: What each key of the column ``source`` stands for.
    """

    releases: Mapping[str, Release]
    groups: Mapping[str, object]
    sources: Mapping[str, str]


def load_open_data(samples: Path, files: Path, known: Known) -> OpenData:
    """Read and check both tables.

    Args:
        samples: Table of samples.
        files: Table of files.
        known: What their rows may refer to.

    Returns:
        The tables.

    Raises:
        ManifestError: A table is absent, or a row is wrong; every bad row is named by its line.
    """
    problems: list[str] = []
    by_number: dict[tuple[str, int], OpenSample] = {}
    for place, row in _rows(samples, SAMPLE_COLUMNS):
        try:
            sample = _sample(row, known)
            if (sample.release, sample.dsid) in by_number:
                msg = f"DSID {sample.dsid} of release {sample.release} stands twice"
                raise ValueError(msg)
            by_number[sample.release, sample.dsid] = sample
        except ValueError as error:
            problems.append(f"{place}: {error}")
    found: dict[str, OpenFile] = {}
    for place, row in _rows(files, FILE_COLUMNS):
        try:
            file = _file(row, known.releases, by_number)
            if file.place in found:
                msg = f"{file.place} stands twice"
                raise ValueError(msg)
            found[file.place] = file
        except ValueError as error:
            problems.append(f"{place}: {error}")
    if problems:
        raise ManifestError("\n".join(problems))
    return OpenData(by_number, tuple(found.values()))


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Rows of a table with their places; a table with other columns is refused."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, restkey="too many")
            if tuple(reader.fieldnames or ()) != columns:
                msg = f"{path}:1: expected the columns {','.join(columns)}, got {reader.fieldnames}"
                raise ManifestError(msg)
            for row in reader:
                place = f"{path}:{reader.line_num}"
                if "too many" in row or None in row.values():
                    msg = f"{place}: expected {len(columns)} columns"
                    raise ManifestError(msg)
                yield place, row
    except OSError as error:
        msg = f"{path}: can't be read ({error.strerror})"
        raise ManifestError(msg) from error


def _checked(what: str, name: str, known: Mapping[str, object]) -> str:
    if name not in known:
        msg = f"unknown {what} {name!r}; the nearest known: {nearest(name, known)}"
        raise ValueError(msg)
    return name


def _number(row: Row, column: str) -> float | None:
    """A positive number, or None for an empty cell."""
    text = row[column]
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        msg = f"{column} should be a positive number, but is {text!r}"
        raise ValueError(msg)
    return value


def _sample(row: Row, known: Known) -> OpenSample:
    cross_section = _number(row, "cross_section_pb")
    if cross_section is None:
        msg = f"{row['name']}: the cross section is missing"
        raise ValueError(msg)
    if not re.fullmatch(r"\w[\w.+-]*", row["name"]):
        msg = f"name should be safe in a file name, but is {row['name']!r}"
        raise ValueError(msg)
    if not re.fullmatch(r"\d{6}", row["dsid"]):
        msg = f"dsid should have six digits, but is {row['dsid']!r}"
        raise ValueError(msg)
    return OpenSample(
        release=_checked("release", row["release"], known.releases),
        dsid=int(row["dsid"]),
        name=row["name"],
        group=_checked("group", row["group"], known.groups),
        events=_number(row, "events"),
        sum_of_weights=_number(row, "sum_of_weights"),
        cross_section_pb=cross_section,
        filter_efficiency=_number(row, "filter_efficiency"),
        k_factor=_number(row, "k_factor"),
        source=known.sources[_checked("source", row["source"], known.sources)],
        other_sums=_other_sums(row["other_sums"]),
        note=row["note"],
    )


def _other_sums(text: str) -> dict[str, float]:
    """Sums of weights by collection from ``collection:events:sum ...``."""
    sums = {}
    for entry in text.split():
        match = re.fullmatch(r"(\w+):[\d.]+:([\d.]+)", entry)
        if not match:
            msg = f"other_sums should be 'collection:events:sum ...', but is {text!r}"
            raise ValueError(msg)
        sums[match[1]] = float(match[2])
    return sums


def _file(
    row: Row, releases: Mapping[str, Release], samples: Mapping[tuple[str, int], OpenSample]
) -> OpenFile:
    release = releases[_checked("release", row["release"], releases)]
    collection = release.collections[_checked("collection", row["collection"], release.collections)]
    patterns = {**release.files, **collection.files}
    pattern = patterns[_checked("kind", row["kind"], patterns)]
    if not re.fullmatch(r"[0-9a-f]{8}", row["adler32"]):
        msg = f"adler32 should be eight hexadecimal digits, but is {row['adler32']!r}"
        raise ValueError(msg)
    if not re.fullmatch(r"[1-9]\d*", row["size"]):
        msg = f"size should be a number of bytes, but is {row['size']!r}"
        raise ValueError(msg)
    kind: Literal["data", "mc", "other"] = "other"
    name = group = row["kind"]
    if row["kind"].startswith("mc"):
        kind = "mc"
        sample = samples.get((row["release"], int(row["key"]))) if row["key"].isdigit() else None
        if sample is None:
            msg = f"DSID {row['key']} is not in the table of samples"
            raise ValueError(msg)
        name, group = sample.name, sample.group
    elif row["kind"] == "data":
        kind, name = "data", ""
    uri = release.base + pattern.format(collection=row["collection"], key=row["key"], name=name)
    if ".." in row["key"].split("/") or row["key"].startswith("/"):
        msg = f"key {row['key']!r} leads out of the data folder"
        raise ValueError(msg)
    return OpenFile(
        release=row["release"],
        collection=row["collection"],
        kind=kind,
        key=row["key"],
        size=int(row["size"]),
        adler32=row["adler32"],
        uri=uri,
        group=group,
        sample=name if kind == "mc" else "",
    )
