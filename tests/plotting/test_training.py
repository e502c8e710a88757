"""Figures of networks and of their trainings show what they were given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

from lepsearch.plotting.training import (
    by_model,
    learning_curves,
    network_diagram,
    over_training,
    reliability_curves,
)
from lepsearch.stats.histograms import fill
from lepsearch.stats.metrics import reliability


@pytest.mark.parametrize(("layers", "neurons", "circles"), [(0, 9, 4), (2, 5, 14), (1, 80, 10)])
def test_a_network_has_a_circle_for_each_neuron_up_to_a_limit(layers, neurons, circles):
    figure = network_diagram(["a", "b", "c"], layers, neurons)
    axes = figure.axes[0]
    drawn = [one for one in axes.collections if isinstance(one, PathCollection)]
    assert sum(len(one.get_offsets()) for one in drawn if one.get_sizes()[0] > 50) == circles
    dots = [one for one in drawn if one.get_sizes()[0] < 50]
    assert len(dots) == (layers if neurons > 6 else 0)
    lines = sum(len(c.get_segments()) for c in axes.collections if isinstance(c, LineCollection))
    width = min(neurons, 6)
    expected = 3 * width + (layers - 1) * width**2 + width if layers else 3
    assert lines == expected
    assert (f"{neurons} neurons" in " ".join(t.get_text() for t in axes.texts)) == (layers > 0)


def test_learning_curves_mark_the_kept_epoch():
    run = pd.DataFrame(
        {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 1.5, 2.0], "best": [False, True, False]},
        index=pd.RangeIndex(1, 4, name="epoch"),
    )
    figure = learning_curves({"shallow": [run, run], "deep": [run]})
    left, right = figure.axes
    assert (len(left.lines), len(right.lines)) == (6, 3)
    assert left.lines[2].get_xydata().tolist() == [[2.0, 1.5]]
    assert right.get_title(loc="left") == "deep"


def test_over_training_draws_the_ratio_of_the_shapes():
    edges = np.linspace(0, 1, 3)
    train = fill([0.2, 0.7, 0.8, 0.9], np.ones(4), edges)
    other = fill([0.2, 0.9], [5.0, 5.0], edges)
    figure = over_training({"one": {"signal": (train, other)}})
    points = figure.axes[1].containers[0].lines[0].get_xydata()
    np.testing.assert_allclose(points, [[0.25, 0.5 / 0.25], [0.75, 0.5 / 0.75]])


def test_reliability_is_drawn_with_its_distance():
    rng = np.random.default_rng(2)
    score = rng.random(500)
    curve = reliability(score, rng.random(500) < score, bins=5)
    figure = reliability_curves({"network": curve})
    top, bottom = (axes.containers[0].lines[0].get_ydata() for axes in figure.axes)
    np.testing.assert_allclose(np.asarray(top - curve["score"], float), np.asarray(bottom, float))


def test_every_model_has_a_line_of_its_own():
    table = pd.DataFrame({"value": [1.0, 2.0], "error": [0.1, 0.2]}, index=["a", "b"])
    figure = by_model({"chosen": table, "own": table.loc[["b"]]}, {"a": "Model A"})
    axes = figure.axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Model A", "b"]
    points = [c.lines[0].get_xydata().tolist() for c in axes.containers]
    assert points[0][0][0] == 1.0
    assert len(points[1]) == 1
    assert points[0][0][1] > points[0][1][1]


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_no_model_with_a_significance_is_said_so(value):
    table = pd.DataFrame({"value": [value], "error": [value]}, index=["a"])
    figure = by_model({"chosen": table}, {})
    figure.canvas.draw()  # a logarithmic axis without values would fail here
    assert figure.axes[0].texts[0].get_text() == "no model has a significance"


def test_models_of_small_significance_are_told_apart_and_undefined_ones_keep_a_line():
    table = pd.DataFrame(
        {"value": [1e-4, 1.0, np.nan], "error": [3e-4, 0.2, np.nan]}, index=["a", "b", "c"]
    )
    axes = by_model({"chosen": table}, {}).axes[0]
    assert axes.get_xscale() == "log"
    assert 0 < axes.get_xlim()[0] < 1e-4
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b", "c"]
