# %% [markdown]
# (chap-comparison)=
# # The methods compared
#
# Which method finds dark matter in the dilepton sector best, and by how much? Guevara's draft {cite}`guevara2023` (here: the
# thesis) ends with figures 5.28 and 5.29: its trees and networks are less significant than cut and count. This chapter compares
# cuts, a network, trees, trees that know the mass and an anomaly score on the same events, for every signal model
# ({numref}`tab-comparison-models`), and removes the possible causes of the thesis's result one at a time
# ({numref}`tab-comparison-ladder`).

# %% lepsearch={"full": {"backgrounds": 1000000000, "epochs": 40, "estimators": 200, "per_signal": 1000000000, "replicas": 200, "trainings": 5}, "learns": ["dark_higgs", "light_vector", "inelastic_eft", "dh_hds_130"], "reads": ["dilepton"]} nbmake={"mock": {"backgrounds": 1000, "epochs": 1, "estimators": 5, "least": 5.0, "parts": 3, "per_signal": 300, "profile": "smoke", "replicas": 4}} tags=["parameters"]
profile = "embedded"
# groups or samples of signals; compared
models = ["dark_higgs", "light_vector", "inelastic_eft"]
# sample of a signal; of the figures 5.28 and 5.29
signal = "dh_hds_130"
# [0, 120] GeV; least mass of the lepton pair in the search region
mll_min = 110.0
# [0, 10]; least significance of the missing transverse momentum in it
met_sig_min = 5.0
# [3, 20]; parts of the events, each of which is tested once
parts = 4
# [1, 1e6]; effective background events that a significance needs
least = 100.0
# [0, 10] rising, from 0; relative to the background
uncertainties = [0.0, 0.1, 0.2, 0.3]
# [1, 1000]; of each model and part
trainings = 1
# [2, 100000]; trees
estimators = 80
# [1, 100000]; of the networks, at most
epochs = 8
# [100, 1e12]; training events of all backgrounds, at most, roughly
backgrounds = 20_000
# [10, 1e12]; of each signal sample, at most, roughly
per_signal = 800
# [2, 1e6]; of the bootstrap
replicas = 30

# %%
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from types import SimpleNamespace

import numpy as np
import pandas as pd

from lepsearch.book import printed, report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import PAIR_KINDS
from lepsearch.events.selection import CHANNELS
from lepsearch.events.split import PARTS
from lepsearch.learn.architecture import Network
from lepsearch.learn.combined import Combined
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.parametrised import Parametrised
from lepsearch.learn.tails import Tails
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.trees import Trees
from lepsearch.plotting.choices import by_row
from lepsearch.plotting.style import CENTRED, drawing, lines
from lepsearch.stats.estimate import Estimate, total
from lepsearch.stats.metrics import significance_scan
from lepsearch.stats.significance import z_asimov

dataset = Dataset.open(profile)
columns = (*WITHOUT_JETS, "pair", "lep1flavour")
read = learning_set(dataset, models, features=columns)

# %% [markdown]
# ## The search region, and events that are all tested
#
# A simulated event with a large weight spoils a cut on a score: the background above the cut is then unknown. All methods are
# compared in a *search region* where weights are smaller: pairs above {eval}`f"{mll_min:g}"` GeV without b-jets, and with a
# significance of the missing transverse momentum above {eval}`f"{met_sig_min:g}"`. It contains the region of cut and count.


# %%
def column(events, name):
    """A feature of all events."""
    return events.features[:, events.names.index(name)]


def region(rows):
    """Pairs of some rows, with the part, channel and species of each."""
    events = pairs.take(rows)
    of = [(*signals, one).index(one) for one in events.sample_names]
    species = np.array(of)[events.sample]  # that of backgrounds is the last
    muons = column(events, "lep1flavour") == CHANNELS["mumu"]
    return SimpleNamespace(
        events=events.select(WITHOUT_JETS), weight=events.weight,
        original=pairs.original[rows], part=pairs.original[rows] % parts,
        channel=muons.astype(int), species=species,
        background=species == len(signals),
    )  # fmt: skip


pairs = read.take(column(read, "pair") == PAIR_KINDS.index("SFOS"))
signals = tuple(pairs.signals)
masses = {
    one.name: float(one.simulation.parameters["mass"])
    for one in dataset.sources.values()
    if one.name in signals
}
hypotheses = sorted(set(masses.values()))
CHANNEL = (*CHANNELS, "both")  # electrons, muons, together
bounds = quoted.below("guevara.table_5_4").values()
cut_on = "met_sig", "mt", "mll", "nbjets", "mt2"
bound = dict(zip(cut_on, map(float, bounds), strict=True))
without_b = column(pairs, "nbjets") <= bound["nbjets"]
inside = without_b & (column(pairs, "mll") > mll_min)
inside &= column(pairs, "met_sig") > met_sig_min
wide, search = region(np.ones(len(pairs), bool)), region(inside)


