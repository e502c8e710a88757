# %% [markdown]
# (chap-boosted-trees)=
# # Boosted trees
#
# What does a boosted tree compute, and how does it differ from a series of cuts? Guevara's thesis
# {cite}`guevara2023` trains trees with XGBoost and leaves their theory as a sketch, but depth, learning rate, weights
# and missing values can only be judged by the formula that chooses a split. This chapter
# derives that formula, implements it in NumPy, compares the result with XGBoost split by split
# ({numref}`tab-tree-splits`), and shows a single tree as a set of cuts on two features ({numref}`tab-tree-leaves`).

# %% lepsearch={"learns": ["dark_higgs", "light_vector", "inelastic_eft"], "reads": ["dilepton"]} nbmake={"mock": {"estimators": 10, "profile": "smoke", "small": 300}} tags=["parameters"]
profile = "embedded"
# groups or samples of signals; trained on
models = ["dark_higgs", "light_vector", "inelastic_eft"]
# [100, 1e12]; events of the training part, at most, roughly
train_events = 40_000
# [100, 1e6]; training events of the comparison with XGBoost
small = 4_000
# [2, 100000]; trees, at most
estimators = 100
# (0, 10]; eta, the last with its score drawn
rates = [1.0, 0.3, 0.1]
# [2, 65536]; intervals of each feature, the first the reference
bins = [256, 64, 16, 4]
# [0, 4294967295]; of the samples that are drawn
seed = 1

# %%
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from scipy.special import expit

from lepsearch.book import tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn.experiment import Experiment
from lepsearch.learn.learning import learning_set
from lepsearch.learn.measures import auc_of, differences
from lepsearch.learn.training_weights import Weighting
from lepsearch.learn.trees import Trees
from lepsearch.plotting.style import CENTRED, drawing, lines
from lepsearch.stats.estimate import total

padding = quoted.get("guevara.section_5_2_1.padding").value
NAMES = {"mt2": "$m_{T2}$", "met": r"$E_T^\mathrm{miss}$"}
NAMES |= {"jet1pt": "$p_T$ of the leading jet"}
dataset = Dataset.open(profile)
events = learning_set(
    dataset, models, features=list(NAMES), train_events=train_events
)
weighting = Weighting("signal_up_weighted")
store = dataset.workspace.build / "tuning" / "05_boosted_trees"
trees = Trees(estimators, depth=3, seed=seed)
experiment = Experiment(events, trees, store, weighting)
train, validation, test = map(events.of, ("train", "validation", "test"))
train, validation = (
    replace(one, training_weight=weighting(one))
    for one in (train, validation)
)

