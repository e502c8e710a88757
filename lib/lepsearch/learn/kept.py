"""Networks trained for their scores, which are kept in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lepsearch.files import whole
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.learning import COUNTS
from lepsearch.learn.networks import Network, train

__all__ = ("keep_scores",)


def keep_scores(
    network: Network, events: LearningSet, signal: str, parts: Sequence[str], path: Path
) -> None:
    """Train a network on all signals, each simulated event counting the same, and try it on one.

    Args:
        network: What to train.
        events: All parts of the events.
        signal: The signal sample or group whose events are scored, with all backgrounds.
        parts: The parts to score.
        path: NumPy file (``.npz``) for the scores of each part and the best ``epoch``.
    """
    chosen = events.select([name for name in events.names if name not in COUNTS])
    made = train(network, chosen.of("train"), chosen.of("validation"))
    found: dict[str, Any] = {part: made.scores(chosen.of(part).of_signal(signal)) for part in parts}
    with whole(path) as hidden, hidden.open("wb") as file:
        np.savez(file, **found, epoch=made.best_epoch)
