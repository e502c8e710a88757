"""Small samples of reconstructed events, made once a session."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import awkward as ak
import numpy as np
import pytest

from lepsearch.simulate.ntuple_writer import columns
from lepsearch.simulate.particles import view_events
from lepsearch.simulate.process import Treatment
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.response import measure
from lepsearch.simulate.response_table import Response

# all events with two leptons, whatever their missing momentum: small samples tell more
OPEN = replace(Response(), ntuple_missing_pt=-1.0)
HEAVY_130 = (("sector", "heavy"), ("mass", 130))


@dataclass(frozen=True)
class Sample:
    """Kept events (GeV became MeV), and the weights of all that were generated."""

    kept: ak.Array
    weights: np.ndarray

    def lepton(self, name: str, place: int) -> np.ndarray:
        """A lepton's property in each event: 0 the leading lepton, 1 the next."""
        return ak.to_numpy(self.kept.lep[name][:, place])

    @property
    def two_leptons(self) -> tuple[np.ndarray, np.ndarray]:
        """Mass and transverse momentum of the two leading leptons [GeV]."""
        pt, eta, phi = (
            [self.lepton(name, place).astype(float) for place in (0, 1)]
            for name in ("pt", "eta", "phi")
        )
        mass = np.sqrt(2 * pt[0] * pt[1] * (np.cosh(eta[0] - eta[1]) - np.cos(phi[0] - phi[1])))
        px, py = (sum(pt[i] * f(phi[i]) for i in (0, 1)) for f in (np.cos, np.sin))
        return mass / 1000, np.hypot(px, py) / 1000

    @property
    def same_flavour_opposite_sign(self) -> np.ndarray:
        """Mask of events whose leading leptons are e+e- or mu+mu-."""
        same = self.lepton("type", 0) == self.lepton("type", 1)
        return same & (self.lepton("charge", 0) != self.lepton("charge", 1))


@cache
def _make(
    process: str,
    events: int,
    parameters: tuple,
    extra: tuple,
    seed: int,
    treatment: Treatment,
    table: Response,
) -> Sample:
    generator = Generator(find_process(process, dict(parameters)), seed, extra)
    rng = np.random.default_rng(seed)
    parts, weights = [], []
    first = 1
    for particles in generator.batches(events):
        view = view_events(particles, generator.kinds, rng, table, treatment.min_leptons)
        parts.append(columns(measure(view, rng, table, treatment), first))
        first += len(particles.weight)
        weights.append(particles.weight)
    return Sample(ak.concatenate(parts), np.concatenate(weights))


@pytest.fixture(scope="session")
def make() -> Callable[..., Sample]:
    """Make a sample, or take the one made before with the same arguments."""

    def inner(
        process,
        events,
        parameters=(),
        extra=(),
        seed=11,
        treatment=None,
        table=OPEN,
    ):
        return _make(process, events, parameters, extra, seed, treatment or Treatment(), table)

    return inner
