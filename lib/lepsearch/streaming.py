"""Skims as a stream of batches, for more events than memory holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lepsearch.dataset import Dataset
from lepsearch.errors import InputError
from lepsearch.labelled import LearningSet, joined
from lepsearch.learning import NETWORK_FEATURES, Channel, Recipe, recipe
from lepsearch.parallel import ahead

__all__ = ("stream",)

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
    if batch_size < 1 or buffer < 1:
        msg = f"batch_size is {batch_size} and buffer {buffer}, expected positive numbers of events"
        raise InputError(msg)
    chosen = recipe(dataset, signals, features=features, channel=channel, backgrounds=backgrounds)
    random, rest = np.random.default_rng(seed), list[LearningSet]()
    for block in ahead(_blocks(chosen, part, buffer), count=1):
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
