"""Does a grid on two workers take half the time of one? On a stand-in, and on small networks.

    python benchmarks/grid_workers.py [turns] [stand-in|networks]

The stand-in keeps a processor busy for a fixed number of sums, so that its grid shows the cost of
the experiment itself: starting workers, sending tasks, storing scores. The networks show that of
workers that must each import TensorFlow and trace their graphs, too: some seconds, which a grid of
a minute still feels. Where other programs share the processors, wall time does not say what idle
ones would do: the load is printed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from timing import best_of

from lepsearch.events.split import part_of
from lepsearch.learn.architecture import Network
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.measures import auc
from lepsearch.learn.model import Model


@dataclass(frozen=True)
class Busy:
    """A model that keeps one processor busy and learns nothing."""

    sums: int = 60_000_000
    number: int = 0
    seed: int = 0
    history = pd.DataFrame()

    def fit(self, train: LearningSet, validation: LearningSet) -> Busy:
        """Add numbers."""
        total = 0
        for i in range(self.sums):
            total += i % 7
        return self

    def scores(self, events: LearningSet) -> NDArray[np.float32]:
        """One feature."""
        return events.features[:, 0]


def made_up(count: int) -> LearningSet:
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


def grid(
    model: Model, points: Mapping[str, Sequence[Any]], seeds: Sequence[int], workers: int
) -> None:
    """The whole grid, with the start of its workers."""
    with tempfile.TemporaryDirectory() as folder:
        experiment = Experiment(made_up(200_000), model, Path(folder))
        experiment.grid(points, seeds, measure={"auc": auc}, workers=workers)


def main() -> None:
    """Print the best of each, and their ratios."""
    rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
    kinds = {
        "stand-in": (Busy(), {"number": range(24)}, [0]),
        "networks": (
            Network(epochs=100),
            {"neurons": [10, 20, 50, 100], "learning_rate": rates},
            [0, 1, 2],
        ),
    }
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    for name in sys.argv[2:] or kinds:
        ways = {str(workers): partial(grid, *kinds[name], workers) for workers in (1, 2)}
        one, two = best_of(ways, turns).values()
        print(f"{name}: best of {turns}, load {os.getloadavg()[0]:.1f}")
        print(f"  {one:.1f} s and {two:.1f} s, ratio {one / two:.2f}")


if __name__ == "__main__":
    main()
