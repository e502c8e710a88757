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
    signal strength: yields [events] are then one a bin.

    Examples:
        >>> round(discovery_significance(6, 117, 11.7), 3)
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
