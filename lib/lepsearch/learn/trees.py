"""Boosted trees (XGBoost: T. Chen and C. Guestrin, arXiv:1603.02754) as a model that learns.

Absent features stay absent: each split learns to which side events without its feature go. Nothing
is scaled, for a split asks for the order of values alone.
"""

import tempfile
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import expit

from lepsearch.errors import InputError
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import TINY, Kept, require
from lepsearch.learn.pieces import SIGNED, Reading, spread
from lepsearch.parallel import cluster

__all__ = ("FittedTrees", "Importance", "Trees")

Floats = NDArray[np.floating[Any]]
Importance = Literal["weight", "cover", "total_cover", "gain", "total_gain"]
ATTRIBUTE = "lepsearch"  # of a stored booster, which tells ours from others
PART = "validation"
LEAST = 1e-16  # least hessian and probability of an event, as in XGBoost's own objective and loss


@dataclass(frozen=True)
class FittedTrees(Kept):
    """Trees that have been grown, in a file with the names of their features."""

    kind: ClassVar[str] = "trees"
    suffix: ClassVar[str] = ".ubj"

    booster: xgb.Booster  # XGBoost's own object, which knows the names of its features
    # the weighted ``val_loss`` after each tree (the index, from 1), and whether it is the ``best``,
    # after which no tree is used. Empty for stored ones.
    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(self.booster.feature_names or ())

    def first(self, number: int) -> Self:
        """The first trees alone: what a training of so few estimators gives."""
        return type(self)(self.booster[:number])

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

    def _content(self) -> bytes:
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def _of(cls, content: bytes) -> Self:
        booster = xgb.Booster(model_file=bytearray(content))
        if booster.attr(ATTRIBUTE) is None:
            msg = "not trained by it"
            raise ValueError(msg)
        return cls(booster)


