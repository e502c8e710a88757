"""Networks: what they learn, what they must not learn, and how they are kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn import backend, fitting, networks
from lepsearch.learn.backend import keras
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import Training
from lepsearch.learn.networks import Network
from lepsearch.learn.preprocess import PADDINGS, SCALINGS

NAMES = ("met", "ht", "jet1pt", "jet1eta", "n_bjetPt20", "n_ljetPt40", "n_jetsetaCentral",
         "n_jetsetaForward50")  # fmt: skip
QUICK = Network(neurons=8, learning_rate=0.02, batch_size=128, epochs=12)


def made_up(n: int = 3000, seed: int = 1) -> LearningSet:
    """Signal has more missing momentum and fewer jets than background, by about one width."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.4
    features = rng.normal(100.0, 30.0, (n, len(NAMES))).astype(np.float32)
    features[:, 0] += 40 * label
    jets = rng.random(n) < np.where(label, 0.4, 0.8)
    features[:, 2:4][~jets] = np.nan
    features[:, 3] = features[:, 3] / 30 - 3
    features[:, 4:] = rng.integers(0, 4, (n, 4))
    event = np.arange(n, dtype=np.uint64)
    return LearningSet(
        features=features,
        names=NAMES,
        label=label,
        weight=rng.choice([1.0, 0.5, -0.1], n) * np.where(label, 1e-3, 1.0),
        event=event,
        sample=label.astype(np.int16),
        sample_names=("ttbar", "dark"),
        sample_groups=("top", "dark"),
        processes=("Top", "Dark"),
        part=part_of("made_up", event),
    )


@pytest.fixture(scope="module")
def events():
    """A whole learning set."""
    return made_up()


def trained(events: LearningSet, network: Network = QUICK, weights=None) -> networks.Trained:
    """A network trained on the train part, stopped by the validation part."""
    train = replace(events.of("train"), training_weight=weights)
    return network.fit(train, events.of("validation"))


def scored(model, events) -> np.ndarray:
    """Scores by a Keras model."""
    return networks.Trained(model).scores(events)


def auc(model, events: LearningSet) -> float:
    """On the test part; without weights."""
    test = events.of("test")
    return float(roc_auc_score(test.label, scored(model, test)))


def test_the_network_learns(events):
    # the best that met alone can do is Phi(40 / 30 / sqrt 2) = .827; the jets know more
    dropped, masked = (
        auc(trained(events, replace(QUICK, padding=padding)).model, events)
        for padding in ("drop_features", "mask")
    )
    assert dropped == pytest.approx(0.827, abs=0.035)
    assert masked > dropped + 0.02


def test_shuffled_labels_teach_nothing(events):
    shuffled = replace(events, label=np.random.default_rng(3).permutation(events.label))
    n = shuffled.of("test").label
    error = np.sqrt((len(n) + 1) / 12 / (n.sum() * (~n).sum()))  # of an AUC of .5; Mann, Whitney
    assert auc(trained(shuffled).model, shuffled) == pytest.approx(0.5, abs=3 * error)


def test_a_feature_that_is_the_label_teaches_all(events):
    features = events.features.copy()
    features[:, 1] = events.label
    assert auc(trained(replace(events, features=features)).model, events) < 0.9
    cheat = replace(events, features=features)
    assert auc(trained(cheat).model, cheat) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("padding", PADDINGS)
def test_every_padding_survives_saving(events, padding, tmp_path):
    network = replace(QUICK, padding=padding, epochs=2)
    model, test = trained(events, network).model, events.of("test")
    networks.Trained(model).save(tmp_path / "net.keras")
    loaded = networks.Trained.load(tmp_path / "net.keras").model
    scores = scored(model, test)
    np.testing.assert_array_equal(scored(loaded, test), scores)
    assert networks.feature_names(loaded) == NAMES
    assert [one.name for one in tmp_path.iterdir()] == ["net.keras"]
    lacking = np.isnan(test.features).any(axis=1)
    assert lacking.any()
    assert (np.all(scores[lacking] == 0)) == (padding == "drop_events")
    assert np.all((scores[~lacking] > 0) & (scores[~lacking] < 1))


@pytest.mark.parametrize("scaling", SCALINGS)
def test_every_scaling_survives_saving(events, scaling, tmp_path):
    network = replace(QUICK, padding="mask", scaling=scaling, epochs=2)
    model, test = trained(events, network).model, events.of("test")
    networks.Trained(model).save(tmp_path / "net.keras")
    scores = scored(model, test)
    assert np.std(scores) > 0
    np.testing.assert_array_equal(
        scored(networks.Trained.load(tmp_path / "net.keras").model, test), scores
    )


