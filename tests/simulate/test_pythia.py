"""Pythia: its settings, its record as flat arrays, and the own matrix element inside it."""

from dataclasses import replace

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.simulate import pythia
from lepsearch.simulate.backgrounds import BACKGROUNDS
from lepsearch.simulate.mono_zprime import DarkHiggsModel
from lepsearch.simulate.process import Enrichment, Process
from lepsearch.simulate.processes import MODELS, find_process
from lepsearch.simulate.pythia import Generator, pythia_module
from lepsearch.simulate.umeps import event_source

HARD_ONLY = ("PartonLevel:all = off", "HadronLevel:all = off", "Check:event = off")
DARK_HIGGS = {"sector": "heavy", "mass": 130}
PARAMETERS = {
    "dark_higgs": DARK_HIGGS,
    "light_vector": DARK_HIGGS,
    "inelastic_eft": DARK_HIGGS,
    "heavy_neutrino": {"mass": 150},
    "left_right": {"w_mass": 1500, "neutrino_mass": 400},
    "type3_seesaw": {"mass": 400},
    "chargino_neutralino": {"mass": 200, "lightest": 100},
}


@pytest.fixture(scope="module")
def ttbar():
    return Generator(find_process("ttbar_2l"), seed=5)


def test_batches_hold_exactly_the_events_asked_for(ttbar):
    sizes = [len(one.weight) for one in ttbar.batches(25, size=10)]
    assert sizes == [10, 10, 5]


def test_record_conserves_energy_and_momentum(ttbar):
    particles = next(ttbar.batches(20))
    final = particles.final
    sums = [
        np.bincount(particles.event[final], one[final], 20)
        for one in (particles.e, particles.px, particles.py, particles.pz)
    ]
    np.testing.assert_allclose(sums[0], 13000.0, rtol=1e-4)
    for one in sums[1:]:
        np.testing.assert_allclose(one, 0.0, atol=1.0)


def test_mothers_lie_in_the_same_event(ttbar):
    particles = next(ttbar.batches(20))
    assert (particles.event[particles.mother] == particles.event).all()
    # every W of these events was made by a top or is a copy of a W
    w = np.abs(particles.pdg) == 24
    assert set(np.abs(particles.pdg[particles.mother[w]])) == {6, 24}


def test_kinds(ttbar):
    pdg = np.array([11, -11, 2, -24, 22, 12, 52, 54, 1000022, 13], dtype=np.int32)
    place = np.searchsorted(ttbar.kinds.known, np.abs(pdg))
    assert ttbar.kinds.known[place].tolist() == np.abs(pdg).tolist()
    assert ttbar.kinds.charged[place].tolist() == [True] * 4 + [False] * 5 + [True]
    visible = ttbar.kinds.visible[place]
    assert visible[[0, 1, 4, 9]].all()
    assert not visible[[5, 6, 8]].any()


def test_same_seed_same_events():
    first, second, other = (
        next(Generator(find_process("wz_3l"), seed).batches(5)) for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first.px, second.px)
    assert first.px.shape != other.px.shape or (first.px != other.px).any()


def test_unknown_setting_is_named():
    process = Process("broken", 1, "", ("Top:gg2tbar = on",), "")
    with pytest.raises(InputError, match=r"broken.*'Top:gg2tbar = on'"):
        Generator(process, 1)


def test_pythia_missing(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(pythia, "import_module", missing)
    with pytest.raises(InputError, match="conda"):
        pythia_module()


@pytest.mark.parametrize("name", [*BACKGROUNDS, *MODELS])
def test_pythia_takes_all_settings(name):
    process = find_process(name, PARAMETERS.get(name))
    if process.enrichment:  # make all whole, for of so few none may be chosen
        process = replace(process, enrichment=Enrichment(bulk=1e9, outside=1.0))
    next(event_source(process, 1, HARD_ONLY).batches(9))


def test_sample_numbers_differ():
    signals = [
        find_process(model, {"sector": sector, "mass": mass}).dsid
        for model in ("dark_higgs", "light_vector", "inelastic_eft")
        for sector in ("heavy", "light")
        for mass in (130, 200, 1500)
    ]
    signals += [find_process(name, PARAMETERS[name]).dsid for name in list(PARAMETERS)[3:]]
    numbers = [one.dsid for one in BACKGROUNDS.values()] + signals
    assert len(set(numbers)) == len(numbers)


def test_unknown_process_lists_the_nearest():
    with pytest.raises(InputError, match=r"'ttbar2l'.*'ttbar_2l'"):
        find_process("ttbar2l")


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("ttbar_2l", {"mass": 3}, "takes no parameters, got the parameters mass"),
        ("dark_higgs", {}, "takes the parameters mass, sector, got no parameters"),
        (
            "dark_higgs",
            {"sector": "HDS", "mass": 130},
            "'HDS'.*'heavy', 'light'",
        ),
        ("dark_higgs", {"sector": "light", "mass": 1}, "mass is 1 GeV"),
    ],
)
def test_wrong_parameters(name, parameters, message):
    with pytest.raises(InputError, match=message):
        find_process(name, parameters)


