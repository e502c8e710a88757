"""Exact tails against sums of probabilities, and pseudo-experiments against exact tails."""

import numpy as np
import pytest
from scipy import special, stats

from lepsearch.errors import InputError
from lepsearch.stats.exact import (
    discovery_root,
    exact_z,
    tail_fractions,
    z_by_pyhf,
    z_from_toys,
)
from lepsearch.stats.significance import z0, z_asimov


@pytest.mark.parametrize(("n", "b"), [(1, 0.3), (5, 1.0), (123, 117.0), (90, 117.0)])
def test_exact_poisson_tail(n, b):
    tail = stats.poisson.sf(n - 1, b)
    assert float(exact_z(n, b)) == pytest.approx(stats.norm.isf(tail), abs=1e-9)


def test_exact_binomial_tail():
    # 25 observed, 20 expected from 40 in a control region of twice the size
    tail = stats.binom.sf(24, 25 + 40, 1 / 3)
    assert float(exact_z(25, 20, 20 / np.sqrt(40))) == pytest.approx(stats.norm.isf(tail), abs=1e-9)


def test_exact_tail_tends_to_the_known_background():
    assert float(exact_z(25, 20, 1e-3)) == pytest.approx(float(exact_z(25, 20)), abs=1e-4)


def test_exact_and_asymptotic_meet_at_large_counts():
    difference = np.abs(exact_z([140, 10_400], [117, 10_000]) - z0([23, 400], [117, 10_000]))
    assert difference[0] < 0.06
    assert difference[1] < 0.01


def far_sum(log_probability, counts):
    """The tail's significance by summing the logarithms of its probabilities."""
    return float(special.ndtri_exp(special.logsumexp(log_probability(np.array(counts)))))


@pytest.mark.parametrize(("n", "b"), [(25, 100.0), (100, 300.0), (1, 2000.0), (5_000, 9_000.0)])
def test_a_deficit_keeps_its_precision(n, b):
    expected = far_sum(lambda k: stats.poisson.logpmf(k, b), range(n))
    assert float(exact_z(n, b)) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(("n", "b"), [(400, 100.0), (700, 100.0), (700, 0.1), (90_000, 70_000.0)])
def test_a_large_excess_is_finite(n, b):
    expected = -far_sum(lambda k: stats.poisson.logpmf(k, b), range(n, n + 20_000))
    assert float(exact_z(n, b)) == pytest.approx(expected, abs=2e-5)


def test_the_series_behind_a_far_tail_begins_with_its_ratio():
    """Each next count is rarer by b / (n + 1): closer than the bound on the sum's error."""
    expected = -far_sum(lambda k: stats.poisson.logpmf(k, 100.0), range(700, 2000))
    assert float(exact_z(700, 100.0)) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(("n", "b", "m"), [(5000, 100.0, 900), (40, 3000.0, 9000), (900, 9, 50)])
def test_far_binomial_tails(n, b, m):
    def log_probability(k):
        return stats.binom.logpmf(k, n + m, b / (b + m))

    excess = n > b
    sign, counts = (-1, range(n, n + m + 1)) if excess else (1, range(n))
    expected = sign * far_sum(log_probability, counts)
    assert float(exact_z(n, b, b / np.sqrt(m))) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(("n", "b", "m"), [(5, 3000.0, None), (30, 9000.0, 90_000)])
def test_the_series_of_a_far_deficit_begins_with_its_ratio(n, b, m):
    """Closer than the bound on the sum's error: each count less is rarer by (n - 1) / b."""

    def log_probability(k):
        if m is None:
            return stats.poisson.logpmf(k, b)
        return stats.binom.logpmf(k, n + m, b / (b + m))

    sigma = 0.0 if m is None else b / np.sqrt(m)
    expected = far_sum(log_probability, range(n))
    assert float(exact_z(n, b, sigma)) == pytest.approx(expected, abs=1e-6)


def test_a_negative_count_is_refused():
    with pytest.raises(InputError):
        exact_z(-1, 5.0)


def test_exact_tails_join_where_double_precision_ends():
    n = np.arange(500, 700)
    assert np.ptp(np.diff(exact_z(n, 100.0), 2)) < 1e-4
    assert exact_z([0, 25, 700], 100.0)[0] == -np.inf


def test_exact_at_zero_events():
    assert float(exact_z(0, 3.0)) == -np.inf
    with pytest.raises(InputError, match="background above 0"):
        exact_z(1, 0.0)


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


def test_error_of_pseudo_experiments():
    """It is that of the share of background-only ones, and the spread of repeated sets."""
    several = [z_from_toys(8, 20, 4, n_toys=1000, seed=seed) for seed in range(60)]
    one = several[0]
    share = (one.events + 1) / 1001
    binomial = stats.binom.std(1000, share) / 1000
    assert one.error == pytest.approx(binomial / stats.norm.pdf(stats.norm.isf(share)))
    spread = np.std([one.value for one in several], ddof=1)
    # the median moves too, and has whole counts to fall on
    assert 0.7 < spread / one.error < 2.5


def test_a_hundred_experiments_are_enough():
    assert z_from_toys(5, 20, 4, n_toys=100).events < 100
    with pytest.raises(InputError, match="at least 100"):
        z_from_toys(5, 20, 4, n_toys=99)


def test_pyhf_takes_the_background_as_known_unless_told():
    assert z_by_pyhf(6, 117) == pytest.approx(float(z_asimov(6, 117, 0)), rel=1e-4)


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
