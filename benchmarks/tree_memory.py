"""Time and memory of ``Trees`` on stored events of growing number, read in pieces.

    python benchmarks/tree_memory.py [ROWS ...]

For each number of rows it stores made-up events (ten features) in a temporary folder, and grows 20
trees of depth six on two threads in a process of its own, with a buffer of 2^20 events. It prints
seconds of training, of processor time in all and a million rows, and two peaks of the process: all
resident memory, with the pages of stored arrays and bins, which the system may take back; and what
belongs to no file. Asked: at most 6 GiB for 20 million rows, and times that grow in proportion.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Literal

import numpy as np

from lepsearch.learn.labelled import PER_EVENT, LearningSet
from lepsearch.learn.trees import Trees

FEATURES, TREES, BUFFER, GIB = 10, 20, 2**20, 2**20  # the last in KiB
NAMES = tuple(f"feature{i}" for i in range(FEATURES))


def piece(first: int, n: int) -> LearningSet:
    """Two overlapping normal distributions, a tenth of one feature absent."""
    random = np.random.default_rng(first)
    label = random.random(n) < 0.3
    features = random.standard_normal((n, FEATURES), dtype=np.float32)
    features[:, :3] += 0.5 * label[:, np.newaxis]
    features[random.random(n) < 0.1, 1] = np.nan
    both, event = ("b", "s"), np.arange(first, first + n)
    sample, part = label.astype(np.int16), np.zeros(n, np.int8)
    return LearningSet(features, NAMES, label, np.ones(n), event, sample, both, both, both, part)


def stored(folder: Path, rows: int, mode: Literal["r", "w+"]) -> LearningSet:
    """So many events as arrays in files."""
    one = piece(0, 1)
    arrays = {
        name: np.memmap(folder / name, values.dtype, mode, shape=(rows, *values.shape[1:]))
        for name in PER_EVENT
        for values in [getattr(one, name)]
    }
    return replace(one, **arrays)


def fill(folder: Path, rows: int) -> None:
    """Write the files."""
    events = stored(folder, rows, "w+")
    for start in range(0, rows, BUFFER):
        made = piece(start, min(BUFFER, rows - start))
        for name in PER_EVENT:
            getattr(events, name)[start : start + len(made)] = getattr(made, name)


def status(name: str) -> int:
    """A line of what the system says of this process [KiB]."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def trained(folder: Path, rows: int) -> tuple[float, float, float, float]:
    """Seconds and processor time of training; peaks of all memory and that of no file [GiB]."""
    train = stored(folder, rows, "r")
    done, anonymous = Event(), [0]

    def watch() -> None:
        while not done.wait(0.05):
            anonymous[0] = max(anonymous[0], status("RssAnon"))

    watcher = Thread(target=watch)
    watcher.start()
    start, used = time.perf_counter(), time.process_time()
    Trees(TREES, patience=TREES, threads=2).fit(train, piece(rows, 100_000), buffer=BUFFER)
    times = time.perf_counter() - start, time.process_time() - used
    done.set()
    watcher.join()
    return *times, status("VmHWM") / GIB, anonymous[0] / GIB


def main() -> None:
    """Print a row for each number of events."""
    heads = ("rows", "[s]", "CPU [s]", "CPU [s / 10^6]", "peak [GiB]", "without files")
    print(" ".join(f"{head:>14}" for head in heads))
    for rows in map(int, sys.argv[1:] or ("100000", "1000000", "10000000", "20000000")):
        with (
            tempfile.TemporaryDirectory() as folder,
            ProcessPoolExecutor(1, get_context("spawn")) as process,
        ):
            fill(Path(folder), rows)
            seconds, used, *peaks = process.submit(trained, Path(folder), rows).result()
        numbers = seconds, used, 1e6 * used / rows, *peaks
        print(f"{rows:14,d}", *(f"{one:14.2f}" for one in numbers), flush=True)


if __name__ == "__main__":
    main()
