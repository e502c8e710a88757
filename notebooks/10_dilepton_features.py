# %% [markdown]
# (chap-dilepton-features)=
# # Features of the dilepton search
#
# Which numbers describe an event with two leptons and missing momentum, and what does each of them
# mean? A model learns from these numbers alone, so each needs one definition. This chapter defines
# those of {cite}`guevara2023`, draws them all, and shows what depends on the definition.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke"}} lepsearch={"reads": ["dilepton"]}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["dh_hds_130", "dh_hds_400"]  # shown where the profile has them
n_backgrounds = 3  # the largest ones are drawn in the grids

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from particle import Particle

from lepsearch.book import feature_tables, report
from lepsearch.book.feature_tables import percent
from lepsearch.book.tables import plus_minus
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import DILEPTON, PAIR_KINDS
from lepsearch.events.objects import JET_ETA, JET_PT
from lepsearch.events.thesis_forms import pair_transverse_mass, vector_ht
from lepsearch.plotting.features import Panel, heat_map, shape_grid
from lepsearch.plotting.stack import stack
from lepsearch.stats.correlation import correlation_matrix, strongest_pairs
from lepsearch.stats.estimate import (
    original_events,
    sum_weights,
    weighted_mean,
    weighted_median,
)
from lepsearch.stats.histograms import components, effective_events, spectra

