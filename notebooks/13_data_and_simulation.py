# %% [markdown]
# (chap-agreement)=
# # Data and simulation
#
# Does the simulation describe the data in every feature that a model is given? A network uses any feature
# that is simulated wrongly, and takes the difference for new physics. This chapter compares all
# features of both searches and every cell of the rapidity-mass matrix with the simulation, corrects the p-values for the number of tests
# ({numref}`tab-agreement-tests`), and measures how often the tests alarm wrongly and what they can find
# ({numref}`tab-agreement-rates` and {numref}`tab-agreement-distorted`).

# %% lepsearch={"reads": ["dilepton", "trilepton"]} nbmake={"mock": {"profile": "smoke", "repeats": 3, "varied": ["false_leptons", "merging"]}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# [0, 4294967295]; of the pseudo-data, where the profile has no collisions
seed = 13
# [2, 10000]; other seeds, to see how often the test alarms without a reason
repeats = 30
# [0.1, 10]; factors on a mass
distortions = [1.0, 1.001, 1.003, 1.01, 1.05]
# names of variations, or none; those that the bands include, beside cross sections
varied = ["jet_scale", "soft_term", "false_leptons", "merging"]

# %%
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from matplotlib_inline.backend_inline import set_matplotlib_formats

from lepsearch.book import tables
from lepsearch.data import quoted
from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON, FEATURES, PAIR_KINDS
from lepsearch.events.variations import VARIATIONS, both_ways
from lepsearch.plotting import comparison as figures
from lepsearch.plotting.sheet import sheet
from lepsearch.plotting.stack import draw_band
from lepsearch.plotting.style import drawing, lines
from lepsearch.rmm import momenta, present, rmm
from lepsearch.rmm.layout import T4N5
from lepsearch.stats import agreement, histograms
from lepsearch.stats.comparison import Comparison, repeated
from lepsearch.stats.estimate import Estimate, sum_weights, weighted_mean

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
# ```{table} Set-up of this chapter.
# :name: tab-agreement-setup
#
# | profile | *{eval}`profile`* |
# |---|---|
# | luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | points in the figures | {eval}`source` |
# | simulated processes | {eval}`groups` |
# | gaps of this profile | {eval}`"; ".join(dataset.lacks("dilepton")) or "nothing"` |
# | repeats with other seeds | {eval}`repeats` |
# ```
#
# A process that {numref}`tab-agreement-setup` does not list would appear in collisions as an excess.
#
# ```{admonition} Pseudo-data
# :class: warning
# A figure of pseudo-data contains no collision. Each of its histograms is drawn bin by bin from Poisson distributions, with a
# fixed seed. Whole simulated events cannot be drawn instead: most stand for several expected events, and would be
# copied. Collisions do not come from our finite sample, so each simulated event first counts a Poisson number of times
# (a bootstrap {cite}`efron1979`) to give the distributions that are drawn from. The points therefore differ from the
# simulation as a perfect experiment would differ from a perfect generator with as few events. They test the method, not the physics.
# ```
#
# ## Test of a feature
#
# With $n_i$ observed and $\mu_i$ expected entries in bin $i$,
#
# $$
# \chi^2 = (n-\mu)^T V^{-1} (n-\mu), \qquad V_{ij} = \mu_i\,\delta_{ij} + \sum_e h_{ei} h_{ej},
# $$ (eq-agreement)
#
# where $h_{ei}$ is the weight that the generated event $e$ has in bin $i$. Repeated smearings of an event can fall into
# different bins and correlate them; the sum includes this.
#
# Bins are merged to the right until each expects {eval}`f"{histograms.LEAST_EVENTS:g}"` entries, has an effective number of
# {eval}`f"{histograms.LEAST_EFFECTIVE:g}"` simulated events, and a statistical uncertainty whose skewness is at most
# {eval}`f"{histograms.LARGEST_SKEWNESS:g}"`: one event with a large weight among many with small ones does not fluctuate like a normal
# distribution. The last bin includes the overflow. The number of degrees of freedom is the number of merged bins, since nothing is fitted.
#
# If all bins merge into one, only the number of events that have the feature could be tested. That is the yield, which is
# tested once ({numref}`tab-agreement-yields`). Such features are marked *yield only* and counted nowhere.
#
# A second p-value includes systematic uncertainties in $V$, each fully correlated over the bins. Their
# sizes ({numref}`tab-agreement-assumed`) are *assumed*: no measurement stands behind them. They are what ATLAS analyses of such final
# states typically reach before a fit, rounded. The larger ones have a reason: $Z$+jets with two leptons has mismeasured missing transverse momentum, and the rates of fake leptons are assumed.
#
# A third p-value, for continuous features, is that of the Kolmogorov-Smirnov test of the shape. The distance is taken at bin edges, which makes it
# conservative.