def heaviest(of):
    """Largest weight of a background event, with all of its copies."""
    weight = np.bincount(of.original, of.weight * of.background)
    return f"{weight.max():,.0f}"


# %% [markdown]
# Of all SFOS pairs of the dilepton region, the heaviest background event represents {eval}`heaviest(wide)` expected events
# with its copies, and {eval}`heaviest(search)` in the search region.
#
# Cut and count leaves a few hundred background events. The test part of the other chapters, a fifth of the simulated events,
# has too few of them there. Here the original events are divided into {eval}`f"{parts:d}"` parts. Each part is tested by a
# model that has not seen it: the next part stops the training and sets the scale of the score, and the others teach it. In
# the end each event has been a test event once.


# %%
def experiments(of, weight, factor=1):
    """An experiment for each part that is tested; of others, one in so many events teaches."""
    found = []
    teaches = of.original // parts % factor == 0
    for i in range(parts):
        later = (of.part - i) % parts
        part = np.select([later == 0, later == 1, teaches], [2, 1, 0], -1)
        weights = np.where(part == 0, factor, 1) * weight
        part = replace(of.events, weight=weights, part=part.astype(np.int8))
        found.append(Experiment(part, grown, store, balanced))
    return found


def scored(tried, seed, **choice):
    """Scores of all events where they validate and where they test."""
    found = []
    for part in PARTS[1:]:
        rows = [one.events.part == PARTS.index(part) for one in tried]
        scores = [one.scores(part, seed, **choice) for one in tried]
        order = np.argsort(np.concatenate(list(map(np.flatnonzero, rows))))
        found.append(np.concatenate(scores)[order])
    return found


# %% [markdown]
# ## Levels, cuts and bins
#
# Models of different parts have different scales, and so do different methods. A score is therefore replaced by a *level*,
# the share of the validation background of its channel that is above it, in steps of $\sqrt 2$. Level 0 is the tightest. An
# event has one level from the model for which it validates and another from the model for which it tests.


# %%
SHARES = 0.5 ** np.arange(0.5, 11, 0.5)
LEVELS = len(SHARES) + 1
VALIDATION, TEST = 0, 1


def levels(of, *scores):
    """Level of each event where it validates and where it tests."""
    found = np.zeros((2, len(of.weight)), int)
    for i, c in product(range(parts), (0, 1)):
        places = [
            np.flatnonzero((of.channel == c) & (of.part == later % parts))
            for later in (i + 1, i)
        ]
        known = places[VALIDATION][of.background[places[VALIDATION]]]
        order = known[np.argsort(-scores[VALIDATION][known], kind="stable")]
        sums = np.maximum.accumulate(np.cumsum(of.weight[order]))
        tight = order[np.searchsorted(sums, SHARES * sums[-1])]
        cuts = scores[VALIDATION][tight]
        for level, score, rows in zip(found, scores, places, strict=True):
            passed = np.searchsorted(cuts, score[rows], "right")
            level[rows] = len(cuts) - passed
    return found


def yields(of, level, weight):
    """Events of each channel, level and species."""
    shape = (2, LEVELS, len(signals) + 1)
    place = np.ravel_multi_index((of.channel, level, of.species), shape)
    return np.bincount(place, weight, np.prod(shape)).reshape(shape)


def variances(of, level):
    """Variance of the background up to each level, copies counted as one event."""
    found = []
    for c in (0, 1):
        rows = of.background & (of.channel == c)
        scan = significance_scan(
            -level[rows], np.zeros(rows.sum()), of.weight[rows],
            -np.arange(LEVELS), original=of.original[rows],
        )  # fmt: skip
        found.append(scan.background_error**2)
    return np.array(found)


# %% [markdown]
# A cut is chosen by the signal's significance at the validation levels, and its significance at the test levels is the result. A cut
# may be chosen if it leaves {eval}`f"{least:g}"` effective background events. The bins of the likelihood go from the tightest level to
# the loosest, each as narrow as this number of events allows. Whether a cut or bin has enough simulated background is decided at the
# test levels, without a signal. That favours regions without heavy events, by less than the uncertainty with which such a background
# is known.


# %%
def enough(b, v):
    """Whether a background and its variance are worth enough events."""
    return (b > 0) & (b**2 >= least * v)


def bins_of(b, v):
    """First levels of the bins, for the background of each level and its variance."""
    first = [0]
    for k in range(1, len(b)):
        if enough(b[first[-1] : k].sum(), v[first[-1] : k].sum()):
            first.append(k)
    last = enough(b[first[-1] :].sum(), v[first[-1] :].sum())
    return first if last or len(first) == 1 else first[:-1]


# %% [markdown]
# The significance is that of {eq}`eq-za` with a relative background uncertainty, independent in each bin and channel. Bins
# and channels are added in quadrature. Independent uncertainties favour a method with many bins; counting above one cut has no such
# advantage. A region with fewer than {eval}`f"{least:g}"` effective background events has a dash.


