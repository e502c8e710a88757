# %% [markdown]
# (chap-padding)=
# # Padding
#
# What does a network get where an event has no second jet? A network takes a fixed number of inputs,
# and events differ in what they contain. {cite}`guevara2023` discusses five ways out, tries one that
# it made up for the purpose, and in the end leaves the jets out. This chapter trains a network for
# each of the five, for two that learn what to make of an absence and for one that is told nothing of
# jets, and asks what the answer costs.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 3, "long_epochs": 5, "seeds": [1, 2], "long_seeds": [1, 2], "replicas": 10}} lepsearch={"reads": ["dilepton"], "learns": true, "full": {"epochs": 400, "long_epochs": 400, "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "long_seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "replicas": 500}}
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
long_epochs = (
    200  # at most, for the few that are trained until the loss stops falling
)
long_seeds = [1, 2]
workers = 1  # processes that train

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.book.tables import plus_minus
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import binning
from lepsearch.learn.architecture import Network
from lepsearch.learn.area import differences
from lepsearch.learn.choice_tables import choice_table, significance_table
from lepsearch.learn.learning import COUNTS, FULL, WITHOUT_JETS, learning_set
from lepsearch.learn.preprocess import PADDINGS
from lepsearch.learn.single_features import complete_shares, single_areas
from lepsearch.learn.study import MEASURED, Study
from lepsearch.plotting.choices import areas, best_against_bins, shares
from lepsearch.plotting.scores import (
    roc_curves,
    significance_curves,
    validation,
)
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.histograms import labelled_spectra
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE
from lepsearch.stats.roc import roc

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(dataset, signals, features=FULL + COUNTS)
network = Network(
    layers=1, neurons=100, learning_rate=0.01, l2=1e-5, scaling="z_score",
    batch_size=1024, epochs=epochs, patience=10,
)  # fmt: skip
store = dataset.workspace.build / "tuning" / "choices"
study = Study(events, signal, network, store)
REFERENCE, BARE = "drop_features", "no_jets"
MADE_OF_JETS = ("nbjets", "nljets", "ht", "rt", "met_sig")  # in table 4.2
bare = [name for name in WITHOUT_JETS if name not in MADE_OF_JETS]
LABELS = {
    "no_jets": "nothing of jets", "drop_features": "drop features", "drop_events": "drop events",
    "zero": "zero", "thesis": "thesis", "mean": "mean",
    "counting": "count jets", "mask": "zero and mask",
    "embedding": "learned value",
}  # fmt: skip

# %% tags=["remove-cell"]
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
train = events.of("train")
report.record("n_train", len(train), ",d")
report.record("signal_share", 100 * train.label.mean(), ".0f")
for part in ("validation", "test"):
    here = study.measured(part)
    report.record(f"n_background_{part}", (~here.label).sum(), ",d")
    report.record(f"n_signal_{part}", here.label.sum(), ",d")
report.record("n_signals", len(set(events.sample[events.label])), "d")
report.record_text("label", dataset.labels[signal])
for name in ("neurons", "learning_rate", "batch_size"):
    report.record(name, getattr(network, name), "g")
report.record("epochs", epochs, "d")
report.record("patience", network.patience, "d")
report.record("n_seeds", len(seeds), "d")
report.record("n_inputs", len(WITHOUT_JETS), "d")
report.record("n_jets", len(FULL) - len(WITHOUT_JETS), "d")
report.record("n_bare", len(bare), "d")
report.record(
    "outside", quoted.get("guevara.section_5_2_1.padding").value, "d"
)

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$.
# The network is trained on all {glue:text}`n_signals` mass points of the new boson that the profile
# has, the thesis's "full Z′ data set", and tried on one of them alone: {glue:text}`label`.
# {glue:text}`n_train` simulated events train. The validation part stops the training and makes
# every choice, with {glue:text}`n_signal_validation` events of that signal and
# {glue:text}`n_background_validation` of background; the test part, with
# {glue:text}`n_signal_test` and {glue:text}`n_background_test`, gives the results. These are small
# numbers: nothing below is claimed beyond its error. `lepsearch run 14_padding --full` makes the page
# from more trainings, each of which goes on until its loss stops falling.
#
# ## What is absent
#
# The jets are: {glue:text}`n_jets` features of the three leading jets, beside {glue:text}`n_inputs`
# that every event has.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-shares", "caption": "Events that lack none of the features of three jets, in percent of the expected events of each process; the signal is hatched. The errors are those of the simulated samples."}, "image": {"alt": "Horizontal bars with error bars, one for each background process and, hatched, one for the signal: the percentage of events with three jets."}}
complete = complete_shares(events.select(FULL))
named = complete["signal"] & (complete.index != dataset.labels[signal])
figure = shares(complete[~named], xlabel="Events with three jets [%]")
plt.show()

