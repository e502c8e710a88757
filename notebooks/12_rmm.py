# %% [markdown]
# (chap-rmm)=
# # The rapidity-mass matrix
#
# How can events with different numbers of leptons and jets be given to a network, which needs the same inputs
# of every event in the same order? The search for anomalies of {cite}`frette2023` uses the rapidity-mass
# matrix (RMM) of Chekanov {cite}`chekanov2019`, and claims that its cells are highly uncorrelated. If they
# were not, the cells would repeat each other, and distances between matrices would count the same
# information several times. This chapter defines the cells, draws them, measures their correlations
# ({numref}`tab-rmm-strong`), and measures the effect of each point on which authors differ.

# %% lepsearch={"reads": ["trilepton"]} nbmake={"mock": {"profile": "smoke", "repetitions": 3}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# signal samples, or none; shown where the profile has them
signals = ["hnl_150", "c1n2_200_100"]
# [0, 1]; of the events that must have a cell to call it populated
least_share = 0.05
# [1, 1e9]; originals that a sample, an average and a pair of cells must be
# worth
least_events = 50
# [2, 100000]; of the bootstrap
repetitions = 20
# [0, 4294967295]; of the bootstrap
seed = 12

# %%
from functools import partial

import numpy as np
import pandas as pd

from lepsearch import rmm
from lepsearch.book import report, tables
from lepsearch.constants import Z_BOSON, mass
from lepsearch.events.dataset import Dataset
from lepsearch.plotting import rmm as figures
from lepsearch.rmm import Conventions, FourMomenta, Layout, cells, compact
from lepsearch.stats import copies, correlation, estimate

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = dataset.table("trilepton", samples=dataset.chosen(signals))
original = events["original"].to_numpy()

# %% [markdown]
# ## Set-up
#
# Averages and correlations need many events. The statistical power of weighted events is that of
# $(\sum w)^2 / \sum w^2$ events of equal weight, their effective number, where rows that repeat one generated event with
# another smearing count as one. Samples with an effective number below {eval}`least_events` are left out of every
# average and correlation.

# %%
weight = events["weight"].to_numpy()
background = (events["kind"] == "background").to_numpy()
by_sample = events[background].groupby("sample", observed=True)
totals = {name: estimate.sum_weights(part) for name, part in by_sample}
poor = [name for name in totals if totals[name].effective < least_events]
poor = poor if len(poor) < len(totals) else []
kept = background & ~events["sample"].isin(poor).to_numpy()
all_total = estimate.sum_weights(events[background])
kept_total = estimate.sum_weights(events[kept])
named = {one.sample: one.label for one in dataset.infos("trilepton")}
left_out = [f"{named[one]} ({totals[one].events:,})" for one in poor]
everything = all_total.value or np.nan
left_share = weight[background & ~kept].sum() / everything
by_event = events[background].groupby("original")["weight"].sum()
heaviest = events[np.isin(original, by_event.nlargest(1).index)]

# %% [markdown]
# ```{table} Set-up of this chapter: events of the trilepton region, with the statistical uncertainty of the simulation.
# :name: tab-rmm-setup
#
# | profile | *{eval}`profile`* |
# |---|---|
# | luminosity | {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | gaps of this profile | {eval}`"; ".join(dataset.lacks("trilepton")) or "nothing"` |
# | expected background events | {eval}`f"{all_total:,.0f}"` |
# | distinct generated events | {eval}`f"{all_total.events:,}"` |
# | rows, with repeated smearings | {eval}`f"{background.sum():,}"` |
# | effective number of events | {eval}`f"{all_total.effective:,.0f}"` |
# | sample of the event with the largest weight | {eval}`next(iter(heaviest["sample"].map(named)), "none")` |
# | its rows | {eval}`len(heaviest)` |
# | its weight in expected events | {eval}`f"{by_event.max():,.2f}"` |
# | its share of the expected background | {eval}`f"{100 * by_event.max() / everything:.1f}"` % |
# | samples left out, with their generated events | {eval}`"; ".join(left_out) or "none"` |
# | their share of the expected background | {eval}`f"{100 * left_share:.1f}"` % |
# | distinct generated events that stay | {eval}`f"{kept_total.events:,}"` |
# | their effective number | {eval}`f"{kept_total.effective:,.0f}"` |
# ```
#
# {eval}`"Averages and correlations below do not describe the samples left out." if poor else "No sample is left out." if kept_total.effective >= least_events else "No sample reaches this number, so none is left out."`
#
# ## What a cell holds
#
# The first row and the first column belong to the missing transverse momentum. The objects follow
# type by type, each type in order of falling transverse momentum. A place that no object fills is zero.

