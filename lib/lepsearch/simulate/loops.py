"""Compiled loops over the particles of generated events, which leave few for NumPy to do."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepsearch.compiled import compiled
from lepsearch.constants import ELECTRON, MUON, PHOTON, TAU
from lepsearch.simulate.arrays import Bools, Floats, Ints

__all__ = ("HEAVY", "around_leptons", "final_leptons", "flavour", "visible_particles")

HADRONS = (100, 100_000)  # range of |PDG number| of the hadrons that Pythia makes
HEAVY = 4  # the charm quark's number; the bottom quark's is 5

PdgNumbers = NDArray[np.int32]


@compiled
def flavour(kind: int) -> int:
    """Heavy flavour by the absolute PDG number: a hadron's largest quark digit, or the tau's.

    It is 5, 4 or 15 for b hadrons, c hadrons and taus; 0 for the rest.
    """
    if kind == TAU:
        return TAU
    # thousands for baryons, hundreds for mesons; no tens: that is a diquark
    if kind <= HADRONS[0] or kind >= HADRONS[1] or kind // 10 % 10 == 0:
        return 0
    quark = max(kind // 1000 % 10, kind // 100 % 10)
    return quark if quark >= HEAVY else 0


@compiled
def final_leptons(
    offsets: Ints,
    pdg: PdgNumbers,
    final: Bools,
    mother_in_event: NDArray[np.int32],
    px: Floats,
    py: Floats,
    min_pt: float,
) -> tuple[Ints, Ints, Bools, Bools]:
    """The final electrons and muons above a momentum, and where they come from.

    Args:
        offsets, pdg, final, mother_in_event, px, py: As in `pythia.Particles`.
        min_pt: Least transverse momentum [GeV].

    Returns:
        Their places, their events, whether they are prompt (not from a hadron's decay) and whether
        they are from a tau.
    """
    place, event = np.empty(len(pdg), np.int64), np.empty(len(pdg), np.int64)
    prompt, from_tau = np.empty(len(pdg), np.bool_), np.empty(len(pdg), np.bool_)
    n = 0
    for i in range(len(offsets) - 1):
        first = offsets[i]
        for j in range(first, offsets[i + 1]):
            kind = abs(pdg[j])
            if not final[j] or kind not in (ELECTRON, MUON):
                continue
            if px[j] * px[j] + py[j] * py[j] <= min_pt * min_pt:
                continue
            # up through its copies, and the tau's
            current, above, tau = j, first + mother_in_event[j], False
            kind = abs(pdg[above])
            while kind in (ELECTRON, MUON, TAU) and above != current:
                tau |= kind == TAU
                current, above = above, first + mother_in_event[above]
                kind = abs(pdg[above])
            place[n], event[n], from_tau[n] = j, i, tau
            prompt[n] = kind <= HADRONS[0] or kind >= HADRONS[1]
            n += 1
    return place[:n].copy(), event[:n].copy(), prompt[:n].copy(), from_tau[:n].copy()


@compiled
def visible_particles(
    offsets: Ints,
    chosen: Ints,
    pdg: PdgNumbers,
    final: Bools,
    momentum: tuple[Floats, Floats, Floats, Floats],
    known: Ints,
    charged: Bools,
    visible: Bools,
    max_slope: float,
    heavy_min_pt: float,
) -> tuple[Any, ...]:
    """What leaves a signal in chosen events, and what gives jets their flavour.

    Args:
        offsets, pdg, final: As in `pythia.Particles`.
        chosen: The events' numbers.
        momentum: px, py, pz, E [GeV].
        known, charged, visible: As in `pythia.Kinds`.
        max_slope: Largest |pz| / pt of the calorimeters' acceptance.
        heavy_min_pt: Least transverse momentum of a particle with heavy flavour [GeV].

    Returns:
        Of visible particles: places, events (counted among the chosen), pt and whether they are
        charged. Of heavy ones, in the final state or not: places, events and flavours.
    """
    most = np.sum(offsets[chosen + 1] - offsets[chosen])
    place, event = np.empty(most, np.int64), np.empty(most, np.int64)
    pt, has_charge = np.empty(most), np.empty(most, np.bool_)
    heavy, heavy_event = np.empty(most, np.int64), np.empty(most, np.int64)
    heavy_flavour = np.empty(most, np.int64)
    px, py, pz, _ = momentum
    n = n_heavy = 0
    for i in range(len(chosen)):
        for j in range(offsets[chosen[i]], offsets[chosen[i] + 1]):
            kind = abs(pdg[j])
            flavoured = flavour(kind)
            if not final[j] and flavoured == 0:
                continue
            p_t = math.sqrt(px[j] * px[j] + py[j] * py[j])
            if flavoured > 0 and p_t > heavy_min_pt:
                heavy[n_heavy], heavy_event[n_heavy] = j, i
                heavy_flavour[n_heavy] = flavoured
                n_heavy += 1
            if not final[j] or abs(pz[j]) >= max_slope * p_t:
                continue
            slot = np.searchsorted(known, kind)
            if visible[slot]:
                place[n], event[n], pt[n], has_charge[n] = j, i, p_t, charged[slot]
                n += 1
    return (
        place[:n].copy(), event[:n].copy(), pt[:n].copy(), has_charge[:n].copy(),
        heavy[:n_heavy].copy(), heavy_event[:n_heavy].copy(), heavy_flavour[:n_heavy].copy(),
    )  # fmt: skip


@compiled
def around_leptons(
    place: Ints,
    offsets: Ints,
    event: Ints,
    pdg: PdgNumbers,
    momentum: tuple[Floats, Floats, Floats],
    pt: Floats,
    charged: Bools,
    cones: tuple[float, float, float],
    track_min_pt: float,
    track_max_eta: float,
) -> tuple[NDArray[np.float64], Bools]:
    """Sum up what is around each lepton.

    Args:
        place: The leptons' places in the other arrays.
        offsets: Place of each event's first particle, and the number of all.
        event, pdg, pt, charged: One value a particle.
        momentum: px, py, pz [GeV].
        cones: Radii of tracks, of the calorimeters, and of an electron's photons.
        track_min_pt: Least pt of a track [GeV].
        track_max_eta: Acceptance of the tracker.

    Returns:
        For each lepton px, py, pz of the photons around an electron, the sum of the tracks' pt and
        that of the calorimeters, shape (leptons, 5) [GeV]; and which particles are such photons.
    """
    px, py, pz = momentum
    track_cone, calorimeter_cone, photon_cone = cones
    widest = max(track_cone, calorimeter_cone, photon_cone)
    # what is further off in azimuth is passed over before its angles are computed
    least_cosine = math.cos(min(widest, math.pi))
    sums, is_photon = np.zeros((len(place), 5)), np.zeros(len(pt), np.bool_)
    for i in range(len(place)):
        own = place[i]
        eta = math.asinh(pz[own] / pt[own])
        electron = abs(pdg[own]) == ELECTRON
        for j in range(offsets[event[own]], offsets[event[own] + 1]):
            along = px[own] * px[j] + py[own] * py[j]
            if j == own or along < least_cosine * pt[own] * pt[j]:
                continue
            across = px[own] * py[j] - py[own] * px[j]
            of_particle = math.asinh(pz[j] / pt[j])
            apart = math.hypot(of_particle - eta, math.atan2(across, along))
            if apart >= widest:
                continue
            track = charged[j] and pt[j] > track_min_pt and abs(of_particle) < track_max_eta
            if track and apart < track_cone:
                sums[i, 3] += pt[j]
            if electron and pdg[j] == PHOTON and apart < photon_cone:
                is_photon[j] = True
                sums[i, 0] += px[j]
                sums[i, 1] += py[j]
                sums[i, 2] += pz[j]
            elif abs(pdg[j]) != MUON and apart < calorimeter_cone:
                sums[i, 4] += pt[j]
    return sums, is_photon
