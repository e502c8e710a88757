"""Numbers for prose and for tests: named by a chapter or written into its text, kept as JSON."""

import ast
import logging
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from IPython import get_ipython
from IPython.display import display

from lepsearch.errors import InputError
from lepsearch.stats.estimate import Estimate

__all__ = ("agreement", "collect", "evaluate", "record", "verdict")

log = logging.getLogger(__name__)
# what myst-nb looks for when it meets {glue:text}`name`
MIME = "application/papermill.record/"
# where the number itself travels, beside its text
KEY = "lepsearch"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NUMBERS = (int, float, np.number, Estimate)
MARKUP = re.compile(r"(?P<formula>\$[^$]+\$)|[\\`*_{}\[\]<>#|$~&^@]")


def record(name: str, value: float | Estimate | str, fmt: str | None = None) -> None:
    """Make a number available to prose as ``{glue:text}`name```, and to the chapter's results.

    It is meant for what other pages quote; a chapter's own text has ``{eval}`expression```. Words
    under names such as ``guevara_figure_5_2`` say what became of a figure or table of a thesis.

    Args:
        name: Letters, digits and underscores; once a chapter.
        value: The number, or an estimate, shown with its error. If it isn't finite, the text says
            so: a profile may have no event to compute it from. Or words that code has chosen.
        fmt: Python format of the text; by default three digits, or two of an estimate's error.

    Raises:
        InputError: The name can't be used in a role.
    """
    if isinstance(value, Estimate | str):
        numbers = [value] if isinstance(value, Estimate) else []
        _show(name, _entry(numbers, _text(value, fmt or "")))
        return
    fmt, number = fmt or ".3g", float(value)
    whole = fmt.endswith("d") and number.is_integer()  # counts often come as floats
    _show(name, _entry([value], _text(int(number) if whole else value, fmt)))


def evaluate(expression: str, names: Mapping[str, Any] | None = None) -> None:
    """Send out the text of an expression in prose, ``{eval}`expression```, and its numbers.

    The numbers are its value, or the values of an f-string's fields. It can refer to these names;
    by default to all that the notebook has defined.
    """
    scope = dict(get_ipython().user_ns if names is None else names)
    numbers: list[Any] = []
    value = _value(ast.parse(expression, mode="eval").body, scope, numbers)
    entry = _entry(numbers, value if isinstance(value, str) else _text(value, ""))
    if isinstance(value, np.generic):
        log.warning("JupyterLab shows %s as %r: give it a format in an f-string", expression, value)
    if hasattr(value, "_repr_markdown_"):
        markdown = value._repr_markdown_()
    else:
        text = " ".join(entry["text"].split())
        markdown = MARKUP.sub(lambda one: one["formula"] or f"\\{one[0]}", text)
    _send({}, {KEY: {"name": expression, "markdown": markdown, **entry}})


def verdict(change: Estimate, *, seen: str, unseen: str, undefined: str) -> str:
    """Choose the words for a change: is it further than two standard errors from zero?

    Examples:
        >>> words = {"seen": "more", "unseen": "no effect", "undefined": "not known"}
        >>> [verdict(Estimate(one, 1.0), **words) for one in (2.5, -1.5, math.nan)]
        ['more', 'no effect', 'not known']
    """
    if not math.isfinite(change.sigmas):
        return undefined
    return seen if abs(change.sigmas) > 2 else unseen


def agreement(change: Estimate) -> str:
    """Choose the words for a thesis's claim that a change is above zero, with the change."""
    seen = f"{'agrees' if change.value > 0 else 'differs'} ({change})"
    unseen = f"no effect seen ({change})"
    return verdict(change, seen=seen, unseen=unseen, undefined="too few events to tell")


