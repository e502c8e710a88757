"""Sentences that code chooses: each branch of each chapter is reached, and says what it should.

A chapter's expressions are evaluated with made-up results. What a chapter chooses in its cells
(``missing``, ``discovers``) is chosen by those cells, with the same results.
"""

import ast
import builtins
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace as Made

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lepsearch.book import chapters, report
from lepsearch.book.execute import EXPRESSION
from lepsearch.events.split import PARTS
from lepsearch.learn import cuts
from lepsearch.learn.combined import Combined
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.tails import Tails
from lepsearch.stats.counting import Significance
from lepsearch.stats.estimate import Estimate

ROOT = Path(__file__).parents[2]
NAMES = chapters.list_chapters(ROOT)
UNKNOWN = Estimate(np.nan, np.nan)
NO_EFFECT, EFFECT = Estimate(0.01, 0.01), Estimate(0.5, 0.01)
LESS = Estimate(-0.5, 0.01)
MODULES = {"np": np, "pd": pd, "report": report, "Estimate": Estimate}
MODULES |= {"counting": Made(Significance=Significance)}


class Marked(ast.NodeTransformer):
    """Choices in an expression, each of which says which way it goes."""

    def __init__(self):
        self.branches = set()

    def visit_IfExp(self, node):
        self.generic_visit(node)
        node.test = self.went(node.test)
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Or):
            node.values[0] = self.went(node.values[0])
        return node

    def went(self, node):
        place = len(self.branches)
        self.branches |= {(place, True), (place, False)}
        return ast.Call(ast.Name("went", ast.Load()), [ast.Constant(place), node], [])


def code(name):
    """The cells of code of a chapter, as one tree, and its text with captions."""
    cells = chapters.find_chapter(ROOT, name).notebook.cells
    source = "\n".join(one.source for one in cells if one.cell_type == "code")
    return ast.parse(source), "\n\n".join(one.source for one in cells if one.cell_type != "code")


def choices(name):
    """The expressions in a chapter's text that have something to choose."""
    for found in EXPRESSION.finditer(code(name)[1]):
        text = " ".join(found[1].split())
        tree, marked = ast.parse(text, mode="eval"), Marked()
        tree = ast.fix_missing_locations(marked.visit(tree))
        if marked.branches or "verdict(" in text:
            yield text, tree, marked.branches


def defines(node, wanted):
    """Whether a statement of a chapter makes one of these names."""
    if isinstance(node, ast.FunctionDef):
        return node.name in wanted
    made = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)
            and isinstance(one.ctx, ast.Store)}  # fmt: skip
    return isinstance(node, ast.Assign | ast.If) and bool(made & wanted)


def chosen(name, scope, *wanted):
    """These names as the chapter makes them of other results."""
    tree, scope = code(name)[0], MODULES | scope
    body = [node for node in tree.body if defines(node, set(wanted))]
    exec(compile(ast.Module(body, []), name, "exec"), scope)
    return [scope[one] for one in wanted]


def said(name, scope):
    """Texts of a chapter's choices that these results allow, and the branches taken."""
    texts, taken = {}, set()
    for text, tree, _ in choices(name):

        def went(place, value, of=text):
            taken.add((of, place, bool(value)))
            return value

        every = MODULES | scope | {"went": went}
        used = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)
                and isinstance(one.ctx, ast.Load)}  # fmt: skip
        local = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)
                 and isinstance(one.ctx, ast.Store)}  # fmt: skip
        if used - local <= every.keys() | set(vars(builtins)):
            texts[text] = eval(compile(tree, name, "eval"), every)
    return texts, taken


def lacking(*what):
    """A dataset that can't show something."""
    return {"dataset": Made(lacks=lambda _: what, labels=LABELS)}


LABELS = {"tt": "top quarks", "dh": "dark Higgs", "a": "Model A"}
SIGNALS = pd.DataFrame({"label": ["Model A"], "expected": [12.0]}, index=["a"])
MET = pd.DataFrame({"sample": ["a", "a"], "met": [90.0, 95.0]})
NONE = pd.Series(dtype=float)
TWO = pd.Series([1.0, 3.0])


def background(found, signal=NONE, recorded=False):
    return {
        "third": pd.Series([True, False]), "recorded": pd.Series([recorded] * 2),
        "by_group": found, "by_signal": signal,
    }  # fmt: skip


def untested(**counts):
    sets = ("cells of the matrix", "trilepton features")
    return {"untested": dict.fromkeys(sets, counts)}


def grid(points, metric="z", by_auc=0.0, deeper=UNKNOWN, known=4):
    one = Made(compatible=range(points), point={}, estimate=UNKNOWN)
    return {
        "best_shallow": one, "best_of_all": one, "best_deep": one, "n_shallow": known,
        "n_valued": known,
        "metric": metric, "gain": {"auc": Estimate(by_auc, 0.1)}, "area_more": deeper,
        "as_good": [3] if points > 1 else [],
    }  # fmt: skip


