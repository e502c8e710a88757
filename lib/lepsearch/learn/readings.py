"""Significances read off the test part, at cuts that the validation part has chosen.

Nothing is chosen on the test part: not the cut, not the training, not the point of a grid. Where it
leaves too little background at what was chosen, there is no significance. So that this is rare, a
cut must leave more background where it is chosen than where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.learn.binning import Scored, trusted
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.trials import common_cuts
from lepsearch.stats.estimate import original_events, over_trainings
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.roc import auc

__all__ = ("CHOOSING", "above", "averaged", "common_cut", "only", "read_off")

Floats = NDArray[np.float64]
# effective background events that a cut must leave where it is chosen
CHOOSING = 3 * MINIMUM_EFFECTIVE


def only(
    events: LearningSet, part: str, scores: Sequence[Floats], signal: str
) -> tuple[LearningSet, list[Floats]]:
    """The background and one signal of a part, with the scores of each training.

    Args:
        events: All parts.
        part: Its name.
        scores: Scores of the part's events by each training.
        signal: Name of the signal.

    Raises:
        InputError: No signal has that name.
    """
    these = events.of(part)
    kept = ~these.label | np.isin(these.sample, np.unique(events.of_signal(signal).sample))
    return these.take(kept), [one[kept] for one in scores]


def _scored(events: LearningSet, score: Floats) -> Scored:
    original = original_events(events.sample, events.event)
    return Scored(score, events.label, events.weight, original)


def above(events: LearningSet, scores: Sequence[Floats], cut: float) -> pd.DataFrame:
    """What each training leaves above a cut that was chosen on other events.

    Args:
        events: The n events of one part.
        scores: Scores by each training, shape (n,).
        cut: The lowest score.

    Returns:
        A row for each training: ``z`` and ``z_error``, NaN where :func:`binning.trusted` says so;
        ``effective`` background events; ``signal`` and ``background``, ``signal_error`` and
        ``background_error``.
    """
    rows = []
    for score in scores:
        scan = _scored(events, score).scan(np.array([cut]), [0.0])
        (z,), (z_error,) = (one[0] for one in trusted(scan))
        rows.append({
            "z": z, "z_error": z_error, "effective": scan.effective_background[0],
            "signal": scan.signal[0], "signal_error": scan.signal_error[0],
            "background": scan.background[0], "background_error": scan.background_error[0],
        })  # fmt: skip
    return pd.DataFrame(rows)


def averaged(trainings: pd.DataFrame) -> dict[str, float]:
    """Mean over trainings, from rows of :func:`above` or :func:`read_off`.

    Returns:
        ``value`` and ``error`` of the significance, from :func:`resampling.over_trainings`, and
        ``effective``, the mean of the effective background events.
    """
    value, error = over_trainings(trainings["z"], trainings["z_error"])
    return {"value": value, "error": error, "effective": float(trainings["effective"].mean())}


def common_cut(
    events: LearningSet, scores: Sequence[Floats], cuts: Floats, *, highest: float
) -> float:
    """The highest cut above which every training leaves enough background to choose it.

    Args:
        events: The n events of the part that chooses.
        scores: Scores by each training, shape (n,).
        cuts: Cuts to choose from.
        highest: No cut above this.

    Returns:
        The cut; NaN if there is none.
    """
    enough = common_cuts(events, scores, cuts, minimum_effective=CHOOSING) & (cuts <= highest)
    return float(cuts[enough].max()) if enough.any() else np.nan


def read_off(
    events: LearningSet, scores: Mapping[str, Floats], signal: str, cuts: Floats
) -> dict[str, float]:
    """What one trained network gives for one signal; the validation part chooses the cut.

    Args:
        events: All parts.
        scores: Scores of the validation and the test part at least, from
            :meth:`trials.Trial.scores`.
        signal: The signal; the background is all.
        cuts: Cuts to choose from, by the significance on the validation part, among those that
            leave ``CHOOSING`` effective background events there.

    Returns:
        ``auc_<part>`` with physics weights and ``auc_<part>_error`` of every part; the chosen
        ``cut``; the significance that it was chosen for, ``z_validation`` and
        ``z_validation_error``; that on the test part, ``z`` and ``z_error``, with the ``effective``
        background events there. NaN where no cut can be chosen; ``z`` also where
        :func:`binning.trusted` says so of the test part.
    """
    found: dict[str, float] = {}
    these = {}
    for part, score in scores.items():
        one, (values,) = only(events, part, [score], signal)
        these[part] = _scored(one, values)
        area = auc(values, one.label, one.weight, these[part].original)
        found |= {f"auc_{part}": area.value, f"auc_{part}_error": area.error}
    scan = these["validation"].scan(cuts, [0.0])
    best = scan.best(minimum_effective=CHOOSING)
    names = ("cut", "z_validation", "z_validation_error", "z", "z_error", "effective")
    if best is None:
        return found | dict.fromkeys(names, np.nan)
    other = these["test"].scan(cuts[[best]], [0.0])
    chosen, read = ([one[0] for one in trusted(each)] for each in (scan, other))
    numbers = (
        cuts[best], chosen[0][best], chosen[1][best], read[0][0], read[1][0],
        other.effective_background[0],
    )  # fmt: skip
    return found | dict(zip(names, map(float, numbers), strict=True))
