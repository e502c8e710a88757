"""False alarms: rates and their errors against calculations by hand and known truths."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.stats import alarms
from lepsearch.stats.comparison import Comparison

EDGES = np.linspace(0, 300, 11)


@pytest.fixture
def table():
    """A simulated background worth 3000 events."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "kind": "background", "group": "ttbar", "sample": "ttbar", "event": np.arange(3000),
            "weight": 1.0, "mll": rng.gamma(4, 25, 3000), "met": rng.exponential(60, 3000),
        }
    )  # fmt: skip


def test_alarms_are_as_frequent_as_they_should_be(table):
    drawn = Comparison.of(table, {"ttbar": "tt"}, {"tt": 0.1}, pseudo=True, seed=0)
    names = ("mll", "met")
    known = [drawn.feature(name, table[name], EDGES) for name in names]
    others = [drawn.with_seed(1 + i) for i in range(150)]
    found = alarms.repeated(known, [table[name] for name in names], others)
    assert found.p.shape == found.p_shape.shape == (150, 2)
    share, error = alarms.rate(found.p, 0.2)
    assert error == pytest.approx(np.sqrt(0.2 * 0.8 / 300), rel=0.3)  # two independent features
    assert share == pytest.approx(0.2, abs=3 * error)
    moved = alarms.repeated(known[:1], [1.2 * table["mll"]], others[:20])
    assert alarms.rate(moved.p, 0.01)[0] > 0.9


def test_rate_counts_tests_and_takes_its_error_from_repeats():
    # three repeats of two tests that always agree: shares 0, 1, 0
    p = np.array([[0.5, 0.5, np.nan], [0.01, 0.01, np.nan], [0.5, 0.5, np.nan]])
    share, error = alarms.rate(p, 0.05)
    assert share == pytest.approx(1 / 3)
    assert error == pytest.approx(1 / 3)  # not sqrt(1/3 * 2/3 / 6)
    assert np.isnan(alarms.rate(np.full((3, 2), np.nan), 0.05)).all()
    assert np.isnan(alarms.rate(p[:1], 0.05)[1])


def test_tables():
    p = np.array([[0.001, 0.5, np.nan], [0.04, 0.5, np.nan]])
    shown = alarms.rates_table({("x", "chi-square"): p, ("y", "shape"): np.full((2, 3), np.nan)})
    row = shown.loc["x", "chi-square"]
    assert row["tests"] == "4"
    assert row["below 5 % [%]"] == "50.00 ± 0.00"
    assert row["below 0.1 % [%]"] == "none"
    assert row["repeats with an alarm after Holm"] == "1 of 2"  # 0.04 * 2 is above 5 %
    assert shown.loc["y", "shape"].iloc[1] == "–"
    counted = alarms.counts_table({("x", "chi-square"): p[1]}, 0.05)
    assert counted.iloc[0].tolist() == ["2", "0.04", "0.078", "1", "0"]  # 1 - 0.96^2
