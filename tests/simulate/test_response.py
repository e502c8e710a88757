"""The detector response: hand-made events, known peaks, and symmetries of generated samples."""

from dataclasses import fields, replace

import awkward as ak
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lepsearch.events.selection import LEPTON_PT
from lepsearch.simulate import loops
from lepsearch.simulate.jets import TrueJets, counts_as_jet, measure_jets
from lepsearch.simulate.particles import efficiency, find_candidates, view_events
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.pythia import Kinds, Particles
from lepsearch.simulate.response import measure
from lepsearch.simulate.response_table import Response, response_table
from lepsearch.stats.estimate import sum_weights

HEAVY_130 = (("sector", "heavy"), ("mass", 130))
OPEN = replace(Response(), ntuple_missing_pt=-1.0)  # all events with two leptons
KINDS = Kinds(
    known=np.array([11, 12, 13, 14, 15, 16, 22, 23, 24, 90, 211, 521]),
    charged=np.array([1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1], dtype=bool),
    visible=np.array([True, False, True, False, True, False] + 6 * [True]),
)
PERFECT = replace(
    Response(),
    electron_efficiency_threshold=1.0,
    electron_efficiency_gain=0.0,
    muon_efficiency=1.0,
    muon_efficiency_centre=1.0,
    electron_sampling=0.0,
    electron_constant=0.0,
    electron_noise=0.0,
    electron_flip=0.0,
    muon_constant=0.0,
    muon_sagitta=0.0,
    jet_noise=0.0,
    jet_sampling=0.0,
    jet_constant=0.0,
    jet_vertex_loss=0.0,
    pileup_jets=0.0,
    fake_light=(0.0, 0.0),
    soft_noise=0.0,
    ntuple_missing_pt=-1.0,
)


def respond(particles, table, copies=1):
    """The batch as the detector gives it."""
    rng, how = np.random.default_rng(1), Treatment(resmear=copies)
    return measure(view_events(particles, KINDS, rng, table, how.min_leptons), rng, table, how)


def record(*lines):
    """One event from lines of (pdg, final, mother, px, py, pz); massless particles."""
    pdg, final, mother, px, py, pz = zip((90, False, 0, 0, 0, 0), *lines, strict=True)
    px, py, pz = (np.array(one, dtype=float) for one in (px, py, pz))
    return Particles(
        offsets=np.array([0, len(pdg)]),
        pdg=np.array(pdg, dtype=np.int32),
        final=np.array(final),
        mother_in_event=np.array(mother, dtype=np.int32),
        px=px,
        py=py,
        pz=pz,
        e=np.sqrt(px**2 + py**2 + pz**2),
        weight=np.array([1.5]),
    )


def found(particles, table=PERFECT):
    return find_candidates(particles, table, np.random.default_rng(1))


def test_origin_follows_copies_and_taus_up_to_the_parent():
    particles = record(
        (24, False, 0, 50, 0, 0),
        (-15, False, 1, 50, 0, 0),  # W -> tau, a copy of it, -> mu
        (-15, False, 2, 50, 0, 0),
        (-13, True, 3, 30, 0, 0),
        (521, False, 0, 0, 60, 0),
        (-11, True, 5, 0, 40, 0),  # B -> e
        (521, False, 0, 0, 60, 0),
        (-15, False, 7, 0, 60, 0),
        (-13, True, 8, 0, 40, 0),  # B -> tau -> mu
        (23, False, 0, 0, -60, 0),
        (11, False, 10, 0, -60, 0),
        (11, True, 11, 0, -50, 0),  # Z -> e, after radiation
    )
    result = found(particles)
    assert result.place.tolist() == [4, 6, 9, 12]
    assert result.prompt.tolist() == [True, False, False, True]
    assert result.from_tau.tolist() == [True, False, True, False]


