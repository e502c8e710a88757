# %% [markdown]
# (chap-normalisation)=
# # Normalisation
#
# Does it matter how the inputs of a network are scaled? Features come in GeV, in radians and as counts, while
# a network starts with weights of one size for all of them. The draft of {cite}`guevara2023`, called the
# thesis in this chapter, tries six scalings, finds z-score and batch normalisation best, and scales all
# events before the test set is split off, which could leak information into the test. This chapter trains
# the same network with each of the six ({numref}`tab-scaling-auc`), trains some of them until the loss stops
# falling ({numref}`tab-scaling-long`), and measures what scaling before the split gains
# ({numref}`tab-scaling-early`).

# %% lepsearch={"full": {"epochs": 400, "long_epochs": 400, "repetitions": 20000, "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "train_events": 1000000000}, "learns": ["dark_higgs", "light_vector", "inelastic_eft", "dh_hds_130"], "reads": ["dilepton"]} nbmake={"mock": {"epochs": 3, "long_epochs": 5, "profile": "smoke", "repetitions": 50, "seeds": [1, 2], "sizes": [10, 20]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups or samples of signals; trained on
signals = ["dark_higgs", "light_vector", "inelastic_eft"]
# a signal sample; results are for this one
signal = "dh_hds_130"
# [2, 100000]; of the network's output
bins = 50
# [0, 10]; relative to the background
background_uncertainties = [0.0, 0.1, 0.2, 0.3]
# (0, 1); share of the signal above the cut, for significances
efficiency = 0.7
# [100, 1e12]; events of the training part, at most, roughly
train_events = 25_000
# [1, 100000]; at most
epochs = 40
# [0, 4294967295], two or more; one training each
seeds = [1, 2, 3]
# [1, 100000]; at most, for those trained until the loss stops falling
long_epochs = 200
# [4, 100000], even, two or more, rising; training events, where scales leak
sizes = [10, 20, 40, 80, 160]
# [2, 1e8]; of the experiment on leaks
repetitions = 4000
# [1, 1000]; processes that train
workers = 1

# %%
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import rankdata, sem

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn import cuts, measures
from lepsearch.learn.architecture import Network
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.plotting.choices import against_number, by_row
from lepsearch.plotting.scores import roc_curves, validation
from lepsearch.stats.estimate import Estimate
from lepsearch.stats.roc import roc

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
of_all = {"features": WITHOUT_JETS, "train_events": train_events}
events = learning_set(dataset, signals, **of_all)
steps = {"learning_rate": 0.01, "batch_size": 1024, "patience": 10}
network = Network(layers=1, neurons=100, l2=1e-5, epochs=epochs, **steps)
store = dataset.workspace.build / "tuning" / "choices"
experiment = Experiment(events, network, store, signal=signal)
train, test = events.of("train"), experiment.measured("test")

