# %% [markdown]
# (chap-sample-weights)=
# # Weights of events
#
# Should a network learn from simulated or from expected events, and with which of the two should it be
# measured? A simulated event represents a number of expected events, its weight, and weights differ by orders of
# magnitude between samples. The draft of {cite}`guevara2023`, called the thesis in this chapter, found that training with physics
# weights "crashes the whole network". This chapter repeats its search for dibosons:
# {numref}`tab-weights-auc` compares three weightings, and {numref}`tab-weights-sgd` tests whether the
# optimiser explains the thesis's result.

# %% lepsearch={"full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5], "sgd_seeds": [1, 2, 3, 4, 5, 6, 7, 8], "train_events": 1000000000}, "learns": ["dark_higgs", "light_vector", "inelastic_eft"], "reads": ["dilepton"]} nbmake={"mock": {"epochs": 3, "profile": "smoke", "seeds": [1], "sgd_seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# [1, 100000]; at most
epochs = 40
# [0, 4294967295]; one training each
seeds = [1, 2]
# [100, 1e12]; events of the training part, at most, roughly
train_events = 25_000
# [0, 4294967295], two or more; of trainings as in the thesis's code
sgd_seeds = [1, 2, 3, 4]

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
models = ["dark_higgs", "light_vector", "inelastic_eft"]
of = {"features": WITHOUT_JETS, "train_events": train_events}
diboson = learning_set(dataset, ["diboson"], **of)
whole = learning_set(dataset, ["diboson"], features=WITHOUT_JETS)
mono_z = learning_set(dataset, models, **of)

both = {"batch_size": 512, "epochs": epochs}
deep = Network(layers=2, neurons=50, learning_rate=1e-3, patience=8, **both)
flat = Network(layers=0, learning_rate=0.02, **both)
store = dataset.workspace.build / "tuning" / "16_sample_weights"
words = {
    flat: "no hidden layer", deep: "two hidden layers", "unit": "none",
    "physics": "physics weights", "ratio": "background $n_s/n_b$",
}  # fmt: skip
schemes = ["unit", "physics", "ratio"]
printed = quoted.below("guevara.figure_5_6")
thesis = {one: printed[one].value for one in schemes}

# %% [markdown]
# ```{table} Set-up of this chapter. Events are simulated events, copies included; the effective number of events is that of equal weight with the same relative uncertainty.
# :name: tab-weights-setup
#
# | | |
# |---|---|
# | profile, luminosity | *{eval}`profile`*, {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | region, features | dilepton, the {eval}`f"{len(WITHOUT_JETS):d}"` that every event has |
# | search for dibosons: training and test events | {eval}`f"{len(diboson.of('train')):,d}"` and {eval}`f"{len(diboson.of('test')):,d}"` |
# | search for mono-$Z'$ models: samples, signal events | {eval}`f"{len(mono_z.signals):d}"`, {eval}`f"{mono_z.label.sum():,d}"` |
# | trainings of each kind, epochs | {eval}`f"{len(seeds):d}"`, at most {eval}`f"{epochs:d}"` |
# | trainings with SGD | {eval}`f"{len(sgd_seeds):d}"` |
# ```
#
# The validation set stops the training. All results are from the test set, scaled to the whole sample. The learning curve of
# {numref}`Chapter %s <chap-padding>` shows the effect of the number of training events.
# `lepsearch run 16_sample_weights --full` makes more and longer trainings on all events.
#
# ## Training weights decide which probability a network learns
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
# A network trained with physics weights estimates the share of signal among *expected* events. Trained
# without weights it estimates the share among *simulated* events, which has no meaning in nature: it depends
# on how many events of each sample were simulated. {numref}`Chapter %s <chap-balanced-weights>`
# derives {eq}`eq-weighted-posterior` and tests it.
#
# ## Scores of simulated and of expected events
#
# {numref}`Figure %s <fig-weights-scaled>` repeats the thesis's figure 5.4, with a network trained without weights to find any of the
# mono-$Z'$ models.

