r"""Autoencoders: networks that give back what goes in through few numbers, trained on background.

Events x, prepared, with k features count with the loss

.. math:: \frac1k \left[ \sum_j (\hat x_j - x_j)^2 + \beta\, D \right],

where D is 0, or, for a variational one, the divergence of the normal distribution of its latent
variables from the standard one (D. Kingma and M. Welling, arXiv:1312.6114): the sum is minus the
evidence bound for an output of variance :math:`\beta / 2`, but for constants. The score is the
decimal logarithm of the squared norm of :math:`\hat x - x`, as in thesis A.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lepsearch.errors import InputError, one_of
from lepsearch.learn.architecture import layer_seed, registered
from lepsearch.learn.backend import keras
from lepsearch.learn.background import BackgroundNetwork, Built, TrainedOnBackground
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.model import require
from lepsearch.learn.preprocess import Preparation

__all__ = ("ACTIVATIONS", "Autoencoder", "TrainedAutoencoder")

Tensor = Any
ops = keras.ops
Activation = Literal["linear", "relu", "leaky_relu", "tanh", "sigmoid"]
ACTIVATIONS: Final[tuple[Activation, ...]] = get_args(Activation)
TINY = 1e-30  # least squared norm


@registered
class Sampling(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """A normal variable of this mean and logarithm of the variance; its mean outside training."""

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(**options)
        self.seed, self.random = seed, keras.random.SeedGenerator(seed)

    def call(self, inputs: Sequence[Tensor], training: bool = False) -> Tensor:
        mean, logarithm = inputs
        if not training:
            return mean
        noise = keras.random.normal(ops.shape(mean), seed=self.random)
        return mean + ops.exp(logarithm / 2) * noise

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}


class TrainedAutoencoder(TrainedOnBackground):
    """A trained autoencoder."""

    kind = "autoencoder"

    @property
    def names(self) -> tuple[str, ...]:
        """The k features that it gives back."""
        select = self.model.get_layer("prepare").get_layer("select")
        return tuple(select.names[i] for i in select.columns)

    def differences(self, events: LearningSet) -> NDArray[np.float32]:
        """Output less input in units of the scaling, whose squares the score sums: shape (n, k)."""
        return self.values(events, 1)

    def reconstructed(self, events: LearningSet) -> NDArray[np.float32]:
        """The events that it gives back, in the units of their features, shape (n, k)."""
        return self.values(events, 2)

    def latent(self, events: LearningSet) -> NDArray[np.float32]:
        """The few numbers; of a variational one their means. Shape (n, latent)."""
        return self.values(events, 3)


@dataclass(frozen=True, kw_only=True)
class Autoencoder(BackgroundNetwork):
    """An autoencoder and how it is trained."""

    encoder: tuple[int, ...] = ()  # widths of the hidden layers before the latent one
    latent: int = 10  # number of latent variables
    # widths of the hidden layers behind; None: the encoder's, turned round
    decoder: tuple[int, ...] | None = None
    # one for each layer, or three: of hidden layers, latent layer and output. The latent variables
    # of a variational one are linear whatever is said.
    activations: tuple[Activation, ...] = ("tanh", "leaky_relu", "leaky_relu")
    # standard deviation of the noise on prepared inputs in the training, which the output should be
    # without (P. Vincent et al., ICML 2008); 0: none.
    noise: float = 0.0
    # factor of the divergence of a variational autoencoder; None: it is no such
    beta: float | None = None
    # whether the loss has the cross-entropy of prepared features in [0, 1] in place of squares, as
    # in thesis A's variational one; its output is a sigmoid's then
    cross_entropy: bool = False
    # factor of the sum of absolute weights of the first, third, ... hidden layer of each half, as
    # thesis A tunes it.
    kernel_l1: float = 0.0
    activity_l2: float = 0.0  # the same of squared outputs of an event
    # slope of a leaky ReLU below 0; that of Keras' layer, and of thesis A's final form
    leak: float = 0.3

    noted: ClassVar[str] = "reconstruction"
    trained: ClassVar[type[TrainedOnBackground]] = TrainedAutoencoder

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self, latent=1, noise=0, kernel_l1=0, activity_l2=0, leak=0)
        if self.beta is not None:
            require(self, beta=0)
        for name in self.activations:
            one_of("activation", name, ACTIVATIONS)
        count = sum(map(len, self._hidden)) + 2
        if len(self.activations) not in (3, count) or min(sum(self._hidden, (1,))) < 1:
            msg = f"an autoencoder of hidden layers {self._hidden} has {len(self.activations)} "
            msg += f"activations; expected 3 or {count}, and widths of at least 1"
            raise InputError(msg)

    @property
    def _hidden(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self.encoder, self.encoder[::-1] if self.decoder is None else self.decoder

    def core(self, features: int) -> keras.Model:
        """From k prepared features to the reconstruction, the cost beside it and the latent ones.

        Shapes are (n, k), (n, 1) and (n, latent); the cost has the factor 1 / k where it is due.
        """
        before, behind = self._hidden
        hidden, latent, output = self.activations[:3]
        every = [*[hidden] * len(before), latent, *[hidden] * len(behind), output]
        chosen = iter(self.activations if len(self.activations) > 3 else every)
        number, costs = iter(range(len(every) + 1)), []

        def layer(inputs: Tensor, width: int, activation: str, *, punished: bool = False) -> Tensor:
            place = next(number)
            made = keras.layers.Dense(
                width,
                kernel_initializer=keras.initializers.GlorotUniform(layer_seed(self.seed, place)),
                kernel_regularizer=keras.regularizers.L1(self.kernel_l1) if punished else None,
                name=f"dense{place}",
            )(inputs)
            made = (
                keras.layers.LeakyReLU(negative_slope=self.leak, name=f"leaky{place}")(made)
                if activation == "leaky_relu"
                else keras.layers.Activation(activation, name=f"{activation}{place}")(made)
            )
            if punished and self.activity_l2:
                costs.append(self.activity_l2 * ops.sum(made**2, axis=1, keepdims=True))
            return made

        inputs = keras.Input((features,), name="prepared")
        made, seed = inputs, layer_seed(self.seed, len(every) + 1)
        if self.noise:
            made = keras.layers.GaussianNoise(self.noise, seed=seed, name="noise")(made)
        for i, width in enumerate(before):
            made = layer(made, width, next(chosen), punished=i % 2 == 0)
        activation = next(chosen)
        if self.beta is None:
            code = drawn = layer(made, self.latent, activation)
        else:
            code, logarithm = (layer(made, self.latent, "linear") for _ in range(2))
            drawn = Sampling(seed, name="sampling")([code, logarithm])
            excess = ops.exp(logarithm) + code**2 - 1 - logarithm
            divergence = ops.sum(excess, axis=1, keepdims=True) / 2
            costs.append(self.beta / features * divergence)
        made = drawn
        for i, width in enumerate(behind):
            made = layer(made, width, next(chosen), punished=i % 2 == 0)
        output = "sigmoid" if self.cross_entropy else next(chosen)
        made = layer(made, features, output)
        cost = sum(costs) if costs else 0.0 * made[:, :1]
        return keras.Model(inputs, [made, cost, code], name="core")

    def build(self, made: Preparation, inputs: list[Tensor]) -> Built:
        """An untrained autoencoder."""
        core = self.core(len(made.columns))
        place = np.eye(len(made.columns), dtype=np.float32)[made.mask]
        offset, factor = (one.astype(np.float32) for one in (made.offset, made.factor))

        def counting(values: Tensor, absent: list[Tensor]) -> Tensor:
            return values * (1 - ops.matmul(absent[0], place)) if absent else values

        def loss(model: Any, tensors: tuple[Tensor, ...], training: bool) -> tuple[Tensor, Tensor]:
            features, *absent, _, _ = tensors
            output, cost, _ = model(features, training=training)
            if self.cross_entropy:
                apart = ops.binary_crossentropy(features, output)
            else:
                apart = (output - features) ** 2
            mean = ops.mean(counting(apart, absent), axis=1, keepdims=True)
            return mean + cost, mean

        def outputs(inputs: list[Tensor]) -> Sequence[Tensor]:
            features, *absent = inputs
            output, _, code = core(features)
            apart = counting(output - features, absent)
            norm = ops.sum(apart**2, axis=1, keepdims=True)
            score = ops.log10(ops.maximum(norm, TINY))
            return score, apart, output / factor + offset, code

        return Built(core, loss, outputs)
