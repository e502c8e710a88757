"""Events a second that two workers make beside one.

    python benchmarks/throughput.py [EVENTS] [PROCESS] [TURNS]

Makes the same sample with one worker and with two, in turns, start of the workers and writing of
the file included, and prints the best of each: whatever else the machine does can only make a run
slower. The target is a ratio of at least 1.8 on two cores that nothing else uses.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from timing import best_of

from lepsearch.data.source import Simulation
from lepsearch.simulate.sample import CHUNK, Request, simulate_samples


def make(sample: Simulation, workers: int) -> None:
    """Simulate into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        list(simulate_samples([Request(Path(folder, "sample.root"), sample)], workers=workers))


if __name__ == "__main__":
    events, process, turns = (*sys.argv[1:], *(16 * CHUNK, "ttbar_2l", 2)[len(sys.argv) - 1 :])
    sample = Simulation(str(process), int(events), 1)
    best = best_of({str(n): partial(make, sample, n) for n in (1, 2)}, int(turns))
    for workers, seconds in best.items():
        print(f"{workers} workers: {seconds:.1f} s, {sample.events / seconds:,.0f} events/s")
    print(f"two workers over one: {best['1'] / best['2']:.2f}")