# %% tags=["remove-cell"]
ours = complete.loc[dataset.labels[signal]]
report.record_text("share_signal", plus_minus(ours["share"], ours["error"]))
of_background = complete[~complete["signal"]]
kept = of_background["expected"] * of_background["share"]
report.record(
    "share_background", kept.sum() / of_background["expected"].sum(), ".0f"
)

# %% [markdown]
# Of {glue:text}`label`, {glue:text}`share_signal` % of the events have three jets, and
# {glue:text}`share_background` % of the background. Absence is no accident of the detector: it says how
# an event was made. How much does it say of the signal? The area under the ROC curve of a feature
# alone, in the test part with physics weights, tells. In which direction it is cut, the training part
# says.

# %% tags=["hide-input"]
lacks = {}
for number, words in enumerate(
    ("no jet", "fewer than two jets", "fewer than three jets"), start=1
):
    lacks[words] = tuple(
        np.isnan(one.select([f"jet{number}pt"]).features[:, 0])
        for one in (train.of_signal(signal), study.measured("test"))
    )
alone = single_areas(
    *(one.select(WITHOUT_JETS + COUNTS)
      for one in (train.of_signal(signal), study.measured("test"))),
    lacks,
)  # fmt: skip
of_table = [name for name in alone.index if name not in lacks]
shown = [*of_table[:3], "nbjets", "nljets", *COUNTS, *lacks]
shown = alone.loc[alone.index.isin(shown)]
pd.DataFrame(
    {
        "signal at": np.where(shown["falls"], "low values", "high values"),
        "area": list(map(plus_minus, shown["auc"], shown["error"])),
        "place": [
            str(of_table.index(name) + 1) if name in of_table else "–"
            for name in shown.index
        ],
    },
    index=shown.index.where(~shown.index.isin(list(lacks)), shown.index),
)

# %% tags=["remove-cell"]
for name, words in (
    ("fewer", "fewer than three jets"),
    ("best", of_table[0]),
):
    row = alone.loc[words]
    report.record_text(f"alone_{name}", plus_minus(row["auc"], row["error"]))
report.record_text("best_feature", of_table[0])
better = (
    alone.loc[of_table, "auc"] > alone["auc"]["fewer than three jets"]
).sum()
report.record("n_better", better, "d")
report.record("n_features", len(of_table), "d")
counted_jets = events.select(["nbjets", "nljets"]).features.sum(axis=1)
known = [
    np.isnan(events.select([f"jet{number}pt"]).features[:, 0])
    == (counted_jets < number)
    for number in (1, 2, 3)
]
report.record("known", 100 * np.all(known, axis=0).mean(), ".4g")
twice = np.equal(*events.select(["nbjets", "n_bjetPt20"]).features.T)
report.record("twice", 100 * twice.mean(), ".4g")

