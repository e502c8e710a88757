# %% [markdown]
# (chap-balanced-weights)=
# # Balanced weights
#
# How should a network be trained when a few hundred expected signal events stand against millions of background? Guevara's
# thesis {cite}`guevara2023` tries four ways to balance the classes by weights, and finds that one works. All four
# multiply one class by a constant, which in principle does not change the order of the events ({eq}`eq-log-odds`). This
# chapter derives that, tests it where the answer is known ({numref}`tab-balanced-toy`), and changes the suspected causes of the
# failures one at a time ({numref}`tab-balanced-auc`).

# %% lepsearch={"full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5], "train_events": 1000000000}, "learns": ["dark_higgs", "light_vector", "inelastic_eft", "dh_hds_130"], "reads": ["dilepton"]} nbmake={"mock": {"epochs": 2, "profile": "smoke", "steps_epochs": 2}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# [1, 100000]; at most, of trainings in small batches
epochs = 30
# [1, 100000]; of trainings in a few large batches, as in the thesis
steps_epochs = 50
# [0, 4294967295]; one training each
seeds = [1, 2]
# [100, 1e12]; events of the training part, at most, roughly
train_events = 25_000

# %%
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from lepsearch.book import report, tables
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
from lepsearch.plotting.style import drawing
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, UNCERTAINTIES

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
stacking = list(dataset.labels.values())
models = ["dark_higgs", "light_vector", "inelastic_eft"]
of_all = {"features": WITHOUT_JETS, "train_events": train_events}
events = learning_set(dataset, models, **of_all)
masses = {"dh_hds_130": "130 GeV", "dh_hds_1500": "1500 GeV"}
masses = {one: masses[one] for one in masses if one in events.signals}
light, heavy = (list(masses)[place] for place in (0, -1))
thesis = pd.Series(quoted.below("guevara.table_5_3")).map(float).to_dict()
raw = thesis["signal.simulated"] / thesis["background.simulated"]
expected = thesis["signal.expected"] / thesis["background.expected"]
steps = {"learning_rate": 1e-3, "batch_size": 512, "patience": 8}
small = Network(layers=2, neurons=50, epochs=epochs, **steps)
store = dataset.workspace.build / "tuning" / "17_balanced_weights"
experiment = Experiment(events, small, store, Weighting(raw_ratio=raw))
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
# Networks learn all mono-$Z'$ models of the profile together and are tested on single ones: the dark Higgs with a heavy dark
# sector at the masses of {numref}`tab-balanced-setup`. `lepsearch run 17_balanced_weights --full` repeats the chapter with more and
# longer trainings on all training events.
#
# :::{table} Events and trainings of this chapter.
# :name: tab-balanced-setup
#
# | quantity | value |
# |---|---|
# | profile | {eval}`profile` |
# | integrated luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | signal models trained on | {eval}`f"{len(events.signals):d}"` |
# | tested $m_{Z'}$ | {eval}`' and '.join(masses.values())` |
# | features, those that every event has | {eval}`f"{len(WITHOUT_JETS):d}"` |
# | trainings of each setting | {eval}`f"{len(seeds):d}"` |
# | epochs, at most, in small batches | {eval}`f"{epochs:d}"` |
# | epochs in four large batches | {eval}`f"{steps_epochs:d}"` |
# :::
#
# A dash in a table marks a significance with fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events above the cut.

# %% mystnb={"figure": {"name": "tab-balanced-sizes"}}
sizes = balance(train.label, train.weight)
of_class = measures.class_sizes(train)
tables.styled(of_class, "classes", ",.0f", simulated=",d", product=".4g")

# %% [markdown] tags=["caption"]
# Simulated and expected events of the training part, in the form of table 5.3 of the thesis.

