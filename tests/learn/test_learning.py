"""Skims as labelled events: names, weights, parts, identities; in memory and as a stream."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lepsearch.errors import InputError
from lepsearch.events import skim_info
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON
from lepsearch.events.selection import Cutflow
from lepsearch.events.split import PARTS
from lepsearch.learn import learning
from lepsearch.learn.labelled import PER_EVENT
from lepsearch.provenance import digest

COPIES = 2
EVENTS = {"background": 600, "signal": 600}  # each stands in COPIES rows


def write_skim(path, source, rng) -> None:
    """A skim of random features, where half of the events lack jets and some weights are < 0."""
    n = EVENTS[source.kind]
    columns = {name: rng.gamma(2.0, 50.0, n * COPIES) for name in DILEPTON}
    columns = {name: values.astype(np.float32) for name, values in columns.items()}
    for name, one in DILEPTON.items():
        if one.may_be_absent:
            columns[name][: n * COPIES // 2] = np.nan
    columns |= {
        "event": np.repeat(np.arange(1, n + 1, dtype=np.uint64), COPIES),
        "run": np.ones(n * COPIES, dtype=np.uint32),
        "original": np.repeat(np.arange(n), COPIES),
        "event_weight": np.repeat(rng.choice([1.0, 0.5, -0.2], n), COPIES),
        "pair": rng.integers(0, 4, n * COPIES).astype(np.int8),
        "lep1flavour": rng.choice([11, 13], n * COPIES).astype(np.int8),
    }
    info = skim_info.SkimInfo(
        schema=skim_info.SCHEMA_VERSION, region="dilepton", sample=source.name, label=source.label,
        group=source.group, kind=source.kind, release="2020", layout=digest(source.layout),
        cross_section_pb=source.cross_section_pb, sum_of_weights=source.sum_of_weights,
        per_inverse_fb=0.25, luminosity_fb=None, cutflow=Cutflow(),
        disagreements=(), inputs=(), manifest="", library="",
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    metadata = {b"lepsearch": info.to_json()}
    pq.write_table(table.replace_schema_metadata(metadata), path, row_group_size=1000)


@pytest.fixture
def dataset(project):
    """The smoke profile with made-up skims, at 8/fb: an event weight of 1 is 2 expected events."""
    opened = Dataset.open("smoke", luminosity_fb=8.0)
    rng = np.random.default_rng(1)
    for source in opened.manifest.sources(opened.workspace):
        write_skim(opened.workspace.skim("dilepton", source.name), source, rng)
    return opened


def identities(events):
    """(sample, event number) of every row."""
    return set(zip(events.sample.tolist(), events.event.tolist(), strict=True))


def test_feature_sets():
    assert len(learning.WITHOUT_JETS) == 18  # table 4.2 has 20, two of them left out
    assert learning.FULL[18:] == (
        "jet1pt", "jet1eta", "jet1phi", "jet2pt", "jet2eta", "jet2phi",
        "jet3pt", "jet3eta", "jet3phi", "mjj",
    )  # fmt: skip
    assert not {"dPhiLeps", "dPhiCloseMet"} & set(learning.FULL)
    assert learning.COUNTING[18:] == (
        "n_bjetPt20", "n_ljetPt40", "n_jetsetaCentral", "n_jetsetaForward50"
    )  # fmt: skip


def test_rows_are_those_of_the_skims(dataset):
    events = learning.learning_set(dataset, ["dh_hds_130"], features=("jet1pt", "met"))
    table = dataset.table("dilepton", ["met", "jet1pt"])
    table = table[(table["kind"] == "background") | (table["sample"] == "dh_hds_130")]
    np.testing.assert_array_equal(events.features, table[["jet1pt", "met"]].to_numpy())
    np.testing.assert_allclose(events.weight, table["weight"])
    np.testing.assert_array_equal(events.label, table["kind"] == "signal")
    np.testing.assert_array_equal(events.event, table["original"])
    np.testing.assert_array_equal(np.array(events.sample_names)[events.sample], table["sample"])
    labels = table["group"].where(table["kind"] == "background", table["sample"])
    np.testing.assert_array_equal(events.groups, labels.map(dataset.labels))
    assert set(np.unique(events.weight)) == {-0.4, 1.0, 2.0}
    assert np.isnan(events.features[:, 0]).mean() == pytest.approx(0.5)


def test_channels_are_pairs_of_one_flavour(dataset):
    everything, *channels = (
        learning.learning_set(dataset, ["dh_hds_130"], channel=channel)
        for channel in ("all", "ee", "mumu")
    )
    for channel in channels:
        assert len(channel) == pytest.approx(len(everything) / 8, rel=0.1)
    assert not identities(channels[0]) & identities(channels[1]) - identities(everything)
    with pytest.raises(InputError, match="unknown channel 'emu'"):
        learning.learning_set(dataset, ["dh_hds_130"], channel="emu")


def test_groups_are_signals_or_backgrounds(dataset):
    diboson = learning.learning_set(dataset, ["diboson"], backgrounds=["ttbar", "zjets"])
    of_signal = set(np.array(diboson.sample_groups)[diboson.sample[diboson.label]])
    assert of_signal == {"diboson"}
    assert set(np.array(diboson.sample_groups)[diboson.sample[~diboson.label]]) == {
        "ttbar", "zjets"
    }  # fmt: skip
    against_all = learning.learning_set(dataset, ["diboson"])
    assert set(against_all.sample_groups) >= {"diboson", "single_top", "wjets", "ttbar"}
    assert np.array_equal(
        against_all.label, np.array(against_all.sample_groups)[against_all.sample] == "diboson"
    )


def test_one_signal_of_several(dataset):
    both = learning.learning_set(dataset, ["dh_hds_130", "lv_hds_130"])
    one = both.of_signal("lv_hds_130")
    assert set(np.array(one.sample_names)[one.sample[one.label]]) == {"lv_hds_130"}
    assert (~one.label).sum() == (~both.label).sum()
    np.testing.assert_array_equal(one.event, both.of_signal("light_vector").event)
    with pytest.raises(InputError, match="'lv_hds_13'; there are 'lv_hds_130'"):
        both.of_signal("lv_hds_13")


@pytest.mark.parametrize(
    ("signals", "backgrounds", "message"),
    [
        pytest.param(["dh_hds_13"], None, "unknown sample 'dh_hds_13'", id="unknown"),
        pytest.param(["dh_hds_1500"], None, "no signal sample", id="not in the profile"),
        pytest.param(["dh_hds_130"], ["dark_higgs"], "as signal and as background", id="both"),
        pytest.param(["dh_hds_130"], [], "no background sample", id="no background"),
    ],
)
def test_wrong_names(dataset, signals, backgrounds, message):
    with pytest.raises(InputError, match=message):
        learning.learning_set(dataset, signals, backgrounds=backgrounds)


def test_unknown_features(dataset):
    with pytest.raises(InputError, match=r"unknown column.*'jet1ptt'.*'jet1pt'"):
        learning.learning_set(dataset, ["dh_hds_130"], features=("jet1ptt",))
    events = learning.learning_set(dataset, ["dh_hds_130"])
    with pytest.raises(InputError, match=r"unknown feature 'metsig'.*'met_sig'"):
        events.select(["metsig"])
    np.testing.assert_array_equal(
        events.select(["mll", "met"]).features[:, 0], events.features[:, events.names.index("mll")]
    )


def test_no_event_is_in_two_parts(dataset):
    events = learning.learning_set(dataset, ["dh_hds_130"])
    parts = {name: identities(events.of(name)) for name in PARTS}
    assert sum(map(len, parts.values())) == len(identities(events)) == len(events) // COPIES
    for name in PARTS:
        others = set.union(*(parts[other] for other in PARTS if other != name))
        assert not parts[name] & others


def test_yields_are_invariant_under_the_split(dataset):
    events = learning.learning_set(dataset, ["dh_hds_130"])
    for label in (True, False):
        whole = events.take(events.label == label)
        total = whole.weight.sum()
        for name in PARTS:
            part = whole.of(name)
            values = np.unique(np.stack([part.sample, part.event]), axis=1, return_inverse=True)[1]
            error = np.sqrt(np.sum(np.bincount(values.ravel(), part.weight) ** 2))
            assert part.weight.sum() == pytest.approx(total, abs=3 * error)


def test_a_part_of_a_part_would_be_scaled_twice(dataset):
    events = learning.learning_set(dataset, ["dh_hds_130"])
    train = events.of("train")
    with pytest.raises(InputError, match="what is the train part alone"):
        train.of("train")
    assert np.array_equal(
        train.take(train.label).weight, events.take(events.label).of("train").weight
    )
    assert replace(train, only=None).of("test").weight.size == 0


def test_a_thinned_training_part_keeps_yields_and_proportions(dataset):
    whole = learning.learning_set(dataset, ["dh_hds_130", "lv_hds_130"])
    share, train = 0.25, whole.of("train")
    thinned = learning.learning_set(
        dataset, ["dh_hds_130", "lv_hds_130"], train_events=share * len(train)
    )
    few = thinned.of("train")
    assert len(few) == pytest.approx(share * len(train), rel=0.05)
    assert identities(few) < identities(train)
    assert len(few) == COPIES * len(identities(few))  # copies stay together
    size = np.bincount(few.sample) / np.bincount(train.sample)
    n = share * min(np.bincount(train.sample)) / COPIES
    np.testing.assert_allclose(size, share, atol=4 * share / np.sqrt(n))
    for label in (True, False):
        of = few.take(few.label == label)
        original = of.weight[np.unique(of.original, return_index=True)[1]] * COPIES
        error = np.sqrt(np.sum(original**2))
        expected = train.weight[train.label == label].sum()
        assert of.weight.sum() == pytest.approx(expected, abs=4 * error)
    for part in ("validation", "test"):
        for name in PER_EVENT:
            left, right = (getattr(one.of(part), name) for one in (thinned, whole))
            np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("channel", ["all", "ee"])
@pytest.mark.parametrize("buffer", [100, 700, 10**9])
def test_stored_events_are_those_of_the_set(dataset, tmp_path, buffer, channel):
    options = {"features": ("met", "jet1pt"), "channel": channel, "backgrounds": ["ttbar_2l"]}
    expected = learning.learning_set(dataset, ["dh_hds_130"], **options).of("train")
    stored = learning.stored(
        dataset, ["dh_hds_130"], tmp_path, part="train", buffer=buffer, **options
    )
    batches = list(stored.batches(64, seed=1, buffer=buffer))
    assert [len(one) for one in batches[:-1]] == [64] * (len(batches) - 1)
    assert {one.only for one in batches} == {"train"}
    for got in (stored, learning.joined(batches)):
        rows = [np.lexsort((*one.features.T, one.event, one.sample)) for one in (got, expected)]
        for name in PER_EVENT:
            left, right = (
                getattr(one, name)[order] for one, order in zip((got, expected), rows, strict=True)
            )
            np.testing.assert_array_equal(left, right, err_msg=name)
        assert (got.names, got.processes) == (expected.names, expected.processes)


def test_batches_are_shuffled_and_mixed(dataset, tmp_path):
    stored = learning.stored(dataset, ["dh_hds_130"], tmp_path, part="train", buffer=6000)
    read = [list(stored.batches(500, seed, buffer=6000)) for seed in (1, 1, 2)]
    events = [np.concatenate([one.event for one in batches]) for batches in read]
    np.testing.assert_array_equal(events[0], events[1])
    assert np.mean(events[0] == events[2]) < 0.05
    # every batch has its share of the one signal beside the backgrounds
    shares = [one.label.mean() for one in read[0][:-1]]
    assert len(shares) > 10
    assert np.mean(shares) == pytest.approx(1 / len(dataset.chosen(["dh_hds_130"])), rel=0.15)
    assert min(shares) > 0.01


def test_a_part_that_can_not_be_stored(dataset, tmp_path):
    with pytest.raises(InputError, match="unknown part 'tain'"):
        learning.stored(dataset, ["dh_hds_130"], tmp_path, part="tain")
