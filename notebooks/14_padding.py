# %% [markdown]
# (chap-padding)=
# # Padding
#
# What should a network receive for the second jet of an event that has none? It takes a fixed number of
# inputs, while events differ in their content. The draft of {cite}`guevara2023`, called the thesis in this
# chapter, discusses five answers, tries one with a value of its own choice, and in the end leaves the jets out. This chapter
# trains a network for each of the five, two networks that learn how to treat an absent jet, one with counts
# of jets and one without any information on jets. {numref}`tab-padding-auc` and, for longer trainings,
# {numref}`tab-padding-long` have the answer.

# %% lepsearch={"full": {"epochs": 400, "long_epochs": 400, "long_seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "replicas": 500, "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "train_events": 1000000000}, "learns": ["dark_higgs", "light_vector", "inelastic_eft", "dh_hds_130"], "reads": ["dilepton"]} nbmake={"mock": {"epochs": 3, "long_epochs": 5, "long_seeds": [1, 2], "profile": "smoke", "replicas": 10, "seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups or samples of signals; trained on
signals = ["dark_higgs", "light_vector", "inelastic_eft"]
# a signal sample; results are for this one
signal = "dh_hds_130"
# [2, 100000], two or more, rising; of the network's output: the first and the last
# number are compared
bins = [50, 100]
# [0, 10]; relative to the background
background_uncertainties = [0.0, 0.1, 0.2, 0.3]
# (0, 1); share of the signal above the cut, for significances
efficiency = 0.7
# [100, 1e12]; events of the training part, at most, roughly
train_events = 25_000
# [1, 100000]; at most
epochs = 40
# [0, 4294967295]; one training each
seeds = [1, 2, 3]
# [2, 1e6]; of the bootstrap
replicas = 100
# [1, 100000]; at most, for those trained until the loss stops falling
long_epochs = 200
# [0, 4294967295]; one longer training each
long_seeds = [1, 2]
# [1, 1000]; processes that train
workers = 1

# %%
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import cuts, learning, measures
from lepsearch.learn.architecture import Network
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.learning import COUNTS, FULL, WITHOUT_JETS
from lepsearch.plotting import scores as score_plots
from lepsearch.plotting.choices import against_number, by_row, shares
from lepsearch.stats.estimate import Estimate, weighted_mean
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.roc import roc
from lepsearch.stats.significance import z0

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
of_all = {"features": FULL + COUNTS}
read = partial(learning.learning_set, dataset, signals, **of_all)
events = read(train_events=train_events)
steps = {"learning_rate": 0.01, "batch_size": 1024, "patience": 10}
of = {"scaling": "z_score", "features": FULL}
network = Network(
    layers=1, neurons=100, l2=1e-5, epochs=epochs, **steps, **of
)
store = dataset.workspace.build / "tuning" / "choices"
experiment = Experiment(events, network, store, signal=signal)
train, test = events.of("train"), experiment.measured("test")
validation_part = experiment.measured("validation")
ours = dataset.labels[signal]
outside = quoted.get("guevara.section_5_2_1.padding").value
first_bin = quoted.get("guevara.code_histograms.first_bin").value
bins_thesis = quoted.get("guevara.code_histograms.bins").value
MADE_OF_JETS = ("nbjets", "nljets", "ht", "rt", "met_sig")  # in table 4.2
bare = tuple(name for name in WITHOUT_JETS if name not in MADE_OF_JETS)

# %% [markdown]
# ```{table} Set-up of this chapter. Events are simulated events, copies included.
# :name: tab-padding-setup
#
# | | |
# |---|---|
# | profile, luminosity | *{eval}`profile`*, {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | trained on | {eval}`f"{len(events.signals):d}"` signal samples and all backgrounds |
# | measured on | {eval}`dataset.labels[signal]` and all backgrounds |
# | events of the training set | {eval}`f"{len(train):,d}"` |
# | signal and background events of the validation set | {eval}`f"{validation_part.label.sum():,d}"` and {eval}`f"{(~validation_part.label).sum():,d}"` |
# | signal and background events of the test set | {eval}`f"{test.label.sum():,d}"` and {eval}`f"{(~test.label).sum():,d}"` |
# | network | {eval}`f"{network.neurons:d}"` neurons in one hidden layer, Adam at a learning rate of {eval}`f"{network.learning_rate:g}"`, batches of {eval}`f"{network.batch_size:d}"` |
# | trainings of each network, epochs | {eval}`f"{len(seeds):d}"`, at most {eval}`f"{epochs:d}"` |
# | longer trainings, epochs | {eval}`f"{len(long_seeds):d}"`, at most {eval}`f"{long_epochs:d}"` |
# ```
#
# The {term}`validation set` stops the training and makes every choice, and the test set gives the results. Both hold
# all of their events. The training set is a share of its events where it has more than about
# {eval}`f"{train_events:,d}"`; the learning curve of {numref}`fig-padding-curve` measures the effect.
# `lepsearch run 14_padding --full` makes more and longer trainings on all events.
#
# ## Features that may be absent
#
# Only jets can be absent: {eval}`f"{len(FULL) - len(WITHOUT_JETS):d}"` features describe the three leading jets,
# beside {eval}`f"{len(WITHOUT_JETS):d}"` that every event has.

