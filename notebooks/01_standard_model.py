# %% [markdown]
# (chap-standard-model)=
# # The Standard Model
#
# Every background of this book comes from one theory, and every signal from a reason to doubt that it is complete.
# What does it contain, and what does it leave open? The drafts of both theses describe it on a page or two
# {cite}`frette2023,guevara2023`. This chapter writes their formula in a form that can be checked, minimises the Higgs
# potential by symbols, takes the particles from the tables of the Particle Data Group ({numref}`tab-sm-particles`),
# draws the processes that the searches meet, and ends with dark matter and the masses of neutrinos.

# %% nbmake={"mock": {"n_points": 41}} tags=["parameters"]
# [11, 2001]; points of each curve, and along each side of the map
n_points = 201

# %%
import numpy as np
import pandas as pd
import sympy as sp
from matplotlib.patches import Rectangle
from particle import Particle
from scipy.constants import physical_constants

from lepsearch.book import report, tables
from lepsearch.data import quoted
from lepsearch.plotting import feynman
from lepsearch.plotting.style import CENTRED, drawing, lines, shades
from lepsearch.stats.estimate import Estimate

# %% [markdown]
# ## The gauge group and its charges
#
# The theory is invariant under three groups of transformations that may differ from point to point,
#
# $$
# SU(3)_C \times SU(2)_L \times U(1)_Y .
# $$ (eq-sm-group)
#
# The first acts on *colour* and gives the strong force with eight gluons. The second acts on the left-handed
# components of fermions, which come in pairs, and has three fields $W^a$. The third multiplies each field by a phase
# in proportion to its *hypercharge* $Y$ and has one field $B$. The group of electromagnetism is not among the three:
# it is what remains of the last two when the Higgs field has a value, and the electric charge is
#
# $$
# Q = T_3 + Y ,
# $$ (eq-sm-charge)
#
# with $T_3 = \pm\tfrac12$ in a pair and 0 otherwise. {numref}`tab-sm-fields` lists one family of fermions and the
# Higgs field.

# %% mystnb={"figure": {"name": "tab-sm-fields"}}
half, third = sp.Rational(1, 2), sp.Rational(1, 3)
# colours, members of a pair, hypercharge; 1 for left-handed, -1 for right-handed fields
FIELDS = {
    "left-handed quarks": (3, 2, third / 2, 1),
    "right-handed up quark": (3, 1, 2 * third, -1),
    "right-handed down quark": (3, 1, -third, -1),
    "left-handed leptons": (1, 2, -half, 1),
    "right-handed electron": (1, 1, -1, -1),
    "Higgs field": (1, 2, half, 0),
}
rows = [
    {
        "field": name,
        "colours": colours,
        "in a pair": size == 2,
        "hypercharge": str(y),
        "electric charges": ", ".join(
            str(t3 + y) for t3 in ([half, -half] if size == 2 else [0])
        ),
    }
    for name, (colours, size, y, _) in FIELDS.items()
]
tables.styled(pd.DataFrame(rows), "fields")

# %% [markdown] tags=["caption"]
# Fields of one family and the Higgs field: number of colours, whether they form pairs under $SU(2)_L$, hypercharge,
# and electric charges by {eq}`eq-sm-charge`.

# %% [markdown]
# The hypercharges look arbitrary, but few choices are possible. Quantum corrections spoil the symmetry unless certain
# sums over the fermions vanish, with opposite signs for both handednesses. Quarks and leptons cancel each other
# within one family:

# %%
fermions = [one for one in FIELDS.values() if one[-1]]
conditions = {
    "gravity and U(1)": sum(h * c * n * y for c, n, y, h in fermions),
    "U(1) cubed": sum(h * c * n * y**3 for c, n, y, h in fermions),
    "SU(2) and U(1)": sum(h * c * y for c, n, y, h in fermions if n == 2),
    "SU(3) and U(1)": sum(h * n * y for c, n, y, h in fermions if c == 3),
}
assert set(conditions.values()) == {0}

