"""From generated to reconstructed electrons and muons."""

from dataclasses import dataclass

import numpy as np

from lepsearch.constants import ELECTRON, MUON
from lepsearch.simulate.arrays import Bools, Collection, Floats, Ints, pseudorapidity
from lepsearch.simulate.loops import around_leptons
from lepsearch.simulate.particles import EventView, turn_on
from lepsearch.simulate.response_table import Response

__all__ = ("MeasuredLeptons", "TrueLeptons", "d0_resolution", "dress_leptons", "measure_leptons")

MUON_MASS = 0.10566  # GeV


@dataclass(frozen=True)
class TrueLeptons(Collection):
    """Prompt leptons that are found, before anything is measured; GeV, rad."""

    kind: Ints  # 11 or 13
    charge: Ints  # in units of e
    # pt, eta, phi: momentum, with the photons around electrons
    pt: Floats
    eta: Floats
    phi: Floats
    from_tau: Bools  # from a tau
    track_cone: Floats  # sum of track pT around it (ptcone30)
    calorimeter_cone: Floats  # sum of energy around it (etcone20); measured, it may be negative


@dataclass(frozen=True)
class MeasuredLeptons(TrueLeptons):
    """Reconstructed leptons in no particular order, momentum, charge and cones as measured."""

    gain: Floats  # measured minus true pT [GeV]
    prompt: Bools  # from a W, Z, Z', tau; not a jet
    tight: Bools  # passes the tight identification
    # d0, d0_significance, z0: impact parameters [mm]; the significance has no sign
    d0: Floats
    d0_significance: Floats
    z0: Floats

    @property
    def energy(self) -> Floats:
        """Energies of electrons and muons [GeV]."""
        return np.hypot(self.pt * np.cosh(self.eta), np.where(self.kind == MUON, MUON_MASS, 0.0))


def dress_leptons(view: EventView, table: Response) -> tuple[TrueLeptons, Bools]:
    """Momenta and surroundings of the prompt leptons found.

    Electrons take the photons around them into their momentum; the second result says which of the
    view's particles these are.
    """
    found, seen = view.leptons.take(view.leptons.prompt), view.visible
    place, momentum = found.place, (seen.px, seen.py, seen.pz)
    sums, photons = around_leptons(
        place, np.searchsorted(seen.event, np.arange(len(view) + 1)), seen.event, seen.pdg,
        momentum, seen.pt, seen.charged,
        (table.track_cone, table.calorimeter_cone, table.electron_dressing_radius),
        table.track_min_pt, table.tracker_max_eta,
    )  # fmt: skip
    px, py, pz = (one[place] + sums[:, i] for i, one in enumerate(momentum))
    return TrueLeptons(
        event=found.event,
        kind=np.abs(seen.pdg[place]).astype(np.int64),
        charge=-np.sign(seen.pdg[place]).astype(np.int64),
        pt=np.hypot(px, py),
        eta=pseudorapidity(px, py, pz),
        phi=np.arctan2(py, px),
        from_tau=found.from_tau,
        track_cone=sums[:, 3],
        calorimeter_cone=sums[:, 4],
    ), photons


def measure_leptons(
    true: TrueLeptons, table: Response, rng: np.random.Generator
) -> MeasuredLeptons:
    """Momenta, charges, isolation and impact parameters as a detector would give them."""
    n = len(true.event)
    kind = true.kind
    shift = np.maximum(resolution(kind, true.pt, true.eta, table) * rng.normal(size=n), -0.9)
    pt = true.pt * (1 + shift)
    flight = np.where(true.from_tau, table.tau_d0_significance, 0.0) * rng.exponential(size=n)
    significance = np.abs(rng.normal(size=n)) + flight
    # now and then the charge of an electron comes out wrong
    flips = (rng.random(n) < table.electron_flip * (1 + true.eta**2)) & (kind == ELECTRON)
    return MeasuredLeptons(
        event=true.event,
        kind=kind,
        charge=np.where(flips, -true.charge, true.charge),
        from_tau=true.from_tau,
        pt=pt,
        eta=true.eta,
        phi=true.phi,
        gain=true.pt * shift,
        prompt=np.ones(n, dtype=bool),
        tight=rng.random(n) < _tight(kind, pt, table),
        track_cone=true.track_cone,
        calorimeter_cone=true.calorimeter_cone + table.calorimeter_cone_noise * rng.normal(size=n),
        d0=significance * d0_resolution(kind, table) * rng.choice([-1.0, 1.0], n),
        d0_significance=significance,
        z0=table.z0_resolution * rng.normal(size=n),
    )


def d0_resolution(kind: Ints, table: Response) -> Floats:
    """Resolution of the transverse impact parameter [mm]."""
    return np.where(kind == ELECTRON, table.electron_d0_resolution, table.muon_d0_resolution)


def resolution(kind: Ints, pt: Floats, eta: Floats, table: Response) -> Floats:
    """Relative resolution of a lepton's momentum.

    Electrons: sampling / sqrt(E), constant and noise / E in quadrature; muons: constant and
    sagitta x pT in quadrature.
    """
    energy = pt * np.cosh(eta)
    electron = np.sqrt(
        table.electron_sampling**2 / energy
        + table.electron_constant**2
        + (table.electron_noise / energy) ** 2
    )
    muon = np.hypot(table.muon_constant, table.muon_sagitta * pt)
    return np.where(kind == ELECTRON, electron, muon)


def _tight(kind: Ints, pt: Floats, table: Response) -> Floats:
    """Probability that a lepton found is also tight."""
    above = turn_on(pt - table.lepton_min_pt, table.electron_tight_scale)
    electron = table.electron_tight_threshold + table.electron_tight_gain * above
    return np.where(kind == ELECTRON, electron, table.muon_tight)
