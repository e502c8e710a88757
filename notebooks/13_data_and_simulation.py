# %% [markdown]
# (chap-agreement)=
# # Data and simulation
#
# Does the simulation describe what is seen, in every number that a model will be given? A network
# finds any feature that is simulated wrongly, and takes it for new physics. This chapter draws all
# features of both searches and every cell of the rapidity-mass matrix beside the simulation, tests
# each, and counts how many tests it makes.

# %% lepsearch={"reads": ["dilepton", "trilepton"]} nbmake={"mock": {"profile": "smoke", "repeats": 3}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
seed = 13  # of the pseudo-data, where the profile has no collisions
repeats = 30  # other seeds, to see how often the test alarms without a reason
one_lepton = ["wjets", "ttbar_1l", "single_top_s", "single_top_t"]
distortions = [1.0, 1.02, 1.05, 1.1]  # factors on a mass, to be found

# %%
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from matplotlib_inline.backend_inline import set_matplotlib_formats

from lepsearch.book import tables
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON, FEATURES, PAIR_KINDS
from lepsearch.plotting import comparison as figures
from lepsearch.plotting.sheet import sheet
from lepsearch.rmm import momenta, present, rmm
from lepsearch.rmm.layout import T4N5
from lepsearch.stats import agreement, histograms
from lepsearch.stats.comparison import Comparison, repeated
from lepsearch.stats.estimate import sum_weights

