"""Pseudo-experiments against exact tails."""

import numpy as np
import pytest
from scipy import stats

from lepsearch.errors import InputError
from lepsearch.stats.exact import exact_z
from lepsearch.stats.significance import z_asimov
from lepsearch.stats.toys import discovery_root, tail_fractions, z_from_toys


@pytest.mark.parametrize(("s", "b"), [(3.0, 0.5), (6.0, 4.0), (10.0, 100.0)])
def test_known_background_is_the_poisson_tail_of_the_median(s, b):
    result = z_from_toys(s, b, n_toys=200_000, seed=2)
    expected = float(exact_z(stats.poisson.median(s + b), b))
    assert result.value == pytest.approx(expected, abs=4 * result.error)


def test_large_counts_meet_the_asymptotic_formula():
    result = z_from_toys(1500.0, 10_000.0, 1000.0, n_toys=50_000, seed=3)
    assert result.value == pytest.approx(float(z_asimov(1500, 10_000, 1000)), abs=0.03)


def test_same_seed_same_result():
    first, again, other = (z_from_toys(5, 20, 4, n_toys=1000, seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first != other


def test_median_that_no_background_reaches_is_a_bound():
    result = z_from_toys(100, 1.0, n_toys=500)
    assert result.events == 0
    assert result.value == pytest.approx(stats.norm.isf(1 / 501))
    assert result.error == np.inf


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


def test_exact_significance_of_a_count_on_a_measured_background():
    # 10 on 5 +- 1.5: the control count m = 100/9 against n = 10, of which 1 in 1 + tau is expected
    m, tau = 25 / 2.25, 5 / 2.25
    tail = stats.beta.cdf(1 / (1 + tau), 10, m + 1)
    assert float(exact_z(10, 5, 1.5)) == pytest.approx(stats.norm.isf(tail))
