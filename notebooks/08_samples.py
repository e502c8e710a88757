# %% [markdown]
# (chap-samples)=
# # Samples
#
# What events does this book run on, and how many real events does each simulated one stand for?
# Every number of the later chapters starts here: with a cross section, a sum of weights and a
# luminosity. A referee who wants to check a yield begins with this page.
#
# The samples come from a {term}`profile` of the data manifest. The default makes its events on the spot
# with Pythia {cite}`bierlich2022` and a parametrised detector; others read ATLAS Open Data or a
# folder of ntuples. The code below is the same for all of them.

# %% lepsearch={"reads": ["dilepton", "trilepton"]} nbmake={"mock": {"profile": "smoke"}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# signal samples, or none; shown where the profile has them
signals = ["dh_hds_130"]

# %%
import numpy as np
import pandas as pd

from lepsearch.book import sample_tables, tables
from lepsearch.data import quoted
from lepsearch.events import selection
from lepsearch.events.dataset import Dataset
from lepsearch.plotting import samples as figures
from lepsearch.plotting.feynman import BACKGROUNDS, small_multiples
from lepsearch.plotting.style import drawing, lines, name_rows
from lepsearch.simulate import response_table, validation
from lepsearch.stats.estimate import sum_weights

pd.set_option("display.max_colwidth", None, "display.max_rows", None)
dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = dataset.chosen(signals)
sources = dataset.sources.values()
simulated_here = bool(dataset.manifest.simulation(profile))

# %% [markdown]
# ## What there is
#
# This page was made with the profile *{eval}`profile`*, at a luminosity of
# {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$. It has {eval}`len(sources)` samples, of which
# {eval}`sum(source.kind == "signal" for source in sources)` are signals. Not all profiles can show everything. What this one lacks in
# the dilepton region: {eval}`"; ".join(dataset.lacks("dilepton")) or "nothing"`; in the trilepton region:
# {eval}`"; ".join(dataset.lacks("trilepton")) or "nothing"`.
#
# {numref}`fig-backgrounds` shows how each of its background processes comes about. The signals have
# theirs in {numref}`chapter %s <chap-new-physics>`.

# %% mystnb={"figure": {"name": "fig-backgrounds"}, "image": {"alt": "Small Feynman diagrams side by side, one for each background process of the profile: up to eleven, of Z plus jet, W plus jet, top quark pairs, single top quarks, pairs of W and Z bosons, a W with a Higgs boson, and top quarks with a Z boson."}} tags=["hide-input"]
groups = dict.fromkeys(source.group for source in sources)
drawn = [one for group in groups for one in BACKGROUNDS.get(group, ())]
small_multiples(drawn)

# %% [markdown] tags=["caption"]
# The Standard Model processes of this profile, one typical diagram each; time runs to the right.
# Straight lines are quarks and leptons, wavy ones W, Z and photon, curly ones gluons, dashed ones the
# Higgs boson.

# %% [markdown]
# What each is, and how it gets into a region of two or three leptons and missing momentum:
#
# Z + jets
# : A $Z$ boson or a virtual photon, with a jet to recoil against. Pairs of electrons or muons have no
#   invisible particle: their missing momentum is mismeasured jets and pile-up. Pairs of tau leptons
#   have neutrinos, but share the energy with them.
#
# Top-quark pairs
# : Two $W$ bosons and two b-jets. If both $W$ bosons decay to leptons, the event has two leptons and
#   true missing momentum; most of the dilepton region away from the $Z$ peak is this.
#
# Single top
# : With a $W$ boson it looks like a top-quark pair with one b-jet less. The exchange of a $W$ boson
#   ($t$ channel) and its decay ($s$ channel) have one lepton only; a second comes from a jet.
#
# W + jets
# : One lepton and a neutrino, and by far the largest cross section of all with true missing momentum:
#   a jet taken for a lepton brings it in.
#
# Pairs of bosons
# : $WW$ looks like a top-quark pair without jets. $WZ$ gives three leptons and a neutrino, and rules
#   the trilepton region. $ZZ$ with two neutrinos has the signature of a signal: a lepton pair
#   against nothing. A single $Z$ gives four leptons, too, if one of its two radiates a photon that
#   splits; the fourth is often too soft to be seen. It is counted here, and not with $Z$ + jets. The parton shower
#   makes these pairs; a test of the library finds their rate in agreement with the measured one
#   {cite}`atlasfourleptons2021`.
#
# Higgs bosons, and top quarks with a boson
# : A Higgs boson beside a $W$, a $Z$ or top quarks decays to $WW$, $ZZ$ or tau leptons; top quarks
#   also radiate a $W$ or a $Z$. They are rare, but give three leptons with true missing momentum.
#   Pythia has no matrix element of top quarks with a $W$ or $Z$. As a stand-in it makes top
#   quarks with a Higgs boson that has the mass, width and decays of the $W$ or $Z$; the cross section
#   is the published one, and the shapes are approximate.
#
# ## Cross sections
#
# The cross sections contain everything that decides how many events of a sample are produced:
# filter efficiencies, branching ratios and the factor to the highest known order
# ({numref}`tab-normalisation`).

