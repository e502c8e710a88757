"""Skims as the events that a classifier learns from, in memory or in a stream of batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from lepsearch.data.source import Source
from lepsearch.errors import InputError, nearest
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON, PAIR_KINDS
from lepsearch.events.selection import CHANNELS
from lepsearch.events.split import part_index, part_of
from lepsearch.learn.labelled import LearningSet, joined

__all__ = (
    "COUNTING",
    "COUNTS",
    "FULL",
    "NETWORK_FEATURES",
    "WITHOUT_JETS",
    "Channel",
    "LearningSet",
    "Origin",
    "Recipe",
    "learning_set",
    "recipe",
)

Channel = Literal["all", "ee", "mumu"]
REGION = "dilepton"
READ_BUFFER = 2**16  # bytes read of each column at a time
CACHED = 2**12  # events whose features the processor's cache holds


def _of_table(*tables: str) -> tuple[str, ...]:
    """Features of thesis B's tables, without those that it left out of its models."""
    return tuple(name for name, one in DILEPTON.items() if one.source in tables and not one.dropped)


WITHOUT_JETS = _of_table("4.2")  # no event lacks one of these
COUNTS = _of_table("5.1")
COUNTING = WITHOUT_JETS + COUNTS
FULL = _of_table("4.2", "4.3")  # with the jets, which events may lack
NETWORK_FEATURES = FULL


@dataclass(frozen=True)
class Origin:
    """A sample, as its events are read.

    Attributes:
        name: Its name.
        group: Its process group.
        process: Label of its process in figures.
        signal: Whether its events are signal.
        factor: Expected events per unit of event weight.
    """

    name: str
    group: str
    process: str
    signal: bool
    factor: float


@dataclass(frozen=True)
class Recipe:
    """Which events and features to read, and which are signal; made by :func:`recipe`.

    Attributes:
        dataset: The skims.
        names: Features.
        channel: ``all``, or opposite-sign pairs of electrons (``ee``) or of muons (``mumu``).
        origins: The samples.
    """

    dataset: Dataset
    names: tuple[str, ...]
    channel: Channel
    origins: tuple[Origin, ...]

    @property
    def columns(self) -> list[str]:
        """Columns to read from a skim."""
        extra = [] if self.channel == "all" else ["pair", "lep1flavour"]
        return list(dict.fromkeys([*self.names, "event", "event_weight", *extra]))

    def open(self, code: int) -> pq.ParquetFile:
        """The skim of a sample.

        Raises:
            InputError: It has no such column.
        """
        path = self.dataset.workspace.skim(REGION, self.origins[code].name)
        # what is buffered before it is asked for stays in memory until the last row is read
        file = pq.ParquetFile(path, buffer_size=READ_BUFFER, pre_buffer=False)
        present = file.schema_arrow.names
        for column in self.columns:
            if column not in present:
                msg = f"{path}: no column {column!r}; nearest are {nearest(column, present)}"
                raise InputError(msg)
        return file

    def rows(
        self, table: pa.Table | pa.RecordBatch, code: int, part: str | None = None
    ) -> LearningSet:
        """Events of one sample's skim, or of a batch of it, in its order.

        Args:
            table: The skim's columns.
            code: Which of the origins the sample is.
            part: The part whose events are wanted; all by default.
        """
        columns = {name: table.column(name).to_numpy(zero_copy_only=False) for name in self.columns}
        origin, event = self.origins[code], columns["event"].astype(np.uint64)
        columns["part"] = part_of(origin.name, event)
        passed = np.ones(len(event), dtype=bool)
        if part is not None:
            passed &= columns["part"] == part_index(part)
        if self.channel != "all":
            passed &= columns["pair"] == PAIR_KINDS.index("SFOS")
            passed &= columns["lep1flavour"] == CHANNELS[self.channel]
        if not passed.all():
            chosen = np.flatnonzero(passed)
            columns = {name: values.take(chosen) for name, values in columns.items()}
        event = columns["event"].astype(np.uint64)
        return LearningSet(
            features=_side_by_side([columns[name] for name in self.names]),
            names=self.names,
            label=np.full(len(event), origin.signal),
            weight=columns["event_weight"].astype(np.float64) * origin.factor,
            event=event,
            sample=np.full(len(event), code, dtype=np.int16),
            sample_names=tuple(one.name for one in self.origins),
            sample_groups=tuple(one.group for one in self.origins),
            processes=tuple(one.process for one in self.origins),
            part=columns["part"],
        )

    def read(self) -> LearningSet:
        """All events, in memory."""
        codes = range(len(self.origins))
        tables = (self.open(code).read(self.columns).combine_chunks() for code in codes)
        return joined([self.rows(table, code) for code, table in enumerate(tables)])


