"""The choice of hard events: weights whose mean is one, and showers that know nothing of it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, ncx2

from lepsearch.simulate.enrichment import Choice, EnrichedGenerator
from lepsearch.simulate.hard import HARD, event_file, look_at
from lepsearch.simulate.process import Enrichment
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.response import _add_noise
from lepsearch.simulate.response_table import Response

ALL = Enrichment(bulk=1e9)


def weighted(process, how, events, seed=3):
    """Weights of the events that an enriched generator makes whole."""
    generator = EnrichedGenerator(
        replace(process, enrichment=how), seed, ("HadronLevel:all = off",)
    )
    weights = [one.weight for one in generator.batches(events)]
    return np.concatenate(weights), generator


@pytest.mark.parametrize("name", ["ttbar_2l", "w_jet"])
def test_weights_of_chosen_events_sum_to_those_of_all(name):
    process = find_process(name)
    weight, generator = weighted(process, process.enrichment, 8000)
    expected = generator.sum_of_weights
    assert len(weight) < 4000
    assert weight.sum() == pytest.approx(expected, abs=4 * np.sqrt(np.sum(weight**2)))


def test_remarkable_events_are_all_made(tmp_path):
    """Where the stransverse mass is beyond its limit the chance is that of the leptons alone."""
    process = find_process("ww_2l")
    generator = Generator(process, 1, HARD)
    (hard,) = look_at(generator, 4000)
    how = replace(process.enrichment, surely=(("mt2", 1e-3),), missing_pt=0.0, outside=1.0)
    with event_file(tmp_path / "hard.lhe") as file:
        choice = Choice(how, generator.kinds, 1)
        assert choice.write(file, hard) == pytest.approx(4000, abs=40)  # but for m_T2 = 0
    assert choice.sum_of_weights == pytest.approx(hard.weight.sum())


def test_bias_leaves_ordinary_events_with_equal_weights():
    """The chance of an event grows with a weight above one, which the bias in pT has given it."""
    weight, _ = weighted(
        find_process("ww_2l"), Enrichment(bulk=0.02, surely=(), missing_pt=0.0, outside=1.0), 4000
    )
    assert np.sum(weight > 49.9) > 10  # which would be larger otherwise
    assert weight.max() == pytest.approx(50.0)


def observables(batches):
    """Numbers that tell one shower from another, a row an event, and weights."""
    rows, weights = [], []
    for one in batches:
        n, pt = len(one.weight), np.hypot(one.px, one.py)
        kind = np.abs(one.pdg)
        lepton, neutrino = np.isin(kind, (11, 13)), np.isin(kind, (12, 14, 16))
        missing = [
            np.bincount(one.event[mask], p[mask], n)
            for mask in [one.final & neutrino]
            for p in (one.px, one.py)
        ]
        masks = (one.final, one.final & (pt > 5), one.final & lepton & (pt > 10))
        counts = [np.bincount(one.event[mask], minlength=n) for mask in masks]
        rows.append(np.stack([np.hypot(*missing), *counts], axis=1))
        weights.append(one.weight)
    return np.concatenate(rows), np.concatenate(weights)


@pytest.mark.parametrize("name", ["ttbar_2l", "w_jet", "z_4l"])
def test_showers_of_a_file_are_those_of_pythia_itself(name):
    """Missing momentum, particles, hard ones and leptons, with the choice and without."""
    process, events = find_process(name), 1500
    if name == "z_4l":  # without the rare pairs, whose weights differ widely
        process = replace(process, settings=process.settings[:-2])
    enriched = EnrichedGenerator(replace(process, enrichment=ALL), 5)
    ours, own = observables(enriched.batches(events))
    theirs, other = observables(Generator(process, 6).batches(events))
    for mine, reference in zip(ours.T, theirs.T, strict=True):
        edges = np.unique(np.quantile(reference, np.linspace(0, 1, 9)[1:-1]))
        sums = [
            np.bincount(np.searchsorted(edges, one), w**power, len(edges) + 1)
            for power in (1, 2)
            for one, w in ((mine, own / own.sum()), (reference, other / other.sum()))
        ]
        difference, variance = sums[0] - sums[1], sums[2] + sums[3]
        filled = variance > 0
        statistic = np.sum(difference[filled] ** 2 / variance[filled])
        assert chi2.sf(statistic, max(filled.sum() - 1, 1)) > 1e-4


def test_radiation_before_the_choice_keeps_momentum_and_mothers():
    process = find_process("z_4l")
    extra = ("PartonLevel:FSR = on", "PartonLevel:FSRinProcess = off")
    (hard,) = look_at(Generator(process, 2, (*HARD, *extra)), 2000)
    kind, status = hard.columns["id"], hard.columns["status"]
    final, z = status > 0, kind == 23
    assert np.sum(kind[final] == 22) > 30
    for name in ("px", "py", "pz", "e"):
        one = hard.columns[name]
        sums = [np.bincount(hard.event[mask], one[mask]) for mask in (final, z)]
        np.testing.assert_allclose(*sums, atol=1e-4)
    mother = hard.offsets[hard.event] + hard.columns["mother1"]
    assert np.all(kind[mother[final]] == 23)


@pytest.mark.parametrize("there", [0.0, 30.0, 60.0])
def test_forced_missing_momentum_has_the_true_distribution(there):
    """Beyond each threshold the weights sum to the survival function of a Rice distribution."""
    table, n = Response(), 200_000
    rng = np.random.default_rng(4)
    px, py = np.full(n, there), np.zeros(n)
    x, y, weight = _add_noise(px, py, np.ones(n, dtype=bool), table, rng)
    size, width = np.hypot(x, y), table.soft_noise
    for threshold in (table.ntuple_missing_pt, 55.0, 75.0):
        passed = np.where(size > threshold, weight, 0.0)
        expected = ncx2.sf((threshold / width) ** 2, 2, (there / width) ** 2)
        error = passed.std() / np.sqrt(n)
        assert passed.mean() == pytest.approx(expected, abs=4 * error)
        assert error < 0.02 * expected
    if there:  # and it points where the momentum was
        plain_x = there + width * rng.normal(size=n)
        plain = np.hypot(plain_x, width * rng.normal(size=n)) > 55
        forced = np.average(x[size > 55], weights=weight[size > 55])
        assert forced == pytest.approx(plain_x[plain].mean(), rel=0.03)