# %% mystnb={"figure": {"name": "tab-rmm-cells"}}
layout, example = rmm.layout.T3N5, Layout.uniform(["jet", "electron"], 2)
pd.DataFrame(example.labels).style.hide(axis="index").hide(axis="columns")

# %% [markdown] tags=["caption"]
# Cells of the rapidity-mass matrix for two jets and two electrons.

# %% [markdown]
# On the diagonal stands the transverse energy of the first object of each type; for the others of that type, the
# imbalance with the previous one,
#
# $$
# e_T = \sqrt{m^2 + p_T^2}, \qquad
# \delta e_T(i_n) = \frac{e_T(i_{n-1}) - e_T(i_n)}{e_T(i_{n-1}) + e_T(i_n)} .
# $$ (eq-rmm-diagonal)
#
# Above the diagonal stand masses: $m(i,j)$ of each pair, and in the first row the transverse mass of each object
# with the missing transverse momentum,
#
# $$
# m_T^2(i) = \left(e_T(i) + e_T^\mathrm{miss}\right)^2
#   - \left|\vec p_T(i) + \vec p_T^{\,\mathrm{miss}}\right|^2 .
# $$ (eq-rmm-mt)
#
# Below it stand rapidities, where $C$ = {eval}`Conventions().angle_scale` brings them into the range of the other cells:
#
# $$
# h_L(i) = C\,(\cosh y_i - 1), \qquad
# h(i,j) = C\left(\cosh\frac{y_i - y_j}{2} - 1\right).
# $$ (eq-rmm-h)
#
# All cells but $h_L$ are invariant under boosts along the beam, and all are invariant under rotations about
# it. A matrix with $m$ types and $n$ places for each is called T$m$N$n$; the numbers of places may differ.
#
# ```{table} Layouts of the rapidity-mass matrix.
# :name: tab-rmm-layouts
#
# | layout | rows | cells |
# |---|---|---|
# | draft of {cite}`frette2023`, used in this chapter: four jets, five electrons, five muons | {eval}`layout.size` | {eval}`layout.size**2` |
# | final version: six jets without and six with a b-tag, five electrons, five muons | {eval}`rmm.layout.T4N5.size` | {eval}`rmm.layout.T4N5.size**2` |
# | Chekanov's largest: ten places for each of five types, photons among them | {eval}`rmm.layout.CHEKANOV.size` | {eval}`f"{rmm.layout.CHEKANOV.size**2:,}"` |
# ```

# %%
momenta = rmm.momenta.trilepton_momenta(events, layout)
missing = events["met"], events["metphi"]
matrices = rmm.rmm(momenta, *missing, layout)
there = rmm.present(momenta, layout)

# %% [markdown]
# Zero marks an absent object and is also a possible value: two objects of equal rapidity have $h = 0$.
# The mask `there` distinguishes the two.
#
# ## Single events
#
# {numref}`fig-rmm-events` shows the event with the most objects for each of the two largest backgrounds.

# %%
by_group = events[kept].groupby("group", observed=True)["weight"].sum()
largest = by_group.nlargest(2).index
maps, count = {}, there.sum(axis=(1, 2))
for group in largest:
    fullest = np.where(events["group"] == group, count, 0).argmax()
    maps[dataset.labels[group]] = matrices[fullest], there[fullest]
filled = there[kept].mean(axis=(1, 2)), weight[kept], original[kept]
filled = 100 * estimate.weighted_mean(*filled)

