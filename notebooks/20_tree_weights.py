# %% [markdown]
# (chap-tree-weights)=
# # Weights of trees
#
# Which weights should a boosted tree learn from? XGBoost refuses negative weights, and section 5.3.1 of the draft of
# {cite}`guevara2023` (here: the thesis) tries several ways around them. Its figure 5.20 shows a "significant difference" between training with
# and without physics weights. This chapter repeats the comparison ({numref}`tab-treeweights-figure`), tests how much of it
# comes from the scale of the weights alone ({numref}`tab-treeweights-explained`), and compares the ways around negative
# weights where they matter ({numref}`tab-treeweights-merged` and {numref}`tab-treeweights-emulated`).

# %% lepsearch={"full": {"emulated_events": 200000, "seeds": [1, 2, 3, 4, 5], "train_events": 200000}, "learns": ["dark_higgs", "light_vector", "inelastic_eft", "diboson", "ttbar", "zjets_merged"], "reads": ["dilepton"]} nbmake={"mock": {"emulated_events": 1000, "estimators": 4, "least": [1.0, 30.0], "profile": "smoke", "ratios": [0.1], "seeds": [1, 2], "shares": [20.0], "train_events": 1000}} tags=["parameters"]
profile = "embedded"
# groups or samples of signals; trained on
models = ["dark_higgs", "light_vector", "inelastic_eft"]
# sample of a signal; the one that results are for
signal = "dh_hds_130"
# [100, 1e12]; events of the training part, at most, roughly
train_events = 10_000
# [100, 1e12]; the same for emulated weights
emulated_events = 5_000
# [1, 100000]; trees, at most
estimators = 100
# [1, 20]; splits on the way to a leaf, at most
depth = 6
# [0, 4294967295], two or more; one bootstrap sample of the training events each
seeds = [1, 2, 3]
# (0, 1e6] rising; least hessian of a leaf, the first the reference
least = [1.0, 10.0, 100.0]
# (0, 1e6] rising; signal over background in the sum of training weights
ratios = [0.001, 0.1, 10.0]
# (0, 24] %; emulated events of negative weight
shares = [5.0, 10.0, 20.0]

# %%
from dataclasses import replace

import numpy as np
import pandas as pd
import xgboost as xgb

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.split import PARTS
from lepsearch.learn import measures
from lepsearch.learn.cuts import panel
from lepsearch.learn.learning import learning_set
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.trees import Trees
from lepsearch.plotting.scores import side_by_side
from lepsearch.plotting.style import drawing, lines
from lepsearch.stats.estimate import total

dataset = Dataset.open(profile)
events = learning_set(dataset, models, train_events=train_events)
l2 = quoted.get("guevara.section_5_3_2.l2").value
trees = Trees(estimators, depth, l2=l2, patience=5, resampled=True)


# %% [markdown]
# The functions below train one tree ensemble per seed. Every weighting balances the classes, as the thesis's
# `scale_pos_weight` does: the sum of the signal's weights is that of the background's. The mean weight is one unless a scale is
# given. Training stops at the lowest loss of the validation set, in which weights keep their signs.


# %%
def training(events, seed, negative="clipped", scale=1.0, **settings):
    """Scores of the test part by trees of one seed."""
    train, validation, test = map(events.of, PARTS)
    order = np.random.default_rng(1).permutation(len(validation))
    validation = validation.take(np.sort(order[: len(train)]))
    weights, signed = (
        Weighting("signal_up_weighted", one) for one in (negative, "kept")
    )
    train = replace(train, training_weight=scale * weights(train))
    validation = replace(validation, training_weight=signed(validation))
    model = replace(trees, seed=seed, signed=negative == "kept", **settings)
    return model.fit(train, validation).scores(test).astype(float)


def trained(events, *options, **settings):
    """Scores of the test part by the trees of each seed."""
    return [training(events, one, *options, **settings) for one in seeds]


# %%
def counting(events, which):
    """The same events, of which some have a weight of one."""
    return replace(events, weight=np.where(which, 1.0, events.weight))


def above_half(label):
    """Percentage of a class with a score above one half."""

    def prepare(events, score):
        of, above = events.label == label, score > 0.5
        return lambda w: 100 * w[of & above].sum() / w[of].sum()

    return prepare


expected = counting(events, events.label)  # the thesis's code: signal 1
simulated = counting(events, np.ones(len(events), bool))
everything = events.of("test")
mine = everything.is_of(signal)
test = everything.take(mine)
signals, backgrounds = test.take(test.label), test.take(~test.label)
of_class = measures.class_sizes(test)
train = expected.of("train")

