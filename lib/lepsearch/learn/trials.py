"""Training one network of a grid, and all that chapters 18 and 19 measure of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError
from lepsearch.events.split import PARTS
from lepsearch.files import sha256, whole
from lepsearch.learn import tuning
from lepsearch.learn.architecture import Network
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.training_weights import Scheme, training_weights
from lepsearch.provenance import digest, modules_used
from lepsearch.stats.estimate import Estimate, bootstrap, original_events
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, accuracy, significance_scan
from lepsearch.stats.roc import Ranking
from lepsearch.stats.significance import z0

if TYPE_CHECKING:
    from lepsearch.learn.networks import Trained

__all__ = ("Trial", "common_cuts", "learned_weights", "paired")

Floats = NDArray[np.float64]
_KEPT = ("validation", "test")  # parts whose scores by the networks of a grid are kept


@dataclass(frozen=True)
class Trial:
    """Networks that share events and most settings; calling it trains one and measures it.

    Attributes:
        events: All parts.
        network: The settings that points of a grid change.
        scheme: Training weights.
        cut: Score above which events are counted.
        store: Folder of what was trained, for grids; a rerun trains only what is missing there.
    """

    events: LearningSet
    network: Network
    scheme: Scheme = "ratio"
    cut: float = 0.85
    store: Path | None = None

    @cached_property
    def digest(self) -> str:
        """What results depend on besides the point: events, settings and code."""
        events, code = self.events, [Path(__file__), *modules_used(Path(__file__))]
        arrays = events.features, events.label, events.weight, events.event, events.sample
        given = self.network, self.scheme, self.cut, events.names, events.sample_names
        return digest(tuning.data_digest(*arrays), [sha256(path) for path in code], *given)

    def grid(
        self,
        slices: Sequence[Mapping[str, Sequence[Any]]],
        seeds: Sequence[int],
        *,
        workers: int = 1,
    ) -> pd.DataFrame:
        """Rows of ``tuning.grid`` for several grids of the same parameters; no point twice.

        Raises:
            InputError: There is no store.
        """
        rows = self._folder / "grid.jsonl"
        return tuning.grid(self, slices, rows, digest=self.digest, seeds=seeds, workers=workers)

    def trained(self, seed: int, **point: Any) -> Trained:
        """The network of a point and a seed."""
        from lepsearch.learn import networks  # seconds to import: only where it is needed

        parts = [self.events.of(part) for part in ("train", "validation")]
        parts = [
            replace(one, training_weight=training_weights(self.scheme, one.label, one.weight))
            for one in parts
        ]
        return networks.train(replace(self.network, seed=seed, **point), *parts)

    def scores(self, trained: Trained) -> dict[str, Floats]:
        """Scores of every part."""
        return {part: trained.scores(self.events.of(part)).astype(np.float64) for part in PARTS}

    def __call__(self, seed: int, **point: Any) -> dict[str, float]:
        """Train at a point and measure, for ``tuning.grid``; keep scores of validation and test.

        Returns:
            What :meth:`measured` gives for every part, named ``train_auc`` and so on, and
            ``best_epoch``.
        """
        made = self.trained(seed, **point)
        results, scores = {"best_epoch": float(made.best_epoch)}, self.scores(made)
        for part, score in scores.items():
            found = self.measured(part, score)
            results |= {f"{part}_{name}": value for name, value in found.items()}
        if self.store is not None:
            for part in _KEPT:
                with whole(self._kept(part, seed, point)) as hidden, hidden.open("wb") as file:
                    np.save(file, scores[part].astype(np.float32))  # which is what a network gives
        return results

    def kept(self, part: Literal["validation", "test"], seed: int, **point: Any) -> Floats:
        """Scores of a part by the network of a point and a seed.

        Those that are kept; if there are none, the network is trained.

        Raises:
            InputError: There is no store.
        """
        path = self._kept(part, seed, point)
        if not path.is_file():
            self(seed, **point)
        score: Floats = np.load(path).astype(np.float64)
        return score

    def _kept(self, part: str, seed: int, point: Mapping[str, Any]) -> Path:
        """The file with a network's scores of a part."""
        network = replace(self.network, seed=seed, **point)
        return self._folder / "scores" / f"{digest(self.digest, network)}_{part}.npy"

    @property
    def _folder(self) -> Path:
        if self.store is None:
            msg = "no place to keep what is trained: give Trial a store, which is a folder"
            raise InputError(msg)
        return self.store

    def measured(self, part: str, score: ArrayLike) -> dict[str, float]:
        """Numbers of one part.

        Returns:
            ``auc`` with physics weights and ``auc_error``; ``raw_auc`` and ``raw_accuracy``, where
            each simulated event counts as one, and ``raw_auc_error`` and ``raw_accuracy_error``;
            ``z`` above the cut for all signals summed, ``z_error``, ``signal``, ``background`` and
            its ``effective`` events; for each signal sample ``z_<sample>`` and
            ``z_<sample>_error``.
        """
        events, scores = self.events.of(part), np.asarray(score)
        original, ranking = _original(events), Ranking(scores, events.label)
        area, raw = (
            ranking.auc(weight, original) for weight in (events.weight, np.ones(len(events)))
        )
        right = accuracy(scores, events.label, original=original)
        results = {
            "auc": area.value, "auc_error": area.error,
            "raw_auc": raw.value, "raw_auc_error": raw.error,
            "raw_accuracy": right.value, "raw_accuracy_error": right.error,
        }  # fmt: skip
        for name, chosen in _signals(events).items():
            these, ids = events.take(chosen), original[chosen]
            scan = significance_scan(
                scores[chosen], these.label, these.weight, [self.cut], original=ids,
                uncertainties=[0.0],
            )  # fmt: skip
            enough = bool(scan.enough()[0])
            end = f"_{name}" if name else ""
            results[f"z{end}"] = float(scan.z[0, 0]) if enough else np.nan
            results[f"z{end}_error"] = float(scan.z_error[0, 0]) if enough else np.nan
            if not name:
                results |= {
                    "signal": float(scan.signal[0]),
                    "background": float(scan.background[0]),
                    "effective": float(scan.effective_background[0]),
                }
        return results


