"""Figures of the chapter on ntuples show the numbers they are given."""

import numpy as np
import pandas as pd

from lepsearch.plotting import ntuples


def test_resolutions():
    pt = np.array([10.0, 100.0])
    axes = ntuples.resolutions(pt, {"jets": np.array([0.5, 0.1])}).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [50, 10]


def test_sizes():
    names = ["met_et", "jet_pt", "jet_eta"]
    table = pd.DataFrame({"plain": [8.0, 30.0, 10.0], "packed": [1.0, 15.0, 5.0]}, names)
    axes = ntuples.sizes(table).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [1, 20, 8, 40]
    labels = [one.get_text() for one in axes.get_yticklabels()]
    assert labels == ["missing momentum (1)", "jets (2)"]


def test_times():
    spent = {"loop": np.array([[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]])}
    axes = ntuples.times(np.array([10, 20]), spent).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [2000, 4000]
