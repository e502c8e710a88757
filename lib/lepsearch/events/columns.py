"""Branches as flat columns, and the fields that a layout makes of them by its expressions."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import awkward as ak
import numexpr
import numpy as np
from numpy.typing import NDArray

from lepsearch.data.layout import Layout, branches, plain
from lepsearch.errors import InputError

__all__ = ("Table", "check_shape")

FLAGS = {"trigger", "tight", "isolated", "prompt", "b_tagged", "keep"}  # what is yes or no


class Table:
    """Branches that belong together, in flat columns of all events, and fields made of them.

    Attributes:
        place: Place of each object's event; those of one event stand one after another.
        padded: Whether every event has as many, some of which may be absent.
    """

    def __init__(
        self, path: Path, layout: Layout, what: str, texts: Mapping[str, str], arrays: ak.Array
    ) -> None:
        self._place, self._texts = f"{path}: {what}", texts
        names = list(dict.fromkeys(chain.from_iterable(map(branches, texts.values()))))
        found = {name: arrays[name] for name in names}
        if what == "event":  # Delphes has lists of one
            single = {name: one for name, one in found.items() if one.ndim == 2}
            found |= {k: one[:, 0] for k, one in single.items() if ak.all(ak.num(one) == 1)}
        lists = what != "event" and bool(names) and found[names[0]].ndim > 1
        self.padded = not lists or isinstance(found[names[0]].type.content, ak.types.RegularType)
        for name, one in found.items():
            check_shape(path, name, one, layout, lists=lists)
        sizes = np.ones(len(arrays), np.int64)
        self._columns = {name: np.asarray(one) for name, one in found.items() if not lists}
        if lists:
            flat = {name: ak.from_regular(one).layout for name, one in found.items()}
            flat = {name: one.to_ListOffsetArray64(True) for name, one in flat.items()}
            offsets = [one.offsets.data for one in flat.values()]
            if not all(np.array_equal(one, offsets[0]) for one in offsets[1:]):
                msg = f"{self._place} branches hold different numbers of objects in one event"
                raise InputError(msg)
            end = offsets[0][-1]
            self._columns = {k: ak.to_numpy(one.content)[:end] for k, one in flat.items()}
            sizes = np.diff(offsets[0])
        self.place = np.repeat(np.arange(len(arrays)), sizes)

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Leave the other objects out."""
        self.place = self.place[mask]
        self._columns = {name: column[mask] for name, column in self._columns.items()}

    def __getitem__(self, field: str) -> NDArray[Any]:
        """The values of a field: an expression of the branches, evaluated."""
        text, n = self._texts[field], len(self.place)
        value = self._columns.get(text)
        if value is None:
            columns = {plain(name): values for name, values in self._columns.items()}
            try:
                value = numexpr.evaluate(plain(text), columns, {})
            except Exception as error:  # numexpr has no exception of its own
                msg = f"{self._place}: {field}: {text!r} can't be evaluated ({error})"
                raise InputError(msg) from error
            if value.shape != (n,) and branches(text):
                msg = f"{self._place}: {field}: {text!r} is one number for all, expected one each"
                raise InputError(msg)
            value = np.broadcast_to(value, n)
        if field.partition(".")[0] not in FLAGS or value.dtype == bool:
            return value
        if not np.isin(value, (0, 1)).all():
            msg = f"{self._place}: {field}: {text!r} is up to {value.max():g}, expected yes or no "
            msg += "(1 or 0); write a comparison, as in 'quality >= 2'"
            raise InputError(msg)
        return value.astype(bool)


def check_shape(path: Path, branch: str, array: ak.Array, layout: Layout, *, lists: bool) -> None:
    """Complain of a branch that holds lists where numbers are expected, or the reverse."""
    if array.ndim != 1 + lists:
        expected = "a list" if lists else "one number"
        msg = f"{path}: branch {branch!r} is of type {array.type.content}, expected {expected} "
        msg += f"an event; is it laid out as {layout.name} says?"
        raise InputError(msg)
