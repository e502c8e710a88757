"""Measure what multiple interactions and polarised taus change; chapter 8 shows the result.

    python benchmarks/validation.py [EVENTS] [WORKERS]

Makes EVENTS events (20000 by default) of each process with and without, 15 minutes of one core, and
writes lib/lepsearch/simulate/validation.json, which is committed. Run it again when the response or
a process changes. All events with two leptons count, whatever their missing momentum.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from lepsearch.constants import ELECTRON, MUON, TAU
from lepsearch.files import whole
from lepsearch.parallel import ordered_map
from lepsearch.simulate import response
from lepsearch.simulate.arrays import count
from lepsearch.simulate.particles import view_events
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator, Particles
from lepsearch.simulate.response import MeasuredEvents
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.tau_spin import spin_weights
from lepsearch.simulate.validation import MEASURED
from lepsearch.stats.estimate import weighted_mean

SEED, PION, MISSING = 20, 211, 50.0  # GeV: the dilepton region's cut
TABLE = replace(Response(), ntuple_missing_pt=0.0)
DECAYS = "15:2:products = 16 11 -12", "15:3:products = 16 13 -14"
STUDIES = {  # where to look, and Pythia's settings of the alternative
    "multiple_interactions": (("ttbar_2l", "wz_3l"), ("PartonLevel:MPI = on",)),
    "tau_polarisation": (
        ("wz_3l", "ztautau_jet"),
        ("TauDecays:mode = 1", *DECAYS, "15:2:meMode = 1531", "15:3:meMode = 1531"),
    ),
}


def quantities(particles: Particles, found: MeasuredEvents) -> dict:
    """Values and weights of each quantity in a batch; taus are those before any acceptance."""
    n, leptons = len(found.place), np.zeros(len(particles.weight), dtype=np.int64)
    leptons[found.place] = count(found.leptons.event, n)
    isolated = found.leptons.track_cone < TABLE.isolation * found.leptons.pt
    kind, mother = np.abs(particles.pdg), particles.mother
    of_tau = kind[mother] == TAU
    children = np.bincount(mother[of_tau], minlength=len(kind))
    light = of_tau & np.isin(kind, (ELECTRON, MUON))
    # the tau's neutrino is the only other child; copies of a tau have one child, photons come along
    pion = of_tau & (kind == PION) & (children[mother] == 2)
    share, of = particles.e / particles.e[mother], particles.weight[particles.event]
    return {
        "Events with two leptons or more": (leptons >= 2, particles.weight),
        "Events with three leptons": (leptons == 3, particles.weight),
        "Leptons with isolated tracks": (isolated, found.weight[found.leptons.event]),
        "Jets in an event": (count(found.jets.event, n), found.weight),
        "Missing transverse momentum [GeV]": (found.missing_pt, found.weight),
        "Events above 50 GeV of it": (found.missing_pt > MISSING, found.weight),
        "Share of a tau's energy that its e or mu has": (share[light], of[light]),
        "Share of a tau's energy that its only π± has": (share[pion], of[pion]),
    }


def measure(task: tuple[str, int, int, tuple[str, ...]]) -> dict[str, list[float]]:
    """Mean and error of every quantity of one process with some settings that was found."""
    process, events, seed, extra = task
    generator, rng = Generator(find_process(process), seed, extra), np.random.default_rng(seed)
    how = rng, TABLE, Treatment()
    batches = []
    for one in generator.batches(events):
        # weights for the taus' spin are taken away again: it is what this measures
        plain = replace(one, weight=one.weight / spin_weights(one))
        view = view_events(plain, generator.kinds, rng, TABLE, 2)
        batches.append(quantities(one, response.measure(view, *how)))
    means = {
        name: weighted_mean(*(np.concatenate([one[name][i] for one in batches]) for i in (0, 1)))
        for name in batches[0]
    }
    return {
        name: [float(f"{x:.5g}") for x in (one.value, one.error)]
        for name, one in means.items()
        if np.isfinite(one.value)
    }


def main() -> None:
    """Measure all and write the file."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    pairs = [(name, process) for name, (where, _) in STUDIES.items() for process in where]
    tasks = [
        (process, events, SEED + other, STUDIES[name][1] if other else ())
        for name, process in pairs
        for other in (0, 1)
    ]
    found, rows = ordered_map(measure, tasks, workers=workers), []
    for name, process in pairs:
        chosen, other = next(found), next(found)
        taus = name == "tau_polarisation"
        common = [one for one in chosen if one in other and (taus or "tau" not in one)]
        rows += [[name, process, one, *chosen[one], *other[one]] for one in common]
    record = {
        "made_with": {one: version(one) for one in ("fastjet", "numpy", "pythia8mc")},
        "events": events,
        "seed": SEED,
        "settings": {name: list(extra) for name, (_, extra) in STUDIES.items()},
        "rows": rows,
    }
    with whole(MEASURED) as part:
        part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
