"""Significance of an observed count from its exact p-value, however small that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from lepsearch.errors import InputError
from lepsearch.stats.significance import checked_yields

__all__ = ("exact_z",)

Floats = NDArray[np.float64]

_FAR = 1e-300  # a tail that double precision barely holds, at 37 standard deviations


def exact_z(n: ArrayLike, b: ArrayLike, sigma_b: ArrayLike = 0.0) -> Floats:
    r"""Significance of an observed count from its exact p-value, without asymptotic formulae.

    The p-value is the probability of ``n`` or more events from background alone. With
    ``sigma_b = 0`` that is a Poisson tail, the regularised gamma function :math:`P(n, b)`.
    Otherwise ``n`` is compared, at fixed ``n + m``, with the count ``m = (b / sigma_b)**2`` of the
    control region: a binomial tail, the regularised beta function (Cousins, Linnemann and Tucker,
    arXiv:physics/0702156). Counts are whole, so the p-value is at least as large as claimed.

    Args:
        n: Observed events; a count that is not whole interpolates.
        b: Expected background [events]; positive.
        sigma_b: Its absolute uncertainty [events].

    Returns:
        One-sided standard deviations; minus infinity for ``n = 0``.

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
