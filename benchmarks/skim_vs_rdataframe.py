"""A skim beside the same selection and features with ROOT's RDataFrame.

    python -m venv rootenv && rootenv/bin/pip install root
    python benchmarks/skim_ntuple.py mix.root 2000000 build/embedded/ntuples/*.root
    python benchmarks/skim_vs_rdataframe.py mix.root rootenv/bin/python [TURNS] [WORKERS]

Both read the needed branches of the same file, select the dilepton region and compute every
feature of the dilepton table, m_T2 included (for RDataFrame the C++ of the package ``mt2``), with
as many threads as workers. Nothing is written: RDataFrame sums each feature, ours makes the table
and the cutflow. They run in turns and the best of each counts, since whatever else the machine
does only makes a run slower; seconds of the processor stand beside those of the clock, and on a
busy machine say more. Fails if the numbers of events differ, or a sum by more than 1e-4.

Ours starts its threads within the measured time. RDataFrame's event loop is timed by ROOT itself;
with compilation it is everything from the declaration of the C++ helpers on. Neither counts the
import of its libraries, and both read a file that the operating system has in memory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from lepsearch import parallel
from lepsearch.events import reader
from lepsearch.events.features import feature_table
from lepsearch.events.selection import select
from lepsearch.events.skim import Piece

LOOP = re.compile(r"Finished event loop number 0 \(([\d.]+)s CPU, ([\d.]+)s elapsed\)")


def one(piece: Piece) -> dict[str, np.ndarray]:
    """The table of a range of entries."""
    events = reader.read(**vars(piece))
    return feature_table(select(events, "dilepton")[0], "dilepton")


def ours(path: Path, workers: int) -> tuple[dict[str, float], float, float]:
    """Sums of all features, and seconds of the clock and of the processor."""
    start, cpu = time.perf_counter(), time.process_time()
    pieces = [
        Piece(path, "2020", True, first, stop)
        for first, stop in reader.ranges(path, "2020", simulated=True)
    ]
    with parallel.pool(workers, threads=True) as pool:
        tables = list(pool(one, pieces))
    seconds = time.perf_counter() - start, time.process_time() - cpu
    sums = {
        name: float(sum(np.nansum(table[name], dtype=float) for table in tables))
        for name in tables[0]
    }
    return {**sums, "events": sum(len(table["event"]) for table in tables)}, *seconds


def rdataframe(path: Path, python: str, threads: int) -> tuple[dict[str, float], list[float]]:
    """The same sums, and seconds: clock and processor of the event loop, and clock of it all."""
    (headers,) = find_spec("_mt2").submodule_search_locations
    script = Path(__file__).with_name("rdataframe_skim.py")
    command = [python, "-W", "ignore", script, path, str(threads), headers]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(run.stdout)
    cpu, clock = map(float, LOOP.search(run.stderr).groups())
    return found["sums"], [clock, cpu, found["seconds"]]


def compare(mine: dict[str, float], theirs: dict[str, float]) -> None:
    """Fail where the two differ; sums that cancel are compared with their number of events."""
    shared = sorted(mine.keys() & theirs.keys())
    for name in shared:
        exact = name in ("events", "event")
        scale = max(abs(theirs[name]), 0.0 if exact else theirs["events"])
        if abs(mine[name] - theirs[name]) > (0 if exact else 1e-4) * scale:
            sys.exit(f"{name}: {mine[name]:.8g} here, {theirs[name]:.8g} with RDataFrame")
    print(f"{mine['events']:,.0f} events pass in both, whose numbers and {len(shared)} sums agree")
    if missing := mine.keys() ^ theirs.keys():
        print(f"not compared: {', '.join(sorted(missing))}")


def main() -> None:
    """Run both in turns and print rates and ratios."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    path, python = Path(sys.argv[1]), sys.argv[2]
    turns, workers = (int(x) for x in (*sys.argv[3:], *("3", "2")[len(sys.argv) - 3 :]))
    entries = reader.ranges(path, "2020", simulated=True)[-1][1]
    print(f"{entries:,} events, {workers} workers")
    best = [np.inf] * 5
    for turn in range(turns):
        mine, *seconds = ours(path, workers)
        theirs, more = rdataframe(path, python, workers)
        if turn == 0:
            compare(mine, theirs)
        best = [min(pair) for pair in zip(best, [*seconds, *more], strict=True)]
        told = "; ".join(f"{x:.2f}" for x in (*seconds, *more))
        print(f"  seconds {told} (load {os.getloadavg()[0]:.1f})", flush=True)
    clock, cpu, loop, loop_cpu, whole = best
    print(f"ours                    {entries / clock:10,.0f} events/s, {cpu:6.2f} s of processor")
    print(
        f"RDataFrame, its loop    {entries / loop:10,.0f} events/s, {loop_cpu:6.2f} s of processor"
    )
    print(f"RDataFrame, compilation {entries / whole:10,.0f} events/s")
    print(
        f"ours over RDataFrame: {loop / clock:.2f} by the clock, {loop_cpu / cpu:.2f} by processor"
    )
    print(f"ours over RDataFrame with its compilation: {whole / clock:.2f}")


if __name__ == "__main__":
    main()
