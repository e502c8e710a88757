"""Effective Z -> ll events at high missing momentum that a minute of one core gives.

    python benchmarks/effective_events.py [EVENTS] [PROCESS...]

Two tight, isolated leptons and missing momentum above 50 GeV, which in these events is the
detector's alone. Each process is made with one measurement an event and with its own number of
copies; copies of an event count as one (`Estimate.effective`). The target is 300.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from lepsearch.simulate.arrays import count
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.response import MeasuredEvents, respond
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.umeps import event_source
from lepsearch.stats.estimate import sum_weights

MISSING_PT, ISOLATED = 50.0, Response.isolation
COPIES = 20  # for processes that ask for none


def selected(events: MeasuredEvents) -> np.ndarray:
    """Mask of the events with two signal leptons and much missing momentum."""
    leptons = events.leptons
    good = leptons.tight & (leptons.track_cone < ISOLATED * leptons.pt)
    good &= leptons.calorimeter_cone < ISOLATED * leptons.pt
    two = count(leptons.event[good], len(events.place)) == 2
    return two & (events.missing_pt > MISSING_PT)


def measure(name: str, events: int, treatment: Treatment) -> tuple[float, int, float]:
    """Effective size, events selected and CPU time [s]."""
    generator, rng = event_source(find_process(name), 1), np.random.default_rng(1)
    weights, numbers, first = [], [], 0
    start = time.process_time()
    for particles in generator.batches(events):
        made = respond(particles, generator.kinds, rng, Response(), treatment)
        chosen = selected(made)
        weights.append(made.weight[chosen])
        numbers.append(first + made.place[chosen])
        first += len(particles.weight)
    spent = time.process_time() - start
    weight, number = np.concatenate(weights), np.concatenate(numbers)
    table = pd.DataFrame({"weight": weight, "event": number})
    return sum_weights(table).effective, len(weight), spent


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"{'process':12} {'copies':>6} {'selected':>8} {'effective':>9} {'per CPU minute':>14}")
    for name in sys.argv[2:] or ("zll_jet", "zll_umeps"):
        own = find_process(name).treatment
        copied = own if own.resmear > 1 else replace(own, resmear=COPIES)
        for treatment in (replace(own, resmear=1), copied):
            size, raw, spent = measure(name, events, treatment)
            rate = 60 * size / spent
            print(f"{name:12} {treatment.resmear:6} {raw:8} {size:9.0f} {rate:14.0f}", flush=True)


if __name__ == "__main__":
    main()
