# %% [markdown]
# (chap-tree-grid)=
# # Depth, learning rate and number of trees
#
# How deep may boosted trees be, and how many should there be? Guevara's thesis {cite}`guevara2023` finds that the expected
# significance rises with the depth up to thirty splits and sees no over-training in the area under the ROC curve (AUC). A depth
# beyond seven is unusual, because such trees can learn single events by heart. This chapter trains both grids of the thesis
# without stopping early, compares every number with its uncertainty on events that were not trained on, and measures over-training
# in the tail of the score, where a search counts ({numref}`tab-tree-tail`).

# %% lepsearch={"full": {"depths": [3, 4, 5, 6, 10, 15, 20, 25, 30], "few_depths": [3, 4, 5, 6], "numbers": [10, 100, 500, 1000], "rates": [0.001, 0.01, 0.1, 1.0], "seeds": [1, 2, 3, 4, 5], "train_events": 1000000000, "workers": 2}, "learns": ["dark_higgs", "light_vector", "inelastic_eft"], "reads": ["dilepton"]} nbmake={"mock": {"depths": [2, 6], "estimators": 6, "few_depths": [2, 3], "numbers": [2, 5], "profile": "smoke", "seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups or samples of signals; trained on
models = ["dark_higgs", "light_vector", "inelastic_eft"]
# [1, 100], rising, two or more; splits on the way to a leaf, first grid
depths = [3, 6, 10, 30]
# (0, 10], rising; eta, first grid
rates = [0.01, 0.1, 1.0]
# [1, 100000]; trees, first grid
estimators = 120
# [1, 100], rising; depths of the second grid
few_depths = [3, 6]
# [1, 100000], rising, two or more; trees, second grid
numbers = [10, 100, 200]
# (0, 1]; share of the expected signal that the chosen cut keeps
efficiency = 0.8
# [10, 1e9]; effective background events that a significance needs
least = 100.0
# [0, 4294967295], two or more; one bootstrap sample of training events each
seeds = [1, 2, 3]
# [100, 1e12]; events of the training part, at most, roughly
train_events = 16_000
# [1, 1000]; processes that train
workers = 1

# %%
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.split import PARTS
from lepsearch.learn import cuts, measures
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.grid import best, summary
from lepsearch.learn.learning import FULL, learning_set
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.trees import Trees
from lepsearch.plotting.heat import grid_heat
from lepsearch.plotting.scores import roc_curves
from lepsearch.plotting.style import drawing, lines
from lepsearch.stats.estimate import Estimate, total, weighted_mean
from lepsearch.stats.roc import roc

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(
    dataset, models, features=FULL, train_events=train_events
)
printed = quoted.below("guevara.section_5_3_2")
cut = quoted.get("guevara.section_5_2_6.score_cut").value
rate = printed["rate"].value if printed["rate"].value in rates else rates[-1]
trees = Trees(
    estimators, learning_rate=rate, l2=printed["l2"].value, patience=0
)
weighting = Weighting("ratio")
experiment = Experiment(
    events, trees, dataset.workspace.build / "tuning" / "21_tree_grid",
    weighting, parts=PARTS,
)  # fmt: skip
part = {name: experiment.measured(name) for name in PARTS}
train, validation, test = part.values()

# %% [markdown]
# {numref}`tab-tree-grid-setup` lists events and settings, which are those of the thesis. The training weights count every
# signal event as one and the background as much in total ({numref}`Chapter %s <chap-sample-weights>`). The training part trains,
# the validation part chooses cuts and points of the grids, and the test part only measures. Nothing stops a training
# early: all trees are kept, as in the thesis.
#
# :::{table} Events and trainings of this chapter. Events are simulated and in the dilepton region.
# :name: tab-tree-grid-setup
#
# | quantity | value |
# |---|---|
# | profile | {eval}`profile` |
# | integrated luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | background and signal events, training part | {eval}`f"{(~train.label).sum():,d}"` and {eval}`f"{train.label.sum():,d}"` |
# | validation part | {eval}`f"{(~validation.label).sum():,d}"` and {eval}`f"{validation.label.sum():,d}"` |
# | test part | {eval}`f"{(~test.label).sum():,d}"` and {eval}`f"{test.label.sum():,d}"` |
# | signal models, summed as in the thesis | {eval}`len(events.signals)` |
# | features, with the jets, which events may lack | {eval}`f"{len(events.names):d}"` |
# | L2 penalty λ | {eval}`f"{trees.l2:g}"` |
# | trees of the first grid | {eval}`f"{estimators:d}"` |
# | learning rate η of the second grid | {eval}`f"{rate:g}"` |
# | cut of the thesis on the score | {eval}`f"{cut:g}"` |
# | chosen cut | keeps {eval}`f"{100 * efficiency:.0f}"` % of the summed signal, validation part |
# :::
#
# A dash stands for a significance with fewer than {eval}`f"{least:g}"` effective background events above the cut. XGBoost grows
# the same trees from the same events: nothing is random. The uncertainties in the grids are therefore those of the events
# that measure; the section on training samples adds those of the events that train. The full grids are
# trained by `lepsearch run 21_tree_grid --full`.

