"""Feynman diagrams of the book's processes, from who decays to what.

Time runs from left to right. A line is drawn along the flow of fermion number, from ``start`` to
``end``, so an antiparticle is the particle's line walked backwards, and what flows along a line is
always the particle's own charge. Particles beyond the Standard Model are thick and red.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lepsearch.plotting.style import drawing

__all__ = (
    "BACKGROUNDS",
    "CURRENTS",
    "SIGNALS",
    "annihilation",
    "decay",
    "exchange",
    "small_multiples",
)

Style = Literal["fermion", "majorana", "boson", "gluon", "scalar"]
Places = dict[str, complex]  # of vertices: x + iy
Decay = str | tuple[Any, ...]  # a particle's name, or it and the decays of its products

KNOWN, NEW = "#1b1b3a", "#b2182b"
WAVES = {"boson": (0.085, 0.27), "gluon": (0.11, 0.21)}  # amplitude and period
ARROW = 0.13
LABEL_GAP = 0.26
STEP, SPREAD = 0.9, 0.66  # from a vertex to the next, and between the particles that come out


class Species(NamedTuple):
    """A particle: how it is written, its line, its antiparticle; ``new`` beyond the Standard Model.

    The line ``majorana`` is a fermion without an arrow.
    """

    label: str
    style: Style
    anti: str = ""
    new: bool = False


PARTICLES: Mapping[str, Species] = {
    "g": Species("$g$", "gluon"),
    "q": Species("$q$", "fermion", r"$\bar q$"),
    "q'": Species("$q'$", "fermion", r"$\bar q'$"),
    "b": Species("$b$", "fermion", r"$\bar b$"),
    "t": Species("$t$", "fermion", r"$\bar t$"),
    "l": Species(r"$\ell^-$", "fermion", r"$\ell^+$"),
    "nu": Species(r"$\nu$", "fermion", r"$\bar\nu$"),
    "e": Species("$e^-$", "fermion", "$e^+$"),
    "nu_e": Species(r"$\nu_e$", "fermion", r"$\bar\nu_e$"),
    "mu": Species(r"$\mu^-$", "fermion", r"$\mu^+$"),
    "nu_mu": Species(r"$\nu_\mu$", "fermion", r"$\bar\nu_\mu$"),
    "Z": Species("$Z$", "boson"),
    "gamma/Z": Species(r"$Z/\gamma^*$", "boson"),
    "W+": Species("$W^+$", "boson"),
    "W-": Species("$W^-$", "boson"),
    "H": Species("$H$", "scalar"),
    "Z'": Species("$Z'$", "boson", new=True),
    "W_R": Species("$W_R^+$", "boson", new=True),
    "h_D": Species("$h_D$", "scalar", new=True),
    "chi": Species(r"$\chi$", "fermion", r"$\bar\chi$", new=True),
    "chi1": Species(r"$\chi_1$", "fermion", r"$\bar\chi_1$", new=True),
    "chi2": Species(r"$\chi_2$", "fermion", new=True),
    "N": Species("$N$", "majorana", new=True),
    "Sigma0": Species(r"$\Sigma^0$", "majorana", new=True),
    "Sigma-": Species(r"$\Sigma^-$", "fermion", r"$\Sigma^+$", new=True),
    "chargino": Species(r"$\tilde\chi^+_1$", "fermion", new=True),
    "neutralino1": Species(r"$\tilde\chi^0_1$", "majorana", new=True),
    "neutralino2": Species(r"$\tilde\chi^0_2$", "majorana", new=True),
}


class Line(NamedTuple):
    """A particle along the flow of fermion number, with what is written above or below it."""

    start: str
    end: str
    particle: str
    label: str
    below: bool

    @classmethod
    def of(cls, start: str, end: str, name: str, *, below: bool = False) -> Self:
        """The line of a particle as time goes; an antiparticle's name ends in ~."""
        particle = name.removesuffix("~")
        if name == particle:
            return cls(start, end, particle, PARTICLES[particle].label, below)
        return cls(end, start, particle, PARTICLES[particle].anti, below)


class Diagram(NamedTuple):
    """A process: places of vertices and the lines between; ``blob`` is a vertex not resolved."""

    title: str
    vertices: Places
    lines: Sequence[Line]
    blob: str = ""

    @property
    def outer(self) -> frozenset[str]:
        """Vertices where a particle comes in or goes out."""
        ends = [vertex for line in self.lines for vertex in line[:2]]
        return frozenset(vertex for vertex in self.vertices if ends.count(vertex) == 1)