# %% mystnb={"figure": {"name": "fig-padding-shares"}, "image": {"alt": "Horizontal bars with error bars, one for each background process and, hatched, one for the signal: the percentage of events with three jets."}} tags=["hide-input"]
has_all = ~np.isnan(events.select(FULL).features).any(axis=1)


def complete(rows):
    """The share of some expected events that has all features, in percent."""
    return 100 * weighted_mean(has_all, events.weight * rows, events.original)


processes = [*dict.fromkeys(events.groups[~events.label].tolist()), ours]
with_jets = {name: complete(events.groups == name) for name in processes}
shares(with_jets, [ours], xlabel="Events with three jets [%]")

# %% [markdown] tags=["caption"]
# Share of expected events with all features of three jets, by process; the signal is hatched. Error bars
# are statistical uncertainties of the simulated samples. Compare the signal with the backgrounds.

# %% [markdown]
# Three jets are in {eval}`with_jets[ours]` % of the signal, {eval}`dataset.labels[signal]`, and in
# {eval}`f"{complete(~events.label).value:.0f}"` % of the background. An absent jet is therefore information
# on how an event was made. {numref}`Table %s <tab-padding-alone>` shows how much it says about the signal.

# %% mystnb={"figure": {"name": "tab-padding-alone"}} tags=["hide-input"]
pair = train.of_signal(signal), test
tried = {}
for name in WITHOUT_JETS + COUNTS:
    tried[name] = [one.select([name]).features[:, 0] for one in pair]
LACKING = ["no jet", "fewer than two jets", "fewer than three jets"]
for number, words in enumerate(LACKING, start=1):
    jet = [one.select([f"jet{number}pt"]).features[:, 0] for one in pair]
    tried[words] = [np.isnan(one).astype(float) for one in jet]
rows = {}
for name, (first, second) in tried.items():
    falls = measures.auc(pair[0], first).value < 0.5
    area = measures.auc(test, -second if falls else second)
    where = "low values" if falls else "high values"
    rows[name] = {"signal at": where, "AUC": area, "value": area.value}
alone = pd.DataFrame.from_dict(rows, orient="index").astype({"value": float})
alone = alone.sort_values("value", ascending=False)
features = alone.index.drop(LACKING)
alone["place"] = pd.Series(range(1, len(features) + 1), features)
fewer = alone["AUC"]["fewer than three jets"]
n_better = (alone["value"][features] > fewer.value).sum()
absent = np.isnan(events.select(["jet1pt", "jet2pt", "jet3pt"]).features)
n_jets = events.select(["nbjets", "nljets"]).features.sum(axis=1)
known = (absent == (n_jets[:, None] < [1, 2, 3])).all(axis=1).mean()
twice = np.equal(*events.select(["nbjets", "n_bjetPt20"]).features.T).mean()
shown = {*features[:3], "nbjets", "nljets", *COUNTS, *LACKING}
shown = alone[alone.index.isin(shown)].drop(columns="value")
tables.styled(shown, "padding-alone", place=".0f")

# %% [markdown] tags=["caption"]
# Physics-weighted AUC of single features in the test set, with statistical uncertainties: the three best of
# the {eval}`f"{len(features):d}"` that every event has, all counts, and the absence of jets. The place is that among
# the {eval}`f"{len(features):d}"`. The training set decides in which direction a feature is cut.

