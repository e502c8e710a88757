# %% [markdown]
# (chap-dilepton-features)=
# # Features of the dilepton search
#
# Which numbers describe an event with two leptons and missing momentum, and what does each of them
# mean? A model learns from these numbers alone, so each needs one definition. This chapter defines
# those of {cite}`guevara2023`, draws them all, and shows what depends on the definition.

# %% lepsearch={"reads": ["dilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["dh_hds_130", "dh_hds_400"]  # shown where the profile has them
n_backgrounds = 3  # the largest ones are drawn in the grids

# %%
from dataclasses import replace

import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.constants import W_BOSON, mass
from lepsearch.data import quoted
from lepsearch.events import objects
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON, PAIR_KINDS
from lepsearch.plotting import features, stack
from lepsearch.stats import correlation, estimate, histograms
from lepsearch.stats.estimate import Estimate, sum_weights

pd.set_option("display.max_colwidth", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = dataset.table("dilepton", samples=dataset.chosen(signals))
background = events[events["kind"] == "background"]
signal = events[events["kind"] == "signal"]
total = sum_weights(background)
scaled = {"labels": dataset.labels, "luminosity_fb": dataset.luminosity_fb}
third = signal[signal["jet3pt"].notna()].groupby("sample")["event"].nunique()

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$:
# {eval}`total` expected background events from {eval}`f"{total.events:,}"` simulated ones,
# and {eval}`f"{sum_weights(signal).events:,}"` simulated signal events. What the profile lacks here: {eval}`"; ".join(dataset.lacks("dilepton")) or "nothing"`.
#
# ## Definitions
#
# Leptons and jets are in order of falling transverse momentum; $\ell_1$ is the leading lepton, $j_1$ the
# leading jet, and $\ell\ell$ the sum of both leptons. With four-momenta $p$, masses are
#
# $$
# m_{\ell\ell}^2 = (p_{\ell_1} + p_{\ell_2})^2, \qquad m_{jj}^2 = (p_{j_1} + p_{j_2})^2 .
# $$ (eq-pair-masses)
#
# Nothing is known of the missing momentum along the beam. The *transverse mass* makes do without it:
# it is the mass of the lepton pair and one massless particle that carries the missing momentum, when
# both are seen across the beam,
#
# $$
# m_T^2 = m_{\ell\ell}^2 + 2\left(E_T^{\ell\ell}\, E_T^\mathrm{miss}
#   - \vec p_T^{\,\ell\ell}\cdot\vec p_T^{\,\mathrm{miss}}\right), \qquad
# (E_T^{\ell\ell})^2 = m_{\ell\ell}^2 + (p_T^{\ell\ell})^2 .
# $$ (eq-mt-pair)
#
# The *stransverse mass* {cite}`barr2003,lester2015` is for two unseen particles, one beside each
# lepton. Their momenta are unknown but for their sum, so the least favourable choice is taken:
#
# $$
# m_{T2} = \min_{\vec q_1 + \vec q_2 = \vec p_T^{\,\mathrm{miss}}}
#   \max\left[m_T(\ell_1, \vec q_1),\, m_T(\ell_2, \vec q_2)\right] .
# $$ (eq-mt2)
#
# If both leptons have parents of one mass, it never exceeds that mass but by mismeasurement and the parents'
# width: {eval}`f"{mass(W_BOSON):.0f}"` GeV for two W bosons. If the missing momentum points between the leptons it is zero.
#
# The *transverse energy* is that of the lepton pair, and *hadronic activity* counts leptons too:
#
# $$
# E_T = E_{\ell\ell}\sin\theta_{\ell\ell}, \qquad
# H_T = \sum_\ell p_T(\ell) + \sum_j p_T(j), \qquad
# r_T = E_T^\mathrm{miss} / H_T .
# $$ (eq-ht)
#
# The significance of the missing momentum divides it by its resolution along its own direction,
# $S^2 = (E_T^\mathrm{miss})^2 / [\sigma_L^2 (1 - \rho_{LT}^2)]$ {cite}`metsignificance2018`, with the
# resolutions of all leptons and jets of the event. Differences of azimuth are sizes,
# from 0 to $\pi$. Of the two leptons, $\ell_c$ is the one closer to the missing momentum.
#
# The list is machine-readable, `lepsearch.events.features`, and every chapter takes its labels and bins
# from there. The fourth column is the thesis's table, with a star at what the thesis
# dropped in the end; the last one says which share of the expected background has the feature.


# %%
def share(table, chosen):
    """Percentage of the expected events that are chosen, with its statistical error."""
    inside, outside = (sum_weights(table[mask]) for mask in (chosen, ~chosen))
    a, b = inside.value, outside.value
    whole = a + b or np.nan
    error = np.hypot(b * inside.error, a * outside.error) / whole**2
    return 100 * Estimate(a / whole, error)


absent = [one.name for one in DILEPTON.values() if one.may_be_absent]
heads, rows = ["what it is", "unit", "table", "present [%]"], {}
for name, one in DILEPTON.items():
    source, there = one.source + "*" * one.dropped, background[name].notna()
    present = share(background, there) if one.may_be_absent else 100
    rows[name] = one.title, one.unit, source, present
pd.DataFrame.from_dict(rows, "index", columns=heads).rename_axis("feature")

# %% tags=["remove-cell"]
report.record("n_absent", len(absent), "d")

# %% [markdown]
# Jets have a transverse momentum above {eval}`f"{objects.JET_PT:g}"` GeV and $|\eta|$ < {eval}`f"{objects.JET_ETA:g}"`.
# That makes one of the counts equal to another: a b-jet above {eval}`f"{objects.JET_PT:g}"` GeV is any b-jet.
#
# What is absent is `NaN` in the tables, never a number. A model that can't take that gets its
# replacement when it is trained, visibly, not when events are selected.
#
# ## Pictures
#
# Each distribution is normalised to one; energies and counts are on logarithmic axes. The lines are the largest backgrounds and the signals; the
# last bin of each holds everything above, the first everything below. Bars are statistical errors. In brackets the
# legend says how many unweighted events a line is worth, in the poorest and the richest panel of a figure: three lines with
# as many bars may rest on thousands of events or on a few dozen. The signal with the fewest events that have a third jet has {eval}`f"{third.min():,.0f}"` of them.

# %% tags=["hide-input"]
largest = background.groupby("group")["weight"].sum().nlargest(n_backgrounds)
drawn = events["group"].isin(largest.index) | (events["kind"] == "signal")
beyond = 110
hard = background["mt2"] > beyond
hard = background[hard & (background["group"] == "diboson")]
by_size = hard.groupby("sample")["weight"].sum().nlargest(4)
sizes = {one: share(hard, hard["sample"] == one) for one in by_size.index}
dibosons = ", ".join(f"{name} {size} %" for name, size in sizes.items())


def panel(one, table=events[drawn]):
    """A feature's shapes; energies and counts have logarithmic axes."""
    histogram = histograms.spectra(table, one.name, one.edges, dataset.labels)
    worth = histograms.effective_events(table, one.name, dataset.labels)
    log = one.unit == "GeV" or one.counts
    return features.Panel(one.axis, histogram, log, worth)


def grid(*names, columns=3):
    """Draw features by their names."""
    panels = [panel(DILEPTON[name]) for name in names]
    return features.shape_grid(panels, columns=columns)


# %% mystnb={"figure": {"name": "fig-features-leptons"}, "image": {"alt": "Six panels with transverse momentum, pseudorapidity and azimuth of both leptons; transverse momenta of the signals reach further than those of the backgrounds, the azimuths are flat."}} tags=["hide-input"]
grid("lep1pt", "lep1eta", "lep1phi", "lep2pt", "lep2eta", "lep2phi")

# %% [markdown] tags=["caption"]
# Both leptons. The heavier the new boson, the harder are the leptons that it decays to, and the
# more central; azimuths are flat, as nothing prefers a direction around the beam.

# %% mystnb={"figure": {"name": "fig-features-event"}, "image": {"alt": "Eight panels with the dilepton mass, missing momentum and its significance, transverse mass, stransverse mass, transverse energy, hadronic activity and the ratio; the signals lie at larger values than the backgrounds in most."}} tags=["hide-input"]
grid("mll", "met", "met_sig", "mt", "mt2", "et", "ht", "rt")

# %% [markdown] tags=["caption"]
# Features of the whole event. The stransverse mass of top-quark pairs falls off beyond the W mass,
# and dibosons go on: above {eval}`f"{beyond:g}"` GeV they are, by sample,
# {eval}`dibosons or "there are none"`. Drell-Yan events have missing momentum of low significance.

# %% mystnb={"figure": {"name": "fig-features-angles"}, "image": {"alt": "Four panels with differences of azimuth between 0 and pi; the pair and the missing momentum are back to back in the signals, and less so in the backgrounds."}} tags=["hide-input"]
grid("dPhiLeps", "dPhiLLMet", "dPhiLeadMet", "dPhiCloseMet", columns=2)

# %% [markdown] tags=["caption"]
# Differences of azimuth. The lepton pair recoils against the missing momentum in the signal; the
# leptons of Drell-Yan events recoil against each other.

# %% mystnb={"figure": {"name": "fig-features-jets"}, "image": {"alt": "Ten panels with transverse momentum, pseudorapidity and azimuth of three jets and the mass of the leading two; top-quark pairs have the hardest jets among the backgrounds."}} tags=["hide-input"]
jets = [f"jet{i}{field}" for i in (1, 2, 3) for field in ("pt", "eta", "phi")]
grid(*jets, "mjj")

# %% [markdown] tags=["caption"]
# The three leading jets and the mass of the first two, of the events that have them.

# %% mystnb={"figure": {"name": "fig-features-counts"}, "image": {"alt": "Six panels with numbers of b-jets, light jets, central and forward jets on logarithmic axes; top-quark pairs have more b-jets than the other processes."}} tags=["hide-input"]
grid(*(name for name, one in DILEPTON.items() if one.counts))

# %% [markdown] tags=["caption"]
# Numbers of jets: of table 4.2 in the first two panels, and the four that avoid the padding of
# absent jets in the others. Jets end at {eval}`f"{objects.JET_ETA:g}"` in pseudorapidity here, so that few
# are forward.

# %% [markdown]
# ### Two features that were dropped
#
# The thesis left out two of its features because data and simulation disagreed: the azimuth between
# the leptons, and between the missing momentum and the lepton closest to it. For the first it suspected false
# leptons, jets taken for leptons, which it did not simulate; for the second it gave no reason. Both are drawn here in
# events per bin:


# %% mystnb={"figure": {"name": "fig-dropped-leptons"}, "image": {"alt": "Stacked histogram of the azimuth between the leptons from 0 to pi, on a logarithmic axis, with signals far below."}} tags=["hide-input"]
def stacked(name):
    """Draw a feature of the backgrounds and of the first signal."""
    one, table = DILEPTON[name], events[~events["sample"].isin(signals[1:])]
    return stack.stack(table, name, one.edges, one.axis, **scaled)


stacked("dPhiLeps")

# %% [markdown] tags=["caption"]
# The azimuth between the leptons, the first feature that the thesis dropped.

# %% mystnb={"figure": {"name": "fig-dropped-closest"}, "image": {"alt": "Stacked histogram of the azimuth between the missing momentum and the closest lepton from 0 to pi, on a logarithmic axis, falling towards pi."}} tags=["hide-input"]
stacked("dPhiCloseMet")

# %% [markdown] tags=["caption"]
# The azimuth between the missing momentum and the lepton closest to it, the second one. It falls
# beyond a right angle, since one of two leptons that are back to back is always closer than that.

# %% tags=["hide-input"]
near = background["dPhiCloseMet"] < np.pi / 8
kind = background["pair"].map(lambda i: PAIR_KINDS[i])
same_sign = share(background, kind.isin(["SFSS", "DFSS"]))
near_other = share(background[near], kind[near] != "SFOS")
far_other = share(background[~near], kind[~near] != "SFOS")

# %% [markdown]
# Same-sign pairs, most of which hold a false lepton or a wrong charge, are {eval}`same_sign` %
# of the background here: too few to bend either distribution much. Where the missing momentum is
# within an eighth of $\pi$ of a lepton, {eval}`near_other` % of the background are not
# opposite-sign pairs of one flavour, against {eval}`far_other` % elsewhere. Whether the
# two features agree with data is tested with all the others where data and simulation are compared.
# Nothing in their definition speaks against them, and this book keeps them in its tables.
#
# ## What depends on the definition
#
# The thesis's features beside ours, where a reader should know of a difference. "Text" is the draft,
# "code" the public code of the thesis, which need not be the version behind every figure:

# %% tags=["hide-input"]
differences = """
met_sig | as the experiment's software gives it | same form, parametrised resolutions
mt | text: not defined; code: of the pair alone | of the pair and the missing momentum
et | text: not defined; code: of the pair | of the pair
mt2 | unseen particles massless | the same
dPhiLeadMet | text: printed as that of the pair | of the leading lepton
dPhi… | code: some with a sign | sizes, from 0 to π
ht | text: scalar sum; code: size of the vector sum | scalar sum
rt | with that of the code | with the scalar sum
nbjets, nljets | tagged at 85 % efficiency | tagged at 77 % efficiency
jet1pt … mjj | absent: 0, or -999 for η and φ | absent: NaN, until a model must be fed
n_bjetPt20 | text: above 20 GeV; code: 30 GeV | above 20 GeV, the same as nbjets
n_jetsetaForward50 | |η| > 2.5 | 2.5 < |η| < 2.8, where jets end here
"""
rows = [line.split(" | ") for line in differences.strip().splitlines()]
table = pd.DataFrame(rows, columns=["feature", "thesis", "here"])
table.set_index("feature")

# %% [markdown]
# ### Hadronic activity: a scalar or a vector sum
#
# The text of the thesis has the scalar sum of {eq}`eq-ht`. Its code adds the momenta as vectors and
# takes the size of the sum. These are different quantities: momentum balances across the beam, so
# the vector sum of all that is seen is the missing momentum again, up to what is soft. It is
# calculated here for events with at most three jets, all of which the tables hold.


# %%
def vector_sum(table, names):
    """Size of the vector sum of transverse momenta [GeV]; absent jets add nothing."""
    pt = table[[name + "pt" for name in names]].to_numpy(dtype=float)
    phi = table[[name + "phi" for name in names]].to_numpy(dtype=float)
    x, y = np.nansum([pt * np.cos(phi), pt * np.sin(phi)], axis=2)
    return np.hypot(x, y)


few_jets = events["nbjets"] + events["nljets"] <= 3
seen = vector_sum(events, ["lep1", "lep2", "jet1", "jet2", "jet3"])
events["vector"] = np.where(few_jets, seen, np.nan)
events["ratio"] = events["met"] / events["vector"]
pair_pt = vector_sum(events, ["lep1", "lep2"])
events["pair_mt"] = np.hypot(events["mll"].astype(float), pair_pt)
background = events[events["kind"] == "background"]

# %% tags=["hide-input"]
counted = background[background["vector"].notna()]
share_counted = share(background, background["vector"].notna())


def correlated(table, *names):
    """Linear correlation of two features, with its error."""
    found = correlation.strongest_pairs(table, names, 1)
    return Estimate(*found.loc[0, ["r", "error"]])


r_vector = correlated(counted, "met", "vector")
r_scalar = correlated(counted, "met", "ht")
weights, medians = (counted["weight"], counted["original"]), {}
for name in ("ht", "vector", "rt", "ratio"):
    middle = estimate.median_of(counted[name])
    medians[name] = estimate.bootstrap(middle, *weights)

# %% tags=["remove-cell"]
report.record("r_vector", r_vector)
report.record("r_scalar", r_scalar)
report.record("median_ht", medians["ht"])
report.record("median_vector", medians["vector"])

# %% mystnb={"figure": {"name": "fig-ht-forms"}, "image": {"alt": "Four panels: scalar sum, ratio to it, vector sum, ratio to it. The ratio to the vector sum peaks near one for all processes but Z plus jets."}} tags=["hide-input"]
met, ht, rt = r"$E_T^\mathrm{miss}$", DILEPTON["ht"], DILEPTON["rt"]
forms = [
    replace(ht, label="scalar $H_T$", bins=(0, 800, 40)),
    replace(rt, label=f"{met} / scalar $H_T$", bins=(0, 2, 40)),
    replace(ht, name="vector", label="vector sum", bins=(0, 400, 40)),
    replace(rt, name="ratio", label=f"{met} / vector sum", bins=(0, 4, 40)),
]
panels = [panel(one, events[few_jets & drawn]) for one in forms]
features.shape_grid(panels, columns=2)

# %% [markdown] tags=["caption"]
# Hadronic activity as the scalar sum (above) and as the vector sum of the thesis's code (below),
# and the ratio of the missing momentum to each, in events with at most three jets. Where particles
# leave unseen, the vector sum repeats the missing momentum, and its ratio gathers near one; in
# Drell-Yan events, whose missing momentum is one of measurement, it does not.

# %% [markdown]
# In the {eval}`f"{sum_weights(counted).events:,}"` such events, {eval}`share_counted` % of the expected background, the
# correlation with the missing momentum is {eval}`r_vector` for the vector sum and
# {eval}`r_scalar` for the scalar one. (One event far out pulls such a number: the largest missing
# momentum here is {eval}`f"{counted['met'].max():,.0f}"` GeV.) The median of the expected events falls from {eval}`medians['ht']` to
# {eval}`medians['vector']` GeV, and that of the ratio rises from {eval}`medians['rt']` to
# {eval}`medians['ratio']`. The vector sum tells a measured imbalance from a real one, as the significance
# does, but nothing of the activity: a model given it is told the missing momentum almost twice.
#
# ### Transverse mass: of what
#
# The draft does not say whose transverse mass is meant. Its code takes that of the lepton pair
# alone, $\sqrt{m_{\ell\ell}^2 + (p_T^{\ell\ell})^2}$, in which the missing momentum has no part.
# Ours is {eq}`eq-mt-pair`. The search by counting cuts on it, so that the difference matters:

# %% tags=["hide-input"]
cut = quoted.get("guevara.table_5_4.m_t_min").value
above = {}
for kind, table in events.query("kind != 'data'").groupby("kind"):
    above[kind] = [
        share(table, table[one] > cut) for one in ("mt", "pair_mt")
    ]
pd.DataFrame(above, ["pair and missing momentum", "pair alone"]).T

# %% tags=["remove-cell"]
report.record("mt_cut", cut, "g")
report.record("mt_background", above["background"][0])
report.record("pair_mt_background", above["background"][1])

# %% [markdown]
# The table has the share of the expected events above {eval}`f"{cut:g}"` GeV, in percent. The weights of the
# signals are those of their own cross sections. This book cuts on the mass of the pair and the
# missing momentum, which a heavy parent of both would show.
#
# ### One name for two angles
#
# The text of the thesis prints the azimuth between the *leading lepton* and the missing momentum as
# that between the *pair* and the missing momentum; its table has it right.

# %% tags=["hide-input"]
r_angles = correlated(background, "dPhiLLMet", "dPhiLeadMet")
difference = (background["dPhiLLMet"] - background["dPhiLeadMet"]).abs()
weights = background["weight"], background["original"]
apart = estimate.weighted_mean(difference, *weights)
printed = quoted.below("guevara.section_5_2_1").values()
absent_printed, padding = map(float, printed)
filled = background["jet2eta"].fillna(padding)
padded = estimate.weighted_mean(filled, *weights)

# %% tags=["remove-cell"]
report.record("angle_difference", apart)
report.record("absent_printed", absent_printed, "d")

# %% [markdown]
# The two are different features: on average they differ by {eval}`apart` rad in the
# background, and their correlation is {eval}`r_angles`.
#
# ### Absent jets
#
# The draft speaks of {eval}`f"{absent_printed:g}"` features that an event may lack; three for each of three jets and
# the mass of two make {eval}`len(absent)`. Absent angles were {eval}`f"{padding:g}"`. Taken as
# a number, that gives the second jet of the background an average pseudorapidity of
# {eval}`padded`, and a scaling of the column by its mean and width would leave the real
# values no room. Padding is a choice of the model's, not of the table's.
#
# ## Correlations

# %% mystnb={"figure": {"name": "fig-features-correlation"}, "image": {"alt": "Triangular heat map of correlations of all features: blocks of strong positive correlation among momenta and masses and among the numbers of jets, and near zero between those and azimuths or pseudorapidities."}} tags=["hide-input"]
names = list(DILEPTON)
matrix = correlation.correlation_matrix(background, names).to_numpy()
words = {"title": "expected background", "label": "linear correlation"}
features.heat_map(matrix, names, **words)

# %% [markdown] tags=["caption"]
# Linear correlation of the features in the expected background; each pair uses the events that have
# both. Energies rise and fall together, and pseudorapidities; the azimuth of an object has to do
# with those of others only. A dash marks negative correlations.

# %% [markdown]
# The strongest pairs, with their errors and the number of simulated events that have both:

# %%
strongest = correlation.strongest_pairs(background, names, 12).round(9)
found = list(map(Estimate, strongest["r"], strongest["error"]))
strongest["correlation"] = found
strongest[["first", "second", "correlation", "events"]]

# %% tags=["hide-input"]
lower = np.abs(matrix[np.tril_indices(len(names), -1)])
known = lower[np.isfinite(lower)]
strong, weak = 0.7, 0.1

# %% [markdown]
# ## What was found, and what comes next
#
# The thesis's tables have {eval}`len(DILEPTON)` features. Of their {eval}`len(known)` pairs,
# {eval}`int((known > strong).sum())` are correlated by more than {eval}`strong`, so that the features hold fewer independent
# numbers than their count suggests; {eval}`int((known < weak).sum())` by less than {eval}`weak`. One is a copy of another,
# and azimuths of single objects carry nothing but their differences. Which feature sets a signal apart best is
# measured in {numref}`chapter %s <chap-padding>`. What the thesis calls hadronic activity
# and transverse mass depends on whether one reads its text or its code, and changes what a model is
# told.
#
# The trilepton search describes its events in another way, by a matrix of all pairs of objects.
# Before a model sees any of these numbers, they are compared with data.
