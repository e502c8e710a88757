"""Jets promoted to leptons by weight, against drawing them at random."""

from dataclasses import fields, replace
from itertools import combinations

import awkward as ak
import numpy as np
import pandas as pd
import pytest

from lepsearch.simulate import fakes
from lepsearch.simulate.arrays import count
from lepsearch.simulate.jets import MeasuredJets
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.response_table import Response
from lepsearch.stats.estimate import sum_weights

# rates a hundred times those of the table, so that random drawing finds fakes
OFTEN = replace(Response(), fake_light=(0.15, 0.03), fake_charm=(0.2, 0.1), fake_bottom=(0.1, 0.4))


def random_jets(n_events, rng):
    """Up to six jets an event, of all flavours, everywhere."""
    event = np.repeat(np.arange(n_events), rng.integers(0, 7, n_events))
    n = len(event)
    pt, eta = 10 + rng.exponential(40.0, n), rng.uniform(-4.5, 4.5, n)
    return MeasuredJets(
        event=event,
        pt=pt,
        eta=eta,
        phi=rng.uniform(-np.pi, np.pi, n),
        energy=pt * np.cosh(eta),
        gain=np.zeros(n),
        flavour=rng.choice([0, 0, 4, 5], n),
        score=np.zeros(n),
        vertex=rng.choice([0.1, 0.9, 0.9], n),
        hard=rng.random(n) < 0.9,
    )


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_probability_of_exactly_k_by_listing_all_choices(k):
    rng = np.random.default_rng(3)
    rate = np.array([0.1, 0.4, 0.02, 0.3, 0.2])
    event = np.array([1, 0, 1, 1, 0])  # in no order; event 2 has none
    _, weight = fakes.choose(event, rate, 3, k, rng)
    for e in range(3):
        mine = rate[event == e]
        expected = sum(
            np.prod([r if i in chosen else 1 - r for i, r in enumerate(mine)])
            for chosen in combinations(range(len(mine)), k)
        )
        assert weight[e] == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 2])
def test_choices_come_as_often_as_among_independent_draws(k):
    rng = np.random.default_rng(4)
    rate, n = np.array([0.1, 0.4, 0.02, 0.3]), 40_000
    event = np.repeat(np.arange(n), 4)
    chosen, weight = fakes.choose(event, np.tile(rate, n), n, k, rng)
    chosen = chosen.reshape(n, 4)
    assert (chosen.sum(axis=1) == k).all()
    for one in combinations(range(4), k):
        p = np.prod([r if i in one else 1 - r for i, r in enumerate(rate)]) / weight[0]
        got = np.mean(chosen[:, list(one)].all(axis=1))
        assert got == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / n))


@pytest.mark.parametrize("k", [1, 2])
def test_weighted_promotion_is_random_promotion(k):
    """Yields and shapes of k fakes, by weight and by brute force, from the same jets."""
    rng = np.random.default_rng(5)
    n = 60_000
    jets = random_jets(n, rng)
    every = np.zeros(n, dtype=bool)
    weighted, left, weight = fakes.promote(jets, n, k, every, OFTEN, rng)
    assert len(left.pt) + len(weighted.pt) == len(jets.pt)

    rates = fakes.fake_rates(jets, OFTEN)
    drawn = rng.random(len(jets.pt)) < rates.sum(axis=1)
    drawn &= (count(jets.event[drawn], n) == k)[jets.event]
    brute, weights = fakes.fake_leptons(
        jets.take(drawn), rates[drawn], np.zeros(drawn.sum(), dtype=bool), OFTEN, rng
    )
    # signal ones are drawn as often as the others there too: throw away by weight
    unweighted = rng.random(len(weights)) * weights.max() < weights
    brute, scale = brute.take(unweighted), weights.max()

    events = count(jets.event[drawn], n) > 0
    assert weight.sum() == pytest.approx(events.sum(), abs=5 * np.sqrt(events.sum()))
    each = weight[weighted.event]
    for name, bins in (
        ("pt", [7, 12, 20, 30, 50, 100]), ("eta", [-3, -2, -1, 0, 1, 2, 3]),
        ("kind", [10, 12, 14]), ("charge", [-2, 0, 2]), ("tight", [-0.5, 0.5, 1.5]),
        ("d0_significance", [0, 1, 2, 5, 20]),
    ):  # fmt: skip
        got, edges = np.histogram(np.float64(getattr(weighted, name)), bins, weights=each)
        errors2, _ = np.histogram(np.float64(getattr(weighted, name)), bins, weights=each**2)
        expected, _ = np.histogram(np.float64(getattr(brute, name)), edges)
        pull = (got - scale * expected) / np.sqrt(errors2 + scale**2 * expected)
        assert np.abs(pull).max() < 4.5, name


