"""The best cut among the edges of some bins, and how far it is a fluctuation."""

from __future__ import annotations

import numpy as np
import pytest

from lepsearch.learn.binning import (
    Scored,
    best_by_bins,
    lower_edges,
    trusted,
)


def made_up(n: int = 4000, seed: int = 1, *, shift: float = 0.3) -> Scored:
    """Signal near 1, background near 0; weights make the signal rare."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.3
    score = np.clip(rng.normal(0.4 + shift * label, 0.2), 0, 1 - 1e-9)
    return Scored(score, label, np.where(label, 0.01, 1.0), np.arange(n))


def test_more_bins_that_include_the_edges_never_lower_the_best():
    events = made_up()
    table = best_by_bins(events, events, [5, 10, 20, 40, 80], minimum_effective=0.0)
    assert (np.diff(table["z"]) >= 0).all()
    assert table["z"].iloc[-1] > table["z"].iloc[0]


def test_the_cut_is_read_on_the_other_events():
    chosen, other = made_up(seed=1), made_up(seed=2)
    row = best_by_bins(chosen, other, [20], uncertainty=0.1).loc[20]
    assert row["cut"] in lower_edges(20)
    expected = other.scan(np.array([row["cut"]]), [0.1])
    assert row["read"] == pytest.approx(expected.z[0, 0])
    assert row["read_error"] == pytest.approx(expected.z_error[0, 0])


def above_half(signal: int, background: int) -> Scored:
    """So many events above a score of 0.5, and twenty of either below."""
    label = np.repeat([True, False, True, False], [signal, background, 20, 20])
    score = np.repeat([0.9, 0.9, 0.1, 0.1], [signal, background, 20, 20])
    return Scored(score, label, np.ones(len(label)), np.arange(len(label)))


@pytest.mark.parametrize("uncertainty", [0.0, 0.1])
@pytest.mark.parametrize(
    ("signal", "background", "known"), [(3, 10, True), (3, 9, False), (0, 10, False)]
)
def test_significances_need_background_and_signal(signal, background, known, uncertainty):
    scan = above_half(signal, background).scan(np.array([0.5]), [uncertainty])
    z, error = trusted(scan)
    assert (np.isfinite(z).all(), np.isfinite(error).all()) == (known, known)
    if known:
        assert (z[0, 0], error[0, 0]) == (scan.z[0, 0], scan.z_error[0, 0])


@pytest.mark.parametrize("uncertainty", [0.0, 0.1])
@pytest.mark.parametrize(
    ("signal", "background", "known"), [(3, 10, True), (3, 9, False), (0, 10, False)]
)
def test_both_parts_need_background_and_signal(signal, background, known, uncertainty):
    chosen, other = above_half(40, 10), above_half(signal, background)
    row = best_by_bins(chosen, other, [2], uncertainty=uncertainty).loc[2]
    assert row["cut"] == 0.5
    assert row["z"] > 0
    assert row[["effective", "read_effective"]].tolist() == [10, background]
    assert row[["read", "read_error"]].notna().tolist() == [known, known]


def test_a_maximum_of_noise_is_read_lower_elsewhere():
    # where hardly any background is left, the best of many cuts is a fluctuation
    pairs = [(made_up(600, 2 * i), made_up(600, 2 * i + 1)) for i in range(20)]
    tables = [best_by_bins(*pair, [100], minimum_effective=0.0).loc[100] for pair in pairs]
    gained = np.array([table["z"] - table["read"] for table in tables])
    gained = gained[np.isfinite(gained)]
    assert gained.mean() > 2 * gained.std() / np.sqrt(len(gained))


def test_too_little_background_gives_no_cut():
    events = made_up(20)
    assert best_by_bins(events, events, [4], minimum_effective=1e6).isna().all(axis=None)
