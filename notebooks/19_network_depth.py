# %% [markdown]
# (chap-network-depth)=
# # Depth of the network
#
# Is a deeper network a better one? Guevara's thesis {cite}`guevara2023` takes the best network of its grid, gives it
# ten hidden layers in place of four, and sees a hint that deeper is better. It trains each once and gives no
# uncertainties. This chapter trains both several times and compares them on the same test events
# ({numref}`tab-depth-means`). It also measures over-training ({numref}`tab-depth-overtraining`) and calibration
# ({numref}`tab-depth-calibration`).

# %% lepsearch={"full": {"neurons": 100, "seeds": [1, 2, 3, 4, 5], "train_events": 1000000000}, "learns": ["dark_higgs", "light_vector", "inelastic_eft", "dh_hds_130"], "reads": ["dilepton"]} nbmake={"mock": {"epochs": 2, "neurons": 8, "profile": "smoke", "seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups or samples of signals; trained on
models = ["dark_higgs", "light_vector", "inelastic_eft"]
# a signal sample; results are for this one
signal = "dh_hds_130"
# [1, 100], two or more; hidden layers, of which the least and the most are
# compared
depths = [4, 10]
# [1, 10000]; in each; the thesis has 100
neurons = 50
# [0, 4294967295], two or more; one training each
seeds = [1, 2, 3]
# [1, 100000]; at most, as in the thesis
epochs = 50
# [1, 1e9]; events
batch_size = 2048
# [100, 1e12]; events of the training part, at most, roughly
train_events = 25_000

# %%
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
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.training_weights import Weighting
from lepsearch.plotting import training as training_plots
from lepsearch.plotting.scores import significance_curves, validation
from lepsearch.stats import metrics
from lepsearch.stats.estimate import Estimate, over_trainings, weighted_mean
from lepsearch.stats.histograms import fill
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, UNCERTAINTIES

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
of_all = {"features": WITHOUT_JETS, "train_events": train_events}
events = learning_set(dataset, models, **of_all)
steps = {"batch_size": batch_size, "epochs": epochs, "patience": 6}
network = Network(neurons=neurons, learning_rate=0.01, l2=1e-5, **steps)
ratio = Weighting("ratio")
store = dataset.workspace.build / "tuning" / "19_network_depth"
experiment = Experiment(events, network, store, ratio, parts=PARTS)
measured = {part: experiment.measured(part, signal) for part in PARTS}
train, test = events.of("train"), measured["test"]
shallow, deep = min(depths), max(depths)
cut = quoted.get("guevara.section_5_2_6.score_cut").value
inputs = len(events.names)
learned = {n: Network(n, neurons).parameters(inputs) for n in depths}
batch = quoted.get("guevara.training.batch_min").value
sizes = quoted.below("guevara.table_5_3")
n_s, n_b = (sizes[f"{of}.simulated"].value for of in ("signal", "background"))
share = n_s / (n_s + n_b)
log_none = batch * np.log10(1 - share)

# %% [markdown]
# Networks are trained on all signals together, as in {numref}`Chapter %s <chap-network-grid>`. Results are for one of them
# ({numref}`tab-depth-setup`). Which networks the thesis compared is not certain: its text counts one hidden layer fewer than its
# algorithm adds, so its four may be five. `lepsearch run 19_network_depth --full` takes as many neurons as the
# thesis, all training events and more trainings.
#
# :::{table} Events and trainings of this chapter. Events are simulated and in the dilepton region.
# :name: tab-depth-setup
#
# | quantity | value |
# |---|---|
# | profile | {eval}`profile` |
# | integrated luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | background events, training part | {eval}`f"{(~train.label).sum():,d}"` |
# | signal events of all models, training part | {eval}`f"{train.label.sum():,d}"` |
# | tested signal | {eval}`dataset.labels[signal]` |
# | its expected events | {eval}`f"{test.weight[test.label].sum():.0f}"` |
# | its events in the test part | {eval}`f"{test.label.sum():,}"` |
# | background events in the test part | {eval}`f"{(~test.label).sum():,}"` |
# | hidden layers | {eval}`shallow` and {eval}`deep` |
# | neurons in each | {eval}`f"{neurons:d}"` |
# | trainable parameters | {eval}`f"{learned[shallow]:,}"` and {eval}`f"{learned[deep]:,}"` |
# | trainings of each, with at most | {eval}`f"{len(seeds):d}"`, {eval}`f"{epochs:d}"` epochs |
# :::
#
# A dash or "undefined" stands for a significance with fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events above the
# cut.
#
# ## Learning curves of single trainings

