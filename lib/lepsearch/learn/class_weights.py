"""What Keras does with weights of classes and weights of events at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ("KerasCheck", "keras_class_weights")


@dataclass(frozen=True)
class KerasCheck:
    """What Keras does with ``class_weight`` and ``sample_weight`` at once.

    Attributes:
        version: Version of Keras.
        together: Its answer to both: ``multiplied``, ``ignored`` (one of them) or ``refused``.
        message: What it says when it refuses; empty otherwise.
        product: Step of the parameter with the product as ``sample_weight``.
        expected: The same step by hand.
    """

    version: str
    together: Literal["multiplied", "ignored", "refused"]
    message: str
    product: float
    expected: float


def keras_class_weights() -> KerasCheck:
    """Try both kinds of weights on one parameter and one step of gradient descent.

    TensorFlow 2.7 could not train with both (thesis B, chapter 5.2.4). The model is a sigmoid of
    one parameter, 0 at first, so that the step can be written down: the mean over events of
    weight times (label - 1/2).
    """
    from lepsearch.learn.backend import keras

    label, sample = np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0, 5.0])
    by_class = {0: 1.0, 1: 7.0}
    product = sample * np.where(label == 1, by_class[1], by_class[0])

    def step(**weights: object) -> float:
        layer = keras.layers.Dense(1, "sigmoid", use_bias=False, kernel_initializer="zeros")
        model = keras.Sequential([keras.Input((1,)), layer])
        model.compile(keras.optimizers.SGD(1.0), "binary_crossentropy")
        model.fit(np.ones((4, 1)), label, batch_size=4, verbose=0, **weights)
        return float(model.get_weights()[0][0, 0])

    by_product, message = step(sample_weight=product), ""
    together: Literal["multiplied", "ignored", "refused"] = "ignored"
    try:
        if np.isclose(step(sample_weight=sample, class_weight=by_class), by_product):
            together = "multiplied"
    except ValueError as error:
        together, message = "refused", str(error)
    by_hand = float(np.mean(product * (label - 0.5)))
    return KerasCheck(keras.__version__, together, message, by_product, by_hand)
