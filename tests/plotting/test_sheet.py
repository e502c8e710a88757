"""Sheets of many small histograms: heights, words and marks of what had no test."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.plotting.sheet import scaled, sheet
from lepsearch.stats.comparison import Comparison

EDGES = np.linspace(0, 300, 16)


def test_a_sheet_has_every_feature_and_says_which_had_no_test():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "kind": "background", "group": "ttbar", "sample": "ttbar", "event": np.arange(3000),
            "weight": 0.5, "mll": rng.gamma(4, 25, 3000),
        }
    )  # fmt: skip
    drawn = Comparison.of(table, {"ttbar": "tt"}, {"tt": 0.1}, pseudo=True, seed=1)
    one = drawn.feature("mll", table["mll"], EDGES)
    none = drawn.feature("absent", np.full(len(table), np.nan), EDGES)
    figure = sheet([one, none] * 4, source="pseudo-data", columns=3)
    figure.canvas.draw()
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words.count("mll") == words.count("absent") == words.count("too few") == 4
    assert words.count(f"p = {one.p:.2g}") == 4
    assert "pseudo-data" in [text.get_text() for text in figure.legends[0].get_texts()]
    # the points of the left frame: heights in proportion to the counts
    points = figure.axes[0].lines[0].get_ydata()
    counts = one.observed[one.observed > 0]
    slope = np.polyfit(counts, points, 1)
    assert np.polyval(slope, counts) == pytest.approx(points, abs=1e-9)
    assert slope[0] < 0  # the axis of the sheet points down


def test_heights_in_a_frame():
    assert scaled(np.array([0, 5.5, 11, 99]), 10, log=False).tolist() == [0, 0.5, 1, 1]
    # 1.1e5 at the top, four decades below it the bottom: a factor of ten is a quarter
    found = scaled(np.array([1.1e5, 1.1e4, 1.1e3, 1, 0]), 1e5, log=True)
    assert found == pytest.approx([1, 0.75, 0.5, 0, 0])
