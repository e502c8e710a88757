# %% [markdown]
# (chap-sample-weights)=
# # Weights of events
#
# A simulated event is not an expected event: each has a weight, and samples differ in theirs by orders
# of magnitude. Should a network learn from simulated or from expected events, and in which of the two
# is it measured? The thesis {cite}`guevara2023` found that training with physics weights "crashes the
# whole network". This chapter repeats its search for dibosons, and finds out what happened.

# %% lepsearch={"full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5], "sgd_seeds": [1, 2, 3, 4, 5, 6, 7, 8]}, "learns": true, "reads": ["dilepton"]} nbmake={"mock": {"epochs": 3, "profile": "smoke", "seeds": [1], "sgd_seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
epochs = 40  # at most
seeds = [1, 2]
sgd_seeds = [1, 2, 3, 4]  # of trainings as in the thesis's code

# %%
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import grid, measures
from lepsearch.learn.architecture import Network
from lepsearch.learn.cuts import panel, share_above
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.training_weights import NEGATIVE, Weighting, balance
from lepsearch.plotting.scores import roc_curves, side_by_side
from lepsearch.stats.estimate import Estimate, total
from lepsearch.stats.roc import roc

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
stacking = list(dataset.labels.values())
diboson = learning_set(dataset, ["diboson"], features=WITHOUT_JETS)
models = ["dark_higgs", "light_vector", "inelastic_eft"]
mono_z = learning_set(dataset, models, features=WITHOUT_JETS)

deep = Network(
    layers=2, neurons=50, learning_rate=1e-3, batch_size=512, epochs=epochs,
    patience=8,
)  # fmt: skip
flat = Network(layers=0, learning_rate=0.02, batch_size=512, epochs=epochs)
store = dataset.workspace.build / "tuning" / "16_sample_weights"
words = {
    flat: "no hidden layer", deep: "two hidden layers", "unit": "none",
    "physics": "physics weights", "ratio": "background $n_s/n_b$",
}  # fmt: skip
schemes = ["unit", "physics", "ratio"]
thesis = {
    one: quoted.get(f"guevara.figure_5_6.{one}").value for one in schemes
}

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$, on the
# dilepton region and with the {eval}`f"{len(WITHOUT_JETS):d}"` features that no event lacks. Networks learn from the
# training part, stop by the validation part, and all numbers come from the test part, scaled to the
# whole sample. `lepsearch run 16_sample_weights --full` makes the page from more and longer trainings.
#
# ## What a weight does
#
# With weights $w_i$ the loss of $n$ events is $\sum_i w_i \ell_i / n$. It is divided by the number of
# events, in Keras and here, so weights that are all ten times smaller make a loss and a gradient ten
# times smaller. Where the weighted densities of
# signal and background are $s(x)$ and $b(x)$, the loss is smallest for the score
#
# $$
# y(x) = \frac{s(x)}{s(x) + b(x)} .
# $$ (eq-weighted-posterior)
#
# So a network trained with physics weights estimates the share of signal among *expected* events, and one
# trained without weights the share among *simulated* events, which nature doesn't know: it depends
# on how many events of each sample somebody chose to simulate. {numref}`Chapter %s <chap-balanced-weights>`
# derives {eq}`eq-weighted-posterior` and tests it.
#
# ## Unscaled and scaled
#
# First the thesis's figure 5.4: a network trained without weights to find any of the
# {eval}`f"{len(mono_z.signals):d}"` mono-$Z'$ models, {eval}`f"{mono_z.label.sum():,d}"` simulated events of them.

# %%
signals = np.isin(mono_z.sample_names, list(mono_z.signals))
summed = np.where(signals, "All $Z'$ models", mono_z.processes)
first = Experiment(replace(mono_z, processes=tuple(summed)), deep, store)
test, score = first.measured("test"), first.scores("test", seeds[0])
edges = np.linspace(0, 1, 26)
unscaled, _ = panel(test.counted, score, edges, order=stacking)
scaled, scan = panel(test, score, edges, order=stacking)

# %% mystnb={"figure": {"name": "fig-weights-scaled"}, "image": {"alt": "Two stacked histograms of the score from 0 to 1 on logarithmic axes. On the left all events count one each; on the right they are scaled, and the axis spans more decades."}} tags=["hide-input"]
side_by_side(
    {"counted": (unscaled, None), "expected": (scaled, scan)},
    luminosity_fb=[None, dataset.luminosity_fb],
)