# %% [markdown]
# ```{table} Set-up of this chapter. Events are simulated events, copies included.
# :name: tab-scaling-setup
#
# | | |
# |---|---|
# | profile, luminosity | *{eval}`profile`*, {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | trained on | {eval}`f"{len(events.signals):d}"` signal samples and all backgrounds |
# | measured on | {eval}`dataset.labels[signal]` and all backgrounds |
# | features | the {eval}`f"{len(WITHOUT_JETS):d}"` that every event has |
# | events of the training set | {eval}`f"{len(train):,d}"` |
# | signal and background events of the test set | {eval}`f"{test.label.sum():,d}"` and {eval}`f"{(~test.label).sum():,d}"` |
# | network | {eval}`f"{network.neurons:d}"` neurons in one hidden layer, Adam at a learning rate of {eval}`f"{network.learning_rate:g}"` |
# | trainings of each kind, epochs | {eval}`f"{len(seeds):d}"`, at most {eval}`f"{epochs:d}"` |
# ```
#
# The events, the network and the sharing of roles between training, validation and test sets are those of
# {numref}`Chapter %s <chap-padding>`, whose learning curve shows how much a larger training set would change.
# `lepsearch run 15_normalisation --full` makes more and longer trainings on all events.
#
# ## Six scalings
#
# Let $x_{ij}$ be feature $j$ of event $i$. Min-max scaling and the z-score are
#
# $$
# \begin{aligned}
# x_{ij} &\to \frac{x_{ij} - \min_i x_{ij}}{\max_i x_{ij} - \min_i x_{ij}}, \\
# x_{ij} &\to \frac{x_{ij} - \mu_j}{\sigma_j}, \qquad
# \mu_j = \frac1n \sum_i x_{ij}, \qquad
# \sigma_j^2 = \frac1n \sum_i (x_{ij} - \mu_j)^2 ,
# \end{aligned}
# $$ (eq-scalings)
#
# with $i$ running over the training events: each feature has its own extremes, mean and variance.
# Equations 5.1 and 5.2 of the thesis have no index, since they are written for "the array containing all
# features"; a section below takes them literally.
#
# ```{table} The six scalings. All of them are part of the stored network, which takes features in GeV.
# :name: tab-scaling-ways
#
# | name | subtracts and divides by | stored as |
# |---|---|---|
# | none | nothing | |
# | min-max | extremes of the feature in the training set | constants |
# | z-score | mean and width of the feature in the training set | constants |
# | Keras Normalization | as z-score, in a layer | constants of a layer |
# | batch {cite}`ioffe2015` | mean and width of the feature in the batch, followed by a trainable width and mean; when applied, running averages of these | moving averages and weights |
# | layer {cite}`ba2016` | mean and width of *the event over its features*, followed by a trainable width and mean of each feature | weights |
# ```

# %%
REFERENCE = "z-score"
scalings = {
    "none": {"scaling": "none"},
    "min-max": {"scaling": "min_max"},
    "z-score": {"scaling": "z_score"},
    "Keras Normalization": {"scaling": "keras_normalization"},
    "batch": {"scaling": "batch"},
    "layer": {"scaling": "layer"},
}
table = experiment.named(scalings, seeds, workers=workers)


def scores(name, seed=seeds[0]):
    """Scores in the test part by one training of a scaling."""
    return experiment.scores("test", seed, **scalings[name])


compared = partial(experiment.compared, scalings, REFERENCE, seeds)
expected, simulated = compared(), compared(counted=True)
printed = quoted.below("guevara.figure_5_2")
keys = {name: one["scaling"] for name, one in scalings.items()}
thesis = {n: printed[one].value for n, one in keys.items() if one in printed}

# %% mystnb={"figure": {"name": "fig-scaling-auc"}, "image": {"alt": "A row for each of six scalings: a dot with error bars for the physics-weighted AUC, a square for the unweighted one, and an open diamond where the thesis has a value."}} tags=["hide-input"]
counted = {"physics-weighted": expected["value"]}
counted["unweighted"] = simulated["value"]
by_row(counted, printed=thesis)

# %% [markdown] tags=["caption"]
# Area under the ROC curve (AUC) of the test set for six scalings, physics-weighted and unweighted. Error
# bars are statistical uncertainties of events and trainings; ticks are the physics-weighted values of single
# trainings. The thesis's values are unweighted, with two digits and no uncertainty.

# %% mystnb={"figure": {"name": "tab-scaling-auc"}} tags=["hide-input"]
less = expected["difference"].drop(REFERENCE)
less_counted = simulated["difference"].drop(REFERENCE)
scatter = expected["value"].map(lambda one: pd.Series(one.by_seed).std())
shown = pd.DataFrame({"physics-weighted AUC": expected["value"]})
shown["change"] = less
shown["spread of trainings"] = scatter
shown["unweighted AUC"] = simulated["value"]
shown["unweighted change"] = less_counted
shown["thesis"] = pd.Series(thesis)
shown["best epoch"] = table.groupby("choice")["epoch"].mean()
formats = {"spread of trainings": ".4f", "thesis": ".2f", "best epoch": ".0f"}
tables.styled(shown, "scaling-auc", **formats)

