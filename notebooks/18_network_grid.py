# %% [markdown]
# (chap-network-grid)=
# # Width, depth and learning rate
#
# How large should the network be, and how fast should it learn? The thesis {cite}`guevara2023` trains
# one network for every combination of four settings and takes the one with the largest expected
# significance. This chapter repeats that grid, gives every cell its error, and asks which cells
# differ at all, and whose sensitivity it is that the largest one shows.

# %% lepsearch={"full": {"depths": [2, 3, 4, 5], "epochs": 50, "seeds": [1, 2, 3], "whole_grid": true, "workers": 2}, "learns": true, "reads": ["dilepton"]} nbmake={"mock": {"deep_widths": [4, 16], "depths": [2, 3], "epochs": 2, "penalties": [1e-05, 0.01], "profile": "smoke", "rates": [0.001, 0.1], "widths": [4, 16]}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
models = ["dark_higgs", "light_vector", "inelastic_eft"]
whole_grid = False  # all combinations, in place of slices through them
rates = [0.001, 0.01, 0.1, 1.0]  # eta
penalties = [0.00001, 0.0001, 0.001, 0.01]  # lambda
widths = [1, 10, 50, 100]  # neurons of the one hidden layer
depths = [2, 3, 4]  # hidden layers
deep_widths = [10, 50, 100]  # neurons of each of them
seeds = [1, 2]
epochs = 15
batch_size = 2048
workers = 1  # processes that train

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.book.tables import plus_minus, styled
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import trial_tables, tuning
from lepsearch.learn.architecture import Network
from lepsearch.learn.binning import Scored, own_ranges
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.readings import (
    CHOOSING,
    above,
    averaged,
    common_cut,
    only,
    read_off,
)
from lepsearch.learn.trials import Trial, learned_weights, paired
from lepsearch.plotting.architecture import network_diagram
from lepsearch.plotting.heat import grid_heat
from lepsearch.plotting.scores import validation
from lepsearch.plotting.training import by_model
from lepsearch.stats.estimate import original_events, sum_weights
from lepsearch.stats.histograms import labelled_spectra
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, significance_scan

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(dataset, models, features=WITHOUT_JETS)
train, held_out = events.of("train"), events.of("test")
cut = quoted.get("guevara.section_5_2_6.score_cut").value
trial = Trial(
    events,
    Network(batch_size=batch_size, epochs=epochs, patience=4),
    scheme="ratio",
    cut=cut,
    store=dataset.workspace.build / "tuning" / "network_grid",
)

# %% tags=["remove-cell"]
rows = pd.DataFrame({"weight": events.weight, "event": events.event})
yields = {
    name: sum_weights(rows[events.sample == code])
    for code, name in enumerate(events.sample_names)
    if events.label[events.sample == code].any()
}
expected = {name: one.value for name, one in yields.items()}
largest = max(expected, key=expected.get)
thesis = {
    kind: quoted.get(f"guevara.table_5_3.{kind}.simulated").value
    for kind in ("signal", "background")
}
thesis_epochs = quoted.get("guevara.training.epochs").value
for size in ("max", "min"):
    batch = quoted.get(f"guevara.training.batch_{size}").value
    report.record(
        f"thesis_steps_{size}",
        thesis_epochs * sum(thesis.values()) / batch,
        ",.0f",
    )
report.record("thesis_epochs", thesis_epochs, "g")
report.record("n_models", len(expected), "d")
thesis_models = quoted.get("guevara.samples.total").value
report.record("thesis_models", thesis_models, "g")
report.record_text("largest", dataset.labels[largest])
report.record("expected", sum(expected.values()), ".0f")
report.record(
    "thesis_expected",
    quoted.get("guevara.table_5_3.signal.expected").value,
    ".0f",
)
report.record(
    "largest_share", 100 * expected[largest] / sum(expected.values()), ".0f"
)

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$:
# {eval}`f"{(~events.label).sum():,d}"` simulated background events and {eval}`f"{events.label.sum():,d}"` of
# {glue:text}`n_models` dark-matter signals, in the dilepton region. The
# {eval}`f"{len(events.names):d}"` features are those that every event has, scaled to mean 0 and deviation 1;
# the training weights are those of {numref}`Chapter %s <chap-sample-weights>` that count every
# signal event as one and the background as much in total. Three fifths of the events train, one
# fifth stops the training and chooses among networks, and one fifth is looked at last.
#
# Every combination of the four settings takes many times as long. Here slices through the grid are trained, those that
# the thesis's figures show, with hidden layers as its text counts them.
# Several hidden layers are trained at one learning rate only, and their heat maps are those of that rate, as the
# thesis's figure 5.17 is. `lepsearch run 18_network_grid --full` trains the whole grid, several layers at all learning
# rates too, under either count and with as many passes as the thesis, and goes on where it was stopped.
#
# ## The network
#
# Every feature feeds every neuron of the first layer, and every neuron all of the next. A neuron
# adds up what it gets, with factors that are learned, and passes on the sum if it is positive. The
# output turns its sum into a number between 0 and 1 ({numref}`fig-architecture`).

