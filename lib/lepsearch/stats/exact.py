"""Significances of a counting experiment by other ways than formulae: exact, toys, and pyhf."""

import numpy as np
import pyhf
from numpy.typing import ArrayLike, NDArray
from scipy import special

from lepsearch.errors import InputError
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.significance import checked_yields, z_asimov

__all__ = ("discovery_root", "exact_z", "tail_fractions", "z_by_pyhf", "z_from_toys")

Floats = NDArray[np.float64]

_FAR = 1e-300  # a tail that double precision barely holds, at 37 standard deviations


def exact_z(n: ArrayLike, b: ArrayLike, sigma_b: ArrayLike = 0.0) -> Floats:
    r"""Significance of an observed count from its exact p-value, without asymptotic formulae.

    The p-value is the probability of ``n`` or more events from background alone. With
    ``sigma_b = 0`` that is a Poisson tail, the regularised gamma function :math:`P(n, b)`.
    Otherwise ``n`` is compared, at fixed ``n + m``, with the count ``m = (b / sigma_b)**2`` of the
    control region: a binomial tail, the regularised beta function (Cousins, Linnemann and Tucker,
    arXiv:physics/0702156). Counts are whole, so the p-value is at least as large as claimed; a
    count that is not whole interpolates, and ``n = 0`` gives minus infinity.

    Raises:
        InputError: As :func:`~lepsearch.stats.significance.z_asimov`; also for ``b = 0``.

    Examples:
        >>> round(float(exact_z(5, 1.0)), 3)
        2.682
    """
    n, b, sigma_b = np.broadcast_arrays(*(np.asarray(value, float) for value in (n, b, sigma_b)))
    checked_yields(n - b, b, sigma_b)
    if np.any(b == 0):
        msg = "an exact p-value needs a background above 0"
        raise InputError(msg)
    known, count = sigma_b == 0, np.maximum(n, 1e-300)
    v = np.where(known, 1.0, sigma_b**2)
    control, share = b**2 / v + 1, v / (b + v)
    above = np.where(known, special.gammainc(count, b), special.betainc(count, control, share))
    below = np.where(known, special.gammaincc(count, b), special.betaincc(count, control, share))
    # the smaller tail alone keeps its precision, and its logarithm outlives it
    tail, excess = np.minimum(above, below), above < below
    with np.errstate(all="ignore"):  # where the tail is not far
        far = _log_far_tail(n, b, sigma_b, excess)
    log_tail = np.where(tail < _FAR, far, np.log(np.maximum(tail, _FAR)))
    z = np.where(excess, -1.0, 1.0) * special.ndtri_exp(log_tail)
    return np.where(n == 0, -np.inf, z)


def _log_far_tail(n: Floats, b: Floats, sigma_b: Floats, excess: NDArray[np.bool_]) -> Floats:
    """Logarithm of a tail below ``_FAR``: of ``n`` and more, or of fewer, events.

    The probability of the nearest count, and the others as a geometric series. A share of at most
    1 / Z**2 of the tail is missed, which moves Z by less than 1 / Z**3.
    """
    known, spread = sigma_b == 0, sigma_b**2 / b
    v = np.where(known, 1.0, sigma_b**2)
    control = b**2 / v
    poisson = n * np.log(b) - b - special.gammaln(n + 1)
    binomial = n * np.log(v / (b + v)) - control * np.log1p(v / b)
    binomial -= np.log(n) + special.betaln(n, control + 1)
    at_n = np.where(known, poisson, binomial)
    at_nearest = at_n + np.where(excess, 0.0, np.log(n / (b + spread)))
    ratio = np.where(excess, b / (n + 1), (n - 1) / (b + 2 * spread))
    return np.asarray(at_nearest - np.log1p(-ratio))


def discovery_root(n: ArrayLike, m: ArrayLike, tau: float) -> Floats:
    r"""Signed root of the discovery statistic :math:`q_0` of observed counts.

    ``n`` events in the signal region, ``m`` in a control region with ``tau`` times the background:
    :math:`\pm\sqrt{2[D(n, \mu_0) + D(m, \tau\mu_0)]}` with the Poisson deviance
    :math:`D(n, \mu) = n\ln(n/\mu) - n + \mu` and :math:`\mu_0 = (n + m)/(1 + \tau)`
    (Li and Ma 1983, eq. 17). Negative for a deficit, where :math:`q_0` itself is 0.

    Examples:
        >>> round(float(discovery_root(123, 100, 100 / 117)), 4)  # 6 on top of 117 +- 11.7
        0.3717
    """
    n, m = np.asarray(n, dtype=float), np.asarray(m, dtype=float)
    mu0 = (n + m) / (1 + tau)
    deviance = special.rel_entr(n, mu0) + special.rel_entr(m, tau * mu0)
    return np.asarray(np.sign(n * tau - m) * np.sqrt(2 * np.maximum(deviance, 0.0)))


