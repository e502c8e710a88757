# %% [markdown]
# (chap-padding)=
# # Padding
#
# What does a network get where an event has no second jet? A network takes a fixed number of inputs,
# and events differ in what they contain. {cite}`guevara2023` discusses five ways out, tries one that
# it made up for the purpose, and in the end leaves the jets out. This chapter trains a network for
# each of the five, for two that learn what to make of an absence and for one that is told nothing of
# jets, and asks what the answer costs.

# %% lepsearch={"full": {"epochs": 400, "long_epochs": 400, "long_seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "replicas": 500, "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}, "learns": true, "reads": ["dilepton"]} nbmake={"mock": {"epochs": 3, "long_epochs": 5, "long_seeds": [1, 2], "profile": "smoke", "replicas": 10, "seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["dark_higgs", "light_vector", "inelastic_eft"]  # trained on
signal = "dh_hds_130"  # results are for this one
bins = [50, 100]  # of the network's output, as in figure 5.1
background_uncertainties = [0.0, 0.1, 0.2, 0.3]  # relative
efficiency = 0.7  # share of the signal above the cut, for significances
epochs = 40
seeds = [1, 2, 3]
replicas = 100  # of the bootstrap
long_epochs = 200  # at most, for those trained until the loss stops falling
long_seeds = [1, 2]
workers = 1  # processes that train

# %%
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from lepsearch.book import report
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
events = learning.learning_set(dataset, signals, features=FULL + COUNTS)
network = Network(
    layers=1, neurons=100, learning_rate=0.01, l2=1e-5, scaling="z_score",
    batch_size=1024, epochs=epochs, patience=10, features=FULL,
)  # fmt: skip
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
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$.
# The network is trained on all {eval}`f"{len(events.signals):d}"` mass points of the new boson that the profile
# has, the thesis's "full Z′ data set", and tried on one of them alone: {eval}`dataset.labels[signal]`.
# {eval}`f"{len(train):,d}"` simulated events train. The validation part stops the training and makes
# every choice, with {eval}`f"{validation_part.label.sum():,d}"` events of that signal and
# {eval}`f"{(~validation_part.label).sum():,d}"` of background; the test part, with
# {eval}`f"{test.label.sum():,d}"` and {eval}`f"{(~test.label).sum():,d}"`, gives the results. These are small
# numbers: nothing below is claimed beyond its error. `lepsearch run 14_padding --full` makes the page
# from more trainings, each of which goes on until its loss stops falling.
#
# ## What is absent
#
# The jets are: {eval}`f"{len(FULL) - len(WITHOUT_JETS):d}"` features of the three leading jets, beside {eval}`f"{len(WITHOUT_JETS):d}"`
# that every event has.

# %% mystnb={"figure": {"name": "fig-padding-shares"}, "image": {"alt": "Horizontal bars with error bars, one for each background process and, hatched, one for the signal: the percentage of events with three jets."}} tags=["hide-input"]
has_all = ~np.isnan(events.select(FULL).features).any(axis=1)


def complete(rows):
    """Which part of some events has all features, in percent of expected events."""
    return 100 * weighted_mean(has_all, events.weight * rows, events.original)


processes = [*dict.fromkeys(events.groups[~events.label].tolist()), ours]
with_jets = {name: complete(events.groups == name) for name in processes}
shares(with_jets, [ours], xlabel="Events with three jets [%]")

# %% [markdown] tags=["caption"]
# Events that lack none of the features of three jets, in percent of the expected events of each
# process; the signal is hatched. The errors are those of the simulated samples.

# %% [markdown]
# Of {eval}`dataset.labels[signal]`, {eval}`with_jets[ours]` % of the events have three jets, and
# {eval}`f"{complete(~events.label).value:.0f}"` % of the background. Absence is no accident of the detector: it says how
# an event was made. How much does it say of the signal? The area under the ROC curve of a feature
# alone, in the test part with physics weights, tells. In which direction it is cut, the training part
# says.

# %% tags=["hide-input"]
pair = train.of_signal(signal), test
tried = {
    name: [one.select([name]).features[:, 0] for one in pair]
    for name in WITHOUT_JETS + COUNTS
}
LACKING = ["no jet", "fewer than two jets", "fewer than three jets"]
for number, words in enumerate(LACKING, start=1):
    jet = [one.select([f"jet{number}pt"]).features[:, 0] for one in pair]
    tried[words] = [np.isnan(one).astype(float) for one in jet]
