"""Training weights against the ratios of the theses, and their promises on sums and signs."""

from types import SimpleNamespace

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.learn import training_weights as tw
from lepsearch.learn.labelled import LearningSet
from lepsearch.stats.roc import Ranking


@pytest.fixture
def events():
    """Labels and physics weights: 500 signal and 1500 background events, some negative."""
    rng = np.random.default_rng(0)
    label = np.arange(2000) < 500
    weight = rng.exponential(np.where(label, 0.01, 3.0)) * np.where(rng.random(2000) < 0.1, -1, 1)
    return label, weight


def training_weights(scheme, label, weight, **options):
    """Weights of events of which nothing else is known."""
    return tw.Weighting(scheme, **options)(SimpleNamespace(label=label, weight=weight))


def normalised(weights):
    return weights / weights.mean()


def test_ratios_of_the_thesis():
    # table 5.3 of thesis B: 388.4 of 2,715,280.4 expected, 2,991,598 of 69,664,290 simulated
    label = np.arange(72656) < 2992  # thousands
    sizes = tw.balance(label, np.where(label, 388.4 / 2992, 2_715_280.4 / 69_664))
    assert 1 / sizes.raw == pytest.approx(23.29, abs=0.01)
    assert 1 / sizes.weighted == pytest.approx(6990.9, abs=0.1)


@pytest.mark.parametrize("scheme", ["signal_up_weighted", "background_down_weighted"])
def test_weighted_ratios_balance_the_classes(events, scheme):
    label, weight = events
    weights = training_weights(scheme, label, weight)
    assert weights[label].sum() == pytest.approx(weights[~label].sum())
    assert weights.mean() == pytest.approx(1)


def test_raw_ratios_by_hand(events):
    label, weight = events
    up = training_weights("signal_up_raw", label, weight, negative="kept")
    np.testing.assert_allclose(up, normalised(weight * np.where(label, 3, 1)))
    ratio = training_weights("ratio", label, weight)
    np.testing.assert_allclose(ratio, normalised(np.where(label, 1, 1 / 3)))
    for kind in ("raw", "weighted"):  # with a mean of one, up and down are the same numbers
        np.testing.assert_allclose(
            training_weights(f"signal_up_{kind}", label, weight),
            training_weights(f"background_down_{kind}", label, weight),
        )


def test_a_mean_may_be_given_for_each_scheme(events):
    label, weight = events
    given = {"physics": 0.3, "unit": 7.0}
    for scheme, mean in given.items():
        found = training_weights(scheme, label, weight, mean_weight=given)
        np.testing.assert_allclose(found, mean * training_weights(scheme, label, weight))


def test_some_signals_with_all_backgrounds():
    """The others weigh nothing, and change nothing."""
    rng = np.random.default_rng(4)
    sample = rng.integers(0, 4, 400).astype(np.int16)
    events = LearningSet(
        features=rng.normal(size=(400, 1)).astype(np.float32),
        names=("met",),
        label=sample > 0,
        weight=rng.exponential(size=400),
        event=np.arange(400, dtype=np.uint64),
        sample=sample,
        sample_names=("ttbar", "a", "b", "c"),
        sample_groups=("top", "dark", "dark", "light"),
        processes=("Top", "A", "B", "C"),
        part=np.zeros(400, dtype=np.int8),
    )
    for signals, learned in {("a", "c"): sample != 2, ("dark",): sample < 3}.items():
        found = tw.Weighting("signal_up_weighted", signals=signals)(events)
        alone = tw.Weighting("signal_up_weighted")(events.take(learned))
        np.testing.assert_allclose(found[learned], alone)
        assert not found[~learned].any()


def test_ratio_of_another_analysis(events):
    label, weight = events
    given = {"negative": "kept", "raw_ratio": 0.043}
    up = training_weights("signal_up_raw", label, weight, **given)
    down = training_weights("background_down_raw", label, weight, **given)
    by_hand = weight * np.where(label, 1 / 0.043, 1)  # 23 times, as in thesis B
    np.testing.assert_allclose(up, normalised(by_hand))
    np.testing.assert_allclose(down, up)
    ratio = training_weights("ratio", label, weight, **given)
    np.testing.assert_allclose(ratio, normalised(np.where(label, 1, 0.043)))
    for scheme in ("unit", "physics", "signal_up_weighted", "background_down_weighted"):
        np.testing.assert_array_equal(
            training_weights(scheme, label, weight, raw_ratio=0.043),
            training_weights(scheme, label, weight),
        )
    with pytest.raises(InputError, match="0; expected a positive ratio"):
        training_weights("ratio", label, weight, raw_ratio=0)


@pytest.mark.parametrize("negative", tw.NEGATIVE)
@pytest.mark.parametrize("scheme", tw.SCHEMES)
def test_every_choice_keeps_its_promises(events, scheme, negative):
    label, weight = events
    before = weight.copy()
    weights = training_weights(scheme, label, weight, negative=negative)
    np.testing.assert_array_equal(weight, before)  # physics weights are not touched
    assert not np.shares_memory(weights, weight)
    assert weights.mean() == pytest.approx(1)
    scaled = training_weights(scheme, label, 1e-6 * weight, negative=negative)
    np.testing.assert_allclose(scaled, weights)
    if negative != "kept":
        assert (weights >= 0).all()
        kept = training_weights(scheme, label, weight, negative="kept")
        share = weights[label].sum() / weights[~label].sum()
        assert share == pytest.approx(kept[label].sum() / kept[~label].sum())


def test_physics_weights_are_expected_events_but_for_their_mean(events):
    label, weight = events
    ratio = training_weights("physics", label, weight, negative="kept") / weight
    np.testing.assert_allclose(ratio, 1 / np.mean(weight))


def test_negative_weights(events):
    label, weight = events
    by = {name: training_weights("physics", label, weight, negative=name) for name in tw.NEGATIVE}
    negative = weight < 0
    assert (by["clipped"][negative] == 0).all()
    assert (by["kept"][negative] < 0).all()
    assert (by["absolute"][negative] > 0).all()
    # inside a class, sizes keep their proportions
    s = label & negative
    ratio = by["absolute"][s] / -weight[s]
    np.testing.assert_allclose(ratio, ratio[0])


def test_a_constant_for_a_class_changes_no_area():
    rng = np.random.default_rng(1)
    label = rng.random(300) < 0.5
    score, weight = rng.normal(label * 1.0), rng.exponential(1.0, 300)
    areas = [
        Ranking(score, label).auc(training_weights(scheme, label, weight)).value
        for scheme in tw.SCHEMES
        if scheme not in ("unit", "ratio")
    ]
    assert areas == pytest.approx([Ranking(score, label).auc(weight).value] * 5)


def test_wrong_choices_are_named():
    label, weight = [True, False], [1.0, 2.0]
    with pytest.raises(InputError, match="'signal_up_raw'"):
        training_weights("signal_up_row", label, weight)
    with pytest.raises(InputError, match="'clipped'"):
        training_weights("unit", label, weight, negative="clip")
    with pytest.raises(InputError, match="background: 0 events"):
        training_weights("physics", np.array([True, True]), np.array(weight))


def test_background_may_count_more_whatever_its_weights(events):
    label, weight = events
    plain = training_weights("physics", label, weight)
    twice = training_weights("physics", label, weight, background=2.0)
    assert twice == pytest.approx(normalised(plain * np.where(label, 1.0, 2.0)))
