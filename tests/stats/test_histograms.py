"""Histograms, their effective numbers of events, and the covariance of simulated ones."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.stats import histograms
from lepsearch.stats.comparison import Comparison
from lepsearch.stats.histograms import bin_of, components, effective_events, fill, spectra

LABELS = {"diboson": "VV", "ttbar": "tt"}
SIZES = {"VV": 0.1, "tt": 0.5}


def expect(table, edges):
    """The expectation of the feature x of simulated events."""
    events = table.assign(kind="background")
    compared = Comparison.of(events, LABELS, SIZES, pseudo=False, seed=0)
    return compared.expectation(events["x"], edges)


def events_of(weights):
    """Events of one sample, all in one bin."""
    event = np.arange(len(weights))
    return pd.DataFrame(
        {"sample": "tt", "group": "ttbar", "event": event, "weight": weights, "x": 0.5}
    )


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
    ours = expect(table, edges)
    assert list(ours.processes.axes["process"]) == ["VV", "tt"]
    assert np.diag(ours.statistical) == pytest.approx(ours.processes.variances().sum(axis=0))
    for i, (_, part) in enumerate(table.groupby("group")):
        theirs = fill(part["x"], part["weight"], edges, original=part["event"])
        assert ours.processes[i, :].values() == pytest.approx(theirs.values())
        assert ours.processes[i, :].variances() == pytest.approx(theirs.variances())


def test_covariance_by_hand():
    table = pd.DataFrame(
        {"event": [1, 1, 2, 1], "sample": ["a", "a", "a", "b"], "group": "ttbar",
         "weight": [2.0, 3.0, 1.0, 5.0], "x": [0.5, 1.5, 1.5, np.nan]}
    )  # fmt: skip
    ours = expect(table, [0, 1, 2])
    assert ours.total.tolist() == [2, 4]
    # event 1 of sample a is in both bins; that of sample b is another event, and absent
    assert ours.statistical.tolist() == [[4, 6], [6, 10]]
    assert ours.third.tolist() == [8, 28]


def test_covariance_is_that_of_repeated_simulations():
    # the spread of many simulations, each of 60 events with two smeared copies
    rng = np.random.default_rng(5)
    totals, estimates = [], []
    for _ in range(1500):
        centre = rng.uniform(0, 2, rng.poisson(60))
        copies = np.repeat(centre, 2) + rng.normal(0, 0.8, 2 * len(centre))
        rows, weight = np.ones(len(copies), dtype=bool), np.full(len(copies), 0.5)
        process = pd.Categorical.from_codes(np.zeros(len(copies), int), ["tt"])
        original = np.repeat(np.arange(len(centre)), 2)
        events = Comparison(~rows, rows, process, original, weight, SIZES)
        one = events.expectation(copies, [0.0, 1.0, 2.0])
        totals.append(one.total)
        estimates.append(one.statistical)
    # sixty events of weight 0.5 to 1: the covariance of so many is known to about 0.7
    assert np.mean(estimates, axis=0) == pytest.approx(np.cov(np.transpose(totals)), abs=2.5)
    assert np.mean(estimates, axis=0)[0, 1] > 4


def test_merging_keeps_totals_and_covariance(table, monkeypatch):
    monkeypatch.setattr(histograms, "LEAST_EVENTS", 20)
    monkeypatch.setattr(histograms, "LARGEST_SKEWNESS", 0.3)
    fine = expect(table, np.linspace(-1, 5, 25))
    ranges = fine.ranges
    assert ranges.sum(axis=0).tolist() == [1] * 24  # each bin in one range
    first = ranges.argmax(axis=1)
    again = expect(table, [*fine.edges[first], 5.0])
    assert ranges @ fine.total == pytest.approx(again.total)
    assert ranges @ fine.statistical @ ranges.T == pytest.approx(again.statistical)
    assert np.all(again.total >= 20)
    variance = np.diag(again.statistical)
    assert np.all(again.total**2 >= 15 * variance)
    assert np.all(ranges @ fine.third <= 0.3 * variance**1.5)


def test_too_few_events_leave_no_bin(table):
    assert len(expect(table.head(3), [0, 1, 2]).ranges) == 0
    none = expect(table.head(0), [0, 1, 2])
    assert none.total.tolist() == [0, 0]
    assert none.statistical.tolist() == [[0, 0], [0, 0]]
    assert none.systematic.tolist() == [[0, 0], [0, 0]]


def test_one_heavy_event_among_many_light_ones_is_not_enough():
    weights = np.append(np.full(400, 1.0), 100.0)
    ours = expect(events_of(weights), [0, 1])
    # (500)^2 / 10400 = 24 effective events by the size of the error, but its skewness is nearly one
    assert ours.total**2 / ours.statistical[0, 0] > 24
    assert len(ours.ranges) == 0
    assert len(expect(events_of(weights[:-1]), [0, 1]).ranges) == 1


def test_systematic_covariance(table):
    ours = expect(table, [0, 1, 2])
    shifts = [SIZES[g] * ours.processes[i, :].values() for i, g in enumerate(("VV", "tt"))]
    assert ours.systematic == pytest.approx(sum(np.outer(one, one) for one in shifts))


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