# %% [markdown] tags=["caption"]
# AUC of the test set by scaling, with statistical uncertainties of events and trainings. Changes are relative
# to {eval}`REFERENCE`, on the same events; the spread is the standard deviation of single trainings. The best
# epoch is a mean over trainings.

# %% tags=["hide-input"]
still_falling = (table["epoch"] >= 0.9 * epochs).mean()
values = pd.DataFrame({"here": simulated["value"].map(lambda one: one.value)})
values["thesis"] = pd.Series(thesis)
highest, lowest = (
    (values == limit).apply(lambda of: " and ".join(of.index[of]))
    for limit in (values.max(), values.min())
)
apart = scores("Keras Normalization") - scores("z-score")
x = test.features.astype(float)
layered = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
met = WITHOUT_JETS.index("met")
area_met = measures.auc(test, x[:, met]).value
area_layered = measures.auc(test, layered[:, met]).value
train_x = train.features.astype(float)
widths = train_x.std(axis=0) / np.ptp(train_x, axis=0)
widths = pd.Series(widths, WITHOUT_JETS)  # between 0 and 1

# %% [markdown]
# The thesis's code counts each simulated event the same in its AUC, so its values compare with the unweighted
# ones, on other events of another simulation and mixture. A search has expected events, for which
# the physics-weighted AUC counts.
#
# - **Batch normalisation** changes the physics-weighted AUC by {eval}`less["batch"]` relative to z-score, and the
#   unweighted one by {eval}`less_counted["batch"]`. The thesis has a change of
#   {eval}`f"{thesis['batch'] - thesis['z-score']:+.2f}"` to two digits. Its reason, that the average over batches is closer to the real distribution, does not hold:
#   the mean of the batches' means is the mean, which z-score subtracts. Batch normalisation
#   adds means that fluctuate from step to step, and two trainable weights for each feature.
# - **Keras Normalization** is z-score in a layer. The first trainings of the two start from the same initial
#   weights, and their outputs differ by {eval}`f"{np.abs(apart).mean():.1g}"` on average, because rounding
#   in the last digit grows over a training. A difference of this size between two trainings has no cause in
#   the scaling.
# - **Min-max** changes the physics-weighted AUC by {eval}`less["min-max"]`. Its unweighted AUC is
#   {eval}`simulated["value"]["min-max"]`; the thesis has {eval}`f"{thesis['min-max']:.2f}"`. Extremes
#   belong to the rarest events and lie further out in larger samples. Scaled to
#   the range from 0 to 1, the features here have widths from {eval}`f"{widths.min():.2g}"` ({eval}`widths.idxmin()`)
#   to {eval}`f"{widths.max():.2g}"`. In the thesis's larger sample the widths are smaller, and one
#   learning rate moves the network less: a possible reason for its value, not tested here.
# - **No scaling** changes the physics-weighted AUC by {eval}`less["none"]`. Momenta of some hundred GeV
#   outweigh angles of a few radians in the first steps, so the result can depend on the initial weights:
#   compare the spread of its trainings with that of the others in {numref}`tab-scaling-auc`.
# - **Layer normalisation** changes the physics-weighted AUC by {eval}`less["layer"]`. It leaves the relative
#   scales of features as they are, and divides each event by its own width over momenta, angles and
#   counts together, so that an event with all momenta doubled looks almost the same. The missing
#   transverse momentum alone has an AUC of {eval}`f"{area_met:.3f}"` in the test set, and of
#   {eval}`f"{area_layered:.3f}"` once each event is scaled by itself. Between hidden layers, where all inputs
#   have one unit, the same operation loses nothing of this kind.
#
# The highest unweighted AUC is that of {eval}`highest["here"]` here and of {eval}`highest["thesis"]` in the thesis. The lowest
# is that of {eval}`lowest["here"]` here and of {eval}`lowest["thesis"]` in the thesis. In
# {eval}`f"{100 * still_falling:.0f}"` % of the trainings the best epoch was among the last tenth of
# {eval}`f"{epochs:d}"`: these had not converged. An order of scalings at a fixed number of epochs is an
# order of speed as well, so {ref}`longer trainings <trained-on>` follow below.
#
# ## Network output with batch normalisation, z-score and layer normalisation
#
# Figure 5.3 of the thesis compares the output and the significance of its two best scalings, and
# concludes that "it is clear that the best normalization method is Batch normalization".


