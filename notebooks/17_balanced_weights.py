# %% [markdown]
# (chap-balanced-weights)=
# # Balanced weights
#
# A signal of a few hundred expected events hides among millions. How should a network be told of so
# uneven classes? The thesis {cite}`guevara2023` tries four ways to balance them, and finds that one
# works. This chapter derives that all four aim at the same order of events, and looks for what made
# three of them fail all the same.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 2, "steps_epochs": 2}} lepsearch={"reads": ["dilepton"], "learns": true, "full": {"epochs": 400, "seeds": [1, 2, 3, 4, 5]}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
epochs = 30  # at most, of trainings in small batches
steps_epochs = (
    50  # of trainings in a few large batches, as many as in the thesis
)
seeds = [1, 2]

# %%
import math
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.book.tables import plus_minus, styled, with_whole_errors
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import tuning
from lepsearch.learn.backend import keras
from lepsearch.learn.class_weights import keras_class_weights
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.networks import Network, build
from lepsearch.learn.posterior import (
    exact_log_odds,
    gaussian_classes,
    log_odds,
    shift,
)
from lepsearch.learn.training_weights import balance
from lepsearch.learn.trials import paired
from lepsearch.learn.weighting import (
    Setting,
    area_change,
    imbalanced,
    panel,
    train_with,
    two_layers,
)
from lepsearch.learn.weighting_grid import Comparison
from lepsearch.learn.weighting_tables import (
    area_cell,
    chosen_cut,
    cut_table,
    model_table,
    score_table,
    size_table,
    thesis_mean_weights,
    tie_table,
)
from lepsearch.plotting.scores import (
    log_odds_compared,
    side_by_side,
    significance_curves,
)
from lepsearch.stats.estimate import original_events
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.roc import auc

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
store = dataset.workspace.build / "tuning" / "17_balanced_weights"
comparison = Comparison(events, store)
raw = (
    quoted.get("guevara.table_5_3.signal.simulated").value
    / quoted.get("guevara.table_5_3.background.simulated").value
)
small = Setting(two_layers(epochs), raw_ratio=raw)
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
sizes = balance(train_part.label, train_part.weight)
report.record("raw", sizes.raw, ".2f")
report.record("raw_factor", 1 / sizes.raw, ".2f")
report.record("weighted", sizes.weighted, ".2g")
expected = (
    quoted.get("guevara.table_5_3.signal.expected").value
    / quoted.get("guevara.table_5_3.background.expected").value
)
report.record("thesis_weighted", expected, ".2g")
for name in ("unit", "balanced", "physics"):
    known = quoted.get(f"guevara.weighting.{name}")
    report.record(f"thesis_auc_{name}", known.value, ".2f")

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$.
# Networks learn all {eval}`f"{len(np.unique(events.sample[events.label])):d}"` mono-$Z'$ models that the profile has, from the
# {eval}`f"{len(WITHOUT_JETS):d}"` features that no event lacks, and are tested on single models: a dark Higgs with a heavy dark
# sector and a $Z'$ of {eval}`' and '.join(masses.values())`. `lepsearch run 17_balanced_weights --full` makes the page from more and longer
# trainings. The training part in the form of the thesis's table 5.3:

# %%
styled(size_table(train_part), "sizes", ",.0f")

# %% [markdown]
# Signal over background is {glue:text}`raw` in simulated events (thesis: {eval}`f"{raw:.3f}"`) and
# {glue:text}`weighted` in expected ones ({glue:text}`thesis_weighted`). Our mixture of simulated events is another
# than the thesis's; the expected one is similar. Where a weighting uses the ratio of simulated events, it is the thesis's ratio in this
# chapter: signal up is {eval}`f"{1 / raw:.0f}"` times up, as it was there. By our own ratio "up" would multiply the signal by {glue:text}`raw_factor`, and hardly differ from physics weights.
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
    model = train_with(toy, network, lambda part, k=k: imbalanced(part, k))
    odds = log_odds(model.scores(toy_test))
    rows.append(
        {
            "k": k, "learning rate": rate, "−ln k": np.log(1 / k),
            "shift": shift(exact_log_odds(toy_test), odds).median,
            "off the right log-odds": np.abs(odds - exact_log_odds(toy_test, k)).mean(),
            "above ½ [%]": 100 * np.mean(odds > 0),
            "AUC": auc(odds, toy_test.label).value,
        }
    )  # fmt: skip
