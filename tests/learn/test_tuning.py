"""The space of the tuner is the printed one, and a search goes on where it was killed."""

from __future__ import annotations

import keras_tuner
import numpy as np
import pandas as pd
import pytest
from keras_tuner.errors import FatalError

from lepsearch.errors import InputError
from lepsearch.learn.autoencoders import Autoencoder
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.tuning import MEANT, PRINTED, reconstruction, search
from lepsearch.rmm.layout import T3N5

ACTIVATIONS = ["relu", "tanh", "leakyrelu", "linear"]
# the listing of the draft's chapter 3, lines 17 to 128, in its order
LISTING = {
    "Kernel_reg": [0.5, 0.1, 0.05, 0.01],
    "Atc_reg": [0.5, 0.1, 0.05, 0.01],
    "alpha": [1.0, 0.5, 0.1, 0.05, 0.01],
    "num_of_neurons1": (60, T3N5.size**2 - 1),
    "1_act": ACTIVATIONS,
    "num_of_neurons2": (30, 59),
    "2_act": ACTIVATIONS,
    "num_of_neurons3": (10, 29),
    "3_act": ACTIVATIONS,
    "lat_num": (1, 9),
    "4_act": ACTIVATIONS,
    "num_of_neurons5": (10, 29),
    "5_act": ACTIVATIONS,
    "num_of_neurons6": (30, 59),
    "6_act": ACTIVATIONS,
    "num_of_neurons7": (60, T3N5.size**2 - 1),
    "7_act": ACTIVATIONS,
    "8_act": ACTIVATIONS,
    "learning_rate": [9e-2, 9.5e-2, 1e-3, 1.5e-3],
}


def asked(space):
    """What KerasTuner has been asked for, in its order."""
    hp = keras_tuner.HyperParameters()
    space(hp)
    configs = {one.name: one.get_config() for one in hp.space}
    assert all(one.get("step", 1) == 1 and one.get("sampling", "linear") == "linear"
               for one in configs.values() if "min_value" in one)  # fmt: skip
    return {
        name: one["values"] if "values" in one else (one["min_value"], one["max_value"])
        for name, one in configs.items()
    }


def test_the_space_is_the_printed_one():
    assert list(asked(PRINTED).items()) == list(LISTING.items())
    assert asked(MEANT) == LISTING | {"learning_rate": [9e-4, 9.5e-4, 1e-3, 1.5e-3]}


@pytest.mark.parametrize(("space", "leak"), [(PRINTED, 0.2), (MEANT, 1.0)])
def test_values_of_the_tuner_are_those_of_the_network(space, leak):
    hp = keras_tuner.HyperParameters()
    hp.values |= {"num_of_neurons2": 31, "lat_num": 7, "num_of_neurons7": 99, "8_act": "leakyrelu"}
    model = Autoencoder(**space(hp))
    assert (model.encoder, model.latent, model.decoder) == ((60, 31, 10), 7, (10, 30, 99))
    assert model.activations == ("relu",) * 7 + ("leaky_relu",)
    assert (model.kernel_l1, model.activity_l2, model.leak) == (0.5, 0.5, leak)
    punished = [one.name for one in model.core(225).layers
                if getattr(one, "kernel_regularizer", None)]  # fmt: skip
    assert punished == ["dense0", "dense2", "dense4", "dense6"]


class Made:
    """What a training in no time gives: more latent variables and epochs leave less."""

    history = pd.DataFrame({"val_loss": [1.0]})

    def __init__(self, model):
        self.left = 1 / (model.latent + model.learning_rate + model.epochs / 100)

    def scores(self, events):
        return np.log10(self.left * (1 + np.abs(events.features[:, 0])))


def quick(model, *_):
    return Made(model)


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    """Trainings that take no time."""
    random, n = np.random.default_rng(1), 400
    table = pd.DataFrame({"x": random.normal(size=n), "signal": random.integers(0, 2, n)})
    events = LearningSet.of_table(
        table.assign(weight=random.choice([1, 0.5], n), event=range(n)), ["x"]
    )
    monkeypatch.setattr(Autoencoder, "fit", quick)
    return Experiment(events, Autoencoder(), tmp_path / "store")


@pytest.mark.parametrize("trials", [3, None])
def test_a_killed_search_goes_on(experiment, monkeypatch, trials):
    budget = {"trials": trials, "epochs": 3}
    whole = search(experiment, MEANT, **budget)
    kept = sorted(experiment.store.iterdir())
    for one in kept:
        one.unlink()

    def killed(model, *_):
        if len(list(experiment.store.glob("*.npz"))) == 2:
            raise KeyboardInterrupt
        return Made(model)

    with monkeypatch.context() as patch:
        patch.setattr(Autoencoder, "fit", killed)
        with pytest.raises(KeyboardInterrupt):
            search(experiment, MEANT, **budget)
    done = {one: one.stat().st_mtime_ns for one in experiment.store.glob("*.npz")}
    assert len(done) == 2
    again = search(experiment, MEANT, **budget)
    assert again.to_dict() == whole.to_dict()
    assert sorted(experiment.store.iterdir()) == kept
    assert done == {one: one.stat().st_mtime_ns for one in done}


def test_hyperband_prolongs_the_best(experiment):
    table = search(experiment, MEANT, epochs=3)
    assert table["epochs"].unique().tolist() == [1, 3]
    first = table[table["epochs"] == 1]
    kept = first.loc[first["objective"].map(lambda one: one.value).idxmin()]
    settings = ["encoder", "latent", "decoder", "activations", "learning_rate"]
    assert (kept[settings] == table.iloc[len(first)][settings]).all()


def test_the_objective_looks_at_background_alone(experiment):
    events = experiment.measured("validation")
    score = experiment.scores("validation", 1, epochs=1)
    moved = score + 5.0 * events.label
    assert reconstruction(events, moved) == reconstruction(events, score)
    of = ~events.label
    direct = (events.weight[of] * 10 ** score[of]).sum() / events.weight[of].sum()
    assert reconstruction(events, score).value == pytest.approx(direct)


def test_a_training_that_fails_stops_the_search(experiment, monkeypatch):
    def fails(*_):
        msg = "no background"
        raise InputError(msg)

    monkeypatch.setattr(Autoencoder, "fit", fails)
    with pytest.raises(FatalError, match="no background"):
        search(experiment, MEANT, trials=3, epochs=1)
