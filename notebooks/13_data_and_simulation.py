# %% [markdown]
# (chap-agreement)=
# # Data and simulation
#
# Does the simulation describe what is seen, in every number that a model will be given? A network
# finds any feature that is simulated wrongly, and takes it for new physics. This chapter draws all
# features of both searches and every cell of the rapidity-mass matrix beside the simulation, tests
# each, and counts how many tests it makes.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "repeats": 2}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
seed = 13  # of the pseudo-data, where the profile has no collisions
repeats = 5  # other seeds, to see how often the test alarms without a reason
one_lepton = ["wjets", "ttbar_1l", "single_top_s", "single_top_t"]
distortions = [1.0, 1.02, 1.05, 1.1]  # factors on a mass, to be found

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch import agreement, comparison, report, tables
from lepsearch.comparison import Comparison
from lepsearch.dataset import Dataset, sum_weights
from lepsearch.feature_list import FEATURES
from lepsearch.features import PAIR_KINDS
from lepsearch.plotting import comparison as figures
from lepsearch.rmm import present, rmm
from lepsearch.rmm.layout import T4N5
from lepsearch.rmm.objects import objects_from_table
from lepsearch.systematics import OTHERWISE, assumed_sizes, assumed_table

pd.set_option("display.max_rows", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen([])
events = {
    region: dataset.table(region, samples=samples) for region in FEATURES
}
labels = {
    name: group.label
    for name, group in dataset.groups.items()
    if group.kind == "background" and name in dataset.labels
}
pseudo = not dataset.observed

# %% tags=["remove-cell"]
source = "pseudo-data" if pseudo else "collisions"
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record_text("source", source)
report.record_text(
    "which_data",
    "has no collisions, so pseudo-data take their place"
    if pseudo
    else "has recorded collisions, which the points are",
)
report.record_text("groups", ", ".join(labels.values()) or "no processes")
report.record("otherwise", 100 * OTHERWISE, ".0f")
report.record("least_events", agreement.LEAST_EVENTS, "g")
report.record("least_effective", agreement.LEAST_EFFECTIVE, "g")
report.record("largest_skewness", agreement.LARGEST_SKEWNESS, "g")

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$. The
# profile {glue:text}`which_data`. Simulated are {glue:text}`groups`: what recorded events hold besides is
# an excess over the simulation here.
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
# Bins are merged to the right until each expects {glue:text}`least_events` entries, is worth
# {glue:text}`least_effective` unweighted simulated events, and has a statistical error whose skewness is at most
# {glue:text}`largest_skewness`: one heavy event among many light ones doesn't vary like a normal distribution. What lies beyond the axis is counted in the last bin.
# The number of degrees of freedom is the number of merged bins, since nothing is fitted.
#
# A second p-value has the systematic uncertainties in $V$, each fully correlated over the bins. Their
# sizes are *assumed*: no measurement stands behind them. Groups without a name of their own in the
# library's list get {glue:text}`otherwise` %.

# %%
assumed_table(labels)

# %% [markdown]
# A third, for continuous features, is that of the Kolmogorov-Smirnov test, which looks at the shape
# alone. The distance is taken at bin edges, which makes it careful.
#
# ## How many events there are

# %%
compared = {
    region: Comparison.of(
        table, labels, assumed_sizes(region, labels), pseudo=pseudo, seed=seed
    )
    for region, table in events.items()
}
rows, yields = {}, {}
for region, one in compared.items():
    table = events[region]
    total = sum_weights(table[table["kind"] == "background"])
    whole = one.feature("yield", np.zeros(len(table)), [-0.5, 0.5])
    spread = np.hypot(total.error, whole.systematic[0])
    yields[region] = agreement.yield_p(
        int(whole.observed[0]), total.value, spread
    )
    rows[region] = {
        "expected": tables.plus_minus(total.value, total.error),
        "simulated events": f"{total.events:,}",
        "worth, unweighted": f"{(total.value / total.error) ** 2 if total.error else 0:,.0f}",
        source: f"{whole.observed[0]:,}",
        "p of the yield": f"{yields[region]:.2g}",
    }
pd.DataFrame.from_dict(rows, orient="index").rename_axis("region", axis=1)

# %% tags=["remove-cell"]
for region, value in yields.items():
    report.record(f"{region}_yield", value, ".2g")

# %% [markdown]
# The p-value of the yield has the statistical and the assumed systematic uncertainty, and holds for few events
# too. A simulation worth fewer events than are expected limits the test: what differs by less than its
# statistical error, the hatched band, can't be seen.

# %%
features = {
    region: {
        name: compared[region].feature(
            name, events[region][name], one.edges, axis=one.axis,
            shape=not one.counts,
        )
        for name, one in known.items()
    }
    for region, known in FEATURES.items()
}  # fmt: skip


def draw(region, first, last, log=True):
    """One page of a region's features."""
    chosen = list(features[region].values())[first:last]
    figures.page(chosen, source=source, log=log)
    plt.show()


# %% [markdown]
# ## The dilepton search
#
# All features of tables 4.2, 4.3 and 5.1 of {cite}`guevara2023`, as {numref}`chapter %s <chap-dilepton-features>`
# defines them.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-dilepton-1", "caption": "Features of the dilepton search: both leptons and their mass, with the missing momentum. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for both leptons and their mass, with the missing momentum."}}
draw("dilepton", 0, 9)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-dilepton-2", "caption": "Features of the dilepton search: missing momentum, transverse masses and azimuthal differences. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, transverse masses and azimuthal differences."}}
draw("dilepton", 9, 18)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-dilepton-3", "caption": "Features of the dilepton search: hadronic activity and the jets. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for hadronic activity and the jets."}}
draw("dilepton", 18, 27)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-dilepton-4", "caption": "Features of the dilepton search: the third jet, the jets' mass and the counting features. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the third jet, the jets' mass and the counting features."}}
draw("dilepton", 27, 34)

# %% [markdown]
# The same on linear axes, where the bulk can be judged:

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-dilepton-1-linear", "caption": "Features of the dilepton search: both leptons and their mass, with the missing momentum, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for both leptons and their mass, with the missing momentum."}}
draw("dilepton", 0, 9, log=False)

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-dilepton-2-linear", "caption": "Features of the dilepton search: missing momentum, transverse masses and azimuthal differences, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, transverse masses and azimuthal differences."}}
draw("dilepton", 9, 18, log=False)

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-dilepton-3-linear", "caption": "Features of the dilepton search: hadronic activity and the jets, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for hadronic activity and the jets."}}
draw("dilepton", 18, 27, log=False)

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-dilepton-4-linear", "caption": "Features of the dilepton search: the third jet, the jets' mass and the counting features, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the third jet, the jets' mass and the counting features."}}
draw("dilepton", 27, 34, log=False)

# %% [markdown]
# ### Worst first
#
# `p` has the statistical errors of both sides; `p_holm` is the same after the correction of Holm
# {cite}`holm1979` for the number of features in this table, which holds whether or not they depend on
# each other; `p_systematic` includes the assumed uncertainties, and `p_shape` is the
# Kolmogorov-Smirnov test's.

# %% tags=["hide-input"]
results = {
    region: [one.result for one in known.values()]
    for region, known in features.items()
}
formats = {"expected": ",.1f", "events": ",.0f", "chi2": ".1f"}
tables.styled(
    comparison.agreement_table(results["dilepton"]),
    "dilepton",
    ".3g",
    **formats,
)

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
rows, dropped = [], []
for pairs, chosen in (("all", sfos | ~sfos), ("not SFOS", ~sfos)):
    whole = compared["dilepton"].only(chosen)
    for name in ("dPhiLeps", "dPhiCloseMet"):
        one = FEATURES["dilepton"][name]
        row = {"pairs": pairs, "feature": name}
        for words, which in (
            ("", whole),
            (" without", whole.simulated_without(without)),
        ):
            axis = f"{name} [rad]\n{pairs}{words and ', one true lepton left out'}"
            result = which.feature(name, table[name], one.edges, axis=axis)
            dropped.append(result)
            row["expected" + words] = result.result.expected
            row["observed"] = result.result.events
            row["p" + words] = result.result.p
            row["p_shape" + words] = result.result.p_shape
        rows.append(row)
dropped_table = pd.DataFrame(rows)
tables.styled(
    dropped_table, "dropped", ".2g",
    observed=",.0f",
    **{c: ",.0f" for c in dropped_table if "expected" in c},
)  # fmt: skip

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-dropped", "caption": "The two features that the thesis dropped, for all pairs (top) and for pairs that are not of opposite sign and one flavour (bottom), with the full simulation and without the samples with one true lepton. Points: {glue:text}`source`."}, "image": {"alt": "Eight panels of stacked simulation with points and a ratio below. Without the samples with one true lepton the simulation is a little lower than the points."}}
figures.page(dropped, source=source, log=False, columns=4)
plt.show()

# %% tags=["remove-cell"]
sums = sum_weights(
    table[(table["kind"] == "background").to_numpy() & without & ~sfos]
)
rest = sum_weights(table[(table["kind"] == "background").to_numpy() & ~sfos])
share = 100 * sums.value / rest.value if rest.value else np.nan
report.record("one_lepton_percent", share, ".1f")
report.record(
    "rest_percent",
    100 * rest.error / rest.value if rest.value else np.nan,
    ".1f",
)
last = dropped_table.iloc[-2:].set_index("feature")
for name in last.index:
    report.record(f"p_{name}", last.loc[name, "p"], ".2g")
    report.record(f"p_{name}_without", last.loc[name, "p without"], ".2g")

# %% [markdown]
# Among the pairs that aren't SFOS, the samples with one true lepton are {glue:text}`one_lepton_percent` % of the
# simulation, whose own error is {glue:text}`rest_percent` %. Leaving them out changes the p-value of `dPhiLeps` from
# {glue:text}`p_dPhiLeps` to {glue:text}`p_dPhiLeps_without`, and that of `dPhiCloseMet` from {glue:text}`p_dPhiCloseMet` to
# {glue:text}`p_dPhiCloseMet_without`. Whether a loss of that size is seen depends on how many events were simulated. The second
# feature has no reason of this kind to disagree: it picks the lepton by the missing momentum, so any
# error in the direction of the one moves events in the other. Pseudo-data have the simulation's own
# response and can't show that; recorded collisions can. Both features stay in the skims, marked as dropped, and models
# that follow the thesis leave them out.
#
# ## The trilepton search

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-trilepton-1", "caption": "Features of the trilepton search: the three leptons. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the three leptons."}}
draw("trilepton", 0, 9)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-trilepton-2", "caption": "Features of the trilepton search: missing momentum, masses, flavours and jets. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, masses, flavours and jets."}}
draw("trilepton", 9, 18)

# %% [markdown]
# On linear axes:

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-trilepton-1-linear", "caption": "Features of the trilepton search: the three leptons, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for the three leptons."}}
draw("trilepton", 0, 9, log=False)

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-trilepton-2-linear", "caption": "Features of the trilepton search: missing momentum, masses, flavours and jets, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, for missing momentum, masses, flavours and jets."}}
draw("trilepton", 9, 18, log=False)

# %% tags=["hide-input"]
tables.styled(
    comparison.agreement_table(results["trilepton"]),
    "trilepton",
    ".3g",
    **formats,
)

# %% [markdown]
# ## Every cell of the matrix
#
# The rapidity-mass matrix of {cite}`frette2023`, with {glue:text}`cells_size` rows and columns, is made of the same
# events ({numref}`chapter %s <chap-rmm>`). A cell is filled where its objects are there.

# %%
table = events["trilepton"]
objects = objects_from_table(table, T4N5)
matrices = rmm(objects, table["met"], table["metphi"], T4N5)
cells = np.where(present(objects, T4N5), matrices, np.nan)
filled = comparison.populated(compared["trilepton"], cells)
in_cells = comparison.cell_features(
    compared["trilepton"], cells, T4N5.names, T4N5.labels
)
results["matrix"] = [one.result for one in in_cells]

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-cells", "caption": "p-value of each cell of the rapidity-mass matrix. White cells are filled by no event, grey ones by too few to be tested. Compared: {glue:text}`source` and simulation."}, "image": {"alt": "A square map of cells with the missing momentum, light jets, b-jets, electrons and muons along both sides; most tested cells are pale, a few are darker, and large parts where no event has so many objects are white."}}
figures.cell_map(
    comparison.p_matrix(results["matrix"], T4N5.names),
    filled, T4N5.axis_labels, source=source,
)  # fmt: skip
plt.show()

# %% tags=["hide-input"]
worst_cells = comparison.agreement_table(results["matrix"])
worst_cells = worst_cells[worst_cells["p"].notna()].head(12)
tables.styled(worst_cells, "cells", ".3g", **formats)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-worst-cells", "caption": "The six cells of the matrix that agree worst; masses and energies in GeV. Points: {glue:text}`source`."}, "image": {"alt": "Six panels of stacked simulation with points and a ratio below, one for each of the worst cells."}}
by_name = {one.result.feature: one for one in in_cells}
figures.page(
    [by_name[name] for name in worst_cells["feature"].head(6)],
    source=source, log=False,
)  # fmt: skip
plt.show()

# %% [markdown]
# All cells with enough events for a test:

# %%
kind_of = dict(zip(T4N5.names.ravel(), T4N5.kinds.ravel(), strict=True))


def draw_cells(*kinds):
    """The tested cells of some kinds."""
    chosen = [
        one
        for one in in_cells
        if one.result.bins and kind_of[one.result.feature] in kinds
    ]
    figures.page(chosen, source=source, log=False, columns=4)
    plt.show()


# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-energies", "caption": "Transverse energies, their imbalances and transverse masses [GeV] of the matrix that can be tested, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, one for each cell: transverse energies, imbalances and transverse masses."}}
draw_cells("met", "mT", "eT", "deT")

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-masses", "caption": "Masses of pairs [GeV] of the matrix that can be tested, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, one for each cell: masses of pairs of objects."}}
draw_cells("m")

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-rapidities", "caption": "Rapidities and their differences of the matrix that can be tested, on linear axes. The last bin holds the overflow. Points: {glue:text}`source`."}, "image": {"alt": "Panels of stacked simulation with bands, points and a ratio below, one for each cell: rapidities of objects and their differences."}}
draw_cells("hL", "h")

# %% tags=["remove-cell"]
report.record("cells_size", T4N5.size, ".0f")
report.record("cells_all", T4N5.size**2, ".0f")
report.record("cells_filled", filled.sum(), ".0f")
for region, outcome in results.items():
    for name, value in comparison.verdict(outcome).items():
        fmt = (
            ".2g"
            if name in ("smallest", "global", "global_systematic")
            else ".0f"
        )
        report.record(f"{region}_{name}", value, fmt)

# %% [markdown]
# Of the {glue:text}`cells_all` cells {glue:text}`cells_filled` are filled by some event, and
# {glue:text}`matrix_tests` have enough for a test.
#
# ## How many tests that were
#
# Look at enough features and one of them will disagree. With $N$ independent tests the smallest
# p-value is below $p$ with probability $1-(1-p)^N$. Features aren't independent, the cells of a matrix least
# of all: they share objects. In collisions, where one event enters all histograms, this makes the number
# a careful one. Pseudo-data are drawn histogram by histogram and share the truth they come from only:
# a heavy simulated event that this truth lacks, or has twice, shows in all cells of its objects together.
#
# | | tests | without a test | smallest p | its chance | p below {glue:text}`level_5` % | so after Holm | chance with systematics |
# |---|---|---|---|---|---|---|---|
# | dilepton features | {glue:text}`dilepton_tests` | {glue:text}`dilepton_without` | {glue:text}`dilepton_smallest` | {glue:text}`dilepton_global` | {glue:text}`dilepton_below` | {glue:text}`dilepton_holm` | {glue:text}`dilepton_global_systematic` |
# | trilepton features | {glue:text}`trilepton_tests` | {glue:text}`trilepton_without` | {glue:text}`trilepton_smallest` | {glue:text}`trilepton_global` | {glue:text}`trilepton_below` | {glue:text}`trilepton_holm` | {glue:text}`trilepton_global_systematic` |
# | cells of the matrix | {glue:text}`matrix_tests` | {glue:text}`matrix_without` | {glue:text}`matrix_smallest` | {glue:text}`matrix_global` | {glue:text}`matrix_below` | {glue:text}`matrix_holm` | {glue:text}`matrix_global_systematic` |

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-p", "caption": "All p-values in order, against what as many independent tests would give. Points on the diagonal mean agreement; a group that bends towards zero on the left disagrees. Compared: {glue:text}`source` and simulation."}, "image": {"alt": "Three rising series of points near the diagonal from zero to one, or below it where data and simulation disagree."}}
figures.p_values(
    {
        name: np.array([one.p for one in outcome])
        for name, outcome in results.items()
    },
    source=source,
)
plt.show()

# %% [markdown]
# ## Would it find anything?
#
# A test that never alarms proves nothing. Here pseudo-data are drawn (whatever the profile) with the mass of the lepton pair, or
# of the one nearest the Z boson among three leptons, multiplied by a factor, and compared with the simulation as it is.

# %% tags=["hide-input"]
rows, alarms, cell_alarms = [], [], []
for region, name in (("dilepton", "mll"), ("trilepton", "mll_z")):
    table, one = events[region], FEATURES[region][name]
    sizes = assumed_sizes(region, labels)
    drawn = Comparison.of(table, labels, sizes, pseudo=True, seed=seed)
    for factor in distortions:
        found = drawn.feature(
            name, table[name], one.edges, true_values=factor * table[name]
        ).result
        rows.append(
            {"feature": name, "factor": factor, "chi2": found.chi2,
             "bins": found.bins, "p": found.p, "p_shape": found.p_shape}
        )  # fmt: skip
    for other in range(repeats):
        again = Comparison.of(
            table, labels, sizes, pseudo=True, seed=seed + 1 + other
        )
        alarms += [
            again.feature(key, table[key], each.edges).result.p
            for key, each in FEATURES[region].items()
        ]
        if region == "trilepton":
            found = comparison.cell_features(
                again, cells, T4N5.names, T4N5.labels
            )
            cell_alarms += [each.result.p for each in found]
tables.styled(pd.DataFrame(rows), "distorted", ".2g", chi2=".1f", factor="g")

# %% tags=["remove-cell"]
for prefix, p in (("alarms", alarms), ("cell_alarms", cell_alarms)):
    tested = np.array(p)[~np.isnan(p)]
    for level in (0.05, 0.01):
        share = np.mean(tested < level) if len(tested) else np.nan
        report.record(f"{prefix}_{100 * level:.0f}", 100 * share, ".1f")
    report.record(f"{prefix}_tests", len(tested), ",.0f")
report.record("level_5", 5, "g")
report.record("level_1", 1, "g")
report.record("repeats", repeats, ".0f")

# %% [markdown]
# Without a distortion, in {glue:text}`alarms_tests` tests of all features with {glue:text}`repeats` other seeds,
# {glue:text}`alarms_5` % of the p-values are below {glue:text}`level_5` %, and {glue:text}`alarms_1` % below {glue:text}`level_1` %. For the cells of the
# matrix, in {glue:text}`cell_alarms_tests` tests, it is {glue:text}`cell_alarms_5` % and {glue:text}`cell_alarms_1` %. An excess at the lower level is what the few heavy events
# do; a single cell a little beyond the correction for the number of tests is then no surprise.
#
# ## What was found, and what comes next
#
# Compared were {glue:text}`source` and simulation. In the dilepton search {glue:text}`dilepton_holm` of {glue:text}`dilepton_tests`
# tested features disagree after the correction for their number, in the trilepton search {glue:text}`trilepton_holm` of
# {glue:text}`trilepton_tests`, and of the matrix {glue:text}`matrix_holm` of {glue:text}`matrix_tests` cells. The total yields have p-values of
# {glue:text}`dilepton_yield` and {glue:text}`trilepton_yield`. On pseudo-data what
# disagrees does so by chance, or by the few heavy events of a simulation that is worth less than it has events; on collisions each that does is to be understood before a model sees it. The chapters that follow train models on
# these features.