pd.set_option("display.max_rows", None)
# margins are set: looking for them would draw each page twice
set_matplotlib_formats("png", bbox_inches=None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen([])
events = {r: dataset.table(r, samples=samples) for r in FEATURES}
labels = {
    name: group.label
    for name, group in dataset.manifest.groups.items()
    if group.kind == "background" and name in dataset.labels
}
pseudo = not dataset.observed
source = "pseudo-data" if pseudo else "collisions"
groups = ", ".join(labels.values()) or "no processes"
level = 0.05  # what is called a low p-value

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"`
# fb$^{-1}$. The points in its figures are {eval}`source`. The simulation includes {eval}`groups`. Any other process
# in the data appears as an excess.
#
# ```{admonition} Pseudo-data
# :class: warning
# Where a figure says pseudo-data, no collision is in it. Each histogram is drawn bin by bin from Poisson
# distributions, with a fixed seed. Whole simulated events can't be drawn instead: most of them stand for
# several expected ones, and would be copied. What is drawn from isn't the very simulation that is
# shown: collisions don't know our finite sample. So each simulated event first counts a Poisson
# number of times (a bootstrap {cite}`efron1979`). The points therefore differ from the simulation as those of a perfect
# experiment would from a perfect generator with as few events. They test the method, not the physics.
# ```
#
# ## How a feature is tested
#
# With $n_i$ observed and $\mu_i$ expected entries in bin $i$,
#
# $$
# \chi^2 = (n-\mu)^T V^{-1} (n-\mu), \qquad V_{ij} = \mu_i\,\delta_{ij} + \sum_e h_{ei} h_{ej},
# $$ (eq-agreement)
#
# where $h_{ei}$ is the weight that original event $e$ of the simulation has in bin $i$. Copies of an event,
# measured anew each, may fall into different bins and make them vary together; the sum says how much.
# Bins are merged to the right until each expects {eval}`f"{histograms.LEAST_EVENTS:g}"` entries, is worth
# {eval}`f"{histograms.LEAST_EFFECTIVE:g}"` unweighted simulated events, and has a statistical error whose skewness is at most
# {eval}`f"{histograms.LARGEST_SKEWNESS:g}"`: one heavy event among many light ones doesn't vary like a normal distribution. What lies beyond the axis is counted in the last bin.
# The number of degrees of freedom is the number of merged bins, since nothing is fitted. Where all bins merge into
# one, only the number of events that have the feature could be tested. That is the yield of the region or of a part of it, which
# would be tested by each such feature anew; the yield is tested once, below, and these features are marked *yield only*
# and counted nowhere.
#
# A second p-value has the systematic uncertainties in $V$, each fully correlated over the bins. Their
# sizes are *assumed*: no measurement stands behind them. They are what ATLAS analyses of such final
# states typically reach before a fit, rounded; $Z$+jets with two leptons has missing momentum that is
# measured wrongly, and the rates of fake leptons are assumed too.

# %%
otherwise, fake_lepton = 0.20, 0.50
fakes = dict.fromkeys(("ttbar", "single_top", "zjets", "wjets"), fake_lepton)
trilepton = {"diboson": 0.10} | fakes
dilepton = trilepton | {"ttbar": 0.06, "single_top": 0.10, "zjets": 0.15}
named = {"dilepton": dilepton, "trilepton": trilepton}
assumed = pd.DataFrame(named).reindex(list(labels)).fillna(otherwise)
assumed = assumed.rename(labels).rename_axis("assumed", axis=1)
assumed.style.format(lambda size: f"{100 * size:.0f} %")

# %% [markdown]
# Groups that are not named get {eval}`f"{100 * otherwise:.0f}"` %: a leading-order cross section or
# worse. A third p-value, for continuous features, is that of the Kolmogorov-Smirnov test, which looks at the shape
# alone. The distance is taken at bin edges, which makes it careful.
#
# ## How many events there are

# %%
compare = partial(Comparison.of, labels=labels, seed=seed)
compared, rows = {}, {}
for region, table in events.items():
    one = compare(table, sizes=assumed[region], pseudo=pseudo)
    compared[region] = one
    background = table[table["kind"] == "background"]
    total = sum_weights(background)
    whole = one.feature("yield", np.zeros(len(table)), [-0.5, 0.5])
    of_yield = np.sqrt(whole.expectation.systematic[0, 0])
    error = np.hypot(total.error, of_yield)
    by_event = background.groupby(["sample", "event"])["weight"]
    by_event = by_event.agg(["sum", "size"]).sort_values("sum", key=abs)
    heaviest = by_event.tail(1).sum()
    rows[region] = {
        "expected": total,
        "simulated events": total.events,
        "worth, unweighted": total.effective,
        "heaviest event": heaviest["sum"],
        "its share [%]": 100 * heaviest["sum"] / total.value,
        "its copies": int(heaviest["size"]),
        source: whole.events,
        "p of the yield": agreement.yield_p(whole.events, total.value, error),
    }
yields = pd.DataFrame.from_dict(rows, orient="index")
whole_numbers = dict.fromkeys(("simulated events", source), ",d")
tables.styled(yields, "yields", **whole_numbers)

# %%
of_group = [
    (sum_weights(part), labels[name])
    for name, part in background.groupby("group")
]
large = [one for one in of_group if one[0].value > total.value / 10]
thin, thinnest = min(large, key=lambda one: one[0].effective)
copies = yields["its copies"]["trilepton"]
times = f"{copies} times" if copies > 1 else "once"

# %% [markdown]
# The p-value of the yield has the statistical and the assumed systematic uncertainty, and holds for few events
# too. A simulation worth fewer events than are expected limits the test: what differs by less than its
# statistical error, the hatched band, can't be seen.
#
# The table's *heaviest event* is the one generated event that most of the expectation hangs on. A generated event may
# be measured several times, with another smearing each time; its copies are one event for the error. In the trilepton region
# the heaviest, measured {eval}`times`, is {eval}`f"{yields['its share [%]']['trilepton']:.2g}"` % of
# {eval}`yields['expected']['trilepton']` expected events, and in the dilepton region
# {eval}`f"{yields['its share [%]']['dilepton']:.2g}"` %. Of the groups that make up a tenth of
# the trilepton background or more, {eval}`thinnest` is worth the fewest:
# {eval}`f"{thin.effective:,.3g}"` unweighted events, from {eval}`f"{thin.events:,.0f}"` generated ones. Where such an event falls into a histogram, that bin and its neighbours can't be
# tested; the cure is more simulation of that process, not another test.

# %%
features = {region: {} for region in FEATURES}
for region, known in FEATURES.items():
    for name, one in known.items():
        feature, values = compared[region].feature, events[region][name]
        how = {"axis": one.axis, "continuous": not one.counts}
        features[region][name] = feature(name, values, one.edges, **how)


def draw(region, first, last, log=True):
    """One page of a region's features."""
    chosen = list(features[region].values())[first:last]
    return figures.page(chosen, source=source, log=log)


# %% [markdown]
# ## The dilepton search
#
# All features of tables 4.2, 4.3 and 5.1 of {cite}`guevara2023`, as {numref}`chapter %s <chap-dilepton-features>`
# defines them.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-1"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for both leptons and their mass, with the missing momentum."}} tags=["hide-input"]
draw("dilepton", 0, 9)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: both leptons and their mass, with the missing momentum. The last
# bin holds the overflow. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-2"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, transverse masses and azimuthal differences."}} tags=["hide-input"]
draw("dilepton", 9, 18)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: missing momentum, transverse masses and azimuthal differences.
# The last bin holds the overflow. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-3"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for hadronic activity and the jets."}} tags=["hide-input"]
draw("dilepton", 18, 27)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: hadronic activity and the jets. The last bin holds the overflow.
# Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-4"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the third jet, the jets' mass and the counting features."}} tags=["hide-input"]
draw("dilepton", 27, 34)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: the third jet, the jets' mass and the counting features. The last
# bin holds the overflow. Points: {eval}`source`.

# %% [markdown]
# The same on linear axes, where the bulk can be judged:

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-1-linear"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for both leptons and their mass, with the missing momentum."}} tags=["hide-input", "hide-output"]
draw("dilepton", 0, 9, log=False)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: both leptons and their mass, with the missing momentum, on linear
# axes. The last bin holds the overflow. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-2-linear"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, transverse masses and azimuthal differences."}} tags=["hide-input", "hide-output"]
draw("dilepton", 9, 18, log=False)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: missing momentum, transverse masses and azimuthal differences, on
# linear axes. The last bin holds the overflow. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-3-linear"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for hadronic activity and the jets."}} tags=["hide-input", "hide-output"]
draw("dilepton", 18, 27, log=False)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: hadronic activity and the jets, on linear axes. The last bin
# holds the overflow. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-dilepton-4-linear"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the third jet, the jets' mass and the counting features."}} tags=["hide-input", "hide-output"]
draw("dilepton", 27, 34, log=False)

