r"""Expected discovery significance of a counting experiment, with its errors.

One region expects ``s`` signal events on top of ``b`` background events, and ``b`` is known to
``sigma_b`` (events, not a fraction). The background is pinned by a second count ``m`` in a region
that holds ``tau = b / sigma_b**2`` times as much background and no signal: the on/off problem of
Li and Ma (1983), of Cowan's note of 2012 and of pyhf's ``uncorrelated_background``.

Written with the best background under the hypothesis of no signal,
``mu0 = b + s sigma_b**2 / (b + sigma_b**2)``, the likelihood ratio on the Asimov data set is the
sum of two Poisson deviances, each of the form ``mu0 g(x)`` with ``g(x) = (1 + x) ln(1 + x) - x``.
Neither is a difference of large numbers, so the same lines serve every limit.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from lepsearch.errors import InputError

__all__ = ("checked_yields", "combine", "profile_loss", "refuse", "z0", "z_asimov", "z_uncertainty")

Floats = NDArray[np.float64]


def z0(s: ArrayLike, b: ArrayLike) -> Floats:
    r"""Significance expected with a background that is known exactly.

    :math:`Z_0 = \sqrt{2[(s+b)\ln(1+s/b) - s]}`, eq. 97 of Cowan et al., arXiv:1007.1727; see
    :func:`z_asimov` for the arguments, negative yields and empty backgrounds.

    Examples:
        >>> round(float(z0(6, 117)), 3)
        0.55
        >>> z0([1, 2], [100, 100]).round(3).tolist()
        [0.1, 0.199]
    """
    return z_asimov(s, b, 0.0)


def z_asimov(s: ArrayLike, b: ArrayLike, sigma_b: ArrayLike) -> Floats:
    r"""Significance expected with a background known to ``sigma_b``.

    Equation 20 of G. Cowan, "Discovery sensitivity for a counting experiment with background
    uncertainty" (2012), in a form that is exact to rounding for every size of ``s`` and
    ``sigma_b``. It tends to :func:`z0` for ``sigma_b -> 0`` and to ``s / sqrt(b + sigma_b**2)`` for
    ``s << b``. The arguments broadcast.

    A negative ``s`` (events with negative weights can outweigh the others) gives a negative
    significance, the root of the same likelihood ratio with a minus sign: a deficit is expected.
    It passes smoothly through zero, so a fluctuation of the simulation is not mistaken for "no
    sensitivity". ``b = 0`` gives the formula's limits: 0 without signal or with ``sigma_b > 0``
    (the control region then has no exposure), infinity with ``s > 0`` and ``sigma_b = 0``.

    Args:
        s: Expected signal [events]; not below ``-b``.
        b: Expected background [events]; not negative.
        sigma_b: Its absolute uncertainty [events]; not negative.

    Raises:
        InputError: A value is not finite, ``b`` or ``sigma_b`` is negative, or ``s + b`` is.

    Examples:
        >>> round(float(z_asimov(6, 117, 0.1 * 117)), 4)
        0.3717
    """
    s, b, sigma_b = checked_yields(s, b, sigma_b)
    limit = np.where((s > 0) & (sigma_b == 0), np.inf, 0.0)
    return np.where(b == 0, limit, s * _slope(s, b, sigma_b))


def z_uncertainty(
    s: ArrayLike, b: ArrayLike, *, relative: ArrayLike = 0.0, s_sumw2: ArrayLike, b_sumw2: ArrayLike
) -> Floats:
    r"""Standard deviation of the significance that comes from limited simulation.

    First-order propagation of the variances of the two yields, which are their sums of squared
    weights: :math:`(\partial_s Z)^2 \sum w_s^2 + (\partial_b Z)^2 \sum w_b^2`. The derivatives are
    analytic. The significance is ``z_asimov(s, b, relative * b)``: the background is known to a
    share of itself, so what is not known about it moves with it. With few events behind ``b`` the
    propagation is no longer linear: ask for at least ten. The arguments broadcast.

    Raises:
        InputError: As :func:`z_asimov`; also for ``b = 0`` or a negative sum of squares.

    Examples:
        >>> round(float(z_uncertainty(6, 117, s_sumw2=0.36, b_sumw2=117)), 3)
        0.06
        >>> round(float(z_uncertainty(6, 117, relative=0.3, s_sumw2=0.36, b_sumw2=117)), 3)
        0.021
    """
    s, b, relative = checked_yields(s, b, relative)
    s_sumw2, b_sumw2 = np.asarray(s_sumw2, dtype=float), np.asarray(b_sumw2, dtype=float)
    if np.any(b == 0):
        msg = "the uncertainty needs a background above 0; merge bins or loosen the cuts"
        raise InputError(msg)
    if not (np.all(s_sumw2 >= 0) and np.all(b_sumw2 >= 0)):
        msg = "sums of squared weights must be 0 or more, and not NaN"
        raise InputError(msg)
    sigma_b = relative * b
    f, mu0, x, _ = _null_hypothesis(s, b, sigma_b)
    slope = _slope(s, b, sigma_b)
    # the control count 1 / relative**2 stays as it is; its exposure falls as the background rises
    at_zero, safe = x == 0, np.where(x == 0, 1.0, x)
    by_count, by_exposure = f / mu0 * np.where(at_zero, 1.0, np.log1p(safe) / safe), -f / b
    by_signal, by_background = by_count / slope, (by_count + by_exposure) / slope
    return np.asarray(np.sqrt(by_signal**2 * s_sumw2 + by_background**2 * b_sumw2))


def combine(z: ArrayLike) -> Floats:
    r"""Significance of several channels together: :math:`\sqrt{\sum_i Z_i^2}`.

    Holds when the channels share no event and no uncertainty, since their likelihoods then
    multiply. A negative significance counts against: its square is subtracted, and a negative sum
    gives a negative result. No channels give 0.

    Examples:
        >>> round(float(combine([0.3, 0.4])), 3)
        0.5
    """
    z = np.asarray(z, dtype=float)
    if np.any(np.isnan(z)):
        msg = "a channel's significance is NaN; leave the channel out or mend its yields"
        raise InputError(msg)
    total = np.sum(np.sign(z) * z**2)
    return np.asarray(np.sign(total) * np.sqrt(np.abs(total)))


def profile_loss(strength: ArrayLike, s: float, b: float, sigma_b: float) -> Floats:
    r"""Twice the loss of log-likelihood at a signal strength, the background fitted again there.

    On the Asimov data set of the on/off problem: counts :math:`n = s + b` and
    :math:`m = \tau b`. At the strength :math:`\mu` the derivative of
    :math:`n\ln(\mu s + B) - \mu s + m\ln B - (1 + \tau)B` vanishes at the larger root of
    :math:`(1+\tau)B^2 + [(1+\tau)\mu s - n - m]B - m\mu s = 0`. The loss is 0 at strength 1, and
    the square of :func:`z_asimov` at 0.

    Args:
        strength: Signal strengths; such that ``strength * s + b`` is positive.
        s: Expected signal [events]; positive.
        b: Expected background [events]; positive.
        sigma_b: Its absolute uncertainty [events]; positive.

    Examples:
        >>> profile_loss([0, 1], 6, 117, 11.7).round(4).tolist()
        [0.1382, 0.0]
    """
    signal, tau = np.asarray(strength, dtype=float) * s, b / sigma_b**2
    n, m = s + b, tau * b
    linear = (1 + tau) * signal - n - m
    root = np.sqrt(linear**2 + 4 * (1 + tau) * m * signal)
    background = (root - linear) / (2 * (1 + tau))
    here = n * np.log((signal + background) / n) + m * np.log(background / b)
    return np.asarray(2 * (signal - s + (1 + tau) * (background - b) - here))


def checked_yields(s: ArrayLike, b: ArrayLike, sigma_b: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Signal, background and its uncertainty as arrays of one shape.

    Raises:
        InputError: As :func:`z_asimov`; the first bad value is named.
    """
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (s, b, sigma_b)))
    signal, background, sigma = arrays
    refuse(~np.isfinite(signal), signal, "signal", "a finite number of events")
    refuse(
        ~(np.isfinite(background) & (background >= 0)),
        background,
        "background",
        "0 or more events (a negative sum of weights means too few simulated events: merge bins)",
    )
    refuse(~(np.isfinite(sigma) & (sigma >= 0)), sigma, "background uncertainty", "0 or more")
    refuse(signal + background < 0, signal + background, "signal plus background", "0 or more")
    return signal, background, sigma


