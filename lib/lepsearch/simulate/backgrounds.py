"""The Standard Model's processes as Pythia settings."""

from dataclasses import replace

from lepsearch.simulate.process import (
    LEPTONIC_W,
    LEPTONIC_Z,
    MEASURED,
    MEASURED_TWICE,
    ONE_FAKE,
    Enrichment,
    Merging,
    Process,
    Products,
    Treatment,
    biased,
    own_process,
)
from lepsearch.simulate.rare import RARE

__all__ = ("BACKGROUNDS",)

JET_BIAS = biased(1.5, 50.0)
LEPTONIC_TAU = ("15:onMode = off", "15:onIfAny = 11 13")

Z_AND_PARTON = ("WeakBosonAndParton:qqbar2gmZg = on", "WeakBosonAndParton:qg2gmZq = on")
Z_JET = (*Z_AND_PARTON, "23:mMin = 40.", "PhaseSpace:mHatMin = 40.", "PhaseSpace:pTHatMin = 20.")
# One Z in ten thousand becomes four leptons. Pythia lets more of the photons split to leptons, and
# gives the events weights for it; photons are those of the leptons only, since those of the quarks
# are in the sample of two pairs, and not too soft to give a second pair that could be seen.
PHOTON_PAIRS = (
    "TimeShower:QEDshowerByGamma = on",
    "SpaceShower:QEDshowerByQ = off",
    "TimeShower:pTminChgL = 1.",
    "TimeShower:mMaxGamma = 60.",
    "Enhancements:doEnhance = on",
    "EnhancedSplittings:List = {fsr:A2LL=300.}",
)
Z_TO_LEPTONS = (
    "23:onMode = off",
    "23:onIfAny = 11 13",
    "23:mMin = 60.",
    "PhaseSpace:mHatMin = 60.",
    # a second pair of leptons from a photon is in the samples of four leptons
    "TimeShower:QEDshowerByGamma = off",
)
Z_PAIR = ("WeakDoubleBoson:ffbar2gmZgmZ = on",)
Z_PAIR_ONLY = (*Z_PAIR, "WeakZ0:gmZmode = 2", "23:onMode = off")  # no photons
NO_NEUTRINOS = Treatment(resmear=80, stored=2.0, force_missing=True)
ALL_IN_REACH = Enrichment(bulk=1.0, surely=(), missing_pt=0.0, outside=0.4)

