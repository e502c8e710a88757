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

# %% tags=["parameters"] nbmake={"mock": {"copies": [1, 4], "repeats": 3}}
file = "examples/atlas2020-4lep/MC/mc_410000.ttbar_lep.4lep.root"
copies = [
    1,
    4,
    16,
    64,
]  # how many times the file's events are taken, for timing
repeats = 9

# %%
import inspect

import awkward as ak
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import uproot
from IPython.display import Code

from lepsearch.book import report
from lepsearch.book.tables import plus_minus
from lepsearch.data import quoted
from lepsearch.events import columns, reader
from lepsearch.events.objects import BASELINE_PT, ELECTRON, JET_ETA, MUON
from lepsearch.events.selection import TRILEPTON_PT, select
from lepsearch.plotting import ntuples as figures
from lepsearch.simulate import leptons as response
from lepsearch.simulate.response_table import Response
from lepsearch.workspace import project_root

pd.set_option("display.max_colwidth", None)
path = project_root() / file

# %% tags=["remove-cell"]
table = Response()
report.record("electron_eta", ELECTRON.eta, "g")
report.record("muon_eta", MUON.eta, "g")
report.record("jet_eta", JET_ETA, "g")
report.record("tracker_eta", table.tracker_max_eta, "g")
report.record("calorimeter_eta", table.calorimeter_max_eta, "g")
report.record("jet_radius", table.jet_radius, "g")
report.record("trigger_pt", table.trigger_min_pt, "g")

# %% [markdown]
# ## What is measured
#
# ATLAS {cite}`atlas2008` surrounds the collision point in layers, each of which sees what the ones inside
# let through. A tracker in a solenoid's field bends charged particles and finds where they come from,
# up to $|\eta|$ = {glue:text}`tracker_eta`. Calorimeters stop electrons and photons first, then hadrons, and
# count their energy up to $|\eta|$ = {glue:text}`calorimeter_eta`. Muons pass, and are bent once more in the
# toroids around everything. Neutrinos, and dark matter if it is made, pass all of it.
#
# From these signals the reconstruction makes *objects*:
#
# - **Electrons**: a track that ends in a narrow cluster of energy. Used up to $|\eta|$ = {glue:text}`electron_eta`.
# - **Muons**: a track inside that continues in the muon chambers. Used up to $|\eta|$ = {glue:text}`muon_eta`.
# - **Jets**: sprays of hadrons, clustered by the anti-$k_t$ algorithm {cite}`cacciari2008` with a radius of
#   {glue:text}`jet_radius`; used here up to $|\eta|$ = {glue:text}`jet_eta`. A jet with tracks from a point beside the collision is
#   likely to hold a b quark, which flies a little before it decays: a *b-jet*.
# - **Missing transverse momentum**: what the transverse momenta of all others lack to add up to zero. It
#   is the only trace of the invisible, and the place where every mismeasurement ends up.
#
# Bunches of protons meet far more often than events can be written. A trigger decides within
# microseconds, then again with more time, what is kept. This book uses events in which a single
# lepton fired, at a threshold near {glue:text}`trigger_pt` GeV, which is what the open data have;
# {cite}`guevara2023` took pairs of electrons by a trigger for two.
#
# How well momenta are measured decides what a search can see. {numref}`Figure %s <fig-resolutions>` has
# what this book's parametrised detector uses for its embedded events; the numbers and their sources are in
# {numref}`chapter %s <chap-samples>`. Electrons and jets become sharper with energy, because a calorimeter counts;
# muons become worse, because a straighter track is harder to tell from a straight one.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-resolutions", "caption": "Relative resolution of momenta at the centre of the parametrised detector. Calorimeters gain with energy, trackers lose."}, "image": {"alt": "Three lines on logarithmic axes from 10 to 1000 GeV. Jets fall from tens of percent to a few, electrons from a few percent to one, and muons rise from two percent to twelve."}}
pt = np.geomspace(10, 1000, 100)
zeros = np.zeros_like(pt)
jet = np.sqrt(
    (table.jet_noise / pt) ** 2 + table.jet_sampling**2 / pt + table.jet_constant**2
)  # fmt: skip
figure = figures.resolutions(
    pt,
    {
        "jets": jet,
        "electrons": response.resolution(np.full(100, ELECTRON.flavour), pt, zeros, table),
        "muons": response.resolution(np.full(100, MUON.flavour), pt, zeros, table),
    },
)  # fmt: skip
plt.show()

