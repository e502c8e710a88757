"""Jets promoted to leptons by weight, against drawing them at random."""

from dataclasses import fields, replace
from itertools import combinations

import awkward as ak
import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import halfnorm

from lepsearch.constants import ISOLATED
from lepsearch.events import objects
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
def test_sum_over_choices_by_listing_them(k):
    rng = np.random.default_rng(3)
    rate = np.array([0.1, 0.4, 0.02, 0.3, 0.2])
    event = np.array([1, 0, 1, 1, 0])  # in no order; event 2 has none
    _, weight = fakes.choose(event, rate, 3, k, rng)
    for e in range(3):
        expected = sum(np.prod(one) for one in combinations(rate[event == e], k))
        assert weight[e] == pytest.approx(expected)
    # so twice the rates give 2^k times the weight, which the skims' number of fakes is for
    _, twice = fakes.choose(event, 2 * rate, 3, k, rng)
    assert twice == pytest.approx(2**k * weight)


@pytest.mark.parametrize("k", [1, 2])
def test_choices_come_as_often_as_their_products(k):
    rng = np.random.default_rng(4)
    rate, n = np.array([0.1, 0.4, 0.02, 0.3]), 40_000
    event = np.repeat(np.arange(n), 4)
    chosen, weight = fakes.choose(event, np.tile(rate, n), n, k, rng)
    chosen = chosen.reshape(n, 4)
    assert (chosen.sum(axis=1) == k).all()
    for one in combinations(range(4), k):
        p = np.prod(rate[list(one)]) / weight[0]
        got = np.mean(chosen[:, list(one)].all(axis=1))
        assert got == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / n))


@pytest.mark.parametrize("k", [0, 1, 2])
def test_sample_of_k_fakes_is_what_random_drawing_gives(k):
    """Events with k signal fakes, by weight and by brute force: loose fakes, and shapes."""
    rng = np.random.default_rng(5)
    n = 60_000
    jets = random_jets(n, rng)
    mine, left, weight = fakes.promote(jets, n, k, np.ones(n, dtype=bool), OFTEN, rng)
    assert len(left.pt) + len(mine.pt) == len(jets.pt)
    further, _, too_many = fakes.further_fakes(left, n, OFTEN, rng)
    weight = np.where(too_many, 0.0, weight)

    rates = fakes.fake_rates(jets, OFTEN)
    drawn = rng.random(len(jets.pt)) < rates.sum(axis=1)
    every, signal, _ = fakes.fake_leptons(jets.take(drawn), rates[drawn], None, OFTEN, rng)
    wanted = count(every.event[signal], n) == k
    brute = every.take(signal & wanted[every.event])
    loose, expected = count(further.event, n), count(every.event[~signal], n)
    for number in range(3):
        here, there = weight[loose == number], np.sum(wanted & (expected == number))
        error = np.sqrt(np.sum(here**2) + there)
        assert here.sum() == pytest.approx(there, abs=4 * error), number
    each = weight[mine.event]
    for name, bins in (
        ("pt", [10, 12, 20, 30, 50, 100]), ("eta", [-3, -2, -1, 0, 1, 2, 3]),
        ("kind", [10, 12, 14]), ("charge", [-2, 0, 2]), ("tight", [0.5, 1.5]),
        ("d0_significance", [0, 1, 2, 5]),
    ):  # fmt: skip
        values = np.float64(getattr(mine, name))
        got, edges = np.histogram(values, bins, weights=each)
        errors2, _ = np.histogram(values, bins, weights=each**2)
        one, _ = np.histogram(np.float64(getattr(brute, name)), edges)
        pull = (got - one) / np.sqrt(np.maximum(errors2 + one, 1))
        assert np.abs(pull).max() < 4.5, name


