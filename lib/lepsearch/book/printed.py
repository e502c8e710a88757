"""What the draft of thesis B prints about its search and its samples, recomputed.

Significances after the cuts (tables 5.5 and 5.6) follow from the yields beside them, sizes of the
samples (tables 5.2, 5.3, 5.7 and 5.8) must add up. The printed numbers stand in ``quoted.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from lepsearch.data import quoted
from lepsearch.data.quoted import Quoted
from lepsearch.stats.significance import combine, rounding_range, z0, z_asimov

__all__ = (
    "MODELS",
    "TABLES",
    "pyhf_cases",
    "sample_products",
    "sample_sizes",
    "significances",
    "with_both_channels",
)

MODELS = {"light_vector": "light vector", "dark_higgs": "dark Higgs"}
# by channel, where its yields and significances are quoted
TABLES = {"ee": "guevara.table_5_5.electron", "mumu": "guevara.table_5_6.muon"}
_PARTS = ("signal", "background")
_SIZE_TABLES = (2, 3, 7, 8)
# by table, which column it multiplies with the number of simulated events
_FACTORS = {2: "expected", 8: "sum_of_weights"}


def significances(uncertainties: Iterable[float] = ()) -> pd.DataFrame:
    """Tables 5.5 and 5.6, with the significance recomputed from the printed yields.

    Args:
        uncertainties: Relative uncertainties of the background to recompute it for, too.

    Returns:
        One row a channel and model: ``channel`` ("ee" or "mumu"), ``model``, ``s``, ``b``,
        ``printed``, ``half`` (of its last digit), ``recomputed`` (background known exactly),
        ``lowest`` and ``highest`` (what yields rounded to whole events allow), ``possible``
        (whether ``printed`` can have been rounded from such a value), ``if cut off`` (the same for
        yields whose decimals were dropped), and the significance at each uncertainty, in a column
        named by it.
    """
    relative = list(uncertainties)
    rows = []
    for channel, table in TABLES.items():
        b = quoted.get(f"{table}.background.after").value
        for model, name in MODELS.items():
            s = quoted.get(f"{table}.{model}.after").value
            entry = {"channel": channel, "model": name, "s": s, "b": b}
            entry |= _beside(quoted.get(f"{table}.{model}.significance"), s, b)
            rows.append(entry | {one: float(z_asimov(s, b, one * b)) for one in relative})
    return pd.DataFrame(rows)


def _beside(printed: Quoted, s: float, b: float) -> dict[str, object]:
    """A printed significance beside what its yields allow."""
    allowed = rounding_range(s, b)
    # a number whose decimals were dropped lies half an event higher than a rounded one, on average
    if_cut_off = rounding_range(s + 0.5, b + 0.5)
    return {
        "printed": printed.value,
        "half": printed.step / 2,
        "recomputed": float(z0(s, b)),
        "lowest": allowed[0],
        "highest": allowed[1],
        "possible": _can_be_rounded_from(printed, *allowed),
        "if cut off": _can_be_rounded_from(printed, *if_cut_off),
    }


def _can_be_rounded_from(printed: Quoted, low: float, high: float) -> bool:
    """Whether a value between the bounds would be printed like this."""
    half = printed.step / 2
    return printed.value - half < high and printed.value + half > low


def with_both_channels(uncertainties: Iterable[float]) -> pd.DataFrame:
    """Significances of each model from the printed yields, by channel and in both together.

    Args:
        uncertainties: Relative uncertainties of the background, independent between the channels.

    Returns:
        One row a model and channel ("all" for both), a column an uncertainty, named by it.
    """
    relative = list(uncertainties)
    entries = significances(relative)
    parts = []
    for model, rows in entries.groupby("model", sort=False):
        together = combine(rows[relative], axis=0)
        both = {"model": model, "channel": "all"} | dict(zip(relative, together, strict=True))
        parts += [rows[["model", "channel", *relative]], pd.DataFrame([both])]
    return pd.concat(parts, ignore_index=True)


def pyhf_cases(uncertainties: Iterable[float]) -> pd.DataFrame:
    """Counting experiments on which formula and pyhf are compared.

    Args:
        uncertainties: Relative uncertainties of the background, for the yields of the thesis.

    Returns:
        Columns ``signal``, ``background`` and ``relative``: the cases that ``quoted.yaml`` keeps
        under "pyhf", then every printed yield at every uncertainty, none of them twice.
    """
    names = ["signal", "background", "relative"]
    known = quoted.below("pyhf")
    cases = list(dict.fromkeys(key.split(".")[0] for key in known))
    rows = [[known[f"{case}.{name}"].value for name in names] for case in cases]
    entries = significances()
    relative = list(uncertainties)
    rows += [
        [s, b, one] for s, b in zip(entries["s"], entries["b"], strict=True) for one in relative
    ]
    return pd.DataFrame(rows, columns=names).drop_duplicates(ignore_index=True)


def sample_sizes() -> pd.DataFrame:
    """Simulated events of the four tables of samples.

    Returns:
        One row a table: ``table`` ("5.2"), ``signal``, ``background`` and their ``total``.
    """
    rows = []
    for number in _SIZE_TABLES:
        sizes = {
            part: quoted.get(f"guevara.table_5_{number}.{part}.simulated").value for part in _PARTS
        }
        rows.append({"table": f"5.{number}", **sizes, "total": sum(sizes.values())})
    return pd.DataFrame(rows)


def sample_products() -> pd.DataFrame:
    """The products that tables 5.2 and 5.8 print, recomputed from their factors.

    Returns:
        One row a table and part: ``table``, ``part`` ("signal" or "background"), ``printed``,
        ``recomputed`` and the ``ratio`` of recomputed to printed.
    """
    rows = []
    for number, factor in _FACTORS.items():
        for part in _PARTS:
            entry = quoted.below(f"guevara.table_5_{number}.{part}")
            product = entry["simulated"].value * entry[factor].value
            rows.append((f"5.{number}", part, entry["product"].value, product))
    table = pd.DataFrame(rows, columns=["table", "part", "printed", "recomputed"])
    return table.assign(ratio=table["recomputed"] / table["printed"])
