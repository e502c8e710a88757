# %% [markdown]
# (chap-autoencoder-tuning)=
# # Tuning the autoencoder
#
# Which autoencoder reproduces three-lepton events best, and does that make it a better search? Frette's draft
# {cite}`frette2023` prints the settings that KerasTuner {cite}`kerastuner2019` should choose among, and no result. A search can only choose on background, because
# a signal that helps to choose is no longer unknown. This chapter runs the space as printed and as it was surely meant, at random and by
# Hyperband {cite}`li2018`, and then looks at signals: {numref}`tab-tune-best` has the best networks and {numref}`tab-tune-auc` what they find.

# %% lepsearch={"full": {"epochs": 20, "few_trials": 60, "hyperband_epochs": 27, "measured_share": 1.0, "replicas": 200, "seeds": [1, 2, 3, 4, 5], "train_events": 1000000000, "trials": 60}, "learns": ["hnl_150", "t3_400"], "reads": ["trilepton"]} nbmake={"mock": {"epochs": 1, "few_trials": 1, "hyperband_epochs": 1, "profile": "smoke", "replicas": 5, "seeds": [1, 2], "train_events": 500, "trials": 2}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups or samples of signals; none is trained on or chosen by
signals = ["c1n2_450_300", "c1n2_800_50", "hnl_150", "hnl_300", "t3_400"]
# [100, 1e12]; events of the training part, at most, roughly
train_events = 8_000
# (0, 1]; share of the events of the other parts that is used
measured_share = 0.3
# [2, 10000]; networks of a random search without penalties
trials = 6
# [1, 10000]; of the other random searches
few_trials = 3
# [1, 100000]; of each of them
epochs = 6
# [1, 100000]; Hyperband's most
hyperband_epochs = 6
# [1, 1e6]; events of a step
batch_size = 256
# [0, 4294967295], two or more; trainings of the best, the first of which is also that of the searches
seeds = [1, 2]
# [2, 1e6]; of the bootstrap
replicas = 30

# %%
import json
import math
from dataclasses import replace

# sets TensorFlow up, so it comes before KerasTuner
from lepsearch.learn.backend import keras

# isort: split
import keras_tuner
import numpy as np
import pandas as pd
from scipy import stats

from lepsearch.book import report, tables
from lepsearch.events.dataset import Dataset
from lepsearch.files import whole
from lepsearch.learn.autoencoders import Autoencoder
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.learning import learning_set
from lepsearch.learn.matrices import Matrices
from lepsearch.learn.measures import aucs_of, averaged, differences
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.tuning import KERAS_LEAK, MEANT, PRINTED, search
from lepsearch.plotting.choices import by_row
from lepsearch.plotting.style import drawing
from lepsearch.rmm.layout import T3N5
from lepsearch.stats.estimate import Estimate, over_trainings, weighted_mean

random = np.random.default_rng(seeds[0])
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
matrices = Matrices(T3N5)
events = learning_set(
    dataset, signals, features=matrices.columns, region="trilepton",
    train_events=train_events,
)  # fmt: skip
of_original = random.random(events.original.max() + 1)[events.original]
learned = events.part == 0
used = learned | (of_original < measured_share)
events = replace(
    events, weight=events.weight / np.where(learned, 1.0, measured_share)
)
events = matrices(events.take(used))
store = dataset.workspace.build / "tuning" / "25_autoencoder_tuning"
base = Autoencoder(batch_size=batch_size, epochs=epochs, patience=10**6)
experiment = Experiment(events, base, store, Weighting("physics"))
train = events.of("train")
validation, test = map(experiment.measured, ("validation", "test"))

# %% [markdown]
# ```{table} Set-up of this chapter. Events of the trilepton region; training and choice use background alone.
# :name: tab-tune-setup
#
# | | |
# |---|---|
# | profile, luminosity | *{eval}`profile`*, {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | inputs | {eval}`f"{len(events.names):d}"` cells of the draft's matrix, T3N5, scaled to between 0 and 1 on the training part |
# | background events, training part | {eval}`f"{(~train.label).sum():,d}"` |
# | validation part, which chooses | {eval}`f"{(~validation.label).sum():,d}"` |
# | test part, which measures | {eval}`f"{(~test.label).sum():,d}"` |
# | signals, with test events | {eval}`"; ".join(f"{label} ({(test.label & test.is_of(name)).sum():,d})" for name, label in test.signals.items())` |
# | trials of a random search, without and with penalties | {eval}`f"{trials:d}"`, {eval}`f"{few_trials:d}"` |
# | epochs of each | {eval}`f"{epochs:d}"` |
# | events of a step | {eval}`f"{batch_size:d}"` |
# ```
#
# ## The space that the draft prints
#
# The network has seven hidden layers. KerasTuner runs the function that builds it, which asks for a value at each setting.
# {numref}`tab-tune-space` lists what it asks for.


