"""The compiled loops that fill rapidity-mass matrices, event by event."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.compiled import compiled

__all__ = ("FARTHEST", "KEPT", "LARGEST", "SMALLEST", "fill_pairs", "fill_type", "is_sound")

Floats = NDArray[np.floating[Any]]

# the numbers kept of each object, for the pairs: px, py, pz, E, m, exp(ky), exp(-ky)
KEPT = 7

# Within these bounds no cell overflows single precision, and no transverse energy vanishes.
FARTHEST = 40.0  # pseudorapidity
SMALLEST, LARGEST = 1e-9, 1e9  # momentum [GeV]; the latter bounds masses and azimuths too


@compiled
def is_sound(pt: Floats, eta: Floats, phi: Floats, mass: Floats) -> bool:
    """Check that objects of one type are as the other loops take for granted.

    That is: falling in pt, absent ones last, pt from ``SMALLEST`` to ``LARGEST``, |eta| not beyond
    ``FARTHEST``, mass >= 0, and mass and |phi| not beyond ``LARGEST`` together.
    """
    sound: Any = True
    for event in range(pt.shape[0]):
        before = np.float64(LARGEST)
        for place in range(pt.shape[1]):
            p_t, m = np.float64(pt[event, place]), np.float64(mass[event, place])
            rest = m + abs(np.float64(phi[event, place]))
            good = (p_t >= SMALLEST) & (p_t <= before) & (m >= 0.0) & (rest <= LARGEST)
            good &= abs(np.float64(eta[event, place])) <= FARTHEST
            sound &= good | math.isnan(p_t)
            before = p_t  # after an absent one nothing is good
    return bool(sound)


@compiled
def fill_type(
    pt: Floats,
    eta: Floats,
    phi: Floats,
    mass: Floats,
    missing: NDArray[np.float64],
    row: int,
    conventions: tuple[bool, bool, bool, bool, float, float],
    kept: NDArray[np.float64],
    rows: NDArray[np.int64],
    counts: NDArray[np.int64],
    matrices: NDArray[np.float32],
) -> bool:
    """Fill the first row, the first column and the diagonal for the objects of one type.

    Args:
        pt: Shape (n, most) [GeV], falling, then NaN where there is none.
        eta: Pseudorapidities.
        phi: Azimuths [rad].
        mass: Masses [GeV].
        missing: Missing momentum: pt, px, py; shape (3, n) [GeV].
        row: Row of the type's first object.
        conventions: Whether h takes dy/2; whether the first row is the transverse mass, and not the
            transverse energy; whether the transverse energy is E sin(theta); whether deT compares
            pt; factor of hL and h; factor of energies and masses.
        kept: Numbers of each object that is there, shape (n, places, KEPT), written.
        rows: Their rows, shape (n, places), written.
        counts: How many there are, shape (n,), added to.
        matrices: Shape (n, size, size), written where objects are.

    Returns:
        Whether the objects are sound; if not, nothing is written.
    """
    if not is_sound(pt, eta, phi, mass):
        return False
    half_gap, with_missing, sine, imbalance_of_pt, angle_scale, energy_scale = conventions
    for event in range(pt.shape[0]):
        matrix, compared_before = matrices[event], 0.0
        for place in range(pt.shape[1]):
            p_t: Any = np.float64(pt[event, place])
            m: Any = np.float64(mass[event, place])
            if math.isnan(p_t):
                break
            grown, azimuth = math.exp(np.float64(eta[event, place])), np.float64(phi[event, place])
            x, y = p_t * math.cos(azimuth), p_t * math.sin(azimuth)
            along = 0.5 * p_t * (grown - 1.0 / grown)
            squared = m * m + p_t * p_t
            energy, e_t = math.sqrt(squared + along * along), math.sqrt(squared)
            inverse = 1.0 / e_t
            number, slot = row + place, counts[event]
            matrix[number, 0] = angle_scale * (energy * inverse - 1.0)
            large = (energy + abs(along)) * inverse  # exp(|y|)
            large = math.sqrt(large) if half_gap else large
            up, down = (large, 1.0 / large) if along >= 0.0 else (1.0 / large, large)
            if sine:
                e_t = energy * p_t / math.sqrt(p_t * p_t + along * along)
            one = kept[event, slot]
            one[0], one[1], one[2], one[3] = x, y, along, energy
            one[4], one[5], one[6] = m, up, down
            rows[event, slot] = number
            counts[event] = slot + 1
            compared = p_t if imbalance_of_pt else e_t
            if place == 0:
                matrix[number, number] = e_t * energy_scale
            else:
                matrix[number, number] = (compared_before - compared) / (compared_before + compared)
            compared_before = compared
            if not with_missing:
                matrix[0, number] = e_t * energy_scale
            elif missing[0, event] > 0.0:
                total, x, y = e_t + missing[0, event], x + missing[1, event], y + missing[2, event]
                m_t_squared = max(total * total - x * x - y * y, 0.0)
                matrix[0, number] = math.sqrt(m_t_squared) * energy_scale
    return True


@compiled
def fill_pairs(
    kept: NDArray[np.float64],
    rows: NDArray[np.int64],
    counts: NDArray[np.int64],
    angle_scale: float,
    energy_scale: float,
    matrices: NDArray[np.float32],
) -> None:
    """Fill m above and h below the diagonal for all pairs of objects.

    With u = exp(y/2), cosh(dy/2) - 1 is (u_1 - u_2)^2 / (2 u_1 u_2), which needs no exponential a
    pair and loses nothing near dy = 0. With u = exp(y) it is cosh(dy) - 1.

    Args:
        kept: From ``fill_type``, shape (n, places, KEPT).
        rows: From ``fill_type``, shape (n, places); rising.
        counts: From ``fill_type``, shape (n,).
        angle_scale: Factor of h.
        energy_scale: Factor of masses.
        matrices: Shape (n, size, size), written where objects are.
    """
    for event in range(len(counts)):
        matrix = matrices[event]
        for i in range(1, counts[event]):
            one, lower = kept[event, i], rows[event, i]
            for j in range(i):
                two, upper = kept[event, j], rows[event, j]
                product = one[3] * two[3] - one[0] * two[0] - one[1] * two[1] - one[2] * two[2]
                squared = one[4] * one[4] + two[4] * two[4] + 2.0 * product
                matrix[upper, lower] = math.sqrt(max(squared, 0.0)) * energy_scale
                difference = one[5] - two[5]
                scale = 0.5 * angle_scale * one[6] * two[6]
                matrix[lower, upper] = scale * difference * difference
