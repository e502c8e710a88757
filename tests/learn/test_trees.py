"""Boosted trees: what they learn, what they must not learn, weights of both signs, and storing."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from distributed import LocalCluster
from sklearn.metrics import roc_auc_score

from lepsearch.errors import InputError
from lepsearch.events.split import PARTS, part_of
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.measures import auc as auc_measured
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.trees import FittedTrees, Trees

QUICK = Trees(estimators=12, depth=3, patience=12)


def made_up(n: int = 3000, seed: int = 1) -> LearningSet:
    """Signal has more missing momentum, by about one width, and fewer jets; a tenth is negative."""
    rng = np.random.default_rng(seed)
    label, event = rng.random(n) < 0.4, np.arange(n, dtype=np.uint64)
    features = rng.normal(100, 30, (n, 3)).round(-1).astype(np.float32)
    features[:, 0] += 40 * label
    features[rng.random(n) < np.where(label, 0.6, 0.2), 2] = np.nan
    weight = rng.choice([1.0, 0.5, 2.0, -0.5], n, p=[0.4, 0.3, 0.2, 0.1])
    return LearningSet(
        features, ("met", "ht", "jet1pt"), label, weight,
        event, label.astype(np.int16), ("ttbar", "dark"), ("top", "dark"), ("Top", "Dark"),
        part_of("made_up", event),
    )  # fmt: skip


@pytest.fixture(scope="module")
def events():
    """A whole learning set."""
    return made_up()


def trained(events: LearningSet, trees: Trees = QUICK, weights=None, **options) -> FittedTrees:
    """Trees grown on the train part, stopped by the validation part."""
    train = replace(events.of("train"), training_weight=weights)
    return trees.fit(train, events.of("validation"), **options)


def auc(events: LearningSet, trees: Trees = QUICK) -> float:
    """On the test part; without weights."""
    test = events.of("test")
    return float(roc_auc_score(test.label, trained(events, trees).scores(test)))


def test_the_trees_learn(events):
    # the best that met alone can do is Phi(40 / 30 / sqrt 2) = .827; the absent jets know more
    alone = auc(events, replace(QUICK, features=("met", "ht")))
    assert alone == pytest.approx(0.827, abs=0.035)
    assert auc(events) > alone + 0.02


def test_shuffled_labels_teach_nothing(events):
    shuffled = replace(events, label=np.random.default_rng(3).permutation(events.label))
    n = shuffled.of("test").label
    error = np.sqrt((len(n) + 1) / 12 / (n.sum() * (~n).sum()))  # of an AUC of .5; Mann, Whitney
    assert auc(shuffled) == pytest.approx(0.5, abs=3 * error)


def test_a_feature_that_is_the_label_teaches_all(events):
    features = events.features.copy()
    features[:, 1] = events.label
    assert auc(replace(events, features=features)) == 1.0


def test_absent_features_are_not_numbers(events):
    """Where a feature is absent the score is another than for any number in its place."""
    model, test = trained(events), events.of("test")
    assert "jet1pt" in model.importance("weight")[lambda splits: splits > 0]
    lacking = test.take(np.isnan(test.features[:, 2]))
    for number in (-999.0, 0.0, 1e4):
        filled = replace(lacking, features=np.nan_to_num(lacking.features, nan=number))
        # absent jets are the signal's; XGBoost would take one of these for absent
        assert model.scores(filled).mean() < model.scores(lacking).mean() - 0.05


def test_training_stops_at_the_best_tree(events):
    eager = Trees(estimators=100, learning_rate=0.9, least_hessian=0.1, patience=4)
    model = trained(events, eager)
    best = int(model.history["val_loss"].idxmin())
    assert len(model.history) == best + 4 < 100
    assert model.history.index[model.history["best"]].tolist() == [best]
    assert model.booster.num_boosted_rounds() == best
    part = events.of("validation")
    chance = np.where(part.label, model.scores(part), 1 - model.scores(part))
    assert model.history["val_loss"].min() == pytest.approx(-np.log(chance).mean(), rel=1e-5)


def test_without_patience_all_trees_are_kept(events):
    trees, test = Trees(estimators=60, learning_rate=0.9, least_hessian=0.1), events.of("test")
    model = trained(events, replace(trees, patience=0))
    assert model.history.index[model.history["best"]].tolist() == [len(model.history)] == [60]
    few = trained(events, replace(trees, estimators=7, patience=0))
    np.testing.assert_array_equal(model.first(7).scores(test), few.scores(test))
    assert model.first(7).booster.num_boosted_rounds() == 7


def test_resampled_trees_learn_from_originals_drawn_by_the_seed(events):
    part, test, trees = events.of("train"), events.of("test"), replace(QUICK, patience=0)
    part = replace(part, event=part.event // 4)  # up to four copies of an event, drawn together
    taken = replace(trees, seed=5, resampled=True).fit(part, events.of("validation"))
    drawn = np.random.default_rng(5).poisson(1.0, len(part))
    keys = [*zip(part.sample.tolist(), part.event.tolist(), strict=True)]
    times = dict(zip(dict.fromkeys(keys), drawn, strict=False))
    weights = np.array([times[key] for key in keys], dtype=float)
    weighted = trees.fit(replace(part, training_weight=weights), events.of("validation"))
    np.testing.assert_array_equal(taken.scores(test), weighted.scores(test))


def test_the_validation_loss_keeps_the_signs_of_weights(events):
    part = events.of("validation")
    signed = replace(part, training_weight=part.weight)
    model = QUICK.fit(events.of("train"), signed)
    chance = np.where(part.label, model.scores(part), 1 - model.scores(part))
    assert model.history["val_loss"].min() == pytest.approx(
        -(part.weight * np.log(chance)).mean(), rel=1e-5
    )


def test_our_objective_is_xgboosts_for_positive_weights(events):
    weights, test = np.abs(events.of("train").weight), events.of("test")
    ours, built_in = (
        trained(events, replace(QUICK, signed=signed), weights).scores(test)
        for signed in (True, False)
    )
    np.testing.assert_allclose(ours, built_in, atol=1e-6)


def gain(gradient, hessian, l2):
    """What a leaf lowers the loss by, times two: arXiv:1603.02754, equation 7."""
    return gradient.sum() ** 2 / (hessian.sum() + l2)


@pytest.mark.parametrize("balance", [1.0, 3.0])
def test_the_first_split_has_the_highest_gain_of_signed_weights(events, balance):
    """All splits of a stump, tried one by one, with absent features on either side."""
    trees = Trees(1, 1, l2=2.0, least_hessian=5.0, balance=balance, signed=True)
    part = events.of("train")
    weights = part.weight * np.where(part.label, balance, 1.0)
    gradient, hessian = weights * (0.5 - part.label), weights * 0.25
    tried = {}
    for name, values in zip(part.names, part.features.T, strict=True):
        for cut, absent_left in product(np.unique(values[~np.isnan(values)]), (True, False)):
            left = np.where(np.isnan(values), absent_left, values < cut)
            sides = [(gradient[one], hessian[one]) for one in (left, ~left)]
            if min(hessian.sum() for _, hessian in sides) >= 5:
                tried[name, cut, absent_left] = sum(gain(*one, 2.0) for one in sides)
    best = max(tried, key=tried.__getitem__)
    found = trained(events, trees, part.weight).booster.trees_to_dataframe().iloc[0]
    assert (found["Feature"], found["Split"]) == (best[0], pytest.approx(best[1], rel=1e-5))
    whole = gain(gradient, hessian, 2.0)
    assert found["Gain"] == pytest.approx(tried[best] - whole, rel=1e-4)
    assert found["Cover"] == pytest.approx(hessian.sum(), rel=1e-4)


def test_the_balance_is_a_factor_of_the_signals_weights(events):
    part, test = events.of("train"), events.of("test")
    ours = trained(events, replace(QUICK, balance=3.0)).booster
    matrix = xgb.QuantileDMatrix(part.features, part.label)
    known = {"max_depth": 3, "scale_pos_weight": 3.0, "objective": "binary:logistic"}
    bare = xgb.train(known | {"base_score": 0.5}, matrix, ours.num_boosted_rounds())
    np.testing.assert_allclose(
        ours.inplace_predict(test.features), bare.inplace_predict(test.features), atol=1e-5
    )


def test_the_scale_of_training_weights_is_that_of_the_regularisation(events):
    weights, test = np.abs(events.of("train").weight), events.of("test")
    weaker = replace(QUICK, l2=QUICK.l2 / 64, least_hessian=QUICK.least_hessian / 64)
    usual = trained(events, QUICK, weights).scores(test)
    np.testing.assert_allclose(trained(events, weaker, weights / 64).scores(test), usual, atol=1e-6)
    assert np.abs(trained(events, QUICK, weights / 64).scores(test) - usual).max() > 0.05


def test_signed_weights_lift_the_bound_of_answers(events):
    """Where weights are positive, the first tree's answers lie between -1 / (1 - p) and 1 / p."""
    part, least = events.of("train"), 0.5
    tree = Trees(1, 8, 1.0, l2=0.0, least_hessian=least, patience=0)
    answers = {}
    for signed, weights in ((False, np.abs(part.weight)), (True, part.weight)):
        nodes = trained(events, replace(tree, signed=signed), weights).booster.trees_to_dataframe()
        assert nodes["Cover"].min() >= least  # no leaf of a negative hessian
        answers[signed] = nodes.loc[nodes["Feature"] == "Leaf", "Gain"].abs().max()
    assert answers[False] <= 2 + 1e-5 < 3 < answers[True]


