"""Keras layers of our own, stored with the model that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lepsearch.learn.backend import keras

__all__ = ("LearnedFill", "Select")

Tensor = Any  # Keras has a tensor type for each backend
registered = keras.saving.register_keras_serializable(package="lepsearch")


@registered
class Select(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Some of the features, shape (n, k) to (n, number of columns); knows the names of all."""

    def __init__(self, names: Sequence[str], columns: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.names = list(names)
        self.columns = [int(one) for one in columns]

    def call(self, features: Tensor) -> Tensor:
        if self.columns == list(range(len(self.names))):
            return features
        return keras.ops.take(features, np.array(self.columns, dtype=np.int32), axis=1)

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
        place = np.zeros((len(self.columns), int(input_shape[0][-1] or 0)), dtype=np.float32)
        place[np.arange(len(self.columns)), self.columns] = 1.0
        self.place = place

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        features, absent = inputs
        return features + keras.ops.matmul(absent * self.values, self.place)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "columns": self.columns}
