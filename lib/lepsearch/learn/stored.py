"""Fitted models that are no networks, in files of skops: without pickle, nothing is executed."""

from pathlib import Path
from typing import ClassVar, Self
from zipfile import BadZipFile

import pandas as pd
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from lepsearch.errors import InputError
from lepsearch.files import whole

__all__ = ("Stored",)

# what a file may hold beside arrays and models of scikit-learn
TRUSTED = [
    "sklearn.tree._tree.Tree",
    "lepsearch.learn.autoencoders.TrainedAutoencoder",
    "lepsearch.learn.combined.FittedCombined",
    "lepsearch.learn.densities.FittedDensity",
    "lepsearch.learn.flows.TrainedFlow",
    "lepsearch.learn.flows.TrainedSVDD",
    "lepsearch.learn.tails.FittedTails",
    "lepsearch.learn.tails.Spread",
]


class Stored:
    """A fitted model that skops can store whole, and that has no history."""

    suffix: ClassVar[str] = ".skops"

    @property
    def history(self) -> pd.DataFrame:
        """Nothing is noted during the training."""
        return pd.DataFrame()

    def save(self, path: Path) -> None:
        """Store it whole or not at all."""
        with whole(path) as part:
            part.write_bytes(skops.io.dumps(self))

    @classmethod
    def load(cls, path: Path) -> Self:
        """A stored one.

        Raises:
            InputError: The file holds no model of this kind, or isn't there.
        """
        try:
            made = skops.io.load(path, trusted=TRUSTED)
            if isinstance(made, cls):
                return made
            reason = f"it holds a {type(made).__name__}"
        except (OSError, BadZipFile, KeyError, TypeError, UntrustedTypesFoundException) as error:
            reason = str(error)
        msg = f"{path}: no {cls.__name__} of this library ({reason}); fit and save it again"
        raise InputError(msg)
