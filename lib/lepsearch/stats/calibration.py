r"""Whether a score means what it says: the share of signal among events of equal score.

A network that minimises the weighted cross-entropy estimates, at every point, the share of the
signal in the training weights there. Among events of score :math:`p` that share should be
:math:`p`; the curve of one against the other is the reliability curve (DeGroot and Fienberg, The
Statistician 32 (1983) 12).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from lepsearch.errors import InputError
from lepsearch.stats.estimate import Estimate, weighted_mean
from lepsearch.stats.roc import checked

__all__ = ("calibration_bias", "calibration_error", "reliability")


def reliability(
    score: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    bins: int = 10,
    original: ArrayLike | None = None,
) -> pd.DataFrame:
    r"""Mean score and share of signal in equal bins of the score, with weights.

    The share is a ratio of sums of weights, :math:`S/(S+B)`, and has the error of
    :func:`~lepsearch.stats.estimate.weighted_mean`.

    Args:
        score: Scores from 0 to 1, shape (n,).
        label: Whether each event is signal, shape (n,).
        weight: The weights that the loss had, of either sign, shape (n,); 1 by default.
        bins: Number of bins.
        original: Which original event each is a copy of; None: there are no copies.

    Returns:
        A row for each bin: edges ``low`` and ``high``, ``score``, ``share`` and ``error``, the
        ``weight`` in it and the number of ``events``. Without a positive sum of weights the
        middle three are NaN.

    Raises:
        InputError: A score is not from 0 to 1, or the arrays' lengths differ.
    """
    scores, labels, weights = checked(score, label, weight)
    if len(scores) and not (scores.min() >= 0 and scores.max() <= 1):
        msg = f"reliability: scores from {scores.min():g} to {scores.max():g}; expected 0 to 1"
        raise InputError(msg)
    places = np.arange(len(scores)) if original is None else np.asarray(original)
    edges = np.linspace(0.0, 1.0, bins + 1)
    index = np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, bins - 1)
    rows = []
    for i in range(bins):
        here = index == i
        share = weighted_mean(labels[here], weights[here], places[here])
        row = {
            "low": edges[i],
            "high": edges[i + 1],
            "score": weighted_mean(scores[here], weights[here]).value,
            "share": share.value,
            "error": share.error,
            "weight": weights[here].sum(),
            "events": here.sum(),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def calibration_error(curve: pd.DataFrame) -> float:
    """Mean distance of a curve of :func:`reliability` from the diagonal, by weight.

    Bins without a positive sum of weights are left out.

    Examples:
        >>> round(calibration_error(reliability([0.2, 0.2, 0.9], [False, True, True])), 3)
        0.233
    """
    known = curve[curve["share"].notna()]
    distances = (known["share"] - known["score"]).abs()
    return float((distances * known["weight"]).sum() / known["weight"].sum())


def calibration_bias(
    score: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    low: float = 0.1,
    high: float = 0.9,
    original: ArrayLike | None = None,
) -> Estimate:
    """Share of signal less mean score, among events with scores from ``low`` to below ``high``.

    Negative where scores promise more signal than there is. Most events have scores near 0 or 1,
    and :func:`calibration_error` is a mean over these; this is one over the others.

    Args:
        score: Scores from 0 to 1, shape (n,).
        label: Whether each event is signal, shape (n,).
        weight: The weights that the loss had, of either sign, shape (n,); 1 by default.
        low: The lowest score.
        high: The score below which all are.
        original: Which original event each is a copy of; None: there are no copies.

    Returns:
        The difference and its statistical error; NaN without a positive sum of weights.

    Examples:
        >>> print(calibration_bias([0.5, 0.5, 0.99], [True, False, False]))
        0.00 ± 0.35
    """
    scores, labels, weights = checked(score, label, weight)
    here = (scores >= low) & (scores < high)
    places = np.arange(len(scores)) if original is None else np.asarray(original)
    return weighted_mean(labels[here] - scores[here], weights[here], places[here])