def tree_weights(change, above_half):
    kinds = dict.fromkeys(("unweighted AUC", "physics-weighted AUC"), change)
    return {
        "with_weights": kinds, "from_scale": kinds, "more_background": above_half,
        "more_signal": above_half, "merged_change": {"signed": change},
        "largest": {"difference": change}, "steep": {"absolute": change},
        "background_steps": [change, change],
    }  # fmt: skip


def cut(best, window=None, **changed):
    return {
        "best": best, "best_in_window": window or best, "signal": "dark Higgs",
        "known": "without a background uncertainty", "missing": "it is empty",
        "discovers": "It does", **lacking(), **changed,
    }  # fmt: skip


STRONG, WEAK, NO_Z = (Significance(6.0, 0.1, low=5.5), Significance(1.0, 0.1, low=0.5),
                      Significance(np.nan, np.nan))  # fmt: skip
NEGATIVE = pd.DataFrame({"process": ["top quarks"]})
YIELDS = {"with_negative": Estimate(90, 1), "without_negative": Estimate(99, 1)}

# for each chapter the made-up results, each with words that must stand in the texts
SCOPES = {
    "01_standard_model": [],
    "02_new_physics": [
        ({"samples": SIGNALS, "two": MET}, ["Model A", "have 12 to 12 expected"]),
        ({"samples": SIGNALS[:0], "two": MET[:0]}, ["no", "none", "has no signal samples"]),
    ],
    "03_detector_and_ntuples": [],
    "04_neural_networks": [],
    "05_boosted_trees": [],
    "06_autoencoders": [],
    "07_statistics": [],
    "08_samples": [
        (lacking() | {"simulated_here": True}, ["nothing", "simulated here"]),
        (lacking("no data") | {"simulated_here": False}, ["no data", "not simulated here"]),
    ],
    "09_dilepton_selection": [
        (
            lacking() | background(pd.Series([3.0], ["tt"]), pd.Series([0.3], ["a"]), True),
            ["samples of every kind", "1 of the 2 recorded", "top quarks, with 100 %", "adds 10 %"],
        ),
        (
            lacking("no signal") | background(NONE),
            ["no signal", "no recorded events", "has no background", "no signal and background"],
        ),
    ],
    "10_dilepton_features": [
        (
            lacking() | {"dibosons": "ZZ 60 %", "beyond": 110, "known": TWO, "strong": 2},
            ["nothing", "samples of dibosons above 110 GeV are ZZ 60 %", "fewer independent"],
        ),
        (
            lacking("no signal") | {"dibosons": "", "known": NONE, "beyond": 1, "strong": 2},
            ["no signal", "", ""],
        ),
    ],
    "11_trilepton_selection": [
        (
            lacking() | {"infos": [Made(kind="background", label="WZ")], "label": "WZ"},
            ["nothing", "WZ"],
        ),
        (lacking("no data") | {"infos": [], "label": ""}, ["no data", "none"]),
    ],
    "12_rmm": [
        (
            lacking() | {
                "left_out": ["z (3)"], "poor": ["z"], "thresholds": [0.3], "noise_least": 0.1,
                "kept_total": Made(effective=9), "least_events": 50,
                "printed_beyond": EFFECT, "used_beyond": EFFECT,
            },
            ["z (3)", "do not describe the samples left out", "few of the pairs", "0.500 ± 0.010"],
        ),
        (
            lacking("no data") | {
                "left_out": [], "poor": [], "thresholds": [0.1], "noise_least": 0.1,
                "kept_total": Made(effective=9), "least_events": 50,
                "printed_beyond": Estimate(0.0, 0.0), "used_beyond": Estimate(0.0, 0.0),
            },
            ["No sample reaches this number", "some of the pairs", "none", "no data"],
        ),
        ({"poor": [], "kept_total": Made(effective=99), "least_events": 50}, ["is left out."]),
    ],
    "13_data_and_simulation": [
        (
            lacking() | {"pseudo": True, "high": ["shape"], "unread": []}
            | untested(**{"yield only": 3, "too few": 4}),
            ["nothing", "so one is expected", "more frequent", "comes from chance", "features, 3",
             "4 have too few"],
        ),
        (
            lacking("no data") | {"pseudo": False, "high": [], "unread": ["soft term"]}
            | untested(),
            ["soft term", "corrects the assumed", "No set of tests", "has to be understood",
             "No trilepton", "None is without"],
        ),
    ],
    "14_padding": [
        (
            {"uncut": pd.Series([True], ["zero"]), "train": [0], "curve": {9: 0}, "more": EFFECT},
            ["zero", "from 1 to 9 training events changes the AUC by 0.500"],
        ),
        (
            {"uncut": pd.Series([False], ["zero"]), "train": [0], "curve": {1: 0}, "more": EFFECT},
            ["none", "no further training events"],
        ),
    ],
    "15_normalisation": [
        ({"gap_whole": 1, "gap_each": 2, "ahead": Estimate(-0.5, 0.1), "sigma": -5.0},
         ["the literal form", "(5.0 σ)"]),
        ({"gap_whole": 2, "gap_each": 1, "ahead": UNKNOWN, "sigma": np.nan},
         ["one scale for each", "too little background"]),
    ],
    "16_sample_weights": [
        ({"worst": 0.6, "off": 1.0, "cancelled": NEGATIVE, **YIELDS},
         ["No training crashes", "hardly learned", "top quarks would have 99", "by 1.10"]),
        ({"worst": 0.4, "off": 3.0, "cancelled": NEGATIVE[:0], **YIELDS},
         ["no better than chance", "do not explain", "No process of", "No process has"]),
    ],
    "17_balanced_weights": [
        (
            {
                "gain": gain, "thesis_way": "w",
                "area": {("w", one): Estimate(other if one == "signal_up_raw" else 0.5, 0.01)
                         for one in ("signal_up_raw", "signal_up_weighted", "background_down_raw")},
            },
            words,
        )
        for gain, other, words in (
            (NO_EFFECT, 0.5, ["No effect of balanced", "threshold of one half failed"]),
            (EFFECT, 0.9, ["change the significance by 0.500", "the training suffers"]),
            (UNKNOWN, 0.9, ["undefined here"]),
        )
    ],
    "18_network_grid": [
        (grid(3), ["3 of 4 points", "are", "The significance does not single", "not in this grid"]),
        (grid(1, "raw_auc", -0.5, EFFECT),
         ["exceeds all others", "is", "The AUC singles out", "rank points", "more than two"]),
        (grid(1, deeper=NO_EFFECT, known=1),
         ["no effect of the depth", "Only one point has a value", "is defined for one setting"]),
    ],
    "19_network_depth": [
        ({"gain": {"auc": one}, "shallow": 4, "deep": 10, "bias": {4: 0, 10: other},
          "said": "bias {}".format}, [words, same])
        for one, words, other, same in (
            (NO_EFFECT, "No effect of the depth", 0, "the same"),
            (EFFECT, "by more than two", 1, "bias 1"),
            (UNKNOWN, "is undefined", 0, "the same"),
        )
    ],
    "21_tree_grid": [
        (
            {
                "chosen": Made(compatible=range(n), point={"depth": 3}), "points": range(4),
                "far": 30,
                "losses": {"depth 3": pd.Series([2.0, 1.0])}, "turn": turn, "numbers": [1, 9],
                "change_z": change,
            },
            words,
        )
        for n, turn, change, words in (
            (3, 5, EFFECT, ["3 of 4 points", "lowest after 5 trees", "such a rise too"]),
            (1, 9, NO_EFFECT, ["exceeds all others", "still falls", "do not confirm"]),
            (3, 5, UNKNOWN, ["leaves too little background"]),
        )
    ],
    "20_tree_weights": [
        (tree_weights(one, less), words)
        for one, less, words in (
            (EFFECT, LESS, ["They do for the unweighted", "which counts for a search, changes",
                            "direction of the thesis", "part of the difference",
                            "therefore regular", "more than two standard", "do not repair",
                            "At the largest share"]),
            (NO_EFFECT, EFFECT, ["No effect on the unweighted", "No effect on the physics",
                                 "is not repeated", "scale is seen in it", "In the background no",
                                 "No effect of signed", "no disadvantage", "No effect of this"]),
            (UNKNOWN, UNKNOWN, ["unweighted AUC is undefined", "scale is undefined",
                                "on the background is undefined",
                                "signed weights is undefined", "large leaves is undefined",
                                "Their effect is undefined"]),
        )
    ],
    "22_tree_depth": [
        (
            {
                "failed": pd.Series({
                    (30, "train"): True, (30, "validation"): fails, (6, "train"): fails,
                }),
                "deep": 30, "shallow": 6,
                "rank": {30: pd.DataFrame({"cover": [cover], "weight": [5]}, ["random"])},
            },
            words,
        )
        for fails, cover, words in (
            (False, 9, ["can thus be made", "It is right", "as in the thesis"]),
            (True, 1, ["does not reproduce", "no lower", "unlike in the thesis"]),
        )
    ],
    "23_model_independence": [],
    "24_autoencoder": [
        ({"rises": ["top quarks"], "strange_now": []}, ["top quarks", "none"]),
        ({"rises": [], "strange_now": ["Diboson"]}, ["none", "Diboson"]),
    ],
    "25_autoencoder_tuning": [
        ({"faster": one, "against": one, "change": one, "rank": one}, words)
        for one, words in (
            (EFFECT, ["leaves more on the test", "background worse than", "search it is better",
                      "with a worse search"]),
            (-1 * EFFECT, ["leaves less on the test", "background better than",
                           "search it is worse", "with a better search"]),
            (NO_EFFECT, ["No difference is seen between", "equally well", "no difference from the",
                         "No relation between"]),
            (UNKNOWN, ["cannot be compared here", "with principal components", "is undefined here",
                       "reconstruction and search is undefined"]),
        )
    ],
    "26_anomaly_search": [
        ({"two_ahead": one}, [words])
        for one, words in ((EFFECT, "is better than the best"), (LESS, "is worse than the best"),
                           (NO_EFFECT, "no difference from the"), (UNKNOWN, "cannot be compared"))
    ],
    "27_cut_and_count": [
        (cut(WEAK), ["nothing", "is 0.50 to 1.00 ± 0.10 σ without a", "It does.", "dark Higgs"]),
        (cut(NO_Z, signal="", **lacking("no data")),
         ["no expected significance: it is empty", "no significance is defined", "no data"]),
    ],
    "28_comparison": [
        ({"trainings": 1}, ["one training"]), ({"trainings": 3}, ["3 trainings"]),
    ],
    "29_limits": [],
    "30_conclusions": [],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_each_choice_of_words_is_reached(name):
    taken = set()
    for scope, words in SCOPES[name]:
        texts, went = said(name, scope)
        taken |= went
        for one in words:
            assert any(one in str(text) for text in texts.values()), (one, texts)
        assert not any("nan" in str(text).split() for text in texts.values())
    wanted = {(text, *one) for text, _, branches in choices(name) for one in branches}
    assert wanted <= taken, wanted - taken


@pytest.mark.parametrize("name", NAMES)
def test_text_names_no_default_of_a_parameter(name):
    """Models that a text names are those given: no name of a sample stands in it."""
    chapter = chapters.find_chapter(ROOT, name)
    prose = EXPRESSION.sub("", code(name)[1])
    for one in chapter.parameters.values():
        for value in one.default if isinstance(one.default, list) else [one.default]:
            if isinstance(value, str) and one.name != "profile":
                assert value not in prose


@pytest.mark.parametrize(
    ("best", "empty", "missing", "discovers"),
    [
        (WEAK, False, "a channel has no signal event", "does not discover any"),
        (STRONG, False, "a channel has no", "would discover this signal"),
        (Significance(6.0, 0.1, low=3.0), False, "a channel", "leave open whether"),
        (NO_Z, True, "no event of a chosen signal", "does not discover"),
    ],
)
def test_what_counting_discovers(best, empty, missing, discovers):
    scope = {"best": best, "results": Made(empty=empty)}
    found = chosen("27_cut_and_count", scope, "missing", "discovers")
    assert missing in found[0]
    assert discovers in found[1]


@pytest.mark.parametrize(
    ("given", "words"),
    [([0.0, 0.1], "without a background uncertainty"), ([0.1, 0.3], "uncertainty of 10%")],
)
def test_the_quoted_significance_says_at_which_uncertainty(given, words):
    scope = {"background_uncertainties": given}
    least, known = chosen("27_cut_and_count", scope, "least", "known")
    assert least == min(given)
    assert words in known


@pytest.mark.parametrize(
    ("change", "gains", "claim", "reason"),
    [
        (EFFECT, "is above", "not repeated: the recipe is above", "confirmed"),
        (LESS, "is below", "repeated: the recipe is below", "contradicted"),
        (NO_EFFECT, "does not differ", "not repeated: no", "not confirmed"),
        (UNKNOWN, "cannot be compared", "not tested: ", "not tested"),
    ],
)
def test_the_verdicts_on_methods_and_cuts(change, gains, claim, reason):
    zero = Estimate(0.0, 0.0)
    scope = {"learners": ["trees"], "COUNT": "cuts", "by_all_bins": {"cuts": zero, "trees": change},
             "below": change, "end": change, "names": ["+ its signal alone"], "of_both": {},
             "changes": {"+ its signal alone": change, "+ all signals again": change}}  # fmt: skip
    assert chosen("28_comparison", scope, "winner", "gain", "where", "by_gain")[3].startswith(gains)
    made = "compared", "claim", "reason", "by_end", "again"
    found = chosen("28_comparison", scope, *made)[1:]
    assert found[0].startswith(claim)
    assert found[1].startswith(reason)
    assert found[2].startswith(gains)
    ways = {"is a": "raises", "is b": "lowers", "does": "does not vis", "cann": "has no defined"}
    assert found[3].startswith(ways[gains[:4]])


@pytest.mark.parametrize(
    ("found", "fails"),
    [([50.0], "do not stop"), ([50.0, 99.0], "Some networks"), ([99.0], "no network learns")],
)
def test_what_penalties_do(found, fails):
    both = [Estimate(one, 1.0) for one in found]
    scope = {"remaining": {"as printed": both, "as meant": both}}
    made = chosen("25_autoencoder_tuning", scope, "with_penalty", "n_collapsed", "fails")
    assert fails in made[-1]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Estimate(20, 1), "are weakly"),
        (Estimate(80, 1), "are not weakly"),
        (Estimate(49, 1), "undecided"),
        (UNKNOWN, "too few to tell"),
    ],
)
def test_the_verdict_on_correlations(share, words):
    (verdict,) = chosen("12_rmm", {}, "verdict")
    assert words in verdict(share)


