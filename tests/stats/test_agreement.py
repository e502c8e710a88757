"""Tests of agreement: values, uniform p-values without a distortion, and distortions found."""

import numpy as np
import pytest
from scipy import stats

from lepsearch.errors import InputError
from lepsearch.stats import agreement, pseudo_data
from lepsearch.stats.expectation import Expectation, Simulated
from lepsearch.stats.systematics import ASSUMED, OTHERWISE, assumed_sizes, assumed_table

SIZES = {"tt": 0.1}
EDGES = np.linspace(0, 100, 11)


def simulate(rng, originals=3000, scale=25.0, weight=2.0):
    """Events with two smeared copies each, of different weights, and their feature."""
    energy = np.repeat(rng.exponential(scale, originals), 2)
    values = energy * rng.normal(1, 0.1, len(energy))
    weights = np.repeat(rng.choice([0.5, 1.0], originals), 2) * weight / 2
    events = Simulated(
        ("tt",), np.zeros(len(values), int), np.repeat(np.arange(originals), 2), weights
    )
    return events, values


def test_chi_square_by_hand():
    # 2 x 2: V = [[100 + 44, 60], [60, 100 + 25]], d = (12, -6), inverted on paper
    chi2, p = agreement.chi_square([112, 94], [100, 100], [[44, 60], [60, 25]])
    assert chi2 == pytest.approx((144 * 125 + 36 * 144 + 2 * 12 * 6 * 60) / (144 * 125 - 60**2))
    assert p == pytest.approx(np.exp(-chi2 / 2))  # two degrees of freedom
    # without errors of the simulation it is Pearson's
    ours = agreement.chi_square([18, 22, 20], [20, 20, 20], np.zeros((3, 3)))[0]
    assert ours == pytest.approx(stats.chisquare([18, 22, 20], [20, 20, 20]).statistic)
    with pytest.raises(InputError, match="positive expectation"):
        agreement.chi_square([1.0], [0.0], [[1.0]])


def test_holm_by_hand():
    # Holm 1979: ordered p times 4, 3, 2, 1, never falling
    corrected = agreement.holm([0.02, np.nan, 0.005, 0.9, 0.03])
    assert corrected == pytest.approx([0.06, np.nan, 0.02, 0.9, 0.06], nan_ok=True)
    assert len(agreement.holm([])) == 0


def test_global_p():
    assert agreement.global_p([0.01] * 3) == pytest.approx(1 - 0.99**3)
    assert agreement.global_p([1.0, np.nan]) == 1.0
    assert np.isnan(agreement.global_p([np.nan]))


def test_kolmogorov_against_scipy():
    rng = np.random.default_rng(8)
    first, second = rng.normal(size=400), rng.normal(0.15, 1, size=900)
    edges = np.linspace(-5, 5, 2001)  # fine bins: as if unbinned
    ours = agreement.kolmogorov(
        np.histogram(first, edges)[0], np.histogram(second, edges)[0], effective=900
    )
    assert ours == pytest.approx(stats.ks_2samp(first, second, method="exact").pvalue, rel=0.1)
    assert np.isnan(agreement.kolmogorov([0, 0], [1, 1], 2.0))


def p_values(experiments, stretch=1.0, seed=11):
    """p-values of pseudo-experiments; the truth's feature is multiplied by ``stretch``."""
    rng = np.random.default_rng(seed)
    results = []
    for _ in range(experiments):
        events, values = simulate(rng)
        true = pseudo_data.truth(events, rng).histogram(stretch * values, EDGES)
        counts = pseudo_data.draw(true.total, rng)
        results.append(agreement.compare("x", counts, events.histogram(values, EDGES), SIZES))
    return results


def test_p_values_are_uniform_without_distortion():
    p = [one.p for one in p_values(500)]
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.03)


def test_leaving_out_the_errors_of_the_simulation_would_not_do():
    # the pseudo-data do not come from the very sample that they are compared with
    rng = np.random.default_rng(12)
    p = []
    for _ in range(200):
        events, values = simulate(rng)
        true = pseudo_data.truth(events, rng).histogram(values, EDGES).total
        mean = events.histogram(values, EDGES).total
        p.append(agreement.chi_square(pseudo_data.draw(true, rng), mean, np.zeros((10, 10)))[1])
    assert np.mean(np.array(p) < 0.05) > 0.3