toy_rows = rows
styled(
    pd.DataFrame(rows), "toy", ".3f",
    **{"k": ",.0f", "AUC": ".4f", "learning rate": "g"},
)  # fmt: skip

# %% tags=["remove-cell"]
exact = auc(exact_log_odds(toy_test), toy_test.label).value
report.record("toy_auc", exact, ".4f")

# %% [markdown]
# The exact log-odds give an area of {glue:text}`toy_auc`. At a hundred times the background the shift is
# {eval}`f"{toy_rows[1]['shift']:.2f}"`, where {eval}`f"{toy_rows[1]['−ln k']:.2f}"` is right, and the area is {eval}`f"{toy_rows[1]['AUC']:.4f}"`, while the share above one half has gone from
# {eval}`f"{toy_rows[0]['above ½ [%]']:.0f}"` % to {eval}`f"{toy_rows[1]['above ½ [%]']:.2f}"` %. Whoever cuts at one half, or looks for a signal near a score of 1, finds that the network "predicts no signal", whatever the
# order of its events. At ten thousand times the training stops on its way: as the scores fall, so do the gradients, while
# Adam still divides by the size of the first ones. Ten times the learning rate takes it from {eval}`f"{toy_rows[2]['off the right log-odds']:.1f}"` off the right
# log-odds to {eval}`f"{toy_rows[3]['off the right log-odds']:.1f}"`. Nothing was wrong with the weights.
#
# ### In our events
#
# The same with two hidden layers and physics weights: balanced first, then with a background that weighs $k$ times
# more, up to the physical imbalance.

# %%
heaviest = 1 / sizes.weighted
others = ~test_part.label
original = original_events(test_part.sample, test_part.event)
ten = train_with(events, small.network, lambda part: imbalanced(part, 10.0))
moved_scores = {
    1.0: comparison.scores(small, "signal_up_weighted", seeds[0]),
    10.0: ten.scores(test_part),
    heaviest: comparison.scores(small, "physics", seeds[0]),
}
moved_scores = {k: log_odds(score) for k, score in moved_scores.items()}
rows = []
for k, odds in moved_scores.items():
    moved = shift(moved_scores[1.0][others], odds[others])
    area = auc(odds, test_part.label, test_part.weight, original)
    rows.append(
        {
            "k": k, "−ln k": np.log(1 / k), "shift": moved.median,
            "spread of the shift": moved.spread,
            "correlation": moved.correlation,
            "AUC, expected": str(area),
            "above ½ [%]": 100 * np.mean(odds > 0),
        }
    )  # fmt: skip
shifts = pd.DataFrame(rows)
styled(shifts, "shifts", ".2f", k=",.0f")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-odds"}, "image": {"alt": "Two scatter plots of log-odds against log-odds with a line of slope one, the expected shift: ten times the background on the left, the physical imbalance on the right."}}
figure = log_odds_compared(
    {
        f"background $\\times$ {k:,.0f}": (
            moved_scores[1.0], moved_scores[k], test_part.label, -np.log(k)
        )
        for k in (10.0, heaviest)
    },
    xlabel="log-odds, balanced", ylabel="log-odds, background heavier",
)  # fmt: skip
plt.show()

# %% [markdown] tags=["caption"]
# Log-odds of the test events under balanced weights (abscissa) and with the background weighing
# more (ordinate). Points on the line differ by the expected shift and nothing else; where training
# falls short of what it aims at, they leave it. Where points stand in a column at the right end,
# single precision can't tell their scores from 1.

# %% tags=["remove-cell"]
for name, row in (("ten", rows[1]), ("physical", rows[-1])):
    report.record(f"shift_{name}", row["shift"], ".2f")
    report.record(f"shift_{name}_expected", row["−ln k"], ".2f")
    report.record(f"spread_{name}", row["spread of the shift"], ".2f")
    report.record(f"correlation_{name}", row["correlation"], ".2f")

