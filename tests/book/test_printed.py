"""What the draft prints, against numbers worked out apart from the library."""

import numpy as np
import pytest

from lepsearch.book import printed


@pytest.fixture
def entries():
    return printed.significances()


def textbook(s, b):
    """Equation 5.4 as it is printed."""
    return np.sqrt(2 * ((s + b) * np.log(1 + s / b) - s))


def test_significances_of_the_printed_yields(entries):
    # worked out by hand, to three digits, from the yields in the thesis
    expected = {
        ("ee", "light vector"): (4, 117, 0.368),
        ("ee", "dark Higgs"): (6, 117, 0.550),
        ("μμ", "light vector"): (3, 108, 0.287),
        ("μμ", "dark Higgs"): (5, 108, 0.477),
    }
    assert list(entries.index) == list(expected)
    for key, (s, b, z) in expected.items():
        assert tuple(entries.loc[key, ["s", "b"]]) == (s, b)
        assert entries.loc[key, "recomputed"] == pytest.approx(z, abs=6e-4)


@pytest.mark.parametrize(("column", "start"), [("possible", -0.5), ("if truncated", 0.0)])
def test_possible_entries_are_those_that_some_yields_round_to(entries, column, start):
    inside = start + np.linspace(0.0005, 0.9995, 400)
    decimals = {"ee": 1, "μμ": 2}
    for (channel, model), row in entries.iterrows():
        s, b = np.meshgrid(row["s"] + inside, row["b"] + inside)
        rounded = np.round(textbook(s, b), decimals[channel])
        found = bool(np.isclose(rounded, row["printed"], atol=1e-9).any())
        assert row[column] == found, (channel, model)


def test_only_the_light_vector_in_muon_pairs_is_impossible(entries):
    assert list(entries.index[~entries["possible"]]) == [("μμ", "light vector")]
    assert entries["if truncated"].all()
    row = entries.loc["μμ", "light vector"]
    assert (row["printed"], row["half"]) == (0.36, pytest.approx(0.005))
    assert row["lowest"] == pytest.approx(textbook(2.5, 108.5))
    assert row["highest"] == pytest.approx(textbook(3.5, 107.5))