# %% [markdown]
# Of the {glue:text}`n_features` features that every event has, the first three, all counts, and what
# absence says by itself; the place is that among the {glue:text}`n_features`. With fewer than three jets
# alone the area is {glue:text}`alone_fewer`, and {glue:text}`n_better` of these features have a larger
# one; the largest is {glue:text}`alone_best`, of {glue:text}`best_feature`.
#
# Nor is absence news to a network that gets no jets. Table 4.2, which "without jets" stands for, ends
# in two counts, `nbjets` and `nljets`, and in {glue:text}`known` % of the events their sum says which of
# the three jets are there. In these no mask and no count can add to what is known of absence. Of the four
# counts of table 5.1 one, `n_bjetPt20`, is `nbjets` once more in {glue:text}`twice` % of the events; what
# the other three add is where the jets are and how many are hard. Three more features of table 4.2 are
# made with jets: $H_T$ sums their momenta, $r_T$ divides by it, and the significance of the missing
# momentum has their resolutions. To see what jets are worth at all, one more network gets the other
# {glue:text}`n_bare` features alone. (The missing momentum balances whatever is in an event, jets too.)
#
# ## Nine networks
#
# | name | what an event without a jet gets |
# |---|---|
# | nothing of jets | no count either, nor what is made with jets |
# | drop features | no jet's momentum or angle, but the two counts and $H_T$; the thesis's choice in the end |
# | drop events | such events teach nothing, and count as background when they are met |
# | zero | 0 for all that is absent |
# | thesis | 0 for momenta and masses, {glue:text}`outside` for angles: what the thesis's ntuples hold |
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
# A network is {glue:text}`neurons` hidden neurons in one layer, with Adam at a learning rate of
# {glue:text}`learning_rate`, near the best of the thesis's grid, on batches of
# {glue:text}`batch_size`. (The thesis filled its graphics card with $2^{24}$ events, so that each
# batch has signal in it; of our events, {glue:text}`signal_share` % are signal.) Each simulated event
# counts the same in training, and as many expected events as it stands for in every result: weights are a
# question for later chapters. Features are scaled to mean 0 and width 1 of the training part, all
# absent ones filled. Each is trained {glue:text}`n_seeds` times, for at most {glue:text}`epochs`
# epochs.

# %%
without = Study(events.select(bare), signal, network, store)
networks = {name: (study, name) for name in PADDINGS}
networks = {BARE: (without, REFERENCE)} | networks


def of_each(made):
    """Tables of each network, one beneath another, under the network's name."""
    return pd.concat(
        [made(*one).assign(padding=name) for name, one in networks.items()],
        ignore_index=True,
    )


table = of_each(
    lambda of, name: of.table({"padding": [name]}, seeds, workers=workers)
)
compared, counted = (
    differences(
        {name: of.auc("test", {"padding": one}, seeds, weighted=weighted)
         for name, (of, one) in networks.items()},
        REFERENCE,
    ).rename_axis("padding")
    for weighted in (True, False)
)  # fmt: skip

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-auc", "caption": "Area under the ROC curve in the test part, with physics weights. Error bars join the events, by bootstrap, and the trainings; ticks are single trainings. A choice far below the others is written at the edge. All choices are tried on the same events, so that they move together: differences have smaller errors, in the table below."}, "image": {"alt": "Dots with error bars, a row for each of nine networks, and ticks for their single trainings; the row of dropped events is a number at the left edge, below the axis."}}
by_seed = {
    LABELS[name]: part["test_auc"].tolist()
    for name, part in table.groupby("padding")
}
lowest = compared["auc"].drop("drop_events").min() - 0.03
figure = areas(compared.rename(index=LABELS), by_seed, lowest=lowest)
plt.show()

# %% tags=["hide-input"]
choice_table(compared, table, LABELS, reference=REFERENCE, counted=counted)

# %% tags=["remove-cell"]
compatible = compared.drop([REFERENCE, "drop_events"])
apart = compatible["difference"].abs() / compatible["difference_error"]
near = [LABELS[name] for name in apart.index[apart <= 2]]
far = [LABELS[name] for name in apart.index[apart > 2]]
report.record_text("near", ", ".join(near) or "none")
report.record_text("far", ", ".join(far) or "none")
for name, row in compared.drop(REFERENCE).iterrows():
    report.record_text(f"auc_{name}", plus_minus(row["auc"], row["error"]))
    report.record_text(
        f"less_{name}", plus_minus(row["difference"], row["difference_error"])
    )
