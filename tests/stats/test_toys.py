"""Pseudo-experiments against exact tails."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lepsearch.errors import InputError
from lepsearch.stats.exact import exact_z
from lepsearch.stats.significance import z_asimov
from lepsearch.stats.toys import (
    discovery_root,
    formula_and_toys,
    median_exact_z,
    tail_fractions,
    z_from_toys,
)


@pytest.mark.parametrize(("s", "b"), [(3.0, 0.5), (6.0, 4.0), (10.0, 100.0)])
def test_known_background_is_the_poisson_tail_of_the_median(s, b):
    result = z_from_toys(s, b, n_toys=200_000, seed=2)
    expected = float(exact_z(stats.poisson.median(s + b), b))
    assert result.z == pytest.approx(expected, abs=4 * result.z_error)


def test_large_counts_meet_the_asymptotic_formula():
    result = z_from_toys(1500.0, 10_000.0, 1000.0, n_toys=50_000, seed=3)
    assert result.z == pytest.approx(float(z_asimov(1500, 10_000, 1000)), abs=0.03)


def test_same_seed_same_result():
    first, again, other = (z_from_toys(5, 20, 4, n_toys=1000, seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first != other


def test_median_that_no_background_reaches_is_a_bound():
    result = z_from_toys(100, 1.0, n_toys=500)
    assert result.exceeding == 0
    assert result.p_value == pytest.approx(1 / 501)
    assert result.z_error == np.inf


def test_root_of_the_statistic():
    # the same likelihood ratio, reached through equation 17 of Li and Ma
    n, m, tau = 40.0, 50.0, 2.0
    alpha = 1 / tau
    li_ma = 2 * (
        n * np.log((1 + alpha) / alpha * n / (n + m)) + m * np.log((1 + alpha) * m / (n + m))
    )
    assert float(discovery_root(n, m, tau)) == pytest.approx(np.sqrt(li_ma))
    assert float(discovery_root(20, 50, 2.0)) < 0
    assert float(discovery_root(0, 0, 2.0)) == 0
    # an empty control region still gives a finite value
    assert float(discovery_root(4, 0, 2.0)) == pytest.approx(np.sqrt(8 * np.log(3)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"s": -1, "b": 10}, "signal of 0 or more", id="deficit"),
        pytest.param({"s": 1, "b": 0}, "positive background", id="no background"),
        pytest.param({"s": 1, "b": 10, "n_toys": 10}, "at least 100", id="few toys"),
        pytest.param({"s": 1, "b": float("nan")}, "got nan", id="nan"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(InputError, match=message):
        z_from_toys(**arguments)


def test_tails_are_the_poisson_tail_at_each_count():
    # without uncertainty the statistic grows with the count, so its tail is that of the count
    n = np.arange(6)
    fractions = tail_fractions(z_asimov(n - 1.5, 1.5, 0), 1.5, n_toys=200_000, seed=6)
    np.testing.assert_allclose(fractions, stats.poisson.sf(n - 1, 1.5), atol=0.005)


def test_tails_are_normal_for_many_events():
    claimed = np.array([0.0, 1.0, 2.0])
    fractions = tail_fractions(claimed, 20_000, 1000, n_toys=100_000, seed=6)
    np.testing.assert_allclose(fractions, stats.norm.sf(claimed), atol=0.008)
    with pytest.raises(InputError, match="positive background"):
        tail_fractions(claimed, 0)


def test_exact_significance_of_the_median_count():
    # the median of a mean of 10 is 10; at least 10 where 5 are expected
    assert float(median_exact_z(5, 5)) == pytest.approx(stats.norm.isf(stats.poisson.sf(9, 5)))
    # 5 on 5 +- 1.5: the control count m = 100/9 against n = 10, of which 1 in 1 + tau is expected
    m, tau = 25 / 2.25, 5 / 2.25
    tail = stats.beta.cdf(1 / (1 + tau), 10, m + 1)
    assert float(median_exact_z(5, 5, 1.5)) == pytest.approx(stats.norm.isf(tail))


def test_formula_and_toys_side_by_side():
    settings = pd.DataFrame({"s": [60.0, 5.0], "b": [1000.0, 5.0], "relative": [0.03, 0.0]})
    table = formula_and_toys(settings, n_toys=20_000, seed=3)
    columns = ["s", "b", "relative", "formula", "toys", "error", "exact tail"]
    assert list(table.columns) == columns
    # s / sqrt(b + sigma^2) for a small signal: 60 / sqrt(1900), less a percent or two
    assert table.loc[0, "formula"] == pytest.approx(60 / np.sqrt(1900), rel=0.03)
    assert (abs(table["toys"] - table["exact tail"]) < 5 * table["error"]).all()
    one = z_from_toys(5.0, 5.0, n_toys=20_000, seed=3)
    assert (table.loc[1, "toys"], table.loc[1, "error"]) == (one.z, one.z_error)
