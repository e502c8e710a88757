# %% [markdown]
# (chap-ntuples)=
# # From the detector to columnar data
#
# What do the files behind the two theses contain, and why are they read column by column? Every
# later chapter starts from such files, so the way of reading them decides which studies take
# seconds and which take hours. This chapter follows an event from the collision to the file: what the
# detector measures and in which coordinates ({numref}`fig-rapidity`), what the trigger keeps
# ({numref}`fig-rates`) and how much was recorded. It then opens a file of simulated events, and makes one selection with three tools: this book's library, a lazy dataframe,
# and the RDataFrame of {cite}`frette2023`. {numref}`fig-storage` compares the storage of columns and
# rows, {numref}`tab-loop` the time of array operations and of a loop over events.
#
# The file is always the same: simulated $t\bar t$ events of the ATLAS Open Data of 2020
# {cite}`opendata2020`, which come with the book. The page does not depend on the profile.

# %% nbmake={"mock": {"copies": [1, 4], "repeats": 3}} tags=["parameters"]
# [1, 10000], rising; times that the file's events are taken
copies = [1, 4, 16, 64]
# [2, 10000]; timings of each
repeats = 9
# [1e30, 1e36] 1/(cm^2 s); luminosity at which rates are calculated
instantaneous = 1.0e34

# %%
import zlib
from functools import partial
from math import cosh
from timeit import repeat

import awkward as ak
import dask.dataframe as dd
import numpy as np
import pandas as pd
import uproot
from scipy.constants import speed_of_light

from lepsearch import constants, workspace
from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.data.layout import releases
from lepsearch.events import reader, selection
from lepsearch.events.objects import BASELINE_PT, ELECTRON, JET_ETA, MUON
from lepsearch.plotting import samples as figures
from lepsearch.plotting.style import drawing, name_rows
from lepsearch.plotting.style import lines as styles
from lepsearch.simulate import cross_sections
from lepsearch.simulate.leptons import resolution
from lepsearch.simulate.response_table import Response
from lepsearch.stats.estimate import Estimate

pd.set_option("display.max_colwidth", None)
path = workspace.project_root() / "examples" / "atlas2020-4lep" / "MC"
path = path / "mc_410000.ttbar_lep.4lep.root"
detector = Response()

# %% [markdown]
# ## What the detector measures
#
# ATLAS {cite}`atlas2008` surrounds the collision point in layers. The inner tracker, in the field of a
# solenoid, bends charged particles and finds their origin, up to $|\eta|$ =
# {eval}`f"{detector.tracker_max_eta:g}"`. The calorimeters around it absorb electrons, photons and
# hadrons and measure their energy, up to $|\eta|$ = {eval}`f"{detector.calorimeter_max_eta:g}"`.
# Muons cross the calorimeters and are bent a second time, in the outer toroids. Neutrinos escape
# detection, as dark matter would. {numref}`tab-traces` lists the traces that each particle leaves.
#
# :::{table} Traces of stable particles in the layers of the detector, from the inside out: a track (bent by the field), all or part of the energy, or nothing.
# :name: tab-traces
#
# | particle | inner tracker | electromagnetic calorimeter | hadronic calorimeter | muon chambers |
# |---|---|---|---|---|
# | electron | track | all energy | – | – |
# | photon | – | all energy | – | – |
# | charged hadron | track | part | the rest | – |
# | neutral hadron | – | part | the rest | – |
# | muon | track | little | little | track |
# | neutrino, dark matter | – | – | – | – |
# :::
#
# The reconstruction combines these signals into *objects*:
#
# - **Electrons**: a track that points to a narrow cluster of energy, used up to $|\eta|$ = {eval}`f"{ELECTRON.eta:g}"`.
# - **Muons**: a track in the inner tracker that continues in the muon chambers, used up to $|\eta|$ = {eval}`f"{MUON.eta:g}"`.
# - **Jets**: sprays of hadrons, clustered by the anti-$k_t$ algorithm {cite}`cacciari2008` with a radius of
#   {eval}`f"{detector.jet_radius:g}"`, used up to $|\eta|$ = {eval}`f"{JET_ETA:g}"`. A *b-jet* has tracks from a
#   displaced vertex, since a hadron with a b quark flies a short distance before it decays.
# - **Missing transverse momentum**: the negative vector sum of the transverse momenta of all other
#   objects and of soft tracks. It is the only trace of undetected particles, and it contains every
#   mismeasurement.
#
# The momentum resolution limits what a search can resolve. {numref}`fig-resolutions` shows the
# resolutions of this book's parametrised detector, which makes the embedded events;
# {numref}`chapter %s <chap-samples>` gives the parameters and their sources. The relative resolution of
# calorimeters improves with energy, because the number of particles in a shower grows. That of
# trackers degrades, because a stiffer track is bent less.

