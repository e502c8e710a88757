"""What the number of bins of a score does to the best cut, and to the comparison of two scores.

A cut at a bin's lower edge keeps that bin and all above. More bins offer more cuts to choose from:
the largest significance can only grow, also where there is nothing but fluctuation to choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, SignificanceScan, significance_scan

__all__ = ("Scored", "best_by_bins", "lower_edges", "own_ranges", "trusted")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """Scored events; arrays have shape (n,).

    Attributes:
        score: Scores in [0, 1].
        label: Whether each is signal.
        weight: Physics weights [expected events].
        original: Which original event each is a copy of.
    """

    score: Floats
    label: NDArray[np.bool_]
    weight: Floats
    original: NDArray[np.int64]

    def scan(self, cuts: Floats, uncertainties: Sequence[float]) -> SignificanceScan:
        """Expected significance above each cut."""
        return significance_scan(
            self.score, self.label, self.weight, cuts, original=self.original,
            uncertainties=uncertainties,
        )  # fmt: skip


def lower_edges(bins: int) -> Floats:
    """Lower edges of equal bins from 0 to 1.

    Examples:
        >>> lower_edges(4).tolist()
        [0.0, 0.25, 0.5, 0.75]
    """
    return np.arange(bins) / bins


def trusted(
    scan: SignificanceScan, *, minimum_effective: float = MINIMUM_EFFECTIVE
) -> tuple[Floats, Floats]:
    """Significances that mean something, and their errors.

    With little simulated background above a cut neither the background nor its error is known, and
    with no simulated signal the error of the signal, which isn't zero, isn't.

    Args:
        scan: Of any events: those that choose a cut, or others that it is tried on.
        minimum_effective: Effective background events that a cut must leave.

    Returns:
        ``z`` and ``z_error`` of the scan, shape (k, m) each; NaN at cuts that leave less background
        or no signal.
    """
    known = scan.enough(minimum_effective) & (scan.signal_error > 0)
    return np.where(known, scan.z, np.nan), np.where(known, scan.z_error, np.nan)


def best_by_bins(
    chosen_on: Scored,
    read_on: Scored,
    numbers: Sequence[int],
    *,
    uncertainty: float = 0.0,
    minimum_effective: float = MINIMUM_EFFECTIVE,
) -> pd.DataFrame:
    """The best cut for each number of bins, and what it gives on events that did not choose it.

    Args:
        chosen_on: Events that choose the cut.
        read_on: Events that it is tried on.
        numbers: Numbers of bins.
        uncertainty: Relative uncertainty of the background.
        minimum_effective: Effective background events that a cut must leave to be chosen, and
            to be read.

    Returns:
        A row for each number of bins (the index): ``cut``, ``z`` and ``z_error`` where it was
        chosen, ``read`` and ``read_error`` on the other events, ``effective`` and
        ``read_effective``, the numbers of effective background events above the cut where it was
        chosen and on the others; NaN where no cut has enough, and where :func:`trusted` says so.
    """
    rows = []
    for bins in numbers:
        cuts = lower_edges(bins)
        scan = chosen_on.scan(cuts, [uncertainty])
        best = scan.best(uncertainty, minimum_effective=minimum_effective)
        if best is None:
            rows.append([np.nan] * 7)
            continue
        other = read_on.scan(cuts[[best]], [uncertainty])
        z, z_error = trusted(scan, minimum_effective=minimum_effective)
        read, read_error = trusted(other, minimum_effective=minimum_effective)
        rows.append([
            cuts[best], z[0, best], z_error[0, best], read[0, 0], read_error[0, 0],
            scan.effective_background[best], other.effective_background[0],
        ])  # fmt: skip
    columns = ["cut", "z", "z_error", "read", "read_error", "effective", "read_effective"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(numbers, name="bins"))


def own_ranges(
    events: Scored, bins: int, first: int, *, minimum_effective: float = 0.0
) -> dict[str, float]:
    """Significance with signal and background in histograms that each have their own range.

    That is what the public code of thesis B does; the two cuts are at different scores.

    Args:
        events: The events.
        bins: Bins between the lowest and the highest score of each class.
        first: The first bin that is counted, from 0.
        minimum_effective: Effective background events that a cut must leave; none by default.

    Returns:
        ``signal_cut`` and ``background_cut``, the lower edges of that bin; ``z_own``, the
        significance with both cuts; ``z_common``, that with the signal's cut for both; NaN where
        :func:`trusted` says so; ``background_own`` and ``background_common``, the background
        expected behind either, with their statistical errors (``<...>_error``); ``effective_own``
        and ``effective_common``, the effective background events.
    """
    cuts = {}
    for name, chosen in (("signal", events.label), ("background", ~events.label)):
        low, high = events.score[chosen].min(), events.score[chosen].max()
        cuts[name] = float(low + (high - low) * first / bins)
    own = events.score >= np.where(events.label, cuts["signal"], cuts["background"])
    scans = [
        replace(events, weight=events.weight * kept).scan(np.zeros(1), [0.0])
        for kept in (own, events.score >= cuts["signal"])
    ]
    z_own, z_common = (trusted(one, minimum_effective=minimum_effective)[0][0, 0] for one in scans)
    found = {
        "signal_cut": cuts["signal"],
        "background_cut": cuts["background"],
        "z_own": float(z_own),
        "z_common": float(z_common),
    }
    for name, scan in zip(("own", "common"), scans, strict=True):
        found |= {
            f"background_{name}": float(scan.background[0]),
            f"background_{name}_error": float(scan.background_error[0]),
            f"effective_{name}": float(scan.effective_background[0]),
        }
    return found
