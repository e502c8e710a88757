"""What scores are good for: significances above cuts, and whether they are shares of signal.

A sum of weights estimates a number of expected events whatever the signs, so negative weights stay
in every number here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError
from lepsearch.stats.estimate import Estimate, weighted_mean
from lepsearch.stats.histograms import bin_of
from lepsearch.stats.roc import checked
from lepsearch.stats.significance import z_asimov, z_uncertainty

__all__ = ("MINIMUM_EFFECTIVE", "SignificanceScan", "reliability", "significance_scan")

Floats = NDArray[np.float64]
UNCERTAINTIES = (0.0, 0.1, 0.2, 0.3)
# below it, neither the error of the background nor that of the significance means much
MINIMUM_EFFECTIVE = 10.0


@dataclass(frozen=True)
class SignificanceScan:
    """What each cut ``score >= cut`` leaves, and the significance expected there."""

    cuts: Floats  # the cuts, shape (m,)
    signal: Floats  # expected signal, and below its statistical error [events], shape (m,)
    signal_error: Floats
    background: Floats  # expected background, likewise
    background_error: Floats
    # unweighted events that would know the background as well, shape (m,)
    effective_background: Floats
    uncertainties: Floats  # relative uncertainties of the background, shape (k,)
    z: Floats  # significance, shape (k, m); NaN where there is no positive background
    # its error from the limited simulation, shape (k, m); the uncertainty of the background is
    # relative, so it moves with the background
    z_error: Floats

    def enough(self, minimum_effective: float = MINIMUM_EFFECTIVE) -> NDArray[np.bool_]:
        """Where enough background events are left to trust the significance, shape (m,)."""
        enough = (self.effective_background >= minimum_effective) & np.isfinite(self.z[0])
        return np.asarray(enough, dtype=np.bool_)

    def at(self, cut: int = 0) -> list[Estimate]:
        """Significance at one cut, for each uncertainty; unknown where too little is left."""
        known = bool(self.enough()[cut])
        pairs = zip(self.z[:, cut], self.z_error[:, cut], strict=True)
        return [Estimate(*pair) if known else Estimate(np.nan, np.nan) for pair in pairs]


def significance_scan(
    score: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike,
    cuts: Sequence[float] | Floats,
    *,
    original: ArrayLike | None = None,
    uncertainties: Sequence[float] = UNCERTAINTIES,
) -> SignificanceScan:
    """Expected significance of counting the events above each cut on the score.

    Args:
        score, label, weight: As of ``roc.roc``, with physics weights [expected events].
        cuts: Lowest scores that are kept, shape (m,).
        original: Which original event each row is a copy of; copies may lie on either side of a
            cut. None: there are no copies.
        uncertainties: Relative uncertainties of the background.

    Raises:
        InputError: As of ``roc.roc``.
    """
    scores, labels, weights = checked(score, label, weight)
    places = np.arange(len(scores)) if original is None else np.asarray(original)
    if places.shape != scores.shape:
        msg = f"expected an original event for each of {scores.shape} scores, got {places.shape}"
        raise InputError(msg)
    at = np.asarray(cuts, dtype=float)
    (s, s2), (b, b2) = (
        _above(scores[rows], weights[rows], places[rows], at) for rows in (labels, ~labels)
    )
    relative = np.asarray(uncertainties, dtype=float)
    z, z_error = np.full((2, len(relative), len(at)), np.nan)
    good, shares = (b > 0) & (s + b > 0), relative[:, None]
    z[:, good] = z_asimov(s[good], b[good], shares * b[good])
    squares = {"s_sumw2": s2[good], "b_sumw2": b2[good]}
    z_error[:, good] = z_uncertainty(s[good], b[good], relative=shares, **squares)
    effective = np.divide(b**2, b2, out=np.zeros_like(b), where=b2 > 0)
    return SignificanceScan(at, s, np.sqrt(s2), b, np.sqrt(b2), effective, relative, z, z_error)


def _above(
    scores: Floats, weights: Floats, places: NDArray[Any], cuts: Floats
) -> tuple[Floats, Floats]:
    """Sum of weights at or above each cut, and its variance with copies summed first.

    Copies of an event come in one by one as the cut falls; each raises the event's squared weight
    from that of the copies above it, so that these rises need only be summed.
    """
    order = np.argsort(-scores, kind="stable")
    w = weights[order]
    within = pd.Series(w).groupby(places[order], sort=False).cumsum().to_numpy()
    rise = within**2 - (within - w) ** 2
    number = len(w) - np.searchsorted(scores[order][::-1], cuts)  # of events above each cut
    total, variance = (np.append(0.0, np.cumsum(each))[number] for each in (w, rise))
    return total, np.maximum(variance, 0.0)  # rounding may step below


def reliability(
    score: ArrayLike,
    label: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    bins: int = 10,
    original: ArrayLike | None = None,
) -> pd.DataFrame:
    r"""Mean score and share of signal in equal bins of the score, with weights.

    A network that minimises the weighted cross-entropy estimates, at every point, the share of the
    signal in the training weights there. Among events of score :math:`p` that share should be
    :math:`p`; the curve of one against the other is the reliability curve (DeGroot and Fienberg,
    The Statistician 32 (1983) 12).

    The share is a ratio of sums of weights, :math:`S/(S+B)`, and has the error of
    :func:`~lepsearch.stats.estimate.weighted_mean`. The weights are those that the loss had, of
    either sign; 1 by default.

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
    for i, (low, high) in enumerate(pairwise(edges)):
        here = index == i
        mean = weighted_mean(scores[here], weights[here]).value
        share = weighted_mean(labels[here], weights[here], places[here])
        inside = weights[here].sum(), here.sum()
        rows.append((low, high, mean, share.value, share.error, *inside))
    names = ["low", "high", "score", "share", "error", "weight", "events"]
    return pd.DataFrame(rows, columns=names)
