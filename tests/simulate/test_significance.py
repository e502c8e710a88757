"""Missing-momentum significance: same numbers as the detector, and unit pulls of its noise."""

import numpy as np
import pytest

from lepsearch.events import objects, reader
from lepsearch.simulate.jets import TrueJets, counts_as_jet, measure_jets
from lepsearch.simulate.leptons import resolution
from lepsearch.simulate.ntuple_writer import write_ntuple
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.response_table import Response


def soft_term(table):
    """Width of each component of missing momentum that no lepton or jet accounts for [GeV].

    It is the soft noise and, in quadrature, pile-up jets that count: with a density p^-k above
    the threshold p0 their mean squared momentum is p0^2 (k - 1) / (k - 3), and above q they leave
    (q / p0)^(3 - k) of it. The vertex tagger refuses central ones below q = jet_vertex_max_pt.
    """
    power = table.pileup_jet_power
    square = table.jet_min_pt**2 * (power - 1) / (power - 3)
    judged = 1 - (table.jet_vertex_max_pt / table.jet_min_pt) ** (3 - power)
    judged *= table.jet_vertex_max_eta / table.jet_max_eta
    counted = 1 - judged * (1 - table.pileup_vertex_efficiency)
    # half of the square in each of two directions
    return np.sqrt(table.soft_noise**2 + table.pileup_jets * counted * square / 2)


def test_analysis_and_detector_have_the_same_resolutions():
    table = Response()
    assert (table.jet_sampling, table.jet_noise, table.jet_constant) == objects.JET_RESOLUTION
    assert (table.tracker_max_eta, table.forward_jet_factor) == objects.FORWARD_JETS
    assert (
        table.electron_sampling,
        table.electron_noise,
        table.electron_constant,
    ) == objects.ELECTRON_RESOLUTION
    assert (table.muon_constant, table.muon_sagitta) == objects.MUON_RESOLUTION
    assert pytest.approx(soft_term(table), abs=0.05) == objects.SOFT_TERM
    assert resolution(np.array([13]), np.array([50.0]), np.array([0.0]), table)[0] == (
        pytest.approx(np.hypot(0.018, 1.2e-4 * 50))
    )


def test_soft_term_is_the_spread_of_noise_and_pile_up():
    table, n = Response(), 200_000
    rng = np.random.default_rng(2)
    none = np.array([])
    no_jets = TrueJets(none.astype(int), none, none, none, none, none.astype(int))
    jets, _ = measure_jets(no_jets, n, table, rng)
    px = np.bincount(jets.event, jets.gain * np.cos(jets.phi), n)
    px += table.soft_noise * rng.normal(size=n)
    assert np.std(px) == pytest.approx(soft_term(table), rel=0.01)
    assert 0 < np.mean(counts_as_jet(jets, table)) < 1


def test_significance_of_z_is_that_of_noise(make, tmp_path):
    """Without neutrinos its square has two degrees of freedom: P(S^2 > x) = exp(-x / 2)."""
    path = tmp_path / "z.root"
    write_ntuple(
        path,
        make("zll_jet", 4000, treatment=Treatment(resmear=10)).kept,
        dsid=1,
        cross_section_pb=1.0,
        sum_of_weights=1.0,
        record="",
    )
    events = reader.read(path, "2020", simulated=True)
    selected = objects.reconstruct(events)
    selected = selected[selected.leptons.sizes == 2]
    square = objects.missing_pt_significance(selected) ** 2
    assert len(square) > 5000
    for share in (0.75, 0.5, 0.25, 0.1):
        got = np.mean(square > -2 * np.log(share))
        # pile-up jets make tails where a Gaussian of their width is assumed
        assert got == pytest.approx(share, abs=0.05), share
    assert 0.01 < np.mean(square > -2 * np.log(0.01)) < 0.04