def test_no_test_event_is_learned_from(events, tmp_path):
    spoilt, rows = replace(events, label=events.label.copy()), events.part == PARTS.index("test")
    spoilt.label[rows] ^= True
    spoilt = replace(spoilt, features=np.where(rows[:, None], 7, events.features))
    spoilt = replace(spoilt, weight=np.where(rows, 99.0, events.weight))
    found = [
        Experiment(one, QUICK, tmp_path, Weighting("physics")).scores("validation", 1)
        for one in (events, spoilt)
    ]
    assert len([*tmp_path.glob("*.npz")]) == 2
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("signed", [False, True])
def test_external_memory_gives_the_same_trees(events, signed):
    weights, test = np.abs(events.of("train").weight), events.of("test")
    trees = replace(QUICK, signed=signed)
    whole, pieces = (trained(events, trees, weights, buffer=size) for size in (None, 250))
    np.testing.assert_allclose(pieces.scores(test), whole.scores(test), atol=1e-5)


@pytest.mark.parametrize("signed", [False, True])
def test_a_cluster_grows_the_same_trees(events, signed):
    """Two workers, each with half of the events."""
    part, test = events.of("train"), events.of("test")
    weights, trees = (part.weight if signed else np.abs(part.weight)), replace(QUICK, signed=signed)
    alone = trained(events, trees, weights)
    with LocalCluster(2, threads_per_worker=1, dashboard_address=None) as there:
        spread = trained(events, trees, weights, scheduler=there.scheduler_address)
    assert spread.names == alone.names
    np.testing.assert_allclose(spread.history["val_loss"], alone.history["val_loss"], rtol=1e-4)
    np.testing.assert_allclose(spread.scores(test), alone.scores(test), atol=1e-4)


