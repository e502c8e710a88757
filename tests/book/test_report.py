"""Numbers recorded for prose."""

import json
import math

import pytest

from lepsearch.book import report
from lepsearch.errors import InputError


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
    ("value", "fmt", "error", "text"),
    [
        pytest.param(85.31, ".1f", None, "85.3", id="format"),
        pytest.param(1.2345, ".3g", None, "1.23", id="default"),
        pytest.param(10.06, ".1f", 0.55, "10.1 ± 0.6", id="with error"),
        pytest.param(math.nan, ".1f", 0.5, "undefined", id="not a number"),
        pytest.param(math.inf, ".1f", None, "infinite", id="infinite"),
        pytest.param(3, "d", None, "3", id="whole number"),
    ],
)
def test_text_as_a_page_shows_it(outputs, value, fmt, error, text):
    report.record("m", value, fmt, error=error)
    (output,) = outputs
    # quoted, or myst-nb would read a number and format it anew
    assert output["data"] == {"application/papermill.record/text/plain": repr(text)}
    # what myst-nb reads to find the output of a {glue:text} role
    assert output["metadata"]["scrapbook"] == {
        "name": "m",
        "mime_prefix": "application/papermill.record/",
    }


def test_the_number_itself_travels_along(outputs):
    report.record("yield_ee", 1 / 3, ".2f", error=0.125)
    report.record("z", math.nan)
    report.record_text("samples", "ttbar, WZ")
    outputs.append({"name": "stdout", "output_type": "stream", "text": "no number"})
    results = report.collect(outputs, "01_line")
    assert results == {
        "yield_ee": {"value": 1 / 3, "error": 0.125, "text": "0.33 ± 0.12"},
        "z": {"value": None, "error": None, "text": "undefined"},
        "samples": {"value": None, "error": None, "text": "ttbar, WZ"},
    }
    json.dumps(results, allow_nan=False)


def test_a_name_twice_is_refused(outputs):
    report.record("m", 1.0)
    report.record("m", 2.0)
    with pytest.raises(InputError, match=r"01_line: the number 'm' is recorded twice \('1', then"):
        report.collect(outputs, "01_line")


@pytest.mark.parametrize("name", ["", "a b", "1st", "m:.1f", "a`b", "å"])
def test_a_name_that_no_role_can_hold_is_refused(name):
    with pytest.raises(InputError, match="letters, digits and _"):
        report.record(name, 1.0)