# %% [markdown]
# :::{table} Events of this chapter. They are simulated and in the dilepton region.
# :name: tab-tree-setup
#
# | quantity | value |
# |---|---|
# | profile | {eval}`profile` |
# | background and signal events, training part | {eval}`f"{(~train.label).sum():,d}"` and {eval}`f"{train.label.sum():,d}"` |
# | validation part | {eval}`f"{(~validation.label).sum():,d}"` and {eval}`f"{validation.label.sum():,d}"` |
# | test part | {eval}`f"{(~test.label).sum():,d}"` and {eval}`f"{test.label.sum():,d}"` |
# | signal models | {eval}`len(events.signals)` |
# | training weights | physics weights, negative ones set to zero, the signal scaled to the sum of the background |
# | features | {eval}`"; ".join(NAMES.values())` |
# | events without a jet, test part | {eval}`f"{np.isnan(test.features[:, 2]).sum():,d}"` |
# :::
#
# ## Regression trees
#
# A regression tree {cite}`breiman1984` asks one question after another of the form $x_k < c$, with one
# feature $k$ and one cut $c$ each. The answers lead every event to one of $J$ *leaves*. The leaves are
# boxes $R_j$ in the space of the features, they don't overlap, and the tree has one value in each:
#
# $$
# T(x) = \sum_{j=1}^{J} a_j \, [x \in R_j] .
# $$ (eq-tree)
#
# The *depth* is the largest number of questions on the way to a leaf, so there are at most
# $2^\mathrm{depth}$ leaves. Only the order of a feature's values matters: no monotone transformation of
# a feature changes the tree, and features need not be scaled.
#
# For given boxes the best values are easy to find: for a sum of squares, $a_j$ is the mean of the targets in
# $R_j$. The best boxes are not, because the number of trees grows too fast to try all. Trees are therefore grown
# *greedily*. Each box is split by the one cut that improves the sum most, and both halves are split in
# turn.
#
# ## Gradient boosting
#
# A single tree is coarse. *Boosting*, which began with reweighted classifiers {cite}`freund1997`, adds many. Friedman
# {cite}`friedman2001` formulated it as descent in the space of functions. Let $F(x)$ be the log-odds of
# an event to be signal, $p = 1/(1 + e^{-F})$ its score, and $y$ its label, one for signal and zero for
# background. The loss is the cross-entropy with training weights $w_i$,
#
# $$
# L = \sum_i w_i\, \ell(y_i, F(x_i)), \qquad \ell = -y \ln p - (1 - y) \ln (1 - p) .
# $$ (eq-tree-loss)
#
# If the value of $F$ could be chosen for each training event, the steepest descent would go along
# $-g_i$, minus the derivative of $L$ with respect to $F(x_i)$. A step has to be a function of
# $x$ to apply to other events. Friedman fits a regression tree to the values $-g_i$ and adds a part of it,
#
# $$
# F \to F + \eta\, T .
# $$ (eq-tree-step)
#
# The learning rate $\eta$ shrinks every step. Smaller steps need more trees and usually give a lower loss on
# other events ({numref}`fig-tree-loss`).
#
# ## Second-order boosting and the gain of a split
#
# XGBoost {cite}`chen2016` chooses the boxes and values of the next tree by the loss itself, to second
# order in the tree. The derivatives of {eq}`eq-tree-loss` are
#
# $$
# g_i = w_i\,(p_i - y_i), \qquad h_i = w_i\, p_i\,(1 - p_i),
# $$ (eq-tree-derivatives)
#
# and with $G_j$ and $H_j$, their sums over the events in $R_j$, the loss of $F + T$ becomes
#
# $$
# L + \sum_{j=1}^{J} \left[ G_j a_j + \tfrac12 (H_j + \lambda)\, a_j^2 \right] + \gamma J .
# $$ (eq-tree-second)
#
# The penalties $\lambda$ on large values and $\gamma$ on each leaf are added by hand. Each $a_j$ appears in one bracket, a parabola.
# Its minimum is at
#
# $$
# a_j = -\frac{G_j}{H_j + \lambda}, \quad\text{where the bracket is}\quad -\frac12 \frac{G_j^2}{H_j + \lambda} .
# $$ (eq-tree-leaf)
#
# A split replaces one leaf with the sums $G$, $H$ by two, with $G_L + G_R = G$ and $H_L + H_R = H$. The
# loss falls by
#
# $$
# \frac12 \left[ \frac{G_L^2}{H_L + \lambda} + \frac{G_R^2}{H_R + \lambda}
#   - \frac{G^2}{H + \lambda} \right] - \gamma .
# $$ (eq-tree-gain)
#
# Of all features and cuts, the one with the largest fall is taken. XGBoost calls the square bracket the *gain*, and
# keeps a split whose gain exceeds its parameter `gamma`. It also requires both halves to have
# $H \geq$ `min_child_weight`. At the first tree $h_i = w_i/4$, so this requirement depends on the scale
# of the weights. The penalty $\lambda$ does as well: multiplying all weights by a constant changes the trees.
#
# For squares, $\ell = (y - F)^2/2$, the derivatives are $g_i = w_i (F - y_i)$ and $h_i = w_i$. Without
# $\lambda$, {eq}`eq-tree-leaf` is then the weighted mean of the residuals, and {eq}`eq-tree-gain` the
# fall of the sum of squares: the regression tree is a special case.
#
# With negative weights $H_j + \lambda$ can become small or negative, and the parabola then has no minimum.
# XGBoost refuses such weights.
#
# ## Histograms and missing values
#
# All cuts of a feature could be tried by sorting its values in every box. XGBoost's `hist` method sorts only once. It
# divides each feature into bins of nearly equal weight and replaces values by the numbers of
# their bins. A box then needs one pass over its events to fill two histograms for each feature, of $g$ and of
# $h$. Their cumulative sums are $G_L$ and $H_L$ for all cuts at once.
#
# An event without a jet has no jet momentum. It is in no bin, so a split needs a second decision: events
# without the feature all go left or all go right. Both are tried for each cut, with their sums added
# to either side, and the larger gain wins. The direction is stored in the tree. No number has to be
# invented, unlike in {numref}`Chapter %s <chap-padding>`.
#
# ## A small booster in NumPy
#
# The functions below implement {eq}`eq-tree-derivatives` to {eq}`eq-tree-gain`, with bins and missing
# values. A row of `binned` has an event's bin numbers, NaN where the feature is absent.

