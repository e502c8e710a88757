"""The parametrised detector: generated events in, reconstructed events out."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy.special import i0e
from scipy.stats import norm

from lepsearch.constants import ELECTRON, MUON
from lepsearch.simulate.arrays import Bools, Floats, Ints, count, delta_r2, joined, pairs, total
from lepsearch.simulate.fakes import further_fakes, promote
from lepsearch.simulate.jets import MeasuredJets, TrueJets, counts_as_jet, find_jets, measure_jets
from lepsearch.simulate.leptons import MeasuredLeptons, TrueLeptons, dress_leptons, measure_leptons
from lepsearch.simulate.particles import EventView
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.response_table import Response

__all__ = ("MeasuredEvents", "measure")

T = TypeVar("T", MeasuredLeptons, MeasuredJets)
REMARKABLE = 1.5  # events of a weight below were surely made whole, or drawn often
# Which of many measurements are stored: power of the missing momentum and the most that counts over
# the threshold, factor for no b-jets or a third lepton, least share of the mean chance.
RISE_POWER, MOST_RISE, WITHOUT_B, LEAST_STORED = 5.0, 4.0, 5.0, 0.3
FORCED_SLOPE = 15.0  # GeV, with which forced missing momentum falls beyond the threshold
MIN_LEPTONS = 2  # both regions of the analysis need at least these


@dataclass(frozen=True)
class MeasuredEvents:
    """Events that can enter a region, as the detector gives them.

    They have two loose leptons and missing momentum above ``Response.ntuple_missing_pt``, or three
    loose leptons, not counting loose fakes but those that the sample is made for.
    """

    place: Ints  # places of the events in the batch; copies of an event have the same
    weight: Floats  # generator weights, divided by the number of copies, times the weights of fakes
    leptons: MeasuredLeptons  # sorted by event, then by falling pT
    matched: Bools  # whether a lepton fired its single-lepton trigger
    jets: MeasuredJets  # sorted likewise
    # missing_pt, missing_phi: missing transverse momentum [GeV, rad]
    missing_pt: Floats
    missing_phi: Floats


def measure(
    view: EventView, rng: np.random.Generator, table: Response, how: Treatment
) -> MeasuredEvents:
    """Measure the events of a view.

    Jets are clustered once, however many times the event is measured.

    Leptons from hadrons stay part of their jets: all leptons that are none, and all from hadrons,
    come from jets (`lepsearch.simulate.fakes`). Where an event has two true leptons already the
    promoted ones must be signal leptons, for else it would enter the two-lepton region again, where
    its sample without fakes is. Further fakes are drawn at their rates: loose ones in every sample.
    """
    true_leptons, true_jets, true_px, true_py = _true_objects(view, table)
    remarkable = view.weight < REMARKABLE
    times = np.where(remarkable, max(how.resmear, how.remarkable), how.resmear)
    original = np.repeat(np.arange(len(view)), times)
    n = len(original)
    leptons = measure_leptons(true_leptons.copied(times), table, rng)
    jets, of_tails = measure_jets(true_jets.copied(times), n, table, rng, how.force_missing)
    gains = _gain(leptons, n), _gain(jets.take(jets.pt > table.jet_min_pt), n)
    px, py = (
        -true[original] - of_leptons - of_jets
        for true, of_leptons, of_jets in zip((true_px, true_py), *gains, strict=True)
    )
    leptons, jets = _resolve_overlaps(
        leptons.take(leptons.pt > table.lepton_min_pt), jets, n, table
    )
    weight = (view.weight / times)[original] * of_tails
    if how.promote:
        two = count(leptons.event, n) >= MIN_LEPTONS
        fakes, jets, of_fakes = promote(jets, n, how.promote, two, table, rng)
        leptons = joined([leptons, fakes.take(fakes.pt > table.lepton_min_pt)])
        weight = weight * of_fakes
    found = count(leptons.event, n)
    further, jets, too_many = further_fakes(jets, n, table, rng)
    leptons = joined([leptons, further.take(further.pt > table.lepton_min_pt)])
    jets = jets.take((jets.pt > table.jet_min_pt) & (np.abs(jets.eta) < table.jet_max_eta))
    px, py, of_noise = _add_noise(px, py, (found == MIN_LEPTONS) & how.force_missing, table, rng)
    weight = weight * of_noise
    missing_pt = np.hypot(px, py)
    keep = (found > MIN_LEPTONS) | ((found == MIN_LEPTONS) & (missing_pt > table.ntuple_missing_pt))
    keep &= (weight != 0) & ~too_many
    if how.stored and len(view):
        tagged = (jets.score > table.btag_scores[1]) & (np.abs(jets.eta) < table.tracker_max_eta)
        plain = (count(jets.event[tagged], n) > 0) & (found == MIN_LEPTONS)
        chance = _stored(np.where(keep, weight, 0.0), missing_pt, plain, original, how, table)
        keep &= rng.random(n) < chance
        weight = weight / chance
    leptons, jets = _ordered(leptons, keep), _ordered(jets, keep)
    return MeasuredEvents(
        place=view.place[original[keep]],
        weight=weight[keep],
        leptons=leptons,
        matched=_triggered(leptons, table, rng),
        jets=jets,
        missing_pt=missing_pt[keep],
        missing_phi=np.arctan2(py, px)[keep],
    )


def _true_objects(view: EventView, table: Response) -> tuple[TrueLeptons, TrueJets, Floats, Floats]:
    """The leptons and jets of a perfect detector, and the sum of all that is visible, px and py."""
    leptons, photons = dress_leptons(view, table)
    visible, found = view.visible, view.leptons
    not_muon = np.abs(visible.pdg) != MUON
    inputs = not_muon & (visible.pt > table.jet_input_min_pt) & ~photons
    inputs[found.place[found.prompt]] = False
    # muons are visible only where they are found, those within jets too
    counts = not_muon
    counts[found.place] = True
    event = visible.event[counts]
    px, py = (total(event, one[counts], len(view)) for one in (visible.px, visible.py))
    return leptons, find_jets(view, inputs, table), px, py


def _add_noise(
    px: Floats, py: Floats, forced: Bools, table: Response, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Missing momentum with that of soft activity added, and the weights of the events.

    Where ``forced``, its size m is drawn so that it passes the threshold of the ntuples: half of
    the time from an exponential beyond it, else from a Gaussian around what is there without noise,
    m0. The weight is the true density, (m / s^2) exp(-(m^2 + m0^2) / 2 s^2) I_0(m m0 / s^2) with
    the width s of the noise (S. O. Rice, Bell Syst. Tech. J. 24 (1945) 46), over that of both
    halves; its direction about that of m0 is distributed as exp(m m0 cos / s^2), von Mises's law.
    """
    n, width, least = len(px), table.soft_noise, max(table.ntuple_missing_pt, 0.0)
    noisy_x, noisy_y = (one + width * rng.normal(size=n) for one in (px, py))
    if not forced.any():
        return noisy_x, noisy_y, np.ones(n)
    size, direction = np.hypot(px, py), np.arctan2(py, px)
    beyond = least + rng.exponential(FORCED_SLOPE, n)
    drawn = np.where(rng.random(n) < 0.5, beyond, np.abs(size + width * rng.normal(size=n)))
    far = np.exp(-np.maximum(drawn - least, 0) / FORCED_SLOPE) / FORCED_SLOPE * (drawn > least)
    around = sum(norm.pdf(sign * drawn, size, width) for sign in (1, -1))
    true = drawn / width**2 * np.exp(-((drawn - size) ** 2) / 2 / width**2)
    true *= i0e(drawn * size / width**2)
    angle = direction + rng.vonmises(0.0, drawn * size / width**2)
    return (
        np.where(forced, drawn * np.cos(angle), noisy_x),
        np.where(forced, drawn * np.sin(angle), noisy_y),
        np.where(forced, true / (far / 2 + around / 2), 1.0),
    )


