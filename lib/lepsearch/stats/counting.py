"""The cut-and-count search of thesis B: one cut after another, yields and significance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lepsearch.data import quoted
from lepsearch.errors import InputError
from lepsearch.events.features import PAIR_KINDS
from lepsearch.stats.estimate import Estimate, event_weights, sum_weights
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.significance import combine, z_asimov, z_uncertainty

__all__ = (
    "CHANNELS",
    "FeatureCut",
    "after_cuts",
    "cut_by_cut",
    "in_channel",
    "search_cuts",
    "significances",
    "yields",
)

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


def yields(table: pd.DataFrame, by: str = "group") -> dict[str, Estimate]:
    """Sum of weights of each group or sample, with its error and raw number."""
    return {str(name): sum_weights(part) for name, part in table.groupby(by, sort=False)}


def cut_by_cut(table: pd.DataFrame, cuts: Sequence[FeatureCut]) -> pd.DataFrame:
    """What is left of the background, of each signal sample and of the data after each cut.

    Args:
        table: Events of one channel.
        cuts: The cuts, in order.

    Returns:
        One row a step and column of a cutflow: ``step`` (0 before the cuts), ``title``, ``of``
        ("background", "data" or the name of a signal sample), ``kind``, ``value``, ``error``,
        ``events`` and ``unseen``: what the samples of which no event is left may still add, at
        95 % confidence.
    """
    of = table["sample"].where(table["kind"] == "signal", table["kind"])
    names = {name: table.loc[of == name, "kind"].iloc[0] for name in of.unique()}
    unseen = _Unseen()
    passed = pd.Series(data=True, index=table.index)
    rows = []
    for step, cut in enumerate((None, *cuts)):
        if cut is not None:
            passed &= cut.passes(table)
        title = "before the cuts" if cut is None else cut.title
        limit = unseen.limit(table[table["kind"] == "background"], passed)
        for name, kind in names.items():
            total = sum_weights(table[passed & (of == name)])
            missed = limit if kind == "background" else 0.0
            rows.append((step, title, name, kind, total.value, total.error, total.events, missed))
    columns = ["step", "title", "of", "kind", "value", "error", "events", "unseen"]
    types = {"value": float, "error": float, "events": np.int64, "unseen": float}
    return pd.DataFrame(rows, columns=columns).astype(types)


class _Unseen:
    """Limit on the yield of the samples of which no event is left, cut after cut.

    No event seen excludes, at 95 % confidence, a Poisson mean of -ln(0.05) = 3.0 simulated events.
    Each stands for the mean weight, sum w^2 / sum w, of the sample's events at the last step that
    left any. The limits of several samples are added, which is more than 95 % for their sum.
    """

    def __init__(self) -> None:
        self._mean_weight: dict[str, float] = {}

    def limit(self, table: pd.DataFrame, passed: pd.Series) -> float:
        """The limit after a step, from the background events and which of them passed."""
        total = 0.0
        for sample, events in table.groupby("sample"):
            weights = event_weights(events[passed[events.index]])
            if len(weights) and weights.sum() > 0:
                self._mean_weight[str(sample)] = float(np.sum(weights**2) / np.sum(weights))
            elif not len(weights):
                total -= np.log(0.05) * self._mean_weight.get(str(sample), 0.0)
        return total


def after_cuts(steps: pd.DataFrame, step: int, of: str) -> Estimate:
    """One entry of :func:`cut_by_cut`; nothing at all where there is no such entry."""
    row = steps[(steps["step"] == step) & (steps["of"] == of)]
    if row.empty:
        return Estimate(0.0, 0.0, events=0)
    value, error, events = row.iloc[0][["value", "error", "events"]]
    return Estimate(float(value), float(error), events=int(events))


def significances(
    channels: Mapping[str, pd.DataFrame], *, after: int, uncertainties: Iterable[float]
) -> pd.DataFrame:
    """Expected significance of every signal sample in every channel, and in all together.

    Args:
        channels: The table of :func:`cut_by_cut` of each channel.
        after: Number of cuts that have been made.
        uncertainties: Relative uncertainties of the background.

    Returns:
        One row a signal, channel ("all" for the channels together, uncorrelated) and uncertainty:
        ``signal``, ``channel``, ``uncertainty``, ``s``, ``b`` (estimates), ``unseen``, ``z`` and
        ``z_error`` from the size of the samples, and ``z_low``, with ``unseen`` added to the
        background. All three are NaN where no simulated background event is left or its sum of
        weights is not positive: the sample then says nothing about the background. ``enough``
        tells whether the background of every channel is worth ``metrics.MINIMUM_EFFECTIVE``
        unweighted events, below which ``z_error`` is not to be trusted.
    """
    relative = list(uncertainties)
    rows: list[tuple[object, ...]] = []
    samples = {
        name for steps in channels.values() for name in steps.loc[steps["kind"] == "signal", "of"]
    }
    for sample in sorted(samples):
        for uncertainty in relative:
            parts, known = [], []
            for channel, steps in channels.items():
                s = after_cuts(steps, after, sample)
                b = after_cuts(steps, after, "background")
                unseen = float(steps.loc[steps["step"] == after, "unseen"].sum())
                parts.append(_significance(s, b, unseen, uncertainty))
                known.append(b.effective >= MINIMUM_EFFECTIVE)
                rows.append((sample, channel, uncertainty, s, b, unseen, *parts[-1], known[-1]))
            rows.append(
                (sample, "all", uncertainty, None, None, np.nan, *_together(parts), all(known))
            )
    columns = ["signal", "channel", "uncertainty", "s", "b", "unseen"]
    return pd.DataFrame(rows, columns=[*columns, "z", "z_error", "z_low", "enough"])


def _significance(
    s: Estimate, b: Estimate, unseen: float, uncertainty: float
) -> tuple[float, float, float]:
    """Significance, its error, and its value with the unseen background added."""
    if b.events == 0 or b.value <= 0 or s.events == 0:
        return np.nan, np.nan, np.nan
    error = z_uncertainty(
        s.value, b.value, relative=uncertainty, s_sumw2=s.error**2, b_sumw2=b.error**2
    )
    z, low = (
        float(z_asimov(s.value, total, uncertainty * total))
        for total in (b.value, b.value + unseen)
    )
    return z, float(error), low


def _together(parts: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The same of uncorrelated channels together; NaN if a channel's is."""
    if not np.all(np.isfinite(parts)):
        return np.nan, np.nan, np.nan
    values, errors, lows = np.transpose(parts)
    z = float(combine(values))
    spread = float(np.hypot.reduce(values * errors))
    return z, spread / z if z else np.nan, float(combine(lows))
