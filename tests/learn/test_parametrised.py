"""Classifiers that have the hypothesis as a further feature."""

from dataclasses import replace

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events.split import PARTS, part_of
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.parametrised import Parametrised, with_hypothesis
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.trees import Trees

VALUES = (("light", 1.0), ("heavy", 4.0))
MODEL = Parametrised(Trees(estimators=30, depth=3), VALUES)


@pytest.fixture(scope="module")
def events():
    """Background is flat in a mass from 0 to 5; each signal peaks at its own."""
    rng, n = np.random.default_rng(1), 6000
    sample = rng.integers(0, 3, n).astype(np.int16)
    mass = np.choose(sample, [rng.uniform(0, 5, n), rng.normal(1, 0.2, n), rng.normal(4, 0.2, n)])
    number, names = np.arange(n, dtype=np.uint64), ("flat", "light", "heavy")
    return LearningSet(
        mass[:, None].astype(np.float32), ("mass",), sample > 0, np.ones(n), number, sample,
        names, names, names, part_of("made_up", number),
    )  # fmt: skip


def test_each_hypothesis_finds_its_own_signal(events, tmp_path):
    experiment = Experiment(events, MODEL, tmp_path, Weighting("ratio"))
    scores, test = experiment.scores("test", 1), events.of("test")
    at = {name: test.sample == test.sample_names.index(name) for name in test.sample_names}
    assert scores.shape == (len(test), 2)
    light, heavy = scores.T
    assert light[at["light"]].mean() > 0.6 > 0.1 > light[at["heavy"]].mean()
    assert heavy[at["heavy"]].mean() > 0.6 > 0.1 > heavy[at["light"]].mean()


def test_the_hypothesis_alone_says_nothing_about_the_class(events):
    weighted = replace(events, training_weight=np.where(events.sample == 1, 3.0, 1.0))
    taught = MODEL._taught(weighted)
    drawn = taught.features[~events.label, -1]
    light = weighted.training_weight[events.sample == 1].sum()
    share = light / weighted.training_weight[events.label].sum()
    assert np.mean(drawn == 1.0) == pytest.approx(share, abs=0.03)
    for name, value in VALUES:
        own = taught.features[events.sample == events.sample_names.index(name), -1]
        assert np.all(own == value)


def test_a_signal_without_hypothesis_is_named(events):
    lacking = replace(MODEL, values=VALUES[:1])
    with pytest.raises(InputError, match="heavy"):
        lacking.fit(*(events.of(part) for part in PARTS[:2]))


def test_the_hypothesis_is_the_last_feature(events):
    made = with_hypothesis(events, 2.0)
    assert made.names == ("mass", "hypothesis")
    assert np.all(made.features[:, -1] == 2.0)