def test_the_same_seed_gives_the_same_network(events):
    first, again, other = (
        scored(trained(events, replace(QUICK, seed=seed, epochs=3)).model, events)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_only_the_training_part_teaches(events):
    """Whatever the test part holds, the network is the same; its events are in no other part."""
    spoilt = events.features.copy()
    test = events.part == 2
    spoilt[test] = np.nan
    same = trained(replace(events, features=spoilt)).model
    some = events.of("train")
    np.testing.assert_array_equal(scored(same, some), scored(trained(events).model, some))
    assert not set(events.of("train").event) & set(events.event[test])


def test_scale_of_weights_does_not_matter(events):
    weights = 1 + events.of("train").label * 3.0
    first, second = (trained(events, weights=factor * weights).model for factor in (1.0, 1024.0))
    np.testing.assert_array_equal(scored(first, events), scored(second, events))


def test_weights_move_scores(events):
    train = events.of("train")
    up = trained(events, weights=np.where(train.label, 50.0, 1.0)).model
    down = trained(events, weights=np.where(train.label, 0.02, 1.0)).model
    assert scored(up, events).mean() > scored(down, events).mean() + 0.5


def test_an_unknown_optimiser_is_named():
    with pytest.raises(InputError, match="unknown optimizer 'Sgd'"):
        replace(QUICK, optimizer="Sgd")


@pytest.mark.parametrize("scale", [1.0, 0.1, 1e-5])
@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
def test_losses_and_steps_are_keras_own_at_any_scale_of_weights(events, scale, optimizer):
    """A loss is over the number of events: weights ten times smaller make it ten times smaller."""
    made = replace(QUICK, l2=0.0, learning_rate=0.01, optimizer=optimizer)
    few = events.of("train").take(np.arange(64))
    weights = scale * np.linspace(0.5, 1.5, len(few))  # of mean `scale`
    first, *others = (networks.build(made, few) for _ in range(3))
    mine, keras_own, third = (one.get_layer("core") for one in (first, *others))
    weighted = replace(few, training_weight=weights)
    tensors = fitting.prepared(first.get_layer("prepare"), weighted)
    fitter = fitting.Fitter(mine, made.learning_rate, made.optimizer)
    loss, accuracy = fitter.loss(fitter.step(tensors))
    keras_own.compile(
        optimizer={"class_name": optimizer, "config": {"learning_rate": 0.01}},
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    features, label, _ = tensors
    assert loss == pytest.approx(
        float(keras_own.train_on_batch(features, label, sample_weight=weights)), rel=1e-5
    )
    for one, other in zip(mine.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-7)
    unscaled = fitting.Fitter(third, 0.01)
    larger, same = unscaled.loss(unscaled.sums((*tensors[:2], tensors[2] / scale)))
    assert (loss, accuracy) == pytest.approx((scale * larger, same), rel=1e-5)


def test_trainings_that_share_graphs_share_nothing_else(events):
    """Networks of the same layers are trained by one graph, each as if it were alone."""
    few = events.take(np.arange(400))
    settings = [{}, {"seed": 9}, {"learning_rate": 0.1}, {"optimizer": "SGD"}, {}]
    first, *others, again = (trained(few, replace(QUICK, **one)).model for one in settings)
    weights = first.get_weights()
    assert all(map(np.array_equal, weights, again.get_weights()))
    for other in others:
        assert not all(map(np.array_equal, weights, other.get_weights()))
    fitting._idle.clear()
    alone = trained(few, QUICK).model.get_weights()
    assert all(map(np.array_equal, weights, alone))
    assert all(map(np.array_equal, first.get_weights(), alone))  # later ones leave it as it was


def test_early_stopping_keeps_the_best_epoch(events):
    few = events.take(np.arange(400))
    network = replace(QUICK, neurons=50, learning_rate=0.05, batch_size=16, epochs=60, patience=3)
    result = trained(few, network)
    history = result.history
    assert len(history) < 60
    best = Training({}, history).epoch
    assert best == history["val_loss"].idxmin() == len(history) - 3
    validation = few.of("validation")
    p = scored(result.model, validation).astype(float)
    entropy = -np.mean(np.log(np.where(validation.label, p, 1 - p)))
    penalty = sum(float(one) for one in result.model.losses)
    assert history["val_loss"].min() == pytest.approx(entropy + penalty, rel=1e-4)
    assert history.loc[best, "val_accuracy"] == pytest.approx(
        np.mean((p > 0.5) == validation.label)
    )


def test_a_diverged_training_stops(events, caplog):
    result = trained(events, replace(QUICK, learning_rate=1e30, layers=2))
    assert len(result.history) < QUICK.epochs
    assert "stopped with the weights of epoch" in caplog.text
    assert np.isfinite(scored(result.model, events)).all()


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_layers_are_hidden_layers(events, layers):
    """Each has 8 x (inputs + 1) parameters, the output one more than its inputs."""
    model = networks.build(replace(QUICK, layers=layers), events.of("train"))
    widths = [6, *[8] * layers, 1]  # six features that no event lacks
    assert model.count_params() == sum((a + 1) * b for a, b in pairwise(widths))


def test_a_condition_scales_and_shifts_every_neuron(events):
    """The score of a conditioned network by hand; untrained, it is that of the plain one."""
    network = replace(
        QUICK, layers=2, neurons=3, condition="ht", features=NAMES[:2], scaling="none"
    )
    picked = events.select(NAMES[:2])
    plain = networks.build(replace(network, condition=""), picked)
    model = networks.build(network, picked)
    x = picked.features[:50] / 100
    assert np.allclose(model(x), plain(x), atol=1e-6)
    core, rng = model.get_layer("core"), np.random.default_rng(2)
    core.set_weights([rng.normal(size=one.shape) for one in core.get_weights()])
    hidden = x
    dense = sorted(
        (one for one in core.layers if one.weights), key=lambda one: (len(one.name), one.name)
    )
    *layers, last = (one.get_weights() for one in dense)  # as they were made
    for main, factor, shift in (layers[:3], layers[3:]):
        ht = x[:, 1:]
        hidden = np.maximum(hidden @ main[0] + main[1], 0) * (1 + ht @ factor[0] + factor[1])
        hidden = hidden + ht @ shift[0] + shift[1]
    logit = (hidden @ last[0] + last[1])[:, 0]
    assert np.allclose(model(x)[:, 0], 1 / (1 + np.exp(-logit)), atol=1e-5)
    with pytest.raises(InputError, match=r"unknown condition 'hts'.*'ht'"):
        replace(QUICK, condition="hts").fit(events.of("train"), events.of("validation"))


def test_zero_layers_are_logistic_regression(events):
    network = Network(layers=0, learning_rate=0.3, epochs=100, batch_size=4096, patience=100)
    train = events.of("train")
    scores = scored(trained(events, network).model, train)
    x = train.select([NAMES[0], NAMES[1], *NAMES[4:]]).features
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    expected = LogisticRegression(C=np.inf).fit(scaled, train.label).predict_proba(scaled)[:, 1]
    np.testing.assert_allclose(scores, expected, atol=0.03)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"layers": -1}, "layers of Network is -1, .* at least 0", id="layers"),
        pytest.param({"learning_rate": 0.0}, "learning_rate", id="learning rate"),
        pytest.param({"l2": float("nan")}, "l2 of Network is nan", id="l2"),
    ],
)
def test_impossible_networks(change, message):
    with pytest.raises(InputError, match=message):
        replace(QUICK, **change)


