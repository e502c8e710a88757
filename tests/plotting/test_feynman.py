"""Feynman diagrams: what they show must be possible, and must be drawn."""

import matplotlib as mpl
import numpy as np
import pytest
from particle import PDGID

from lepsearch.errors import InputError
from lepsearch.plotting import diagrams, feynman
from lepsearch.plotting.feynman import PARTICLES, Diagram, Line

CATALOGUE = {**diagrams.BACKGROUNDS, **diagrams.SIGNALS}


@pytest.fixture(autouse=True)
def closed():
    """No window, and no figure left open."""
    mpl.use("agg")
    yield
    mpl.pyplot.close("all")


@pytest.mark.parametrize(
    "species",
    [pytest.param(one, id=name) for name, one in PARTICLES.items() if one.pdgid is not None],
)
def test_numbers_are_those_of_the_particle_data_group(species):
    pdgid = PDGID(species.pdgid)
    assert pdgid.is_valid
    assert species.charge == pytest.approx(pdgid.charge)
    matter = 1 if species.pdgid > 0 else -1
    assert species.lepton == (matter if pdgid.is_lepton else 0)
    assert species.quark == (matter if pdgid.is_quark else 0)


@pytest.mark.parametrize("number", ["charge", "lepton", "quark"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_vertices_conserve(name, number):
    diagram = CATALOGUE[name]
    inner = set(diagram.vertices) - diagram.outer
    assert inner
    for vertex in inner:
        assert diagram.flow(vertex, number) == pytest.approx(0), f"{vertex} does not conserve"


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
        arrows = sum(
            (one.end == vertex) - (one.start == vertex)
            for one in there
            if one.species.style == "fermion"
        )
        assert abs(arrows) <= sum(one.species.style == "majorana" for one in there)


def test_only_signals_have_something_new():
    for diagram in diagrams.BACKGROUNDS.values():
        assert not any(line.species.new for line in diagram.lines)
    for diagram in diagrams.SIGNALS.values():
        assert any(line.species.new for line in diagram.lines)
        assert diagram.words.endswith(".")


def test_a_wrong_decay_is_noticed():
    places = {"in": (0, 0), "v": (1, 0), "a": (2, 1), "b": (2, -1)}
    wrong = Diagram(
        "W+ to two leptons", places,
        (Line("in", "v", "W+"), Line("v", "a", "l"), Line("b", "v", "l")), "Wrong.",
    )  # fmt: skip
    assert wrong.outer == {"in", "a", "b"}
    assert wrong.flow("v", "charge") == pytest.approx(1)
    assert wrong.flow("v", "lepton") == 0


@pytest.mark.parametrize(
    ("line", "blob", "message"),
    [
        pytest.param(Line("a", "c", "Z"), "", r"unknown vertex 'c'", id="vertex"),
        pytest.param(Line("a", "b", "zed"), "", r"unknown particle 'zed'", id="particle"),
        pytest.param(Line("a", "b", "Z"), "c", r"blob is at the unknown vertex", id="blob"),
    ],
)
def test_descriptions_are_checked(line, blob, message):
    with pytest.raises(InputError, match=message):
        Diagram("broken", {"a": (0, 0), "b": (1, 0)}, (line,), "Broken.", blob)


@pytest.mark.parametrize("style", ["boson", "gluon"])
def test_waves_begin_and_end_at_the_vertices(style):
    start, end = np.array([0.3, -0.2]), np.array([1.9, 1.1])
    (curve,) = feynman._strokes(style, start, end)
    assert curve[:, 0] == pytest.approx(start)
    assert curve[:, -1] == pytest.approx(end)


def test_small_multiples_draw_each_diagram_and_label():
    drawn = list(diagrams.SIGNALS.values())
    figure = feynman.small_multiples(drawn)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[: len(drawn)] == [one.title for one in drawn]
    assert [len(axes.texts) for axes in figure.axes[: len(drawn)]] == [
        len(one.lines) for one in drawn
    ]


def test_no_diagram_is_said():
    (text,) = feynman.small_multiples([]).axes[0].texts
    assert "none" in text.get_text()
