"""Skims as a stream of batches, for more events than memory holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.learn.labelled import PER_EVENT, LearningSet, joined
from lepsearch.learn.learning import NETWORK_FEATURES, Channel, Recipe, recipe
from lepsearch.parallel import ahead

__all__ = ("replayed_stream", "stream")

BUFFER = 2**18  # events shuffled together


def stream(
    dataset: Dataset,
    signals: Sequence[str],
    *,
    part: str,
    batch_size: int,
    buffer: int = BUFFER,
    seed: int = 1,
    features: Sequence[str] = NETWORK_FEATURES,
    channel: Channel = "all",
    backgrounds: Sequence[str] | None = None,
) -> Iterator[LearningSet]:
    """The events of ``learning_set(...).of(part)``, in batches read one after another.

    The skims are read side by side, so that each buffer has of every sample its share; it is
    shuffled and cut into batches. Memory is a few times the buffer and a batch.

    Args:
        dataset: The skims.
        signals: As of :func:`learning.learning_set`, like ``features``, ``channel`` and
            ``backgrounds``.
        part: The part.
        batch_size: Events in each batch but the last.
        buffer: Rows of the skims read and shuffled together.
        seed: Of the shuffling.

    Yields:
        Batches, with the weights of the part.

    Raises:
        InputError: As by ``learning_set``, or a size is not positive.
    """
    chosen = recipe(dataset, signals, features=features, channel=channel, backgrounds=backgrounds)
    _check(batch_size, buffer)
    yield from _batches(_blocks(chosen, part, buffer), part, batch_size, seed)


@contextmanager
def replayed_stream(
    dataset: Dataset,
    signals: Sequence[str],
    *,
    part: str,
    batch_size: int,
    buffer: int = BUFFER,
    features: Sequence[str] = NETWORK_FEATURES,
    channel: Channel = "all",
    backgrounds: Sequence[str] | None = None,
) -> Iterator[Callable[[int], Iterator[LearningSet]]]:
    """:func:`stream` for many passes, as training makes them: only the first decodes the skims.

    What it finds goes to a temporary folder beside the skims as it is in memory, some 100 bytes an
    event, which later passes read at several times the speed. The folder is gone after the block.

    Args:
        dataset, signals, part, batch_size, buffer, features, channel, backgrounds: As of
            :func:`stream`.

    Yields:
        A function that gives the batches of a pass in the order of a seed, as ``stream`` does;
        the first pass has to end before another begins.

    Raises:
        InputError: As by ``stream``.
    """
    chosen = recipe(dataset, signals, features=features, channel=channel, backgrounds=backgrounds)
    _check(batch_size, buffer)
    with TemporaryDirectory(dir=dataset.workspace.build, prefix="stream-") as folder:
        kept = _Kept(Path(folder))

        def batches(seed: int) -> Iterator[LearningSet]:
            blocks = kept.read() if kept.blocks else kept.write(_blocks(chosen, part, buffer))
            return _batches(blocks, part, batch_size, seed)

        yield batches


class _Kept:
    """Blocks of events on disk, a file each with one array after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # once all are there: what each has besides its arrays, and its file
        self.blocks: list[tuple[LearningSet, Path]] = []

    def write(self, blocks: Iterator[list[LearningSet]]) -> Iterator[list[LearningSet]]:
        """The blocks themselves, each after it is stored."""
        written = []
        for number, block in enumerate(blocks):
            events, path = joined(block), self.folder / f"{number}.npy"
            with path.open("wb") as file:
                for name in PER_EVENT:
                    np.save(file, getattr(events, name))
            written.append((events.take(np.zeros(0, dtype=np.int64)), path))
            yield [events]
        self.blocks = written

    def read(self) -> Iterator[list[LearningSet]]:
        """What was stored, in the same order."""
        for empty, path in self.blocks:
            with path.open("rb") as file:
                yield [replace(empty, **{name: np.load(file) for name in PER_EVENT})]


def _check(batch_size: int, buffer: int) -> None:
    if batch_size < 1 or buffer < 1:
        msg = f"batch_size is {batch_size} and buffer {buffer}, expected positive numbers of events"
        raise InputError(msg)


def _batches(
    blocks: Iterator[list[LearningSet]], part: str, batch_size: int, seed: int
) -> Iterator[LearningSet]:
    """The events of each block, shuffled and cut into batches."""
    random, rest = np.random.default_rng(seed), list[LearningSet]()
    for block in ahead(blocks, count=1):
        events = joined([*rest, *block])
        order = random.permutation(len(events))
        last = len(order) - len(order) % batch_size
        for start in range(0, last, batch_size):
            yield events.of(part, order[start : start + batch_size])
        rest = [events.take(order[last:])]
    if rest and len(rest[0]):
        yield rest[0].of(part)


def _blocks(chosen: Recipe, part: str, buffer: int) -> Iterator[list[LearningSet]]:
    """The part's events of all samples, each sample's spread evenly over the blocks."""
    files = [chosen.open(code) for code in range(len(chosen.origins))]
    rows = [file.metadata.num_rows for file in files]
    count = max(1, -(-sum(rows) // buffer))
    readers = [
        file.iter_batches(max(1, -(-n // count)), columns=chosen.columns, use_threads=False)
        for file, n in zip(files, rows, strict=True)
    ]
    while True:
        batches = [next(reader, None) for reader in readers]
        read = [chosen.rows(one, code, part) for code, one in enumerate(batches) if one is not None]
        if not read:
            return
        yield read
