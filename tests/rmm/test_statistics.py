"""Averages and correlations of cells against NumPy's own and against known answers."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.plotting.rmm import correlation_map, matrix_maps
from lepsearch.rmm.layout import Layout
from lepsearch.rmm.statistics import (
    cell_means,
    correlations,
    kind_medians,
    mean,
    mean_table,
    median,
    populated,
    well_sampled,
)
from lepsearch.stats.estimate import bootstrap, original_events


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
    means, worth = cell_means(cells, there, [1.0, 3.0], [0, 1])
    assert means == pytest.approx([2.5, 5.0, np.nan], nan_ok=True)
    assert worth == pytest.approx([16 / 10, 1, 0])
    _, worth = cell_means(cells, there, [1.0, 3.0], [7, 7])  # copies of one event
    assert worth == pytest.approx([1, 1, 0])


def test_copies_count_once_in_a_pair():
    """What each pair is worth, by a loop over original events and cells."""
    rng = np.random.default_rng(4)
    n, cells = 300, rng.normal(size=(300, 4))
    there = rng.random((n, 4)) < [1.0, 0.7, 0.5, 0.2]
    weights, original = rng.exponential(size=n), rng.integers(0, 60, n) * 5
    worth = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            both = there[:, i] & there[:, j]
            own = [weights[both & (original == e)].sum() for e in np.unique(original)]
            worth[i, j] = np.sum(own) ** 2 / np.sum(np.square(own))
    middle = float(np.median(worth))
    rho = correlations(cells, weights, there, original=original, least=middle)
    assert np.array_equal(np.isfinite(rho), worth >= middle)
    assert np.isfinite(correlations(cells, weights, there, least=middle)[0]).all()  # by rows
    without = correlations(cells, weights, there, original=original, least=0)
    assert np.array_equal(rho[worth >= middle], without[worth >= middle])
    # all rows, zeros included, are worth as much in every pair
    everything = correlations(cells, weights, original=original, least=worth[0, 0] * (1 - 1e-9))
    assert np.isfinite(everything).all()
    everything = correlations(cells, weights, original=original, least=worth[0, 0] * (1 + 1e-9))
    assert np.isnan(everything).all()


def test_samples_worth_enough():
    sample = np.array(["a"] * 5 + ["b"] * 5 + ["c"])
    weights = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1, 100, 9])
    event = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1]  # numbers are unique in a sample only
    original = original_events(sample, event)
    kept = well_sampled(sample, weights, original, 4.5)
    assert set(sample[kept]) == {"a"}
    copied = original_events(sample, [1] * 11)
    assert not well_sampled(sample, weights, copied, 1.5).any()
    assert well_sampled([], [], [], 2).tolist() == []


def test_mean_has_the_error_of_original_events():
    rng = np.random.default_rng(6)
    n = 900
    values, where = rng.exponential(size=(n, 3)), rng.random((n, 3)) < 0.5
    weights, original = rng.exponential(size=n), np.arange(n) // 3  # three copies each
    values += np.repeat(rng.normal(size=n // 3), 3)[:, None]  # copies vary together
    found = mean(values, where, weights, original)
    spread = np.repeat(weights[:, None], 3, axis=1)[where]
    assert found.value == pytest.approx(np.average(values[where], weights=spread))
    assert found.events == len(np.unique(original[where.any(axis=1)]))

    def again(w):
        return np.average(values[where], weights=np.repeat(w[:, None], 3, axis=1)[where])

    resampled = bootstrap(again, weights, original, replicas=1500, seed=3)
    assert found.error == pytest.approx(resampled.error, rel=0.1)
    as_independent = mean(values, where, weights, np.arange(n))
    assert found.error > 1.1 * as_independent.error


def test_mean_of_too_few():
    one = mean(np.array([2.0, 4.0]), np.ones(2, dtype=bool), [1.0, 1.0], [3, 3])
    assert (one.value, one.events) == (3, 1)
    assert np.isnan(one.error)
    none = mean(np.ones((2, 2)), np.zeros((2, 2), dtype=bool), [1.0, 1.0], [0, 1])
    assert none.events == 0
    assert np.isnan(none.value)
    assert np.isnan(mean(np.ones((0, 2)), np.ones((0, 2), dtype=bool), [], []).value)


def test_median_with_weights_and_its_error():
    rng = np.random.default_rng(9)
    n = 6000
    x, weights = rng.normal(size=(n, 2)), rng.integers(1, 4, n)
    where = rng.random((n, 2)) < 0.6
    options = {"repetitions": 200, "seed": 2}
    found = median(x, where, weights, np.arange(n), **options)
    repeated = np.repeat(x, weights, axis=0)[np.repeat(where, weights, axis=0)]
    assert found.value == pytest.approx(np.median(repeated), abs=0.01)
    effective = 2 * 0.6 * n * np.mean(weights) ** 2 / np.mean(weights**2.0)
    expected = np.sqrt(np.pi / 2 / effective)  # of a normal distribution's median
    assert found.error == pytest.approx(expected, rel=0.2)
    assert np.isnan(median(x, np.zeros_like(where), weights, np.arange(n), **options).value)


def test_populated_cells():
    there = np.array([[True, True, False], [True, False, False]])
    assert populated(there, [1.0, 3.0], 0.2).tolist() == [0, 1]
    assert populated(there, [1.0, 3.0], 0.5).tolist() == [0]


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
    values = pd.DataFrame({"a": [1.0, 3.0, 100.0]})
    which = {"both": np.array([True, True, False])}
    means = mean_table(values, [1.0, 1.0, 1.0], [1, 2, 3], which)
    nothing = mean_table(values, [1.0, 1.0, 1.0], [1, 2, 3], {"none": np.zeros(3, dtype=bool)})
    assert nothing.loc["a", "none"] == "–"
    assert means.loc["a", "both"] == "2.00 ± 0.71"  # sqrt(2) / 2
    copies = mean_table(values, [1.0, 1.0, 1.0], [1, 1, 3], {"all": np.ones(3, dtype=bool)})
    assert copies.loc["a", "all"] == "35 ± 31"  # (33.67 + 31.67) and 65.33, squared, over three


def test_medians_by_kind():
    layout = Layout((("jet", 1),))
    matrices = np.arange(8.0).reshape(2, 2, 2)
    there = np.ones((2, 2, 2), dtype=bool)
    there[1, 1, 1] = False
    got = kind_medians(matrices, there, layout, [1, 3], [0, 1], repetitions=9, seed=1)
    medians = [got[kind].value for kind in ("met", "mT", "hL", "eT")]
    assert medians == [4, 5, 6, 3]  # the second event, where it has the cell
    assert np.isnan(got["h"].value)
