"""The best point of a grid, and how many others are as good."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.learn.grid import best
from lepsearch.stats.estimate import Estimate


def table_of(values, error=0.0):
    """A grid's table: a list of the seeds' values for each point."""
    rows = [
        {"x": x, "seed": seed, "z": Estimate(z, error)}
        for x, point in enumerate(values)
        for seed, z in enumerate(point)
    ]
    return pd.DataFrame(rows)


def test_best_and_what_is_as_good():
    found = best(table_of([[1.0], [1.9], [2.0], [1.0]], error=0.1), "z")
    assert (found.point, found.estimate) == ({"x": 2}, Estimate(2.0, 0.1))
    assert found.compatible["x"].tolist() == [2, 1]
    with pytest.raises(InputError, match="train with several seeds"):
        best(table_of([[1.0], [2.0]], error=np.nan), "z")


def test_best_of_noise_is_compatible_with_the_rest():
    rng = np.random.default_rng(0)
    compatible = [len(best(table_of(rng.normal(0, 1, (16, 8))), "z").compatible) for _ in range(40)]
    assert np.mean(compatible) > 8  # most points of the same truth are not excluded
    truth = np.where(np.arange(16) == 3, 5.0, 0.0)[:, None]
    found = best(table_of(truth + rng.normal(0, 1, (16, 8))), "z")
    assert found.compatible["x"].tolist() == [3]
