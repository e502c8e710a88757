# %% [markdown]
# (chap-statistics)=
# # Statistics of a counting experiment
#
# A selection leaves $b$ events of known physics, and a new particle would add $s$ more. How significant would
# the excess be, on average, if the particle exists? The dilepton thesis {cite}`guevara2023` answers with one
# formula, its equation 5.4, in every chapter of results. Here the formula is derived and every step is checked
# by numbers. Then it is given what it lacks, an uncertainty on $b$, and it is led to where it fails.
#
# All that is needed is the Poisson distribution, $P(n\,|\,\nu) = \nu^n e^{-\nu}/n!$, the probability to count $n$
# events where $\nu$ are expected.

# %% tags=["parameters"] nbmake={"mock": {"n_toys": 2000}}
n_toys = 300_000
seed = 1
relative_uncertainties = [0.0, 0.1, 0.2, 0.3]

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import optimize, stats

from lepsearch.book import printed, report, tables
from lepsearch.data import quoted
from lepsearch.plotting import significance as figures
from lepsearch.stats import significance, toys
from lepsearch.stats.likelihood import profile_loss
from lepsearch.stats.limits import discovery_significance, formula_and_pyhf

# %% [markdown]
# ## The test of "there is no signal"
#
# With a signal strength $\mu$ (0: no signal, 1: the model as it stands) the expected count is $\mu s + b$, and
# the likelihood of an observed count $n$ is
#
# $$
# L(\mu) = P(n\,|\,\mu s + b), \qquad
# \ln L(\mu) = n \ln(\mu s + b) - (\mu s + b) - \ln n!\,.
# $$ (eq-likelihood)
#
# Its derivative vanishes at $\hat\mu = (n - b)/s$, where the expectation meets the count. The hypothesis
# $\mu = 0$ is tested by how much worse it describes the count than $\hat\mu$ does:
#
# $$
# q_0 = -2 \ln \frac{L(0)}{L(\hat\mu)} = 2\left[n \ln\frac{n}{b} - (n - b)\right]
# \quad\text{for } n > b, \text{ else } q_0 = 0.
# $$ (eq-q0)
#
# A count below $b$ speaks against a signal, not for one, hence the zero. For an example, take the expectation of
# the thesis for its dark-Higgs model in electron pairs, {glue:text}`s_electron_dark_higgs` events on
# {glue:text}`b_electron`, and a count of two standard deviations above. A minimiser that knows only
# {eq}`eq-likelihood` finds the same maximum and the same $q_0$.

# %%
table_ee = quoted.below("guevara.table_5_5.electron")
s, b = table_ee["dark_higgs.after"].value, table_ee["background.after"].value
n = round(b + 2 * np.sqrt(b))


def loss(mu):
    """Minus the logarithm of eq-likelihood."""
    return -stats.poisson.logpmf(n, mu * s + b)


# %%
precise = {"method": "bounded", "options": {"xatol": 1e-9}}
best = optimize.minimize_scalar(loss, bounds=(0, 20), **precise).x
q0 = pd.DataFrame(
    {
        "minimiser": [best, 2 * (loss(0) - loss(best))],
        "closed form": [(n - b) / s, 2 * (n * np.log(n / b) - (n - b))],
    },
    index=["best strength", "q0"],
)
assert np.allclose(q0["minimiser"], q0["closed form"], rtol=1e-5)
tables.styled(q0, "q0", ".6f")

# %% [markdown]
# If there is no signal and many events are expected, $\sqrt{q_0}$ follows the upper half of a normal distribution
# {cite}`wilks1938,cowan2011`. The probability that background alone gives at least the observed $q_0$ is then
# $p = 1 - \Phi(\sqrt{q_0})$, and the significance, the number of standard deviations with that tail, is
# $Z = \sqrt{q_0}$. This step, and only this one, is approximate; {ref}`below <sec-toys>` it is put to the test.
#
# ## One data set for the average
#
# Before any data are taken, the count is unknown. The *Asimov data set* stands for the typical experiment with
# signal: each count is replaced by its expectation, $n = s + b$, so that $\hat\mu = 1$. Put into {eq}`eq-q0`, it gives
#
# $$
# Z_0 = \sqrt{2\left[(s + b)\ln\left(1 + \frac{s}{b}\right) - s\right]},
# $$ (eq-z0)
#
# which is equation 97 of {cite}`cowan2011` and equation 5.4 of the thesis. In {numref}`fig-scan` the likelihood of
# the Asimov data set is scanned: the height at $\mu = 0$ is $Z_0^2$.

