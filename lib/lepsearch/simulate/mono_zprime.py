"""The three signals with a Z' to two leptons beside dark matter: models and Pythia's settings."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from lepsearch.errors import one_of
from lepsearch.simulate.matrix_elements import HIGGS_MASS, breit_wigner, vector_pair
from lepsearch.simulate.process import OF_SIGNALS, Process, checked_mass, narrow, own_process

__all__ = (
    "CONTACT_SCALE",
    "DarkHiggsModel",
    "InelasticModel",
    "Sector",
    "ZPrime",
    "dark_higgs",
    "dark_higgs_model",
    "inelastic_eft",
    "inelastic_model",
    "light_vector",
    "vector_partial_width",
)

Sector = Literal["heavy", "light"]

# masses in GeV; those of the quarks are the ones that Pythia takes
TOP_MASS = 172.5
BOTTOM_MASS = 4.8
TAU_MASS = 1.777
DARK_MATTER_MASS = 5.0
CONTACT_SCALE = 3000.0
DARK_MATTER, DARK_HIGGS, Z_PRIME, HEAVY_DARK = 52, 54, 55, 58  # free places in Pythia's table
FIRST_NUMBER = {"dark_higgs": 910_000, "light_vector": 930_000, "inelastic_eft": 950_000}


def vector_partial_width(
    mass: float, coupling: float, fermion_mass: float = 0.0, *, colours: int = 1
) -> float:
    """Width of a vector boson into one Dirac fermion pair with a pure vector coupling.

    The width is N_c g^2 M / (12 pi) (1 + 2r) sqrt(1 - 4r), where r = m_f^2 / M^2
    (for example eq. 2.5 of arXiv:1507.00966).

    Args:
        mass: Mass M of the boson [GeV].
        coupling: Coupling g of the current ``g fbar gamma_mu f``.
        fermion_mass: Mass of the fermion [GeV].
        colours: 3 for quarks, 1 for leptons.

    Returns:
        The width [GeV]; 0 where the decay is closed.

    Examples:
        >>> round(vector_partial_width(130.0, 0.1, colours=3), 4)
        0.1035
        >>> vector_partial_width(130.0, 0.1, 172.5, colours=3)
        0.0
    """
    ratio = (fermion_mass / mass) ** 2
    if ratio >= 0.25:
        return 0.0
    massless = colours * coupling**2 * mass / (12 * math.pi)
    return massless * (1 + 2 * ratio) * math.sqrt(1 - 4 * ratio)


@dataclass(frozen=True)
class ZPrime:
    """A Z' with pure vector couplings to quarks and charged leptons.

    Its decays into neutrinos and into dark matter are taken as closed.
    """

    zprime_mass: float  # mass of the Z' [GeV]
    quark_coupling: float = field(default=0.1, kw_only=True)  # coupling of the Z' to each quark
    # coupling of the Z' to each of e, mu and tau
    lepton_coupling: float = field(default=0.01, kw_only=True)

    @property
    def lepton_width(self) -> float:
        """Width of the Z' into one pair of light charged leptons [GeV]."""
        return vector_partial_width(self.zprime_mass, self.lepton_coupling)

    @property
    def width(self) -> float:
        """Full width of the Z' into quarks and charged leptons [GeV]."""
        quarks = sum(
            vector_partial_width(self.zprime_mass, self.quark_coupling, mass, colours=3)
            for mass in (0.0, 0.0, 0.0, 0.0, BOTTOM_MASS, TOP_MASS)
        )
        tau = vector_partial_width(self.zprime_mass, self.lepton_coupling, TAU_MASS)
        return quarks + 2 * self.lepton_width + tau

    @property
    def branching_to_light_leptons(self) -> float:
        """The share of Z' decays that end in ee or mumu."""
        return 2 * self.lepton_width / self.width


