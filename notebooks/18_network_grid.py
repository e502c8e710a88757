# %% [markdown]
# (chap-network-grid)=
# # Width, depth and learning rate
#
# How large should the network be, and how fast should it learn? Guevara's thesis {cite}`guevara2023`
# trains one network for every combination of four settings and takes the one with the largest expected
# significance. It gives no uncertainties, and the significance is that of all signal models together.
# This chapter trains slices through the same grid with several seeds and gives each point its
# statistical uncertainty ({numref}`tab-grid-points`). It then separates the models ({numref}`tab-by-model`).

# %% lepsearch={"full": {"depths": [2, 3, 4, 5], "epochs": 50, "seeds": [1, 2, 3], "train_events": 1000000000, "whole_grid": true, "workers": 2}, "learns": ["dark_higgs", "light_vector", "inelastic_eft"], "reads": ["dilepton"]} nbmake={"mock": {"deep_widths": [4, 16], "depths": [2, 3], "epochs": 2, "penalties": [1e-05, 0.01], "profile": "smoke", "rates": [0.001, 0.1], "widths": [4, 16]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups or samples of signals; trained on
models = ["dark_higgs", "light_vector", "inelastic_eft"]
# true or false; all combinations, in place of slices through them
whole_grid = False
# (0, 100], rising; eta
rates = [0.001, 0.01, 0.1, 1.0]
# [0, 100], rising; lambda
penalties = [0.00001, 0.0001, 0.001, 0.01]
# [1, 10000], rising; neurons of the one hidden layer
widths = [1, 10, 50, 100]
# [2, 100], rising; hidden layers
depths = [2, 3, 4]
# [1, 10000], rising; neurons of each of them
deep_widths = [10, 50, 100]
# [0, 4294967295]; one training each
seeds = [1, 2]
# [1, 100000]; at most
epochs = 15
# [1, 1e9]; events
batch_size = 2048
# [100, 1e12]; events of the training part, at most, roughly
train_events = 25_000
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
from lepsearch.learn.architecture import Network
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.grid import best, means, summary
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.training_weights import Weighting
from lepsearch.plotting.choices import by_row
from lepsearch.plotting.heat import grid_heat
from lepsearch.plotting.scores import validation
from lepsearch.plotting.style import drawing
from lepsearch.stats.estimate import Estimate, over_trainings, total
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, UNCERTAINTIES
from lepsearch.stats.significance import z0

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
of_all = {"features": WITHOUT_JETS, "train_events": train_events}
events = learning_set(dataset, models, **of_all)
network = Network(batch_size=batch_size, epochs=epochs, patience=4)
store = dataset.workspace.build / "tuning" / "18_network_grid"
of = {"weighting": Weighting("ratio"), "parts": PARTS}
experiment = Experiment(events, network, store, **of)
train, validation_part, held_out = map(experiment.measured, PARTS)
cut = quoted.get("guevara.section_5_2_6.score_cut").value
expected = {
    name: total(one.weight[one.label], one.original[one.label])
    for name in sorted(events.signals)
    for one in [events.of_signal(name)]
}
ordered = sorted(expected, key=lambda name: -expected[name].value)
summed = sum(one.value for one in expected.values())
thesis = quoted.below("guevara.table_5_3")
classes = "signal", "background"
n_thesis = sum(thesis[f"{of}.simulated"].value for of in classes)
training = quoted.below("guevara.training")
thesis_epochs = training["epochs"].value
fed = thesis_epochs * n_thesis
thesis_steps = {n: fed / training[f"batch_{n}"].value for n in ("min", "max")}
thesis_models = quoted.get("guevara.samples.total").value

# %% [markdown]
# {numref}`tab-grid-setup` lists the events and the trainings. The features are those that every event
# has, scaled to mean 0 and standard deviation 1. The training weights count every signal event as one and
# the background as much in total ({numref}`Chapter %s <chap-sample-weights>`). The training part trains, the validation part stops
# the training and chooses among networks, and the test part only measures.
#
# :::{table} Events and trainings of this chapter. Events are simulated and in the dilepton region.
# :name: tab-grid-setup
#
# | quantity | value |
# |---|---|
# | profile | {eval}`profile` |
# | integrated luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | background and signal events, training part | {eval}`f"{(~train.label).sum():,d}"` and {eval}`f"{train.label.sum():,d}"` |
# | validation part | {eval}`f"{(~validation_part.label).sum():,d}"` and {eval}`f"{validation_part.label.sum():,d}"` |
# | test part | {eval}`f"{(~held_out.label).sum():,d}"` and {eval}`f"{held_out.label.sum():,d}"` |
# | dark-matter signal models | {eval}`len(expected)` |
# | features | {eval}`f"{len(events.names):d}"` |
# | batch size | {eval}`f"{batch_size:,d}"` |
# | epochs, at most | {eval}`f"{epochs:d}"` |
# | trainings of each point | {eval}`f"{len(seeds):d}"` |
# :::
#
# A dash or "undefined" stands for a significance where one of the trainings leaves fewer than
# {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events above the cut.
#
# The slices are those of the thesis's figures, with hidden layers counted as in its text. Networks with
# several hidden layers are trained at one learning rate, as in the thesis's figure 5.17.
# `lepsearch run 18_network_grid --full` trains the whole grid, with all learning rates, both counts of
# layers, all training events and as many epochs as the thesis. It resumes where it was stopped.
#
# ## Four settings are varied
#
# A neuron forms a weighted sum of its inputs and passes it on if it is positive. Every feature feeds every
# neuron of the first layer, and every neuron feeds all of the next. The output neuron turns its sum into a
# score between 0 and 1 ({numref}`fig-architecture`).

