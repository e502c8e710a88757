# %% [markdown]
# (chap-sample-weights)=
# # Weights of events
#
# A simulated event is not an expected event: each has a weight, and samples differ in theirs by orders
# of magnitude. Should a network learn from simulated or from expected events, and in which of the two
# is it measured? The thesis {cite}`guevara2023` found that training with physics weights "crashes the
# whole network". This chapter repeats its search for dibosons, and finds out what happened.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 3, "seeds": [1]}} lepsearch={"full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5]}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
epochs = 40  # at most
seeds = [1, 2]

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch import quoted, report
from lepsearch.dataset import Dataset
from lepsearch.learning import WITHOUT_JETS, learning_set
from lepsearch.metrics import auc_estimate, original_events, roc
from lepsearch.models.networks import Network, scores
from lepsearch.plotting.score_panels import side_by_side
from lepsearch.plotting.scores import roc_curves, validation
from lepsearch.studies.weighting import (
    Setting,
    area_change,
    compare,
    merged,
    panel,
    train_weighted,
    two_layers,
)
from lepsearch.studies.weighting_tables import (
    expected_signal,
    negative_table,
    score_table,
    size_table,
)
from lepsearch.tables import plus_minus, styled
from lepsearch.training_weights import NEGATIVE, balance

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
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record("n_diboson", diboson.label.sum(), ",d")
report.record("n_other", (~diboson.label).sum(), ",d")
report.record("n_mono", mono_z.label.sum(), ",d")
report.record("n_models", len(np.unique(mono_z.sample[mono_z.label])), "d")
report.record("n_seeds", len(seeds), "d")
report.record("n_test", len(diboson.of("test")), ",d")
report.record("n_features", len(WITHOUT_JETS), "d")
for scheme in weightings:
    known = quoted.get(f"guevara.figure_5_6.{scheme}")
    report.record(f"thesis_{scheme}", known.value, ".2f")

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$, on the
# dilepton region and with the {glue:text}`n_features` features that no event lacks. Networks learn from the
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
# {glue:text}`n_models` mono-$Z'$ models, {glue:text}`n_mono` simulated events of them.