# %%
strength = np.linspace(-0.5, 2.5, 301)
asimov = s + b


def log_likelihood(mu):
    """Equation eq-likelihood at the Asimov count, without constant terms."""
    return asimov * np.log(mu * s + b) - (mu * s + b)


loss_known = -2 * (log_likelihood(strength) - log_likelihood(1.0))
z_scan = np.sqrt(-2 * (log_likelihood(0.0) - log_likelihood(1.0)))

# %% tags=["remove-cell"]
assert np.isclose(z_scan, significance.z0(s, b), rtol=1e-9)
report.record("z_scan", z_scan, ".3f")
report.record("z_scan_squared", z_scan**2, ".3f")
report.record("naive", s / np.sqrt(b), ".3f")
report.record(
    "naive_excess_percent", 100 * (s / np.sqrt(b) / z_scan - 1), ".1f"
)
report.record("s_over_b_percent", 100 * s / b, ".0f")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-scan", "caption": "Loss of log-likelihood on the Asimov data set of the dark-Higgs model in electron pairs. Where a curve meets the line of no signal (dot) its height is the square of the expected significance: {glue:text}`z_scan_squared` with a known background, less if the background is uncertain, because a higher background then explains part of the excess."}, "image": {"alt": "Two bowl-shaped curves with their minimum at signal strength one. At strength zero the curve for a known background is about twice as high as the one for a background known to ten percent."}}
uncertain = profile_loss(strength, s, b, 0.1 * b)
figures.likelihood_scan(
    strength,
    {
        "known background": loss_known,
        r"background known to 10 %": uncertain,
    },
)
plt.show()

# %% [markdown]
# ## Not a formula for low statistics
#
# The draft calls {eq}`eq-z0` the formula for low statistics and uses it because cross-sections are small. Its
# expansion in $s/b$ shows what it is good for:
#
# $$
# Z_0 = \frac{s}{\sqrt b}\left(1 - \frac{s}{6b} + \dots\right).
# $$ (eq-expansion)
#
# It improves on $s/\sqrt b$ where the *signal is not small beside the background*. It does nothing about few events:
# the normal tail behind it needs many. In the example $s/b$ is {glue:text}`s_over_b_percent` %, and the two differ by
# {glue:text}`naive_excess_percent` %: {glue:text}`naive` and {glue:text}`z_scan`. Using equation 5.4 is right; the
# reason given for it is not.

# %%
ratio = np.array([0.001, 0.01, 0.1, 1.0])
columns = {
    "s / b": ratio,
    "s / √b": ratio * np.sqrt(b),
    "with the first correction": ratio * np.sqrt(b) * (1 - ratio / 6),
    "equation 5.4": significance.z0(ratio * b, b),
}
tables.styled(pd.DataFrame(columns), "expansion", ".3f")

