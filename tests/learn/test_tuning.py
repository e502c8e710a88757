"""Grids: every point once, kept as it finishes, resumed after a kill, and an honest best."""

import json
import os
import signal
import subprocess
import sys
import time
import types
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lepsearch import parallel
from lepsearch.errors import InputError
from lepsearch.learn import tuning

POINTS = {"rate": [0.1, 0.01], "depth": [1, 2, 3], "padding": ["zero", None]}


class Counted:
    """A trainable that knows how often it was called."""

    def __init__(self):
        self.calls = []

    def __call__(self, *, rate, depth, padding, seed):
        self.calls.append((rate, depth, padding, seed))
        undefined = depth == 3 and padding is None
        return {"auc": np.nan if undefined else rate * depth + 0.001 * seed, "auc_error": 0.01}


def test_every_point_once_in_order(tmp_path):
    trainable = Counted()
    table = tuning.grid(trainable, POINTS, tmp_path / "s" / "g.jsonl", digest="a", seeds=(1, 2))
    assert list(table.columns[:4]) == ["rate", "depth", "padding", "seed"]
    assert len(trainable.calls) == len(table) == 2 * 3 * 2 * 2
    assert table["rate"].tolist() == [0.1] * 12 + [0.01] * 12
    defined = table.dropna(subset=["auc"])
    np.testing.assert_allclose(
        defined["auc"], defined["rate"] * defined["depth"] + 0.001 * defined["seed"]
    )
    assert len(defined) == 20
    again = tuning.grid(trainable, POINTS, tmp_path / "s" / "g.jsonl", digest="a", seeds=(1, 2))
    assert len(trainable.calls) == 24
    pd.testing.assert_frame_equal(again, table)


def test_only_what_is_missing_is_computed(tmp_path):
    store, trainable = tmp_path / "g.jsonl", Counted()
    few = POINTS | {"rate": [0.1]}
    tuning.grid(trainable, few, store, digest="a")
    assert len(trainable.calls) == 6
    assert len(tuning.grid(trainable, POINTS, store, digest="a")) == 12
    assert len(trainable.calls) == 12
    assert {rate for rate, *_ in trainable.calls[6:]} == {0.01}
    tuning.grid(trainable, few, store, digest="a", seeds=(0, 1))  # another seed
    assert len(trainable.calls) == 18
    tuning.grid(trainable, few, store, digest="other data")
    assert len(trainable.calls) == 24
    reordered = dict(reversed(few.items()))
    tuning.grid(trainable, reordered, store, digest="a")
    assert len(trainable.calls) == 24


def test_any_number_of_workers_gives_the_same_table(tmp_path):
    events, parent = np.arange(1000.0), os.getpid()
    stores = [tmp_path / f"{n}.jsonl" for n in (1, 2)]

    def trainable(*, number, seed):
        late = time.monotonic() + 30
        while number == 0 and os.getpid() != parent and time.monotonic() < late:
            if stores[1].exists():  # the first finishes after another
                break
            time.sleep(0.01)
        return {"square": number**2 + seed, "sum": events.sum(), "process": os.getpid()}

    tables = [
        tuning.grid(trainable, {"number": range(6)}, stores[n - 1], digest="", workers=n)
        for n in (1, 2)
    ]
    assert (tables[1]["sum"] == events.sum()).all()
    written = [json.loads(line)["point"]["number"] for line in stores[1].read_text().splitlines()]
    assert written[0] != 0  # rows are stored as they finish, not in order
    assert tables[0]["square"].tolist() == tables[1]["square"].tolist() == [0, 1, 4, 9, 16, 25]
    assert set(tables[0]["process"]) == {os.getpid()}
    assert os.getpid() not in set(tables[1]["process"])


def test_a_trainable_that_workers_cannot_import_is_named(tmp_path, monkeypatch):
    beside = types.ModuleType("beside")  # as if imported from a folder that only this process has
    exec("def trainable(*, number, seed): return {'square': number**2}", beside.__dict__)
    monkeypatch.setitem(sys.modules, "beside", beside)
    trainable, store = beside.trainable, tmp_path / "grid"
    assert len(tuning.grid(trainable, {"number": [1, 2]}, store, digest="a")) == 2
    expected = r"can't import the function .*No module named 'beside'.*PYTHONPATH"
    for given in (trainable, partial(trainable, seed=1)):
        with pytest.raises(InputError, match=expected):
            tuning.grid(given, {"number": [3, 4]}, store, digest="a", workers=2)
    with pytest.raises(InputError, match=expected), parallel.pool(2) as mapped:
        list(mapped(trainable, [1, 2]))


KILLED = """
import os, sys, time
from pathlib import Path
from lepsearch.learn import tuning

def trainable(*, number, seed):
    time.sleep(0.1)
    with open(sys.argv[2], "a") as called:
        called.write(f"{number}\\n")
    return {"square": number**2}

tuning.grid(trainable, {"number": range(30)}, Path(sys.argv[1]), digest="a")
"""


@pytest.mark.parametrize("text", ["precious text", "a column\nand no end", "[1]\n"])
def test_another_file_is_refused_and_stays_as_it_is(tmp_path, text):
    store = tmp_path / "notes.txt"
    store.write_text(text)
    with pytest.raises(InputError, match="not a grid's store"):
        tuning.grid(lambda seed, x: {"z": x}, {"x": [1]}, store, digest="")
    assert store.read_text() == text


@pytest.mark.parametrize("values", [[], 1, "ab"])
def test_a_parameter_needs_a_list_of_values(tmp_path, values):
    with pytest.raises(InputError, match="parameter 'x' with values"):
        tuning.grid(lambda seed, x: {"z": x}, {"x": values}, tmp_path / "s", digest="")