# %% [markdown]
# The shift is that of the background, which is where expected events are. At ten times the background its
# median is {glue:text}`shift_ten`, where {glue:text}`shift_ten_expected` is expected, with a correlation of
# {glue:text}`correlation_ten`. At the physical imbalance of {eval}`f"{heaviest:,.0f}"` it is
# {glue:text}`shift_physical`, where {glue:text}`shift_physical_expected` is expected; event by event it scatters by
# {glue:text}`spread_physical`, and the correlation is {glue:text}`correlation_physical`. Hardly any gradient comes from
# the signal there, and the training stops before it arrives, as in the table above. The optimum is the same; the way there is not.
# Signal events may leave the line further still: heavy models have next to no weight in either training, so
# that little says what their log-odds should be.
#
# ## Without weights
#
# Now figure by figure. Trained without weights and shown as simulated, figure 5.7 of the thesis:

# %%
edges = np.linspace(0, 1, 26)


def raw_and_scaled(setting, scheme):
    """Single models in the test part: as simulated, and scaled over the log-odds."""
    above, below = {}, {}
    for name, words in masses.items():
        one = test_part.of_signal(name)
        score = comparison.scores(setting, scheme, seeds[0], signal=name)
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


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-unit"}, "image": {"alt": "Validation plots at two masses, as simulated over the score above, scaled over its log-odds below; the text tells how well each signal is told apart."}}
figure = raw_and_scaled(small, "unit")
plt.show()

# %% [markdown] tags=["caption"]
# Scores of the network trained without weights for the dark Higgs at two masses, as simulated
# (above; figure 5.7 of the thesis), and scaled to the luminosity over the log-odds of the score,
# with the significance of cuts (below; figure 5.8). Signals too small to be seen are multiplied as
# their labels say; the significance is that of the signal itself.

# %% tags=["remove-cell"]
for name in ("dh_hds_130", "dh_hds_1500"):
    if name not in masses:
        report.record_text(f"yield_{name}", "not known")
        report.record_text(f"unit_{name}", "not known")
        continue
    one = test_part.of_signal(name)
    report.record(f"yield_{name}", one.weight[one.label].sum(), ".2g")
    score = comparison.scores(small, "unit", seeds[0], signal=name)
    copies = original_events(one.sample, one.event)
    area = auc(score, one.label, np.ones(len(one)), copies)
    report.record_text(f"unit_{name}", area_cell(area.value, area.error))

# %% [markdown]
# In simulated events the area under the ROC curve is {glue:text}`unit_dh_hds_1500` at
# {eval}`list(masses.values())[-1]` and {glue:text}`unit_dh_hds_130` at {eval}`next(iter(masses.values()))` (this training), where the thesis has {glue:text}`thesis_auc_unit`. How well a model is told apart
# does not say what it is worth: {glue:text}`yield_dh_hds_1500` events are expected of the heavy one, {glue:text}`yield_dh_hds_130` of the light one.
#
# ## Four ways to balance, as in the thesis
#
# The thesis trained with Adam, an L2 term and four large batches an epoch, with weights as they came. Its mean weights follow
# from table 5.3; ours are brought to the same means here, since a larger sample has smaller weights. First the scores, of one training each.

# %%
few = Network(
    layers=2, neurons=50, batch_size=math.ceil(len(train_part) / 4),
    epochs=steps_epochs, patience=steps_epochs, normalise_weights=False,
    learning_rate=1e-3,
)  # fmt: skip
means = thesis_mean_weights()
as_thesis = Setting(few, means, raw_ratio=raw)
in_thesis = {
    "weights": weightings.values(),
    "mean weight in the thesis": [means[one] for one in weightings],
}
styled(pd.DataFrame(in_thesis), "means", ".2g")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-up-sums"}, "image": {"alt": "Validation plots at two masses for the signal weighted up by sums of weights: as simulated over the score above, scaled over its log-odds below."}}
figure = raw_and_scaled(as_thesis, "signal_up_weighted")
plt.show()

