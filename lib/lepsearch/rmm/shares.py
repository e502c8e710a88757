"""Shares of strongly correlated pairs of cells, with errors, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = (
    "BLOCKS",
    "Verdict",
    "bootstrap",
    "judged",
    "pair_numbers",
    "share_table",
    "strong_shares",
    "stronger",
)

Floats = NDArray[np.float64]
Verdict = Literal["weak", "strong", "open", "unknown"]

# Kinds of the two cells of a pair, by the words of a table; a pair counts where it fits first.
BLOCKS = {
    "mass and mass": ({"m"}, {"m"}),
    "mass and energy": ({"m"}, {"met", "eT", "mT"}),
    "energy and energy": ({"met", "eT", "mT"}, {"met", "eT", "mT"}),
    "rapidity and rapidity": ({"h", "hL"}, {"h", "hL"}),
    "rapidity and the rest": ({"h", "hL"}, {"m", "met", "eT", "mT", "deT"}),
    "imbalance and the rest": ({"deT"}, {"m", "met", "eT", "mT", "deT"}),
}


def strong_shares(
    rho: Floats, kinds: Sequence[str], thresholds: Sequence[float]
) -> dict[tuple[str, float], float]:
    """Share of pairs with a correlation beyond a threshold, of all and block by block.

    Args:
        rho: Correlations, shape (cells, cells); pairs with NaN are left out.
        kinds: Kind of each cell, of ``rmm.layout.KINDS``.
        thresholds: For the absolute value.

    Returns:
        By block ("all pairs" or a key of ``BLOCKS``) and threshold; NaN for a block without a pair.
    """
    return {
        (name, threshold): float(np.mean(own > threshold)) if len(own) else np.nan
        for name, own in _in_blocks(rho, kinds).items()
        for threshold in thresholds
    }


def pair_numbers(rho: Floats, kinds: Sequence[str]) -> dict[str, int]:
    """How many pairs ``strong_shares`` counts, of all and block by block."""
    return {name: len(own) for name, own in _in_blocks(rho, kinds).items()}


def _in_blocks(rho: Floats, kinds: Sequence[str]) -> dict[str, Floats]:
    """Absolute correlations of the pairs that have one, of all and block by block."""
    i, j = np.triu_indices(len(kinds), 1)
    value = np.abs(rho[i, j])
    pairs = zip(i.tolist(), j.tolist(), strict=True)
    block = np.array([_block(kinds[a], kinds[b]) for a, b in pairs], dtype=object)
    known = ~np.isnan(value)
    own = {name: value[known & (block == name)] for name in BLOCKS}
    return {"all pairs": value[known]} | own


def _block(one: str, two: str) -> str:
    for name, (a, b) in BLOCKS.items():
        if (one in a and two in b) or (one in b and two in a):
            return name
    msg = f"no block for cells of kinds {one!r} and {two!r}"
    raise ValueError(msg)


def bootstrap(
    calculate: Callable[[Floats], Mapping[tuple[str, float], float]],
    weights: ArrayLike,
    original: ArrayLike,
    *,
    repetitions: int,
    seed: int,
) -> pd.DataFrame:
    """What a calculation gives, with its spread over resampled events.

    Each original event counts Poisson(1) times; its copies go with it.

    Args:
        calculate: From weights to named numbers.
        weights: Shape (n,).
        original: Which original event each row is a copy of, shape (n,).
        repetitions: How many resamplings.
        seed: Of the random numbers.

    Returns:
        Columns ``value`` and ``error``, indexed by the names.
    """
    weights = np.asarray(weights, dtype=float)
    rng = np.random.default_rng(seed)
    originals, place = np.unique(np.asarray(original), return_inverse=True)
    value = pd.Series(calculate(weights))
    again = [
        pd.Series(calculate(weights * rng.poisson(1.0, len(originals))[place]))
        for _ in range(repetitions)
    ]
    return pd.DataFrame({"value": value, "error": pd.concat(again, axis=1).std(axis=1)})


def judged(shares: pd.DataFrame, threshold: float, *, sigmas: float = 2.0) -> Verdict:
    """Whether most pairs of cells are weakly correlated.

    Args:
        shares: From ``bootstrap`` of ``strong_shares``.
        threshold: Up to which a correlation is weak; one of theirs.
        sigmas: How many errors off one half the share must be.

    Returns:
        ``weak``: fewer than half of all pairs lie beyond; ``strong``: more; ``open``: within errors
        neither; ``unknown``: no share, or no error.
    """
    value, error = (shares[column].to_dict()["all pairs", threshold] for column in shares)
    if not (np.isfinite(value) and np.isfinite(error)):
        return "unknown"
    if abs(value - 0.5) <= sigmas * error:
        return "open"
    return "weak" if value < 0.5 else "strong"


def stronger(shares: pd.DataFrame, threshold: float, *, sigmas: float = 2.0) -> list[str]:
    """The blocks with a larger share of correlated pairs than all pairs have, beyond errors.

    Args:
        shares: From ``bootstrap`` of ``strong_shares``.
        threshold: One of theirs.
        sigmas: By how many errors, those of both in quadrature.
    """
    value, error = (shares[column].to_dict() for column in shares)
    every = "all pairs", threshold
    found = []
    for name in BLOCKS:
        own = name, threshold
        if value[own] - value[every] > sigmas * np.hypot(error[own], error[every]):
            found.append(name)
    return found


def share_table(
    shares: Mapping[str, pd.DataFrame], numbers: Mapping[str, Mapping[str, int]]
) -> pd.DataFrame:
    """Shares from ``bootstrap`` in percent, with errors, as a page prints them.

    Args:
        shares: Tables indexed by block and threshold, by what they were counted over.
        numbers: From ``pair_numbers``, likewise.

    Returns:
        One row a block.
    """
    columns: dict[tuple[str, str], list[str]] = {}
    for name, table in shares.items():
        blocks = table.index.get_level_values(0).unique()
        columns[name, "pairs"] = [f"{numbers[name][block]:,}" for block in blocks]
        for threshold, own in table.groupby(level=1):
            of_block = own.droplevel(1).loc[blocks]
            cells = zip(of_block["value"], of_block["error"], strict=True)
            columns[name, f"|ρ| > {threshold} [%]"] = [_percent(*cell) for cell in cells]
    return pd.DataFrame(columns, index=blocks).rename_axis("pairs")


def _percent(value: float, error: float) -> str:
    """A share with its error in percent; in words where no resampling moves it by a tenth."""
    if not (np.isfinite(value) and np.isfinite(error)):
        return "–"
    if error < 5e-4 and value in (0.0, 1.0):
        return "all" if value else "none"
    return f"{100 * value:.1f} ± " + (f"{100 * error:.1f}" if error >= 5e-4 else "< 0.1")
