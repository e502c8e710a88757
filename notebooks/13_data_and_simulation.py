# %% [markdown]
# (chap-agreement)=
# # Data and simulation
#
# Does the simulation describe what is seen, in every number that a model will be given? A network
# finds any feature that is simulated wrongly, and takes it for new physics. This chapter draws all
# features of both searches and every cell of the rapidity-mass matrix beside the simulation, tests
# each, and counts how many tests it makes.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "repeats": 3}} lepsearch={"reads": ["dilepton", "trilepton"]}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
seed = 13  # of the pseudo-data, where the profile has no collisions
repeats = 30  # other seeds, to see how often the test alarms without a reason
one_lepton = ["wjets", "ttbar_1l", "single_top_s", "single_top_t"]
distortions = [1.0, 1.02, 1.05, 1.1]  # factors on a mass, to be found

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report, tables
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import FEATURES, PAIR_KINDS
from lepsearch.plotting import comparison as figures
from lepsearch.plotting.sheet import sheet
from lepsearch.rmm import present, rmm
from lepsearch.rmm.layout import T4N5
from lepsearch.rmm.momenta import trilepton_momenta
from lepsearch.stats import agreement, alarms, comparison
from lepsearch.stats.comparison import Comparison
from lepsearch.stats.estimate import sum_weights
from lepsearch.stats.systematics import (
    OTHERWISE,
    assumed_sizes,
    assumed_table,
)

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
level = 0.05  # what is called low
report.record("level", 100 * level, "g")

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
# The number of degrees of freedom is the number of merged bins, since nothing is fitted. Where all bins merge into
# one, only the number of events that have the feature could be tested. That is the yield of the region or of a part of it, which
# would be tested by each such feature anew; the yield is tested once, below, and these features are marked *yield only*
# and counted nowhere.
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
    heaviest, copies = one.simulated.heaviest
    share = 100 * heaviest / total.value if total.value else np.nan
    yields[region] = agreement.yield_p(
        int(whole.observed[0]), total.value, spread
    )
    rows[region] = {
        "expected": tables.plus_minus(total.value, total.error),
        "simulated events": f"{total.events:,}",
        "worth, unweighted": f"{(total.value / total.error) ** 2 if total.error else 0:,.0f}",
        "heaviest event": f"{float(f'{heaviest:.3g}'):,g} ({share:.2g} %), {copies}×",
        source: f"{whole.observed[0]:,}",
        "p of the yield": f"{yields[region]:.2g}",
    }
pd.DataFrame.from_dict(rows, orient="index").rename_axis("region", axis=1)

# %% tags=["remove-cell"]
for region, one in compared.items():
    table = events[region][one.rows]
    total = sum_weights(table)
    heaviest, copies = one.simulated.heaviest
    share = 100 * heaviest / total.value if total.value else np.nan
    report.record_text(
        f"{region}_times", f"{copies} times" if copies > 1 else "once"
    )
    report.record(f"{region}_yield", yields[region], ".2g")
    report.record(f"{region}_heaviest", share, ".2g")
    report.record_text(
        f"{region}_expected", tables.plus_minus(total.value, total.error)
    )
    worst, least, its = "no group", np.nan, 0
    for group, part in table.groupby("group"):
        of_group = sum_weights(part)
        worth = (of_group.value / of_group.error) ** 2
        if of_group.value > 0.1 * total.value and not worth > least:
            worst, least, its = labels[group], worth, of_group.events
    report.record_text(f"{region}_thinnest", worst)
    report.record(f"{region}_thinnest_worth", least, ",.3g")
    report.record(f"{region}_thinnest_events", its, ",.0f")

