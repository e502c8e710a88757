"""Compare the events of each background with and without the choice of hard events.

    python benchmarks/enrichment.py [HARD_EVENTS] [SAMPLE...]

Each sample is made twice with other random numbers: as it is, from HARD_EVENTS (20000), and a
quarter of that without choice or forced missing momentum. Yields and all features of both regions
are compared, each by a chi-square over bins of equal content with copies of an event taken as one.
Prints the ratio of the yields, the smallest of all p-values times their number, and its feature.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import chi2

from lepsearch.data.manifest import load_manifest
from lepsearch.events.features import FEATURES, feature_table
from lepsearch.events.reader import read
from lepsearch.events.selection import REGIONS, choose, prepare
from lepsearch.simulate.ntuple_writer import make_chunk, write_ntuple
from lepsearch.simulate.process import Process
from lepsearch.simulate.processes import find_process
from lepsearch.stats.estimate import sum_weights

BINS = 8
LEAST = 30  # events of equal weight on both sides, or there is nothing to compare


def skimmed(process: Process, seed: int, events: int) -> dict[str, pd.DataFrame]:
    """Events of both regions, weighted to a sum of one over all that were generated."""
    chunk = make_chunk(process, seed, 0, 1, events)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.root")
        options = {"dsid": 1, "cross_section_pb": 1.0, "sum_of_weights": 1.0, "record": "{}"}
        write_ntuple(path, chunk.columns, **options)
        prepared, before = prepare(read(path, "2020", simulated=True))
    tables = {}
    for region in REGIONS:
        selected, _ = choose(prepared, before, region)
        table = pa.table(feature_table(selected, region)).to_pandas()
        weight = table["event_weight"] / chunk.sum_of_weights
        tables[region] = table.assign(weight=weight, sample="")
    return tables


def p_value(ours: pd.DataFrame, plain: pd.DataFrame, name: str) -> float:
    """Of the chi-square between the shapes and yields of a feature."""
    edges = np.unique(plain[name].quantile(np.linspace(0, 1, BINS + 1)[1:-1]))
    difference, variance = np.zeros(len(edges) + 1), np.zeros(len(edges) + 1)
    for sign, table in ((1, ours), (-1, plain)):
        table = table[table[name].notna()]
        place = np.searchsorted(edges, table[name])
        for i in range(len(edges) + 1):
            inside = sum_weights(table[place == i])
            difference[i] += sign * inside.value
            variance[i] += inside.error**2
    filled = variance > 0
    return float(chi2.sf(np.sum(difference[filled] ** 2 / variance[filled]), filled.sum()))


def main(events: int, names: list[str]) -> None:
    """Print a line for each sample and region."""
    manifest = load_manifest(Path("data_manifest.yaml"))
    samples = manifest.simulation("embedded")
    for name in names or [n for n in samples if n in manifest.samples]:
        process = find_process(samples[name].process, samples[name].parameters)
        if process.enrichment is None:
            continue
        how = replace(process.enrichment, bulk=1e9, outside=1.0)
        treatment = replace(process.treatment, remarkable=0, stored=0.0, force_missing=False)
        plain = replace(process, enrichment=how, treatment=treatment)
        ours, reference = skimmed(process, 1, events), skimmed(plain, 2, events // 4)
        for region, table in ours.items():
            other = reference[region]
            yields = [sum_weights(one) for one in (table, other)]
            if min(one.effective for one in yields) < LEAST:
                continue
            features = [one for one in FEATURES[region] if table[one].notna().any()]
            p = pd.Series({one: p_value(table, other, one) for one in features})
            ratio = yields[0] / yields[1]
            corrected = min(1.0, p.min() * len(p))
            print(f"{name:16} {region:10} {ratio!s:16} {corrected:8.3g} {p.idxmin()}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, sys.argv[2:])
