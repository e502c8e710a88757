"""Padding of absent features and scaling, measured on training events and applied to all.

This module measures and decides, in NumPy; ``architecture`` applies what it decides inside the
network, so that a stored model takes features as the skims have them.
"""

from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError, one_of

__all__ = ("PADDINGS", "SCALINGS", "Moments", "Padding", "Preparation", "Scaling", "prepare")

Padding = Literal[
    "drop_features",  # features that any training event lacks are left out
    "drop_events",  # events that lack a feature teach nothing and get the score 0
    "zero",
    "thesis",  # thesis B's ntuples: momenta and masses 0, angles -999
    "mean",  # of the events that have the feature
    "mask",  # 0, and one more input for each such feature: whether it is absent
    "embedding",  # a value for each feature, learned with the network's weights
]
Scaling = Literal["none", "min_max", "z_score", "keras_normalization", "batch", "layer"]
PADDINGS: Final[tuple[Padding, ...]] = get_args(Padding)
SCALINGS: Final[tuple[Scaling, ...]] = get_args(Scaling)

OUTSIDE = -999.0  # an angle that thesis B gives to absent jets

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """What preparation needs to know of k features; arrays have shape (k,)."""

    names: tuple[str, ...]  # the features
    there: Array  # total weight of the events that have the feature
    absent: Array  # total weight of those that lack it
    lacking: NDArray[np.int64]  # number of those that lack it
    low: Array  # lowest value
    high: Array  # highest value
    mean: Array  # mean of the events that have it; 0 if none does
    spread: Array  # sum of weighted squared deviations from the mean

    @classmethod
    def of(cls, names: tuple[str, ...], features: NDArray[np.float32], weights: Array) -> Self:
        """Moments of one batch, shape (n, k), NaN where absent; no weight is negative."""
        values, nan = features.astype(np.float64), np.isnan(features)
        w = np.where(nan, 0.0, weights[:, np.newaxis])
        filled = np.where(nan, 0.0, values)
        there = w.sum(axis=0)
        mean = (w * filled).sum(axis=0) / np.where(there > 0, there, 1.0)
        return cls(
            names=names,
            there=there,
            absent=np.where(nan, weights[:, np.newaxis], 0.0).sum(axis=0),
            lacking=nan.sum(axis=0),
            low=np.where(nan, np.inf, values).min(axis=0, initial=np.inf),
            high=np.where(nan, -np.inf, values).max(axis=0, initial=-np.inf),
            mean=mean,
            spread=(w * (filled - mean) ** 2).sum(axis=0),
        )

    def __add__(self, other: Self) -> Self:
        """Moments of both batches together (Chan, Golub and LeVeque, COMPSTAT 1982)."""
        there = self.there + other.there
        share = other.there / np.where(there > 0, there, 1.0)
        step = other.mean - self.mean
        return type(self)(
            names=self.names,
            there=there,
            absent=self.absent + other.absent,
            lacking=self.lacking + other.lacking,
            low=np.minimum(self.low, other.low),
            high=np.maximum(self.high, other.high),
            mean=self.mean + step * share,
            spread=self.spread + other.spread + step**2 * self.there * share,
        )

    def filled(self, values: Array) -> Self:
        """Moments after absent features have got these values, shape (k,)."""
        gap = type(self)(
            names=self.names,
            there=self.absent,
            absent=np.zeros_like(self.absent),
            lacking=np.zeros_like(self.lacking),
            low=np.where(self.lacking > 0, values, np.inf),
            high=np.where(self.lacking > 0, values, -np.inf),
            mean=np.where(self.absent > 0, values, 0.0),
            spread=np.zeros_like(self.spread),
        )
        complete = type(self)(**{**vars(self), "absent": np.zeros_like(self.absent)})
        return complete + gap


@dataclass(frozen=True)
class Preparation:
    """How features are padded and scaled; arrays have the shape (number of columns,)."""

    names: tuple[str, ...]  # the features as they come in
    columns: NDArray[np.int64]  # which of them are used
    fill: Array  # value for an absent feature, before scaling
    mask: NDArray[np.int64]  # which of the columns some training event lacked
    offset: Array  # subtracted from the filled features
    factor: Array  # multiplies them then
    mean: Array  # mean of the filled features
    variance: Array  # their variance


def _inverse(width: Array, moments: Moments) -> Array:
    """One over a width; 1 for a feature of one value, whose width is 0 but for rounding."""
    size = np.maximum(np.abs(moments.low), np.abs(moments.high))
    varies = width > np.finfo(np.float32).eps * size
    return np.divide(1.0, width, out=np.ones_like(width), where=varies)


def prepare(padding: Padding, scaling: Scaling, moments: Moments) -> Preparation:
    """Decide how features with these moments in the training events are padded and scaled.

    The scalers of thesis B's equations 5.1 and 5.2 act on each feature alone; ``batch`` and
    ``layer`` are layers that learn, so nothing is scaled here.

    Raises:
        InputError: A name is unknown, or the padding leaves no feature.
    """
    one_of("padding", padding, PADDINGS)
    one_of("scaling", scaling, SCALINGS)
    columns, fill = np.arange(len(moments.names)), np.zeros(len(moments.names))
    if padding == "drop_features":
        columns = np.flatnonzero(moments.lacking == 0)
        if not len(columns):
            msg = f"padding {padding!r} leaves no feature: events lack each of "
            msg += f"{list(moments.names)}"
            raise InputError(msg)
    elif padding in ("mean", "embedding"):
        fill = moments.mean
    elif padding == "thesis":
        fill[[name.endswith(("eta", "phi")) for name in moments.names]] = OUTSIDE
    after = moments.filled(fill)
    variance = after.spread / np.where(after.there > 0, after.there, 1.0)
    offset, factor = np.zeros_like(fill), np.ones_like(fill)
    if scaling == "min_max":
        offset, factor = after.low, _inverse(after.high - after.low, after)
    elif scaling == "z_score":
        offset, factor = after.mean, _inverse(np.sqrt(variance), after)
    return Preparation(
        names=moments.names,
        columns=columns,
        fill=fill[columns],
        mask=np.flatnonzero(moments.lacking[columns] > 0),
        offset=offset[columns],
        factor=factor[columns],
        mean=after.mean[columns],
        variance=variance[columns],
    )
