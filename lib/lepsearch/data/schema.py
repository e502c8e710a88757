"""The parts of ``data_manifest.yaml`` and of a folder's ``samples.yaml``, as typed models."""

import math
import re
import zlib
from collections.abc import Collection as Names
from collections.abc import Mapping
from itertools import product
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from lepsearch.data.lined_yaml import Strict, known, matching
from lepsearch.data.source import Kind, ReleaseName

__all__ = ("CrossSection", "Grid", "Group", "Luminosity", "Profile", "Release", "SimulatedSample")

PLACE = re.compile(r"<([^<>]*)>")  # of an axis in the name or label of a grid
ROUNDING = 0.05  # 1/fb; the periods' luminosities are published with one decimal
NOT_STATED = ("from generator", "from file")
INSIDE = r"(?!/)(?!(.*/)?\.\.(/|$))[^\\]+"  # a path that does not lead out of its folder


def _not_stated(value: object) -> object:
    """Turn the words that leave a cross section to the file into None."""
    if value in NOT_STATED:
        return None
    try:
        return float(value) if isinstance(value, str) else value  # YAML reads 1e-3 as text
    except ValueError as error:
        msg = f"should be a number in pb or one of {NOT_STATED}, but is {value!r}"
        raise ValueError(msg) from error


def _number(value: object) -> object:
    """Refuse yes and no, which would count as 1 and 0."""
    if isinstance(value, bool):
        msg = f"should be a number, but is {value!r}"
        raise ValueError(msg)  # noqa: TRY004 (pydantic takes no TypeError)
    return value


def _pattern(value: str) -> str:
    """Refuse a pattern with a place holder that no file can fill."""
    fields = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
    if fields - {"collection", "key", "name"}:
        msg = f"may hold {{collection}}, {{key}} and {{name}}, but is {value!r}"
        raise ValueError(msg)
    return value


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), BeforeValidator(_number)]
Count = Annotated[int, Field(gt=0), BeforeValidator(_number)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$")]
InnerPath = Annotated[str, AfterValidator(matching(INSIDE, "a path inside the data folder"))]
Pattern = Annotated[InnerPath, AfterValidator(_pattern)]
FileKind = Annotated[str, StringConstraints(pattern="^(data|mc|mc2|other)$")]  # mc2: more mc
GroupName = Annotated[str, known("group")]
LuminosityName = Annotated[str, known("luminosity")]
ProfileName = Annotated[str, known("profile")]
Values = Mapping[str, float | str] | Annotated[tuple[float, ...], Field(min_length=1)]


class Group(Strict):
    """Samples that are stacked and listed together."""

    label: str  # what a legend says; may hold LaTeX
    kind: Kind = "background"  # what all its samples are


class Luminosity(Strict):
    """An integrated luminosity and where it is from."""

    fb: Positive  # the whole [1/fb]; it wins over the sum of the periods, which are rounded
    source: str  # who published it
    # luminosity of each data period [1/fb], where published
    periods: Mapping[str, Positive] = Field(default_factory=dict)
    note: str = ""  # what disagrees, and what was decided

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(self.periods.values())
        if self.periods and abs(total - self.fb) > ROUNDING * len(self.periods) + 1e-9:
            msg = f"the periods sum to {total:g}, too far from {self.fb:g} to be rounding"
            raise ValueError(msg)
        return self

    def of(self, periods: Names[str], all_periods: Names[str]) -> float | None:
        """Luminosity of some data periods, of all that the whole luminosity stands for [1/fb].

        It is the stated whole if no period is missing, else the sum of the (rounded) periods; None
        where a period's own luminosity isn't published.
        """
        if set(periods) == set(all_periods):
            return self.fb
        known = set(periods) <= set(self.periods)
        return math.fsum(self.periods[period] for period in periods) if known else None


class Factor(Strict):
    """A number that a cross section is multiplied by, and why."""

    value: Positive
    why: str


class CrossSection(Strict):
    """A cross section as published, and the factors that make it this sample's."""

    # the published value [pb]; None (in the file: ``from generator`` or ``from file``) where the
    # ntuple's own value is taken
    pb: Annotated[Positive | None, BeforeValidator(_not_stated)]
    times: tuple[Factor, ...] = ()  # branching ratios, K factors
    source: str  # who computed it, to which order

    @property
    def factor(self) -> float:
        """Product of all factors."""
        return math.prod(factor.value for factor in self.times)

    @property
    def sample_pb(self) -> float | None:
        """Cross section of the sample [pb]; None where the file's is taken."""
        return None if self.pb is None else self.pb * self.factor


class SimulatedSample(Strict):
    """A sample of the embedded profiles."""

    label: str  # what a legend says
    group: GroupName  # key of its group
    process: str  # name of the process in :mod:`lepsearch.simulate`
    # what else the process needs
    parameters: Mapping[str, float | str] = Field(default_factory=dict)
    events: dict[ProfileName, Count]  # how many events to generate, by profile
    seed: Count  # seed of its random numbers
    cross_section: CrossSection  # its cross section
    dsid: Count | None = None  # number that the events carry, if not the process's own


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


class Collection(Strict):
    """One preselection of a release."""

    meaning: str  # which events it holds
    # where its files lie below the release's base, if not where the others' do
    files: Mapping[FileKind, Pattern] = Field(default_factory=dict)


class Release(Strict):
    """A release of open data."""

    title: str  # its name in words
    records: str  # where it is published
    licence: str  # its licence
    luminosity: LuminosityName  # key of the luminosity of all its data
    # root address that all file patterns continue
    base: Annotated[str, StringConstraints(pattern=r"^root://[^/]+//.*/$")]
    # address below the base by kind of file; ``{key}`` is a data period or a DSID
    files: Mapping[FileKind, Pattern]
    collections: dict[Key, Collection]  # its preselections by name


class Profile(Strict):
    """A kind of input that every chapter can run on."""

    title: str  # what it is
    # ``simulated`` here, a ``release`` of open data, or a ``folder`` of the user's
    input: Literal["simulated", "release", "folder"]
    # key of the luminosity that it is normalised to (``simulated``)
    luminosity: LuminosityName | None = None
    # key of the release (``release``)
    release: Annotated[ReleaseName, known("release")] | None = None
    collection: str | None = None  # which of the release's collections (``release``)
    # DSIDs of the release by group (``release``)
    samples: Mapping[GroupName, tuple[Count, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        release = {"release", "collection", "samples"}
        needed = {"simulated": {"luminosity"}, "release": release, "folder": set()}[self.input]
        given = {name for name in ("luminosity", *release) if getattr(self, name)}
        for what, names in (("needs", needed - given), ("takes no", given - needed)):
            if names:
                msg = f"input {self.input!r} {what} {', '.join(sorted(names))}"
                raise ValueError(msg)
        return self
