"""Grids of simulated samples: many points of one model from one entry of the manifest."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Annotated

from pydantic import Field, model_validator

from lepsearch.data.lined_yaml import Problem, Strict
from lepsearch.data.schema import Count, CrossSection, Key, SimulatedSample
from lepsearch.errors import nearest

__all__ = ("Chosen", "Grid", "grid_problems", "grid_samples")

PLACE = re.compile(r"<([^<>]*)>")
Values = Mapping[str, float | str] | Annotated[tuple[float, ...], Field(min_length=1)]


class Chosen(Strict):
    """The points of a grid that a profile takes.

    Attributes:
        events: How many events to generate at each.
        points: Names of the points.
    """

    events: Count
    points: Annotated[tuple[str, ...], Field(min_length=1)]


class Grid(Strict):
    """Samples of one process at all combinations of some parameters.

    Attributes:
        name: Name of each sample; ``<axis>`` stands for the axis's key at the point.
        label: What a legend says; ``<axis>`` stands for the value.
        group: Key of the group of all.
        process: Name of the process in :mod:`lepsearch.simulate`.
        axes: Values of each parameter: by key, or a list of numbers, which are their own keys.
        events: How many events to generate at each point, by profile that takes the whole grid.
        chosen: What the other profiles take.
        cross_section: The cross section of each; the generator's, since the points differ.
    """

    name: str
    label: str
    group: str
    process: str
    axes: Annotated[Mapping[str, Values], Field(min_length=1)]
    events: Mapping[str, Count] = Field(default_factory=dict)
    chosen: Mapping[str, Chosen] = Field(default_factory=dict)
    cross_section: CrossSection

    @model_validator(mode="after")
    def _fits_together(self) -> Grid:
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

    def samples(self) -> Iterator[tuple[str, SimulatedSample]]:
        """Name and description of every point, the last axis fastest.

        A point's seed follows from its name, so that a longer grid keeps its samples.
        """
        tables = [
            values if isinstance(values, Mapping) else {f"{value:g}": value for value in values}
            for values in self.axes.values()
        ]
        for keys in product(*tables):
            values = [table[key] for table, key in zip(tables, keys, strict=True)]
            name = _filled(self.name, dict(zip(self.axes, keys, strict=True)))
            chosen = {
                profile: one.events for profile, one in self.chosen.items() if name in one.points
            }
            shown = [value if isinstance(value, str) else f"{value:g}" for value in values]
            yield (
                name,
                SimulatedSample(
                    label=_filled(self.label, dict(zip(self.axes, shown, strict=True))),
                    group=self.group,
                    process=self.process,
                    parameters=dict(zip(self.axes, values, strict=True)),
                    events={**chosen, **self.events},
                    seed=1 + zlib.crc32(name.encode()),
                    cross_section=self.cross_section,
                ),
            )


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: values[found[1]], pattern)


def grid_samples(grids: Mapping[Key, Grid]) -> dict[str, SimulatedSample]:
    """Every point of every grid by name."""
    return {name: sample for grid in grids.values() for name, sample in grid.samples()}


def grid_problems(
    grids: Mapping[Key, Grid],
    samples: Collection[str],
    groups: Collection[str],
    profiles: Collection[str],
) -> list[Problem]:
    """Names in grids that nothing has, or that stand twice.

    Args:
        grids: The grids by key.
        samples: Names of the samples that stand for themselves.
        groups: Keys of the groups.
        profiles: Names of the profiles.
    """
    problems: list[Problem] = []
    seen = dict.fromkeys(samples, "samples")
    for key, grid in grids.items():
        names = [name for name, _ in grid.samples()]
        for name in names:
            if name in seen:
                problems.append((("grids", key), f"its point {name!r} stands in {seen[name]} too"))
            seen[name] = f"grids.{key}"
        if grid.group not in groups:
            text = f"unknown group {grid.group!r}; the nearest known: {nearest(grid.group, groups)}"
            problems.append((("grids", key, "group"), text))
        for part in ("events", "chosen"):
            for profile in getattr(grid, part):
                if profile not in profiles:
                    near = nearest(profile, profiles)
                    text = f"unknown profile {profile!r}; the nearest known: {near}"
                    problems.append((("grids", key, part, profile), text))
        for profile, chosen in grid.chosen.items():
            for index, point in enumerate(chosen.points):
                if point not in names:
                    text = f"unknown point {point!r}; the nearest known: {nearest(point, names)}"
                    place = ("grids", key, "chosen", profile, "points", index)
                    problems.append((place, text))
    return problems
