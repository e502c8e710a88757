"""Peak memory and time of a skim as its input grows.

    python benchmarks/skim_memory.py FILE [WORKERS]

Skims the same ntuple once, four times and sixteen times over, each in a process of its own, and
prints events, seconds and the largest resident memory of the process and of its workers. Memory
should stay flat and time grow in proportion.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

CHILD = """
import json, resource, sys, time
from pathlib import Path
from lepsearch import ntuple, parallel, skim
from lepsearch.source import Source
from lepsearch.workspace import Workspace

path, copies, workers, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
source = Source(
    name="copies", label="", group="", kind="background", release="2020",
    files=(Path(path).resolve(),) * copies, cross_section_pb=1.0,
)
start = time.perf_counter()
with parallel.pool(workers) as pool:
    info = skim.skim(
        source, Workspace(folder, "benchmark"), manifest="", pool=pool, progress=False
    )
seconds = time.perf_counter() - start
peak = max(
    resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
)
events = info["dilepton"].cutflow.steps[0].events
print(json.dumps({"events": events, "seconds": seconds, "peak_mb": peak / 1024}))
"""


def main() -> None:
    """Run the three sizes and print a row each."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    path, workers = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "1"
    print(f"{'events':>12} {'seconds':>9} {'events/s':>10} {'peak [MB]':>10}")
    for copies in (1, 4, 16):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", CHILD, path, str(copies), workers, folder]
            found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        rate = found["events"] / found["seconds"]
        print(
            f"{found['events']:12,} {found['seconds']:9.1f} {rate:10,.0f} {found['peak_mb']:10.0f}"
        )


if __name__ == "__main__":
    main()
