# %% [markdown]
# (chap-rmm)=
# # The rapidity-mass matrix
#
# A network wants the same numbers of every event, in the same order. Collisions don't come that way:
# one has three leptons and nothing else, the next has five jets. How does any event become a picture
# of fixed size, and are the pixels of that picture as independent of each other as is claimed?
#
# The rapidity-mass matrix (RMM) of Chekanov {cite}`chekanov2019` is the answer that
# {cite}`frette2023` builds the search for unusual events on. Authors differ in what exactly its cells
# hold. This chapter defines them, draws them, measures their correlations, and tells what each
# difference amounts to.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "repetitions": 3}}
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
signals = ["hnl_150", "c1n2_200_100"]  # shown where the profile has them
least_share = 0.05  # of the events that must have a cell to call it populated
least_events = (
    50  # that a pair of cells must be worth, and an average be made of
)
repetitions = 20  # of the bootstrap
seed = 12

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch import report
from lepsearch.dataset import Dataset, event_weights
from lepsearch.features import z_mass
from lepsearch.plotting.rmm import correlation_map, matrix_maps
from lepsearch.rmm import (
    PRINTED,
    THESIS_CODE,
    Conventions,
    Objects,
    present,
    rmm,
)
from lepsearch.rmm.compact import compact, compact_names
from lepsearch.rmm.layout import CHEKANOV, T3N5, T4N5, Layout
from lepsearch.rmm.objects import objects_from_table
from lepsearch.rmm.statistics import (
    bootstrap,
    cell_means,
    correlations,
    kind_medians,
    mean_table,
    populated,
    share_table,
    strong_shares,
)

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = dataset.table("trilepton", samples=dataset.chosen(signals))

# %% tags=["remove-cell"]
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record_text(
    "lacks", "; ".join(dataset.lacks("trilepton")) or "nothing"
)
report.record("n_events", len(events), ",d")
report.record("c_scale", Conventions().angle_scale, "g")
for name, layout in (
    ("draft", T3N5),
    ("final", T4N5),
    ("chekanov", CHEKANOV),
):
    report.record(f"size_{name}", layout.size, "d")
    report.record(f"features_{name}", layout.size**2, ",d")

# %% [markdown]
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$, from
# the {glue:text}`n_events` events of {numref}`chapter %s <chap-trilepton-selection>`. What the profile
# lacks here: {glue:text}`lacks`.
#
# ## What a cell holds
#
# The first row and the first column belong to the missing transverse momentum. After it come the
# objects, type by type, each falling in transverse momentum; a place that no object fills stays
# zero. For two jets and two electrons the matrix reads

# %%
example = Layout.uniform(["jet", "electron"], 2)
pd.DataFrame(example.labels).style.hide(axis="index").hide(axis="columns")

# %% [markdown]
# On the diagonal stand transverse energies, that of the first object of a type and from the second on
# the imbalance with the one before it,
#
# $$
# e_T = \sqrt{m^2 + p_T^2}, \qquad
# \delta e_T(i_n) = \frac{e_T(i_{n-1}) - e_T(i_n)}{e_T(i_{n-1}) + e_T(i_n)} .
# $$ (eq-rmm-diagonal)
#
# Above it stand masses: $m(i,j)$ of each pair, and in the first row the transverse mass of each object
# with the missing momentum,
#
# $$
# m_T^2(i) = \left(e_T(i) + e_T^\mathrm{miss}\right)^2
#   - \left|\vec p_T(i) + \vec p_T^{\,\mathrm{miss}}\right|^2 .
# $$ (eq-rmm-mt)
#
# Below it stand rapidities, where $C$, {glue:text}`c_scale`, brings them into the range of the rest:
#
# $$
# h_L(i) = C\,(\cosh y_i - 1), \qquad
# h(i,j) = C\left(\cosh\frac{y_i - y_j}{2} - 1\right).
# $$ (eq-rmm-h)
#
# Everything but $h_L$ stays as it is when the event is boosted along the beam, everything stays when it is
# turned about it. A matrix with $m$ types and $n$ places for each is called T$m$N$n$; the numbers of
# places may differ. The draft of the thesis has four jets, five electrons and five muons,
# {glue:text}`size_draft` rows and {glue:text}`features_draft` cells. Its final version keeps jets with and
# without a b-tag apart: {glue:text}`size_final` rows, {glue:text}`features_final` cells. Chekanov's
# largest has ten places for each of five types, photons among them: {glue:text}`features_chekanov`
# cells.