# %% [markdown] tags=["caption"]
# Signal up by the ratio of sums of weights: as simulated (figure 5.9 of the thesis) and scaled. The
# classes weigh the same.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-up-raw"}, "image": {"alt": "Validation plots at two masses for the signal weighted up by the ratio of simulated events: as simulated over the score above, scaled over its log-odds below."}}
figure = raw_and_scaled(as_thesis, "signal_up_raw")
plt.show()

# %% [markdown] tags=["caption"]
# Signal up by the thesis's ratio of simulated events (figure 5.10), and scaled. The signal still
# weighs {glue:text}`imbalance_raw` times the background, so that most events belong at low scores.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-down-sums"}, "image": {"alt": "Validation plots at two masses for the background weighted down by sums of weights: as simulated over the score above, scaled over its log-odds below."}}
figure = raw_and_scaled(as_thesis, "background_down_weighted")
plt.show()

# %% [markdown] tags=["caption"]
# Background down by the ratio of sums of weights (figure 5.11), and scaled. No score of any
# training is above {glue:text}`highest_down_sums`; how much their order is worth, the table below
# says.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-down-raw"}, "image": {"alt": "Validation plots at two masses for the background weighted down by the ratio of simulated events: as simulated over the score above, scaled over its log-odds below."}}
figure = raw_and_scaled(as_thesis, "background_down_raw")
plt.show()

# %% [markdown] tags=["caption"]
# Background down by the thesis's ratio of simulated events (figure 5.12), and scaled.

# %% [markdown]
# Of the light signal there is above one half: {glue:text}`above_signal_up_weighted` with the signal up by sums of weights and
# {glue:text}`above_signal_up_raw` by simulated events, {glue:text}`above_background_down_weighted` and
# {glue:text}`above_background_down_raw` with the background down. Whether the order of the events is lost where scores are low, only the
# log-odds show. Now in numbers, with what may be wrong changed one at a time. With weights of mean one, "up" and "down" by one ratio are
# the same numbers, and one of the two is trained; no weights have a mean of one already.

# %%
sums = ["signal_up_weighted", "background_down_weighted"]
different = ["unit", "physics", "signal_up_weighted", "signal_up_raw"]
mean_one = Setting(replace(few, normalise_weights=True), raw_ratio=raw)
settings = {
    "as in the thesis": (as_thesis, list(weightings)),
    "without L2": (
        replace(as_thesis, network=replace(few, l2=0.0)),
        ["physics", *sums],
    ),
    "without L2, ten times the learning rate": (
        replace(
            as_thesis,
            network=replace(few, l2=0.0, learning_rate=10 * few.learning_rate),
        ),
        sums,
    ),
    "weights of mean one": (mean_one, different[1:]),
    "mean one, small batches": (small, different),
    "mean one, small batches, ten times the learning rate": (
        replace(
            small,
            network=replace(
                small.network, learning_rate=10 * small.network.learning_rate
            ),
        ),
        ["unit"],
    ),
}  # fmt: skip
signals = {name.replace("dh_hds_", "m"): name for name in masses}
table = pd.concat(
    comparison.grid({name: setting}, signals, schemes, seeds)
    for name, (setting, schemes) in settings.items()
)
headings = {name: masses[sample] for name, sample in signals.items()}
score_table(table, headings, weightings)

# %% tags=["remove-cell"]
lightest, light = next(iter(signals.items()))
light_part = test_part.of_signal(light)
light_raw = replace(light_part, weight=np.ones(len(light_part)))
same = {
    "background_down_weighted": "signal_up_weighted",
    "background_down_raw": "signal_up_raw",
}


def light_scores(setting, scheme, part="test"):
    """Scores of the background and the light model, for each seed."""
    return [
        comparison.scores(setting, scheme, seed, part, signal=light)
        for seed in seeds
    ]


