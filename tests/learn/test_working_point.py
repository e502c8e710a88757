"""Cuts that keep a share of the signal, and what they give on other events."""

from __future__ import annotations

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.learn.binning import Scored
from lepsearch.learn.working_point import at_efficiency, efficiency_cut, signal_share


def events(signal: list[float], background: list[float]) -> Scored:
    """Events with these scores, each of which stands for one."""
    label = np.repeat([True, False], [len(signal), len(background)])
    return Scored(np.array(signal + background), label, np.ones(len(label)), np.arange(len(label)))


@pytest.mark.parametrize(
    ("efficiency", "expected"), [(0.2, 0.9), (0.25, 0.9), (0.26, 0.7), (0.75, 0.7), (1.0, 0.1)]
)
def test_the_highest_cut_that_keeps_enough(efficiency, expected):
    # the two at 0.7 come in together: 1, 3 and 4 of 4 are kept
    assert efficiency_cut(events([0.9, 0.7, 0.7, 0.1], [0.95, 0.8, 0.2]), efficiency) == expected


def test_weights_count():
    one = events([0.9, 0.7, 0.1], [0.5])
    heavy = Scored(one.score, one.label, np.array([0.1, 0.2, 0.7, 5.0]), one.original)
    assert efficiency_cut(heavy, 0.5) == 0.1


def test_without_signal_nothing_is_kept():
    assert efficiency_cut(events([], [0.5, 0.6]), 0.5) == np.inf


@pytest.mark.parametrize("efficiency", [0.0, 1.1, np.nan])
def test_a_share_is_between_nothing_and_all(efficiency):
    with pytest.raises(InputError, match="efficiency is"):
        efficiency_cut(events([0.5], [0.5]), efficiency)


def test_the_cut_is_read_on_the_other_events():
    first = events([0.9, 0.6, 0.6, 0.2], [0.8] * 10 + [0.1] * 5)
    other = events([0.65, 0.55, 0.55], [0.7] * 12 + [0.5] * 8)
    row = at_efficiency(first, other, 0.5, [0.0, 0.1]).loc[0.0]
    assert row["cut"] == 0.6
    assert row[["effective", "read_effective"]].tolist() == [10, 12]
    # s = 1, b = 12: eq. 97 of arXiv:1007.1727
    assert row["read"] == pytest.approx(np.sqrt(2 * (13 * np.log(13 / 12) - 1)))
    assert signal_share(other, row["cut"])[0] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("chosen", "read", "known"), [(10, 10, True), (9, 10, False), (10, 9, False)]
)
def test_both_parts_need_background(chosen, read, known):
    pair = [events([0.9, 0.8], [0.85] * count) for count in (chosen, read)]
    found = at_efficiency(*pair, 1.0, [0.0, 0.3])
    assert found[["read", "read_error"]].notna().to_numpy().tolist() == [[known] * 2] * 2