def collect(outputs: Iterable[Mapping[str, Any]], chapter: str) -> dict[str, dict[str, Any]]:
    """What the cells of an executed notebook recorded, and what its text evaluated.

    Returns:
        For each name and each expression: ``value`` and ``error`` (a number, None, or a list of
        these for an f-string with several fields), ``text``, and ``line`` and ``functions`` where
        :func:`origin.place` added them. An expression that has another value
        further down stands there again, with a number behind it.

    Raises:
        InputError: A name was recorded twice.
    """
    results: dict[str, dict[str, Any]] = {}
    sent = [one["metadata"][KEY] for one in outputs if KEY in one.get("metadata", {})]
    for one in sorted(sent, key=lambda one: "markdown" in one):
        name, entry = one["name"], {key: one[key] for key in ("value", "error", "text")}
        if "markdown" in one:
            number = 1
            while name in results and not entry.items() <= results[name].items():
                number += 1
                name = f"{one['name']} ({number})"
        elif name in results:
            msg = (
                f"{chapter}: the number {name!r} is recorded twice "
                f"({results[name]['text']!r}, then {entry['text']!r}); give each its own name"
            )
            raise InputError(msg)
        origin = {key: one[key] for key in ("line", "functions") if key in one}
        results.setdefault(name, entry | origin)
    return results


def _value(node: ast.expr, scope: dict[str, Any], numbers: list[Any]) -> Any:
    """The value of an expression; the numbers in it are added to the list."""
    if isinstance(node, ast.IfExp):
        chosen = node.body if _run(node.test, scope) else node.orelse
        return _value(chosen, scope, numbers)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _field(one, scope, numbers) if isinstance(one, ast.FormattedValue) else _run(one, scope)
            for one in node.values
        )
    value = _run(node, scope)
    if isinstance(value, NUMBERS) and not isinstance(value, bool):
        numbers.append(value)
    return value


def _field(node: ast.FormattedValue, scope: dict[str, Any], numbers: list[Any]) -> str:
    """The text of one field of an f-string."""
    value = _value(node.value, scope, numbers)
    if node.conversion != -1:
        value = format(value) if chr(node.conversion) == "s" else repr(value)
    return _text(value, _run(node.format_spec, scope) if node.format_spec else "")


def _run(node: ast.expr, scope: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "<text>", "eval"), scope)  # noqa: S307 the chapter's


def _entry(numbers: list[Any], text: str) -> dict[str, Any]:
    """Value, error and text as the results file keeps them."""
    values = [_finite(float(one.value if isinstance(one, Estimate) else one)) for one in numbers]
    errors = [_finite(one.error) if isinstance(one, Estimate) else None for one in numbers]
    if len(numbers) == 1:
        return {"value": values[0], "error": errors[0], "text": text}
    known = any(error is not None for error in errors)
    return {"value": values or None, "error": errors if known else None, "text": text}


def _show(name: str, entry: dict[str, Any]) -> None:
    """Send out what is recorded, for the roles of the pages."""
    if not NAME.fullmatch(name):
        msg = f"report.record: {name!r} can't be used in a page; expected letters, digits and _"
        raise InputError(msg)
    # quoted, because myst-nb evaluates what it finds: 0.550 would read 0.55, and 1,234 a tuple
    glue = {"scrapbook": {"name": name, "mime_prefix": MIME}}
    _send({MIME + "text/plain": repr(entry["text"])}, {**glue, KEY: {"name": name, **entry}})


def _send(data: dict[str, Any], metadata: dict[str, Any]) -> None:
    """Make an output of the cell that shows nothing itself."""
    display(data, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


def _text(value: Any, fmt: str) -> str:
    """A value as a page shows it."""
    if isinstance(value, NUMBERS):
        number = float(value.value if isinstance(value, Estimate) else value)
        if not math.isfinite(number):
            return {"nan": "undefined", "inf": "infinite", "-inf": "minus infinite"}[str(number)]
    return format(value, fmt)


def _finite(number: float) -> float | None:
    """The number, or None where JSON has no word for it."""
    return number if math.isfinite(number) else None
