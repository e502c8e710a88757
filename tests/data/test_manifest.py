"""The manifest, its tables and a user's folder: what is right is read, what is wrong is named."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import Field

from lepsearch.data.lined_yaml import Strict, read
from lepsearch.data.manifest import Manifest, load_manifest
from lepsearch.errors import InputError
from lepsearch.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load_manifest(ROOT)


@pytest.fixture
def project(tmp_path):
    """A copy of the manifest and its tables to spoil."""
    shutil.copy(ROOT / "data_manifest.yaml", tmp_path)
    shutil.copytree(ROOT / "open_data", tmp_path / "open_data")
    return tmp_path


def spoil(project: Path, old: str, new: str, file: str = "data_manifest.yaml") -> int:
    """Replace one text in a file; the line where it stood."""
    path = project / file
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def errors(project: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_manifest(project)
    return str(caught.value)


# --- the project's own manifest


def test_the_tables_hold_every_sample_and_file(manifest):
    assert len(manifest.open_data.samples) == 601
    assert len(manifest.open_data.files) == 5828


def test_every_address_size_and_checksum_is_the_portals(manifest):
    # of the 5,828 lines "address size adler32" in the portal's records, sorted
    lines = sorted(f"{file.uri} {file.size} {file.adler32}" for file in manifest.open_data.files)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert digest == "218bf9d1175c84a947aef98fbbb8f1fa660d687b2059afb40e11d6887e77c23b"


def test_archives_of_whole_collections_must_be_asked_for(manifest):
    usual = manifest.open_data.select(collection=["1lep"])
    archives = manifest.open_data.select(collection=["1lep"], kind=["other"])
    assert {file.kind for file in usual} == {"data", "mc"}
    assert sorted(file.key for file in archives) == [
        "Data-1lep.zip", "MC-1-1lep.zip", "MC-2-1lep.zip"
    ]  # fmt: skip
    assert len(usual) == 4 + 129


def test_the_tables_stay_small():
    assert all(path.stat().st_size < 500_000 for path in (ROOT / "open_data").iterdir())


def test_luminosities(manifest):
    found = {
        name: manifest.luminosity_fb(Workspace(ROOT, name))
        for name in manifest.profiles
        if name != "local"
    }
    assert found == {
        "embedded": 139.0,  # 36.2 + 44.3 + 58.5
        "smoke": 139.0,
        "embedded-full": 139.0,
        "opendata-2020": 10.06,
        "opendata-2025": 36.6,
    }


def test_w_and_z_branching_ratios_multiply_the_published_cross_sections(manifest):
    made = manifest.simulation("embedded")
    w, z = 3 * 0.1086, 3 * 0.033658  # PDG, to one charged lepton each
    assert made["ttbar_fake"].cross_section_pb == pytest.approx(831.76 * w**2)
    assert made["wz_3l"].cross_section_pb == pytest.approx(51.11 * w * z)


def test_factors_of_what_the_generator_computes(manifest):
    made = manifest.simulation("embedded")
    published = manifest.open_data.samples["2020", 361106].cross_section_pb
    both = made["zjets"].cross_section_pb + made["zjets_merged"].cross_section_pb
    assert both == pytest.approx(2 * published, rel=1e-3)  # ee and mumu
    pairs = made["ttbar_fake"].cross_section_pb / 53.55  # Pythia's, whole
    assert made["ttbar_2l"].factor == pytest.approx(pairs, rel=1e-3)
    assert made["ttbar_2l_high"].factor == made["ttbar_2l"].factor
    assert made["ztautau"].cross_section_pb is None
    leptonic = 0.3521  # tau to e or mu
    assert made["ztautau"].factor == pytest.approx(published / 1480 * leptonic**2, rel=1e-3)
    assert made["dh_hds_130"].factor == 1  # the generator's value holds the branching ratio
    assert dict(made["dh_hds_130"].parameters) == {"sector": "heavy", "mass": 130}


def test_the_profiles_are_steps_of_one_data_set(manifest):
    smoke, embedded, full = (
        manifest.simulation(name) for name in ("smoke", "embedded", "embedded-full")
    )
    assert set(smoke) < set(embedded) < set(full)
    for name, simulation in embedded.items():
        assert full[name].events > simulation.events
        assert name not in smoke or smoke[name].events < simulation.events / 5
    groups = {manifest.samples[name].group for name in smoke}
    assert groups == {manifest.samples[name].group for name in full}  # one of each family


def test_lines_of_anchors_and_merges_stay_samples_of_their_own(manifest):
    one, other = manifest.samples["c1n2_450_300"], manifest.samples["c1n2_800_50"]
    assert one.process == other.process
    assert one.seed != other.seed
    assert dict(other.parameters) == {"mass": 800, "lightest": 50}


def test_embedded_sources_lie_in_the_workspace(manifest, tmp_path):
    sources = manifest.sources(Workspace(tmp_path, "embedded"))
    assert [source.name for source in sources] == list(manifest.simulation("embedded"))
    assert sources[0].files == (tmp_path / "build" / "embedded" / "ntuples" / "ttbar_2l.root",)
    assert {source.name: source.kind for source in sources}["dh_hds_130"] == "signal"


@pytest.mark.parametrize(
    ("profile", "periods", "example"),
    [
        ("opendata-2020", 4, "2020/2lep/mc_361106.Zee.2lep.root"),
        (
            "opendata-2025",
            16,
            "2025/2to4lep/ODEO_FEB2025_v0_2to4lep_mc_700601.Sh_2212_lllv.2to4lep.root",
        ),
    ],
)
def test_published_sources(manifest, tmp_path, profile, periods, example):
    sources = manifest.sources(Workspace(tmp_path, profile))
    data, *simulated = sources
    assert (data.name, data.kind, len(data.files)) == ("data", "data", periods)
    assert data.luminosity_fb == manifest.luminosity_fb(Workspace(tmp_path, profile))
    chosen = sum(len(numbers) for numbers in manifest.profiles[profile].samples.values())
    assert len(simulated) == chosen  # none of the chosen samples lacks a file
    assert (tmp_path / "data" / example,) in [source.files for source in simulated]
    assert all(source.cross_section_pb and source.sum_of_weights for source in simulated)
    assert {"background", "signal"} == {source.kind for source in simulated}


@pytest.mark.parametrize(
    ("profile", "tree"),
    [
        ("opendata-2025", "eos/opendata/atlas/rucio/opendata"),  # EOS
        ("opendata-2025", ""),  # atlasopenmagic's local path
        ("opendata-2020", "eos/opendata/atlas/OutreachDatasets/2020-08-19/2lep/MC"),
    ],
)
def test_published_files_are_found_by_name(manifest, tmp_path, profile, tree):
    files = {one.path: one for one in manifest.published(profile)}
    data, one, *_, last = manifest.sources(Workspace(tmp_path, profile, tmp_path))
    copied = [data.files[0], one.files[0], last.files[0]]
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")
    for path, folder in zip(copied, ("linked", tree, tree), strict=True):
        place = tmp_path / folder / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            file.truncate(files[str(path.relative_to(tmp_path))].size)  # sparse
    with (tmp_path / last.files[0].name).open("wb") as file:
        file.truncate(1)  # a transfer that broke off does not count
    found = manifest.sources(Workspace(tmp_path, profile, tmp_path))
    if tree:
        assert found[-1].files == (tmp_path / tree / last.files[0].name,)
    assert found[1].files == (tmp_path / tree / one.files[0].name,)
    assert found[0].files[0].parent.name in ("elsewhere", "linked")
    assert found[0].files[1:] == data.files[1:]  # what is not there is still to be fetched


def test_another_collection_has_its_own_sums_of_weights(manifest, tmp_path):
    usual = {one.name: one for one in manifest.sources(Workspace(tmp_path, "opendata-2020"))}
    assert usual["Zee"].sum_of_weights == 150277594200
    touch(tmp_path / "mc_361106.Zee.1lep1tau.root")
    assert local(manifest, tmp_path)[0]["Zee"].sum_of_weights == 116172063285


def test_an_unknown_profile_names_the_nearest(manifest, tmp_path):
    with pytest.raises(InputError, match=r"'embeded'; the nearest known: 'embedded'"):
        manifest.sources(Workspace(tmp_path, "embeded"))


def test_nothing_can_be_changed(manifest):
    with pytest.raises(ValueError, match="frozen"):
        manifest.luminosities["run2"].fb = 1.0


def test_the_digest_follows_the_tables(project):
    before = load_manifest(project).digest
    spoil(project, "0.0088432", "0.0088433", "open_data/samples.csv")
    assert load_manifest(project).digest != before


# --- errors in the manifest, each with its line


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("process: wz_3l", "proces: wz_3l", "unknown key.*'process'", id="key"),
        pytest.param(
            "      pb: 51.11\n", "      pb: many\n", "should be a number in pb", id="number"
        ),
        pytest.param("      pb: 831.76", "      pb: -831.76", "greater than 0", id="negative"),
        pytest.param("fb: 139.0", "fb: .nan", "finite", id="nan"),
        pytest.param("fb: 139.0", "fb: 193.0", "periods sum to 139", id="slip of digits"),
        pytest.param("group: diboson", "group: dibosons", "unknown group.*'diboson'", id="group"),
        pytest.param("luminosity: run2", "luminosity: run3", "unknown lumi.*'run2'", id="lumi"),
        pytest.param("smoke: 2_000", "smok: 2_000", "unknown prof.*'smoke'", id="profile"),
        pytest.param("  wz_3l:\n", "  ttbar_2l:\n", "stands twice", id="sample twice"),
        pytest.param("ttbar: [410000]", "ttbar: [410001]", "unknown sample.*: 410000 ", id="dsid"),
        pytest.param("361107, 361108]", "361107, 361107]", "361107 stands twice", id="dsid twice"),
        pytest.param("ttbar: [410000]", "zjets: [410000]", "stands twice", id="group twice"),
        pytest.param("ttbar: [410000]", "higgs: [410000]", "belongs to 'ttbar'", id="wrong group"),
        pytest.param("collection: 2lep ", "collection: 2lepp ", "unknown c.*'2lep'", id="skim"),
        pytest.param("files: open_data/files", "files: ../files", "inside the data", id="path up"),
        pytest.param("files: open_data/files", "files: /files", "inside the data", id="path off"),
        pytest.param('data: "{collection}/', 'data: "../{collection}/', "inside", id="pattern up"),
        pytest.param('mc: "{collection}/', 'mc: "{skim}/', "may hold {collection}", id="pattern"),
        pytest.param("{ embedded: 60_000", "{ embedded: no", "should be a number", id="yes or no"),
    ],
)  # fmt: skip
def test_each_mistake_is_one_line_with_its_place(project, old, new, message):
    line = spoil(project, old, new)
    found = [one for one in errors(project).splitlines() if re.search(message, one)]
    assert len(found) == 1
    at = int(re.match(rf"{project}/data_manifest\.yaml:(\d+): ", found[0])[1])
    assert abs(at - line) <= 1  # a value may be named by its key, a double by the second


def test_a_missing_cross_section_names_the_sample_and_its_line(project):
    text = (project / "data_manifest.yaml").read_text()
    begin = text.index("    cross_section:", text.index("  wz_3l:"))
    end = text.index("  zjets:", begin)
    (project / "data_manifest.yaml").write_text(text[:begin] + text[end:])
    line = text[: text.index("  wz_3l:")].count("\n") + 1
    assert errors(project) == (
        f"{project}/data_manifest.yaml:{line}: samples.wz_3l.cross_section: is missing"
    )


def test_all_mistakes_are_listed_in_the_files_order(project):
    first = spoil(project, "fb: 10.06", "fb: ten")
    second = spoil(project, "process: zll_fake", "proces: zll_fake")
    third = spoil(project, "input: folder", "input: foldr")
    lines = [int(re.search(r"yaml:(\d+)", line)[1]) for line in errors(project).splitlines()]
    # a misspelt key that was needed is two mistakes: the unknown one, and the one that is missing
    assert [first, second, third] == sorted({*lines} & {first, second, third})
    assert lines == sorted(lines)
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"samples: [1, 2\n", r"yaml:2: not YAML", id="unclosed"),
        pytest.param(b"a: \xff\xfe", "is not UTF-8 text", id="binary"),
        pytest.param(b"", "profiles: is missing", id="empty"),
        pytest.param(b"- 1\n", "should be keys with values", id="a list"),
        pytest.param(b"samples: !!python/object:os.system {}\n", "not YAML", id="code"),
    ],
)
def test_what_is_no_manifest_is_refused(project, content, message):
    (project / "data_manifest.yaml").write_bytes(content)
    assert re.search(message, errors(project))


def test_no_manifest_at_all(tmp_path):
    assert "can't be read (No such file or directory)" in errors(tmp_path)


class Inner(Strict):
    number: int


class Outer(Strict):
    listed: tuple[Inner, ...] = ()
    named: Mapping[str, Inner] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("listed:\n- number: 1\n- numbr: 2\n", r":3: listed\.1\.numbr: unknown.*'number'"),
        ("named:\n  a:\n    number: 1\n    nmber: 2\n", r":4: named\.a\.nmber: unknown.*'number'"),
        ("named:\n  a: {number: 1}\n  a: {number: 2}\n", r":3: named\.a: .*first is on line 2"),
        ("lsted: []\n", r":1: lsted: unknown key; the nearest known: 'listed'"),
    ],
)
def test_lines_and_names_at_any_depth(tmp_path, text, message):
    path = tmp_path / "some.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read(path, Outer)


# --- errors in the tables


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        pytest.param("files", ",d7cca164\n", ",d7cca16\n", "adler32: should be eight", id="short"),
        pytest.param("files", ",d7cca164\n", ",D7CCA164\n", "adler32: should", id="capital"),
        pytest.param("files", ",d7cca164\n", ",\n", "adler32: is missing", id="no checksum"),
        pytest.param("files", "22363043221", "-1", "size: should be", id="size"),
        pytest.param("files", "MC-2-1lep.zip", "../../a.zip", "inside the data folder", id="up"),
        pytest.param("files", "MC-2-1lep.zip", "/a.zip", "inside the data folder", id="absolute"),
        pytest.param("files", "MC-2-1lep.zip", "MC-1-1lep.zip", "stands twice", id="file twice"),
        pytest.param("files", "2020,1lep,other,MC-2", "2021,1lep,other,MC-2", "'2021'", id="year"),
        pytest.param("files", "2020,1lep,other,MC-2", "2020,1lp,other,MC-2", "'1lep'", id="skim"),
        pytest.param("files", "mc,301322,", "mc,301321,", "301321 is not in", id="no sample"),
        pytest.param("samples", "301216,", "301215,", "301215.*stands twice", id="sample twice"),
        pytest.param("samples", "301216,", "30121,", "six digits", id="dsid"),
        pytest.param("samples", ",0.00080617,", ",,", "cross_section_pb: is missing", id="none"),
        pytest.param("samples", ",0.00080617,", ",0,", "greater than 0", id="zero section"),
        pytest.param("samples", ",0.00080617,", ",abc,", "valid number", id="no number"),
        pytest.param("samples", "graviton", "gravitn", "unknown group.*'graviton'", id="group"),
        pytest.param("samples", "infofile", "infofle", "unknown source.*'infofile'", id="source"),
        pytest.param("samples", "ZPrime3000_ee", "../x", "safe in a file name", id="name"),
        pytest.param("samples", "ZPrime3000_ee", "a,b", "expected 12 columns", id="columns"),
        pytest.param("samples", "release,", "relase,", "expected the columns", id="header"),
        pytest.param("samples", "1lep1tau:25544800:", "1lep1tau:", "other_sums: should", id="sums"),
    ],
)  # fmt: skip
def test_each_bad_row_is_one_line_with_its_place(project, file, old, new, message):
    line = spoil(project, old, new, f"open_data/{file}.csv")
    found = errors(project).splitlines()[0]
    assert found.startswith(f"{project}/open_data/{file}.csv:{line}: ")
    assert re.search(message, found)


# --- a folder of the user's


@pytest.fixture
def folder(tmp_path):
    """A folder with three periods and three simulated samples; only the names matter here."""
    for name in (
        "Data/data_A.4lep.root",
        "Data/data_B.4lep.root",
        "Data/data_C.4lep.root",
        "MC/mc_410000.ttbar_lep.4lep.root",
        "MC/mc_361106.Zee.4lep.root",
        "MC/mc_361108.Ztautau.4lep.root",
    ):
        touch(tmp_path / "ntuples" / name)
    return tmp_path / "ntuples"


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def local(manifest: Manifest, folder: Path):
    workspace = Workspace(ROOT, "local", folder)
    return {one.name: one for one in manifest.sources(workspace)}, manifest.luminosity_fb(workspace)


def refused(manifest: Manifest, folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        local(manifest, folder)
    return str(caught.value)


def test_a_folder_is_recognised_by_names(manifest, folder):
    sources, luminosity = local(manifest, folder)
    assert list(sources) == ["data", "Zee", "Ztautau", "ttbar_lep"]
    assert [path.name[:6] for path in sources["data"].files] == ["data_A", "data_B", "data_C"]
    assert luminosity == sources["data"].luminosity_fb == pytest.approx(0.5 + 1.9 + 2.9)
    ttbar = sources["ttbar_lep"]
    assert (ttbar.group, ttbar.kind, ttbar.dsid) == ("ttbar", "background", 410000)
    assert (ttbar.cross_section_pb, ttbar.sum_of_weights) == (452.693559, 49386600)
    assert "infofile" in ttbar.cross_section_source


def test_the_real_files_are_recognised(manifest, real):
    sources, luminosity = local(manifest, real)
    assert set(sources) == {"data", "Zee", "Ztautau", "ttbar_lep"}
    assert luminosity == pytest.approx(5.3)


def test_all_four_periods_count_as_the_published_total(manifest, folder):
    touch(folder / "data_D.4lep.root")
    assert local(manifest, folder)[1] == 10.06  # not 0.5 + 1.9 + 2.9 + 4.7 = 10.0, which is rounded


def test_without_data_the_whole_release_counts(manifest, folder):
    shutil.rmtree(folder / "Data")
    sources, luminosity = local(manifest, folder)
    assert "data" not in sources
    assert luminosity == 10.06


def test_names_of_2025_are_recognised(manifest, tmp_path):
    names = "a/ODEO_FEB2025_v0_3lep_mc_700601.Sh_2212_lllv.3lep", "b/mc_700601.Sh_2212_lllv.noskim"
    for name in names:
        sources, luminosity = local(manifest, touch(tmp_path / f"{name}.root").parent)
        assert [(one.name, one.release) for one in sources.values()] == [("Sh_2212_lllv", "2025")]
        assert luminosity == 36.6


def test_some_periods_of_2025_need_a_luminosity(manifest, tmp_path):
    touch(tmp_path / "ODEO_FEB2025_v0_3lep_data15_periodD.3lep.root")
    assert "no published luminosity; state luminosity_fb" in refused(manifest, tmp_path)
    (tmp_path / "samples.yaml").write_text("luminosity_fb: 0.3\n")
    assert local(manifest, tmp_path)[1] == 0.3


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        pytest.param("my.root", r"my\.root: no release has a file of this name", id="unknown"),
        pytest.param("mc_999999.x.4lep.root", r"mc_999999\.x\.4lep\.root: no rel", id="no dsid"),
        pytest.param("data_A.2lep.root", r"collections 2lep of .* and 4lep", id="two of data"),
        pytest.param(
            "mc_361107.Zmumu.2lep.root",
            r"2lep of 2020 \(.*Zmumu.*\) and 4lep",
            id="two collections",
        ),
        pytest.param("again/data_A.4lep.root", "period A is there twice", id="period twice"),
        pytest.param("x/mc_361106.Zee.4lep.root", "'Zee' is there twice: MC.*, x/mc", id="twice"),
        pytest.param(
            "ODEO_FEB2025_v0_3lep_mc_700601.Sh_2212_lllv.3lep.root",
            r"3lep of 2025 .* 4lep of 2020|4lep of 2020 .* 3lep of 2025",
            id="two releases",
        ),
    ],
)
def test_an_unclear_folder_is_refused(manifest, folder, extra, message):
    touch(folder / extra)
    found = refused(manifest, folder)
    assert re.search(message, found)
    assert re.search("describe them in|name a folder with one|keep one of each", found)


def test_what_lies_in_a_folder_is_read_or_named(manifest, folder, tmp_path, caplog):
    """Links to files and folders, folders named as files, and files without the usual ending."""
    for name in ("Data", "MC"):
        (folder / name).rename(tmp_path / name)
        (folder / name).symlink_to(tmp_path / name)
    (folder / "again").symlink_to(tmp_path / "Data")  # read once
    (tmp_path / "Data" / "up").symlink_to(folder)  # no end
    touch(folder / "user.x.output.root" / "data_D.4lep.root")
    for name in (".data_A.4lep.root.part", ".old/data_A.4lep.root", "notes.txt"):
        touch(folder / name)
    (folder / "user.x.output.root" / "samples.yaml").write_text("luminosity_fb: 5")
    with caplog.at_level("INFO"):
        sources, _ = local(manifest, folder)
    assert len(sources["data"].files) == 4
    assert {"Zee", "Ztautau", "ttbar_lep"} <= set(sources)
    named = "not read: .data_A.4lep.root.part, .old, notes.txt, user.x.output.root/samples.yaml"
    assert named in caplog.text
    (folder / "data_D.4lep.root.2").write_bytes(b"root and more")
    assert "data_D.4lep.root.2: no release has a file of this name" in refused(manifest, folder)
    (folder / "data_D.4lep.root.2").unlink()
    (folder / "gone.root").symlink_to("/nowhere/x.root")
    assert "gone.root: is a link to /nowhere/x.root, which is not there" in refused(
        manifest, folder
    )


def test_copies_of_a_file_are_refused(manifest, folder, real):
    shutil.copy(real / "Data" / "data_C.4lep.root", folder / "Data" / "data_A.4lep.root")
    shutil.copy(real / "Data" / "data_C.4lep.root", folder / "data_D.4lep.root")
    words = r"data_A\.4lep\.root and .*data_D\.4lep\.root are copies of one file"
    assert re.search(words, refused(manifest, folder))


def test_a_long_list_of_unknown_files_is_cut(manifest, folder):
    for number in range(25):
        touch(folder / f"{number}.root")
    assert "... and 5 more" in refused(manifest, folder)


@pytest.mark.parametrize("made", [False, True])
def test_no_folder_or_an_empty_one(manifest, tmp_path, made):
    if made:
        (tmp_path / "none").mkdir()
    message = "holds no ROOT file" if made else "is no folder"
    assert message in refused(manifest, tmp_path / "none")
    with pytest.raises(InputError, match="needs a folder"):
        manifest.sources(Workspace(ROOT, "local"))
    with pytest.raises(InputError, match="needs a folder"):
        manifest.luminosity_fb(Workspace(ROOT, "local"))


DESCRIBED = """\
luminosity_fb: 20
samples:
  my_signal:
    label: Mine
    group: dark_matter
    release: "2020"
    files: [own/one.root, own/two.root]
    cross_section:
      pb: 0.5
      source: me
      times: [{value: 0.1, why: branching ratio}]
    sum_of_weights: 1000
