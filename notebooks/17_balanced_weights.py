# %% [markdown]
# (chap-balanced-weights)=
# # Balanced weights
#
# A signal of a few hundred expected events hides among millions. How should a network be told of so
# uneven classes? The thesis {cite}`guevara2023` tries four ways to balance them, and finds that one
# works. This chapter derives that all four aim at the same order of events, and looks for what made
# three of them fail all the same.

# %% lepsearch={"full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5]}, "learns": true, "reads": ["dilepton"]} nbmake={"mock": {"epochs": 2, "profile": "smoke", "steps_epochs": 2}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
epochs = 30  # at most, of trainings in small batches
steps_epochs = 50  # of trainings in a few large batches, as in the thesis
seeds = [1, 2]

# %%
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.split import part_of
from lepsearch.learn import cuts, grid, measures
from lepsearch.learn.architecture import Network, build
from lepsearch.learn.backend import keras
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.training_weights import Weighting, balance
from lepsearch.plotting import scores as score_plots
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, UNCERTAINTIES

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
stacking = list(dataset.labels.values())
models = ["dark_higgs", "light_vector", "inelastic_eft"]
events = learning_set(dataset, models, features=WITHOUT_JETS)
masses = {"dh_hds_130": "130 GeV", "dh_hds_1500": "1500 GeV"}
masses = {one: masses[one] for one in masses if one in events.signals}
light, heavy = (list(masses)[place] for place in (0, -1))
thesis = {
    name: one.value for name, one in quoted.below("guevara.table_5_3").items()
}
raw = thesis["signal.simulated"] / thesis["background.simulated"]
expected = thesis["signal.expected"] / thesis["background.expected"]
small = Network(
    layers=2, neurons=50, learning_rate=1e-3, batch_size=512, epochs=epochs,
    patience=8,
)  # fmt: skip
experiment = Experiment(
    events, small, dataset.workspace.build / "tuning" / "17_balanced_weights",
    Weighting(raw_ratio=raw),
)  # fmt: skip
train, test = events.of("train"), experiment.measured("test")
weightings = {
    "unit": "none",
    "physics": "physics weights",
    "signal_up_weighted": "signal up, sums of weights",
    "signal_up_raw": "signal up, raw events",
    "background_down_weighted": "background down, sums of weights",
    "background_down_raw": "background down, raw events",
}
trainings = f"the mean of {len(seeds)} trainings that differ in their seeds"
if len(seeds) == 1:
    trainings = "one training"

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$.
# Networks learn all {eval}`f"{len(events.signals):d}"` mono-$Z'$ models that the profile has, from the
# {eval}`f"{len(WITHOUT_JETS):d}"` features that no event lacks, and are tested on single models: a dark Higgs with a heavy dark
# sector and a $Z'$ of {eval}`' and '.join(masses.values())`. `lepsearch run 17_balanced_weights --full` makes the page from more and longer
# trainings. The training part in the form of the thesis's table 5.3:

# %%
sizes = balance(train.label, train.weight)
measures.class_sizes(train).style.format("{:,.0f}")

# %% [markdown]
# Signal over background is {eval}`f"{sizes.raw:.2f}"` in simulated events (thesis: {eval}`f"{raw:.3f}"`) and
# {eval}`f"{sizes.weighted:.2g}"` in expected ones ({eval}`f"{expected:.2g}"`). Our mixture of simulated events is another
# than the thesis's; the expected one is similar. Where a weighting uses the ratio of simulated events, it is the thesis's ratio in this
# chapter: signal up is {eval}`f"{1 / raw:.0f}"` times up, as it was there. By our own ratio "up" would multiply the signal by {eval}`f"{1 / sizes.raw:.2f}"`, and hardly differ from physics weights.
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
n, centre = 20_000, np.array([1.0, -0.5, 0.0])  # of the signal
label = np.arange(2 * n) % 2 == 1
normal = np.random.default_rng(1).normal(size=(2 * n, len(centre)))
toy = LearningSet(
    features=(normal + np.outer(label, centre)).astype(np.float32),
    names=("x1", "x2", "x3"), label=label, weight=np.ones(2 * n),
    event=np.arange(2 * n, dtype=np.uint64), sample=label.astype(np.int16),
    sample_names=("background", "signal"), sample_groups=("background", "signal"),
    processes=("Background", "Signal"), part=part_of("gaussian", np.arange(2 * n, dtype=np.uint64)),
)  # fmt: skip
exact = toy.of("test").features.astype(float) @ centre - centre @ centre / 2


