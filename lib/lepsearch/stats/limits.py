"""The same counting experiments through pyhf's likelihoods."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyhf
from numpy.typing import ArrayLike

from lepsearch.stats.significance import z_asimov

__all__ = ("discovery_significance", "formula_and_pyhf")


def discovery_significance(s: ArrayLike, b: ArrayLike, sigma_b: ArrayLike = 0.0) -> float:
    r"""Expected significance :math:`\sqrt{q_0}` on the Asimov data set, by pyhf's minimiser.

    An independent calculation of :func:`~lepsearch.stats.significance.z_asimov`, and its
    generalisation to bins or channels, each with its own background uncertainty and all with one
    signal strength.

    Args:
        s: Expected signal, a number or one a bin [events].
        b: Expected background likewise; positive.
        sigma_b: Its absolute uncertainty likewise; 0 in every bin leaves the term out.

    Examples:
        >>> round(discovery_significance(6, 117, 11.7), 3)
        0.372
    """
    signal, background, sigma = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(value, dtype=float)) for value in (s, b, sigma_b))
    )
    uncertainty = {"name": "unknown_background", "type": "shapesys", "data": sigma.tolist()}
    samples = [
        {
            "name": "signal",
            "data": signal.tolist(),
            "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
        },
        {
            "name": "background",
            "data": background.tolist(),
            "modifiers": [uncertainty] if np.any(sigma > 0) else [],
        },
    ]
    # validation only checks the layout written just above, through a deprecated jsonschema call
    model = pyhf.Model(
        {"channels": [{"name": "region", "samples": samples}]}, poi_name="mu", validate=False
    )
    config = model.config
    asimov = model.expected_data(config.suggested_init())
    statistic = pyhf.infer.test_statistics.q0(
        0.0,
        asimov,
        model,
        config.suggested_init(),
        config.suggested_bounds(),
        config.suggested_fixed(),
    )
    return float(np.sqrt(float(statistic)))


def formula_and_pyhf(cases: pd.DataFrame) -> pd.DataFrame:
    """The closed formula and pyhf side by side.

    Args:
        cases: Columns ``signal`` and ``background`` [events] and ``relative``, the uncertainty of
            the background over the background.

    Returns:
        The cases with ``formula``, ``pyhf`` and their ``difference``.
    """
    s, b = cases["signal"], cases["background"]
    sigma_b = cases["relative"] * b
    formula = z_asimov(s, b, sigma_b)
    pyhf_z = [discovery_significance(*case) for case in zip(s, b, sigma_b, strict=True)]
    return cases.assign(formula=formula, pyhf=pyhf_z, difference=formula - np.array(pyhf_z))
