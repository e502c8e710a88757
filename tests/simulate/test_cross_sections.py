"""Cross sections by quadrature: closed forms, and Pythia's own events."""

import math

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.simulate import cross_sections
from lepsearch.simulate.cross_sections import (
    annihilation_cross_section,
    breakup_momentum,
    predicted_pb,
)
from lepsearch.simulate.mono_zprime import inelastic_model
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import pythia_module


def test_breakup_momentum_conserves_energy():
    momentum = breakup_momentum(500.0, 130.0, 60.0)
    assert math.hypot(momentum, 130.0) + math.hypot(momentum, 60.0) == pytest.approx(500.0)


def test_flat_densities_have_a_closed_form(monkeypatch):
    """x f = c and a parton cross section k: k c^2 times the integral of ln(1/tau) dtau/tau."""
    monkeypatch.setattr(cross_sections, "_density", lambda _, x, __: np.full(len(x), 0.3))
    masses = (100.0, 1e-6)
    log = 2 * math.log(cross_sections.COLLISION_ENERGY / 100.0)

    def flat(s, t, u):
        return 1e-6 / (2 * math.sqrt(s) * breakup_momentum(math.sqrt(s), *masses))

    expected = 1e-6 * 0.3**2 * 2 * 2 * log**2 / 2 * cross_sections.PB
    found = annihilation_cross_section(flat, masses, {(1, -1): 1.0, (2, -2): 1.0})
    assert found == pytest.approx(expected, rel=1e-6)


NARROW = ("55:mMin = {low}", "55:mMax = {high}", "55:mWidth = 0.0001")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        pytest.param("dark_higgs", {"sector": "heavy", "mass": 130.0}, id="neutral current"),
        pytest.param("light_vector", {"sector": "light", "mass": 400.0}, id="two fermions"),
        pytest.param("heavy_neutrino", {"mass": 150.0}, id="charged current, chiral"),
        pytest.param("chargino_neutralino", {"mass": 200.0, "lightest": 50.0}, id="triplet"),
    ],
)
def test_samples_as_pythia_counts_them(name, parameters):
    """Pythia's own integral over its own phase space, with the Z' made as narrow as here."""
    process = find_process(name, parameters)
    pythia = pythia_module().Pythia("", False)
    quiet = ("Print:quiet = on", "Random:setSeed = on", "Random:seed = 7")
    bare = ("PartonLevel:all = off", "HadronLevel:all = off", "Beams:eCM = 13000.")
    mass = parameters["mass"]
    width = [one.format(low=mass - 0.1, high=mass + 0.1) for one in NARROW]
    for line in (*quiet, *bare, *process.settings, *(width if "sector" in parameters else ())):
        assert pythia.readString(line)
    matrix_element = process.matrix_element()
    assert pythia.addSigmaPtr(matrix_element)
    assert pythia.init()
    for _ in range(3000):
        pythia.next()
    info = pythia.infoPython()
    error = info.sigmaErr() / info.sigmaGen()
    found = predicted_pb(name, parameters)
    assert found == pytest.approx(info.sigmaGen() * 1e9, rel=4 * error + 0.005)


def test_what_is_not_covered_is_none():
    assert predicted_pb("left_right", {"w_mass": 1500.0, "neutrino_mass": 400.0}) is None
    assert predicted_pb("ttbar_2l", {}) is None


def test_contact_term_falls_with_the_fourth_power_of_its_scale():
    masses = (800.0, 200.0)
    near, far = (inelastic_model("heavy", 400.0, scale=scale) for scale in (1e3, 2e3))
    ratio = annihilation_cross_section(near.dsigma_dt, masses) / annihilation_cross_section(
        far.dsigma_dt, masses
    )
    assert ratio == pytest.approx(16)


def test_too_heavy_is_said():
    with pytest.raises(InputError, match="masses"):
        annihilation_cross_section(lambda *_: 1.0, (9000.0, 5000.0))
