# %% [markdown]
# (chap-network-depth)=
# # Four or ten hidden layers
#
# Is a deeper network a better one? The thesis {cite}`guevara2023` takes the best network of its grid, gives it
# ten hidden layers in place of four, and sees a hint that deeper is better. This chapter repeats the
# comparison with several trainings of each, on events that neither has seen, and looks at what else
# depth does: whether the networks learn their training events by heart, and whether their output is the
# probability that it seems to be.

# %% lepsearch={"full": {"neurons": 100, "seeds": [1, 2, 3, 4, 5]}, "learns": true, "reads": ["dilepton"]} nbmake={"mock": {"epochs": 2, "neurons": 8, "profile": "smoke", "seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
models = ["dark_higgs", "light_vector", "inelastic_eft"]
signal = "dh_hds_130"  # results are for this one
depths = [4, 10]  # hidden layers
neurons = 50  # in each; the thesis has 100
seeds = [1, 2, 3]
epochs = 50  # at most, as in the thesis
batch_size = 2048

# %%
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
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.training_weights import Weighting
from lepsearch.plotting import training as training_plots
from lepsearch.plotting.scores import significance_curves, validation
from lepsearch.stats.estimate import Estimate, over_trainings, weighted_mean
from lepsearch.stats.histograms import fill
from lepsearch.stats.metrics import (
    MINIMUM_EFFECTIVE,
    UNCERTAINTIES,
    reliability,
)

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(dataset, models, features=WITHOUT_JETS)
network = Network(
    neurons=neurons, learning_rate=0.01, l2=1e-5, batch_size=batch_size,
    epochs=epochs, patience=6,
)  # fmt: skip
ratio = Weighting("ratio")
experiment = Experiment(
    events, network, dataset.workspace.build / "tuning" / "19_network_depth", ratio,
    parts=PARTS,
)  # fmt: skip
measured = {part: experiment.measured(part, signal) for part in PARTS}
test = measured["test"]
shallow, deep = min(depths), max(depths)
cut = quoted.get("guevara.section_5_2_6.score_cut").value
learned = {
    n: Network(layers=n, neurons=neurons).parameters(len(events.names))
    for n in depths
}
batch = quoted.get("guevara.training.batch_min").value
sizes = quoted.below("guevara.table_5_3")
n_s, n_b = (sizes[f"{of}.simulated"].value for of in ("signal", "background"))
share = n_s / (n_s + n_b)
log_none = batch * np.log10(1 - share)

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$, on
# {eval}`f"{(~events.label).sum():,d}"` simulated background events and {eval}`f"{events.label.sum():,d}"` signal events of all
# models, as {numref}`Chapter %s <chap-network-grid>`. Networks are trained on all signals together;
# results are for one of them, *{eval}`dataset.labels[signal]`*, with {eval}`f"{test.weight[test.label].sum():.0f}"` expected events, of which
# {eval}`f"{test.label.sum():,}"` simulated ones are in the test part, beside {eval}`f"{(~test.label).sum():,}"` of
# background.
#
# Which networks the thesis compared is not quite certain: its text counts one hidden layer less than its
# algorithm adds, so that its four may be five. Here {eval}`shallow` and {eval}`deep` hidden
# layers of {eval}`f"{neurons:d}"` neurons are compared, with {eval}`f"{learned[shallow]:,}"` and
# {eval}`f"{learned[deep]:,}"` numbers to learn; each is trained {eval}`f"{len(seeds):d}"` times. `lepsearch run 19_network_depth --full`
# takes as many neurons as the thesis, and more trainings.
#
# ## Training

# %%
runs = {
    depth: [experiment.training(seed, layers=depth) for seed in seeds]
    for depth in depths
}
label = {depth: f"{depth} hidden layers" for depth in depths}
late = [len(run.history) == epochs for made in runs.values() for run in made]

