# %% [markdown]
# (chap-dilepton-selection)=
# # Two leptons and missing momentum
#
# Which events does the search for dark matter look at, and what is left of each process after every
# cut? Dark matter leaves the detector unseen. If a new boson decays to two leptons beside it, the
# event shows the pair, and an imbalance of momentum across the beam. This chapter makes the
# selection of {cite}`guevara2023` step by step.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke"}} lepsearch={"reads": ["dilepton"]}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["dh_hds_130", "lv_hds_130"]  # shown where the profile has them

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import PAIR_KINDS
from lepsearch.events.objects import JET_ETA, JET_PT, JVT_PT
from lepsearch.events.selection import (
    CRACK,
    DILEPTON_MASS,
    MISSING_PT,
    in_channel,
)
from lepsearch.plotting.cutflow import yields_by_cut
from lepsearch.plotting.stack import stack
from lepsearch.simulate.response_table import Response
from lepsearch.stats.estimate import sum_weights
from lepsearch.stats.histograms import spectra

pd.set_option("display.max_colwidth", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen(signals)
events = dataset.table("dilepton", samples=samples)

# %% tags=["remove-cell"]
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record_text("lacks", "; ".join(dataset.lacks("dilepton")) or "nothing")
report.record("met_min", MISSING_PT, "g")
report.record("mll_min", DILEPTON_MASS, "g")
report.record("ntuple_met", Response().ntuple_missing_pt, "g")
report.record("jet_pt", JET_PT, "g")
report.record("jet_eta", JET_ETA, "g")
report.record("jvt_pt", JVT_PT, "g")
report.record("crack_low", CRACK[0], "g")
report.record("crack_high", CRACK[1], "g")

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$.
# What the profile lacks here: {glue:text}`lacks`.
#
# ## Leptons
#
# *Baseline* leptons are loose; they tell how many leptons an event may have. *Signal* leptons are
# the ones that the search counts. The thresholds are those of the final version of
# {cite}`frette2023`, which states them most fully; the lowest transverse momentum is our choice.

# %%
tables.lepton_cuts_table()

# %% [markdown]
# Jets have a transverse momentum above {glue:text}`jet_pt` GeV and $|\eta|$ < {glue:text}`jet_eta`;
# those below {glue:text}`jvt_pt` GeV must come from the primary vertex.
# Identification and isolation are computed by the experiment, and each open release offers its own.
# What the branches allow is therefore not the same everywhere:

# %%
tables.working_points_table()

# %% [markdown]
# The theses used ATLAS's internal files, with a looser isolation that depends on the transverse
# momentum and, for {cite}`guevara2023`, b-jets at another working point. The impact-parameter
# significance of the 2020 release is stored in a branch whose name suggests a resolution. It is the
# unsigned significance itself: its distribution has the width of one that a significance must have.
#
# ## The region
#
# The embedded ntuples hold what can enter one of the regions: two loose leptons and a missing
# momentum above {glue:text}`ntuple_met` GeV, or three loose leptons. The first row of the cutflow is therefore no count
# of what was produced; {numref}`chapter %s <chap-samples>` has that.
#
# Exactly two signal leptons, of any flavour and charge, are asked for, above thresholds that a
# single-lepton trigger allows:

# %%
tables.pair_thresholds_table()

# %% [markdown]
# Electron pairs with an electron in the crack between the barrel and the end-cap,
# {glue:text}`crack_low` < $|\eta|$ < {glue:text}`crack_high`, are left out; this removes next to nothing
# here, since the electrons of these files leave the crack out already. The pair is heavier than
# {glue:text}`mll_min` GeV, and the missing transverse momentum above {glue:text}`met_min` GeV: most
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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dilepton-cutflow", "caption": "Events left after each cut of the dilepton region. The requirement of missing momentum separates processes with neutrinos or dark matter from those without."}, "image": {"alt": "One falling line for each process over the cuts, on a logarithmic axis; the lines of processes without neutrinos fall steeply at the last cut."}}
figure = yields_by_cut({"": flows})
plt.show()

# %% [markdown]
# ## All four kinds of pairs
#
# Same or different flavour (SF, DF), same or opposite sign (SS, OS): the selection keeps them all,
# because new physics need not prefer one.

# %%
tables.category_table(events, "pair", PAIR_KINDS, dataset.labels)

# %% tags=["remove-cell"]
third = events[events["n_baseline"] > 2]
simulated = events[events["kind"] != "data"]
total = simulated["weight"].sum()
share = (
    simulated.loc[simulated["n_baseline"] > 2, "weight"].sum() / total
    if total
    else np.nan
)
report.record("third_percent", 100 * share, ".1f")
observed = events["kind"] == "data"
report.record_text(
    "third_data",
    f"so have {(third['kind'] == 'data').sum():,} of the {observed.sum():,} recorded events"
    if observed.any()
    else "there are no recorded events to compare with",
)

# %% [markdown]
# Of the simulated yield, {glue:text}`third_percent` % has a third baseline lepton;
# {glue:text}`third_data`.
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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dilepton-mll", "caption": "Mass of opposite-sign pairs of one flavour; the last bin holds everything above. A new boson is a narrow peak beside that of the Z boson."}, "image": {"alt": "Stacked histogram of the dilepton mass from 10 to 300 GeV on a logarithmic axis, with the Z peak at 91 GeV and, where the profile has a signal, a dashed line peaking at 130 GeV far below."}}
same_flavour = events[events["pair"] == PAIR_KINDS.index("SFOS")]
figure = stack(
    spectra(same_flavour, "mll", np.linspace(10, 300, 59), dataset.labels),
    xlabel=r"$m_{\ell\ell}$ [GeV]", luminosity_fb=dataset.luminosity_fb,
    title="opposite sign, same flavour",
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dilepton-met", "caption": "Missing transverse momentum of all pairs; the last bin holds everything above. It falls faster for the backgrounds than for the signal."}, "image": {"alt": "Stacked histogram of the missing transverse momentum from 50 to 400 GeV, falling over several decades; the signal, where there is one, falls more slowly."}}
figure = stack(
    spectra(events, "met", np.linspace(50, 400, 29), dataset.labels),
    xlabel=r"$p_T^\mathrm{miss}$ [GeV]", luminosity_fb=dataset.luminosity_fb,
)  # fmt: skip
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dilepton-significance", "caption": "Significance of the missing momentum, computed from the resolutions of leptons, jets and a soft term. Drell-Yan events, which have no invisible particle, sit at low values; the last bin holds everything above."}, "image": {"alt": "Stacked histogram of the missing momentum significance from 0 to 25, with Z plus jets concentrated at low values."}}
figure = stack(
    spectra(events, "met_sig", np.linspace(0, 25, 26), dataset.labels),
    xlabel=r"$p_T^\mathrm{miss}$ significance", luminosity_fb=dataset.luminosity_fb,
)  # fmt: skip
plt.show()

# %% tags=["remove-cell"]
report.record(
    "thesis_luminosity",
    sum(one.value for one in quoted.below("guevara.luminosity").values()),
    ".0f",
)
background = events[events["kind"] == "background"]
for channel, table in (
    ("ee", "table_5_5.electron"),
    ("mumu", "table_5_6.muon"),
):
    ours = sum_weights(in_channel(background, channel))
    report.record_text(
        f"background_{channel}", str(ours) if ours.events else "none"
    )
    report.record(
        f"thesis_{channel}",
        quoted.get(f"guevara.{table}.background.before").value,
        ",.0f",
    )

# %% [markdown]
# The thesis {cite}`guevara2023` counts {glue:text}`thesis_ee` background events in the electron
# channel and {glue:text}`thesis_mumu` in the muon channel before its further cuts, at
# {glue:text}`thesis_luminosity` fb$^{-1}$. The processes and the luminosity of this profile give {glue:text}`background_ee` and {glue:text}`background_mumu`. The comparison is
# one of size, and not an independent one for the embedded events: their noise of the missing
# momentum was chosen such that Drell-Yan production fills the thesis's total.
#
# ## What was found, and what comes next
#
# The region is wide on purpose. Top-quark pairs and Drell-Yan production fill it, and a signal of
# the size that the models predict is invisible before further cuts.
# {numref}`Chapter %s <chap-cut-and-count>` makes these.
