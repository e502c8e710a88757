"""The tables of the ATLAS 13 TeV open data: which samples and files exist, and their checksums.

Both tables lie beside the manifest in ``open_data/``; ``open_data/NOTES.md`` says where each
number is from and where sources disagree. Addresses aren't stored: the manifest states one pattern
for each kind of file, which the tables' keys complete.
"""

import csv
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from lepsearch.data.lined_yaml import Context, Strict, known, matching, messages
from lepsearch.data.schema import GroupName, InnerPath, Positive, Release
from lepsearch.data.source import Kind, ReleaseName, Source
from lepsearch.errors import InputError, one_of

__all__ = ("OpenData", "OpenFile", "OpenSample", "load_open_data", "places")

Row = TypeVar("Row", bound=Strict)


def _other_sums(text: str) -> dict[str, float]:
    """Sums of weights by collection from ``collection:events:sum ...``."""
    sums = {}
    for entry in text.split():
        match = re.fullmatch(r"(\w+):[\d.]+:([\d.]+)", entry)
        if not match:
            msg = f"should be 'collection:events:sum ...', but is {text!r}"
            raise ValueError(msg)
        sums[match[1]] = float(match[2])
    return sums


Stated = Annotated[Positive | None, BeforeValidator(lambda text: text or None)]


class OpenSample(Strict):
    """A simulated sample of a release: a row of the table of samples."""

    release: ReleaseName  # key of the release
    # ATLAS's number of the sample
    dsid: Annotated[int, BeforeValidator(matching(r"\d{6}", "six digits"))]
    # its short name, which no other sample of any release has
    name: Annotated[str, AfterValidator(matching(r"\w[\w.+-]*", "safe in a file name"))]
    group: GroupName  # key of the group that it is stacked with
    events: Stated  # generated events; None where no source says
    sum_of_weights: Stated  # sum of their generator weights; None where no source says
    cross_section_pb: Positive  # cross section [pb] with filter efficiency and K factor
    filter_efficiency: Stated  # the efficiency that ``cross_section_pb`` is said to contain
    k_factor: Stated  # the K factor that ``cross_section_pb`` is said to contain
    # what the numbers are from
    source: Annotated[
        str, known("source"), AfterValidator(lambda key, info: info.context["source"][key])
    ]
    # sum of weights in the collections that were made from another set of events
    other_sums: Annotated[Mapping[str, float], BeforeValidator(_other_sums)]
    note: str  # where sources disagree

    def at(self, file: Path, collection: str, kind: Kind) -> Source:
        """The sample as a source of events: background or signal, from its file of a collection."""
        return Source(
            name=self.name,
            label=self.name,
            group=self.group,
            kind=kind,
            release=self.release,
            files=(file,),
            dsid=self.dsid,
            cross_section_pb=self.cross_section_pb,
            cross_section_source=self.source,
            sum_of_weights=self.other_sums.get(collection, self.sum_of_weights),
        )


class OpenFile(Strict):
    """A file of a release: a row of the table of files, and what the manifest says of it."""

    release: str  # key of the release
    collection: str  # name of the preselection
    # recorded data, simulation (``mc``) or other (whole-collection archives)
    kind: Literal["data", "mc", "other"]
    key: InnerPath  # data period, DSID, or path
    size: Annotated[int, Field(gt=0)]  # bytes
    # checksum, eight hexadecimal digits
    adler32: Annotated[str, AfterValidator(matching("[0-9a-f]{8}", "eight hexadecimal digits"))]
    uri: str  # address, ``root://...``
    group: str  # key of its sample's group; ``data`` and ``other`` for the rest
    sample: str  # name of its sample; empty for data and other

    @property
    def path(self) -> str:
        """Its path in the downloads' folder."""
        return f"{self.release}/{self.collection}/{self.uri.rpartition('/')[2]}"

    def names(self, what: str) -> set[str]:
        """What a filter of :meth:`OpenData.select` may call it."""
        if what == "process":
            return {self.group, self.sample, self.key}
        return {getattr(self, what)}


