# %% [markdown]
# (chap-dilepton-selection)=
# # Two leptons and missing momentum
#
# Which events does the search for dark matter look at, and what is left of each process after every
# cut? Dark matter leaves the detector unseen. If a new boson decays to two leptons beside it, the
# event shows the pair, and an imbalance of momentum across the beam. This chapter makes the
# selection of {cite}`guevara2023` step by step.

# %% lepsearch={"reads": ["dilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["dh_hds_130", "lv_hds_130"]  # shown where the profile has them

# %%
from functools import partial

import numpy as np
import pandas as pd

from lepsearch.book import tables
from lepsearch.data import quoted
from lepsearch.events import features, objects, releases, selection
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
# What the profile lacks here: {eval}`"; ".join(dataset.lacks("dilepton")) or "nothing"`.
#
# ## Leptons
#
# *Baseline* leptons are loose; they tell how many leptons an event may have. *Signal* leptons are
# the ones that the search counts. The thresholds are those of the final version of
# {cite}`frette2023`, which states them most fully; the lowest transverse momentum,
# {eval}`f"{objects.BASELINE_PT:g}"` GeV, is our choice. Signal leptons are also tight and isolated.

# %%
cuts = pd.DataFrame([objects.ELECTRON, objects.MUON], ["electron", "muon"])
heads = ["|η| <", "|z0 sin θ| [mm] <", "|d0|/σ (signal) <"]
cuts = cuts[["eta", "z0", "d0_significance"]].set_axis(heads, axis=1)
cuts.style.format("{:g}")

# %% [markdown]
# Jets have a transverse momentum above {eval}`f"{objects.JET_PT:g}"` GeV and $|\eta|$ < {eval}`f"{objects.JET_ETA:g}"`;
# those below {eval}`f"{objects.JVT_PT:g}"` GeV must come from the primary vertex.
# Identification and isolation are computed by the experiment, and each open release offers its own.
# What the branches allow is therefore not the same everywhere:

# %%
known = releases.RELEASES.items()
points = {"working points": {name: one.working_points for name, one in known}}
table = pd.DataFrame(points).rename_axis("release", axis=1)
table.style.format(escape="html")

# %% [markdown]
# The theses used ATLAS's internal files, with a looser isolation that depends on the transverse
# momentum and, for {cite}`guevara2023`, b-jets at another working point. The impact-parameter
# significance of the 2020 release is stored in a branch whose name suggests a resolution. It is the
# unsigned significance itself: its distribution has the width of one that a significance must have.
#
# ## The region
#
# The embedded ntuples hold what can enter one of the regions: two loose leptons and a missing
# momentum above {eval}`f"{Response().ntuple_missing_pt:g}"` GeV, or three loose leptons. The first row of the cutflow is therefore no count
# of what was produced; {numref}`chapter %s <chap-samples>` has that.
#
# A muon from a cosmic ray or another pair of protons is balanced by missing momentum where nothing is
# missing. An event is rejected if muons that pass further than {eval}`f"{selection.STRAY_Z0:g}"` mm from the primary
# vertex along the beam make up more than {eval}`f"{selection.STRAY_SHARE:.0%}"` of its missing momentum.
#
# Exactly two signal leptons, of any flavour and charge, are asked for, above thresholds that a
# single-lepton trigger allows:

# %%
letter = {objects.ELECTRON.flavour: "e", objects.MUON.flavour: "μ"}
pairs = selection.LEPTON_PT.items()
least = {letter[one] + letter[other]: pt for (one, other), pt in pairs}
heads = ["leading pT [GeV] >", "second pT [GeV] >"]
pd.DataFrame(least, heads).T.style.format("{:g}")

# %% [markdown]
# Electron pairs with an electron in the crack between the barrel and the end-cap,
# {eval}`f"{selection.CRACK[0]:g}"` < $|\eta|$ < {eval}`f"{selection.CRACK[1]:g}"`, are left out; this removes next to nothing
# here, since the electrons of these files leave the crack out already. The pair is heavier than
# {eval}`f"{selection.DILEPTON_MASS:g}"` GeV, and the missing transverse momentum above {eval}`f"{selection.MISSING_PT:g}"` GeV: most
# of the models give more, and most of Drell-Yan production less. The embedded Drell-Yan samples
# begin at a higher mass ({numref}`chapter %s <chap-samples>` has it), so that the lightest pairs
# lack this process. {cite}`guevara2023` also asks that there be no
# third loose lepton. Here that is a column of the table and not a cut, since collections with four
# leptons would have no event left.

# %%
flows = dataset.cutflows("dilepton", samples)
tables.yields(flows, "cutflow", dataset.observed)

# %% [markdown]
# Each cell holds the expected events, their statistical error and, in brackets, the number of
# simulated events. Recorded events are counted.

# %% mystnb={"figure": {"name": "fig-dilepton-cutflow"}, "image": {"alt": "One falling line for each process over the cuts, on a logarithmic axis; the lines of processes without neutrinos fall steeply at the last cut."}} tags=["hide-input"]
stack.yields_by_cut({"": flows})

