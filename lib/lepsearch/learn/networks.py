"""Networks trained, used, stored and loaded; ``architecture`` says what they are made of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError, nearest
from lepsearch.files import whole
from lepsearch.learn.architecture import Network, assemble, build, moments
from lepsearch.learn.backend import keras, tf
from lepsearch.learn.fitting import CHUNK, Fitter, as_tensors, fit
from lepsearch.learn.labelled import LearningSet
from lepsearch.parallel import pool

__all__ = (
    "Network",
    "Trained",
    "build",
    "feature_names",
    "train",
    "train_stream",
)


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes:
        model: The Keras model, from features as the skims have them to scores.
        history: A row an epoch; see ``fitting.fit``. Empty for a stored model.
    """

    model: keras.Model
    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    def scores(
        self, events: LearningSet | pd.DataFrame | NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Score of each event: near 1 for signal, near 0 for background.

        Args:
            events: The events; a table with the network's features among its columns; or the
                features in the network's order, shape (n, k).

        Returns:
            The scores, shape (n,).

        Raises:
            InputError: The features are not the network's, or one is absent in events while it was
                in all training events and the padding leaves it so.
        """
        names = feature_names(self.model)
        if isinstance(events, LearningSet):
            features = events.select(names).features
        elif isinstance(events, pd.DataFrame):
            if missing := [name for name in names if name not in events]:
                msg = f"the network takes {len(names)} features, and the table lacks {missing}; "
                msg += f"near the first: {nearest(missing[0], map(str, events.columns))}"
                raise InputError(msg)
            features = events[list(names)].to_numpy(dtype=np.float32)
        else:
            features = np.asarray(events, dtype=np.float32)
        if features.ndim != 2 or features.shape[1] != len(names):
            msg = f"the network takes {len(names)} features {names}, got shape {features.shape}"
            raise InputError(msg)
        starts = range(0, len(features), CHUNK)
        parts = [np.asarray(self.model(features[start : start + CHUNK]))[:, 0] for start in starts]
        found = np.concatenate([np.empty(0, dtype=np.float32), *parts])
        if lost := int(np.isnan(found).sum()):
            empty = np.isnan(features).sum(axis=0)
            lacking = {name: int(n) for name, n in zip(names, empty, strict=True) if n}
            msg = f"{lost} events have no score: they lack features that no training event lacked, "
            msg += f"or the training diverged; events that lack each feature: {lacking}"
            raise InputError(msg)
        return found

    def save(self, path: str | Path) -> None:
        """Store a network whole or not at all, without pickle.

        Raises:
            InputError: The name does not end in ``.keras``, or the place can't be written.
        """
        path = Path(path)
        if path.suffix != ".keras":
            msg = f"{path}: a network's file must end in .keras"
            raise InputError(msg)
        with whole(path) as part:
            beside = part.with_name(f"{part.name}.keras")  # the ending that Keras asks for
            with warnings.catch_warnings():
                # Keras copies TensorFlow's variables in a way that NumPy is about to drop
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.model.save(beside)
            beside.replace(part)

    @classmethod
    def load(cls, path: str | Path) -> Trained:
        """A stored network, without its history; nothing in the file is executed.

        Raises:
            InputError: There is no such file, or it holds no network of this module.
        """
        path = Path(path)
        if not path.is_file():
            msg = f"{path}: no such network; train and save it first"
            raise InputError(msg)
        try:
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
            feature_names(model)
        except (ValueError, OSError, KeyError, TypeError, AttributeError) as error:
            msg = f"{path}: not a network of this library ({error}); train and save it again"
            raise InputError(msg) from error
        return cls(model)


def _weights(events: LearningSet) -> NDArray[np.float64]:
    """Training weights of events; 1 where none are given."""
    if events.training_weight is None:
        return np.ones(len(events))
    given = np.asarray(events.training_weight, dtype=float)
    if given.shape != (len(events),) or not np.isfinite(given).all():
        msg = f"expected {len(events)} finite weights, one an event, got an array of shape "
        msg += f"{given.shape} with {int((~np.isfinite(given)).sum())} not finite"
        raise InputError(msg)
    return given


def _tensors(
    network: Network, prepare: Callable[[Any], Any], events: LearningSet, mean_weight: float = 1.0
) -> tuple[Any, ...]:
    """What the core learns from; without the events that the padding drops."""
    used = _used(network, events)
    events = events if used.all() else events.take(used)
    starts = range(0, max(len(events), 1), CHUNK)
    parts = [keras.tree.flatten(prepare(events.features[i : i + CHUNK])) for i in starts]
    inputs = (tf.concat(part, axis=0) for part in zip(*parts, strict=True))
    return as_tensors(inputs, events.label, _weights(events) / mean_weight)


def _used(network: Network, events: LearningSet) -> NDArray[np.bool_]:
    """Which events teach."""
    if network.padding != "drop_events":
        return np.ones(len(events), dtype=bool)
    return np.asarray(~np.isnan(events.features).any(axis=1))


def train(network: Network, train_set: LearningSet, validation_set: LearningSet) -> Trained:
    """Build a network and train it on one part; the epoch of the other's lowest loss is kept.

    From the training part alone is measured and learned.

    Raises:
        InputError: Weights are not finite or too few, features differ, or a class is missing.
    """
    _check(train_set, validation_set)
    used = _weights(train_set)
    model = build(network, train_set, used)
    mean = used[_used(network, train_set)].mean() if network.normalise_weights else 1.0
    prepare = model.get_layer("prepare")
    tensors = _tensors(network, prepare, train_set, mean)
    validation = _tensors(network, prepare, validation_set)
    fitter, size = Fitter(model.get_layer("core"), network.learning_rate), network.batch_size

    def one_epoch(epoch: int) -> Any:
        random = np.random.default_rng([network.seed, epoch])
        order = random.permutation(len(tensors[0])).astype(np.int32)
        return fitter.epoch(tensors, tf.constant(order), tf.constant(size))

    history = fit(fitter, one_epoch, validation, epochs=network.epochs, patience=network.patience)
    return Trained(model, history)


def train_stream(
    network: Network,
    batches: Callable[[int], Iterable[LearningSet]],
    validation_set: LearningSet,
) -> Trained:
    """Train a network on a stream of batches, in as much memory as a few of them take.

    The first pass over the stream measures what :func:`train` measures on its array; then each
    epoch is a pass. The stream's batches are the steps; ``network.batch_size`` has no effect.

    Args:
        network: What to train.
        batches: Gives the training part in the order of a seed, as ``learning.batches`` does.
        validation_set: The validation part, in memory.

    Raises:
        InputError: As by :func:`train`, or there is no batch.
    """
    count, total = 0, 0.0

    def counted() -> Iterator[tuple[LearningSet, NDArray[np.float64]]]:
        nonlocal count, total
        for events in batches(network.seed):
            used, weights = _used(network, events), _weights(events)
            count, total = count + int(used.sum()), total + float(weights[used].sum())
            yield events, weights

    model = assemble(network, moments(network, counted()))
    validation_set = validation_set.select(feature_names(model))
    mean = total / count if network.normalise_weights else 1.0
    # graphs, as they are run for each batch anew
    prepare = tf.function(model.get_layer("prepare"), reduce_retracing=True)
    validation = _tensors(network, prepare, validation_set)
    fitter = Fitter(model.get_layer("core"), network.learning_rate)

    def one_epoch(epoch: int) -> Any:
        with pool(2, threads=True) as mapped:
            ready = mapped(
                lambda events: _tensors(network, prepare, events, mean),
                batches(network.seed + epoch),
            )
            return sum(fitter.step(tensors) for tensors in ready)

    history = fit(fitter, one_epoch, validation, epochs=network.epochs, patience=network.patience)
    return Trained(model, history)


def _check(train_set: LearningSet, validation_set: LearningSet) -> None:
    """Both sets fit together."""
    if train_set.names != validation_set.names:
        msg = f"the training features {train_set.names} are not the validation features "
        msg += f"{validation_set.names}; select the same of both"
        raise InputError(msg)
    for what, events in (("training", train_set), ("validation", validation_set)):
        if len(np.unique(events.label)) < 2:
            msg = f"the {what} events are {len(events)}, all of one class; both classes are needed"
            raise InputError(msg)


def feature_names(model: keras.Model) -> tuple[str, ...]:
    """Names of the features that a network takes, in order."""
    return tuple(model.get_layer("prepare").get_layer("select").names)
