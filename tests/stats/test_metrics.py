"""Metrics against brute force, closed forms and symmetries; signed weights, ties and copies."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from lepsearch.errors import InputError
from lepsearch.stats import estimate, metrics
from lepsearch.stats.copies import original_events
from lepsearch.stats.roc import Ranking, roc
from lepsearch.stats.significance import z0, z_asimov, z_uncertainty


def events(seed=0, n=400, *, ties=True, negative=0.15):
    """Scores in a few steps (ties), labels and weights of either sign."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.4
    score = rng.normal(label * 0.8)
    if ties:
        score = np.round(score, 1)
    weight = rng.exponential(1.0, n) * np.where(rng.random(n) < negative, -1, 1)
    return score, label, weight


def auc(score, label, *given):
    return Ranking(score, label).auc(*given)


def brute_force_auc(score, label, weight):
    """The module's equation, pair by pair."""
    s, b = score[label][:, None], score[~label][None]
    pairs = weight[label][:, None] * weight[~label][None]
    return np.sum(pairs * ((s > b) + 0.5 * (s == b))) / np.sum(pairs)


def bootstrapped_auc(score, label, weight, original=None, **options):
    ranking = Ranking(score, label)
    return estimate.bootstrap(lambda w: ranking.roc(w).area, weight, original, **options)


@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("negative", [0.0, 0.3])
def test_auc_against_brute_force(ties, negative):
    sample = events(ties=ties, negative=negative)
    assert auc(*sample).value == pytest.approx(brute_force_auc(*sample), rel=1e-12)


def test_auc_against_scikit_learn():
    score, label, weight = events(3, negative=0)
    theirs = roc_auc_score(label, score, sample_weight=weight)
    assert auc(score, label, weight).value == pytest.approx(theirs, rel=1e-12)


def test_auc_does_not_depend_on_the_scale_of_weights_or_scores():
    score, label, weight = events(1)
    expected = auc(score, label, weight).value
    assert auc(score, label, 1e-7 * weight).value == pytest.approx(expected, rel=1e-12)
    by_class = weight * np.where(label, 3e5, 0.2)
    assert auc(score, label, by_class).value == pytest.approx(expected, rel=1e-12)
    assert auc(np.exp(score), label, weight).value == pytest.approx(expected, rel=1e-12)
    assert auc(-score, label, weight).value == pytest.approx(1 - expected, rel=1e-12)
    assert auc(score, ~label, weight).value == pytest.approx(1 - expected, rel=1e-12)


def test_auc_of_no_and_of_full_knowledge():
    score, label, weight = events(2)
    assert auc(np.full(len(score), 0.3), label, weight).value == 0.5
    assert auc(label, label, weight).value == pytest.approx(1)
    shuffled = np.random.default_rng(0).permutation(events(4, n=40_000)[1])
    assert auc(events(4, n=40_000)[0], shuffled).value == pytest.approx(0.5, abs=0.01)


def test_auc_without_a_class_is_undefined():
    assert np.isnan(auc([0.1, 0.2], [True, True]).value)
    assert np.isnan(auc([0.1, 0.2], [True, False], [1.0, -1.0]).value)
    assert np.isnan(auc([], []).value)


def test_roc_by_hand():
    curve = roc([0.9, 0.5, 0.5, 0.1], [True, True, False, False], [1.0, 3.0, 4.0, -2.0])
    assert curve.threshold.tolist() == [np.inf, 0.9, 0.5, 0.1]
    assert curve.signal.tolist() == [0, 0.25, 1, 1]
    assert curve.background.tolist() == [0, 0, 2, 1]  # 4 and then 4 - 2 events of 2


def test_wrong_arrays_are_refused():
    with pytest.raises(InputError, match="1 of 2 scores are NaN"):
        roc([0.1, np.nan], [True, False])
    with pytest.raises(InputError, match=r"\(2,\) and \(3,\)"):
        auc([0.1, 0.2], [True, False, True])
    with pytest.raises(InputError, match="a weight for each of 2 scores"):
        auc([0.1, 0.2], [True, False], [1.0])


@pytest.mark.parametrize(
    "label", [[0, np.nan], [-1, 1], ["0", "1"], ["signal", "top"], [0, 2], [None, True]]
)
def test_labels_are_false_or_true(label):
    with pytest.raises(InputError, match="labels: expected False or True"):
        auc([0.1, 0.2], label)