@pytest.mark.parametrize(
    ("change", "helps", "holds"),
    [
        (NO_EFFECT, "no visible difference", "cannot be tested"),
        (EFFECT, "helps", "holds"),
        (-1 * EFFECT, "harms", "does not hold"),
        (UNKNOWN, "not known", "cannot be tested"),
    ],
)
def test_the_verdicts_on_claims_about_training(change, helps, holds):
    assert helps in chosen("04_neural_networks", {}, "helps")[0](change)
    lost = {"ReLU": change, "sigmoid": Estimate(0.0, 0.0)}
    made = "relu_more", "untested", "way", "holds"
    assert holds in chosen("04_neural_networks", {"lost": lost}, *made)[-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [(NO_EFFECT, "no effect"), (EFFECT, "raise"), (-1 * EFFECT, "lower"), (UNKNOWN, "not known")],
)
def test_the_verdict_on_counts_of_jets(change, words):
    (verdict,) = chosen("14_padding", {"less": {"a": change}}, "verdict")
    assert words in verdict("a")


@pytest.mark.parametrize(
    ("change", "agrees", "leak"),
    [
        (NO_EFFECT, "no difference", "no leak"),
        (EFFECT, "larger with batch", "may be a leak"),
        (-1 * EFFECT, "larger with z-score", "leak would raise it"),
        (UNKNOWN, "is undefined", "is not known"),
    ],
)
def test_the_verdicts_on_scalings(change, agrees, leak):
    scope = {"ahead": change, "early": {"change": [change, change]}, "sigma": change.sigmas}
    scope |= {"which": "batch normalisation" if change.sigmas > 0 else "z-score"}
    assert agrees in chosen("15_normalisation", scope, "agrees")[0]
    assert leak in chosen("15_normalisation", scope, "clearest", "rises", "falls", "honest")[-1]


