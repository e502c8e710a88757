"""Hard processes as arrays, and as files of Les Houches events (hep-ph/0609017) to be showered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import awkward as ak
import numpy as np

from lepsearch.simulate.arrays import Floats, Ints, count
from lepsearch.simulate.pythia import Generator

__all__ = ("HARD", "NO_RADIATION", "RADIATION", "HardEvents", "event_file", "look_at", "write")

# Pythia's own arrays hold an event from the parton level on, so this is passed, doing nothing.
HARD = (
    "PartonLevel:ISR = off",
    "PartonLevel:FSR = off",
    "PartonLevel:Remnants = off",
    "HadronLevel:all = off",
    "Check:event = off",
)
INTEGERS = ("id", "status", "mother1", "mother2", "col", "acol")
MOMENTUM = ("px", "py", "pz", "e")
LOOKED_AT = 5_000  # hard events at once
INCOMING = -21  # Pythia's status of a parton that comes in
BEFORE = 3  # entries before the incoming partons: the system and the beams
HEAD = " %d 1 %.10e %.8e %.8e %.8e\n"
PARTICLE = " %d %d %d %d %d %d" + 5 * " %.10e" + " 0. 9.\n"  # its flight and spin are not told


@dataclass(frozen=True)
class HardEvents:
    """Hard processes of a batch, decays of resonances included, particle after particle."""

    offsets: Ints  # place of each event's first particle, and the number of all; shape (n + 1,)
    columns: dict[str, Any]  # Pythia's own columns of the particles, and px, py, pz, e [GeV]
    weight: Floats  # weights of their generation, shape (n,)
    # scale, alpha_em, alpha_s: factorisation scale [GeV] and couplings, shape (n,)
    scale: Floats
    alpha_em: Floats
    alpha_s: Floats

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def event(self) -> Ints:
        """Number of each particle's event, rising."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


# Radiation of what resonances decay to, whose photons may be pairs of leptons.
RADIATION = ("PartonLevel:FSR = on", "PartonLevel:FSRinProcess = off")
NO_RADIATION = ("PartonLevel:FSRinResonances = off",)
KEPT_STATUS = (INCOMING, -22)  # Pythia's status of intermediate particles that the file needs


def look_at(generator: Generator, events: int) -> Iterator[HardEvents]:
    """The hard processes of ``events`` events of a generator with the settings `HARD`."""
    for batch in generator.records(events, LOOKED_AT):
        layout, info = ak.to_layout(batch.prt), batch.info
        content, momentum = layout.content, layout.content["p"]
        columns = {name: content[name].data for name in INTEGERS}
        columns |= {"m": content["m"].data} | {name: momentum[name].data for name in MOMENTUM}
        yield HardEvents(
            *_without_copies(layout.offsets.data, columns),
            weight=ak.to_numpy(info.weights[:, 0]),
            scale=np.sqrt(ak.to_numpy(info.Q2Fac)),
            alpha_em=ak.to_numpy(info.alphaEM),
            alpha_s=ak.to_numpy(info.alphaS),
        )


def _without_copies(offsets: Ints, columns: dict[str, Any]) -> tuple[Ints, dict[str, Any]]:
    """The particles without those that are only steps on the way of radiation.

    What is left has the nearest of the others as its mother.
    """
    status, kept = columns["status"], np.isin(columns["status"], KEPT_STATUS)
    kept |= status > 0
    event = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    within = np.arange(len(status)) - offsets[event]
    kept |= within < BEFORE
    if kept.all():
        return offsets, columns
    mother = columns["mother1"].astype(np.int64)
    while not np.all(settled := kept[offsets[event] + mother]):
        mother = np.where(settled, mother, mother[offsets[event] + mother])
    # places are counted anew, by event
    place = np.cumsum(kept) - 1
    new_offsets = np.concatenate([[0], np.cumsum(count(event[kept], len(offsets) - 1))])
    place -= new_offsets[event]
    columns = columns | {"mother1": place[offsets[event] + mother]}
    second = columns["mother2"]
    columns["mother2"] = np.where(status == KEPT_STATUS[1], place[offsets[event] + second], 0)
    return new_offsets, {name: one[kept] for name, one in columns.items()}


def write(file: IO[str], hard: HardEvents, chosen: Ints, weight: Floats) -> None:
    """Write the chosen events (rising) and their weights: a line on each, then one a particle."""
    event = hard.event
    kept = np.isin(event, chosen) & (np.arange(len(event)) - hard.offsets[event] >= BEFORE)
    kind, status, mother1, mother2, *others = (one[kept] for one in hard.columns.values())
    incoming = status == INCOMING
    code = np.where(incoming, -1, np.where(status < 0, 2, 1))
    mothers = [np.where(incoming, 0, np.maximum(one - BEFORE + 1, 0)) for one in (mother1, mother2)]
    col, acol, mass, *momentum = others
    values = (kind, code, *mothers, col, acol, *momentum, mass)
    particles = [PARTICLE % row for row in zip(*(one.tolist() for one in values), strict=True)]
    sizes = np.diff(hard.offsets)[chosen] - BEFORE
    scales = (one[chosen] for one in (hard.scale, hard.alpha_em, hard.alpha_s))
    heads = zip(*(one.tolist() for one in (sizes, weight, *scales)), strict=True)
    for end, head in zip(np.cumsum(sizes).tolist(), heads, strict=True):
        text = "".join(particles[end - head[0] : end])
        file.write(f"<event>\n{HEAD % head}{text}</event>\n")


@contextmanager
def event_file(path: Path) -> Iterator[IO[str]]:
    """A file of Les Houches events for `write`; weights are taken as they are (strategy -4)."""
    with path.open("w", encoding="ascii") as file:
        file.write('<LesHouchesEvents version="1.0">\n')
        # two protons of 6.5 TeV; one process, whose cross section is not read off the file
        file.write("<init>\n 2212 2212 6500. 6500. 0 0 0 0 -4 1\n 1. 1. 1. 1\n</init>\n")
        yield file
        file.write("</LesHouchesEvents>\n")
