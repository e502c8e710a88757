"""Decisions inside Pythia; import this only where Pythia is there."""

from __future__ import annotations

from typing import Any

from lepsearch.simulate.process import Products
from lepsearch.simulate.pythia import pythia_module

__all__ = ("OnlyProducts", "products_of")

pythia8 = pythia_module()
FIRST = 5  # entries of Pythia's hard process below are the system, the beams and the partons in


class OnlyProducts(pythia8.UserHooks):  # type: ignore[misc,name-defined]
    """Drops events of other decays before the shower, where they cost next to nothing.

    Pythia counts what is dropped as tried and not as accepted, so its cross section is that of the
    decays that are kept.
    """

    def __init__(self, wanted: Products) -> None:
        pythia8.UserHooks.__init__(self)
        self.wanted = wanted

    def canVetoProcessLevel(self) -> bool:
        """Pythia asks whether the next method is to be called."""
        return True

    def doVetoProcessLevel(self, process: Any) -> bool:
        """Whether to drop the event."""
        return products_of(process) != self.wanted


def products_of(process: Any) -> Products:
    """Count what Pythia's record of a hard process ends in."""
    found = [abs(process[i].id()) for i in range(FIRST, process.size()) if process[i].isFinal()]
    return Products(
        leptons=sum(one in (11, 13, 15) for one in found),
        neutrinos=sum(one in (12, 14, 16) for one in found),
        quarks=sum(one <= 6 for one in found),
    )