# %% [markdown]
# :::{table} Set-up of this chapter. Events are simulated events, copies included; the effective number of events is that of equal weight with the same relative uncertainty.
# :name: tab-treeweights-setup
#
# | quantity | value |
# |---|---|
# | profile, region | {eval}`profile`, dilepton |
# | features | {eval}`f"{len(events.names):d}"`, with the jets, absent ones left absent |
# | signal and background events, training part | {eval}`f"{train.label.sum():,d}"` and {eval}`f"{(~train.label).sum():,d}"` |
# | signal of the results | {eval}`dataset.labels[signal]` |
# | its test events, and effective | {eval}`f"{len(signals):,d}"` and {eval}`f"{of_class['effective']['signal']:,.0f}"` |
# | background test events, and effective | {eval}`f"{len(backgrounds):,d}"` and {eval}`f"{of_class['effective']['background']:,.0f}"` |
# | depth, trees, learning rate | {eval}`f"{depth:d}"`, at most {eval}`f"{estimators:d}"`, {eval}`f"{trees.learning_rate:g}"` |
# | $\lambda$, `min_child_weight` | {eval}`f"{l2:g}"` (thesis), {eval}`f"{trees.least_hessian:g}"` (XGBoost's default) |
# | trainings of each kind | {eval}`f"{len(seeds):d}"`, each on a bootstrap sample of the training events |
# :::
#
# All results are from the test set, in which all weights keep their signs. Nothing is random in the trees themselves. The
# uncertainties therefore combine the test events with the spread of trainings on bootstrap samples, and the same samples serve
# every weighting.
#
# ## What a weight does in a tree
#
# A tree sees weights through $g_i$ and $h_i$ of {eq}`eq-tree-derivatives`, and both are proportional to them. Three things
# follow from {eq}`eq-tree-leaf` and {eq}`eq-tree-gain`.
#
# - A constant on one class moves the log-odds of all events alike in the optimum, as for networks
#   ({eq}`eq-weighted-posterior`). XGBoost's `scale_pos_weight` is such a constant on the signal.
# - A constant $c$ on *all* weights cancels in $G^2/(H + \lambda)$ only if $\lambda$, $\gamma$ and `min_child_weight` are multiplied by
#   $c$ as well. Otherwise small weights mean strong regularisation.
# - With weights of both signs, $H$ is a small difference of large sums in small leaves.
#
# ## Figure 5.20: with and without physics weights
#
# In the thesis's code of the trees each signal event has a weight of one, and the background its physics weights.
# Events without a positive weight are left out. Section 5.3.1 also tries absolute weights and, as equation 5.3, normalised absolute weights,
#
# $$
# W_i \to |W_i| \, \frac{\sum_j W_j}{\sum_j |W_j|} .
# $$ (eq-normalised-absolute)
#
# The equation does not say which events the sums include. Over one class it restores the sum of weights of this class, which is
# right. Balancing the classes afterwards cancels this constant, so in a balanced training {eq}`eq-normalised-absolute` per class does
# exactly what absolute weights do. With sums over all events, signal and background get the same constant, and a `scale_pos_weight` from
# the signed sums leaves the signal too light.

# %%
background = train.weight[~train.label]
lightness = background.sum() / np.abs(background).sum()
figure_5_20 = {
    "none": trained(simulated),
    "positive only": trained(expected),
    "absolute": trained(expected, "absolute"),
    "absolute, 5.3 over all": trained(
        expected, "absolute", balance=lightness
    ),
    "signed": trained(expected, "kept"),
}

# %% mystnb={"figure": {"name": "tab-treeweights-figure"}}
statistics = {
    "physics-weighted AUC": (test, measures.auc_of),
    "unweighted AUC": (test.counted, measures.auc_of),
    "signal above ½ [%]": (test, above_half(True)),
    "background above ½ [%]": (test, above_half(False)),
}


def results(scores):
    """All four numbers of this chapter's signal, averaged over trainings."""
    found = [one[mine] for one in scores]
    return pd.Series({
        name: measures.averaged(statistic, of, found, replicas=30)
        for name, (of, statistic) in statistics.items()
    })  # fmt: skip


by_weights = pd.DataFrame({k: results(v) for k, v in figure_5_20.items()}).T
change = by_weights - by_weights.loc["none"]
shown = by_weights.copy()
shown.insert(1, "change", change["physics-weighted AUC"])
shown.insert(3, "change ", change["unweighted AUC"])
tables.styled(shown, "figure")

# %% [markdown] tags=["caption"]
# Training weights of balanced trees and the test set: AUC of the chapter's signal, its change relative to no weights on the same
# events, and the expected percentage of each class with a score above one half. Uncertainties are statistical, of test events and trainings.

# %% mystnb={"figure": {"name": "fig-treeweights-scores"}, "image": {"alt": "Three stacked histograms of the score on logarithmic axes, with the signal as a line: trained with positive weights, with absolute weights and without weights. The background falls from low to high scores in each."}} tags=["hide-input"]
edges = np.linspace(0, 1, 26)
drawn = {
    name: (panel(test, figure_5_20[name][0][mine], edges,
                 order=list(dataset.labels.values()))[0], None)
    for name in ("positive only", "absolute", "none")
}  # fmt: skip
luminosity = [dataset.luminosity_fb] * len(drawn)
side_by_side(
    drawn, luminosity_fb=luminosity, xlabels=["Score"] * 3, columns=3
)

