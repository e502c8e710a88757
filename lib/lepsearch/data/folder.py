"""A folder of ntuples that the user has: which file is which sample.

File names of both open-data releases are recognised, wherever in the folder they lie. Anything else
is described by a ``samples.yaml`` in the folder; the book's page *Your own events* tells of it.
"""

from __future__ import annotations

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from lepsearch.data.layout import own_layout
from lepsearch.data.lined_yaml import Strict, read
from lepsearch.data.schema import CrossSection, GroupName, InnerPath, Key, Positive
from lepsearch.data.source import DATA, ReleaseName, Source, Sums
from lepsearch.errors import InputError
from lepsearch.files import sha256

if TYPE_CHECKING:
    from lepsearch.data.manifest import Manifest

__all__ = ("discover",)

log = logging.getLogger(__name__)

DESCRIPTION = "samples.yaml"
AS_THEY_ARE = {"label", "group", "sum_of_weights", "sums", "luminosity_fb"}  # of a source
SHOWN = 20
PERIOD = r"(?P<period>data1[56]_period[A-Z])"
MC = r"mc_(?P<dsid>\d{6})\.(?P<name>\w+)"
# the first that fits decides; names without prefix are of 2025 only with its collections' endings
NAMES: tuple[tuple[ReleaseName, str], ...] = (
    ("2025", rf"ODEO_\w+_v\d+_(?P<collection>[A-Za-z0-9]+)_(?:{PERIOD}|{MC})\.\w+\.root"),
    ("2025", rf"(?:{PERIOD}|{MC})\.(?P<collection>noskim|2bjets\d*)\.root"),
    ("2020", rf"(?:data_(?P<period>[A-D])|{MC})\.(?P<collection>[A-Za-z0-9]+)\.root"),
)


def _there(inner: str, info: ValidationInfo) -> str:
    """Refuse the path of a file that is not in the folder."""
    if not ((info.context or {})["folder"] / inner).is_file():
        msg = f"there is no file {inner!r}"
        raise ValueError(msg)
    return inner


class FolderSample(Strict):
    """A sample that a folder's ``samples.yaml`` describes, by the attributes of a :class:`Source`.

    Paths of files are relative to the folder. The cross section is needed unless it is data, whose
    luminosity is.
    """

    label: str = Field(pattern=r"\S")  # a legend has to say something
    group: GroupName
    release: ReleaseName | None = None
    layout: Annotated[InnerPath, AfterValidator(_there)] | None = None
    files: Annotated[tuple[Annotated[InnerPath, AfterValidator(_there)], ...], Field(min_length=1)]
    cross_section: CrossSection | None = None
    sum_of_weights: Positive | None = None
    sums: Sums | None = None
    luminosity_fb: Positive | None = None

    @model_validator(mode="after")
    def _is_normalised(self, info: ValidationInfo) -> FolderSample:
        is_data = (info.context or {})["group"][self.group].kind == "data"
        needed = "luminosity_fb" if is_data else "cross_section"
        if not getattr(self, needed):
            msg = f"{needed} is missing"
            raise ValueError(msg)
        if bool(self.release) == bool(self.layout):
            msg = "state a release or a layout, and not both"
            raise ValueError(msg)
        if self.cross_section and self.cross_section.pb is None and self.cross_section.times:
            msg = "cross_section takes no factors when its value is the file's"
            raise ValueError(msg)
        return self


class Folder(Strict):
    """A folder's ``samples.yaml``."""

    # what simulation is normalised to [1/fb]; default: that of the data found
    luminosity_fb: Positive | None = None
    # the samples that file names alone don't tell
    samples: Mapping[Key, FolderSample] = Field(default_factory=dict)

    @field_validator("samples")
    @classmethod
    def _own_their_files(cls, samples: Mapping[str, FolderSample]) -> Mapping[str, FolderSample]:
        owner: dict[str, str] = {}
        for name, sample in samples.items():
            for file in sample.files:
                if file in owner:
                    msg = f"{name!r}: {file!r} belongs to {owner[file]!r} too"
                    raise ValueError(msg)
                owner[file] = name
        return samples


def discover(folder: Path, manifest: Manifest) -> tuple[list[Source], float]:
    """Find the samples of a folder, at any depth, by what the manifest knows of its files.

    Returns:
        The samples, data first, and the luminosity that simulation is normalised to [1/fb]: that of
        the data found, of the whole release if there is none, or what ``samples.yaml`` states.

    Raises:
        InputError: No ntuple, an unknown or unreadable file, a copy of another, files of two
            releases or collections, a sample found twice, or a luminosity that nobody states.
    """
    path, context = folder / DESCRIPTION, {"group": manifest.groups, "folder": folder}
    description = read(path, Folder, context) if path.is_file() else Folder()
    used = {path, *(folder / one.layout for one in description.samples.values() if one.layout)}
    paths = _ntuples(folder, used)
    _refuse_copies(paths)
    described = [
        Source(
            name=name,
            kind=manifest.groups[sample.group].kind,
            files=tuple(folder / inner for inner in sample.files),
            release=sample.release or str(sample.layout),
            own_layout=own_layout(folder / sample.layout) if sample.layout else None,
            cross_section_pb=sample.cross_section.sample_pb if sample.cross_section else None,
            cross_section_source=sample.cross_section.source if sample.cross_section else "",
            **sample.model_dump(include=AS_THEY_ARE),
        )
        for name, sample in description.samples.items()
    ]
    taken = {path for source in described for path in source.files}
    sources = _recognised(folder, [path for path in paths if path not in taken], manifest)
    sources += described
    _refuse_twice(folder, sources)
    return sources, description.luminosity_fb or _luminosity(folder, sources, manifest)


