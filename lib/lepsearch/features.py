"""The columns of the skims, by the theses' names, in GeV and radians."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import awkward as ak
import numpy as np
from numpy.typing import NDArray
from particle import Particle

from lepsearch.kinematics import (
    FourVector,
    delta_phi,
    four_vector,
    mass,
    stransverse_mass,
    transverse_mass,
)
from lepsearch.objects import MUON, Reconstructed, b_jets, missing_pt_significance

__all__ = ("FLCOMP", "PAIR_KINDS", "TABLES", "dilepton_table", "trilepton_table")

PAIR_KINDS = ("SFOS", "SFSS", "DFOS", "DFSS")
FLCOMP = ("eee", "eem", "emm", "mmm")  # by the number of muons

Table = dict[str, NDArray[np.generic]]


@cache
def z_mass() -> float:
    """Mass of the Z boson [GeV], from the Particle Data Group's table."""
    return float(Particle.from_pdgid(23).mass) / 1000  # the package counts in MeV


def _lepton_columns(selected: Reconstructed, count: int) -> Table:
    columns: Table = {}
    for i in range(count):
        lepton = selected.leptons[:, i]
        for feature in ("pt", "eta", "phi"):
            columns[f"lep{i + 1}{feature}"] = np.asarray(lepton[feature])
        columns[f"lep{i + 1}charge"] = np.asarray(lepton.charge, dtype=np.int8)
        columns[f"lep{i + 1}flavour"] = np.asarray(lepton.flavour, dtype=np.int8)
    return columns


def _common_columns(selected: Reconstructed) -> Table:
    events = selected.events
    n_b = np.asarray(ak.num(b_jets(selected.jets)))
    n_jets = np.asarray(ak.num(selected.jets))
    return {
        "run": events.run,
        "event": events.event,
        "event_weight": events.generator_weight * events.scale_factor,
        "met": events.missing_pt,
        "metphi": events.missing_phi,
        "met_sig": missing_pt_significance(selected),
        "n_baseline": selected.n_baseline.astype(np.int16),
        "nbjets": n_b.astype(np.int16),
        "nljets": (n_jets - n_b).astype(np.int16),
    }


def pair_kind(selected: Reconstructed) -> NDArray[np.int8]:
    """Index into ``PAIR_KINDS`` of two-lepton events, shape (n,)."""
    first, second = selected.leptons[:, 0], selected.leptons[:, 1]
    different_flavour = np.asarray(first.flavour != second.flavour)
    same_sign = np.asarray(first.charge == second.charge)
    return np.asarray(2 * different_flavour + same_sign, dtype=np.int8)


def dilepton_table(selected: Reconstructed) -> Table:
    """Features of events with exactly two signal leptons.

    Thesis B, table 4.2, as far as the cut-and-count search needs them: ``mll``, ``met``,
    ``met_sig``, ``mt`` (the lepton pair and the missing momentum, see
    ``kinematics.transverse_mass``), ``mt2``, ``dPhiLLMet``, numbers of b- and light jets.

    Args:
        selected: n events.

    Returns:
        Columns of shape (n,).
    """
    events = selected.events
    first, second = four_vector(selected.leptons[:, 0]), four_vector(selected.leptons[:, 1])
    pair = FourVector(*(np.asarray(part) for part in first + second))
    m_ll = mass(pair)
    met, met_phi = events.missing_pt, events.missing_phi
    return {
        **_common_columns(selected),
        **_lepton_columns(selected, 2),
        "pair": pair_kind(selected),
        "mll": m_ll,
        "mt": transverse_mass(pair.pt, pair.phi, m_ll, met, met_phi),
        "mt2": stransverse_mass(first, second, met, met_phi),
        "dPhiLLMet": np.abs(delta_phi(pair.phi, met_phi)),
    }


def trilepton_table(selected: Reconstructed) -> Table:
    """Features of events with exactly three signal leptons.

    ``flcomp`` is an index into ``FLCOMP`` (thesis A gives no code for it; ours is the number of
    muons). ``mll_z`` is the mass of the opposite-sign, same-flavour pair nearest the Z boson, NaN
    where there is none; ``mlll`` the mass of all three.

    Args:
        selected: n events.

    Returns:
        Columns of shape (n,).
    """
    leptons = selected.leptons
    vectors = [four_vector(leptons[:, i]) for i in range(3)]
    best = np.full(len(selected), np.nan)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        m_pair = np.asarray(mass(vectors[i] + vectors[j]))
        candidate = np.asarray(
            (leptons.flavour[:, i] == leptons.flavour[:, j])
            & (leptons.charge[:, i] != leptons.charge[:, j])
        )
        nearer = candidate & ~(np.abs(best - z_mass()) <= np.abs(m_pair - z_mass()))
        best = np.where(nearer, m_pair, best)
    muons = ak.sum(leptons.flavour == MUON.flavour, axis=1)
    return {
        **_common_columns(selected),
        **_lepton_columns(selected, 3),
        "flcomp": np.asarray(muons, dtype=np.int8),
        "mlll": np.asarray(mass(vectors[0] + vectors[1] + vectors[2])),
        "mll_z": best,
    }


TABLES: dict[str, Callable[[Reconstructed], Table]] = {
    "dilepton": dilepton_table,
    "trilepton": trilepton_table,
}
