"""Fitted models that are no networks, in files of skops: without pickle, nothing is executed."""

from typing import ClassVar, Self

import pandas as pd
import skops.io

from lepsearch.learn.model import Kept

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


class Stored(Kept):
    """A fitted model that skops can store whole, and that has no history."""

    suffix: ClassVar[str] = ".skops"

    def __init_subclass__(cls) -> None:
        cls.kind = cls.__name__

    @property
    def history(self) -> pd.DataFrame:
        """Nothing is noted during the training."""
        return pd.DataFrame()

    def _content(self) -> bytes:
        return bytes(skops.io.dumps(self))

    @classmethod
    def _of(cls, content: bytes) -> Self:
        made = skops.io.loads(content, trusted=TRUSTED)
        if not isinstance(made, cls):
            msg = f"it holds a {type(made).__name__}"
            raise TypeError(msg)
        return made
