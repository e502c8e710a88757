# %% [markdown]
# (chap-dilepton-features)=
# # Features of the dilepton search
#
# Which numbers describe an event with two leptons and missing transverse momentum? A model learns from these
# numbers alone, and two authors who define a feature differently train different models. This
# chapter defines the features of {cite}`guevara2023` ({numref}`tab-features-list`), draws them, and measures the effect
# where the text of the thesis, its code and this book differ ({numref}`tab-features-differences`).

# %% lepsearch={"reads": ["dilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# signal samples, or none; shown where the profile has them
signals = ["dh_hds_130", "dh_hds_400"]
# [1, 100]; the largest ones are drawn in the grids
n_backgrounds = 3

# %%
from dataclasses import replace

import numpy as np
import pandas as pd

from lepsearch.book import report, tables
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
third = signal[signal["jet3pt"].notna()]
third = third.groupby("sample")["original"].nunique()

# %% [markdown]
# ```{table} Set-up of this chapter. Uncertainties are those of the size of the samples.
# :name: tab-features-setup
#
# | profile | *{eval}`profile`* |
# |---|---|
# | luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | expected background events in the dilepton region | {eval}`total` |
# | distinct generated background events | {eval}`f"{total.events:,}"` |
# | distinct generated signal events | {eval}`f"{sum_weights(signal).events:,}"` |
# | signal events with a third jet, in the sample with the fewest | {eval}`f"{third.min():,.0f}"` |
# | gaps of this profile | {eval}`"; ".join(dataset.lacks("dilepton")) or "nothing"` |
# ```
#
# ## Definitions
#
# Leptons and jets are in order of falling transverse momentum: $\ell_1$ is the leading lepton, $j_1$ the
# leading jet, and $\ell\ell$ the sum of both leptons. With four-momenta $p$, masses are
#
# $$
# m_{\ell\ell}^2 = (p_{\ell_1} + p_{\ell_2})^2, \qquad m_{jj}^2 = (p_{j_1} + p_{j_2})^2 .
# $$ (eq-pair-masses)
#
# The missing momentum along the beam is unknown. The *transverse mass* needs only the
# transverse components: it is the mass of the lepton pair and one massless particle that carries the missing
# transverse momentum, without the momenta along the beam,
#
# $$
# m_T^2 = m_{\ell\ell}^2 + 2\left(E_T^{\ell\ell}\, E_T^\mathrm{miss}
#   - \vec p_T^{\,\ell\ell}\cdot\vec p_T^{\,\mathrm{miss}}\right), \qquad
# (E_T^{\ell\ell})^2 = m_{\ell\ell}^2 + (p_T^{\ell\ell})^2 .
# $$ (eq-mt-pair)
#
# The *stransverse mass* {cite}`barr2003,lester2015` is for two particles that escape detection, one beside each
# lepton. Only the sum of their transverse momenta is known, so the smallest value over all divisions is taken:
#
# $$
# m_{T2} = \min_{\vec q_1 + \vec q_2 = \vec p_T^{\,\mathrm{miss}}}
#   \max\left[m_T(\ell_1, \vec q_1),\, m_T(\ell_2, \vec q_2)\right] .
# $$ (eq-mt2)
#
# If both leptons have parents of the same mass, $m_{T2}$ exceeds this mass only by mismeasurement and by the parents'
# width. The limit is {eval}`f"{mass(W_BOSON):.0f}"` GeV for two W bosons. If the missing transverse momentum points between the leptons, $m_{T2}$ is zero.
#
# The *transverse energy* is that of the lepton pair; the *hadronic activity* includes leptons:
#
# $$
# E_T = E_{\ell\ell}\sin\theta_{\ell\ell}, \qquad
# H_T = \sum_\ell p_T(\ell) + \sum_j p_T(j), \qquad
# r_T = E_T^\mathrm{miss} / H_T .
# $$ (eq-ht)
#
# The significance of the missing transverse momentum divides it by its resolution along its own direction,
# $S^2 = (E_T^\mathrm{miss})^2 / [\sigma_L^2 (1 - \rho_{LT}^2)]$ {cite}`metsignificance2018`, with the
# resolutions of all leptons and jets of the event. Differences of azimuth are absolute values
# from 0 to $\pi$. Of the two leptons, $\ell_c$ is the one closer to the missing transverse momentum.
#
# The module `lepsearch.events.features` holds the list in {numref}`tab-features-list`; every chapter takes its labels and bins
# from there.