# %% [markdown]
# ## The Lagrangian
#
# With these fields the most general Lagrangian without terms of higher dimension is
#
# $$
# \begin{aligned}
# \mathcal{L} =\; & -\tfrac14 \sum_{V = G, W, B} V^a_{\mu\nu} V^{a\,\mu\nu}
#   + \sum_\psi \bar\psi\, i\gamma^\mu D_\mu \psi \\
# & - \left( \bar\psi^i_L\, y_{ij}\, \phi\, \psi^j_R + \mathrm{h.c.} \right)
#   + (D_\mu\phi)^\dagger (D^\mu\phi) - V(\phi) ,
# \end{aligned}
# $$ (eq-sm-lagrangian)
#
# with the covariant derivative
# $D_\mu = \partial_\mu - i g_s \tfrac{\lambda^a}{2} G^a_\mu - i g \tfrac{\tau^a}{2} W^a_\mu - i g' Y B_\mu$, whose
# terms act on the fields that carry the charge. The first line has the gauge fields and what they do to fermions. The
# second has the Yukawa couplings $y$, with $\phi$ replaced by its conjugate $i\tau_2\phi^*$ for up quarks, and the
# Higgs field with its potential. A mass term of a fermion would join its two handednesses, which have different
# charges; only the Yukawa term can.
#
# Equation 1.1 of Guevara's draft is this formula in shorthand, and differs in four places. It has an arrow from the
# group to $\mathcal{L}$, where no implication is meant. The Yukawa term lacks the bar of $\bar\psi_i$, without which
# it is not invariant under Lorentz transformations. The doublet appears as $\phi^*\phi$, which should be
# $\phi^\dagger\phi$. One $F_{\mu\nu}$ stands for the three groups, and $U(1)$ is called electromagnetism. The draft's
# text says that combining the groups results in spontaneous symmetry breaking. It follows from one sign, as the next
# section shows.
#
# ## The Higgs potential, minimised by symbols
#
# In the draft's notation, with $\phi^\dagger\phi$,
#
# $$
# V(\phi) = -\mu^2\, \phi^\dagger\phi + \frac\lambda2 (\phi^\dagger\phi)^2 .
# $$ (eq-sm-potential)
#
# Many texts write $\lambda$ for half of this $\lambda$. The field has four real components,
# $\phi^\dagger\phi = \tfrac12 \sum_i \varphi_i^2$. The next cell finds where the derivative of $V$ along one of them
# vanishes, and then all second derivatives at the minimum.

# %%
mu, lam, v = sp.symbols("mu lambda v", positive=True)
phi = sp.symbols("phi1:5", real=True)
square = sum(one**2 for one in phi) / 2
potential = -(mu**2) * square + lam / 2 * square**2
at_origin = dict.fromkeys(phi, 0)
along = potential.subs(dict.fromkeys(phi[1:], 0))
(vacuum,) = [
    one for one in sp.solve(sp.diff(along, phi[0]), phi[0]) if one.is_positive
]
assert sp.simplify(vacuum**2 - 2 * mu**2 / lam) == 0


# %%
def squared_masses(place):
    """Eigenvalues of the second derivatives, with their multiplicities."""
    return sp.hessian(potential, phi).subs(place).eigenvals()


masses = squared_masses(at_origin | {phi[0]: vacuum})
assert masses == {2 * mu**2: 1, 0: 3}
assert squared_masses(at_origin) == {-(mu**2): 4}

# %% [markdown]
# The point $\phi = 0$ is a maximum, since $\mu^2$ has the sign of a negative squared mass. The minimum is at
#
# $$
# v^2 = \frac{2\mu^2}{\lambda} , \qquad m_H^2 = 2\mu^2 = \lambda v^2 ,
# $$ (eq-sm-vacuum)
#
# and has one massive and three massless directions: the Higgs boson, and three components that become the
# longitudinal states of $W^+$, $W^-$ and $Z$. With $+\mu^2$ in the potential the same groups would have no broken
# symmetry at all.
#
# ### Masses of the bosons
#
# The value $v$ in the term $(D_\mu\phi)^\dagger(D^\mu\phi)$ gives the four electroweak fields a matrix of masses. Its
# eigenvalues:

# %%
g, gprime = sp.symbols("g gprime", positive=True)
W = sp.symbols("W1:4", real=True)
B = sp.Symbol("B", real=True)
higgs = sp.Matrix([0, v / sp.sqrt(2)])
pauli = [
    sp.Matrix([[0, 1], [1, 0]]),
    sp.Matrix([[0, -sp.I], [sp.I, 0]]),
    sp.diag(1, -1),
]
acting = sum(
    (g / 2 * one * t for one, t in zip(W, pauli, strict=True)),
    gprime / 2 * B * sp.eye(2),
)
term = ((acting * higgs).H * (acting * higgs))[0].expand()
found = {
    sp.simplify(one): n
    for one, n in sp.hessian(term, (*W, B)).eigenvals().items()
}
expected = {
    g**2 * v**2 / 4: 2,
    (g**2 + gprime**2) * v**2 / 4: 1,
    sp.Integer(0): 1,
}
assert {sp.expand(one): n for one, n in found.items()} == {
    sp.expand(one): n for one, n in expected.items()
}

# %% [markdown]
# $$
# \begin{gathered}
# m_W = \frac{g v}{2} , \qquad m_Z = \frac{v}{2}\sqrt{g^2 + g'^2} , \qquad m_\gamma = 0 , \\[1ex]
# \frac{m_W}{m_Z} = \cos\theta_W , \qquad e = g \sin\theta_W .
# \end{gathered}
# $$ (eq-sm-masses)
#
# Three measured numbers fix $v$, $g$ and $g'$. The value of the field follows from the lifetime of the muon, whose
# decay by a virtual $W$ has the width
#
# $$
# \begin{gathered}
# \Gamma_\mu = \frac{G_F^2 m_\mu^5}{192\pi^3} F\!\left(\frac{m_e^2}{m_\mu^2}\right) , \qquad
# v = (\sqrt2\, G_F)^{-1/2} , \\[1ex]
# F(x) = 1 - 8x + 8x^3 - x^4 - 12 x^2 \ln x .
# \end{gathered}
# $$ (eq-sm-muon)
#
# {numref}`tab-sm-relations` evaluates these formulas of lowest order.

# %%
PARTICLES = {"e": 11, "mu": 13, "W": 24, "Z": 23, "H": 25, "t": 6}
measured = {
    name: Particle.from_pdgid(code) for name, code in PARTICLES.items()
}
mass = {name: one.mass / 1000 for name, one in measured.items()}
error = {name: one.mass_upper / 1000 for name, one in measured.items()}
width = measured["mu"].width / 1000


def fermi(mass):
    """Fermi's constant from the lifetime of the muon [1/GeV2]."""
    x = (mass["e"] / mass["mu"]) ** 2
    phase_space = 1 - 8 * x + 8 * x**3 - x**4 - 12 * x**2 * np.log(x)
    return np.sqrt(192 * np.pi**3 * width / (mass["mu"] ** 5 * phase_space))


def vacuum_value(mass):
    """Value of the Higgs field [GeV]."""
    return (np.sqrt(2) * fermi(mass)) ** -0.5


def sine_squared(mass):
    """Squared sine of the weak mixing angle."""
    return 1 - (mass["W"] / mass["Z"]) ** 2


def fine_structure(mass):
    """Inverse of e squared over four pi."""
    weak = 2 * mass["W"] / vacuum_value(mass)
    return 4 * np.pi / (weak**2 * sine_squared(mass))


def coupling(mass):
    """Lambda of the potential."""
    return (mass["H"] / vacuum_value(mass)) ** 2


# %% mystnb={"figure": {"name": "tab-sm-relations"}}
def with_error(function):
    """The value at the measured masses, with their uncertainties."""
    value = function(mass)
    moved = [function(mass | {one: mass[one] + error[one]}) for one in mass]
    return Estimate(value, float(np.linalg.norm(np.array(moved) - value)))