def _side_by_side(columns: Sequence[NDArray[np.generic]]) -> NDArray[np.float32]:
    """Columns of shape (n,) as an array of shape (n, k), by pieces that the cache holds."""
    features = np.empty((len(columns[0]), len(columns)), dtype=np.float32)
    for start in range(0, len(features), CACHED):
        rows = slice(start, start + CACHED)
        for i, column in enumerate(columns):
            features[rows, i] = column[rows]
    return features


def _named(dataset: Dataset, sources: Sequence[Source], names: Sequence[str]) -> set[str]:
    """Samples of the profile that names of samples or of groups stand for."""
    groups = {source.group for source in sources}
    samples = [name for name in names if name not in groups]
    dataset.chosen(samples)  # an error if the manifest knows no such sample
    return {one.name for one in sources if one.name in samples or one.group in names}


def recipe(
    dataset: Dataset,
    signals: Sequence[str],
    *,
    features: Sequence[str] = NETWORK_FEATURES,
    channel: Channel = "all",
    backgrounds: Sequence[str] | None = None,
) -> Recipe:
    """Which events to read; the arguments are those of :func:`learning_set`."""
    sources = [
        one for one in dataset.manifest.sources(dataset.workspace) if one.kind != "data"
    ]  # fmt: skip
    if channel not in ("all", *CHANNELS):
        msg = f"no channel {channel!r}; there are 'all', {', '.join(map(repr, CHANNELS))}"
        raise InputError(msg)
    signal = _named(dataset, sources, signals)
    if backgrounds is None:
        background = {one.name for one in sources if one.kind == "background"} - signal
    else:
        background = _named(dataset, sources, backgrounds)
    for what, found, asked in (
        ("signal", signal, signals),
        ("background", background, backgrounds),
    ):
        if not found:
            msg = f"profile {dataset.workspace.profile!r} has no {what} sample of {asked}; "
            msg += f"there are {[one.name for one in sources if one.kind == what]}"
            raise InputError(msg)
    if both := signal & background:
        msg = f"{sorted(both)} asked for as signal and as background; leave them out of one"
        raise InputError(msg)
    labels = dataset.labels
    origins = []
    for one in sources:
        if one.name in signal | background:
            info = dataset.info(REGION, one.name)
            process = labels[one.group if one.kind == "background" else one.name]
            factor = info.per_inverse_fb * dataset.luminosity_fb
            origins.append(Origin(one.name, one.group, process, one.name in signal, factor))
    return Recipe(dataset, tuple(features), channel, tuple(origins))


def learning_set(
    dataset: Dataset,
    signals: Sequence[str],
    *,
    features: Sequence[str] = NETWORK_FEATURES,
    channel: Channel = "all",
    backgrounds: Sequence[str] | None = None,
) -> LearningSet:
    """Simulated events of signals and backgrounds, in memory.

    A name may be a sample's or a group's, which stands for all samples of the group that the
    profile has; a group of backgrounds may be the signal (then it is no background).

    Args:
        dataset: The skims.
        signals: Samples or groups whose events are labelled signal. Those that the manifest knows
            and the profile lacks are left out.
        features: Columns of the skims.
        channel: ``all``, or opposite-sign pairs of electrons (``ee``) or of muons (``mumu``).
        backgrounds: Samples or groups; by default all backgrounds that are no signal.

    Raises:
        InputError: A name or a feature is unknown, or no sample of signal or background is left.
    """
    return recipe(
        dataset, signals, features=features, channel=channel, backgrounds=backgrounds
    ).read()
