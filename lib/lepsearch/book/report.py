"""Numbers for prose and for tests: recorded by a chapter, shown by a page, kept as JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from IPython.display import display

from lepsearch.errors import InputError

__all__ = ("collect", "record", "record_text")

# what myst-nb looks for when it meets {glue:text}`name`
MIME = "application/papermill.record/"
# where the number itself travels, beside its text
KEY = "lepsearch"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def record(name: str, value: float, fmt: str = ".3g", *, error: float | None = None) -> None:
    """Make a number available to prose as ``{glue:text}`name```, and to the chapter's results.

    A value that isn't a number reads "undefined", an infinite one "infinite": a profile may have no
    event to compute it from, and the page says so.

    Args:
        name: Letters, digits and underscores; once a chapter.
        value: The number.
        fmt: Python format of the text, for the value and for its error.
        error: Standard uncertainty, shown as "value ± error".

    Raises:
        InputError: The name can't be used in a role.
    """
    number = float(value)
    spread = None if error is None else float(error)
    text = _text(number, fmt)
    if spread is not None and math.isfinite(number):
        text = f"{text} ± {_text(spread, fmt)}"
    _show(name, text, {"value": _finite(number), "error": _finite(spread), "text": text})


def record_text(name: str, text: str) -> None:
    """Make a piece of text (a list of samples, what a profile lacks) available to prose.

    Raises:
        InputError: The name can't be used in a role.
    """
    _show(name, text, {"value": None, "error": None, "text": text})


def collect(outputs: Iterable[Mapping[str, Any]], chapter: str) -> dict[str, dict[str, Any]]:
    """What the cells of an executed notebook recorded.

    Args:
        outputs: The outputs of all cells, as nbformat has them.
        chapter: Its name, for the error.

    Returns:
        For each name: ``value`` and ``error`` (a number, or None), ``text``.

    Raises:
        InputError: A name was recorded twice.
    """
    results: dict[str, dict[str, Any]] = {}
    for output in outputs:
        entry = output.get("metadata", {}).get(KEY)
        if entry is None:
            continue
        name = entry["name"]
        if name in results:
            msg = (
                f"{chapter}: the number {name!r} is recorded twice "
                f"({results[name]['text']!r}, then {entry['text']!r}); give each its own name"
            )
            raise InputError(msg)
        results[name] = {key: entry[key] for key in ("value", "error", "text")}
    return results


def _show(name: str, text: str, entry: dict[str, float | str | None]) -> None:
    """Send the text and the number out as metadata of an output that shows nothing itself."""
    if not NAME.fullmatch(name):
        msg = f"report.record: {name!r} can't be used in a page; expected letters, digits and _"
        raise InputError(msg)
    # quoted, because myst-nb evaluates what it finds: 0.550 would read 0.55, and 1,234 a tuple
    display(  # type: ignore[no-untyped-call]
        {MIME + "text/plain": repr(text)},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": MIME}, KEY: {"name": name, **entry}},
    )


def _text(number: float, fmt: str) -> str:
    """The number as a page shows it."""
    if math.isnan(number):
        return "undefined"
    if math.isinf(number):
        return "infinite" if number > 0 else "minus infinite"
    # counts often come as floats; one that isn't whole is refused by the format itself
    return format(int(number) if fmt.endswith("d") and number.is_integer() else number, fmt)


def _finite(number: float | None) -> float | None:
    """The number, or None where JSON has no word for it."""
    return number if number is not None and math.isfinite(number) else None