codata = {
    "1e5 G_F [GeV⁻²]": 1e5 * physical_constants["Fermi coupling constant"][0],
    "1/α": physical_constants["inverse fine-structure constant"][0],
}
computed = {
    "1e5 G_F [GeV⁻²]": with_error(lambda mass: 1e5 * fermi(mass)),
    "v [GeV]": with_error(vacuum_value),
    "sin² of the mixing angle": with_error(sine_squared),
    "1/α": with_error(fine_structure),
    "λ": with_error(coupling),
    "μ [GeV]": with_error(lambda mass: mass["H"] / np.sqrt(2)),
    "Yukawa coupling of the top quark": with_error(
        lambda mass: np.sqrt(2) * mass["t"] / vacuum_value(mass)
    ),
}
relations = pd.DataFrame(
    {"quantity": computed.keys(), "lowest order": computed.values()}
)
relations["CODATA"] = relations["quantity"].map(codata)
relations["difference"] = [
    one.value / other - 1
    for one, other in zip(
        relations["lowest order"], relations["CODATA"], strict=True
    )
]
relations["quantity"] = relations["quantity"].str.replace("1e5 ", "10⁵ ")
digits = {"CODATA": ".5f", "difference": "+.2%"}
tables.styled(relations, "relations", **digits)

# %% [markdown] tags=["caption"]
# Constants of the Standard Model by the formulas of lowest order, from the lifetime of the muon and the masses of
# {numref}`tab-sm-particles` with their uncertainties, and values of CODATA where there are. The uncertainties do not
# include higher orders.

# %%
field = computed["v [GeV]"].value
quartic = computed["λ"].value
off = relations.set_index("quantity")["difference"]

# %% tags=["remove-cell"]
report.record("field", field, ".1f")

# %% [markdown]
# Fermi's constant comes out {eval}`f"{abs(off['10⁵ G_F [GeV⁻²]']):.2%}"` from the CODATA value, which includes the
# radiation of photons. The inverse of the fine-structure constant is off by {eval}`f"{abs(off['1/α']):.1%}"`, since
# couplings depend on the energy, and the CODATA value holds at zero momentum, and since loops of heavy particles, above
# all of the top quark, change the ratio of the masses of $W$ and $Z$. Higher orders matter at the level of
# percents, and at the LHC also for cross sections ({numref}`Chapter %s <chap-samples>`). {numref}`fig-sm-potential`
# draws the potential with these numbers.

# %% mystnb={"figure": {"name": "fig-sm-potential"}, "image": {"alt": "Left: two curves of the potential against one component of the field. One is a bowl with its minimum at zero; the other has a maximum at zero and two minima near plus and minus 247 GeV. Right: a map of the potential in two components, with a dark ring of minima around the origin."}} tags=["hide-input"]
x = np.linspace(-380, 380, n_points)


def height(squared, sign=-1):
    """The potential at a squared field [GeV2], in units of 1e8 GeV4."""
    mu2 = quartic * field**2 / 2
    return (sign * mu2 * squared / 2 + quartic / 8 * squared**2) / 1e8


curves = {r"$-\mu^2$": height(x**2), r"$+\mu^2$": height(x**2, 1)}
with drawing(1, 2, CENTRED, figsize=(8.6, 3.7)) as (figure, (left, right)):
    for label, one, look in lines(curves):
        left.plot(x, one, label=label, **look)
    left.plot([field], [height(field**2)], "o", color="#d55e00", zorder=4)
    left.annotate(
        "$v$",
        (field, height(field**2)),
        (field - 12, height(field**2) - 0.75),
    )
    left.set(
        xlabel=r"$\varphi_1$ [GeV]",
        ylabel=r"$V$ [$10^8$ GeV$^4$]",
        ylim=(-2.4, 4),
    )
    left.legend(loc="upper center")
    plane = height(x**2 + x[:, np.newaxis] ** 2)
    mesh = right.pcolormesh(
        x, x, plane, cmap="YlGnBu_r", vmin=-1.3, vmax=4, rasterized=True
    )
    angle = np.linspace(0, 2 * np.pi, 200)
    right.plot(
        field * np.cos(angle), field * np.sin(angle), "--", color="#d55e00"
    )
    right.set(
        xlabel=r"$\varphi_1$ [GeV]",
        ylabel=r"$\varphi_2$ [GeV]",
        aspect="equal",
    )
    figure.colorbar(
        mesh, ax=right, label=r"$V$ [$10^8$ GeV$^4$]", extend="max"
    )
figure