# %% mystnb={"figure": {"name": "fig-architecture"}, "image": {"alt": "Circles for the features on the left, two columns of circles for hidden layers in the middle and one circle for the output on the right, all neighbours joined by lines."}} tags=["hide-input"]
figure = network_diagram(events.names, 2, widths[-1])
plt.show()

# %% [markdown] tags=["caption"]
# The network of the thesis, with two hidden layers; the features are named as in the tables of
# {ref}`chap-dilepton-features`. Dots stand for neurons that are not drawn.

# %% [markdown]
# Four settings are varied. The *learning rate* $\eta$ is about how far one step moves each factor.
# $\lambda$ is the price of large factors, added to the loss as $\lambda\sum w^2$ over hidden layers.
# The others are the *neurons* in a hidden layer and the number of *hidden layers*.
#
# ```{admonition} How many hidden layers?
# :class: note
# The thesis counts `n_layers` with the output: `n_layers = 1` "means no hidden layer". Its algorithm
# for the network, however, adds `n_layers` hidden layers and then the output. If the figures were made with the
# algorithm as printed, `n_layers = 2` is two hidden layers, and the "four" of its last comparison are
# five. This book counts hidden layers and means them.
# ```
#
# One more setting is in the background. The thesis takes the largest batches that fit into its
# graphics card: at most {glue:text}`thesis_epochs` passes are {glue:text}`thesis_steps_max` steps with
# the largest of them and {glue:text}`thesis_steps_min` with the smallest. Adam moves a factor by about
# $\eta$ in a step, whatever the size of the batch {cite}`kingma2015`. With few steps a small learning
# rate can't arrive, and looks bad for that reason alone. Our samples are smaller by a factor of
# thousands; batches of {eval}`f"{batch_size:,d}"` and {eval}`f"{epochs:d}"` passes, {eval}`f"{epochs * np.ceil(len(train) / batch_size):,.0f}"`
# steps, keep the number of steps like theirs.

# %%
rate, penalty = 0.01, penalties[0]
rate = rate if rate in rates else rates[-1]
one_layer = {"layers": [1], "neurons": widths}
more_layers = {"layers": depths, "neurons": deep_widths, "l2": [penalty]}
if whole_grid:
    slices = [
        one_layer | {"learning_rate": rates, "l2": penalties},
        more_layers | {"learning_rate": rates},
    ]
else:
    slices = [
        one_layer | {"learning_rate": rates, "l2": [penalty]},
        one_layer
        | {"learning_rate": [rate], "l2": penalties, "neurons": widths[-1:]},
        more_layers | {"learning_rate": [rate]},
    ]
table = trial.grid(slices, seeds, workers=workers)

# %% tags=["remove-cell"]
shallow = table[(table["layers"] == 1) & (table["l2"] == penalty)]
deep = table[
    (table["learning_rate"] == rate)
    & (table["l2"] == penalty)
    & table["neurons"].isin(deep_widths)
]
names = {
    "learning_rate": r"learning rate $\eta$",
    "neurons": "neurons",
    "layers": "hidden layers",
    "part": "part",
}
measures = {"z": "$Z$, all signals summed", "raw_auc": "area under the curve"}


def significance_map(points, y):
    """What points are chosen by, with the best of them framed."""
    metric, one = trial_tables.choice(points)
    return grid_heat(
        tuning.summary(points, f"validation_{metric}"), "neurons", y,
        label=measures[metric], compatible=one.compatible, names=names,
        fmt=".2f",
    )  # fmt: skip


def on_both_parts(points, y, metric, label):
    """A number on the events that a network learned, and on others."""
    return grid_heat(
        trial_tables.by_part(points, metric, "train", "validation"), "neurons",
        y, panels="part", names=names, label=label, fmt=".4f",
    )  # fmt: skip


