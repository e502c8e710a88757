"""Grids of samples: every point once, mistakes named with their line."""

import shutil
from pathlib import Path

import pytest

from lepsearch.data.manifest import load_manifest
from lepsearch.errors import InputError
from lepsearch.simulate.processes import find_process

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest():
    return load_manifest(ROOT)


@pytest.fixture
def project(tmp_path):
    shutil.copy(ROOT / "data_manifest.yaml", tmp_path)
    shutil.copytree(ROOT / "open_data", tmp_path / "open_data")
    return tmp_path


def test_the_whole_grid_holds_the_theses_points(manifest):
    made = manifest.simulation("embedded-full")
    counts = {
        start: sum(name.startswith(start) for name in made) for start in ("dh_", "lv_", "eft_")
    }
    # 11 masses for two models, 15 for the third, two sectors each; ee and mumu in one sample
    assert counts == {"dh_": 22, "lv_": 22, "eft_": 30}
    masses = {one.parameters["mass"] for name, one in made.items() if name.startswith("dh_lds_")}
    assert masses == {130, 200, 400, 600, 800, 900, 1100, 1200, 1300, 1400, 1500}


def test_a_point_carries_its_parameters_and_label(manifest):
    sample = manifest.samples["lv_lds_400"]
    assert dict(sample.parameters) == {"sector": "light", "mass": 400}
    assert sample.label == "Light vector, light sector, $m_{Z'} = 400$ GeV"
    assert sample.group == "light_vector"
    assert dict(sample.events) == {"embedded": 4_500, "embedded-full": 20_000}
    assert dict(manifest.samples["lv_lds_600"].events) == {"embedded-full": 20_000}


def test_seeds_differ(manifest):
    seeds = [sample.seed for sample in manifest.samples.values()]
    assert len(set(seeds)) == len(seeds)


def test_every_sample_is_a_process_with_a_number_of_its_own(manifest):
    numbers = [
        one.dsid or find_process(one.process, one.parameters).dsid
        for one in manifest.samples.values()
    ]
    assert len(set(numbers)) == len(numbers)


def test_a_longer_grid_keeps_its_samples(manifest, project):
    path = project / "data_manifest.yaml"
    path.write_text(path.read_text().replace("[130, 200, 400, 600", "[130, 150, 200, 400, 600"))
    longer = load_manifest(project)
    assert set(longer.samples) - set(manifest.samples) == {
        "dh_hds_150", "dh_lds_150", "lv_hds_150", "lv_lds_150"
    }  # fmt: skip
    assert all(longer.samples[name] == sample for name, sample in manifest.samples.items())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("dh_<sector>_<mass>", "dh_<sector>", "one <...> for each", id="axis"),
        pytest.param("Dark Higgs, <sector>", "Dark Higgs, <secto>", "<secto>", id="label"),
        pytest.param("group: light_vector", "group: x", "unknown group 'x'", id="group"),
        pytest.param("{ dh_hds_130: 400 }", "{ dh_hds_131: 400 }", "dh_hds_130", id="point"),
        pytest.param("name: lv_<", "name: dh_<", "stands in grids.dark_", id="name twice"),
        pytest.param("smoke: { dh_hds_130", "smok: { dh_hds_130", "'smok'", id="profile"),
        pytest.param("smoke: { dh_hds_130", "embedded-full: { dh_hds_130", "one", id="both"),
    ],
)  # fmt: skip
def test_mistakes_are_named(project, old, new, message):
    path = project / "data_manifest.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as caught:
        load_manifest(project)
    assert f"{path}:" in str(caught.value)
    assert "grids." in str(caught.value)


def test_one_cross_section_can_not_fit_all_points(project):
    path = project / "data_manifest.yaml"
    head, tail = path.read_text().split("\ngrids:", 1)
    path.write_text(f"{head}\ngrids:{tail.replace('pb: from generator', 'pb: 3', 1)}")
    with pytest.raises(InputError, match=r"grids.dark_higgs: cross_section.pb should be"):
        load_manifest(project)
