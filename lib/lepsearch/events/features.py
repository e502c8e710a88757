"""The columns of the skims, by the theses' names, in GeV and radians.

``feature_list`` says what each feature is; this module computes them. Absent objects are NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from particle import Particle

from lepsearch.events.kinematics import (
    FourVector,
    delta_phi,
    four_vector,
    mass,
    stransverse_mass,
    transverse_energy,
    transverse_mass,
)
from lepsearch.events.objects import (
    MUON,
    Reconstructed,
    is_b_jet,
    missing_pt_significance,
)
from lepsearch.events.ragged import Momenta, leading
from lepsearch.events.records import Jets

__all__ = (
    "CENTRAL_ETA",
    "FLCOMP",
    "FORWARD_JET_PT",
    "LIGHT_JET_PT",
    "MATRIX_JETS",
    "PAIR_KINDS",
    "TABLES",
    "dilepton_table",
    "trilepton_table",
)

PAIR_KINDS = ("SFOS", "SFSS", "DFOS", "DFSS")
FLCOMP = ("eee", "eem", "emm", "mmm")  # by the number of muons
LIGHT_JET_PT = 40.0  # GeV, thesis B table 5.1
FORWARD_JET_PT = 50.0  # GeV, likewise
CENTRAL_ETA = 2.5  # likewise
LEADING_JETS = 3  # thesis B table 4.3
MATRIX_JETS = 6  # of each kind, for the rapidity-mass matrix; thesis A

Table = dict[str, NDArray[np.generic]]


@cache
def z_mass() -> float:
    """Mass of the Z boson [GeV], from the Particle Data Group's table."""
    return float(Particle.from_pdgid(23).mass) / 1000  # the package counts in MeV


def _numbered(prefix: str, momenta: Momenta, **more: NDArray[np.generic]) -> Table:
    """Columns ``<prefix><number><field>`` of padded objects."""
    fields = {"pt": momenta.pt, "eta": momenta.eta, "phi": momenta.phi, **more}
    return {
        f"{prefix}{i + 1}{field}": values[:, i]
        for i in range(momenta.pt.shape[1])
        for field, values in fields.items()
    }


def _lepton_columns(selected: Reconstructed, leptons: Momenta) -> Table:
    objects, count = selected.leptons, leptons.pt.shape[1]
    charge, flavour = (
        objects.padded(one, count).astype(np.int8) for one in (objects.charge, objects.flavour)
    )
    return _numbered("lep", leptons, charge=charge, flavour=flavour)


def _common_columns(selected: Reconstructed) -> Table:
    events, jets = selected.events, selected.jets
    b_tagged = is_b_jet(jets)
    return {
        "run": events.run,
        "event": events.event,
        "event_weight": events.generator_weight * events.scale_factor,
        "met": events.missing_pt,
        "metphi": events.missing_phi,
        "met_sig": missing_pt_significance(selected),
        "ht": selected.leptons.total(selected.leptons.pt) + jets.total(jets.pt),
        "n_baseline": selected.n_baseline.astype(np.int16),
        "nbjets": jets.count(b_tagged).astype(np.int16),
        "nljets": jets.count(~b_tagged).astype(np.int16),
    }


def _pair_of_jets(jets: Momenta) -> NDArray[np.float64]:
    """Mass of the two leading jets [GeV], shape (n,); NaN where there are fewer."""
    vectors = four_vector(jets)
    first, second = (FourVector(*(part[:, i] for part in vectors)) for i in range(2))
    return np.asarray(mass(first + second))


def _counting_columns(jets: Jets) -> Table:
    """The four counts of thesis B, table 5.1, of jets as selected (see ``objects``)."""
    b_tagged, eta = is_b_jet(jets), np.abs(jets.eta)
    masks = {
        "n_bjetPt20": b_tagged,
        "n_ljetPt40": ~b_tagged & (jets.pt > LIGHT_JET_PT),
        "n_jetsetaCentral": eta < CENTRAL_ETA,
        "n_jetsetaForward50": (eta > CENTRAL_ETA) & (jets.pt > FORWARD_JET_PT),
    }
    return {name: jets.count(mask).astype(np.int16) for name, mask in masks.items()}


def _stored(columns: Table) -> Table:
    """Single precision for all but the weights: far finer than any detector measures."""
    return {
        name: column.astype(np.float32)
        if column.dtype == np.float64 and name != "event_weight"
        else column
        for name, column in columns.items()
    }


def pair_kind(selected: Reconstructed) -> NDArray[np.int8]:
    """Index into ``PAIR_KINDS`` of two-lepton events, shape (n,)."""
    leptons = selected.leptons
    flavours, charges = (leptons.padded(one, 2) for one in (leptons.flavour, leptons.charge))
    different_flavour = flavours[:, 0] != flavours[:, 1]
    same_sign = charges[:, 0] == charges[:, 1]
    return np.asarray(2 * different_flavour + same_sign, dtype=np.int8)


