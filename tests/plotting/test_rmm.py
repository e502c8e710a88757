"""Heat maps of matrices and correlations: islands are hatched."""

import numpy as np
import pytest

from lepsearch.plotting.rmm import correlation_map, matrix_maps
from lepsearch.rmm import Layout


def hatched(axes):
    """Rows and columns of the hatched cells."""
    (cells,) = (one for one in axes.collections if one.get_hatch())
    return {tuple(path.vertices[0].astype(int)[::-1].tolist()) for path in cells.get_paths()}


def test_figures_hatch_islands():
    layout = Layout((("jet", 2), ("electron", 1)))
    there = np.ones((4, 4), dtype=bool)
    there[2], there[:, 2] = False, False
    maps = {"one": (np.full((4, 4), 0.5), there)}
    figure = matrix_maps(maps, layout.kinds, layout.axis_labels)
    assert hatched(figure.axes[0]) == set(map(tuple, np.argwhere(~there).tolist()))
    meshes = [one for one in figure.axes[0].collections if not one.get_hatch()]
    drawn = sum((~np.ma.getmaskarray(mesh.get_array())).astype(int) for mesh in meshes)
    assert np.array_equal(drawn.reshape(4, 4) == 1, there)
    rho = np.array([[1, 0.5, np.nan], [0.2, 1, 0.1], [-0.9, 0.3, 1]])
    figure = correlation_map(rho, rho, ["m", "m", "h"], titles=("one", "two"))
    assert hatched(figure.axes[0]) == {(0, 0), (1, 1), (2, 2), (0, 2)}
    shown = figure.axes[0].collections[1].get_array().reshape(3, 3)
    assert shown[2, 0] == pytest.approx(0.9)
    assert np.ma.is_masked(shown[0, 2])
