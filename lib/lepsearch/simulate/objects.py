"""Objects of many events as flat arrays: what leptons and jets have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.geometry import Ints

__all__ = ("Objects",)


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
        every = self.take(np.tile(np.arange(n), times))
        event = every.event * times + np.repeat(np.arange(times), n)
        return replace(every, event=event).take(np.argsort(event, kind="stable"))
