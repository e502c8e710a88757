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
    """How to merge a process with no parton and with one beside it.

    Attributes:
        hard_process: The process in the words of Pythia's ``Merging:Process``.
        without_parton, with_parton: Settings that switch on each.
        scale: Merging scale [GeV]: hard partons above, the shower's below.
    """

    hard_process: str
    without_parton: tuple[str, ...]
    with_parton: tuple[str, ...]
    scale: float


@dataclass(frozen=True)
class Enrichment:
    """Which hard events to make whole, by `lepsearch.simulate.enrichment.keep_probability`.

    Attributes:
        bulk: Chance of an event that may well enter a region and is not remarkable there.
        surely: Where every event is made that can enter a region [GeV], by quantity:
            ``missing_pt``, ``mt2``, ``mll`` of the leading leptons, ``ht`` of the partons.
        leptons: Charged leptons that should be in reach.
        missing_pt: Missing momentum below which fewer are made [GeV]; 0: it does not matter.
        outside: Least share of the chance, for events that will hardly enter a region.
        products: Make these decays only, and lower Pythia's cross section by what is dropped:
            Pythia can't tell one Z, or W, of an event from the other. None makes all.
        radiation: Whether to let what resonances decay to radiate before the choice.
        together: Hard events that one Pythia object looks at.
    """

    bulk: float
    surely: tuple[tuple[str, float], ...] = (("missing_pt", 250.0), ("mt2", 95.0), ("mll", 500.0))
    leptons: int = 2
    missing_pt: float = 70.0
    outside: float = 0.01
    products: Products | None = None
    radiation: bool = False
    together: int = 60_000


@dataclass(frozen=True)
class Treatment:
    """What the detector simulation does with the events of a process.

    Attributes:
        min_leptons: True leptons that an event must have, before any jet is promoted to one.
        promote: Number of jets to be promoted to leptons by weight.
        resmear: Measurements of an event, each weighted by the inverse.
        remarkable: The same for enriched events that were surely to be made whole, if it is more.
        stored: Measurements of an event that are stored in the mean, weighted; 0: all.
        force_missing: Whether to draw the soft noise so that missing momentum beyond the ntuples'
            threshold results, weighted: for processes whose missing momentum is the detector's.
    """

    min_leptons: int = 2
    promote: int = 0
    resmear: int = 1
    remarkable: int = 0
    stored: float = 0.0
    force_missing: bool = False


@dataclass(frozen=True)
class Process:
    """What Pythia needs to make a sample, and how to normalise it.

    Attributes:
        name: Key, as the manifest spells it.
        dsid: Number of the sample (``channelNumber``); 900000 and up are ours, none is ATLAS's.
        label: For figures; LaTeX allowed.
        settings: Lines for ``Pythia.readString``.
        cross_section_note: What Pythia's own cross section contains and what it lacks.
        matrix_element: Makes the Pythia class of a process of our own; None for built-in ones.
        enrichment: Which of the hard events to make whole; None: all.
        treatment: What the detector simulation does with the events.
        merging: How to merge two multiplicities, with negative weights; None: one process alone.
    """

    name: str
    dsid: int
    label: str
    settings: tuple[str, ...]
    cross_section_note: str
    matrix_element: Callable[[], Any] | None = None
    enrichment: Enrichment | None = None
    treatment: Treatment = Treatment()
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
