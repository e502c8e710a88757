"""The rapidity-mass matrix: what its cells hold, the cells of events, and what follows of them."""

from lepsearch.rmm.conventions import CHEKANOV_CONVENTIONS, PRINTED, THESIS_CODE, Conventions
from lepsearch.rmm.matrix import present, rmm
from lepsearch.rmm.objects import Objects

__all__ = (
    "CHEKANOV_CONVENTIONS",
    "PRINTED",
    "THESIS_CODE",
    "Conventions",
    "Objects",
    "present",
    "rmm",
)
