"""Tables as the book prints them: values with errors, rounded by their error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from lepsearch.events.dataset import Dataset
from lepsearch.events.objects import BASELINE_PT, ELECTRON, MUON
from lepsearch.events.releases import RELEASES
from lepsearch.events.selection import LEPTON_PT
from lepsearch.events.weights import PB_IN_FB
from lepsearch.stats.estimate import Estimate, sum_weights

__all__ = (
    "category_table",
    "cutflow_table",
    "lepton_cuts_table",
    "normalisation_table",
    "pair_thresholds_table",
    "plus_minus",
    "significance_table",
    "steps_table",
    "styled",
    "unbroken",
    "with_whole_errors",
    "working_points_table",
    "yield_cell",
    "z_cell",
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
    return str(Estimate(value, error))


def styled(table: pd.DataFrame, name: str, default: str, **formats: str) -> Styler:
    """A table of numbers for a page, without the index if that only counts the rows.

    Args:
        table: The numbers; a column of truth values reads yes or no.
        name: Letters for the page's markup, once a page.
        default: Python format of the columns of floats that ``formats`` doesn't name; NaN is –.
        **formats: Python formats of single columns.

    Examples:
        >>> table = pd.DataFrame({"s": [6.0], "z": [0.5501], "possible": [True]})
        >>> print(styled(table, "example", ".3f", s=".0f").to_string().strip())
        s z possible
        6 0.550 yes
        >>> absent = styled(table.assign(z=math.nan), "absent", ".3f", s=".0f")
        >>> print(absent.to_string().splitlines()[1])
        6 – yes
    """
    shown = table.copy()
    for column in shown.select_dtypes("bool"):
        shown[column] = shown[column].map({True: "yes", False: "no"})
    floats = dict.fromkeys(shown.select_dtypes("float"), default) | formats
    style = shown.style.format(
        {column: f"{{:{one}}}" for column, one in floats.items()}, na_rep="–"
    )
    counted = isinstance(table.index, pd.RangeIndex)
    return (style.hide(axis="index") if counted else style).set_uuid(name)


def yield_cell(total: Estimate) -> str:
    """Expected events with their error, and the raw number behind them.

    Examples:
        >>> yield_cell(Estimate(12.3, 0.45, events=678)), yield_cell(Estimate(0.0, 0.0, events=0))
        ('12.30 ± 0.45 (678)', 'none (0)')
    """
    if total.events == 0:
        return "none (0)"
    return f"{plus_minus(total.value, total.error)} ({total.events:,})"


def cutflow_table(flows: pd.DataFrame, observed: Iterable[str] = ()) -> pd.DataFrame:
    """Cutflows side by side, each cell with error and raw number.

    Args:
        flows: Yields after each cut, from ``Dataset.cutflows``.
        observed: Columns that are counts of recorded events and have no error.
    """
    cells = {
        name: [f"{one.events:,}" if name in set(observed) else yield_cell(one) for one in column]
        for name, column in flows.items()
    }
    return pd.DataFrame(cells, index=list(flows.index)).rename_axis("cut", axis=1)


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
    return _headed(pd.DataFrame(rows), "sample")


def _headed(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The table with a column as its index, whose name stands in the head's corner."""
    return table.set_index(column).rename_axis(None).rename_axis(column, axis=1)


def unbroken(table: pd.DataFrame) -> pd.DataFrame:
    """The table with cells that don't break into lines: a wide one scrolls.

    Examples:
        >>> unbroken(pd.DataFrame({"rate": ["1e-05 or so"]}))["rate"][0]
        '1e‑05\\xa0or\\xa0so'
    """
    kept = str.maketrans({" ": "\u00a0", "-": "\u2011"})
    return table.map(lambda cell: str(cell).translate(kept))


def with_whole_errors(table: pd.DataFrame) -> pd.DataFrame:
    """The table with each error kept together with its sign: a narrow cell breaks before it.

    Examples:
        >>> with_whole_errors(pd.DataFrame({"area": ["0.90 ± 0.02"]}))["area"][0]
        '0.90 ±\\xa00.02'
    """
    return table.map(lambda cell: cell.replace("± ", "±\u00a0") if isinstance(cell, str) else cell)