report.record_text("lightest", headings[lightest])
short = dict(
    zip(
        ("thesis", "no_l2", "no_l2_fast", "mean_one", "small", "small_fast"),
        settings,
        strict=True,
    )
)
areas = tuning.summary(table, f"{lightest}_physics")
areas = areas.set_index(["setting", "scheme"])
for name, setting in short.items():
    trained = settings[setting][1]
    for scheme in weightings:
        one = scheme if scheme in trained else same.get(scheme)
        if one not in trained or ("no_l2" in name and one != scheme):
            continue
        row = areas.loc[(setting, one)]
        report.record(
            f"{name}_{scheme}", row["value"], ".3f", error=row["error"]
        )
above = tuning.summary(table, f"{lightest}_above")
above = above.set_index(["setting", "scheme"])
for scheme in balanced:
    row = above.loc[("as in the thesis", scheme)]
    share = plus_minus(100 * row["value"], 100 * row["error"])
    report.record_text(
        f"above_{scheme}", f"{share} %" if row["value"] > 0 else "none"
    )
areas_raw = tuning.summary(table, f"{lightest}_raw")
areas_raw = areas_raw.set_index(["setting", "scheme"])
lower = []
for words, name in (("few", "thesis"), ("many", "small")):
    setting = settings[short[name]][0]
    for known, scheme in (
        ("unit", "unit"), ("balanced", "signal_up_weighted"), ("physics", "physics"),
    ):  # fmt: skip
        row = areas_raw.loc[(short[name], scheme)]
        report.record(
            f"raw_{words}_{known}", row["value"], ".3f", error=row["error"]
        )
        printed = quoted.get(f"guevara.weighting.{known}").value
        lower.append(row["value"] < printed - 2 * row["error"])
        if known == "unit":
            continue
        change = area_change(
            light_scores(setting, "unit"),
            light_scores(setting, scheme),
            light_raw,
        )
        report.record(
            f"raw_change_{words}_{known}", change[0], ".3f", error=change[1]
        )
report.record("n_lower", sum(lower), "d")
report.record("n_compared", len(lower), "d")
for name, before, after in (
    ("no_l2", "thesis", "no_l2"), ("mean_one", "thesis", "mean_one"), ("small", "mean_one", "small"),
):  # fmt: skip
    for scheme in ("physics", "signal_up_raw"):
        pair = [settings[short[one]] for one in (before, after)]
        if all(scheme in trained for _, trained in pair):
            change = area_change(
                *(light_scores(setting, scheme) for setting, _ in pair),
                light_part,
            )
            report.record(
                f"change_{name}_{scheme}", change[0], ".3f", error=change[1]
            )
as_there = table[table["setting"] == "as in the thesis"]
highest = as_there.groupby("scheme")["highest"].max()
for name, scheme in (
    ("up_raw", "signal_up_raw"), ("down_raw", "background_down_raw"),
    ("down_sums", "background_down_weighted"),
):  # fmt: skip
    report.record(f"highest_{name}", highest[scheme], ".2f")
report.record_text(
    "trainings",
    f"the mean of {len(seeds)} trainings that differ in their seeds"
    if len(seeds) > 1
    else "one training",
)
penalty = float(sum(build(few, train_part).get_layer("core").losses))
entropy = np.log(2) * means["background_down_weighted"]
report.record("penalty", penalty, ".1e")
report.record("entropy", entropy, ".1e")
report.record("penalty_ratio", penalty / entropy, ".0f")
batches = math.ceil(len(train_part) / few.batch_size)
report.record("batches", batches, "d")
report.record("steps", batches * as_there["epochs"].max(), "d")
report.record("imbalance_raw", sizes.weighted / raw, ".4f")
report.record("imbalance_raw_thesis", expected / raw, ".4f")
report.record("imbalance_shift", np.log(sizes.weighted / raw), ".1f")

