"""Numbers in prose: those that somebody typed, and sentences that hold too many inserted ones."""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import yaml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from pydantic import BaseModel, TypeAdapter, ValidationError

from lepsearch.errors import InputError

__all__ = ("Allowed", "Crowd", "Typed", "crowds", "inserted", "read_allowed", "typed_numbers")

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
# a line of a directive that is an option
OPTION = re.compile(r"^ *:[a-z_-]+:.*$", re.MULTILINE)
MOST = {"sentence": 3, "paragraph": 6}  # inserted values
ROLES = ("eval", "glue:")
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\b(?:al|cf|eq|vs)\.)(?<!\b(?:eqs|fig|ref|sec|tab)\.)"
    r"(?<!\bfigs\.)[\"')\]*_]*\s+(?![a-z])"
)
EXTENSIONS = {"amsmath", "colon_fence", "deflist", "dollarmath"}
PARSER = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


class Allowed(BaseModel, extra="forbid"):
    """A number that may be typed, since it is a name or a fact of the set-up and no result."""

    pattern: re.Pattern[str]
    reason: str


class Typed(NamedTuple):
    """A number found in prose: on which line of the text, and what stands there."""

    line: int
    text: str


class Crowd(NamedTuple):
    """A sentence or paragraph with too many values: the line it begins on, and their number."""

    line: int
    values: int
    unit: str


def read_allowed(path: Path) -> list[Allowed]:
    """The typed numbers that are fine: a YAML list of ``pattern`` and ``reason``.

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

    Examples:
        >>> [one.text for one in typed_numbers("Half lie above 85.3 GeV, see table 5.4.")]
        ['85.3 GeV']
        >>> typed_numbers("Two leptons; {glue:text}`n` events, $m > 2$.")
        []
    """
    found = []
    for line, pattern, part in _parts(text, 1):
        for one in (*(each.pattern for each in allowed), POINTER):
            # as many spaces, and the same line ends, so that lines keep their numbers
            part = one.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), part)
        for number in pattern.finditer(part):
            if pattern is IN_MATH or _bad(number):
                place = line + part.count("\n", 0, number.start())
                found.append(Typed(place, number.group().strip()))
    return sorted(found, key=lambda one: one.line)


def crowds(text: str) -> list[Crowd]:
    """Sentences and paragraphs of MyST Markdown with more inserted values than ``MOST``.

    Each item of a list is a paragraph, and each cell of a table.

    Examples:
        >>> crowds("Of {glue:text}`n`, {eval}`f'{a} to {b}'` are\\nless than {eval}`c`.")
        [Crowd(line=1, values=4, unit='sentence')]
    """
    found = []
    for line, token in _tokens(text, 1):
        if token.type != "inline":
            continue
        prose, counts = "", {}
        for one in token.children or []:
            if one.type == "myst_role" and one.meta["name"].startswith(ROLES):
                counts[len(prose)] = inserted(one.meta["name"], one.content)
            lines = one.content.count("\n") + one.type.endswith("break")
            mark = "X" * bool(one.content) + "\n" * lines
            prose += one.content if one.type == "text" else mark
        starts = [0, *(one.end() for one in SENTENCE.finditer(prose)), len(prose) + 1]
        parts = [("sentence", *ends) for ends in pairwise(starts)]
        for unit, start, end in [*parts, ("paragraph", 0, len(prose) + 1)]:
            values = sum(count for place, count in counts.items() if start <= place < end)
            if values > MOST[unit]:
                found.append(Crowd(line + prose.count("\n", 0, start), values, unit))
    return found


def inserted(role: str, content: str) -> int:
    """How many values a role inserts: the fields of an f-string, of a choice the longest branch.

    Words chosen by code count only with the fields in them; a value with its error is one.

    Examples:
        >>> inserted("eval", "f'{a:.1f} of {b}' if b else 'none'"), inserted("glue:text", "n")
        (2, 1)
        >>> inserted("eval", "report.verdict(a, seen=f'by {a}', unseen='not', undefined='')")
        1
    """
    return _fields(ast.parse(" ".join(content.split()), mode="eval").body) if role == "eval" else 1


def _fields(node: ast.expr) -> int:
    match node:
        case ast.IfExp():
            return max(_fields(node.body), _fields(node.orelse))
        case ast.Call(ast.Attribute(attr="verdict"), keywords=words):
            return max(_fields(one.value) for one in words)
        case ast.JoinedStr():
            return sum(_fields(one) for one in node.values)
        case ast.FormattedValue():
            return _fields(node.value)
    return 0 if isinstance(node, ast.Constant) and isinstance(node.value, str) else 1


def _tokens(text: str, first: int) -> Iterator[tuple[int, Token]]:
    """What a text consists of but for its headings, each with its line; directives are opened."""
    heading = False
    for token in PARSER.parse(text):
        line = first + (token.map[0] if token.map else 0)
        directive = token.type in ("fence", "colon_fence") and token.info.startswith("{")
        if directive and not token.info.startswith(("{math}", "{code")):
            yield from _tokens(OPTION.sub("", token.content), line + 1)
        elif not (heading and token.type == "inline"):
            yield line, token
        heading = token.type == "heading_open"


def _parts(text: str, first: int) -> Iterator[tuple[int, re.Pattern[str], str]]:
    """Paragraphs and formulas: first line, what to look for, and what is read of them."""
    for line, token in _tokens(text, first):
        if token.type in ("fence", "colon_fence") and token.info.startswith("{math}"):
            yield line + 1, IN_MATH, token.content
        elif token.type in ("amsmath", "math_block", "math_block_label"):
            yield line, IN_MATH, token.content
        elif token.type == "inline":
            prose = ""
            for one in token.children or []:
                if one.type == "math_inline":
                    yield line + prose.count("\n"), IN_MATH, one.content
                lines = one.content.count("\n") + one.type.endswith("break")
                prose += one.content if one.type == "text" else " " + "\n" * lines
            yield line, NUMBER, prose


def _bad(match: re.Match[str]) -> bool:
    """Whether a number in prose has the look of a result."""
    if match["ordinal"]:
        return False
    if match["unit"] or "." in match["number"] or "e" in match["number"].lower():
        return True
    return int(re.sub(r"\D", "", match["number"])) > LARGEST
