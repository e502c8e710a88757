# %% [markdown]
# (chap-statistics)=
# # Statistics of a counting experiment
#
# A selection leaves $b$ expected background events, and a new particle would add $s$ signal events. How
# significant would the excess be, on average, if the particle exists? Every result of Guevara's draft
# {cite}`guevara2023` is quoted with one formula, its equation 5.4, so its meaning and its limits decide
# how the results can be read. This chapter derives the formula, checks each step numerically, adds the
# background uncertainty that it lacks, and measures where it fails ({numref}`tab-toys`).
#
# The starting point is the Poisson distribution, $P(n\,|\,\nu) = \nu^n e^{-\nu}/n!$, the probability to
# count $n$ events where $\nu$ are expected.

# %% nbmake={"mock": {"n_toys": 2000}} tags=["parameters"]
# [100, 1e9]; pseudo-experiments
n_toys = 300_000
# [0, 4294967295]; of these
seed = 1
# [0, 1]; of the background
relative_uncertainties = [0.0, 0.1, 0.2, 0.3]

# %%
from functools import partial

import numpy as np
import pandas as pd
from scipy import optimize, stats

from lepsearch.book import printed, report, tables
from lepsearch.data import quoted
from lepsearch.plotting import significance as figures
from lepsearch.stats import exact, significance

entries = printed.significances()  # of the thesis, by channel and model
s, b = entries.loc[("ee", "dark Higgs"), ["s", "b"]]

# %% [markdown]
# ## Testing the background-only hypothesis
#
# With a signal strength $\mu$ (0: no signal, 1: the nominal model) the expected count is $\mu s + b$, and
# the likelihood of an observed count $n$ is
#
# $$
# L(\mu) = P(n\,|\,\mu s + b), \qquad
# \ln L(\mu) = n \ln(\mu s + b) - (\mu s + b) - \ln n!\,.
# $$ (eq-likelihood)
#
# Its derivative vanishes at $\hat\mu = (n - b)/s$, where the expectation equals the count. The test
# statistic of the hypothesis $\mu = 0$ is the likelihood ratio to $\hat\mu$:
#
# $$
# q_0 = -2 \ln \frac{L(0)}{L(\hat\mu)} = 2\left[n \ln\frac{n}{b} - (n - b)\right]
# \quad\text{for } n > b, \text{ else } q_0 = 0.
# $$ (eq-q0)
#
# A count below $b$ is no evidence for a signal, hence the zero. The example of this chapter is the
# dark-Higgs model in electron pairs, for which Guevara's draft expects {eval}`f"{s:g}"` signal and
# {eval}`f"{b:g}"` background events. For a count two standard deviations above the background,
# {numref}`tab-q0` compares the closed form with a minimiser that uses only {eq}`eq-likelihood`.

# %%
n = round(b + 2 * np.sqrt(b))


def loss(mu):
    """Minus the logarithm of the likelihood."""
    return -stats.poisson.logpmf(n, mu * s + b)


# %% mystnb={"figure": {"name": "tab-q0"}}
precise = {"method": "bounded", "options": {"xatol": 1e-9}}
best = optimize.minimize_scalar(loss, bounds=(0, 20), **precise).x
q0 = pd.DataFrame(index=["best strength", "q0"])
q0["minimiser"] = best, 2 * (loss(0) - loss(best))
q0["closed form"] = (n - b) / s, 2 * (n * np.log(n / b) - (n - b))
assert np.allclose(q0["minimiser"], q0["closed form"], rtol=1e-5)
tables.styled(q0, "q0", ".6f")

# %% [markdown] tags=["caption"]
# Signal strength of highest likelihood and $q_0$ for one count, by numerical minimisation and by
# {eq}`eq-q0`.