# %% [markdown]
# Fewer than three jets, with no other information, has an AUC of {eval}`fewer`; {eval}`f"{n_better:d}"` of the
# {eval}`f"{len(features):d}"` features have a larger one.
#
# The network without the jets' features still receives the number of jets. Table 4.2 of the thesis, which
# it calls "without jets", ends in the counts `nbjets` and `nljets`, and in
# {eval}`f"{100 * known:.4g}"` % of the events their sum determines which of the three jets are present. In these events
# neither a mask nor a further count can add to what is known about absence. Of the four counts of table 5.1,
# `n_bjetPt20` equals `nbjets` in {eval}`f"{100 * twice:.4g}"` % of the events; the other three tell where
# the jets are and how many of them are hard.
#
# Three more features of table 4.2 are made with jets: $H_T$ sums their momenta, $r_T$ divides by it, and
# the significance of $E_T^\mathrm{miss}$ contains their resolutions. The network "nothing of jets" has only the other
# {eval}`f"{len(bare):d}"` features and measures what jets contribute at all. ($E_T^\mathrm{miss}$ itself balances everything
# in an event, jets included.)
#
# ## AUC of each way of padding
#
# ```{table} What each network receives for an event without a jet.
# :name: tab-padding-ways
#
# | name | input for an absent jet |
# |---|---|
# | nothing of jets | no jet features, no counts, nothing made with jets |
# | drop features | no jet's momentum or angle, but two counts and $H_T$; the thesis's final choice |
# | drop events | such events are not used in training and count as background when classified |
# | zero | 0 for every absent feature |
# | thesis | 0 for momenta and masses, {eval}`f"{outside:.0f}"` for angles, as in the thesis's ntuples |
# | mean | the mean of the training events that have the feature |
# | count jets | as "drop features", with the four counts of table 5.1 |
# | zero and mask | 0, and for each such feature one more input that says whether it is absent |
# | learned value | a trainable value for each feature |
# ```
#
# The thesis rejects zeros, because an angle of zero is an angle, and means, because they invent jets. Both are
# objections of a human reader. A network needs only to distinguish a filled value from a
# measured one, which "zero and mask" and "learned value", not in the thesis, guarantee at the price of
# one input or one parameter for each feature.
#
# The learning rate is near the best of the thesis's grid. The thesis fills its graphics card with batches of $2^{24}$ events, so
# that each contains signal; of the training events here, {eval}`f"{100 * train.label.mean():.0f}"` % are
# signal. Each simulated event counts the same in training, and results are physics-weighted; weights in
# training are a question for later chapters. Features are scaled to mean 0 and width 1 of the training set
# after filling.

# %%
BARE, REFERENCE = "nothing of jets", "drop features"
networks = {
    BARE: {"features": bare},
    REFERENCE: {"padding": "drop_features"},
    "count jets": {"features": learning.COUNTING},
    "drop events": {"padding": "drop_events"},
    "zero": {"padding": "zero"},
    "thesis": {"padding": "thesis"},
    "mean": {"padding": "mean"},
    "zero and mask": {"padding": "mask"},
    "learned value": {"padding": "embedding"},
}
table = experiment.named(networks, seeds, workers=workers)


def scores(name, seed=seeds[0], part="test"):
    """Scores by one training of a network."""
    return experiment.scores(part, seed, **networks[name])


compared = partial(experiment.compared, networks, REFERENCE, seeds)
expected, simulated = compared(), compared(counted=True)

# %% mystnb={"figure": {"name": "fig-padding-auc"}, "image": {"alt": "Dots with error bars, a row for each network, and ticks for their single trainings; the row of dropped events is a number at the left edge, below the axis."}} tags=["hide-input"]
lowest = min(one.value for one in expected["value"].drop("drop events"))
by_row({"physics-weighted": expected["value"]}, lowest=lowest - 0.03)

# %% [markdown] tags=["caption"]
# Physics-weighted area under the ROC curve (AUC) of the test set by way of padding. Error bars are statistical
# uncertainties of events and trainings; ticks are single trainings. A value far below the others is
# written at the edge. All networks are measured on the same events, so differences have smaller
# uncertainties ({numref}`tab-padding-auc`).

# %% mystnb={"figure": {"name": "tab-padding-auc"}} tags=["hide-input"]
apart = expected["difference"].drop(REFERENCE)
apart_counted = simulated["difference"].drop(REFERENCE)
sigmas = apart.drop("drop events").map(lambda one: abs(one.sigmas))
near = ", ".join(sigmas.index[sigmas <= 2]) or "none"
far = ", ".join(sigmas.index[sigmas > 2]) or "none"
rank = expected["value"].drop(BARE).map(lambda one: one.value)
rank = rank.rank(ascending=False).astype(int)
still_falling = (table["epoch"] >= 0.9 * epochs).mean()
eta = train.select(["jet2eta"]).features[:, 0]
eta_left = np.nanstd(eta) / np.nan_to_num(eta, nan=outside).std()
shown = pd.DataFrame({"physics-weighted AUC": expected["value"]})
shown["change"] = apart
shown["unweighted AUC"] = simulated["value"]
shown["unweighted change"] = apart_counted
shown["best epoch"] = table.groupby("choice")["epoch"].mean()
tables.styled(shown, "padding-auc", **{"best epoch": ".0f"})

