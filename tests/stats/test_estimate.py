"""Weighted means and medians with errors, against closed forms and repeated samples."""

import numpy as np
import pytest

from lepsearch.stats.estimate import bootstrap, weighted_mean, weighted_median


def test_median_is_that_of_the_repeated_values():
    rng = np.random.default_rng(3)
    values, times = rng.normal(size=501), rng.integers(1, 5, 501)
    found = weighted_median(values, times.astype(float), replicas=2).value
    assert found == pytest.approx(np.quantile(np.repeat(values, times), 0.5, method="inverted_cdf"))


def test_error_of_a_median():
    # of n numbers from a density f: 1 / (2 f sqrt(n)); here f = 1
    values = np.random.default_rng(4).random(20_000)
    single = weighted_median(values, np.ones(20_000), replicas=400)
    assert single.error == pytest.approx(0.5 / np.sqrt(20_000), rel=0.25)
    # three copies of each say no more
    copies = weighted_median(
        np.repeat(values, 3), np.ones(60_000), np.repeat(np.arange(20_000), 3), replicas=400
    )
    assert copies.error == pytest.approx(single.error, rel=0.2)


def test_mean_and_its_error():
    rng = np.random.default_rng(5)
    values, weight = rng.normal(1, 2, 3000), rng.choice([1.0, 3.0], 3000)
    mean, error = weighted_mean(values, weight)
    assert mean == pytest.approx(np.average(values, weights=weight))
    effective = weight.sum() ** 2 / (weight**2).sum()
    assert error == pytest.approx(2 / np.sqrt(effective), rel=0.15)
    replicas = bootstrap(lambda w: float(np.average(values, weights=w)), weight, replicas=400)
    assert error == pytest.approx(replicas.error, rel=0.15)


def test_without_events_there_is_neither():
    found = weighted_median([], [])
    assert np.isnan([*weighted_mean([], []), found.value, found.error]).all()


def test_share_of_a_coin():
    # independent events of weight 1: the error of a binomial share
    chosen = np.arange(100) < 30
    found = weighted_mean(chosen, np.full(100, 2.0), np.arange(100))
    assert found == pytest.approx((0.3, np.sqrt(0.3 * 0.7 / 100)))


def test_copies_are_one_event():
    alone = weighted_mean(np.arange(10) < 4)
    copied = weighted_mean(np.arange(20) // 2 < 4, np.full(20, 0.5), np.arange(20) // 2)
    assert copied == pytest.approx(alone)
    assert np.isnan(weighted_mean([True, False], np.zeros(2))).all()
