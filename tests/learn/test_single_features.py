"""What single features tell, in a direction that other events say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.single_features import single_areas
from lepsearch.stats.roc import auc


def made_up(seed: int, n: int = 400) -> LearningSet:
    """One feature that is larger for signal, one that is smaller, one that some events lack."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.5
    features = rng.normal(0, 1, (n, 3)).astype(np.float32)
    features[:, 0] += label
    features[:, 1] -= 2 * label
    features[::7, 2] = np.nan
    sample = label.astype(np.int16)
    return LearningSet(
        features=features,
        names=("up", "down", "jet"),
        label=label,
        weight=rng.random(n),
        event=np.arange(n, dtype=np.uint64),
        sample=sample,
        sample_names=("ttbar", "dark"),
        sample_groups=("top", "dark"),
        processes=("Top", "Dark"),
        part=np.zeros(n, dtype=np.int8),
    )


def test_features_are_cut_in_their_direction():
    first, second = made_up(1), made_up(2)
    table = single_areas(first, second)
    assert table.index.tolist() == ["down", "up"]  # the third isn't there for all
    assert table["falls"].tolist() == [True, False]
    expected = auc(-second.features[:, 1].astype(float), second.label, second.weight)
    assert tuple(table.loc["down", ["auc", "error"]]) == pytest.approx(
        (expected.value, expected.error)
    )


def test_a_direction_that_does_not_hold_shows():
    first = made_up(1)
    turned = replace(first, features=-first.features)
    straight, table = single_areas(first, first), single_areas(first, turned)
    assert table["auc"]["up"] == pytest.approx(1 - straight["auc"]["up"])
    assert table["auc"]["up"] < 0.5


def test_a_condition_is_a_feature_of_two_values():
    one = made_up(1)
    table = single_areas(
        one, one, {"signal": (one.label, one.label), "not": (~one.label, ~one.label)}
    )
    assert table.loc[["signal", "not"], "auc"].tolist() == [1, 1]
    assert table["falls"][["signal", "not"]].tolist() == [False, True]