# %% [markdown]
# The p-value of the yield has the statistical and the assumed systematic uncertainty, and holds for few events
# too. A simulation worth fewer events than are expected limits the test: what differs by less than its
# statistical error, the hatched band, can't be seen.
#
# The table's *heaviest event* is the one generated event that most of the expectation hangs on. A generated event may
# be measured several times, with another smearing each time; its copies are one event for the error. In the trilepton region
# the heaviest, measured {glue:text}`trilepton_times`, is {glue:text}`trilepton_heaviest` % of {glue:text}`trilepton_expected`
# expected events, and in the dilepton region {glue:text}`dilepton_heaviest` %. Of the groups that make up a tenth of
# the trilepton background or more, {glue:text}`trilepton_thinnest` is worth the fewest: {glue:text}`trilepton_thinnest_worth` unweighted
# events, from {glue:text}`trilepton_thinnest_events` generated ones. Where such an event falls into a histogram, that bin and its neighbours can't be
# tested; the cure is more simulation of that process, not another test.

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
# The column *p* has the statistical errors of both sides; *p Holm* is the same after the correction of Holm
# {cite}`holm1979` for the number of features in this table, which holds whether or not they depend on
# each other; *p syst.* includes the assumed uncertainties. *p shape* is the
# Kolmogorov-Smirnov test's, and *p shape Holm* the same after the correction for the number of those tests. Where
# a feature has no test, a last column says why.

# %% tags=["hide-input"]
results = {
    region: [one.result for one in known.values()]
    for region, known in features.items()
}


def worst_first(table, name):
    """The table with headings that can break into lines."""
    heads = {
        "p_holm": "p Holm", "p_systematic": "p syst.", "p_shape": "p shape",
        "p_shape_holm": "p shape Holm", "untested": "why no test",
    }  # fmt: skip
    formats = {"expected": ",.1f", "events": ",.0f", "chi2": ".1f"}
    if not table["untested"].any():
        table = table.drop(columns="untested")
    return tables.styled(table.rename(columns=heads), name, ".3g", **formats)


worst_first(comparison.agreement_table(results["dilepton"]), "dilepton")

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
            row["p shape" + words] = result.result.p_shape
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
worst_first(comparison.agreement_table(results["trilepton"]), "trilepton")

# %% [markdown]
# ## Every cell of the matrix
#
# The rapidity-mass matrix of {cite}`frette2023`, with {glue:text}`cells_size` rows and columns, is made of the same
# events ({numref}`chapter %s <chap-rmm>`). A cell is filled where its objects are there.

# %%
table = events["trilepton"]
objects = trilepton_momenta(table, T4N5)
matrices = rmm(objects, table["met"], table["metphi"], T4N5)
cells = np.where(present(objects, T4N5), matrices, np.nan)
filled = comparison.populated(compared["trilepton"], cells)
in_cells = comparison.cell_features(
    compared["trilepton"], cells, T4N5.names, T4N5.labels
)
results["matrix"] = [one.result for one in in_cells]

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-cells", "caption": "p-value of each cell of the rapidity-mass matrix. White cells are filled by no event, grey ones have no test: too few events, or enough for the yield only. Compared: {glue:text}`source` and simulation."}, "image": {"alt": "A square map of cells with the missing momentum, light jets, b-jets, electrons and muons along both sides; most tested cells are pale, a few are darker, and large parts where no event has so many objects are white."}}
figures.cell_map(
    comparison.p_matrix(results["matrix"], T4N5.names),
    filled, T4N5.axis_labels, source=source,
)  # fmt: skip
plt.show()

# %% tags=["hide-input"]
worst_cells = comparison.agreement_table(results["matrix"])
worst_cells = worst_cells[worst_cells["p"].notna()].head(12)
worst_first(worst_cells, "cells")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-worst-cells", "caption": "The six cells of the matrix that agree worst; masses and energies in GeV. Points: {glue:text}`source`."}, "image": {"alt": "Six panels of stacked simulation with points and a ratio below, one for each of the worst cells."}}
by_name = {one.result.feature: one for one in in_cells}
figures.page(
    [by_name[name] for name in worst_cells["feature"].head(6)],
    source=source, log=False,
)  # fmt: skip
plt.show()

# %% [markdown]
# All cells that an event fills, with a test or without, each on a linear scale and on a logarithmic one:

# %%
kind_of = dict(zip(T4N5.names.ravel(), T4N5.kinds.ravel(), strict=True))


def draw_cells(first, last, *kinds):
    """A page of the filled cells of some kinds."""
    chosen = [one for one in in_cells if kind_of[one.result.feature] in kinds]
    sheet(chosen[first:last], source=source)
    plt.show()


# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-energies", "caption": "Missing momentum, transverse masses, transverse energies [GeV] and their imbalances in the matrix. Linear scales (left) end at the number in the frame; lines across logarithmic ones (right) are powers of ten. Grey frames: no test. The first and last bin hold what is beyond the axis. Points: {glue:text}`source`."}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each cell: missing momentum, transverse masses, transverse energies and imbalances."}}
draw_cells(0, None, "met", "mT", "eT", "deT")

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-masses-1", "caption": "Masses of pairs [GeV], the first half, drawn as in {numref}`fig-agreement-cells-energies`. Points: {glue:text}`source`."}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each mass of two objects."}}
draw_cells(0, 50, "m")

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-masses-2", "caption": "Masses of pairs [GeV], the second half, drawn as in {numref}`fig-agreement-cells-energies`. Points: {glue:text}`source`."}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each mass of two objects."}}
draw_cells(50, None, "m")

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-rapidities-1", "caption": "Rapidities of objects and their differences, the first half, drawn as in {numref}`fig-agreement-cells-energies`. Points: {glue:text}`source`."}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each rapidity or difference of rapidities."}}
draw_cells(0, 58, "hL", "h")

# %% tags=["hide-input", "hide-output"] mystnb={"figure": {"name": "fig-agreement-cells-rapidities-2", "caption": "Rapidities of objects and their differences, the second half, drawn as in {numref}`fig-agreement-cells-energies`. Points: {glue:text}`source`."}, "image": {"alt": "Pairs of small frames with stacked simulation, its band and points, linear and logarithmic, one pair for each rapidity or difference of rapidities."}}
draw_cells(58, None, "hL", "h")

# %% tags=["remove-cell"]
report.record("cells_size", T4N5.size, ".0f")
report.record("cells_all", T4N5.size**2, ".0f")
report.record("cells_filled", filled.sum(), ".0f")
of = {
    "dilepton": "dilepton features",
    "trilepton": "trilepton features",
    "matrix": "cells of the matrix",
}
sets = {("yields", "count"): np.array(list(yields.values()))}
for key, outcome in results.items():
    sets[of[key], "chi-square"] = np.array([one.p for one in outcome])
    sets[of[key], "shape"] = np.array([one.p_shape for one in outcome])
    for test, prefix in (("chi-square", key), ("shape", f"{key}_shape")):
        found = comparison.verdict(sets[of[key], test], level)
        report.record(f"{prefix}_tests", found["tests"], ".0f")
        report.record(f"{prefix}_holm", found["holm"], ".0f")
        low = agreement.holm(sets[of[key], test]) < level
        names = [outcome[i].feature for i in np.flatnonzero(low)]
        report.record_text(f"{prefix}_disagree", ", ".join(names) or "none")
    for why in ("yield only", "too few"):
        names = [one.feature for one in outcome if one.untested == why]
        word = why.replace(" ", "_")
        report.record(f"{key}_{word}", len(names), ".0f")
        if key != "matrix":
            report.record_text(
                f"{key}_{word}_names", ", ".join(names) or "none"
            )
    systematic = agreement.global_p([one.p_systematic for one in outcome])
    report.record(f"{key}_global_systematic", systematic, ".2g")

# %% [markdown]
# Of the {glue:text}`cells_all` cells {glue:text}`cells_filled` are filled by some event;
# {glue:text}`matrix_tests` can be tested, {glue:text}`matrix_yield_only` are of the yield only, and {glue:text}`matrix_too_few` have too few.
#
# ## How many tests that were
#
# Look at enough features and one of them will disagree. With $N$ independent tests the smallest
# p-value is below $p$ with probability $1-(1-p)^N$, its *chance* in the table. Features aren't independent, the cells of a matrix least
# of all: they share objects. In collisions, where one event enters all histograms, this makes the number
# a careful one. Pseudo-data are drawn histogram by histogram and share the truth they come from only:
# a heavy simulated event that this truth lacks, or has twice, shows in all cells of its objects together.

# %% tags=["hide-input"]
alarms.counts_table(sets, level)

