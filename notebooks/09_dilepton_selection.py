# %% [markdown]
# (chap-dilepton-selection)=
# # Selection of two leptons and missing transverse momentum
#
# Which events does the search for dark matter use, and how many of each process remain after every cut?
# Dark matter escapes detection. If a new boson decays to two leptons in the same event, the event shows
# the pair and an imbalance of transverse momentum. The search of {cite}`guevara2023` and all methods of
# this book start from this region. This chapter makes the selection step by step
# ({numref}`tab-dilepton-cutflow`) and compares its yields with those of Guevara's draft
# ({numref}`tab-dilepton-thesis`).

# %% lepsearch={"reads": ["dilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# signal samples, or none; shown where the profile has them
signals = ["dh_hds_130", "lv_hds_130"]

# %%
from functools import partial

import numpy as np
import pandas as pd

from lepsearch.book import tables
from lepsearch.data import quoted
from lepsearch.data.layout import releases
from lepsearch.events import features, objects, selection
from lepsearch.events.dataset import Dataset
from lepsearch.plotting import stack
from lepsearch.simulate.response_table import Response
from lepsearch.stats.estimate import sum_weights

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen(signals)
events = dataset.table("dilepton", samples=samples)
scaled = {"labels": dataset.labels, "luminosity_fb": dataset.luminosity_fb}
draw = partial(stack.stack, **scaled)

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$.
# The profile has {eval}`"; ".join(dataset.lacks("dilepton")) or "samples of every kind"`.
#
# ## Objects
#
# *Baseline* leptons are loose, and they define the number of leptons in an event. *Signal* leptons are
# used in the search: they are also tight, isolated, and pass the last column of
# {numref}`tab-lepton-cuts`. The thresholds are those of the final version of {cite}`frette2023`, which
# states them most fully. The lowest transverse momentum, {eval}`f"{objects.BASELINE_PT:g}"` GeV, is our
# choice.

# %% mystnb={"figure": {"name": "tab-lepton-cuts"}}
cuts = pd.DataFrame([objects.ELECTRON, objects.MUON], ["electron", "muon"])
heads = ["|η| <", "|z0 sin θ| [mm] <", "|d0|/σ (signal) <"]
cuts = cuts[["eta", "z0", "d0_significance"]].set_axis(heads, axis=1)
cuts.style.format("{:g}")

# %% [markdown] tags=["caption"]
# Requirements on the direction and the track of baseline leptons, and on the impact-parameter
# significance of signal leptons.

# %% [markdown]
# Jets have a transverse momentum above {eval}`f"{objects.JET_PT:g}"` GeV and $|\eta|$ <
# {eval}`f"{objects.JET_ETA:g}"`; those below {eval}`f"{objects.JVT_PT:g}"` GeV must come from the primary
# vertex. The experiment computes identification and isolation, and each open release provides its own,
# so the working points differ ({numref}`tab-working-points`).

# %% mystnb={"figure": {"name": "tab-working-points"}}
points = {key: one.working_points for key, one in releases().items()}
sources = dataset.sources.values()
own = [one for one in sources if one.own_layout]
points |= {one.release: one.layout.working_points for one in own}
table = pd.DataFrame({"working points": points})
table.rename_axis("release", axis=1).style.format(escape="html")

# %% [markdown] tags=["caption"]
# Working points of signal leptons and b-jets in the open releases, and in layouts of the reader's own.

# %% [markdown]
# The theses used ATLAS's internal files, with a looser isolation that depends on the transverse
# momentum and, for {cite}`guevara2023`, another b-jet working point. The 2020 release stores the
# impact-parameter significance in a branch whose name suggests a resolution. The branch is the unsigned
# significance: its distribution has the width that a significance must have.
#
# ## The dilepton region
#
# The embedded ntuples contain the events that can enter one of the regions: two loose leptons and a
# missing transverse momentum above {eval}`f"{Response().ntuple_missing_pt:g}"` GeV, or three loose
# leptons. The first row of the {term}`cutflow` is therefore not the number of produced events, which
# {numref}`chapter %s <chap-samples>` gives.
#
# A muon from a cosmic ray or from another collision is balanced by missing transverse momentum although
# nothing escapes detection. An event is rejected if muons further than
# {eval}`f"{selection.STRAY_Z0:g}"` mm from the primary vertex along the beam make up more than
# {eval}`f"{selection.STRAY_SHARE:.0%}"` of its missing transverse momentum.
#
# The region requires exactly two {term}`signal leptons <signal lepton>`, of any flavour and charge, above the thresholds of
# {numref}`tab-lepton-pt`, which single-lepton triggers allow.