# %% [markdown]
# ## A ragged table
#
# An ntuple has a row for each event and a column for each property. Events differ in how many jets and
# leptons they have, so most cells hold a list: the table is ragged. {cite}`frette2023` explains this
# with an example of three rows; here are three of a file.

# %%
with uproot.open(path) as opened:
    tree = opened["mini"]
    events = tree.arrays()
columns.ragged_table(events, ["jet_pt", "jet_phi", "lep_pt", "lep_phi"])

# %% tags=["remove-cell"]
report.record("n_events", len(events), ",.0f")
report.record("n_branches", len(events.fields), ".0f")
printed = quoted.get("frette.ntuple_table.jet_phi")
report.record("printed_phi", printed.value, ".3f")
report.record("largest_phi", ak.max(abs(events["jet_phi"])), ".2f")

# %% [markdown]
# The file has {glue:text}`n_events` events and {glue:text}`n_branches` branches. Momenta are in MeV, and no azimuth
# exceeds $\pi$ (the largest is {glue:text}`largest_phi`). In the thesis's example one does: its last row prints
# {glue:text}`printed_phi`, the transverse momentum of the jet, a second time as its azimuth ({ref}`errata`).
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
# {glue:text}`trilepton_pt` GeV: the region of {cite}`frette2023`, whose cuts stand in
# {numref}`chapter %s <chap-dilepton-selection>`.
#
# ### With the library
#
# An adapter for each release turns branches into leptons and jets in GeV, and a region is a list of cuts.

# %%
simulated = reader.read(path, "2020", simulated=True)
selected, flow = select(simulated, "trilepton")
flow.table()[["events"]]

# %% tags=["remove-cell"]
report.record("trilepton_pt", TRILEPTON_PT, "g")
report.record("n_library", len(selected), ".0f")

# %% [markdown]
# ### With a frame that waits
#
# A *lazy* frame notes what is asked of it and reads nothing. When the result is wanted it knows every
# step, so it reads the needed columns only, piece by piece, in parallel or on a cluster. Here it is a Dask
# frame with one row for each lepton. (`dask-awkward`, which does the same for ragged arrays, isn't among the
# book's dependencies; a flat frame of leptons needs nothing beyond Dask and pandas.)

# %%
leptons = columns.lepton_frame(path)
pt = leptons.lep_pt / 1000
around = leptons[["lep_ptcone30", "lep_etcone20"]].max(axis=1) / 1000
in_cuts = columns.within_cuts(leptons, ELECTRON)
in_cuts |= columns.within_cuts(leptons, MUON)
quality = leptons.lep_isTightID & (around < 0.15 * pt)
fired = leptons.trigE | leptons.trigM
good = leptons[fired & in_cuts & quality & (pt > BASELINE_PT)]
hard = good.assign(hard=good.lep_pt > 1000 * TRILEPTON_PT)
counts = hard.groupby("entry").hard.agg(["count", "sum"])
three = counts[(counts["count"] == 3) & (counts["sum"] >= 2)]
leptons.npartitions  # pieces; nothing was read so far

# %%
found = three.compute()
len(found)

# %% tags=["remove-cell"]
report.record("n_lazy", len(found), ".0f")
report.record("n_by_columns", columns.passes_by_columns(events).sum(), ".0f")
report.record(
    "n_needed", len(columns.BRANCHES) + len(columns.TRIGGERS), ".0f"
)

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
# The library finds {glue:text}`n_library` events, the waiting frame {glue:text}`n_lazy`. What differs is where the
# work is done: by compiled code behind array functions, by the same behind a graph of tasks, or by C++
# compiled on the spot. Which is faster on millions of events is measured in the folder `benchmarks`.
#
# ## Why columns
#
# ### What is not needed isn't read
#
# The selection needs {glue:text}`n_needed` of {glue:text}`n_branches` branches.
# {numref}`Figure %s <fig-storage>` shows what each kind of object takes. A file by rows would have to be read whole.
# Photons, taus and large jets are empty in this collection, and an empty column compresses to nearly nothing.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-storage", "caption": "Bytes an event of each kind of object, as they are and compressed by zlib column by column; the number of branches is in brackets. A selection of leptons needs {glue:text}`needed_percent` % of the compressed bytes."}, "image": {"alt": "Pairs of horizontal bars, one pair a kind of object: leptons are the longest, then jets and event information; the compressed bars are shorter in every pair."}}
storage = columns.storage(events)
figure = figures.sizes(storage)
plt.show()