def _stored(
    weight: Floats,
    missing_pt: Floats,
    plain: Bools,
    original: Ints,
    how: Treatment,
    table: Response,
) -> Floats:
    """Chance of each measurement to be stored, where an event has more than `Treatment.stored`.

    It goes with the weight, rises with the missing momentum and is larger without b-jets and with
    more leptons (``plain`` says which have neither), so that what searches look at is all stored;
    but it is never so small that weights grow much.
    """
    rise = np.minimum(missing_pt / table.ntuple_missing_pt, MOST_RISE) ** RISE_POWER
    importance = np.abs(weight) * np.where(plain, rise, WITHOUT_B * rise)
    copies, total_importance = count(original, original[-1] + 1), np.bincount(original, importance)
    share = importance / np.where(total_importance > 0, total_importance, 1.0)[original]
    least = LEAST_STORED * how.stored / copies[original]
    result: Floats = np.clip(how.stored * share, least, 1.0)
    return np.where(copies[original] > how.stored, result, 1.0)


def _gain(objects: MeasuredLeptons | MeasuredJets, n_events: int) -> tuple[Floats, Floats]:
    """Sums of the momentum gained by mismeasurement, in x and y [GeV]."""
    return (
        total(objects.event, objects.gain * np.cos(objects.phi), n_events),
        total(objects.event, objects.gain * np.sin(objects.phi), n_events),
    )