# %% [markdown]
# Under the background-only hypothesis, and if many events are expected, $\sqrt{q_0}$ follows the upper
# half of a normal distribution {cite}`wilks1938,cowan2011`. The p-value of the observed $q_0$ is then
# $p = 1 - \Phi(\sqrt{q_0})$, and the significance, the number of standard deviations with the same tail
# probability, is $Z = \sqrt{q_0}$. This is the only approximation of the derivation;
# {ref}`pseudo-experiments <sec-toys>` test it below.
#
# ## The Asimov data set and the expected significance
#
# The {term}`Asimov data set` represents the typical experiment with signal: each count is replaced by its
# expectation, $n = s + b$, so that $\hat\mu = 1$. Inserted into {eq}`eq-q0`, it gives the expected
# {term}`significance`
#
# $$
# Z_0 = \sqrt{2\left[(s + b)\ln\left(1 + \frac{s}{b}\right) - s\right]},
# $$ (eq-z0)
#
# which is equation 97 of {cite}`cowan2011` and equation 5.4 of Guevara's draft. {numref}`fig-scan` scans
# the likelihood of the Asimov data set. The height of the curve at $\mu = 0$ is $Z_0^2$.

# %%
strength = np.linspace(-0.5, 2.5, 301)
asimov = s + b


def log_likelihood(mu):
    """Log-likelihood of the Asimov count, without constant terms."""
    return asimov * np.log(mu * s + b) - (mu * s + b)


known = 2 * (log_likelihood(1.0) - log_likelihood(strength))
uncertain = significance.profile_loss(strength, s, b, 0.1 * b)
curves = {"no uncertainty of the background": known, "10 %": uncertain}
z_scan = np.sqrt(2 * (log_likelihood(1.0) - log_likelihood(0.0)))
naive = s / np.sqrt(b)
assert np.isclose(z_scan, significance.z0(s, b), rtol=1e-9)

# %% mystnb={"figure": {"name": "fig-scan"}, "image": {"alt": "Two bowl-shaped curves with their minimum at signal strength one. At strength zero the curve for a known background is about twice as high as the one for a background known to ten percent."}} tags=["hide-input"]
figures.likelihood_scan(strength, curves)

# %% [markdown] tags=["caption"]
# Twice the loss of log-likelihood on the Asimov data set against the signal strength, for the
# dark-Higgs model in electron pairs, without and with a background uncertainty. The dots at zero
# strength mark the squared expected significance.

# %% [markdown]
# Without a background uncertainty the squared significance is {eval}`f"{z_scan**2:.3f}"`. With one the
# curve is lower, because a higher background explains part of the excess.
#
# ## Equation 5.4 is asymptotic, not a formula for low statistics
#
# The draft calls {eq}`eq-z0` the formula for low statistics and chooses it because cross sections are
# small. Its expansion in $s/b$,
#
# $$
# Z_0 = \frac{s}{\sqrt b}\left(1 - \frac{s}{6b} + \dots\right),
# $$ (eq-expansion)
#
# shows that it improves on $s/\sqrt b$ where the *signal is not small compared with the background*. It
# does not help with few events, since the normal tail behind it needs many. In the example the
# signal is {eval}`f"{100 * s / b:.0f}"` % of the background; $s/\sqrt b$ gives {eval}`f"{naive:.3f}"`, and
# equation 5.4 gives {eval}`f"{z_scan:.3f}"`. {numref}`tab-expansion` lists larger and smaller signals.
# The use of equation 5.4 is right; the reason given for it is not.

# %% mystnb={"figure": {"name": "tab-expansion"}}
ratio = pd.Series([0.001, 0.01, 0.1, 1.0])
expansion = pd.DataFrame({"s / b": ratio, "s / √b": ratio * np.sqrt(b)})
expansion["with the first correction"] = ratio * np.sqrt(b) * (1 - ratio / 6)
expansion["equation 5.4"] = significance.z0(ratio * b, b)
tables.styled(expansion, "expansion", ".3f")

# %% [markdown] tags=["caption"]
# Expected significance by $s/\sqrt b$, by {eq}`eq-expansion` and by {eq}`eq-z0`, for the background of
# the example.