# %%
some = np.random.default_rng(seed).permutation(len(train))[:small]
some = train.take(np.sort(some))
shares = np.linspace(0, 1, 33)[1:-1]
edges = [np.unique(np.nanquantile(one, shares)) for one in some.features.T]
binned = np.full(some.features.shape, np.nan)
for k, values in enumerate(some.features.T):
    here = ~np.isnan(values)
    binned[here, k] = np.searchsorted(edges[k], values[here], side="right")
n_bins = len(shares) + 1
depth, eta, l2, least = 3, 0.3, 1.0, 1.0  # least: min_child_weight


# %%
def derivatives(margin, label, weight):
    """First and second derivative of each event's loss."""
    p = 1 / (1 + np.exp(-margin))
    return weight * (p - label), weight * p * (1 - p)


def quality(G, H):
    """Twice what a box lowers the loss by."""
    return G**2 / (H + l2)


# %%
def cuts_of(column, g, h):
    """Gain of each cut of a feature, absent values right, then left."""
    absent, G, H = np.isnan(column), g.sum(), h.sum()
    number = column[~absent].astype(int)
    sums = [
        np.bincount(number, one[~absent], n_bins).cumsum() for one in (g, h)
    ]
    for go_left in [False, True][: 1 + absent.any()]:
        GL, HL = (
            below + go_left * one[absent].sum()
            for below, one in zip(sums, (g, h), strict=True)
        )
        gain = quality(GL, HL) + quality(G - GL, H - HL) - quality(G, H)
        yield go_left, np.where(np.minimum(HL, H - HL) < least, 0, gain)


# %%
def best_split(columns, g, h):
    """Gain, feature, cut and direction of absent values of the best split."""
    return max(
        (gain.max(), k, gain.argmax() + 1, go_left)
        for k, column in enumerate(columns.T)
        for go_left, gain in cuts_of(column, g, h)
    )


# %%
def grow(g, h):
    """Grow one tree: its splits by node, and the value for each event."""
    splits, value = {}, np.zeros(len(g))
    nodes = [(np.arange(len(g)), 0)]
    for node, (rows, level) in enumerate(nodes):  # the list grows meanwhile
        gain, k, cut, go_left = best_split(binned[rows], g[rows], h[rows])
        if level < depth and gain > 1e-6:
            column, H = binned[rows, k], h[rows].sum()
            left = np.where(np.isnan(column), go_left, column < cut)
            nodes += [(rows[left], level + 1), (rows[~left], level + 1)]
            splits[node] = some.names[k], cut, go_left, gain, H
        else:
            value[rows] = -g[rows].sum() / (h[rows].sum() + l2)
    return splits, value


# %%
margin, made = np.zeros(len(some)), {}
weight = some.training_weights
for number in range(5):
    splits, value = grow(*derivatives(margin, some.label, weight))
    margin += eta * value
    made |= {(number, node): split for node, split in splits.items()}
columns = ["feature", "cut", "absent left", "gain", "H"]
ours = pd.DataFrame.from_dict(made, orient="index", columns=columns)
ours.index = pd.MultiIndex.from_tuples(ours.index, names=["Tree", "Node"])

# %% [markdown]
# XGBoost gets the same bin numbers, so both choose among the same cuts. {numref}`tab-tree-splits` lists the
# splits of the first tree. The nodes are numbered from the root (0), level by level.

