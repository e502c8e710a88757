"""Top quarks as Pythia settings: pairs and single ones.

Pairs with two leptons are made in two slices of the tops' transverse momentum, for hardly any of
all would be where the searches look.
"""

from dataclasses import replace

from lepsearch.simulate.process import (
    LEPTONIC_W,
    MEASURED,
    ONE_FAKE,
    Enrichment,
    Process,
    Products,
    biased,
    own_process,
)

__all__ = ("TOP_QUARKS",)

TOP_PAIR = ("Top:gg2ttbar = on", "Top:qqbar2ttbar = on")
TTBAR_2L = Process(
    "ttbar_2l", 900001, r"$t\bar t \to 2\ell$",
    settings=(*TOP_PAIR, *LEPTONIC_W, "PhaseSpace:pTHatMax = 200."),
    cross_section_note="leading order for tops below 200 GeV; contains both W -> l nu branching "
    "ratios (e, mu, tau)",
    enrichment=Enrichment(bulk=0.3), treatment=MEASURED,
)  # fmt: skip
TOP_QUARKS = (
    TTBAR_2L,
    replace(
        TTBAR_2L, name="ttbar_2l_high", dsid=900023, label=r"$t\bar t \to 2\ell$, $p_T > 200$ GeV",
        settings=(*TOP_PAIR, *LEPTONIC_W, "PhaseSpace:pTHatMin = 200.", *biased(2.0, 250.0)),
        cross_section_note="as ttbar_2l, for tops above 200 GeV",
    ),
    Process(
        "ttbar_1l", 900006, r"$t\bar t \to 1\ell$", settings=TOP_PAIR,
        cross_section_note="leading order; contains the decays of the W: one to l nu (e, mu, tau), "
        "one to quarks",
        enrichment=Enrichment(bulk=0.1, leptons=1, products=Products(1, 1, 4)), treatment=ONE_FAKE,
    ),
    Process(
        "tw_2l", 900007, r"$tW \to 2\ell$", settings=LEPTONIC_W,
        cross_section_note="leading order, five flavours in the proton, both charges; without "
        "branching ratios. Diagrams that are shared with ttbar begin one order higher",
        matrix_element=own_process("TopAndW"), enrichment=Enrichment(bulk=1.0), treatment=MEASURED,
    ),
    Process(
        "single_top_t", 900008, r"Single top, $t$ channel",
        settings=("Top:qq2tq(t:W) = on", *LEPTONIC_W),
        cross_section_note="leading order, both charges; contains W -> l nu (e, mu, tau)",
        enrichment=Enrichment(bulk=0.3, leptons=1), treatment=ONE_FAKE,
    ),
    Process(
        "single_top_s", 900009, r"Single top, $s$ channel",
        settings=("Top:ffbar2tqbar(s:W) = on", *LEPTONIC_W),
        cross_section_note="leading order, both charges; contains W -> l nu (e, mu, tau)",
        enrichment=Enrichment(bulk=0.3, leptons=1), treatment=ONE_FAKE,
    ),
    replace(
        TTBAR_2L, name="ttbar_2l_fake", dsid=900016, label=r"$t\bar t \to 2\ell$ + false lepton",
        enrichment=Enrichment(bulk=0.5, missing_pt=0.0), settings=(*TOP_PAIR, *LEPTONIC_W),
        cross_section_note="leading order; contains both W -> l nu branching ratios (e, mu, tau)",
        treatment=ONE_FAKE,
    ),
)  # fmt: skip
