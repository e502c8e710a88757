"""Figures of significances: what is drawn is what was given."""

import numpy as np
import pandas as pd

from lepsearch.plotting import significance as figures
from lepsearch.stats.counting import Significance
from lepsearch.stats.estimate import Estimate


def test_scan_marks_the_height_at_zero():
    strength = np.linspace(-1, 2, 31)
    axes = figures.likelihood_scan(strength, {"known": (strength - 1) ** 2}).axes[0]
    assert axes.texts[0].get_text() == "$Z^2 = 1.000$"
    assert axes.get_legend_handles_labels()[1] == ["known"]


def test_printed_values_keep_their_rows():
    entries = pd.DataFrame(
        {
            "printed": [0.3, 0.9], "recomputed": [0.31, 0.6], "half": 0.05,
            "lowest": [0.2, 0.5], "highest": [0.4, 0.7],
        },
        index=["first", "second"],
    )  # fmt: skip
    axes = figures.printed_and_recomputed(entries).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_xlim()[1] > 0.95
    bars = {
        (round(bar.get_x(), 6), round(bar.get_y() + bar.get_height() / 2)) for bar in axes.patches
    }
    assert bars == {(0.2, 0), (0.5, 1)}


def test_uncertainty_axis_is_in_percent():
    relative = np.array([0.0, 0.1, 0.2])
    axes = figures.against_uncertainty(relative, {"ee": np.array([0.6, 0.4, 0.2])}).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [0, 10, 20])
    assert axes.get_xlabel().endswith("[%]")


def test_tails_leave_out_what_no_experiment_reached():
    axes = figures.tails(
        np.array([0.0, 1.0, 2.0]), np.array([0.5, 0.16, 0.02]), {"b": np.array([0.5, 0.1, 0.0])}
    ).axes[0]
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), [0.5, 0.1, np.nan])


def test_points_without_an_exceeding_experiment_are_left_out():
    seen, bound = Estimate(1.0, 0.1, events=16), Estimate(2.3, np.inf, events=0)
    background = np.array([1.0, 10.0])
    axes = figures.against_background(
        background, {2: background}, {2: background}, background, {2: [seen, bound]}
    ).axes[0]
    points = axes.containers[0].lines[0]
    np.testing.assert_array_equal(points.get_ydata(), [1.0, np.nan])


def test_significances_stand_side_by_side_and_undefined_ones_are_left_out():
    good, none = Significance(1.0, 0.1, low=0.4, enough=False), Significance(np.nan, np.nan)
    table = pd.DataFrame({0.0: [good, none], 0.1: [good, none]}, index=["dh", "lv"])
    axes = figures.against_uncertainty([0.0, 0.1], {"thesis": [0.6, 0.4]}, {"here": table}).axes[0]
    assert len(axes.containers) == 2
    labels = axes.get_legend_handles_labels()[1]
    assert labels == ["thesis", "here", "dh"]
    np.testing.assert_array_equal(axes.get_xticks(), [0, 10])


def test_no_marker_stands_at_a_negative_uncertainty():
    """Several signals and tables stand from their uncertainty on, well before the next one."""
    one = Significance(1.0, 0.1, low=0.4)
    table = pd.DataFrame({0.0: [one, one], 0.1: [one, one]}, index=["dh", "lv"])
    points = {"here": table, "window": table}
    axes = figures.against_uncertainty([0.0, 0.1], {"thesis": [0.6, 0.4]}, points).axes[0]
    places = np.sort([float(one.lines[0].get_xdata()[0]) for one in axes.containers])
    assert len(set(places)) == 8
    assert places[0] == 0
    assert places[3] < 5
    np.testing.assert_allclose(places[4:], places[:4] + 10)
