"""Which objects a rapidity-mass matrix holds, and what each of its cells is called.

Row and column 0 belong to the missing transverse momentum; then come the objects, type by type,
each falling in pT. Of the cells

    (0, 0)   met           missing transverse momentum
    (0, j)   mT_<j>        transverse mass of object j and the missing momentum
    (i, 0)   hL_<i>        how far object i is from the plane across the beam
    (i, i)   eT_<i>        transverse energy of the first object of a type
             deT_<i>       imbalance of transverse energy with the one before it, from the second on
    i < j    m_<i>_<j>     mass of the pair
    i > j    h_<i>_<j>     difference of the pair's rapidities
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError, nearest

__all__ = ("CHEKANOV", "CHEKANOV_T4N3", "KINDS", "T3N5", "T4N5", "Layout", "is_a")

# what a cell measures, in the order of ``Layout.kinds``
KINDS = ("met", "mT", "hL", "eT", "deT", "m", "h")

# short name in cell names, symbol in formulas; another type is called by its own name
_SYMBOLS = {
    "jet": ("j", "j"),
    "light_jet": ("j", "j"),
    "b_jet": ("b", "b"),
    "electron": ("e", "e"),
    "muon": ("mu", r"\mu"),
    "photon": ("ph", r"\gamma"),
}
_LATEX = {
    "mT": "m_T({})",
    "hL": "h_L({})",
    "eT": "e_T({})",
    "deT": r"\delta e_T({})",
    "m": "m({},{})",
    "h": "h({},{})",
}


@dataclass(frozen=True)
class Layout:
    """Types of objects, in the order of their blocks, and how many of each the matrix has room for.

    Attributes:
        types: Name and number of places of each type; the numbers may differ.

    Raises:
        InputError: A type stands twice, has no place, or is no pair of a name and a whole number.

    Examples:
        >>> layout = Layout((("jet", 1), ("electron", 2)))
        >>> layout.size, layout.objects
        (4, ('j1', 'e1', 'e2'))
        >>> print(layout.names)
        [['met' 'mT_j1' 'mT_e1' 'mT_e2']
         ['hL_j1' 'eT_j1' 'm_j1_e1' 'm_j1_e2']
         ['hL_e1' 'h_e1_j1' 'eT_e1' 'm_e1_e2']
         ['hL_e2' 'h_e2_j1' 'h_e2_e1' 'deT_e2']]
        >>> layout.index("h_e2_j1")
        (3, 1)
    """

    types: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        for one in self.types:
            pair = is_a(one, tuple) and len(one) == 2
            if not (pair and is_a(one[0], str) and is_a(one[1], Integral)):
                msg = "layout: expected a name and a whole number of places for each type, as in "
                msg += f"(('jet', 4), ('muon', 5)), got {one!r}"
                raise InputError(msg)
            name, number = one
            if number < 1:
                msg = f"layout: {name!r} has {number} places, expected at least one; leave it out"
                raise InputError(msg)
        shorts = [_symbols(name)[0] for name, _ in self.types]
        if len(set(shorts)) < len(shorts):
            msg = f"layout: types that would share cell names {shorts}; each may stand once"
            raise InputError(msg)

    @classmethod
    def uniform(cls, names: Sequence[str], number: int) -> Layout:
        """The layout that is called TmNn: m types with n places each.

        Examples:
            >>> Layout.uniform(["jet", "electron"], 2).size  # T2N2
            5

        Raises:
            InputError: The names are one word, which would be taken letter by letter.
        """
        if is_a(names, str):
            msg = f"layout: expected a list of names, got {names!r}; [{names!r}] is a list of one"
            raise InputError(msg)
        return cls(tuple((name, number) for name in names))

    @property
    def places(self) -> int:
        """How many objects there is room for."""
        return sum(number for _, number in self.types)

    @property
    def size(self) -> int:
        """Rows and columns of the matrix."""
        return 1 + self.places

    @cached_property
    def objects(self) -> tuple[str, ...]:
        """Name of each object, in the order of the rows after the first."""
        return tuple(
            f"{_symbols(name)[0]}{i + 1}" for name, number in self.types for i in range(number)
        )

    @cached_property
    def blocks(self) -> dict[str, slice]:
        """Rows of each type."""
        slices, start = {}, 1
        for name, number in self.types:
            slices[name] = slice(start, start + number)
            start += number
        return slices

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """What each cell measures, one of ``KINDS``, shape (size, size)."""
        table = np.full((self.size, self.size), "m", dtype="<U3")
        table[np.tril_indices(self.size, -1)] = "h"
        table[0], table[:, 0] = "mT", "hL"
        np.fill_diagonal(table, "deT")
        for block in self.blocks.values():
            table[block.start, block.start] = "eT"
        table[0, 0] = "met"
        return table

    @cached_property
    def names(self) -> NDArray[np.str_]:
        """Name of each cell, fit for a column of a table, shape (size, size)."""
        return self._of_cells(self.objects, lambda kind, args: "_".join((kind, *args)))

    @cached_property
    def labels(self) -> NDArray[np.str_]:
        """Formula of each cell, for a figure, shape (size, size)."""

        def formula(kind: str, args: tuple[str, ...]) -> str:
            return f"${_LATEX[kind].format(*args)}$" if args else r"$e_T^\mathrm{miss}$"

        return self._of_cells(self._formulas, formula)

    @cached_property
    def axis_labels(self) -> tuple[str, ...]:
        """Formula of each row and column, for the axes of a figure."""
        return (r"$e_T^\mathrm{miss}$", *(f"${one}$" for one in self._formulas))

    @property
    def _formulas(self) -> tuple[str, ...]:
        return tuple(
            f"{_symbols(name)[1]}_{{{i + 1}}}" for name, number in self.types for i in range(number)
        )

    def _of_cells(self, objects: Sequence[str], text: Any) -> NDArray[np.str_]:
        def cell(i: int, j: int) -> str:
            kind = str(self.kinds[i, j])
            which = {"met": (), "m": (i, j), "h": (i, j)}.get(kind, (max(i, j),))
            return str(text(kind, tuple(objects[one - 1] for one in which)))

        rows = range(self.size)
        return np.array([[cell(i, j) for j in rows] for i in rows])

    def index(self, name: str) -> tuple[int, int]:
        """Row and column of a cell.

        Raises:
            InputError: There is no such cell; the message has the nearest ones.
        """
        if name not in self._places_of_names:
            msg = f"no cell {name!r} in this layout; near: {nearest(name, self._places_of_names)}"
            raise InputError(msg)
        return self._places_of_names[name]

    @cached_property
    def _places_of_names(self) -> dict[str, tuple[int, int]]:
        return {str(name): (i, j) for (i, j), name in np.ndenumerate(self.names)}

    def flatten(self, matrices: NDArray[Any]) -> NDArray[Any]:
        """Matrices (..., size, size) as rows (..., size * size), in the order of ``names.ravel()``.

        Raises:
            InputError: They are not of this layout.
        """
        if _array(matrices).shape[-2:] != (self.size, self.size):
            msg = f"expected matrices of {self.size} x {self.size}, got shape {matrices.shape}"
            raise InputError(msg)
        return matrices.reshape(*matrices.shape[:-2], self.size**2)

    def unflatten(self, rows: NDArray[Any]) -> NDArray[Any]:
        """The inverse of ``flatten``.

        Raises:
            InputError: The rows are not of this layout.
        """
        if _array(rows).shape[-1:] != (self.size**2,):
            msg = f"expected rows of {self.size**2} cells, got shape {rows.shape}"
            raise InputError(msg)
        return rows.reshape(*rows.shape[:-1], self.size, self.size)


def is_a(value: Any, kind: type) -> bool:
    """Whether a value is what its type hint says; whoever calls may not have checked hints."""
    return isinstance(value, kind)


def _array(values: NDArray[Any]) -> NDArray[Any]:
    """The values, if they are an array."""
    if not is_a(values, np.ndarray):
        msg = f"layout: expected an array of cells, got {type(values).__name__}"
        raise InputError(msg)
    return values


def _symbols(name: str) -> tuple[str, str]:
    return _SYMBOLS.get(name, (name, rf"\mathrm{{{name}}}"))


# Thesis A's draft; its "T3N5" has room for four jets.
T3N5 = Layout((("jet", 4), ("electron", 5), ("muon", 5)))
# The final thesis A, by its public code: jets with and without a b-tag apart.
T4N5 = Layout((("light_jet", 6), ("b_jet", 6), ("electron", 5), ("muon", 5)))
# Chekanov's public code: Map2RMM (2019), and RMM4PYTHIA (2023), which the ATLAS search used too.
CHEKANOV_T4N3 = Layout.uniform(("jet", "muon", "electron", "photon"), 3)
CHEKANOV = Layout.uniform(("light_jet", "b_jet", "muon", "electron", "photon"), 10)
