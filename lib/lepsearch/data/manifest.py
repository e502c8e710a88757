"""The typed data manifest: samples, cross sections, luminosities and files of every profile.

When the manifest and an ntuple disagree, the manifest wins: a cross section or a sum of weights
that is stated in ``data_manifest.yaml``, in ``open_data/samples.csv`` or in a folder's
``samples.yaml`` replaces the file's ``XSection`` or ``SumWeights``. Where none is stated (``None``
in :class:`Source`) the file's own value is taken. The skim reports every disagreement of more than
one in a thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr, StringConstraints

from lepsearch.data.folder import DATA, Catalogue, LocalData, discover
from lepsearch.data.lined_yaml import Place, Problem, Strict, fail, read
from lepsearch.data.opendata import OpenData
from lepsearch.data.opendata_tables import Known, load_open_data
from lepsearch.data.schema import (
    Group,
    InnerPath,
    Key,
    Luminosity,
    Profile,
    Release,
    SimulatedSample,
)
from lepsearch.data.signal_grid import Grid, grid_problems, grid_samples
from lepsearch.data.source import ReleaseName, Simulation, Source
from lepsearch.errors import ManifestError, nearest
from lepsearch.files import sha256
from lepsearch.workspace import Workspace

__all__ = ("Manifest", "Simulation", "Source", "load_manifest")

MADE_RELEASE: ReleaseName = "2020"  # what lepsearch.simulate writes


class Tables(Strict):
    """Where the open data's tables lie, relative to the manifest, and what they were made from."""

    samples: InnerPath
    files: InnerPath
    sources: dict[str, str]


class Manifest(Strict):
    """All of ``data_manifest.yaml``.

    Attributes:
        tables: The open data's tables.
        luminosities: Each integrated luminosity, once.
        groups: Groups of samples in the order of stacking.
        samples: What is simulated here, the points of the grids among them.
        grids: Samples that differ by parameters only.
        releases: What is published.
        profiles: What a chapter can run on.
    """

    tables: Tables
    luminosities: dict[str, Luminosity]
    groups: dict[Key, Group]
    samples: dict[Key, SimulatedSample]
    grids: dict[Key, Grid] = Field(default_factory=dict)
    releases: dict[Annotated[str, StringConstraints(pattern="^(2020|2025)$")], Release]
    profiles: dict[str, Profile]
    _path: Path = PrivateAttr(default_factory=Path)

    @cached_property
    def open_data(self) -> OpenData:
        """The tables of the releases' samples and files; read once."""
        _, samples, files = self.paths
        known = Known(self.releases, self.groups, self.tables.sources)
        return load_open_data(samples, files, known)

    @property
    def paths(self) -> tuple[Path, Path, Path]:
        """The files that it was read from: the manifest, the samples' and the files' table."""
        folder = self._path.parent
        return self._path, folder / self.tables.samples, folder / self.tables.files

    @cached_property
    def digest(self) -> str:
        """Checksum of the manifest and its tables, for a made file's provenance."""
        return hashlib.sha256("".join(map(sha256, self.paths)).encode()).hexdigest()

    def profile(self, name: str) -> Profile:
        """The profile of a name.

        Raises:
            ManifestError: There is none.
        """
        if name not in self.profiles:
            msg = f"unknown profile {name!r}; the nearest known: {nearest(name, self.profiles)}"
            raise ManifestError(msg)
        return self.profiles[name]

    def sources(self, workspace: Workspace, *, collection: str | None = None) -> list[Source]:
        """The samples of a workspace's profile, data first.

        Args:
            workspace: Names the profile and the places.
            collection: Which collection of the release to take instead of the profile's.

        Raises:
            ManifestError: There is no such profile or collection, or a folder's files are unclear.
        """
        profile = self.profile(workspace.profile)
        if profile.input == "simulated":
            return [self._made(workspace, name) for name in self.simulation(workspace.profile)]
        if profile.input == "folder":
            return list(self._local(workspace).sources)
        return self._published(workspace, profile, collection or str(profile.collection))

    def luminosity_fb(self, workspace: Workspace | str) -> float:
        """The luminosity that a profile's simulation is normalised to [1/fb].

        Args:
            workspace: The workspace; the name of the profile is enough unless it is ``local``,
                where the luminosity is that of the data in the folder.
        """
        name = workspace if isinstance(workspace, str) else workspace.profile
        profile = self.profile(name)
        if profile.input == "folder":
            if isinstance(workspace, str):
                msg = f"the luminosity of profile {name!r} depends on the folder of ntuples"
                raise ManifestError(msg)
            return self._local(workspace).luminosity_fb
        key = profile.luminosity
        if profile.release:
            key = self.releases[profile.release].luminosity
        return self.luminosities[str(key)].fb

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
        )

    def _local(self, workspace: Workspace) -> LocalData:
        if workspace.data is None:
            msg = "profile 'local' needs a folder of ntuples: name it, or set LEPSEARCH_DATA"
            raise ManifestError(msg)
        if not workspace.data.is_dir():
            msg = f"{workspace.data}: is no folder; name the folder of your ntuples"
            raise ManifestError(msg)
        by_release = {
            str(name): self.luminosities[release.luminosity]
            for name, release in self.releases.items()
        }
        return discover(workspace.data, Catalogue(self.groups, self.open_data, by_release))

    def _published(self, workspace: Workspace, profile: Profile, collection: str) -> list[Source]:
        name = profile.release or MADE_RELEASE
        release = self.releases[name]
        if collection not in release.collections:
            near = nearest(collection, release.collections)
            msg = f"release {name} has no collection {collection!r}; the nearest: {near}"
            raise ManifestError(msg)
        files = self.open_data.in_collection(name, collection)
        data = Source(
            name=DATA,
            label=self.groups[DATA].label,
            group=DATA,
            kind="data",
            release=name,
            files=tuple(
                workspace.downloads / one.path for one in files.values() if one.kind == "data"
            ),
            luminosity_fb=self.luminosities[release.luminosity].fb,
        )
        simulated = []
        for dsid in (number for numbers in profile.samples.values() for number in numbers):
            if str(dsid) in files:  # else the collection holds none of its events
                sample = self.open_data.samples[name, dsid]
                kind = self.groups[sample.group].kind
                path = workspace.downloads / files[str(dsid)].path
                simulated.append(sample.at(path, collection, name, kind))
        return [data, *simulated]


