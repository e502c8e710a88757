"""Tables of the chapters on weights: sizes of classes, negative weights, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.book.tables import plus_minus, with_whole_errors
from lepsearch.data import quoted
from lepsearch.learn import tuning
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.weighting import area_change, share
from lepsearch.stats.estimate import original_events, over_trainings
from lepsearch.stats.metrics import UNCERTAINTIES, significance_scan

__all__ = (
    "area_cell",
    "chosen_cut",
    "cut_table",
    "expected_signal",
    "model_table",
    "negative_table",
    "score_table",
    "size_table",
    "thesis_mean_weights",
    "tie_table",
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
    """A grid's numbers for a page: means over seeds, and the highest score of all.

    Errors are the test part's and that of the mean over seeds in quadrature.

    Args:
        table: Rows of ``weighting_grid.Comparison.grid``.
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
                area = _over_seeds(part, f"{name}_{kind}")
                row[f"AUC, {heading}, {words}"] = area_cell(*area)
            row[f"{heading} above ½ [%]"] = _percent(*_over_seeds(part, f"{name}_above"))
        row["others above ½ [%]"] = _percent(*_over_seeds(part, "background_above"))
        row["highest score"] = f"{part['highest'].max():.3g}"
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


def tie_table(
    scores: Mapping[str, Sequence[ArrayLike]], signals: Mapping[str, str], events: LearningSet
) -> pd.DataFrame:
    """How many events of each signal have a score of exactly 1.

    Args:
        scores: Scores of the events by weighting, each of shape (n,), by a network for each seed.
        signals: Heading of each signal sample.
        events: The events.

    Returns:
        A row for each weighting (the index), a column for each signal: percent of its simulated
        events, with the error of the events and, with several seeds, that of the mean over them.
    """
    names, rows = np.array(events.sample_names), {}
    for weights, each in scores.items():
        row = {}
        for signal, heading in signals.items():
            ours = events.label & (names[events.sample] == signal)
            part = events.take(ours)
            found = [share(np.asarray(one)[ours] >= np.float32(1), part) for one in each]
            mean = over_trainings([one.value for one in found], [one.error for one in found])
            row[heading] = _percent(mean.value, mean.error)
        rows[weights] = row
    return with_whole_errors(pd.DataFrame.from_dict(rows, orient="index"))


def model_table(
    scores: Mapping[str, Sequence[ArrayLike]], signals: Mapping[str, str], events: LearningSet
) -> pd.DataFrame:
    """What weightings do to single signals: areas under the ROC curve in expected events.

    Args:
        scores: Scores of the events by weighting, each of shape (n,), by a network for each seed.
            The others are compared with the first, on the same events.
        signals: Words for each signal sample.
        events: The events.

    Returns:
        A row for each signal sample (the index): its ``words`` and ``expected`` events; ``area``
        and ``area_error`` with the first weighting; for each other, by its name with ``_error``,
        the change and its error.
    """
    names, rows = np.array(events.sample_names), {}
    (first, before), *others = scores.items()
    for signal, words in signals.items():
        ours = ~events.label | (names[events.sample] == signal)
        part = events.take(ours)
        chosen = {name: [np.asarray(one)[ours] for one in each] for name, each in scores.items()}
        nothing = [np.zeros(len(part)) for _ in before]  # an area of one half
        area, error = area_change(nothing, chosen[first], part)
        row: dict[str, str | float] = {
            "words": words,
            "expected": part.weight[part.label].sum(),
            "area": area + 0.5,
            "area_error": error,
        }
        for name, _ in others:
            row[name], row[f"{name}_error"] = area_change(chosen[first], chosen[name], part)
        rows[signal] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def chosen_cut(score: ArrayLike, validation: LearningSet) -> float | None:
    """The cut of the highest significance on the validation part.

    Cuts are tried at every percent of the validation signal; those that leave fewer than ten
    effective background events are not taken.

    Args:
        score: Log-odds of the scores of the validation part, shape (n,).
        validation: The validation part.

    Returns:
        The cut, or None if each leaves too little background.
    """
    values = np.asarray(score, dtype=float)
    cuts = np.unique(np.quantile(values[validation.label], np.linspace(0, 0.99, 100)))
    scan = significance_scan(
        values, validation.label, validation.weight, cuts,
        original=original_events(validation.sample, validation.event),
    )  # fmt: skip
    best = scan.best()
    return None if best is None else float(cuts[best])


def cut_table(
    scores: Mapping[str, tuple[ArrayLike, ArrayLike]], validation: LearningSet, test: LearningSet
) -> pd.DataFrame:
    """Significance of one cut on each score: chosen on the validation part, read on the test part.

    The cut is that of :func:`chosen_cut`. Where it leaves fewer than ten effective background
    events of the test part, its significance is not told.

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
        cut = chosen_cut(chosen_on, validation)
        if cut is None:
            rows.append({})
            continue
        read = significance_scan(
            read_on, test.label, test.weight, [cut],
            original=original_events(test.sample, test.event),
        )  # fmt: skip
        enough = bool(read.enough()[0])
        row = {
            "log-odds above": f"{cut:.3g}",
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


def _over_seeds(part: pd.DataFrame, name: str) -> tuple[float, float]:
    """Mean over the seeds of one point, and its error."""
    found = tuning.summary(part, name).iloc[0]
    return float(found["value"]), float(found["error"])


def _percent(value: float, error: float) -> str:
    """A share; none or all of the events don't say their error.

    Examples:
        >>> _percent(0.25, 0.05), _percent(0.0, 0.0), _percent(1.0, 0.0)
        ('25.0 ± 5.0', 'none', 'all')
    """
    if error == 0 and value in (0, 1):
        return "all" if value else "none"
    return plus_minus(100 * value, 100 * error)


def area_cell(value: float, error: float) -> str:
    """An area under the ROC curve for a page; the last hundredth of a percent is not resolved.

    Examples:
        >>> area_cell(0.9062, 0.0102), area_cell(0.9999911, 8.7e-6)
        ('0.906 ± 0.010', '> 0.9999')
    """
    return "> 0.9999" if value > 0.9999 else plus_minus(value, error)
