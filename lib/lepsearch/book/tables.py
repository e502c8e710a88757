"""Tables as the book prints them: frames of numbers and estimates with a format for each column."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from lepsearch.constants import PB_IN_FB
from lepsearch.events.dataset import Dataset
from lepsearch.stats.estimate import Estimate, sum_weights

__all__ = (
    "category_table",
    "four_digits",
    "normalisation_table",
    "styled",
    "with_events",
    "yields",
)

Format = str | Callable[[Any], str]


def styled(
    table: pd.DataFrame, name: str, default: Format | None = None, **formats: Format
) -> Styler:
    """A table of numbers for a page, without the index if that only counts the rows.

    Args:
        table: Numbers, truth values (yes or no), estimates and words; what is undefined reads –.
        name: Letters for the page's markup, once a page.
        default: Format of floats and estimates in columns that ``formats`` doesn't name: that of
            Python, or a function from value to text. By default floats have four digits, and
            estimates two of their error.
        **formats: Formats of single columns.

    Examples:
        >>> table = pd.DataFrame({"s": [6.0], "z": [Estimate(0.5501, 0.012)], "possible": [True]})
        >>> print(styled(table, "example", s=".0f").to_string().strip().replace("\\xa0", " "))
        s z possible
        6 0.550 ± 0.012 yes
        >>> absent = styled(table.assign(z=math.nan), "absent", ".3f", s=".0f")
        >>> print(absent.to_string().splitlines()[1])
        6 – yes
    """

    def text(given: Format | None, cell: Any) -> str:
        if isinstance(cell, bool | np.bool_):
            return "yes" if cell else "no"
        if given is None and isinstance(cell, float | Estimate):
            given = default or (four_digits if isinstance(cell, float) else str)
        shown = given(cell) if callable(given) else format(cell, given or "")
        return shown.replace("± ", "±\u00a0")  # a narrow cell breaks before the sign

    columns: dict[Any, Any] = {one: partial(text, formats.get(str(one))) for one in table}
    style = table.style.format(columns, na_rep="–")
    counted = isinstance(table.index, pd.RangeIndex)
    return (style.hide(axis="index") if counted else style).set_uuid(name)


def four_digits(value: float) -> str:
    """A number to four digits, with separators where they fit.

    Examples:
        >>> four_digits(60000.0), four_digits(1.5028e11), four_digits(9.6543e-4)
        ('60,000', '1.503e+11', '0.0009654')
    """
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e10 else f"{value:,.4g}"


def with_events(total: Estimate) -> str:
    """Expected events with their error, and the raw number behind them.

    Examples:
        >>> with_events(Estimate(12.3, 0.45, events=678)), with_events(Estimate(0.0, 0.0, events=0))
        ('12.30 ± 0.45 (678)', 'none (0)')
    """
    return "none (0)" if total.events == 0 else f"{total} ({total.events:,})"


def yields(table: pd.DataFrame, name: str, observed: Iterable[str] = ()) -> Styler:
    """A table of yields, each with its error and the raw number of events.

    Columns that are ``observed`` are counts of recorded events and have no error.
    """
    counts = {column: lambda total: f"{total.events:,}" for column in observed}
    return styled(table, name, with_events, **counts)


def normalisation_table(dataset: Dataset, region: str) -> Styler:
    """What every sample of a profile is and how it is scaled, as any region's skims say."""
    produced = dataset.luminosity_fb * PB_IN_FB
    rows = [
        {
            "sample": info.sample,
            "kind": info.kind,
            "cross section [pb]": info.cross_section_pb,
            "sum of weights": info.sum_of_weights,
            "events produced": produced * (info.cross_section_pb or math.nan),
            "events in the ntuples": sum(one["entries"] for one in info.inputs),
        }
        for info in dataset.infos(region)
    ]
    return styled(pd.DataFrame(rows), "normalisation", **{"events in the ntuples": ",d"})


def category_table(
    table: pd.DataFrame, feature: str, names: Sequence[str], labels: Mapping[str, str]
) -> Styler:
    """Yields of each value of a categorical feature: backgrounds by group, the rest by sample.

    The feature has indices into the names of its categories; columns are called by the labels of
    groups and samples.
    """
    of = table["group"].where(table["kind"] == "background", table["sample"])
    columns = {
        labels[str(key)]: [sum_weights(events[events[feature] == i]) for i in range(len(names))]
        for key, events in table.groupby(of, sort=False)
    }
    found = pd.DataFrame(columns, index=list(names), dtype=object).rename_axis(feature, axis=1)
    observed = {labels[name] for name in of[table["kind"] == "data"].unique()}
    return yields(found, feature, observed)