# %% [markdown]
# Areas under the ROC curve, in simulated and in expected events; the shares of simulated signal and of other events above one half; the highest score of any training.
# Each row is {glue:text}`trainings`. The errors are those of the test events and, with more trainings than one, that of the mean
# over them, in quadrature; so few know the latter roughly. The batches are {glue:text}`batches`, which makes {glue:text}`steps` steps in all
# epochs; the weights of the epoch with the lowest validation loss are kept.
# For {glue:text}`lightest` and in expected events:
#
# | weights | as in the thesis | without L2 | and faster | mean one | small batches |
# |---|---|---|---|---|---|
# | signal up, sums | {glue:text}`thesis_signal_up_weighted` | {glue:text}`no_l2_signal_up_weighted` | {glue:text}`no_l2_fast_signal_up_weighted` | {glue:text}`mean_one_signal_up_weighted` | {glue:text}`small_signal_up_weighted` |
# | background down, sums | {glue:text}`thesis_background_down_weighted` | {glue:text}`no_l2_background_down_weighted` | {glue:text}`no_l2_fast_background_down_weighted` | {glue:text}`mean_one_background_down_weighted` | {glue:text}`small_background_down_weighted` |
# | no weights | {glue:text}`thesis_unit` | – | – | – | {glue:text}`small_unit` |
# | signal up, raw | {glue:text}`thesis_signal_up_raw` | – | – | {glue:text}`mean_one_signal_up_raw` | {glue:text}`small_signal_up_raw` |
# | background down, raw | {glue:text}`thesis_background_down_raw` | – | – | {glue:text}`mean_one_background_down_raw` | {glue:text}`small_background_down_raw` |
# | physics | {glue:text}`thesis_physics` | {glue:text}`no_l2_physics` | – | {glue:text}`mean_one_physics` | {glue:text}`small_physics` |
#
# Small batches here are still no long training: at a learning rate of {eval}`f"{small.network.learning_rate:g}"` and in at most {eval}`f"{epochs:d}"` epochs the networks learn less than
# those of {numref}`Chapters %s <chap-padding>` and {numref}`%s <chap-normalisation>`, whose rate is larger, so that areas for the same signal can't be compared. At ten
# times the rate the network without weights has {glue:text}`small_fast_unit` instead of {glue:text}`small_unit`. This chapter compares weightings at one rate.
#
# Plots beside the public code of the thesis have areas in simulated events for the same model:
#
# | area, simulated | thesis | few large batches | small batches |
# |---|---|---|---|
# | no weights | {glue:text}`thesis_auc_unit` | {glue:text}`raw_few_unit` | {glue:text}`raw_many_unit` |
# | balanced | {glue:text}`thesis_auc_balanced` | {glue:text}`raw_few_balanced` | {glue:text}`raw_many_balanced` |
# | physics weights | {glue:text}`thesis_auc_physics` | {glue:text}`raw_few_physics` | {glue:text}`raw_many_physics` |
#
# Physics weights change our areas against no weights by {glue:text}`raw_change_few_physics` in few batches and by {glue:text}`raw_change_many_physics` in
# small ones, balanced weights by {glue:text}`raw_change_few_balanced` and {glue:text}`raw_change_many_balanced` (on the same events). Of our
# {glue:text}`n_compared` areas, {glue:text}`n_lower` are lower than the thesis's by more than two of their errors; the backgrounds are others, of
# which dibosons make up more.
#
# The two weightings by sums of weights differ by nothing but a constant on *all* events, and yet one worked in the thesis and one failed. So the
# failure is one of numbers:
#
# 1. **The scale of the gradient.** With the background weighted down, the mean weight is {eval}`f"{means['background_down_weighted']:.1e}"`, so that the
#    cross-entropy of an untrained network is {glue:text}`entropy`. The L2 term of its first weights, which knows nothing of
#    event weights, is {glue:text}`penalty`, {glue:text}`penalty_ratio` times that: the optimiser minimises the weights of the network instead of the
#    loss, and no score is above {glue:text}`highest_down_sums`. Of the order of the events an area of
#    {glue:text}`thesis_background_down_weighted` is left. Without L2 it is {glue:text}`no_l2_background_down_weighted`, where
#    gradients come near the {eval}`f"{keras.optimizers.Adam().epsilon:.0e}"` that Adam adds to their size to keep its division safe, and with ten times the
#    learning rate {glue:text}`no_l2_fast_background_down_weighted`. Scaling all weights to a mean of one removes both causes,
#    and makes the two weightings the same.
# 2. **The imbalance.** The ratio of simulated events does not balance sums of *physics* weights: by it the signal weighs
#    {glue:text}`imbalance_raw` times the background (thesis: {glue:text}`imbalance_raw_thesis`). By {eq}`eq-log-odds` the log-odds move by
#    {glue:text}`imbalance_shift` against balanced classes; no score is above {glue:text}`highest_up_raw` with the signal up and
#    {glue:text}`highest_down_raw` with the background down. The areas are {glue:text}`thesis_signal_up_raw` and
#    {glue:text}`thesis_background_down_raw`, where the weighting that worked has {glue:text}`thesis_signal_up_weighted`. As far as these agree, the threshold of one half
#    failed, not the training.
# 3. **Too few steps.** Physics weights are {eval}`f"{1 / raw:.0f}"` times as uneven again, and {glue:text}`steps` steps are few to get as far as their log-odds have to go:
#    the area is {glue:text}`thesis_physics`, and many more steps, in small batches, change that of weights of mean one by {glue:text}`change_small_physics`.
#    A mean of one is no cure for an imbalance: against the scale of the thesis it changes the area by {glue:text}`change_mean_one_physics` with physics
#    weights and by {glue:text}`change_mean_one_signal_up_raw` with the signal up by simulated events. To take the L2 term away instead, at the scale of the thesis, changes it by
#    {glue:text}`change_no_l2_physics` with physics weights. As far as that is the same change, the scale acts through the L2 term, which counts for more
#    beside a smaller loss.
# 4. **Single precision.** A score near 1 is known to a part in ten million, a score near 0 to far better. Signal that gets a score of exactly 1
#    has lost its order where one looks for it:

