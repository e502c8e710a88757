"""Sums of weights and sizes of samples, from small skims."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lepsearch.book import sample_tables
from lepsearch.book.sample_tables import ClassSums, class_sums
from lepsearch.simulate.response_table import response_rows


class FakeInfo:
    """A skim's word on itself, as far as the sums need it."""

    def __init__(self, sample, kind, events, weight, cross_section, total):
        step = type("Step", (), {"events": events, "weight": weight})()
        self.sample, self.kind = sample, kind
        self.cutflow = type("Flow", (), {"steps": [step]})()
        self.cross_section_pb, self.sum_of_weights = cross_section, total
        self.per_inverse_fb = 1000 * cross_section / total if total else 0.0
        self.inputs = ({"entries": events},)


class FakeDataset:
    """Samples with the same fields as a dataset's."""

    luminosity_fb = 10.0

    def __init__(self, infos, folder=Path()):
        self.by_name = {info.sample: info for info in infos}
        self.workspace = type("Workspace", (), {"ntuples": folder})()

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
    sums = class_sums(FakeDataset(INFOS), "dilepton", lambda _: True)
    # 40 of 100 at 2 pb and 5 of 50 at 0.5 pb, times 10 / fb
    assert sums.expected == pytest.approx(0.4 * 20_000 + 0.1 * 5_000)
    assert sums.over_sum == pytest.approx(0.4 + 0.1)
    assert sums.with_luminosity == pytest.approx(5.0)
    assert (sums.simulated, sums.generator) == (30, 45.0)


def test_a_cross_section_changes_only_the_expectation():
    scaled = [FakeInfo("one", "background", 20, 40.0, 4.0, 100.0)]
    plain = class_sums(FakeDataset(INFOS), "dilepton", lambda info: info.sample == "one")
    doubled = class_sums(FakeDataset(scaled), "dilepton", lambda _: True)
    assert doubled.expected == pytest.approx(2 * plain.expected)
    assert doubled.over_sum == plain.over_sum


def test_sizes_count_rows_and_events():
    table = sample_tables.sizes_table(FakeDataset(INFOS), "dilepton", ["data", "one", "empty"])
    assert table.index.tolist() == ["one", "empty"]
    # 20 rows of 10 events, alternately -1 + 1 and 1 + 1: (5 x 2)^2 / (5 x 4) effective ones
    assert table.loc["one"].tolist() == ["20", "10", "5", "25.0%", "25.0%", "10.0 ± 4.5"]
    assert table.loc["empty", ["rows", "expected"]].tolist() == ["0", "0"]


def test_cross_sections_stand_beside_pythias(monkeypatch):
    recipe = {"process": "ttbar_2l", "parameters": {}}
    made = {
        "cross_section_pb": 1.6, "cross_section_error_pb": 0.01, "generated": 400,
        "recipe": recipe,
    }  # fmt: skip
    monkeypatch.setattr(
        sample_tables, "recorded", lambda path: made if path.name == "one.root" else None
    )
    table = sample_tables.cross_sections_table(FakeDataset(INFOS), ["data", "one", "two"])
    assert table.index.tolist() == ["one"]
    assert table.loc["one"].tolist()[:3] == ["1.600 ± 0.010", "1.250", "400"]
    assert "leading order" in table.loc["one"].iloc[3]
    assert "none" in sample_tables.cross_sections_table(FakeDataset(INFOS), ["two"]).to_string()


def test_sums_table_leaves_out_what_is_not_known():
    table = sample_tables.sums_table(
        {"ours": ClassSums(3, 2.5, 6e13, 1.0, 0.1), "theirs": {"simulated": 12345}}
    )
    assert table["ours"].tolist() == ["3", "2.5", "6e+13", "1", "0.1"]
    assert table["theirs"].tolist() == ["12,345", "–", "–", "–", "–"]


def test_every_number_of_the_detector_is_shown():
    table = sample_tables.response_table(response_rows())
    assert len(table) == len(response_rows())
    assert (table["source"] != "").all()


def test_studies_are_shown_with_errors_and_signs():
    row = {"process": "ww", "quantity": "Jets", "chosen": 1.0, "chosen_error": 0.03,
           "alternative": 1.2, "alternative_error": 0.04, "pull": 4.0}  # fmt: skip
    table = sample_tables.study_table(pd.DataFrame([row]))
    assert table.loc["ww"].tolist() == ["Jets", "1.000 ± 0.030", "1.200 ± 0.040", "+4.0"]
