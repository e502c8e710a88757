"""What the validation measures, against what is known of taus and of the choices."""

import json

import numpy as np
import pytest

from lepsearch.simulate.generate import Generator
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.validation import (
    QUANTITIES,
    STUDIES,
    Average,
    _Sums,
    measure,
    measured,
    validation_table,
)


@pytest.fixture(scope="module")
def wz():
    return measure("wz_3l", 1500, 4)


def test_average_of_known_values():
    """Weights 1, 3 of values 0, 1: mean 3/4, error sqrt(1 x 9/16 + 9 x 1/16) / 4."""
    sums = _Sums()
    sums.add(np.array([False]), np.array([1.0]))
    sums.add(np.array([True]), np.array([3.0]))
    assert sums.average() == pytest.approx((0.75, np.sqrt(18 / 16) / 4))


def test_error_of_a_share_is_binomial():
    sums = _Sums()
    sums.add(np.arange(100) < 30, np.ones(100))
    assert sums.average() == pytest.approx((0.3, np.sqrt(0.3 * 0.7 / 100)))


def test_nothing_found_is_no_number():
    sums = _Sums()
    sums.add(np.zeros(0), np.zeros(0))
    assert np.isnan(sums.average().value)


def test_taus_share_their_energy_as_unpolarised_ones(wz):
    """A half to one of two daughters, 7/20 to the lepton of a V - A decay."""
    for name, expected in (("pion_of_tau", 1 / 2), ("lepton_of_tau", 7 / 20)):
        value, error = wz[name]
        assert error < 0.03
        assert value == pytest.approx(expected, abs=3.5 * error)


def test_quantities_are_consistent(wz):
    assert set(wz) == set(QUANTITIES)
    assert 0 < wz["three_leptons"].value < wz["two_leptons"].value < 1
    assert 0.9 < wz["isolated"].value <= 1


def test_studies_name_what_exists():
    for study in STUDIES.values():
        assert set(study.quantities) <= set(QUANTITIES)
        for process in study.processes:
            Generator(find_process(process), 1, study.extra)


def test_table(tmp_path):
    pair = {
        "chosen": {"two_leptons": [0.5, 0.03], "jets": [2.0, 0.1]},
        "alternative": {"two_leptons": [0.6, 0.04]},
    }
    path = tmp_path / "measured.json"
    path.write_text(json.dumps({"studies": {"multiple_interactions": {"wz_3l": pair}}}))
    (row,) = validation_table("multiple_interactions", path).to_dict("records")
    assert row["quantity"] == QUANTITIES["two_leptons"]
    assert (row["chosen"], row["alternative"]) == (0.5, 0.6)
    assert row["pull"] == pytest.approx(0.1 / 0.05)


def test_committed_numbers_cover_every_study():
    record = measured()
    assert record["events"] >= 10_000
    for name, study in STUDIES.items():
        assert record["settings"][name] == list(study.extra)
        table = validation_table(name)
        assert set(table["process"]) == set(study.processes)
        assert (table["chosen_error"] >= 0).all()
        assert len(Average(*table[["chosen", "chosen_error"]].iloc[0])) == 2


def test_committed_taus_follow_their_polarisation():
    """Means of the known spectra (e.g. Y.-S. Tsai, Phys. Rev. D 4 (1971) 2821).

    With polarisation P of the tau minus: 7/20 - P/20 of its energy to the lepton, 1/2 + P/6 to the
    pion. P = -1 from a W and about -0.15 from a Z; a WZ event has as many of the first as it has
    Z -> tautau, which give two of the second.
    """
    table = validation_table("tau_polarisation").set_index(["process", "quantity"])
    lepton, pion = QUANTITIES["lepton_of_tau"], QUANTITIES["pion_of_tau"]
    polarisation = {"wz_3l": (-1 - 2 * 0.15) / 3, "ztautau_jet": -0.15}
    for process, mean in polarisation.items():
        row = table.loc[process, lepton]
        assert row["chosen"] == pytest.approx(7 / 20, abs=4 * row["chosen_error"])
        expected = 7 / 20 - mean / 20
        assert row["alternative"] == pytest.approx(expected, abs=4 * row["alternative_error"])
    row = table.loc["wz_3l", pion]
    assert row["chosen"] == pytest.approx(1 / 2, abs=4 * row["chosen_error"])
    expected = 1 / 2 + polarisation["wz_3l"] / 6
    assert row["alternative"] == pytest.approx(expected, abs=4 * row["alternative_error"])