# %%
same = replace(some, features=binned.astype(np.float32))
theirs = Trees(5, depth, eta, l2, least, seed=seed).fit(same, same)
nodes = theirs.booster.trees_to_dataframe()
nodes = nodes[nodes["Feature"] != "Leaf"].set_index(["Tree", "Node"])
both = ours.join(nodes, how="outer")
both["relative"] = (both["gain"] / both["Gain"] - 1).abs()
both["same"] = both["feature"] == both["Feature"]
both["same"] &= both["relative"] < 1e-4
apart = np.abs(expit(margin) - theirs.scores(same)).max()

# %% mystnb={"figure": {"name": "tab-tree-splits"}}
first = both.loc[0].rename_axis("node").reset_index()
number = first["cut"].fillna(0).astype(int)
first["cut [GeV]"] = [
    edges[some.names.index(name)][cut - 1] if 0 < cut < n_bins else np.nan
    for name, cut in zip(first["feature"], number, strict=True)
]
first["feature"] = first["feature"].map(NAMES)
first["absent go"] = np.where(first["absent left"], "left", "right")
heads = {"Gain": "gain, XGBoost", "same": "same split"}
shown = ["node", "feature", "cut [GeV]", "absent go", "gain", *heads, "H"]
first = first[shown].rename(columns=heads)
tables.styled(first, "splits", ".3f", **{"cut [GeV]": ".1f"})

# %% [markdown] tags=["caption"]
# Splits of the first tree by the booster in NumPy: the feature, the cut (smaller values go left), the direction of
# absent values, the gain in both programs and the sum of second derivatives. A dash in the column of cuts
# marks a split between events with the feature and those without.

# %% [markdown]
# Of the {eval}`len(both)` splits of five trees, {eval}`f"{int(both['same'].sum()):d}"` are the same
# in both programs, by feature and gain. (Between empty bins a cut can lie anywhere, with the same halves.) XGBoost keeps
# derivatives in single precision, so the gains are not equal to the last digit. The final scores differ by at most
# {eval}`f"{apart:.0e}"`.
#
# ## One tree is a set of cuts
#
# {numref}`fig-tree-cuts` shows one tree of depth three on $m_{T2}$ and $E_T^\mathrm{miss}$. Every leaf is a signal
# region with a lower and an upper cut on each feature ({numref}`tab-tree-leaves`). Cut and count keeps the
# events on one side of each cut and discards the rest. A tree keeps all regions and orders them by
# their score, so a cut on the score unites regions.

# %%
one = Trees(1, 3, learning_rate=1, features=("mt2", "met"), seed=seed)
single = one.fit(train, validation)
nodes = single.booster.trees_to_dataframe().set_index("ID")
everywhere = {"mt2": (0, np.inf), "met": (0, np.inf)}


def leaves(box, place="0-0"):
    """Boxes of the leaves below a node, with their scores."""
    node = nodes.loc[place]
    name, cut = node["Feature"], node["Split"]
    if name == "Leaf":
        return [box | {"score": expit(node["Gain"])}]
    low, high = box[name]
    below, above = box | {name: (low, cut)}, box | {name: (cut, high)}
    return leaves(below, node["Yes"]) + leaves(above, node["No"])


boxes = sorted(leaves(everywhere), key=lambda box: -box["score"])

# %% mystnb={"figure": {"name": "fig-tree-cuts"}, "image": {"alt": "A plane of stransverse mass and missing transverse momentum, divided into up to eight rectangles that are darker the higher their score. Points of background crowd at small values, those of signal extend to large ones."}} tags=["hide-input"]
limits = {"mt2": 250, "met": 500}
random = np.random.default_rng(seed)
with drawing(style=CENTRED, figsize=(7.2, 5.2)) as (figure, axes):
    for i, box in enumerate(boxes, 1):
        ends = [np.minimum(box[name], limits[name]) for name in limits]
        (x, right), (y, top) = ends
        look = {"ec": "black", "fc": str(0.95 - 0.55 * box["score"])}
        axes.add_patch(Rectangle((x, y), right - x, top - y, **look))
        middle = (x + right) / 2, (y + top) / 2
        if right > x and top > y:
            axes.text(
                *middle, i, ha="center", va="center", zorder=4, weight="bold"
            )
    for label, marker, colour in (
        (False, "o", "#0072b2"),
        (True, "^", "#d55e00"),
    ):
        chosen = np.flatnonzero((test.label == label) & (test.weight > 0))
        chance = test.weight[chosen] / test.weight[chosen].sum()
        points = test.features[random.choice(chosen, 250, p=chance)]
        axes.plot(*points[:, :2].T, marker, ms=3, color=colour, alpha=0.7, zorder=3,
                  label="signal" if label else "background")  # fmt: skip
    thesis = quoted.get("guevara.table_5_4.m_t2_min").value
    axes.axvline(thesis, color="black", ls="--", label="cut of the thesis")
    axes.set(xlim=(0, limits["mt2"]), ylim=(0, limits["met"]))
    axes.set(xlabel=NAMES["mt2"] + " [GeV]", ylabel=NAMES["met"] + " [GeV]")
    axes.legend(loc="upper right", frameon=True)
