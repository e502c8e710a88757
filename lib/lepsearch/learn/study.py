"""Networks that differ in one choice, trained on the same events and measured on one signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.files import sha256
from lepsearch.learn import tuning
from lepsearch.learn.architecture import Network
from lepsearch.learn.area import differences
from lepsearch.learn.binning import Scored, best_by_bins
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.working_point import at_efficiency, efficiency_cut, signal_share
from lepsearch.provenance import LIBRARY, digest, modules_used
from lepsearch.stats.estimate import Estimate, bootstrap, original_events
from lepsearch.stats.roc import Ranking
from lepsearch.stats.significance import z_asimov

__all__ = ("MEASURED", "Study")

MEASURED = ("validation", "test")  # parts that trained networks are tried on

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Study:
    """Events and settings that the networks share.

    The networks are trained on all signals of the events, each simulated event with a weight of 1,
    and measured on one signal and all backgrounds with physics weights.

    Attributes:
        events: All parts, with the features that any of the networks needs.
        signal: The signal sample or group that results are for.
        network: What the networks have in common.
        store: Folder of what was trained; a rerun trains only what is missing there.
    """

    events: LearningSet
    signal: str
    network: Network
    store: Path

    @cached_property
    def digest(self) -> str:
        """What results depend on besides the network: the events, and the code that trains."""
        events, models = self.events, LIBRARY / "learn"
        arrays = events.features, events.weight, events.event, events.sample, events.label
        own = [models / f"{name}.py" for name in ("architecture", "fitting", "networks", "kept")]
        used = {one for path in own[:2] for one in modules_used(path)}
        code = [sha256(path) for path in sorted({*own, *used})]
        what = events.names, events.sample_names, self.signal
        return digest(tuning.data_digest(*arrays), code, *what)

    def measured(self, part: str) -> LearningSet:
        """The events of a part that results are for."""
        return self.events.of(part).of_signal(self.signal)

    def original(self, part: str) -> NDArray[np.int64]:
        """Which original event each of these is a copy of."""
        events = self.measured(part)
        return original_events(events.sample, events.event)

    def scores(self, seed: int, **choice: Any) -> dict[str, Floats]:
        """Scores of the measured events of each part, by the network of a choice and a seed.

        Args:
            seed: Seed of the training.
            **choice: Fields of the network that differ from the common ones.
        """
        with np.load(self._kept(seed, choice)) as file:
            return {part: file[part].astype(float) for part in MEASURED}

    def __call__(self, seed: int, **choice: Any) -> dict[str, float]:
        """Areas under the ROC curve with their statistical errors, for ``tuning.grid``."""
        results: dict[str, float] = {}
        for part, score in self.scores(seed, **choice).items():
            events = self.measured(part)
            area = Ranking(score, events.label).auc(events.weight, self.original(part))
            results |= {f"{part}_auc": area.value, f"{part}_auc_error": area.error}
        with np.load(self._kept(seed, choice)) as file:
            return results | {"epoch": float(file["epoch"])}

    def table(
        self, points: Mapping[str, Sequence[Any]], seeds: Sequence[int], *, workers: int = 1
    ) -> pd.DataFrame:
        """Train all combinations of choices, as ``tuning.grid`` does; a row for each training."""
        content, store = digest(self.digest, self.network), self.store / "grid.jsonl"
        return tuning.grid(self, points, store, digest=content, workers=workers, seeds=seeds)

    def auc(
        self,
        part: str,
        choice: Mapping[str, Any],
        seeds: Sequence[int],
        *,
        replicas: int = 100,
        among: NDArray[np.bool_] | None = None,
        weighted: bool = True,
    ) -> Estimate:
        """Area under the ROC curve, averaged over seeds.

        Args:
            part: The part that it is measured on.
            choice: Fields of the network that differ from the common ones.
            seeds: Seeds to average over.
            replicas: Of the bootstrap over original events, the same for every network.
            among: Which of the measured events to take, shape (n,); None: all.
            weighted: Whether events count with physics weights; else each simulated event counts
                the same, as in the areas of thesis B.
        """
        events = self.measured(part)
        taken = np.ones(len(events), dtype=np.bool_) if among is None else among
        label, weights = events.label[taken], events.weight[taken]
        if not weighted:
            weights = np.ones(len(label))
        rankings = [Ranking(self.scores(seed, **choice)[part][taken], label) for seed in seeds]
        found = bootstrap(
            lambda weight: float(np.mean([one.roc(weight).area for one in rankings])),
            weights, self.original(part)[taken], replicas=replicas,
        )  # fmt: skip
        by_seed = np.array([one.roc(weights).area for one in rankings])
        return Estimate.of(found.value, found.draws, by_seed)

    def compared(
        self,
        part: str,
        name: str,
        choices: Sequence[Any],
        seeds: Sequence[int],
        reference: Any,
        *,
        weighted: bool = True,
    ) -> pd.DataFrame:
        """Areas under the ROC curve for each value of one field, and how they differ from one's.

        Returns:
            The table of :func:`differences`, a row for each choice.
        """
        found = {
            one: self.auc(part, {name: one}, seeds, weighted=weighted)
            for one in dict.fromkeys([*choices, reference])
        }
        return differences(found, reference).loc[list(choices)].rename_axis(name)

    def scored(self, part: str, seed: int, **choice: Any) -> Scored:
        """Scores of a part's measured events, with what a significance needs."""
        events, score = self.measured(part), self.scores(seed, **choice)[part]
        return Scored(score, events.label, events.weight, self.original(part))

    def significance(
        self,
        choice: Mapping[str, Any],
        seeds: Sequence[int],
        *,
        efficiency: float,
        replicas: int = 100,
    ) -> Estimate:
        """Significance in the test part, averaged over seeds, of the background known exactly.

        The cuts keep a share of the signal in the validation part. They stay where they are when
        the test part is resampled, alike for every network, so that differences have their errors.

        Args:
            choice: Fields of the network that differ from the common ones.
            seeds: Seeds to average over.
            efficiency: The share.
            replicas: Of the bootstrap over original events.
        """
        events = self.measured("test")
        above = [
            self.scored("test", seed, **choice).score
            >= efficiency_cut(self.scored("validation", seed, **choice), efficiency)
            for seed in seeds
        ]

        def by_seed(weight: Floats) -> Floats:
            kept = [weight * one for one in above]
            s, b = (np.array([w[of].sum() for w in kept]) for of in (events.label, ~events.label))
            known = (b > 0) & (s + b > 0)
            return np.where(
                known, z_asimov(np.where(known, s, 1), np.where(known, b, 1), 0), np.nan
            )

        found = bootstrap(
            lambda weight: float(by_seed(weight).mean()),
            events.weight, self.original("test"), replicas=replicas,
        )  # fmt: skip
        return Estimate.of(found.value, found.draws, by_seed(events.weight))

    def significances(
        self,
        name: str,
        choices: Sequence[Any],
        seeds: Sequence[int],
        *,
        uncertainties: Sequence[float],
        bins: int | None = None,
        efficiency: float | None = None,
    ) -> pd.DataFrame:
        """Significance in the test part above a cut that the validation part chooses.

        Args:
            name: The field of the network that differs.
            choices: Its values.
            seeds: Seeds to average over.
            uncertainties: Relative uncertainties of the background.
            bins: Take the best cut among the edges of so many equal bins of the score.
            efficiency: Or take the cut that keeps this share of the signal.

        Returns:
            A row for each choice and uncertainty, with ``z`` and ``error``, NaN where
            ``binning.trusted`` says so of one of the trainings, in either part: those that have
            enough background would be the ones where it fluctuates up; means over trainings of
            ``kept``, the share of the signal above the cut, of its error and of ``effective`` and
            ``read_effective``, the effective background events above it in the validation and in
            the test part; and ``no_cut``, whether all trainings keep all events.

        Raises:
            InputError: Both ways to choose the cut are asked for, or none.
        """
        if (bins is None) == (efficiency is None):
            msg = f"expected bins or an efficiency, got bins={bins} and efficiency={efficiency}"
            raise InputError(msg)
        rows = []
        for choice in choices:
            chosen = {name: choice}
            pairs = [
                (self.scored("validation", seed, **chosen), self.scored("test", seed, **chosen))
                for seed in seeds
            ]
            for uncertainty in uncertainties:
                found = pd.concat([
                    best_by_bins(first, second, [bins], uncertainty=uncertainty)
                    if bins is not None
                    else at_efficiency(first, second, float(efficiency or 0), [uncertainty])
                    for first, second in pairs
                ])  # fmt: skip
                z, of_events = found["read"], found["read_error"].mean(skipna=False)
                training = z.std(ddof=1) / np.sqrt(len(z)) if len(z) > 1 else 0.0
                tried = [(pair[1], cut) for pair, cut in zip(pairs, found["cut"], strict=True)]
                kept = np.mean([tuple(signal_share(one, cut)) for one, cut in tried], axis=0)
                rows.append({
                    name: choice,
                    "uncertainty": uncertainty,
                    "z": z.mean(skipna=False),
                    "error": np.hypot(of_events, training),
                    "kept": kept[0],
                    "kept_error": kept[1],
                    "effective": found["effective"].mean(),
                    "read_effective": found["read_effective"].mean(),
                    "no_cut": all((one.score >= cut).all() for one, cut in tried),
                })  # fmt: skip
        return pd.DataFrame(rows)

    def _kept(self, seed: int, choice: Mapping[str, Any]) -> Path:
        """The file with a network's scores; trains it if there is none."""
        network = replace(self.network, seed=seed, **choice)
        path = self.store / "scores" / f"{digest(self.digest, network)}.npz"
        if not path.is_file():
            from lepsearch.learn.kept import keep_scores  # seconds to import: only when needed

            keep_scores(network, self.events, self.signal, MEASURED, path)
        return path