# %% [markdown] tags=["caption"]
# Higgs potential {eq}`eq-sm-potential` with $v$ and $\lambda$ of {numref}`tab-sm-relations`, along one component of
# the field with both signs of $\mu^2$, and in the plane of two components. The dashed circle has the radius $v$.

# %% [markdown]
# ## The particles
#
# {numref}`tab-sm-particles` comes from the tables of the Particle Data Group, by the package `particle`
# {cite}`particle`. {numref}`fig-sm-particles` arranges it in families, as figure 2.1 of Frette's draft.

# %%
FAMILIES = {
    "up-type quarks": [2, 4, 6],
    "down-type quarks": [1, 3, 5],
    "charged leptons": [11, 13, 15],
    "neutrinos": [12, 14, 16],
}
BOSONS = [21, 22, 23, 24, 25]
codes = [one for row in FAMILIES.values() for one in row] + BOSONS
everything = {code: Particle.from_pdgid(code) for code in codes}


def in_gev(code):
    """Mass [GeV]; NaN where the table has none."""
    value = everything[code].mass
    return np.nan if value is None else value / 1000


def mean_life(code):
    """Mean life [s], in words where it is infinite or not known."""
    value = everything[code].lifetime
    if value is None or code == 21:  # gluons are never free
        return "–"
    return f"{1e-9 * value:.3g}" if np.isfinite(value) else "stable"


# %% mystnb={"figure": {"name": "tab-sm-particles"}}
rows = [
    {
        "particle": f"${one.latex_name}$",
        "number": code,
        "charge": str(sp.Rational(one.three_charge, 3)),
        "spin": str(one.J).removesuffix(".0").replace("0.5", "1/2"),
        "mass [GeV]": in_gev(code),
        "mean life [s]": mean_life(code),
        "antiparticle": "itself"
        if one.is_self_conjugate
        else f"${one.invert().latex_name}$",
    }
    for code, one in everything.items()
]
tables.styled(pd.DataFrame(rows), "particles", number="d")

# %% [markdown] tags=["caption"]
# Particles of the Standard Model: number in simulations, electric charge, spin, mass, mean life and antiparticle.
# Masses of quarks other than the top depend on the scheme and are those of the Particle Data Group's table; a dash
# marks what is not known or not defined.

# %% mystnb={"figure": {"name": "fig-sm-particles"}, "image": {"alt": "A chart of boxes. Three columns of four boxes are the families: up, charm, top; down, strange, bottom; electron, muon, tau; and three neutrinos. A fourth column has gluon, photon, Z and W, and a single box the Higgs boson. Each box has the symbol, the charge and the mass."}} tags=["hide-input"]
tints = shades(
    [
        "neutrinos",
        "charged leptons",
        "Higgs",
        "bosons",
        "down-type quarks",
        "up-type quarks",
    ]
)


def box(axes, code, column, row, tint):
    """One particle in the chart."""
    axes.add_patch(
        Rectangle((column, -row), 0.94, 0.94, fc=tint, alpha=0.55, ec="black")
    )
    one, value = everything[code], in_gev(code)
    words = (
        "unknown"
        if np.isnan(value)
        else f"{value:.3g} GeV"
        if value >= 1
        else f"{1000 * value:.3g} MeV"
    )
    charge = sp.Rational(one.three_charge, 3)
    axes.text(
        column + 0.47,
        0.56 - row,
        f"${one.latex_name}$",
        ha="center",
        va="center",
        size=20,
    )
    axes.text(
        column + 0.06,
        0.80 - row,
        f"{'+' * bool(charge > 0)}{charge}".replace("-", "−"),
        ha="left",
        va="center",
        size=8.5,
    )
    axes.text(
        column + 0.47,
        0.15 - row,
        words if value != 0 else "massless",
        ha="center",
        va="center",
        size=8.5,
    )


