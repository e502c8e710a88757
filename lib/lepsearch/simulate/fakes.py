"""Jets that become leptons.

A lepton that is none, or that a hadron's decay gave, is a fake. A jet becomes one with a rate r,
and the fake passes the analysis' cuts on signal leptons with a chance t: so a jet is a signal fake
with probability r t, a loose one with r (1 - t), or stays a jet. Events with k signal fakes, k = 0,
1 ..., come from samples of their own, which thus add up and count no event twice.

Signal fakes are rare, so in samples made for them exactly k jets of every event are promoted. Each
choice of k jets is drawn as often as the product of its rates says, and the event's weight is the
sum of these products over all choices (as in conditional Bernoulli sampling: Chen, Dempster and
Liu, Biometrika 81 (1994) 457, with rates in place of odds). Then every jet that is left is drawn at
its own rate: a loose fake stays beside the event's leptons; an event that gets one more signal fake
is dropped, for it belongs to the sample of k + 1.

What is assumed: the lepton's charge is random, which leaves out that of W + c and of b jets, and
the rest of the jet stays where it was, so that the missing momentum does not change.
"""

import numpy as np

from lepsearch.constants import ELECTRON, MUON
from lepsearch.simulate.arrays import Bools, Floats, Ints, count
from lepsearch.simulate.jets import MeasuredJets, counts_as_jet
from lepsearch.simulate.leptons import MeasuredLeptons, d0_resolution
from lepsearch.simulate.response_table import Response

__all__ = ("choose", "fake_leptons", "fake_rates", "further_fakes", "promote")

HEAVY = (4, 5)
REFERENCE_PT = 30.0  # GeV, where the table states the rates of c and b jets
MOST = 0.5  # no jet becomes a lepton more often than this
SIGNAL_SHARE = 0.5  # drawn tight and isolated more often than they are, with a weight for it
ISOLATED = Response.isolation  # of the momentum, in both cones
MIN_PT = 10.0  # GeV, of the analysis' leptons
MAX_D0_SIGNIFICANCE = {ELECTRON: 5.0, MUON: 3.0}  # of the analysis' signal leptons


def promote(
    jets: MeasuredJets,
    n_events: int,
    fakes: int,
    only_signal: Bools,
    table: Response,
    rng: np.random.Generator,
) -> tuple[MeasuredLeptons, MeasuredJets, Floats]:
    """Make exactly ``fakes`` jets of every event leptons.

    Args:
        jets: Measured jets without those at true leptons.
        n_events: Number of events.
        fakes: Jets to become leptons.
        only_signal: Events whose fakes are all to be signal leptons, shape (n_events,).

    Returns:
        The leptons, the jets left and the weights of the events: zero for those that have too few
        jets.
    """
    rates = fake_rates(jets, table)
    chosen, weight = choose(jets.event, rates.sum(axis=1), n_events, fakes, rng)
    only = only_signal[jets.event[chosen]]
    leptons, signal, of_leptons = fake_leptons(
        jets.take(chosen), rates[chosen], np.where(only, 1.0, SIGNAL_SHARE), table, rng
    )
    np.multiply.at(weight, leptons.event, np.where(only & ~signal, 0.0, of_leptons))
    return leptons, jets.take(~chosen), weight


def further_fakes(
    jets: MeasuredJets, n_events: int, table: Response, rng: np.random.Generator
) -> tuple[MeasuredLeptons, MeasuredJets, Bools]:
    """Loose fakes at their true rates, beside whatever leptons events have.

    Returns:
        The leptons, the jets left, and which events have a signal fake among them.
    """
    rates = fake_rates(jets, table)
    drawn = rng.random(len(jets.pt)) < rates.sum(axis=1)
    leptons, signal, _ = fake_leptons(jets.take(drawn), rates[drawn], None, table, rng)
    return leptons, jets.take(~drawn), count(leptons.event[signal], n_events) > 0


def fake_rates(jets: MeasuredJets, table: Response) -> Floats:
    """Probabilities that jets become electrons and muons, shape (n, 2).

    Rates of c and b jets go with a power of pT, as that of isolated leptons among their decays;
    those of light jets are flat.
    """
    rates = np.tile(np.array(table.fake_light), (len(jets.pt), 1))
    slope = (np.maximum(jets.pt, table.fake_min_pt) / REFERENCE_PT) ** table.fake_heavy_power
    for flavour, values in ((4, table.fake_charm), (5, table.fake_bottom)):
        mask = jets.flavour == flavour
        rates[mask] = slope[mask, None] * values
    eta = np.abs(jets.eta)
    in_crack = (eta > table.crack_low) & (eta < table.crack_high)
    rates[:, 0] *= (eta < table.electron_max_eta) & ~in_crack
    rates[:, 1] *= eta < table.tracker_max_eta
    # jets too soft to be counted as jets may still be leptons
    soft = jets.hard & (jets.pt < table.jet_min_pt) & (jets.pt > table.fake_min_pt)
    rates *= (counts_as_jet(jets, table) | soft)[:, None]
    total = np.maximum(rates.sum(axis=1, keepdims=True), MOST)
    result: Floats = rates * (MOST / total)
    return result