# %%
def expected(s, b):
    """Significances at all background uncertainties (the first axis)."""
    known = (b > 0) & (s + b > 0)
    s, b = np.where(known, s, 0.0), np.where(known, b, 1.0)
    relative = np.reshape(uncertainties, (-1, *[1] * s.ndim))
    return np.where(known, z_asimov(s, b, relative * b), np.nan)


def together(z, axis):
    """Significances in quadrature."""
    square = (np.sign(z) * z**2).sum(axis=axis, keepdims=True)
    return np.sign(square) * np.sqrt(np.abs(square))


def best_levels(events, allowed):
    """The best level to cut at, (uncertainty, channel, 1, signal)."""
    above = events.cumsum(axis=1)
    z = expected(above[..., :-1], above[..., -1:])
    z = np.where(allowed[..., None] & np.isfinite(z), z, -np.inf)
    return z.argmax(axis=2)[:, :, None]


def up_to(best, x):
    """Sums up to these levels, (uncertainty, channel, signal)."""
    x = np.broadcast_to(x, (len(best), *x.shape[:2], best.shape[-1]))
    return np.take_along_axis(x, best, 2)[:, :, 0]


def by_cut(events, best):
    """Significance of counting what these cuts leave, (uncertainty, channel, signal)."""
    above = events.cumsum(axis=1)
    s, b = up_to(best, above[..., :-1]), up_to(best, above[..., -1:])
    return np.array([expected(s[u], b[u])[u] for u in range(len(best))])


def by_bins(events, bins):
    """Significance of all bins, (uncertainty, channel, signal)."""
    found = []
    for one, first in zip(events, bins, strict=True):
        binned = np.add.reduceat(one, first)
        found.append(together(expected(binned[:, :-1], binned[:, -1:]), 1))
    return np.concatenate(found, axis=1)


# %%
def replicated(of, seed=1):
    """Weights of all events and of bootstrap replicas of their originals."""
    random, number = np.random.default_rng(seed), pairs.original.max() + 1
    yield of.weight
    for _ in range(replicas):
        yield of.weight * random.poisson(1, number)[of.original]


def significances(of, level, fixed=False):
    """By cut and by bins, (way, replica, uncertainty, channel, signal); the first is no replica."""
    b = yields(of, level[TEST], of.weight)[..., -1]
    v = np.diff(variances(of, level[TEST]), prepend=0)
    allowed = enough(b.cumsum(axis=1), v.cumsum(axis=1))
    bins = [bins_of(*one) for one in zip(b, v, strict=True)]
    if fixed:  # one cut, below the first level
        allowed = allowed & (np.arange(LEVELS) == 0)
        bins = [[0, 1]] * 2
    filled = [
        enough(*(np.add.reduceat(one[c], first) for one in (b, v))).all()
        for c, first in enumerate(bins)
    ]
    unknown = ~np.array([allowed.any(axis=1), filled])
    found = []
    for weight in replicated(of):
        events = [yields(of, one, weight) for one in level]
        best = best_levels(events[VALIDATION], allowed)
        both = by_cut(events[TEST], best), by_bins(events[TEST], bins)
        both = np.where(unknown[:, None, :, None], np.nan, both)
        found.append(np.append(both, together(both, 2), axis=2))
    return np.swapaxes(found, 0, 1)


# %% [markdown]
# ## The methods
#
# - *Cut and count* has the five cuts of table 5.4 ({numref}`tab-cut-cuts`). It is one bin.
# - *Network* and *trees* learn all signal models at once, each with the same sum of weights.
# - *Trees with the mass* are trained on the same events with $m_{Z'}$ as a further input
#   ({numref}`Chapter %s <chap-model-independence>`), and are evaluated at the tested mass.
# - The *anomaly score* has seen background alone: the tails of eight energies towards high values, combined as in
#   {numref}`Chapter %s <chap-anomaly-search>`.
#
# The training weight of a background event with the physics weight $w_i$ is
#
# $$
# w_i \, \bigl(1 + W_i\bigr), \qquad W_i = \sum_{\text{copies of } i} w .
# $$ (eq-trained-variance)
#
# Its two terms are what an event adds to the variance of a count, $w_i$, and to the variance of the simulated expectation,
# $w_i W_i$. A region with few heavy events then costs in the training what it costs in the significance.

# %%
network = Network(epochs=epochs, patience=4, weighted_scaling=True)
grown = Trees(estimators, depth=3, learning_rate=0.2, l2=10.0)
energies = ("lep1pt", "lep2pt", "mll", "met", "met_sig", "mt", "mt2", "et")
tails = [Tails(energies, ("nbjets",), how) for how in ("tails", "shift")]
store = dataset.workspace.build / "tuning" / "28_comparison"
balanced = Weighting("signal_up_weighted")


def taught(of):
    """Weights to learn with: each signal alike, and the background's with its variance."""
    size = np.bincount(of.species, of.weight)[of.species]
    copies = np.bincount(of.original, of.weight)[of.original]
    return np.where(of.background, of.weight * (1 + copies), of.weight / size)