rows = {}
for name, (first, second) in tried.items():
    falls = measures.auc(pair[0], first).value < 0.5
    area = measures.auc(test, -second if falls else second)
    where = "low values" if falls else "high values"
    rows[name] = {"signal at": where, "area": area, "value": area.value}
alone = pd.DataFrame.from_dict(rows, orient="index").astype({"value": float})
alone = alone.sort_values("value", ascending=False)
features = alone.index.drop(LACKING)
alone["place"] = pd.Series(range(1, len(features) + 1), features)
fewer = alone["area"]["fewer than three jets"]
n_better = (alone["value"][features] > fewer.value).sum()
absent = np.isnan(events.select(["jet1pt", "jet2pt", "jet3pt"]).features)
n_jets = events.select(["nbjets", "nljets"]).features.sum(axis=1)
known = (absent == (n_jets[:, None] < [1, 2, 3])).all(axis=1).mean()
twice = np.equal(*events.select(["nbjets", "n_bjetPt20"]).features.T).mean()
shown = {*features[:3], "nbjets", "nljets", *COUNTS, *LACKING}
shown = alone[alone.index.isin(shown)].drop(columns="value")
shown.style.format(precision=0, na_rep="–")

# %% [markdown]
# Of the {eval}`f"{len(features):d}"` features that every event has, the first three, all counts, and what
# absence says by itself; the place is that among the {eval}`f"{len(features):d}"`. With fewer than three jets
# alone the area is {eval}`fewer`, and {eval}`f"{n_better:d}"` of these features have a larger
# one; the largest is {eval}`alone["area"][features[0]]`, of {eval}`features[0]`.
#
# Nor is absence news to a network that gets no jets. Table 4.2, which "without jets" stands for, ends
# in two counts, `nbjets` and `nljets`, and in {eval}`f"{100 * known:.4g}"` % of the events their sum says which of
# the three jets are there. In these no mask and no count can add to what is known of absence. Of the four
# counts of table 5.1 one, `n_bjetPt20`, is `nbjets` once more in {eval}`f"{100 * twice:.4g}"` % of the events; what
# the other three add is where the jets are and how many are hard. Three more features of table 4.2 are
# made with jets: $H_T$ sums their momenta, $r_T$ divides by it, and the significance of the missing
# momentum has their resolutions. To see what jets are worth at all, one more network gets the other
# {eval}`f"{len(bare):d}"` features alone. (The missing momentum balances whatever is in an event, jets too.)
#
# ## The networks
#
# | name | what an event without a jet gets |
# |---|---|
# | nothing of jets | no count either, nor what is made with jets |
# | drop features | no jet's momentum or angle, but the two counts and $H_T$; the thesis's choice in the end |
# | drop events | such events teach nothing, and count as background when they are met |
# | zero | 0 for all that is absent |
# | thesis | 0 for momenta and masses, {eval}`f"{outside:.0f}"` for angles: what the thesis's ntuples hold |
# | mean | of the training events that have the feature |
# | count jets | as "drop features", and the four counts of table 5.1 |
# | zero and mask | 0, and one more input for each such feature that says whether it is absent |
# | learned value | a value for each feature, learned with the network's weights |
#
# The thesis sets aside zeros, since an angle of zero is an angle, and means, since they invent jets.
# Both are arguments about a reader of the table. A network has no opinion on conservation laws; it
# asks whether the value it gets can be told from a real one. The last two answers, which the thesis
# does not have, make sure of that: a jet that is not there costs one more input, or one more weight.
#
# A network is {eval}`f"{network.neurons:d}"` hidden neurons in one layer, with Adam at a learning rate of
# {eval}`f"{network.learning_rate:g}"`, near the best of the thesis's grid, on batches of
# {eval}`f"{network.batch_size:d}"`. (The thesis filled its graphics card with $2^{24}$ events, so that each
# batch has signal in it; of our events, {eval}`f"{100 * train.label.mean():.0f}"` % are signal.) Each simulated event
# counts the same in training, and as many expected events as it stands for in every result: weights are a
# question for later chapters. Features are scaled to mean 0 and width 1 of the training part, all
# absent ones filled. Each is trained {eval}`f"{len(seeds):d}"` times, for at most {eval}`f"{epochs:d}"`
# epochs.

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


