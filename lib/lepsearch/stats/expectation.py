"""Histograms of simulated events with all that is known of their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lepsearch.errors import InputError

__all__ = ("Expectation", "Simulated", "bin_of", "count")

Floats = NDArray[np.float64]


def bin_of(values: ArrayLike, edges: Sequence[float] | Floats) -> NDArray[np.int64]:
    """Bin of each value; what lies outside is put into the first or last bin, NaN into -1.

    Args:
        values: The feature, shape (n,).
        edges: Bin edges, rising.

    Raises:
        InputError: The edges do not rise.

    Examples:
        >>> bin_of([-5.0, 0.0, 1.0, 9.0, float("nan")], [0.0, 1.0, 2.0]).tolist()
        [0, 0, 1, 1, -1]
    """
    borders = np.asarray(edges, dtype=float)
    if len(borders) < 2 or not np.all(np.diff(borders) > 0):
        msg = f"bin edges must rise and be at least two, got {borders.tolist()}"
        raise InputError(msg)
    numbers = np.asarray(values, dtype=float)
    inside = np.clip(np.searchsorted(borders, numbers, side="right") - 1, 0, len(borders) - 2)
    return np.where(np.isnan(numbers), -1, inside)


def count(values: ArrayLike, edges: Sequence[float] | Floats) -> NDArray[np.int64]:
    """Number of values in each bin, binned as ``bin_of`` does.

    Examples:
        >>> count([0.5, 1.5, 7.0], [0, 1, 2]).tolist()
        [1, 2]
    """
    bins = bin_of(values, edges)
    return np.bincount(bins[bins >= 0], minlength=len(edges) - 1)


@dataclass(frozen=True)
class Expectation:
    """What a simulation expects in each bin of one feature.

    Attributes:
        edges: Bin edges, shape (k + 1,).
        groups: Expected events of each process group, shape (k,), by label in stacking order.
        statistical: Covariance of the total that the finite simulation leaves, shape (k, k). Copies
            of one event that fall into two bins make these two vary together.
        third: Sum of the cubed weights of original events in each bin, without sign, shape (k,).
    """

    edges: Floats
    groups: dict[str, Floats]
    statistical: Floats
    third: Floats

    @property
    def total(self) -> Floats:
        """Expected events of all groups, shape (k,)."""
        total: Floats = np.sum([*self.groups.values(), np.zeros(len(self.edges) - 1)], axis=0)
        return total

    def systematic(self, sizes: Mapping[str, float]) -> Floats:
        """Covariance of relative uncertainties of the groups' normalisations.

        Each is fully correlated over the bins, and independent of the other groups'.

        Args:
            sizes: Relative uncertainty of each group, by label.

        Returns:
            Covariance, shape (k, k).

        Raises:
            InputError: A group has no stated size.
        """
        missing = [label for label in self.groups if label not in sizes]
        if missing:
            msg = f"no systematic uncertainty stated for {missing}; there are {sorted(sizes)}"
            raise InputError(msg)
        k = len(self.edges) - 1
        shifts = [sizes[label] * values for label, values in self.groups.items()]
        parts = [np.zeros((k, k)), *(np.outer(shift, shift) for shift in shifts)]
        covariance: Floats = np.sum(parts, axis=0)
        return covariance

    def testable_bins(
        self, *, events: float, effective: float, skewness: float
    ) -> NDArray[np.int64]:
        """First bins of the ranges that hold enough for a chi-square, from left to right.

        What is left over on the right joins the last range.

        Args:
            events: Least expected events of a range.
            effective: Least effective number of simulated events of a range, (sum w)^2 / sum w^2.
            skewness: Largest skewness of a range's statistical error, sum |w|^3 / (sum w^2)^1.5:
                a few heavy events among many light ones do not vary like a normal distribution.

        Returns:
            Numbers of the first bins; empty if all bins together are not enough.
        """
        starts, begin = [], 0
        total, covariance = self.total, self.statistical
        for end in range(1, len(total) + 1):
            inside = total[begin:end].sum()
            variance = covariance[begin:end, begin:end].sum()
            third = self.third[begin:end].sum()
            normal = third <= skewness * variance**1.5
            if normal and inside >= events and inside**2 >= effective * variance > 0:
                starts.append(begin)
                begin = end
        return np.array(starts, dtype=np.int64)

    def merged(self, starts: NDArray[np.int64]) -> Expectation:
        """The expectation in ranges of bins, given by their first bins."""
        rows = np.add.reduceat(self.statistical, starts, axis=0)
        return Expectation(
            edges=np.append(self.edges[starts], self.edges[-1]),
            groups={label: np.add.reduceat(v, starts) for label, v in self.groups.items()},
            statistical=np.add.reduceat(rows, starts, axis=1),
            third=np.add.reduceat(self.third, starts),
        )


@dataclass(frozen=True)
class Simulated:
    """Simulated events, made ready for many histograms.

    Attributes:
        labels: Labels of the groups, in stacking order.
        group: Number of each event's group in ``labels``, shape (n,).
        original: Number of the original event that each is a copy of, shape (n,), from 0.
        weight: Expected events, shape (n,).
    """

    labels: tuple[str, ...]
    group: NDArray[np.int64]
    original: NDArray[np.int64]
    weight: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, labels: Mapping[str, str]) -> Simulated:
        """Events of a table.

        Args:
            table: Events with ``group``, ``sample``, ``event`` and ``weight``.
            labels: Label of each group, in stacking order.

        Raises:
            InputError: A group has no label.
        """
        present = set(table["group"])
        unknown = sorted(present - set(labels))
        if unknown:
            msg = f"groups {unknown} have no label; there are {list(labels)}"
            raise InputError(msg)
        names = [name for name in labels if name in present]
        numbers = {name: i for i, name in enumerate(names)}
        return cls(
            labels=tuple(labels[name] for name in names),
            group=table["group"].map(numbers).to_numpy().astype(np.int64),
            original=table.groupby(["sample", "event"], sort=False).ngroup().to_numpy().astype(int),
            weight=table["weight"].to_numpy(dtype=float),
        )

    def __getitem__(self, which: NDArray[np.bool_]) -> Simulated:
        """The events picked by a mask; original events keep their numbers."""
        return replace(
            self, group=self.group[which], original=self.original[which], weight=self.weight[which]
        )

    def reweighted(self, factors: Floats) -> Simulated:
        """The same events with each original event's weight multiplied, factors of shape (m,)."""
        return replace(self, weight=self.weight * factors[self.original])

    @property
    def originals(self) -> int:
        """Number of original events."""
        return int(self.original.max()) + 1 if len(self.original) else 0

    @property
    def heaviest(self) -> tuple[float, int]:
        """Expected events of the heaviest original event, and the number of its copies.

        Without events (0, 0).
        """
        if not len(self.original):
            return 0.0, 0
        sums = np.bincount(self.original, self.weight)
        most = int(np.argmax(np.abs(sums)))
        return float(sums[most]), int(np.sum(self.original == most))

    def total(self, values: ArrayLike, edges: Sequence[float] | Floats) -> Floats:
        """Expected events of all groups in bins, as ``histogram`` has them, without the errors."""
        bins = bin_of(values, edges)
        there = bins >= 0
        weights = np.bincount(bins[there], self.weight[there], minlength=len(edges) - 1)
        return weights.astype(float, copy=False)

    def histogram(self, values: ArrayLike, edges: Sequence[float] | Floats) -> Expectation:
        """Expected events in bins, overflow in the last and underflow in the first.

        Args:
            values: The feature of each event, shape (n,); NaN (absent) is left out.
            edges: Bin edges, rising.

        Raises:
            InputError: The edges do not rise.
        """
        bins, k = bin_of(values, edges), len(edges) - 1
        there = bins >= 0
        bins, group, weight = bins[there], self.group[there], self.weight[there]
        count_groups = len(self.labels)
        stacked = np.bincount(group * k + bins, weight, minlength=count_groups * k)
        shape = (self.originals, k)
        by_event = sparse.coo_array((weight, (self.original[there], bins)), shape=shape).tocsr()
        return Expectation(
            edges=np.asarray(edges, dtype=float),
            groups=dict(zip(self.labels, stacked.reshape(count_groups, k), strict=True)),
            statistical=np.asarray((by_event.T @ by_event).todense(), dtype=float),
            third=np.asarray(abs(by_event).power(3).sum(axis=0), dtype=float),
        )