# %% mystnb={"figure": {"name": "fig-resolutions"}, "image": {"alt": "Three lines on logarithmic axes from 10 to 1000 GeV. Jets fall from tens of percent to a few, electrons from a few percent to one, and muons rise from two percent to twelve."}} tags=["hide-input"]
pt = np.geomspace(10, 1000, 100)
jets = np.hypot(detector.jet_noise / pt, detector.jet_sampling / np.sqrt(pt))
lines = {"jets": np.hypot(jets, detector.jet_constant)}
for kind, cuts in ("electrons", ELECTRON), ("muons", MUON):
    lines[kind] = resolution(0 * pt + cuts.flavour, pt, 0 * pt, detector)
with drawing(figsize=(7.2, 4.2)) as (figure, axes):
    for label, values in lines.items():
        axes.plot(pt, 100 * values, label=label)
    axes.set(xscale="log", yscale="log", xlim=(pt[0], pt[-1]), ylim=(0.5, 60))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks([1, 3, 10, 30], ["1", "3", "10", "30"])
    axes.set(xlabel=r"$p_T$ [GeV]", ylabel="relative resolution [%]")
    axes.legend()
figure

# %% [markdown] tags=["caption"]
# Relative momentum resolution of the parametrised detector at $\eta = 0$, against the transverse
# momentum. Compare electrons and jets, measured by calorimeters, with muons, measured by trackers.

# %% [markdown]
# ## Coordinates
#
# The quarks that collide carry unknown fractions of the momenta of their protons, so the centre of mass
# moves along the beam from event to event. Momenta across the beam are not affected by this motion. Along it, the
# *rapidity* changes by a constant,
#
# $$
# y = \frac12 \ln\frac{E + p_z}{E - p_z} = \operatorname{arsinh} \frac{p_T \sinh\eta}{\sqrt{m^2 + p_T^2}} ,
# $$ (eq-rapidity)
#
# and differences of rapidities stay as they are. The *pseudorapidity* $\eta = -\ln\tan(\theta/2)$ needs the
# polar angle alone and is what a detector measures. Without a mass both are the same; otherwise $|y| < |\eta|$.


# %%
def rapidity(pt, eta, mass):
    """Rapidity by transverse momentum, pseudorapidity and mass."""
    return np.arcsinh(pt * np.sinh(eta) / np.hypot(pt, mass))


# four-momenta by their definitions, with masses up to three times p_T
rng = np.random.default_rng(1)
pt, eta, mass = rng.uniform(0, [[10], [3], [30]], (3, 1000))
p_z = pt * np.sinh(eta)
energy = np.sqrt(mass**2 + pt**2 + p_z**2)
y = np.log((energy + p_z) / (energy - p_z)) / 2
assert np.allclose(y, rapidity(pt, eta, mass))
boosted = np.arctanh((p_z + 0.5 * energy) / (energy + 0.5 * p_z))
assert np.allclose(boosted, y + np.arctanh(0.5))  # by half the speed of light

