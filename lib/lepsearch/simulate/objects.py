"""Objects of many events as flat arrays: what leptons and jets have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.geometry import Ints

__all__ = ("Objects", "stacked")

T = TypeVar("T", bound="Objects")


@dataclass(frozen=True)
class Objects:
    """Objects, one value each in every array.

    Attributes:
        event: Number of the event.
    """

    event: Ints

    def take(self, which: NDArray[np.bool_] | Ints) -> Self:
        """The objects of a mask, or in another order."""
        return type(self)(**{one.name: getattr(self, one.name)[which] for one in fields(self)})

    def joined(self, other: Self) -> Self:
        """These objects, then the other ones."""
        return type(self)(
            **{
                one.name: np.concatenate([getattr(self, one.name), getattr(other, one.name)])
                for one in fields(self)
            }
        )

    def copied(self, times: int) -> Self:
        """The objects of every event ``times`` times; event e becomes e times, e times + 1 ...

        Events that were in rising order stay so.
        """
        if times == 1:
            return self
        n = len(self.event)
        index = np.tile(np.arange(n), times)
        event = self.event[index] * times + np.repeat(np.arange(times), n)
        order = np.argsort(event, kind="stable")
        return replace(self.take(index[order]), event=event[order])


def stacked(parts: Sequence[T], n_events: Sequence[int]) -> T:
    """The objects of several batches of events as those of one.

    Args:
        parts: The objects of each batch.
        n_events: Number of events of each batch.
    """
    before = np.cumsum([0, *n_events[:-1]])
    columns = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts])
        for one in fields(parts[0])
    }
    columns["event"] += np.repeat(before, [len(part.event) for part in parts])
    return type(parts[0])(**columns)
