# %% [markdown]
# (chap-ntuples)=
# # From the detector to columns
#
# What stands in the files that the two theses started from, and why are they read column by column?
# This chapter says in brief what the detector measures, opens a file of recorded or fully simulated
# events, and makes one selection in three ways: with this book's library, with a frame that waits,
# and with the tool of {cite}`frette2023`. It ends with what a loop over events costs.
#
# The file is always the same: a small one of the ATLAS Open Data of 2020 {cite}`opendata2020` that comes
# with the book. No profile changes this page.

# %% nbmake={"mock": {"copies": [1, 4], "repeats": 3}} tags=["parameters"]
file = "examples/atlas2020-4lep/MC/mc_410000.ttbar_lep.4lep.root"
copies = [1, 4, 16, 64]  # times that the file's events are taken
repeats = 9

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

from lepsearch import constants, workspace
from lepsearch.book import report
from lepsearch.data import quoted
from lepsearch.events import reader, releases, selection
from lepsearch.events.objects import BASELINE_PT, ELECTRON, JET_ETA, MUON
from lepsearch.plotting import samples as figures
from lepsearch.simulate.leptons import resolution
from lepsearch.simulate.response_table import Response
from lepsearch.stats.estimate import Estimate

pd.set_option("display.max_colwidth", None)
path = workspace.project_root() / file
detector = Response()

# %% [markdown]
# ## What is measured
#
# ATLAS {cite}`atlas2008` surrounds the collision point in layers, each of which sees what the ones inside
# let through. A tracker in a solenoid's field bends charged particles and finds where they come from,
# up to $|\eta|$ = {eval}`f"{detector.tracker_max_eta:g}"`. Calorimeters stop electrons and photons first, then hadrons, and
# count their energy up to $|\eta|$ = {eval}`f"{detector.calorimeter_max_eta:g}"`. Muons pass, and are bent once more in the
# toroids around everything. Neutrinos, and dark matter if it is made, pass all of it.
#
# From these signals the reconstruction makes *objects*:
#
# - **Electrons**: a track that ends in a narrow cluster of energy. Used up to $|\eta|$ = {eval}`f"{ELECTRON.eta:g}"`.
# - **Muons**: a track inside that continues in the muon chambers. Used up to $|\eta|$ = {eval}`f"{MUON.eta:g}"`.
# - **Jets**: sprays of hadrons, clustered by the anti-$k_t$ algorithm {cite}`cacciari2008` with a radius of
#   {eval}`f"{detector.jet_radius:g}"`; used here up to $|\eta|$ = {eval}`f"{JET_ETA:g}"`. A jet with tracks from a point beside the collision is
#   likely to hold a b quark, which flies a little before it decays: a *b-jet*.
# - **Missing transverse momentum**: what the transverse momenta of all others lack to add up to zero. It
#   is the only trace of the invisible, and the place where every mismeasurement ends up.
#
# Bunches of protons meet far more often than events can be written. A trigger decides within
# microseconds, then again with more time, what is kept. This book uses events in which a single
# lepton fired, which is what the open data have. In the simulation an electron fires above
# {eval}`f"{detector.trigger_electron_min_pt:g}"` GeV and a muon above {eval}`f"{detector.trigger_muon_min_pt:g}"` GeV, the least momenta of leading leptons in
# {cite}`guevara2023`, which took pairs of electrons by a trigger for two.
#
# How well momenta are measured decides what a search can see. {numref}`Figure %s <fig-resolutions>` has
# what this book's parametrised detector uses for its embedded events; the numbers and their sources are in
# {numref}`chapter %s <chap-samples>`. Electrons and jets become sharper with energy, because a calorimeter counts;
# muons become worse, because a straighter track is harder to tell from a straight one.

# %% mystnb={"figure": {"name": "fig-resolutions"}, "image": {"alt": "Three lines on logarithmic axes from 10 to 1000 GeV. Jets fall from tens of percent to a few, electrons from a few percent to one, and muons rise from two percent to twelve."}} tags=["hide-input"]
pt = np.geomspace(10, 1000, 100)
jets = np.hypot(detector.jet_noise / pt, detector.jet_sampling / np.sqrt(pt))
lines = {"jets": np.hypot(jets, detector.jet_constant)}
for kind, cuts in ("electrons", ELECTRON), ("muons", MUON):
    lines[kind] = resolution(0 * pt + cuts.flavour, pt, 0 * pt, detector)