@pytest.mark.parametrize(
    ("bias", "words"),
    [
        (Estimate(-0.1, 0.01), "too much"),
        (Estimate(0.1, 0.01), "too little"),
        (Estimate(0.1, 0.1), "no bias"),
        (UNKNOWN, "undefined"),
    ],
)
def test_the_verdict_on_calibration(bias, words):
    (verdict,) = chosen("19_network_depth", {}, "said")
    assert words in verdict(bias)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([NO_EFFECT, EFFECT], "in at least one"),
        ([NO_EFFECT, NO_EFFECT], "in no binning"),
        ([UNKNOWN, UNKNOWN], "in no binning"),
    ],
)
def test_the_verdict_on_binnings(changes, words):
    (ranks,) = chosen("14_padding", {"ahead": dict(enumerate(changes))}, "ranks")
    assert words in ranks


@pytest.mark.parametrize(
    ("clear", "towards", "words"),
    [(0, 5, "no over"), (0, 6, "some over"), (1, 5, "some over"), (2, 2, "are over-trained")],
)
def test_the_verdict_on_over_training(clear, towards, words):
    scope = {"clear": clear, "towards": towards, "over_trained": range(6)}
    (verdict,) = chosen("19_network_depth", scope, "verdict")
    assert words in verdict


@pytest.mark.parametrize(
    ("change", "words"),
    [(EFFECT, "the opposite"), (-1 * EFFECT, "over-training"), (NO_EFFECT, "no over-training"),
     (UNKNOWN, "nothing")],
)  # fmt: skip
def test_the_verdict_on_trees_and_their_training_events(change, words):
    (verdict,) = chosen("21_tree_grid", {}, "said")
    assert verdict(change).startswith(words)