# %% mystnb={"figure": {"name": "fig-rapidity"}, "image": {"alt": "Left: rapidity against pseudorapidity; the diagonal for massless particles, lower lines for heavier ones, which run parallel to it at large values. Right: horizontal layers of the detector against pseudorapidity."}} tags=["hide-input"]
eta = np.linspace(0, 5, 101)
curves = {
    f"m = {ratio:g} $p_T$": rapidity(1.0, eta, ratio)
    for ratio in (0, 0.3, 1, 3)
}
reach = {
    "muons": MUON.eta,
    "electrons": ELECTRON.eta,
    "jets": JET_ETA,
    "tracks": detector.tracker_max_eta,
    "energy": detector.calorimeter_max_eta,
}
with drawing(1, 2, figsize=(8.6, 3.6)) as (figure, (left, right)):
    for label, values, style in styles(curves):
        left.plot(eta, values, label=label, **style)
    left.set(
        xlabel=r"pseudorapidity $\eta$",
        ylabel="rapidity $y$",
        xlim=(0, 5),
        ylim=(0, 5),
    )
    left.legend()
    bars = right.barh(
        range(len(reach)), list(reach.values()), 0.6, color="#9ecae1"
    )
    degrees = [
        f"{np.degrees(2 * np.arctan(np.exp(-one))):.1f}°"
        for one in reach.values()
    ]
    right.bar_label(bars, degrees, padding=4)
    name_rows(right, list(reach))
    right.set(xlabel=r"pseudorapidity $|\eta|$, up to", xlim=(0, 6.2))
figure

# %% [markdown] tags=["caption"]
# Left: rapidity against pseudorapidity for four ratios of mass to transverse momentum, by {eq}`eq-rapidity`. Right: how far
# from the transverse plane the layers and objects of this book reach, with the angle to the beam. Compare
# the lines at large $\eta$ with the diagonal.

# %%
events = uproot.concatenate(f"{path}:mini")
difference = {}
for kind in "lep", "jet":
    pt, eta, energy = (
        ak.to_numpy(ak.flatten(events[f"{kind}_{name}"]))
        for name in ("pt", "eta", "E")
    )
    y = np.arctanh(np.clip(pt * np.sinh(eta) / energy, -1 + 1e-12, 1 - 1e-12))
    difference[kind] = np.percentile(abs(eta - y), 95)

# %%
ZPRIME, SIGNAL = 130.0, "dark Higgs, Z' → ℓℓ"
cross_section = quoted.below("cross_sections")
of_w, of_z = (
    1e3 * cross_section[one].value for one in "wz"
)  # pb, as the next ones
of_top, inelastic = (
    cross_section["top_pair"].value,
    1e9 * cross_section["inelastic"].value,
)
model = {"mass": ZPRIME, "sector": "heavy"}
signal_pb = cross_sections.predicted_pb("dark_higgs", model)
level, kept = (
    quoted.get("trigger.first_level"),
    quoted.get("trigger.recorded"),
)
turns = speed_of_light / quoted.get("lhc.circumference").value
crossings = quoted.get("lhc.bunches").value * turns
crossings_most = 40e6
per_second = instantaneous * 1e-36  # for each pb
rates = {
    "collisions": per_second * inelastic,
    "crossings with protons": crossings,
    "first level": 1e3 * level.value,
    "recorded": 1e3 * kept.value,
    "W → ℓν": per_second * of_w,
    "Z → ℓℓ": per_second * of_z,
    "top pairs": per_second * of_top,
    SIGNAL: per_second * signal_pb,
}
pile_up = rates["collisions"] / crossings

# %% [markdown]
# The rapidity-mass matrix of {numref}`chapter %s <chap-rmm>` uses $y$, angular distances use $\eta$. In the
# file of this chapter, nineteen in twenty leptons have the two within {eval}`f"{difference['lep']:.5f}"` of each
# other, and jets, which have masses, {eval}`f"{difference['jet']:.3f}"`.
#
# ## The trigger: forty million crossings a second
#
# Two bunches of protons can cross every {eval}`f"{1e9 / crossings_most:.0f}"` ns, forty million times a second
# {cite}`evans2008`. Most crossings have collisions, nearly all of no interest, and storing an event takes
# more than a megabyte. The trigger of Run 2 {cite}`atlastrigger2020` chooses in two steps:
#
# - the *first level*, electronics, sees the calorimeters and muon chambers with coarse granularity, and keeps at most
#   {eval}`f"{level.value:g}"` kHz;
# - the *high-level trigger*, a farm of computers, reconstructs parts of the event with nearly the final quality, and
#   keeps about {eval}`f"{kept.value:g}"` kHz.
#
# Frette's draft has three selection stages. That was the trigger of Run 1, whose two upper stages were merged. Each item
# of the trigger's menu is a threshold, such as one isolated lepton above a momentum. What no item selects is lost.
# {numref}`fig-rates` has the rates of known processes and of one signal, $\sigma \mathcal{L}$.

