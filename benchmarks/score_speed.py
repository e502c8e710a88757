"""Scores a second of every model of background, streamed, and the memory that it takes.

    TF_NUM_INTRAOP_THREADS=2 python benchmarks/score_speed.py [EVENTS] [TRAINING_EVENTS]

Events come in pieces of 65,536, as from a dataset: three leptons, their missing momentum and up to
two jets. Autoencoders have their matrices (the final thesis A's layout), made piece by piece and
counted; other models have the nine energies and angles of the leptons and the missing momentum. A
model's own time is asked to be below 60 s for a million events on two cores, and the largest memory
of the process to be the same after the last piece as after the third. For each model it prints that
time and the processors' for a million events, and how much the largest memory grew.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from lepsearch.learn.autoencoders import Autoencoder
from lepsearch.learn.combined import Combined
from lepsearch.learn.densities import Density
from lepsearch.learn.flows import DeepSVDD, Flow
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.matrices import Matrices
from lepsearch.learn.tails import Tails
from lepsearch.rmm.layout import T4N5

PIECE = 2**16
MATRICES = Matrices(T4N5)
PLAIN = ("met", *(f"lep{i}{part}" for i in (1, 2, 3) for part in ("pt", "eta")))
ENERGIES = ("met", "lep1pt", "lep2pt", "lep3pt")


def made_up(n: int, seed: int) -> LearningSet:
    """Background with the columns that matrices are made of."""
    rng, names = np.random.default_rng(seed), MATRICES.columns
    values = dict.fromkeys(names, np.full(n, np.nan))
    values |= {"met": rng.exponential(40, n), "metphi": rng.uniform(-3, 3, n)}
    there = rng.integers(0, 3, n)
    for kind, number in (("lep", 3), ("ljet", 2)):
        pt = 20 - np.sort(-rng.exponential(40, (n, number)), axis=1)
        for i in range(number):
            parts = {"pt": pt[:, i], "eta": rng.normal(0, 1.2, n), "phi": rng.uniform(-3, 3, n)}
            parts |= {"flavour": rng.choice([11, 13], n)} if kind == "lep" else {"m": pt[:, i] / 8}
            absent = (kind == "ljet") & (there <= i)
            values |= {
                f"{kind}{i + 1}{part}": np.where(absent, np.nan, one) for part, one in parts.items()
            }
    return LearningSet(
        np.column_stack([values[name] for name in names]).astype(np.float32), names,
        np.zeros(n, bool), np.ones(n), np.arange(n), np.zeros(n, np.int16), ("b",), ("b",), ("b",),
        np.zeros(n, np.int8),
    )  # fmt: skip


def pieces(number: int) -> Iterator[LearningSet]:
    """Pieces of events, one at a time."""
    base = made_up(PIECE, 3)
    for i in range(number):
        yield replace(base, features=np.roll(base.features, i, axis=0))


def largest() -> float:
    """Largest memory of this process so far [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a row for each model."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    training = made_up(int(sys.argv[2]) if len(sys.argv) > 2 else 20_000, 1)
    plain = training.select(PLAIN)
    short: dict[str, Any] = {"epochs": 1, "batch_size": 1024}
    tails = Tails(ENERGIES), Tails(ENERGIES, how="shift")
    models: dict[str, Any] = {
        "small autoencoder": Autoencoder(encoder=(529,), latent=150, decoder=(), **short),
        "deep autoencoder": Autoencoder(encoder=(450, 300, 200), latent=150, **short),
        "variational one": Autoencoder(encoder=(450, 300, 200), latent=150, beta=1.0, **short),
        "principal components": Density("pca", 3),
        "Mahalanobis": Density("mahalanobis"),
        "10 normal densities": Density("mixture", 10),
        "100 isolation trees": Density("forest", 100),
        "flow": Flow(**short),
        "Deep SVDD": DeepSVDD(**short),
        "tails": tails[0],
        "shift": tails[1],
        "tails and shift": Combined(tails),
    }
    number = max(4, -(-events // PIECE))
    print(f"{number * PIECE:,} events, load {os.getloadavg()[0]:.1f}")
    heads = f"{'[s / million]':>14} {'processor [s]':>14} {'matrices [s]':>13}"
    print(f"{'':>22} {heads} {'memory [MB]':>12} {'grew':>6}")
    for name, model in models.items():
        matrix = isinstance(model, Autoencoder)
        of: Callable[[LearningSet], LearningSet] = MATRICES if matrix else lambda one: one
        learned = of(training if matrix else plain)
        fitted = model.fit(learned, learned)
        spent = made = third = busy = 0.0
        for i, piece in enumerate(pieces(number)):
            start = time.perf_counter()
            chosen = of(piece)
            between, used = time.perf_counter(), time.process_time()
            fitted.scores(chosen)
            busy += time.process_time() - used
            made, spent = made + between - start, spent + time.perf_counter() - between
            third = largest() if i == 2 else third
        scale = 1e6 / (number * PIECE)
        row = f"{name:>22} {spent * scale:14.1f} {busy * scale:14.1f} {made * scale:13.1f} "
        print(f"{row}{largest():12.0f} {largest() - third:6.0f}", flush=True)


if __name__ == "__main__":
    main()