# %% mystnb={"figure": {"name": "tab-tune-space"}}
def asked(space):
    """The settings of a space as KerasTuner knows them."""
    hp = keras_tuner.HyperParameters()
    space(hp)
    return {one.name: one.get_config() for one in hp.space}


def values(config):
    """What a setting may be, in words."""
    if "values" in config:
        return ", ".join(map(str, config["values"]))
    return f"{config['min_value']} to {config['max_value']}"


words = {
    "Kernel_reg": "L1 factor of weights", "Atc_reg": "L2 factor of outputs",
    "alpha": "slope of the leaky ReLU below 0", "lat_num": "latent variables",
    "learning_rate": "learning rate of Adam",
}  # fmt: skip
printed, meant = asked(PRINTED), asked(MEANT)
for name in printed:
    ordinal = name.removeprefix("num_of_neurons").removesuffix("_act")
    is_width = name.startswith("num")
    words.setdefault(
        name, f"{'width' if is_width else 'activation'} of layer {ordinal}"
    )
rows = [
    [name, words[name], values(printed[name]), values(meant[name])]
    for name in printed
]
columns = ["setting", "what it is", "as printed", "as meant"]
tables.styled(pd.DataFrame(rows, columns=columns), "space")

# %% [markdown] tags=["caption"]
# The settings as KerasTuner lists them. Both penalties are those of layers 1, 3, 5 and 7. The eighth layer is the output.

# %%
size = math.prod(
    len(one["values"])
    if "values" in one
    else one["max_value"] - one["min_value"] + 1
    for name, one in printed.items()
    if name != "alpha"
)
try:
    keras.layers.Input(shape=9, name="decoder_input")
    accepted = True
except ValueError:
    accepted = False
rates = [", ".join(map(str, one.rates)) for one in (PRINTED, MEANT)]
installed = f"Keras {keras.__version__}"

# %% [markdown]
# Without `alpha` these are {eval}`f"{size:.0e}"` networks. Three lines of the listing are slips:
#
# - The learning rates are printed as {eval}`rates[0]` and were surely meant as {eval}`rates[1]`: these four are close
#   together, and the largest is that of the final thesis.
# - `alpha` is asked for and used only in a comment. The activation called `leaky_relu` has the slope of Keras, {eval}`KERAS_LEAK`. A tuner that varies it spends
#   trials on networks that differ in nothing.
# - `shape=val` gives the decoder's input a number where a tuple is due. Keras 2 made a tuple of it;
#   {eval}`installed` {eval}`("refuses it", "accepts it")[int(accepted)]`.
#
# ## The penalties are larger than the loss
#
# The loss is the mean squared difference, and each weight $w$ of four of the layers adds $\lambda |w|$. A network that always puts out the mean event
# has the variance of the inputs as its loss, which is at most 1/4 for inputs between 0 and 1. No network gains more than this by using its inputs.


# %%
def prepared(part):
    """Background cells of a part in units of the scaling."""
    return (part.features[~part.label] - offset) / width


inside = train.features[~train.label]
offset, width = inside.min(axis=0), np.ptp(inside, axis=0)
width[width == 0] = 1.0
weight = np.maximum(train.weight[~train.label], 0.0)
centre = np.average(prepared(train), axis=0, weights=weight)
apart = (prepared(train) - centre) * np.sqrt(weight / weight.sum())[:, None]
axes = np.linalg.svd(apart.astype(float), full_matrices=False)[2]


def linear(part, components):
    """Scores of a principal-component analysis with so many; 0: the mean event."""
    apart = (part.features - offset) / width - centre
    chosen = axes[:components]
    left = np.square(apart - apart @ chosen.T @ chosen).sum(axis=1)
    return np.log10(np.maximum(left, 1e-30))


# %%
def left(part, norms):
    """Mean of squared norms over that of the mean event, background [%]."""
    of = ~part.label
    alone = 10.0 ** linear(part, 0)[of]
    counts = part.weight[of] * alone, part.original[of]
    return 100 * weighted_mean(norms[of] / alone, *counts)


