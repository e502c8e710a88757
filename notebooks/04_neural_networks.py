# %% [markdown]
# (chap-neural-networks)=
# # Neural networks
#
# How does a network turn the features of an event into a score, and how does it learn to? Both theses derive
# backpropagation {cite}`rumelhart1986`, with indices that differ from each other and in places from themselves
# {cite}`frette2023,guevara2023`. A transposed matrix or a sign that flips silently is hard to notice in a program
# that still trains. This chapter derives everything in one convention, tests each step by symbols, by finite
# differences and against TensorFlow ({numref}`tab-nn-gradients`), and tries what the drafts claim of learning rates,
# activation functions and small outputs.

# %% nbmake={"mock": {"epochs": 20, "n_events": 1000, "n_networks": 4, "n_starts": 100}} tags=["parameters"]
# [200, 1e6]; events of each example
n_events = 4_000
# [2, 10000]; passes over the events in the comparison of optimisers
epochs = 60
# (0, 3]; learning rates of a parabola, as multiples of its inverse curvature
rates = [0.1, 0.9, 2.05]
# [10, 1e6]; places where descents between two minima begin
n_starts = 1_000
# [2, 10000]; untrained networks whose gradients are compared
n_networks = 30
# [2, 100]; their hidden layers
depth = 8
# [0, 4294967295]; of all that is drawn at random
seed = 1

# %%
from itertools import pairwise

import numpy as np
import pandas as pd
import sympy as sp
from scipy.special import expit

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.learn.backend import keras, tf
from lepsearch.plotting.style import drawing, lines
from lepsearch.stats.estimate import Estimate, weighted_mean

random = np.random.default_rng(seed)
training = quoted.below("guevara.training")
thesis_epochs = training["epochs"].value
thesis_events = sum(
    quoted.get(f"guevara.table_5_3.{one}.simulated").value
    for one in ("signal", "background")
)
steps_in_epoch = int(np.ceil(thesis_events / training["batch_max"].value))
width = 40  # neurons of each layer in the deep networks

# %% [markdown]
# ## Notation
#
# A table of events is a matrix $X$ with a row for each of $N$ events and a column for each feature. The layers of a
# network are numbered from $l = 0$, the features themselves, to $L$, the output.
#
# :::{table} Symbols of this chapter and of the two drafts. The first weights are $W^1$ here and in Guevara's draft, and $W^2$ in Frette's.
# :name: tab-nn-notation
#
# | quantity | this chapter | Frette | Guevara |
# |---|---|---|---|
# | weight from node $i$ of a layer to node $j$ of the next | $W^l_{ij}$ | $w^l_{ij}$ | $w^l_{ji}$ in equation 3.9, $w^l_{ij}$ in equation 3.12 |
# | bias of node $j$ | $b^l_j$ | $b^l_j$ | $b^l_j$ |
# | sum that enters a node | $z^l_j$ | $z^l_j$ | $z^l_j$ |
# | activation function | $f$ | $\sigma$ | $f$ |
# | output of a node | $a^l_j = f(z^l_j)$ | $a^l_j$ | $y^l_j$ |
# | output of the network, target | $y = a^L$, $t$ | $y$, $t$ | $y^L$, $t$ |
# | cost, its derivative by $z^l_j$ | $C$, $\delta^l_j$ | $C$, $\delta^l_j$ | $C$, $\delta^l_j$ |
# | parameters, learning rate | $\theta$, $\eta$ | $\theta$, $\eta$ | $\beta$, $\eta$ |
# | layer of the features | $0$ | $1$ | $0$ |
# :::
#
# With $W^l$ a matrix of one row for each input and one column for each output, a whole table of events passes a layer
# by $Z^l = A^{l-1} W^l + b^l$. Keras stores its weights in the same way.
#
# ## Least squares, and when they fail
#
# The simplest model is linear, $y = X\theta$, with a column of ones in $X$ for the constant. The sum of squares
# $\lvert X\theta - t\rvert^2$ has a zero derivative at
#
# $$
# X^\mathsf{T} X\, \theta = X^\mathsf{T} t
# \quad\Rightarrow\quad \hat\theta = (X^\mathsf{T} X)^{-1} X^\mathsf{T} t ,
# $$ (eq-nn-ols)
#
# *ordinary least squares*, if the matrix has an inverse. {numref}`tab-nn-ols` tries it on an example with two
# features, one that varies like a momentum in GeV and one like an angle.

# %%
momentum = random.normal(80, 40, n_events)
angle = random.normal(0, 1, n_events)
target = 0.02 * momentum + 0.5 * angle + random.normal(0, 1, n_events)
ones = np.ones(n_events)
features = np.stack([momentum, angle], axis=1)
standard = (features - features.mean(axis=0)) / features.std(axis=0)
designs = {
    "as they come": np.column_stack([ones, features]),
    "mean 0, deviation 1": np.column_stack([ones, standard]),
    "and their sum": np.column_stack([ones, standard, standard.sum(axis=1)]),
}


# %% mystnb={"figure": {"name": "tab-nn-ols"}}
def cost(X, theta):
    """Half of the mean square."""
    return np.mean((X @ theta - target) ** 2) / 2


rows = []
for name, X in designs.items():
    square = X.T @ X / n_events
    solved = np.linalg.lstsq(X, target)[0]
    row = {"features": name, "columns": X.shape[1]}
    row["rank"] = int(np.linalg.matrix_rank(X))
    row["condition number"] = np.linalg.cond(square)
    row["best cost"] = cost(X, solved)
    row["has an inverse"] = row["rank"] == X.shape[1]
    rows.append(row)
least_squares = pd.DataFrame(rows)
condition = dict(least_squares[["features", "condition number"]].values)
big = {"condition number": ".3g", "best cost": ".6f"}
tables.styled(least_squares, "ols", **big)

# %% [markdown] tags=["caption"]
# Least squares with three choices of features: the rank of $X$, the ratio of the largest to the smallest eigenvalue
# of $X^\mathsf{T}X$, half the mean square at the minimum, and whether {eq}`eq-nn-ols` applies. Compare the best
# costs.