# %% mystnb={"figure": {"name": "fig-rmm-events"}, "image": {"alt": "Two square heat maps of fifteen rows. A few blocks of cells are coloured, most of each square is hatched."}} tags=["hide-input"]
figures.matrix_maps(maps, layout.kinds, layout.axis_labels)

# %% [markdown] tags=["caption"]
# Rapidity-mass matrix of the event with the most objects, for each of the two largest backgrounds. Above the diagonal stand masses, below it
# rapidity differences $h$; the first row has transverse masses, the first column $h_L$. On the diagonal the first cell of a type is an
# energy, the others are imbalances $\delta e_T$. Energies and masses share one colour scale, all other cells another; hatched: no such object.

# %% [markdown]
# The average background event fills {eval}`filled` % of the cells.
#
# ## Averages by process
#
# A mean over all events would mix the value of a cell with how often it is filled. In
# {numref}`fig-rmm-means` each cell is averaged over the events that have it.

# %%
signal = events.loc[events["kind"] == "signal", "sample"].unique()[:2]
process = events["sample"].mask(background, events["group"].where(kept))
processes = {}
for name in [*largest, *signal]:
    total = estimate.sum_weights(events[process == name])
    counts = f"{total.events:,} events, {total.effective:,.0f} effective"
    title = f"{dataset.labels[name]}: {counts}"
    processes[title] = (process == name).to_numpy()

# %% mystnb={"figure": {"name": "fig-rmm-means"}, "image": {"alt": "Square heat maps, one a process. The cells of the leading jets, electrons and muons are coloured, those of further objects are hatched."}} tags=["hide-input"]
averages = {}
for title, own in processes.items():
    own_arrays = (x[own] for x in (matrices, there, weight, original))
    average, effective = cells.cell_means(*own_arrays)
    in_two_lines = title.replace(" events, ", " events,\n")
    averages[in_two_lines] = average, effective >= least_events
figures.matrix_maps(averages, layout.kinds, layout.axis_labels)

# %% [markdown] tags=["caption"]
# Weighted averages of cells over the events that have them, for the largest backgrounds and the signals. Each title gives the
# number of distinct generated events and their effective number. Hatched: the cell's effective number is below {eval}`least_events`.

# %% [markdown]
# ## Correlations of the cells
#
# The thesis calls the features highly uncorrelated, and Chekanov expects weak correlations by construction.
# This cannot hold for all cells: the mass of two objects and the masses of either with a third share momenta.
# {numref}`fig-rmm-correlations` has the correlations of the cells that at least {eval}`f"{100 * least_share:g}"` % of the expected background
# events have.

# %%
shape = kept.sum(), layout.size**2
rows, mask = (x[kept].reshape(shape) for x in (matrices, there))
own_weight, own_event = weight[kept], original[kept]
populated = own_weight @ mask >= least_share * own_weight.sum()
populated &= mask.any(axis=0)
kinds = layout.kinds.ravel()
order = ["met", "mT", "eT", "deT", "m", "hL", "h"]
of_kinds = [np.flatnonzero(populated & (kinds == kind)) for kind in order]
shown = np.concatenate(of_kinds)
rows, mask, kinds = rows[:, shown], mask[:, shown], kinds[shown]
counted = {"original": own_event, "least": least_events}
padded = correlation.correlations(rows, own_weight, **counted)
joint = correlation.correlations(rows, own_weight, mask, **counted)

# %% mystnb={"figure": {"name": "fig-rmm-correlations"}, "image": {"alt": "Square map of correlations. Most of it is pale; darker cells are among energies and masses, and in stripes where cells share objects. Above the diagonal patches are hatched where too few events have both cells."}} tags=["hide-input"]
titles = "all events", "events with both"
figures.correlation_map(padded, joint, kinds, titles=titles)

# %% [markdown] tags=["caption"]
# Absolute values of the linear correlations of cells in background events, by kind of cell. Below the diagonal: all events,
# absent objects as zeros, as a network sees them; above it: events that have both cells. Hatched: their effective number is below
# {eval}`least_events`, one of the cells does not vary, or it is the cell with itself.