of = ~validation.label
counts = validation.weight[of], validation.original[of]
constant = weighted_mean(10 ** linear(validation, 0)[of], *counts)
cells = len(events.names)
layers = [(cells, 142), (44, 19), (5, 19), (44, 142)]  # punished, mid-range
start = sum(i * o * math.sqrt(6 / (i + o)) / 2 for i, o in layers)
least = min(MEANT.kernel)
gain = constant.value / cells
ratio = least * start / gain

# %% [markdown]
# {numref}`tab-tune-scale` compares both for widths in the middle of the ranges. At the start the penalty is {eval}`f"{ratio:,.0f}"` times
# the largest gain, even with the smallest factor. The optimiser therefore reduces the weights first, and a network with
# small weights puts out the same for every event. Large weights in the layers without a penalty could make up for it, but gradients that
# pass through small weights are small too.
#
# :::{table} Penalty and loss of a network of medium widths, per event and cell.
# :name: tab-tune-scale
#
# | quantity | value |
# |---|---|
# | sum of absolute weights at the start, four layers | {eval}`f"{start:,.0f}"` |
# | smallest penalty of them, λ = {eval}`f"{least:g}"` | {eval}`f"{least * start:.3g}"` |
# | loss of the mean event | {eval}`Estimate(gain, constant.error / cells)` |
# | sum of absolute weights that cost as much | {eval}`f"{gain / least:.2g}"` |
# :::
#
# ## Random search
#
# Each trial is a network with settings drawn at random. The draft does not print what its search minimises. Here it is the mean squared norm of output
# less input on the validation background, with physics weights of both signs. It has no
# penalties in it, so networks with different penalties can be compared. The seed of the search is the same in each space, so the n-th trials
# differ only in what the spaces differ in.
#
# A killed search is repeated from its start: it draws the same trials, and reads those that were finished from their
# files. KerasTuner's own record is not used, because it goes by a name and would mix trials of other events.

# %%
free = replace(MEANT, kernel=(0.0,), activity=(0.0,))
budget = {"epochs": epochs, "seed": seeds[0]}
found = {
    "as printed": search(experiment, PRINTED, trials=few_trials, **budget),
    "as meant": search(experiment, MEANT, trials=few_trials, **budget),
    "no penalty": search(experiment, free, trials=trials, **budget),
}


def choice(row):
    """The settings of a trial."""
    return row.drop("objective").to_dict()


def best(table):
    """The settings of the lowest objective."""
    lowest = table["objective"].map(lambda one: one.value).idxmin()
    return choice(table.loc[lowest])


def squares(part, setting, seed=seeds[0]):
    """Squared norms of output less input, of all events of a part."""
    return 10 ** experiment.scores(part, seed, **setting)


def remains(setting, part="validation"):
    """What the network of a setting leaves."""
    return left(experiment.measured(part), squares(part, setting))


remaining = {
    name: [remains(choice(row)) for _, row in table.iterrows()]
    for name, table in found.items()
}

# %% mystnb={"figure": {"name": "fig-tune-trials"}, "image": {"alt": "Rows are trials; markers with error bars for three spaces. Values with penalties and without can be compared in each row."}} tags=["hide-input"]
shown = {
    name: {f"trial {i + 1}": one for i, one in enumerate(each[:12])}
    for name, each in remaining.items()
}
by_row(shown, xlabel="Squared norm left / that of the mean event [%]")

# %% [markdown] tags=["caption"]
# Objective of the trials of random search, over that of the mean event. A network that always puts out the mean event leaves all of it, a perfect one nothing.
# Validation background, statistical uncertainties; at most twelve trials.

# %%
with_penalty = remaining["as printed"] + remaining["as meant"]
lowest = min(with_penalty, key=lambda one: one.value)
highest = max(remaining["no penalty"], key=lambda one: one.value)
n_collapsed = sum(one.value > 90 for one in with_penalty)
fails = (
    "Penalties of the printed sizes do not stop the training",
    "Some networks with the printed penalties learn nothing but the mean event",
    "With the printed penalties no network learns more than the mean event",
)[(n_collapsed > 0) + (n_collapsed == len(with_penalty))]
pairs = []
for _, row in found["no penalty"][:few_trials].iterrows():
    large = choice(row) | {"learning_rate": max(PRINTED.rates)}
    both = [squares("validation", one) for one in (large, choice(row))]
    pairs.append(left(validation, both[0] - both[1]))
worse = sum(one.sigmas > 2 for one in pairs)

