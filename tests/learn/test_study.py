"""Networks that differ in one choice: trained once, kept, and compared on the same events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn import kept
from lepsearch.learn.architecture import Network
from lepsearch.learn.binning import Scored
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.learning import COUNTS
from lepsearch.learn.study import Study
from lepsearch.stats.roc import auc

NAMES = ("met", "jet1pt", *COUNTS)
NETWORK = Network(neurons=4, learning_rate=0.02, batch_size=256, epochs=3)


def made_up(n: int = 1500, seed: int = 1) -> LearningSet:
    """Two signals with more missing momentum, one of them with few jets; copies in pairs."""
    rng = np.random.default_rng(seed)
    sample = rng.choice(3, n, p=[0.6, 0.2, 0.2]).astype(np.int16)
    features = rng.normal(50, 20, (n, len(NAMES))).astype(np.float32)
    features[:, 0] += 30 * (sample > 0)
    features[rng.random(n) < np.where(sample == 1, 0.8, 0.3), 1] = np.nan
    event = (np.arange(n) // 2).astype(np.uint64)
    return LearningSet(
        features=features,
        names=NAMES,
        label=sample > 0,
        weight=np.where(sample > 0, 0.01, 1.0),
        event=event,
        sample=sample,
        sample_names=("ttbar", "dark", "light"),
        sample_groups=("top", "dark", "light"),
        processes=("Top", "Dark", "Light"),
        part=part_of("made_up", event),
    )


@pytest.fixture
def study(tmp_path) -> Study:
    """A study of made-up events."""
    return Study(made_up(), "dark", NETWORK, tmp_path)


def test_results_are_for_one_signal(study):
    events = study.measured("test")
    assert set(events.groups[events.label]) == {"Dark"}
    assert set(events.groups[~events.label]) == {"Top"}
    score = study.scores(1, padding="zero")["test"]
    row = study(1, padding="zero")
    assert row["test_auc"] == pytest.approx(auc(score, events.label, events.weight).value)


def test_nothing_is_trained_twice(study, monkeypatch):
    table = study.table({"padding": ["zero", "mask"]}, [1])
    first = study.scores(1, padding="zero")["test"]

    def never(*_: object) -> None:
        pytest.fail("trained again")

    monkeypatch.setattr(kept, "train", never)
    assert study.table({"padding": ["zero", "mask"]}, [1]).equals(table)
    again = Study(study.events, study.signal, replace(NETWORK, padding="zero"), study.store)
    assert (again.scores(1)["test"] == first).all()  # the same network, named otherwise


def test_other_events_are_another_study(study):
    other = replace(study, events=made_up(seed=2))
    assert other.digest != study.digest
    assert replace(study, signal="light").digest != study.digest


def test_a_choice_does_not_differ_from_itself(study):
    table = study.compared("test", "padding", ["zero", "drop_features"], [1, 2], "zero")
    assert table.loc["zero", ["difference", "difference_error"]].tolist() == [0, 0]
    other = table.loc["drop_features"]
    assert other["difference"] == pytest.approx(other["auc"] - table.loc["zero", "auc"])
    assert 0 < other["difference_error"] < np.hypot(other["error"], table.loc["zero", "error"])


def test_significance_is_read_off_the_test_part(study):
    table = study.significances(
        "padding", ["zero"], [1, 2], bins=10, uncertainties=[0.0, 0.3]
    )  # fmt: skip
    assert table["uncertainty"].tolist() == [0.0, 0.3]
    assert table["z"].iloc[0] > table["z"].iloc[1] > 0


def test_a_mean_over_trainings_needs_them_all(study, monkeypatch):
    few = iter([False, False, True, False])  # of two trainings, each in both parts

    def scored(*_: object, **__: object) -> Scored:
        background = 9 if next(few) else 10
        label = np.repeat([True, False], [12, background])
        n = len(label)
        return Scored(np.full(n, 0.9), label, np.ones(n), np.arange(n))

    monkeypatch.setattr(Study, "scored", scored)
    row = study.significances("padding", ["zero"], [1, 2], bins=2, uncertainties=[0.0]).iloc[0]
    assert row[["z", "error"]].isna().all()


def test_a_cut_that_keeps_everything_is_named(study, monkeypatch):
    label = np.repeat([True, False], [40, 60])
    same = Scored(np.full(100, 0.7), label, np.ones(100), np.arange(100))
    monkeypatch.setattr(Study, "scored", lambda *_, **__: same)
    how = {"name": "padding", "choices": ["zero"], "seeds": [1, 2], "uncertainties": [0.0]}
    for cut in ({"bins": 2}, {"efficiency": 0.5}):
        row = study.significances(**how, **cut).iloc[0]
        assert (row["no_cut"], row["kept"], row["read_effective"]) == (True, 1, 60)
        assert row["z"] == pytest.approx(same.scan(np.zeros(1), [0.0]).z[0, 0])
    one = replace(same, score=np.where(np.arange(100) < 50, 0.7, 0.2))
    monkeypatch.setattr(Study, "scored", lambda *_, **__: one)
    assert not study.significances(**how, efficiency=0.5)["no_cut"].any()


def test_one_way_to_choose_a_cut(study):
    for how in ({}, {"bins": 2, "efficiency": 0.5}):
        with pytest.raises(InputError, match="bins or an efficiency"):
            study.significances("padding", ["zero"], [1], uncertainties=[0.0], **how)


def test_a_significance_with_its_draws_is_that_of_the_table(study):
    table = study.significances("padding", ["zero"], [1, 2], efficiency=0.8, uncertainties=[0.0])
    found = study.significance({"padding": "zero"}, [1, 2], efficiency=0.8, replicas=200)
    row = table.iloc[0]
    assert found.value == pytest.approx(row["z"])
    # propagation there, resampling here; of the spread of 200 draws 5 % are not known
    assert found.error == pytest.approx(row["error"], rel=0.25)
    assert (found - found).error == 0


def test_simulated_events_count_the_same(study):
    events, score = study.measured("test"), study.scores(1, padding="zero")["test"]
    heavy = replace(study, events=replace(study.events, weight=study.events.weight**2))
    found = study.auc("test", {"padding": "zero"}, [1], weighted=False)
    assert found.value == pytest.approx(auc(score, events.label).value)
    table = heavy.compared("test", "padding", ["zero"], [1], "zero", weighted=False)
    assert table["auc"]["zero"] == pytest.approx(found.value, abs=0.05)


def test_an_area_among_some_events(study):
    events, score = study.measured("test"), study.scores(1, padding="zero")["test"]
    among = ~np.isnan(events.features).any(axis=1)
    found = study.auc("test", {"padding": "zero"}, [1], among=among)
    assert found.value == pytest.approx(auc(score[among], events.label[among]).value)
    assert found.error > study.auc("test", {"padding": "zero"}, [1]).error
    none = study.auc("test", {"padding": "zero"}, [1], among=among & ~events.label)
    assert np.isnan([none.value, none.error]).all()
