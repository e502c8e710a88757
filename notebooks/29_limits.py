# %% [markdown]
# (chap-limits)=
# # Expected limits
#
# Which cross sections of dark matter would this search exclude if it found nothing, and up to which mass of the boson? Guevara's
# final thesis {cite}`guevara2023` ends with such limits. This chapter makes them from full likelihoods, with every source of uncertainty that
# this book knows ({numref}`tab-limits-sources`), for three searches: cut and count, bins of mass and missing momentum as in the
# search of ATLAS {cite}`atlasmonozprime2023`, and bins of a classifier's score ({numref}`fig-limits`). It says which uncertainties matter
# ({numref}`fig-limits-ranking`), checks the asymptotic formulae with pseudo-experiments ({numref}`tab-limits-toys`), and gives limits that need no model
# for the region of the anomaly search ({numref}`tab-limits-visible`).

# %% lepsearch={"after": ["26_anomaly_search", "27_cut_and_count"], "learns": ["dark_higgs", "light_vector"], "reads": ["dilepton", "trilepton"]} nbmake={"mock": {"checked": ["dh_hds_130", "lv_hds_130"], "estimators": 5, "least": 2.0, "profile": "smoke", "sources": ["b_tags", "false_leptons", "merging"], "toys": 10}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# groups of signals, with masses and sectors in the manifest
models = ["dark_higgs", "light_vector"]
# names of variations, or none; sources of uncertainty beside cross sections and luminosity
sources = [
    "jet_scale",
    "jet_resolution",
    "lepton_scale",
    "soft_term",
    "b_tags",
    "false_leptons",
    "merging",
]
# (0, 1e6], rising; couplings of the boson to leptons
couplings = [0.01, 0.05, 0.1]
# [10, 7000] GeV; least mass of a pair for the binned searches
mass_min = 110.0
# [1, 1e9]; effective background events of the validation part that a bin needs
least = 8.0
# (0, 1]; share of the training part that trains
train_share = 0.1
# [1, 100000]; trees
estimators = 60
# [1, 100]; splits on the way to a leaf
depth = 4
# two names of samples; points that pseudo-experiments check
checked = ["dh_hds_130", "lv_hds_130"]
# [10, 1e6]; pseudo-experiments with signal, half as many without
toys = 200
# (0, 1]; share of the trilepton background in the region of the anomaly search
share = 0.1
# [0, 10]; relative, of the background in that region
uncertainty = 0.2

# %%
import json
import time
from contextlib import suppress
from itertools import pairwise, product

import numpy as np
import pandas as pd

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.errors import InputError
from lepsearch.events.dataset import Dataset
from lepsearch.events.features import PAIR_KINDS
from lepsearch.events.split import FRACTIONS, PARTS, part_of
from lepsearch.events.variations import VARIATIONS, both_ways
from lepsearch.files import whole
from lepsearch.learn.combined import Combined
from lepsearch.learn.energies import Energies
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.learning import FULL, learning_set
from lepsearch.learn.tails import Tails
from lepsearch.learn.trees import Trees
from lepsearch.plotting.style import drawing, lines, name_rows
from lepsearch.stats import limits as likelihoods
from lepsearch.stats.estimate import Estimate, total
from lepsearch.stats.limits import Channel, Likelihood, expected_limits

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
group_of = {
    one.name: one.group
    for one in dataset.sources.values()
    if one.kind == "background" or one.group in models
}
made_with = dataset.manifest.simulation(profile)
points = {  # model, sector and mass of each signal
    name: (group, *made_with[name].parameters.values())
    for name, group in group_of.items()
    if group in models
}
points = dict(sorted(points.items(), key=lambda one: one[1]))
sigma_br = {  # fb
    one: 1000 * dataset.info("dilepton", one).cross_section_pb
    for one in points
}

# %% [markdown]
# ## Events
#
# Pairs of one flavour and opposite sign enter, with a mass above {eval}`f"{mass_min:g}"` GeV. {eval}`f"{train_share:.0%}"` of the
# training part trains a classifier, and the validation part chooses bins. All other events measure; they are weighted up to represent all events.

# %%
columns = [*dict.fromkeys([*FULL, "nbjets", "n_fake", "pair", "lep1flavour"])]


def pairs(table):
    """Pairs above the least mass, with part, process and channel."""
    sfos = table["pair"] == PAIR_KINDS.index("SFOS")
    kept = table[sfos & (table["mll"] > mass_min)]
    parts = [
        part_of(one, of["event"], of["run"], train_share=train_share)
        for one, of in kept.groupby("sample", sort=False)
    ]
    signal = kept["kind"] == "signal"
    return kept.assign(
        part=np.concatenate(parts), signal=signal, event=kept["original"],
        process=kept["group"].where(~signal, kept["sample"]),
        channel=np.where(kept["lep1flavour"] == 11, "ee", "mumu"),
    )  # fmt: skip