def log_odds(score):
    """ln(y / (1 - y)), with scores kept off 0 and 1 by what single precision resolves."""
    y = np.clip(score, 1e-12, 1 - np.finfo(np.float32).eps / 2)
    return np.log(y) - np.log1p(-y)


# %%
logistic = Network(
    layers=0, learning_rate=0.02, batch_size=512, epochs=60, patience=60
)
balanced = Weighting("background_down_weighted")
of_toy = Experiment(toy, logistic, experiment.store, balanced)
rows = []
for k, rate in ((1, 0.02), (100, 0.02), (10_000, 0.02), (10_000, 0.2)):
    score = of_toy.scores("test", 1, learning_rate=rate, background=float(k))
    odds = log_odds(score)
    rows.append({
        "k": k, "learning rate": rate, "−ln k": np.log(1 / k),
        "shift": np.median(odds - exact),
        "off the right log-odds": np.abs(odds - exact + np.log(k)).mean(),
        "above ½ [%]": 100 * np.mean(odds > 0),
        "AUC": measures.auc(of_toy.measured("test"), odds).value,
    })  # fmt: skip
of_exact = measures.auc(of_toy.measured("test"), exact)
toy_rows = pd.DataFrame(rows)
toy_rows.style.format({"k": "{:,}", "AUC": "{:.4f}", "learning rate": "{:g}"}, precision=3).hide()  # fmt: skip

# %% [markdown]
# The exact log-odds give an area of {eval}`f"{of_exact.value:.4f}"`. At a hundred times the background the shift is
# {eval}`f"{toy_rows['shift'][1]:.2f}"`, where {eval}`f"{toy_rows['−ln k'][1]:.2f}"` is right, and the area is {eval}`f"{toy_rows['AUC'][1]:.4f}"`, while the share above one half has gone from
# {eval}`f"{toy_rows['above ½ [%]'][0]:.0f}"` % to {eval}`f"{toy_rows['above ½ [%]'][1]:.2f}"` %. Whoever cuts at one half, or looks for a signal near a score of 1, finds that the network "predicts no signal", whatever the
# order of its events. At ten thousand times the training stops on its way: as the scores fall, so do the gradients, while
# Adam still divides by the size of the first ones. Ten times the learning rate takes it from {eval}`f"{toy_rows['off the right log-odds'][2]:.1f}"` off the right
# log-odds to {eval}`f"{toy_rows['off the right log-odds'][3]:.1f}"`. Nothing was wrong with the weights.
#
# ### In our events
#
# The same with two hidden layers and physics weights: balanced first, then with a background that weighs $k$ times
# more, up to the physical imbalance.

# %%
heaviest = 1 / sizes.weighted
choices = {
    1.0: {"scheme": "signal_up_weighted"},
    10.0: {"scheme": "background_down_weighted", "background": 10.0},
    heaviest: {"scheme": "physics"},
}
odds, rows = {}, []
for k, choice in choices.items():
    odds[k] = one = log_odds(experiment.scores("test", seeds[0], **choice))
    balanced = odds[1.0]
    moved = (one - balanced)[~test.label]
    low, middle, high = np.quantile(moved, [0.16, 0.5, 0.84])
    both = np.corrcoef(balanced[~test.label], one[~test.label])
    rows.append({
        "k": k, "−ln k": np.log(1 / k), "shift": middle,
        "spread of the shift": (high - low) / 2, "correlation": both[0, 1],
        "AUC, expected": measures.auc(test, one), "above ½ [%]": 100 * np.mean(one > 0),
    })  # fmt: skip
shifts = pd.DataFrame(rows, index=["balanced", "ten", "physical"])
shifts.style.format(
    {"k": "{:,.0f}", "AUC, expected": str}, precision=2
).hide()

# %% mystnb={"figure": {"name": "fig-balanced-odds"}, "image": {"alt": "Two scatter plots of log-odds against log-odds with a line of slope one, the expected shift: ten times the background on the left, the physical imbalance on the right."}} tags=["hide-input"]
pairs = {}
for k in (10.0, heaviest):
    own = test.label, -np.log(k)
    pairs[f"background $\\times$ {k:,.0f}"] = odds[1.0], odds[k], *own
score_plots.log_odds_compared(
    pairs, xlabel="balanced", ylabel="background heavier"
)

# %% [markdown] tags=["caption"]
# Log-odds of the test events under balanced weights (abscissa) and with the background weighing
# more (ordinate). Points on the line differ by the expected shift and nothing else; where training
# falls short of what it aims at, they leave it. Where points stand in a column at the right end,
# single precision can't tell their scores from 1.