with drawing(figsize=(7.2, 5.4)) as (figure, axes):
    for row, (name, three) in enumerate(FAMILIES.items()):
        for column, code in enumerate(three):
            box(axes, code, column, row, tints[name])
        axes.text(-0.08, 0.47 - row, name, ha="right", va="center")
    for row, code in enumerate(BOSONS[:4]):
        box(axes, code, 3.3, row, tints["bosons"])
    box(axes, BOSONS[4], 4.5, 0, tints["Higgs"])
    for column, words in [
        (0.47, "family 1"),
        (1.47, "family 2"),
        (2.47, "family 3"),
        (3.77, "gauge bosons"),
        (4.97, "Higgs boson"),
    ]:
        axes.text(column, 1.08, words, ha="center")
    axes.set(xlim=(-1.5, 5.6), ylim=(-3.1, 1.35), aspect="equal")
    axes.axis("off")
figure

# %% [markdown] tags=["caption"]
# Particles of the Standard Model with their electric charges and masses. Compare the masses of the three families.

# %%
heavier = {
    name: bool(np.all(np.diff([in_gev(one) for one in three]) > 0))
    for name, three in FAMILIES.items()
}
other_boson = [
    f"${one.latex_name}$" for code, one in everything.items()
    if code in BOSONS and not one.is_self_conjugate
]  # fmt: skip

# %% [markdown]
# The chart has {eval}`f"{len(everything):d}"` particles, as in Frette's draft, if colours and antiparticles are not
# counted. Its text needs three corrections. Fermions are not the only particles with antiparticles:
# {eval}`" and ".join(other_boson)` is a boson with one; the particles of the table that are their own antiparticles
# are bosons without electric charge. Masses increase with the family for
# {eval}`" and ".join(name for name, yes in heavier.items() if yes)`; for neutrinos only differences of squared masses
# are known. The electroweak force also acts on neutrinos, which the draft leaves out: without it they would not be
# seen at all.
#
# The fermions get their masses from the Yukawa term, $m_f = y_f v/\sqrt2$. {numref}`fig-sm-masses` shows how
# different the couplings are, from {eval}`f"{1e6 * np.sqrt(2) * in_gev(11) / field:.1f}"` $\times\,10^{-6}$ for the
# electron to {eval}`f"{np.sqrt(2) * in_gev(6) / field:.2f}"` for the top quark. The theory does not explain them.

# %% mystnb={"figure": {"name": "fig-sm-masses"}, "image": {"alt": "Masses on a logarithmic axis against the family. Up-type quarks, down-type quarks and charged leptons rise over three to five powers of ten; a limit on the masses of neutrinos lies six powers of ten below the electron. The W, Z and Higgs bosons and the top quark lie close together at the top."}} tags=["hide-input"]
limit = quoted.get("katrin.mass_max").value
series = {
    name: [in_gev(one) for one in three] for name, three in FAMILIES.items()
}
series["neutrinos"] = [1e-9 * limit] * 3
with drawing(figsize=(7.2, 4.4)) as (figure, axes):
    for label, values, look in lines(series, "os^v"):
        words = "neutrinos, upper limit" if label == "neutrinos" else label
        axes.semilogy([1, 2, 3], values, label=words, **look)
    for code, x in ((24, 3.75), (23, 4.0), (25, 4.25)):
        axes.plot(x, in_gev(code), "D", color="black", ms=5)
        words = f"${everything[code].latex_name}$"
        axes.text(x, 2.5 * in_gev(code), words, ha="center")
    axes.set_xticks(
        [1, 2, 3, 4], ["family 1", "family 2", "family 3", "bosons"]
    )
    axes.set(ylabel="mass [GeV]", xlim=(0.6, 4.5), ylim=(1e-10, 1e4))
    axes.minorticks_off()
    axes.legend(loc="center right", bbox_to_anchor=(1, 0.36))
figure

# %% [markdown] tags=["caption"]
# Masses of fermions by family, and of the heavy bosons. For neutrinos the upper limit of {cite}`katrin2025` on the
# mass in beta decay is drawn in each family.

# %% [markdown]
# ## Processes as diagrams
#
# A Feynman diagram stands for a term of the perturbation series: each vertex is a term of {eq}`eq-sm-lagrangian`,
# each inner line a particle that need not have its mass. {numref}`fig-sm-currents` has the electroweak processes that
# both drafts mention. Time runs to the right. An arrow follows the flow of fermion number, so an antiparticle is a
# line whose arrow points against time; it is neither the direction of the momentum nor, as in Frette's draft, a
# matter of pointing to or from a vertex.

