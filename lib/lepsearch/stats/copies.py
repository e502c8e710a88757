"""Who is a copy of whom: simulated events may be used several times, each with its own response.

Sums and replicas over original events follow from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError

__all__ = ("original_events", "originals", "per_original", "replicate")


def original_events(sample: ArrayLike, event: ArrayLike) -> NDArray[np.int64]:
    """Which original event each row is a copy of, numbered from 0.

    A row has its sample's code or name, and its event's number, which is unique in a sample only.

    Examples:
        >>> original_events([0, 0, 0, 1], [7, 9, 7, 7]).tolist()
        [0, 1, 0, 2]
    """
    _, codes = np.unique(np.asarray(sample), return_inverse=True)
    _, numbers = np.unique(np.asarray(event), return_inverse=True)
    pairs = codes.ravel().astype(np.int64) * (numbers.max(initial=0) + 1) + numbers.ravel()
    return np.unique(pairs, return_inverse=True)[1].ravel().astype(np.int64)


def originals(table: pd.DataFrame) -> NDArray[np.int64] | None:
    """Which original event each row of a table is a copy of; None where it has no ``event``.

    It is said by ``original``, as from ``Dataset.table``, or by ``event`` and ``sample``, if any.
    """
    if "original" in table or "event" not in table:
        return table["original"].to_numpy() if "original" in table else None
    sample = table["sample"].factorize()[0] if "sample" in table else np.zeros(len(table), int)
    return original_events(sample, table["event"])


def per_original(values: NDArray[np.float64], original: ArrayLike | None) -> NDArray[np.float64]:
    """Sum numbers of events over copies of an event, wherever they stand.

    Without ``original`` there are no copies.

    Raises:
        InputError: There is not an original event for each number.

    Examples:
        >>> per_original(np.array([1.0, 2.0, 3.0]), [7, 9, 7]).tolist()
        [4.0, 2.0]
    """
    if original is None:
        return values
    events = np.asarray(original)
    if events.shape != values.shape:
        msg = f"expected an original event for each of {values.shape} numbers, got {events.shape}"
        raise InputError(msg)
    place = np.unique(events, return_inverse=True)[1]
    return np.bincount(place.ravel(), values).astype(float, copy=False)


def replicate(
    statistic: Callable[[NDArray[np.float64]], Any],
    weight: ArrayLike,
    original: ArrayLike | None = None,
    *,
    replicas: int,
    seed: int,
) -> NDArray[np.float64]:
    """Evaluate a number or an array of numbers in each replica of ``estimate.bootstrap``.

    Returns:
        Shape (replicas, ...).
    """
    weights = np.asarray(weight, dtype=float)
    places = np.arange(len(weights)) if original is None else np.asarray(original)
    _, places = np.unique(places, return_inverse=True)  # of a part of the events: none is unused
    if replicas < 2 or places.shape != weights.shape:
        msg = "bootstrap: expected two replicas or more and an original event for each weight, got "
        msg += f"{replicas} replicas, {places.shape} events and {weights.shape} weights"
        raise InputError(msg)
    rng = np.random.default_rng(seed)
    count = int(places.max(initial=-1)) + 1
    return np.array(
        [statistic(weights * rng.poisson(1.0, count)[places]) for _ in range(replicas)],
        dtype=float,
    )
