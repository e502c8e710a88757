"""Weighted histograms as ``hist`` objects, with an axis for each way that events are divided.

An :class:`Expectation` adds what is known of the uncertainty of a simulated one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from hist import Hist, axis
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError
from lepsearch.stats.copies import originals
from lepsearch.stats.estimate import COUNTED, sum_weights

__all__ = (
    "LARGEST_SKEWNESS",
    "LEAST_EFFECTIVE",
    "LEAST_EVENTS",
    "Expectation",
    "bin_of",
    "components",
    "effective_events",
    "even_edges",
    "fill",
    "labelled_spectra",
    "spectra",
)

Floats = NDArray[np.float64]

KINDS = ("background", "signal", "data")

LEAST_EVENTS = 10.0  # expected in a tested range, so that a Poisson count is nearly normal
LEAST_EFFECTIVE = 15.0  # simulated events there by (sum w)^2 / sum w^2, likewise
LARGEST_SKEWNESS = 0.8  # of the simulation's error there, sum |w|^3 / (sum w^2)^1.5


def bin_of(values: ArrayLike, edges: ArrayLike) -> NDArray[np.int64]:
    """Bin of each value, shape (n,); what lies outside is put into the first or last, NaN into -1.

    Raises:
        InputError: The edges do not rise.

    Examples:
        >>> bin_of([-5.0, 0.0, 1.0, 9.0, float("nan")], [0.0, 1.0, 2.0]).tolist()
        [0, 0, 1, 1, -1]
    """
    borders, numbers = np.asarray(edges, dtype=float), np.asarray(values, dtype=float)
    if len(borders) < 2 or not np.all(np.diff(borders) > 0):
        msg = f"bin edges must rise and be at least two, got {borders.tolist()}"
        raise InputError(msg)
    inside = np.clip(np.searchsorted(borders, numbers, side="right") - 1, 0, len(borders) - 2)
    return np.where(np.isnan(numbers), -1, inside)


def even_edges(values: ArrayLike) -> Floats:
    """Edges of ten even bins that span nearly all values but NaN; of one bin if all are the same.

    Examples:
        >>> even_edges([2.0, 2.0]).tolist(), len(even_edges([0.0, 1.0, 5.0]))
        ([1.5, 2.5], 11)
    """
    numbers = np.asarray(values, dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if not numbers.size:
        return np.array([0.0, 1.0])
    low, high = np.quantile(numbers, [0.002, 0.98])
    if not high - low > 1e-6 * max(abs(low), abs(high), 1e-6):
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, 11)


def fill(
    values: ArrayLike,
    weights: ArrayLike,
    edges: ArrayLike,
    *,
    original: ArrayLike | None = None,
    by: Mapping[str, Any] | None = None,
) -> Hist:
    """Fill a weighted histogram; what lies outside the edges counts in the first and last bin.

    Args:
        values: The feature, shape (n,); NaN (absent) is left out.
        weights: Weights, shape (n,).
        edges: Bin edges, rising.
        original: Number of the original event that each is a copy of, shape (n,); copies in one
            bin count as one entry in its variance. None: there are no copies.
        by: What divides the events, by the name of its axis (process, region, variation): the
            category of each, shape (n,), in alphabetical order or in that of a pandas categorical.

    Returns:
        A histogram with the categorical axes of ``by`` and the axis ``x``.
    """
    bins = bin_of(values, edges)
    divisions = {name: pd.Categorical(each) for name, each in (by or {}).items()}
    axes = [
        axis.StrCategory([str(one) for one in each.categories], name=name, growth=True)
        for name, each in divisions.items()
    ]
    borders = axis.Variable(np.asarray(edges, dtype=float), name="x")
    histogram = Hist(*axes, borders, storage="weight")
    places = np.array([*(each.codes for each in divisions.values()), bins])
    known = np.all(places >= 0, axis=0)
    cells = np.ravel_multi_index(tuple(places[:, known]), histogram.shape)
    sums = np.asarray(weights, dtype=float)[known]
    size = int(np.prod(histogram.shape))
    if original is not None:
        pairs = np.asarray(original, dtype=np.int64)[known] * size + cells
        pairs, place = np.unique(pairs, return_inverse=True)
        cells, sums = pairs % size, np.bincount(place.ravel(), sums)
    moments = [np.bincount(cells, w, minlength=size) for w in (sums, sums**2)]
    histogram[...] = np.stack(moments, axis=-1).reshape(*histogram.shape, 2)
    return histogram


def spectra(table: pd.DataFrame, feature: str, edges: ArrayLike, labels: Mapping[str, str]) -> Hist:
    """Fill one feature of a table, by kind and process: group of a background, sample of others.

    Args:
        table: Events with ``weight``, ``kind``, ``group`` and ``sample``, from ``Dataset.table``.
        feature: Column to fill.
        edges: Bin edges.
        labels: Label of each background group, in stacking order, and of each signal sample.

    Returns:
        A histogram with the axes ``kind`` (background, signal, data), ``process`` and ``x``.
    """
    process, kind = _processes(table, labels), pd.Categorical(table["kind"], KINDS)
    names = dict.fromkeys([*labels.values(), *process.unique()])
    by = {"kind": kind, "process": pd.Categorical(process, list(names))}
    return fill(table[feature], table["weight"], edges, original=originals(table), by=by)


def labelled_spectra(
    values: ArrayLike,
    process: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike,
    edges: ArrayLike,
    *,
    original: ArrayLike | None = None,
    order: Sequence[str] = (),
) -> Hist:
    """Fill a classifier's scores, or anything else that has a value an event, like :func:`spectra`.

    Events have the name of their process, and ``label`` is whether they are signal. The order is
    that of backgrounds in the stack; those not in it follow, the smallest first.
    """
    signal, names = np.asarray(label, dtype=bool), pd.Series(np.asarray(process), dtype=object)
    by_size = pd.Series(np.asarray(weight)[~signal]).groupby(names[~signal].to_numpy()).sum()
    stacked = dict.fromkeys([*order, *by_size.sort_values(kind="stable").index])
    known = dict.fromkeys([*(one for one in stacked if one in by_size), *sorted(set(names))])
    kind = pd.Categorical(np.where(signal, "signal", "background"), KINDS)
    by = {"kind": kind, "process": pd.Categorical(names, list(known))}
    return fill(values, weight, edges, original=original, by=by)


def components(histogram: Hist, kind: str) -> dict[str, Hist]:
    """Histograms of the processes of a kind in :func:`spectra` that have entries, in its order."""
    of_kind, names = histogram[{"kind": kind}], histogram.axes["process"]
    # by number, since a * in a label would be a pattern
    found = {name: of_kind[i, :] for i, name in enumerate(names)}
    return {name: one for name, one in found.items() if np.any(one.variances() > 0)}


def effective_events(
    table: pd.DataFrame, feature: str, labels: Mapping[str, str]
) -> dict[str, float]:
    """Unweighted events that each process of :func:`spectra` is worth, (sum w)^2 / sum w^2.

    Events must have the feature; copies of one count as one.
    """
    few = table.columns.intersection([*COUNTED, "group", "kind"])
    known = table.loc[table[feature].notna() & (table["kind"] != "data"), few]
    parts = known.groupby(_processes(known, labels), sort=False)
    return {str(label): sum_weights(events).effective for label, events in parts}


def _processes(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.Series:
    """Label of each event's process: the group of a background, the sample of others."""
    name = table["group"].where(table["kind"] == "background", table["sample"])
    codes, found = pd.factorize(name)
    shown = np.array([labels.get(one, one) for one in found], dtype=object)
    return pd.Series(shown[codes], table.index)