# %% [markdown] tags=["caption"]
# Features of the dilepton search: the third jet, the jets' mass and the counting features, on
# linear axes. The last bin holds the overflow. Points: {eval}`source`.

# %% [markdown]
# ### Worst first
#
# The column *p* has the statistical errors of both sides; *p Holm* is the same after the correction of Holm
# {cite}`holm1979` for the number of features in this table, which holds whether or not they depend on
# each other; *p syst.* includes the assumed uncertainties. *p shape* is the
# Kolmogorov-Smirnov test's, and *p shape Holm* the same after the correction for the number of those tests. Where
# a feature has no test, a last column says why.


# %% tags=["hide-input"]
def worst_first(results, name, rows=None):
    """The table with headings that can break into lines."""
    heads = {
        "p_holm": "p Holm", "p_systematic": "p syst.", "p_shape": "p shape",
        "p_shape_holm": "p shape Holm", "untested": "why no test",
    }  # fmt: skip
    table = agreement.agreement_table(results).head(rows)
    if not table["untested"].any():
        table = table.drop(columns="untested")
    formats = {"expected": ",.1f", "events": ",.0f", "chi2": ".1f"}
    return tables.styled(table.rename(columns=heads), name, ".3g", **formats)


worst_first(features["dilepton"].values(), "dilepton")

