"""The compact form of the rapidity-mass matrix: one number a block (RMM-C46).

arXiv:2602.17563; the definition is that of the public code beside it (Map2RMM-C46). For five
types: 1 missing momentum, 3 x 5 numbers of each type's e_T, m_T and h_L, and 15 + 15 of the blocks
of h and of m, where a block of two types has all their pairs and one of a single type those above
or below its diagonal. That makes 46. The code pads fewer types with zeros; here those are left out.

In the code's list the blocks of two *different* types stand the other way round, those of m where h
is announced and those of h where m is. Here each stands under its own name.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.rmm.layout import Layout

__all__ = ("compact", "compact_names")


def compact(matrices: NDArray[np.floating[Any]], layout: Layout) -> NDArray[np.float64]:
    """Summarise each block of rapidity-mass matrices, shape (n, size, size), by its Frobenius norm.

    That is the root of the sum of squares. (The public code can take the sum, too.)

    Returns:
        Shape (n, 1 + 3 T + T (T + 1)) for T types, in the order of ``compact_names``.
    """
    rows = matrices.reshape(len(matrices), layout.size**2).astype(float)
    blocks = np.stack([cells.ravel() for cells in _blocks(layout).values()], axis=1).astype(float)
    return np.asarray(np.sqrt(rows**2 @ blocks))


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
    kinds = np.where(layout.kinds == "deT", "eT", layout.kinds)
    row = {name: np.zeros((layout.size, 1), dtype=bool) for name in layout.blocks}
    for name, block in layout.blocks.items():
        row[name][block] = True
    pairs = [(one, two) for i, one in enumerate(row) for two in list(row)[: i + 1]]
    cells: dict[tuple[str, ...], Any] = {("met",): np.ones_like(kinds, dtype=bool)}
    cells |= {(kind, one): row[one] | row[one].T for kind in ("eT", "mT", "hL") for one in row}
    cells |= {("h", one, two): row[one] & row[two].T for one, two in pairs}
    cells |= {("m", two, one): row[two] & row[one].T for one, two in pairs}
    return {"_".join(name): (kinds == name[0]) & where for name, where in cells.items()}