@dataclass(frozen=True)
class Expectation:
    """What a simulation expects in each of the k bins of one feature."""

    processes: Hist  # expected events, with the axes ``process`` (in stacking order) and ``x``
    # covariance of the total that the finite simulation leaves, shape (k, k). Copies of one event
    # that fall into two bins make these two vary together.
    statistical: Floats
    # covariance of the uncertainties of the processes' normalisations, shape (k, k): each is fully
    # correlated over the bins, and independent of the other processes'
    systematic: Floats
    # sum of the cubed weights of original events in each bin, without sign, shape (k,)
    third: Floats

    @property
    def labels(self) -> list[str]:
        """Labels of the processes, in stacking order."""
        return list(self.processes.axes["process"])

    @property
    def edges(self) -> Floats:
        """Bin edges, shape (k + 1,)."""
        return np.asarray(self.processes.axes["x"].edges)

    @property
    def total(self) -> Floats:
        """Expected events of all processes, shape (k,)."""
        return np.asarray(self.processes.values().sum(axis=0))

    @cached_property
    def ranges(self) -> Floats:
        """Which bins are merged for a chi-square, shape (ranges, k) of zeros and ones.

        Bins are merged with their right neighbours until they hold enough; what is left over on the
        right joins the last range. No row if all bins together are not enough. The skewness counts
        since a few heavy events among many light ones do not vary like a normal distribution.
        """
        starts, begin, total = [], 0, self.total
        for end in range(1, len(total) + 1):
            inside = total[begin:end].sum()
            variance = self.statistical[begin:end, begin:end].sum()
            normal = self.third[begin:end].sum() <= LARGEST_SKEWNESS * variance**1.5
            if normal and inside >= LEAST_EVENTS and inside**2 >= LEAST_EFFECTIVE * variance > 0:
                starts.append(begin)
                begin = end
        number = np.searchsorted(starts, np.arange(len(total)), side="right") - 1
        return np.asarray(number == np.arange(len(starts))[:, np.newaxis], dtype=float)