# %% [markdown]
# ### The two features that were dropped
#
# {cite}`guevara2023` left two features out because data and simulation disagreed: the azimuth between the leptons
# (`dPhiLeps`), most likely because no false leptons were simulated, which it also blames for the pairs
# that aren't of opposite sign and one flavour; and the azimuth between the missing momentum and the
# nearest lepton (`dPhiCloseMet`), with no reason found. The embedded samples have false leptons. So the
# first reason can be tried: leave out the samples with one true lepton, and compare again.

# %% tags=["hide-input"]
table = events["dilepton"]
without = table["sample"].isin(one_lepton).to_numpy()
sfos = (table["pair"] == PAIR_KINDS.index("SFOS")).to_numpy()
dropped, left_out = {}, ", one true lepton left out"
for pairs, chosen in (("all", sfos | ~sfos), ("not SFOS", ~sfos)):
    whole = compared["dilepton"].of_rows(chosen)
    less = whole.simulated_without(without)
    for name, words in product(("dPhiLeps", "dPhiCloseMet"), ("", left_out)):
        edges, axis = DILEPTON[name].edges, f"{name} [rad]\n{pairs}{words}"
        one = (less if words else whole).feature
        dropped[pairs, name, words] = one(name, table[name], edges, axis=axis)
shown = pd.DataFrame([*dropped], columns=["pairs", "feature", "simulation"])
shown["simulation"] = "all" + shown["simulation"]
shown["expected"] = [one.expected for one in dropped.values()]
shown["observed"] = [one.events for one in dropped.values()]
shown["p"] = [one.p for one in dropped.values()]
shown["p shape"] = [one.p_shape for one in dropped.values()]
tables.styled(shown, "dropped", ".2g", expected=",.0f", observed=",.0f")

# %% mystnb={"figure": {"name": "fig-agreement-dropped"}, "image": {"alt": "Eight panels of stacked simulation with points and a ratio below. Without the samples with one true lepton the simulation is a little lower than the points."}} tags=["hide-input"]
figures.page(list(dropped.values()), source=source, log=False, columns=4)

# %% [markdown] tags=["caption"]
# The two features that the thesis dropped, for all pairs (top) and for pairs that are not of
# opposite sign and one flavour (bottom), with the full simulation and without the samples with one
# true lepton. Points: {eval}`source`.

# %% tags=["hide-input"]
background = (table["kind"] == "background").to_numpy() & ~sfos
lost = sum_weights(table[background & without])
rest = sum_weights(table[background])
p_of = {key[1:]: one.p for key, one in dropped.items() if key[0] != "all"}

# %% [markdown]
# Among the pairs that aren't SFOS, the samples with one true lepton are
# {eval}`f"{100 * (lost / rest).value:.1f}"` % of the simulation, whose own error is
# {eval}`f"{100 / rest.sigmas:.1f}"` %. Leaving them out changes the p-value of `dPhiLeps` from
# {eval}`f"{p_of['dPhiLeps', '']:.2g}"` to {eval}`f"{p_of['dPhiLeps', left_out]:.2g}"`, and that of
# `dPhiCloseMet` from {eval}`f"{p_of['dPhiCloseMet', '']:.2g}"` to
# {eval}`f"{p_of['dPhiCloseMet', left_out]:.2g}"`. Whether a loss of that size is seen depends on how many events were simulated. The second
# feature has no reason of this kind to disagree: it picks the lepton by the missing momentum, so any
# error in the direction of the one moves events in the other. Pseudo-data have the simulation's own
# response and can't show that; recorded collisions can. Both features stay in the skims, marked as dropped, and models
# that follow the thesis leave them out.
#
# ## The trilepton search

# %% mystnb={"figure": {"name": "fig-agreement-trilepton-1"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the three leptons."}} tags=["hide-input"]
draw("trilepton", 0, 9)

# %% [markdown] tags=["caption"]
# Features of the trilepton search: the three leptons. The last bin holds the overflow. Points:
# {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-trilepton-2"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, masses, flavours and jets."}} tags=["hide-input"]
draw("trilepton", 9, 18)

