"""UMEPS merging: negative weights that leave the inclusive cross section as it was."""

from dataclasses import replace

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.umeps import MergedGenerator, event_source

PROCESS = replace(find_process("zll_umeps"), enrichment=None)  # all events are made whole
EVENTS = 3000
PARTONS_ONLY = ("HadronLevel:all = off",)  # hadrons change no weight


@pytest.fixture(scope="module")
def merged():
    generator = event_source(PROCESS, 5, PARTONS_ONLY)
    return generator, list(generator.batches(EVENTS, size=500))


@pytest.fixture(scope="module")
def weights(merged):
    return np.concatenate([one.weight for one in merged[1]])


def z_pt(particles):
    """Transverse momentum of the last Z of each event [GeV]."""
    z = np.flatnonzero(particles.pdg == 23)
    last = np.full(len(particles.weight), -1)
    last[particles.event[z]] = z
    assert (last >= 0).all()
    return np.hypot(particles.px[last], particles.py[last])


def test_weights_sum_to_the_inclusive_cross_section(merged, weights):
    settings = (*PROCESS.settings, *PROCESS.merging.without_parton)
    inclusive = Generator(
        replace(PROCESS, settings=settings, merging=None), 7, ("PartonLevel:all = off",)
    )
    for _ in inclusive.batches(3000):
        pass
    pb, error = inclusive.cross_section_pb
    assert weights.sum() / EVENTS == pytest.approx(pb, abs=3 * np.hypot(error, 0.02 * pb))
    # what is added and what is subtracted are the same but for statistics
    assert merged[0].cross_section_pb[0] == pytest.approx(weights.sum() / EVENTS, rel=0.05)
    assert merged[0].sum_of_weights == pytest.approx(EVENTS * merged[0].cross_section_pb[0])


def test_a_parton_is_added_and_subtracted(weights):
    """Without the subtraction the cross section would be a third too large."""
    added, taken = weights[weights > 0].sum(), -weights[weights < 0].sum()
    assert 0.12 < taken / (added + taken) < 0.28


def test_high_momentum_comes_from_the_parton(merged):
    """Recoil far above the merging scale must be the matrix element's, with weight above zero."""
    pt = np.concatenate([z_pt(one) for one in merged[1]])
    weight = np.concatenate([one.weight for one in merged[1]])
    hard = pt > 50
    assert weight[hard].sum() > 0
    share = np.abs(weight[hard & (weight < 0)]).sum() / np.abs(weight[hard]).sum()
    assert share < 0.1


def test_photons_give_no_second_pair(merged):
    """Those events are the sample z_4l: the showers obey the settings of the process."""
    for one in merged[1]:
        lepton = one.final & np.isin(np.abs(one.pdg), (11, 13, 15))
        assert not np.any(one.pdg[one.mother[lepton]] == 22)


def test_records_stay_whole(merged):
    """Taking out the events without weight breaks neither sums nor mothers."""
    for one in merged[1]:
        n = len(one.weight)
        assert (one.weight != 0).all()
        np.testing.assert_array_equal(np.unique(one.event), np.arange(n))
        assert (one.event[one.mother] == one.event).all()
        energy = np.bincount(one.event[one.final], one.e[one.final], n)
        np.testing.assert_allclose(energy, 13000.0, rtol=1e-4)


def test_same_seed_same_events(capfd):
    first, second, other = (
        list(MergedGenerator(PROCESS, seed, PARTONS_ONLY).batches(30)) for seed in (1, 1, 2)
    )
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.px, two.px)
        np.testing.assert_array_equal(one.weight, two.weight)
    assert first[0].weight[0] != other[0].weight[0]
    assert capfd.readouterr().out == ""


def test_plain_processes_need_no_merging():
    assert isinstance(event_source(find_process("zll_jet"), 1), Generator)
    with pytest.raises(InputError, match="ttbar_2l says nothing of merging"):
        MergedGenerator(find_process("ttbar_2l"), 1)


def test_two_events_are_enough():
    """The last chunk of a sample may be as small."""
    generator = MergedGenerator(PROCESS, 1, PARTONS_ONLY)
    (particles,) = generator.batches(2)
    assert len(particles.weight) == 2
    assert generator.cross_section_pb[0] == pytest.approx(particles.weight.mean())