# %% mystnb={"figure": {"name": "fig-rates"}, "image": {"alt": "Horizontal bars on a logarithmic axis over many decades: collisions and crossings far above the two trigger rates, leptons from W and Z bosons and top pairs below these, a dark Higgs signal many decades further down."}} tags=["hide-input"]
rates = dict(sorted(rates.items(), key=lambda one: -one[1]))
low = min(rates.values())
with drawing(figsize=(7.2, 3.8)) as (figure, axes):
    colours = [
        "#d55e00" if "level" in name or "recorded" in name else "#9ecae1"
        for name in rates
    ]
    axes.barh(
        range(len(rates)),
        list(rates.values()),
        0.65,
        color=colours,
    )
    name_rows(axes, list(rates))
    axes.set(xscale="log", xlim=(low / 100, 1e11), xlabel="rate [Hz]")
figure

# %% [markdown] tags=["caption"]
# Rates at a luminosity of {eval}`f"{instantaneous / 1e34:g}"` $\times\,10^{34}$ cm$^{-2}$ s$^{-1}$; those of the trigger are dark. Leptons are of one flavour.
# The signal is a dark Higgs with $m_{Z'} =$ {eval}`f"{ZPRIME:g}"` GeV and a heavy dark sector. Compare collisions with what
# is recorded, and this with the signal.

# %% [markdown]
# At {eval}`f"{instantaneous / 1e34:g}"` $\times\,10^{34}$ cm$^{-2}$ s$^{-1}$, by default the design luminosity, a crossing of two bunches has
# {eval}`f"{pile_up:.0f}"` collisions on average. A recorded event therefore contains {term}`pile-up`, the other collisions of its crossing. Run 2 reached twice
# the design luminosity. One in {eval}`f"{rates['collisions'] / (1e3 * kept.value):,.0f}"` collisions is recorded.
#
# This book uses single-lepton triggers, except for three leptons of the 2025 release, which use its
# two-lepton triggers ({numref}`tab-region-triggers` of {doc}`/your_events`). In the simulation the single-lepton
# thresholds are {eval}`f"{detector.trigger_electron_min_pt:g}"` GeV for electrons and {eval}`f"{detector.trigger_muon_min_pt:g}"` GeV for muons, the lowest momenta of leading
# leptons in {cite}`guevara2023`, who selected electron pairs with dielectron triggers.
#
# ### What was recorded
#
# The *integrated luminosity* $L = \int \mathcal{L}\, dt$ turns a cross section into a number of events. Detectors that measure
# nothing but the rate of collisions monitor it, calibrated by sweeping the beams across each other. Events count only from periods in which all parts of
# the detector worked. {numref}`tab-data-taking` has the three periods of the theses.

# %% mystnb={"figure": {"name": "tab-data-taking"}}
periods = {
    name[1:].replace("_", "–"): one.value
    for name, one in quoted.below("guevara.luminosity").items()
}
taken = pd.Series(periods | {"all": sum(periods.values())})
counts = {"L [1/fb]": taken}
for label, pb in {
    "W → ℓν": of_w,
    "Z → ℓℓ": of_z,
    "top pairs": of_top,
}.items():
    counts[f"{label} [million]"] = 1e-3 * pb * taken
counts[SIGNAL] = 1e3 * signal_pb * taken
days = 1e39 * taken / instantaneous / 86400
table = pd.DataFrame(counts | {"days at full rate": days}).rename_axis(
    "period", axis=1
)
tables.styled(
    table,
    "periods",
    ",.1f",
    **{"L [1/fb]": ".1f", "days at full rate": ".0f"},
)

# %% [markdown] tags=["caption"]
# Integrated luminosity of each period as Guevara's code has it, events produced before any selection, and the
# days that the luminosity of {numref}`fig-rates` would take. The signal of that figure has a cross section of
# {eval}`f"{1e3 * signal_pb:.2g}"` fb.

