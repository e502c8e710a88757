"""Tables of the chapters on weights: sizes of classes, negative weights, scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch import quoted
from lepsearch.labelled import LearningSet
from lepsearch.metrics import UNCERTAINTIES, original_events, significance_scan
from lepsearch.tables import plus_minus, with_whole_errors

__all__ = (
    "cut_table",
    "expected_signal",
    "negative_table",
    "score_table",
    "size_table",
    "thesis_mean_weights",
)


def _per_original(events: LearningSet, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of original events: copies are summed."""
    return np.bincount(original_events(events.sample, events.event), weights).astype(np.float64)


def _sum(events: LearningSet, weights: NDArray[np.float64]) -> tuple[float, float]:
    """Sum and its statistical error."""
    each = _per_original(events, weights)
    return float(each.sum()), float(np.sqrt(np.sum(each**2)))


def size_table(events: LearningSet) -> pd.DataFrame:
    """Sizes of both classes, in the form of thesis B's table 5.2.

    Returns:
        A row for each class: ``simulated`` and ``expected`` events, their ``product``, and the
        ``effective`` number of events.
    """
    rows = {}
    for name, mask in (("signal", events.label), ("background", ~events.label)):
        part = events.take(mask)
        total, error = _sum(part, part.weight)
        rows[name] = {
            "simulated": float(len(part)),
            "expected": total,
            "product": len(part) * total,
            "effective": (total / error) ** 2 if error > 0 else 0.0,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def expected_signal(
    score: ArrayLike, events: LearningSet
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Expected signal events, and the same as predicted by the sum of all events' scores.

    Args:
        score: Scores, taken as probabilities, shape (n,).
        events: The events.

    Returns:
        Value and statistical error of each.
    """
    truth = _sum(events, np.where(events.label, events.weight, 0.0))
    return truth, _sum(events, events.weight * np.asarray(score, dtype=float))


def negative_table(events: LearningSet) -> pd.DataFrame:
    """What negative weights take away, for each process that has any."""
    rows = []
    for name in np.unique(events.groups):
        part = events.take(events.groups == name)
        if not (part.weight < 0).any():
            continue
        rows.append(
            {
                "process": name,
                "simulated": f"{len(part):,}",
                "negative [%]": f"{100 * np.mean(part.weight < 0):.0f}",
                "expected": plus_minus(*_sum(part, part.weight)),
                "without negative ones": plus_minus(*_sum(part, np.maximum(part.weight, 0.0))),
            }
        )
    return pd.DataFrame(rows)


def score_table(
    table: pd.DataFrame, signals: Mapping[str, str], schemes: Mapping[str, str]
) -> pd.DataFrame:
    """A grid's numbers for a page, averaged over seeds.

    Errors are the test part's and that of the mean over seeds in quadrature.

    Args:
        table: Rows of ``weighting.compare``.
        signals: Heading of each signal, by its short name there.
        schemes: Words for each scheme.

    Returns:
        A row for each training and weighting (the index).
    """
    rows = []
    for (setting, scheme), part in table.groupby(["setting", "scheme"], sort=False):
        row = {"training": str(setting), "weights": schemes[str(scheme)]}
        for name, heading in signals.items():
            for kind, words in (("raw", "simulated"), ("physics", "expected")):
                row[f"{heading}, {words}"] = plus_minus(*_with_error(part, f"{name}_{kind}"))
            row[f"{heading}: above ½"] = f"{part[f'{name}_above'].mean():.2f}"
        row["others above ½"] = f"{part['background_above'].mean():.3f}"
        row["highest score"] = f"{part['highest'].mean():.3g}"
        rows.append(row)
    return with_whole_errors(pd.DataFrame(rows).set_index(["training", "weights"]))


def thesis_mean_weights() -> dict[str, float]:
    """Mean weight of a training event in thesis B under each scheme, from its table 5.3."""
    table = {name: one.value for name, one in quoted.below("guevara.table_5_3").items()}
    n_s, n_b = table["signal.simulated"], table["background.simulated"]
    w_s, w_b = table["signal.expected"], table["background.expected"]
    sums = {
        "unit": n_s + n_b,
        "ratio": 2 * n_s,
        "physics": w_s + w_b,
        "signal_up_weighted": 2 * w_b,
        "signal_up_raw": w_s * n_b / n_s + w_b,
        "background_down_weighted": 2 * w_s,
        "background_down_raw": w_s + w_b * n_s / n_b,
    }
    return {name: total / (n_s + n_b) for name, total in sums.items()}


def cut_table(
    scores: Mapping[str, tuple[ArrayLike, ArrayLike]], validation: LearningSet, test: LearningSet
) -> pd.DataFrame:
    """Significance of one cut on each score: chosen on the validation part, read on the test part.

    Cuts are tried at every percent of the validation signal; those that leave fewer than ten
    effective background events of the validation part are not taken. Where a cut leaves fewer of
    the test part, its significance is not told.

    Args:
        scores: Log-odds of the scores of the validation and of the test part, by name.
        validation: The validation part.
        test: The test part.

    Returns:
        A row for each name (the index), with – for what is not known.
    """
    headings = [f"Z at {100 * u:.0f} %" for u in UNCERTAINTIES]
    rows: list[dict[str, str]] = []
    for chosen_on, read_on in scores.values():
        first, second = np.asarray(chosen_on, dtype=float), np.asarray(read_on, dtype=float)
        cuts = np.unique(np.quantile(first[validation.label], np.linspace(0, 0.99, 100)))
        scan = significance_scan(
            first, validation.label, validation.weight, cuts,
            original=original_events(validation.sample, validation.event),
        )  # fmt: skip
        best = scan.best()
        if best is None:
            rows.append({})
            continue
        read = significance_scan(
            second, test.label, test.weight, [cuts[best]],
            original=original_events(test.sample, test.event),
        )  # fmt: skip
        enough = bool(read.enough()[0])
        row = {
            "log-odds above": f"{cuts[best]:.3g}",
            "signal": plus_minus(read.signal[0], read.signal_error[0]),
            "background": plus_minus(read.background[0], read.background_error[0]),
            "effective": f"{read.effective_background[0]:.0f}",
        }
        z_cells = [
            plus_minus(z[0], error[0]) if enough else "–"
            for z, error in zip(read.z, read.z_error, strict=True)
        ]
        rows.append(row | dict(zip(headings, z_cells, strict=True)))
    columns = ["log-odds above", "signal", "background", "effective", *headings]
    table = pd.DataFrame(rows, index=list(scores), columns=columns, dtype=object)
    return with_whole_errors(table.fillna("–"))


def _with_error(part: pd.DataFrame, name: str) -> tuple[float, float]:
    """Mean over seeds and its error."""
    values, error = part[name], float(part[f"{name}_error"].mean())
    of_seeds = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return float(values.mean()), float(np.hypot(error, of_seeds))