def _short(value: float | None) -> str:
    """Four digits, or a dash for what is not there.

    Examples:
        >>> _short(60000.0), _short(1.5028e11), _short(9.6543e-4), _short(None)
        ('60,000', '1.503e+11', '0.0009654', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e7 else f"{value:.4g}"


def lepton_cuts_table() -> pd.DataFrame:
    """What makes a lepton baseline and signal, from the numbers that the selection uses."""
    rows = {
        name: {
            "pT [GeV]": f"> {BASELINE_PT:g}",
            "|η|": f"< {cuts.eta:g}",
            "|z0 sin θ| [mm]": f"< {cuts.z0:g}",
            "|d0|/σ (signal)": f"< {cuts.d0_significance:g}",
            "quality (signal)": "tight and isolated",
        }
        for name, cuts in (("electron", ELECTRON), ("muon", MUON))
    }
    return pd.DataFrame(rows).T.rename_axis("lepton", axis=1)


def pair_thresholds_table() -> pd.DataFrame:
    """Lowest transverse momenta of the dilepton region by the leptons' flavours."""
    names = {ELECTRON.flavour: "e", MUON.flavour: "μ"}
    table = pd.DataFrame(
        [
            (names[first] + names[second], f"> {pt1:g}", f"> {pt2:g}")
            for (first, second), (pt1, pt2) in LEPTON_PT.items()
        ],
        columns=["leading, second", "leading pT [GeV]", "second pT [GeV]"],
    )
    return _headed(table, "leading, second")


def working_points_table() -> pd.DataFrame:
    """Identification, isolation and b-tagging that each release's branches allow."""
    rows = {name: release.working_points for name, release in RELEASES.items()}
    return pd.DataFrame({"working points": rows}).rename_axis("release", axis=1)


def category_table(
    table: pd.DataFrame, feature: str, names: Sequence[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Yields of each value of a categorical feature: backgrounds by group, the rest by sample.

    Args:
        table: Events with ``weight``, ``sample``, ``group`` and ``kind``.
        feature: Column of indices into ``names``.
        names: Name of each category.
        labels: Head of the column of each group or sample.
    """
    of = table["group"].where(table["kind"] == "background", table["sample"])
    columns = {}
    for key, events in table.groupby(of, sort=False):
        observed = (events["kind"] == "data").any()
        totals = [sum_weights(events[events[feature] == i]) for i in range(len(names))]
        columns[labels[str(key)]] = [f"{t.events:,}" if observed else yield_cell(t) for t in totals]
    return pd.DataFrame(columns, index=list(names)).rename_axis(feature, axis=1)


def steps_table(steps: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """The table of ``counting.cut_by_cut`` as a page shows it: a row a cut, a column a process."""
    columns = {}
    for name, rows in steps.groupby("of", sort=False):
        observed = (rows["kind"] == "data").all()
        cells = [
            f"{row['events']:,}"
            if observed
            else yield_cell(Estimate(row["value"], row["error"], events=row["events"]))
            for row in rows.to_dict("records")
        ]
        columns[labels.get(str(name), str(name))] = pd.Series(cells, index=rows["title"])
    return with_whole_errors(pd.DataFrame(columns).rename_axis("cut", axis=1).rename_axis(None))


def z_cell(z: float, error: float, low: float) -> str:
    """A significance with its error, and how far unseen background could lower it.

    Examples:
        >>> z_cell(1.26, 0.41, 0.2)
        '0.20 to 1.26 ± 0.41'
        >>> z_cell(1.26, 0.41, 1.26)
        '1.26 ± 0.41'
    """
    if not low < z:
        return plus_minus(z, error)
    return f"{low:.2f} to {plus_minus(z, error)}"


def significance_table(results: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """The table of ``counting.significances`` as a page shows it: a column an uncertainty.

    A dagger is at what too small a sample stands behind.
    """
    if results.empty:
        return pd.DataFrame({"significance": ["none: there is no signal sample"]})
    rows = {}
    for (signal, channel), part in results.groupby(["signal", "channel"], sort=False):
        s, b, unseen = part.iloc[0][["s", "b", "unseen"]]
        row = {
            "signal": yield_cell(s) if s else "–",
            "background": yield_cell(b) if b else "–",
            "unseen (95 %)": f"< {unseen:,.0f}" if unseen > 0 else "–",
        }
        row |= {
            f"Z at {one['uncertainty']:.0%}": z_cell(one["z"], one["z_error"], one["z_low"])
            + ("" if one["enough"] or math.isnan(one["z"]) else "\u00a0†")
            for one in part.to_dict("records")
        }
        name = {"mumu": "μμ", "all": "both"}.get(str(channel), str(channel))
        rows[labels.get(str(signal), str(signal)), name] = row
    return with_whole_errors(pd.DataFrame(rows).T.rename_axis(["signal", "channel"]))