# %% [markdown]
# ## Ntuples are ragged tables
#
# An ntuple has a row for each event and a column (branch) for each property. The numbers of jets and
# leptons vary between events, so most cells hold a list: the table is ragged. {cite}`frette2023`
# explains this with an example of three rows; {numref}`tab-ragged` shows three events of the file.

# %% mystnb={"figure": {"name": "tab-ragged"}}
ragged = events[["jet_pt", "jet_phi", "lep_pt", "lep_phi"]][:3]
table = pd.DataFrame(ragged.to_list()).rename_axis("event")
table.assign(**{"row length": table.map(len).sum(axis=1)})

# %% [markdown] tags=["caption"]
# Transverse momenta [MeV] and azimuths [rad] of the jets and leptons of three events, and the number
# of values in each row.

# %% tags=["remove-cell"]
printed = quoted.get("frette.ntuple_table.jet_phi").value
report.record("printed_phi", printed, ".3f")
report.record("crossings_million", crossings / 1e6, ".1f")
report.record("pile_up", pile_up, ".0f")

# %% [markdown]
# The file has {eval}`f"{len(events):,}"` events and {eval}`len(events.fields)` branches. Momenta are in MeV.
# Azimuths lie between $-\pi$ and $\pi$; the largest magnitude among the jets is
# {eval}`f"{ak.max(abs(events['jet_phi'])):.2f}"`. The example in Frette's draft has one azimuth outside this
# range: its last row prints {eval}`f"{printed:.3f}"`, the transverse momentum of the jet, a second time as
# the jet's azimuth ({ref}`errata`).
#
# `uproot` reads single branches without ROOT. `awkward` {cite}`awkward2020` keeps a ragged branch as two
# flat arrays, the values of all events and the number of values in each event, and makes no list:

# %%
print("numbers:", ak.to_numpy(ak.flatten(events["lep_pt"]))[:8])
print("counts: ", ak.to_numpy(ak.num(events["lep_pt"]))[:8])

# %% [markdown]
# ## One selection with three tools
#
# The selection requires a lepton trigger and exactly three signal leptons, two of them above
# {eval}`f"{selection.TRILEPTON_PT:g}"` GeV: the trilepton region of {cite}`frette2023`, whose lepton
# requirements are listed in {numref}`chapter %s <chap-dilepton-selection>`.
#
# ### This book's library
#
# A layout for each release says which branches are the leptons and jets. A region is a list of cuts,
# and {numref}`tab-ntuple-cutflow` shows the events left after each. It also rejects events whose missing
# transverse momentum comes from muons of other collisions, which the other tools below do not.

# %% mystnb={"figure": {"name": "tab-ntuple-cutflow"}}
simulated = reader.read(path, "2020", simulated=True)
selected, flow = selection.select(simulated, "trilepton")
flow.table()[["events"]]

# %% [markdown] tags=["caption"]
# Simulated events of the file, unweighted, after each cut of the trilepton region.

# %% [markdown]
# ### A lazy dataframe
#
# A *lazy* dataframe records the operations and reads nothing until a result is requested. It then
# knows every step, so it reads the required columns only, in partitions, in parallel or on a cluster.
# The example is a Dask dataframe with one row for each lepton. (`dask-awkward` does the same for ragged
# arrays. It is not a dependency of the book, and a flat table of leptons needs only Dask and pandas.)

# %%
branches = releases()["2020"].needed(simulated=False)
needed = [name for name in branches if name.startswith(("trig", "lep_"))]


def read_leptons(start, columns=("entry", *needed)):
    """One row a lepton, of a piece of the file; only these columns."""
    names = [name for name in columns if name != "entry"]
    piece = {"entry_start": start, "entry_stop": start + 500}
    with uproot.open(path) as opened:
        part = opened["mini"].arrays(names, **piece)
    rows = ak.to_dataframe(part).reset_index()
    return rows.assign(entry=rows["entry"] + start)[list(columns)]