figures.resolutions(pt, lines)

# %% [markdown] tags=["caption"]
# Relative resolution of momenta at the centre of the parametrised detector. Calorimeters gain with
# energy, trackers lose.

# %% [markdown]
# ## A ragged table
#
# An ntuple has a row for each event and a column for each property. Events differ in how many jets and
# leptons they have, so most cells hold a list: the table is ragged. {cite}`frette2023` explains this
# with an example of three rows; here are three of a file.

# %%
events = uproot.concatenate(f"{path}:mini")
ragged = events[["jet_pt", "jet_phi", "lep_pt", "lep_phi"]][:3]
table = pd.DataFrame(ragged.to_list()).rename_axis("event")
table.assign(**{"row length": table.map(len).sum(axis=1)})

# %% tags=["remove-cell"]
printed = quoted.get("frette.ntuple_table.jet_phi").value
report.record("printed_phi", printed, ".3f")

# %% [markdown]
# The file has {eval}`f"{len(events):,}"` events and {eval}`len(events.fields)` branches. Momenta are in MeV, and no azimuth
# exceeds $\pi$ (the largest is {eval}`f"{ak.max(abs(events['jet_phi'])):.2f}"`). In the thesis's example one does: its last row prints
# {eval}`f"{printed:.3f}"`, the transverse momentum of the jet, a second time as its azimuth ({ref}`errata`).
#
# `uproot` reads the columns without ROOT, and `awkward` {cite}`awkward2020` keeps them as they are stored: all leptons of all
# events in one array of numbers, and beside it how many belong to each event. No list is ever made.

# %%
print("numbers:", ak.to_numpy(ak.flatten(events["lep_pt"]))[:8])
print("counts: ", ak.to_numpy(ak.num(events["lep_pt"]))[:8])

# %% [markdown]
# ## One selection, three ways
#
# The events to find have fired a lepton trigger and have exactly three signal leptons, two of them above
# {eval}`f"{selection.TRILEPTON_PT:g}"` GeV: the region of {cite}`frette2023`, whose cuts stand in
# {numref}`chapter %s <chap-dilepton-selection>`.
#
# ### With the library
#
# An adapter for each release turns branches into leptons and jets in GeV, and a region is a list of cuts.

# %%
simulated = reader.read(path, "2020", simulated=True)
selected, flow = selection.select(simulated, "trilepton")
flow.table()[["events"]]

# %% [markdown]
# ### With a frame that waits
#
# A *lazy* frame notes what is asked of it and reads nothing. When the result is wanted it knows every
# step, so it reads the needed columns only, piece by piece, in parallel or on a cluster. Here it is a Dask
# frame with one row for each lepton. (`dask-awkward`, which does the same for ragged arrays, isn't among the
# book's dependencies; a flat frame of leptons needs nothing beyond Dask and pandas.)

# %%
release = releases.RELEASES["2020"]
needed = ["trigE", "trigM", *release.lepton.values()]
needed += release.lepton_quality.values()


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
# ### With RDataFrame
#
# {cite}`frette2023` used ROOT's own lazy frame, RDataFrame {cite}`rdataframe2019`. The same selection reads as below. The
# listing isn't executed here, since ROOT isn't among the book's dependencies; it was run on this file,
# and found as many events as the other two.
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
# - `EnableImplicitMT` runs over pieces of the file in two threads. `RDataFrame` opens the tree; neither reads.
# - `Define` names a new column. Its text is C++, compiled when the frame runs; inside it a branch is a
#   vector with one entry a lepton, so `lep_pt > 10000` is a vector of yes and no, and `good` a mask.
# - `Filter` keeps events, and its second argument names the step in a cutflow (`selected.Report()`).
# - `lep_type[good]` picks the good leptons' types. `flcomp`, the combination of flavours, is then the number of
#   muons. The thesis calls a C++ function of its own for it.
# - `Histo1D` books a histogram. Only `GetEntries`, which asks for a number, starts the one loop over the
#   file that fills everything booked so far.
#
# The library finds {eval}`len(selected)` events, the waiting frame {eval}`len(found)`. What differs is where the
# work is done: by compiled code behind array functions, by the same behind a graph of tasks, or by C++
# compiled on the spot. Which is faster on millions of events is measured in the folder `benchmarks`.
#
# ## Why columns
#
# ### What is not needed isn't read
#
# The selection needs {eval}`len(needed)` of {eval}`len(events.fields)` branches.
# {numref}`Figure %s <fig-storage>` shows what each kind of object takes. A file by rows would have to be read whole.
# Photons, taus and large jets are empty in this collection, and an empty column compresses to nearly nothing.


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
# Bytes an event of each kind of object, as they are and compressed by zlib column by column; the
# number of branches is in brackets. A selection of leptons needs {eval}`f"{100 * needed_share:.0f}"` % of the
# compressed bytes.

