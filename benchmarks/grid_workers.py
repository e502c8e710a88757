"""Does a grid on two workers take half the time of one? On a stand-in, and on small networks.

    python benchmarks/grid_workers.py [turns] [stand-in|networks]

The stand-in keeps a processor busy for a fixed number of sums, so that its grid shows the cost of
the grid itself: starting workers, sending tasks, storing rows. The networks show that of workers
that must each import TensorFlow and trace their graphs, too: some seconds, which a grid of a minute
still feels. They have three seeds a point, as the whole grid of chapter 18 has.

Where other programs share the processors, neither wall time nor time of the processors says what
idle ones would do. The same points on bare processes (``multiprocessing``), in turn with the grids,
show what the machine has to give at that moment; the load is printed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from lepsearch.events.split import part_of
from lepsearch.learn import tuning
from lepsearch.learn.labelled import LearningSet
from lepsearch.stats.roc import auc

WORKERS = (1, 2)
Trainable = Callable[..., Mapping[str, float]]
Points = Mapping[str, Sequence[Any]]


def busy(sums: int, *, number: int, seed: int) -> dict[str, float]:
    """Keep one processor busy."""
    total = float(number + seed)
    for i in range(sums):
        total += i % 7
    return {"total": total}


def events(count: int) -> LearningSet:
    """Two overlapping classes in eight features."""
    rng = np.random.default_rng(1)
    label = rng.random(count) < 0.5
    number = np.arange(count, dtype=np.uint64)
    return LearningSet(
        features=rng.normal(0.4 * label[:, None], 1, (count, 8)).astype(np.float32),
        names=tuple(f"x{i}" for i in range(8)), label=label, weight=np.ones(count), event=number,
        sample=np.zeros(count, np.int16), sample_names=("toy",), sample_groups=("toy",),
        processes=("toy",), part=part_of("toy", number),
    )  # fmt: skip


def network(
    train_set: LearningSet, validation_set: LearningSet, *, neurons: int, rate: float, seed: int
) -> Mapping[str, float]:
    """Train a small network."""
    from lepsearch.learn import networks

    wanted = networks.Network(neurons=neurons, learning_rate=rate, epochs=100, seed=seed)
    trained = networks.train(wanted, train_set, validation_set)
    scores = networks.scores(trained.model, validation_set.features)
    area = auc(scores, validation_set.label, validation_set.weight)
    return {"auc": area.value, "auc_error": area.error}


def with_grid(trainable: Trainable, points: Points, seeds: Sequence[int], workers: int) -> None:
    """The whole grid, with the start of its workers."""
    with tempfile.TemporaryDirectory() as folder:
        tuning.grid(
            trainable, points, Path(folder) / "grid", digest="", workers=workers, seeds=seeds
        )


def bare(trainable: Trainable, points: Points, seeds: Sequence[int], workers: int) -> None:
    """The same points without a grid."""
    every = product(*points.values(), seeds)
    tasks = [dict(zip((*points, "seed"), values, strict=True)) for values in every]
    if workers == 1:
        for task in tasks:
            trainable(**task)
        return
    with get_context("spawn").Pool(workers) as processes:
        running = [processes.apply_async(trainable, (), task) for task in tasks]
        for one in running:
            one.get()


def main() -> None:
    """Print the best of each, and their ratios."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    toy = events(200_000)
    kinds: dict[str, tuple[Trainable, Points, Sequence[int]]] = {
        "stand-in": (partial(busy, 60_000_000), {"number": range(24)}, [0]),
        "networks": (
            partial(network, toy.of("train"), toy.of("validation")),
            {"neurons": [10, 20, 50, 100], "rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]},
            [0, 1, 2],
        ),
    }
    for name in sys.argv[2:] or kinds:
        best: dict[tuple[str, int], float] = {}
        for _, way, workers in product(range(turns), (with_grid, bare), WORKERS):
            start = time.perf_counter()
            way(*kinds[name], workers)
            key = way.__name__, workers
            best[key] = min(best.get(key, np.inf), time.perf_counter() - start)
        print(f"{name}: best of {turns}, load {os.getloadavg()[0]:.1f}")
        for way in (with_grid, bare):
            one, two = (best[way.__name__, workers] for workers in WORKERS)
            print(f"  {way.__name__:9}: {one:.1f} s and {two:.1f} s, ratio {one / two:.2f}")


if __name__ == "__main__":
    main()