# %% [markdown] tags=["caption"]
# AUC of the test set by way of padding, with statistical uncertainties of events and trainings. Changes are
# relative to "{eval}`REFERENCE`", on the same events. The best epoch is a mean over trainings.

# %% [markdown]
# Without the jets' features the physics-weighted AUC is {eval}`expected["value"][REFERENCE]`. Counting jets changes it by
# {eval}`apart["count jets"]`; removing the two counts and everything made with jets changes it by
# {eval}`apart[BARE]`. Compatible with the reference within two standard deviations: {eval}`near`. Further away: {eval}`far`.
#
# A way of padding that keeps all events has all the information of the reference and more, so a lower {term}`AUC`
# needs another cause. Three are possible, which this chapter does not separate:
#
# - each input is one more direction in which a network can fit noise of the training events;
# - a training that stops early, or runs out of epochs, may be further from its optimum with more inputs;
# - the loss counts every simulated event the same and contains all signals, while the
#   result is physics-weighted and for one signal. The unweighted columns remove the weights from this difference.
#
# The thesis's filling value of {eval}`f"{outside:.0f}"` has place {eval}`f"{rank['thesis']:d}"` of
# {eval}`f"{len(rank):d}"` by AUC, "nothing of jets" apart. It acts as a mask. Filled with it, the second jet's pseudorapidity has a width of hundreds, and after
# scaling to width 1 the measured values keep a width of {eval}`f"{eta_left:.1g}"`: present jets are near one
# value and absent jets at another. The angles themselves are lost, as in no other way of padding.
#
# ### Significance at fixed signal efficiency and at the best cut


# %% mystnb={"figure": {"name": "tab-padding-z"}} tags=["hide-input"]
significances = partial(experiment.significances, networks, seeds=seeds)
at_share = partial(cuts.efficiency_cut, efficiency=efficiency)
fixed, best = pd.DataFrame(), pd.DataFrame()
for u in background_uncertainties:
    fixed[f"Z at {u:.0%}"] = significances(at_share, uncertainty=u)
u = background_uncertainties[0]
for n in bins:
    choose = partial(cuts.best_cut, cuts=np.arange(n) / n, uncertainty=u)
    column = f"Z at {u:.0%}, best of {n} bins"
    best[column] = significances(choose, uncertainty=u)
unknown_fixed, unknown = (
    of.map(lambda one: np.isnan(one.read.value)).to_numpy().sum()
    for of in (fixed, best)
)
uncut = best.map(lambda one: "(no cut)" in str(one)).any(axis=1)
effective = fixed.map(lambda one: one.effective).to_numpy().min()
first = fixed[fixed.columns[0]]
shown = pd.DataFrame({"signal [%]": first.map(lambda one: 100 * one.kept)})
shown["effective background"] = first.map(lambda one: one.read_effective)
tables.styled(shown.join([fixed, best]), "padding-z", ".0f")

# %% [markdown] tags=["caption"]
# Significance in the test set, for the relative background uncertainties in the heads of the columns, at
# {eval}`f"{100 * efficiency:g}"` % signal efficiency and at the best cut, both chosen in the validation set. A dash
# stands where, in either set and for any training, a cut leaves fewer than
# {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events or no signal event.

# %% [markdown]
# At one signal efficiency the network with the smaller background wins, and no search over cuts
# favours any of them. Each network keeps at least {eval}`f"{effective:.0f}"` effective background events
# there in the validation set, as a mean over trainings. In {eval}`f"{unknown_fixed:d}"` of
# {eval}`f"{fixed.size:d}"` places the significance is undefined.
#
# The thesis takes the best cut among the edges of bins; the last columns have it for
# {eval}`' and '.join(map(str, bins))` bins. A cut with just enough background in the validation set can have too
# little in the test set: {eval}`f"{unknown:d}"` of {eval}`f"{best.size:d}"` places are undefined. Networks whose best
# cut keeps every event: {eval}`", ".join(uncut.index[uncut]) or "none"`.
#
# ### Learning curve
#
# Is the training set large enough? {numref}`Figure %s <fig-padding-curve>` has the reference network trained on shares of
# the events; the validation and test sets stay as they are.

# %% mystnb={"figure": {"name": "fig-padding-curve"}, "image": {"alt": "Dots with error bars: one minus the AUC against the number of training events on a logarithmic axis."}} tags=["hide-input"]
curve = {}
for share in (1 / 8, 1 / 4, 1 / 2, 1, 2):
    some = events if share == 1 else read(train_events=share * len(train))
    curve[len(some.of("train"))] = replace(experiment, events=some).average(
        measures.auc_of, "test", seeds[:2], **networks[REFERENCE]
    )
