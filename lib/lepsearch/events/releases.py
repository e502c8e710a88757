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

from lepsearch.constants import ELECTRON, ISOLATED
from lepsearch.errors import one_of

__all__ = ("RELEASES", "Adapter", "adapter")

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Adapter:
    """How one release names and scales what ``records.Events`` needs.

    Attributes:
        name: Name of the release.
        tree: Name of the tree.
        gev: Size of the files' energy unit in GeV.
        event: Branches of the event-level fields.
        lepton: Branches of the lepton fields that are taken over as they are.
        lepton_quality: Branches that ``grade`` turns into ``tight`` and ``isolated``.
        jet: Branches of the jet fields; ``b_tag`` is the discriminant.
        scale_factors: Efficiency corrections whose product is applied.
        cross_section: Branches whose product is the cross section [pb].
        sum_of_weights: Branch of the sum of generator weights.
        channel: Branch of the number of the simulated sample; in data that of the run.
        grade: Tells which leptons are tight and isolated at this release's working points.
        b_tag_cut: Lowest discriminant of a b-jet, at 77 % efficiency.
        working_points: The two in words, for the book.
        triggers: Single-lepton triggers.
        truth: Branch that says which simulated leptons are matched to prompt ones; "" if none does.
    """

    name: str
    tree: str
    gev: float
    event: dict[str, str]
    lepton: dict[str, str]
    lepton_quality: dict[str, str]
    jet: dict[str, str]
    scale_factors: tuple[str, ...]
    cross_section: tuple[str, ...]
    sum_of_weights: str
    grade: Callable[[Columns], Columns]
    b_tag_cut: float
    working_points: str
    triggers: tuple[str, ...] = ("trigE", "trigM")
    truth: str = ""
    channel: str = "channelNumber"

    def needed(self, *, simulated: bool) -> list[str]:
        """Branches to read; the generator's and the corrections' only in simulation."""
        groups = (self.event, self.lepton, self.lepton_quality, self.jet)
        names = [branch for group in groups for branch in group.values()]
        names += self.triggers
        if simulated:
            return [*names, *self.scale_factors, *filter(None, (self.truth,))]
        return [name for name in names if name != self.event["generator_weight"]]


def _grade_2020(lepton: Columns) -> Columns:
    """Relative isolation in both cones, as the 2020 release's own notebooks ask."""
    highest = ISOLATED * lepton["pt"]
    isolated = (lepton["ptcone"] < highest) & (lepton["etcone"] < highest)
    return {"tight": lepton["tight_id"], "isolated": isolated}


def _grade_2025(lepton: Columns) -> Columns:
    """Electrons tight, muons medium, both loosely isolated: thesis A's signal leptons."""
    electron = lepton["flavour"] == ELECTRON
    tight = np.where(electron, lepton["tight_id"], lepton["medium_id"])
    return {"tight": tight, "isolated": lepton["loose_isolation"]}


def _branches(prefix: str, **fields: str) -> dict[str, str]:
    """Branches of objects' fields, which are named ``<prefix>_<name>``."""
    return {field: f"{prefix}_{name}" for field, name in fields.items()}


_EVENT = {
    "run": "runNumber",
    "event": "eventNumber",
    "generator_weight": "mcWeight",
    "missing_phi": "met_phi",
}
_MOMENTA = {"pt": "pt", "eta": "eta", "phi": "phi"}
_LEPTON = {"charge": "charge", "flavour": "type", "z0": "z0", **_MOMENTA}
_JET = {"jvt": "jvt", **_MOMENTA}
_CORRECTIONS = ("PILEUP", "ELE", "MUON", "LepTRIGGER")

RELEASES = {
    "2020": Adapter(
        name="2020",
        tree="mini",
        gev=1e-3,
        event={**_EVENT, "missing_pt": "met_et"},
        # tracksigd0pvunbiased is the unsigned significance itself, not the resolution that its
        # name suggests
        lepton=_branches("lep", energy="E", d0_significance="tracksigd0pvunbiased", **_LEPTON),
        lepton_quality=_branches("lep", tight_id="isTightID", ptcone="ptcone30", etcone="etcone20"),
        jet=_branches("jet", energy="E", b_tag="MV2c10", **_JET),
        # scaleFactor_BTAG is for the 70 % working point, which isn't ours: left out
        scale_factors=tuple(f"scaleFactor_{name}" for name in _CORRECTIONS),
        cross_section=("XSection",),
        sum_of_weights="SumWeights",
        grade=_grade_2020,
        b_tag_cut=0.6459,
        working_points=f"electrons and muons: tight identification, ptcone30/pT < {ISOLATED} and "
        f"etcone20/pT < {ISOLATED}; b-jets: MV2c10 > 0.6459 (77 %)",
        truth="lep_truthMatched",
    ),
    "2025": Adapter(
        name="2025",
        tree="analysis",
        gev=1.0,
        event={**_EVENT, "missing_pt": "met"},
        lepton=_branches("lep", energy="e", d0_significance="d0sig", **_LEPTON),
        lepton_quality=_branches(
            "lep", tight_id="isTightID", medium_id="isMediumID", loose_isolation="isLooseIso"
        ),
        jet=_branches("jet", energy="e", b_tag="btag_quantile", **_JET),
        scale_factors=tuple(f"ScaleFactor_{name}" for name in (*_CORRECTIONS, "JVT")),
        cross_section=("xsec", "filteff", "kfac"),
        sum_of_weights="sum_of_weights",
        grade=_grade_2025,
        b_tag_cut=3,  # quantiles count from 1 (85 to 100 %); 3 and above is 77 % and tighter
        working_points="electrons: tight, muons: medium identification, both loosely isolated; "
        "b-jets: DL1d quantile 3 or higher (77 %, numbering assumed)",
    ),
}


def adapter(release: str) -> Adapter:
    """Look the adapter of a release up; an unknown one is an ``InputError``."""
    return RELEASES[one_of("release", release, RELEASES)]
