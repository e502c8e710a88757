"""Whole samples: normalisation, determinism, resumption."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import uproot
from typer.testing import CliRunner

from lepsearch.cli import app
from lepsearch.data.manifest import load_manifest
from lepsearch.data.source import Simulation
from lepsearch.errors import InputError
from lepsearch.simulate import sample
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.sample import Request, is_made, recorded, simulate_samples
from lepsearch.stats.estimate import sum_weights
from lepsearch.workspace import project_root

EVENTS = 500


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(sample.Request, "_chunk", staticmethod(lambda process: 200))


def simulate_sample(
    process, events, seed, cross_section_pb, path, *, workers=1, progress=None, **more
):
    sample = Simulation(process, events, seed, cross_section_pb=cross_section_pb, **more)
    return next(simulate_samples([Request(path, sample)], workers=workers, progress=progress))


def content(path):
    """Every branch as flat bytes, and the counts."""
    with uproot.open(path) as file:
        tree = file["mini"]
        return {
            name: np.concatenate([np.atleast_1d(one) for one in tree[name].array(library="np")])
            for name in tree.keys()  # noqa: SIM118
        }


def same(one, other):
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype and one[name].tobytes() == other[name].tobytes()
        for name in one
    )


def test_any_number_of_workers_gives_the_same_file(small_chunks, tmp_path):
    made = []
    for workers in (1, 2):
        steps = []
        path = tmp_path / f"{workers}.root"
        simulate_sample("wz_3l", EVENTS, 9, None, path, workers=workers, progress=steps.append)
        assert steps == [200, 200, 100]
        made.append(content(path))
    assert same(*made)
    assert recorded(tmp_path / "1.root") == recorded(tmp_path / "2.root")
    number = made[0]["eventNumber"]
    assert number.min() >= 1
    assert 400 < number.max() <= EVENTS
    assert (np.diff(number) >= 0).all()  # copies of an event stand together


@pytest.mark.parametrize("process", ["zll_jet", "ttbar_1l"])
def test_workers_do_not_change_copies_and_false_leptons(process, small_chunks, tmp_path):
    paths = [
        simulate_sample(process, 300, 9, None, tmp_path / f"{workers}.root", workers=workers)
        for workers in (1, 2)
    ]
    one, two = (content(path) for path in paths)
    assert len(one["eventNumber"]) > 10
    assert same(one, two)


def test_copies_share_their_event_s_number_and_weight(small_chunks, tmp_path):
    path = simulate_sample("zll_jet", 400, 6, None, tmp_path / "z.root")
    made = content(path)
    weights = {}
    for number, weight in zip(made["eventNumber"], made["mcWeight"], strict=True):
        weights.setdefault(number, []).append(weight)
    copies = recorded(path)["recipe"]["treatment"]["resmear"]
    assert 1 < max(len(one) for one in weights.values()) <= copies
    assert all(len(set(one)) == 1 for one in weights.values())
    assert made["SumWeights"][0] == pytest.approx(recorded(path)["sum_of_weights"], rel=1e-6)


@pytest.mark.parametrize("process", ["zll_jet", "ttbar_1l"])
def test_yields_do_not_depend_on_the_number_of_events(process, small_chunks, tmp_path):
    """Cross section times the share of weights kept, from few events and from more."""
    yields, errors = [], []
    for seed, events in ((1, 400), (2, 1600)):
        made = content(simulate_sample(process, events, seed, 10.0, tmp_path / f"{seed}.root"))
        weight = made["mcWeight"].astype(float)
        size = sum_weights(pd.DataFrame({"weight": weight, "event": made["eventNumber"]})).effective
        yields.append(10.0 * weight.sum() / made["SumWeights"][0])
        errors.append(yields[-1] / np.sqrt(size))
    assert yields[0] == pytest.approx(yields[1], abs=4 * np.hypot(*errors))
    assert errors[1] < 0.8 * errors[0]


def test_another_seed_gives_other_events(small_chunks, tmp_path):
    paths = [simulate_sample("wz_3l", 50, s, None, tmp_path / f"{s}.root") for s in (1, 2)]
    first, second = (content(path) for path in paths)
    assert not same(first, second)


def test_chunks_of_a_sample_differ(small_chunks, tmp_path):
    path = simulate_sample("wz_3l", 400, 5, None, tmp_path / "a.root")
    made = content(path)
    early = made["met_et"][made["eventNumber"] <= 200]
    late = made["met_et"][made["eventNumber"] > 200]
    assert len(early) > 50
    assert not set(early) & set(late)


def test_sum_of_weights_runs_over_all_generated_events(small_chunks, tmp_path):
    path = simulate_sample("zll_jet", EVENTS, 4, 1000.0, tmp_path / "z.root")
    expected = 0.0
    for chunk, events in enumerate((200, 200, 100)):
        seed = np.random.SeedSequence([4, chunk]).generate_state(1)[0]
        generator = Generator(find_process("zll_jet"), int(seed))
        expected += sum(one.weight.sum() for one in generator.batches(events))
    made = content(path)
    assert made["SumWeights"][0] == pytest.approx(expected, rel=1e-6)
    assert made["mcWeight"].sum() < 0.7 * expected
    assert len(set(made["mcWeight"])) > 20  # a biased sample: weights vary


def test_cross_section_given_or_pythias(small_chunks, tmp_path):
    given = simulate_sample("wz_3l", 50, 1, 1.68, tmp_path / "given.root", dsid=123)
    made = content(given)
    assert made["XSection"][0] == np.float32(1.68)
    assert made["channelNumber"][0] == 123
    path = simulate_sample("wz_3l", 50, 1, None, tmp_path / "own.root", factor=2.0)
    record = recorded(path)
    assert content(path)["XSection"][0] == pytest.approx(2 * record["cross_section_pb"], rel=1e-6)
    # leading order with all leptonic decays; 50 events know it to ten per cent or so
    assert record["cross_section_pb"] == pytest.approx(0.763, rel=0.4)
    assert record["generated"] == 50
    assert record["kept"] == len(made["eventNumber"])


def test_sample_without_any_event_kept(tmp_path):
    for seed in range(20):
        path = simulate_sample("ttbar_2l", 1, seed, 88.0, tmp_path / f"{seed}.root")
        with uproot.open(path) as file:
            if file["mini"].num_entries == 0:
                break
    else:
        pytest.fail("twenty events of which a third is kept, and none was lost")
    assert recorded(path)["kept"] == 0
    assert recorded(path)["sum_of_weights"] == 1.0


def test_recipe_tells_what_is_made_already(small_chunks, tmp_path):
    request = Request(tmp_path / "a.root", Simulation("wz_3l", 50, 1))
    assert not is_made(request)
    simulate_sample("wz_3l", 50, 1, None, request.path)
    assert is_made(request)
    for other in (
        Request(request.path, Simulation("wz_3l", 51, 1)),
        Request(request.path, Simulation("wz_3l", 50, 2)),
        Request(request.path, Simulation("wz_3l", 50, 1, cross_section_pb=1.0)),
        Request(request.path, Simulation("ttbar_2l", 50, 1)),
    ):
        assert not is_made(other)
    request.path.write_bytes(request.path.read_bytes()[:2000])
    assert not is_made(request)
    request.path.write_bytes(b"")
    assert not is_made(request)


@pytest.mark.parametrize(
    ("process", "events", "message"),
    [
        ("wz3l", 5, "unknown process 'wz3l'.*'wz_3l'"),
        ("wz_3l", 0, "a.root: 0 events asked for"),
        ("wz_3l", 2**31, "2147483648 events asked for"),
    ],
)
def test_wrong_request(tmp_path, process, events, message):
    with pytest.raises(InputError, match=message):
        simulate_sample(process, events, 1, None, tmp_path / "a.root")
    assert not list(tmp_path.iterdir())


SCRIPT = """
import sys
from pathlib import Path
from lepsearch.data.source import Simulation
from lepsearch.simulate import sample
sample.Request._chunk = staticmethod(lambda process: 100)
if __name__ == "__main__":
    request = sample.Request(Path(sys.argv[1]), Simulation("wz_3l", 300, 3))
    list(sample.simulate_samples([request], workers=2, progress=lambda n: print(n, flush=True)))
