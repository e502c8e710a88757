"""The features as the book's tables show them, and where the thesis has them otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lepsearch.book.tables import plus_minus
from lepsearch.events.features import FEATURES
from lepsearch.stats.estimate import sum_weights

__all__ = ("correlations_table", "differences_table", "features_table", "percent", "share")

# Feature(s); the draft of thesis B and its public code; this book.
DIFFERENCES = (
    ("met_sig", "as the experiment's software gives it", "same form, parametrised resolutions"),
    ("mt", "text: not defined; code: of the pair alone", "of the pair and the missing momentum"),
    ("et", "text: not defined; code: of the pair", "of the pair"),
    ("mt2", "unseen particles massless", "the same"),
    ("dPhiLeadMet", "text: printed as that of the pair", "of the leading lepton"),
    ("dPhi…", "code: some with a sign", "sizes, from 0 to π"),
    ("ht", "text: scalar sum; code: size of the vector sum", "scalar sum"),
    ("rt", "with that of the code", "with the scalar sum"),
    ("nbjets, nljets", "tagged at 85 % efficiency", "tagged at 77 % efficiency"),
    ("jet1pt … mjj", "absent: 0, or -999 for η and φ", "absent: NaN, until a model must be fed"),
    ("n_bjetPt20", "text: above 20 GeV; code: 30 GeV", "above 20 GeV, the same as nbjets"),
    ("n_jetsetaForward50", "|η| > 2.5", "2.5 < |η| < 2.8, where jets end here"),
)


def share(events: pd.DataFrame, chosen: pd.Series) -> tuple[float, float]:
    """Share of the expected events that are chosen, with its statistical error.

    Args:
        events: Events with ``weight`` and ``event``.
        chosen: Which of them.

    Returns:
        The share and its error; NaN without events.
    """
    mask = chosen.to_numpy(dtype=bool)
    inside, outside = sum_weights(events[mask]), sum_weights(events[~mask])
    total = inside.value + outside.value
    if not total:
        return np.nan, np.nan
    error = np.hypot(outside.value * inside.error, inside.value * outside.error) / total**2
    return inside.value / total, float(error)


def percent(events: pd.DataFrame, chosen: pd.Series) -> str:
    """The same in percent, as a page shows it."""
    value, error = share(events, chosen)
    return plus_minus(100 * value, 100 * error)


def features_table(events: pd.DataFrame, region: str) -> pd.DataFrame:
    """Every feature: name, meaning, unit, table of the thesis and how many events have it.

    Args:
        events: Events with ``weight``, ``event`` and the features.
        region: Their region.
    """
    rows = []
    for one in FEATURES[region].values():
        present = percent(events, events[one.name].notna()) if one.may_be_absent else "100"
        rows.append(
            {
                "feature": one.name,
                "what it is": one.title,
                "unit": one.unit,
                "table": one.source + ("*" if one.dropped else ""),
                "present [%]": present,
            }
        )
    return pd.DataFrame(rows).set_index("feature").rename_axis(None)


def differences_table() -> pd.DataFrame:
    """Where the definitions of the thesis and of this book are worth comparing."""
    table = pd.DataFrame(DIFFERENCES, columns=["feature", "thesis", "here"])
    return table.set_index("feature").rename_axis(None).rename_axis("feature", axis=1)


def correlations_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """The table of ``correlation.strongest_pairs`` as a page shows it."""
    cells = [
        plus_minus(round(r, 9), round(error, 9))
        for r, error in zip(pairs["r"], pairs["error"], strict=True)
    ]
    table = pd.DataFrame({"correlation": cells, "events": [f"{n:,}" for n in pairs["events"]]})
    table.index = pd.Index(
        [f"{a}, {b}" for a, b in zip(pairs["first"], pairs["second"], strict=True)]
    )
    return table.rename_axis("pair", axis=1)
