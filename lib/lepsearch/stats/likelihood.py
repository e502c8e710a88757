"""The likelihood of a counting experiment whose background is measured, away from its maximum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError

__all__ = ("profile_loss",)

Floats = NDArray[np.float64]


def profile_loss(strength: ArrayLike, s: float, b: float, sigma_b: float) -> Floats:
    r"""Twice the loss of log-likelihood at a signal strength, the background fitted again there.

    On the Asimov data set of the on/off problem (see :mod:`lepsearch.stats.significance`): counts
    :math:`n = s + b` and :math:`m = \tau b` with :math:`\tau = b/\sigma_b^2`. At the strength
    :math:`\mu` the derivative of :math:`n\ln(\mu s + B) - \mu s + m\ln B - (1 + \tau)B` vanishes at
    the larger root of :math:`(1+\tau)B^2 + [(1+\tau)\mu s - n - m]B - m\mu s = 0`. The loss is 0 at
    strength 1, and the square of :func:`~lepsearch.stats.significance.z_asimov` at 0.

    Args:
        strength: Signal strengths; such that ``strength * s + b`` is positive.
        s: Expected signal [events].
        b: Expected background [events].
        sigma_b: Its absolute uncertainty [events].

    Raises:
        InputError: A yield or the uncertainty is not positive, or the strength leaves no events.

    Examples:
        >>> profile_loss([0, 1], 6, 117, 11.7).round(4).tolist()
        [0.1382, 0.0]
    """
    signal = np.asarray(strength, dtype=float) * s
    if not (s > 0 and b > 0 and sigma_b > 0 and np.all(signal + b > 0)):
        msg = (
            "expected a positive signal, background and uncertainty, and strengths that leave a "
            f"positive sum, got s = {s}, b = {b}, sigma_b = {sigma_b}"
        )
        raise InputError(msg)
    tau = b / sigma_b**2
    n, m = s + b, tau * b
    linear = (1 + tau) * signal - n - m
    root = np.sqrt(linear**2 + 4 * (1 + tau) * m * signal)
    background = (root - linear) / (2 * (1 + tau))
    here = n * np.log((signal + background) / n) + m * np.log(background / b)
    return np.asarray(2 * (signal - s + (1 + tau) * (background - b) - here))
