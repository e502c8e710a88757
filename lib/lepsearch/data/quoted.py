"""Values quoted from theses and papers: each stands once, in ``quoted.yaml``, with its source.

The data file is a tree. A leaf is a number as the source prints it (its last digit says how it
was rounded), or a mapping with ``value`` and more. Settings that start with an underscore hold for
everything below them.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from lepsearch.data.lined_yaml import LinedYaml, Place, Strict, matching
from lepsearch.errors import InputError, nearest

__all__ = ("Quoted", "below", "get", "load")

NAME = matching(r"[a-z0-9_.]+", "a name of lower-case letters, digits and underscores")
Fields = dict[str, tuple[Place, Any]]  # what is stated of a value, and where in the file


class Quoted(Strict):
    """One value and where it comes from."""

    key: Annotated[str, AfterValidator(NAME)]  # its path in the data file
    printed: Decimal = Field(alias="value")  # the number with the digits that the source gives
    citation: str  # key in ``book/references.bib``
    where: str  # place in the source, such as "table 5.5"
    # how the value is known: ``printed`` in the source; ``decoded`` from a vector figure; read in
    # the authors' public ``code``; ``recomputed`` by us; ``unchecked``, from memory
    status: Literal["printed", "decoded", "code", "recomputed", "unchecked"]
    unit: str = ""  # unit, empty for counts and ratios
    note: str = ""  # what a reader must know

    @property
    def value(self) -> float:
        """The number."""
        return float(self.printed)

    @property
    def step(self) -> float:
        """Unit of the last digit given: the value was rounded to it."""
        return float(Decimal(1).scaleb(int(self.printed.as_tuple().exponent)))

    def __float__(self) -> float:
        return self.value


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


def load(path: Path) -> dict[str, Quoted]:
    """Read and check a file of quoted values.

    Raises:
        InputError: Not YAML, a key twice, an unknown setting, a leaf that is no number or lacks
            its citation, place or status: each with its line.
    """
    file = LinedYaml(path, text=True)
    if not isinstance(file.data, dict) or not file.data:
        msg = f"{path}: expected a mapping of groups"
        raise InputError(msg)
    table = {}
    for place, fields in _leaves(file.data, (), {}):

        def origin(inside: Place, fields: Fields = fields, place: Place = place) -> Place:
            return fields[str(inside[0])][0] if inside[0] in fields else (*place, *inside)

        stated = {name: value for name, (_, value) in fields.items()}
        if found := file.fitted(Quoted, stated, place=origin):
            table[found.key] = found
    file.check()
    return table


@cache
def _quoted() -> dict[str, Quoted]:
    """The library's own table."""
    return load(Path(__file__).with_name("quoted.yaml"))


def _leaves(node: Any, place: Place, above: Fields) -> Iterator[tuple[Place, Fields]]:
    """Every leaf at or below a node, with what is stated at it and above it."""
    if isinstance(node, dict) and "value" not in node:
        settings = {
            name[1:]: ((*place, name), value) for name, value in node.items() if name[0] == "_"
        }
        for name, child in node.items():
            if name[0] != "_":
                yield from _leaves(child, (*place, name), {**above, **settings})
    else:
        key = {"key": (place, ".".join(map(str, place)))}
        own = node if isinstance(node, dict) else {"value": node}
        yield place, above | key | {name: ((*place, name), one) for name, one in own.items()}
