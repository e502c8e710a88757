"""Heat maps of grids: every number in its cell, the best and its equals framed."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from lepsearch.errors import InputError
from lepsearch.learn import grid
from lepsearch.plotting import heat
from lepsearch.stats.estimate import Estimate


@pytest.fixture
def table():
    """A grid of two rates, three numbers of neurons and two strengths; one point is undefined."""
    rows = [
        {"rate": rate, "neurons": neurons, "l2": l2, "seed": 0,
         "auc": Estimate(np.nan if (rate, neurons, l2) == (1.0, 1, 0.0) else 0.9 - 0.1 * rate - l2
         + 0.001 * neurons, 0.01)}
        for rate in (1.0, 0.1) for neurons in (100, 1, 10) for l2 in (0.0, 0.5)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def drawn(axes):
    """Words of each cell by its column and row."""
    return {
        (int(text.get_position()[0]), int(text.get_position()[1])): text.get_text()
        for text in axes.texts
        if text.get_text()
    }


def frames(axes):
    """Columns and rows of the framed cells, with the widths of their lines."""
    return {
        (int(patch.get_x()), int(patch.get_y())): patch.get_linewidth()
        for patch in axes.patches
        if isinstance(patch, Rectangle) and patch.get_zorder() == 4
    }


def test_every_number_is_in_its_cell(table):
    part = table[table["l2"] == 0.0]
    best = grid.best(part, "auc")
    figure = heat.grid_heat(
        grid.summary(part, "auc"), "neurons", "rate", label="AUC", compatible=best.compatible,
        names={"rate": "learning rate"},
    )  # fmt: skip
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "10", "100"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0.1", "1.0"]
    assert axes.get_ylim()[0] < axes.get_ylim()[1]  # rising upwards
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("neurons", "learning rate")
    words = drawn(axes)
    assert words[2, 0] == "0.990\n± 0.010"
    assert words[1, 1] == "0.810\n± 0.010"
    assert (0, 1) not in words  # undefined
    (absent,) = (one for one in axes.collections if one.get_hatch())
    assert [path.vertices[0].tolist() for path in absent.get_paths()] == [[0, 1]]
    assert figure.axes[1].get_ylabel() == "AUC"
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["best", "undefined"]


def test_best_and_its_equals_are_framed(table):
    part = table[table["l2"] == 0.0]
    best = grid.best(part, "auc", sigmas=6.5)  # 0.092 at errors of 0.014
    assert len(best.compatible) == 3
    points = grid.summary(part, "auc")
    axes = heat.grid_heat(points, "neurons", "rate", label="", compatible=best.compatible).axes[0]
    framed = frames(axes)
    assert set(framed) == {(2, 0), (1, 0), (2, 1)}
    assert max(framed, key=framed.get) == (2, 0)
    star = axes.lines[-1].get_xydata()[0]
    assert tuple(star.astype(int)) == (2, 0)


def test_panels_share_axes_and_colours(table):
    best = grid.best(table, "auc")
    figure = heat.grid_heat(
        grid.summary(table, "auc"), "neurons", "rate", label="AUC", panels="l2",
        compatible=best.compatible,
    )  # fmt: skip
    left, right, _ = figure.axes
    assert [axes.get_title(loc="left") for axes in (left, right)] == ["l2 = 0.0", "l2 = 0.5"]
    values = grid.summary(table, "auc")["value"]
    limits = [axes.collections[0].get_clim() for axes in (left, right)]
    assert limits[0] == limits[1] == (values.min(), values.max())
    assert drawn(right)[2, 0] == "0.490\n± 0.010"
    assert set(frames(left)) == {(2, 0)}
    assert not frames(right)


def test_one_low_value_does_not_take_all_colours():
    points = pd.DataFrame(
        {"x": [1, 2, 3] * 2, "y": [1, 1, 1, 2, 2, 2], "error": np.nan,
         "value": [0.50, 0.90, 0.95, 0.92, 0.94, 0.96]}
    )  # fmt: skip
    figure = heat.grid_heat(points, "x", "y", label="AUC")
    low, high = figure.axes[0].collections[0].get_clim()
    assert 0.8 < low < 0.9
    assert high == 0.96
    assert drawn(figure.axes[0])[0, 0] == "0.500"


def test_two_points_in_a_cell_are_refused(table):
    with pytest.raises(InputError, match="take one value of l2"):
        heat.grid_heat(grid.summary(table, "auc"), "neurons", "rate", label="AUC")


def test_errors_may_be_unknown(table):
    part = grid.summary(table[table["l2"] == 0.5], "auc").assign(error=np.nan)
    axes = heat.grid_heat(part, "neurons", "rate", label="AUC", fmt=".2f").axes[0]
    assert drawn(axes)[2, 0] == "0.49"


def test_no_value_at_all_is_a_hatched_map(table):
    part = grid.summary(table[table["l2"] == 0.5], "auc").assign(value=np.nan, error=np.nan)
    axes = heat.grid_heat(part, "neurons", "rate", label="AUC").axes[0]
    assert not any(drawn(axes).values())