# %% [markdown] tags=["caption"]
# Features of the trilepton search: missing momentum, masses, flavours and jets. The last bin holds
# the overflow. Points: {eval}`source`.

# %% [markdown]
# On linear axes:

# %% mystnb={"figure": {"name": "fig-agreement-trilepton-1-linear"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the three leptons."}} tags=["hide-input", "hide-output"]
draw("trilepton", 0, 9, log=False)

# %% [markdown] tags=["caption"]
# Features of the trilepton search: the three leptons, on linear axes. The last bin holds the
# overflow. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-trilepton-2-linear"}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, masses, flavours and jets."}} tags=["hide-input", "hide-output"]
draw("trilepton", 9, 18, log=False)

# %% [markdown] tags=["caption"]
# Features of the trilepton search: missing momentum, masses, flavours and jets, on linear axes. The
# last bin holds the overflow. Points: {eval}`source`.

# %% tags=["hide-input"]
worst_first(features["trilepton"].values(), "trilepton")

# %% [markdown]
# ## Every cell of the matrix
#
# The rapidity-mass matrix of {cite}`frette2023`, with {eval}`T4N5.size` rows and columns, is made of the same
# events ({numref}`chapter %s <chap-rmm>`). A cell is filled where its objects are there.

# %%
table = events["trilepton"]
objects = momenta.trilepton_momenta(table, T4N5)
matrices = rmm(objects, table["met"], table["metphi"], T4N5)
cells = np.where(present(objects, T4N5), matrices, np.nan)
cells = pd.DataFrame(cells.reshape(len(table), -1), columns=T4N5.names.flat)
trilepton = compared["trilepton"]
filled = cells[trilepton.simulated | trilepton.data].notna().any()
in_cells = {}
for name, axis in zip(T4N5.names.flat, T4N5.labels.flat, strict=True):
    if filled[name]:
        values = cells[name]
        edges = histograms.even_edges(values[trilepton.simulated])
        in_cells[name] = trilepton.feature(name, values, edges, axis=axis)

# %% mystnb={"figure": {"name": "fig-agreement-cells"}, "image": {"alt": "A square map of cells with the missing momentum, light jets, b-jets, electrons and muons along both sides; most tested cells are pale, a few are darker, and large parts where no event has so many objects are white."}} tags=["hide-input"]
p = [in_cells[name].p if name in in_cells else np.nan for name in cells]
maps = (np.reshape([*one], T4N5.names.shape) for one in (p, filled))
figures.cell_map(*maps, T4N5.axis_labels, source=source)

# %% [markdown] tags=["caption"]
# p-value of each cell of the rapidity-mass matrix. White cells are filled by no event, grey ones
# have no test: too few events, or enough for the yield only. Compared: {eval}`source` and
# simulation.

# %% tags=["hide-input"]
tested = [one for one in in_cells.values() if not one.untested]
worst_first(tested, "cells", 12)

# %% mystnb={"figure": {"name": "fig-agreement-worst-cells"}, "image": {"alt": "Six panels of stacked simulation with points and a ratio below, one for each of the worst cells."}} tags=["hide-input"]
worst = sorted(tested, key=lambda one: one.p)[:6]
figures.page(worst, source=source, log=False)

# %% [markdown] tags=["caption"]
# The six cells of the matrix that agree worst; masses and energies in GeV. Points: {eval}`source`.

# %% [markdown]
# All cells that an event fills, with a test or without, each on a linear scale and on a logarithmic one:

# %%
kind_of = dict(zip(T4N5.names.ravel(), T4N5.kinds.ravel(), strict=True))


def draw_cells(first, last, *kinds):
    """A page of the filled cells of some kinds."""
    chosen = [one for name, one in in_cells.items() if kind_of[name] in kinds]
    return sheet(chosen[first:last], source=source)


# %% mystnb={"figure": {"name": "fig-agreement-cells-energies"}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each cell: missing momentum, transverse masses, transverse energies and imbalances."}} tags=["hide-input", "hide-output"]
draw_cells(0, None, "met", "mT", "eT", "deT")