def _resolve_overlaps(
    leptons: MeasuredLeptons, jets: MeasuredJets, n_events: int, table: Response
) -> tuple[MeasuredLeptons, MeasuredJets]:
    """Settle which of a lepton and a jet in the same place is real.

    A jet at an isolated lepton is dropped; then a lepton near a jet left over is dropped, as part
    of that jet. Jets outside the acceptance, and those that the vertex tagger takes for pile-up,
    drop no lepton: they are dropped themselves.
    """
    a, b = pairs(leptons.event, jets.event, n_events)
    apart = delta_r2(leptons.eta[a], leptons.phi[a], jets.eta[b], jets.phi[b])
    isolated = leptons.track_cone < table.isolation * leptons.pt
    counts = counts_as_jet(jets, table)
    near = apart < table.lepton_near_jet**2
    jet_stays = np.ones(len(jets.pt), dtype=bool)
    jet_stays[b[(apart < table.jet_near_lepton**2) & isolated[a]]] = False
    jet_stays[b[near & ~counts[b]]] = False
    lepton_stays = np.ones(len(leptons.pt), dtype=bool)
    lepton_stays[a[near & jet_stays[b]]] = False
    return leptons.take(lepton_stays), jets.take(jet_stays)


def _ordered(objects: T, keep: Bools) -> T:
    """The objects of kept events, by event and falling pT, events numbered anew."""
    kept = np.flatnonzero(keep[objects.event])
    chosen = objects.take(kept[np.lexsort((-objects.pt[kept], objects.event[kept]))])
    return replace(chosen, event=(np.cumsum(keep) - 1)[chosen.event])


def _triggered(leptons: MeasuredLeptons, table: Response, rng: np.random.Generator) -> Bools:
    """Whether each lepton fires the single-lepton trigger of its kind.

    Thresholds are those of thesis B's leading leptons; its trigger for two electrons is left to the
    single ones.
    """
    electron = leptons.kind == ELECTRON
    central = electron | (np.abs(leptons.eta) < table.trigger_muon_max_eta)
    least = np.where(electron, table.trigger_electron_min_pt, table.trigger_muon_min_pt)
    chance = np.where(electron, table.trigger_electron, table.trigger_muon)
    fired: Bools = (rng.random(len(leptons.pt)) < chance) & central & (leptons.pt > least)
    return fired
