"""Branches as in the real files of the 2020 release."""

import numpy as np
import pytest
import uproot

from lepsearch.simulate.ntuple_writer import write_ntuple

COLLECTIONS = ("lep_", "jet_")


@pytest.fixture(scope="module")
def ours(make, tmp_path_factory):
    path = tmp_path_factory.mktemp("ntuple") / "ttbar.root"
    kept = make("ttbar_2l", 3000).kept
    write_ntuple(
        path, kept, dsid=900001, cross_section_pb=88.3, sum_of_weights=3000.0, record="made"
    )
    return path


def element(typename: str) -> str:
    """`std::vector<float>` and `float[]` hold the same."""
    return typename.removeprefix("std::vector<").removesuffix(">").removesuffix("[]")


def test_types_are_those_of_the_real_files(ours, real):
    with (
        uproot.open(ours) as made,
        uproot.open(real / "MC" / "mc_410000.ttbar_lep.4lep.root") as published,
    ):
        tree, reference = made["mini"], published["mini"]
        written = set(tree.keys())
        assert written <= set(reference.keys())
        for name in written - {"lep_n", "jet_n"}:  # counters: uproot writes signed ones only
            assert element(tree[name].typename) == element(reference[name].typename), name
            read, expected = tree[name].array(), reference[name].array()
            assert read.type.content == expected.type.content, name
        # everything of the collections that are made, systematic variations aside
        of_objects = {k for k in reference.keys() if k.startswith(COLLECTIONS)}  # noqa: SIM118
        assert of_objects - written == {"lep_pt_syst", "jet_pt_syst"}


def test_values_lie_where_those_of_the_real_file_lie(ours, real):
    """Units: medians agree within a factor of three, wherever they are not near zero."""
    with (
        uproot.open(ours) as made,
        uproot.open(real / "MC" / "mc_410000.ttbar_lep.4lep.root") as published,
    ):
        for name in (
            "lep_pt", "lep_E", "jet_pt", "jet_E", "met_et", "lep_tracksigd0pvunbiased", "jet_jvt",
        ):  # fmt: skip
            medians = []
            for tree in (made["mini"], published["mini"]):
                values = tree[name].array(library="np")
                flat = np.concatenate(values) if values.dtype == object else values
                medians.append(np.median(flat))
            assert 1 / 3 < medians[0] / medians[1] < 3, name


def test_constants(ours):
    with uproot.open(ours) as file:
        tree = file["mini"]
        assert set(tree["channelNumber"].array(library="np")) == {900001}
        assert set(tree["runNumber"].array(library="np")) == {284500}
        assert tree["XSection"].array(library="np")[0] == pytest.approx(88.3)
        assert set(tree["SumWeights"].array(library="np")) == {3000.0}
        assert set(tree["scaleFactor_ELE"].array(library="np")) == {1.0}
        assert file["recipe"] == "made"


def test_counters_and_significance(ours):
    with uproot.open(ours) as file:
        tree = file["mini"].arrays()
    counted = np.array([len(one) for one in tree["lep_pt"]])
    np.testing.assert_array_equal(counted, tree["lep_n"])
    flat = {name: np.concatenate(tree[name].to_list()) for name in tree.fields if "d0pv" in name}
    significance = flat["lep_tracksigd0pvunbiased"]
    assert (significance >= 0).all()
    d0 = flat["lep_trackd0pvunbiased"]
    assert 0.4 < np.mean(d0 > 0) < 0.6
    # a resolution of tens of micrometres, as in the real files
    assert set(np.round(np.abs(d0) / significance, 4)) == {0.0145, 0.012}


def test_triggers_follow_the_leptons(ours):
    with uproot.open(ours) as file:
        tree = file["mini"].arrays()
    fired = tree["lep_trigMatched"]
    for kind, branch in ((11, "trigE"), (13, "trigM")):
        any_fired = np.array(
            [any(f & (t == kind)) for f, t in zip(fired, tree["lep_type"], strict=True)]
        )
        np.testing.assert_array_equal(any_fired, tree[branch])
    share = np.mean(tree["trigE"] | tree["trigM"])
    assert 0.7 < share < 0.99
