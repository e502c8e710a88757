"""Simulation measured otherwise: scales and rates moved within their uncertainties.

A shift changes momenta or tags before the selection, so events come and go; its skims are made when
they are asked for, and kept. Rates and cross sections change weights alone. Another source of
uncertainty is another entry of ``VARIATIONS``.

Ntuples of our own hold pairs of leptons from a missing momentum of 45 GeV on, and jets from 20 GeV
on, so that a shift brings nothing in from further below. They do not say which jets come from b
quarks, nor what other scales or showers would have made of an event.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from lepsearch.constants import ELECTRON
from lepsearch.data import quoted
from lepsearch.errors import InputError, LepsearchError, one_of
from lepsearch.events.dataset import Dataset
from lepsearch.events.objects import jet_variance
from lepsearch.events.records import Events, Lists
from lepsearch.events.skim import skim
from lepsearch.events.split import mix
from lepsearch.files import sha256
from lepsearch.provenance import digest, modules_used

__all__ = ("VARIATIONS", "Variation", "both_ways", "varied")

# relative uncertainty of a jet's energy: constant, and over pt [GeV]; 5 % at 20 GeV and 1 % from
# some hundred GeV on, as ATLAS finds (arXiv:2007.02645)
JET_SCALE = 0.01, 1.0
JET_RESOLUTION = (
    0.08  # of the resolution, relative: 24.0 +- 1.5 % at 20, 6.0 +- 0.5 % at 300 GeV, ibid.
)
B_TAGS = 0.03  # share of tags, lost; ATLAS measures the efficiency to 1 to 8 % (arXiv:1907.05120)
SOFT_SCALE = 0.1  # relative, of the soft term; assumed
ELECTRON_SCALE, MUON_SCALE = 0.002, 0.001  # relative; assumed
FALSE_RATE = 2.0  # factor of each false lepton's rate; assumed
MERGED = 0.1, 0.3  # share of Z + jets that is the merged sample: the manifest's, and with the error

Floats = NDArray[np.float64]


def _added(events: Events, x: Floats, y: Floats) -> Events:
    """The events with a momentum [GeV] added to the missing one."""
    x = x + events.missing_pt * np.cos(events.missing_phi)
    y = y + events.missing_pt * np.sin(events.missing_phi)
    return replace(events, missing_pt=np.hypot(x, y), missing_phi=np.arctan2(y, x))


def _sum(objects: Lists, share: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """Components of the sum of shares of each event's momenta, shape (n,) [GeV]."""
    pt = share * objects.pt
    return objects.total(pt * np.cos(objects.phi)), objects.total(pt * np.sin(objects.phi))


def _scaled(events: Events, what: str, by: Floats) -> Events:
    """The events with objects scaled by 1 + ``by``, and their missing momentum with them."""
    objects: Lists = getattr(events, what)
    x, y = _sum(objects, by)
    scaled = replace(objects, pt=objects.pt * (1 + by), energy=objects.energy * (1 + by))
    changed: dict[str, Any] = {what: scaled.ordered()}
    return _added(replace(events, **changed), -x, -y)


def _jet_scale(events: Events, sigmas: float) -> Events:
    constant, over_pt = JET_SCALE
    return _scaled(events, "jets", sigmas * np.hypot(constant, over_pt / events.jets.pt))


def _lepton_scale(events: Events, sigmas: float) -> Events:
    electron = events.leptons.flavour == ELECTRON
    return _scaled(events, "leptons", sigmas * np.where(electron, ELECTRON_SCALE, MUON_SCALE))


def _soft_term(events: Events, sigmas: float) -> Events:
    (lx, ly), (jx, jy) = _sum(events.leptons), _sum(events.jets)
    # what is missing balances leptons, jets and the soft term
    x = -events.missing_pt * np.cos(events.missing_phi) - lx - jx
    y = -events.missing_pt * np.sin(events.missing_phi) - ly - jy
    return _added(events, -sigmas * SOFT_SCALE * x, -sigmas * SOFT_SCALE * y)