def measuring(table):
    """The events that neither train nor choose, standing for all."""
    left = 1 - train_share * FRACTIONS["train"] - FRACTIONS["validation"]
    kept = table[~table["part"].isin([0, 1])]
    return kept.assign(weight=kept["weight"] / left)


read = {"region": "dilepton", "columns": columns, "samples": [*group_of]}
raw = dataset.table(**read)
everything = pairs(raw)
train, validation = (everything[everything["part"] == i] for i in range(2))
measured = measuring(everything)
rest = measured[~measured["signal"]]

# %% [markdown]
# :::{table} Set-up of this chapter. Events are simulated; the effective number is $(\sum w)^2/\sum w^2$.
# :name: tab-limits-setup
#
# | quantity | value |
# |---|---|
# | profile, luminosity | {eval}`profile`, {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$ |
# | signals, models with their sectors and masses | {eval}`len(points)` |
# | background and signal rows that train | {eval}`f"{(~train['signal']).sum():,d}"` and {eval}`f"{train['signal'].sum():,d}"` |
# | background rows of the validation part | {eval}`f"{(~validation['signal']).sum():,d}"` |
# | background rows that measure, their effective number | {eval}`f"{len(rest):,d}"`, {eval}`f"{total(rest['weight'], rest['event']).effective:,.0f}"` |
# | effective background that a bin needs, validation part | {eval}`f"{least:g}"` |
# | trees, depth | {eval}`estimators`, {eval}`depth` |
# :::
#
# ## Three searches
#
# - **Cut and count**: the five cuts of table 5.4 of the thesis, one bin in each channel ({numref}`chapter %s <chap-cut-and-count>`).
# - **Mass and missing momentum**: the same cuts, but the pair's mass and the missing-pT significance are binned instead of cut on: ATLAS scans the mass
#   in three regions of the significance. Bins hold the simulated masses with a tenth to either side.
# - **Score**: bins of the score of boosted trees that learn from all signals together, each simulated signal event counting the same and
#   the background with its physics weights ({numref}`chapters %s <chap-tree-grid>` and {numref}`%s <chap-tree-depth>`).
#
# From the highest values down, bins are merged until each has enough background in the validation part. Masses that are left over join the lowest bin; low scores are left out. The bins are the same for all signals.


# %%
def learned(events):
    """Events to learn from: signals count one each, background as much."""
    found = LearningSet.of_table(events, FULL)
    weights = np.where(found.label, 1.0, np.maximum(found.weight, 0.0))
    background = weights[~found.label].sum()
    weights[~found.label] *= found.label.sum() / background
    return LearningSet(**vars(found) | {"training_weight": weights})


printed = quoted.below("guevara.section_5_3_2")
rates = {"learning_rate": printed["rate"].value, "l2": printed["l2"].value}
trees = Trees(estimators, depth, patience=0, **rates)
trees = trees.fit(*2 * [learned(train)]).booster


def score(events):
    """Score of each event, between 0 and 1."""
    return trees.inplace_predict(events[[*FULL]].to_numpy(np.float32))


def merged(edges, values, events):
    """Edges, of which bins are merged from the right until each has enough."""
    kept = [np.inf]
    for low in edges[::-1]:
        inside = ~events["signal"] & (values >= low) & (values < kept[0])
        few = events[inside]
        if total(few["weight"], few["event"]).effective >= least:
            kept.insert(0, low)
    return kept if len(kept) > 1 else [edges[0], np.inf]


# %%
COUNT, MASS, SCORE = "cut and count", "mass and missing pT", "score"
bounds = [*map(float, quoted.below("guevara.table_5_4").values())]
others = "mt > {1} and nbjets <= {3} and mt2 > {4}".format(*bounds)
cuts = others + " and met_sig > {0} and mll > {2}".format(*bounds)
masses = sorted({mass for *_, mass in points.values()})
windows = sorted({by * mass for by in (0.9, 1.1) for mass in masses})
regions = {}
for low, high in pairwise([5, 10, 15, 1e9]):
    some = validation.query(f"{low} <= met_sig < {high} and {others}")
    edges = merged(windows, some["mll"], some)
    regions[low, high] = [windows[0], *edges[1:]]
scores = score(validation)
levels = np.quantile(scores[validation["signal"]], [0.2, 0.4, 0.6, 0.8, 0.9])
of_score = merged([*levels], scores, validation)