# Pairs of top quarks with two leptons are made in two slices of the tops' transverse momentum, for
# hardly any of all would be where the searches look.
TOP_PAIR = ("Top:gg2ttbar = on", "Top:qqbar2ttbar = on")
TTBAR_2L = Process(
    "ttbar_2l", 900001, r"$t\bar t \to 2\ell$",
    settings=(*TOP_PAIR, *LEPTONIC_W, "PhaseSpace:pTHatMax = 200."),
    cross_section_note="leading order for tops below 200 GeV; contains both W -> l nu branching "
    "ratios (e, mu, tau)",
    enrichment=Enrichment(bulk=0.225), treatment=MEASURED,
)  # fmt: skip
TOP_QUARKS = (
    TTBAR_2L,
    replace(
        TTBAR_2L, name="ttbar_2l_high", dsid=900023, label=r"$t\bar t \to 2\ell$, $p_T > 200$ GeV",
        settings=(*TOP_PAIR, *LEPTONIC_W, "PhaseSpace:pTHatMin = 200.", *biased(2.0, 250.0)),
        enrichment=Enrichment(bulk=0.216),
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
        matrix_element=own_process("TopAndW"), enrichment=Enrichment(bulk=0.4), treatment=MEASURED,
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

ZLL = Process(
    "zll", 900022, r"$Z/\gamma^* \to \ell\ell$",
    settings=("WeakSingleBoson:ffbar2gmZ = on", *Z_TO_LEPTONS),
    cross_section_note="leading order for m_ll > 60 GeV; contains Z -> ee and mumu. Jets are "
    "the shower's, its first one corrected to the matrix element",
    enrichment=ALL_IN_REACH, treatment=NO_NEUTRINOS,
)  # fmt: skip
ALL = (
    Process(
        "wz_3l", 900002, r"$WZ \to \ell\nu\ell\ell$",
        settings=("WeakDoubleBoson:ffbar2ZW = on", *LEPTONIC_W, *LEPTONIC_Z),
        cross_section_note="leading order, Z without photon, for which Pythia has no matrix "
        "element; contains W -> l nu and Z -> l l branching ratios (e, mu, tau)",
        enrichment=Enrichment(bulk=1.0), treatment=MEASURED_TWICE,
    ),
    Process(
        "zll_jet", 900003, r"$Z/\gamma^* \to \ell\ell$ + jet",
        settings=(*Z_JET, "23:onMode = off", "23:onIfAny = 11 13", *JET_BIAS),
        cross_section_note="leading order for m_ll > 40 GeV beside one parton with pT > 20 GeV; "
        "contains Z -> ee and mumu",
        treatment=Treatment(resmear=10),  # its missing momentum is the detector's alone
    ),
    ZLL,
    Process(
        "zll_umeps", 900020, r"$Z/\gamma^* \to \ell\ell$ + jets, merged", settings=Z_TO_LEPTONS,
        cross_section_note="leading order for m_ll > 60 GeV; contains Z -> ee and mumu. No parton "
        "and one, merged by UMEPS, whose negative weights are genuine but not those of a "
        "next-to-leading order",
        merging=Merging(
            hard_process="pp>LEPTONS,NEUTRINOS", without_parton=("WeakSingleBoson:ffbar2gmZ = on",),
            with_parton=Z_AND_PARTON, scale=20.0,
        ),
        enrichment=Enrichment(
            bulk=0.5, surely=(("ht", 40.0),), missing_pt=0.0, outside=0.3, together=20_000,
        ),
        treatment=NO_NEUTRINOS,
    ),
    Process(
        "ztautau_jet", 900004, r"$Z/\gamma^* \to \tau\tau$ + jet",
        settings=(*Z_JET, "23:onMode = off", "23:onIfAny = 15", *LEPTONIC_TAU, *biased(2.5, 50.0)),
        cross_section_note="as zll_jet, for Z -> tautau; both taus are made to decay to e or mu, "
        "which Pythia's number does not know of: to be multiplied by (0.1782 + 0.1739)^2",
        enrichment=Enrichment(bulk=12.0, outside=0.1),  # all its taus become electrons or muons
        treatment=Treatment(resmear=3),
    ),
    Process(
        "w_jet", 900005, r"$W \to \ell\nu$ + jet",
        settings=(
            "WeakBosonAndParton:qqbar2Wg = on", "WeakBosonAndParton:qg2Wq = on",
            "PhaseSpace:pTHatMin = 20.", *LEPTONIC_W, *JET_BIAS,
        ),
        cross_section_note="leading order beside one parton with pT > 20 GeV; contains W -> l nu "
        "(e, mu, tau)",
        enrichment=Enrichment(bulk=0.1, leptons=1), treatment=ONE_FAKE,
    ),
    Process(
        "ww_2l", 900010, r"$WW \to \ell\nu\ell\nu$",
        settings=("WeakDoubleBoson:ffbar2WW = on", *LEPTONIC_W, *JET_BIAS),
        cross_section_note="leading order from quarks; contains both W -> l nu (e, mu, tau)",
        enrichment=Enrichment(
            bulk=0.0154, surely=(("missing_pt", 350.0), ("mt2", 90.0), ("mll", 800.0)),
            together=100_000,
        ),
        treatment=MEASURED_TWICE,
    ),
    Process(
        "zz_4l", 900011, r"$ZZ \to 4\ell$",
        settings=(*Z_PAIR, *LEPTONIC_Z, "23:mMin = 4.", "PhaseSpace:mHatMin = 8."),
        cross_section_note="leading order from quarks with two lepton pairs (e, mu, tau) above "
        "4 GeV, photons and their interference included; a Z to four leptons is z_4l",
        enrichment=Enrichment(bulk=1.0),
    ),
    Process(
        "z_4l", 900021, r"$Z \to 4\ell$",
        settings=("WeakSingleBoson:ffbar2gmZ = on", *Z_TO_LEPTONS, *PHOTON_PAIRS),
        cross_section_note="leading order for m_ll > 60 GeV; contains Z -> ee and mumu. A photon "
        "that the leptons radiate splits to a second pair (e, mu, tau)",
        enrichment=Enrichment(
            bulk=3.0, surely=(), leptons=3, missing_pt=0.0, outside=0.0, radiation=True,
            together=100_000,
        ),
        treatment=Treatment(min_leptons=3, resmear=5),
    ),
    Process(
        "zz_llvv", 900012, r"$ZZ \to \ell\ell\nu\nu$",
        settings=(
            *Z_PAIR, "23:onMode = off", "23:onIfAny = 11 12 13 14 15 16", "23:mMin = 10.",
            "PhaseSpace:mHatMin = 20.", *JET_BIAS,
        ),
        cross_section_note="leading order from quarks with a pair of leptons (e, mu, tau) and one "
        "of neutrinos above 10 GeV, photons and their interference included",
        enrichment=Enrichment(bulk=0.3, products=Products(2, 2, 0)), treatment=MEASURED_TWICE,
    ),
    Process(
        "zz_qqll", 900013, r"$ZZ \to qq\ell\ell$",
        settings=(*Z_PAIR_ONLY, "23:onIfAny = 1 2 3 4 5 11 13 15"),
        cross_section_note="leading order from quarks, Z without photon; contains the decays, one "
        "Z to charged leptons (e, mu, tau), one to quarks",
        enrichment=replace(ALL_IN_REACH, products=Products(2, 0, 2)), treatment=NO_NEUTRINOS,
    ),
    Process(
        "wz_qqll", 900014, r"$WZ \to qq\ell\ell$",
        settings=(
            "WeakDoubleBoson:ffbar2ZW = on", "24:onMode = off", "24:onIfAny = 1 2 3 4 5",
            *LEPTONIC_Z,
        ),
        cross_section_note="leading order, Z without photon; contains W -> q q and Z -> l l "
        "(e, mu, tau)",
        enrichment=ALL_IN_REACH, treatment=NO_NEUTRINOS,
    ),
    replace(
        ZLL, name="zll_fake", dsid=900015, label=r"$Z \to \ell\ell$ + false lepton",
        treatment=replace(ONE_FAKE, resmear=30, stored=3.0),
    ),
)  # fmt: skip
BACKGROUNDS = {one.name: one for one in (*TOP_QUARKS, *ALL, *RARE)}