# %% mystnb={"figure": {"name": "tab-agreement-assumed"}}
otherwise, fake_lepton = 0.20, 0.50
fakes = dict.fromkeys(("ttbar", "single_top", "zjets", "wjets"), fake_lepton)
trilepton = {"diboson": 0.10} | fakes
dilepton = trilepton | {"ttbar": 0.06, "single_top": 0.10, "zjets": 0.15}
named = {"dilepton": dilepton, "trilepton": trilepton}
assumed = pd.DataFrame(named).reindex(list(labels)).fillna(otherwise)
assumed = assumed.rename(labels).rename_axis("assumed", axis=1)
assumed.style.format(lambda size: f"{100 * size:.0f} %")

# %% [markdown] tags=["caption"]
# Assumed relative uncertainty of the yield of each process. Processes without a value of their own have {eval}`f"{100 * otherwise:.0f}"` %: a cross section of leading order, or worse.

# %% [markdown]
# ## Yields and effective numbers of events

# %% mystnb={"figure": {"name": "tab-agreement-yields"}}
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
    by_event = background.groupby("original")["weight"]
    by_event = by_event.agg(["sum", "size"]).sort_values("sum", key=abs)
    heaviest = by_event.tail(1).sum()
    rows[region] = {
        "expected": total,
        "generated events": total.events,
        "effective number": total.effective,
        "largest weight": heaviest["sum"],
        "its share [%]": 100 * heaviest["sum"] / total.value,
        "its rows": int(heaviest["size"]),
        source: whole.events,
        "p of the yield": agreement.yield_p(whole.events, total.value, error),
    }
yields = pd.DataFrame.from_dict(rows, orient="index")
whole_numbers = dict.fromkeys(("generated events", source), ",d")
tables.styled(yields, "yields", **whole_numbers)

# %% [markdown] tags=["caption"]
# Background of both regions: expected events with their statistical uncertainty, distinct generated events, effective number, largest weight of one generated event with its share and its rows (repeated smearings), and the observed events. The p-value of the yield includes the assumed systematic uncertainty and holds for few events too.

# %%
of_group = [
    (sum_weights(part), labels[name])
    for name, part in background.groupby("group")
]
large = [one for one in of_group if one[0].value > total.value / 10]
poorest = min(large, key=lambda one: one[0].effective, default=None)
thinnest = "Without a simulated background there is nothing to test."
if poorest:
    thinnest = (
        "Of the groups with at least a tenth of the trilepton background, "
        f"{poorest[1]} has the smallest effective number, "
        f"{poorest[0].effective:,.0f}, from {poorest[0].events:,} generated events."
    )

# %% [markdown]
# A simulation with a smaller effective number than expected events limits the tests: a difference below its statistical
# uncertainty, the hatched band of the figures, cannot be seen. A bin dominated by one event with a large weight
# cannot be tested; only more simulated events help. {eval}`thinnest`

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
# The figures show all features of tables 4.2, 4.3 and 5.1 of {cite}`guevara2023`, as {numref}`chapter %s <chap-dilepton-features>`
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
# The next figures repeat them on linear axes, which show the bulk.

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
# ### Worst agreement first


# %% mystnb={"figure": {"name": "tab-agreement-dilepton"}} tags=["hide-input"]
def worst_first(results, name, rows=None):
    """The table with headings that can break into lines."""
    heads = {
        "p_holm": "p Holm", "p_systematic": "p syst.", "p_shape": "p shape",
        "p_shape_holm": "p shape Holm", "untested": "why no test",
    }  # fmt: skip
    table = agreement.agreement_table(results).head(rows)
    if not table["untested"].any():
        table = table.drop(columns="untested")
    formats = {"events": ",.0f", "chi2": ".1f"}
    formats["expected"] = tables.four_digits
    return tables.styled(table.rename(columns=heads), name, ".3g", **formats)


