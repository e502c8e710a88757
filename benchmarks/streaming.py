"""Training from arrays on disk beside training in memory: throughput and memory.

    python benchmarks/streaming.py [PROFILE] [ROWS ...]

Repeats the skims of a profile (``smoke`` by default) until they have so many rows (a million and
ten million by default), with event numbers of their own, in a temporary folder, and trains one
hidden layer of 100 neurons on them, and five (thesis B's best), each way in a process of its own.
Prints the rows of the training part that are stored and that an epoch treats each second, and the
largest resident memory, once the libraries are imported and at the end; pages of the files that the
system would give up when memory is short count in it. Asked: a stream at least 0.8 times as fast as
memory. What else the machine does changes the ratio, since the stream is read on a core of its own;
run it on a quiet one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lepsearch.events.dataset import Dataset
from lepsearch.workspace import Workspace, project_root

SIGNAL = "dh_hds_130"
ROW_GROUP = 50_000
IN_MEMORY_MOST = 2_000_000  # rows

CHILD = """
import json, resource, sys, time
from pathlib import Path
from lepsearch.events.dataset import Dataset
from lepsearch.learn import networks
from lepsearch.learn.learning import BUFFER, WITHOUT_JETS, learning_set, stored

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

profile, signal, streamed = sys.argv[1], sys.argv[2], sys.argv[3] == "stream"
layers = int(sys.argv[4])
dataset = Dataset.open(profile)
folder, size = Path(sys.argv[5]), 2**14

def on_disk(part):
    return stored(dataset, [signal], folder, part=part, features=WITHOUT_JETS)

validation = next(on_disk("validation").batches(size, 1))
before = peak()
if not streamed:
    train = learning_set(dataset, [signal], features=WITHOUT_JETS).of("train")

def seconds(epochs):
    network = networks.Network(layers=layers, batch_size=size, epochs=epochs, patience=epochs)
    start = time.perf_counter()
    networks.train(network, train, validation, buffer=BUFFER if streamed else None)
    return time.perf_counter() - start

start = time.perf_counter()
if streamed:
    train = on_disk("train")
rows, first = len(train), time.perf_counter() - start
seconds(1)
one, three = seconds(1), seconds(3)
print(json.dumps({
    "rate": 2 * rows / (three - one), "first": rows / first if streamed else None,
    "before": before, "peak": peak(),
}))
"""


def repeat(source: Path, target: Path, times: int) -> int:
    """Write a skim so many times over; gives the number of rows."""
    file = pq.ParquetFile(source)
    table = file.read()
    numbers = table.column("original").to_numpy()
    step, place = int(numbers.max(initial=0)) + 1, table.schema.get_field_index("original")
    target.parent.mkdir(parents=True, exist_ok=True)
    per_group = max(1, ROW_GROUP // max(len(table), 1))
    with pq.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer:
        for start in range(0, times, per_group):
            copies = range(start, min(start + per_group, times))
            events = np.concatenate([numbers + i * step for i in copies])
            group = pa.concat_tables([table] * len(copies))
            writer.write_table(group.set_column(place, table.schema.field(place), pa.array(events)))
        writer.add_key_value_metadata({b"lepsearch": file.metadata.metadata[b"lepsearch"]})
    return times * len(table)


def enlarge(dataset: Dataset, root: Path, rows: int) -> int:
    """Make a project with the profile's skims repeated to about so many rows."""
    for name in ("data_manifest.yaml", "open_data"):
        (root / name).symlink_to(project_root() / name)
    large = Workspace(root, dataset.workspace.profile)
    skims = {name: dataset.workspace.skim("dilepton", name) for name in dataset.chosen([SIGNAL])}
    present = sum(pq.read_metadata(path).num_rows for path in skims.values())
    times = max(1, round(rows / present))
    return sum(repeat(path, large.skim("dilepton", name), times) for name, path in skims.items())


def main() -> None:
    """Print a row for each size and way."""
    profile = sys.argv[1] if len(sys.argv) > 1 else "smoke"
    sizes = [int(one) for one in sys.argv[2:]] or [10**6, 10**7]
    dataset = Dataset.open(profile)
    print("        rows layers      way      first/s       rows/s  before [MB]  peak [MB]")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows = enlarge(dataset, Path(folder), size)
            large = rows > IN_MEMORY_MOST  # where only memory is asked for
            for layers in (1,) if large else (1, 5):
                rates = {}
                for way in ("stream",) if large else ("memory", "stream"):
                    child = [sys.executable, "-c", CHILD, profile, SIGNAL, way, str(layers)]
                    found = json.loads(subprocess.check_output([*child, "stored"], cwd=folder))
                    rates[way] = found["rate"]
                    memory = f"{found['before']:12,.0f} {found['peak']:10,.0f}"
                    first = f"{found['first']:,.0f}" if found["first"] else "-"
                    rate = f"{first:>12} {found['rate']:12,.0f}"
                    print(f"{rows:12,} {layers:6} {way:>8} {rate} {memory}", flush=True)
                if len(rates) == 2:
                    ratio = rates["stream"] / rates["memory"]
                    print(f"stream over memory: {ratio:.2f} (asked: 0.8)", flush=True)


if __name__ == "__main__":
    main()