# %% [markdown]
# ## Significance with a background uncertainty
#
# A background estimate always has an uncertainty. Suppose that the background was measured in a control
# region without signal, $\tau$ times as large, which contains $m$ events. This is the *on/off* problem of
# gamma-ray astronomy {cite}`lima1983`,
#
# $$
# L(\mu, b) = P(n\,|\,\mu s + b)\; P(m\,|\,\tau b).
# $$ (eq-onoff)
#
# The estimate $m/\tau$ has the relative uncertainty $1/\sqrt m$. An uncertainty of $\sigma_b$ events from
# any other source is represented by the control region that gives the same uncertainty:
#
# $$
# \tau = \frac{b}{\sigma_b^2}, \qquad m = \tau b = \frac{b^2}{\sigma_b^2}.
# $$ (eq-tau)
#
# With signal, $\hat b = m/\tau$ and $\hat\mu s = n - \hat b$ describe both counts exactly. Without signal
# one background has to describe both. The derivative of $\ln L(0, b)$ vanishes at
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
# For $\sigma_b \to 0$ it returns to {eq}`eq-z0`; for $s \ll b$ it becomes $s/\sqrt{b + \sigma_b^2}$.
# {numref}`tab-onoff` checks both steps with a minimiser that uses only {eq}`eq-onoff`.

# %%
sigma = 0.1 * b
tau, m = b / sigma**2, b**2 / sigma**2


def log_onoff(mu, background):
    """Log-likelihood of both Asimov counts, without constant terms."""
    total, control = mu * s + background, tau * background
    in_signal_region = asimov * np.log(total) - total
    return in_signal_region + (m * np.log(control) - control)


# %%
near = {"bounds": (0.5 * b, 2 * b), **precise}
null = optimize.minimize_scalar(lambda b: -log_onoff(0.0, b), **near).x
by_steps = np.sqrt(2 * (log_onoff(1.0, b) - log_onoff(0.0, null)))

# %% mystnb={"figure": {"name": "tab-onoff"}}
null_closed = b + s * sigma**2 / (b + sigma**2)
z_closed = float(significance.z_asimov(s, b, sigma))
words = ["background without signal", "expected significance"]
onoff = pd.DataFrame({"minimiser": [null, by_steps]}, words)
onoff["closed form"] = null_closed, z_closed
assert np.allclose(onoff["minimiser"], onoff["closed form"], rtol=1e-6)
tables.styled(onoff, "onoff", ".6f")

# %% [markdown] tags=["caption"]
# Best background under the background-only hypothesis and expected significance with a background
# uncertainty of ten percent, by numerical minimisation and by {eq}`eq-null` and {eq}`eq-za`.

# %% [markdown]
# As printed, {eq}`eq-za` subtracts two nearly equal numbers when $s$ or $\sigma_b$ is small. The library
# writes it as a sum of two terms that are never negative, one for each region, and loses no digits. Its
# limits at $b = 0$ and for a negative $s$ (negative event weights may outweigh the others) are
# documented with `lepsearch.stats.significance.z_asimov`.
#
# ## Cross-check with pyhf
#
# The library `pyhf` {cite}`pyhf` builds the likelihood from a description of the counts and minimises it
# numerically. It shares no code with the formulae above. {numref}`tab-pyhf` compares the two.


# %% mystnb={"figure": {"name": "tab-pyhf"}}
def arguments(cases):
    """Signal, background and its uncertainty in events."""
    return cases["s"], cases["b"], cases["relative"] * cases["b"]


relative = pd.Series(relative_uncertainties, name="relative")
more = pd.DataFrame({"s": [10, 50], "b": [100, 1000], "relative": 0.1})
cases = entries[["s", "b"]].merge(relative, how="cross")
cases = pd.concat([cases, more], ignore_index=True)
cases["formula"] = significance.z_asimov(*arguments(cases))
cases["pyhf"] = list(map(exact.z_by_pyhf, *arguments(cases)))
cases["difference"] = cases["formula"] - cases["pyhf"]
worst = cases["difference"].abs().max()
assert worst < 1e-4
whole = {"s": ".0f", "b": ".0f", "relative": ".0%"}
tables.styled(cases, "pyhf", ".5f", difference=".0e", **whole)

# %% [markdown] tags=["caption"]
# Expected significance by {eq}`eq-za` and by `pyhf`, for the yields of tables 5.5 and 5.6 of Guevara's
# draft and two larger ones, with the relative background uncertainty of the third column.

