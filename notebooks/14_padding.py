# %% [markdown]
# (chap-padding)=
# # Padding
#
# What does a network get where an event has no second jet? A network takes a fixed number of inputs,
# and events differ in what they contain. {cite}`guevara2023` discusses five ways out, tries one that
# it made up for the purpose, and in the end leaves the jets out. This chapter trains a network for
# each of the five, and for two that learn what to make of an absence, and asks what the answer costs.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 3, "long_epochs": 5, "seeds": [1, 2], "replicas": 10}} lepsearch={"full": {"epochs": 400, "long_epochs": 400, "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "replicas": 500}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["dark_higgs", "light_vector", "inelastic_eft"]  # trained on
signal = "dh_hds_130"  # results are for this one
bins = [50, 100]  # of the network's output, as in figure 5.1
background_uncertainties = [0.0, 0.1, 0.2, 0.3]  # relative
epochs = 40
seeds = [1, 2, 3]
replicas = 100  # of the bootstrap
long_epochs = (
    200  # at most, for the few that are trained until the loss stops falling
)
workers = 1  # processes that train

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from lepsearch import quoted, report
from lepsearch.dataset import Dataset
from lepsearch.histograms import labelled_spectra
from lepsearch.learning import COUNTS, FULL, WITHOUT_JETS, learning_set
from lepsearch.metrics import MINIMUM_EFFECTIVE
from lepsearch.models.architecture import Network
from lepsearch.plotting.choices import areas, best_against_bins, shares
from lepsearch.plotting.scores import (
    roc_curves,
    significance_curves,
    validation,
)
from lepsearch.preprocess import PADDINGS
from lepsearch.roc import roc
from lepsearch.studies import binning
from lepsearch.studies.study import (
    MEASURED,
    Study,
    choice_table,
    complete_shares,
)
from lepsearch.tables import plus_minus

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(dataset, signals, features=FULL + COUNTS)
network = Network(
    layers=1, neurons=100, learning_rate=0.01, l2=1e-5, scaling="z_score",
    batch_size=1024, epochs=epochs, patience=10,
)  # fmt: skip
study = Study(
    events, signal, network, dataset.workspace.build / "tuning" / "choices"
)
REFERENCE = "drop_features"
LABELS = {
    "drop_features": "drop features", "drop_events": "drop events",
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
report.record("n_seeds", len(seeds), "d")
report.record("n_inputs", len(WITHOUT_JETS), "d")
report.record("n_jets", len(FULL) - len(WITHOUT_JETS), "d")
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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-shares", "caption": "Events that lack none of the features of three jets, in percent of the expected events of each process; the signal is hatched. The errors are those of the simulated samples."}, "image": {"alt": "Horizontal bars: about half of the top-quark pairs and a third of the single tops have all features, a few percent of the other backgrounds and of the signal."}}
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
# {glue:text}`share_background` % of the background. Absence is no accident of the detector. It says
# how an event was made, and it is one of the better features that there are.
#
# ## Eight answers
#
# | name | what an event without a jet gets |
# |---|---|
# | drop features | no network sees a jet; the thesis's choice in the end |
# | drop events | such events teach nothing, and count as background when they are met |
# | zero | 0 for all that is absent |
# | thesis | 0 for momenta and masses, {glue:text}`outside` for angles: what the thesis's ntuples hold |
# | mean | of the training events that have the feature |
# | count jets | no jets, and the four counts of table 5.1, which every event has |
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
table = study.table({"padding": list(PADDINGS)}, seeds, workers=workers)
compared = study.compared("test", "padding", PADDINGS, seeds, REFERENCE)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-auc", "caption": "Area under the ROC curve in the test part, with physics weights. Error bars join the events, by bootstrap, and the trainings; ticks are single trainings. All choices are tried on the same events, so that they move together: differences have smaller errors, in the table below."}, "image": {"alt": "Dots with error bars for eight ways of padding; seven lie within about two percent of each other, dropping events lies far below the axis."}}
by_seed = {
    LABELS[name]: part["test_auc"].tolist()
    for name, part in table.groupby("padding")
}
lowest = compared["auc"].drop("drop_events").min() - 0.03
figure = areas(compared.rename(index=LABELS), by_seed, lowest=lowest)
plt.show()

# %% tags=["hide-input"]
z = study.significances(
    "padding", PADDINGS, seeds, bins=bins[0],
    uncertainties=background_uncertainties,
)  # fmt: skip
choice_table(compared, table, z, LABELS, reference=REFERENCE)

# %% tags=["remove-cell"]
compatible = compared.drop([REFERENCE, "drop_events"])
apart = compatible["difference"].abs() / compatible["difference_error"]
near = [LABELS[name] for name in apart.index[apart <= 2]]
far = [LABELS[name] for name in apart.index[apart > 2]]
report.record_text("near", ", ".join(near) or "none")
report.record_text("far", ", ".join(far) or "none")
for name in ("counting", "drop_events", "embedding", "mask", "mean", "zero"):
    row = compared.loc[name]
    report.record_text(f"auc_{name}", plus_minus(row["auc"], row["error"]))
    report.record_text(
        f"less_{name}", plus_minus(row["difference"], row["difference_error"])
    )
row = compared.loc[REFERENCE]
report.record_text("auc_reference", plus_minus(row["auc"], row["error"]))
report.record("bins_fixed", bins[0], "d")
report.record("minimum", MINIMUM_EFFECTIVE, "g")
report.record("n_z", len(z), "d")
report.record("n_dashes", z["z"].isna().sum(), "d")
last = (table["epoch"] >= 0.9 * epochs).mean()
report.record("still_falling", 100 * last, ".0f")
outside = events.of("train").select(["jet2eta"]).features[:, 0]
filled = np.nan_to_num(
    outside, nan=quoted.get("guevara.section_5_2_1.padding").value
)
report.record("eta_left", np.nanstd(outside) / filled.std(), ".1g")

# %% [markdown]
# The significance is that of the test part, above the cut that is best in the validation part among
# the edges of {glue:text}`bins_fixed` bins; "Z at" names the uncertainty of the background. Below
# {glue:text}`minimum` effective background events the error of a significance means nothing, and
# without a simulated signal event above the cut it isn't known. Where that is so in either part, for
# any of the trainings, a dash stands instead: in {glue:text}`n_dashes` places of {glue:text}`n_z`. A
# cut that has just enough in the part that chooses it has often too little in the other.
#
# Without any jets the area is {glue:text}`auc_reference`. The thesis finds that counting jets makes
# hardly a difference, and so do we: {glue:text}`less_counting`. Within two standard deviations of
# it lie: {glue:text}`near`; further away: {glue:text}`far`. Where a way of padding does worse than to
# leave the jets out, it can't be for want of information, since it has all that the reference has and
# more. Ten inputs that say little of the signal are ten ways to fit noise, and time spent on them.
#
# The thesis's {glue:text}`outside` looks absurd, and does not do worst. Filled with it, the
# pseudorapidity of the second jet gets a width of hundreds, and once that is scaled to 1 the real
# values keep a width of {glue:text}`eta_left`. What is left is a mask: near one value for a jet that
# is there, another for one that is not. The angles, which say nothing, are gone. It is the one choice
# that would lose them if they did say something.
#
# In {glue:text}`still_falling` % of the trainings the loss of the validation part was still falling
# when the epochs ran out. Three of the networks are therefore trained once more until it has stopped.

# %%
LONG = ["drop_features", "counting", "embedding"]
longer = replace(study, network=replace(network, epochs=long_epochs))
long_table = longer.table({"padding": LONG}, seeds[:1], workers=workers)
long = longer.compared("test", "padding", LONG, seeds[:1], REFERENCE)

# %% tags=["remove-cell"]
report.record("long_epochs", long_epochs, "d")
epoch = long_table.set_index("padding")["epoch"]
for name, row in long.iterrows():
    report.record_text(f"long_{name}", plus_minus(row["auc"], row["error"]))
    report.record_text(
        f"long_less_{name}",
        plus_minus(row["difference"], row["difference_error"]),
    )
    report.record(f"long_epoch_{name}", epoch[name], ".0f")

# %% [markdown]
# | | area | less drop features | best epoch |
# |---|---|---|---|
# | drop features | {glue:text}`long_drop_features` | – | {glue:text}`long_epoch_drop_features` |
# | count jets | {glue:text}`long_counting` | {glue:text}`long_less_counting` | {glue:text}`long_epoch_counting` |
# | learned value | {glue:text}`long_embedding` | {glue:text}`long_less_embedding` | {glue:text}`long_epoch_embedding` |
#
# These are single trainings, so that their errors are those of the events alone; the scatter of
# trainings comes on top. A difference here can't be put down to epochs that ran out, unless a best
# epoch is close to the limit of {glue:text}`long_epochs`.
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
# bootstrap, is rough as well, and says nothing of the rest. Before any cut on the output, $s/\sqrt b$ is {glue:text}`cost` times what it was. An
# area below one half over all events is no failure of the training: an event without jets is more
# likely signal than one with three, and is put last.
#
# ## The output
#
# Figure 5.1 of the thesis shows the output with and without the counts, in {glue:text}`bins_fixed`
# bins and in twice as many, and the significance of a cut. Here they are for the test part of the
# first training, with what is drawn beneath hatched where too little background is left to know.

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


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-counting-100", "caption": "Output of the network that counts jets, in the finer bins of the thesis's figure 5.1, and the significance of a cut at each bin for four uncertainties of the background."}, "image": {"alt": "Stacked histogram of the network output on a logarithmic axis, falling from 0 to 1, with the signal rising towards 1; beneath, significance curves that rise until too little background is left."}}
figure = drawn("counting", bins[-1])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-counting-50", "caption": "The same output in the coarser bins."}, "image": {"alt": "As the figure before, with half as many bins."}}
figure = drawn("counting", bins[0])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-dropped-50", "caption": "Output of the network without jets, in the coarser bins."}, "image": {"alt": "As the figure before, for the network that sees no jets."}}
figure = drawn(REFERENCE, bins[0])
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-roc", "caption": "Efficiencies in the test part, of the first training. The areas are those of the table: means over the trainings, with errors that join events and trainings. Where a curve runs backwards, events with negative weights come in."}, "image": {"alt": "ROC curves of four ways of padding, close to each other on both axes, for small background efficiencies within each other's fluctuations."}}
chosen = ["drop_features", "counting", "zero", "embedding"]
curves = {
    LABELS[name]: study.scored("test", seeds[0], padding=name)
    for name in chosen
}
figure = roc_curves(
    {name: roc(one.score, one.label, one.weight) for name, one in curves.items()},
    {LABELS[name]: tuple(compared.loc[name, ["auc", "error"]]) for name in chosen},
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-scan", "caption": "Expected significance against the cut, background known exactly, in the test part of the first training. The bands are statistical, and the four curves share their events."}, "image": {"alt": "Four significance curves with overlapping bands, rising with the cut until too little background is left."}}
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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-padding-bins", "caption": "Best significance against the number of bins, first training, for cuts that leave as much background as ten unweighted events. Solid: in the validation part, where the cut was chosen; dashed: the same cut in the test part, where it leaves as much there too. The errors are statistical, and along a line mostly those of the same events."}, "image": {"alt": "Two panels, with counts and without jets. The significance where the cut was chosen hardly changes with the number of bins; that of the same cut on the test part is there for the fewest bins only. Error bars are larger than all differences."}}
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
# two binnings disagree on which network is better. What the binning changes is far smaller than what
# other events would change: these samples are too small to rank the two by significance, in either.
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
for name in ("signal_cut", "background_cut", "z_own", "z_common"):
    report.record(name, own[name], ".3f")
for name in ("effective_own", "effective_common"):
    report.record(name, own[name], ".1f")

# %% [markdown]
# In the test part, with the counts, that bin begins at {glue:text}`signal_cut` for the signal and at
# {glue:text}`background_cut` for the background. The significance is {glue:text}`z_own` that way, on
# {glue:text}`effective_own` effective background events, and {glue:text}`z_common` with the signal's
# cut for both, on {glue:text}`effective_common`; with fewer than {glue:text}`minimum` it is called
# undefined. How close the two cuts are is chance. One background event with a higher output than all
# others moves one of them alone, and who changes the number of bins moves both.
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
# little, but for dropping events. Of the networks that were trained until the loss stopped falling, it is
# {glue:text}`long_drop_features` without jets; the counts change that by
# {glue:text}`long_less_counting` and a learned value by {glue:text}`long_less_embedding`. To this
# size the thesis's claim holds that counts make hardly a difference, and with it its choice to leave
# out the jets, for this signal, whose jets come from nothing but the initial state.
# What does not hold is that dropping events is one option among others, since it removes nearly all
# of the signal, or that the binning of a figure could decide what a network is told.
#
# All networks here had their features scaled in one way. What other ways do is asked next.
