"""Tables of a grid of networks: beside the thesis, point by point, and model by model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from lepsearch.book.tables import plus_minus, unbroken, with_events
from lepsearch.data import quoted
from lepsearch.learn import tuning
from lepsearch.learn.trials import learned_weights
from lepsearch.stats.estimate import Estimate

__all__ = (
    "POINT",
    "by_part",
    "choice",
    "models_table",
    "own_best",
    "points_table",
    "simplest",
    "thesis_grid",
)

POINT = ["layers", "learning_rate", "l2", "neurons"]
_ROWS = {"5_15": ("learning_rate", "eta"), "5_17": ("layers", "layers")}


def thesis_grid(figure: Literal["5_15", "5_17"]) -> pd.DataFrame:
    """Significances of a figure of thesis B, as :func:`tuning.summary` has ours.

    Returns:
        ``learning_rate`` or ``layers`` (the figure's ``n_layers``), ``neurons``, ``value`` and
        ``error``, which is NaN: the thesis gives none.
    """
    name, start = _ROWS[figure]
    rows = []
    for key, value in quoted.below(f"guevara.figure_{figure}").items():
        row, neurons = key.split(".")
        number = float(row.removeprefix(f"{start}_").replace("_", "."))
        place = int(number) if name == "layers" else number
        rows.append((place, int(neurons.removeprefix("n")), value.value, np.nan))
    return pd.DataFrame(rows, columns=[name, "neurons", "value", "error"])


def by_part(table: pd.DataFrame, metric: str, *parts: str) -> pd.DataFrame:
    """Summaries of a metric on several parts, one under another; ``part`` has words for each."""
    words = {"train": "training part", "validation": "validation part", "test": "test part"}
    made = [tuning.summary(table, f"{part}_{metric}").assign(part=words[part]) for part in parts]
    return pd.concat(made, ignore_index=True)


def choice(table: pd.DataFrame) -> tuple[str, tuning.Best]:
    """The number that points are chosen by, and the best point.

    It is the significance on the validation part; where no point has one with an error (too
    little background is left above the cut at every point), the area under the curve.
    """
    points = tuning.summary(table, "validation_z")
    defined = bool(np.isfinite(points[["value", "error"]].iloc[0]).all())
    metric = "z" if defined else "raw_auc"
    return metric, tuning.best(table, f"validation_{metric}")


def simplest(points: pd.DataFrame, features: int) -> pd.Series[float]:
    """The point whose network learns the fewest numbers."""
    counts = [
        learned_weights(int(row["layers"]), int(row["neurons"]), features)
        for _, row in points.iterrows()
    ]
    return points.iloc[int(np.argmin(counts))]


def points_table(table: pd.DataFrame, compatible: pd.DataFrame) -> pd.DataFrame:
    """Every point with the numbers that networks are compared by, the best significance first.

    Args:
        table: Rows of :meth:`trials.Trial.grid`.
        compatible: Points that can't be told from the best, from ``tuning.best``.
    """
    columns = {
        "$Z$": "validation_z", "AUC": "validation_raw_auc", "AUC, weighted": "validation_auc",
        "accuracy": "validation_raw_accuracy",
    }  # fmt: skip
    summaries = {
        head: tuning.summary(table, name).set_index(POINT) for head, name in columns.items()
    }
    as_good = set(compatible[POINT].itertuples(index=False, name=None))
    rows = []
    for point in summaries["$Z$"].index:
        layers, rate, l2, neurons = point
        row = {
            "hidden": f"{layers:g} × {neurons:g}", "η": f"{rate:g}", "λ": f"{l2:g}",
            "as good": "yes" if point in as_good else "no",
        }  # fmt: skip
        rows.append(row | {head: _cell(one.loc[point]) for head, one in summaries.items()})
    return unbroken(pd.DataFrame(rows).rename(index=lambda i: i + 1))


def _cell(row: pd.Series[float]) -> str:
    """A value with its error, or without where there is none."""
    if np.isfinite(row["error"]):
        return plus_minus(row["value"], row["error"])
    return f"{row['value']:.4f}" if np.isfinite(row["value"]) else "–"


def own_best(table: pd.DataFrame, samples: list[str], chosen: dict[str, float]) -> pd.DataFrame:
    """For each signal, the point that is best for it alone.

    Args:
        table: Rows of :meth:`trials.Trial.grid`.
        samples: Names of the signals.
        chosen: The point that all signals together would take.

    Returns:
        By sample: the point that the validation part chooses; how many points are ``as_good``
        there, and whether ``chosen`` is one of them. A signal without a significance at any
        point is left out.
    """
    found = {}
    for name in samples:
        metric = f"validation_z_{name}"
        if tuning.summary(table, metric)["value"].isna().all():
            continue
        one = tuning.best(table, metric)
        same = np.logical_and.reduce([one.compatible[key] == chosen[key] for key in POINT])
        found[name] = {key: one.point[key] for key in POINT} | {
            "as_good": len(one.compatible),
            "chosen": bool(same.any()),
        }
    columns = [*POINT, "as_good", "chosen"]
    return pd.DataFrame(list(found.values()), index=list(found), columns=columns)


def models_table(
    expected: Mapping[str, Estimate],
    together: pd.DataFrame,
    alone: pd.DataFrame,
    labels: Mapping[str, str],
) -> pd.DataFrame:
    """Each signal's significances with their errors, and the effective background behind them.

    Args:
        expected: Expected events of each signal; the largest come first.
        together: By sample, what :func:`readings.averaged` gives for the networks that all signals
            would choose.
        alone: The same for those that each would choose.
        labels: Labels of the samples.
    """
    rows = {}
    for name, events in sorted(expected.items(), key=lambda pair: -pair[1].value):
        row = {"expected events": with_events(events)}
        for head, table in (("sum", together), ("model", alone)):
            value, error, left = map(float, table.loc[name, ["value", "error", "effective"]])
            row[f"$Z$, {head}"] = plus_minus(value, error)
            row[f"background, {head}"] = f"{left:.0f}" if np.isfinite(left) else "–"
        rows[labels.get(name, name)] = row
    return unbroken(pd.DataFrame.from_dict(rows, orient="index").rename_axis("model"))