def bins(events):
    """Bin of each event in each search, -1 outside."""
    found, first = np.full(len(events), -1), 0
    for (low, high), edges in regions.items():
        place = np.digitize(events["mll"], edges) - 1
        there = events.eval(f"{low} <= met_sig < {high} and {others}")
        there &= place >= 0
        found[there], first = first + place[there], first + len(edges) - 1
    return {
        COUNT: np.where(events.eval(cuts), 0, -1),
        MASS: found,
        SCORE: np.digitize(score(events), of_score) - 1,
    }


def counted(events):
    """Sums of weights by search, process, channel and bin, and their errors."""
    keys, parts = ["process", "channel", "bin"], {}
    for search, of in bins(events).items():
        some = events.assign(bin=of)[of >= 0]
        parts[search] = some.groupby([*keys, "event"])["weight"].sum()
    parts = pd.concat(parts, names=["search"])
    sums = [
        one.groupby(level=["search", *keys]).sum()
        for one in (parts, parts**2)
    ]
    return sums[0], sums[1] ** 0.5


def of_search(counts, search):
    """Those of one search, by process, channel and bin."""
    own = counts.index.get_level_values("search") == search
    return counts[own].droplevel("search")


expected, errors = counted(measured)

# %% [markdown]
# ## Sources of uncertainty
#
# {numref}`tab-limits-sources` lists the sources that change events or their weights. After a shift of momenta or tags the same events are selected again; resolution
# and tags can only be made worse, and the other direction is taken as the mirror image. The simulation holds no weights for other scales of the
# hard process or of the shower, so neither can be varied. In place of that, the share of the merged sample in $Z$+jets is moved: its transverse momenta come
# from a matrix element, those of the rest from the shower alone. Cross sections and luminosity have flat uncertainties, which are not in the table. The size
# of the simulated samples adds one parameter for each bin.


# %%
def measure(table):
    """Expected events in every bin that has some without a shift."""
    found = counted(measuring(pairs(table)))[0]
    return found.reindex(expected.index, fill_value=0.0)


moved = both_ways(dataset, sources, measure, raw, **read)

# %% mystnb={"figure": {"name": "tab-limits-sources"}} tags=["hide-input"]
rows = []
for name in sources:
    row = {
        "source": VARIATIONS[name].label,
        "one standard deviation": VARIATIONS[name].size,
    }
    for search in bins(measured[:1]):
        of, down, up = (
            of_search(one, search)
            .drop(points, level="process", errors="ignore")
            .sum()
            for one in (expected, *moved[name])
        )
        row[f"{search} [%]"] = (
            f"{100 * (down / of - 1):+.1f} / {100 * (up / of - 1):+.1f}"
        )
    rows.append(row)
tables.styled(pd.DataFrame(rows), "sources")

# %% [markdown] tags=["caption"]
# Sources of uncertainty with the change of the whole background in the bins of each search by one standard deviation down and up.

# %% [markdown]
# ## Likelihoods
#
# Each search and signal has a workspace of pyhf {cite}`pyhf`. The strength of the signal is its cross section times branching ratio in fb. The expected limit is the
# strength at which CLs {cite}`read2002` is {eval}`f"{likelihoods.LEVEL:g}"`, by the asymptotic formulae {cite}`cowan2011`. Bins with less than a hundredth of the signal are left out, and
# so are bins whose background is smaller than twice its statistical uncertainty and therefore not known.

# %%
SHARE = 0.01  # of the signal, that a bin must hold
sizes = {
    one.group[0]: {f"cross_section_{one.group[0]}": one.group[1]}
    for one in VARIATIONS.values()
    if one.group
}
luminosity = quoted.get("luminosity_uncertainty.run2").value


def channel(search, point, name):
    """A channel of a search for a signal of 1 fb, or None if it has no bins."""

    def rows(counts):
        """Process by bin; the signal's row is that of 1 fb."""
        of = of_search(counts, search)
        own = of[of.index.get_level_values("channel") == name]
        of = own.droplevel("channel").unstack("bin")
        return (
            of.rename({point: "signal"})
            .fillna(0.0)
            .drop(points, errors="ignore")
        )

    plain, error, *ways = map(
        rows, (expected, errors, *sum(moved.values(), ()))
    )
    for one in (plain, error, *ways):
        one.loc["signal"] = (
            one.loc["signal"] / sigma_br[point]
            if "signal" in one.index
            else 0.0
        )
    background = plain.drop("signal")
    signal = plain.loc["signal"] / plain.loc["signal"].sum()
    kept = background.sum() > 2 * error.drop("signal").pow(2).sum() ** 0.5
    kept = plain.columns[kept & (signal > SHARE)]
    if not len(kept):
        return None
    arrays = [one[kept].T.to_dict("list") for one in (plain, error, *ways)]
    arrays = [
        {key: np.array(of) for key, of in one.items()} for one in arrays
    ]
    plain, error, *ways = arrays
    relative = {"luminosity": dict.fromkeys(plain, luminosity)}
    for one in background.index:
        relative |= {of: {one: by} for of, by in sizes.get(one, {}).items()}
    return Channel(
        signal=plain["signal"],
        background={
            one: (plain[one], error[one]) for one in background.index
        },
        shifted={
            of: {key: (down[key], up[key]) for key in plain}
            for of, down, up in zip(moved, ways[::2], ways[1::2], strict=True)
        },
        relative=relative,
    )


