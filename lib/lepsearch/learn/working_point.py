"""A cut on a score that keeps a given share of the signal, and what it gives on other events.

The best of many cuts lies where little background is left to know it by. A cut at the same share of
the signal for all scores is no search for the largest number, and leaves as much background as one
asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.learn.binning import Scored, trusted
from lepsearch.stats.estimate import Estimate, weighted_mean
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.roc import roc

__all__ = ("at_efficiency", "efficiency_cut", "signal_share")

Floats = NDArray[np.float64]


def signal_share(events: Scored, cut: float) -> Estimate:
    """Which share of the expected signal has ``score >= cut``, and its statistical error."""
    signal = events.label
    above = events.score[signal] >= cut
    return weighted_mean(above, events.weight[signal], events.original[signal])


def efficiency_cut(events: Scored, efficiency: float) -> float:
    """The highest cut ``score >= cut`` that keeps at least this share of the expected signal.

    Args:
        events: The events.
        efficiency: The share, above 0 and at most 1.

    Returns:
        The cut; infinite if no cut keeps as much, since there is no signal.

    Raises:
        InputError: The share is not in that range.
    """
    if not 0 < efficiency <= 1:
        msg = f"efficiency is {efficiency:g}, expected a share above 0 and at most 1"
        raise InputError(msg)
    curve = roc(events.score, events.label, events.weight)
    enough = np.flatnonzero(curve.signal >= efficiency)
    return float(curve.threshold[enough[0]]) if len(enough) else np.inf


def at_efficiency(
    chosen_on: Scored,
    read_on: Scored,
    efficiency: float,
    uncertainties: Sequence[float],
    *,
    minimum_effective: float = MINIMUM_EFFECTIVE,
) -> pd.DataFrame:
    """What the cut that keeps a share of the signal gives on events that did not choose it.

    Args:
        chosen_on: Events that choose the cut, by :func:`efficiency_cut`.
        read_on: Events that it is tried on.
        efficiency: The share.
        uncertainties: Relative uncertainties of the background.
        minimum_effective: Effective background events that the cut must leave on either.

    Returns:
        A row for each uncertainty (the index): the ``cut``; ``effective`` and ``read_effective``,
        the effective background events above it where it was chosen and on the others; ``read`` and
        ``read_error``, the significance on the others, NaN where ``binning.trusted`` says so of
        either.
    """
    cut = efficiency_cut(chosen_on, efficiency)
    chosen, other = (one.scan(np.array([cut]), uncertainties) for one in (chosen_on, read_on))
    known = np.isfinite(trusted(chosen, minimum_effective=minimum_effective)[0][:, 0])
    read, read_error = (one[:, 0] for one in trusted(other, minimum_effective=minimum_effective))
    columns = {
        "cut": cut,
        "read": np.where(known, read, np.nan),
        "read_error": np.where(known, read_error, np.nan),
        "effective": chosen.effective_background[0],
        "read_effective": other.effective_background[0],
    }
    return pd.DataFrame(columns, index=pd.Index(list(uncertainties), name="uncertainty"))
