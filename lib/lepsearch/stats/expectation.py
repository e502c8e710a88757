"""Simulated histograms with all that is known of their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from hist import Hist
from numpy.typing import NDArray

__all__ = ("LARGEST_SKEWNESS", "LEAST_EFFECTIVE", "LEAST_EVENTS", "Expectation")

Floats = NDArray[np.float64]

LEAST_EVENTS = 10.0  # expected in a tested range, so that a Poisson count is nearly normal
LEAST_EFFECTIVE = 15.0  # simulated events there by (sum w)^2 / sum w^2, likewise
LARGEST_SKEWNESS = 0.8  # of the simulation's error there, sum |w|^3 / (sum w^2)^1.5


@dataclass(frozen=True)
class Expectation:
    """What a simulation expects in each of the k bins of one feature.

    Attributes:
        processes: Expected events, with the axes ``process`` (in stacking order) and ``x``.
        statistical: Covariance of the total that the finite simulation leaves, shape (k, k). Copies
            of one event that fall into two bins make these two vary together.
        systematic: Covariance of the uncertainties of the processes' normalisations, shape (k, k):
            each is fully correlated over the bins, and independent of the other processes'.
        third: Sum of the cubed weights of original events in each bin, without sign, shape (k,).
    """

    processes: Hist
    statistical: Floats
    systematic: Floats
    third: Floats

    @property
    def labels(self) -> list[str]:
        """Labels of the processes, in stacking order."""
        return list(self.processes.axes["process"])

    @property
    def edges(self) -> Floats:
        """Bin edges, shape (k + 1,)."""
        return np.asarray(self.processes.axes["x"].edges)

    @property
    def total(self) -> Floats:
        """Expected events of all processes, shape (k,)."""
        return np.asarray(self.processes.values().sum(axis=0))

    @cached_property
    def ranges(self) -> Floats:
        """Which bins are merged for a chi-square, shape (ranges, k) of zeros and ones.

        Bins are merged with their right neighbours until they hold enough; what is left over on the
        right joins the last range. No row if all bins together are not enough. The skewness counts
        since a few heavy events among many light ones do not vary like a normal distribution.
        """
        starts, begin, total = [], 0, self.total
        for end in range(1, len(total) + 1):
            inside = total[begin:end].sum()
            variance = self.statistical[begin:end, begin:end].sum()
            normal = self.third[begin:end].sum() <= LARGEST_SKEWNESS * variance**1.5
            if normal and inside >= LEAST_EVENTS and inside**2 >= LEAST_EFFECTIVE * variance > 0:
                starts.append(begin)
                begin = end
        number = np.searchsorted(starts, np.arange(len(total)), side="right") - 1
        return np.asarray(number == np.arange(len(starts))[:, np.newaxis], dtype=float)
