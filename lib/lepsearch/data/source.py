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
    """How one embedded sample is made."""

    process: str  # name of the process in :mod:`lepsearch.simulate`
    events: int  # number of events to generate, before any cut
    seed: int  # seed of the sample's random numbers
    # what else the process needs, for example a mass [GeV]
    parameters: Mapping[str, str | float] = field(default_factory=dict)
    # cross section [pb] to write into the file; None: the generator's times ``factor``
    cross_section_pb: float | None = None
    # what to multiply the generator's cross section by (K factor, branching ratio)
    factor: float = 1.0
    # number that the events carry as ``channelNumber``; None: the process's own
    dsid: int | None = None


@dataclass(frozen=True)
class Source:
    """One sample of events and where its files lie."""

    name: str  # key that is safe in a file name
    label: str  # what a plot's legend says; may hold LaTeX
    group: str  # key of the group that it is stacked with
    kind: Kind  # recorded events, simulated background or simulated signal
    # whose branch names and units the files have; simulated here: those of 2020; of a user's own
    # layout, the path of its file
    release: str
    files: tuple[Path, ...]  # where the files are, or will be
    # ATLAS's number of a simulated sample; None for data and for samples without one
    dsid: int | None = None
    # cross section [pb] with filter efficiency, K factor and branching ratios; None for data, and
    # where the file's own value is to be taken
    cross_section_pb: float | None = None
    cross_section_source: str = ""  # where the cross section is from
    # sum of generator weights of all generated events; None: the file's own
    sum_of_weights: float | None = None
    # whether the sum of weights that a file states is its own or the sample's; None: that is found
    # out
    sums: Sums | None = None
    # integrated luminosity of the data files [1/fb]; None in simulation
    luminosity_fb: float | None = None
    simulation: Simulation | None = None  # how the sample is made, if it is made here
    own_layout: Layout | None = None  # how the branches are called where no release says it

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
