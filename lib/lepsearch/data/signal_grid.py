"""Grids of simulated samples: many points of one model from one entry of the manifest."""

import re
import zlib
from collections.abc import Mapping
from itertools import product
from typing import Annotated, Self

from pydantic import Field, model_validator

from lepsearch.data.lined_yaml import Strict
from lepsearch.data.schema import Count, CrossSection, GroupName, ProfileName, SimulatedSample

__all__ = ("Grid",)

PLACE = re.compile(r"<([^<>]*)>")
Values = Mapping[str, float | str] | Annotated[tuple[float, ...], Field(min_length=1)]


class Grid(Strict):
    """Samples of one process at all combinations of some parameters."""

    name: str  # name of each sample; ``<axis>`` stands for the axis's key at the point
    label: str  # what a legend says; ``<axis>`` stands for the value
    group: GroupName  # key of the group of all
    process: str  # name of the process in :mod:`lepsearch.simulate`
    # values of each parameter: by key, or a list of numbers, which are their own keys
    axes: Annotated[Mapping[str, Values], Field(min_length=1)]
    # how many events to generate at each point, by profile that takes the whole grid
    events: Mapping[ProfileName, Count] = Field(default_factory=dict)
    # which points the other profiles take, by name, and how many events of each
    chosen: Mapping[ProfileName, Mapping[str, Count]] = Field(default_factory=dict)
    # the cross section of each; the generator's, since the points differ
    cross_section: CrossSection

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        places = set(PLACE.findall(self.name))
        if places != set(self.axes):
            msg = f"name should hold one <...> for each of the axes {', '.join(sorted(self.axes))}"
            raise ValueError(msg)
        if unknown := sorted(set(PLACE.findall(self.label)) - set(self.axes)):
            msg = f"label holds <{unknown[0]}>, which is none of the axes"
            raise ValueError(msg)
        if twice := sorted(set(self.events) & set(self.chosen)):
            msg = f"profile {twice[0]!r} takes the whole grid and chosen points; keep one"
            raise ValueError(msg)
        if self.cross_section.pb is not None:
            msg = "cross_section.pb should be 'from generator': one number can't fit all points"
            raise ValueError(msg)
        return self

    def samples(self) -> dict[str, SimulatedSample]:
        """Every point by name, the last axis fastest.

        A point's seed follows from its name, so that a longer grid keeps its samples.
        """
        tables = {
            axis: values if isinstance(values, Mapping) else {f"{one:g}": one for one in values}
            for axis, values in self.axes.items()
        }
        found = {}
        for point in product(*tables.values()):
            keys = dict(zip(tables, point, strict=True))
            values = {axis: tables[axis][key] for axis, key in keys.items()}
            name = _filled(self.name, keys)
            chosen = {key: events[name] for key, events in self.chosen.items() if name in events}
            found[name] = SimulatedSample(
                label=_filled(self.label, values),
                group=self.group,
                process=self.process,
                parameters=values,
                events={**chosen, **self.events},
                seed=1 + zlib.crc32(name.encode()),
                cross_section=self.cross_section,
            )
        return found


def _filled(pattern: str, values: Mapping[str, float | str]) -> str:
    """The pattern with the values at its places; numbers in their shortest form."""
    texts = {axis: one if isinstance(one, str) else f"{one:g}" for axis, one in values.items()}
    return PLACE.sub(lambda found: texts[found[1]], pattern)
