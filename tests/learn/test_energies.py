"""Energies as features: their definitions, and that no rotation changes a score of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lepsearch.errors import InputError
from lepsearch.learn.combined import Combined
from lepsearch.learn.energies import Energies
from lepsearch.learn.labelled import LearningSet
from lepsearch.learn.tails import Tails


def skimmed(region: str = "trilepton", n: int = 3000) -> LearningSet:
    """Events of a region with exponential momenta, in any direction."""
    random, energies = np.random.default_rng(1), Energies(region)
    table = pd.DataFrame({name: random.exponential(50, n) for name in energies.columns})
    for name in table:
        if name.endswith("phi"):
            table[name] = random.uniform(-np.pi, np.pi, n)
        elif name.endswith("eta"):
            table[name] = random.uniform(-2.5, 2.5, n)
        elif name in (*energies.given, "nbjets", "nljets"):
            table[name] = random.integers(0, 3, n)
    table = table.assign(signal=0, weight=1.0, event=np.arange(n))
    return LearningSet.of_table(table, energies.columns)


@pytest.mark.parametrize(("region", "number"), [("dilepton", 8), ("trilepton", 13)])
def test_masses_are_those_of_back_to_back_leptons(region, number):
    energies, events = Energies(region), skimmed(region, 1)
    assert len(energies.names) == number
    values = {"lep1pt": 60, "lep2pt": 40, "lep1eta": 0, "lep2eta": 0, "lep1phi": 1, "met": 30,
              "lep2phi": 1 + np.pi, "metphi": 1 + np.pi, "ht": 200, "nbjets": 1,
              "nljets": 2}  # fmt: skip
    for name, value in values.items():
        events.features[0, events.names.index(name)] = value
    made = energies(events)
    of = dict(zip(made.names, made.features[0], strict=True))
    assert np.expm1(of["m12"]) == pytest.approx(2 * (60 * 40) ** 0.5, rel=1e-5)
    assert np.expm1(of["mt1"]) == pytest.approx(2 * (60 * 30) ** 0.5, rel=1e-5)
    assert np.expm1(of["mt2"]) == pytest.approx(0, abs=1e-2)
    assert np.expm1(of["meff"]) == pytest.approx(230, rel=1e-5)
    assert of["objects"] == 3 + (2 if region == "dilepton" else 3)


def test_no_rotation_changes_a_score():
    energies, events = Energies(), skimmed()
    turned = events.features.copy()
    turned[:, [name.endswith("phi") for name in events.names]] += 1.234
    mirrored = events.features.copy()
    mirrored[:, [name.endswith("eta") for name in events.names]] *= -1
    tails, shift = (Tails(energies.names, energies.given, how) for how in ("tails", "shift"))
    some = energies(events)
    made = Combined((tails, shift), given=energies.given).fit(some, some)
    for other in (turned, mirrored):
        again = energies(replace(events, features=other))
        np.testing.assert_allclose(made.scores(again), made.scores(some), atol=2e-3)
    turned[:, events.names.index("metphi")] += 1
    again = energies(replace(events, features=turned))
    assert np.abs(made.scores(again) - made.scores(some)).max() > 0.1


def test_wrong_events():
    with pytest.raises(InputError, match="unknown region 'forward'"):
        Energies("forward")
    with pytest.raises(InputError, match="unknown feature 'lep3pt'"):
        Energies()(skimmed("dilepton", 5))
