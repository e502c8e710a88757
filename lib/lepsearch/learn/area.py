"""Areas under the ROC curve, and what else is averaged over trainings, with joint errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ("Area", "differences")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """An area under the ROC curve, or another measure, averaged over trainings.

    Attributes:
        value: The average.
        draws: The same in each bootstrap sample of the events.
        by_seed: That of each training.
    """

    value: float
    draws: Floats
    by_seed: Floats

    @property
    def error(self) -> float:
        """That of the events and that of the mean over trainings, in quadrature."""
        known = self.draws[np.isfinite(self.draws)]
        of_events = float(known.std(ddof=1)) if len(known) > 1 else np.nan
        n = len(self.by_seed)
        of_training = float(self.by_seed.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
        return float(np.hypot(of_events, of_training))

    def __sub__(self, other: Area) -> Area:
        """The difference, sample by sample and seed by seed."""
        return Area(
            self.value - other.value, self.draws - other.draws, self.by_seed - other.by_seed
        )

    def misordered_over(self, other: Area) -> Area:
        """Pairs of a signal and a background event in the wrong order, over those of another.

        An area is the share of pairs in the right order, so that near 1 a small difference can be
        a large part of what is left to gain.
        """
        return Area(
            (1 - self.value) / (1 - other.value),
            (1 - self.draws) / (1 - other.draws),
            (1 - self.by_seed) / (1 - other.by_seed),
        )


def differences(found: Mapping[Any, Area], reference: Any) -> pd.DataFrame:
    """Areas and how they differ from one of them.

    Args:
        found: Areas on the same events, by choice.
        reference: The choice that the others are compared with.

    Returns:
        A row for each (the index) with ``auc``, ``error``, ``difference`` from the reference and
        ``difference_error``, in which the events are the same for both.
    """
    rows = {}
    for one, area in found.items():
        apart = area - found[reference]
        rows[one] = (area.value, area.error, apart.value, apart.error)
    columns = ["auc", "error", "difference", "difference_error"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