row = counted.loc["counting"]
report.record_text(
    "counted_less_counting",
    plus_minus(row["difference"], row["difference_error"]),
)
row = compared.loc[REFERENCE]
report.record_text("auc_reference", plus_minus(row["auc"], row["error"]))
ranked = compared["auc"].drop(BARE).rank(ascending=False)
report.record("rank_thesis", ranked["thesis"], "d")
report.record("n_ranked", len(ranked), "d")
report.record("bins_fixed", bins[0], "d")
last = (table["epoch"] >= 0.9 * epochs).mean()
report.record("still_falling", 100 * last, ".0f")
outside = events.of("train").select(["jet2eta"]).features[:, 0]
filled = np.nan_to_num(
    outside, nan=quoted.get("guevara.section_5_2_1.padding").value
)
report.record("eta_left", np.nanstd(outside) / filled.std(), ".1g")

# %% [markdown]
# Without the features of jets the area is {glue:text}`auc_reference`. Counting jets changes it by
# {glue:text}`less_counting`, and by {glue:text}`counted_less_counting` if each simulated event counts the
# same; taking the two counts and all that is made with jets away, by {glue:text}`less_no_jets`. Within two
# standard deviations of it lie: {glue:text}`near`; further away: {glue:text}`far`.
#
# Where a way of padding that keeps all events does worse than to leave the jets out, it isn't for want
# of information: it has all that the reference has, and more. At least three causes are left, which this chapter doesn't tell
# apart. Each input is one more direction in which {glue:text}`n_train` events let a network fit noise. A
# training that stops early, or runs out of epochs, may be further from its end with more inputs. And what
# is minimised isn't what is measured: the loss counts each simulated event the same and takes all
# {glue:text}`n_signals` signals, while the result is for one, with physics weights. Of the last, the
# columns in simulated events remove the weights, and the one signal stays.
#
# The thesis's {glue:text}`outside` looks absurd, and has place {glue:text}`rank_thesis` of
# {glue:text}`n_ranked` here, the largest area being first. Filled with it, the
# pseudorapidity of the second jet gets a width of hundreds, and once that is scaled to 1 the real
# values keep a width of {glue:text}`eta_left`. What is left is a mask: near one value for a jet that
# is there, another for one that is not. The angles are gone: it is the one choice that loses what they
# say, if they say something.
#
# ### Significances

# %% tags=["hide-input"]
fixed = of_each(
    lambda of, name: of.significances(
        "padding", [name], seeds, efficiency=efficiency,
        uncertainties=background_uncertainties,
    )
)  # fmt: skip
best = {
    f"best of {number} bins": of_each(
        lambda of, name, number=number: of.significances(
            "padding", [name], seeds, bins=number,
            uncertainties=background_uncertainties[:1],
        )
    )
    for number in bins
}  # fmt: skip
significance_table(fixed, best, LABELS)

# %% tags=["remove-cell"]
report.record("minimum", MINIMUM_EFFECTIVE, "g")
report.record("efficiency", 100 * efficiency, "g")
report.record("least_validation", fixed["effective"].min(), ".0f")
report.record("n_dashes_fixed", fixed["z"].isna().sum(), "d")
report.record("n_fixed", len(fixed), "d")
both = pd.concat(best.values())
report.record("n_z", len(both), "d")
report.record("n_dashes", both["z"].isna().sum(), "d")
uncut = both.loc[both["no_cut"] & both["z"].notna(), "padding"].unique()
report.record_text(
    "no_cut", ", ".join(LABELS[name] for name in uncut) or "none"
)
report.record_text("bins_all", " and ".join(map(str, bins)))

# %% [markdown]
# The thesis takes the best cut among the edges of some bins. Here that cut is chosen in the validation
# part and read in the test part; the last columns have it for {glue:text}`bins_all` bins. Below
# {glue:text}`minimum` effective background events the error of a significance means nothing, and
# without a simulated signal event above the cut it isn't known. Where that is so in either part, for
# any of the trainings, a dash stands instead: in {glue:text}`n_dashes` places of {glue:text}`n_z`. A
# cut that has just enough in the part that chooses it has often too little in the other. Where the best
# that the validation part finds is to keep everything, the number is that of no cut at all, and says
# so: {glue:text}`no_cut`.
#
# A comparison needs a cut that is there for all. The first columns have, for each network, the cut that
# keeps {glue:text}`efficiency` % of the signal in the validation part, again read in the test part, with
# the share of the signal and the effective background events above it there, and with "Z at" the
# uncertainty of the background. In the validation part each network has at least
# {glue:text}`least_validation` effective background events above it, as a mean over its trainings;
# a dash stands in {glue:text}`n_dashes_fixed` of {glue:text}`n_fixed` places. At one share of the
# signal the smaller background wins, and no cut was looked for to make it so.
#
# ### Until the loss stops falling
#
# In {glue:text}`still_falling` % of the trainings the loss of the validation part was still falling
# when the epochs ran out. Three of the networks are therefore trained once more until it has stopped.

