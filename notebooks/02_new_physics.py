# %% [markdown]
# (chap-new-physics)=
# # Signal models with leptons and missing transverse momentum
#
# What would a new particle look like in events with leptons and missing transverse momentum, and how
# many such events are expected? All later chapters measure their methods on such signals. The theses
# take them from models, each of which adds a few terms to the Lagrangian of the Standard Model; masses,
# widths and cross sections follow. This chapter says why dark matter and heavy neutrinos are looked for
# ({numref}`fig-relic`, {numref}`tab-seesaw`), states the terms, checks each formula by a second
# calculation, compares the cross sections with those of Guevara's plots ({numref}`fig-sigma-br`), and
# shows the simulated signals ({numref}`tab-signals`).

# %% lepsearch={"reads": ["dilepton", "trilepton"]} nbmake={"mock": {"n_masses": 6, "profile": "smoke"}} tags=["parameters"]
profile = "embedded"
# [0, 1e6] 1/fb; 0 takes what the manifest states for the profile
luminosity_fb = 0.0
# [2, 1000]; points of each calculated curve
n_masses = 12
# [1, 100000] GeV; of the particle whose relic density is calculated
relic_mass = 100.0
# [0, 4294967295]; of the toy
seed = 1

# %%
import numpy as np
import pandas as pd
import sympy as sp
from scipy.constants import physical_constants
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import kn

from lepsearch.book import report, sample_tables, tables
from lepsearch.data import quoted
from lepsearch.events import features, selection
from lepsearch.events.dataset import Dataset
from lepsearch.plotting import feynman
from lepsearch.plotting import samples as figures
from lepsearch.plotting.style import drawing
from lepsearch.plotting.style import lines as styles
from lepsearch.simulate import cross_sections, matrix_elements, mono_zprime
from lepsearch.simulate.cross_sections import breakup_momentum
from lepsearch.simulate.mono_zprime import dark_higgs_model, inelastic_model
from lepsearch.simulate.three_leptons import HeavyNeutrino
from lepsearch.stats import histograms

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
samples = sample_tables.signal_samples(dataset)

# %% [markdown]
# This page was made with the profile *{eval}`profile`*, which has {eval}`len(samples) or "no"` signal
# samples. The formulas and the calculated curves do not need them. In a profile without signals, the
# figures of simulated events are empty frames.
#
# ## Two families of signals
#
# {cite}`guevara2023` searches for a $Z'$ boson that is produced together with dark matter and decays to
# two leptons ("mono-$Z'$"). {cite}`frette2023` searches for events with three leptons and missing
# transverse momentum, from heavy neutrinos or supersymmetric particles. {numref}`fig-signal-diagrams`
# has one diagram for each.

# %% mystnb={"figure": {"name": "fig-signal-diagrams"}, "image": {"alt": "Seven Feynman diagrams. Dark Higgs: two quarks make a Z prime, which radiates a dark Higgs boson that becomes dark matter. Light vector: a Z prime becomes two dark fermions, the heavier of which emits another Z prime. Inelastic: the same with a contact interaction. Heavy neutrino and left-right: a W or a heavier W becomes a lepton and a heavy neutrino, which decays to a lepton and a W. Seesaw and supersymmetry: a W becomes two heavy particles that both decay to a boson and a light particle."}} tags=["hide-input"]
feynman.small_multiples(feynman.SIGNALS)

# %% [markdown] tags=["caption"]
# Production and decay of the signals, one diagram each; time runs to the right. New particles are thick
# and red; a line without an arrow is a particle that may be its own antiparticle. The upper row gives
# two leptons and missing transverse momentum, the others three leptons.

# %% [markdown]
# ## Why dark matter
#
# The section on dark matter of Guevara's draft is still empty; this is the argument in short. Four
# observations, at very different distances, need more gravitating matter than shines {cite}`bertone2005`:
#
# - **Galaxies.** A star at the radius $r$ orbits with $v^2 = G M(r)/r$, where $M(r)$ is the mass inside.
#   Outside the visible disk $v$ should fall as $1/\sqrt r$, but it stays constant {cite}`rubin1980`, so
#   that $M(r)$ grows in proportion to $r$ where hardly any stars are.
# - **Clusters of galaxies.** Galaxies move too fast to be held by the mass that is seen {cite}`zwicky1933`.
# - **Colliding clusters.** The images of galaxies behind a cluster are distorted by its mass. After a collision of
#   two clusters the gas, most of the known matter, lags behind, and the mass does not {cite}`clowe2006`.
#   A changed law of gravity would point at the gas.
# - **The microwave background.** Its fluctuations measure both kinds of matter separately
#   ({numref}`chapter %s <chap-standard-model>`).
#
# All of them measure gravity. None says what the particle is, which mass it has, or that it has any other
# interaction. A collider can make it only if it has one.
#
# ### The relic density of a weakly interacting particle
#
# One idea says how strong that interaction may be. In the hot early universe dark matter is created and
# annihilated all the time. Once the temperature $T$ is below its mass $m$, creation stops. Annihilation
# goes on until expansion has separated the particles, and the rest is left for ever. With $x = m/T$ and
# $Y$, the number of particles relative to the entropy, this is {cite}`gondolo1991`
#
# $$
# \frac{dY}{dx} = -\sqrt{\frac{\pi g_*}{45}}\, \frac{m\, m_\mathrm{Pl} \langle\sigma v\rangle}{x^2}
#   \left( Y^2 - Y_\mathrm{eq}^2 \right) , \qquad
# Y_\mathrm{eq} = \frac{45\, g}{4\pi^4 g_*}\, x^2 K_2(x) ,
# $$ (eq-boltzmann)
#
# for $g$ spin states, $g_*$ relativistic degrees of freedom and a cross section that does not depend on
# the velocity. The next cell solves it for $\ln Y$ against $\ln x$.