def test_every_known_process_is_found():
    for name in [*BACKGROUNDS, *MODELS]:
        assert find_process(name, PARAMETERS.get(name)).name == name


class ZLike(DarkHiggsModel):
    """The model with the width of the Z; the couplings come from the class below."""

    width = 2.4952


def standard_model_zh():
    """The own matrix element with the couplings and masses of q qbar -> Z H."""
    from lepsearch.simulate.pythia_processes import DarkHiggs

    class ZH(DarkHiggs):
        def id3Mass(self):
            return 23

        def id4Mass(self):
            return 25

        def sigmaHat(self):
            # g_q^2 -> (g / 2 cos)^2 (v^2 + a^2) with v = T3 - 2 Q sin^2, a = T3;
            # g_dark = m_Z / vev = g / (2 cos)
            sin2 = 0.2312
            up = abs(self.id1) % 2 == 0
            isospin, charge = (0.5, 2 / 3) if up else (-0.5, -1 / 3)
            vector = isospin - 2 * charge * sin2
            weak2 = np.pi * self.alpEM / (sin2 * (1 - sin2))
            return self.sigma * weak2**2 * (vector**2 + isospin**2)

        def setIdColAcol(self):
            self.setId(self.id1, self.id2, 23, 25)
            line = (1, 0, 0, 1) if self.id1 > 0 else (0, 1, 1, 0)
            self.setColAcol(*line, 0, 0, 0, 0)

    return ZH(ZLike(91.1876, 125.0, quark_coupling=1.0, dark_coupling=1.0))


def test_matrix_element_gives_pythias_zh_cross_section():
    own = Process("zh", 1, "", (), "", matrix_element=standard_model_zh)
    built_in = Process("zh", 1, "", ("HiggsSM:ffbar2HZ = on",), "")
    results = []
    for process in (own, built_in):
        generator = Generator(process, 3, HARD_ONLY)
        for _ in generator.batches(6000):
            pass
        results.append(generator.cross_section_pb)
    (ours, error), (pythias, other_error) = results
    # both errors are below one percent; 1 % more for the value of the weak mixing angle
    assert error / ours < 0.01
    tolerance = 3 * np.hypot(error / ours, other_error / pythias) + 0.01
    assert ours / pythias == pytest.approx(1.0, abs=tolerance)


def test_electrons_of_taus_have_the_spectrum_of_a_weak_decay():
    """In the tau's rest frame x = 2 E / m has the density 2 x^2 (3 - 2 x): mean 7/10, square 8/15.

    Flat in phase space it would be 2 x: 2/3 and 1/2.
    """
    generator = Generator(find_process("ztautau_jet"), 3)
    shares = []
    for particles in generator.batches(4000):
        of_tau = np.abs(particles.pdg[particles.mother]) == 15
        electron = np.flatnonzero(of_tau & (np.abs(particles.pdg) == 11))
        tau = particles.mother[electron]
        momenta = (particles.e, particles.px, particles.py, particles.pz)
        product = sum(
            sign * one[electron] * one[tau]
            for sign, one in zip((1, -1, -1, -1), momenta, strict=True)
        )
        shares.append(2 * product / 1.777**2)
    share = np.concatenate(shares)
    assert len(share) > 3500
    for power, expected in ((1, 7 / 10), (2, 8 / 15)):
        values = share**power
        assert values.mean() == pytest.approx(expected, abs=4 * values.std() / len(values) ** 0.5)