# %% [markdown]
# The {eval}`len(cases)` cases agree to {eval}`f"{1e6 * worst:.1f}"` $\times\,10^{-6}$ or better.
#
# ## One printed significance disagrees with its yields
#
# Tables 5.5 and 5.6 of {cite}`guevara2023` give yields after the cuts of table 5.4 and the significance
# that follows from them by {eq}`eq-z0`. The yields are rounded to whole events, so the significance can
# be recomputed only within a range. A printed value is *possible* if its rounding interval overlaps that
# range. The last column of {numref}`tab-printed` asks the same for yields that were truncated instead of
# rounded.

# %% mystnb={"figure": {"name": "tab-printed"}}
dark_higgs = entries.loc["ee", "dark Higgs"]
light_muon = entries.loc["μμ", "light vector"]
above, printed_z = light_muon[["b", "printed"]]
needed = optimize.brentq(
    lambda signal: significance.z0(signal, above) - printed_z, 0, 100
)
shown = entries.drop(columns="half")
tables.styled(shown, "printed", ".3f", s=".0f", b=".0f", printed=".2f")

# %% [markdown] tags=["caption"]
# Yields and significances of tables 5.5 and 5.6 as printed, the significance recomputed from the
# yields, its range for yields rounded to whole events, and whether the printed value is possible
# for rounded and for truncated yields.

# %% mystnb={"figure": {"name": "fig-printed"}, "image": {"alt": "Four horizontal grey bars with a dot inside each. Three open diamonds lie on their bars, near the upper end; the diamond of the light vector in muon pairs lies to the right of its bar."}} tags=["hide-input"]
names = [f"{model}, {pair}" for pair, model in entries.index]
figures.printed_and_recomputed(entries.set_axis(names))

# %% [markdown] tags=["caption"]
# Significances of tables 5.5 and 5.6 of Guevara's draft. Bars span the range that rounded yields allow,
# dots are computed from the printed yields, and diamonds with their rounding intervals are the printed
# values. Compare the diamonds with the bars.

# %% [markdown]
# Three of the four printed values are possible ({numref}`fig-printed`). The light vector in muon pairs is
# not: its yields give {eval}`f"{light_muon['recomputed']:.3f}"` and at most
# {eval}`f"{light_muon['highest']:.3f}"`, where {eval}`f"{light_muon['printed']:.2f}"` is printed. That would
# take a signal of {eval}`f"{needed:.2f}"` events, which rounds to one event more. The other three lie in
# the upper part of their ranges. All four are possible if the yields were truncated instead of
# rounded. This is the simplest explanation; the draft does not say.
#
# ## A background uncertainty limits the significance
#
# The draft quotes significances without a background uncertainty. {numref}`tab-cost` and
# {numref}`fig-uncertainty` add one.


# %% mystnb={"figure": {"name": "tab-cost"}}
def costs(relative):
    """Significances by channel, and combined; a column an uncertainty."""
    s, b = entries["s"], entries["b"]
    z = {one: significance.z_asimov(s, b, one * b) for one in relative}
    parts = pd.DataFrame(z, entries.index)
    by_model = parts.groupby("model", sort=False)
    both = by_model.agg(lambda z: float(significance.combine(z)))
    return pd.concat([parts, pd.concat({"combined": both})])


cost = costs(relative_uncertainties)
tables.styled(cost.rename(columns="{:.0%}".format), "cost", ".3f")

# %% [markdown] tags=["caption"]
# Expected significance for the yields of tables 5.5 and 5.6 with the relative background uncertainty
# of each column. The combination takes the uncertainties of the two channels as independent.

# %%
more = np.array([1, 1e4])  # times the luminosity
z_ten, z_far = significance.z_asimov(more * s, more * b, more * 0.1 * b)
loss_ten = 100 * (1 - z_ten / z_scan)
ceiling = np.sqrt(2 * (s / b - np.log1p(s / b))) / 0.1
combined = costs([0.0, 0.1]).loc["combined"]
channels = entries.xs("dark Higgs", level="model")
by_pyhf = exact.z_by_pyhf(channels["s"], channels["b"])
n, m, known = channels["s"] + channels["b"], 1 / 0.1**2, channels["b"]
factor = (n.sum() + m) / (known.sum() + m)  # of both, without a signal
loss_shared = (n * np.log(n / (factor * known))).sum() - m * np.log(factor)
shared = np.sqrt(2 * loss_shared)
assert np.isclose(by_pyhf, combined.loc["dark Higgs", 0.0], atol=1e-4)

