"""The compact form of the rapidity-mass matrix: one number a block (RMM-C46).

arXiv:2602.17563; the definition is that of the public code beside it (Map2RMM-C46). For five
types: 1 missing momentum, 3 x 5 numbers of each type's e_T, m_T and h_L, and 15 + 15 of the blocks
of h and of m, where a block of two types has all their pairs and one of a single type those above
or below its diagonal. That makes 46. The code pads fewer types with zeros; here those are left out.

In the code's list the blocks of two *different* types stand the other way round, those of m where h
is announced and those of h where m is. Here each stands under its own name.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.rmm.layout import Layout

__all__ = ("compact", "compact_names")


def compact(
    matrices: NDArray[np.floating[Any]], layout: Layout, style: Literal["frob", "add"] = "frob"
) -> NDArray[np.float64]:
    """One number for each block of rapidity-mass matrices.

    Args:
        matrices: From ``rmm``, shape (n, size, size).
        layout: Theirs.
        style: ``frob``: root of the sum of squares (Frobenius norm); ``add``: sum.

    Returns:
        Shape (n, 1 + 3 T + T (T + 1)) for T types, in the order of ``compact_names``.

    Raises:
        InputError: No such style, or matrices of another layout.
    """
    if style not in ("frob", "add"):
        msg = f"compact: style {style!r}, expected 'frob' or 'add'"
        raise InputError(msg)
    rows = layout.flatten(np.asarray(matrices, dtype=float))
    blocks = np.stack([cells.ravel() for cells in _blocks(layout).values()], axis=1).astype(float)
    values: NDArray[np.float64] = rows @ blocks if style == "add" else np.sqrt(rows**2 @ blocks)
    return values


def compact_names(layout: Layout) -> tuple[str, ...]:
    """Names of the numbers, in order.

    Examples:
        >>> compact_names(Layout((("jet", 2),)))
        ('met', 'eT_jet', 'mT_jet', 'hL_jet', 'h_jet_jet', 'm_jet_jet')
        >>> len(compact_names(Layout.uniform(("jet", "tau", "muon", "electron", "photon"), 9)))
        46
    """
    return tuple(_blocks(layout))


def _blocks(layout: Layout) -> dict[str, NDArray[np.bool_]]:
    """The cells of each block, shape (size, size)."""
    kinds = {kind: layout.kinds == kind for kind in ("mT", "hL", "m", "h")}
    kinds["eT"] = np.eye(layout.size, dtype=bool)

    def cells(kind: str, one: slice, two: slice) -> NDArray[np.bool_]:
        inside = np.zeros((layout.size, layout.size), dtype=bool)
        inside[one, two] = True
        return np.asarray(inside & kinds[kind])

    blocks = {"met": layout.kinds == "met"}
    names = list(layout.blocks)
    first = slice(0, 1)
    for kind in ("eT", "mT", "hL"):
        for name in names:
            own = layout.blocks[name]
            rows = first if kind == "mT" else own
            columns = first if kind == "hL" else own
            blocks[f"{kind}_{name}"] = cells(kind, rows, columns)
    for kind in ("h", "m"):
        for i, later in enumerate(names):
            for earlier in names[: i + 1]:
                one, two = (later, earlier) if kind == "h" else (earlier, later)
                where = layout.blocks[one], layout.blocks[two]
                blocks[f"{kind}_{one}_{two}"] = cells(kind, *where)
    return blocks