# %%
PLANCK_MASS, RELATIVISTIC, SPINS = 1.22e19, 90.0, 2  # GeV; g_* and g
PER_CM = (
    1e-16 * physical_constants["reduced Planck constant times c in MeV fm"][0]
)
PER_RATE = 100 * physical_constants["speed of light in vacuum"][0] * PER_CM**2
grid = np.log(np.geomspace(10, 1e4, 200))


def equilibrium(x):
    """Particles relative to the entropy, as long as reactions keep pace."""
    return 45 / (4 * np.pi**4) * SPINS / RELATIVISTIC * x**2 * kn(2, x)


def abundance(sigma_v, mass):
    """The same as annihilation leaves them, by cm^3/s, on the grid."""
    rate = (
        np.sqrt(np.pi * RELATIVISTIC / 45)
        * PLANCK_MASS
        * mass
        * sigma_v
        / PER_RATE
    )

    def slope(log_x, log_y):
        excess = np.exp(log_y) - equilibrium(np.exp(log_x)) ** 2 * np.exp(
            -log_y
        )
        return -rate / np.exp(log_x) * excess

    start, span = np.log(equilibrium(np.exp(grid[:1]))), grid[[0, -1]]
    return np.exp(
        solve_ivp(slope, span, start, "Radau", grid, rtol=1e-6).y[0]
    )


# %% [markdown]
# Today's entropy and critical density turn the last value into the density of
# {numref}`chapter %s <chap-standard-model>`. The cross section that gives the measured density follows by
# root finding:

# %%
cold = quoted.get("planck.dark_matter").value
today = quoted.get("entropy_today.density_per_yield").value  # for each GeV


def surplus(log_sigma, mass):
    """Logarithm of the relic density over the measured one."""
    return np.log(today * mass * abundance(10**log_sigma, mass)[-1] / cold)


thermal, other = (
    10 ** brentq(surplus, -28, -23, (mass,), xtol=1e-3)
    for mass in (relic_mass, 10 * relic_mass)
)
coupling = 1 / 30  # of the weak interaction, as g squared over four pi
weak_mass = coupling * np.sqrt(np.pi * PER_RATE / thermal)

# %% mystnb={"figure": {"name": "fig-relic"}, "image": {"alt": "Three lines that fall together along a dotted equilibrium line and then turn flat, one after another: the larger the cross section, the later and lower."}} tags=["hide-input"]
left = {
    f"{factor:g} × thermal cross section": abundance(
        factor * thermal, relic_mass
    )
    for factor in (0.1, 1, 10)
}
with drawing() as (figure, axes):
    for label, values, style in styles(left):
        axes.plot(np.exp(grid), values, label=label, **style)
    axes.plot(
        np.exp(grid),
        equilibrium(np.exp(grid)),
        ":",
        color="#777777",
        label="equilibrium",
    )
    axes.set(xscale="log", yscale="log", ylim=(1e-15, 1e-4), xlim=(10, 1e4))
    axes.set(xlabel="mass / temperature", ylabel="particles / entropy")
    axes.legend()
figure

# %% [markdown] tags=["caption"]
# Solutions of {eq}`eq-boltzmann` for a particle of {eval}`f"{relic_mass:g}"` GeV and three annihilation cross sections.
# Compare where each line leaves the equilibrium.

# %% [markdown]
# A larger cross section leaves fewer particles ({numref}`fig-relic`). The measured density needs
# $\langle\sigma v\rangle =$ {eval}`f"{1e26 * thermal:.1f}"` $\times\,10^{-26}$ cm$^3$/s at
# {eval}`f"{relic_mass:g}"` GeV, and {eval}`f"{other / thermal:.2f}"` times that at ten times the mass: hardly
# any dependence. More careful calculations let $g_*$ vary with the temperature {cite}`steigman2012`.
#
# By dimensions, an interaction of the strength $\alpha$ gives about $\pi\alpha^2/m^2$. With that of the
# weak force this is the thermal cross section for a mass of about {eval}`f"{weak_mass / 1000:.1f}"` TeV. A weakly
# interacting massive particle ({term}`WIMP`) at the energies of the LHC thus comes with the right density. This is a
# coincidence to be tested, not evidence, and other candidates have other histories.
#
# ### The idea of a mono-$Z'$ search
#
# Dark matter alone leaves no trace in the detector, and no trigger keeps the event. Something visible must
# recoil against it. In most searches that is a jet or a photon radiated by the incoming quarks. If dark
# matter belongs to a {term}`dark sector` with forces of its own, the carrier of such a force, a $Z'$, may be
# produced with it and decay to leptons. The event then has a resonance and missing transverse momentum
# {cite}`autran2015`: two lepton momenta give the mass of the $Z'$, and the missing one tells that there was more.
# Couplings and masses of the following benchmarks are conventions that make searches comparable; they are
# not chosen to give the measured density.

# %%
light, heavy = (dark_higgs_model("heavy", mass) for mass in (130.0, 1500.0))

