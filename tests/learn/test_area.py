"""Measures averaged over trainings, and their differences."""

from __future__ import annotations

import numpy as np
import pytest

from lepsearch.learn.area import differences
from lepsearch.stats.estimate import Estimate


def test_error_joins_events_and_trainings():
    draws, seeds = np.array([0.1, 0.3]), np.array([0.2, 0.2, 0.5, 0.3])
    area = Estimate.of(0.3, draws, seeds)
    expected = np.hypot(draws.std(ddof=1), seeds.std(ddof=1) / 2)
    assert area.error == pytest.approx(expected)
    assert (area - area).error == 0


def test_pairs_in_the_wrong_order():
    first = Estimate.of(0.98, np.array([0.97, 0.99]), np.array([0.96, 0.99]))
    second = Estimate.of(0.99, np.array([0.98, 0.995]), np.array([0.98, 0.99]))
    ratio = (1 - first) / (1 - second)
    assert ratio.value == pytest.approx(2)
    assert ratio.draws == pytest.approx([1.5, 2])
    assert ratio.by_seed == pytest.approx([2, 1])
    assert ((1 - first) / (1 - first)).error == 0


def test_a_table_of_differences():
    first = Estimate.of(0.9, np.array([0.8, 1.0]), np.array([0.9]))
    second = Estimate.of(0.7, np.array([0.7, 0.8]), np.array([0.7]))
    table = differences({"a": first, "b": second}, "a")
    assert table.loc["a", ["difference", "difference_error"]].tolist() == [0, 0]
    assert table["difference"]["b"] == pytest.approx(-0.2)
    assert table["difference_error"]["b"] == pytest.approx(np.std([-0.1, -0.2], ddof=1))
