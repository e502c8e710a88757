"""From generated particles to reconstructed jets."""

from dataclasses import dataclass

import awkward as ak
import fastjet
import numpy as np
from fastjet import _swig
from scipy.special import ndtr, ndtri
from scipy.stats import crystalball

from lepsearch.constants import TAU
from lepsearch.simulate.arrays import (
    Bools,
    Collection,
    Floats,
    Ints,
    count,
    delta_r2,
    joined,
    pairs,
    pseudorapidity,
)
from lepsearch.simulate.particles import EventView
from lepsearch.simulate.response_table import Response

__all__ = ("MeasuredJets", "TrueJets", "counts_as_jet", "find_jets", "measure_jets")

FLAVOURS = (TAU, 4, 5)  # from the weakest claim to a jet to the strongest
NO_TRACKS_JVT = -0.1  # what the 2020 release has for jets without tracks
LOWEST_SCORE = -1.0
LOWEST_RESPONSE = 0.05  # measured over true momentum
# Where more is drawn of what makes missing momentum: how much more often jets are in the response's
# tail and pile-up jets are there, and with which powers both fall.
MORE_TAILS, FLATTER_TAIL = 2.0, 2.5
MORE_PILE_UP, HARDER_PILE_UP = 3.0, 3.5


@dataclass(frozen=True)
class TrueJets(Collection):
    """Jets of what the calorimeters see, before anything is measured; GeV, rad."""

    # pt, eta, phi, energy: momentum
    pt: Floats
    eta: Floats
    phi: Floats
    energy: Floats
    flavour: Ints  # 5, 4, 15 or 0


@dataclass(frozen=True)
class MeasuredJets(TrueJets):
    """Reconstructed jets, their momentum as measured."""

    # pT that the missing momentum counts and that did not come from the collision [GeV]
    gain: Floats
    score: Floats  # b-tagging discriminant
    vertex: Floats  # jet vertex tagger
    hard: Bools  # from the collision, not from pile-up


def find_jets(view: EventView, inputs: Bools, table: Response) -> TrueJets:
    """anti-kt jets (arXiv:0802.1189, by FastJet) of visible particles, those of a mask."""
    # it would print its banner once a process; the book cites FastJet instead
    _swig.ClusterSequence.set_fastjet_banner_stream(None)
    # Plain records, put together by hand: vector's, and awkward's own functions, would take as long
    # as the jets do.
    seen = view.visible
    momenta = ak.contents.RecordArray(
        [ak.contents.NumpyArray(one[inputs]) for one in (seen.px, seen.py, seen.pz, seen.e)],
        ["px", "py", "pz", "E"],
    )
    ends = np.cumsum(count(seen.event[inputs], len(view)))
    offsets = ak.index.Index64(np.concatenate([[0], ends]))
    by_event = ak.Array(ak.contents.ListOffsetArray(offsets, momenta))
    definition = fastjet.JetDefinition(fastjet.antikt_algorithm, table.jet_radius)
    jets = fastjet.ClusterSequence(by_event, definition).inclusive_jets(
        min_pt=table.jet_cluster_min_pt
    )
    found = ak.to_layout(jets)
    event = np.repeat(np.arange(len(view)), np.diff(found.offsets.data))
    px, py, pz, energy = (found.content[one].data for one in ("px", "py", "pz", "E"))
    pt, eta, phi = np.hypot(px, py), pseudorapidity(px, py, pz), np.arctan2(py, px)
    return TrueJets(event, pt, eta, phi, energy, _label(view, event, eta, phi, table))


def measure_jets(
    true: TrueJets,
    n_events: int,
    table: Response,
    rng: np.random.Generator,
    more_tails: bool = False,
) -> tuple[MeasuredJets, Floats]:
    """Smear and tag jets, and add those of pile-up.

    A soft jet that the vertex tagger takes for pile-up does not count in the missing momentum
    but for its tracks. The jets come by event, before any cut on the measured momentum.

    Args:
        true: The jets.
        n_events: Number of events.
        more_tails: Whether to draw more of what makes missing momentum than there is: jets that
            are measured far too low, and hard pile-up jets.

    Returns:
        The jets, and the weights of the events that make up for it, shape (n_events,).
    """
    n = len(true.event)
    deviation, of_tails = _deviation(n, table, rng, more_tails)
    scale = np.maximum(1 + _width(true.pt, true.eta, table) * deviation, LOWEST_RESPONSE)
    pile_up, weight = _pile_up(n_events, table, rng, more_tails)
    np.multiply.at(weight, true.event, of_tails)
    pt = true.pt * scale
    central = np.abs(true.eta) < table.tracker_max_eta
    vertex = np.where(central, _vertex(n, table, rng), NO_TRACKS_JVT)
    refused = _refused(pt, true.eta, vertex, table)
    jets = MeasuredJets(
        event=true.event,
        pt=pt,
        eta=true.eta,
        phi=true.phi,
        energy=true.energy * scale,
        gain=np.where(refused, -table.jet_vertex_loss * true.pt, pt - true.pt),
        flavour=true.flavour,
        score=np.where(central, _score(true.flavour, table, rng), LOWEST_SCORE),
        vertex=vertex,
        hard=np.ones(n, dtype=bool),
    )
    every = joined([jets, pile_up])
    return every.take(np.argsort(every.event, kind="stable")), weight