# %% mystnb={"figure": {"name": "tab-features-list"}}
def share(table, chosen):
    """Percentage of the expected events that are chosen, with its error."""
    weights = table["weight"], table["original"]
    return 100 * estimate.weighted_mean(chosen, *weights)


absent = [one.name for one in DILEPTON.values() if one.may_be_absent]
heads, rows = ["what it is", "unit", "table", "in background [%]"], {}
for name, one in DILEPTON.items():
    source, there = one.source + "*" * one.dropped, background[name].notna()
    present = share(background, there) if one.may_be_absent else 100
    rows[name] = one.title, one.unit, source, present
shown = pd.DataFrame.from_dict(rows, "index", columns=heads)
shown.rename_axis("feature", axis=1)

# %% [markdown] tags=["caption"]
# Features of the dilepton search. The fourth column is the table of {cite}`guevara2023`; a star marks features that the thesis dropped in the end. The last column is the share of the expected background that has the feature.

# %% tags=["remove-cell"]
report.record("n_absent", len(absent), "d")

# %% [markdown]
# Jets have a transverse momentum above {eval}`f"{objects.JET_PT:g}"` GeV and $|\eta|$ < {eval}`f"{objects.JET_ETA:g}"`.
# Two counts are therefore equal: every b-jet is a b-jet above {eval}`f"{objects.JET_PT:g}"` GeV.
#
# An absent value is `NaN` in the tables, never a number. A model that needs a number gets a
# replacement when it is trained, not when events are selected.
#
# ## Distributions
#
# The following figures show all features of the largest backgrounds and of the signals. The first bin of each histogram includes
# the underflow and the last the overflow; bars are statistical uncertainties. In brackets, the legend gives the
# effective number of events of a line in the poorest and in the richest panel of the figure.

# %% tags=["hide-input"]
largest = background.groupby("group")["weight"].sum().nlargest(n_backgrounds)
drawn = events["group"].isin(largest.index) | (events["kind"] == "signal")
beyond = 110
hard = background["mt2"] > beyond
hard = background[hard & (background["group"] == "diboson")]
by_size = hard.groupby("sample")["weight"].sum().nlargest(4)
named = {one.sample: one.label for one in dataset.infos("dilepton")}
sizes = {one: share(hard, hard["sample"] == one) for one in by_size.index}
dibosons = "; ".join(f"{named[one]}, {sizes[one]} %" for one in sizes)


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


# %% mystnb={"figure": {"name": "fig-features-leptons"}, "image": {"alt": "Six panels with transverse momentum, pseudorapidity and azimuth of both leptons."}} tags=["hide-input"]
grid("lep1pt", "lep1eta", "lep1phi", "lep2pt", "lep2eta", "lep2phi")

# %% [markdown] tags=["caption"]
# Transverse momentum, pseudorapidity and azimuth of both leptons, with physics weights. Normalised to unit area; energies and counts on logarithmic axes. Compare the masses of the new boson; azimuths have no preferred direction.

# %% mystnb={"figure": {"name": "fig-features-event"}, "image": {"alt": "Eight panels with the dilepton mass, missing momentum and its significance, transverse mass, stransverse mass, transverse energy, hadronic activity and the ratio."}} tags=["hide-input"]
grid("mll", "met", "met_sig", "mt", "mt2", "et", "ht", "rt")

# %% [markdown] tags=["caption"]
# Features of the whole event, with physics weights. Normalised to unit area; energies and counts on logarithmic axes. Compare the stransverse mass of top-quark pairs and of dibosons beyond the W mass, and the significance of Drell-Yan events with that of the signals.

# %% [markdown]
# Top-quark pairs have two W bosons, so their stransverse mass ends near the W mass; $ZZ$ and $WZ$ are not bound to it.
# {eval}`f"The largest samples of dibosons above {beyond:g} GeV are {dibosons}." if dibosons else ""`

# %% mystnb={"figure": {"name": "fig-features-angles"}, "image": {"alt": "Four panels with differences of azimuth between 0 and pi."}} tags=["hide-input"]
grid("dPhiLeps", "dPhiLLMet", "dPhiLeadMet", "dPhiCloseMet", columns=2)

