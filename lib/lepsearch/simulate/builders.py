"""Pieces that the signals' settings are made of."""

from __future__ import annotations

from collections.abc import Iterable

from lepsearch.errors import InputError

__all__ = ("channels", "checked_mass", "narrow")

MASS_RANGE = (20.0, 5000.0)  # GeV


def narrow(particle: int, mass: float) -> tuple[str, ...]:
    """Mass and a width too small to be seen, for a resonance whose decays are stated."""
    return (
        f"{particle}:m0 = {mass}",
        f"{particle}:mWidth = 0.01",
        f"{particle}:mMin = {mass - 1}",
        f"{particle}:mMax = {mass + 1}",
        f"{particle}:isResonance = on",
        f"{particle}:doForceWidth = on",
    )


def channels(particle: int, table: Iterable[tuple[float, tuple[int, ...]]]) -> list[str]:
    """Pythia's table of decays, by branching ratio and products."""
    words = ("oneChannel", *("addChannel",) * 100)
    return [
        f"{particle}:{word} = 1 {share:.6g} 100 {' '.join(map(str, products))}"
        for word, (share, products) in zip(words, table, strict=False)
    ]


def checked_mass(process: str, mass: float, least: float = MASS_RANGE[0]) -> float:
    """The mass as it is given.

    Raises:
        InputError: It is out of range.
    """
    if not least <= mass <= MASS_RANGE[1]:
        msg = f"process {process}: mass is {mass:g} GeV, expected {least:g} to "
        msg += f"{MASS_RANGE[1]:g} GeV"
        raise InputError(msg)
    return float(mass)
