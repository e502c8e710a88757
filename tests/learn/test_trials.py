"""Trials of a grid: what is measured, of which events, and what is compared with what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.events.split import PARTS, part_of
from lepsearch.learn import trials
from lepsearch.learn.architecture import Network
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.trials import Trial
from lepsearch.stats.roc import auc
from lepsearch.stats.significance import z0

QUICK = Network(neurons=4, learning_rate=0.05, batch_size=256, epochs=4)


def made_up(n: int = 4000, seed: int = 3) -> LearningSet:
    """Two signals, the second nearer to the background."""
    rng = np.random.default_rng(seed)
    sample = rng.choice(3, n, p=[0.5, 0.3, 0.2]).astype(np.int16)
    features = rng.normal(0.0, 1.0, (n, 3)).astype(np.float32)
    features[:, 0] += np.array([0.0, 3.0, 1.5])[sample]
    event = np.arange(n, dtype=np.uint64)
    return LearningSet(
        features=features,
        names=("met", "ht", "mll"),
        label=sample > 0,
        weight=np.array([0.5, 0.01, 0.004])[sample],
        event=event,
        sample=sample,
        sample_names=("ttbar", "far", "near"),
        sample_groups=("top", "far", "near"),
        processes=("Top", "Far", "Near"),
        part=part_of("made_up", event),
    )


@pytest.fixture(scope="module")
def trial():
    """Networks on a small set."""
    return Trial(made_up(), QUICK, cut=0.5)


def test_a_training_is_measured_on_every_part(trial):
    found = trial(seed=1, neurons=3)
    assert found == trial(seed=1, neurons=3)
    for part in PARTS:
        assert 0.8 < found[f"{part}_auc"] < 1
        assert 0 < found[f"{part}_auc_error"] < 0.1
        assert found[f"{part}_z_far"] > found[f"{part}_z_near"] > 0
        assert found[f"{part}_z"] > found[f"{part}_z_far"]
    assert found != trial(seed=2, neurons=3)


def test_yields_and_significance_are_those_above_the_cut(trial):
    events = trial.events.of("test")
    score = 1 / (1 + np.exp(-events.features[:, 0].astype(float)))
    found = trial.measured("test", score)
    kept = score >= trial.cut
    s, b = (events.weight[kept & (events.label == label)].sum() for label in (True, False))
    assert (found["signal"], found["background"]) == pytest.approx((s, b))
    assert found["z"] == pytest.approx(float(z0(s, b)))
    far = events.weight[kept & (events.sample == 1)].sum()
    assert found["z_far"] == pytest.approx(float(z0(far, b)))
    assert found["raw_auc"] == pytest.approx(auc(score, events.label).value)
    assert found["auc"] != pytest.approx(found["raw_auc"], abs=1e-4)
    right = np.mean((score > 0.5) == events.label)
    assert found["raw_accuracy"] == pytest.approx(right)
    binomial = np.sqrt(right * (1 - right) / len(events))
    assert found["raw_accuracy_error"] == pytest.approx(binomial)


def test_no_significance_where_too_little_background_is_left(trial):
    events = trial.events.of("validation")
    found = trial.measured("validation", np.where(events.label, 0.9, 0.1))
    assert np.isnan(found["z"])
    assert found["background"] == 0
    assert found["raw_accuracy"] == 1


def test_slices_of_a_grid_join_without_repeats(trial, tmp_path):
    trial = replace(trial, store=tmp_path)
    slices = [{"neurons": [4, 8], "l2": [0.0]}, {"neurons": [8], "l2": [0.0, 0.1]}]
    table = trial.grid(slices, (1,))
    assert list(zip(table["neurons"], table["l2"], strict=True)) == [(4, 0), (8, 0), (8, 0.1)]
    again = trial.grid(slices, (1,))
    pd.testing.assert_frame_equal(table, again)


def test_a_network_of_a_grid_is_not_trained_again(trial, tmp_path, monkeypatch):
    trial = replace(trial, store=tmp_path)
    table = trial.grid([{"neurons": [3]}], (1,))
    fresh = trial.kept("test", 2, neurons=3)  # no training of the grid
    monkeypatch.setattr(Trial, "trained", lambda *_, **__: pytest.fail("trained again"))
    for part in ("validation", "test"):
        score, events = trial.kept(part, 1, neurons=3), trial.events.of(part)
        area = auc(score, events.label, events.weight).value
        assert table[f"{part}_auc"].tolist() == pytest.approx([area])
    assert (trial.kept("test", 2, neurons=3) == fresh).all()
    assert (score != fresh).any()


def test_a_grid_needs_a_store(trial):
    with pytest.raises(InputError, match="give Trial a store"):
        trial.grid([{"neurons": [3]}], (1,))


def test_other_events_or_settings_have_another_digest(trial):
    fewer = replace(trial, events=trial.events.take(np.arange(100)))
    changed = [fewer, replace(trial, cut=0.7), replace(trial, scheme="physics")]
    assert len({one.digest for one in [trial, *changed]}) == 4


@pytest.mark.parametrize("cut", [None, 0.8])
def test_paired_errors_leave_out_what_is_common(trial, cut):
    events = trial.events.of("test")
    rng = np.random.default_rng(5)
    score = 1 / (1 + np.exp(-events.features[:, 0].astype(float)))
    near = np.clip(score + rng.normal(0, 1e-4, len(score)), 0, 1)
    none = trials.paired(events, [score], [score], cut=cut, replicas=20)
    assert (none.value, none.error) == (0, 0)
    little = trials.paired(events, [score], [near], cut=cut, replicas=50)
    alone = trial.measured("test", score)["auc_error" if cut is None else "z_error"]
    assert little.error < 0.3 * alone
    flipped = trials.paired(events, [score], [1 - score], cut=cut, replicas=20)
    assert flipped.value > 5 * flipped.error > 0
    seeds = trials.paired(events, [score, 1 - score], [score], cut=cut, replicas=20)
    assert seeds.error > flipped.value / 4


def test_no_difference_where_too_little_background_is_left(trial):
    events = trial.events.of("test")
    score = 1 / (1 + np.exp(-events.features[:, 0].astype(float)))
    few = np.sort(score[~events.label])[-3]  # three background events above it
    assert trials.common_cuts(events, [score, 1 - score], [0.0, few]).tolist() == [True, False]
    strict = trials.common_cuts(events, [score], [0.0, few], minimum_effective=2)
    assert strict.tolist() == [True, True]
    assert np.isnan(trials.paired(events, [score], [score], cut=few, replicas=5).value)


@pytest.mark.parametrize(("layers", "neurons"), [(0, 7), (1, 5), (3, 4)])
def test_learned_weights_are_those_of_the_model(layers, neurons):
    from lepsearch.learn import networks

    network = replace(QUICK, layers=layers, neurons=neurons)
    model = networks.build(network, made_up(50))
    assert model.count_params() == trials.learned_weights(layers, neurons, 3)
