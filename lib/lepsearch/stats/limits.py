"""Upper limits on a signal, from likelihoods of binned counts that pyhf builds and fits.

A workspace (HistFactory, CERN-OPEN-2012-016, as pyhf's JSON) has a strength ``mu`` of the signal,
and nuisance parameters: one a bin for the size of the simulation, one a source of uncertainty.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyhf
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from lepsearch.errors import InputError

__all__ = ("Channel", "Likelihood", "expected_limits", "workspace")

Floats = NDArray[np.float64]
BANDS = (-2, -1, 0, 1, 2)  # standard deviations of what may be observed without a signal
LEVEL = 0.05  # 1 - confidence
MOST = 1e6  # strength up to which a limit is looked for
PRECISION = 1e-4  # relative, of a limit
STEP = 1e-4  # of the parameters, in their widths, for gradients


@dataclass(frozen=True)
class Channel:
    """Expected events in the k bins of a channel; arrays have the shape (k,)."""

    signal: Floats  # events of the signal at strength 1
    background: Mapping[str, tuple[Floats, Floats]]  # of each process, with statistical errors
    # by source of uncertainty and process ("signal" for that), one standard deviation down and up
    shifted: Mapping[str, Mapping[str, tuple[Floats, Floats]]] = field(default_factory=dict)
    # by source and process, the relative uncertainty of all its events
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
            msg = f"channel {name!r}: no background in bin {int(np.argmin(total))} of "
            msg += f"{len(total)}, so nothing limits a signal there; merge bins"
            raise InputError(msg)
    if not any(np.any(one.signal > 0) for one in channels.values()):
        msg = f"no signal in any bin of the channels {', '.join(channels)}; take others, or cuts"
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


class Likelihood:
    """The likelihood of a workspace, fitted.

    pyhf evaluates a batch of points at once, so that a gradient takes about one evaluation; its own
    fits, with one evaluation a parameter, take three times as long.

    Attributes:
        model: pyhf's model.
        names: Its k parameters, ``mu`` among them.
        widths: Standard deviations that parameters are constrained to, shape (k,); 1 of ``mu``.
        data: What would be observed without a signal: counts, and auxiliary measurements.

    Raises:
        InputError: It isn't a workspace.
    """

    def __init__(self, made: Mapping[str, Any]) -> None:
        try:
            with warnings.catch_warnings():  # pyhf 0.7 validates by a deprecated jsonschema call
                warnings.filterwarnings("ignore", "jsonschema.RefResolver", DeprecationWarning)
                parsed = pyhf.Workspace(made)
                self.model = parsed.model(validate=False)  # the whole has been validated
                size = len(self.model.config.par_names) + 1
                self._batch = parsed.model(batch_size=size, validate=False)
        except pyhf.exceptions.InvalidSpecification as error:
            msg = f"not a workspace of pyhf: {error}; make it with `workspace`"
            raise InputError(msg) from error
        self.names = tuple(self.model.config.par_names)
        self._start = np.array(self.model.config.suggested_init())
        self._start[self.names.index("mu")] = 0.0
        config, self.widths = self.model.config, np.ones(size - 1)
        for name in config.auxdata_order:
            self.widths[config.par_slice(name)] = config.param_set(name).width()
        self.data: Floats = np.asarray(self.model.expected_data(self._start))

    def slopes(self, at: Floats, data: Floats) -> tuple[float, Floats]:
        """Minus twice the logarithm of the likelihood, and its gradient by widths, shape (k,)."""
        points = np.vstack([at, at + STEP * np.diag(self.widths)])
        values = -2 * np.asarray(self._batch.logpdf(points, data))
        return float(values[0]), (values[1:] - values[0]) / STEP

    def fit(
        self, data: Floats, start: Floats | None = None, **fixed: float
    ) -> tuple[Floats, float]:
        """Parameters of the largest likelihood, shape (k,), some of them fixed, and -2 log of it.

        Examples:
            >>> one = np.ones(1)
            >>> of = Likelihood(workspace({"a": Channel(10 * one, {"b": (100 * one, 5 * one)})}))
            >>> found, _ = of.fit(of.data + [20, 0])  # 20 events more than expected
            >>> dict(zip(of.names, found.round(3).tolist()))
            {'mu': 2.0, 'statistics_a[0]': 1.0}
        """
        at = np.array(self._start if start is None else start)
        free = ~np.isin(self.names, list(fixed))
        at[~free] = [fixed[name] for name, one in zip(self.names, free, strict=True) if not one]
        widths = self.widths[free]

        def loss(some: Floats) -> tuple[float, Floats]:
            at[free] = some * widths
            value, slope = self.slopes(at, data)
            return value, slope[free]

        bounds = np.array(self.model.config.suggested_bounds())[free] / widths[:, np.newaxis]
        options: Any = {"jac": True, "bounds": bounds, "method": "SLSQP", "options": {"ftol": 1e-9}}
        found = minimize(loss, at[free] / widths, **options)
        at[free] = found.x * widths
        return at, float(found.fun)

    def errors(self, at: Floats, data: Floats) -> Floats:
        """Standard deviations of the parameters at a maximum, from second derivatives, (k,)."""
        sides = [
            [self.slopes(at + sign * one, data)[1] for sign in (0.01, -0.01)]
            for one in np.diag(self.widths)
        ]
        second = np.array([(up - down) / 0.02 for up, down in sides])
        covariance = 2 * np.linalg.pinv((second + second.T) / 2)
        return np.asarray(self.widths * np.sqrt(np.diag(covariance)))

    def toys(self, at: Floats, number: int, seed: int) -> Floats:
        """Pseudo-data of these parameters: counts and auxiliary measurements, (number, values)."""
        random, counted = np.random.default_rng(seed), self.model.config.nmaindata
        mean = np.asarray(self.model.expected_data(at))
        order = self.model.config.auxdata_order
        widths = [self.model.config.param_set(name).width() for name in order]
        counts = random.poisson(mean[:counted], (number, counted))
        measured = random.normal(
            mean[counted:], np.concatenate(widths), (number, len(mean) - counted)
        )
        return np.hstack([counts, measured])

    def test(self, strength: float, data: Floats) -> float:
        """Test statistic of upper limits (arXiv:1007.1727, eq. 16): 0 above that strength."""
        fixed, at_strength = self.fit(data, mu=strength)
        free, best = self.fit(data, fixed)
        above = free[self.names.index("mu")] > strength
        return 0.0 if above else max(at_strength - best, 0.0)


def expected_limits(made: Mapping[str, Any]) -> Floats:
    r"""Limits at 95 % confidence on the strength of a signal, expected where there is none.

    Where the observation lies N standard deviations above the expected one, CLs (A. Read, J. Phys.
    G 28 (2002) 2693) is 0.05 at the strength with
    :math:`\sqrt{q_A(\mu)} = N + \Phi^{-1}(1 - 0.05\,\Phi(N))`, where :math:`q_A` is the test
    statistic of the Asimov data set (Cowan et al., arXiv:1007.1727, section 4.3). pyhf's own
    ``upper_limit`` solves the same equation with many times the fits.

    Returns:
        The limits for N = -2, -1, 0, 1 and 2, shape (5,).

    Raises:
        InputError: The workspace isn't one, no limit is below ``MOST``, or the errors of the
            background are so large that the likelihood has two maxima.

    Examples:
        >>> one = np.ones(1)
        >>> made = workspace({"a": Channel(10 * one, {"b": (100 * one, 5 * one)})})
        >>> expected_limits(made).round(2).tolist()
        [1.21, 1.63, 2.3, 3.26, 4.47]
    """
    of, limits, strength = Likelihood(made), [], 1.0
    best, at_zero = of.fit(of.data, mu=0.0)

    def root(strength: float) -> float:
        best[:], value = of.fit(of.data, best, mu=strength)  # starts where the last fit ended
        return float(np.sqrt(max(value - at_zero, 1e-12)))

    for n in BANDS:
        wanted, power, last = n + norm.ppf(1 - LEVEL * norm.cdf(n)), 1.0, (0.0, 0.0)
        low, high = 0.0, np.inf
        while abs((found := root(strength)) / wanted - 1) > PRECISION:
            low, high = (strength, high) if found < wanted else (low, strength)
            if high < low * (1 + PRECISION / 10):
                msg = f"the likelihood jumps at a strength of {strength:g}; too few events"
                raise InputError(msg)
            if last[0] and found != last[1]:  # the root rises as a power, nearly the first
                power = np.log(found / last[1]) / np.log(strength / last[0])
            last = strength, found
            step = (wanted / found) ** (1 / np.clip(power, 0.3, 3.0))
            strength *= float(np.clip(step, 0.1, 10.0))
            if not low < strength < high:
                strength = (low + high) / 2
            if strength > MOST:
                msg = f"no limit on a strength below {MOST:g}; scale the signal up"
                raise InputError(msg)
        limits.append(strength)
    return np.array(limits)
