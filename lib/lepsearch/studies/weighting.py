"""Networks trained under several weightings of one set of events, and measured on another part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch import provenance, tuning
from lepsearch.files import sha256
from lepsearch.histograms import Spectra, labelled_spectra
from lepsearch.labelled import LearningSet
from lepsearch.metrics import SignificanceScan, bootstrap, original_events, significance_scan
from lepsearch.roc import Ranking, auc_estimate
from lepsearch.training_weights import Negative, Scheme, training_weights

if TYPE_CHECKING:
    from lepsearch.models.networks import Network, Trained

__all__ = (
    "Panel",
    "Setting",
    "area_change",
    "compare",
    "evaluate",
    "imbalanced",
    "merged",
    "panel",
    "train_weighted",
    "train_with",
    "two_layers",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """How a comparison of weightings is trained.

    Attributes:
        network: The network.
        mean_weight: Mean of the training weights under each scheme, where they are not to be 1;
            it has an effect only if the network does not normalise weights itself.
        negative: What is done about negative weights.
    """

    network: Network
    mean_weight: Mapping[str, float] | None = None
    negative: Negative = "clipped"

    def weights(self, scheme: Scheme, events: LearningSet) -> Floats:
        """Training weights of events, shape (n,)."""
        made = training_weights(scheme, events.label, events.weight, negative=self.negative)
        return made * (1.0 if self.mean_weight is None else self.mean_weight[scheme])


def two_layers(epochs: int) -> Network:
    """The network that weightings are compared with, trained in small batches."""
    from lepsearch.models.networks import Network  # seconds to import: only where it is needed

    return Network(
        layers=2, neurons=50, learning_rate=1e-3, batch_size=512, epochs=epochs, patience=8
    )


def train_with(
    events: LearningSet, network: Network, weigh: Callable[[LearningSet], Floats]
) -> Trained:
    """Train on the training part, stopped by the validation part, both weighted by a function."""
    from lepsearch.models.networks import train

    parts = events.of("train"), events.of("validation")
    weights, validation_weights = (weigh(part) for part in parts)
    return train(network, *parts, weights=weights, validation_weights=validation_weights)


def train_weighted(events: LearningSet, setting: Setting, scheme: Scheme, seed: int) -> Trained:
    """The same with the weights of a scheme."""
    network = replace(setting.network, seed=seed)
    return train_with(events, network, partial(setting.weights, scheme))


def evaluate(
    events: LearningSet,
    settings: Mapping[str, Setting],
    signals: Mapping[str, str],
    *,
    setting: str,
    scheme: Scheme,
    seed: int,
) -> dict[str, float]:
    """Train, and measure on the test part: a trainable for ``tuning.grid``.

    Args:
        events: The whole learning set.
        settings: Trainings by name.
        signals: Signal sample to be tested by a short name; the empty string stands for all.
        setting: Which training.
        scheme: Which weights.
        seed: Of the network.

    Returns:
        For each signal the area under the curve ``<name>_raw`` of the simulated events, and
        ``<name>_physics`` of the expected ones, with errors, and the share of the signal
        ``<name>_above`` a score of one half; ``background_above`` and ``highest`` score likewise.
    """
    from lepsearch.models.networks import scores

    trained = train_weighted(events, settings[setting], scheme, seed)
    test = events.of("test")
    score = scores(trained.model, test)
    numbers = {
        "best_epoch": float(trained.best_epoch),
        "highest": float(score.max()),
        "background_above": float(np.mean(score[~test.label] > 0.5)),
    }
    for name, signal in signals.items():
        chosen = _rows(test, signal)
        part, s = test.take(chosen), score[chosen]
        original = original_events(part.sample, part.event)
        for kind, weight in (("raw", np.ones(len(part))), ("physics", part.weight)):
            area, error = auc_estimate(s, part.label, weight, original)
            numbers |= {f"{name}_{kind}": area, f"{name}_{kind}_error": error}
        numbers[f"{name}_above"] = float(np.mean(s[part.label] > 0.5))
    return numbers


def compare(
    events: LearningSet,
    settings: Mapping[str, Setting],
    signals: Mapping[str, str],
    schemes: Sequence[Scheme],
    *,
    store: Path,
    seeds: Sequence[int],
    workers: int = 1,
) -> pd.DataFrame:
    """All settings under all weightings, as a grid that computes only what its store lacks.

    Args:
        events: The whole learning set.
        settings: Trainings by name.
        signals: As for :func:`evaluate`.
        schemes: Weightings.
        store: File of the grid.
        seeds: Seeds of the trainings at each point.
        workers: Processes.

    Returns:
        A row for each training, as ``tuning.grid`` gives it.
    """
    code = provenance.modules_used(Path(__file__))
    digest = provenance.digest(
        tuning.data_digest(events.features, events.label, events.weight, events.event),
        sorted(settings.items()), sorted(signals.items()), [sha256(path) for path in code],
    )  # fmt: skip
    trainable = partial(evaluate, events, settings, signals)
    points: dict[str, list[str]] = {"setting": list(settings), "scheme": list(schemes)}
    return tuning.grid(trainable, points, store, digest=digest, workers=workers, seeds=seeds)


def area_change(
    before: Sequence[ArrayLike], after: Sequence[ArrayLike], events: LearningSet
) -> tuple[float, float]:
    """How the area under the curve of expected events differs between two ways to train.

    Both are measured on the same events, whose errors largely cancel: each replica of the bootstrap
    takes the same events for both.

    Args:
        before: Scores of the one way, each of shape (n,), by a network for each seed.
        after: Scores of the other, by the same seeds.
        events: The events.

    Returns:
        The mean change over the seeds, and its error: that of the events and, where there are
        several seeds, that of the mean over them, in quadrature.
    """
    pairs = [
        tuple(Ranking(score, events.label) for score in pair)
        for pair in zip(before, after, strict=True)
    ]

    def changes(weight: Floats) -> Floats:
        return np.array([second.auc(weight) - first.auc(weight) for first, second in pairs])

    original = original_events(events.sample, events.event)
    of_events = bootstrap(lambda w: float(changes(w).mean()), events.weight, original, replicas=100)
    each = changes(events.weight)
    of_seeds = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else 0.0
    return of_events.value, float(np.hypot(of_events.error, of_seeds))


def _rows(events: LearningSet, signal: str) -> NDArray[np.bool_]:
    """The background and one signal sample, or all of them."""
    if not signal:
        return np.ones(len(events), dtype=bool)
    ours = np.asarray(np.array(events.sample_names) == signal, dtype=np.bool_)
    return np.asarray(~events.label | ours[events.sample], dtype=np.bool_)


def imbalanced(events: LearningSet, factor: float) -> Floats:
    """Physics weights, balanced, and the background's times a factor; mean 1, shape (n,).

    Negative weights are clipped.
    """
    weights = training_weights("background_down_weighted", events.label, events.weight)
    weights[~events.label] *= factor
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def merged(events: LearningSet, label: str) -> LearningSet:
    """The same events, with all signals under one label in figures."""
    is_signal = np.zeros(len(events.sample_names), dtype=bool)
    is_signal[events.sample[events.label]] = True
    names = zip(events.processes, is_signal, strict=True)
    return replace(events, processes=tuple(label if ours else name for name, ours in names))


@dataclass(frozen=True)
class Panel:
    """Spectra of a score and, of expected events, the significance of cuts on it."""

    spectra: Spectra
    scan: SignificanceScan | None


def panel(
    score: ArrayLike,
    events: LearningSet,
    edges: Sequence[float] | Floats,
    *,
    scaled: bool = True,
    order: Sequence[str] = (),
    enlarged: bool = False,
) -> Panel:
    """What a validation plot shows.

    Args:
        score: Scores, shape (n,).
        events: The events.
        edges: Bin edges, which are the cuts as well.
        scaled: Whether events count as they are expected; otherwise each counts one.
        order: Labels of backgrounds in stacking order.
        enlarged: Whether a signal of less than a thousandth of the background is multiplied by a
            power of ten, which its label says. The significance knows nothing of that.
    """
    original = original_events(events.sample, events.event)
    weight = events.weight if scaled else np.ones(len(events))
    drawn, processes = weight.copy(), events.groups.astype(object)
    for name in np.unique(events.groups[events.label]) if enlarged else ():
        rows = events.label & (events.groups == name)
        power = _enlargement(weight[rows].sum() / weight[~events.label].sum())
        if power:
            drawn[rows] *= 10.0**power
            processes[rows] = rf"{name} $\times\,10^{{{power}}}$"
    spectra = labelled_spectra(
        score, processes.astype(str), events.label, drawn, list(edges), original=original,
        order=order,
    )  # fmt: skip
    if not scaled:
        return Panel(spectra, None)
    cuts = np.asarray(edges, dtype=float)[:-1]
    scan = significance_scan(score, events.label, weight, cuts, original=original)
    return Panel(spectra, scan)


def _enlargement(ratio: float) -> int:
    """Power of ten that lifts a ratio above a thousandth."""
    return max(0, int(np.ceil(-3 - np.log10(ratio)))) if ratio > 0 else 0
