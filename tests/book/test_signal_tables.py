"""Tables and figures of signals."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from lepsearch.book import signal_tables
from lepsearch.plotting.signals import cross_sections, shapes
from lepsearch.stats.histograms import fill


@pytest.fixture(autouse=True)
def closed():
    """No window, and no figure left open."""
    mpl.use("agg")
    yield
    mpl.pyplot.close("all")


def test_benchmarks_follow_the_rules_of_the_sectors():
    table = signal_tables.zprime_benchmarks([100, 400])
    assert table.loc["100", "dark Higgs (light)"] == "100"
    assert table.loc["100", "dark Higgs (heavy)"] == "125"
    assert table.loc["400", "dark Higgs (light)"] == "125"
    assert table.loc["400", "χ₁, χ₂ (light)"] == "5,\u00a0430"
    # at 2 m -> m, m / 2 the momentum is m sqrt(105) / 16
    assert table.loc["400", "kick (heavy)"] == f"{400 * 105**0.5 / 16:.0f}"


def test_a_sample_without_a_recipe_has_no_prediction():
    samples = pd.DataFrame(
        [
            {"sample": "a", "label": "A", "process": "", "parameters": {}, "generated": None,
             "cross_section_pb": 2e-3, "predicted_pb": None},
            {"sample": "b", "label": "B", "process": "x", "parameters": {}, "generated": 4000,
             "cross_section_pb": 1.0, "predicted_pb": 1.5},
        ]
    )  # fmt: skip
    table = signal_tables.signals_table(samples, 10.0)
    assert table.loc["a"].tolist() == ["A", "2", "–", "20", "–"]
    assert table.loc["b"].tolist() == ["B", "1e+03", "1.5e+03", "1e+04", "4,000"]


def test_no_signal_is_said():
    none = pd.DataFrame(columns=["sample", "cross_section_pb"])
    assert "none" in signal_tables.signals_table(none, 1.0).to_string()
    events = pd.DataFrame(columns=["sample", "met"])
    assert "none" in signal_tables.quantiles_table(events, {"met": "met"}).to_string()


def test_quantiles_are_the_middle():
    events = pd.DataFrame({"sample": "a", "met": np.arange(101.0)})
    table = signal_tables.quantiles_table(events, {"met": "met [GeV]"})
    assert table.loc["a"].tolist() == ["101", "50 (16 to 84)"]


def test_shapes_have_area_one_and_leave_out_empty_ones():
    edges = [0.0, 1.0, 2.0]
    filled, empty = fill([0.5, 1.5, 1.6, 1.7], np.ones(4), edges), fill([], [], edges)
    axes = shapes({"full": filled, "empty": empty}, xlabel="x").axes[0]
    (drawn,) = axes.patches
    assert drawn.get_data().values.tolist() == [0.25, 0.75]
    (note,) = shapes({}, xlabel="x").axes[0].texts
    assert "no event" in note.get_text()


def test_ratio_is_quoted_over_ours():
    mass = np.array([100.0, 200.0, 400.0])
    ours = {"model": (mass, 10 / mass)}
    quoted = {"model": (mass[1:], 20 / mass[1:])}
    figure = cross_sections(ours, quoted, {"model": (mass[:1], np.ones(1))}, xlabel="", ylabel="")
    assert figure.axes[1].lines[0].get_ydata() == pytest.approx([2, 2])
    assert len(cross_sections(ours, {}, {}, xlabel="", ylabel="").axes) == 1
