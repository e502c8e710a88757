"""Simulated histograms and their covariance."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.stats.expectation import Simulated, bin_of, count
from lepsearch.stats.histograms import fill

LABELS = {"diboson": "VV", "ttbar": "tt"}


@pytest.fixture
def table():
    """Events of two groups, some measured three times."""
    rng = np.random.default_rng(3)
    originals = 400
    event = np.repeat(np.arange(originals), rng.choice([1, 3], originals))
    group = np.where(event % 3 == 0, "diboson", "ttbar")
    return pd.DataFrame(
        {
            "event": event,
            "sample": group,
            "group": group,
            "weight": rng.uniform(-0.1, 1.0, len(event)),
            "x": rng.normal(2.0, 1.5, len(event)),
        }
    )


def test_the_diagonal_is_what_histograms_have(table):
    edges = [0.0, 1.0, 2.0, 3.0, 4.0]
    ours = Simulated.of(table, LABELS).histogram(table["x"], edges)
    assert list(ours.groups) == ["VV", "tt"]
    variance = np.zeros(4)
    for group, part in table.groupby("group"):
        theirs = fill(part["x"], part["weight"], edges, original=part["event"])
        assert ours.groups[LABELS[group]] == pytest.approx(theirs.values())
        variance += theirs.variances()
    assert np.diag(ours.statistical) == pytest.approx(variance)


def test_covariance_by_hand():
    table = pd.DataFrame(
        {"event": [1, 1, 2, 1], "sample": ["a", "a", "a", "b"], "group": "ttbar",
         "weight": [2.0, 3.0, 1.0, 5.0], "x": [0.5, 1.5, 1.5, np.nan]}
    )  # fmt: skip
    ours = Simulated.of(table, LABELS).histogram(table["x"], [0, 1, 2])
    assert ours.total.tolist() == [2, 4]
    # event 1 of sample a is in both bins; that of sample b is another event, and absent
    assert ours.statistical.tolist() == [[4, 6], [6, 10]]
    assert ours.third.tolist() == [8, 28]


def test_covariance_is_that_of_repeated_simulations():
    # the spread of many simulations, each of 60 events with two smeared copies
    rng = np.random.default_rng(5)
    edges, totals, estimates = [0.0, 1.0, 2.0], [], []
    for _ in range(1500):
        centre = rng.uniform(0, 2, rng.poisson(60))
        copies = np.repeat(centre, 2) + rng.normal(0, 0.8, 2 * len(centre))
        simulated = Simulated(
            ("tt",), np.zeros(len(copies), int), np.repeat(np.arange(len(centre)), 2),
            np.full(len(copies), 0.5),
        )  # fmt: skip
        one = simulated.histogram(copies, edges)
        totals.append(one.total)
        estimates.append(one.statistical)
    # sixty events of weight 0.5 to 1: the covariance of so many is known to about 0.7
    assert np.mean(estimates, axis=0) == pytest.approx(np.cov(np.transpose(totals)), abs=2.5)
    assert np.mean(estimates, axis=0)[0, 1] > 4


def test_merging_keeps_totals_and_covariance(table):
    simulated = Simulated.of(table, LABELS)
    fine = simulated.histogram(table["x"], np.linspace(-1, 5, 25))
    starts = fine.testable_bins(events=20, effective=15, skewness=0.3)
    merged = fine.merged(starts)
    again = simulated.histogram(table["x"], merged.edges)
    assert merged.total == pytest.approx(again.total)
    assert merged.statistical == pytest.approx(again.statistical)
    assert np.all(merged.total >= 20)
    variance = np.diag(merged.statistical)
    assert np.all(merged.total**2 >= 15 * variance)
    assert np.all(merged.third <= 0.3 * variance**1.5)
    assert merged.edges[[0, -1]].tolist() == [-1, 5]


def test_too_few_events_leave_no_bin(table):
    fine = Simulated.of(table.head(3), LABELS).histogram(table["x"].head(3), [0, 1, 2])
    assert len(fine.testable_bins(events=10, effective=10, skewness=0.8)) == 0
    none = Simulated.of(table.head(0), LABELS).histogram([], [0, 1, 2])
    assert none.total.tolist() == [0, 0]
    assert none.statistical.tolist() == [[0, 0], [0, 0]]
    assert none.systematic({}).tolist() == [[0, 0], [0, 0]]


def test_one_heavy_event_among_many_light_ones_is_not_enough():
    weights = np.append(np.full(400, 1.0), 100.0)
    simulated = Simulated(("tt",), np.zeros(401, int), np.arange(401), weights)
    ours = simulated.histogram(np.full(401, 0.5), [0, 1])
    # (500)^2 / 10400 = 24 effective events by the size of the error, but its skewness is nearly one
    assert ours.total**2 / ours.statistical[0, 0] > 24
    assert len(ours.testable_bins(events=10, effective=10, skewness=0.8)) == 0
    assert len(simulated[weights < 2].histogram(np.full(400, 0.5), [0, 1]).testable_bins(
        events=10, effective=10, skewness=0.5)) == 1  # fmt: skip


def test_systematic_covariance(table):
    ours = Simulated.of(table, LABELS).histogram(table["x"], [0, 1, 2])
    sizes = {"VV": 0.1, "tt": 0.5}
    expected = sum(np.outer(sizes[g] * v, sizes[g] * v) for g, v in ours.groups.items())
    assert ours.systematic(sizes) == pytest.approx(expected)
    with pytest.raises(InputError, match=r"no systematic uncertainty stated for \['tt'\]"):
        ours.systematic({"VV": 0.1})


def test_bins():
    assert bin_of([0, 1, 2, 3], [0, 1, 3]).tolist() == [0, 1, 1, 1]
    assert count([np.nan, -1, 8], [0, 1, 3]).tolist() == [1, 1]
    with pytest.raises(InputError, match="bin edges must rise"):
        bin_of([1.0], [0.0, 0.0])


def test_group_without_label(table):
    with pytest.raises(InputError, match=r"\['ttbar'\] have no label"):
        Simulated.of(table, {"diboson": "VV"})


def test_the_heaviest_event_with_its_copies(table):
    ours = Simulated.of(table, LABELS)
    sums = table.groupby(["sample", "event"])["weight"].agg(["sum", "size"])
    most = sums.loc[sums["sum"].idxmax()]
    assert ours.heaviest == (pytest.approx(most["sum"]), most["size"])
    assert ours[np.zeros(len(table), bool)].heaviest == (0.0, 0)


def test_totals_are_those_of_the_histogram(table):
    ours = Simulated.of(table, LABELS)
    values = table["x"].where(table["x"] < 4)
    edges = [0.0, 1.0, 2.5, 3.0]
    assert ours.total(values, edges) == pytest.approx(ours.histogram(values, edges).total)
