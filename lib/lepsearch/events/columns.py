"""One selection written three ways, and what it costs: loops, columns, and frames that wait.

The selection is that of the trilepton region: trigger, three signal leptons, two of them above
``TRILEPTON_PT``. Branches are those of the 2020 release.
"""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import dask.dataframe as dd
import numpy as np
import pandas as pd
import uproot
from numpy.typing import NDArray

from lepsearch.events.objects import BASELINE_PT, ELECTRON, MUON, LeptonCuts
from lepsearch.events.releases import RELEASES
from lepsearch.events.selection import TRILEPTON_PT

__all__ = (
    "BRANCHES",
    "TRIGGERS",
    "lepton_frame",
    "passes_by_columns",
    "passes_by_loop",
    "ragged_table",
    "seconds",
    "storage",
    "within_cuts",
)

RELEASE = RELEASES["2020"]
TRIGGERS = RELEASE.triggers
BRANCHES = {**RELEASE.lepton, **RELEASE.lepton_quality}  # field -> branch
_CUTS = {cuts.flavour: cuts for cuts in (ELECTRON, MUON)}


def passes_by_loop(events: Iterable[dict[str, Any]]) -> list[bool]:
    """Which events pass, one event and one lepton after the other.

    Args:
        events: Branches of each event, as ``ak.to_list`` gives them.
    """
    passed = []
    for event in events:
        momenta = []
        for i, pt in enumerate(event["lep_pt"]):
            cuts = _CUTS[event["lep_type"][i]]
            eta = event["lep_eta"][i]
            if pt <= 1000 * BASELINE_PT or abs(eta) >= cuts.eta:
                continue
            if abs(event["lep_z0"][i]) / math.cosh(eta) >= cuts.z0:
                continue
            if abs(event["lep_tracksigd0pvunbiased"][i]) >= cuts.d0_significance:
                continue
            around = max(event["lep_ptcone30"][i], event["lep_etcone20"][i])
            if event["lep_isTightID"][i] and around < 0.15 * pt:
                momenta.append(pt)
        momenta.sort(reverse=True)
        fired = event["trigE"] or event["trigM"]
        passed.append(fired and len(momenta) == 3 and momenta[1] > 1000 * TRILEPTON_PT)
    return passed


def within_cuts(lepton: Any, cuts: LeptonCuts) -> Any:
    """Leptons of one flavour inside its cuts on direction and track.

    Args:
        lepton: Columns of branches: awkward array, frame that waits, or frame in memory.
        cuts: The flavour's cuts.

    Returns:
        Mask of the same kind.
    """
    return (
        (lepton["lep_type"] == cuts.flavour)
        & (abs(lepton["lep_eta"]) < cuts.eta)
        & (abs(lepton["lep_z0"]) / np.cosh(lepton["lep_eta"]) < cuts.z0)
        & (abs(lepton["lep_tracksigd0pvunbiased"]) < cuts.d0_significance)
    )


def passes_by_columns(events: ak.Array) -> NDArray[np.bool_]:
    """Which events pass, each step for all leptons of all events at once.

    Args:
        events: Records with the branches as fields.
    """
    pt = events["lep_pt"]
    good = within_cuts(events, ELECTRON) | within_cuts(events, MUON)
    good = good & (pt > 1000 * BASELINE_PT) & events["lep_isTightID"]
    good = good & (events["lep_ptcone30"] < 0.15 * pt) & (events["lep_etcone20"] < 0.15 * pt)
    hard = good & (pt > 1000 * TRILEPTON_PT)
    fired = events["trigE"] | events["trigM"]
    return np.asarray(fired & (ak.sum(good, axis=1) == 3) & (ak.sum(hard, axis=1) >= 2))