# %%
unknown = Estimate(np.nan, np.nan)


def significance(of, score, lowest):
    """Expected significance above a cut; undefined with too little background."""
    made = cuts.scan(of, score, [lowest])
    return made.at()[0] if made.enough(least)[0] else unknown


def numbers_of(scores):
    """What the scores of the three parts give."""
    chosen = cuts.efficiency_cut(validation, scores["validation"], efficiency)
    found = {"chosen": chosen}
    for name, score in scores.items():
        found[f"{name}_auc"] = measures.auc(part[name], score)
        found[f"{name}_raw_auc"] = measures.auc(part[name].counted, score)
        found[f"{name}_z"] = significance(part[name], score, cut)
        found[f"{name}_z_chosen"] = significance(part[name], score, chosen)
    return found


# %% [markdown]
# ## A small learning rate cannot reach the cut
#
# With $n$ trees and the learning rate $\eta$ there is a highest possible score. The value of a leaf, {eq}`eq-tree-leaf`, is at most
# the largest $|g_i|/h_i$ of its events. This is $1/p_i$ for signal and $1/(1 - p_i)$ for background. If no log-odds exceed $B$ in size, no leaf
# exceeds $1 + e^B$, so each tree raises $B$ by at most $\eta\,(1 + e^B)$. Starting from $B = 0$, the solution of the differential
# equation is an upper limit for these steps,
#
# $$
# p \le \tfrac12\, e^{\eta n} ,
# $$ (eq-tree-bound)
#
# for any depth, $\lambda \ge 0$ and positive weights.

# %% mystnb={"figure": {"name": "tab-tree-bound"}}
figure_21 = {
    tuple(
        float(one.split("_", 1)[1].replace("_", "."))
        for one in key.split(".")
    ): found.value
    for key, found in quoted.below("guevara.figure_5_21").items()
}
points = [
    {"depth": depth, "learning_rate": eta}
    for depth, eta in product(depths, rates)
]
grid = {"depth": depths, "learning_rate": rates}
experiment.grid(grid, seeds[:1], workers=workers)
rows = []
for eta in sorted({eta for _, eta in figure_21}):
    tried = [one for one in points if one["learning_rate"] == eta]
    here = [experiment.scores("test", seeds[0], **one) for one in tried]
    of_thesis = [z for (_, at), z in figure_21.items() if at == eta]
    rows.append(
        {
            "η": eta,
            "limit": min(1.0, np.exp(eta * printed["estimators"].value) / 2),
            "highest found": max((one.max() for one in here), default=np.nan),
            "thesis, lowest Z": min(of_thesis),
            "thesis, highest Z": max(of_thesis),
        }
    )
bounds = pd.DataFrame(rows)
tables.styled(bounds, "bounds", ".3f", η="g")

# %% [markdown] tags=["caption"]
# Highest possible score of {eval}`f"{printed['estimators'].value:g}"` trees by {eq}`eq-tree-bound`, highest score on the test part at any depth of this chapter,
# and the range of significances over the depths in figure 5.21 of the thesis, by learning rate. A dash: not trained in this chapter.

# %% tags=["hide-input"]
too_slow = bounds[bounds["limit"] < cut]

