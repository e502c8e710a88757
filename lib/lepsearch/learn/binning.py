"""What the number of bins of a score does to the best cut, and to the comparison of two scores.

A cut at a bin's lower edge keeps that bin and all above. More bins offer more cuts to choose from:
the largest significance can only grow, also where there is nothing but fluctuation to choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, SignificanceScan, significance_scan

__all__ = ("Scored", "best_by_bins", "lower_edges", "trusted")

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
