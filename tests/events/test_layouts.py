"""Ntuples that are not ATLAS's: the same events by layouts of other kinds of file."""

import re
from pathlib import Path

import numpy as np
import pytest

from lepsearch.data.layout import own_layout
from lepsearch.events import reader, selection
from lepsearch.events.features import feature_table

PAGE = Path(__file__).parents[2] / "book" / "your_events.md"
LAYOUTS = dict(
    re.findall(
        r"```{code-block} yaml\n:name: layout-(\w+)\n.*?\n(tree:.*?)```", PAGE.read_text(), re.S
    )
)


@pytest.fixture
def events(make_events):
    """Pairs and triples of both flavours, some lacking one requirement."""
    event, lepton, jet = make_events
    one, two, three = lepton(60, 0.4), lepton(45, -1, 2.0, flavour=11, charge=-1), lepton(30, 1, -2)
    jets = [jet(80, 1.0, 0.5, btag=True), jet(40, -2.0, jvt=0.9)]
    found = [
        event([one, two], jets=jets, weight=2.0, factor=0.9),
        event([two, one | {"matched": False}], met=80.0, met_phi=1.0),
        event([three, two, one], jets=jets[1:], met=20.0),
        event([one, two], trigger=False),
        event([]),
    ]
    for spoilt in ({"tight": False}, {"isolation": 10.0}, {"d0sig": 9.0}, {"z0": 2.0}):
        found.append(event([one, three, two | spoilt], jets=jets))
    return found


@pytest.fixture
def layout(tmp_path):
    """A layout of the book's page, with one text replaced by another."""

    def written(kind, old="", new=""):
        assert old in LAYOUTS[kind]
        (tmp_path / "layout.yaml").write_text(LAYOUTS[kind].replace(old, new))
        return own_layout(tmp_path / "layout.yaml")

    return written


@pytest.mark.parametrize("kind", ["nano", "flat"])
@pytest.mark.parametrize("ntuple", [False, True])
@pytest.mark.parametrize("simulated", [False, True])
def test_every_layout_gives_the_same_events(
    kind, ntuple, simulated, events, layout, foreign, write, tmp_path
):
    known = layout(kind)
    path = foreign["write"](tmp_path / "a.root", known.tree, foreign[kind](events), ntuple=ntuple)
    got = reader.read(path, known, simulated=simulated)
    expected = reader.read(write["2020"](tmp_path / "b.root", events), "2020", simulated=simulated)
    for region in selection.REGIONS:
        (ours, flow), (theirs, other) = (selection.select(one, region) for one in (got, expected))
        assert [step.events for step in flow.steps] == [step.events for step in other.steps]
        assert len(theirs) > 0
        columns = feature_table(theirs, region)
        for name, values in feature_table(ours, region).items():
            if name not in ("run", "n_fake" if kind == "flat" else ""):
                near = {"rtol": 1e-5, "atol": 0.1 if name.endswith("m") else 1e-4}  # masses of 0
                np.testing.assert_allclose(values, columns[name], err_msg=name, **near)