# %% [markdown]
# ## When the background is not known
#
# A background is never known exactly. Suppose that it was measured: a control region without signal, $\tau$ times as
# large, holds $m$ events. This is the *on/off* problem of gamma-ray astronomy {cite}`lima1983`,
#
# $$
# L(\mu, b) = P(n\,|\,\mu s + b)\; P(m\,|\,\tau b).
# $$ (eq-onoff)
#
# The estimate $m/\tau$ has the relative uncertainty $1/\sqrt m$. For a background $b$ that is known to $\sigma_b$ events,
# from whatever source, one takes the control region that would know it equally well:
#
# $$
# \tau = \frac{b}{\sigma_b^2}, \qquad m = \tau b = \frac{b^2}{\sigma_b^2}.
# $$ (eq-tau)
#
# With signal, both counts are met exactly, by $\hat b = m/\tau$ and $\hat\mu s = n - \hat b$. Without signal one
# background has to serve both. The derivative of $\ln L(0, b)$ vanishes at
#
# $$
# \hat{\hat b} = \frac{n + m}{1 + \tau}
# \;\longrightarrow\; b + \frac{s\,\sigma_b^2}{b + \sigma_b^2} \quad\text{on the Asimov data set},
# $$ (eq-null)
#
# and twice the difference of the log-likelihoods, whose linear terms cancel because $n + m = (1 + \tau)\hat{\hat b}$, is
#
# $$
# q_0 = 2\left[n \ln\frac{n}{\hat{\hat b}} + m \ln\frac{m}{\tau\hat{\hat b}}\right].
# $$ (eq-lima)
#
# The Asimov data set has $n = s + b$ and $m = \tau b$. With {eq}`eq-tau` and {eq}`eq-null` this becomes equation 20
# of {cite}`cowan2012`:
#
# $$
# Z_A = \sqrt{2\left[(s + b)\ln\frac{(s + b)(b + \sigma_b^2)}{b^2 + (s + b)\,\sigma_b^2}
#  - \frac{b^2}{\sigma_b^2}\ln\left(1 + \frac{\sigma_b^2 s}{b\,(b + \sigma_b^2)}\right)\right]}.
# $$ (eq-za)
#
# For $\sigma_b \to 0$ it returns to {eq}`eq-z0`; for $s \ll b$ it becomes $s/\sqrt{b + \sigma_b^2}$. A minimiser that knows only
# {eq}`eq-onoff` agrees with each step.

# %%
sigma = 0.1 * b
tau, m = b / sigma**2, b**2 / sigma**2


def log_onoff(mu, background):
    """Equation eq-onoff on the Asimov data set, without constant terms."""
    total = mu * s + background
    in_signal_region = asimov * np.log(total) - total
    in_control_region = m * np.log(tau * background) - tau * background
    return in_signal_region + in_control_region


# %%
null = optimize.minimize_scalar(
    lambda background: -log_onoff(0.0, background),
    bounds=(0.5 * b, 2 * b),
    **precise,
).x
by_steps = np.sqrt(2 * (log_onoff(1.0, b) - log_onoff(0.0, null)))

# %%
null_closed = b + s * sigma**2 / (b + sigma**2)
z_closed = float(significance.z_asimov(s, b, sigma))
onoff = pd.DataFrame(
    {"minimiser": [null, by_steps], "closed form": [null_closed, z_closed]},
    index=["background without signal", "expected significance"],
)
assert np.allclose(onoff["minimiser"], onoff["closed form"], rtol=1e-6)
tables.styled(onoff, "onoff", ".6f")

# %% [markdown]
# As printed, {eq}`eq-za` subtracts two nearly equal numbers when $s$ or $\sigma_b$ is small. The library writes the same thing as
# a sum of two terms that are never negative, one for each region, and loses no digits; its limits at
# $b = 0$ and for a negative $s$ (negative event weights may outweigh the others) are stated with
# `lepsearch.stats.significance.z_asimov`.
#
# ## The same from pyhf
#
# The library `pyhf` {cite}`pyhf` builds the likelihood from a description of the counts and minimises it numerically. It
# shares no code with the formulae above.

# %%
checks = formula_and_pyhf(printed.pyhf_cases(relative_uncertainties))
worst = checks["difference"].abs().max()
assert worst < 1e-4
tables.styled(
    checks,
    "pyhf",
    ".5f",
    signal=".0f",
    background=".0f",
    relative=".0%",
    difference=".0e",
)

# %% tags=["remove-cell"]
report.record("pyhf_worst", 1e6 * worst, ".1f")
report.record("pyhf_cases", len(checks), ".0f")