# %% mystnb={"figure": {"name": "fig-uncertainty"}, "image": {"alt": "Three falling curves: the combination of both channels above electrons, and electrons above muons. All fall steeply at first and are below a third of their starting values at thirty-five percent."}} tags=["hide-input"]
fine = np.linspace(0, 0.35, 141)
curves = costs(fine).xs("dark Higgs", level="model")
curves = curves.loc[["combined", "ee", "μμ"]].T
figures.against_uncertainty(fine, curves)

# %% [markdown] tags=["caption"]
# Expected significance of the dark-Higgs model against the relative background uncertainty, with the
# yields of tables 5.5 and 5.6. The combination takes the uncertainties of the two channels as
# independent.

# %% [markdown]
# An uncertainty of ten percent, a good measurement in a tail with few events, takes
# {eval}`f"{loss_ten:.0f}"` % of the significance of the dark Higgs in electron pairs. It also sets an upper
# limit. When the luminosity grows at constant $r = \sigma_b/b$, the relative statistical uncertainty of
# the signal region vanishes and that of the background remains; {eq}`eq-za` tends to
#
# $$
# Z_A \to \frac{1}{r}\sqrt{2\left[\frac{s}{b} - \ln\left(1 + \frac{s}{b}\right)\right]} \approx \frac{s}{r\,b}\,.
# $$ (eq-ceiling)
#
# The limit is {eval}`f"{ceiling:.3f}"` for the dark Higgs in electron pairs. At ten thousand times the
# luminosity the formula gives {eval}`f"{z_far:.3f}"`, against {eval}`f"{100 * z_scan:.0f}"` without an
# uncertainty. More data do not help such a search; a purer region does. The chapters with results
# therefore quote each significance for several uncertainties.
#
# ## Combination of two channels
#
# Electron and muon pairs are different events. If their uncertainties are independent too, the
# likelihoods multiply, $q_0$ on the Asimov data set is the sum, and
#
# $$
# Z = \sqrt{Z_{ee}^2 + Z_{\mu\mu}^2}\,.
# $$ (eq-combine)
#
# For the dark Higgs the combined significance is {eval}`f"{combined.loc['dark Higgs', 0.0]:.3f}"` without a
# background uncertainty, and {eval}`f"{by_pyhf:.3f}"` by `pyhf` with one signal strength for two bins. With
# ten percent on each background it is {eval}`f"{combined.loc['dark Higgs', 0.1]:.3f}"`, and
# {eval}`f"{shared:.3f}"` if both channels share the whole of that uncertainty.
#
# ## Statistical uncertainty from limited simulation
#
# The yields are sums of weights of simulated events, $s = \sum_i w_i$, with the variance $\sum_i w_i^2$.
# The significance inherits it:
#
# $$
# \mathrm{Var}\,Z = \left(\frac{\partial Z}{\partial s}\right)^2 \sum_{\text{signal}} w_i^2
#   + \left(\frac{\partial Z}{\partial b}\right)^2 \sum_{\text{background}} w_i^2 .
# $$ (eq-propagation)
#
# This is the statistical uncertainty *of* the expectation, which shrinks with more simulation. The
# background uncertainty $\sigma_b$ in {eq}`eq-za` belongs to the search itself and does not shrink.
# {numref}`tab-redrawn` tests the propagation with pseudo-samples of the example's size, some of whose
# weights are negative: the spread is that over samples in which each event appears a Poisson number
# of times.

# %%
rng = np.random.default_rng(seed)
weights_s = rng.uniform(0.5, 1.5, 300) * s / 300
weights_b = rng.choice([1.0, 1.0, 1.0, 1.0, -0.5], 170)
drawn_s = rng.poisson(1, (4000, 300)) @ weights_s
drawn_b = rng.poisson(1, (4000, 170)) @ weights_b
shares = np.array([0.0, 0.1, 0.3])  # of the background, not known
redrawn = significance.z_asimov(drawn_s, drawn_b, np.outer(shares, drawn_b))

