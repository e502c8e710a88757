"""Weighted histograms of the skims' features, by process group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hist import Hist
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError
from lepsearch.stats.estimate import sum_weights

__all__ = ("Spectra", "effective_events", "fill", "labelled_spectra", "spectra")


@dataclass(frozen=True)
class Spectra:
    """One feature's distributions, as a figure stacks them.

    Attributes:
        backgrounds: Histogram of each background group, by label, in stacking order.
        signals: Histogram of each signal sample, by label.
        data: Histogram of the recorded events; None without data.
    """

    backgrounds: dict[str, Hist]
    signals: dict[str, Hist]
    data: Hist | None


def fill(
    values: ArrayLike,
    weights: ArrayLike,
    edges: Sequence[float],
    *,
    event: ArrayLike | None = None,
) -> Hist:
    """A weighted histogram; what lies outside the edges is counted in the first and last bin.

    Args:
        values: The feature, shape (n,); NaN (absent) is left out.
        weights: Weights, shape (n,).
        edges: Bin edges, rising.
        event: Number of the event that each is a copy of, shape (n,); copies in one bin count as
            one entry in its variance. None: there are no copies.

    Raises:
        InputError: The edges do not rise.
    """
    if len(edges) < 2 or np.any(np.diff(edges) <= 0):
        msg = f"bin edges must rise and be at least two, got {list(edges)}"
        raise InputError(msg)
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    there = ~np.isnan(values)
    inside = np.clip(values[there], edges[0], np.nextafter(edges[-1], edges[0]))
    weights = weights[there]
    if event is not None:
        bins = np.searchsorted(edges, inside, side="right")
        _, numbers = np.unique(np.asarray(event)[there], return_inverse=True)
        identity = numbers.ravel() * (len(edges) + 1) + bins
        _, first, place = np.unique(identity, return_index=True, return_inverse=True)
        inside, weights = inside[first], np.bincount(place.ravel(), weights)
    histogram = Hist.new.Var(edges, name="x").Weight()
    histogram.fill(inside, weight=weights)
    return histogram


def spectra(
    table: pd.DataFrame, feature: str, edges: Sequence[float], labels: Mapping[str, str]
) -> Spectra:
    """Histograms of one feature, backgrounds by group, signals by sample.

    Args:
        table: Events with ``weight``, ``kind``, ``group`` and ``sample``, from ``Dataset.table``.
        feature: Column to fill.
        edges: Bin edges.
        labels: Label of each background group, in stacking order, and of each signal sample.

    Raises:
        InputError: There is no such feature.
    """
    if feature not in table:
        msg = f"no column {feature!r} in the table; there are {sorted(table.columns)}"
        raise InputError(msg)

    def histogram(events: pd.DataFrame) -> Hist:
        by_sample = [
            fill(part[feature], part["weight"], edges, event=part.get("event"))
            for _, part in events.groupby("sample")
        ]
        return sum(by_sample[1:], by_sample[0])

    background, signal, data = (
        table[table["kind"] == kind] for kind in ("background", "signal", "data")
    )
    return Spectra(
        backgrounds={
            label: histogram(background[background["group"] == group])
            for group, label in labels.items()
            if (background["group"] == group).any()
        },
        signals={
            labels.get(str(name), str(name)): histogram(events)
            for name, events in signal.groupby("sample", sort=False)
        },
        data=histogram(data) if len(data) else None,
    )


def effective_events(
    table: pd.DataFrame, feature: str, labels: Mapping[str, str]
) -> dict[str, float]:
    """Unweighted events that each histogram of ``spectra`` is worth, (sum w)^2 / sum w^2.

    Copies of an event count as one. Backgrounds by group, signals by sample.

    Args:
        table: Events, from ``Dataset.table``.
        feature: Column that an event must have.
        labels: Labels of groups and samples.
    """
    known = table[table[feature].notna() & (table["kind"] != "data")]
    name = known["group"].where(known["kind"] == "background", known["sample"])
    result = {}
    for key, events in known.groupby(name, sort=False):
        total = sum_weights(events)
        result[labels.get(str(key), str(key))] = (total.value / total.error) ** 2
    return result


def labelled_spectra(
    values: ArrayLike,
    process: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike,
    edges: Sequence[float],
    *,
    original: ArrayLike | None = None,
    order: Sequence[str] = (),
) -> Spectra:
    """Histograms of a classifier's scores, or of anything else that has a value an event.

    Args:
        values: The scores, shape (n,).
        process: Label of each event's process, shape (n,).
        label: Whether each is signal, shape (n,).
        weight: Weights, shape (n,).
        edges: Bin edges.
        original: Which original event each is a copy of, from ``metrics.original_events``.
        order: Labels of backgrounds in stacking order; the others follow, the smallest first.
    """
    scores, weights = np.asarray(values, dtype=float), np.asarray(weight, dtype=float)
    processes, signal = np.asarray(process), np.asarray(label, dtype=bool)
    identity = None if original is None else np.asarray(original)

    def histograms(chosen: NDArray[np.bool_]) -> dict[str, Hist]:
        made = {}
        for name in np.unique(processes[chosen]).tolist():
            rows = chosen & (processes == name)
            event = None if identity is None else identity[rows]
            made[name] = fill(scores[rows], weights[rows], edges, event=event)
        return made

    stacked = histograms(~signal)
    by_size = sorted(stacked, key=lambda name: float(stacked[name].values().sum()))
    names = dict.fromkeys([*(name for name in order if name in stacked), *by_size])
    return Spectra({name: stacked[name] for name in names}, histograms(signal), None)