# %%
signals = np.isin(mono_z.sample_names, list(mono_z.signals))
summed = np.where(signals, "All $Z'$ models", mono_z.processes)
first = Experiment(replace(mono_z, processes=tuple(summed)), deep, store)
test, score = first.measured("test"), first.scores("test", seeds[0])
edges = np.linspace(0, 1, 26)
unscaled, _ = panel(test.counted, score, edges, order=stacking)
scaled, scan = panel(test, score, edges, order=stacking)

# %% mystnb={"figure": {"name": "fig-weights-scaled"}, "image": {"alt": "Two stacked histograms of the score from 0 to 1 on logarithmic axes. On the left all events count one each; on the right they are scaled, and the axis spans more decades."}} tags=["hide-input"]
both = {"counted": (unscaled, None), "expected": (scaled, scan)}
side_by_side(both, luminosity_fb=[None, dataset.luminosity_fb])

# %% [markdown] tags=["caption"]
# Scores of a network trained without weights, test set: as simulated (left) and scaled to the
# luminosity (right). Beneath the right-hand figure: significance of counting the events above a score.

# %%
sizes = balance(mono_z.label, mono_z.weight)

# %% [markdown]
# Both figures show the same events. As simulated, the signal is {eval}`f"{sizes.raw:.2g}"` times the
# background; as expected, it is {eval}`f"{sizes.weighted:.1e}"` times the background: how many events
# are simulated has nothing to do with the cross sections. We agree with the thesis that only the second figure says anything about a
# search. This signal sums models of which nature has at most one, so its significance is no
# sensitivity to any of them.
#
# ## A search for dibosons
#
# Weights are best studied with a signal that is known to exist. Dibosons are now the signal and all other
# processes the background, as in {numref}`tab-weights-classes`.


# %% mystnb={"figure": {"name": "tab-weights-classes"}}
of_class = measures.class_sizes(whole)
tables.styled(of_class, "classes", ",.0f", simulated=",d", product=".4g")

# %% [markdown] tags=["caption"]
# All simulated and expected events of both classes, of all sets, and their product, as in the thesis's table 5.2, and the
# effective number of events.

# %%
half = whole.take(whole.event % 2 == 0)
half = measures.class_sizes(replace(half, weight=2 * half.weight))
product_half = half["product"]["signal"] / of_class["product"]["signal"]
of_table = quoted.below("guevara.table_5_2")
n_s, n_b, w_s, w_b = (
    of_table[f"{part}.{kind}"].value
    for kind in ("simulated", "expected") for part in ("signal", "background")
)  # fmt: skip

# %% [markdown]
# The thesis multiplies simulated by expected events and finds
# {eval}`f"{n_b * w_b / (n_s * w_s):.0f}"` times as much background as signal. The product measures nothing,
# since it grows with the computing time spent: with half of the simulated events, each of twice the weight, the
# expected number stays and the signal's product is multiplied by {eval}`f"{product_half:.2f}"`. No loss contains it.
# The loss contains the sum of the {term}`training weights <training weight>` of each class, and the effective number of events says how
# well a class is known.
#
# ## Three training weights, with and without hidden layers
#
# {numref}`Table %s <tab-weights-scores>` compares no weights, physics weights and a constant $n_s/n_b$ on the
# background, for networks with no and with two hidden layers. Without hidden layers a network is a logistic
# regression, which the thesis trained by accident and shows in its figures 5.5 and 5.6. Adam changes a parameter by
# about the learning rate per step. With physics weights the constant term of the regression has far to go,
# so the regression has a larger learning rate than the deep network.

