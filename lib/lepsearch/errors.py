"""Errors that a user can act on: each names the file or field, what was expected and what came."""

import difflib
from collections.abc import Iterable, Set

__all__ = (
    "ChapterError",
    "FetchError",
    "InputError",
    "LepsearchError",
    "StaleError",
    "nearest",
    "one_of",
)


SHOWN = 8


class LepsearchError(Exception):
    """Something the user can mend; the command line prints it without a traceback."""


class FetchError(LepsearchError):
    """A file could not be downloaded, or is not the one that the manifest describes."""


class InputError(LepsearchError, ValueError):
    """A manifest, an ntuple, a skim or a parameter is not what the step needs."""


class ChapterError(LepsearchError):
    """A chapter failed while it ran, or a page of the book breaks a rule of the book."""


class StaleError(LepsearchError):
    """A made thing no longer belongs to the sources that it was made from."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Spell out the known names closest to ``name``, for an error message.

    Where none is alike, the first ones stand there in the order given, and how many there are.

    Examples:
        >>> nearest("lep_ptt", ["lep_pt", "jet_pt", "met_et"])
        "'lep_pt', 'jet_pt'"
        >>> nearest("zzz", ["lep_pt", "jet_pt"])
        "'lep_pt', 'jet_pt' (2 of 2, none alike)"
    """
    candidates = sorted(known) if isinstance(known, Set) else list(dict.fromkeys(known))
    if close := difflib.get_close_matches(name, candidates, cutoff=0.5):
        return ", ".join(map(repr, close))
    first = candidates[:SHOWN]
    counted = f" ({len(first)} of {len(candidates)}, none alike)"
    return ", ".join(map(repr, first)) + counted if first else "nothing"


def one_of(what: str, name: str, known: Iterable[str]) -> str:
    """The name of something, if it is known.

    Raises:
        InputError: It is not; the message names the nearest ones.

    Examples:
        >>> one_of("profile", "smok", ["smoke", "local"])
        Traceback (most recent call last):
        lepsearch.errors.InputError: unknown profile 'smok'; the nearest known: 'smoke'
    """
    if name not in known:
        msg = f"unknown {what} {name!r}; the nearest known: {nearest(name, known)}"
        raise InputError(msg)
    return name
