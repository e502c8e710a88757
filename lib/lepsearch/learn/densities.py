"""Models of scikit-learn of the density of background, in one class."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lepsearch.errors import one_of
from lepsearch.learn.labelled import LearningSet, background, complete
from lepsearch.learn.model import require
from lepsearch.learn.stored import Stored

__all__ = ("METHODS", "Density", "FittedDensity")

Floats = NDArray[np.float64]
Method = Literal["pca", "mahalanobis", "mixture", "forest"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
CHUNK = 2**16  # events that are scored at once
TINY = 1e-30  # least squared distance


@dataclass(frozen=True)
class FittedDensity(Stored):
    """A fitted model of scikit-learn."""

    names: tuple[str, ...]  # its features
    steps: Any  # the scaler, and the model of scaled features

    def scores(self, events: LearningSet) -> Floats:
        """Score of each event, shape (n,), as :class:`Density` says; raises as :func:`complete`."""
        scaler, model = self.steps[0], self.steps[-1]
        found = [np.empty(0)]
        for rows in events.pieces(CHUNK):
            scaled = scaler.transform(complete(rows, self.names))
            if isinstance(model, PCA):
                apart = scaled - model.inverse_transform(model.transform(scaled))
                found.append(np.log10(np.maximum((apart**2).sum(axis=1), TINY)))
            elif isinstance(model, EmpiricalCovariance):
                found.append(np.log10(np.maximum(model.mahalanobis(scaled), TINY)))
            else:
                found.append(-model.score_samples(scaled))
        return np.concatenate(found)


@dataclass(frozen=True)
class Density:
    """A model of scikit-learn of the background's z-scored features.

    Events with weights that differ are drawn by their weights, as many as there are.
    """

    # ``pca``: logarithm of the squared distance from the space of principal components;
    # ``mahalanobis``: the same from the mean, in units of the covariance; ``mixture``: minus the
    # logarithm of the density of normal distributions; ``forest``: how few random splits isolate an
    # event (F. T. Liu, K. M. Ting and Z.-H. Zhou, ICDM 2008).
    method: Method = "mixture"
    size: int = 10  # principal components, normal distributions or trees
    features: tuple[str, ...] | None = None  # all of the events' by default
    seed: int = 1  # of all that is random

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)
        require(self, size=1)

    def fit(self, train: LearningSet, validation: LearningSet) -> FittedDensity:
        """Fit the background of one part; the other is not looked at.

        Raises:
            InputError: As of ``background`` and :func:`complete`.
        """
        chosen = background(train, "training", self.features)
        values, weights = complete(chosen, chosen.names), chosen.training_weights
        if np.ptp(weights) > 0:
            random = np.random.default_rng(self.seed)
            rows = random.choice(len(values), len(values), p=weights / weights.sum())
            values = values[rows]
        made: dict[Method, Callable[[], Any]] = {
            "pca": lambda: PCA(min(self.size, values.shape[1]), random_state=self.seed),
            "mahalanobis": EmpiricalCovariance,
            "mixture": lambda: GaussianMixture(self.size, reg_covar=1e-4, random_state=self.seed),
            "forest": lambda: IsolationForest(n_estimators=self.size, random_state=self.seed),
        }
        steps = make_pipeline(StandardScaler(), made[self.method]()).fit(values)
        return FittedDensity(chosen.names, steps)