# %% mystnb={"figure": {"name": "tab-normalisation"}}
tables.normalisation_table(dataset, "dilepton")

# %% [markdown] tags=["caption"]
# Cross section, sum of generator weights and expected events of each sample. The ntuples may hold an event several times, smeared anew.

# %% [markdown]
# For the samples that were made here, {numref}`tab-cross-sections` has what Pythia found while it made
# them, with its statistical uncertainty. It works at leading order. The third column is the cross section in use divided by
# Pythia's: the factor to the order that was used, times branching ratios that the generator does not count (for tau leptons and
# in matrix elements of our own), which the last column tells. For top quarks and pairs of bosons the
# factor is well above one. The shapes of the events stay those of leading order, which no factor
# can change.

# %% mystnb={"figure": {"name": "tab-cross-sections"}}
made = sample_tables.cross_sections(dataset, samples)
counts = {"generated": ",d", "made whole": ",d", "used over it": ".3f"}
tables.styled(made, "cross-sections", **counts)

# %% [markdown] tags=["caption"]
# Cross sections of samples made here: as Pythia found them with their statistical uncertainty, the one in use over it, the hard
# events generated and those of them made whole ({eq}`eq-enrichment`), and what Pythia's cross section contains. No row: none was made here.

# %% [markdown]
# Each cross section has a source, which the manifest states beside it
# ({numref}`tab-cross-section-sources`).

# %% mystnb={"figure": {"name": "tab-cross-section-sources"}} tags=["hide-output"]
stated = {one.name: one.cross_section_source or "–" for one in sources}
table = pd.Series(stated, name="source of the cross section").to_frame()
table.rename_axis("sample")

# %% [markdown] tags=["caption"]
# Source of the cross section of each sample.

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
# swallowed: {numref}`tab-samples-disagreements` has the cases of this profile.

# %% mystnb={"figure": {"name": "tab-samples-disagreements"}}
disagreements = pd.DataFrame(
    [one for info in dataset.infos("dilepton") for one in info.disagreements],
    columns=["file", "quantity", "used", "in_file"],
)
disagreements = disagreements.rename(columns={"in_file": "in the file"})
tables.styled(disagreements, "apart")

# %% [markdown] tags=["caption"]
# Values of files that the manifest contradicts, and the manifest's, which are used. No row: all agree.

# %% [markdown]
# Values in disagreement: {eval}`len(disagreements)`.
#
# The ntuples made here are preselected: written are events with three loose leptons, and those with
# two whose missing momentum is above {eval}`f"{response_table.Response().ntuple_missing_pt:g}"` GeV. What cannot enter either region is
# generated and counted in the sum of weights, but not written. The ntuples of the open data are
# collections with a preselection of their own. In both cases a cutflow starts with what the ntuple
# holds.
#
# ## How large the samples are
#
# {numref}`fig-samples` sets the expected events beside the simulated ones. Where the expectation is
# the larger number, the simulation has fewer events than the experiment would record, and its
# statistical uncertainty matters.

