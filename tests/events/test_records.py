"""Flat lists of objects against the same done with lists of records."""

import awkward as ak
import numpy as np
import pytest

from lepsearch.events import reader
from lepsearch.events.records import Jets, leading


@pytest.fixture(params=[0, 1, 200])
def both(request):
    """The same jets as flat columns and as awkward records."""
    rng = np.random.default_rng(request.param)
    sizes = rng.integers(0, 5, request.param)
    columns = [rng.normal(size=sizes.sum()) for _ in range(5)]
    jets = Jets(sizes, *columns, columns[0] > 0)
    names = ("pt", "eta", "phi", "energy", "jvt", "b_tagged")
    return jets, ak.zip({name: ak.unflatten(getattr(jets, name), sizes) for name in names})


def same(jets, records):
    assert jets.sizes.tolist() == ak.num(records).to_list()
    for name in ak.fields(records):
        assert getattr(jets, name).tolist() == ak.flatten(records[name]).to_list()


def test_events_are_picked(both):
    jets, records = both
    some = np.arange(len(jets)) % 3 > 0
    for which in (some, slice(1, None, 2), slice(0, 0)):
        same(jets[which], records[which])
    same(jets[some][::2], records[some][::2])


def test_whole_events_are_picked(real):
    events = reader.read(real / "MC" / "mc_361106.Zee.4lep.root", "2020", simulated=True)
    some = np.arange(len(events)) % 3 > 0
    left = events[some]
    assert left.event.tolist() == events.event[some].tolist()
    assert left.missing_pt.tolist() == events.missing_pt[some].tolist()
    assert left.jets.pt.tolist() == events.jets[some].pt.tolist()
    assert left.stated == events.stated


def test_objects_in_order_of_pt(both):
    jets, records = both
    same(jets.ordered(), records[ak.argsort(records.pt, ascending=False)])


def test_objects_are_kept_and_counted(both):
    jets, records = both
    same(jets.keep(jets.b_tagged), records[records.b_tagged])
    assert jets.count(jets.b_tagged).tolist() == ak.sum(records.b_tagged, axis=1).to_list()
    assert jets.total(jets.pt) == pytest.approx(ak.to_numpy(ak.sum(records.pt, axis=1)))


def test_leading_objects(both):
    jets, records = both
    padded = ak.fill_none(ak.pad_none(records.eta, 3, clip=True), np.nan)
    assert np.array_equal(leading(jets, 3).eta, ak.to_numpy(padded), equal_nan=True)
