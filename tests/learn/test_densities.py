"""Densities, tails, flow and Deep SVDD: what they measure, and that no signal teaches them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn.autoencoders import Autoencoder
from lepsearch.learn.combined import Combined, FittedCombined
from lepsearch.learn.densities import METHODS, Density, FittedDensity
from lepsearch.learn.flows import DeepSVDD, Flow, TrainedFlow
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.tails import FittedTails, Spread, Tails, normal_scores

SHORT = {"epochs": 2, "batch_size": 256}
MODELS = {
    **{method: Density(method, 3, ("x", "y", "z")) for method in METHODS},
    "tails": Tails(("x", "y"), ("kind",)),
    "shift": Tails(how="shift"),
    "flow": Flow(blocks=1, neurons=8, given=("kind",), **SHORT),
    "svdd": DeepSVDD(layers=(8, 2), **SHORT),
    "combined": Combined(
        (Tails(("x", "y")), Density("forest", 5), DeepSVDD(layers=(4, 2), **SHORT)),
        given=("kind",),
        least=50,
    ),
}
COVARIANCE = np.array([[1.0, 0.6], [0.6, 1.0]])


def made_up(n: int = 4000, seed: int = 1) -> LearningSet:
    """Correlated normal x and y; z; a kind that x depends on; signal is beyond in x and y."""
    rng = np.random.default_rng(seed)
    label, kind = rng.random(n) < 0.2, rng.integers(0, 2, n)
    xy = rng.multivariate_normal([0, 0], COVARIANCE, n) + 4 * label[:, np.newaxis]
    values = np.column_stack([xy[:, 0] + 2 * kind, xy[:, 1], rng.normal(size=n), kind])
    event = np.arange(n, dtype=np.uint64)
    return LearningSet(
        values.astype(np.float32), ("x", "y", "z", "kind"), label, np.ones(n), event,
        label.astype(np.int16), ("b", "s"), ("b", "s"), ("b", "s"), part_of("made_up", event),
    )  # fmt: skip


@pytest.fixture(scope="module")
def events():
    """A whole learning set."""
    return made_up()


@pytest.fixture(scope="module", params=MODELS)
def fitted(request, events):
    """A model and what it has learned."""
    model = MODELS[request.param]
    return model, model.fit(events.of("train"), events.of("validation"))


def test_no_signal_teaches(fitted, events):
    model, first = fitted
    test, row = events.of("test"), np.arange(len(events))
    row[events.label] = np.random.default_rng(2).permutation(row[events.label])
    spoilt = np.where(events.label[:, np.newaxis], 1e6, events.features).astype(np.float32)
    other = replace(events, features=spoilt).take(row)
    again = model.fit(other.of("train"), other.of("validation"))
    assert first.scores(test).tobytes() == again.scores(test).tobytes()
    less = events.take(~events.label | (events.event % 2 == 0))
    once_more = model.fit(less.of("train"), less.of("validation"))
    assert first.scores(test).tobytes() == once_more.scores(test).tobytes()


def test_kept_and_loaded(fitted, events, tmp_path):
    _, made = fitted
    path = tmp_path / f"model{made.suffix}"
    made.save(path)
    loaded = type(made).load(path)
    assert np.array_equal(loaded.scores(events), made.scores(events))
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    other = next(one for one in (FittedDensity, FittedTails) if not isinstance(made, one))
    with pytest.raises(InputError, match=rf"model\{made.suffix}: no {other.__name__} of this lib"):
        other.load(path)


def test_wrong_events(fitted, events):
    model, made = fitted
    with pytest.raises(InputError, match="unknown feature 'x'"):
        made.scores(events.select(["y", "z", "kind"]))
    lacking = events.features.copy()
    lacking[:5, 0] = np.nan
    with pytest.raises(InputError, match=r"'x': 5"):
        made.scores(replace(events, features=lacking))
    with pytest.raises(InputError, match="training part has 0 background events"):
        model.fit(events.take(events.label), events)


def test_signal_has_high_scores(fitted, events):
    model, made = fitted
    score = made.scores(events)
    higher = score[events.label].mean() - score[~events.label].mean()
    assert higher > 0.7 * score[~events.label].std() * (0.1 if model == MODELS["pca"] else 1)


def normal(n: int = 4000, seed: int = 3) -> LearningSet:
    """Background alone: correlated x and y."""
    values = np.random.default_rng(seed).multivariate_normal([0, 0], COVARIANCE, n)
    label, names = np.zeros(n, dtype=bool), ("x", "y")
    return replace(made_up(n), label=label, features=values.astype(np.float32), names=names)


def test_mahalanobis_and_mixture_are_the_normal_density():
    events = normal()
    square = np.einsum("ni,ij,nj->n", events.features, np.linalg.inv(COVARIANCE), events.features)
    one, other = (Density(m, 1).fit(events, events) for m in ("mahalanobis", "mixture"))
    assert np.corrcoef(10 ** one.scores(events), square)[0, 1] > 0.999
    assert np.corrcoef(other.scores(events), square)[0, 1] > 0.999


def test_weights_are_drawn():
    events = normal()
    weighted = replace(events, training_weight=np.exp(events.features[:, 0].astype(float)))
    made = Density("mahalanobis").fit(weighted, events)
    assert made.steps[0].mean_[0] == pytest.approx(1.0, abs=0.12)  # as for a tilted normal
    tails = Tails(how="shift").fit(weighted, events).spread
    assert tails.knots[0, 0, 128] == pytest.approx(1.0, abs=0.12)  # the median


def test_principal_components_leave_the_rest():
    events = normal()
    score = Density("pca", 1).fit(events, events).scores(events)
    z = (events.features - events.features.mean(axis=0)) / events.features.std(axis=0)
    np.testing.assert_allclose(10**score, (z[:, 0] - z[:, 1]) ** 2 / 2, rtol=1e-3, atol=1e-6)


def test_tails_are_chances_and_the_shift_is_decorrelated():
    events = normal(20_000)
    x, y = events.features.T.astype(float)
    tails = Tails(least=10**9).fit(events, events)
    chance = -norm.logsf(x) - norm.logsf(y)
    far = (np.abs(events.features) < 3).all(axis=1)
    np.testing.assert_allclose(tails.scores(events)[far], chance[far], rtol=0.1, atol=0.06)
    shift = Tails(how="shift").fit(events, events)
    np.testing.assert_allclose(shift.direction, np.linalg.solve(COVARIANCE, [1, 1]), atol=0.03)
    assert np.corrcoef(shift.scores(events), x + y)[0, 1] > 0.999


def test_beyond_the_last_event_tails_go_on():
    values = np.random.default_rng(1).exponential(size=(10_000, 1))
    spread = Spread.of(values, np.ones(10_000), np.empty((10_000, 0)))
    far = np.array([[20.0], [40.0]])
    found = np.logaddexp(0, spread.log_odds(far, np.empty((2, 0))))[:, 0]
    assert found == pytest.approx([20, 40], rel=0.3)


@pytest.mark.parametrize("weight", [0.0, 1e3])
def test_no_event_of_the_tail_decides_how_it_goes_on(weight):
    """Copies of a heavy event and events of no weight once made normal scores infinite."""
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.exponential(size=10_000), 12 + 1e-6 * rng.random(10)])[:, None]
    weights = np.append(np.ones(10_000), np.full(10, weight))
    spread = Spread.of(values, weights, np.empty((len(values), 0)))
    far = spread.log_odds(np.array([[20.0], [1000.0]]), np.empty((2, 0)))[:, 0]
    assert (far > spread.log_odds(np.array([[11.0]]), np.empty((1, 0)))[0, 0]).all()
    assert far[1] < 2000
    assert np.isfinite(normal_scores(np.array([-20, 1e4, *far]))).all()
    assert normal_scores(np.array([800.0])) == pytest.approx(
        39.9, abs=0.1
    )  # exp(-800), z^2/2 + ln z


def test_patterns_have_tails_of_their_own(events):
    """x is shifted by two in one kind; a rare kind is taken as all events."""
    background = events.take(~events.label)
    apart = {}
    for given in ((), ("kind",)):
        score = Tails(("x",), given).fit(background, background).scores(background)
        kind = background.features[:, 3]
        apart[given] = score[kind == 1].mean() - score[kind == 0].mean()
    assert apart[()] > 0.5 > 0.05 > abs(apart[("kind",)])
    rare = replace(background, features=background.features * np.array([1, 1, 1, 5], np.float32))
    made = Tails(("x",), ("kind",)).fit(background, background)
    plain = Tails(("x",)).fit(background, background)
    kind = rare.features[:, 3] > 0
    assert np.array_equal(made.scores(rare)[kind], plain.scores(rare)[kind])


def test_the_density_of_a_flow_integrates_to_one():
    events = normal()
    scaled = replace(events, features=events.features * np.array([2, 5], np.float32) + 10)
    flow = Flow(blocks=2, neurons=16, epochs=15, batch_size=128, learning_rate=5e-3)
    made = flow.fit(scaled, scaled)
    x, y = np.linspace(-6, 26, 321), np.linspace(-30, 50, 401)
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)
    points = replace(scaled.take(np.zeros(len(grid), int)), features=grid)
    density = np.exp(-made.scores(points).astype(float))
    assert density.sum() * (x[1] - x[0]) * (y[1] - y[0]) == pytest.approx(1, abs=5e-3)
    truth = multivariate_normal([10, 10], COVARIANCE * np.outer([2, 5], [2, 5]))
    entropy = -truth.logpdf(scaled.features)
    assert made.scores(scaled).mean() == pytest.approx(entropy.mean(), abs=0.05)


def test_combined_p_values_are_shares_of_validation_background(events):
    model = Combined((Tails(("x",)), Tails(("y",))), given=("kind",), least=50)
    made, rows = model.fit(events.of("train"), events.of("validation")), events.of("validation")
    background = rows.take(~rows.label)
    for kind in (0, 1):
        chosen = background.take(background.features[:, 3] == kind)
        p = np.exp(-made.minus_log_p(chosen))
        for share in (0.1, 0.5):
            assert (p < share).mean(axis=0) == pytest.approx([share] * 2, abs=0.02)
    both = made.minus_log_p(rows)
    assert np.array_equal(made.scores(rows), both.sum(axis=1))
    largest = replace(made, how="largest")
    assert np.array_equal(largest.scores(rows), both.max(axis=1))


def test_a_seed_for_each_of_the_combined(events):
    forest = Density("forest", 3)
    made = Combined((forest, forest), seed=4).fit(events, events)
    one, other = (Density("forest", 3, seed=seed).fit(events, events) for seed in (4, 5))
    assert np.array_equal(made.models[0].scores(events), one.scores(events))
    assert np.array_equal(made.models[1].scores(events), other.scores(events))
    assert not np.array_equal(one.scores(events), other.scores(events))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Density("lof"), "unknown method 'lof'"),
        (lambda: Density(size=0), "size of Density is 0"),
        (lambda: Tails(how="both"), "unknown kind of tails 'both'"),
        (lambda: Tails(least=1), "least of Tails is 1"),
        (lambda: Flow(blocks=0), "blocks of Flow is 0"),
        (lambda: DeepSVDD(l2=-1), "l2 of DeepSVDD is -1"),
        (lambda: Combined((), how="mean"), "unknown way to combine 'mean'"),
        (lambda: Flow(given=("x",)).fit(normal(200), normal(200)), "expected two or more"),
    ],
)
def test_impossible_models(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_files_of_another_kind(events, tmp_path):
    Autoencoder(epochs=1).fit(events, events).save(tmp_path / "a.keras")
    with pytest.raises(InputError, match=r"no flow of this library .*called autoencoder"):
        TrainedFlow.load(tmp_path / "a.keras")
    for kind in (FittedDensity, FittedTails, FittedCombined):
        (tmp_path / "b").write_bytes(b"nonsense")
        with pytest.raises(InputError, match=r"b: no .* of this library"):
            kind.load(tmp_path / "b")
        with pytest.raises(InputError, match=r"missing: no .* of this library"):
            kind.load(tmp_path / "missing")
