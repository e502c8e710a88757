"""Events from Pythia 8, whichever module of it is installed, in batches, as flat arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.simulate.process import Process

__all__ = ("BATCH", "NO_PARTICLES", "Generator", "Kinds", "Particles", "pythia_module")

BATCH = 500  # events at once: more take more memory and no less time
MAX_SEED = 900_000_000  # Pythia refuses larger ones
MILLIBARN = 1e9  # in pb

COMMON_SETTINGS = (
    "Print:quiet = on",
    "Next:numberCount = 0",
    "Beams:eCM = 13000.",
    # Rounding in the boosts of light particles is no reason to throw an event away.
    "Check:epTolErr = 1e-2",
    # Multiple interactions would cost ten times the rest; soft activity is put in by the response.
    "PartonLevel:MPI = off",
    # The last radiation, from 1 GeV down to Pythia's 0.5, takes as long as all before it and is
    # lost in the jets; it is left to the strings.
    "TimeShower:pTmin = 1.",
    # Left to the detector, as in ATLAS's samples: K0S, Lambda and what else flies centimetres.
    "ParticleDecays:limitTau0 = on",
    "ParticleDecays:tau0Max = 10.",
    # A calorimeter can't tell its two photons, a third of all particles, from one.
    "111:mayDecay = off",
    # Pythia's decays of polarised taus cost 13 ms an event. Here taus have no spin, and leptonic
    # decays the V - A matrix element, whose first product must be the lepton's own neutrino, and
    # weights for the spin (`tau_spin`); hadronic ones are flat in phase space.
    "TauDecays:mode = 0",
    "15:2:products = -12 11 16",
    "15:2:meMode = 22",
    "15:3:products = -14 13 16",
    "15:3:meMode = 22",
)

# what begins a setting of hard processes
HARD_PROCESSES = (
    "HiggsSM:",
    "LeftRightSymmmetry:",
    "PhaseSpace:",
    "Top:",
    "WeakBosonAndParton:",
    "WeakDoubleBoson:",
    "WeakSingleBoson:",
)


@dataclass(frozen=True)
class Particles:
    """The full records of a batch of events, particle after particle.

    Arrays have one value a particle, but for ``offsets`` and ``weight``.
    """

    # place of each event's first particle, and the number of all; shape (n + 1,)
    offsets: NDArray[np.int64]
    pdg: NDArray[np.int32]  # particle numbers of the Particle Data Group
    final: NDArray[np.bool_]  # whether the particle is in the final state
    # place of the first mother, counted from the event's first particle
    mother_in_event: NDArray[np.int32]
    # px, py, pz, e: four-momentum [GeV]
    px: NDArray[np.float64]
    py: NDArray[np.float64]
    pz: NDArray[np.float64]
    e: NDArray[np.float64]
    weight: NDArray[np.float64]  # generator weights, shape (n,)

    @cached_property
    def event(self) -> NDArray[np.int64]:
        """Number of each particle's event in the batch, rising."""
        return np.repeat(np.arange(len(self.weight)), np.diff(self.offsets))

    @cached_property
    def mother(self) -> NDArray[np.int64]:
        """Place of each particle's first mother in these arrays."""
        return self.offsets[self.event] + self.mother_in_event


NO_PARTICLES = Particles(
    offsets=np.zeros(1, np.int64),
    pdg=np.zeros(0, np.int32),
    final=np.zeros(0, np.bool_),
    mother_in_event=np.zeros(0, np.int32),
    **{name: np.zeros(0) for name in ("px", "py", "pz", "e", "weight")},
)


@dataclass(frozen=True)
class Kinds:
    """What a detector needs to know of each kind of particle."""

    known: NDArray[np.int64]  # particle numbers, rising, positive ones only
    charged: NDArray[np.bool_]  # whether they have a charge
    visible: NDArray[np.bool_]  # whether they leave a signal: neutrinos and dark matter don't


def pythia_module() -> Any:
    """The Python module of Pythia 8: `pythia8mc` from PyPI, else conda-forge's `pythia8`.

    Raises:
        InputError: Neither is installed.
    """
    for name in ("pythia8mc", "pythia8"):
        try:
            return import_module(name)
        except ModuleNotFoundError:
            continue
    msg = (
        "Pythia 8 is not installed, so no events can be simulated; the package index has "
        "pythia8mc for Linux on x86-64 only, elsewhere make the environment with conda "
        "(environment.yml takes pythia8 from conda-forge), or use a profile with files: local, "
        "opendata-2020"
    )
    raise InputError(msg)


