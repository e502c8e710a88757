"""Averages and correlations of cells against NumPy's own and against known answers."""

import numpy as np
import pytest

from lepsearch.rmm.cells import BLOCKS, cell_means, mean, median, strong_pairs
from lepsearch.rmm.layout import KINDS
from lepsearch.stats.copies import replicate
from lepsearch.stats.correlation import correlations
from lepsearch.stats.estimate import bootstrap


def test_means_over_events_that_have_the_cell():
    cells = np.array([[1.0, 5.0, 0.0], [3.0, 0.0, 0.0]])
    there = np.array([[True, True, False], [True, False, False]])
    means, worth = cell_means(cells, there, [1.0, 3.0], [0, 1])
    assert means == pytest.approx([2.5, 5.0, np.nan], nan_ok=True)
    assert worth == pytest.approx([16 / 10, 1, 0])
    _, worth = cell_means(cells, there, [1.0, 3.0], [7, 7])  # copies of one event
    assert worth == pytest.approx([1, 1, 0])


def test_mean_has_the_error_of_original_events():
    rng = np.random.default_rng(6)
    n = 900
    values, where = rng.exponential(size=(n, 3)), rng.random((n, 3)) < 0.5
    weights, original = rng.exponential(size=n), np.arange(n) // 3  # three copies each
    values += np.repeat(rng.normal(size=n // 3), 3)[:, None]  # copies vary together
    found = mean(values, weights, original, where)
    spread = np.repeat(weights[:, None], 3, axis=1)[where]
    assert found.value == pytest.approx(np.average(values[where], weights=spread))
    assert found.events == len(np.unique(original[where.any(axis=1)]))

    def again(w):
        return np.average(values[where], weights=np.repeat(w[:, None], 3, axis=1)[where])

    resampled = bootstrap(again, weights, original, replicas=1500, seed=3)
    assert found.error == pytest.approx(resampled.error, rel=0.1)
    as_independent = mean(values, weights, np.arange(n), where)
    assert found.error > 1.1 * as_independent.error


def test_mean_of_too_few():
    one = mean([2.0, 4.0], [1.0, 1.0], [3, 3])
    assert (one.value, one.events) == (3, 1)
    assert np.isnan(one.error)
    two = mean([2.0, 4.0], [1.0, 1.0], [3, 5])
    assert (two.value, two.events) == (3, 2)
    assert two.error == pytest.approx(np.sqrt(2) / 2)  # sqrt(sum w^2 (x - mean)^2) / sum w
    none = mean(np.ones((2, 2)), [1.0, 1.0], [0, 1], np.zeros((2, 2), dtype=bool))
    assert none.events == 0
    assert np.isnan(none.value)
    assert np.isnan(mean(np.ones((0, 2)), [], []).value)


def test_median_with_weights_and_its_error():
    rng = np.random.default_rng(9)
    n = 6000
    x, weights = rng.normal(size=(n, 2)), rng.integers(1, 4, n)
    where = rng.random((n, 2)) < 0.6
    options = {"replicas": 200, "seed": 2}
    found = median(x, weights, np.arange(n), where, **options)
    repeated = np.repeat(x, weights, axis=0)[np.repeat(where, weights, axis=0)]
    assert found.value == pytest.approx(np.median(repeated), abs=0.01)
    effective = 2 * 0.6 * n * np.mean(weights) ** 2 / np.mean(weights**2.0)
    expected = np.sqrt(np.pi / 2 / effective)  # of a normal distribution's median
    assert found.error == pytest.approx(expected, rel=0.2)
    assert np.isnan(median(x, weights, np.arange(n), np.zeros_like(where), **options).value)


def none(rho, replicas=3):
    """Draws that vary nothing."""
    return np.repeat(rho[None], replicas, axis=0)


def test_every_pair_of_kinds_has_one_block():
    rho = np.full((14, 14), 0.4)
    pairs = strong_pairs(rho, none(rho), KINDS * 2, [0.3, 0.5])
    assert pairs.loc["all pairs", 0.3].value == 100
    assert pairs.loc["all pairs", 0.5].value == 0
    assert list(pairs.index) == ["all pairs", *BLOCKS]
    assert pairs["pairs"].sum() == 2 * pairs.loc["all pairs", "pairs"] == 14 * 13
    one_each = strong_pairs(rho[:7, :7], none(rho[:7, :7]), KINDS, [0.3])
    assert one_each.loc["mass and mass", "pairs"] == 0
    assert np.isnan(one_each.loc["mass and mass", 0.3].value)  # one cell of masses has no pair


def test_shares_of_a_block():
    rho = np.array([[1, 0.8, 0.1], [0.8, 1, np.nan], [0.1, np.nan, 1]])
    pairs = strong_pairs(rho, none(0 * rho), ["m", "m", "h"], [0.5])  # draws give errors only
    assert pairs[0.5].map(lambda share: share.value).to_dict() == pytest.approx(
        {"all pairs": 50, "mass and mass": 100, "rapidity and the rest": 0}  # one is undefined
        | dict.fromkeys(set(BLOCKS) - {"mass and mass", "rapidity and the rest"}, np.nan),
        nan_ok=True,
    )
    assert pairs["pairs"].tolist() == [2, 1, 0, 0, 0, 1, 0]


def test_shares_vary_as_their_draws_do():
    rng = np.random.default_rng(8)
    x = np.repeat(rng.normal(size=(100, 6)), 4, axis=0)  # four copies each, which move together
    x += rng.normal(size=(400, 1)) * 0.5

    def rho(weights):
        return correlations(x, weights, least=0)

    draws = replicate(rho, np.ones(400), np.repeat(np.arange(100), 4), replicas=50, seed=1)
    own = strong_pairs(rho(np.ones(400)), draws, ["m"] * 6, [0.2]).loc["all pairs", 0.2]
    upper = np.triu_indices(6, 1)
    by_hand = [100 * np.mean(np.abs(draw[upper]) > 0.2) for draw in draws]
    assert own.error == pytest.approx(np.std(by_hand, ddof=1))
