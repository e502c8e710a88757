"""YAML files read into typed models; an error names its line in the file."""

import re
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo

from lepsearch.errors import InputError, nearest, one_of

__all__ = ("Context", "LinedYaml", "Place", "Strict", "known", "matching", "messages", "read")

Place = tuple[str | int, ...]
Context = Mapping[str, Any]
M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """A model that can't be changed and takes no key that it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def matching(pattern: str, expected: str) -> Callable[[str], str]:
    """A validator for texts that as a whole fit a pattern, which its error says in words."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            msg = f"should be {expected}, but is {text!r}"
            raise ValueError(msg)
        return text

    return check


def known(what: str) -> AfterValidator:
    """A check that a name is among those that the validation's context has under ``what``."""

    def check(name: str, info: ValidationInfo) -> str:
        return one_of(what, name, info.context[what]) if info.context else name

    return AfterValidator(check)


def read(path: Path, model: type[M], context: Context | None = None) -> M:
    """Read a YAML file into a model, whose checks look at the context too.

    Raises:
        InputError: The file is absent, is no YAML or doesn't fit the model; every problem is
            named with its line.
    """
    file = LinedYaml(path)
    found = file.fitted(model, file.data, context)
    file.check()
    assert found is not None  # check raised otherwise
    return found


class LinedYaml:
    """Content of a YAML file and what is wrong with it, by place.

    Attributes:
        data: The content; an empty file is an empty mapping.
    """

    def __init__(self, path: Path, *, text: bool = False) -> None:
        """Read a file; as ``text``, numbers and words are left as they are written.

        Raises:
            InputError: The file is absent or is no YAML.
        """
        self._path, self._problems = path, list[tuple[Place, str]]()
        self._lines: dict[Place, int] = {(): 1}
        try:
            loader = (yaml.CBaseLoader if text else yaml.CSafeLoader)(path.read_bytes().decode())
            node = loader.get_single_node()
            if node:
                self._walk(node, ())
            self.data: Any = loader.construct_document(node) if node else {}
        except OSError as error:
            msg = f"{path}: can't be read ({error.strerror})"
            raise InputError(msg) from error
        except UnicodeDecodeError as error:
            msg = f"{path}: is not UTF-8 text ({error.reason} at byte {error.start})"
            raise InputError(msg) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            msg = f"{path}{line}: not YAML: {getattr(error, 'problem', None) or error}"
            raise InputError(msg) from error

    def fitted(
        self,
        model: type[M],
        data: Any,
        context: Context | None = None,
        place: Callable[[Place], Place] = lambda inside: inside,
    ) -> M | None:
        """Fit some of the content to a model; None, and more problems, if it doesn't.

        The model's checks look at ``context`` too; ``place`` tells where in the file a place inside
        ``data`` is.
        """
        try:
            return model.model_validate(data, context=context)
        except ValidationError as error:
            for inside, text in messages(error, model):
                self.add(place(inside), text)
            return None

    def add(self, place: Place, text: str) -> None:
        """Add a problem."""
        self._problems.append((place, text))

    def check(self) -> None:
        """Raise a ``InputError`` with a line for each problem, in the file's order, if any."""
        found = {(self._line(at), ".".join(map(str, at)), text) for at, text in self._problems}
        if found:
            named = [(line, name and f"{name}: ", text) for line, name, text in sorted(found)]
            lines = [f"{self._path}:{line}: {name}{text}" for line, name, text in named]
            raise InputError("\n".join(lines))

    def _walk(self, node: yaml.Node, place: Place) -> None:
        """Note the line of every key and list item, and keys that come twice."""
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                name = int(key.value) if key.tag.endswith(":int") else key.value
                here = (*place, name)
                if name in seen:
                    self.add(here, f"stands twice; the first is on line {self._lines[here]}")
                seen.add(name)
                self._lines[here] = key.start_mark.line + 1  # YAML takes the last of equal keys
                self._walk(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._lines[(*place, index)] = value.start_mark.line + 1
                self._walk(value, (*place, index))

    def _line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it (a missing key has no line)."""
        while place not in self._lines:
            place = place[:-1]
        return self._lines[place]


def messages(
    error: ValidationError, model: type[BaseModel] = Strict
) -> Iterator[tuple[Place, str]]:
    """Places of errors, and what is wrong in words for somebody who doesn't know pydantic."""
    for one in error.errors():
        kind, place, text = one["type"], one["loc"], one["msg"]
        if kind == "missing" or one["input"] == "":
            text = "is missing"
        elif kind == "extra_forbidden":
            near = nearest(str(place[-1]), _keys(model, place[:-1]))
            text = f"unknown key; the nearest known: {near}"
        elif kind == "value_error":
            text = text.removeprefix("Value error, ")
        else:
            text = re.sub(r"^(Input|Tuple|Value) ", "", text).replace("valid tuple", "list")
            text = re.sub(r"a valid dictionary.*", "keys with values", text)
            text += f", but is {one['input']!r}"
        # pydantic marks a bad key (not its value) by a last part "[key]"
        yield place[:-1] if place and place[-1] == "[key]" else place, text


def _keys(annotation: Any, place: Place) -> list[str]:
    """The keys that the model at a place takes."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return [key for one in get_args(annotation) for key in _keys(one, place)]
    if origin is not None and get_args(annotation):
        return _keys(get_args(annotation)[0 if origin in (list, tuple) else -1], place[1:])
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return []
    if not place:
        return list(annotation.model_fields)
    field = annotation.model_fields.get(str(place[0]))
    return _keys(field.annotation, place[1:]) if field else []
