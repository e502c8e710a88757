"""Time of a simulation beside that of Pythia's own event loop, and the memory it takes.

    python benchmarks/simulation_speed.py [EVENTS] [PROCESS...]

Both run on the same Pythia object, so with the same settings, in turns of one chunk as a sample has
them: a loop over `pythia.next()` that does nothing with the events, then generation, conversion,
detector response and columns. CPU time of one process; the ratio is the median of the turns', with
half of their middle half over the root of their number as its error, since a shared machine
disturbs single turns; the target is at most 1.15. The last column is the largest resident memory
[MB] of a process that simulates nothing else; the target is 500.

Merged samples have no loop of their own to compare with and are left out.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from lepsearch.simulate.ntuple_writer import columns
from lepsearch.simulate.particles import EventView, view_events
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.response import measure
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.sample import CHUNK

PROCESSES = ("ttbar_2l", "wz_3l", "zll_jet", "ztautau_jet", "w_jet", "tw_2l", "dark_higgs")
PARAMETERS = {"dark_higgs": {"sector": "heavy", "mass": 130}}


def compare(name: str, events: int) -> str:
    """Times of both ways [ms an event], their ratio with its error, and memory, as a row."""
    process = find_process(name, PARAMETERS.get(name))
    generator, rng, table = Generator(process, 1), np.random.default_rng(1), Response()

    def bare() -> None:
        made = 0
        while made < CHUNK:
            made += generator.pythia.next()

    def ours() -> None:
        least = process.treatment.min_leptons
        batches = generator.batches(CHUNK)
        views = [view_events(one, generator.kinds, rng, table, least) for one in batches]
        columns(measure(EventView.joined(views), rng, table, process.treatment), 1)

    def seconds(way: Callable[[], None]) -> float:
        start = time.process_time()
        way()
        return time.process_time() - start

    seconds(ours)  # imports and first calls
    turns = []
    for turn in range(max(4, events // CHUNK)):
        found = {way: seconds(way) for way in ((bare, ours) if turn % 2 else (ours, bare))}
        turns.append((found[bare], found[ours]))
    times = 1e3 * np.mean(turns, axis=0) / CHUNK
    low, middle, high = np.quantile([b / a for a, b in turns], (0.25, 0.5, 0.75))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    error = (high - low) / 2 / len(turns) ** 0.5
    return f"{name:14} {times[0]:8.3f} {times[1]:8.3f} {middle:6.3f} +- {error:.3f} {peak:6.0f}"


if __name__ == "__main__":
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    print(f"{events} events each way; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'process':14} {'bare':>8} {'ours':>8} {'ratio':>14} {'peak':>6}")
    for name in sys.argv[2:] or PROCESSES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            print(alone.submit(compare, name, events).result(), flush=True)