expected, simulated = (
    experiment.compared(networks, REFERENCE, seeds, counted=counted)
    for counted in (False, True)
)

# %% mystnb={"figure": {"name": "fig-padding-auc"}, "image": {"alt": "Dots with error bars, a row for each network, and ticks for their single trainings; the row of dropped events is a number at the left edge, below the axis."}} tags=["hide-input"]
lowest = min(one.value for one in expected["value"].drop("drop events"))
by_row({"in expected events": expected["value"]}, lowest=lowest - 0.03)

# %% [markdown] tags=["caption"]
# Area under the ROC curve in the test part, with physics weights. Error bars join the events, by
# bootstrap, and the trainings; ticks are single trainings. A choice far below the others is written
# at the edge. All choices are tried on the same events, so that they move together: differences
# have smaller errors, in the table below.

# %% tags=["hide-input"]
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
shown = pd.DataFrame({"area": expected["value"]})
shown[f"less {REFERENCE}"] = apart
shown["area, simulated events"] = simulated["value"]
shown[f"less {REFERENCE}, simulated events"] = apart_counted
shown["best epoch"] = table.groupby("choice")["epoch"].mean()
shown.style.format(precision=0, na_rep="–")

# %% [markdown]
# Without the features of jets the area is {eval}`expected["value"][REFERENCE]`. Counting jets changes it by
# {eval}`apart["count jets"]`, and by {eval}`simulated["difference"]["count jets"]` if each simulated event counts the
# same; taking the two counts and all that is made with jets away, by {eval}`apart[BARE]`. Within two
# standard deviations of it lie: {eval}`near`; further away: {eval}`far`.
#
# Where a way of padding that keeps all events does worse than to leave the jets out, it isn't for want
# of information: it has all that the reference has, and more. At least three causes are left, which this chapter doesn't tell
# apart. Each input is one more direction in which {eval}`f"{len(train):,d}"` events let a network fit noise. A
# training that stops early, or runs out of epochs, may be further from its end with more inputs. And what
# is minimised isn't what is measured: the loss counts each simulated event the same and takes all
# {eval}`f"{len(events.signals):d}"` signals, while the result is for one, with physics weights. Of the last, the
# columns in simulated events remove the weights, and the one signal stays.
#
# The thesis's {eval}`f"{outside:.0f}"` looks absurd, and has place {eval}`f"{rank['thesis']:d}"` of
# {eval}`f"{len(rank):d}"` here, "{eval}`BARE`" apart, the largest area being first. Filled with it, the
# pseudorapidity of the second jet gets a width of hundreds, and once that is scaled to 1 the real
# values keep a width of {eval}`f"{eta_left:.1g}"`. What is left is a mask: near one value for a jet that
# is there, another for one that is not. The angles are gone: it is the one choice that loses what they
# say, if they say something.
#
# ### Significances


# %% tags=["hide-input"]
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
shown.join([fixed, best]).style.format(precision=0)

# %% [markdown]
# The thesis takes the best cut among the edges of some bins. Here that cut is chosen in the validation
# part and read in the test part; the last columns have it for {eval}`' and '.join(map(str, bins))` bins. Below
# {eval}`f"{MINIMUM_EFFECTIVE:g}"` effective background events the error of a significance means nothing, and
# without a simulated signal event above the cut it isn't known. Where that is so in either part, for
# any of the trainings, a dash stands instead: in {eval}`f"{unknown:d}"` places of {eval}`f"{best.size:d}"`. A
# cut that has just enough in the part that chooses it has often too little in the other. Where the best
# that the validation part finds is to keep everything, the number is that of no cut at all, and says
# so: {eval}`", ".join(uncut.index[uncut]) or "none"`.
#
# A comparison needs a cut that is there for all. The first columns have, for each network, the cut that
# keeps {eval}`f"{100 * efficiency:g}"` % of the signal in the validation part, again read in the test part, with
# the share of the signal and the effective background events above it there, and with "Z at" the
# uncertainty of the background. In the validation part each network has at least
# {eval}`f"{effective:.0f}"` effective background events above it, as a mean over its trainings;
# a dash stands in {eval}`f"{unknown_fixed:d}"` of {eval}`f"{fixed.size:d}"` places. At one share of the
# signal the smaller background wins, and no cut was looked for to make it so.
#
# ### Until the loss stops falling
#
# In {eval}`f"{100 * still_falling:.0f}"` % of the trainings the loss of the validation part was still falling
# when the epochs ran out. Three of the networks are therefore trained once more until it has stopped.

