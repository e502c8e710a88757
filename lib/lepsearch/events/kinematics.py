"""Angles, masses and transverse masses of reconstructed objects, in GeV and radians."""

from typing import Any, NamedTuple, Self

import mt2
import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = (
    "FourVector",
    "delta_phi",
    "four_vector",
    "mass",
    "stransverse_mass",
    "transverse_energy",
    "transverse_mass",
)


class FourVector(NamedTuple):
    """Cartesian components, any shape, NumPy or awkward [GeV]."""

    px: Any
    py: Any
    pz: Any
    energy: Any

    def __add__(self, other: Self) -> Self:  # type: ignore[override]
        return type(self)(*(a + b for a, b in zip(self, other, strict=True)))

    def of(self, place: int) -> Self:
        """One object of each event, from components of shape (n, count)."""
        return type(self)(*(part[:, place] for part in self))

    def total(self) -> Self:
        """Sum over the objects of each event, from components of shape (n, count)."""
        return type(self)(*(part.sum(axis=1) for part in self))

    @property
    def pt(self) -> Any:
        """Transverse momentum [GeV]."""
        return np.hypot(self.px, self.py)

    @property
    def phi(self) -> Any:
        """Azimuth [rad]."""
        return np.arctan2(self.py, self.px)


def four_vector(objects: Any) -> FourVector:
    """Four-momenta of what has ``pt``, ``eta``, ``phi`` and ``energy`` [GeV, rad], any shape."""
    return FourVector(
        objects.pt * np.cos(objects.phi),
        objects.pt * np.sin(objects.phi),
        objects.pt * np.sinh(objects.eta),
        objects.energy,
    )


def delta_phi(phi1: ArrayLike, phi2: ArrayLike) -> NDArray[np.float64]:
    """Signed azimuthal angle from ``phi2`` to ``phi1`` [rad], wrapped into [-pi, pi).

    The inputs broadcast against each other.

    Examples:
        >>> round(float(delta_phi(3.0, -3.0)), 4)
        -0.2832
    """
    difference = np.asarray(phi1, dtype=float) - np.asarray(phi2, dtype=float)
    return np.asarray((difference + np.pi) % (2 * np.pi) - np.pi)


def mass(vector: FourVector) -> Any:
    """Invariant mass of a four-momentum [GeV]; 0 where rounding makes its square negative."""
    squared = vector.energy**2 - vector.px**2 - vector.py**2 - vector.pz**2
    return np.sqrt(np.maximum(squared, 0.0))


def transverse_energy(vector: FourVector) -> Any:
    """E_T = E sin(theta) of a four-momentum [GeV]; 0 at rest, where it has no direction.

    It is p_T for a massless particle; with a mass it lies between p_T and sqrt(m^2 + p_T^2),
    which it reaches across the beam.
    """
    momentum = np.sqrt(vector.px**2 + vector.py**2 + vector.pz**2)
    return vector.energy * (vector.pt / (momentum + (momentum == 0)))  # at rest: 0 / 1


def transverse_mass(
    pt: ArrayLike, phi: ArrayLike, m: ArrayLike, missing_pt: ArrayLike, missing_phi: ArrayLike
) -> NDArray[np.float64]:
    """Transverse mass of a visible system (``pt``, ``phi``, ``m``) and the missing momentum [GeV].

    m_T^2 = m^2 + 2 (E_T p_T^miss - p_T . p_T^miss) with E_T^2 = m^2 + p_T^2 and a massless
    invisible part (PDG review of kinematics, transverse mass). For m = 0 it is the familiar
    sqrt(2 p_T p_T^miss (1 - cos dphi)).

    Examples:
        >>> round(float(transverse_mass(40.0, 0.0, 0.0, 40.0, np.pi)), 6)
        80.0
    """
    pt, m, missing_pt = (np.asarray(x, dtype=float) for x in (pt, m, missing_pt))
    energy = np.hypot(m, pt)
    along = pt * np.cos(delta_phi(phi, missing_phi))
    squared = m**2 + 2 * missing_pt * (energy - along)
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))


def stransverse_mass(
    first: FourVector, second: FourVector, missing_pt: ArrayLike, missing_phi: ArrayLike
) -> NDArray[np.float64]:
    """m_T2 of two visible particles, taken massless, with massless invisible ones [GeV].

    Barr, Lester and Stephens, J. Phys. G 29 (2003) 2343, computed by Lester and Nachman's
    bisection (arXiv:1411.4312) in the package ``mt2``. It is 0, and not searched for, where the
    missing momentum lies between the two particles' directions: invisible ones parallel to them
    can then carry it all. The search loses its precision where both particles fly in one azimuth
    to better than a microradian.

    All components and momenta are in GeV, of shape (n,).
    """
    missing_pt = np.asarray(missing_pt, dtype=float)
    px, py = missing_pt * np.cos(missing_phi), missing_pt * np.sin(missing_phi)
    (px1, py1), (px2, py2) = (map(np.asarray, one[:2]) for one in (first, second))
    area = px1 * py2 - py1 * px2  # p_miss = (along1 p_1 + along2 p_2) / area
    along1, along2 = px * py2 - py * px2, px1 * py - py1 * px
    rest = ~((area != 0) & (along1 * area >= 0) & (along2 * area >= 0))  # not between the two
    value = np.zeros(missing_pt.shape)
    if rest.any():
        px1, py1, px2, py2, px, py = (one[rest] for one in (px1, py1, px2, py2, px, py))
        value[rest] = mt2.mt2(0.0, px1, py1, 0.0, px2, py2, px, py, 0.0, 0.0)
    return value
