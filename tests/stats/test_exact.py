"""Exact tails against sums of probabilities, and where double precision ends."""

import numpy as np
import pytest
from scipy import special, stats

from lepsearch.errors import InputError
from lepsearch.stats.exact import exact_z
from lepsearch.stats.significance import z0


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


@pytest.mark.parametrize(("n", "b", "m"), [(5000, 100.0, 900), (40, 3000.0, 9000), (900, 9, 50)])
def test_far_binomial_tails(n, b, m):
    def log_probability(k):
        return stats.binom.logpmf(k, n + m, b / (b + m))

    excess = n > b
    sign, counts = (-1, range(n, n + m + 1)) if excess else (1, range(n))
    expected = sign * far_sum(log_probability, counts)
    assert float(exact_z(n, b, b / np.sqrt(m))) == pytest.approx(expected, abs=2e-5)


def test_exact_tails_join_where_double_precision_ends():
    n = np.arange(500, 700)
    assert np.ptp(np.diff(exact_z(n, 100.0), 2)) < 1e-4
    assert exact_z([0, 25, 700], 100.0)[0] == -np.inf


def test_exact_at_zero_events():
    assert float(exact_z(0, 3.0)) == -np.inf
    with pytest.raises(InputError, match="background above 0"):
        exact_z(1, 0.0)
