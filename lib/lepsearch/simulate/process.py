"""What a process is: plain data for Pythia and for the response."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from lepsearch.constants import ELECTRON, MUON, TAU
from lepsearch.errors import InputError

__all__ = (
    "Enrichment",
    "Merging",
    "Process",
    "Products",
    "Treatment",
    "biased",
    "channels",
    "checked_mass",
    "narrow",
    "own_process",
)

# further numbers of the Particle Data Group
BOTTOM, TOP, GLUON, HIGGS = 5, 6, 21, 25
LEPTONS = (ELECTRON, MUON, TAU)

LEPTONIC_W = ("24:onMode = off", "24:onIfAny = 11 13 15")
LEPTONIC_Z = ("23:onMode = off", "23:onIfAny = 11 13 15")
MASS_RANGE = (20.0, 5000.0)  # GeV


class Products(NamedTuple):
    """How many of each the hard process ends in, after its W, Z and top decays, before any shower.

    The leptons are charged ones, taus included.
    """

    leptons: int
    neutrinos: int
    quarks: int


@dataclass(frozen=True)
class Merging:
    """How to merge a process with no parton and with one beside it."""

    hard_process: str  # the process in the words of Pythia's ``Merging:Process``
    # without_parton, with_parton: settings that switch on each
    without_parton: tuple[str, ...]
    with_parton: tuple[str, ...]
    scale: float  # merging scale [GeV]: hard partons above, the shower's below


@dataclass(frozen=True)
class Enrichment:
    """Which hard events to make whole, by `lepsearch.simulate.enrichment.keep_probability`."""

    bulk: float  # chance of an event that may well enter a region and is not remarkable there
    # where every event is made that can enter a region [GeV], by quantity: ``missing_pt``, ``mt2``,
    # ``mll`` of the leading leptons, ``ht`` of the partons
    surely: tuple[tuple[str, float], ...] = (("missing_pt", 250.0), ("mt2", 95.0), ("mll", 500.0))
    leptons: int = 2  # charged leptons that should be in reach
    # missing momentum below which fewer are made [GeV]; 0: it does not matter
    missing_pt: float = 70.0
    outside: float = 0.01  # least share of the chance, for events that will hardly enter a region
    # make these decays only, and lower Pythia's cross section by what is dropped: Pythia can't tell
    # one Z, or W, of an event from the other. None makes all.
    products: Products | None = None
    radiation: bool = False  # whether to let what resonances decay to radiate before the choice
    together: int = 60_000  # hard events that one Pythia object looks at


@dataclass(frozen=True)
class Treatment:
    """What the detector simulation does with the events of a process."""

    min_leptons: int = 2  # true leptons that an event must have, before any jet is promoted to one
    promote: int = 0  # number of jets to be promoted to leptons by weight
    resmear: int = 1  # measurements of an event, each weighted by the inverse
    # the same for enriched events that were surely to be made whole, if it is more
    remarkable: int = 0
    stored: float = 0.0  # measurements of an event that are stored in the mean, weighted; 0: all
    # whether to draw the soft noise so that missing momentum beyond the ntuples' threshold results,
    # weighted: for processes whose missing momentum is the detector's
    force_missing: bool = False


@dataclass(frozen=True)
class Process:
    """What Pythia needs to make a sample, and how to normalise it."""

    name: str  # key, as the manifest spells it
    dsid: int  # number of the sample (``channelNumber``); 900000 and up are ours, none is ATLAS's
    label: str  # for figures; LaTeX allowed
    settings: tuple[str, ...]  # lines for ``Pythia.readString``
    cross_section_note: str  # what Pythia's own cross section contains and what it lacks
    # makes the Pythia class of a process of our own; None for built-in ones
    matrix_element: Callable[[], Any] | None = None
    enrichment: Enrichment | None = None  # which of the hard events to make whole; None: all
    treatment: Treatment = Treatment()  # what the detector simulation does with the events
    # how to merge two multiplicities, with negative weights; None: one process alone
    merging: Merging | None = None


# Measured several times where that is cheap against what it gains; remarkable events most often.
MEASURED = Treatment(resmear=6, remarkable=30, stored=2.0)
MEASURED_TWICE = Treatment(resmear=4, remarkable=20, stored=1.5)
ONE_FAKE = Treatment(min_leptons=1, promote=1, resmear=4)
# Signals stand in the tails themselves; only what will hardly enter a region is made seldom.
OF_SIGNALS: dict[str, Any] = {
    "enrichment": Enrichment(bulk=1.0, surely=(), outside=0.2),
    "treatment": Treatment(resmear=2),
}


def own_process(name: str, *arguments: object) -> Callable[[], Any]:
    """Make a class of `pythia_processes` later, for that module loads only where Pythia is."""
    return lambda: getattr(import_module("lepsearch.simulate.pythia_processes"), name)(*arguments)


def biased(power: float, reference: float) -> tuple[str, ...]:
    """Draw more events of large pT than there are, for it falls so steeply that hardly any are.

    Pythia takes (pT / reference [GeV])^power as many, and gives each event the inverse as weight.
    """
    return (
        "PhaseSpace:bias2Selection = on",
        f"PhaseSpace:bias2SelectionPow = {power}",
        f"PhaseSpace:bias2SelectionRef = {reference}",
    )


def narrow(particle: int, mass: float) -> tuple[str, ...]:
    """Mass and a width too small to be seen, for a resonance whose decays are stated."""
    return (
        f"{particle}:m0 = {mass}",
        f"{particle}:mWidth = 0.01",
        f"{particle}:mMin = {mass - 1}",
        f"{particle}:mMax = {mass + 1}",
        f"{particle}:isResonance = on",
        f"{particle}:doForceWidth = on",
    )


def channels(particle: int, table: Iterable[tuple[float, tuple[int, ...]]]) -> list[str]:
    """Pythia's table of decays, by branching ratio and products."""
    return [
        f"{particle}:{'addChannel' if i else 'oneChannel'} = 1 {share:.6g} 100 "
        + " ".join(map(str, products))
        for i, (share, products) in enumerate(table)
    ]


def checked_mass(process: str, mass: float, least: float = MASS_RANGE[0]) -> float:
    """The mass as it is given.

    Raises:
        InputError: It is out of range.
    """
    if not least <= mass <= MASS_RANGE[1]:
        msg = f"process {process}: mass is {mass:g} GeV, expected {least:g} to "
        msg += f"{MASS_RANGE[1]:g} GeV"
        raise InputError(msg)
    return float(mass)