# %% [markdown]
# ## Models with a new vector boson
#
# All three mono-$Z'$ models {cite}`autran2015` have a neutral boson that couples to quarks and to
# charged leptons,
#
# $$
# \mathcal{L}_{Z'} = Z'_\mu \Big( g_q \sum_q \bar q \gamma^\mu q
#   + g_\ell \sum_{\ell} \bar\ell \gamma^\mu \ell \Big),
# $$ (eq-zprime)
#
# with $g_q =$ {eval}`f"{light.quark_coupling:g}"` for every quark and $g_\ell =$ {eval}`f"{light.lepton_coupling:g}"` for every charged
# lepton. Its width into a pair of fermions of mass $m$, with $r = m^2/M^2$ and $N_c = 3$ for quarks
# and 1 for leptons, is
#
# $$
# \Gamma = \frac{N_c\, g^2 M}{12\pi} (1 + 2r) \sqrt{1 - 4r}\,.
# $$ (eq-zprime-width)
#
# As a check, the next cell computes the squared amplitude numerically, as a trace of Dirac matrices
# summed over all spins.

# %%
sigma = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
upper = [np.kron([[0, 1], [-1, 0]], s) for s in sigma]
gamma = np.array([np.diag([1, 1, -1, -1]), *upper])
metric = np.diag([1.0, -1, -1, -1])


def slash(p):
    """The matrix p_mu gamma^mu."""
    return np.einsum("m,mn,nab->ab", p, metric, gamma)


def width_by_traces(mass, g, m):
    """Mean squared amplitude of a boson at rest times phase space."""
    k = breakup_momentum(mass, m, m)
    p1, p2 = np.array([[mass / 2, 0, 0, k], [mass / 2, 0, 0, -k]])
    left, right = slash(p1) + m * np.eye(4), slash(p2) - m * np.eye(4)
    pol = -metric + np.outer([mass, 0, 0, 0], [mass, 0, 0, 0]) / mass**2
    trace = np.einsum("ab,mbc,cd,nda->mn", left, gamma, right, gamma)
    squared = g**2 * np.einsum("mn,mi,nj,ij->", trace, metric, metric, pol)
    return (squared.real / 3) * k / (8 * np.pi * mass**2)


top, mass = 172.5, 400.0
for m in (0.0, top):
    by_formula = mono_zprime.vector_partial_width(mass, 0.1, m)
    assert np.isclose(width_by_traces(mass, 0.1, m), by_formula)

# %% [markdown]
# The search uses the decays to electrons and muons. Below twice the mass of the top quark their
# branching ratio is
#
# $$
# \mathrm{BR}(Z' \to ee, \mu\mu) \simeq \frac{2 g_\ell^2}{3 g_\ell^2 + 15 g_q^2}\,,
# $$ (eq-zprime-br)
#
# and above it the decay to top quarks lowers it. The branching ratio is
# {eval}`f"{1e3 * light.branching_to_light_leptons:.2f}"` in a thousand for the lightest $Z'$ and
# {eval}`f"{1e3 * heavy.branching_to_light_leptons:.2f}"` for the heaviest: nearly all decays are to quarks. The
# width is {eval}`f"{100 * light.width / light.zprime_mass:.2f}"` to {eval}`f"{100 * heavy.width / heavy.zprime_mass:.2f}"` % of the mass, less than the resolution of
# the detector, so the mass of the lepton pair is a peak.
#
# ### Dark Higgs
#
# The $Z'$ gets its mass from a dark Higgs boson, which therefore couples to two of them,
#
# $$
# \mathcal{L}_\mathrm{DH} = g_D\, m_{Z'}\, h_D\, Z'_\mu Z'^\mu ,
# $$ (eq-dark-higgs)
#
# with $g_D =$ {eval}`f"{light.dark_coupling:g}"`, and decays to dark matter. A virtual $Z'$ radiates the dark
# Higgs boson, as a $Z$ boson radiates a Higgs boson in the Standard Model. The cross section of two
# quarks with the centre-of-mass energy $\sqrt s$ is
#
# $$
# \hat\sigma = \frac{g_q^2 g_D^2}{144\pi s^2}\,
#   \frac{\sqrt\lambda\,(\lambda + 12\, s\, m_{Z'}^2)}{(s - m_{Z'}^2)^2 + m_{Z'}^2 \Gamma^2}\,,
# \qquad \lambda = \lambda(s, m_{Z'}^2, m_{h_D}^2),
# $$ (eq-dark-higgs-sigma)
#
# where $\lambda = 4 s k^2$ with the momentum $k$ of either product. The simulation uses the differential
# cross section; the next cell integrates it over the angle and finds {eq}`eq-dark-higgs-sigma`.

# %%
s, m1, m2 = 700.0**2, light.zprime_mass, light.higgs_mass
k = breakup_momentum(np.sqrt(s), m1, m2)
middle, half = (m1**2 + m2**2 - s) / 2, np.sqrt(s) * k
t = middle + half * np.linspace(-1, 1, 2001)
rate = [light.dsigma_dt(s, x, 2 * middle - x, m1**2) for x in t]
lam, pole = 4 * s * k**2, (s - m1**2) ** 2 + (m1 * light.width) ** 2
closed = 0.1**2 * np.sqrt(lam) * (lam + 12 * s * m1**2)
closed /= 144 * np.pi * s**2 * pole
assert np.isclose(np.trapezoid(rate, t), closed, rtol=1e-5)

