"""Every number of the parametrised detector, with its unit and where it comes from.

Tuning of the missing momentum: after its preselection (two tight leptons, missing pT > 50 GeV,
139/fb) thesis B has 1 256 624 events of background with ee and 1 626 098 with mumu (table 5.5),
2.9 million in all. Top pairs and single top, dibosons and tau pairs are about half of them, which
leaves 1 to 1.5 million Z -> ee and mumu; that is how much `soft_noise` and `pileup_jets` give for Z
of all transverse momenta, 1.3 million with Pythia's Z scaled to the cross section at NNLO. About
60 % of these have no parton above 20 GeV: a sample that starts there has the rest only. The yield
is steep: 12 in place of 13 GeV, and 0.15 in place of 0.20 pile-up jets, make it 0.8 million.
"""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from lepsearch.constants import ISOLATED

__all__ = ("Response", "response_table")

ASSUMED = "assumed"
ACCEPTANCE_2020 = "the 2020 release's files: no object is found outside"
JVT_NOTE = "documentation of the 2020 release (jet_jvt)"
FAKE_NOTE = "leptons from hadrons among Pythia's ttbar events in this response, rounded"
SOFT_NOTE = "tuned, see the module: per component, pile-up included"
MV2_NOTE = "ATL-PHYS-PUB-2016-012: MV2c10 at working points of 85, 77, 70 and 60 %"


def _number(value: float | tuple[float, ...], unit: str, source: str) -> Any:
    """A field of the table that carries its unit and source."""
    return field(default=value, metadata={"unit": unit, "source": source})