@dataclass(frozen=True)
class _Reader:
    """Reads a piece of a file as a table with one row a lepton; only the columns asked for."""

    path: Path

    def __call__(
        self, piece: tuple[int, int], columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        wanted = [*TRIGGERS, *BRANCHES.values()] if columns is None else list(columns)
        start, stop = piece
        with uproot.open(self.path) as file:
            tree = file[RELEASE.tree]
            read = [*dict.fromkeys([*(name for name in wanted if name != "entry"), "lep_pt"])]
            arrays = tree.arrays(read, entry_start=start, entry_stop=stop)
        counts = ak.num(arrays["lep_pt"])
        rows: dict[str, NDArray[Any]] = {"entry": np.repeat(np.arange(start, stop), counts)}
        for name in wanted:
            if name in TRIGGERS:
                rows[name] = np.repeat(np.asarray(arrays[name]), counts)
            elif name != "entry":
                rows[name] = ak.to_numpy(ak.flatten(arrays[name]))
        return pd.DataFrame(rows)[["entry", *(name for name in wanted if name != "entry")]]


def lepton_frame(path: Path, *, chunk: int = 500) -> dd.DataFrame:
    """A file's leptons as a frame that reads nothing before it is computed.

    Args:
        path: ROOT file of the 2020 release.
        chunk: Events of a partition.

    Returns:
        One row a lepton: ``entry`` (number of the event), triggers and lepton branches.
    """
    with uproot.open(path) as file:
        entries = int(file[RELEASE.tree].num_entries)
    pieces = [(at, min(at + chunk, entries)) for at in range(0, entries, chunk)]
    reader = _Reader(path)
    return dd.from_map(reader, pieces, meta=reader((0, 0)))


def ragged_table(events: ak.Array, branches: Sequence[str], *, rows: int = 3) -> pd.DataFrame:
    """The first events as the cells of a table, lists in brackets, with the length of each row.

    Args:
        events: Records with the branches as fields.
        branches: Ragged branches to show.
        rows: Number of events.
    """
    shown = []
    for event in events[:rows]:
        lists = {name: ak.to_list(event[name]) for name in branches}
        cells = {
            name: "[" + ", ".join(f"{value:.4g}" for value in values) + "]"
            for name, values in lists.items()
        }
        shown.append({**cells, "row length": sum(len(values) for values in lists.values())})
    return pd.DataFrame(shown).rename_axis("event", axis=1)


def seconds(function: Callable[[], object], repeats: int) -> NDArray[np.float64]:
    """Wall time of each of several calls [s], after one call that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return np.array(times)


_GROUPS = {
    "lep": "leptons",
    "jet": "jets",
    "photon": "photons",
    "tau": "hadronic taus",
    "largeRjet": "large jets",
    "met": "missing momentum",
    "scaleFactor": "corrections",
}


def _column_bytes(column: ak.Array) -> list[bytes]:
    """What a column stores for each event: numbers, after their count where that varies."""
    if column.ndim == 1:
        return [value.tobytes() for value in ak.to_numpy(column)]
    values = ak.to_numpy(ak.flatten(column))
    stops = np.cumsum(ak.to_numpy(ak.num(column)))
    return [
        np.uint32(len(part)).tobytes() + part.tobytes() for part in np.split(values, stops[:-1])
    ]


def storage(events: ak.Array, *, level: int = 1) -> pd.DataFrame:
    """Size of the branches, plain, compressed column by column, and compressed event by event.

    Args:
        events: Records with the branches as fields.
        level: zlib's level; the 2020 release's files have 1.

    Returns:
        A row for each kind of object: number of ``branches``, and bytes an event: ``plain``,
        ``by_column``; the attribute ``by_event`` has the size of all with whole events one after
        the other.
    """
    rows: dict[str, list[float]] = {}
    columns = {name: _column_bytes(events[name]) for name in events.fields}
    for name, parts in columns.items():
        row = rows.setdefault(_GROUPS.get(name.split("_")[0], "event"), [0, 0, 0])
        data = b"".join(parts)
        row[0] += 1
        row[1] += len(data) / len(events)
        row[2] += len(zlib.compress(data, level)) / len(events)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["branches", "plain", "by_column"])
    rowwise = b"".join(part for event in zip(*columns.values(), strict=True) for part in event)
    table.attrs["by_event"] = len(zlib.compress(rowwise, level)) / len(events)
    return table.astype({"branches": int}).sort_values("plain", ascending=False)
