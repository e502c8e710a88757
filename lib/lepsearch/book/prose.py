"""Numbers that somebody typed into prose, where only recorded ones may stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from lepsearch.errors import InputError

__all__ = ("Allowed", "Typed", "read_allowed", "typed_numbers")

LARGEST = 12  # up to a dozen, a whole number without a unit counts things in the text
UNIT = (
    r"[kMGT]?eV\b|[afpn]b\b|[fpa]b(?:\^|⁻|-)|per ?cent\b|%|sigma\b|σ|standard deviations?\b"
    r"|[mcµμ]m\b|m?rad\b|[nµμp]s\b|inverse (?:femto|pico|atto)barns?\b"
)
NUMBER = re.compile(
    r"(?<![\w.,/])(?<!\w-)(?P<number>\d+(?:[,   ]\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    rf"(?P<ordinal>st\b|nd\b|rd\b|th\b)?[   ]?(?P<unit>{UNIT})?"
)
IN_MATH = re.compile(
    r"(?:=|≈|\\approx|\\simeq|\\sim|\\pm|\\equiv)\s*\{?\s*(?P<number>[-+]?\d+\.\d+)"
)
# a number that only points somewhere: "tables 5.5 and 5.6", "eq. (5.4)"
POINTER = re.compile(
    r"\b(?:tables?|tabs?\.|eqs?\.|equations?|chapters?|figures?|figs?\.|sections?|sec\.|appendix"
    r"|pages?|pp?\.|parts?|steps?|refs?\.)[   ]?"
    r"\(?\d+(?:\.\d+)*\)?(?:(?:, | and | or | to |–|-)\(?\d+(?:\.\d+)*\)?)*",
    re.IGNORECASE,
)
# What isn't prose, in the order in which it is taken out.
MATH = (
    re.compile(r"^(?P<fence>`{3,}|:{3,})\{math\}.*?^(?P=fence)", re.MULTILINE | re.DOTALL),
    re.compile(r"(?<!\\)\$\$.*?\$\$", re.DOTALL),
    re.compile(r"(?<![\\$])\$(?=\S)(?:[^$\n]|\n(?!\n))*?(?<=\S)\$(?!\d)"),
)
CODE = (
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(
        r"^ *(?P<fence>`{3,}|~{3,}|:{3,})(?!`*\{(?!code)).*?^ *(?P=fence) *$",
        re.MULTILINE | re.DOTALL,
    ),
)
MARKUP = (
    re.compile(r"^ *(?:`{3,}|:{3,}).*$", re.MULTILINE),
    re.compile(r"^ *:[a-z_-]+:.*$", re.MULTILINE),
    re.compile(r"(?:\{[\w:-]+\})?(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL),
    re.compile(r"(?<=\])\([^)\s]*\)"),
    re.compile(r"<?https?://\S+"),
    re.compile(r"^#+ .*$", re.MULTILINE),
    re.compile(r"^\([\w:-]+\)=$", re.MULTILINE),
    re.compile(r"^ *\d+[.)] ", re.MULTILINE),
    POINTER,
)


class Allowed(BaseModel, extra="forbid"):
    """A number that may be typed, since it is a name or a fact of the set-up and no result."""

    pattern: re.Pattern[str]
    reason: str


class Typed(NamedTuple):
    """A number found in prose: on which line of the text, and what stands there."""

    line: int
    text: str


def read_allowed(path: Path) -> list[Allowed]:
    """The list of typed numbers that are fine.

    Args:
        path: YAML: a list of ``pattern`` (regular expression) and ``reason``.

    Raises:
        InputError: An entry has no reason, or its pattern is no regular expression.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else []
        return TypeAdapter(list[Allowed]).validate_python(entries)
    except ValidationError as error:
        msg = f"{path}: {error}"
        raise InputError(msg) from error


def typed_numbers(text: str, allowed: Sequence[Allowed] = ()) -> list[Typed]:
    """Results typed into MyST Markdown.

    A result is a decimal number, a percentage, a number with a unit, or a whole number above a
    dozen. Code, roles, links, headings, and numbers that point to a table, an equation, a figure or
    a chapter are none; in formulas, only ``= 1.23`` and its kin are.

    Args:
        text: Markdown.
        allowed: What may stand all the same.

    Returns:
        Each one, in order.

    Examples:
        >>> [one.text for one in typed_numbers("Half lie above 85.3 GeV, see table 5.4.")]
        ['85.3 GeV']
        >>> typed_numbers("Two leptons; {glue:text}`n` events, $m > 2$.")
        []
    """
    for pattern in CODE:
        text = pattern.sub(_blank, text)
    found = []
    for pattern in MATH:
        for math in pattern.finditer(text):
            inside = _without(math.group(), allowed)
            found += [
                _typed(text, math.start() + one.start(), one.group())
                for one in IN_MATH.finditer(inside)
            ]
        text = pattern.sub(_blank, text)
    for pattern in MARKUP:
        text = pattern.sub(_blank, text)
    text = _without(text, allowed)
    found += [_typed(text, one.start(), one.group()) for one in NUMBER.finditer(text) if _bad(one)]
    return sorted(found, key=lambda one: one.line)


def _bad(match: re.Match[str]) -> bool:
    """Whether a number in prose has the look of a result."""
    if match["ordinal"]:
        return False
    if match["unit"] or "." in match["number"] or "e" in match["number"].lower():
        return True
    return int(re.sub(r"\D", "", match["number"])) > LARGEST


def _typed(text: str, start: int, found: str) -> Typed:
    return Typed(text.count("\n", 0, start) + 1, found.strip())


def _blank(match: re.Match[str]) -> str:
    """As many spaces, and the same line ends, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", match.group())


def _without(text: str, allowed: Sequence[Allowed]) -> str:
    for one in allowed:
        text = one.pattern.sub(_blank, text)
    return text
