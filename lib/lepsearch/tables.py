"""Tables as the book prints them: values with errors, rounded by their error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from lepsearch.cutflow import Cutflow
from lepsearch.dataset import Dataset, Yield
from lepsearch.weights import PB_IN_FB

__all__ = (
    "cutflow_table",
    "normalisation_table",
    "plus_minus",
    "statistics_table",
    "yield_cell",
)


def plus_minus(value: float, error: float) -> str:
    """A value and its error, both rounded to two digits of the error.

    Examples:
        >>> plus_minus(1234.567, 12.3)
        '1,235 ± 12'
        >>> plus_minus(0.12345, 0.0067)
        '0.1235 ± 0.0067'
        >>> plus_minus(2.5e-07, 3.1e-08)
        '2.50e-07 ± 3.1e-08'
        >>> plus_minus(3.0, 0.0)
        '3 ± 0'
        >>> plus_minus(float("nan"), 1.0)
        '–'
    """
    if not (math.isfinite(value) and math.isfinite(error)):
        return "–"
    if error == 0:
        return f"{value:,.4g} ± 0"
    exponent = math.floor(math.log10(abs(error)))
    if max(abs(value), error) < 1e-3:
        digits = max(math.floor(math.log10(max(abs(value), error))) - exponent + 1, 1)
        return f"{value:.{digits}e} ± {error:.1e}"
    decimals = max(1 - exponent, 0)
    return f"{value:,.{decimals}f} ± {error:,.{decimals}f}"


def yield_cell(total: Yield) -> str:
    """Expected events with their error, and the raw number behind them."""
    return f"{plus_minus(total.value, total.error)} ({total.events:,})"


def cutflow_table(flows: Mapping[str, Cutflow], observed: Iterable[str] = ()) -> pd.DataFrame:
    """Cutflows side by side, each cell with error and raw number.

    Args:
        flows: Cutflow of each column, all of one selection.
        observed: Columns that are counts of recorded events and have no error.
    """
    columns = {}
    for name, flow in flows.items():
        columns[name] = [
            f"{step.events:,}"
            if name in observed
            else yield_cell(Yield(step.weight, math.sqrt(step.weight_squared), step.events))
            for step in flow.steps
        ]
    steps = next(iter(flows.values()), Cutflow()).steps
    return pd.DataFrame(columns, index=pd.Index([s.title for s in steps], name="cut"))


def normalisation_table(dataset: Dataset, region: str) -> pd.DataFrame:
    """What every sample of a profile is and how it is scaled.

    Args:
        dataset: The skims.
        region: Region whose skims are asked; every region's say the same.

    Returns:
        One row a sample.
    """
    rows = []
    for info in dataset.infos(region):
        produced = dataset.luminosity_fb * PB_IN_FB * (info.cross_section_pb or math.nan)
        rows.append(
            {
                "sample": info.sample,
                "kind": info.kind,
                "cross section [pb]": _short(info.cross_section_pb),
                "sum of weights": _short(info.sum_of_weights),
                "events produced": _short(produced),
                "events in the ntuples": f"{sum(one['entries'] for one in info.inputs):,}",
            }
        )
    return pd.DataFrame(rows).set_index("sample")


def statistics_table(dataset: Dataset, region: str) -> pd.DataFrame:
    """How much each simulated sample can say about a region.

    The effective number of events is (sum w)^2 / sum w^2: the number of events of weight one with
    the same relative error.

    Returns:
        One row a simulated sample.
    """
    rows = []
    for info in dataset.infos(region):
        if info.kind == "data":
            continue
        events = dataset.table(region, samples=[info.sample], columns=[])
        weights = events["weight"].to_numpy(dtype=float)
        total, squared = float(weights.sum()), float((weights**2).sum())
        rows.append(
            {
                "sample": info.sample,
                "events": f"{len(weights):,}",
                "effective events": f"{total**2 / squared:,.0f}" if squared else "–",
                "negative weights": f"{(weights < 0).mean():.1%}" if len(weights) else "–",
                "expected events": plus_minus(total, math.sqrt(squared)),
            }
        )
    return pd.DataFrame(rows).set_index("sample")


def _short(value: float | None) -> str:
    """Four digits, or a dash for what is not there."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.4g}"
