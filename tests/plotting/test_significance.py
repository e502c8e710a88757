"""Figures of significances: what is drawn is what was given."""

import matplotlib as mpl
import numpy as np
import pytest

from lepsearch.plotting import significance as figures
from lepsearch.stats.toys import ToySignificance


@pytest.fixture(autouse=True)
def closed():
    """No window, and no figure left open."""
    mpl.use("agg")
    yield
    mpl.pyplot.close("all")


def test_scan_marks_the_height_at_zero():
    strength = np.linspace(-1, 2, 31)
    axes = figures.likelihood_scan(strength, {"known": (strength - 1) ** 2}).axes[0]
    assert axes.texts[0].get_text() == "$Z^2 = 1.000$"
    assert axes.get_legend_handles_labels()[1] == ["known"]


def test_printed_values_keep_their_rows():
    ranges = np.array([[0.2, 0.4], [0.5, 0.7]])
    axes = figures.printed_and_recomputed(
        ["first", "second"], np.array([0.3, 0.9]), np.array([0.31, 0.6]), ranges,
        printed_errors=np.array([0.05, 0.05]),
    ).axes[0]  # fmt: skip
    assert [label.get_text() for label in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_xlim()[1] > 0.95
    bars = {
        (round(bar.get_x(), 6), round(bar.get_y() + bar.get_height() / 2)) for bar in axes.patches
    }
    assert bars == {(0.2, 1), (0.5, 0)}


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
    seen = ToySignificance(z=1.0, z_error=0.1, p_value=0.16, exceeding=16, n_toys=100)
    bound = ToySignificance(z=2.3, z_error=np.inf, p_value=0.01, exceeding=0, n_toys=100)
    background = np.array([1.0, 10.0])
    axes = figures.against_background(
        background, {"s": background}, {"s": background}, {"s": [(1.0, seen), (0.1, bound)]}
    ).axes[0]
    points = axes.containers[0].lines[0]
    np.testing.assert_array_equal(points.get_xdata(), [1.0])
    np.testing.assert_array_equal(points.get_ydata(), [1.0])
