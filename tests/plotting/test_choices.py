"""Figures of estimates by name and against numbers show what they were given."""

import numpy as np
import pytest

from lepsearch.plotting.choices import by_row
from lepsearch.stats.estimate import Estimate

UNDEFINED = Estimate(np.nan, np.nan)


def test_every_name_has_a_row_of_its_own():
    found = {"chosen": {"a": Estimate(1.0, 0.1), "b": Estimate(2.0, 0.2)}}
    axes = by_row(found | {"own": {"b": Estimate(2.0, 0.2)}}).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]
    chosen, own = ([*c.lines[0].get_xdata(), *c.lines[0].get_ydata()] for c in axes.containers)
    assert chosen == [1.0, 2.0, 0.0, 1.0]
    assert own == pytest.approx([2.0, 1.22])


def test_trainings_are_ticks_and_what_is_below_the_axis_is_written():
    found = {"a": Estimate.of(0.8, None, np.array([0.7, 0.9])), "b": Estimate(0.1, 0.01)}
    axes = by_row({"area": found}, lowest=0.5).axes[0]
    assert axes.lines[-1].get_xdata().tolist() == [0.7, 0.9]
    assert [text.get_text() for text in axes.texts] == ["◂ 0.100 ± 0.010"]


@pytest.mark.parametrize("one", [Estimate(0.0, 0.0), UNDEFINED])
def test_no_positive_value_is_said_so(one):
    figure = by_row({"chosen": {"a": one}}, log=True)
    figure.canvas.draw()  # a logarithmic axis without values would fail here
    assert figure.axes[0].texts[0].get_text() == "no value is positive"


def test_small_values_are_told_apart_and_undefined_ones_keep_a_row():
    found = {"a": Estimate(1e-4, 3e-4), "b": Estimate(1.0, 0.2), "c": UNDEFINED}
    axes = by_row({"chosen": found}, log=True).axes[0]
    assert axes.get_xscale() == "log"
    assert 0 < axes.get_xlim()[0] < 1e-4
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b", "c"]