def test_perfect_detector_measures_the_neutrino():
    """Two muons, a charged pion and a neutrino in balance."""
    particles = record(
        (13, True, 0, 40.0, 10.0, 5.0),
        (-13, True, 0, -10.0, 30.0, -20.0),
        (211, True, 0, 0.5, -2.0, 4.0),
        (14, True, 0, -30.5, -38.0, 11.0),
    )
    result = respond(particles, PERFECT)
    assert result.missing_pt[0] == pytest.approx(np.hypot(30.5, 38.0))
    assert result.missing_phi[0] == pytest.approx(np.arctan2(-38.0, -30.5))
    assert result.weight.tolist() == [1.5]
    assert result.leptons.pt == pytest.approx([np.hypot(40, 10), np.hypot(10, 30)])
    assert result.leptons.charge.tolist() == [-1, 1]
    assert result.leptons.energy[0] == pytest.approx(
        np.sqrt(40**2 + 10**2 + 5**2 + 0.10566**2), rel=1e-9
    )
    assert len(result.jets.pt) == 0


def test_muon_outside_acceptance_is_missing():
    outside = 10 * np.sinh(3.0)
    particles = record(
        (13, True, 0, 30.0, 0.0, 0.0), (-13, True, 0, 0.0, 30.0, 0.0),
        (13, True, 0, -10.0, 0.0, outside), (211, True, 0, -20.0, -30.0, 0.0),
    )  # fmt: skip
    result = respond(particles, PERFECT)
    assert result.missing_pt[0] == pytest.approx(10.0)
    assert abs(result.missing_phi[0]) == pytest.approx(np.pi)
    # the pion is a jet, with the momentum that it has
    assert result.jets.pt == pytest.approx([np.hypot(20, 30)])


def test_electron_takes_the_photon_near_it_and_a_jet_does_not():
    particles = record(
        (11, True, 0, 30.0, 0.0, 0.0), (22, True, 0, 12.0, 0.6, 0.0),
        (-11, True, 0, -42.0, -0.6, 0.0),
    )  # fmt: skip
    result = respond(particles, PERFECT)
    assert result.leptons.pt == pytest.approx([np.hypot(42, 0.6)] * 2)
    assert result.missing_pt[0] == pytest.approx(0.0, abs=1e-9)
    assert len(result.jets.pt) == 0
    assert result.leptons.track_cone.tolist() == [0.0, 0.0]


def test_lepton_inside_a_jet_is_dropped():
    """The muon near a hard pion is not isolated: it goes, and with it the event."""
    particles = record(
        (13, True, 0, 30.0, 0.0, 0.0), (-13, True, 0, 0.0, -25.0, 0.0),
        (211, True, 0, 60.0, 3.0, 0.0),
    )  # fmt: skip
    result = respond(particles, PERFECT)
    assert len(result.place) == 0
    assert len(result.leptons.pt) == len(result.jets.pt) == 0


def test_no_event_left():
    particles = record((14, True, 0, 30.0, 0.0, 0.0))
    result = respond(particles, Response())
    assert len(result.place) == len(result.missing_pt) == 0


@pytest.mark.parametrize(
    ("kind", "eta", "expected"),
    [
        pytest.param(11, 1.45, 0.0, id="crack"),
        pytest.param(11, 2.48, 0.0, id="beyond the electron's acceptance"),
        pytest.param(13, 2.71, 0.0, id="beyond the muon's acceptance"),
        pytest.param(13, 0.05, 0.75, id="gap in the middle"),
        pytest.param(13, 1.45, 0.97, id="muons see no crack"),
    ],
)
def test_efficiency(kind, eta, expected):
    value = efficiency(np.array([kind]), np.array([50.0]), np.array([eta]), Response())
    assert value[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pdg", "flavour"),
    [
        (511, 5), (-5122, 5), (20513, 5), (421, 4), (4132, 4), (-431, 4), (15, 15),
        (211, 0), (3122, 0), (5, 0), (5101, 0), (22, 0), (1000022, 0),
    ],
)  # fmt: skip
def test_flavour(pdg, flavour):
    assert loops.flavour(abs(pdg)) == flavour