# %% mystnb={"figure": {"name": "fig-architecture"}, "image": {"alt": "Circles for the features on the left, two columns of circles for hidden layers in the middle and one circle for the output on the right, all neighbours joined by lines."}} tags=["hide-input"]
hidden = f"hidden\n{widths[-1]} neurons\nReLU"
heads = [
    f"{len(events.names)} features\nscaled",
    hidden,
    hidden,
    "output\nsigmoid",
]
circles = [len(events.names), *2 * [min(widths[-1], 6)], 1]
fills = ["#d9edf7", "#fdebd0", "#fdebd0", "#f4c7c3"]
top, before = 0.36 * len(events.names), []
with drawing(figsize=(7.2, 0.9 + 0.235 * len(events.names))) as (
    figure,
    axes,
):
    for x, (head, number, fill) in enumerate(
        zip(heads, circles, fills, strict=True)
    ):
        heights = 0.72 * (0.5 * (number - 1) - np.arange(number))
        if (
            x in (1, 2) and number < widths[-1]
        ):  # dots for those that aren't drawn
            heights += np.copysign(0.54, heights)
            axes.scatter(
                [x] * 3, [-0.24, 0.0, 0.24], s=5, color="#333333", zorder=2
            )
        for a, b in product(before, heights):
            axes.plot(
                [x - 1, x], [a, b], "-", color="#999999", lw=0.35, zorder=1
            )
        axes.scatter(
            [x] * number,
            heights,
            s=88,
            color=fill,
            edgecolors="#333333",
            zorder=2,
        )
        axes.text(x, top + 0.25, head, ha="center", va="bottom", fontsize=10)
        before = heights
    for label, y in zip(
        events.names, 0.72 * np.arange(len(events.names))[::-1], strict=True
    ):
        place = y - 0.36 * (len(events.names) - 1)
        axes.text(-0.15, place, label, ha="right", va="center", fontsize=9)
    axes.text(3.15, 0, "score", ha="left", va="center", fontsize=11)
    axes.set(xlim=(-0.9, 3.55), ylim=(-top - 0.1, top + 1.9))
    axes.set_axis_off()
figure

# %% [markdown] tags=["caption"]
# The network of the thesis, here with two hidden layers. The features are named as in the tables of
# {ref}`chap-dilepton-features`. Dots stand for neurons that are not drawn.

# %% [markdown]
# The *learning rate* $\eta$ sets how far one step moves each trainable parameter. The *L2 penalty*
# $\lambda\sum w^2$ over the weights of the hidden layers is added to the loss. The other two settings are
# the *neurons* in a hidden layer and the number of *hidden layers*.
#
# ```{admonition} How many hidden layers?
# :class: note
# The thesis counts `n_layers` with the output: `n_layers = 1` "means no hidden layer". Its algorithm
# for the network, however, adds `n_layers` hidden layers and then the output. If the figures were made with the
# algorithm as printed, `n_layers = 2` is two hidden layers, and the "four" of its last comparison are
# five. This book counts hidden layers.
# ```
#
# The number of steps is a fifth, hidden setting. Adam moves a parameter by about $\eta$ in a step,
# whatever the size of the batch {cite}`kingma2015`, so with few steps a small learning rate cannot reach the
# minimum. The thesis takes the largest batches that fit into its graphics card: its {eval}`f"{thesis_epochs:g}"` epochs
# are {eval}`f"{thesis_steps['max']:,.0f}"` steps with the largest of them and
# {eval}`f"{thesis_steps['min']:,.0f}"` with the smallest. The samples here are smaller by a factor of
# thousands. Their batches are smaller too, so that the epochs of {numref}`tab-grid-setup` are
# {eval}`f"{epochs * np.ceil(len(train) / batch_size):,.0f}"` steps.

# %%
rate, penalty = 0.01, penalties[0]
rate = rate if rate in rates else rates[-1]
one_layer = {"layers": [1], "neurons": widths, "learning_rate": rates}
more_layers = {"layers": depths, "neurons": deep_widths, "l2": [penalty]}
one_network = one_layer | {"learning_rate": [rate], "neurons": widths[-1:]}
slices = [  # a point in two of them is trained once
    one_layer | {"l2": penalties if whole_grid else [penalty]},
    one_network | {"l2": penalties},
    more_layers | {"learning_rate": rates if whole_grid else [rate]},
]


def above_cut(events, score):
    """Significance above the thesis's cut; undefined with too little background."""
    return cuts.scan(events, score, [cut]).at()[0]


