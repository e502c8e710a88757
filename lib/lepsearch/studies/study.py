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

from lepsearch import tuning
from lepsearch.files import sha256
from lepsearch.labelled import LearningSet
from lepsearch.models.architecture import Network
from lepsearch.provenance import LIBRARY, digest, modules_used
from lepsearch.resampling import bootstrap, original_events
from lepsearch.roc import Ranking
from lepsearch.studies.binning import Scored, best_by_bins
from lepsearch.tables import plus_minus, with_whole_errors

__all__ = ("MEASURED", "Area", "Study", "choice_table", "complete_shares")

MEASURED = ("validation", "test")  # parts that trained networks are tried on

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """An area under the ROC curve, averaged over trainings.

    Attributes:
        value: The area.
        draws: The same in each bootstrap sample of the events.
        by_seed: The area of each training.
    """

    value: float
    draws: Floats
    by_seed: Floats

    @property
    def error(self) -> float:
        """That of the events and that of the mean over trainings, in quadrature."""
        known = self.draws[np.isfinite(self.draws)]
        of_events = float(known.std(ddof=1)) if len(known) > 1 else np.nan
        n = len(self.by_seed)
        of_training = float(self.by_seed.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
        return float(np.hypot(of_events, of_training))

    def __sub__(self, other: Area) -> Area:
        """The difference, sample by sample and seed by seed."""
        return Area(
            self.value - other.value, self.draws - other.draws, self.by_seed - other.by_seed
        )


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
        events, models = self.events, LIBRARY / "models"
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
            area = Ranking(score, events.label).auc_estimate(events.weight, self.original(part))
            results |= {f"{part}_auc": area[0], f"{part}_auc_error": area[1]}
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
    ) -> Area:
        """Area under the ROC curve, averaged over seeds.

        Args:
            part: The part that it is measured on.
            choice: Fields of the network that differ from the common ones.
            seeds: Seeds to average over.
            replicas: Of the bootstrap over original events, the same for every network.
            among: Which of the measured events to take, shape (n,); None: all.
        """
        events = self.measured(part)
        taken = np.ones(len(events), dtype=np.bool_) if among is None else among
        label, weights = events.label[taken], events.weight[taken]
        rankings = [Ranking(self.scores(seed, **choice)[part][taken], label) for seed in seeds]
        found = bootstrap(
            lambda weight: float(np.mean([one.auc(weight) for one in rankings])),
            weights, self.original(part)[taken], replicas=replicas,
        )  # fmt: skip
        by_seed = np.array([one.auc(weights) for one in rankings])
        return Area(found.value, found.draws, by_seed)

    def compared(
        self, part: str, name: str, choices: Sequence[Any], seeds: Sequence[int], reference: Any
    ) -> pd.DataFrame:
        """Areas under the ROC curve for each value of one field, and how they differ from one's.

        Returns:
            A row for each choice (the index) with ``auc``, ``error``, ``difference`` from the
            reference and ``difference_error``, in which the events are the same for both.
        """
        found = {one: self.auc(part, {name: one}, seeds) for one in {*choices, reference}}
        rows = []
        for one in choices:
            apart = found[one] - found[reference]
            rows.append((found[one].value, found[one].error, apart.value, apart.error))
        columns = ["auc", "error", "difference", "difference_error"]
        return pd.DataFrame(rows, columns=columns, index=pd.Index(choices, name=name))

    def scored(self, part: str, seed: int, **choice: Any) -> Scored:
        """Scores of a part's measured events, with what a significance needs."""
        events, score = self.measured(part), self.scores(seed, **choice)[part]
        return Scored(score, events.label, events.weight, self.original(part))

    def significances(
        self,
        name: str,
        choices: Sequence[Any],
        seeds: Sequence[int],
        *,
        bins: int,
        uncertainties: Sequence[float],
    ) -> pd.DataFrame:
        """Significance in the test part above the cut that is best in the validation part.

        Args:
            name: The field of the network that differs.
            choices: Its values.
            seeds: Seeds to average over.
            bins: Equal bins of the score, whose edges are the cuts to choose from.
            uncertainties: Relative uncertainties of the background.

        Returns:
            A row for each choice and uncertainty, with ``z`` and ``error``; NaN where
            ``binning.trusted`` says so of one of the trainings, in either part: those that have
            enough background would be the ones where it fluctuates up.
        """
        rows = []
        for choice in choices:
            chosen_on, read_on = (
                [self.scored(part, seed, **{name: choice}) for seed in seeds] for part in MEASURED
            )
            for uncertainty in uncertainties:
                found = pd.concat([
                    best_by_bins(first, second, [bins], uncertainty=uncertainty)
                    for first, second in zip(chosen_on, read_on, strict=True)
                ])  # fmt: skip
                z, of_events = found["read"], found["read_error"].mean(skipna=False)
                training = z.std(ddof=1) / np.sqrt(len(z)) if len(z) > 1 else 0.0
                error = np.hypot(of_events, training)
                rows.append((choice, uncertainty, z.mean(skipna=False), error))
        return pd.DataFrame(rows, columns=[name, "uncertainty", "z", "error"])

    def _kept(self, seed: int, choice: Mapping[str, Any]) -> Path:
        """The file with a network's scores; trains it if there is none."""
        network = replace(self.network, seed=seed, **choice)
        path = self.store / "scores" / f"{digest(self.digest, network)}.npz"
        if not path.is_file():
            from lepsearch.models.kept import keep_scores  # seconds to import: only when needed

            keep_scores(network, self.events, self.signal, MEASURED, path)
        return path