# %%
LONG = [REFERENCE, "count jets", "learned value"]
chosen = {name: networks[name] for name in LONG}
longer = replace(experiment, model=replace(network, epochs=long_epochs))
long_table = longer.named(chosen, long_seeds, workers=workers)
found = longer.compared(chosen, REFERENCE, long_seeds)
long, less = found["value"], found["difference"]
wrong = long.map(lambda area: (1 - area) / (1 - long[REFERENCE]))
epoch = long_table.astype({"epoch": str}).groupby("choice")["epoch"]
epoch = epoch.agg(" ".join)


# %% tags=["hide-input"]
def verdict(name):
    """What a difference in standard deviations allows to say."""
    sigma = less[name].sigmas
    if not abs(sigma) > 2:
        return "no difference is seen beyond two standard deviations"
    kind = "loss" if sigma < 0 else "gain"
    return f"a {kind} beyond two standard deviations"


trainings = f"means of {len(long_seeds)} trainings;"
trainings += " errors join events and trainings"
if len(long_seeds) == 1:
    trainings = "single trainings, so that errors are those of the events"
    trainings += " alone, and the scatter of trainings comes on top"
elif len(long_seeds) < 5:
    trainings += ", of whose scatter so few say little"
spread = max(abs(one.value) for one in apart.drop([BARE, "drop events"]))
gains = " and ".join(name for name in LONG[1:] if less[name].sigmas > 2)
unless = f", but {gains}" if gains else ""
claim = "it is so here, within the errors"
if abs(less["count jets"].sigmas) > 2:
    claim = "it is so for the size of the area, and not against the error of the change"

# %% [markdown]
# | | area | less drop features | standard deviations | wrongly ordered pairs, relative | best epochs |
# |---|---|---|---|---|---|
# | drop features | {eval}`long[REFERENCE]` | – | – | 1 | {eval}`epoch[REFERENCE]` |
# | count jets | {eval}`long["count jets"]` | {eval}`less["count jets"]` | {eval}`f"{abs(less['count jets'].sigmas):.1f}"` | {eval}`wrong["count jets"]` | {eval}`epoch["count jets"]` |
# | learned value | {eval}`long["learned value"]` | {eval}`less["learned value"]` | {eval}`f"{abs(less['learned value'].sigmas):.1f}"` | {eval}`wrong["learned value"]` | {eval}`epoch["learned value"]` |
#
# The wrongly ordered pairs are those of a signal and a background event of which the background event has
# the higher output, one less the area. The rows are {eval}`trainings`. With the counts,
# {eval}`verdict("count jets")`; with the learned value, {eval}`verdict("learned value")`. A difference can't
# be put down to epochs that ran out, unless a best epoch is close to the limit of
# {eval}`f"{long_epochs:d}"`. It can be put down to when a training stopped: each waits
# {eval}`f"{network.patience:d}"` epochs for a lower loss, that of all signals, and where the best epochs of two
# networks are far apart, one may have met a bad stretch.
#
# ## Dropped events
#
# To drop events is the one answer that is wrong and not merely worse. The area above holds all
# events, with those that were dropped at the bottom of the list, where a search that can't score
# them has them. Among the events with three jets alone the same networks may look fine:

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
# | | all events | with three jets |
# |---|---|---|
# | expected signal | {eval}`f"{s:.1f}"` | {eval}`f"{s_left:.2f}"` |
# | expected background | {eval}`f"{b:,.0f}"` | {eval}`f"{b_left:,.0f}"` |
# | area under the curve | {eval}`expected["value"]["drop events"]` | {eval}`among` |
#
# The area among the survivors rests on {eval}`f"{n_survivors:d}"` signal events, so that its error, by
# bootstrap, is rough as well, and says nothing of the rest. Before any cut on the output, $s/\sqrt b$ is {eval}`f"{cost:.2f}"` times what it was. The
# area over all events, {eval}`expected["value"]["drop events"]`, says little of the training: an event without jets
# is the more often signal, the area of few jets above says, and is put last.
#
# ## The output
#
# Figure 5.1 of the thesis shows the output with and without the counts, in {eval}`f"{bins[0]:d}"`
# bins and in twice as many, and the significance of a cut. Here they are for the test part of the
# first training, with what is drawn beneath dotted where too little background is left to know.


