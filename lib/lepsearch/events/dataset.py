"""Skims as tables of events with physics weights, for one profile at one luminosity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lepsearch.data.manifest import Manifest, load_manifest
from lepsearch.data.schema import Group
from lepsearch.data.source import Source
from lepsearch.errors import InputError, nearest
from lepsearch.events.cutflow import Cutflow
from lepsearch.events.selection import region as known_region
from lepsearch.events.skim_info import SkimInfo, read_info, refuse_stale
from lepsearch.workspace import Workspace

__all__ = ("Dataset",)


@dataclass(frozen=True)
class Dataset:
    """The skims of one profile.

    Attributes:
        workspace: Where they lie.
        luminosity_fb: Luminosity that simulation is scaled to [1/fb].
    """

    workspace: Workspace
    luminosity_fb: float

    @classmethod
    def open(
        cls, profile: str, *, data: Path | None = None, luminosity_fb: float | None = None
    ) -> Dataset:
        """The skims of a profile.

        Args:
            profile: Name of the profile.
            data: Its folder of ntuples; ``$LEPSEARCH_DATA`` by default.
            luminosity_fb: Luminosity [1/fb]; the manifest's for the profile by default.

        Raises:
            InputError: The luminosity is not positive and finite.
            ManifestError: The manifest is wrong or has no such profile.
        """
        workspace = Workspace.find(profile, data)
        if luminosity_fb is None:
            luminosity_fb = load_manifest(workspace.manifest).luminosity_fb(workspace)
        if not 0 < luminosity_fb < math.inf:
            msg = f"luminosity_fb is {luminosity_fb}, expected a positive, finite number of 1/fb"
            raise InputError(msg)
        return cls(workspace, luminosity_fb)

    @cached_property
    def manifest(self) -> Manifest:
        """The data manifest."""
        return load_manifest(self.workspace.manifest)

    @property
    def groups(self) -> dict[str, Group]:
        """Process groups in stacking order."""
        return self.manifest.groups

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {source.name: source for source in self.manifest.sources(self.workspace)}

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the profile's samples, in the manifest's order."""
        return tuple(self._sources)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels of background groups, in stacking order, of signal and of data samples."""
        sources = self.manifest.sources(self.workspace)
        present = {source.group for source in sources if source.kind == "background"}
        groups = {key: group.label for key, group in self.groups.items() if key in present}
        return groups | {one.name: one.label for one in sources if one.kind != "background"}

    def info(self, region: str, sample: str) -> SkimInfo:
        """What a skim says of itself; its cutflow is in event weights.

        Raises:
            InputError: There is no such region, sample or skim.
            StaleError: The skim was made from other files than the sample's present ones, or the
                manifest says other things of it now.
        """
        known_region(region)
        if sample not in self.samples:
            msg = f"profile {self.workspace.profile!r} has no sample {sample!r}; "
            msg += f"there are {nearest(sample, self.samples)}"
            raise InputError(msg)
        info = read_info(self.workspace.skim(region, sample))
        refuse_stale(info, self._sources[sample], self.workspace)
        return info

    def infos(self, region: str) -> list[SkimInfo]:
        """What every sample's skim says of itself."""
        return [self.info(region, sample) for sample in self.samples]

    def _factor(self, info: SkimInfo) -> float:
        return 1.0 if info.kind == "data" else info.per_inverse_fb * self.luminosity_fb

    def cutflow(self, region: str, sample: str) -> Cutflow:
        """Counts after each cut, scaled to the luminosity."""
        info = self.info(region, sample)
        return info.cutflow.scaled(self._factor(info))

    def chosen(self, signals: Sequence[str]) -> tuple[str, ...]:
        """Data, backgrounds and those of the named signals that this profile has, in order.

        Raises:
            InputError: The manifest knows no such signal.
        """
        sources = self.manifest.sources(self.workspace)
        known = {source.name for source in sources}
        known.update(*(self.manifest.simulation(name) for name in self.manifest.profiles))
        for name in signals:
            if name not in known:
                msg = f"the manifest has no sample {name!r}; there are {nearest(name, known)}"
                raise InputError(msg)
        return tuple(one.name for one in sources if one.kind != "signal" or one.name in signals)

    def named(self, samples: Sequence[str] | None) -> tuple[str, ...]:
        """The samples to read: those that are named, or all of the profile for None.

        Raises:
            InputError: An empty list, or a sample named twice.
        """
        if samples is None:
            return self.samples
        if not samples:
            msg = "samples is empty: no sample named, expected one or more; leave it out for all"
            raise InputError(msg)
        for sample in samples:
            if list(samples).count(sample) > 1:
                msg = f"samples names {sample!r} twice, which would count its events twice; "
                msg += "name it once"
                raise InputError(msg)
        return tuple(samples)

    @property
    def observed(self) -> tuple[str, ...]:
        """Labels of the samples of recorded events."""
        sources = self.manifest.sources(self.workspace)
        return tuple(source.label for source in sources if source.kind == "data")

    def cutflows(self, region: str, samples: Sequence[str]) -> dict[str, Cutflow]:
        """Cutflows by label, scaled to the luminosity: backgrounds by group, the rest by sample."""
        flows: dict[str, Cutflow] = {}
        for sample in samples:
            info = self.info(region, sample)
            label = self.labels[info.group if info.kind == "background" else sample]
            flows[label] = flows.get(label, Cutflow()) + self.cutflow(region, sample)
        return flows

    def table(
        self,
        region: str,
        columns: Sequence[str] | None = None,
        *,
        samples: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Events of every sample.

        Args:
            region: Name of the region.
            columns: Features to read; all by default.
            samples: Samples to read; all by default.

        Returns:
            One row an event, with ``weight`` (expected events; 1 in data), ``sample``, ``group``
            and ``kind`` beside the features.

        Raises:
            InputError: A skim is missing or has no such column, or no sample or one twice is named.
        """
        return pd.concat(
            [
                self._finished(pq.read_table(path, columns=wanted), info)
                for path, wanted, info in self._skims(region, columns, samples)
            ],
            ignore_index=True,
        )

    def batches(
        self,
        region: str,
        columns: Sequence[str] | None = None,
        *,
        samples: Sequence[str] | None = None,
        rows: int = 100_000,
    ) -> Iterator[pd.DataFrame]:
        """The same events as :meth:`table`, in pieces of one sample and at most ``rows`` rows."""
        for path, wanted, info in self._skims(region, columns, samples):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=rows, columns=wanted):
                    yield self._finished(pa.Table.from_batches([batch]), info)

    def _skims(
        self, region: str, columns: Sequence[str] | None, samples: Sequence[str] | None
    ) -> list[tuple[Path, list[str] | None, SkimInfo]]:
        """Path, columns to read (None: all) and description of each skim, once all are known."""
        wanted = (
            None if columns is None else list(dict.fromkeys([*columns, "event", "event_weight"]))
        )
        skims = []
        for sample in self.named(samples):
            info = self.info(region, sample)
            path = self.workspace.skim(region, sample)
            present = pq.read_schema(path).names
            if "event_weight" in (columns or ()):
                msg = f"column 'event_weight' of {path} is given as 'weight', in expected events, "
                msg += "beside any columns: leave it out"
                raise InputError(msg)
            for column in columns or ():
                if column not in present:
                    msg = f"{path}: no column {column!r}; nearest are {nearest(column, present)}"
                    raise InputError(msg)
            skims.append((path, wanted, info))
        return skims

    def _finished(self, read: pa.Table, info: SkimInfo) -> pd.DataFrame:
        events: pd.DataFrame = read.to_pandas()
        events["weight"] = events.pop("event_weight") * self._factor(info)
        for name in ("sample", "group", "kind"):
            events[name] = getattr(info, name)
        return events

    def lacks(self, region: str) -> list[str]:
        """What this profile can't show in a region, in words; empty if nothing is missing."""
        infos = self.infos(region)
        missing = []
        for kind, words in (
            ("data", "recorded collisions"),
            ("background", "a simulated background"),
            ("signal", "a simulated signal"),
        ):
            of_kind = [info for info in infos if info.kind == kind]
            left = sum(info.cutflow.steps[-1].events for info in of_kind)
            if not of_kind:
                missing.append(f"no sample of {words}")
            elif not left:
                names = ", ".join(info.sample for info in of_kind)
                missing.append(f"no event of {words} left after the selection ({names})")
        return missing
