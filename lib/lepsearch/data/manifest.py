"""The typed data manifest: samples, cross sections, luminosities and files of every profile.

When the manifest and an ntuple disagree, the manifest wins: a cross section or a sum of weights
that is stated in ``data_manifest.yaml``, in ``open_data/samples.csv`` or in a folder's
``samples.yaml`` replaces the file's ``XSection`` or ``SumWeights``. Where none is stated (``None``
in :class:`Source`) the file's own value is taken. The skim reports every disagreement of more than
one in a thousand.
"""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pydantic import Field, PrivateAttr, field_validator

from lepsearch.data import schema
from lepsearch.data.folder import discover
from lepsearch.data.lined_yaml import LinedYaml, Place, Strict
from lepsearch.data.opendata import OpenData, OpenFile, load_open_data, places
from lepsearch.data.source import DATA, ReleaseName, Simulation, Source
from lepsearch.errors import InputError, nearest, one_of
from lepsearch.files import sha256
from lepsearch.workspace import Workspace

__all__ = ("Manifest", "Simulation", "Source", "load_manifest")

MADE_RELEASE: ReleaseName = "2020"  # what lepsearch.simulate writes


class Tables(Strict):
    """Where the open data's tables lie, relative to the manifest, and what they were made from."""

    samples: schema.InnerPath
    files: schema.InnerPath
    sources: dict[str, str]


class Manifest(Strict):
    """All of ``data_manifest.yaml``."""

    tables: Tables  # the open data's tables
    luminosities: dict[str, schema.Luminosity]  # each integrated luminosity, once
    groups: dict[schema.Key, schema.Group]  # groups of samples in the order of stacking
    # what is simulated here, the points of the grids among them
    samples: dict[schema.Key, schema.SimulatedSample]
    # samples that differ by parameters only
    grids: dict[schema.Key, schema.Grid] = Field(default_factory=dict)
    releases: dict[ReleaseName, schema.Release]  # what is published
    profiles: dict[str, schema.Profile]  # what a chapter can run on
    _path: Path = PrivateAttr(default_factory=Path)

    @field_validator("groups")
    @classmethod
    def _have_data(cls, groups: dict[str, schema.Group]) -> dict[str, schema.Group]:
        one_of("group", DATA, groups)
        return groups

    @cached_property
    def open_data(self) -> OpenData:
        """The tables of the releases' samples and files; read once."""
        _, samples, files = self.paths
        context = {"release": self.releases, "group": self.groups, "source": self.tables.sources}
        return load_open_data(samples, files, context)

    @property
    def paths(self) -> tuple[Path, Path, Path]:
        """The files that it was read from: the manifest, the samples' and the files' table."""
        folder = self._path.parent
        return self._path, folder / self.tables.samples, folder / self.tables.files

    @cached_property
    def digest(self) -> str:
        """Checksum of the manifest and its tables, for a made file's provenance."""
        return hashlib.sha256("".join(map(sha256, self.paths)).encode()).hexdigest()

    def profile(self, name: str) -> schema.Profile:
        """The profile of a name; none is an ``InputError``."""
        return self.profiles[one_of("profile", name, self.profiles)]

    def sources(self, workspace: Workspace) -> list[Source]:
        """The samples of a workspace's profile, data first.

        Raises:
            InputError: There is no such profile, or a folder's files are unclear.
        """
        profile = self.profile(workspace.profile)
        if profile.input == "simulated":
            return [self._made(workspace, name) for name in self.simulation(workspace.profile)]
        if profile.input == "folder":
            return self._local(workspace)[0]
        assert profile.release is not None  # the profile's model checked this
        return self._published(workspace, profile.release)

    def luminosity_fb(self, workspace: Workspace) -> float:
        """The luminosity that simulation in a workspace's profile is normalised to [1/fb].

        It raises as :meth:`sources` does.
        """
        profile = self.profile(workspace.profile)
        if profile.input == "folder":
            return self._local(workspace)[1]
        if profile.release:
            return self.luminosity_of(profile.release).fb
        return self.luminosities[str(profile.luminosity)].fb

    def luminosity_source(self, workspace: Workspace) -> str:
        """Where :meth:`luminosity_fb` is from, in words."""
        profile = self.profile(workspace.profile)
        if profile.input == "folder":
            return "that of the folder's data, or what its samples.yaml states; else the release's"
        if profile.release:
            return self.luminosity_of(profile.release).source
        return self.luminosities[str(profile.luminosity)].source

    def luminosity_of(self, release: ReleaseName) -> schema.Luminosity:
        """The luminosity of all data of a release."""
        return self.luminosities[self.releases[release].luminosity]

    def simulation(self, profile: str) -> dict[str, Simulation]:
        """How to make each sample of a simulated profile; empty for the others."""
        if self.profile(profile).input != "simulated":
            return {}
        return {
            name: Simulation(
                process=sample.process,
                events=sample.events[profile],
                seed=sample.seed,
                parameters=sample.parameters,
                cross_section_pb=sample.cross_section.sample_pb,
                factor=sample.cross_section.factor,
                dsid=sample.dsid,
            )
            for name, sample in self.samples.items()
            if profile in sample.events
        }

    def _made(self, workspace: Workspace, name: str) -> Source:
        sample = self.samples[name]
        return Source(
            name=name,
            label=sample.label,
            group=sample.group,
            kind=self.groups[sample.group].kind,
            release=MADE_RELEASE,
            files=(workspace.ntuples / f"{name}.root",),
            dsid=sample.dsid,
            cross_section_pb=sample.cross_section.sample_pb,
            cross_section_source=sample.cross_section.source,
            simulation=self.simulation(workspace.profile)[name],
        )

    def _local(self, workspace: Workspace) -> tuple[list[Source], float]:
        if workspace.data is None:
            msg = "profile 'local' needs a folder of ntuples: name it (make: DATA=FOLDER, "
            msg += "lepsearch: --data FOLDER), or set LEPSEARCH_DATA"
            raise InputError(msg)
        if not workspace.data.is_dir():
            msg = f"{workspace.data}: is no folder; name the folder of your ntuples"
            raise InputError(msg)
        return discover(workspace.data, self)

    def published(self, profile: str) -> list[OpenFile]:
        """The files of a release's profile: all data, and the chosen samples that have events."""
        chosen = self.profile(profile)
        files = self.open_data.select(
            release=[str(chosen.release)], collection=[str(chosen.collection)]
        )
        simulated = {one.key: one for one in files if one.kind == "mc"}
        keys = [str(dsid) for numbers in chosen.samples.values() for dsid in numbers]
        data = [one for one in files if one.kind == "data"]
        return [*data, *(simulated[key] for key in keys if key in simulated)]

    def _published(self, workspace: Workspace, release: ReleaseName) -> list[Source]:
        files = self.published(workspace.profile)
        placed = list(zip(files, places(files, workspace.downloads), strict=True))
        recorded = (path for one, path in placed if one.kind == "data")
        luminosity = self.luminosity_of(release).fb
        sources = [Source.recorded(self.groups[DATA].label, release, recorded, luminosity)]
        for one, path in placed:
            if one.kind != "data":
                kind = self.groups[one.group].kind
                sample = self.open_data.samples[release, int(one.key)]
                sources.append(sample.at(path, one.collection, kind))
        return sources


