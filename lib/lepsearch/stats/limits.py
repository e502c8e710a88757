"""Counting experiments through pyhf's likelihoods."""

from __future__ import annotations

import numpy as np
import pyhf
from numpy.typing import ArrayLike

__all__ = ("discovery_significance",)


def discovery_significance(s: ArrayLike, b: ArrayLike, sigma_b: ArrayLike = 0.0) -> float:
    r"""Expected significance :math:`\sqrt{q_0}` on the Asimov data set, by pyhf's minimiser.

    An independent calculation of :func:`~lepsearch.stats.significance.z_asimov`, and its
    generalisation to bins or channels, each with its own background uncertainty and all with one
    signal strength.

    Args:
        s: Expected signal, a number or one a bin [events].
        b: Expected background likewise; positive.
        sigma_b: Its absolute uncertainty likewise.

    Examples:
        >>> round(discovery_significance(6, 117, 11.7), 3)
        0.372
    """
    numbers = (np.atleast_1d(np.asarray(one, dtype=float)) for one in (s, b, sigma_b))
    yields = np.broadcast_arrays(*numbers)
    # pyhf's validation only checks its own layout, through a deprecated jsonschema call
    model = pyhf.simplemodels.uncorrelated_background(
        *(one.tolist() for one in yields), validate=False
    )
    start = model.config.suggested_init()
    statistic = pyhf.infer.test_statistics.q0(
        0.0,
        model.expected_data(start),
        model,
        start,
        model.config.suggested_bounds(),
        model.config.suggested_fixed(),
    )
    return float(np.sqrt(float(statistic)))
