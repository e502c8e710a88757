"""What the steps get from the data manifest: sources of events, and recipes to make them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from lepsearch.data.layout import Layout, the_layout

__all__ = ("DATA", "Kind", "ReleaseName", "Simulation", "Source", "Sums")

DATA = "data"  # the name and the group of what was recorded
Kind = Literal["data", "background", "signal"]
ReleaseName = Literal["2020", "2025"]
Sums = Literal["per file", "per sample"]


@dataclass(frozen=True)
class Simulation:
    """How one embedded sample is made.

    Attributes:
        process: Name of the process in :mod:`lepsearch.simulate`.
        events: Number of events to generate, before any cut.
        seed: Seed of the sample's random numbers.
        parameters: What else the process needs, for example a mass [GeV].
        cross_section_pb: Cross section [pb] to write into the file; None: the generator's times
            ``factor``.
        factor: What to multiply the generator's cross section by (K factor, branching ratio).
        dsid: Number that the events carry as ``channelNumber``; None: the process's own.
    """

    process: str
    events: int
    seed: int
    parameters: Mapping[str, str | float] = field(default_factory=dict)
    cross_section_pb: float | None = None
    factor: float = 1.0
    dsid: int | None = None


@dataclass(frozen=True)
class Source:
    """One sample of events and where its files lie.

    Attributes:
        name: Key that is safe in a file name.
        label: What a plot's legend says; may hold LaTeX.
        group: Key of the group that it is stacked with.
        kind: Recorded events, simulated background or simulated signal.
        release: Whose branch names and units the files have; simulated here: those of 2020; of a
            user's own layout, the path of its file.
        files: Where the files are, or will be.
        dsid: ATLAS's number of a simulated sample; None for data and for samples without one.
        cross_section_pb: Cross section [pb] with filter efficiency, K factor and branching ratios;
            None for data, and where the file's own value is to be taken.
        cross_section_source: Where the cross section is from.
        sum_of_weights: Sum of generator weights of all generated events; None: the file's own.
        sums: Whether the sum of weights that a file states is its own or the sample's; None: that
            is found out.
        luminosity_fb: Integrated luminosity of the data files [1/fb]; None in simulation.
        simulation: How the sample is made, if it is made here.
        own_layout: How the branches are called where no release says it.
    """

    name: str
    label: str
    group: str
    kind: Kind
    release: str
    files: tuple[Path, ...]
    dsid: int | None = None
    cross_section_pb: float | None = None
    cross_section_source: str = ""
    sum_of_weights: float | None = None
    sums: Sums | None = None
    luminosity_fb: float | None = None
    simulation: Simulation | None = None
    own_layout: Layout | None = None

    @property
    def layout(self) -> Layout:
        """How the files' branches are called."""
        return self.own_layout or the_layout(self.release)

    @classmethod
    def recorded(
        cls, label: str, release: ReleaseName, files: Iterable[Path], luminosity_fb: float | None
    ) -> Self:
        """The recorded data of a release."""
        return cls(DATA, label, DATA, "data", release, tuple(files), luminosity_fb=luminosity_fb)
