"""What features say without any training: alone, and by which events have them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.learn.labelled import LearningSet
from lepsearch.stats.estimate import original_events, weighted_mean
from lepsearch.stats.roc import auc

__all__ = ("complete_shares", "single_areas")


def single_areas(
    directed_on: LearningSet,
    tried_on: LearningSet,
    conditions: Mapping[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] | None = None,
) -> pd.DataFrame:
    """Area under the ROC curve of each feature alone, with physics weights.

    Some events look the more like signal the less they have of a feature. Its direction is taken
    from events that don't measure the area, so that an area below one half can come out.

    Args:
        directed_on: Events that say in which direction a feature is cut.
        tried_on: Events that the area is measured on.
        conditions: More features, yes or no, by name: of either set of events, shape (n,) each.

    Returns:
        A row for each feature that no event lacks and for each condition (the index), largest area
        first: ``falls``, whether signal is looked for at low values; ``auc`` and its ``error``.
    """
    sets, rows = (directed_on, tried_on), {}
    for name in directed_on.names:
        place = directed_on.names.index(name)
        columns = [one.features[:, place].astype(float) for one in sets]
        if not any(np.isnan(one).any() for one in columns):
            rows[name] = columns
    for name, masks in (conditions or {}).items():
        rows[name] = [mask.astype(float) for mask in masks]
    original = original_events(tried_on.sample, tried_on.event)
    found = {}
    for name, (first, second) in rows.items():
        falls = auc(first, directed_on.label, directed_on.weight).value < 0.5
        score = -second if falls else second
        area = auc(score, tried_on.label, tried_on.weight, original)
        found[name] = {"falls": falls, "auc": area.value, "error": area.error}
    table = pd.DataFrame.from_dict(found, orient="index").astype({"falls": bool})
    return table.astype({"auc": float, "error": float}).sort_values("auc", ascending=False)


def complete_shares(events: LearningSet) -> pd.DataFrame:
    """Which part of each process has all features, in percent of expected events.

    The error treats events with and without all features as independent, copies of one as one.

    Args:
        events: Any events.

    Returns:
        A row for each process (the index), backgrounds first: ``signal``, ``events`` (simulated,
        copies once), ``expected``, ``share`` and its ``error``.
    """
    complete = np.asarray(~np.isnan(events.features).any(axis=1), dtype=np.bool_)
    place = original_events(events.sample, events.event)
    rows = {}
    for name in dict.fromkeys(events.groups.tolist()):
        rows_of = events.groups == name
        mean = weighted_mean(complete[rows_of], events.weight[rows_of], place[rows_of])
        rows[name] = {
            "signal": bool(events.label[rows_of].any()),
            "events": len(np.unique(place[rows_of])),
            "expected": events.weight[rows_of].sum(),
            "share": 100 * mean.value,
            "error": 100 * mean.error,
        }
    return pd.DataFrame.from_dict(rows, orient="index").sort_values("signal", kind="stable")