# %% tags=["hide-input"]
def drawn(name, number):
    """The output of the first training in a number of bins, and what cuts there give."""
    edges, u = np.linspace(0, 1, number + 1), background_uncertainties
    shown = cuts.panel(test, scores(name), edges, uncertainties=u)
    scale, title = dataset.luminosity_fb, f"{name}, {number} bins"
    made = score_plots.validation(*shown, luminosity_fb=scale, title=title)
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% mystnb={"figure": {"name": "fig-padding-counting-100"}, "image": {"alt": "Stacked histogram of the network output on a logarithmic axis, with the signal drawn over it; beneath, significance curves up to where too little background is left."}} tags=["hide-input"]
drawn("count jets", bins[-1])

# %% [markdown] tags=["caption"]
# Output of the network that counts jets, in the finer bins of the thesis's figure 5.1, and the
# significance of a cut at each bin for four uncertainties of the background.

# %% mystnb={"figure": {"name": "fig-padding-counting-50"}, "image": {"alt": "As the figure before, with half as many bins."}} tags=["hide-input"]
drawn("count jets", bins[0])

# %% [markdown] tags=["caption"]
# The same output in the coarser bins.

# %% mystnb={"figure": {"name": "fig-padding-dropped-50"}, "image": {"alt": "As the figure before, for the network that sees no jets."}} tags=["hide-input"]
drawn(REFERENCE, bins[0])

# %% [markdown] tags=["caption"]
# Output of the network without jets, in the coarser bins.

# %% mystnb={"figure": {"name": "fig-padding-roc"}, "image": {"alt": "ROC curves of four ways of padding, on linear and on logarithmic axes of the background's efficiency."}} tags=["hide-input"]
chosen = [REFERENCE, "count jets", "zero", "learned value"]
score_plots.roc_curves(
    {name: roc(scores(name), test.label, test.weight) for name in chosen},
    expected["value"],
)

# %% [markdown] tags=["caption"]
# Efficiencies in the test part, of the first training. The areas are those of the table: means over
# the trainings, with errors that join events and trainings. Where a curve runs backwards, events
# with negative weights come in.

# %% mystnb={"figure": {"name": "fig-padding-scan"}, "image": {"alt": "Four significance curves with their bands against the cut; each ends where too little background is left."}} tags=["hide-input"]
at = np.arange(bins[-1]) / bins[-1]
scans = {name: cuts.scan(test, scores(name), at) for name in chosen}
score_plots.significance_curves(scans)

# %% [markdown] tags=["caption"]
# Expected significance against the cut, background known exactly, in the test part of the first
# training. The bands are statistical, and the four curves share their events.

# %% [markdown]
# ## Depending on our binning
#
# The thesis reads the significance off the bins of the output, and notes that the new features may
# suit it less "depending on our binning choice". A cut at a bin's lower edge keeps that bin and all
# above, so that the number of bins decides which cuts there are. Twice as many bins include the
# cuts of the fewer, and add some: the largest significance can only rise, whether there is more to
# find or not.

