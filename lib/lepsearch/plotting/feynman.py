"""Feynman diagrams from a description: vertices with places, lines between them.

Time runs from left to right. A line is drawn along the flow of fermion number, from ``start`` to
``end``, so an antiparticle is the particle's line walked backwards, and what flows along a line is
always the particle's own charge. Particles beyond the Standard Model are thick and red.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.errors import InputError, nearest
from lepsearch.plotting.style import STYLE

__all__ = ("PARTICLES", "Diagram", "Line", "Species", "draw", "small_multiples")

Style = Literal["fermion", "majorana", "boson", "gluon", "scalar"]
Points = NDArray[np.float64]

KNOWN, NEW = "#1b1b3a", "#b2182b"
AMPLITUDE = {"boson": 0.085, "gluon": 0.11}
PERIOD = {"boson": 0.27, "gluon": 0.21}
ARROW = 0.13
LABEL_GAP = 0.26


@dataclass(frozen=True)
class Species:
    """A particle as a diagram knows it.

    Attributes:
        label: How it is written.
        style: How its line is drawn; ``majorana`` is a fermion without an arrow.
        charge: Electric charge in units of the positron's.
        lepton: Lepton number.
        quark: Number of quarks minus antiquarks.
        pdgid: Number in the Particle Data Group's scheme; None where it has none.
        new: Whether it is beyond the Standard Model.
    """

    label: str
    style: Style
    charge: float = 0.0
    lepton: int = 0
    quark: int = 0
    pdgid: int | None = None
    new: bool = False


UP, DOWN = 2 / 3, -1 / 3
PARTICLES: Mapping[str, Species] = {
    "g": Species("$g$", "gluon", pdgid=21),
    "u": Species("$q$", "fermion", UP, quark=1, pdgid=2),
    "d": Species("$q'$", "fermion", DOWN, quark=1, pdgid=1),
    "b": Species("$b$", "fermion", DOWN, quark=1, pdgid=5),
    "t": Species("$t$", "fermion", UP, quark=1, pdgid=6),
    "l": Species(r"$\ell^-$", "fermion", -1.0, lepton=1, pdgid=11),
    "nu": Species(r"$\nu$", "fermion", lepton=1, pdgid=12),
    "Z": Species("$Z$", "boson", pdgid=23),
    "gamma/Z": Species(r"$Z/\gamma^*$", "boson", pdgid=23),
    "W+": Species("$W^+$", "boson", 1.0, pdgid=24),
    "W-": Species("$W^-$", "boson", -1.0, pdgid=-24),
    "Z'": Species("$Z'$", "boson", pdgid=32, new=True),
    "W_R": Species("$W_R^+$", "boson", 1.0, pdgid=34, new=True),
    "h_D": Species("$h_D$", "scalar", new=True),
    "chi": Species(r"$\chi$", "fermion", new=True),
    "chi1": Species(r"$\chi_1$", "fermion", new=True),
    "chi2": Species(r"$\chi_2$", "fermion", new=True),
    "N": Species("$N$", "majorana", lepton=1, new=True),
    "Sigma0": Species(r"$\Sigma^0$", "majorana", lepton=1, new=True),
    "Sigma-": Species(r"$\Sigma^-$", "fermion", -1.0, lepton=1, new=True),
    "chargino": Species(r"$\tilde\chi^+_1$", "fermion", 1.0, pdgid=1000024, new=True),
    "neutralino1": Species(r"$\tilde\chi^0_1$", "majorana", pdgid=1000022, new=True),
    "neutralino2": Species(r"$\tilde\chi^0_2$", "majorana", pdgid=1000023, new=True),
}


@dataclass(frozen=True)
class Line:
    """A line of a diagram.

    Attributes:
        start: Vertex where it begins.
        end: Vertex where it ends, along the flow of fermion number.
        particle: Key in ``PARTICLES``.
        label: What is written at it, if not the particle's own label.
        side: On which side of the line the label stands: 1 left of its direction, -1 right.
    """

    start: str
    end: str
    particle: str
    label: str = ""
    side: int = 1

    @property
    def species(self) -> Species:
        """The particle."""
        return PARTICLES[self.particle]


@dataclass(frozen=True)
class Diagram:
    """A process.

    Attributes:
        title: What it is, for a heading.
        vertices: Place of each vertex; a vertex with one line is an end of the diagram.
        lines: Its lines.
        words: What happens, in words, for a reader who doesn't see it.
        blob: A vertex that stands for an interaction not resolved.

    Raises:
        InputError: A line with an unknown vertex or particle.
    """

    title: str
    vertices: Mapping[str, tuple[float, float]]
    lines: tuple[Line, ...]
    words: str
    blob: str = ""
    _outer: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for line in self.lines:
            for vertex in (line.start, line.end):
                if vertex not in self.vertices:
                    near = nearest(vertex, self.vertices)
                    msg = f"{self.title}: a line to the unknown vertex {vertex!r}; near: {near}"
                    raise InputError(msg)
            if line.particle not in PARTICLES:
                near = nearest(line.particle, PARTICLES)
                msg = f"{self.title}: unknown particle {line.particle!r}; near: {near}"
                raise InputError(msg)
        if self.blob and self.blob not in self.vertices:
            msg = f"{self.title}: the blob is at the unknown vertex {self.blob!r}"
            raise InputError(msg)
        ends = [vertex for line in self.lines for vertex in (line.start, line.end)]
        outer = frozenset(vertex for vertex in self.vertices if ends.count(vertex) == 1)
        object.__setattr__(self, "_outer", outer)

    @property
    def outer(self) -> frozenset[str]:
        """Vertices where a particle comes in or goes out."""
        return self._outer

    def flow(self, vertex: str, number: Literal["charge", "lepton", "quark"]) -> float:
        """How much of a number flows into a vertex minus what flows out; 0 if it is conserved."""
        return math.fsum(
            ((line.end == vertex) - (line.start == vertex)) * getattr(line.species, number)
            for line in self.lines
        )


def draw(axes: Any, diagram: Diagram, *, title: bool = True) -> None:
    """Draw a diagram into axes.

    Args:
        axes: Matplotlib axes; their frame is taken off.
        diagram: What to draw.
        title: Whether to write its title above.
    """
    places = {name: np.array(place, dtype=float) for name, place in diagram.vertices.items()}
    for line in diagram.lines:
        _draw_line(axes, line, places)
        _draw_label(axes, line, places, diagram.outer)
    for name, place in places.items():
        if name == diagram.blob:
            axes.plot(*place, "o", color=NEW, markersize=17, zorder=4)
        elif name not in diagram.outer:
            axes.plot(*place, "o", color=KNOWN, markersize=3.6, zorder=4)
    axes.set_aspect("equal")
    axes.axis("off")
    low, high = (getattr(np.array(list(places.values())), f)(axis=0) for f in ("min", "max"))
    axes.set_xlim(low[0] - 0.55, high[0] + 0.75)
    axes.set_ylim(low[1] - 0.35, high[1] + 0.35)
    if title:
        axes.set_title(diagram.title, loc="center")


def small_multiples(diagrams: Sequence[Diagram], *, columns: int = 3) -> Figure:
    """Draw several diagrams side by side.

    Args:
        diagrams: What to draw, row by row; none makes an empty frame that says so.
        columns: How many beside each other.
    """
    columns = max(min(columns, len(diagrams)), 1)
    rows = max(-(-len(diagrams) // columns), 1)
    with plt.rc_context({**STYLE, "axes.titlesize": 10.5, "font.size": 10.5}):
        figure, grid = plt.subplots(
            rows, columns, figsize=(3.1 * columns, 2.3 * rows), squeeze=False
        )
        for axes in grid.flat[len(diagrams) :]:
            axes.axis("off")
        for axes, diagram in zip(grid.flat, diagrams, strict=False):
            draw(axes, diagram)
        if not diagrams:
            grid[0, 0].text(0.5, 0.5, "none of the processes has a diagram", ha="center")
    return figure


def _draw_line(axes: Any, line: Line, places: Mapping[str, Points]) -> None:
    species = line.species
    colour, width = (NEW, 2.2) if species.new else (KNOWN, 1.4)
    dashes: Any = (0, (4, 2.4)) if species.style == "scalar" else "-"
    for x, y in _strokes(species.style, places[line.start], places[line.end]):
        axes.plot(
            x, y, color=colour, linewidth=width, linestyle=dashes, solid_capstyle="round", zorder=3
        )
    if species.style == "fermion":
        axes.fill(
            *_arrow(places[line.start], places[line.end]), color=colour, linewidth=0, zorder=4
        )


def _strokes(style: Style, start: Points, end: Points) -> Iterator[Points]:
    """Curves of a line, as arrays of shape (2, n)."""
    along, length = _direction(start, end)
    across = np.array([-along[1], along[0]])
    if style not in AMPLITUDE:
        yield np.stack([start, end], axis=1)
        return
    size = AMPLITUDE[style]
    turns = max(round(length / PERIOD[style]), 2) + (0.5 if style == "gluon" else 0)
    phase = np.linspace(0, 2 * np.pi * turns, int(40 * turns))
    shift = size * np.sin(phase)
    s = length * phase / phase[-1]
    if style == "gluon":  # a point on a rolling wheel, half a turn more so that it ends at the end
        s = s * (1 - 2 * size / length) + size * (1 - np.cos(phase))
    yield (start[:, None] + along[:, None] * s + across[:, None] * shift).astype(float)


def _arrow(start: Points, end: Points) -> Points:
    """A triangle in the middle of a line, shape (2, 3)."""
    along, _ = _direction(start, end)
    across = np.array([-along[1], along[0]])
    tip = (start + end) / 2 + ARROW * along
    back = tip - 1.7 * ARROW * along
    return np.stack([tip, back + 0.75 * ARROW * across, back - 0.75 * ARROW * across], axis=1)


def _draw_label(axes: Any, line: Line, places: Mapping[str, Points], outer: frozenset[str]) -> None:
    """At the outer end of an outer line, beside the middle of an inner one."""
    start, end = places[line.start], places[line.end]
    along, _ = _direction(start, end)
    across = np.array([-along[1], along[0]])
    gap = LABEL_GAP + AMPLITUDE.get(line.species.style, 0) / 2
    if line.start in outer:
        place, align = start - 0.12 * along, "right" if along[0] > 0 else "left"
    elif line.end in outer:
        place, align = end + 0.12 * along, "left" if along[0] > 0 else "right"
    else:
        place, align = (start + end) / 2 + line.side * gap * across, "center"
    species = line.species
    axes.text(
        *place, line.label or species.label, ha=align, va="center",
        color=NEW if species.new else KNOWN,
    )  # fmt: skip


def _direction(start: Points, end: Points) -> tuple[Points, float]:
    length = float(np.hypot(*(end - start)))
    return (end - start) / length, length
