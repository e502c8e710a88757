"""Training, validation and test part of each event, by a hash of its identity.

An event's part follows from its sample, its run (or campaign) and its number alone: it is the same
in every chapter and stays as it is when samples grow. Copies of one simulated event share them, so
none of them is tested on what another has taught.
"""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import one_of

__all__ = ("FRACTIONS", "PARTS", "mix", "part_index", "part_of")

PARTS: Final = ("train", "validation", "test")
FRACTIONS: Final = {"train": 0.6, "validation": 0.2, "test": 0.2}


def part_index(part: str) -> int:
    """Code of a part in the arrays of :func:`part_of`.

    Raises:
        InputError: There is no such part.

    Examples:
        >>> part_index("validation")
        1
    """
    return PARTS.index(one_of("part", part, PARTS))


def mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Splitmix64's output function: neighbouring numbers come out unrelated.

    Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    with np.errstate(over="ignore"):  # arithmetic modulo 2^64 is meant
        mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def part_of(
    sample: str, event: ArrayLike, run: ArrayLike = 0, *, train_share: float = 1.0
) -> NDArray[np.int8]:
    """Part that each event of a sample belongs to, by its number and run: indices into ``PARTS``.

    A training event beyond this share of the training part has -1; the other parts stay whole.

    Examples:
        >>> part_of("ttbar_2l", [7, 7, 8, 9]).tolist()
        [1, 1, 0, 0]
    """
    name = int.from_bytes(hashlib.sha256(sample.encode()).digest()[:8], "little")
    first = mix(np.atleast_1d(run).astype(np.uint64) ^ np.uint64(name))
    mixed = mix(np.asarray(event).astype(np.uint64) ^ first)
    uniform = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    edges = np.cumsum([FRACTIONS[name] for name in PARTS[:-1]])
    part = np.searchsorted(edges, uniform, side="right").astype(np.int8)
    return np.where((part == 0) & (uniform >= edges[0] * train_share), np.int8(-1), part)