# %% [markdown]
# {eval}`fails`. Of {eval}`len(with_penalty)` trials in both spaces with penalties, {eval}`n_collapsed` leave more than ninety percent of the mean event's squared norm
# ({numref}`fig-tune-trials`). The best of them leaves {eval}`lowest` %, the worst without penalties {eval}`highest` %. A tuner sees this only as
# small differences between networks, and still names a best one.
#
# The slip in the learning rate matters {eval}`("in none of the networks tried", "in some of the networks tried", "in all networks tried")[(worse > 0) + (worse == len(pairs))]`: of {eval}`len(pairs)` networks
# without penalties, {eval}`worse` leave more by more than two standard deviations when they are trained again at the largest printed rate.
#
# ## Hyperband
#
# Hyperband {cite}`li2018` starts many networks for few epochs, and trains the best third of them for three times as many. KerasTuner continues a
# network from its weights, without the state of the optimiser. Here it is trained again from the start, which needs more time and gives the
# same network as an uninterrupted training.

# %%
halving = search(experiment, free, epochs=hyperband_epochs, seed=seeds[0])
found["no penalty, Hyperband"] = halving
spent = {name: int(one["epochs"].sum()) for name, one in found.items()}
chosen = {name: best(table) for name, table in found.items()}
rows = []
for name, table in found.items():
    on = [remains(chosen[name], part) for part in ("validation", "test")]
    different = len(
        table.drop(columns=["objective", "epochs"]).drop_duplicates()
    )
    rows.append([name, different, spent[name], chosen[name]["latent"], *on])
one_seed = {
    name: squares("test", chosen[name])
    for name in ("no penalty", "no penalty, Hyperband")
}
faster = left(
    test, one_seed["no penalty, Hyperband"] - one_seed["no penalty"]
)

# %% mystnb={"figure": {"name": "tab-tune-best"}} tags=["hide-input"]
heads = ["search", "networks", "epochs in total", "latent variables"]
heads += ["left, validation [%]", "left, test [%]"]
tables.styled(pd.DataFrame(rows, columns=heads), "best")

# %% [markdown] tags=["caption"]
# The best network of each search on the validation part: share of the mean event's squared norm that it leaves there, and on the test part, which
# chose nothing. One training each; statistical uncertainties.

# %% [markdown]
# {eval}`report.verdict(faster, seen=f"The best of Hyperband leaves {('more', 'less')[int(faster.value < 0)]} on the test part than the best of random search", unseen="No difference is seen between the best of Hyperband and of random search", undefined="Hyperband and random search found the same network, or cannot be compared here")`:
# the difference is {eval}`faster` percentage points of what is left. Both searches begin with the same settings.
#
# ## What the best network is worth
#
# The best of a search is trained with {eval}`len(seeds)` seeds. A yardstick without training is the principal-component analysis
# with as many components, which is the best linear network.

# %%
names = list(found)[2:]
winner = chosen[min(names, key=lambda one: remains(chosen[one]).value)]
winner = winner | {"epochs": max(epochs, hyperband_epochs)}
by_seed = [squares("test", winner, seed) for seed in seeds]
latent = winner["latent"]
pca = 10 ** linear(test, latent)
against = over_trainings([left(test, one - pca) for one in by_seed])
with whole(store / "best.json") as path:
    path.write_text(json.dumps({"layout": "T3N5", **winner}, indent=1))


def median_auc(part, score):
    """Median of the areas of the signals, each with all background."""
    areas = aucs_of(part, score)
    return lambda weight: float(np.median(areas(weight)))


scores = {
    "best without penalties": [np.log10(one) for one in by_seed],
    "best as meant": experiment.by_seed(
        "test", seeds[:1], **chosen["as meant"]
    ),
    "the mean event": [linear(test, 0)],
    "principal components": [linear(test, latent)],
}
areas = {
    name: averaged(median_auc, test, each, replicas=replicas)
    for name, each in scores.items()
}
compared = differences(areas, "the mean event", paired_seeds=False)
change = compared["difference"]["best without penalties"]
lefts = {
    name: over_trainings([left(test, 10**one) for one in each])
    for name, each in scores.items()
}
lefts["the mean event"] = Estimate(100.0, 0.0)
compared.insert(0, "left", pd.Series(lefts))
compared.columns = [
    "left [%]",
    "median AUC",
    "difference from the mean event",
]

# %% mystnb={"figure": {"name": "tab-tune-auc"}} tags=["hide-input"]
tables.styled(compared, "auc")

# %% [markdown] tags=["caption"]
# Four ways to reproduce an event on the test part: squared norm that is left, over that of the mean event, and the median over the signals of the
# physics-weighted AUC with that norm as the score. The best without penalties is averaged over its trainings. Uncertainties of events, by the bootstrap for the AUC, and of trainings.

