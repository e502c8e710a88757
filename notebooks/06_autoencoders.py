# %% [markdown]
# (chap-autoencoders)=
# # Autoencoders
#
# Is an event strange if a network that knows ordinary events cannot reproduce it? Frette's draft {cite}`frette2023`
# builds its search for new physics on that idea: an autoencoder learns to reproduce the Standard Model, and what it
# reproduces badly counts as anomalous. The idea needs no model of a signal, but the network is trained to reproduce, not
# to judge. This chapter derives what plain, denoising and variational autoencoders minimise, checks it on made-up events
# whose density is known, and measures where the error of reproduction ranks events as the density does
# ({numref}`tab-ae-auc`).

# %% lepsearch={"full": {"epochs": 400, "n_events": 20000}} nbmake={"mock": {"epochs": 4, "n_events": 400}} tags=["parameters"]
# [200, 1e6]; made-up events of the training, and of each kind that is tested
n_events = 3_000
# [2, 10000]; passes over them, at most
epochs = 50
# (0, 1]; noise of the denoising network, in units of the features' ranges
noise = 0.1
# [0.001, 0.2]; share of a rare but ordinary kind of events
rare = 0.02
# [0, 4294967295]; of all that is drawn at random
seed = 1

# %%
import numpy as np
import pandas as pd
from scipy import stats

from lepsearch.book import report, tables
from lepsearch.learn.autoencoders import Autoencoder
from lepsearch.learn.backend import keras
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.measures import auc
from lepsearch.plotting.style import CENTRED, drawing, lines
from lepsearch.stats.estimate import weighted_mean

random = np.random.default_rng(seed)

# %% [markdown]
# All events of this chapter are made up: they illustrate mathematics and say nothing of collisions.
#
# ## Three kinds of anomalies
#
# The draft follows Chandola, Banerjee and Kumar {cite}`chandola2009`. A *point* anomaly is an extreme value. A
# *contextual* one is ordinary in general, but not where it occurs. A *collective* one consists of values that are ordinary one by
# one, but not together. The draft's example is the flow of gas through a pipe, which is less on Saturdays. The cell below makes
# two years of such days up, with one anomaly of each kind.

# %%
days = np.arange(6 * 104)  # two years without Sundays
saturday = days % 6 == 5
usual, width = np.where(saturday, [[0.65], [0.06]], [[1.0], [0.1]])
flow = random.normal(usual, width)
places = {"point": [200], "contextual": [305], "collective": range(402, 426)}
flow[200], flow[305] = 1.8, 1.0
flow[402:426] += 0.8 * width[402:426]

# %% [markdown]
# Three tests look for them: how far a day's flow is from the mean of all days, how far from the mean of the same weekday,
# and how far the mean of the latter over four weeks is from zero. Each is given in standard deviations.

# %% mystnb={"figure": {"name": "tab-ae-kinds"}}
ordinary = np.ones(len(days), bool)
for place in places.values():
    ordinary[list(place)] = False