@pytest.mark.parametrize(("kind", "share"), [(11, 0.93), (13, 0.80)])
@pytest.mark.parametrize("above", [-0.1, 0.1])
def test_triggers_fire_where_the_selection_begins(kind, share, above):
    """None below the cut on the leading lepton of its flavour, else the plateau's share."""
    (least,) = {pt[0] for flavours, pt in LEPTON_PT.items() if flavours[0] == kind}
    pt, copies = least + above, 2000
    pair = record((kind, True, 0, pt, 0.0, 5.0), (-kind, True, 0, 0.0, pt, 5.0))
    fired = respond(pair, PERFECT, copies).matched
    error = np.sqrt(share * (1 - share) / (2 * copies))
    assert len(fired) == 2 * copies
    assert np.mean(fired) == pytest.approx(share * (above > 0), abs=4 * error * (above > 0))


def test_every_number_of_the_table_has_a_source():
    table = response_table()
    assert len(table) == len(fields(Response))
    assert (table["source"] != "").all()


@pytest.mark.parametrize(
    ("process", "parameters", "mass"),
    [("zll_jet", (), 91.19), ("dark_higgs", HEAVY_130, 130.0)],
)
def test_mass_peak(make, process, parameters, mass):
    sample = make(process, 4000, parameters)
    values, _ = sample.two_leptons
    near = values[sample.same_flavour_opposite_sign & (np.abs(values - mass) < 8)]
    # the width of the core is 2 to 3 GeV, so that the median is known to 0.1 GeV; radiation
    # of photons pulls it down a little
    assert len(near) > 800
    assert np.median(near) == pytest.approx(mass, abs=0.6)
    assert 1.0 < np.std(near) < 4.0


def test_charges_and_azimuths_are_symmetric(make):
    sample = make("ttbar_2l", 3000)
    charge, eta = (ak.ravel(sample.kept.lep[one]) for one in ("charge", "eta"))
    assert abs(np.sum(charge)) < 4 * np.sqrt(len(charge))
    for phi in (sample.lepton("phi", 0), sample.kept.met_phi):
        counts, _ = np.histogram(phi, bins=8, range=(-np.pi, np.pi))
        expected = len(phi) / 8
        chi2 = np.sum((counts - expected) ** 2 / expected)
        assert chi2 < 24.3  # probability 0.001 with 7 degrees of freedom
    assert abs(np.mean(eta)) < 4 * np.std(eta) / np.sqrt(len(eta))


def test_without_false_leptons_same_sign_pairs_are_charge_flips(make):
    """Same-sign pairs of ttbar to two leptons have an electron, the more so the further forward."""
    none = replace(OPEN, fake_light=(0.0, 0.0), fake_charm=(0.0, 0.0), fake_bottom=(0.0, 0.0))
    assert ak.all(make("ttbar_2l", 3000, table=none).kept.lep.truthMatched)
    sample = make("zll_jet", 4000, table=none)
    assert sample.same_flavour_opposite_sign[sample.lepton("type", 0) == 13].all()
    two = (ak.num(sample.kept.lep) == 2) & (sample.lepton("type", 0) == 11)
    same = sample.lepton("charge", 0) == sample.lepton("charge", 1)
    eta = np.stack([sample.lepton("eta", i)[two] for i in (0, 1)])
    expected = float(np.sum(2e-3 * (1 + eta**2)))
    assert same[two].sum() == pytest.approx(expected, abs=4 * expected**0.5)


def test_objects_are_ordered_and_apart(make):
    kept = make("ttbar_2l", 3000).kept
    for objects in (kept.lep, kept.jet):
        assert ak.all(objects.pt[:, 1:] <= objects.pt[:, :-1])
    assert ak.all(ak.num(kept.lep) >= 2)
    assert ak.min(kept.lep.pt) > 7000
    assert ak.min(kept.jet.pt) > 20000
    lepton, jet = ak.unzip(ak.cartesian([kept.lep, kept.jet]))
    dphi = np.mod(lepton.phi - jet.phi + np.pi, 2 * np.pi) - np.pi
    assert ak.all(np.hypot(lepton.eta - jet.eta, dphi) > 0.399)


