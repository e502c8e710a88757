"""Networks under several weightings as a grid, whose scores are kept beside its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.files import sha256, whole
from lepsearch.learn import tuning
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.training_weights import Scheme
from lepsearch.learn.weighting import Setting, share, train_weighted
from lepsearch.provenance import digest, modules_used
from lepsearch.stats.estimate import original_events
from lepsearch.stats.roc import auc

__all__ = ("Comparison",)

KEPT = ("validation", "test")  # parts whose scores are kept


@dataclass(frozen=True)
class Comparison:
    """Trainings on one set of events; each is done once, whoever asks for its scores.

    Attributes:
        events: The whole learning set.
        store: Folder of what was trained; a rerun trains only what is missing there.
    """

    events: LearningSet
    store: Path

    @cached_property
    def digest(self) -> str:
        """What scores depend on besides the training: events and code."""
        events = self.events
        arrays = events.features, events.label, events.weight, events.event, events.sample
        code = [sha256(path) for path in (Path(__file__), *modules_used(Path(__file__)))]
        return digest(tuning.data_digest(*arrays), events.names, events.sample_names, code)

    def grid(
        self,
        settings: Mapping[str, Setting],
        signals: Mapping[str, str],
        schemes: Sequence[Scheme],
        seeds: Sequence[int],
    ) -> pd.DataFrame:
        """All settings under all weightings, measured on the test part.

        Args:
            settings: Trainings by name.
            signals: Signal sample to be tested by a short name; the empty string stands for all.
            schemes: Weightings.
            seeds: Seeds of the trainings at each point.

        Returns:
            A row for each training, as ``tuning.grid`` gives it, with what :meth:`measured` tells.
        """
        code = digest(self.digest, sorted(settings.items()), sorted(signals.items()))
        points: dict[str, list[str]] = {"setting": list(settings), "scheme": list(schemes)}
        trainable = partial(self.measured, settings, signals)
        return tuning.grid(trainable, points, self.store / "grid.jsonl", digest=code, seeds=seeds)

    def scores(
        self, setting: Setting, scheme: Scheme, seed: int, part: str = "test", signal: str = ""
    ) -> NDArray[np.float32]:
        """Scores of the ``validation`` or ``test`` part, shape (n,).

        Of all its events, or of those that ``of_signal`` gives for one signal sample.
        """
        score: NDArray[np.float32] = self._kept(setting, scheme, seed)[part]
        events = self.events.of(part)
        return score[~events.label | _ours(events, signal)]

    def measured(
        self,
        settings: Mapping[str, Setting],
        signals: Mapping[str, str],
        *,
        setting: str,
        scheme: Scheme,
        seed: int,
    ) -> dict[str, float]:
        """Numbers of one training on the test part: a trainable for ``tuning.grid``.

        Returns:
            For each signal the area under the curve ``<name>_raw`` of the simulated events, and
            ``<name>_physics`` of the expected ones, and the share of the signal ``<name>_above`` a
            score of one half; ``background_above`` likewise, all with their statistical errors;
            the ``highest`` score, the number of ``epochs`` and the ``best_epoch``.
        """
        kept = self._kept(settings[setting], scheme, seed)
        test, score = self.events.of("test"), kept["test"]
        others = share(score[~test.label] > 0.5, test.take(~test.label))
        numbers = {name: float(kept[name]) for name in ("epochs", "best_epoch")} | {
            "highest": float(score.max()),
            "background_above": others.value,
            "background_above_error": others.error,
        }
        for name, signal in signals.items():
            ours = _ours(test, signal)
            chosen = ours | ~test.label
            part, s = test.take(chosen), score[chosen]
            original = original_events(part.sample, part.event)
            found = {
                "raw": auc(s, part.label, np.ones(len(part)), original),
                "physics": auc(s, part.label, part.weight, original),
                "above": share(score[ours] > 0.5, test.take(ours)),
            }
            for kind, one in found.items():
                numbers |= {f"{name}_{kind}": one.value, f"{name}_{kind}_error": one.error}
        return numbers

    def _kept(self, setting: Setting, scheme: Scheme, seed: int) -> dict[str, NDArray[np.float32]]:
        """What is kept of a training, which is done if it isn't there."""
        path = self.store / "scores" / f"{digest(self.digest, setting, scheme, seed)}.npz"
        if not path.is_file():
            made = train_weighted(self.events, setting, scheme, seed)
            found: dict[str, Any] = {part: made.scores(self.events.of(part)) for part in KEPT} | {
                "epochs": len(made.history),
                "best_epoch": made.best_epoch,
            }
            with whole(path) as hidden, hidden.open("wb") as file:
                np.savez(file, **found)
        with np.load(path) as file:
            return {name: file[name] for name in file.files}


def _ours(events: LearningSet, signal: str) -> NDArray[np.bool_]:
    """Which events are of a signal sample, or of any if none is named."""
    named = np.array([signal in ("", name) for name in events.sample_names], dtype=bool)
    return np.asarray(events.label & named[events.sample])