# %% [markdown]
# In simulated events the ratio of signal to background is {eval}`f"{sizes.raw:.2f}"`, in the thesis {eval}`f"{raw:.3f}"`. In expected
# events it is {eval}`f"{sizes.weighted:.2g}"`, in the thesis {eval}`f"{expected:.2g}"`. Where a weighting uses the ratio of simulated events, this chapter
# takes the thesis's, so that "up" multiplies the signal by {eval}`f"{1 / raw:.0f}"` as it did there; by the ratio of this profile it would
# multiply it by {eval}`f"{1 / sizes.raw:.2f}"`.
#
# ## A constant weight of a class moves all log-odds alike
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
# - A constant factor $k$ on the background (or $1/k$ on the signal) moves all log-odds by $-\ln k$. The order of the events,
#   the ROC curve and the best significance stay; only the place of a cut on the score moves.
# - A factor that differs *within* a class changes $p_s$ or $p_b$, and with them the order. Physics weights are such factors, so
#   simulated and expected events have different optimal scores.
#
# The four balanced weightings multiply physics weights by a constant for one class. Their optimal scores
# differ from those of physics weights by a shift of the log-odds alone. "Up" and "down" by the same ratio have the same $W_s/W_b$.
#
# ### Gaussian features with known log-odds
#
# With two classes of normally distributed features, {eq}`eq-log-odds` is linear, and a network without hidden layers can
# reach it. In {numref}`tab-balanced-toy` the background weighs $k$ times the signal.

# %%
n, centre = 20_000, np.array([1.0, -0.5, 0.0])  # of the signal
label = np.arange(2 * n) % 2 == 1
normal = np.random.default_rng(1).normal(size=(2 * n, len(centre)))
toy = LearningSet(
    features=(normal + np.outer(label, centre)).astype(np.float32),
    names=("x1", "x2", "x3"), label=label, weight=np.ones(2 * n),
    event=np.arange(2 * n, dtype=np.uint64), sample=label.astype(np.int16),
    sample_names=("background", "signal"),
    sample_groups=("background", "signal"),
    processes=("Background", "Signal"),
    part=part_of("gaussian", np.arange(2 * n, dtype=np.uint64)),
)  # fmt: skip
exact = toy.of("test").features.astype(float) @ centre - centre @ centre / 2


def log_odds(score):
    """ln(y / (1 - y)), kept finite by what single precision resolves."""
    y = np.clip(score, 1e-12, 1 - np.finfo(np.float32).eps / 2)
    return np.log(y) - np.log1p(-y)


# %% mystnb={"figure": {"name": "tab-balanced-toy"}}
steps = {"batch_size": 512, "epochs": 60, "patience": 60}
logistic = Network(layers=0, learning_rate=0.02, **steps)
balanced = Weighting("background_down_weighted")
of_toy = Experiment(toy, logistic, experiment.store, balanced)
rows = []
for k, rate in ((1, 0.02), (100, 0.02), (10_000, 0.02), (10_000, 0.2)):
    score = of_toy.scores("test", 1, learning_rate=rate, background=float(k))
    odds = log_odds(score)
    rows.append({
        "k": k, "learning rate": rate, "−ln k": np.log(1 / k),
        "shift": np.median(odds - exact),
        "mean distance": np.abs(odds - exact + np.log(k)).mean(),
        "above ½ [%]": 100 * np.mean(odds > 0),
        "AUC": measures.auc(of_toy.measured("test"), odds).value,
    })  # fmt: skip
of_exact = measures.auc(of_toy.measured("test"), exact)
toy_rows = pd.DataFrame(rows)
formats = {"k": "{:,}", "AUC": "{:.4f}", "learning rate": "{:g}"}
toy_rows.style.format(formats, precision=3).hide()

# %% [markdown] tags=["caption"]
# Networks without hidden layers on Gaussian features, by the factor k of the background: shift of the log-odds (median) and the
# expected one, −ln k; mean distance from the right log-odds; fraction of events with a score above one half; AUC.

# %% [markdown]
# At a hundred times the background the median shift is {eval}`f"{toy_rows['shift'][1]:.2f}"`, expected is {eval}`f"{toy_rows['−ln k'][1]:.2f}"`. The AUC is
# {eval}`f"{toy_rows['AUC'][1]:.4f}"`; the exact log-odds have {eval}`f"{of_exact.value:.4f}"`. The fraction above one half falls from
# {eval}`f"{toy_rows['above ½ [%]'][0]:.0f}"` % to {eval}`f"{toy_rows['above ½ [%]'][1]:.2f}"` %. A cut at one half then finds that the network "predicts no signal",
# although the order of its events is intact.
#
# At ten thousand times the background, training stops before it arrives: the gradients fall with the scores, while
# Adam still divides by the size of the first ones. Ten times the learning rate reduces the mean distance from the right log-odds
# from {eval}`f"{toy_rows['mean distance'][2]:.1f}"` to {eval}`f"{toy_rows['mean distance'][3]:.1f}"`, with the same weights.
#
# ### Shift and spread of the log-odds in simulated events
#
# {numref}`tab-balanced-shifts` and {numref}`fig-balanced-odds` repeat this test with two hidden layers and physics weights: balanced, then with a background that
# weighs $k$ times more, up to the physical imbalance.

