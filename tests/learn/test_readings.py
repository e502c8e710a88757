"""Readings: validation alone chooses a cut; the test part can only answer or say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events.split import PARTS, part_of
from lepsearch.learn import readings
from lepsearch.learn.labelled import LearningSet
from lepsearch.stats import metrics
from lepsearch.stats.roc import auc
from lepsearch.stats.significance import z0

CUTS = np.linspace(0.2, 0.8, 25)


def made_up(n: int = 6000) -> tuple[LearningSet, np.ndarray]:
    """Background and two signals, the second further from it; and a score of all."""
    rng = np.random.default_rng(4)
    sample = rng.choice(3, n, p=[0.6, 0.2, 0.2]).astype(np.int16)
    score = np.clip(rng.normal(0.35 + 0.2 * sample, 0.15), 0, 1)
    event = np.arange(n, dtype=np.uint64)
    events = LearningSet(
        features=np.zeros((n, 1), dtype=np.float32),
        names=("met",),
        label=sample > 0,
        weight=np.array([0.5, 0.05, 0.05])[sample],
        event=event,
        sample=sample,
        sample_names=("ttbar", "near", "far"),
        sample_groups=("top", "dark", "dark"),
        processes=("Top", "Near", "Far"),
        part=part_of("made_up", event),
    )
    return events, score


@pytest.fixture(scope="module")
def events():
    """All events."""
    return made_up()[0]


@pytest.fixture(scope="module")
def scores(events):
    """Scores of each part."""
    score = made_up()[1]
    return {part: score[events.of(part).event.astype(int)] for part in PARTS}


def test_what_is_read_off_is_the_test_part_above_the_cut(events, scores):
    far, near = (readings.read_off(events, scores, name, CUTS) for name in ("far", "near"))
    assert far["auc_test"] > near["auc_test"] + 5 * near["auc_test_error"]
    assert far["z"] > near["z"]
    test, (values,) = readings.only(events, "test", [scores["test"]], "far")
    assert far["auc_test"] == pytest.approx(auc(values, test.label, test.weight).value)
    kept = values >= far["cut"]
    s, b = (test.weight[kept & (test.label == one)].sum() for one in (True, False))
    assert far["z"] == pytest.approx(float(z0(s, b)))
    assert far["effective"] == pytest.approx((kept & ~test.label).sum())  # all weigh the same
    best = metrics.significance_scan(values, test.label, test.weight, CUTS)
    assert far["z"] <= best.z[0, best.best()]


def test_the_cut_is_the_best_of_validation_with_more_background_than_is_read(events, scores):
    found = readings.read_off(events, scores, "far", CUTS)
    these, (values,) = readings.only(events, "validation", [scores["validation"]], "far")
    by_hand = {}
    for cut in CUTS:
        kept = values >= cut
        if (kept & ~these.label).sum() >= readings.CHOOSING:
            s, b = (these.weight[kept & (these.label == one)].sum() for one in (True, False))
            by_hand[cut] = float(z0(s, b))
    assert found["cut"] == max(by_hand, key=by_hand.get)
    assert found["z_validation"] == pytest.approx(max(by_hand.values()))


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.7])
def test_the_test_part_chooses_nothing(events, scores, factor):
    usual = readings.read_off(events, scores, "far", CUTS)
    label = events.of("test").label
    # background far below what was expected: it may not move the cut, only take the answer away
    other = scores | {"test": np.where(label, scores["test"], factor * scores["test"])}
    found = readings.read_off(events, other, "far", CUTS)
    assert (found["cut"], found["z_validation"]) == (usual["cut"], usual["z_validation"])
    assert np.isnan(found["z"]) == (found["effective"] < metrics.MINIMUM_EFFECTIVE)
    assert np.isnan(found["z"])
    test, made = readings.only(events, "test", [other["test"], scores["test"]], "far")
    rows = readings.above(test, made, usual["cut"])
    assert np.isnan(rows["z"]).tolist() == [True, False]
    averaged = readings.averaged(rows)
    assert np.isnan(averaged["value"])  # not the mean of the training that has one
    assert averaged["effective"] == pytest.approx(rows["effective"].mean())


def test_no_cut_where_validation_has_too_little(events, scores):
    scarce = scores | {"validation": 0.1 * scores["validation"]}
    found = readings.read_off(events, scarce, "far", CUTS)
    assert np.isnan([found["cut"], found["z"], found["z_validation"]]).all()
    assert 0.5 < found["auc_validation"] < 1


def test_a_common_cut_is_the_highest_that_suits_all_trainings(events, scores):
    these, score = events.of("validation"), scores["validation"]
    lower = 0.8 * score
    at = readings.common_cut(these, [score, lower], CUTS, highest=0.9)
    left = {cut: (lower[~these.label] >= cut).sum() for cut in CUTS}
    assert at == max(cut for cut, count in left.items() if count >= readings.CHOOSING)
    assert readings.common_cut(these, [score, lower], CUTS, highest=0.3) <= 0.3
    assert np.isnan(readings.common_cut(these, [score], CUTS, highest=0.1))


def test_above_a_cut_by_hand(events, scores):
    test, score = events.of("test"), scores["test"]
    row = readings.above(test, [score], 0.5).iloc[0]
    kept = score >= 0.5
    s, b = ((kept & (test.label == one)).sum() for one in (True, False))
    ws, wb = (test.weight[test.label == one].max() for one in (True, False))
    expected = (ws * s, ws * np.sqrt(s), wb * b, wb * np.sqrt(b), b)
    names = ["signal", "signal_error", "background", "background_error", "effective"]
    assert row[names].tolist() == pytest.approx(expected)
    assert row["z"] == pytest.approx(float(z0(ws * s, wb * b)))


def test_a_part_without_the_signal_has_no_significance(events, scores):
    absent = events.take((events.part != PARTS.index("test")) | (events.sample != 2))
    shorter = scores | {"test": scores["test"][events.of("test").sample != 2]}
    test, made = readings.only(absent, "test", [shorter["test"]], "far")
    assert not test.label.any()
    assert np.isnan(readings.above(test, made, 0.3)["z"]).all()
    with pytest.raises(InputError, match="fra"):
        readings.only(absent, "test", [shorter["test"]], "fra")