def choose(
    event: Ints, rate: Floats, n_events: int, k: int, rng: np.random.Generator
) -> tuple[Bools, Floats]:
    """Draw exactly ``k`` objects of each event, every choice with the product of its rates.

    Args:
        event: Events of the objects, in any order.
        rate: Rate of each.
        n_events: Number of events.
        k: How many to draw.

    Returns:
        Which objects are drawn, and the sum over all choices of ``k`` of the product of the rates.
    """
    sizes = count(event, n_events)
    most = int(sizes.max(initial=0))
    order = np.argsort(event, kind="stable")
    row = event[order]
    column = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rates = np.zeros((n_events, most))
    rates[row, column] = rate[order]
    # sums[j][:, m]: m chosen among the objects from j on
    sums = np.zeros((most + 1, n_events, k + 1))
    sums[most, :, 0] = 1.0
    for j in reversed(range(most)):
        sums[j] = sums[j + 1]
        sums[j, :, 1:] += rates[:, j, None] * sums[j + 1, :, :-1]
    drawn = np.zeros((n_events, most), dtype=bool)
    missing = np.where(sums[0, :, k] > 0, k, 0)
    every = np.arange(n_events)
    for j in range(most):
        wanted = missing > 0
        taken = rates[:, j] * sums[j + 1, every, np.maximum(missing - 1, 0)]
        among = np.where(wanted, sums[j, every, missing], 1.0)
        drawn[:, j] = wanted & (rng.random(n_events) * among < taken)
        missing = missing - drawn[:, j]
    chosen = np.zeros(len(event), dtype=bool)
    chosen[order] = drawn[row, column]
    return chosen, sums[0, :, k]


def fake_leptons(
    jets: MeasuredJets,
    rates: Floats,
    signal_share: Floats | None,
    table: Response,
    rng: np.random.Generator,
) -> tuple[MeasuredLeptons, Bools, Floats]:
    """Leptons in place of jets.

    Args:
        jets: The jets.
        rates: Their rates for electrons and muons, shape (n, 2).
        signal_share: Share to be made tight and isolated, shape (n,); None: as many as there are.

    Returns:
        The leptons, which of them are signal leptons, and their weights for the share.
    """
    n = len(jets.pt)
    is_muon = rng.random(n) * rates.sum(axis=1) > rates[:, 0]
    kind = np.where(is_muon, MUON, ELECTRON)
    heavy = np.isin(jets.flavour, HEAVY)
    low, high = np.where(heavy[:, None], table.fake_share_heavy, table.fake_share_light).T
    pt = jets.pt * (low + (high - low) * rng.random(n))
    chances = np.where(heavy[:, None], table.fake_tight_heavy, table.fake_tight_light)
    mean = np.where(heavy, table.fake_cone_heavy, table.fake_cone_light)
    tight, cone, weight = _quality(
        np.where(is_muon, chances[:, 1], chances[:, 0]), mean, signal_share, rng
    )
    flight = np.abs(rng.normal(size=n)) + table.hadron_d0_significance * rng.exponential(size=n)
    significance = table.fake_d0_significance * np.abs(rng.normal(size=n))
    significance = np.where(heavy, flight, significance)
    highest = np.where(is_muon, MAX_D0_SIGNIFICANCE[MUON], MAX_D0_SIGNIFICANCE[ELECTRON])
    signal = tight & (cone < ISOLATED) & (significance < highest) & (pt > MIN_PT)
    leptons = MeasuredLeptons(
        event=jets.event,
        kind=kind,
        charge=rng.choice(np.array([-1, 1]), n),
        from_tau=np.zeros(n, dtype=bool),
        pt=pt,
        eta=jets.eta,
        phi=jets.phi,
        gain=np.zeros(n),
        prompt=np.zeros(n, dtype=bool),
        tight=tight,
        track_cone=pt * cone,
        calorimeter_cone=pt * cone * rng.uniform(0.5, 1.0, n),
        d0=significance * d0_resolution(kind, table) * rng.choice([-1.0, 1.0], n),
        d0_significance=significance,
        z0=table.z0_resolution * rng.normal(size=n),
    )
    return leptons, signal, weight


def _quality(
    tight_share: Floats, mean: Floats, signal_share: Floats | None, rng: np.random.Generator
) -> tuple[Bools, Floats, Floats]:
    """Whether fakes are tight, the activity around them over their pT, and a weight.

    Both are independent, the activity exponential; ``signal_share`` of them is made tight and
    isolated, by weight.
    """
    n = len(mean)
    isolated_share = -np.expm1(-ISOLATED / mean)
    truth = tight_share * isolated_share
    drawn = truth if signal_share is None else signal_share
    signal = rng.random(n) < drawn
    weight = np.where(signal, truth, 1 - truth) / np.where(signal, drawn, 1 - drawn)
    # of those that are not both, the share that is tight (and then not isolated)
    other = tight_share * (1 - isolated_share) / (1 - truth)
    tight = signal | (rng.random(n) < other)
    # the exponential's survival probability: of isolated ones, of others, of any
    lowest = np.where(signal, 1 - isolated_share, 0.0)
    highest = np.where(tight & ~signal, 1 - isolated_share, 1.0)
    survival = lowest + (highest - lowest) * (1 - rng.random(n))
    return tight, -mean * np.log(survival), weight
