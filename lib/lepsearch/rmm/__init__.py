"""The rapidity-mass matrix: what its cells hold, the cells of events, and what follows of them."""

from lepsearch.rmm.matrix import (
    CHEKANOV_CONVENTIONS,
    PRINTED,
    THESIS_CODE,
    Conventions,
    Objects,
    present,
    rmm,
)

__all__ = (
    "CHEKANOV_CONVENTIONS",
    "PRINTED",
    "THESIS_CODE",
    "Conventions",
    "Objects",
    "present",
    "rmm",
)