# %% [markdown]
# ### Light vector and contact interaction
#
# Dark matter may consist of two fermions that interact only with each other. The current that couples
# them to the $Z'$ is
#
# $$
# \mathcal{L}_\mathrm{LV} = g_D\, Z'_\mu \left( \bar\chi_2 \gamma^\mu \gamma_5 \chi_1
#   + \mathrm{h.c.} \right),
# $$ (eq-light-vector)
#
# and the heavier one decays by $\chi_2 \to Z' \chi_1$. If the mediator that produces the pair is too
# heavy to be produced itself, a contact term remains,
#
# $$
# \mathcal{L}_\mathrm{EFT} = \frac{1}{\Lambda^2} \sum_q \bar q \gamma_\mu q
#   \left( \bar\chi_2 \gamma^\mu \gamma_5 \chi_1 + \mathrm{h.c.} \right),
# $$ (eq-contact)
#
# with $\Lambda =$ {eval}`f"{mono_zprime.CONTACT_SCALE / 1000:g}"` TeV here. Its cross section grows with energy.
# The missing transverse momentum also depends on the masses ({numref}`fig-signal-met`). Where energies
# approach $\Lambda$, a contact term is no longer a good description, and the collaboration's later
# search omits this model {cite}`atlasmonozprime2023`.
#
# ### Benchmark masses
#
# Two choices of the other masses are in use, the *light* and the *heavy* dark sector
# {cite}`atlasmonov2018` ("High" in the draft of {cite}`guevara2023`, see the {ref}`errata <errata>`).
# {numref}`tab-benchmarks` lists them. The column $p(Z')$ is the momentum of the $Z'$ in the decay
# $\chi_2 \to Z'\chi_1$: in the light sector the mass of $\chi_2$ is barely enough for the decay. The
# masses of the two fermion models are assumed; they were not checked against the paper itself.

# %% mystnb={"figure": {"name": "tab-benchmarks"}}
rows = {}
for mass in [130, 200, 400, 600, 800, 900, *range(1100, 1501, 100)]:
    boson = dark_higgs_model("light", mass)
    row = rows[mass] = {"width": boson.width}
    row["BR to ee, μμ [‰]"] = 1e3 * boson.branching_to_light_leptons
    for sector in ("light", "heavy"):
        pair = inelastic_model(sector, mass)
        small, large = pair.light_mass, pair.heavy_mass
        row[f"h_D ({sector})"] = dark_higgs_model(sector, mass).higgs_mass
        row[f"χ₁ ({sector})"], row[f"χ₂ ({sector})"] = small, large
        row[f"p(Z') ({sector})"] = breakup_momentum(large, mass, small)
benchmarks = pd.DataFrame(rows).T.rename_axis("Z' mass [GeV]", axis=1)
tables.styled(benchmarks, "benchmarks", ".4g")

# %% [markdown] tags=["caption"]
# Width of the $Z'$ [GeV], its branching ratio to electrons and muons, and for each dark sector the masses
# of the dark particles [GeV] and the momentum of the $Z'$ in the decay of $\chi_2$ [GeV].

# %% tags=["remove-cell"]
thesis = quoted.below("guevara.samples")
points = [one.value for key, one in thesis.items() if "mass_points" in key]
report.record("samples_counted", 2 * 2 * sum(points), ".0f")
report.record("samples_printed", thesis["total"].value, ".0f")
report.record("shared_mass", thesis["middle_region_max"].value, ".0f")

# %% [markdown]
# With two sectors and two lepton flavours, the mass points of Guevara's public code make
# {glue:text}`samples_counted` samples; the draft mentions {glue:text}`samples_printed`.
#
# ### Cross sections compared with Guevara's plots
#
# With the parton densities $f$ of the protons,
#
# $$
# \sigma = 2 \sum_q \int \frac{d\tau}{\tau} \int dy\;
#   x_1 f_q(x_1)\, x_2 f_{\bar q}(x_2)\; \hat\sigma(\tau S),
# \qquad x_{1,2} = \sqrt\tau\, e^{\pm y},
# $$ (eq-hadronic)
#
# where $\sqrt S$ is the energy of the protons. {numref}`fig-sigma-br` evaluates {eq}`eq-hadronic` by
# numerical integration and compares it with values decoded from the mass exclusion plots of
# {cite}`guevara2023`.

# %%
families = {
    "dark Higgs, light": ("dark_higgs", "light"),
    "dark Higgs, heavy": ("dark_higgs", "heavy"),
    "light vector, light": ("light_vector", "light"),
    "light vector, heavy": ("light_vector", "heavy"),
}


def femtobarns(process, masses, **parameters):
    """Calculated cross sections at some masses."""
    given = [{**parameters, "mass": float(mass)} for mass in masses]
    found = [cross_sections.predicted_pb(process, one) for one in given]
    return 1e3 * np.array(found)


def of_samples(process, sector=""):
    """Masses and cross sections of the samples of one process."""
    chosen = samples.query("process == @process and sector == @sector")
    return tuple(chosen[["mass", "σ × BR [fb]"]].to_numpy(float).T)


grid = np.geomspace(130, 1500, n_masses)
decoded, calculated, ratios, simulated = {}, {}, {}, {}
for label, (process, sector) in families.items():
    table = quoted.below(f"guevara.sigma_br.{process}_{sector}")
    mass = np.array([float(key[1:]) for key in table])
    value = np.array([one.value for one in table.values()])
    masses = np.sort([*grid, *mass])
    sigma = femtobarns(process, masses, sector=sector)
    decoded[label], calculated[label] = (mass, value), (masses, sigma)
    ratios[label] = value / sigma[np.searchsorted(masses, mass)]
    simulated[label] = of_samples(process, sector)

# %% mystnb={"figure": {"name": "fig-sigma-br"}, "image": {"alt": "Four falling lines on a logarithmic axis. Those of the heavy sectors fall over five decades from 130 to 1500 GeV, those of the light sectors over two to four. Markers of the thesis lie on the line of the heavy dark Higgs and up to a factor of three off the others."}} tags=["hide-input"]
figures.cross_sections(
    calculated, decoded, simulated,
    xlabel="$m_{Z'}$ [GeV]", ylabel=r"$\sigma \times$ BR($ee$, $\mu\mu$) [fb]",
)  # fmt: skip