# %% [markdown]
# ### Like beside like compresses
#
# An event takes {eval}`f"{total['plain']:,.0f}"` bytes as it is. Compressed column by column it takes
# {eval}`f"{total['packed']:,.0f}"`; with whole events one after the other, {eval}`f"{packed_rows:,.0f}"`, which is {eval}`f"{100 * (packed_rows / total['packed'] - 1):.0f}"` %
# more. Numbers of one kind resemble each other more than their neighbours in an event do. The columns
# that the selection needs are {eval}`f"{100 * needed_share:.0f}"` % of the compressed total.
#
# ### One operation for all events
#
# This is the selection as a loop, as one would write it first:


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
            if (
                event["lep_isTightID"][i]
                and max(cones) < constants.ISOLATED * pt
            ):
                momenta.append(pt)
        hard = sum(pt > 1000 * selection.TRILEPTON_PT for pt in momenta)
        fired = event["trigE"] or event["trigM"]
        passed.append(fired and len(momenta) == 3 and hard >= 2)
    return passed


# %% [markdown]
# And this with columns: each line works on all leptons of all events.


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


sum(passes_by_loop(events.to_list())), int(ak.sum(passes_by_columns(events)))

# %% [markdown]
# Both run on the same events in memory; reading them, and making Python's lists for the loop, is not
# counted. To see how the time grows, the file's events are taken several times over.

# %%
spent = {"loop": [], "columns": []}
for n in copies:
    many = ak.to_packed(ak.concatenate([events[needed]] * n))
    by_loop = partial(passes_by_loop, many.to_list())
    by_columns = partial(passes_by_columns, many)
    for way, run in ("loop", by_loop), ("columns", by_columns):
        times = repeat(run, number=1, repeat=repeats + 1)
        spent[way].append(times[1:])  # the first call is not counted

# %% mystnb={"figure": {"name": "fig-loop"}, "image": {"alt": "Two rising lines on logarithmic axes. That of the loop is steep; that of columns starts above it, rises little, crosses it and ends far below."}} tags=["hide-input"]
numbers = len(events) * np.array(copies)
spent = {way: np.array(times) for way, times in spent.items()}
ratio = spent["loop"] / spent["columns"]
low, middle, high = np.percentile(ratio, [16, 50, 84], axis=1)
ratios = list(map(Estimate, middle, (high - low) / 2))
each = {way: 1e6 * np.median(t[-1]) / numbers[-1] for way, t in spent.items()}
figures.times(numbers, spent)

# %% [markdown] tags=["caption"]
# Time of the selection as a loop over events and with columns; median, and where two in three of the
# repeats lie. The loop grows with the number of events from the start; columns have a fixed cost
# first.

# %% [markdown]
# On {eval}`f"{numbers[-1]:,}"` events columns are {eval}`ratios[-1]` times as fast as the loop: the median over
# {eval}`repeats` repeats and its spread, on the machine that made this page. One event takes
# {eval}`f"{each['loop']:.2g}"` microseconds in the loop and {eval}`f"{each['columns']:.2g}"` with columns. On the
# {eval}`f"{numbers[0]:,}"` events of the file itself the ratio is {eval}`ratios[0]`: each array function costs a fixed
# time to call, however few events it gets, and a loop has no such cost. The rule is to give columns enough to do, which
# is why skims read many events at once.
#
# ## What was found, and what comes next
#
# The files hold ragged columns, and all three ways find the same events. Columns win three times: what
# isn't needed isn't read, what is alike compresses, and what is the same operation is done at once.
# {numref}`Chapter %s <chap-samples>` asks what each event stands for, and the chapters after it what the selected ones look like.