# %% [markdown] tags=["caption"]
# Missing momentum, transverse masses, transverse energies [GeV] and their imbalances in the matrix.
# Linear scales (left) end at the number in the frame; lines across logarithmic ones (right) are
# powers of ten. Grey frames: no test. The first and last bin hold what is beyond the axis. Points:
# {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-cells-masses-1"}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each mass of two objects."}} tags=["hide-input", "hide-output"]
draw_cells(0, 50, "m")

# %% [markdown] tags=["caption"]
# Masses of pairs [GeV], the first half, drawn as in {numref}`fig-agreement-cells-energies`. Points:
# {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-cells-masses-2"}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each mass of two objects."}} tags=["hide-input", "hide-output"]
draw_cells(50, None, "m")

# %% [markdown] tags=["caption"]
# Masses of pairs [GeV], the second half, drawn as in {numref}`fig-agreement-cells-energies`.
# Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-cells-rapidities-1"}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each rapidity or difference of rapidities."}} tags=["hide-input", "hide-output"]
draw_cells(0, 58, "hL", "h")

# %% [markdown] tags=["caption"]
# Rapidities of objects and their differences, the first half, drawn as in
# {numref}`fig-agreement-cells-energies`. Points: {eval}`source`.

# %% mystnb={"figure": {"name": "fig-agreement-cells-rapidities-2"}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each rapidity or difference of rapidities."}} tags=["hide-input", "hide-output"]
draw_cells(58, None, "hL", "h")

# %% [markdown] tags=["caption"]
# Rapidities of objects and their differences, the second half, drawn as in
# {numref}`fig-agreement-cells-energies`. Points: {eval}`source`.

# %% tags=["hide-input"]
results = {
    "dilepton features": list(features["dilepton"].values()),
    "trilepton features": list(features["trilepton"].values()),
    "cells of the matrix": list(in_cells.values()),
}
outcomes, untested, chance = {}, {}, {}
sets = {("yields", "count"): yields["p of the yield"]}
for name, of in results.items():
    table = outcomes[name] = agreement.agreement_table(of)
    sets[name, "chi-square"] = table["p"]
    sets[name, "shape"] = table["p_shape"]
    untested[name] = table["untested"].value_counts()
    chance[name] = agreement.global_p(table["p_systematic"])
counts = pd.DataFrame(
    {key: agreement.summary(p, level) for key, p in sets.items()}
).T.rename_axis(["of", "test"])
made, low = counts["tests"].astype(int), counts["after Holm"].astype(int)

# %% [markdown]
# Of the {eval}`T4N5.size**2` cells {eval}`len(in_cells)` are filled by some event;
# {eval}`made['cells of the matrix', 'chi-square']` can be tested,
# {eval}`untested['cells of the matrix'].get('yield only', 0)` are of the yield only, and
# {eval}`untested['cells of the matrix'].get('too few', 0)` have too few.
#
# ## How many tests that were
#
# Look at enough features and one of them will disagree. With $N$ independent tests the smallest
# p-value is below $p$ with probability $1-(1-p)^N$, its *chance* in the table. Features aren't independent, the cells of a matrix least
# of all: they share objects. In collisions, where one event enters all histograms, this makes the number
# a careful one. Pseudo-data are drawn histogram by histogram and share the truth they come from only:
# a heavy simulated event that this truth lacks, or has twice, shows in all cells of its objects together.

# %% tags=["hide-input"]
heads = {"low": f"p below {100 * level:g} %", "after Holm": "so after Holm"}
p_formats = {"smallest p": "{:.2g}", "its chance": "{:.2g}"}
counts.rename(columns=heads).style.format(p_formats, precision=0, na_rep="–")

