"""Physics weights, against a calculation by hand on a real file."""

import numpy as np
import pandas as pd
import pytest
import uproot

from lepsearch.errors import InputError
from lepsearch.events import reader
from lepsearch.events.skim import events_per_inverse_fb
from lepsearch.stats.estimate import Estimate, sum_weights


def test_real_weights_by_hand(real):
    path = real / "MC" / "mc_361106.Zee.4lep.root"
    events = reader.read(path, "2020", simulated=True).of("dilepton")
    stated = {name: events.stated[name][0] for name in ("cross_section_pb", "sum_of_weights")}
    weights = events.weight * events_per_inverse_fb(**stated) * 10.06
    with uproot.open(path) as file:
        one = file["mini"].arrays(entry_start=17, entry_stop=18)[0]
    by_hand = (
        one.mcWeight
        * one.scaleFactor_PILEUP
        * one.scaleFactor_ELE
        * one.scaleFactor_MUON
        * one.scaleFactor_LepTRIGGER
        * 1950.5295  # pb, the release's own table
        * 10060  # 1/pb
        / 150277594200  # the table's sum of weights
    )
    assert weights[17] == pytest.approx(by_hand, rel=1e-6)
    assert (weights < 0).any()  # negative weights are kept


def test_all_generated_events_sum_to_the_cross_section():
    generator = np.array([2.0, -1.0, 3.0])
    weights = generator * events_per_inverse_fb(0.7, generator.sum()) * 10.0
    assert weights.sum() == pytest.approx(0.7 * 10_000)


@pytest.mark.parametrize("bad", [0.0, None, np.nan, np.inf, -2.0])
def test_no_normalisation_no_yield(bad):
    with pytest.raises(
        InputError, match=r"'tt': the sum of weights is .*expected a positive, finite"
    ):
        events_per_inverse_fb(1.0, bad, "'tt'")
    with pytest.raises(InputError, match="the cross section is"):
        events_per_inverse_fb(bad, 1.0)


def effective_size(weights, numbers):
    return sum_weights(pd.DataFrame({"weight": weights, "event": numbers})).effective


@pytest.mark.parametrize(
    ("weights", "numbers", "expected"),
    [
        pytest.param([2.0, 2.0, 2.0], [1, 2, 3], 3.0, id="equal weights"),
        pytest.param([1.0, 3.0], [1, 2], 1.6, id="unequal ones"),
        pytest.param([0.1] * 10, [5] * 10, 1.0, id="copies of one event"),
        pytest.param([1.0, 1.0, -1.0], [1, 2, 3], 1 / 3, id="negative ones"),
        pytest.param([], [], 0.0, id="none"),
    ],
)
def test_effective_size(weights, numbers, expected):
    assert effective_size(weights, numbers) == pytest.approx(expected)


def test_effective_size_is_that_of_the_spread():
    """The relative error of a yield is one over its root, with copies and all."""
    rng = np.random.default_rng(1)
    yields, sizes = [], []
    for _ in range(400):
        n = rng.poisson(200)
        kept = rng.binomial(10, 0.3, n)  # copies of each event that pass
        number = np.repeat(np.arange(n), kept)
        weights = rng.exponential(size=n)[number] / 10
        yields.append(weights.sum())
        sizes.append(effective_size(weights, number))
    spread = np.std(yields) / np.mean(yields)
    assert spread == pytest.approx(np.mean(sizes) ** -0.5, rel=4 / np.sqrt(2 * 400))


def test_yields_do_not_depend_on_the_order_of_rows():
    rows = {"weight": [1.0, 2.0, 3.0, 4.0], "event": [7, 7, 8, 7], "sample": ["a", "a", "a", "b"]}
    table = pd.DataFrame(rows)
    for order in ([0, 1, 2, 3], [0, 2, 1, 3], [3, 1, 2, 0]):
        found = sum_weights(table.iloc[order])
        assert (found.value, found.events) == (10, 3)
        assert found.error == pytest.approx(np.sqrt(3**2 + 3**2 + 4**2))
    assert sum_weights(table[:0]) == Estimate(0.0, 0.0, events=0)
