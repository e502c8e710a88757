"""Energies, their sums and numbers of objects: the features of a search for hard events."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from lepsearch.errors import one_of
from lepsearch.learn.labelled import LearningSet

__all__ = ("Energies",)

# columns of the skims that are energies, beside the leptons' momenta; those that tell flavours
READ = {"dilepton": ("met", "met_sig", "ht"), "trilepton": ("met", "met_sig", "ht", "mlll")}
FLAVOURS = {"dilepton": ("pair", "lep1flavour"), "trilepton": ("flcomp",)}
JETS = ("nbjets", "nljets")


class Energies:
    """Makes ln(1 + E) of energies E [GeV] and of sums, and counts; no rotation changes any.

    Attributes:
        names: The energies: momenta, also the missing one, H_T, masses of leptons and of pairs,
            transverse masses of leptons with the missing momentum.
        given: What tells the flavours of an event.
        columns: Columns of the skims that all is made of.
    """

    def __init__(self, region: str = "trilepton") -> None:
        """Name the features of a region's events."""
        read, self.given = READ[one_of("region", region, READ)], FLAVOURS[region]
        self._leptons = range(1, 3 if region == "dilepton" else 4)
        self._pairs = {f"m{i}{j}": (i - 1, j - 1) for i, j in combinations(self._leptons, 2)}
        momenta, masses = ([f"{kind}{i}" for i in self._leptons] for kind in ("lep", "mt"))
        self.names = (*(f"{one}pt" for one in momenta), *read, *masses, *self._pairs)
        parts = [one + part for part in ("pt", "eta", "phi") for one in momenta]
        self.columns = (*parts, "metphi", *read, *self.given, *JETS)

    def __call__(self, events: LearningSet) -> LearningSet:
        """The same events with ``names``, ``lt``, ``meff``, ``given``, jets and ``objects``.

        Raises:
            InputError: A column is missing.
        """
        chosen = events.select(self.columns)
        of = dict(zip(chosen.names, chosen.features.T, strict=True))
        pt, eta, phi = (
            [of[f"lep{i}{part}"] for i in self._leptons] for part in ("pt", "eta", "phi")
        )
        for i, momentum, azimuth in zip(self._leptons, pt, phi, strict=True):
            of[f"mt{i}"] = np.sqrt(2 * momentum * of["met"] * (1 - np.cos(azimuth - of["metphi"])))
        for name, (i, j) in self._pairs.items():
            apart = np.cosh(eta[i] - eta[j]) - np.cos(phi[i] - phi[j])
            of[name] = np.sqrt(2 * pt[i] * pt[j] * np.maximum(apart, 0))
        of |= {"lt": np.sum(pt, axis=0), "meff": of["ht"] + of["met"]}
        table = {name: np.log1p(of[name]) for name in (*self.names, "lt", "meff")}
        table |= {name: of[name] for name in (*self.given, *JETS)}
        table["objects"] = len(pt) + of["nbjets"] + of["nljets"]
        values = np.column_stack(list(table.values())).astype(np.float32)
        return replace(events, names=tuple(table), features=values)