def in_cuts(lepton, cuts):
    """Leptons of one flavour inside its cuts on direction and track."""
    inside = lepton["lep_type"] == cuts.flavour
    inside = inside & (abs(lepton["lep_eta"]) < cuts.eta)
    z0 = abs(lepton["lep_z0"]) / np.cosh(lepton["lep_eta"])
    d0 = abs(lepton["lep_tracksigd0pvunbiased"])
    return inside & (z0 < cuts.z0) & (d0 < cuts.d0_significance)


# %%
starts = range(0, len(events), 500)
leptons = dd.from_map(read_leptons, starts, meta=read_leptons(0)[:0])
pt = leptons["lep_pt"] / 1000
around = leptons[["lep_ptcone30", "lep_etcone20"]].max(axis=1) / 1000
quality = leptons["lep_isTightID"] & (around < constants.ISOLATED * pt)
chosen = in_cuts(leptons, ELECTRON) | in_cuts(leptons, MUON)
fired = leptons["trigE"] | leptons["trigM"]
good = leptons[fired & chosen & quality & (pt > BASELINE_PT)]
hard = good.assign(hard=good["lep_pt"] > 1000 * selection.TRILEPTON_PT)
counts = hard.groupby("entry")["hard"].agg(["count", "sum"])
three = counts[(counts["count"] == 3) & (counts["sum"] >= 2)]
leptons.npartitions  # pieces; nothing was read so far

# %%
found = three.compute()
len(found)

# %% [markdown]
# ### RDataFrame
#
# {cite}`frette2023` used ROOT's lazy dataframe, RDataFrame {cite}`rdataframe2019`. The listing below makes
# the same selection. It is not executed with this page, since ROOT is not a dependency of the book; it
# was run once on this file and selected as many events as the lazy dataframe.
#
# ```python
# import ROOT
#
# ROOT.EnableImplicitMT(2)
# frame = ROOT.RDataFrame("mini", path)
# electron = "lep_type == 11 && abs(lep_eta) < 2.47 && d0 < 5"
# muon = "lep_type == 13 && abs(lep_eta) < 2.7 && d0 < 3"
# isolated = "lep_ptcone30 < 0.15 * lep_pt && lep_etcone20 < 0.15 * lep_pt"
# selected = (
#     frame.Filter("trigE || trigM", "single-lepton trigger")
#     .Define("d0", "abs(lep_tracksigd0pvunbiased)")
#     .Define("near", "abs(lep_z0) / cosh(lep_eta) < 0.5")
#     .Define("quality", f"lep_isTightID && near && {isolated}")
#     .Define("flavour", f"({electron}) || ({muon})")
#     .Define("good", "flavour && quality && lep_pt > 10000")
#     .Filter("Sum(good) == 3", "three signal leptons")
#     .Filter("Sum(good && lep_pt > 20000) >= 2", "two hard ones")
#     .Define("flcomp", "Sum(lep_type[good] == 13)")
# )
# histogram = selected.Histo1D(("flcomp", "", 4, -0.5, 3.5), "flcomp")
# histogram.GetEntries()
# ```
#
# - `EnableImplicitMT` processes partitions of the file in two threads. `RDataFrame` opens the tree. Neither
#   reads events.
# - `Define` adds a column. Its text is C++, compiled when the dataframe runs. A branch is a vector with
#   one entry for each lepton, so `lep_pt > 10000` is a vector of booleans, and `good` is a mask.
# - `Filter` keeps events. Its second argument names the step in a cutflow (`selected.Report()`).
# - `lep_type[good]` selects the types of the good leptons, so `flcomp`, the flavour composition, is the
#   number of muons. Frette's code calls a C++ function of its own for it.
# - `Histo1D` books a histogram. `GetEntries` requests a number and thereby starts the one loop over the
#   file that fills everything booked so far.
#
# After its additional cut the library selects {eval}`len(selected)` events; the lazy dataframe selects {eval}`len(found)`.
# The tools differ in where the work is done: in compiled array functions, in the same functions behind a graph
# of tasks, or in C++ compiled at run time. The folder `benchmarks` compares their speed on millions of
# events.
#
# ## What columns save
#
# ### A selection reads only the columns it needs
#
# The selection needs {eval}`len(needed)` of {eval}`len(events.fields)` branches, and a file stored by rows would
# have to be read whole. {numref}`fig-storage` shows the storage of each kind of object. Photons, taus and
# large-radius jets are empty in this collection, and an empty column compresses to almost nothing.


