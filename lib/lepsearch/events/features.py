"""The features of the skims: definition, label, bins and function of each, by the theses' names.

Skims are made and chapters take labels and bins from here. Energies are in GeV, angles in radians;
what an event lacks is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from lepsearch.events.kinematics import (
    delta_phi,
    mass,
    stransverse_mass,
    transverse_energy,
    transverse_mass,
)
from lepsearch.events.objects import SelectedEvents, missing_pt_significance
from lepsearch.events.quantities import Quantities, matrix_jets

__all__ = ("DILEPTON", "FEATURES", "FLCOMP", "PAIR_KINDS", "TRILEPTON", "Feature", "feature_table")

PAIR_KINDS = ("SFOS", "SFSS", "DFOS", "DFSS")
FLCOMP = ("eee", "eem", "emm", "mmm")  # by the number of muons
LIGHT_JET_PT = 40.0  # GeV, thesis B table 5.1
FORWARD_JET_PT = 50.0  # GeV, likewise
CENTRAL_ETA = 2.5  # likewise
PI = float(np.pi)

Values = NDArray[np.generic]
Function = Callable[[Quantities], Values]


@dataclass(frozen=True)
class Feature:
    """One column of a skim.

    Attributes:
        name: Its column, as the thesis names it.
        title: The quantity in words.
        compute: Its values from selected events, shape (n,).
        label: Its symbol as TeX, with dollar signs.
        unit: ``GeV``, ``rad`` or empty.
        source: The table of thesis B that lists it; empty if this book added it.
        bins: Lower and upper end of its histogram, in its unit, and number of bins.
        dropped: Whether thesis B left it out of its models, its simulation being poor.
    """

    name: str
    title: str
    compute: Function
    label: str
    unit: str
    source: str
    bins: tuple[float, float, int]
    dropped: bool = False

    @property
    def axis(self) -> str:
        """Label of an axis, with the unit.

        Examples:
            >>> DILEPTON["mll"].axis
            '$m_{\\\\ell\\\\ell}$ [GeV]'
        """
        return f"{self.label} [{self.unit}]" if self.unit else self.label

    @property
    def edges(self) -> NDArray[np.float64]:
        """Bin edges; a count's bins are centred on whole numbers."""
        low, high, number = self.bins
        return np.linspace(low, high, number + 1)

    @property
    def counts(self) -> bool:
        """Whether it is a whole number."""
        return self.bins[0] == -0.5

    @property
    def may_be_absent(self) -> bool:
        """Whether some events lack it, which is NaN in the skims."""
        return self.name.startswith("jet") or self.name in ("mjj", "mll_z")


def _momenta(kind: str, highest: tuple[float, ...], source: str) -> Iterator[Feature]:
    """Momentum, pseudorapidity and azimuth of the leading leptons or jets."""
    short, sign = ("lep", r"\ell") if kind == "lepton" else ("jet", "j")
    for i, (which, high) in enumerate(zip(("leading", "second", "third"), highest, strict=False)):
        for field, words, symbol, unit, bins in (
            ("pt", "transverse momentum", "p_T", "GeV", (0, high, 40)),
            ("eta", "pseudorapidity", r"\eta", "", (-2.8, 2.8, 20)),
            ("phi", "azimuth", r"\phi", "rad", (-PI, PI, 16)),
        ):
            yield Feature(
                f"{short}{i + 1}{field}",
                f"{words} of the {which} {kind}",
                partial(_of_object, attrgetter(f"{kind}s.{field}"), i),
                f"${symbol}({sign}_{i + 1})$",
                unit,
                source,
                bins,
            )


def _of_object(field: Function, place: int, of: Quantities) -> Values:
    return field(of)[:, place]


def _count(
    name: str, title: str, function: Function, label: str, source: str, most: int
) -> Feature:
    return Feature(name, title, function, label, "", source, (-0.5, most + 0.5, most + 1))


