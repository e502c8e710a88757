"""Numbers recorded for prose."""

import json
import math

import numpy as np
import pytest

from lepsearch.book import report
from lepsearch.errors import InputError
from lepsearch.stats.estimate import Estimate


@pytest.fixture
def outputs(monkeypatch):
    """What a notebook would keep: the outputs of each display, in order."""
    shown = []

    def display(data, *, raw, metadata):
        assert raw
        shown.append({"output_type": "display_data", "data": data, "metadata": metadata})

    monkeypatch.setattr(report, "display", display)
    return shown


@pytest.mark.parametrize(
    ("value", "fmt", "text"),
    [
        pytest.param(85.31, ".1f", "85.3", id="format"),
        pytest.param(1.2345, None, "1.23", id="default"),
        pytest.param(Estimate(10.06, 0.55), ".1f", "10.1 ± 0.6", id="with error"),
        pytest.param(Estimate(math.nan, 0.5), ".1f", "undefined", id="not a number"),
        pytest.param(math.inf, ".1f", "infinite", id="infinite"),
        pytest.param(3.0, "d", "3", id="whole number"),
        pytest.param(Estimate(10.06, 0.55), None, "10.06 ± 0.55", id="estimate"),
    ],
)
def test_text_as_a_page_shows_it(outputs, value, fmt, text):
    report.record("m", value, fmt)
    (output,) = outputs
    # quoted, or myst-nb would read a number and format it anew
    assert output["data"] == {"application/papermill.record/text/plain": repr(text)}
    # what myst-nb reads to find the output of a {glue:text} role
    assert output["metadata"]["scrapbook"] == {
        "name": "m",
        "mime_prefix": "application/papermill.record/",
    }


def test_the_number_itself_travels_along(outputs):
    report.record("yield_ee", Estimate(1 / 3, 0.125), ".2f")
    report.record("z", math.nan)
    outputs.append({"name": "stdout", "output_type": "stream", "text": "no number"})
    results = report.collect(outputs, "01_line")
    assert results == {
        "yield_ee": {"value": 1 / 3, "error": 0.125, "text": "0.33 ± 0.12"},
        "z": {"value": None, "error": None, "text": "undefined"},
    }
    json.dumps(results, allow_nan=False)


@pytest.mark.parametrize(
    ("expression", "value", "error", "text"),
    [
        ("n", 3, None, "3"),
        ("total", 7.5, 0.5, "7.50 ± 0.50"),
        ("f'{total:.1f}'", 7.5, 0.5, "7.5 ± 0.5"),
        ("f'{total.value:.1f} of {n:d} {name}'", [7.5, 3], None, "7.5 of 3 a_b"),
        (
            "f'{total:.1f}, {z:.2f} and {1e999:.2f}'",
            [7.5, None, None],
            [0.5, None, None],
            "7.5 ± 0.5, undefined and infinite",
        ),
        ("z", None, None, "undefined"),
        (
            "f'{z:.2f} to {-1 * total:.{n}u}'",
            [None, -7.5],
            [None, 0.5],
            "undefined to -7.500 ± 0.500",
        ),
        ("name if n > 3 else f'{sum(n * x for x in (1, 2)):d}'", 9, None, "9"),
        ("name", None, None, "a_b"),
    ],
)
def test_an_expression_in_prose_keeps_its_numbers(outputs, expression, value, error, text):
    names = {"n": 3, "total": Estimate(7.5, 0.5), "z": math.nan, "name": "a_b"}
    report.evaluate(expression, names)
    entry = report.collect(outputs, "01_line")[expression]
    assert entry == {"value": value, "error": error, "text": text}
    json.dumps(entry, allow_nan=False)


def test_what_an_expression_says_is_text_but_for_markdown_objects(outputs):
    class Marked:
        def _repr_markdown_(self):
            return "*it*"

    report.evaluate("'a_b $a_b$ | 3 $'", {})
    report.evaluate("it", {"it": Marked()})
    texts = [output["metadata"]["lepsearch"]["markdown"] for output in outputs]
    assert texts == [r"a\_b $a_b$ \| 3 \$", "*it*"]  # a formula stays one


def test_a_number_that_jupyterlab_would_show_with_its_type_is_named(outputs, caplog):
    report.evaluate("n", {"n": np.int64(3)})
    report.evaluate("f'{n:d}'", {"n": np.int64(3)})
    assert caplog.messages == ["JupyterLab shows n as np.int64(3): give it a format in an f-string"]


def test_an_expression_that_changes_is_kept_twice(outputs):
    for n in (1, 1, 2, 3):
        report.evaluate("n", {"n": n})
    results = report.collect(outputs, "01_line")
    assert {name: entry["value"] for name, entry in results.items()} == {
        "n": 1,
        "n (2)": 2,
        "n (3)": 3,
    }


def test_a_name_twice_is_refused(outputs):
    report.record("m", 1.0)
    report.record("m", 2.0)
    with pytest.raises(InputError, match=r"01_line: the number 'm' is recorded twice \('1', then"):
        report.collect(outputs, "01_line")


def test_words_are_recorded_without_a_number(outputs):
    report.record("guevara_figure_5_2", "agrees")
    entry = report.collect(outputs, "01_line")["guevara_figure_5_2"]
    assert entry == {"value": None, "error": None, "text": "agrees"}


@pytest.mark.parametrize("name", ["", "a b", "1st", "m:.1f", "a`b", "å"])
def test_a_name_that_no_role_can_hold_is_refused(name):
    with pytest.raises(InputError, match="letters, digits and _"):
        report.record(name, 1.0)