# %% [markdown]
# In all {glue:text}`pyhf_cases` cases the two agree to {glue:text}`pyhf_worst` $\times\,10^{-6}$ or better.
#
# ## The printed significances
#
# Tables 5.5 and 5.6 of the thesis draft give yields after the cuts of table 5.4 and the significance that follows from them
# by {eq}`eq-z0` {cite}`guevara2023`. The yields are rounded to whole events, so the significance can be recomputed only within a
# range. A printed value is *possible* if its own rounding interval overlaps that range. The last column asks the same for yields that
# were cut off after the whole number instead of rounded.

# %%
entries = printed.significances()
shown = entries.drop(columns="half").replace({"channel": {"mumu": "μμ"}})
tables.styled(shown, "printed", ".3f", s=".0f", b=".0f", printed=".2f")

# %% tags=["remove-cell"]
keys = {
    (channel, name): f"{table.split('.')[-1]}_{model}"
    for channel, table in printed.TABLES.items()
    for model, name in printed.MODELS.items()
}
for row in entries.to_dict("records"):
    key = keys[row["channel"], row["model"]]
    digits = ".2f" if row["half"] < 0.01 else ".1f"
    report.record(f"s_{key}", row["s"], ".0f")
    report.record(f"printed_{key}", row["printed"], digits)
    report.record(f"z_{key}", row["recomputed"], ".3f")
    report.record(f"low_{key}", row["lowest"], ".3f")
    report.record(f"high_{key}", row["highest"], ".3f")
for table in printed.TABLES.values():
    flavour = table.split(".")[-1]
    before, after = (
        quoted.get(f"{table}.background.{when}").value
        for when in ("before", "after")
    )
    report.record(f"b_{flavour}", after, ".0f")
    report.record(f"background_kept_{flavour}", 1e5 * (after / before), ".1f")
impossible = entries[~entries["possible"]].squeeze()
assert (impossible["channel"], impossible["model"]) == (
    "mumu",
    "light vector",
)
assert entries["if cut off"].all()
report.record(
    "signal_needed",
    significance.signal_for(impossible["printed"], impossible["b"]),
    ".2f",
)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-printed", "caption": "Significances of tables 5.5 and 5.6 of the thesis draft. A bar spans what rounded yields allow, a dot is computed from the yields as printed, and a diamond with its rounding interval is the printed value. Only the light vector in muon pairs lies outside its bar."}, "image": {"alt": "Four horizontal grey bars with a dot inside each. Three open diamonds lie on their bars, near the upper end; the diamond of the light vector in muon pairs lies to the right of its bar."}}
labels = (
    entries["model"]
    + ", "
    + entries["channel"].map({"ee": "$ee$", "mumu": r"$\mu\mu$"})
)
figures.printed_and_recomputed(
    labels.tolist(),
    entries["printed"].to_numpy(),
    entries["recomputed"].to_numpy(),
    entries[["lowest", "highest"]].to_numpy(),
    printed_errors=entries["half"].to_numpy(),
)
plt.show()

# %% [markdown]
# Three of the four values are possible, as {numref}`fig-printed` shows. The light vector in muon pairs is not: {glue:text}`s_muon_light_vector` events on
# {glue:text}`b_muon` give {glue:text}`z_muon_light_vector`, at most {glue:text}`high_muon_light_vector`, where
# {glue:text}`printed_muon_light_vector` is printed. That would take a signal of {glue:text}`signal_needed` events, which rounds to one
# event more. The other three printed values lie high in their ranges, the
# dark Higgs in electron pairs ({glue:text}`printed_electron_dark_higgs` for {glue:text}`z_electron_dark_higgs`) highest.
# All four are possible if the yields were cut off instead of rounded, which is the simplest explanation; the draft does not say.
# To be read together, yields and significance need a common rounding.
#
# ## What an uncertainty costs
#
# The thesis quotes significances for a background that is known exactly. In {numref}`fig-uncertainty` it is not.

