"""Autoencoders: what they learn, that no signal teaches them, and how they are kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn.autoencoders import Autoencoder, TrainedAutoencoder
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.networks import Network, Trained

K = 6
QUICK = Autoencoder(
    encoder=(16,), latent=2, scaling="z_score", learning_rate=0.01, batch_size=64, epochs=20
)
LINEAR = replace(
    QUICK, encoder=(), activations=("linear",) * 3, scaling="none", epochs=60, patience=60
)


def made_up(n: int = 2000, seed: int = 1) -> LearningSet:
    """Background near a plane of two dimensions in six; signal off it, in the fourth feature."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.2
    plane = np.linalg.qr(np.random.default_rng(7).normal(size=(K, K)))[0][:2]
    features = rng.normal(size=(n, 2)) * (3.0, 2.0) @ plane + rng.normal(0, 0.2, (n, K))
    features[:, 3] += 4 * label
    event = np.arange(n, dtype=np.uint64)
    return LearningSet(
        features.astype(np.float32), tuple(f"x{i}" for i in range(K)), label,
        rng.choice([1.0, 0.5], n), event, label.astype(np.int16), ("ttbar", "dark"),
        ("top", "dark"), ("Top", "Dark"), part_of("made_up", event),
    )  # fmt: skip


@pytest.fixture(scope="module")
def events():
    """A whole learning set."""
    return made_up()


def trained(events: LearningSet, model: Autoencoder = QUICK, **more) -> TrainedAutoencoder:
    """Trained on the background of the train part."""
    return replace(model, **more).fit(events.of("train"), events.of("validation"))


def test_signal_is_unlike_background(events):
    model, test = trained(events, LINEAR), events.of("test")
    score = model.scores(test)
    assert np.mean(score[test.label] > np.quantile(score[~test.label], 0.99)) > 0.9
    apart = model.differences(test).astype(float)
    np.testing.assert_allclose(score, np.log10((apart**2).sum(axis=1)), atol=1e-4)
    np.testing.assert_allclose(model.reconstructed(test) - test.features, apart, atol=1e-4)
    assert model.latent(test).shape == (len(test), 2)


def test_differences_are_in_units_of_the_scaling(events):
    model, test = trained(events, epochs=1), events.of("test")
    width = events.of("train").take(~events.of("train").label).features.std(axis=0)
    apart = (model.reconstructed(test) - test.features) / width
    np.testing.assert_allclose(apart, model.differences(test), atol=1e-3)
    assert np.abs(width - 1).max() > 0.3


@pytest.mark.parametrize("kind", [{}, {"beta": 0.1, "noise": 0.1, "scaling": "min_max"}])
def test_no_signal_teaches(events, kind):
    """Other signal, none at all, or signal in another order: the same weights and scores."""
    rng, background = np.random.default_rng(2), ~events.label
    spoilt = np.where(events.label[:, np.newaxis], 1e6, events.features).astype(np.float32)
    row = np.arange(len(events))
    row[events.label] = rng.permutation(row[events.label])
    some = events.of("test").take(~events.of("test").label)
    first = trained(events, epochs=2, **kind)
    for other in (replace(events, features=spoilt).take(row), events.take(background)):
        again = trained(other, epochs=2, **kind)
        for one, two in zip(first.model.get_weights(), again.model.get_weights(), strict=True):
            assert one.tobytes() == two.tobytes()
        assert first.scores(some).tobytes() == again.scores(some).tobytes()


def test_only_the_training_part_teaches(events):
    spoilt = events.features.copy()
    spoilt[events.part == 2] = np.nan
    some, other = events.of("train"), trained(replace(events, features=spoilt), epochs=2)
    assert np.array_equal(other.scores(some), trained(events, epochs=2).scores(some))


def test_a_linear_one_spans_the_plane_of_principal_components(events):
    """P. Baldi and K. Hornik, Neural Networks 2 (1989) 53."""
    model = trained(events, LINEAR)
    train = events.of("train").take(~events.of("train").label)
    components = PCA(2).fit(train.features).components_
    kernel = model.model.get_layer("core").get_layer("dense1").get_weights()[0]  # (2, K)
    angles = np.linalg.svd(np.linalg.qr(kernel.T)[0].T @ components.T)[1]
    assert np.arccos(np.clip(angles, 0, 1)).max() < 0.03  # rad


