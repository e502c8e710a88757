"""All signal models by name."""

from __future__ import annotations

from collections.abc import Callable

from lepsearch.simulate.mono_zprime import (
    CONTACT_SCALE,
    dark_higgs,
    inelastic_eft,
    light_vector,
)
from lepsearch.simulate.process import Process
from lepsearch.simulate.three_leptons import (
    chargino_neutralino,
    heavy_neutrino,
    left_right,
    type3_seesaw,
)

__all__ = (
    "CONTACT_SCALE",
    "MODELS",
    "chargino_neutralino",
    "dark_higgs",
    "heavy_neutrino",
    "inelastic_eft",
    "left_right",
    "light_vector",
    "type3_seesaw",
)

MODELS: dict[str, Callable[..., Process]] = {
    one.__name__: one
    for one in (
        dark_higgs,
        light_vector,
        inelastic_eft,
        heavy_neutrino,
        left_right,
        type3_seesaw,
        chargino_neutralino,
    )
}
