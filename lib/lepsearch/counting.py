"""The cut-and-count search of thesis B: one cut after another, yields and significance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lepsearch import quoted
from lepsearch.dataset import Yield, sum_weights
from lepsearch.errors import InputError
from lepsearch.features import PAIR_KINDS

__all__ = ("CHANNELS", "FeatureCut", "cut_by_cut", "in_channel", "search_cuts", "yields")

CHANNELS = {"ee": 11, "mumu": 13}


@dataclass(frozen=True)
class FeatureCut:
    """A requirement on one feature.

    Attributes:
        feature: Column of the skim.
        title: The cut in words.
        low: Lower bound, not included; None for none.
        high: Upper bound, included for counts and not for energies; None for none.
    """

    feature: str
    title: str
    low: float | None = None
    high: float | None = None

    def passes(self, table: pd.DataFrame) -> pd.Series:
        """Which events pass; an absent feature (NaN) does not."""
        if self.feature not in table:
            msg = f"no column {self.feature!r} to cut on; there are {sorted(table.columns)}"
            raise InputError(msg)
        values = table[self.feature]
        passed = values.notna()
        if self.low is not None:
            passed &= values > self.low
        if self.high is not None:
            whole = pd.api.types.is_integer_dtype(values)
            passed &= (values <= self.high) if whole else (values < self.high)
        return passed


def search_cuts(*, with_mass_window: bool = False) -> tuple[FeatureCut, ...]:
    """The cuts of thesis B's table 5.4; with the upper cut on the mass that its text tried."""
    significance, m_t, m_ll, n_b, m_t2 = (
        quoted.get(f"guevara.table_5_4.{name}").value
        for name in ("met_significance_min", "m_t_min", "m_ll_min", "b_jets_max", "m_t2_min")
    )
    window = quoted.get("guevara.section_5_4.m_ll_max").value
    cuts = (
        FeatureCut("met_sig", f"missing-pT significance > {significance:g}", low=significance),
        FeatureCut("mt", f"mT > {m_t:g} GeV", low=m_t),
        FeatureCut("mll", f"mll > {m_ll:g} GeV", low=m_ll),
        FeatureCut("nbjets", "no b-jet" if n_b == 0 else f"at most {n_b:g} b-jets", high=n_b),
        FeatureCut("mt2", f"mT2 > {m_t2:g} GeV", low=m_t2),
    )
    if with_mass_window:
        return (*cuts, FeatureCut("mll", f"mll < {window:g} GeV", high=window))
    return cuts


def in_channel(table: pd.DataFrame, channel: str) -> pd.DataFrame:
    """Opposite-sign pairs of one flavour: ``ee`` or ``mumu``.

    Raises:
        InputError: There is no such channel.
    """
    if channel not in CHANNELS:
        msg = f"no channel {channel!r}; there are {list(CHANNELS)}"
        raise InputError(msg)
    same_flavour_opposite_sign = table["pair"] == PAIR_KINDS.index("SFOS")
    return table[same_flavour_opposite_sign & (table["lep1flavour"] == CHANNELS[channel])]


def yields(table: pd.DataFrame, by: str = "group") -> dict[str, Yield]:
    """Sum of weights of each group or sample, with its error and raw number."""
    return {str(name): sum_weights(part["weight"]) for name, part in table.groupby(by, sort=False)}


def cut_by_cut(
    table: pd.DataFrame, cuts: Sequence[FeatureCut], kinds: Iterable[str] = ("background", "signal")
) -> pd.DataFrame:
    """What is left of each kind of sample after each cut.

    Args:
        table: Events of one channel.
        cuts: The cuts, in order.
        kinds: Kinds to count; every signal sample is counted by itself.

    Returns:
        One row a step and background or signal sample: ``step``, ``of``, ``value``, ``error``,
        ``events``.
    """
    rows = []
    left = table
    for step, cut in enumerate((None, *cuts)):
        if cut is not None:
            left = left[cut.passes(left)]
        title = "before the cuts" if cut is None else cut.title
        for kind in kinds:
            of_kind = left[left["kind"] == kind]
            names = table.loc[table["kind"] == kind, "sample"].unique()
            parts = (
                {name: of_kind[of_kind["sample"] == name] for name in names}
                if kind == "signal"
                else {kind: of_kind}
            )
            for name, part in parts.items():
                total = sum_weights(part["weight"])
                rows.append((step, title, name, total.value, total.error, total.events))
    return pd.DataFrame(rows, columns=["step", "title", "of", "value", "error", "events"]).astype(
        {"value": float, "error": float, "events": np.int64}
    )
