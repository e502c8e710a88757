"""Networks trained for their scores, which are kept in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lepsearch.errors import InputError
from lepsearch.files import whole
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.learning import COUNTING, COUNTS
from lepsearch.learn.networks import Network, scores, train

__all__ = ("inputs", "keep_scores")


def inputs(padding: str, names: Sequence[str]) -> tuple[str, ...]:
    """The features that a padding works with: counts stand in for the jets, or are left out.

    Examples:
        >>> inputs("zero", ["met", "jet1pt", "n_bjetPt20"])
        ('met', 'jet1pt')
    """
    return COUNTING if padding == "counting" else tuple(one for one in names if one not in COUNTS)


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

    Raises:
        InputError: The events lack a feature that the network's padding needs.
    """
    names = inputs(network.padding, events.names)
    if lacking := [name for name in names if name not in events.names]:
        msg = f"padding {network.padding!r} needs the features {lacking}, which the events lack; "
        msg += "read them with the features of both tables"
        raise InputError(msg)
    chosen = events.select(names)
    made = train(network, chosen.of("train"), chosen.of("validation"))
    found: dict[str, Any] = {
        part: scores(made.model, chosen.of(part).of_signal(signal)) for part in parts
    }
    with whole(path) as hidden, hidden.open("wb") as file:
        np.savez(file, **found, epoch=made.best_epoch)