def test_labels_may_be_numbers():
    score, label, weight = events()
    for kind in (int, float, np.uint8, object):
        assert auc(score, label.astype(kind), weight).value == auc(score, label, weight).value
    assert auc([-np.inf, np.inf], [0, 1]).value == 1  # infinite scores are ranked


def test_weights_are_finite():
    score, label, weight = events()
    weight[[7, 9]] = np.nan, np.inf
    ranking = Ranking(score, label)
    for call in (
        ranking.roc,
        lambda w: auc(score, label, w),
        lambda w: metrics.significance_scan(score, label, w, [0.0]),
    ):
        with pytest.raises(
            InputError, match=r"weights: .*got nan \(element 7\), and 1 more of 400"
        ):
            call(weight)


@pytest.mark.parametrize("original", [[0, 1], [0, 1, 2, 3], 3])
def test_each_event_has_one_original(original):
    score, label, weight = [0.1, 0.2, 0.3], [0, 1, 1], [1.0, 1.0, 1.0]
    with pytest.raises(InputError, match="an original event for each of"):
        auc(score, label, weight, original)
    with pytest.raises(InputError, match="an original event for each of"):
        metrics.significance_scan(score, label, weight, [0.0], original=original)


def test_auc_error_agrees_with_the_bootstrap():
    score, label, weight = (np.repeat(array, 2) for array in events(5, n=600, negative=0.1))
    score = score + np.random.default_rng(1).normal(0, 0.2, len(score))
    original = np.repeat(np.arange(600), 2)
    found = auc(score, label, weight, original)
    drawn = bootstrapped_auc(score, label, weight, original, replicas=600, seed=2)
    assert found.value == drawn.value
    assert found.error == pytest.approx(drawn.error, rel=0.1)
    alone = auc(score, label, weight).error
    assert alone < 0.8 * found.error  # copies are not independent events


def test_bootstrap_error_of_a_yield_is_the_root_of_the_squared_weights():
    rng = np.random.default_rng(3)
    weight, original = rng.normal(1, 2, 600), np.repeat(np.arange(200), 3)
    drawn = estimate.bootstrap(lambda w: w.sum(), weight, original, replicas=3000)
    expected = np.sqrt(np.sum(weight.reshape(200, 3).sum(axis=1) ** 2))
    assert drawn.error == pytest.approx(expected, rel=0.05)


def coverage(grouped, experiments=300):
    """How often AUC +- its bootstrap error holds the truth, of Gaussians one sigma apart."""
    truth = stats.norm.cdf(1 / np.sqrt(2))
    rng = np.random.default_rng(10)
    hits = 0
    for _ in range(experiments):
        label = np.repeat([True, False], 80)
        score = np.repeat(rng.normal(label * 1.0), 4)  # each event stands there four times
        weight, labels = np.repeat(rng.uniform(0.5, 1.5, 160), 4), np.repeat(label, 4)
        original = np.repeat(np.arange(160), 4) if grouped else None
        drawn = bootstrapped_auc(score, labels, weight, original, replicas=60)
        hits += abs(drawn.value - truth) < drawn.error
    return hits / experiments


def test_bootstrap_covers_the_truth_if_copies_are_drawn_together():
    assert coverage(grouped=True) == pytest.approx(0.683, abs=0.08)  # three standard deviations
    assert coverage(grouped=False) < 0.5


def test_bootstrap_leaves_out_replicas_without_a_class():
    label = np.arange(40) < 3  # no signal in e^-3 of the replicas
    drawn = bootstrapped_auc(np.arange(40.0), label, np.ones(40))
    assert 0 < np.isnan(drawn.draws).sum() < 30
    assert np.isfinite(drawn.error)
    with pytest.raises(InputError, match="two replicas or more"):
        estimate.bootstrap(np.sum, np.ones(3), replicas=1)


def test_original_events_are_of_one_sample():
    numbers = np.array([2**63 + 1, 5, 5, 5], np.uint64)
    codes = original_events(["a", "a", "b", "b"], numbers)
    assert len(np.unique(codes)) == 3
    assert codes[2] == codes[3]
    assert codes.max() == 2


def test_a_weighted_mean_needs_a_positive_sum_of_weights():
    assert np.isnan(estimate.weighted_mean([1.0, 2.0], [1.0, -1.0]).value)
    assert np.isnan(estimate.weighted_mean([]).error)
    assert estimate.weighted_mean([4.0, 4.0, 4.0], [1.0, 2.0, -1.0]) == estimate.Estimate(4.0, 0.0)


