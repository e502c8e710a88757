"""What a process is: plain data for Pythia and for the response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ("Merging", "Process", "Products")


class Products(NamedTuple):
    """What the hard process ends in after its W, Z and top decays, before any shower.

    Attributes:
        leptons: Number of charged leptons, taus included.
        neutrinos: Number of neutrinos.
        quarks: Number of quarks.
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
class Process:
    """What Pythia needs to make a sample, and how to normalise it.

    Attributes:
        name: Key, as the manifest spells it.
        dsid: Number of the sample (``channelNumber``); 900000 and up are ours, none is ATLAS's.
        label: For figures; LaTeX allowed.
        settings: Lines for ``Pythia.readString``.
        cross_section_note: What Pythia's own cross section contains and what it lacks.
        matrix_element: Makes the Pythia class of a process of our own; None for built-in ones.
        products: Keep only these decays, and lower Pythia's cross section by what is dropped:
            Pythia can't tell one Z, or W, of an event from the other. None keeps all.
        min_leptons: True leptons that an event must have, before any jet is promoted to one.
        promote: Number of jets to be promoted to leptons by weight.
        resmear: Copies of an event with missing momentum smeared anew, weighted by its inverse.
        merging: How to merge two multiplicities, with negative weights; None: one process alone.
    """

    name: str
    dsid: int
    label: str
    settings: tuple[str, ...]
    cross_section_note: str
    matrix_element: Callable[[], Any] | None = None
    products: Products | None = None
    min_leptons: int = 2
    promote: int = 0
    resmear: int = 1
    merging: Merging | None = None
