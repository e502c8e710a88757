"""From generated particles to reconstructed jets."""

from __future__ import annotations

from dataclasses import dataclass, fields

import awkward as ak
import fastjet
import numpy as np
from fastjet import _swig
from numpy.typing import NDArray

from lepsearch.simulate.geometry import (
    Floats,
    Ints,
    azimuth,
    count,
    delta_r2,
    pairs,
    pseudorapidity,
)
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.view import EventView

__all__ = ("Jets", "make_jets")

FLAVOURS = (15, 4, 5)  # from the weakest claim to a jet to the strongest
NO_TRACKS_JVT = -0.1  # what the 2020 release has for jets without tracks
LOWEST_SCORE = -1.0


@dataclass(frozen=True)
class Jets:
    """Reconstructed jets, one value each; GeV, rad.

    Attributes:
        event: Number of the event.
        pt, eta, phi, energy: Momentum as measured.
        shift: Measured over true momentum, minus 1.
        flavour: 5, 4, 15 or 0.
        score: b-tagging discriminant.
        vertex: Jet vertex tagger.
    """

    event: Ints
    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats
    shift: Floats
    flavour: Ints
    score: Floats
    vertex: Floats

    def take(self, which: NDArray[np.bool_] | Ints) -> Jets:
        """The jets of a mask, or in another order."""
        return Jets(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


def make_jets(
    view: EventView, inputs: NDArray[np.bool_], table: Response, rng: np.random.Generator
) -> Jets:
    """Cluster, label and smear jets.

    Args:
        view: The particles of the events.
        inputs: Mask of the particles that the calorimeters see.
        table: The detector's numbers.
        rng: Source of randomness.

    Returns:
        Jets down to the lowest clustered momentum, before any cut on the measured one.
    """
    event, px, py, pz, energy = _cluster(view, inputs, table)
    pt, eta, phi = np.hypot(px, py), pseudorapidity(px, py, pz), azimuth(px, py)
    flavour = _label(view, event, eta, phi, table)
    scale = _smearing(pt, eta, table, rng)
    central = np.abs(eta) < table.tracker_max_eta
    return Jets(
        event=event,
        pt=pt * scale,
        eta=eta,
        phi=phi,
        energy=energy * scale,
        shift=scale - 1,
        flavour=flavour,
        score=np.where(central, _score(flavour, table, rng), LOWEST_SCORE),
        vertex=np.where(central, _vertex(len(pt), table, rng), NO_TRACKS_JVT),
    )


def _cluster(
    view: EventView, inputs: NDArray[np.bool_], table: Response
) -> tuple[Ints, Floats, Floats, Floats, Floats]:
    """anti-kt jets (arXiv:0802.1189, by FastJet): events, px, py, pz, E."""
    # it would print its banner once a process; the book cites FastJet instead
    _swig.ClusterSequence.set_fastjet_banner_stream(None)
    # Plain records, put together by hand: vector's, and awkward's own functions, would take as long
    # as the jets do.
    momenta = ak.contents.RecordArray(
        [ak.contents.NumpyArray(one[inputs]) for one in (view.px, view.py, view.pz, view.e)],
        ["px", "py", "pz", "E"],
    )
    ends = np.cumsum(count(view.event[inputs], view.n_events))
    offsets = ak.index.Index64(np.concatenate([[0], ends]))
    by_event = ak.Array(ak.contents.ListOffsetArray(offsets, momenta))
    definition = fastjet.JetDefinition(fastjet.antikt_algorithm, table.jet_radius)
    jets = fastjet.ClusterSequence(by_event, definition).inclusive_jets(
        min_pt=table.jet_cluster_min_pt
    )
    found = ak.to_layout(jets)
    event = np.repeat(np.arange(view.n_events), np.diff(found.offsets.data))
    px, py, pz, energy = (found.content[one].data for one in ("px", "py", "pz", "E"))
    return event, px, py, pz, energy


def _label(view: EventView, event: Ints, eta: Floats, phi: Floats, table: Response) -> Ints:
    """True flavours: of the heaviest hadron, else the tau, near a jet."""
    flavour = np.zeros(len(event), dtype=np.int64)
    heavy = np.flatnonzero((view.flavour > 0) & (view.pt > table.flavour_min_pt))
    a, b = pairs(event, view.event[heavy], view.n_events)
    b = heavy[b]
    near = delta_r2(eta[a], phi[a], view.eta[b], view.phi[b]) < table.flavour_radius**2
    for one in FLAVOURS:
        flavour[a[near & (view.flavour[b] == one)]] = one
    return flavour


def _smearing(pt: Floats, eta: Floats, table: Response, rng: np.random.Generator) -> Floats:
    """Measured over true momentum: a Gaussian, and now and then a loss of up to a half."""
    width = np.sqrt(
        (table.jet_noise / pt) ** 2 + table.jet_sampling**2 / pt + table.jet_constant**2
    )
    width = np.where(np.abs(eta) > table.tracker_max_eta, table.forward_jet_factor * width, width)
    scale = 1 + width * rng.normal(size=len(pt))
    lossy = rng.random(len(pt)) < table.jet_tail
    scale *= np.where(lossy, rng.uniform(0.5, 1.0, len(pt)), 1.0)
    return np.maximum(scale, 0.05)


def _score(flavour: Ints, table: Response, rng: np.random.Generator) -> Floats:
    """b-tagging discriminants whose share above each working point is the published one."""
    chance = rng.random(len(flavour))
    result = np.empty(len(flavour))
    points = np.array([LOWEST_SCORE, *table.btag_scores, 1.0])
    for one, shares in (
        (0, table.btag_light),
        (4, table.btag_c),
        (5, table.btag_b),
        (15, table.btag_tau),
    ):
        below = 1 - np.array([1.0, *shares, 0.0])
        mask = flavour == one
        result[mask] = np.interp(chance[mask], below, points)
    return result


def _vertex(n: int, table: Response, rng: np.random.Generator) -> Floats:
    """Jet vertex tagger: close to 1, or anywhere below the usual cut."""
    high = 1 - (1 - table.jet_vertex_cut) * rng.random(n) ** 4
    low = table.jet_vertex_cut * rng.random(n)
    return np.where(rng.random(n) < table.jet_vertex_efficiency, high, low)
