"""Feynman diagrams: what they show must be possible, and must be drawn."""

import numpy as np
import pytest
from particle import PDGID

from lepsearch.plotting import feynman
from lepsearch.plotting.feynman import BACKGROUNDS, CURRENTS, PARTICLES, SIGNALS, annihilation

EVERY = (*(one for some in BACKGROUNDS.values() for one in some), *CURRENTS, *SIGNALS)
CATALOGUE = {one.title: one for one in EVERY}
# as the Particle Data Group has them
PDG = {
    "g": 21, "q": 2, "q'": 1, "b": 5, "t": 6, "l": 11, "nu": 12, "e": 11, "nu_e": 12, "mu": 13,
    "nu_mu": 14, "Z": 23, "gamma/Z": 23, "W+": 24,
    "W-": -24, "H": 25, "Z'": 32, "W_R": 34, "chargino": 1000024, "neutralino1": 1000022,
    "neutralino2": 1000023,
}  # fmt: skip
# electric charge, lepton number, quarks minus antiquarks
NUMBERS = {
    "h_D": (0, 0, 0), "chi": (0, 0, 0), "chi1": (0, 0, 0), "chi2": (0, 0, 0), "N": (0, 1, 0),
    "Sigma0": (0, 1, 0), "Sigma-": (-1, 1, 0),
} | {
    name: (one.charge, int(one.is_lepton), int(one.is_quark))
    for name, one in ((name, PDGID(number)) for name, number in PDG.items())
}  # fmt: skip


def flow(diagram, vertex):
    """What flows into a vertex minus what flows out, of each number."""
    return sum(
        ((line.end == vertex) - (line.start == vertex)) * np.array(NUMBERS[line.particle])
        for line in diagram.lines
    )


def test_every_particle_has_numbers():
    assert set(NUMBERS) == set(PARTICLES)


@pytest.mark.parametrize("name", CATALOGUE)
def test_vertices_conserve(name):
    diagram = CATALOGUE[name]
    inner = set(diagram.vertices) - diagram.outer
    assert inner
    for vertex in inner:
        assert flow(diagram, vertex) == pytest.approx([0, 0, 0]), f"{vertex} does not conserve"


@pytest.mark.parametrize("name", CATALOGUE)
def test_diagrams_are_connected_trees_of_three_point_vertices(name):
    diagram = CATALOGUE[name]
    assert len(diagram.lines) == len(diagram.vertices) - 1
    reached, last = {"in1"}, set()
    while reached != last:
        last = set(reached)
        for line in diagram.lines:
            if {line.start, line.end} & reached:
                reached |= {line.start, line.end}
    assert reached == set(diagram.vertices)
    for vertex in set(diagram.vertices) - diagram.outer:
        lines = [one for one in diagram.lines if vertex in (one.start, one.end)]
        assert len(lines) == (4 if vertex == diagram.blob else 3)


@pytest.mark.parametrize("name", CATALOGUE)
def test_fermions_end_only_outside(name):
    """Each vertex has as many fermion lines coming in as going out, Majorana ones either way."""
    diagram = CATALOGUE[name]
    for vertex in set(diagram.vertices) - diagram.outer:
        there = [one for one in diagram.lines if vertex in (one.start, one.end)]
        styles = [PARTICLES[one.particle].style for one in there]
        arrows = sum(
            (one.end == vertex) - (one.start == vertex)
            for one, style in zip(there, styles, strict=True)
            if style == "fermion"
        )
        assert abs(arrows) <= styles.count("majorana")


@pytest.mark.parametrize("name", CATALOGUE)
def test_places_are_apart(name):
    places = np.array(list(CATALOGUE[name].vertices.values()))
    apart = np.abs(places[:, None] - places)
    assert apart[np.triu_indices(len(places), 1)].min() > 0.6


def test_only_signals_have_something_new():
    new = {
        diagram.title
        for diagram in CATALOGUE.values()
        if any(PARTICLES[line.particle].new for line in diagram.lines)
    }
    assert new == {diagram.title for diagram in SIGNALS}


def test_a_wrong_decay_is_noticed():
    wrong = annihilation("W+ to two leptons", "q q'~", "W+", "l", "l~")
    assert wrong.outer == {"in1", "in2", "b0", "b1"}
    assert flow(wrong, "a") == pytest.approx([0, 0, 0])
    assert flow(wrong, "b") == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("style", ["boson", "gluon", "fermion"])
def test_lines_begin_and_end_at_the_vertices(style):
    start, end = 0.3 - 0.2j, 1.9 + 1.1j
    curve = feynman._curve(style, start, end)
    assert curve[[0, -1]] == pytest.approx([start, end])


def test_small_multiples_draw_each_diagram_and_label():
    figure = feynman.small_multiples(SIGNALS)
    drawn = figure.axes[: len(SIGNALS)]
    assert [axes.get_title() for axes in drawn] == [one.title for one in SIGNALS]
    assert [len(axes.texts) for axes in drawn] == [len(one.lines) for one in SIGNALS]


def test_no_diagram_is_said():
    (text,) = feynman.small_multiples([]).axes[0].texts
    assert "none" in text.get_text()
