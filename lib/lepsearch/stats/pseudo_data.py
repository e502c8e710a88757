"""Pseudo-data: what recorded events might look like if the simulation were true.

Drawing whole simulated events would not do: with weights above one, an event would have to be drawn
several times, and its copies would be no independent measurements. So each histogram is drawn bin
by bin. Two histograms of pseudo-data are therefore not made of the same events, and their numbers
of entries differ as those of two experiments do.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.stats.expectation import Simulated

__all__ = ("draw", "generator", "truth")


def generator(seed: int, name: str) -> np.random.Generator:
    """Random numbers that depend on the seed and a name only, not on the order of the calls."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def truth(simulated: Simulated, rng: np.random.Generator) -> Simulated:
    """A truth that the simulation is an estimate of.

    Recorded events do not come from our finite sample. Each original event counts a Poisson number
    of times with mean one (a bootstrap), which moves every histogram within the statistical
    error of the simulation, all of them together.

    Args:
        simulated: The simulation.
        rng: Random numbers.
    """
    return simulated.reweighted(rng.poisson(1.0, simulated.originals).astype(float))


def draw(expected: ArrayLike, rng: np.random.Generator) -> NDArray[np.int64]:
    """Poisson counts; a bin that negative weights make negative has none.

    Args:
        expected: Expected events of each bin, shape (k,).
        rng: Random numbers.
    """
    counts: NDArray[np.int64] = rng.poisson(np.maximum(np.asarray(expected, dtype=float), 0.0))
    return counts
