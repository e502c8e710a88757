# %% [markdown]
# (chap-sample-weights)=
# # Weights of events
#
# A simulated event is not an expected event: each has a weight, and samples differ in theirs by orders
# of magnitude. Should a network learn from simulated or from expected events, and in which of the two
# is it measured? The thesis {cite}`guevara2023` found that training with physics weights "crashes the
# whole network". This chapter repeats its search for dibosons, and finds out what happened.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 3, "seeds": [1]}} lepsearch={"reads": ["dilepton"], "learns": true, "full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5]}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
epochs = 40  # at most
seeds = [1, 2]

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.book.tables import plus_minus, styled
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import tuning
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.networks import Network
from lepsearch.learn.training_weights import NEGATIVE, balance
from lepsearch.learn.weighting import (
    Setting,
    area_change,
    merged,
    panel,
    train_weighted,
    two_layers,
)
from lepsearch.learn.weighting_grid import Comparison
from lepsearch.learn.weighting_tables import (
    expected_signal,
    negative_table,
    score_table,
    size_table,
)
from lepsearch.plotting.scores import roc_curves, side_by_side
from lepsearch.stats.estimate import original_events
from lepsearch.stats.roc import auc, roc

pd.set_option("display.max_colwidth", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
stacking = list(dataset.labels.values())
diboson = learning_set(dataset, ["diboson"], features=WITHOUT_JETS)
models = ["dark_higgs", "light_vector", "inelastic_eft"]
mono_z = learning_set(dataset, models, features=WITHOUT_JETS)

network = two_layers(epochs)
weightings = {
    "unit": "none",
    "physics": "physics weights",
    "ratio": "background $n_s/n_b$",
}

# %% tags=["remove-cell"]
for scheme in weightings:
    known = quoted.get(f"guevara.figure_5_6.{scheme}")
    report.record(f"thesis_{scheme}", known.value, ".2f")

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$, on the
# dilepton region and with the {eval}`f"{len(WITHOUT_JETS):d}"` features that no event lacks. Networks learn from the
# training part, stop by the validation part, and all numbers come from the test part, scaled to the
# whole sample. `lepsearch run 16_sample_weights --full` makes the page from more and longer trainings.
#
# ## What a weight does
#
# With weights $w_i$ the loss is $\sum_i w_i \ell_i / \sum_i w_i$. Where the weighted densities of
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
# {eval}`f"{len(np.unique(mono_z.sample[mono_z.label])):d}"` mono-$Z'$ models, {eval}`f"{mono_z.label.sum():,d}"` simulated events of them.

# %%
all_models = merged(mono_z, "All $Z'$ models")
first = train_weighted(mono_z, Setting(network), "unit", seeds[0])
test = all_models.of("test")
score = first.scores(test)
edges = np.linspace(0, 1, 26)
unscaled = panel(score, test, edges, scaled=False, order=stacking)
scaled = panel(score, test, edges, order=stacking)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-weights-scaled"}, "image": {"alt": "Two stacked histograms of the score from 0 to 1 on logarithmic axes. On the left all events count one each; on the right they are scaled, and the axis spans more decades."}}
figure = side_by_side(
    {
        "counted": (unscaled.spectra, unscaled.scan),
        "expected": (scaled.spectra, scaled.scan),
    },
    luminosity_fb=[None, dataset.luminosity_fb],
)
plt.show()

# %% [markdown] tags=["caption"]
# Scores of a network trained without weights, in the test part: as simulated (left) and scaled to
# the luminosity (right; beneath, the significance of counting what is above a score). Of all
# signals together {eval}`f"{test.weight[test.label].sum():,.0f}"` events are expected, of the background
# {eval}`f"{test.weight[~test.label].sum():,.0f}"`.

# %% tags=["remove-cell"]
sizes = balance(mono_z.label, mono_z.weight)
report.record("mono_raw", sizes.raw, ".2g")
report.record("mono_weighted", sizes.weighted, ".1e")
spread = np.ptp(np.log10(np.abs(mono_z.weight[mono_z.weight != 0])))
report.record("decades", spread, ".0f")

# %% [markdown]
# The two figures hold the same events. As simulated, the signal is {glue:text}`mono_raw` times the
# background; as expected, {glue:text}`mono_weighted` times: the weights span
# {glue:text}`decades` decades. We agree with the thesis that only the second figure says anything about a search. One caution
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
styled(size_table(diboson), "sizes", ",.0f")

# %% tags=["remove-cell"]
half = diboson.take(diboson.event % 2 == 0)
half = replace(half, weight=2 * half.weight)
whole_sizes, half_sizes = size_table(diboson), size_table(half)
report.record(
    "product_half",
    half_sizes["product"].iloc[0] / whole_sizes["product"].iloc[0],
    ".2f",
)
products = {
    name: quoted.get(f"guevara.table_5_2.{name}.simulated").value
    * quoted.get(f"guevara.table_5_2.{name}.expected").value
    for name in ("signal", "background")
}
report.record(
    "thesis_product_ratio", products["background"] / products["signal"], ".0f"
)

# %% [markdown]
# The thesis multiplies simulated by expected events, and finds {glue:text}`thesis_product_ratio` times as
# much background as signal. The product measures nothing: it grows with the computing time that
# somebody had. Simulate half of the events, each of twice the weight, and as many are expected, but
# the signal's product is {glue:text}`product_half` times what it was. No loss contains it. What a
# loss contains is the sum of the training weights of each class; how well a class is *known* is said
# by its effective events.
#
# Now the three weightings: none, physics weights, and a constant $n_s/n_b$ on the background, in
# networks of two hidden layers and of none. A network without hidden layers is a logistic
# regression; the thesis trained one by accident, and its figures 5.5 and 5.6 are of that one. Adam moves a number by about the learning rate
# a step, and with physics weights the constant term of a regression has far to go: its rate is larger than that of the deep network.

# %%
settings = {
    "no hidden layer": Setting(
        Network(layers=0, batch_size=512, epochs=epochs, learning_rate=0.02)
    ),
    "two hidden layers": Setting(network),
}


store = dataset.workspace.build / "tuning" / "16_sample_weights"
comparison = Comparison(diboson, store)
signals, headings = {"diboson": ""}, {"diboson": "dibosons"}
table = comparison.grid(settings, signals, list(weightings), seeds)
score_table(table, headings, weightings)

# %% [markdown]
# Areas under the ROC curve of simulated and of expected events; the shares of simulated dibosons and of other events with a
# score above one half; the highest score. Number of seeds: {eval}`f"{len(seeds):d}"`. All but the highest score, which is that of any seed, are means over
# them. The errors, here and below, are the statistical one of the {eval}`f"{len(diboson.of('test')):,d}"` test events and, with more
# seeds than one, that of the mean over them, in quadrature; so few seeds know the latter roughly.

# %%
test = diboson.of("test")
original = original_events(test.sample, test.event)
found = {
    (name, scheme): [
        comparison.scores(setting, scheme, seed) for seed in seeds
    ]
    for name, setting in settings.items()
    for scheme in weightings
}


def panels(scheme):
    """Validation plots of one weighting: no hidden layer, and two."""
    drawn = {}
    for name in settings:
        made = panel(found[name, scheme][0], test, edges, order=stacking)
        title = f"{name}, trained with: {weightings[scheme]}"
        drawn[title] = (made.spectra, made.scan)
    return drawn


def curves(name, weight):
    """ROC curves of the three weightings, and their areas."""
    first = {weightings[one]: found[name, one][0] for one in weightings}
    return roc_curves(
        {words: roc(one, test.label, weight) for words, one in first.items()},
        {
            words: auc(one, test.label, weight, original)
            for words, one in first.items()
        },
        title=name,
    )


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-unit"}, "image": {"alt": "Two stacked histograms of the score on logarithmic axes, the diboson signal as a line, with the significance of cuts beneath: no hidden layer on the left, two on the right."}}
figure = side_by_side(
    panels("unit"), luminosity_fb=[dataset.luminosity_fb] * 2
)
plt.show()

# %% [markdown] tags=["caption"]
# Diboson scores of the networks trained without weights, scaled to the luminosity: without hidden
# layers (left), as in figure 5.5 of the thesis, and with two (right).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-weighted"}, "image": {"alt": "Four stacked histograms of the score on logarithmic axes with significance panels: no hidden layer on the left, two on the right; physics weights above, a constant on the background below."}}
figure = side_by_side(
    panels("physics") | panels("ratio"),
    luminosity_fb=[dataset.luminosity_fb] * 4,
)
plt.show()

# %% [markdown] tags=["caption"]
# The same trained with physics weights (above) and with a constant on the background (below);
# figure 5.5, b and c. With physics weights a score is the share of dibosons among expected events,
# which is small for most.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-roc-flat"}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes, for networks without hidden layers in simulated events; their areas are in the table below."}}
figure = curves("no hidden layer", np.ones(len(test)))
plt.show()

# %% [markdown] tags=["caption"]
# ROC curves of the three networks without hidden layers in simulated events, as in figure 5.6 of
# the thesis, with areas and their statistical errors (one training each).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-roc"}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes, for networks with two hidden layers in expected events; their areas are in the table below."}}
figure = curves("two hidden layers", test.weight)
plt.show()

# %% [markdown] tags=["caption"]
# ROC curves of the three networks with two hidden layers in expected events, with areas and their
# statistical errors (one training each).

# %% tags=["remove-cell"]
flat, deep = settings
simulated = replace(test, weight=np.ones(len(test)))
for kind in ("raw", "physics"):
    areas = tuning.summary(table, f"diboson_{kind}")
    areas = areas.set_index(["setting", "scheme"])
    for name, setting in (("deep", deep), ("flat", flat)):
        for scheme in weightings:
            one = areas.loc[(setting, scheme)]
            report.record(
                f"{name}_{scheme}_{kind}", one["value"], ".3f",
                error=one["error"],
            )  # fmt: skip
for name, setting in (("deep", deep), ("flat", flat)):
    for kind, of in (("raw", simulated), ("expected", test)):
        for scheme in ("physics", "ratio"):
            change = area_change(
                found[setting, "unit"], found[setting, scheme], of
            )
            report.record(
                f"{name}_{scheme}_change_{kind}", round(change[0], 4) + 0.0,
                ".4f", error=change[1],
            )  # fmt: skip
    above = tuning.summary(table, "diboson_above")
    above = above.set_index(["setting", "scheme"]).loc[(setting, "physics")]
    report.record(
        f"{name}_above", 100 * above["value"], ".1f",
        error=100 * above["error"],
    )  # fmt: skip
    for scheme in ("unit", "physics"):
        truth, guess = expected_signal(found[setting, scheme][0], test)
        report.record_text(f"{name}_{scheme}_yield", plus_minus(*guess))
report.record_text("true_yield", plus_minus(*truth))
layers = {
    (kind, scheme): area_change(found[flat, scheme], found[deep, scheme], of)
    for kind, of in (("simulated", simulated), ("expected", test))
    for scheme in weightings
}
for name, chosen in (("least", min), ("most", max)):
    (kind, scheme), change = chosen(layers.items(), key=lambda one: one[1][0])
    report.record(f"{name}_by_layers", change[0], ".3f", error=change[1])
    report.record_text(
        f"{name}_by_layers_of", f"{weightings[scheme]}, {kind} events"
    )

# %% [markdown]
# | area under the ROC curve | thesis, no hidden layer, simulated | no hidden layer, simulated | no hidden layer, expected | two hidden layers, simulated | two hidden layers, expected |
# |---|---|---|---|---|---|
# | no weights | {glue:text}`thesis_unit` | {glue:text}`flat_unit_raw` | {glue:text}`flat_unit_physics` | {glue:text}`deep_unit_raw` | {glue:text}`deep_unit_physics` |
# | physics weights | {glue:text}`thesis_physics` | {glue:text}`flat_physics_raw` | {glue:text}`flat_physics_physics` | {glue:text}`deep_physics_raw` | {glue:text}`deep_physics_physics` |
# | $n_s/n_b$ | {glue:text}`thesis_ratio` | {glue:text}`flat_ratio_raw` | {glue:text}`flat_ratio_physics` | {glue:text}`deep_ratio_raw` | {glue:text}`deep_ratio_physics` |
#
# What the thesis claims, and what is found here. Changes are against no weights, on the same events, with errors by
# bootstrap and, with more seeds than one, that of the mean over them:
#
# - *Physics weights give the worst result.* In simulated events they change the area by {glue:text}`flat_physics_change_raw`
#   without hidden layers, the network of the thesis, and by {glue:text}`deep_physics_change_raw` with two. In expected
#   events, the only ones that a search meets, the changes are {glue:text}`flat_physics_change_expected` and
#   {glue:text}`deep_physics_change_expected`. A network learns for the mixture that it is trained on, and is best there if it is
#   flexible enough, which a linear score need not be; the thesis trained on one mixture and measured on another. No training
#   crashes here.
# - *The network predicts no diboson events.* With physics weights, {glue:text}`flat_above` % of the
#   simulated dibosons score above one half without hidden layers, and {glue:text}`deep_above` % with two. A low share is no failure: one half is where signal
#   and background are equally likely, and a rare signal rarely gets there. A network that is right
#   about {eq}`eq-weighted-posterior` predicts the *number* of dibosons as the sum of the scores of all
#   expected events: {glue:text}`flat_physics_yield` without hidden layers and {glue:text}`deep_physics_yield` with two (one training each), where there are
#   {glue:text}`true_yield`. The error of the sum has most of its events in common with that of the truth and of the other sum.
#   A linear score gets this right as well where its training is at an end: the derivative of the loss by its constant term is the sum of scores minus
#   the signal in the training part, each with its weight, and vanishes at the optimum. Trained without
#   weights the same sums are {glue:text}`flat_unit_yield` and {glue:text}`deep_unit_yield`: a score learned from simulated events is no
#   probability in nature.
# - *The constant $n_s/n_b$ does worse than no weights.* It multiplies one class by a constant, so it
#   changes no order of the scores in principle, if the network can follow {eq}`eq-weighted-posterior`. In expected events it changes the area by
#   {glue:text}`flat_ratio_change_expected` without hidden layers and by {glue:text}`deep_ratio_change_expected` with two; in simulated ones, as in the thesis, by
#   {glue:text}`flat_ratio_change_raw` and {glue:text}`deep_ratio_change_raw`.
# - *Zero hidden layers.* The thesis suspects that its accident is part of the poor results. Two hidden
#   layers change the area by {glue:text}`least_by_layers` at the least ({glue:text}`least_by_layers_of`) and by {glue:text}`most_by_layers`
#   at the most ({glue:text}`most_by_layers_of`). But the lack of layers explains no
#   area below one half: without them we find {glue:text}`flat_physics_raw`, where the thesis has {glue:text}`thesis_physics`. We can't say what does.
#
# ## Negative weights
#
# Matching of matrix elements and parton showers, and calculations beyond leading order, make events of negative weight,
# which cancel others. In an evaluation they must stay: a sum of weights with all signs estimates a
# yield, and without the negative ones it estimates nothing. The code of the thesis removed them from both parts. For each process that has
# any:

# %%
cancelled = negative_table(diboson)
styled(cancelled, "negative", "g")

# %% tags=["remove-cell"]
for name, column in (
    ("with_negative", "expected"),
    ("without_negative", "without negative ones"),
):
    most = cancelled[column].iloc[0] if len(cancelled) else "not known"
    report.record_text(name, most)
test_score = found[deep, "physics"][0]
positive = test.weight > 0
with_all = auc(test_score, test.label, test.weight, original)
without = auc(
    test_score[positive], test.label[positive], test.weight[positive],
    original_events(test.sample[positive], test.event[positive]),
)  # fmt: skip
report.record("auc_all", with_all.value, ".3f", error=with_all.error)
report.record("auc_positive", without.value, ".3f", error=without.error)

# %% [markdown]
# Without the negative events $Z$+jets would be {glue:text}`without_negative` events instead of {glue:text}`with_negative`. The
# area under the ROC curve of the physics-weighted network notices less, {glue:text}`auc_positive` instead of
# {glue:text}`auc_all`, since both sets look alike to it; a significance would take the wrong yield as it is.
#
# In training it is different. A loss with negative weights is unbiased, but on a finite sample it has no lower bound: where
# a network can put a negative event alone, it gains by being as wrong as possible about it. Three
# treatments, with the sum of each class kept:

# %%
treatments = {
    f"negative weights {name}": Setting(network, negative=name)
    for name in NEGATIVE
}
treated = comparison.grid(treatments, signals, ["physics"], seeds)
score_table(treated, headings, weightings)

# %%
pd.Series(NEGATIVE, name="what it does").rename_axis("treatment").to_frame()

# %% tags=["remove-cell"]
by_treatment = {
    name: [comparison.scores(setting, "physics", seed) for seed in seeds]
    for name, setting in zip(NEGATIVE, treatments.values(), strict=True)
}
for name in ("absolute", "kept"):
    change = area_change(by_treatment["clipped"], by_treatment[name], test)
    report.record(f"{name}_change", change[0], ".4f", error=change[1])

# %% [markdown]
# The errors in the table are of the same kind as above, and don't say how well the treatments can be told apart, since all
# are measured on the same events. Against clipped weights, the area in expected events changes by
# {glue:text}`absolute_change` with weights taken by their size, and by {glue:text}`kept_change` with weights left
# negative: means over the seeds, with the error by bootstrap of these events and, with more seeds than one, that of
# the mean over them, which so few know roughly. This book clips in training, where the loss then has a lower bound,
# and keeps every sign in evaluation.
#
# ## What was found, and what comes next
#
# Training weights decide which mixture of events a network learns for, and evaluation weights decide on
# which mixture it is judged. With two hidden layers, physics weights give an area of {glue:text}`deep_physics_raw` in simulated events, against
# {glue:text}`deep_unit_raw` without weights; in expected events {glue:text}`deep_physics_physics`, against {glue:text}`deep_unit_physics`. A score far below one half is no failure, and a product of simulated and expected events no measure.
# For a signal much rarer than dibosons, physics weights do run into trouble.
# {numref}`Chapter %s <chap-balanced-weights>` says which, and what balancing does about it.