class Generator:
    """Pythia, set up for one process with one seed.

    Args:
        process: What to make.
        seed: Pythia's seed; the same seed gives the same events.
        extra: Further settings, which win over the process's own.
        hard_events: A Les Houches file of hard events to shower, in place of Pythia's own.

    Attributes:
        pythia: Pythia itself.
        sum_of_weights: Of the events of `batches` so far.

    Raises:
        InputError: Pythia does not know a setting, or can't start with these.
    """

    def __init__(
        self,
        process: Process,
        seed: int,
        extra: Sequence[str] = (),
        hard_events: Path | None = None,
    ) -> None:
        self.pythia = pythia_module().Pythia("", False)
        self.sum_of_weights = 0.0
        seeding = ("Random:setSeed = on", f"Random:seed = {1 + seed % (MAX_SEED - 1)}")
        settings = process.settings
        if hard_events:  # Pythia would mix them with its own
            settings = tuple(line for line in settings if not line.startswith(HARD_PROCESSES))
            extra = ("Beams:frameType = 4", f"Beams:LHEF = {hard_events}", *extra)
        for line in (*COMMON_SETTINGS, *seeding, *settings, *extra):
            if not self.pythia.readString(line):
                msg = f"process {process.name}: Pythia does not know the setting {line!r}"
                raise InputError(msg)
        # Pythia holds only a bare pointer to it
        if process.matrix_element and not hard_events:
            self._matrix_element = process.matrix_element()
            self.pythia.addSigmaPtr(self._matrix_element)
        if not self.pythia.init():
            msg = f"process {process.name}: Pythia could not be initialised (see its messages)"
            raise InputError(msg)

    def attempts(self, events: int, size: int = BATCH) -> Iterator[Particles]:
        """What comes of ``events`` attempts, ``size`` at a time; failed ones are left out."""
        for made in range(0, events, size):
            batch = self.pythia.nextBatch(min(size, events - made))
            if len(batch):
                yield _flatten(batch)

    def records(self, events: int, size: int = BATCH) -> Iterator[Any]:
        """Pythia's own arrays of exactly ``events`` events, ``size`` at a time.

        Raises:
            InputError: Pythia makes no events with these settings.
        """
        made = 0
        while made < events:
            batch = self.pythia.nextBatch(min(size, events - made))
            if len(batch) == 0:
                msg = f"Pythia stopped after {made} of {events} events (see its messages)"
                raise InputError(msg)
            made += len(batch)
            yield batch

    def batches(self, events: int, size: int = BATCH) -> Iterator[Particles]:
        """Exactly ``events`` events, ``size`` at a time.

        Raises:
            InputError: Pythia makes no events with these settings.
        """
        for batch in self.records(events, size):
            particles = _flatten(batch)
            self.sum_of_weights += float(particles.weight.sum())
            yield particles

    @property
    def cross_section_pb(self) -> tuple[float, float]:
        """Pythia's estimate from the events so far, and its statistical error [pb]."""
        info = self.pythia.infoPython()  # a snapshot, so it is taken anew each time
        return float(info.sigmaGen()) * MILLIBARN, float(info.sigmaErr()) * MILLIBARN

    @cached_property
    def kinds(self) -> Kinds:
        """Pythia's table of particles."""
        data = self.pythia.particleData
        known, one = [], 1  # the d quark, the first of the table
        while one:
            known.append(one)
            one = data.nextId(one)
        return Kinds(
            known=np.array(known),
            charged=np.array([data.charge(one) != 0 for one in known]),
            visible=np.array([data.isVisible(one) for one in known]),
        )


def _flatten(batch: Any) -> Particles:
    """Pythia's array of events as flat arrays, which share its memory."""
    record = ak.to_layout(batch.prt)
    offsets, content = record.offsets.data, record.content
    momentum = content["p"]
    return Particles(
        offsets=offsets,
        pdg=content["id"].data,
        final=content["status"].data > 0,
        mother_in_event=content["mother1"].data,
        px=momentum["px"].data,
        py=momentum["py"].data,
        pz=momentum["pz"].data,
        e=momentum["e"].data,
        weight=ak.to_numpy(batch.info.weights[:, 0]),
    )