# %%
LONG = ["drop_features", "counting", "embedding"]
longer = replace(study, network=replace(network, epochs=long_epochs))
long_table = longer.table({"padding": LONG}, long_seeds, workers=workers)
long = {
    name: longer.auc("test", {"padding": name}, long_seeds) for name in LONG
}

# %% tags=["remove-cell"]
report.record("long_epochs", long_epochs, "d")
report.record("n_long", len(long_seeds), "d")
if len(long_seeds) == 1:
    words = "single trainings, so that errors are those of the events alone"
    words += ", and the scatter of trainings comes on top"
else:
    words = f"means of {len(long_seeds)} trainings; errors join events and trainings"
if 1 < len(long_seeds) < 5:
    words += ", of whose scatter so few say little"
report.record_text("long_trainings", words)
epoch = long_table.groupby("padding")["epoch"]
significant = {}
for name, area in long.items():
    report.record_text(f"long_{name}", plus_minus(area.value, area.error))
    best_epochs = " ".join(f"{one:.0f}" for one in epoch.get_group(name))
    report.record_text(f"long_epoch_{name}", best_epochs)
    if name != REFERENCE:
        less = area - long[REFERENCE]
        more = (1 - area) / (1 - long[REFERENCE])
        significant[name] = less.value / less.error
        report.record_text(
            f"long_less_{name}", plus_minus(less.value, less.error)
        )
        report.record_text(
            f"long_ratio_{name}", plus_minus(more.value, more.error)
        )
        report.record(f"long_sigma_{name}", abs(significant[name]), ".1f")


def verdict(sigma):
    """What a difference in standard deviations allows to say."""
    if not abs(sigma) > 2:
        return "no difference is seen beyond two standard deviations"
    return (
        f"a {'loss' if sigma < 0 else 'gain'} beyond two standard deviations"
    )


others = compared["difference"].drop([BARE, "drop_events"])
report.record("spread", others.abs().max(), ".3f")
gains = [LABELS[name] for name, sigma in significant.items() if sigma > 2]
report.record_text("unless", f", but {' and '.join(gains)}" if gains else "")
for name, sigma in significant.items():
    report.record_text(f"verdict_{name}", verdict(sigma))
if not abs(significant["counting"]) > 2:
    words = "it is so here, within the errors"
else:
    words = "it is so for the size of the area, and not against the error of the change"
report.record_text("claim", words)

# %% [markdown]
# | | area | less drop features | standard deviations | wrongly ordered pairs, relative | best epochs |
# |---|---|---|---|---|---|
# | drop features | {glue:text}`long_drop_features` | – | – | 1 | {glue:text}`long_epoch_drop_features` |
# | count jets | {glue:text}`long_counting` | {glue:text}`long_less_counting` | {glue:text}`long_sigma_counting` | {glue:text}`long_ratio_counting` | {glue:text}`long_epoch_counting` |
# | learned value | {glue:text}`long_embedding` | {glue:text}`long_less_embedding` | {glue:text}`long_sigma_embedding` | {glue:text}`long_ratio_embedding` | {glue:text}`long_epoch_embedding` |
#
# The wrongly ordered pairs are those of a signal and a background event of which the background event has
# the higher output, one less the area. The rows are {glue:text}`long_trainings`. With the counts,
# {glue:text}`verdict_counting`; with the learned value, {glue:text}`verdict_embedding`. A difference can't
# be put down to epochs that ran out, unless a best epoch is close to the limit of
# {glue:text}`long_epochs`. It can be put down to when a training stopped: each waits
# {glue:text}`patience` epochs for a lower loss, that of all signals, and where the best epochs of two
# networks are far apart, one may have met a bad stretch.
#
# ## Dropped events
#
# To drop events is the one answer that is wrong and not merely worse. The area above holds all
# events, with those that were dropped at the bottom of the list, where a search that can't score
# them has them. Among the events with three jets alone the same networks may look fine:

# %% tags=["remove-cell"]
test = study.measured("test")
has_all = ~np.isnan(test.select(FULL).features).any(axis=1)
among = study.auc("test", {"padding": "drop_events"}, seeds, among=has_all)
report.record_text("auc_among", plus_minus(among.value, among.error))
report.record("n_signal_left", (test.label & has_all).sum(), "d")
full_signal = test.weight[test.label].sum()
full_background = test.weight[~test.label].sum()
left_signal = test.weight[test.label & has_all].sum()
left_background = test.weight[~test.label & has_all].sum()
report.record("signal_before", full_signal, ".1f")
report.record("signal_after", left_signal, ".2f")
report.record("background_before", full_background, ",.0f")
report.record("background_after", left_background, ",.0f")
before = full_signal / np.sqrt(full_background)
after = (
    left_signal / np.sqrt(left_background) if left_background > 0 else np.nan
)
report.record("cost", after / before, ".2f")

# %% [markdown]
# | | all events | with three jets |
# |---|---|---|
# | expected signal | {glue:text}`signal_before` | {glue:text}`signal_after` |
# | expected background | {glue:text}`background_before` | {glue:text}`background_after` |
# | area under the curve | {glue:text}`auc_drop_events` | {glue:text}`auc_among` |
#
# The area among the survivors rests on {glue:text}`n_signal_left` signal events, so that its error, by
# bootstrap, is rough as well, and says nothing of the rest. Before any cut on the output, $s/\sqrt b$ is {glue:text}`cost` times what it was. The
# area over all events, {glue:text}`auc_drop_events`, says little of the training: an event without jets
# is the more often signal, the area of few jets above says, and is put last.
#
# ## The output
#
# Figure 5.1 of the thesis shows the output with and without the counts, in {glue:text}`bins_fixed`
# bins and in twice as many, and the significance of a cut. Here they are for the test part of the
# first training, with what is drawn beneath dotted where too little background is left to know.

# %% tags=["remove-cell"]
order = list(dict.fromkeys(test.groups[~test.label].tolist()))