def thinned(of, alone=None):
    """Of how many events of its species one teaches, for each event."""
    most = np.append(np.full(len(signals), per_signal), backgrounds)
    if alone is not None:
        most[:-1] = np.where(np.array(signals) == alone, 10**9, 1)
    number = np.bincount(of.species) * (parts - 2) / parts
    return np.maximum(number // most, 1).astype(int)[of.species]


# %%
tried = experiments(search, taught(search), thinned(search))
untaught = experiments(search, search.weight)
values = tuple((name, masses[name]) for name in signals)
learners = {
    "network": (tried, {"model": network}),
    "trees": (tried, {}),
    "trees with the mass": (tried, {"model": Parametrised(grown, values)}),
    "anomaly score": (untaught, {"model": Combined(tuple(tails))}),
}
seeds = range(1, trainings + 1)
found = {
    name: [scored(of, seed, **choice) for seed in seeds]
    for name, (of, choice) in learners.items()
}

# %%
COUNT = "cut and count"
methods = [COUNT, *learners]
mass_of = np.array([hypotheses.index(masses[name]) for name in signals])


def at_mass(scores, m):
    """Scores under one hypothesis, where there are several."""
    return [one if one.ndim == 1 else one[:, m] for one in scores]


def all_significances(scores):
    """Significances, where there is a score for each mass with that of the signal."""
    if scores[0].ndim == 1:
        return significances(search, levels(search, *scores))
    each = [
        significances(search, levels(search, *at_mass(scores, m)))
        for m in range(len(hypotheses))
    ]
    return np.choose(mass_of, each)


passed = [
    column(search.events, name) > bound[name]
    for name in ("met_sig", "mt", "mll", "mt2")
]  # and without b-jets, as all events of the region
counted = np.where(np.all(passed, axis=0), 0, 1)
z = {COUNT: significances(search, [counted] * 2, fixed=True)[None]}
for name, scores in found.items():
    z[name] = np.array([all_significances(one) for one in scores])


# %%
def estimated(draws, way="bins", uncertainty=0, channel="both", of=signal):
    """Significance with the errors of events and trainings."""
    place = uncertainty, CHANNEL.index(channel), signals.index(of)
    draws = draws[:, ("cut", "bins").index(way), :, *place]
    mean = draws.mean(axis=0)
    by_seed = draws[:, 0] if trainings > 1 else None
    return Estimate.of(mean[0], mean[1:], by_seed)


def event_count(rows):
    """Expected events of some rows of the search region."""
    return total(search.weight[rows], search.original[rows])


of_background = {
    channel: event_count(search.background & (search.channel == c))
    for c, channel in enumerate(CHANNELS)
}
left = {
    channel: event_count(
        search.background & (search.channel == c) & (counted == 0)
    )
    for c, channel in enumerate(CHANNELS)
}

# %% [markdown]
# :::{table} Events and trainings of this chapter. Events are simulated; the effective number of events is that of equal weight with the same relative uncertainty.
# :name: tab-comparison-setup
#
# | quantity | ee | μμ |
# |---|---|---|
# | expected background, search region | {eval}`of_background["ee"]` | {eval}`of_background["mumu"]` |
# | effective | {eval}`f"{of_background['ee'].effective:,.0f}"` | {eval}`f"{of_background['mumu'].effective:,.0f}"` |
# | expected background, cut and count | {eval}`left["ee"]` | {eval}`left["mumu"]` |
# | effective | {eval}`f"{left['ee'].effective:,.0f}"` | {eval}`f"{left['mumu'].effective:,.0f}"` |
# :::
#
# The profile is {eval}`profile`, with {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ and {eval}`f"{len(signals):d}"` signal
# samples. At most {eval}`f"{per_signal:,.0f}"` events of each signal train a model, and each setting and part has
# {eval}`"one training" if trainings == 1 else f"{trainings:d} trainings"`. Errors come from a bootstrap of the original
# events and, with more trainings than one, from the trainings. The network has one hidden layer and the thesis's learning rate,
# and is not tuned: whether trees are better than networks is not asked.
#
# ## One signal: significance against the cut
#
# {numref}`fig-comparison-scan` is the counterpart of figures 5.28 and 5.29: the significance of
# *{eval}`dataset.labels[signal]`* against the cut, as the share of the search region's background that is left.


# %%
def scan_of(name):
    """Share of the background up to each level, and the significances there."""
    number = signals.index(signal)
    scores = at_mass(found[name][0], mass_of[number])
    level = levels(search, *scores)[TEST]
    draws = []
    for weight in replicated(search):
        above = yields(search, level, weight).cumsum(axis=1)
        one = expected(above[..., number], above[..., -1])
        draws.append(np.append(one, together(one, 1), axis=1))
    b = yields(search, level, search.weight)[..., -1].cumsum(axis=1)
    good = enough(b, variances(search, level))
    good = np.vstack([good, good.all(axis=0)])
    share = b / b[:, -1:]
    share = np.vstack([share, share.mean(axis=0)])
    values = np.where(good, draws[0], np.nan)
    return share, values, np.std(draws[1:], axis=0, ddof=1)


scans = {name: scan_of(name) for name in learners}

# %% mystnb={"figure": {"name": "fig-comparison-scan"}, "image": {"alt": "Rows of panels for background uncertainties and columns for electrons, muons and both: lines of significance against the share of the background that is left, one for each method, with a star for cut and count."}} tags=["hide-input"]
rows = len(uncertainties)
options = {
    "style": CENTRED,
    "sharex": True,
    "sharey": "row",
    "squeeze": False,
}
with drawing(rows, 3, figsize=(8.4, 0.9 + 2.1 * rows), **options) as (
    figure,
    grid,
):
    for (u, c), axes in np.ndenumerate(grid):
        for name, (x, y, error), style in lines(scans, "os^D"):
            place = x[c], y[u, c], error[u, c]
            axes.errorbar(*place, label=name, ms=3, elinewidth=1, **style)
        star = estimated(z[COUNT], "cut", u, CHANNEL[c])
        b = [left[one].value / of_background[one].value for one in CHANNELS]
        place = [*b, np.mean(b)][c]
        axes.errorbar(
            place, star.value, star.error, fmt="k*", ms=9, label=COUNT
        )
        axes.set(xscale="log")
        if u == 0:
            axes.set_title(("ee", "μμ", "both")[c])
        if c == 0:
            axes.set_ylabel(f"Z, {uncertainties[u]:.0%} on background")
        if u == rows - 1:
            axes.set_xlabel("background left")
    keys = grid[0, 0].get_legend_handles_labels()
    figure.legend(*keys, loc="outside upper left", ncols=5)
figure

# %% [markdown] tags=["caption"]
# Expected significance of the chosen signal against the share of the search region's background that a cut on the score
# leaves. Columns: channels; rows: relative uncertainty of the background. Errors are statistical; points with fewer than
# {eval}`f"{least:g}"` effective background events are left out. Compare lines with the star at the same share.

# %% mystnb={"figure": {"name": "tab-comparison-signal"}} tags=["hide-input"]
WORDS = dict(zip(CHANNEL, ("ee", "μμ", "both"), strict=True))


def for_signal(way):
    """Significances of the chosen signal at all uncertainties."""
    return pd.DataFrame([
        {"channel": WORDS[channel], "method": name} | {
            f"{one:.0%}": estimated(z[name], way, u, channel)
            for u, one in enumerate(uncertainties)
        }
        for channel in CHANNEL for name in methods
    ])  # fmt: skip


tables.styled(for_signal("cut"), "signal")

# %% [markdown] tags=["caption"]
# Expected significance of the chosen signal by counting events above the cut that the validation levels choose, for the
# background uncertainties in the heads of the columns. A dash: no cut leaves enough effective background.

# %% mystnb={"figure": {"name": "tab-comparison-bins"}} tags=["hide-input"]
tables.styled(for_signal("bins"), "bins")

# %% [markdown] tags=["caption"]
# The same from the likelihood of all bins of the score. Cut and count has one bin for what passes and one for the rest.

# %%
SHOWN = min(1, len(uncertainties) - 1)  # place of what follows
by_all_bins = {name: estimated(z[name]) for name in methods}


def largest(of, channel="both"):
    """The largest defined significance, and its method."""
    each = [estimated(z[one], "bins", SHOWN, channel, of) for one in methods]
    known = [
        pair
        for pair in zip(methods, each, strict=True)
        if np.isfinite(pair[1].value)
    ]
    none = ("none", Estimate(np.nan, np.nan))
    return max(known, key=lambda pair: pair[1].value, default=none)


winner = max(
    (one for one in learners if np.isfinite(by_all_bins[one].value)),
    key=lambda one: by_all_bins[one].value, default="trees",
)  # fmt: skip
gain = by_all_bins[winner] - by_all_bins[COUNT]
where = "above" if gain.value > 0 else "below"
by_gain = report.verdict(
    gain,
    seen=f"is {where} cut and count",
    unseen="does not differ visibly from cut and count",
    undefined="cannot be compared with cut and count",
)

# %% [markdown]
# Without a background uncertainty, the score with the largest significance from its bins is that of *{eval}`winner`*, with
# {eval}`by_all_bins[winner]` in both channels together. It {eval}`by_gain`: the difference is {eval}`gain`.
#
# ## All signal models
#
# The significance at the predicted cross section falls by many orders of magnitude from light to heavy $Z'$. A ratio to cut
# and count does not depend on the cross section as long as the signal is small against the background.

# %%
kinds = {}
for name in signals:
    kinds.setdefault(name.rpartition("_")[0], []).append(name)


def ratio(method, of, channel="both"):
    """Significance from bins over that of cut and count."""
    pair = (
        estimated(z[one], "bins", SHOWN, channel, of)
        for one in (method, COUNT)
    )
    return next(pair) / next(pair)


ratios = {
    method: {of: ratio(method, of) for of in signals} for method in learners
}

# %% mystnb={"figure": {"name": "fig-comparison-models"}, "image": {"alt": "A panel for each theory and dark sector: ratio of significances to cut and count against the mass of the Z prime on logarithmic axes, a line with markers and error bars for each method."}} tags=["hide-input"]
down = -(-len(kinds) // 2)
options = {"style": CENTRED, "sharex": True, "sharey": True, "squeeze": False}
with drawing(down, 2, figsize=(8.4, 0.9 + 2.4 * down), **options) as (
    figure,
    grid,
):
    for axes, (kind, names) in zip(grid.flat, kinds.items(), strict=False):
        for i, (method, of, style) in enumerate(lines(ratios, "os^D")):
            x = [masses[one] * 1.02**i for one in names]
            y, error = zip(
                *((of[one].value, of[one].error) for one in names),
                strict=True,
            )
            axes.errorbar(x, y, error, label=method, capsize=2, ms=5, **style)
        axes.axhline(1, color="#777777", lw=0.9)
        axes.set(
            title=kind.replace("_", " ").upper(), xscale="log", yscale="log"
        )
        axes.set_xticks(
            hypotheses, [f"{m:g}" for m in hypotheses], rotation=45
        )
        axes.set_xticks([], minor=True)
    for axes in grid[-1]:
        axes.set_xlabel("$m_{Z'}$ [GeV]")
    figure.supylabel("Z over that of cut and count", fontsize=12)
    keys = grid[0, 0].get_legend_handles_labels()
    figure.legend(*keys, loc="outside upper left", ncols=4)
figure

# %% [markdown] tags=["caption"]
# Expected significance from all bins, ee and μμ together, over that of cut and count, with a background uncertainty of
# {eval}`f"{uncertainties[SHOWN]:.0%}"`, for dark Higgs (DH), light vector (LV) and contact terms (EFT) with a heavy (HDS) and
# a light dark sector (LDS). Errors take into account that both significances use the same events. The line is at equal significance.

# %% mystnb={"figure": {"name": "tab-comparison-models"}} tags=["hide-input"]
listed = pd.DataFrame([
    {
        "signal": name.replace("_", " ").upper(),
        "Z, cut and count": estimated(z[COUNT], "bins", SHOWN, of=name),
    } | {method: ratios[method][name] for method in learners}
    for name in signals
])  # fmt: skip
tables.styled(listed, "models", "{:.1u}".format)

# %% [markdown] tags=["caption"]
# Every signal model: expected significance of cut and count with a background uncertainty of
# {eval}`f"{uncertainties[SHOWN]:.0%}"`, ee and μμ together, and the significance of the other methods over it. Names are those of
# {numref}`fig-comparison-models`, with $m_{Z'}$ in GeV.

# %% mystnb={"figure": {"name": "tab-comparison-best"}} tags=["hide-input"]
best = {
    channel: {of: largest(of, channel) for of in signals}
    for channel in CHANNEL
}
listed = pd.DataFrame([
    {"signal": name.replace("_", " ").upper()} | {
        f"{words}{what}": best[channel][name][place]
        for channel, words in WORDS.items()
        for place, what in ((0, ""), (1, ", Z"))
    }
    for name in signals
])  # fmt: skip
tables.styled(listed, "best", "{:.1u}".format)

# %% [markdown] tags=["caption"]
# The method with the largest significance for each signal model and channel, by bins with a background uncertainty of
# {eval}`f"{uncertainties[SHOWN]:.0%}"`. The choice of the largest is made on the events that give it; the next may be compatible.

# %%
wins = {
    method: sum(pair[0] == method for pair in best["both"].values())
    for method in methods
}
most_often = max(wins, key=wins.get)
faint = sum(not pair[1].value >= 1 for pair in best["both"].values())
heavy = max(signals, key=masses.get)
at_heavy = {method: ratios[method][heavy] for method in learners}


def compared(change, better, worse, same, undefined):
    """Words for a change that is better where it is positive."""
    seen = better if change.value > 0 else worse
    return report.verdict(change, seen=seen, unseen=same, undefined=undefined)


by_mass, knows = {}, {}
for of in (signal, heavy):
    pair = (
        estimated(z[one], of=of) for one in ("trees with the mass", "trees")
    )
    by_mass[of] = next(pair) - next(pair)
    knows[of] = compared(
        by_mass[of],
        "a larger significance than without",
        "a smaller significance than without",
        "no visibly different significance",
        "no significance to compare",
    )

# %% [markdown]
# The method with the largest significance for the most models is *{eval}`most_often`*, for {eval}`f"{wins[most_often]:d}"` of
# {eval}`f"{len(signals):d}"` ({numref}`tab-comparison-best`). Cut and count has it for {eval}`f"{wins[COUNT]:d}"`. It was designed at
# {eval}`f"{quoted.get('guevara.section_5_4.z_prime_mass').value:g}"` GeV. A heavier $Z'$ can be selected with less background
# than its cuts leave.
#
# With the mass as an input and without a background uncertainty, trees have {eval}`knows[signal]` for
# *{eval}`dataset.labels[signal]`*; the difference is {eval}`by_mass[signal]`. For *{eval}`dataset.labels[heavy]`* they have
# {eval}`knows[heavy]`. A selection at a mass near that
# of most background events contains fewer and heavier simulated events than one at high momenta, and its bins have to be
# larger. The limit is then the simulation, not the method.
#
# ## Why the thesis's networks lost to its cuts
#
# The thesis trains on all signal models at once. Each signal event has a weight of one and each background event that of the
# ratio of the numbers of events. Its grids count what scores above {eval}`f"{quoted.get('guevara.section_5_2_6.score_cut').value:g}"`.
# {numref}`tab-comparison-ladder` starts from this recipe in the whole dilepton region and removes one cause at a time. *A chosen cut*
# is that of the validation levels, *shape* takes all bins, and *variance as weight* is {eq}`eq-trained-variance`. A step includes
# those above it, and what it gains may depend on their order.

# %%
cut_score = quoted.get("guevara.section_5_2_6.score_cut").value
mine = replace(balanced, signals=(signal,))
everywhere = experiments(wide, wide.weight, thinned(wide))
alone = thinned(wide, signal), thinned(search, signal)
in_wide = experiments(wide, wide.weight, alone[0])
in_search = experiments(search, search.weight, alone[1])
with_variance = experiments(search, taught(search), alone[1])
net = {"model": network}
steps = {
    "the thesis's recipe": (
        wide,
        everywhere,
        net | {"weighting": Weighting("ratio")},
        "fixed",
    ),
    "+ physics weights": (wide, everywhere, net, "fixed"),
    "+ its signal alone": (wide, in_wide, net | {"weighting": mine}, "fixed"),
    "+ a chosen cut": (wide, in_wide, net | {"weighting": mine}, "cut"),
    "+ shape": (wide, in_wide, net | {"weighting": mine}, "bins"),
    "+ search region": (search, in_search, net | {"weighting": mine}, "bins"),
    "+ variance as weight": (
        search,
        with_variance,
        net | {"weighting": mine},
        "bins",
    ),
    "+ trees": (search, with_variance, {"weighting": mine}, "bins"),
    "+ all signals again": (search, tried, {}, "bins"),
}


# %%
@cache
def of_step(step):
    """Significances of a step for each training."""
    of, tried, choice, way = steps[step]
    draws = []
    for seed in seeds:
        scores = scored(tried, seed, **choice)
        if way == "fixed":
            level = [np.where(one >= cut_score, 0, 1) for one in scores]
        else:
            level = levels(of, *scores)
        draws.append(significances(of, level, fixed=way == "fixed"))
    return np.array(draws)


def of_steps(channel="both", uncertainty=0):
    """Significance of each step, cut and count first."""
    found = {COUNT: estimated(z[COUNT], "cut", uncertainty, channel)}
    for step, (*_, way) in steps.items():
        way = "bins" if way == "bins" else "cut"
        found[step] = estimated(of_step(step), way, uncertainty, channel)
    return found


ladder = {words: of_steps(channel) for channel, words in WORDS.items()}
names = list(steps)
told = [
    one
    for one in reversed(ladder)
    if np.isfinite(ladder[one][names[0]].value)
]
judged = told[0] if told else "both"  # a channel that the recipe is known in
of_judged = ladder[judged]
changes = {
    after: of_judged[after] - of_judged[before]
    for before, after in pairwise(names)
}
uncertain = of_steps(CHANNEL[list(ladder).index(judged)], SHOWN)

# %% mystnb={"figure": {"name": "tab-comparison-ladder"}} tags=["hide-input"]
listed = pd.DataFrame([
    {"step": step} | {words: of[step] for words, of in ladder.items()}
    | {f"change, {judged}": changes.get(step, np.nan)}
    | {f"{judged}, {uncertainties[SHOWN]:.0%}": uncertain[step]}
    for step in (COUNT, *names)
])  # fmt: skip
tables.styled(listed, "ladder")

# %% [markdown] tags=["caption"]
# From the thesis's recipe to trees in the search region, for *{eval}`dataset.labels[signal]`*: expected significance with a background
# known exactly, by channel, the change by each step on the same events, and the significance with a background
# uncertainty. A dash: too little effective background.

# %% mystnb={"figure": {"name": "fig-comparison-ladder"}, "image": {"alt": "Horizontal points with error bars, a row for each step from the thesis's recipe to trees in the search region, and one for cut and count."}} tags=["hide-input"]
by_row(ladder, xlabel="expected significance")

# %% [markdown] tags=["caption"]
# The steps of {numref}`tab-comparison-ladder`, with a background known exactly. Compare each row with that of cut and count.

# %%
below = of_judged[names[0]] - of_judged[COUNT]
claim = compared(
    below,
    "not repeated: the recipe is above cut and count",
    "repeated: the recipe is below cut and count",
    "not repeated: no difference is seen",
    "not tested: the recipe leaves too little effective background",
)
reason = compared(
    changes["+ its signal alone"],
    "confirmed",
    "contradicted: it lowers the significance",
    "not confirmed: no effect is seen",
    "not tested",
)
again = compared(
    changes["+ all signals again"], "raises it", "lowers it",
    "does not visibly change it", "has no defined effect on it",
)  # fmt: skip
known = {
    one: change
    for one, change in changes.items()
    if np.isfinite(change.value)
}
key = max(known, key=lambda one: known[one].value, default=names[-1])
end = of_judged[names[-1]] - of_judged[COUNT]
by_end = compared(
    end, "is above cut and count", "is below cut and count",
    "does not differ visibly from cut and count", "cannot be compared with cut and count",
)  # fmt: skip
printed_z = printed.significances().loc[("μμ", "dark Higgs"), "printed"]
axis = quoted.get("guevara.figure_5_28.axis_end").value

# %% [markdown]
# What follows is for the channel *{eval}`judged`*, the first of both, μμ and ee in which the recipe leaves enough effective
# background for a significance.
#
# - *Learning is less significant than cut and count* (figures 5.28 and 5.29, muons). The axis of figure 5.28 ends at
#   {eval}`f"{axis:g}"`, and cut and count has {eval}`f"{printed_z:g}"`. This is {eval}`claim`.
# - *The reason is the training on all models at once*, the thesis's own explanation. As a cause it is {eval}`reason` with a network in the
#   whole region: the signal alone changes the significance by {eval}`changes["+ its signal alone"]`. With trees in the
#   search region, going back to all signals {eval}`again` ({eval}`changes["+ all signals again"]`).
# - *Other causes.* The step with the largest gain is "{eval}`key`", {eval}`changes[key]`. The shape of the score changes the
#   significance by {eval}`changes["+ shape"]`.
# - *Contact terms have no event* (tables 5.5 and 5.6). Ours have another cross section, and the yields can't be compared.
#
# In the end the significance {eval}`by_end`; the difference is {eval}`end`. A fixed score is a share of signal in the training mixture,
# which has no relation to the cross sections, so nothing makes it a good cut. The remaining limit is the number of simulated events:
# above a tight cut, single Drell-Yan or top events with large weights can be most of the background, and then neither a cut nor a bin
# can be used there.
#
# ## Conclusions
#
# - **Which method.** For *{eval}`dataset.labels[signal]`* and without a background uncertainty, the score of *{eval}`winner`* {eval}`by_gain`.
#   The difference is {eval}`gain`. Over all models, *{eval}`most_often`* has the largest significance most often ({numref}`tab-comparison-models`); for
#   {eval}`f"{faint:d}"` of them even the largest is below one with the uncertainty of {numref}`tab-comparison-best`.
# - **Why the thesis's networks lost.** Its comparison is {eval}`claim`. The largest step from its recipe to trees in the search region is
#   "{eval}`key`" ({numref}`tab-comparison-ladder`).
# - **Without a signal.** The anomaly score has {eval}`ratio("anomaly score", signal)` times the significance of cut and count
#   for this signal with the same uncertainty, and {eval}`at_heavy["anomaly score"]` times for *{eval}`dataset.labels[heavy]`*.
#
# The need for a chosen cut and for simulated events in the tail can be expected in other searches. The numbers belong to our
# samples, leading-order and with an assumed detector, and to a background uncertainty that is the same for all methods. A
# method that uses tighter regions may have a larger one. Regions with fewer than {eval}`f"{least:g}"` effective background events may
# be better still; our simulation cannot say. {numref}`Chapter %s <chap-limits>` turns these scores into limits.

# %% tags=["remove-cell"]
for name in signals:
    report.record(f"best_{name}", best["both"][name][1])
    report.record(f"best_method_{name}", best["both"][name][0])
    report.record(f"trees_{name}", ratios["trees"][name])
    report.record(f"with_mass_{name}", ratios["trees with the mass"][name])
for name in methods:
    report.record(f"wins_{name.replace(' ', '_')}", wins[name], "d")
for name, step in {"cut_and_count": COUNT, "recipe": names[0]}.items():
    report.record(name, of_judged[step])
report.record("best_of_ladder", of_judged[names[-1]])
report.record("ladder_gain", end)
report.record("gain", gain)
report.record(
    "best_method",
    f"{most_often}, for {wins[most_often]} of {len(signals)} models",
)
report.record(
    "guevara_figure_5_28",
    report.agreement(by_all_bins[COUNT] - by_all_bins["trees"]),
)
report.record("guevara_figure_5_29", report.agreement(-1 * below))
