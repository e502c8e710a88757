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
from lepsearch.stats.estimate import weighted_mean
from lepsearch.stats.histograms import bin_of
from lepsearch.stats.roc import checked

__all__ = ("reliability",)


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
    index, rows = bin_of(scores, edges), []
    for i in range(bins):
        here = index == i
        share = weighted_mean(labels[here], weights[here], places[here])
        rows.append(
            {
                "low": edges[i],
                "high": edges[i + 1],
                "score": weighted_mean(scores[here], weights[here]).value,
                "share": share.value,
                "error": share.error,
                "weight": weights[here].sum(),
                "events": here.sum(),
            }
        )
    return pd.DataFrame(rows)
