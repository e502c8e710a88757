"""YAML files read into typed models; an error names its line in the file."""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from lepsearch.errors import ManifestError, nearest

__all__ = ("Place", "Problem", "Strict", "fail", "read")

Place = tuple[str | int, ...]
Lines = dict[Place, int]
Problem = tuple[Place, str]
M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """A model that can't be changed and takes no key that it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def read(path: Path, model: type[M]) -> tuple[M, Lines]:
    """Read a YAML file into a model.

    Args:
        path: The file.
        model: What it must look like.

    Returns:
        The model, and the line of every key and list item by its place, for :func:`fail`.

    Raises:
        ManifestError: The file is absent, is no YAML or doesn't fit the model; every problem is
            named with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as error:
        msg = f"{path}: can't be read ({error.strerror})"
        raise ManifestError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: is not UTF-8 text ({error.reason} at byte {error.start})"
        raise ManifestError(msg) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        msg = f"{path}{line}: not YAML: {getattr(error, 'problem', None) or error}"
        raise ManifestError(msg) from error
    lines: Lines = {(): 1}
    problems = list(_walk(node, (), lines)) if node else []
    try:
        checked = model.model_validate({} if data is None else data)
    except ValidationError as error:
        problems += [(_place(one), _message(one, model)) for one in error.errors()]
        checked = None
    fail(path, lines, problems)
    assert checked is not None  # fail raised otherwise
    return checked, lines


def fail(path: Path, lines: Lines, problems: list[Problem]) -> None:
    """Raise one error that lists all problems in the order of the file; nothing if there is none.

    Raises:
        ManifestError: There is at least one problem.
    """
    found = sorted({(_line(lines, place), _name(place), text) for place, text in problems})
    if found:
        listed = [
            f"{path}:{line}: {name + ': ' if name else ''}{text}" for line, name, text in found
        ]
        raise ManifestError("\n".join(listed))


def _walk(node: yaml.Node, place: Place, lines: Lines) -> Iterator[Problem]:
    """Note the line of every key and item below a node; yield the keys that come twice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str | int] = set()
        for key, value in node.value:
            name = int(key.value) if key.tag.endswith(":int") else key.value
            here = (*place, name)
            if name in seen:
                yield here, f"stands twice; the first is on line {lines[here]}"
            seen.add(name)
            lines[here] = key.start_mark.line + 1  # YAML takes the last of equal keys
            yield from _walk(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*place, index)] = value.start_mark.line + 1
            yield from _walk(value, (*place, index), lines)


def _line(lines: Lines, place: Place) -> int:
    """The line of a place, or of the nearest thing around it (a missing key has no line)."""
    while place not in lines:
        place = place[:-1]
    return lines[place]


def _name(place: Place) -> str:
    return ".".join(str(part) for part in place)


def _place(error: ErrorDetails) -> Place:
    """Where an error is; pydantic marks a bad key (not its value) by a last part ``[key]``."""
    place = error["loc"]
    return place[:-1] if place and place[-1] == "[key]" else place


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong, in words for somebody who doesn't know pydantic."""
    kind, place = error["type"], error["loc"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        known = _known(model, place[:-1])
        return f"unknown key; the nearest known: {nearest(str(place[-1]), known)}"
    text = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if kind != "value_error":
        text = f"should be {text}" if error["msg"].startswith("Input should be ") else text
        text += f", but is {error['input']!r}"
    return text


def _known(annotation: Any, place: Place) -> list[str]:
    """The keys that the model at a place takes."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return [key for one in get_args(annotation) for key in _known(one, place)]
    if origin is not None and get_args(annotation):
        return _known(get_args(annotation)[0 if origin in (list, tuple) else -1], place[1:])
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return []
    if not place:
        return list(annotation.model_fields)
    field = annotation.model_fields.get(str(place[0]))
    return _known(field.annotation, place[1:]) if field else []