# %% [markdown]
# {numref}`tab-rmm-strong` counts the pairs of these {eval}`len(shown)` cells with a correlation above three thresholds, the lowest
# of which limits what is called weak. The uncertainties come from a {term}`bootstrap` of the generated events, with the pairs fixed.

# %% mystnb={"figure": {"name": "tab-rmm-strong"}}
thresholds = [0.3, 0.5, 0.8]
weighted = {"weight": own_weight, "original": own_event}
resampling = weighted | {"replicas": repetitions, "seed": seed}


def strong(rho, where=None):
    """Percentages of strongly correlated pairs, with errors."""
    again = partial(correlation.correlations, rows, there=where, least=0)
    draws = copies.replicate(again, **resampling)
    return cells.strong_pairs(rho, draws, kinds, thresholds)


def text(one):
    """A number of pairs, or a share with its error; "none" if it has none."""
    if isinstance(one, int):
        return f"{one:,}"
    shown = f"{one:.1f}".replace("± ", "±\u00a0")
    return "none" if max(one.value, one.error) < 0.05 else shown


of_all, of_both = strong(padded), strong(joint, mask)
shares = pd.concat([of_all, of_both], axis=1, keys=titles)
heads = {t: f"|ρ| > {t} [%]" for t in thresholds}
shares.rename(columns=heads).style.format(text)

# %% [markdown] tags=["caption"]
# Pairs of cells with a correlation, and the share of them above thresholds of its absolute value, with statistical uncertainties. Left: all
# events, absent objects as zeros. Right: events that have both cells.


# %% tags=["hide-input"]
def verdict(share):
    """Whether most pairs are weakly correlated, beyond two errors."""
    if not np.isfinite(share.error):
        return "The events are too few to tell how many pairs are correlated"
    if abs(share.value - 50) <= 2 * share.error:
        return "It is undecided whether most pairs of cells are correlated"
    weakly = "weakly" if share.value < 50 else "not weakly"
    return f"Most pairs of cells are {weakly} correlated"


def stronger(share):
    """Blocks with a larger share than all pairs, by two standard deviations."""
    value, error = np.array([(one.value, one.error) for one in share]).T
    beyond = value - value[0] > 2 * np.hypot(error, error[0])
    return ", ".join(share.index[beyond]) or "none"


all_pairs, both_pairs = of_all.loc["all pairs"], of_both.loc["all pairs"]
noise, noise_least = 1 / np.sqrt([kept_total.effective, least_events])

# %% [markdown]
# **All events, as a network sees them.** {eval}`verdict(all_pairs[0.3])`: {eval}`f"{all_pairs[0.3]:.1f}"` % of the pairs have
# $|\rho| > 0.3$, and {eval}`f"{all_pairs[0.5]:.1f}"` % have $|\rho| > 0.5$. The presence of an object changes all of its cells
# together. Blocks of {numref}`tab-rmm-strong` whose share above the lowest threshold exceeds that of all pairs by more than two standard
# deviations: {eval}`stronger(of_all[0.3])`.
#
# **Events that have both cells.** {eval}`verdict(both_pairs[0.3])`: {eval}`f"{both_pairs[0.3]:.1f}"` % of the pairs have
# $|\rho| > 0.3$, and {eval}`f"{both_pairs[0.5]:.1f}"` % have $|\rho| > 0.5$. Blocks with a larger share than all pairs:
# {eval}`stronger(of_both[0.3])`. A pair is missing if its events have an effective number
# below {eval}`least_events`, or if no event has both cells: none has three electrons and a muon.
#
# Chance alone makes correlations of about {eval}`f"{noise:.3f}"` over all events and of at most about
# {eval}`f"{noise_least:.2f}"` over those of a pair. The lowest threshold is {eval}`f"{thresholds[0] / noise_least:.1f}"` times the
# latter, so that {eval}`"few of the pairs counted are" if thresholds[0] > 2 * noise_least else "some of the pairs counted may be"` there by chance.
#
# ## Effects of differing definitions
#
# ### Rapidity difference: $\cosh\Delta y$ in print, $\cosh(\Delta y/2)$ in the code
#
# The thesis prints $\cosh\Delta y$ where {eq}`eq-rmm-h` has $\cosh(\Delta y/2)$. Its code and Chekanov's paper
# agree with {eq}`eq-rmm-h`.

