# %% [markdown]
# (chap-trilepton-selection)=
# # Three leptons
#
# Which events does the search for anomalies look at? Few processes of the Standard Model make three
# charged leptons, and many extensions of it do, among them heavy neutrinos and partners of the
# electroweak bosons. An autoencoder takes for normal what is frequent in this region, so its composition
# matters. This chapter makes the selection of {cite}`frette2023`; {numref}`tab-trilepton-cutflow` has the
# yields, and {numref}`tab-trilepton-shares` the sources of the background.

# %% lepsearch={"reads": ["trilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# signal samples, or none; shown where the profile has them
signals = ["hnl_150", "c1n2_200_100", "t3_400"]

# %%
from functools import partial

import numpy as np

from lepsearch.book import tables
from lepsearch.constants import Z_BOSON, mass
from lepsearch.events import features, selection
from lepsearch.events.dataset import Dataset
from lepsearch.plotting import stack
from lepsearch.stats.estimate import sum_weights, weighted_mean

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen(signals)
events = dataset.table("trilepton", samples=samples)
background = events[events["kind"] == "background"]
total = sum_weights(background)
infos = dataset.infos("trilepton")
scaled = {"labels": dataset.labels, "luminosity_fb": dataset.luminosity_fb}
draw = partial(stack.stack, events, **scaled)

# %% [markdown]
# ```{table} Set-up of this chapter. The uncertainty is that of the size of the samples; the effective number of events is $(\sum w)^2/\sum w^2$.
# :name: tab-trilepton-setup
#
# | profile | *{eval}`profile`* |
# |---|---|
# | luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | simulated processes | {eval}`"; ".join(one.label for one in infos if one.kind == "background") or "none"` |
# | expected background in the region | {eval}`total` events |
# | distinct generated events behind it | {eval}`f"{total.events:,}"` |
# | effective number of events | {eval}`f"{total.effective:,.0f}"` |
# | recorded events | {eval}`f"{(events['kind'] == 'data').sum():,}"` |
# | gaps of this profile | {eval}`"; ".join(dataset.lacks("trilepton")) or "nothing"` |
# ```
#
# A process that {numref}`tab-trilepton-setup` does not list would appear in recorded events as an excess.
#
# ## The region
#
# Leptons and jets are those of {numref}`chapter %s <chap-dilepton-selection>`. The region asks for exactly
# three signal leptons, two of which have a transverse momentum above {eval}`f"{selection.TRILEPTON_PT:g}"` GeV. The
# thesis made this cut in place of matching leptons to those of the trigger, which had failed.
# Charges, flavours and the missing transverse momentum are free.

# %% mystnb={"figure": {"name": "tab-trilepton-cutflow"}}
flows = dataset.cutflows("trilepton", samples)
tables.yields(flows, "cutflow", dataset.observed)

# %% [markdown] tags=["caption"]
# Expected events after each cut of the trilepton region, with their statistical uncertainty and, in
# brackets, the number of distinct generated events.

# %% mystnb={"figure": {"name": "fig-trilepton-cutflow"}, "image": {"alt": "One line for each process from cut to cut, with the events on a logarithmic axis."}} tags=["hide-input"]
stack.yields_by_cut({"": flows})

# %% [markdown] tags=["caption"]
# Expected events after each cut of the trilepton region, with statistical uncertainties. Compare
# processes with three prompt leptons with those that need a fake lepton.

# %% [markdown]
# ## Yields by flavour
#
# The combination of flavours, `flcomp` in the thesis, is a feature and a check: a mismodelled efficiency
# or a missing source of {term}`fake leptons <fake lepton>` shows in one combination and not in another. This book
# gives it the number of muons as its code; the thesis states no code. $WZ$ events would fill the four combinations equally if electrons
# and muons were reconstructed alike.

# %% mystnb={"figure": {"name": "tab-trilepton-flavours"}}
tables.category_table(events, "flcomp", features.FLCOMP, dataset.labels)

# %% [markdown] tags=["caption"]
# Expected events of the trilepton region by combination of flavours, with their statistical
# uncertainty and, in brackets, the number of distinct generated events.

# %% mystnb={"figure": {"name": "fig-trilepton-flcomp"}, "image": {"alt": "Stacked histogram with four bins, from three electrons on the left to three muons on the right."}} tags=["hide-input"]
figure = draw("flcomp", np.arange(-0.5, 4), "flavours", log=False)
flavours = ["eee", r"ee$\mu$", r"e$\mu\mu$", r"$\mu\mu\mu$"]
figure.axes[-1].set_xticks(range(4), flavours)
figure.axes[-1].minorticks_off()
figure

