"""Weights for the taus' spin against known spectra, and against Pythia's own polarised taus."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from lepsearch.simulate.process import LEPTONIC_W, Process
from lepsearch.simulate.pythia import Generator, Particles
from lepsearch.simulate.tau_spin import spin_weights

# nothing but taus decays
ALONE = ("PartonLevel:ISR = off", "PartonLevel:FSR = off", "HadronLevel:Hadronize = off")
POLARISED = (
    "TauDecays:mode = 1", "15:2:products = 16 11 -12", "15:3:products = 16 13 -14",
    "15:2:meMode = 1531", "15:3:meMode = 1531",
)  # fmt: skip
TAUS = ("15:onMode = off", "15:onIfAny = 11 13")
W = ("WeakSingleBoson:ffbar2W = on", "24:onMode = off", "24:onIfAny = 15", *TAUS)
Z = (
    "WeakSingleBoson:ffbar2gmZ = on", "23:onMode = off", "23:onIfAny = 15", *TAUS,
    "PhaseSpace:mHatMin = 66", "PhaseSpace:mHatMax = 116",
)  # fmt: skip
HIGGS = ("HiggsSM:gg2H = on", "25:onMode = off", "25:onIfAny = 15", *TAUS)


def batch(settings, events, extra=()):
    generator = Generator(Process("one", 1, "", settings, ""), 4, (*ALONE, *extra))
    return next(generator.batches(events, size=events))


def shares(particles):
    """Lepton's share of each tau's energy: an array of events with as many taus each."""
    kind = np.abs(particles.pdg)
    lepton = np.flatnonzero(
        particles.final & np.isin(kind, (11, 13)) & (kind[particles.mother] == 15)
    )
    x = particles.e[lepton] / particles.e[particles.mother[lepton]]
    return x.reshape(len(particles.weight), -1)


def spectrum(x, polarisation):
    return (5 - 9 * x**2 + 4 * x**3 + polarisation * (1 - 9 * x**2 + 8 * x**3)) / 3


@pytest.mark.parametrize(
    ("settings", "polarisation"), [(W, -1.0), (Z, -0.14), (HIGGS, 0.0)], ids=["W", "Z", "Higgs"]
)
def test_spectrum_is_the_known_one(settings, polarisation):
    """Of the share of energy, for polarised taus; the mean weight is 1."""
    particles = batch(settings, 4000)
    weight, x = spin_weights(particles), shares(particles)
    assert weight.min() >= 0
    assert weight.mean() == pytest.approx(1, abs=4 * weight.std() / len(weight) ** 0.5)
    each = np.broadcast_to(weight[:, None], x.shape)
    edges = np.linspace(0, 1, 9)
    got, _ = np.histogram(x, edges, weights=each)
    errors2, _ = np.histogram(x, edges, weights=each**2)
    expected = [x.size * quad(spectrum, *pair, args=(polarisation,))[0] for pair in pairwise(edges)]
    # muons are not massless, and taus not infinitely fast: 1 % of each bin
    assert np.sum((got - expected) ** 2 / (errors2 + (0.01 * got) ** 2)) < 26  # p = 0.1 % of 8


@pytest.mark.parametrize(("settings", "sign"), [(Z, 1), (HIGGS, -1)], ids=["Z", "Higgs"])
def test_pairs_of_taus_are_correlated(settings, sign):
    """A tau's mean share is 7/20 - h/20, so the mean of (x1 - 7/20)(x2 - 7/20) is 1/400 in size.

    It is positive for equal spectra, a Z's, and negative for a Higgs boson's. Without weights it is
    0, which is subtracted event by event.
    """
    particles = batch(settings, 4000)
    change = (spin_weights(particles) - 1) * np.prod(shares(particles) - 7 / 20, axis=1)
    error = np.std(change) / len(change) ** 0.5
    assert error < 2e-4
    assert np.mean(change) == pytest.approx(sign / 400, abs=4 * error)


def test_weights_give_pythias_polarised_taus():
    """Of a W; Pythia's pairs of taus from a Z are slow: see `test_validation`."""
    ours, pythias = batch(W, 4000), batch(W, 1000, POLARISED)
    weight = spin_weights(ours)
    for cut in (0.1, 0.3, 0.5, 0.7):
        mine, other = ((shares(one) > cut)[:, 0] for one in (ours, pythias))
        share = np.mean(weight * mine)
        error = np.hypot(np.std(weight * mine) / 4000**0.5, np.std(other) / 1000**0.5)
        assert share == pytest.approx(np.mean(other), abs=4 * error), cut
    assert np.mean(shares(ours)) < np.mean(shares(pythias)) - 0.02


def test_other_events_weigh_one():
    particles = batch(("WeakDoubleBoson:ffbar2WW = on", *LEPTONIC_W), 200)
    weight, kind = spin_weights(particles), np.abs(particles.pdg)
    of_tau = particles.final & np.isin(kind, (11, 13)) & (kind[particles.mother] == 15)
    some = np.bincount(particles.event[of_tau], minlength=200) > 0
    assert 0.1 < some.mean() < 0.5
    assert (weight[~some] == 1).all()
    assert (weight[some] != 1).all()


def test_taus_of_hadrons_are_left_alone():
    """D_s -> tau -> e, and the same decay of a W."""
    for parent, expected in ((431, 1.0), (24, 1 - (1 + 0.5 - 2) / (5 + 2.5 - 1))):
        particles = Particles(
            offsets=np.array([0, 5]),
            pdg=np.array([90, parent, -15, -15, -11], dtype=np.int32),
            final=np.array([False, False, False, False, True]),
            mother_in_event=np.array([0, 0, 1, 2, 3], dtype=np.int32),
            px=np.zeros(5), py=np.zeros(5), pz=np.zeros(5),
            e=np.array([80.0, 80.0, 40.0, 40.0, 20.0]), weight=np.ones(1),
        )  # fmt: skip
        assert spin_weights(particles) == pytest.approx(expected)