# %% [markdown] tags=["caption"]
# Scores of a network trained without weights, in the test part: as simulated (left) and scaled to
# the luminosity (right; beneath, the significance of counting what is above a score). Of all
# signals together {eval}`f"{test.weight[test.label].sum():,.0f}"` events are expected, of the background
# {eval}`f"{test.weight[~test.label].sum():,.0f}"`.

# %%
sizes = balance(mono_z.label, mono_z.weight)
weights = np.abs(mono_z.weight[mono_z.weight != 0])
decades = np.ptp(np.log10(weights))

# %% [markdown]
# The two figures hold the same events. As simulated, the signal is {eval}`f"{sizes.raw:.2g}"` times the
# background; as expected, {eval}`f"{sizes.weighted:.1e}"` times: the weights span
# {eval}`f"{decades:.0f}"` decades. We agree with the thesis that only the second figure says anything about a search. One caution
# beyond it: this signal is the sum of models of which nature can have at most one, so its
# significance is nobody's sensitivity.
#
# ## A search for dibosons
#
# To learn about weights it is good to look for something that is known to exist. Dibosons are the
# signal now, {eval}`f"{diboson.label.sum():,d}"` simulated events, and all other processes the background,
# {eval}`f"{(~diboson.label).sum():,d}"`. In the form of the thesis's table 5.2, with the effective number of events,
# $(\sum w)^2/\sum w^2$, beside:


# %%
of_class = measures.class_sizes(diboson)
of_class.style.format("{:,.0f}")

# %%
half = diboson.take(diboson.event % 2 == 0)
half = measures.class_sizes(replace(half, weight=2 * half.weight))
product_half = half["product"]["signal"] / of_class["product"]["signal"]
printed = {
    name: quoted.get(f"guevara.table_5_2.{name}.simulated").value
    * quoted.get(f"guevara.table_5_2.{name}.expected").value
    for name in ("signal", "background")
}
printed_ratio = printed["background"] / printed["signal"]

# %% [markdown]
# The thesis multiplies simulated by expected events, and finds {eval}`f"{printed_ratio:.0f}"` times as
# much background as signal. The product measures nothing: it grows with the computing time that
# somebody had. Simulate half of the events, each of twice the weight, and as many are expected, but
# the signal's product is {eval}`f"{product_half:.2f}"` times what it was. No loss contains it. What a
# loss contains is the sum of the training weights of each class; how well a class is *known* is said
# by its effective events.
#
# Now the three weightings: none, physics weights, and a constant $n_s/n_b$ on the background, in
# networks of two hidden layers and of none. A network without hidden layers is a logistic
# regression; the thesis trained one by accident, and its figures 5.5 and 5.6 are of that one. Adam moves a number by about the learning rate
# a step, and with physics weights the constant term of a regression has far to go: its rate is larger than that of the deep network.

# %%
experiment = Experiment(diboson, deep, store)
test = experiment.measured("test")
simulated = test.counted
measure = {
    "AUC, simulated": lambda events, score: measures.auc(events.counted, score),
    "AUC, expected": measures.auc,
    "dibosons above ½ [%]": lambda events, score: 100 * share_above(events.counted, score, 0.5),
    "others above ½ [%]": lambda events, score: 100 * share_above(
        replace(events.counted, label=~events.label), score, 0.5
    ),
}  # fmt: skip
points = {"model": [flat, deep], "scheme": schemes}
averages = grid.means(experiment.grid(points, seeds, measure=measure), "test")
averages["highest score"] = [
    np.max(experiment.by_seed("test", seeds, model=model, scheme=scheme))
    for model, scheme in averages.index
]
averages.rename(index=words).style.format({"highest score": "{:.3g}"})

# %% [markdown]
# Areas under the ROC curve of simulated and of expected events; the shares of simulated dibosons and of other events with a
# score above one half; the highest score. Number of seeds: {eval}`f"{len(seeds):d}"`. All but the highest score, which is that of any seed, are means over
# them. The errors, here and below, are the statistical one of the {eval}`f"{len(diboson.of('test')):,d}"` test events and, with more
# seeds than one, that of the mean over them, in quadrature; so few seeds know the latter roughly.

# %%
found = {
    (one, scheme): experiment.scores(
        "test", seeds[0], model=one, scheme=scheme
    )
    for one, scheme in product((flat, deep), schemes)
}  # of the first training


def panels(scheme):
    """Validation plots of one weighting: no hidden layer, and two."""
    return {
        f"{words[model]}, trained with: {words[scheme]}": panel(
            test, found[model, scheme], edges, order=stacking
        )
        for model in (flat, deep)
    }


def curves(model, events):
    """ROC curves of the three weightings, and their areas."""
    first = {words[one]: found[model, one] for one in schemes}
    return roc_curves(
        {name: roc(one, events.label, events.weight) for name, one in first.items()},
        {name: measures.auc(events, one) for name, one in first.items()},
        title=words[model],
    )  # fmt: skip