# %% mystnb={"figure": {"name": "tab-lepton-pt"}}
letter = {objects.ELECTRON.flavour: "e", objects.MUON.flavour: "μ"}
pairs = selection.LEPTON_PT.items()
least = {letter[one] + letter[other]: pt for (one, other), pt in pairs}
heads = ["leading pT [GeV] >", "second pT [GeV] >"]
pd.DataFrame(least, heads).T.style.format("{:g}")

# %% [markdown] tags=["caption"]
# Least transverse momenta by the flavours of the leading and the second lepton.

# %% [markdown]
# Electron pairs with an electron in the crack between the barrel and the end-cap,
# {eval}`f"{selection.CRACK[0]:g}"` < $|\eta|$ < {eval}`f"{selection.CRACK[1]:g}"`, are rejected. The electrons of
# these files exclude the crack already, so this cut has almost no effect here. The mass of the pair is
# above {eval}`f"{selection.DILEPTON_MASS:g}"` GeV, and the missing transverse momentum above
# {eval}`f"{selection.MISSING_PT:g}"` GeV: most signal events have more, and most Drell-Yan events less.
#
# Two differences from {cite}`guevara2023` remain. The embedded Drell-Yan samples begin at a higher mass
# ({numref}`chapter %s <chap-samples>`), so this process is absent among the lightest pairs. Guevara
# also rejects a third loose lepton. Here the number of {term}`baseline leptons <baseline lepton>` is a column of the table instead
# of a cut, since collections with four leptons would have no event left.

# %% mystnb={"figure": {"name": "tab-dilepton-cutflow"}}
flows = dataset.cutflows("dilepton", samples)
tables.yields(flows, "cutflow", dataset.observed)

# %% [markdown] tags=["caption"]
# Expected events after each cut of the dilepton region, with their statistical uncertainty and, in
# brackets, the number of distinct generated events. Recorded events are counted.

# %% mystnb={"figure": {"name": "fig-dilepton-cutflow"}, "image": {"alt": "One line for each process from cut to cut, with the events on a logarithmic axis."}} tags=["hide-input"]
stack.yields_by_cut({"": flows})

# %% [markdown] tags=["caption"]
# Expected events after each cut of the dilepton region, with their statistical uncertainty. Compare the
# effect of the last cut on processes with neutrinos or dark matter and on those without.

# %% [markdown]
# ## Flavours and charges of the pairs
#
# The selection keeps pairs of the same or different flavour (SF, DF) and of the same or opposite sign
# (SS, OS), because new physics may prefer any of them. {numref}`tab-dilepton-pairs` lists the yields.

# %% mystnb={"figure": {"name": "tab-dilepton-pairs"}}
tables.category_table(events, "pair", features.PAIR_KINDS, dataset.labels)

# %% [markdown] tags=["caption"]
# Expected events of each kind of pair in the dilepton region, with their statistical uncertainty and, in
# brackets, the number of distinct generated events.

# %%
third, recorded = events["n_baseline"] > 2, events["kind"] == "data"
simulated = events["weight"][~recorded]
third_share = simulated[third].sum() / simulated.sum()

# %% [markdown]
# A third baseline lepton appears in {eval}`f"{100 * third_share:.1f}"` % of the simulated yield;
# {eval}`f"so it does in {(third & recorded).sum():,} of the {recorded.sum():,} recorded events" if recorded.any() else "there are no recorded events to compare with"`.
#
# ```{admonition} Same-sign pairs
# :class: warning
# Prompt same-sign pairs are rare. In recorded events most same-sign pairs come from fake leptons and
# from charge misidentification of electrons. The embedded samples have both, at assumed rates: a jet is
# turned into a lepton, and the event carries the probability of that as its weight. Guevara's draft had
# no such model, and its simulation of same-sign pairs is below the data.
# ```
#
# ## Distributions in the region

