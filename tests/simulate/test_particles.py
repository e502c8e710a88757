"""The view of events: loops against NumPy, and batches against one."""

from dataclasses import fields

import numpy as np
import pytest

from lepsearch.simulate.loops import around_leptons
from lepsearch.simulate.particles import EventView, view_events
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.pythia import Generator
from lepsearch.simulate.response_table import Response

TABLE = Response()


@pytest.fixture(scope="module")
def ttbar():
    generator = Generator(find_process("ttbar_2l"), seed=3)
    return generator.kinds, list(generator.batches(60, size=20))


def viewed(batch, kinds, seed=1):
    return view_events(batch, kinds, np.random.default_rng(seed), TABLE, 2)


def test_view_has_the_visible_particles_of_the_chosen_events(ttbar):
    kinds, (batch, *_) = ttbar
    view = viewed(batch, kinds)
    assert 0 < len(view) < 20
    momentum = np.sqrt(batch.px**2 + batch.py**2 + batch.pz**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        eta = np.arctanh(np.clip(batch.pz / momentum, -1, 1))
    seen = batch.final & (np.abs(eta) < TABLE.calorimeter_max_eta)
    seen &= ~np.isin(np.abs(batch.pdg), (12, 14, 16))
    for i, place in enumerate(view.place):
        of_event, of_view = seen & (batch.event == place), view.visible.event == i
        assert view.visible.pdg[of_view].tolist() == batch.pdg[of_event].tolist()
        assert view.visible.e[of_view].tolist() == batch.e[of_event].tolist()
        neutral = np.isin(np.abs(view.visible.pdg), (22, 111, 130, 310, 2112, 3122, 3212, 3322))
        assert (view.visible.charged == ~neutral)[of_view].all()
    leptons = view.visible.pdg[view.leptons.place]
    assert set(np.abs(leptons)) <= {11, 13}
    np.testing.assert_array_equal(view.visible.event[view.leptons.place], view.leptons.event)


def test_batches_joined_are_one_batch(ttbar):
    kinds, batches = ttbar
    one = EventView.joined([viewed(batch, kinds, seed) for seed, batch in enumerate(batches)])
    assert one.generated == 60
    lengths = np.cumsum([0] + [len(viewed(b, kinds, seed)) for seed, b in enumerate(batches)])
    for seed, batch in enumerate(batches):
        alone = viewed(batch, kinds, seed)
        events = slice(lengths[seed], lengths[seed + 1])
        np.testing.assert_array_equal(one.place[events], alone.place + 20 * seed)
        for kind in ("visible", "heavy", "leptons"):
            all_of, these = getattr(one, kind), getattr(alone, kind)
            inside = (all_of.event >= events.start) & (all_of.event < events.stop)
            for field in fields(these):
                shift = {"event": events.start}.get(field.name, 0)
                if (kind, field.name) == ("leptons", "place"):
                    shift = np.searchsorted(one.visible.event, events.start)
                found = getattr(all_of, field.name)[inside]
                np.testing.assert_array_equal(found, getattr(these, field.name) + shift)


@pytest.mark.parametrize("seed", range(3))
def test_surroundings_of_leptons_are_those_of_a_table_of_distances(seed):
    """Against all pairs at once, with cones wide enough to be full."""
    rng = np.random.default_rng(seed)
    n = 200
    event = np.sort(rng.integers(0, 2, n))
    pdg = rng.choice([11, -13, 22, 211, -211, 130], n).astype(np.int32)
    pt, eta, phi = rng.exponential(5, n), rng.normal(0, 1.5, n), rng.uniform(-np.pi, np.pi, n)
    momentum = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    charged = np.isin(np.abs(pdg), (11, 13, 211))
    place = np.flatnonzero(np.isin(np.abs(pdg), (11, 13)))
    sums, photons = around_leptons(
        place, np.searchsorted(event, np.arange(3)), event, pdg, momentum, pt, charged,
        (1.2, 0.9, 0.7), 1.0, 2.5,
    )  # fmt: skip

    gap = np.mod(phi[place, None] - phi + np.pi, 2 * np.pi) - np.pi
    apart = np.hypot(eta[place, None] - eta, gap)
    other = (event[place, None] == event) & (place[:, None] != np.arange(n))
    taken = other & (apart < 0.7) & (pdg == 22) & (np.abs(pdg[place, None]) == 11)
    tracks = other & (apart < 1.2) & charged & (pt > 1.0) & (np.abs(eta) < 2.5)
    cells = other & (apart < 0.9) & ~taken & (np.abs(pdg) != 13)
    expected = [taken @ one for one in momentum] + [tracks @ pt, cells @ pt]
    assert tracks.any()
    assert taken.any()
    np.testing.assert_allclose(sums, np.stack(expected, axis=1), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(photons, taken.any(axis=0))