# %%
all_models = merged(mono_z, "All $Z'$ models")
first = train_weighted(mono_z, Setting(network), "unit", seeds[0])
test = all_models.of("test")
score = scores(first.model, test)
edges = np.linspace(0, 1, 26)
unscaled = panel(score, test, edges, scaled=False, order=stacking)
scaled = panel(score, test, edges, order=stacking)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-weights-scaled", "caption": "Scores of a network trained without weights, in the test part: as simulated (left) and scaled to the luminosity (right; beneath, the significance of counting what is above a score). What looks like two classes of one size is a handful of events under millions."}, "image": {"alt": "Two stacked histograms of the score from 0 to 1 on logarithmic axes. As simulated, the signal towers near 1 above all backgrounds; scaled, it lies decades below them, except near 1."}}
figure = side_by_side(
    {
        "counted": (unscaled.spectra, unscaled.scan),
        "expected": (scaled.spectra, scaled.scan),
    },
    luminosity_fb=[None, dataset.luminosity_fb],
)
plt.show()

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
# signal now, {glue:text}`n_diboson` simulated events, and all other processes the background,
# {glue:text}`n_other`. In the form of the thesis's table 5.2, with the effective number of events,
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
report.record(
    "thesis_product_ratio",
    quoted.get("guevara.table_5_2.background.product").value
    / quoted.get("guevara.table_5_2.signal.product").value,
    ".0f",
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
# regression; the thesis trained one by accident, and shows its results.

# %%
settings = {
    "no hidden layer": Setting(
        Network(layers=0, batch_size=512, epochs=epochs, learning_rate=3e-3)
    ),
    "two hidden layers": Setting(network),
}


store = dataset.workspace.build / "tuning" / "16_sample_weights.jsonl"
signals = {"diboson": ""}
table = compare(
    diboson, settings, signals, list(weightings), store=store, seeds=seeds
)
score_table(table, {"diboson": "AUC"}, weightings)

# %% [markdown]
# Areas under the ROC curve of simulated and of expected events; the shares of diboson and other events with a
# score above one half; the highest score. All are means; number of seeds: {glue:text}`n_seeds`. The errors are the
# statistical one of the {glue:text}`n_test` test events and, with more seeds than one, that of the mean over them,
# in quadrature.

# %%
trained = {
    scheme: train_weighted(
        diboson, settings["two hidden layers"], scheme, seeds[0]
    )
    for scheme in weightings
}
test = diboson.of("test")
original = original_events(test.sample, test.event)
found = {scheme: scores(one.model, test) for scheme, one in trained.items()}
panels = {
    scheme: panel(one, test, edges, order=stacking)
    for scheme, one in found.items()
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-unit", "caption": "Diboson scores of the network trained without weights, scaled to the luminosity; figure 5.5 of the thesis."}, "image": {"alt": "Stacked histogram of the score on a logarithmic axis, the diboson signal as a line rising towards 1, with the significance of cuts beneath."}}
figure = validation(
    *(panels["unit"].spectra, panels["unit"].scan),
    luminosity_fb=dataset.luminosity_fb, title="trained without weights",
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-weighted", "caption": "The same trained with physics weights (left) and with a constant on the background (right); figure 5.5, b and c. With physics weights most of the background gathers at a low score, and so does most of the signal: that is what its share in nature demands."}, "image": {"alt": "Two stacked histograms of the score on logarithmic axes with significance panels; trained with physics weights the events pile up near 0, with the constant they look like those trained without weights."}}
figure = side_by_side(
    {
        f"trained with: {weightings[scheme]}": (panels[scheme].spectra, panels[scheme].scan)
        for scheme in ("physics", "ratio")
    },
    luminosity_fb=[dataset.luminosity_fb] * 2,
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-diboson-roc", "caption": "ROC curves of the three networks in expected events, with areas and their statistical errors; the thesis's figure 5.6 counts simulated events."}, "image": {"alt": "ROC curves of three weightings on linear and logarithmic axes; the one trained with physics weights lies above the other two, which are close together."}}
figure = roc_curves(
    {
        weightings[scheme]: roc(one, test.label, test.weight)
        for scheme, one in found.items()
    },
    {
        weightings[scheme]: auc_estimate(
            one, test.label, test.weight, original
        )
        for scheme, one in found.items()
    },
)
plt.show()

# %% tags=["remove-cell"]
deep = (
    table[table["setting"] == "two hidden layers"]
    .groupby("scheme")
    .mean(numeric_only=True)
)
flat = (
    table[table["setting"] == "no hidden layer"]
    .groupby("scheme")
    .mean(numeric_only=True)
)
for scheme in weightings:
    for kind in ("raw", "physics"):
        for name, of in (("deep", deep), ("flat", flat)):
            report.record(
                f"{name}_{scheme}_{kind}", of.loc[scheme, f"diboson_{kind}"],
                ".3f", error=of.loc[scheme, f"diboson_{kind}_error"],
            )  # fmt: skip
for name, scheme in (("gain", "physics"), ("ratio_change", "ratio")):
    change = area_change([found["unit"]], [found[scheme]], test)
    report.record(name, change[0], ".4f", error=change[1])
report.record(
    "above_physics", 100 * deep.loc["physics", "diboson_above"], ".0f"
)
truth, guess = expected_signal(found["physics"], test)
report.record_text("true_yield", plus_minus(*truth))
report.record_text("guessed_yield", plus_minus(*guess))
_, guess_unit = expected_signal(found["unit"], test)
report.record_text("unit_yield", plus_minus(*guess_unit))

# %% [markdown]
# | area under the ROC curve | thesis, simulated | here, simulated | here, expected | no hidden layer, simulated | no hidden layer, expected |
# |---|---|---|---|---|---|
# | no weights | {glue:text}`thesis_unit` | {glue:text}`deep_unit_raw` | {glue:text}`deep_unit_physics` | {glue:text}`flat_unit_raw` | {glue:text}`flat_unit_physics` |
# | physics weights | {glue:text}`thesis_physics` | {glue:text}`deep_physics_raw` | {glue:text}`deep_physics_physics` | {glue:text}`flat_physics_raw` | {glue:text}`flat_physics_physics` |
# | $n_s/n_b$ | {glue:text}`thesis_ratio` | {glue:text}`deep_ratio_raw` | {glue:text}`deep_ratio_physics` | {glue:text}`flat_ratio_raw` | {glue:text}`flat_ratio_physics` |
#
# The errors here are those of the test events alone. What the thesis claims, and what is found here:
#
# - *Physics weights give the worst result.* In simulated events they do here as well. In expected
#   events, the only ones that a search meets, physics weights change the area of the networks with hidden
#   layers by {glue:text}`gain` (one training each, on the same events, by bootstrap). A
#   network learns for the mixture that it is trained on, and is best there if it is flexible enough; the thesis
#   trained on one mixture and measured on another. We don't find that the training crashes.
# - *The network predicts no diboson events.* With physics weights, {glue:text}`above_physics` % of the
#   simulated dibosons score above one half here. A low share is no failure: one half is where signal
#   and background are equally likely, and a rare signal rarely gets there. A network that is right
#   about {eq}`eq-weighted-posterior` predicts the *number* of dibosons as the sum of the scores of all
#   expected events: {glue:text}`guessed_yield`, where there are {glue:text}`true_yield`. Without
#   weights the same sum gives {glue:text}`unit_yield`: a score learned from simulated events is no
#   probability in nature.
# - *The constant $n_s/n_b$ does worse than no weights.* It multiplies one class by a constant, so it
#   can't change the order of the scores in principle; here it changes the area in expected events by
#   {glue:text}`ratio_change` (likewise).
# - *Zero hidden layers.* The thesis suspects that its accident is part of the poor results. Hidden
#   layers do better in every row and either measure, most of all with physics weights: a linear score is
#   too poor for either mixture, and what it gives up depends on the weights. But their lack explains no
#   area below one half. We can't say what does.
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
test_score = found["physics"]
positive = test.weight > 0
with_all = auc_estimate(test_score, test.label, test.weight, original)
without = auc_estimate(
    test_score[positive], test.label[positive], test.weight[positive],
    original_events(test.sample[positive], test.event[positive]),
)  # fmt: skip
report.record("auc_all", with_all[0], ".3f", error=with_all[1])
report.record("auc_positive", without[0], ".3f", error=without[1])

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
treated = compare(
    diboson, treatments, signals, ["physics"], store=store, seeds=seeds
)
score_table(treated, {"diboson": "AUC"}, weightings)

# %%
pd.Series(NEGATIVE, name="what it does").rename_axis("treatment").to_frame()

# %% tags=["remove-cell"]
by_treatment = {
    name: [
        scores(train_weighted(diboson, setting, "physics", seed).model, test)
        for seed in seeds
    ]
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
# which mixture it is judged. Judged by simulated events, physics weights look bad, as in the thesis; judged by expected events,
# their area is {glue:text}`deep_physics_physics`, against {glue:text}`deep_unit_physics` without weights. A score far below one half is no failure, and a product of simulated and expected events no measure.
# For a signal much rarer than dibosons, physics weights do run into trouble.
# {numref}`Chapter %s <chap-balanced-weights>` says which, and what balancing does about it.
