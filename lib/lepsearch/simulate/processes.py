"""The simulated processes as data: Pythia settings, numbers, labels."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from lepsearch.errors import InputError, nearest
from lepsearch.simulate.signals import (
    DARK_MATTER_MASS,
    DarkHiggsModel,
    Sector,
    dark_higgs_model,
)

__all__ = ("Process", "dark_higgs", "find_process", "known_processes")

SECTORS = {"heavy": 910_000, "light": 920_000}  # with the first sample number of each
MASS_RANGE = (20.0, 5000.0)  # GeV


@dataclass(frozen=True)
class Process:
    """What Pythia needs to make a sample, and how to normalise it.

    Attributes:
        name: Key, as the manifest spells it.
        dsid: Number of the sample (``channelNumber``); 900000 and up are ours, none is ATLAS's.
        label: For figures; LaTeX allowed.
        settings: Lines for ``Pythia.readString``.
        cross_section_note: What Pythia's own cross section contains and what it lacks.
        matrix_element: Makes the Pythia class of a process of our own; None for built-in ones.
    """

    name: str
    dsid: int
    label: str
    settings: tuple[str, ...]
    cross_section_note: str
    matrix_element: Callable[[], Any] | None = None


LEPTONIC_W = ("24:onMode = off", "24:onIfAny = 11 13 15")
LEPTONIC_Z = ("23:onMode = off", "23:onIfAny = 11 13 15")

# Z + one parton falls so steeply with pT that hardly any event would reach large missing momentum.
# Pythia draws with an extra (pT/reference)^power and gives each event the inverse as its weight.
ZLL_JET_BIAS = (
    "PhaseSpace:bias2Selection = on",
    "PhaseSpace:bias2SelectionPow = 1.5",
    "PhaseSpace:bias2SelectionRef = 50.",
)

BACKGROUNDS = (
    Process(
        name="ttbar_2l",
        dsid=900001,
        label=r"$t\bar t \to 2\ell$",
        settings=("Top:gg2ttbar = on", "Top:qqbar2ttbar = on", *LEPTONIC_W),
        cross_section_note="leading order; contains both W -> l nu branching ratios (e, mu, tau)",
    ),
    Process(
        name="wz_3l",
        dsid=900002,
        label=r"$WZ \to \ell\nu\ell\ell$",
        settings=("WeakDoubleBoson:ffbar2ZW = on", *LEPTONIC_W, *LEPTONIC_Z),
        cross_section_note="leading order, Z without photon; contains W -> l nu and Z -> l l "
        "branching ratios (e, mu, tau)",
    ),
    Process(
        name="zll_jet",
        dsid=900003,
        label=r"$Z/\gamma^* \to \ell\ell$ + jet",
        settings=(
            "WeakBosonAndParton:qqbar2gmZg = on",
            "WeakBosonAndParton:qg2gmZq = on",
            "23:onMode = off",
            "23:onIfAny = 11 13",
            "23:mMin = 40.",
            "PhaseSpace:mHatMin = 40.",
            "PhaseSpace:pTHatMin = 20.",
            *ZLL_JET_BIAS,
        ),
        cross_section_note="leading order for m_ll > 40 GeV beside one parton with pT > 20 GeV; "
        "contains Z -> ee and mumu",
    ),
)


def dark_higgs(sector: str, mass: float) -> Process:
    """The dark-Higgs signal with Z' -> ee, mumu at one mass.

    Args:
        sector: ``"heavy"`` or ``"light"`` dark sector.
        mass: Mass of the Z' [GeV].

    Raises:
        InputError: An unknown sector, or a mass for which there is no phase space.
    """
    if sector not in SECTORS:
        msg = f"process dark_higgs: sector is {sector!r}, expected 'heavy' or 'light'"
        raise InputError(msg)
    if not MASS_RANGE[0] <= mass <= MASS_RANGE[1]:
        msg = f"process dark_higgs: mass is {mass:g} GeV, expected {MASS_RANGE[0]:g} to "
        msg += f"{MASS_RANGE[1]:g} GeV"
        raise InputError(msg)
    model = dark_higgs_model(cast(Sector, sector), float(mass))
    return Process(
        name="dark_higgs",
        dsid=SECTORS[sector] + round(mass),
        label=rf"Dark Higgs, {sector} sector, $m_{{Z'}}$ = {mass:g} GeV",
        settings=_dark_higgs_settings(model),
        cross_section_note="leading order, g_q = 0.1, g_dark = 1, before the decay of the Z'; "
        "to be multiplied by BR(Z' -> ee, mumu)",
        matrix_element=lambda: _dark_higgs_class(model),
    )


def _dark_higgs_settings(model: DarkHiggsModel) -> tuple[str, ...]:
    """Masses, widths and decays of Z' (55), h_D (54) and chi (52)."""
    mass, width, higgs = model.zprime_mass, model.width, model.higgs_mass
    return (
        f"55:m0 = {mass}",
        f"55:mWidth = {width:.6g}",
        f"55:mMin = {mass - 10 * width:.6g}",
        f"55:mMax = {mass + 10 * width:.6g}",
        "55:doForceWidth = on",
        "55:onMode = off",
        "55:onIfAny = 11 13",
        f"52:m0 = {DARK_MATTER_MASS}",
        f"54:m0 = {higgs}",
        "54:mWidth = 0.01",  # narrow; its value has no effect on what is seen
        f"54:mMin = {higgs - 1}",
        f"54:mMax = {higgs + 1}",
        "54:doForceWidth = on",
        "54:oneChannel = 1 1.0 100 52 -52",
    )


def _dark_higgs_class(model: DarkHiggsModel) -> Any:
    """The matrix element as a Pythia class, which can only be loaded where Pythia is."""
    from lepsearch.simulate.sigma2 import DarkHiggs

    return DarkHiggs(model)


MODELS: dict[str, Callable[..., Process]] = {"dark_higgs": dark_higgs}


def known_processes() -> tuple[str, ...]:
    """Names that can be simulated."""
    return (*(one.name for one in BACKGROUNDS), *MODELS)


def find_process(name: str, parameters: Mapping[str, str | float] | None = None) -> Process:
    """The process of this name.

    Args:
        name: A background, or a signal model.
        parameters: What a signal model needs: for ``dark_higgs`` its ``sector`` and ``mass``.

    Raises:
        InputError: There is none (the message lists the nearest names), or its parameters are not
            these.

    Examples:
        >>> find_process("dark_higgs", {"sector": "heavy", "mass": 130}).dsid
        910130
    """
    given = dict(parameters or {})
    if name not in known_processes():
        near = nearest(name, known_processes())
        msg = f"unknown process {name!r}; the nearest known ones are {near}"
        raise InputError(msg)
    model = MODELS.get(name)
    wanted = set(inspect.signature(model).parameters) if model else set()
    if set(given) != wanted:
        msg = f"process {name!r} takes {_listed(wanted)}, got {_listed(given)}"
        raise InputError(msg)
    if model:
        return model(**given)
    return next(one for one in BACKGROUNDS if one.name == name)


def _listed(names: Iterable[str]) -> str:
    return "the parameters " + ", ".join(sorted(names)) if names else "no parameters"
