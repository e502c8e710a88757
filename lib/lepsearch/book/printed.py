"""Significances that the draft of thesis B prints (tables 5.5 and 5.6), recomputed.

They follow from the yields beside them. The printed numbers stand in ``quoted.yaml``.
"""

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
        can have been rounded from such a value), and ``if truncated`` (the same for yields whose
        decimals were dropped).
    """
    rows = {}
    for channel, table in TABLES.items():
        background = quoted.get(f"{table}.background.after").value
        for model, name in MODELS.items():
            signal, z = (quoted.get(f"{table}.{model}.{of}") for of in ("after", "significance"))
            rows[channel, name] = {"s": signal.value, "b": background, "printed": z.value}
            rows[channel, name]["half"] = z.step / 2
    found = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["channel", "model"])
    s, b, printed, half = (found[name] for name in found)
    # whole events stand for half an event less and more, or for up to one more if truncated
    lowest, highest = z0(s - 0.5, b + 0.5), z0(s + 0.5, b - 0.5)
    least, most = z0(s, b + 1), z0(s + 1, b)
    found = found.assign(recomputed=z0(s, b), lowest=lowest, highest=highest)
    found["possible"] = (printed - half < highest) & (printed + half > lowest)
    found["if truncated"] = (printed - half < most) & (printed + half > least)
    return found
