"""Events that a classifier learns from: features, labels, weights, identities and parts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError, nearest, one_of
from lepsearch.events.split import FRACTIONS, part_index
from lepsearch.stats.copies import original_events

__all__ = ("PER_EVENT", "LearningSet", "joined")

PER_EVENT = ("features", "label", "weight", "event", "sample", "part")  # arrays of a set


@dataclass(frozen=True)
class LearningSet:
    """n events with k features; row i of every array is event i.

    Attributes:
        features: The features, shape (n, k), single precision; NaN where absent.
        names: Names of the features.
        label: Whether the event is signal, shape (n,).
        weight: Expected events that it stands for, of either sign, shape (n,).
        event: Its number, which its copies share, shape (n,).
        sample: Index of its sample in the following, shape (n,).
        sample_names: Names of the samples. An event's identity is its sample and number.
        sample_groups: Process group of each sample.
        processes: Label of each sample's process in figures: a background's group, a signal itself.
        part: Index of its part in ``split.PARTS``, shape (n,).
        only: The part that this is all of, or None for the whole set.
        training_weight: Weights to learn with, shape (n,), where an experiment has set them;
            None: each event counts the same.
    """

    features: NDArray[np.float32]
    names: tuple[str, ...]
    label: NDArray[np.bool_]
    weight: NDArray[np.float64]
    event: NDArray[np.uint64]
    sample: NDArray[np.int16]
    sample_names: tuple[str, ...]
    sample_groups: tuple[str, ...]
    processes: tuple[str, ...]
    part: NDArray[np.int8]
    only: str | None = None
    training_weight: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.label)

    @property
    def groups(self) -> NDArray[np.str_]:
        """Label of each event's process, for figures, shape (n,)."""
        return np.array(self.processes)[self.sample]

    @cached_property
    def original(self) -> NDArray[np.int64]:
        """Which original event each row is a copy of, numbered from 0, shape (n,)."""
        return original_events(self.sample, self.event)

    @property
    def counted(self) -> LearningSet:
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

    def take(self, rows: ArrayLike) -> LearningSet:
        """The events of a mask or of indices; weights stay as they are."""
        chosen = np.arange(len(self))[np.asarray(rows)]
        # twice as fast as indexing for the rows of features
        arrays = {name: getattr(self, name).take(chosen, axis=0) for name in PER_EVENT}
        if self.training_weight is not None:
            arrays["training_weight"] = self.training_weight[chosen]
        return replace(self, **arrays)

    def of(self, part: str, rows: NDArray[np.int64] | None = None) -> LearningSet:
        """One part, with weights over its fraction: its yields estimate those of the whole set.

        The rows say which of its events to take, in which order; all by default.

        Raises:
            InputError: There is no such part, or this is a part already.
        """
        code = part_index(part)
        if self.only is not None:
            msg = f"asked for the {part} part of what is the {self.only} part alone; "
            msg += "take parts from the whole learning set"
            raise InputError(msg)
        chosen = self.take(self.part == code if rows is None else rows)
        return replace(chosen, weight=chosen.weight / FRACTIONS[part], only=part)

    def of_signal(self, name: str) -> LearningSet:
        """All background and the events of one signal sample or group; see :meth:`is_of`."""
        return self.take(self.is_of(name))

    def is_of(self, name: str) -> NDArray[np.bool_]:
        """Which events are background or of one signal sample or group, shape (n,).

        Raises:
            InputError: No signal here has that name.
        """
        is_signal = np.zeros(len(self.sample_names), dtype=bool)
        is_signal[self.sample[self.label]] = True
        ours = is_signal & (
            (np.array(self.sample_names) == name) | (np.array(self.sample_groups) == name)
        )
        if not ours.any():
            known = {self.sample_names[i] for i in np.flatnonzero(is_signal)}
            msg = f"no event of a signal {name!r}; there are {nearest(name, known)}"
            raise InputError(msg)
        return np.asarray(~self.label | ours[self.sample])

    def select(self, names: Sequence[str]) -> LearningSet:
        """The same events with these of the features, in this order.

        Raises:
            InputError: A feature is not here.
        """
        for name in names:
            one_of("feature", name, self.names)
        columns = [self.names.index(name) for name in names]
        return replace(self, names=tuple(names), features=self.features[:, columns])


def joined(sets: Sequence[LearningSet]) -> LearningSet:
    """Events of several sets of the same samples and features, one after another."""
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in sets]) for name in PER_EVENT
    }
    return replace(sets[0], **arrays)
