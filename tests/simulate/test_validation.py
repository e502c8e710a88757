"""The committed validation against what is known of taus and of the choices."""

import pytest

from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.validation import measured, validation_table

STUDIES = {
    "multiple_interactions": {"ttbar_2l", "wz_3l"},
    "tau_polarisation": {"wz_3l", "ztautau_jet"},
}


@pytest.mark.parametrize(("study", "processes"), STUDIES.items())
def test_committed_numbers_cover_every_study(study, processes):
    record, table = measured(), validation_table(study)
    assert record["events"] >= 10_000
    assert set(table["process"]) == processes
    for process in processes:
        Generator(find_process(process), 1, record["settings"][study])
    for row in table.to_dict("records"):
        assert row["chosen"].error >= 0
        assert row["pull"] == pytest.approx((row["alternative"] - row["chosen"]).sigmas)


def test_committed_taus_follow_their_polarisation():
    """Means of the known spectra (e.g. Y.-S. Tsai, Phys. Rev. D 4 (1971) 2821).

    With polarisation P of the tau minus: 7/20 - P/20 of its energy to the lepton, 1/2 + P/6 to the
    pion. P = -1 from a W and about -0.15 from a Z; a WZ event has as many of the first as it has
    Z -> tautau, which give two of the second.
    """
    table = validation_table("tau_polarisation").set_index(["process", "quantity"])
    lepton, pion = (
        f"Share of a tau's energy that {one} has" for one in ("its e or mu", "its only π±")
    )
    polarisation = {"wz_3l": (-1 - 2 * 0.15) / 3, "ztautau_jet": -0.15}
    expected = {
        (process, lepton): (7 / 20, 7 / 20 - mean / 20) for process, mean in polarisation.items()
    }
    expected["wz_3l", pion] = (1 / 2, 1 / 2 + polarisation["wz_3l"] / 6)
    for place, (unpolarised, polarised) in expected.items():
        for found, mean in zip(table.loc[place][:2], (unpolarised, polarised), strict=True):
            assert found.value == pytest.approx(mean, abs=4 * found.error)