"""


def test_killed_run_leaves_nothing_and_the_next_is_right(tmp_path, monkeypatch):
    script, path = tmp_path / "run.py", tmp_path / "out" / "wz.root"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "100\n"
        children = _children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
    assert len(children) >= 2
    assert not path.exists()
    deadline = time.monotonic() + 20
    while any(_runs(child) for child in children):
        assert time.monotonic() < deadline, "a worker outlived its master"
        time.sleep(0.1)
    monkeypatch.setattr(sample.Request, "_chunk", staticmethod(lambda process: 100))
    simulate_sample("wz_3l", 300, 3, None, path)
    fresh = simulate_sample("wz_3l", 300, 3, None, tmp_path / "fresh.root")
    assert same(content(path), content(fresh))
    assert [one.name for one in path.parent.iterdir()] == ["wz.root"]


def _children(pid):
    """Processes that any thread of a process has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for one in lists for child in one.read_text().split()]


def _runs(pid):
    """Whether a process lives; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own, with the manifest of the real one."""
    for name in ("data_manifest.yaml", "open_data"):
        (tmp_path / name).symlink_to(project_root() / name)
    monkeypatch.setenv("LEPSEARCH_ROOT", str(tmp_path))
    return tmp_path


def test_command_makes_a_sample_once(project):
    command = ["simulate", "dh_hds_130", "--profile", "smoke"]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0
    path = project / "build" / "smoke" / "ntuples" / "dh_hds_130.root"
    record = recorded(path)
    simulation = load_manifest(project / "data_manifest.yaml").simulation("smoke")["dh_hds_130"]
    assert record["generated"] == simulation.events
    expected = record["cross_section_pb"] * simulation.factor
    assert content(path)["XSection"][0] == pytest.approx(expected, rel=1e-6)
    # 0.726 pb of Z' h_D times the share of Z' to ee and mumu, 2 g_l^2 / (3 g_l^2 + 15 g_q^2)
    assert record["cross_section_pb"] == pytest.approx(0.726 * 2e-4 / 0.1503, rel=0.15)
    before = path.stat().st_mtime_ns
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert "there already" in result.stdout
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ttbar"], r"sample .*'ttbar'.*'ttbar_2l'"),
        (["--profile", "local"], "'local' has no simulated samples"),
    ],
)
def test_command_refuses(project, arguments, message):
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(app, ["simulate", *arguments], catch_exceptions=False)


def test_every_sample_of_the_manifest_has_a_recipe():
    manifest = load_manifest(project_root() / "data_manifest.yaml")
    for profile in ("embedded", "smoke"):
        for name, one in manifest.simulation(profile).items():
            recipe = Request(project_root() / name, one).recipe()
            assert json.dumps(recipe)
