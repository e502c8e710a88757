"""An event is its sample, run (or campaign) and number: in yields, errors, copies and splits."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError
from lepsearch.events import skim
from lepsearch.events.dataset import Dataset
from lepsearch.events.split import part_of
from lepsearch.learn.learning import learning_set
from lepsearch.stats.copies import original_events, originals
from lepsearch.stats.estimate import sum_weights
from lepsearch.workspace import Workspace

TTBAR = "mc_410000.ttbar_lep.2lep.root"
SIGNAL = """
luminosity_fb: 1
samples:
  mine:
    label: mine
    group: dark_matter
    release: "2020"
    cross_section: {pb: from file, source: made up}
    files: [%s]
"""


@pytest.fixture
def pair(make_events) -> Callable:
    """An event with two muons that passes the dilepton selection."""
    event, lepton, jet = make_events
    leptons = [lepton(60, 0.3), lepton(40, -0.2, phi=2.5, charge=-1)]
    return lambda **other: event(
        leptons, **{"met": 100, "met_phi": -1.5, "jets": [jet(30)]} | other
    )


@pytest.fixture
def opened(project) -> Callable[[Path], Dataset]:
    """Makes the skims of a folder, and opens them."""

    def make(folder: Path) -> Dataset:
        workspace = Workspace.find("local", folder)
        for one in load_manifest(workspace.manifest).sources(workspace):
            skim.skim(one, workspace, manifest="")
        return Dataset.open("local", data=folder)

    return make


def of_three_runs(pair):
    """Two numbers in each of three campaigns, as in the release's simulation."""
    return [pair(run=run, number=n) for run in (284500, 300000, 310000) for n in (7, 8)]


@pytest.mark.parametrize(("name", "stated"), [(TTBAR, {}), ("data_A.2lep.root", {})])
def test_one_number_in_three_runs(tmp_path, pair, write, opened, name, stated):
    write["2020"](tmp_path / name, of_three_runs(pair), sum_of_weights=1e9)
    dataset = opened(tmp_path)
    (sample,) = dataset.samples
    table, last = dataset.table("dilepton", ["met"]), dataset.cutflow("dilepton", sample).steps[-1]
    total = sum_weights(table)
    assert (total.events, last.events) == (6, 6)
    weight = table["weight"].iloc[0]
    assert total.error == pytest.approx(weight * np.sqrt(6))
    assert total.error == pytest.approx(np.sqrt(last.weight_squared))
    # the same of what other tools may be given: identity is sample, run and number
    assert len(np.unique(originals(table.drop(columns="original")))) == 6
    pieces = pd.concat(dataset.batches("dilepton", [], rows=2))
    assert sum_weights(pieces).error == pytest.approx(total.error)


def test_the_split_and_learning_know_runs(tmp_path, pair, write, opened):
    numbers = np.arange(2000)
    first, second = (part_of("tt", numbers, run) for run in (284500, 300000))
    assert 0.3 < (first == second).mean() < 0.6  # 0.44 by chance
    np.testing.assert_array_equal(second, part_of("tt", numbers, np.full(2000, 300000)))
    write["2020"](tmp_path / "a.root", of_three_runs(pair))
    write["2020"](tmp_path / TTBAR, of_three_runs(pair), sum_of_weights=1e9)
    (tmp_path / "samples.yaml").write_text(SIGNAL % "a.root")
    events = learning_set(opened(tmp_path), ["mine"], features=["met"])
    assert len(np.unique(events.original)) == 12


def test_copies_stay_together_and_jobs_apart(tmp_path, pair, write, opened, caplog):
    """Two jobs that number from the start, each with two copies of an event."""
    for job in range(2):
        copies = [pair(number=1, met=100 + 10 * job + i) for i in range(2)]
        write["2020"](tmp_path / f"{job}.root", [*copies, pair(number=2, met=90 + job)])
    (tmp_path / "samples.yaml").write_text(SIGNAL % "0.root, 1.root")
    table = opened(tmp_path).table("dilepton", [])
    assert original_events(table["original"]).tolist() == [0, 0, 1, 2, 2, 3]
    assert "events of one run and number differ" in caplog.text


def test_two_files_with_the_same_recorded_events(tmp_path, pair, write, opened):
    write["2020"](tmp_path / "data_A.2lep.root", [pair(number=n) for n in (1, 2, 3)])
    # another calibration makes no other event
    write["2020"](tmp_path / "data_B.2lep.root", [pair(number=n, met=99) for n in (5, 3, 4)])
    words = (
        r"event 3 of run 284500 stands twice, in .*data_A.*\(entry 2\) and .*data_B.*\(entry 1\)"
    )
    with pytest.raises(InputError, match=words):
        opened(tmp_path)
    assert not list(tmp_path.rglob("*.parquet"))


DATA = """
samples:
  electrons: {label: Data, group: data, release: "2020", luminosity_fb: 1, files: [one.root]}
  muons: {label: Data, group: data, release: "2020", luminosity_fb: 1, files: [two.root]}
"""


def test_two_samples_with_the_same_recorded_events(tmp_path, pair, write, opened):
    """As where two triggers have samples of their own; one number in two runs is no such thing."""
    (tmp_path / "samples.yaml").write_text(DATA)
    write["2020"](tmp_path / "one.root", [pair(run=1, number=n) for n in (7, 8, 9)])
    write["2020"](tmp_path / "two.root", [pair(run=2, number=n) for n in (7, 8, 9)])
    assert len(opened(tmp_path).table("dilepton")) == 6
    write["2020"](tmp_path / "two.root", [pair(run=r, number=n) for r, n in ((2, 7), (1, 8))])
    dataset = opened(tmp_path)
    words = "event 8 of run 1 stands in the recorded samples 'electrons' and 'muons', and would"
    with pytest.raises(InputError, match=words):
        dataset.table("dilepton")
    with pytest.raises(InputError, match=words):
        list(dataset.batches("dilepton"))
    assert len(dataset.table("dilepton", samples=["muons"])) == 2


@pytest.mark.parametrize("name", [TTBAR, "data_A.2lep.root"])
def test_a_file_merged_with_itself(tmp_path, pair, write, opened, name):
    events = [pair(number=n, met=60 + n) for n in range(5)]
    write["2020"](tmp_path / name, events * 2, sum_of_weights=1e9)
    with pytest.raises(InputError, match=r"event \d of run 284500 stands twice, in .* and "):
        opened(tmp_path)


def test_a_simulated_event_in_two_files(tmp_path, pair, write, opened):
    shared = pair(number=9, met=77)
    write["2020"](tmp_path / "a.root", [pair(number=1), shared])
    write["2020"](tmp_path / "b.root", [shared, pair(number=2)])
    (tmp_path / "samples.yaml").write_text(SIGNAL % "a.root, b.root")
    with pytest.raises(
        InputError, match=r"event 9 .*a\.root \(entry 1\) and .*b\.root \(entry 0\)"
    ):
        opened(tmp_path)