@pytest.mark.parametrize(
    ("z", "auc", "words"),
    [(EFFECT, NO_EFFECT, "differ by"), (NO_EFFECT, EFFECT, "differ by"),
     (NO_EFFECT, NO_EFFECT, "No difference"), (UNKNOWN, EFFECT, "differ by"),
     (UNKNOWN, UNKNOWN, "undefined")],
)  # fmt: skip
def test_the_verdict_on_two_points_of_the_grid_of_trees(z, auc, words):
    scope = {"change_z": z, "change_auc": auc}
    verdict, hidden = chosen("21_tree_grid", scope, "clearest", "of_depth", "hidden")[1:]
    assert words in verdict
    assert bool(hidden) == (z is EFFECT)


@pytest.mark.parametrize(
    ("change", "word"),
    [(EFFECT, "better"), (-1 * EFFECT, "worse"), (NO_EFFECT, "same"), (UNKNOWN, "unclear")],
)
def test_the_verdict_on_what_was_learned(change, word):
    (verdict,) = chosen("23_model_independence", {}, "compared")
    assert verdict(change, "better", "worse", "same", "unclear") == word


@pytest.mark.parametrize(
    ("p", "words"),
    [((0.5, 0.5), "both"), ((0.5, 0.01), "from training events alone"),
     ((0.01, 0.5), "from other events alone"), ((0.01, 0.01), "disagree with both"),
     ((0.5, np.nan), "too few")],
)  # fmt: skip
def test_the_verdict_on_pseudo_data_and_trees(p, words):
    sources = {"validation": "other", "train": "training"}
    outcome = pd.DataFrame({"p, systematic": p}, index=[(6, name) for name in sources])
    scope = {"outcome": outcome, "sources": sources, "level": 0.05}
    (finds,) = chosen("22_tree_depth", scope, "failed", "known", "finds")[2:]
    assert words in finds(6)