def raw(measure):
    """A measure of simulated events, which count as one each."""
    return lambda events, score: measure(events.counted, score)


measure = {
    "auc": measures.auc,
    "raw_auc": raw(measures.auc),
    "raw_accuracy": raw(measures.accuracy),
    "z": above_cut,
} | {f"z_{name}": measures.for_signal(above_cut, name) for name in expected}
table = experiment.grid(slices, seeds, measure=measure, workers=workers)
n_points = len(table) // len(seeds)

# %%
shallow = table.query("layers == 1 and l2 == @penalty")
deep = table.query(
    "learning_rate == @rate and l2 == @penalty and neurons in @deep_widths"
)
names = {
    "learning_rate": r"learning rate $\eta$", "neurons": "neurons",
    "layers": "hidden layers", "part": "part",
}  # fmt: skip
labels = {"z": "$Z$, all signals summed", "raw_auc": "AUC"}


def choice(points):
    """Significance or, where no point has one, AUC; and the best point by it."""
    first = summary(points, "validation_z").iloc[0]
    defined = np.isfinite([first["value"], first["error"]]).all()
    metric = "z" if defined else "raw_auc"
    return metric, best(points, f"validation_{metric}")


def significance_map(points, y):
    """What points are chosen by, with the best of them framed."""
    metric, one = choice(points)
    return grid_heat(
        summary(points, f"validation_{metric}"), "neurons", y,
        label=labels[metric], compatible=one.compatible, names=names,
        fmt=".4f" if "auc" in metric else ".2f",
    )  # fmt: skip


def on_both_parts(points, y, metric, label):
    """A number on the events that a network learned, and on others."""
    both = [
        summary(points, f"{part}_{metric}").assign(part=f"{words} part")
        for part, words in (("train", "training"), ("validation",) * 2)
    ]
    return grid_heat(
        pd.concat(both, ignore_index=True), "neurons", y, panels="part",
        names=names, label=label, fmt=".4f",
    )  # fmt: skip


def thesis_grid(figure, row):
    """Significances that the thesis prints, without errors."""
    rows = []
    for key, one in quoted.below(f"guevara.{figure}").items():
        place, neurons = key.split(".")
        number = float(place.split("_", 1)[1].replace("_", "."))
        number = int(number) if row == "layers" else number
        rows.append((number, int(neurons[1:]), one.value, np.nan))
    return pd.DataFrame(rows, columns=[row, "neurons", "value", "error"])


# %%
def valued(points, metric):
    """Number of points with a value."""
    return int(summary(points, f"validation_{metric}")["value"].count())


shallow_metric, best_shallow = choice(shallow)
deep_metric, best_deep = choice(deep)
metric, best_of_all = choice(table)
n_shallow, n_deep = valued(shallow, shallow_metric), valued(deep, deep_metric)
n_valued = valued(table, metric)
printed = thesis_grid("figure_5_15", "learning_rate")
printed_best = printed.loc[printed["value"].idxmax()]
zero = printed[printed["value"] == 0]
printed_deep = thesis_grid("figure_5_17", "layers")
by_area = summary(shallow, "validation_raw_auc")
shallow_z = summary(shallow, "validation_z")["value"]
area_best = by_area["estimate"].iloc[0]
area_single = by_area.groupby("neurons")["estimate"].first()[widths[0]]
of_rate = by_area.groupby("learning_rate")["estimate"].first()
area_slowest, area_fastest = of_rate[rates[0]], of_rate[rates[-1]]

# %% [markdown]
# The {eval}`n_points` points are trained {eval}`f"{len(seeds):d}"` times each, with different initial
# weights and orders of the events. The uncertainty of each point joins the spread of the
# seeds and the statistical uncertainty from the simulated events.
#
# ## One hidden layer: significance and AUC over width and learning rate
#
# The significance is that of counting all events with a score above {eval}`f"{cut:g}"`, summed over all
# signal models, as in the thesis. Compare {numref}`fig-grid-significance` with the thesis's values in
# {numref}`fig-grid-significance-thesis`.

# %% mystnb={"figure": {"name": "fig-grid-significance"}, "image": {"alt": "Heat map of the significance over neurons and learning rate with uncertainties in the cells; the best cell has a star, those compatible with it have dashed frames."}} tags=["hide-input"]
significance_map(shallow, "learning_rate")

# %% [markdown] tags=["caption"]
# Expected significance on the validation part, with one hidden layer and λ = {eval}`f"{penalty:g}"`.
# Frames mark the best point and those compatible with it within two standard deviations.
# Hatched points are undefined. Where all are, the map shows the unweighted AUC.

# %% mystnb={"figure": {"name": "fig-grid-significance-thesis"}, "image": {"alt": "Heat map of the significance printed in the thesis over neurons and learning rate; the largest value is at 100 neurons and a learning rate of 0.01."}} tags=["hide-input"]
grid_heat(
    printed, "neurons", "learning_rate", label="$Z$ in the thesis",
    names=names, fmt=".2f",
)  # fmt: skip

