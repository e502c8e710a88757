"""Rare processes with more than two bosons: a W, a Z or top quarks with a Higgs boson, W or Z.

They are small, but three leptons, or two with many neutrinos, are what they end in. Left out are a
Higgs boson to b quarks, which brings no lepton, and one that is made alone, whose pairs of leptons
from WW have less than its mass.

Pythia has no matrix element of top quarks with a W or Z. Theirs is a stand-in: that of top quarks
with a Higgs boson, which is given the mass, the width and the decays of the W or Z. The cross
section is the right one; but the boson is radiated by the top quarks only, as a scalar is, and
decays without spin.
"""

from lepsearch.constants import TAU, W_BOSON, Z_BOSON
from lepsearch.simulate.matrix_elements import W_MASS, W_WIDTH, Z_MASS, Z_WIDTH
from lepsearch.simulate.process import HIGGS, LEPTONS, MEASURED_TWICE, Enrichment, Process, channels

__all__ = ("RARE",)

HIGGS_DECAYS = (f"{HIGGS}:onMode = off", f"{HIGGS}:onIfAny = {TAU} {Z_BOSON} {W_BOSON}")
WITH_DECAYS = "leading order; contains H -> WW, ZZ and tautau, all decays of W, Z and top"
NEUTRINOS = tuple(lepton + 1 for lepton in LEPTONS)
Z_TO_LEPTON, Z_TO_NEUTRINO = 0.033658, 0.2 / 3  # of one flavour (PDG)
W_PLUS = 497.5 / 745.3  # share of W+ beside top quarks, at NNLO (arXiv:2306.16311)
IN_REACH = Enrichment(bulk=0.3)
TOPS_IN_REACH = Enrichment(bulk=1.0)  # their hard events take half as long as whole ones


def _as_boson(mass: float, width: float) -> tuple[str, ...]:
    """Mass and width of a W or Z [GeV] for the Higgs boson, up to eight widths away."""
    return (
        f"{HIGGS}:m0 = {mass}",
        f"{HIGGS}:mWidth = {width}",
        f"{HIGGS}:mMin = {mass - 8 * width}",
        f"{HIGGS}:mMax = {mass + 8 * width}",
        f"{HIGGS}:doForceWidth = on",
    )


RARE = (
    Process(
        "wh", 900031, "$WH$", settings=("HiggsSM:ffbar2HW = on", *HIGGS_DECAYS),
        cross_section_note=WITH_DECAYS, enrichment=IN_REACH, treatment=MEASURED_TWICE,
    ),
    Process(
        "zh", 900032, "$ZH$", settings=("HiggsSM:ffbar2HZ = on", *HIGGS_DECAYS),
        cross_section_note=f"{WITH_DECAYS}; from quarks", enrichment=IN_REACH,
        treatment=MEASURED_TWICE,
    ),
    Process(
        "tth", 900033, r"$t\bar tH$",
        settings=("HiggsSM:gg2Httbar = on", "HiggsSM:qqbar2Httbar = on", *HIGGS_DECAYS),
        cross_section_note=WITH_DECAYS, enrichment=TOPS_IN_REACH, treatment=MEASURED_TWICE,
    ),
    Process(
        "ttz", 900034, r"$t\bar tZ$ (stand-in)",
        settings=(
            "HiggsSM:gg2Httbar = on", "HiggsSM:qqbar2Httbar = on", *_as_boson(Z_MASS, Z_WIDTH),
            *channels(
                HIGGS,
                [(Z_TO_LEPTON, (one, -one)) for one in LEPTONS]
                + [(Z_TO_NEUTRINO, (one, -one)) for one in NEUTRINOS],
            ),
        ),
        cross_section_note="leading order of top quarks with a Higgs boson of the Z's mass, which "
        "stands for the Z and decays to e, mu, tau or neutrinos: not to be used",
        enrichment=TOPS_IN_REACH, treatment=MEASURED_TWICE,
    ),
    Process(
        "ttw", 900035, r"$t\bar tW$ (stand-in)",
        settings=(
            "HiggsSM:qqbar2Httbar = on",
            *_as_boson(W_MASS, W_WIDTH),
            *channels(
                HIGGS,
                [(W_PLUS / 3, (-one, one + 1)) for one in LEPTONS]
                + [((1 - W_PLUS) / 3, (one, -one - 1)) for one in LEPTONS],
            ),
            "Check:event = off",  # it has the charge of the W
        ),
        cross_section_note="leading order of top quarks with a Higgs boson of the W's mass, from "
        "quarks, which stands for the W and decays to e, mu or tau: not to be used",
        enrichment=TOPS_IN_REACH, treatment=MEASURED_TWICE,
    ),
)  # fmt: skip