@pytest.mark.parametrize(("change", "words"), [(EFFECT, "more than"), (NO_EFFECT, "within")])
def test_the_verdict_on_shifts_and_trees(change, words):
    (reaction,) = chosen("22_tree_depth", {"reacts": {"jets": change}}, "reaction")
    assert words in reaction("jets")


@pytest.mark.parametrize(
    ("p", "words"), [([0.01, 0.5], "In 1 of 2 .* is low"), ([np.nan], "Too few")]
)
def test_what_is_seen_of_shifts(p, words):
    moves = pd.DataFrame({"change above the cut [%]": 1.0, "p, systematic": p})
    (seen,) = chosen("22_tree_depth", {"moves": moves, "level": 0.05}, "low", "seen")[1:]
    assert re.search(words, seen)


@pytest.mark.parametrize(
    ("change", "denoises", "area"),
    [
        (EFFECT, "moves noisy events away", "above"),
        (LESS, "brings noisy events nearer", "below"),
        (NO_EFFECT, "does not change", "compatible with"),
        (UNKNOWN, "cannot be judged", "not comparable with"),
    ],
)
def test_the_verdicts_on_errors_of_reproduction(change, denoises, area):
    of_both = pd.DataFrame({"rare": {"density": Estimate(0.0, 0.0), "autoencoder": change}})
    scope = {"quieter": change, "areas": of_both, "HIGH": 0.75}
    denoised, compared, alarms = chosen("06_autoencoders", scope, "denoised", "compared", "alarms")
    assert denoised.startswith(denoises)
    assert compared("rare") == area
    assert alarms() == "none"
    of_both.loc["autoencoder", "rare"] = Estimate(0.9, 0.01)
    assert alarms() == "autoencoder"


@pytest.mark.parametrize("found", [[], ["point", "collective"]])
def test_the_words_for_kinds_of_anomalies(found):
    kinds = {f"{kind} anomaly": float(kind in found) for kind in ("point", "collective")}
    table = pd.Series(kinds | {"largest of the ordinary days": 0.5}).to_frame("a day")
    scope = {"found": table, "tests": ["a day"]}
    *_, which = chosen("06_autoencoders", scope, "seen", "finds", "which")
    assert which("a day") == (" and ".join(found) or "none")


@pytest.mark.parametrize(
    ("change", "follows", "earlier"),
    [
        (EFFECT, "the energies more", "raises the AUC"),
        (LESS, "the pattern more", "lowers the AUC"),
        (NO_EFFECT, "energies and pattern alike", "does not change"),
        (UNKNOWN, "neither measurably", "cannot be compared"),
    ],
)
def test_the_verdicts_on_the_score_of_the_autoencoder(change, follows, earlier):
    zero = Estimate(0.0, 0.0)
    scope = {"rank": change.value, "number": 0.0, "expected": Made(effective=100), "factors": [2.0],
             "changed": {"lepton": {2.0: change}, "two cells": {2.0: zero}}}  # fmt: skip
    if change is NO_EFFECT:
        scope["number"] = 0.01
    found = chosen("24_autoencoder", scope, "trivial", "smallest", "largest", "apart", "earlier")
    assert found[0].startswith(follows)
    assert found[-1].startswith(earlier)


@pytest.mark.parametrize(("low", "words"), [(0.5, "not called"), (1e-4, "as well")])
def test_the_verdict_on_the_mixture_without_signal(low, words):
    opened = pd.DataFrame({"content": ["background only", "a"], "p-value": [low, 0.2],
                           "ratio, last bin": [NO_EFFECT, EFFECT]})  # fmt: skip
    made = "ALARM", "none", "noticed", "false_alarm", "honest"
    assert words in chosen("24_autoencoder", {"opened": opened}, *made)[-1]


@pytest.mark.parametrize(("apart", "words"), [(0.0, "one model"), (0.1, "differ")])
def test_the_verdict_on_two_ways_to_write_a_network(apart, words):
    network = Made(count_params=lambda: 3)
    scope = {"difference": apart, "functional": network, "sequential": network}
    assert words in chosen("24_autoencoder", scope, "same", "alike")[-1]


