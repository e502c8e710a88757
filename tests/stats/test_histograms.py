"""Effective numbers of events beside histograms."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.stats.histograms import bin_of, components, effective_events, spectra


def test_effective_events_count_copies_once_and_need_the_feature():
    table = pd.DataFrame(
        {
            "kind": ["background"] * 4 + ["signal"] * 2 + ["data"],
            "group": ["ttbar"] * 4 + ["dh"] * 2 + ["data"],
            "sample": ["a", "a", "a", "b", "s", "s", "data"],
            "event": [1, 1, 2, 1, 1, 2, 1],
            "weight": [1.0, 1.0, 1.0, 3.0, 2.0, 2.0, 1.0],
            "x": [1.0, 2.0, 1.0, 3.0, 1.0, np.nan, 1.0],
        }
    )
    labels = {"ttbar": "tt", "s": "signal"}
    found = effective_events(table, "x", labels)
    assert found == pytest.approx({"tt": 6**2 / (2**2 + 1 + 3**2), "signal": 1.0})
    one = spectra(table, "x", [0, 2, 4], labels)
    assert set(found) == {*components(one, "background"), *components(one, "signal")}


def test_bins():
    assert bin_of([0, 1, 2, 3], [0, 1, 3]).tolist() == [0, 1, 1, 1]
    assert bin_of([np.nan, -1, 8], [0, 1, 3]).tolist() == [-1, 0, 1]
    with pytest.raises(InputError, match="bin edges must rise"):
        bin_of([1.0], [0.0, 0.0])