# %% mystnb={"figure": {"name": "fig-diboson-unit"}, "image": {"alt": "Two stacked histograms of the score on logarithmic axes, the diboson signal as a line, with the significance of cuts beneath: no hidden layer on the left, two on the right."}} tags=["hide-input"]
side_by_side(panels("unit"), luminosity_fb=[dataset.luminosity_fb] * 2)

# %% [markdown] tags=["caption"]
# Diboson scores of the networks trained without weights, scaled to the luminosity: without hidden
# layers (left), as in figure 5.5 of the thesis, and with two (right).

# %% mystnb={"figure": {"name": "fig-diboson-weighted"}, "image": {"alt": "Four stacked histograms of the score on logarithmic axes with significance panels: no hidden layer on the left, two on the right; physics weights above, a constant on the background below."}} tags=["hide-input"]
four = panels("physics") | panels("ratio")
side_by_side(four, luminosity_fb=[dataset.luminosity_fb] * 4)

# %% [markdown] tags=["caption"]
# The same trained with physics weights (above) and with a constant on the background (below);
# figure 5.5, b and c. With physics weights a score is the share of dibosons among expected events,
# which is small for most.

# %% mystnb={"figure": {"name": "fig-diboson-roc-flat"}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes, for networks without hidden layers in simulated events; their areas are in the table below."}} tags=["hide-input"]
curves(flat, simulated)

# %% [markdown] tags=["caption"]
# ROC curves of the three networks without hidden layers in simulated events, as in figure 5.6 of
# the thesis, with areas and their statistical errors (one training each).

# %% mystnb={"figure": {"name": "fig-diboson-roc"}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes, for networks with two hidden layers in expected events; their areas are in the table below."}} tags=["hide-input"]
curves(deep, test)

# %% [markdown] tags=["caption"]
# ROC curves of the three networks with two hidden layers in expected events, with areas and their
# statistical errors (one training each).

# %%
area = {
    (model, scheme, kind): experiment.average(
        measures.auc_of, "test", seeds, counted=kind == "simulated", model=model,
        scheme=scheme,
    )
    for model, scheme, kind in product((flat, deep), schemes, ("simulated", "expected"))
}  # fmt: skip
change = {
    (model, scheme, kind): one - area[model, "unit", kind]
    for (model, scheme, kind), one in area.items()
}
by_layers = {
    (scheme, kind): area[deep, scheme, kind] - area[flat, scheme, kind]
    for scheme, kind in product(schemes, ("simulated", "expected"))
}
least, *_, most = sorted(by_layers, key=lambda one: by_layers[one].value)
compared = pd.DataFrame({"thesis, no hidden layer, simulated": thesis})
for model, kind in product((flat, deep), ("simulated", "expected")):
    compared[f"{words[model]}, {kind}"] = averages[f"AUC, {kind}"][model]
compared.rename(index=words).style.format({compared.columns[0]: "{:.2f}"})

# %%
truth = total(np.where(test.label, test.weight, 0.0), test.original)
predicted = {
    (model, scheme): total(test.weight * found[model, scheme], test.original)
    for model, scheme in product((flat, deep), ("unit", "physics"))
}

