"""What the choices that save time change: no multiple interactions, taus that know no spin.

A tau without spin still decays to an electron or muon by the weak matrix element; to hadrons it
decays flat in phase space.

``benchmarks/validation.py`` measures, which takes minutes, and writes the result beside this
module; chapter 8 shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.simulate.generate import Generator, Particles
from lepsearch.simulate.geometry import Floats, count
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.response import Reconstructed, respond
from lepsearch.simulate.response_table import Response

__all__ = ("QUANTITIES", "STUDIES", "Average", "Study", "measure", "measured", "validation_table")

MEASURED = Path(__file__).with_name("validation.json")
ELECTRON, MUON, TAU, PION = 11, 13, 15, 211
MISSING = 50.0  # GeV: the dilepton region's cut
ISOLATED = 0.15  # of a lepton's pT

QUANTITIES = {
    "two_leptons": "Events with two leptons or more",
    "three_leptons": "Events with three leptons",
    "isolated": "Leptons with isolated tracks",
    "jets": "Jets in an event",
    "missing": "Missing transverse momentum [GeV]",
    "missing_50": "Events above 50 GeV of it",
    "lepton_of_tau": "Share of a tau's energy that its e or mu has",
    "pion_of_tau": r"Share of a tau's energy that its only $\pi^\pm$ has",
}


class Average(NamedTuple):
    """A mean over events, leptons or taus.

    Attributes:
        value: The mean.
        error: Its statistical error.
    """

    value: float
    error: float


@dataclass(frozen=True)
class Study:
    """One choice.

    Attributes:
        label: What the alternative is called.
        processes: Where to look at it.
        extra: Pythia's settings of the alternative.
        quantities: Names in `QUANTITIES`.
    """

    label: str
    processes: tuple[str, ...]
    extra: tuple[str, ...]
    quantities: tuple[str, ...]


EVENT_QUANTITIES = tuple(QUANTITIES)[:6]
STUDIES = {
    "multiple_interactions": Study(
        label="with multiple interactions",
        processes=("ttbar_2l", "wz_3l"),
        extra=("PartonLevel:MPI = on",),
        quantities=EVENT_QUANTITIES,
    ),
    "tau_polarisation": Study(
        label="with weak decays of polarised taus",
        processes=("wz_3l", "ztautau_jet"),
        extra=(
            "TauDecays:mode = 1",
            "15:2:products = 16 11 -12",
            "15:2:meMode = 1531",
            "15:3:products = 16 13 -14",
            "15:3:meMode = 1531",
        ),
        quantities=tuple(QUANTITIES),
    ),
}


@dataclass
class _Sums:
    """Values and weights, batch by batch."""

    values: list[Floats] = field(default_factory=list)
    weights: list[Floats] = field(default_factory=list)

    def add(self, values: NDArray[Any], weights: Floats) -> None:
        self.values.append(values.astype(np.float64))
        self.weights.append(weights)

    def average(self) -> Average:
        """Weighted mean; its error is that of a ratio of two sums over the same entries."""
        x, w = np.concatenate(self.values), np.concatenate(self.weights)
        if not w.sum():
            return Average(float("nan"), float("nan"))
        mean = float(np.average(x, weights=w))
        return Average(mean, float(np.sqrt(np.sum((w * (x - mean)) ** 2)) / w.sum()))


def measure(process: str, events: int, seed: int, extra: Sequence[str] = ()) -> dict[str, Average]:
    """Every quantity of one process with some settings.

    Each event is measured once and all with two leptons are kept, whatever their missing momentum.

    Args:
        process: Name of the process.
        events: Events to generate.
        seed: Seed of all random numbers.
        extra: Pythia's settings that differ from the project's.

    Returns:
        The averages by the names in `QUANTITIES`; not a number where nothing was found.

    Raises:
        InputError: An unknown process or setting.
    """
    generator = Generator(find_process(process), seed, extra)
    rng = np.random.default_rng(seed)
    table = replace(Response(), ntuple_missing_pt=0.0)
    sums = {name: _Sums() for name in QUANTITIES}
    for particles in generator.batches(events):
        _of_events(sums, particles, respond(particles, generator.kinds, rng, table))
        _of_taus(sums, particles)
    return {name: one.average() for name, one in sums.items()}


def _of_events(sums: Mapping[str, _Sums], particles: Particles, found: Reconstructed) -> None:
    """Add what the detector found in a batch."""
    n = len(found.place)
    leptons = np.zeros(len(particles.weight), dtype=np.int64)
    leptons[found.place] = count(found.leptons.event, n)
    sums["two_leptons"].add(leptons >= 2, particles.weight)
    sums["three_leptons"].add(leptons == 3, particles.weight)
    isolated = found.leptons.track_cone < ISOLATED * found.leptons.pt
    sums["isolated"].add(isolated, found.weight[found.leptons.event])
    sums["jets"].add(count(found.jets.event, n), found.weight)
    sums["missing"].add(found.missing_pt, found.weight)
    sums["missing_50"].add(found.missing_pt > MISSING, found.weight)


def _of_taus(sums: Mapping[str, _Sums], particles: Particles) -> None:
    """Add how the taus of a batch share their energy; those before any acceptance."""
    kind = np.abs(particles.pdg)
    of_tau = kind[particles.mother] == TAU
    children = np.bincount(particles.mother[of_tau], minlength=len(kind))
    lepton = of_tau & ((kind == ELECTRON) | (kind == MUON))
    # the tau's neutrino is the only other child; copies of a tau have one child, photons come along
    pion = of_tau & (kind == PION) & (children[particles.mother] == 2)
    for name, chosen in (("lepton_of_tau", lepton), ("pion_of_tau", pion)):
        share = particles.e[chosen] / particles.e[particles.mother[chosen]]
        sums[name].add(share, particles.weight[particles.event[chosen]])


def measured(path: Path = MEASURED) -> dict[str, Any]:
    """What ``benchmarks/validation.py`` wrote: ``made_with``, ``events``, ``seed``, ``studies``."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def validation_table(study: str, path: Path = MEASURED) -> pd.DataFrame:
    """The numbers of a study.

    Args:
        study: Name in `STUDIES`.
        path: What ``benchmarks/validation.py`` wrote.

    Returns:
        A row for each process and quantity that was found in both: ``process``, ``quantity``,
        ``chosen``, ``chosen_error``, ``alternative``, ``alternative_error``, and ``pull``, the
        difference (alternative - chosen) in units of its error.
    """
    rows = []
    for process, both in measured(path)["studies"][study].items():
        for name in STUDIES[study].quantities:
            if not all(name in one for one in both.values()):
                continue
            chosen, alternative = (Average(*both[key][name]) for key in ("chosen", "alternative"))
            error = float(np.hypot(chosen.error, alternative.error))
            rows.append(
                {
                    "process": process,
                    "quantity": QUANTITIES[name],
                    "chosen": chosen.value,
                    "chosen_error": chosen.error,
                    "alternative": alternative.value,
                    "alternative_error": alternative.error,
                    "pull": (alternative.value - chosen.value) / error if error else 0.0,
                }
            )
    return pd.DataFrame(rows)