# %%
apart = {"jet": FourMomenta([[50, 40]], [[2.5, -2.5]], [[0, 0]], [[0, 0]])}
two_jets = apart, [0], [0], Layout.uniform(["jet"], 2)
used_h = rmm.rmm(*two_jets)[0, 2, 1]
printed_h = rmm.rmm(*two_jets, rmm.PRINTED)[0, 2, 1]
printed = rmm.rmm(momenta, *missing, layout, rmm.PRINTED)


def average(values, where):
    """Mean over cells of background events, with its error."""
    return cells.mean(values[kept], where=where[kept], **weighted)


of_pairs = (layout.kinds == "h") & there
used_mean, printed_mean = (average(h, of_pairs) for h in (matrices, printed))
used_beyond = 100 * average(matrices > 1, of_pairs)
printed_beyond = 100 * average(printed > 1, of_pairs)

# %% [markdown]
# :::{table} Rapidity differences $h$ in the printed form and in that of {eq}`eq-rmm-h`. Averages are over the cells of background events, with statistical uncertainties.
# :name: tab-rmm-h
#
# | | printed | {eq}`eq-rmm-h` |
# |---|---|---|
# | value at $\Delta y = 5$ | {eval}`f"{printed_h:.2f}"` | {eval}`f"{used_h:.2f}"` |
# | average | {eval}`f"{printed_mean:.4f}"` | {eval}`f"{used_mean:.4f}"` |
# | share of values above one [%] | {eval}`f"{printed_beyond}" if printed_beyond.value else "none"` | {eval}`f"{used_beyond}" if used_beyond.value else "none"` |
# :::
#
# The printed form is the larger one by a factor of {eval}`f"{printed_h / used_h:.0f}"` at $\Delta y = 5$ ({numref}`tab-rmm-h`). The averages
# come from {eval}`f"{used_mean.events:,}"` generated events with a pair of objects.
#
# ### First row: the thesis's code repeats the transverse energy
#
# The thesis does not define $m_T$. Its code fills the first row with $\sqrt{m^2 + p_T^2}$ of the object alone,
# which is $e_T$: the first object of each type has the same number twice in the matrix.

# %%
coded = rmm.rmm(momenta, *missing, layout, rmm.THESIS_CODE)
start = layout.blocks["muon"].start
has = there[kept, start, start]


def first_row(x, diagonal):
    """Correlation of the leading muon's first-row cell with one on the diagonal."""
    pair = x[kept][has][:, [0, diagonal], [start, diagonal]]
    return estimate.bootstrap(
        lambda w: correlation.correlations(pair, w[has])[0, 1], **resampling
    )


forms = {"here": matrices, "coded": coded}
with_et = {form: first_row(x, start) for form, x in forms.items()}
with_met = {form: first_row(x, 0) for form, x in forms.items()}

# %% [markdown]
# ```{table} Correlations of the leading muon's cell in the first row, in the two definitions of it, with statistical uncertainties.
# :name: tab-rmm-first-row
#
# | correlation with | the thesis's code | {eq}`eq-rmm-mt` |
# |---|---|---|
# | the muon's $e_T$ on the diagonal | {eval}`f"{with_et['coded'].value:.3g}"` by construction | {eval}`f"{with_et['here']:.3f}"` |
# | $E_T^\mathrm{miss}$ | {eval}`f"{with_met['coded']:.3f}"` | {eval}`f"{with_met['here']:.3f}"` |
# ```
#
# In the thesis's code, no cell depends on the direction of the missing transverse momentum. {numref}`tab-rmm-first-row`
# has the correlations in {eval}`f"{len(np.unique(own_event[has])):,}"` generated events with a muon.
#
# ### Imbalance: of $p_T$ in the code, of $e_T$ in the definition
#
# The code compares the $p_T$ of two objects where {eq}`eq-rmm-diagonal` has $e_T$.

