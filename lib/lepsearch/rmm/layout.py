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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError, one_of

__all__ = ("CHEKANOV", "KINDS", "T3N5", "T4N5", "Layout")

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
    "met": r"$e_T^\mathrm{{miss}}$",
    "mT": "$m_T({})$",
    "hL": "$h_L({})$",
    "eT": "$e_T({})$",
    "deT": r"$\delta e_T({})$",
    "m": "$m({},{})$",
    "h": "$h({},{})$",
}


@dataclass(frozen=True)
class Layout:
    """Types of objects, in the order of their blocks, and how many of each the matrix has room for.

    Raises:
        InputError: A type stands twice, or has no place.

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

    # name and number of places of each type; the numbers may differ
    types: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        for name, number in self.types:
            if number < 1:
                msg = f"layout: {name!r} has {number} places, expected at least one; leave it out"
                raise InputError(msg)
        shorts = [_symbols(name)[0] for name, _ in self.types]
        if len(set(shorts)) < len(shorts):
            msg = f"layout: types that would share cell names {shorts}; each may stand once"
            raise InputError(msg)

    @classmethod
    def uniform(cls, names: Sequence[str], number: int) -> Self:
        """The layout that is called TmNn: m types with n places each.

        Examples:
            >>> Layout.uniform(["jet", "electron"], 2).size  # T2N2
            5
        """
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
    def blocks(self) -> dict[str, slice]:
        """Rows of each type."""
        stops = np.cumsum([1, *(number for _, number in self.types)]).tolist()
        names = (name for name, _ in self.types)
        return dict(zip(names, map(slice, stops, stops[1:]), strict=False))

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
    def objects(self) -> tuple[str, ...]:
        """Name of each object, in the order of the rows after the first."""
        return self._numbered("{0}{2}")

    @cached_property
    def axis_labels(self) -> tuple[str, ...]:
        """Formula of each row and column, for the axes of a figure."""
        return (_LATEX["met"].format(), *self._numbered("${1}_{{{2}}}$"))

    @cached_property
    def names(self) -> NDArray[np.str_]:
        """Name of each cell, fit for a column of a table, shape (size, size).

        Those of ``matrices.reshape(len(matrices), -1)`` are ``names.ravel()``.
        """
        return self._of_cells(self.objects, lambda kind, *objects: "_".join((kind, *objects)))

    @cached_property
    def labels(self) -> NDArray[np.str_]:
        """Formula of each cell, for a figure, shape (size, size)."""
        symbols = self._numbered("{1}_{{{2}}}")
        return self._of_cells(symbols, lambda kind, *objects: _LATEX[kind].format(*objects))

    def _numbered(self, text: str) -> tuple[str, ...]:
        """A text for each object, made of its type's name and symbol, and its number."""
        return tuple(
            text.format(*_symbols(name), i + 1)
            for name, number in self.types
            for i in range(number)
        )

    def _of_cells(self, objects: Sequence[str], text: Callable[..., str]) -> NDArray[np.str_]:
        """A text for each cell, made of its kind and its one object or two, shape (size, size)."""

        def cell(i: int, j: int) -> str:
            kind = str(self.kinds[i, j])
            rows = (i, j) if kind in ("m", "h") else {i, j}
            return text(kind, *(objects[row - 1] for row in rows if row))

        return np.array([[cell(i, j) for j in range(self.size)] for i in range(self.size)])

    def index(self, name: str) -> tuple[int, int]:
        """Row and column of a cell; an unknown one is an ``InputError`` with the nearest names."""
        one_of("cell", name, self.names.ravel().tolist())
        row, column = np.argwhere(self.names == name)[0].tolist()
        return row, column


def _symbols(name: str) -> tuple[str, str]:
    return _SYMBOLS.get(name, (name, rf"\mathrm{{{name}}}"))


# Thesis A's draft; its "T3N5" has room for four jets.
T3N5 = Layout((("jet", 4), ("electron", 5), ("muon", 5)))
# The final thesis A, by its public code: jets with and without a b-tag apart.
T4N5 = Layout((("light_jet", 6), ("b_jet", 6), ("electron", 5), ("muon", 5)))
# Chekanov's RMM4PYTHIA (2023), which the ATLAS search used too; his Map2RMM (2019) has T4N3.
CHEKANOV = Layout.uniform(("light_jet", "b_jet", "muon", "electron", "photon"), 10)
