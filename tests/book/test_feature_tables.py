"""The tables of the features as pages show them."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.book import feature_tables
from lepsearch.events.features import DILEPTON


@pytest.fixture
def events():
    table = pd.DataFrame({name: np.ones(8) for name in DILEPTON})
    table["jet1pt"] = [50.0] * 6 + [np.nan] * 2
    table["jet3pt"] = np.nan
    return table.assign(weight=[1.0] * 4 + [2.0] * 4, event=[0, 1, 2, 3, 4, 5, 6, 6])


def test_share_counts_copies_once(events):
    """8 of 12; the two without a jet are copies of one event of weight 4."""
    value, error = feature_tables.share(events, events["jet1pt"].notna())
    assert value == pytest.approx(8 / 12)
    has, lacks = np.sqrt(4 * 1 + 2 * 4), 4.0
    assert error == pytest.approx(np.hypot(4 * has, 8 * lacks) / 12**2)
    assert np.isnan(feature_tables.share(events[:0], events["met"][:0].notna())).all()


def test_features_table(events):
    table = feature_tables.features_table(events, "dilepton")
    assert list(table.index) == list(DILEPTON)
    assert table.loc["jet1pt", "present [%]"] == "67 ± 24"
    assert table.loc["jet3pt", "present [%]"] == "0 ± 0"
    assert table.loc["met", "present [%]"] == "100"
    assert table.loc["dPhiLeps", "table"] == "4.2*"
    assert set(table["unit"]) == {"GeV", "rad", ""}


def test_differences_name_features():
    names = {name for row in feature_tables.differences_table().index for name in row.split(", ")}
    ranges = {"dPhi…", "jet1pt … mjj"}
    assert names - ranges <= set(DILEPTON)


def test_correlations_table():
    pairs = pd.DataFrame(
        {"first": ["a", "a"], "second": ["b", "c"], "r": [1 - 2e-16, 0.51234],
         "error": [1e-17, 0.012], "events": [1000, 12]}
    )  # fmt: skip
    table = feature_tables.correlations_table(pairs)
    assert table.loc["a, b"].tolist() == ["1 ± 0", "1,000"]
    assert table.loc["a, c", "correlation"] == "0.512 ± 0.012"