# %%
by_momentum = Conventions(imbalance="momentum")
of_momenta = rmm.rmm(momenta, *missing, layout, by_momentum)
imbalances = (layout.kinds == "deT") & there
moved = np.abs(of_momenta - matrices)
size_mean, moved_mean = (average(x, imbalances) for x in (matrices, moved))
moved_most = moved[kept][imbalances[kept]].max(initial=0.0)

# %% [markdown]
# In {eval}`f"{size_mean.events:,}"` generated events with two objects of a type, $\delta e_T$ is {eval}`f"{size_mean:.5f}"` on
# average. Taking $p_T$ changes it by {eval}`f"{moved_mean:.5f}"` on average and by {eval}`f"{moved_most:.3f}"` at most: only jets
# have masses that matter.
#
# ### The order of the blocks changes places, not values
#
# Chekanov puts muons before electrons.

# %%
other = Layout((("jet", 4), ("muon", 5), ("electron", 5)))
reordered = rmm.rmm(momenta, *missing, other)


def place(name):
    """Where a cell is in the other order, which may turn its pair round."""
    kind, *pair = name.split("_")
    turned = "_".join((kind, *pair[::-1]))
    return other.index(name if name in other.names else turned)


at = np.array([place(name) for name in layout.names.flat])
elsewhere = (at != np.argwhere(layout.names)).any(axis=1)
same = reordered[:, *at.T].reshape(matrices.shape)
differs_most = np.abs(same - matrices).max(initial=0.0)

# %% [markdown]
# With muons first, {eval}`int(elsewhere.sum())` of {eval}`elsewhere.size` cells stand elsewhere. The largest change of a value is
# {eval}`f"{differs_most:.2g}"`: a network that does not use positions sees the same matrix.
#
# ### An energy passed as the mass
#
# The history of the public code mentions a mass that "exploded": an energy had been passed where a mass was
# expected. The next cell repeats this for a Z boson at rest that decays across the beam and for the pairs of electrons.

# %%
z = mass(Z_BOSON)  # a Z boson at rest that decays across the beam
halves = [[z / 2, z / 2]], [[0, 0]], [[0, np.pi]]
pair = Layout.uniform(["electron"], 2)
right, exploded = (FourMomenta(*halves, [[m, m]]) for m in (0, z / 2))
right_z = rmm.rmm({"electron": right}, [0], [0], pair)[0, 1, 2]
wrong_z = rmm.rmm({"electron": exploded}, [0], [0], pair)[0, 1, 2]
e = momenta["electron"]
energy = np.hypot(e.pt * np.cosh(e.eta), e.mass)
wrong = {"electron": FourMomenta(e.pt, e.eta, e.phi, energy)}
wrong_mass = rmm.rmm(wrong, *missing, pair)[:, 1, 2]
right_mass = matrices[:, *layout.index("m_e1_e2")]
near_z = np.abs(right_mass - z) < 10


def middle(values, where):
    """Median over cells of background events, with its error."""
    return cells.median(values[kept], where=where[kept], **resampling)


right_median = middle(right_mass, near_z)
wrong_median = middle(wrong_mass, near_z)

# %% [markdown]
# The Z boson would have had a mass of {eval}`f"{wrong_z:.0f}"` GeV instead of {eval}`f"{right_z:.1f}"` GeV. In the
# {eval}`f"{len(np.unique(original[near_z & kept])):,}"` generated background events with two electrons near the Z boson's mass, the median would
# move from {eval}`f"{right_median:.2f}"` to {eval}`f"{wrong_median:.2f}"` GeV. The later code passes the mass.
#
# ### Units: GeV or fractions of $\sqrt s$
#
# Chekanov divides energies and masses by $\sqrt s$. The thesis removed the division on purpose. If every cell is
# scaled before training, the choice has no effect; without scaling it decides which cells dominate a
# distance ({numref}`tab-rmm-units`).

