"""Fully connected networks, with padding and scaling built in: thesis B's algorithm 5.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lepsearch.errors import one_of
from lepsearch.learn.backend import keras
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import TINY, require
from lepsearch.learn.preprocess import Moments, Padding, Preparation, Scaling, prepare

if TYPE_CHECKING:
    from lepsearch.learn.networks import Trained

__all__ = ("Network", "assemble", "build", "layer_seed", "moments", "prepared_by", "teaching")


Tensor = Any  # Keras has a tensor type for each backend
ops = keras.ops
registered = keras.saving.register_keras_serializable(package="lepsearch")


@registered
class Select(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Some of the features, shape (n, k) to (n, number of columns); knows the names of all."""

    def __init__(self, names: Sequence[str], columns: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.names = list(names)
        self.columns = [int(one) for one in columns]

    def call(self, features: Tensor) -> Tensor:
        return ops.take(features, np.array(self.columns, dtype=np.int32), axis=1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "names": self.names, "columns": self.columns}


@registered
class LearnedFill(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Adds a learned value to each absent feature; called with features and what is absent."""

    def __init__(self, columns: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.columns = [int(one) for one in columns]

    def build(self, input_shape: Sequence[Sequence[int | None]]) -> None:
        self.values = self.add_weight(
            shape=(len(self.columns),), initializer="zeros", name="values"
        )
        self.place = np.eye(int(input_shape[0][-1] or 0), dtype=np.float32)[self.columns]

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        features, absent = inputs
        return features + ops.matmul(absent * self.values, self.place)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "columns": self.columns}


@dataclass(frozen=True)
class Network:
    """A network and how it is trained."""

    # hidden layers; 0 is logistic regression. (Thesis B's ``n_layers`` counts as here in its code;
    # its text counts one less.)
    layers: int = 1
    neurons: int = 100  # neurons in each
    learning_rate: float = 1e-2  # of the optimiser; the thesis's eta, and its best value by default
    l2: float = 1e-5  # factor of the sum of squared weights of hidden layers; the thesis's lambda
    # feature that also scales and shifts each neuron of the hidden layers, as of a parametrised
    # network: affine conditioning (arXiv:2202.00424)
    condition: str = ""
    # what is done about absent features; one of ``preprocess.PADDINGS``
    padding: Padding = "drop_features"
    scaling: Scaling = "z_score"  # one of ``preprocess.SCALINGS``
    # whether means and deviations are taken with the training weights
    weighted_scaling: bool = False
    # whether training weights are scaled to mean 1, so that ``l2`` and Adam mean the same whatever
    # the luminosity
    normalise_weights: bool = True
    # "Adam", or "SGD": steps along the gradient, as in the thesis's diboson study
    optimizer: Literal["Adam", "SGD"] = "Adam"
    batch_size: int = 1024  # events in a step
    epochs: int = 50  # most epochs
    # epochs without a lower loss on the validation part after which training stops
    patience: int = 10
    # which of the events' features it takes; all by default
    features: tuple[str, ...] | None = None
    seed: int = 1  # of first weights and of the order of events

    def __post_init__(self) -> None:
        one_of("optimizer", self.optimizer, ["Adam", "SGD"])
        require(self, layers=0, neurons=1, batch_size=1, epochs=1, patience=1, l2=0)
        require(self, learning_rate=TINY)

    def parameters(self, features: int) -> int:
        """Numbers that the network learns from so many inputs, biases counted.

        Those of a condition are not.

        Examples:
            >>> Network(layers=1, neurons=100).parameters(18), Network(layers=0).parameters(18)
            (2001, 19)
        """
        widths = [features, *[self.neurons] * self.layers, 1]
        return sum((a + 1) * b for a, b in pairwise(widths))

    def fit(self, train: LearningSet, validation: LearningSet) -> "Trained":
        """Train on one part, stopped by another; see ``networks.train``."""
        from lepsearch.learn import networks  # which imports this module

        sets = [one.select(self.features or one.names) for one in (train, validation)]
        return networks.train(self, *sets)


def teaching(network: Network, events: LearningSet) -> LearningSet:
    """The events that a network learns from: ``drop_events`` leaves those with all features."""
    if network.padding != "drop_events":
        return events
    return events.take(~np.isnan(events.features).any(axis=1))


def moments(network: Network, events: LearningSet) -> Moments:
    """Moments of the events that a network learns from, as it weighs them."""
    weighted = network.weighted_scaling
    weights = np.abs(events.training_weights) if weighted else np.ones(len(events))
    return Moments.of(events.names, events.features, weights)


def prepared_by(made: Preparation, padding: Padding, scaling: Scaling) -> keras.Model:
    """From features to the inputs of the core: the padded features and, where used, the mask."""
    raw = keras.Input((len(made.names),), name="features")
    chosen = Select(made.names, made.columns.tolist(), name="select")(raw)
    features = chosen
    if padding != "drop_features":  # there NaN would be a mistake
        features = ops.where(ops.isnan(features), made.fill.astype("float32"), features)
    if scaling in ("min_max", "z_score"):
        features = (features - made.offset.astype("float32")) * made.factor.astype("float32")
    if scaling == "keras_normalization":
        mean, variance = made.mean.tolist(), made.variance.tolist()
        features = keras.layers.Normalization(mean=mean, variance=variance)(features)
    outputs = [features]
    if padding in ("mask", "embedding") and len(made.mask):
        absent = ops.isnan(ops.take(chosen, made.mask.astype("int32"), axis=1))
        outputs.append(ops.cast(absent, "float32"))
    return keras.Model(raw, outputs, name="prepare")


def _core(made: Preparation, network: Network, prepared: keras.Model) -> keras.Model:
    """From prepared features to the logit: all that learns."""
    inputs = [keras.Input(one.shape[1:]) for one in prepared.outputs]
    hidden = inputs[0]
    if network.condition:
        names = [made.names[one] for one in made.columns]
        place = names.index(one_of("condition", network.condition, names))
        condition = hidden[:, place : place + 1]
    if network.scaling == "batch":
        hidden = keras.layers.BatchNormalization()(hidden)
    elif network.scaling == "layer":
        hidden = keras.layers.LayerNormalization()(hidden)
    if len(inputs) == 2 and network.padding == "embedding":
        hidden = LearnedFill(made.mask.tolist())([hidden, inputs[1]])
    elif len(inputs) == 2:
        hidden = keras.layers.Concatenate()([hidden, inputs[1]])
    for i in range(network.layers):
        hidden = keras.layers.Dense(
            network.neurons,
            activation="relu",
            kernel_initializer=keras.initializers.GlorotUniform(layer_seed(network.seed, i)),
            kernel_regularizer=keras.regularizers.L2(network.l2),
        )(hidden)
        if network.condition:  # no change at first
            factor, shift = (
                keras.layers.Dense(network.neurons, kernel_initializer="zeros")(condition)
                for _ in range(2)
            )
            hidden = hidden * (1 + factor) + shift
    last = keras.initializers.GlorotUniform(layer_seed(network.seed, network.layers))
    return keras.Model(inputs, keras.layers.Dense(1, kernel_initializer=last)(hidden), name="core")


def layer_seed(seed: int, layer: int) -> int:
    """Of a layer's first weights: unrelated for neighbouring seeds of the network."""
    return int(np.random.SeedSequence([seed, layer]).generate_state(1)[0])


def assemble(network: Network, found: Moments) -> keras.Model:
    """An untrained network for features of these moments.

    Its layers named ``prepare`` and ``core`` are models: features to inputs, inputs to logit.

    Raises:
        InputError: The padding does not go with the features.
    """
    made = prepare(network.padding, network.scaling, found)
    prepared = prepared_by(made, network.padding, network.scaling)
    core = _core(made, network, prepared)
    raw = keras.Input((len(made.names),), name="raw")
    score = keras.layers.Activation("sigmoid", name="score")(core(prepared(raw)))
    if network.padding == "drop_events":
        lacks = ops.any(ops.isnan(raw), axis=1, keepdims=True)
        score = score * (1 - ops.cast(lacks, "float32"))
    return keras.Model(raw, score, name="network")


def build(network: Network, train: LearningSet) -> keras.Model:
    """An untrained network, its padding and scaling measured on training events.

    Raises:
        InputError: The padding does not go with the features.
    """
    return assemble(network, moments(network, teaching(network, train)))