pd.set_option("display.max_colwidth", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = dataset.table("dilepton", samples=dataset.chosen(signals))
background = events[events["kind"] == "background"]
signal = events[events["kind"] == "signal"]

# %% tags=["remove-cell"]
total = sum_weights(background)
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record_text("lacks", "; ".join(dataset.lacks("dilepton")) or "nothing")
report.record_text("background", plus_minus(total.value, total.error))
report.record("n_background", total.events, ",d")
report.record("n_signal", sum_weights(signal).events, ",d")
report.record("n_features", len(DILEPTON), "d")
report.record("jet_pt", JET_PT, "g")
w_mass = Particle.from_pdgid(24).mass / 1000
report.record("w_mass", w_mass, ".0f")
report.record("jet_eta", JET_ETA, "g")
absent = [one.name for one in DILEPTON.values() if one.may_be_absent]
report.record("n_absent", len(absent), "d")

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$:
# {glue:text}`background` expected background events from {glue:text}`n_background` simulated ones,
# and {glue:text}`n_signal` simulated signal events. What the profile lacks here: {glue:text}`lacks`.
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
# width: {glue:text}`w_mass` GeV for two W bosons. If the missing momentum points between the leptons it is zero.
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
feature_tables.features_table(background, "dilepton")

# %% [markdown]
# Jets have a transverse momentum above {glue:text}`jet_pt` GeV and $|\eta|$ < {glue:text}`jet_eta`.
# That makes one of the counts equal to another: a b-jet above {glue:text}`jet_pt` GeV is any b-jet.
#
# What is absent is `NaN` in the tables, never a number. A model that can't take that gets its
# replacement when it is trained, visibly, not when events are selected.
#
# ## Pictures
#
# Each distribution is normalised to one; energies and counts are on logarithmic axes. The lines are the largest backgrounds and the signals; the
# last bin of each holds everything above, the first everything below. Bars are statistical errors. In brackets the
# legend says how many unweighted events a line is worth, in the poorest and the richest panel of a figure: three lines with
# as many bars may rest on thousands of events or on a few dozen. The signal with the fewest events that have a third jet has {glue:text}`n_third_jet` of them.

# %% tags=["remove-cell"]
largest = background.groupby("group")["weight"].sum().nlargest(n_backgrounds)
shown = events[
    events["group"].isin(largest.index) | (events["kind"] == "signal")
]


def panel(table, name, label, edges, *, log):
    """The shapes of a feature: backgrounds by group, signals by sample."""
    one = spectra(table, name, edges, dataset.labels)
    worth = effective_events(table, name, dataset.labels)
    drawn = components(one, "background") | components(one, "signal")
    return Panel(label, drawn, log=log, worth=worth)


def panels(*names):
    """The features of that name, energies and counts on logarithmic axes."""
    known = [DILEPTON[name] for name in names]
    return [
        panel(shown, one.name, one.axis, one.edges,
              log=one.unit == "GeV" or one.counts)
        for one in known
    ]  # fmt: skip


third = signal[signal["jet3pt"].notna()].groupby("sample")
fewest = third["event"].nunique().min()
report.record("n_third_jet", fewest, ",.0f")
beyond = 110
pairs = background[
    (background["group"] == "diboson") & (background["mt2"] > beyond)
]
by_size = pairs.groupby("sample")["weight"].sum().sort_values(ascending=False)
report.record("mt2_beyond", beyond, "g")
report.record_text(
    "mt2_dibosons",
    ", ".join(
        f"{name} {percent(pairs, pairs['sample'] == name)} %"
        for name in by_size.index[:4]
    )
    or "there are none",
)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-features-leptons", "caption": "Both leptons. The heavier the new boson, the harder are the leptons that it decays to, and the more central; azimuths are flat, as nothing prefers a direction around the beam."}, "image": {"alt": "Six panels with transverse momentum, pseudorapidity and azimuth of both leptons; transverse momenta of the signals reach further than those of the backgrounds, the azimuths are flat."}}
figure = shape_grid(
    panels("lep1pt", "lep1eta", "lep1phi", "lep2pt", "lep2eta", "lep2phi")
)
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-features-event", "caption": "Features of the whole event. The stransverse mass of top-quark pairs falls off beyond the W mass, and dibosons go on: above {glue:text}`mt2_beyond` GeV they are, by sample, {glue:text}`mt2_dibosons`. Drell-Yan events have missing momentum of low significance."}, "image": {"alt": "Eight panels with the dilepton mass, missing momentum and its significance, transverse mass, stransverse mass, transverse energy, hadronic activity and the ratio; the signals lie at larger values than the backgrounds in most."}}
figure = shape_grid(
    panels("mll", "met", "met_sig", "mt", "mt2", "et", "ht", "rt")
)
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-features-angles", "caption": "Differences of azimuth. The lepton pair recoils against the missing momentum in the signal; the leptons of Drell-Yan events recoil against each other."}, "image": {"alt": "Four panels with differences of azimuth between 0 and pi; the pair and the missing momentum are back to back in the signals, and less so in the backgrounds."}}
figure = shape_grid(
    panels("dPhiLeps", "dPhiLLMet", "dPhiLeadMet", "dPhiCloseMet"), columns=2
)
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-features-jets", "caption": "The three leading jets and the mass of the first two, of the events that have them."}, "image": {"alt": "Ten panels with transverse momentum, pseudorapidity and azimuth of three jets and the mass of the leading two; top-quark pairs have the hardest jets among the backgrounds."}}
jets = [f"jet{i}{field}" for i in (1, 2, 3) for field in ("pt", "eta", "phi")]
figure = shape_grid(panels(*jets, "mjj"))
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-features-counts", "caption": "Numbers of jets: of table 4.2 in the first two panels, and the four that avoid the padding of absent jets in the others. Jets end at {glue:text}`jet_eta` in pseudorapidity here, so that few are forward."}, "image": {"alt": "Six panels with numbers of b-jets, light jets, central and forward jets on logarithmic axes; top-quark pairs have more b-jets than the other processes."}}
figure = shape_grid(
    panels("nbjets", "nljets", "n_bjetPt20", "n_ljetPt40",
           "n_jetsetaCentral", "n_jetsetaForward50"),
)  # fmt: skip
plt.show()

# %% [markdown]
# ### Two features that were dropped
#
# The thesis left out two of its features because data and simulation disagreed: the azimuth between
# the leptons, and between the missing momentum and the lepton closest to it. For the first it suspected false
# leptons, jets taken for leptons, which it did not simulate; for the second it gave no reason. Both are drawn here in
# events per bin:

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dropped-leptons", "caption": "The azimuth between the leptons, the first feature that the thesis dropped."}, "image": {"alt": "Stacked histogram of the azimuth between the leptons from 0 to pi, on a logarithmic axis, with signals far below."}}
stacked = events[~events["sample"].isin(signals[1:])]
figure = stack(
    spectra(stacked, "dPhiLeps", DILEPTON["dPhiLeps"].edges, dataset.labels),
    xlabel=DILEPTON["dPhiLeps"].axis, luminosity_fb=dataset.luminosity_fb,
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dropped-closest", "caption": "The azimuth between the missing momentum and the lepton closest to it, the second one. It falls beyond a right angle, since one of two leptons that are back to back is always closer than that."}, "image": {"alt": "Stacked histogram of the azimuth between the missing momentum and the closest lepton from 0 to pi, on a logarithmic axis, falling towards pi."}}
figure = stack(
    spectra(stacked, "dPhiCloseMet", DILEPTON["dPhiCloseMet"].edges,
            dataset.labels),
    xlabel=DILEPTON["dPhiCloseMet"].axis, luminosity_fb=dataset.luminosity_fb,
)  # fmt: skip
plt.show()

# %% tags=["remove-cell"]
near = background["dPhiCloseMet"] < np.pi / 8
kind = background["pair"].map(lambda i: PAIR_KINDS[i])
for name, which in (("near", near), ("far", ~near)):
    text = percent(background[which], kind[which] != "SFOS")
    report.record_text(f"other_pairs_{name}", text)
same_sign = kind.isin(["SFSS", "DFSS"])
report.record_text("same_sign", percent(background, same_sign))

# %% [markdown]
# Same-sign pairs, most of which hold a false lepton or a wrong charge, are {glue:text}`same_sign` %
# of the background here: too few to bend either distribution much. Where the missing momentum is
# within an eighth of $\pi$ of a lepton, {glue:text}`other_pairs_near` % of the background are not
# opposite-sign pairs of one flavour, against {glue:text}`other_pairs_far` % elsewhere. Whether the
# two features agree with data is tested with all the others where data and simulation are compared.
# Nothing in their definition speaks against them, and this book keeps them in its tables.
#
# ## What depends on the definition
#
# The thesis's features beside ours, where a reader should know of a difference. "Text" is the draft,
# "code" the public code of the thesis, which need not be the version behind every figure:

# %%
feature_tables.differences_table()

# %% [markdown]
# ### Hadronic activity: a scalar or a vector sum
#
# The text of the thesis has the scalar sum of {eq}`eq-ht`. Its code adds the momenta as vectors and
# takes the size of the sum. These are different quantities: momentum balances across the beam, so
# the vector sum of all that is seen is the missing momentum again, up to what is soft. It is
# calculated here for events with at most three jets, all of which the tables hold.

# %% tags=["remove-cell"]
both = pd.concat([background, signal]).assign(
    vector=lambda table: vector_ht(table),
    ratio=lambda table: table["met"] / table["vector"],
    pair_mt=lambda table: pair_transverse_mass(table),
)
counted = both[both["vector"].notna() & (both["kind"] == "background")]
every = both[both["kind"] == "background"]
report.record_text("few_jets", percent(every, every["vector"].notna()))
report.record("n_few_jets", sum_weights(counted).events, ",d")
pairs = strongest_pairs(counted, ["met", "vector"], 1).iloc[0]
report.record_text("r_vector", plus_minus(pairs["r"], pairs["error"]))
pairs = strongest_pairs(counted, ["met", "ht"], 1).iloc[0]
report.record_text("r_scalar", plus_minus(pairs["r"], pairs["error"]))
copies = original_events(counted["sample"], counted["event"])
for name in ("ht", "vector", "rt", "ratio"):
    middle = weighted_median(counted[name], counted["weight"], copies)
    report.record_text(
        f"median_{name}", plus_minus(middle.value, middle.error)
    )
report.record("largest_met", counted["met"].max(), ",.0f")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-ht-forms", "caption": "Hadronic activity as the scalar sum (above) and as the vector sum of the thesis's code (below), and the ratio of the missing momentum to each, in events with at most three jets. Where particles leave unseen, the vector sum repeats the missing momentum, and its ratio gathers near one; in Drell-Yan events, whose missing momentum is one of measurement, it does not."}, "image": {"alt": "Four panels: scalar sum, ratio to it, vector sum, ratio to it. The ratio to the vector sum peaks near one for all processes but Z plus jets."}}
drawn = both[
    both["vector"].notna()
    & (both["group"].isin(largest.index) | (both["kind"] == "signal"))
]
forms = (
    ("ht", "scalar $H_T$ [GeV]", np.linspace(0, 800, 41)),
    ("rt", "$E_T^\\mathrm{miss}$ / scalar $H_T$", np.linspace(0, 2, 41)),
    ("vector", "vector sum [GeV]", np.linspace(0, 400, 41)),
    ("ratio", "$E_T^\\mathrm{miss}$ / vector sum", np.linspace(0, 4, 41)),
)
shapes = [
    panel(drawn, name, label, edges, log="GeV" in label)
    for name, label, edges in forms
]
figure = shape_grid(shapes, columns=2)
plt.show()

# %% [markdown]
# In the {glue:text}`n_few_jets` such events, {glue:text}`few_jets` % of the expected background, the
# correlation with the missing momentum is {glue:text}`r_vector` for the vector sum and
# {glue:text}`r_scalar` for the scalar one. (One event far out pulls such a number: the largest missing
# momentum here is {glue:text}`largest_met` GeV.) The median of the expected events falls from {glue:text}`median_ht` to
# {glue:text}`median_vector` GeV, and that of the ratio rises from {glue:text}`median_rt` to
# {glue:text}`median_ratio`. The vector sum tells a measured imbalance from a real one, as the significance
# does, but nothing of the activity: a model given it is told the missing momentum almost twice.
#
# ### Transverse mass: of what
#
# The draft does not say whose transverse mass is meant. Its code takes that of the lepton pair
# alone, $\sqrt{m_{\ell\ell}^2 + (p_T^{\ell\ell})^2}$, in which the missing momentum has no part.
# Ours is {eq}`eq-mt-pair`. The search by counting cuts on it, so that the difference matters:

# %% tags=["remove-cell"]
cut = quoted.get("guevara.table_5_4.m_t_min").value
report.record("mt_cut", cut, "g")
for kind in ("background", "signal"):
    of_kind = both[both["kind"] == kind]
    for name in ("mt", "pair_mt"):
        text = percent(of_kind, of_kind[name] > cut)
        report.record_text(f"{name}_{kind}", text)

# %% [markdown]
# | share above {glue:text}`mt_cut` GeV | pair and missing momentum | pair alone |
# |---|---|---|
# | background [%] | {glue:text}`mt_background` | {glue:text}`pair_mt_background` |
# | signal [%] | {glue:text}`mt_signal` | {glue:text}`pair_mt_signal` |
#
# The weights of the signals are those of their own cross sections. This book cuts on the mass of the pair and the missing
# momentum, which a heavy parent of both would show.
#
# ### One name for two angles
#
# The text of the thesis prints the azimuth between the *leading lepton* and the missing momentum as
# that between the *pair* and the missing momentum; its table has it right.

# %% tags=["remove-cell"]
pairs = strongest_pairs(background, ["dPhiLLMet", "dPhiLeadMet"], 1).iloc[0]
report.record_text("r_angles", plus_minus(pairs["r"], pairs["error"]))
difference = (background["dPhiLLMet"] - background["dPhiLeadMet"]).abs()
weights = background["weight"]
copies = original_events(background["sample"], background["event"])
report.record_text(
    "angle_difference",
    plus_minus(*weighted_mean(difference, weights, copies)),
)
padding = quoted.get("guevara.section_5_2_1.padding").value
filled = background["jet2eta"].fillna(padding)
report.record_text(
    "padded_mean", plus_minus(*weighted_mean(filled, weights, copies))
)
report.record("padded_value", padding, "d")
printed = quoted.get("guevara.section_5_2_1.absent_features").value
report.record("absent_printed", printed, "d")

# %% [markdown]
# The two are different features: on average they differ by {glue:text}`angle_difference` rad in the
# background, and their correlation is {glue:text}`r_angles`.
#
# ### Absent jets
#
# The draft speaks of {glue:text}`absent_printed` features that an event may lack; three for each of three jets and
# the mass of two make {glue:text}`n_absent`. Absent angles were {glue:text}`padded_value`. Taken as
# a number, that gives the second jet of the background an average pseudorapidity of
# {glue:text}`padded_mean`, and a scaling of the column by its mean and width would leave the real
# values no room. Padding is a choice of the model's, not of the table's.
#
# ## Correlations

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-features-correlation", "caption": "Linear correlation of the features in the expected background; each pair uses the events that have both. Energies rise and fall together, and pseudorapidities; the azimuth of an object has to do with those of others only. A dash marks negative correlations."}, "image": {"alt": "Triangular heat map of correlations of all features: blocks of strong positive correlation among momenta and masses and among the numbers of jets, and near zero between those and azimuths or pseudorapidities."}}
names = list(DILEPTON)
matrix = correlation_matrix(background, names)
figure = heat_map(
    matrix.to_numpy(), names, title="expected background",
    label="linear correlation",
)  # fmt: skip
plt.show()

# %% [markdown]
# The strongest pairs, with their errors and the number of simulated events that have both:

# %%
strongest = strongest_pairs(background, names, 12)
feature_tables.correlations_table(strongest)

# %% tags=["remove-cell"]
lower = np.abs(matrix.to_numpy()[np.tril_indices(len(names), -1)])
known = lower[np.isfinite(lower)]
report.record("n_pairs", len(known), "d")
strong, weak = 0.7, 0.1
report.record("strong", strong, "g")
report.record("weak", weak, "g")
report.record("n_strong", (known > strong).sum(), "d")
report.record("n_weak", (known < weak).sum(), "d")

# %% [markdown]
# ## What was found, and what comes next
#
# The thesis's tables have {glue:text}`n_features` features. Of their {glue:text}`n_pairs` pairs,
# {glue:text}`n_strong` are correlated by more than {glue:text}`strong`, so that the features hold fewer independent
# numbers than their count suggests; {glue:text}`n_weak` by less than {glue:text}`weak`. One is a copy of another,
# azimuths of single objects carry nothing but their differences, and the stransverse mass and the significance
# of the missing momentum set the signal apart best by eye. What the thesis calls hadronic activity
# and transverse mass depends on whether one reads its text or its code, and changes what a model is
# told.
#
# The trilepton search describes its events in another way, by a matrix of all pairs of objects.
# Before a model sees any of these numbers, they are compared with data.
