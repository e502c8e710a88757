"""Correlations against NumPy's and pandas's own."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.stats.correlation import correlation_matrix, strongest_pairs

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
    pairs = strongest_pairs(table, ["a", "b", "c", "one"], 2)
    assert list(zip(pairs["first"], pairs["second"], strict=True)) == [("a", "c"), ("b", "c")]
    r, error = pairs.loc[0, ["r", "error"]]
    weight = table["weight"]
    effective = weight.sum() ** 2 / (weight**2).sum()
    assert error == pytest.approx((1 - r**2) / np.sqrt(effective - 1))
