"""The rapidity-mass matrix: what its cells hold, the cells of events, and what follows of them.

It takes four-momenta as arrays (``momenta``), and those of the trilepton skims from their tables.
It imports ``stats`` for estimates, and no other package.
"""

from lepsearch.rmm.conventions import PRINTED, THESIS_CODE, Conventions
from lepsearch.rmm.layout import Layout
from lepsearch.rmm.matrix import present, rmm
from lepsearch.rmm.momenta import FourMomenta

__all__ = ("PRINTED", "THESIS_CODE", "Conventions", "FourMomenta", "Layout", "present", "rmm")