# %% [markdown] tags=["caption"]
# Expected significance in the thesis, figure 5.15, without uncertainties. Its code also writes 0 for an
# undefined significance.

# %% [markdown]
# {eval}`f"{len(best_shallow.compatible)} of {n_shallow} points with a value are compatible with the best within two standard deviations, so the grid does not order them." if len(best_shallow.compatible) > 1 else "The best point exceeds all others with a value by more than two standard deviations." if n_shallow > 1 else "Only one point has a value, so the grid does not compare any."`
# Such comparisons are conservative, because all points are measured with the same events, which fluctuate together;
# {numref}`tab-grid-parts` and the comparison after it take that into account. {numref}`tab-grid-shallow` compares the
# two grids. Their values need not agree, because signals, yields and backgrounds differ.
#
# :::{table} The grids of {numref}`fig-grid-significance` and {numref}`fig-grid-significance-thesis`.
# :name: tab-grid-shallow
#
# | quantity | this chapter | thesis |
# |---|---|---|
# | signal models | {eval}`len(expected)` | {eval}`f"{thesis_models:g}"` |
# | expected signal events before the cut | {eval}`f"{summed:.0f}"` | {eval}`f"{thesis['signal.expected'].value:.0f}"` |
# | best learning rate | {eval}`f"{best_shallow.point['learning_rate']:g}"` | {eval}`f"{printed_best['learning_rate']:g}"` |
# | best number of neurons | {eval}`best_shallow.point['neurons']` | {eval}`f"{printed_best['neurons']:.0f}"` |
# | best value of: {eval}`labels[shallow_metric]` | {eval}`best_shallow.estimate` | {eval}`f"{printed['value'].max():.2f}"` |
# | smallest defined significance | {eval}`f"{shallow_z.min():.2f}"` | {eval}`f"{printed.drop(zero.index)['value'].min():.2f}"` |
# | undefined points (thesis: zeros) | {eval}`f"{shallow_z.isna().sum()} of {len(shallow) // len(seeds)}"` | {eval}`f"{len(zero)} of {len(printed)}"` |
# :::
#
# In the thesis, {eval}`f"{(zero['neurons'] == 1).sum()}"` of the {eval}`len(zero)` zeros have one neuron; a zero may also
# be an undefined value. A point is undefined here if hardly any score exceeds the cut, which
# happens to slow or small networks for want of steps, or if the background above it consists of few
# events with large or negative weights.
#
# The AUC needs no cut and uses all events ({numref}`fig-grid-auc`). One hidden layer reaches
# {eval}`area_best`; with one neuron the best is {eval}`area_single`. The best at the slowest learning rate is
# {eval}`area_slowest`, and at the fastest {eval}`area_fastest`.

# %% mystnb={"figure": {"name": "fig-grid-auc"}, "image": {"alt": "Two heat maps of the AUC over neurons and learning rate, for training and validation, with uncertainties in the cells."}} tags=["hide-input"]
on_both_parts(shallow, "learning_rate", "raw_auc", labels["raw_auc"])

# %% [markdown] tags=["caption"]
# Unweighted AUC on the training and the validation part with one hidden layer, as in figure 5.16 of the
# thesis. Compare the two parts at large widths.

# %% mystnb={"figure": {"name": "fig-grid-accuracy"}, "image": {"alt": "Two heat maps of the binary accuracy over neurons and learning rate, for training and validation."}} tags=["hide-input"]
on_both_parts(shallow, "learning_rate", "raw_accuracy", "binary accuracy")

# %% [markdown] tags=["caption"]
# Binary accuracy with one hidden layer: the fraction of simulated events on the right side of a score of
# one half. Uncertainties are binomial, with the spread of the seeds added.

# %%
b_share = events.weight[~events.label].sum() / events.weight.sum()
mean_auc, mean_raw_auc = (
    np.mean([one.value for one in table[f"validation_{name}"]])
    for name in ("auc", "raw_auc")
)  # fmt: skip

# %% [markdown]
# AUC and accuracy count simulated events and depend on the simulated mixture of signals, in which heavy
# models weigh as much as light ones in spite of their small cross sections. Averaged over all points,
# physics weights change the AUC from {eval}`f"{mean_raw_auc:.3f}"` to {eval}`f"{mean_auc:.3f}"`. A
# physics-weighted accuracy would say nothing: calling every event background is right in
# {eval}`f"{b_share:.5f}"` of the cases. {numref}`tab-grid-l2` varies the L2 penalty.

# %% mystnb={"figure": {"name": "tab-grid-l2"}}
penalised = table.query(
    "layers == 1 and learning_rate == @rate and neurons == @widths[-1]"
)
price = means(penalised, "validation").reset_index().sort_values("l2")
price = price[["l2", "raw_auc", "z"]].set_axis(["λ", "AUC", "Z"], axis=1)
tables.styled(price, "grid-l2", λ="g").hide()

# %% [markdown] tags=["caption"]
# L2 penalty λ, unweighted AUC and significance on the validation part, with one hidden layer of
# {eval}`widths[-1]` neurons and η = {eval}`f"{rate:g}"`.

# %% [markdown]
# ## Several hidden layers: significance and AUC over depth and width

