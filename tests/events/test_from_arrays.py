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
    for name, wrong in (
        ("missing_phi", [0.0]),
        ("missing_phi", 0.0),
        ("weight", [1.0] * 3),
        ("run", [1.0] * 3),
        ("event", [1]),
    ):
        with pytest.raises(InputError, match=f"{name} is of shape .*, expected \\(2,\\)"):
            events_from(good, jets, [1, 2], **({"missing_phi": [0, 0]} | {name: wrong}))
    with pytest.raises(InputError, match="jets: expected pt, eta, phi as lists"):
        events_from(good, None, [1, 2], [0, 0])
    del jets["phi"]
    with pytest.raises(InputError, match="jets: expected pt, eta, phi as lists"):
        events_from(good, jets, [1, 2], [0, 0])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"pt": 5e4}, r"leptons\.pt has a median of 5e\+04 GeV"),
        ({"phi": 120.0}, r"leptons\.phi goes up to 120, expected radians"),
        ({"flavour": 2}, r"leptons\.flavour holds 2, expected \(11"),
        ({"charge": 0}, r"leptons\.charge holds 0, expected"),
        ({"eta": np.nan}, r"3 events, first that at 0, have a momentum .* no finite number"),
    ],
)
def test_values_that_are_none(wrong, words):
    values = {"pt": 50.0, "eta": 0.5, "phi": 1.0, "flavour": -13, "charge": 1} | wrong
    leptons = {name: np.full((3, 2), one) for name, one in values.items()}
    jets = {name: np.empty((3, 0)) for name in ("pt", "eta", "phi")}
    with pytest.raises(InputError, match=words):
        events_from(leptons, jets, [60.0] * 3, [1.0] * 3)


def test_signs_and_sizes_of_own_events():
    phi = np.array([[1.0, 2.5]] * 3)
    leptons = {"pt": phi * 40, "eta": phi, "phi": phi, "charge": phi // 2 * 2 - 1}
    leptons["flavour"] = np.full((3, 2), -13)
    jets = {name: np.empty((3, 0)) for name in ("pt", "eta", "phi")}
    events = events_from(leptons, jets, [60.0] * 3, [1.0] * 3)
    assert set(feature_table(events, "dilepton")["lep1flavour"]) == {13}  # signs are the charge's
    with pytest.raises(InputError, match="3 events, first that at 0, have fewer than the 3 lept"):
        feature_table(events, "trilepton")
    with pytest.raises(InputError, match="1 events, first that at 2, have a momentum or weight"):
        events_from(leptons, jets, [60.0] * 3, [1.0] * 3, weight=[1, 1, np.nan])