# %% tags=["remove-cell"]
plain, packed = storage["plain"].sum(), storage["by_column"].sum()
by_event = storage.attrs["by_event"]
needed = columns.storage(
    events[[*columns.BRANCHES.values(), *columns.TRIGGERS]]
)
report.record("bytes_plain", plain, ",.0f")
report.record("bytes_columns", packed, ",.0f")
report.record("bytes_events", by_event, ",.0f")
report.record("larger_percent", 100 * (by_event / packed - 1), ".0f")
report.record(
    "needed_percent", 100 * needed["by_column"].sum() / packed, ".0f"
)

# %% [markdown]
# ### Like beside like compresses
#
# An event takes {glue:text}`bytes_plain` bytes as it is. Compressed column by column it takes
# {glue:text}`bytes_columns`; with whole events one after the other, {glue:text}`bytes_events`, which is {glue:text}`larger_percent` %
# more. Numbers of one kind resemble each other more than their neighbours in an event do. The columns
# that the selection needs are {glue:text}`needed_percent` % of the compressed total.
#
# ### One operation for all events
#
# This is the selection as a loop, as one would write it first:

# %% tags=["hide-input"]
Code(inspect.getsource(columns.passes_by_loop), language="python")

# %% [markdown]
# And this with columns: each line works on all leptons of all events.

# %% tags=["hide-input"]
Code(inspect.getsource(columns.passes_by_columns), language="python")

# %% [markdown]
# Both run on the same events in memory; reading them, and making Python's lists for the loop, is not
# counted. To see how the time grows, the file's events are taken several times over.

# %%
spent, numbers = {"loop": [], "columns": []}, []
wanted = events[[*columns.BRANCHES.values(), *columns.TRIGGERS]]
for n in copies:
    many = ak.to_packed(ak.concatenate([wanted] * n))
    lists = ak.to_list(many)
    numbers.append(len(many))
    for way, run in (
        ("loop", lambda lists=lists: columns.passes_by_loop(lists)),
        ("columns", lambda many=many: columns.passes_by_columns(many)),
    ):
        spent[way].append(columns.seconds(run, repeats))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-loop", "caption": "Time of the selection as a loop over events and with columns; median, and where two in three of the repeats lie. The loop grows with the number of events from the start; columns have a fixed cost first."}, "image": {"alt": "Two rising lines on logarithmic axes. That of the loop is steep; that of columns starts above it, rises little, crosses it and ends far below."}}
spent = {way: np.array(times) for way, times in spent.items()}
figure = figures.times(np.array(numbers), spent)
plt.show()

# %% tags=["remove-cell"]
ratio = spent["loop"] / spent["columns"]
report.record("repeats", repeats, ".0f")
for place, size in ((0, "few"), (-1, "many")):
    low, middle, high = np.percentile(ratio[place], [16, 50, 84])
    report.record_text(f"ratio_{size}", plus_minus(middle, (high - low) / 2))
    report.record(f"events_{size}", numbers[place], ",.0f")
for way, times in spent.items():
    each = 1e6 * np.median(times[-1]) / numbers[-1]
    report.record(f"{way}_us", each, ".2g")

# %% [markdown]
# On {glue:text}`events_many` events columns are {glue:text}`ratio_many` times as fast as the loop: the median over
# {glue:text}`repeats` repeats and its spread, on the machine that made this page. One event takes
# {glue:text}`loop_us` microseconds in the loop and {glue:text}`columns_us` with columns. On the
# {glue:text}`events_few` events of the file itself the ratio is {glue:text}`ratio_few`: each array function costs a fixed
# time to call, however few events it gets, and a loop has no such cost. The rule is to give columns enough to do, which
# is why skims read many events at once.
#
# ## What was found, and what comes next
#
# The files hold ragged columns, and all three ways find the same events. Columns win three times: what
# isn't needed isn't read, what is alike compresses, and what is the same operation is done at once.
# {numref}`Chapter %s <chap-samples>` asks what each event stands for, and the chapters after it what the selected ones look like.
