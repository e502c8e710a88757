"""What every feature of the skims is: definition, unit, label, range and where it is from.

Chapters take labels and bins from here; ``features`` computes the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError, nearest

__all__ = ("DILEPTON", "FEATURES", "TRILEPTON", "Feature", "feature")

PI = float(np.pi)


@dataclass(frozen=True)
class Feature:
    """One column of a skim.

    Attributes:
        name: Its column, as the thesis names it.
        title: It in words.
        formula: Its definition as TeX, without dollar signs; empty where the words are enough.
        label: Its symbol as TeX, with dollar signs.
        unit: ``GeV``, ``rad`` or empty.
        source: The table of thesis B that lists it; empty if this book added it.
        low: Lower end of its histogram, in its unit.
        high: Upper end.
        bins: Number of bins.
        dropped: Whether thesis B left it out of its models, its simulation being poor.
    """

    name: str
    title: str
    formula: str
    label: str
    unit: str
    source: str
    low: float
    high: float
    bins: int
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
        return np.linspace(self.low, self.high, self.bins + 1)

    @property
    def counts(self) -> bool:
        """Whether it is a whole number."""
        return self.low == -0.5

    @property
    def may_be_absent(self) -> bool:
        """Whether some events lack it, which is NaN in the skims."""
        return self.name.startswith("jet") or self.name in ("mjj", "mll_z")


def _by_name(*features: Feature) -> dict[str, Feature]:
    return {one.name: one for one in features}


def _leptons(count: int, source: str) -> list[Feature]:
    words = ("leading", "second", "third")
    highest = (400, 280, 160)
    features = []
    for i in range(count):
        sign, title = rf"\ell_{i + 1}", f"of the {words[i]} lepton"
        name = f"lep{i + 1}"
        features += [
            Feature(
                f"{name}pt", f"transverse momentum {title}", "", rf"$p_T({sign})$", "GeV", source,
                0, highest[i], 40,
            ),
            Feature(
                f"{name}eta", f"pseudorapidity {title}", r"\eta=-\ln\tan(\theta/2)",
                rf"$\eta({sign})$", "", source, -2.8, 2.8, 20,
            ),
            Feature(
                f"{name}phi", f"azimuth {title}", "", rf"$\phi({sign})$", "rad", source, -PI, PI, 16
            ),
        ]  # fmt: skip
    return features


def _jets(source: str) -> list[Feature]:
    words = ("leading", "second", "third")
    highest = (400, 250, 150)
    features = []
    for i in range(3):
        sign, title, name = f"j_{i + 1}", f"of the {words[i]} jet", f"jet{i + 1}"
        features += [
            Feature(
                f"{name}pt", f"transverse momentum {title}", "", rf"$p_T({sign})$", "GeV", source,
                0, highest[i], 40,
            ),
            Feature(
                f"{name}eta", f"pseudorapidity {title}", "", rf"$\eta({sign})$", "", source,
                -2.8, 2.8, 20,
            ),
            Feature(
                f"{name}phi", f"azimuth {title}", "", rf"$\phi({sign})$", "rad", source, -PI, PI, 16
            ),
        ]  # fmt: skip
    return features


def _count(name: str, title: str, label: str, source: str, most: int) -> Feature:
    return Feature(name, title, "", label, "", source, -0.5, most + 0.5, most + 1)


def _angle(name: str, title: str, formula: str, *, dropped: bool = False) -> Feature:
    return Feature(name, title, formula, f"${formula}$", "rad", "4.2", 0, PI, 24, dropped)


_MET = Feature(
    "met", "missing transverse momentum", "", r"$E_T^\mathrm{miss}$", "GeV", "4.2", 50, 500, 45
)
_MET_SIG = Feature(
    "met_sig", "missing transverse momentum over its resolution",
    r"E_T^\mathrm{miss}/\sqrt{\sigma_L^2(1-\rho_{LT}^2)}", r"$E_T^\mathrm{miss}$ significance",
    "", "4.2", 0, 25, 25,
)  # fmt: skip
_HT = Feature(
    "ht", "hadronic activity: scalar sum of all leptons' and jets' transverse momenta",
    r"\sum_\ell p_T(\ell)+\sum_j p_T(j)", "$H_T$", "GeV", "4.2", 0, 1200, 40,
)  # fmt: skip
_N_B = _count("nbjets", "number of b-jets", r"$N_{b}$", "4.2", 5)
_N_LIGHT = _count("nljets", "number of light jets", r"$N_\mathrm{light}$", "4.2", 9)
_MJJ = Feature(
    "mjj", "mass of the two leading jets", "m^2=(p_{j_1}+p_{j_2})^2", "$m_{jj}$", "GeV", "4.3",
    0, 800, 40,
)  # fmt: skip

DILEPTON = _by_name(
    *_leptons(2, "4.2"),
    Feature(
        "mll", "mass of the lepton pair", r"m^2=(p_{\ell_1}+p_{\ell_2})^2", r"$m_{\ell\ell}$",
        "GeV", "4.2", 0, 500, 50,
    ),
    _MET,
    _MET_SIG,
    Feature(
        "mt", "transverse mass of the lepton pair and the missing momentum",
        r"m_T^2=m_{\ell\ell}^2+2\,(\sqrt{m_{\ell\ell}^2+p_{T,\ell\ell}^2}\,E_T^\mathrm{miss}"
        r"-\vec p_{T,\ell\ell}\cdot\vec p_T^{\,\mathrm{miss}})",
        "$m_T$", "GeV", "4.2", 0, 1000, 40,
    ),
    Feature(
        "mt2", "stransverse mass, all particles massless",
        r"\min_{\vec q_1+\vec q_2=\vec p_T^{\,\mathrm{miss}}}"
        r"\max[m_T(\ell_1,\vec q_1),m_T(\ell_2,\vec q_2)]",
        "$m_{T2}$", "GeV", "4.2", 0, 320, 40,
    ),
    Feature(
        "et", "transverse energy of the lepton pair", r"E_{\ell\ell}\sin\theta_{\ell\ell}",
        "$E_T$", "GeV", "4.2", 0, 500, 40,
    ),
    _angle(
        "dPhiLeps", "azimuth between the leptons", r"|\Delta\phi(\ell_1,\ell_2)|", dropped=True
    ),
    _angle(
        "dPhiLLMet", "azimuth between the lepton pair and the missing momentum",
        r"|\Delta\phi(\ell\ell,E_T^\mathrm{miss})|",
    ),
    _angle(
        "dPhiLeadMet", "azimuth between the leading lepton and the missing momentum",
        r"|\Delta\phi(\ell_1,E_T^\mathrm{miss})|",
    ),
    _angle(
        "dPhiCloseMet", "azimuth between the lepton nearest the missing momentum and that",
        r"|\Delta\phi(\ell_c,E_T^\mathrm{miss})|", dropped=True,
    ),
    _HT,
    Feature(
        "rt", "missing momentum over hadronic activity", r"E_T^\mathrm{miss}/H_T", "$r_T$", "",
        "4.2", 0, 2, 40,
    ),
    _N_B,
    _N_LIGHT,
    *_jets("4.3"),
    _MJJ,
    _count("n_bjetPt20", "b-jets above 20 GeV", r"$N_b(p_T>20)$", "5.1", 5),
    _count("n_ljetPt40", "light jets above 40 GeV", r"$N_\mathrm{light}(p_T>40)$", "5.1", 7),
    _count("n_jetsetaCentral", "jets with |η| < 2.5", r"$N_j(|\eta|<2.5)$", "5.1", 9),
    _count(
        "n_jetsetaForward50", "jets above 50 GeV with |η| > 2.5", r"$N_j(|\eta|>2.5,\,p_T>50)$",
        "5.1", 3,
    ),
)  # fmt: skip

TRILEPTON = _by_name(
    *_leptons(3, ""),
    Feature(**{**vars(_MET), "low": 0.0, "high": 300.0, "bins": 30}),
    _MET_SIG,
    Feature(
        "mlll", "mass of the three leptons", r"m^2=(p_{\ell_1}+p_{\ell_2}+p_{\ell_3})^2",
        r"$m_{\ell\ell\ell}$", "GeV", "", 0, 600, 40,
    ),
    Feature(
        "mll_z", "mass of the opposite-sign, same-flavour pair nearest the Z boson", "",
        r"$m_{\ell\ell}^Z$", "GeV", "", 0, 200, 40,
    ),
    _count("flcomp", "number of muons among the leptons", r"$N_\mu$", "", 3),
    _HT,
    _N_B,
    _N_LIGHT,
    _MJJ,
)  # fmt: skip

FEATURES: Mapping[str, Mapping[str, Feature]] = {"dilepton": DILEPTON, "trilepton": TRILEPTON}


def feature(region: str, name: str) -> Feature:
    """The feature of that name.

    Raises:
        InputError: There is none; near names are given.
    """
    known = FEATURES.get(region, {})
    if name not in known:
        msg = f"no feature {name!r} in region {region!r}; nearest are {nearest(name, known)}"
        raise InputError(msg)
    return known[name]