def load_manifest(path: Path) -> Manifest:
    """Read and check the data manifest, of this path or in this folder, and its tables.

    Raises:
        InputError: Something is wrong; every problem is named with its line.
    """
    if path.is_dir():
        path = path / "data_manifest.yaml"
    file = LinedYaml(path)
    parts = {what: f"{what}s" for what in ("group", "profile", "release")}
    parts["luminosity"] = "luminosities"
    data = file.data if isinstance(file.data, dict) else {}
    names = {what: data.get(part) for what, part in parts.items()}
    context = {what: found if isinstance(found, dict) else {} for what, found in names.items()}
    manifest = file.fitted(Manifest, file.data, context)
    file.check()
    assert manifest is not None  # check raised otherwise
    manifest._path = path
    for place, text in [*_grid_problems(manifest), *_profile_problems(manifest)]:
        file.add(place, text)
    file.check()
    points = {name: one for grid in manifest.grids.values() for name, one in grid.samples().items()}
    manifest.samples.update(points)
    return manifest


def _grid_problems(manifest: Manifest) -> Iterator[tuple[Place, str]]:
    """Points of a grid whose names stand elsewhere too, and chosen ones that it hasn't."""
    seen = dict.fromkeys(manifest.samples, "samples")
    for key, grid in manifest.grids.items():
        names = grid.samples()
        for name in names:
            if name in seen:
                yield ("grids", key), f"its point {name!r} stands in {seen[name]} too"
            seen[name] = f"grids.{key}"
        for profile, chosen in grid.chosen.items():
            for point in chosen:
                if point not in names:
                    near = nearest(point, names)
                    place = ("grids", key, "chosen", profile, point)
                    yield place, f"unknown point {point!r}; the nearest known: {near}"


def _profile_problems(manifest: Manifest) -> Iterator[tuple[Place, str]]:
    """Collections and DSIDs of a profile that the release hasn't, or that stand twice."""
    for key, profile in manifest.profiles.items():
        if profile.release is None:
            continue
        name = str(profile.collection)
        collections = manifest.releases[profile.release].collections
        if name not in collections:
            text = f"unknown collection {name!r}; the nearest known: {nearest(name, collections)}"
            yield ("profiles", key, "collection"), text
        seen: dict[int, str] = {}
        for group, numbers in profile.samples.items():
            for index, dsid in enumerate(numbers):
                place: Place = ("profiles", key, "samples", group, index)
                sample = manifest.open_data.samples.get((profile.release, dsid))
                if sample is None:
                    near = manifest.open_data.nearest(profile.release, dsid)
                    yield place, f"unknown sample {dsid}; the nearest known: {near}"
                elif sample.group != group:
                    yield place, f"sample {dsid} belongs to {sample.group!r} in the samples' table"
                elif dsid in seen:
                    yield place, f"sample {dsid} stands twice, first in {seen[dsid]}"
                seen.setdefault(dsid, group)