# %% mystnb={"figure": {"name": "tab-balanced-shifts"}}
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
        "weighted AUC": measures.auc(test, one),
        "above ½ [%]": 100 * np.mean(one > 0),
    })  # fmt: skip
shifts = pd.DataFrame(rows, index=["balanced", "ten", "physical"])
shifts.style.format({"k": "{:,.0f}", "weighted AUC": str}, precision=2).hide()

# %% [markdown] tags=["caption"]
# Shift of the background's log-odds relative to balanced weights, by the factor k of the background: median, half the range of one standard deviation, and
# correlation with the balanced log-odds; physics-weighted AUC; fraction of events with a score above one half. One training each.

# %% mystnb={"figure": {"name": "fig-balanced-odds"}, "image": {"alt": "Two scatter plots of log-odds against log-odds with a line of slope one, the expected shift: ten times the background on the left, the physical imbalance on the right."}} tags=["hide-input"]
dots = {"markersize": 2.2, "alpha": 0.35, "mec": "none", "rasterized": True}
with drawing(1, 2, {"font.size": 10}, figsize=(9.2, 4.4)) as (figure, panels):
    for axes, k in zip(panels, (10.0, heaviest), strict=True):
        x, y, signal = odds[1.0], odds[k], test.label
        axes.plot(x[~signal], y[~signal], "o", color="#0072b2", label="background", **dots)  # fmt: skip
        axes.plot(x[signal], y[signal], "^", color="#d55e00", label="signal", **dots)  # fmt: skip
        ends = np.array([x.min(), x.max()])
        axes.plot(ends, ends - np.log(k), "-", color="black", lw=1.4, label="expected shift")  # fmt: skip
        axes.set(title=f"background $\\times$ {k:,.0f}", xlabel="log-odds, balanced", ylabel="log-odds, background heavier")  # fmt: skip
        axes.legend(loc="upper left", markerscale=3)
figure  # fmt: skip

# %% [markdown] tags=["caption"]
# Log-odds of the test events under balanced weights (abscissa) and with a heavier background (ordinate), one training each. The
# line is the expected shift. Events in a column at the right end have scores that single precision cannot distinguish from 1.

# %% [markdown]
# At ten times the background the median shift is {eval}`f"{shifts['shift']['ten']:.2f}"`, expected is {eval}`f"{shifts['−ln k']['ten']:.2f}"`. At the physical imbalance it
# is {eval}`f"{shifts['shift']['physical']:.2f}"`, expected is {eval}`f"{shifts['−ln k']['physical']:.2f}"`. A shift that is too small means that
# training stopped before it arrived, as in {numref}`tab-balanced-toy`: at a large imbalance hardly any gradient comes from the signal. The
# optimum is the same, but it takes more steps to reach. Signal events may leave the line further, because heavy models have small
# weights in both trainings and hardly constrain their log-odds.
#
# ## Training without weights
#
# {numref}`fig-balanced-unit` shows networks trained without weights, as simulated (figure 5.7 of the thesis) and as expected (figure 5.8).


# %%
def enlarged(one):
    """The events with a small signal multiplied, as its label says."""
    ratio = one.weight[one.label].sum() / one.weight[~one.label].sum()
    power = max(0, int(np.ceil(-3 - np.log10(ratio)))) if ratio > 0 else 0
    times = rf" $\times\,10^{{{power}}}$" if power else ""
    named = zip(one.sample_names, one.processes, strict=True)
    return replace(
        one, weight=np.where(one.label, 10.0**power, 1.0) * one.weight,
        processes=tuple(
            words + times if name in one.signals else words
            for name, words in named
        ),
    )  # fmt: skip