@dataclass(frozen=True, kw_only=True)
class Response:
    """The numbers; names say what they are, `response_table` lists them with unit and source.

    Where the source is "assumed" the number is a plausible choice for ATLAS in Run 2, not a fit.
    """

    # acceptance
    lepton_min_pt: float = _number(7.0, "GeV", ACCEPTANCE_2020)
    electron_max_eta: float = _number(2.47, "", ACCEPTANCE_2020)
    muon_max_eta: float = _number(2.7, "", ACCEPTANCE_2020)
    crack_low: float = _number(1.37, "", ACCEPTANCE_2020)
    crack_high: float = _number(1.52, "", ACCEPTANCE_2020)
    jet_min_pt: float = _number(20.0, "GeV", ACCEPTANCE_2020)
    jet_max_eta: float = _number(4.5, "", "thesis B counts forward jets; the 2020 release cuts 2.5")
    tracker_max_eta: float = _number(2.5, "", "JINST 3 (2008) S08003")
    calorimeter_max_eta: float = _number(4.9, "", "JINST 3 (2008) S08003")

    # electrons
    electron_efficiency_threshold: float = _number(0.70, "", ASSUMED)
    electron_efficiency_gain: float = _number(0.25, "", ASSUMED)
    electron_efficiency_scale: float = _number(12.0, "GeV", ASSUMED)
    electron_tight_threshold: float = _number(0.75, "", ASSUMED)
    electron_tight_gain: float = _number(0.17, "", ASSUMED)
    electron_tight_scale: float = _number(25.0, "GeV", ASSUMED)
    electron_sampling: float = _number(0.11, "sqrt(GeV)", ASSUMED)
    electron_constant: float = _number(0.010, "", ASSUMED)
    electron_noise: float = _number(0.3, "GeV", ASSUMED)
    electron_dressing_radius: float = _number(0.1, "", ASSUMED)
    electron_flip: float = _number(2e-3, "", ASSUMED + ", times 1 + eta^2")

    # muons
    muon_efficiency: float = _number(0.97, "", ASSUMED)
    muon_efficiency_centre: float = _number(0.75, "", ASSUMED)
    muon_centre_eta: float = _number(0.1, "", ASSUMED + ": gap for cables")
    muon_tight: float = _number(0.97, "", ASSUMED)
    muon_constant: float = _number(0.018, "", ASSUMED)
    muon_sagitta: float = _number(1.2e-4, "1/GeV", ASSUMED)

    # isolation and impact parameters
    track_min_pt: float = _number(1.0, "GeV", ASSUMED)
    track_cone: float = _number(0.3, "", "name of the branch lep_ptcone30")
    calorimeter_cone: float = _number(0.2, "", "name of the branch lep_etcone20")
    calorimeter_cone_noise: float = _number(
        0.8, "GeV", "spread below zero of lep_etcone20 in the 2020 release's Zee file"
    )
    electron_d0_resolution: float = _number(
        0.0145, "mm", "median |d0|/significance in the 2020 release's Zee file"
    )
    muon_d0_resolution: float = _number(
        0.0120, "mm", "median |d0|/significance in the 2020 release's ttbar file"
    )
    tau_d0_significance: float = _number(1.0, "", ASSUMED + ": mean flight of tau daughters")
    hadron_d0_significance: float = _number(4.0, "", ASSUMED + ": mean flight of hadron daughters")
    z0_resolution: float = _number(0.05, "mm", ASSUMED)

    # jets
    jet_radius: float = _number(0.4, "", "anti-kt jets of the 2020 release")
    jet_input_min_pt: float = _number(
        0.4, "GeV", "what a charged particle needs to leave 1.2 m of 2 T; also makes jets faster"
    )
    jet_cluster_min_pt: float = _number(10.0, "GeV", ASSUMED + ": may fluctuate above 20 GeV")
    jet_noise: float = _number(4.5, "GeV", ASSUMED)
    jet_sampling: float = _number(0.65, "sqrt(GeV)", ASSUMED)
    jet_constant: float = _number(0.035, "", ASSUMED)
    forward_jet_factor: float = _number(1.25, "", ASSUMED)
    jet_tail_start: float = _number(
        2.0,
        "",
        ASSUMED + ": widths below the mean where a power law begins (Crystal Ball function)",
    )
    jet_tail_power: float = _number(4.0, "", ASSUMED + ": its power")
    jet_vertex_efficiency: float = _number(0.95, "", ASSUMED + ": share above jet_vertex_cut")
    jet_vertex_cut: float = _number(0.59, "", JVT_NOTE)
    jet_vertex_max_pt: float = _number(60.0, "GeV", JVT_NOTE)
    jet_vertex_max_eta: float = _number(2.4, "", JVT_NOTE)
    jet_vertex_loss: float = _number(
        0.4, "", ASSUMED + ": neutral share, lost to the missing momentum below jet_vertex_cut"
    )

    # pile-up jets
    pileup_jets: float = _number(0.20, "", "tuned with soft_noise: mean number above jet_min_pt")
    pileup_jet_power: float = _number(6.0, "", ASSUMED + ": density falls as pT^-6")
    pileup_vertex_efficiency: float = _number(
        0.03, "", ASSUMED + ": share of central pile-up jets above jet_vertex_cut"
    )

    # jets that become leptons (pairs of numbers: electron, muon)
    fake_light: tuple[float, ...] = _number((1.5e-3, 3e-4), "", ASSUMED + ": chance of a light jet")
    fake_charm: tuple[float, ...] = _number((4e-3, 1.2e-2), "", ASSUMED + ": of a c jet, at 30 GeV")
    fake_bottom: tuple[float, ...] = _number((1.2e-2, 4e-2), "", FAKE_NOTE)
    fake_heavy_power: float = _number(-1.0, "", ASSUMED + ": of c and b with pT / 30 GeV")
    fake_min_pt: float = _number(12.0, "GeV", ASSUMED + ": of the jet")
    fake_share_light: tuple[float, ...] = _number((0.6, 1.0), "", ASSUMED + ": of lepton / jet pT")
    fake_share_heavy: tuple[float, ...] = _number((0.2, 0.8), "", ASSUMED + ": of lepton / jet pT")
    fake_tight_light: tuple[float, ...] = _number((0.10, 0.60), "", ASSUMED)
    fake_tight_heavy: tuple[float, ...] = _number((0.80, 0.97), "", FAKE_NOTE)
    fake_cone_light: float = _number(0.5, "", ASSUMED + ": mean activity around it / its pT")
    fake_cone_heavy: float = _number(1.0, "", FAKE_NOTE + ", mean activity around it / its pT")
    fake_d0_significance: float = _number(1.5, "", ASSUMED + ": width, light jets")

    # b-tagging
    btag_scores: tuple[float, ...] = _number((0.1758, 0.6459, 0.8244, 0.9349), "", MV2_NOTE)
    btag_b: tuple[float, ...] = _number((0.85, 0.77, 0.70, 0.60), "", MV2_NOTE)
    btag_c: tuple[float, ...] = _number((1 / 3.1, 1 / 6, 1 / 12, 1 / 34), "", MV2_NOTE)
    btag_tau: tuple[float, ...] = _number((1 / 8.2, 1 / 22, 1 / 55, 1 / 184), "", MV2_NOTE)
    btag_light: tuple[float, ...] = _number((1 / 33, 1 / 134, 1 / 381, 1 / 1538), "", MV2_NOTE)
    flavour_radius: float = _number(0.3, "", ASSUMED)
    flavour_min_pt: float = _number(5.0, "GeV", ASSUMED)

    # overlaps
    jet_near_lepton: float = _number(0.2, "", ASSUMED)
    lepton_near_jet: float = _number(0.4, "", "no closer pair in the 2020 release's files")
    isolation: float = _number(
        ISOLATED, "", ASSUMED + ": of the momentum, as the working point of the 2020 release"
    )

    # missing momentum
    soft_noise: float = _number(13.0, "GeV", SOFT_NOTE)

    # what the ntuples hold, see `lepsearch.simulate.response.MeasuredEvents`
    ntuple_missing_pt: float = _number(45.0, "GeV", "choice: 5 GeV below the region's cut")

    # triggers
    trigger_electron_min_pt: float = _number(
        25.0, "GeV", "thesis B's least leading electron; the 2020 release's electrons fire from 24"
    )
    trigger_muon_min_pt: float = _number(
        27.0, "GeV", "thesis B's least leading muon, 1 GeV above its trigger's threshold"
    )
    trigger_muon_max_eta: float = _number(2.4, "", ASSUMED)
    trigger_electron: float = _number(0.93, "", ASSUMED)
    trigger_muon: float = _number(0.80, "", ASSUMED)


def response_table() -> pd.DataFrame:
    """The numbers as text, a row each: ``number``, ``value``, ``unit`` and ``source``."""
    table = Response()
    rows = [
        (
            one.name.replace("_", " "),
            ", ".join(f"{value:.4g}" for value in np.atleast_1d(getattr(table, one.name))),
            one.metadata["unit"] or "–",
            one.metadata["source"],
        )
        for one in fields(table)
    ]
    return pd.DataFrame(rows, columns=["number", "value", "unit", "source"])