# %% [markdown]
# The shift is that of the background, which is where expected events are. At ten times the background its
# median is {eval}`f"{shifts['shift']['ten']:.2f}"`, where {eval}`f"{shifts['−ln k']['ten']:.2f}"` is expected, with a correlation of
# {eval}`f"{shifts['correlation']['ten']:.2f}"`. At the physical imbalance of {eval}`f"{heaviest:,.0f}"` it is
# {eval}`f"{shifts['shift']['physical']:.2f}"`, where {eval}`f"{shifts['−ln k']['physical']:.2f}"` is expected; event by event it scatters by
# {eval}`f"{shifts['spread of the shift']['physical']:.2f}"`, and the correlation is {eval}`f"{shifts['correlation']['physical']:.2f}"`. Hardly any gradient comes from
# the signal there, and the training stops before it arrives, as in the table above. The optimum is the same; the way there is not.
# Signal events may leave the line further still: heavy models have next to no weight in either training, so
# that little says what their log-odds should be.
#
# ## Without weights
#
# Now figure by figure. Trained without weights and shown as simulated, figure 5.7 of the thesis:


# %%
def enlarged(one):
    """The events with a signal below a thousandth of the background multiplied, as its label says."""
    ratio = one.weight[one.label].sum() / one.weight[~one.label].sum()
    power = max(0, int(np.ceil(-3 - np.log10(ratio)))) if ratio > 0 else 0
    times = rf" $\times\,10^{{{power}}}$" if power else ""
    named = zip(one.sample_names, one.processes, strict=True)
    return replace(
        one, weight=np.where(one.label, 10.0**power, 1.0) * one.weight,
        processes=tuple(words + times if name in one.signals else words for name, words in named),
    )  # fmt: skip


def raw_and_scaled(**choice):
    """Single models in the test part: as simulated, and scaled over the log-odds."""
    above, below, edges = {}, {}, np.linspace(0, 1, 26)
    for name, words in masses.items():
        one = experiment.measured("test", name)
        score = experiment.scores("test", seeds[0], signal=name, **choice)
        odds = log_odds(score)
        bins = np.linspace(odds.min(), np.nextafter(odds.max(), np.inf), 26)
        counted, _ = cuts.panel(one.counted, score, edges, order=stacking)
        scaled, _ = cuts.panel(enlarged(one), odds, bins, order=stacking)
        scanned = cuts.scan(one, odds, bins[:-1], UNCERTAINTIES)
        above[f"$m_{{Z'}}$ = {words}, counted"] = (counted, None)
        below[f"$m_{{Z'}}$ = {words}, expected"] = (scaled, scanned)
    count = len(masses)
    return score_plots.side_by_side(
        above | below, columns=count,
        luminosity_fb=[None] * count + [dataset.luminosity_fb] * count,
        xlabels=["Network output"] * count + ["Log-odds of the output"] * count,
    )  # fmt: skip


# %% mystnb={"figure": {"name": "fig-balanced-unit"}, "image": {"alt": "Validation plots at two masses, as simulated over the score above, scaled over its log-odds below; the text tells how well each signal is told apart."}} tags=["hide-input"]
raw_and_scaled(scheme="unit")

# %% [markdown] tags=["caption"]
# Scores of the network trained without weights for the dark Higgs at two masses, as simulated
# (above; figure 5.7 of the thesis), and scaled to the luminosity over the log-odds of the score,
# with the significance of cuts (below; figure 5.8). Signals too small to be seen are multiplied as
# their labels say; the significance is that of the signal itself.


# %%
def area_text(area):
    """An area; the last hundredth of a percent is not resolved."""
    return "> 0.9999" if area.value > 0.9999 else str(area)


single = {name: experiment.measured("test", name) for name in masses}
of_unit = partial(experiment.scores, "test", seeds[0], scheme="unit")
without = {
    name: measures.auc(one.counted, of_unit(signal=name))
    for name, one in single.items()
}
yields = {name: one.weight[one.label].sum() for name, one in single.items()}

# %% [markdown]
# In simulated events the area under the ROC curve is {eval}`area_text(without[heavy])` at
# {eval}`masses[heavy]` and {eval}`area_text(without[light])` at {eval}`masses[light]` (this training), where the thesis has {eval}`f"{quoted.get('guevara.weighting.unit').value:.2f}"`. How well a model is told apart
# does not say what it is worth: {eval}`f"{yields[heavy]:.2g}"` events are expected of the heavy one, {eval}`f"{yields[light]:.2g}"` of the light one.
#
# ## Four ways to balance, as in the thesis
#
# The thesis trained with Adam, an L2 term and four large batches an epoch, with weights as they came; so the draft reads, while its public code sets the weight of
# each signal event to one before it balances. The mean weights of the draft follow
# from table 5.3; ours are brought to the same means here, since a larger sample has smaller weights. First the scores, of one training each.

