"""Several models as one: the p-values of an event under background, combined."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError, one_of
from lepsearch.files import whole
from lepsearch.learn.autoencoders import TrainedAutoencoder
from lepsearch.learn.densities import FittedDensity
from lepsearch.learn.flows import TrainedFlow, TrainedSVDD
from lepsearch.learn.labelled import LearningSet, background, complete
from lepsearch.learn.model import Fitted
from lepsearch.learn.tails import FittedTails, Spread

__all__ = ("Combined", "FittedCombined")

Floats = NDArray[np.float64]
How = Literal["sum", "largest"]
FILES: dict[str, Any] = {
    one.__name__: one
    for one in (TrainedAutoencoder, TrainedFlow, TrainedSVDD, FittedDensity, FittedTails)
}


@dataclass(frozen=True)
class FittedCombined:
    """Models that have learned, and the spread of their scores in validation background."""

    suffix: ClassVar[str] = ".zip"

    models: tuple[Any, ...]
    how: How
    given: tuple[str, ...]
    spread: Spread
    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    def minus_log_p(self, events: LearningSet) -> Floats:
        """Minus the logarithm of each model's p-value of each event, shape (n, models)."""
        values = _scores(self.models, events)
        odds = self.spread.log_odds(values, complete(events, self.given))
        return np.asarray(np.logaddexp(0.0, odds))

    def scores(self, events: LearningSet) -> Floats:
        """Sum or largest of :meth:`minus_log_p`, shape (n,)."""
        found = self.minus_log_p(events)
        return np.asarray(found.sum(axis=1) if self.how == "sum" else found.max(axis=1))

    def save(self, path: Path) -> None:
        """Store all in one archive, whole or not at all."""
        about: dict[str, Any] = {"how": self.how, "given": self.given}
        about["models"] = [type(one).__name__ for one in self.models]
        with whole(path) as part, zipfile.ZipFile(part, "w") as archive, TemporaryDirectory() as on:
            archive.writestr("combined.json", json.dumps(about))
            with archive.open("spread.npz", "w") as file:
                np.savez(file, **vars(self.spread))
            for i, model in enumerate(self.models):
                name = f"{i}{model.suffix}"
                model.save(Path(on) / name)
                archive.write(Path(on) / name, name)

    @classmethod
    def load(cls, path: Path) -> Self:
        """A stored one; nothing in the file is executed.

        Raises:
            InputError: The file holds no combined models, or isn't there.
        """
        try:
            with zipfile.ZipFile(path) as archive, TemporaryDirectory() as folder:
                about = json.loads(archive.read("combined.json"))
                with archive.open("spread.npz") as file, np.load(file) as arrays:
                    spread = Spread(**arrays)
                kinds = [FILES[name] for name in about["models"]]
                names = (f"{i}{kind.suffix}" for i, kind in enumerate(kinds))
                models = tuple(
                    kind.load(Path(archive.extract(name, folder)))
                    for kind, name in zip(kinds, names, strict=True)
                )
                return cls(models, about["how"], tuple(about["given"]), spread)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            msg = f"{path}: no combined models of this library ({error}); fit and save them again"
            raise InputError(msg) from error


@dataclass(frozen=True)
class Combined:
    r"""Several models of background as one.

    The p-value of an event is the share of validation background that a model scores above it. The
    score is :math:`-\sum \ln p` (Fisher) or the largest :math:`-\ln p`.

    Attributes:
        models: The models; their seeds are replaced by this one's and the following.
        how: ``sum`` or ``largest``.
        given: Discrete features; p is that among background that agrees in all of them, where there
            are ``least`` validation events, so that no pattern is strange as such.
        least: Validation events of a pattern from which on it has p-values of its own.
        seed: Of the models.
    """

    models: tuple[Any, ...]
    how: How = "sum"
    given: tuple[str, ...] = ()
    least: int = 500
    seed: int = 1

    def __post_init__(self) -> None:
        one_of("way to combine", self.how, ("sum", "largest"))

    def fit(self, train: LearningSet, validation: LearningSet) -> FittedCombined:
        """Fit the models, and measure their scores on the background of the second part."""
        seeded = [replace(one, seed=self.seed + i) for i, one in enumerate(self.models)]
        made = tuple(one.fit(train, validation) for one in seeded)
        judged = background(validation, "validation")
        values, given = _scores(made, judged), complete(judged, self.given)
        spread = Spread.of(values, judged.training_weights, given, least=self.least)
        return FittedCombined(made, self.how, self.given, spread)


def _scores(models: Sequence[Fitted], events: LearningSet) -> Floats:
    return np.column_stack([one.scores(events).astype(np.float64) for one in models])