worst_first(features["dilepton"].values(), "dilepton")

# %% [markdown] tags=["caption"]
# Agreement of the features of the dilepton search, the worst first. *p* has the statistical uncertainties of both sides; *p Holm* is corrected for the number of features in this table {cite}`holm1979`, whether or not they depend on each other; *p syst.* includes the assumed systematic uncertainties. *p shape* is that of the Kolmogorov-Smirnov test, *p shape Holm* the same after the correction for the number of those tests.

# %% [markdown]
# ### Variations of the simulation
#
# The assumed uncertainties of {numref}`tab-agreement-assumed` scale whole processes. Most sources also change shapes: energy scales and the soft term move events, and
# more of them pass a cut on the missing transverse momentum. Here the same events are measured again with one source moved by one
# standard deviation at a time, and selected again. {numref}`fig-agreement-varied` adds the changes up and down in quadrature.

# %%
bands = {one: DILEPTON[one] for one in ("met_sig", "mll")}
read = ["pair", "n_fake", *bands]
background = events["dilepton"].query("kind == 'background'")
background = background[[*read, "weight", "sample", "kind", "original"]]
unread = []


def measure(table):
    """Expected SFOS pairs in the bins of each feature, one after another."""
    sfos = table[table["pair"] == PAIR_KINDS.index("SFOS")]
    return np.concatenate([
        histograms.fill(sfos[name], sfos["weight"], one.edges).values()
        for name, one in bands.items()
    ])  # fmt: skip


expected = measure(background)
positive = np.where(expected > 0, expected, np.nan)


def moved(names):
    """Relative changes of the background by each source, down and up [%]."""
    both = both_ways(
        dataset, names, measure, background, region="dilepton",
        columns=read, samples=[*background["sample"].unique()],
    )  # fmt: skip
    return {
        name: 100 * (np.array(one) / positive - 1)
        for name, one in both.items()
    }


of_groups = [name for name, one in VARIATIONS.items() if one.group]
moving = [one for one in varied if VARIATIONS[one].shift]
shifts = {}
if len(background):
    shifts |= moved([*of_groups, *(one for one in varied if one not in moving)])  # fmt: skip
    try:
        shifts |= moved(moving)
    except InputError:  # their ntuples are not at hand
        unread = [VARIATIONS[one].label for one in moving]
flat = np.zeros_like(expected) + np.sum(
    [np.square(shifts[one]).max(axis=0) for one in of_groups if shifts],
    axis=0,
)
shifts = {VARIATIONS[one].label: shifts[one] for one in varied if one in shifts}  # fmt: skip
shifts["cross sections"] = np.array([-np.sqrt(flat), np.sqrt(flat)])
up, down = (
    np.sqrt(
        sum(
            np.maximum(sign * one, 0).max(axis=0) ** 2
            for one in shifts.values()
        )
    )
    for sign in (1, -1)
)

# %% mystnb={"figure": {"name": "fig-agreement-varied"}, "image": {"alt": "Two panels, significance of the missing momentum and mass of the pair: relative changes of the background by each source as steps around zero, inside a grey systematic band, with a hatched statistical band."}} tags=["hide-input"]
sfos = background[background["pair"] == PAIR_KINDS.index("SFOS")]
with drawing(1, 2, figsize=(10.2, 4.4), sharey=True) as (figure, grid):
    first = 0
    for axes, (name, one) in zip(grid, bands.items(), strict=True):
        n = len(one.edges) - 1
        here, first = slice(first, first + n), first + n
        spread = histograms.fill(
            sfos[name], sfos["weight"], one.edges, original=sfos["original"]
        )
        error = 100 * np.sqrt(spread.variances()) / positive[here]
        middle, half = (
            (up[here] - down[here]) / 2,
            (up[here] + down[here]) / 2,
        )
        grey = {"facecolor": "#bbbbbb", "hatch": None, "edgecolor": "none"}
        draw_band(axes, one.edges, middle, half, label="all sources", **grey)
        draw_band(
            axes, one.edges, 0 * error, error, label="simulation, stat."
        )
        for label, changes, style in lines(shifts):
            axes.stairs(
                changes[1][here],
                one.edges,
                baseline=None,
                label=f"{label}, up",
                **style,
            )
        axes.set(
            xlabel=one.axis,
            xlim=(one.edges[0], one.edges[-1]),
            ylim=(-60, 60),
        )
    grid[0].set_ylabel("change of the background [%]")
    figure.legend(
        *grid[0].get_legend_handles_labels(),
        loc="outside upper left",
        ncols=3,
    )
