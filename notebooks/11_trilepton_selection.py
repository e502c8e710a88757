# %% [markdown]
# (chap-trilepton-selection)=
# # Three leptons
#
# Which events does the search for unusual ones look at? Three charged leptons are rare: few
# processes of the Standard Model make them, and many of those that one could add to it do, heavy
# neutrinos and partners of the electroweak bosons among them. This chapter makes the selection of
# {cite}`frette2023`.

# %% lepsearch={"reads": ["trilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["hnl_150", "c1n2_200_100", "t3_400"]  # where the profile has them

# %%
from functools import partial

import numpy as np

from lepsearch.book import tables
from lepsearch.constants import Z_BOSON, mass
from lepsearch.events import features, selection
from lepsearch.events.dataset import Dataset
from lepsearch.plotting import stack
from lepsearch.stats.estimate import sum_weights

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen(signals)
events = dataset.table("trilepton", samples=samples)
infos = dataset.infos("trilepton")
groups = dict.fromkeys(one.label for one in infos if one.kind == "background")
scaled = {"labels": dataset.labels, "luminosity_fb": dataset.luminosity_fb}
draw = partial(stack.stack, events, **scaled)

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$.
# What the profile lacks here: {eval}`"; ".join(dataset.lacks("trilepton")) or "nothing"`. The processes that it simulates are
# {eval}`", ".join(groups) or "none"`: where recorded events exceed the stack, look first for one that is missing.
#
# ## The region
#
# Leptons and jets are those of {numref}`chapter %s <chap-dilepton-selection>`. Exactly three signal
# leptons are asked for. Two of them have a transverse momentum above {eval}`f"{selection.TRILEPTON_PT:g}"` GeV: the
# thesis made this cut in place of a match to the trigger's own leptons, which had failed. Charges
# and flavours are free, and so is the missing momentum.

# %%
flows = dataset.cutflows("trilepton", samples)
tables.yields(flows, "cutflow", dataset.observed)

# %% mystnb={"figure": {"name": "fig-trilepton-cutflow"}, "image": {"alt": "One falling line for each process over the cuts, on a logarithmic axis; samples with two prompt leptons fall by orders of magnitude when a third is asked for."}} tags=["hide-input"]
stack.yields_by_cut({"": flows})

# %% [markdown] tags=["caption"]
# Events left after each cut of the trilepton region. Processes with three prompt leptons lose
# little; those with two are left with what is misidentified.

# %% [markdown]
# ## Flavours
#
# The combination of flavours, which the thesis calls `flcomp`, is a feature and a check: a
# mismodelled efficiency or a missing fake shows in one combination and not in another. Its code is
# the number of muons; the thesis gives none.

# %%
tables.category_table(events, "flcomp", features.FLCOMP, dataset.labels)

# %% mystnb={"figure": {"name": "fig-trilepton-flcomp"}, "image": {"alt": "Stacked histogram with four bins, from three electrons on the left to three muons on the right, rising towards muons."}} tags=["hide-input"]
figure = draw("flcomp", np.arange(-0.5, 4), "flavours", log=False)
flavours = ["eee", r"ee$\mu$", r"e$\mu\mu$", r"$\mu\mu\mu$"]
figure.axes[-1].set_xticks(range(4), flavours)
figure.axes[-1].minorticks_off()
figure

# %% [markdown] tags=["caption"]
# Combinations of flavours, from three electrons to three muons. The muons' higher efficiency tilts
# the spectrum.

# %% [markdown]
# ## What the region looks like
#
# Most trilepton events hold a Z boson. Of the pairs of one flavour and opposite sign, the one
# nearest its mass is shown; events without such a pair have no entry.

# %% mystnb={"figure": {"name": "fig-trilepton-mll"}, "image": {"alt": "Stacked histogram of the mass of the pair nearest the Z boson, from 0 to 200 GeV, with a high narrow peak at 91 GeV."}} tags=["hide-input"]
draw("mll_z", np.linspace(0, 200, 41), r"$m_{\ell\ell}$ nearest $m_Z$ [GeV]")

# %% [markdown] tags=["caption"]
# Mass of the opposite-sign, same-flavour pair nearest the Z boson; the last bin holds everything
# above.

# %% mystnb={"figure": {"name": "fig-trilepton-met"}, "image": {"alt": "Stacked histogram of the missing transverse momentum from 0 to 300 GeV, falling over several decades."}} tags=["hide-input"]
draw("met", np.linspace(0, 300, 31), r"$p_T^\mathrm{miss}$ [GeV]")

# %% [markdown] tags=["caption"]
# Missing transverse momentum of events with three leptons; the last bin holds everything above.

# %% mystnb={"figure": {"name": "fig-trilepton-mlll"}, "image": {"alt": "Stacked histogram of the mass of the three leptons from 0 to 600 GeV, peaking below 200 GeV."}} tags=["hide-input"]
draw("mlll", np.linspace(0, 600, 41), r"$m_{\ell\ell\ell}$ [GeV]")

# %% [markdown] tags=["caption"]
# Mass of the three leptons together; the last bin holds everything above.

# %%
background = events[events["kind"] == "background"]
total = sum_weights(background)
near_z = (background["mll_z"] - mass(Z_BOSON)).abs() < 10
near_z_share = background["weight"][near_z].sum() / total.value
by_sample = background.groupby("sample", observed=True)["weight"].sum()
largest = by_sample.nlargest(1).rename(
    {one.sample: one.label for one in infos}
)

# %% [markdown]
# The simulated background is {eval}`total` events, from {eval}`f"{total.events:,}"`
# simulated ones; {eval}`f"{100 * near_z_share:.0f}"` % of it has a pair within ten GeV of the Z boson's mass
# of {eval}`f"{mass(Z_BOSON):.1f}"` GeV. Recorded events: {eval}`int((events["kind"] == "data").sum())`.
#
# ```{admonition} The third lepton
# :class: warning
# A good part of this region is Drell-Yan or top-quark pairs with a jet taken for a lepton. The
# embedded samples have these at assumed rates, so that this part of the stack is known to a factor
# rather than to a percentage. Three $W$ or $Z$ bosons are simulated where two of them come from a Higgs
# boson only, and top-quark pairs with a $W$ or $Z$ by a stand-in (see {numref}`chapter %s <chap-samples>`).
# Off-shell photons beside a $W$ are not simulated: below the Z peak the stack is too low.
# ```
#
# ## What was found, and what comes next
#
# The region is small, and a mixture. Its largest process in this profile, {eval}`", ".join(largest.index) or "none"`, is
# {eval}`f"{100 * largest.sum() / total.value:.0f}"` % of the simulated background; false leptons are in much of the rest.
# What an autoencoder learns to call usual there holds all of it. Whether events of another kind
# stand out is the question of the second thesis, and of later chapters of this book.