def annihilation(title: str, incoming: str, propagator: str, *outgoing: Decay) -> Diagram:
    """Two particles become one, or none for a contact interaction, and that becomes others.

    The incoming names have a space between; an antiparticle's ends in ~. What comes out is given
    from top to bottom: a name, or a name and what it decays to.
    """
    first, second = incoming.split()
    vertices: Places = {"in1": 0.9j, "in2": -0.9j, "a": STEP}
    lines = [Line.of("in1", "a", first), Line.of("in2", "a", second)]
    if propagator:
        vertices["b"] = 2 * STEP
        lines.append(Line.of("a", "b", propagator))
    lines += _decays("b" if propagator else "a", outgoing, _heights(outgoing), vertices)
    return Diagram(title, vertices, lines, blob="" if propagator else "a")


def exchange(title: str, incoming: str, exchanged: str, upper: Decay, lower: Decay) -> Diagram:
    """The upper of two particles sends one to the lower, and they become others.

    Names are given as for :func:`annihilation`.
    """
    first, second = incoming.split()
    vertices: Places = {"in1": 1.1j, "in2": -1.1j, "a": 1.1 + 0.65j, "b": 1.1 - 0.65j}
    heights = _heights((upper, lower))
    lines = [
        Line.of("in1", "a", first),
        Line.of("in2", "b", second),
        Line.of("a", "b", exchanged),
        *_decays("a", [upper], heights, vertices),
        *_decays("b", [lower], heights, vertices, below=True),
    ]
    return Diagram(title, vertices, lines)


def decay(title: str, incoming: str, *outgoing: Decay) -> Diagram:
    """One particle becomes others, which are given as for :func:`annihilation`."""
    vertices: Places = {"in1": 0j, "a": STEP}
    lines = [Line.of("in1", "a", incoming)]
    lines += _decays("a", outgoing, _heights(outgoing), vertices)
    return Diagram(title, vertices, lines)


def _heights(outgoing: Sequence[Decay]) -> Iterator[float]:
    """Heights of all that comes out in the end, from top to bottom, evenly spread."""
    total = sum(map(_size, outgoing))
    return iter(SPREAD * ((total - 1) / 2 - np.arange(total)))


def _size(decay: Decay) -> int:
    return 1 if isinstance(decay, str) else sum(map(_size, decay[1:]))


def _decays(
    vertex: str,
    outgoing: Sequence[Decay],
    heights: Iterator[float],
    vertices: Places,
    *,
    below: bool = False,
) -> list[Line]:
    """Lines of all decays from a vertex on; the places of their ends are added to the vertices.

    An end stands midway between what comes out of it, one step to the right of its beginning.
    """
    lines = []
    for number, decay in enumerate(outgoing):
        name, *products = [decay] if isinstance(decay, str) else decay
        end = f"{vertex}{number}"
        vertices[end] = vertices[vertex].real + STEP
        lines.append(Line.of(vertex, end, name, below=below or number > 0))
        lines += _decays(end, products, heights, vertices)
        ends = [vertices[f"{end}{i}"].imag for i in range(len(products))] or [next(heights)]
        vertices[end] += 1j * sum(ends) / len(ends)
    return lines