more = curve[max(curve)] - curve[len(train)]
wrongly = {"": {REFERENCE: {n: 1 - one for n, one in curve.items()}}}
against_number(wrongly, xlabel="Training events", ylabel="1 − AUC")

# %% [markdown] tags=["caption"]
# One minus the physics-weighted AUC of the test set against the number of training events, for the network "{eval}`REFERENCE`".
# Error bars are statistical uncertainties of events and trainings; all points share the test events.

# %% [markdown]
# {eval}`f"Going from {len(train):,d} to {max(curve):,d} training events changes the AUC by {more}." if max(curve) > len(train) else "The profile has no further training events."`
# The points have the same limit of epochs, so a larger training set also means more steps.
# Differences between networks that are smaller than this change may depend on the number of training events.
#
# ### Longer trainings
#
# In {eval}`f"{100 * still_falling:.0f}"` % of the trainings the best epoch was among the last tenth: these had not
# converged. {numref}`Table %s <tab-padding-long>` has three networks trained until the validation loss stops
# falling.

# %%
LONG = [REFERENCE, "count jets", "learned value"]
chosen = {name: networks[name] for name in LONG}
longer = replace(experiment, model=replace(network, epochs=long_epochs))
long_table = longer.named(chosen, long_seeds, workers=workers)
found = longer.compared(chosen, REFERENCE, long_seeds)
long, less = found["value"], found["difference"]
wrong = long.map(lambda area: (1 - area) / (1 - long[REFERENCE]))
epoch = long_table.astype({"epoch": str}).groupby("choice")["epoch"]
epoch = epoch.agg(", ".join)


# %% tags=["hide-input"]
def verdict(name):
    """What a change allows to say."""
    kind = "lower" if less[name].value < 0 else "raise"
    return report.verdict(
        less[name], seen=f"they {kind} the AUC beyond 2σ",
        unseen="no effect is seen", undefined="their effect is not known",
    )  # fmt: skip


spread = max(abs(one.value) for one in apart.drop([BARE, "drop events"]))
gains = " and ".join(name for name in LONG[1:] if less[name].sigmas > 2)
unless = f", but {gains}" if gains else ""

# %% [markdown]
# ```{table} Physics-weighted AUC of the test set in longer trainings, with the change relative to "drop features" on the same events, the ratio of 1 − AUC to that of "drop features", and the best epoch of each training. Uncertainties are statistical, of events and trainings.
# :name: tab-padding-long
#
# | | AUC | change | σ | 1 − AUC, ratio | best epochs |
# |---|---|---|---|---|---|
# | drop features | {eval}`long[REFERENCE]` | – | – | 1 | {eval}`epoch[REFERENCE]` |
# | count jets | {eval}`long["count jets"]` | {eval}`less["count jets"]` | {eval}`f"{less['count jets'].sigmas:.1f}"` | {eval}`wrong["count jets"]` | {eval}`epoch["count jets"]` |
# | learned value | {eval}`long["learned value"]` | {eval}`less["learned value"]` | {eval}`f"{less['learned value'].sigmas:.1f}"` | {eval}`wrong["learned value"]` | {eval}`epoch["learned value"]` |
# ```
#
# Counts of jets: {eval}`verdict("count jets")`. Learned values: {eval}`verdict("learned value")`. The uncertainty of the
# trainings rests on {eval}`f"{len(long_seeds):d}"` for each network, so it is itself uncertain. A best epoch
# close to {eval}`f"{long_epochs:d}"` means that a training had still not converged. The training waits
# {eval}`f"{network.patience:d}"` epochs for a lower loss of all signals; where the best epochs of two networks are
# far apart, one of them may have stopped by chance.
#
# ## Dropping events removes signal
#
# Dropping events is wrong, because a search has to classify every event. The AUC in {numref}`tab-padding-auc` counts dropped events as the most
# background-like. Among the events with three jets the same networks can look good
# ({numref}`tab-padding-dropped`).

# %% tags=["hide-input"]
three = ~np.isnan(test.select(FULL).features).any(axis=1)
survivors = replace(test, weight=test.weight * three)
dropped = experiment.by_seed("test", seeds, **networks["drop events"])
among = measures.averaged(measures.auc_of, survivors, dropped)
of_class = test.label, ~test.label
s, b = (test.weight[rows].sum() for rows in of_class)
s_left, b_left = (survivors.weight[rows].sum() for rows in of_class)
cost = s_left / np.sqrt(b_left) / (s / np.sqrt(b)) if b_left > 0 else np.nan
n_survivors = (test.label & three).sum()