# %% [markdown]
# With η = {eval}`f"{too_slow['η'].max():g}"` no score exceeds {eval}`f"{too_slow['limit'].max():.3f}"` ({numref}`tab-tree-bound`), so no event passes the
# thesis's cut of {eval}`f"{cut:g}"`. The thesis nevertheless has significances there. The last bins of the public code, which are taken in the
# range of each class ({numref}`tab-grid-ranges`), give a number for any range of scores; we take them as the likely source.
#
# ## First grid: depth and learning rate

# %%
made = [
    {**one, "seed": seeds[0]}
    | numbers_of({p: experiment.scores(p, seeds[0], **one) for p in PARTS})
    for one in points
]
first = pd.DataFrame(made)
names = {
    "learning_rate": r"learning rate $\eta$", "depth": "depth",
    "estimators": "trees",
}  # fmt: skip


def heat(table, panels, x, label, fmt, compatible=None):
    """Maps of several columns of a grid, side by side."""
    shown = [
        summary(table, name).assign(panel=words)
        for name, words in panels.items()
    ]
    if compatible is not None:
        compatible = compatible.assign(panel=both["validation_raw_auc"])
    return grid_heat(
        pd.concat(shown, ignore_index=True), x, "depth", panels="panel",
        label=label, names=names, fmt=fmt, compatible=compatible,
    )  # fmt: skip


both = {
    "train_raw_auc": "training part",
    "validation_raw_auc": "validation part",
}
on_test = {
    "test_z_chosen": "chosen cut",
    "test_z": "cut of the thesis",
}
summed = "$Z$, all signals summed"
chosen = best(first, "validation_raw_auc")

# %% mystnb={"figure": {"name": "fig-tree-grid-auc"}, "image": {"alt": "Two heat maps of the AUC over learning rate and depth, for the training and the validation part; the best point of the validation part has a star, those compatible with it have dashed frames."}} tags=["hide-input"]
heat(first, both, "learning_rate", "AUC", ".4f", chosen.compatible)

# %% [markdown] tags=["caption"]
# Unweighted AUC on the training and the validation part, as in figure 5.22 of the thesis, with statistical uncertainties. Frames mark
# the best point of the validation part and those compatible with it within two standard deviations. Compare both parts at large depths.

# %% mystnb={"figure": {"name": "fig-tree-grid-significance"}, "image": {"alt": "Two heat maps of the significance over learning rate and depth, above the chosen cut and above the cut of the thesis, with uncertainties; some cells are hatched."}} tags=["hide-input"]
heat(first, on_test, "learning_rate", summed, ".2f")

# %% [markdown] tags=["caption"]
# Expected significance of all signals summed on the test part, above a cut that the validation part chooses for each point and above
# the thesis's cut, with statistical uncertainties. Hatched points have too little background. Compare the depths at one learning rate.


# %%
def row_of(table, **point):
    """The row of a grid at a point."""
    return table[(table[list(point)] == pd.Series(point)).all(axis=1)].iloc[0]


shallow, deep = depths[0], depths[-1]
at_rate = {n: row_of(first, depth=n, learning_rate=rate) for n in depths}
low, high = at_rate[shallow], at_rate[deep]
column = {n: z for (n, eta), z in figure_21.items() if eta == rate}
thesis_shallow, thesis_deep = min(column), max(column)
auc_thesis = quoted.below("guevara.figure_5_22")

