"""What the definitions of the rapidity-mass matrix leave open, and the choices of its authors."""

from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from lepsearch.errors import InputError

__all__ = ("DEFAULT", "PRINTED", "THESIS_CODE", "Conventions")


@dataclass(frozen=True)
class Conventions:
    """What the definitions leave open; each default has its reason.

    The order of the blocks is the layout's. It only permutes cells, and decides for objects of
    different types which of the pair's two cells is above the diagonal: always the mass.
    """

    # h = C (cosh(dy/2) - 1) with ``half``, C (cosh(dy) - 1) with ``full``. Half is Chekanov's
    # definition and what both codes compute; thesis A prints the other. At dy = 5 they differ by a
    # factor of fourteen, and only the first stays in the range of the rest.
    rapidity_gap: Literal["half", "full"] = "half"
    # ``transverse_mass`` of object and missing momentum, or ``transverse_energy`` of the object
    # alone, as in thesis A's code. The latter repeats the diagonal, and leaves the direction of the
    # missing momentum out of the matrix altogether.
    first_row: Literal["transverse_mass", "transverse_energy"] = "transverse_mass"
    # ``mass``: sqrt(m^2 + pT^2), thesis A; ``sine``: E sin(theta), Chekanov. They agree for
    # massless objects; only the first is invariant in boosts along the beam.
    transverse_energy: Literal["mass", "sine"] = "mass"
    # whether deT compares transverse ``energy``, as it is defined, or ``momentum``, as in thesis
    # A's code
    imbalance: Literal["energy", "momentum"] = "energy"
    # C = 0.15 puts hL of the tracker's edge, |y| = 2.5, at 0.77: in the range of masses over
    # sqrt(s)
    angle_scale: float = 0.15
    # energies and masses are divided by this [GeV]; None: they stay in GeV. Chekanov divides by the
    # collision energy, so that unscaled cells are of like size. Thesis A and this book scale every
    # cell for a model anyway, which undoes any factor; in GeV they can be read.
    sqrt_s: float | None = None

    def __post_init__(self) -> None:
        for name, kind in get_type_hints(Conventions).items():
            if get_origin(kind) is Literal and getattr(self, name) not in get_args(kind):
                msg = f"convention {name}={getattr(self, name)!r}, expected one of {get_args(kind)}"
                raise InputError(msg)
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                msg = f"convention {name}={value!r}, expected a number from {low:g} to {high:g}"
                raise InputError(msg)


# Within these no cell overflows single precision, for any objects that are taken.
_RANGES = {"angle_scale": (1e-9, 1e3), "sqrt_s": (1e-9, 1e12)}

DEFAULT = Conventions()
PRINTED = Conventions(rapidity_gap="full")  # thesis A's equations
THESIS_CODE = Conventions(first_row="transverse_energy", imbalance="momentum")
