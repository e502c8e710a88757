"""Areas under the ROC curve, and what else is averaged over trainings, with joint errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lepsearch.stats.estimate import Estimate

__all__ = ("differences",)


def differences(found: Mapping[Any, Estimate], reference: Any) -> pd.DataFrame:
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