# %% tags=["hide-input"]
def drawn(name):
    """The output of the first training, in the test set."""
    edges, u = np.linspace(0, 1, bins + 1), background_uncertainties
    shown = cuts.panel(test, scores(name), edges, uncertainties=u)
    scale = dataset.luminosity_fb
    made = validation(*shown, luminosity_fb=scale, title=name)
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% mystnb={"figure": {"name": "fig-scaling-batch"}, "image": {"alt": "Stacked histogram of the network output on a logarithmic axis, with the signal drawn over it; beneath, significance curves for the uncertainties of the background."}} tags=["hide-input"]
drawn("batch")

# %% [markdown] tags=["caption"]
# Expected events by the output of a network with batch normalisation, first training, test set.
# Beneath: significance of counting the events above a cut, dotted where too little background is left.

# %% mystnb={"figure": {"name": "fig-scaling-z"}, "image": {"alt": "As the figure before, for z-score."}} tags=["hide-input"]
drawn("z-score")

# %% [markdown] tags=["caption"]
# As {numref}`fig-scaling-batch`, with z-score.

# %% mystnb={"figure": {"name": "fig-scaling-layer"}, "image": {"alt": "As the figure before, for layer normalisation."}} tags=["hide-input"]
drawn("layer")

# %% [markdown] tags=["caption"]
# As {numref}`fig-scaling-batch`, with layer normalisation. Compare the share of the signal at
# intermediate outputs.

# %% mystnb={"figure": {"name": "fig-scaling-roc"}, "image": {"alt": "ROC curves of six scalings, on linear and on logarithmic axes of the background's efficiency."}} tags=["hide-input"]
of_test = test.label, test.weight
curves = {one: roc(scores(one), *of_test) for one in scalings}
roc_curves(curves, expected["value"])

# %% [markdown] tags=["caption"]
# Physics-weighted efficiencies of the test set, first training; AUC as in {numref}`tab-scaling-auc`. A curve
# runs backwards where events of negative weight enter.

# %% [markdown]
# A cut near 1 often leaves too few background events to give a significance. {numref}`Table %s <tab-scaling-z>` has
# two cuts of each network, as in {numref}`Chapter %s <chap-padding>`: one that keeps
# {eval}`f"{100 * efficiency:g}"` % of the signal, and the best among the edges of {eval}`f"{bins:d}"` bins. Both are
# chosen in the validation set and measured in the test set.


# %% mystnb={"figure": {"name": "tab-scaling-z"}} tags=["hide-input"]
significances = partial(experiment.significances, scalings, seeds=seeds)
at_share = partial(cuts.efficiency_cut, efficiency=efficiency)
fixed = pd.DataFrame()
for u in background_uncertainties:
    fixed[f"Z at {u:.0%}"] = significances(at_share, uncertainty=u)
exactly, u = fixed[fixed.columns[0]], background_uncertainties[0]
best_of = partial(cuts.best_cut, cuts=np.arange(bins) / bins, uncertainty=u)
best = significances(best_of, uncertainty=u)
best.name = f"Z at {u:.0%}, best of {bins} bins"
shown = pd.DataFrame({"signal [%]": exactly.map(lambda one: 100 * one.kept)})
shown["effective background"] = exactly.map(lambda one: one.read_effective)
tables.styled(shown.join([fixed, best]), "scaling-z", ".0f")

