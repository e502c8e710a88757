"""Two features as the public code of thesis B computes them, from columns of a dilepton skim.

They are shown once beside the book's own, which are in ``features``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ("momentum_sum", "pair_transverse_mass", "vector_ht")

JETS = (1, 2, 3)  # that a skim holds


def momentum_sum(pt: ArrayLike, phi: ArrayLike) -> NDArray[np.float64]:
    """Size of the vector sum of transverse momenta [GeV]; absent (NaN) objects add nothing."""
    pt, phi = np.asarray(pt, dtype=float), np.asarray(phi, dtype=float)
    along = (np.nansum(pt * part(phi), axis=-1) for part in (np.cos, np.sin))
    return np.asarray(np.hypot(*along))


def _stack(table: pd.DataFrame, field: str, jets: tuple[int, ...] = ()) -> NDArray[np.float64]:
    names = [f"lep{i}{field}" for i in (1, 2)] + [f"jet{i}{field}" for i in jets]
    return table[names].to_numpy(dtype=float)


def vector_ht(table: pd.DataFrame) -> NDArray[np.float64]:
    """Size of the vector sum of the leptons' and jets' transverse momenta [GeV], shape (n,).

    By the balance of momentum it is near the missing transverse momentum. NaN in events with more
    jets than the skim holds.
    """
    known = (table["nbjets"] + table["nljets"]).to_numpy() <= len(JETS)
    total = momentum_sum(_stack(table, "pt", JETS), _stack(table, "phi", JETS))
    return np.where(known, total, np.nan)


def pair_transverse_mass(table: pd.DataFrame) -> NDArray[np.float64]:
    """sqrt(m_ll^2 + p_T,ll^2) of the lepton pair alone [GeV], shape (n,)."""
    pt = momentum_sum(_stack(table, "pt"), _stack(table, "phi"))
    return np.asarray(np.hypot(table["mll"].to_numpy(dtype=float), pt))