def _original(events: LearningSet) -> NDArray[np.int64]:
    return original_events(events.sample, events.event)


def _signals(events: LearningSet) -> dict[str, NDArray[np.bool_]]:
    """All background with all signals, under no name, and with each of them."""
    codes = np.unique(events.sample[events.label]).tolist()
    alone = {events.sample_names[code]: ~events.label | (events.sample == code) for code in codes}
    return {"": np.ones(len(events), dtype=bool)} | alone


def learned_weights(layers: int, neurons: int, features: int) -> int:
    """Numbers that a fully connected network learns, biases counted.

    Examples:
        >>> learned_weights(1, 100, 18), learned_weights(0, 100, 18)
        (2001, 19)
    """
    widths = [features] + [neurons] * layers + [1]
    return sum((a + 1) * b for a, b in pairwise(widths))


def paired(
    events: LearningSet,
    first: Sequence[Floats],
    second: Sequence[Floats],
    *,
    cut: float | None = None,
    replicas: int = 200,
) -> Estimate:
    """By how much one network is better than another, on the same events.

    The area under the ROC curve with physics weights, or with ``cut`` the significance above it,
    averaged over seeds. Both networks see the same replicas of the events, so that what moves
    both alike drops out; the seeds' spread is added in quadrature.

    Args:
        events: The events of one part.
        first: Scores by the first network, one array a seed.
        second: Scores by the second.
        cut: Score above which events are counted.
        replicas: Of the bootstrap over original events.

    Returns:
        The difference and its error; NaN if one of the networks leaves too few effective background
        events above the cut.
    """
    if cut is not None and not common_cuts(events, [*first, *second], [cut])[0]:
        return Estimate(np.nan, np.nan, np.full(replicas, np.nan))

    def statistics(scores: Sequence[Floats]) -> list[Any]:
        if cut is None:
            rankings = [Ranking(one, events.label) for one in scores]
            return [lambda w, one=one: one.roc(w).area for one in rankings]
        kept = [one >= cut for one in scores]
        return [lambda w, k=k: _significance(w[k], events.label[k]) for k in kept]

    sides = [statistics(scores) for scores in (first, second)]

    def difference(weight: Floats) -> float:
        means = [float(np.mean([one(weight) for one in side])) for side in sides]
        return means[0] - means[1]

    found = bootstrap(difference, events.weight, _original(events), replicas=replicas)
    squares = [found.error**2]
    for side in sides:
        if len(side) > 1:
            values = [one(events.weight) for one in side]
            squares.append(float(np.var(values, ddof=1)) / len(side))
    return replace(found, error=float(np.sqrt(sum(squares))))


def common_cuts(
    events: LearningSet,
    scores: Sequence[Floats],
    cuts: Sequence[float] | Floats,
    *,
    minimum_effective: float = MINIMUM_EFFECTIVE,
) -> NDArray[np.bool_]:
    """Above which cuts each of the networks leaves enough background to trust a significance.

    Args:
        events: The n events of one part.
        scores: Scores by each network, shape (n,).
        cuts: Lowest scores, shape (m,).
        minimum_effective: Effective background events that a cut must leave.

    Returns:
        Shape (m,).
    """
    original = _original(events)
    scans = [
        significance_scan(
            one, events.label, events.weight, cuts, original=original, uncertainties=[0.0]
        )
        for one in scores
    ]
    return np.asarray(np.all([scan.enough(minimum_effective) for scan in scans], axis=0))


def _significance(weight: Floats, label: NDArray[np.bool_]) -> float:
    """Expected significance of counting these events; NaN without a positive background."""
    s, b = float(weight[label].sum()), float(weight[~label].sum())
    return float(z0(s, b)) if b > 0 and s + b > 0 else np.nan
