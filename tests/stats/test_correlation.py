"""Correlations against NumPy's and pandas's own."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.stats.correlation import correlation_matrix, correlations, strongest_pairs

rng = np.random.default_rng(4)
N = 400


@pytest.fixture
def table():
    a, b = rng.normal(500, 3, N), rng.normal(0, 2, N)
    weight = rng.uniform(0.1, 3, N)
    return pd.DataFrame({"a": a, "b": b, "c": a + b, "one": 1.0, "weight": weight})


def test_weights(table):
    expected = np.cov(table[["a", "b", "c"]].T, aweights=table["weight"])
    size = np.sqrt(np.diag(expected))
    got = correlation_matrix(table, ["a", "b", "c"])
    assert got.to_numpy() == pytest.approx(expected / np.outer(size, size), abs=1e-9)


def test_absent_values_pair_by_pair(table):
    table = table.assign(weight=1.0)
    table.loc[rng.random(N) < 0.5, "a"] = np.nan
    table.loc[rng.random(N) < 0.2, "b"] = np.nan
    got = correlation_matrix(table, ["a", "b", "c"])
    assert got.to_numpy() == pytest.approx(table[["a", "b", "c"]].corr().to_numpy(), abs=1e-9)


def test_what_has_no_correlation(table):
    got = correlation_matrix(table.assign(never=np.nan), ["a", "one", "never"])
    assert np.isnan(got.loc["a", "one"])
    assert np.isnan(got.loc["never", "a"])
    assert got.loc["a", "a"] == pytest.approx(1)


def test_unit_and_offset_do_not_matter(table):
    other = table.assign(a=-1000 * table["a"] + 7)
    before, after = (correlation_matrix(t, ["a", "c"]).loc["a", "c"] for t in (table, other))
    assert after == pytest.approx(-before)


def test_strongest_pairs(table):
    pairs = strongest_pairs(table, correlation_matrix(table, ["a", "b", "c", "one"]), 2)
    assert list(zip(pairs["first"], pairs["second"], strict=True)) == [("a", "c"), ("b", "c")]
    r, error = pairs.loc[0, ["r", "error"]]
    weight = table["weight"]
    effective = weight.sum() ** 2 / (weight**2).sum()
    assert error == pytest.approx((1 - r**2) / np.sqrt(effective - 1))


def sample(n=4000, seed=2):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    cells = np.stack([common, common + rng.normal(size=n), 1e3 * rng.normal(size=n) + 500], axis=1)
    return cells, rng.integers(1, 4, n)


def test_correlations_are_those_of_repeated_events():
    cells, weights = sample()
    expected = np.corrcoef(np.repeat(cells, weights, axis=0).T)
    assert correlations(cells, weights) == pytest.approx(expected, abs=1e-9)


def test_correlations_over_the_events_that_have_both():
    cells, weights = sample()
    there = np.random.default_rng(1).random(cells.shape) < 0.6
    got = correlations(np.where(there, cells, 0.0), weights, there)
    both = there[:, 0] & there[:, 1]
    repeated = np.repeat(cells[both, :2], weights[both], axis=0)
    assert got[0, 1] == pytest.approx(np.corrcoef(repeated.T)[0, 1], abs=1e-9)
    assert got == pytest.approx(got.T)
    worth = weights[both].sum() ** 2 / (weights[both] ** 2).sum()
    few = correlations(cells, weights, there, least=worth + 1)
    assert np.isnan(few[0, 1])
    assert np.isfinite(few[0, 0])


def test_correlation_with_a_constant_is_undefined():
    cells = np.stack([np.arange(5.0), np.ones(5)], axis=1)
    rho = correlations(cells, np.ones(5))
    assert rho[0, 0] == pytest.approx(1)
    assert np.isnan(rho[0, 1])


def test_copies_count_once_in_a_pair():
    """What each pair is worth, by a loop over original events and cells."""
    rng = np.random.default_rng(4)
    n, cells = 300, rng.normal(size=(300, 4))
    there = rng.random((n, 4)) < [1.0, 0.7, 0.5, 0.2]
    weights, original = rng.exponential(size=n), rng.integers(0, 60, n) * 5
    worth = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            both = there[:, i] & there[:, j]
            own = [weights[both & (original == e)].sum() for e in np.unique(original)]
            worth[i, j] = np.sum(own) ** 2 / np.sum(np.square(own))
    middle = float(np.median(worth))
    rho = correlations(cells, weights, there, original=original, least=middle)
    assert np.array_equal(np.isfinite(rho), worth >= middle)
    assert np.isfinite(correlations(cells, weights, there, least=middle)[0]).all()  # by rows
    without = correlations(cells, weights, there, original=original, least=0)
    assert np.array_equal(rho[worth >= middle], without[worth >= middle])
    # all rows, zeros included, are worth as much in every pair
    everything = correlations(cells, weights, original=original, least=worth[0, 0] * (1 - 1e-9))
    assert np.isfinite(everything).all()
    everything = correlations(cells, weights, original=original, least=worth[0, 0] * (1 + 1e-9))
    assert np.isnan(everything).all()
