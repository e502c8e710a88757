"""Counts after each step of a selection, raw and weighted, with their errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError

__all__ = ("Cutflow", "Step")


@dataclass
class Step:
    """What is left after one cut.

    Attributes:
        name: The cut's key.
        title: The cut in words.
        events: Raw number of events.
        weight: Sum of their weights.
        weight_squared: Sum of their squared weights, the variance of ``weight``.
    """

    name: str
    title: str
    events: int = 0
    weight: float = 0.0
    weight_squared: float = 0.0


@dataclass
class Cutflow:
    """Steps of one selection; chunks and files add up with ``+``."""

    steps: list[Step] = field(default_factory=list)

    def count(self, name: str, title: str, weights: NDArray[np.float64]) -> None:
        """Append a step that events of these weights have passed, one weight an event."""
        weight, squared = float(np.sum(weights)), float(np.sum(weights**2))
        self.steps.append(Step(name, title, len(weights), weight, squared))

    def __add__(self, other: Cutflow) -> Cutflow:
        names, others = ([s.name for s in flow.steps] for flow in (self, other))
        if not names or not others:
            return Cutflow(self.steps or other.steps)
        if names != others:
            msg = f"cutflows of different selections can't be added: {names} and {others}"
            raise InputError(msg)
        return Cutflow(
            [
                Step(
                    a.name,
                    a.title,
                    a.events + b.events,
                    a.weight + b.weight,
                    a.weight_squared + b.weight_squared,
                )
                for a, b in zip(self.steps, other.steps, strict=True)
            ]
        )

    def scaled(self, factor: float) -> Cutflow:
        """The same with every weight multiplied by ``factor``."""
        return Cutflow(
            [
                Step(s.name, s.title, s.events, s.weight * factor, s.weight_squared * factor**2)
                for s in self.steps
            ]
        )

    def to_json(self) -> list[dict[str, object]]:
        """Plain data, for a file's metadata."""
        return [asdict(step) for step in self.steps]

    @classmethod
    def from_json(cls, steps: Iterable[dict[str, object]]) -> Cutflow:
        """The inverse of :meth:`to_json`."""
        return cls([Step(**step) for step in steps])  # type: ignore[arg-type]

    def table(self) -> pd.DataFrame:
        """One row a step: ``events``, ``yield`` and ``error`` (square root of the sum of w^2)."""
        return pd.DataFrame(
            {
                "events": [s.events for s in self.steps],
                "yield": [s.weight for s in self.steps],
                "error": [float(np.sqrt(s.weight_squared)) for s in self.steps],
            },
            index=pd.Index([s.title for s in self.steps], name="step"),
        )