@dataclass(frozen=True)
class DarkHiggsModel(ZPrime):
    """Dark Higgs-strahlung, q qbar -> Z'* -> Z' h_D with h_D -> chi chi.

    The model is the first of the three of arXiv:1504.01386 (Autran, Bauer, Lin, Whiteson):
    L contains ``g_q qbar gamma_mu q Z'^mu`` and ``g_dark m_Z' h_D Z'_mu Z'^mu``, so that the vertex
    of two Z' and one h_D is ``2 g_dark m_Z'``.
    """

    higgs_mass: float  # mass of the dark Higgs boson [GeV]
    # coupling of the dark Higgs boson to the Z'
    dark_coupling: float = field(default=1.0, kw_only=True)

    def dsigma_dt(self, s: float, t: float, u: float, zprime_mass2: float) -> float:
        """Parton cross section d(sigma)/dt, averaged over spins and colours of the quarks.

        With the quark current squared, the sum over the polarisations of the Z' and the vertex
        above, the result is

            g_dark^2 g_q^2 / (24 pi s^2) * (t u - m_Z'^2 m_h^2 + 2 s m_Z'^2)
            / ((s - M^2)^2 + M^2 Gamma^2),

        the structure of f fbar -> Z H in the Standard Model (there g_dark = m_Z / v).

        Args:
            s, t, u: Mandelstam variables, t from the quark to the Z', u to the h_D [GeV^2].
            zprime_mass2: Squared mass of the Z' made in this event, on its resonance [GeV^2].

        Returns:
            The cross section [GeV^-4]; not below zero at the edge of phase space.
        """
        higgs_mass2 = s + t + u - zprime_mass2
        numerator = t * u - zprime_mass2 * higgs_mass2 + 2 * s * zprime_mass2
        pole2 = self.zprime_mass**2
        propagator = (s - pole2) ** 2 + pole2 * self.width**2
        couplings = (self.dark_coupling * self.quark_coupling) ** 2
        return couplings / (24 * math.pi * s**2) * max(0.0, numerator) / propagator


def dark_higgs_model(sector: Sector, mass: float) -> DarkHiggsModel:
    """The benchmark of a dark sector: which dark Higgs boson goes with a Z' of this mass [GeV].

    The heavy sector takes the larger of m_Z' and 125 GeV as the mass of the h_D, the light one the
    smaller (arXiv:1807.11471, with g_q = 0.1 and g_dark = 1).
    """
    choose = max if sector == "heavy" else min
    return DarkHiggsModel(zprime_mass=mass, higgs_mass=choose(mass, HIGGS_MASS))


@dataclass(frozen=True)
class InelasticModel(ZPrime):
    """Two dark fermions, q qbar -> chi2 chi1 with chi2 -> Z' chi1.

    With ``scale`` None, the second model of arXiv:1504.01386: the pair comes from an off-shell Z'
    with the axial current ``g_dark Z'_mu chi2bar gamma^mu gamma_5 chi1`` and its conjugate. With a
    scale, the third: the same currents in a contact term of strength ``1 / Lambda^2``. The dark
    fermions are taken as Dirac particles.

    Beside the thesis' cross sections (``guevara.sigma_br`` in quoted.yaml) the light sector's keep
    a constant ratio within a tenth from 200 to 1500 GeV; the heavy sector's, which start at
    threshold, fall faster by a quarter with the axial current and slower by a quarter with a vector
    current, so that the table doesn't settle which it was made with.
    """

    light_mass: float  # mass of chi1 [GeV]
    heavy_mass: float  # mass of chi2 [GeV]
    dark_coupling: float = field(default=1.0, kw_only=True)  # coupling of the Z' to the pair
    # Lambda of the contact term [GeV]; None: there is a Z' instead
    scale: float | None = field(default=None, kw_only=True)

    def dsigma_dt(self, s: float, t: float, u: float) -> float:
        """Parton cross section of both charge-conjugate final states together [GeV^-4]."""
        pair = 2 * vector_pair(s, t, u, self.light_mass, self.heavy_mass, axial=True)
        if self.scale is not None:
            return pair / self.scale**4
        couplings = (self.quark_coupling * self.dark_coupling) ** 2
        return couplings * pair * breit_wigner(s, self.zprime_mass, self.width)


