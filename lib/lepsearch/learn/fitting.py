"""Minimising a weighted loss in mini-batches, with early stopping.

The passes over the events are one TensorFlow graph each: Keras' ``fit`` makes its pipelines anew
for every epoch, which takes ten times longer than the arithmetic of the networks here.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from lepsearch.learn.backend import keras, tf
from lepsearch.learn.labelled import LearningSet

__all__ = ("CHUNK", "Fitter", "Loss", "cross_entropy", "fit", "fitting", "passes", "prepared")

CHUNK = 2**15  # events that are prepared, or whose losses are computed, at once

MOST = 8  # fitters that are kept for networks to come
_idle: dict[tuple[str, str], "Fitter"] = {}

log = logging.getLogger(__name__)

Tensor = Any
# of a model, tensors of events and whether it is trained: the loss of each event and a number that
# is noted beside it, shape (n, 1)
Loss = Callable[[keras.Model, tuple[Tensor, ...], bool], tuple[Tensor, Tensor]]


def prepared(
    prepare: Callable[[Any], Any], events: LearningSet, mean_weight: float = 1.0
) -> tuple[Tensor, ...]:
    """Events as the graphs take them: the core's inputs, then label and training weight.

    Inputs have the shape (n, ...), of which few are prepared at once; labels and weights, which are
    divided by their mean, have the shape (n, 1).
    """
    starts, features = range(0, max(len(events), 1), CHUNK), events.features
    parts = [keras.tree.flatten(prepare(features[start : start + CHUNK])) for start in starts]
    inputs = (tf.concat(part, axis=0) for part in zip(*parts, strict=True))
    columns = np.stack([events.label, events.training_weights / mean_weight], dtype=np.float32)
    return tuple(map(tf.convert_to_tensor, (*inputs, *columns[..., np.newaxis])))


def cross_entropy(
    model: keras.Model, tensors: tuple[Tensor, ...], training: bool
) -> tuple[Tensor, Tensor]:
    """Binary cross-entropy of a network that puts out logits, and whether its answer is right."""
    *inputs, label, _ = tensors
    logit = model(inputs, training=training)
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=label, logits=logit)
    return entropy, tf.cast(tf.equal(logit > 0, label > 0.5), tf.float32)


class Fitter:
    """Minimises the mean loss of events, by default the binary cross-entropy.

    The loss is the sum of weight x loss of an event over the number of events, not over the sum of
    weights, plus the network's regularisation, as in Keras: weights that are all ten times smaller
    make a loss and a gradient ten times smaller, beside the same regularisation.
    """

    def __init__(
        self,
        model: keras.Model,
        learning_rate: float,
        optimizer: str = "Adam",
        loss: Loss = cross_entropy,
    ) -> None:
        self.model, self.per_event = model, loss
        self.optimizer = getattr(keras.optimizers, optimizer)(learning_rate)
        self.optimizer.build(model.trainable_variables)
        self.step = tf.function(self._step, reduce_retracing=True)
        self.epoch = tf.function(self._epoch, reduce_retracing=True)
        self.sums = tf.function(self._evaluate, reduce_retracing=True)
        self.penalty = tf.function(self._penalty)

    def _penalty(self) -> Tensor:
        """The regularisation, summed over layers."""
        return tf.add_n([*self.model.losses, tf.constant(0.0)])

    def _sums(self, tensors: tuple[Tensor, ...], *, training: bool) -> tuple[Tensor, ...]:
        """Weighted sums of loss, of what is noted and of one, and the number of events."""
        loss, noted = self.per_event(self.model, tensors, training)
        weight = tensors[-1]
        return tuple(
            map(tf.reduce_sum, (weight * loss, weight * noted, weight, tf.ones_like(weight)))
        )

    def _step(self, tensors: tuple[Tensor, ...]) -> Tensor:
        """One step of the optimiser; gives the sums of :meth:`_sums` before it, as a vector."""
        with tf.GradientTape() as tape:
            sums = self._sums(tensors, training=True)
            loss = sums[0] / sums[-1] + self._penalty()
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return tf.stack(sums)

    def _epoch(self, tensors: tuple[Tensor, ...], order: Tensor, batch_size: Tensor) -> Tensor:
        """A step for each batch of the events in this order."""
        total = tf.zeros(4)
        for start in tf.range(0, tf.shape(order)[0], batch_size):
            rows = order[start : start + batch_size]
            total += self._step(tuple(tf.gather(one, rows) for one in tensors))
        return total

    def _evaluate(self, tensors: tuple[Tensor, ...]) -> Tensor:
        total = tf.zeros(4)
        for start in tf.range(0, tf.shape(tensors[-1])[0], CHUNK):
            chunk = tuple(one[start : start + CHUNK] for one in tensors)
            total += tf.stack(self._sums(chunk, training=False))
        return total

    def loss(self, sums: Tensor) -> tuple[float, float]:
        """Mean loss, with the penalty, and weighted mean of what is noted, of sums over events."""
        loss, noted, weight, events = np.asarray(sums).tolist()
        return loss / events + float(self.penalty()), noted / weight


@contextmanager
def fitting(core: keras.Model, learning_rate: float, optimizer: str) -> Iterator[Fitter]:
    """A fitter of an untrained network, which it leaves with the weights that the fitter found.

    It trains a copy, whose graphs serve for the next network of the same layers: to trace them
    takes as long as twenty epochs of a small one.
    """
    alike = re.sub(r'_\d+|"seed": \d+', "", core.to_json()), optimizer
    if not (fitter := _idle.pop(alike, None)):
        fitter = Fitter(keras.models.clone_model(core), learning_rate, optimizer)
    for variable in fitter.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    fitter.optimizer.learning_rate = learning_rate
    fitter.model.set_weights(core.get_weights())
    yield fitter
    core.set_weights(fitter.model.get_weights())
    _idle[alike] = fitter
    if len(_idle) > MOST:
        del _idle[next(iter(_idle))]


def passes(
    fitter: Fitter, tensors: tuple[Tensor, ...], batch_size: int, seed: int
) -> Callable[[int], Tensor]:
    """Epochs over events in memory, each in an order of its own, for :func:`fit`."""

    def one_epoch(epoch: int) -> Tensor:
        order = np.random.default_rng([seed, epoch]).permutation(len(tensors[0]))
        return fitter.epoch(tensors, tf.constant(order.astype(np.int32)), tf.constant(batch_size))

    return one_epoch


def fit(
    fitter: Fitter,
    one_epoch: Callable[[int], Tensor],
    validation: tuple[Tensor, ...],
    *,
    epochs: int,
    patience: int,
    noted: str = "accuracy",
) -> pd.DataFrame:
    """Train until the loss on the validation events has not fallen for ``patience`` epochs.

    The network is left with the weights of the epoch of the lowest loss. ``one_epoch`` runs the
    epoch of a number, from 1, and gives the sums over its steps.

    Returns:
        A row for each epoch (the index, from 1): ``loss`` and ``accuracy``, or what else is noted,
        during it, ``val_loss`` and ``val_accuracy`` after it, all weighted, and whether it is the
        ``best``.
    """
    model, rows = fitter.model, []
    stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=patience, mode="min", restore_best_weights=True
    )
    stopping.set_model(model)
    stopping.on_train_begin()
    stopping.best_weights, model.stop_training = model.get_weights(), False
    for epoch in range(1, epochs + 1):
        during = fitter.loss(one_epoch(epoch))
        val_loss, val_noted = fitter.loss(fitter.sums(validation))
        rows.append((*during, val_loss, val_noted))
        if not np.isfinite(val_loss):
            words = "epoch %d: the loss is %s; stopped with the weights of epoch %d"
            log.info(words, epoch, val_loss, stopping.best_epoch)
            break
        stopping.on_epoch_end(epoch, {"val_loss": val_loss})
        if model.stop_training:
            break
    stopping.on_train_end()
    columns = ["loss", noted, "val_loss", f"val_{noted}"]
    history = pd.DataFrame(
        rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1, name="epoch")
    )
    history["best"] = history.index == stopping.best_epoch
    return history