# %% mystnb={"figure": {"name": "tab-weights-scores"}}
experiment = Experiment(diboson, deep, store)
test = experiment.measured("test")
simulated = test.counted
measure = {
    "unweighted AUC": lambda events, score: measures.auc(events.counted, score),
    "physics-weighted AUC": measures.auc,
    "dibosons above ½ [%]": lambda events, score: 100 * share_above(
        events.counted, score, 0.5
    ),
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
formats = {"highest score": ".3g"}
tables.styled(averages.rename(index=words), "weights-scores", **formats)

# %% [markdown] tags=["caption"]
# Networks by hidden layers and training weights, test set: AUC, shares of simulated dibosons and of other simulated events with a
# score above one half, and the highest score of any training. Uncertainties are statistical, of events and
# trainings.

# %%
first = {"part": "test", "seed": seeds[0]}
found = {
    (one, scheme): experiment.scores(**first, model=one, scheme=scheme)
    for one, scheme in product((flat, deep), schemes)
}


def panels(scheme):
    """Validation plots of one weighting: no hidden layer, and two."""
    return {
        f"{words[model]}, trained with: {words[scheme]}": panel(
            test, found[model, scheme], edges, order=stacking
        )
        for model in (flat, deep)
    }


def curves(model, events):
    """ROC curves of the three weightings, and their AUC."""
    first = {words[one]: found[model, one] for one in schemes}
    return roc_curves(
        {
            name: roc(one, events.label, events.weight)
            for name, one in first.items()
        },
        {name: measures.auc(events, one) for name, one in first.items()},
        title=words[model],
    )  # fmt: skip


# %% mystnb={"figure": {"name": "fig-diboson-unit"}, "image": {"alt": "Two stacked histograms of the score on logarithmic axes, the diboson signal as a line, with the significance of cuts beneath: no hidden layer on the left, two on the right."}} tags=["hide-input"]
side_by_side(panels("unit"), luminosity_fb=[dataset.luminosity_fb] * 2)

# %% [markdown] tags=["caption"]
# Expected events by diboson score of the networks trained without weights: no hidden layer (left), as in
# figure 5.5 of the thesis, and two (right). Beneath: significance of a cut.

# %% mystnb={"figure": {"name": "fig-diboson-weighted"}, "image": {"alt": "Four stacked histograms of the score on logarithmic axes with significance panels: no hidden layer on the left, two on the right; physics weights above, a constant on the background below."}} tags=["hide-input"]
four = panels("physics") | panels("ratio")
side_by_side(four, luminosity_fb=[dataset.luminosity_fb] * 4)

# %% [markdown] tags=["caption"]
# As {numref}`fig-diboson-unit`, trained with physics weights (above) and with a constant on the background (below);
# the thesis's figure 5.5, b and c. With physics weights a score estimates the share of dibosons among expected events.

# %% mystnb={"figure": {"name": "fig-diboson-roc-flat"}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes, for networks without hidden layers in simulated events."}} tags=["hide-input"]
curves(flat, simulated)

# %% [markdown] tags=["caption"]
# Unweighted ROC curves of the networks without hidden layers, as in the thesis's figure 5.6, with AUC and
# statistical uncertainty of the first training.

# %% mystnb={"figure": {"name": "fig-diboson-roc"}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes, for networks with two hidden layers in expected events."}} tags=["hide-input"]
curves(deep, test)

# %% [markdown] tags=["caption"]
# Physics-weighted ROC curves of the networks with two hidden layers, with AUC and statistical uncertainty
# of the first training.

# %% mystnb={"figure": {"name": "tab-weights-auc"}}
auc_of, area = measures.auc_of, {}
for k in product((flat, deep), schemes, ("unweighted", "physics-weighted")):
    of = {"model": k[0], "scheme": k[1], "counted": k[2] == "unweighted"}
    area[k] = experiment.average(auc_of, "test", seeds, **of)
rows = {(kind, words[scheme]): {} for *_, kind in area for scheme in schemes}
for (model, scheme, kind), one in area.items():
    change = one - area[model, "unit", kind] if scheme != "unit" else np.nan
    row = {words[model]: one, f"change, {words[model]}": change}
    row["thesis, no hidden layer"] = thesis[scheme]
    rows[kind, words[scheme]] |= row
compared = pd.DataFrame.from_dict(rows, orient="index")
compared.loc["physics-weighted", "thesis, no hidden layer"] = np.nan
formats = {"thesis, no hidden layer": ".2f"}
tables.styled(compared, "weights-auc", **formats)

# %% [markdown] tags=["caption"]
# AUC of the test set by training weights, unweighted and physics-weighted, for networks with no and with two hidden
# layers. Changes are relative to no training weights on the same events. Uncertainties are statistical, of events and
# trainings.

# %%
with_physics = [area[one, "physics", "unweighted"] for one in (flat, deep)]
worst = min(one.by_seed.min() for one in with_physics)
truth = total(np.where(test.label, test.weight, 0.0), test.original)
weighed = {key: test.weight * one for key, one in found.items()}
predicted = {key: total(one, test.original) for key, one in weighed.items()}

# %% [markdown]
# ```{table} Sum of the scores of all expected events, which estimates the number of dibosons if a score is a probability; first training, statistical uncertainties, of mostly the same events.
# :name: tab-weights-sums
#
# | training weights | no hidden layer | two hidden layers |
# |---|---|---|
# | physics weights | {eval}`predicted[flat, 'physics']` | {eval}`predicted[deep, 'physics']` |
# | none | {eval}`predicted[flat, 'unit']` | {eval}`predicted[deep, 'unit']` |
# | expected dibosons | {eval}`truth` | {eval}`truth` |
# ```
#
# {numref}`Tables %s <tab-weights-scores>`, {numref}`%s <tab-weights-auc>` and {numref}`%s <tab-weights-sums>` test four claims
# of the thesis.
#
# - *Physics weights give the worst result.* Without hidden layers, as in the thesis, they change the unweighted AUC by
#   {eval}`area[flat, "physics", "unweighted"] - area[flat, "unit", "unweighted"]` and the
#   physics-weighted AUC, which counts for a search, by
#   {eval}`area[flat, "physics", "physics-weighted"] - area[flat, "unit", "physics-weighted"]`. A network is optimal for the
#   mixture it is trained on if it is flexible enough, which a linear score need not be. The thesis trained on
#   one mixture and measured on another. {eval}`"No training crashes here." if worst > 0.5 else "A training does no better than chance here."`
# - *The network predicts no diboson events.* With physics weights and two hidden layers,
#   {eval}`f"{averages['dibosons above ½ [%]'][deep, 'physics']:.1f}"` % of the simulated dibosons score above one half.
#   A low share is no failure: at one half, signal and background are equally likely, which is rare for a rare
#   signal. A network that follows {eq}`eq-weighted-posterior` predicts the *number* of
#   dibosons as the sum of scores of all expected events. A regression does so as well at its optimum,
#   where the derivative of the loss by the constant term, the sum of scores minus the signal, vanishes. Without
#   training weights a score is no probability in nature, and neither is its sum a number of events.
# - *The constant $n_s/n_b$ does worse than no weights.* It multiplies one class by a constant, so it
#   does not change the order of scores of a network that can follow {eq}`eq-weighted-posterior`. The physics-weighted AUC changes by
#   {eval}`area[flat, "ratio", "physics-weighted"] - area[flat, "unit", "physics-weighted"]` without hidden layers and by
#   {eval}`area[deep, "ratio", "physics-weighted"] - area[deep, "unit", "physics-weighted"]` with two.
# - *The missing hidden layers are part of the poor results.* With physics weights, two hidden layers change the unweighted AUC by
#   {eval}`area[deep, "physics", "unweighted"] - area[flat, "physics", "unweighted"]`. Without them it is
#   {eval}`area[flat, "physics", "unweighted"]` here and {eval}`f"{thesis['physics']:.2f}"` in the thesis. The next section tests
#   another cause.
#
# ## Does the optimiser explain the thesis's result?
#
# The public code trains its diboson networks with plain SGD and not with Adam. A step of Adam has the
# size of the learning rate. A step of SGD is the learning rate times the gradient, and so
# proportional to the mean weight. {numref}`Table %s <tab-weights-sgd>` uses the thesis's number of steps, mean weights and
# learning rate, without a hidden layer.

# %%
code = quoted.below("guevara.code_diboson")
fraction = quoted.get("guevara.text_5_2.training_fraction").value
in_training = fraction * (n_s + n_b)
batches = int(np.ceil(in_training / code["batch"].value))
sgd = Network(
    layers=0, optimizer="SGD", learning_rate=code["learning_rate"].value,
    epochs=int(code["epochs"].value), patience=int(code["epochs"].value),
    batch_size=-(-len(diboson.of("train")) // batches), normalise_weights=False,
)  # fmt: skip
scale = {
    "unit": 1.0, "physics": (w_s + w_b) / (n_s + n_b),
    "ratio": 2 * n_s / (n_s + n_b),
}  # fmt: skip
scaled = Weighting(mean_weight=scale)
as_code = replace(experiment, model=sgd, weighting=scaled)
choices = {words[one]: {"scheme": one} for one in schemes}
choices["untrained"] = {"epochs": 1, "learning_rate": 1e-9}
counted = {"auc": measure["unweighted AUC"]}
by_sgd = grid.summary(
    as_code.named(choices, sgd_seeds, measure=counted), "test_auc"
).set_index("choice").loc[list(choices)]  # fmt: skip

# %% mystnb={"figure": {"name": "tab-weights-sgd"}}
compared = by_sgd[["estimate", "spread"]].rename(columns={"estimate": "SGD"})
compared["Adam"] = averages.rename(index=words)["unweighted AUC"][words[flat]]
compared["thesis"] = pd.Series(thesis).rename(words)
tables.styled(compared, "sgd", spread=".3f", thesis=".2f")

# %% [markdown] tags=["caption"]
# Unweighted AUC without a hidden layer, by training weights and optimiser: mean over
# {eval}`f"{len(sgd_seeds):d}"` initial weights with SGD, spread of single trainings, the network trained with
# Adam, and the thesis. Compare physics weights with the untrained network.

# %%
untrained, by_physics = by_sgd["estimate"][["untrained", words["physics"]]]
off = (thesis["physics"] - untrained.value) / by_sgd["spread"]["untrained"]

# %% [markdown]
# After {eval}`f"{batches * sgd.epochs:d}"` steps with physics weights, SGD reaches an AUC of {eval}`by_physics`; untrained
# networks have {eval}`untrained`. The thesis's value lies {eval}`f"{abs(off):.1f}"` spreads of a single
# untrained network from their mean: {eval}`"it is compatible with a network that has hardly learned" if abs(off) < 2 else "the initial weights alone do not explain it"`.
#
# ## Negative weights
#
# Matching of matrix elements and parton showers, and calculations beyond leading order, give events of negative weight,
# which cancel others. They must stay in an evaluation: a sum of weights of all signs estimates a
# yield, and without the negative ones it estimates nothing. Section 5.3.1 of the thesis removes them for its
# boosted trees, which cannot take them, and the public code does so in training and test set; its networks
# keep them. {numref}`Table %s <tab-weights-negative>` has each process with any.

# %% mystnb={"figure": {"name": "tab-weights-negative"}}
names = np.unique(whole.groups)
processes = [whole.take(whole.groups == one) for one in names]
cancelled = pd.DataFrame([
    {
        "process": one.groups[0],
        "simulated": len(one),
        "negative": np.mean(one.weight < 0),
        "expected": total(one.weight, one.original),
        "without negative weights": total(
            np.maximum(one.weight, 0.0), one.original
        ),
    }
    for one in processes
    if (one.weight < 0).any()
])  # fmt: skip
tables.styled(cancelled, "negative", simulated=",d", negative=".0%")

# %% [markdown] tags=["caption"]
# Processes with negative weights: simulated events, share with a negative weight, and expected events with
# and without them, with statistical uncertainties.

# %%
with_negative, without_negative = (
    cancelled[name].iloc[0] if len(cancelled) else Estimate(np.nan, np.nan)
    for name in ("expected", "without negative weights")
)
positive = test.weight > 0
with_all = measures.auc(test, found[deep, "physics"])
without = measures.auc(test.take(positive), found[deep, "physics"][positive])

# %% [markdown]
# {eval}`f"Without negative weights the process {cancelled['process'].iloc[0]} would have {without_negative} events instead of {with_negative}, and a significance takes the wrong yield as it is" if len(cancelled) else "No process of this profile has negative weights"`. The physics-weighted AUC of the network with
# physics weights and two hidden layers is {eval}`f"{without:.3f}"` without and {eval}`f"{with_all:.3f}"` with
# negative weights. It measures separation and not the yield, so it says little about such an error.
#
# In training, a loss with negative weights is unbiased but has no lower bound on a finite sample: where
# a network can isolate a negative event, it gains by being as wrong as possible about it.
# {numref}`Table %s <tab-weights-treatments>` compares three treatments, each with the sum of weights of a class kept.

# %% mystnb={"figure": {"name": "tab-weights-treatments"}}
treatments = {"negative": list(NEGATIVE), "scheme": ["physics"]}
averages_of = experiment.grid(treatments, seeds, measure=measure)
shown = grid.means(averages_of, "test").droplevel("scheme")
areas = {
    one: experiment.average(
        measures.auc_of, "test", seeds, scheme="physics", negative=one
    )
    for one in NEGATIVE
}  # fmt: skip
shown["change"] = [areas[one] - areas["clipped"] for one in shown.index]
shown.loc["clipped", "change"] = np.nan
tables.styled(shown.join(pd.Series(NEGATIVE, name="meaning")), "treatments")

# %% [markdown] tags=["caption"]
# Treatments of negative weights in training with physics weights and two hidden layers, test set, with statistical
# uncertainties of events and trainings. The change is that of the physics-weighted AUC relative to clipped weights, on the same
# events.

# %% [markdown]
# Relative to clipped weights, absolute weights change the physics-weighted AUC by
# {eval}`areas['absolute'] - areas['clipped']`, and negative weights left as they are change it by
# {eval}`areas['kept'] - areas['clipped']`. The uncertainty of the trainings rests on
# {eval}`f"{len(seeds):d}"` for each. This book clips weights in training, where the loss then has a lower bound,
# and keeps every sign in evaluation.
#
# ## Summary and what comes next
#
# - Training weights decide for which mixture of events a network is optimal. With two hidden layers, physics weights change the
#   unweighted AUC by {eval}`area[deep, "physics", "unweighted"] - area[deep, "unit", "unweighted"]` and the
#   physics-weighted AUC by {eval}`area[deep, "physics", "physics-weighted"] - area[deep, "unit", "physics-weighted"]`
#   ({numref}`tab-weights-auc`).
# - With plain SGD and the thesis's mean weights, training with physics weights gives an unweighted AUC of
#   {eval}`by_physics`; an untrained network has {eval}`untrained` ({numref}`tab-weights-sgd`).
# - {eval}`f"Removing negative weights multiplies the yield of the process {cancelled['process'].iloc[0]} by {without_negative.value / with_negative.value:.2f}" if len(cancelled) else "No process has negative weights"`
#   ({numref}`tab-weights-negative`).
#
# These results are for a frequent signal. For a signal much rarer than dibosons physics weights do run into trouble;
# {numref}`Chapter %s <chap-balanced-weights>` says which, and what balancing does about it.

# %% tags=["remove-cell"]
kinds = {"raw": "unweighted", "physics": "physics-weighted"}
for scheme in ("unit", "physics"):
    report.record(f"thesis_{scheme}", thesis[scheme], ".2f")
    for name, kind in kinds.items():
        found = averages[f"{kind} AUC"][deep, scheme]
        report.record(f"deep_{scheme}_{name}", found, ".3f")
report.record("sgd_physics", by_physics)
report.record("untrained", untrained)
report.record("with_negative", with_negative)
report.record("without_negative", without_negative)
losses = [
    area[flat, "unit", kind] - area[flat, "physics", kind]
    for kind in kinds.values()
]
report.record("guevara_figure_5_5", report.agreement(losses[0]))
report.record("guevara_figure_5_6", report.agreement(losses[1]))