# %% mystnb={"figure": {"name": "fig-dilepton-mll"}, "image": {"alt": "Stacked histogram of the dilepton mass from 10 to 300 GeV on a logarithmic axis, with the Z peak at 91 GeV and, where the profile has a signal, a dashed line peaking at 130 GeV far below."}} tags=["hide-input"]
sfos = events[events["pair"] == features.PAIR_KINDS.index("SFOS")]
edges, words = np.linspace(10, 300, 59), "opposite sign, same flavour"
draw(sfos, "mll", edges, r"$m_{\ell\ell}$ [GeV]", title=words)

# %% [markdown] tags=["caption"]
# Dilepton mass of SFOS pairs in the dilepton region, physics-weighted. The last bin includes the
# overflow. A new boson is a narrow peak beside that of the $Z$ boson.

# %% mystnb={"figure": {"name": "fig-dilepton-met"}, "image": {"alt": "Stacked histogram of the missing transverse momentum from 50 to 400 GeV, falling over several decades; the signal, where there is one, falls more slowly."}} tags=["hide-input"]
draw(events, "met", np.linspace(50, 400, 29), r"$E_T^\mathrm{miss}$ [GeV]")

# %% [markdown] tags=["caption"]
# Missing transverse momentum of all pairs in the dilepton region, physics-weighted. The last bin includes
# the overflow. Compare the slopes of backgrounds and signals.

# %% mystnb={"figure": {"name": "fig-dilepton-significance"}, "image": {"alt": "Stacked histogram of the missing momentum significance from 0 to 25, with Z plus jets concentrated at low values."}} tags=["hide-input"]
xlabel = r"$E_T^\mathrm{miss}$ significance"
draw(events, "met_sig", np.linspace(0, 25, 26), xlabel)

# %% [markdown] tags=["caption"]
# Significance of the missing transverse momentum, computed from the resolutions of leptons, jets and a
# soft term, physics-weighted. The last bin includes the overflow. Compare $Z$+jets, which has no
# undetected particle, with the other processes.

# %% mystnb={"figure": {"name": "tab-dilepton-thesis"}}
background = events[events["kind"] == "background"]
by_group = background.groupby("group")["weight"].sum()
by_signal = events.query("kind == 'signal'").groupby("sample")["weight"].sum()
rows, quoted_as = {}, {"ee": "5_5.electron", "mumu": "5_6.muon"}
for channel, table in quoted_as.items():
    before = quoted.get(f"guevara.table_{table}.background.before").value
    here = sum_weights(selection.in_channel(background, channel))
    rows[channel] = {"draft": before, "here": here, "ratio": here / before}
compared = pd.DataFrame(rows).T
compared.loc["ee / mumu"] = compared.loc["ee"] / compared.loc["mumu"]
tables.styled(compared, "thesis")

# %% [markdown] tags=["caption"]
# Expected background events in the electron and the muon channel before further cuts: in Guevara's draft
# (tables 5.5 and 5.6), at
# {eval}`f"{sum(map(float, quoted.below('guevara.luminosity').values())):.0f}"` fb$^{-1}$, and in this profile at
# {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$, with the ratio of the two and that of the channels.
# Uncertainties are statistical.

# %% [markdown]
# The ratio of electron to muon pairs is {eval}`compared["here"]["ee / mumu"]` here and
# {eval}`f"{compared['draft']['ee / mumu']:.2f}"` in the draft. The draft used dielectron triggers and ATLAS's
# efficiencies of electrons; this book uses single-lepton triggers and assumed efficiencies.
#
# {numref}`tab-dilepton-thesis` compares the totals only. For the embedded events it is not an independent
# test: the noise of their missing transverse momentum was tuned to bring Drell-Yan production near what
# other processes leave of the draft's totals.
#
# ## Summary
#
# - The background of this profile is {eval}`compared["ratio"]["ee"]` times that of Guevara's draft in the
#   electron channel and {eval}`compared["ratio"]["mumu"]` times in the muon channel
#   ({numref}`tab-dilepton-thesis`).
# - {eval}`f"The largest background is {dataset.labels[by_group.idxmax()]}, with {100 * by_group.max() / by_group.sum():.0f} % of the total" if len(by_group) else "The profile has no background"`
#   ({numref}`tab-dilepton-cutflow`).
# - {eval}`f"The largest signal shown adds {100 * by_signal.max() / by_group.sum():.2g} % to the background" if len(by_signal) and len(by_group) else "There is no signal and background to compare"`
#   ({numref}`fig-dilepton-mll`).
#
# The region is wide on purpose. The further cuts of Guevara's draft follow in
# {numref}`chapter %s <chap-cut-and-count>`.