# %%
tie_table(
    {
        weightings[scheme]: [
            comparison.scores(small, scheme, seed) for seed in seeds
        ]
        for scheme in different
    },
    {name: f"{words}: score of 1 [%]" for name, words in masses.items()},
    test_part,
)

# %% [markdown]
# ## Does balancing help?
#
# The thesis compares the balanced weighting that worked with the constant on the background of
# {numref}`Chapter %s <chap-sample-weights>`, its figure 5.13, and finds the balanced one better for the light
# model. Here, in small batches, no weights stand for that constant, which changes no order in principle. The cut is chosen on the validation part and read on the test part. A dash stands for
# the significance where fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events are left in either part. The table and the figure are
# of one training each.

# %%
validation_part = events.of("validation").of_signal(light)
candidates = {
    "none": "unit",
    "physics weights": "physics",
    "balanced by sums": "signal_up_weighted",
}
compared, curves = {}, {}
for words, scheme in candidates.items():
    odds = [
        [log_odds(score) for score in light_scores(small, scheme, part)]
        for part in ("validation", "test")
    ]
    compared[words] = odds
    tried = np.unique(np.quantile(odds[1][0], np.linspace(0.3, 0.999, 60)))
    curves[words] = panel(odds[1][0], light_part, tried).scan
cut_table(
    {words: [part[0] for part in odds] for words, odds in compared.items()},
    validation_part,
    light_part,
)

# %% tags=["remove-cell"]
beyond = {}
for words in ("none", "balanced by sums"):
    cuts = [chosen_cut(odds, validation_part) for odds in compared[words][0]]
    beyond[words] = [
        odds - (np.inf if cut is None else cut)
        for odds, cut in zip(compared[words][1], cuts, strict=True)
    ]
gain = paired(light_part, beyond["balanced by sums"], beyond["none"], cut=0.0)
known = np.isfinite(gain.value)
report.record_text(
    "gain",
    plus_minus(gain.value, gain.error) if known else "an unknown amount",
)
# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-balanced-significance"}, "image": {"alt": "Significance against the cut on log-odds for three weightings, each curve with a band of its error that widens as the background runs out."}}
figure = significance_curves(curves, xlabel="Lowest log-odds of the score")
plt.show()

# %% [markdown] tags=["caption"]
# Significance of the light dark Higgs against the cut on the log-odds, in expected events of the
# test part, with a background known exactly; the ends of a line are where too little background is
# left. Weights move the place of the best cut; how far they move its significance must be compared
# with its error, which grows as the background runs out; figure 5.13 of the thesis.

