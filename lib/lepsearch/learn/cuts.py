"""Cuts on a score: how they are chosen, and what they give on events that did not choose them.

A significance is read off the test part at a cut that the validation part has chosen: the largest
of many fluctuating numbers is no result. Everywhere, ``uncertainty`` is the relative one of the
background.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hist import Hist
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.learn.labelled import LearningSet
from lepsearch.stats.estimate import Estimate, over_trainings, weighted_mean
from lepsearch.stats.histograms import labelled_spectra
from lepsearch.stats.metrics import (
    MINIMUM_EFFECTIVE,
    UNCERTAINTIES,
    SignificanceScan,
    significance_scan,
)
from lepsearch.stats.roc import roc

__all__ = (
    "CHOOSING",
    "Reading",
    "above",
    "best_cut",
    "common_cut",
    "efficiency_cut",
    "over_readings",
    "panel",
    "read_off",
    "scan",
    "share_above",
    "trusted",
)

Floats = NDArray[np.float64]
# effective background events that a cut must leave where it is chosen, so that the part that it is
# read on rarely has too few
CHOOSING = 3 * MINIMUM_EFFECTIVE


def scan(
    events: LearningSet,
    score: Floats,
    cuts: Sequence[float] | Floats,
    uncertainties: Sequence[float] = (0.0,),
) -> SignificanceScan:
    """Expected significance of the events above each cut on the score."""
    kept = ~(score < np.fmin.reduce(cuts, initial=np.inf))  # of the others none is counted
    label, weight, original = (x[kept] for x in (events.label, events.weight, events.original))
    return significance_scan(
        score[kept], label, weight, cuts, original=original, uncertainties=uncertainties
    )


def panel(
    events: LearningSet,
    score: Floats,
    edges: Floats,
    *,
    order: Sequence[str] = (),
    uncertainties: Sequence[float] = UNCERTAINTIES,
) -> tuple[Hist, SignificanceScan]:
    """What a validation plot shows: the scores of each process, and what cuts at the bins give.

    All edges of the bins but the last are the cuts; the order is that of the backgrounds' labels in
    the stack.
    """
    drawn = labelled_spectra(
        score, events.groups, events.label, events.weight, edges, original=events.original,
        order=order,
    )  # fmt: skip
    return drawn, scan(events, score, edges[:-1], uncertainties)


def trusted(scan: SignificanceScan) -> tuple[Floats, Floats]:
    """Significances of a scan that mean something, and their errors.

    With little simulated background above a cut neither the background nor its error is known, and
    with no simulated signal the error of the signal, which isn't zero, isn't.

    Returns:
        ``z`` and ``z_error`` of the scan, shape (k, m) each; NaN at cuts that leave less background
        or no signal.
    """
    known = scan.enough() & (scan.signal_error > 0)
    return np.where(known, scan.z, np.nan), np.where(known, scan.z_error, np.nan)


def above(events: LearningSet, scores: Sequence[Floats], cut: float) -> tuple[Estimate, float]:
    """Significance of ``score >= cut`` and its effective background events, over trainings.

    The significance is undefined where :func:`trusted` says so of any of them.
    """
    scans = [scan(events, one, [cut]) for one in scores]
    effective = np.mean([one.effective_background[0] for one in scans])
    return over_trainings(map(_at, scans)), float(effective)


def _at(scan: SignificanceScan) -> Estimate:
    """Significance at the only cut of a scan."""
    z, error = trusted(scan)
    return Estimate(z.item(), error.item())


def share_above(events: LearningSet, score: Floats, cut: float) -> Estimate:
    """Share of the signal with ``score >= cut``."""
    signal = events.label
    return weighted_mean(score[signal] >= cut, events.weight[signal], events.original[signal])


def efficiency_cut(events: LearningSet, score: Floats, efficiency: float) -> float:
    """The highest cut ``score >= cut`` that keeps at least this share of the expected signal.

    The best of many cuts lies where little background is left to know it by. A cut at the same
    share of the signal for all scores is no search for the largest number. It is infinite if no cut
    keeps as much, since there is no signal.

    Raises:
        InputError: The share is not above 0 and at most 1.
    """
    if not 0 < efficiency <= 1:
        msg = f"efficiency is {efficiency:g}, expected a share above 0 and at most 1"
        raise InputError(msg)
    curve = roc(score, events.label, events.weight)
    enough = np.flatnonzero(curve.signal >= efficiency)
    return float(curve.threshold[enough[0]]) if len(enough) else np.inf


def best_cut(
    events: LearningSet,
    score: Floats,
    cuts: Sequence[float] | Floats,
    *,
    uncertainty: float = 0.0,
    minimum_effective: float = MINIMUM_EFFECTIVE,
) -> float:
    """The cut of the largest significance; NaN if none leaves enough background.

    The maximum is chosen on the events that it is computed with: choose on the validation part and
    read off on the test part. A cut must leave the minimum of effective background events.
    """
    made = scan(events, score, cuts, [uncertainty])
    z = np.where(made.enough(minimum_effective), made.z[0], -np.inf)
    return float(made.cuts[np.argmax(z)]) if np.isfinite(z).any() else np.nan


def common_cut(
    events: LearningSet, scores: Sequence[Floats], cuts: Floats, *, highest: float
) -> float:
    """The highest cut that leaves ``CHOOSING`` effective background events by every training.

    The cut is one of those given, and not above ``highest``; NaN if there is none.
    """
    enough = np.all([scan(events, one, cuts).enough(CHOOSING) for one in scores], axis=0)
    allowed = cuts[enough & (cuts <= highest)]
    return float(allowed.max()) if len(allowed) else np.nan


@dataclass(frozen=True)
class Reading:
    """The significance of a cut on events that did not choose it."""

    cut: float  # the lowest score that is kept; NaN if none could be chosen
    chosen: Estimate  # significance on the events that chose it
    read: Estimate  # significance on the others; undefined where :func:`trusted` says so of either
    kept: Estimate  # share of the signal above the cut, on the others
    effective: float  # effective background events above the cut, where it was chosen
    read_effective: float  # the same on the others
    no_cut: bool  # whether it keeps all of the other events

    def __str__(self) -> str:
        """The significance on the others; a cut that keeps everything is none."""
        known = self.no_cut and np.isfinite(self.read.value)
        return f"{self.read} (no cut)" if known else str(self.read)


def read_off(
    chosen_on: tuple[LearningSet, Floats],
    read_on: tuple[LearningSet, Floats],
    cut: float,
    *,
    uncertainty: float = 0.0,
) -> Reading:
    """Significance of ``score >= cut`` where it was chosen, and on events that did not choose it.

    Events come with their scores; the cut must leave enough effective background events on either
    side.
    """
    kept = share_above(*read_on, cut)
    unknown = Estimate(np.nan, np.nan)
    if np.isnan(cut):
        return Reading(cut, unknown, unknown, kept, np.nan, np.nan, no_cut=False)
    scans = [scan(*one, [cut], [uncertainty]) for one in (chosen_on, read_on)]
    chosen, read = (_at(one) for one in scans)
    effective, read_effective = (float(one.effective_background[0]) for one in scans)
    read = read if np.isfinite(chosen.value) else unknown
    return Reading(
        cut, chosen, read, kept, effective, read_effective, bool((read_on[1] >= cut).all())
    )


def over_readings(readings: Sequence[Reading]) -> Reading:
    """Mean over trainings of what each one's cut gives, with the error of events and trainings."""
    kept = np.mean([(one.kept.value, one.kept.error) for one in readings], axis=0).tolist()
    return Reading(
        cut=float(np.mean([one.cut for one in readings])),
        chosen=over_trainings(one.chosen for one in readings),
        read=over_trainings(one.read for one in readings),
        kept=Estimate(*kept),
        effective=float(np.mean([one.effective for one in readings])),
        read_effective=float(np.mean([one.read_effective for one in readings])),
        no_cut=all(one.no_cut for one in readings),
    )
