"""Skims as tables of events with physics weights, for one profile at one luminosity."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lepsearch.data.manifest import Manifest, load_manifest
from lepsearch.data.source import Source
from lepsearch.errors import InputError, one_of
from lepsearch.events.selection import REGIONS, Cutflow
from lepsearch.events.skim_info import SkimInfo, read_info, refuse_stale
from lepsearch.workspace import Workspace

__all__ = ("Dataset",)

READ_BUFFER = 2**16  # bytes read of each column at a time
LARGEST = 2**36  # entries that a sample may have


@dataclass(frozen=True)
class Dataset:
    """The skims of one profile, and the only way to read them."""

    workspace: Workspace  # where they lie
    luminosity_fb: float  # luminosity that simulation is scaled to [1/fb]
    # column of the skims and what its values multiply the weights of simulation by
    factor: tuple[str, Callable[[NDArray[Any]], NDArray[np.float64]]] | None = None
    # what multiplies all weights of a simulated sample, by name; 1 of those not named
    shares: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        profile: str | None = None,
        *,
        data: Path | str | None = None,
        root: Path | str | None = None,
        luminosity_fb: float | None = None,
    ) -> Self:
        """Find the skims of a profile.

        Its folder of ntuples is ``$LEPSEARCH_DATA`` by default, the folder that has ``build/``
        the project's around the working directory (see :func:`lepsearch.workspace.project_root`),
        the luminosity [1/fb] the manifest's for the profile.

        Raises:
            InputError: The luminosity is not positive and finite, or the manifest is wrong or has
                no such profile.
        """
        workspace = Workspace.find(profile, data, root)
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

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The profile's samples, by name, in the manifest's order."""
        return {source.name: source for source in self.manifest.sources(self.workspace)}

    def at(self, workspace: Workspace) -> Self:
        """The same samples with their skims in another workspace."""
        made = replace(self, workspace=workspace)
        vars(made).update(manifest=self.manifest, sources=self.sources)  # not read again
        return made

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the profile's samples, in the manifest's order."""
        return tuple(self.sources)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels of background groups, in stacking order, of signal and of data samples."""
        sources = self.sources.values()
        stacked = {source.group for source in sources if source.kind == "background"}
        groups = self.manifest.groups.items()
        labels = {key: group.label for key, group in groups if key in stacked}
        return labels | {one.name: one.label for one in sources if one.kind != "background"}

    @property
    def observed(self) -> tuple[str, ...]:
        """Labels of the samples of recorded events."""
        return tuple(one.label for one in self.sources.values() if one.kind == "data")

    def chosen(self, signals: Sequence[str]) -> tuple[str, ...]:
        """Name data, backgrounds and those of the given signals that this profile has, in order.

        Raises:
            InputError: The manifest knows no such signal.
        """
        known = set(self.sources)
        known.update(*(self.manifest.simulation(name) for name in self.manifest.profiles))
        for name in signals:
            one_of("sample", name, known)
        every = self.sources.values()
        return tuple(one.name for one in every if one.kind != "signal" or one.name in signals)

    def named(self, samples: Sequence[str] | None) -> tuple[str, ...]:
        """Name the samples to read: the given ones, or all of the profile for None.

        Raises:
            InputError: An empty list, or a sample named twice, whose events would count twice.
        """
        names = self.samples if samples is None else tuple(samples)
        repeated = next((name for name in names if names.count(name) > 1), None)
        if not names or repeated:
            found = f"names {repeated!r} twice" if repeated else "is empty: no sample named"
            msg = f"samples {found}, expected each sample once; leave it out for all"
            raise InputError(msg)
        return names

    def info(self, region: str, sample: str) -> SkimInfo:
        """Read what a skim says of itself; its cutflow is in event weights.

        Raises:
            InputError: There is no such region, sample or skim.
            StaleError: The skim was made from other files than the sample's present ones, or the
                manifest says other things of it now.
        """
        source = self.sources[one_of("sample", sample, self.sources)]
        path = self.workspace.skim(one_of("region", region, REGIONS), sample)
        info = read_info(path, self.workspace.call)
        refuse_stale(info, source, self.workspace)
        return info

    def infos(self, region: str) -> list[SkimInfo]:
        """Read what every sample's skim says of itself."""
        return [self.info(region, sample) for sample in self.samples]

    def _factor(self, info: SkimInfo) -> float:
        if info.kind == "data":
            return 1.0
        return info.per_inverse_fb * self.luminosity_fb * self.shares.get(info.sample, 1.0)

    def cutflow(self, region: str, sample: str) -> Cutflow:
        """Counts after each cut, scaled to the luminosity."""
        info = self.info(region, sample)
        return info.cutflow.scaled(self._factor(info))

    def cutflows(self, region: str, samples: Sequence[str]) -> pd.DataFrame:
        """Yields after each cut, scaled to the luminosity.

        Returns:
            Estimates: a row for each cut, a column for each label; backgrounds are together by
            group, signals and data by sample.
        """
        flows: dict[str, Cutflow] = {}
        for sample in samples:
            source = self.sources[sample]
            label = self.labels[source.group if source.kind == "background" else sample]
            flows[label] = flows.get(label, Cutflow()) + self.cutflow(region, sample)
        return pd.DataFrame({label: flow.table()["yield"] for label, flow in flows.items()})

    def lacks(self, region: str) -> list[str]:
        """What this profile can't show in a region, in words; empty if nothing is missing."""
        infos, missing = self.infos(region), []
        kinds = {kind: f"a simulated {kind}" for kind in ("background", "signal")}
        for kind, words in ({"data": "recorded collisions"} | kinds).items():
            left = {one.sample: one.cutflow.steps[-1].events for one in infos if one.kind == kind}
            if not left:
                missing.append(f"no sample of {words}")
            elif not any(left.values()):
                missing.append(f"no event of {words} left after the selection ({', '.join(left)})")
        return missing

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
        """Read the events of a region: all features of all samples by default.

        Returns:
            One row an event, with ``run``, ``event``, ``weight`` (expected events; 1 in data),
            ``sample``, ``group``, ``kind`` and ``original`` beside the features. Rows with the same
            ``original`` are copies of one event: of one sample, run (or campaign) and number.

        Raises:
            InputError: A skim is missing or has no such column, or no sample or one twice is named.
        """
        tables = []
        for info, wanted in self._skims(region, columns, samples):
            read = pq.read_table(self.workspace.skim(region, info.sample), columns=wanted)
            tables.append(self._events(read, info))
        return pd.concat(tables, ignore_index=True)

    def reweighed(self, events: pd.DataFrame) -> pd.DataFrame:
        """Events read without the factor and the shares of this dataset, with them."""
        factors = events["sample"].map(self.shares).fillna(1.0).to_numpy(float)
        if self.factor:
            column, factor = self.factor
            factors = factors * factor(events[column].to_numpy())
        simulated = events["kind"] != "data"
        return events.assign(weight=events["weight"] * np.where(simulated, factors, 1.0))

    def batches(
        self,
        region: str,
        columns: Sequence[str] | None = None,
        *,
        samples: Sequence[str] | None = None,
        rows: int = 100_000,
    ) -> Iterator[pd.DataFrame]:
        """Read the same events in pieces of one sample and at most ``rows`` rows.

        Copies of an event may stand in two pieces.
        """
        for info, wanted in self._skims(region, columns, samples):
            # what is buffered before it is asked for stays in memory until the last row is read
            path = self.workspace.skim(region, info.sample)
            with pq.ParquetFile(path, buffer_size=READ_BUFFER, pre_buffer=False) as file:
                for batch in file.iter_batches(rows, columns=wanted, use_threads=False):
                    yield self._events(batch, info)

    def _skims(
        self, region: str, columns: Sequence[str] | None, samples: Sequence[str] | None
    ) -> list[tuple[SkimInfo, list[str] | None]]:
        """Description of each skim and columns to read (None: all), once all are known."""
        wanted = None
        if columns is not None:
            if "event_weight" in columns:
                msg = "column 'event_weight' is given as 'weight', in expected events, beside any "
                msg += "columns: leave it out"
                raise InputError(msg)
            more = ["run", "event", "original", "event_weight", *(self.factor or ())[:1]]
            wanted = list(dict.fromkeys([*columns, *more]))
        infos = [self.info(region, sample) for sample in self.named(samples)]
        recorded = [one.sample for one in infos if one.kind == "data"]
        _refuse_shared({one: self.workspace.skim(region, one) for one in recorded})
        for path in (self.workspace.skim(region, info.sample) for info in infos if wanted):
            present = pq.read_schema(path).names
            for column in wanted or ():
                one_of(f"column of {path}", column, present)
        return [(info, wanted) for info in infos]

    def _events(self, read: pa.Table | pa.RecordBatch, info: SkimInfo) -> pd.DataFrame:
        """Weigh some of a skim in expected events, and say what they are."""
        # what identifies an event in its sample becomes what does in all
        original = pc.add(read["original"], self.samples.index(info.sample) * LARGEST)
        weight = pc.multiply(read["event_weight"], self._factor(info))
        if self.factor and info.kind != "data":
            column, factor = self.factor
            weight = pc.multiply(weight, pa.array(factor(np.asarray(read[column]))))
        left = read.drop_columns(["event_weight", "original"])
        weighted = left.append_column("original", original).append_column("weight", weight)
        events: pd.DataFrame = weighted.to_pandas()
        return events.assign(sample=info.sample, group=info.group, kind=info.kind)


def _refuse_shared(skims: Mapping[str, Path]) -> None:
    """Raise an ``InputError`` for a recorded event that stands in two samples' skims."""
    if len(skims) < 2:
        return
    read = {name: pd.read_parquet(path, columns=["run", "event"]) for name, path in skims.items()}
    joined = pd.concat(read)
    if joined.duplicated().any():
        event = joined[joined.duplicated()].iloc[0]
        first, second = joined[(joined == event).all(axis=1)].index.get_level_values(0)[:2]
        msg = f"event {event['event']} of run {event['run']} stands in the recorded samples "
        msg += f"{first!r} and {second!r}, and would count twice; take into the second only what "
        raise InputError(msg + "the trigger of the first has not chosen")
