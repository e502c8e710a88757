"""Lists of objects as rectangular arrays, absent ones as NaN, and sums over them."""

from __future__ import annotations

from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

__all__ = ("Momenta", "count_where", "leading", "pad", "total")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Momenta:
    """Momenta of the leading objects of n events, shape (n, count); NaN where there are fewer.

    Attributes:
        pt: Transverse momentum [GeV].
        eta: Pseudorapidity.
        phi: Azimuth [rad].
        energy: Energy [GeV].
    """

    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats


def pad(values: ak.Array, count: int) -> Floats:
    """The first ``count`` values of each event, shape (n, count); NaN where there are fewer.

    Examples:
        >>> pad(ak.Array([[1.0, 2.0, 3.0], [], [4.0]]), 2).tolist()
        [[1.0, 2.0], [nan, nan], [4.0, nan]]
    """
    sizes = np.asarray(ak.num(values))
    first = np.cumsum(sizes) - sizes
    there = np.arange(count) < sizes[:, np.newaxis]
    place = (first[:, np.newaxis] + np.arange(count))[there]
    result = np.full(there.shape, np.nan)
    result[there] = ak.to_numpy(ak.flatten(values))[place]
    return result


def leading(objects: ak.Array, count: int) -> Momenta:
    """Momenta of the first ``count`` objects of each event.

    Args:
        objects: Records with ``pt``, ``eta``, ``phi`` and ``energy``, falling in pt.
        count: How many.
    """
    return Momenta(*(pad(objects[field], count) for field in ("pt", "eta", "phi", "energy")))


def total(values: ak.Array) -> Floats:
    """Sum over each event's list, shape (n,); 0 where it is empty.

    Examples:
        >>> total(ak.Array([[1.0, 2.0], [], [4.0]])).tolist()
        [3.0, 0.0, 4.0]
    """
    sizes = np.asarray(ak.num(values))
    event = np.repeat(np.arange(len(sizes)), sizes)
    return np.bincount(event, ak.to_numpy(ak.flatten(values)), minlength=len(sizes)).astype(float)


def count_where(mask: ak.Array) -> NDArray[np.int16]:
    """Number of true entries of each event's list, shape (n,).

    Examples:
        >>> count_where(ak.Array([[True, False], []])).tolist()
        [1, 0]
    """
    return total(mask).astype(np.int16)
