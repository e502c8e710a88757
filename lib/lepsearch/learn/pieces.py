"""Events as XGBoost takes them: in pieces, of this process or on the workers of a Dask cluster."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from lepsearch.errors import InputError, one_of
from lepsearch.learn.labelled import LearningSet

__all__ = ("SIGNED", "Reading", "spread")

SIGNED = "label_lower_bound"  # a number an event that no loss of ours asks for: the signed weight


class Reading(xgb.DataIter):
    """Events in pieces, as XGBoost asks for them, with their bins in memory or in a file."""

    def __init__(
        self,
        events: LearningSet,
        names: Sequence[str],
        weights: NDArray[np.floating[Any]],
        size: int,
        cache: str | None = None,
    ) -> None:
        super().__init__(cache_prefix=cache)
        self.columns = [events.names.index(one_of("feature", name, events.names)) for name in names]
        self.events, self.names, self.weights = events, list(names), weights
        self.size, self.cache, self.start = size, cache, 0

    def reset(self) -> None:
        self.start = 0

    def next(self, input_data: Callable[..., None]) -> bool:
        if piece := self.piece():
            input_data(**piece)
        return bool(piece)

    def piece(self) -> dict[str, Any]:
        """What XGBoost is told of the next piece; nothing behind the last."""
        rows = slice(self.start, self.start + self.size)
        self.start = rows.stop
        features = self.events.features[rows][:, self.columns]
        if np.isinf(features).any():
            infinite = np.array(self.names)[np.isinf(features).any(axis=0)]
            msg = f"features {', '.join(infinite)} are infinite for some events; expected numbers, "
            msg += "or NaN where one is absent"
            raise InputError(msg)
        if not len(features):
            return {}
        label, weight = self.events.label[rows], self.weights[rows]
        # sizes of weights for the bins, which hold equal sums; an own objective has the signs
        columns = {"label": label, "weight": np.abs(weight), SIGNED: weight}
        return {"data": features, "feature_names": self.names, **columns}


def spread(client: Any, reading: Reading, **options: Any) -> Any:
    """A ``DaskQuantileDMatrix`` of events, spread over the memory of a client's workers."""
    import dask.array as da  # these take a second
    import xgboost.dask as dxgb
    from dask import delayed

    pieces: list[dict[str, Any]] = []
    reading.size = min(reading.size, -(-len(reading.events) // len(client.ncores())))
    reading.reset()
    while piece := reading.piece():
        del piece["feature_names"]
        there = {name: delayed(client.scatter(values)) for name, values in piece.items()}
        pieces.append({k: da.from_delayed(there[k], v.shape, v.dtype) for k, v in piece.items()})
    arrays = {name: da.concatenate([one[name] for one in pieces]) for name in pieces[0]}
    return dxgb.DaskQuantileDMatrix(client, **arrays, feature_names=reading.names, **options)