# %% [markdown]
# {eval}`report.verdict(against, seen=f"The tuned network reproduces background {('worse', 'better')[int(against.value < 0)]} than as many principal components", unseen="The tuned network and as many principal components reproduce background equally well within the uncertainties", undefined="The tuned network cannot be compared with principal components")`:
# the difference of what is left is {eval}`against` percentage points, with {eval}`latent` numbers each.
#
# {eval}`report.verdict(change, seen=f"As a search it is {('worse', 'better')[int(change.value > 0)]} than the distance from the mean event, which needs no network", unseen="As a search, no difference from the distance to the mean event is seen, and that needs no network", undefined="Its worth as a search is undefined here")`: the
# median AUC changes by {eval}`change`.

# %%
full = pd.concat(
    [
        found["no penalty"],
        halving[halving["epochs"] == hyperband_epochs],
    ]
)
full = full.drop(columns="objective").drop_duplicates()
points = pd.DataFrame(
    {
        "left": remains(choice_of).value,
        "auc": median_auc(
            test, experiment.scores("test", seeds[0], **choice_of)
        )(test.weight),
    }
    for choice_of in (row.to_dict() for _, row in full.iterrows())
)
rank = Estimate(
    float(stats.spearmanr(points["left"], points["auc"]).statistic),
    (len(points) - 1) ** -0.5,
)

# %% mystnb={"figure": {"name": "fig-tune-auc"}, "image": {"alt": "Scatter plot of the median AUC over the share of the norm that is left, one point a network; two lines mark the mean event and the principal components."}} tags=["hide-input"]
with drawing(figsize=(6.4, 3.8)) as (figure, frame):
    frame.plot(
        points["left"],
        points["auc"],
        "o",
        color="#1f4e79",
        label="networks without penalties",
    )
    for name, look in (
        ("the mean event", "--"),
        ("principal components", ":"),
    ):
        frame.axhline(
            areas[name].value, color="#555555", linestyle=look, label=name
        )
    frame.set(
        xlabel="Norm left on the validation part / that of the mean event [%]",
        ylabel="Median AUC on the test part",
    )
    frame.legend(loc="best")
figure

# %% [markdown] tags=["caption"]
# Networks without penalties: the median over the signals of the AUC, against the objective of the search. Low objectives are on the left. Lines mark the
# scores without networks. A useful objective would have a falling trend.

# %% [markdown]
# Over {eval}`len(points)` networks the rank correlation of AUC and objective is {eval}`f"{rank.value:.2f}"`, with a standard deviation of {eval}`f"{rank.error:.2f}"` if there is no relation. A useful objective would have a negative one.
# The number of latent variables is among what differs between the networks.
# {eval}`report.verdict(rank, seen=f"A better reconstruction goes with a {('better', 'worse')[int(rank.value > 0)]} search", unseen="No relation between reconstruction and search is seen", undefined="The relation of reconstruction and search is undefined here")`.
#
# ## Conclusions
#
# - {eval}`fails` ({numref}`fig-tune-trials`). Without penalties the best network leaves {eval}`lefts["best without penalties"]` % of the mean event's squared norm on the test part ({numref}`tab-tune-auc`).
# - The largest printed learning rate is worse than the meant ones for {eval}`worse` of {eval}`len(pairs)` networks without penalties.
# - The median AUC of the best network is {eval}`areas["best without penalties"]`, that of the distance from the mean event {eval}`areas["the mean event"]`, and that of as many principal components {eval}`areas["principal components"]` ({numref}`tab-tune-auc`).
#
# That the penalties exceed the loss follows from the scaling of the inputs to between 0 and 1, and holds for any events with this scaling. The best settings,
# and the order of the two searches, are those of these events, of few epochs and of few trials. What holds for reconstruction need not hold for a search: the objective of the tuner knows
# nothing of directions in which new physics lies. The next question is whether a score that knows them finds more than the best single feature.

# %% tags=["remove-cell"]
report.record("penalty_ratio", ratio, ",.0f")
report.record("trials_with_penalty", len(with_penalty), "d")
report.record("collapsed", n_collapsed, "d")
report.record("lowest_left", lowest)
report.record("pairs", len(pairs), "d")
report.record("worse", worse, "d")
report.record("best_left", lefts["best without penalties"])
report.record("median_auc_best", areas["best without penalties"])
report.record("median_auc_mean", areas["the mean event"])
for name, one in {"printed": PRINTED, "meant": MEANT}.items():
    report.record(f"rate_{name}_first", one.rates[0])
    report.record(f"rate_{name}_second", one.rates[1])
report.record("least_penalty", least)