# %% mystnb={"figure": {"name": "fig-layers-significance"}, "image": {"alt": "Heat map of the significance over neurons and hidden layers with uncertainties in the cells and frames around the best and those compatible with it."}} tags=["hide-input"]
significance_map(deep, "layers")

# %% [markdown] tags=["caption"]
# Expected significance on the validation part against the number of hidden layers, with η = {eval}`f"{rate:g}"`
# and λ = {eval}`f"{penalty:g}"`. Frames and hatching as in {numref}`fig-grid-significance`.

# %% mystnb={"figure": {"name": "fig-layers-significance-thesis"}, "image": {"alt": "Heat map of the significance printed in the thesis over neurons and its number of layers; the largest value is at 100 neurons and 5 layers."}} tags=["hide-input"]
grid_heat(
    printed_deep, "neurons", "layers",
    label="$Z$ in the thesis", names=names | {"layers": "n_layers"}, fmt=".2f",
)  # fmt: skip

# %% [markdown] tags=["caption"]
# Expected significance in the thesis, figure 5.17, over its `n_layers`: one more than the hidden layers by
# its text, the hidden layers by its algorithm.

# %% mystnb={"figure": {"name": "fig-layers-auc"}, "image": {"alt": "Two heat maps of the AUC over neurons and hidden layers, for training and validation, with uncertainties in the cells."}} tags=["hide-input"]
on_both_parts(deep, "layers", "raw_auc", labels["raw_auc"])

# %% [markdown] tags=["caption"]
# Unweighted AUC on the training and the validation part against the number of hidden layers, as in figure 5.18 of
# the thesis.

# %% mystnb={"figure": {"name": "fig-layers-accuracy"}, "image": {"alt": "Two heat maps of the binary accuracy over neurons and hidden layers, for training and validation, with uncertainties in the cells."}} tags=["hide-input"]
on_both_parts(deep, "layers", "raw_accuracy", "binary accuracy")

# %% [markdown] tags=["caption"]
# Binary accuracy on the training and the validation part against the number of hidden layers, as in
# {numref}`fig-grid-accuracy`.

# %%
widest = deep[deep["neurons"] == deep_widths[-1]]
z_widest = summary(widest, "validation_z").set_index("layers")["estimate"]
unknown = Estimate(np.nan, np.nan)
z_first, z_second = (z_widest.get(n, unknown) for n in (1, depths[0]))
wide = summary(widest, "validation_raw_auc").set_index("layers")["estimate"]
area_one_layer, area_deepest = (wide.get(n, unknown) for n in (1, depths[-1]))
area_more = area_deepest - area_one_layer
typical_spread = summary(deep, "validation_z")["spread"].median()

# %% [markdown]
# Going from one to {eval}`f"{depths[-1]:d}"` hidden layers of {eval}`f"{deep_widths[-1]:d}"` neurons changes the
# unweighted validation AUC by {eval}`area_more`. {eval}`report.verdict(area_more, seen="This is more than two standard deviations.", unseen="This is less than two standard deviations: no effect of the depth is seen.", undefined="One of the two is not in this grid.")`
# The uncertainties of the two are taken as independent, which is conservative;
# {numref}`Chapter %s <chap-network-depth>` goes to ten layers and compares event by event.
#
# A value is defined for {eval}`n_deep` of the {eval}`len(deep) // len(seeds)` points of {numref}`fig-layers-significance`;
# {eval}`len(best_deep.compatible)` {eval}`"is" if len(best_deep.compatible) == 1 else "are"` compatible with the best within two standard deviations.
#
# The best, {eval}`f"{best_deep.point['layers']} × {best_deep.point['neurons']}"` (hidden layers × neurons), reaches
# {eval}`best_deep.estimate`. One hidden layer reaches at best {eval}`best_shallow.estimate`.
#
# The thesis's largest significance with several layers is {eval}`f"{printed_deep['value'].max():.2f}"`, against
# {eval}`f"{printed['value'].max():.2f}"` with one. Its nine values go down to {eval}`f"{printed_deep['value'].min():.2f}"`, with a
# standard deviation of {eval}`f"{printed_deep['value'].std():.2f}"`. It has far more events than this page, but
# the spread between trainings does not come from the events alone. Here its median is {eval}`f"{typical_spread:.2f}"`. The
# thesis trains each network once, so its spread is not known.
#
# The two readings of `n_layers` differ by one layer. At the learning rate of {numref}`fig-layers-significance`,
# the significance of the widest network is {eval}`z_first` with one hidden layer and {eval}`z_second` with
# {eval}`depths[0]` layers.
#
# ## Points compatible with the best of the whole grid

# %% mystnb={"figure": {"name": "tab-grid-points"}}
POINT = ["layers", "neurons", "learning_rate", "l2"]


def learned(point):
    """Trainable parameters of a point's network."""
    network = Network(layers=point["layers"], neurons=point["neurons"])
    return network.parameters(len(events.names))


