"""Upper limits on a signal, from likelihoods of binned counts that pyhf builds and fits.

A workspace (HistFactory, CERN-OPEN-2012-016, as pyhf's JSON) has a strength ``mu`` of the signal,
and nuisance parameters: one a bin for the size of the simulation, one a source of uncertainty.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyhf
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from lepsearch.errors import InputError

__all__ = ("Channel", "expected_limits", "workspace")

Floats = NDArray[np.float64]
BANDS = (-2, -1, 0, 1, 2)  # standard deviations of what may be observed without a signal
LEVEL = 0.05  # 1 - confidence
MOST = 1e6  # strength up to which a limit is looked for


@dataclass(frozen=True)
class Channel:
    """Expected events in the k bins of a channel; arrays have the shape (k,).

    Attributes:
        signal: Events of the signal at strength 1.
        background: Of each process, events and their statistical errors.
        shifted: By source of uncertainty and process ("signal" for that): events one standard
            deviation down and up.
        relative: By source and process, the relative uncertainty of all its events.
    """

    signal: Floats
    background: Mapping[str, tuple[Floats, Floats]]
    shifted: Mapping[str, Mapping[str, tuple[Floats, Floats]]] = field(default_factory=dict)
    relative: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def workspace(channels: Mapping[str, Channel]) -> dict[str, Any]:
    """The likelihood of some channels as a pyhf workspace that observes the expected background.

    A source of uncertainty of one name is one parameter in all channels and processes. A negative
    sum of weights in a bin of a process counts as none, with its error.

    Raises:
        InputError: A channel has no background in a bin, or no signal in any.
    """
    parts = {name: _samples(name, one) for name, one in channels.items()}
    counts = {
        name: np.sum([one["data"] for one in samples[1:]], axis=0)
        for name, samples in parts.items()
    }
    for name, total in counts.items():
        if not np.all(total > 0):
            msg = (
                f"channel {name!r}: no background in bin {int(np.argmin(total))} of {len(total)}, "
            )
            msg += "so nothing limits a signal there; merge bins"
            raise InputError(msg)
    if not any(np.any(one.signal > 0) for one in channels.values()):
        msg = (
            f"no signal in any bin of the channels {', '.join(channels)}; choose other bins or cuts"
        )
        raise InputError(msg)
    strength = {"name": "mu", "bounds": [[0, MOST]], "inits": [1.0]}
    return {
        "channels": [{"name": name, "samples": samples} for name, samples in parts.items()],
        "observations": [{"name": name, "data": one.tolist()} for name, one in counts.items()],
        "measurements": [{"name": "limit", "config": {"poi": "mu", "parameters": [strength]}}],
        "version": "1.0.0",
    }


def _samples(channel: str, of: Channel) -> list[dict[str, Any]]:
    """The signal and the processes of a channel, as HistFactory has them."""
    nothing = np.zeros(len(of.signal))
    found = []
    for name, (events, error) in {"signal": (of.signal, nothing), **of.background}.items():
        nominal = np.maximum(events, 0.0)
        modifiers: list[dict[str, Any]] = [
            {"name": f"statistics_{channel}", "type": "staterror", "data": error.tolist()}
            if name != "signal"
            else {"name": "mu", "type": "normfactor", "data": None}
        ]
        for source, moved in of.shifted.items():
            low, high = (np.maximum(one, 0.0).tolist() for one in moved.get(name, (nominal,) * 2))
            data = {"lo_data": low, "hi_data": high}
            modifiers.append({"name": source, "type": "histosys", "data": data})
        for source, sizes in of.relative.items():
            if name in sizes:
                data = {"lo": max(1 - sizes[name], 0.01), "hi": 1 + sizes[name]}
                modifiers.append({"name": source, "type": "normsys", "data": data})
        found.append({"name": name, "data": nominal.tolist(), "modifiers": modifiers})
    return found


def expected_limits(made: Mapping[str, Any]) -> Floats:
    r"""Limits at 95 % confidence on the strength of a signal, expected where there is none.

    Where the observation lies N standard deviations above the expected one, CLs (A. Read, J. Phys.
    G 28 (2002) 2693) is 0.05 at the strength with
    :math:`\sqrt{q_A(\mu)} = N + \Phi^{-1}(1 - 0.05\,\Phi(N))`, where :math:`q_A` is the test
    statistic of the Asimov data set (Cowan et al., arXiv:1007.1727, section 4.3). pyhf's own
    ``upper_limit`` solves the same equation with several times the fits.

    Returns:
        The limits for N = -2, -1, 0, 1 and 2, shape (5,).

    Raises:
        InputError: The workspace isn't one, or no limit is below ``MOST``.

    Examples:
        >>> one = np.ones(1)
        >>> made = workspace({"a": Channel(10 * one, {"b": (100 * one, 5 * one)})})
        >>> expected_limits(made).round(2).tolist()
        [1.21, 1.63, 2.3, 3.26, 4.47]
    """
    try:
        with warnings.catch_warnings():  # pyhf 0.7 validates through a deprecated jsonschema call
            warnings.filterwarnings("ignore", "jsonschema.RefResolver", DeprecationWarning)
            model = pyhf.Workspace(made).model()
    except pyhf.exceptions.InvalidSpecification as error:
        msg = f"not a workspace of pyhf: {error}; make it with `workspace`"
        raise InputError(msg) from error
    best = np.array(model.config.suggested_init())
    best[model.config.poi_index] = 0.0
    data = model.expected_data(best)
    at_zero = -2 * float(model.logpdf(best, data)[0])

    @cache
    def root(strength: float) -> float:
        best[model.config.poi_index] = strength  # the others start where the last fit ended
        fit = pyhf.infer.mle.fixed_poi_fit
        best[:], found = fit(strength, data, model, best.tolist(), return_fitted_val=True)
        return float(np.sqrt(max(float(found) - at_zero, 0.0)))

    limits, low = [], 0.0
    for n in BANDS:
        wanted = n + norm.ppf(1 - LEVEL * norm.cdf(n))
        high = 2 * low or 1.0
        while root(high) < wanted:
            low, high = high, 2 * high
            if high > MOST:
                msg = f"no limit on a strength below {MOST:g}; scale the signal up"
                raise InputError(msg)
        low = brentq(lambda x, y=wanted: root(x) - y if x else -y, low, high, rtol=1e-3)
        limits.append(low)
    return np.array(limits)