# %% [markdown] tags=["caption"]
# Expected events by the score of trees trained with positive weights (left), absolute weights (middle) and no weights
# (right), first training, test set, as in figure 5.20 of the thesis. Compare the background near one.

# %%
with_weights = change.loc["positive only"]
more_background, more_signal = (
    with_weights[f"{one} above ½ [%]"] for one in ("background", "signal")
)
signed_change = (by_weights.loc["signed"] - by_weights.loc["positive only"])[
    "physics-weighted AUC"
]

# %% [markdown]
# {numref}`Table %s <tab-treeweights-figure>` and {numref}`fig-treeweights-scores` test three statements of the thesis.
#
# - *Weights make a significant difference.* {eval}`report.verdict(with_weights["unweighted AUC"], seen=f"They do for the unweighted AUC, which positive physics weights change by {with_weights['unweighted AUC']}.", unseen=f"No effect on the unweighted AUC is seen: positive physics weights change it by {with_weights['unweighted AUC']}.", undefined="The change of the unweighted AUC is undefined here.")`
#   {eval}`report.verdict(with_weights["physics-weighted AUC"], seen=f"The physics-weighted AUC, which counts for a search, changes by {with_weights['physics-weighted AUC']}.", unseen=f"No effect on the physics-weighted AUC, which counts for a search, is seen: it changes by {with_weights['physics-weighted AUC']}.", undefined="The change of the physics-weighted AUC is undefined here.")`
# - *With weights the trees learn the background extremely well and the signal less well.* At a score of one half, physics weights change the
#   share of the expected background above it by {eval}`more_background` percentage points and the share of the signal by
#   {eval}`more_signal`. {eval}`"This is the direction of the thesis." if more_background.sigmas < -2 and more_signal.sigmas < -2 else "The thesis's finding, which is lower shares of both, is not repeated."`
#   A possible reason is that physics weights give most of the balanced weight to frequent processes far from the signal, and less to the rare
#   ones close to it.
# - *There is no mathematical reason for these weights.* There is one: the mixture of background processes for which the score is
#   optimal ({numref}`Chapter %s <chap-sample-weights>`). Whether it matters depends on how different the mixtures are
#   and how well the signal is separated from all of them.
#
# Of the background events in training, {eval}`f"{100 * np.mean(background < 0):.1f}"` % have a negative weight. The constant of
# {eq}`eq-normalised-absolute` is {eval}`f"{lightness:.3f}"`; the closer it is to one, the less can the ways around negative weights
# differ. Signed weights change the physics-weighted AUC by {eval}`signed_change` relative to positive ones.
#
# ## How much of it is the scale of the weights?
#
# The classes are balanced in the thesis, but the scale of its weights differs between trainings. With its table 5.3, the mean weight is
# twice the background's sum of weights divided by the number of all events, both with and without physics weights. With XGBoost's `min_child_weight` of one, a leaf of
# events with $p = 1/2$ needs a sum of weights of four.

# %%
size = quoted.below("guevara.table_5_3")
n_s, n_b = (
    size[f"{one}.simulated"].value for one in ("signal", "background")
)
sums = {
    "none": n_b, "positive only": size["background.expected"].value
}  # fmt: skip
own = {name: 2 * one / (n_s + n_b) for name, one in sums.items()}
fewer = (n_s + n_b) / len(train)
scales = sorted([*own.values(), *(fewer * one for one in own.values())])
by_scale = {
    (name, scale): results(trained(of, scale=scale))
    for scale in scales
    for name, of in (("none", simulated), ("positive only", expected))
}

# %% mystnb={"figure": {"name": "fig-treeweights-scale"}, "image": {"alt": "AUC against the mean training weight on a logarithmic axis, physics-weighted on the left and unweighted on the right, with error bars, for training without weights and with positive physics weights."}} tags=["hide-input"]
with drawing(1, 2, figsize=(8.4, 3.6)) as (figure, grid):
    for axes, kind in zip(grid, list(statistics)[:2], strict=True):
        for i, (name, _, style) in enumerate(lines(own, "os")):
            points = [by_scale[name, scale][kind] for scale in scales]
            y, error = zip(*((p.value, p.error) for p in points), strict=True)
            x = np.array(scales) * (1 + 0.15 * i)
            axes.errorbar(x, y, error, label=name, capsize=2, ms=5, **style)
            axes.axvline(own[name], color=style["color"], lw=0.8, ls=":")
        axes.set(xscale="log", xlabel="Mean training weight", ylabel=kind)
    keys = grid[0].get_legend_handles_labels()
    figure.legend(*keys, loc="outside upper left", ncols=2)
figure

# %% [markdown] tags=["caption"]
# AUC of the test set against the mean training weight, with `min_child_weight` and $\lambda$ fixed, for training without weights and with
# positive physics weights. Thin dotted lines: the thesis's mean weights for each. Compare the change along
# a line with the distance between the lines.