compatible = best_of_all.compatible[POINT].to_dict("records")
chosen, simple = best_of_all.point, min(compatible, key=learned)
ranked = summary(table, "validation_z")[POINT]
points = means(table, "validation").loc[pd.MultiIndex.from_frame(ranked)]
numbers = points[["z", "raw_auc", "auc", "raw_accuracy"]]
numbers.columns = ["$Z$", "AUC", "AUC, weighted", "accuracy"]


def unbroken(number):
    """A number like 1e-05 that stays on one line."""
    return f"{number:g}".replace("-", "\u2011")


settings = pd.DataFrame([
    {
        "hidden": f"{point['layers']} × {point['neurons']}",
        "η": unbroken(point["learning_rate"]), "λ": unbroken(point["l2"]),
        "parameters": f"{learned(point):,}",
        "compatible": "yes" if point in compatible else "no" if np.isfinite(one.value) else "–",
    }
    for point, one in zip(ranked.to_dict("records"), points[metric], strict=True)
], index=points.index)  # fmt: skip
places = list(range(1, len(points) + 1))
tables.styled(settings.join(numbers).set_axis(places), "grid-points")

# %% [markdown] tags=["caption"]
# All points on the validation part, the largest significance first. "Hidden" is layers × neurons;
# "parameters" counts the trainable ones; "compatible" compares with the best within two standard deviations, where there is a value. AUC and accuracy are unweighted
# but for "AUC, weighted", which has physics weights.

# %%
alone = table[(table[POINT] == pd.Series(chosen)).all(axis=1)]
at_best = {part: over_trainings(alone[f"{part}_z"]) for part in PARTS}
tried = np.linspace(0, 0.995, 200)
networks = {"best": chosen, "simple": simple}
scores = {
    (part, name): experiment.by_seed(part, seeds, **networks[name])
    for part, name in product(PARTS, networks)
}
fewest = {}
for part in PARTS:
    here = experiment.measured(part)
    scans = [cuts.scan(here, one, [cut]) for one in scores[part, "best"]]
    fewest[part] = min(one.effective_background[0] for one in scans)
both = scores["validation", "best"] + scores["validation", "simple"]
common = cuts.common_cut(validation_part, both, tried, highest=cut)


def above_common(part, signal=None):
    """Significance of the best network above the common cut, and background."""
    here = experiment.measured(part, signal)
    of = experiment.by_seed(part, seeds, signal=signal, **chosen)
    return cuts.above(here, of, common)


by_part = {part: above_common(part) for part in PARTS}

# %% [markdown]
# A value is defined for {eval}`n_valued` of {eval}`n_points` points; {eval}`len(best_of_all.compatible)` {eval}`"is" if len(best_of_all.compatible) == 1 else "are"` compatible with the best within two
# standard deviations ({numref}`tab-grid-points`).
#
# The best is
# {eval}`f"{chosen['layers']} × {chosen['neurons']}"` (hidden layers × neurons). The compatible point with the fewest
# trainable parameters is {eval}`f"{simple['layers']} × {simple['neurons']}"`.
#
# The largest of many fluctuating values is too large on average, so the best point is measured again on events that
# did not choose it ({numref}`tab-grid-parts`). The thesis quotes its best point on the events that chose it.
# A cut may leave enough background where it is chosen and too little where it is read. Therefore the
# common cut, {eval}`f"{common:.3f}"`, is the highest one up to {eval}`f"{cut:g}"` that leaves
# {eval}`f"{cuts.CHOOSING:g}"` effective background events on the validation part in every training of the best and the
# simplest point. Using only those trainings that leave enough on the test part would choose by the test part.
#
# :::{table} Significance of the best point on the three parts, above the thesis's cut and above the common cut: mean over the trainings, and effective background events left (fewest of the trainings; mean).
# :name: tab-grid-parts
#
# | part | $Z$, thesis's cut | fewest left | $Z$, common cut | mean left |
# |---|---|---|---|---|
# | training | {eval}`at_best['train']` | {eval}`f"{fewest['train']:.1f}"` | {eval}`by_part['train'][0]` | {eval}`f"{by_part['train'][1]:.0f}"` |
# | validation | {eval}`at_best['validation']` | {eval}`f"{fewest['validation']:.1f}"` | {eval}`by_part['validation'][0]` | {eval}`f"{by_part['validation'][1]:.0f}"` |
# | test | {eval}`at_best['test']` | {eval}`f"{fewest['test']:.1f}"` | {eval}`by_part['test'][0]` | {eval}`f"{by_part['test'][1]:.0f}"` |
# :::

# %%
significance_above = partial(measures.significance_of, cut=common)
options = {"replicas": 200, "paired_seeds": False}
compare = partial(experiment.compared, networks, "simple", seeds, **options)
gain = {"auc": compare()["difference"]["best"]}
of_z = compare(statistic=significance_above)["difference"]["best"]
of_both = scores["test", "best"] + scores["test", "simple"]
leaves = [cuts.scan(held_out, one, [common]).enough()[0] for one in of_both]
gain["z"] = of_z if all(leaves) else unknown

# %%
score = scores["test", "best"][0]  # the first training
slow = {"layers": 1, "learning_rate": rates[0], "neurons": widths[-1]}
timid = experiment.scores("test", seeds[0], l2=penalty, **slow)