# %% [markdown] tags=["caption"]
# Significance in the test set, for the relative background uncertainties in the heads of the columns, at
# {eval}`f"{100 * efficiency:g}"` % signal efficiency and at the best cut. Dashes as in {numref}`tab-padding-z`.


# %% tags=["hide-input"]
def z_at_share(name):
    """Significance without a background uncertainty, with bootstrap replicas."""
    readings = experiment.readings(at_share, seeds, **scalings[name])
    of = [partial(measures.significance_of, cut=one.cut) for one in readings]
    each = experiment.by_seed("test", seeds, **scalings[name])
    return measures.averaged(of, test, each)


undefined = sum(np.isnan(one.read.value) for one in fixed.to_numpy().ravel())
effective = min(one.effective for one in exactly)
ahead = z_at_share("batch") - z_at_share(REFERENCE)
if np.isnan(sum(exactly[one].read.value for one in ("batch", REFERENCE))):
    ahead = Estimate(np.nan, np.nan)
sigma = ahead.sigmas
which = "batch normalisation" if sigma > 0 else "z-score"
agrees = report.verdict(
    ahead, seen=f"the significance is larger with {which}",
    unseen="no difference in significance is seen",
    undefined="the difference in significance is undefined",
)  # fmt: skip

# %% [markdown]
# Between batch normalisation and z-score, {eval}`agrees`. Without a background uncertainty and at
# {eval}`f"{100 * efficiency:g}"` % signal efficiency, {eval}`f"batch normalisation changes it by {ahead} on the same events ({abs(sigma):.1f} σ)" if np.isfinite(sigma) else "too little background is left in the validation part to compare"`.
# The comparison is for one number of epochs and one signal.
#
# At this efficiency each network keeps at least {eval}`f"{effective:.0f}"` effective background events in the validation set, as a mean over trainings. A significance is
# undefined in {eval}`f"{undefined:d}"` of {eval}`f"{fixed.size:d}"` places of the table at this efficiency.
#
# ## One scale for all features keeps momenta far larger than angles
#
# Taken literally, equations 5.1 and 5.2 of the thesis divide all features by the same number, so that momenta
# stay hundreds of times larger than angles, which scaling should prevent.
# {numref}`Table %s <tab-scaling-whole>` compares them with {eq}`eq-scalings` for each feature.

# %%
SHIFT_AND_WIDTH = {  # of each feature; events are along the last axis but one
    "min-max": lambda x: (x.min(axis=-2), np.ptp(x, axis=-2)),
    "z-score": lambda x: (x.mean(axis=-2), x.std(axis=-2)),
}


def beforehand(name, measured_on, *, whole_array=False):
    """The experiment without scaling, of features that these events scale."""
    x = measured_on.features.astype(float)
    x = x.reshape(-1, 1) if whole_array else x
    shift, width = SHIFT_AND_WIDTH[name](x)
    features = ((events.features - shift) / width).astype(np.float32)
    ready = replace(events, features=features)
    model = replace(network, scaling="none")
    return replace(experiment, events=ready, model=model)


