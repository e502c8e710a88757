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

from lepsearch.simulate.ntuple_writer import make_chunk
from lepsearch.simulate.process import Process
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.response_table import Response
from lepsearch.stats.estimate import sum_weights

MISSING_PT = 50_000.0  # MeV
COPIES = 20  # for processes that ask for none


def measure(process: Process, events: int) -> tuple[float, int, float]:
    """Effective size, events selected and CPU time [s]."""
    start = time.process_time()
    made = make_chunk(process, 1, 0, 1, events).columns
    spent = time.process_time() - start
    lepton, good = made.lep, made.lep.isTightID
    for cone in ("ptcone30", "etcone20"):
        good = good & (lepton[cone] < Response.isolation * lepton["pt"])
    chosen = made[(np.sum(good, axis=1) == 2) & (made.met_et > MISSING_PT)]
    table = pd.DataFrame({"weight": chosen.mcWeight, "event": chosen.eventNumber})
    return sum_weights(table).effective, len(table), spent


if __name__ == "__main__":
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"{'process':12} {'copies':>6} {'selected':>8} {'effective':>9} {'per CPU minute':>14}")
    for name in sys.argv[2:] or ("zll_jet", "zll_umeps"):
        process = find_process(name)
        own = process.treatment.resmear
        for copies in (1, own if own > 1 else COPIES):
            treatment = replace(process.treatment, resmear=copies)
            size, raw, spent = measure(replace(process, treatment=treatment), events)
            print(f"{name:12} {copies:6} {raw:8} {size:9.0f} {60 * size / spent:14.0f}", flush=True)
