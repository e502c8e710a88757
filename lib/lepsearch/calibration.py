r"""Whether a score means what it says: the share of signal among events of equal score.

A network that minimises the weighted cross-entropy estimates, at every point, the share of the
signal in the training weights there. Among events of score :math:`p` that share should be
:math:`p`; the curve of one against the other is the reliability curve (DeGroot and Fienberg, The
Statistician 32 (1983) 12).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError
from lepsearch.roc import checked

__all__ = ("calibration_error", "reliability")


def reliability(
    score: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    bins: int = 10,
    original: ArrayLike | None = None,
) -> pd.DataFrame:
    r"""Mean score and share of signal in equal bins of the score, with weights.

    The share is a ratio of sums of weights, :math:`r = S/(S+B)`; its variance is
    :math:`\sum_e [\sum_{i \in e} w_i (t_i - r)]^2 / (S+B)^2` over original events e, which is the
    binomial one for equal weights.

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
        mean, share, error = _ratio(scores[here], labels[here], weights[here], places[here])
        rows.append((edges[i], edges[i + 1], mean, share, error, weights[here].sum(), here.sum()))
    names = ["low", "high", "score", "share", "error", "weight", "events"]
    return pd.DataFrame(rows, columns=names)


def _ratio(
    scores: NDArray[np.float64],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    places: NDArray[np.int64],
) -> tuple[float, float, float]:
    """Mean score, share of signal and its error; NaN without a positive sum of weights."""
    total = weights.sum()
    if not total > 0:
        return np.nan, np.nan, np.nan
    share = weights[labels].sum() / total
    _, event = np.unique(places, return_inverse=True)
    pulls = np.bincount(event.ravel(), weights * (labels - share))
    return float(weights @ scores / total), float(share), float(np.sqrt(np.sum(pulls**2)) / total)


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
