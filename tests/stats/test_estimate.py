"""Weighted means and medians with errors, against closed forms and repeated samples."""

import numpy as np
import pytest

from lepsearch.stats.estimate import Estimate, bootstrap, median_of, total, weighted_mean


def test_median_is_that_of_the_repeated_values():
    rng = np.random.default_rng(3)
    values, times = rng.normal(size=501), rng.integers(1, 5, 501)
    found = median_of(values)(times.astype(float))
    assert found == pytest.approx(np.quantile(np.repeat(values, times), 0.5, method="inverted_cdf"))


def test_error_of_a_median():
    # of n numbers from a density f: 1 / (2 f sqrt(n)); here f = 1
    values = np.random.default_rng(4).random(20_000)
    single = bootstrap(median_of(values), np.ones(20_000), replicas=400)
    assert single.error == pytest.approx(0.5 / np.sqrt(20_000), rel=0.25)
    # three copies of each say no more
    median, original = median_of(np.repeat(values, 3)), np.repeat(np.arange(20_000), 3)
    copies = bootstrap(median, np.ones(60_000), original, replicas=400)
    assert copies.error == pytest.approx(single.error, rel=0.2)


def test_mean_and_its_error():
    rng = np.random.default_rng(5)
    values, weight = rng.normal(1, 2, 3000), rng.choice([1.0, 3.0], 3000)
    mean = weighted_mean(values, weight)
    assert mean.value == pytest.approx(np.average(values, weights=weight))
    effective = weight.sum() ** 2 / (weight**2).sum()
    assert mean.error == pytest.approx(2 / np.sqrt(effective), rel=0.15)
    replicas = bootstrap(lambda w: float(np.average(values, weights=w)), weight, replicas=400)
    assert mean.error == pytest.approx(replicas.error, rel=0.15)


def test_without_events_there_is_neither():
    for found in (bootstrap(median_of([]), []), weighted_mean([], [])):
        assert np.isnan([found.value, found.error]).all()


def test_share_of_a_coin():
    # independent events of weight 1: the error of a binomial share
    chosen = np.arange(100) < 30
    found = weighted_mean(chosen, np.full(100, 2.0), np.arange(100))
    assert (found.value, found.error) == pytest.approx((0.3, np.sqrt(0.3 * 0.7 / 100)))


def test_copies_are_one_event():
    alone = weighted_mean(np.arange(10) < 4)
    copied = weighted_mean(np.arange(20) // 2 < 4, np.full(20, 0.5), np.arange(20) // 2)
    assert (copied - alone).value == pytest.approx(0)
    assert copied.error == pytest.approx(alone.error)
    assert np.isnan(weighted_mean([True, False], np.zeros(2)).value)


def test_difference_of_the_same_replicas_forgets_what_they_share():
    rng = np.random.default_rng(1)
    common, one, two = rng.normal(0, 5, 400), rng.normal(0, 3, 400), rng.normal(0, 4, 400)
    first, second = Estimate.of(10.0, 10 + common + one), Estimate.of(8.0, 8 + common + two)
    apart = first - second
    assert apart.value == 2
    assert apart.error == pytest.approx((one - two).std(ddof=1))
    independent = Estimate(10.0, first.error) - Estimate(8.0, second.error)
    assert independent.error == pytest.approx(np.hypot(first.error, second.error))
    assert (first / first).error == 0


@pytest.mark.parametrize("operation", [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a / b])
def test_independent_errors_are_those_of_repetitions(operation):
    rng = np.random.default_rng(2)
    found = operation(Estimate(20.0, 0.3), Estimate(7.0, 0.2))
    repeated = operation(rng.normal(20, 0.3, 100_000), rng.normal(7, 0.2, 100_000))
    assert found.error == pytest.approx(repeated.std(), rel=0.02)


def test_trainings_join_in_quadrature():
    draws, seeds = np.array([0.2, 0.4, 0.3, 0.5]), np.array([0.3, 0.4, 0.35])
    found = Estimate.of(0.35, draws, seeds)
    assert found.error == pytest.approx(np.hypot(draws.std(ddof=1), seeds.std(ddof=1) / 3**0.5))
    assert Estimate.of(0.3, draws, seeds[:1]).error == draws.std(ddof=1)


def test_numbers_shift_and_scale():
    found = 1 - Estimate(0.75, 0.1, events=4)
    assert (found.value, found.error) == (0.25, 0.1)
    assert sum([Estimate(3.0, 3.0, events=1), Estimate(4.0, 4.0, events=2)]) == Estimate(7.0, 5.0)
    assert Estimate(10.0, 2.0).effective == 25
    assert Estimate(0.0, 0.0).effective == 0


def test_total_counts_copies_as_one_event():
    weight, original = np.array([3.0, 2.0, 2.0, -1.0]), np.array([4, 9, 9, 2])
    found = total(weight, original)
    assert (found.value, found.error, found.events) == (6.0, np.sqrt(9 + 16 + 1), 3)
    assert total(weight).error == pytest.approx(np.sqrt(18))