def test_noise_is_on_the_input_alone(events):
    """With all the latent variables it needs, only noise keeps it from giving back its input."""
    clean, noisy = (trained(events, LINEAR, latent=K, noise=one) for one in (0.0, 1.0))
    rows = events.of("train").take(~events.of("train").label)
    of_clean, of_noisy = ((one.differences(rows) ** 2).mean() for one in (clean, noisy))
    assert of_clean < 0.01
    # the best linear answer shrinks each principal variance v by v / (v + 1)
    v = np.linalg.eigvalsh(np.cov(rows.features.T, bias=True))
    history = noisy.history
    assert history["loss"].iloc[-1] == pytest.approx((v / (v + 1)).mean(), rel=0.1)
    assert of_noisy == pytest.approx((v / (v + 1) ** 2).mean(), rel=0.3)  # of the best epoch


def test_a_variational_one_has_the_evidence_bound(events):
    """With beta large the latent variables are standard normal and tell nothing."""
    free, bound = (trained(events, beta=beta, epochs=20) for beta in (1e-3, 100.0))
    rows = events.of("validation").take(~events.of("validation").label)
    assert np.abs(bound.latent(rows)).max() < 0.1
    assert free.latent(rows).std() > 0.5
    core = free.model.get_layer("core")
    prepared = free.model.get_layer("prepare")(rows.features)
    inside = {
        name: np.asarray(core.get_layer(name)(core.get_layer("tanh0")(
            core.get_layer("dense0")(prepared)))) for name in ("dense1", "dense2")
    }  # fmt: skip
    mean, variance = inside["dense1"], np.exp(inside["dense2"])
    divergence = 0.5 * (variance + mean**2 - 1 - np.log(variance)).sum(axis=1)
    cost = np.asarray(core(prepared)[1])[:, 0]
    np.testing.assert_allclose(cost, 1e-3 * divergence / K, rtol=1e-4)
    best = free.history[free.history["best"]].iloc[0]
    assert best["val_loss"] == pytest.approx(
        cost.mean() + (free.differences(rows) ** 2).mean(), rel=1e-4
    )


def test_the_thesis_variational_one_has_its_loss(events):
    model = trained(events, scaling="min_max", beta=1.0, cross_entropy=True, epochs=2)
    rows = events.of("validation").take(~events.of("validation").label)
    x = np.asarray(model.model.get_layer("prepare")(rows.features), dtype=float)
    out = np.clip(x + model.differences(rows), 1e-7, 1 - 1e-7)
    inside = (x > 0) & (x < 1)
    entropy = -(x * np.log(out) + (1 - x) * np.log(1 - out))
    best = model.history[model.history["best"]].iloc[0]
    assert inside.mean() > 0.99
    assert best["val_reconstruction"] == pytest.approx(entropy.mean(), rel=1e-3)


def test_absent_features_may_not_count(events):
    features = events.features.copy()
    features[::3, 0] = np.nan
    lacking = replace(events, features=features)
    zero, masked = (trained(lacking, padding=one) for one in ("zero", "mask"))
    absent = np.isnan(features[:, 0])
    assert np.all(masked.differences(lacking)[absent, 0] == 0)
    assert np.all(zero.differences(lacking)[absent, 0] != 0)
    assert np.all(masked.differences(lacking)[~absent, 0] != 0)
    dropped = trained(lacking, padding="drop_features", epochs=1)
    assert dropped.names == events.names[1:]


