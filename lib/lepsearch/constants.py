"""What reconstruction and simulation share: codes and masses of particles, isolation."""

from functools import cache

from particle import Particle

ELECTRON, MUON, TAU, PHOTON, Z_BOSON, W_BOSON = 11, 13, 15, 22, 23, 24  # of the PDG
PB_IN_FB = 1000.0
ISOLATED = 0.15  # energy around a lepton over its own: working point of the 2020 release


@cache
def mass(code: int) -> float:
    """Mass of a particle [GeV], from the Particle Data Group's table.

    Examples:
        >>> round(mass(MUON), 4)
        0.1057
    """
    return float(Particle.from_pdgid(code).mass) / 1000  # the package counts in MeV
