"""Networks trained, used, stored and loaded; ``architecture`` says what they are made of."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lepsearch.errors import InputError
from lepsearch.learn.architecture import Network, assemble, build, moments, teaching
from lepsearch.learn.backend import keras, tf
from lepsearch.learn.fitting import fit, fitting, passes, prepared
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import Kept
from lepsearch.parallel import pool

__all__ = ("Network", "Trained", "build", "feature_names", "train")

ROWS = 2**13  # events that are computed at once: rows of hundreds of inputs stay in the cache


@dataclass(frozen=True)
class Trained(Kept):
    """A trained network; a loaded one has no history."""

    kind: ClassVar[str] = "network"  # name of the model in its file, by which other kinds are told
    suffix: ClassVar[str] = ".keras"  # of its file

    model: keras.Model  # the Keras model, from features as the skims have them to scores
    # a row an epoch; see ``fitting.fit``. Empty for a stored model.
    history: pd.DataFrame = field(default_factory=pd.DataFrame)

    def scores(self, events: LearningSet) -> NDArray[np.float32]:
        """Score of each event, shape (n,): near 1 for signal, near 0 for background.

        Raises:
            InputError: A feature of the network is not there, or is absent in events while it was
                in all training events and the padding leaves it so.
        """
        found = self.values(events, 0)[:, 0]
        if lost := int(np.isnan(found).sum()):
            names = feature_names(self.model)
            empty = np.isnan(events.select(names).features).sum(axis=0)
            lacking = {name: int(n) for name, n in zip(names, empty, strict=True) if n}
            msg = f"{lost} events have no score: they lack features that no training event lacked, "
            msg += f"or the training diverged; events that lack each feature: {lacking}"
            raise InputError(msg)
        return found

    def values(self, events: LearningSet, output: int) -> NDArray[np.float32]:
        """One of the model's outputs for each event, shape (n, ...); raises as ``select`` does."""
        events = events.select(feature_names(self.model))
        graph, starts = self._graph(output), range(0, len(events), ROWS)
        found = (graph(events.features[start : start + ROWS]) for start in starts)
        empty = np.empty((0, *self.model.outputs[output].shape[1:]), dtype=np.float32)
        return np.concatenate([empty, *map(np.asarray, found)])

    def _graph(self, output: int) -> Any:
        """One of the model's outputs as a graph, which takes half the time of layer by layer."""
        graphs: dict[int, Any] = vars(self).setdefault("_graphs", {})
        if output not in graphs:
            first = self.model.inputs[0]
            part, shape = keras.Model(first, self.model.outputs[output]), tf.TensorSpec(first.shape)
            graphs[output] = tf.function(part, input_signature=[shape], autograph=False)
        return graphs[output]

    def _content(self) -> bytes:
        with TemporaryDirectory() as folder, warnings.catch_warnings():
            # Keras copies TensorFlow's variables in a way that NumPy is about to drop
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
            self.model.save(path := Path(folder, f"model{self.suffix}"))
            return path.read_bytes()

    @classmethod
    def _of(cls, content: bytes) -> Self:
        with TemporaryDirectory() as folder:
            (path := Path(folder, f"model{cls.suffix}")).write_bytes(content)
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
        feature_names(model)
        if model.name != cls.kind:
            msg = f"it holds a model called {model.name}"
            raise ValueError(msg)
        return cls(model)

    def __getstate__(self) -> dict[str, bytes]:
        """The content of its file, for processes and for files that hold several models."""
        return {"file": self._content()}

    def __setstate__(self, state: dict[str, bytes]) -> None:
        vars(self).update(vars(self._of(state["file"])))


def train(
    network: Network,
    train_set: LearningSet,
    validation_set: LearningSet,
    *,
    buffer: int | None = None,
) -> Trained:
    """Build a network and train it on one part; the epoch of the other's lowest loss is kept.

    From the training part alone is measured and learned. For one that is stored, a buffer says how
    many of its events are in memory at once; one pass measures them, then each epoch is a pass.

    Raises:
        InputError: Weights are not finite or too few, features differ, or a class is missing.
    """
    _check(train_set, validation_set)
    size = network.batch_size
    read = partial(train_set.batches, size, buffer=buffer or len(train_set))
    pieces = map(partial(teaching, network), read(network.seed) if buffer else [train_set])
    measured = [(moments(network, one), one.training_weights.sum(), len(one)) for one in pieces]
    found, sums, counts = zip(*measured, strict=True)
    model = assemble(network, reduce(add, found))
    mean = sum(sums) / sum(counts) if network.normalise_weights else 1.0
    prepare = model.get_layer("prepare")
    judged = teaching(network, validation_set)
    of_judged = judged.training_weights.mean() if network.normalise_weights else 1.0
    validation = prepared(prepare, judged, of_judged)
    with fitting(model.get_layer("core"), network.learning_rate, network.optimizer) as fitter:
        if buffer:
            graph = tf.function(prepare, reduce_retracing=True)  # it is run for each batch anew

            def streamed(epoch: int) -> Any:
                with pool(2, threads=True) as mapped:
                    ready = mapped(
                        lambda events: prepared(graph, teaching(network, events), mean),
                        read(network.seed + epoch),
                    )
                    return sum(fitter.step(tensors) for tensors in ready)

            one_epoch: Callable[[int], Any] = streamed
        else:
            tensors = prepared(prepare, teaching(network, train_set), mean)
            one_epoch = passes(fitter, tensors, size, network.seed)
        epochs, patience = network.epochs, network.patience
        history = fit(fitter, one_epoch, validation, epochs=epochs, patience=patience)
    return Trained(model, history)


def _check(train_set: LearningSet, validation_set: LearningSet) -> None:
    """Both sets fit together."""
    if train_set.names != validation_set.names:
        msg = f"the training features {train_set.names} are not the validation features "
        msg += f"{validation_set.names}; select the same of both"
        raise InputError(msg)
    for what, events in (("training", train_set), ("validation", validation_set)):
        if events.label.all() or not events.label.any():
            msg = f"the {what} events are {len(events)}, all of one class; both classes are needed"
            raise InputError(msg)


def feature_names(model: keras.Model) -> tuple[str, ...]:
    """Names of the features that a model takes, in order."""
    return tuple(model.get_layer("prepare").get_layer("select").names)
