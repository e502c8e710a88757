"""Skims as tables of events with physics weights, for one profile at one luminosity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
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

READ_BUFFER = 2**16  # bytes read of each column at a time


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
            InputError: The manifest is wrong or has no such profile.
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

    def cutflows(self, region: str, samples: Sequence[str]) -> pd.DataFrame:
        """Yields after each cut, scaled to the luminosity.

        Returns:
            Estimates: a row for each cut, a column for each label; backgrounds are together by
            group, signals and data by sample.
        """
        flows: dict[str, Cutflow] = {}
        for sample in samples:
            info = self.info(region, sample)
            label = self.labels[info.group if info.kind == "background" else sample]
            flows[label] = flows.get(label, Cutflow()) + self.cutflow(region, sample)
        return pd.DataFrame({label: flow.table()["yield"] for label, flow in flows.items()})

    def rows(self, region: str, sample: str) -> int:
        """Number of rows of a skim; each copy of an event has its own."""
        self.info(region, sample)
        return int(pq.read_metadata(self.workspace.skim(region, sample)).num_rows)

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
            One row an event, with ``event``, ``weight`` (expected events; 1 in data), ``sample``,
            ``group``, ``kind`` and ``original`` beside the features. Rows with the same
            ``original`` are copies of one event; its numbers are those of
            ``estimate.original_events`` of the whole table.

        Raises:
            InputError: A skim is missing or has no such column, or no sample or one twice is named.
        """
        frames, first = {}, 0
        for name, wanted, info in self._skims(region, columns, samples):
            read = pq.read_table(self.workspace.skim(region, name), columns=wanted)
            frames[name] = self._labelled(self._weighted(read, info), info)
        for name in sorted(frames):
            numbers, place = np.unique(frames[name]["event"], return_inverse=True)
            frames[name]["original"] = first + place
            first += len(numbers)
        return pd.concat(frames.values(), ignore_index=True)

    def batches(
        self,
        region: str,
        columns: Sequence[str] | None = None,
        *,
        samples: Sequence[str] | None = None,
        rows: int = 100_000,
    ) -> Iterator[pd.DataFrame]:
        """Read the same events in pieces of one sample and at most ``rows`` rows.

        There is no ``original``: copies of an event may stand in two pieces.
        """
        for name, wanted, info in self._skims(region, columns, samples):
            for batch in self._arrow(region, name, wanted, info, rows):
                yield self._labelled(batch, info)

    def arrow(
        self, region: str, sample: str, columns: Sequence[str], *, rows: int = 100_000
    ) -> Iterator[pa.RecordBatch]:
        """Read one sample in pieces with these columns, ``event`` and ``weight``; nothing copied.

        Raises:
            InputError: As by :meth:`table`, before the first piece is read.
        """
        ((name, wanted, info),) = self._skims(region, columns, [sample])
        return self._arrow(region, name, wanted, info, rows)

    def _arrow(
        self, region: str, sample: str, wanted: list[str] | None, info: SkimInfo, rows: int
    ) -> Iterator[pa.RecordBatch]:
        # what is buffered before it is asked for stays in memory until the last row is read
        path = self.workspace.skim(region, sample)
        with pq.ParquetFile(path, buffer_size=READ_BUFFER, pre_buffer=False) as file:
            for batch in file.iter_batches(rows, columns=wanted, use_threads=False):
                yield self._weighted(batch, info)

    def _skims(
        self, region: str, columns: Sequence[str] | None, samples: Sequence[str] | None
    ) -> list[tuple[str, list[str] | None, SkimInfo]]:
        """Name, columns to read (None: all) and description of each skim, once all are known."""
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
            wanted = None if columns is None else [*columns, "event", "event_weight"]
            skims.append((sample, wanted and list(dict.fromkeys(wanted)), info))
        return skims

    def _weighted(self, read: Any, info: SkimInfo) -> Any:
        """The same events with weights in expected events."""
        weight = pc.multiply(read["event_weight"], self._factor(info))
        return read.drop_columns("event_weight").append_column("weight", weight)

    @staticmethod
    def _labelled(read: pa.Table | pa.RecordBatch, info: SkimInfo) -> pd.DataFrame:
        events: pd.DataFrame = read.to_pandas()
        return events.assign(sample=info.sample, group=info.group, kind=info.kind)

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
