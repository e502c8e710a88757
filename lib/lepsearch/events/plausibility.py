"""Values that no detector measures: they betray another unit or code than the file's layout has."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from lepsearch.constants import ELECTRON, MUON, TAU
from lepsearch.data.layout import Layout, ObjectLayout
from lepsearch.errors import InputError
from lepsearch.events.records import Events

__all__ = ("refuse_implausible",)

# between which the median of what is above 0 lies
MOMENTUM = (2.0, 7000.0)  # GeV, up to a beam's energy
MISSING_PT = (0.5, 7000.0)  # GeV
SCALE_FACTOR = (0.1, 10.0)
LARGEST_ANGLE = 6.3  # a full turn, if azimuths do not begin at -pi
ENERGIES = ("pt", "energy")
CODES = {"flavour": (ELECTRON, MUON, TAU), "charge": (-1, 1)}


def refuse_implausible(path: Path, layout: Layout, events: Events) -> None:
    """Complain of energies, azimuths, codes or weights that can't be what they should be.

    Raises:
        InputError: The message names each branch, what was expected and what came.
    """
    if problems := [*_sizes(layout, events), *_codes(layout, events)]:
        msg = f"{path}: {'; '.join(problems)}; is it laid out as {layout.name} says, in its units "
        msg += f"({layout.unit}, rad) and codes?"
        raise InputError(msg)


def _sizes(layout: Layout, events: Events) -> Iterator[str]:
    """Energies, azimuths and scale factors of another size than they have."""
    objects = ((layout.leptons, events.leptons), (layout.jets, events.jets))
    sizes = [
        (_named(of, name), getattr(those, name), MOMENTUM)
        for of, those in objects
        for name in ENERGIES
    ]
    sizes.append((layout.event.missing_pt, events.missing_pt, MISSING_PT))
    for branch, values, (low, high) in sizes:
        there = values[np.isfinite(values) & (values > 0)]
        if len(there) and not low <= (median := np.median(there)) <= high:
            yield f"{branch} has a median of {median:.3g} GeV, expected {low:g} to {high:g} GeV"
    for region, factors in layout.scale_factors:
        low, high = SCALE_FACTOR
        median = np.median(events.scale_factor[region]) if len(events) and factors else 1.0
        if not low <= median <= high:
            yield f"{' * '.join(factors)} has a median of {median:.3g}, expected about 1"
            break
    if len(events) and not events.generator_weight.any():
        yield f"{layout.event.generator_weight} is 0 in all events, expected weights"
    azimuths = [(_named(of, "phi"), those.phi) for of, those in objects]
    for branch, phi in [*azimuths, (layout.event.missing_phi, events.missing_phi)]:
        largest = np.abs(phi[np.isfinite(phi)]).max(initial=0.0)
        if largest > LARGEST_ANGLE:
            yield f"{branch} goes up to {largest:.3g}, expected radians"


def _codes(layout: Layout, events: Events) -> Iterator[str]:
    """Types and charges of leptons that are none."""
    for name, known in CODES.items():
        if found := set(np.unique(getattr(events.leptons, name)).tolist()) - set(known):
            words = ", ".join(map(str, sorted(found)[:5]))
            yield f"{_named(layout.leptons, name)} holds {words}, expected {known}"


def _named(collections: Iterable[ObjectLayout], field: str) -> str:
    """What a field of objects is made of."""
    return " and ".join(dict.fromkeys(getattr(one, field) or field for one in collections))
