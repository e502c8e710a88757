"""Matrices of events as features: which cells they are, and what does not change them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lepsearch.errors import InputError
from lepsearch.events.split import part_of
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.matrices import DILEPTON, Matrices
from lepsearch.rmm import PRINTED, Layout
from lepsearch.rmm.layout import T3N5, T4N5

ANGLES = ("metphi", *(f"{kind}{i}phi" for kind in ("lep", "ljet", "bjet") for i in range(1, 7)))


def skimmed(n: int = 300, seed: int = 1) -> LearningSet:
    """Columns of the trilepton region: three leptons, one or two light jets, at most one b-jet."""
    rng = np.random.default_rng(seed)
    names = Matrices(T4N5).columns
    values = dict.fromkeys(names, np.full(n, np.nan))
    values |= {"met": rng.exponential(40, n), "metphi": rng.uniform(-3, 3, n)}
    pt = -np.sort(-(20 + rng.exponential(40, (n, 3))), axis=1)
    jet = -np.sort(-(20 + rng.exponential(40, (n, 2))), axis=1)
    kept = rng.random(n) < 0.4
    for i in range(3):
        values |= {f"lep{i + 1}pt": pt[:, i], f"lep{i + 1}flavour": rng.choice([11, 13], n)}
        for part, size in (("eta", 2.5), ("phi", 3.0)):
            values[f"lep{i + 1}{part}"] = rng.uniform(-size, size, n)
    for i, kind in enumerate(("ljet1", "ljet2", "bjet1")):
        there = np.ones(n, bool) if i == 0 else kept
        parts = {"pt": jet[:, i % 2], "eta": rng.uniform(-2.5, 2.5, n)}
        parts |= {"phi": rng.uniform(-3, 3, n), "m": rng.uniform(3, 12, n)}
        values |= {kind + part: np.where(there, one, np.nan) for part, one in parts.items()}
    event = np.arange(n)
    return LearningSet(
        np.column_stack([values[name] for name in names]).astype(np.float32), names,
        rng.random(n) < 0.3, np.ones(n), event, np.zeros(n, np.int16), ("one",), ("one",), ("one",),
        part_of("one", event),
    )  # fmt: skip


@pytest.mark.parametrize(("layout", "cells"), [(T3N5, 225), (T4N5, 529)])
def test_the_cells_of_both_theses(layout, cells):
    matrices, events = Matrices(layout), skimmed()
    made = matrices(events)
    assert made.features.shape == (len(events), cells)
    named = dict(zip(layout.names.ravel(), made.features.T, strict=True))
    column = dict(zip(events.names, events.features.T, strict=True))
    np.testing.assert_allclose(named["met"], column["met"], rtol=1e-6)
    electron = column["lep1flavour"] == 11
    energy = np.hypot(column["lep1pt"], 0.511e-3)  # the leading lepton is its type's first
    np.testing.assert_allclose(named["eT_e1"][electron], energy[electron], rtol=1e-6)
    assert (named["eT_e1"] == 0).any()
    assert np.array_equal(made.weight, events.weight)


def test_cells_stay_as_the_event_turns():
    matrices, events = Matrices(T4N5), skimmed()
    turned = events.features.copy()
    turned[:, np.isin(events.names, ANGLES)] += 1.2345
    apart = matrices(replace(events, features=turned)).features - matrices(events).features
    assert np.abs(apart).max() < 0.02  # GeV; angles are in single precision
    turned[:, events.names.index("metphi")] += 1
    assert np.abs(matrices(replace(events, features=turned)).features).max() > 1
    moved = matrices(replace(events, features=turned)).features - matrices(events).features
    assert np.abs(moved).max() > 1


def test_absent_objects_may_be_nan():
    events = skimmed()
    zero, nan = (Matrices(T3N5, absent=one)(events).features for one in (0.0, np.nan))
    assert np.array_equal(np.nan_to_num(nan), zero)
    lacking = np.isnan(nan[:, T3N5.names.ravel() == "deT_j2"]).ravel()
    jets = events.select(["ljet2pt", "bjet1pt"]).features
    assert np.array_equal(lacking, np.isnan(jets).all(axis=1))


def test_pieces_give_the_same(monkeypatch):
    class Sum:
        def scores(self, events):
            return events.features.sum(axis=1)

    events, matrices = skimmed(), Matrices(T3N5)
    whole = matrices.scores(Sum(), events)
    monkeypatch.setattr("lepsearch.learn.matrices.PIECE", 70)
    assert np.array_equal(matrices.scores(Sum(), events), whole)
    assert np.array_equal(matrices(events).features.sum(axis=1), whole.astype(np.float32))


def test_no_layout_has_the_names_of_another():
    others = (T3N5, T4N5, Layout((("light_jet", 4), *T3N5.types[1:])))
    sets = [set(Matrices(one).names) for one in others]
    sets.append(set(Matrices(T3N5, PRINTED).names))
    for i, one in enumerate(sets):
        assert all(one.isdisjoint(other) for other in sets[:i])


def test_dilepton_events():
    matrices = Matrices(DILEPTON, region="dilepton")
    row = {"met": 50.0, "metphi": 0.0, "lep1pt": 60.0, "lep1eta": 0.0, "lep1phi": 0.0,
           "lep1flavour": 11, "lep2pt": 40.0, "lep2eta": 0.0, "lep2phi": np.pi, "lep2flavour": 11,
           "jet1pt": 30.0, "jet1eta": 1.0, "jet1phi": 1.0}  # fmt: skip
    values = np.array([[row.get(name, np.nan) for name in matrices.columns]], dtype=np.float32)
    events = replace(skimmed().take([0]), names=matrices.columns, features=values)
    cells = dict(zip(DILEPTON.names.ravel(), matrices(events).features[0], strict=True))
    assert cells["m_e1_e2"] == pytest.approx(2 * (60 * 40) ** 0.5, rel=1e-5)  # back to back
    assert cells["eT_j1"] == pytest.approx(30)
    assert cells["eT_mu1"] == 0


def test_wrong_events():
    with pytest.raises(InputError, match="unknown feature 'lep1pt'"):
        Matrices(T3N5)(skimmed().select(["met", "metphi"]))
    with pytest.raises(InputError, match="unknown region 'forward'"):
        Matrices(T3N5, region="forward")
    spoilt = skimmed()
    spoilt.features[3, spoilt.names.index("met")] = np.nan
    with pytest.raises(InputError, match="event 3 has a missing momentum that is negative"):
        Matrices(T3N5)(spoilt)
    empty = skimmed()
    empty.features[:2, empty.names.index("lep1pt")] = np.nan
    with pytest.raises(InputError, match=r"2 of 300 events have no lepton; expected .*trilepton"):
        Matrices(T3N5)(empty)
