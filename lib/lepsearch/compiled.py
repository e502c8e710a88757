"""Loops over events in machine code.

Numba compiles them when they are first used and keeps the machine code on disk: in ``__pycache__``
beside their file, else (an installation that can't be written to) in the user's cache folder, or in
the folder that the environment variable ``NUMBA_CACHE_DIR`` names. Later processes load it from
there.
"""

import logging
from collections.abc import Callable
from typing import Any

import numba

__all__ = ("compiled",)

log = logging.getLogger(__name__)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in machine code, free of Python's lock, kept on disk where that is possible."""
    try:
        kernel = numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError as error:
        log.warning("%s; compiling anew in each process: set NUMBA_CACHE_DIR to a folder", error)
        kernel = numba.njit(function, nogil=True, error_model="numpy")
    return kernel  # type: ignore[no-any-return]
