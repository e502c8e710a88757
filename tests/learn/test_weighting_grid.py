"""Grids of weightings: each network is trained once, and its scores are those that are measured."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lepsearch.learn import weighting, weighting_grid, weighting_tables
from lepsearch.learn.networks import Network
from lepsearch.learn.posterior import gaussian_classes
from lepsearch.learn.weighting_grid import Comparison

QUICK = Network(layers=1, neurons=4, epochs=2, batch_size=512)
QUICKLY = weighting.Setting(QUICK)


@pytest.fixture(scope="module")
def events():
    """As many events of signal as of background, of very different weights."""
    made = gaussian_classes(1500, seed=3)
    return replace(made, weight=np.where(made.label, 1e-5, 20.0))


@pytest.fixture(scope="module")
def comparison(events, tmp_path_factory):
    return Comparison(events, tmp_path_factory.mktemp("grid"))


def test_nothing_is_trained_twice(comparison, monkeypatch):
    settings, signals = {"quick": QUICKLY}, {"one": "signal"}
    first = comparison.grid(settings, signals, ["unit"], [1])
    assert {"one_raw", "one_physics_error", "one_above_error", "highest"} <= set(first)
    kept = comparison.scores(QUICKLY, "unit", 1)
    monkeypatch.setattr(weighting_grid, "train_weighted", lambda *_: pytest.fail("trained again"))
    pd.testing.assert_frame_equal(first, comparison.grid(settings, signals, ["unit"], [1]))
    np.testing.assert_array_equal(kept, comparison.scores(QUICKLY, "unit", 1))
    # under another name, and measured on another signal: the same network
    other = comparison.grid({"renamed": QUICKLY}, {"all": ""}, ["unit"], [1])
    assert other["all_raw"].tolist() == first["one_raw"].tolist()
    for another in (replace(QUICKLY, raw_ratio=0.1), weighting.Setting(replace(QUICK, epochs=3))):
        with pytest.raises(pytest.fail.Exception, match="trained again"):
            comparison.scores(another, "unit", 1)
    table = weighting_tables.score_table(first, {"one": "signal"}, {"unit": "none"})
    assert list(table.index) == [("quick", "none")]
    assert "±" in table["AUC, signal, expected"].iloc[0]
    assert "±" in table["signal above ½ [%]"].iloc[0]


def test_kept_scores_are_the_network_s(events, comparison):
    made = weighting.train_weighted(events, QUICKLY, "physics", 2)
    for part in ("validation", "test"):
        np.testing.assert_allclose(
            comparison.scores(QUICKLY, "physics", 2, part), made.scores(events.of(part))
        )


def test_scores_of_one_signal_are_those_of_its_events(events, tmp_path):
    two = replace(
        events, sample=np.where(events.label & (events.event % 4 == 1), 2, events.sample),
        sample_names=("background", "signal", "other"),
        sample_groups=("background", "signal", "signal"),
    )  # fmt: skip
    comparison, test = Comparison(two, tmp_path), two.of("test")
    score = comparison.scores(QUICKLY, "unit", 1)
    one = comparison.scores(QUICKLY, "unit", 1, signal="other")
    assert len(one) == len(test.of_signal("other")) < len(score) == len(test)
    np.testing.assert_array_equal(one, score[test.sample != 1])


def test_numbers_of_a_training(events, comparison):
    row = comparison.measured(
        {"quick": QUICKLY}, {"all": ""}, setting="quick", scheme="unit", seed=1
    )
    test, score = events.of("test"), comparison.scores(QUICKLY, "unit", 1)
    assert (row["epochs"], row["highest"]) == (2, score.max())
    assert row["all_above"] == pytest.approx(np.mean(score[test.label] > 0.5))
    assert row["background_above"] == pytest.approx(np.mean(score[~test.label] > 0.5))
    # weights are equal within each class here, so both areas are of the same events
    assert row["all_raw"] == pytest.approx(row["all_physics"])


def test_other_events_are_trained_on(events, tmp_path):
    one, other = Comparison(events, tmp_path), Comparison(events.take(events.event > 9), tmp_path)
    assert one.digest != other.digest
    renamed = replace(events, names=("a", "b", "c"))
    assert one.digest != Comparison(renamed, tmp_path).digest


def test_errors_of_seeds_are_in_the_table():
    rows = {
        "setting": "x", "scheme": "unit", "seed": [1, 2, 3], "highest": [0.5, 0.7, 0.6],
        "background_above": 0.1, "background_above_error": 0.01,
        "one_raw": [0.8, 0.9, 1.0], "one_raw_error": 0.01,
        "one_physics": 1 - 1e-6, "one_physics_error": 1e-6,
        "one_above": 0.5, "one_above_error": 0.03,
    }  # fmt: skip
    table = weighting_tables.score_table(pd.DataFrame(rows), {"one": "S"}, {"unit": "none"})
    row = table.iloc[0]
    value, error = (float(one) for one in row["AUC, S, simulated"].split("±"))
    assert value == pytest.approx(0.9)
    assert error == pytest.approx(np.hypot(0.1 / np.sqrt(3), 0.01), rel=0.02)
    assert row["AUC, S, expected"] == "> 0.9999"
    assert row["S above ½ [%]"] == "50.0 ±\xa03.0"
    assert row["highest score"] == "0.7"
