"""Shares of correlated pairs of cells: counted by hand, resampled, printed and judged."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.rmm.layout import KINDS
from lepsearch.rmm.shares import (
    BLOCKS,
    bootstrap,
    judged,
    pair_numbers,
    share_table,
    strong_shares,
    stronger,
)


def test_every_pair_of_kinds_has_a_block():
    everything = strong_shares(np.full((7, 7), 0.4), KINDS, [0.3, 0.5])
    assert everything["all pairs", 0.3] == 1
    assert everything["all pairs", 0.5] == 0
    assert len(everything) == 2 * (1 + len(BLOCKS))
    assert np.isnan(everything["mass and mass", 0.3])  # one cell of masses has no pair


def test_shares_of_a_block():
    rho = np.array([[1, 0.8, 0.1], [0.8, 1, np.nan], [0.1, np.nan, 1]])
    shares = strong_shares(rho, ["m", "m", "h"], [0.5])
    assert shares["all pairs", 0.5] == 0.5  # the undefined pair is left out
    assert shares["mass and mass", 0.5] == 1
    assert shares["rapidity and the rest", 0.5] == 0


def test_bootstrap_finds_the_error_of_a_mean():
    rng = np.random.default_rng(8)
    x = rng.normal(size=400)

    def mean(weights):
        return {("mean", 0.0): float(np.average(x, weights=weights))}

    alone = bootstrap(mean, np.ones(400), np.arange(400), repetitions=300, seed=1)
    assert alone["value"].iloc[0] == pytest.approx(x.mean())
    assert alone["error"].iloc[0] == pytest.approx(x.std() / 20, rel=0.15)
    # four copies of each event that move together: twice the error of as many independent events
    x = np.repeat(x[:100], 4)
    copies = bootstrap(mean, np.ones(400), np.repeat(np.arange(100), 4), repetitions=300, seed=1)
    assert copies["error"].iloc[0] == pytest.approx(x.std() / 10, rel=0.15)


def test_numbers_of_pairs():
    rho = np.array([[1, 0.8, 0.1], [0.8, 1, np.nan], [0.1, np.nan, 1]])
    numbers = pair_numbers(rho, ["m", "m", "h"])
    assert (numbers["all pairs"], numbers["mass and mass"]) == (2, 1)
    assert (numbers["rapidity and the rest"], numbers["energy and energy"]) == (1, 0)
    assert sum(numbers.values()) == 2 * numbers["all pairs"]


def table(every, error, **blocks):
    """Shares beyond 0.3 as ``bootstrap`` gives them; blocks not named are as all pairs."""
    rows = {("all pairs", 0.3): (every, error)}
    for name in BLOCKS:
        rows[name, 0.3] = blocks.get(name.replace(" ", "_"), (every, error))
    return pd.DataFrame(rows, index=["value", "error"]).T


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (0.127, 0.02, "weak"),
        (0.44, 0.04, "open"),
        (0.41, 0.04, "weak"),
        (0.56, 0.04, "open"),
        (0.59, 0.04, "strong"),
        (0.92, 0.01, "strong"),
        (np.nan, np.nan, "unknown"),
        (0.1, np.nan, "unknown"),
    ],
)
def test_what_a_share_says(value, error, expected):
    assert judged(table(value, error), 0.3) == expected


def test_blocks_with_a_larger_share():
    shares = table(
        0.2, 0.03, mass_and_mass=(0.6, 0.04), energy_and_energy=(0.29, 0.04),
        mass_and_energy=(np.nan, np.nan), rapidity_and_rapidity=(0.01, 0.0),
    )  # fmt: skip
    assert stronger(shares, 0.3) == ["mass and mass"]
    assert stronger(shares, 0.3, sigmas=1.5) == ["mass and mass", "energy and energy"]
    assert stronger(table(np.nan, np.nan), 0.3) == []


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (0.5, 0.02, "50.0 ± 2.0"),
        (0.0, 0.0, "none"),
        (0.0, 1.4e-4, "none"),
        (1.0, 0.0, "all"),
        (0.0, 0.01, "0.0 ± 1.0"),
        (0.3, 1e-9, "30.0 ± < 0.1"),
        (np.nan, np.nan, "–"),
    ],
)
def test_shares_as_a_page_prints_them(value, error, words):
    shown = share_table(
        {"all": table(0.25, 0.03, mass_and_mass=(value, error))},
        {"all": dict.fromkeys(("all pairs", *BLOCKS), 1200)},
    )
    assert shown.loc["mass and mass", ("all", "|ρ| > 0.3 [%]")] == words
    assert shown.loc["all pairs", ("all", "|ρ| > 0.3 [%]")] == "25.0 ± 3.0"
    assert shown.loc["all pairs", ("all", "pairs")] == "1,200"
