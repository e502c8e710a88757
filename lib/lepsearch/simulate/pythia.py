"""The Python module of Pythia 8, whichever is installed."""

from __future__ import annotations

import importlib
from typing import Any

from lepsearch.errors import InputError

__all__ = ("pythia_module",)


def pythia_module() -> Any:
    """The Python module of Pythia 8: `pythia8mc` from PyPI, else conda-forge's `pythia8`.

    Raises:
        InputError: Neither is installed.
    """
    for name in ("pythia8mc", "pythia8"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    msg = (
        "Pythia 8 is not installed, so no events can be simulated; the package index has "
        "pythia8mc for Linux on x86-64 only, elsewhere make the environment with conda "
        "(environment.yml takes pythia8 from conda-forge), or use a profile with files: local, "
        "opendata-2020"
    )
    raise InputError(msg)