# %% [markdown] tags=["caption"]
# Cross section times branching ratio to electrons and muons against the mass of the $Z'$ boson:
# calculated here (lines), decoded from Guevara's plots (open markers), and the samples of this profile
# (stars). The lower panel shows the ratio of the decoded to the calculated values.

# %% [markdown]
# Two more calculations help to interpret the comparison: the cross section of the light vector without
# the $\gamma_5$, and the scale $\Lambda$ that the decoded values of the contact term would need.

# %%
model = inelastic_model("heavy", 400.0)
pair = model.heavy_mass, model.light_mass


def vector_current(s, t, u):
    """The light vector's cross section, had its current no gamma_5."""
    axial = matrix_elements.vector_pair(s, t, u, *pair, axial=True)
    vector = matrix_elements.vector_pair(s, t, u, *pair, axial=False)
    return model.dsigma_dt(s, t, u) * vector / axial


axial = cross_sections.annihilation_cross_section(model.dsigma_dt, pair)
vector = cross_sections.annihilation_cross_section(vector_current, pair)
printed = quoted.get("guevara.sigma_br.light_vector_heavy.m400").value
with_vector = 1e3 * vector * model.branching_to_light_leptons
scales = []
for sector in ("light", "heavy"):
    there = quoted.below(f"guevara.sigma_br.effective_{sector}")
    here = femtobarns("inelastic_eft", [200, 300], sector=sector)
    excess = here / [there["m200"].value, there["m300"].value]
    scales += list(mono_zprime.CONTACT_SCALE / 1000 * excess**0.25)

# %% [markdown]
# The ratios of the decoded to the calculated cross sections, over all masses:
#
# - *Dark Higgs, heavy sector*: {eval}`f"{ratios['dark Higgs, heavy'].min():.2f}"` to {eval}`f"{ratios['dark Higgs, heavy'].max():.2f}"`, over four
#   decades of the cross section. The choice of parton densities and of their scale gives differences of
#   this size, so the model and its masses agree.
# - *Dark Higgs, light sector*: {eval}`f"{ratios['dark Higgs, light'].min():.2f}"` to {eval}`f"{ratios['dark Higgs, light'].max():.2f}"`. Guevara's
#   values are higher, increasingly so at high masses. Production of an on-shell $Z'$ and an on-shell
#   $h_D$ cannot give them with the couplings above; the settings of these samples are not known to us.
# - *Light vector, light sector*: {eval}`f"{ratios['light vector, light'].min():.2f}"` to {eval}`f"{ratios['light vector, light'].max():.2f}"`, nearly
#   independent of the mass: the same model with another normalisation.
# - *Light vector, heavy sector*: {eval}`f"{ratios['light vector, heavy'].min():.2f}"` to {eval}`f"{ratios['light vector, heavy'].max():.2f}"`. The
#   $\gamma_5$ of {eq}`eq-light-vector` matters, since both fermions are slow. Without it the cross
#   section at a mass of four hundred would be {eval}`f"{vector / axial:.1f}"` times ours, and the decoded
#   value {eval}`f"{printed / with_vector:.2f}"` of that: the axial current is closer.
# - *Contact term*: the cross section goes as $\Lambda^{-4}$, and the values decoded for two masses
#   would need $\Lambda$ between {eval}`f"{min(scales):.0f}"` and {eval}`f"{max(scales):.0f}"` TeV. No
#   single value fits, so we draw no conclusion. At such cross sections less than one event is expected.
#
# Expected yields in this book follow from our cross sections, which have a stated recipe.
#
# ## Models with three leptons
#
# ### Why heavy neutrinos
#
# The draft of {cite}`frette2023` is titled as a search for heavy neutrinos. Its final version searches for
# charginos and neutralinos, and the public code still names the neutrino samples in comments: left-right
# models, and neutrinos from $W$ bosons and top quarks. Their common origin is the {term}`seesaw` of
# {numref}`chapter %s <chap-standard-model>`. For several families, Dirac masses $m_D$ and heavy masses $M$
# are matrices, and $\nu_L$ and $N$ share
#
# $$
# \mathcal{M} = \begin{pmatrix} 0 & m_D \\ m_D^\mathsf{T} & M \end{pmatrix} , \qquad
# m_\nu = -\, m_D\, M^{-1} m_D^\mathsf{T} , \qquad V = m_D M^{-1} ,
# $$ (eq-seesaw)
#
# with the light masses $m_\nu$ and the mixing $V$ of heavy with light states, up to higher orders in $V$.
# The next cell rotates $\mathcal{M}$ by $V$ for two families, orders it by powers of $m_D$, and finds the
# mixed block gone and $m_\nu$ left.

# %%
small = sp.Symbol("epsilon")  # counts powers of m_D
dirac = small * sp.Matrix(2, 2, sp.symbols("d1:5"))
majorana = sp.diag(*sp.symbols("M1:3", positive=True))
mixing, one = dirac * majorana.inv(), sp.eye(2)
half = (one - mixing * mixing.T / 2, one - mixing.T * mixing / 2)
rotation = sp.BlockMatrix(
    [[half[0], mixing], [-mixing.T, half[1]]]
).as_explicit()
whole = sp.BlockMatrix(
    [[sp.zeros(2), dirac], [dirac.T, majorana]]
).as_explicit()
rotated = (rotation.T * whole * rotation).expand()


