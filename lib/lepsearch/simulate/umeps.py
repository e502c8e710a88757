"""Z + jets with genuine negative weights: two multiplicities merged by UMEPS.

Unitarised matrix-element and parton-shower merging (Lönnblad and Prestel, arXiv:1211.4827): events
with a hard parton replace what the shower would have made of those without one; so that the
inclusive cross section stays what it was, each is also clustered back to no parton and subtracted,
with a negative weight. Both multiplicities are at leading order.

Pythia makes the hard events at a fixed scale, they go through a file in the Les Houches format, and
Pythia reads them three times: without parton, with one, and with one clustered back.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np

from lepsearch.errors import InputError
from lepsearch.simulate.enrichment import Choice, EnrichedGenerator
from lepsearch.simulate.hard import HARD, event_file, look_at
from lepsearch.simulate.process import Process
from lepsearch.simulate.pythia import BATCH, Generator, Particles

__all__ = ("MergedGenerator", "event_source")

Z_MASS = 91.2  # GeV: all scales of the hard events, which the merging replaces
FIXED_SCALES = (
    "SigmaProcess:factorScale1 = 2",  # fixed, in 2 -> 1
    "SigmaProcess:renormScale2 = 5",  # fixed, in 2 -> 2
    "SigmaProcess:factorScale2 = 5",
    f"SigmaProcess:renormFixScale = {Z_MASS**2}",
    f"SigmaProcess:factorFixScale = {Z_MASS**2}",
)
HARD_MARGIN = 0.8  # partons are made from this share of the merging scale on, and cut at it


class MergedGenerator:
    """Events of a process with merging; to be used like a `Generator`.

    Weights are in pb: their sum over the number of events is the merged cross section, but for the
    randomness of the choice. A third of
    the events each has no parton, one, and one clustered back, the latter two from the same hard
    events. Events of weight zero, among them those with a parton below the merging
    scale, are left out of the batches.

    Args:
        process: What to make; with ``merging``.
        seed: The same seed gives the same events.
        extra: Further settings of the showers.

    Raises:
        InputError: A process without merging, or settings that Pythia does not take.
    """

    def __init__(self, process: Process, seed: int, extra: Sequence[str] = ()) -> None:
        if process.merging is None:
            msg = f"process {process.name} says nothing of merging; expected its `merging`"
            raise InputError(msg)
        self._process, self._merging = process, process.merging
        self._seeds = [int(one) for one in np.random.SeedSequence(seed).generate_state(6)]
        self._extra = tuple(extra)
        self.sum_of_weights = 0.0
        self._none = self._hard(0)
        self.kinds = self._none.kinds
        self._choice = Choice(process.enrichment, self.kinds, self._seeds[5])

    def batches(self, events: int, size: int = BATCH) -> Iterator[Particles]:
        """What is left of ``events`` events without those of weight zero, ``size`` at a time.

        Raises:
            InputError: Pythia makes no such events.
        """
        with_parton = events // 3
        without = events - 2 * with_parton
        with tempfile.TemporaryDirectory() as folder:
            for parton, made in ((0, without), (1, with_parton)):
                if made == 0:  # of one or two events none has a parton
                    continue
                path = Path(folder, f"{parton}.lhe")
                hard = self._none if parton == 0 else self._hard(1)
                with event_file(path) as file:
                    kept = sum(self._choice.write(file, one) for one in look_at(hard, made))
                pb, _ = hard.cross_section_pb
                if parton == 0:
                    self.sum_of_weights += pb * events
                for clustered in range(parton + 1 if kept else 0):
                    factor = (-1) ** clustered * pb * events / made
                    for one in self._shower(path, parton, clustered, kept, size):
                        yield _weighted(one, factor)

    @property
    def cross_section_pb(self) -> tuple[float, float]:
        """Merged cross section, and its statistical error [pb].

        It is that of the events without parton: what is added to them is subtracted again.
        """
        return self._none.cross_section_pb

    def _hard(self, partons: int) -> Generator:
        """Pythia for hard events with no parton or with one."""
        merging = self._merging
        least = f"PhaseSpace:pTHatMin = {HARD_MARGIN * merging.scale}"
        more = (*merging.with_parton, least) if partons else merging.without_parton
        return Generator(self._process, self._seeds[partons], (*HARD, *FIXED_SCALES, *more))

    def _shower(
        self, path: Path, partons: int, clustered: int, made: int, size: int
    ) -> Iterator[Particles]:
        """The events of a file after shower and hadronisation, with the weights of the merging."""
        lines = (
            f"Merging:Process = {self._merging.hard_process}",
            f"Merging:TMS = {self._merging.scale}",
            "Merging:nJetMax = 1",
            f"Merging:nRequested = {partons}",
            f"Merging:nRecluster = {clustered}",
            f"Merging:doUMEPS{'Subt' if clustered else 'Tree'} = on",
            *(f"Merging:{one} = {Z_MASS}" for one in ("muFac", "muRen", "muFacInME", "muRenInME")),
            "Merging:includeWeightInXsection = off",
            *self._extra,
        )
        with _silent():
            pythia = Generator(self._process, self._seeds[2 + partons + clustered], lines, path)
        # Pythia passes over partons below the merging scale, so the file may end before its events
        yield from pythia.attempts(made, size)


def event_source(
    process: Process, seed: int, extra: Sequence[str] = ()
) -> Generator | EnrichedGenerator | MergedGenerator:
    """What makes the events of a process: merging, a choice of hard events, or Pythia alone."""
    if process.merging:
        return MergedGenerator(process, seed, extra)
    return (EnrichedGenerator if process.enrichment else Generator)(process, seed, extra)


def _weighted(particles: Particles, factor: float) -> Particles:
    """The events whose weight is not zero, with their weights times a factor."""
    kept = particles.weight != 0
    taken = kept[particles.event]
    columns = {one.name: getattr(particles, one.name) for one in fields(particles)}
    offsets = np.cumsum([0, *np.diff(columns.pop("offsets"))[kept]])
    weight = factor * columns.pop("weight")[kept]
    columns = {name: one[taken] for name, one in columns.items()}
    return Particles(offsets=offsets, weight=weight, **columns)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what C++ writes to the standard output off the screen: merging has a banner."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