# %% mystnb={"figure": {"name": "fig-sm-currents"}, "image": {"alt": "Six Feynman diagrams. An electron and a positron become a photon or Z and then two muons; an electron and a muon exchange a photon or Z; a quark and an antiquark become two leptons; a muon becomes a muon neutrino and a W, which becomes an electron and an antineutrino; a muon neutrino and an electron exchange a W and become a muon and an electron neutrino; the same two exchange a Z."}} tags=["hide-input"]
feynman.small_multiples(feynman.CURRENTS)

# %% [markdown] tags=["caption"]
# Electroweak processes, one diagram each. The lower row has two charged currents and a neutral one.

# %% [markdown]
# Figure 2.2 of Frette's draft is the first diagram, which it calls electron scattering; it is the production of a
# muon pair by annihilation. Turned by a right angle the same diagram is scattering, the second one. The third is the
# same again with quarks, the main source of lepton pairs in proton collisions.
#
# A *current* is neutral or charged by the charge that it hands to the exchanged boson. The draft goes by the total
# charge of what comes out, but {numref}`tab-sm-currents` shows that this does not decide.

# %% mystnb={"figure": {"name": "tab-sm-currents"}}
PDG = {"e": 11, "nu_e": 12, "mu": 13, "nu_mu": 14, "l": 11, "q": 2}
PDG |= {"gamma/Z": 23, "Z": 23, "W+": 24, "W-": -24}
rows = []
for diagram in feynman.CURRENTS:
    total = 0
    for line in diagram.lines:
        charge = sp.Rational(
            Particle.from_pdgid(PDG[line.particle]).three_charge, 3
        )
        if not {line.start, line.end} & diagram.outer:
            boson = charge
        elif not {line.start, line.end} & {"in1", "in2"}:
            total += charge if line.end in diagram.outer else -charge
    row = {"process": diagram.title, "charge of the boson": str(boson)}
    row["total charge"] = str(total)
    rows.append(row | {"current": "charged" if boson else "neutral"})
tables.styled(pd.DataFrame(rows), "currents")

# %% [markdown] tags=["caption"]
# Electric charge of the exchanged boson and total charge of the final state in the diagrams of
# {numref}`fig-sm-currents`.

# %% [markdown]
# ## What looks like a signal
#
# Two or three leptons and missing transverse momentum also come from known particles ({numref}`fig-sm-backgrounds`).
# A $W$ brings a lepton and a neutrino that escapes, a $Z$ two leptons or two neutrinos, and a top quark a $W$ and a
# $b$ quark. A pair of $W$ bosons or of top quarks thus has two leptons and two neutrinos, and $WZ$ three leptons and
# one. $Z$ + jets and $W$ + jets are much more frequent, but need mismeasured momenta or a jet that is taken for a
# lepton.

# %% mystnb={"figure": {"name": "fig-sm-backgrounds"}, "image": {"alt": "Small Feynman diagrams of backgrounds: Z and a jet, W and a jet, a pair of top quarks, a single top quark, WW, WZ, ZZ, a W with a Higgs boson, and a pair of top quarks with a Z."}} tags=["hide-input"]
feynman.small_multiples(
    [
        one
        for group, some in feynman.BACKGROUNDS.items()
        for one in (some if group == "diboson" else some[:1])
    ]
)

# %% [markdown] tags=["caption"]
# Backgrounds of the searches for two and three leptons, typical diagrams of lowest order.

# %% [markdown]
# {numref}`Chapter %s <chap-samples>` lists how often each occurs, with the cross sections that its simulation uses.
#
# ## What the Standard Model leaves open
#
# - **Gravity** is not part of it.
# - **Parameters.** Masses and mixings of three families are inputs, and nothing in the theory keeps $m_H$ from large
#   corrections by heavier particles.
# - **Matter.** Its differences between matter and antimatter are too small to explain why the universe has so much
#   more of one.
# - **Dark matter** and **neutrino masses**, to which the two theses turn.

# %%
planck = quoted.below("planck")
cold, baryons = planck["dark_matter"].value, planck["baryons"].value
density = 3 * limit / quoted.get("relic_neutrinos.sum_of_masses").value
share = density / cold
splitting = quoted.get("nufit.larger_splitting").value
lightest_heavy = np.sqrt(splitting)

