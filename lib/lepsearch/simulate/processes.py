"""The simulated processes by name."""

import inspect
from collections.abc import Callable, Iterable, Mapping

from lepsearch.errors import InputError, one_of
from lepsearch.simulate import mono_zprime, three_leptons
from lepsearch.simulate.backgrounds import BACKGROUNDS
from lepsearch.simulate.process import Process

__all__ = ("MODELS", "find_process")

MODELS: dict[str, Callable[..., Process]] = {
    one.__name__: one
    for one in (
        mono_zprime.dark_higgs,
        mono_zprime.light_vector,
        mono_zprime.inelastic_eft,
        three_leptons.heavy_neutrino,
        three_leptons.left_right,
        three_leptons.type3_seesaw,
        three_leptons.chargino_neutralino,
    )
}


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
    model = MODELS.get(one_of("process", name, [*BACKGROUNDS, *MODELS]))
    wanted = set(inspect.signature(model).parameters) if model else set()
    if set(given) != wanted:
        msg = f"process {name!r} takes {_listed(wanted)}, got {_listed(given)}"
        raise InputError(msg)
    return model(**given) if model else BACKGROUNDS[name]


def _listed(names: Iterable[str]) -> str:
    return "the parameters " + ", ".join(sorted(names)) if names else "no parameters"
