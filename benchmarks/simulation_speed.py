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

import json
import os
import subprocess
import sys

CHILD = """
import json, resource, sys, time
import numpy as np
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.ntuple_writer import columns
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.response import measure
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.sample import CHUNK
from lepsearch.simulate.particles import EventView, view_events

name, parameters, events = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
process = find_process(name, parameters)
generator, treatment = Generator(process, 1), process.treatment
rng, table = np.random.default_rng(1), Response()

def bare():
    pythia, made = generator.pythia, 0
    while made < CHUNK:
        made += pythia.next()

def ours():
    view = EventView.joined([
        view_events(particles, generator.kinds, rng, table, treatment.min_leptons)
        for particles in generator.batches(CHUNK)
    ])
    columns(measure(view, rng, table, treatment), 1)

def seconds(what):
    start = time.process_time()
    what()
    return time.process_time() - start

seconds(ours)  # imports and first calls
turns = []
for turn in range(max(4, events // CHUNK)):
    pair = (bare, ours) if turn % 2 else (ours, bare)
    found = {what.__name__: seconds(what) for what in pair}
    turns.append((found["bare"], found["ours"]))
bare_s, ours_s = np.sum(turns, axis=0) / (len(turns) * CHUNK)
low, middle, high = np.quantile([b / a for a, b in turns], (0.25, 0.5, 0.75))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
error = (high - low) / 2 / len(turns)**0.5
print(json.dumps(dict(bare=1e3 * bare_s, ours=1e3 * ours_s, ratio=middle, error=error, peak=peak)))
"""
PROCESSES = ("ttbar_2l", "wz_3l", "zll_jet", "ztautau_jet", "w_jet", "tw_2l", "dark_higgs")
PARAMETERS = {"dark_higgs": {"sector": "heavy", "mass": 130}}


def main() -> None:
    """Run each process in an interpreter of its own and print a row."""
    events = sys.argv[1] if len(sys.argv) > 1 else "30000"
    print(f"{events} events each way; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'process':14} {'bare':>8} {'ours':>8} {'ratio':>14} {'peak':>6}")
    for name in sys.argv[2:] or PROCESSES:
        command = [sys.executable, "-c", CHILD, name, json.dumps(PARAMETERS.get(name, {})), events]
        run = subprocess.run(command, check=True, capture_output=True)
        one = json.loads(run.stdout.splitlines()[-1])
        ratio = f"{one['ratio']:6.3f} +- {one['error']:.3f}"
        print(
            f"{name:14} {one['bare']:8.3f} {one['ours']:8.3f} {ratio} {one['peak']:6.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