def own_ranges(score):
    """Cuts of the last 15 of 100 bins of each class, Z, effective background."""
    of_class = score[held_out.label], score[~held_out.label]
    own = [one.min() + np.ptp(one) * 85 / 100 for one in of_class]
    above = cuts.scan(held_out, score, [*own, cut])
    known = above.enough()[1] and above.signal_error[0] > 0
    z = z0(above.signal[0], above.background[1]) if known else np.nan
    return *own, z, *above.effective_background[1:]


s_best, b_best, z_best, left_best, best_effective = own_ranges(score)
s_slow, b_slow, z_slow, left_slow, slow_effective = own_ranges(timid)
here = cuts.scan(held_out, score, [common], [0.0, 0.1])
z_exact, z_ten = here.at()

# %% mystnb={"figure": {"name": "fig-grid-validation"}, "image": {"alt": "Stacked histogram of the network output by process on a logarithmic axis, with the sum of the signals overlaid; beneath it the significance against the cut for four background uncertainties."}} tags=["hide-input"]
one_signal = tuple(
    f"{len(expected)} signals, summed" if name in expected else words
    for name, words in zip(events.sample_names, events.processes, strict=True)
)
shown = replace(held_out, processes=one_signal)
stacked, _ = cuts.panel(shown, score, np.linspace(0, 1, 41))
scanned = cuts.scan(held_out, score, tried, UNCERTAINTIES)
validation(stacked, scanned, luminosity_fb=dataset.luminosity_fb)

# %% [markdown] tags=["caption"]
# Scores of the first training of the best network on the test part, scaled to the luminosity, with
# all signals summed; beneath, the significance above each cut for four background uncertainties. Dots
# mark cuts that leave too few effective background events.

# %% [markdown]
# The best network instead of the simplest changes the physics-weighted test AUC by {eval}`gain['auc']`, and the
# significance above {eval}`f"{common:.3f}"` by {eval}`gain['z']`. Both are compared on the same events and bootstrap
# replicas, over all trainings.
#
# Above {eval}`f"{common:.3f}"` the network of {numref}`fig-grid-validation` leaves {eval}`f"{here.signal[0]:,.0f}"` events of the
# summed signals and {eval}`f"{here.background[0]:,.0f}"` of background. The significance is {eval}`z_exact` without and
# {eval}`z_ten` with a background uncertainty of ten percent. The grid ranks its points without one.
#
# ### The public code counts signal and background above different cuts
#
# The public code fills signal and background into histograms of a hundred bins between the lowest and
# the highest score *of each class*, and adds the last fifteen bins of both ({numref}`Chapter %s <chap-padding>`). The two cuts
# need not agree ({numref}`tab-grid-ranges`). The code gives a number even where no score reaches the cut of
# {eval}`f"{cut:g}"`, because its own cuts always leave an event.
#
# :::{table} What the last fifteen bins of the public code count on the test part: their lower edges for signal and background, effective background events (and those above the thesis's cut), and significance. The best network is that of {numref}`fig-grid-validation`; the slowest is the widest single layer at the lowest learning rate.
# :name: tab-grid-ranges
#
# | network | signal edge | background edge | effective background | above the thesis's cut | $Z$ |
# |---|---|---|---|---|---|
# | best | {eval}`f"{s_best:.3f}"` | {eval}`f"{b_best:.3f}"` | {eval}`f"{left_best:.1f}"` | {eval}`f"{best_effective:.1f}"` | {eval}`f"{z_best:.2f}"` |
# | slowest | {eval}`f"{s_slow:.3f}"` | {eval}`f"{b_slow:.3f}"` | {eval}`f"{left_slow:.1f}"` | {eval}`f"{slow_effective:.1f}"` | {eval}`f"{z_slow:.2f}"` |
# :::
#
# ## Significance of single models
#
# The significance above is that of {eval}`len(expected)` signal models together, and of {eval}`f"{thesis_models:g}"` in the
# thesis. The models are alternatives, so no model predicts the sum of {eval}`f"{summed:.0f}"` events.
# *{eval}`dataset.labels[ordered[0]]`* alone gives {eval}`f"{100 * expected[ordered[0]].value / summed:.0f}"` % of them, more
# than any other, so the grid is above all one for that model.
#
# {numref}`fig-by-model` and {numref}`tab-by-model` give the significance of each model alone. One set of
# networks is that chosen for the sum, above the common cut; the other is chosen for the model on the
# validation part, with a cut chosen for each training.

# %%
choose = partial(cuts.best_cut, cuts=tried, minimum_effective=cuts.CHOOSING)
agree, as_good, rows = [], [], {}
for name in ordered:
    z, left = above_common("test", name)
    own, own_left = unknown, np.nan
    if summary(table, f"validation_z_{name}")["value"].notna().any():
        found = best(table, f"validation_z_{name}")
        as_good.append(len(found.compatible))
        agree.append(chosen in found.compatible[POINT].to_dict("records"))
        of = {"signal": name, **found.point}
        read = cuts.over_readings(experiment.readings(choose, seeds, **of))
        own, own_left = read.read, read.read_effective
    rows[name] = {
        "expected events": expected[name], "$Z$, sum": z, "background, sum": left,
        "$Z$, model": own, "background, model": own_left,
    }  # fmt: skip