def test_the_error_over_trainings_keeps_that_of_the_events():
    known = [estimate.Estimate(n, 0.2 * n) for n in (1.0, 2.0, 3.0)]
    mean = estimate.over_trainings(known)
    assert (mean.value, mean.error) == pytest.approx((2.0, np.hypot(0.4, 1 / np.sqrt(3))))
    assert estimate.over_trainings(known[:1]) == known[0]
    assert np.isnan(estimate.over_trainings([]).value)


def brute_force_yield(score, weight, original, cut):
    """Sum of weights above a cut and its error, event by event."""
    kept = score >= cut
    by_event = [weight[kept & (original == one)].sum() for one in np.unique(original)]
    return np.sum(by_event), np.sqrt(np.sum(np.square(by_event)))


def test_scan_against_brute_force_with_copies_on_both_sides_of_a_cut():
    rng = np.random.default_rng(7)
    original = np.repeat(np.arange(120), 3)
    label = np.repeat(rng.random(120) < 0.4, 3)
    score = np.round(rng.random(360), 2)
    weight = rng.normal(1.0, 0.7, 360)
    order = rng.permutation(360)  # copies need not stand together
    score, label, weight, original = (a[order] for a in (score, label, weight, original))
    cuts = [0.0, 0.31, 0.5, 0.85]
    scan = metrics.significance_scan(score, label, weight, cuts, original=original)
    for i, cut in enumerate(cuts):
        s, s_error = brute_force_yield(score[label], weight[label], original[label], cut)
        b, b_error = brute_force_yield(score[~label], weight[~label], original[~label], cut)
        got = scan.signal[i], scan.signal_error[i], scan.background[i], scan.background_error[i]
        assert got == pytest.approx((s, s_error, b, b_error))
        assert scan.effective_background[i] == pytest.approx((b / b_error) ** 2)
        z = [float(z0(s, b)), *(float(z_asimov(s, b, u * b)) for u in (0.1, 0.2, 0.3))]
        assert scan.z[:, i] == pytest.approx(z)
        known = z_uncertainty(s, b, s_sumw2=s_error**2, b_sumw2=b_error**2)
        assert scan.z_error[0, i] == pytest.approx(float(known), rel=1e-5)


def test_a_scan_of_small_weights_is_one_of_large_ones_scaled():
    score, label, weight = events(3)
    weight = np.where(label, 0.1, 1.0) * np.abs(weight)
    large, small = (
        metrics.significance_scan(score, label, w, [0.0]) for w in (weight, weight / 1e4)
    )
    for name in ("signal", "signal_error", "background", "background_error"):
        assert getattr(small, name) * 1e4 == pytest.approx(getattr(large, name)), name
    assert small.effective_background == pytest.approx(large.effective_background)
    assert np.isfinite(small.z).all()


def test_error_of_the_significance_agrees_with_the_bootstrap():
    rng = np.random.default_rng(8)
    label = rng.random(3000) < 0.3
    score, weight = rng.normal(label * 1.0), rng.uniform(0.01, 0.3, 3000)
    scan = metrics.significance_scan(score, label, weight, [1.0])

    def significance(weights):
        return float(metrics.significance_scan(score, label, weights, [1.0]).z[1, 0])

    drawn = estimate.bootstrap(significance, weight, replicas=400)
    assert scan.z_error[1, 0] == pytest.approx(drawn.error, rel=0.12)


def test_a_cut_must_leave_enough_background():
    score = np.concatenate([np.linspace(0, 0.9, 100), np.full(5, 0.95), [0.92]])
    label = np.arange(106) // 100 == 1
    label[-1] = False  # one background event among the signal
    scan = metrics.significance_scan(score, label, np.ones(106), [0.0, 0.5, 0.8, 0.91, 0.93])
    assert np.nanargmax(scan.z[0]) == 3  # over a single event
    assert np.isnan(scan.z[:, 4]).all()  # over none
    assert scan.cuts[scan.enough()].tolist() == [0.0, 0.5, 0.8]
    assert not scan.enough(1e3).any()


def test_scan_does_not_depend_on_the_order_of_events():
    score, label, weight = events(9)
    order = np.random.default_rng(0).permutation(len(score))
    one = metrics.significance_scan(score, label, weight, [-1, 0, 1])
    other = metrics.significance_scan(score[order], label[order], weight[order], [-1, 0, 1])
    for name in vars(one):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name))