# %% mystnb={"figure": {"name": "fig-depth-learning"}, "image": {"alt": "Two panels, shallow and deep, with the loss over the epochs on a logarithmic axis: dotted lines for training, thicker ones for validation, and a mark at the kept epoch of each training."}} tags=["hide-input"]
histories = {label[n]: [run.history for run in runs[n]] for n in depths}
training_plots.learning_curves(histories)

# %% [markdown] tags=["caption"]
# Loss during training and on the validation part after each epoch, one colour a training. The
# weights of the marked epoch are kept.

# %% [markdown]
# Where the loss on the training events goes on falling while that on the others does not, the network
# learns its events and not what they have in common. Training is stopped there, and the weights of the
# best epoch are kept, so that many passes do no harm by themselves. {eval}`sum(late)` of
# {eval}`len(late)` trainings were ended by their number of passes, {eval}`f"{epochs:d}"`, before that. What the
# figure shows best is the scatter: trainings that differ by nothing but their first values and the order of the
# events end at different losses.
#
# The thesis fears that smaller batches, which larger networks force, leave batches without any signal. With the
# shares of its table 5.3 even a batch of {eval}`f"{batch:,.0f}"` events, the smallest it used, holds
# {eval}`f"{batch * share:,.0f}"` signal events on average; the probability of none is ten to the power of
# {eval}`f"{log_none:,.0f}"`.
#
# ## The output

# %%
tried = np.linspace(0, 0.995, 200)
scores = {
    (part, n): experiment.by_seed(part, seeds, signal=signal, layers=n)
    for part, n in product(PARTS, depths)
}
scans = {
    n: cuts.scan(test, scores["test", n][0], tried, UNCERTAINTIES)
    for n in depths
}
edges = np.linspace(0, 1, 41)


