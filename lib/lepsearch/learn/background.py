"""What models that learn from background alone have in common: their events, and their training.

No event that is labelled signal reaches them: not the training, not the scaling, not the stopping.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from lepsearch.errors import one_of
from lepsearch.learn.architecture import prepared_by
from lepsearch.learn.backend import keras
from lepsearch.learn.fitting import Fitter, Loss, fit, passes, prepared
from lepsearch.learn.labelled import LearningSet, background
from lepsearch.learn.model import TINY, require
from lepsearch.learn.networks import Trained
from lepsearch.learn.preprocess import Moments, Padding, Preparation, Scaling, prepare

__all__ = ("BackgroundNetwork", "Built", "TrainedOnBackground")

Tensor = Any


class TrainedOnBackground(Trained):
    """A network that has learned what background is like: high scores are unlike it."""


@dataclass(frozen=True)
class Built:
    """An untrained network."""

    core: keras.Model  # all that learns; takes the first prepared input, the features
    loss: Loss  # of its events
    # of the whole model, the score, shape (n, 1), first; made of the prepared inputs
    outputs: Callable[[list[Tensor]], Sequence[Tensor]]


@dataclass(frozen=True, kw_only=True)
class BackgroundNetwork(ABC):
    """A network that is trained on background, and how."""

    # what is done about absent features: ``drop_features`` leaves out those that a training event
    # lacks, ``zero`` and ``mean`` fill them; ``mask`` fills them with 0, and an autoencoder does
    # not count them in its loss and its score
    padding: Padding = "drop_features"
    # ``min_max``, ``z_score`` or ``none``; measured with the training weights
    scaling: Scaling = "min_max"
    learning_rate: float = 1.5e-3  # of Adam; thesis A's by default
    batch_size: int = 1024  # events in a step
    epochs: int = 20  # most epochs
    # epochs without a lower loss on the validation part after which training stops
    patience: int = 5
    # which of the events' features it takes; all by default
    features: tuple[str, ...] | None = None
    seed: int = 1  # of first weights, noise and the order of events

    noted: ClassVar[str]  # beside the loss, in the history
    trained: ClassVar[type[TrainedOnBackground]]

    def __post_init__(self) -> None:
        one_of("padding of this model", self.padding, ("drop_features", "zero", "mean", "mask"))
        one_of("scaling of this model", self.scaling, ("min_max", "z_score", "none"))
        require(self, learning_rate=TINY, batch_size=1, epochs=1, patience=1)

    @abstractmethod
    def build(self, made: Preparation, inputs: list[Tensor]) -> Built:
        """An untrained network for features prepared so; ``inputs`` are those of the training."""

    def fit(self, train: LearningSet, validation: LearningSet) -> Any:
        """Learn from the background of one part; that of the other says when to stop.

        Raises:
            InputError: As of :func:`background`, or the padding leaves no feature.
        """
        train = background(train, "training", self.features)
        validation = background(validation, "validation", train.names)
        moments = Moments.of(train.names, train.features, train.training_weights)
        made = prepare(self.padding, self.scaling, moments)
        prepare_events = prepared_by(made, self.padding, self.scaling)
        tensors, judged = (prepared(prepare_events, one) for one in (train, validation))
        built = self.build(made, list(tensors[:-2]))
        raw = keras.Input((len(made.names),), name="raw")
        outputs = built.outputs(keras.tree.flatten(prepare_events(raw)))
        model = keras.Model(raw, list(outputs), name=self.trained.kind)
        fitter = Fitter(built.core, self.learning_rate, loss=built.loss)
        one_epoch = passes(fitter, tensors, self.batch_size, self.seed)
        history = fit(
            fitter, one_epoch, judged,
            epochs=self.epochs, patience=self.patience, noted=self.noted,
        )  # fmt: skip
        return self.trained(model, history)
