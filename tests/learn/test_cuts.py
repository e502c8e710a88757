"""Cuts on a score: which are chosen, and what they give on events that did not choose them."""

from __future__ import annotations

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.learn.cuts import (
    Reading,
    best_cut,
    efficiency_cut,
    over_readings,
    read_off,
    scan,
    trusted,
)
from lepsearch.learn.labelled import LearningSet

Scored = tuple[LearningSet, np.ndarray]


def scored(score: np.ndarray, label: np.ndarray, weight: np.ndarray | None = None) -> Scored:
    """Events with these scores."""
    n = len(score)
    events = LearningSet(
        features=np.zeros((n, 0), dtype=np.float32), names=(), label=label,
        weight=np.ones(n) if weight is None else weight, event=np.arange(n, dtype=np.uint64),
        sample=np.zeros(n, dtype=np.int16), sample_names=("one",), sample_groups=("one",),
        processes=("One",), part=np.zeros(n, dtype=np.int8),
    )  # fmt: skip
    return events, score


def made_up(n: int = 4000, seed: int = 1) -> Scored:
    """Signal near 1, background near 0; weights make the signal rare."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.3
    score = np.clip(rng.normal(0.4 + 0.3 * label, 0.2), 0, 1 - 1e-9)
    return scored(score, label, np.where(label, 0.01, 1.0))


def listed(signal: list[float], background: list[float]) -> Scored:
    """Events with these scores, each of which stands for one."""
    label = np.repeat([True, False], [len(signal), len(background)])
    return scored(np.array(signal + background), label)


def above_half(signal: int, background: int) -> Scored:
    """So many events above a score of 0.5, and twenty of either below."""
    return listed([0.9] * signal + [0.1] * 20, [0.9] * background + [0.1] * 20)


def test_more_bins_that_include_the_edges_never_lower_the_best():
    events = made_up()
    cuts = [best_cut(*events, np.arange(n) / n, minimum_effective=0.0) for n in (5, 10, 20, 40, 80)]
    z = [scan(*events, [cut]).z[0, 0] for cut in cuts]
    assert (np.diff(z) >= 0).all()
    assert z[-1] > z[0]


def test_the_best_cut_is_read_on_the_other_events():
    chosen, other = made_up(seed=1), made_up(seed=2)
    cut = best_cut(*chosen, np.arange(20) / 20, uncertainty=0.1)
    assert cut in np.arange(20) / 20
    found, expected = read_off(chosen, other, cut, uncertainty=0.1), scan(*other, [cut], [0.1])
    assert found.read.value == pytest.approx(expected.z[0, 0])
    assert found.read.error == pytest.approx(expected.z_error[0, 0])


KNOWN = [(3, 10, True), (3, 9, False), (0, 10, False)]


@pytest.mark.parametrize("uncertainty", [0.0, 0.1])
@pytest.mark.parametrize(("signal", "background", "known"), KNOWN)
def test_significances_need_background_and_signal(signal, background, known, uncertainty):
    made = scan(*above_half(signal, background), [0.5], [uncertainty])
    z, error = trusted(made)
    assert (np.isfinite(z).all(), np.isfinite(error).all()) == (known, known)
    if known:
        assert (z[0, 0], error[0, 0]) == (made.z[0, 0], made.z_error[0, 0])


@pytest.mark.parametrize("uncertainty", [0.0, 0.1])
@pytest.mark.parametrize(("signal", "background", "known"), KNOWN)
def test_both_parts_need_background_and_signal(signal, background, known, uncertainty):
    chosen, other = above_half(40, 10), above_half(signal, background)
    assert best_cut(*chosen, [0.0, 0.5], uncertainty=uncertainty) == 0.5
    found = read_off(chosen, other, 0.5, uncertainty=uncertainty)
    assert found.chosen.value > 0
    assert (found.effective, found.read_effective) == (10, background)
    assert np.isfinite([found.read.value, found.read.error]).tolist() == [known, known]
    unknown = read_off(above_half(40, 9), other, 0.5, uncertainty=uncertainty)
    assert np.isnan([unknown.read.value, unknown.read.error]).all()


def test_a_maximum_of_noise_is_read_lower_elsewhere():
    # where hardly any background is left, the best of many cuts is a fluctuation
    gained, cuts = [], np.arange(100) / 100
    for i in range(20):
        first, second = made_up(600, 2 * i), made_up(600, 2 * i + 1)
        cut = best_cut(*first, cuts, minimum_effective=0.0)
        chosen, read = (scan(*one, [cut]).z[0, 0] for one in (first, second))
        gained.append(chosen - read)
    known = np.array(gained)[np.isfinite(gained)]
    assert known.mean() > 2 * known.std() / np.sqrt(len(known))


def test_too_little_background_gives_no_cut():
    events = made_up(20)
    cut = best_cut(*events, np.arange(4) / 4, minimum_effective=1e6)
    found = read_off(events, events, cut)
    assert np.isnan([cut, found.chosen.value, found.read.value, found.effective]).all()


@pytest.mark.parametrize(
    ("efficiency", "expected"), [(0.2, 0.9), (0.25, 0.9), (0.26, 0.7), (0.75, 0.7), (1.0, 0.1)]
)
def test_the_highest_cut_that_keeps_enough(efficiency, expected):
    # the two at 0.7 come in together: 1, 3 and 4 of 4 are kept
    assert efficiency_cut(*listed([0.9, 0.7, 0.7, 0.1], [0.95, 0.8, 0.2]), efficiency) == expected


def test_weights_count():
    score, label = np.array([0.9, 0.7, 0.1, 0.5]), np.array([True, True, True, False])
    assert efficiency_cut(*scored(score, label, np.array([0.1, 0.2, 0.7, 5.0])), 0.5) == 0.1


def test_without_signal_nothing_is_kept():
    assert efficiency_cut(*listed([], [0.5, 0.6]), 0.5) == np.inf


@pytest.mark.parametrize("efficiency", [0.0, 1.1, np.nan])
def test_a_share_is_between_nothing_and_all(efficiency):
    with pytest.raises(InputError, match="efficiency is"):
        efficiency_cut(*listed([0.5], [0.5]), efficiency)


def test_a_share_of_the_signal_is_read_on_the_other_events():
    first = listed([0.9, 0.6, 0.6, 0.2], [0.8] * 10 + [0.1] * 5)
    other = listed([0.65, 0.55, 0.55], [0.7] * 12 + [0.5] * 8)
    found = read_off(first, other, efficiency_cut(*first, 0.5))
    assert (found.cut, found.effective, found.read_effective) == (0.6, 10, 12)
    # s = 1, b = 12: eq. 97 of arXiv:1007.1727
    assert found.read.value == pytest.approx(np.sqrt(2 * (13 * np.log(13 / 12) - 1)))
    assert found.kept.value == pytest.approx(1 / 3)


def test_a_mean_over_trainings_needs_them_all():
    enough, few = above_half(12, 10), above_half(12, 9)
    readings = [read_off(enough, other, 0.5) for other in (enough, few)]
    found = over_readings(readings)
    assert np.isnan([found.read.value, found.read.error]).all()
    assert str(found) == "–"
    assert np.isfinite(over_readings(readings[:1] * 2).read.value)


def test_a_cut_that_keeps_everything_is_named():
    same = listed([0.7] * 40, [0.7] * 60)
    for cut in (0.5, efficiency_cut(*same, 0.5)):
        found: Reading = over_readings([read_off(same, same, cut)] * 2)
        assert (found.no_cut, found.kept.value, found.read_effective) == (True, 1, 60)
        assert str(found) == f"{found.read} (no cut)"
    some = listed([0.7] * 40, [0.7] * 10 + [0.2] * 50)
    found = read_off(some, some, 0.5)
    assert str(found) == str(found.read)