"""


@pytest.fixture
def described(folder):
    touch(folder / "own" / "one.root")
    touch(folder / "own" / "two.root")
    (folder / "samples.yaml").write_text(DESCRIBED)
    return folder


def test_a_description_adds_samples(manifest, described, caplog):
    caplog.set_level("INFO")
    sources, luminosity = local(manifest, described)
    mine = sources["my_signal"]
    assert (mine.kind, mine.sum_of_weights, len(mine.files)) == ("signal", 1000, 2)
    assert mine.cross_section_pb == pytest.approx(0.05)
    assert luminosity == 20
    assert "Zee" in sources
    assert "not read" not in caplog.text


def test_a_cross_section_can_be_left_to_the_file(manifest, described):
    text = DESCRIBED.replace("pb: 0.5", "pb: from file")
    (described / "samples.yaml").write_text(text)
    assert "takes no factors" in refused(manifest, described)
    text = re.sub(r"      times.*\n", "", text)
    (described / "samples.yaml").write_text(text.replace("from file", "1e-3"))
    assert local(manifest, described)[0]["my_signal"].cross_section_pb == 0.001
    (described / "samples.yaml").write_text(text)
    assert local(manifest, described)[0]["my_signal"].cross_section_pb is None


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param("own/two.root", "own/three.root", 7, "there is no file", id="no file"),
        pytest.param("own/two.root", "../two.root", 7, "inside the data folder", id="path up"),
        pytest.param("own/two.root", "/etc/two.root", 7, "inside the data folder", id="path off"),
        pytest.param("dark_matter", "dark_mater", 5, "unknown group.*'dark_matter'", id="group"),
        pytest.param('"2020"', '"2021"', 6, "'2020' or '2025'", id="release"),
        pytest.param("my_signal", "../mine", 3, "pattern", id="unsafe name"),
        pytest.param("label", "lable", 4, "unknown key.*'label'", id="key"),
        pytest.param("Mine", '" "', 4, "pattern", id="empty label"),
    ],
)
def test_a_wrong_description_names_its_line(manifest, described, old, new, line, message):
    (described / "samples.yaml").write_text(DESCRIBED.replace(old, new))
    found = refused(manifest, described)
    assert re.search(rf"samples\.yaml:{line}: .*{message}", found)


def test_a_description_without_cross_section_is_refused(manifest, described):
    text = DESCRIBED[: DESCRIBED.index("    cross_section")]
    (described / "samples.yaml").write_text(text)
    assert "samples.my_signal: cross_section is missing" in refused(manifest, described)


def test_a_file_has_one_owner(manifest, described):
    again = DESCRIBED[DESCRIBED.index("  my_signal") :].replace("my_signal", "other")
    (described / "samples.yaml").write_text(DESCRIBED + again)
    assert "'own/one.root' belongs to 'my_signal' too" in refused(manifest, described)
    (described / "samples.yaml").write_text(DESCRIBED.replace("two.root", "one.root"))
    assert "'own/one.root' belongs to 'my_signal' too" in refused(manifest, described)
