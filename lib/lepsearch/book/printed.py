"""Significances that the draft of thesis B prints (tables 5.5 and 5.6), recomputed.

They follow from the yields beside them. The printed numbers stand in ``quoted.yaml``.
"""

from __future__ import annotations

import pandas as pd

from lepsearch.data import quoted
from lepsearch.stats.significance import z0

__all__ = ("significances",)

MODELS = {"light_vector": "light vector", "dark_higgs": "dark Higgs"}
TABLES = {"ee": "guevara.table_5_5.electron", "μμ": "guevara.table_5_6.muon"}


def significances() -> pd.DataFrame:
    """Printed significances beside what the printed yields allow.

    Returns:
        One row a ``channel`` ("ee" or "μμ") and ``model`` (the index): ``s``, ``b``, ``printed``,
        ``half`` (of its last digit), ``recomputed`` (background known exactly), ``lowest`` and
        ``highest`` (what yields rounded to whole events allow), ``possible`` (whether ``printed``
        can have been rounded from such a value), and ``if cut off`` (the same for yields whose
        decimals were dropped).
    """
    rows = {}
    for channel, table in TABLES.items():
        b = quoted.get(f"{table}.background.after").value
        for model, name in MODELS.items():
            s = quoted.get(f"{table}.{model}.after").value
            printed = quoted.get(f"{table}.{model}.significance")
            half = printed.step / 2
            # whole events stand for half an event less and more, or for up to one more if cut off
            ranges = {
                head: (float(z0(s + low, b + low + 1)), float(z0(s + low + 1, b + low)))
                for head, low in {"possible": -0.5, "if cut off": 0.0}.items()
            }
            rows[channel, name] = {
                "s": s, "b": b, "printed": printed.value, "half": half,
                "recomputed": float(z0(s, b)), "lowest": ranges["possible"][0],
                "highest": ranges["possible"][1],
            } | {
                head: printed.value - half < high and printed.value + half > low
                for head, (low, high) in ranges.items()
            }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["channel", "model"])
