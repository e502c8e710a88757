"""How each ntuple release names, scales and grades what the searches need.

Isolation, identification and b-tagging working points differ from release to release; each
adapter says which it uses, and chapter 9 of the book prints them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError

__all__ = ("RELEASES", "Release", "release")


@dataclass(frozen=True)
class Release:
    """How one release names and scales what :class:`Events` needs.

    Attributes:
        name: Name of the release.
        tree: Name of the tree.
        gev: Size of the files' energy unit in GeV.
        event: Branches of the event-level fields.
        lepton: Branches of the lepton fields that are taken over as they are.
        lepton_quality: Branches that ``grade`` turns into ``tight`` and ``isolated``.
        jet: Branches of the jet fields; ``b_tag`` is the discriminant.
        scale_factors: Efficiency corrections whose product is applied.
        triggers: Single-lepton triggers.
        cross_section: Branches whose product is the cross section [pb].
        sum_of_weights: Branch of the sum of generator weights.
        grade: Tells which leptons are tight and isolated at this release's working points.
        b_tag_cut: Lowest discriminant of a b-jet, at 77 % efficiency.
        working_points: The two in words, for the book.
    """

    name: str
    tree: str
    gev: float
    event: dict[str, str]
    lepton: dict[str, str]
    lepton_quality: dict[str, str]
    jet: dict[str, str]
    scale_factors: tuple[str, ...]
    triggers: tuple[str, ...]
    cross_section: tuple[str, ...]
    sum_of_weights: str
    grade: Callable[[dict[str, NDArray[Any]]], dict[str, NDArray[Any]]]
    b_tag_cut: float
    working_points: str

    def needed(self, *, simulated: bool) -> list[str]:
        """Branches to read; the generator's and the corrections' only in simulation."""
        groups = (self.event, self.lepton, self.lepton_quality, self.jet)
        names = [branch for group in groups for branch in group.values()]
        names += self.triggers
        if simulated:
            return [*names, *self.scale_factors]
        return [name for name in names if name != self.event["generator_weight"]]


def _grade_2020(lepton: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Relative isolation below 0.15 in both cones, as the 2020 release's own notebooks ask."""
    isolated = (lepton["ptcone"] < 0.15 * lepton["pt"]) & (lepton["etcone"] < 0.15 * lepton["pt"])
    return {"tight": lepton["tight_id"], "isolated": isolated}


def _grade_2025(lepton: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Electrons tight, muons medium, both loosely isolated: thesis A's signal leptons."""
    electron = lepton["flavour"] == 11
    tight = np.where(electron, lepton["tight_id"], lepton["medium_id"])
    return {"tight": tight, "isolated": lepton["loose_isolation"]}


_KINEMATICS = ("pt", "eta", "phi")

RELEASES = {
    "2020": Release(
        name="2020",
        tree="mini",
        gev=1e-3,
        event={
            "run": "runNumber",
            "event": "eventNumber",
            "generator_weight": "mcWeight",
            "missing_pt": "met_et",
            "missing_phi": "met_phi",
        },
        lepton={
            **{name: f"lep_{name}" for name in _KINEMATICS},
            "energy": "lep_E",
            "charge": "lep_charge",
            "flavour": "lep_type",
            "z0": "lep_z0",
            # the unsigned significance itself, not the resolution that its name suggests
            "d0_significance": "lep_tracksigd0pvunbiased",
        },
        lepton_quality={
            "tight_id": "lep_isTightID",
            "ptcone": "lep_ptcone30",
            "etcone": "lep_etcone20",
        },
        jet={
            **{name: f"jet_{name}" for name in _KINEMATICS},
            "energy": "jet_E",
            "jvt": "jet_jvt",
            "b_tag": "jet_MV2c10",
        },
        # scaleFactor_BTAG is for the 70 % working point, which isn't ours: left out
        scale_factors=(
            "scaleFactor_PILEUP",
            "scaleFactor_ELE",
            "scaleFactor_MUON",
            "scaleFactor_LepTRIGGER",
        ),
        triggers=("trigE", "trigM"),
        cross_section=("XSection",),
        sum_of_weights="SumWeights",
        grade=_grade_2020,
        b_tag_cut=0.6459,
        working_points="electrons and muons: tight identification, ptcone30/pT < 0.15 and "
        "etcone20/pT < 0.15; b-jets: MV2c10 > 0.6459 (77 %)",
    ),
    "2025": Release(
        name="2025",
        tree="analysis",
        gev=1.0,
        event={
            "run": "runNumber",
            "event": "eventNumber",
            "generator_weight": "mcWeight",
            "missing_pt": "met",
            "missing_phi": "met_phi",
        },
        lepton={
            **{name: f"lep_{name}" for name in _KINEMATICS},
            "energy": "lep_e",
            "charge": "lep_charge",
            "flavour": "lep_type",
            "z0": "lep_z0",
            "d0_significance": "lep_d0sig",
        },
        lepton_quality={
            "tight_id": "lep_isTightID",
            "medium_id": "lep_isMediumID",
            "loose_isolation": "lep_isLooseIso",
        },
        jet={
            **{name: f"jet_{name}" for name in _KINEMATICS},
            "energy": "jet_e",
            "jvt": "jet_jvt",
            "b_tag": "jet_btag_quantile",
        },
        scale_factors=(
            "ScaleFactor_PILEUP",
            "ScaleFactor_ELE",
            "ScaleFactor_MUON",
            "ScaleFactor_LepTRIGGER",
            "ScaleFactor_JVT",
        ),
        triggers=("trigE", "trigM"),
        cross_section=("xsec", "filteff", "kfac"),
        sum_of_weights="sum_of_weights",
        grade=_grade_2025,
        b_tag_cut=3,  # quantiles count from 1 (85 to 100 %); 3 and above is 77 % and tighter
        working_points="electrons: tight, muons: medium identification, both loosely isolated; "
        "b-jets: DL1d quantile 3 or higher (77 %, numbering assumed)",
    ),
}


def release(name: str) -> Release:
    """The adapter of a release.

    Raises:
        InputError: There is none; the known ones are named.
    """
    if name not in RELEASES:
        msg = f"no release {name!r}; there are {', '.join(map(repr, RELEASES))}"
        raise InputError(msg)
    return RELEASES[name]
