"""Skims as the events that a model learns from: in memory, or on disk where memory is too small.

More events than memory holds are stored once as arrays that the system reads when they are asked
for, and trained on in batches::

    events = stored(dataset, signals, folder, part="train")
    networks.train_stream(network, lambda seed: batches(events, 2**14, seed), validation)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lepsearch.data.source import Source
from lepsearch.errors import InputError, one_of
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON, PAIR_KINDS
from lepsearch.events.selection import CHANNELS
from lepsearch.events.split import part_index, part_of
from lepsearch.learn.labelled import PER_EVENT, LearningSet, joined

__all__ = (
    "COUNTING",
    "COUNTS",
    "FULL",
    "WITHOUT_JETS",
    "Channel",
    "LearningSet",
    "batches",
    "learning_set",
    "stored",
)

Channel = Literal["all", "ee", "mumu"]
BUFFER = 2**18  # events shuffled together
CACHED = 2**12  # events whose features the processor's cache holds


def _of_table(*tables: str) -> tuple[str, ...]:
    """Features of thesis B's tables, without those that it left out of its models."""
    return tuple(name for name, one in DILEPTON.items() if one.source in tables and not one.dropped)


WITHOUT_JETS = _of_table("4.2")  # no event lacks one of these
COUNTS = _of_table("5.1")
COUNTING = WITHOUT_JETS + COUNTS
FULL = _of_table("4.2", "4.3")  # with the jets, which events may lack


@dataclass(frozen=True)
class _Recipe:
    """Which events and features to read, and which are signal; arguments of :func:`learning_set`.

    The sources are the samples, each with whether it is signal.
    """

    dataset: Dataset
    region: str
    names: tuple[str, ...]
    channel: Channel
    sources: tuple[tuple[Source, bool], ...]

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        signals: Sequence[str],
        *,
        features: Sequence[str] = FULL,
        channel: Channel = "all",
        backgrounds: Sequence[str] | None = None,
        region: str = "dilepton",
    ) -> _Recipe:
        """Find the samples."""
        sources = [one for one in dataset.manifest.sources(dataset.workspace) if one.kind != "data"]
        one_of("channel", channel, ("all", *CHANNELS))
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
        chosen = [(one, one.name in signal) for one in sources if one.name in signal | background]
        return cls(dataset, region, tuple(features), channel, tuple(chosen))

    def read(self, code: int, rows: int, part: str | None = None) -> Iterator[LearningSet]:
        """Events of the source of that code, or of a part, some rows of the skim at a time."""
        extra = () if self.channel == "all" else ("pair", "lep1flavour")
        columns = list(dict.fromkeys([*self.names, *extra]))
        name = self.sources[code][0].name
        for batch in self.dataset.arrow(self.region, name, columns, rows=rows):
            yield self._labelled(batch, code, part)

    def _labelled(self, batch: pa.RecordBatch, code: int, part: str | None) -> LearningSet:
        columns = {
            name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names
        }
        source, signal = self.sources[code]
        columns["part"] = part_of(source.name, columns["event"].astype(np.uint64))
        passed = np.ones(batch.num_rows, dtype=bool)
        if part is not None:
            passed &= columns["part"] == part_index(part)
        if self.channel != "all":
            passed &= columns["pair"] == PAIR_KINDS.index("SFOS")
            passed &= columns["lep1flavour"] == CHANNELS[self.channel]
        if not passed.all():
            chosen = np.flatnonzero(passed)
            columns = {name: values.take(chosen) for name, values in columns.items()}
        labels, n = self.dataset.labels, len(columns["event"])
        return LearningSet(
            features=_side_by_side([columns[name] for name in self.names]),
            names=self.names,
            label=np.full(n, signal),
            weight=columns["weight"].astype(np.float64),
            event=columns["event"].astype(np.uint64),
            sample=np.full(n, code, dtype=np.int16),
            sample_names=tuple(one.name for one, _ in self.sources),
            sample_groups=tuple(one.group for one, _ in self.sources),
            processes=tuple(
                labels[one.group if one.kind == "background" else one.name]
                for one, _ in self.sources
            ),
            part=columns["part"],
        )


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


def learning_set(
    dataset: Dataset,
    signals: Sequence[str],
    *,
    features: Sequence[str] = FULL,
    channel: Channel = "all",
    backgrounds: Sequence[str] | None = None,
    region: str = "dilepton",
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
        region: Region of the skims.

    Raises:
        InputError: A name or a feature is unknown, or no sample of signal or background is left.
    """
    recipe = _Recipe.of(
        dataset, signals, features=features, channel=channel, backgrounds=backgrounds, region=region
    )
    codes = range(len(recipe.sources))
    return joined([one for code in codes for one in recipe.read(code, rows=BUFFER)])


def stored(
    dataset: Dataset,
    signals: Sequence[str],
    folder: Path,
    *,
    part: str,
    buffer: int = BUFFER,
    **options: Any,
) -> LearningSet:
    """The events of a part on disk, some 100 bytes each, as arrays that are read when asked for.

    The samples stand side by side: any piece of the size of the buffer has of each its share.
    Memory while storing is a few times the buffer.

    Args:
        dataset, signals: As of :func:`learning_set`.
        folder: Where the arrays are written; they are not removed.
        part: The part.
        buffer: Rows of the skims that are read together.
        **options: ``features``, ``channel``, ``backgrounds`` and ``region``, as there.

    Returns:
        The events, with the weights of the part.

    Raises:
        InputError: As by ``learning_set``, or there is no such part.
    """
    recipe = _Recipe.of(dataset, signals, **options)
    rows = [dataset.rows(recipe.region, one.name) for one, _ in recipe.sources]
    pieces = max(1, -(-sum(rows) // buffer))
    readers = [recipe.read(code, max(1, -(-n // pieces)), part) for code, n in enumerate(rows)]
    folder.mkdir(parents=True, exist_ok=True)
    paths, blocks = {name: folder / f"{part}_{name}" for name in PER_EVENT}, []
    with ExitStack() as stack:
        files = {name: stack.enter_context(path.open("wb")) for name, path in paths.items()}
        while read := [one for reader in readers if (one := next(reader, None)) is not None]:
            block = joined(read).of(part)
            for name, file in files.items():
                getattr(block, name).tofile(file)
            blocks.append((len(block), block.take(np.zeros(0, dtype=np.int64))))
    total, empty = sum(size for size, _ in blocks), blocks[0][1]
    if not total:
        return empty
    arrays = {
        name: np.memmap(path, getattr(empty, name).dtype, mode="r").reshape(total, -1)
        for name, path in paths.items()
    }
    shaped: dict[str, Any] = {
        name: one if name == "features" else one[:, 0] for name, one in arrays.items()
    }
    return replace(empty, **shaped)


def batches(
    events: LearningSet, batch_size: int, seed: int, *, buffer: int = BUFFER
) -> Iterator[LearningSet]:
    """Events, stored or in memory, in batches of one size but the last, in the order of a seed.

    A buffer of events, in whole batches, is read and shuffled together.

    Raises:
        InputError: The size is not positive.
    """
    if batch_size < 1:
        msg = f"batch_size is {batch_size}, expected a positive number of events"
        raise InputError(msg)
    random, size = np.random.default_rng(seed), max(1, buffer // batch_size) * batch_size
    for start in range(0, len(events), size):
        block = events.take(np.arange(start, min(start + size, len(events))))
        order = random.permutation(len(block))
        for first in range(0, len(block), batch_size):
            yield block.take(order[first : first + batch_size])