# %%
cost = printed.with_both_channels(relative_uncertainties)
shown = cost.replace({"channel": {"mumu": "μμ", "all": "combined"}}).rename(
    columns={one: f"{one:.0%}" for one in relative_uncertainties}
)
tables.styled(shown, "cost", ".3f")

# %% tags=["remove-cell"]
relative = [0.0, 0.1, 0.3]
combined = printed.with_both_channels(relative).query("channel == 'all'")
combined = combined.set_index("model")
for model, name in printed.MODELS.items():
    for one in relative:
        z = combined.loc[name, one]
        report.record(f"combined_{model}_{100 * one:.0f}", z, ".3f")
dark_higgs = entries[entries["model"] == "dark Higgs"]
together = discovery_significance(dark_higgs["s"], dark_higgs["b"])
assert np.isclose(
    together, significance.combine(dark_higgs["recomputed"]), atol=1e-4
)
report.record("combined_pyhf", together, ".3f")
ten = significance.z_asimov(s, b, 0.1 * b)
report.record("z_ten", ten, ".3f")
report.record(
    "loss_ten_percent", 100 * (1 - ten / significance.z0(s, b)), ".0f"
)
ceiling = np.sqrt(2 * (s / b - np.log1p(s / b))) / 0.1
report.record("ceiling_ten", ceiling, ".3f")
report.record(
    "far_ten", significance.z_asimov(1e4 * s, 1e4 * b, 1e3 * b), ".3f"
)
report.record("far_known", significance.z0(1e4 * s, 1e4 * b), ".0f")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-uncertainty", "caption": "Expected significance of the dark-Higgs model against the uncertainty of the background, with the yields of tables 5.5 and 5.6. Electrons lose {glue:text}`loss_ten_percent` % of it at ten percent. The combination takes the uncertainties of the two channels as independent."}, "image": {"alt": "Three falling curves: the combination of both channels above electrons, and electrons above muons. All fall steeply at first and are below a third of their starting values at thirty-five percent."}}
fine = np.linspace(0, 0.35, 141)
curves = printed.with_both_channels(fine).query("model == 'dark Higgs'")
curves = curves.set_index("channel")[fine].T
figures.against_uncertainty(
    fine,
    {
        r"$ee$ and $\mu\mu$ combined": curves["all"].to_numpy(),
        r"$ee$": curves["ee"].to_numpy(),
        r"$\mu\mu$": curves["mumu"].to_numpy(),
    },
)
plt.show()

# %% [markdown]
# Ten percent, a good measurement in a tail of few events, already takes {glue:text}`loss_ten_percent` % of the
# significance. It also sets a ceiling. When the luminosity grows and $r = \sigma_b/b$ stays, the count in the signal region becomes as
# precise as one likes and the control region does not; {eq}`eq-za` tends to
#
# $$
# Z_A \to \frac{1}{r}\sqrt{2\left[\frac{s}{b} - \ln\left(1 + \frac{s}{b}\right)\right]} \approx \frac{s}{r\,b}\,.
# $$ (eq-ceiling)
#
# For the dark Higgs in electron pairs that is {glue:text}`ceiling_ten` (ten thousand times the luminosity gives
# {glue:text}`far_ten`; with a known background it would be {glue:text}`far_known`). More data do not help such a search; a purer region does.
# Chapters with results therefore quote each significance for several uncertainties.
#
# ## Two channels together
#
# Electron and muon pairs are different events. If their uncertainties are independent too, the likelihood of both is the
# product, $q_0$ on the Asimov data set is the sum, and
#
# $$
# Z = \sqrt{Z_{ee}^2 + Z_{\mu\mu}^2}\,.
# $$ (eq-combine)
#
# The dark-Higgs model reaches {glue:text}`combined_dark_higgs_0` in both channels of the thesis together, and
# {glue:text}`combined_pyhf` by `pyhf` with one signal strength for two bins; the light vector reaches {glue:text}`combined_light_vector_0`. With ten percent
# on each background they reach {glue:text}`combined_dark_higgs_10` and {glue:text}`combined_light_vector_10`. An uncertainty that both channels
# share, such as that of the luminosity, makes the true value lower.
#
# ## What limited simulation adds
#
# The yields themselves are sums of weights of simulated events, $s = \sum_i w_i$, with the variance $\sum_i w_i^2$. The significance
# inherits it:
#
# $$
# \mathrm{Var}\,Z = \left(\frac{\partial Z}{\partial s}\right)^2 \sum_{\text{signal}} w_i^2
#   + \left(\frac{\partial Z}{\partial b}\right)^2 \sum_{\text{background}} w_i^2 .
# $$ (eq-propagation)
#
# This is the error *on* the expectation, and shrinks with more simulation; $\sigma_b$ in {eq}`eq-za` is the error *in* the search, and does not. With made-up
# samples of the example's size, some of whose weights are negative, the propagated error is compared with the spread over
# samples in which each event is drawn a Poisson number of times.

