"""The cells of rapidity-mass matrices as the features that a model learns from."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError, one_of
from lepsearch.events.skim_columns import COLUMNS
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import Fitted
from lepsearch.rmm import Conventions, FourMomenta, Layout, present, rmm
from lepsearch.rmm.conventions import DEFAULT
from lepsearch.rmm.momenta import dilepton_momenta, trilepton_momenta

__all__ = ("DILEPTON", "Matrices")

# What the dilepton skims hold: three massless jets, with and without a b-tag, and the pair.
DILEPTON = Layout((("jet", 3), ("electron", 2), ("muon", 2)))
PIECE = 2**14  # events whose matrices are in memory at once

MOMENTA: dict[str, Callable[[pd.DataFrame, Layout], dict[str, FourMomenta]]] = {
    "trilepton": trilepton_momenta,
    "dilepton": dilepton_momenta,
}


@dataclass(frozen=True)
class Matrices:
    """Makes matrices of events; called with a learning set, it gives one whose features are cells.

    ::

        matrices = Matrices(T3N5)
        columns = {"features": matrices.columns, "region": matrices.region}
        events = matrices(learning_set(dataset, signals, **columns))
    """

    layout: Layout  # objects and their places
    conventions: Conventions = DEFAULT  # what the definitions leave open
    # what cells of absent objects are: 0, as in the theses, or NaN, which a model's ``padding``
    # deals with
    absent: float = 0.0
    region: Literal["trilepton", "dilepton"] = "trilepton"  # region of the events

    def __post_init__(self) -> None:
        one_of("region", self.region, MOMENTA)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the skims that momenta are made of."""
        known = COLUMNS[self.region]
        parts = ("pt", "eta", "phi", "m", "flavour")
        made = (f"{kind}{i}{part}" for kind in ("lep", "ljet", "bjet", "jet")
                for i in range(1, 7) for part in parts)  # fmt: skip
        return ("met", "metphi", *(name for name in made if name in known))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of each cell, with the layout and unusual conventions: no other layout has it.

        Examples:
            >>> Matrices(Layout((("jet", 1), ("muon", 1)))).names[1]
            'mT_j1 of 1 jet 1 muon'
        """
        words = [f"{number} {name}" for name, number in self.layout.types]
        words += [
            f"{one.name}={value}" for one in fields(DEFAULT)
            if (value := getattr(self.conventions, one.name)) != getattr(DEFAULT, one.name)
        ]  # fmt: skip
        return tuple(f"{name} of {' '.join(words)}" for name in self.layout.names.ravel())

    def __call__(self, events: LearningSet) -> LearningSet:
        """The same events with cells as features, row by row of the matrix.

        Raises:
            InputError: A column of the skims is missing, an event has no lepton or has unphysical
                momenta.
        """
        columns = list(self.columns)
        momenta_of, chosen = MOMENTA[self.region], events.select(columns).features
        if lost := int(np.isnan(chosen[:, columns.index("lep1pt")]).sum()):
            msg = f"{lost} of {len(events)} events have no lepton; expected those of the region "
            msg += f"{self.region!r}"
            raise InputError(msg)
        cells = np.empty((len(events), self.layout.size, self.layout.size), dtype=np.float32)
        for start in range(0, len(events), PIECE):
            rows = slice(start, start + PIECE)
            table = pd.DataFrame(chosen[rows], columns=columns)
            momenta = momenta_of(table, self.layout)
            missing = table["met"], table["metphi"]
            made = rmm(momenta, *missing, self.layout, self.conventions, out=cells[rows])
            made[~present(momenta, self.layout)] = self.absent
        return replace(events, names=self.names, features=cells.reshape(len(events), -1))

    def scores(self, model: Fitted, events: LearningSet) -> NDArray[np.floating[Any]]:
        """Scores of events by a model of their matrices, of which few are in memory at once."""
        found = (model.scores(self(one)) for one in events.pieces(PIECE))
        return np.concatenate([np.empty(0), *found])