# %% mystnb={"figure": {"name": "fig-samples"}, "image": {"alt": "For each sample a filled marker at the expected and an open one at the simulated number of events, on a logarithmic axis; the large backgrounds' expected numbers lie far to the right of the simulated ones, the signal's to the left."}} tags=["hide-input"]
rows = []
for region in selection.REGIONS:
    for info in (dataset.info(region, sample) for sample in samples):
        if info.kind != "data":
            last = dataset.cutflow(region, info.sample).steps[-1]
            rows.append((info.label, region, last.weight, last.events))
sizes = pd.DataFrame(rows, columns=["label", "region", "expected", "events"])
names = list(dict.fromkeys(sizes["label"]))
regions = sizes[sizes["events"] > 0].groupby("region", sort=False)
with drawing(figsize=(7.2, 1.5 + 0.4 * len(names))) as (figure, axes):
    for marker, (region, rows) in zip("os", regions, strict=False):
        y = [
            names.index(one) + (0.18 if marker == "s" else -0.18)
            for one in rows["label"]
        ]
        axes.hlines(
            y, rows["events"], rows["expected"], color="#999999", linewidth=1
        )
        style = {
            "marker": marker,
            "s": 46,
            "edgecolor": "#08306b",
            "zorder": 3,
        }
        for number, shade in (("expected", "#08306b"), ("events", "white")):
            word = "expected" if number == "expected" else "simulated"
            axes.scatter(
                rows[number],
                y,
                color=shade,
                label=f"{region}: {word}",
                **style,
            )
    name_rows(axes, names)
    axes.set(xscale="log", xlabel="Events")
    axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
figure

# %% [markdown] tags=["caption"]
# Expected (filled) and simulated (open) events of each sample after the two selections. A line that
# runs to the right from the open marker is an extrapolation: each simulated event stands for more
# than one expected event.

# %% [markdown]
# Weights that differ from event to event cost precision. The {term}`effective number of events`,
# $(\sum w)^2 / \sum w^2$, is the number of equal weights with the same relative uncertainty. Where the
# missing momentum of one event was smeared several times, the copies are rows of their own that share
# the event's number; they are no independent events, and their weights are added before they are
# squared. A {term}`negative weight` costs twice, since it takes away what another event brought:
# {numref}`tab-sizes-dilepton` and {numref}`tab-sizes-trilepton` have its share by number and by size.

# %% mystnb={"figure": {"name": "tab-sizes-dilepton"}}
formats = {"rows": ",d", "events": ",d", "effective": ",.0f", "expected": ""}
sizes = sample_tables.sample_sizes(dataset, "dilepton", samples)
tables.styled(sizes, "dilepton", ".1%", **formats)

# %% [markdown] tags=["caption"]
# Simulated events of each sample in the dilepton region, with their effective number.

# %% mystnb={"figure": {"name": "tab-sizes-trilepton"}}
sizes = sample_tables.sample_sizes(dataset, "trilepton", samples)
tables.styled(sizes, "trilepton", ".1%", **formats)

# %% [markdown] tags=["caption"]
# Simulated events of each sample in the trilepton region, with their effective number.

# %% mystnb={"figure": {"name": "fig-weights"}, "image": {"alt": "Histogram of event weights on logarithmic axes, one line for each group of processes: narrow spikes for unweighted samples and broad distributions for others."}} tags=["hide-input"]
events = dataset.table("dilepton", columns=["met"], samples=samples)
simulated = events[events["kind"] != "data"]
of_signal = simulated["sample"].where(simulated["kind"] == "signal")
of = of_signal.fillna(simulated["group"]).map(dataset.labels)
weights = dict(list(simulated["weight"].groupby(of, sort=False)))
size = simulated["weight"].abs()
low, high = (size[size > 0].min(), size.max()) if size.any() else (0.1, 1)
edges = np.geomspace(max(low, 1e-9 * high) / 1.5, high * 1.5, 50)
with drawing() as (figure, axes):
    for i, (label, values, style) in enumerate(lines(weights)):
        positive, negative = (np.histogram(sign * values, edges)[0] for sign in (1, -1))  # fmt: skip
        axes.stairs(positive, edges, label=label, linewidth=0.9 if i > 5 else 1.8, **style)  # fmt: skip
        if negative.any():  # by their size
            style = {"color": style["color"], "hatch": "...."}
            axes.stairs(negative, edges, label=f"{label}, negative", **style)
    axes.set(xscale="log", xlabel="Weight of one event [expected events]")
    axes.set(yscale="log", ylabel="Simulated events / bin")
    bottom, top = axes.get_ylim()
    axes.set_ylim(max(bottom, 0.5), top * (2 * top) ** 0.4)
    if weights:
        axes.legend(ncols=2, loc="upper right")
