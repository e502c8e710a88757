"""Skims as the events that a model learns from: in memory, or on disk where memory is too small.

More events than memory holds are stored once as arrays that the system reads when they are asked
for, and trained on in batches::

    events = stored(dataset, signals, folder, part="train")
    networks.train(network, events, validation, buffer=BUFFER)
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from lepsearch.data.source import Source
from lepsearch.errors import InputError, one_of
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON
from lepsearch.events.selection import CHANNELS, in_channel
from lepsearch.events.split import FRACTIONS, part_of
from lepsearch.learn.labelled import BUFFER, PER_EVENT, LearningSet, joined

__all__ = ("COUNTING", "COUNTS", "FULL", "WITHOUT_JETS", "Channel", "learning_set", "stored")

Channel = Literal["all", "ee", "mumu"]


def _of_table(*tables: str) -> tuple[str, ...]:
    """Features of thesis B's tables, without those that it left out of its models."""
    return tuple(name for name, one in DILEPTON.items() if one.source in tables and not one.dropped)


WITHOUT_JETS = _of_table("4.2")  # no event lacks one of these
COUNTS = _of_table("5.1")
COUNTING = WITHOUT_JETS + COUNTS
FULL = _of_table("4.2", "4.3")  # with the jets, which events may lack


def _readers(
    dataset: Dataset,
    signals: Sequence[str],
    *,
    features: Sequence[str] = FULL,
    channel: Channel = "all",
    backgrounds: Sequence[str] | None = None,
    region: str = "dilepton",
    train_events: float = np.inf,
    buffer: int = BUFFER,
    together: bool = False,
) -> list[Iterator[LearningSet]]:
    """The events of each sample, piece by piece; see :func:`learning_set`.

    A piece has as many rows of the skims as the buffer, or the samples' pieces of one place
    together.
    """
    sources = [one for one in dataset.sources.values() if one.kind != "data"]
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
    chosen = [one for one in sources if one.name in signal | background]
    keys = (one.group if one.kind == "background" else one.name for one in chosen)
    common: dict[str, Any] = {
        "names": tuple(features),
        "sample_names": tuple(one.name for one in chosen),
        "sample_groups": tuple(one.group for one in chosen),
        "processes": tuple(dataset.labels[key] for key in keys),
    }
    columns = dict.fromkeys([*features, *(() if channel == "all" else ("pair", "lep1flavour"))])
    rows = [dataset.rows(region, one.name) for one in chosen]
    pieces = max(1, -(-sum(rows) // buffer))
    sizes = [max(1, -(-one // pieces)) if together else buffer for one in rows]
    share = min(1.0, train_events / max(1.0, FRACTIONS["train"] * sum(rows)))

    def read(code: int, name: str) -> Iterator[LearningSet]:
        for piece in dataset.batches(region, list(columns), samples=[name], rows=sizes[code]):
            events = piece.assign(
                part=part_of(name, piece["event"], piece["run"], train_share=share)
            )
            events = events[events["part"] >= 0]
            if channel != "all":
                events = in_channel(events, channel)
            yield LearningSet(
                features=np.ascontiguousarray(events[list(features)], dtype=np.float32),
                label=np.full(len(events), name in signal),
                sample=np.full(len(events), code, dtype=np.int16),
                weight=events["weight"].to_numpy() / np.where(events["part"] == 0, share, 1.0),
                event=events["original"].to_numpy(),
                part=events["part"].to_numpy(),
                **common,
            )

    return [read(code, one.name) for code, one in enumerate(chosen)]


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
    train_events: float = np.inf,
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
        train_events: The most training events, roughly, of all channels. Each sample is thinned to
            the same share, an event with all its copies, and the weights are over the share; the
            other parts stay whole.

    Raises:
        InputError: A name or a feature is unknown, or no sample of signal or background is left.
    """
    readers = _readers(
        dataset, signals, features=features, channel=channel, backgrounds=backgrounds,
        region=region, train_events=train_events,
    )  # fmt: skip
    return joined([piece for reader in readers for piece in reader])


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

    They are those of :func:`learning_set`, which raises the same errors and takes the same options,
    with the weights of the part. The samples stand side by side: any piece of the size of the
    buffer, the rows of the skims that are read together, has of each its share. Memory while
    storing is a few times the buffer. The arrays stay in the folder.
    """
    readers = _readers(dataset, signals, buffer=buffer, together=True, **options)
    folder.mkdir(parents=True, exist_ok=True)
    paths, total = {name: folder / f"{part}_{name}" for name in PER_EVENT}, 0
    with ExitStack() as stack:
        files = {name: stack.enter_context(path.open("wb")) for name, path in paths.items()}
        while read := [one for reader in readers if (one := next(reader, None)) is not None]:
            block = joined(read).of(part)
            total += len(block)
            for name, file in files.items():
                getattr(block, name).tofile(file)
    arrays: dict[str, Any] = {name: getattr(block, name) for name in PER_EVENT}
    shapes = {name: (total, *one.shape[1:]) for name, one in arrays.items()}
    if total:
        arrays = {k: np.memmap(paths[k], v.dtype, "r", 0, shapes[k]) for k, v in arrays.items()}
    return replace(block, **arrays)