# %% mystnb={"figure": {"name": "tab-treeweights-explained"}}
explained = {}
for words, factor in (("weight of an event", 1.0), ("sum of weights", fewer)):
    none, physics = (factor * one for one in own.values())
    reference = by_scale["none", none]
    steps = {
        "as in the thesis": by_scale["positive only", physics] - reference,
        "at the same scale": by_scale["positive only", none] - reference,
        "from the scale": by_scale["positive only", physics]
        - by_scale["positive only", none],
    }
    explained |= {(words, name): one for name, one in steps.items()}
explained = pd.DataFrame.from_dict(explained, orient="index")
tables.styled(explained, "explained")

# %% [markdown] tags=["caption"]
# Change of four numbers from training without weights to training with positive physics weights, with the thesis's two mean weights, with one mean
# weight for both, and the difference, which the scale alone makes. Upper half: the thesis's mean weight of an event;
# lower half: its sum of weights, so that a leaf needs the same share of all events.

# %%
from_scale = explained.loc[("weight of an event", "from the scale")]
in_thesis = explained.loc[("weight of an event", "as in the thesis")]
background_steps, signal_steps = (
    [of[f"{one} above ½ [%]"] for of in (in_thesis, from_scale)]
    for one in ("background", "signal")
)

# %% [markdown]
# The mean weight is {eval}`f"{own['none']:.2f}"` without and {eval}`f"{own['positive only']:.3f}"` with physics weights in the
# thesis, a factor of {eval}`f"{own['none'] / own['positive only']:.0f}"`. With the same weights of an event, the whole change of the unweighted AUC is
# {eval}`in_thesis["unweighted AUC"]`, of which the scale makes {eval}`from_scale["unweighted AUC"]`.
# {eval}`report.verdict(from_scale["unweighted AUC"], seen="The scale is a part of the difference, through regularisation.", unseen="No effect of the scale is seen in it.", undefined="The effect of the scale is undefined here.")`
#
# Figure 5.20 shows scores. The expected background above one half changes by {eval}`background_steps[0]` percentage points, of which the scale makes
# {eval}`background_steps[1]`. The signal above one half changes by {eval}`signal_steps[0]`, of which the scale makes {eval}`signal_steps[1]`.
# {eval}`report.verdict(background_steps[1], seen="A part of what figure 5.20 compares is therefore regularisation and not the mixture.", unseen="In the background no effect of the scale is seen.", undefined="The effect of the scale on the background is undefined here.")`
# The thesis has {eval}`f"{fewer:,.0f}"` times as many events. With the same weights of an event, a leaf needs the same number of events as in the thesis, and
# with the same sum of weights the same share of all events. {numref}`tab-treeweights-explained` has both.
#
# ## `scale_pos_weight` moves scores
#
# The thesis calls balance the only purpose of training weights. {numref}`Table %s <tab-treeweights-balance>` changes the balance and nothing else.

# %% mystnb={"figure": {"name": "tab-treeweights-balance"}}
by_ratio = {k: results(trained(expected, balance=k)) for k in ratios}
by_ratio[1.0] = by_weights.loc["positive only"]
by_ratio = pd.DataFrame(dict(sorted(by_ratio.items()))).T
by_ratio = by_ratio.rename_axis("signal over background").reset_index()
balance_areas = by_ratio["physics-weighted AUC"]
balanced = balance_areas[by_ratio["signal over background"] == 1.0].iloc[0]
by_ratio.insert(2, "change", balance_areas - balanced)
formats = {"signal over background": "g"}
tables.styled(by_ratio, "balance", **formats)

# %% [markdown] tags=["caption"]
# Ratio of the summed training weights of signal and background, as `scale_pos_weight` sets it, with positive physics weights. Changes are
# relative to balanced classes on the same events.

# %%
lightest = by_ratio.iloc[0]

# %% [markdown]
# In principle the order of events does not depend on the ratio, and a threshold of one half does. At a ratio of {eval}`f"{lightest.iloc[0]:g}"`,
# {eval}`lightest["signal above ½ [%]"]` % of the signal lie above one half, and the physics-weighted AUC changes by {eval}`lightest["change"]`.
# A light signal also has little hessian, so leaves of signal fail `min_child_weight` first. Balance is good for the regularisation. It is no reason to leave
# out physics weights.
#
# ## Genuine negative weights: merged $Z$+jets
#
# The ways around negative weights are best compared where many weights are negative. The merged $Z$+jets sample ({numref}`Chapter %s <chap-samples>`)
# subtracts events with a negative weight, so that adding a parton leaves the cross section as it was. Here it is the only background, and dibosons are the signal,
# as in {numref}`Chapter %s <chap-sample-weights>`. In training each diboson event has a weight of one, in evaluation its physics weight.

# %%
read = learning_set(dataset, ["diboson"], backgrounds=["zjets_merged"])
in_training = read.part == PARTS.index("train")
read = read.take(~read.label | ~in_training | (read.event % 8 == 0))
merged, judge = counting(read, read.label), read.of("test")
z_boson = merged.of("train").take(~merged.of("train").label)
negative_share = float(np.mean(z_boson.weight < 0))
constant = z_boson.weight.sum() / np.abs(z_boson.weight).sum()
z_sizes = measures.class_sizes(judge).loc["background"]

