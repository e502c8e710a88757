"""Figures of networks and of their trainings show what they were given."""

import numpy as np
import pandas as pd

from lepsearch.plotting.training import (
    learning_curves,
    over_training,
    reliability_curves,
)
from lepsearch.stats.histograms import fill
from lepsearch.stats.metrics import reliability


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
