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
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from lepsearch.book import report
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
from lepsearch.plotting.training import network_diagram
from lepsearch.stats.estimate import Estimate, over_trainings, total
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, UNCERTAINTIES
from lepsearch.stats.significance import z0

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(dataset, models, features=WITHOUT_JETS)
experiment = Experiment(
    events, Network(batch_size=batch_size, epochs=epochs, patience=4),
    dataset.workspace.build / "tuning" / "18_network_grid",
    Weighting("ratio"), parts=PARTS,
)  # fmt: skip
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
n_thesis = sum(
    thesis[f"{of}.simulated"].value for of in ("signal", "background")
)
training = quoted.below("guevara.training")
thesis_epochs = training["epochs"].value
thesis_steps = {
    size: thesis_epochs * n_thesis / training[f"batch_{size}"].value
    for size in ("min", "max")
}
thesis_models = quoted.get("guevara.samples.total").value

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$:
# {eval}`f"{(~events.label).sum():,d}"` simulated background events and {eval}`f"{events.label.sum():,d}"` of
# {eval}`len(expected)` dark-matter signals, in the dilepton region. The
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
network_diagram(events.names, 2, widths[-1])

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
# graphics card: at most {eval}`f"{thesis_epochs:g}"` passes are {eval}`f"{thesis_steps['max']:,.0f}"` steps with
# the largest of them and {eval}`f"{thesis_steps['min']:,.0f}"` with the smallest. Adam moves a factor by about
# $\eta$ in a step, whatever the size of the batch {cite}`kingma2015`. With few steps a small learning
# rate can't arrive, and looks bad for that reason alone. Our samples are smaller by a factor of
# thousands; batches of {eval}`f"{batch_size:,d}"` and {eval}`f"{epochs:d}"` passes, {eval}`f"{epochs * np.ceil(len(train) / batch_size):,.0f}"`
# steps, keep the number of steps like theirs.

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
labels = {"z": "$Z$, all signals summed", "raw_auc": "area under the curve"}


def choice(points):
    """The best significance or, where no point has one, the best area; and which of the two."""
    first = summary(points, "validation_z").iloc[0]
    defined = np.isfinite([first["value"], first["error"]]).all()
    metric = "z" if defined else "raw_auc"
    return metric, best(points, f"validation_{metric}")