# %% [markdown]
# ```{table} Test set before any cut on the output, and the network that drops events; AUC with statistical uncertainties of events and trainings.
# :name: tab-padding-dropped
#
# | | all events | with three jets |
# |---|---|---|
# | expected signal | {eval}`f"{s:.1f}"` | {eval}`f"{s_left:.2f}"` |
# | expected background | {eval}`f"{b:,.0f}"` | {eval}`f"{b_left:,.0f}"` |
# | simulated signal events | {eval}`f"{test.label.sum():,d}"` | {eval}`f"{n_survivors:,d}"` |
# | physics-weighted AUC | {eval}`expected["value"]["drop events"]` | {eval}`among` |
# ```
#
# Before any cut on the output, requiring three jets multiplies $s/\sqrt b$ by {eval}`f"{cost:.2f}"`. The AUC over
# all events says little about the training: events with few jets are placed last, whatever their
# class ({numref}`tab-padding-alone` has the AUC of few jets).
#
# ## Network output with and without counts
#
# Figure 5.1 of the thesis shows the output with and without the counts, with the significance of a cut.
# {numref}`Figures %s <fig-padding-counting-100>` to {numref}`%s <fig-padding-dropped-50>` have it in
# {eval}`f"{bins[0]:d}"` and {eval}`f"{bins[-1]:d}"` bins.


# %% tags=["hide-input"]
def drawn(name, number):
    """The output of the first training in a number of bins, with its cuts."""
    edges, u = np.linspace(0, 1, number + 1), background_uncertainties
    shown = cuts.panel(test, scores(name), edges, uncertainties=u)
    scale, title = dataset.luminosity_fb, f"{name}, {number} bins"
    made = score_plots.validation(*shown, luminosity_fb=scale, title=title)
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% mystnb={"figure": {"name": "fig-padding-counting-100"}, "image": {"alt": "Stacked histogram of the network output on a logarithmic axis, with the signal drawn over it; beneath, significance curves up to where too little background is left."}} tags=["hide-input"]
drawn("count jets", bins[-1])

# %% [markdown] tags=["caption"]
# Expected events of the test set by the output of "count jets", first training, in {eval}`f"{bins[-1]:d}"` bins. Beneath: significance of a cut at each bin edge, dotted where too little background is left.

# %% mystnb={"figure": {"name": "fig-padding-counting-50"}, "image": {"alt": "As the figure before, with fewer bins."}} tags=["hide-input"]
drawn("count jets", bins[0])

# %% [markdown] tags=["caption"]
# As {numref}`fig-padding-counting-100`, in {eval}`f"{bins[0]:d}"` bins.

# %% mystnb={"figure": {"name": "fig-padding-dropped-50"}, "image": {"alt": "As the figure before, for the network that sees no jets."}} tags=["hide-input"]
drawn(REFERENCE, bins[0])

# %% [markdown] tags=["caption"]
# As {numref}`fig-padding-counting-50`, for the network "drop features".

# %% mystnb={"figure": {"name": "fig-padding-roc"}, "image": {"alt": "ROC curves of four ways of padding, on linear and on logarithmic axes of the background's efficiency."}} tags=["hide-input"]
chosen = [REFERENCE, "count jets", "zero", "learned value"]
of_test = test.label, test.weight
curves = {name: roc(scores(name), *of_test) for name in chosen}
score_plots.roc_curves(curves, expected["value"])

# %% [markdown] tags=["caption"]
# Physics-weighted efficiencies of the test set, first training; AUC as in {numref}`tab-padding-auc`. A curve runs
# backwards where events of negative weight enter.

# %% mystnb={"figure": {"name": "fig-padding-scan"}, "image": {"alt": "Four significance curves with their bands against the cut; each ends where too little background is left."}} tags=["hide-input"]
at = np.arange(bins[-1]) / bins[-1]
scans = {name: cuts.scan(test, scores(name), at) for name in chosen}
score_plots.significance_curves(scans)

# %% [markdown] tags=["caption"]
# Expected significance against the cut without background uncertainty, test set, first training. Bands are
# statistical; the four curves share their events.

# %% [markdown]
# ## Twice as many bins can only raise the best significance
#
# The thesis reads the significance off the bins of the output, and notes that the new features may
# suit it less "depending on our binning choice". A cut at a lower edge keeps that bin and all
# above, so the number of bins decides which cuts exist. Twice as many bins include the cuts of the
# fewer bins and add some: the largest significance can only rise, whether or not there is more to
# find. (It can fall where the edges of the fewer bins are not all among those of the more.) {numref}`Figure %s <fig-padding-bins>` and {numref}`tab-padding-bins` measure it.