# %% [markdown]
# With the systematic uncertainties the chance of the smallest p-value of the chi-square is
# {glue:text}`dilepton_global_systematic` for the dilepton features, {glue:text}`trilepton_global_systematic` for the
# trilepton features and {glue:text}`matrix_global_systematic` for the cells.
#
# | | below {glue:text}`level` % after Holm, chi-square | the same, shape | yield only | too few for a test |
# |---|---|---|---|---|
# | dilepton features | {glue:text}`dilepton_disagree` | {glue:text}`dilepton_shape_disagree` | {glue:text}`dilepton_yield_only_names` | {glue:text}`dilepton_too_few_names` |
# | trilepton features | {glue:text}`trilepton_disagree` | {glue:text}`trilepton_shape_disagree` | {glue:text}`trilepton_yield_only_names` | {glue:text}`trilepton_too_few_names` |
# | cells of the matrix | {glue:text}`matrix_disagree` | {glue:text}`matrix_shape_disagree` | {glue:text}`matrix_yield_only` cells | {glue:text}`matrix_too_few` cells |
#
# What has no test hasn't been shown to agree. How often a right truth gives a test that disagrees is measured below.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-agreement-p", "caption": "All p-values of the chi-square in order, against what as many independent tests would give. Points on the diagonal mean agreement; a group that bends towards zero on the left disagrees. Compared: {glue:text}`source` and simulation."}, "image": {"alt": "Three rising series of points near the diagonal from zero to one, or below it where data and simulation disagree."}}
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
# A test that never alarms proves nothing, and one that alarms too often neither. Both are measured here, with pseudo-data
# (whatever the profile) of {glue:text}`repeats` other seeds. First without a distortion: how often is a p-value low although the truth is right?

# %% tags=["hide-input"]
drawn = {
    region: [
        Comparison.of(
            table,
            labels,
            assumed_sizes(region, labels),
            pseudo=True,
            seed=seed,
        )
    ]
    for region, table in events.items()
}
for known in drawn.values():
    known += [known[0].with_seed(seed + 1 + i) for i in range(repeats)]
where = {str(name): place for place, name in np.ndenumerate(T4N5.names)}
tested = [one for one in in_cells if not one.result.untested]
asked = {
    region: (list(known.values()), [events[region][name] for name in known])
    for region, known in features.items()
} | {
    "matrix": (
        tested,
        [cells[:, *where[one.result.feature]] for one in tested],
    )
}
again = {
    key: alarms.repeated(
        known,
        values,
        drawn["dilepton" if key == "dilepton" else "trilepton"][1:],
    )
    for key, (known, values) in asked.items()
}
falsely = {}
for key, one in again.items():
    falsely[of[key], "chi-square"] = one.p
    falsely[of[key], "shape"] = one.p_shape
alarms.rates_table(falsely)

# %% [markdown]
# The errors are those of the spread over the repeats, whose tests share one truth each. The test of the shape is careful, as
# a distance taken at bin edges and a simulation with heavy events make it: its p-values are seldom low without a reason.
# {glue:text}`excess`
#
# Now with a distortion: pseudo-data have the mass of the lepton pair, or
# of the one nearest the Z boson among three leptons, multiplied by a factor, and are compared with the simulation as it is. *p* and *p shape* are
# those of one seed; *found* is the share of the repeats with a p-value below {glue:text}`level` %.


# %% tags=["hide-input"]
def p_words(p):
    """A p-value, or that it is small beyond what a test can know."""
    if np.isnan(p):
        return "–"
    return "below 1e-100" if p < 1e-100 else f"{p:.2g}"


rows = []
for region, name in (("dilepton", "mll"), ("trilepton", "mll_z")):
    first, *others = drawn[region]
    values, one = events[region][name], features[region][name]
    for factor in distortions:
        result = first.again(one, factor * values)
        found = alarms.repeated([one], [factor * values], others)
        row = {
            "feature": name, "factor": factor, "chi2": result.chi2,
            "bins": result.bins, "p": p_words(result.p), "p shape": p_words(result.p_shape),
        }  # fmt: skip
        for test, p in (("chi2", found.p), ("shape", found.p_shape)):
            number = int(np.sum(p < level))
            row[f"found by {test}"] = f"{number} of {np.sum(~np.isnan(p))}"
            row[f"share_{test}"] = alarms.rate(p, level)[0]
        rows.append(row)