def leading(block, order):
    """A block of the matrix, without powers of m_D above this one."""
    return block.applyfunc(
        lambda x: sum(x.coeff(small, n) * small**n for n in range(order + 1))
    )


assert leading(rotated[:2, 2:], 2) == sp.zeros(2)
assert sp.simplify(
    leading(rotated[:2, :2], 3) + dirac * mixing.T
) == sp.zeros(2)

# %% [markdown]
# Which field is heavy decides how it is produced ({numref}`tab-seesaw`). The name of type II belongs to a
# triplet of scalars, which no sample of this book has. A neutrino that is its own antiparticle allows two
# leptons of the same charge; with three leptons, both kinds contribute.
#
# :::{list-table} Heavy neutrinos of the samples: the new field, its production, the decays that give three leptons, and what limits the rate.
# :name: tab-seesaw
# :header-rows: 1
#
# * - model
#   - new field
#   - production
#   - three leptons from
#   - rate limited by
# * - type I
#   - $N$, no charge of any kind
#   - $W^* \to \ell N$, by mixing
#   - $N \to \ell W$, $\nu Z$
#   - $|V|^2$
# * - type III
#   - $\Sigma^+, \Sigma^0, \Sigma^-$, a triplet of $SU(2)_L$
#   - $W^* \to \Sigma^\pm \Sigma^0$, by its weak charge
#   - $\Sigma \to \ell W$, $\ell Z$, $\nu Z$ and others
#   - the mass
# * - left-right
#   - $N$ and $W_R$, of a group $SU(2)_R$
#   - $W_R \to \ell N$, a resonance
#   - $N \to \ell W$, by mixing
#   - the masses
# :::
#
# ### Heavy neutrino with mixing
#
# A heavy neutrino $N$ that is a singlet of all gauge groups interacts only through its mixing with a
# light neutrino, here that of the muon. Its weak interaction has the strength $V_{\ell N}$,
#
# $$
# \mathcal{L}_N = -g\, V_{\ell N} \left(
#   \frac{\bar\ell \gamma^\mu P_L N}{\sqrt2}\, W^-_\mu
#   + \frac{\bar\nu \gamma^\mu P_L N}{2\cos\theta_W}\, Z_\mu
#   + \frac{m_N}{2 m_W}\, \bar\nu P_R N\, H \right) + \mathrm{h.c.},
# $$ (eq-heavy-neutrino)
#
# with $|V_{\mu N}|^2 =$ {eval}`f"{HeavyNeutrino(150.0).mixing2:g}"`. A virtual $W$ boson produces it together with a
# lepton. Above the mass of the bosons it decays with the widths
#
# $$
# \Gamma(N \to \ell^- W^+) = \frac{G_F |V|^2 m_N^3}{8\sqrt2\,\pi} (1 - r)^2 (1 + 2r),
# \qquad r = \frac{m_W^2}{m_N^2}
# $$ (eq-neutrino-width)
#
# {cite}`atre2009`, the same again with the charges reversed if $N$ is its own antiparticle, and
# correspondingly for $\nu Z$; for $\nu H$ the last factor is absent. A heavy $N$ decays to $W$, $Z$ and
# $H$ as 2 to 1 to 1, because the three are parts of one Higgs doublet (the equivalence theorem). The
# masses of the samples, which omit the decay to $H$, are far from this limit ({numref}`tab-shares`).

# %% mystnb={"figure": {"name": "tab-shares"}}
limit = HeavyNeutrino(1e5).branching
assert np.allclose(list(limit.values()), [0.5, 0.25, 0.25], atol=1e-4)
masses = sorted({*of_samples("heavy_neutrino")[0], 150, 300, 500})
shares = pd.DataFrame(
    {f"{mass:g} GeV": HeavyNeutrino(mass).branching for mass in masses}
).rename({"W": "N → ℓ W", "Z": "N → ν Z", "H": "N → ν H"})
tables.styled(shares.rename_axis("decay", axis=1), "shares", ".3f")

# %% [markdown] tags=["caption"]
# Branching ratios of the heavy neutrino for several masses.

# %% [markdown]
# ### Left-right symmetry
#
# If right-handed particles have a $W$ boson of their own, with the same strength,
#
# $$
# \mathcal{L}_{W_R} = \frac{g}{\sqrt2}\, W^+_{R\mu} \left( \bar u \gamma^\mu P_R d
#   + \bar N \gamma^\mu P_R \ell \right) + \mathrm{h.c.},
# $$ (eq-left-right)
#
# its resonance produces $N$. The dominant decay, through a virtual $W_R$ to a lepton and two jets, gives
# two leptons and no missing transverse momentum. The samples of this book let $N$ decay by
# {eq}`eq-heavy-neutrino`, to a lepton and a $W$, so that three leptons appear. This is a choice, and it
# affects their yields. The mass of the leptons of the first and the second decay has an edge,
#
# $$
# m_{\ell\ell}^2 \le \frac{(m_{W_R}^2 - m_N^2)(m_N^2 - m_W^2)}{m_N^2}\,.
# $$ (eq-edge)
#
# The next cell checks it with a toy, in which $N$ moves along the axis and decays into random directions.