# %% mystnb={"figure": {"name": "fig-padding-bins"}, "image": {"alt": "Two panels, with counts and without jets: the best significance against the number of bins, with error bars, where the cut was chosen and, where it leaves enough background, of the same cut in the test set."}} tags=["hide-input"]
numbers = sorted({5, 10, 25, 50, 100, 200, 400, 800, *bins})
WITH, WITHOUT = "count jets", REFERENCE
parts = validation_part, test
scored = {
    name: [(one, scores(name, part=one.only)) for one in parts]
    for name in (WITH, WITHOUT)
}
by_bins, panels = {}, {}
words = "validation set, where it was chosen"
for name, pair in scored.items():
    at = {n: cuts.best_cut(*pair[0], np.arange(n) / n) for n in numbers}
    by_bins[name] = {n: cuts.read_off(*pair, at[n]) for n in numbers}
    each = by_bins[name].items()
    panels[name] = {words: {n: one.chosen for n, one in each}}
    panels[name]["same cut, test set"] = {n: one.read for n, one in each}
xlabel = "Bins between 0 and 1"
against_number(panels, xlabel=xlabel, ylabel="Expected significance")

# %% [markdown] tags=["caption"]
# Best significance against the number of bins, first training, for cuts that leave at least as much background
# as ten unweighted events. Solid: validation set, where the cut was chosen; dashed: the same cut in
# the test set. Error bars are statistical; points of a line share most of their events.


# %% tags=["hide-input"]
def best_of(events, score, number):
    """The best significance in a number of bins, for resampled events."""

    def z_best(weight):
        drawn, at = replace(events, weight=weight), np.arange(number) / number
        z, _ = cuts.trusted(cuts.scan(drawn, score, at))
        return np.nanmax(z) if np.isfinite(z).any() else np.nan

    return z_best


draws, validated = {}, [scored[one][0] for one in (WITH, WITHOUT)]
for number in bins:
    of = partial(best_of, number=number)
    average = partial(measures.averaged, of, replicas=replicas)
    with_counts, without = (average(one, [score]) for one, score in validated)
    draws[number] = with_counts.draws - without.draws
draws = pd.DataFrame(draws).dropna()
ahead = {one: Estimate(draws[one].mean(), draws[one].std()) for one in bins}
change = draws[bins[-1]] - draws[bins[0]]
by_binning = Estimate(change.mean(), change.std())
flips = (np.sign(draws[bins[0]]) * np.sign(draws[bins[-1]]) < 0).mean()
ranks = "The best significance ranks the two networks in no binning"
if any(abs(one.value) > 2 * one.error for one in ahead.values()):
    ranks = (
        "The best significance ranks the two networks in at least one binning"
    )
fine, coarse = bins[-1], bins[0]

# %% [markdown]
# ```{table} Best significance of two networks in two binnings, first training, where the cut was chosen and with the same cut in the test set. Beneath each: effective number of background events above the cut. Last rows: change of the best significance by the counts in the validation set, from bootstrap samples common to both networks. Uncertainties are statistical; a significance is undefined where too little is left above the cut.
# :name: tab-padding-bins
#
# | | {eval}`f"{bins[0]:d}"` bins | {eval}`f"{bins[-1]:d}"` bins |
# |---|---|---|
# | count jets, validation set | {eval}`by_bins[WITH][coarse].chosen` | {eval}`by_bins[WITH][fine].chosen` |
# | effective background events | {eval}`f"{by_bins[WITH][coarse].effective:.1f}"` | {eval}`f"{by_bins[WITH][fine].effective:.1f}"` |
# | count jets, same cut in the test set | {eval}`by_bins[WITH][coarse].read` | {eval}`by_bins[WITH][fine].read` |
# | effective background events | {eval}`f"{by_bins[WITH][coarse].read_effective:.1f}"` | {eval}`f"{by_bins[WITH][fine].read_effective:.1f}"` |
# | drop features, validation set | {eval}`by_bins[WITHOUT][coarse].chosen` | {eval}`by_bins[WITHOUT][fine].chosen` |
# | effective background events | {eval}`f"{by_bins[WITHOUT][coarse].effective:.1f}"` | {eval}`f"{by_bins[WITHOUT][fine].effective:.1f}"` |
# | drop features, same cut in the test set | {eval}`by_bins[WITHOUT][coarse].read` | {eval}`by_bins[WITHOUT][fine].read` |
# | effective background events | {eval}`f"{by_bins[WITHOUT][coarse].read_effective:.1f}"` | {eval}`f"{by_bins[WITHOUT][fine].read_effective:.1f}"` |
# | change by the counts | {eval}`ahead[coarse]` | {eval}`ahead[fine]` |
# | share of samples with a positive change | {eval}`f"{100 * (draws[coarse] > 0).mean():.0f}"` % | {eval}`f"{100 * (draws[fine] > 0).mean():.0f}"` % |
# ```
#
# {eval}`ranks` (last rows of {numref}`tab-padding-bins`). In {eval}`f"{100 * flips:.0f}"` % of {eval}`f"{replicas:d}"`
# bootstrap samples the two binnings disagree on which network is better. The finer bins change the
# difference by {eval}`by_binning`, while other events change it by {eval}`f"{ahead[coarse].error:.3f}"`, its spread over the samples.
#
# ### Separate histograms can cut signal and background at different outputs
#
# The thesis's public code fills signal and background into separate histograms, each with as many bins between
# *its own* lowest and highest output, and adds up the bins from the {eval}`f"{first_bin:.0f}"`th on in
# both. Bins of the same number then cover different outputs.