# %% [markdown] tags=["caption"]
# Differences of azimuth, with physics weights, normalised to unit area. Compare the recoil of the lepton pair against the missing transverse momentum, and that of the leptons against each other.

# %% mystnb={"figure": {"name": "fig-features-jets"}, "image": {"alt": "Ten panels with transverse momentum, pseudorapidity and azimuth of three jets and the mass of the leading two."}} tags=["hide-input"]
jets = [f"jet{i}{field}" for i in (1, 2, 3) for field in ("pt", "eta", "phi")]
grid(*jets, "mjj")

# %% [markdown] tags=["caption"]
# The three leading jets and the mass of the leading two, in the events that have them, with physics weights. Normalised to unit area; energies and counts on logarithmic axes.

# %% mystnb={"figure": {"name": "fig-features-counts"}, "image": {"alt": "Six panels with numbers of b-jets, light jets, central and forward jets on logarithmic axes."}} tags=["hide-input"]
grid(*(name for name, one in DILEPTON.items() if one.counts))

# %% [markdown] tags=["caption"]
# Numbers of jets, with physics weights, normalised to unit area on logarithmic axes: those of table 4.2 of the thesis in the first two panels, and the four that avoid the padding of absent jets in the others. Jets end at $|\eta|$ = {eval}`f"{objects.JET_ETA:g}"`, which limits the number of forward jets.

# %% [markdown]
# ### Two features that the thesis dropped
#
# The thesis dropped two features because data and simulation disagreed: the azimuth between
# the leptons ({numref}`fig-dropped-leptons`), and that between the missing transverse momentum and the lepton closest to it
# ({numref}`fig-dropped-closest`). For the first it suspected fake leptons, which it did not simulate; for the second it gave no reason.


# %% mystnb={"figure": {"name": "fig-dropped-leptons"}, "image": {"alt": "Stacked histogram of the azimuth between the leptons from 0 to pi, on a logarithmic axis, with the signals where the profile has any."}} tags=["hide-input"]
def stacked(name):
    """Draw a feature of the backgrounds and of the first signal."""
    one, table = DILEPTON[name], events[~events["sample"].isin(signals[1:])]
    return stack.stack(table, name, one.edges, one.axis, **scaled)


stacked("dPhiLeps")

# %% [markdown] tags=["caption"]
# Azimuth between the leptons, in expected events. The first of the two features that the thesis dropped.

# %% mystnb={"figure": {"name": "fig-dropped-closest"}, "image": {"alt": "Stacked histogram of the azimuth between the missing momentum and the closest lepton from 0 to pi, on a logarithmic axis."}} tags=["hide-input"]
stacked("dPhiCloseMet")

# %% [markdown] tags=["caption"]
# Azimuth between the missing transverse momentum and the lepton closest to it, in expected events. If the leptons are back to back, it does not exceed a right angle.

# %% tags=["hide-input"]
near = background["dPhiCloseMet"] < np.pi / 8
kind = background["pair"].map(lambda i: PAIR_KINDS[i])
same_sign = share(background, kind.isin(["SFSS", "DFSS"]))
near_other = share(background[near], kind[near] != "SFOS")
far_other = share(background[~near], kind[~near] != "SFOS")

# %% [markdown]
# Fake leptons should show in the pairs that are not SFOS. Same-sign pairs, which mostly contain a fake lepton or a misidentified charge, are {eval}`same_sign` %
# of the background. Where the missing transverse momentum is within an eighth of $\pi$ of a lepton, {eval}`near_other` % of the
# background are not SFOS pairs, compared with {eval}`far_other` % elsewhere. Both definitions are sound, and this book keeps
# the features in its skims; {numref}`chapter %s <chap-agreement>` tests whether they agree with data.
#
# ## Differences of definition
#
# {numref}`tab-features-differences` compares the definitions of the thesis with those of this book. The public code
# need not be the version behind every figure of the thesis.

