"""Figures of scores: what is drawn is what was given."""

import re
from itertools import pairwise

import numpy as np
import pytest

from lepsearch.plotting import scores
from lepsearch.stats import metrics
from lepsearch.stats.histograms import components, labelled_spectra
from lepsearch.stats.roc import Ranking, roc

EDGES = np.linspace(0, 1, 11)


@pytest.fixture
def events():
    """Scores, processes, labels and weights of two backgrounds and two signals."""
    rng = np.random.default_rng(0)
    process = np.repeat(["top", "Z", "heavy", "light"], [400, 900, 100, 100])
    label = np.isin(process, ["heavy", "light"])
    score = np.where(label, rng.beta(3, 1.5, 1500), rng.beta(1, 4, 1500))
    return score, process, label, rng.normal(0.5, 0.3, 1500)


def test_spectra_keep_every_weight_and_the_order(events):
    score, process, label, weight = events
    spectra = labelled_spectra(score, process, label, weight, EDGES)
    assert list(components(spectra, "background")) == ["top", "Z"]  # the smallest first
    assert list(components(spectra, "signal")) == ["heavy", "light"]
    drawn = components(spectra, "background") | components(spectra, "signal")
    for name, one in drawn.items():
        expected, _ = np.histogram(score[process == name], EDGES, weights=weight[process == name])
        np.testing.assert_allclose(one.values(), expected)
    ordered = labelled_spectra(score, process, label, weight, EDGES, order=["W", "Z"])
    assert list(components(ordered, "background")) == ["Z", "top"]
    # copies in one bin are one entry
    doubled = (np.repeat(one, 2) for one in (score, process, label, weight / 2))
    copies = labelled_spectra(*doubled, EDGES, original=np.repeat(np.arange(1500), 2))
    np.testing.assert_allclose(
        components(copies, "background")["Z"].variances(), drawn["Z"].variances()
    )


def test_validation_shows_the_scan_beneath(events):
    score, process, label, weight = events
    spectra = labelled_spectra(score, process, label, weight, EDGES)
    scan = metrics.significance_scan(score, label, weight, EDGES[:-1])
    figure = scores.validation(spectra, scan, luminosity_fb=10.0, title="test part")
    top, bottom = figure.axes
    assert top.get_yscale() == "log"
    assert "10 fb" in top.get_title(loc="left")
    assert {"top", "Z", "heavy", "light"} <= set(top.get_legend_handles_labels()[1])
    lines = {line.get_label(): line.get_ydata() for line in bottom.lines}
    enough = scan.enough()
    assert not enough.all()  # so that what follows can fail
    for i, name in enumerate(("0 %", "10 %", "20 %", "30 %")):
        np.testing.assert_allclose(lines[name], np.where(enough, scan.z[i], np.nan))
    assert bottom.get_yscale() == "log"
    low, high = bottom.get_ylim()
    shown = np.where(enough, scan.z, np.nan)
    assert low < np.nanmin(shown[shown > 0])
    assert high > np.nanmax(shown)
    assert not bottom.containers  # no cut is marked as the best of the events that are shown


def test_panels_share_a_legend(events):
    score, process, label, weight = events
    spectra = labelled_spectra(score, process, label, weight, EDGES)
    scan = metrics.significance_scan(score, label, weight, EDGES[:-1])
    panels = {"one": (spectra, None), "two": (spectra, scan)}
    figure = scores.side_by_side(panels, luminosity_fb=[None, 10.0])
    common = [text.get_text() for text in figure.legends[0].get_texts()]
    assert common.count("top") == common.count("background uncertainty 10 %") == 1
    tops = [axes for axes in figure.axes if axes.get_ylabel().startswith("Events")]
    for axes in tops:
        named = {text.get_text() for text in axes.get_legend().get_texts()}
        assert named == {"heavy", "light"}
        assert not named & set(common)


@pytest.mark.parametrize("ends", [(-12.4, 4.8), (0.0, 1.0), (-40.0, 3.0), (2.3, 9.7)])
def test_numbers_below_plots_in_two_columns_do_not_touch(events, ends):
    score, *rest = events
    low, high = ends
    spectra = labelled_spectra(low + (high - low) * score, *rest, np.linspace(*ends, 26))
    panels = dict.fromkeys(("one", "two"), (spectra, None))
    figure = scores.side_by_side(panels, luminosity_fb=[None] * 2)
    figure.canvas.draw()
    for axes in figure.axes:
        shown = [one for one in axes.get_xticklabels() if one.get_text()]
        spans = [one.get_window_extent() for one in shown]
        inside = [
            one for one in spans if axes.bbox.x0 - 1 <= (one.x0 + one.x1) / 2 <= axes.bbox.x1 + 1
        ]
        assert len(inside) > 2
        assert all(one.x1 + 10 < other.x0 for one, other in pairwise(inside))


def test_a_plot_without_scale_and_scan(events):
    spectra = labelled_spectra(*events, EDGES)
    (axes,) = scores.side_by_side({"one": (spectra, None)}, luminosity_fb=[None]).axes
    assert axes.get_title(loc="left") == "one\nsimulated events, not scaled"
    assert axes.get_xlabel() == "Network output"


def test_validation_without_enough_background_says_so(events):
    score, process, label, _ = events
    spectra = labelled_spectra(score[label], process[label], label[label], label[label], EDGES)
    scan = metrics.significance_scan(score[label], label[label], label[label], EDGES[:-1])
    bottom = scores.validation(spectra, scan, luminosity_fb=1.0).axes[1]
    assert [text.get_text() for text in bottom.texts] == [
        "dotted: below 10 effective background events"
    ]
    assert np.isfinite(bottom.get_ylim()).all()


def test_curves_of_several_scans(events):
    score, _, label, weight = events
    scans = {
        name: metrics.significance_scan(score**power, label, weight, EDGES[:-1])
        for name, power in (("plain", 1), ("squared", 2))
    }
    (axes,) = scores.significance_curves(scans).axes
    assert axes.get_legend_handles_labels()[1] == ["plain", "squared"]
    lines = [line for line in axes.lines if line.get_label() in scans]
    for line, scan in zip(lines, scans.values(), strict=True):
        expected = np.where(scan.enough(), scan.z[0], np.nan)
        np.testing.assert_allclose(line.get_ydata(), expected)
    assert lines[0].get_linestyle() != lines[1].get_linestyle()  # told apart in grey


def test_roc_curves(events):
    score, _, label, _ = events
    curve, area = roc(score, label), Ranking(score, label).auc()
    curves, areas = {"one": curve, "two": curve}, {"one": area, "two": area}
    figure = scores.roc_curves(curves, areas, title="heavy")
    left, right = figure.axes
    assert (left.get_xscale(), right.get_xscale()) == ("linear", "log")
    for axes in (left, right):
        np.testing.assert_allclose(axes.lines[0].get_ydata(), curve.signal)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    shown = [float(number) for number in re.findall(r"[\d.]+", labels[0])]
    close = pytest.approx((area.value, area.error), abs=0.05 * area.error)
    assert shown == close  # to two digits of the error
    assert labels[1].startswith("two: ")
