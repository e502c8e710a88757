"""The three signals with a Z' to two leptons beside dark matter, as processes for Pythia."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from lepsearch.errors import InputError
from lepsearch.simulate.builders import checked_mass, narrow
from lepsearch.simulate.process import Process
from lepsearch.simulate.signals import (
    DARK_MATTER_MASS,
    InelasticModel,
    Sector,
    ZPrime,
    dark_higgs_model,
    inelastic_model,
)

__all__ = ("CONTACT_SCALE", "dark_higgs", "inelastic_eft", "light_vector")

CONTACT_SCALE = 3000.0  # GeV
# the first sample number of each family; the mass [GeV] is added
NUMBERS = {
    ("dark_higgs", "heavy"): 910_000,
    ("dark_higgs", "light"): 920_000,
    ("light_vector", "heavy"): 930_000,
    ("light_vector", "light"): 940_000,
    ("inelastic_eft", "heavy"): 950_000,
    ("inelastic_eft", "light"): 960_000,
}


def dark_higgs(sector: str, mass: float) -> Process:
    """The dark-Higgs signal with Z' -> ee, mumu at one mass.

    Args:
        sector: ``"heavy"`` or ``"light"`` dark sector.
        mass: Mass of the Z' [GeV].

    Raises:
        InputError: An unknown sector, or a mass for which there is no phase space.
    """
    model = dark_higgs_model(_sector("dark_higgs", sector), checked_mass("dark_higgs", mass))
    share = model.branching_to_light_leptons
    decays = (
        f"52:m0 = {DARK_MATTER_MASS}",
        *narrow(54, model.higgs_mass),
        "54:oneChannel = 1 1.0 100 52 -52",
    )

    def matrix_element() -> Any:
        from lepsearch.simulate.sigma2 import DarkHiggs

        return DarkHiggs(model, share)

    note = "leading order, g_q = 0.1, g_dark = 1"
    return _mono_zprime("dark_higgs", "Dark Higgs", sector, model, decays, note, matrix_element)


def light_vector(sector: str, mass: float) -> Process:
    """The light-vector signal, q qbar -> Z'* -> chi2 chi1, with Z' -> ee, mumu at one mass.

    Args:
        sector: ``"heavy"`` or ``"light"`` dark sector.
        mass: Mass of the Z' [GeV].

    Raises:
        InputError: An unknown sector, or a mass for which there is no phase space.
    """
    model = inelastic_model(_sector("light_vector", sector), checked_mass("light_vector", mass))
    note = "leading order, g_q = 0.1, g_dark = 1"
    return _inelastic("light_vector", "Light vector", sector, model, note)


def inelastic_eft(sector: str, mass: float) -> Process:
    """The signal of the inelastic contact term, with Z' -> ee, mumu at one mass.

    Args:
        sector: ``"heavy"`` or ``"light"`` dark sector.
        mass: Mass of the Z' [GeV].

    Raises:
        InputError: An unknown sector, or a mass for which there is no phase space.
    """
    chosen, checked = _sector("inelastic_eft", sector), checked_mass("inelastic_eft", mass)
    model = inelastic_model(chosen, checked, scale=CONTACT_SCALE)
    note = f"leading order, Lambda = {CONTACT_SCALE / 1000:g} TeV"
    return _inelastic("inelastic_eft", "Inelastic EFT", sector, model, note)


def _inelastic(name: str, title: str, sector: str, model: InelasticModel, note: str) -> Process:
    decays = (
        f"52:m0 = {model.light_mass}",
        *narrow(58, model.heavy_mass),
        "58:oneChannel = 1 1.0 100 55 52",
    )
    share = model.branching_to_light_leptons

    def matrix_element() -> Any:
        from lepsearch.simulate.sigma2 import DarkFermions

        return DarkFermions(model, share)

    return _mono_zprime(name, title, sector, model, decays, note, matrix_element)


def _mono_zprime(
    name: str,
    title: str,
    sector: str,
    model: ZPrime,
    decays: Iterable[str],
    note: str,
    matrix_element: Callable[[], Any],
) -> Process:
    """A process with a Z' (55) that decays to ee and mumu."""
    mass, width = model.zprime_mass, model.width
    return Process(
        name=name,
        dsid=NUMBERS[name, sector] + round(mass),
        label=rf"{title}, {sector} sector, $m_{{Z'}}$ = {mass:g} GeV",
        settings=(
            f"55:m0 = {mass}",
            f"55:mWidth = {width:.6g}",
            f"55:mMin = {mass - 10 * width:.6g}",
            f"55:mMax = {mass + 10 * width:.6g}",
            "55:doForceWidth = on",
            "55:onMode = off",
            "55:onIfAny = 11 13",
            *decays,
        ),
        cross_section_note=f"{note}; contains Z' -> ee and mumu with g_l = 0.01, "
        f"{model.branching_to_light_leptons:.4g}",
        matrix_element=matrix_element,
    )


def _sector(process: str, sector: str) -> Sector:
    if sector not in ("heavy", "light"):
        msg = f"process {process}: sector is {sector!r}, expected 'heavy' or 'light'"
        raise InputError(msg)
    return cast(Sector, sector)