alone = (flow - flow[ordinary].mean()) / flow[ordinary].std()
given = (flow - usual) / width
weeks = np.convolve(
    np.where(np.abs(given) < 4, given, 0), np.ones(24), "same"
)
tests = {"a day": alone, "a day, given the weekday": given}
tests |= {"four weeks": weeks / np.sqrt(24)}
far = ordinary & (
    np.abs(days - 414) > 24
)  # no window with the collective one
rows = {}
for kind, place in places.items():
    middle = place[len(place) // 2]
    rows[f"{kind} anomaly"] = [abs(z[middle]) for z in tests.values()]
rows["largest of the ordinary days"] = [
    np.abs(z[far]).max() for z in tests.values()
]
found = pd.DataFrame.from_dict(rows, orient="index", columns=list(tests))
tables.styled(found, "kinds", ".1f")

# %% [markdown] tags=["caption"]
# Distance from the expectation, in standard deviations, of three anomalies in a made-up flow of gas, by three tests. A
# test finds an anomaly where the number exceeds that of the last row. For the collective anomaly the day in its middle is given.

# %% tags=["hide-input"]
seen = found.iloc[:-1] > found.iloc[-1]
finds = {
    test: [one.split()[0] for one in seen.index[seen[test]]] for test in tests
}


def which(test):
    """The anomalies that a test finds, in words."""
    return " and ".join(finds[test]) or "none"


# %% [markdown]
# Anomalies above all ordinary days: by the day alone, {eval}`which("a day")`; given the weekday,
# {eval}`which("a day, given the weekday")`; by four weeks together, {eval}`which("four weeks")`. A test that ignores the
# context, or takes days one by one, is blind to some kinds.
#
# The draft says that only collective anomalies matter in particle physics. For claims of new physics that is right, since a known
# process can make nearly any single event. What counts is an excess of events over the
# expected number. A score for single events only selects where to count. Context matters as well: the number of leptons and jets is to an event what the
# weekday is to the flow, and a score that ignores it mostly finds rare multiplicities
# ({ref}`chap-autoencoder`). Point anomalies are the concern of data quality: a dead cell, a noisy channel.
#
# ## Encoder, decoder and loss
#
# An autoencoder is a network with as many outputs as inputs, trained with the inputs as targets. The encoder $E$ maps
# an event $x$ with $k$ features to a *code* $c$ with fewer numbers, its *latent* variables. The decoder $D$ maps the code back,
#
# $$
# c = E(x), \qquad \hat x = D(c), \qquad
# L = \frac1N \sum_{i=1}^{N} \left\lVert x_i - D(E(x_i)) \right\rVert^2 .
# $$ (eq-ae-loss)
#
# The draft's equation 1.6 has the square of a vector in place of the squared norm. Three forms of it occur in practice, and differ by constants: the
# sum over features of {eq}`eq-ae-loss`, the mean over features that Keras calls `mse`, and the decimal logarithm of the sum, which
# the final thesis takes as the anomaly score of an event. None changes the order of events.

# %%
x, given_back = random.normal(size=(2, 3, 5))
norm = ((x - given_back) ** 2).sum(axis=1)
of_keras = np.asarray(keras.losses.mean_squared_error(x, given_back))
ratio = (norm / of_keras).mean()

# %% [markdown]
# For events of {eval}`x.shape[1]` features the norm is {eval}`f"{ratio:.0f}"` times Keras's loss.
#
# If the code had as many numbers as the event has features, the identity would be a solution: $L = 0$ for every event, ordinary or strange.
# Something has to prevent it, and the three kinds below differ in what does: a narrow code, noise, or a prior for the code.
#
# ## Events in a plane
#
# The ordinary events of this chapter lie along an arc, smeared, and a rare share of {eval}`f"{rare:.0%}"` in a small cluster beside it. Their
# density is known: an integral over the arc, and a normal distribution.

# %%
ARC, SMEAR = 0.6, 0.05  # width of the angle, and smearing about the arc
CLUSTER, SIZE = np.array([0.0, 0.7]), 0.03


def on_arc(angle):
    """Points of the unit circle that touches the origin from above, shape (n, 2)."""
    return np.stack([np.sin(angle), 1 - np.cos(angle)], axis=1)


def made(angle):
    """Smeared points."""
    return on_arc(angle) + random.normal(0, SMEAR, (len(angle), 2))


def density(points):
    """Probability density of ordinary events."""
    nodes = np.linspace(-4, 4, 161)
    share = stats.norm.pdf(nodes) / stats.norm.pdf(nodes).sum()
    total = np.zeros(len(points))
    for node, part in zip(on_arc(ARC * nodes), share, strict=True):
        total += part * stats.norm.pdf(points, node, SMEAR).prod(axis=1)
    cluster = stats.norm.pdf(points, CLUSTER, SIZE).prod(axis=1)
    return (1 - rare) * total + rare * cluster


# %% [markdown]
# The networks learn from events like these, the rare ones among them.


# %%
def ordinary_events(number):
    """Ordinary events, and which of them are rare."""
    is_rare = random.random(number) < rare
    arc = made(random.normal(0, ARC, number))
    cluster = random.normal(CLUSTER, SIZE, (number, 2))
    return np.where(is_rare[:, None], cluster, arc), is_rare


# %%
def learning(points, label=False):
    """Points as events to learn from, each with a weight of one."""
    n = len(points)
    label = np.broadcast_to(label, n).copy()
    return LearningSet(
        points.astype(np.float32),
        ("x", "y"),
        label,
        np.ones(n),
        np.arange(n),
        label.astype(np.int16),
        *[("ordinary", "tested")] * 3,
        np.zeros(n, np.int8),
    )


train, validation = (learning(ordinary_events(n_events)[0]) for _ in range(2))
arc = made(random.normal(0, ARC, n_events))

# %% [markdown]
# ## The linear autoencoder is principal component analysis
#
# Let encoder and decoder be linear maps. For centred events the best reproduction with $m$ numbers is then the
# orthogonal projection onto the $m$ eigenvectors of the covariance matrix with the largest eigenvalues
# {cite}`baldi1989`, and the loss that remains is the sum of the other eigenvalues. This is principal component analysis
# (PCA). The network may find any basis of the subspace, so only the subspace and the loss can be compared.
#
# {numref}`tab-ae-linear` compares PCA with a linear network trained by gradient descent, and with one that has hidden layers.

# %%
shape = {"epochs": epochs, "patience": epochs, "batch_size": 128, "latent": 1}
shape |= {"learning_rate": 5e-3, "seed": seed}
bent = shape | {
    "encoder": (24, 12),
    "activations": ("tanh", "linear", "linear"),
}
flat = shape | {"activations": ("linear",) * 3, "learning_rate": 0.05}
linear = Autoencoder(**flat).fit(train, validation)
deep = Autoencoder(**bent).fit(train, validation)

# %%
low, high = train.features.min(axis=0), train.features.max(axis=0)


def scaled(points):
    """Points as the networks scale them, by the ranges of the training events."""
    return (np.asarray(points, dtype=float) - low) / (high - low)


middle = scaled(train.features).mean(axis=0)
values, vectors = np.linalg.eigh(np.cov(scaled(train.features).T))
axis, across = vectors.T[::-1]


def pca_error(points, kept=1):
    """Squared distance from the space of the first principal components."""
    away = (scaled(points) - middle) @ vectors[:, ::-1]
    return (away[:, kept:] ** 2).sum(axis=1)


# %% mystnb={"figure": {"name": "tab-ae-linear"}}
one, two = linear.reconstructed(learning(np.array([[-1.0, 0.0], [1.0, 1.0]])))
direction = (two - one) / (high - low)
turned = abs(direction @ across) / np.linalg.norm(direction)
losses = {"PCA": pca_error(validation.features)}
for name, network in {
    "linear network": linear,
    "hidden layers": deep,
}.items():
    losses[name] = (network.differences(validation) ** 2).sum(axis=1)
means = {name: 1e3 * weighted_mean(loss) for name, loss in losses.items()}
excess = 1e3 * weighted_mean(losses["linear network"] - losses["PCA"])
angle = np.degrees(np.arcsin(min(turned, 1)))
table = pd.DataFrame(
    {"model": list(means), "mean loss × 1000": list(means.values())}
)
tables.styled(table, "linear")

# %% [markdown] tags=["caption"]
# Mean squared norm of the difference between validation events and their reproduction from one number, in units of the
# features' ranges, with statistical uncertainties of the events.

# %% [markdown]
# The linear network's direction is {eval}`f"{angle:.2f}"` degrees away from the first principal component, and its loss
# differs from that of PCA by {eval}`excess` in the units of {numref}`tab-ae-linear`, on the same events. Hidden layers bend the line: they can follow the arc
# ({numref}`fig-ae-maps`).
#
# ## Denoising: noise on the input, not in the loss
#
# Figure 1.3 of the draft shows an autoencoder that removes noise from images. Its input is $\tilde x = x + n$ with noise $n$, and its
# target is the *clean* event {cite}`vincent2008`,
#
# $$
# L = \frac1N \sum_{i=1}^{N} \left\lVert x_i - D(E(\tilde x_i)) \right\rVert^2 .
# $$ (eq-ae-denoising)
#
# Equation 1.6 of the draft has the same vector in both places, so it is not the loss of its figure 1.3. With the noisy event as
# the target too, the network would learn to keep the noise. The best function under {eq}`eq-ae-denoising` is the mean of the clean events that may
# lie behind a noisy one. For normal noise of small variance $s^2$ it moves an event up the gradient of the density,
#
# $$
# D(E(\tilde x)) - \tilde x \approx s^2\, \nabla \ln p(\tilde x)
# $$ (eq-ae-score)
#
# {cite}`alain2014`. This holds without a narrow code, because the identity is no longer a solution.
# {numref}`tab-ae-denoising` feeds noisy events to three networks with two latent variables, as many as features.

# %%
wide = bent | {"latent": 2}
denoising = Autoencoder(**wide, noise=noise).fit(train, validation)
identity = Autoencoder(**wide).fit(train, validation)
disturbed = scaled(arc) + random.normal(0, noise, arc.shape)
noisy = learning(low + disturbed * (high - low))
denoisers = {"plain, one number": deep, "plain, two numbers": identity}
denoisers |= {"denoising, two numbers": denoising}

# %% mystnb={"figure": {"name": "tab-ae-denoising"}}
apart = {"noisy input": disturbed - scaled(arc)}
for name, network in denoisers.items():
    apart[name] = scaled(network.reconstructed(noisy)) - scaled(arc)
squares = {name: (one**2).sum(axis=1) for name, one in apart.items()}
left = {name: 1e3 * weighted_mean(one) for name, one in squares.items()}
report.record("noisy_left", left["noisy input"])
report.record("plain_left", left["plain, two numbers"])
report.record("denoising_left", left["denoising, two numbers"])
quieter = weighted_mean(
    squares["denoising, two numbers"] - squares["noisy input"]
)
tables.styled(
    pd.DataFrame(
        {"events": list(left), "distance² × 1000": list(left.values())}
    ),
    "denoising",
)

# %% [markdown] tags=["caption"]
# Mean squared distance from the clean events of noisy events on the arc, and of what networks make of them, in units of
# the features' ranges. Statistical uncertainties of the events.

# %% tags=["hide-input"]
away = quieter.sigmas * np.sign(quieter.sigmas)
denoised = report.verdict(
    quieter,
    seen="brings noisy events nearer to the clean ones"
    if quieter.value < 0
    else "moves noisy events away from the clean ones",
    unseen="does not change the distance to the clean events measurably",
    undefined="cannot be judged with these events",
)

# %% [markdown]
# The denoising network {eval}`denoised` ({eval}`f"{away:.0f}"` σ). The plain one with two numbers
# has no reason to do so. An anomaly score from a denoising network is thus an estimate of the squared slope of $\ln p$ by {eq}`eq-ae-score`, which vanishes at
# every maximum of the density, however low.
#
# ## The variational autoencoder and its bound
#
# A variational autoencoder {cite}`kingma2014` is a model of the density. A code $z$ is drawn from a standard
# normal distribution $p(z)$, and the event from $p(x \mid z)$, whose mean is the decoder's output. The likelihood $p(x) = \int p(x \mid z)\,p(z)\,dz$
# is an integral that cannot be done for a network. The encoder gives a normal distribution $q(z \mid x)$ instead. With
# $p(x) = p(x \mid z)\,p(z)/p(z \mid x)$ and any $q$,
#
# $$
# \ln p(x) = \int q(z \mid x) \ln \frac{p(x \mid z)\, p(z)}{q(z \mid x)}\, dz
#   + \int q(z \mid x) \ln \frac{q(z \mid x)}{p(z \mid x)}\, dz ,
# $$ (eq-ae-evidence)
#
# since the sum under one integral is $q \ln p(x)$ and $q$ is normalised. The second integral is a Kullback-Leibler divergence and not negative. The first is therefore a
# lower bound of $\ln p(x)$, the *evidence bound*. Written with the divergence of $q$ from the prior,
#
# $$
# \ln p(x) \geq \int q(z \mid x) \ln p(x \mid z)\, dz - \mathrm{KL}\!\left[q(z \mid x) \,\Vert\, p(z)\right] .
# $$ (eq-ae-bound)
#
# For $q = N(\mu, \sigma^2)$ the divergence is $\tfrac12 (\mu^2 + \sigma^2 - 1 - \ln \sigma^2)$ for each latent variable. If $p(x \mid z)$ is normal with variance $v$ in each
# of the features, minus the bound is, apart from constants,
#
# $$
# \frac{1}{2v} \left[ \left\lVert x - \hat x \right\rVert^2 + \beta\, \mathrm{KL} \right],
# \qquad \beta = 2v .
# $$ (eq-ae-beta)
#
# The factor $\beta$ is not free once the variance of the output is stated. Large $\beta$ makes all codes alike; as
# $\beta \to 0$ the plain autoencoder returns.
#
# {numref}`fig-ae-bound` checks {eq}`eq-ae-bound` where everything is known: $x = z + n$ with one feature and normal noise of variance $v$,
# so $p(x) = N(0, 1 + v)$ and the true posterior $p(z \mid x)$ is normal with mean $x/(1+v)$ and variance $v/(1+v)$.

# %%
v, at = 0.25, 1.0
nodes, node_weights = np.polynomial.hermite_e.hermegauss(60)
node_weights /= node_weights.sum()
posterior = at / (1 + v), np.sqrt(v / (1 + v))


def bound(mean, sigma):
    """Evidence bound of the example, by numerical integration."""
    z = mean + sigma * nodes
    expected = node_weights @ stats.norm.logpdf(at, z, np.sqrt(v))
    return expected - (mean**2 + sigma**2 - 1 - np.log(sigma**2)) / 2


truth = stats.norm.logpdf(at, 0, np.sqrt(1 + v))
widths = np.linspace(0.1, 1.5, 141)
bounds = {
    "mean of the posterior": [bound(posterior[0], one) for one in widths],
    "mean of zero": [bound(0, one) for one in widths],
}
gap = truth - bound(*posterior)
highest = max(map(max, bounds.values()))

# %% mystnb={"figure": {"name": "fig-ae-bound"}, "image": {"alt": "Two curves against the width of the encoder's distribution, below a horizontal line; one touches the line at the width of the posterior."}} tags=["hide-input"]
with drawing() as (figure, axes):
    for label, values_of, look in lines(bounds):
        axes.plot(widths, values_of, label=f"bound, {label}", **look)
    axes.axhline(truth, color="black", lw=0.9, label=r"$\ln p(x)$")
    axes.axvline(
        posterior[1],
        color="#888888",
        lw=0.9,
        ls=":",
        label=r"$\sigma$ of the posterior",
    )
    axes.set(
        xlabel=r"$\sigma$ of $q(z \mid x)$",
        ylabel="natural logarithm",
        ylim=(-4, -0.3),
    )
    axes.legend(loc="upper right")
figure

# %% [markdown] tags=["caption"]
# Evidence bound of the linear example against the width of $q$, for two means. Compare the highest points with the logarithm of
# the density.

# %% [markdown]
# At the true posterior the bound differs from $\ln p(x)$ by {eval}`f"{max(abs(gap), 1e-16):.0e}"`, the accuracy of the integration. On
# the grid of {numref}`fig-ae-bound` the largest bound is {eval}`f"{truth - highest:.0e}"` below it.

# %%
EMPTY = 0.001  # share of the arc's events in the places that count as empty
variational = Autoencoder(**bent, beta=2 * 0.02**2).fit(train, validation)

# %% [markdown]
# ## What the error of reproduction ranks
#
# A score for anomalies should be large where ordinary events are rare, and without any idea of the signal nothing but their
# density says where that is. Three kinds of events are tested against ordinary ones on the arc. Those *outside* are anywhere in a
# box where the density is below that of {eval}`f"{100 * (1 - EMPTY):g}"` % of the events on the arc. Those *in line* continue the first principal component on
# both sides. The *rare* ones belong to the cluster: they are ordinary, and a good score should not call them strange.

# %%
box = np.array([[-1.8, -0.5], [2.0, 2.4]])
anywhere = random.uniform(*box, (4 * n_events, 2))
empty = density(anywhere) < np.quantile(density(arc), EMPTY)
ahead = random.choice([-1, 1], n_events) * random.uniform(0.7, 1.2, n_events)
in_line = (
    middle + np.outer(ahead, axis) + random.normal(0, 0.02, (n_events, 2))
)
tested = {
    "outside": anywhere[empty][:n_events],
    "in line": low + in_line * (high - low),
    "rare": random.normal(CLUSTER, SIZE, (n_events, 2)),
}

# %%
scores = {
    "PCA": lambda points: np.log10(pca_error(points) + 1e-12),
    "PCA, all components": lambda points: np.log10(
        pca_error(points, 2) + 1e-12
    ),
    "autoencoder": lambda points: deep.scores(learning(points)),
    "autoencoder, two numbers": lambda points: identity.scores(
        learning(points)
    ),
    "denoising": lambda points: denoising.scores(learning(points)),
    "variational": lambda points: variational.scores(learning(points)),
    "density": lambda points: -np.log10(density(points) + 1e-300),
}

# %% mystnb={"figure": {"name": "fig-ae-maps"}, "image": {"alt": "Four maps of a plane with an arc of points. Light bands of low score follow a straight line for principal components, the arc and its continuation for the autoencoder, and end with the arc for the density."}} tags=["hide-input"]
x, y = (np.linspace(*ends, 90) for ends in box.T)
plane = np.stack([one.ravel() for one in np.meshgrid(x, y)], axis=1)
shown = ["PCA", "autoencoder", "autoencoder, two numbers", "density"]
some = arc[:300]
with drawing(2, 2, CENTRED, figsize=(8.2, 6.8), sharex=True, sharey=True) as (
    figure,
    grid,
):
    for axes, name in zip(grid.flat, shown, strict=True):
        ranks = np.searchsorted(
            np.sort(scores[name](arc)), scores[name](plane)
        )
        mesh = axes.pcolormesh(
            x,
            y,
            100 * ranks.reshape(len(y), len(x)) / len(arc),
            cmap="YlGnBu",
            vmin=0,
            vmax=100,
        )
        axes.plot(*some.T, ".", ms=2, color="black", alpha=0.5)
        for (kind, points), marker in zip(tested.items(), "s^o", strict=True):
            axes.plot(
                *points[:25].T,
                marker,
                ms=3.5,
                mfc="white",
                mec="#d55e00",
                label=kind,
            )
        axes.set(title=name, xlim=box[:, 0], ylim=box[:, 1])
    for axes in grid[-1]:
        axes.set_xlabel("x")
    for axes in grid[:, 0]:
        axes.set_ylabel("y")
    keys = grid[0, 0].get_legend_handles_labels()
    figure.legend(*keys, loc="outside upper left", ncols=3)
    figure.colorbar(
        mesh,
        ax=list(grid.flat),
        label="events of the arc with a lower score [%]",
    )
figure

# %% [markdown] tags=["caption"]
# Score of each place in the plane, as the percentage of ordinary events on the arc (dots) with a lower score. Markers are some of the
# tested events, which partly lie outside the frame. Compare the pale regions without dots, and the rare cluster, in the four maps.

# %% mystnb={"figure": {"name": "tab-ae-auc"}}
rows = {}
for name, score in scores.items():
    of_arc = score(arc)
    rows[name] = {}
    for kind, points in tested.items():
        both, strange = (
            np.concatenate([arc, points]),
            np.arange(len(arc) + len(points)) >= len(arc),
        )
        rows[name][kind] = auc(
            learning(both, strange), np.concatenate([of_arc, score(points)])
        )
    unseen = score(tested["outside"]) < np.median(of_arc)
    rows[name]["outside, but ordinary by the score [%]"] = (
        100 * weighted_mean(unseen)
    )
areas = pd.DataFrame.from_dict(rows, orient="index")
last = areas.columns[-1]
tables.styled(areas, "auc", ".3f", **{last: ".1f"})

# %% [markdown] tags=["caption"]
# Area under the ROC curve (AUC) of tested events against ordinary ones on the arc, with statistical uncertainties. One half is no separation; the rare events are ordinary, so
# a large area in the third column is a false alarm. Last column: share of the events outside with a score below the median of the arc.


# %% tags=["hide-input"]
def compared(kind, name="autoencoder"):
    """How a score's area compares with that of the density."""
    change = areas.loc[name, kind] - areas.loc["density", kind]
    return report.verdict(
        change,
        seen="above" if change.value > 0 else "below",
        unseen="compatible with",
        undefined="not comparable with",
    )


HIGH = 0.75  # an area from which rare events count as called strange


def alarms(kind="rare"):
    """The scores that rank the rare ordinary events above those of the arc."""
    high = [
        n
        for n, one in areas[kind].items()
        if one.value - 2 * one.error > HIGH
    ]
    return "; ".join(high) or "none"


# %% [markdown]
# **Simple events outside are reproduced well.** Principal components reproduce everything along their line, however far
# away: the AUC of PCA for the events in line is {eval}`areas.loc["PCA", "in line"]`. A network reproduces whatever its decoder can make, and its curve or surface goes on
# where there are no events ({numref}`fig-ae-maps`). Of the events outside, {eval}`areas.loc["autoencoder", last]` % pass for
# ordinary with one number, and {eval}`areas.loc["autoencoder, two numbers", last]` % with two. In collisions, events with few objects are simple: most cells of their
# matrix are zero and easily reproduced {cite}`finke2021`.
#
# **Rare ordinary events are reproduced badly.** The cluster is {eval}`f"{rare:.0%}"` of the ordinary events, but so narrow that its density is not low. Its share of
# the loss is small, so a network gains little from learning it. Scores with an AUC above {eval}`HIGH` for it, beyond two standard uncertainties: {eval}`alarms()`.
#
# **The identity.** With all components PCA reproduces every event, and what is left is rounding. A network with as
# many latent variables as features approaches that as it is trained longer: its AUC outside is {eval}`areas.loc["autoencoder, two numbers", "outside"]`, {eval}`compared("outside", "autoencoder, two numbers")` that of the density. A lower
# loss is not a better score.
#
# There is also a limit of principle. A one-dimensional code cannot follow an arc *and* a cluster without a path
# between them, on which strange events are reproduced well; in general the shape of the code may not fit that of the data
# {cite}`batson2021`. And an error of reproduction depends on the units of the features, as the value of a density does. A quantile of a score is
# free of that, its meaning is not.
#
# ## Summary and what comes next
#
# - The trained linear autoencoder is {eval}`f"{angle:.2f}"` degrees away from the first principal component ({numref}`tab-ae-linear`).
# - The denoising loss compares with the clean event; so trained, a network {eval}`denoised`
#   ({numref}`tab-ae-denoising`).
# - The autoencoder's AUC is {eval}`compared("outside")` that of the density for events outside, and {eval}`compared("rare")` it for
#   rare ordinary ones, where it should be small ({numref}`tab-ae-auc`).
#
# A large error of reproduction is thus a reason to look at an event, and no proof that it is strange.
# The numbers hold for this arc, these networks and these trainings. The reasons behind the three failures are general. Which of them dominates in collisions depends on the events. {ref}`chap-autoencoder` trains
# autoencoders on the rapidity-mass matrices of three-lepton events and looks for all three.