def drawn(depth):
    """The validation plot of the first training of a depth."""
    stacked, _ = cuts.panel(test, scores["test", depth][0], edges)
    made = validation(
        stacked, scans[depth], luminosity_fb=dataset.luminosity_fb,
        title=label[depth],
    )  # fmt: skip
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% mystnb={"figure": {"name": "fig-depth-shallow"}, "image": {"alt": "Stacked histogram of the output of the shallower network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}} tags=["hide-input"]
drawn(shallow)

# %% [markdown] tags=["caption"]
# Scores of the shallower network on the test part, scaled to the luminosity, with the significance
# of a cut beneath.

# %% mystnb={"figure": {"name": "fig-depth-deep"}, "image": {"alt": "Stacked histogram of the output of the deeper network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}} tags=["hide-input"]
drawn(deep)

# %% [markdown] tags=["caption"]
# The same for the deeper network.

# %% mystnb={"figure": {"name": "fig-depth-significance"}, "image": {"alt": "Two curves of the significance against the lowest score with error bands."}} tags=["hide-input"]
significance_curves({label[depth]: scans[depth] for depth in depths})

# %% [markdown] tags=["caption"]
# Expected significance against the cut for both networks, the first training of each, with
# statistical errors.

# %% [markdown]
# The highest point of such a curve is a maximum over many cuts, the more so the fewer events are left. In the
# table the cut is chosen on the validation part and the significance read on the test part. A cut must leave
# {eval}`f"{cuts.CHOOSING:g}"` effective background events where it is chosen, so that the test part, which is about as
# large, will rarely leave fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"`; where it does, a dash stands. The areas
# under the ROC curve are those of this signal, with physics weights.

# %%
choose = partial(cuts.best_cut, cuts=tried, minimum_effective=cuts.CHOOSING)
rows = []
for n in depths:
    readings = experiment.readings(choose, seeds, signal=signal, layers=n)
    for i, one in enumerate(readings):
        areas = {
            f"AUC, {part}": measures.auc(of, scores[part, n][i])
            for part, of in measured.items()
        }
        rows.append({"hidden layers": n, "seed": seeds[i], **areas, "cut": one.cut,
                     "Z, validation": one.chosen, "Z, test": one.read,
                     "effective background": one.read_effective})  # fmt: skip
table = pd.DataFrame(rows)
table.drop(columns="Z, validation").style.format(
    {"cut": "{:.3f}", "effective background": "{:.1f}"}, na_rep="–"
).hide()


# %%
by_depth = table.assign(gap=table["AUC, train"] - table["AUC, test"])
by_depth = by_depth.groupby("hidden layers")
mean_auc, mean_z, gap = (
    by_depth[name].agg(over_trainings)
    for name in ("AUC, test", "Z, test", "gap")
)
spread = by_depth["AUC, test"].agg(
    lambda areas: np.std([one.value for one in areas], ddof=1)
)
optimism = over_trainings(table["Z, validation"] - table["Z, test"])

# %%
common = cuts.common_cut(
    measured["validation"],
    [one for n in depths for one in scores["validation", n]],
    tried,
    highest=cut,
)
networks = {n: {"layers": n} for n in (shallow, deep)}
options = {"signal": signal, "replicas": 200, "paired_seeds": False}
above_common = partial(measures.significance_of, cut=common)
compare = partial(experiment.compared, networks, shallow, seeds, **options)
gain = {
    "auc": compare()["difference"][deep],
    "z": compare(statistic=above_common)["difference"][deep],
}
left = [
    cuts.scan(test, one, [common]).enough()[0]
    for one in scores["test", shallow] + scores["test", deep]
]
gain["z"] = gain["z"] if all(left) else Estimate(np.nan, np.nan)
seen = {
    name: "beyond" if abs(one.value) > 2 * one.error else "within"
    for name, one in gain.items()
}
printed = quoted.get("guevara.single_models.network_dark_higgs_heavy").value

# %% [markdown]
# Over the trainings, {eval}`shallow` hidden layers reach an area of {eval}`mean_auc[shallow]` and a significance of
# {eval}`mean_z[shallow]`, {eval}`deep` reach {eval}`mean_auc[deep]` and {eval}`mean_z[deep]`. One
# training differs from the next by {eval}`f"{spread[shallow]:.4f}"` and {eval}`f"{spread[deep]:.4f}"` in area. The significance
# that the validation part promised, less the one that the test part kept, is {eval}`optimism` on average. The last
# column counts the effective background events behind the latter.
#
# Taken on the same events and the same replicas, the deeper network less the shallower one is
# {eval}`gain['auc']` in area, {eval}`seen['auc']` twice its error, and {eval}`gain['z']` in significance above
# {eval}`f"{common:.3f}"`, {eval}`seen['z']` twice its error. This is the highest cut up to {eval}`f"{cut:g}"` above
# which every training leaves {eval}`f"{cuts.CHOOSING:g}"` effective background events on the validation part. The thesis compared a single training of each, which has the whole scatter of one
# training on top of that, and read its hint off curves without errors ({numref}`fig-depth-significance` has ours).
#
# ## Over-training

# %% mystnb={"figure": {"name": "fig-depth-overtraining"}, "image": {"alt": "Two panels, shallow and deep, with filled histograms for the training events and points for the validation events; beneath, their ratios with error bars and a line at one."}} tags=["hide-input"]
edges = np.linspace(0, 1, 21)
halves = {part: experiment.measured(part) for part in ("train", "validation")}
first = {
    (part, depth): experiment.scores(part, seeds[0], layers=depth)
    for part, depth in product(halves, depths)
}


def shape(part, depth, wanted):
    """Simulated signals (true) or background events by score."""
    score = first[part, depth][halves[part].label == wanted]
    return fill(score, np.ones(len(score)), edges)


histograms = {
    label[depth]: {
        kind: tuple(shape(part, depth, wanted) for part in halves)
        for kind, wanted in (("signals", True), ("background", False))
    }
    for depth in depths
}
training_plots.over_training(histograms)

# %% [markdown] tags=["caption"]
# Shapes of the scores on the events that the networks learned (filled) and on the validation part
# (points), and their ratio: signals and background with each simulated event counting as one.

# %%
tail = {
    (part, depth): 100 * weighted_mean(score[~halves[part].label] > cut)
    for (part, depth), score in first.items()
}
lost = {
    (part, depth): 100 * weighted_mean(score[halves[part].label] < 0.1)
    for (part, depth), score in first.items()
}
over_trained = [
    share["validation", n] - share["train", n]
    for share, n in product((tail, lost), (shallow, deep))
] + [gap[shallow], gap[deep]]
towards = sum(one.value > 0 for one in over_trained)
clear = sum(one.sigmas > 2 for one in over_trained)
verdict = "no over-training is seen"
if clear or towards == len(over_trained):
    verdict = (
        "the networks are over-trained"
        if clear > 1
        else "some over-training is likely"
    )
above = pd.DataFrame(index=[label[n] for n in networks])
for part in ("train", "test"):
    above[[f"Z, {part} part", f"effective background, {part} part"]] = [
        cuts.above(measured[part], scores[part, n], common) for n in networks
    ]

# %% [markdown]
# What a network has learned by heart shows where it is wrong. Of the simulated background,
# ({eval}`tail['train', shallow]`) % of the training events lie above {eval}`f"{cut:g}"`
# for the shallower network and ({eval}`tail['validation', shallow]`) % of those that it did not learn; for the deeper one
# ({eval}`tail['train', deep]`) % and ({eval}`tail['validation', deep]`) %. Of the simulated signals,
# ({eval}`lost['train', shallow]`) % and ({eval}`lost['validation', shallow]`) % lie below a tenth for the shallower, and
# ({eval}`lost['train', deep]`) % and ({eval}`lost['validation', deep]`) % for the deeper network. These are shares of
# the first training of each depth.
#
# For *{eval}`dataset.labels[signal]`*, on average over the trainings, the area under the curve on the training events less that on
# the test part is {eval}`gap[shallow]` for the shallower and {eval}`gap[deep]` for the deeper networks.
#
# Of these {eval}`len(over_trained)` comparisons, {eval}`towards` point to over-training, {eval}`clear` of them by more than two standard
# deviations: {eval}`verdict`. They share trainings and events, so that their significances can't be joined.
#
# A search
# counts in the upper tail, and there the area says little. The significance above {eval}`f"{common:.3f}"` is:

# %%
counts = [name for name in above if "background" in name]
above.style.format("{:.0f}", counts, na_rep="–")

# %% [markdown]
# ## Is the output a probability?
#
# The loss is smallest for an output that equals the share of signal among events with the same features, *in the
# mixture of the training weights*. If a network has come there, then of all events with an output of two thirds
# two thirds are signal: it is *calibrated*. {numref}`fig-depth-calibration` shows that share against the output, on the
# test part and with the weights of the training.

# %%
whole = experiment.measured("test")
weight = ratio(whole)
outputs = {n: experiment.by_seed("test", seeds, layers=n) for n in networks}
curves = {
    depth: [
        reliability(one, whole.label, weight, original=whole.original)
        for one in made
    ]
    for depth, made in outputs.items()
}


def distance(curve):
    """Mean distance of a reliability curve from the diagonal, by weight."""
    known = curve[curve["share"].notna()]
    apart = (known["share"] - known["score"]).abs()
    return np.average(apart, weights=known["weight"])


calibration = {
    depth: Estimate(np.mean(found), np.std(found, ddof=1))
    for depth, made in curves.items()
    for found in [[distance(one) for one in made]]
}
low, high = 0.1, 0.9  # outputs that are not certain
biases = {
    depth: [
        weighted_mean(whole.label - one, weight * here, whole.original)
        for one in made
        for here in [(one >= low) & (one < high)]
    ]
    for depth, made in outputs.items()
}
bias = {depth: over_trainings(one) for depth, one in biases.items()}


def said(one):
    """What a bias says of the output."""
    if not abs(one.value) > 2 * one.error:
        return "none beyond twice the error"
    return f"too {'much' if one.value < 0 else 'little'} confidence in signal"


# %%
physical_share = 100 * over_trainings(
    weighted_mean(test.label, test.weight * (one >= common), test.original)
    for one in scores["test", shallow]
)
trained_share = weight[whole.label].sum() / weight.sum()

# %% mystnb={"figure": {"name": "fig-depth-calibration"}, "image": {"alt": "Reliability curves of both networks with error bars beside the diagonal, and their distance from it in a panel beneath."}} tags=["hide-input"]
first_curves = {label[n]: made[0] for n, made in curves.items()}
training_plots.reliability_curves(first_curves)

# %% [markdown] tags=["caption"]
# Share of signal among events of equal output, with training weights, on the test part, for the
# first training of each depth; beneath, its distance from the diagonal.

# %% [markdown]
# The mean distance from the diagonal is {eval}`calibration[shallow]` for {eval}`shallow` hidden layers and
# {eval}`calibration[deep]` for {eval}`deep`, the error being the scatter of the trainings. It is a mean over events with their training weights, most of which have
# outputs near zero or one, so that it says little of the outputs between. A point below the
# diagonal means too much confidence in signal, which is what learning by heart leads to; a point above it, too little.
# Among outputs from {eval}`f"{low:g}"` to {eval}`f"{high:g}"` the share of signal less the output is {eval}`bias[shallow]` for
# {eval}`shallow` hidden layers ({eval}`said(bias[shallow])`) and {eval}`bias[deep]` for {eval}`deep`
# ({eval}`said(bias[deep])`), on average over the trainings, with their scatter and the statistical error joined. For
# the trainings in the figure alone it is {eval}`biases[shallow][0]` and {eval}`biases[deep][0]`, with the
# statistical error only: what one training shows need not be what its depth does.
#
# Calibrated or not, the output is a share of the training mixture, {eval}`f"{100 * trained_share:.0f}"` % of which is signal. The
# thesis reads a cut at {eval}`f"{cut:g}"` as a confidence of that size. Among the events that one expects to record above
# {eval}`f"{common:.3f}"`, ({eval}`physical_share`) % would be of this signal, with {eval}`shallow` hidden layers.
#
# ## What was found, and what comes next
#
# From {eval}`shallow` to {eval}`deep` hidden layers the area changes by {eval}`gain['auc']`
# ({eval}`seen['auc']` twice its error) and the significance above {eval}`f"{common:.3f}"` by {eval}`gain['z']`
# ({eval}`seen['z']`). The thesis's hint that deeper networks do better rests on one training of each, without errors.
#
# Over-training: {eval}`verdict`. The area is larger on the training events than on the test part by {eval}`gap[shallow]` and
# {eval}`gap[deep]`, and the significance above the same cut is {eval}`above['Z, train part'][label[shallow]]` and
# {eval}`above['Z, test part'][label[shallow]]` on either with {eval}`shallow` layers, {eval}`above['Z, train part'][label[deep]]` and
# {eval}`above['Z, test part'][label[deep]]` with {eval}`deep`. Calibration: among outputs from {eval}`f"{low:g}"` to {eval}`f"{high:g}"` the share of signal differs
# from the output by {eval}`bias[shallow]` with {eval}`shallow` layers ({eval}`said(bias[shallow])`) and by
# {eval}`bias[deep]` with {eval}`deep` ({eval}`said(bias[deep])`).
#
# The best network of the final thesis has {eval}`f"{printed:.2f}"`
# for this model family when trained on it alone, and {eval}`mean_z[shallow]` is what {eval}`shallow` layers
# reach here, with other samples. How several layers compare with one is asked in
# {numref}`Chapter %s <chap-network-grid>`; what more of them cost for certain is time. The trees of the next chapters need none of these choices, and have others.

# %% tags=["remove-cell"]
report.record("signal_in_batch", batch * share, ",.0f")
report.record("log_none", log_none, ",.0f")
