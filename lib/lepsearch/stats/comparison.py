"""Features of recorded (or pseudo-) data beside the simulation, tested one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lepsearch.stats import agreement, pseudo_data
from lepsearch.stats.agreement import Agreement
from lepsearch.stats.expectation import Expectation, Simulated, count

__all__ = (
    "Compared",
    "Comparison",
    "agreement_table",
    "cell_edges",
    "cell_features",
    "p_matrix",
    "populated",
    "verdict",
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """One feature: what was observed, what is expected, and how well they agree.

    Attributes:
        axis: Label of its axis, with the unit.
        observed: Counts in the expectation's bins, shape (k,).
        expectation: The simulation.
        systematic: Standard deviation from the assumed uncertainties in each bin, shape (k,).
        shape: Whether the test of the shape makes sense: for a continuous feature.
        result: Outcome of the tests.
    """

    axis: str
    observed: NDArray[np.int64]
    expectation: Expectation
    systematic: Floats
    shape: bool
    result: Agreement


@dataclass(frozen=True)
class Comparison:
    """Events of one region, ready to be compared feature by feature.

    Attributes:
        data: Rows of recorded events in the table, shape (n,).
        pseudo: Whether there are none, and pseudo-data stand in for them.
        simulated: The simulated background.
        rows: Its rows in the table, shape (n,).
        truth: What pseudo-data are drawn from.
        truth_rows: Its rows in the table, shape (n,).
        sizes: Assumed relative uncertainty of each group, by label.
        seed: Seed of the pseudo-data.
    """

    data: NDArray[np.bool_]
    pseudo: bool
    simulated: Simulated
    rows: NDArray[np.bool_]
    truth: Simulated
    truth_rows: NDArray[np.bool_]
    sizes: Mapping[str, float]
    seed: int

    @classmethod
    def of(
        cls,
        table: pd.DataFrame,
        labels: Mapping[str, str],
        sizes: Mapping[str, float],
        *,
        pseudo: bool,
        seed: int,
    ) -> Comparison:
        """Events of a table from ``Dataset.table``; signals in it are not looked at.

        Args:
            table: n events.
            labels: Label of each group, in stacking order.
            sizes: Assumed relative uncertainty of each group's yield, by label.
            pseudo: Whether to draw pseudo-data in place of recorded events.
            seed: Seed of the pseudo-data.
        """
        kind = table["kind"].to_numpy()
        rows = kind == "background"
        simulated = Simulated.of(table[rows], labels)
        truth = pseudo_data.truth(simulated, pseudo_data.generator(seed, "truth"))
        return cls(kind == "data", pseudo, simulated, rows, truth, rows, sizes, seed)

    @property
    def source(self) -> str:
        """What stands beside the simulation, for legends."""
        return "pseudo-data" if self.pseudo else "collisions"

    def with_seed(self, seed: int) -> Comparison:
        """The same events with pseudo-data of another seed, all of them."""
        truth = pseudo_data.truth(self.simulated, pseudo_data.generator(seed, "truth"))
        return replace(self, truth=truth, truth_rows=self.rows, seed=seed)

    def simulated_without(self, left_out: NDArray[np.bool_]) -> Comparison:
        """The same data, compared with a simulation that lacks some rows of the table."""
        kept = self.rows & ~left_out
        return replace(self, simulated=self.simulated[kept[self.rows]], rows=kept)

    def only(self, chosen: NDArray[np.bool_]) -> Comparison:
        """The events of some rows of the table, in data and in simulation."""
        rows, truth_rows = self.rows & chosen, self.truth_rows & chosen
        return replace(
            self,
            data=self.data & chosen,
            simulated=self.simulated[rows[self.rows]],
            rows=rows,
            truth=self.truth[truth_rows[self.truth_rows]],
            truth_rows=truth_rows,
        )

    def feature(
        self,
        name: str,
        values: ArrayLike,
        edges: Sequence[float] | Floats,
        *,
        axis: str = "",
        shape: bool = True,
        true_values: ArrayLike | None = None,
    ) -> Compared:
        """Compare one feature.

        Args:
            name: Its name.
            values: It in every row of the table, shape (n,); NaN where an event lacks it.
            edges: Bin edges, rising; what lies outside is counted in the first and last bin.
            axis: Label of its axis.
            shape: Whether the test of the shape makes sense: for a continuous feature.
            true_values: What pseudo-data have in place of ``values``: a distortion to be found.
        """
        numbers = np.asarray(values, dtype=float)
        expectation = self.simulated.histogram(numbers[self.rows], edges)
        observed = self._observed(name, numbers if true_values is None else true_values, edges)
        return Compared(
            axis=axis or name,
            observed=observed,
            expectation=expectation,
            systematic=np.sqrt(np.diag(expectation.systematic(self.sizes))),
            shape=shape,
            result=agreement.compare(name, observed, expectation, self.sizes, shape=shape),
        )

    def again(self, one: Compared, true_values: ArrayLike) -> Agreement:
        """Compare a feature's simulation with the pseudo-data of this seed.

        Args:
            one: The feature, compared with other pseudo-data already.
            true_values: What the pseudo-data have in every row of the table, shape (n,).
        """
        name = one.result.feature
        observed = self._observed(name, true_values, one.expectation.edges)
        return agreement.compare(name, observed, one.expectation, self.sizes, shape=one.shape)

    def _observed(
        self, name: str, values: ArrayLike, edges: Sequence[float] | Floats
    ) -> NDArray[np.int64]:
        """Counts of recorded events, or of pseudo-data with these values."""
        numbers = np.asarray(values, dtype=float)
        if not self.pseudo:
            return count(numbers[self.data], edges)
        mean = self.truth.total(numbers[self.truth_rows], edges)
        return pseudo_data.draw(mean, pseudo_data.generator(self.seed, name))


def agreement_table(results: Sequence[Agreement]) -> pd.DataFrame:
    """Outcomes as a table, the worst first, with p-values corrected for their number (Holm).

    Args:
        results: One for each feature tested together.

    Returns:
        The fields of the outcomes, with ``p_holm``, ``p_shape_holm`` and ``untested``: why not.
    """
    names = ("feature", "events", "expected", "chi2", "bins", "p", "p_systematic", "p_shape")
    table = pd.DataFrame([asdict(one) for one in results], columns=names)
    table.insert(6, "p_holm", agreement.holm(table["p"].to_numpy(dtype=float)))
    table["p_shape_holm"] = agreement.holm(table["p_shape"].to_numpy(dtype=float))
    table["untested"] = [one.untested for one in results]
    return table.sort_values("p", na_position="last", kind="stable", ignore_index=True)


def verdict(p_values: ArrayLike, level: float = 0.05) -> dict[str, float]:
    """Number of tests made, smallest p-value, its chance with so many tests, and how many are low.

    Args:
        p_values: Those of tests made together, shape (n,); NaN where there was none.
        level: What is called low.

    Returns:
        ``tests``, ``smallest``, ``global``, ``below`` (the level), ``holm`` (below the level after
        Holm's correction).

    Examples:
        >>> verdict([0.01, 0.04, float("nan")])["holm"], verdict([0.04, 0.04])["holm"]
        (2.0, 0.0)
    """
    p = np.asarray(p_values, dtype=float)
    p = p[~np.isnan(p)]
    return {
        "tests": float(len(p)),
        "smallest": float(np.min(p)) if len(p) else np.nan,
        "global": agreement.global_p(p),
        "below": float(np.sum(p < level)),
        "holm": float(np.sum(agreement.holm(p) < level)),
    }


def cell_edges(values: ArrayLike, *, bins: int = 10) -> Floats:
    """Even bins that span nearly all values of a cell; one bin if they are all the same.

    Args:
        values: The values, shape (n,); NaN is left out.
        bins: Number of bins.

    Examples:
        >>> cell_edges([2.0, 2.0]).tolist(), len(cell_edges([0.0, 1.0, 5.0]))
        ([1.5, 2.5], 11)
    """
    numbers = np.asarray(values, dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if not numbers.size:
        return np.array([0.0, 1.0])
    low, high = np.quantile(numbers, [0.002, 0.98])
    if not high - low > 1e-6 * max(abs(low), abs(high), 1e-6):
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, bins + 1)


def cell_features(
    compared: Comparison, cells: Floats, names: NDArray[np.str_], labels: NDArray[np.str_]
) -> list[Compared]:
    """Compare every populated cell of matrices.

    Args:
        compared: The events.
        cells: A matrix for each row of the table, NaN where a cell's objects are absent, shape
            (n, size, size).
        names: Name of each cell, shape (size, size).
        labels: Formula of each cell, same shape.
    """
    there = populated(compared, cells)
    return [
        compared.feature(str(names[cell]), cells[:, *cell], edges, axis=str(labels[cell]))
        for cell in zip(*np.nonzero(there), strict=True)
        for edges in [cell_edges(cells[compared.rows][:, *cell])]
    ]


def populated(compared: Comparison, cells: Floats) -> NDArray[np.bool_]:
    """Whether any event of data or simulation fills a cell, shape (size, size)."""
    return np.asarray(np.any(~np.isnan(cells[compared.rows | compared.data]), axis=0))


def p_matrix(results: Sequence[Agreement], names: NDArray[np.str_]) -> Floats:
    """p-values in the shape of a matrix of cell names; NaN where a cell wasn't tested."""
    p = {one.feature: one.p for one in results}
    return np.array([[p.get(str(name), np.nan) for name in row] for row in names])