@pytest.mark.parametrize(
    ("change", "goal", "words"),
    [
        (EFFECT, "beats every single",
         ["better", "larger", "is confirmed", "raises", "raise ", "more significant", "larger in"]),
        (LESS, "does not beat L_T",
         ["worse", "smaller", "is smaller", "lowers", "lower ", "less sig", "smaller in"]),
        (NO_EFFECT, "does not beat L_T",
         ["not visibly", "not visibly", "not confirmed", *["No effect"] * 2, *["not visibly"] * 2]),
        (UNKNOWN, "does not beat L_T",
         ["can't be", "can't be", "Nothing", *["undefined"] * 2, "not comparable", "can't be"]),
    ],
)  # fmt: skip
def test_the_verdicts_on_the_anomaly_search(change, goal, words):
    zero, one = Estimate(0.0, 0.0), "tails and shift"
    scope = {"area": {"L_T": zero, one: change}, "best": "L_T", "rivals": ["L_T"], "NOTHING": ""}
    scope |= {"gain": scope["area"], "SEARCH": one, "fresh_gain": change, "by_direction": change}
    scope |= {"LARGER": one, "norm": norm}
    scope |= {"by_structure": change, "median_gain": lambda _: change, "root": 1.0}
    scope["moves"] = {("fake leptons", 1): (zero, change)}
    made = "compared", "unbeaten", "least_lead", "not_beaten", "reached", "lead", "lead_of_two"
    made += (
        "by_larger",
        "ahead",
        "by_area",
        "by_gain",
        "by_fresh",
        "hard",
        "structure",
        "by_count",
        "by_single",
        "within",
        "first",
    )
    made += "excess", "mismodelled"
    found = dict(zip(made, chosen("26_anomaly_search", scope, *made), strict=True))
    assert goal in found["reached"]
    assert ("does not beat" in goal) == ("does not beat" in found["by_larger"])
    assert found["by_single"] == found["by_count"]
    assert found["mismodelled"] == "would stay below"
    asked = "by_area", "by_gain", "by_fresh", "hard", "structure", "by_count", "first"
    for name, word in zip(asked, words, strict=True):
        assert word in found[name]


@pytest.mark.parametrize(
    ("reach", "regions", "words"),
    [(6.0, {1}, ["A signal would", "6.0, for A", "the same"]),
     (1.0, {1, 2}, ["No signal", "1.0, for A", "depends"]),
     (np.nan, {1}, ["No significance", "–", "the"])],
)  # fmt: skip
def test_what_the_anomaly_search_finds(reach, regions, words):
    scope = {"search": {0: {"a": {"global": reach}}}, "SEARCH": 0, "of_test": ["a"]}
    scope |= {"regions": regions, "dataset": Made(labels={"a": "A"})}
    made = "globally", "highest", "reach", "finds", "largest_z", "same"
    for text, word in zip(chosen("26_anomaly_search", scope, *made)[3:], words, strict=True):
        assert word in text
    scope = {"within": EFFECT, "root": 1e3}
    assert chosen("26_anomaly_search", scope, "excess", "mismodelled")[1] == "would exceed"


@pytest.mark.parametrize(
    ("tuned", "over", "false", "words"),
    [({}, NO_EFFECT, 5, ["has not been run", "At none", "is inside"]),
     ({"latent": 6}, EFFECT, 20, ["6 latent", "of 2 times", "is outside"])],
)  # fmt: skip
def test_the_verdicts_on_weak_supervision(tuned, over, false, words):
    scope = {"tuned": tuned, "better": {2.0: over, 4.0: over}, "strengths": [2.0, 4.0]}
    scope |= {"false": false, "fewest": 1, "most": 10, "better_than": scope["better"]}
    scope["areas"] = dict.fromkeys([2.0, 4.0], Estimate(0.7, 0.02))
    made = "ahead_from", "over_search", "from_tuning", "overtakes", "as_claimed", "beyond_search"
    *texts, beyond = chosen("26_anomaly_search", scope, *made)[2:]
    for text, word in zip(texts, words, strict=True):
        assert word in text
    assert ("they need 2" in beyond) == ("of 2" in texts[1])


@pytest.mark.parametrize(
    ("other", "words", "gain"),
    [
        (
            [4.0, 6.0],
            "lower at 2 of 2 points, by a median factor of 2.50",
            "above that range, at 2.50",
        ),
        ([3.0, 3.0], "lower at 2 of 2", "within that range, at 1.50"),
        ([1.0, 1.0], "lower at 0 of 2", "below that range, at 0.50"),
        ([np.nan, np.nan], "cannot be compared", "not defined here"),
    ],
)
def test_the_verdicts_on_searches_with_limits(other, words, gain):
    keys = pd.MultiIndex.from_product([["mass", "count"], ["a", "b"]])
    scope = {"limits": pd.DataFrame({0: [2.0, 2.0, *other]}, keys), "panels": ["one"]}
    scope |= {"MASS": "mass", "COUNT": "count"}
    scope["thesis"] = lambda what, _: pd.Series([1.5, 2.0] if "model_dep" in what else [1.0, 1.0])
    made = "compared", "gains", "gained", "place", "same"
    found = chosen("29_limits", scope, *made)
    assert words in found[0]("mass", "count")
    assert found[-1] == gain
    scope["seconds"] = {"mass": 0, "count": 0}
    of = "1 to 1" if other == [1.0, 1.0] else "2 to 2"
    assert chosen("29_limits", scope, "lowest", "span")[1] == f", with limits of {of} fb"
    scope["limits"] = scope["limits"] * np.nan
    assert chosen("29_limits", scope, "lowest", "span") == ["none", ""]