def test_b_tagging_works_at_its_points(make):
    jet = ak.flatten(make("ttbar_2l", 3000).kept.jet)
    central = np.abs(jet.eta) < 2.5
    score = jet.MV2c10[central & (jet.trueflav == 5)]
    for cut, share in ((0.1758, 0.85), (0.6459, 0.77), (0.8244, 0.70), (0.9349, 0.60)):
        error = np.sqrt(share * (1 - share) / len(score))
        assert np.mean(score > cut) == pytest.approx(share, abs=4 * error)
    assert np.mean(jet.MV2c10[central & (jet.trueflav == 0)] > 0.6459) < 0.03
    assert ak.all(jet.MV2c10[~central] == -1)


def test_missing_momentum_of_z_is_noise(make):
    """Without neutrinos each component is a Gaussian at least as wide as the soft noise."""
    kept = make("zll_jet", 4000).kept
    px = ak.to_numpy(kept.met_et / 1000 * np.cos(kept.met_phi))
    low, high = np.percentile(px, [15.87, 84.13])
    noise = Response().soft_noise
    assert noise < (high - low) / 2 < noise + 4
    assert abs(np.median(px)) < 4 * 15 * 1.25 / np.sqrt(len(px))


@pytest.mark.parametrize("more", [False, True])
def test_jet_response_is_a_crystal_ball_function(more):
    """Shares by deviation against SciPy's integrals, far into the tail; the mean weight is 1."""
    table, n = replace(Response(), pileup_jets=0.0), 200_000
    pt = np.full(n, 100.0)
    zero = np.zeros(n)
    jets = TrueJets(np.arange(n), pt, zero, zero, pt, zero.astype(int))
    measured, weight = measure_jets(jets, n, table, np.random.default_rng(3), more)
    width = np.sqrt(4.5**2 / 100**2 + 0.65**2 / 100 + 0.035**2)
    deviation = (measured.pt / 100 - 1) / width
    edges = np.array([-100, -9, -7, -5, -4, -3, -2.5, -2, -1, 0, 1, 2, 4])
    got, _ = np.histogram(deviation, edges, weights=weight)
    errors2, _ = np.histogram(deviation, edges, weights=weight**2)
    law = stats.crystalball(table.jet_tail_start, table.jet_tail_power)
    expected = n * np.diff(law.cdf(edges))
    assert np.abs((got - expected) / np.sqrt(errors2)).max() < 4
    assert weight.mean() == pytest.approx(1, abs=4 * weight.std() / n**0.5 + 1e-12)
    assert weight.max() < 1.1
    far = deviation < -5
    assert np.sum(far) > 3 * n * law.cdf(-5) if more else (weight == 1).all()


def test_pile_up_jets():
    """Their number, their steep momenta, and which of them the missing momentum counts."""
    table, n = Response(), 40_000
    none = np.array([])
    no_jets = TrueJets(none.astype(int), none, none, none, none, none.astype(int))
    jets, _ = measure_jets(no_jets, n, table, np.random.default_rng(1))
    assert not jets.hard.any()
    expected = n * table.pileup_jets
    assert len(jets.pt) == pytest.approx(expected, abs=4 * expected**0.5)
    # a density of pt^-6 leaves 2^-5 above twice the threshold
    above = np.mean(jets.pt > 2 * table.jet_min_pt)
    assert above == pytest.approx(2**-5, abs=4 * (2**-5 / len(jets.pt)) ** 0.5)
    refused = ~counts_as_jet(jets, table)
    assert (jets.gain[refused] == 0).all()
    assert (jets.gain[~refused] == jets.pt[~refused]).all()
    central = np.abs(jets.eta) < 2.4
    share = table.pileup_vertex_efficiency
    error = np.sqrt(share * (1 - share) / central.sum())
    soft = central & (jets.pt < 60)
    assert np.mean(~refused[soft]) == pytest.approx(share, abs=4 * error)
    assert not refused[np.abs(jets.eta) > 2.5].any()


