"""What the choices that save time change: no multiple interactions, taus that know no spin.

A tau without spin still decays to an electron or muon by the weak matrix element; to hadrons it
decays flat in phase space. Samples correct the former by weights (`tau_spin`), which are left out
here. ``benchmarks/validation.py`` measures, which takes minutes, and writes the result beside this
module; chapter 8 shows it.
"""

import json
from pathlib import Path
from typing import Any, cast

import pandas as pd

from lepsearch.stats.estimate import Estimate

__all__ = ("measured", "validation_table")

MEASURED = Path(__file__).with_name("validation.json")


def measured() -> dict[str, Any]:
    """What the benchmark wrote: ``made_with``, ``events``, ``seed``, ``settings``, ``rows``."""
    return cast(dict[str, Any], json.loads(MEASURED.read_text(encoding="utf-8")))


def validation_table(study: str) -> pd.DataFrame:
    """Quantities with the choice made here and with the alternative.

    Args:
        study: ``multiple_interactions`` or ``tau_polarisation``.

    Returns:
        A row for each process and quantity: ``process``, ``quantity``, the estimates ``chosen`` and
        ``alternative``, ``pull``, their difference (alternative - chosen) over its error, and
        ``change``, the same over what is chosen.
    """
    rows = []
    for name, process, quantity, *numbers in measured()["rows"]:
        if name == study:
            chosen, other = Estimate(*numbers[:2]), Estimate(*numbers[2:])
            pull = (other - chosen).sigmas if chosen.error or other.error else 0.0
            change = (other / chosen - 1).value
            rows.append((process, quantity, chosen, other, pull, change))
    columns = ["process", "quantity", "chosen", "alternative", "pull", "change"]
    return pd.DataFrame(rows, columns=columns)
