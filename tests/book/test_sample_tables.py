"""Sums of weights and sizes of samples, from small skims."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lepsearch.book import sample_tables
from lepsearch.book.sample_tables import class_sums
from lepsearch.data.source import Simulation


class FakeInfo:
    """A skim's word on itself, as far as the sums need it."""

    def __init__(self, sample, kind, events, weight, cross_section, total):
        step = type("Step", (), {"events": events, "weight": weight})()
        self.sample, self.kind, self.label = sample, kind, sample.upper()
        self.cutflow = type("Flow", (), {"steps": [step]})()
        self.cross_section_pb, self.sum_of_weights = cross_section, total
        self.per_inverse_fb = 1000 * cross_section / total if total else 0.0
        self.inputs = ({"entries": events},)


class FakeDataset:
    """Samples with the same fields as a dataset's."""

    luminosity_fb = 10.0

    def __init__(self, infos, made=()):
        self.by_name = {info.sample: info for info in infos}
        self.workspace = type("Workspace", (), {"ntuples": Path(), "profile": "smoke"})()
        self.manifest = type("Manifest", (), {"simulation": lambda *_: dict(made)})()

    def infos(self, region):
        return list(self.by_name.values())

    def info(self, region, sample):
        return self.by_name[sample]

    def table(self, region, *, samples, columns):
        (sample,) = samples
        events = np.arange(self.by_name[sample].cutflow.steps[0].events)
        return pd.DataFrame({"event": events // 2, "weight": np.where(events % 4, 1.0, -1.0)})


INFOS = [
    FakeInfo("data", "data", 7, 7.0, 1.0, 1.0),
    FakeInfo("one", "background", 20, 40.0, 2.0, 100.0),
    FakeInfo("two", "background", 10, 5.0, 0.5, 50.0),
    FakeInfo("empty", "background", 0, 0.0, 1.0, None),
]


def test_sums_add_physics_weights_and_efficiencies():
    sums = class_sums(FakeDataset(INFOS), "dilepton")
    # 40 of 100 at 2 pb and 5 of 50 at 0.5 pb, times 10 / fb
    assert sums["sum_of_weights"] == pytest.approx(0.4 * 20_000 + 0.1 * 5_000)
    assert sums["over_sum"] == pytest.approx(0.4 + 0.1)
    assert sums["with_luminosity_over_sum"] == pytest.approx(5.0)
    assert sums[["simulated", "sum_of_generator_weights"]].tolist() == [30, 45.0]


def test_a_cross_section_changes_only_the_expectation():
    scaled = [FakeInfo("one", "background", 20, 40.0, 4.0, 100.0)]
    plain = class_sums(FakeDataset(INFOS), "dilepton", sample="one")
    doubled = class_sums(FakeDataset(scaled), "dilepton")
    assert doubled["sum_of_weights"] == pytest.approx(2 * plain["sum_of_weights"])
    assert doubled["over_sum"] == plain["over_sum"]


def test_sizes_count_rows_and_events():
    table = sample_tables.sample_sizes(FakeDataset(INFOS), "dilepton", ["data", "one", "empty"])
    assert table.index.tolist() == ["one", "empty"]
    # 20 rows of 10 events, alternately -1 + 1 and 1 + 1: (5 x 2)^2 / (5 x 4) effective ones
    assert table.loc["one"].tolist()[:5] == pytest.approx([20, 10, 5, 0.25, 0.25])
    assert str(table.loc["one", "expected"]) == "10.0 ± 4.5"
    assert table.loc["empty", "rows"] == 0
    assert table.loc["empty", "expected"].value == 0


def test_cross_sections_stand_beside_pythias(monkeypatch):
    recipe = {"process": "ttbar_2l", "parameters": {}}
    made = {
        "cross_section_pb": 1.6, "cross_section_error_pb": 0.01, "generated": 400,
        "whole": 90, "recipe": recipe,
    }  # fmt: skip
    monkeypatch.setattr(
        sample_tables, "recorded", lambda path: made if path.name == "one.root" else None
    )
    table = sample_tables.cross_sections(FakeDataset(INFOS), ["data", "one", "two"])
    assert table.index.tolist() == ["one"]
    pythia, ratio, generated, made_whole, note = table.loc["one"]
    assert (str(pythia), generated, made_whole) == ("1.600 ± 0.010", 400, 90)
    assert ratio == pytest.approx(1.25)
    assert "leading order" in note
    assert sample_tables.cross_sections(FakeDataset(INFOS), ["two"]).empty


def test_signals_have_a_prediction_where_they_were_made():
    infos = [FakeInfo(name, "signal", 1, 1.0, 2e-3, 1.0) for name in ("a", "b")]
    made = {"b": Simulation("heavy_neutrino", 4000, 1, {"mass": 150.0})}
    table = sample_tables.signal_samples(FakeDataset([*INFOS, *infos], made))
    assert table.index.tolist() == ["a", "b"]
    assert table["label"].tolist() == ["A", "B"]
    assert table["σ × BR [fb]"].tolist() == [2.0, 2.0]
    assert table["expected"].tolist() == [20.0, 20.0]
    assert table.loc["a", ["by quadrature [fb]", "generated"]].isna().all()
    assert table.loc["b", ["process", "mass", "generated"]].tolist() == [
        "heavy_neutrino",
        150,
        4000,
    ]
    assert 1 < table.loc["b", "by quadrature [fb]"] < 100
    assert sample_tables.signal_samples(FakeDataset(INFOS)).query("process == 'x'").empty
