"""Models that differ in named choices: trained once, kept, and compared on the same events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import accuracy_score

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn.architecture import Network
from lepsearch.learn.cuts import best_cut, efficiency_cut
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.grid import best, means, summary
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.measures import (
    accuracy,
    auc,
    auc_of,
    aucs_of,
    averaged,
    class_sizes,
    differences,
    efficiencies_of,
    estimated,
    for_signal,
    resampled,
    significance_of,
    significances_of,
)
from lepsearch.learn.training_weights import Weighting
from lepsearch.stats.estimate import Estimate, bootstrap
from lepsearch.stats.roc import Ranking

trained: list[Linear] = []


@dataclass(frozen=True)
class Linear:
    """A model without labels whose scores are no probabilities: one feature and some noise."""

    feature: str = "met"
    noise: float = 0.0
    seed: int = 1

    def fit(self, train: LearningSet, validation: LearningSet) -> FittedLinear:
        assert (train.only, validation.only) == ("train", "validation")
        trained.append(self)
        return FittedLinear(self, float(np.average(train.weight, weights=train.training_weight)))


@dataclass(frozen=True)
class FittedLinear:
    """What it has learned, which is a weight that its training saw."""

    model: Linear
    mean: float

    @property
    def history(self) -> pd.DataFrame:
        return pd.DataFrame({"mean": [self.mean]})

    def scores(self, events: LearningSet) -> np.ndarray:
        rng = np.random.default_rng(self.model.seed)
        noise = self.model.noise * rng.normal(size=len(events))
        return events.select([self.model.feature]).features[:, 0] + noise


def made_up(n: int = 3000, seed: int = 1) -> LearningSet:
    """Two signals with more missing momentum; copies in pairs."""
    rng = np.random.default_rng(seed)
    sample = rng.choice(3, n, p=[0.6, 0.2, 0.2]).astype(np.int16)
    features = rng.normal(50, 20, (n, 2)).astype(np.float32)
    features[:, 0] += 15 * sample
    event = (np.arange(n) // 2).astype(np.uint64)
    return LearningSet(
        features=features, names=("met", "mll"), label=sample > 0,
        weight=np.where(sample > 0, 0.1, 1.0), event=event, sample=sample,
        sample_names=("ttbar", "dark", "light"), sample_groups=("top", "dark", "light"),
        processes=("Top", "Dark", "Light"), part=part_of("made_up", event),
    )  # fmt: skip


@pytest.fixture
def experiment(tmp_path) -> Experiment:
    """An experiment with made-up events, of which nothing is trained."""
    trained.clear()
    return Experiment(made_up(), Linear(noise=5.0), tmp_path)


def test_a_grid_has_the_types_that_it_was_given(experiment):
    table = experiment.grid(
        {"noise": [1, 250.5], "feature": ["met"], "weighting": [Weighting("physics")]},
        np.arange(1, 3),
        measure={"auc": auc, "accuracy": partial(accuracy, threshold=60)},
    )
    assert list(table.columns[:5]) == ["noise", "feature", "weighting", "seed", "epoch"]
    assert table["weighting"][0] == Weighting("physics")
    assert len(table) == 4
    point = best(table, "validation_auc").point
    assert point == {"noise": 1, "feature": "met", "weighting": Weighting("physics")}
    assert [type(one) for one in point.values()] == [float, str, Weighting]
    events, score = experiment.measured("test"), experiment.scores("test", 2, noise=250.5)
    found = table["test_auc"][3]
    weights = events.weight, events.original
    assert found == Ranking(score, events.label).auc(*weights)


def test_nothing_is_trained_twice(experiment):
    slices = [{"noise": [1.0, 2.0]}, {"noise": [2.0, 3.0]}]
    table = experiment.grid(slices, [1, 2])
    assert table["noise"].tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    assert len(trained) == 6
    again = replace(experiment, model=Linear(noise=2.0), events=made_up())
    again.grid(slices, [1, 2])
    again.scores("test", 1)  # the same model, chosen otherwise
    assert len(trained) == 6
    replace(experiment, events=made_up(seed=2)).scores("test", 1, noise=1.0)
    experiment.scores("test", 1, noise=1.0, scheme="physics")
    assert len(trained) == 8


def test_a_failed_training_is_named(experiment):
    with pytest.raises(InputError, match="unknown feature 'mt2'") as found:
        experiment.grid({"feature": ["met", "mt2"]}, [1])
    assert "'feature': 'mt2'" in found.value.__notes__[0]
    assert len(experiment.grid({"feature": ["met"]}, [1])) == 1
    assert len(trained) == 2  # the first was kept


@pytest.mark.parametrize(
    ("points", "message"),
    [({"noise": []}, "expected a list"), ({"noises": [1.0]}, "unknown choice 'noises'")],
)
def test_a_choice_must_be_there(experiment, points, message):
    with pytest.raises(InputError, match=message):
        experiment.grid(points, [1])


def test_weights_of_the_training(experiment):
    history = experiment.training(1, scheme="physics").history
    train = experiment.events.of("train")
    assert history["mean"][0] == pytest.approx(np.average(train.weight, weights=train.weight))


def test_differences_know_what_both_have_in_common(experiment):
    seeds = [1, 2, 3]
    found = {
        noise: experiment.average(auc_of, "test", seeds, noise=noise, signal="dark")
        for noise in (5.0, 9.0)
    }
    table = differences(found, 5.0)
    assert (table["difference"][5.0].value, table["difference"][5.0].error) == (0, 0)
    apart = table["difference"][9.0]
    assert apart.value == pytest.approx(found[9.0].value - found[5.0].value)
    assert 0 < apart.error < np.hypot(found[5.0].error, found[9.0].error)
    choices = {noise: {"noise": noise} for noise in found}
    same = experiment.compared(choices, 5.0, seeds, signal="dark")
    assert same["difference"][9.0] == apart
    unpaired = differences(found, 5.0, paired_seeds=False)["difference"][9.0]
    assert unpaired.value == apart.value
    events = (found[9.0].draws - found[5.0].draws).std(ddof=1)
    seeds_apart = [one.by_seed.std(ddof=1) / np.sqrt(3) for one in found.values()]
    assert unpaired.error == pytest.approx(np.hypot(events, np.hypot(*seeds_apart)))


def test_results_for_one_signal(experiment):
    alone = replace(experiment, signal="dark")
    table = alone.named({"plain": {"noise": 0.0}}, [1], measure={"auc": auc})
    masked = experiment.grid({"noise": [0.0]}, [1], measure={"auc": for_signal(auc, "dark")})
    assert table["test_auc"][0] == masked["test_auc"][0]
    assert alone.measured("test").digest == experiment.measured("test", "dark").digest
    assert table["choice"].tolist() == ["plain"]


def test_a_cut_is_read_off_other_events(experiment):
    cuts = np.linspace(0, 150, 31)
    readings = experiment.readings(partial(best_cut, cuts=cuts), [1, 2])
    events, score = experiment.measured("test"), experiment.scores("test", 1)
    above = score >= readings[0].cut
    assert readings[0].read.value == pytest.approx(
        significance_of(events, score, readings[0].cut)(events.weight)
    )
    assert readings[0].kept.value == pytest.approx(above[events.label].mean())
    (kept,) = experiment.readings(partial(efficiency_cut, efficiency=1.0), [1])
    assert kept.effective > readings[0].effective


def test_a_summary_has_the_error_of_events_and_of_trainings(experiment):
    table = experiment.grid({"noise": [1.0, 30.0]}, [1, 2], measure={"auc": auc})
    rows = summary(table, "test_auc")
    assert rows["noise"].tolist() == [1.0, 30.0]
    part = table[table["noise"] == 30.0]["test_auc"]
    values, errors = zip(*((one.value, one.error) for one in part), strict=True)
    assert rows["value"][1] == pytest.approx(np.mean(values))
    assert rows["error"][1] == pytest.approx(
        np.hypot(np.mean(errors), np.std(values, ddof=1) / np.sqrt(2))
    )
    with pytest.raises(InputError, match=r"unknown column.*'test_auc'"):
        summary(table, "test_au")


def test_networks_take_part_and_workers_give_the_same(experiment):
    network = Network(neurons=4, learning_rate=0.05, epochs=5, batch_size=128)
    flat = replace(experiment, model=network)
    choices = {"all": {}, "met": {"features": ("met",), "scheme": "ratio"}}
    table = flat.named(choices, [1], measure={"auc": auc}, workers=2)
    assert (table["test_auc"].map(lambda one: one.value) > 0.6).all()
    assert (table["epoch"] > 0).all()
    elsewhere = replace(flat, store=experiment.store / "elsewhere")
    assert elsewhere.named(choices, [1], measure={"auc": auc}).equals(table)
    made = experiment.named({"linear": {}, "network": {"model": network}}, [1])
    assert made["epoch"][0] == 0


def test_means_of_a_grid_are_over_its_seeds():
    rows = [
        {"depth": depth, "seed": seed, "test_auc": Estimate(depth + seed / 10, 0.3)}
        for depth in (2, 1) for seed in (1, 3)
    ]  # fmt: skip
    found = means(pd.DataFrame(rows), "test")
    assert list(found.index) == [2, 1]
    assert list(found) == ["auc"]
    assert found["auc"][1].value == pytest.approx(1.2)
    assert found["auc"][1].error == pytest.approx(np.hypot(0.3, 0.1))


def test_class_sizes_count_copies_once():
    events = made_up(40)
    found = class_sizes(events)
    signal = events.take(events.label)
    assert found["expected"]["signal"] == pytest.approx(signal.weight.sum())
    per_event = np.bincount(signal.original, signal.weight)
    effective = per_event.sum() ** 2 / (per_event**2).sum()
    assert found["effective"]["signal"] == pytest.approx(effective)


@pytest.mark.parametrize("copies", [1, 3])
def test_accuracy_and_its_error(copies):
    rng = np.random.default_rng(6)
    label = rng.random(900) < 0.4
    score, label, weight = (
        np.repeat(one, copies) for one in (rng.random(900), label, rng.exponential(1.0, 900))
    )
    events = replace(made_up(900 * copies), label=label, weight=weight)
    events = replace(events, event=np.repeat(np.arange(900), copies), sample=0 * events.sample)
    found = accuracy(events, score, threshold=0.4)
    theirs = accuracy_score(label, score > 0.4, sample_weight=weight)
    assert found.value == pytest.approx(theirs)
    resampled = bootstrap(
        lambda w: accuracy(replace(events, weight=w), score, threshold=0.4).value,
        weight,
        events.original,
        replicas=1000,
    )
    assert found.error == pytest.approx(resampled.error, rel=0.12)


@pytest.mark.parametrize(
    ("statistics", "statistic"),
    [
        (aucs_of, auc_of),
        (partial(significances_of, cut=60.0), partial(significance_of, cut=60.0)),
    ],
)
def test_numbers_of_all_signals_are_those_of_each_alone(statistics, statistic):
    events = made_up().of("test")
    score = np.round(events.features[:, 0].astype(float), -1)  # with ties
    found = statistics(events, score)(events.weight)
    for value, name in zip(found, ["dark", "light"], strict=True):
        chosen = events.is_of(name)
        alone = statistic(events.take(chosen), score[chosen])
        assert value == pytest.approx(alone(events.weight[chosen]))


@pytest.mark.parametrize("statistic", [aucs_of, partial(efficiencies_of, background=0.1)])
def test_scores_that_are_nan_are_refused(statistic):
    """They once had an area of 0.5 without an error."""
    events = made_up().of("test")
    with pytest.raises(InputError, match="scores are NaN"):
        statistic(events, np.full(len(events.label), np.nan))


def test_efficiencies_of_all_signals_are_those_above_the_background_that_is_left():
    events = made_up().of("test")
    score = events.features[:, 0].astype(float)
    chosen = sorted(set(score[~events.label]), reverse=True)[5]  # the last that is left
    kept = score >= chosen
    sums = [events.weight[rows & ~events.label].sum() for rows in (kept, score > -np.inf)]
    found = efficiencies_of(events, score, sums[0] / sums[1] * 1.0001)(events.weight)
    beyond = score > sorted(score[~events.label & ~kept])[-1]
    for value, name in zip(found, ["dark", "light"], strict=True):
        own = events.label & events.is_of(name)
        assert value == pytest.approx(events.weight[own & beyond].sum() / events.weight[own].sum())
    assert np.isnan(efficiencies_of(events, score, 0.1, least=1e9)(events.weight)).all()


def test_too_little_background_has_no_significance():
    events = made_up().of("test")
    nothing = significances_of(events, events.features[:, 0], 1e3)(events.weight)
    assert np.isnan(nothing).all()


def test_signals_that_are_not_learned_from_have_no_weight():
    learning = made_up()
    everything = Weighting("signal_up_weighted", signals=("dark", "light"))(learning)
    np.testing.assert_allclose(everything, Weighting("signal_up_weighted")(learning))
    weighting = Weighting("signal_up_weighted", signals=("dark",))
    kept = learning.is_of("dark")
    weights = weighting(learning)
    assert not weights[~kept].any()
    alone = Weighting("signal_up_weighted")(learning.take(kept))
    np.testing.assert_allclose(weights[kept], alone)
    with pytest.raises(InputError, match=r"no event of a signal 'drak'.*dark"):
        replace(weighting, signals=("drak",))(learning)


def test_efficiencies_and_areas_of_normal_distributions():
    """Of two equally wide ones 1.5 widths apart, they are known."""
    rng = np.random.default_rng(2)
    events = replace(made_up(60_000), event=np.arange(60_000, dtype=np.uint64))
    scores = [rng.normal(size=len(events)) + 1.5 * events.label for _ in range(2)]
    for eps in (1e-1, 1e-2, 1e-3):
        expected = norm.sf(norm.isf(eps) - 1.5)
        numbers = resampled(partial(efficiencies_of, background=eps), events, scores)
        assert numbers.shape == (2, 51, 2)
        for found in map(estimated, np.moveaxis(numbers, -1, 0)):
            assert abs(found.value - expected) < 4 * found.error < 0.8 * expected
    alone = events.is_of("dark")
    areas = estimated(resampled(aucs_of, events, scores)[..., 0])
    known = averaged(auc_of, events.take(alone), [one[alone] for one in scores])
    assert areas.value == pytest.approx(known.value)
    assert areas.error == pytest.approx(known.error, rel=0.5)
    # 36,000 background events: 360 are beyond the second cut, 36 beyond the third
    enough = partial(efficiencies_of, events, scores[0], least=100.0)
    assert np.isfinite(enough(1e-2)(events.weight)).all()
    assert np.isnan(enough(1e-3)(events.weight)).all()
    copies = replace(events, event=events.event // 20)  # whose weights add up in one event
    assert np.isnan(efficiencies_of(copies, scores[0], 1e-2, least=355)(events.weight)).all()