def workspace(search, point):
    """Workspace of a search for a signal, or None if no bin is left."""
    both = {one: channel(search, point, one) for one in ("ee", "mumu")}
    both = {one: of for one, of in both.items() if of}
    return likelihoods.workspace(both) if both else None


# %%
folder = dataset.workspace.build / "workspaces" / "29_limits"
made, found = {}, {}
seconds = dict.fromkeys((COUNT, MASS, SCORE), 0.0)
for search, point in product(seconds, points):
    before = time.process_time()
    one = workspace(search, point)
    with suppress(InputError):  # too few events
        found[search, point] = expected_limits(one or {})
        made[search, point] = one
        name = f"{search.replace(' ', '_')}-{point}.json"
        with whole(folder / name) as path:
            path.write_text(json.dumps(one))
        again = json.loads((folder / name).read_text())
    seconds[search] += time.process_time() - before
every = pd.MultiIndex.from_product([seconds, points])
bands = [found.get(one, [np.nan] * 5) for one in every]
limits = pd.DataFrame(bands, every, [-2, -1, 0, 1, 2], dtype=float)
kept = bool(made) and np.allclose(
    expected_limits(again), [*found.values()][-1]
)
kept = ["is another one", "is the same"][kept]

# %% mystnb={"figure": {"name": "tab-limits-time"}} tags=["hide-input"]
rows = []
for search, time_spent in seconds.items():
    own = [Likelihood(made[key]) for key in made if key[0] == search]
    rows.append({
        "search": search, "workspaces": len(own),
        "most bins": max((one.model.config.nmaindata for one in own), default=0),
        "most parameters": max((len(one.names) for one in own), default=0),
        "seconds a point": time_spent / max(len(own), 1),
    })  # fmt: skip
tables.styled(pd.DataFrame(rows), "time", ".2f")

# %% [markdown] tags=["caption"]
# Workspaces, their bins and parameters, and processor time of a point: that of its workspace and its five expected limits (median, bands of
# one and two standard deviations).

# %% [markdown]
# The workspaces are stored as JSON, in the form in which ATLAS publishes its likelihoods. The limit from a file that is read back {eval}`kept`.
#
# ## Limits against mass
#
# {numref}`fig-limits` has the limits with the cross sections of this book, at leading order, and those of the thesis. As in the thesis, the branching ratio goes with the
# square of the coupling to leptons.

# %%
panels = dict.fromkeys(
    (group, sector) for group, sector, _ in points.values()
)
groups = dataset.manifest.groups
panels = {one: f"{groups[one[0]].label}, {one[1]} sector" for one in panels}
kinds = {
    "thesis, a model": "model_dependent",
    "thesis, three regions": "three_regions",
}


def here(search, panel):
    """Limits of a search by mass, and this book's cross section, in fb."""
    own = [one for one, of in points.items() if of[:2] == panel]
    table = (
        limits.loc[search]
        .loc[own]
        .assign(theory=[sigma_br[one] for one in own])
    )
    return table.set_axis([points[one][2] for one in own]).dropna()


def thesis(what, panel):
    """Values of the thesis's figures by mass, in fb."""
    table = quoted.below(f"guevara.{what}.{panel[0]}_{panel[1]}")
    return pd.Series(
        {float(mass[1:]): one.value for mass, one in table.items()}
    )


