"""How many simulated events stand where the searches look.

    python benchmarks/tails.py [PROFILE]

Reads the profile's skims and prints, region by region, the background's yield, its events of equal
weight (sum w)^2 / sum w^2 with copies of an event counted as one, its statistical error, the share
of its heaviest event, and what the samples are too small to show; then the same by sample, and the
events kept of each signal.
"""

from __future__ import annotations

import sys
from math import nan

import pandas as pd

from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.selection import CHANNELS, in_channel
from lepsearch.stats.copies import originals, per_original
from lepsearch.stats.counting import unseen
from lepsearch.stats.estimate import sum_weights

MET_SIG, M_T, M_LL, N_B, M_T2 = (one.value for one in quoted.below("guevara.table_5_4").values())
CUTS = f"met_sig > {MET_SIG} and mt > {M_T} and mll > {M_LL} and nbjets <= {N_B} and mt2 > {M_T2}"
PLACES = {
    "dilepton": {
        "all": "met > 0",
        "after table 5.4": CUTS,
        "after table 5.4, mll < 150": f"{CUTS} and mll < 150",
        "missing pT > 300": "met > 300",
        "missing pT > 400, mll > 500": "met > 400 and mll > 500",
    },
    "trilepton": {
        "all": "met > 0",
        "missing pT > 200": "met > 200",
        "off the Z peak": "abs(mll_z - 91.2) > 15 or mll_z != mll_z",
    },
}


def row(table: pd.DataFrame, place: str) -> dict[str, float]:
    """The background's numbers in one place."""
    chosen = table.query(place)
    total = sum_weights(chosen)
    heaviest = abs(per_original(chosen["weight"].to_numpy(), originals(chosen))).max(initial=0)
    parts = {
        "error %": total.error,
        "heaviest %": heaviest,
        "unseen %": float(unseen(table, {cut: cut for cut in place.split(" and ")}).iloc[-1]),
    }
    percent = {
        name: 100 * part / total.value if total.value else nan for name, part in parts.items()
    }
    return {"yield": total.value, "equal weight": total.effective, **percent}


def main(profile: str) -> None:
    """Print the tables."""
    dataset = Dataset.open(profile)
    for region, places in PLACES.items():
        events = dataset.table(region)
        background = events[events["kind"] == "background"]
        parts = {"": background}
        if region == "dilepton":
            parts |= {name: in_channel(background, name) for name in CHANNELS}
        rows = {
            f"{place}, {part}" if part else place: row(table, query)
            for place, query in places.items()
            for part, table in parts.items()
        }
        print(f"\n{region}\n{pd.DataFrame(rows).T.to_string(float_format='{:,.2f}'.format)}")
        by_sample = {
            sample: {
                f"{place}{what}": value
                for place, query in places.items()
                for total in [sum_weights(one.query(query))]
                for what, value in (("", total.value), (" eff", total.effective))
            }
            for sample, one in background.groupby("sample", sort=False)
        }
        print(pd.DataFrame(by_sample).T.to_string(float_format="{:,.1f}".format))
        signals = events[events["kind"] == "signal"]
        if region == "dilepton":
            kept = {name: in_channel(signals, name).groupby("sample").size() for name in CHANNELS}
        else:
            kept = {"all": signals.groupby("sample").size()}
        print(pd.DataFrame(kept).to_string())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "embedded")