# %%
layout = T3N5
objects = objects_from_table(events, layout)
matrices = rmm(objects, events["met"], events["metphi"], layout)
there = present(objects, layout)

# %% [markdown]
# Zero is what an absent object leaves, and also a value that a cell may have: two objects of equal
# rapidity have $h = 0$. The mask `there` tells them apart.
#
# ## Single events
#
# {numref}`fig-rmm-events` shows the fullest event of each of two processes. Energies and masses share one scale,
# what lies between zero and one has another. The grey islands are places that no object fills.

# %% tags=["remove-cell"]
background = (events["kind"] == "background").to_numpy()
weight = events["weight"].to_numpy()
by_group = events[background].groupby("group")["weight"].sum()
largest = list(by_group.sort_values(ascending=False).index)
energies = np.isin(layout.kinds, ["met", "mT", "eT", "m"])
starts = [block.start for block in layout.blocks.values()]
drawing = {
    "energies": energies,
    "labels": layout.axis_labels,
    "starts": starts,
}
count = there.sum(axis=(1, 2))
fullest = {
    dataset.labels[group]: int(
        np.where(events["group"] == group, count, 0).argmax()
    )
    for group in largest[:2]
}
by_name = {
    g: background & (events["group"] == g).to_numpy() for g in largest[:2]
}
found = events.loc[events["kind"] == "signal", "sample"].unique()[:2]
by_name |= {s: (events["sample"] == s).to_numpy() for s in found}
processes = {
    f"{dataset.labels[name]}: {own.sum():,} events": own
    for name, own in by_name.items()
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rmm-events", "caption": "The rapidity-mass matrix of one event each of the two largest backgrounds: the one with the most objects. Grey: no such object. Masses and energies above and on the diagonal, rapidity differences below."}, "image": {"alt": "Two square heat maps of fifteen rows. A few blocks of cells are coloured, most of each square is grey."}}
figure = matrix_maps(
    {label: (matrices[i], there[i]) for label, i in fullest.items()},
    **drawing,
)
plt.show()

# %% tags=["remove-cell"]
report.record(
    "present_percent",
    100
    * np.average(
        there[background].mean(axis=(1, 2)), weights=weight[background]
    ),
    ".1f",
)

# %% [markdown]
# The average background event fills {glue:text}`present_percent` % of the cells.
#
# ## What processes look like on average
#
# A mean over all events would mix the value of a cell with how often it is filled. In
# {numref}`fig-rmm-means` each cell is averaged over the events that have it, with their physics weights.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rmm-means", "caption": "Weighted averages of cells over the events that have them, for the largest backgrounds and the signals. Grey: fewer events than a mean is made of here. The number of simulated events stands above each map."}, "image": {"alt": "Square heat maps, one a process, with the same blocks filled; the masses of the signal are darker than those of the backgrounds."}}
averages = {}
for title, own in processes.items():
    mean, number = cell_means(matrices[own], there[own], weight[own])
    averages[title] = (mean, (number >= least_events) & np.isfinite(mean))
figure = matrix_maps(averages, **drawing)
plt.show()

# %% [markdown]
# ## Are the cells weakly correlated?
#
# The thesis calls the features highly uncorrelated, the paper that introduced them expects weak
# correlations by construction. A mass of two objects and the masses of either with a third share
# momenta, so that can't hold for all. {numref}`fig-rmm-correlations` has the correlations of the cells
# that a good part of the background events have: below the diagonal as a network sees them, the
# zeros of absent objects included; above it over the events that have both cells.

# %%
rows = layout.flatten(matrices[background])
mask = layout.flatten(there[background])
own_weight = weight[background]
cells = populated(mask, own_weight, least_share)
kinds = layout.kinds.ravel()[cells]
order = ["met", "mT", "eT", "deT", "m", "hL", "h"]
cells = cells[
    np.argsort([order.index(kind) for kind in kinds], kind="stable")
]
kinds = list(layout.kinds.ravel()[cells])
rows, mask = rows[:, cells], mask[:, cells]
padded = correlations(rows, own_weight)
joint = correlations(rows, own_weight, mask, least=least_events)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-rmm-correlations", "caption": "Absolute values of the linear correlations of the populated cells of background events, by kind of cell. Grey: too few events have both cells, or the cell with itself."}, "image": {"alt": "Square map of correlations. Below the diagonal most of it is of middling colour with dark blocks where cells share objects; above the diagonal most is pale, with dark patches within the blocks of masses and of rapidity differences."}}
symbols = {
    "met": "", "mT": "$m_T$", "eT": "$e_T$", "deT": r"$\delta e_T$",
    "m": "$m$", "hL": "$h_L$", "h": "$h$",
}  # fmt: skip
figure = correlation_map(
    padded, joint, kinds, symbols, titles=("all events", "events with both")
)
plt.show()

# %% [markdown]
# How many pairs are correlated more than a little? The errors come from resampling the events.

# %%
thresholds = [0.3, 0.5, 0.8]
originals = events.loc[background, "event"]


def strong(where=None):
    """Shares of strongly correlated pairs, with errors."""
    return bootstrap(
        lambda w: strong_shares(
            correlations(rows, w, where, least=least_events), kinds, thresholds
        ),
        own_weight, originals, repetitions=repetitions, seed=seed,
    )  # fmt: skip


shares = {"all events": strong(), "events with both": strong(mask)}

# %%
share_table(shares)

# %% tags=["remove-cell"]
summed = event_weights(events[background])
effective = summed.sum() ** 2 / (summed**2).sum()
report.record("n_background", len(summed), ",d")
report.record("n_effective", effective, ",.0f")
report.record("n_populated", len(cells), "d")
report.record("n_pairs", len(cells) * (len(cells) - 1) // 2, ",d")
report.record("lowest", thresholds[0], "g")
every, energy, mass = (
    shares["events with both"].loc[(what, thresholds[0]), "value"]
    for what in ("all pairs", "energy and energy", "mass and mass")
)
if not np.isfinite(every):
    verdict = "These events are too few to tell"
elif every < 50 and min(energy, mass) > every:
    verdict = (
        "So most pairs of cells are weakly correlated, as was claimed, and energies among "
        "each other and masses among each other are more strongly correlated than the rest"
    )
else:
    verdict = "In these events that is no weak correlation by construction"
report.record_text("verdict", verdict)
report.record("noise", 1 / np.sqrt(effective), ".3f")
report.record("least_percent", 100 * least_share, "g")
for key, table in (("padded", "all events"), ("joint", "events with both")):
    for threshold in (0.3, 0.5):
        row = shares[table].loc[("all pairs", threshold)]
        name = f"{key}_{round(10 * threshold)}"
        report.record(
            name, 100 * row["value"], ".1f", error=100 * row["error"]
        )
    for what in ("mass", "energy"):
        row = shares[table].loc[(f"{what} and {what}", 0.3)]
        report.record(
            f"{key}_{what}",
            100 * row["value"],
            ".0f",
            error=100 * row["error"],
        )

# %% [markdown]
# There are {glue:text}`n_populated` cells that at least {glue:text}`least_percent` % of the background
# events have, and {glue:text}`n_pairs` pairs of them. The {glue:text}`n_background` events are worth
# {glue:text}`n_effective` of equal weight, so that chance alone makes correlations of about
# {glue:text}`noise`. As a network sees the matrix, {glue:text}`padded_3` % of all pairs have
# $|\rho| > 0.3$ and {glue:text}`padded_5` % have $|\rho| > 0.5$; that an object is there or not moves
# all of its cells together. Among events that have both, it is {glue:text}`joint_3` % and
# {glue:text}`joint_5` %. Beyond {glue:text}`lowest` are then {glue:text}`joint_energy` % of the pairs of energies and
# {glue:text}`joint_mass` % of the pairs of masses. {glue:text}`verdict`.
#
# ## What the differences amount to
#
# **The rapidity difference.** The thesis prints $\cosh\Delta y$ where {eq}`eq-rmm-h` has
# $\cosh(\Delta y/2)$; its code agrees with {eq}`eq-rmm-h`, and with the original.

# %%
apart = {
    "jet": Objects(*(np.array([[a, b]]) for a, b in
        [(50, 40), (2.5, -2.5), (0, 0), (0, 0)]))
}  # fmt: skip
two_jets = Layout((("jet", 2),))
h = {
    name: rmm(apart, [0.0], [0.0], two_jets, one)[0, 2, 1]
    for name, one in (("used", Conventions()), ("printed", PRINTED))
}
printed = rmm(objects, events["met"], events["metphi"], layout, PRINTED)
of_pairs = (layout.kinds == "h") & there
used_mean, printed_mean = (
    x[of_pairs & background[:, None, None]].mean()
    for x in (matrices, printed)
)

# %% tags=["remove-cell"]
report.record("h_used", h["used"], ".2f")
report.record("h_printed", h["printed"], ".2f")
report.record("h_mean_used", used_mean, ".3f")
report.record("h_mean_printed", printed_mean, ".3f")
report.record(
    "h_above_one_percent", 100 * (printed[of_pairs] > 1).mean(), ".1f"
)
report.record(
    "h_used_above_one_percent", 100 * (matrices[of_pairs] > 1).mean(), ".2g"
)

# %% [markdown]
# At $\Delta y = 5$ the printed form gives {glue:text}`h_printed` and the used one {glue:text}`h_used`. In
# the events of this page the means are {glue:text}`h_mean_printed` and {glue:text}`h_mean_used`; beyond
# one lie {glue:text}`h_above_one_percent` % of the printed and {glue:text}`h_used_above_one_percent` % of
# the used values.
#
# **The first row.** The thesis doesn't define $m_T$. Its code fills the first row with
# $\sqrt{m^2 + p_T^2}$ of the object alone, which is $e_T$ again: for the first object of each type the
# same number stands twice in the matrix.

# %%
coded = rmm(objects, events["met"], events["metphi"], layout, THESIS_CODE)
start = layout.blocks["muon"].start
has = there[:, start, start] & background
doubled = {
    name: np.corrcoef(x[has, 0, start], x[has, start, start])[0, 1]
    for name, x in (("ours", matrices), ("theirs", coded))
}

# %% tags=["remove-cell"]
for name, value in doubled.items():
    report.record(f"first_row_{name}", value, ".3f")
met = matrices[has, 0, 0]
for name, x in (("ours", matrices), ("theirs", coded)):
    report.record(
        f"first_row_met_{name}",
        np.corrcoef(x[has, 0, start], met)[0, 1],
        ".2f",
    )

# %% [markdown]
# For the leading muon the correlation between the two cells is {glue:text}`first_row_theirs` in that form,
# and {glue:text}`first_row_ours` with {eq}`eq-rmm-mt`. That of the first row with the missing momentum is
# {glue:text}`first_row_met_theirs` there and {glue:text}`first_row_met_ours` here. No cell of the thesis's
# matrix knows the direction of the missing momentum.
#
# **Energy passed as mass.** The history of the public code mentions a mass that "exploded": the energy
# had been passed where a mass was expected. Which mass would a Z boson have had?

# %%
z = z_mass()  # a Z boson at rest that decays across the beam
at_rest = [
    np.array([[z / 2, z / 2]]),
    np.zeros((1, 2)),
    np.array([[0, np.pi]]),
]
pair = Layout((("electron", 2),))
m_ee = {
    name: rmm({"electron": Objects(*at_rest, mass)}, [0.0], [0.0], pair)[
        0, 1, 2
    ]
    for name, mass in (("right", np.zeros((1, 2))), ("wrong", at_rest[0]))
}
e = objects["electron"]
energy = np.hypot(e.pt * np.cosh(e.eta), e.mass)
wrong = {"electron": Objects(e.pt, e.eta, e.phi, energy)}
m12 = rmm(wrong, events["met"], events["metphi"], pair)[:, 1, 2]
i, j = layout.index("m_e1_e2")
near_z = (np.abs(matrices[:, i, j] - z) < 10) & background

# %% tags=["remove-cell"]
report.record("mee_right", m_ee["right"], ".1f")
report.record("mee_wrong", m_ee["wrong"], ".0f")
report.record(
    "mee_events", np.median(m12[near_z]) if near_z.any() else np.nan, ".0f"
)
report.record(
    "mee_events_right",
    np.median(matrices[near_z, i, j]) if near_z.any() else np.nan,
    ".1f",
)
report.record("mee_n", near_z.sum(), ",d")

# %% [markdown]
# {glue:text}`mee_wrong` GeV instead of {glue:text}`mee_right` GeV. In the {glue:text}`mee_n` events of this
# page with two electrons near the Z boson's mass the median would move from
# {glue:text}`mee_events_right` to {glue:text}`mee_events` GeV. The later code passes the mass.
#
# **Units.** Chekanov divides energies and masses by $\sqrt s$, the thesis doesn't, and took the division
# out on purpose. Scaling each cell before training makes that a matter of taste; without it, it is
# not, as the medians of the kinds of cells tell:

# %%
divided = rmm(
    objects, events["met"], events["metphi"], layout,
    Conventions(sqrt_s=13_000.0),
)  # fmt: skip
pd.DataFrame(
    {
        "in GeV": kind_medians(matrices, there, layout),
        "divided": kind_medians(divided, there, layout),
    }
).style.format("{:.3g}")

# %% [markdown]
# Divided, energies and masses are the smaller ones; in GeV they exceed the cells of rapidities by
# orders of magnitude. This book keeps GeV and scales.
#
# **Transverse energy.** Chekanov's $e_T$ is $E\sin\theta$, the thesis's is {eq}`eq-rmm-diagonal`. They agree
# for massless objects; only the second is unchanged by boosts along the beam.

# %%
sine = rmm(
    objects, events["met"], events["metphi"], layout,
    Conventions(transverse_energy="sine"),
)  # fmt: skip
i, j = layout.index("eT_j1")
jets = there[:, i, j]
change = 100 * (sine[jets, i, j] / matrices[jets, i, j] - 1)

# %% tags=["remove-cell"]
report.record("et_change_mean", -change.mean(), ".2f")
report.record("et_change_most", -change.min(), ".1f")

# %% [markdown]
# For the leading jet $E\sin\theta$ is smaller by {glue:text}`et_change_mean` % on average and by
# {glue:text}`et_change_most` % at most.
#
# ## A compact form
#
# A matrix that is mostly empty can be summarised: one number for each block, the root of the sum of
# squares of its cells. For five types this makes forty-six {cite}`rmmc46`; for the three of this
# layout fewer.

# %%
small = pd.DataFrame(compact(matrices, layout), columns=compact_names(layout))
mean_table(small, weight, events["event"], processes)

# %% [markdown]
# The numbers are means with their statistical errors, energies and masses in GeV.
#
# ## What was found, and what comes next
#
# The matrix gives every event the same number of cells, each with a meaning and most of them empty. Its
# definition is settled by the code where the text leaves it open, with one exception: here the first row
# is the transverse mass, as in the original and not as in the thesis's code. The cells are less independent
# than claimed. Whether that harms an autoencoder is another question: it may just as well learn which
# cells go together. Before a model sees any of this, data and simulation have to agree on it.
