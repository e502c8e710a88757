"""Correlations of weighted features, some of which may be absent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lepsearch.stats.estimate import event_weights

__all__ = ("correlation_matrix", "strongest_pairs")


def correlation_matrix(table: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Pearson's linear correlation of each pair of features, with weights.

    Each pair uses the events that have both. The weights may be negative.

    Args:
        table: Events with ``weight`` and the features; absent ones are NaN.
        features: Columns, k of them.

    Returns:
        Shape (k, k), named; NaN where a feature does not vary or no event has both.
    """
    values = table[list(features)].to_numpy(dtype=float)
    there = np.isfinite(values)
    there_w = there * table["weight"].to_numpy(dtype=float)[:, np.newaxis]
    has = there.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = there_w.T @ np.where(there, values, 0.0) / there_w.sum(axis=0)[:, np.newaxis]
        filled = np.where(there, values - np.diag(middle), 0.0)  # near 0: no digits are lost
        weight = there_w.T @ has
        first = (there_w * filled).T @ has / weight  # mean of row's feature where both are there
        second = (there_w * filled**2).T @ has / weight
        both = (there_w * filled).T @ filled / weight
        variance = second - first**2
        result = (both - first * first.T) / np.sqrt(variance * variance.T)
    return pd.DataFrame(np.clip(result, -1, 1), index=list(features), columns=list(features))


def strongest_pairs(table: pd.DataFrame, features: Sequence[str], count: int) -> pd.DataFrame:
    """The pairs of features with the largest correlations, with errors.

    The error is (1 - r^2) / sqrt(n - 1), right for normal distributions and a guide for others,
    with n the effective number of events that have both.

    Returns:
        Columns ``first``, ``second``, ``r``, ``error`` and ``events`` (raw), strongest first.
    """
    matrix = correlation_matrix(table, features).to_numpy()
    row, column = np.triu_indices(len(features), 1)
    size = np.nan_to_num(np.abs(matrix[row, column]), nan=-1.0)
    rows = []
    for k in np.argsort(-size, kind="stable")[:count]:
        first, second = features[row[k]], features[column[k]]
        both = table[table[first].notna() & table[second].notna()]
        weights = event_weights(both)
        effective = weights.sum() ** 2 / np.sum(weights**2)
        r = float(matrix[row[k], column[k]])
        error = (1 - r**2) / np.sqrt(max(effective - 1, 1))
        rows.append((first, second, r, error, len(weights)))
    return pd.DataFrame(rows, columns=["first", "second", "r", "error", "events"])
