"""Trainings under several weightings, and the tables and figures made of them."""

from dataclasses import replace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lepsearch.data import quoted
from lepsearch.learn import weighting, weighting_tables
from lepsearch.learn.networks import Network
from lepsearch.learn.posterior import gaussian_classes
from lepsearch.plotting.scores import log_odds_compared, side_by_side
from lepsearch.stats.estimate import original_events
from lepsearch.stats.histograms import components
from lepsearch.stats.roc import auc

QUICK = Network(layers=1, neurons=4, epochs=2, batch_size=512)
EDGES = np.linspace(0, 1, 6)


@pytest.fixture(autouse=True)
def closed():
    """No window, and no figure left open."""
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def events():
    """Signal and background of very different weights, some of them negative."""
    made = gaussian_classes(1500, seed=3)
    sign = np.where(np.random.default_rng(0).random(len(made)) < 0.1, -1.0, 1.0)
    weight = np.where(made.label, 1e-5, 20.0 * np.where(made.label, 1.0, sign))
    return replace(made, weight=weight)


def test_mean_weights_are_the_thesis_s():
    settings = weighting.Setting(QUICK, {"physics": 0.25})
    assert settings.weights("physics", gaussian_classes(50, 1)).mean() == pytest.approx(0.25)
    means = weighting_tables.thesis_mean_weights()
    # table 5.8 of the thesis has the sum of both balanced classes over its events, up by raw and
    # generator weights: not these. By hand from table 5.3:
    total = 2_991_598 + 69_664_290
    assert means["signal_up_weighted"] == pytest.approx(2 * 2_715_280.4 / total)
    assert means["background_down_weighted"] == pytest.approx(2 * 388.4 / total)
    up, down = (means[f"{name}_raw"] for name in ("signal_up", "background_down"))
    assert up / down == pytest.approx(69_664_290 / 2_991_598)
    assert set(means) == {"physics", "unit", "ratio", *(m for m in means if "_" in m)}


def test_a_ratio_of_simulated_events_can_be_given(events):
    part = events.of("train")
    own, given = (weighting.Setting(QUICK, raw_ratio=one) for one in (None, 0.043))
    signal = part.label
    sums = [
        one.weights("signal_up_raw", part)[signal].sum()
        / one.weights("signal_up_raw", part)[~signal].sum()
        for one in (own, given)
    ]
    raw = signal.sum() / (~signal).sum()
    assert sums[1] / sums[0] == pytest.approx(raw / 0.043)


def test_share_counts_copies_once():
    events = gaussian_classes(4, seed=0).take(np.array([0, 0, 1, 2, 3, 4]))  # one is there twice
    share = weighting.share([True, True, False, False, False, False], events)
    assert share.value == pytest.approx(2 / 6)
    # by hand: originals of 2, 1, 1, 1, 1 copies, of which 2, 0, 0, 0, 0 are chosen
    assert share.error == pytest.approx(np.sqrt((2 - 2 / 3) ** 2 + 4 * (1 / 3) ** 2) / 6)
    distinct = gaussian_classes(50, seed=0)
    chosen = np.arange(100) < 20
    share = weighting.share(chosen, distinct)
    assert (share.value, share.error) == pytest.approx((0.2, np.sqrt(0.2 * 0.8 / 100)))
    assert np.isnan(weighting.share([], distinct.take(np.zeros(100, dtype=bool))).value)


def test_imbalance(events):
    part = events.of("train")
    weights = weighting.imbalanced(part, 30)
    assert weights.mean() == pytest.approx(1)
    assert weights[~part.label].sum() == pytest.approx(30 * weights[part.label].sum())


def test_panels_keep_every_weight(events):
    test = weighting.merged(events.of("test"), "All")
    score = np.random.default_rng(1).random(len(test))
    raw = weighting.panel(score, test, EDGES, scaled=False)
    assert raw.scan is None
    assert components(raw.spectra, "signal")["All"].values().sum() == pytest.approx(
        test.label.sum()
    )
    scaled = weighting.panel(score, test, EDGES, enlarged=True)
    ((label, histogram),) = components(scaled.spectra, "signal").items()
    power = int(label.split("{")[1].split("}")[0])
    assert histogram.values().sum() == pytest.approx(10.0**power * test.weight[test.label].sum())
    total = components(scaled.spectra, "background")["Background"].values().sum()
    assert 1e-3 <= histogram.values().sum() / total < 1e-2
    assert scaled.scan.signal[0] == pytest.approx(test.weight[test.label].sum())  # not enlarged
    figure = side_by_side(
        {"raw": (raw.spectra, None), "scaled": (scaled.spectra, scaled.scan)},
        luminosity_fb=[None, 139.0],
    )
    assert sum(axes.get_visible() for axes in figure.axes) == 3
    stacked = side_by_side({"raw": (raw.spectra, None)}, luminosity_fb=[None], columns=1)
    assert len(stacked.axes) == 1


def test_expected_signal_of_a_right_score(events):
    test = events.of("test")
    (truth, _), (guess, _) = weighting_tables.expected_signal(test.label, test)
    assert truth == guess == pytest.approx(test.weight[test.label].sum())


def test_size_table_by_hand(events):
    table = weighting_tables.size_table(events)
    assert table.loc["signal", "effective"] == pytest.approx(events.label.sum())
    assert table.loc["background", "effective"] < 0.8 * (~events.label).sum()
    product = quoted.get("guevara.table_5_2.signal.product")
    known = quoted.below("guevara.table_5_2")
    by_hand = known["signal.simulated"].value * known["signal.expected"].value
    assert by_hand == pytest.approx(product.value, rel=0.01)
    assert (table["product"] == table["simulated"] * table["expected"]).all()