figure

# %% [markdown] tags=["caption"]
# Relative change of the expected background of SFOS pairs by single sources moved up by one standard deviation, the band of all sources in both directions, and the statistical band of
# the simulation. The last bin includes the overflow. Sources without their ntuples, which are not varied: {eval}`", ".join(unread) or "none"`.

# %%
largest, cut_at = (
    "no source",
    quoted.get("guevara.table_5_4.met_significance_min"),
)
tail = slice(
    int(np.searchsorted(bands["met_sig"].edges, cut_at.value)),
    len(bands["met_sig"].edges) - 1,
)
yields_there = np.nan_to_num(expected[tail])
in_tail = {
    label: max(abs(np.nansum(one[i][tail] * yields_there)) for i in range(2))
    / max(yields_there.sum(), 1e-9)
    for label, one in shifts.items()
}
largest = max(in_tail, key=in_tail.get)

# %% [markdown]
# Above a significance of {eval}`f"{cut_at.value:g}"`, where the search counts, the largest source is *{eval}`largest`*: it changes the background by
# {eval}`f"{in_tail[largest]:.0f}"` %. Ntuples hold no pairs from further below in missing transverse momentum, which can enter by a shift, so the lowest bins
# underestimate the change. An event with a large weight that moves makes a narrow spike. {numref}`Chapter %s <chap-limits>` uses these variations as nuisance parameters.

# %% [markdown]
# ### Fake leptons and the two features that the thesis dropped
#
# {cite}`guevara2023` dropped two features because data and simulation disagreed: the azimuth between the leptons
# (`dPhiLeps`) and that between the missing transverse momentum and the nearest lepton (`dPhiCloseMet`). For the first
# the thesis suspects the missing simulation of fake leptons, which it also blames for the pairs that are not SFOS; for the second
# it finds no reason. The embedded samples contain fake leptons, so the suspicion can be tested: leave out the events with a fake lepton and
# compare again. The test has power where these are a large share of the pairs ({numref}`tab-agreement-fakes`).

# %% mystnb={"figure": {"name": "tab-agreement-fakes"}} tags=["hide-input"]
table = events["dilepton"]
kind = table["pair"].map(lambda i: PAIR_KINDS[i]).astype(str)
of = {"not SFOS": kind != "SFOS", "same sign": kind.str.endswith("SS")}
background = table["kind"] == "background"
fake = table["n_fake"] > 0
dropped, rates, left_out = {}, {}, ", fakes left out"
for pairs, chosen in of.items():
    whole = compared["dilepton"].of_rows(chosen.to_numpy())
    less = whole.simulated_without(fake.to_numpy())
    for name, words in product(("dPhiLeps", "dPhiCloseMet"), ("", left_out)):
        edges, axis = DILEPTON[name].edges, f"{name} [rad]\n{pairs}{words}"
        one = (less if words else whole).feature
        dropped[pairs, name, words] = one(name, table[name], edges, axis=axis)
    count, own = dropped[pairs, "dPhiLeps", ""].events, background & chosen
    fakes, rest = (sum_weights(table[own & one]) for one in (fake, ~fake))
    weights = table["weight"][own], table["original"][own]
    measured = (Estimate(count, np.sqrt(count)) - rest) / fakes
    rates[pairs] = {
        "expected": fakes + rest, source: count, "measured / assumed": measured,
        "with a fake [%]": 100 * weighted_mean(fake[own], *weights),
    }  # fmt: skip
