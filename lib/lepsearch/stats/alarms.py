"""How often tests of agreement alarm: without a reason, and with one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.stats import agreement
from lepsearch.stats.comparison import Compared, Comparison, verdict

__all__ = ("Alarms", "counts_table", "rate", "rates_table", "repeated")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Alarms:
    """p-values of the same features in repeats with other pseudo-data.

    Attributes:
        p: Of the chi-square, shape (repeats, features); NaN where there is no test.
        p_shape: Of the Kolmogorov-Smirnov test, same shape.
    """

    p: Floats
    p_shape: Floats


def repeated(
    features: Sequence[Compared], values: Sequence[ArrayLike], others: Sequence[Comparison]
) -> Alarms:
    """Test features again with the pseudo-data of other seeds.

    Args:
        features: They, compared once.
        values: Each feature in every row of the table, as the pseudo-data have it.
        others: The same events with other seeds.
    """
    results = [
        [one.again(feature, true) for feature, true in zip(features, values, strict=True)]
        for one in others
    ]
    shape = (len(others), len(features))
    return Alarms(
        np.array([[one.p for one in row] for row in results], dtype=float).reshape(shape),
        np.array([[one.p_shape for one in row] for row in results], dtype=float).reshape(shape),
    )


def rate(p: Floats, level: float) -> tuple[float, float]:
    """Share of the tests with a p-value below a level, and its error.

    Tests of one repeat share its events. So the error is the standard deviation of the repeats'
    shares over the root of their number.

    Args:
        p: Shape (repeats, tests); NaN is left out.
        level: The level.

    Returns:
        The share and its error; NaN without tests, an error of NaN with one repeat.

    Examples:
        >>> share, error = rate(np.array([[0.01, 0.5], [0.5, 0.5]]), 0.05)
        >>> share, round(error, 3)
        (0.25, 0.25)
    """
    tested = p[:, ~np.isnan(p).all(axis=0)]
    if not tested.size:
        return math.nan, math.nan
    shares = np.nanmean(np.where(np.isnan(tested), np.nan, tested < level), axis=1)
    error = shares.std(ddof=1) / math.sqrt(len(shares)) if len(shares) > 1 else math.nan
    return float(shares.mean()), float(error)


def rates_table(
    sets: Mapping[tuple[str, str], Floats], levels: Sequence[float] = (0.05, 0.01, 0.001)
) -> pd.DataFrame:
    """Shares of low p-values in repeats without a distortion, a row for each set of tests.

    Args:
        sets: p-values of shape (repeats, tests), by features and test.
        levels: The levels, as shares.

    Returns:
        Percent with errors (none: not one test), and the number of repeats in which a test is
        below the first level after Holm's correction.
    """
    rows = {}
    for names, p in sets.items():
        number = int(np.sum(~np.isnan(p)))
        row = {"tests": f"{number:,}"}
        for level in levels:
            share, error = (100 * one for one in rate(p, level))
            row[f"below {100 * level:g} % [%]"] = (
                f"{share:.2f} ± {error:.2f}" if share > 0 else "none" if number else "–"
            )
        low = sum(bool(np.any(agreement.holm(one) < levels[0])) for one in p)
        row["repeats with an alarm after Holm"] = f"{low} of {len(p)}" if number else "–"
        rows[names] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["of", "test"])


def counts_table(sets: Mapping[tuple[str, str], Floats], level: float = 0.05) -> pd.DataFrame:
    """How many tests were made and what they say, a row for each set.

    Args:
        sets: p-values by features and test; NaN where there was none.
        level: What is called low.
    """
    rows = {}
    for names, p in sets.items():
        found = verdict(p, level)
        rows[names] = {
            "tests": f"{found['tests']:.0f}",
            "smallest p": f"{found['smallest']:.2g}" if found["tests"] else "–",
            "its chance": f"{found['global']:.2g}" if found["tests"] else "–",
            f"p below {100 * level:g} %": f"{found['below']:.0f}",
            "so after Holm": f"{found['holm']:.0f}",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["of", "test"])
