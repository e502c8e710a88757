"""What files say of their sample, held against one another, their events and the manifest."""

import json
import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any, Self

import numpy as np

from lepsearch.data.source import DATA, Source
from lepsearch.errors import InputError
from lepsearch.events.records import Events

__all__ = ("Statement", "normalisation", "refuse_other_sample")

log = logging.getLogger(__name__)

TOLERANCE = 1e-3  # relative difference of two values that is worth a word
SHOWN = 5
SPREAD = 5.0  # standard deviations by which negative weights may move a sum
STATE = "state sum_of_weights, the whole sample's, in samples.yaml or in the data manifest"


@dataclass(frozen=True)
class Statement:
    """What a file, or a piece of one, says of its sample, and what its events weigh."""

    entries: int  # number of events
    values: Mapping[str, frozenset[Any]]  # each value found of what ``records.Events.stated`` has
    weight: float  # sum of the generator weights
    negative: float  # sum of the squares of those below 0

    @classmethod
    def of(cls, events: Events) -> Self:
        """What the events of a piece say."""
        values = {name: frozenset(each) for name, each in events.stated.items()}
        weights = events.generator_weight
        return cls(len(events), values, weights.sum(), np.sum(np.minimum(weights, 0.0) ** 2))

    def __add__(self, other: Self) -> Self:
        values = {name: one | other.values[name] for name, one in self.values.items()}
        sums = (self.weight + other.weight, self.negative + other.negative)
        return type(self)(self.entries + other.entries, values, *sums)

    def exceeds(self, total: float) -> bool:
        """Whether these events weigh more than all those that they are some of.

        Only as far as there are negative weights may the others weigh less than nothing.
        """
        spread = SPREAD * math.sqrt(self.negative)
        return not self.weight <= total + TOLERANCE * abs(total) + spread  # nan is none either


Said = Mapping[Path, Statement]


def refuse_other_sample(path: Path, said: Statement, source: Source) -> None:
    """Complain of a file of two samples, or of another sample than the one it stands for.

    Raises:
        InputError: Its cross section or sample number changes, the number or the recipe inside is
            another sample's, or simulation stands in the place of recorded events.
    """
    if source.kind == "data":  # where there is one run in place of one sample
        for pb in said.values["cross_section_pb"]:
            if source.name == DATA and pb > 0 and pb != 1 and len(said.values["channel"]) == 1:
                msg = f"{path}: states a cross section, {pb:g} pb, but stands for recorded events; "
                msg += "put the right file there"
                raise InputError(msg)
        return
    stated = {what: _common(source, {path: said}, what) for what in ("cross_section_pb", "channel")}
    of, place = f"{path}: holds events of", f"but stands for {source.name!r}"
    if source.dsid and stated["channel"] not in (None, source.dsid):
        msg = f"{of} sample {stated['channel']:.0f} (channelNumber), {place}, {source.dsid}; "
        msg += "put the right file there"
        raise InputError(msg)
    wanted = source.simulation
    for made in (json.loads(text)["recipe"] for text in said.values["recipe"] if wanted):
        found, right = ((one["process"], one["parameters"]) for one in (made, vars(wanted)))
        if found != right:
            msg = f"{of} the process {found[0]} {found[1]}, {place}, {right[0]} {right[1]}; "
            msg += "remove the file and simulate again"
            raise InputError(msg)


def _common(source: Source, said: Said, what: str) -> float | None:
    """The value that files agree upon; None if none states any."""
    stated = [(path, value) for path, one in said.items() for value in one.values[what]]
    stated = [(path, value) for path, value in stated if value or what != "channel"]
    for path, value in stated:
        first, known = stated[0]
        allowed = TOLERANCE * abs(known) if what != "channel" else 0.0
        if value != known and not abs(value - known) <= allowed:
            msg = f"{path}: {what} is {value:g}, but {known:g} in {first.name} of the same sample "
            msg += f"{source.name!r}; split them: each sample has one, and files of its own"
            raise InputError(msg)
    return stated[0][1] if stated else None