# %%
rng = np.random.default_rng(seed)
weights_s = rng.uniform(0.5, 1.5, 300) * s / 300
weights_b = rng.choice([1.0, 1.0, 1.0, 1.0, -0.5], 170)
drawn_s = rng.poisson(1, (4000, 300)) @ weights_s
drawn_b = rng.poisson(1, (4000, 170)) @ weights_b
shares = np.array([0.0, 0.1, 0.3])  # of the background, not known
redrawn = [
    np.std(significance.z_asimov(drawn_s, drawn_b, share * drawn_b))
    for share in shares
]

# %%
sum_s, sum_b = weights_s.sum(), weights_b.sum()
errors = pd.DataFrame(
    {
        "background known to": [f"{share:.0%}" for share in shares],
        "significance": significance.z_asimov(sum_s, sum_b, shares * sum_b),
        "propagated error": significance.z_uncertainty(
            sum_s,
            sum_b,
            relative=shares,
            s_sumw2=(weights_s**2).sum(),
            b_sumw2=(weights_b**2).sum(),
        ),
        "spread when redrawn": redrawn,
    }
)
tables.styled(errors, "redrawn", ".4f")

# %% tags=["remove-cell"]
report.record("propagated", errors["propagated error"].iloc[0], ".3f")
report.record("redrawn", redrawn[0], ".3f")

# %% [markdown]
# They agree: {glue:text}`propagated` and {glue:text}`redrawn` for a background that is known exactly. In the other rows $\sigma_b$ is a share of
# $b$, and moves with it when the events are redrawn: the derivative by $b$ has to include that, or the error comes out too small.
# With fewer than about ten simulated events behind $b$ the derivatives no longer
# describe the spread, and the number should not be quoted.
#
# (sec-toys)=
# ## Where the formula stops being right
#
# The one approximation is the normal tail. It can be replaced by counting: draw many experiments with background alone, and see which
# fraction reaches a given $\sqrt{q_0}$.

