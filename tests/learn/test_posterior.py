"""What scores mean under weights, where the right answer is known."""

import numpy as np
import pytest

from lepsearch.learn import posterior
from lepsearch.learn.networks import Network
from lepsearch.learn.weighting import imbalanced, train_with
from lepsearch.stats.roc import auc


def test_log_odds_against_bayes():
    events = posterior.gaussian_classes(500, seed=2)
    x = events.features.astype(float)
    signal = np.exp(-((x - np.array(posterior.MEANS)) ** 2).sum(axis=1) / 2)
    background = 7 * np.exp(-(x**2).sum(axis=1) / 2)
    bayes = signal / (signal + background)
    np.testing.assert_allclose(posterior.exact_log_odds(events, 7), np.log(bayes / (1 - bayes)))
    np.testing.assert_allclose(posterior.log_odds(bayes), np.log(bayes / (1 - bayes)))


def test_log_odds_of_single_precision_are_finite():
    ends = posterior.log_odds(np.array([0.0, 1.0], dtype=np.float32))
    assert np.isfinite(ends).all()
    assert ends[0] < -16 < 16 < ends[1]


def test_shift():
    first = np.random.default_rng(0).normal(size=2000)
    found = posterior.shift(first, first - 3)
    assert (found.median, found.spread) == pytest.approx((-3, 0), abs=1e-12)
    assert found.correlation == pytest.approx(1)
    noisy = posterior.shift(first, np.random.default_rng(1).normal(size=2000))
    assert noisy.spread == pytest.approx(np.sqrt(2), rel=0.1)
    assert np.isnan(posterior.shift(first, np.zeros(2000)).correlation)


def test_a_factor_on_the_background_moves_the_log_odds_of_a_network():
    events = posterior.gaussian_classes(6000, seed=1)
    test = events.of("test")
    network = Network(layers=0, learning_rate=0.02, batch_size=256, epochs=50, patience=50)
    found = {}
    for factor in (1.0, 50.0):
        model = train_with(events, network, lambda part, k=factor: imbalanced(part, k))
        found[factor] = posterior.log_odds(model.scores(test))
    moved = posterior.shift(found[1.0], found[50.0])
    assert moved.median == pytest.approx(-np.log(50), abs=0.2)
    assert moved.spread < 0.25
    areas = [auc(one, test.label).value for one in found.values()]
    assert areas[0] == pytest.approx(areas[1], abs=2e-3)
    exact = posterior.exact_log_odds(test, 50)
    assert np.abs(found[50.0] - exact).mean() < 0.25
