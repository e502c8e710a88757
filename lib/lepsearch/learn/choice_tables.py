"""Networks that differ in one choice, as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lepsearch.book.tables import plus_minus, with_whole_errors

__all__ = ("choice_table", "significance_table")


def choice_table(
    compared: pd.DataFrame,
    trained: pd.DataFrame,
    labels: Mapping[Any, str],
    *,
    reference: Any,
    counted: pd.DataFrame | None = None,
    printed: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Areas of choices: a row for each, with errors.

    Args:
        compared: From :meth:`Study.compared`.
        trained: From :meth:`Study.table`, of the same choices.
        labels: Words for each choice.
        reference: The choice that the others are compared with.
        counted: As ``compared``, with each simulated event counting the same.
        printed: The thesis's areas by these words, where there are any.

    Returns:
        ``area`` and ``less <reference>``; the same ``in simulated events`` if asked for; ``thesis``
        if there is one; ``best epoch``.
    """
    name = str(compared.index.name)
    columns = _areas(compared, labels[reference], reference)
    if counted is not None:
        columns |= {
            f"{head}, simulated events": cells
            for head, cells in _areas(counted, labels[reference], reference).items()
        }
    if printed is not None:
        columns["thesis"] = pd.Series(
            {one: f"{printed[labels[one]]:.2f}" for one in compared.index if labels[one] in printed}
        )
    columns["best epoch"] = trained.groupby(name)["epoch"].mean().map("{:.0f}".format)
    return _shown(columns, compared.index, labels)


def significance_table(
    fixed: pd.DataFrame, best: Mapping[str, pd.DataFrame], labels: Mapping[Any, str]
) -> pd.DataFrame:
    """Significances of choices in the test part: a row for each, with errors.

    Args:
        fixed: From :meth:`Study.significances`, with cuts at one share of the signal.
        best: The same with the best cut, by words.
        labels: Words for each choice.

    Returns:
        ``signal [%]`` that the cut keeps, the ``effective background`` above it and ``Z at`` each
        uncertainty of the background; then ``Z at`` the lowest of them for each entry of ``best``.
        What keeps all events reads "no cut"; a dash stands where a significance isn't known.
    """
    name = str(fixed.columns[0])
    first = fixed.groupby(name, sort=False).first()
    columns = {
        "signal [%]": _with_errors(100 * first["kept"], 100 * first["kept_error"]),
        "effective background": first["read_effective"].map("{:.0f}".format),
    }
    for uncertainty, part in fixed.set_index(name).groupby("uncertainty"):
        columns[f"Z at {uncertainty:.0%}"] = _significances(part)
    for words, table in best.items():
        uncertainty, part = next(iter(table.set_index(name).groupby("uncertainty")))
        columns[f"Z at {uncertainty:.0%}, {words}"] = _significances(part)
    return _shown(columns, first.index, labels)


def _areas(table: pd.DataFrame, label: str, reference: Any) -> dict[str, pd.Series[str]]:
    """Areas and differences in words."""
    apart = table.drop(reference)
    return {
        "area": _with_errors(table["auc"], table["error"]),
        f"less {label}": _with_errors(apart["difference"], apart["difference_error"]),
    }


def _significances(part: pd.DataFrame) -> pd.Series[str]:
    """Significances in words."""
    cells = _with_errors(part["z"], part["error"])
    return cells.where(~part["no_cut"] | (cells == "–"), cells + " (no cut)")


def _with_errors(values: pd.Series[float], errors: pd.Series[float]) -> pd.Series[str]:
    """Values and errors in words, with the same index."""
    return pd.Series(map(plus_minus, values, errors), index=values.index, dtype=object)


def _shown(
    columns: Mapping[str, pd.Series[str]], index: pd.Index[Any], labels: Mapping[Any, str]
) -> pd.DataFrame:
    """The columns under words, with dashes for what isn't there."""
    table = pd.DataFrame(columns, index=index).fillna("–")
    return with_whole_errors(table.rename(index=dict(labels)).rename_axis(None))
