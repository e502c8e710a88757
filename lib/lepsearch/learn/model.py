"""What every model that learns from events can do, so that one experiment runs them all.

A model is a frozen dataclass of settings, among them a ``seed``: networks and trees now, and
autoencoders and densities alike. It need not look at labels, and its scores, higher for what looks
more like signal, need not be probabilities. An own model is a dataclass in a module::

    @dataclass(frozen=True)
    class Histograms:
        depth: int = 3
        seed: int = 1

        def fit(self, train, validation):
            made = HistGradientBoostingClassifier(max_depth=self.depth, random_state=self.seed)
            made.fit(train.features, train.label, train.training_weight)
            return FittedHistograms(made)
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.files import whole
from lepsearch.learn.labelled import LearningSet

__all__ = ("TINY", "Fitted", "Kept", "Model", "Training", "require")

TINY = float(np.finfo(np.float32).tiny)  # least of what must be more than 0


class Fitted(Protocol):
    """A model that has learned."""

    @property
    def history(self) -> pd.DataFrame:
        """What was noted during the training, a row an epoch; may be empty."""

    def scores(self, events: LearningSet) -> NDArray[np.floating]:
        """A number for each event, shape (n,), without NaN."""

    def save(self, path: Path) -> None:
        """Store it, whole or not at all."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """A stored one."""


class Model(Protocol):
    """Settings of something that learns; its ``repr`` tells it from every other."""

    @property
    def seed(self) -> int:
        """Seed of all that is random in the training."""

    def fit(self, train: LearningSet, validation: LearningSet) -> Fitted:
        """Learn from one part of the events; a second may say when to stop.

        Events count with ``training_weight``, where it is given.
        """


class Kept(ABC):
    """A fitted model in a file, which is written whole and of which nothing is executed."""

    kind: ClassVar[str]  # what messages call it
    suffix: ClassVar[str]  # of its file

    def save(self, path: Path) -> None:
        """Store it whole or not at all, without its history.

        Raises:
            InputError: The name has another suffix, or the place can't be written.
        """
        if path.suffix != self.suffix:
            msg = f"{path}: the file of this {self.kind} must end in {self.suffix}"
            raise InputError(msg)
        with whole(path) as part:
            part.write_bytes(self._content())

    @classmethod
    def load(cls, path: Path) -> Self:
        """A stored one.

        Raises:
            InputError: The file holds no model of this kind, or isn't there.
        """
        try:
            return cls._of(path.read_bytes())
        except (OSError, BadZipFile, ValueError, KeyError, TypeError, AttributeError) as error:
            msg = f"{path}: no {cls.kind} of this library ({error}); train and save it again"
            raise InputError(msg) from error

    @abstractmethod
    def _content(self) -> bytes:
        """What its file holds."""

    @classmethod
    @abstractmethod
    def _of(cls, content: bytes) -> Self:
        """The model of a file that holds this."""


@dataclass(frozen=True)
class Training:
    """What is kept of a training."""

    scores: dict[str, NDArray[Any]]  # scores of the measured events of each part
    history: pd.DataFrame  # what was noted during it, a row an epoch

    @property
    def epoch(self) -> int:
        """The epoch that is marked as the ``best``, whose model gave the scores; 0 if none is."""
        best = self.history.index[self.history["best"]].tolist() if "best" in self.history else []
        return int(best[0]) if best else 0

    def write(self, path: Path) -> None:
        """Keep it in a NumPy file (``.npz``), whole or not at all."""
        history = self.history.reset_index().to_records(index=False)
        with whole(path) as hidden, hidden.open("wb") as file:
            np.savez(file, history=history, **self.scores)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: Path) -> Self:
        """A kept one; scores are in double precision."""
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        history = pd.DataFrame.from_records(arrays.pop("history"))
        scores = {part: score.astype(np.float64) for part, score in arrays.items()}
        return cls(scores, history.set_index(history.columns[0]))


def require(model: object, **least: float) -> None:
    """Refuse settings of a model that are below their least values, or no finite numbers."""
    for name, lowest in least.items():
        if not lowest <= getattr(model, name) < np.inf:
            at_least = "more than 0" if lowest == TINY else f"at least {lowest:g}"
            msg = f"{name} of {type(model).__name__} is {getattr(model, name)}, expected a number "
            msg += f"of {at_least}"
            raise InputError(msg)
