"""Layouts of the releases, and what is wrong with a user's own."""

import pytest

from lepsearch.constants import ISOLATED
from lepsearch.data.layout import own_layout, releases
from lepsearch.errors import InputError


def test_isolation_of_2020_is_that_of_the_simulation():
    layout = releases()["2020"]
    assert layout.leptons[0].isolated.count(f"< {ISOLATED} * lep_pt") == 2
    assert layout.working_points.count(f"< {ISOLATED}") == 2


def test_triggers_and_corrections_of_2025_by_region():
    """As the release's notebooks have them: one lepton's for pairs, WZ3l_Analysis for three."""
    layout = releases()["2025"]
    assert layout.trigger.dilepton == "trigE | trigM"
    assert layout.trigger.trilepton == "(trigDE | trigDM) & trigML"
    pairs, three = ({*factors} for _, factors in layout.scale_factors)
    assert pairs - three == {"ScaleFactor_LepTRIGGER"}
    assert three - pairs == {"ScaleFactor_MLTRIGGER"}
    assert {
        f"ScaleFactor_{one}" for one in ("PILEUP", "ELE", "MUON", "FTAG", "JVT")
    } == pairs & three


GOOD = """\
tree: t
unit: GeV
event: {run: 1, event: evt, missing_pt: met, missing_phi: phi}
trigger: true
scale_factors: []
leptons:
  - each: [1, 2]
    flavour: 11
    charge: q{}
    pt: pt{}
    eta: eta{}
    phi: phi{}
    z0: 0
    d0_significance: 0
    tight: yes
    isolated: iso{} < 0.1
jets: {pt: jpt, eta: jeta, phi: jphi, jvt: 1, b_tagged: no}
"""


def test_a_users_own_layout(tmp_path):
    path = tmp_path / "layout.yaml"
    path.write_text(GOOD)
    layout = own_layout(path)
    assert [one.isolated for one in layout.leptons] == ["iso1 < 0.1", "iso2 < 0.1"]
    assert (layout.trigger.trilepton, layout.leptons[0].tight, layout.gev) == ("1", "1", 1.0)
    assert layout.needed(simulated=True)["iso2"] == "leptons.isolated"
    assert layout.name == str(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unit: GeV", "unit: TeV", r":2: unit: should be 'GeV' or 'MeV', but is 'TeV'"),
        ("tree: t", "tre: t", r":1: tre: unknown key; the nearest known: 'tree'"),
        ("jvt: 1", "jvt: ", r":17: jets\.0\.jvt: is missing"),
        (", jvt: 1", "", r":17: jets\.0\.jvt: is missing"),
        ("< 0.1", "< 0.1 &", r":16: leptons\.0\.isolated: should be a branch, or an expression"),
        ("trigger: true", "trigger: {dilepton: e}", r":4: trigger\.trilepton: is missing"),
        ("trigger: true", "trigger: {dilepton: e, trilepon: e}", "nearest known: 'trilepton'"),
        ("met, ", "[met], ", r"event\.missing_pt: should be a branch"),
        ("trigger: true", "trigger: e or m", r":4: trigger\.dilepton: should be a branch"),
        ("factors: []", "factors: sf", r":5: scale_factors\.dilepton: should be a list, but is"),
        ("pt: pt{}", "pt: pt1", r":6: leptons: the objects with pt 'pt1' stand there twice"),
        ("[1, 2]", "[1, 1]", r":6: leptons: the objects with pt 'pt1' stand there twice"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_line(tmp_path, old, new, message):
    path = tmp_path / "layout.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError, match=message):
        own_layout(path)


def test_expressions_cannot_run_code(tmp_path):
    path = tmp_path / "layout.yaml"
    for text in ("__import__('os').system('true')", "open('x').read()"):
        path.write_text(GOOD.replace("iso{} < 0.1", f'"{text}"'))
        with pytest.raises(InputError):
            own_layout(path)
