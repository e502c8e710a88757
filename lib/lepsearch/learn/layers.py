"""Keras layers that pad and scale features, stored with the model that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lepsearch.learn.backend import keras

__all__ = ("Affine", "Fill", "IsAbsent", "IsComplete", "LearnedFill", "Select")

Tensor = Any  # Keras has a tensor type for each backend
registered = keras.saving.register_keras_serializable(package="lepsearch")


class _Layer(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Base of the layers here."""


def _floats(values: Sequence[float]) -> list[float]:
    """As they go into a layer's configuration."""
    return [float(one) for one in values]


@registered
class Select(_Layer):
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
class Fill(_Layer):
    """Puts a value for each feature where it is NaN."""

    def __init__(self, values: Sequence[float], **options: Any) -> None:
        super().__init__(**options)
        self.values = _floats(values)

    def call(self, features: Tensor) -> Tensor:
        values = keras.ops.convert_to_tensor(self.values, dtype=features.dtype)
        return keras.ops.where(keras.ops.isnan(features), values, features)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "values": self.values}


@registered
class Affine(_Layer):
    """(feature - offset) x factor."""

    def __init__(self, offset: Sequence[float], factor: Sequence[float], **options: Any) -> None:
        super().__init__(**options)
        self.offset, self.factor = _floats(offset), _floats(factor)

    def call(self, features: Tensor) -> Tensor:
        offset, factor = (
            keras.ops.convert_to_tensor(one, dtype=features.dtype)
            for one in (self.offset, self.factor)
        )
        return (features - offset) * factor

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "offset": self.offset, "factor": self.factor}


@registered
class IsAbsent(_Layer):
    """1 where a feature of some columns is NaN and 0 elsewhere, shape (n, number of columns)."""

    def __init__(self, columns: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.columns = [int(one) for one in columns]

    def call(self, features: Tensor) -> Tensor:
        chosen = keras.ops.take(features, np.array(self.columns, dtype=np.int32), axis=1)
        return keras.ops.cast(keras.ops.isnan(chosen), features.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "columns": self.columns}


@registered
class IsComplete(_Layer):
    """1 where an event has all features and 0 elsewhere, shape (n, 1)."""

    def call(self, features: Tensor) -> Tensor:
        lacks = keras.ops.any(keras.ops.isnan(features), axis=1, keepdims=True)
        return 1 - keras.ops.cast(lacks, features.dtype)


@registered
class LearnedFill(_Layer):
    """Adds a learned value to each absent feature; called with features and ``IsAbsent``."""

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
