# %% [markdown]
# (chap-balanced-weights)=
# # Balanced weights
#
# A signal of a few hundred expected events hides among millions. How should a network be told of so
# uneven classes? The thesis {cite}`guevara2023` tries four ways to balance them, and finds that one
# works. This chapter derives that all four aim at the same order of events, shows it, and finds why
# three of them fail all the same.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 2, "steps_epochs": 2}} lepsearch={"full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5]}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
epochs = 30  # at most, of trainings in small batches
steps_epochs = (
    50  # of trainings in a few large batches, as many as in the thesis
)
seeds = [1]

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch import quoted, report
from lepsearch.dataset import Dataset
from lepsearch.learning import WITHOUT_JETS, learning_set
from lepsearch.metrics import (
    MINIMUM_EFFECTIVE,
    auc,
    auc_estimate,
    original_events,
)
from lepsearch.models.backend import keras
from lepsearch.models.networks import Network, build, scores
from lepsearch.plotting.score_panels import against, side_by_side
from lepsearch.plotting.scores import significance_curves
from lepsearch.studies.class_weights import keras_class_weights
from lepsearch.studies.posterior import (
    exact_log_odds,
    gaussian_classes,
    log_odds,
    shift,
)
from lepsearch.studies.weighting import (
    Setting,
    compare,
    imbalanced,
    panel,
    train_weighted,
    train_with,
    two_layers,
)
from lepsearch.studies.weighting_tables import (
    cut_table,
    score_table,
    size_table,
    thesis_mean_weights,
)
from lepsearch.tables import plus_minus, styled
from lepsearch.training_weights import balance

