"""Significances against pyhf, toys and the limits of the formulae."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from lepsearch.data import quoted
from lepsearch.errors import InputError
from lepsearch.stats.exact import z_by_pyhf
from lepsearch.stats.significance import (
    combine,
    profile_loss,
    z0,
    z_asimov,
    z_uncertainty,
)

yields = st.floats(1e-3, 1e5)
backgrounds = st.floats(1e-2, 1e6)
fractions = st.floats(0.0, 1.0)


def textbook(s, b, sigma_b):
    """Equation 20 of Cowan's note as it is printed."""
    v = sigma_b**2
    first = (s + b) * np.log((s + b) * (b + v) / (b**2 + (s + b) * v))
    return np.sqrt(2 * (first - b**2 / v * np.log(1 + v * s / (b * (b + v)))))


# --- against pyhf -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["s6_b117_10", "s6_b117_30", "s10_b100_10", "s50_b1000_10"])
def test_regression_numbers_of_pyhf(case):
    known = quoted.below(f"pyhf.{case}")
    s, b, relative = (known[name].value for name in ("signal", "background", "relative"))
    assert float(z_asimov(s, b, relative * b)) == pytest.approx(
        known["significance"].value, abs=1e-4
    )


def test_random_points_agree_with_pyhf():
    rng = np.random.default_rng(7)
    for _ in range(8):
        b = 10 ** rng.uniform(0, 3)
        s, sigma_b = rng.uniform(0.05, 1.5) * b, rng.uniform(0.02, 0.5) * b
        assert float(z_asimov(s, b, sigma_b)) == pytest.approx(z_by_pyhf(s, b, sigma_b), abs=1e-4)


@pytest.mark.parametrize(("s", "b"), [(3.0, 108.0), (0.5, 1.0), (20.0, 5.0)])
def test_known_background_agrees_with_pyhf(s, b):
    assert float(z0(s, b)) == pytest.approx(z_by_pyhf(s, b), abs=1e-4)


def test_two_channels_of_pyhf_are_the_quadrature():
    channels = z_by_pyhf([6, 5], [117, 108], [11.7, 10.8])
    separate = z_asimov([6, 5], [117, 108], [11.7, 10.8])
    # one signal strength on its own Asimov data: the best fit is 1 in each channel
    assert float(combine(separate)) == pytest.approx(channels, abs=1e-4)


# --- the tables of the thesis -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "model", "expected"),
    [
        ("electron", "light_vector", 0.368),
        ("electron", "dark_higgs", 0.550),
        ("muon", "light_vector", 0.287),  # printed as .36
        ("muon", "dark_higgs", 0.477),
        ("electron", "effective", 0.0),
    ],
)
def test_tables_recomputed(channel, model, expected):
    table = f"guevara.table_5_{5 if channel == 'electron' else 6}.{channel}"
    s = quoted.get(f"{table}.{model}.after").value
    b = quoted.get(f"{table}.background.after").value
    assert float(z0(s, b)) == pytest.approx(expected, abs=5e-4)


def test_uncertainty_columns_of_the_tables():
    # computed once with the printed form of equation 20
    with_uncertainty = z_asimov(
        [[4], [6], [3], [5]],
        [[117], [117], [108], [108]],
        np.array([[117], [117], [108], [108]]) * [0.1, 0.2, 0.3],
    )
    expected = [
        [0.249, 0.154, 0.108],
        [0.372, 0.229, 0.161],
        [0.199, 0.124, 0.087],
        [0.330, 0.206, 0.145],
    ]
    np.testing.assert_allclose(with_uncertainty, expected, atol=6e-4)


def test_channels_combined():
    assert float(combine(z0([6, 5], [117, 108]))) == pytest.approx(0.728, abs=5e-4)
    assert float(combine(z0([4, 3], [117, 108]))) == pytest.approx(0.467, abs=5e-4)