# %% mystnb={"figure": {"name": "fig-storage"}, "image": {"alt": "Pairs of horizontal bars, one pair a kind of object: leptons are the longest, then jets and event information; the compressed bars are shorter in every pair."}} tags=["hide-input"]
def by_event(column):
    """Bytes of each event's values, after their count where that varies."""
    if column.ndim == 1:
        return [value.tobytes() for value in ak.to_numpy(column)]
    stops = np.cumsum(ak.to_numpy(ak.num(column)))[:-1]
    parts = np.split(ak.to_numpy(ak.flatten(column)), stops)
    return [np.uint32(len(one)).tobytes() + one.tobytes() for one in parts]


columns = {name: by_event(events[name]) for name in events.fields}
sizes = {
    name: (len(b"".join(parts)), len(zlib.compress(b"".join(parts), 1)))
    for name, parts in columns.items()
}
sizes = pd.DataFrame(sizes, ["plain", "packed"]).T / len(events)
total = sizes.sum()
needed_share = sizes["packed"][needed].sum() / total["packed"]
rows = b"".join(map(b"".join, zip(*columns.values(), strict=True)))
packed_rows = len(zlib.compress(rows, 1)) / len(events)
figures.sizes(sizes)

# %% [markdown] tags=["caption"]
# Bytes per event of each kind of object, uncompressed and compressed by zlib column by column. The
# number of branches is in brackets. Compare leptons with all others.

# %% [markdown]
# ### Compression by column and by row
#
# An event takes {eval}`f"{total['plain']:,.0f}"` bytes uncompressed. Compressed column by column it takes
# {eval}`f"{total['packed']:,.0f}"` bytes, and compressed event by event
# {eval}`f"{packed_rows:,.0f}"`. Values of one column resemble each other more than the neighbouring values of an event do. The branches that the
# selection needs hold {eval}`f"{100 * needed_share:.0f}"` % of the compressed bytes.
#
# ### Array operations and a loop over events
#
# The selection as a loop over events and leptons:


# %%
def passes_by_loop(events):
    """Which events pass, one event and one lepton after the other."""
    passed = []
    for event in events:
        momenta = []
        for i, pt in enumerate(event["lep_pt"]):
            cuts = ELECTRON if event["lep_type"][i] == 11 else MUON
            eta, z0 = event["lep_eta"][i], event["lep_z0"][i]
            if pt <= 1000 * BASELINE_PT or abs(eta) >= cuts.eta:
                continue
            d0 = abs(event["lep_tracksigd0pvunbiased"][i])
            if abs(z0) / cosh(eta) >= cuts.z0 or d0 >= cuts.d0_significance:
                continue
            cones = event["lep_ptcone30"][i], event["lep_etcone20"][i]
            isolated = max(cones) < constants.ISOLATED * pt
            if event["lep_isTightID"][i] and isolated:
                momenta.append(pt)
        hard = sum(pt > 1000 * selection.TRILEPTON_PT for pt in momenta)
        fired = event["trigE"] or event["trigM"]
        passed.append(fired and len(momenta) == 3 and hard >= 2)
    return passed


# %% [markdown]
# The selection with columns, where each line works on all leptons of all events:


# %%
def passes_by_columns(events):
    """Which events pass, each step for all leptons of all events at once."""
    pt, triggers = events["lep_pt"], events["trigE"] | events["trigM"]
    good = in_cuts(events, ELECTRON) | in_cuts(events, MUON)
    good = good & (pt > 1000 * BASELINE_PT) & events["lep_isTightID"]
    for cone in ("lep_ptcone30", "lep_etcone20"):
        good = good & (events[cone] < constants.ISOLATED * pt)
    hard = good & (pt > 1000 * selection.TRILEPTON_PT)
    exactly_three = ak.sum(good, axis=1) == 3
    return triggers & exactly_three & (ak.sum(hard, axis=1) >= 2)


ways = passes_by_loop(events.to_list()), passes_by_columns(events)
assert {sum(way) for way in ways} == {len(found)}