# %%
few = Network(
    layers=2, neurons=50, batch_size=-(-len(train) // 4), epochs=steps_epochs,
    patience=steps_epochs, normalise_weights=False, learning_rate=1e-3,
)  # fmt: skip
n_s, n_b = (thesis[f"{one}.simulated"] for one in ("signal", "background"))
w_s, w_b = (thesis[f"{one}.expected"] for one in ("signal", "background"))
sums = {
    "unit": n_s + n_b, "physics": w_s + w_b,
    "signal_up_weighted": 2 * w_b, "signal_up_raw": w_s / raw + w_b,
    "background_down_weighted": 2 * w_s, "background_down_raw": w_s + w_b * raw,
}  # fmt: skip
mean_weights = {scheme: one / (n_s + n_b) for scheme, one in sums.items()}
as_thesis = {"model": few, "mean_weight": mean_weights}
in_thesis = pd.DataFrame({"mean weight in the thesis": mean_weights})
in_thesis.rename(weightings).style.format("{:.2g}")

# %% mystnb={"figure": {"name": "fig-balanced-up-sums"}, "image": {"alt": "Validation plots at two masses for the signal weighted up by sums of weights: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="signal_up_weighted", **as_thesis)

# %% [markdown] tags=["caption"]
# Signal up by the ratio of sums of weights: as simulated (figure 5.9 of the thesis) and scaled. The
# classes weigh the same.

# %% mystnb={"figure": {"name": "fig-balanced-up-raw"}, "image": {"alt": "Validation plots at two masses for the signal weighted up by the ratio of simulated events: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="signal_up_raw", **as_thesis)

# %% [markdown] tags=["caption"]
# Signal up by the thesis's ratio of simulated events (figure 5.10), and scaled. The signal still
# weighs {eval}`f"{sizes.weighted / raw:.4f}"` times the background, so that most events belong at low scores.

# %% mystnb={"figure": {"name": "fig-balanced-down-sums"}, "image": {"alt": "Validation plots at two masses for the background weighted down by sums of weights: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="background_down_weighted", **as_thesis)

# %% [markdown] tags=["caption"]
# Background down by the ratio of sums of weights (figure 5.11), and scaled. The highest score and how
# much the order of the scores is worth stand in the table below.

# %% mystnb={"figure": {"name": "fig-balanced-down-raw"}, "image": {"alt": "Validation plots at two masses for the background weighted down by the ratio of simulated events: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="background_down_raw", **as_thesis)

# %% [markdown] tags=["caption"]
# Background down by the thesis's ratio of simulated events (figure 5.12), and scaled.

# %% [markdown]
# Whether the order of the events is lost where scores are low, only the log-odds show. Now in numbers, with what may be wrong changed one at a time. With weights of mean one, "up" and "down" by one ratio are
# the same numbers, and one of the two is trained; no weights have a mean of one already.

# %%
by_sums = ["signal_up_weighted", "background_down_weighted"]
different = ["unit", "physics", "signal_up_weighted", "signal_up_raw"]
no_l2 = as_thesis | {"model": replace(few, l2=0.0)}
settings = {
    "as in the thesis": (as_thesis, list(weightings)),
    "without L2": (no_l2, ["physics", *by_sums]),
    "without L2, ten times the learning rate": (
        no_l2 | {"model": replace(few, l2=0.0, learning_rate=0.01)}, by_sums
    ),
    "weights of mean one": ({"model": replace(few, normalise_weights=True)}, different[1:]),
    "mean one, small batches": ({}, different),
    "mean one, small batches, ten times the learning rate": ({"learning_rate": 0.01}, ["unit"]),
}  # fmt: skip
thesis_way, no_l2, faster, mean_one, small_batches, small_faster = settings


def percent_above(events, score, cut=0.5):
    """Percent of the simulated signal above one half, or another score."""
    return 100 * cuts.share_above(events.counted, score, cut)


def counted_auc(events, score):
    """Area under the ROC curve of simulated events."""
    return measures.auc(events.counted, score)


measure = {}
for name, words in masses.items():
    measure |= {
        f"AUC, {words}, simulated": measures.for_signal(counted_auc, name),
        f"AUC, {words}, expected": measures.for_signal(measures.auc, name),
        f"{words} above ½ [%]": measures.for_signal(percent_above, name),
    }
measure["others above ½ [%]"] = lambda events, score: percent_above(
    replace(events, label=~events.label), score
)
trained = {
    (setting, scheme): choice | {"scheme": scheme}
    for setting, (choice, schemes) in settings.items()
    for scheme in schemes
}
runs = experiment.named(trained, seeds, measure=measure)
points = pd.DataFrame([*runs.pop("choice")], columns=["training", "weights"])
table = grid.means(points.join(runs), "test")
table["highest score"] = [
    np.max(experiment.by_seed("test", seeds, **trained[point]))
    for point in table.index
]


areas = [name for name in table if name.startswith("AUC")]
table.rename(index=weightings).style.format(area_text, areas).format(
    "{:.3g}", ["highest score"]
)

# %%
area = table[f"AUC, {masses[light]}, expected"]
above = table[f"{masses[light]} above ½ [%]"]
above_half = above[thesis_way].map(
    lambda one: f"{one} %" if one.value > 0 else "none"
)
top = table["highest score"]
simulated = table[f"AUC, {masses[light]}, simulated"]
auc_of = measures.auc_of
of_light = partial(experiment.average, auc_of, "test", seeds, signal=light)
change = {
    (setting, scheme): of_light(**trained[setting, scheme]) - of_light(**trained[before, scheme])
    for setting, before in ((no_l2, thesis_way), (mean_one, thesis_way), (small_batches, mean_one))
    for scheme in ("physics", "signal_up_raw")
    if (setting, scheme) in trained
}  # fmt: skip
batches = -(-len(train) // few.batch_size)
steps = batches * max(
    len(experiment.training(seed, **trained[thesis_way, one]).history)
    for one in weightings for seed in seeds
)  # fmt: skip
penalty = float(sum(build(few, train).get_layer("core").losses))
entropy = np.log(2) * mean_weights["background_down_weighted"]

# %% [markdown]
# Areas under the ROC curve, in simulated and in expected events; the shares of simulated signal and of other events above one half; the highest score of any training.
# Each row is {eval}`trainings`. The errors are those of the test events and, with more trainings than one, that of the mean
# over them, in quadrature; so few know the latter roughly. The batches are {eval}`batches`, which makes {eval}`steps` steps in all
# epochs; the weights of the epoch with the lowest validation loss are kept.
# Of the light signal of the networks trained as in the thesis there is above one half: {eval}`above_half['signal_up_weighted']` with the signal up by sums of weights and
# {eval}`above_half['signal_up_raw']` by simulated events, {eval}`above_half['background_down_weighted']` and
# {eval}`above_half['background_down_raw']` with the background down.
# For {eval}`masses[light]` and in expected events, with "up" and "down" by one ratio at a mean of one trained once:

# %%
compared = area.unstack("training").loc[list(weightings), [*settings][:-1]]
ups, downs = list(weightings)[2:4], list(weightings)[4:]
same = [mean_one, small_batches]
compared.loc[downs, same] = compared.loc[ups, same].to_numpy()
compared.rename(index=weightings).style.format("{:.3f}", na_rep="–")

# %% [markdown]
# Small batches here are still no long training: at a learning rate of {eval}`f"{small.learning_rate:g}"` and in at most {eval}`f"{epochs:d}"` epochs the networks learn less than
# those of {numref}`Chapters %s <chap-padding>` and {numref}`%s <chap-normalisation>`, whose rate is larger, so that areas for the same signal can't be compared. At ten
# times the rate the network without weights has {eval}`f"{area[small_faster, 'unit']:.3f}"` instead of {eval}`f"{area[small_batches, 'unit']:.3f}"`. This chapter compares weightings at one rate.
#
# Plots beside the public code of the thesis have areas in simulated events for the same model:

# %%
known = {
    "unit": "unit",
    "balanced": "signal_up_weighted",
    "physics": "physics",
}
printed = {one: quoted.get(f"guevara.weighting.{one}").value for one in known}
beside = pd.DataFrame({"thesis": printed} | {
    words: {one: simulated[setting, scheme] for one, scheme in known.items()}
    for words, setting in (("few large batches", thesis_way), ("small batches", small_batches))
})  # fmt: skip
lower = [
    one.value < printed[row] - 2 * one.error
    for _, column in beside.iloc[:, 1:].items() for row, one in column.items()
]  # fmt: skip
raw_change = {
    (setting, scheme): of_light(counted=True, **trained[setting, scheme])
    - of_light(counted=True, **trained[setting, "unit"])
    for setting in (thesis_way, small_batches)
    for scheme in ("physics", "signal_up_weighted")
}
beside.style.format({"thesis": "{:.2f}"}).format("{:.3f}", list(beside)[1:])

# %% [markdown]
# Physics weights change our areas against no weights by {eval}`f"{raw_change[thesis_way, 'physics']:.3f}"` in few batches and by {eval}`f"{raw_change[small_batches, 'physics']:.3f}"` in
# small ones, balanced weights by {eval}`f"{raw_change[thesis_way, 'signal_up_weighted']:.3f}"` and {eval}`f"{raw_change[small_batches, 'signal_up_weighted']:.3f}"` (on the same events). Of our
# {eval}`len(lower)` areas, {eval}`f"{sum(lower)}"` are lower than the thesis's by more than two of their errors; the backgrounds are others, of
# which dibosons make up more.
#
# The two weightings by sums of weights differ by nothing but a constant on *all* events, and yet one worked in the thesis and one failed. So the
# failure is one of numbers:
#
# 1. **The scale of the gradient.** With the background weighted down, the mean weight is {eval}`f"{mean_weights['background_down_weighted']:.1e}"`, so that the
#    cross-entropy of an untrained network, which is divided by the number of events, is {eval}`f"{entropy:.1e}"`. The L2 term of its first weights, which knows nothing of
#    event weights, is {eval}`f"{penalty:.1e}"`, {eval}`f"{penalty / entropy:.0f}"` times that: the optimiser minimises the weights of the network instead of the
#    loss, and no score is above {eval}`f"{top[thesis_way, 'background_down_weighted']:.2f}"`. Of the order of the events an area of
#    {eval}`f"{area[thesis_way, 'background_down_weighted']:.3f}"` is left. Without L2 it is {eval}`f"{area[no_l2, 'background_down_weighted']:.3f}"`, where
#    gradients come near the {eval}`f"{keras.optimizers.Adam().epsilon:.0e}"` that Adam adds to their size to keep its division safe, and with ten times the
#    learning rate {eval}`f"{area[faster, 'background_down_weighted']:.3f}"`. Scaling all weights to a mean of one removes both causes,
#    and makes the two weightings the same.
# 2. **The imbalance.** The ratio of simulated events does not balance sums of *physics* weights: by it the signal weighs
#    {eval}`f"{sizes.weighted / raw:.4f}"` times the background (thesis: {eval}`f"{expected / raw:.4f}"`). By {eq}`eq-log-odds` the log-odds move by
#    {eval}`f"{np.log(sizes.weighted / raw):.1f}"` against balanced classes; no score is above {eval}`f"{top[thesis_way, 'signal_up_raw']:.2f}"` with the signal up and
#    {eval}`f"{top[thesis_way, 'background_down_raw']:.2f}"` with the background down. The areas are {eval}`f"{area[thesis_way, 'signal_up_raw']:.3f}"` and
#    {eval}`f"{area[thesis_way, 'background_down_raw']:.3f}"`, where the weighting that worked has {eval}`f"{area[thesis_way, 'signal_up_weighted']:.3f}"`. As far as these agree, the threshold of one half
#    failed, not the training.
# 3. **Too few steps.** Physics weights are {eval}`f"{1 / raw:.0f}"` times as uneven again, and {eval}`steps` steps are few to get as far as their log-odds have to go:
#    the area is {eval}`f"{area[thesis_way, 'physics']:.3f}"`, and many more steps, in small batches, change that of weights of mean one by {eval}`f"{change[small_batches, 'physics']:.3f}"`.
#    A mean of one is no cure for an imbalance: against the scale of the thesis it changes the area by {eval}`f"{change[mean_one, 'physics']:.3f}"` with physics
#    weights and by {eval}`f"{change[mean_one, 'signal_up_raw']:.3f}"` with the signal up by simulated events. To take the L2 term away instead, at the scale of the thesis, changes it by
#    {eval}`f"{change[no_l2, 'physics']:.3f}"` with physics weights. As far as that is the same change, the scale acts through the L2 term, which counts for more
#    beside a smaller loss.
# 4. **Single precision.** A score near 1 is known to a part in ten million, a score near 0 to far better. Signal that gets a score of exactly 1
#    has lost its order where one looks for it:

# %%
at_one = partial(percent_above, cut=1.0)
ones = {
    f"{words}: score of 1 [%]": measures.for_signal(at_one, name)
    for name, words in masses.items()
}
ties = experiment.grid({"scheme": different}, seeds, measure=ones)
grid.means(ties, "test").rename(index=weightings)

# %% [markdown]
# ## Does balancing help?
#
# The thesis compares the balanced weighting that worked with the constant on the background of
# {numref}`Chapter %s <chap-sample-weights>`, its figure 5.13, and finds the balanced one better for the light
# model. Here, in small batches, no weights stand for that constant, which changes no order in principle. The cut is chosen on the validation part and read on the test part. A dash stands for
# the significance where fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events are left in either part. The table and the figure are
# of one training each.

# %%
candidates = {
    "none": "unit",
    "physics weights": "physics",
    "balanced by sums": "signal_up_weighted",
}
validation, read_on = experiment.measured("validation", light), single[light]


def odds_of(part, scheme, seed):
    """Log-odds of the background and of the light model."""
    score = experiment.scores(part, seed, signal=light, scheme=scheme)
    return log_odds(score)


def chosen_cut(scheme, seed):
    """The best of the cuts at every percent of the validation signal."""
    odds = odds_of("validation", scheme, seed)
    tried = np.quantile(odds[validation.label], np.linspace(0, 0.99, 100))
    return cuts.best_cut(validation, odds, np.unique(tried))


rows, curves = {}, {}
for words, scheme in candidates.items():
    odds = odds_of("test", scheme, seeds[0])
    cut = chosen_cut(scheme, seeds[0])
    read = cuts.scan(read_on, odds, [cut], UNCERTAINTIES)
    z = dict(zip(UNCERTAINTIES, read.at(), strict=True))
    rows[words] = {
        "log-odds above": cut,
        "signal": Estimate(read.signal[0], read.signal_error[0]),
        "background": Estimate(read.background[0], read.background_error[0]),
        "effective": read.effective_background[0],
    } | {f"Z at {u:.0%}": one for u, one in z.items()}
    tried = np.unique(np.quantile(odds, np.linspace(0.3, 0.999, 60)))
    curves[words] = cuts.scan(read_on, odds, tried[:-1], UNCERTAINTIES)
pd.DataFrame.from_dict(rows, orient="index").style.format(
    {"log-odds above": "{:.3g}", "effective": "{:.0f}"}, na_rep="–"
)  # fmt: skip

# %%
above_cut, enough = {}, []
for scheme in ("unit", "signal_up_weighted"):
    odds = [odds_of("test", scheme, seed) for seed in seeds]
    own = [chosen_cut(scheme, seed) for seed in seeds]
    of = [partial(measures.significance_of, cut=cut) for cut in own]
    above_cut[scheme] = measures.averaged(of, read_on, odds, replicas=200)
    enough += [
        cuts.scan(read_on, one, [cut]).enough()[0]
        for one, cut in zip(odds, own, strict=True)
    ]
gain = measures.differences(above_cut, "unit", paired_seeds=False)
gain = gain["difference"]["signal_up_weighted"]
gain = gain if all(enough) else "an unknown amount"

# %% mystnb={"figure": {"name": "fig-balanced-significance"}, "image": {"alt": "Significance against the cut on log-odds for three weightings, each curve with a band of its error that widens as the background runs out."}} tags=["hide-input"]
words = "Lowest log-odds of the score"
score_plots.significance_curves(curves, xlabel=words)

# %% [markdown] tags=["caption"]
# Significance of the light dark Higgs against the cut on the log-odds, in expected events of the
# test part, with a background known exactly; the ends of a line are where too little background is
# left. Weights move the place of the best cut; how far they move its significance must be compared
# with its error, which grows as the background runs out; figure 5.13 of the thesis.

# %%
weight = np.bincount(train.sample[train.label], train.weight[train.label])
largest = int(weight.argmax())
heaviest_sample = events.processes[largest].replace("$m_{Z'} = ", "")
heaviest_sample = heaviest_sample.replace("$", "")

# %% [markdown]
# The thesis gives no errors, and its significances are of one training each. Here, with a background known exactly, balanced weights
# change the significance against none by {eval}`gain`: {eval}`trainings`, each with its own cut, on the same events, with the error
# of these events by bootstrap and that of the mean over seeds. The thesis finds a gain. Cuts that leave less background gain with every
# percent of its uncertainty, so that the columns to the right differ more. A discovery asks for a significance of five.
#
# The thesis suspects that balancing costs models of small cross-section, as those of its effective theory (EFT). In all weightings but none, physics
# weights hold within the signal: the sample {eval}`heaviest_sample` takes {eval}`f"{100 * weight[largest] / weight.sum():.0f}"` % of all weight of the signal here, while
# its lightest samples hardly teach. The areas in expected events of the dark Higgs and of all EFT models of the profile:

# %%
group = dict(zip(test.sample_names, test.sample_groups, strict=True))
eft = [one for one in test.signals if group[one] == "inelastic_eft"]
by_scheme = {words: {"scheme": one} for words, one in candidates.items()}
names = test.signals | {one: f"Dark Higgs, {masses[one]}" for one in masses}
rows = {}
for name in (*masses, *eft):
    one = experiment.measured("test", name)
    found = experiment.compared(by_scheme, "none", seeds, signal=name)
    changes = found["difference"].drop("none").add_prefix("change: ")
    rows[name] = {
        "model": names[name],
        "expected events": one.weight[one.label].sum(),
        "area without weights": found["value"]["none"],
        **changes,
    }
single = pd.DataFrame.from_dict(rows, orient="index")
worse = single.loc[eft].iloc[:, 3:].map(lambda one: one.sigmas < -2).sum()
single.style.format(
    {"expected events": "{:.2g}", "area without weights": area_text}
).hide()

# %% [markdown]
# Of the {eval}`len(eft)` EFT models, {eval}`f"{worse['change: balanced by sums']}"` have a smaller area with balanced weights than without any, by more than two errors of
# the difference, and {eval}`f"{worse['change: physics weights']}"` with physics weights.
#
# ## Weights of classes and of events at once
#
# The thesis would have liked to give Keras both `class_weight` and `sample_weight`, and reports that the TensorFlow of its time did not run with both. With the present
# version:

# %%
label, sample = np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0, 5.0])
by_class = {0: 1.0, 1: 7.0}
product = sample * np.where(label == 1, by_class[1], by_class[0])


