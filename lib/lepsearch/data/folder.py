"""A folder of ntuples that the user has: which file is which sample.

File names of both open-data releases are recognised, wherever in the folder they lie. Anything else
is described by a ``samples.yaml`` in the folder::

    luminosity_fb: 139          # what simulation is normalised to, if there is no data
    samples:
      my_signal:
        label: My signal
        group: dark_matter      # one of the groups in data_manifest.yaml
        release: "2020"         # whose branch names and units the files have
        files: [signal/run1.root, signal/run2.root]
        cross_section: {pb: 0.012, source: my own calculation}    # or pb: from file
        sum_of_weights: 10000   # left out: the file's own
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lepsearch.data.lined_yaml import Problem, fail, read
from lepsearch.data.opendata import OpenData, OpenSample
from lepsearch.data.schema import Folder, FolderSample, Group, Luminosity
from lepsearch.data.source import ReleaseName, Source
from lepsearch.errors import ManifestError, nearest

__all__ = ("DATA", "Catalogue", "LocalData", "discover")

DATA = "data"
DESCRIPTION = "samples.yaml"
SHOWN = 20
PERIOD = r"(?P<period>data1[56]_period[A-Z])"
MC = r"mc_(?P<dsid>\d{6})\.(?P<name>\w+)"
# the first that fits decides; names without prefix are of 2025 only with its collections' endings
NAMES: tuple[tuple[ReleaseName, re.Pattern[str]], ...] = (
    (
        "2025",
        re.compile(rf"ODEO_\w+_v\d+_(?P<collection>[A-Za-z0-9]+)_(?:{PERIOD}|{MC})\.\w+\.root"),
    ),
    ("2025", re.compile(rf"(?:{PERIOD}|{MC})\.(?P<collection>noskim|2bjets\d*)\.root")),
    ("2020", re.compile(rf"(?:data_(?P<period>[A-D])|{MC})\.(?P<collection>[A-Za-z0-9]+)\.root")),
)


@dataclass(frozen=True)
class Catalogue:
    """What the manifest knows that a folder's files are compared with.

    Attributes:
        groups: The groups.
        open_data: The releases' samples and files.
        luminosities: Luminosity of each release's data.
    """

    groups: Mapping[str, Group]
    open_data: OpenData
    luminosities: Mapping[str, Luminosity]


@dataclass(frozen=True)
class LocalData:
    """The samples of a folder.

    Attributes:
        sources: Its samples, data first.
        luminosity_fb: What its simulation is normalised to [1/fb].
    """

    sources: tuple[Source, ...]
    luminosity_fb: float


@dataclass(frozen=True)
class _Recognised:
    """What a file's name tells."""

    path: Path
    release: ReleaseName
    collection: str
    period: str | None
    sample: OpenSample | None


def discover(folder: Path, catalogue: Catalogue) -> LocalData:
    """Find the samples of a folder, at any depth.

    Args:
        folder: The folder.
        catalogue: What the manifest knows.

    Returns:
        The samples and the luminosity: that of the data found, of the whole release if there is
        none, or what ``samples.yaml`` states.

    Raises:
        ManifestError: No ntuple, an unknown file, files of two releases, a sample found twice, or
            a luminosity that nobody states.
    """
    paths = sorted(path for path in folder.rglob("*.root") if not path.name.startswith("."))
    if not paths:
        msg = f"{folder}: holds no .root file; name the folder of your ntuples"
        raise ManifestError(msg)
    described, stated = _described(folder, catalogue)
    taken = {path for source in described for path in source.files}
    recognised: list[_Recognised] = []
    unknown: list[Path] = []
    for path in paths:
        one = _recognise(path, catalogue.open_data)
        if one and path not in taken:
            recognised.append(one)
        elif path not in taken:
            unknown.append(path)
    _refuse_unknown(folder, unknown)
    named = _sources(recognised, catalogue)
    sources = named + described
    _refuse_twice(folder, sources)
    return LocalData(tuple(sources), stated or _luminosity(folder, sources, catalogue))


def _recognise(path: Path, open_data: OpenData) -> _Recognised | None:
    """Read a file's name; None for one that no release has."""
    for release, pattern in NAMES:
        match = pattern.fullmatch(path.name)
        if match:
            found = match.groupdict()
            sample = open_data.sample(release, int(found["dsid"])) if found["dsid"] else None
            if found["period"] or sample:
                return _Recognised(path, release, found["collection"], found["period"], sample)
    return None


def _refuse_unknown(folder: Path, unknown: list[Path]) -> None:
    if unknown:
        listed = [f"{path}: no release has a file of this name" for path in unknown[:SHOWN]]
        if len(unknown) > SHOWN:
            listed.append(f"... and {len(unknown) - SHOWN} more")
        listed.append(
            f"describe them in {folder / DESCRIPTION} (see data.folder), or move them away"
        )
        raise ManifestError("\n".join(listed))