figure

# %% [markdown] tags=["caption"]
# One tree on $m_{T2}$ and $E_T^\mathrm{miss}$: boxes are leaves, numbered as in {numref}`tab-tree-leaves`, darker for
# a higher score. Points are events of the test part, drawn by their weights, as many of signal as of background.
# The dashed line is the cut on $m_{T2}$ in table 5.4 of Guevara's draft. Compare the cuts of the tree with it.

# %% mystnb={"figure": {"name": "tab-tree-leaves"}}
rows = []
for box in boxes:
    inside = np.ones(len(test), bool)
    row = {}
    for k, name in enumerate(everywhere):
        low, high = box[name]
        inside &= (test.features[:, k] >= low) & (test.features[:, k] < high)
        words = [f"above {low:.0f}"] * int(low > 0)
        words += [f"below {high:.0f}"] * int(np.isfinite(high))
        row[f"{NAMES[name]} [GeV]"] = " and ".join(words) or "any"
    for head, label in (("signal", True), ("background", False)):
        here = inside & (test.label == label)
        row[head] = total(test.weight[here], test.original[here])
    rows.append(row | {"score": box["score"]})
regions = pd.DataFrame(rows)
regions.insert(0, "leaf", range(1, len(regions) + 1))
classes = ["signal", "background"]
expected = regions[classes].map(lambda found: found.value)
low = expected[regions["score"] < 0.5].sum() / expected.sum()
formats = dict.fromkeys(classes, tables.with_events)
tables.styled(regions, "leaves", ".3f", **formats)

# %% [markdown] tags=["caption"]
# Leaves of the tree as signal regions, by falling score, with expected events of the test part, all signal models together. Statistical
# uncertainties of the simulation; in brackets the number of distinct generated events.

# %% [markdown]
# The training gives both classes the same sum of weights, so a score above one half means more of the signal than of the
# background. The leaves below one half hold {eval}`f"{low['background']:.0%}"` of the expected background and
# {eval}`f"{low['signal']:.0%}"` of the signal.
#
# ## Many trees are a smooth score
#
# Each further tree moves the log-odds in its own boxes. {numref}`fig-tree-maps` shows the sum: the edges of single cuts
# fade as trees are added.

