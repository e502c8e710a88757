# %% [markdown]
# (chap-samples)=
# # Samples
#
# What events does this book run on, and how many real events does each simulated one stand for?
# Every number of the later chapters starts here: with a cross section, a sum of weights and a
# luminosity. A referee who wants to check a yield begins with this page.
#
# The samples come from a *profile* of the data manifest. The default makes its events on the spot
# with Pythia {cite}`bierlich2022` and a parametrised detector; others read ATLAS Open Data or a
# folder of ntuples. The code below is the same for all of them.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke"}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile

# %%
import matplotlib.pyplot as plt
import pandas as pd

from lepsearch import report, tables
from lepsearch.dataset import Dataset
from lepsearch.plotting.samples import expected_and_simulated, weight_spectrum
from lepsearch.selection import REGIONS

pd.set_option("display.max_colwidth", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)

# %% tags=["remove-cell"]
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
for region in REGIONS:
    report.record_text(
        f"lacks_{region}", "; ".join(dataset.lacks(region)) or "nothing"
    )

# %% [markdown]
# ## What there is
#
# This page was made with the profile *{glue:text}`profile`*, at a luminosity of
# {glue:text}`luminosity` fb$^{-1}$. Not all profiles can show everything. What this one lacks in
# the dilepton region: {glue:text}`lacks_dilepton`; in the trilepton region:
# {glue:text}`lacks_trilepton`.
#
# The cross sections contain everything that decides how many events of a sample are produced:
# filter efficiencies, branching ratios and the factor to the highest known order.

# %%
tables.normalisation_table(dataset, "dilepton")

# %% [markdown]
# Each cross section has a source, which the manifest states beside it.

# %%
sources = dataset.manifest.sources(dataset.workspace)
pd.DataFrame(
    {
        "source of the cross section": [
            source.cross_section_source or "–" for source in sources
        ]
    },
    index=pd.Index([source.name for source in sources], name="sample"),
)

# %% [markdown]
# ## From simulated to expected events
#
# A simulated event of generator weight $w_i$ counts as
#
# $$
# w_i^\mathrm{phys} = w_i \, f_i \, \frac{\sigma L}{\sum_j w_j}
# $$ (eq-physics-weight)
#
# expected events, with the cross section $\sigma$, the luminosity $L$ and the product $f_i$ of the
# efficiency corrections (pile-up, electron and muon efficiencies, trigger). The sum runs over *all*
# generated events, also those that no ntuple kept. A recorded event counts as one. The luminosity
# is a parameter: a skim stores {eq}`eq-physics-weight` per inverse femtobarn and is scaled when it
# is read.
#
# Where the manifest and a file state different cross sections or sums of weights, the manifest
# wins, because some published files are known to hold a wrong one. The difference is never
# swallowed: here are the cases of this profile.

# %%
disagreements = pd.DataFrame(
    [one for info in dataset.infos("dilepton") for one in info.disagreements],
    columns=["file", "quantity", "used", "in_file"],
)
disagreements if len(disagreements) else "The manifest and the files agree."

# %% tags=["remove-cell"]
report.record("n_disagreements", len(disagreements), ".0f")

# %% [markdown]
# Files in disagreement: {glue:text}`n_disagreements`.
#
# ## How large the samples are
#
# {numref}`fig-samples` sets the expected events beside the simulated ones. Where the expectation is
# the larger number, the simulation has fewer events than the experiment would record, and its
# statistical error matters.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-samples", "caption": "Expected (filled) and simulated (open) events of each sample after the two selections. A line that runs to the right from the open marker is an extrapolation: each simulated event stands for more than one expected event."}, "image": {"alt": "For each sample a filled marker at the expected and an open one at the simulated number of events, on a logarithmic axis; the backgrounds' expected numbers lie far to the right of the simulated ones, the signal's to the left."}}
rows = []
for region in REGIONS:
    for info in dataset.infos(region):
        if info.kind != "data":
            last = dataset.cutflow(region, info.sample).steps[-1]
            rows.append((info.label, region, last.weight, last.events))
sizes = pd.DataFrame(rows, columns=["label", "region", "expected", "events"])
figure = expected_and_simulated(sizes)
plt.show()

# %% [markdown]
# Weights that differ from event to event cost precision. The effective number of events,
# $(\sum w)^2 / \sum w^2$, is the number of equal weights with the same relative error.

# %%
tables.statistics_table(dataset, "dilepton")

# %%
tables.statistics_table(dataset, "trilepton")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-weights", "caption": "Weights of the events in the dilepton region. A sample with one weight is a spike; one whose generation was biased, or that was corrected event by event, is spread out."}, "image": {"alt": "Histogram of event weights on logarithmic axes, one line a sample: narrow spikes for the unweighted samples and a broad distribution for Z plus jets."}}
events = dataset.table("dilepton", columns=[])
labels = {
    info.sample: info.label
    for info in dataset.infos("dilepton")
    if info.kind != "data"
}
figure = weight_spectrum(
    {
        label: events.loc[events["sample"] == name, "weight"].to_numpy()
        for name, label in labels.items()
    }
)
plt.show()

# %% tags=["remove-cell"]
simulated = events[events["kind"] != "data"]
report.record(
    "negative_percent",
    100 * (simulated["weight"] < 0).mean() if len(simulated) else 0,
    ".1f",
)

# %% [markdown]
# Of the simulated events in the dilepton region {glue:text}`negative_percent` % have a negative
# weight. They are kept in every evaluation of this book: leaving them out would change the yields.
#
# ```{admonition} What the embedded events can't say
# :class: warning
# They come from leading-order matrix elements, a shower and a parametrised detector. Pile-up is an
# assumed noise in the missing momentum; leptons from misidentified jets, systematic effects and
# processes beyond the ones listed are absent. A yield here is an estimate with a known recipe, not
# a prediction of what ATLAS records.
# ```
#
# ## What was found, and what comes next
#
# Every sample has a cross section with a source, a sum of weights over all its generated events and
# a stated statistical power. {numref}`Chapter %s <chap-dilepton-selection>` selects events with two
# leptons from them, {numref}`chapter %s <chap-trilepton-selection>` events with three.