# %% [markdown]
# With the systematic uncertainties the chance of the smallest p-value of the chi-square is
# {eval}`f"{chance['dilepton features']:.2g}"` for the dilepton features,
# {eval}`f"{chance['trilepton features']:.2g}"` for the trilepton features and
# {eval}`f"{chance['cells of the matrix']:.2g}"` for the cells. These are below
# {eval}`f"{100 * level:g}"` % after Holm's correction, or have no test:


# %% tags=["hide-input"]
def listed(table, chosen):
    """Names of features, or how many there are."""
    names = table.loc[chosen, "feature"]
    many = f"{len(names)} of them"
    return many if len(names) >= 40 else ", ".join(names) or "none"


agreeing = {
    name: {
        "low, chi-square": listed(table, table["p_holm"] < level),
        "low, shape": listed(table, table["p_shape_holm"] < level),
        "yield only": listed(table, table["untested"] == "yield only"),
        "too few": listed(table, table["untested"] == "too few"),
    }
    for name, table in outcomes.items()
}
tables.styled(pd.DataFrame(agreeing).T, "agreeing")

# %% [markdown]
# What has no test hasn't been shown to agree. How often a right truth gives a test that disagrees is measured below.

# %% mystnb={"figure": {"name": "fig-agreement-p"}, "image": {"alt": "Three rising series of points near the diagonal from zero to one, or below it where data and simulation disagree."}} tags=["hide-input"]
p = {name: table["p"].to_numpy() for name, table in outcomes.items()}
figures.p_values(p, source=source)

# %% [markdown] tags=["caption"]
# All p-values of the chi-square in order, against what as many independent tests would give. Points
# on the diagonal mean agreement; a group that bends towards zero on the left disagrees. Compared:
# {eval}`source` and simulation.

# %% [markdown]
# ## Would it find anything?
#
# A test that never alarms proves nothing, and one that alarms too often neither. Both are measured here, with pseudo-data
# (whatever the profile) of {eval}`repeats` other seeds. First without a distortion: how often is a p-value low although the truth is right?

# %% tags=["hide-input"]
drawn = {}
for region, table in events.items():
    first = compare(table, sizes=assumed[region], pseudo=True)
    others = [first.with_seed(seed + 1 + i) for i in range(repeats)]
    drawn[region] = [first, *others]
sources = *events.items(), ("trilepton", cells)
falsely, rows = {}, {}
for (name, of), (region, table) in zip(results.items(), sources, strict=True):
    values = [table[one.feature] for one in of]
    found = repeated(of, values, drawn[region][1:])
    falsely |= {(name, test): p for test, p in found.items()}
for key, p in falsely.items():
    row = {"tests": int(np.sum(~np.isnan(p)))}
    for one in (level, 0.01, 0.001):
        share = 100 * agreement.low_share(p, one)
        row[f"below {100 * one:g} % [%]"] = share if share.value else "none"
    alarms = sum(np.any(agreement.holm(one) < level) for one in p)
    words = f"{alarms} of {repeats}" if row["tests"] else "–"
    row["repeats with an alarm after Holm"] = words
    rows[key] = row
rates = pd.DataFrame.from_dict(rows, orient="index")
tables.styled(rates.rename_axis(["of", "test"]), "rates", tests=",d")

# %% tags=["hide-input"]
high = [
    f"the {test} of the {name} ({100 * share:.1f} % below {100 * one:g} %)"
    for (name, test), p in falsely.items()
    for one in (level, 0.01)
    for share in [agreement.low_share(p, one)]
    if (share - one).sigmas > 2
]
excess = (
    "No set has low p-values more often than it should by over two errors."
)
if high:
    excess = (
        f"More often low than they should be, by over two errors, are those of "
        f"{' and '.join(high)}: heavy events are the first suspect, whose bins do "
        "not vary like a normal distribution."
    )

# %% [markdown]
# The errors are those of the spread over the repeats, whose tests share one truth each. The test of the shape is careful, as
# a distance taken at bin edges and a simulation with heavy events make it: its p-values are seldom low without a reason.
# {eval}`excess`
#
# Now with a distortion: pseudo-data have the mass of the lepton pair, or
# of the one nearest the Z boson among three leptons, multiplied by a factor, and are compared with the simulation as it is. *p* and *p shape* are
# those of one seed; *found* is the share of the repeats with a p-value below {eval}`f"{100 * level:g}"` %.