# %% mystnb={"figure": {"name": "tab-features-differences"}} tags=["hide-input"]
differences = """
met_sig | as the experiment's software gives it | same form, parametrised resolutions
mt | text: not defined; code: of the pair alone | of the pair and the missing momentum
et | text: not defined; code: of the pair | of the pair
mt2 | unseen particles massless | the same
dPhiLeadMet | text: printed as that of the pair | of the leading lepton
dPhi… | code: some with a sign | absolute values, from 0 to π
ht | text: scalar sum; code: size of the vector sum | scalar sum
rt | code: with the vector sum | with the scalar sum
nbjets, nljets | tagged at 85 % efficiency | tagged at 77 % efficiency
jet1pt … mjj | absent: 0, or -999 for η and φ | absent: NaN, until a model must be fed
n_bjetPt20 | text: above 20 GeV; code: 30 GeV | above 20 GeV, the same as nbjets
n_jetsetaForward50 | |η| > 2.5 | 2.5 < |η| < 2.8, where jets end here
"""
rows = [line.split(" | ") for line in differences.strip().splitlines()]
table = pd.DataFrame(rows, columns=["feature", "thesis", "here"])
table.set_index("feature").rename_axis(None).rename_axis("feature", axis=1)

# %% [markdown] tags=["caption"]
# Definitions of features in the thesis and in this book. "Text" is the draft of {cite}`guevara2023`, "code" its public code.

# %% [markdown]
# ### Hadronic activity is a scalar sum in the text and a vector sum in the code
#
# The text of the thesis has the scalar sum of {eq}`eq-ht`. Its code adds the transverse momenta as vectors and
# takes the size of the sum. Momentum balances across the beam, so the vector sum of all visible objects is again
# the missing transverse momentum, up to soft particles. The next cells compute it for events with at most three
# jets, all of which the tables contain.


# %%
def vector_sum(table, names):
    """Size of the vector sum of transverse momenta [GeV], without absent jets."""
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
    matrix = correlation.correlation_matrix(table, names)
    found = correlation.strongest_pairs(table, matrix, 1)
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

# %% mystnb={"figure": {"name": "fig-ht-forms"}, "image": {"alt": "Four panels: scalar sum, ratio to it, vector sum, ratio to it."}} tags=["hide-input"]
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
# Hadronic activity as the scalar sum (above) and as the vector sum of the thesis's code (below), and the ratio of the missing
# transverse momentum to each. Events with at most three jets, with physics weights, normalised to unit area. Compare Drell-Yan events, whose missing transverse
# momentum comes from mismeasurement, with processes whose particles escape detection.

# %% [markdown]
# ```{table} Two definitions of hadronic activity in the background with at most three jets, with statistical uncertainties.
# :name: tab-features-ht
#
# | | scalar sum (text) | vector sum (code) |
# |---|---|---|
# | correlation with $E_T^\mathrm{miss}$ | {eval}`r_scalar` | {eval}`r_vector` |
# | median of $H_T$ [GeV] | {eval}`medians['ht']` | {eval}`medians['vector']` |
# | median of $E_T^\mathrm{miss} / H_T$ | {eval}`medians['rt']` | {eval}`medians['ratio']` |
# ```
#
# The code changes both the activity and the ratio ({numref}`tab-features-ht`). Like the significance, its vector sum separates
# mismeasured from true missing transverse momentum, and it contains little about the activity: a model gets nearly the same
# information twice. The comparison uses {eval}`f"{sum_weights(counted).events:,}"` generated events, {eval}`share_counted` % of the expected
# background. Single events far in the tail affect a correlation; the largest missing transverse momentum is
# {eval}`f"{counted['met'].max():,.0f}"` GeV.
#
# ### Guevara's code omits $E_T^\mathrm{miss}$ from the transverse mass
#
# The draft does not say whose transverse mass it means. Its code takes that of the lepton pair
# alone, $\sqrt{m_{\ell\ell}^2 + (p_T^{\ell\ell})^2}$, without the missing transverse momentum.
# This book uses {eq}`eq-mt-pair`, in which a heavy parent of the pair and the escaping particles shows. The cut-and-count search cuts on it.

# %% mystnb={"figure": {"name": "tab-features-mt"}} tags=["hide-input"]
cut = quoted.get("guevara.table_5_4.m_t_min").value
above = {}
for kind in ("background", "signal"):
    table = events[events["kind"] == kind]
    forms = table["mt"], table["pair_mt"]
    above[kind] = [share(table, one > cut) for one in forms]
shown = pd.DataFrame(above, ["pair and missing momentum", "pair alone"])
tables.styled(shown.T, "transverse-mass")