# %% mystnb={"figure": {"name": "fig-padding-bins"}, "image": {"alt": "Two panels, with counts and without jets: the best significance against the number of bins, with error bars, where the cut was chosen and, where it leaves enough background, of the same cut in the test part."}} tags=["hide-input"]
numbers = sorted({5, 10, 25, 50, 100, 200, 400, 800, *bins})
WITH, WITHOUT = "count jets", REFERENCE
parts = validation_part, test
scored = {
    name: [(one, scores(name, part=one.only)) for one in parts]
    for name in (WITH, WITHOUT)
}
by_bins, panels = {}, {}
for name, pair in scored.items():
    at = {n: cuts.best_cut(*pair[0], np.arange(n) / n) for n in numbers}
    by_bins[name] = {n: cuts.read_off(*pair, at[n]) for n in numbers}
    each = by_bins[name].items()
    panels[name] = {
        "validation part, where it was chosen": {
            n: one.chosen for n, one in each
        },
        "same cut, test part": {n: one.read for n, one in each},
    }
against_number(
    panels, xlabel="Bins between 0 and 1", ylabel="Expected significance"
)

# %% [markdown] tags=["caption"]
# Best significance against the number of bins, first training, for cuts that leave as much
# background as ten unweighted events. Solid: in the validation part, where the cut was chosen;
# dashed: the same cut in the test part, where it leaves as much there too. The errors are
# statistical, and along a line mostly those of the same events.


# %% tags=["hide-input"]
def best_of(events, score, number):
    """The best significance in a number of bins, for weights of resampled events."""

    def z_best(weight):
        drawn, at = replace(events, weight=weight), np.arange(number) / number
        z, _ = cuts.trusted(cuts.scan(drawn, score, at))
        return np.nanmax(z) if np.isfinite(z).any() else np.nan

    return z_best


draws = {}
for number in bins:
    of = partial(best_of, number=number)
    with_counts, without = (
        measures.averaged(of, part, [score], replicas=replicas).draws
        for part, score in (scored[WITH][0], scored[WITHOUT][0])
    )
    draws[number] = with_counts - without
draws = pd.DataFrame(draws).dropna()
ahead = {one: Estimate(draws[one].mean(), draws[one].std()) for one in bins}
change = draws[bins[-1]] - draws[bins[0]]
by_binning = Estimate(change.mean(), change.std())
flips = (np.sign(draws[bins[0]]) * np.sign(draws[bins[-1]]) < 0).mean()
ranks = "in one of them at least, that ranks the two"
if all(abs(one.value) <= 2 * one.error for one in ahead.values()):
    ranks = "these samples are too small to rank the two by significance, in either"
fine, coarse = bins[-1], bins[0]

# %% [markdown]
# | | {eval}`f"{bins[0]:d}"` bins | {eval}`f"{bins[-1]:d}"` bins |
# |---|---|---|
# | count jets, where chosen | {eval}`by_bins[WITH][coarse].chosen` | {eval}`by_bins[WITH][fine].chosen` |
# | effective background events above it | {eval}`f"{by_bins[WITH][coarse].effective:.1f}"` | {eval}`f"{by_bins[WITH][fine].effective:.1f}"` |
# | the same cut in the test part | {eval}`by_bins[WITH][coarse].read` | {eval}`by_bins[WITH][fine].read` |
# | effective background events above it there | {eval}`f"{by_bins[WITH][coarse].read_effective:.1f}"` | {eval}`f"{by_bins[WITH][fine].read_effective:.1f}"` |
# | drop features, where chosen | {eval}`by_bins[WITHOUT][coarse].chosen` | {eval}`by_bins[WITHOUT][fine].chosen` |
# | effective background events above it | {eval}`f"{by_bins[WITHOUT][coarse].effective:.1f}"` | {eval}`f"{by_bins[WITHOUT][fine].effective:.1f}"` |
# | the same cut in the test part | {eval}`by_bins[WITHOUT][coarse].read` | {eval}`by_bins[WITHOUT][fine].read` |
# | effective background events above it there | {eval}`f"{by_bins[WITHOUT][coarse].read_effective:.1f}"` | {eval}`f"{by_bins[WITHOUT][fine].read_effective:.1f}"` |
#
# As above, a dash stands where too little is left above the cut.
#
# What does that do to the question whether the counts help? In {eval}`f"{replicas:d}"` bootstrap
# samples of the validation part, the same for both networks, the best significance with counts less
# that without jets is {eval}`ahead[coarse]` in {eval}`f"{bins[0]:d}"` bins and
# {eval}`ahead[fine]` in {eval}`f"{bins[-1]:d}"`; the counts are ahead in
# {eval}`f"{100 * (draws[coarse] > 0).mean():.0f}"` % and {eval}`f"{100 * (draws[fine] > 0).mean():.0f}"` % of the samples. In {eval}`f"{100 * flips:.0f}"` % the
# two binnings disagree on which network is better. Going to the finer bins changes the difference by
# {eval}`by_binning`, and other events by {eval}`f"{ahead[coarse].error:.3f}"`, its spread over the samples:
# {eval}`ranks`.
#
# ### One histogram each
#
# There is a way for a binning to decide more than that. The public code of the thesis fills signal
# and background into histograms of their own, each with as many bins between *its own* lowest and
# highest output, and adds up the bins from the {eval}`f"{first_bin:.0f}"`th on in both. Bins of one
# number are then not bins of one output.