def small_multiples(diagrams: Sequence[Diagram]) -> Figure:
    """Draw diagrams, three beside each other; none makes an empty frame that says so."""
    columns, rows = max(min(3, len(diagrams)), 1), max(-(-len(diagrams) // 3), 1)
    style, size = {"axes.titlesize": 10.5, "font.size": 10.5}, (3.1 * columns, 2.3 * rows)
    with drawing(rows, columns, style, figsize=size, squeeze=False) as (figure, grid):
        for axes in grid.flat:
            axes.axis("off")
        for axes, diagram in zip(grid.flat, diagrams, strict=False):
            _draw(axes, diagram)
        if not diagrams:
            grid[0, 0].text(0.5, 0.5, "none of the processes has a diagram", ha="center")
    return figure


def _draw(axes: Any, diagram: Diagram) -> None:
    outer = diagram.outer
    for line in diagram.lines:
        start, end = (diagram.vertices[one] for one in (line.start, line.end))
        species = PARTICLES[line.particle]
        style, (colour, width) = species.style, (NEW, 2.2) if species.new else (KNOWN, 1.4)
        dashes: Any = (0, (4, 2.4)) if style == "scalar" else "-"
        curve = _curve(style, start, end)
        axes.plot(curve.real, curve.imag, color=colour, lw=width, ls=dashes, zorder=3)
        along = (end - start) / abs(end - start)
        if style == "fermion":
            arrow = (start + end) / 2 + ARROW * along * np.array([1, -0.7 + 0.75j, -0.7 - 0.75j])
            axes.fill(arrow.real, arrow.imag, color=colour, lw=0, zorder=4)
        if {line.start, line.end} & outer:
            place = start - 0.12 * along if line.start in outer else end + 0.12 * along
            align = "right" if (along.real > 0) == (line.start in outer) else "left"
        else:  # left of a line that goes straight down
            gap = LABEL_GAP + WAVES.get(style, (0, 0))[0] / 2 + 0.08 * abs(along.imag)
            up = 1j * along if along.real > 0 else -1j * along
            place, align = (start + end) / 2 + (-gap if line.below else gap) * up, "center"
        axes.text(place.real, place.imag, line.label, ha=align, va="center", color=colour)
    for name, place in diagram.vertices.items():
        if name == diagram.blob:
            axes.plot(place.real, place.imag, "o", color=NEW, markersize=17, zorder=4)
        elif name not in outer:
            axes.plot(place.real, place.imag, "o", color=KNOWN, markersize=3.6, zorder=4)
    places = np.array(list(diagram.vertices.values()))
    axes.set(aspect="equal", xlim=(places.real.min() - 0.55, places.real.max() + 0.75))
    axes.set_ylim(places.imag.min() - 0.35, places.imag.max() + 0.35)
    axes.set_title(diagram.title, loc="center")


def _curve(style: Style, start: complex, end: complex) -> NDArray[np.complex128]:
    """The way of a line: straight, a wave, or the loops of a gluon."""
    if style not in WAVES:
        return np.array([start, end])
    length, (size, period) = abs(end - start), WAVES[style]
    turns = max(round(length / period), 2) + (0.5 if style == "gluon" else 0)
    phase = np.linspace(0, 2 * np.pi * turns, int(40 * turns))
    s = length * phase / phase[-1]
    if style == "gluon":  # a point on a rolling wheel, half a turn more so that it ends at the end
        s = s * (1 - 2 * size / length) + size * (1 - np.cos(phase))
    return np.asarray(start + (end - start) / length * (s + 1j * size * np.sin(phase)))


W_PLUS, W_MINUS, Z = ("W+", "nu", "l~"), ("W-", "l", "nu~"), ("Z", "l", "l~")
TOP, Z_PRIME = ("t", "b", W_PLUS), ("Z'", "l", "l~")
SIGMA_PLUS = ("Sigma-~", "nu~", W_PLUS)
CHARGINO, NEUTRALINO = ("chargino", "neutralino1", W_PLUS), ("neutralino2", Z, "neutralino1")

# of the Standard Model's electroweak force
CURRENTS: tuple[Diagram, ...] = (
    annihilation("pair production", "e e~", "gamma/Z", "mu", "mu~"),
    exchange("scattering", "e mu", "gamma/Z", "e", "mu"),
    annihilation("Drell-Yan", "q q~", "gamma/Z", "l", "l~"),
    decay("muon decay", "mu", "nu_mu", ("W-", "e", "nu_e~")),
    exchange("charged current", "nu_mu e", "W+", "mu", "nu_e"),
    exchange("neutral current", "nu_mu e", "Z", "nu_mu", "e"),
)
# by the manifest's group of processes
BACKGROUNDS: Mapping[str, tuple[Diagram, ...]] = {
    "zjets": (annihilation(r"$Z/\gamma^*$ + jet", "q g", "q", ("gamma/Z", "l", "l~"), "q"),),
    "wjets": (annihilation("$W$ + jet", "q g", "q", W_PLUS, "q'"),),
    "ttbar": (annihilation(r"$t\bar t$", "g g", "g", TOP, ("t~", W_MINUS, "b~")),),
    "single_top": (
        annihilation("single top: $tW$", "b g", "b", TOP, W_MINUS),
        exchange("single top: $t$ channel", "q b", "W+", "q'", ("t", W_PLUS, "b")),
        annihilation("single top: $s$ channel", "q q'~", "W+", TOP, "b~"),
    ),
    "diboson": (
        exchange("$WW$", "q q~", "q'", W_PLUS, W_MINUS),
        annihilation("$WZ$", "q q'~", "W+", W_PLUS, Z),
        exchange("$ZZ$", "q q~", "q", Z, ("Z", "nu", "nu~")),
    ),
    "higgs": (annihilation("$WH$", "q q'~", "W+", W_PLUS, ("H", "W+", "W-")),),
    "top_plus_boson": (annihilation(r"$t\bar tZ$", "g g", "g", ("t", "t", Z), "t~"),),
}
SIGNALS: tuple[Diagram, ...] = (
    annihilation("dark Higgs", "q q~", "Z'", Z_PRIME, ("h_D", "chi", "chi~")),
    annihilation("light vector", "q q~", "Z'", ("chi2", Z_PRIME, "chi1"), "chi1~"),
    annihilation("inelastic EFT", "q q~", "", ("chi2", Z_PRIME, "chi1"), "chi1~"),
    annihilation("heavy neutrino", "q q'~", "W+", "l~", ("N", "l", W_PLUS)),
    annihilation("left-right", "q q'~", "W_R", "l~", ("N", "l", W_PLUS)),
    annihilation("type-III seesaw", "q q'~", "W+", SIGMA_PLUS, ("Sigma0", W_PLUS, "l")),
    annihilation("chargino and neutralino", "q q'~", "W+", CHARGINO, NEUTRALINO),
)