# %% [markdown]
# Both select as many events as the lazy dataframe. They are timed on the same events in memory, without
# reading and without the conversion to Python lists for the loop. To see how the time grows, the events
# of the file are repeated.

# %%
spent = {"loop": [], "columns": []}
for n in copies:
    many = ak.to_packed(ak.concatenate([events[needed]] * n))
    by_loop = partial(passes_by_loop, many.to_list())
    by_columns = partial(passes_by_columns, many)
    for way, run in ("loop", by_loop), ("columns", by_columns):
        # the first call is not counted
        spent[way].append(repeat(run, number=1, repeat=repeats + 1)[1:])

# %% mystnb={"figure": {"name": "fig-loop"}, "image": {"alt": "Two rising lines on logarithmic axes, one for the loop and one for columns, with error bars."}} tags=["hide-input"]
numbers = len(events) * np.array(copies)
spent = {way: np.array(times) for way, times in spent.items()}
with drawing(figsize=(7.2, 4.2)) as (figure, axes):
    for label, each, style in styles(spent, "os"):
        low, middle, high = np.percentile(1e3 * each, [16, 50, 84], axis=1)
        style |= {"yerr": (middle - low, high - middle), "capsize": 3}
        axes.errorbar(numbers, middle, label=label, **style)
    axes.set(xscale="log", yscale="log", xlabel="events", ylabel="time [ms]")
    axes.legend(loc="upper left")
figure

# %% [markdown] tags=["caption"]
# Time of the selection as a loop over events and with columns, against the number of events. Markers
# are the median of the repeats, bars contain the central two thirds. Compare the two with few and
# with many events.

# %% mystnb={"figure": {"name": "tab-loop"}}
ratio = spent["loop"] / spent["columns"]
low, middle, high = np.percentile(ratio, [16, 50, 84], axis=1)
times = {f"{way} [µs]": 1e6 * np.median(t, 1) for way, t in spent.items()}
speed = pd.DataFrame(times).div(numbers, axis=0).round(2).set_index(numbers)
speed["loop / columns"] = list(map(Estimate, middle, (high - low) / 2))
tables.styled(speed.rename_axis("events", axis=1), "speed")

# %% [markdown] tags=["caption"]
# Time per event of the selection as a loop and with columns (median), and the ratio of the times with
# its spread over the repeats, on the machine that made this page.

# %% [markdown]
# On {eval}`f"{numbers[0]:,}"` events, the loop takes
# {eval}`speed["loop / columns"].iloc[0]` times as long as the columns ({numref}`tab-loop`). On
# {eval}`f"{numbers[-1]:,}"` events it takes {eval}`speed["loop / columns"].iloc[-1]` times as long. Each array function has a fixed cost for its call, however few events it
# receives, and a loop has none. Columns therefore need many events at a time, which is why skims are
# read in large blocks.
#
# ## Summary
#
# - At {eval}`f"{instantaneous / 1e34:g}"` $\times\,10^{34}$ cm$^{-2}$ s$^{-1}$ the trigger keeps one in
#   {eval}`f"{rates['collisions'] / (1e3 * kept.value):,.0f}"` collisions. The signal is produced
#   {eval}`f"{3600 * rates[SIGNAL]:.2g}"` times in an hour ({numref}`fig-rates`).
# - The files hold ragged columns. A lazy dataframe, a loop and array functions select the same number of
#   events, {eval}`len(found)` of {eval}`f"{len(events):,}"`. The library, with one more cut, selects
#   {eval}`len(selected)` ({numref}`tab-ntuple-cutflow`).
# - The branches that the selection needs hold {eval}`f"{100 * needed_share:.0f}"` % of the compressed
#   bytes. Compression event by event changes the size by
#   {eval}`f"{100 * (packed_rows / total['packed'] - 1):+.0f}"` % relative to compression by column
#   ({numref}`fig-storage`).
# - On {eval}`f"{numbers[-1]:,}"` events, the loop takes {eval}`speed["loop / columns"].iloc[-1]` times as
#   long as array functions ({numref}`tab-loop`).
#
# {numref}`Chapter %s <chap-samples>` describes the samples: how many expected events each simulated one represents.