# %% [markdown]
# Where one column follows from others, as in the last row, the inverse does not exist. There are many solutions with
# the same cost, and a method that does not invert (here by singular values) finds one of them. Frette's draft adds
# that the inversion becomes expensive for a large $X$. The matrix to invert has the size of the number of *features*,
# however; making it is one pass over the events. The reason for an iterative method is another: a network is not
# linear in its parameters, so the zeros of the derivative are not known in closed form.
#
# ## Gradient descent and three learning rates
#
# Gradient descent goes against the derivative of the cost, in steps that the *learning rate* $\eta$ sets
# (equation 1.1 of Frette's draft, equation 3.3 of Guevara's):
#
# $$
# \theta_{i+1} = \theta_i - \eta\, \nabla C(\theta_i) .
# $$ (eq-nn-descent)
#
# Near a minimum $\theta^\star$ the cost is a parabola. With its curvature $\lambda$ in one direction,
#
# $$
# \theta_{i+1} - \theta^\star = (1 - \eta\lambda)\,(\theta_i - \theta^\star) .
# $$ (eq-nn-contraction)
#
# The factor decides. For $\eta < 1/\lambda$ the descent approaches from one side, the slower the smaller $\eta$. Up
# to $2/\lambda$ it jumps from side to side and still converges. Beyond, it diverges. {numref}`fig-nn-rates` is
# figure 1.2 of Frette's draft, which sketches three cases, computed for one parameter of the linear example.

# %%
X = designs["mean 0, deviation 1"]
best = np.linalg.lstsq(X, target)[0]
curvature = np.mean(X[:, 1] ** 2)


def steps_of(rate, number=12):
    """Distances from the minimum in units of the first, by gradients."""
    theta, visited = best + np.array([0, 1, 0]), [1.0]
    for _ in range(number):
        slope = X[:, 1] @ (X @ theta - target) / n_events
        theta = theta - rate / curvature * slope * np.array([0, 1, 0])
        visited.append(theta[1] - best[1])
    return np.array(visited)


def regime(rate):
    """What the factor 1 - rate does to the distance."""
    converges = "slowly" if rate < 0.5 else "quickly"
    return (
        converges if rate <= 1 else "oscillates" if rate < 2 else "diverges"
    )


paths = {rate: steps_of(rate) for rate in rates}
assert all(np.allclose(path, (1 - rate) ** np.arange(len(path)), atol=1e-9)
           for rate, path in paths.items())  # fmt: skip

# %% mystnb={"figure": {"name": "fig-nn-rates"}, "image": {"alt": "Parabolas side by side with the points that a descent visits. With the smallest rate the points creep down one side; with a medium rate they reach the bottom in two steps; with the largest they jump from side to side and upwards."}} tags=["hide-input"]
options = {"figsize": (8.4, 3.2), "sharey": True, "squeeze": False}
with drawing(1, len(rates), **options) as (figure, grid):
    for axes, (rate, path) in zip(grid[0], paths.items(), strict=True):
        reach = max(1.3, 1.1 * np.abs(path).max())
        x = np.linspace(-reach, reach, 200)
        axes.plot(x, x**2, color="0.6", ls="-")
        axes.plot(path, path**2, "o-", color="#d55e00", ms=4, lw=1)
        axes.set_title(rf"$\eta\lambda$ = {rate:g}: {regime(rate)}")
        axes.set_xlabel(
            r"$(\theta - \theta^\star)/(\theta_0 - \theta^\star)$"
        )
    grid[0, 0].set_ylabel(r"$(C - C^\star)/(C_0 - C^\star)$")
figure

# %% [markdown] tags=["caption"]
# Twelve steps of gradient descent on a parabola with three learning rates. Axes in units of the first distance from
# the minimum and the cost there. Compare the number of steps to the bottom.

# %% [markdown]
# The distances agree with {eq}`eq-nn-contraction`. With several parameters each eigenvalue of the matrix of second
# derivatives has its own factor. The largest limits $\eta$, and the descent along the smallest then takes about as
# many steps as the ratio of the two, the condition number of {numref}`tab-nn-ols`:
# {eval}`f"{condition['as they come']:,.0f}"` for the features as they come and
# {eval}`f"{condition['mean 0, deviation 1']:.2f}"` once each has the mean zero and the deviation one. This is why
# features are scaled ({numref}`Chapter %s <chap-normalisation>`).
#
# ## Stochastic descent and Adam
#
# The cost is a mean over events, and so is its gradient. The gradient of a *batch* of $B$ events drawn at random has
# the same expectation, with a variance that falls like $1/B$. *Stochastic gradient descent* takes one step for each
# batch. One pass over all events, an *epoch*, then has $N/B$ steps instead of one. Guevara's draft also calls a
# single step an epoch. Its largest batches make {eval}`f"{steps_in_epoch:d}"` steps in each of
# {eval}`f"{thesis_epochs:.0f}"` epochs.
#
# Adam {cite}`kingma2015` also keeps running means of the gradient $g$ and of its square, for each parameter, and
# steps by their ratio:
#
# $$
# \begin{gathered}
# m \to \beta_1 m + (1 - \beta_1)\, g, \qquad v \to \beta_2 v + (1 - \beta_2)\, g^2, \\[1ex]
# \theta \to \theta - \eta\, \frac{m / (1 - \beta_1^i)}{\sqrt{v / (1 - \beta_2^i)} + \epsilon} .
# \end{gathered}
# $$ (eq-nn-adam)
#
# The denominators $1 - \beta^i$ correct for means that begin at zero. Multiplying the cost by a constant changes
# {eq}`eq-nn-descent` but not {eq}`eq-nn-adam`. With the usual values of $\beta_1$ and $\beta_2$:


# %%
def plain(eta):
    """Steps of gradient descent."""
    return lambda i, g: eta * g


def adam(eta, b1=0.9, b2=0.999):
    """Steps of Adam, which remembers two means of each gradient."""
    m, v = 0.0, 0.0

    def step(i, g):
        nonlocal m, v
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return eta * (m / (1 - b1**i)) / (np.sqrt(v / (1 - b2**i)) + 1e-8)

    return step