# %%
m_wr, m_n, m_w = 1500.0, 400.0, 80.4
k1, k2 = breakup_momentum(m_wr, 0, m_n), breakup_momentum(m_n, 0, m_w)
cosine = np.random.default_rng(seed).uniform(-1, 1, 100_000)
e_n = np.hypot(k1, m_n)
e2 = (e_n + k1 * cosine) * k2 / m_n  # the second lepton, boosted with N
z2 = (e_n * cosine + k1) * k2 / m_n
m_ll = np.sqrt(2 * k1 * (e2 + z2))  # the first one flies the other way
edge = np.sqrt((m_wr**2 - m_n**2) * (m_n**2 - m_w**2)) / m_n
assert m_ll.max() <= edge * (1 + 1e-9)
assert np.isclose(m_ll.max(), edge, rtol=1e-3)
assert np.isclose(np.median(m_ll), edge / np.sqrt(2), rtol=0.01)

# %% [markdown]
# For masses of {eval}`f"{m_wr:.0f}"` and {eval}`f"{m_n:.0f}"` GeV the edge is at {eval}`f"{edge:.0f}"` GeV. The
# spectrum rises linearly up to it, so half of the pairs are above $1/\sqrt2$ of the edge.
#
# ### Type-III seesaw and chargino-neutralino
#
# The type-III seesaw {cite}`franceschini2008` has three heavy leptons $\Sigma^+, \Sigma^0, \Sigma^-$
# with weak charge, so their production needs no mixing,
#
# $$
# \mathcal{L}_\Sigma = g\, W^+_\mu\, \overline{\Sigma^{0}} \gamma^\mu \Sigma^- + \mathrm{h.c.}
# + \dots,
# $$ (eq-triplet)
#
# and they decay as $N$ does, by mixing: $\Sigma^0 \to \ell W, \nu Z, \nu H$ and
# $\Sigma^\pm \to \nu W, \ell Z, \ell H$. If squarks are heavy, the superpartners of the $W$ bosons,
# chargino and neutralino, are a triplet as well and have the same cross section. Their decays differ:
# to a $W$ and a $Z$ boson and two of the lightest neutralinos, which escape detection
# {cite}`atlasc1n2`. A branching ratio of one is an assumption of the simplified model.

# %%
relatives = {
    "heavy neutrino, 3 leptons": "heavy_neutrino",
    "type-III seesaw, all decays": "type3_seesaw",
    "chargino-neutralino, 3 leptons": "chargino_neutralino",
}
grid = np.geomspace(110, 1000, n_masses)
lines, simulated = {}, {}
for label, process in relatives.items():
    lines[label] = grid, femtobarns(process, grid)
    simulated[label] = of_samples(process)

# %% mystnb={"figure": {"name": "fig-sigma-heavy"}, "image": {"alt": "Three falling lines on a logarithmic axis from 110 to 1000 GeV: the seesaw on top, chargino and neutralino lower by the factor of their branching ratio, the heavy neutrino steeper and below."}} tags=["hide-input"]
words = {"xlabel": "mass [GeV]", "ylabel": r"$\sigma \times$ BR [fb]"}
figures.cross_sections(lines, {}, simulated, **words)

# %% [markdown] tags=["caption"]
# Cross section times branching ratio of the models with three leptons against the mass of the new
# particle, calculated (lines), and the samples of this profile (stars). Compare the heavy neutrino,
# whose production needs mixing, with the triplets.

# %% [markdown]
# ## Signal samples of this profile
#
# {numref}`tab-signals` lists all signals of this profile. The two cross sections come from one matrix
# element and different integrations. The events have Breit-Wigner shapes cut off at ten widths, which
# omits a few hundredths, and a statistical uncertainty. K-factors, where a sample has one, are in the
# first cross section only.

# %% mystnb={"figure": {"name": "tab-signals"}}
formats = {"expected": ",.3g", "generated": ",.0f"}
listed = samples.drop(columns=["process", "sector", "mass"])
tables.styled(listed, "signals", ".3g", **formats)

# %% [markdown] tags=["caption"]
# Signal samples: their names and labels, the cross section that the events are scaled to, the one by numerical
# integration where {eq}`eq-hadronic` applies, expected events at {eval}`f"{dataset.luminosity_fb:g}"`
# fb$^{-1}$ before any selection, and generated events.

# %% [markdown]
# ## Masses and missing transverse momentum of the signals
#
# The following distributions are physics-weighted and normalised to unit area, after the dilepton or
# the trilepton selection; the dilepton selection cuts on $E_T^\mathrm{miss}$
# ({numref}`chapter %s <chap-dilepton-selection>`). The tables list all
# samples as generated, without weights; samples made here have more events of large missing momentum than expected
# ({eq}`eq-enrichment`). The figures show some of the samples.

# %% mystnb={"figure": {"name": "tab-signal-two"}}
THREE = ["left_right", *relatives.values()]
MASS, MASS_3 = r"$m_{\ell\ell}$ [GeV]", r"$m_{\ell\ell\ell}$ [GeV]"
MISSING = r"$E_T^\mathrm{miss}$ [GeV]"
HEADS = {"mll": MASS, "mlll": MASS_3, "met": MISSING}


def signal_events(region, three, columns):
    """Events of the samples that belong into a region, and these samples."""
    chosen = samples[samples["process"].isin(THREE) == three]
    events = dataset.table(region, columns)
    return events[events["sample"].isin(chosen.index)], chosen


def quantiles(events, *names):
    """Median and the middle 68 % of features, a row a sample."""
    by_sample = events.groupby("sample", sort=False)[[*names]]
    table = by_sample.describe(percentiles=[0.16, 0.5, 0.84])
    table = table.drop(columns=["mean", "std", "min", "max"], level=1)
    return tables.styled(table.rename(columns=HEADS), names[0], ",.0f")