# %% [markdown] tags=["caption"]
# Expected events by combination of flavours, from three electrons to three muons. Compare the bins,
# which $WZ$ events fill equally where electrons and muons are reconstructed alike.

# %% [markdown]
# ## Masses and missing transverse momentum
#
# Of the SFOS pairs of an event, {numref}`fig-trilepton-mll` shows the one nearest the Z boson's mass;
# events without such a pair have no entry.

# %% mystnb={"figure": {"name": "fig-trilepton-mll"}, "image": {"alt": "Stacked histogram of the mass of the pair nearest the Z boson, from 0 to 200 GeV, with a high narrow peak at 91 GeV."}} tags=["hide-input"]
draw("mll_z", np.linspace(0, 200, 41), r"$m_{\ell\ell}$ nearest $m_Z$ [GeV]")

# %% [markdown] tags=["caption"]
# Mass of the SFOS pair nearest the Z boson's mass, in expected events. The last bin includes the
# overflow.

# %% mystnb={"figure": {"name": "fig-trilepton-met"}, "image": {"alt": "Stacked histogram of the missing transverse momentum from 0 to 300 GeV, falling over several decades."}} tags=["hide-input"]
draw("met", np.linspace(0, 300, 31), r"$E_T^\mathrm{miss}$ [GeV]")

# %% [markdown] tags=["caption"]
# Missing transverse momentum of events with three leptons, in expected events. The last bin includes
# the overflow.

# %% mystnb={"figure": {"name": "fig-trilepton-mlll"}, "image": {"alt": "Stacked histogram of the mass of the three leptons from 0 to 600 GeV, peaking below 200 GeV."}} tags=["hide-input"]
draw("mlll", np.linspace(0, 600, 41), r"$m_{\ell\ell\ell}$ [GeV]")

# %% [markdown] tags=["caption"]
# Mass of the three leptons, in expected events. The last bin includes the overflow.

# %%
weight, n_fake = background["weight"], background["n_fake"]
near_z = (background["mll_z"] - mass(Z_BOSON)).abs() < 10
by_sample = background.groupby("sample", observed=True)["weight"].sum()
top = by_sample.nlargest(1).index
largest = background["sample"].isin(top)
label = ", ".join(one.label for one in infos if one.sample in top)
with_z, of_largest, fake = (
    100 * weighted_mean(chosen, weight, background["original"])
    for chosen in (near_z, largest, n_fake > 0)
)

# %% [markdown]
# ## The trilepton background by its source
#
# ```{table} Shares of the expected background of the trilepton region, with statistical uncertainties. Rows overlap.
# :name: tab-trilepton-shares
#
# | events | share [%] |
# |---|---|
# | SFOS pair within ten GeV of $m_Z$ | {eval}`with_z` |
# | largest sample: {eval}`label or "none"` | {eval}`of_largest` |
# | a fake lepton | {eval}`fake` |
# ```
#
# ```{admonition} The third lepton
# :class: warning
# An event with two prompt leptons passes if a jet is reconstructed as a lepton. The embedded
# samples contain these fake leptons at assumed rates, a full simulation at its own. With half of the rates the expected background would be
# {eval}`sum_weights(background.assign(weight=weight * 0.5**n_fake))` events, with twice the rates {eval}`sum_weights(background.assign(weight=weight * 2.0**n_fake))`. In the embedded samples, three $W$ or $Z$ bosons are simulated only where two of them come from a Higgs
# boson, and top-quark pairs with a $W$ or $Z$ by a stand-in ({numref}`chapter %s <chap-samples>`). They lack off-shell
# photons beside a $W$, so that their stack is too low below the Z peak.
# ```
#
# ## Summary and what comes next
#
# - The largest sample, {eval}`label or "none"`, makes up {eval}`of_largest` % of the expected background
#   ({numref}`tab-trilepton-shares`).
# - Events with a fake lepton are {eval}`fake` %, at rates that are assumed in embedded samples.
# - A pair compatible with a Z boson is in {eval}`with_z` % of the background; a search away from the Z peak
#   keeps the rest.
#
# An autoencoder learns this mixture as normal. The next chapter writes each of these events as a matrix of
# fixed size.
