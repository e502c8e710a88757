"""The table of quoted values: its checks, and what it says."""

import re

import pytest

from lepsearch.data import quoted
from lepsearch.errors import InputError
from lepsearch.workspace import project_root

HEADER = "_citation: someone\n_where: table 1\n_status: printed\n"


@pytest.fixture
def load(tmp_path):
    """Reads a table from its text."""
    path = tmp_path / "t.yaml"
    return lambda text: path.write_text(text) and quoted.load(path)


def test_a_value_carries_its_source():
    value = quoted.get("guevara.table_5_6.muon.light_vector.significance")
    assert float(value) == 0.36
    assert value.step == pytest.approx(0.01)
    assert (value.citation, value.where, value.status) == ("guevara2023", "table 5.6", "printed")


def test_steps_are_the_last_digit(load):
    table = load(f"{HEADER}a: 117\nb: 0.4\nc: 8.2e11\nd: 0.0240\n")
    steps = [table[key].step for key in "abcd"]
    assert steps == pytest.approx([1, 0.1, 1e10, 1e-4])


def test_settings_are_inherited_and_overridden(load):
    text = "_unit: GeV\ngroup:\n  _where: table 2\n  a: 1\n  b: {value: 2, unit: '', note: no}\n"
    table = load(HEADER + text)
    assert (table["group.a"].where, table["group.a"].unit) == ("table 2", "GeV")
    assert (table["group.b"].unit, table["group.b"].note) == ("", "no")
    assert table["group.a"].note == ""


def test_groups_keep_their_order():
    masses = quoted.below("guevara.sigma_br.dark_higgs_heavy")
    assert list(masses)[:3] == ["m200", "m400", "m600"]
    assert all(one.status == "decoded" and one.unit == "fb" for one in masses.values())


def test_sums_of_the_tables_are_consistent():
    # three tables split one set of simulated events differently: the totals must agree
    totals = {
        quoted.get(f"guevara.table_5_{table}.signal.simulated").value
        + quoted.get(f"guevara.table_5_{table}.background.simulated").value
        for table in (3, 7, 8)
    }
    assert totals == {72_655_888}
    luminosity = sum(one.value for one in quoted.below("guevara.luminosity").values())
    assert luminosity == pytest.approx(139.0, abs=0.05)


def test_citations_stand_in_the_bibliography():
    text = (project_root() / "book" / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{(\w+),", text, flags=re.MULTILINE))
    used = {
        one.citation
        for group in ("guevara", "frette", "pyhf")
        for one in quoted.below(group).values()
    }
    assert used <= known


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(
        InputError, match=r"no quoted value.*table_5_5\.electron\.dark_higgs\.after"
    ):
        quoted.get("guevara.table_5_5.electron.dark_higs.after")
    with pytest.raises(InputError, match=r"it is a group of .*light_vector\.before"):
        quoted.get("guevara.table_5_5.electron")
    with pytest.raises(InputError, match=r"no group 'guevara.table_5_9'.*table_5_"):
        quoted.below("guevara.table_5_9")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [1", r"t\.yaml:2: not YAML", id="syntax"),
        pytest.param("- 1\n- 2\n", "expected a mapping of groups", id="list"),
        pytest.param(" ", "expected a mapping of groups", id="empty"),
        pytest.param(f"{HEADER}a: 1\na: 2\n", ":5: a: stands twice", id="twice"),
        pytest.param(f"{HEADER}a: many\n", ":4: a.*decimal, but is 'many'", id="no number"),
        pytest.param(f"{HEADER}a: .nan\n", "a.*, but is '.nan'", id="nan"),
        pytest.param(f"{HEADER}a: nan\n", "a.*finite.*, but is 'nan'", id="the number nan"),
        pytest.param(
            f"{HEADER}a: [1, 2]\n", r"a.value: .*, but is \['1', '2'\]", id="list of values"
        ),
        pytest.param(f"{HEADER}A: 1\n", "A: should be a name", id="name"),
        pytest.param(
            f"{HEADER}a: {{value: 1, notes: x}}\n", "a.notes: unknown key.*'note'", id="key"
        ),
        pytest.param(f"{HEADER}_units: GeV\na: 1\n", ":4: _units: unknown.*'unit'", id="setting"),
        pytest.param(f"{HEADER}_note: {{a: 1}}\na: 1\n", "_note: .*valid string", id="nested"),
        pytest.param("_where: x\n_status: printed\na: 1\n", "citation: is missing", id="citation"),
        pytest.param("_citation: x\n_status: printed\na: 1\n", "where: is missing", id="where"),
        pytest.param("_citation: x\n_where: x\na: 1\n", "status: is missing", id="status"),
        pytest.param(
            f"{HEADER}a: {{value: 1, status: sure}}\n", "status: .*decoded.*'sure'", id="word"
        ),
    ],
)
def test_bad_tables_are_refused(load, text, message):
    with pytest.raises(InputError, match=message):
        load(text)
