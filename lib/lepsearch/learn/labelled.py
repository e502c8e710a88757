"""Events that a classifier learns from: features, labels, weights, identities and parts."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError, nearest, one_of
from lepsearch.events.split import FRACTIONS, part_index, part_of
from lepsearch.stats.copies import original_events

__all__ = ("BUFFER", "PER_EVENT", "LearningSet", "background", "complete", "joined")

PER_EVENT = ("features", "label", "weight", "event", "sample", "part")  # arrays of a set
BUFFER = 2**18  # events shuffled together


@dataclass(frozen=True)
class LearningSet:
    """n events with k features; row i of every array is event i."""

    features: NDArray[np.float32]  # the features, shape (n, k), single precision; NaN where absent
    names: tuple[str, ...]  # names of the features
    label: NDArray[np.bool_]  # whether the event is signal, shape (n,)
    weight: NDArray[np.float64]  # expected events that it stands for, of either sign, shape (n,)
    # number of its original in the sample, which its copies share, shape (n,)
    event: NDArray[np.integer[Any]]
    sample: NDArray[np.int16]  # index of its sample in the following, shape (n,)
    # names of the samples. An event's identity is its sample and this number.
    sample_names: tuple[str, ...]
    sample_groups: tuple[str, ...]  # process group of each sample
    # label of each sample's process in figures: a background's group, a signal itself
    processes: tuple[str, ...]
    part: NDArray[np.int8]  # index of its part in ``split.PARTS``, shape (n,)
    only: str | None = None  # the part that this is all of, or None for the whole set
    # weights to learn with, shape (n,), where an experiment has set them; None: each event counts
    # the same
    training_weight: NDArray[np.float64] | None = None

    @classmethod
    def of_table(cls, table: pd.DataFrame, features: Sequence[str]) -> Self:
        """Events of a table of any origin: an event a row, NaN where a feature is absent.

        Besides the features it has the columns ``signal`` (0 or 1), ``weight``, and ``event``, a
        number that copies of one event share, and no other events of its class.

        Raises:
            InputError: A column is not there, or a label is neither 0 nor 1.
        """
        for name in (*features, "signal", "weight", "event"):
            one_of("column", name, table.columns)
        if not (labelled := table["signal"].isin((0, 1))).all():
            msg = f"signal is {table['signal'][~labelled].iloc[0]} in a row, expected 0 or 1"
            raise InputError(msg)
        both, event = ("background", "signal"), table["event"].to_numpy()
        return cls(
            features=table[list(features)].to_numpy(np.float32),
            names=tuple(features),
            label=table["signal"].to_numpy(bool),
            weight=table["weight"].to_numpy(float),
            event=event,
            sample=table["signal"].to_numpy(np.int16),
            sample_names=both,
            sample_groups=both,
            processes=both,
            part=part_of("table", event),
        )

    def __len__(self) -> int:
        return len(self.label)

    @property
    def groups(self) -> NDArray[np.str_]:
        """Label of each event's process, for figures, shape (n,)."""
        return np.array(self.processes)[self.sample]

    @property
    def signals(self) -> dict[str, str]:
        """Labels of the signal samples that have events here, by name."""
        return {self.sample_names[i]: self.processes[i] for i in np.unique(self.sample[self.label])}

    @cached_property
    def original(self) -> NDArray[np.int64]:
        """Which original event each row is a copy of, numbered from 0, shape (n,)."""
        return original_events(self.sample, self.event)

    @cached_property
    def counted(self) -> Self:
        """The same simulated events, each of which counts as one."""
        return replace(self, weight=np.ones(len(self)))

    @cached_property
    def digest(self) -> str:
        """Short digest of every value."""
        contents = hashlib.sha256(repr((self.names, self.sample_names, self.only)).encode())
        for name in PER_EVENT:
            array = np.ascontiguousarray(getattr(self, name))
            contents.update(f"{array.dtype.str}{array.shape}".encode())
            contents.update(array.tobytes())
        return contents.hexdigest()[:16]

    @property
    def training_weights(self) -> NDArray[np.float64]:
        """Weights to learn with, shape (n,); 1 where none are given.

        Raises:
            InputError: They are not one finite number an event.
        """
        if self.training_weight is None:
            return np.ones(len(self))
        given = np.asarray(self.training_weight, dtype=float)
        if given.shape != (len(self),) or not np.isfinite(given).all():
            msg = f"expected {len(self)} finite weights, one an event, got an array of shape "
            msg += f"{given.shape} with {int((~np.isfinite(given)).sum())} not finite"
            raise InputError(msg)
        return given

    def take(self, rows: ArrayLike) -> Self:
        """The events of a mask or of indices; weights stay as they are."""
        chosen = np.arange(len(self))[np.asarray(rows)]
        # twice as fast as indexing for the rows of features
        arrays = {name: getattr(self, name).take(chosen, axis=0) for name in PER_EVENT}
        if self.training_weight is not None:
            arrays["training_weight"] = self.training_weight[chosen]
        return replace(self, **arrays)

    def of(self, part: str) -> Self:
        """One part, with weights over its fraction: its yields estimate those of the whole set.

        Raises:
            InputError: There is no such part, or this is a part already.
        """
        code = part_index(part)
        if self.only is not None:
            msg = f"asked for the {part} part of what is the {self.only} part alone; "
            msg += "take parts from the whole learning set"
            raise InputError(msg)
        chosen = self.take(self.part == code)
        return replace(chosen, weight=chosen.weight / FRACTIONS[part], only=part)

    def of_signal(self, name: str) -> Self:
        """All background and the events of one signal sample or group; see :meth:`is_of`."""
        # a grid asks for the same many times
        known: dict[str, Self] = vars(self).setdefault("_of_signal", {})
        if name not in known:
            known[name] = self.take(self.is_of(name))
        return known[name]

    def is_of(self, name: str) -> NDArray[np.bool_]:
        """Which events are background or of one signal sample or group, shape (n,).

        Raises:
            InputError: No signal here has that name.
        """
        named = (np.array(self.sample_names) == name) | (np.array(self.sample_groups) == name)
        ours = self.label & named[self.sample]
        if not ours.any():
            msg = f"no event of a signal {name!r}; there are {nearest(name, self.signals)}"
            raise InputError(msg)
        return np.asarray(~self.label | ours)

    def select(self, names: Sequence[str]) -> Self:
        """The same events with these features, in order; an unknown one is an ``InputError``."""
        if tuple(names) == self.names:
            return self
        for name in names:
            one_of("feature", name, self.names)
        columns = [self.names.index(name) for name in names]
        return replace(self, names=tuple(names), features=self.features[:, columns])

    def pieces(self, size: int) -> Iterator[Self]:
        """The events in order, so many at a time but in the last piece."""
        for start in range(0, len(self), size):
            yield self.take(np.arange(start, min(start + size, len(self))))

    def batches(self, size: int, seed: int, *, buffer: int = BUFFER) -> Iterator[Self]:
        """The events, stored or in memory, in batches of one size but the last.

        A buffer of events, in whole batches, is read and shuffled together.
        """
        random, step = np.random.default_rng(seed), max(1, buffer // size) * size
        for block in self.pieces(step):
            order = random.permutation(len(block))
            for first in range(0, len(block), size):
                yield block.take(order[first : first + size])


def joined(sets: Sequence[LearningSet]) -> LearningSet:
    """Events of several sets of the same samples and features, one after another."""
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in sets]) for name in PER_EVENT
    }
    return replace(sets[0], **arrays)


def background(events: LearningSet, part: str, names: Sequence[str] | None = None) -> LearningSet:
    """The background of a part, with the features of these names and weights of mean 1.

    Raises:
        InputError: There is none, a feature is not here, or weights are negative or all zero.
    """
    chosen = events.select(names or events.names).take(~events.label)
    weights = chosen.training_weights
    negative = int((weights < 0).sum())
    if negative or not weights.sum() > 0:
        msg = f"the {part} part has {len(chosen)} background events, {negative} of them of "
        msg += f"negative weight, with a sum of {weights.sum():g}; expected events with weights of "
        msg += "at least 0 and a positive sum (Weighting.negative)"
        raise InputError(msg)
    return replace(chosen, training_weight=weights / weights.mean())


def complete(events: LearningSet, names: Sequence[str]) -> NDArray[np.float64]:
    """These features as double precision, shape (n, k); an ``InputError`` if events lack any."""
    features = events.select(names).features
    counts = np.isnan(features).sum(axis=0).tolist()
    if lacking := {name: n for name, n in zip(names, counts, strict=True) if n}:
        msg = f"events lack features that the model needs: {lacking}; choose others, or fill them"
        raise InputError(msg)
    return features.astype(np.float64)