# %% [markdown]
# Of {eval}`f"{len(z_boson):,d}"` background events in training, {eval}`f"{100 * negative_share:.0f}"` % have a negative weight. The constant of
# {eq}`eq-normalised-absolute` is {eval}`f"{constant:.2f}"`. The {eval}`f"{z_sizes['simulated']:,.0f}"` background events of the test set are
# worth {eval}`f"{z_sizes['effective']:,.0f}"` of equal weight, which limits what this comparison can show.
#
# ## Resampling keeps expectations and uncertainties
#
# Negative weights can be removed before any training. Positive resampling {cite}`andersen2020` and neural resampling
# {cite}`nachman2020` replace signed events by positive ones with the same expectation everywhere in the space of features. We follow the
# second, with trees in place of the network. A classifier learns positive against negative events with weights $|w|$. From its score $q(x)$ follows the mean sign,
#
# $$
# r(x) = \frac{\mathrm{E}[w \mid x]}{\mathrm{E}[|w| \mid x]} = 2 q(x) - 1 .
# $$ (eq-mean-sign)
#
# *Reweighting* replaces $w$ by $|w|\, r(x)$. The sum of weights stays right on average, but the sum of their squares falls by $r^2$, and
# so uncertainties come out too small. *Resampling* keeps an event with the probability $r^2(x)$ and gives it the weight $|w| / r(x)$. On
# average the sum of weights is $r^2 |w| / r = |w|\, r$ and that of squares is $r^2 w^2 / r^2 = w^2$. Both are those of the signed
# events. A negative estimate of $r$ is set to zero.


# %%
def mean_sign(events):
    """Mean sign of the background at the place of each event, from 0."""
    parts = [events.of(one) for one in PARTS[:2]]
    parts = [one.take(~one.label) for one in parts]
    parts = [
        replace(
            one,
            label=one.weight > 0,
            training_weight=np.abs(one.weight) / np.abs(one.weight).mean(),
        )
        for one in parts
    ]
    found = Trees(estimators, 3).fit(*parts)
    return np.maximum(2 * found.scores(events).astype(float) - 1, 0)


def positive(events, sign, seed=None):
    """Events reweighted, or with a seed resampled; copies together."""
    size, r = np.abs(events.weight), np.where(events.label, 1.0, sign)
    if seed is None:
        return replace(events, weight=size * r)
    random = np.random.default_rng(seed)
    place = random.random(events.original.max() + 1)[events.original]
    kept = size / np.maximum(r, 1e-9)
    return replace(events, weight=np.where(place < r**2, kept, 0.0))


# %% mystnb={"figure": {"name": "tab-treeweights-closure"}}
sign = mean_sign(merged)
ways = {
    "signed": merged,
    "positive only": replace(merged, weight=np.maximum(merged.weight, 0)),
    "absolute": replace(merged, weight=np.abs(merged.weight)),
    "reweighted": positive(merged, sign),
    "resampled": positive(merged, sign, seeds[0]),
}
activity = merged.features[:, merged.names.index("ht")]
low = activity < np.median(activity[~merged.label])
negative = pd.Series(merged.weight < 0)[~merged.label]
by_activity = negative.groupby(low[~merged.label]).mean()
rows = {}
for name, of in ways.items():
    chosen = {
        "all": ~of.label,
        "low $H_T$": ~of.label & low,
        "high $H_T$": ~of.label & ~low,
    }
    rows[name] = {
        "events": int((of.of("test").take(~judge.label).weight != 0).sum())
    }
    for words, rows_of in chosen.items():
        part = of.take(rows_of).of("test")
        rows[name][words] = total(part.weight, part.original)
    rows[name]["effective"] = rows[name]["all"].effective
closure = pd.DataFrame.from_dict(rows, orient="index")
tables.styled(closure, "closure", effective=",.0f", events=",d")

# %% [markdown] tags=["caption"]
# Merged $Z$+jets of the test set: simulated events with a weight, expected events below and above the median $H_T$ of the sample, and effective number
# of events, before (signed) and after each treatment. The mean sign is learned on the training set. Compare values and
# uncertainties with those of the first row.

# %%
signed_all, reweighted_all, resampled_all = (
    closure["all"][one] for one in ("signed", "reweighted", "resampled")
)
too_small = reweighted_all.error / signed_all.error
right_size = resampled_all.error / signed_all.error

# %% [markdown]
# Positive and absolute weights change the yield, and the ratio of low to high $H_T$ with it ({numref}`tab-treeweights-closure`). A constant as in
# {eq}`eq-normalised-absolute` repairs the yield and not the ratio. Relative to signed events, the uncertainty of the yield is
# {eval}`f"{too_small:.2f}"` times as large after reweighting and {eval}`f"{right_size:.2f}"` times as large after resampling.
#
# ## Treatments of genuine negative weights


