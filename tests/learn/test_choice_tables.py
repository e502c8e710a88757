"""Choices as a page shows them: each with its own numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lepsearch.learn.choice_tables import choice_table, significance_table

LABELS = {"zero": "nought", "mask": "masked"}


def areas(*rows: tuple[float, ...]) -> pd.DataFrame:
    """Areas of the two choices."""
    columns = ["auc", "error", "difference", "difference_error"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(LABELS, name="padding"))


def words(table: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The cells, with plain spaces."""
    return table.map(lambda cell: cell.replace("\u00a0", " ")).to_dict("index")


def test_a_page_shows_each_choice_with_its_own_numbers():
    trained = pd.DataFrame({"padding": ["mask", "zero", "zero"], "epoch": [4.0, 7.0, 9.0]})
    shown = choice_table(
        areas((0.9, 0.02, 0.0, 0.0), (0.8, 0.03, -0.1, 0.01)), trained, LABELS, reference="zero",
        counted=areas((0.7, 0.02, 0.0, 0.0), (0.6, 0.02, -0.1, 0.02)), printed={"masked": 0.75},
    )  # fmt: skip
    assert words(shown) == {
        "nought": {
            "area": "0.900 ± 0.020", "less nought": "–", "area, simulated events": "0.700 ± 0.020",
            "less nought, simulated events": "–", "thesis": "–", "best epoch": "8",
        },
        "masked": {
            "area": "0.800 ± 0.030", "less nought": "-0.100 ± 0.010",
            "area, simulated events": "0.600 ± 0.020",
            "less nought, simulated events": "-0.100 ± 0.020", "thesis": "0.75", "best epoch": "4",
        },
    }  # fmt: skip


def test_significances_say_where_there_is_no_cut():
    columns = [
        "padding",
        "uncertainty",
        "z",
        "error",
        "kept",
        "kept_error",
        "read_effective",
        "no_cut",
    ]
    fixed = pd.DataFrame(
        [
            ("zero", 0.0, 1.5, 0.2, 0.7, 0.03, 43.2, False),
            ("zero", 0.3, 0.5, 0.1, 0.7, 0.03, 43.2, False),
            ("mask", 0.0, 0.1, 0.01, 1.0, 0.0, 600, True),
            ("mask", 0.3, np.nan, 0.1, 1.0, 0.0, 600, True),
        ],
        columns=columns,
    )
    best = fixed.assign(z=[np.nan, 2.0, 0.3, 3.0], no_cut=[True, False, False, False])
    assert words(significance_table(fixed, {"best": best}, LABELS)) == {
        "nought": {
            "signal [%]": "70.0 ± 3.0", "effective background": "43", "Z at 0%": "1.50 ± 0.20",
            "Z at 30%": "0.50 ± 0.10", "Z at 0%, best": "–",
        },
        "masked": {
            "signal [%]": "100 ± 0", "effective background": "600",
            "Z at 0%": "0.100 ± 0.010 (no cut)", "Z at 30%": "–", "Z at 0%, best": "0.300 ± 0.010",
        },
    }  # fmt: skip