@dataclass(frozen=True)
class Trees:
    """Boosted trees and how they are grown."""

    estimators: int = 200  # most trees
    depth: int = 6  # most splits on the way to a leaf
    learning_rate: float = 0.3  # share of each tree's answer that is added; thesis B's eta
    l2: float = 1.0  # penalty of the squared answers of leaves (``lambda``)
    least_hessian: float = 1.0  # least sum of weight x p (1 - p) in a leaf (``min_child_weight``)
    least_gain: float = 0.0  # least gain of a split (``gamma``)
    bins: int = 256  # intervals of each feature, between which splits are looked for
    balance: float = 1.0  # factor of the signal's weights (``scale_pos_weight``)
    # take negative training weights, which XGBoost refuses, by an objective whose gradient and
    # hessian are its own times the weight
    signed: bool = False
    # trees without a lower loss on the validation part after which training stops; 0: all are grown
    # and used
    patience: int = 10
    # which of the events' features they take; all by default
    features: tuple[str, ...] | None = None
    # train on a bootstrap sample of the original events, drawn by the seed. Nothing else is random,
    # so trees vary only as the training events do.
    resampled: bool = False
    seed: int = 1  # of what is random
    threads: int = 1  # of this process, or of each worker of a cluster

    def __post_init__(self) -> None:
        require(self, estimators=1, depth=1, bins=2, learning_rate=TINY, balance=TINY)
        require(self, l2=0, least_hessian=0, least_gain=0, patience=0, threads=1)

    def fit(
        self,
        train: LearningSet,
        validation: LearningSet,
        *,
        buffer: int | None = None,
        scheduler: str | None = None,
    ) -> FittedTrees:
        """Grow trees on one part until the weighted loss on the other no longer falls.

        The validation weights keep their signs. For a part that is stored, a buffer says how many
        of its features are in memory at once; XGBoost keeps their bins in a temporary file
        (``TMPDIR``) and reads it once for each level of a tree. With the address of a Dask
        scheduler (``tcp://host:port``) the events are spread over the memory of its workers, which
        grow the trees together.

        Raises:
            InputError: A class or a feature is missing, features or weights are infinite, weights
                are negative without ``signed``, or no scheduler answers.
        """
        names = self.features or train.names
        with tempfile.TemporaryDirectory(prefix="trees-") as folder:
            weights = self._weights(train, "training", signed=self.signed)
            if self.resampled:
                times = np.random.default_rng(self.seed).poisson(1.0, len(train))
                weights = weights * times[train.original]
            cache = f"{folder}/bins" if buffer and not scheduler else None
            reading = Reading(train, names, weights, buffer or len(train), cache)
            weights = self._weights(validation, "validation", signed=True)
            judging = Reading(validation, names, weights, len(validation))
            grow = partial(self._grow_on, scheduler) if scheduler else self._grow
            booster, losses = grow(reading, judging)
        booster.set_attr(**{ATTRIBUTE: repr(self)})
        history = pd.DataFrame({"val_loss": losses}, pd.RangeIndex(1, len(losses) + 1, name="tree"))
        best = booster.best_iteration + 1 if self.patience else len(losses)
        return FittedTrees(booster[:best], history.assign(best=history.index == best))

    def _grow(self, train: Reading, validation: Reading) -> tuple[xgb.Booster, list[float]]:
        """Let XGBoost grow the trees, and watch them on the validation part."""
        options: dict[str, Any] = {"max_bin": self.bins, "nthread": self.threads}
        if train.cache:
            matrix: xgb.DMatrix = xgb.ExtMemQuantileDMatrix(train, **options)
            judged: xgb.DMatrix = xgb.QuantileDMatrix(validation, ref=matrix, **options)
        else:  # events that aren't binned take more memory, and a fifth of the time to judge
            matrix = xgb.QuantileDMatrix(train, **options)
            judged = xgb.DMatrix(**validation.piece(), nthread=self.threads)
        noted: dict[str, Any] = {}
        booster = xgb.train(
            dtrain=matrix,
            evals=[(judged, PART)],
            evals_result=noted,
            **self._asked(len(validation.events)),
        )
        return booster, noted[PART]["loss"]

    def _grow_on(
        self, scheduler: str, train: Reading, validation: Reading
    ) -> tuple[xgb.Booster, list[float]]:
        """Likewise, on the workers of a Dask cluster."""
        import xgboost.dask as dxgb  # takes a second

        with cluster(scheduler) as client:
            matrix = spread(client, train, max_bin=self.bins)
            judged = spread(client, validation, ref=matrix, max_bin=self.bins)
            found = dxgb.train(
                client,
                dtrain=matrix,
                evals=[(judged, PART)],
                **self._asked(len(validation.events) / len(client.ncores())),
            )
        return found["booster"], [*found["history"][PART]["loss"]]

    def _asked(self, judged: float) -> dict[str, Any]:
        """What XGBoost is told, with the number of validation events of each worker."""
        signed = self.signed

        def derivatives(margin: Floats, data: xgb.DMatrix) -> tuple[Floats, Floats]:
            chance, weights = expit(margin), data.get_float_info(SIGNED)  # arXiv:1603.02754, 2.2
            hessian = np.maximum(chance * (1 - chance), LEAST)
            return weights * (chance - data.get_label()), weights * hessian

        def loss(found: Floats, data: xgb.DMatrix) -> tuple[str, float]:
            # with an objective of our own, XGBoost gives log-odds in place of probabilities
            chance = expit(found) if signed else found
            logs = np.log(np.maximum(np.abs(1 - data.get_label() - chance), LEAST))
            # of several workers, XGBoost takes the mean
            return "loss", float(-data.get_float_info(SIGNED).astype(float) @ logs / judged)

        settings = {
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
            "nthread": self.threads,
        }
        stop = xgb.callback.EarlyStopping(rounds=self.patience, metric_name="loss")
        return {
            "params": settings,
            "num_boost_round": self.estimators,
            "obj": derivatives if signed else None,
            "custom_metric": loss,
            "callbacks": [stop] if self.patience else [],
            "verbose_eval": False,
        }

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