def test_saved_and_loaded_trees_score_alike(events, tmp_path):
    model, test = trained(events, replace(QUICK, features=("jet1pt", "met"))), events.of("test")
    model.save(tmp_path / "made" / "trees.ubj")
    loaded = FittedTrees.load(tmp_path / "made" / "trees.ubj")
    assert loaded.names == ("jet1pt", "met")
    np.testing.assert_array_equal(loaded.scores(test), model.scores(test))
    assert [one.name for one in (tmp_path / "made").iterdir()] == ["trees.ubj"]


def test_contributions_sum_to_the_log_odds(events):
    model, test = trained(events), events.of("test")
    found = model.contributions(test)
    assert [*found.columns] == [*test.names, "bias"]
    np.testing.assert_allclose(1 / (1 + np.exp(-found.sum(axis=1))), model.scores(test), atol=1e-5)


def test_importance_has_every_feature(events):
    stump = trained(events, Trees(1, 1)).importance("weight")
    assert stump.to_dict() == {"met": 1, "ht": 0, "jet1pt": 0}


def test_trees_run_through_an_experiment(events, tmp_path):
    experiment = Experiment(events, QUICK, tmp_path, Weighting("physics"))
    points = {"depth": [1, 4], "negative": ["clipped", "absolute"]}
    table = experiment.grid(points, [1], measure={"auc": auc_measured})
    assert len(table) == len([*tmp_path.glob("*.npz")]) == 4
    assert table["epoch"].between(1, QUICK.estimators).all()
    areas = table["test_auc"].map(lambda one: one.value)
    assert areas.between(0.83, 0.9).all()
    assert areas.nunique() == 4
    kept = experiment.scores("test", 1, signed=True, negative="kept")
    assert np.isfinite(kept).all()


