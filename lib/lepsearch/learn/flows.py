"""A normalising flow and Deep SVDD: networks that learn where background lies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

import numpy as np

from lepsearch.errors import InputError, one_of
from lepsearch.learn.architecture import layer_seed
from lepsearch.learn.backend import keras
from lepsearch.learn.background import BackgroundNetwork, Built, TrainedOnBackground
from lepsearch.learn.fitting import Loss
from lepsearch.learn.model import require
from lepsearch.learn.preprocess import Preparation, Scaling

__all__ = ("DeepSVDD", "Flow", "TrainedFlow", "TrainedSVDD")

Tensor = Any
ops = keras.ops
TINY = 1e-30  # least squared distance


def _layer(width: int, activation: str | None, seed: int, **options: Any) -> keras.layers.Layer:
    options.setdefault("kernel_initializer", keras.initializers.GlorotUniform(seed))
    return keras.layers.Dense(width, activation, **options)


def _of_output(cost: Any) -> Loss:
    """The loss that a function makes of the core's output, noted too."""

    def loss(model: Any, tensors: tuple[Tensor, ...], training: bool) -> tuple[Tensor, Tensor]:
        value = cost(model(tensors[0], training=training))
        return value, value

    return loss


class TrainedFlow(TrainedOnBackground):
    """A trained flow; its scores are minus the logarithm of the density in the features' units."""

    kind = "flow"


@dataclass(frozen=True, kw_only=True)
class Flow(BackgroundNetwork):
    """A normalising flow of affine couplings (L. Dinh et al., arXiv:1605.08803).

    In turn each half of the features, which are two or more, is scaled and shifted by what a
    network makes of the other half, and all are mixed in between, until they are normally
    distributed.
    """

    scaling: Scaling = "z_score"
    blocks: int = 4  # how often both halves have their turn
    neurons: int = 64  # in both hidden layers of each network
    # features that the density is conditional on, such as flavours and numbers of jets: the
    # networks see them, and they have no density
    given: tuple[str, ...] = ()

    noted: ClassVar[str] = "minus_log_density"
    trained: ClassVar[type[TrainedOnBackground]] = TrainedFlow

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self, blocks=1, neurons=1)

    def core(self, of: Sequence[int], given: Sequence[int], features: int) -> keras.Model:
        """From prepared features to the logarithm of the density of those of these columns."""
        inputs = keras.Input((features,), name="prepared")
        seeds = (layer_seed(self.seed, i) for i in count())
        condition = [ops.take(inputs, np.array(given, dtype=np.int32), axis=1)] if given else []
        made = ops.take(inputs, np.array(of, dtype=np.int32), axis=1)
        total, half = 0.0, len(of) // 2
        for _ in range(self.blocks):
            order = np.random.default_rng(next(seeds)).permutation(len(of)).astype(np.int32)
            made = ops.take(made, order, axis=1)
            for size in (half, len(of) - half):
                kept, moved = made[:, :size], made[:, size:]
                hidden = ops.concatenate([kept, *condition], axis=1)
                for _ in range(2):
                    hidden = _layer(self.neurons, "relu", next(seeds))(hidden)
                last: dict[str, Any] = {"seed": 0, "kernel_initializer": "zeros"}  # no change yet
                shift = _layer(len(of) - size, None, **last)(hidden)
                scale = 2 * _layer(len(of) - size, "tanh", **last)(hidden)  # bounded
                total = total + ops.sum(scale, axis=1, keepdims=True)
                made = ops.concatenate([moved * ops.exp(scale) + shift, kept], axis=1)
        normal = ops.sum(made**2 + math.log(2 * math.pi), axis=1, keepdims=True)
        return keras.Model(inputs, total - normal / 2, name="core")

    def build(self, made: Preparation, inputs: list[Tensor]) -> Built:
        """An untrained flow."""
        names = [made.names[i] for i in made.columns]
        given = [names.index(one_of("feature", name, names)) for name in self.given]
        of = [i for i in range(len(names)) if i not in given]
        if len(of) < 2:
            msg = f"a flow of the features {names} given {self.given}; expected two or more"
            raise InputError(msg)
        core = self.core(of, given, len(names))
        unit = float(np.log(made.factor[of]).sum())  # of density, by the scaling
        return Built(core, _of_output(lambda log: -log), lambda x: [-core(x[0]) - unit])


class TrainedSVDD(TrainedOnBackground):
    """A trained Deep SVDD network."""

    kind = "svdd"


@dataclass(frozen=True, kw_only=True)
class DeepSVDD(BackgroundNetwork):
    """Deep support vector data description (L. Ruff et al., ICML 2018).

    A network without biases brings background close to a point, the mean of what it makes of
    training events before it has learned. The score is the logarithm of the squared distance.
    """

    scaling: Scaling = "z_score"
    layers: tuple[int, ...] = (64, 32, 8)  # widths of its layers; the last has no activation
    l2: float = 1e-6  # factor of the sum of squared weights

    noted: ClassVar[str] = "distance"
    trained: ClassVar[type[TrainedOnBackground]] = TrainedSVDD

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self, l2=0)

    def build(self, made: Preparation, inputs: list[Tensor]) -> Built:
        """An untrained network."""
        first = hidden = keras.Input((len(made.columns),), name="prepared")
        for i, width in enumerate(self.layers):
            options = {"use_bias": False, "kernel_regularizer": keras.regularizers.L2(self.l2)}
            activation = None if i == len(self.layers) - 1 else "leaky_relu"
            hidden = _layer(width, activation, layer_seed(self.seed, i), **options)(hidden)
        core = keras.Model(first, hidden, name="core")
        centre = np.asarray(core(inputs[0][: 2**16])).mean(axis=0)
        centre = np.where(centre < 0, -1, 1) * np.maximum(np.abs(centre), 0.1)  # away from 0

        def distance(output: Tensor) -> Tensor:
            return ops.sum((output - centre.astype(np.float32)) ** 2, axis=1, keepdims=True)

        loss = _of_output(distance)
        return Built(core, loss, lambda x: [ops.log10(ops.maximum(distance(core(x[0])), TINY))])
