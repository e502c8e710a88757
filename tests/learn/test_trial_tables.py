"""Tables of grids: the thesis's values in place, and points compared and counted rightly."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.learn import trial_tables, tuning
from lepsearch.learn.trial_tables import POINT
from lepsearch.stats.estimate import Estimate


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


def test_a_signal_has_no_point_where_a_training_is_undefined_everywhere():
    table = made_up()
    table.loc[table["seed"] == 2, "validation_z_a"] = np.nan
    chosen = {"layers": 1, "learning_rate": 0.01, "l2": 1e-5, "neurons": 100}
    assert list(trial_tables.own_best(table, ["a", "b"], chosen).index) == ["b"]


def test_the_models_table_is_ordered_by_yield_and_has_a_dash_where_nothing_is_known():
    columns = ["value", "error", "effective"]
    together = pd.DataFrame([[1.0, 0.1, 31.4], [np.nan] * 3], ["a", "b"], columns)
    alone = pd.DataFrame([[0.5, 0.2, 12.0], [np.nan, np.nan, 4.0]], ["a", "b"], columns)
    yields = {"b": Estimate(2.0, 0.5, events=16), "a": Estimate(1234.0, 12.0, events=9)}
    shown = trial_tables.models_table(yields, together, alone, {"a": "Model A"})
    assert list(shown.index) == ["Model A", "b"]
    cells = [[cell.replace("\u00a0", " ") for cell in row] for row in shown.to_numpy()]
    assert cells[0] == ["1,234 ± 12 (9)", "1.00 ± 0.10", "31", "0.50 ± 0.20", "12"]
    assert cells[1] == ["2.00 ± 0.50 (16)", "–", "–", "–", "4"]


def test_parts_stand_one_under_another():
    table = trial_tables.by_part(made_up(), "auc", "train", "test")
    assert table["part"].tolist() == ["training part"] * 4 + ["test part"] * 4
    assert set(POINT) < set(table)


def test_points_are_chosen_by_area_where_there_is_no_significance():
    table = made_up()
    metric, one = trial_tables.choice(table)
    assert (metric, one.point["neurons"]) == ("z", 100)
    table["validation_z"] = np.nan
    table.loc[table["learning_rate"] == 0.1, "validation_raw_auc"] = 0.95
    metric, one = trial_tables.choice(table)
    assert (metric, one.point["learning_rate"]) == ("raw_auc", 0.1)
