"""Features and the matrix from a user's own arrays: awkward, or NumPy arrays padded with NaN."""

import awkward as ak
import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events import reader
from lepsearch.events.features import FEATURES, feature_table
from lepsearch.events.from_arrays import events_from
from lepsearch.events.selection import prepare
from lepsearch.rmm.conventions import DEFAULT
from lepsearch.rmm.layout import Layout
from lepsearch.rmm.matrix import rmm
from lepsearch.rmm.momenta import FourMomenta

LEPTON = ("pt", "eta", "phi", "energy", "flavour", "charge", "z0", "d0_significance", "fake")
JET = ("pt", "eta", "phi", "energy", "b_tagged")


@pytest.fixture
def real_events(real):
    """Real events with their selected objects."""
    path = real / "MC" / "mc_410000.ttbar_lep.4lep.root"
    return prepare(reader.read(path, "2020", simulated=True))[0].of("dilepton")


def jagged(objects, names):
    return {name: ak.unflatten(getattr(objects, name), objects.sizes) for name in names}


def padded(objects, names):
    return {name: objects.padded(getattr(objects, name), 12) for name in names}


@pytest.mark.parametrize("made", [jagged, padded])
@pytest.mark.parametrize("region", FEATURES)
def test_own_arrays_have_the_features_of_files(real_events, made, region):
    chosen = real_events[real_events.leptons.sizes >= (2 if region == "dilepton" else 3)]
    leptons, jets = made(chosen.leptons, LEPTON), made(chosen.jets, JET)
    mixed = {name: values[:, ::-1] for name, values in leptons.items()}  # any order
    own = events_from(
        mixed, jets, chosen.missing_pt, chosen.missing_phi,
        weight=chosen.weight, run=chosen.run, event=chosen.event,
    )  # fmt: skip
    expected, found = feature_table(chosen, region), feature_table(own, region)
    for name in expected.keys() - {"original", "n_baseline"}:
        np.testing.assert_array_equal(found[name], expected[name], name)


def test_matrices_of_lists_and_of_padded_arrays(real_events):
    layout = Layout((("jet", 3),))
    energies = ("pt", "eta", "phi")
    parts = [made(real_events.jets, energies) for made in (jagged, padded)]
    met = real_events.missing_pt, real_events.missing_phi
    lists, arrays = (
        rmm({"jet": FourMomenta(*one.values(), one["pt"] * 0)}, *met, layout, DEFAULT)
        for one in parts
    )
    np.testing.assert_array_equal(lists, arrays)
    assert (lists > 0).any()


def test_arrays_that_do_not_fit():
    good = {name: np.ones((2, 3)) for name in ("pt", "eta", "phi", "flavour", "charge")}
    jets = {name: np.ones((2, 1)) for name in ("pt", "eta", "phi")}
    with pytest.raises(InputError, match="unknown field of leptons 'ptt'"):
        events_from(good | {"ptt": 1}, jets, [1, 2], [0, 0])
    for wrong in (
        {"pt": np.ones(2)},
        {"eta": np.ones((2, 2))},
        {"eta": np.ones((2, 4))},
        {"phi": [["a", "b", "c"]] * 2},
    ):
        with pytest.raises(InputError, match="leptons: expected pt, eta, phi, flavour, charge as"):
            events_from(good | wrong, jets, [1, 2], [0, 0])
    with pytest.raises(InputError, match=r"leptons: .*as many events as missing_pt"):
        events_from(good, jets, [1.0], [0.0])
    del jets["phi"]
    with pytest.raises(InputError, match="jets: expected pt, eta, phi as lists"):
        events_from(good, jets, [1, 2], [0, 0])