# %% [markdown]
# {numref}`tab-tree-grid-thesis` compares with the thesis at η = {eval}`f"{rate:g}"`. The values themselves cannot be compared, because
# signals, yields and backgrounds differ, but the change with the depth can.
#
# :::{table} First grid at one learning rate: unweighted AUC and significance against the depth. The AUC of the thesis is that of depths 24 to 30.
# :name: tab-tree-grid-thesis
#
# | quantity | depth {eval}`shallow` | depth {eval}`deep` | thesis, depth {eval}`f"{thesis_shallow:g}"` | thesis, depth {eval}`f"{thesis_deep:g}"` |
# |---|---|---|---|---|
# | AUC, training part | {eval}`low["train_raw_auc"]` | {eval}`high["train_raw_auc"]` | | {eval}`f"{auc_thesis['training'].value:g}"` |
# | AUC, validation part (thesis: test) | {eval}`low["validation_raw_auc"]` | {eval}`high["validation_raw_auc"]` | | {eval}`f"{auc_thesis['test'].value:g}"` |
# | $Z$, cut of the thesis, test part | {eval}`low["test_z"]` | {eval}`high["test_z"]` | {eval}`f"{column[thesis_shallow]:.2f}"` | {eval}`f"{column[thesis_deep]:.2f}"` |
# | $Z$, chosen cut, test part | {eval}`low["test_z_chosen"]` | {eval}`high["test_z_chosen"]` | | |
# :::
#
# By the AUC of the validation part the best point has depth {eval}`chosen.point["depth"]` and η = {eval}`f"{chosen.point['learning_rate']:g}"`.
# {eval}`f"{len(chosen.compatible)} of {len(points)} points are compatible with it within two standard deviations." if len(chosen.compatible) > 1 else "It exceeds all others by more than two standard deviations."`
# This is conservative, since all points are measured with the same events; the section on training samples compares two points event by
# event.
#
# ## Second grid: number of trees and depth
#
# Boosting adds trees without changing earlier ones, so one training with the most trees contains those with fewer: its first
# trees.

# %%
one = validation.take(
    np.sort(
        np.random.default_rng(1).permutation(len(validation))[: len(train)]
    )
)
weighted = [replace(of, training_weight=weighting(of)) for of in (train, one)]
made, losses = [], {}
for depth in few_depths:
    longest = replace(trees, depth=depth, estimators=max(numbers))
    grown = longest.fit(*weighted)
    losses[f"depth {depth}"] = grown.history["val_loss"]
    for n in numbers:
        scores = {
            name: grown.first(n).scores(of) for name, of in part.items()
        }
        point = {"estimators": n, "depth": depth, "seed": seeds[0]}
        made.append(point | numbers_of(scores))
second = pd.DataFrame(made)
chosen_second = best(second, "validation_raw_auc")

# %% mystnb={"figure": {"name": "fig-tree-number-significance"}, "image": {"alt": "Two heat maps of the significance over the number of trees and the depth, above the chosen cut and the cut of the thesis, with uncertainties."}} tags=["hide-input"]
heat(second, on_test, "estimators", summed, ".2f")

# %% [markdown] tags=["caption"]
# Expected significance of all signals summed on the test part over the number of trees and the depth, with η = {eval}`f"{rate:g}"`, as
# in figure 5.24 of the thesis. Hatching as in {numref}`fig-tree-grid-significance`.

# %% mystnb={"figure": {"name": "fig-tree-number-auc"}, "image": {"alt": "Two heat maps of the AUC over the number of trees and the depth, for the training and the validation part; the best point of the validation part has a star."}} tags=["hide-input"]
heat(second, both, "estimators", "AUC", ".4f", chosen_second.compatible)

# %% [markdown] tags=["caption"]
# Unweighted AUC on the training and the validation part, as in figure 5.25 of the thesis. Frames as in {numref}`fig-tree-grid-auc`. Compare
# both parts at many trees.

# %% mystnb={"figure": {"name": "fig-tree-number-loss"}, "image": {"alt": "Curves of the validation loss against the number of trees, one for each depth: they fall, become flat and may rise."}} tags=["hide-input"]
with drawing() as (figure, axes):
    for label, loss, look in lines(losses):
        axes.plot(loss, label=label, **look)
    axes.set(
        xlabel="number of trees", ylabel="loss, validation part", yscale="log"
    )
    axes.legend()
figure

# %% [markdown] tags=["caption"]
# Cross-entropy of the validation part, with training weights, against the number of trees. A minimum is where early stopping would
# end the training.

# %%
figure_24 = quoted.below("guevara.figure_5_24")
values_24 = {key: found.value for key, found in figure_24.items()}
best_24 = max(values_24, key=values_24.get)
depth_24, number_24 = (one.split("_")[1] for one in best_24.split("."))
few, many = (
    row_of(second, estimators=n, depth=few_depths[-1])
    for n in (numbers[0], numbers[-1])
)
auc_25 = quoted.below("guevara.figure_5_25")
turns = {label: int(loss.idxmin()) for label, loss in losses.items()}
turn = turns[f"depth {few_depths[-1]}"]