def test_rate_of_loose_fakes_by_hand():
    """b jets of 40 GeV: rates, cuts on signal leptons and momenta, each integrated on its own."""
    table, n = Response(), 400_000
    one = random_jets(1, np.random.default_rng(2)).take(np.zeros(n, dtype=int))
    jets = replace(
        one, event=np.arange(n), pt=np.full(n, 40.0), eta=np.zeros(n), flavour=np.full(n, 5),
        vertex=np.ones(n), hard=np.ones(n, dtype=bool),
    )  # fmt: skip
    leptons, left, dropped = fakes.further_fakes(jets, n, table, np.random.default_rng(6))
    assert len(left.pt) + len(leptons.pt) == n
    isolated = 1 - np.exp(-ISOLATED / table.fake_cone_heavy)
    low, high = table.fake_share_heavy
    hard = (high - objects.BASELINE_PT / 40) / (high - low)
    rates = np.array(table.fake_bottom) * (40 / 30) ** table.fake_heavy_power
    near, mean = [], table.hadron_d0_significance
    for cuts in (objects.ELECTRON, objects.MUON):
        most = cuts.d0_significance
        flight = quad(lambda x, c=most: halfnorm.cdf(c - x) * np.exp(-x / mean) / mean, 0, most)
        near.append(flight[0])
    signal = rates * table.fake_tight_heavy * isolated * near * hard
    for got, expected in (
        (np.sum(leptons.kind == 11), rates[0]), (np.sum(leptons.kind == 13), rates[1]),
        (dropped.sum(), signal.sum()), (np.sum(leptons.pt > 10), rates.sum() * hard),
    ):  # fmt: skip
        assert got == pytest.approx(n * expected, abs=4 * np.sqrt(n * expected))


def test_quality_is_drawn_with_the_right_shares():
    """By weight: tight, isolated and both as often as stated, the activity an exponential."""
    rng, n = np.random.default_rng(7), 200_000
    share, mean = np.full(n, 0.2), np.full(n, 0.5)
    tight, cone, weight = fakes._quality(share, mean, np.full(n, 0.5), rng)
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
    tight, cone, weight = fakes._quality(share, mean, np.ones(n), rng)
    assert tight.all()
    assert cone.max() < 0.15
    assert weight == pytest.approx(0.2 * p)
    tight, _, weight = fakes._quality(share, mean, None, rng)
    assert (weight == 1).all()
    assert np.mean(tight) == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / n))


def test_fakes_know_the_cuts_on_signal_leptons():
    assert objects.BASELINE_PT == fakes.MIN_PT
    for cuts in (objects.ELECTRON, objects.MUON):
        assert fakes.MAX_D0_SIGNIFICANCE[cuts.flavour] == cuts.d0_significance


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


def good(lepton):
    """Signal leptons by the analysis' cuts; MeV."""
    passes = lepton.isTightID & (lepton.ptcone30 < 0.15 * lepton.pt) & (lepton.pt > 10_000)
    return passes & (lepton.tracksigd0pvunbiased < ak.where(lepton["type"] == 11, 5, 3))


def test_a_sample_with_one_fake(make):
    """Every ttbar event gets a false lepton, a signal one where it has two true ones."""
    sample = make("ttbar_2l", 2000, treatment=Treatment(min_leptons=1, promote=1))
    kept, lepton = sample.kept, sample.kept.lep
    fake = ~lepton.truthMatched
    true, false, signal = (
        ak.to_numpy(ak.sum(one, axis=1)) for one in (~fake, fake, fake & good(lepton))
    )
    assert (signal[true == 2] == 1).all()
    assert set(signal) == {0, 1}
    assert 0.1 < np.mean(signal[true == 1]) < 0.6
    # b jets are the most likely ones
    mean = np.mean(kept.mcWeight[false == 1])
    assert 1e-4 < mean < 0.1
    # charges of false leptons are random: as many pairs of the same sign as of the other
    pair = (true == 1) & (false == 1)
    same = sample.lepton("charge", 0) == sample.lepton("charge", 1)
    assert np.mean(same[pair]) == pytest.approx(0.5, abs=2 / np.sqrt(pair.sum()))


def test_loose_fakes_beside_two_true_leptons(make):
    """A few per cent of top pairs have one, none of them a signal lepton."""
    lepton = make("ttbar_2l", 3000).kept.lep
    fake = ~lepton.truthMatched
    assert not ak.any(good(lepton) & fake)
    third = np.mean(ak.sum(fake & (lepton.pt > 10_000), axis=1) > 0)
    # two b jets, most of them in acceptance, at about twice the momentum at which rates are stated
    rate = sum(Response().fake_bottom)
    assert 0.4 * rate < third < 1.3 * rate


def test_yields_of_fakes_follow_their_rates(make):
    """Half the rates, half the yield, up to the share of events with further ones."""
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