def test_quality_is_drawn_with_the_right_shares():
    """By weight: tight, isolated and both as often as stated, the activity an exponential."""
    rng, n = np.random.default_rng(7), 200_000
    share, mean = np.full(n, 0.2), np.full(n, 0.5)
    tight, cone, weight = fakes._quality(share, mean, np.zeros(n, dtype=bool), rng)
    isolated = cone < 0.15
    p = 1 - np.exp(-0.15 / 0.5)
    for mask, expected in (
        (tight, 0.2), (isolated, p), (tight & isolated, 0.2 * p), (cone < 0.5, 1 - np.exp(-1)),
        (tight & (cone > 1.0), 0.2 * np.exp(-2)), (~tight & (cone > 1.0), 0.8 * np.exp(-2)),
        (np.ones(n, dtype=bool), 1.0),
    ):  # fmt: skip
        error = np.sqrt(np.sum(weight[mask] ** 2)) / n
        assert weight[mask].sum() / n == pytest.approx(expected, abs=4 * error)
    assert np.mean(tight & isolated) == pytest.approx(0.5, abs=0.01)
    tight, cone, weight = fakes._quality(share, mean, np.ones(n, dtype=bool), rng)
    assert tight.all()
    assert cone.max() < 0.15
    assert weight == pytest.approx(0.2 * p)


def test_rates_by_hand():
    n = 6
    jets = replace(
        random_jets(10, np.random.default_rng(0)).take(np.arange(n)),
        event=np.arange(n),
        pt=np.array([60.0, 60.0, 15.0, 60.0, 15.0, 60.0]),
        eta=np.array([0.0, 1.45, 0.0, 3.0, 0.0, 0.0]),
        flavour=np.array([0, 0, 0, 5, 5, 5]),
        vertex=np.full(n, 0.9),
        hard=np.array([True, True, True, True, False, True]),
    )
    table = Response()
    light, bottom = np.array(table.fake_light), np.array(table.fake_bottom)
    expected = [light, light * [0, 1], light, [0, 0], [0, 0], bottom / 2]
    np.testing.assert_allclose(fakes.fake_rates(jets, table), expected)


def test_events_without_jets_weigh_nothing():
    rng = np.random.default_rng(1)
    jets = random_jets(20, rng)
    jets = jets.take(jets.event > 5)
    leptons, _, weight = fakes.promote(jets, 20, 1, np.ones(20, dtype=bool), OFTEN, rng)
    assert (weight[:6] == 0).all()
    assert leptons.event.min() > 5
    assert leptons.tight.all()


def test_a_sample_with_one_fake(make):
    """Every ttbar event gets a false lepton, a signal one where it has two true ones."""
    sample = make("ttbar_2l", 2000, treatment=Treatment(min_leptons=1, promote=1))
    kept, lepton = sample.kept, sample.kept.lep
    fake = ~lepton.truthMatched
    true, false = (ak.to_numpy(ak.sum(one, axis=1)) for one in (~fake, fake))
    assert set(false) <= {0, 1}  # 0: too soft to be seen
    assert set(true) >= {1, 2}
    good = lepton.isTightID & (lepton.ptcone30 < 0.15 * lepton.pt)
    good = good & (lepton.tracksigd0pvunbiased < ak.where(lepton["type"] == 11, 5, 3))
    assert ak.all(good[fake & (true == 2)])
    assert 0.1 < ak.mean(good[fake & (true != 2)]) < 0.6
    # b jets are the most likely ones
    mean = np.mean(kept.mcWeight[false == 1])
    assert 1e-4 < mean < 0.1
    # charges of false leptons are random: as many pairs of the same sign as of the other
    pair = (true == 1) & (false == 1)
    same = sample.lepton("charge", 0) == sample.lepton("charge", 1)
    assert np.mean(same[pair]) == pytest.approx(0.5, abs=2 / np.sqrt(pair.sum()))


def test_yields_of_fakes_follow_their_rates(make):
    """Half the rates, half the yield, up to the share of events with two fakes."""
    table = replace(Response(), ntuple_missing_pt=-1.0)
    half = replace(
        table,
        **{
            one.name: tuple(x / 2 for x in getattr(table, one.name))
            for one in fields(table)
            if one.name in ("fake_light", "fake_charm", "fake_bottom")
        },
    )
    how = Treatment(min_leptons=1, promote=1)
    full, less = (
        make("ttbar_2l", 2000, treatment=how, table=one).kept.mcWeight.to_numpy().sum()
        for one in (table, half)
    )
    assert less == pytest.approx(full / 2, rel=0.1)


def test_copies_do_not_change_the_yield_of_fakes(make):
    """Event by event the mean weight of many copies is that of few."""
    yields, errors = [], []
    for times in (1, 5):
        how = Treatment(min_leptons=1, promote=1, resmear=times)
        sample = make("ttbar_2l", 2000, treatment=how)
        weight = ak.to_numpy(sample.kept.mcWeight).astype(float)
        yields.append(weight.sum())
        table = pd.DataFrame({"weight": weight, "event": ak.to_numpy(sample.kept.eventNumber)})
        errors.append(sum_weights(table).error)
        assert sample.weights.sum() == 2000
    assert yields[0] == pytest.approx(yields[1], abs=4 * np.hypot(*errors))