def significance_map(points, y):
    """What points are chosen by, with the best of them framed."""
    metric, one = choice(points)
    return grid_heat(
        summary(points, f"validation_{metric}"), "neurons", y,
        label=labels[metric], compatible=one.compatible, names=names, fmt=".2f",
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
_, best_shallow = choice(shallow)
_, best_deep = choice(deep)
metric, best_of_all = choice(table)
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
# The {eval}`n_points` points are trained {eval}`f"{len(seeds):d}"` times each, from different first
# values and with different orders of the events: {eval}`f"{len(table):d}"` trainings.
# The error in each cell joins two parts: the spread of the
# seeds, and the error that the number has from the limited number of simulated events.
#
# ## One hidden layer
#
# The significance is that of counting all events with a score above {eval}`f"{cut:g}"`, with all
# signals added up, as in the thesis. Here first ours, then the thesis's:

# %% mystnb={"figure": {"name": "fig-grid-significance"}, "image": {"alt": "Heat map of the significance over neurons and learning rate with errors in the cells; the best cell has a star, those that are as good have dashed frames."}} tags=["hide-input"]
significance_map(shallow, "learning_rate")

# %% [markdown] tags=["caption"]
# Expected significance on the validation part, with one hidden layer and λ = {eval}`f"{penalty:g}"`.
# Frames mark the best point and those that can't be told from it at two standard deviations.
# Undefined: fewer than ten effective background events are left above the cut in one of the
# trainings.

# %% mystnb={"figure": {"name": "fig-grid-significance-thesis"}, "image": {"alt": "Heat map of the significance printed in the thesis over neurons and learning rate; the largest value is at 100 neurons and a learning rate of 0.01."}} tags=["hide-input"]
grid_heat(
    printed, "neurons", "learning_rate", label="$Z$ in the thesis",
    names=names, fmt=".2f",
)  # fmt: skip

# %% [markdown] tags=["caption"]
# The same in the thesis, figure 5.15, without errors. Its code writes 0 for an undefined
# significance, too; which of its zeros are that can't be told.

# %% [markdown]
# Ours has its best point at $\eta$ = {eval}`f"{best_shallow.point['learning_rate']:g}"` and {eval}`best_shallow.point['neurons']` neurons with
# {eval}`best_shallow.estimate`, the thesis at {eval}`f"{printed_best['learning_rate']:g}"` and {eval}`f"{printed_best['neurons']:.0f}"` with
# {eval}`f"{printed['value'].max():.2f}"`. The values need not agree: the
# signals differ in number and in yields ({eval}`f"{summed:.0f}"` expected events here before any
# cut, {eval}`f"{thesis['signal.expected'].value:.0f}"` there), and so does the background. What can be compared is the
# pattern. In the thesis {eval}`len(zero)` cells are 0, {eval}`f"{(zero['neurons'] == 1).sum()}"` of them with one neuron,
# and 0 also stands for an undefined value; which of the two can't be told. Here, {eval}`f"{shallow_z.isna().sum()}"` of
# {eval}`len(shallow) // len(seeds)` cells are undefined. Slow or small networks may put hardly any score above {eval}`f"{cut:g}"` before training ends, for want of steps
# and not because slow learning is bad; and where background is left, it may be a few events of large weights and some of
# negative ones, from which no significance can be told. The other cells have significances from
# {eval}`f"{shallow_z.min():.2f}"` to {eval}`f"{shallow_z.max():.2f}"`, and {eval}`len(best_shallow.compatible)` points are as good as the
# best within two standard deviations: that many can't be ordered. All cells are measured with the same events, which
# fluctuate up and down together, so this is a careful statement; below, two networks are compared with that taken out.
#
# The area under the curve, which needs no cut, is known better ({numref}`fig-grid-auc`):
# {eval}`area_best` at best, {eval}`area_single` at best with one neuron,
# {eval}`area_slowest` with the slowest and {eval}`area_fastest` with the fastest learning rate.

# %% mystnb={"figure": {"name": "fig-grid-auc"}, "image": {"alt": "Two heat maps of the area under the curve over neurons and learning rate, for training and validation, with errors in the cells."}} tags=["hide-input"]
on_both_parts(shallow, "learning_rate", "raw_auc", labels["raw_auc"])

# %% [markdown] tags=["caption"]
# Area under the ROC curve on the training and the validation part, each simulated event counting as
# one, as in figure 5.16 of the thesis.

# %% mystnb={"figure": {"name": "fig-grid-accuracy"}, "image": {"alt": "Two heat maps of the binary accuracy over neurons and learning rate, for training and validation."}} tags=["hide-input"]
on_both_parts(shallow, "learning_rate", "raw_accuracy", "binary accuracy")

# %% [markdown] tags=["caption"]
# Binary accuracy: the share of simulated events on the right side of a score of one half. The
# errors are binomial, with the spread of the seeds added.

# %%
b_share = events.weight[~events.label].sum() / events.weight.sum()
mean_auc, mean_raw_auc = (
    np.mean([one.value for one in table[f"validation_{name}"]]) for name in ("auc", "raw_auc")
)  # fmt: skip

# %% [markdown]
# Both numbers count simulated events, so they say how well the *mixture* is told apart that the
# simulation happens to hold. With physics weights the area is {eval}`f"{mean_auc:.3f}"` on average over
# all points, in place of {eval}`f"{mean_raw_auc:.3f}"`: the signals that are easy to see are the heavy ones,
# which hardly ever happen. An accuracy with physics weights would be of no use at all: calling every event
# background is right in {eval}`f"{b_share:.5f}"` of the cases.
#
# The price of large factors, $\lambda$, in the slice at $\eta$ = {eval}`f"{rate:g}"`:

# %%
penalised = table.query(
    "layers == 1 and learning_rate == @rate and neurons == @widths[-1]"
)
price = means(penalised, "validation").reset_index().sort_values("l2")
price = price[["l2", "raw_auc", "z"]].set_axis(["λ", "AUC", "Z"], axis=1)
price.style.format({"λ": "{:g}"}).hide()

# %% [markdown]
# ## Several hidden layers

# %% mystnb={"figure": {"name": "fig-layers-significance"}, "image": {"alt": "Heat map of the significance over neurons and hidden layers with errors in the cells and frames around the best and the equally good ones."}} tags=["hide-input"]
significance_map(deep, "layers")

# %% [markdown] tags=["caption"]
# Expected significance on the validation part for several hidden layers, with η = {eval}`f"{rate:g}"`
# and λ = {eval}`f"{penalty:g}"`.

# %% mystnb={"figure": {"name": "fig-layers-significance-thesis"}, "image": {"alt": "Heat map of the significance printed in the thesis over neurons and its number of layers; the largest value is at 100 neurons and 5 layers."}} tags=["hide-input"]
grid_heat(
    printed_deep, "neurons", "layers",
    label="$Z$ in the thesis", names=names | {"layers": "n_layers"}, fmt=".2f",
)  # fmt: skip

# %% [markdown] tags=["caption"]
# The same in the thesis, figure 5.17, over its `n_layers`: one more than the hidden layers by its
# text, the hidden layers by its algorithm.

# %% mystnb={"figure": {"name": "fig-layers-auc"}, "image": {"alt": "Two heat maps of the area under the curve over neurons and hidden layers, for training and validation, with errors in the cells."}} tags=["hide-input"]
on_both_parts(deep, "layers", "raw_auc", "area under the curve")

# %% [markdown] tags=["caption"]
# Area under the ROC curve on both parts, each simulated event counting as one; figure 5.18 of the
# thesis.

# %% mystnb={"figure": {"name": "fig-layers-accuracy"}, "image": {"alt": "Two heat maps of the binary accuracy over neurons and hidden layers, for training and validation, with errors in the cells."}} tags=["hide-input"]
on_both_parts(deep, "layers", "raw_accuracy", "binary accuracy")

# %% [markdown] tags=["caption"]
# Binary accuracy on both parts for several hidden layers, as {numref}`fig-grid-accuracy` has it for
# one.

# %%
widest = deep[deep["neurons"] == deep_widths[-1]]
z_widest = summary(widest, "validation_z").set_index("layers")["estimate"]
z_first = z_widest.get(1, z_widest.iloc[0])
z_second = z_widest.get(depths[0], z_widest.iloc[0])
wide = summary(widest, "validation_raw_auc").set_index("layers")["estimate"]
unknown = Estimate(np.nan, np.nan)
area_one_layer, area_deepest = (wide.get(n, unknown) for n in (1, depths[-1]))
area_more = area_deepest - area_one_layer
typical_spread = summary(deep, "validation_z")["spread"].median()

# %% [markdown]
# The best point has {eval}`best_deep.point['layers']` hidden layers of {eval}`best_deep.point['neurons']` neurons,
# {eval}`best_deep.estimate`; {eval}`len(best_deep.compatible)` of {eval}`len(deep) // len(seeds)` points are as good. One layer reached
# {eval}`best_shallow.estimate` at best. The areas in {numref}`fig-layers-auc` have smaller errors: {eval}`area_deepest` with
# {eval}`f"{depths[-1]:d}"` layers of {eval}`f"{deep_widths[-1]:d}"` neurons and {eval}`area_one_layer` with one, a difference of
# {eval}`area_more`. In the thesis the best of several layers, {eval}`f"{printed_deep['value'].max():.2f}"`, stands beside
# {eval}`f"{printed['value'].max():.2f}"` with one. Neither grid goes beyond a few layers;
# {numref}`Chapter %s <chap-network-depth>` goes on.
#
# Which of several deep networks is best is another question. In the
# thesis the largest value is {eval}`f"{printed_deep['value'].max():.2f}"`, the smallest {eval}`f"{printed_deep['value'].min():.2f}"`, and
# they scatter by {eval}`f"{printed_deep['value'].std():.2f}"` around their mean. The thesis has far more events than this page, and its
# statistical errors are smaller, but the spread from training to training is no matter of statistics alone. It is
# {eval}`f"{typical_spread:.2f}"` here in the median, and would have had to be known there before the
# largest of nine values was taken for the best setting.
#
# The two readings of `n_layers` differ by one layer. With {eval}`f"{rate:g}"` and the widest layers, one
# hidden layer gives {eval}`z_first` and {eval}`depths[0]` give {eval}`z_second`.
#
# ## All points

# %%
POINT = ["layers", "neurons", "learning_rate", "l2"]


def learned(point):
    """Numbers that the network of a point learns."""
    network = Network(layers=point["layers"], neurons=point["neurons"])
    return network.parameters(len(events.names))


compatible = best_of_all.compatible[POINT].to_dict("records")
chosen, simple = best_of_all.point, min(compatible, key=learned)
ranked = summary(table, "validation_z")[POINT]
points = means(table, "validation").loc[pd.MultiIndex.from_frame(ranked)]
numbers = points[["z", "raw_auc", "auc", "raw_accuracy"]].set_axis(
    ["$Z$", "AUC", "AUC, weighted", "accuracy"], axis=1
)


def unbroken(number):
    """A number like 1e-05 that stays on one line."""
    return f"{number:g}".replace("-", "\u2011")


settings = pd.DataFrame([
    {
        "hidden": f"{point['layers']} × {point['neurons']}",
        "η": unbroken(point["learning_rate"]), "λ": unbroken(point["l2"]),
        "as good": "yes" if point in compatible else "no",
    }
    for point in ranked.to_dict("records")
], index=points.index)  # fmt: skip
settings.join(numbers).set_axis(range(1, len(points) + 1))

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
common = cuts.common_cut(
    validation_part, scores["validation", "best"] + scores["validation", "simple"],
    tried, highest=cut,
)  # fmt: skip


def above_common(part, signal=None):
    """Significance above the common cut and its effective background, by the best network."""
    here = experiment.measured(part, signal)
    of = experiment.by_seed(part, seeds, signal=signal, **chosen)
    return cuts.above(here, of, common)


by_part = {part: above_common(part) for part in ("validation", "test")}

# %% [markdown]
# "Hidden" is layers × neurons. The areas count simulated events, except for the
# weighted one; all numbers are of the validation part. The best of all by the significance,
# {eval}`chosen['layers']` hidden layers of {eval}`chosen['neurons']` at $\eta$ = {eval}`f"{chosen['learning_rate']:g}"` and
# $\lambda$ = {eval}`f"{chosen['l2']:g}"`, is one of {eval}`len(best_of_all.compatible)` that can't be told apart among
# {eval}`len(table) // len(seeds)`. The simplest of these has {eval}`simple['layers']` hidden layers of
# {eval}`simple['neurons']` and learns {eval}`f"{learned(simple):,}"` numbers in place of
# {eval}`f"{learned(chosen):,}"`.
#
# The best of many noisy values is too large on average. Its significance is {eval}`at_best['validation']` on the
# validation part, which chose it, {eval}`at_best['train']` on the events that the networks learned and
# {eval}`at_best['test']` on the test part, which has chosen nothing; a dash stands where one of the trainings
# leaves fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events. The fewest are {eval}`f"{fewest['validation']:.1f}"`,
# {eval}`f"{fewest['train']:.1f}"` and {eval}`f"{fewest['test']:.1f}"`. A cut for which {eval}`f"{MINIMUM_EFFECTIVE:g}"` are enough where it is chosen
# may well leave fewer where it is read, and to take only the trainings that leave enough on the test part would be to choose by it.
# So more is asked for where a cut is chosen. Above
# {eval}`f"{common:.3f}"`, the highest cut up to {eval}`f"{cut:g}"` that leaves {eval}`f"{cuts.CHOOSING:g}"` effective
# background events on the validation part in every training of the best and of the simplest point, the best has
# {eval}`by_part['validation'][0]` there, on {eval}`f"{by_part['validation'][1]:.0f}"` effective background events, and
# {eval}`by_part['test'][0]` on the test part, on {eval}`f"{by_part['test'][1]:.0f}"`. The thesis chose its best point with the same
# events that it quotes.

# %%
significance_above = partial(measures.significance_of, cut=common)
options = {"replicas": 200, "paired_seeds": False}
compare = partial(experiment.compared, networks, "simple", seeds, **options)
gain = {
    "auc": compare()["difference"]["best"],
    "z": compare(statistic=significance_above)["difference"]["best"],
}
leaves = [
    cuts.scan(held_out, one, [common]).enough()[0]
    for one in scores["test", "best"] + scores["test", "simple"]
]
gain["z"] = gain["z"] if all(leaves) else unknown

# %%
score = scores["test", "best"][0]  # the first training
slow = {"layers": 1, "learning_rate": rates[0], "neurons": widths[-1]}
timid = experiment.scores("test", seeds[0], l2=penalty, **slow)


def own_ranges(score):
    """Cuts and significance of the last 15 of 100 bins between each class's own extremes."""
    of_class = score[held_out.label], score[~held_out.label]
    own = [one.min() + np.ptp(one) * 85 / 100 for one in of_class]
    signal, background = (cuts.scan(held_out, score, [one]) for one in own)
    known = background.enough()[0] and signal.signal_error[0] > 0
    z = z0(signal.signal[0], background.background[0]) if known else np.nan
    return *own, z, background.effective_background[0]


s_best, b_best, z_best, left_best = own_ranges(score)
s_slow, b_slow, z_slow, left_slow = own_ranges(timid)
slow_effective = cuts.scan(held_out, timid, [cut]).effective_background[0]
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
# all signals summed, and the significance of a cut beneath. Dots mark cuts that leave too little
# background to trust it.

# %% [markdown]
# Compared on the same events and the same bootstrap replicas, the best networks less the simplest ones are
# {eval}`gain['auc']` in weighted area, and {eval}`gain['z']` in significance above {eval}`f"{common:.3f}"`. All
# trainings of both count.
#
# Above {eval}`f"{common:.3f}"` the network of the figure leaves {eval}`f"{here.signal[0]:,.0f}"` events of the summed signals on
# {eval}`f"{here.background[0]:,.0f}"` of background, which are worth {eval}`f"{here.effective_background[0]:.1f}"` events of equal weight. That is {eval}`z_exact` if the background is known exactly, and
# {eval}`z_ten` if it is known to ten percent. A loose cut on a large background is worth little in practice, and
# the grid ranks its points by a number of the first kind.
#
# A detail of the public code, seen in {numref}`Chapter %s <chap-padding>` already, can matter here. It fills signal and background into histograms of a hundred
# bins between the lowest and the highest score *of each*, and adds the last fifteen of both. These need not be the
# same cut. For the network of {numref}`fig-grid-validation` they are {eval}`f"{s_best:.3f}"` and
# {eval}`f"{b_best:.3f}"`; for the slowest training, {eval}`f"{widths[-1]:d}"` neurons at
# $\eta$ = {eval}`f"{rates[0]:g}"`, {eval}`f"{s_slow:.3f}"` and {eval}`f"{b_slow:.3f}"`. Between these
# cuts and the highest scores there is always an event, so that the code gives a number even where no score reaches
# {eval}`f"{cut:g}"`. Of the slowest training it would count {eval}`f"{left_slow:.1f}"` effective background events, where
# {eval}`f"{slow_effective:.1f}"` are left above the cut that was meant. With fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` a significance
# is called undefined here: that of the slowest training is {eval}`f"{z_slow:.2f}"` with the code's cuts, and that of the
# figure's network {eval}`f"{z_best:.2f}"`, on {eval}`f"{left_best:.1f}"` effective background events.
#
# ## Whose sensitivity is it?
#
# All this is about the sum of {eval}`len(expected)` signals, and about {eval}`f"{thesis_models:g}"` in the thesis. They are
# alternatives: nature has one of them, if any. Adding them up counts
# {eval}`f"{summed:.0f}"` events where no model predicts that many. Of these, {eval}`f"{100 * expected[ordered[0]].value / summed:.0f}"` % are
# from *{eval}`dataset.labels[ordered[0]]`*, so that the grid above is a grid for that model before all others.
# {numref}`fig-by-model` and the table have the significance for each model alone: with the networks chosen for the
# sum above {eval}`f"{common:.3f}"`, and with those that the validation part chooses for that model, above the cut that
# it chooses for each training.

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
by_row(
    {"best for the sum": shown["$Z$, sum"], "best for the model": shown["$Z$, model"]},
    xlabel="Expected significance", log=True,
)  # fmt: skip

# %% [markdown] tags=["caption"]
# Expected significance of each model alone above the cut, on the test part, the most frequent
# models first: with the networks that are best for the sum of all, above one cut, and with those
# that are best for the model on the validation part, above its own cuts. Means over all trainings;
# without a mark where one of them leaves too little background or no signal.

# %% tags=["hide-input", "hide-output"]
shown.style.format(
    {"background, sum": "{:.0f}", "background, model": "{:.0f}"}, na_rep="–"
).format(lambda one: f"{one} ({one.events:,})", ["expected events"])

# %% [markdown]
# In the table, "sum" and "model" say what the networks were chosen for, and "background" counts the effective events
# above the cut on the test part. Expected events have their numbers of simulated ones in brackets.
#
# With the networks chosen for the sum the largest is {eval}`top_z`, for *{eval}`dataset.labels[top]`*; for
# {eval}`f"{small.sum()}"` of the {eval}`f"{z_alone.notna().sum()}"` models that have one it is below a tenth. The networks chosen for a model
# differ from these by their setting and by their cut. For a single model, the dark Higgs with a heavy sector,
# the final thesis has {eval}`f"{printed_single.value:.2f}"` as the best of its networks, against
# {eval}`f"{printed_deep['value'].max():.2f}"` for the sum. A cut that is the same for all, on a background of {eval}`f"{here.background[0]:,.0f}"` events,
# is not what a search for any of them would take either.
#
# For {eval}`sum(agree)` of {eval}`len(agree)` models the network chosen for the sum is as good as the
# best within errors; typically {eval}`f"{np.median(as_good or [0]):.0f}"` points are. The
# background above the cut is the same for all models, so that these are not independent votes on the settings.
#
# ## What was found, and what comes next
#
# By the area under the curve one hidden layer reaches {eval}`area_best`, with one neuron {eval}`area_single`,
# {eval}`area_slowest` at the slowest learning rate and {eval}`area_fastest` at the fastest;
# {eval}`f"{depths[-1]:d}"` layers of {eval}`f"{deep_widths[-1]:d}"` neurons have {eval}`area_more` more than one such layer. The
# significance, by which the thesis
# chooses, is known too poorly to choose one point by: {eval}`len(best_of_all.compatible)` of {eval}`len(table) // len(seeds)` points are as good as
# the best, down to {eval}`simple['layers']` hidden layers of {eval}`simple['neurons']` neurons. The best less these
# is {eval}`gain['auc']` in area with physics weights and {eval}`gain['z']` in significance above the same cut. Of the
# models alone, {eval}`f"{small.sum()}"` of {eval}`f"{z_alone.notna().sum()}"` have less than a tenth. The thesis's
# maximum of {eval}`f"{printed_deep['value'].max():.2f}"` is the largest of many values without errors, for a sum of signals that can't
# be true together, and read on the events that chose it; it is no one's sensitivity.
# {numref}`Chapter %s <chap-network-depth>` takes the last question of the thesis's grid: whether ten
# hidden layers do better than four.

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