# %% mystnb={"figure": {"name": "tab-redrawn"}}
sums = weights_s.sum(), weights_b.sum()
known = {"s_sumw2": (weights_s**2).sum(), "b_sumw2": (weights_b**2).sum()}
known["relative"] = shares
errors = pd.DataFrame(index=map("{:.0%} on the background".format, shares))
errors["significance"] = significance.z_asimov(*sums, shares * sums[1])
errors["propagated"] = significance.z_uncertainty(*sums, **known)
errors["spread when redrawn"] = redrawn.std(axis=1)
tables.styled(errors, "redrawn", ".4f")

# %% [markdown] tags=["caption"]
# Expected significance of pseudo-samples, its statistical uncertainty by {eq}`eq-propagation`, and the
# spread over redrawn samples, for three background uncertainties.

# %% [markdown]
# The propagated uncertainty differs from the spread by at most
# {eval}`f"{100 * (errors['propagated'] / errors['spread when redrawn'] - 1).abs().max():.0f}"` % in the rows of
# {numref}`tab-redrawn`. Where $\sigma_b$ is a fraction of $b$, it changes with $b$ when the events are
# redrawn, and the derivative by $b$ has to include that. With fewer than about ten simulated events
# behind $b$ the derivatives no longer describe the spread, and the number should not be quoted.
#
# (sec-toys)=
# ## The asymptotic formula against pseudo-experiments
#
# The only approximation is the normal tail. {term}`Pseudo-experiments <pseudo-experiment>` with background alone replace it: the
# fraction of them that reaches a given $\sqrt{q_0}$ is the true tail probability ({numref}`fig-tails`).

# %%
claimed, toys = np.linspace(0, 4, 401), {"n_toys": n_toys, "seed": seed}
fractions = partial(exact.tail_fractions, claimed, **toys)
counted = {f"$b = {one:g}$": fractions(one) for one in (0.5, 5, b)}

# %% mystnb={"figure": {"name": "fig-tails"}, "image": {"alt": "A smooth falling curve on a logarithmic scale and three staircases around it. The staircase for half an event has four wide steps whose right ends stand well above the curve; the one for the background of the thesis follows it closely."}} tags=["hide-input"]
figures.tails(claimed, stats.norm.sf(claimed), counted)

# %% [markdown] tags=["caption"]
# Probability that background alone reaches a significance: counted in pseudo-experiments for three
# backgrounds $b$ (steps) and for a normal distribution (smooth curve). Compare the right end of each
# step, the significance of one possible count, with the smooth curve.

# %% [markdown]
# Counts are whole numbers, so the fraction falls in steps. A significance is claimed at the right end of
# a step, where the counted probability lies above the normal one: the formula overstates the
# significance. The steps are coarse for small backgrounds and approach the curve for large ones.
#
# The expected significance needs a second set of pseudo-experiments, with signal. Their median count is
# compared with the background-only experiments, and the fraction that reaches it is converted into
# standard deviations. Without a background uncertainty the fraction is also an exact sum over the
# Poisson distribution, which checks the pseudo-experiments.

# %%
grid = np.geomspace(0.2, 200, 3000)
points = np.geomspace(0.3, 150, 9)
formula, counts, drawn = {}, {}, {}
for signal in (2, 5, 10):
    formula[signal] = significance.z0(signal, grid)
    counts[signal] = exact.exact_z(stats.poisson.median(signal + grid), grid)
    drawn[signal] = [exact.z_from_toys(signal, x, **toys) for x in points]
excess = np.array([formula[signal] - counts[signal] for signal in formula])
few, many = excess[:, grid < 1], excess[:, grid > 50]


# %% mystnb={"figure": {"name": "fig-toys"}, "image": {"alt": "Three smooth falling curves and, beneath or around each, a saw-toothed line with points on it. To the left, at small backgrounds, the teeth are large and lie mostly below the curves; to the right they shrink and follow them."}} tags=["hide-input"]
figures.against_background(grid, formula, counts, points, drawn)

# %% [markdown] tags=["caption"]
# Expected significance against the background for three signals: equation 5.4 (thick lines), the exact
# value for the median count (thin), and pseudo-experiments (points, with the uncertainty from their
# number; points that no background-only experiment reached are left out). The exact value jumps
# where the median count moves to the next whole number. Compare small with large backgrounds.