def raw_and_scaled(**choice):
    """Single models in the test part, as simulated and scaled."""
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


# %% mystnb={"figure": {"name": "fig-balanced-unit"}, "image": {"alt": "Validation plots at two masses, as simulated over the score above, scaled over its log-odds below; the text gives the AUC of each signal."}} tags=["hide-input"]
raw_and_scaled(scheme="unit")

# %% [markdown] tags=["caption"]
# Scores of the network trained without weights for the dark Higgs at two masses. Above: simulated events, unweighted. Below:
# scaled to the luminosity, over the log-odds of the score, with the significance of cuts. Signals too small to be seen are multiplied as
# their labels say; the significance is that of the signal itself.


# %%
def area_text(area):
    """An AUC; the last hundredth of a percent is not resolved."""
    return "> 0.9999" if area.value > 0.9999 else str(area)


def counted_auc(events, score):
    """Unweighted AUC."""
    return measures.auc(events.counted, score)


single = {name: experiment.measured("test", name) for name in masses}
of_unit = partial(experiment.scores, "test", seeds[0], scheme="unit")
without = {
    n: counted_auc(one, of_unit(signal=n)) for n, one in single.items()
}
yields = {name: one.weight[one.label].sum() for name, one in single.items()}

# %% [markdown]
# The unweighted AUC of this training is {eval}`area_text(without[heavy])` for the heaviest tested signal and {eval}`area_text(without[light])` for the lightest; the
# thesis has {eval}`f"{quoted.get('guevara.weighting.unit').value:.2f}"` for the latter. Good separation does not mean many events: {eval}`f"{yields[heavy]:.2g}"` are expected of the
# heaviest and {eval}`f"{yields[light]:.2g}"` of the lightest.
#
# ## Four suspected causes of the thesis's failures
#
# The draft thesis trains with Adam, an L2 term and four large batches an epoch, and does not scale its weights; the public code sets the
# weight of each signal event to one before it balances. The mean weights of the draft follow from its table 5.3. Larger samples
# have smaller weights, so the weights here are brought to the same means ({numref}`tab-balanced-means`). The
# figures show one training each.

