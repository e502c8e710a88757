"""Measure what multiple interactions and polarised taus change; chapter 8 shows the result.

    python benchmarks/validation.py [EVENTS] [WORKERS]

Makes EVENTS events (20000 by default) of each process with and without, 15 minutes of one core, and
writes lib/lepsearch/simulate/validation.json, which is committed. Run it again when the response or
a process changes.
"""

from __future__ import annotations

import json
import math
import sys
from importlib.metadata import version
from typing import Any

from lepsearch.files import whole
from lepsearch.parallel import ordered_map
from lepsearch.simulate.validation import MEASURED, STUDIES, Average, measure

SEED = 20
PACKAGES = ("fastjet", "numpy", "pythia8mc")


def plain(found: dict[str, Average]) -> dict[str, list[float]]:
    """Averages as JSON takes them: it has no word for what is not a number."""
    finite = {name: one for name, one in found.items() if math.isfinite(one.value)}
    return {name: [float(f"{x:.5g}") for x in one] for name, one in finite.items()}


def run(task: tuple[str, int, int, tuple[str, ...]]) -> dict[str, list[float]]:
    """Measure one process one way."""
    return plain(measure(*task))


def main() -> None:
    """Measure all and write the file."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    names = [(name, process) for name, study in STUDIES.items() for process in study.processes]
    tasks = [
        (process, events, SEED + other, STUDIES[name].extra if other else ())
        for name, process in names
        for other in (0, 1)
    ]
    found = ordered_map(run, tasks, workers=workers)
    studies: dict[str, dict[str, Any]] = {name: {} for name in STUDIES}
    for name, process in names:
        studies[name][process] = {"chosen": next(found), "alternative": next(found)}
    record = {
        "made_with": {one: version(one) for one in PACKAGES},
        "events": events,
        "seed": SEED,
        "settings": {name: list(study.extra) for name, study in STUDIES.items()},
        "studies": studies,
    }
    with whole(MEASURED) as part:
        part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