# %% [markdown] tags=["caption"]
# Share of the expected events with a transverse mass above {eval}`f"{cut:g}"` GeV, the cut of table 5.4 of {cite}`guevara2023`, in percent and with statistical uncertainties. Signals are weighted by their own cross sections.

# %% tags=["remove-cell"]
report.record("mt_cut", cut, "g")
report.record("mt_background", above["background"][0])
report.record("pair_mt_background", above["background"][1])

# %% [markdown]
# ### The text prints one name for two angles
#
# The text of the thesis prints the azimuth between the *leading lepton* and the missing transverse momentum as
# that between the *pair* and the missing transverse momentum; its table is right.

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
# The two features differ by {eval}`apart` rad on average in the background, and their correlation is {eval}`r_angles`.
#
# ### Padding shifts the features of absent jets
#
# The draft counts {eval}`f"{absent_printed:g}"` features that an event may lack. Three for each of three jets and
# the mass of two make {eval}`len(absent)`. It sets absent angles to {eval}`f"{padding:g}"`. Taken as
# a number, this gives the second jet of the background an average pseudorapidity of
# {eval}`padded`, and scaling the column by its mean and width would compress the true values into a narrow range. This book leaves
# padding to the models.
#
# ## Correlations

# %% mystnb={"figure": {"name": "fig-features-correlation"}, "image": {"alt": "Triangular heat map of correlations of all features: blocks of strong positive correlation among momenta and masses and among the numbers of jets, and near zero between those and azimuths or pseudorapidities."}} tags=["hide-input"]
names = list(DILEPTON)
correlations = correlation.correlation_matrix(background, names)
matrix = correlations.to_numpy()
words = {"title": "expected background", "label": "linear correlation"}
features.heat_map(matrix, names, **words)

# %% [markdown] tags=["caption"]
# Linear correlation of the features in the expected background; each pair uses the events that have
# both. A dash in a cell marks negative correlations. Compare energies with each other, and azimuths of single objects with the rest.

# %% [markdown]
# {numref}`tab-features-strongest` lists the strongest correlations of {numref}`fig-features-correlation`. Two numbers of b-jets are
# the same number under two names.

# %% mystnb={"figure": {"name": "tab-features-strongest"}}
strongest = correlation.strongest_pairs(background, correlations, 12).round(9)
values = map(Estimate, strongest["r"], strongest["error"])
strongest["correlation"] = list(values)
shown = strongest[["first", "second", "correlation", "events"]]
tables.styled(shown, "strongest", events=",d")

# %% [markdown] tags=["caption"]
# The most strongly correlated pairs of features in the expected background, with statistical uncertainties and the number of distinct generated events that have both.

# %% tags=["hide-input"]
lower = np.abs(matrix[np.tril_indices(len(names), -1)])
known = lower[np.isfinite(lower)]
strong, weak = 0.7, 0.1

# %% [markdown]
# ```{table} Pairs of features by the size of their linear correlation in the expected background.
# :name: tab-features-pairs
#
# | pairs of features | number |
# |---|---|
# | all with a correlation | {eval}`len(known)` |
# | above {eval}`strong` | {eval}`int((known > strong).sum())` |
# | below {eval}`weak` | {eval}`int((known < weak).sum())` |
# ```
#
# ## Summary and what comes next
#
# - Of the {eval}`len(known)` pairs of the thesis's {eval}`len(DILEPTON)` features, {eval}`int((known > strong).sum())` are strongly
#   correlated ({numref}`tab-features-pairs`){eval}`": the features hold fewer independent numbers than their count suggests" if (known > strong).any() else ""`.
# - Hadronic activity depends on whether one reads the text or the code of the thesis: its correlation with the missing transverse momentum is
#   {eval}`r_scalar` for the scalar and {eval}`r_vector` for the vector sum ({numref}`tab-features-ht`).
# - So does the transverse mass: {eval}`above["background"][0]` % of the background pass the cut with the missing transverse momentum included, and
#   {eval}`above["background"][1]` % without ({numref}`tab-features-mt`).
#
# Which feature separates a signal best is measured in {numref}`chapter %s <chap-padding>`. The trilepton search describes its events by a
# matrix of all pairs of objects ({numref}`chapter %s <chap-rmm>`). Before a model sees any of these numbers, they are compared
# with data ({numref}`chapter %s <chap-agreement>`).
