"""Assumed uncertainties of the simulated yields; no measurement stands behind them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lepsearch.errors import InputError, nearest

__all__ = ("ASSUMED", "OTHERWISE", "assumed_sizes", "assumed_table")

OTHERWISE = 0.20  # groups that are not named: a leading-order cross section or worse
_FALSE_LEPTON = 0.50  # rates of misidentified leptons are assumed too
# Relative uncertainty of each group's yield, by region: what ATLAS analyses of such final states
# typically reach before a fit, rounded.
ASSUMED: dict[str, dict[str, float]] = {
    "dilepton": {
        "ttbar": 0.06,
        "single_top": 0.10,
        "diboson": 0.10,
        "zjets": 0.15,  # missing momentum that is measured wrongly
        "wjets": _FALSE_LEPTON,
    },
    "trilepton": {
        "diboson": 0.10,
        "ttbar": _FALSE_LEPTON,
        "single_top": _FALSE_LEPTON,
        "zjets": _FALSE_LEPTON,
        "wjets": _FALSE_LEPTON,
    },
}


def assumed_sizes(region: str, labels: Mapping[str, str]) -> dict[str, float]:
    """Assumed relative uncertainty of each group's yield, by the group's label.

    Args:
        region: A key of ``ASSUMED``.
        labels: Label of each group.

    Raises:
        InputError: There is no such region.
    """
    if region not in ASSUMED:
        msg = f"no region {region!r}; there are {nearest(region, ASSUMED)}"
        raise InputError(msg)
    return {label: ASSUMED[region].get(name, OTHERWISE) for name, label in labels.items()}


def assumed_table(labels: Mapping[str, str]) -> pd.DataFrame:
    """The assumed relative uncertainties [%], a row for each group and a column for each region."""
    columns = {
        region: [f"{100 * size:.0f} %" for size in assumed_sizes(region, labels).values()]
        for region in ASSUMED
    }
    return pd.DataFrame(columns, index=list(labels.values())).rename_axis("assumed", axis=1)
