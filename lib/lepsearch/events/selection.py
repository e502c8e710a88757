"""The two searches' regions: named cuts, applied one after another, and counts after each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.constants import ELECTRON, MUON
from lepsearch.errors import InputError, one_of
from lepsearch.events.features import PAIR_KINDS
from lepsearch.events.kinematics import four_vector, mass
from lepsearch.events.objects import SelectedEvents, reconstruct
from lepsearch.events.records import Events, leading
from lepsearch.stats.estimate import Estimate

__all__ = ("REGIONS", "Cutflow", "Region", "choose", "finite", "in_channel", "prepare", "select")

CHANNELS = {"ee": ELECTRON, "mumu": MUON}  # lepton's code in pairs of one flavour
STRAY_Z0 = 1.0  # mm along the beam, from where on muons are not of the collision; assumed
STRAY_SHARE = 0.5  # of the missing momentum, which such muons may make up; assumed
MISSING_PT = 50.0  # GeV, thesis B table 4.1
DILEPTON_MASS = 10.0  # GeV
CRACK = (1.37, 1.52)  # |eta| between barrel and end-cap, where ee pairs are not taken
# Leading and second lepton's lowest pt [GeV] by their flavours, from thesis B's final form.
LEPTON_PT = {
    (ELECTRON, ELECTRON): (25.0, 25.0),
    (MUON, MUON): (27.0, 20.0),
    (ELECTRON, MUON): (25.0, 20.0),
    (MUON, ELECTRON): (27.0, 25.0),
}
TRILEPTON_PT = 20.0  # GeV, two of the three leptons; thesis A

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Step:
    """Events that are left after one cut."""

    name: str  # the cut's key
    title: str  # the cut in words
    events: int  # raw number of original events
    weight: float  # sum of their weights
    weight_squared: float  # sum of their squared weights, the variance of ``weight``

    @classmethod
    def of(cls, name: str, title: str, events: Events, left: Mask) -> Self:
        """Count the events left by a cut; copies of an event stand together and count once."""
        values, original = events.weight[left], events.original[left]
        if len(values):
            first = np.flatnonzero(np.concatenate([[True], original[1:] != original[:-1]]))
            values = np.add.reduceat(values, first)
        return cls(name, title, len(values), float(np.sum(values)), float(np.sum(values**2)))

    @property
    def total(self) -> Estimate:
        """Sum of weights with its error."""
        return Estimate(self.weight, float(np.sqrt(self.weight_squared)), events=self.events)

    def __add__(self, other: Self) -> Self:
        summed = ("events", "weight", "weight_squared")
        return replace(self, **{one: getattr(self, one) + getattr(other, one) for one in summed})


@dataclass(frozen=True)
class Cutflow:
    """Steps of one selection; chunks and files add up with ``+``."""

    steps: tuple[Step, ...] = ()

    def __add__(self, other: Self) -> Self:
        if not self.steps or not other.steps:
            return self if self.steps else other
        names, others = ([step.name for step in flow.steps] for flow in (self, other))
        if names != others:
            msg = f"cutflows of different selections can't be added: {names} and {others}"
            raise InputError(msg)
        return type(self)(tuple(a + b for a, b in zip(self.steps, other.steps, strict=True)))

    def scaled(self, factor: float) -> Self:
        """Multiply every weight by ``factor``."""
        steps = (
            replace(one, weight=one.weight * factor, weight_squared=one.weight_squared * factor**2)
            for one in self.steps
        )
        return type(self)(tuple(steps))

    def table(self) -> pd.DataFrame:
        """One row a step: ``events`` and ``yield``, the sum of weights with its error."""
        rows = [(step.title, step.events, step.total) for step in self.steps]
        return pd.DataFrame(rows, columns=["step", "events", "yield"]).set_index("step")


@dataclass(frozen=True)
class Cut:
    """One step of a selection: its key, its words for tables, and which events pass it."""

    name: str
    title: str
    passes: Callable[[SelectedEvents], Mask]


@dataclass(frozen=True)
class Region:
    """Events with a number of signal leptons that pass cuts, in order, after the trigger."""

    n_leptons: int
    cuts: tuple[Cut, ...]


def finite(events: Events) -> Mask:
    """Which events have momenta that are all finite and not negative.

    A broken event is left out and counted in the cutflow; it never gives a wrong number.
    """
    good = np.isfinite(events.missing_phi) & np.isfinite(events.missing_pt)
    good &= events.missing_pt >= 0
    for objects in (events.leptons, events.jets):
        sound = (objects.pt >= 0) & (objects.energy >= 0)
        for column in (objects.pt, objects.eta, objects.phi, objects.energy):
            sound &= np.isfinite(column)
        if not sound.all():
            good[objects.event[~sound]] = False
    return good


def _clean(events: Events) -> Mask:
    """Which events' missing momentum is not that of muons from elsewhere, of a cosmic ray say.

    Such a muon is balanced by missing momentum where nothing is missing.
    """
    leptons = events.leptons
    stray = (leptons.flavour == MUON) & (np.abs(leptons.z0) > STRAY_Z0)
    pt = np.where(stray, leptons.pt, 0.0)
    x, y = (leptons.total(pt * angle(leptons.phi)) for angle in (np.cos, np.sin))
    return np.asarray(np.hypot(x, y) <= STRAY_SHARE * events.missing_pt)


def _pair_pt(selected: SelectedEvents) -> Mask:
    leptons = selected.leptons
    flavours, pts = (leptons.padded(one, 2) for one in (leptons.flavour, leptons.pt))
    passed = np.zeros(len(selected), dtype=bool)
    for flavour, pt in LEPTON_PT.items():
        passed |= (flavours == flavour).all(axis=1) & (pts > pt).all(axis=1)
    return passed


def _outside_crack(selected: SelectedEvents) -> Mask:
    leptons = selected.leptons
    eta, electron = np.abs(leptons.eta), leptons.flavour == ELECTRON
    in_crack = leptons.count((eta > CRACK[0]) & (eta < CRACK[1])) > 0
    return np.asarray(~(in_crack & (leptons.count(electron) == leptons.sizes)))


def _pair_mass(selected: SelectedEvents) -> Mask:
    leptons = four_vector(leading(selected.leptons, 2))
    return np.asarray(mass(leptons.of(0) + leptons.of(1)) > DILEPTON_MASS)


def _second_pt(selected: SelectedEvents) -> Mask:
    leptons = selected.leptons
    return np.asarray(leptons.padded(leptons.pt, 2)[:, 1] > TRILEPTON_PT)


_NUMBER = {2: "two", 3: "three"}
_DILEPTON = (
    Cut("lepton_pt", "lepton pT thresholds", _pair_pt),
    Cut("crack", "electron pairs outside the crack", _outside_crack),
    Cut("mll", f"mll > {DILEPTON_MASS:.0f} GeV", _pair_mass),
    Cut("met", f"missing pT > {MISSING_PT:.0f} GeV", lambda left: left.missing_pt > MISSING_PT),
)
_TRILEPTON = (Cut("lepton_pt", f"two leptons with pT > {TRILEPTON_PT:.0f} GeV", _second_pt),)

REGIONS = {"dilepton": Region(2, _DILEPTON), "trilepton": Region(3, _TRILEPTON)}


def prepare(events: Events) -> tuple[SelectedEvents, dict[str, Cutflow]]:
    """Apply what every region begins with: clean events, a trigger that fired, and the objects.

    Returns:
        The events that pass in any region, and each region's counts so far.
    """
    steps: dict[str, list[Step]] = {region: [] for region in REGIONS}

    def count(name: str, title: str, left: Mask) -> None:
        for region, done in steps.items():
            done.append(Step.of(name, title, events.of(region), left))

    count("ntuple", "in the ntuple", np.ones(len(events), dtype=bool))
    left = finite(events)
    count("finite", "finite momenta", left)
    if not left.all():
        events, left = events[left], left[left]
    left &= _clean(events)
    count("clean", "missing pT not of stray muons", left)
    fired = {region: left & events.trigger[region] for region in REGIONS}
    for region, done in steps.items():
        done.append(Step.of("trigger", "trigger", events.of(region), fired[region]))
    left = np.logical_or.reduce(list(fired.values()))
    prepared = reconstruct(events if left.all() else events[left])
    return prepared, {region: Cutflow(tuple(done)) for region, done in steps.items()}


def choose(
    prepared: SelectedEvents, before: dict[str, Cutflow], name: str
) -> tuple[SelectedEvents, Cutflow]:
    """Apply a region's trigger and its own cuts to events from :func:`prepare`.

    Returns:
        The events that pass, and the counts of all steps; weights are generator weight times
        scale factors, so a factor turns them into yields.

    Raises:
        InputError: There is no such region.
    """
    chosen = REGIONS[one_of("region", name, REGIONS)]
    number, events = _NUMBER[chosen.n_leptons], prepared.of(name)
    left = events.trigger & (events.leptons.sizes == chosen.n_leptons)
    title = f"exactly {number} signal leptons"
    steps = [Step.of(f"{number}_leptons", title, events, left)]
    selected = events[left]
    left = np.ones(len(selected), dtype=bool)
    for cut in chosen.cuts:
        left &= cut.passes(selected)
        steps.append(Step.of(cut.name, cut.title, selected, left))
    return selected[left], Cutflow((*before[name].steps, *steps))


def select(events: Events, name: str) -> tuple[SelectedEvents, Cutflow]:
    """Apply all cuts of a region, :func:`prepare` and :func:`choose`."""
    return choose(*prepare(events), name)


def in_channel(table: pd.DataFrame, channel: str) -> pd.DataFrame:
    """Opposite-sign pairs of one flavour, ``ee`` or ``mumu``; another is an ``InputError``."""
    flavour = CHANNELS[one_of("channel", channel, CHANNELS)]
    of_this = (table["pair"] == PAIR_KINDS.index("SFOS")) & (table["lep1flavour"] == flavour)
    return table[of_this]
