"""The features of the skims: definition, label, bins and function of each, by the theses' names.

Skims are made and chapters take labels and bins from here. Energies are in GeV, angles in radians;
what an event lacks is NaN.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from lepsearch.constants import MUON
from lepsearch.errors import InputError
from lepsearch.events.kinematics import (
    delta_phi,
    mass,
    stransverse_mass,
    transverse_energy,
    transverse_mass,
)
from lepsearch.events.objects import (
    Quantities,
    SelectedEvents,
    mass_nearest_z,
    matrix_jets,
    missing_pt_significance,
    pair_kind,
)

__all__ = ("DILEPTON", "FEATURES", "FLCOMP", "PAIR_KINDS", "TRILEPTON", "Feature", "feature_table")

PAIR_KINDS = ("SFOS", "SFSS", "DFOS", "DFSS")
FLCOMP = ("eee", "eem", "emm", "mmm")  # by the number of muons
LIGHT_JET_PT = 40.0  # GeV, thesis B table 5.1
FORWARD_JET_PT = 50.0  # GeV, likewise
CENTRAL_ETA = 2.5  # likewise
PI = float(np.pi)

Values = NDArray[np.generic]
Mask = NDArray[np.bool_]
Function = Callable[[Quantities], Values]


@dataclass(frozen=True)
class Feature:
    """One column of a skim."""

    name: str  # its column, as the thesis names it
    title: str  # the quantity in words
    compute: Function  # its values from selected events, shape (n,)
    label: str  # its symbol as TeX, with dollar signs
    unit: str  # ``GeV``, ``rad`` or empty
    source: str  # the table of thesis B that lists it; empty if this book added it
    # lower and upper end of its histogram, in its unit, and number of bins
    bins: tuple[float, float, int]
    dropped: bool = False  # whether thesis B left it out of its models, its simulation being poor

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
    for i, high in enumerate(highest):
        title = f"of the {('leading', 'second', 'third')[i]} {kind}"
        for field, words, symbol, unit, bins in (
            ("pt", "transverse momentum", "p_T", "GeV", (0, high, 40)),
            ("eta", "pseudorapidity", r"\eta", "", (-2.8, 2.8, 20)),
            ("phi", "azimuth", r"\phi", "rad", (-PI, PI, 16)),
        ):
            function = partial(_of_object, attrgetter(f"{kind}s.{field}"), i)
            label, name = f"${symbol}({sign}_{i + 1})$", f"{short}{i + 1}{field}"
            yield Feature(name, f"{words} {title}", function, label, unit, source, bins)


def _of_object(field: Function, place: int, of: Quantities) -> Values:
    return field(of)[:, place]


def _count(
    name: str, title: str, mask: Callable[[Quantities], Mask], label: str, source: str, most: int
) -> Feature:
    """A number of jets, of those that a mask marks."""

    def count(of: Quantities) -> Values:
        return of.selected.jets.count(mask(of)).astype(np.int16)

    return Feature(name, title, count, label, "", source, (-0.5, most + 0.5, most + 1))


def _angle(
    name: str, title: str, function: Function, between: str, *, dropped: bool = False
) -> Feature:
    """An azimuthal difference without sign."""
    label = rf"$|\Delta\phi({between})|$"
    return Feature(
        name, title, lambda of: np.abs(function(of)), label, "rad", "4.2", (0, PI, 24), dropped
    )


def _missing(of: Quantities) -> tuple[Values, Values]:
    return of.selected.missing_pt, of.selected.missing_phi


_MET, _MET_SIG, _HT, _N_B, _N_LIGHT, _MJJ = (
    Feature(
        "met", "missing transverse momentum", attrgetter("selected.missing_pt"),
        r"$E_T^\mathrm{miss}$", "GeV", "4.2", (50, 500, 45),
    ),
    Feature(
        "met_sig", "missing transverse momentum over its resolution",
        lambda of: missing_pt_significance(of.selected),
        r"$E_T^\mathrm{miss}$ significance", "", "4.2", (0, 25, 25),
    ),
    Feature(
        "ht", "hadronic activity: scalar sum of all leptons' and jets' transverse momenta",
        attrgetter("ht"), "$H_T$", "GeV", "4.2", (0, 1200, 40),
    ),
    _count("nbjets", "number of b-jets", attrgetter("b_tagged"), r"$N_{b}$", "4.2", 5),
    _count(
        "nljets", "number of light jets", lambda of: ~of.b_tagged,
        r"$N_\mathrm{light}$", "4.2", 9,
    ),
    Feature(
        "mjj", "mass of the two leading jets", lambda of: mass(of.jet_pair),
        "$m_{jj}$", "GeV", "4.3", (0, 800, 40),
    ),
)  # fmt: skip

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
        lambda of: transverse_mass(of.pair.pt, of.pair.phi, mass(of.pair), *_missing(of)),
        "$m_T$", "GeV", "4.2", (0, 1000, 40),
    ),
    Feature(
        "mt2", "stransverse mass, all particles massless",
        lambda of: stransverse_mass(of.vectors.of(0), of.vectors.of(1), *_missing(of)),
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
        lambda of: delta_phi(of.pair.phi, of.selected.missing_phi), r"\ell\ell,E_T^\mathrm{miss}",
    ),
    _angle(
        "dPhiLeadMet", "azimuth between the leading lepton and the missing momentum",
        lambda of: of.to_met[:, 0], r"\ell_1,E_T^\mathrm{miss}",
    ),
    _angle(
        "dPhiCloseMet", "azimuth between the lepton nearest the missing momentum and that",
        lambda of: np.abs(of.to_met).min(axis=1), r"\ell_c,E_T^\mathrm{miss}", dropped=True,
    ),
    _HT,
    Feature(
        "rt", "missing momentum over hadronic activity", lambda of: of.selected.missing_pt / of.ht,
        "$r_T$", "", "4.2", (0, 2, 40),
    ),
    _N_B,
    _N_LIGHT,
    *_momenta("jet", (400, 250, 150), "4.3"),
    _MJJ,
    _count(
        "n_bjetPt20", "b-jets above 20 GeV", attrgetter("b_tagged"), r"$N_b(p_T>20)$", "5.1", 5,
    ),
    _count(
        "n_ljetPt40", "light jets above 40 GeV",
        lambda of: ~of.b_tagged & (of.selected.jets.pt > LIGHT_JET_PT),
        r"$N_\mathrm{light}(p_T>40)$", "5.1", 7,
    ),
    _count(
        "n_jetsetaCentral", "jets with |η| < 2.5",
        lambda of: np.abs(of.selected.jets.eta) < CENTRAL_ETA,
        r"$N_j(|\eta|<2.5)$", "5.1", 9,
    ),
    _count(
        "n_jetsetaForward50", "jets above 50 GeV with |η| > 2.5",
        lambda of: (np.abs(of.selected.jets.eta) > CENTRAL_ETA)
        & (of.selected.jets.pt > FORWARD_JET_PT),
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
        mass_nearest_z, r"$m_{\ell\ell}^Z$", "GeV", "", (0, 200, 40),
    ),
    Feature(
        "flcomp", "number of muons among the leptons",
        lambda of: np.sum(of.flavours == MUON, axis=1).astype(np.int8),
        r"$N_\mu$", "", "", (-0.5, 3.5, 4),
    ),
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
    missing momentum, the number of baseline leptons, that of fakes among its leptons, and their
    charges and flavours. With f fakes and all rates of fakes r times as large, an event's weight is
    r^f times as large, up to the chance of one more signal fake (below 1 % in ttbar). In the
    dilepton region ``pair`` is an index into ``PAIR_KINDS``; in the trilepton region ``flcomp`` is
    one into ``FLCOMP`` (thesis A gives no code for it; ours is the number of muons), and
    ``ljet1pt`` to ``bjet6m`` are the momenta and masses of up to six light and six b-jets, of which
    the rapidity-mass matrix is made.

    A value is NaN where an event has no such jet or pair.
    """
    number = 2 if region == "dilepton" else 3
    if len(short := np.flatnonzero(selected.leptons.sizes < number)):
        msg = f"{len(short)} events, first that at {short[0]}, have fewer than the {number} "
        raise InputError(msg + f"leptons of the {region} region; leave them out")
    of = Quantities(selected, number)
    columns: dict[str, Values] = {
        "run": selected.run,
        "event": selected.event,
        "original": selected.original,
        "metphi": selected.missing_phi,
        "n_baseline": selected.n_baseline.astype(np.int16),
        "n_fake": selected.leptons.count(selected.leptons.fake).astype(np.int8),
        **{name: one.compute(of) for name, one in FEATURES[region].items()},
        **{f"lep{i + 1}charge": of.charges[:, i] for i in range(number)},
        **{f"lep{i + 1}flavour": of.flavours[:, i] for i in range(number)},
        **({"pair": pair_kind(of)} if region == "dilepton" else matrix_jets(of)),
    }
    # far finer than any detector measures
    stored = {k: v.astype(np.float32) if v.dtype == float else v for k, v in columns.items()}
    return stored | {"event_weight": selected.weight}
