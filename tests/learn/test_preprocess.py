"""Padding and scaling: measured right, and applied by the layers as measured."""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.learn.architecture import LearnedFill, Network, assemble
from lepsearch.learn.backend import keras
from lepsearch.learn.preprocess import PADDINGS, Moments, prepare

NAMES = ("met", "jet1pt", "jet1eta", "jet2phi", "mjj", "n1", "n2", "n3", "n4")


@pytest.fixture(scope="module")
def features():
    """1000 events; jets are absent in half of them, the last feature is constant."""
    rng = np.random.default_rng(5)
    values = rng.gamma(2.0, 40.0, (1000, len(NAMES))).astype(np.float32)
    values[rng.random(1000) < 0.5, 1:5] = np.nan
    values[:, -1] = 3.0
    return values


def padded(features, padding):
    """What each padding means, spelt out; scaled before the mask is appended."""
    if padding == "drop_features":
        return features[:, [0, 5, 6, 7, 8]]
    if padding == "drop_events":
        return features[~np.isnan(features).any(axis=1)]
    if padding in ("mean", "embedding"):
        return np.where(np.isnan(features), np.nanmean(features, axis=0), features)
    values = [0, 0, -999, -999, 0, 0, 0, 0, 0] if padding == "thesis" else np.zeros(len(NAMES))
    return np.where(np.isnan(features), values, features)


def run(network: Network, features, weights=None):
    """Outputs of the ``prepare`` part of a network measured on the features."""
    if network.padding == "drop_events":
        features = features[~np.isnan(features).any(axis=1)]
    weights = np.ones(len(features)) if weights is None else weights
    model = assemble(network, Moments.of(NAMES, features, weights))
    return [np.asarray(one) for one in keras.tree.flatten(model.get_layer("prepare")(features))]


@pytest.mark.parametrize("padding", PADDINGS)
def test_z_score_and_min_max_of_what_is_padded(features, padding):
    expected = padded(features, padding)
    width = expected.std(axis=0)
    width[-1] = 1.0  # the constant feature is only shifted
    z_score, *mask = run(Network(padding=padding, scaling="z_score"), features)
    np.testing.assert_allclose(z_score, (expected - expected.mean(axis=0)) / width, atol=2e-5)
    low, span = expected.min(axis=0), np.ptp(expected, axis=0)
    span[-1] = 1.0
    min_max, *_ = run(Network(padding=padding, scaling="min_max"), features)
    np.testing.assert_allclose(min_max, (expected - low) / span, atol=1e-5)
    raw, *_ = run(Network(padding=padding, scaling="none"), features)
    np.testing.assert_allclose(raw, expected, rtol=1e-6)
    assert len(mask) == (padding in ("mask", "embedding"))
    for one in mask:
        np.testing.assert_array_equal(one, np.isnan(features[:, 1:5]))


def test_normalization_is_keras_own(features):
    """Set from our moments, it does what ``adapt`` on the padded features would make it do."""
    ours, *_ = run(Network(padding="thesis", scaling="keras_normalization"), features)
    theirs, filled = keras.layers.Normalization(), padded(features, "thesis").astype(np.float32)
    theirs.adapt(filled)
    np.testing.assert_allclose(ours, np.asarray(theirs(filled)), atol=1e-4)


def test_weights_count_in_moments(features):
    weights = np.random.default_rng(6).integers(0, 4, len(features))
    weighted, repeated = (
        run(Network(padding="mean"), features, weights.astype(float))[0],
        run(Network(padding="mean"), np.repeat(features, weights, axis=0))[0],
    )
    np.testing.assert_allclose(np.repeat(weighted, weights, axis=0), repeated, atol=1e-5)


def test_moments_of_batches_are_those_of_all(features):
    weights = np.random.default_rng(7).random(len(features))
    whole = Moments.of(NAMES, features, weights)
    cuts = [0, 1, 1, 40, 999, 1000]  # batches of one and of no event among them
    pieces = [Moments.of(NAMES, features[a:b], weights[a:b]) for a, b in pairwise(cuts)]
    total = reduce(add, pieces)
    for one in fields(Moments)[1:]:
        np.testing.assert_allclose(
            getattr(total, one.name), getattr(whole, one.name), rtol=1e-10, atol=1e-12,
            err_msg=one.name,
        )  # fmt: skip
    there = ~np.isnan(features[:, 1])
    mean = np.average(features[there, 1].astype(float), weights=weights[there])
    assert whole.mean[1] == pytest.approx(mean)
    assert whole.lacking[1] == (~there).sum()


def test_a_feature_that_is_never_there():
    values = np.array([[1.0, np.nan], [2.0, np.nan]], dtype=np.float32)
    made = prepare("mean", "z_score", Moments.of(("met", "jet1pt"), values, np.ones(2)))
    assert (made.fill[1], made.offset[1], made.factor[1]) == (0.0, 0.0, 1.0)


def test_a_constant_is_not_blown_up_by_rounding():
    rng = np.random.default_rng(8)
    batches = (Moments.of(("met",), np.full((7, 1), 0.1, np.float32), rng.random(7)) for _ in "abc")
    made = prepare("zero", "z_score", reduce(add, batches))
    assert made.factor.tolist() == [1.0]
    assert made.offset[0] == pytest.approx(0.1)


def test_the_embedding_is_learned_where_features_are_absent():
    layer = LearnedFill([2, 0])
    inputs = [np.ones((2, 3), dtype=np.float32), np.array([[1, 0], [1, 1]], dtype=np.float32)]
    np.testing.assert_array_equal(np.asarray(layer(inputs)), inputs[0])  # it starts at the mean
    layer.set_weights([np.array([10.0, 20.0], dtype=np.float32)])
    np.testing.assert_array_equal(np.asarray(layer(inputs)), [[1, 1, 11], [21, 1, 11]])


@pytest.mark.parametrize(
    ("padding", "scaling", "names", "message"),
    [
        pytest.param("zeros", "none", NAMES, r"'zeros'.*'zero'", id="padding"),
        pytest.param("zero", "zscore", NAMES, r"'zscore'.*'z_score'", id="scaling"),
    ],
)
def test_wrong_names(features, padding, scaling, names, message):
    with pytest.raises(InputError, match=message):
        prepare(padding, scaling, Moments.of(names, features, np.ones(len(features))))


def test_nothing_left():
    values = np.full((3, 1), np.nan, dtype=np.float32)
    with pytest.raises(InputError, match=r"leaves no feature.*jet1pt"):
        prepare("drop_features", "none", Moments.of(("jet1pt",), values, np.ones(3)))