# %%
two = replace(trees, features=("mt2", "met"))
curves = {
    rf"$\eta$ = {rate:g}": replace(
        two, learning_rate=rate, patience=estimators
    ).fit(train, validation)
    for rate in rates
}
slowest = list(curves.values())[-1]
steps = sorted({1, max(2, estimators // 10), estimators})

# %% mystnb={"figure": {"name": "fig-tree-maps"}, "image": {"alt": "Three maps of the score in the plane of stransverse mass and missing transverse momentum: a few flat rectangles after one tree, finer steps after more, and many small ones after the last."}} tags=["hide-input"]
x, y = (np.linspace(0, limits[name], 120) for name in limits)
plane = np.stack([one.ravel() for one in np.meshgrid(x, y)], axis=1)
options = {"figsize": (8.4, 3.4), "sharey": True}
with drawing(1, len(steps), CENTRED, **options) as (figure, grid):
    for axes, step in zip(grid, steps, strict=True):
        upto = (0, min(step, slowest.booster.num_boosted_rounds()))
        score = slowest.booster.inplace_predict(plane, iteration_range=upto)
        mesh = axes.pcolormesh(
            x, y, score.reshape(len(y), len(x)), cmap="YlGnBu", vmin=0, vmax=1
        )
        axes.set_title(f"{upto[1]} tree{'s' * (step > 1)}")
        axes.set_xlabel(NAMES["mt2"] + " [GeV]")
    grid[0].set_ylabel(NAMES["met"] + " [GeV]")
    figure.colorbar(mesh, ax=list(grid), label="score", pad=0.02)
figure

# %% [markdown] tags=["caption"]
# Score against $m_{T2}$ and $E_T^\mathrm{miss}$ after the first tree and after more, for the smallest learning rate of
# {numref}`fig-tree-loss`. Compare the sizes of the steps.

# %% mystnb={"figure": {"name": "fig-tree-loss"}, "image": {"alt": "Falling curves of the validation loss against the number of trees, one for each learning rate; the larger the rate, the earlier the curve is flat."}} tags=["hide-input"]
with drawing() as (figure, axes):
    for label, model, look in lines(curves):
        axes.plot(model.history["val_loss"], label=label, **look)
    axes.set(xlabel="number of trees", ylabel="loss, validation part")
    axes.legend()
figure

# %% [markdown] tags=["caption"]
# Cross-entropy of the validation part, with training weights, against the number of trees for three learning rates.
# Compare how soon each curve becomes flat, and whether it rises afterwards.

# %% [markdown]
# The curves show when to stop: the library keeps the trees up to the lowest validation loss.
#
# ## Effect of the bins and of a number for absent jets
#
# {numref}`tab-tree-bins` asks what the approximations cost. Its trees use all three features, one of which events may
# lack. The last row fills the gaps with {eval}`f"{padding:g}"`, as Guevara's draft does for networks.

# %% mystnb={"figure": {"name": "tab-tree-bins"}}
measured = {
    f"{number} bins": experiment.average(auc_of, "test", [seed], bins=number)
    for number in bins
}
numbers = np.nan_to_num(events.features, nan=padding)
filled = replace(experiment, events=replace(events, features=numbers))
best = next(iter(measured))
measured[f"{best}, absent filled"] = filled.average(auc_of, "test", [seed])
compared = differences(measured, best)
table = compared.rename_axis("trees").reset_index()
table = table.rename(
    columns={"value": "AUC", "difference": "difference to the first"}
)
table.iloc[0, -1] = np.nan
tables.styled(table, "bins", ".4f")

# %% [markdown] tags=["caption"]
# Physics-weighted area under the ROC curve (AUC) of the test part, and the difference to the first row on the same
# events. Statistical uncertainties of the events.


# %% tags=["hide-input"]
def verdict(name):
    """What the table allows to say of a row."""
    sigma = compared["difference"][name].sigmas
    if not abs(sigma) > 2:
        return "cannot be distinguished from"
    return "is higher than" if sigma > 0 else "is lower than"


coarsest, last = list(compared.index)[-2:]

# %% [markdown]
# With the fewest bins the AUC {eval}`verdict(coarsest)` that of the first row, at
# {eval}`f"{compared['difference'][coarsest]:.4f}"`. With the gaps filled, it {eval}`verdict(last)` that of the first row, at
# {eval}`f"{compared['difference'][last]:.4f}"`. A filled value lies below all others, so a cut can still separate
# it; what is lost is that absent values can go to either side of a cut between present ones.
#
# ## Summary
#
# - A split is chosen by {eq}`eq-tree-gain`, in which weights enter through sums of derivatives. The booster in NumPy and
#   XGBoost agree on {eval}`f"{int(both['same'].sum()):d}"` of {eval}`len(both)` splits ({numref}`tab-tree-splits`).
# - A tree of depth three on two features is {eval}`len(boxes)` signal regions with lower and upper cuts
#   ({numref}`tab-tree-leaves`); boosting adds many such sets.
# - Filling absent jets with a number changes the AUC by {eval}`f"{compared['difference'][last]:.4f}"`
#   ({numref}`tab-tree-bins`). This holds for one jet feature beside two others and not for every set of features.
#
# {numref}`Chapter %s <chap-statistics>` treats the significance of the events that a cut on such a score selects.