def _refuse_twice(folder: Path, sources: list[Source]) -> None:
    """Two files of one sample, or samples of two releases, would count events twice."""
    problems = []
    seen: dict[str, Source] = {}
    for source in sources:
        other = seen.setdefault(source.name, source)
        if other is not source:
            files = ", ".join(str(path.relative_to(folder)) for path in other.files + source.files)
            problems.append(f"{folder}: sample {source.name!r} is there twice: {files}")
    releases = sorted({source.release for source in sources if source.dsid or source.name == DATA})
    if len(releases) > 1:
        problems.append(f"{folder}: holds files of the releases {' and '.join(releases)}")
    if problems:
        problems.append("name a folder with one collection of one release")
        raise ManifestError("\n".join(problems))


def _sources(found: list[_Recognised], catalogue: Catalogue) -> list[Source]:
    """One source for the data of each collection and one for each simulated file."""
    data: dict[tuple[ReleaseName, str], list[_Recognised]] = defaultdict(list)
    simulated = []
    for one in found:
        if one.sample is None:
            data[one.release, one.collection].append(one)
        else:
            kind = catalogue.groups[one.sample.group].kind
            simulated.append(one.sample.at(one.path, one.collection, one.release, kind))
    return [_data(release, ones, catalogue) for (release, _), ones in data.items()] + simulated


def _data(release: ReleaseName, found: list[_Recognised], catalogue: Catalogue) -> Source:
    """All periods of one collection as one source."""
    periods = [one.period for one in found if one.period]
    twice = sorted({period for period in periods if periods.count(period) > 1})
    if twice:
        files = ", ".join(str(one.path) for one in found if one.period in twice)
        msg = f"data of period {', '.join(twice)} is there twice: {files}; keep one of each"
        raise ManifestError(msg)
    published = {
        file.key
        for file in catalogue.open_data.files
        if (file.release, file.kind) == (release, "data")
    }
    return Source(
        name=DATA,
        label=catalogue.groups[DATA].label,
        group=DATA,
        kind="data",
        release=release,
        files=tuple(one.path for one in found),
        luminosity_fb=catalogue.luminosities[release].of(periods, published),
    )


def _luminosity(folder: Path, sources: list[Source], catalogue: Catalogue) -> float:
    """Luminosity of the data; of the whole release where there is none [1/fb]."""
    data = [source for source in sources if source.kind == "data"]
    known = [source.luminosity_fb for source in data if source.luminosity_fb is not None]
    if data and len(known) == len(data):
        return sum(known)
    releases = {source.release for source in sources if source.dsid}
    if not data and len(releases) == 1:
        return catalogue.luminosities[releases.pop()].fb
    why = "some of its data periods have no published luminosity" if data else "it holds no data"
    msg = f"{folder}: {why}; state luminosity_fb in {folder / DESCRIPTION}"
    raise ManifestError(msg)


def _described(folder: Path, catalogue: Catalogue) -> tuple[list[Source], float | None]:
    """Samples and luminosity of ``samples.yaml``, if there is one."""
    path = folder / DESCRIPTION
    if not path.is_file():
        return [], None
    description, lines = read(path, Folder)
    problems: list[Problem] = []
    owner: dict[Path, str] = {}
    for name, sample in description.samples.items():
        place = ("samples", name)
        problems += [((*place, key), text) for key, text in _faults(sample, catalogue.groups)]
        for index, inner in enumerate(sample.files):
            file = folder / inner
            first = owner.setdefault(file, name)
            if not file.is_file():
                problems.append(((*place, "files", index), f"there is no file {inner!r}"))
            elif first != name:
                problems.append(((*place, "files", index), f"{inner!r} belongs to {first!r} too"))
    fail(path, lines, problems)
    groups = catalogue.groups
    sources = [_source(folder, name, one, groups) for name, one in description.samples.items()]
    return sources, description.luminosity_fb


def _faults(sample: FolderSample, groups: Mapping[str, Group]) -> list[tuple[str, str]]:
    """What is wrong with a described sample, beyond its form."""
    if sample.group not in groups:
        near = nearest(sample.group, groups)
        return [("group", f"unknown group {sample.group!r}; the nearest known: {near}")]
    if groups[sample.group].kind == "data":
        return [] if sample.luminosity_fb else [("luminosity_fb", "is missing")]
    return [] if sample.cross_section else [("cross_section", "is missing")]


def _source(folder: Path, name: str, sample: FolderSample, groups: Mapping[str, Group]) -> Source:
    section = sample.cross_section
    return Source(
        name=name,
        label=sample.label,
        group=sample.group,
        kind=groups[sample.group].kind,
        release=sample.release,
        files=tuple(folder / inner for inner in sample.files),
        cross_section_pb=section.sample_pb if section else None,
        cross_section_source=section.source if section else "",
        sum_of_weights=sample.sum_of_weights,
        luminosity_fb=sample.luminosity_fb,
    )
