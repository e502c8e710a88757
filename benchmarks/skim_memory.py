"""Peak memory and time of a skim as its input grows.

    python benchmarks/skim_memory.py WORKERS FILE[*COPIES]...

Skims each ntuple, as many times over as said, in a process of its own, and prints events, seconds,
seconds of the processor and the largest resident memory of the process, whose threads the workers
are. Memory should stay flat and time grow in proportion. ``benchmarks/skim_ntuple.py`` makes files
of any size, so from ten thousand to ten million events:

    python benchmarks/skim_memory.py 2 mix10k.root mix200k.root mix2m.root 'mix2m.root*5'
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

CHILD = """
import json, resource, sys, time
from pathlib import Path
from lepsearch import parallel
from lepsearch.events import reader, skim
from lepsearch.data.source import Source
from lepsearch.workspace import Workspace

path, copies, workers, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
source = Source(
    name="copies", label="", group="", kind="background", release="2020",
    files=(Path(path).resolve(),) * copies, cross_section_pb=1.0,
)
start = time.perf_counter()
with parallel.pool(workers, threads=True) as pool:
    info = skim.skim(
        source, Workspace(folder, "benchmark"), manifest="", pool=pool
    )
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
events = info["dilepton"].cutflow.steps[0].events
cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(json.dumps({"events": events, "seconds": seconds, "cpu": cpu, "peak_mb": peak}))
"""


def main() -> None:
    """Run each size and print a row."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print(f"{'events':>12} {'seconds':>9} {'processor':>9} {'peak [MB]':>10}")
    for argument in sys.argv[2:]:
        path, _, copies = argument.partition("*")
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", CHILD, path, copies or "1", sys.argv[1], folder]
            found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        events, seconds, cpu, peak = (found[k] for k in ("events", "seconds", "cpu", "peak_mb"))
        print(f"{events:12,} {seconds:9.1f} {cpu:9.1f} {peak:10.0f}", flush=True)


if __name__ == "__main__":
    main()