def _angle(
    name: str, title: str, function: Function, between: str, *, dropped: bool = False
) -> Feature:
    """An azimuthal difference without sign."""
    label = rf"$|\Delta\phi({between})|$"

    def size(of: Quantities) -> Values:
        return np.abs(function(of))

    return Feature(name, title, size, label, "rad", "4.2", (0, PI, 24), dropped)


def _jets(mask: Callable[[Quantities], NDArray[np.bool_]]) -> Function:
    """The number of jets that a mask marks."""
    return lambda of: of.selected.jets.count(mask(of)).astype(np.int16)


_MET = Feature(
    "met", "missing transverse momentum", attrgetter("met"),
    r"$E_T^\mathrm{miss}$", "GeV", "4.2", (50, 500, 45),
)  # fmt: skip
_COMMON = (
    Feature(
        "met_sig", "missing transverse momentum over its resolution",
        lambda of: missing_pt_significance(of.selected),
        r"$E_T^\mathrm{miss}$ significance", "", "4.2", (0, 25, 25),
    ),
    Feature(
        "ht", "hadronic activity: scalar sum of all leptons' and jets' transverse momenta",
        attrgetter("ht"), "$H_T$", "GeV", "4.2", (0, 1200, 40),
    ),
    _count("nbjets", "number of b-jets", _jets(lambda of: of.b_tagged), r"$N_{b}$", "4.2", 5),
    _count(
        "nljets", "number of light jets", _jets(lambda of: ~of.b_tagged),
        r"$N_\mathrm{light}$", "4.2", 9,
    ),
    Feature(
        "mjj", "mass of the two leading jets", attrgetter("jet_mass"),
        "$m_{jj}$", "GeV", "4.3", (0, 800, 40),
    ),
)  # fmt: skip
_MET_SIG, _HT, _N_B, _N_LIGHT, _MJJ = _COMMON

_DILEPTON = (
    *_momenta("lepton", (400, 280), "4.2"),
    Feature(
        "mll", "mass of the lepton pair", lambda of: mass(of.pair),
        r"$m_{\ell\ell}$", "GeV", "4.2", (0, 500, 50),
    ),
    _MET,
    _MET_SIG,
    Feature(
        "mt", "transverse mass of the lepton pair and the missing momentum",
        lambda of: transverse_mass(of.pair.pt, of.pair.phi, mass(of.pair), of.met, of.met_phi),
        "$m_T$", "GeV", "4.2", (0, 1000, 40),
    ),
    Feature(
        "mt2", "stransverse mass, all particles massless",
        lambda of: stransverse_mass(of.vectors.of(0), of.vectors.of(1), of.met, of.met_phi),
        "$m_{T2}$", "GeV", "4.2", (0, 320, 40),
    ),
    Feature(
        "et", "transverse energy of the lepton pair", lambda of: transverse_energy(of.pair),
        "$E_T$", "GeV", "4.2", (0, 500, 40),
    ),
    _angle(
        "dPhiLeps", "azimuth between the leptons",
        lambda of: delta_phi(of.leptons.phi[:, 0], of.leptons.phi[:, 1]),
        r"\ell_1,\ell_2", dropped=True,
    ),
    _angle(
        "dPhiLLMet", "azimuth between the lepton pair and the missing momentum",
        lambda of: delta_phi(of.pair.phi, of.met_phi), r"\ell\ell,E_T^\mathrm{miss}",
    ),
    _angle(
        "dPhiLeadMet", "azimuth between the leading lepton and the missing momentum",
        lambda of: of.lepton_to_met[:, 0], r"\ell_1,E_T^\mathrm{miss}",
    ),
    _angle(
        "dPhiCloseMet", "azimuth between the lepton nearest the missing momentum and that",
        lambda of: of.lepton_to_met.min(axis=1), r"\ell_c,E_T^\mathrm{miss}", dropped=True,
    ),
    _HT,
    Feature(
        "rt", "missing momentum over hadronic activity", lambda of: of.met / of.ht,
        "$r_T$", "", "4.2", (0, 2, 40),
    ),
    _N_B,
    _N_LIGHT,
    *_momenta("jet", (400, 250, 150), "4.3"),
    _MJJ,
    _count(
        "n_bjetPt20", "b-jets above 20 GeV", _jets(lambda of: of.b_tagged),
        r"$N_b(p_T>20)$", "5.1", 5,
    ),
    _count(
        "n_ljetPt40", "light jets above 40 GeV",
        _jets(lambda of: ~of.b_tagged & (of.selected.jets.pt > LIGHT_JET_PT)),
        r"$N_\mathrm{light}(p_T>40)$", "5.1", 7,
    ),
    _count(
        "n_jetsetaCentral", "jets with |η| < 2.5",
        _jets(lambda of: np.abs(of.selected.jets.eta) < CENTRAL_ETA),
        r"$N_j(|\eta|<2.5)$", "5.1", 9,
    ),
    _count(
        "n_jetsetaForward50", "jets above 50 GeV with |η| > 2.5",
        _jets(
            lambda of: (np.abs(of.selected.jets.eta) > CENTRAL_ETA)
            & (of.selected.jets.pt > FORWARD_JET_PT)
        ),
        r"$N_j(|\eta|>2.5,\,p_T>50)$", "5.1", 3,
    ),
)  # fmt: skip