def test_negative_weights_are_counted(events):
    table = weighting_tables.negative_table(events)
    assert table["process"].tolist() == ["Background"]
    share = 100 * np.mean(events.weight[~events.label] < 0)
    assert float(table["negative [%]"][0]) == pytest.approx(share, abs=0.5)


def test_cut_is_chosen_on_one_part_and_read_on_the_other(events):
    positive = replace(events, weight=np.where(events.label, 0.5, 1.0))
    validation, test = positive.of("validation"), positive.of("test")
    good = [part.features[:, 0] for part in (validation, test)]
    bad = [part.features[:, 2] for part in (validation, test)]
    table = weighting_tables.cut_table({"good": good, "bad": bad}, validation, test)
    z = [float(cell.split()[0]) for cell in table["Z at 0 %"]]
    assert z[0] > z[1]
    cut = float(table.loc["good", "log-odds above"])
    above = test.weight[test.label & (good[1] >= cut)].sum()
    assert float(table.loc["good", "signal"].split()[0].replace(",", "")) == pytest.approx(
        above, rel=0.05
    )


def test_ties_by_hand(events):
    test = events.of("test")
    n = test.label.sum()
    tied = np.zeros(len(test), dtype=np.float32)
    tied[np.flatnonzero(test.label)[: n // 4]] = 1
    tied[~test.label] = 1  # of no interest
    none = np.where(test.label, np.nextafter(np.float32(1), np.float32(0)), 0).astype(np.float32)
    scores = {"one seed": [tied], "two seeds": [tied, none]}
    table = weighting_tables.tie_table(scores, {"signal": "all"}, test)
    share = 100 * (n // 4) / n
    value, error = (float(one) for one in table.loc["one seed", "all"].split("±"))
    assert value == pytest.approx(share, abs=0.1)
    assert error == pytest.approx(np.sqrt(share * (100 - share) / n), rel=0.05)
    value, error = (float(one) for one in table.loc["two seeds", "all"].split("±"))
    assert value == pytest.approx(share / 2, abs=1)
    assert error == pytest.approx(share / 2, rel=0.05)  # half their distance


def test_models_are_compared_one_by_one(events):
    test = events.of("test")
    good = test.features[:, 0] - 0.5 * test.features[:, 1]
    bad = test.features[:, 0]
    table = weighting_tables.model_table(
        {"none": [bad], "better": [good], "same": [bad]}, {"signal": "the signal"}, test
    )
    row = table.loc["signal"]
    assert (row["words"], row["same"]) == ("the signal", 0)
    assert row["expected"] == pytest.approx(test.weight[test.label].sum())
    original = original_events(test.sample, test.event)
    area = auc(bad, test.label, test.weight, original)
    assert row["area"] == pytest.approx(area.value)
    assert row["area_error"] == pytest.approx(area.error, rel=0.25)
    assert (row["better"], row["better_error"]) == pytest.approx(
        weighting.area_change([bad], [good], test)
    )


def test_no_significance_of_too_little_background_in_either_part(events):
    positive = replace(events, weight=np.where(events.label, 0.5, 1.0))
    validation, test = positive.of("validation"), positive.of("test")
    fewer = {
        n: [part.take(part.label | (np.cumsum(~part.label) <= n)) for part in (validation, test)]
        for n in (9, 10)
    }

    def read(chosen_on, read_on):
        parts = [np.zeros(len(part)) for part in (chosen_on, read_on)]  # a cut that keeps all
        return weighting_tables.cut_table({"one": parts}, chosen_on, read_on).loc["one"]

    enough, too_few = (read(validation, fewer[n][1]) for n in (10, 9))
    assert (enough["effective"], too_few["effective"]) == ("10", "9")
    assert all("±" in cell for cell in enough.filter(like="Z at"))
    assert (too_few.filter(like="Z at") == "–").all()
    assert len(too_few.filter(like="Z at")) == 4
    assert "±" in too_few["background"]  # a yield and its error are still told
    assert "±" in read(fewer[10][0], test)["Z at 0 %"]
    assert (read(fewer[9][0], test) == "–").all()  # no cut to choose


def test_change_of_the_area_on_the_same_events(events):
    test = events.of("test")
    x = test.features
    good, bad = x[:, 0] - 0.5 * x[:, 1], x[:, 0]
    alone = [auc(s, test.label, test.weight) for s in (bad, good)]
    change, error = weighting.area_change([bad], [good], test)
    assert change == pytest.approx((alone[1] - alone[0]).value)
    assert 0 < error < 0.8 * (alone[1] - alone[0]).error  # not that of two samples
    assert weighting.area_change([bad], [2 * bad + 1], test) == (0, 0)  # the same order
    mean, with_seeds = weighting.area_change([bad, bad], [good, bad], test)
    assert mean == pytest.approx(change / 2)
    # half the events' error, and of changes c and 0 the mean's error is c/2
    assert with_seeds == pytest.approx(np.hypot(error / 2, change / 2))


def test_odds_against_odds():
    x = np.array([0.0, 1.0, 2.0])
    figure = log_odds_compared({"a": (x, x - 1, x > 1, -1.0)}, xlabel="first", ylabel="second")
    line = figure.axes[0].lines[-1]
    np.testing.assert_allclose(np.asarray(line.get_ydata()) - np.asarray(line.get_xdata()), -1)


def test_training_with_a_scheme_is_training_with_its_weights(events):
    setting = weighting.Setting(QUICK)
    first = weighting.train_weighted(events, setting, "unit", 5)
    second = weighting.train_with(
        events, replace(QUICK, seed=5), lambda part: np.full(len(part), 3.0)
    )  # mean 1 after normalisation by the network
    test = events.of("test")
    np.testing.assert_allclose(first.scores(test), second.scores(test), rtol=1e-5)