# %% mystnb={"figure": {"name": "tab-toys"}}
thesis = [[s, b, relative] for relative in (0.0, 0.1, 0.3)]
small = [[5, 5, 0.0], [5, 5, 0.3], [5, 1, 0.0], [5, 1, 0.5]]
settings = pd.DataFrame(thesis + small, columns=["s", "b", "relative"])
given = arguments(settings)
settings["formula"] = significance.z_asimov(*given)
settings["toys"] = list(map(partial(exact.z_from_toys, **toys), *given))
median = stats.poisson.median(settings["s"] + settings["b"])
settings["exact tail"] = exact.exact_z(median, *given[1:])
tables.styled(settings, "toys", ".3f", **whole)

# %% [markdown] tags=["caption"]
# Expected significance by {eq}`eq-za`, by pseudo-experiments, and by the exact tail of the median count.
# The first rows have the yields of the example, the others few events; the third column is the
# relative background uncertainty.

# %% [markdown]
# Averaged over the steps and the three signals of {numref}`fig-toys`, {eq}`eq-z0` overstates the
# significance by {eval}`f"{few.mean():.2f}"` for backgrounds below one event and by
# {eval}`f"{many.mean():.2f}"` above fifty. There its largest deviation is {eval}`f"{np.abs(many).max():.2f}"`.
# In {numref}`tab-toys` the yields of the example have {eval}`f"{settings['formula'][0]:.2f}"` by the
# formula and {eval}`settings['toys'][0]` in {eval}`f"{n_toys:,d}"` pseudo-experiments under each hypothesis.
# The steps of the counts alone can make such a difference. The asymptotic approximation does not limit
# that search, but it is visible in the rows with one background event.
#
# The last column of the table is exact without a background uncertainty. With one it compares $n$ and $m$
# at a fixed sum, by the binomial distribution {cite}`cousins2008`. That test is conservative by
# construction, most of all where the control region has few events and its steps are coarse. Where only a
# few background events are expected, the pseudo-experiments are the number to quote.
# {cite}`bhattiprolu2021` compares other proposals for small counts.
#
# ## Arithmetic of the draft's sample tables
#
# Guevara's draft describes its samples in four tables {cite}`guevara2023`. Later chapters use them as
# references, so their arithmetic is checked here ({numref}`tab-sizes` and {numref}`tab-products`).

# %% mystnb={"figure": {"name": "tab-sizes"}}
known = pd.Series(quoted.below("guevara")).map(float)
parts = ["signal", "background"]


def printed_in(numbers, quantity):
    """A quantity of signal and background in some of the tables."""
    columns = {
        part: [known[f"table_5_{one}.{part}.{quantity}"] for one in numbers]
        for part in parts
    }
    return pd.DataFrame(columns, [f"5.{one}" for one in numbers])


sizes = printed_in([2, 3, 7, 8], "simulated")
sizes["total"] = sizes.sum(axis=1)
assert (sizes.loc[["5.7", "5.8"], "total"] == sizes.loc["5.3", "total"]).all()
tables.styled(sizes, "sizes", ",.0f")

# %% [markdown] tags=["caption"]
# Simulated events in tables 5.2, 5.3, 5.7 and 5.8 of Guevara's draft, and their sum.

# %% mystnb={"figure": {"name": "tab-products"}}
factors = [printed_in([2], "expected"), printed_in([8], "sum_of_weights")]
recomputed = pd.concat(factors) * sizes.loc[["5.2", "5.8"], parts]
long = {"var_name": "part", "value_name": "printed", "ignore_index": False}
products = printed_in([2, 8], "product").melt(**long)
products["recomputed"] = recomputed.melt()["value"].to_numpy()
products["ratio"] = products["recomputed"] / products["printed"]
tables.styled(products, "products", ".4g", ratio=".2f")

# %% [markdown] tags=["caption"]
# Products of the number of events and the sum of weights in tables 5.2 and 5.8, as printed and
# recomputed.

# %%
over_sum = printed_in([7], "with_luminosity_over_sum").loc["5.7"]
ratios = over_sum / printed_in([7], "over_sum").loc["5.7"]
periods = known.filter(like="luminosity.")