# %%
NEGATIVE = {
    "positive only": "clipped", "absolute": "absolute", "signed": "kept"
}  # fmt: skip
TREATMENTS = [*NEGATIVE, "reweighted", "resampled"]


def treated(events, seed, name, sign=None, **settings):
    """Scores of the test part by a treatment of negative weights."""
    if name in NEGATIVE:
        return training(events, seed, NEGATIVE[name], **settings)
    again = seed if name == "resampled" else None
    return training(positive(events, sign, again), seed)


found = {
    name: [treated(merged, seed, name, sign) for seed in seeds]
    for name in TREATMENTS
}
everyone = np.ones(len(merged), bool)
found["none"] = trained(counting(merged, everyone))
found["absolute, 5.3 over all"] = trained(
    merged, "absolute", balance=constant
)

# %% mystnb={"figure": {"name": "tab-treeweights-merged"}}
kinds = {
    "physics-weighted AUC": measures.auc_of,
    "dibosons above ½ [%]": above_half(True),
    "$Z$ above ½ [%]": above_half(False),
}
of_merged = pd.DataFrame(
    {
        name: {
            kind: measures.averaged(one, judge, scores)
            for kind, one in kinds.items()
        }
        for name, scores in found.items()
    }
).T
areas = of_merged["physics-weighted AUC"]
of_merged.insert(1, "change", areas - areas["positive only"])
tables.styled(of_merged, "merged")

# %% [markdown] tags=["caption"]
# Dibosons against merged $Z$+jets, test set with signed weights: AUC by treatment of negative weights in training, its change relative to positive
# weights on the same events, and the expected percentage of each class with a score above one half. Uncertainties are
# statistical, of test events and trainings.

# %%
reference = areas["positive only"]
shift = of_merged["dibosons above ½ [%]"]
shift = shift["absolute, 5.3 over all"] - shift["absolute"]
merged_change = of_merged["change"]

# %% [markdown]
# {eval}`report.verdict(merged_change["signed"], seen=f"Signed weights change the AUC by {merged_change['signed']} relative to positive ones, more than two standard deviations.", unseen=f"No effect of signed weights on the AUC is seen: relative to positive ones they change it by {merged_change['signed']}.", undefined="The change of the AUC by signed weights is undefined here.")`
# Absolute weights change it by {eval}`merged_change["absolute"]` and resampled ones by {eval}`merged_change["resampled"]`. With the sums of
# {eq}`eq-normalised-absolute` over all events, the AUC changes by {eval}`areas["absolute, 5.3 over all"] - areas["absolute"]` relative to sums over a
# class, and the dibosons above one half by {eval}`shift` percentage points: the constant acts as a `scale_pos_weight` of {eval}`f"{constant:.2f}"`.
#
# ## Signed weights in small leaves
#
# A leaf's answer is $-G/(H + \lambda)$. With positive weights and $\lambda = 0$, it lies between $-1/(1 - p)$ and $1/p$ for a common
# score $p$, so between $-2$ and $2$ in the first tree, whatever the weights are. With weights of both signs, a sum of background weights may cancel
# the signal's, $H$ comes close to zero and $G$ does not. The answer has no bound. Where $H$ is negative the parabola of
# {eq}`eq-tree-second` has no minimum, and XGBoost allows no such leaf.
#
# How large is a small leaf? Among $n$ background events of equal size with a share $f$ of negative ones, the sum of signs is
# $n (1 - 2 f)$ with a standard deviation of $\sqrt{4 f (1 - f)\, n}$. The two are equal at
#
# $$
# n_0 = \frac{4 f (1 - f)}{(1 - 2 f)^2} .
# $$ (eq-small-leaf)

# %%
part = merged.of("train")


def leaves(negative, least_hessian):
    """Events and answer of each leaf of the first tree."""
    weight = Weighting("signal_up_weighted", negative)(part)
    tree = replace(
        trees, estimators=1, learning_rate=1.0, patience=0, resampled=False,
        least_hessian=least_hessian, signed=negative == "kept",
    )  # fmt: skip
    booster = tree.fit(replace(part, training_weight=weight), part).booster
    matrix = xgb.DMatrix(part.features, feature_names=list(part.names))
    node = booster.predict(matrix, pred_leaf=True).ravel().astype(int)
    table = booster.trees_to_dataframe()
    answer = table[table["Feature"] == "Leaf"].set_index("Node")["Gain"]
    size = np.bincount(node, minlength=len(table))[answer.index]
    return pd.DataFrame({"events": size, "answer": answer})


first_trees = {
    (name, one): leaves(NEGATIVE[name], one)
    for name in ("positive only", "signed")
    for one in least
}
small = (
    4 * negative_share * (1 - negative_share) / (1 - 2 * negative_share) ** 2
)

