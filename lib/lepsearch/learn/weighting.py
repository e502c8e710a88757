"""Networks trained under several weightings of one set of events, and measured on another part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from hist import Hist
from numpy.typing import ArrayLike, NDArray

from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.training_weights import Negative, Scheme, training_weights
from lepsearch.stats.estimate import Estimate, bootstrap, original_events, weighted_mean
from lepsearch.stats.histograms import labelled_spectra
from lepsearch.stats.metrics import SignificanceScan, significance_scan
from lepsearch.stats.roc import Ranking

if TYPE_CHECKING:
    from lepsearch.learn.networks import Network, Trained

__all__ = (
    "Panel",
    "Setting",
    "area_change",
    "imbalanced",
    "merged",
    "panel",
    "share",
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
        raw_ratio: Signal over background in simulated events for the weightings that use it, where
            it is not to be that of the events.
    """

    network: Network
    mean_weight: Mapping[str, float] | None = None
    negative: Negative = "clipped"
    raw_ratio: float | None = None

    def weights(self, scheme: Scheme, events: LearningSet) -> Floats:
        """Training weights of events, shape (n,)."""
        made = training_weights(
            scheme, events.label, events.weight, negative=self.negative, raw_ratio=self.raw_ratio
        )
        return made * (1.0 if self.mean_weight is None else self.mean_weight[scheme])


def two_layers(epochs: int) -> Network:
    """The network that weightings are compared with, trained in small batches."""
    from lepsearch.learn.networks import Network  # seconds to import: only where it is needed

    return Network(
        layers=2, neurons=50, learning_rate=1e-3, batch_size=512, epochs=epochs, patience=8
    )


def train_with(
    events: LearningSet, network: Network, weigh: Callable[[LearningSet], Floats]
) -> Trained:
    """Train on the training part, stopped by the validation part, both weighted by a function."""
    from lepsearch.learn.networks import train

    parts = events.of("train"), events.of("validation")
    return train(network, *(replace(part, training_weight=weigh(part)) for part in parts))


def train_weighted(events: LearningSet, setting: Setting, scheme: Scheme, seed: int) -> Trained:
    """The same with the weights of a scheme."""
    network = replace(setting.network, seed=seed)
    return train_with(events, network, partial(setting.weights, scheme))


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
        areas = [[one.roc(weight).area for one in pair] for pair in pairs]
        return np.diff(areas, axis=1)[:, 0]

    original = original_events(events.sample, events.event)
    of_events = bootstrap(lambda w: float(changes(w).mean()), events.weight, original, replicas=100)
    each = changes(events.weight)
    of_seeds = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else 0.0
    return of_events.value, float(np.hypot(of_events.error, of_seeds))


def share(chosen: ArrayLike, events: LearningSet) -> Estimate:
    """Which share of simulated events is chosen, and its statistical error.

    Copies of an event are no independent events.

    Args:
        chosen: Whether each event is, shape (n,).
        events: The events; NaN if there are none.
    """
    return weighted_mean(chosen, original=original_events(events.sample, events.event))


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
    """Histogram of a score and, of expected events, the significance of cuts on it."""

    spectra: Hist
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
