"""How samples are normalised and how much they can say, as tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lepsearch.book.tables import plus_minus
from lepsearch.events.dataset import Dataset
from lepsearch.events.skim_info import SkimInfo
from lepsearch.events.weights import effective_size
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.sample import recorded

__all__ = (
    "ClassSums",
    "class_sums",
    "cross_sections_table",
    "response_table",
    "sizes_table",
    "study_table",
    "sums_table",
)


@dataclass(frozen=True)
class ClassSums:
    """What the tables of sample sizes count, for one class of events.

    Attributes:
        simulated: Number of simulated events.
        expected: Sum of physics weights: the expected events.
        generator: Sum of generator weights (with efficiency corrections).
        with_luminosity: Sum of generator weights times luminosity over each sample's sum of
            weights, without its cross section [1/fb].
        over_sum: The same without the luminosity.
    """

    simulated: int
    expected: float
    generator: float
    with_luminosity: float
    over_sum: float


def class_sums(dataset: Dataset, region: str, belongs: Callable[[SkimInfo], bool]) -> ClassSums:
    """Sums over the simulated samples of a class after a region's selection.

    Args:
        dataset: The skims.
        region: Name of the region.
        belongs: Whether a sample is in the class; recorded data never are.
    """
    simulated, expected, generator, over_sum = 0, 0.0, 0.0, 0.0
    for info in dataset.infos(region):
        if info.kind == "data" or not belongs(info):
            continue
        last = info.cutflow.steps[-1]  # in event weights, before any scaling
        if not last.events:
            continue
        simulated += last.events
        expected += last.weight * info.per_inverse_fb * dataset.luminosity_fb
        generator += last.weight
        over_sum += last.weight / info.sum_of_weights if info.sum_of_weights else math.nan
    return ClassSums(simulated, expected, generator, over_sum * dataset.luminosity_fb, over_sum)


def sums_table(columns: Mapping[str, ClassSums | Mapping[str, Any]]) -> pd.DataFrame:
    """Sums of several classes side by side, and of the two classes once they are balanced.

    Args:
        columns: Head of each column, and what it shows; what a mapping lacks is a dash.
    """
    names = {
        "simulated": "simulated events",
        "expected": "sum of physics weights",
        "generator": "sum of generator weights",
        "with_luminosity": "... times L over sum of weights",
        "over_sum": "... over sum of weights",
    }
    table = {}
    for head, sums in columns.items():
        values = sums if isinstance(sums, Mapping) else vars(sums)
        table[head] = [_short(values.get(key)) for key in names]
    return pd.DataFrame(table, index=list(names.values())).rename_axis("quantity", axis=1)


def cross_sections_table(dataset: Dataset, samples: Iterable[str]) -> pd.DataFrame:
    """Cross sections that Pythia found when it made the events, beside those in use.

    Args:
        dataset: The skims.
        samples: Samples to list; those that weren't made here are left out.

    Returns:
        One row a sample: Pythia's cross section with its statistical error, what the one in use is
        over it, the events generated, and what Pythia's contains.
    """
    rows = {}
    for sample in samples:
        info = dataset.info("dilepton", sample)
        made = recorded(dataset.workspace.ntuples / f"{sample}.root")
        if made is None:
            continue
        pythia, error = made["cross_section_pb"], made["cross_section_error_pb"]
        recipe = made["recipe"]
        rows[sample] = {
            "Pythia [pb]": plus_minus(pythia, error),
            "used over it": f"{(info.cross_section_pb or math.nan) / pythia:.3f}",
            "generated": f"{made['generated']:,}",
            "what Pythia's is": find_process(
                recipe["process"], recipe["parameters"]
            ).cross_section_note,
        }
    if not rows:
        return pd.DataFrame({"sample": ["none of this profile's samples was made here"]})
    return pd.DataFrame(rows).T.rename_axis("sample", axis=1)


def sizes_table(dataset: Dataset, region: str, samples: Sequence[str]) -> pd.DataFrame:
    """How many events each simulated sample has in a region, and how many they are worth.

    Args:
        dataset: The skims.
        region: Name of the region.
        samples: Samples to list; data are left out.

    Returns:
        One row a sample: simulated rows, different events among them (a row may be a copy with
        missing momentum smeared anew), effective events, share of negative weights by number and
        by size, expected events.
    """
    rows = {}
    for sample in samples:
        info = dataset.info(region, sample)
        if info.kind == "data":
            continue
        events = dataset.table(region, samples=[sample], columns=["event"])
        weights = events["weight"].to_numpy(dtype=float)
        effective = effective_size(weights, events["event"])
        total, size = float(weights.sum()), float(np.abs(weights).sum())
        negative = float(np.abs(weights[weights < 0]).sum())
        rows[sample] = {
            "rows": f"{len(weights):,}",
            "events": f"{events['event'].nunique():,}",
            "effective": f"{effective:,.0f}",
            "negative": f"{(weights < 0).mean():.1%}" if len(weights) else "–",
            "negative, of |w|": f"{negative / size:.1%}" if size else "–",
            "expected": plus_minus(total, abs(total) / math.sqrt(effective)) if effective else "0",
        }
    return pd.DataFrame(rows).T.rename_axis("sample", axis=1)


def response_table(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """``simulate.response_table.response_rows`` as a page shows it."""
    table = [
        {
            "name": str(name).replace("_", " "),
            "value": ", ".join(f"{one:.4g}" for one in np.atleast_1d(value)),
            "unit": unit or "–",
            "source": source,
        }
        for name, value, unit, source in rows
    ]
    return pd.DataFrame(table).set_index("name").rename_axis(None).rename_axis("number", axis=1)


def study_table(rows: pd.DataFrame) -> pd.DataFrame:
    """``simulate.validation.validation_table`` as a page shows it."""
    table = pd.DataFrame(
        {
            "process": rows["process"],
            "quantity": rows["quantity"],
            "as made here": list(map(plus_minus, rows["chosen"], rows["chosen_error"])),
            "otherwise": list(map(plus_minus, rows["alternative"], rows["alternative_error"])),
            "pull": [f"{pull:+.1f}" for pull in rows["pull"]],
        }
    )
    return table.set_index("process").rename_axis(None).rename_axis("process", axis=1)


def _short(value: float | None) -> str:
    """Four digits, with separators where they fit; a dash for what is not there."""
    if value is None or not math.isfinite(value):
        return "–"
    if 1e4 <= abs(value) < 1e10:
        return f"{value:,.0f}"
    return f"{value:,.4g}"
