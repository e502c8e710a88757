"""Weak supervision: pseudo-data and simulation agree, the claimed level holds, signal is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.measures import auc
from lepsearch.learn.trees import Trees
from lepsearch.learn.weak import drawn, search

FEW = Trees(10, depth=2, least_hessian=5.0, patience=0)


def made_up(n: int = 6000, seed: int = 1) -> LearningSet:
    """Background in two dimensions, two copies an event, and signal in a corner."""
    random = np.random.default_rng(seed)
    label, event = np.repeat(random.random(n // 2) < 0.1, 2), np.repeat(np.arange(n // 2), 2)
    values = random.normal(size=(n, 2)) * np.where(label, 0.3, 1)[:, None] + 1.5 * label[:, None]
    weight, sample = random.exponential(size=n), label.astype(np.int16)
    weight[:20] *= 100  # of heavy ones, and some are negative
    weight[20:30] *= -1
    part, names = random.integers(0, 3, n // 2).astype(np.int8).repeat(2), ("b", "s")
    return LearningSet(
        values.astype(np.float32),
        ("x", "y"),
        label,
        weight,
        event,
        sample,
        names,
        names,
        names,
        part,
    )


def test_data_and_simulation_are_apart_and_agree():
    events, sums = made_up(), []
    identity = events.sample * len(events) + events.event
    for seed in range(200):
        both = drawn(events, 0.2, seed, injected=10, kept=0.5)
        own = both.sample * len(events) + both.event
        data, other = own[both.label], own[~both.label]
        assert len(np.unique(data)) == len(data)
        assert not np.isin(data, other).any()
        assert set(own) <= set(identity)
        background = both.sample == 0
        low = both.features[:, 0] < 0.5
        sums.append([both.weight[rows].sum() for rows in
                     (both.label & background, ~both.label, both.label & background & low,
                      ~both.label & low, both.label & ~background)])  # fmt: skip
    found = np.array(sums)
    error = found.std(axis=0) / len(found) ** 0.5
    mean = found.mean(axis=0)
    assert mean[0] == pytest.approx(mean[1], abs=4 * np.hypot(*error[:2]))
    assert mean[2] == pytest.approx(mean[3], abs=4 * np.hypot(*error[2:4]))
    assert mean[4] == pytest.approx(10, abs=4 * error[4])
    light = np.bincount(events.original, np.maximum(events.weight, 0) * ~events.label)
    assert mean[0] == pytest.approx(np.minimum(0.2 * light, 0.5).sum(), abs=4 * error[0])


def test_false_discoveries_are_as_frequent_as_claimed():
    p = []
    for seed in range(40):  # other events each time
        both = drawn(made_up(seed=seed), 0.2, seed)
        p.append(search(both, FEW, 0.1, seed).p_value)
    low, high = binom.interval(0.999, len(p), 0.2)
    assert low <= np.sum(np.array(p) < 0.2) <= high


def test_signal_is_found_without_labels():
    events, test = made_up(seed=1), made_up(seed=2)
    found = [search(drawn(events, 0.3, 1, injected=one), FEW, 0.1, 1) for one in (0, 80)]
    assert found[0].p_value > 1e-3 > found[1].p_value
    area = [auc(test, one.scores(test)).value for one in found]
    assert area[1] > max(0.8, area[0])
