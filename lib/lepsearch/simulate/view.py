"""The particles of chosen events that the detector response looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepsearch.simulate.generate import Kinds, Particles
from lepsearch.simulate.geometry import Floats, Ints, azimuth, pseudorapidity
from lepsearch.simulate.response_table import Response

__all__ = ("HADRONS", "EventView", "view_events")

MUON, TAU = 13, 15
HADRONS = (100, 100_000)  # range of |PDG number| of the hadrons that Pythia makes


@dataclass(frozen=True)
class EventView:
    """Final particles, and the b hadrons, c hadrons and taus that give jets their flavour.

    Attributes:
        n_events: Number of events.
        event: Number of a particle's event among these, rising.
        pdg: Particle number.
        px, py, pz, e, pt: Momentum [GeV].
        eta, phi: Direction.
        charge: In units of e.
        visible: Final, in the calorimeters' acceptance and not a neutrino or dark matter.
        flavour: 5, 4 or 15 for b hadrons, c hadrons and taus, 0 for the rest.
    """

    n_events: int
    event: Ints
    pdg: NDArray[np.int32]
    px: Floats
    py: Floats
    pz: Floats
    e: Floats
    pt: Floats
    eta: Floats
    phi: Floats
    charge: Floats
    visible: NDArray[np.bool_]
    flavour: Ints


def view_events(
    particles: Particles, chosen: NDArray[np.bool_], kinds: Kinds, table: Response
) -> tuple[EventView, Ints]:
    """The view of the chosen events.

    Args:
        particles: A batch of events.
        chosen: Mask of the events.
        kinds: Properties of particles.
        table: The detector's numbers.

    Returns:
        The view, and each batch particle's place in it (-1: not in it).
    """
    of_chosen = np.flatnonzero(chosen[particles.event])
    flavour = _flavour(particles.pdg[of_chosen])
    final = particles.final[of_chosen]
    wanted = final | (flavour > 0)
    index, final, flavour = of_chosen[wanted], final[wanted], flavour[wanted]
    place = np.full(len(particles.pdg), -1)
    place[index] = np.arange(len(index))

    pdg = particles.pdg[index]
    px, py, pz = particles.px[index], particles.py[index], particles.pz[index]
    eta = pseudorapidity(px, py, pz)
    visible = final & kinds.visible(pdg) & (np.abs(eta) < table.calorimeter_max_eta)
    view = EventView(
        n_events=int(chosen.sum()),
        event=(np.cumsum(chosen) - 1)[particles.event[index]],
        pdg=pdg,
        px=px,
        py=py,
        pz=pz,
        e=particles.e[index],
        pt=np.hypot(px, py),
        eta=eta,
        phi=azimuth(px, py),
        charge=kinds.charge(pdg),
        visible=visible,
        flavour=flavour,
    )
    return view, place


def _flavour(pdg: NDArray[np.int32]) -> Ints:
    """Heavy flavour of particles: the largest quark digit of a hadron's number, or a tau."""
    kind = np.abs(pdg)
    hadron = (kind > HADRONS[0]) & (kind < HADRONS[1])
    # thousands for baryons, hundreds for mesons; no tens: that is a diquark
    quark = np.maximum(kind // 1000 % 10, kind // 100 % 10)
    hadron &= kind // 10 % 10 > 0
    heavy = np.where(hadron & (quark >= 4), quark, 0)
    return np.where(kind == TAU, TAU, heavy).astype(np.int64)