# %% [markdown]
# ### Dark matter
#
# The fluctuations of the cosmic microwave background measure the density of matter that does not scatter light
# {cite}`planck2018`. It is {eval}`f"{cold / baryons:.1f}"` times that of atoms. A candidate has to be neutral, stable
# or almost, and slow when galaxies form. In {numref}`tab-sm-particles` only neutrinos are neutral, stable and have a
# mass.
#
# Their density follows from their number, which is known, and their masses: in the same units, the sum of the masses
# over {eval}`f"{quoted.get('relic_neutrinos.sum_of_masses').value:g}"` eV {cite}`lesgourgues2012`. With all three at
# the limit of {cite}`katrin2025`, {eval}`f"{limit:g}"` eV, neutrinos make at most {eval}`f"{share:.0%}"` of the dark
# matter, and they would be too fast. The Standard Model therefore has no candidate. If dark matter interacts with
# quarks, colliders can make it, and it leaves them unseen, as missing transverse momentum.
#
# ### Masses of neutrinos
#
# Neutrinos change flavour in flight, which needs differences of their masses. The larger difference of squared masses
# is {eval}`f"{splitting:.2g}"` eV$^2$ {cite}`nufit2024`, so at least one neutrino has a mass of
# {eval}`f"{lightest_heavy:.2f}"` eV or more. The Standard Model has no right-handed neutrinos, and hence no Yukawa
# term for them. With one, $N$, whose charges are all zero, nothing forbids a mass $M$ of its own in
#
# $$
# \begin{pmatrix} 0 & m_D \\ m_D & M \end{pmatrix} , \qquad m_D = \frac{y v}{\sqrt2} ,
# $$ (eq-sm-seesaw)
#
# for the pair of the left-handed neutrino and $N$. This is the *seesaw* of type I {cite}`minkowski1977`: the heavier
# $N$, the lighter the neutrino.

# %%
mD, M = sp.symbols("m_D M", positive=True)
light, heavy = sorted(
    sp.Matrix([[0, mD], [mD, M]]).eigenvals(),
    key=lambda one: one.subs({mD: 1, M: 100}),
)
assert sp.limit(-light / (mD**2 / M), M, sp.oo) == 1
assert sp.limit(heavy / M, M, sp.oo) == 1
dirac = np.sqrt(1e-9 * lightest_heavy * 1000.0)  # for M of 1000 GeV
seesaw_mass = (field / np.sqrt(2)) ** 2 / (1e-9 * lightest_heavy)  # for y = 1

# %% [markdown]
# For large $M$ the masses are $m_D^2/M$ and $M$. A Yukawa coupling of one needs $M \approx$
# {eval}`f"{seesaw_mass / 1e14:.0f}"` $\times\,10^{14}$ GeV, out of reach. For $M = 1$ TeV it has to be
# {eval}`f"{1e6 * np.sqrt(2) * dirac / field:.1f}"` $\times\,10^{-6}$, not far from that of the electron, but then $N$
# mixes with neutrinos by only $m_D/M \approx$ {eval}`f"{1e7 * dirac / 1000:.0f}"` $\times\,10^{-7}$ and is hardly
# ever produced. Searches for heavy neutrinos assume other mechanisms or larger mixings.
#
# ## Summary
#
# - **Theory.** The charges of {numref}`tab-sm-fields` cancel as they have to. The Higgs potential has its minimum
#   away from zero because of one sign, and three measured numbers give $v =$ {eval}`f"{field:.1f}"` GeV and the other
#   constants at lowest order to a few percent ({numref}`tab-sm-relations`).
# - **Particles and processes.** Equation 1.1 of Guevara's draft and the text of Frette's need the corrections above;
#   none changes a result of the theses. The constants of this chapter are of lowest order; those of the simulation
#   are its own.
# - **Open.** No particle of the table can be the dark matter, and the masses of neutrinos need something new.
#
# {numref}`Chapter %s <chap-new-physics>` turns both into models whose signals can be simulated: a $Z'$ boson with
# dark matter, and heavy neutrinos of several types.