def refuse(bad: NDArray[np.bool_], values: NDArray[Any], name: str, expected: str) -> None:
    """Raise an ``InputError`` if there is a bad value, and name the first."""
    if np.any(bad):
        first = int(np.flatnonzero(bad)[0])
        msg = f"{name}: expected {expected}, got {values.flat[first]} (element {first})"
        if (more := int(np.sum(bad)) - 1) > 0:
            msg += f", and {more} more of {np.size(bad)}"
        raise InputError(msg)


def _null_hypothesis(s: Floats, b: Floats, sigma_b: Floats) -> tuple[Floats, ...]:
    """The best fit without signal, for positive ``b``.

    They are the fraction ``b / (b + sigma_b**2)``, the background, and the relative excess over it
    in the signal region and in the control region.
    """
    f = b / (b + sigma_b**2)
    mu0 = b + (1 - f) * s
    return f, mu0, f * s / mu0, (f - 1) * s / mu0


def _slope(s: Floats, b: Floats, sigma_b: Floats) -> Floats:
    """``Z / s``, finite at ``s = 0``; an empty background counts as 1."""
    b = np.where(b == 0, 1.0, b)
    f, mu0, x, y = _null_hypothesis(np.maximum(s, -b), b, sigma_b)
    return np.asarray(np.sqrt(2 * f / mu0 * (f * _curvature(x) + (1 - f) * _curvature(y))))


def _curvature(x: Floats) -> Floats:
    """``((1 + x) ln(1 + x) - x) / x**2`` for ``x >= -1``: 1/2 at 0, by series nearby."""
    x = np.maximum(x, -1.0)  # rounding may step just below
    small = np.abs(x) < 0.05
    near, far = np.where(small, x, 0.0), np.where(small, 1.0, x)
    series = sum((-near) ** k / ((k + 1) * (k + 2)) for k in range(12))
    return np.where(small, series, (special.xlog1py(1 + far, far) / far - 1) / far)