@dataclass(frozen=True)
class OpenData:
    """Samples by release and DSID, and all files."""

    samples: Mapping[tuple[str, int], OpenSample]  # the simulated samples
    files: tuple[OpenFile, ...]  # the files, in the tables' order

    def nearest(self, release: str, dsid: int) -> str:
        """The samples of a release with the numbers closest to one that it hasn't."""
        samples = (one for one in self.samples.values() if one.release == release)
        near = sorted(samples, key=lambda one: abs(one.dsid - dsid))[:3]
        return ", ".join(f"{one.dsid} ({one.name})" for one in near)

    def select(self, **wanted: Collection[str]) -> list[OpenFile]:
        """Files that fit every filter; an absent or empty filter lets all pass.

        Args:
            **wanted: Names of ``release``, ``collection``, ``process`` (groups, names of samples,
                DSIDs or data periods) and ``kind`` (without it, all but ``other``).

        Raises:
            InputError: A filter names something that no file has.
        """
        files = list(self.files)
        for what, names in wanted.items():
            there = set().union(*(file.names(what) for file in self.files)) - {""}
            for name in names:
                one_of(what, name, there)
            files = [file for file in files if not names or file.names(what) & set(names)]
        return [file for file in files if wanted.get("kind") or file.kind != "other"]


def places(files: Sequence[OpenFile], folder: Path) -> list[Path]:
    """Where each file lies in a folder: where it is fetched to, or where its name is found below.

    So the trees that atlasopenmagic and EOS make do as they are; as in ``find_all_files`` of the
    former the name decides, here with the size.
    """
    fetched = [folder / one.path for one in files]
    if all(path.is_file() for path in fetched):
        return fetched
    there: dict[tuple[str, int], Path] = {}
    wanted = {path.name for path in fetched}
    for top, _, names in os.walk(folder, followlinks=True):
        found = (Path(top, name) for name in wanted.intersection(names))
        there |= {(path.name, path.stat().st_size): path for path in found if path.is_file()}
    return [
        path if path.is_file() else there.get((path.name, one.size), path)
        for one, path in zip(files, fetched, strict=True)
    ]


def load_open_data(samples: Path, files: Path, context: Context) -> OpenData:
    """Read and check both tables.

    The context says what their rows may refer to: ``release`` (the releases by key), ``group`` and
    ``source`` (what each key of the samples' column stands for).

    Raises:
        InputError: A table is absent, or a row is wrong; every bad row is named by its line.
    """
    problems: list[str] = []
    sample = partial(OpenSample.model_validate, context=context)
    columns = tuple(OpenSample.model_fields)
    by_number = _table(samples, columns, sample, lambda one: (one.release, one.dsid), problems)
    file = partial(_file, releases=context["release"], samples=by_number)
    columns = tuple(OpenFile.model_fields)[:6]
    found = _table(files, columns, file, lambda one: one.path, problems)
    if problems:
        raise InputError("\n".join(problems))
    return OpenData(by_number, tuple(found.values()))


def _table(
    path: Path,
    columns: tuple[str, ...],
    make: Callable[[Mapping[str, str]], Row],
    key: Callable[[Row], Any],
    problems: list[str],
) -> dict[Any, Row]:
    """The rows of a table by key; what is wrong with them joins the problems."""
    found: dict[Any, Row] = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, restkey="too many")
            if tuple(reader.fieldnames or ()) != columns:
                msg = f"{path}:1: expected the columns {','.join(columns)}, got {reader.fieldnames}"
                raise InputError(msg)
            for row in reader:
                place = f"{path}:{reader.line_num}"
                try:
                    if "too many" in row or None in row.values():
                        msg = f"expected {len(columns)} columns"
                        raise ValueError(msg)
                    one = make(row)
                    if found.setdefault(key(one), one) is not one:
                        msg = f"{key(one)} stands twice"
                        raise ValueError(msg)
                except ValidationError as error:
                    problems += [f"{place}: {at[0]}: {text}" for at, text in messages(error)]
                except ValueError as error:
                    problems.append(f"{place}: {error}")
    except OSError as error:
        msg = f"{path}: can't be read ({error.strerror})"
        raise InputError(msg) from error
    return found


def _file(
    row: Mapping[str, str],
    releases: Mapping[str, Release],
    samples: Mapping[tuple[str, int], OpenSample],
) -> OpenFile:
    """A file with its address and sample."""
    release = releases[one_of("release", row["release"], releases)]
    collection = release.collections[one_of("collection", row["collection"], release.collections)]
    patterns = {**release.files, **collection.files}
    kind = one_of("kind", row["kind"], patterns)
    group, sample = kind, ""
    if kind.startswith("mc"):
        number = int(row["key"]) if row["key"].isdigit() else 0
        if (row["release"], number) not in samples:
            msg = f"DSID {row['key']} is not in the table of samples"
            raise ValueError(msg)
        of = samples[row["release"], number]
        kind, group, sample = "mc", of.group, of.name
    places = {"collection": row["collection"], "key": row["key"], "name": sample}
    address = patterns[row["kind"]].format(**places)
    derived = {"kind": kind, "uri": release.base + address, "group": group, "sample": sample}
    return OpenFile.model_validate({**row, **derived})