@pytest.mark.parametrize(
    ("names", "source"),
    [(["jets", "statistics_ee[0]"], "a source of"), (["statistics_ee[0]"], "the size of"),
     ([], "no ranking")],
)  # fmt: skip
def test_the_verdict_on_the_ranking_of_uncertainties(names, source):
    scope = {
        "ranking": pd.DataFrame(index=names),
        "point": names[:1],
        "VARIATIONS": {},
        "groups": {},
    }
    assert source in chosen("29_limits", scope, "label_of", "first", "by_size", "counts_first")[-1]


@pytest.mark.parametrize(
    ("values", "words"), [([], "No point"), ([0.05, 0.2], "1 of 2 points agree")]
)
def test_the_verdict_on_pseudo_experiments(values, words):
    scope = {"by_toys": pd.DataFrame({"CLs": [Estimate(one, 0.02) for one in values]})}
    assert words in chosen("29_limits", scope, "off", "agree")[-1]


@pytest.mark.parametrize(
    ("limit", "theory", "words"),
    [
        ([1.0, 1.0, 1.0], [10.0, 0.1, 0.01], "200"),
        ([1.0, 1.0, 1.0], [0.1, 10.0, 0.1], "800"),
        ([1.0, 1.0, 1.0], [0.1, 0.5, 0.1], "none"),
        ([1.0, 1.0, 1.0], [10.0, 10.0, 10.0], "1600 or more"),
        ([], [], "–"),
    ],
)
def test_the_reach_is_where_lines_cross(limit, theory, words):
    x = [100.0, 400.0, 1600.0][: len(limit)]
    reach, in_words = chosen("29_limits", {"masses": [100.0, 1600.0]}, "reach", "mass_words")
    found = reach(pd.Series(limit, x, dtype=float), pd.Series(theory, x, dtype=float))
    assert in_words(found) == words


def test_the_region_of_the_anomaly_search_knows_no_signal():
    random, n = np.random.default_rng(1), 3000
    names = ("a", "b", "flcomp")
    values = np.column_stack([*random.normal(size=(2, n)), random.integers(0, 2, n)])
    some = LearningSet(
        features=values.astype(np.float32), names=names, label=np.arange(n) % 10 == 0,
        weight=random.random(n), event=np.arange(n), sample=np.int16(np.arange(n) % 10 == 0),
        sample_names=("b", "s"), sample_groups=("b", "s"), processes=("b", "s"),
        part=random.integers(0, 3, n).astype(np.int8),
    )  # fmt: skip
    tails, shift = (Tails(names[:2], ("flcomp",), how=how) for how in ("tails", "shift"))
    scope = {"both": Combined((tails, shift), given=("flcomp",)), "share": 0.1, "PARTS": PARTS}
    scope |= {"replace": replace, "sha256": sha256, "cuts": cuts}
    made = "weighted", "background_cut", "region", "fingerprint"
    *_, region, fingerprint = chosen("26_anomaly_search", scope, *made)
    heavier = replace(some, weight=np.where(some.label, 9.0, some.weight))
    loaded = some, some.take(~some.label), heavier, some.take(~some.label | (some.event % 20 == 0))
    assert len({fingerprint(*region(one)) for one in loaded}) == 1
    other = replace(some, weight=np.where(some.label, 9.0, some.weight + 0.1 * values[:, 0] ** 2))
    assert fingerprint(*region(other)) != fingerprint(*region(some))


@pytest.mark.parametrize("name", NAMES)
def test_text_uses_names_that_the_code_makes(name):
    tree, text = code(name)
    names = [one for one in ast.walk(tree) if isinstance(one, ast.Name)]
    made = {one.id for one in names if isinstance(one.ctx, ast.Store)} | set(vars(builtins))
    made |= {(one.asname or one.name).split(".")[0] for one in ast.walk(tree)
             if isinstance(one, ast.alias)}  # fmt: skip
    made |= {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    for found in EXPRESSION.finditer(text):
        used = [one for one in ast.walk(ast.parse(" ".join(found[1].split())))
                if isinstance(one, ast.Name)]  # fmt: skip
        own = {one.id for one in used if isinstance(one.ctx, ast.Store)}
        assert {one.id for one in used} - own <= made, found[1]