def load_manifest(path: Path) -> Manifest:
    """Read and check the data manifest and its tables.

    Args:
        path: ``data_manifest.yaml``, or the project folder that holds it.

    Returns:
        The manifest.

    Raises:
        ManifestError: Something is wrong; every problem is named with its line.
    """
    if path.is_dir():
        path = path / "data_manifest.yaml"
    manifest, lines = read(path, Manifest)
    known = (manifest.samples, manifest.groups, manifest.profiles)
    fail(path, lines, grid_problems(manifest.grids, *known))
    samples = {**manifest.samples, **grid_samples(manifest.grids)}
    manifest = manifest.model_copy(update={"samples": samples})
    manifest._path = path
    fail(path, lines, _unknown_names(manifest))
    fail(path, lines, _unknown_samples(manifest))
    return manifest


def _unknown_names(manifest: Manifest) -> list[Problem]:
    """Names of groups, luminosities, profiles and collections that nothing has."""
    problems: list[Problem] = []

    def check(place: Place, name: str, known: Mapping[str, object], what: str) -> None:
        if name not in known:
            near = nearest(name, known)
            problems.append((place, f"unknown {what} {name!r}; the nearest known: {near}"))

    if DATA not in manifest.groups:
        problems.append((("groups",), f"the group {DATA!r} is missing"))
    for key, sample in manifest.samples.items():
        check(("samples", key, "group"), sample.group, manifest.groups, "group")
        for name in sample.events:
            check(("samples", key, "events", name), name, manifest.profiles, "profile")
    for key, release in manifest.releases.items():
        place: Place = ("releases", key, "luminosity")
        check(place, release.luminosity, manifest.luminosities, "luminosity")
    for key, profile in manifest.profiles.items():
        if profile.luminosity:
            place = ("profiles", key, "luminosity")
            check(place, profile.luminosity, manifest.luminosities, "luminosity")
        for group in profile.samples:
            check(("profiles", key, "samples", group), group, manifest.groups, "group")
        if profile.release:
            check(("profiles", key, "release"), profile.release, manifest.releases, "release")
            if profile.release in manifest.releases:
                known = manifest.releases[profile.release].collections
                place = ("profiles", key, "collection")
                check(place, str(profile.collection), known, "collection")
    return problems


def _unknown_samples(manifest: Manifest) -> list[Problem]:
    """DSIDs of a profile that the release's table hasn't, or that stand twice."""
    problems: list[Problem] = []
    for key, profile in manifest.profiles.items():
        seen: dict[int, str] = {}
        for group, numbers in profile.samples.items():
            for index, dsid in enumerate(numbers):
                place: Place = ("profiles", key, "samples", group, index)
                sample = manifest.open_data.sample(str(profile.release), dsid)
                if sample is None:
                    near = manifest.open_data.nearest(str(profile.release), dsid)
                    problems.append((place, f"unknown sample {dsid}; the nearest known: {near}"))
                elif sample.group != group:
                    text = f"sample {dsid} belongs to {sample.group!r} in the table of samples"
                    problems.append((place, text))
                elif dsid in seen:
                    problems.append((place, f"sample {dsid} stands twice, first in {seen[dsid]}"))
                seen.setdefault(dsid, group)
    return problems