# --- limits and shape ---------------------------------------------------------------------------


@given(yields, backgrounds, st.floats(0.01, 1.0))
def test_equals_the_printed_formula(s, b, relative):
    if 0.01 < s / b < 100:  # elsewhere the printed form loses its digits
        assert float(z_asimov(s, b, relative * b)) == pytest.approx(
            float(textbook(s, b, relative * b)), rel=1e-5, abs=1e-5
        )


@given(yields, backgrounds)
def test_no_uncertainty_is_the_limit_of_a_small_one(s, b):
    assert float(z_asimov(s, b, 1e-9 * b)) == pytest.approx(float(z0(s, b)), rel=1e-6)


@given(backgrounds, fractions)
def test_small_signal_is_s_over_root(b, relative):
    s, sigma_b = 1e-9 * b, relative * b
    assert float(z_asimov(s, b, sigma_b)) == pytest.approx(s / np.sqrt(b + sigma_b**2), rel=1e-6)


@given(yields, backgrounds, fractions)
def test_monotone(s, b, relative):
    here = float(z_asimov(s, b, relative * b))
    assert float(z_asimov(1.01 * s, b, relative * b)) > here
    # at a fixed fraction: at fixed sigma_b a larger background is, relatively, the better known one
    assert float(z_asimov(s, 1.01 * b, relative * 1.01 * b)) < here
    assert float(z_asimov(s, b, (relative + 0.01) * b)) < here
    assert here <= float(z0(s, b)) <= s / np.sqrt(b) * (1 + 1e-9)


def test_smooth_across_the_change_of_series():
    # both branches of the small-argument expansion meet at a relative excess of 0.05
    s = 1000 * np.array([0.05 * (1 - 1e-9), 0.05 * (1 + 1e-9)])
    below, above = z0(s, 1000)
    assert above / below == pytest.approx(1, abs=1e-8)
    fine = z0(np.linspace(-900, 3000, 4001), 1000)
    assert np.all(np.diff(fine) > 0)
    assert np.all(np.diff(fine, 2) < 0)


def test_deficit_is_negative_and_continuous():
    assert float(z0(-5, 100)) == pytest.approx(-np.sqrt(2 * (95 * np.log(0.95) + 5)), rel=1e-9)
    assert float(z0(0, 100)) == 0
    assert float(z_asimov(-100, 100, 0)) == pytest.approx(-np.sqrt(200))
    assert np.isfinite(z_asimov(-100, 100, 10))


def test_empty_background():
    np.testing.assert_array_equal(z_asimov([0, 0.5, 0, 3], 0, [0, 0, 1, 1]), [0, np.inf, 0, 0])
    assert float(z0(3, 1e-300)) > 60  # grows without bound, slowly


def test_broadcasting_and_scale():
    table = z_asimov(np.ones((3, 1)), [10, 20, 30, 40], 0)
    assert table.shape == (3, 4)
    # with everything scaled by k, and no systematic uncertainty, Z grows as the root of k
    np.testing.assert_allclose(z0(4 * np.array([3, 5]), 4 * 108), 2 * z0([3, 5], 108))
    assert z0([], []).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            (np.nan, 1, 0), "signal: expected a finite number of events, got nan", id="nan s"
        ),
        pytest.param((1, np.nan, 0), "background: .*got nan", id="nan b"),
        pytest.param((1, -2, 0), r"background: .*merge bins\), got -2.0", id="negative b"),
        pytest.param(([1, 1], [1, np.inf], 0), r"got inf \(element 1\)", id="infinite b"),
        pytest.param(
            (1, 1, -1), "background uncertainty: expected 0 or more, got -1.0", id="sigma"
        ),
        pytest.param(([1, 1], [1, -1], 0), r"got -1.0 \(element 1\)$", id="one of two"),
        pytest.param(([1] * 3, [1, -2, -1], 0), "got -2.0 .*, and 1 more of 3", id="two of three"),
        pytest.param((-3, 2, 0), "signal plus background: expected 0 or more, got -1.0", id="sum"),
    ],
)
def test_bad_yields_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        z_asimov(*arguments)