figure  # fmt: skip

# %% [markdown] tags=["caption"]
# Weights of the events in the dilepton region, by group of processes. A group with one weight is a
# spike; one whose generation was biased, that was corrected event by event, or whose leptons are
# promoted jets, is spread out.

# %%
negative = (simulated["weight"] < 0).mean() if len(simulated) else 0.0

# %% [markdown]
# Of the simulated events in the dilepton region {eval}`f"{100 * negative:.1f}"` % have a negative
# weight. They are kept in every evaluation of this book: leaving them out would change the yields.
#
# ## Most hard processes are looked at and not made
#
# Nine tenths of the time of an event go into its shower and hadrons, and nearly all events then lie
# where no search looks. What an event will be is decided before, by the leptons and neutrinos of its
# hard process. So each hard event $i$ is made whole with a probability $p_i$ only, and weighted by
# $1/p_i$:
#
# $$
# p_i = a_i \left[ b\,g_i + \left(\frac{p_T^\mathrm{miss}}{p_0}\right)^3 +
# \left(\frac{m_{T2}}{m_0}\right)^8 + \left(\frac{m_{\ell\ell}}{m_1}\right)^2 \right] \leq 1 .
# $$ (eq-enrichment)
#
# Here $a_i$ is a guess at the chance that its leptons are found, and $b$ sets the share of ordinary events. Where
# Pythia draws more events of large transverse momentum, $g_i$ is the weight that makes up for it,
# so that ordinary events end up with equal weights. The limits $p_0$, $m_0$, $m_1$ say where all are
# made. The mean of $1/p_i$ over the events made is right whatever $p$ is, so that no expectation
# changes (*Russian roulette*, {cite}`kahn1951`); a poor choice wastes time, or leaves large weights.
#
# Where missing momentum is the detector's alone, as in
# Drell-Yan events, the hard process knows nothing of it. There the soft noise is drawn so that the
# threshold of the ntuples is passed, and the event is weighted by the probability of that.
#
# {numref}`fig-enrichment` compares the effective events of each sample with those of as many whole
# events without a choice, all of one weight.

# %%
thresholds = np.arange(50.0, 401.0, 25.0)
backgrounds = events[events["kind"] == "background"]
panels = {}
of_backgrounds = made[made.index.isin(backgrounds["sample"])]
for sample, of_sample in of_backgrounds.iterrows():
    own = backgrounds[backgrounds["sample"] == sample]
    above = [sum_weights(own[own["met"] > least]) for least in thresholds]
    cross_section_pb = dataset.info("dilepton", sample).cross_section_pb
    all_expected = dataset.luminosity_fb * cross_section_pb * 1e3
    share = np.array([one.value for one in above]) / all_expected
    effective = np.array([one.effective for one in above])
    panels[sample] = effective, of_sample["made whole"] * share

# %% mystnb={"figure": {"name": "fig-enrichment"}, "image": {"alt": "Small panels, one a sample, with a solid and a dashed line that fall on logarithmic axes."}} tags=["hide-input"]
xlabel = r"$E_T^\mathrm{miss}$ above [GeV]"
figures.effective_events(thresholds, panels, xlabel=xlabel)

# %% [markdown] tags=["caption"]
# Effective events of each background sample in the dilepton region above a missing momentum (solid),
# and those that as many whole events of one weight would give (dashed). Compare the lines at the right
# end of each panel.

# %% [markdown]
# ## Four sums of weights, and what they mean
#
# {cite}`guevara2023` describes its samples by several sums (its tables 5.2, 5.3, 5.7 and 5.8). Here
# they are for ours, all signals of the profile against all backgrounds in the dilepton region
# ({numref}`tab-sums-of-weights`).