def test_a_distortion_is_found():
    found = p_values(20, stretch=1.15)
    assert np.median([one.p for one in found]) < 1e-4
    assert np.median([one.p_shape for one in found]) < 1e-2


def test_a_wrong_yield_within_the_systematic_uncertainty_is_not_significant():
    events, values = simulate(np.random.default_rng(2), originals=30000)
    expectation = events.histogram(values, EDGES)
    counts = np.round(1.12 * expectation.total)
    result = agreement.compare("x", counts, expectation, SIZES)
    assert result.p < 1e-6
    assert result.p_systematic > 0.05
    assert result.p_shape > 0.9


def test_truth_moves_within_the_statistical_error():
    rng = np.random.default_rng(4)
    events, values = simulate(rng, originals=500)
    nominal = events.histogram(values, EDGES)
    drawn = [pseudo_data.truth(events, rng).histogram(values, EDGES).total for _ in range(1500)]
    assert np.mean(drawn, axis=0) == pytest.approx(nominal.total, rel=0.03)
    largest = nominal.statistical.max()
    assert np.abs(np.cov(np.transpose(drawn)) - nominal.statistical).max() < 0.12 * largest


def test_draws_depend_on_seed_and_name_only():
    one, other = (pseudo_data.generator(1, name).integers(1 << 60) for name in ("mll", "met"))
    assert one != other
    assert one == pseudo_data.generator(1, "mll").integers(1 << 60)
    assert pseudo_data.draw([-3.0, 0.0], pseudo_data.generator(1, "x")).tolist() == [0, 0]


def test_without_events_there_is_no_test():
    empty = Expectation(np.array([0.0, 1.0]), {}, np.zeros((1, 1)), np.zeros(1))
    result = agreement.compare("x", [3], empty, {})
    assert result.bins == 0
    assert np.isnan([result.p, result.p_systematic, result.p_shape, result.chi2]).all()
    assert np.isnan(agreement.pulls([3], empty)).all()


def test_one_bin_is_no_test_of_the_feature():
    # the same yield, twice too high, for a feature that the few events leave one bin
    groups = {"tt": np.full(10, 2.5)}
    expectation = Expectation(EDGES, groups, np.diag(np.full(10, 0.16)), np.full(10, 0.01))
    result = agreement.compare("x", np.full(10, 5), expectation, SIZES)
    assert (result.bins, result.untested) == (2, "")
    assert result.p < 1e-3
    poor = Expectation(EDGES, groups, np.diag(np.full(10, 2.5)), np.full(10, 0.01))
    result = agreement.compare("x", np.full(10, 5), poor, SIZES)
    assert (result.bins, result.untested) == (1, "yield only")
    assert np.isnan([result.chi2, result.p, result.p_systematic, result.p_shape]).all()
    none = Expectation(EDGES, groups, np.diag(np.full(10, 16.0)), np.full(10, 0.01))
    assert agreement.compare("x", np.full(10, 5), none, SIZES).untested == "too few"


def test_pulls():
    groups = {"tt": np.array([100.0, 0.0])}
    expectation = Expectation(np.arange(3.0), groups, np.diag([300.0, 0]), np.zeros(2))
    assert agreement.pulls([140, 2], expectation) == pytest.approx([2, np.nan], nan_ok=True)


def test_assumed_sizes():
    labels = {"ttbar": "tt", "triboson": "VVV"}
    sizes = assumed_sizes("trilepton", labels)
    assert sizes == {"tt": ASSUMED["trilepton"]["ttbar"], "VVV": OTHERWISE}
    assert assumed_table(labels).loc["VVV"].tolist() == ["20 %", "20 %"]
    with pytest.raises(InputError, match="no region 'dileptons'"):
        assumed_sizes("dileptons", labels)


def test_yield_against_toys():
    rng = np.random.default_rng(6)
    counts = rng.poisson(rng.gamma(25, 0.4, 200_000))  # 10 events, known to 20 %
    low = agreement.yield_p(3, 10.0, 2.0)
    assert low == pytest.approx(2 * np.mean(counts <= 3), rel=0.05)
    assert agreement.yield_p(18, 10.0, 2.0) == pytest.approx(2 * np.mean(counts >= 18), rel=0.05)
    assert np.isnan(agreement.yield_p(3, 0.0, 0.0))