def _ntuples(folder: Path, used: set[Path]) -> list[Path]:
    """The ROOT files at any depth, through links; what else lies there and isn't used is said.

    What is hidden is left out, and a folder that two links lead to is read once.
    """
    found: list[Path] = []
    others: list[Path] = []
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, onerror=_unreadable, followlinks=True):
        known = os.path.realpath(place) in seen
        seen.add(os.path.realpath(place))
        hidden = [one for one in (*folders, *names) if one.startswith(".") and not known]
        others += (Path(place, one) for one in hidden)
        folders[:] = [] if known else sorted({*folders} - {*hidden})
        for path in (Path(place, one) for one in {*names} - {*hidden} if not known):
            (found if _is_root(path) else others).append(path)
    left = [str(path.relative_to(folder)) for path in sorted({*others} - used)]
    if left:
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        text = "%s: hidden or no ROOT files, not read: %s%s"
        log.info(text, folder, ", ".join(left[:SHOWN]), more)
    if not found:
        msg = f"{folder}: holds no ROOT file; name the folder of your ntuples"
        raise InputError(msg)
    return sorted(found)


def _is_root(path: Path) -> bool:
    """Whether a file is a ROOT file, by its content or its name."""
    if not path.is_file() and path.is_symlink():
        msg = f"{path}: is a link to {path.readlink()}, which is not there; mend or remove it"
        raise InputError(msg)
    if not path.is_file():  # nothing to read from, a pipe say
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"root" or path.suffix.lower() == ".root"
    except OSError as error:
        _unreadable(error)


def _unreadable(error: OSError) -> NoReturn:
    msg = f"{error.filename}: can't be read ({error.strerror}); make it readable or move it away"
    raise InputError(msg) from error


def _refuse_copies(paths: Iterable[Path]) -> None:
    """Complain of two files of one content, whose events would count twice."""
    of_size: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        of_size[path.stat().st_size].append(path)
    for alike in (one for size, one in of_size.items() if size and len(one) > 1):
        first: dict[str, Path] = {}
        for path in alike:
            if (other := first.setdefault(sha256(path), path)) != path:
                msg = f"{other} and {path} are copies of one file: their events would count twice; "
                msg += "keep one"
                raise InputError(msg)


def _recognised(folder: Path, paths: list[Path], manifest: Manifest) -> list[Source]:
    """The sources that file names tell: the data of each collection, and each simulated file."""
    periods, simulated, unknown = list[tuple[str, Path]](), list[Source](), list[str]()
    first: dict[tuple[ReleaseName, str], Path] = {}
    for path in paths:
        for release, pattern in NAMES:
            found = re.fullmatch(pattern, path.name)
            sample = found and manifest.open_data.samples.get((release, int(found["dsid"] or 0)))
            if found and (found["period"] or sample):
                first.setdefault((release, found["collection"]), path)
            if found and found["period"]:
                periods.append((found["period"], path))
                break
            if found and sample:
                kind = manifest.groups[sample.group].kind
                simulated.append(sample.at(path, found["collection"], kind))
                break
        else:
            unknown.append(f"{path}: no release has a file of this name")
    if unknown:
        more = [f"... and {len(unknown) - SHOWN} more"] if len(unknown) > SHOWN else []
        advice = f"describe them in {folder / DESCRIPTION} (see the book's page 'Your own events')"
        advice += ", or move them away"
        raise InputError("\n".join([*unknown[:SHOWN], *more, advice]))
    if len(first) > 1:
        named = (f"{one} of {release} ({path})" for (release, one), path in sorted(first.items()))
        msg = f"{folder}: holds files of the collections {' and '.join(named)}, which have some "
        msg += "events in common and lack others; name a folder with one collection of one release"
        raise InputError(msg)
    data = [_data(next(iter(first))[0], periods, manifest)] if periods else []
    return data + simulated


def _data(release: ReleaseName, files: list[tuple[str, Path]], manifest: Manifest) -> Source:
    """All periods of one collection as one source."""
    periods = [period for period, _ in files]
    if twice := sorted({period for period in periods if periods.count(period) > 1}):
        same = ", ".join(str(path) for period, path in files if period in twice)
        msg = f"data of period {', '.join(twice)} is there twice: {same}; keep one of each"
        raise InputError(msg)
    files_of = manifest.open_data.select(release=[release], kind=["data"])
    published = {file.key for file in files_of}
    luminosity = manifest.luminosity_of(release).of(periods, published)
    label = manifest.groups[DATA].label
    return Source.recorded(label, release, [path for _, path in files], luminosity)


def _refuse_twice(folder: Path, sources: list[Source]) -> None:
    """Two files of one sample would count events twice."""
    seen: dict[str, Source] = {}
    for source in sources:
        if (other := seen.setdefault(source.name, source)) is not source:
            files = ", ".join(str(path.relative_to(folder)) for path in other.files + source.files)
            msg = f"{folder}: sample {source.name!r} is there twice: {files}; keep one of each"
            raise InputError(msg)


def _luminosity(folder: Path, sources: list[Source], manifest: Manifest) -> float:
    """Luminosity of the data; of the whole release where there is none [1/fb]."""
    data = [source for source in sources if source.kind == "data"]
    known = [source.luminosity_fb for source in data if source.luminosity_fb is not None]
    if known and len(known) == len(data):
        return sum(known)
    found = {source.release for source in sources if source.dsid}
    releases = [one for name, one in manifest.releases.items() if name in found]
    if not data and len(releases) == 1:
        return manifest.luminosities[releases[0].luminosity].fb
    why = "some of its data periods have no published luminosity" if data else "it holds no data"
    msg = f"{folder}: {why}; state luminosity_fb in {folder / DESCRIPTION}"
    raise InputError(msg)
