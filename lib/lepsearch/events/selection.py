"""The two searches' regions: named cuts, applied one after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.events.cutflow import Cutflow
from lepsearch.events.kinematics import FourVector, four_vector, mass
from lepsearch.events.objects import ELECTRON, MUON, Reconstructed, reconstruct
from lepsearch.events.ragged import leading
from lepsearch.events.records import Events, Jets, Leptons
from lepsearch.events.weights import per_event

__all__ = (
    "CRACK",
    "LEPTON_PT",
    "REGIONS",
    "Cut",
    "Region",
    "choose",
    "finite",
    "prepare",
    "region",
    "select",
)

MISSING_PT = 50.0  # GeV, thesis B table 4.1
DILEPTON_MASS = 10.0  # GeV
CRACK = (1.37, 1.52)  # |eta| between barrel and end-cap, where ee pairs are not taken
# Leading and second lepton's lowest pt [GeV] by their flavours, from thesis B's final form.
LEPTON_PT = {
    (ELECTRON.flavour, ELECTRON.flavour): (25.0, 25.0),
    (MUON.flavour, MUON.flavour): (27.0, 20.0),
    (ELECTRON.flavour, MUON.flavour): (25.0, 20.0),
    (MUON.flavour, ELECTRON.flavour): (27.0, 25.0),
}
TRILEPTON_PT = 20.0  # GeV, two of the three leptons; thesis A

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cut:
    """One step of a selection.

    Attributes:
        name: Its key.
        title: It in words, for tables.
        passes: Which events with the region's number of leptons pass it.
    """

    name: str
    title: str
    passes: Callable[[Reconstructed], Mask]


@dataclass(frozen=True)
class Region:
    """A selection.

    Attributes:
        name: Its key.
        title: It in words.
        n_leptons: Number of signal leptons.
        cuts: Its steps after the trigger and the number of leptons, in order.
    """

    name: str
    title: str
    n_leptons: int
    cuts: tuple[Cut, ...]


def finite(events: Events) -> Mask:
    """Events whose momenta are all finite and not negative.

    A broken event is left out and counted in the cutflow; it never gives a wrong number.
    """
    good = np.isfinite(events.missing_phi) & np.isfinite(events.missing_pt)
    good &= events.missing_pt >= 0
    objects: Leptons | Jets
    for objects in (events.leptons, events.jets):
        sound = (objects.pt >= 0) & (objects.energy >= 0)
        for column in (objects.pt, objects.eta, objects.phi, objects.energy):
            sound &= np.isfinite(column)
        if not sound.all():
            good[objects.event[~sound]] = False
    return good


def _pair_pt(selected: Reconstructed) -> Mask:
    leptons = selected.leptons
    flavours, pts = (leptons.padded(one, 2) for one in (leptons.flavour, leptons.pt))
    passed = np.zeros(len(selected), dtype=bool)
    for flavour, pt in LEPTON_PT.items():
        passed |= (flavours == flavour).all(axis=1) & (pts > pt).all(axis=1)
    return passed


def _outside_crack(selected: Reconstructed) -> Mask:
    leptons = selected.leptons
    eta, electron = np.abs(leptons.eta), leptons.flavour == ELECTRON.flavour
    in_crack = leptons.count((eta > CRACK[0]) & (eta < CRACK[1])) > 0
    return np.asarray(~(in_crack & (leptons.count(electron) == leptons.sizes)))


def _pair_mass(selected: Reconstructed) -> Mask:
    vectors = four_vector(leading(selected.leptons, 2))
    pair = FourVector(*(part.sum(axis=1) for part in vectors))
    return np.asarray(mass(pair) > DILEPTON_MASS)


def _second_pt(selected: Reconstructed) -> Mask:
    leptons = selected.leptons
    return np.asarray(leptons.padded(leptons.pt, 2)[:, 1] > TRILEPTON_PT)


_NUMBER = {2: "two", 3: "three"}

REGIONS = {
    "dilepton": Region(
        "dilepton",
        "two leptons and missing momentum",
        2,
        (
            Cut("lepton_pt", "lepton pT thresholds", _pair_pt),
            Cut("crack", "electron pairs outside the crack", _outside_crack),
            Cut("mll", f"mll > {DILEPTON_MASS:.0f} GeV", _pair_mass),
            Cut(
                "met",
                f"missing pT > {MISSING_PT:.0f} GeV",
                lambda selected: selected.events.missing_pt > MISSING_PT,
            ),
        ),
    ),
    "trilepton": Region(
        "trilepton",
        "three leptons",
        3,
        (Cut("lepton_pt", f"two leptons with pT > {TRILEPTON_PT:.0f} GeV", _second_pt),),
    ),
}


def region(name: str) -> Region:
    """The region of that name.

    Raises:
        InputError: There is none; the known ones are named.
    """
    if name not in REGIONS:
        msg = f"no region {name!r}; there are {', '.join(map(repr, REGIONS))}"
        raise InputError(msg)
    return REGIONS[name]


def _count(flow: Cutflow, name: str, title: str, events: Events, left: Mask) -> None:
    weights = events.generator_weight[left] * events.scale_factor[left]
    flow.count(name, title, per_event(weights, events.event[left]))


def prepare(events: Events) -> tuple[Reconstructed, Cutflow]:
    """What every region begins with: finite momenta, a trigger that fired, and the objects.

    Args:
        events: n events.

    Returns:
        The events that pass, and the counts so far.
    """
    flow = Cutflow()
    _count(flow, "ntuple", "in the ntuple", events, np.ones(len(events), dtype=bool))
    left = finite(events)
    _count(flow, "finite", "finite momenta", events, left)
    left &= events.trigger
    _count(flow, "trigger", "single-lepton trigger", events, left)
    return reconstruct(events if left.all() else events[left]), flow


def choose(prepared: Reconstructed, before: Cutflow, name: str) -> tuple[Reconstructed, Cutflow]:
    """Apply a region's own cuts.

    Args:
        prepared: Events from :func:`prepare`.
        before: Its cutflow; left as it is.
        name: A key of ``REGIONS``.

    Returns:
        The events that pass, and the counts of all steps.
    """
    chosen = region(name)
    flow = Cutflow(list(before.steps))
    number = _NUMBER[chosen.n_leptons]
    left = prepared.n_leptons == chosen.n_leptons
    _count(flow, f"{number}_leptons", f"exactly {number} signal leptons", prepared.events, left)
    selected = prepared[left]
    left = np.ones(len(selected), dtype=bool)
    for cut in chosen.cuts:
        left &= cut.passes(selected)
        _count(flow, cut.name, cut.title, selected.events, left)
    return selected[left], flow


def select(events: Events, name: str) -> tuple[Reconstructed, Cutflow]:
    """Apply a region's cuts.

    Args:
        events: n events.
        name: A key of ``REGIONS``.

    Returns:
        The events that pass, and the counts after each step; weights are generator weight times
        scale factors, so a factor turns them into yields.
    """
    return choose(*prepare(events), name)
