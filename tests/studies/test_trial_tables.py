"""Tables of grids: the thesis's values in place, and points compared and counted rightly."""

import numpy as np
import pandas as pd
import pytest

from lepsearch import metrics, tuning
from lepsearch.labelled import LearningSet
from lepsearch.split import PARTS, part_of
from lepsearch.studies import trial_tables
from lepsearch.studies.trial_tables import POINT


def made_up() -> pd.DataFrame:
    """Four points with two seeds: the first signal likes many neurons, the second a high rate."""
    rows = []
    for layers, rate, neurons in [(1, 0.01, 10), (1, 0.01, 100), (1, 0.1, 10), (2, 0.01, 10)]:
        for seed in (1, 2):
            z = 2.0 + (neurons == 100) + 0.9 * (layers == 2) + 0.008 * seed
            row = {"layers": layers, "learning_rate": rate, "l2": 1e-5, "neurons": neurons,
                   "seed": seed}  # fmt: skip
            for part in ("train", "validation", "test"):
                row |= {f"{part}_raw_auc": 0.9, f"{part}_raw_auc_error": 0.01, f"{part}_auc": 0.8,
                        f"{part}_auc_error": 0.02, f"{part}_raw_accuracy": 0.95,
                        f"{part}_z": z, f"{part}_z_error": 0.1, f"{part}_z_a": z,
                        f"{part}_z_a_error": 0.1, f"{part}_z_b": 10 * rate,
                        f"{part}_z_b_error": 0.1, f"{part}_z_none": np.nan,
                        f"{part}_z_none_error": np.nan}  # fmt: skip
            rows.append(row)
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("figure", "row", "neurons", "value", "count"),
    [("5_15", 0.01, 100, 2.620, 16), ("5_15", 1.0, 100, 0.367, 16), ("5_17", 5, 100, 3.3, 9)],
)
def test_the_figures_of_the_thesis(figure, row, neurons, value, count):
    table = trial_tables.thesis_grid(figure)
    found = table[(table.iloc[:, 0] == row) & (table["neurons"] == neurons)]
    assert found["value"].tolist() == [value]
    assert len(table) == count


def test_points_are_listed_from_the_best_with_what_is_as_good():
    table = made_up()
    best = tuning.best(table, "validation_z")
    shown = trial_tables.points_table(table, best.compatible)
    assert [one.split()[-1] for one in shown["hidden"][:2]] == ["100", "10"]
    assert shown["as good"].tolist() == ["yes", "yes", "no", "no"]
    assert shown["$Z$"].iloc[0] == "3.01\u00a0±\u00a00.10"
    simple = trial_tables.simplest(best.compatible, 18)
    assert (simple["layers"], simple["neurons"]) == (2, 10)


def test_each_signal_has_its_own_best_point():
    found = trial_tables.own_best(
        made_up(), ["a", "b", "none"], {"layers": 1, "learning_rate": 0.01, "l2": 1e-5,
                                        "neurons": 100},
    )  # fmt: skip
    assert list(found.index) == ["a", "b"]
    assert found.loc["a", "neurons"] == 100
    assert found.loc["b", "learning_rate"] == 0.1
    assert found["as_good"].tolist() == [2, 1]
    assert found["chosen"].tolist() == [True, False]
    assert found.loc["b", "value"] == pytest.approx(1.0)


def test_parts_stand_one_under_another():
    table = trial_tables.by_part(made_up(), "auc", "train", "test")
    assert table["part"].tolist() == ["training part"] * 4 + ["test part"] * 4
    assert set(POINT) < set(table)


def test_a_cut_is_chosen_on_validation_and_read_on_test():
    rng = np.random.default_rng(4)
    n = 6000
    sample = rng.choice(3, n, p=[0.6, 0.2, 0.2]).astype(np.int16)
    score = np.clip(rng.normal(0.35 + 0.2 * sample, 0.15), 0, 1)
    event = np.arange(n, dtype=np.uint64)
    events = LearningSet(
        features=np.zeros((n, 1), dtype=np.float32),
        names=("met",),
        label=sample > 0,
        weight=np.array([0.5, 0.05, 0.05])[sample],
        event=event,
        sample=sample,
        sample_names=("ttbar", "near", "far"),
        sample_groups=("top", "dark", "dark"),
        processes=("Top", "Near", "Far"),
        part=part_of("made_up", event),
    )
    scores = {part: score[events.of(part).event.astype(int)] for part in PARTS}
    cuts = np.linspace(0.2, 0.8, 25)
    far, near = (trial_tables.read_off(events, scores, name, cuts) for name in ("far", "near"))
    assert far["auc_test"] > near["auc_test"] + 5 * near["auc_test_error"]
    assert far["z"] > near["z"]
    test = events.of("test").of_signal("far")
    values = score[test.event.astype(int)]
    assert far["auc_test"] == pytest.approx(metrics.auc(values, test.label, test.weight))
    scan = metrics.significance_scan(values, test.label, test.weight, [far["cut"]])
    assert far["z"] == pytest.approx(scan.z[0, 0])
    best = metrics.significance_scan(values, test.label, test.weight, cuts)
    assert far["z"] <= best.z[0, best.best()]
    # a cut needs enough background in the part where it is read off, too
    scarce = np.where(events.part == PARTS.index("test"), 0.3 * score, score)
    scores = {part: scarce[events.of(part).event.astype(int)] for part in PARTS}
    assert trial_tables.read_off(events, scores, "far", cuts)["cut"] < 0.3
    scores["test"] *= 0.1
    assert np.isnan(trial_tables.read_off(events, scores, "far", cuts)["z"])


def test_points_are_chosen_by_area_where_there_is_no_significance():
    table = made_up()
    metric, one = trial_tables.choice(table)
    assert (metric, one.point["neurons"]) == ("z", 100)
    table["validation_z"] = np.nan
    table.loc[table["learning_rate"] == 0.1, "validation_raw_auc"] = 0.95
    metric, one = trial_tables.choice(table)
    assert (metric, one.point["learning_rate"]) == ("raw_auc", 0.1)