# %% [markdown]
# The thesis gives no errors, and its significances are of one training each. Here, with a background known exactly, balanced weights
# change the significance against none by {glue:text}`gain`: {glue:text}`trainings`, each with its own cut, on the same events, with the error
# of these events by bootstrap and that of the mean over seeds. The thesis finds a gain. Cuts that leave less background gain with every
# percent of its uncertainty, so that the columns to the right differ more. A discovery asks for a significance of five.
#
# The thesis suspects that balancing costs models of small cross-section, as those of its effective theory (EFT). In all weightings but none, physics
# weights hold within the signal: the sample {eval}`words` takes {glue:text}`largest_share` % of all weight of the signal here, while
# its lightest samples hardly teach. The areas in expected events of the dark Higgs and of all EFT models of the profile:

# %%
tested = set(test_part.sample[test_part.label].tolist())
eft = [
    code for code in sorted(tested)
    if events.sample_groups[code] == "inelastic_eft"
]  # fmt: skip
single = {name: f"Dark Higgs, {words}" for name, words in masses.items()} | {
    events.sample_names[code]: events.processes[code] for code in eft
}
against_none = model_table(
    {
        words: [comparison.scores(small, scheme, seed) for seed in seeds]
        for words, scheme in candidates.items()
    },
    single,
    test_part,
)
with_whole_errors(
    pd.DataFrame(
        {
            "model": against_none["words"],
            "expected events": against_none["expected"].map("{:.2g}".format),
            "area without weights": map(
                area_cell, against_none["area"], against_none["area_error"]
            ),
        }
        | {
            f"change: {words}": map(
                plus_minus,
                against_none[words],
                against_none[f"{words}_error"],
            )
            for words in list(candidates)[1:]
        }
    )
).set_index("model")

# %% tags=["remove-cell"]
weight = np.bincount(
    train_part.sample[train_part.label], train_part.weight[train_part.label]
)
largest = int(weight.argmax())
words = events.processes[largest].replace("$m_{Z'} = ", "").replace("$", "")
report.record("largest_share", 100 * weight[largest] / weight.sum(), ".0f")
of_eft = against_none.loc[[events.sample_names[code] for code in eft]]
report.record("n_eft", len(of_eft), "d")
for name, words in (
    ("physics", "physics weights"), ("balanced", "balanced by sums"),
):  # fmt: skip
    worse = of_eft[words] < -2 * of_eft[f"{words}_error"]
    report.record(f"eft_worse_{name}", worse.sum(), "d")

# %% [markdown]
# Of the {glue:text}`n_eft` EFT models, {glue:text}`eft_worse_balanced` have a smaller area with balanced weights than without any, by more than two errors of
# the difference, and {glue:text}`eft_worse_physics` with physics weights.
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

# %% [markdown]
# In Keras {eval}`check.version` the two at once are {eval}`check.together`. The way around it is the thesis's own and right: the product of both, as `sample_weight`.
#
# ## What was found, and what comes next
#
# A score is the share of signal in the mixture that the training weights describe. Constants on a class move
# it monotonically and in principle change no ROC curve; weights inside a class do. That three of the thesis's four balanced weightings seemed to fail
# has two reasons. Weighting the background down by sums of weights makes the loss small beside L2 and Adam's own scale: with weights of mean one it gives {glue:text}`mean_one_background_down_weighted`, where it gave
# {glue:text}`thesis_background_down_weighted`. The two weightings by simulated events leave the classes uneven, so that no score need come near 1; their order is another matter:
# {glue:text}`thesis_signal_up_raw` with the signal up and {glue:text}`thesis_background_down_raw` with the background down. In small batches, with many more steps, the areas are
# {glue:text}`small_signal_up_raw` by simulated events and {glue:text}`small_signal_up_weighted` by sums of weights. Each of these numbers is an area in expected events for {glue:text}`lightest`,
# {glue:text}`trainings`. This book scales training weights to a mean of one, balances classes by sums
# of weights where they are very uneven, and places cuts by what is expected above them. The next chapters choose the size of the network.