# %% mystnb={"figure": {"name": "tab-sums-of-weights"}}
kinds = ("signal", "background")
signal = sample_tables.class_sums(dataset, "dilepton", kind="signal")
background = sample_tables.class_sums(dataset, "dilepton", kind="background")
printed = {kind: quoted.below(f"guevara.table_5_7.{kind}") for kind in kinds}
sums = {
    "simulated": "simulated events",
    "sum_of_weights": "sum of physics weights",
    "sum_of_generator_weights": "sum of generator weights",
    "with_luminosity_over_sum": "... times L over sum of weights",
    "over_sum": "... over sum of weights",
}
table = pd.DataFrame({"signal": signal, "background": background}).T
for kind, values in printed.items():
    table.loc[f"{kind} (5.7)"] = {key: values[key].value for key in table}
table = table[[*sums]].rename(columns=sums).rename_axis("class", axis=1)
formats = {"simulated events": ",.0f", "sum of physics weights": ",.1f"}
tables.styled(table, "sums", ",.4g", **formats)

# %% [markdown] tags=["caption"]
# Sums of weights of all signals and of all backgrounds in the dilepton region, beside table 5.7 of
# {cite}`guevara2023`.

# %% [markdown]
# - *Simulated events* say how well a shape is known, and nothing about how many there are. A
#   classifier that counts every event as one learns the proportions of the simulation.
# - *The sum of {term}`physics weights <physics weight>`* is the expectation. It is the only sum in which processes may be
#   added, and the only one for a significance. The sum over all signals, though, adds models that
#   exclude each other: it is the expectation of no model.
# - *The sum of generator weights* has units that each generator chooses. Weights may be one, or a cross
#   section in some unit; the background of the thesis has a sum in the tens of trillions because some
#   of its generators do the latter. Between samples it means nothing.
# - *Over the sum of weights of its sample* it is the efficiency of the selection, from zero to one.
#   Added over samples it counts samples: the more of them a class has, the larger it is, whatever
#   their cross sections. This is how the signal of the thesis, about a hundred and fifty samples,
#   comes to exceed the background.
# - *Times the luminosity* it would need the cross section to become an expectation.
#
# Tables 5.2 and 5.8 multiply the number of simulated events by a sum of weights. The product measures
# nothing ({numref}`tab-sample-products`); what a comparison of classes needs is in the two factors.

# %% mystnb={"figure": {"name": "tab-sample-products"}}
diboson = sample_tables.class_sums(dataset, "dilepton", group="diboson")
classes = {"signal": signal, "background": background, "diboson": diboson}
classes["other backgrounds"] = background - diboson
table = pd.DataFrame(classes).T[["simulated", "sum_of_weights"]]
table.columns = ["simulated", "expected"]
heads = {"diboson (5.2)": "5_2.signal", "others (5.2)": "5_2.background"}
heads |= {"signal (5.3)": "5_3.signal", "background (5.3)": "5_3.background"}
for head, key in heads.items():
    one = quoted.below(f"guevara.table_{key}")
    table.loc[head] = {name: one[name].value for name in table}
table["product"] = table["simulated"] * table["expected"]
formats = {"simulated": ",.0f", "product": ".3g"}
table = table.rename_axis("class", axis=1)
tables.styled(table, "products", ",.1f", **formats)

# %% [markdown] tags=["caption"]
# Simulated and expected events and their product, here and in tables 5.2 and 5.3 of
# {cite}`guevara2023`.

# %% [markdown]
# For training, classes of so different size are balanced: every weight of a class is multiplied by
# one factor, so that both classes have the same sum. The thesis's table 5.8 does so with the sum set to
# half of all simulated events:

# %%
balanced = pd.Series(quoted.below("guevara.table_5_8")).map(float)
half = balanced.filter(like="simulated").sum() / 2
assert np.allclose(balanced.filter(like="sum_of_weights"), half)
factor = background["sum_of_weights"] / (signal["sum_of_weights"] or np.nan)
theirs = [printed[kind]["sum_of_weights"].value for kind in kinds]

