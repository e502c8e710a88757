"""Counts after each step of a selection, raw and weighted, with their errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from lepsearch.errors import InputError
from lepsearch.stats.estimate import Estimate

__all__ = ("Cutflow", "Step")


@dataclass(frozen=True)
class Step:
    """Events that are left after one cut.

    Attributes:
        name: The cut's key.
        title: The cut in words.
        events: Raw number of original events.
        weight: Sum of their weights.
        weight_squared: Sum of their squared weights, the variance of ``weight``.
    """

    name: str
    title: str
    events: int
    weight: float
    weight_squared: float

    @classmethod
    def of(cls, name: str, title: str, weights: ArrayLike, event: ArrayLike) -> Step:
        """Count the rows that passed a cut; copies of an event stand together and count once."""
        values, number = np.asarray(weights, dtype=float), np.asarray(event)
        if len(values):
            first = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]]))
            values = np.add.reduceat(values, first)
        return cls(name, title, len(values), float(np.sum(values)), float(np.sum(values**2)))

    @property
    def total(self) -> Estimate:
        """Sum of weights with its error."""
        return Estimate(self.weight, float(np.sqrt(self.weight_squared)), events=self.events)

    def __add__(self, other: Step) -> Step:
        pairs = zip(vars(self).items(), vars(other).values(), strict=True)
        sums = {name: a + b for (name, a), b in pairs if not isinstance(a, str)}
        return Step(self.name, self.title, **sums)


@dataclass(frozen=True)
class Cutflow:
    """Steps of one selection; chunks and files add up with ``+``."""

    steps: tuple[Step, ...] = ()

    def __add__(self, other: Cutflow) -> Cutflow:
        if not self.steps or not other.steps:
            return self if self.steps else other
        names, others = ([step.name for step in flow.steps] for flow in (self, other))
        if names != others:
            msg = f"cutflows of different selections can't be added: {names} and {others}"
            raise InputError(msg)
        return Cutflow(tuple(a + b for a, b in zip(self.steps, other.steps, strict=True)))

    def scaled(self, factor: float) -> Cutflow:
        """Multiply every weight by ``factor``."""
        steps = (
            replace(one, weight=one.weight * factor, weight_squared=one.weight_squared * factor**2)
            for one in self.steps
        )
        return Cutflow(tuple(steps))

    def table(self) -> pd.DataFrame:
        """One row a step: ``events`` and ``yield``, the sum of weights with its error."""
        rows = [(step.title, step.events, step.total) for step in self.steps]
        return pd.DataFrame(rows, columns=["step", "events", "yield"]).set_index("step")
