"""Times of several ways to do one thing, for the benchmarks beside this file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

__all__ = ("best_of",)


def best_of(
    ways: Mapping[str, Callable[[], object]],
    turns: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Seconds of the best turn of each, in turn, so that the machine's load hits all alike."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(turns):
        for name, way in ways.items():
            start = clock()
            way()
            best[name] = min(best[name], clock() - start)
    return best