def drawn(padding, number, seed=seeds[0]):
    """The output of one training in a number of bins."""
    one = study.scored("test", seed, padding=padding)
    edges = np.linspace(0, 1, number + 1)
    found = labelled_spectra(
        one.score, test.groups, one.label, one.weight, edges,
        original=one.original,
    )  # fmt: skip
    scan = one.scan(binning.lower_edges(number), background_uncertainties)
    made = validation(
        found, scan, luminosity_fb=dataset.luminosity_fb,
        title=f"{LABELS[padding]}, {number} bins",
    )  # fmt: skip
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-counting-100", "caption": "Output of the network that counts jets, in the finer bins of the thesis's figure 5.1, and the significance of a cut at each bin for four uncertainties of the background."}, "image": {"alt": "Stacked histogram of the network output on a logarithmic axis, with the signal drawn over it; beneath, significance curves up to where too little background is left."}}
figure = drawn("counting", bins[-1])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-counting-50", "caption": "The same output in the coarser bins."}, "image": {"alt": "As the figure before, with half as many bins."}}
figure = drawn("counting", bins[0])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-dropped-50", "caption": "Output of the network without jets, in the coarser bins."}, "image": {"alt": "As the figure before, for the network that sees no jets."}}
figure = drawn(REFERENCE, bins[0])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-roc", "caption": "Efficiencies in the test part, of the first training. The areas are those of the table: means over the trainings, with errors that join events and trainings. Where a curve runs backwards, events with negative weights come in."}, "image": {"alt": "ROC curves of four ways of padding, on linear and on logarithmic axes of the background's efficiency."}}
chosen = ["drop_features", "counting", "zero", "embedding"]
curves = {
    LABELS[name]: study.scored("test", seeds[0], padding=name)
    for name in chosen
}
figure = roc_curves(
    {name: roc(one.score, one.label, one.weight) for name, one in curves.items()},
    {LABELS[name]: Estimate(*compared.loc[name, ["auc", "error"]]) for name in chosen},
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-scan", "caption": "Expected significance against the cut, background known exactly, in the test part of the first training. The bands are statistical, and the four curves share their events."}, "image": {"alt": "Four significance curves with their bands against the cut; each ends where too little background is left."}}
figure = significance_curves(
    {name: one.scan(binning.lower_edges(bins[-1]), [0.0])
     for name, one in curves.items()}
)  # fmt: skip
plt.show()

# %% [markdown]
# ## Depending on our binning
#
# The thesis reads the significance off the bins of the output, and notes that the new features may
# suit it less "depending on our binning choice". A cut at a bin's lower edge keeps that bin and all
# above, so that the number of bins decides which cuts there are. Twice as many bins include the
# cuts of the fewer, and add some: the largest significance can only rise, whether there is more to
# find or not.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-bins", "caption": "Best significance against the number of bins, first training, for cuts that leave as much background as ten unweighted events. Solid: in the validation part, where the cut was chosen; dashed: the same cut in the test part, where it leaves as much there too. The errors are statistical, and along a line mostly those of the same events."}, "image": {"alt": "Two panels, with counts and without jets: the best significance against the number of bins, with error bars, where the cut was chosen and, where it leaves enough background, of the same cut in the test part."}}
numbers = [5, 10, 25, 50, 100, 200, 400, 800]
WITH, WITHOUT = "counting", REFERENCE
parts = {
    name: [study.scored(part, seeds[0], padding=name) for part in MEASURED]
    for name in (WITH, WITHOUT)
}
by_bins = {
    name: binning.best_by_bins(*pair, sorted({*numbers, *bins}))
    for name, pair in parts.items()
}
figure = best_against_bins(
    {LABELS[name]: one for name, one in by_bins.items()},
    ["validation part, where it was chosen", "same cut, test part"],
)
plt.show()

# %% tags=["remove-cell"]
draws = binning.best_difference(
    parts[WITH][0], parts[WITHOUT][0], bins, replicas=replicas
).dropna()
for number, which in zip(bins, ("coarse", "fine"), strict=False):
    report.record_text(
        f"ahead_{which}",
        plus_minus(draws[number].mean(), draws[number].std()),
    )
    report.record(f"wins_{which}", 100 * (draws[number] > 0).mean(), ".0f")
    for name, one in by_bins.items():
        row = one.loc[number]
        for what in ("z", "read"):
            report.record_text(
                f"{what}_{which}_{name}",
                plus_minus(row[what], row[f"{what}_error"]),
            )
        for what in ("effective", "read_effective"):
            report.record(f"{what}_{which}_{name}", row[what], ".1f")
by_binning = draws[bins[-1]] - draws[bins[0]]
by_events = draws[bins[0]].std()
report.record_text(
    "by_binning", plus_minus(by_binning.mean(), by_binning.std())
)
report.record("by_events", by_events, ".3f")
unclear = all(abs(draws[one].mean()) <= 2 * draws[one].std() for one in bins)
report.record_text(
    "ranks",
    "these samples are too small to rank the two by significance, in either"
    if unclear
    else "in one of them at least, that ranks the two",
)
flips = np.sign(draws[bins[0]]) * np.sign(draws[bins[-1]]) < 0
report.record("flips", 100 * flips.mean(), ".0f")
report.record("bins_fine", bins[-1], "d")
report.record("replicas", replicas, "d")

# %% [markdown]
# | | {glue:text}`bins_fixed` bins | {glue:text}`bins_fine` bins |
# |---|---|---|
# | count jets, where chosen | {glue:text}`z_coarse_counting` | {glue:text}`z_fine_counting` |
# | effective background events above it | {glue:text}`effective_coarse_counting` | {glue:text}`effective_fine_counting` |
# | the same cut in the test part | {glue:text}`read_coarse_counting` | {glue:text}`read_fine_counting` |
# | effective background events above it there | {glue:text}`read_effective_coarse_counting` | {glue:text}`read_effective_fine_counting` |
# | drop features, where chosen | {glue:text}`z_coarse_drop_features` | {glue:text}`z_fine_drop_features` |
# | effective background events above it | {glue:text}`effective_coarse_drop_features` | {glue:text}`effective_fine_drop_features` |
# | the same cut in the test part | {glue:text}`read_coarse_drop_features` | {glue:text}`read_fine_drop_features` |
# | effective background events above it there | {glue:text}`read_effective_coarse_drop_features` | {glue:text}`read_effective_fine_drop_features` |
#
# As above, a dash stands where too little is left above the cut.
#
# What does that do to the question whether the counts help? In {glue:text}`replicas` bootstrap
# samples of the validation part, the same for both networks, the best significance with counts less
# that without jets is {glue:text}`ahead_coarse` in {glue:text}`bins_fixed` bins and
# {glue:text}`ahead_fine` in {glue:text}`bins_fine`; the counts are ahead in
# {glue:text}`wins_coarse` % and {glue:text}`wins_fine` % of the samples. In {glue:text}`flips` % the
# two binnings disagree on which network is better. Going to the finer bins changes the difference by
# {glue:text}`by_binning`, and other events by {glue:text}`by_events`, its spread over the samples:
# {glue:text}`ranks`.
#
# ### One histogram each
#
# There is a way for a binning to decide more than that. The public code of the thesis fills signal
# and background into histograms of their own, each with as many bins between *its own* lowest and
# highest output, and adds up the bins from the {glue:text}`bin_thesis`th on in both. Bins of one
# number are then not bins of one output.

# %% tags=["remove-cell"]
bin_thesis = quoted.get("guevara.code_histograms.first_bin").value
report.record("bin_thesis", bin_thesis, "d")
bins_thesis = quoted.get("guevara.code_histograms.bins").value
own = binning.own_ranges(
    parts[WITH][1],
    bins_thesis,
    bin_thesis,
    minimum_effective=MINIMUM_EFFECTIVE,
)
for name in ("signal_cut", "background_cut"):
    report.record(name, own[name], ".3f")
for name in ("own", "common"):
    report.record(f"effective_{name}", own[f"effective_{name}"], ".1f")
    report.record_text(
        f"background_{name}",
        plus_minus(
            own[f"background_{name}"], own[f"background_{name}_error"]
        ),
    )
if np.isnan([own["z_own"], own["z_common"]]).any():
    words = f"with fewer than {MINIMUM_EFFECTIVE:g} of these behind a cut, no significance is given"
else:
    words = (
        f"the significances are {own['z_own']:.3f} and {own['z_common']:.3f}"
    )
report.record_text("own_words", words)

# %% [markdown]
# In the test part, with the counts, that bin begins at {glue:text}`signal_cut` for the signal and at
# {glue:text}`background_cut` for the background. Above its own cut lie {glue:text}`background_own`
# expected background events, {glue:text}`effective_own` effective ones, and
# {glue:text}`background_common` above the signal's cut, {glue:text}`effective_common` effective ones;
# {glue:text}`own_words`. How close the two cuts are is chance. One background event with a higher output
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
# On {glue:text}`n_signal_test` signal events, the choice of padding moves the area under the curve by
# {glue:text}`spread` at most, but for dropping events. Of the networks that were trained until the loss
# stopped falling, it is {glue:text}`long_drop_features` without jets; the counts change that by
# {glue:text}`long_less_counting`, {glue:text}`long_sigma_counting` standard deviations, and pairs in the
# wrong order are {glue:text}`long_ratio_counting` times as many; a learned value changes it by
# {glue:text}`long_less_embedding`, {glue:text}`long_sigma_embedding` standard deviations. The thesis
# claims that the counts make hardly a difference: {glue:text}`claim`. Nothing here speaks against its
# choice to leave out the jets' own features, for this signal, whose jets come from nothing but the initial
# state{glue:text}`unless`.
# How many jets there are the networks know in all of these, and what that is worth shows without it: all
# that is made with jets taken away, the area changes by {glue:text}`less_no_jets`.
# What does not hold is that dropping events is one option among others, since it removes all but
# {glue:text}`share_signal` % of the signal, or that the binning of a figure could decide what a network
# is told.
#
# All networks here had their features scaled in one way. What other ways do is asked next.
