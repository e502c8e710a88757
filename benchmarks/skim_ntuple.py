"""A large ntuple of distinct events, for the benchmarks of skims.

    python benchmarks/skim_ntuple.py OUT EVENTS FILE...

Mixes the events of the given ntuples (build/embedded/ntuples/*.root, say) and repeats the mixture
until OUT has the number of events, in clusters of 100,000 (ROOT's own default, 30 MB, is some
150,000 of these). Each repeated event has a number of its own, is turned by a random angle and has
random scale factors, as measured events have, so no two entries are alike and the file compresses
no better than a real one. Compression is that of the published files, zlib at level 1.
"""

from __future__ import annotations

import sys

import awkward as ak
import numpy as np
import uproot

CLUSTER = 100_000
SCALE_FACTORS = ("PILEUP", "ELE", "MUON", "LepTRIGGER")


def mixture(paths: list[str]) -> dict[str, ak.Array]:
    """All events, in random order."""
    arrays = ak.concatenate([uproot.open(path)["mini"].arrays() for path in paths])
    arrays = arrays[np.random.default_rng(1).permutation(len(arrays))]
    flat = [name for name in arrays.fields if not name.startswith(("lep_", "jet_"))]
    columns = {name: np.asarray(arrays[name]) for name in flat}
    for what in ("lep", "jet"):
        fields = [name for name in arrays.fields if name.startswith(f"{what}_")]
        fields.remove(f"{what}_n")
        columns[what] = ak.zip({name.removeprefix(f"{what}_"): arrays[name] for name in fields})
    return columns


def varied(columns: dict[str, ak.Array], first: int, rng: np.random.Generator) -> dict:
    """The same events, numbered from ``first``, turned, with other scale factors."""
    count = len(columns["eventNumber"])
    angle = rng.uniform(-np.pi, np.pi, count)

    def turned(phi):
        return ak.values_astype((phi + angle + np.pi) % (2 * np.pi) - np.pi, np.float32)

    new = {
        "eventNumber": np.arange(first, first + count, dtype=np.int32),
        "met_phi": ak.to_numpy(turned(columns["met_phi"])),
        "lep": ak.with_field(columns["lep"], turned(columns["lep"].phi), "phi"),
        "jet": ak.with_field(columns["jet"], turned(columns["jet"].phi), "phi"),
        **{f"scaleFactor_{one}": rng.normal(1, 0.02, count).astype("f4") for one in SCALE_FACTORS},
        **{name: np.ones(count, np.float32) for name in ("XSection", "SumWeights")},
    }
    return {**columns, **new}


def main() -> None:
    """Write the file, a cluster at a time."""
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    out, events, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    columns, rng = mixture(paths), np.random.default_rng(2)
    available = len(columns["eventNumber"])
    with uproot.recreate(out, compression=uproot.ZLIB(1)) as file:
        tree = file.mktree(
            "mini",
            {k: v.type.content if isinstance(v, ak.Array) else v.dtype for k, v in columns.items()},
            counter_name=lambda collection: f"{collection}_n",
            field_name=lambda collection, field: f"{collection}_{field}",
        )
        for first in range(0, events, CLUSTER):
            count = min(CLUSTER, events - first)
            which = np.arange(first, first + count) % available
            tree.extend(varied({k: v[which] for k, v in columns.items()}, first, rng))


if __name__ == "__main__":
    main()