# %% [markdown]
# What the thesis claims, and what is found here. Changes are against no weights, on the same events, with errors by
# bootstrap and, with more seeds than one, that of the mean over them:
#
# - *Physics weights give the worst result.* In simulated events they change the area by {eval}`f"{change[flat, 'physics', 'simulated']:.4f}"`
#   without hidden layers, the network of the thesis, and by {eval}`f"{change[deep, 'physics', 'simulated']:.4f}"` with two. In expected
#   events, the only ones that a search meets, the changes are {eval}`f"{change[flat, 'physics', 'expected']:.4f}"` and
#   {eval}`f"{change[deep, 'physics', 'expected']:.4f}"`. A network learns for the mixture that it is trained on, and is best there if it is
#   flexible enough, which a linear score need not be; the thesis trained on one mixture and measured on another. No training
#   crashes here.
# - *The network predicts no diboson events.* With physics weights, {eval}`f"{averages['dibosons above ½ [%]'][flat, 'physics']:.1f}"` % of the
#   simulated dibosons score above one half without hidden layers, and {eval}`f"{averages['dibosons above ½ [%]'][deep, 'physics']:.1f}"` % with two. A low share is no failure: one half is where signal
#   and background are equally likely, and a rare signal rarely gets there. A network that is right
#   about {eq}`eq-weighted-posterior` predicts the *number* of dibosons as the sum of the scores of all
#   expected events: {eval}`predicted[flat, 'physics']` without hidden layers and {eval}`predicted[deep, 'physics']` with two (one training each), where there are
#   {eval}`truth`. The error of the sum has most of its events in common with that of the truth and of the other sum.
#   A linear score gets this right as well where its training is at an end: the derivative of the loss by its constant term is the sum of scores minus
#   the signal in the training part, each with its weight, and vanishes at the optimum. Trained without
#   weights the same sums are {eval}`predicted[flat, 'unit']` and {eval}`predicted[deep, 'unit']`: a score learned from simulated events is no
#   probability in nature.
# - *The constant $n_s/n_b$ does worse than no weights.* It multiplies one class by a constant, so it
#   changes no order of the scores in principle, if the network can follow {eq}`eq-weighted-posterior`. In expected events it changes the area by
#   {eval}`f"{change[flat, 'ratio', 'expected']:.4f}"` without hidden layers and by {eval}`f"{change[deep, 'ratio', 'expected']:.4f}"` with two; in simulated ones, as in the thesis, by
#   {eval}`f"{change[flat, 'ratio', 'simulated']:.4f}"` and {eval}`f"{change[deep, 'ratio', 'simulated']:.4f}"`.
# - *Zero hidden layers.* The thesis suspects that its accident is part of the poor results. Two hidden
#   layers change the area by {eval}`f"{by_layers[least]:.3f}"` at the least ({eval}`f"{words[least[0]]}, {least[1]} events"`) and by {eval}`f"{by_layers[most]:.3f}"`
#   at the most ({eval}`f"{words[most[0]]}, {most[1]} events"`). But the lack of layers explains no
#   area below one half: without them we find {eval}`f"{averages['AUC, simulated'][flat, 'physics']:.3f}"`, where the thesis has {eval}`f"{thesis['physics']:.2f}"`. The
#   optimiser may.
#
# ### The optimiser of the thesis
#
# The public code trains its diboson networks with plain SGD and not with Adam. A step of Adam has the
# size of the learning rate; a step of SGD is the learning rate times the gradient, and with it
# proportional to the mean weight. The thesis's steps, mean weights and learning rate, without a hidden layer:

# %%
code = quoted.below("guevara.code_diboson")
of_table = quoted.below("guevara.table_5_2")
n_s, n_b, w_s, w_b = (
    of_table[f"{part}.{kind}"].value
    for kind in ("simulated", "expected") for part in ("signal", "background")
)  # fmt: skip
in_training = quoted.get("guevara.text_5_2.training_fraction").value * (
    n_s + n_b
)
batches = int(np.ceil(in_training / code["batch"].value))
sgd = Network(
    layers=0, optimizer="SGD", learning_rate=code["learning_rate"].value,
    epochs=int(code["epochs"].value), patience=int(code["epochs"].value),
    batch_size=-(-len(diboson.of("train")) // batches), normalise_weights=False,
)  # fmt: skip
scale = {
    "unit": 1.0, "physics": (w_s + w_b) / (n_s + n_b), "ratio": 2 * n_s / (n_s + n_b),
}  # fmt: skip
as_code = replace(
    experiment, model=sgd, weighting=Weighting(mean_weight=scale)
)
choices = {words[one]: {"scheme": one} for one in schemes}
choices["untrained"] = {"epochs": 1, "learning_rate": 1e-9}
counted = {"auc": measure["AUC, simulated"]}
by_sgd = grid.summary(
    as_code.named(choices, sgd_seeds, measure=counted), "test_auc"
).set_index("choice").loc[list(choices)]  # fmt: skip

# %% mystnb={"figure": {"name": "tab-weights-sgd"}}
compared = by_sgd[["estimate", "spread"]].rename(columns={"estimate": "SGD"})
compared["Adam"] = averages.rename(index=words)["AUC, simulated"][words[flat]]
compared["thesis"] = pd.Series(thesis).rename(words)
tables.styled(compared, "sgd", spread=".3f", thesis=".2f")

# %% [markdown] tags=["caption"]
# AUC in simulated events without a hidden layer, by training weights and optimiser: the mean over
# {eval}`f"{len(sgd_seeds):d}"` initial weights of SGD, the spread of single trainings, the network trained with Adam above, and the thesis.
# Compare physics weights with the untrained network.

# %%
untrained, by_physics = by_sgd["estimate"][["untrained", words["physics"]]]
off = (thesis["physics"] - untrained.value) / by_sgd["spread"]["untrained"]

# %% [markdown]
# After {eval}`f"{batches * sgd.epochs:d}"` steps with physics weights, SGD reaches an AUC of {eval}`by_physics`; the untrained networks have
# {eval}`untrained`. The thesis's value is {eval}`f"{abs(off):.1f}"` spreads of a single untrained network away from their mean: {eval}`"it can't be told from that of a network that has hardly learned" if abs(off) < 2 else "the initial weights alone do not explain it"`.
#
# ## Negative weights
#
# Matching of matrix elements and parton showers, and calculations beyond leading order, make events of negative weight,
# which cancel others. In an evaluation they must stay: a sum of weights with all signs estimates a
# yield, and without the negative ones it estimates nothing. Section 5.3.1 of the thesis removes them for its boosted trees alone, which can't take them, and the public code does
# so in both parts; its networks keep them. For each process that has
# any:

# %%
names = np.unique(diboson.groups)
processes = [diboson.take(diboson.groups == one) for one in names]
cancelled = pd.DataFrame([
    {
        "process": one.groups[0],
        "simulated": len(one),
        "negative": np.mean(one.weight < 0),
        "expected": total(one.weight, one.original),
        "without negative ones": total(np.maximum(one.weight, 0.0), one.original),
    }
    for one in processes
    if (one.weight < 0).any()
])  # fmt: skip
cancelled.style.format({"simulated": "{:,}", "negative": "{:.0%}"}).hide()

# %%
with_negative, without_negative = (
    cancelled[name].iloc[0] if len(cancelled) else Estimate(np.nan, np.nan)
    for name in ("expected", "without negative ones")
)
positive = test.weight > 0
with_all = measures.auc(test, found[deep, "physics"])
without = measures.auc(test.take(positive), found[deep, "physics"][positive])

# %% [markdown]
# Without the negative events $Z$+jets would be {eval}`without_negative` events instead of {eval}`with_negative`. The
# area under the ROC curve of the physics-weighted network notices less, {eval}`f"{without:.3f}"` instead of
# {eval}`f"{with_all:.3f}"`, since both sets look alike to it; a significance would take the wrong yield as it is.
#
# In training it is different. A loss with negative weights is unbiased, but on a finite sample it has no lower bound: where
# a network can put a negative event alone, it gains by being as wrong as possible about it. Three
# treatments, with the sum of each class kept:

# %%
treatments = {"negative": list(NEGATIVE), "scheme": ["physics"]}
grid.means(experiment.grid(treatments, seeds, measure=measure), "test")

# %%
pd.Series(NEGATIVE, name="what it does").rename_axis("treatment").to_frame()

# %%
areas = {
    one: experiment.average(measures.auc_of, "test", seeds, scheme="physics", negative=one)
    for one in NEGATIVE
}  # fmt: skip

# %% [markdown]
# The errors in the table are of the same kind as above, and don't say how well the treatments can be told apart, since all
# are measured on the same events. Against clipped weights, the area in expected events changes by
# {eval}`f"{areas['absolute'] - areas['clipped']:.4f}"` with weights taken by their size, and by {eval}`f"{areas['kept'] - areas['clipped']:.4f}"` with weights left
# negative: means over the seeds, with the error by bootstrap of these events and, with more seeds than one, that of
# the mean over them, which so few know roughly. This book clips in training, where the loss then has a lower bound,
# and keeps every sign in evaluation.
#
# ## What was found, and what comes next
#
# Training weights decide which mixture of events a network learns for, and evaluation weights decide on
# which mixture it is judged. With two hidden layers, physics weights give an area of {eval}`f"{averages['AUC, simulated'][deep, 'physics']:.3f}"` in simulated events, against
# {eval}`f"{averages['AUC, simulated'][deep, 'unit']:.3f}"` without weights; in expected events {eval}`f"{averages['AUC, expected'][deep, 'physics']:.3f}"`, against {eval}`f"{averages['AUC, expected'][deep, 'unit']:.3f}"`. A score far below one half is no failure, and a product of simulated and expected events no measure.
# For a signal much rarer than dibosons, physics weights do run into trouble.
# {numref}`Chapter %s <chap-balanced-weights>` says which, and what balancing does about it.

# %% tags=["remove-cell"]
for scheme in ("unit", "physics"):
    report.record(f"thesis_{scheme}", thesis[scheme], ".2f")
    for name, kind in (("raw", "simulated"), ("physics", "expected")):
        found = averages[f"AUC, {kind}"][deep, scheme]
        report.record(f"deep_{scheme}_{name}", found, ".3f")
report.record("sgd_physics", by_physics)
report.record("untrained", untrained)
report.record("with_negative", with_negative)
report.record("without_negative", without_negative)