fake_rates = pd.DataFrame.from_dict(rates, orient="index")
tables.styled(fake_rates, "fakes", **{source: ",d"})

# %% [markdown] tags=["caption"]
# Pairs of leptons that are not SFOS, and the same-sign pairs among them: expected events, observed events, the rate of fake leptons in units of the
# assumed one (observed events without the other expected ones, divided by the expected events with a fake lepton), and the share of these
# events. Uncertainties are statistical.


# %% mystnb={"figure": {"name": "tab-agreement-dropped"}} tags=["hide-input"]
def p_words(p):
    """A p-value, or that it is small beyond what a test can know."""
    return "below 1e-100" if p < 1e-100 else f"{p:.2g}"


shown = pd.DataFrame([*dropped], columns=["pairs", "feature", "simulation"])
shown["simulation"] = "all" + shown["simulation"]
shown["p"] = [one.p for one in dropped.values()]
shown["p shape"] = [one.p_shape for one in dropped.values()]
left = shown[shown["simulation"] != "all"].dropna().set_index("pairs")
alarms = left["p"] < level
tables.styled(shown, "dropped", p_words)

# %% [markdown] tags=["caption"]
# Agreement of the two features that the thesis dropped, with the whole simulation and without the events with a fake lepton: p-values of the
# chi-square and of the test of the shape.

# %% mystnb={"figure": {"name": "fig-agreement-dropped"}, "image": {"alt": "Eight panels of stacked simulation with points and a ratio below, four for pairs that are not SFOS and four for same-sign pairs."}} tags=["hide-input"]
figures.page(list(dropped.values()), source=source, log=False, columns=4)

# %% [markdown] tags=["caption"]
# The two features that the thesis dropped, in expected events, for pairs that are not SFOS (top) and for same-sign pairs (bottom), each with the whole
# simulation and without the events with a fake lepton. Points: {eval}`source`. Compare the ratios without these events.

# %% [markdown]
# In same-sign pairs the rate of fake leptons is {eval}`fake_rates["measured / assumed"]["same sign"]` times the assumed one, and
# in all pairs that are not SFOS {eval}`fake_rates["measured / assumed"]["not SFOS"]` times.
# {eval}`"Pseudo-data contain the assumed rate, so one is expected." if pseudo else "A value other than one corrects the assumed rate."`
#
# Without fake leptons in the simulation, {eval}`f"{alarms.filter(like='same').sum()} of {len(alarms.filter(like='same'))}"` chi-square tests in same-sign
# pairs have a p-value below {eval}`f"{100 * level:g}"` %. Of those in all pairs that are not SFOS,
# {eval}`f"{alarms.filter(like='not').sum()} of {len(alarms.filter(like='not'))}"` have one ({numref}`tab-agreement-dropped`). A missing
# simulation of fake leptons can explain a disagreement only in pairs whose tests alarm without them.
#
# The second feature has no reason of this kind to disagree: it picks the lepton by the missing transverse momentum, so an
# error in the direction of the latter moves events. Pseudo-data have the simulation's own response and cannot show this;
# collisions can. Both features stay in the skims, marked as dropped, and models that follow the thesis leave them out.
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
# The next figures repeat them on linear axes.

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

# %% mystnb={"figure": {"name": "tab-agreement-trilepton"}} tags=["hide-input"]
worst_first(features["trilepton"].values(), "trilepton")

# %% [markdown] tags=["caption"]
# Agreement of the features of the trilepton search, the worst first. The columns are those of {numref}`tab-agreement-dilepton`.

# %% [markdown]
# ## Every cell of the matrix
#
# The rapidity-mass matrix of {cite}`frette2023`, with {eval}`T4N5.size` rows and columns, is computed from the same
# events ({numref}`chapter %s <chap-rmm>`). An event fills a cell if it has the objects of that cell.

# %%
table = events["trilepton"]
objects = momenta.trilepton_momenta(table, T4N5)
matrices = rmm(objects, table["met"], table["metphi"], T4N5)
cells = np.where(present(objects, T4N5), matrices, np.nan)
cells = cells.reshape(len(table), T4N5.size**2)
cells = pd.DataFrame(cells, columns=T4N5.names.flat)
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
# p-value of each cell of the rapidity-mass matrix. Lightly hatched cells are filled by no event, grey ones
# have no test: too few events, or enough for the yield only. Compared: {eval}`source` and
# simulation.