# %% mystnb={"figure": {"name": "fig-treeweights-leaves"}, "image": {"alt": "Answer of each leaf of one tree against its number of training events on a logarithmic axis. Answers of the tree with positive weights lie between two dashed lines at plus and minus two; those of the tree with signed weights may lie outside."}} tags=["hide-input"]
pair = {
    name: first_trees[name, least[0]] for name in ("positive only", "signed")
}  # fmt: skip
with drawing(figsize=(7.2, 4.2)) as (figure, axes):
    for name, table, style in lines(pair, "o^"):
        style |= {"linestyle": "none", "ms": 5, "mfc": "none"}
        axes.plot(table["events"], table["answer"], label=name, **style)
    for bound in (-2, 2):
        axes.axhline(bound, color="#555555", lw=1, ls="--")
    axes.set(xscale="log", xlabel="Training events of the leaf")
    axes.set(ylabel="Answer of the leaf [log-odds]")
    axes.set_yscale("symlog", linthresh=2)
    far = 1.5 * max(2, *(one["answer"].abs().max() for one in pair.values()))
    ticks = [one for one in (0, 1, 2, 5, 10, 20, 50, 100) if one < far]
    ticks = [-one for one in ticks] + ticks[1:]
    axes.set_yticks(ticks, [f"{one:d}" for one in ticks])
    axes.set_ylim(-far, far)
    axes.legend(loc="best")
figure

# %% [markdown] tags=["caption"]
# Leaves of one tree on dibosons and merged $Z$+jets, with positive and with signed weights: answer against the number of
# training events, for the smallest `min_child_weight` of {numref}`tab-treeweights-least`. The dashed lines are the bounds for positive weights; the
# vertical axis is linear between them and logarithmic outside.

# %% mystnb={"figure": {"name": "tab-treeweights-least"}}
rows = {}
for one in least:
    row = {}
    for name in ("positive only", "signed"):
        table = first_trees[name, one]
        if one == trees.least_hessian:
            scores = found[name]  # as trained above
        else:
            scores = trained(merged, NEGATIVE[name], least_hessian=one)
        row |= {
            f"leaves, {name}": len(table),
            f"beyond 2, {name}": int((table["answer"].abs() > 2.001).sum()),
            f"AUC, {name}": measures.averaged(measures.auc_of, judge, scores),
        }
    row["difference"] = row["AUC, signed"] - row["AUC, positive only"]
    rows[f"{one:g}"] = row
by_least = pd.DataFrame.from_dict(rows, orient="index")
by_least = by_least.rename_axis("min_child_weight").reset_index()
tables.styled(by_least, "least")

# %% [markdown] tags=["caption"]
# Least hessian of a leaf, `min_child_weight`, for a mean weight of one: leaves of the first tree, leaves with an answer beyond the bound
# of positive weights, and AUC of complete trainings on the test set. The difference is that of signed and positive
# weights on the same events.

# %%
smallest, largest = by_least.iloc[0], by_least.iloc[-1]

# %% [markdown]
# Here $n_0$ is {eval}`f"{small:.0f}"` events. With the smallest `min_child_weight`, {eval}`f"{smallest['beyond 2, signed']:d}"` of {eval}`f"{smallest['leaves, signed']:d}"` leaves with signed weights
# answer beyond the bound ({numref}`fig-treeweights-leaves`). The AUC with signed weights differs from the one with positive weights by {eval}`smallest["difference"]` with the smallest and by {eval}`largest["difference"]` with
# the largest. {eval}`report.verdict(largest["difference"], seen="Large leaves alone do not repair signed weights.", unseen="In large leaves no disadvantage of signed weights is seen.", undefined="The difference in large leaves is undefined here.")`
#
# ## Emulated negative weights
#
# The merged sample has one share of negative weights and no known truth. The simulated top pairs of this book are of leading order. Negative weights as in
# calculations at next-to-leading order can be emulated for them. An event gets the weight $-w/(1 - 2f)$ with a probability $f$ and $+w/(1 - 2f)$
# otherwise. Its expectation is $w$ at every point, also where $f$ depends on the features. The emulation applies to the training and validation sets.
# The test set keeps its true weights, with which signed test weights would agree on average.
#
# In a first emulation $f$ is the same for all events. In the others it falls linearly with the rank in $H_T$, from twice the
# share to zero, a dependence like that of the merged sample: there {eval}`f"{100 * by_activity[True]:.0f}"` % are negative below the median $H_T$ of the sample and
# {eval}`f"{100 * by_activity[False]:.0f}"` % above.

# %%
read = learning_set(
    dataset, ["diboson"], backgrounds=["ttbar"], train_events=emulated_events
)
true, judge_true = counting(read, read.label), read.of("test")
in_test = read.part == PARTS.index("test")
activity = read.features[:, read.names.index("ht")]
rank = np.searchsorted(np.sort(activity[~read.label]), activity)
rank = rank / (~read.label).sum()