@pytest.fixture(scope="module")
def calibrated():
    """Scores that are the probability of the label."""
    rng = np.random.default_rng(1)
    score = rng.random(40_000)
    return score, rng.random(40_000) < score


def test_probabilities_lie_on_the_diagonal(calibrated):
    curve = metrics.reliability(*calibrated, bins=8)
    pulls = (curve["share"] - curve["score"]) / curve["error"]
    assert np.abs(pulls).max() < 3.5
    assert 0.3 < pulls.std() < 2
    assert np.abs(curve["share"] - curve["score"]).mean() < 0.01
    assert curve["events"].sum() == 40_000


def test_another_power_of_the_score_does_not(calibrated):
    score, label = calibrated
    curve = metrics.reliability(score**2, label)
    assert curve["share"].iloc[2] == pytest.approx(np.sqrt(0.25), abs=0.03)
    assert np.abs(curve["share"] - curve["score"]).mean() > 0.1


def test_weights_of_one_class_move_the_posterior(calibrated):
    # signal counts three times: the posterior is 3p / (3p + 1 - p)
    score, label = calibrated
    weight = np.where(label, 3.0, 1.0)
    raw = metrics.reliability(score, label, weight)
    assert raw["share"].iloc[5] > raw["score"].iloc[5] + 0.15
    moved = metrics.reliability(3 * score / (1 + 2 * score), label, weight)
    assert np.abs((moved["share"] - moved["score"]) / moved["error"]).max() < 3.5


def test_errors_are_binomial_and_copies_are_one_event():
    score, label = np.full(200, 0.35), np.arange(200) < 60
    one = metrics.reliability(score, label).iloc[3]
    assert (one["share"], one["error"]) == pytest.approx((0.3, np.sqrt(0.3 * 0.7 / 200)))
    twice = metrics.reliability(
        np.tile(score, 2), np.tile(label, 2), np.full(400, 0.5), original=np.tile(np.arange(200), 2)
    )  # fmt: skip
    assert twice.iloc[3]["error"] == pytest.approx(one["error"])


def test_bins_without_weight_are_undefined():
    curve = metrics.reliability(
        [0.0, 1.0, 0.5, 0.5], [False, True, True, False], [1.0, 1.0, 1.0, -1.0]
    )
    assert curve["share"].notna().tolist() == [True] + [False] * 8 + [True]
    assert (curve["share"] == curve["score"])[curve["share"].notna()].all()


def test_scores_must_be_probabilities():
    with pytest.raises(InputError, match=r"scores from -3 to 2; expected 0 to 1"):
        metrics.reliability([-3.0, 2.0], [True, False])


@pytest.mark.parametrize(("background", "enough"), [(9, False), (10, True)])
def test_ten_effective_events_of_background_are_enough(background, enough):
    label = np.arange(5 + background) < 5
    scan = metrics.significance_scan(np.ones(len(label)), label, np.ones(len(label)), [0.5, 2.0])
    assert scan.enough().tolist() == [enough, False]
    assert np.isfinite(scan.at()[0].value) == enough  # at the first cut


def test_reliability_has_equal_bins_from_0_to_1():
    curve = metrics.reliability([0.05, 0.95, 1.0], [False, True, True], bins=5)
    assert curve["low"].to_numpy() == pytest.approx(np.arange(5) / 5)
    assert curve["high"].to_numpy() == pytest.approx(np.arange(1, 6) / 5)
    assert curve["events"].tolist() == [1, 0, 0, 0, 2]


def test_error_of_the_area_by_pairs():
    """DeLong et al. (1988): from the share of the other class that each event beats."""
    rng = np.random.default_rng(12)
    signal, background = np.round(rng.normal(0.7, 1, 40), 1), np.round(rng.normal(0, 1, 60), 1)
    beats = (signal[:, None] > background) + 0.5 * (signal[:, None] == background)
    by_signal, by_background = (beats.mean(axis=axis) - beats.mean() for axis in (1, 0))
    variance = np.sum(by_signal**2) / 40**2 + np.sum(by_background**2) / 60**2
    score, label = np.append(signal, background), np.arange(100) < 40
    area = Ranking(score, label).auc()
    assert area.value == pytest.approx(beats.mean())
    assert area.error == pytest.approx(np.sqrt(variance))


def test_reliability_is_that_of_probabilities():
    with pytest.raises(InputError):
        metrics.reliability([0.5, 1.5], [False, True])