# %% mystnb={"figure": {"name": "tab-rmm-units"}}
by_energy = Conventions(sqrt_s=13_000.0)
divided = rmm.rmm(momenta, *missing, layout, by_energy)
medians = {"in GeV": {}, "divided": {}}
for kind in rmm.layout.KINDS:
    of_kind = (layout.kinds == kind) & there
    medians["in GeV"][kind] = middle(matrices, of_kind)
    medians["divided"][kind] = middle(divided, of_kind)
tables.styled(pd.DataFrame(medians), "units")

# %% [markdown] tags=["caption"]
# Weighted medians of each kind of cell over the cells of background events, in GeV and divided by $\sqrt s$, with statistical
# uncertainties. The kinds are `met`: $e_T^\mathrm{miss}$, `mT`: $m_T$, `hL`: $h_L$, `eT`: $e_T$, `deT`: $\delta e_T$, and `m` and `h` of pairs.

# %% [markdown]
# In GeV, energies and masses exceed rapidities by orders of magnitude; divided, they are the smaller ones.
# This book keeps GeV and scales each cell.
#
# ### Transverse energy: $E\sin\theta$ or $\sqrt{m^2 + p_T^2}$
#
# Chekanov's $e_T$ is $E\sin\theta$; the thesis's is {eq}`eq-rmm-diagonal`. The two agree for massless objects,
# and only the second is invariant under boosts along the beam.

# %%
by_sine = Conventions(transverse_energy="sine")
sine = rmm.rmm(momenta, *missing, layout, by_sine)
i, j = layout.index("eT_j1")
jets = there[:, i, j] & kept
change = np.zeros(len(events))
change[jets] = 100 * (1 - sine[jets, i, j] / matrices[jets, i, j])
change_mean = average(change, jets)

# %% [markdown]
# For the leading jet of {eval}`f"{change_mean.events:,}"` generated events, $E\sin\theta$ is smaller by
# {eval}`f"{change_mean:.3f}"` % on average and by {eval}`f"{change.max(initial=0.0):.1f}"` % at most.
#
# ## A compact form
#
# A matrix that is mostly empty can be summarised by one number for each block, the root of the sum of
# squares of its cells. Five types give forty-six numbers {cite}`rmmc46`; the three types of this layout give fewer.

# %% mystnb={"figure": {"name": "tab-rmm-compact"}}
names = compact.compact_names(layout)
small = pd.DataFrame(compact.compact(matrices, layout), columns=names)
means = {}
for title, own in processes.items():
    own_weights = {"weight": weight[own], "original": original[own]}
    means[title] = small[own].apply(cells.mean, **own_weights)
tables.styled(pd.DataFrame(means), "compact")

# %% [markdown] tags=["caption"]
# Weighted means of the compact form, with statistical uncertainties; energies and masses in GeV. The heads give the number
# of distinct generated events and their effective number.

# %% [markdown]
# ## Summary and what comes next
#
# - The matrix gives every event the same {eval}`layout.size**2` cells, each with a meaning. The average background event fills
#   {eval}`filled` % of them.
# - {eval}`verdict(all_pairs[0.3])` over all events: {eval}`f"{all_pairs[0.3]:.1f}"` % of the pairs have $|\rho| > 0.3$
#   ({numref}`tab-rmm-strong`).
# - The code settles what the thesis's text leaves open, except the first row. This book takes the transverse mass there, as Chekanov does;
#   the leading muon's cell then has a correlation of {eval}`f"{with_et['here']:.3f}"` with its $e_T$ instead of one
#   ({numref}`tab-rmm-first-row`).
#
# Whether correlations harm an autoencoder is another question: it can also learn which cells vary together.
# Before a model sees any cell, the simulation has to describe it ({numref}`chapter %s <chap-agreement>`).

# %% tags=["remove-cell"]
report.record("h_used", used_h, ".2f")
report.record("h_printed", printed_h, ".2f")
report.record("h_mean_used", used_mean, ".4f")
report.record("h_mean_printed", printed_mean, ".4f")
report.record("first_row_ours", with_et["here"], ".3f")
report.record("first_row_theirs", with_et["coded"].value, ".3g")
report.record("padded_3", all_pairs[0.3], ".1f")
report.record("joint_3", both_pairs[0.3], ".1f")