@pytest.mark.parametrize("name", ["x", "seed", "seconds"])
def test_a_trainable_keeps_off_the_grids_columns(tmp_path, name):
    with pytest.raises(InputError, match=f"returned \\['{name}'\\]"):
        tuning.grid(lambda seed, x: {name: 1.0}, {"x": [1]}, tmp_path / "s", digest="")


def test_a_killed_grid_computes_only_what_is_missing(tmp_path):
    store, called = tmp_path / "grid.jsonl", tmp_path / "called"
    process = subprocess.Popen([sys.executable, "-c", KILLED, store, called])
    while not store.exists() or store.read_bytes().count(b"\n") < 4:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = store.read_bytes()
    rows = [json.loads(line) for line in kept.splitlines()]  # no half row
    assert kept.endswith(b"\n")
    before = [row["point"]["number"] for row in rows]
    assert 4 <= len(before) < 30
    called.unlink()
    subprocess.run([sys.executable, "-c", KILLED, store, called], check=True)
    assert [int(one) for one in called.read_text().split()] == sorted(set(range(30)) - set(before))
    assert store.read_bytes().startswith(kept)
    assert store.read_bytes().count(b"\n") == 30


def test_a_half_written_row_is_computed_again(tmp_path):
    store, trainable = tmp_path / "g.jsonl", Counted()
    table = tuning.grid(trainable, POINTS, store, digest="a")
    store.write_bytes(store.read_bytes()[:-20])  # a kill while the last line was written
    again = tuning.grid(trainable, POINTS, store, digest="a")
    assert len(trainable.calls) == 13
    pd.testing.assert_frame_equal(again.drop(columns="seconds"), table.drop(columns="seconds"))
    assert all(json.loads(line) for line in store.read_text().splitlines())


def test_what_goes_wrong_is_named(tmp_path):
    def broken(*, rate, seed):
        if rate > 1:
            msg = "loss is NaN"
            raise ValueError(msg)
        return {"auc": 0.5}

    store = tmp_path / "g.jsonl"
    with pytest.raises(InputError, match=r"\{'rate': 2, 'seed': 0\}: loss is NaN"):
        tuning.grid(broken, {"rate": [0.1, 2]}, store, digest="")
    assert len(store.read_text().splitlines()) == 1  # the point before it is kept
    with pytest.raises(InputError, match="'seed'"):
        tuning.grid(broken, {"seed": [1]}, store, digest="")
    with pytest.raises(InputError, match="can't be stored"):
        tuning.grid(broken, {"rate": [[1]]}, store, digest="")
    Path(store).write_text("1,2,3\n")
    with pytest.raises(InputError, match=r"g\.jsonl: not a grid's store"):
        tuning.grid(broken, {"rate": [0.1]}, store, digest="")


def test_the_best_point_can_be_trained_again(tmp_path):
    trainable = Counted()
    table = tuning.grid(trainable, POINTS | {"padding": ["zero"]}, tmp_path / "g", digest="")
    point = tuning.best(table, "auc").point
    assert point == {"rate": 0.1, "depth": 3, "padding": "zero"}
    assert [type(value) for value in point.values()] == [float, int, str]


def table_of(values, error=None):
    """A grid's table: a list of the seeds' values for each point."""
    rows = [
        {"x": x, "seed": seed, "z": z} | ({"z_error": error} if error else {}) | {"seconds": 1.0}
        for x, point in enumerate(values)
        for seed, z in enumerate(point)
    ]
    return pd.DataFrame(rows)


def test_summary_by_hand():
    table = table_of([[1.0, 3.0], [5.0, np.nan], [np.nan, np.nan]], error=0.3)
    points = tuning.summary(table, "z")
    assert points["x"].tolist() == [0, 1, 2]
    assert points["value"].tolist() == pytest.approx([2, np.nan, np.nan], nan_ok=True)
    assert points["seeds"].tolist() == [2, 1, 0]
    # the mean of 1 and 3 is known to sqrt(2) / sqrt(2), and the events to 0.3
    assert points["error"][0] == pytest.approx(np.hypot(1, 0.3))
    with pytest.raises(InputError, match="no column 'y'"):
        tuning.summary(table, "y")


def test_best_and_what_is_as_good():
    found = tuning.best(table_of([[1.0], [1.9], [2.0], [1.0]], error=0.1), "z")
    assert (found.point, found.value, found.error) == ({"x": 2}, 2.0, 0.1)
    assert found.compatible["x"].tolist() == [2, 1]
    with pytest.raises(InputError, match="train with several seeds"):
        tuning.best(table_of([[1.0], [2.0]]), "z")


def test_best_of_noise_is_compatible_with_the_rest():
    rng = np.random.default_rng(0)
    compatible = [
        len(tuning.best(table_of(rng.normal(0, 1, (16, 8))), "z").compatible) for _ in range(40)
    ]
    assert np.mean(compatible) > 8  # most points of the same truth are not excluded
    truth = np.where(np.arange(16) == 3, 5.0, 0.0)[:, None]
    found = tuning.best(table_of(truth + rng.normal(0, 1, (16, 8))), "z")
    assert found.compatible["x"].tolist() == [3]


def test_digest_of_data():
    events = np.random.default_rng(0).normal(size=(50_000, 3))
    changed = events.copy()
    changed[31_000, 1] += 1e-9
    digests = [tuning.data_digest(one) for one in (events, changed, events.T, events[:-1])]
    assert len(set(digests)) == 4
    assert tuning.data_digest(events) == tuning.data_digest(np.asfortranarray(events))