def _angles(leptons: Momenta, pair_phi: NDArray[np.float64], met_phi: NDArray[np.float64]) -> Table:
    """The four azimuthal differences of thesis B, table 4.2, without sign [rad]."""
    to_met = np.abs(delta_phi(leptons.phi, met_phi[:, np.newaxis]))
    return {
        "dPhiLeps": np.abs(delta_phi(leptons.phi[:, 0], leptons.phi[:, 1])),
        "dPhiLLMet": np.abs(delta_phi(pair_phi, met_phi)),
        "dPhiLeadMet": to_met[:, 0],
        "dPhiCloseMet": to_met.min(axis=1),
    }


def dilepton_table(selected: Reconstructed) -> Table:
    """Features of events with exactly two signal leptons: thesis B, tables 4.2, 4.3 and 5.1.

    Their definitions, units and sources stand in ``feature_list.DILEPTON``. Beside them are the
    event's identity and weight, charges and flavours, and ``pair``, an index into ``PAIR_KINDS``.

    Args:
        selected: n events.

    Returns:
        Columns of shape (n,); NaN where an event has no such jet.
    """
    leptons, jets = leading(selected.leptons, 2), leading(selected.jets, LEADING_JETS)
    vectors = four_vector(leptons)
    first, second = (FourVector(*(part[:, i] for part in vectors)) for i in range(2))
    pair = first + second
    m_ll = mass(pair)
    met, met_phi = selected.events.missing_pt, selected.events.missing_phi
    common = _common_columns(selected)
    columns = {
        **common,
        **_lepton_columns(selected, leptons),
        "pair": pair_kind(selected),
        "mll": m_ll,
        "mt": transverse_mass(pair.pt, pair.phi, m_ll, met, met_phi),
        "mt2": stransverse_mass(first, second, met, met_phi),
        "et": transverse_energy(pair),
        **_angles(leptons, pair.phi, met_phi),
        "rt": met / np.asarray(common["ht"], dtype=float),
        **_numbered("jet", jets),
        "mjj": _pair_of_jets(jets),
        **_counting_columns(selected.jets),
    }
    return _stored(columns)


def _nearest_z(
    leptons: FourVector, charge: NDArray[np.generic], flavour: NDArray[np.generic]
) -> NDArray[np.float64]:
    """Mass of the opposite-sign, same-flavour pair nearest the Z boson [GeV]; NaN without one."""
    best = np.full(len(charge), np.nan)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        first, second = (FourVector(*(part[:, k] for part in leptons)) for k in (i, j))
        m_pair = mass(first + second)
        candidate = (flavour[:, i] == flavour[:, j]) & (charge[:, i] != charge[:, j])
        nearer = candidate & ~(np.abs(best - z_mass()) <= np.abs(m_pair - z_mass()))
        best = np.where(nearer, m_pair, best)
    return best


def _matrix_jets(selected: Reconstructed) -> Table:
    """Leading light and b-jets with their masses, for the rapidity-mass matrix."""
    b_tagged = is_b_jet(selected.jets)
    columns: Table = {}
    for prefix, kind in (("ljet", ~b_tagged), ("bjet", b_tagged)):
        jets = leading(selected.jets.keep(kind), MATRIX_JETS)
        columns |= _numbered(prefix, jets, m=mass(four_vector(jets)))
    return columns


def trilepton_table(selected: Reconstructed) -> Table:
    """Features of events with exactly three signal leptons; see ``feature_list.TRILEPTON``.

    ``flcomp`` is an index into ``FLCOMP`` (thesis A gives no code for it; ours is the number of
    muons). ``mll_z`` is the mass of the opposite-sign, same-flavour pair nearest the Z boson, NaN
    where there is none; ``mlll`` the mass of all three. ``ljet1pt`` to ``bjet6m`` are the momenta
    and masses of up to six light and six b-jets, which the rapidity-mass matrix is made of.

    Args:
        selected: n events.

    Returns:
        Columns of shape (n,); NaN where an event has no such jet.
    """
    objects, leptons = selected.leptons, leading(selected.leptons, 3)
    vectors = four_vector(leptons)
    charge, flavour = (objects.padded(one, 3) for one in (objects.charge, objects.flavour))
    columns = {
        **_common_columns(selected),
        **_lepton_columns(selected, leptons),
        "flcomp": np.sum(flavour == MUON.flavour, axis=1).astype(np.int8),
        "mlll": mass(FourVector(*(part.sum(axis=1) for part in vectors))),
        "mll_z": _nearest_z(vectors, charge, flavour),
        "mjj": _pair_of_jets(leading(selected.jets, 2)),
        **_matrix_jets(selected),
    }
    return _stored(columns)


TABLES: dict[str, Callable[[Reconstructed], Table]] = {
    "dilepton": dilepton_table,
    "trilepton": trilepton_table,
}