_TRILEPTON = (
    *_momenta("lepton", (400, 280, 160), ""),
    replace(_MET, bins=(0, 300, 30)),
    _MET_SIG,
    Feature(
        "mlll", "mass of the three leptons", lambda of: mass(of.vectors.total()),
        r"$m_{\ell\ell\ell}$", "GeV", "", (0, 600, 40),
    ),
    Feature(
        "mll_z", "mass of the opposite-sign, same-flavour pair nearest the Z boson",
        attrgetter("mass_nearest_z"), r"$m_{\ell\ell}^Z$", "GeV", "", (0, 200, 40),
    ),
    _count("flcomp", "number of muons among the leptons", attrgetter("n_muons"), r"$N_\mu$", "", 3),
    _HT,
    _N_B,
    _N_LIGHT,
    _MJJ,
)  # fmt: skip

DILEPTON = {one.name: one for one in _DILEPTON}
TRILEPTON = {one.name: one for one in _TRILEPTON}
FEATURES: Mapping[str, Mapping[str, Feature]] = {"dilepton": DILEPTON, "trilepton": TRILEPTON}


def feature_table(selected: SelectedEvents, region: str) -> dict[str, Values]:
    """Compute the columns of a region's skim, in single precision but for the weights.

    Beside the features (``FEATURES``) are each event's run, number and weight, the azimuth of the
    missing momentum, the number of baseline leptons, and the leptons' charges and flavours. In the
    dilepton region ``pair`` is an index into ``PAIR_KINDS``; in the trilepton region ``flcomp`` is
    one into ``FLCOMP`` (thesis A gives no code for it; ours is the number of muons), and
    ``ljet1pt`` to ``bjet6m`` are the momenta and masses of up to six light and six b-jets, of which
    the rapidity-mass matrix is made.

    Args:
        selected: n events of the region.
        region: A key of ``FEATURES``.

    Returns:
        Columns of shape (n,); NaN where an event has no such jet or pair.
    """
    of = Quantities(selected, n_leptons=2 if region == "dilepton" else 3)
    columns: dict[str, Values] = {
        "run": selected.run,
        "event": selected.event,
        "event_weight": selected.weight,
        "metphi": selected.missing_phi,
        "n_baseline": selected.n_baseline.astype(np.int16),
        **{name: one.compute(of) for name, one in FEATURES[region].items()},
    }
    for i in range(of.n_leptons):
        columns[f"lep{i + 1}charge"] = of.charges[:, i]
        columns[f"lep{i + 1}flavour"] = of.flavours[:, i]
    columns |= {"pair": of.pair_kind} if region == "dilepton" else matrix_jets(of)
    return {
        name: values.astype(np.float32)  # far finer than any detector measures
        if values.dtype == float and name != "event_weight"
        else values
        for name, values in columns.items()
    }
