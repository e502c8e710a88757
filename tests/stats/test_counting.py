"""Cut and count: cuts, yields and significances."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.stats import counting, significance
from lepsearch.stats.estimate import Estimate, sum_weights
from lepsearch.stats.histograms import components, fill, spectra


@pytest.fixture
def table():
    """Eight electron pairs that pass all cuts, changed one feature at a time."""
    rows = pd.DataFrame(
        {
            "met_sig": 12.0, "mt": 300.0, "mll": 130.0, "nbjets": 0, "mt2": 120.0, "weight": 2.0,
            "kind": "background", "sample": "tt", "group": "ttbar",
        },
        index=range(8),
    )  # fmt: skip
    for i, (feature, value) in enumerate(
        [("met_sig", 10.0), ("mt", 160.0), ("mll", 120.0), ("nbjets", 1), ("mt2", 110.0)]
    ):
        rows.loc[i, feature] = value
    rows.loc[6, ["kind", "sample", "weight"]] = ["signal", "dh", 0.5]
    rows.loc[7, "mll"] = 150.0
    return rows


CUTS = {
    "missing-pT significance": "met_sig > 10",
    "mT": "mt > 160",
    "mll": "mll > 120",
    "no b-jet": "nbjets <= 0",
    "mT2": "mt2 > 110",
}


def test_cuts_one_by_one(table):
    steps = counting.cut_by_cut(table, CUTS | {"window": "mll < 150"})
    background = steps["background"]
    # each of the cuts removes the one event that sits exactly on it
    assert [one.events for one in background] == [7, 6, 5, 4, 3, 2, 1]
    assert [one.value for one in background] == [14, 12, 10, 8, 6, 4, 2]
    errors = [one.error for one in background]
    assert errors == pytest.approx(2 * np.sqrt([7, 6, 5, 4, 3, 2, 1]))
    assert list(steps.index) == ["before the cuts", *CUTS, "window"]
    assert steps.loc["mT2", "dh"] == Estimate(0.5, 0.5, events=1)
    assert list(steps) == ["background", "dh"]


def test_absent_features_do_not_pass(table):
    table.loc[6, "mt2"] = np.nan
    steps = counting.cut_by_cut(table, CUTS)
    assert steps.loc["mT2", "dh"].events == 0
    with pytest.raises(pd.errors.UndefinedVariableError, match="'mt2'"):
        counting.cut_by_cut(table.drop(columns="mt2"), CUTS)


def test_significances_against_the_formula(table):
    results = counting.significances({"ee": table, "mumu": table}, CUTS, [0.0, 0.2])
    row = results.loc["dh", "ee"]
    assert row[0.2].value == pytest.approx(float(significance.z_asimov(0.5, 4.0, 0.8)))
    # two background events and one signal event of weights 2 and 0.5; 20 % of a background
    # that moves moves too
    shares = np.array([-1, 1]) * 1e-4
    by_s = np.diff(significance.z_asimov(0.5 + shares, 4.0, 0.8)) / 2e-4
    by_b = np.diff(significance.z_asimov(0.5, 4.0 + shares, 0.2 * (4.0 + shares))) / 2e-4
    spread = np.sqrt(by_s**2 * row["signal"].error ** 2 + by_b**2 * row["background"].error ** 2)
    assert row[0.2].error == pytest.approx(spread[0], rel=1e-5)
    both = results.loc[("dh", "all"), 0.2]
    assert both.value == pytest.approx(np.sqrt(2) * row[0.2].value)
    # two independent channels of one precision: the error of the root is that of one channel
    assert both.error == pytest.approx(row[0.2].error)


def test_a_sample_with_no_event_left_has_a_limit(table):
    """Three events of mean weight at 95 %; Poisson: exp(-3.0) is 5 %."""
    table.loc[:2, "sample"] = "z"  # these three do not pass the first three cuts
    table.loc[2, "weight"] = 7.0
    limits = counting.unseen(table, CUTS)
    # events 0, 1, 2 fall one after another; the last to go weighs 7
    assert limits.tolist() == pytest.approx([0, 0, 0, 21.0, 21.0, 21.0], rel=2e-3)
    named = counting.by_sample({"ee": table}, CUTS)
    assert named.index.tolist() == ["z", "tt"]
    assert named["limit, ee"].tolist() == pytest.approx([21.0, 0.0], rel=2e-3)
    assert [one.value for one in named["ee"]] == [0.0, 4.0]
    row = counting.significances({"ee": table}, CUTS, [0.1]).iloc[0]
    assert row["unseen"] == limits.iloc[-1]
    most = 4.0 + row["unseen"]
    assert row[0.1].low == pytest.approx(float(significance.z_asimov(0.5, most, 0.1 * most)))
    assert row[0.1].low < row[0.1].value


def test_the_last_cut_has_the_limit_of_a_significance(table):
    table.loc[4, "sample"] = "z"  # falls with the last cut
    row = counting.significances({"ee": table}, CUTS, [0.1]).iloc[0]
    assert row["unseen"] == pytest.approx(-np.log(0.05) * 2)
    named = counting.by_sample({"ee": table}, CUTS)
    assert named.loc["z", "limit, ee"] == row["unseen"]


def test_a_sample_that_is_left_or_never_was_has_no_limit(table):
    table.loc[5, ["sample", "weight"]] = ["z", 0.3]  # passes all cuts
    table.loc[4, ["sample", "weight"]] = ["none", 0.0]
    assert not counting.unseen(table, CUTS).any()


def test_limits_do_not_depend_on_the_signs_of_weights(table):
    """Weights of +1342 and -606 stand for 1113 an event; over their sum it would be 2946."""
    table.loc[:1, "sample"] = "z"  # both fall with the second cut
    table.loc[:1, "weight"] = [-606.0, 1342.0]
    table.loc[0, "met_sig"] = 12.0
    table.loc[0, "mt"] = 160.0
    one = -np.log(0.05) * 1113.04  # the mean of 1342 and 606, each weighted by itself
    assert counting.unseen(table, CUTS).tolist() == pytest.approx([0, 0, *[one] * 4], rel=1e-5)
    # whichever sign: a sum that is not positive has the limit at once
    table.loc[:1, "weight"] *= -1
    flipped = counting.unseen(table, CUTS).tolist()
    assert flipped == pytest.approx([one] * 6, rel=1e-5)
    # a copy of both events with half of the weight each tells nothing new
    halves = pd.concat([table, table.loc[:1]]).assign(event=[*range(8), 0, 1])
    halves["weight"] = halves["weight"].where(halves["sample"] != "z", halves["weight"] / 2)
    assert counting.unseen(halves, CUTS).tolist() == pytest.approx(flipped)


def test_a_significance_on_too_small_a_sample_is_marked(table):
    """Worth two events is too little, twelve is enough, and both channels need it."""
    more = pd.concat([table, table.loc[[5] * 10]], ignore_index=True)
    results = counting.significances({"ee": more, "mumu": table}, CUTS, [0.1])
    found = results.loc["dh", 0.1]
    assert {name: z.enough for name, z in found.items()} == {
        "ee": True,
        "mumu": False,
        "all": False,
    }
    assert {name: "†" in str(z) for name, z in found.items()} == {
        "ee": False,
        "mumu": True,
        "all": True,
    }


def test_no_background_no_significance(table):
    results = counting.significances({"ee": table[table["kind"] == "signal"]}, CUTS, [0.0])
    assert [str(z) for z in results[0.0]] == ["–", "–"]
    table.loc[7, "weight"] = -2.0  # cancels the other that passes
    results = counting.significances({"ee": table}, CUTS, [0.0])
    assert [str(z) for z in results[0.0]] == ["–", "–"]


def test_any_positive_background_has_a_significance(table):
    """One event that stands for half of one."""
    table.loc[[5, 7], "weight"] = 0.5, 0.0
    few = table.drop(index=7)
    z = counting.significances({"ee": few}, CUTS, [0.0]).loc[("dh", "ee"), 0.0]
    assert z.value == pytest.approx(float(significance.z_asimov(0.5, 0.5, 0.0)))


def test_no_signal_in_one_channel(table):
    """The channel says so, and there is no significance of both."""
    none = table[table["kind"] != "signal"]
    results = counting.significances({"ee": table, "mumu": none}, CUTS, [0.0])
    assert results.loc[("dh", "mumu"), "signal"] == Estimate(0.0, 0.0, events=0)
    assert np.isfinite(results.loc[("dh", "ee"), 0.0].value)
    assert [str(z) for z in results[0.0].iloc[1:]] == ["–", "–"]


def test_a_signal_without_weight_has_no_error_of_its_significance(table):
    table.loc[6, "weight"] = 0.0
    both = counting.significances({"ee": table, "mumu": table}, CUTS, [0.0]).loc[("dh", "all"), 0.0]
    assert both.value == 0
    assert np.isnan(both.error)


def test_no_signal_no_rows(table):
    none = table[table["kind"] != "signal"]
    results = counting.significances({"ee": none}, CUTS, [0.0])
    assert results.empty
    assert list(results.index.names) == ["signal", "channel"]


def test_histograms_keep_every_event():
    values, weights = [-5.0, 0.5, 1.0, 99.0, np.nan], [1.0, 2.0, 3.0, -4.0, 50.0]
    histogram = fill(values, weights, [0.0, 1.0, 2.0])
    # below the first edge and above the last count in the outer bins; the upper edge is open
    assert histogram.values().tolist() == [3.0, -1.0]
    assert histogram.variances().tolist() == [5.0, 25.0]
    with pytest.raises(InputError, match="bin edges must rise"):
        fill(values, weights, [1.0, 1.0])


def test_copies_of_an_event_are_one_entry():
    """An event measured twice with half its weight is as uncertain as the event itself."""
    once = pd.DataFrame({"weight": [2.0, 4.0], "event": [1, 2]})
    twice = pd.DataFrame({"weight": [1.0, 1.0, 2.0, 2.0], "event": [1, 1, 2, 2]})
    assert sum_weights(twice) == sum_weights(once) == Estimate(6.0, np.sqrt(20.0), events=2)
    same_bin = fill([0.1, 0.2, 1.5, 1.6], twice["weight"], [0.0, 1.0, 2.0], original=twice["event"])
    assert same_bin.values().tolist() == [2.0, 4.0]
    assert same_bin.variances().tolist() == [4.0, 16.0]
    apart = fill([0.1, 1.2, 0.5, 1.6], twice["weight"], [0.0, 1.0, 2.0], original=twice["event"])
    assert apart.values().tolist() == [3.0, 3.0]
    assert apart.variances().tolist() == [5.0, 5.0]


def test_spectra_split_by_kind(table):
    table.loc[7, ["kind", "sample", "weight"]] = ["data", "data", 1.0]
    got = spectra(table, "mll", [0.0, 125.0, 200.0], {"wjets": "W", "ttbar": "tt", "dh": "DH"})
    assert list(components(got, "background")) == ["tt"]
    assert components(got, "background")["tt"].values().tolist() == [2.0, 10.0]
    assert components(got, "signal")["DH"].values().tolist() == [0.0, 0.5]
    assert got[{"kind": "data", "process": sum}].values().tolist() == [0.0, 1.0]
