"""Rapidity-mass matrices a second: the compiled kernel beside NumPy, and two threads beside one.

    python benchmarks/rmm_speed.py [EVENTS] [TURNS]

All run in turns on the same arrays (three leptons and 1.2 jets an event, T3N5), and the best turn
of each counts: whatever else the machine does can only make a turn slower. Many short turns find a
quiet moment. The NumPy version makes no exponential a pair and computes pairs above the diagonal
only; it is timed on all events at once, as one writes it, and in chunks that stay in a core's
cache, as one tunes it. "In place" writes to an array that is there already, as one does who treats
events block by block; fresh memory is the kernel's, which clears it page by page. Two processes,
with half of the events each and nothing in common, show what the machine's second core is worth at
that moment: no threads can gain more. Targets: 12 times NumPy on one core, 1.8 times that on two,
and the first call of a new process within a second once the cache is warm.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from timing import best_of

from lepsearch.rmm import FourMomenta, rmm
from lepsearch.rmm.layout import T3N5

ANGLE = 0.15
CHUNK = 512  # the quickest of 128, 256 ... 8192

Data = tuple[dict[str, FourMomenta], NDArray, NDArray]
_shared: list[tuple[Data, NDArray]] = []  # with a process of the pool, for it

FIRST_CALL = """
import time
{imports}
begin = time.perf_counter()
from lepsearch.rmm import FourMomenta, rmm
from lepsearch.rmm.layout import T3N5
imported = time.perf_counter()
rmm({{name: FourMomenta.none(1) for name in ("jet", "electron", "muon")}}, [1.0], [0.0], T3N5)
print(imported - begin, time.perf_counter() - imported)
"""
CHAPTER = (
    "from lepsearch.book import tables; from lepsearch.stats import histograms; import seaborn"
)


def events_like_data(events: int, seed: int) -> Data:
    """Three leptons of any flavour and 1.2 jets an event on average."""
    rng = np.random.default_rng(seed)
    muons = rng.binomial(3, 0.5, events)
    counts = {
        "jet": (rng.poisson(1.2, events).clip(0, 4), 4, 8.0),
        "electron": (3 - muons, 5, 0.000511),
        "muon": (muons, 5, 0.106),
    }
    objects = {}
    for name, (count, most, mass) in counts.items():
        shape = (events, most)
        parts = [
            20 + rng.exponential(40, shape), rng.normal(0, 1.1, shape).clip(-2.5, 2.5),
            rng.uniform(-np.pi, np.pi, shape), np.full(shape, mass),
        ]  # fmt: skip
        for part in parts:
            part[np.arange(most) >= count[:, None]] = np.nan
        objects[name] = FourMomenta(*parts).sorted()
    return objects, rng.exponential(50, events), rng.uniform(-np.pi, np.pi, events)


def with_numpy(
    objects: dict[str, FourMomenta], missing_pt: NDArray, missing_phi: NDArray, chunk: int
) -> NDArray[np.float32]:
    """The default conventions, ``chunk`` events at once."""
    events, size = len(missing_pt), T3N5.size
    matrices = np.zeros((events, size, size), dtype=np.float32)
    starts = [block.start - 1 for block in T3N5.blocks.values()]
    later = np.setdiff1d(np.arange(size - 1), starts)
    upper = np.triu_indices(size - 1, 1)
    for start in range(0, events, chunk):
        which = slice(start, start + chunk)
        parts = ([one[i] for one in map(list, objects.values())] for i in range(4))
        pt, eta, phi, mass = (np.concatenate([x[which] for x in part], axis=1) for part in parts)
        _numpy_chunk(
            pt, eta, phi, mass, missing_pt[which], missing_phi[which],
            starts, later, upper, matrices[which],
        )  # fmt: skip
    return matrices


def _numpy_chunk(pt, eta, phi, mass, met, met_phi, starts, later, upper, out):
    """The matrices of a few events, into ``out``."""
    diagonal = np.arange(1, out.shape[1])
    grown = np.exp(eta)
    px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * 0.5 * (grown - 1 / grown)
    squared = mass**2 + pt**2
    e_t = np.sqrt(squared)
    energy = np.sqrt(squared + pz**2)
    e_half = np.sqrt((energy + pz) / e_t)
    root = np.sqrt(e_half)
    out[:, 0, 0] = met
    sum_x, sum_y = px + (met * np.cos(met_phi))[:, None], py + (met * np.sin(met_phi))[:, None]
    m_t = np.sqrt(np.maximum((e_t + met[:, None]) ** 2 - sum_x**2 - sum_y**2, 0.0))
    out[:, 0, 1:] = np.nan_to_num(m_t, copy=False)
    out[:, 1:, 0] = np.nan_to_num(ANGLE * (energy / e_t - 1), copy=False)
    ratio = (e_t[:, later - 1] - e_t[:, later]) / (e_t[:, later - 1] + e_t[:, later])
    values = e_t.copy()
    values[:, later] = ratio
    out[:, diagonal, diagonal] = np.nan_to_num(values, copy=False)
    i, j = upper
    product = energy[:, i] * energy[:, j]
    for part in (px, py, pz):
        product -= part[:, i] * part[:, j]
    square = mass**2
    pair = np.sqrt(np.maximum(square[:, i] + square[:, j] + 2 * product, 0.0))
    out[:, i + 1, j + 1] = np.nan_to_num(pair, copy=False)
    quotient = root[:, i] / root[:, j]
    gap = 0.5 * ANGLE * (quotient - 1 / quotient) ** 2
    out[:, j + 1, i + 1] = np.nan_to_num(gap, copy=False)


def _events(data: Data, which: slice) -> Data:
    objects, *missing = data
    return {name: one[which] for name, one in objects.items()}, *(part[which] for part in missing)


def _take(halves: list[Data]) -> None:
    """Keep in this process what it works on, and where it writes."""
    _shared.extend((half, rmm(*half, T3N5)) for half in halves)


def _half(which: int) -> None:
    rmm(*_shared[which][0], T3N5)


def _half_in_place(which: int) -> None:
    half, place = _shared[which]
    rmm(*half, T3N5, out=place)


def first_call(imports: str, turns: int) -> tuple[float, float]:
    """Seconds to import and to call for the first time, in new processes with a warm cache."""
    runs = []
    for _ in range(turns + 1):  # the first may have to compile
        code = FIRST_CALL.format(imports=imports)
        out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        runs.append(tuple(map(float, out.stdout.split())))
    return min(runs[1:], key=sum)


def main() -> None:
    """Compare, check that both agree, and print a row for each."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    data = events_like_data(events, seed=1)
    expected, got = with_numpy(*data, CHUNK), rmm(*data, T3N5)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)
    place = np.empty_like(got)
    ways: dict[str, Callable[[], object]] = {
        "NumPy": lambda: with_numpy(*data, events),
        "NumPy in chunks": lambda: with_numpy(*data, CHUNK),
        "kernel": lambda: rmm(*data, T3N5),
        "kernel, two threads": lambda: rmm(*data, T3N5, threads=2),
        "in place": lambda: rmm(*data, T3N5, out=place),
        "in place, two threads": lambda: rmm(*data, T3N5, threads=2, out=place),
    }
    halves = [_events(data, which) for which in (slice(events // 2), slice(events // 2, None))]
    with multiprocessing.get_context("fork").Pool(2, _take, [halves]) as pool:
        ways["two processes"] = lambda: pool.map(_half, range(2), chunksize=1)
        ways["in place, two processes"] = lambda: pool.map(_half_in_place, range(2), chunksize=1)
        seconds = best_of(ways, turns)
    print(f"{events:,} events, T3N5, best of {turns}, load {os.getloadavg()[0]:.1f}")
    for name, one in seconds.items():
        print(f"{name:24} {one:7.3f} s {events / one:12,.0f} events/s")
    for name in ("NumPy", "NumPy in chunks"):
        print(f"kernel over {name}: {seconds[name] / seconds['kernel']:.1f} (asked: 12)")
    for name, bare in (("kernel", "two processes"), ("in place", "in place, two processes")):
        both, most = (seconds[name] / seconds[way] for way in (f"{name}, two threads", bare))
        print(f"{name}, two threads over one: {both:.2f} (asked: 1.8); processes: {most:.2f}")
    for name, imports in (("nothing", ""), ("what a chapter imports", CHAPTER)):
        imported, called = first_call(imports, 3)
        print(f"new process, after {name}: import {imported:.2f} s, first call {called:.2f} s")


if __name__ == "__main__":
    main()