# %% tags=["remove-cell"]
# what the errata quote
for name in ("s", "b", "printed", "recomputed", "highest"):
    form = {"s": ".0f", "b": ".0f", "printed": ".2f"}.get(name, ".3f")
    report.record(f"muon_{name}", light_muon[name], form)
report.record("signal_needed", needed, ".2f")
report.record("overstated_few", few.mean(), ".2f")
report.record("naive", naive, ".3f")
report.record("z_scan", z_scan, ".3f")
report.record("z_ten", z_ten, ".3f")
report.record("shared_ten", shared, ".3f")
report.record("z_electron_dark_higgs", dark_higgs["recomputed"], ".3f")
for model, expected in combined.iterrows():
    name = model.replace(" ", "_").lower()
    for relative, z in expected.items():
        report.record(f"combined_{name}_{100 * relative:.0f}", z, ".3f")
for table, one in sizes.iterrows():
    for part, number in one.items():
        report.record(f"{part}_{table[-1]}", number, ",.0f")
for name, one in periods.agg(["sum", "min", "max"]).items():
    report.record(f"luminosity_{name}", one, ".1f")
before_split = 1e-6 * sizes.loc["5.3"] / known["text_5_2.training_fraction"]
in_units = 1e-13 * products.loc["5.8"].set_index("part")
for part in parts:
    text = 1e-6 * known[f"text_5_2.{part}_simulated"]
    report.record(f"{part}_text", text, ".0f")
    report.record(f"{part}_before_split", before_split[part], ".2f")
    report.record(f"ratio_{part}", ratios[part], ".1f")
    report.record(f"over_sum_{part}", over_sum[part], ",.1f")
    product, printed_product = in_units.loc[part, ["recomputed", "printed"]]
    report.record(f"product_8_{part}", product, ",.1f")
    report.record(f"product_8_{part}_printed", printed_product, ".3g")

# %% [markdown]
# Tables 5.3, 5.7 and 5.8 have the same total with three different numbers of signal events: they are
# three random splits of one set. Table 5.2 has {eval}`f"{sizes.loc['5.2', 'total']:,.0f}"` Standard Model
# events and table 5.3, the training part of the same backgrounds, has
# {eval}`f"{sizes.loc['5.3', 'background']:,.0f}"`, so they belong to different versions of the samples. The
# products of table 5.2 are right. Those of table 5.8 are ten times the printed ones, so its column
# counts in units of $10^{14}$ instead of $10^{13}$.
#
# In table 5.7 the sums with and without the luminosity differ by {eval}`f"{ratios['signal']:.1f}"` for the
# signal and {eval}`f"{ratios['background']:.1f}"` for the background. Both lie between the smallest and the
# largest luminosity of one period, {eval}`f"{periods.min():.1f}"` and {eval}`f"{periods.max():.1f}"` fb$^{-1}$, as
# expected if each event carries the luminosity of its own period; neither is the total of
# {eval}`f"{periods.sum():.1f}"` fb$^{-1}$. The cross section is missing from these sums, so the signal
# appears to exceed the background. The {ref}`errata <errata>` list the differences.
#
# ## Summary
#
# - Equation 5.4 is the median discovery significance without a background uncertainty, an asymptotic
#   formula and not one for low statistics. It agrees with an independent likelihood to
#   {eval}`f"{1e6 * worst:.1f}"` $\times\,10^{-6}$ ({numref}`tab-pyhf`). Of the printed significances, one cannot follow
#   from yields rounded to whole events ({numref}`tab-printed`).
# - A background uncertainty of ten percent lowers the best single value from
#   {eval}`f"{dark_higgs['recomputed']:.3f}"` to {eval}`f"{z_ten:.3f}"`, and limits it to
#   {eval}`f"{ceiling:.3f}"` at any luminosity ({numref}`tab-cost`).
# - The exact tail probability confirms the formula to {eval}`f"{np.abs(many).max():.2f}"` above fifty expected
#   background events. Below one event it overstates the significance by
#   {eval}`f"{few.mean():.2f}"` on average ({numref}`fig-toys`).
#
# The {ref}`cut-and-count search <chap-cut-and-count>` applies these formulae to events: the cuts of
# Guevara's draft in sequence, and the significance of the events that remain.
