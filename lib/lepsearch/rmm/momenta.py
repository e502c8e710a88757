"""Four-momenta of the objects of events, type by type, as the rapidity-mass matrix takes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import awkward as ak
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.constants import ELECTRON, MUON, mass
from lepsearch.errors import InputError, one_of
from lepsearch.rmm.layout import Layout

__all__ = ("FourMomenta", "dilepton_momenta", "floating", "trilepton_momenta")

_JETS = 6  # with a b-tag, and without
_FLAVOURS = {"electron": ELECTRON, "muon": MUON}
_PREFIXES = {"light_jet": "ljet", "b_jet": "bjet"}  # how the columns of jets begin


@dataclass(frozen=True)
class FourMomenta:
    """Four-momenta of the objects of one type in n events, falling in pT.

    An absent object is NaN or masked; awkward lists are filled up with such.

    Raises:
        InputError: The shapes differ, or a part can't be made an array of floating-point numbers.
    """

    pt: NDArray[np.floating[Any]]  # transverse momenta, shape (n, most) [GeV]
    eta: NDArray[np.floating[Any]]  # pseudorapidities, same shape
    phi: NDArray[np.floating[Any]]  # azimuths, same shape [rad]
    mass: NDArray[np.floating[Any]]  # masses, same shape [GeV]; not energies

    def __post_init__(self) -> None:
        for name, part in vars(self).copy().items():
            object.__setattr__(self, name, floating(name, part, 2))
        shapes = {part.shape for part in self}
        if len(shapes) > 1:
            msg = f"rmm: expected pt, eta, phi, mass of one shape (n, most), got {shapes}"
            raise InputError(msg)

    def __iter__(self) -> Iterator[NDArray[np.floating[Any]]]:
        return iter((self.pt, self.eta, self.phi, self.mass))

    def __len__(self) -> int:
        return len(self.pt)

    def __getitem__(self, which: Any) -> Self:
        """The events picked by a mask or a slice."""
        return type(self)(*(part[which] for part in self))

    @classmethod
    def none(cls, events: int) -> Self:
        """No object in any event, for a type that the data do not have."""
        return cls(*np.empty((4, events, 0)))

    def sorted(self) -> Self:
        """Falling in pT, absent ones last."""
        order = np.argsort(-self.pt, axis=1, kind="stable")  # NaN goes last
        return type(self)(*(np.take_along_axis(part, order, axis=1) for part in self))


def floating(name: str, values: ArrayLike, axes: int) -> NDArray[np.floating[Any]]:
    """Values as an array of floating-point numbers, NaN where they are masked.

    An array of such numbers comes back as it is, unless it has a mask.

    Raises:
        InputError: They are not numbers, or have another number of axes (events, and objects).
    """
    shape = ("(n,)", "(n, most)")[axes - 1]
    if isinstance(values, ak.Array) and values.ndim == axes == 2:  # lists of several lengths
        values = ak.to_numpy(ak.pad_none(values, int(ak.max(ak.num(values), initial=0))))
    try:
        array: Any = np.ma.asarray(values)
        made = np.ma.filled(array if array.dtype.kind == "f" else array.astype(float), np.nan)
    except (TypeError, ValueError) as error:
        msg = f"rmm: expected {name} as numbers of shape {shape}, got {values!r}: {error}"
        raise InputError(msg) from error
    if made.ndim != axes:
        msg = f"rmm: expected {name} of shape {shape}, got shape {made.shape}"
        raise InputError(msg)
    return np.asarray(made)


def trilepton_momenta(table: pd.DataFrame, layout: Layout) -> dict[str, FourMomenta]:
    """Four-momenta of the trilepton skims, for each type of a layout that the skims have.

    Leptons are ``lep1pt`` ... ``lep3flavour``, with the masses of the Particle Data Group. Jets are
    ``ljet1pt`` ... ``bjet6m``: apart for ``light_jet`` and ``b_jet``, both together in falling pT
    for ``jet``. The skims have no photons: a layout that wants them needs ``FourMomenta.none``
    beside these.

    Raises:
        InputError: The table lacks a column.
    """
    made: dict[str, FourMomenta] = {}
    for name, _ in layout.types:
        if name in _FLAVOURS:
            made[name] = _leptons(table, _FLAVOURS[name], 3)
        elif name in _PREFIXES:
            made[name] = _jets(table, _PREFIXES[name])
        elif name == "jet":
            both = zip(*(_jets(table, prefix) for prefix in _PREFIXES.values()), strict=True)
            made[name] = FourMomenta(*(np.concatenate(one, axis=1) for one in both)).sorted()
    return made


def dilepton_momenta(table: pd.DataFrame, layout: Layout) -> dict[str, FourMomenta]:
    """Four-momenta of the dilepton skims, for each type of a layout that the skims have.

    They have the two leptons and the three leading jets, with and without a b-tag together, whose
    masses are not kept: they are 0 here.

    Raises:
        InputError: The table lacks a column.
    """
    jets = [_columns(table, "jet", one, 3) for one in ("pt", "eta", "phi")]
    jets.append(np.where(np.isnan(jets[0]), np.nan, 0.0))
    made = {name: _leptons(table, code, 2) for name, code in _FLAVOURS.items()}
    return {**made, "jet": FourMomenta(*jets)}


def _columns(table: pd.DataFrame, prefix: str, feature: str, count: int) -> NDArray[np.float64]:
    """A feature of the objects of one kind, shape (n, count)."""
    names = [f"{prefix}{i + 1}{feature}" for i in range(count)]
    for name in names:
        one_of("column of the skims", name, table.columns)
    return table[names].to_numpy(dtype=float)


def _jets(table: pd.DataFrame, prefix: str) -> FourMomenta:
    return FourMomenta(*(_columns(table, prefix, one, _JETS) for one in ("pt", "eta", "phi", "m")))


def _leptons(table: pd.DataFrame, flavour: int, count: int) -> FourMomenta:
    """Leptons of one flavour, with its mass."""
    those = _columns(table, "lep", "flavour", count) == flavour
    parts = [_columns(table, "lep", part, count) for part in ("pt", "eta", "phi")]
    parts.append(np.full(those.shape, mass(flavour)))
    return FourMomenta(*(np.where(those, part, np.nan) for part in parts)).sorted()
