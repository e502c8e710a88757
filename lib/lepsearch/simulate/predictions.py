"""Cross sections of the signals without events, from their matrix elements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

from lepsearch.simulate.hadronic import CHARGED, annihilation_cross_section
from lepsearch.simulate.heavy_leptons import (
    W_TO_LEPTONS,
    Z_TO_LEPTONS,
    HeavyNeutrino,
    WeakTriplet,
)
from lepsearch.simulate.models import CONTACT_SCALE
from lepsearch.simulate.signals import (
    DarkHiggsModel,
    InelasticModel,
    Sector,
    dark_higgs_model,
    inelastic_model,
)

__all__ = ("mono_zprime", "predicted_pb")


def mono_zprime(process: str, sector: str, mass: float) -> DarkHiggsModel | InelasticModel | None:
    """The model behind a process with a Z' and dark matter; None for other processes.

    Args:
        process: Name of the process.
        sector: ``heavy`` or ``light``.
        mass: Mass of the Z' [GeV].
    """
    chosen = cast(Sector, sector)
    if process == "dark_higgs":
        return dark_higgs_model(chosen, mass)
    if process == "light_vector":
        return inelastic_model(chosen, mass)
    if process == "inelastic_eft":
        return inelastic_model(chosen, mass, scale=CONTACT_SCALE)
    return None


def predicted_pb(process: str, parameters: Mapping[str, float | str]) -> float | None:
    """Leading-order cross section of a signal into the final states that its sample holds.

    Narrow widths are taken, where the events have Breit-Wigner shapes cut off at ten widths.

    Args:
        process: Name of the process.
        parameters: Its parameters, as the manifest states them.

    Returns:
        The cross section times branching ratios [pb]; None for processes that aren't covered (a
        resonance of two quarks, such as the W_R).
    """
    mass = float(parameters.get("mass", 0.0))
    model = mono_zprime(process, str(parameters.get("sector", "")), mass)
    if isinstance(model, DarkHiggsModel):
        dsigma_dt = partial(model.dsigma_dt, zprime_mass2=mass**2)
        made = annihilation_cross_section(dsigma_dt, (mass, model.higgs_mass))
        return made * model.branching_to_light_leptons
    if isinstance(model, InelasticModel):
        masses = (model.heavy_mass, model.light_mass)
        return (
            annihilation_cross_section(model.dsigma_dt, masses) * model.branching_to_light_leptons
        )
    if process == "heavy_neutrino":
        neutrino = HeavyNeutrino(mass)

        def to_neutrino(s: float, t: float, _: float) -> float:
            return neutrino.dsigma_dt(s, t, 0.0, mass**2)

        return annihilation_cross_section(to_neutrino, (0.0, mass), CHARGED) * neutrino.leptonic
    if process in ("type3_seesaw", "chargino_neutralino"):
        triplet = partial(WeakTriplet(mass).dsigma_dt, charged2=mass**2, neutral2=mass**2)
        share = W_TO_LEPTONS * Z_TO_LEPTONS if process == "chargino_neutralino" else 1.0
        return annihilation_cross_section(triplet, (mass, mass), CHARGED) * share
    return None
