"""Grids of hyperparameters: any trainable at any points, stored point by point, resumed, compared.

A trainable is a function ``trainable(seed=..., **point)`` that returns numbers by name, for
networks and trees alike. A number ``auc_error`` beside ``auc`` is its statistical error.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from tqdm import tqdm

from lepsearch.errors import InputError, nearest
from lepsearch.learn import grid_store
from lepsearch.parallel import pool
from lepsearch.provenance import digest as digest_of

__all__ = ("Best", "Trainable", "best", "data_digest", "grid", "summary")

Trainable = Callable[..., Mapping[str, float]]


def grid(
    trainable: Trainable,
    points: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]],
    store: Path,
    *,
    digest: str,
    workers: int = 1,
    seeds: Sequence[int] = (0,),
) -> pd.DataFrame:
    """Train at all combinations of parameters and seeds that the store doesn't hold yet.

    Each finished point is a line of the store at once, so a killed grid loses only what was being
    trained. Rows are kept by content: by parameters, seed and ``digest``. Rows of other points or
    of other data stay in the store and are not returned.

    Args:
        trainable: The function; with several workers it is sent to each of them once, with the
            arrays that it holds (``functools.partial``).
        points: Values of each parameter: strings, numbers, booleans or None. Several grids of the
            same parameters may be given; a point that is in two of them is trained once.
        store: File of JSON lines; made if it is not there.
        digest: What the results depend on besides: events and features, from :func:`data_digest`,
            and whatever else is fixed, by ``provenance.digest``.
        workers: Processes; 1 trains in this one. ``$DASK_SCHEDULER_ADDRESS`` is used if set. A
            script calls this below ``if __name__ == "__main__":``, since each process reads the
            script anew.
        seeds: Seeds of the trainings at each point.

    Returns:
        A row for each point and seed, in the grid's order, with the parameters, ``seed``, the
        numbers that the trainable returned and ``seconds``.

    Raises:
        InputError: A value can't be stored, a parameter has no values or is named ``seed`` or
            ``seconds``, the trainable failed at a point or returned a column of the grid's own, or
            the store is no such file.
    """
    grids = [points] if isinstance(points, Mapping) else points
    wanted = {_key(task, digest): task for one in grids for task in _tasks(one, seeds)}
    kept = grid_store.read(store)
    missing = [(key, task) for key, task in wanted.items() if key not in kept]
    if missing:
        store.parent.mkdir(parents=True, exist_ok=True)
        with pool(min(workers, len(missing)), ordered=False) as mapped:
            rows = mapped(partial(_train, trainable), missing)
            for row in tqdm(
                rows, total=len(wanted), initial=len(wanted) - len(missing), unit=" points",
                disable=None, smoothing=0,
            ):  # fmt: skip
                grid_store.append(store, row)
                kept[row["key"]] = row
    found = [kept[key] for key in wanted]
    return pd.DataFrame(
        [{**row["point"], **_numbers(row["results"]), "seconds": row["seconds"]} for row in found]
    )


def data_digest(*arrays: ArrayLike) -> str:
    """Short digest of arrays, by every value, for the ``digest`` of :func:`grid`.

    Examples:
        >>> data_digest([1.0, 2.0]) == data_digest([1.0, 2.5])
        False
    """
    contents = hashlib.sha256()
    for one in arrays:
        array = np.ascontiguousarray(one)
        contents.update(f"{array.dtype.str}{array.shape}".encode())
        contents.update(array.tobytes())
    return contents.hexdigest()[:16]


def summary(table: pd.DataFrame, metric: str, *, largest: bool = True) -> pd.DataFrame:
    """One number at each point, over the seeds, with its error, the best first.

    The error of the mean over seeds, and the statistical error of the events that the number was
    measured with (the mean of the column ``<metric>_error``, which more seeds don't lower), are
    added in quadrature. A point where the metric is undefined (NaN) for one of the seeds has no
    value: the mean of the others would be of chosen trainings, and not comparable.

    Args:
        table: Rows of :func:`grid`.
        metric: Column to look at.
        largest: Whether larger is better.

    Returns:
        The parameters, ``value``, ``error`` (NaN with neither seeds nor a statistical error),
        ``spread`` (standard deviation of one training) and ``seeds`` that have the metric; last
        the points where it is undefined.

    Raises:
        InputError: There is no such column.
    """
    _has(table, metric)
    parameters = _parameters(table)
    rows = []
    for _, part in table.groupby(parameters, sort=False, dropna=False):
        values = part[metric].dropna()
        known = len(values) == len(part)
        spread = float(values.std(ddof=1)) if len(values) > 1 else np.nan
        squares = [] if np.isnan(spread) else [spread**2 / len(values)]
        if f"{metric}_error" in table:
            squares.append(float(part[f"{metric}_error"].mean()) ** 2)
        rows.append(
            {name: part[name].iloc[0] for name in parameters}  # a row alone would be all floats
            | {
                "value": float(values.mean()) if known else np.nan,
                "error": float(np.sqrt(sum(squares))) if squares and known else np.nan,
                "spread": spread,
                "seeds": len(values),
            }
        )
    made = pd.DataFrame(rows)
    return made.sort_values("value", ascending=not largest, kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Best:
    """The best point of a grid.

    Attributes:
        point: Its parameters.
        value: The metric there.
        error: Its error.
        compatible: Rows of :func:`summary` that can't be told from it, itself first.
    """

    point: dict[str, Any]
    value: float
    error: float
    compatible: pd.DataFrame


def best(table: pd.DataFrame, metric: str, *, largest: bool = True, sigmas: float = 2.0) -> Best:
    """The best point, and all points that are as good within the errors.

    The largest of many noisy numbers is too large on average: where several points are compatible,
    take the simplest of them, and quote its result from events that chose nothing.

    Args:
        table: Rows of :func:`grid`.
        metric: Column to look at.
        largest: Whether larger is better.
        sigmas: Difference, in units of both errors in quadrature, from which points differ. Points
            measured with the same events fluctuate together, so this errs on the safe side.

    Raises:
        InputError: No such column, or no error to compare with: train with several seeds, or return
            ``<metric>_error``.
    """
    points = summary(table, metric, largest=largest)
    first = points.iloc[0]
    if not (np.isfinite(first["value"]) and np.isfinite(first["error"])):
        msg = f"{metric}: the best value is {first['value']:g} with an error of "
        msg += f"{first['error']:g}, so it can't be told from the others; train with several "
        msg += f"seeds, or return {metric}_error from the trainable"
        raise InputError(msg)
    away = (points["value"] - first["value"]).abs()
    within = away <= sigmas * np.hypot(points["error"].fillna(0.0), first["error"])
    return Best(
        {name: _plain(points[name].iloc[0]) for name in _parameters(table)},
        float(first["value"]),
        float(first["error"]),
        points[within].reset_index(drop=True),
    )


def _parameters(table: pd.DataFrame) -> list[str]:
    """Columns before the seed."""
    _has(table, "seed")
    return [str(name) for name in table.columns[: list(table.columns).index("seed")]]


def _has(table: pd.DataFrame, column: str) -> None:
    if column not in table:
        known = [str(name) for name in table.columns]
        msg = f"no column {column!r} in the grid's table; nearest are {nearest(column, known)}"
        raise InputError(msg)


def _tasks(points: Mapping[str, Sequence[Any]], seeds: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Parameters and seed of every training."""
    for name, values in points.items():
        listed = hasattr(values, "__len__") and not isinstance(values, str)
        if name in ("seed", "seconds") or not (listed and len(values)):
            msg = f"grid: parameter {name!r} with values {values!r}; expected another name than "
            msg += "'seed' and 'seconds', and a list of values"
            raise InputError(msg)
    chosen = [_plain(seed) for seed in seeds]
    for values in product(*points.values()):
        point = dict(zip(points, map(_plain, values), strict=True))
        yield from ({**point, "seed": seed} for seed in chosen)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    value = value.item() if isinstance(value, np.generic) else value
    if value is not None and not isinstance(value, str | bool | int | float):
        msg = f"grid: {value!r} can't be stored; expected a string, a number, a boolean or None"
        raise InputError(msg)
    return value


def _key(task: Mapping[str, Any], digest: str) -> str:
    return digest_of(json.dumps(task, sort_keys=True), digest)


def _train(trainable: Trainable, keyed: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Train at one point, where the worker is."""
    key, task = keyed
    start = time.perf_counter()
    try:
        results = {name: float(value) for name, value in trainable(**task).items()}
    except Exception as error:
        msg = f"grid: training failed at {task}: {error}"
        raise InputError(msg) from error
    if taken := sorted(results.keys() & {*task, "seconds"}):
        msg = (
            f"grid: the trainable returned {taken}, which are columns of the grid's own; expected "
        )
        msg += "other names"
        raise InputError(msg)
    return {
        "key": key,
        "point": task,
        "results": {name: value if np.isfinite(value) else None for name, value in results.items()},
        "seconds": time.perf_counter() - start,
    }


def _numbers(results: Mapping[str, float | None]) -> dict[str, float]:
    return {name: np.nan if value is None else value for name, value in results.items()}
