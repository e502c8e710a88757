"""Tests of agreement: values, uniform p-values without a distortion, and distortions found."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lepsearch.stats import agreement
from lepsearch.stats.comparison import Comparison
from lepsearch.stats.histograms import Expectation, fill

SIZES = {"tt": 0.1}
EDGES = np.linspace(0, 100, 11)


def simulate(rng, originals=3000, scale=25.0, weight=2.0, seed=0):
    """Events with two smeared copies each, of different weights, and their feature."""
    energy = np.repeat(rng.exponential(scale, originals), 2)
    values = energy * rng.normal(1, 0.1, len(energy))
    weights = np.repeat(rng.choice([0.5, 1.0], originals), 2) * weight / 2
    simulated = np.ones(len(values), dtype=bool)
    process = pd.Categorical.from_codes(np.zeros(len(values), int), ["tt"])
    original = np.repeat(np.arange(originals), 2)
    events = Comparison(~simulated, simulated, process, original, weights, SIZES)
    return events.with_seed(seed), values


def expect(values, statistical, third):
    """The expectation of one process in bins of one each."""
    k = len(values)
    processes = fill(np.arange(k), values, np.arange(k + 1), by={"process": ["tt"] * k})
    systematic = np.outer(values, values) * SIZES["tt"] ** 2
    return Expectation(processes, np.diag(statistical), systematic, np.full(k, third))


def test_chi_square_by_hand():
    # 2 x 2: V = [[100 + 44, 60], [60, 100 + 25]], d = (12, -6), inverted on paper
    chi2, p = agreement.chi_square([112, 94], [100, 100], [[44, 60], [60, 25]])
    assert chi2 == pytest.approx((144 * 125 + 36 * 144 + 2 * 12 * 6 * 60) / (144 * 125 - 60**2))
    assert p == pytest.approx(np.exp(-chi2 / 2))  # two degrees of freedom
    # without errors of the simulation it is Pearson's
    ours = agreement.chi_square([18, 22, 20], [20, 20, 20], np.zeros((3, 3)))[0]
    assert ours == pytest.approx(stats.chisquare([18, 22, 20], [20, 20, 20]).statistic)


def test_both_uncertainties_by_hand():
    """Two bins: Poisson, statistical, and 10 % that both share."""
    mean, counts = np.array([100.0, 40.0]), np.array([120.0, 43.0])
    expectation = expect(mean, [9.0, 4.0], 0.0)
    found = agreement.p_values(counts, expectation)
    assert len(expectation.ranges) == 2
    d, v = counts - mean, np.diag([109.0, 44.0])
    for name, covariance in (("p", v), ("p_systematic", v + 0.01 * np.outer(mean, mean))):
        chi2 = d @ np.linalg.solve(covariance, d)
        assert found[name] == pytest.approx(np.exp(-chi2 / 2)), name  # two degrees of freedom
    n, effective = 163.0, 140**2 / 13
    distance = abs(120 / 163 - 100 / 140)
    ks = stats.kstwobign.sf(np.sqrt(n * effective / (n + effective)) * distance)
    assert found["p_shape"] == pytest.approx(ks)
    assert np.isnan(agreement.p_values(counts, expectation, continuous=False)["p_shape"])


def test_holm_by_hand():
    # Holm 1979: ordered p times 4, 3, 2, 1, never falling
    corrected = agreement.holm([0.02, np.nan, 0.005, 0.9, 0.03])
    assert corrected == pytest.approx([0.06, np.nan, 0.02, 0.9, 0.06], nan_ok=True)
    assert len(agreement.holm([])) == 0
    assert agreement.holm([0.6, 0.7]).tolist() == [1, 1]


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
    for i in range(experiments):
        events, values = simulate(rng, seed=i)
        results.append(events.feature("x", values, EDGES, true_values=stretch * values))
    return results


def test_p_values_are_uniform_without_distortion():
    p = [one.p for one in p_values(500)]
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.03)


def test_leaving_out_the_errors_of_the_simulation_would_not_do():
    # the pseudo-data do not come from the very sample that they are compared with
    rng = np.random.default_rng(12)
    p = []
    for i in range(200):
        events, values = simulate(rng, seed=i)
        one = events.feature("x", values, EDGES)
        exact = np.zeros((10, 10))
        p.append(agreement.chi_square(one.observed, one.expectation.total, exact)[1])
    assert np.mean(np.array(p) < 0.05) > 0.3


def test_a_distortion_is_found():
    found = p_values(20, stretch=1.15)
    assert np.median([one.p for one in found]) < 1e-4
    assert np.median([one.p_shape for one in found]) < 1e-2


def test_a_wrong_yield_within_the_systematic_uncertainty_is_not_significant():
    events, values = simulate(np.random.default_rng(2), originals=30000)
    expectation = events.expectation(values, EDGES)
    result = agreement.p_values(np.round(1.12 * expectation.total), expectation)
    assert result["p"] < 1e-6
    assert result["p_systematic"] > 0.05
    assert result["p_shape"] > 0.9


def test_truth_moves_within_the_statistical_error():
    rng = np.random.default_rng(4)
    events, values = simulate(rng, originals=500)
    nominal = events.expectation(values, EDGES)
    drawn = [
        np.histogram(np.clip(values, 0, 99), EDGES, weights=events.with_seed(i).truth)[0]
        for i in range(1500)
    ]
    assert np.mean(drawn, axis=0) == pytest.approx(nominal.total, rel=0.03)
    largest = nominal.statistical.max()
    assert np.abs(np.cov(np.transpose(drawn)) - nominal.statistical).max() < 0.12 * largest


def test_draws_depend_on_seed_and_name_only():
    events, values = simulate(np.random.default_rng(3))
    one, other, again = (
        events.feature(name, values, EDGES).observed.tolist() for name in ("mll", "met", "mll")
    )
    assert one != other
    assert one == again


def test_bins_that_negative_weights_make_negative_have_no_draws():
    table = pd.DataFrame(
        {"kind": "background", "group": "tt", "sample": "tt", "event": [1], "weight": [-3.0]}
    )
    drawn = Comparison.of(table, {"tt": "tt"}, SIZES, pseudo=True, seed=1)
    assert drawn.feature("x", [0.5], [0, 1]).observed.tolist() == [0]


def test_without_events_there_is_no_test():
    empty = expect([0.0], [0.0], 0.0)
    assert len(empty.ranges) == 0
    found = agreement.p_values([3], empty)
    assert np.isnan(list(found.values())).all()


def test_one_bin_is_no_test_of_the_feature():
    # the same yield, twice too high, for a feature that the few events leave one bin
    counts, mean = np.full(10, 5), np.full(10, 2.5)
    expectation = expect(mean, np.full(10, 0.16), 0.01)
    assert len(expectation.ranges) == 2
    assert agreement.p_values(counts, expectation)["p"] < 1e-3
    poor = expect(mean, np.full(10, 2.5), 0.01)
    assert len(poor.ranges) == 1
    assert np.isnan(list(agreement.p_values(counts, poor).values())).all()
    several = agreement.p_values(np.tile(counts, (3, 1)), poor)
    assert {one.shape for one in several.values()} == {(3,)}
    assert len(expect(mean, np.full(10, 16.0), 0.01).ranges) == 0


def test_many_sets_of_counts_at_once():
    rng = np.random.default_rng(5)
    expectation = expect(np.full(10, 20.0), np.full(10, 0.5), 0.1)
    counts = rng.poisson(20, (4, 10))
    together = agreement.p_values(counts, expectation)
    for i, one in enumerate(counts):
        for name, p in agreement.p_values(one, expectation).items():
            assert together[name][i] == pytest.approx(float(p), rel=1e-12)


def test_yield_against_toys():
    rng = np.random.default_rng(6)
    counts = rng.poisson(rng.gamma(25, 0.4, 200_000))  # 10 events, known to 20 %
    low = agreement.yield_p(3, 10.0, 2.0)
    assert low == pytest.approx(2 * np.mean(counts <= 3), rel=0.05)
    assert agreement.yield_p(18, 10.0, 2.0) == pytest.approx(2 * np.mean(counts >= 18), rel=0.05)
    for expected, error in ((0.0, 0.0), (0.0, 1.0), (10.0, 0.0)):
        assert np.isnan(agreement.yield_p(3, expected, error))
    assert agreement.yield_p(0, 0.01, 0.01) == 1.0  # as probable as can be


def test_share_of_low_p_values_takes_its_error_from_repeats():
    # three repeats of two tests that always agree: shares 0, 1, 0
    p = np.array([[0.5, 0.5, np.nan], [0.01, 0.01, np.nan], [0.5, 0.5, np.nan]])
    share = agreement.low_share(p, 0.05)
    assert share.value == pytest.approx(1 / 3)
    assert share.error == pytest.approx(1 / 3)  # not sqrt(1/3 * 2/3 / 6)
    assert agreement.low_share(np.array([[0.05, 0.04]]), 0.05).value == 0.5  # below, not at
    assert np.isnan(agreement.low_share(np.full((3, 2), np.nan), 0.05).value)
    assert np.isnan(agreement.low_share(p[:1], 0.05).error)


def test_table_of_features_tested_together():
    """The worst first, each p-value beside what Holm makes of it, and why there is none."""
    counts = np.array([20, 20])
    spread = {"good": [20.0, 20.0], "bad": [40.0, 10.0], "one": [30.0, 4.0], "few": [4.0, 4.0]}
    results = []
    for name, mean in spread.items():
        expectation = expect(np.array(mean), [0.1, 0.1], 0.0)
        found = {key: float(p) for key, p in agreement.p_values(counts, expectation).items()}
        results.append(agreement.Agreement(name, "x", True, counts, expectation, **found))
    table = agreement.agreement_table(results)
    assert table.index.tolist() == [0, 1, 2, 3]
    assert table["feature"].tolist() == ["bad", "good", "one", "few"]
    assert table["untested"].tolist() == ["", "", "yield only", "too few"]
    names = list(table)
    for name in ("p", "p_shape"):
        assert names.index(f"{name}_holm") == names.index(name) + 1
        assert table[f"{name}_holm"][0] == pytest.approx(2 * table[name][0])


def test_summary():
    assert agreement.summary([0.052])["low"] == 0  # 5 % unless said otherwise
    assert agreement.summary([0.025, 0.5], 0.05)["after Holm"] == 0
    assert agreement.summary([0.05, 0.5], 0.05)["low"] == 0  # below, not at
    found = agreement.summary([0.04, 0.5, np.nan], 0.05)
    assert found["its chance"] == pytest.approx(1 - 0.96**2)
    assert (found["tests"], found["smallest p"], found["low"], found["after Holm"]) == (
        2,
        0.04,
        1,
        0,
    )
    assert np.isnan(agreement.summary([np.nan])["smallest p"])
