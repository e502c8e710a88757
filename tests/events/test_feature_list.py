"""The list of features against the columns, and its entries against each other."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events.feature_list import DILEPTON, FEATURES, feature
from lepsearch.events.features import TABLES
from lepsearch.events.objects import reconstruct
from lepsearch.events.records import no_events

COLUMNS = {region: make(reconstruct(no_events())) for region, make in TABLES.items()}
EVERY = [(region, one) for region, known in FEATURES.items() for one in known.values()]


@pytest.mark.parametrize(("region", "one"), EVERY, ids=lambda x: getattr(x, "name", x))
def test_feature_is_a_column_and_can_be_drawn(region, one):
    assert one.name in COLUMNS[region]
    assert one.low < one.high
    assert len(one.edges) == one.bins + 1
    assert one.unit in ("GeV", "rad", "")
    assert one.counts == np.issubdtype(COLUMNS[region][one.name].dtype, np.integer)
    if one.counts:
        assert np.diff(one.edges) == pytest.approx(1)
    figure = plt.figure()
    figure.suptitle(one.axis)
    figure.text(0.1, 0.1, f"${one.formula or 'x'}$")
    figure.canvas.draw()  # matplotlib refuses TeX that it can't set
    plt.close(figure)


def test_every_column_is_a_feature_or_identifies():
    known = {"run", "event", "event_weight", "metphi", "n_baseline", "pair"}
    for region, columns in COLUMNS.items():
        rest = {
            name for name in set(columns) - set(FEATURES[region]) - known
            if not name.endswith(("charge", "flavour"))
        }  # fmt: skip
        assert all(name.startswith(("ljet", "bjet")) for name in rest), region


def test_the_theses_tables_are_complete():
    """Thesis B: 20 features in table 4.2, 10 in 4.3, 4 in 5.1; two are starred."""
    sources = [one.source for one in DILEPTON.values()]
    assert [sources.count(table) for table in ("4.2", "4.3", "5.1")] == [20, 10, 4]
    assert [one.name for one in DILEPTON.values() if one.dropped] == ["dPhiLeps", "dPhiCloseMet"]
    assert sum(one.may_be_absent for one in DILEPTON.values()) == 10


def test_unknown_feature():
    with pytest.raises(InputError, match=r"no feature 'mlll' in region 'dilepton'.*'mll'"):
        feature("dilepton", "mlll")
    assert feature("trilepton", "mlll").unit == "GeV"