def _pile_up(
    n_events: int, table: Response, rng: np.random.Generator, more: bool
) -> tuple[MeasuredJets, Floats]:
    """Jets of other collisions: massless, flat in angles, their pT a falling power.

    With ``more`` they are more and harder, and the second result is the events' weights for it.
    """
    mean, power = table.pileup_jets, table.pileup_jet_power
    factor, slower = (MORE_PILE_UP, HARDER_PILE_UP) if more else (1.0, power)
    number = rng.poisson(factor * mean, n_events)
    event = np.repeat(np.arange(n_events), number)
    n = len(event)
    # inverse of the integral of pt^-power above the threshold
    relative = rng.random(n) ** (1 / (1 - slower))
    pt = table.jet_min_pt * relative
    weight = np.exp((factor - 1) * mean) / factor**number
    true_over_drawn = (power - 1) / (slower - 1) * relative ** (slower - power)
    np.multiply.at(weight, event, true_over_drawn)
    eta = rng.uniform(-table.jet_max_eta, table.jet_max_eta, n)
    flavour = np.zeros(n, dtype=np.int64)
    central = np.abs(eta) < table.tracker_max_eta
    passes = rng.random(n) < table.pileup_vertex_efficiency
    vertex = table.jet_vertex_cut * rng.random(n)
    vertex = np.where(passes, 1 - (1 - table.jet_vertex_cut) * rng.random(n), vertex)
    vertex = np.where(central, vertex, NO_TRACKS_JVT)
    return MeasuredJets(
        event=event,
        pt=pt,
        eta=eta,
        phi=rng.uniform(-np.pi, np.pi, n),
        energy=pt * np.cosh(eta),
        gain=np.where(_refused(pt, eta, vertex, table), 0.0, pt),
        flavour=flavour,
        score=np.where(central, _score(flavour, table, rng), LOWEST_SCORE),
        vertex=vertex,
        hard=np.zeros(n, dtype=bool),
    ), weight


def _refused(pt: Floats, eta: Floats, vertex: Floats, table: Response) -> Bools:
    """Jets that the vertex tagger takes for pile-up; it judges soft central ones only."""
    judged = (pt < table.jet_vertex_max_pt) & (np.abs(eta) < table.jet_vertex_max_eta)
    refused: Bools = judged & (vertex < table.jet_vertex_cut)
    return refused


def counts_as_jet(jets: MeasuredJets, table: Response) -> Bools:
    """Whether jets are in acceptance and not taken for pile-up."""
    inside = (jets.pt > table.jet_min_pt) & (np.abs(jets.eta) < table.jet_max_eta)
    return inside & ~_refused(jets.pt, jets.eta, jets.vertex, table)


def _label(view: EventView, event: Ints, eta: Floats, phi: Floats, table: Response) -> Ints:
    """True flavours: of the heaviest hadron, else the tau, near a jet."""
    flavour = np.zeros(len(event), dtype=np.int64)
    heavy = view.heavy
    a, b = pairs(event, heavy.event, len(view))
    near = delta_r2(eta[a], phi[a], heavy.eta[b], heavy.phi[b]) < table.flavour_radius**2
    for one in FLAVOURS:
        flavour[a[near & (heavy.flavour[b] == one)]] = one
    return flavour


def _width(pt: Floats, eta: Floats, table: Response) -> Floats:
    """Relative resolution of the jets' momenta."""
    width = np.sqrt(
        (table.jet_noise / pt) ** 2 + table.jet_sampling**2 / pt + table.jet_constant**2
    )
    return np.where(np.abs(eta) > table.tracker_max_eta, table.forward_jet_factor * width, width)


def _deviation(
    n: int, table: Response, rng: np.random.Generator, more: bool
) -> tuple[Floats, Floats]:
    """Measured minus true momentum in units of the resolution, and weights.

    Its density is a Gaussian above -a and a power law, A (B - t)^-m, below, both joining smoothly
    (the Crystal Ball function: J. E. Gaiser, SLAC-R-255 (1982), appendix F). With ``more`` the
    power law is drawn more often and falls more slowly, and the weights make up for it.
    """
    start, power = table.jet_tail_start, table.jet_tail_power
    share = float(crystalball.cdf(-start, start, power))
    factor, slower = (MORE_TAILS, FLATTER_TAIL) if more else (1.0, power)
    in_tail = rng.random(n) < factor * share
    core = ndtri(1 - rng.random(n) * ndtr(start))
    # (B - t) / (B + a), of which the integral is inverted
    relative = (1 - rng.random(n)) ** (1 / (1 - slower))
    tail = -start - (relative - 1) * power / start
    of_tail = (power - 1) / (slower - 1) * relative ** (slower - power) / factor
    of_core = (1 - share) / (1 - factor * share)
    return np.where(in_tail, tail, core), np.where(in_tail, of_tail, of_core)


def _score(flavour: Ints, table: Response, rng: np.random.Generator) -> Floats:
    """b-tagging discriminants whose share above each working point is the published one."""
    chance = rng.random(len(flavour))
    result = np.empty(len(flavour))
    points = np.array([LOWEST_SCORE, *table.btag_scores, 1.0])
    tags = table.btag_light, table.btag_c, table.btag_b, table.btag_tau
    for one, shares in zip((0, 4, 5, TAU), tags, strict=True):
        below = 1 - np.array([1.0, *shares, 0.0])
        mask = flavour == one
        result[mask] = np.interp(chance[mask], below, points)
    return result


def _vertex(n: int, table: Response, rng: np.random.Generator) -> Floats:
    """Jet vertex tagger: close to 1, or anywhere below the usual cut."""
    high = 1 - (1 - table.jet_vertex_cut) * rng.random(n) ** 4
    low = table.jet_vertex_cut * rng.random(n)
    return np.where(rng.random(n) < table.jet_vertex_efficiency, high, low)