# %% mystnb={"figure": {"name": "fig-limits"}, "image": {"alt": "Panels for dark Higgs and light vector with heavy and light sector: limits on the cross section against the mass of the boson on a logarithmic axis, three lines of this book with a band around one, markers of the thesis, and falling lines of theory for several couplings."}} tags=["hide-input"]
grey = {"color": "#777777", "linestyle": "-", "linewidth": 0.9}
shape = {"sharex": True, "sharey": True, "squeeze": False}
with drawing(-(-len(panels) // 2), 2, figsize=(10.4, 9.0), **shape) as (
    figure,
    grid,
):
    for axes, (panel, title) in zip(grid.flat, panels.items(), strict=False):
        table = here(MASS, panel)
        for n, colour in ((2, "#e3e3e3"), (1, "#bdbdbd")):
            axes.fill_between(
                table.index,
                table[-n],
                table[n],
                color=colour,
                label=f"{MASS}, ±{n} σ",
            )
        for label, search, style in lines(
            {one: one for one in seconds}, "osD"
        ):
            axes.plot(
                here(search, panel)[0],
                label=label,
                **style | {"markersize": 4},
            )
        for (label, kind), marker in zip(kinds.items(), "v^", strict=True):
            axes.plot(
                thesis(f"expected_limits.{kind}", panel),
                marker,
                color="#a04000",
                mfc="none",
                label=label,
            )
        for coupling in couplings:
            theory = table["theory"] * (coupling / 0.01) ** 2
            axes.plot(
                theory,
                **grey,
                label="theory, this book"
                if coupling == couplings[0]
                else None,
            )
            for at in theory.index[:1]:
                axes.text(
                    at - 20,
                    theory[at],
                    f"{coupling:g}",
                    ha="right",
                    va="center",
                    fontsize=8.5,
                )
        axes.plot(
            thesis("sigma_br", panel),
            "x",
            color="#777777",
            ms=4,
            label="theory, thesis, at 0.01",
        )
        axes.set(
            yscale="log",
            title=title,
            ylim=(2e-3, 3e3),
            xlim=(0, 1.05 * max(masses)),
        )
    for axes in grid[-1]:
        axes.set_xlabel("$m_{Z'}$ [GeV]")
    for axes in grid[:, 0]:
        axes.set_ylabel(r"$\sigma \times$ BR($ee$, $\mu\mu$) [fb]")
    figure.legend(
        *grid[0, 0].get_legend_handles_labels(),
        loc="outside upper left",
        ncols=3,
    )
figure

# %% [markdown] tags=["caption"]
# Expected limits at 95 % confidence, both channels together, with bands of the search in mass and missing momentum. Grey lines: this book's cross sections at the
# couplings to leptons that stand beside them. Crosses: cross sections read off the figures of the final thesis; triangles: its limits with a classifier for each model, and with
# one for all models in each of three regions of missing momentum. Compare where the theory is above a limit.


# %% mystnb={"figure": {"name": "tab-limits"}} tags=["hide-input"]
def words(band):
    """Median of a limit, and the range of one standard deviation."""
    of = [f"{one:,.0f}" if one > 1000 else f"{one:.3g}" for one in band]
    known = np.isfinite(band[0])
    return f"{of[2]} ({of[1]} to {of[3]})" if known else "–"


rows = []
for name, (group, sector, mass) in points.items():
    title = panels[group, sector].removesuffix(" sector")
    row = {"model, sector": title, "mass [GeV]": f"{mass:g}"}
    row |= {search: words(limits.loc[search, name]) for search in seconds}
    for label, kind in kinds.items():
        row[label] = thesis(f"expected_limits.{kind}", (group, sector)).get(
            mass, np.nan
        )
    rows.append(row | {"theory, at 0.01": sigma_br[name]})
tables.styled(pd.DataFrame(rows), "limits", ".3g")

# %% [markdown] tags=["caption"]
# Expected limits on the cross section times branching ratio [fb], with the range of one standard deviation of what would be observed without a signal; limits of the thesis where its figures
# could be read, and this book's cross section. The statistical uncertainty of the simulated background is part of the limits.

# %% [markdown]
# ## Reach
#
# The reach is the mass at which the theory falls below the limit, with logarithms interpolated between masses.


# %%
def reach(limit, theory):
    """Largest mass at which a theory is above a limit; 0: nowhere, NaN: not known."""
    above = np.log(theory.reindex(limit.index) / limit).dropna()
    if not (above > 0).any():
        return 0.0 if len(above) else np.nan
    fails = 1 + int(np.flatnonzero(above > 0)[-1])
    if fails == len(above):
        return np.inf
    low, high = np.log(above.index[fails - 1 : fails + 1])
    before, after = above.iloc[fails - 1 : fails + 1]
    return float(np.exp(low + (high - low) * before / (before - after)))


def mass_words(*reaches):
    """Reaches in words: the median, and the range of one standard deviation."""
    ends = {0.0: "none", np.inf: f"{max(masses):g} or more"}
    text = [ends.get(one, f"{one:.0f}") for one in reaches]
    if np.isnan(reaches[0]):
        return "–"
    return text[0] + (
        f" ({text[1]} to {text[2]})" if len({*text}) > 1 else ""
    )


def reaches(search, panel, coupling):
    """Reach with the median limit, and those one standard deviation up and down."""
    table = here(search, panel)
    theory = table["theory"] * (coupling / 0.01) ** 2
    return [reach(table[n], theory) for n in (0, 1, -1)]


# %% mystnb={"figure": {"name": "tab-limits-reach"}} tags=["hide-input"]
rows = []
for panel, title in panels.items():
    for search in seconds:
        of = {
            f"coupling {one:g}": mass_words(*reaches(search, panel, one))
            for one in couplings
        }
        rows.append({"model": title, "search": search} | of)
    for label, kind in kinds.items():
        limit, theory = (
            thesis(f"expected_limits.{kind}", panel),
            thesis("sigma_br", panel),
        )
        of = {
            f"coupling {one:g}": mass_words(
                reach(limit, theory * (one / 0.01) ** 2)
            )
            for one in couplings
        }
        rows.append({"model": title, "search": label} | of)
tables.styled(pd.DataFrame(rows), "reach")

# %% [markdown] tags=["caption"]
# Mass of the boson [GeV] up to which each search is expected to exclude a model, by the coupling to leptons, in brackets with limits one standard deviation higher and lower.
# Rows of the thesis: its limits and cross sections at the few masses where both were read, interpolated in the same way.


# %%
def compared(search, other):
    """How the limits of two searches compare, in words."""
    ratio = (limits[0][other] / limits[0][search]).dropna()
    if not len(ratio):
        return "cannot be compared with those of"
    lower = (ratio > 1).sum()
    return (
        f"are lower at {lower} of {len(ratio)} points, by a median factor of "
        f"{ratio.median():.2f}, than those of"
    )


gains = pd.concat(
    [
        thesis("expected_limits.model_dependent", one)
        / thesis("expected_limits.three_regions", one)
        for one in panels
    ]
).dropna()
gained = (limits[0][COUNT] / limits[0][MASS]).median()
place = int(gained >= gains.min()) + int(gained > gains.max())
same = ["below that range", "within that range", "above that range"][place]
same = (
    f"{same}, at {gained:.2f}" if np.isfinite(gained) else "not defined here"
)

# %% [markdown]
# The limits of the search in mass and missing momentum {eval}`compared(MASS, COUNT)` cut and count. Those of the score {eval}`compared(SCORE, COUNT)`
# cut and count. They {eval}`compared(SCORE, MASS)` the search in mass and missing momentum.
#
# In the thesis, three regions of missing momentum, each with a classifier for all models, have limits lower by factors of {eval}`f"{gains.min():.1f}"` to {eval}`f"{gains.max():.1f}"` than
# classifiers for single models. The median factor from cut and count to mass and missing momentum is {eval}`same`. This is a rough comparison: the limits of the thesis are Bayesian, with
# a flat uncertainty of {eval}`f"{quoted.get('guevara.expected_limits.systematic').value:.0%}"` on background and efficiency, and its score counts in one bin.
#
# ## Which uncertainties matter?

# %%
point = next((one for one in (*checked, *points) if (MASS, one) in made), "")
ranking = pd.DataFrame(columns=["down", "up", "pull", "error"], dtype=float)
if point:
    of, at = Likelihood(made[MASS, point]), limits[0][MASS, point]
    mu = of.names.index("mu")
    data = np.asarray(of.model.expected_data(of.fit(of.data, mu=at)[0]))
    best, _ = of.fit(data)
    counts = of.toys(of.fit(of.data, mu=0.0)[0], 1, seed=29)[0]
    n = of.model.config.nmaindata  # auxiliary measurements stay as they are
    pseudo = np.concatenate([counts[:n], of.data[n:]])
    fitted, _ = of.fit(pseudo)
    before, after = of.errors(best, data), of.errors(fitted, pseudo)
    centre = np.array(of.model.config.suggested_init())
    for i, name in enumerate(of.names):
        if i != mu:
            ends = (best[i] - before[i], best[i] + before[i])
            found = [of.fit(data, best, **{name: one})[0][mu] for one in ends]
            pull = (fitted[i] - centre[i]) / of.widths[i]
            ranking.loc[name] = [
                *(found - best[mu]),
                pull,
                after[i] / of.widths[i],
            ]
    largest = ranking[["down", "up"]].abs().max(axis=1)
    ranking = ranking.loc[largest.sort_values(ascending=False).index]


# %% mystnb={"figure": {"name": "fig-limits-ranking"}, "image": {"alt": "Two panels with a row for each of the most important parameters: on the left bars of the change of the fitted cross section, on the right points with error bars for their pulls."}} tags=["hide-input"]
def label_of(name):
    """What a parameter is."""
    of = name.replace("statistics_", "simulated events, ").replace(
        "mumu", "μμ"
    )
    if of != name:  # of the bins that are left, from 1
        start, _, place = of[:-1].rpartition("[")
        of = f"{start} bin {int(place) + 1}"
    kind = VARIATIONS.get(name)
    if kind and kind.group:
        return f"cross section, {groups[kind.group[0]].label}"
    return kind.label if kind else of


shown = ranking.head(14)
rows, size = range(len(shown)), (9.4, 1.6 + 0.3 * len(shown))
with drawing(1, 2, figsize=size, sharey=True, width_ratios=(3, 2)) as (
    figure,
    (left, right),
):
    for way, look in {
        "down": {"color": "#7fa8c9", "hatch": "////"},
        "up": {"color": "#d55e00"},
    }.items():
        left.barh(
            rows,
            shown[way],
            **look,
            edgecolor="#333333",
            lw=0.5,
            height=0.7,
            label=f"{way} by one standard deviation",
        )
    right.axvspan(-1, 1, color="#e3e3e3")
    right.errorbar(
        shown["pull"],
        rows,
        xerr=shown["error"],
        fmt="o",
        color="black",
        ms=4,
        capsize=2,
    )
    name_rows(left, [*map(label_of, shown.index)])
    left.set_xlabel("change of the fitted cross section [fb]")
    right.set(xlabel="pull", xlim=(-3, 3))
    figure.legend(
        *left.get_legend_handles_labels(), loc="outside upper left", ncols=2
    )
figure

# %% [markdown] tags=["caption"]
# Most important parameters of the search in mass and missing momentum for *{eval}`dataset.labels.get(point, "no signal")`*. Left: change of the fitted cross section when a parameter is fixed one of its
# standard deviations away, with a signal at the expected limit. Right: pulls in pseudo-data without signal, in units of the uncertainty before the fit. Error bars below one say that
# the counts constrain a parameter.

# %%
first = label_of(ranking.index[0]) if point else "not defined"
by_size = ["statistics" in one for one in ranking.index]
counts_first = "no ranking is possible"
if point:
    counts_first = [
        "a source of uncertainty",
        "the size of the simulated samples",
    ][by_size[0]]

# %% [markdown]
# The most important parameter is *{eval}`first`*: {eval}`counts_first`. The ranking takes a dozen lines of pyhf, so cabinetry is not needed for it.
#
# ## Pseudo-experiments
#
# The asymptotic formulae need many events. For two points of cut and count, pseudo-experiments with and without a signal at the limit are drawn and fitted; counts and
# auxiliary measurements fluctuate. With $p$ the share of pseudo-experiments in which the test statistic exceeds the value expected without
# a signal, CLs is $p$ with signal over $p$ without.


# %%
def above(of, tested, true, number, seed):
    """Share of pseudo-experiments whose test statistic exceeds the expected one."""
    drawn = of.toys(of.fit(of.data, mu=true)[0], number, seed)
    least = of.test(tested, of.data)
    p = np.mean([of.test(tested, one) >= least for one in drawn])
    return Estimate(p, np.sqrt(max(p * (1 - p), 1 / number) / number))


rows = []
for name in checked:
    if (COUNT, name) in made:
        of, limit = Likelihood(made[COUNT, name]), limits[0][COUNT, name]
        p = (
            above(of, limit, limit, toys, 1),
            above(of, limit, 0.0, -(-toys // 2), 2),
        )
        rows.append([dataset.labels[name], limit, *p, p[0] / p[1]])
heads = ["signal", "limit [fb]", "p with signal", "p without", "CLs"]
by_toys = pd.DataFrame(rows, columns=heads)

# %% mystnb={"figure": {"name": "tab-limits-toys"}}
tables.styled(by_toys, "toys", **{"limit [fb]": ".3g"})

# %% [markdown] tags=["caption"]
# {eval}`toys` pseudo-experiments with a signal at the asymptotic limit, and half as many without. The asymptotic formulae claim a CLs of {eval}`f"{likelihoods.LEVEL:g}"`: half of that over one half. Uncertainties are binomial.

# %%
off = [abs((one - Estimate(0.05, 0.0)).sigmas) <= 2 for one in by_toys["CLs"]]
agree = "No point could be checked"
if off:
    agree = f"{sum(off)} of {len(off)} points agree with the claimed CLs"

# %% [markdown]
# {eval}`agree` within two standard deviations. A difference smaller than the uncertainties of {numref}`tab-limits-toys` would not be seen.
#
# ## A limit without a model
#
# The region of the anomaly search holds {eval}`f"{share:.0%}"` of the trilepton background, with the highest score of tails and shift ({numref}`chapter %s <chap-anomaly-search>`). What limit can be set on any signal in it?
# The visible cross section is the limit on the number of signal events over the luminosity: cross section times acceptance and efficiency. The background has an uncertainty of {eval}`f"{uncertainty:.0%}"`.

# %%
energies = Energies()
everything = learning_set(
    dataset, models, features=energies.columns, region="trilepton"
)
train, validation, test = (
    one.take(~one.label) for one in map(energies(everything).of, PARTS)
)


def positive(one):
    """Background with training weights that are not negative."""
    weights = {"training_weight": np.maximum(one.weight, 0.0)}
    return LearningSet(**vars(one) | weights)


both_kinds = [
    Tails(energies.names, energies.given, how=one)
    for one in ("tails", "shift")
]
strange = Combined((*both_kinds,), given=energies.given)
strange = strange.fit(positive(train), positive(validation))
score = strange.scores(validation)
order = np.argsort(-score)
held = np.cumsum(validation.weight[order]) / validation.weight.sum()
cut = score[order][min(np.searchsorted(held, share), len(order) - 1)]
region = test.take(strange.scores(test) >= cut)
met = np.expm1(region.select(["met"]).features[:, 0])

# %% mystnb={"figure": {"name": "tab-limits-visible"}}
rows = []
for least_met in (0.0, 50.0, 100.0, 150.0, 200.0, 300.0):
    some = region.take(met >= least_met)
    b = total(some.weight, some.original)
    band = pd.Series(np.nan, limits.columns)
    if b.value > 2 * b.error:
        rate = {"rate": {"background": uncertainty}}
        background = {
            "background": (np.array([b.value]), np.array([b.error]))
        }
        of = Channel(np.ones(1), background, relative=rate)
        band[:] = expected_limits(likelihoods.workspace({"region": of}))
    rows.append(
        {
            "missing pT from [GeV]": least_met,
            "background": b,
            "effective": b.effective,
            "limit [events]": band,
            "visible [fb]": band / dataset.luminosity_fb,
        }
    )
visible = pd.DataFrame(rows)
formats = dict.fromkeys(("limit [events]", "visible [fb]"), words)
formats |= dict.fromkeys(("missing pT from [GeV]", "effective"), ".0f")
formats["background"] = tables.with_events
tables.styled(visible, "visible", **formats)

# %% [markdown] tags=["caption"]
# Region of the anomaly search above a missing momentum: background of the test part, scaled to all, in brackets its distinct generated events, and its effective number; expected limits at 95 % confidence on signal events in it
# and on the visible cross section, with the range of one standard deviation.

# %%
known = [one[0] for one in visible["visible [fb]"] if one.notna().all()]
smallest = min(known, default=np.nan)


def within(coupling):
    """Models of which a search is expected to exclude some mass."""
    found = [
        title for panel, title in panels.items()
        if any(reaches(one, panel, coupling)[0] > 0 for one in seconds)
    ]  # fmt: skip
    return "; ".join(found) or "none"


lowest = limits[0].unstack(0).median()
lowest = lowest.idxmin() if lowest.notna().any() else "none"
span = ""
if lowest in seconds:
    span = limits[0][lowest]
    span = f", with limits of {span.min():.2g} to {span.max():.2g} fb"

# %% [markdown]
# ## What was found
#
# - **Searches.** The search with the lowest median limit over the points is *{eval}`lowest`*{eval}`span`. The limits in mass and missing momentum
#   {eval}`compared(MASS, COUNT)` cut and count ({numref}`tab-limits`).
# - **Reach.** Models that a search is expected to exclude at some mass, with a coupling to leptons of {eval}`f"{couplings[-1]:g}"`: {eval}`within(couplings[-1])`
#   ({numref}`tab-limits-reach`). With {eval}`f"{couplings[0]:g}"`: {eval}`within(couplings[0])`.
# - **Uncertainties.** The most important parameter is *{eval}`first`* ({numref}`fig-limits-ranking`). {eval}`agree` in pseudo-experiments ({numref}`tab-limits-toys`).
# - **Without a model.** The smallest visible cross section that the region of the anomaly search is expected to exclude is {eval}`f"{smallest:.2g} fb"` ({numref}`tab-limits-visible`).
#
# The limits hold for our events: cross sections at leading order, a parametrised detector, assumed sizes of some sources, and no weights for other scales. Samples without
# an event in a bin add nothing to it; {numref}`chapter %s <chap-cut-and-count>` shows how large they may be. That bins of the mass help a narrow signal can be expected elsewhere too; by how much depends on the events.

# %% tags=["remove-cell"]
for search, panel in product(seconds, panels):
    key = f"{'_'.join(search.split()[:1])}_{panel[0]}_{panel[1]}"
    table = here(search, panel)
    for mass in table.index:
        for n, side in ((0, ""), (-1, "_low"), (1, "_high")):
            report.record(f"limit_{key}_{mass:g}{side}", table.loc[mass, n])
    for coupling in couplings:
        for value, side in zip(
            reaches(search, panel, coupling),
            ("", "_low", "_high"),
            strict=True,
        ):
            report.record(
                f"reach_{key}_{100 * coupling:g}{side}".replace(".", "_"),
                value,
                ".0f",
            )
report.record("visible", smallest, ".2g")
report.record("gain_by_mass", gained, ".2f")
