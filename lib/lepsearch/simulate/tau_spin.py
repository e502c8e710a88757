"""The polarisation of taus that decay to an electron or muon, as weights of the events.

Pythia's taus here have no spin, so their leptonic decays are those of unpolarised ones. With x, the
lepton's share of the tau's energy, a relativistic tau minus of helicity h/2 has the spectrum

    f(x) + h g(x),   f = (5 - 9 x^2 + 4 x^3) / 3,   g = (1 - 9 x^2 + 8 x^3) / 3

(Y.-S. Tsai, Phys. Rev. D 4 (1971) 2821; a tau plus of helicity -h/2 has the same), so that an
event's weight is the product of (1 + h g/f) over its taus, averaged over the helicities that their
parent gives them: opposite ones if it is a vector boson, equal ones if a Higgs boson. The mean
weight is 1. Hadronic decays stay as they are.
"""

import numpy as np

from lepsearch.constants import ELECTRON, MUON, PHOTON, TAU, Z_BOSON
from lepsearch.simulate.arrays import Floats, Ints
from lepsearch.simulate.process import HIGGS
from lepsearch.simulate.pythia import Particles

__all__ = ("spin_weights",)

HADRONS = (100, 100_000)  # range of |PDG number|; their taus are left as they are
# Of the tau minus by its parent: ATLAS's -0.14 +- 0.04 for 66 to 116 GeV (arXiv:1709.03490), taken
# for pairs of any mass. All others couple by the left-handed current, as the W.
POLARISATION = {Z_BOSON: -0.14, PHOTON: 0.0, HIGGS: 0.0}
LEFT_HANDED = -1.0


def spin_weights(particles: Particles) -> Floats:
    """Weights of the events of a batch, between 0 and 2 for each parent of taus."""
    kind = np.abs(particles.pdg)

    def event(place: Ints) -> Ints:
        return np.searchsorted(particles.offsets, place, side="right") - 1

    def mother(place: Ints) -> Ints:
        return np.asarray(particles.offsets[event(place)] + particles.mother_in_event[place])

    lepton = np.flatnonzero(particles.final & ((kind == ELECTRON) | (kind == MUON)))
    tau = mother(lepton)
    lepton, tau = lepton[kind[tau] == TAU], tau[kind[tau] == TAU]
    parent = tau
    while (copies := kind[parent] == TAU).any():
        parent = np.where(copies, mother(parent), parent)
    x = np.clip(particles.e[lepton] / particles.e[tau], 0.0, 1.0)
    # g / f, both divided by 1 - x
    analysing = (1 + x - 8 * x**2) / (5 + 5 * x - 4 * x**2)
    analysing *= np.where(kind[parent] == HIGGS, np.sign(particles.pdg[tau]), 1)
    parents, group = np.unique(parent, return_inverse=True)
    right, left = np.ones((2, len(parents)))
    np.multiply.at(right, group, 1 + analysing)
    np.multiply.at(left, group, 1 - analysing)
    of_parent = kind[parents]
    polarisation = np.full(len(parents), LEFT_HANDED)
    for one, value in POLARISATION.items():
        polarisation[of_parent == one] = value
    weight = (1 + polarisation) / 2 * right + (1 - polarisation) / 2 * left
    weight[(of_parent > HADRONS[0]) & (of_parent < HADRONS[1])] = 1.0
    result = np.ones(len(particles.weight))
    np.multiply.at(result, event(parents), weight)
    return result