def emulated(share, along, seed):
    """Events with some negative weights, but for the test part."""
    f = np.full(len(true), share / 100)
    f = 2 * f * (1 - rank) if along else f
    random = np.random.default_rng(seed)
    place = random.random(true.original.max() + 1)[true.original]
    sign = np.where(place < f, -1, 1) / (1 - 2 * f)
    weight = np.where(true.label | in_test, true.weight, sign * true.weight)
    return replace(true, weight=weight)


# %%
forms = {f"same everywhere, {shares[-1]:g} %": (shares[-1], False)}
forms |= {f"falls with $H_T$, {one:g} %": (one, True) for one in shares}
large = f"signed, leaves of {least[-1]:g}"
options = {name: (name, {}) for name in TREATMENTS}
options[large] = ("signed", {"least_hessian": least[-1]})
truth = measures.averaged(measures.auc_of, judge_true, trained(true))
rows = {name: {} for name in options}
for words, form in forms.items():
    sets = {seed: emulated(*form, seed) for seed in seeds}
    signs = {seed: mean_sign(one) for seed, one in sets.items()}
    for row, (name, settings) in options.items():
        scores = [
            treated(sets[one], one, name, signs[one], **settings)
            for one in seeds
        ]
        area = measures.averaged(measures.auc_of, judge_true, scores)
        rows[row][words] = area - truth

# %% mystnb={"figure": {"name": "tab-treeweights-emulated"}}
by_share = pd.DataFrame.from_dict(rows, orient="index")
tables.styled(by_share, "emulated")

# %% [markdown] tags=["caption"]
# Dibosons against top pairs, test set: change of the physics-weighted AUC by emulated negative weights in training, relative to training with the true
# weights on the same events and bootstrap samples. Columns: average share of negative events, and whether it depends on
# $H_T$. Each training has its own random signs.

# %%
flat, steep = by_share.iloc[:, 0], by_share.iloc[:, -1]

# %% [markdown]
# With true weights the AUC is {eval}`truth`. Where the share of negative weights is the same everywhere, absolute weights are the true weights times
# a constant. Training with them can change only through the validation set that stops it: {numref}`tab-treeweights-emulated` shows
# {eval}`flat["absolute"]`. Where the share depends on a feature, absolute weights learn the density times $1/(1 - 2f)$, a wrong mixture.
# {eval}`report.verdict(steep["absolute"], seen=f"At the largest share they change the AUC by {steep['absolute']}.", unseen=f"No effect of this is seen: at the largest share they change the AUC by {steep['absolute']}.", undefined="Their effect is undefined here.")`
#
# Signed weights have the right mixture on average, and fluctuating leaves: they change the AUC by {eval}`steep["signed"]` at the largest share, and by
# {eval}`steep[large]` with large leaves. Reweighted events change it by {eval}`steep["reweighted"]` and resampled ones by {eval}`steep["resampled"]`.
# Resampling discards events on purpose, to leave no more than the signed sample is worth. A measurement needs this. A training needs
# the mean weight only, which reweighting gives without discarding.
#
# ## Summary and what comes next
#
# - Positive physics weights instead of none change the unweighted AUC by {eval}`with_weights["unweighted AUC"]` and the physics-weighted AUC by
#   {eval}`with_weights["physics-weighted AUC"]` ({numref}`tab-treeweights-figure`). The scale of the thesis's weights alone changes the background above
#   one half by {eval}`background_steps[1]` percentage points ({numref}`tab-treeweights-explained`).
# - Signed weights change the AUC against merged $Z$+jets by {eval}`smallest["difference"]` relative to positive weights with a `min_child_weight` of {eval}`f"{least[0]:g}"`, and by
#   {eval}`largest["difference"]` with the largest ({numref}`tab-treeweights-least`).
# - The uncertainty of the yield is {eval}`f"{right_size:.2f}"` times that of the signed events after resampling, and {eval}`f"{too_small:.2f}"` times after
#   reweighting ({numref}`tab-treeweights-closure`). The book clips or reweights training weights, and evaluates with signed ones.
#
# The algebra of scales, of {eq}`eq-normalised-absolute` and of small leaves holds for any sample. The sizes of the changes do not: they depend on how
# well the classes are separated, on the number of events and on where negative weights lie. {numref}`Table %s <tab-weights-treatments>` has the same three
# treatments for networks, which have no leaves and take signed weights without an objective of their own. One bias is the same for both:
# absolute weights learn a mixture that does not exist. How deep should trees be, and how many? {numref}`Chapter %s <chap-tree-grid>` varies both.

# %% tags=["remove-cell"]
kinds = {"raw": "unweighted AUC", "physics": "physics-weighted AUC"}
for name, kind in kinds.items():
    report.record(f"with_weights_{name}", with_weights[kind])
    report.record(f"from_scale_{name}", from_scale[kind])
report.record("over_all", shift)
weighed = with_weights["unweighted AUC"]
found = report.verdict(
    weighed, seen=f"agrees: weights change the AUC ({weighed})",
    unseen=f"differs: no effect of weights on the AUC is seen ({weighed})",
    undefined="too few events to tell",
)  # fmt: skip
report.record("guevara_figure_5_20", found)
