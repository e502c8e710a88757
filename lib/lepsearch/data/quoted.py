"""Values quoted from theses and papers: each stands once, in ``quoted.yaml``, with its source.

The data file is a tree. A leaf is a number as the source prints it (its last digit says how it
was rounded), or a mapping with ``value`` and more. Settings that start with an underscore hold for
everything below them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, cast, get_args

import yaml

from lepsearch.errors import InputError, nearest

__all__ = ("Quoted", "Status", "below", "get", "load")

Status = Literal["printed", "decoded", "code", "recomputed", "unchecked"]

_NAME = re.compile(r"[a-z0-9_]+")
_SETTINGS = ("citation", "where", "status", "unit", "note")


@dataclass(frozen=True)
class Quoted:
    """One value and where it comes from.

    Attributes:
        key: Its path in the data file.
        value: The number.
        step: Unit of the last digit given: the value was rounded to it.
        citation: Key in ``book/references.bib``.
        where: Place in the source, such as "table 5.5".
        status: How the value is known: ``printed`` in the source; ``decoded`` from a vector figure;
            read in the authors' public ``code``; ``recomputed`` by us; ``unchecked``, from memory.
        unit: Unit, empty for counts and ratios.
        note: What a reader must know.
    """

    key: str
    value: float
    step: float
    citation: str
    where: str
    status: Status
    unit: str = ""
    note: str = ""

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True)
class _Inherited:
    """Settings in force at a place of the tree."""

    citation: str = ""
    where: str = ""
    status: str = ""
    unit: str = ""
    note: str = ""
    line: int = field(default=0, compare=False)


def get(key: str) -> Quoted:
    """The value under a dotted key.

    Raises:
        InputError: No such value; the message names the nearest ones.

    Examples:
        >>> value = get("guevara.table_5_5.electron.dark_higgs.after")
        >>> value.value, value.citation, value.where
        (6.0, 'guevara2023', 'table 5.5')
    """
    table = _quoted()
    if key in table:
        return table[key]
    inside = [name for name in table if name.startswith(f"{key}.")]
    msg = f"no quoted value '{key}'; "
    msg += f"it is a group of {', '.join(inside)}" if inside else f"near: {nearest(key, table)}"
    raise InputError(msg)


def below(key: str) -> dict[str, Quoted]:
    """All values of a group, under the rest of their keys, in the order of the data file.

    Raises:
        InputError: No such group.

    Examples:
        >>> {name: float(cut) for name, cut in below("guevara.table_5_4").items()}["m_t_min"]
        160.0
    """
    table = _quoted()
    found = {name[len(key) + 1 :]: one for name, one in table.items() if name.startswith(f"{key}.")}
    if not found:
        groups = {name.rsplit(".", depth)[0] for name in table for depth in (1, 2, 3)}
        msg = f"no group '{key}' of quoted values; near: {nearest(key, groups)}"
        raise InputError(msg)
    return found


def load(text: str, name: str = "quoted.yaml") -> dict[str, Quoted]:
    """Read and check a table of quoted values.

    Args:
        text: The YAML text.
        name: What to call it in messages.

    Raises:
        InputError: Not YAML, a key twice, an unknown setting, a leaf that is no number or lacks its
            citation, place or status: with the line.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        msg = f"{name}: not YAML: {error}"
        raise InputError(msg) from error
    if not isinstance(root, yaml.MappingNode):
        msg = f"{name}: expected a mapping of groups, got {type(root).__name__}"
        raise InputError(msg)
    return {one.key: one for one in _walk(root, "", _Inherited(), name)}


@cache
def _quoted() -> dict[str, Quoted]:
    """The library's own table."""
    path = Path(str(resources.files("lepsearch.data"))) / "quoted.yaml"
    return load(path.read_text(encoding="utf-8"), str(path.name))


def _walk(node: yaml.Node, key: str, above: _Inherited, name: str) -> Iterator[Quoted]:
    """Every leaf at or below a node."""
    here = replace(above, line=node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        yield _leaf(key, str(node.value), here, name)
        return
    if not isinstance(node, yaml.MappingNode):
        raise _error(name, here.line, f"'{key}' is a list; expected a number or a mapping")
    children = _children(node, key, name)
    if "value" in children:
        here = _settings(children, here, ("value", *_SETTINGS), name, key)
        yield _leaf(key, str(children["value"].value), here, name)
        return
    settings = {part[1:]: child for part, child in children.items() if part.startswith("_")}
    here = _settings(settings, here, _SETTINGS, name, key)
    for part, child in children.items():
        if not part.startswith("_"):
            if not _NAME.fullmatch(part):
                what = f"'{part}' is no name; use lower-case letters, digits and underscores"
                raise _error(name, child.start_mark.line + 1, what)
            yield from _walk(child, f"{key}.{part}" if key else part, here, name)


def _children(node: yaml.MappingNode, key: str, name: str) -> dict[str, yaml.Node]:
    """A mapping's entries, refusing a key that stands twice."""
    children: dict[str, yaml.Node] = {}
    for part, child in node.value:
        if part.value in children:
            what = f"'{part.value}' stands twice in '{key or 'the table'}'"
            raise _error(name, part.start_mark.line + 1, what)
        children[str(part.value)] = child
    return children


def _settings(
    found: dict[str, yaml.Node], above: _Inherited, known: tuple[str, ...], name: str, key: str
) -> _Inherited:
    """The settings in force below a mapping, its own over the inherited ones."""
    for part, child in found.items():
        line = child.start_mark.line + 1
        if part not in known:
            what = f"unknown setting '{part}' of '{key}'; near: {nearest(part, known)}"
            raise _error(name, line, what)
        if not isinstance(child, yaml.ScalarNode):
            raise _error(name, line, f"'{part}' of '{key}' must be text")
    own = {part: str(child.value) for part, child in found.items() if part != "value"}
    return replace(above, **own)  # type: ignore[arg-type] # the keys were checked above


def _leaf(key: str, text: str, here: _Inherited, name: str) -> Quoted:
    """One checked value."""
    for setting in ("citation", "where", "status"):
        if not getattr(here, setting):
            raise _error(name, here.line, f"'{key}' has no {setting}")
    if here.status not in get_args(Status):
        what = f"status '{here.status}' of '{key}'; expected one of {', '.join(get_args(Status))}"
        raise _error(name, here.line, what)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _error(name, here.line, f"'{key}' is {text!r}; expected a finite number")
    return Quoted(
        key=key,
        value=float(number),
        step=float(Decimal(1).scaleb(cast(int, number.as_tuple().exponent))),
        citation=here.citation,
        where=here.where,
        status=cast(Status, here.status),
        unit=here.unit,
        note=here.note,
    )


def _error(name: str, line: int, what: str) -> InputError:
    """An error that names the file and the line."""
    return InputError(f"{name}, line {line}: {what}")
