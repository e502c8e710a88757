"""Reliability curves: right for scores that are probabilities, and weighted."""

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.stats.calibration import reliability


@pytest.fixture(scope="module")
def calibrated():
    """Scores that are the probability of the label."""
    rng = np.random.default_rng(1)
    score = rng.random(40_000)
    return score, rng.random(40_000) < score


def test_probabilities_lie_on_the_diagonal(calibrated):
    curve = reliability(*calibrated, bins=8)
    pulls = (curve["share"] - curve["score"]) / curve["error"]
    assert np.abs(pulls).max() < 3.5
    assert 0.3 < pulls.std() < 2
    assert np.abs(curve["share"] - curve["score"]).mean() < 0.01
    assert curve["events"].sum() == 40_000


def test_another_power_of_the_score_does_not(calibrated):
    score, label = calibrated
    curve = reliability(score**2, label)
    assert curve["share"].iloc[2] == pytest.approx(np.sqrt(0.25), abs=0.03)
    assert np.abs(curve["share"] - curve["score"]).mean() > 0.1


def test_weights_of_one_class_move_the_posterior(calibrated):
    # signal counts three times: the posterior is 3p / (3p + 1 - p)
    score, label = calibrated
    weight = np.where(label, 3.0, 1.0)
    raw = reliability(score, label, weight)
    assert raw["share"].iloc[5] > raw["score"].iloc[5] + 0.15
    moved = reliability(3 * score / (1 + 2 * score), label, weight)
    assert np.abs((moved["share"] - moved["score"]) / moved["error"]).max() < 3.5


def test_errors_are_binomial_and_copies_are_one_event():
    score, label = np.full(200, 0.35), np.arange(200) < 60
    one = reliability(score, label).iloc[3]
    assert (one["share"], one["error"]) == pytest.approx((0.3, np.sqrt(0.3 * 0.7 / 200)))
    twice = reliability(
        np.tile(score, 2), np.tile(label, 2), np.full(400, 0.5), original=np.tile(np.arange(200), 2)
    )  # fmt: skip
    assert twice.iloc[3]["error"] == pytest.approx(one["error"])


def test_bins_without_weight_are_undefined():
    curve = reliability([0.0, 1.0, 0.5, 0.5], [False, True, True, False], [1.0, 1.0, 1.0, -1.0])
    assert curve["share"].notna().tolist() == [True] + [False] * 8 + [True]
    assert (curve["share"] == curve["score"])[curve["share"].notna()].all()


def test_scores_must_be_probabilities():
    with pytest.raises(InputError, match=r"scores from -3 to 2; expected 0 to 1"):
        reliability([-3.0, 2.0], [True, False])
