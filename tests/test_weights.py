"""Physics weights, against a calculation by hand on a real file."""

import numpy as np
import pytest
import uproot

from lepsearch import ntuple
from lepsearch.errors import InputError
from lepsearch.weights import events_per_inverse_fb, physics_weight


def test_real_weights_by_hand(real):
    path = real / "MC" / "mc_361106.Zee.4lep.root"
    (events,) = ntuple.iterate(path, "2020", simulated=True)
    normalisation = ntuple.stated(path, "2020")
    weights = physics_weight(
        events.generator_weight,
        events.scale_factor,
        cross_section_pb=normalisation.cross_section_pb,
        sum_of_weights=normalisation.sum_of_weights,
        luminosity_fb=10.06,
    )
    with uproot.open(path) as file:
        one = file["mini"].arrays(entry_start=17, entry_stop=18)[0]
    by_hand = (
        one.mcWeight
        * one.scaleFactor_PILEUP
        * one.scaleFactor_ELE
        * one.scaleFactor_MUON
        * one.scaleFactor_LepTRIGGER
        * 1950.5295  # pb, the release's own table
        * 10060  # 1/pb
        / 150277594200  # the table's sum of weights
    )
    assert weights[17] == pytest.approx(by_hand, rel=1e-6)
    assert (weights < 0).any()  # negative weights are kept


def test_all_generated_events_sum_to_the_cross_section():
    generator = np.array([2.0, -1.0, 3.0])
    weights = physics_weight(
        generator, np.ones(3), cross_section_pb=0.7, sum_of_weights=4.0, luminosity_fb=10.0
    )
    assert weights.sum() == pytest.approx(0.7 * 10_000)


@pytest.mark.parametrize("bad", [0.0, None, np.nan, np.inf])
def test_no_normalisation_no_yield(bad):
    with pytest.raises(InputError, match=r"'tt': the sum of weights is .*expected a finite number"):
        events_per_inverse_fb(1.0, bad, "'tt'")
    with pytest.raises(InputError, match="the cross section is"):
        events_per_inverse_fb(bad, 1.0)
