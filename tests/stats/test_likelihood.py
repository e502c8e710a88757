"""The profile likelihood against a minimiser and against the closed significance."""

import numpy as np
import pytest
from scipy import optimize

from lepsearch.errors import InputError
from lepsearch.stats.likelihood import profile_loss
from lepsearch.stats.significance import z_asimov


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


@pytest.mark.parametrize(
    ("strength", "s", "b", "sigma"),
    [(-2.0, 5.0, 5.0, 1.0), (1.0, 0.0, 5.0, 1.0), (1.0, 5.0, 0.0, 1.0), (1.0, 5.0, 5.0, 0.0)],
)
def test_what_has_no_likelihood_is_refused(strength, s, b, sigma):
    with pytest.raises(InputError, match="expected a positive signal"):
        profile_loss(strength, s, b, sigma)