# %% [markdown]
# In the thesis, every step to more trees or to a deeper tree raises the significance, up to {eval}`f"{values_24[best_24]:.2f}"` with
# {eval}`number_24` trees of depth {eval}`depth_24`. {numref}`tab-tree-number` has our trees of depth {eval}`few_depths[-1]`.
# {eval}`f"Their validation loss is lowest after {turn} trees and rises afterwards." if turn < numbers[-1] else "Their validation loss still falls at the last tree."`
#
# :::{table} Fewest and most trees of the second grid, at its largest depth. The AUC of the thesis is that of its best point.
# :name: tab-tree-number
#
# | quantity | {eval}`f"{numbers[0]:d}"` trees | {eval}`f"{numbers[-1]:d}"` trees | thesis, {eval}`number_24` trees |
# |---|---|---|---|
# | AUC, training part | {eval}`few["train_raw_auc"]` | {eval}`many["train_raw_auc"]` | {eval}`f"{auc_25['training'].value:g}"` |
# | AUC, validation part (thesis: test) | {eval}`few["validation_raw_auc"]` | {eval}`many["validation_raw_auc"]` | {eval}`f"{auc_25['test'].value:g}"` |
# | $Z$, chosen cut, test part | {eval}`few["test_z_chosen"]` | {eval}`many["test_z_chosen"]` | |
# :::
#
# ## Over-training: wrong pairs and the tail
#
# The thesis concludes from {eval}`f"{auc_thesis['training'].value:g}"` on training and {eval}`f"{auc_thesis['test'].value:g}"` on test events that its
# deepest trees are not over-trained. The AUC is the probability that a signal event has a higher score than a background event,
# and nearly all pairs are easy. What counts is $1 - \mathrm{AUC}$, the fraction of pairs in the wrong order, and above all the
# background in the tail of the score, which is too rare to change the AUC. {numref}`tab-tree-tail` compares events that were
# trained on with others. Without over-training the ratio of wrong pairs is one and the two fractions of background agree; trees that know
# their events by heart have neither wrong pairs nor background above the cut. A second pair of trainings has a quarter of the
# training events.


# %%
def above_cut(of, score):
    """Background above the thesis's cut: percentage of simulated, and expected events."""
    background = of.take(~of.label)
    kept = score[~of.label] >= cut
    share = weighted_mean(kept, original=background.original)
    yields = total(background.weight[kept], background.original[kept])
    return 100 * share, yields


quarter = learning_set(
    dataset, models, features=FULL, train_events=len(train) / 4
)
fewer = replace(experiment, events=quarter)

# %% mystnb={"figure": {"name": "tab-tree-tail"}}
rows, gaps = [], {}
trained = [(n, experiment) for n in depths]
trained += [(n, fewer) for n in (shallow, deep)]
for depth, of in trained:
    point = {"depth": depth, "learning_rate": rate}
    sides = {
        name: (of.measured(name), of.scores(name, seeds[0], **point))
        for name in ("train", "test")
    }
    learned, others = (above_cut(*side) for side in sides.values())
    wrong, wrong_others = (
        1 - measures.auc(events.counted, score)
        for events, score in sides.values()
    )
    n = len(of.measured("train"))
    gaps[depth, n] = {
        "ratio": wrong / wrong_others, "wrong": wrong - wrong_others,
        "tail": learned[0] - others[0], "yields": (learned[1], others[1]),
    }  # fmt: skip
    rows.append({
        "depth": depth, "training events": n,
        "wrong pairs, training / test": wrong / wrong_others,
        "training [%]": learned[0], "test [%]": others[0],
        "expected, training": learned[1], "expected, test": others[1],
    })  # fmt: skip
tails = pd.DataFrame(rows)
formats = dict.fromkeys(
    ("expected, training", "expected, test"), tables.with_events
)
tables.styled(tails, "tails", **formats, **{"training events": ",d"})

# %% [markdown] tags=["caption"]
# Training against test events by depth and number of training events, with η = {eval}`f"{rate:g}"`: ratio of $1-\mathrm{AUC}$, unweighted;
# fraction of simulated background events above the thesis's cut in percent; and expected background events there, in brackets the number of
# distinct generated events. Where no event is left, no uncertainty is known.

