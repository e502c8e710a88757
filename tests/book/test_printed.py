"""What the draft prints, against numbers worked out apart from the library."""

import numpy as np
import pytest

from lepsearch.book import printed
from lepsearch.stats import limits

UNCERTAINTIES = [0.0, 0.1, 0.3]


@pytest.fixture
def entries():
    return printed.significances(UNCERTAINTIES).set_index(["channel", "model"])


def textbook(s, b):
    """Equation 5.4 as it is printed."""
    return np.sqrt(2 * ((s + b) * np.log(1 + s / b) - s))


def test_significances_of_the_printed_yields(entries):
    # worked out by hand, to three digits, from the yields in the thesis
    expected = {
        ("ee", "light vector"): (4, 117, 0.368),
        ("ee", "dark Higgs"): (6, 117, 0.550),
        ("mumu", "light vector"): (3, 108, 0.287),
        ("mumu", "dark Higgs"): (5, 108, 0.477),
    }
    assert list(entries.index) == list(expected)
    for key, (s, b, z) in expected.items():
        assert tuple(entries.loc[key, ["s", "b"]]) == (s, b)
        assert entries.loc[key, "recomputed"] == pytest.approx(z, abs=6e-4)
        assert entries.loc[key, 0.0] == entries.loc[key, "recomputed"]


def test_significance_with_an_uncertain_background_is_that_of_pyhf(entries):
    row = entries.loc["ee", "dark Higgs"]
    # pyhf 0.7.6, run outside this library
    assert row[0.1] == pytest.approx(0.3717, abs=1e-4)
    assert row[0.3] == pytest.approx(0.1608, abs=1e-4)


@pytest.mark.parametrize(("column", "start"), [("possible", -0.5), ("if cut off", 0.0)])
def test_possible_entries_are_those_that_some_yields_round_to(entries, column, start):
    inside = start + np.linspace(0.0005, 0.9995, 400)
    decimals = {"ee": 1, "mumu": 2}
    for (channel, model), row in entries.iterrows():
        s, b = np.meshgrid(row["s"] + inside, row["b"] + inside)
        rounded = np.round(textbook(s, b), decimals[channel])
        found = bool(np.isclose(rounded, row["printed"], atol=1e-9).any())
        assert row[column] == found, (channel, model)


def test_only_the_light_vector_in_muon_pairs_is_impossible(entries):
    assert list(entries.index[~entries["possible"]]) == [("mumu", "light vector")]
    assert entries["if cut off"].all()
    row = entries.loc["mumu", "light vector"]
    assert (row["printed"], row["half"]) == (0.36, pytest.approx(0.005))
    assert row["lowest"] == pytest.approx(textbook(2.5, 108.5))
    assert row["highest"] == pytest.approx(textbook(3.5, 107.5))


def test_both_channels_are_one_likelihood_of_two_bins():
    table = printed.with_both_channels(UNCERTAINTIES).set_index(["model", "channel"])
    assert len(table) == 6
    for one in UNCERTAINTIES:
        sigma = one * np.array([117.0, 108.0])
        together = limits.discovery_significance([6, 5], [117, 108], sigma)
        # one signal strength, and for each bin a background of its own
        assert table.loc[("dark Higgs", "all"), one] == pytest.approx(together, abs=1e-4)
    light = table.loc["light vector"]
    assert light.loc["all", 0.0] == pytest.approx(np.hypot(0.3677, 0.2874), abs=1e-4)


def test_cases_for_pyhf_hold_each_experiment_once():
    cases = printed.pyhf_cases([0.0, 0.1])
    assert not cases.duplicated().any()
    assert list(cases.columns) == ["signal", "background", "relative"]
    # four kept cases, four yields at two uncertainties, of which 6 on 117 at 10 % is kept already
    assert len(cases) == 4 + 8 - 1


def test_formula_and_pyhf_side_by_side():
    cases = printed.pyhf_cases([])
    table = limits.formula_and_pyhf(cases)
    for column in ("formula", "pyhf"):
        assert table[column].tolist() == pytest.approx([0.3717, 0.1608, 0.6902, 0.4694], abs=1e-4)
    assert table["difference"].tolist() == pytest.approx(
        (table["formula"] - table["pyhf"]).tolist()
    )
    assert "formula" not in cases


def test_sizes_add_up():
    sizes = printed.sample_sizes().set_index("table")
    # added by hand
    assert sizes["total"].to_dict() == {
        "5.2": 70_014_726, "5.3": 72_655_888, "5.7": 72_655_888, "5.8": 72_655_888,
    }  # fmt: skip
    assert sizes.loc["5.7", "signal"] == 2_990_986


def test_products_of_table_5_8_are_ten_times_what_is_printed():
    products = printed.sample_products().set_index(["table", "part"])
    # multiplied by hand to four digits
    expected = {
        ("5.2", "signal"): 8.224e11, ("5.2", "background"): 1.604e14,
        ("5.8", "signal"): 1.087e14, ("5.8", "background"): 2.531e15,
    }  # fmt: skip
    for key, value in expected.items():
        assert products.loc[key, "recomputed"] == pytest.approx(value, rel=4e-4)
    assert products.loc["5.2", "ratio"].tolist() == pytest.approx([1, 1], rel=5e-3)
    assert products.loc["5.8", "ratio"].tolist() == pytest.approx([10, 10], rel=1e-2)