def against_own(measured_on, **how):
    """AUC of these, and the change from networks that scale themselves."""
    rows = {}
    for name in SHIFT_AND_WIDTH:
        ready = beforehand(name, measured_on, **how)
        own = expected["value"][name]
        area = ready.average(measures.auc_of, "test", seeds)
        counted = ready.average(measures.auc_of, "test", seeds, counted=True)
        rows[name] = own, area, area - own, counted
    heads = ["by the network", "beforehand", "change", "unweighted"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


# %% mystnb={"figure": {"name": "tab-scaling-whole"}} tags=["hide-input"]
whole = against_own(train, whole_array=True)
tables.styled(whole, "scaling-whole")

# %% [markdown] tags=["caption"]
# Physics-weighted AUC of the test set with one scale for each feature (by the network) and one for
# the whole array (beforehand), and the change on the same events. The last column has the unweighted AUC with one
# scale for the whole array.

# %% tags=["hide-input"]
gap_whole = abs(whole["unweighted"]["min-max"].value - thesis["min-max"])
gap_each = abs(simulated["value"]["min-max"].value - thesis["min-max"])
eta = train_x[:, WITHOUT_JETS.index("lep1eta")]

# %% [markdown]
# With one range from 0 to 1 for the whole array the leading lepton's pseudorapidity has a width of
# {eval}`f"{eta.std() / np.ptp(train_x):.1g}"` instead of {eval}`f"{widths['lep1eta']:.1g}"`, so the network hardly sees it.
# With one z-score, momenta are of order one and the angles of single objects become small. Most of these
# angles say little about the signal, so any gain is specific to these features.
#
# Unweighted, literal min-max gives {eval}`whole["unweighted"]["min-max"]` and min-max of each feature
# {eval}`simulated["value"]["min-max"]`; the thesis has {eval}`f"{thesis['min-max']:.2f}"`, to which
# {eval}`"the literal form" if gap_whole < gap_each else "the form with one scale for each feature"` is nearer. The draft
# does not say which form its code uses. The {doc}`errata </errata>` list the missing index.
#
# (trained-on)=
# ## Longer trainings
#
# {numref}`Table %s <tab-scaling-long>` has the first training of four of these networks, continued for as long as the
# validation loss falls, for at most {eval}`f"{long_epochs:d}"` epochs.

# %% mystnb={"figure": {"name": "tab-scaling-long"}}
together = beforehand("z-score", train, whole_array=True)
LONG = {
    "z-score": (experiment, "z_score"),
    "batch": (experiment, "batch"),
    "min-max": (experiment, "min_max"),
    "z-score, whole array": (together, "none"),
}
rows = {}
for name, (of, scaling) in LONG.items():
    longer = {"scaling": scaling, "epochs": long_epochs}
    area = of.average(measures.auc_of, "test", seeds[:1], **longer)
    epoch = of.training(seeds[0], **longer).epoch
    rows[name] = {"AUC": area, "best epoch": epoch}
long = pd.DataFrame.from_dict(rows, orient="index")
long_less = long["AUC"].drop(REFERENCE) - long["AUC"][REFERENCE]
long.insert(1, "change", long_less)
tables.styled(long, "scaling-long")

# %% [markdown] tags=["caption"]
# Physics-weighted AUC of the test set in longer trainings, and the change relative to {eval}`REFERENCE`. Each row
# is a single training, so its uncertainty is that of the events alone.

# %% [markdown]
# Compare {numref}`tab-scaling-long` with {numref}`tab-scaling-auc`: a change that shrinks with longer training is one of
# speed. The spread of trainings in {numref}`tab-scaling-auc` adds to the uncertainties.
#
# ## Scaling before the split
#
# Does scaling before the split leak test information? The thesis's code scales the full data set, signal and
# background, and splits it afterwards; a leak would bias every AUC of its test set. Here the
# scale is measured in all events and in the training set alone. Everything else is the same, down to the
# initial weights, and the change in {numref}`tab-scaling-early` is the apparent gain.

# %% mystnb={"figure": {"name": "tab-scaling-early"}}
early = against_own(events)
tables.styled(early.drop(columns="unweighted"), "scaling-early")

# %% [markdown] tags=["caption"]
# Physics-weighted AUC of the test set with the scale of the training set (by the network) and with that of
# all events (beforehand), and the change on the same events.

# %% tags=["hide-input"]
wider = events.features.std(axis=0) / train.features.std(axis=0)
gain_error = min(one.error for one in early["change"])
clearest = max(  # the clearest gain or, without one, change
    early["change"],
    key=lambda one: (one.sigmas > 2, np.nan_to_num(abs(one.sigmas))),
)
rises = "an AUC rises by more than twice its uncertainty, which may be a leak"
falls = (
    "an AUC falls by more than twice its uncertainty, "
    "while an optimistic leak would raise it"
)
honest = report.verdict(
    clearest, seen=rises if clearest.value > 0 else falls,
    unseen="no leak is seen", undefined="it is not known whether there is a leak",
)  # fmt: skip

# %% [markdown]
# With the scale set before the split, {eval}`honest`. A leak below about twice the smaller uncertainty, {eval}`f"{2 * gain_error:.1g}"`, would not be
# visible. The other sets change the widths of features by at most {eval}`f"{100 * np.abs(wider - 1).max():.1f}"` % and
# move their extremes, and any change leads to another training, as with Keras Normalization: a change of the AUC
# is no proof of a leak. In the thesis's larger sample a leak would be smaller still.
#
# ### Where the leak can be seen
#
# A scale knows no labels and is the same for signal and background, but it can still help on the events
# that set it. A stretched feature counts less: if a test event has an extreme value in a feature that
# says nothing about the signal, this value widens the scale, and reduces the weight of the very feature that
# would have misplaced the event. {cite}`moscovich2022` gives examples for other tasks, of either sign.
#
# A small experiment, repeated often, shows this. As many training as test events have twenty features
# with heavy tails, two of which depend on the class. The classifier needs no iteration: it is the difference
# of the two classes' means. The apparent gain is the change of the AUC of test events by a scale that
# they helped to set, minus its change for new events. The experiment is repeated with events of this chapter,
# few at a time, signal and background in equal numbers.

# %%
mass = events.of_signal(signal)
classes = mass.features[mass.label], mass.features[~mass.label]


def made_up(rng, repetitions, n):
    """Student's t in twenty features; the first half, signal, is shifted in two."""
    x = rng.standard_t(2.0, (repetitions, n, 20))
    x[:, : n // 2, :2] += 1.0
    return x


def drawn_from_ours(rng, repetitions, n):
    """Events of this chapter, the first half signal."""
    size = repetitions, n // 2
    halves = [one[rng.integers(0, len(one), size)] for one in classes]
    return np.concatenate(halves, axis=1)


def areas_by_row(score):
    """AUC of each row of scores, whose first half is signal's."""
    half = score.shape[1] // 2
    rank = rankdata(score, axis=1)[:, :half].sum(axis=1)
    return (rank - half * (half + 1) / 2) / half**2


def gains(name, train, test, new):
    """Gain on test events of a scale that they helped to set, minus on new ones."""
    half = train.shape[1] // 2
    apart = train[:, :half].mean(axis=1) - train[:, half:].mean(axis=1)
    found = []
    for measured in (np.concatenate([train, test], axis=1), train):
        _, width = SHIFT_AND_WIDTH[name](measured)
        # features of a single value say nothing
        width = np.where(width > 0, width, np.inf)
        # a shift moves all scores alike; means and events are over the width
        direction = apart * (1 / width**2)
        scores = (np.einsum("rnk,rk->rn", x, direction) for x in (test, new))
        on_test, on_new = map(areas_by_row, scores)
        found.append(on_test - on_new)
    return found[0] - found[1]


def leak(draw, name, size):
    """Mean apparent gain with so many training, test and new events."""
    rng = np.random.default_rng([1, size])
    found, left = [], repetitions
    while left > 0:
        at_once = 4_000_000 // draw(rng, 1, 3 * size).size  # in memory
        count = min(at_once, left)
        sets = [draw(rng, count, size) for _ in range(3)]
        found.append(gains(name, *sets))
        left -= count
    found = np.concatenate(found)
    return Estimate(found.mean(), sem(found))


draws = {"made up": made_up, "this chapter's events": drawn_from_ours}
leaks = pd.DataFrame({
    (label, name): {size: leak(draw, name, size) for size in sizes}
    for label, draw in draws.items()
    for name in SHIFT_AND_WIDTH
})  # fmt: skip

# %% mystnb={"figure": {"name": "fig-scaling-leak"}, "image": {"alt": "Four lines with error bars against the number of events: two scalings of made-up, heavy-tailed events and of the chapter's own."}} tags=["hide-input"]
lines = {", ".join(key): dict(one) for key, one in leaks.items()}
xlabel = "Training events, and as many test events"
against_number({"": lines}, xlabel=xlabel, ylabel="Apparent gain in AUC")

# %% [markdown] tags=["caption"]
# Apparent gain in AUC of test events from a scale set by training and test events, against the number of
# training events, for made-up events and events of this chapter. Error bars are standard errors of the
# mean over repetitions. Compare the fall with the number of events.

# %% mystnb={"figure": {"name": "tab-scaling-leak"}} tags=["hide-input"]
few, many = sizes[1], sizes[-1]


def power(found):
    """Minus the slope of the leak on logarithmic axes, from few to many."""
    if not min(found[few].value, found[many].value) > 0:
        return Estimate(np.nan, np.nan)
    ratio = found[few] / found[many]
    fall = Estimate(np.log(ratio.value), ratio.error / ratio.value)
    return fall / np.log(many / few)


powers = {key: power(found) for key, found in leaks.items()}
clear = [one.sigmas > 2 for one in leaks.loc[few]]
times_more = len(train) / many
left = max(one.value for one in leaks["this chapter's events"].loc[many])
shown = pd.DataFrame({f"{n} events": leaks.loc[n] for n in (few, many)})
shown["power of the fall"] = pd.Series(powers)
tables.styled(shown, "scaling-leak")

# %% [markdown] tags=["caption"]
# Apparent gain in AUC with few and with many events, and the power of their number by which it falls between
# the two, from {eval}`f"{repetitions:,d}"` repetitions.

# %% [markdown]
# With {eval}`f"{few:d}"` events the apparent gain exceeds twice its
# uncertainty in {eval}`f"{sum(clear)} of {len(clear)}"` cases.
#
# The training set of this chapter has
# {eval}`f"{times_more:,.0f}"` times as many events as the last point. If the gain falls on with the inverse of
# their number, {eval}`f"{left / times_more:.1e}"` is left, to be compared with an uncertainty of
# {eval}`f"{gain_error:.1e}"` or more in {numref}`tab-scaling-early`.
#
# The thesis's results are therefore in all likelihood not flattered by the order of its steps, but the order is
# wrong. With a small sample, a rare region or a choice among many scalings the leak is no longer negligible,
# it cannot be recognised afterwards, and fitting the scale after the split costs nothing.
#
# ## Summary and what comes next
#
# - After {eval}`f"{epochs:d}"` epochs batch normalisation changes the physics-weighted AUC by {eval}`less["batch"]`
#   relative to z-score ({numref}`tab-scaling-auc`), and in longer trainings by {eval}`long_less["batch"]`
#   ({numref}`tab-scaling-long`). In the comparison of {numref}`tab-scaling-z`, {eval}`agrees`; the thesis
#   calls batch normalisation clearly the best.
# - Min-max scaling changes the AUC by {eval}`less["min-max"]`, and by {eval}`long_less["min-max"]` in longer
#   trainings. Layer normalisation of the inputs, which removes the size of the momenta,
#   changes it by {eval}`less["layer"]`.
# - With the scale set before the split, {eval}`honest` ({numref}`tab-scaling-early`). In samples of some
#   tens of events the experiment of {numref}`tab-scaling-leak` measures the gain.
#
# These results are for one signal, one architecture and, in the longer trainings, one seed.
# All events counted the same in training so far. The next chapters give them weights.

# %% tags=["remove-cell"]
report.record("less_batch", less["batch"])
for name, of in (("early", early), ("whole", whole)):
    report.record(f"{name}_less_min_max", of["change"]["min-max"])
    report.record(f"{name}_less_z_score", of["change"]["z-score"])
alike = report.verdict(
    less["batch"], seen=f"differs: the two best are not alike ({less['batch']})",
    unseen=f"agrees: batch normalisation and z-score are alike ({less['batch']})",
    undefined="too few events to tell",
)  # fmt: skip
report.record("guevara_figure_5_2", alike)
report.record("guevara_figure_5_3", report.agreement(ahead))
