"""Leptons and jets of the selection, and quantities of them from which the features are made.

Thresholds are those of the final thesis A where it states them (electrons, muons, impact
parameters, jets); identification and isolation are the release's own (see ``releases``).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch import constants
from lepsearch.events.kinematics import delta_phi, four_vector, mass
from lepsearch.events.records import Events, Jets, Leptons, leading

BASELINE_PT = 10.0  # GeV; our choice, neither thesis states one
JET_PT = 20.0  # GeV
JET_ETA = 2.8
B_JET_ETA = 2.5
JVT = 0.59  # jets below JVT_PT in the tracker must come from the primary vertex
JVT_PT = 60.0  # GeV
JVT_ETA = 2.4

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class LeptonCuts:
    """What makes a lepton baseline (``eta``, ``z0``) and signal (``d0_significance``)."""

    flavour: int  # 11 or 13
    eta: float  # largest absolute pseudorapidity
    z0: float  # largest absolute z0 sin(theta) [mm]
    d0_significance: float  # largest d0 significance of a signal lepton


ELECTRON = LeptonCuts(constants.ELECTRON, eta=2.47, z0=0.5, d0_significance=5.0)
MUON = LeptonCuts(constants.MUON, eta=2.7, z0=0.5, d0_significance=3.0)


@dataclass(frozen=True)
class SelectedEvents(Events):
    """Events of whose leptons and jets only the signal leptons and the selected jets are left."""

    n_baseline: NDArray[np.int64]  # number of baseline leptons, shape (n,)


def _passes(leptons: Leptons) -> tuple[Mask, Mask]:
    """Which leptons are baseline, and which signal."""
    eta, z0 = np.abs(leptons.eta), np.abs(leptons.z0 / np.cosh(leptons.eta))
    baseline, prompt = np.zeros((2, len(eta)), dtype=bool)
    for cuts in (ELECTRON, MUON):
        flavour = leptons.flavour == cuts.flavour
        baseline |= flavour & (leptons.pt > BASELINE_PT) & (eta < cuts.eta) & (z0 < cuts.z0)
        prompt |= flavour & (leptons.d0_significance < cuts.d0_significance)
    return baseline, baseline & prompt & leptons.tight & leptons.isolated


def _good(jets: Jets) -> Mask:
    """Which jets are hard, inside the detector and not from pile-up."""
    eta = np.abs(jets.eta)
    pile_up = (jets.pt < JVT_PT) & (eta < JVT_ETA) & (jets.jvt < JVT)
    return (jets.pt > JET_PT) & (eta < JET_ETA) & ~pile_up


def reconstruct(events: Events) -> SelectedEvents:
    """Select leptons and jets of events, all of which stay."""
    baseline, signal = _passes(events.leptons)
    left = {"leptons": events.leptons.keep(signal), "jets": events.jets.keep(_good(events.jets))}
    return SelectedEvents(**(vars(events) | left), n_baseline=events.leptons.count(baseline))


def is_b_jet(jets: Jets) -> Mask:
    """Which jets have a b-tag, inside the tracker; all others are light."""
    return jets.b_tagged & (np.abs(jets.eta) < B_JET_ETA)


# Resolutions of the parametrised detector (`lepsearch.simulate.response_table` says where they are
# from; a test holds the two together). Real events are judged with the same.
JET_RESOLUTION = (0.65, 4.5, 0.035)  # sampling [sqrt(GeV)], noise [GeV], constant; with pT
FORWARD_JETS = (2.5, 1.25)  # beyond this pseudorapidity, worse by this factor
ELECTRON_RESOLUTION = (0.11, 0.3, 0.010)  # likewise, with the energy
MUON_RESOLUTION = (0.018, 1.2e-4)  # constant, and sagitta [1/GeV]
SOFT_TERM = 14.2  # GeV a component: noise, and pile-up jets


def _relative(energy: Any, resolution: tuple[float, float, float]) -> Any:
    """Squared relative resolution of a calorimeter."""
    sampling, noise, constant = resolution
    return sampling**2 / energy + (noise / energy) ** 2 + constant**2


def _lepton_variance(leptons: Leptons) -> Any:
    """Squared resolution of transverse momenta [GeV^2]."""
    electron = _relative(leptons.pt * np.cosh(leptons.eta), ELECTRON_RESOLUTION)
    constant, sagitta = MUON_RESOLUTION
    muon = constant**2 + (sagitta * leptons.pt) ** 2
    return leptons.pt**2 * np.where(leptons.flavour == ELECTRON.flavour, electron, muon)


def jet_variance(jets: Jets) -> Any:
    """Squared resolution of transverse momenta [GeV^2]."""
    eta, factor = FORWARD_JETS
    worse = np.where(np.abs(jets.eta) > eta, factor**2, 1.0)
    return worse * jets.pt**2 * _relative(jets.pt, JET_RESOLUTION)


def missing_pt_significance(selected: SelectedEvents) -> NDArray[np.float64]:
    """Missing momentum over its resolution, which is that of the objects.

    S^2 = p_miss^2 / (sigma_L^2 (1 - rho_LT^2)), the object-based form of ATLAS-CONF-2018-038
    with the resolutions along (L) and across (T) the missing momentum summed over leptons, jets
    and a soft term. The files hold no such variable, so the resolutions are parametrised here.
    """
    along = np.full(len(selected), SOFT_TERM**2)
    across, covariance = along.copy(), np.zeros(len(selected))
    for objects, variance in (
        (selected.leptons, _lepton_variance(selected.leptons)),
        (selected.jets, jet_variance(selected.jets)),
    ):
        angle = delta_phi(objects.phi, selected.missing_phi[objects.event])
        cos, sin = np.cos(angle), np.sin(angle)
        along += objects.total(variance * cos**2)
        across += objects.total(variance * sin**2)
        covariance += objects.total(variance * sin * cos)
    correlation = covariance**2 / (along * across)
    return np.asarray(selected.missing_pt / np.sqrt(along * (1 - correlation)))


LEADING_JETS = 3  # thesis B table 4.3
MATRIX_JETS = 6  # of each kind, for the rapidity-mass matrix; thesis A


class Quantities:
    """Leading objects, pairs and sums of n selected events; NaN where an event has fewer objects.

    Leptons have the shape (n, n_leptons), jets (n, LEADING_JETS), pairs and sums (n,).
    """

    def __init__(self, selected: SelectedEvents, n_leptons: int) -> None:
        leptons, jets = selected.leptons, selected.jets
        self.selected = selected
        self.leptons = leading(leptons, n_leptons)  # momenta of the leptons
        self.vectors = four_vector(self.leptons)  # their four-momenta [GeV]
        self.charges = leptons.padded(leptons.charge, n_leptons).astype(np.int8)
        self.flavours = leptons.padded(leptons.flavour, n_leptons).astype(np.int8)  # 11 or 13
        self.pair = self.vectors.of(0) + self.vectors.of(1)  # of the two leading leptons [GeV]
        # azimuth between each lepton and the missing momentum [rad]
        self.to_met = delta_phi(self.leptons.phi, selected.missing_phi[:, np.newaxis])
        self.jets = leading(jets, LEADING_JETS)  # momenta of the leading jets
        vectors = four_vector(self.jets)
        self.jet_pair = vectors.of(0) + vectors.of(1)  # of the two leading jets [GeV]
        self.b_tagged = is_b_jet(jets)  # which of all jets are b-jets
        # scalar sum of the transverse momenta of all leptons and jets [GeV]
        self.ht = leptons.total(leptons.pt) + jets.total(jets.pt)


def pair_kind(of: Quantities) -> NDArray[np.int8]:
    """Flavours and charges of two leptons, an index into ``features.PAIR_KINDS``."""
    different_flavour = of.flavours[:, 0] != of.flavours[:, 1]
    same_sign = of.charges[:, 0] == of.charges[:, 1]
    return np.asarray(2 * different_flavour + same_sign, dtype=np.int8)


def mass_nearest_z(of: Quantities) -> NDArray[np.float64]:
    """Mass of the opposite-sign, same-flavour pair nearest the Z boson [GeV]; NaN without one."""
    best, z_mass = np.full(len(of.selected), np.nan), constants.mass(constants.Z_BOSON)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        m_pair = mass(of.vectors.of(i) + of.vectors.of(j))
        candidate = of.flavours[:, i] == of.flavours[:, j]
        candidate &= of.charges[:, i] != of.charges[:, j]
        nearer = candidate & ~(np.abs(best - z_mass) <= np.abs(m_pair - z_mass))
        best = np.where(nearer, m_pair, best)
    return best


def matrix_jets(of: Quantities) -> dict[str, NDArray[np.generic]]:
    """Leading light and b-jets with their masses, for the rapidity-mass matrix."""
    columns: dict[str, NDArray[np.generic]] = {}
    for prefix, kind in (("ljet", ~of.b_tagged), ("bjet", of.b_tagged)):
        jets = leading(of.selected.jets.keep(kind), MATRIX_JETS)
        fields = {"pt": jets.pt, "eta": jets.eta, "phi": jets.phi, "m": mass(four_vector(jets))}
        for i in range(MATRIX_JETS):
            columns |= {f"{prefix}{i + 1}{field}": one[:, i] for field, one in fields.items()}
    return columns
