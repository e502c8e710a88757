"""Parameters of chapters: what may be given, as the comments of the parameters cell state it."""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import TypeAdapter

from lepsearch.errors import InputError, nearest

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ("Parameter", "read_parameters")

KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list such as [a, b]",
}
INTERVAL = re.compile(r"^([\[(])(\S+), (\S+?)([\])])")
LENGTHS = {"or none": 0, "two or more": 2}


@dataclass(frozen=True)
class Parameter:
    """One name of a chapter's parameters cell; its type is the type of its default."""

    name: str  # as the cell has it
    default: Any  # its value there
    # what may be given, from the comment above it: an interval with its unit (``[0, 1) GeV``) or,
    # for names, words. Of a list this is said of each element; there are one or more, all
    # different. ``or none``, ``two or more``, ``rising`` and ``even`` are conditions too.
    allowed: str = ""
    meaning: str = ""  # what stands behind a semicolon in that comment

    def __str__(self) -> str:
        """As an error message and the command line list it."""
        said = "; ".join(filter(None, (self.allowed, self.meaning)))
        kind = type(self.default).__name__
        return f"{self.name} ({kind}, default {self.default!r})" + (f": {said}" if said else "")

    def parse(self, text: str) -> Any:
        """The value that a command line gave, in this parameter's type.

        The brackets of a list are optional; its elements have the type of the default's first one.

        Raises:
            InputError: The text is no such value, or one that the parameter can't have.
        """
        kind = type(self.default)
        try:
            if kind is not list:
                return self.check(TypeAdapter(kind).validate_strings(text))
            found = yaml.safe_load(text if text.strip().startswith("[") else f"[{text}]")
            kind = type(next(iter(self.default), ""))
            value = [TypeAdapter(kind).validate_strings(str(one)) for one in found]
        except InputError:
            raise
        except (ValueError, yaml.YAMLError):
            msg = f"parameter {self.name}: expected {KINDS[type(self.default)]}, "
            msg += f"got {text!r} (default {self.default!r})"
            raise InputError(msg) from None
        return self.check(value)

    def check(self, value: Any) -> Any:
        """The value itself, if the parameter can have it.

        Raises:
            InputError: It is outside what is allowed, or a list with too few or equal elements.
        """
        elements, expected = [value], self.allowed
        fits = True
        if isinstance(value, list):
            least = next((n for said, n in LENGTHS.items() if said in expected), 1)
            fits = len(value) >= least and len(set(value)) == len(value)
            fits = fits and ("rising" not in expected or value == sorted(value))
            elements, expected = value, f"{expected}, each once" + ", one or more" * (least == 1)
        if not (fits and all(map(self._allows, elements))):
            msg = f"parameter {self.name}: expected {expected}; got {value!r}"
            raise InputError(msg)
        return value

    def _allows(self, one: Any) -> bool:
        if not (found := INTERVAL.match(self.allowed)):
            return True
        low, high = float(found[2]), float(found[3])
        ends = (one == low and found[1] == "[") or (one == high and found[4] == "]")
        inside = low < one < high or ends
        return inside and not (", even" in self.allowed and one % 2)


def read_parameters(
    notebook: "NotebookNode", source: Path, starts: list[int]
) -> tuple[dict[str, Parameter], dict[str, Any], dict[str, Any]]:
    """Parameters, smoke and full values of the cell tagged ``parameters``, if there is one.

    Raises:
        InputError: The cell has something else than ``name = value`` lines that state what may be
            given, or a value that its line forbids.
    """
    cells = zip(notebook.cells, starts, strict=True)
    tagged = [one for one in cells if "parameters" in one[0].metadata.get("tags", [])]
    if not tagged:
        return {}, {}, {}
    if len(tagged) > 1:
        msg = f"{source}: line {tagged[1][1]}: a second cell tagged 'parameters'; keep one"
        raise InputError(msg)
    ((cell, start),) = tagged
    made = [
        _parameter(one, text, f"{source}: line {start + one.lineno - 1}")
        for one, text in _statements(cell.source)
    ]
    parameters = {one.name: one for one in made}
    sets = []
    for tool, key in (("nbmake", "mock"), ("lepsearch", "full")):
        sets.append(dict(cell.metadata.get(tool, {}).get(key, {})))
        for name, value in sets[-1].items():
            wanted = parameters.get(name)
            where = f"{source}: line {start - 1}: the {tool} {key}"
            if wanted is None or type(value) is not type(wanted.default):
                msg = f"{where} has {value!r} for {name!r}; "
                msg += f"there is {wanted or nearest(name, parameters)}"
                raise InputError(msg)
            _checked(wanted, value, where)
    return parameters, sets[0], sets[1]


def _statements(source: str) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement of a cell with the comment above it."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        above = takewhile(lambda line: line.startswith("#"), reversed(lines[: node.lineno - 1]))
        yield node, " ".join(line.lstrip("# ") for line in [*above][::-1])


def _checked(parameter: Parameter, value: Any, where: str) -> None:
    try:
        parameter.check(value)
    except InputError as error:
        msg = f"{where}: {error}"
        raise InputError(msg) from None


def _parameter(node: ast.stmt, said: str, where: str) -> Parameter:
    """One ``name = value`` line below ``# what may be given; what it is``."""
    match node:
        case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(
            ast.Name(name), _, ast.expr() as value
        ) if type(default := _plain(value)) in KINDS:
            allowed, _, meaning = (part.strip() for part in said.partition(";"))
            made = Parameter(name, default, allowed, meaning)
            needs = name != "profile" and type(default) is not bool
            one = next(iter(default), "") if isinstance(default, list) else default
            if needs and not (allowed if isinstance(one, str) else INTERVAL.match(allowed)):
                msg = f"{where}: above {name}, expected a comment on what may be given, such as "
                msg += f"'# [0, 1] GeV; what it is', got {said!r}"
                raise InputError(msg)
            _checked(made, default, where)
            return made
    kinds = ", ".join(kind.__name__ for kind in KINDS)
    msg = f"{where}: the parameters cell holds name = value lines only, with plain values "
    msg += f"({kinds}), got {ast.unparse(node)}"
    raise InputError(msg)


def _plain(node: ast.expr) -> Any:
    """The value of a literal; None for anything else."""
    with suppress(ValueError):
        return ast.literal_eval(node)
    return None