def z_from_toys(
    s: float, b: float, sigma_b: float = 0.0, *, n_toys: int = 100_000, seed: int = 1
) -> Estimate:
    """Median expected significance from pseudo-experiments of the discovery statistic.

    ``n_toys`` counts are drawn with the signal, and the median of their statistic is compared with
    as many drawn from background alone; the uncertainty of the background is drawn as a Poisson
    count in a control region. No asymptotic formula enters: the same procedure as
    :func:`~lepsearch.stats.significance.z_asimov` without its approximation. Significances beyond
    about 4 need more than a million experiments.

    Returns:
        Significance of the median experiment with signal, with its error from the number of
        background-only experiments. ``events`` of these are at least as extreme as that median; if
        none is, the significance is a lower bound and the error infinite. The p-value behind it is
        ``(events + 1) / (n_toys + 1)``, never 0 and never too small on average.

    Raises:
        InputError: A yield is not finite or negative, ``b`` is 0, or there are fewer than 100 toys.

    Examples:
        >>> result = z_from_toys(10, 100, n_toys=20_000)
        >>> abs(result.value - 0.98) < 0.05
        True
    """
    rng = np.random.default_rng(seed)
    alone, with_signal = (_statistic(rng, signal, b, sigma_b, n_toys) for signal in (0, s))
    median = np.quantile(with_signal, 0.5, method="higher")
    # equal counts must compare equal although they went through logarithms
    exceeding = int(np.count_nonzero(alone >= median - 1e-9))
    p_value = (exceeding + 1) / (n_toys + 1)
    z = float(-special.ndtri(p_value))
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    z_error = np.sqrt(p_value * (1 - p_value) / n_toys) / density if exceeding else np.inf
    return Estimate(z, float(z_error), events=exceeding)


def tail_fractions(
    claimed: ArrayLike, b: float, sigma_b: float = 0.0, *, n_toys: int = 100_000, seed: int = 1
) -> Floats:
    """Fraction of background-only experiments that claim at least each significance, of any sign.

    Asymptotically it is the upper tail of the normal distribution. For the background see
    :func:`z_from_toys`.

    Examples:
        >>> tail_fractions([-100, 0.5, 100], 10, n_toys=1000).tolist()[::2]
        [1.0, 0.0]
    """
    roots = np.sort(_statistic(np.random.default_rng(seed), 0.0, b, sigma_b, n_toys))
    below = np.searchsorted(roots, np.asarray(claimed, dtype=float) - 1e-9, side="left")
    return np.asarray(1 - below / n_toys)


def _statistic(rng: np.random.Generator, s: float, b: float, sigma_b: float, n_toys: int) -> Floats:
    """The discovery statistic of experiments with this signal; refuses what cannot be drawn."""
    if n_toys < 100:
        msg = f"expected at least 100 pseudo-experiments, got {n_toys}"
        raise InputError(msg)
    z_asimov(s, b, sigma_b)  # refuses what is not a yield
    if s < 0 or b == 0:
        msg = f"expected a signal of 0 or more and a positive background, got {s} and {b}"
        raise InputError(msg)
    n = rng.poisson(s + b, n_toys).astype(float)
    if sigma_b == 0:
        return z_asimov(n - b, b, 0.0)
    tau = b / sigma_b**2
    return discovery_root(n, rng.poisson(tau * b, n_toys), tau)


def z_by_pyhf(s: ArrayLike, b: ArrayLike, sigma_b: ArrayLike = 0.0) -> float:
    r"""Expected significance :math:`\sqrt{q_0}` on the Asimov data set, by pyhf's minimiser.

    An independent calculation of :func:`~lepsearch.stats.significance.z_asimov`, and its
    generalisation to bins or channels, each with its own background uncertainty and all with one
    signal strength: yields [events] are then one a bin.

    Examples:
        >>> round(z_by_pyhf(6, 117, 11.7), 3)
        0.372
    """
    numbers = (np.atleast_1d(np.asarray(one, dtype=float)) for one in (s, b, sigma_b))
    yields = [one.tolist() for one in np.broadcast_arrays(*numbers)]
    # pyhf's validation only checks its own layout, through a deprecated jsonschema call
    model = pyhf.simplemodels.uncorrelated_background(*yields, validate=False)
    config, start = model.config, model.config.suggested_init()
    settings = start, config.suggested_bounds(), config.suggested_fixed()
    statistic = pyhf.infer.test_statistics.q0(0.0, model.expected_data(start), model, *settings)
    return float(np.sqrt(float(statistic)))
