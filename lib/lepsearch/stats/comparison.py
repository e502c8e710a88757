"""Events of one region, in data and in simulation, compared feature by feature."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from lepsearch.errors import InputError
from lepsearch.stats.agreement import Agreement, p_values
from lepsearch.stats.copies import original_events, originals
from lepsearch.stats.histograms import Expectation, bin_of, fill

__all__ = ("Comparison", "repeated")

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """Events of one region, ready to be compared feature by feature.

    Where there are no collisions, pseudo-data stand in for them: what recorded events might look
    like if the simulation were true. Drawing whole simulated events would not do: with weights
    above one, an event would have to be drawn several times, and its copies would be no independent
    measurements. So each histogram is drawn bin by bin. Two histograms of pseudo-data are therefore
    not made of the same events, and their numbers of entries differ as those of two experiments do.
    """

    data: Mask  # whether each row of a table is a recorded event, shape (n,)
    simulated: Mask  # whether it is of the simulated background, shape (n,)
    process: Any  # label of each row's process, in stacking order
    # number of the original event that each simulated row is a copy of, shape (n,)
    original: NDArray[np.int64]
    weight: Floats  # expected events, shape (n,)
    sizes: Mapping[str, float]  # assumed relative uncertainty of each process's yield, by label
    # expected events that pseudo-data are drawn from, shape (n,); None: the recorded events are
    # compared
    truth: Floats | None = None
    seed: int = 0  # seed of the pseudo-data

    @classmethod
    def of(
        cls,
        table: pd.DataFrame,
        labels: Mapping[str, str],
        sizes: Mapping[str, float],
        *,
        pseudo: bool,
        seed: int,
    ) -> Self:
        """Take the events of a table from ``Dataset.table``; signals in it are not looked at.

        Groups have a label each, in stacking order. Pseudo-data are drawn by the seed in place of
        recorded events, if so asked.

        Raises:
            InputError: A group has no label, or no stated uncertainty.
        """
        kind = table["kind"].to_numpy()
        simulated = kind == "background"
        present = set(table.loc[simulated, "group"])
        if unknown := sorted(name for name in present if labels.get(name) not in sizes):
            msg = f"groups {unknown} have no label, or no size of their uncertainty; there are "
            msg += f"{list(labels)} and {sorted(sizes)}"
            raise InputError(msg)
        known = [label for name, label in labels.items() if name in present]
        original = np.full(len(table), -1)
        copies = originals(table[simulated])
        original[simulated] = (
            np.arange(simulated.sum()) if copies is None else original_events(copies)
        )
        made = cls(
            data=kind == "data",
            simulated=simulated,
            process=pd.Categorical(table["group"].map(labels).where(simulated), known),
            original=original,
            weight=table["weight"].to_numpy(dtype=float),
            sizes=sizes,
        )
        return made.with_seed(seed) if pseudo else made

    def with_seed(self, seed: int) -> Self:
        """Take pseudo-data of another seed, from a truth that the simulation is an estimate of.

        Recorded events do not come from our finite sample. Each original event counts a Poisson
        number of times with mean one (a bootstrap), which moves every histogram within the
        statistical error of the simulation, all of them together.
        """
        originals = int(self.original.max(initial=-1)) + 1
        factors = np.append(_generator(seed, "truth").poisson(1.0, originals), 0)  # last: of -1
        truth = self.weight * factors[self.original] * self.simulated
        return replace(self, truth=truth, seed=seed)

    def simulated_without(self, left_out: Mask) -> Self:
        """Compare the same data with a simulation that lacks some rows of the table."""
        return replace(self, simulated=self.simulated & ~left_out)

    def of_rows(self, chosen: Mask) -> Self:
        """Compare the events of some rows of the table, in data and in simulation."""
        truth = None if self.truth is None else self.truth * chosen
        data, simulated = self.data & chosen, self.simulated & chosen
        return replace(self, data=data, simulated=simulated, truth=truth)

    def expectation(self, values: ArrayLike, edges: ArrayLike) -> Expectation:
        """Expected events in bins of a feature, given in every row of the table, shape (n,)."""
        bins = bin_of(values, edges)
        rows = self.simulated & (bins >= 0)
        weight, original = self.weight[rows], self.original[rows]
        by = {"process": self.process[rows]}
        processes = fill(np.asarray(values)[rows], weight, edges, original=original, by=by)
        shape = original.max(initial=-1) + 1, processes.axes["x"].size
        by_event = sparse.coo_array((weight, (original, bins[rows])), shape=shape).tocsr()
        sizes = [self.sizes[label] for label in processes.axes["process"]]
        shifts = np.reshape(sizes, (-1, 1)) * processes.values()
        return Expectation(
            processes=processes,
            statistical=(by_event.T @ by_event).toarray(),
            systematic=shifts.T @ shifts,
            third=np.asarray(abs(by_event).power(3).sum(axis=0), dtype=float),
        )

    def counts(self, name: str, bins: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        """Count recorded events in bins, or draw pseudo-data.

        A bin that negative weights make negative has none. Random numbers depend on the seed and on
        the feature's name only, not on the order of the calls. Rows have their bins from
        ``bin_of``, shape (n,).
        """
        if self.truth is None:
            return np.bincount(bins[self.data] + 1, minlength=size + 1)[1:]
        mean = np.bincount(bins + 1, self.truth, minlength=size + 1)[1:]
        drawn: NDArray[np.int64] = _generator(self.seed, name).poisson(np.maximum(mean, 0.0))
        return drawn

    def feature(
        self,
        name: str,
        values: ArrayLike,
        edges: ArrayLike,
        *,
        axis: str = "",
        continuous: bool = True,
        true_values: ArrayLike | None = None,
    ) -> Agreement:
        """Compare one feature, given in every row of the table; NaN where an event lacks it.

        What lies outside the edges is counted in the first and last bin. Pseudo-data may have
        ``true_values`` instead: a distortion to be found.
        """
        expectation = self.expectation(values, edges)
        bins = bin_of(values if true_values is None else true_values, edges)
        observed = self.counts(name, bins, len(expectation.total))
        found = p_values(observed, expectation, continuous=continuous)
        results = {key: float(number) for key, number in found.items()}
        return Agreement(name, axis or name, continuous, observed, expectation, **results)


def repeated(
    features: Sequence[Agreement], values: Sequence[ArrayLike], others: Sequence[Comparison]
) -> dict[str, Floats]:
    """Test the simulation of features, compared once, with the pseudo-data of other seeds.

    The values are each feature in every row of the table, as the pseudo-data have it.

    Returns:
        p-values of the tests "chi-square" and "shape", shape (repeats, features); NaN: no test.
    """
    found = []
    for one, numbers in zip(features, values, strict=True):
        edges = one.expectation.edges
        bins = bin_of(numbers, edges)
        counts = np.array([other.counts(one.feature, bins, len(edges) - 1) for other in others])
        found.append(p_values(counts, one.expectation, continuous=one.continuous))
    return {
        name: np.reshape([one[key] for one in found], (len(features), len(others))).T
        for name, key in (("chi-square", "p"), ("shape", "p_shape"))
    }


def _generator(seed: int, name: str) -> np.random.Generator:
    """Random numbers that depend on the seed and a name only."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