# %%
trained = experiment.training
runs = {n: [trained(seed, layers=n) for seed in seeds] for n in depths}
label = {depth: f"{depth} hidden layers" for depth in depths}
late = [len(run.history) == epochs for made in runs.values() for run in made]

# %% mystnb={"figure": {"name": "fig-depth-learning"}, "image": {"alt": "Two panels, shallow and deep, with the loss over the epochs on a logarithmic axis: dotted lines for training, thicker ones for validation, and a mark at the kept epoch of each training."}} tags=["hide-input"]
histories = {label[n]: [run.history for run in runs[n]] for n in depths}
training_plots.learning_curves(histories)

# %% [markdown] tags=["caption"]
# Loss on the training events (dotted) and on the validation part after each epoch, one colour a training. The
# weights of the marked epoch are kept. Compare the validation losses of single trainings.

# %% [markdown]
# A network over-trains where its loss falls on the training events but not on the validation part. Training is stopped there,
# and the weights of the epoch with the lowest validation loss are kept. Of {eval}`len(late)` trainings, {eval}`sum(late)` reached
# the last epoch before that. Trainings differ only by their initial weights and the order of the events, so
# the scatter of the kept losses is that of training itself.
#
# The thesis fears that smaller batches, which larger networks force, leave batches without any signal. With the
# fractions of its table 5.3, its smallest batch of {eval}`f"{batch:,.0f}"` events holds {eval}`f"{batch * share:,.0f}"` signal events on
# average. The probability of none is ten to the power of {eval}`f"{log_none:,.0f}"`.
#
# ## Change of AUC and significance with depth

# %%
tried = np.linspace(0, 0.995, 200)
scores = {
    (part, n): experiment.by_seed(part, seeds, signal=signal, layers=n)
    for part, n in product(PARTS, depths)
}
first_of = {n: scores["test", n][0] for n in depths}
scan = partial(cuts.scan, test, cuts=tried, uncertainties=UNCERTAINTIES)
scans = {n: scan(one) for n, one in first_of.items()}
edges = np.linspace(0, 1, 41)