by_area = tuning.summary(shallow, "validation_raw_auc")
defined = tuning.summary(shallow, "validation_z")["value"].notna()
report.record("undefined_shallow", (~defined).sum(), "d")
for name, part in (
    ("best", by_area),
    ("single", by_area[by_area["neurons"] == widths[0]]),
    ("slowest", by_area[by_area["learning_rate"] == rates[0]]),
    ("fastest", by_area[by_area["learning_rate"] == rates[-1]]),
):
    top = part.iloc[0]
    report.record_text(f"area_{name}", plus_minus(top["value"], top["error"]))
for name, part in (("shallow", shallow), ("deep", deep), ("all", table)):
    metric, one = trial_tables.choice(part)
    report.record_text(f"z_{name}", plus_minus(one.value, one.error))
    report.record(f"neurons_{name}", one.point["neurons"], "d")
    report.record(f"layers_{name}", one.point["layers"], "d")
    report.record(f"rate_{name}", one.point["learning_rate"], "g")
    report.record(f"as_good_{name}", len(one.compatible), "d")
    report.record(f"points_{name}", len(part) // len(seeds), "d")
for figure_name, name in (("5_15", "shallow"), ("5_17", "deep")):
    printed = trial_tables.thesis_grid(figure_name)
    report.record(f"thesis_{name}", printed["value"].max(), ".2f")
    highest = printed.loc[printed["value"].idxmax()]
    report.record(f"thesis_neurons_{name}", highest["neurons"], "d")
    if name == "shallow":
        report.record("thesis_rate", highest["learning_rate"], "g")
        zero = printed[printed["value"] == 0]
        report.record("thesis_zeros", len(zero), "d")
        report.record(
            "thesis_zeros_single", (zero["neurons"] == 1).sum(), "d"
        )
shallow_z = tuning.summary(shallow, "validation_z")["value"].dropna()
report.record("lowest_shallow", shallow_z.min(), ".2f")
report.record("highest_shallow", shallow_z.max(), ".2f")

# %% [markdown]
# The {eval}`f"{len(table) // len(seeds):d}"` points are trained {eval}`f"{len(seeds):d}"` times each, from different first
# values and with different orders of the events: {eval}`f"{len(table):d}"` trainings, which took
# {eval}`f"{table['seconds'].sum():.0f}"` s on one core, added up. The error in each cell joins two parts: the spread of the
# seeds, and the error that the number has from the limited number of simulated events.
#
# ## One hidden layer
#
# The significance is that of counting all events with a score above {eval}`f"{cut:g}"`, with all
# signals added up, as in the thesis. Here first ours, then the thesis's:

# %% mystnb={"figure": {"name": "fig-grid-significance"}, "image": {"alt": "Heat map of the significance over neurons and learning rate with errors in the cells; the best cell has a star, those that are as good have dashed frames."}} tags=["hide-input"]
figure = significance_map(shallow, "learning_rate")
plt.show()

# %% [markdown] tags=["caption"]
# Expected significance on the validation part, with one hidden layer and λ = {eval}`f"{penalty:g}"`.
# Frames mark the best point and those that can't be told from it at two standard deviations.
# Undefined: fewer than ten effective background events are left above the cut in one of the
# trainings.

# %% mystnb={"figure": {"name": "fig-grid-significance-thesis"}, "image": {"alt": "Heat map of the significance printed in the thesis over neurons and learning rate; the largest value is at 100 neurons and a learning rate of 0.01."}} tags=["hide-input"]
printed = trial_tables.thesis_grid("5_15")
figure = grid_heat(
    printed, "neurons", "learning_rate", label="$Z$ in the thesis",
    names=names, fmt=".2f",
)  # fmt: skip
plt.show()

# %% [markdown] tags=["caption"]
# The same in the thesis, figure 5.15, without errors. Its code writes 0 for an undefined
# significance, too; which of its zeros are that can't be told.

# %% [markdown]
# Ours has its best point at $\eta$ = {glue:text}`rate_shallow` and {glue:text}`neurons_shallow` neurons with
# {glue:text}`z_shallow`, the thesis at {glue:text}`thesis_rate` and {glue:text}`thesis_neurons_shallow` with
# {glue:text}`thesis_shallow`. The values need not agree: the
# signals differ in number and in yields ({glue:text}`expected` expected events here before any
# cut, {glue:text}`thesis_expected` there), and so does the background. What can be compared is the
# pattern. In the thesis {glue:text}`thesis_zeros` cells are 0, {glue:text}`thesis_zeros_single` of them with one neuron,
# and 0 also stands for an undefined value; which of the two can't be told. Here, {glue:text}`undefined_shallow` of
# {glue:text}`points_shallow` cells are undefined. Slow or small networks may put hardly any score above {eval}`f"{cut:g}"` before training ends, for want of steps
# and not because slow learning is bad; and where background is left, it may be a few events of large weights and some of
# negative ones, from which no significance can be told. The other cells have significances from
# {glue:text}`lowest_shallow` to {glue:text}`highest_shallow`, and {glue:text}`as_good_shallow` points are as good as the
# best within two standard deviations: that many can't be ordered. All cells are measured with the same events, which
# fluctuate up and down together, so this is a careful statement; below, two networks are compared with that taken out.
#
# The area under the curve, which needs no cut, is known better ({numref}`fig-grid-auc`):
# {glue:text}`area_best` at best, {glue:text}`area_single` at best with one neuron,
# {glue:text}`area_slowest` with the slowest and {glue:text}`area_fastest` with the fastest learning rate.

# %% mystnb={"figure": {"name": "fig-grid-auc"}, "image": {"alt": "Two heat maps of the area under the curve over neurons and learning rate, for training and validation, with errors in the cells."}} tags=["hide-input"]
figure = on_both_parts(
    shallow, "learning_rate", "raw_auc", "area under the curve"
)
plt.show()

# %% [markdown] tags=["caption"]
# Area under the ROC curve on the training and the validation part, each simulated event counting as
# one, as in figure 5.16 of the thesis.

# %% mystnb={"figure": {"name": "fig-grid-accuracy"}, "image": {"alt": "Two heat maps of the binary accuracy over neurons and learning rate, for training and validation."}} tags=["hide-input"]
figure = on_both_parts(
    shallow, "learning_rate", "raw_accuracy", "binary accuracy"
)
plt.show()

# %% [markdown] tags=["caption"]
# Binary accuracy: the share of simulated events on the right side of a score of one half. The
# errors are binomial, with the spread of the seeds added.

# %% tags=["remove-cell"]
b_share = events.weight[~events.label].sum() / events.weight.sum()
report.record("lazy_accuracy", b_share, ".5f")
heavy = table[["validation_raw_auc", "validation_auc"]].mean()
report.record("mean_raw_auc", heavy["validation_raw_auc"], ".3f")
report.record("mean_auc", heavy["validation_auc"], ".3f")
penalised = table[
    (table["layers"] == 1)
    & (table["learning_rate"] == rate)
    & (table["neurons"] == widths[-1])
]
shown = tuning.summary(penalised, "validation_z").sort_values("l2")
area = tuning.summary(penalised, "validation_raw_auc").set_index("l2")
shown = shown.assign(
    auc=[
        plus_minus(*area.loc[one, ["value", "error"]]) for one in shown["l2"]
    ],
    z=[
        plus_minus(*pair)
        for pair in shown[["value", "error"]].itertuples(index=False)
    ],
)

# %% [markdown]
# Both numbers count simulated events, so they say how well the *mixture* is told apart that the
# simulation happens to hold. With physics weights the area is {glue:text}`mean_auc` on average over
# all points, in place of {glue:text}`mean_raw_auc`: the signals that are easy to see are the heavy ones,
# which hardly ever happen. An accuracy with physics weights would be of no use at all: calling every event
# background is right in {glue:text}`lazy_accuracy` of the cases.
#
# The price of large factors, $\lambda$, in the slice at $\eta$ = {eval}`f"{rate:g}"`:

# %% tags=["hide-input"]
renamed = {"l2": "λ", "auc": "AUC", "z": "Z"}
styled(
    shown[["l2", "auc", "z"]].rename(columns=renamed).reset_index(drop=True),
    "penalty", "g",
)  # fmt: skip

# %% [markdown]
# ## Several hidden layers

# %% mystnb={"figure": {"name": "fig-layers-significance"}, "image": {"alt": "Heat map of the significance over neurons and hidden layers with errors in the cells and frames around the best and the equally good ones."}} tags=["hide-input"]
figure = significance_map(deep, "layers")
plt.show()

# %% [markdown] tags=["caption"]
# Expected significance on the validation part for several hidden layers, with η = {eval}`f"{rate:g}"`
# and λ = {eval}`f"{penalty:g}"`.

# %% mystnb={"figure": {"name": "fig-layers-significance-thesis"}, "image": {"alt": "Heat map of the significance printed in the thesis over neurons and its number of layers; the largest value is at 100 neurons and 5 layers."}} tags=["hide-input"]
figure = grid_heat(
    trial_tables.thesis_grid("5_17"), "neurons", "layers",
    label="$Z$ in the thesis", names=names | {"layers": "n_layers"}, fmt=".2f",
)  # fmt: skip
plt.show()

# %% [markdown] tags=["caption"]
# The same in the thesis, figure 5.17, over its `n_layers`: one more than the hidden layers by its
# text, the hidden layers by its algorithm.

# %% mystnb={"figure": {"name": "fig-layers-auc"}, "image": {"alt": "Two heat maps of the area under the curve over neurons and hidden layers, for training and validation, with errors in the cells."}} tags=["hide-input"]
figure = on_both_parts(deep, "layers", "raw_auc", "area under the curve")
plt.show()

# %% [markdown] tags=["caption"]
# Area under the ROC curve on both parts, each simulated event counting as one; figure 5.18 of the
# thesis.

# %% mystnb={"figure": {"name": "fig-layers-accuracy"}, "image": {"alt": "Two heat maps of the binary accuracy over neurons and hidden layers, for training and validation, with errors in the cells."}} tags=["hide-input"]
figure = on_both_parts(deep, "layers", "raw_accuracy", "binary accuracy")
plt.show()

# %% [markdown] tags=["caption"]
# Binary accuracy on both parts for several hidden layers, as {numref}`fig-grid-accuracy` has it for
# one.

# %% tags=["remove-cell"]
thesis_deep = trial_tables.thesis_grid("5_17")
report.record("thesis_deep_spread", thesis_deep["value"].std(), ".2f")
report.record("thesis_deep_min", thesis_deep["value"].min(), ".2f")
widest = tuning.summary(
    deep[deep["neurons"] == deep_widths[-1]], "validation_z"
).set_index("layers")
for n, count in (("first", 1), ("second", depths[0])):
    row = widest.loc[count] if count in widest.index else widest.iloc[0]
    report.record_text(f"z_{n}", plus_minus(row["value"], row["error"]))
report.record("second_depth", depths[0], "d")
wide = tuning.summary(
    deep[deep["neurons"] == deep_widths[-1]], "validation_raw_auc"
).set_index("layers")
areas = wide.reindex([1, depths[-1]])  # one layer of that width need not be
for name, layers in (("one_layer", 1), ("deepest", depths[-1])):
    value, error = areas.loc[layers, ["value", "error"]]
    report.record_text(f"area_{name}", plus_minus(value, error))
more = areas["value"].diff().iloc[-1]
report.record_text("area_more", plus_minus(more, np.hypot(*areas["error"])))
report.record("typical_spread", tuning.summary(deep, "validation_z")["spread"].median(), ".2f")  # fmt: skip

# %% [markdown]
# The best point has {glue:text}`layers_deep` hidden layers of {glue:text}`neurons_deep` neurons,
# {glue:text}`z_deep`; {glue:text}`as_good_deep` of {glue:text}`points_deep` points are as good. One layer reached
# {glue:text}`z_shallow` at best. The areas in {numref}`fig-layers-auc` have smaller errors: {glue:text}`area_deepest` with
# {eval}`f"{depths[-1]:d}"` layers of {eval}`f"{deep_widths[-1]:d}"` neurons and {glue:text}`area_one_layer` with one, a difference of
# {glue:text}`area_more`. In the thesis the best of several layers, {glue:text}`thesis_deep`, stands beside
# {glue:text}`thesis_shallow` with one. Neither grid goes beyond a few layers;
# {numref}`Chapter %s <chap-network-depth>` goes on.
#
# Which of several deep networks is best is another question. In the
# thesis the largest value is {glue:text}`thesis_deep`, the smallest {glue:text}`thesis_deep_min`, and
# they scatter by {glue:text}`thesis_deep_spread` around their mean. The thesis has far more events than this page, and its
# statistical errors are smaller, but the spread from training to training is no matter of statistics alone. It is
# {glue:text}`typical_spread` here in the median, and would have had to be known there before the
# largest of nine values was taken for the best setting.
#
# The two readings of `n_layers` differ by one layer. With {eval}`f"{rate:g}"` and the widest layers, one
# hidden layer gives {glue:text}`z_first` and {glue:text}`second_depth` give {glue:text}`z_second`.
#
# ## All points

# %% tags=["remove-cell"]
metric, one = trial_tables.choice(table)
simple = trial_tables.simplest(one.compatible, len(events.names))
chosen = {key: one.point[key] for key in trial_tables.POINT}
modest = {key: simple[key] for key in trial_tables.POINT}


def typed(point):
    """The point as the network's settings have it."""
    whole = ("layers", "neurons")
    return {k: int(v) if k in whole else float(v) for k, v in point.items()}


chosen, modest = typed(chosen), typed(modest)
at_best = table[
    np.logical_and.reduce([table[k] == v for k, v in chosen.items()])
]
for name, point in (("best", chosen), ("simple", modest)):
    report.record(f"{name}_layers", point["layers"], "d")
    report.record(f"{name}_neurons", point["neurons"], "d")
    report.record(f"{name}_rate", point["learning_rate"], "g")
    report.record(f"{name}_l2", point["l2"], "g")
    count = learned_weights(
        point["layers"], point["neurons"], len(events.names)
    )
    report.record(f"{name}_learned", count, ",d")
for part in ("train", "validation", "test"):
    row = tuning.summary(at_best, f"{part}_z").iloc[0]
    report.record_text(
        f"best_z_{part}", plus_minus(row["value"], row["error"])
    )
    report.record(f"best_b_{part}", at_best[f"{part}_effective"].min(), ".1f")
cuts = np.linspace(0, 0.995, 200)
kept = {
    part: {
        name: [trial.kept(part, seed, **point) for seed in seeds]
        for name, point in (("best", chosen), ("simple", modest))
    }
    for part in ("validation", "test")
}
chosen_on, tested = kept["validation"], kept["test"]
common = common_cut(
    events.of("validation"),
    chosen_on["best"] + chosen_on["simple"],
    cuts,
    highest=cut,
)
report.record("common_cut", common, ".3f")
for part in ("validation", "test"):
    row = averaged(above(events.of(part), kept[part]["best"], common))
    report.record_text(
        f"common_z_{part}", plus_minus(row["value"], row["error"])
    )
    report.record(f"common_b_{part}", row["effective"], ".0f")

# %%
trial_tables.points_table(table, one.compatible)

# %% [markdown]
# "Hidden" is layers × neurons. The areas count simulated events, except for the
# weighted one; all numbers are of the validation part. The best of all by the significance,
# {glue:text}`best_layers` hidden layers of {glue:text}`best_neurons` at $\eta$ = {glue:text}`best_rate` and
# $\lambda$ = {glue:text}`best_l2`, is one of {glue:text}`as_good_all` that can't be told apart among
# {glue:text}`points_all`. The simplest of these has {glue:text}`simple_layers` hidden layers of
# {glue:text}`simple_neurons` and learns {glue:text}`simple_learned` numbers in place of
# {glue:text}`best_learned`.
#
# The best of many noisy values is too large on average. Its significance is {glue:text}`best_z_validation` on the
# validation part, which chose it, {glue:text}`best_z_train` on the events that the networks learned and
# {glue:text}`best_z_test` on the test part, which has chosen nothing; a dash stands where one of the trainings
# leaves fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events. The fewest are {glue:text}`best_b_validation`,
# {glue:text}`best_b_train` and {glue:text}`best_b_test`. A cut for which {eval}`f"{MINIMUM_EFFECTIVE:g}"` are enough where it is chosen
# may well leave fewer where it is read, and to take only the trainings that leave enough on the test part would be to choose by it.
# So more is asked for where a cut is chosen. Above
# {glue:text}`common_cut`, the highest cut up to {eval}`f"{cut:g}"` that leaves {eval}`f"{CHOOSING:g}"` effective
# background events on the validation part in every training of the best and of the simplest point, the best has
# {glue:text}`common_z_validation` there, on {glue:text}`common_b_validation` effective background events, and
# {glue:text}`common_z_test` on the test part, on {glue:text}`common_b_test`. The thesis chose its best point with the same
# events that it quotes.

# %% tags=["remove-cell"]
for name, at in (("auc", None), ("z", common)):
    gain = paired(held_out, tested["best"], tested["simple"], cut=at)
    report.record_text(f"gain_{name}", plus_minus(gain.value, gain.error))
label, weight = held_out.label, held_out.weight
original = original_events(held_out.sample, held_out.event)
score = tested["best"][0]  # the first training
slow = {
    "layers": 1,
    "learning_rate": rates[0],
    "l2": penalty,
    "neurons": widths[-1],
}
timid = trial.kept("test", seeds[0], **slow)
for name, one in (("best", score), ("slow", timid)):
    own = own_ranges(
        Scored(one, label, weight, original),
        100,
        85,
        minimum_effective=MINIMUM_EFFECTIVE,
    )
    report.record(f"own_cut_{name}_signal", own["signal_cut"], ".3f")
    report.record(f"own_cut_{name}_background", own["background_cut"], ".3f")
    report.record(f"own_z_{name}", own["z_own"], ".2f")
    report.record(f"own_b_{name}", own["effective_own"], ".1f")
meant = significance_scan(timid, label, weight, [cut], original=original)
report.record("slow_effective", meant.effective_background[0], ".1f")

# %% tags=["remove-cell"]
scan = significance_scan(score, label, weight, cuts, original=original)
here = significance_scan(score, label, weight, [common], original=original)
for name, uncertainty in (("exact", 0.0), ("ten", 0.1)):
    row = here.row(uncertainty)
    text = plus_minus(here.z[row, 0], here.z_error[row, 0])
    report.record_text(f"z_{name}", text if here.enough()[0] else "–")
report.record("effective_above", here.effective_background[0], ".1f")
report.record("b_above", here.background[0], ",.0f")
report.record("s_above", here.signal[0], ",.0f")

# %% mystnb={"figure": {"name": "fig-grid-validation"}, "image": {"alt": "Stacked histogram of the network output by process on a logarithmic axis, with the sum of the signals overlaid; beneath it the significance against the cut for four background uncertainties."}} tags=["hide-input"]
processes = np.where(
    label, f"{len(expected)} signals, summed", held_out.groups
)
stacked = labelled_spectra(
    score, processes, label, weight, np.linspace(0, 1, 41), original=original
)
figure = validation(stacked, scan, luminosity_fb=dataset.luminosity_fb)
plt.show()

# %% [markdown] tags=["caption"]
# Scores of the first training of the best network on the test part, scaled to the luminosity, with
# all signals summed, and the significance of a cut beneath. Dots mark cuts that leave too little
# background to trust it.

# %% [markdown]
# Compared on the same events and the same bootstrap replicas, the best networks less the simplest ones are
# {glue:text}`gain_auc` in weighted area, and {glue:text}`gain_z` in significance above {glue:text}`common_cut`. All
# trainings of both count.
#
# Above {glue:text}`common_cut` the network of the figure leaves {glue:text}`s_above` events of the summed signals on
# {glue:text}`b_above` of background, which are worth {glue:text}`effective_above` events of equal weight. That is {glue:text}`z_exact` if the background is known exactly, and
# {glue:text}`z_ten` if it is known to ten percent. A loose cut on a large background is worth little in practice, and
# the grid ranks its points by a number of the first kind.
#
# A detail of the public code, seen in {numref}`Chapter %s <chap-padding>` already, can matter here. It fills signal and background into histograms of a hundred
# bins between the lowest and the highest score *of each*, and adds the last fifteen of both. These need not be the
# same cut. For the network of {numref}`fig-grid-validation` they are {glue:text}`own_cut_best_signal` and
# {glue:text}`own_cut_best_background`; for the slowest training, {eval}`f"{widths[-1]:d}"` neurons at
# $\eta$ = {eval}`f"{rates[0]:g}"`, {glue:text}`own_cut_slow_signal` and {glue:text}`own_cut_slow_background`. Between these
# cuts and the highest scores there is always an event, so that the code gives a number even where no score reaches
# {eval}`f"{cut:g}"`. Of the slowest training it would count {glue:text}`own_b_slow` effective background events, where
# {glue:text}`slow_effective` are left above the cut that was meant. With fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` a significance
# is called undefined here: that of the slowest training is {glue:text}`own_z_slow` with the code's cuts, and that of the
# figure's network {glue:text}`own_z_best`, on {glue:text}`own_b_best` effective background events.
#
# ## Whose sensitivity is it?
#
# All this is about the sum of {glue:text}`n_models` signals, and about {glue:text}`thesis_models` in the thesis. They are
# alternatives: nature has one of them, if any. Adding them up counts
# {glue:text}`expected` events where no model predicts that many. Of these, {glue:text}`largest_share` % are
# from *{glue:text}`largest`*, so that the grid above is a grid for that model before all others.
# {numref}`fig-by-model` and the table have the significance for each model alone: with the networks chosen for the
# sum above {glue:text}`common_cut`, and with those that the validation part chooses for that model, above the cut that
# it chooses for each training.

# %% tags=["remove-cell"]
ordered = sorted(expected, key=expected.get, reverse=True)
alone = trial_tables.own_best(table, ordered, chosen)
together = pd.DataFrame.from_dict(
    {
        name: averaged(
            above(*only(events, "test", tested["best"], name), common)
        )
        for name in ordered
    },
    orient="index",
)


def own(name):
    """A model's networks and cuts, chosen for it alone."""
    point = typed(alone.loc[name, trial_tables.POINT])
    made = [
        {part: trial.kept(part, seed, **point) for part in kept}
        for seed in seeds
    ]
    return averaged(
        pd.DataFrame([read_off(events, one, name, cuts) for one in made])
    )


own_readings = pd.DataFrame.from_dict(
    {name: own(name) for name in alone.index},
    orient="index",
    columns=["value", "error", "effective"],
).reindex(ordered)
top = together["value"].fillna(-1.0).idxmax()
report.record_text("top_model", dataset.labels[top])
report.record_text(
    "top_z",
    plus_minus(together.loc[top, "value"], together.loc[top, "error"]),
)
small = together["value"] < 0.1
report.record("n_told", together["value"].notna().sum(), "d")
report.record("n_small", small.sum(), "d")
report.record("n_alone", len(alone), "d")
report.record("n_agree", alone["chosen"].sum() if len(alone) else 0, "d")
report.record("median_as_good", alone["as_good"].median() if len(alone) else 0, ".0f")  # fmt: skip
report.record(
    "printed_single",
    quoted.get("guevara.single_models.network_dark_higgs_heavy").value,
    ".2f",
)

# %% mystnb={"figure": {"name": "fig-by-model"}, "image": {"alt": "Horizontal points with error bars, one line a model, on a logarithmic axis, for the networks chosen for the sum and for those chosen for the model."}} tags=["hide-input"]
figure = by_model(
    {
        "best for the sum": together,
        "best for the model": own_readings,
    },
    dataset.labels,
)
plt.show()

# %% [markdown] tags=["caption"]
# Expected significance of each model alone above the cut, on the test part, the most frequent
# models first: with the networks that are best for the sum of all, above one cut, and with those
# that are best for the model on the validation part, above its own cuts. Means over all trainings;
# without a mark where one of them leaves too little background or no signal.

# %% tags=["hide-input", "hide-output"]
trial_tables.models_table(yields, together, own_readings, dataset.labels)

# %% [markdown]
# In the table, "sum" and "model" say what the networks were chosen for, and "background" counts the effective events
# above the cut on the test part. Expected events have their numbers of simulated ones in brackets.
#
# With the networks chosen for the sum the largest is {glue:text}`top_z`, for *{glue:text}`top_model`*; for
# {glue:text}`n_small` of the {glue:text}`n_told` models that have one it is below a tenth. The networks chosen for a model
# differ from these by their setting and by their cut. For a single model, the dark Higgs with a heavy sector,
# the final thesis has {glue:text}`printed_single` as the best of its networks, against
# {glue:text}`thesis_deep` for the sum. A cut that is the same for all, on a background of {glue:text}`b_above` events,
# is not what a search for any of them would take either.
#
# For {glue:text}`n_agree` of {glue:text}`n_alone` models the network chosen for the sum is as good as the
# best within errors; typically {glue:text}`median_as_good` points are. The
# background above the cut is the same for all models, so that these are not independent votes on the settings.
#
# ## What was found, and what comes next
#
# By the area under the curve one hidden layer reaches {glue:text}`area_best`, with one neuron {glue:text}`area_single`,
# {glue:text}`area_slowest` at the slowest learning rate and {glue:text}`area_fastest` at the fastest;
# {eval}`f"{depths[-1]:d}"` layers of {eval}`f"{deep_widths[-1]:d}"` neurons have {glue:text}`area_more` more than one such layer. The
# significance, by which the thesis
# chooses, is known too poorly to choose one point by: {glue:text}`as_good_all` of {glue:text}`points_all` points are as good as
# the best, down to {glue:text}`simple_layers` hidden layers of {glue:text}`simple_neurons` neurons. The best less these
# is {glue:text}`gain_auc` in area with physics weights and {glue:text}`gain_z` in significance above the same cut. Of the
# models alone, {glue:text}`n_small` of {glue:text}`n_told` have less than a tenth. The thesis's
# maximum of {glue:text}`thesis_deep` is the largest of many values without errors, for a sum of signals that can't
# be true together, and read on the events that chose it; it is no one's sensitivity.
# {numref}`Chapter %s <chap-network-depth>` takes the last question of the thesis's grid: whether ten
# hidden layers do better than four.
