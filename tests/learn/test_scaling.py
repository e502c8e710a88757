"""Scales set outside of a network, of one part or of all, of each feature or of the array."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.scaling import HeavyTails, RealEvents, _areas, leak, scaled


@pytest.fixture(scope="module")
def events() -> LearningSet:
    """Two features in different units."""
    rng, n = np.random.default_rng(1), 500
    event = np.arange(n, dtype=np.uint64)
    features = np.stack([rng.exponential(100.0, n), rng.normal(0, 1, n)], axis=1)
    return LearningSet(
        features=features.astype(np.float32),
        names=("met", "lep1eta"),
        label=rng.random(n) < 0.5,
        weight=np.ones(n),
        event=event,
        sample=np.zeros(n, dtype=np.int16),
        sample_names=("one",),
        sample_groups=("one",),
        processes=("One",),
        part=part_of("one", event),
    )


@pytest.mark.parametrize(
    ("name", "scaler"), [("min_max", MinMaxScaler()), ("z_score", StandardScaler())]
)
def test_as_scikit_learn_has_it(events, name, scaler):
    train = events.of("train")
    expected = scaler.fit(train.features.astype(float)).transform(events.features.astype(float))
    assert scaled(events, name, train).features == pytest.approx(expected, abs=1e-5)


def test_the_part_that_sets_the_scale_matters(events):
    train = events.of("train")
    ours, all_of_it = (scaled(events, "z_score", one).features for one in (train, events))
    assert ours[events.part == 0].std(axis=0) == pytest.approx(1.0, abs=1e-4)
    assert all_of_it.std(axis=0) == pytest.approx(1.0, abs=1e-4)
    assert not np.allclose(ours, all_of_it, atol=1e-4)


@pytest.mark.parametrize("name", ["min_max", "z_score"])
def test_a_scale_of_the_whole_array_keeps_the_units_apart(events, name):
    result = scaled(events, name, events, whole_array=True).features
    before, after = events.features.std(axis=0), result.std(axis=0)
    assert after[0] / after[1] == pytest.approx(before[0] / before[1], rel=1e-4)
    if name == "min_max":
        assert (result.min(), result.max()) == pytest.approx((0.0, 1.0), abs=1e-6)
    else:
        assert (result.mean(), result.std()) == pytest.approx((0.0, 1.0), abs=1e-4)


def test_layers_are_not_done_by_hand(events):
    with pytest.raises(InputError, match="batch"):
        scaled(events, "batch", events)


def test_areas_are_those_of_scikit_learn():
    scores = np.random.default_rng(2).normal(size=(3, 30))
    labels = np.arange(30) < 12
    expected = [roc_auc_score(labels, row) for row in scores]
    assert _areas(scores, 12) == pytest.approx(expected)


def test_heavy_tails_leak_and_the_leak_falls():
    table = leak(HeavyTails(), "z_score", [10, 160], repetitions=1500, seed=1)
    few, many = table.loc[10], table.loc[160]
    assert few["leak"] > 3 * few["leak_error"]
    assert many["leak"] < 0.5 * few["leak"]
    assert few["leak"] == pytest.approx(few["test"] - few["new"])


def test_one_feature_can_not_leak():
    # stretching the only feature changes no order
    table = leak(HeavyTails(features=1, shifted=1), "min_max", [10], repetitions=50)
    assert table.loc[10, ["test", "new", "leak"]].abs().max() == 0


def test_real_events_are_drawn_signal_first():
    draw = RealEvents(np.full((5, 2), 1.0), np.full((7, 2), -1.0))
    drawn = draw(np.random.default_rng(1), 3, 10)
    assert drawn.shape == (3, 10, 2)
    assert (drawn[:, :5] == 1).all()
    assert (drawn[:, 5:] == -1).all()