def shape(events, drawn, feature, xlabel, title, low=0.0, bins=40):
    """Draw the feature of each sample, with physics weights."""
    events = events[events["sample"].isin(drawn)]
    reach = float(events[feature].quantile(0.98)) if len(events) else 100.0
    edges = np.linspace(low, max(1.1 * reach, 200.0), bins + 1)
    made = {}
    for name, label in samples["label"][drawn].items():
        one = events[events["sample"] == name]
        made[label] = histograms.fill(one[feature], one["weight"], edges)
    return figures.shapes(made, xlabel=xlabel, title=title)


two, vectors = signal_events("dilepton", False, ["mll", "met", "pair"])
two = two[two["pair"] == features.PAIR_KINDS.index("SFOS")]
quantiles(two, "mll", "met")

# %% [markdown] tags=["caption"]
# Mono-$Z'$ models after the dilepton selection, SFOS pairs, unweighted: number of rows, median and
# central interval of the dilepton mass and of the missing transverse momentum. An event that was smeared several times has several rows.

# %% mystnb={"figure": {"name": "fig-signal-mll"}, "image": {"alt": "One narrow peak for each mass of the new boson, on an axis that reaches beyond the heaviest; an empty frame with a note where the profile has no signal."}} tags=["hide-input"]
by_mass = vectors.query("process == 'dark_higgs' and sector == 'heavy'")
shape(two, by_mass.index, "mll", MASS, "two leptons", bins=160)

# %% [markdown] tags=["caption"]
# Dilepton mass of SFOS pairs in the dark-Higgs model with a heavy dark sector, physics-weighted,
# normalised to unit area. The last bin includes the overflow. Compare the widths of the peaks at low
# and at high masses.

# %% mystnb={"figure": {"name": "fig-signal-met"}, "image": {"alt": "Falling distributions of the missing transverse momentum from the cut upwards, one line for each signal; an empty frame with a note where the profile has no signal."}} tags=["hide-input"]
lightest = vectors.index[vectors["mass"] == vectors["mass"].min()]
shape(two, lightest, "met", MISSING, "two leptons", selection.MISSING_PT)

# %% [markdown] tags=["caption"]
# Missing transverse momentum of SFOS pairs in the mono-$Z'$ models with the lightest $Z'$,
# physics-weighted, normalised to unit area. The last bin includes the overflow. Compare contact terms with light and heavy dark sectors.

# %% [markdown]
# The detector measures high momenta less precisely, so peaks at high masses are wider. The sample with
# the largest median of $E_T^\mathrm{miss}$ in {numref}`tab-signal-two` is: {eval}`samples["label"][two.groupby("sample")["met"].median().idxmax()] if len(two) else "none"`.

# %% mystnb={"figure": {"name": "tab-signal-three"}}
three, heavy_leptons = signal_events("trilepton", True, ["mlll", "met"])
three_drawn = heavy_leptons.index[:: -(-len(heavy_leptons) // 6) or 1]
quantiles(three, "mlll", "met")

# %% [markdown] tags=["caption"]
# Models with three leptons after the trilepton selection, unweighted: number of rows, median and
# central interval of the mass of the three leptons and of the missing transverse momentum.

# %% mystnb={"figure": {"name": "fig-signal-mlll"}, "image": {"alt": "One distribution for each signal, most of them broad; an empty frame with a note where the profile has no such signal."}} tags=["hide-input"]
shape(three, three_drawn, "mlll", MASS_3, "three leptons")

# %% [markdown] tags=["caption"]
# Mass of the three leptons in the models with heavy leptons or supersymmetric particles, physics-weighted,
# normalised to unit area. The last bin includes the overflow. Compare the left-right model, where the
# resonance decays to leptons and a $W$ only, with the others. The decay $\Sigma^\pm \to \ell Z$ to three leptons makes a
# peak at the mass of the triplet.

# %% mystnb={"figure": {"name": "fig-signal-met3"}, "image": {"alt": "Distributions of the missing transverse momentum, one line for each signal with three leptons; an empty frame with a note where the profile has no such signal."}} tags=["hide-input"]
shape(three, three_drawn, "met", MISSING, "three leptons")

# %% [markdown] tags=["caption"]
# Missing transverse momentum in the models with three leptons, physics-weighted, normalised to unit area. The
# last bin includes the overflow.

# %% [markdown]
# ## Summary
#
# - A thermal relic of {eval}`f"{relic_mass:g}"` GeV needs an annihilation cross section of
#   {eval}`f"{1e26 * thermal:.1f}"` $\times\,10^{-26}$ cm$^3$/s, which depends little on the mass ({numref}`fig-relic`). The
#   seesaw of {eq}`eq-seesaw` holds for several families.
# - Each width and cross section above agrees with a second calculation. Where the expected cross sections
#   come from a matrix element, the events and the numerical integration use the same one
#   ({numref}`tab-signals`).
# - For the heavy dark Higgs, Guevara's cross sections are
#   {eval}`f"{ratios['dark Higgs, heavy'].min():.2f}"` to {eval}`f"{ratios['dark Higgs, heavy'].max():.2f}"` times
#   ours. Over all four the ratio reaches from {eval}`f"{min(one.min() for one in ratios.values()):.2f}"` to
#   {eval}`f"{max(one.max() for one in ratios.values()):.2f}"` ({numref}`fig-sigma-br`).
# - {eval}`f"The signals of this profile have {samples['expected'].min():.2g} to {samples['expected'].max():,.0f} expected events before the selection" if len(samples) else "This profile has no signal samples"` ({numref}`tab-signals`).
#
# {numref}`Chapter %s <chap-samples>` describes the samples of the Standard Model that the signals compete with.
