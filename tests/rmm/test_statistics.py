"""Averages and correlations of cells against NumPy's own and against known answers."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.plotting.rmm import correlation_map, matrix_maps
from lepsearch.rmm.layout import KINDS, Layout
from lepsearch.rmm.statistics import (
    BLOCKS,
    bootstrap,
    cell_means,
    correlations,
    kind_medians,
    mean_table,
    populated,
    share_table,
    strong_shares,
)


def sample(n=4000, seed=2):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    cells = np.stack([common, common + rng.normal(size=n), 1e3 * rng.normal(size=n) + 500], axis=1)
    return cells, rng.integers(1, 4, n)


def test_correlations_are_those_of_repeated_events():
    cells, weights = sample()
    expected = np.corrcoef(np.repeat(cells, weights, axis=0).T)
    assert correlations(cells, weights) == pytest.approx(expected, abs=1e-9)


def test_correlations_over_the_events_that_have_both():
    cells, weights = sample()
    there = np.random.default_rng(1).random(cells.shape) < 0.6
    got = correlations(np.where(there, cells, 0.0), weights, there)
    both = there[:, 0] & there[:, 1]
    repeated = np.repeat(cells[both, :2], weights[both], axis=0)
    assert got[0, 1] == pytest.approx(np.corrcoef(repeated.T)[0, 1], abs=1e-9)
    assert got == pytest.approx(got.T)
    worth = weights[both].sum() ** 2 / (weights[both] ** 2).sum()
    few = correlations(cells, weights, there, least=worth + 1)
    assert np.isnan(few[0, 1])
    assert np.isfinite(few[0, 0])


def test_correlation_with_a_constant_is_undefined():
    cells = np.stack([np.arange(5.0), np.ones(5)], axis=1)
    rho = correlations(cells, np.ones(5))
    assert rho[0, 0] == pytest.approx(1)
    assert np.isnan(rho[0, 1])


def test_means_over_events_that_have_the_cell():
    cells = np.array([[1.0, 5.0, 0.0], [3.0, 0.0, 0.0]])
    there = np.array([[True, True, False], [True, False, False]])
    means, events = cell_means(cells, there, [1.0, 3.0])
    assert means == pytest.approx([2.5, 5.0, np.nan], nan_ok=True)
    assert events.tolist() == [2, 1, 0]


def test_populated_cells():
    there = np.array([[True, True, False], [True, False, False]])
    assert populated(there, [1.0, 3.0], 0.2).tolist() == [0, 1]
    assert populated(there, [1.0, 3.0], 0.5).tolist() == [0]


def test_every_pair_of_kinds_has_a_block():
    everything = strong_shares(np.full((7, 7), 0.4), KINDS, [0.3, 0.5])
    assert everything["all pairs", 0.3] == 1
    assert everything["all pairs", 0.5] == 0
    assert len(everything) == 2 * (1 + len(BLOCKS))
    assert np.isnan(everything["mass and mass", 0.3])  # one cell of masses has no pair


def test_shares_of_a_block():
    rho = np.array([[1, 0.8, 0.1], [0.8, 1, np.nan], [0.1, np.nan, 1]])
    shares = strong_shares(rho, ["m", "m", "h"], [0.5])
    assert shares["all pairs", 0.5] == 0.5  # the undefined pair is left out
    assert shares["mass and mass", 0.5] == 1
    assert shares["rapidity and the rest", 0.5] == 0


def test_bootstrap_finds_the_error_of_a_mean():
    rng = np.random.default_rng(8)
    x = rng.normal(size=400)

    def mean(weights):
        return {("mean", 0.0): float(np.average(x, weights=weights))}

    alone = bootstrap(mean, np.ones(400), np.arange(400), repetitions=300, seed=1)
    assert alone["value"].iloc[0] == pytest.approx(x.mean())
    assert alone["error"].iloc[0] == pytest.approx(x.std() / 20, rel=0.15)
    # four copies of each event that move together: twice the error of as many independent events
    x = np.repeat(x[:100], 4)
    copies = bootstrap(mean, np.ones(400), np.repeat(np.arange(100), 4), repetitions=300, seed=1)
    assert copies["error"].iloc[0] == pytest.approx(x.std() / 10, rel=0.15)


def hatched(axes):
    """Rows and columns of the hatched cells."""
    (cells,) = (one for one in axes.collections if one.get_hatch())
    return {tuple(path.vertices[0].astype(int)[::-1].tolist()) for path in cells.get_paths()}


def test_figures_hatch_islands():
    layout = Layout((("jet", 2), ("electron", 1)))
    there = np.ones((4, 4), dtype=bool)
    there[2], there[:, 2] = False, False
    energies = np.isin(layout.kinds, ["met", "mT", "eT", "m"])
    figure = matrix_maps(
        {"one": (np.full((4, 4), 0.5), there)}, energies=energies, labels=layout.axis_labels,
        starts=[1, 3], columns=1,
    )  # fmt: skip
    assert hatched(figure.axes[0]) == set(map(tuple, np.argwhere(~there).tolist()))
    meshes = [one for one in figure.axes[0].collections if not one.get_hatch()]
    drawn = sum((~np.ma.getmaskarray(mesh.get_array())).astype(int) for mesh in meshes)
    assert np.array_equal(drawn.reshape(4, 4) == 1, there)
    rho = np.array([[1, 0.5, np.nan], [0.2, 1, 0.1], [-0.9, 0.3, 1]])
    figure = correlation_map(
        rho, rho, ["m", "m", "h"], {"m": "$m$", "h": "$h$"}, titles=("one", "two")
    )
    assert hatched(figure.axes[0]) == {(0, 0), (1, 1), (2, 2), (0, 2)}
    shown = figure.axes[0].collections[1].get_array().reshape(3, 3)
    assert shown[2, 0] == pytest.approx(0.9)
    assert np.ma.is_masked(shown[0, 2])


def test_tables_for_a_page():
    index = pd.MultiIndex.from_tuples([("all pairs", 0.3), ("mass and mass", 0.3)])
    shares = pd.DataFrame({"value": [0.5, np.nan], "error": [0.02, np.nan]}, index=index)
    table = share_table({"all": shares})
    assert table.loc["all pairs", ("all", "|ρ| > 0.3 [%]")] == "50.0 ± 2.0"
    assert table.loc["mass and mass", ("all", "|ρ| > 0.3 [%]")] == "–"
    values = pd.DataFrame({"a": [1.0, 3.0, 100.0]})
    which = {"both": np.array([True, True, False])}
    means = mean_table(values, [1.0, 1.0, 1.0], [1, 2, 3], which)
    assert means.loc["a", "both"] == "2.00 ± 0.71"  # sqrt(2) / 2
    copies = mean_table(values, [1.0, 1.0, 1.0], [1, 1, 3], {"all": np.ones(3, dtype=bool)})
    assert copies.loc["a", "all"] == "35 ± 31"  # (33.67 + 31.67) and 65.33, squared, over three


def test_medians_by_kind():
    layout = Layout((("jet", 1),))
    matrices = np.arange(8.0).reshape(2, 2, 2)
    there = np.ones((2, 2, 2), dtype=bool)
    there[1, 1, 1] = False
    got = kind_medians(matrices, there, layout)
    assert (got["met"], got["mT"], got["hL"], got["eT"]) == (2, 3, 4, 3)
    assert np.isnan(got["h"])