@pytest.mark.parametrize("muons", [2, 3])
def test_what_the_ntuple_keeps(muons):
    """Two leptons in balance are left out, three are kept."""
    angle = 2 * np.pi / muons
    particles = record(
        *((13, True, 0, 30 * np.cos(i * angle), 30 * np.sin(i * angle), 5.0) for i in range(muons))
    )
    table = replace(PERFECT, ntuple_missing_pt=40.0)
    result = respond(particles, table)
    assert len(result.place) == (muons == 3)


def test_copies_of_an_event_are_measured_anew():
    """Same place, a share of the weight each, another missing momentum each."""
    particles = record((13, True, 0, 30.0, 0.0, 0.0), (-13, True, 0, 0.0, 30.0, 0.0))
    table = replace(PERFECT, soft_noise=20.0)
    result = respond(particles, table, 500)
    assert result.place.tolist() == [0] * 500
    assert result.weight.sum() == pytest.approx(1.5)
    px = result.missing_pt * np.cos(result.missing_phi) + 30
    py = result.missing_pt * np.sin(result.missing_phi) + 30
    for component in (px, py):
        assert np.mean(component) == pytest.approx(0, abs=4 * 20 / 500**0.5)
        assert np.std(component) == pytest.approx(20, rel=4 / 1000**0.5)
    assert result.leptons.event.tolist() == np.repeat(np.arange(500), 2).tolist()


def test_yields_do_not_depend_on_the_bias(make):
    """The share of Z with pT above 50 and 100 GeV, drawn with and without the bias."""
    shares = {}
    for name, extra in (("biased", ()), ("plain", ("PhaseSpace:bias2Selection = off",))):
        sample = make("zll_jet", 4000, (), extra)
        _, pt = sample.two_leptons
        weight = ak.to_numpy(sample.kept.mcWeight).astype(float)
        for cut in (50, 100):
            w = weight[pt > cut]
            total = sample.weights.sum()
            shares[name, cut] = w.sum() / total, np.sqrt(np.sum(w**2)) / total, len(w)
    for cut in (50, 100):
        (biased, error, raw), (plain, other, few) = (shares[k, cut] for k in ("biased", "plain"))
        assert biased == pytest.approx(plain, abs=4 * np.hypot(error, other))
        assert raw > 1.5 * few  # what the bias is for
        assert error / biased < other / plain


def high(sample):
    """Yield above 50 GeV of missing momentum, per generated weight, and its error."""
    kept = sample.kept[sample.kept.met_et > 50_000]
    weight = ak.to_numpy(kept.mcWeight).astype(float)
    table = pd.DataFrame({"weight": weight, "event": ak.to_numpy(kept.eventNumber)})
    size = sum_weights(table).effective
    share = weight.sum() / sample.weights.sum()
    return share, share / np.sqrt(size), size


def test_yields_do_not_depend_on_the_number_of_copies(make):
    """Z above 50 GeV of missing momentum; ten copies know it better."""
    one, error, few = high(make("zll_jet", 4000))
    many, other, more = high(make("zll_jet", 4000, treatment=Treatment(resmear=10)))
    assert many == pytest.approx(one, abs=4 * np.hypot(error, other))
    assert more > 3 * few


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_yields_with_copies_do_not_depend_on_the_bias(make, power):
    extra = (f"PhaseSpace:bias2SelectionPow = {power}",)
    usual, error, _ = high(make("zll_jet", 4000, treatment=Treatment(resmear=10)))
    got, other, _ = high(make("zll_jet", 3000, (), extra, treatment=Treatment(resmear=10)))
    assert got == pytest.approx(usual, abs=4 * np.hypot(error, other))