# %% mystnb={"figure": {"name": "fig-tree-tail"}, "image": {"alt": "ROC curves on linear and logarithmic axes, for the shallowest and the deepest trees, on training and on test events: the curves of the deepest trees lie furthest apart, most of all at small efficiencies for background."}} tags=["hide-input"]
curves, areas = {}, {}
for depth, name in product((shallow, deep), ("train", "test")):
    score = experiment.scores(name, seeds[0], depth=depth, learning_rate=rate)
    words = f"depth {depth}, {'training' if name == 'train' else 'test'}"
    of = part[name]
    curves[words] = roc(score, of.label, np.ones(len(of)))
    areas[words] = at_rate[depth][f"{name}_raw_auc"]
roc_curves(curves, areas)

# %% [markdown] tags=["caption"]
# ROC curves of simulated events that were trained on and of test events, at the smallest and the largest depth. Compare the two curves of a depth at small
# efficiencies for background, which only the logarithmic axis shows.

# %%
sizes = quoted.below("guevara.table_5_3")
n_thesis = sum(
    sizes[f"{of}.simulated"].value for of in ("signal", "background")
)
wrong_thesis = (1 - auc_thesis["test"].value) / (
    1 - auc_thesis["training"].value
)
all_events, few_events = len(train), len(fewer.measured("train"))
gap_shallow, gap_deep = gaps[shallow, all_events], gaps[deep, all_events]
yield_train, yield_test = gap_deep["yields"]


def said(change):
    """What training minus test events says."""
    return report.verdict(
        change,
        seen="over-training"
        if change.value < 0
        else "the opposite of over-training",
        unseen="no over-training beyond two standard deviations",
        undefined="nothing, for want of events",
    )


# %% [markdown]
# At depth {eval}`shallow` the wrong pairs show {eval}`said(gap_shallow["wrong"])`; the background above the cut shows
# {eval}`said(gap_shallow["tail"])`. At depth {eval}`deep` the wrong pairs show {eval}`said(gap_deep["wrong"])`; the background above
# the cut shows {eval}`said(gap_deep["tail"])`.
#
# A search that took its background from the training events would expect {eval}`yield_train` events above the cut at depth
# {eval}`deep`. The test events give {eval}`yield_test`.
#
# The AUCs of the two depths on the validation part differ by {eval}`high["validation_raw_auc"] - low["validation_raw_auc"]`: the AUC of
# other events alone does not show that trees know their training events. In the thesis, the two rounded AUCs leave
# {eval}`f"{wrong_thesis:.1f}"` times as many wrong pairs on test as on training events, so they do not exclude over-training.
#
# Over-training depends on the number of training events: at depth {eval}`shallow` the ratio in {numref}`tab-tree-tail` is
# {eval}`gap_shallow["ratio"]` with all of ours and {eval}`gaps[shallow, few_events]["ratio"]` with a quarter. The thesis has
# {eval}`f"{n_thesis / len(train):,.0f}"` times as many, and our events cannot say how much over-training that leaves. Its draft does not state on
# which events the significances of the grids were computed.
#
# ## Other training samples
#
# The trees would differ with other training events. Two points, that chosen by the validation part and one at the far end of the
# depths, are trained again on {eval}`len(seeds)` bootstrap samples of the training events each, which gives {numref}`tab-tree-resampled`.

# %% mystnb={"figure": {"name": "tab-tree-resampled"}}
far = shallow if chosen.point["depth"] == deep else deep
pair = {"chosen": chosen.point, "far": {"depth": far, "learning_rate": rate}}
areas, significances = {}, {}
for name, point in pair.items():
    on_validation, on_test_part = (
        experiment.by_seed(one, seeds, resampled=True, **point)
        for one in ("validation", "test")
    )
    lowest = [
        cuts.efficiency_cut(validation, one, efficiency)
        for one in on_validation
    ]
    above = [partial(measures.significance_of, cut=one) for one in lowest]
    areas[name] = measures.averaged(measures.auc_of, test, on_test_part)
    enough = all(
        cuts.scan(test, one, [at]).enough(least)[0]
        for one, at in zip(on_test_part, lowest, strict=True)
    )
    found = measures.averaged(above, test, on_test_part)
    significances[name] = found if enough else unknown