# --- uncertainty, combination, inverse ----------------------------------------------------------


@pytest.mark.parametrize("relative", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("s", [0.0, 1e-7, 6.0, 300.0, -4.0])
def test_uncertainty_is_the_finite_difference(s, relative):
    b, h = 117.0, 1e-3

    def z(s, b):
        return float(z_asimov(s, b, relative * b))

    by_s = (z(s + h, b) - z(s - h, b)) / (2 * h)
    by_b = (z(s, b + h) - z(s, b - h)) / (2 * h)
    only_s = float(z_uncertainty(s, b, relative=relative, s_sumw2=1.0, b_sumw2=0.0))
    only_b = float(z_uncertainty(s, b, relative=relative, s_sumw2=0.0, b_sumw2=1.0))
    assert only_s == pytest.approx(abs(by_s), rel=1e-6)
    assert only_b == pytest.approx(abs(by_b), rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("relative", [0.0, 0.1, 0.3])
def test_uncertainty_is_the_spread_of_bootstrapped_samples(relative):
    rng = np.random.default_rng(3)
    w_s, w_b = rng.uniform(0.01, 0.03, 300), rng.choice([1.0, 1.0, 1.0, -0.5], 240)
    s = rng.poisson(1, (4000, 300)) @ w_s
    b = rng.poisson(1, (4000, 240)) @ w_b
    variances = {"s_sumw2": (w_s**2).sum(), "b_sumw2": (w_b**2).sum()}
    predicted = float(z_uncertainty(w_s.sum(), w_b.sum(), relative=relative, **variances))
    assert predicted == pytest.approx(float(np.std(z_asimov(s, b, relative * b))), rel=0.06)


def test_uncertainty_refuses_what_it_cannot_propagate():
    with pytest.raises(InputError, match="background above 0"):
        z_uncertainty(1, 0, s_sumw2=1, b_sumw2=0)
    with pytest.raises(InputError, match="squared weights"):
        z_uncertainty(1, 2, s_sumw2=-1, b_sumw2=0)


def test_combine():
    assert float(combine([])) == 0
    assert float(combine([3.0, 4.0])) == pytest.approx(5)
    assert float(combine([3.0, -5.0])) == pytest.approx(-4)
    assert float(combine([3.0, 4.0])) == 5
    with pytest.raises(InputError, match="NaN"):
        combine([1.0, np.nan])


@pytest.mark.parametrize("strength", [-0.3, 0.0, 0.4, 1.0, 2.5])
@pytest.mark.parametrize(("s", "b", "sigma"), [(6.0, 117.0, 11.7), (5.0, 2.0, 1.0)])
def test_closed_fit_of_the_background_is_that_of_a_minimiser(strength, s, b, sigma):
    tau, m = b / sigma**2, b**2 / sigma**2

    def minus_log_likelihood(mu, background):
        signal_region = (s + b) * np.log(mu * s + background) - (mu * s + background)
        return -signal_region - m * np.log(tau * background) + tau * background

    fit = optimize.minimize_scalar(
        lambda background: minus_log_likelihood(strength, background),
        bounds=(max(0.0, -strength * s) + 1e-6, 5 * (s + b)), method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip
    expected = 2 * (fit.fun - minus_log_likelihood(1.0, b))
    assert float(profile_loss(strength, s, b, sigma)) == pytest.approx(expected, abs=1e-7)


def test_height_without_signal_is_the_squared_significance():
    loss = profile_loss([0.0, 1.0], 10.0, 100.0, 20.0)
    assert loss[0] == pytest.approx(float(z_asimov(10, 100, 20)) ** 2, rel=1e-9)
    assert loss[1] == pytest.approx(0.0, abs=1e-10)
