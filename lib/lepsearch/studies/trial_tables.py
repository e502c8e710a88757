"""Tables of a grid of networks: beside the thesis, point by point, and model by model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch import quoted, tuning
from lepsearch.labelled import LearningSet
from lepsearch.metrics import original_events, significance_scan
from lepsearch.roc import auc_estimate
from lepsearch.studies.trials import learned_weights
from lepsearch.tables import plus_minus, unbroken

__all__ = (
    "POINT",
    "by_part",
    "choice",
    "own_best",
    "points_table",
    "read_off",
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
        By sample: the point; ``value`` and ``error`` of the significance there on the test part,
        over the seeds that leave enough background, while validation chose it; how many points are
        ``as_good``, and whether ``chosen`` is one of them. A signal without a significance anywhere
        is left out.
    """
    found = {}
    for name in samples:
        metric = f"validation_z_{name}"
        if table[metric].notna().sum() == 0:
            continue
        one = tuning.best(table, metric)
        there = np.logical_and.reduce([table[key] == one.point[key] for key in POINT])
        test = tuning.summary(table[there], f"test_z_{name}", partial=True).iloc[0]
        same = np.logical_and.reduce([one.compatible[key] == chosen[key] for key in POINT])
        found[name] = {key: one.point[key] for key in POINT} | {
            "value": test["value"],
            "error": test["error"],
            "as_good": len(one.compatible),
            "chosen": bool(same.any()),
        }
    columns = [*POINT, "value", "error", "as_good", "chosen"]
    return pd.DataFrame(list(found.values()), index=list(found), columns=columns)


def read_off(
    events: LearningSet,
    scores: Mapping[str, NDArray[np.float64]],
    signal: str,
    cuts: NDArray[np.float64],
) -> dict[str, float]:
    """What one trained network gives for one signal, nothing of it chosen on the test part.

    Args:
        events: All parts.
        scores: Scores of each part, from :meth:`trials.Trial.scores`.
        signal: The signal; the background is all.
        cuts: Cuts to choose from on the validation part, by the significance, where both parts have
            enough background; the significance on the test part is not looked at.

    Returns:
        ``auc_<part>`` with physics weights and ``auc_<part>_error`` of every part; the chosen
        ``cut`` and the significance there on the test part, ``z`` and ``z_error``, and the one on
        the validation part that it was chosen for, ``z_validation``; NaN where no cut leaves
        enough background.
    """
    found: dict[str, float] = {}
    scans = {}
    for part, score in scores.items():
        whole = events.of(part)
        kept = ~whole.label | np.isin(whole.sample, np.unique(whole.of_signal(signal).sample))
        these, values = whole.take(kept), score[kept]
        original = original_events(these.sample, these.event)
        area = auc_estimate(values, these.label, these.weight, original)
        found |= {f"auc_{part}": area[0], f"auc_{part}_error": area[1]}
        if part != "train":
            scans[part] = significance_scan(
                values, these.label, these.weight, cuts, original=original, uncertainties=[0.0]
            )
    enough = np.all([scan.enough() for scan in scans.values()], axis=0)
    at = None
    if enough.any():
        at = int(np.argmax(np.where(enough, scans["validation"].z[0], -np.inf)))
    for name, part, row in (
        ("z_validation", "validation", "z"), ("z", "test", "z"), ("z_error", "test", "z_error")
    ):  # fmt: skip
        found[name] = np.nan if at is None else float(getattr(scans[part], row)[0, at])
    return found | {"cut": np.nan if at is None else float(cuts[at])}
