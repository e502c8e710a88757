"""Sums of weights of files and of samples, and files that hold what they do not stand for."""

import json
from dataclasses import replace

import numpy as np
import pytest
import uproot

from lepsearch.data.source import Simulation, Source
from lepsearch.errors import InputError
from lepsearch.events import reader, skim
from lepsearch.simulate import ntuple_writer


@pytest.fixture
def normalised(workspace, tmp_path, make_events, write):
    """Skims files of events of the given weights, each with its statements; gives what is used."""
    event, lepton, _ = make_events
    pair = [lepton(60), lepton(40, phi=2.5, charge=-1)]

    def make(*files, **of_sample):
        paths, first = [], 0
        for i, (weights, stated) in enumerate(files):
            events = [event(pair, number=first + k, weight=w) for k, w in enumerate(weights)]
            first += len(events)
            name = stated.pop("name", f"{i}.root")
            paths.append(write["2020"](tmp_path / name, events, **stated))
        source = Source("toy", "toy", "ttbar", "background", "2020", tuple(paths), **of_sample)
        return skim.skim(source, workspace, manifest="")["dilepton"]

    return make


def of(events, total, **stated):
    return [1.0] * events, {"sum_of_weights": total, **stated}


@pytest.mark.parametrize(
    ("files", "total"),
    [
        pytest.param([of(10, 10), of(10, 10)], 20, id="each file its own: all events"),
        pytest.param([of(6, 10), of(7, 10)], 20, id="each its own: more than one whole"),
        pytest.param([of(5, 10), of(2, 8)], 18, id="each its own: different"),
        pytest.param(
            [of(10, 10), of(10, 10), of(9, 9)], 29, id="each its own: the last is shorter"
        ),
        pytest.param([of(4, 10), of(6, 10)], 10, id="the sample's: both together are all"),
        pytest.param([of(4, 4.0001), of(6, 10)], 14.0001, id="two shares"),
        pytest.param([of(10, 10), of(0, 10)], 10, id="an empty file beside the whole"),
    ],
)
def test_whose_sum_a_file_states(normalised, files, total):
    info = normalised(*files)
    assert info.sum_of_weights == pytest.approx(total)
    assert info.per_inverse_fb == pytest.approx(1000 / total)


@pytest.mark.parametrize(
    "files", [[of(3, 10), of(3, 10)], [of(3, 10), of(0, 10)]], ids=["parts", "one without events"]
)
def test_a_sum_that_may_be_either(normalised, files):
    with pytest.raises(
        InputError, match=r"'toy': .*weights 10; .*can't be told: state .*`sums: per"
    ):
        normalised(*files)


@pytest.mark.parametrize(("sums", "total"), [("per file", 20), ("per sample", 10)])
def test_samples_yaml_says_whose(normalised, sums, total):
    assert normalised(of(3, 10), of(3, 10), sums=sums).sum_of_weights == total
    with pytest.raises(InputError, match="can't be told"):
        normalised(of(3, 10), of(3, 20), of(0, 1), sums=sums)
    assert normalised(of(3, 10), of(3, 10), sum_of_weights=50.0).sum_of_weights == 50


def test_events_contradict_a_sum(normalised):
    with pytest.raises(
        InputError, match=r"0\.root: sum_of_weights is 1, .* the 20 that .*own events"
    ):
        normalised(of(20, 1))
    with pytest.raises(InputError, match=r"'toy': .*add up to 20, but .*generated to 15; state"):
        normalised(of(10, 10), of(10, 10), sum_of_weights=15.0)
    # events that are left out may weigh less than nothing where there are negative weights
    assert normalised(([1.0] * 20 + [-1.0] * 9, {"sum_of_weights": 10})).sum_of_weights == 10


@pytest.mark.parametrize("stated", [0.0, -100.0, np.nan])
@pytest.mark.parametrize("sums", ["per file", "per sample", None])
def test_a_sum_that_is_none(normalised, stated, sums):
    with pytest.raises(InputError, match=r"0\.root: sum_of_weights is (0|-100|nan), expected one"):
        normalised(of(6, stated), of(6, 20), sums=sums)


def test_shares_that_agree_with_the_manifest_are_no_disagreement(normalised):
    assert normalised(of(3, 10), of(3, 12), sum_of_weights=22.0).disagreements == ()
    told = normalised(of(3, 10), of(3, 12), sum_of_weights=25.0).disagreements
    assert [one["in_file"] for one in told] == [10, 12]


@pytest.mark.parametrize(
    "stated",
    [
        {"cross_section": [2.0, 77.0, 2.0]},
        {"sum_of_weights": [50.0, 77.0, 50.0]},
        {"channel": [1, 77, 1]},
    ],
    ids=lambda stated: next(iter(stated)),
)
def test_a_file_merged_of_two_samples(normalised, stated):
    """First and last event agree; the middle is another sample's."""
    with pytest.raises(InputError, match=r"0\.root: .*77"):
        normalised(([1.0] * 3, dict(stated)))
    if "sum_of_weights" in stated:  # what nobody asks is not refused
        assert normalised(([1.0] * 3, dict(stated)), sum_of_weights=99.0).sum_of_weights == 99


def test_two_cross_sections_or_numbers_in_one_sample(normalised):
    with pytest.raises(InputError, match=r"1\.root: cross_section_pb is 3, but 2 in 0\.root"):
        normalised(of(3, 10, cross_section=2.0), of(3, 12, cross_section=3.0))
    names = [{"name": f"mc_36110{i}.Z.2lep.root"} for i in (6, 7)]
    with pytest.raises(InputError, match="channel is 361107, but 361106 in mc_361106"):
        normalised(of(3, 10, **names[0]), of(3, 12, **names[1]))


def test_another_samples_file(workspace, tmp_path, make_events, write):
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "mc_361106.Zee.2lep.root", [event([lepton(30)])])
    other = path.rename(tmp_path / "mc_410000.ttbar_lep.2lep.root")
    source = Source("tt", "tt", "ttbar", "background", "2020", (other,), dsid=410000)
    with pytest.raises(InputError, match=r"events of sample 361106 .* but stands for 'tt', 410000"):
        skim.skim(source, workspace, manifest="")
    data = Source.recorded("data", "2020", [other], 1.0)
    skim.skim(data, workspace, manifest="")  # 1 pb, as data say
    write["2020"](other, [event([lepton(30)])], cross_section=452.0)
    with pytest.raises(InputError, match=r"cross section, 452 pb, but stands for recorded events"):
        skim.skim(data, workspace, manifest="")


def test_another_simulated_file(workspace, tmp_path, make_events, write):
    assert reader.RECIPE == ntuple_writer.RECORD
    event, lepton, _ = make_events
    path = write["2020"](tmp_path / "dh.root", [event([lepton(30)])])
    made = {"process": "dark_higgs", "parameters": {"mass": 130.0}}
    with uproot.update(path) as file:
        file[reader.RECIPE] = json.dumps({"recipe": made})
    right = Simulation("dark_higgs", 10, 1, {"mass": 130})
    source = Source("dh", "dh", "dark_matter", "signal", "2020", (path,), simulation=right)
    skim.skim(source, workspace, manifest="")
    for wrong in (replace(right, process="zll"), replace(right, parameters={"mass": 200})):
        with pytest.raises(
            InputError, match=r"dh\.root: .*dark_higgs .*130.*but stands for 'dh', "
        ):
            skim.skim(replace(source, simulation=wrong), workspace, manifest="")