pd.set_option("display.max_colwidth", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
stacking = list(dataset.labels.values())
models = ["dark_higgs", "light_vector", "inelastic_eft"]
events = learning_set(dataset, models, features=WITHOUT_JETS)
masses = {
    name: words
    for name, words in (
        ("dh_hds_130", "130 GeV"),
        ("dh_hds_1500", "1500 GeV"),
    )
    if name in events.sample_names
}
train_part, test_part = events.of("train"), events.of("test")
small = two_layers(epochs)
weightings = {
    "unit": "none",
    "physics": "physics weights",
    "signal_up_weighted": "signal up, sums of weights",
    "signal_up_raw": "signal up, raw events",
    "background_down_weighted": "background down, sums of weights",
    "background_down_raw": "background down, raw events",
}
balanced = list(weightings)[2:]

# %% tags=["remove-cell"]
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record_text("masses", " and ".join(masses.values()))
report.record_text("light", next(iter(masses.values())))
report.record_text("heavy", list(masses.values())[-1])
report.record("n_models", len(np.unique(events.sample[events.label])), "d")
report.record("n_features", len(WITHOUT_JETS), "d")
sizes = balance(train_part.label, train_part.weight)
report.record("raw", sizes.raw, ".2f")
report.record("weighted", sizes.weighted, ".2g")
raw = (
    quoted.get("guevara.table_5_3.signal.simulated").value
    / quoted.get("guevara.table_5_3.background.simulated").value
)
expected = (
    quoted.get("guevara.table_5_3.signal.expected").value
    / quoted.get("guevara.table_5_3.background.expected").value
)
report.record("thesis_raw", raw, ".3f")
report.record("thesis_weighted", expected, ".2g")
for name in ("unit", "balanced", "physics"):
    known = quoted.get(f"guevara.weighting.{name}")
    report.record(f"thesis_auc_{name}", known.value, ".2f")

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$.
# Networks learn all {glue:text}`n_models` mono-$Z'$ models that the profile has, from the
# {glue:text}`n_features` features that no event lacks, and are tested on single models: a dark Higgs with a heavy dark
# sector and a $Z'$ of {glue:text}`masses`. `lepsearch run 17_balanced_weights --full` makes the page from more and longer
# trainings. The training part in the form of the thesis's table 5.3:

# %%
styled(size_table(train_part), "sizes", ",.0f")

# %% [markdown]
# Signal over background is {glue:text}`raw` in simulated events (thesis: {glue:text}`thesis_raw`) and
# {glue:text}`weighted` in expected ones ({glue:text}`thesis_weighted`). Our mixture of simulated events is another
# than the thesis's; the expected one is similar.
#
# ## What a weighted score means
#
# Let $p_s(x)$ and $p_b(x)$ be the densities of both classes in the features, each event counted with its
# training weight, and $W_s$, $W_b$ the sums of these weights. The expected loss of a score $y(x)$ is
#
# $$
# L = -\int \left[ W_s\, p_s(x) \ln y(x) + W_b\, p_b(x) \ln(1 - y(x)) \right] \mathrm{d}x ,
# $$
#
# and the integrand has its extremum where $W_s p_s / y = W_b p_b / (1 - y)$, that is, at
#
# $$
# y(x) = \frac{W_s\, p_s(x)}{W_s\, p_s(x) + W_b\, p_b(x)}, \qquad
# \ln\frac{y}{1-y} = \ln\frac{p_s(x)}{p_b(x)} + \ln\frac{W_s}{W_b} .
# $$ (eq-log-odds)
#
# The second derivative is positive, so it is a minimum. Two things follow.
#
# - A constant factor $k$ on the background (or $1/k$ on the signal) moves all log-odds by $-\ln k$. The order of the events stays,
#   and with it the ROC curve and the best significance; only the place of a cut on the score moves.
# - A factor that differs *within* a class changes $p_s$ or $p_b$ themselves, and with them the order. That is the
#   difference between simulated and expected events, and it can't be undone afterwards.
#
# The four balanced weightings multiply physics weights by a constant for one class. In principle they are one
# and the same, and the same as physics weights. "Up" and "down" by the same ratio even have the same $W_s/W_b$.
#
# ### Where the answer is known
#
# Two classes of normally distributed features, where {eq}`eq-log-odds` is linear and a network without hidden layers can reach it. The background weighs $k$ times the signal:

# %%
toy = gaussian_classes(20_000, seed=1)
toy_test = toy.of("test")
logistic = Network(
    layers=0, learning_rate=0.02, batch_size=512, epochs=60, patience=60
)
rows = []
for k, rate in (
    (1.0, 0.02),
    (100.0, 0.02),
    (10_000.0, 0.02),
    (10_000.0, 0.2),
):
    network = replace(logistic, learning_rate=rate)
    model = train_with(
        toy, network, lambda part, k=k: imbalanced(part, k)
    ).model
    odds = log_odds(scores(model, toy_test))
    rows.append(
        {
            "k": k, "learning rate": rate, "−ln k": -np.log(k),
            "shift": shift(exact_log_odds(toy_test), odds).median,
            "off the right log-odds": np.abs(odds - exact_log_odds(toy_test, k)).mean(),
            "above ½ [%]": 100 * np.mean(odds > 0),
            "AUC": auc(odds, toy_test.label),
        }
    )  # fmt: skip
toy_rows = rows
styled(
    pd.DataFrame(rows), "toy", ".3f",
    **{"k": ",.0f", "AUC": ".4f", "learning rate": "g"},
)  # fmt: skip

# %% tags=["remove-cell"]
exact = auc(exact_log_odds(toy_test), toy_test.label)
report.record("toy_auc", exact, ".4f")
report.record("toy_shift", toy_rows[1]["shift"], ".2f")
report.record("toy_expected", toy_rows[1]["−ln k"], ".2f")
report.record("toy_slow", toy_rows[2]["off the right log-odds"], ".1f")
report.record("toy_fast", toy_rows[3]["off the right log-odds"], ".1f")

# %% [markdown]
# The exact log-odds give an area of {glue:text}`toy_auc`. At a hundred times the background the shift is
# {glue:text}`toy_shift`, where {glue:text}`toy_expected` is right, and the areas agree, while the share above one half has fallen to
# next to nothing. Whoever cuts at one half, or looks for a signal near a score of 1, finds that the network "predicts no signal"; the
# order of its events is as good as before. At ten thousand times the training stops on its way: as the scores fall, so do the gradients, while
# Adam still divides by the size of the first ones. Ten times the learning rate takes it from {glue:text}`toy_slow` off the right
# log-odds to {glue:text}`toy_fast`. Nothing was wrong with the weights.
#
# ### In our events
#
# The same with two hidden layers and physics weights: balanced first, then with a background that weighs $k$ times
# more, up to the physical imbalance.

# %%
heaviest = 1 / sizes.weighted
others = ~test_part.label
original = original_events(test_part.sample, test_part.event)
by_factor, moved_scores, rows = {}, {}, []
for k in (1.0, 10.0, heaviest):
    by_factor[k] = train_with(
        events, small, lambda part, k=k: imbalanced(part, k)
    )
    moved_scores[k] = log_odds(scores(by_factor[k].model, test_part))
    moved = shift(moved_scores[1.0][others], moved_scores[k][others])
    area = auc_estimate(
        moved_scores[k], test_part.label, test_part.weight, original
    )
    rows.append(
        {
            "k": k, "−ln k": -np.log(k), "shift": moved.median,
            "spread of the shift": moved.spread,
            "correlation": moved.correlation,
            "AUC, expected": plus_minus(*area),
            "above ½ [%]": 100 * np.mean(moved_scores[k] > 0),
        }
    )  # fmt: skip
shifts = pd.DataFrame(rows)
styled(shifts, "shifts", ".2f", k=",.0f")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-odds", "caption": "Log-odds of the test events under balanced weights (abscissa) and with the background weighing more (ordinate). Points on the line differ by the expected shift and nothing else. The further the classes are from balance, the more the training falls short of what it aims at. The columns at the right end are scores that single precision can't tell from 1."}, "image": {"alt": "Two scatter plots of log-odds against log-odds with a line of slope one; at ten times the background the points lie along the line, at the physical imbalance they spread around a flatter band."}}
figure = against(
    {
        f"background $\\times$ {k:,.0f}": (
            moved_scores[1.0], moved_scores[k], test_part.label, -np.log(k)
        )
        for k in (10.0, heaviest)
    },
    xlabel="log-odds, balanced", ylabel="log-odds, background heavier",
)  # fmt: skip
plt.show()

# %% tags=["remove-cell"]
report.record("heaviest", heaviest, ",.0f")
for name, row in (("ten", rows[1]), ("physical", rows[-1])):
    report.record(f"shift_{name}", row["shift"], ".2f")
    report.record(f"shift_{name}_expected", row["−ln k"], ".2f")
    report.record(f"spread_{name}", row["spread of the shift"], ".2f")
    report.record(f"correlation_{name}", row["correlation"], ".2f")

# %% [markdown]
# The shift is that of the background, which is where expected events are. At ten times the background its
# median is {glue:text}`shift_ten`, where {glue:text}`shift_ten_expected` is expected, with a correlation of
# {glue:text}`correlation_ten`. At the physical imbalance of {glue:text}`heaviest` it is
# {glue:text}`shift_physical`, where {glue:text}`shift_physical_expected` is expected; event by event it scatters by
# {glue:text}`spread_physical`, and the correlation is {glue:text}`correlation_physical`. Hardly any gradient comes from
# the signal there, and the training stops before it arrives, as in the table above. The optimum is the same; the way there is not.
# The log-odds of many signal events leave the line: heavy models have next to no weight in either training, so
# that nothing says what they should be.
#
# ## Without weights
#
# Now figure by figure. Trained without weights and shown as simulated, figure 5.7 of the thesis:

# %%
unweighted = train_weighted(events, Setting(small), "unit", seeds[0])
edges = np.linspace(0, 1, 26)


def raw_and_scaled(trained):
    """Single models in the test part: as simulated, and scaled over the log-odds."""
    above, below = {}, {}
    for name, words in masses.items():
        one = test_part.of_signal(name)
        score = scores(trained.model, one)
        odds = log_odds(score)
        bins = np.linspace(odds.min(), np.nextafter(odds.max(), np.inf), 26)
        raw = panel(score, one, edges, scaled=False, order=stacking)
        scaled = panel(odds, one, bins, order=stacking, enlarged=True)
        above[f"$m_{{Z'}}$ = {words}, counted"] = (raw.spectra, raw.scan)
        below[f"$m_{{Z'}}$ = {words}, expected"] = (
            scaled.spectra,
            scaled.scan,
        )
    count = len(masses)
    return side_by_side(
        above | below,
        luminosity_fb=[None] * count + [dataset.luminosity_fb] * count,
        xlabels=["Network output"] * count
        + ["Log-odds of the output"] * count,
        columns=count,
    )


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-unit", "caption": "Scores of the network trained without weights for the dark Higgs at two masses, as simulated (above; figure 5.7 of the thesis), and scaled to the luminosity over the log-odds of the score, with the significance of cuts (below; figure 5.8). Signals too small to be seen are multiplied as their labels say; the significance is that of the signal itself."}, "image": {"alt": "Validation plots at two masses, as simulated above and scaled below. The heavy signal gathers at a score of 1, the light one spreads over all scores; scaled, both lie far below the background."}}
figure = raw_and_scaled(unweighted)
plt.show()

# %% tags=["remove-cell"]
for name in ("dh_hds_130", "dh_hds_1500"):
    if name not in masses:
        report.record_text(f"yield_{name}", "not known")
        report.record_text(f"unit_{name}", "not known")
        continue
    one = test_part.of_signal(name)
    report.record(f"yield_{name}", one.weight[one.label].sum(), ".2g")
    area = auc_estimate(scores(unweighted.model, one), one.label)
    report.record_text(f"unit_{name}", plus_minus(*area))

# %% [markdown]
# As in the thesis, the heavier model is told apart better: in simulated events the area under the ROC curve is {glue:text}`unit_dh_hds_1500` at
# {glue:text}`heavy` and {glue:text}`unit_dh_hds_130` at {glue:text}`light`, where the thesis has {glue:text}`thesis_auc_unit`. And as there, the better one is worth nothing:
# {glue:text}`yield_dh_hds_1500` expected events against {glue:text}`yield_dh_hds_130`.
#
# ## Four ways to balance, as in the thesis
#
# The thesis trained with Adam, an L2 term and four large batches an epoch, with weights as they came. Its mean weights follow
# from table 5.3; ours are brought to the same means here, since a larger sample has smaller weights. First the scores.

# %%
few = Network(
    layers=2, neurons=50, batch_size=max(len(train_part) // 4, 1),
    epochs=steps_epochs, patience=steps_epochs, normalise_weights=False,
    learning_rate=1e-3,
)  # fmt: skip
means = thesis_mean_weights()
as_thesis = Setting(few, means)
in_thesis = {
    "weights": weightings.values(),
    "mean weight in the thesis": [means[one] for one in weightings],
}
styled(pd.DataFrame(in_thesis), "means", ".2g")

# %% tags=["remove-cell"]
by_scheme = {
    scheme: train_weighted(events, as_thesis, scheme, seeds[0])
    for scheme in balanced
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-up-sums", "caption": "Signal up by the ratio of sums of weights: as simulated (figure 5.9 of the thesis) and scaled. The classes weigh the same, and weights are of order one."}, "image": {"alt": "Validation plots at two masses: both signals lean towards a score of 1, the background falls over the whole range."}}
figure = raw_and_scaled(by_scheme["signal_up_weighted"])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-up-raw", "caption": "Signal up by the ratio of simulated events (figure 5.10), and scaled. The classes stay as uneven as the physics weights make them, and all scores are low."}, "image": {"alt": "Validation plots at two masses: signal and background both pile up at low scores, and nothing lies near 1."}}
figure = raw_and_scaled(by_scheme["signal_up_raw"])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-down-sums", "caption": "Background down by the ratio of sums of weights (figure 5.11), and scaled. All scores gather near one half; how much their order is worth all the same, the table below says."}, "image": {"alt": "Validation plots at two masses: all events lie in a few bins around one half."}}
figure = raw_and_scaled(by_scheme["background_down_weighted"])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-down-raw", "caption": "Background down by the ratio of simulated events (figure 5.12), and scaled."}, "image": {"alt": "Validation plots at two masses: signal and background both pile up at low scores, and nothing lies near 1."}}
figure = raw_and_scaled(by_scheme["background_down_raw"])
plt.show()

# %% [markdown]
# Scores look as in the thesis: one weighting works, three seem to fail. Over the log-odds two of the three look
# better: much of the order is there, at scores that nobody looks at. Now in numbers, with what may be wrong changed one at a time.

# %%
settings = {
    "as in the thesis": as_thesis,
    "without L2": Setting(replace(few, l2=0.0), means),
    "without L2, ten times the learning rate": Setting(
        replace(few, l2=0.0, learning_rate=10 * few.learning_rate), means
    ),
    "weights of mean one": Setting(replace(few, normalise_weights=True)),
    "mean one, small batches": Setting(small),
}  # fmt: skip
signals = {name.replace("dh_hds_", "m"): name for name in masses}
store = dataset.workspace.build / "tuning" / "17_balanced_weights.jsonl"
both = ["signal_up_weighted", "background_down_weighted"]
table = pd.concat(
    compare(
        events, {name: one}, signals,
        both if "L2" in name else list(weightings), store=store, seeds=seeds,
    )
    for name, one in settings.items()
)  # fmt: skip
headings = {name: masses[sample] for name, sample in signals.items()}
score_table(table, headings, weightings)

# %% tags=["remove-cell"]
lightest = next(iter(signals))
report.record_text("lightest", headings[lightest])
of = table.groupby(["setting", "scheme"]).mean(numeric_only=True)
for name, setting in zip(
    ("thesis", "no_l2", "no_l2_fast", "mean_one", "small"),
    settings,
    strict=True,
):
    for scheme in of.loc[setting].index:
        row = of.loc[(setting, scheme)]
        report.record(
            f"{name}_{scheme}", row[f"{lightest}_physics"], ".3f",
            error=row[f"{lightest}_physics_error"],
        )  # fmt: skip
for name, scheme in (
    ("unit", "unit"), ("balanced", "signal_up_weighted"), ("physics", "physics"),
):  # fmt: skip
    for words, setting in (
        ("few", "as in the thesis"),
        ("many", "mean one, small batches"),
    ):
        row = of.loc[(setting, scheme)]
        report.record(
            f"raw_{words}_{name}", row[f"{lightest}_raw"], ".3f",
            error=row[f"{lightest}_raw_error"],
        )  # fmt: skip
for name, scheme in (
    ("up_raw", "signal_up_raw"), ("down_raw", "background_down_raw"),
    ("down_sums", "background_down_weighted"),
):  # fmt: skip
    highest = of.loc[("as in the thesis", scheme)]["highest"]
    report.record(f"highest_{name}", highest, ".2f")
report.record_text(
    "trainings",
    f"the mean of {len(seeds)} trainings that differ in their seeds"
    if len(seeds) > 1
    else "one training",
)
penalty = float(sum(build(few, train_part).get_layer("core").losses))
report.record("penalty", penalty, ".1e")
report.record("entropy", np.log(2) * means["background_down_weighted"], ".1e")
report.record("mean_down", means["background_down_weighted"], ".1e")
report.record("steps", 4 * steps_epochs, "d")
report.record("epsilon", keras.optimizers.Adam().epsilon, ".0e")

# %% [markdown]
# Areas under the ROC curve, in simulated and in expected events; the shares of signal and of other events above one half; the highest score.
# Each row is {glue:text}`trainings`. The errors are those of the test events and, with more trainings than one, that of the mean
# over them; in the tables below they are those of the test events alone. Errors of events don't say how far another seed would move an area; it may be much further.
# For {glue:text}`lightest` and in expected events:
#
# | weights | as in the thesis | without L2 | and faster | mean one | small batches |
# |---|---|---|---|---|---|
# | signal up, sums | {glue:text}`thesis_signal_up_weighted` | {glue:text}`no_l2_signal_up_weighted` | {glue:text}`no_l2_fast_signal_up_weighted` | {glue:text}`mean_one_signal_up_weighted` | {glue:text}`small_signal_up_weighted` |
# | background down, sums | {glue:text}`thesis_background_down_weighted` | {glue:text}`no_l2_background_down_weighted` | {glue:text}`no_l2_fast_background_down_weighted` | {glue:text}`mean_one_background_down_weighted` | {glue:text}`small_background_down_weighted` |
# | signal up, raw | {glue:text}`thesis_signal_up_raw` | – | – | {glue:text}`mean_one_signal_up_raw` | {glue:text}`small_signal_up_raw` |
# | background down, raw | {glue:text}`thesis_background_down_raw` | – | – | {glue:text}`mean_one_background_down_raw` | {glue:text}`small_background_down_raw` |
# | physics | {glue:text}`thesis_physics` | – | – | {glue:text}`mean_one_physics` | {glue:text}`small_physics` |
#
# Plots beside the public code of the thesis have areas in simulated events for the same model:
#
# | area, simulated | thesis | few large batches | small batches |
# |---|---|---|---|
# | no weights | {glue:text}`thesis_auc_unit` | {glue:text}`raw_few_unit` | {glue:text}`raw_many_unit` |
# | balanced | {glue:text}`thesis_auc_balanced` | {glue:text}`raw_few_balanced` | {glue:text}`raw_many_balanced` |
# | physics weights | {glue:text}`thesis_auc_physics` | {glue:text}`raw_few_physics` | {glue:text}`raw_many_physics` |
#
# Physics weights come last there as here, and the gap shrinks when they get more steps. That balanced
# weights come first we don't find in simulated events; our areas are lower throughout, on other
# backgrounds, of which dibosons make up more.
#
# The two weightings by sums of weights differ by nothing but a constant on *all* events, and yet one worked and one failed. So the
# failure is one of numbers:
#
# 1. **The scale of the gradient.** With the background weighted down, the mean weight is {glue:text}`mean_down`, so that the
#    cross-entropy of an untrained network is {glue:text}`entropy`. The L2 term of its first weights, which knows nothing of
#    event weights, is {glue:text}`penalty`, many times that: the optimiser minimises the weights of the network instead of the loss, and all
#    scores go to one half (at most {glue:text}`highest_down_sums` here). Their order is not lost with it: the area is
#    {glue:text}`thesis_background_down_weighted`. Without L2 the network learns, if slowly,
#    because gradients come near the {glue:text}`epsilon` that Adam adds to their size to keep its division safe. A
#    larger learning rate then helps. Scaling all weights to a mean of one removes both causes,
#    and makes the two weightings the same, to the digit.
# 2. **The imbalance.** The ratio of simulated events does not balance sums of *physics* weights, so the two weightings by raw
#    events are as uneven as physics weights. Their log-odds sit several units below zero, by {eq}`eq-log-odds`, and no score
#    comes near 1 (at most {glue:text}`highest_up_raw` with the signal up, {glue:text}`highest_down_raw` with the background down).
#    The threshold of one half is no measure of failure, but {glue:text}`steps` steps of the optimiser are few to get so far.
#    A mean of one is no cure here, since it leaves the classes as uneven: it takes the area from
#    {glue:text}`thesis_background_down_raw` to {glue:text}`mean_one_background_down_raw` with the background down, from
#    {glue:text}`thesis_signal_up_raw` to {glue:text}`mean_one_signal_up_raw` with the signal up, and from
#    {glue:text}`thesis_physics` to {glue:text}`mean_one_physics` with physics weights. We have not looked into what the scale does
#    to these. In small batches, with many more steps, the three areas are {glue:text}`small_background_down_raw`,
#    {glue:text}`small_signal_up_raw` and {glue:text}`small_physics`.
# 3. **Single precision.** A score near 1 is known to a part in ten million, a score near 0 to far better. What is weighted up
#    until everything looks like signal loses its order where one looks for it, in ties at exactly 1.

# %%
ties = {}
for name, words in masses.items():
    one = test_part.of_signal(name)
    s = scores(unweighted.model, one)
    ties[words] = f"{100 * np.mean(s[one.label] >= np.float32(1)):.1f}"
pd.Series(ties, name="signal events with a score of exactly 1 [%]").to_frame()

# %% [markdown]
# ## Does balancing help?
#
# The thesis compares the balanced weighting that worked with the constant on the background of
# {numref}`Chapter %s <chap-sample-weights>`, its figure 5.13, and finds the balanced one better for the light
# model. Here, in small batches, no weights stand for that constant, which changes no order; physics weights are those of
# {numref}`fig-balanced-odds`. The cut is chosen on the validation part and read on the test part. A dash stands for
# the significance where fewer than {glue:text}`minimum_effective` effective background events are left in either part.

# %%
validation_part = events.of("validation")
light = next(iter(masses))
parts = [part.of_signal(light) for part in (validation_part, test_part)]
candidates = {
    "none": unweighted,
    "physics weights": by_factor[heaviest],
    "balanced by sums": by_factor[1.0],
}
compared, curves = {}, {}
for words, trained in candidates.items():
    compared[words] = [
        log_odds(scores(trained.model, part)) for part in parts
    ]
    cuts = np.quantile(compared[words][1], np.linspace(0.3, 0.999, 60))
    curves[words] = panel(compared[words][1], parts[1], np.unique(cuts)).scan
chosen = cut_table(compared, *parts)
chosen

# %% tags=["remove-cell"]
report.record("minimum_effective", MINIMUM_EFFECTIVE, "g")
found = [
    tuple(float(one) for one in cell.split("±"))
    for cell in chosen.loc[["none", "balanced by sums"], "Z at 0 %"]
    if "±" in cell
]
if len(found) == 2:
    error = np.hypot(found[1][1], found[0][1])
    report.record_text("gain", plus_minus(found[1][0] - found[0][0], error))
else:
    report.record_text("gain", "an unknown amount")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-significance", "caption": "Significance of the light dark Higgs against the cut on the log-odds, in expected events of the test part, with a background known exactly; the ends of a line are where too little background is left. Weights move the cut, and the best significance by little more than its error, which grows as the background runs out; figure 5.13 of the thesis."}, "image": {"alt": "Significance against the cut on log-odds for three weightings: three curves that rise from nearly one height, shifted against each other; the balanced one rises furthest, with a widening band."}}
figure = significance_curves(curves, xlabel="Lowest log-odds of the score")
plt.show()

# %% [markdown]
# The thesis gives no errors, and its significances are of one training each. So are ours, and their errors are those of the
# events alone. Here, with a background known exactly, no weights and balanced
# ones differ by {glue:text}`gain`: the same direction as in the thesis, and little more than the errors. Cuts that leave less background gain with every
# percent of its uncertainty, so that the columns to the right differ more. All are far from a discovery. One
# point is ours: with physics weights within the signal, models of large cross-section take nearly all of its weight, and
# heavy models are learned by chance only; the table above shows it at {glue:text}`heavy`. The thesis suspected that balancing would cost models of
# small cross-section, and we agree.
#
# ## Weights of classes and of events at once
#
# The thesis would have liked to give Keras both `class_weight` and `sample_weight`, and reports that the TensorFlow of its time did not run with both. With the present
# version:

# %%
check = keras_class_weights()
pd.Series(
    {
        "Keras": check.version,
        "both at once": check.together,
        "message": check.message or "none",
        "step with the product": f"{check.product:.4f}",
        "step by hand": f"{check.expected:.4f}",
    },
    name="",
).to_frame()

# %% tags=["remove-cell"]
report.record_text("together", check.together)
report.record_text("keras", check.version)

# %% [markdown]
# In Keras {glue:text}`keras` the two at once are {glue:text}`together`. The way around it is the thesis's own and right: the product of both, as `sample_weight`.
#
# ## What was found, and what comes next
#
# A score is the share of signal in the mixture that the training weights describe. Constants on a class move
# it monotonically and change no ROC curve; weights inside a class do. That three of the thesis's four balanced weightings failed
# has to do with the scale of the weights beside L2 and Adam, with too few steps, and with a threshold at one half:
# with weights of mean one, the background weighted down by sums of weights gives {glue:text}`mean_one_background_down_weighted`, where it gave
# {glue:text}`thesis_background_down_weighted`. The two weightings by raw events it doesn't mend: with the background down they give
# {glue:text}`mean_one_background_down_raw`, where they gave {glue:text}`thesis_background_down_raw`, and with the signal up
# {glue:text}`mean_one_signal_up_raw`, where they gave {glue:text}`thesis_signal_up_raw`; many more steps lead to
# {glue:text}`small_background_down_raw` and {glue:text}`small_signal_up_raw`. Each of these numbers is {glue:text}`trainings`, with the
# error of the test events. This book scales training weights to a mean of one, balances classes by sums
# of weights where they are very uneven, and places cuts by what is expected above them. The next chapters choose the size of the network.