# %%
claimed = np.linspace(0, 4, 401)
counted = {
    f"$b = {events:g}$": toys.tail_fractions(
        claimed, events, n_toys=n_toys, seed=seed
    )
    for events in (0.5, 5, b)
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-tails", "caption": "How often background alone claims a significance, by pseudo-experiments, and how often the normal distribution says that it does. Counts are whole numbers, so the fraction falls in steps; a claim is made at the right end of each step, where the counted curve lies above the normal one: the formula overstates. The steps are coarse for small backgrounds and close in on the curve for large ones."}, "image": {"alt": "A smooth falling curve on a logarithmic scale and three staircases around it. The staircase for half an event has four wide steps whose right ends stand well above the curve; the one for the background of the thesis follows it closely."}}
figures.tails(claimed, stats.norm.sf(claimed), counted)
plt.show()

# %% [markdown]
# The expected significance needs a second set of experiments, with signal. Its median count is compared with the
# background-only experiments, and the fraction that reaches it is turned into standard deviations. Without an uncertainty the fraction is known
# exactly, a sum over the Poisson distribution; the pseudo-experiments know nothing of that and confirm it.

# %%
grid = np.geomspace(0.2, 200, 3000)
points = np.geomspace(0.3, 150, 9)
formula, exact, drawn = {}, {}, {}
for signal in (2, 5, 10):
    formula[signal] = significance.z0(signal, grid)
    exact[signal] = toys.median_exact_z(signal, grid)
    drawn[signal] = [
        toys.z_from_toys(signal, one, n_toys=n_toys, seed=seed)
        for one in points
    ]

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-toys", "caption": "Expected significance against the background for three signals: equation 5.4 (thick), the exact value for the median count (thin), and pseudo-experiments (points, with the error from their number; those that no background-only experiment reached are left out). The exact value jumps wherever the median count moves to the next whole number. The formula runs along the upper tips of the teeth, and above them at the far left."}, "image": {"alt": "Three smooth falling curves and, beneath or around each, a saw-toothed line with points on it. To the left, at small backgrounds, the teeth are large and lie mostly below the curves; to the right they shrink and follow them."}}
labels = {signal: f"$s = {signal}$" for signal in formula}
figures.against_background(
    grid,
    {labels[signal]: z for signal, z in formula.items()},
    {labels[signal]: z for signal, z in exact.items()},
    {
        labels[signal]: list(zip(points, results, strict=True))
        for signal, results in drawn.items()
    },
)
plt.show()

# %%
settings = pd.DataFrame(
    {
        "s": [s, s, s, 5, 5, 5, 5],
        "b": [b, b, b, 5, 5, 1, 1],
        "relative": [0.0, 0.1, 0.3, 0.0, 0.3, 0.0, 0.5],
    }
)
comparison = toys.formula_and_toys(settings, n_toys=n_toys, seed=seed)
tables.styled(comparison, "toys", ".3f", s=".0f", b=".0f", relative=".0%")

# %% tags=["remove-cell"]
for name, index in {"thesis": 0, "thesis_ten": 1, "five_one": 5}.items():
    report.record(f"{name}_formula", comparison["formula"][index], ".2f")
    report.record(f"{name}_toys", comparison["toys"][index], ".2f")
few, many = grid < 1, grid > 50
difference = [formula[signal] - exact[signal] for signal in formula]
at_few = np.mean([one[few].mean() for one in difference])
at_many = np.mean([one[many].mean() for one in difference])
worst_many = max(np.abs(one[many]).max() for one in difference)
report.record("overstated_few", at_few, ".2f")
report.record("overstated_many", at_many, ".2f")
report.record("worst_many", worst_many, ".2f")
report.record("n_toys", n_toys, ",.0f")

# %% [markdown]
# {glue:text}`n_toys` experiments under each hypothesis stand behind every point of {numref}`fig-toys` and every row of the table. Averaged over the steps and the
# three signals, {eq}`eq-z0` overstates the significance by {glue:text}`overstated_few` for backgrounds below one event and by
# {glue:text}`overstated_many` above fifty, where it is never off by more than {glue:text}`worst_many`. Five events on one are not the {glue:text}`five_one_formula`
# of the formula but {glue:text}`five_one_toys`. For the yields of the thesis the formula gives {glue:text}`thesis_formula` and the
# pseudo-experiments {glue:text}`thesis_toys`, the difference of one step: asymptotics are not what limits that search.
#
# The last column is exact without an uncertainty. With one it compares $n$ and $m$ at a fixed sum, by the binomial distribution
# {cite}`cousins2008`. That test is cautious by construction and lies below the pseudo-experiments, most where the control region holds few events and
# its steps are coarse. Where only a few background events are expected, the pseudo-experiments are the number to quote; other proposals for small counts are
# compared in {cite}`bhattiprolu2021`.
#
# ## Adding up what the tables print
#
# The thesis draft describes its samples in four tables {cite}`guevara2023`. They serve later chapters as references, so their arithmetic is checked here, once.

# %%
sizes = printed.sample_sizes()
tables.styled(sizes, "sizes", ",.0f")

# %%
products = printed.sample_products()
tables.styled(products, "products", ".4g", ratio=".2f")

# %% tags=["remove-cell"]
of = sizes.set_index("table")
assert (of.loc[["5.7", "5.8"], "total"] == of.loc["5.3", "total"]).all()
report.record("total_split", of.loc["5.3", "total"], ",.0f")
report.record("total_diboson", of.loc["5.2", "total"], ",.0f")
for number in (3, 7, 8):
    report.record(f"signal_{number}", of.loc[f"5.{number}", "signal"], ",.0f")
report.record("background_3", of.loc["5.3", "background"], ",.0f")
fraction = quoted.get("guevara.text_5_2.training_fraction").value
for part in ("signal", "background"):
    before_split = of.loc["5.3", part] / fraction
    report.record(f"{part}_before_split", before_split / 1e6, ".2f")
    text = quoted.get(f"guevara.text_5_2.{part}_simulated").value
    report.record(f"{part}_text", text / 1e6, ".0f")
    sums = quoted.below(f"guevara.table_5_7.{part}")
    over_sum = sums["with_luminosity_over_sum"].value
    report.record(f"over_sum_{part}", over_sum, ",.1f")
    report.record(f"ratio_{part}", over_sum / sums["over_sum"].value, ".1f")
for row in products.itertuples():
    power, digits = {"5.2": (11, ",.1f"), "5.8": (13, ".3g")}[row.table]
    name = f"product_{row.table[-1]}_{row.part}"
    report.record(name, row.recomputed / 10**power, ",.1f")
    report.record(f"{name}_printed", row.printed / 10**power, digits)
luminosity = [
    one.value for one in quoted.below("guevara.luminosity").values()
]
report.record("luminosity_total", sum(luminosity), ".1f")
report.record("luminosity_lowest", min(luminosity), ".1f")
report.record("luminosity_highest", max(luminosity), ".1f")

# %% [markdown]
# Tables 5.3, 5.7 and 5.8 add up to the same {glue:text}`total_split` events with three different shares of signal: three random splits of one set, not one.
# Table 5.2 has {glue:text}`total_diboson` Standard Model events, where the background of table 5.3 has {glue:text}`background_3`: another version of the samples. Its products are right; those of table 5.8 are
# ten times what is printed, so its column counts in units of $10^{14}$, not $10^{13}$.
#
# In table 5.7 the sums with and without the luminosity differ by the factors {glue:text}`ratio_signal` for the signal and {glue:text}`ratio_background` for the background. Both lie between
# the smallest and the largest luminosity of one period, {glue:text}`luminosity_lowest` and {glue:text}`luminosity_highest` fb$^{-1}$, as they must if each event carries its own period's; neither is the total of
# {glue:text}`luminosity_total` fb$^{-1}$. Since the cross-section is missing from these sums, the signal seems to exceed the background, {glue:text}`over_sum_signal` to {glue:text}`over_sum_background`.
# The {ref}`errata <errata>` list what differs.
#
# ## What was found
#
# - Equation 5.4 of the thesis is the median discovery significance of a known background, right to
#   {glue:text}`pyhf_worst` $\times\,10^{-6}$ against an independent likelihood. It is an asymptotic formula, not one for low statistics.
# - One of the printed significances cannot follow from yields that were rounded to the nearest event: {glue:text}`printed_muon_light_vector`
#   is {glue:text}`z_muon_light_vector`, at most {glue:text}`high_muon_light_vector`.
# - An uncertainty of ten percent lowers the best single value from {glue:text}`z_electron_dark_higgs` to {glue:text}`z_ten`, and caps it at {glue:text}`ceiling_ten` for any luminosity.
# - Pseudo-experiments confirm the formula to {glue:text}`worst_many` where more than fifty background events are expected. For less than one it promises
#   {glue:text}`overstated_few` too much.
#
# The {ref}`cut-and-count search <chap-cut-and-count>` applies all of this to events: the cuts of the thesis one after another, and
# the significance of what is left.