# %% [markdown] tags=["caption"]
# Events left after each cut of the dilepton region. The requirement of missing momentum separates
# processes with neutrinos or dark matter from those without.

# %% [markdown]
# ## All four kinds of pairs
#
# Same or different flavour (SF, DF), same or opposite sign (SS, OS): the selection keeps them all,
# because new physics need not prefer one.

# %%
tables.category_table(events, "pair", features.PAIR_KINDS, dataset.labels)

# %%
third, recorded = events["n_baseline"] > 2, events["kind"] == "data"
simulated = events["weight"][~recorded]
third_share = simulated[third].sum() / simulated.sum()
third_recorded = (third & recorded).sum()

# %% [markdown]
# Of the simulated yield, {eval}`f"{100 * third_share:.1f}"` % has a third baseline lepton;
# {eval}`f"so have {third_recorded:,} of the {recorded.sum():,} recorded events" if recorded.any() else "there are no recorded events to compare with"`.
#
# ```{admonition} Same-sign pairs
# :class: warning
# Prompt same-sign pairs are rare. In recorded events most come from jets taken for leptons and from
# electrons whose charge is mismeasured. The embedded samples have both, at assumed rates: a jet of
# an event with one lepton is made a lepton, and the event carries the probability of that as its
# weight. The thesis had no such model and found its simulation too low here.
# ```
#
# ## What the region looks like

# %% mystnb={"figure": {"name": "fig-dilepton-mll"}, "image": {"alt": "Stacked histogram of the dilepton mass from 10 to 300 GeV on a logarithmic axis, with the Z peak at 91 GeV and, where the profile has a signal, a dashed line peaking at 130 GeV far below."}} tags=["hide-input"]
sfos = events[events["pair"] == features.PAIR_KINDS.index("SFOS")]
edges, words = np.linspace(10, 300, 59), "opposite sign, same flavour"
draw(sfos, "mll", edges, r"$m_{\ell\ell}$ [GeV]", title=words)

# %% [markdown] tags=["caption"]
# Mass of opposite-sign pairs of one flavour; the last bin holds everything above. A new boson is a
# narrow peak beside that of the Z boson.

# %% mystnb={"figure": {"name": "fig-dilepton-met"}, "image": {"alt": "Stacked histogram of the missing transverse momentum from 50 to 400 GeV, falling over several decades; the signal, where there is one, falls more slowly."}} tags=["hide-input"]
draw(events, "met", np.linspace(50, 400, 29), r"$p_T^\mathrm{miss}$ [GeV]")

# %% [markdown] tags=["caption"]
# Missing transverse momentum of all pairs; the last bin holds everything above. It falls faster for
# the backgrounds than for the signal.

# %% mystnb={"figure": {"name": "fig-dilepton-significance"}, "image": {"alt": "Stacked histogram of the missing momentum significance from 0 to 25, with Z plus jets concentrated at low values."}} tags=["hide-input"]
xlabel = r"$p_T^\mathrm{miss}$ significance"
draw(events, "met_sig", np.linspace(0, 25, 26), xlabel)

# %% [markdown] tags=["caption"]
# Significance of the missing momentum, computed from the resolutions of leptons, jets and a soft
# term. Drell-Yan events, which have no invisible particle, sit at low values; the last bin holds
# everything above.

# %%
background = events[events["kind"] == "background"]
here, tables_of = {}, {"ee": "5_5.electron", "mumu": "5_6.muon"}
before = {
    channel: quoted.get(f"guevara.table_{one}.background.before").value
    for channel, one in tables_of.items()
}
for channel in selection.CHANNELS:
    here[channel] = sum_weights(selection.in_channel(background, channel))
thesis_fb = sum(map(float, quoted.below("guevara.luminosity").values()))

# %% [markdown]
# The thesis {cite}`guevara2023` counts {eval}`f"{before['ee']:,.0f}"` background events in the electron
# channel and {eval}`f"{before['mumu']:,.0f}"` in the muon channel before its further cuts, at
# {eval}`f"{thesis_fb:.0f}"` fb$^{-1}$. The processes and the luminosity of this profile give {eval}`here["ee"] if here["ee"].events else "none"` and {eval}`here["mumu"] if here["mumu"].events else "none"`,
# {eval}`f"{here['ee'].value / before['ee']:.2f}"` and {eval}`f"{here['mumu'].value / before['mumu']:.2f}"` times as many. The comparison is
# one of size, and not an independent one for the embedded events: their noise of the missing
# momentum was tuned to bring Drell-Yan production near what other processes leave of the thesis's totals.
#
# ## What was found, and what comes next
#
# The region is wide on purpose. Top-quark pairs and Drell-Yan production fill it, and a signal of
# the size that the models predict is invisible before further cuts.
# {numref}`Chapter %s <chap-cut-and-count>` makes these.
