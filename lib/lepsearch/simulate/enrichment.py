"""Hard processes: many are looked at, and few are made whole events.

Nine tenths of an event's time go into its shower and its hadrons. Most events are then dropped, and
most of those left lie where no search looks, although the leptons and neutrinos of the hard process
have long decided it. So every hard event is kept with a probability p, which grows with what the
searches look at, and has the weight 1/p, so that all means stay as they are (Russian roulette: Kahn
and Harris, Natl. Bur. Stand. Appl. Math. Ser. 12 (1951) 27). A poor choice of p wastes time, or
leaves large weights; it changes no expectation.

What is kept goes to a second Pythia as a file of Les Houches events (hep-ph/0609017), whose showers
know nothing of the choice.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from mt2 import mt2

from lepsearch.constants import TAU
from lepsearch.simulate.arrays import Bools, Floats, Ints, count, pseudorapidity, total
from lepsearch.simulate.hard import (
    HARD,
    MOMENTUM,
    NO_RADIATION,
    RADIATION,
    HardEvents,
    event_file,
    look_at,
    write,
)
from lepsearch.simulate.process import GLUON, LEPTONS, TOP, Enrichment, Process, Products
from lepsearch.simulate.pythia import BATCH, Generator, Kinds, Particles

__all__ = ("Choice", "EnrichedGenerator", "has_products", "keep_probability")

MOST = 4  # leptons of an event that are looked at
MAX_ETA = 2.6
TIGHT_PT, LOOSE_PT = 26.0, 14.0  # GeV, where the softest of two, and of three, is found surely
# Roots of chances, relative to an electron or muon in acceptance and to plenty of momentum; read
# off top pairs of which all were made whole.
CHANCE_TAU, CHANCE_FORWARD = 0.45, 0.5
LEAST_PT, LEAST_MISSING, LEAST_IN_TAIL = 0.25, 0.3, 0.6
TAU_VISIBLE = 0.4  # mean share of a tau's momentum that its lepton gets
POWERS = {"missing_pt": 3, "mt2": 8, "mll": 2, "ht": 2}


def has_products(hard: HardEvents, wanted: Products | None) -> Bools:
    """Which events end in the wanted numbers of leptons, neutrinos and quarks."""
    if wanted is None:
        return np.ones(len(hard), dtype=bool)
    kind, final = np.abs(hard.columns["id"]), hard.columns["status"] > 0
    masks = (np.isin(kind, LEPTONS), np.isin(kind - 1, LEPTONS), kind <= TOP)
    found = [count(hard.event[final & mask], len(hard)) for mask in masks]
    result: Bools = np.all(np.transpose(found) == wanted, axis=1)
    return result


def keep_probability(hard: HardEvents, kinds: Kinds, how: Enrichment) -> Floats:
    """The chance of each event to be made whole, shape (n,).

    It is the chance that the event enters a region, of which `_entering` is a guess, times
    ``how.bulk`` and a weight above one, so that large weights become equal; and times the sum of
    (quantity / limit)^power over ``how.surely``, at most one. Where that sum is large the chance is
    no longer small, for there the guess is worst.
    """
    n, particles = len(hard), hard.columns
    final = np.flatnonzero(particles["status"] > 0)
    kind, event = np.abs(particles["id"][final]), hard.event[final]
    momentum = np.stack([particles[name][final] for name in MOMENTUM], axis=1)
    shown = np.where(kind == TAU, TAU_VISIBLE, kinds.visible[np.searchsorted(kinds.known, kind)])
    missing = np.stack([total(event, (1 - shown) * momentum[:, i], n) for i in (0, 1)], axis=1)
    pt = np.hypot(momentum[:, 0], momentum[:, 1])
    central = np.abs(pseudorapidity(*momentum[:, :3].T)) < MAX_ETA
    # three leptons of each event, those that may be found first, electrons and muons before taus
    order = np.lexsort((-shown * pt, kind == TAU, ~central, event))
    order = order[np.isin(kind[order], LEPTONS)]
    leptons = count(event[order], n)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(leptons) - leptons, leptons)
    order, rank = order[rank < MOST], rank[rank < MOST]
    visible, chance = np.zeros((n, MOST, 4)), np.zeros((n, MOST))
    visible[event[order], rank] = shown[order, None] * momentum[order]
    chance[event[order], rank] = np.where(kind[order] == TAU, CHANCE_TAU, 1.0)
    chance[event[order], rank] *= np.where(central[order], 1.0, CHANCE_FORWARD)
    quantities = {
        "missing_pt": np.hypot(*missing.T),
        "mt2": _stransverse(visible, missing, leptons),
        "mll": _mass(visible[:, :2].sum(axis=1)),
        "ht": total(event, np.where((kind <= TOP) | (kind == GLUON), pt, 0.0), n),
    }
    remarkable = [(quantities[name] / limit) ** POWERS[name] for name, limit in how.surely]
    entering = _entering(visible, chance, quantities["missing_pt"], how)
    tail = np.maximum(entering, LEAST_IN_TAIL) * np.sum(remarkable, axis=0)
    bulk = entering * how.bulk * np.maximum(np.abs(hard.weight), 1.0)
    result: Floats = np.minimum(bulk + tail, 1.0)
    return result


def _entering(visible: Floats, chance: Floats, missing_pt: Floats, how: Enrichment) -> Floats:
    """How likely events enter a region: the root of the chance, which wastes least time.

    It rises with the softest of as many leptons as the process should have and, where missing
    momentum is asked for, with that; or with the softest of one lepton more and with nothing else.
    """
    softest = np.minimum.accumulate(np.hypot(visible[..., 0], visible[..., 1]), axis=1)
    found = np.cumprod(chance, axis=1)

    def leptons(number: int, enough: float) -> Floats:
        rise = np.clip((softest[:, number - 1] / enough) ** 2, LEAST_PT, 1.0)
        return np.asarray(found[:, number - 1] * rise)

    some = leptons(how.leptons, TIGHT_PT)
    if how.missing_pt:
        some *= np.minimum(LEAST_MISSING + (1 - LEAST_MISSING) * missing_pt / how.missing_pt, 1.0)
    more = leptons(how.leptons + 1, LOOSE_PT)
    result: Floats = np.maximum(np.maximum(some, more), how.outside)
    return result


def _stransverse(pair: Floats, missing: Floats, leptons: Ints) -> Floats:
    """m_T2 of the pair; of one lepton its transverse mass, which is the most that m_T2 can be."""
    result = np.zeros(len(pair))
    two = leptons > 1
    (px1, py1), (px2, py2) = (pair[two, i, :2].T for i in (0, 1))
    result[two] = mt2(0.0, px1, py1, 0.0, px2, py2, *missing[two].T, 0.0, 0.0)
    px, py = pair[~two, 0, :2].T
    product = np.hypot(px, py) * np.hypot(*missing[~two].T) - px * missing[~two, 0]
    result[~two] = np.sqrt(np.maximum(2 * (product - py * missing[~two, 1]), 0))
    return result


def _mass(momentum: Floats) -> Floats:
    squared: Floats = momentum[:, 3] ** 2 - np.sum(momentum[:, :3] ** 2, axis=1)
    return np.sqrt(np.maximum(squared, 0.0))


class Choice:
    """Decides which hard events are made whole, and keeps count.

    Args:
        how: With which probability; None keeps all.
        kinds: Pythia's table of particles.
        seed: The same seed gives the same choice.

    Attributes:
        sum_of_weights: Of all events so far that have the wanted products.
        share: These events' share of all weights.
    """

    def __init__(self, how: Enrichment | None, kinds: Kinds, seed: int) -> None:
        self._how, self._kinds, self._rng = how, kinds, np.random.default_rng(seed)
        self._all = self.sum_of_weights = 0.0

    @property
    def share(self) -> float:
        return self.sum_of_weights / self._all

    def write(self, file: IO[str], hard: HardEvents) -> int:
        """Write those events that are kept to an `event_file`, and return their number."""
        chance, wanted = np.ones(len(hard)), np.ones(len(hard), dtype=bool)
        if self._how:
            chance = keep_probability(hard, self._kinds, self._how)
            wanted = has_products(hard, self._how.products)
        chosen = np.flatnonzero(wanted & (self._rng.random(len(hard)) < chance))
        write(file, hard, chosen, hard.weight[chosen] / chance[chosen])
        self._all += float(hard.weight.sum())
        self.sum_of_weights += float(hard.weight[wanted].sum())
        return len(chosen)


class EnrichedGenerator:
    """Events of a process with enrichment; to be used like a `Generator`.

    Args:
        process: What to make; with ``enrichment``.
        seed: The same seed gives the same events.
        extra: Further settings of the showers.
    """

    def __init__(self, process: Process, seed: int, extra: Sequence[str] = ()) -> None:
        hard, self._shower_seed, choice = map(int, np.random.SeedSequence(seed).generate_state(3))
        self._process = process
        radiates = process.enrichment is not None and process.enrichment.radiation
        self._hard = Generator(process, hard, (*HARD, *RADIATION * radiates))
        self._extra = (*NO_RADIATION * radiates, *extra)
        self.kinds = self._hard.kinds
        self._choice = Choice(process.enrichment, self.kinds, choice)

    def batches(self, events: int, size: int = BATCH) -> Iterator[Particles]:
        """Those that are made whole of ``events`` hard events, ``size`` at a time."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "hard.lhe")
            with event_file(path) as file:
                kept = sum(self._choice.write(file, one) for one in look_at(self._hard, events))
            if kept:  # Pythia refuses a file without events
                shower = Generator(self._process, self._shower_seed, self._extra, path)
                yield from shower.attempts(kept, size)

    @property
    def sum_of_weights(self) -> float:
        """Of all hard events so far that have the wanted products, whole or not."""
        return self._choice.sum_of_weights

    @property
    def cross_section_pb(self) -> tuple[float, float]:
        """Pythia's estimate for the wanted products, and its statistical error [pb]."""
        pb, error = self._hard.cross_section_pb
        return self._choice.share * pb, self._choice.share * error
