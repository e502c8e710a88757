"""What is kept of a training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.files import whole
from lepsearch.learn.model import best_epoch

__all__ = ("Training",)


@dataclass(frozen=True)
class Training:
    """What is kept of a training.

    Attributes:
        scores: Scores of the measured events of each part.
        history: What was noted during it, a row an epoch.
    """

    scores: dict[str, NDArray[Any]]
    history: pd.DataFrame

    @property
    def epoch(self) -> int:
        """The epoch whose model gave the scores; 0 if none is the best."""
        return best_epoch(self.history)

    def write(self, path: Path) -> None:
        """Keep it in a NumPy file (``.npz``), whole or not at all."""
        history = self.history.reset_index().to_records(index=False)
        with whole(path) as hidden, hidden.open("wb") as file:
            np.savez(file, history=history, **self.scores)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: Path) -> Training:
        """A kept one; scores are in double precision."""
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        history = pd.DataFrame.from_records(arrays.pop("history"))
        scores = {part: score.astype(np.float64) for part, score in arrays.items()}
        return cls(scores, history.set_index(history.columns[0]))