def _uniform(objects: Lists) -> Floats:
    """A random number in (0, 1) of each object: the digits of its momentum, scrambled."""
    return ((mix(objects.pt.view(np.uint64)) >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53


def _jet_resolution(events: Events, sigmas: float) -> Events:
    jets = events.jets
    more = np.sqrt(jet_variance(jets) * ((1 + JET_RESOLUTION * sigmas) ** 2 - 1)) / jets.pt
    return _scaled(events, "jets", np.maximum(more * ndtri(_uniform(jets)), -0.9))


def _b_tags(events: Events, sigmas: float) -> Events:
    kept = _uniform(events.jets) > B_TAGS * sigmas
    return replace(events, jets=replace(events.jets, b_tagged=events.jets.b_tagged & kept))


def _false_leptons(number: NDArray[Any], sigmas: float) -> Floats:
    return FALSE_RATE ** (sigmas * np.asarray(number, dtype=float))


@dataclass(frozen=True)
class Variation:
    """A source of uncertainty.

    Attributes:
        label: What it is, for tables.
        size: One standard deviation, in words.
        shift: How events change with the number of standard deviations, or None.
        weight: Column of the skims, and the factor for its values and that number, or None.
        samples: Relative change of all events of these samples by one standard deviation.
        group: Group of samples that all change by the same, and by how much.
        mirrored: Whether only positive numbers can be made; the others are their mirror images.
    """

    label: str
    size: str
    shift: Callable[..., Events] | None = None
    weight: tuple[str, Callable[..., Floats]] | None = None
    samples: Mapping[str, float] = field(default_factory=dict)
    group: tuple[str, float] | None = None
    mirrored: bool = False


VARIATIONS = {
    "jet_scale": Variation("jet energy scale", "1 to 5 %, falling with pT", _jet_scale),
    "jet_resolution": Variation(
        "jet energy resolution", f"{JET_RESOLUTION:.0%} worse", _jet_resolution, mirrored=True
    ),
    "lepton_scale": Variation(
        "lepton energy scale",
        f"electrons {ELECTRON_SCALE:.1%}, muons {MUON_SCALE:.1%}",
        _lepton_scale,
    ),
    "soft_term": Variation("soft term of the missing pT", f"{SOFT_SCALE:.0%}", _soft_term),
    "b_tags": Variation("b-tag efficiency", f"{B_TAGS:.0%} of tags lost", _b_tags, mirrored=True),
    "false_leptons": Variation(
        "rate of fake leptons", f"factor {FALSE_RATE:g}", weight=("n_fake", _false_leptons)
    ),
    "merging": Variation(
        "Z + jets, shower or merged",
        f"{MERGED[1]:.0%} merged in place of {MERGED[0]:.0%}",
        samples={
            "zjets": (MERGED[0] - MERGED[1]) / (1 - MERGED[0]),
            "zjets_merged": MERGED[1] / MERGED[0] - 1,
        },
    ),
} | {
    f"cross_section_{group}": Variation(
        f"cross section, {group}", f"{one.value:.0%}", group=(group, one.value)
    )
    for group, one in quoted.below("cross_section_uncertainty").items()
}


def varied(
    dataset: Dataset,
    name: str,
    sigmas: float,
    *,
    region: str,
    samples: Sequence[str] | None = None,
) -> Dataset:
    """The dataset with one source moved, for all samples or some, in one region.

    Missing skims of a shift are made from the ntuples, at some 100,000 events a second, and kept
    as long as manifest, ntuples and code stay. Recorded events stay as they are.

    Raises:
        InputError: There is no such variation or sample, the number is not finite, or negative of
            one that is mirrored, or ntuples that are needed are not there.
    """
    variation = VARIATIONS[one_of("variation", name, VARIATIONS)]
    if not np.isfinite(sigmas) or (variation.mirrored and sigmas < 0):
        least = " of 0 or more" if variation.mirrored else ""
        msg = f"{name} moved by {sigmas} standard deviations; expected a finite number{least}"
        raise InputError(msg)
    if variation.weight:
        column, factor = variation.weight
        return replace(dataset, factor=(column, partial(factor, sigmas=sigmas)))
    sources = dataset.sources
    if variation.shift is None:
        changes = dict(variation.samples)
        if variation.group:
            name, by = variation.group
            changes = {one.name: by for one in sources.values() if one.group == name}
        return replace(dataset, shares={one: 1 + sigmas * by for one, by in changes.items()})
    made_of = digest(dataset.manifest.digest, _code())
    workspace = replace(dataset.workspace, variation=f"{name}{sigmas:+g}")
    moved = dataset.at(workspace)
    for sample in dataset.named(samples):
        source = sources[one_of("sample", sample, sources)]
        try:
            stale = moved.info(region, sample).manifest != made_of
        except LepsearchError:  # not there, or of other files
            stale = True
        if stale:
            change = partial(variation.shift, sigmas=sigmas)
            skim(source, workspace, manifest=made_of, regions=[region], change=change)
    return moved


@cache
def _code() -> str:
    """Digest of what variations are made with."""
    return digest(sorted(map(sha256, [Path(__file__), *modules_used(Path(__file__))])))


def both_ways(
    dataset: Dataset,
    names: Sequence[str],
    measure: Callable[[pd.DataFrame], Floats],
    table: pd.DataFrame,
    *,
    region: str,
    columns: Sequence[str],
    samples: Sequence[str] | None = None,
) -> dict[str, tuple[Floats, Floats]]:
    """What a measure of a table finds with each source one standard deviation down, and up.

    The table has the columns of the samples' events in the region, ``n_fake`` among them; events
    are read again only where a shift has moved them.
    """
    sources = {name: VARIATIONS[one_of("variation", name, VARIATIONS)] for name in names}
    for sample in dataset.named(samples):  # one after another: each ntuple is read once
        for name, one in sources.items():
            for sigmas in ((1,) if one.mirrored else (1, -1)) if one.shift else ():
                varied(dataset, name, sigmas, region=region, samples=[sample])

    def at(name: str, sigmas: int) -> Floats:
        moved = varied(dataset, name, sigmas, region=region, samples=samples)
        if sources[name].shift:
            return measure(moved.table(region, columns, samples=samples))
        return measure(moved.reweighed(table))

    found = {}
    for name, one in sources.items():
        up = at(name, 1)
        down = 2 * measure(table) - up if one.mirrored else at(name, -1)
        found[name] = down, up
    return found
