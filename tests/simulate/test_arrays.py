"""Pairs and angles against loops."""

import numpy as np
import pytest

from lepsearch.simulate import arrays


def test_pairs_are_all_of_the_same_event():
    rng = np.random.default_rng(4)
    left, right = rng.integers(0, 9, 40), np.sort(rng.integers(0, 9, 70))
    a, b = arrays.pairs(left, right, 9)
    expected = [(i, j) for i in range(40) for j in range(70) if left[i] == right[j]]
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == expected


def test_pairs_of_nothing():
    none = np.array([], dtype=np.int64)
    for left, right in ((none, none), (np.array([1]), none), (none, np.array([0]))):
        a, b = arrays.pairs(left, right, 3)
        assert len(a) == len(b) == 0


def test_pseudorapidity_is_finite_along_the_beam():
    zero = np.zeros(2)
    eta = arrays.pseudorapidity(zero, zero, np.array([5.0, -5.0]))
    assert eta.tolist() == [20.0, -20.0]


def test_distance_wraps_around():
    one = np.array([1.0])
    apart = arrays.delta_r2(one, np.array([3.1]), one, np.array([-3.1]))
    assert apart[0] == pytest.approx((2 * np.pi - 6.2) ** 2)