def choice_table(
    compared: pd.DataFrame,
    trained: pd.DataFrame,
    significances: pd.DataFrame,
    labels: Mapping[Any, str],
    *,
    reference: Any,
    printed: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """What differs between choices, as a page shows it: a row for each, with errors.

    Args:
        compared: From :meth:`Study.compared`.
        trained: From :meth:`Study.table`, of the same choices.
        significances: From :meth:`Study.significances`, of the same choices.
        labels: Words for each choice.
        reference: The choice that the others are compared with.
        printed: The thesis's areas by these words, where there are any.

    Returns:
        ``area``, ``less <reference>``, ``thesis`` if there is one, ``best epoch``, and ``Z at``
        each uncertainty of the background.
    """
    name = str(compared.index.name)
    apart = compared.drop(reference)
    columns = {
        "area": _with_errors(compared["auc"], compared["error"]),
        f"less {labels[reference]}": _with_errors(apart["difference"], apart["difference_error"]),
    }
    if printed is not None:
        columns["thesis"] = pd.Series(
            {one: f"{printed[labels[one]]:.2f}" for one in compared.index if labels[one] in printed}
        )
    columns["best epoch"] = trained.groupby(name)["epoch"].mean().map("{:.0f}".format)
    for uncertainty, part in significances.set_index(name).groupby("uncertainty"):
        columns[f"Z at {uncertainty:.0%}"] = _with_errors(part["z"], part["error"])
    table = pd.DataFrame(columns, index=compared.index).fillna("–")
    return with_whole_errors(table.rename(index=dict(labels)).rename_axis(None))


def _with_errors(values: pd.Series[float], errors: pd.Series[float]) -> pd.Series[str]:
    """Values and errors in words, with the same index."""
    return pd.Series(map(plus_minus, values, errors), index=values.index, dtype=object)


def complete_shares(events: LearningSet) -> pd.DataFrame:
    """Which part of each process has all features, in percent of expected events.

    The error treats events with and without all features as independent, copies of one as one.

    Args:
        events: Any events.

    Returns:
        A row for each process (the index), backgrounds first: ``signal``, ``events`` (simulated,
        copies once), ``expected``, ``share`` and its ``error``.
    """
    complete = ~np.isnan(events.features).any(axis=1)
    place = original_events(events.sample, events.event)
    rows = {}
    for name in dict.fromkeys(events.groups.tolist()):
        rows_of = events.groups == name
        total = np.bincount(place[rows_of], events.weight[rows_of])
        kept = np.bincount(place[rows_of], (events.weight * complete)[rows_of])
        share = kept.sum() / total.sum()
        error = np.sqrt(np.sum((kept - share * total) ** 2)) / abs(total.sum())
        rows[name] = {
            "signal": bool(events.label[rows_of].any()),
            "events": len(np.unique(place[rows_of])),
            "expected": total.sum(),
            "share": 100 * share,
            "error": 100 * error,
        }
    return pd.DataFrame.from_dict(rows, orient="index").sort_values("signal", kind="stable")
