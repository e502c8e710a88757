"""One number at each point of a grid of trainings, and the points that are as good as the best.

Rows come from ``Experiment.grid``: columns of choices, ``seed``, and estimates.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lepsearch.errors import InputError, one_of
from lepsearch.stats.estimate import Estimate, over_trainings

__all__ = ("Best", "best", "means", "plain", "summary")


def summary(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One column of :meth:`Experiment.grid` at each point, over the seeds, the largest first.

    Returns:
        The choices; the mean over trainings as ``estimate``, by ``estimate.over_trainings``, and
        as numbers ``value`` and ``error``; the ``spread`` of single trainings, and how many have
        the number (``seeds``). Points where it is undefined for a training come last.

    Raises:
        InputError: There is no such column.
    """
    one_of("column of the grid", measure, list(map(str, table.columns)))
    choices = list(table.columns[: list(table.columns).index("seed")])
    rows = []
    for _, part in table.groupby(choices, sort=False, dropna=False) if choices else [((), table)]:
        values = np.array([one.value for one in part[measure]])
        known = values[np.isfinite(values)]
        mean = over_trainings(part[measure])
        rows.append(
            {name: plain(part[name].iloc[0]) for name in choices}
            | {"estimate": mean, "value": mean.value, "error": mean.error}
            | {"spread": known.std(ddof=1) if len(known) > 1 else np.nan, "seeds": len(known)}
        )
    return pd.DataFrame(rows).sort_values(
        "value", ascending=False, kind="stable", ignore_index=True
    )


def means(table: pd.DataFrame, part: str) -> pd.DataFrame:
    """Every number of one part at each point of :meth:`Experiment.grid`, as a mean over the seeds.

    Returns:
        A row for each point, whose choices are the index, in the grid's order; the columns are
        those of the part's estimates without its name, each by ``estimate.over_trainings``.
    """
    choices = list(table.columns[: list(table.columns).index("seed")])
    measures = [str(name) for name in table if str(name).startswith(f"{part}_")]
    found = table.groupby(choices, sort=False, dropna=False)[measures].agg(over_trainings)
    return found.rename(columns=lambda name: name.removeprefix(f"{part}_"))


@dataclass(frozen=True)
class Best:
    """The best point of a grid."""

    point: dict[str, Any]  # its choices
    estimate: Estimate  # the number there
    compatible: pd.DataFrame  # rows of :func:`summary` that can't be told from it, itself first


def best(table: pd.DataFrame, measure: str, *, sigmas: float = 2.0) -> Best:
    """The best point of a grid, and all points that are as good within the errors.

    The largest of many noisy numbers is too large on average: where several points are compatible,
    take the simplest of them, and quote its result from events that chose nothing.

    Points differ from so many units (``sigmas``) of both errors in quadrature on. Those measured
    with the same events fluctuate together, so this errs on the safe side.

    Raises:
        InputError: There is no such column, or the best value or its error is undefined.
    """
    points = summary(table, measure)
    first: Estimate = points["estimate"].iloc[0]
    if not np.isfinite([first.value, first.error]).all():
        msg = f"{measure}: the best is {first.value:g} with an error of {first.error:g}, so it "
        msg += "can't be told from the others; train with several seeds, or measure an error"
        raise InputError(msg)
    away = (points["value"] - first.value).abs()
    within = away <= sigmas * np.hypot(points["error"].fillna(0.0), first.error)
    choices = points.columns[: list(points.columns).index("estimate")]
    point = {str(name): plain(points[name].iloc[0]) for name in choices}
    return Best(point, first, points[within].reset_index(drop=True))


def plain(value: Any) -> Any:
    """A number of NumPy as one of Python, whose ``repr`` is the same wherever it came from."""
    return value.item() if isinstance(value, np.generic) else value