compared = pd.DataFrame.from_dict(rows, orient="index")
printed_single = quoted.get("guevara.single_models.network_dark_higgs_heavy")
z_alone = compared["$Z$, sum"].map(lambda z: z.value)
top, small = z_alone.fillna(-1.0).idxmax(), z_alone < 0.1
top_z = compared["$Z$, sum"][top]
shown = compared.rename(index=dataset.labels)

# %% mystnb={"figure": {"name": "fig-by-model"}, "image": {"alt": "Horizontal points with error bars, one line a model, on a logarithmic axis, for the networks chosen for the sum and for those chosen for the model."}} tags=["hide-input"]
by_choice = {"best for the sum": shown["$Z$, sum"]}
by_choice["best for the model"] = shown["$Z$, model"]
by_row(by_choice, xlabel="Expected significance", log=True)

# %% [markdown] tags=["caption"]
# Expected significance of each model alone on the test part, mean over all trainings, models with
# most expected events first. Compare the networks that are best for the sum, above the common cut, with those that are
# best for the model, above its own cuts. Undefined points are not drawn.

# %% mystnb={"figure": {"name": "tab-by-model"}} tags=["hide-input"]
formats = {"background, sum": ".0f", "background, model": ".0f"}
formats["expected events"] = tables.with_events
tables.styled(shown, "by-model", **formats)

# %% [markdown] tags=["caption"]
# Expected events of each model, with simulated ones in brackets; significance and effective background
# events above the cut on the test part. "Sum" and "model" say what the networks were chosen for.

# %% [markdown]
# The largest significance of a single model is {eval}`top_z`, for *{eval}`dataset.labels[top]`*, with the
# networks chosen for the sum. Of the {eval}`f"{z_alone.notna().sum()}"` models with a defined value,
# {eval}`f"{small.sum()}"` have less than a tenth. The final thesis has {eval}`f"{printed_single.value:.2f}"` as the best of its
# networks for the dark Higgs with a heavy sector, against {eval}`f"{printed_deep['value'].max():.2f}"` for the sum in the
# draft.
#
# For {eval}`sum(agree)` of {eval}`len(agree)` models the network chosen for the sum is compatible within two
# standard deviations with the best for the model. The median number of compatible points is
# {eval}`f"{np.median(as_good or [0]):.0f}"`. All models share the background above the cut, so these are not independent tests of the
# settings.
#
# ## Conclusions
#
# - {eval}`f"The {'significance' if metric == 'z' else 'AUC'} {'does not single out a setting' if len(best_of_all.compatible) > 1 else 'singles out one setting' if n_valued > 1 else 'is defined for one setting only'}"`:
#   {eval}`len(best_of_all.compatible)` of {eval}`n_valued` points with a value {eval}`"is" if len(best_of_all.compatible) == 1 else "are"` compatible with the best within two standard
#   deviations ({numref}`tab-grid-points`).
# - On events that did not choose it, the best point changes the physics-weighted AUC by {eval}`gain['auc']` relative to the
#   simplest compatible one{eval}`", so the significance at one cut and the AUC rank points differently" if gain["auc"].sigmas < -2 else ""`. Its significance above the common cut is {eval}`by_part['test'][0]` ({numref}`tab-grid-parts`).
# - Of single models, {eval}`f"{small.sum()}"` of {eval}`f"{z_alone.notna().sum()}"` have a significance below a tenth
#   ({numref}`tab-by-model`). The thesis's {eval}`f"{printed_deep['value'].max():.2f}"` is that of all models summed, the largest of many values without uncertainties, and not the
#   sensitivity to any model.
#
# A smaller effect of the settings than the uncertainties of {numref}`tab-grid-points` would not be seen.
# {numref}`Chapter %s <chap-network-depth>` asks the last question of the thesis's grid: do ten hidden
# layers do better than four?

# %% tags=["remove-cell"]
report.record("n_models", len(expected), "d")
report.record("points_all", n_points, "d")
report.record("as_good_all", len(best_of_all.compatible), "d")
report.record("thesis_deep", printed_deep["value"].max(), ".2f")
report.record("second_depth", depths[0], "d")
report.record("n_small", small.sum(), "d")
report.record("top_z", top_z)
report.record("z_first", z_first)
report.record("z_second", z_second)
report.record("best_z_validation", at_best["validation"])
report.record("best_z_test", at_best["test"])
for number, grid_best, n_of in (
    (15, best_shallow, n_shallow), (17, best_deep, n_deep),
):  # fmt: skip
    n = len(grid_best.compatible)
    said = "agrees: one setting is best"
    if n > 1:
        said = f"differs: {n} settings are as good as the best"
    elif n_of <= 1:
        said = "too few events to tell"
    report.record(f"guevara_figure_5_{number}", said)
report.record("guevara_figure_5_18", report.agreement(area_more))