# %% tags=["hide-input"]
score = scores(WITH)
s_cut, b_cut = (
    one.min() + np.ptp(one) * first_bin / bins_thesis
    for one in (score[test.label], score[~test.label])
)
common, own = (cuts.scan(test, score, [one]) for one in (s_cut, b_cut))
n_own = Estimate(own.background[0], own.background_error[0])
n_common = Estimate(common.background[0], common.background_error[0])
own_words = f"with fewer than {MINIMUM_EFFECTIVE:g} of these behind a cut, no significance is given"
if (own.enough() & common.enough() & (common.signal_error > 0))[0]:
    z_own = z0(common.signal[0], own.background[0])
    own_words = f"the significances are {z_own:.3f} and {common.z[0, 0]:.3f}"
report.record("signal_cut", s_cut, ".3f")
report.record("background_cut", b_cut, ".3f")
report.record("background_own", n_own)
report.record("background_common", n_common)

# %% [markdown]
# In the test part, with the counts, that bin begins at {eval}`f"{s_cut:.3f}"` for the signal and at
# {eval}`f"{b_cut:.3f}"` for the background. Above its own cut lie {eval}`n_own`
# expected background events, {eval}`f"{own.effective_background[0]:.1f}"` effective ones, and
# {eval}`n_common` above the signal's cut, {eval}`f"{common.effective_background[0]:.1f}"` effective ones;
# {eval}`own_words`. How close the two cuts are is chance. One background event with a higher output
# than all others moves one of them alone, and who changes the number of bins moves both.
#
# So the remark in the thesis is right as an observation. It must not become a way to choose: who
# looks at both binnings and keeps the one, or the features, with the better number, quotes the
# largest of several fluctuations and calls it a result. The bins of a search are fixed before the
# result is seen, the same for all processes, and wide enough that each has background to speak of;
# the cut is chosen on one part of the events and its significance read off another; and how well
# two networks tell signal from background is compared by a number that has no bins, which the area
# under the curve is.
#
# ## What was found, and what comes next
#
# On {eval}`f"{test.label.sum():,d}"` signal events, the choice of padding moves the area under the curve by
# {eval}`f"{spread:.3f}"` at most, but for dropping events; {eval}`f"{100 * still_falling:.0f}"` % of these trainings, {eval}`f"{len(seeds):d}"` of each network, had not
# converged. Of the networks that were trained until the loss
# stopped falling, {eval}`f"{len(long_seeds):d}"` times each, it is {eval}`long[REFERENCE]` without jets; the counts change that by
# {eval}`less["count jets"]`, {eval}`f"{abs(less['count jets'].sigmas):.1f}"` standard deviations, and pairs in the
# wrong order are {eval}`wrong["count jets"]` times as many; a learned value changes it by
# {eval}`less["learned value"]`, {eval}`f"{abs(less['learned value'].sigmas):.1f}"` standard deviations. The thesis
# claims that the counts make hardly a difference: {eval}`claim`. Nothing here speaks against its
# choice to leave out the jets' own features, for this signal, whose jets come from nothing but the initial
# state{eval}`unless`.
# How many jets there are the networks know in all of these, and what that is worth shows without it: all
# that is made with jets taken away, the area changes by {eval}`apart[BARE]`.
# What does not hold is that dropping events is one option among others, since it removes all but
# {eval}`with_jets[ours]` % of the signal, or that the binning of a figure could decide what a network
# is told.
#
# All networks here had their features scaled in one way. What other ways do is asked next.