by_auc, by_z = (
    measures.differences(one, "chosen") for one in (areas, significances)
)
resampled = pd.DataFrame({
    "depth": [point["depth"] for point in pair.values()],
    "η": [point["learning_rate"] for point in pair.values()],
    "AUC": [*by_auc["value"]], "Z, chosen cut": [*by_z["value"]],
    "AUC, change": [np.nan, by_auc["difference"]["far"]],
    "Z, change": [np.nan, by_z["difference"]["far"]],
})  # fmt: skip
tables.styled(resampled, "resampled", η="g")

# %% [markdown] tags=["caption"]
# Physics-weighted AUC and significance of all signals summed on the test part, mean over trainings on bootstrap samples; the change is relative to the first row
# with the same test events and the same training samples. Uncertainties of events and trainings.

# %% tags=["hide-input"]
change_auc, change_z = by_auc["difference"]["far"], by_z["difference"]["far"]
clearest = max(
    (change_z, change_auc), key=lambda one: np.nan_to_num(abs(one.sigmas))
)
of_depth = report.verdict(
    clearest,
    seen="In one of the two numbers or both, the points differ by more than two standard deviations",
    unseen="No difference between the two points is seen",
    undefined="The difference is undefined",
)
hidden = (
    ", which the AUC does not show"
    if abs(change_z.sigmas) > 2 and not abs(change_auc.sigmas) > 2
    else ""
)
thesis_rises = column[thesis_deep] / column[thesis_shallow]

# %% [markdown]
# {eval}`of_depth`. The second row instead of the first changes the AUC by {eval}`change_auc`
# {eval}`f"and the significance by {change_z}" if np.isfinite(change_z.sigmas) else "and leaves too little background above the cut for a significance"`{eval}`hidden`.
#
# In the thesis the significance rises by a factor of {eval}`f"{thesis_rises:.2f}"` between depths
# {eval}`f"{thesis_shallow:g}"` and {eval}`f"{thesis_deep:g}"`.
# {eval}`"Our events show such a rise too." if np.sign(far - chosen.point["depth"]) * change_z.sigmas > 2 else "Our events do not tell." if not np.isfinite(change_z.sigmas) else "Our events do not confirm that deeper trees are better."`
#
# ## Conclusions
#
# - **Depth.** {eval}`len(chosen.compatible)` of {eval}`len(points)` points are compatible with the best of the validation part. Depth
#   {eval}`far` instead of that of the best point {eval}`report.verdict(change_z, seen=f"changes the significance by {change_z}", unseen=f"changes the significance by {change_z}", undefined="leaves too little background above the cut for a significance")`{eval}`hidden` ({numref}`tab-tree-resampled`).
# - **Over-training.** The background of the deepest trees above the cut shows {eval}`said(gap_deep["tail"])`: {eval}`yield_train` expected
#   events from the training part, {eval}`yield_test` from the test part ({numref}`tab-tree-tail`).
# - **Learning rate.** By {eq}`eq-tree-bound`, the slowest rate of the thesis cannot give a score above its cut ({numref}`tab-tree-bound`).
#
# The bound on the score and the weakness of the AUC hold for any events; how much deep trees over-train depends on the number of
# training events and their weights, and ours are few. All significances are those of all signals summed, which no model
# predicts ({numref}`Chapter %s <chap-network-grid>`). {numref}`Chapter %s <chap-tree-depth>` opens the
# deepest trees: what do they ask of an event, and what do they make of data?

# %% tags=["remove-cell"]
report.record("slow_rate", too_slow["η"].max(), "g")
report.record("slow_limit", too_slow["limit"].max(), ".3f")
report.record("slow_z_min", too_slow["thesis, lowest Z"].min(), ".2f")
report.record("slow_z_max", too_slow["thesis, highest Z"].max(), ".2f")
report.record("auc_training", auc_thesis["training"].value, "g")
report.record("auc_test", auc_thesis["test"].value, "g")
report.record("wrong_thesis", wrong_thesis, ".1f")
report.record("yield_train", yield_train)
report.record("yield_test", yield_test)
rise = change_z if far > chosen.point["depth"] else -1 * change_z
report.record("guevara_figure_5_21", report.agreement(rise))