def test_weights_count(events):
    """A half plane that weighs nothing is not given back; negative weights are refused."""
    train, side = events.of("train"), events.of("train").features[:, 0] > 0
    weigh = lambda w: replace(train, training_weight=w)  # noqa: E731
    one = QUICK.fit(weigh(np.where(side, 1.0, 0.0)), events.of("validation"))
    all_of_it = QUICK.fit(weigh(np.ones(len(train))), events.of("validation"))
    rows = train.take(~train.label & ~side)
    assert one.scores(rows).mean() > all_of_it.scores(rows).mean() + 0.5
    same = QUICK.fit(weigh(np.full(len(train), 4.0)), events.of("validation"))
    assert np.array_equal(same.scores(rows), all_of_it.scores(rows))
    with pytest.raises(InputError, match=r"training part has .* 1 of them of negative"):
        QUICK.fit(weigh(np.where(train.event == train.event[~train.label][0], -1.0, 1.0)), train)


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"beta": 0.1, "noise": 0.1},
        {"padding": "mask"},
        {"activity_l2": 0.01, "kernel_l1": 0.01, "activations": ("relu", "tanh", "relu", "linear")},
    ],
)
def test_every_kind_survives_saving(events, kind, tmp_path):
    model, test = trained(events, epochs=1, **kind), events.of("test")
    model.save(tmp_path / "auto.keras")
    loaded = TrainedAutoencoder.load(tmp_path / "auto.keras")
    for of in ("scores", "differences", "reconstructed", "latent"):
        assert np.array_equal(getattr(loaded, of)(test), getattr(model, of)(test))
    assert loaded.names == model.names == events.names


def test_punished_layers_are_those_of_the_thesis(events):
    model = replace(
        QUICK,
        encoder=(5, 4, 3),
        latent=2,
        kernel_l1=0.5,
        activity_l2=0.1,
        activations=("linear",) * 3,
    )
    core = model.core(K)
    layers = [core.get_layer(f"dense{i}") for i in range(8)]
    assert [one.kernel_regularizer is not None for one in layers] == [1, 0, 1, 0, 1, 0, 1, 0]
    assert [one.units for one in layers] == [5, 4, 3, 2, 3, 4, 5, K]
    x = events.features[:50]
    made, squares = x, 0.0
    for layer in layers:
        made = np.asarray(layer(made))
        if layer.kernel_regularizer is not None:
            squares = squares + (made**2).sum(axis=1)
    np.testing.assert_allclose(np.asarray(core(x)[1])[:, 0], 0.1 * squares, rtol=1e-4)


def test_wrong_events_and_files(events, tmp_path):
    model = trained(events, epochs=1)
    with pytest.raises(InputError, match="unknown feature 'x0'"):
        model.scores(events.select(events.names[1:]))
    lacking = events.features.copy()
    lacking[:5, 2] = np.nan
    with pytest.raises(InputError, match=r"5 events have no score.*'x2': 5"):
        model.scores(replace(events, features=lacking))
    with pytest.raises(InputError, match="training part has 0 background events"):
        QUICK.fit(events.take(events.label), events)
    with pytest.raises(InputError, match="validation part has 0 background events"):
        QUICK.fit(events, events.take(events.label))
    network = Network(neurons=2, epochs=1).fit(events.of("train"), events.of("validation"))
    network.save(tmp_path / "network.keras")
    with pytest.raises(InputError, match=r"no autoencoder of this library .*called network"):
        TrainedAutoencoder.load(tmp_path / "network.keras")
    model.save(tmp_path / "auto.keras")
    with pytest.raises(InputError, match=r"no network of this library .*called autoencoder"):
        Trained.load(tmp_path / "auto.keras")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latent": 0}, "latent of Autoencoder is 0, expected a number of at least 1"),
        ({"noise": np.nan}, "noise of Autoencoder is nan"),
        ({"beta": -1.0}, "beta of Autoencoder is -1"),
        ({"activations": ("tanh", "linear")}, "has 2 activations; expected 3 or 4"),
        ({"activations": ("tanh", "linear", "softmax")}, "unknown activation 'softmax'"),
        ({"padding": "embedding"}, "unknown padding of this model 'embedding'"),
        ({"scaling": "batch"}, "unknown scaling of this model 'batch'"),
        ({"learning_rate": 0.0}, "learning_rate of Autoencoder is 0"),
    ],
)
def test_impossible_autoencoders(change, message):
    with pytest.raises(InputError, match=message):
        replace(QUICK, **change)