# %% [markdown]
# This sum is {eval}`f"{half / 1e6:.2f}"` million for both. Balancing is right for training, as the best
# score does not change with the factor, and wrong for counting. The factor between the classes tells
# how uneven they are: {eval}`f"{factor:,.3g}"` for the signals of this profile, {eval}`f"{theirs[1] / theirs[0]:,.0f}"`
# in the thesis. What is inconsistent between the printed tables stands in the {ref}`errata <errata>`;
# {numref}`chapter %s <chap-statistics>` recomputes them.
#
# ## The detector
#
# The events of the embedded profiles pass a parametrised detector. Every number of it has its source,
# and where there is no better one, that source is "assumed" ({numref}`tab-response`).

# %% mystnb={"figure": {"name": "tab-response"}} tags=["hide-output"]
response = response_table.response_table()
response["source"] = response["source"].str.replace("thesis B", "Guevara")
assumed = response["source"].str.startswith("assumed")
tables.styled(response, "response", "g")

# %% [markdown] tags=["caption"]
# Numbers of the parametrised detector, with their sources.

# %% [markdown]
# Of the {eval}`len(response)` numbers {eval}`int(assumed.sum())` are assumed. The samples of this profile
# are {eval}`"simulated here" if simulated_here else "not simulated here"`.

# %% [markdown]
# ## What two choices change
#
# Two things are switched off to save time: further interactions of the same two protons, and the
# spin of tau leptons. Without it a tau still decays to an electron or muon by the weak matrix
# element, but as an unpolarised one, and to hadrons flat in phase space. To know what this costs, {eval}`f"{validation.measured()['events']:,d}"`
# events of some processes were generated both ways and passed through the detector. The pull is the
# difference in units of its statistical uncertainty ({numref}`tab-interactions` and
# {numref}`tab-polarised`).

# %% mystnb={"figure": {"name": "tab-interactions"}}
further = validation.validation_table("multiple_interactions")
tables.styled(further, "interactions", pull="+.1f", change="+.1%")

# %% [markdown] tags=["caption"]
# Change of some quantities by further interactions of the same protons, with its pull.

# %% mystnb={"figure": {"name": "tab-polarised"}}
polarised = validation.validation_table("tau_polarisation")
tables.styled(polarised, "polarised", pull="+.1f", change="+.1%")

# %% [markdown] tags=["caption"]
# Change of some quantities by polarised taus, with its pull.

# %%
mpi = further.loc[further["pull"].abs().idxmax()]
tau = polarised.loc[polarised["pull"].abs().idxmax()]

# %% [markdown]
# Further interactions change {eval}`int((further["pull"].abs() > 3).sum())` of {eval}`len(further)` numbers by more
# than three standard errors. The largest pull is that of *{eval}`mpi["quantity"].split(" [")[0]`* in
# {eval}`mpi["process"]`, a change of {eval}`f"{100 * mpi['change']:+.1f}"` %.
#
# Polarised taus change {eval}`int((polarised["pull"].abs() > 3).sum())` of {eval}`len(polarised)` by that much. The
# largest pull is that of *{eval}`tau["quantity"].split(" [")[0]`* in {eval}`tau["process"]`, a change of
# {eval}`f"{100 * tau['change']:+.1f}"` %. Events whose taus decay to electrons or muons have
# weights for the polarisation, which this table leaves out. The rest is not corrected for.
#
# ```{admonition} What the embedded events can't say
# :class: warning
# They come from leading-order matrix elements, a shower and a parametrised detector. Pile-up is an
# assumed noise in the missing momentum, rates of jets taken for leptons are assumed too, and
# systematic effects and processes beyond the ones listed are absent. A yield here is an estimate with
# a known recipe, not a prediction of what ATLAS records.
# ```
#
# ## What was found, and what comes next
#
# Every sample has a cross section with a source, a sum of weights over all its generated events and
# a stated statistical power; of the sums that describe a sample, only that of physics weights may be
# added to another's. {numref}`Chapter %s <chap-dilepton-selection>` selects events with two
# leptons from them, {numref}`chapter %s <chap-trilepton-selection>` events with three.