def descend(X, step, batch):
    """Cost above the minimum after each epoch."""
    theta, i = np.zeros(X.shape[1]), 0
    lowest = cost(X, np.linalg.lstsq(X, target)[0])
    excess = [cost(X, theta) - lowest]
    for _ in range(epochs):
        order = random.permutation(n_events)
        for rows in np.array_split(order, max(n_events // batch, 1)):
            i += 1
            residual = X[rows] @ theta - target[rows]
            theta = theta - step(i, X[rows].T @ residual / len(rows))
        excess.append(cost(X, theta) - lowest)
    return np.array(excess)


# %%
raw, scaled = list(designs.values())[:2]
largest = np.linalg.eigvalsh(raw.T @ raw / n_events).max()
descents = {
    "all events, as they come": descend(raw, plain(1 / largest), n_events),
    "all events, scaled": descend(scaled, plain(0.2), n_events),
    "batches of 50, scaled": descend(scaled, plain(0.2), 50),
    "batches of 50, scaled, Adam": descend(scaled, adam(0.02), 50),
    "batches of 50, as they come, Adam": descend(raw, adam(0.02), 50),
}

# %% mystnb={"figure": {"name": "fig-nn-optimisers"}, "image": {"alt": "Five curves of the excess cost on a logarithmic scale against epochs. Plain descent on unscaled features stays almost flat after its first steps; on scaled features it falls on a straight line. The curves of small batches fall within few epochs and then fluctuate at a floor."}} tags=["hide-input"]
with drawing() as (figure, axes):
    for label, excess, look in lines(descents):
        axes.semilogy(np.maximum(excess, 1e-16), label=label, **look)
    axes.set(xlabel="epoch", ylabel=r"$C - C^\star$", ylim=(1e-11, 30))
    axes.legend(loc="lower left")
figure

# %% [markdown] tags=["caption"]
# Cost of the linear example above its minimum, which {eq}`eq-nn-ols` gives, after each pass over the events. Compare
# what scaling, batches and Adam change, and the floor of the curves with batches.

# %% [markdown]
# With a constant rate the noise of the batches keeps the parameters from settling: their cost fluctuates at a floor
# proportional to $\eta/B$, where the gradient of all events vanishes and that of a batch does not. After the last
# epoch the excess is {eval}`f"{descents['batches of 50, scaled'][-1]:.1g}"` with batches and
# {eval}`f"{descents['all events, scaled'][-1]:.1g}"` with all events.
#
# ### Local minima
#
# Both drafts say that batches reduce the risk of getting stuck in a local minimum. Guevara's adds that a learning
# rate that is too small raises it. A cost with two minima shows what is meant. Each event contributes
#
# $$
# C_n(\theta) = \tfrac14 (\theta^2 - 1)^2 + (\tfrac15 + x_n)\,\theta ,
# $$ (eq-nn-wells)
#
# with $x_n$ of mean zero and deviation 3, so the mean over the events has a lower minimum at negative $\theta$ and a
# higher one at positive $\theta$. {numref}`tab-nn-minima` begins at {eval}`f"{n_starts:,d}"` random places.


# %% mystnb={"figure": {"name": "tab-nn-minima"}}
starts = random.uniform(-2, 2, n_starts)


def share_lower(eta, batch=None, steps=1500):
    """Share of the starts that end in the lower minimum."""
    theta = starts
    for i in range(steps):
        # mean of x over a batch; in the last steps over all events, to settle
        noisy = batch and i < steps - 100
        x = random.normal(0, 3 / np.sqrt(batch), n_starts) if noisy else 0.0
        theta = theta - eta * (theta**3 - theta + 0.2 + x)
        theta = np.clip(theta, -2, 2)
    return weighted_mean(theta < 0)


settings = {
    "all events, η = 0.01": (0.01, None),
    "all events, η = 0.1": (0.1, None),
    "batches of 10, η = 0.01": (0.01, 10),
    "batches of 10, η = 0.1": (0.1, 10),
}
lower = {name: share_lower(*one) for name, one in settings.items()}
minima = pd.DataFrame({"descent": lower.keys(), "share": lower.values()})
tables.styled(minima, "minima", ".3f")

# %% [markdown] tags=["caption"]
# Share of the descents on {eq}`eq-nn-wells` that end in the lower minimum, from random starts in $[-2, 2]$; binomial
# uncertainties.

# %%
slow, quick, slow_noisy, noisy = lower.values()


def helps(gain):
    """Whether a setting reaches the lower minimum more often."""
    words = {
        "unseen": "makes no visible difference",
        "undefined": "is not known to matter",
    }
    seen = "helps" if gain.value > 0 else "harms"
    return report.verdict(gain, seen=seen, **words)


# %% [markdown]
# With all events a descent ends in the basin where it began, as long as no step is wider than the basin; a ten times
# larger rate {eval}`helps(quick - slow)`. At the larger rate the noise of the batches changes the share by
# {eval}`f"{noisy - quick:.3f}"`: it {eval}`helps(noisy - quick)`. At the smaller rate it
# {eval}`helps(slow_noisy - slow)`, with a change of {eval}`f"{slow_noisy - slow:.3f}"`. The ratio $\eta/B$ sets the
# strength of the noise, so the effect of batches depends on the rate. This is one dimension; the cost of a network
# has thousands, and the example does not show that local minima are what limits its training.
#
# ## One neuron, and its activation function
#
# A neuron takes a weighted sum of its inputs, adds a bias and applies an *activation function*,
# $a = f(\sum_i x_i W_i + b)$. (Equation 3.2 of Guevara's draft has no bias yet; in equation 3.8 it carries an index
# that belongs to the sum.) Without a non-linear $f$ any number of layers would be one linear map.

# %%
z = sp.Symbol("z", real=True)
formulas = {
    "sigmoid": 1 / (1 + sp.exp(-z)),
    "tanh": sp.tanh(z),
    "ReLU": sp.Max(0, z),
    "leaky ReLU": sp.Max(z, z / 4),
}
functions = {
    name: (sp.lambdify(z, f, "numpy"), sp.lambdify(z, sp.diff(f, z), "numpy"))
    for name, f in formulas.items()
}
sigmoid = formulas["sigmoid"]
assert sp.simplify(sp.diff(sigmoid, z) - sigmoid * (1 - sigmoid)) == 0

# %% mystnb={"figure": {"name": "tab-nn-activations"}}
rows = []
for name, (_, slope) in functions.items():
    ends = [sp.limit(formulas[name], z, end) for end in (-sp.oo, sp.oo)]
    row = {"function": name, "from": str(ends[0]).replace("oo", "∞")}
    row["to"] = str(ends[1]).replace("oo", "∞")
    row["bounded"] = all(end.is_finite for end in ends)
    row["rises everywhere"] = bool(np.all(slope(np.array([-9.0, 9.0])) > 0))
    values = slope(np.linspace(-8, 8, 1601))
    row["largest slope"] = values.max()
    row["slope at 8"], row["slope at -8"] = values[-1], values[0]
    rows.append(row)
activations = pd.DataFrame(rows).rename(
    columns={"slope at -8": "slope at −8"}
)
tables.styled(activations, "activations", ".3g")

# %% [markdown] tags=["caption"]
# Activation functions: limits for $z \to -\infty$ and $z \to \infty$, and the largest slope and those at two places.
# The slope of the leaky ReLU below zero is chosen here.

# %% mystnb={"figure": {"name": "fig-nn-activations"}, "image": {"alt": "Two panels. Left: sigmoid and tanh level off at both ends; ReLU is zero below zero and a straight line above, leaky ReLU has a small slope below zero. Right: their derivatives; the one of the sigmoid is a low bump of height one quarter, that of tanh a bump of height one, those of ReLU and leaky ReLU are steps."}} tags=["hide-input"]
x = np.linspace(-4, 4, 401)
with drawing(1, 2, figsize=(8.4, 3.4)) as (figure, (left, right)):
    for label, (f, slope), look in lines(functions):
        left.plot(x, f(x), label=label, **look)
        right.plot(x, slope(x), label=label, **look)
    left.set(xlabel="$z$", ylabel="$f(z)$", ylim=(-1.4, 2.2))
    right.set(xlabel="$z$", ylabel="$f'(z)$", ylim=(-0.05, 1.35))
    left.legend()
figure

# %% [markdown] tags=["caption"]
# Four activation functions and their derivatives.

# %% [markdown]
# Guevara's draft requires activation functions to be bounded and increasing, and uses ReLU, which is not bounded, and
# constant below zero. The conditions are those of an early proof that a network with one hidden layer can approximate
# any continuous function; a function that is not a polynomial is enough {cite}`leshno1993`. The draft's text puts the
# sigmoid in the first hidden layer and ReLU behind, while its algorithm has ReLU in all hidden layers and the sigmoid
# at the output, as this book does.
#
# ## The network as one nested function
#
# Layer after layer the outputs become inputs (equation 1.2 of Frette's draft, equation 3.9 of Guevara's),
#
# $$
# z^l_j = \sum_i a^{l-1}_i W^l_{ij} + b^l_j , \qquad a^l_j = f(z^l_j), \qquad a^0 = x ,
# $$ (eq-nn-forward)
#
# and the network is a single function of its inputs. For one hidden layer
#
# $$
# y = f\Big( \sum_j f\Big( \sum_i x_i W^1_{ij} + b^1_j \Big) W^2_j + b^2 \Big) ,
# $$ (eq-nn-nested)
#
# and each further layer is one more sum inside (equation 3.10 of Guevara's draft). The functions below compute
# {eq}`eq-nn-forward` for all events at once. The activation of the output is the sigmoid.


# %%
def untrained(sizes, scale=1.0, draw=random):
    """Random weights and biases of layers of these sizes."""
    return [
        [scale * draw.normal(0, np.sqrt(2 / (m + n)), (m, n)), np.zeros(n)]
        for m, n in pairwise(sizes)
    ]


def forward(network, x, f):
    """Outputs of all layers, and the sums that entered them."""
    a, z = [x], []
    for W, b in network:
        z.append(a[-1] @ W + b)
        a.append(f(z[-1]) if len(z) < len(network) else expit(z[-1]))
    return a, z


# %% [markdown]
# With matrices of symbols, {eq}`eq-nn-nested` is a line of code for an $f$ that can be any function. The next cell
# writes a network with two inputs, two hidden neurons and one output as one formula, inserts the sigmoid and random
# numbers, and finds what `forward` gives.


# %%
class fprime(sp.Function):
    """The derivative of an activation function."""


class f(sp.Function):
    """An activation function that can be any."""

    def fdiff(self, argindex=1):
        return fprime(*self.args)


def symbols(name, rows, columns):
    """A matrix of symbols."""
    names = f"{name}_(1:{rows + 1})(1:{columns + 1})"
    return sp.Matrix(rows, columns, sp.symbols(names))


# %%
inputs, t = symbols("x", 1, 2), sp.Symbol("t")
W1, b1, W2, b2 = symbolic = [
    symbols(*one)
    for one in [("W", 2, 2), ("b", 1, 2), ("V", 2, 1), ("c", 1, 1)]
]
z1 = inputs * W1 + b1
z2 = z1.applyfunc(f) * W2 + b2
nested = f(z2[0])
event, network = np.array([[0.7, -1.2]]), untrained([2, 2, 1])
arrays = [event, *(one for layer in network for one in layer)]
numbers = [float(one) for array in arrays for one in array.ravel()]
names = [one for matrix in (inputs, *symbolic) for one in matrix]
formula = nested.replace(f, lambda one: sigmoid.subs(z, one))
by_formula = float(formula.subs(dict(zip(names, numbers, strict=True))))
assert np.isclose(by_formula, forward(network, event, expit)[0][-1].item())

# %% [markdown]
# ## From the likelihood to the cross-entropy
#
# Let $p(x)$ be the probability that an event with the features $x$ is signal, $t = 1$. The probability of all labels
# is
#
# $$
# P = \prod_n p(x_n)^{t_n}\, [1 - p(x_n)]^{1 - t_n} .
# $$ (eq-nn-likelihood)
#
# Maximising it means minimising minus its logarithm, the *cross-entropy*. With $p = 1/(1 + e^{-z})$,
#
# $$
# \begin{aligned}
# C &= -\sum_n \left[ t_n \ln p_n + (1 - t_n) \ln (1 - p_n) \right] \\
#   &= -\sum_n \left[ t_n z_n - \ln(1 + e^{z_n}) \right], \qquad
# \frac{\partial C}{\partial z_n} = p_n - t_n .
# \end{aligned}
# $$ (eq-nn-entropy)
#
# Keras takes the mean instead of the sum.

# %%
p = sigmoid
entropy = -(t * sp.log(p) + (1 - t) * sp.log(1 - p))
short = -(t * z - sp.log(1 + sp.exp(z)))
assert sp.simplify(sp.diff(entropy, z) - (p - t)) == 0
assert sp.simplify(sp.diff(short, z) - (p - t)) == 0
assert sp.simplify((entropy - short).subs(z, 0)) == 0

# %% [markdown]
# Guevara's draft prints three forms that differ from {eq}`eq-nn-entropy`. Its probability has the label in the
# exponent, $1/(1 + e^{-t_i})$, where the output $\hat y_i$ belongs. As printed it is
# {eval}`f"{float(sigmoid.subs(z, 1)):.3f}"` for all signal events, whatever their features. Its $C(\beta)$ is at
# first the log-likelihood, and its equation 3.6 then has the sign reversed without a word; only the second is a cost.
# Equation 3.6 itself has the output $y_i$ in the place of the label $t_i$.
#
# What would a program compute from each? {numref}`tab-nn-logistic` minimises them in an example with one normally
# distributed feature, of unit width and of mean $\pm\tfrac12$ for signal and background. The log-odds are then
# $z = x$: the best slope is $\beta_1 = 1$, the best constant $\beta_0 = 0$.

# %%
labels = np.arange(n_events) % 2
x = random.normal(labels - 0.5, 1)


def entropy_slope(y):
    """Derivative of the cross-entropy by z."""
    return y - labels


def reversed_slope(y):
    """That of the log-likelihood, if it is minimised."""
    return labels - y


def printed_slope(y):
    """That of equation 3.6 with the output in the place of the label."""
    return -y * (1 - y) * np.log(y / (1 - y))


# %%
D, steps = np.stack([ones, x], axis=1), 400


def logistic(slope, steps=steps, l2=0.0, D=D):
    """Constant and slope after gradient descent on a cost."""
    beta = np.array([0.0, 0.3])
    for _ in range(steps):
        y = np.clip(expit(D @ beta), 1e-9, 1 - 1e-9)
        beta = beta - D.T @ slope(y) / n_events
        beta[1] -= 2 * l2 * beta[1]
    return beta


# %% mystnb={"figure": {"name": "tab-nn-logistic"}}
costs = {
    "equation 3.6 with the labels": entropy_slope,
    "log-likelihood, minimised": reversed_slope,
    "equation 3.6 as printed": printed_slope,
}
rows = []
for name, slope in costs.items():
    beta = logistic(slope)
    y = np.clip(expit(D @ beta), 1e-9, 1 - 1e-9)
    errors = np.sqrt(np.diag(np.linalg.inv((D.T * (y * (1 - y))) @ D)))
    settled = bool(np.abs(beta - logistic(slope, 300)).max() < 0.01)
    row = {"descent on": name, "settles": settled}
    for i, head in enumerate(("constant", "slope")):
        row[head] = Estimate(beta[i], errors[i] if settled else np.nan)
    row["cross-entropy"] = -np.log(np.where(labels, y, 1 - y)).mean()
    rows.append(row)
fits = pd.DataFrame(rows)
best_fit, no_labels = fits.iloc[0], fits.iloc[2]
tables.styled(fits, "logistic", ".3f")

# %% [markdown] tags=["caption"]
# Constant and slope after {eval}`steps` steps of descent on three costs, and the cross-entropy there. The best values
# are 0 and 1; statistical uncertainties, where the descent has settled.

# %% [markdown]
# With the labels the slope is {eval}`f"{best_fit['slope']:.3f}"`. Without the minus sign the descent goes the other
# way and does not end. Equation 3.6 as printed contains no label: its derivative, $-z\,y(1-y)$, drives every output
# away from one half, to the side where it began. The draft's later equations have the right sign, so this is a slip
# of the text.
#
# ## L2: large weights at a price
#
# If a feature separates the classes without an overlap, the likelihood has no maximum, and weights grow forever. The
# L2 penalty (equation 3.7 of Guevara's draft) adds $\lambda \sum (W^l_{ij})^2$ to the cost, the sum running over all
# layers, and $2\lambda W^l_{ij}$ to its derivative. It is the *square* of the norm that the draft names. Biases are
# left out, as in the public code, since a large bias does not make the output sensitive to the inputs.

# %%
apart = np.stack([ones, np.sign(labels - 0.5)], axis=1)
few, many = 100, 4_000
grown = {
    (n, l2): logistic(entropy_slope, n, l2, apart)[1]
    for n in (few, many)
    for l2 in (0.0, 1e-2)
}

# %% [markdown]
# With a feature that is $+1$ for signal and $-1$ for background the weight is {eval}`f"{grown[few, 0.0]:.1f}"` after
# {eval}`few` steps of descent. It still grows and reaches {eval}`f"{grown[many, 0.0]:.1f}"` after
# {eval}`f"{many:,d}"`. With the penalty it stays at {eval}`f"{grown[many, 0.01]:.1f}"`.
#
# ## Backpropagation
#
# The gradient follows from the chain rule. Let $\delta^l_j = \partial C / \partial z^l_j$ for one event, with the
# loss $\ell$ of that event and the output $y = f(z^L)$. By {eq}`eq-nn-forward`,
#
# $$
# \begin{aligned}
# \delta^L_j &= f'(z^L_j)\, \frac{\partial \ell}{\partial y_j} , \qquad
# & \delta^l_i &= f'(z^l_i) \sum_j W^{l+1}_{ij}\, \delta^{l+1}_j , \\
# \frac{\partial C}{\partial W^l_{ij}} &= a^{l-1}_i\, \delta^l_j , \qquad
# & \frac{\partial C}{\partial b^l_j} &= \delta^l_j ,
# \end{aligned}
# $$ (eq-nn-backprop)
#
# for $l = L, L-1, \dots, 1$. In matrices $\delta^{l} = f'(z^{l}) \circ (\delta^{l+1} W^{l+1\,\mathsf{T}})$, where
# $\circ$ multiplies element by element. The sum over $j$ runs over the *second* index of $W$, that in
# {eq}`eq-nn-forward` over the first. For half the square and a sigmoid output, $\delta^L = (y - t)\, y (1 - y)$. For
# the cross-entropy, which the networks of both the draft and this book use, the slope of the sigmoid cancels, by
# {eq}`eq-nn-entropy`:
#
# $$
# \delta^L = y - t .
# $$ (eq-nn-delta)
#
# The next cell takes the network of {eq}`eq-nn-nested` with *any* activation function and differentiates half its
# squared error as one formula. Each derivative is the same expression as {eq}`eq-nn-backprop`.

# %%
squared = (nested - t) ** 2 / 2
delta2 = sp.Matrix([[fprime(z2[0]) * (nested - t)]])
delta1 = (delta2 * W2.T).multiply_elementwise(z1.applyfunc(fprime))
by_rule = [inputs.T * delta1, delta1, z1.applyfunc(f).T * delta2, delta2]
for parameters, found in zip(symbolic, by_rule, strict=True):
    rest = (squared.diff(parameters) - found).applyfunc(sp.expand)
    assert rest.is_zero_matrix

# %% [markdown]
# The program for any number of layers, any number of events and one weight for each event:


# %%
def half_square(y, t):
    """Error of the output for half the squared error."""
    return (y - t) * y * (1 - y)


def cross_entropy(y, t):
    """Error of the output for the cross-entropy."""
    return y - t


def backward(network, x, t, weight, functions, last):
    """Gradients of the weighted mean loss, by layer: of W, of b."""
    f, slope = functions
    a, z = forward(network, x, f)
    delta = weight * last(a[-1], t) / len(x)
    found = []
    for number in reversed(range(len(network))):
        found.append((a[number].T @ delta, delta.sum(axis=0)))
        if number:
            W = network[number][0]
            delta = delta @ W.T * slope(z[number - 1])
    return found[::-1]


# %% [markdown]
# ## Against finite differences and TensorFlow
#
# Formula and program may share a mistake, so the gradients are computed in two other ways: by central differences of
# the cost, one parameter at a time, and by TensorFlow's automatic differentiation of Keras layers with the same
# weights. Each event also has a weight, which the next section explains.

# %%
sizes, l2 = [4, 5, 5, 1], 0.01
draw = np.random.default_rng(1)  # no sum near the kink of ReLU
x = draw.normal(0, 1, (50, sizes[0]))
t = draw.integers(0, 2, (50, 1)).astype(float)
weight = draw.exponential(1, (50, 1))
network = untrained(sizes, draw=draw)
for _, b in network:
    b += draw.normal(0, 0.1, b.shape)


def losses(y, last):
    """Loss of each event."""
    if last is half_square:
        return (y - t) ** 2 / 2
    return -(t * np.log(y) + (1 - t) * np.log(1 - y))


def numerical(function, last, h=1e-5):
    """Central differences of the weighted mean loss, all in one array."""
    found = []
    for array in (one for layer in network for one in layer):
        for place in np.ndindex(array.shape):
            both = []
            for shift in (h, -2 * h):
                array[place] += shift
                y = forward(network, x, function)[0][-1]
                both.append((weight * losses(y, last)).mean())
            array[place] += h
            found.append((both[0] - both[1]) / (2 * h))
    return np.array(found)


# %%
WORDS = {half_square: "half the square", cross_entropy: "cross-entropy"}
KERAS = {
    "leaky ReLU": keras.layers.LeakyReLU(negative_slope=0.25, dtype="float64")
}
KERAS |= {"ReLU": "relu", "sigmoid": "sigmoid", "tanh": "tanh"}
LOSSES = {
    half_square: keras.losses.MeanSquaredError(dtype="float64"),
    cross_entropy: keras.losses.BinaryCrossentropy(dtype="float64"),
}


def by_tensorflow(name, last, l2=0.0):
    """Gradients of the same network in Keras, all in one array."""
    layers = [keras.Input((sizes[0],), dtype="float64")]
    for number, size in enumerate(sizes[1:], 1):
        end = number == len(network)
        layers.append(
            keras.layers.Dense(
                size,
                activation="sigmoid" if end else KERAS[name],
                kernel_regularizer=keras.regularizers.L2(l2),
                dtype="float64",
            )
        )
    model = keras.Sequential(layers)
    model.set_weights([one for layer in network for one in layer])
    with tf.GradientTape() as tape:
        value = LOSSES[last](t, model(x), sample_weight=weight)
        total = value + sum(tf.cast(one, "float64") for one in model.losses)
    found = tape.gradient(total, model.trainable_variables)
    return np.concatenate([one.numpy().ravel() for one in found])


# %% mystnb={"figure": {"name": "tab-nn-gradients"}}
def flat(gradients):
    """All gradients in one array."""
    return np.concatenate(
        [np.ravel(one) for both in gradients for one in both]
    )


def apart_from(ours, other):
    """Largest difference, in units of the largest component."""
    return np.abs(ours - other).max() / np.abs(other).max()


rows = []
for last in (half_square, cross_entropy):
    for name, both in functions.items():
        ours = flat(backward(network, x, t, weight, both, last))
        theirs = by_tensorflow(name, last)
        if last is half_square:  # Keras has the mean square, not half of it
            theirs = theirs / 2
        row = {"loss": WORDS[last], "hidden layers": name}
        row["finite differences"] = apart_from(ours, numerical(both[0], last))
        row["TensorFlow"] = apart_from(ours, theirs)
        rows.append(row)
checks = pd.DataFrame(rows)
assert (checks[["finite differences", "TensorFlow"]] < 1e-6).all(axis=None)
tables.styled(checks, "gradients", ".0e")

# %% [markdown] tags=["caption"]
# Largest difference between the gradients of {eq}`eq-nn-backprop` and those by two other ways, relative to the
# largest component. Networks with two hidden layers of five neurons, random parameters, events and weights; double
# precision.

# %% [markdown]
# {numref}`tab-nn-gradients` finds no difference beyond rounding. The penalty adds $2\lambda W$ for weights only, as
# it does in Keras:

# %%
both, plus = functions["ReLU"], by_tensorflow("ReLU", cross_entropy, l2)
ours = backward(network, x, t, weight, both, cross_entropy)
penalised = [
    (one + 2 * l2 * W, other)
    for (one, other), (W, _) in zip(ours, network, strict=True)
]
assert apart_from(flat(penalised), plus) < 1e-6

# %% [markdown]
# ### Mixed conventions
#
# Guevara's draft defines $z_i = \sum_j w_{ij} y_j + b_i$ (equation 3.9) and writes it with a transposed matrix,
# $\hat z = \hat W^\mathsf{T} \hat y + \hat b$; its derivative in equation 3.12 belongs to the matrix form,
# equation 3.14 and equation 3.17 to the first. Each form is right by itself. Mixed, they fail only where the numbers
# of inputs and outputs differ: between two layers of equal width a program with $W$ in the place of $W^\mathsf{T}$
# runs.


# %%
def mixed(network, x, t, weight, functions):
    """As backward, but with W not transposed between layers of equal size."""
    f, slope = functions
    a, z = forward(network, x, f)
    last = weight * cross_entropy(a[-1], t) / len(x) @ network[2][0].T
    delta = last * slope(z[1])
    return x.T @ (delta @ network[1][0] * slope(z[0]))


wrong = mixed(network, x, t, weight, both)
off = np.linalg.norm(wrong - ours[0][0]) / np.linalg.norm(ours[0][0])

# %% tags=["remove-cell"]
report.record("printed_probability", float(sigmoid.subs(z, 1)), ".3f")
report.record("steps_in_epoch", steps_in_epoch, "d")
report.record("mixed", off, ".0%")
report.record("condition_raw", condition["as they come"], ",.0f")
report.record("condition_scaled", condition["mean 0, deviation 1"], ".2f")
report.record("slope", best_fit["slope"], ".3f")

# %% [markdown]
# In the network of {numref}`tab-nn-gradients`, with ReLU, the gradient of the first weights is then wrong by
# {eval}`f"{off:.0%}"` of its length, and no error is raised. Only a comparison such as {numref}`tab-nn-gradients`
# shows it.
#
# The two drafts also differ in where the backward pass ends. Layers count from 1 at the features in Frette's, whose
# formula starts at $l = 2$ ("$l \neq 1$"), but whose steps go down to $l = 1$, where there is no $z$. In Guevara's,
# $l = 1$ is the first hidden layer, and the steps end at $l = 2$, which leaves the first weights untrained. In
# {eq}`eq-nn-backprop` each of the $L$ matrices has its turn.
#
# ## Sample weights
#
# With a training weight $w_n$ for each event the cost is
#
# $$
# C = \frac1N \sum_n w_n\, \ell_n , \qquad \delta_n \to w_n\, \delta_n ,
# $$ (eq-nn-weights)
#
# so that each event's error is multiplied by its weight, and the rest of {eq}`eq-nn-backprop` stays. `backward` and
# Keras agree on it in {numref}`tab-nn-gradients`, including the division by the number of events and not by the sum
# of weights. Equation 3.18 of Guevara's draft, $\delta^L \to \delta^L + C \sum_i \xi^i$, is the slack term of a
# support vector machine. It adds the same number to the error of every event and cannot weigh one against another.
# {numref}`Chapter %s <chap-sample-weights>` uses {eq}`eq-nn-weights`.
#
# ## Claims of the drafts, tried
#
# ### ReLU and vanishing gradients
#
# By {eq}`eq-nn-backprop` each layer multiplies the error by $f'$ and $W$. The slope of the sigmoid is at most one
# quarter ({numref}`tab-nn-activations`), so Guevara's draft expects fewer vanishing gradients from ReLU.
# {numref}`fig-nn-depth` follows the gradient through {eval}`f"{n_networks:d}"` untrained networks of
# {eval}`f"{depth:d}"` hidden layers with {eval}`width` neurons each. Their inputs are normally distributed, and their
# weights have the variance $2/(n_\mathrm{in} + n_\mathrm{out})$ {cite}`glorot2010`, Keras's choice for any
# activation. For ReLU, which sets half of the sums to zero, $2/n_\mathrm{in}$ keeps the size of the gradient
# {cite}`he2015`; in layers of equal width that is a factor $\sqrt 2$ for the weights.

# %%
variants = {name: (name, 1.0) for name in formulas}
variants["ReLU, weights × √2"] = "ReLU", np.sqrt(2)
sizes_deep = [10, *[width] * depth, 1]


def gradient_sizes(name, scale, draw):
    """Logarithm of the root mean square gradient of each layer's weights."""
    network = untrained(sizes_deep, scale, draw)
    x = draw.normal(0, 1, (200, sizes_deep[0]))
    t = draw.integers(0, 2, (200, 1))
    found = backward(network, x, t, 1.0, functions[name], cross_entropy)
    return [np.log10(np.sqrt(np.mean(W**2)) + 1e-300) for W, _ in found]


through = {
    label: np.array([
        gradient_sizes(*one, np.random.default_rng([seed, number]))
        for number in range(n_networks)
    ])
    for label, one in variants.items()
}  # fmt: skip


def mean(values):
    """Mean over networks, with its standard error."""
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return Estimate(float(np.mean(values)), float(error))


lost = {
    label: mean(sizes[:, 0] - sizes[:, -2])
    for label, sizes in through.items()
}
relu_more = lost["ReLU"] - lost["sigmoid"]
untested = {"unseen": "cannot be tested", "undefined": "cannot be tested"}
way = "holds" if relu_more.value > 0 else "does not hold"
holds = report.verdict(relu_more, seen=way, **untested)

# %% mystnb={"figure": {"name": "fig-nn-depth"}, "image": {"alt": "Five curves of the size of the gradient on a logarithmic scale against the number of the layer. The one of the sigmoid falls by several powers of ten from the last layer to the first, those of the other functions by little or not at all."}} tags=["hide-input"]
with drawing() as (figure, axes):
    for label, values, look in lines(through, "os^Dv"):
        spread = values.std(axis=0, ddof=1) / np.sqrt(n_networks)
        axes.errorbar(
            range(1, depth + 2),
            values.mean(axis=0),
            spread,
            label=label,
            ms=5,
            **look,
        )
    axes.set(xlabel="layer of the weights, from the features",
             ylabel=r"$\log_{10}$ of the gradient (root mean square)")  # fmt: skip
    axes.legend(loc="lower right")
figure

# %% [markdown] tags=["caption"]
# Root mean square of the derivatives of the cost by the weights of each layer, in untrained networks; mean of the
# logarithm over networks, with its standard error. Compare the first layers.

# %% [markdown]
# From the last hidden layer to the first the gradient changes by a factor of ten to the power of
# {eval}`f"{lost['sigmoid']:.2f}"` with the sigmoid and {eval}`f"{lost['ReLU']:.2f}"` with ReLU. The claim
# {eval}`holds`. With tanh, which is bounded like the sigmoid but has a slope of one in the middle, the power is
# {eval}`f"{lost['tanh']:.2f}"`: the slope is what to compare, not the bounds. The argument concerns deep networks.
# With one hidden layer the gradient passes through one slope only.
#
# ### Saturation
#
# Where an activation function is flat its neuron hardly learns, as Guevara's draft says. {numref}`tab-nn-saturation`
# multiplies the initial weights of networks with two hidden layers, which moves the sums towards the flat ends.


# %%
def flat_share(name, scale, number):
    """Share of hidden neurons and events with a slope below 0.01."""
    draw = np.random.default_rng([seed, number])
    network = untrained([10, width, width, 1], scale, draw)
    f, slope = functions[name]
    sums = forward(network, draw.normal(0, 1, (200, 10)), f)[1]
    return np.mean([slope(one) < 0.01 for one in sums[:-1]])


# %% mystnb={"figure": {"name": "tab-nn-saturation"}}
scales = (1, 3, 10, 30)
flat_ends = pd.DataFrame(
    {
        "function": list(formulas),
        **{
            f"× {scale}": [
                mean([flat_share(name, scale, i) for i in range(n_networks)])
                for name in formulas
            ]
            for scale in scales
        },
    }
)
tables.styled(flat_ends, "saturation", ".3f")

# %% [markdown] tags=["caption"]
# Share of hidden neurons and events with a slope below one hundredth, for initial weights as in
# {numref}`fig-nn-depth` and for weights that are larger by a factor; means over networks with their standard errors.

# %% [markdown]
# Bounded functions have two flat ends, ReLU has one, the leaky ReLU has none. Small initial weights keep the sums
# where a bounded function is steep; ReLU is flat for half of the sums at any scale.
#
# ### Small outputs
#
# Guevara's draft reads from equations 3.14 to 3.16 that a weight learns slowly if the *output* $y^L_j$ of its neuron
# is small, and that such a neuron is less important to fix. Two things are mixed. The gradient is
# $a^{L-1}_i \delta^L_j$, so what makes it small in general is a small *input* $a^{L-1}_i$ of the weight. The output
# enters by $\delta^L_j$, and how depends on the loss: {numref}`fig-nn-small` has a signal event, which should have
# the output one.


# %%
def steps_needed(last, start=-5.0, eta=1.0):
    """Steps of descent from a wrong output of a signal event to one half."""
    z, steps = start, 0
    while z < 0:
        z, steps = z - eta * last(expit(z), 1.0), steps + 1
    return steps


output = np.linspace(0, 1, 201)
sizes_of = {
    "cross-entropy": np.abs(cross_entropy(output, 1)),
    "half the square": np.abs(half_square(output, 1)),
}
by_entropy, by_square = map(steps_needed, (cross_entropy, half_square))

# %% tags=["remove-cell"]
report.record("steps_square", by_square, "d")
report.record("steps_entropy", by_entropy, "d")
report.record("lost_sigmoid", lost["sigmoid"], ".2f")
report.record("lost_relu", lost["ReLU"], ".2f")

# %% mystnb={"figure": {"name": "fig-nn-small"}, "image": {"alt": "Two curves against the output of a signal event. The one of the cross-entropy falls on a straight line from one to zero. The one of the squared error is zero at both ends and has a low maximum at one third."}} tags=["hide-input"]
with drawing(figsize=(6.4, 3.6)) as (figure, axes):
    for label_of, sizes_at, look in lines(sizes_of):
        axes.plot(output, sizes_at, label=label_of, **look)
    axes.set(
        xlabel="output $y$ of an event with $t = 1$", ylabel=r"$|\delta^L|$"
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.legend()
figure

# %% [markdown] tags=["caption"]
# Error of the output neuron for a signal event, for two losses with a sigmoid output. Compare the left ends, where
# the network is most wrong.

# %% [markdown]
# With the squared error a small output does learn slowly, and exactly where it is most wrong: the statement that such
# a neuron is less important is not right. With the cross-entropy the error is largest there. A neuron that begins at
# $z = -5$ with a learning rate of one needs {eval}`f"{by_square:d}"` steps to $y = \tfrac12$ with the squared error
# and {eval}`f"{by_entropy:d}"` with the cross-entropy. That is a reason for the cost that the draft uses, beside the
# likelihood.
#
# ## Summary
#
# - **Backpropagation.** In the convention $Z = AW + b$ the rule {eq}`eq-nn-backprop` is an identity for any
#   activation function, by symbols, and its program agrees with finite differences and TensorFlow
#   ({numref}`tab-nn-gradients`). The drafts' own forms need care with transposed indices and with the last layer of
#   the backward pass.
# - **Cost.** The cross-entropy is minus the log-likelihood; as an example, it gives the slope
#   {eval}`f"{best_fit['slope']:.3f}"` where one is right ({numref}`tab-nn-logistic`). Sample weights multiply the
#   error of each event.
# - **Claims.** The claim that gradients vanish less with ReLU {eval}`holds` in these networks
#   ({numref}`fig-nn-depth`). Small outputs learn slowly with the squared error only ({numref}`fig-nn-small`).
#
# These are small examples with known answers. What layers, rates and weights do to a search is measured on events in
# {numref}`Chapters %s <chap-padding>` to {numref}`%s <chap-network-depth>`. {numref}`Chapter %s <chap-boosted-trees>`
# derives the other method of Guevara's thesis, boosted trees.
