"""The tables of the ATLAS 13 TeV open data: which samples and files exist, and their checksums.

Both tables lie beside the manifest in ``open_data/``; ``open_data/NOTES.md`` says where each
number is from and where sources disagree. Addresses aren't stored: the manifest states one pattern
for each kind of file, which the tables' keys complete.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from lepsearch.data.source import Kind, ReleaseName, Source
from lepsearch.errors import ManifestError, nearest

__all__ = ("OpenData", "OpenFile", "OpenSample")


@dataclass(frozen=True)
class OpenSample:
    """A simulated sample of a release.

    Attributes:
        release: Key of the release.
        dsid: ATLAS's number of the sample.
        name: Its short name, which no other sample of any release has.
        group: Key of the group that it is stacked with.
        events: Generated events; None where no source says.
        sum_of_weights: Sum of their generator weights; None where no source says.
        cross_section_pb: Cross section [pb] with filter efficiency and K factor.
        filter_efficiency: The efficiency that ``cross_section_pb`` is said to contain.
        k_factor: The K factor that ``cross_section_pb`` is said to contain.
        source: What the numbers are from.
        other_sums: Sum of weights in the collections that were made from another set of events.
        note: Where sources disagree.
    """

    release: str
    dsid: int
    name: str
    group: str
    events: float | None
    sum_of_weights: float | None
    cross_section_pb: float
    filter_efficiency: float | None
    k_factor: float | None
    source: str
    other_sums: Mapping[str, float]
    note: str

    def at(self, file: Path, collection: str, release: ReleaseName, kind: Kind) -> Source:
        """The sample as a source of events.

        Args:
            file: Where its file lies.
            collection: Which preselection the file holds.
            release: Whose branch names the file has.
            kind: Background or signal.
        """
        return Source(
            name=self.name,
            label=self.name,
            group=self.group,
            kind=kind,
            release=release,
            files=(file,),
            dsid=self.dsid,
            cross_section_pb=self.cross_section_pb,
            cross_section_source=self.source,
            sum_of_weights=self.other_sums.get(collection, self.sum_of_weights),
        )


@dataclass(frozen=True)
class OpenFile:
    """A file of a release.

    Attributes:
        release: Key of the release.
        collection: Name of the preselection.
        kind: Recorded data, simulation (``mc``) or other (whole-collection archives).
        key: Data period, DSID, or path.
        size: Bytes.
        adler32: Checksum, eight hexadecimal digits.
        uri: Address, ``root://...``.
        group: Key of its sample's group; ``data`` and ``other`` for the rest.
        sample: Name of its sample; empty for data and other.
    """

    release: str
    collection: str
    kind: Literal["data", "mc", "other"]
    key: str
    size: int
    adler32: str
    uri: str
    group: str
    sample: str

    @property
    def path(self) -> PurePosixPath:
        """Where it lies in the downloads' folder."""
        return PurePosixPath(self.place)

    @property
    def place(self) -> str:
        """Its path in the downloads' folder as text, which is quicker for thousands of files."""
        return f"{self.release}/{self.collection}/{self.uri.rpartition('/')[2]}"


@dataclass(frozen=True)
class OpenData:
    """Samples by release and DSID, and all files.

    Attributes:
        samples: The simulated samples.
        files: The files, in the tables' order.
    """

    samples: Mapping[tuple[str, int], OpenSample]
    files: tuple[OpenFile, ...]

    def sample(self, release: str, dsid: int) -> OpenSample | None:
        """A sample, or None if the release has no such number."""
        return self.samples.get((release, dsid))

    def nearest(self, release: str, dsid: int) -> str:
        """The samples of a release with the numbers closest to one that it hasn't."""
        known = (one for one in self.samples.values() if one.release == release)
        near = sorted(known, key=lambda one: abs(one.dsid - dsid))[:3]
        return ", ".join(f"{one.dsid} ({one.name})" for one in near)

    def in_collection(self, release: str, collection: str) -> dict[str, OpenFile]:
        """Files of data and simulation in one collection, by period or DSID."""
        return {
            file.key: file
            for file in self.files
            if (file.release, file.collection) == (release, collection) and file.kind != "other"
        }

    def select(
        self,
        *,
        releases: Collection[str] = (),
        collections: Collection[str] = (),
        processes: Collection[str] = (),
        kinds: Collection[str] = (),
    ) -> list[OpenFile]:
        """Files that fit every filter; an empty filter lets all pass.

        Args:
            releases: Keys of releases.
            collections: Names of collections.
            processes: Groups, names of samples, DSIDs or data periods.
            kinds: ``data``, ``mc`` and ``other``; if empty, the first two.

        Raises:
            ManifestError: A filter names something that no file has.
        """
        filters: tuple[tuple[str, Collection[str], Callable[[OpenFile], set[str]]], ...] = (
            ("release", releases, lambda file: {file.release}),
            ("collection", collections, lambda file: {file.collection}),
            ("process", processes, lambda file: {file.group, file.sample, file.key}),
            ("kind", kinds, lambda file: {file.kind}),
        )
        files = list(self.files)
        for what, wanted, names in filters:
            known = set().union(*map(names, self.files)) - {""}
            for name in wanted:
                if name not in known:
                    msg = f"unknown {what} {name!r}; the nearest known: {nearest(name, known)}"
                    raise ManifestError(msg)
            files = [file for file in files if not wanted or names(file) & set(wanted)]
        return [file for file in files if kinds or file.kind != "other"]
