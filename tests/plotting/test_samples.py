"""Figures of samples and signals."""

import numpy as np
import pandas as pd
import pytest

from lepsearch.plotting import samples
from lepsearch.plotting.samples import cross_sections, shapes
from lepsearch.stats.histograms import fill


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


def test_sizes():
    names = ["met_et", "jet_pt", "jet_eta"]
    table = pd.DataFrame({"plain": [8.0, 30.0, 10.0], "packed": [1.0, 15.0, 5.0]}, names)
    axes = samples.sizes(table).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [1, 20, 8, 40]
    labels = [one.get_text() for one in axes.get_yticklabels()]
    assert labels == ["missing transverse momentum (1)", "jets (2)"]