distorted = pd.DataFrame(rows)
tables.styled(
    distorted.drop(columns=["share_chi2", "share_shape"]),
    "distorted", ".2g", chi2=".1f", factor="g",
)  # fmt: skip

# %% tags=["remove-cell"]
for name, rows in distorted.groupby("feature"):
    largest = rows.iloc[-1]
    report.record(f"{name}_largest", 100 * (largest["factor"] - 1), ".0f")
    for test in ("p", "p shape"):
        report.record_text(f"{name}_{test.replace(' ', '_')}", largest[test])
    for test in ("chi2", "shape"):
        report.record_text(f"{name}_by_{test}", largest[f"found by {test}"])
        seen = rows[(rows["factor"] > 1) & (rows[f"share_{test}"] > 0.5)]
        least = 100 * (seen["factor"].min() - 1)
        words = f"{least:.0f} %" if len(seen) else "none of these shifts"
        report.record_text(f"{name}_least_{test}", words)
report.record("repeats", repeats, ".0f")
shares = {
    f"the {test} of the {name}": (*alarms.rate(p, one), one)
    for (name, test), p in falsely.items()
    for one in (level, 0.01)
}
high = [
    f"{name} ({100 * share:.1f} ± {100 * error:.1f} % below {100 * one:g} %)"
    for name, (share, error, one) in shares.items()
    if share - one > 2 * error
]
report.record_text(
    "excess",
    "More often low than they should be, by over two errors, are those of "
    + " and ".join(high)
    + ": heavy events are the first suspect, whose bins do not vary like a normal distribution."
    if high
    else "No set has low p-values more often than it should by over two errors.",
)

# %% [markdown]
# | | `mll`, two leptons | `mll_z`, three leptons |
# |---|---|---|
# | p of the chi-square with a shift of {glue:text}`mll_largest` % | {glue:text}`mll_p` | {glue:text}`mll_z_p` |
# | p of the shape with it | {glue:text}`mll_p_shape` | {glue:text}`mll_z_p_shape` |
# | repeats in which the chi-square finds it | {glue:text}`mll_by_chi2` | {glue:text}`mll_z_by_chi2` |
# | repeats in which the shape finds it | {glue:text}`mll_by_shape` | {glue:text}`mll_z_by_shape` |
# | smallest shift that the chi-square finds in most repeats | {glue:text}`mll_least_chi2` | {glue:text}`mll_z_least_chi2` |
# | smallest shift that the shape finds in most repeats | {glue:text}`mll_least_shape` | {glue:text}`mll_z_least_shape` |
#
# The chi-square sees a shift only if enough bins are left: they are merged until each is worth enough simulated
# events, and then few may be left to hold a peak. A good chi-square of a feature with few bins in the tables above says little.
# Which test finds more depends on the feature, and both are made.
#
# ## What was found, and what comes next
#
# Compared were {glue:text}`source` and simulation. After the correction for their number, by the chi-square {glue:text}`dilepton_holm` of {glue:text}`dilepton_tests`
# tested dilepton features disagree, {glue:text}`trilepton_holm` of
# {glue:text}`trilepton_tests` trilepton features, and {glue:text}`matrix_holm` of {glue:text}`matrix_tests` cells of the matrix; by the test of the shape
# {glue:text}`dilepton_shape_holm` of {glue:text}`dilepton_shape_tests`, {glue:text}`trilepton_shape_holm` of {glue:text}`trilepton_shape_tests` and
# {glue:text}`matrix_shape_holm` of {glue:text}`matrix_shape_tests`. The total yields have p-values of
# {glue:text}`dilepton_yield` and {glue:text}`trilepton_yield`. Of the trilepton features {glue:text}`trilepton_yield_only` are of the yield only and
# {glue:text}`trilepton_too_few` have no test at all: of these nothing is known yet. On pseudo-data what
# disagrees does so by chance, or by the few heavy events of a simulation that is worth less than it has events; on collisions each that does is to be understood before a model sees it. The chapters that follow train models on
# these features.
