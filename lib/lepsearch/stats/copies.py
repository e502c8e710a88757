"""Who is a copy of whom: simulated events may be used several times, each with its own response.

Sums and replicas over original events follow from it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError

__all__ = ("original_events", "originals", "per_original", "replicate")


def original_events(*identity: ArrayLike) -> NDArray[np.int64]:
    """Which original event each row is a copy of, numbered from 0.

    Rows of one event agree in all that identifies it: sample, run (or campaign) and number.

    Examples:
        >>> original_events(["tt", "tt", "tt", "wz"], [1, 1, 2, 1], [7, 7, 7, 7]).tolist()
        [0, 0, 1, 2]
    """
    rows = pd.DataFrame(dict(enumerate(map(np.asarray, identity))))
    return rows.groupby(list(rows), sort=False, dropna=False).ngroup().to_numpy().astype(np.int64)


def originals(table: pd.DataFrame) -> NDArray[np.int64] | None:
    """Which original event each row of a table is a copy of; None where it has no ``event``.

    It is said by ``original``, as from ``Dataset``, or by ``event`` with ``run`` and ``sample``, if
    there are any.
    """
    if "original" in table or "event" not in table:
        return table["original"].to_numpy() if "original" in table else None
    return original_events(*(table[one] for one in ("sample", "run", "event") if one in table))


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
        [statistic(weights * rng.poisson(1.0, count)[places]) for _ in range(replicas)], dtype=float
    )