def drawn(depth):
    """The validation plot of the first training of a depth."""
    stacked, _ = cuts.panel(test, scores["test", depth][0], edges)
    of = {"luminosity_fb": dataset.luminosity_fb, "title": label[depth]}
    made = validation(stacked, scans[depth], **of)
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% mystnb={"figure": {"name": "fig-depth-shallow"}, "image": {"alt": "Stacked histogram of the output of the shallower network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}} tags=["hide-input"]
drawn(shallow)

# %% [markdown] tags=["caption"]
# Scores of the first training of the shallower network on the test part, scaled to the luminosity; beneath, the significance
# above each cut for four background uncertainties.

# %% mystnb={"figure": {"name": "fig-depth-deep"}, "image": {"alt": "Stacked histogram of the output of the deeper network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}} tags=["hide-input"]
drawn(deep)

# %% [markdown] tags=["caption"]
# Scores of the first training of the deeper network, as {numref}`fig-depth-shallow`.

# %% mystnb={"figure": {"name": "fig-depth-significance"}, "image": {"alt": "Two curves of the significance against the lowest score with error bands."}} tags=["hide-input"]
significance_curves({label[depth]: scans[depth] for depth in depths})

# %% [markdown] tags=["caption"]
# Expected significance on the test part against the cut, for the first training of each depth, with statistical
# uncertainties and without a background uncertainty.

# %% [markdown]
# The maximum of a curve in {numref}`fig-depth-significance` is biased upwards, since it is taken over many cuts. In
# {numref}`tab-depth-trainings` the cut is chosen on the validation part, where it must leave {eval}`f"{cuts.CHOOSING:g}"` effective background
# events, and the significance is read on the test part.

# %% mystnb={"figure": {"name": "tab-depth-trainings"}}
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
formats = {"cut": ".3f", "effective background": ".1f"}
shown = table.drop(columns="Z, validation")
tables.styled(shown, "depth-single", **formats)

# %% [markdown] tags=["caption"]
# Single trainings: physics-weighted AUC for the tested signal on the three parts, the cut chosen on the validation part,
# and significance and effective background events above it on the test part.

# %%
by_depth = table.assign(gap=table["AUC, train"] - table["AUC, test"])
by_depth = by_depth.groupby("hidden layers")
names = "AUC, test", "Z, test", "gap"
mean_auc, mean_z, gap = (by_depth[one].agg(over_trainings) for one in names)
spread = by_depth["AUC, test"].agg(
    lambda areas: np.std([one.value for one in areas], ddof=1)
)
optimism = over_trainings(table["Z, validation"] - table["Z, test"])

# %%
all_scores = [one for n in depths for one in scores["validation", n]]
validated = measured["validation"], all_scores
common = cuts.common_cut(*validated, tried, highest=cut)
networks = {n: {"layers": n} for n in (shallow, deep)}
options = {"signal": signal, "replicas": 200, "paired_seeds": False}
above_common = partial(measures.significance_of, cut=common)
compare = partial(experiment.compared, networks, shallow, seeds, **options)
gain = {"auc": compare()["difference"][deep]}
of_z = compare(statistic=above_common)["difference"][deep]
of_both = scores["test", shallow] + scores["test", deep]
left = [cuts.scan(test, one, [common]).enough()[0] for one in of_both]
gain["z"] = of_z if all(left) else Estimate(np.nan, np.nan)
printed = quoted.get("guevara.single_models.network_dark_higgs_heavy").value

# %% [markdown]
# {eval}`report.verdict(gain["auc"], seen="The depth changes the AUC by more than two standard deviations.", unseen="No effect of the depth is seen.", undefined="The change by the depth is undefined.")` On the
# same events and bootstrap replicas, going from {eval}`shallow` to {eval}`deep` hidden layers changes the physics-weighted test AUC by
# {eval}`gain['auc']`. It changes the significance above {eval}`f"{common:.3f}"` by {eval}`gain['z']`. This common cut is the highest one up to the
# thesis's {eval}`f"{cut:g}"` that leaves enough background on the validation part in every training.
#
# {numref}`tab-depth-means` has the means over the trainings. The thesis compares one training of each, so its hint also contains
# the spread of single trainings. For the chosen cuts, the significance on the validation part minus that on
# the test part is {eval}`optimism` on average.
#
# :::{table} Means over the trainings for the tested signal on the test part, with cuts chosen on the validation part; the spread is the standard deviation of single trainings.
# :name: tab-depth-means
#
# | hidden layers | AUC | spread of the AUC | $Z$ |
# |---|---|---|---|
# | {eval}`shallow` | {eval}`mean_auc[shallow]` | {eval}`f"{spread[shallow]:.4f}"` | {eval}`mean_z[shallow]` |
# | {eval}`deep` | {eval}`mean_auc[deep]` | {eval}`f"{spread[deep]:.4f}"` | {eval}`mean_z[deep]` |
# :::
#
# ## Over-training: training events against others

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
# Scores on the training events (filled) and on the validation part (points), unweighted and normalised to unit area, for signals
# and background; beneath, their ratio. First training of each depth.

# %%
tail, lost = {}, {}
for (part, depth), score in first.items():
    of_signal = halves[part].label
    tail[part, depth] = 100 * weighted_mean(score[~of_signal] > cut)
    lost[part, depth] = 100 * weighted_mean(score[of_signal] < 0.1)
over_trained = [
    share["validation", n] - share["train", n]
    for share, n in product((tail, lost), (shallow, deep))
] + [gap[shallow], gap[deep]]
towards = sum(one.value > 0 for one in over_trained)
clear = sum(one.sigmas > 2 for one in over_trained)
verdict = (
    "no over-training is seen", "some over-training is likely",
    "the networks are over-trained",
)[min(2, clear) or int(towards == len(over_trained))]  # fmt: skip
above = pd.DataFrame(index=[label[n] for n in networks])
for part in ("train", "test"):
    above[[f"Z, {part} part", f"effective background, {part} part"]] = [
        cuts.above(measured[part], scores[part, n], common) for n in networks
    ]

# %% [markdown]
# The verdict is that {eval}`verdict`. Of {eval}`len(over_trained)` comparisons in {numref}`tab-depth-overtraining`, {eval}`towards` point to over-training,
# {eval}`clear` of them by more than two standard deviations. They share trainings and events, so their significances cannot be
# combined. The networks learn from the training events of {numref}`tab-depth-setup`; more of them would reduce over-training
# ({numref}`Chapter %s <chap-padding>` has a learning curve). An over-trained network has fewer background events at high scores and fewer signal events at low scores, and a larger AUC,
# on the events that it learned.
#
# :::{table} Comparisons of training events with others, by hidden layers. The fractions are of unweighted events in the first training of each depth; the AUC is that of the tested signal, the mean over trainings.
# :name: tab-depth-overtraining
#
# | measure | layers | training | validation |
# |---|---|---|---|
# | background above {eval}`f"{cut:g}"` [%] | {eval}`shallow` | {eval}`tail['train', shallow]` | {eval}`tail['validation', shallow]` |
# | | {eval}`deep` | {eval}`tail['train', deep]` | {eval}`tail['validation', deep]` |
# | signals below a tenth [%] | {eval}`shallow` | {eval}`lost['train', shallow]` | {eval}`lost['validation', shallow]` |
# | | {eval}`deep` | {eval}`lost['train', deep]` | {eval}`lost['validation', deep]` |
# | AUC on training minus test events | {eval}`shallow` | {eval}`gap[shallow]` | |
# | | {eval}`deep` | {eval}`gap[deep]` | |
# :::
#
# A search counts in the upper tail of the score, which hardly affects the AUC. {numref}`tab-depth-above` compares the significance
# above the common cut.

# %% mystnb={"figure": {"name": "tab-depth-above"}}
counts = [name for name in above if "background" in name]
tables.styled(above, "depth-above", **dict.fromkeys(counts, ".0f"))

# %% [markdown] tags=["caption"]
# Significance of the tested signal above {eval}`f"{common:.3f}"` on the training and the test part, mean over the trainings, and mean
# effective background events.

# %% [markdown]
# ## Calibration of the output
#
# The loss is smallest for an output that equals the fraction of signal among events with the same features, *in the
# mixture of the training weights*. Such a network is *calibrated*: of all events with an output of two thirds,
# two thirds are signal. {numref}`fig-depth-calibration` shows that fraction against the output.

# %%
whole = experiment.measured("test")
weight = ratio(whole)
outputs = {n: experiment.by_seed("test", seeds, layers=n) for n in networks}
of_whole = {"label": whole.label, "weight": weight}
of_whole["original"] = whole.original
curves = {
    depth: [metrics.reliability(one, **of_whole) for one in made]
    for depth, made in outputs.items()
}


def distance(curve):
    """Mean distance of a reliability curve from the diagonal, by weight."""
    known = curve[curve["share"].notna()]
    apart = (known["share"] - known["score"]).abs()
    return np.average(apart, weights=known["weight"])


calibration = {}
for depth, made in curves.items():
    apart = [distance(one) for one in made]
    calibration[depth] = Estimate(np.mean(apart), np.std(apart, ddof=1))
low, high = 0.1, 0.9  # outputs that are not certain


def bias_of(score):
    """How much more signal there is than the uncertain outputs say."""
    here = weight * ((score >= low) & (score < high))
    return weighted_mean(whole.label - score, here, whole.original)


biases = {n: list(map(bias_of, one)) for n, one in outputs.items()}
bias = {n: over_trainings(one) for n, one in biases.items()}


def said(one):
    """What a bias says of the output."""
    kind = "much" if one.value < 0 else "little"
    return report.verdict(
        one, seen=f"too {kind} confidence in signal",
        unseen="no bias beyond two standard deviations",
        undefined="an undefined bias",
    )  # fmt: skip


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
# Fraction of signal among events of equal output, with training weights, on the test part, for the
# first training of each depth; beneath, its distance from the diagonal. Points below the diagonal mean too much confidence in
# signal, and points above it too little.

# %% [markdown]
# Over-training leads to outputs that are too extreme: points above the diagonal at low outputs and below it at high ones, which
# can cancel in a mean. {numref}`tab-depth-calibration` has two
# measures. The mean distance from the diagonal is dominated by outputs near zero or one, where most events are. The bias is
# the mean of the fraction of signal minus the output, for outputs from {eval}`f"{low:g}"` to {eval}`f"{high:g}"`. A single training need not show what its depth
# does.
#
# :::{table} Calibration on the test part with training weights. Mean distance: with the spread of single trainings. Bias: over all trainings, with uncertainties of events and trainings; for the training of {numref}`fig-depth-calibration`, of events alone.
# :name: tab-depth-calibration
#
# | hidden layers | mean distance | bias, all trainings | reading | bias, one training |
# |---|---|---|---|---|
# | {eval}`shallow` | {eval}`calibration[shallow]` | {eval}`bias[shallow]` | {eval}`said(bias[shallow])` | {eval}`biases[shallow][0]` |
# | {eval}`deep` | {eval}`calibration[deep]` | {eval}`bias[deep]` | {eval}`said(bias[deep])` | {eval}`biases[deep][0]` |
# :::
#
# The output is a fraction of the training mixture, {eval}`f"{100 * trained_share:.0f}"` % of which is signal. The
# thesis reads a cut at {eval}`f"{cut:g}"` as a confidence of that size. Among the expected events above
# {eval}`f"{common:.3f}"`, ({eval}`physical_share`) % are of the tested signal, with {eval}`shallow` hidden layers.
#
# ## Conclusions
#
# - **Depth.** Going from {eval}`shallow` to {eval}`deep` hidden layers changes the physics-weighted test AUC by {eval}`gain['auc']`{eval}`report.verdict(gain["auc"], seen="", unseen=", so no effect is seen", undefined="")`
#   ({numref}`tab-depth-means`). The thesis's hint rests on one training of each.
# - **Over-training.** The verdict is that {eval}`verdict`; {eval}`towards` of {eval}`len(over_trained)` comparisons point to it
#   ({numref}`tab-depth-overtraining`).
# - **Calibration.** The shallower networks show {eval}`said(bias[shallow])`, the deeper ones {eval}`"the same" if said(bias[deep]) == said(bias[shallow]) else said(bias[deep])`
#   ({numref}`tab-depth-calibration`).
#
# An effect smaller than about twice these uncertainties would not be seen. The best network of the final thesis reaches {eval}`f"{printed:.2f}"` for this model family
# when trained on it alone; {eval}`shallow` layers reach {eval}`mean_z[shallow]` here, on other samples.
# {numref}`Chapter %s <chap-network-grid>` compares several layers with one. Do boosted trees do better?

# %% tags=["remove-cell"]
report.record("signal_in_batch", batch * share, ",.0f")
report.record("log_none", log_none, ",.0f")
report.record("guevara_figure_5_19", report.agreement(gain["auc"]))