# %% mystnb={"figure": {"name": "tab-agreement-cells"}} tags=["hide-input"]
tested = [one for one in in_cells.values() if not one.untested]
worst_first(tested, "cells", 12)

# %% [markdown] tags=["caption"]
# Agreement of the cells of the matrix, the twelve worst. The columns are those of {numref}`tab-agreement-dilepton`.

# %% mystnb={"figure": {"name": "fig-agreement-worst-cells"}, "image": {"alt": "Six panels of stacked simulation with points and a ratio below, one for each of the worst cells."}} tags=["hide-input"]
worst = sorted(tested, key=lambda one: one.p)[:6]
figures.page(worst, source=source, log=False)

# %% [markdown] tags=["caption"]
# The six cells of the matrix with the smallest p-values, in expected events; masses and energies in GeV. Points: {eval}`source`.

# %% [markdown]
# The next figures show all cells that an event fills, with a test or without, on a linear and on a logarithmic scale.

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
# ```{table} Cells of the rapidity-mass matrix by the outcome of the chi-square test.
# :name: tab-agreement-cell-counts
#
# | cells | number |
# |---|---|
# | all | {eval}`T4N5.size**2` |
# | filled by an event | {eval}`len(in_cells)` |
# | tested | {eval}`f"{made['cells of the matrix', 'chi-square']:d}"` |
# | yield only | {eval}`f"{untested['cells of the matrix'].get('yield only', 0):d}"` |
# | too few events | {eval}`f"{untested['cells of the matrix'].get('too few', 0):d}"` |
# ```
#
# ## Correction for the number of tests
#
# Among enough features, one will disagree by chance. With $N$ independent tests the smallest
# p-value is below $p$ with probability $1-(1-p)^N$, its *chance* in {numref}`tab-agreement-tests`. Features are not
# independent, and cells of a matrix share objects. In collisions, where one event enters all histograms, this makes the
# chance conservative. Pseudo-data are drawn histogram by histogram and share only their true distributions: if these lack a simulated
# event with a large weight, or have it twice, all cells of its objects show it together.

# %% mystnb={"figure": {"name": "tab-agreement-tests"}} tags=["hide-input"]
heads = {"low": f"p below {100 * level:g} %", "after Holm": "also after Holm"}
p_formats = {"smallest p": "{:.2g}", "its chance": "{:.2g}"}
counts.rename(columns=heads).style.format(p_formats, precision=0, na_rep="–")

# %% [markdown] tags=["caption"]
# Tests of each set of features: their number, the smallest p-value, the chance of one as small among as many independent tests, and the numbers of low p-values before and after the correction of Holm.

# %% [markdown]
# With the systematic uncertainties, the chance of the smallest p-value of the chi-square is
# {eval}`f"{chance['dilepton features']:.2g}"` for the dilepton features,
# {eval}`f"{chance['trilepton features']:.2g}"` for the trilepton features and
# {eval}`f"{chance['cells of the matrix']:.2g}"` for the cells.


# %% mystnb={"figure": {"name": "tab-agreement-low"}} tags=["hide-input"]
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

# %% [markdown] tags=["caption"]
# Features with a p-value below {eval}`f"{100 * level:g}"` % after the correction of Holm, and features without a test.

# %% [markdown]
# Features without a test ({numref}`tab-agreement-low`) have not been shown to agree.

# %% mystnb={"figure": {"name": "fig-agreement-p"}, "image": {"alt": "Three rising series of points near the diagonal from zero to one, or below it where data and simulation disagree."}} tags=["hide-input"]
p = {name: table["p"].to_numpy() for name, table in outcomes.items()}
figures.p_values(p, source=source)

# %% [markdown] tags=["caption"]
# Chi-square p-values of all tests in order, against those of as many independent tests without a disagreement. Compared: {eval}`source` and simulation. Points on the
# diagonal mean agreement; points that bend towards zero on the left mean disagreement.

