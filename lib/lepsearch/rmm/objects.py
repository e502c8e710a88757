"""The objects of events, type by type, as the rapidity-mass matrix takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from particle import Particle

from lepsearch.errors import InputError, nearest
from lepsearch.events.objects import ELECTRON, MUON
from lepsearch.rmm.layout import Layout

__all__ = ("Objects", "Parts", "floating", "objects_from_table")

Parts = tuple[NDArray[np.floating[Any]], ...]  # pt, eta, phi, mass

_LEPTONS = 3  # in the trilepton region's table
_JETS = 6  # with a b-tag, and without


@dataclass(frozen=True)
class Objects:
    """Objects of one type in n events, falling in pT, absent ones NaN or masked.

    Attributes:
        pt: Transverse momenta, shape (n, most) [GeV].
        eta: Pseudorapidities, same shape.
        phi: Azimuths, same shape [rad].
        mass: Masses, same shape [GeV]; not energies.

    Raises:
        InputError: The shapes differ, or a part can't be made an array of floating-point numbers.
    """

    pt: NDArray[np.floating[Any]]
    eta: NDArray[np.floating[Any]]
    phi: NDArray[np.floating[Any]]
    mass: NDArray[np.floating[Any]]

    def __post_init__(self) -> None:
        for name, part in vars(self).copy().items():
            expected = f"objects: expected {name} as numbers of shape (n, most), NaN where there is"
            made = floating(f"{expected} no object", part)
            object.__setattr__(self, name, made)  # frozen for everyone else
        shapes = {np.shape(part) for part in self}
        if len(shapes) > 1 or len(next(iter(shapes))) != 2:
            msg = f"objects: expected pt, eta, phi, mass of one shape (n, most), got {shapes}"
            raise InputError(msg)

    def __iter__(self) -> Iterator[NDArray[np.floating[Any]]]:
        return iter((self.pt, self.eta, self.phi, self.mass))

    def __len__(self) -> int:
        return len(self.pt)

    def __getitem__(self, which: Any) -> Objects:
        """The events picked by a mask or a slice."""
        return Objects(*(part[which] for part in self))

    @classmethod
    def none(cls, events: int) -> Objects:
        """No object in any event, for a type that the data do not have."""
        return cls(*np.empty((4, events, 0)))

    def sorted(self) -> Objects:
        """Falling in pT, absent ones last."""
        order = np.argsort(-self.pt, axis=1, kind="stable")  # NaN goes last
        return Objects(*(np.take_along_axis(part, order, axis=1) for part in self))

    def merged(self, other: Objects) -> Objects:
        """The objects of both, falling in pT."""
        both = (np.concatenate(pair, axis=1) for pair in zip(self, other, strict=True))
        return Objects(*both).sorted()


def floating(expected: str, values: Any) -> NDArray[np.floating[Any]]:
    """Values as an array of floating-point numbers, NaN where they are masked.

    An array of such numbers comes back as it is, unless it has a mask.

    Args:
        expected: What is expected of which input, for the error.
        values: An array or anything that NumPy makes one of.

    Raises:
        InputError: They are not numbers.
    """
    try:
        if isinstance(values, np.ma.MaskedArray):
            kind = values.dtype if values.dtype.kind == "f" else float
            return np.asarray(np.ma.filled(values.astype(kind), np.nan))
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            return values
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        msg = f"{expected}, got {type(values).__name__}: {error}"
        raise InputError(msg) from error


def objects_from_table(table: pd.DataFrame, layout: Layout) -> dict[str, Objects]:
    """The objects of the trilepton skims, for each type of a layout that the skims have.

    Leptons are ``lep1pt`` ... ``lep3flavour``, with the masses of the Particle Data Group. Jets are
    ``ljet1pt`` ... ``bjet6m``: apart for ``light_jet`` and ``b_jet``, both together in falling pT
    for ``jet``. The skims have no photons: a layout that wants them needs ``Objects.none`` beside
    these.

    Args:
        table: Events, from ``Dataset.table``.
        layout: Types and multiplicities.

    Raises:
        InputError: The table lacks a column.
    """

    made: dict[str, Objects] = {}
    for name, _ in layout.types:
        if name in _FLAVOURS:
            made[name] = _leptons(table, _FLAVOURS[name])
        elif name in _PREFIXES:
            made[name] = _jets(table, _PREFIXES[name])
        elif name == "jet":
            light, tagged = (_jets(table, prefix) for prefix in _PREFIXES.values())
            made[name] = light.merged(tagged)
    return made


_PARTS = ("pt", "eta", "phi", "m")
_FLAVOURS = {"electron": ELECTRON.flavour, "muon": MUON.flavour}
_PREFIXES = {"light_jet": "ljet", "b_jet": "bjet"}  # how the columns of jets begin


def _columns(table: pd.DataFrame, prefix: str, feature: str, count: int) -> NDArray[np.float64]:
    """A feature of the objects of one kind, shape (n, count)."""
    names = [f"{prefix}{i + 1}{feature}" for i in range(count)]
    for name in names:
        if name not in table:
            msg = f"no column {name!r} in the table; near: {nearest(name, table.columns)}; "
            msg += "expected those of the trilepton skims"
            raise InputError(msg)
    return table[names].to_numpy(dtype=float)


def _jets(table: pd.DataFrame, prefix: str) -> Objects:
    return Objects(*(_columns(table, prefix, part, _JETS) for part in _PARTS))


def _leptons(table: pd.DataFrame, flavour: int) -> Objects:
    """Leptons of one flavour, with its mass."""
    those = _columns(table, "lep", "flavour", _LEPTONS) == flavour
    parts = [_columns(table, "lep", part, _LEPTONS) for part in _PARTS[:-1]]
    parts.append(np.full(those.shape, _mass(flavour)))
    return Objects(*(np.where(those, part, np.nan) for part in parts)).sorted()


def _mass(flavour: int) -> float:
    """Mass of a lepton [GeV]."""
    return float(Particle.from_pdgid(flavour).mass) / 1000  # the package counts in MeV
