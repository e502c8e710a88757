"""Higgs bosons, and top quarks with a boson: rates, decays, and what the stand-ins are."""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.simulate.hard import HARD, look_at
from lepsearch.simulate.process import LEPTONS, Enrichment
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.rare import RARE
from lepsearch.simulate.umeps import event_source

EVENTS = {"wh": 5000, "zh": 5000, "tth": 2000, "ttz": 1500, "ttw": 1500}
W, Z, INVISIBLE = 3 * 0.1086, 3 * 0.033658, 0.2  # PDG
WW, ZZ, TAUTAU = 0.2137, 0.02619, 0.06272  # shares of the Higgs boson's decays (arXiv:1610.07922)
STAND_INS = {"ttz": (91.1876, 2.4952), "ttw": (80.379, 2.085)}


@cache
def hard(name):
    """Hard events in one batch, and Pythia's cross section with its error [pb]."""
    generator = Generator(find_process(name), 3, HARD)
    (events,) = look_at(generator, EVENTS[name])
    return events, generator.cross_section_pb


@pytest.fixture(scope="module")
def manifest():
    return load_manifest(Path(__file__).parents[2] / "data_manifest.yaml")


def multiplicities():
    """Shares of events with 0, 1, 2, ... charged leptons, from the branching ratios alone."""
    w, z = np.poly1d([W, 1 - W]), np.poly1d([Z, 0, 1 - Z])  # powers count leptons
    pair = np.poly1d([1, 0, 0])
    higgs = (WW * w * w + ZZ * z * z + TAUTAU * pair) / (WW + ZZ + TAUTAU)
    leptonic_z = (Z * pair + INVISIBLE) / (Z + INVISIBLE)
    leptonic_w = np.poly1d([1, 0])
    tops = w * w
    found = {
        "wh": w * higgs, "zh": z * higgs, "tth": tops * higgs, "ttz": tops * leptonic_z,
        "ttw": tops * leptonic_w,
    }  # fmt: skip
    return {name: one.coeffs[::-1] for name, one in found.items()}


@pytest.mark.parametrize("name", EVENTS)
def test_numbers_of_leptons_are_those_of_the_branching_ratios(name):
    events, _ = hard(name)
    lepton = np.isin(np.abs(events.columns["id"]), LEPTONS) & (events.columns["status"] > 0)
    leptons = np.bincount(events.event[lepton], minlength=len(events))
    for number, share in enumerate(multiplicities()[name]):
        found = np.average(leptons == number, weights=events.weight)
        error = math.sqrt(share * (1 - share) / len(events))
        assert found == pytest.approx(share, abs=4 * error + 0.01 * share), number


@pytest.mark.parametrize(
    ("name", "gluons", "factor", "margin"),
    [
        # as W and Z alone, for only the incoming quarks have a colour: 1.31 and 1.32 here
        pytest.param("wh", 0.0, 1.315, 0.13, id="wh"),
        # two gluons make 0.1227 pb of ZH (arXiv:1610.07922), which Pythia leaves out
        pytest.param("zh", 0.1227, 1.315, 0.13, id="zh"),
        pytest.param("tth", 0.0, 1.25, 0.25, id="tth"),  # NLO, with a scale error of 10 % (LO: 30)
    ],
)
def test_cross_sections_are_pythias_times_a_usual_factor(manifest, name, gluons, factor, margin):
    used = manifest.simulation("embedded")[name].cross_section_pb - gluons * (WW + ZZ + TAUTAU)
    pythia, error = hard(name)[1]
    assert error / pythia < 0.02
    assert used / pythia == pytest.approx(factor, abs=margin)


@pytest.mark.parametrize(
    ("name", "pb"), [("ttz", 0.863 * (Z + INVISIBLE)), ("ttw", 0.7453 * W)], ids=["ttz", "ttw"]
)
def test_stand_ins_have_published_cross_sections_and_say_what_they_are(manifest, name, pb):
    assert manifest.simulation("embedded")[name].cross_section_pb == pytest.approx(pb, rel=1e-3)
    assert "stand-in" in find_process(name).label
    assert "stand-in" in manifest.samples[name].label


@pytest.mark.parametrize("name", STAND_INS)
def test_stand_ins_have_the_mass_and_width_of_the_boson(name):
    mass, width = STAND_INS[name]
    columns = hard(name)[0].columns
    boson = (columns["id"] == 25) & (columns["status"] < 0)
    found = np.quantile(columns["m"][boson], [0.25, 0.5, 0.75])
    # quartiles of a Breit-Wigner shape, half a width from its middle: Pythia's is one in m^2, and
    # lighter bosons are made more often
    assert found == pytest.approx([mass - width / 2, mass, mass + width / 2], abs=0.25)


def test_top_quarks_with_a_w_have_its_charge():
    """W+ is made twice as often as W-: 497.5 fb to 247.9 fb (arXiv:2306.16311)."""
    events, _ = hard("ttw")
    mother = events.offsets[events.event] + events.columns["mother1"]
    of_boson = events.columns["id"][mother] == 25
    lepton = of_boson & np.isin(np.abs(events.columns["id"]), LEPTONS)
    assert lepton.sum() == len(events)
    positive = np.mean(events.columns["id"][lepton] < 0)
    assert positive == pytest.approx(497.5 / 745.4, abs=4 * 0.5 / math.sqrt(len(events)))


@pytest.mark.parametrize("name", [one.name for one in RARE])
def test_every_event_gets_a_shower(name):
    """Also where a boson of no charge decayed to a charge, which Pythia might refuse."""
    process = replace(find_process(name), enrichment=Enrichment(bulk=1.0, surely=(), outside=1.0))
    made = sum(len(one.weight) for one in event_source(process, 2).batches(40))
    assert made == 40