# %% tags=["hide-input"]
def p_words(p):
    """A p-value, or that it is small beyond what a test can know."""
    return "below 1e-100" if p < 1e-100 else f"{p:.2g}"


rows = []
for region, name in (("dilepton", "mll"), ("trilepton", "mll_z")):
    first, *others = drawn[region]
    values, one = events[region][name], features[region][name]
    edges = one.expectation.edges
    for factor in distortions:
        true = factor * values
        result = first.feature(name, values, edges, true_values=true)
        row = {
            "feature": name, "factor": factor, "chi2": result.chi2,
            "bins": result.bins, "p": result.p, "p shape": result.p_shape,
        }  # fmt: skip
        for test, p in repeated([one], [true], others).items():
            row[f"found by {test}"] = np.sum(p < level)
            row[f"of, {test}"] = np.sum(~np.isnan(p))
        rows.append(row)
distorted = pd.DataFrame(rows)
tables.styled(distorted, "distorted", p_words, chi2=".1f", factor="g")

# %% tags=["hide-input"]
shifted, tests = distorted[distorted["factor"] > 1], ("chi-square", "shape")
least = dict.fromkeys(
    product(("mll", "mll_z"), tests), "none of these shifts"
)
for test in tests:
    seen = shifted[shifted[f"found by {test}"] > shifted[f"of, {test}"] / 2]
    for name, factor in seen.groupby("feature")["factor"].min().items():
        least[name, test] = f"{100 * (factor - 1):.0f} %"

# %% [markdown]
# The smallest shift that most repeats find is
#
# | | `mll`, two leptons | `mll_z`, three leptons |
# |---|---|---|
# | by the chi-square | {eval}`least['mll', 'chi-square']` | {eval}`least['mll_z', 'chi-square']` |
# | by the shape | {eval}`least['mll', 'shape']` | {eval}`least['mll_z', 'shape']` |
#
# The chi-square sees a shift only if enough bins are left: they are merged until each is worth enough simulated
# events, and then few may be left to hold a peak. A good chi-square of a feature with few bins in the tables above says little.
# Which test finds more depends on the feature, and both are made.
#
# ## What was found, and what comes next
#
# Compared were {eval}`source` and simulation. After the correction for their number, by the chi-square
# {eval}`low['dilepton features', 'chi-square']` of {eval}`made['dilepton features', 'chi-square']`
# tested dilepton features disagree, {eval}`low['trilepton features', 'chi-square']` of
# {eval}`made['trilepton features', 'chi-square']` trilepton features, and
# {eval}`low['cells of the matrix', 'chi-square']` of {eval}`made['cells of the matrix', 'chi-square']`
# cells of the matrix; by the test of the shape {eval}`low['dilepton features', 'shape']` of
# {eval}`made['dilepton features', 'shape']`, {eval}`low['trilepton features', 'shape']` of
# {eval}`made['trilepton features', 'shape']` and {eval}`low['cells of the matrix', 'shape']` of
# {eval}`made['cells of the matrix', 'shape']`. The total yields have p-values of
# {eval}`f"{yields['p of the yield']['dilepton']:.2g}"` and
# {eval}`f"{yields['p of the yield']['trilepton']:.2g}"`. Of the trilepton features
# {eval}`untested['trilepton features'].get('yield only', 0)` are tested by their yield only. {eval}`f"{untested['trilepton features']['too few']} have too few events for any test: of these nothing is known yet." if untested['trilepton features'].get('too few', 0) else "None is without a test."`
# On pseudo-data what
# disagrees does so by chance, or by the few heavy events of a simulation that is worth less than it has events; on collisions each that does is to be understood before a model sees it. The chapters that follow train models on
# these features.