def normalisation(source: Source, said: Said) -> dict[str, Any]:
    """Cross section and sum of weights of a simulated sample, and where its files state others.

    What the sample says wins. The sum of weights in a file may be that of the file or that of the
    sample: the events and the other files tell which, or else ``source.sums`` has to.

    Raises:
        InputError: Files state two cross sections or sample numbers, the sum of weights is not to
            be told, or events weigh more than the sum of all.
    """
    _common(source, said, "channel")
    used = {"cross_section_pb": source.cross_section_pb, "sum_of_weights": source.sum_of_weights}
    if source.cross_section_pb is None:
        used["cross_section_pb"] = _common(source, said, "cross_section_pb")
    if source.sum_of_weights is None:
        used["sum_of_weights"] = _sum_of_weights(source, said)
    elif (whole := reduce(add, said.values())).exceeds(source.sum_of_weights):
        msg = f"sample {source.name!r}: the generator weights of its events add up to "
        msg += f"{whole.weight:g}, but all that were generated to {source.sum_of_weights:g}; "
        msg += STATE
        raise InputError(msg)
    return {**used, "disagreements": tuple(_disagreements(source, said))}


def _sum_of_weights(source: Source, said: Said) -> float | None:
    """Sum of the generator weights of a sample, from what its files state of it or of themselves.

    Files that state the same number hold that sum together unless their events weigh more; those
    that state different ones each have their own.
    """
    stated: list[tuple[float, Path]] = []
    for path, one in said.items():
        values = sorted(one.values["sum_of_weights"])
        if len(values) > 1 or any(map(one.exceeds, values)):
            msg = f"{path}: sum_of_weights is {_words(values)}, expected one number, not less than "
            msg += f"the {one.weight:g} that the file's own events add up to; {STATE}"
            raise InputError(msg)
        stated += [(value, path) for value in values]
    if not stated:
        return None
    groups = list(_alike(sorted(stated)))
    total, told = 0.0, len(stated) == len(said)  # else files without events have unknown shares
    for group in groups:
        value, events = group[0][0], reduce(add, (said[path] for _, path in group))
        if source.sums == "per file" or events.exceeds(value):
            total += sum(one for one, _ in group)
        elif source.sums == "per sample" or events.weight >= value * (1 - TOLERANCE):
            total, told = total + value, len(groups) == 1 or (told and source.sums is None)
        else:
            total, told = total + value, told and len(group) == 1
    if not told:
        msg = f"sample {source.name!r}: {len(stated)} of its {len(said)} files state the sums of "
        msg += f"weights {_words([value for value, _ in stated])}; whether each is of its file or "
        msg += f"of the sample can't be told: {STATE}, or say there `sums: per file` or "
        msg += "`sums: per sample`"
        raise InputError(msg)
    if len(said) > 1:
        log.info("%s: sum of weights of its %d files: %g", source.name, len(said), total)
    return total


def _alike(stated: Iterable[tuple[float, Path]]) -> Iterator[list[tuple[float, Path]]]:
    """Rising values in groups that do not differ."""
    group: list[tuple[float, Path]] = []
    for value, path in stated:
        if group and value - group[0][0] > TOLERANCE * abs(group[0][0]):
            yield group
            group = []
        group.append((value, path))
    yield group


def _words(values: Iterable[float]) -> str:
    """Some values, for a message."""
    distinct = [f"{value:g}" for value in dict.fromkeys(values)]
    return ", ".join([*distinct[:SHOWN], *(["..."] if len(distinct) > SHOWN else [])])


def _disagreements(source: Source, said: Said) -> Iterator[dict[str, Any]]:
    """Where files state other values than the sample does, which wins."""
    for quantity in ("cross_section_pb", "sum_of_weights"):
        used = getattr(source, quantity)
        found = [(path, one) for path in said for one in sorted(said[path].values[quantity])]
        if used is None or (
            quantity == "sum_of_weights"
            and abs(sum(one for _, one in found) - used) <= TOLERANCE * abs(used)  # shares
        ):
            continue
        for path, one in found:
            if abs(one - used) > TOLERANCE * abs(used):
                text = "%s: %s is %g in the file and %g in the manifest, which wins"
                log.warning(text, path.name, quantity, one, used)
                yield {"file": path.name, "quantity": quantity, "used": used, "in_file": one}
