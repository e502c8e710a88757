"""One selection three ways: the same events, and only what is needed is read."""

from unittest import mock

import awkward as ak
import numpy as np
import pytest
import uproot

from lepsearch.events import columns, reader
from lepsearch.events.objects import BASELINE_PT, ELECTRON, MUON
from lepsearch.events.selection import TRILEPTON_PT, select

SAMPLES = ["MC/mc_410000.ttbar_lep.4lep.root", "Data/data_B.4lep.root"]


@pytest.fixture(params=SAMPLES)
def path(request, real):
    return real / request.param


def branches(path):
    with uproot.open(path) as file:
        return file["mini"].arrays([*columns.TRIGGERS, *columns.BRANCHES.values()])


def by_library(path):
    events = reader.read(path, "2020", simulated=path.parent.name == "MC")
    return select(events, "trilepton")[0].events.event


def lazily(path):
    leptons = columns.lepton_frame(path, chunk=100)
    good = leptons[
        (leptons.lep_pt > 1000 * BASELINE_PT)
        & leptons.lep_isTightID
        & (leptons.lep_ptcone30 < 0.15 * leptons.lep_pt)
        & (leptons.lep_etcone20 < 0.15 * leptons.lep_pt)
        & (columns.within_cuts(leptons, ELECTRON) | columns.within_cuts(leptons, MUON))
        & (leptons.trigE | leptons.trigM)
    ]
    counts = good.assign(hard=good.lep_pt > 1000 * TRILEPTON_PT).groupby("entry").hard
    counts = counts.agg(["count", "sum"]).compute()
    return sorted(counts.index[(counts["count"] == 3) & (counts["sum"] >= 2)])


def test_all_ways_select_the_same_events(path):
    events = branches(path)
    with uproot.open(path) as file:
        numbers = file["mini"]["eventNumber"].array(library="np")
    by_columns = columns.passes_by_columns(events)
    assert by_columns.sum() > 10
    assert by_columns.tolist() == columns.passes_by_loop(ak.to_list(events))
    assert np.flatnonzero(by_columns).tolist() == lazily(path)
    assert numbers[by_columns].astype(np.uint64).tolist() == by_library(path).tolist()


def test_a_frame_reads_only_what_is_asked_for(path):
    frame = columns.lepton_frame(path)
    with mock.patch("uproot.behaviors.TBranch.HasBranches.arrays", autospec=True) as read:
        read.side_effect = RuntimeError("read")
        with pytest.raises(RuntimeError, match="read"):
            frame[["lep_eta"]].sum().compute(scheduler="synchronous")
    assert read.call_args.args[1] == ["lep_eta", "lep_pt"]  # pT always, for the number of leptons


def test_ragged_table():
    events = ak.Array([{"pt": [1.5, 2.5], "phi": []}, {"pt": [], "phi": []}])
    table = columns.ragged_table(events, ["pt", "phi"])
    assert table["pt"].tolist() == ["[1.5, 2.5]", "[]"]
    assert table["row length"].tolist() == [2, 0]


def test_storage_counts_every_byte():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 4, 500)
    events = ak.zip(
        {
            "lep_pt": ak.unflatten(rng.exponential(1, counts.sum()).astype(np.float32), counts),
            "met_et": np.zeros(500, dtype=np.float32),
        },
        depth_limit=1,
    )
    table = columns.storage(events)
    # four bytes a number, and four for how many there are
    assert table.loc["leptons", "plain"] == pytest.approx(4 + 4 * counts.mean())
    assert table.loc["missing momentum", "plain"] == 4
    assert table.loc["missing momentum", "by_column"] < 0.1
    assert table["by_column"].sum() < table.attrs["by_event"] < table["plain"].sum()


def test_seconds():
    calls = []
    assert (columns.seconds(lambda: calls.append(1), 3) >= 0).all()
    assert len(calls) == 4