# %% mystnb={"figure": {"name": "tab-balanced-means"}}
whole = {"epochs": steps_epochs, "patience": steps_epochs}
few = replace(small, batch_size=-(-len(train) // 4), **whole)
few = replace(few, normalise_weights=False)
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

# %% [markdown] tags=["caption"]
# Mean training weight of the thesis's weightings, from its table 5.3.

# %% mystnb={"figure": {"name": "fig-balanced-up-sums"}, "image": {"alt": "Validation plots at two masses for the signal upweighted by sums of weights: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="signal_up_weighted", **as_thesis)

# %% [markdown] tags=["caption"]
# Signal upweighted by the ratio of sums of weights: as simulated (figure 5.9 of the thesis) and scaled. The
# classes weigh the same.

# %% mystnb={"figure": {"name": "fig-balanced-up-raw"}, "image": {"alt": "Validation plots at two masses for the signal upweighted by the ratio of simulated events: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="signal_up_raw", **as_thesis)

# %% [markdown] tags=["caption"]
# Signal upweighted by the thesis's ratio of simulated events: as simulated (figure 5.10) and scaled. The signal
# weighs {eval}`f"{sizes.weighted / raw:.4f}"` times the background.

# %% mystnb={"figure": {"name": "fig-balanced-down-sums"}, "image": {"alt": "Validation plots at two masses for the background downweighted by sums of weights: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="background_down_weighted", **as_thesis)

# %% [markdown] tags=["caption"]
# Background downweighted by the ratio of sums of weights: as simulated (figure 5.11) and scaled. Compare the highest score with
# {numref}`tab-balanced-training`.

# %% mystnb={"figure": {"name": "fig-balanced-down-raw"}, "image": {"alt": "Validation plots at two masses for the background downweighted by the ratio of simulated events: as simulated over the score above, scaled over its log-odds below."}} tags=["hide-input"]
raw_and_scaled(scheme="background_down_raw", **as_thesis)

# %% [markdown] tags=["caption"]
# Background downweighted by the thesis's ratio of simulated events: as simulated (figure 5.12) and scaled.

# %% [markdown]
# Low scores alone do not mean that the order of the events is lost; the AUC shows it. {numref}`tab-balanced-training` changes
# four suspected causes one at a time: the L2 term, the learning rate, the scale of the weights and the batch size. With weights
# of mean one, "up" and "down" by one ratio are the same numbers, so one of the two is trained. Training without weights has a mean of
# one already.

# %% mystnb={"figure": {"name": "tab-balanced-training"}}
by_sums = ["signal_up_weighted", "background_down_weighted"]
different = ["unit", "physics", "signal_up_weighted", "signal_up_raw"]
no_l2 = as_thesis | {"model": replace(few, l2=0.0)}
settings = {
    "as in the thesis": (as_thesis, list(weightings)),
    "without L2": (no_l2, ["physics", *by_sums]),
    "without L2, ten times the learning rate": (
        no_l2 | {"model": replace(few, l2=0.0, learning_rate=0.01)}, by_sums
    ),
    "weights of mean one": (
        {"model": replace(few, normalise_weights=True)}, different[1:]
    ),
    "mean one, small batches": ({}, different),
    "mean one, small batches, ten times the learning rate": (
        {"learning_rate": 0.01}, ["unit"]
    ),
}  # fmt: skip
thesis_way, no_l2, faster, mean_one, small_batches, small_faster = settings


def percent_above(events, score, cut=0.5):
    """Percent of the simulated signal above one half, or another score."""
    return 100 * cuts.share_above(events.counted, score, cut)


measure = {}
for name, words in masses.items():
    of = partial(measures.for_signal, name=name)
    measure[f"AUC, {words}, unweighted"] = of(counted_auc)
    measure[f"AUC, {words}, weighted"] = of(measures.auc)
    measure[f"{words} above ½ [%]"] = of(percent_above)
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
by_seed = partial(experiment.by_seed, "test", seeds)
table["highest score"] = [np.max(by_seed(**trained[i])) for i in table.index]


areas = [name for name in table if name.startswith("AUC")]
shown = table.rename(index=weightings)
formats = dict.fromkeys(areas, area_text) | {"highest score": ".3g"}
tables.styled(shown, "balanced-settings", **formats)

# %% [markdown] tags=["caption"]
# Trainings with one setting changed at a time: unweighted and physics-weighted AUC, fraction of simulated signal and of other
# events with a score above one half, and the highest score of any training. Each row is {eval}`trainings`. Uncertainties join
# that of the test events and that of the mean over trainings, which so few know roughly.

# %%
area = table[f"AUC, {masses[light]}, weighted"]
top = table["highest score"]
simulated = table[f"AUC, {masses[light]}, unweighted"]
auc_of = measures.auc_of
of_light = partial(experiment.average, auc_of, "test", seeds, signal=light)
change = {
    (setting, scheme): of_light(**trained[setting, scheme])
    - of_light(**trained[before, scheme])
    for setting, before in (
        (no_l2, thesis_way), (mean_one, thesis_way), (small_batches, mean_one)
    )
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
# An epoch has {eval}`batches` large batches, which makes {eval}`steps` steps in all epochs; the weights of the epoch with the lowest validation
# loss are kept. The rows "as in the thesis" have the fractions of signal above one half that made the thesis call a weighting a
# failure. {numref}`tab-balanced-auc` compares the AUC of all settings.

# %% mystnb={"figure": {"name": "tab-balanced-auc"}}
compared = area.unstack("training").loc[list(weightings), [*settings][:-1]]
ups, downs = list(weightings)[2:4], list(weightings)[4:]
same = [mean_one, small_batches]
compared.loc[downs, same] = compared.loc[ups, same].to_numpy()
tables.styled(compared.rename(index=weightings), "balanced-auc", ".3f")

# %% [markdown] tags=["caption"]
# Physics-weighted AUC for the lightest tested signal, by weighting and setting. With weights of mean one, "up" and "down" by one ratio
# are the same training.

# %% [markdown]
# The trainings in small batches are short as well. At ten times the learning rate, which
# {numref}`Chapters %s <chap-padding>` and {numref}`%s <chap-normalisation>` use, training without weights changes its AUC from {eval}`f"{area[small_batches, 'unit']:.3f}"`
# to {eval}`f"{area[small_faster, 'unit']:.3f}"`. AUC values of different chapters therefore cannot be compared; this chapter compares weightings at one rate.
# {numref}`tab-balanced-thesis` compares with plots beside the thesis's public code.

# %% mystnb={"figure": {"name": "tab-balanced-thesis"}}
known = {"unit": "unit", "balanced": "signal_up_weighted"}
known["physics"] = "physics"
printed = {one: quoted.get(f"guevara.weighting.{one}").value for one in known}
beside = pd.DataFrame({"thesis": printed} | {
    words: {one: simulated[setting, scheme] for one, scheme in known.items()}
    for words, setting in (
        ("few large batches", thesis_way), ("small batches", small_batches)
    )
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
shown = beside.rename({"unit": "none", "physics": "physics weights"})
tables.styled(shown, "balanced-thesis", ".3f", thesis=".2f")

# %% [markdown] tags=["caption"]
# Unweighted AUC for the lightest tested signal: the thesis, without uncertainties, and the trainings of this chapter.

# %% [markdown]
# On the same events, physics weights instead of none change the AUC by {eval}`f"{raw_change[thesis_way, 'physics']:.3f}"` in few large batches and by
# {eval}`f"{raw_change[small_batches, 'physics']:.3f}"` in small ones. Balanced weights change it by {eval}`f"{raw_change[thesis_way, 'signal_up_weighted']:.3f}"` and
# {eval}`f"{raw_change[small_batches, 'signal_up_weighted']:.3f}"`. Of {eval}`len(lower)` values, {eval}`f"{sum(lower)}"` are lower than the thesis's by more than two standard
# deviations; the backgrounds have different compositions.
#
# The two weightings by sums of weights differ by a constant on *all* events, and yet one worked in the thesis and one failed.
# The failure is therefore numerical.
#
# 1. **The scale of the gradient.** With the background downweighted, the mean weight is {eval}`f"{mean_weights['background_down_weighted']:.1e}"`. The
#    cross-entropy of an untrained network, divided by the number of events, is then {eval}`f"{entropy:.1e}"`; the L2 term of its initial weights, which does not
#    depend on event weights, is {eval}`f"{penalty / entropy:.0f}"` times that. The optimiser minimises the L2 term instead of the
#    cross-entropy, and the highest score is {eval}`f"{top[thesis_way, 'background_down_weighted']:.2f}"`. Without L2, gradients are comparable to the
#    {eval}`f"{keras.optimizers.Adam().epsilon:.0e}"` that Adam adds to their size, which a higher learning rate
#    compensates. Scaling all weights to a mean of one removes both causes and makes the two weightings the same ({numref}`tab-balanced-auc`).
# 2. **The imbalance.** The ratio of simulated events does not balance sums of *physics* weights: the signal weighs
#    {eval}`f"{sizes.weighted / raw:.4f}"` times the background (thesis: {eval}`f"{expected / raw:.4f}"`), which moves the log-odds by
#    {eval}`f"{np.log(sizes.weighted / raw):.1f}"`. The highest score is {eval}`f"{top[thesis_way, 'signal_up_raw']:.3f}"` with the signal up and
#    {eval}`f"{top[thesis_way, 'background_down_raw']:.3f}"` with the background down. {eval}`"The AUC of both is compatible with that of balanced sums within two standard deviations, so the threshold of one half failed and not the order." if all(abs((area[thesis_way, one] - area[thesis_way, "signal_up_weighted"]).sigmas) < 2 for one in ("signal_up_raw", "background_down_raw")) else "The AUC of at least one of them differs from that of balanced sums by more than two standard deviations, so the training suffers as well as the threshold."`
# 3. **Too few steps.** With physics weights the classes are another {eval}`f"{1 / raw:.0f}"` times as uneven, and the log-odds have further to go. With weights of mean one,
#    small batches and their many more steps change the AUC by {eval}`f"{change[small_batches, 'physics']:.3f}"`. Scaling the thesis's weights to a mean of one changes it by
#    {eval}`f"{change[mean_one, 'physics']:.3f}"` with physics weights and by {eval}`f"{change[mean_one, 'signal_up_raw']:.4f}"` with the signal up by simulated events. Removing L2 instead changes the AUC with physics weights by {eval}`f"{change[no_l2, 'physics']:.3f}"`. If
#    that agrees with the effect of the scale, the scale acts through the L2 term, which counts for more beside a smaller loss.
# 4. **Single precision.** A score near 1 is known to a part in ten million, a score near 0 far better. Signal events with a score of exactly 1
#    lose their order ({numref}`tab-balanced-ones`).

# %% mystnb={"figure": {"name": "tab-balanced-ones"}}
at_one = partial(percent_above, cut=1.0)
ones = {}
for name, words in masses.items():
    ones[f"{words}: score of 1 [%]"] = measures.for_signal(at_one, name)
ties = experiment.grid({"scheme": different}, seeds, measure=ones)
shown = grid.means(ties, "test").rename(index=weightings)
tables.styled(shown, "balanced-ones")

# %% [markdown] tags=["caption"]
# Fraction of the simulated signal in the test part with a score of exactly 1, trained in small batches.

# %% [markdown]
# ## Significance with and without balanced weights
#
# The thesis compares the balanced weighting that worked with the constant on the background of
# {numref}`Chapter %s <chap-sample-weights>` (its figure 5.13), and finds the balanced one better for the light
# model. Here training without weights takes the place of that constant, which does not change the optimal order. Cuts are chosen on the
# validation part and read on the test part ({numref}`tab-balanced-significance` and {numref}`fig-balanced-significance`).

# %% mystnb={"figure": {"name": "tab-balanced-significance"}}
candidates = {"none": "unit", "physics weights": "physics"}
candidates["balanced by sums"] = "signal_up_weighted"
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
formats = {"log-odds above": ".3g", "effective": ".0f"}
shown = pd.DataFrame.from_dict(rows, orient="index")
tables.styled(shown, "balanced-significance", **formats)

# %% [markdown] tags=["caption"]
# Lightest tested signal above the cut on the log-odds that the validation part chooses: expected events on the test part, effective
# background events, and significance for four background uncertainties. One training each, in small batches.

# %%
above_cut, enough = {}, []
for scheme in ("unit", "signal_up_weighted"):
    odds = [odds_of("test", scheme, seed) for seed in seeds]
    own = [chosen_cut(scheme, seed) for seed in seeds]
    of = [partial(measures.significance_of, cut=cut) for cut in own]
    above_cut[scheme] = measures.averaged(of, read_on, odds, replicas=200)
    each = zip(odds, own, strict=True)
    enough += [cuts.scan(read_on, one, [at]).enough()[0] for one, at in each]
gain = measures.differences(above_cut, "unit", paired_seeds=False)
gain = gain["difference"]["signal_up_weighted"]
gain = gain if all(enough) else Estimate(np.nan, np.nan)

# %% mystnb={"figure": {"name": "fig-balanced-significance"}, "image": {"alt": "Significance against the cut on log-odds for three weightings, each curve with a band of its uncertainty."}} tags=["hide-input"]
score_plots.significance_curves(curves, xlabel="Lowest log-odds of the score")

# %% [markdown] tags=["caption"]
# Significance of the light dark Higgs against the cut on the log-odds, in expected events of the
# test part, without a background uncertainty. Bands are statistical uncertainties. Lines end where too little background is
# left. Compare the maxima with their uncertainties, and with figure 5.13 of the thesis.

# %%
weight = np.bincount(train.sample[train.label], train.weight[train.label])
largest = int(weight.argmax())
heaviest_sample = events.processes[largest].replace("$m_{Z'} = ", "")
heaviest_sample = heaviest_sample.replace("$", "")

# %% [markdown]
# {eval}`report.verdict(gain, seen=f"Balanced weights change the significance by {gain} relative to none, more than two standard deviations.", unseen=f"No effect of balanced weights on the significance is seen: relative to none they change it by {gain}.", undefined="The change of the significance by balanced weights is undefined here, because a training leaves too little background.")`
# This is without a background uncertainty, {eval}`trainings`, on the same events and with a cut for each training; uncertainties of
# events and seeds are combined. The thesis finds a gain and gives no uncertainties, from one training each.
#
# The thesis suspects that balancing costs sensitivity to models with a small cross section, such as those of its effective theory (EFT). With physics weights within
# the signal, the sample {eval}`heaviest_sample` has {eval}`f"{100 * weight[largest] / weight.sum():.0f}"` % of the signal's weight. {numref}`tab-balanced-models` gives the AUC of
# each model.

# %% mystnb={"figure": {"name": "tab-balanced-models"}}
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
        "AUC without weights": found["value"]["none"],
        **changes,
    }
single = pd.DataFrame.from_dict(rows, orient="index")
worse = single.loc[eft].iloc[:, 3:].map(lambda one: one.sigmas < -2).sum()
formats = {"expected events": ".2g", "AUC without weights": area_text}
tables.styled(single, "balanced-models", **formats).hide()

# %% [markdown] tags=["caption"]
# Physics-weighted AUC of trainings without weights, for the dark Higgs and all EFT models of the profile, and its change by two other
# weightings on the same events: mean over trainings in small batches.

# %% [markdown]
# Of the {eval}`len(eft)` EFT models, {eval}`f"{worse['change: balanced by sums']}"` have a smaller AUC with balanced weights than without, by more than two standard
# deviations, and {eval}`f"{worse['change: physics weights']}"` with physics weights.
#
# ## Keras with weights of classes and of events at once
#
# The thesis reports that the TensorFlow of its time did not run with both `class_weight` and `sample_weight`.
# {numref}`tab-balanced-keras` repeats this with the present version.

# %% mystnb={"figure": {"name": "tab-balanced-keras"}}
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
shown = pd.Series({
    "Keras": keras.__version__, "both at once": together, "message": message,
    "step with the product": f"{by_product:.4f}", "step by hand": f"{by_hand:.4f}",
}, name="").to_frame()  # fmt: skip
tables.styled(shown, "balanced-keras")

# %% [markdown] tags=["caption"]
# One step of gradient descent with weights of classes and of events in Keras, and the step calculated by hand.

# %% [markdown]
# In Keras {eval}`keras.__version__` the two at once are {eval}`together`. The thesis's way around it is right: pass the product of both as `sample_weight`.
#
# ## Conclusions
#
# - **Principle.** A constant weight of a class shifts the log-odds and does not change the optimal order ({eq}`eq-log-odds`). Weights
#   within a class do. On Gaussian features the median shift at a hundred times the background is {eval}`f"{toy_rows['shift'][1]:.2f}"`, expected is
#   {eval}`f"{toy_rows['−ln k'][1]:.2f}"` ({numref}`tab-balanced-toy`).
# - **Failures.** Downweighting the background makes the loss small beside the L2 term and Adam's own scale. For the lightest tested signal a mean weight of
#   one changes the physics-weighted AUC from {eval}`f"{area[thesis_way, 'background_down_weighted']:.3f}"` to {eval}`f"{area[mean_one, 'signal_up_weighted']:.3f}"`
#   ({numref}`tab-balanced-auc`). Balancing by simulated events leaves the physics weights unbalanced.
# - **Gain.** {eval}`f"Balanced weights instead of none change the significance by {gain}" if np.isfinite(gain.value) else "Too little background is left to say what balanced weights change in the significance"` ({numref}`tab-balanced-significance` for one training).
#   They change the physics-weighted AUC of the lightest tested signal by {eval}`single["change: balanced by sums"][light]` ({numref}`tab-balanced-models`).
#
# These results hold for {eval}`masses[light]` and for trainings of this length. The book scales training weights to a mean of one, balances
# sums of weights where classes are very uneven, and places cuts by the expected events above them. How large should the network be? {numref}`Chapter %s <chap-network-grid>` varies
# its width, depth and learning rate.

# %% tags=["remove-cell"]
name = "background_down_weighted"
report.record(f"thesis_{name}", area[thesis_way, name], ".3f")
report.record(f"mean_one_{name}", area[mean_one, by_sums[0]], ".3f")
works = area[thesis_way, "signal_up_weighted"]
others = ["signal_up_raw", "background_down_weighted", "background_down_raw"]
for number, name in enumerate(others, start=10):
    worse = report.agreement(works - area[thesis_way, name])
    report.record(f"guevara_figure_5_{number}", worse)
report.record("guevara_figure_5_13", report.agreement(gain))