def test_wrong_events(events):
    train, validation = events.of("train"), events.of("validation")
    with pytest.raises(InputError, match=r"one an event, got an array of shape \(3,\)"):
        networks.train(QUICK, replace(train, training_weight=np.arange(3.0)), validation)
    with pytest.raises(InputError, match=r"validation events are .* all of one class"):
        networks.train(QUICK, train, validation.take(validation.label))
    with pytest.raises(InputError, match="select the same of both"):
        networks.train(QUICK, train.select(["met"]), validation)
    model = networks.build(QUICK, train)
    with pytest.raises(InputError, match="unknown feature 'met'"):
        scored(model, validation.select(["ht"]))
    lacking = validation.features.copy()
    lacking[:7, 0] = np.nan
    with pytest.raises(InputError, match=r"7 events have no score.*'met': 7"):
        scored(model, replace(validation, features=lacking))


def test_files_that_are_no_networks(tmp_path):
    with pytest.raises(InputError, match=r"a\.keras: no network .*No such file"):
        networks.Trained.load(tmp_path / "a.keras")
    (tmp_path / "b.keras").write_bytes(b"PK nonsense")
    with pytest.raises(InputError, match="no network of this library"):
        networks.Trained.load(tmp_path / "b.keras")
    with pytest.raises(InputError, match=r"must end in \.keras"):
        networks.Trained(None).save(tmp_path / "c.h5")


def test_keras_models_of_others_are_refused(tmp_path):
    keras = backend.keras
    for name in ("dense", "prepare"):  # the latter as a layer of ours
        dense = keras.layers.Dense(1, name=name)
        model = keras.Sequential([keras.Input((3,)), dense])
        networks.Trained(model).save(tmp_path / "other.keras")
        with pytest.raises(InputError, match=r"other\.keras: no network of this library"):
            networks.Trained.load(tmp_path / "other.keras")


@pytest.mark.parametrize("padding", ["drop_events", "mask"])
def test_a_stream_is_prepared_as_the_array(events, padding):
    train, validation = events.of("train"), events.of("validation")
    train = replace(train, training_weight=1 + 2.0 * train.label)
    network = replace(QUICK, padding=padding, weighted_scaling=True)
    whole = networks.train(network, train, validation).model
    result = networks.train(network, train, validation, buffer=500)
    prepared = [
        backend.keras.tree.flatten(one.get_layer("prepare")(validation.features[:100]))
        for one in (whole, result.model)
    ]
    for one, other in zip(*prepared, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    assert auc(result.model, events) == pytest.approx(auc(whole, events), abs=0.01)


def test_one_batch_a_step_is_what_memory_does(events):
    """With one batch an epoch the order cannot matter: both trainings are the same."""
    train, validation = events.of("train"), events.of("validation")
    train = replace(train, training_weight=1 + 2.0 * train.label)
    network = replace(QUICK, batch_size=len(train), epochs=5)
    one = networks.train(network, train, validation)
    other = networks.train(network, train, validation, buffer=len(train))
    np.testing.assert_allclose(
        one.history.to_numpy(dtype=float), other.history.to_numpy(dtype=float), rtol=1e-4
    )
