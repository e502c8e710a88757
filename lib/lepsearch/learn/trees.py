"""Boosted trees (XGBoost: T. Chen and C. Guestrin, arXiv:1603.02754) as a model that learns.

Absent features stay absent: each split learns to which side events without its feature go. Nothing
is scaled, for a split asks for the order of values alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import expit

from lepsearch.errors import InputError, one_of
from lepsearch.files import whole
from lepsearch.learn.labelled import LearningSet

__all__ = ("FittedTrees", "Importance", "Trees")

Floats = NDArray[np.floating[Any]]
Importance = Literal["weight", "cover", "total_cover", "gain", "total_gain"]
ATTRIBUTE = "lepsearch"  # of a stored booster, which tells ours from others
TINY = 1e-16  # least hessian and probability of an event, as in XGBoost's own objective and loss


@dataclass(frozen=True)
class FittedTrees:
    """Trees that have been grown.

    Attributes:
        booster: XGBoost's own object, which knows the names of its features.
        history: The weighted ``val_loss`` after each tree (the index, from 1), and whether it is
            the ``best``, after which no tree is used. Empty for stored ones.
    """

    booster: xgb.Booster
    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(self.booster.feature_names or ())

    def first(self, number: int) -> FittedTrees:
        """The first trees alone: what a training of so few estimators gives."""
        return FittedTrees(self.booster[:number])

    def scores(self, events: LearningSet) -> NDArray[np.float32]:
        """Score of each event, shape (n,): near 1 for signal, near 0 for background.

        Raises:
            InputError: A feature of the trees is not there.
        """
        features = events.select(self.names).features
        found: NDArray[np.float32] = self.booster.inplace_predict(features)
        return found

    def contributions(self, events: LearningSet) -> pd.DataFrame:
        """What each feature adds to the log-odds of each event (SHAP values, arXiv:1802.03888).

        A row an event; its values and the constant of the column ``bias`` sum to its log-odds.
        """
        matrix = xgb.DMatrix(events.select(self.names).features, feature_names=list(self.names))
        values = self.booster.predict(matrix, pred_contribs=True)
        return pd.DataFrame(values, columns=[*self.names, "bias"])

    def importance(self, kind: Importance = "gain") -> pd.Series:
        """Importance of each feature by its splits; 0 for one that no split asks for."""
        found = self.booster.get_score(importance_type=kind)
        return pd.Series(found, dtype=float).reindex(self.names, fill_value=0.0)

    def save(self, path: Path) -> None:
        """Store the trees and the names of their features in one file, whole or not at all.

        Raises:
            InputError: The name does not end in ``.ubj``, or the place can't be written.
        """
        if path.suffix != ".ubj":
            msg = f"{path}: a file of trees must end in .ubj"
            raise InputError(msg)
        with whole(path) as part:
            part.write_bytes(self.booster.save_raw("ubj"))

    @classmethod
    def load(cls, path: Path) -> FittedTrees:
        """Stored trees, without their history; nothing in the file is executed.

        Raises:
            InputError: The file holds no trees of this module, or isn't there.
        """
        booster, reason = xgb.Booster(), "not trained by it"
        try:
            booster.load_model(bytearray(path.read_bytes()))
        except OSError as error:
            reason = str(error.strerror)
        except xgb.core.XGBoostError:
            reason = "not a model of XGBoost"
        if booster.attr(ATTRIBUTE) is None:
            msg = f"{path}: not trees of this library ({reason}); train and save them again"
            raise InputError(msg)
        return cls(booster)


@dataclass(frozen=True)
class Trees:
    """Boosted trees and how they are grown.

    Attributes:
        estimators: Most trees.
        depth: Most splits on the way to a leaf.
        learning_rate: Share of each tree's answer that is added; thesis B's eta.
        l2: Penalty of the squared answers of leaves (``lambda``).
        least_hessian: Least sum of weight x p (1 - p) in a leaf (``min_child_weight``).
        least_gain: Least gain of a split (``gamma``).
        bins: Intervals of each feature, between which splits are looked for.
        balance: Factor of the signal's weights (``scale_pos_weight``).
        signed: Take negative training weights, which XGBoost refuses, by an objective whose
            gradient and hessian are its own times the weight.
        patience: Trees without a lower loss on the validation part after which training stops;
            0: all are grown and used.
        features: Which of the events' features they take; all by default.
        resampled: Train on a bootstrap sample of the original events, drawn by the seed. Nothing
            else is random, so trees vary only as the training events do.
        seed: Of what is random.
    """

    estimators: int = 200
    depth: int = 6
    learning_rate: float = 0.3
    l2: float = 1.0
    least_hessian: float = 1.0
    least_gain: float = 0.0
    bins: int = 256
    balance: float = 1.0
    signed: bool = False
    patience: int = 10
    features: tuple[str, ...] | None = None
    resampled: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        tiny = np.finfo(np.float32).tiny
        least = {"estimators": 1, "depth": 1, "learning_rate": tiny, "l2": 0, "least_hessian": 0}
        least |= {"least_gain": 0, "bins": 2, "balance": tiny, "patience": 0}
        for name, lowest in least.items():
            if not lowest <= getattr(self, name) < np.inf:
                at_least = "more than 0" if lowest == tiny else f"at least {lowest}"
                msg = f"{name} of trees is {getattr(self, name)}, expected a number of {at_least}"
                raise InputError(msg)

    def fit(
        self, train: LearningSet, validation: LearningSet, *, buffer: int | None = None
    ) -> FittedTrees:
        """Grow trees on one part until the weighted loss on the other no longer falls.

        The validation weights keep their signs. For a part that is stored, a buffer says how many
        of its features are in memory at once; XGBoost keeps their bins in a temporary file
        (``TMPDIR``) and reads it once for each level of a tree.

        Raises:
            InputError: A class or a feature is missing, features or weights are infinite, or
                weights are negative without ``signed``.
        """
        names = self.features or train.names
        weights = self._weights(train, "training", signed=self.signed)
        if self.resampled:
            times = np.random.default_rng(self.seed).poisson(1.0, len(train))
            weights = weights * times[train.original]
        kind = xgb.ExtMemQuantileDMatrix if buffer else xgb.QuantileDMatrix
        with tempfile.TemporaryDirectory(prefix="trees-") as folder:
            cache = f"{folder}/bins" if buffer else None
            # sizes of weights for the bins, which hold equal sums; an own objective has the signs
            reading = _Reading(train, names, np.abs(weights), buffer or len(train), cache)
            matrix = kind(reading, max_bin=self.bins)
            booster, losses = self._grow(matrix, weights, validation, names)
            del matrix, reading  # before their files go
        booster.set_attr(**{ATTRIBUTE: repr(self)})
        history = pd.DataFrame({"val_loss": losses}, pd.RangeIndex(1, len(losses) + 1, name="tree"))
        best = booster.best_iteration + 1 if self.patience else len(losses)
        return FittedTrees(booster[:best], history.assign(best=history.index == best))

    def _grow(
        self, matrix: Any, weights: Floats, validation: LearningSet, names: Sequence[str]
    ) -> tuple[xgb.Booster, list[float]]:
        """Let XGBoost grow the trees, and watch them on the validation part."""
        signed = self._weights(validation, "validation", signed=True)
        reading = _Reading(validation, names, np.abs(signed), len(validation))
        judged = xgb.QuantileDMatrix(reading, ref=matrix, max_bin=self.bins)
        noted: dict[str, Any] = {}

        def derivatives(margin: Floats, data: xgb.DMatrix) -> tuple[Floats, Floats]:
            chance = expit(margin)  # arXiv:1603.02754, section 2.2
            hessian = np.maximum(chance * (1 - chance), TINY)
            return weights * (chance - data.get_label()), weights * hessian

        def loss(found: Floats, _: xgb.DMatrix) -> tuple[str, float]:
            # with an objective of our own, XGBoost gives log-odds in place of probabilities
            chance = (expit(found) if self.signed else found).astype(np.float64)
            right = np.where(validation.label, chance, 1 - chance)
            logs = np.log(np.maximum(right, TINY))
            return "loss", float(-signed @ logs / len(validation))

        stop = xgb.callback.EarlyStopping(rounds=self.patience, metric_name="loss")
        booster = xgb.train(
            {
                "objective": "binary:logistic",
                "base_score": 0.5,
                "disable_default_eval_metric": True,
                "max_depth": self.depth,
                "eta": self.learning_rate,
                "lambda": self.l2,
                "min_child_weight": self.least_hessian,
                "gamma": self.least_gain,
                "max_bin": self.bins,
                "seed": self.seed,
                "nthread": 1,
            },
            matrix,
            self.estimators,
            evals=[(judged, "validation")],
            obj=derivatives if self.signed else None,
            custom_metric=loss,
            callbacks=[stop] if self.patience else [],
            evals_result=noted,
            verbose_eval=False,
        )
        return booster, noted["validation"]["loss"]

    def _weights(self, events: LearningSet, part: str, *, signed: bool) -> Floats:
        """The weights of events, if trees can learn from them."""
        if (labels := np.unique(events.label).tolist()) != [False, True]:
            msg = f"labels of the {len(events)} {part} events are {labels[:5]}; "
            msg += "expected both False (background) and True (signal), and nothing else"
            raise InputError(msg)
        weights = events.training_weights * np.where(events.label, self.balance, 1.0)
        if not signed and (negative := int((weights < 0).sum())):
            msg = f"{negative} of {len(weights)} {part} weights are negative, which XGBoost can't "
            msg += "take; clip them (Weighting.negative) or train with signed=True"
            raise InputError(msg)
        return weights


class _Reading(xgb.DataIter):
    """Events in pieces, as XGBoost asks for them, with their bins in memory or in a file."""

    def __init__(
        self,
        events: LearningSet,
        names: Sequence[str],
        weights: Floats,
        size: int,
        cache: str | None = None,
    ) -> None:
        super().__init__(cache_prefix=cache)
        self.columns = [events.names.index(one_of("feature", name, events.names)) for name in names]
        self.events, self.names, self.weights, self.size = events, list(names), weights, size

    def reset(self) -> None:
        self.start = 0

    def next(self, input_data: Callable[..., None]) -> bool:
        rows = slice(self.start, self.start + self.size)
        self.start = rows.stop
        features = self.events.features[rows][:, self.columns]
        if np.isinf(features).any():
            infinite = np.array(self.names)[np.isinf(features).any(axis=0)]
            msg = f"features {', '.join(infinite)} are infinite for some events; expected numbers, "
            msg += "or NaN where one is absent"
            raise InputError(msg)
        if len(features):
            label, weight = self.events.label[rows], self.weights[rows]
            input_data(data=features, label=label, weight=weight, feature_names=self.names)
        return len(features) > 0
