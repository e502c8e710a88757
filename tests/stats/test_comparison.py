"""Features compared one by one, on tables as the skims give them."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.plotting import comparison as figures
from lepsearch.stats.agreement import agreement_table, low_share, summary
from lepsearch.stats.comparison import Comparison, repeated

LABELS = {"ttbar": "tt", "zjets": "Z"}
SIZES = {"tt": 0.06, "Z": 0.15}
EDGES = np.linspace(0, 300, 16)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.fixture
def table():
    """A simulated background worth 1500 events and as many collisions."""
    rng = np.random.default_rng(1)
    kinds = np.repeat(["background", "data"], [3000, 1500])
    group = np.where(kinds == "data", "data", np.where(np.arange(4500) % 4, "ttbar", "zjets"))
    return pd.DataFrame(
        {
            "kind": kinds, "group": group, "sample": group, "event": np.arange(4500),
            "weight": np.where(kinds == "data", 1.0, 0.5), "mll": rng.gamma(4, 25, 4500),
        }
    )  # fmt: skip


def compare(table, **options):
    options = {"pseudo": False, "seed": 1} | options
    return Comparison.of(table, LABELS, SIZES, **options)


def test_collisions_are_counted(table):
    one = compare(table).feature("mll", table["mll"], EDGES)
    data = table[table["kind"] == "data"]
    assert one.observed.tolist() == np.histogram(np.clip(data["mll"], 0, 299), EDGES)[0].tolist()
    assert one.expectation.total.sum() == pytest.approx(1500)
    assert one.p > 1e-3
    assert list(one.expectation.processes.axes["process"]) == ["tt", "Z"]
    assert one.expectation.processes.values().sum(axis=1) == pytest.approx([1125, 375])
    assert one.expectation.systematic.max() > 0


def test_distorted_collisions_are_found(table):
    seen = table["mll"].where(table["kind"] == "background", 1.2 * table["mll"])
    assert compare(table).feature("mll", seen, EDGES).p < 1e-6


def test_pseudo_data_are_drawn_and_repeat(table):
    drawn = compare(table, pseudo=True)
    one, again = (drawn.feature("mll", table["mll"], EDGES) for _ in range(2))
    assert one.observed.tolist() == again.observed.tolist()
    assert one.p > 1e-3
    other = compare(table, pseudo=True, seed=2).feature("mll", table["mll"], EDGES)
    assert other.observed.tolist() != one.observed.tolist()
    found = drawn.feature("mll", table["mll"], EDGES, true_values=1.2 * table["mll"])
    assert found.p < 1e-6


def test_parts_of_the_events(table):
    z = (table["group"] == "zjets").to_numpy()
    drawn = compare(table, pseudo=True)
    less = drawn.simulated_without(z)
    whole, part = (one.feature("mll", table["mll"], EDGES) for one in (drawn, less))
    assert part.observed.tolist() == whole.observed.tolist()  # the same pseudo-data
    assert part.expectation.total.sum() == pytest.approx(1125)
    assert part.p < 1e-6
    heavy = (table["mll"] > 100).to_numpy()
    few = drawn.of_rows(heavy).feature("mll", table["mll"], EDGES)
    assert few.observed[:5].sum() == 0
    assert few.observed.sum() == pytest.approx(few.expectation.total.sum(), rel=0.2)
    seen = compare(table).of_rows(heavy).feature("mll", table["mll"], EDGES)
    assert seen.observed.sum() == (heavy & (table["kind"] == "data")).sum()


@pytest.mark.parametrize("kind", ["data", "background"])
@pytest.mark.parametrize("pseudo", [True, False])
def test_nothing_on_one_side_is_no_crash(table, kind, pseudo):
    left = table[table["kind"] != kind]
    one = compare(left, pseudo=pseudo).feature("mll", left["mll"], EDGES)
    assert one.bins == 0 or kind == "data"
    assert len(figures.page([one], source="collisions").axes) == 2
    shown = agreement_table([one])
    assert shown.loc[0, "feature"] == "mll"
    assert shown["p"].dtype == shown["p_shape"].dtype == float


def test_table_has_the_worst_first(table):
    drawn = compare(table, pseudo=True)
    results = [
        drawn.feature(name, table["mll"], EDGES, true_values=factor * table["mll"])
        for name, factor in (("good", 1.0), ("bad", 1.3), ("fair", 1.05))
    ]
    results.append(drawn.feature("absent", np.full(len(table), np.nan), EDGES))
    shown = agreement_table(results)
    assert shown["feature"].iloc[[0, -1]].tolist() == ["bad", "absent"]
    assert (shown["p_holm"] >= shown["p"]).iloc[:3].all()
    assert shown["untested"].tolist() == ["", "", "", "too few"]
    for name in ("p", "p_shape"):  # Holm by hand: times 3, 2, 1, never falling
        p = np.sort(shown[name].dropna())
        by_hand = np.minimum(np.maximum.accumulate(p * [3, 2, 1]), 1)
        assert np.sort(shown[f"{name}_holm"].dropna()) == pytest.approx(by_hand)
    found = summary([one.p for one in results])
    assert found["tests"] == 3
    assert found["smallest p"] == shown["p"].iloc[0]
    assert found["after Holm"] <= found["low"] <= 3


def test_other_seeds_are_what_they_would_be_from_the_start(table):
    drawn = compare(table, pseudo=True, seed=1)
    one = drawn.feature("mll", table["mll"], EDGES)
    direct = compare(table, pseudo=True, seed=5).feature("mll", table["mll"], EDGES)
    again = repeated([one], [table["mll"]], [drawn.with_seed(5), drawn])
    assert again["chi-square"][:, 0] == pytest.approx([direct.p, one.p], rel=1e-12)
    assert again["shape"][:, 0] == pytest.approx([direct.p_shape, one.p_shape], rel=1e-12)


def test_low_p_values_are_as_frequent_as_they_should_be(table):
    table = table.assign(met=np.random.default_rng(7).exponential(60, len(table)))
    drawn = compare(table, pseudo=True, seed=0)
    names = ("mll", "met")
    known = [drawn.feature(name, table[name], EDGES) for name in names]
    others = [drawn.with_seed(1 + i) for i in range(150)]
    p = repeated(known, [table[name] for name in names], others)["chi-square"]
    assert p.shape == (150, 2)
    share = low_share(p, 0.2)
    assert share.error == pytest.approx(np.sqrt(0.2 * 0.8 / 300), rel=0.3)  # independent features
    assert share.value == pytest.approx(0.2, abs=3 * share.error)
    moved = repeated(known[:1], [1.2 * table["mll"]], others[:20])["chi-square"]
    assert low_share(moved, 0.01).value > 0.9


def test_groups_need_a_label_and_an_uncertainty(table):
    with pytest.raises(InputError, match=r"\['ttbar'\] have no label"):
        Comparison.of(table, {"zjets": "Z"}, SIZES, pseudo=False, seed=1)
    with pytest.raises(InputError, match=r"\['ttbar'\] have no label, or no size"):
        Comparison.of(table, LABELS, {"Z": 0.1}, pseudo=False, seed=1)


def test_map_of_cells():
    p = np.array([[0.3, np.nan], [np.nan, np.nan]])
    filled = np.array([[True, True], [False, False]])
    figure = figures.cell_map(p, filled, ["a", "b"], source="pseudo-data")
    axes = figure.axes[0]
    assert axes.get_title(loc="left").startswith("pseudo-data")
    hatched = [one for one in axes.collections if one.get_hatch()]
    assert len({one.get_hatch() for one in hatched}) == 2  # told apart in grey
    empty, few = ([path.vertices[0].tolist() for path in one.get_paths()] for one in hatched)
    assert (empty, few) == ([[0, 1], [1, 1]], [[1, 0]])
    few = np.array([[True, True], [True, False]])
    axes = figures.cell_map(p, few, ["a", "b"], source="pseudo-data").axes[0]
    empty, few = (len(one.get_paths()) for one in axes.collections if one.get_hatch())
    assert (empty, few) == (1, 2)
    keys = [text.get_text() for text in figure.legends[0].get_texts()]
    assert keys == ["no event", "no test"]


def test_page_says_what_the_points_are(table):
    drawn = compare(table, pseudo=True)
    one = drawn.feature("mll", table["mll"], EDGES, axis="mass [GeV]")
    for log in (True, False):
        figure = figures.page([one] * 4, source="pseudo-data", log=log)
        words = [text.get_text() for text in figure.legends[0].get_texts()]
        assert "pseudo-data" in words
        assert set(SIZES) < set(words)
        assert figure.axes[0].get_yscale() == ("log" if log else "linear")
        assert figure.axes[1].get_xlabel() == "mass [GeV]"
    points = figures.p_values({"x": np.array([0.9, np.nan, 0.1])}, source="pseudo-data")
    assert points.axes[0].lines[0].get_ydata().tolist() == [0.1, 0.9]


def test_a_page_of_nothing_says_so():
    (frame,) = figures.page([], source="collisions").axes
    assert "enough events" in frame.texts[0].get_text()