def as_table(events: LearningSet) -> pd.DataFrame:
    """Events as others keep them."""
    table = pd.DataFrame(events.features, columns=list(events.names))
    return table.assign(signal=events.label * 1, weight=events.weight, event=events.event)


def test_the_page_trains_on_a_table(events, tmp_path, monkeypatch):
    page = (Path(__file__).parents[2] / "book" / "your_events.md").read_text(encoding="utf-8")
    code = page.split("(csv-table)=")[1].split("```python\n")[1].split("```")[0]
    as_table(events).to_csv(tmp_path / "events.csv", index=False)
    monkeypatch.chdir(tmp_path)
    made: dict[str, Any] = {}
    exec(code, made)
    np.testing.assert_array_equal(made["events"].features, events.features)
    assert np.isnan(made["test"].features[:, 2]).any()
    assert made["area"].value == pytest.approx(0.85, abs=4 * made["area"].error)
    np.testing.assert_array_equal(
        FittedTrees.load(tmp_path / "trees.ubj").scores(made["test"]),
        made["model"].scores(made["test"]),
    )


def test_tables_that_lack_something_are_refused(events):
    table = as_table(events)
    with pytest.raises(InputError, match="unknown column 'weight'"):
        LearningSet.of_table(table.drop(columns="weight"), events.names)
    with pytest.raises(InputError, match="signal is nan in a row, expected 0 or 1"):
        LearningSet.of_table(table.replace({"signal": {1: np.nan}}), events.names)


def refused(events: LearningSet, message: str, trees: Trees = QUICK, **arrays) -> None:
    """Training on events with other arrays fails, and says why."""
    with pytest.raises(InputError, match=message):
        trees.fit(replace(events.of("train"), **arrays), events.of("validation"))


def test_what_trees_cannot_learn_from_is_refused(events):
    part = events.of("train")
    n = len(part)
    refused(events, rf"{n} training events are \[True\]; expected both", label=np.ones(n, bool))
    nan = np.where(part.label, np.nan, 0.0)
    refused(events, r"labels .* are \[0.0, nan\]", label=nan)
    refused(events, "training weights are negative.*signed=True", training_weight=part.weight)
    refused(events, "1 not finite", training_weight=np.where(np.arange(n) == 5, np.nan, 1.0))
    infinite = part.features.copy()
    infinite[7, 1] = np.inf
    refused(events, "features ht are infinite", features=infinite)
    refused(events, "unknown feature 'mett'.*'met'", replace(QUICK, features=("mett",)))
    with pytest.raises(InputError, match="validation events are"):
        QUICK.fit(part, events.of("validation").take(events.of("validation").label))


def test_scores_need_the_features(events):
    model = trained(events)
    with pytest.raises(InputError, match="unknown feature 'jet1pt'"):
        model.scores(events.of("test").select(["met", "ht"]))


@pytest.mark.parametrize(
    ("name", "value"),
    [("depth", 0), ("patience", -1), ("learning_rate", 0.0), ("l2", np.nan), ("bins", 1)],
)
def test_impossible_settings_are_refused(name, value):
    with pytest.raises(InputError, match=f"{name} of Trees is {value}, expected"):
        Trees(**{name: value})


@pytest.mark.parametrize("content", ["nothing", "text", "half", "theirs", "json"])
def test_other_files_are_refused(events, content, tmp_path):
    path = tmp_path / "trees.ubj"
    part = events.of("train")
    theirs = xgb.train({}, xgb.DMatrix(part.features, part.label), 1).save_raw("ubj")
    ours = trained(events).booster.save_raw("ubj")
    contents = {"text": b"no trees", "half": ours[: len(ours) // 2], "theirs": theirs}
    contents["json"] = json.dumps({"learner": {}}).encode()
    if content in contents:
        path.write_bytes(contents[content])
    with pytest.raises(InputError, match=r"trees\.ubj: no trees of this library"):
        FittedTrees.load(path)


def test_a_file_of_trees_has_its_ending(events, tmp_path):
    with pytest.raises(InputError, match=r"must end in \.ubj"):
        trained(events).save(tmp_path / "trees.keras")