# %% [markdown]
# ## False-positive rate and power of the tests
#
# A test that never alarms proves nothing, and a test that alarms too often is useless. Both rates are measured with pseudo-data of
# {eval}`repeats` other seeds, for any profile. {numref}`tab-agreement-rates` has the rate of low p-values under the null hypothesis.

# %% mystnb={"figure": {"name": "tab-agreement-rates"}} tags=["hide-input"]
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

# %% [markdown] tags=["caption"]
# Rate of low p-values without a distortion, for each set of features: expected are the values in the heads. Uncertainties come from the spread over the repeats, since the tests of one repeat share the same resampled simulation.

# %% tags=["hide-input"]
high = [
    f"the {test} of the {name} ({100 * share:.1f} % below {100 * one:g} %)"
    for (name, test), p in falsely.items()
    for one in (level, 0.01)
    for share in [agreement.low_share(p, one)]
    if (share - one).sigmas > 2
]

# %% [markdown]
# {eval}`f"Low p-values are more frequent than expected by over two standard deviations for {' and '.join(high)}. Events with large weights are the likely cause: their bins do not fluctuate like a normal distribution." if high else "No set of tests has low p-values more often than expected by over two standard deviations."`
# The test of the shape is conservative, because the distance is taken at bin edges and the simulation has events with
# large weights.
#
# {numref}`tab-agreement-distorted` has the power. Pseudo-data get the mass of the lepton pair, or that of the pair nearest the Z boson among three
# leptons, multiplied by a factor, and are compared with the unchanged simulation.


# %% mystnb={"figure": {"name": "tab-agreement-distorted"}} tags=["hide-input"]
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

# %% [markdown] tags=["caption"]
# Tests of pseudo-data whose mass is multiplied by a factor. Chi-square, bins and p-values are those of one seed; *found* is the number of repeats with a p-value below {eval}`f"{100 * level:g}"` %, out of those in the next column that have a test.

# %% tags=["hide-input"]
shifted, tests = distorted[distorted["factor"] > 1], ("chi-square", "shape")
least = dict.fromkeys(
    product(("mll", "mll_z"), tests), "none of these shifts"
)
for test in tests:
    seen = shifted[shifted[f"found by {test}"] > shifted[f"of, {test}"] / 2]
    for name, factor in seen.groupby("feature")["factor"].min().items():
        least[name, test] = f"{100 * (factor - 1):.1f} %"

# %% [markdown]
# ```{table} Smallest shift of the mass that most repeats find.
# :name: tab-agreement-least
#
# | | `mll`, two leptons | `mll_z`, three leptons |
# |---|---|---|
# | by the chi-square | {eval}`least['mll', 'chi-square']` | {eval}`least['mll_z', 'chi-square']` |
# | by the shape | {eval}`least['mll', 'shape']` | {eval}`least['mll_z', 'shape']` |
# ```
#
# The chi-square finds a shift only if enough bins are left to resolve a peak, since bins are merged until each has enough
# simulated events. A good chi-square of a feature with few bins says little. Which test finds more depends on the
# feature, so both are made.
#
# ## Summary and what comes next
#
# - After the correction for their number, {eval}`f"{low.sum():d}"` of {eval}`f"{made.sum():d}"` tests of {eval}`source` disagree with the simulation
#   ({numref}`tab-agreement-tests`). {eval}`"In pseudo-data a disagreement comes from chance or from events with large weights." if pseudo else "Each disagreement has to be understood before a model uses the feature."`
# - {eval}`f"Of the trilepton features, {untested['trilepton features']['yield only']} are tested by their yield only." if untested['trilepton features'].get('yield only', 0) else "No trilepton feature is tested by its yield only."`
#   {eval}`f"{untested['trilepton features']['too few']} have too few events for any test: nothing is known of these." if untested['trilepton features'].get('too few', 0) else "None is without a test."`
# - The smallest shift of the dilepton mass that most repeats find is {eval}`least['mll', 'chi-square']` by the chi-square and
#   {eval}`least['mll', 'shape']` by the shape ({numref}`tab-agreement-least`).
#
# Pseudo-data test the method and not the simulation: only recorded collisions can show whether it describes nature.
# The chapters that follow train models on these features.