# %% tags=["hide-input"]
score = scores(WITH)
s_cut, b_cut = (
    one.min() + np.ptp(one) * first_bin / bins_thesis
    for one in (score[test.label], score[~test.label])
)
common, own = (cuts.scan(test, score, [one]) for one in (s_cut, b_cut))
n_own = Estimate(own.background[0], own.background_error[0])
n_common = Estimate(common.background[0], common.background_error[0])
own_words = "Too little background is left behind a cut to give significances"
if (own.enough() & common.enough() & (common.signal_error > 0))[0]:
    z_own = z0(common.signal[0], own.background[0])
    own_words = f"The significances are {z_own:.3f} and {common.z[0, 0]:.3f}"
report.record("signal_cut", s_cut, ".3f")
report.record("background_cut", b_cut, ".3f")
report.record("background_own", n_own)
report.record("background_common", n_common)

# %% [markdown]
# ```{table} Cuts from separate histograms in the test set, first training of "count jets": where the bin begins, and the expected background above, with its statistical uncertainty.
# :name: tab-padding-separate
#
# | | background's histogram | signal's histogram |
# |---|---|---|
# | lower edge | {eval}`f"{b_cut:.3f}"` | {eval}`f"{s_cut:.3f}"` |
# | expected background above | {eval}`n_own` | {eval}`n_common` |
# | effective background events | {eval}`f"{own.effective_background[0]:.1f}"` | {eval}`f"{common.effective_background[0]:.1f}"` |
# ```
#
# {eval}`own_words`. How close the two cuts of {numref}`tab-padding-separate` are is chance: one background event with a
# higher output than all others moves only one of them, and another number of bins moves both.
#
# The thesis's remark on binning is right as an observation, but it must not become a way to choose. Whoever
# tries both binnings and keeps the one, or the features, with the better number, quotes the largest of
# several fluctuations. The bins of a search are fixed before the result is seen, are the same for all
# processes, and are wide enough to hold background. The cut is chosen on one set of events and its
# significance measured on another. Two networks are compared by a number without bins, such as the AUC.
#
# ## Summary and what comes next
#
# - Apart from dropping events, the way of padding changes the physics-weighted AUC by at most
#   {eval}`f"{spread:.3f}"` ({numref}`tab-padding-auc`). {eval}`f"{100 * still_falling:.0f}"` % of these
#   trainings had not converged.
# - In longer trainings the counts change the AUC by {eval}`less["count jets"]`, and {eval}`verdict("count jets")`; a learned
#   value changes it by {eval}`less["learned value"]` ({numref}`tab-padding-long`). The thesis sees hardly any
#   difference from the counts and gives no uncertainty.
# - Dropping events is no alternative: it removes all but {eval}`with_jets[ours]` % of the signal
#   ({numref}`fig-padding-shares`).
#
# For this signal, whose jets come from initial-state radiation alone, nothing here speaks against leaving out the jets' own
# features{eval}`unless`. All of these networks know the number of jets; without anything made with jets the AUC
# changes by {eval}`apart[BARE]`. All networks had their features scaled in one way. The next chapter compares others.

# %% tags=["remove-cell"]
counted = less["count jets"]
found = report.verdict(
    counted, seen=f"counts of jets change the AUC by {counted}",
    unseen=f"agrees: no effect of the counts of jets is seen ({counted})",
    undefined="too few events to tell",
)  # fmt: skip
report.record("guevara_figure_5_1", found)