def inelastic_model(sector: Sector, mass: float, *, scale: float | None = None) -> InelasticModel:
    """The benchmark of a dark sector: which dark fermions go with a Z' of this mass [GeV].

    In the light sector chi1 has 5 GeV and chi2 30 GeV more than the Z'; in the heavy one chi1 has
    half and chi2 twice the mass of the Z' (benchmarks of arXiv:1807.11471, with g_q = 0.1 and
    g_dark = 1; these masses are quoted unchecked).
    """
    light, heavy = (mass / 2, 2 * mass) if sector == "heavy" else (5.0, mass + 30.0)
    return InelasticModel(mass, light, heavy, scale=scale)


def dark_higgs(sector: str, mass: float) -> Process:
    """The dark-Higgs signal of a dark sector with Z' -> ee, mumu at one mass of the Z' [GeV].

    Raises:
        InputError: An unknown sector, or a mass for which there is no phase space.
    """
    model = dark_higgs_model(*_checked("dark_higgs", sector, mass))
    decays = (
        f"{DARK_MATTER}:m0 = {DARK_MATTER_MASS}",
        *narrow(DARK_HIGGS, model.higgs_mass),
        f"{DARK_HIGGS}:oneChannel = 1 1.0 100 {DARK_MATTER} -{DARK_MATTER}",
    )
    return _process("dark_higgs", "Dark Higgs", sector, model, decays)


def light_vector(sector: str, mass: float) -> Process:
    """The light-vector signal, q qbar -> Z'* -> chi2 chi1; else as `dark_higgs`."""
    model = inelastic_model(*_checked("light_vector", sector, mass))
    return _process("light_vector", "Light vector", sector, model, _fermions(model))


def inelastic_eft(sector: str, mass: float) -> Process:
    """The signal of the inelastic contact term; else as `dark_higgs`."""
    model = inelastic_model(*_checked("inelastic_eft", sector, mass), scale=CONTACT_SCALE)
    return _process("inelastic_eft", "Inelastic EFT", sector, model, _fermions(model))


def _checked(process: str, sector: str, mass: float) -> tuple[Sector, float]:
    one_of(f"sector of {process}", sector, get_args(Sector))
    return cast(Sector, sector), checked_mass(process, mass)


def _fermions(model: InelasticModel) -> tuple[str, ...]:
    """The dark fermions' masses and decay."""
    return (
        f"{DARK_MATTER}:m0 = {model.light_mass}",
        *narrow(HEAVY_DARK, model.heavy_mass),
        f"{HEAVY_DARK}:oneChannel = 1 1.0 100 {Z_PRIME} {DARK_MATTER}",
    )


def _process(
    name: str, title: str, sector: str, model: DarkHiggsModel | InelasticModel, dark: Iterable[str]
) -> Process:
    """A process with a Z' that decays to ee and mumu, and settings of the dark particles."""
    mass, width, share = model.zprime_mass, model.width, model.branching_to_light_leptons
    contact = isinstance(model, InelasticModel) and model.scale
    couplings = f"Lambda = {contact / 1000:g} TeV" if contact else "g_q = 0.1, g_dark = 1"
    made = "DarkHiggs" if isinstance(model, DarkHiggsModel) else "DarkFermions"
    return Process(
        name=name,
        dsid=FIRST_NUMBER[name] + 10_000 * (sector == "light") + round(mass),
        label=rf"{title}, {sector} sector, $m_{{Z'}}$ = {mass:g} GeV",
        settings=(
            f"{Z_PRIME}:m0 = {mass}",
            f"{Z_PRIME}:mWidth = {width:.6g}",
            f"{Z_PRIME}:mMin = {mass - 10 * width:.6g}",
            f"{Z_PRIME}:mMax = {mass + 10 * width:.6g}",
            f"{Z_PRIME}:doForceWidth = on",
            f"{Z_PRIME}:onMode = off",
            f"{Z_PRIME}:onIfAny = 11 13",
            *dark,
        ),
        cross_section_note=f"leading order, {couplings}; contains Z' -> ee and mumu with "
        f"g_l = 0.01, {share:.4g}",
        matrix_element=own_process(made, model, share),
        **OF_SIGNALS,
    )
