"""The grids of shapes and the heat map: what is drawn, and that odd input is."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.plotting.features import Panel, heat_map, normalised, shape_grid
from lepsearch.stats.histograms import fill

EDGES = np.linspace(0, 10, 6)


def spectrum(values, weights):
    """The histogram of one signal, beside that of a background without events."""
    kind = pd.Categorical(["signal"] * len(values), ["background", "signal", "data"])
    by = {"kind": kind, "process": pd.Categorical(["one"] * len(values), ["empty", "one"])}
    return fill(values, weights, EDGES, by=by)


def test_shapes_are_normalised_and_the_rest_is_empty():
    shapes = spectrum([1, 1, 3, 99], [2, 2, 2, 2])
    panels = [Panel("$x$ [GeV]", shapes, True, {}), Panel("y", shapes, False, {})] * 2
    figure = shape_grid(panels, columns=3)
    figure.canvas.draw()
    assert [axes.axison for axes in figure.axes] == [True] * 4 + [False] * 2
    assert [axes.get_xlabel() for axes in figure.axes[:2]] == ["$x$ [GeV]", "y"]
    assert [axes.get_yscale() for axes in figure.axes[:2]] == ["log", "linear"]
    (steps,) = figure.axes[1].patches
    assert steps.get_data().values == pytest.approx([0.5, 0.25, 0, 0, 0.25])  # overflow included
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["one"]


def test_heat_map_shows_the_lower_triangle():
    matrix = np.array([[1.0, 0.5, np.nan], [0.5, 1.0, -0.2], [np.nan, -0.2, 1.0]])
    figure = heat_map(matrix, ["a", "b", "c"], title="t", label="correlation")
    figure.canvas.draw()
    shown = figure.axes[0].collections[0].get_array().reshape(3, 3)
    assert np.ma.getmaskarray(shown).tolist() == [
        [False, True, True], [False, False, True], [True, False, False]
    ]  # fmt: skip
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["a", "b", "c"]
    absent, negative = figure.axes[0].collections[1:3]
    assert absent.get_hatch()
    assert [path.vertices[0].tolist() for path in absent.get_paths()] == [[0, 2]]  # column, row
    assert negative.get_offsets().tolist() == [[1.5, 2.5]]


def test_shares_have_binomial_errors():
    share, error = normalised(fill([1] * 30 + [3] * 70, np.full(100, 2.0), EDGES))
    assert share == pytest.approx([0.3, 0.7, 0, 0, 0])
    assert error == pytest.approx([np.sqrt(0.3 * 0.7 / 100)] * 2 + [0] * 3)


def test_grid_has_errors_and_says_what_shapes_are_worth():
    shapes = spectrum([1, 1, 3, 3], np.ones(4))
    panels = [Panel("x", shapes, log=False, worth={"one": n}) for n in (4.0, 1234.4)]
    figure = shape_grid(panels, columns=2)
    assert figure.legends[0].get_texts()[0].get_text() == "one (4 to 1,234)"
    bars = figure.axes[0].collections[0].get_segments()
    assert [np.ptp(bar[:, 1]) / 2 for bar in bars] == pytest.approx([0.25, 0.25])  # sqrt(1/4/4)
