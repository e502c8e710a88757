"""A cut-and-count search: one cut after another, yields and expected significances."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.stats.copies import originals, per_original
from lepsearch.stats.estimate import Estimate, sum_weights
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.significance import combine, z_asimov, z_uncertainty

__all__ = ("Significance", "by_sample", "cut_by_cut", "significances", "unseen")

_NO_EVENTS = Estimate(0.0, 0.0, events=0)


@dataclass(frozen=True)
class Significance(Estimate):
    """An expected significance, its error from the size of the samples, and how far to trust both.

    Examples:
        >>> print(Significance(1.26, 0.41, low=0.2), Significance(1.26, 0.41, low=1.26))
        0.20 to 1.26 ± 0.41 1.26 ± 0.41
        >>> str(Significance(1.26, 0.41, low=1.26, enough=False))
        '1.26 ± 0.41\\xa0†'
    """

    # its value with what the samples are too small to show added to the background
    low: float = np.nan
    # whether the background of every channel is worth ``metrics.MINIMUM_EFFECTIVE`` unweighted
    # events, below which the error is not to be trusted
    enough: bool = True

    def __format__(self, spec: str) -> str:
        """Text of the range, with a dagger if too small a sample stands behind it."""
        text = super().__format__(spec)
        if np.isnan(self.value):
            return text
        start = f"{self.low:.2f} to " if self.low < self.value else ""
        return f"{start}{text}" + ("" if self.enough else "\u00a0†")


def cut_by_cut(table: pd.DataFrame, cuts: Mapping[str, str]) -> pd.DataFrame:
    """What is left of the background, of each signal sample and of the data after each cut.

    Cuts are conditions as in :meth:`pandas.DataFrame.eval`, by what they are called, in order. An
    absent feature (NaN) passes none. The yields have a row a cut, after one for all events, and a
    column for "background", "data" and each signal sample.
    """
    of = table["sample"].where(table["kind"] == "signal", table["kind"])
    rows = {
        title: {name: sum_weights(table[passed & (of == name)]) for name in of.unique()}
        for title, passed in _passing(table, cuts).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("cut", axis=1)


def _passing(table: pd.DataFrame, cuts: Mapping[str, str]) -> dict[str, NDArray[np.bool_]]:
    """Which events are left before the first cut and after each."""
    left = np.ones(len(table), dtype=np.bool_)
    passed = {"before the cuts": left}
    for title, condition in cuts.items():
        passed[title] = left = left & np.asarray(table.eval(condition), dtype=np.bool_)
    return passed


def unseen(table: pd.DataFrame, cuts: Mapping[str, str]) -> pd.Series:
    """Limit on the background of the samples that no cut left a positive yield of, after each cut.

    No event seen excludes, at 95 % confidence, a Poisson mean of -ln(0.05) = 3.0 simulated events.
    Each stands for the size of a weight, sum w^2 / sum |w|, of the sample's events at the last
    step that left any. This mean favours large weights, as the sum that is missing does, and never
    exceeds the largest; over sum w instead, it would grow without bound where signs cancel. A
    sample whose events sum to nothing or less has no estimate either: its limit stands beside
    their sum. Limits of several samples are added, which is more than 95 % for their sum. They are
    expected events, for the arguments and the rows of :func:`cut_by_cut`.
    """
    return _unseen(table, cuts).sum(axis=1)


def _unseen(table: pd.DataFrame, cuts: Mapping[str, str]) -> pd.DataFrame:
    """The limits of :func:`unseen`, a column a sample."""
    background = table[table["kind"] == "background"]
    limits: dict[str, dict[str, float]] = {}
    size: dict[str, float] = {}
    for title, passed in _passing(background, cuts).items():
        limits[title] = {}
        for sample in background["sample"].unique():
            left = background[passed & (background["sample"] == sample)]
            weights = per_original(left["weight"].to_numpy(float), originals(left))
            if np.any(weights):
                size[sample] = weights @ weights / np.abs(weights).sum()
            known = weights.sum() > 0
            limits[title][sample] = 0.0 if known else -np.log(0.05) * size.get(sample, 0.0)
    return pd.DataFrame.from_dict(limits, orient="index", dtype=float)


def by_sample(channels: Mapping[str, pd.DataFrame], cuts: Mapping[str, str]) -> pd.DataFrame:
    """What the background consists of after all cuts, for the arguments of :func:`significances`.

    Returns:
        A row a background sample; for each channel its yield, under the channel's name, and the
        limit of :func:`unseen` under ``limit, <channel>``.
    """
    columns: dict[str, dict[Any, Any]] = {}
    for channel, table in channels.items():
        left = table[[*_passing(table, cuts).values()][-1]]
        limits = _unseen(table, cuts)
        columns[channel] = {one: sum_weights(left[left["sample"] == one]) for one in limits.columns}
        columns[f"limit, {channel}"] = limits.iloc[-1].to_dict()
    return pd.DataFrame(columns).rename_axis("sample", axis=1)


def significances(
    channels: Mapping[str, pd.DataFrame], cuts: Mapping[str, str], uncertainties: Iterable[float]
) -> pd.DataFrame:
    """Expected significance of every signal sample in every channel, and in all together.

    Channels have events as for :func:`cut_by_cut`; uncertainties are relative to the background.

    Returns:
        A row a signal and channel ("all" for the channels together, uncorrelated), with the yields
        ``signal`` and ``background``, the limit ``unseen``, and a :class:`Significance` for each
        uncertainty. It is NaN where no simulated background event is left or its sum of weights is
        not positive: the sample then says nothing about the background.
    """
    relative = list(uncertainties)
    left = {name: cut_by_cut(table, cuts).iloc[-1] for name, table in channels.items()}
    missed = {name: float(unseen(table, cuts).iloc[-1]) for name, table in channels.items()}
    found = {str(name) for yields in left.values() for name in yields.index}
    rows: dict[tuple[str, str], dict[Any, Any]] = {}
    for signal in sorted(found - {"background", "data"}):
        for channel, yields in left.items():
            s, b = (yields.get(name, _NO_EVENTS) for name in (signal, "background"))
            rows[signal, channel] = {"signal": s, "background": b, "unseen": missed[channel]} | {
                one: _significance(s, b, missed[channel], one) for one in relative
            }
        parts = [rows[signal, channel] for channel in left]
        rows[signal, "all"] = {one: _together([part[one] for part in parts]) for one in relative}
    index = pd.MultiIndex.from_frame(pd.DataFrame(list(rows), columns=["signal", "channel"]))
    columns = ["signal", "background", "unseen", *relative]
    return pd.DataFrame(list(rows.values()), index, columns).astype({"unseen": float})


def _significance(s: Estimate, b: Estimate, unseen: float, relative: float) -> Significance:
    """Significance of one channel."""
    enough = b.effective >= MINIMUM_EFFECTIVE
    if b.events == 0 or b.value <= 0 or s.events == 0:
        return Significance(np.nan, np.nan, enough=enough)
    squares = {"s_sumw2": s.error**2, "b_sumw2": b.error**2}
    error = float(z_uncertainty(s.value, b.value, relative=relative, **squares))
    totals = b.value, b.value + unseen
    z, low = (float(z_asimov(s.value, total, relative * total)) for total in totals)
    return Significance(z, error, low=low, enough=enough)


def _together(parts: list[Significance]) -> Significance:
    """Significance of uncorrelated channels together; NaN if a channel's is."""
    enough = all(one.enough for one in parts)
    values, errors, lows = np.transpose([(one.value, one.error, one.low) for one in parts])
    if not np.all(np.isfinite([values, errors, lows])):
        return Significance(np.nan, np.nan, enough=enough)
    z = float(combine(values))
    spread = float(np.hypot.reduce(values * errors))
    return Significance(z, spread / z if z else np.nan, low=float(combine(lows)), enough=enough)