def step(**weights):
    """Where one step of gradient descent takes a sigmoid's one parameter from 0."""
    from_zero = {"use_bias": False, "kernel_initializer": "zeros"}
    layer = keras.layers.Dense(1, "sigmoid", **from_zero)
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.SGD(1.0), "binary_crossentropy")
    model.fit(np.ones((4, 1)), label, batch_size=4, verbose=0, **weights)
    return float(model.get_weights()[0][0, 0])


by_product, by_hand = step(sample_weight=product), product @ (label - 0.5) / 4
message = "none"
try:
    both = step(sample_weight=sample, class_weight=by_class)
    together = "multiplied" if np.isclose(both, by_product) else "ignored"
except ValueError as error:
    together, message = "refused", str(error)
pd.Series({
    "Keras": keras.__version__, "both at once": together, "message": message,
    "step with the product": f"{by_product:.4f}", "step by hand": f"{by_hand:.4f}",
}, name="").to_frame()  # fmt: skip

# %% [markdown]
# In Keras {eval}`keras.__version__` the two at once are {eval}`together`. The way around it is the thesis's own and right: the product of both, as `sample_weight`.
#
# ## What was found, and what comes next
#
# A score is the share of signal in the mixture that the training weights describe. Constants on a class move
# it monotonically and in principle change no ROC curve; weights inside a class do. That three of the thesis's four balanced weightings seemed to fail
# has two reasons. Weighting the background down by sums of weights makes the loss small beside L2 and Adam's own scale: with weights of mean one it gives {eval}`f"{area[mean_one, 'signal_up_weighted']:.3f}"`, where it gave
# {eval}`f"{area[thesis_way, 'background_down_weighted']:.3f}"`. The two weightings by simulated events leave the classes uneven, so that no score need come near 1; their order is another matter:
# {eval}`f"{area[thesis_way, 'signal_up_raw']:.3f}"` with the signal up and {eval}`f"{area[thesis_way, 'background_down_raw']:.3f}"` with the background down. In small batches, with many more steps, the areas are
# {eval}`f"{area[small_batches, 'signal_up_raw']:.3f}"` by simulated events and {eval}`f"{area[small_batches, 'signal_up_weighted']:.3f}"` by sums of weights. Each of these numbers is an area in expected events for {eval}`masses[light]`,
# {eval}`trainings`. This book scales training weights to a mean of one, balances classes by sums
# of weights where they are very uneven, and places cuts by what is expected above them. The next chapters choose the size of the network.

# %% tags=["remove-cell"]
name = "background_down_weighted"
report.record(f"thesis_{name}", area[thesis_way, name], ".3f")
report.record(f"mean_one_{name}", area[mean_one, by_sums[0]], ".3f")
