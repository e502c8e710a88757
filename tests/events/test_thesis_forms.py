"""The thesis's own forms of two features, by hand and with the package vector."""

import numpy as np
import pandas as pd
import pytest
import vector

from lepsearch.events.thesis_forms import pair_transverse_mass, vector_ht

EVENTS = pd.DataFrame(
    {
        "lep1pt": [60.0, 60.0, 60.0], "lep1phi": [0.0, 0.0, 0.0], "lep1eta": [0.5, 0.5, 0.5],
        "lep2pt": [40.0, 40.0, 40.0], "lep2phi": [np.pi, 1.0, 1.0], "lep2eta": [-1.0, 0.2, 0.2],
        "jet1pt": [np.nan, 30.0, 30.0], "jet1phi": [np.nan, 2.0, 2.0],
        "jet2pt": [np.nan, 25.0, 25.0], "jet2phi": [np.nan, -2.5, -2.5],
        "jet3pt": [np.nan, np.nan, 22.0], "jet3phi": [np.nan, np.nan, 0.1],
        "nbjets": [0, 1, 2], "nljets": [0, 1, 2],
    }
)  # fmt: skip


def test_vector_ht():
    got = vector_ht(EVENTS)
    assert got[0] == pytest.approx(20)
    objects = [(60.0, 0.0), (40.0, 1.0), (30.0, 2.0), (25.0, -2.5)]
    x, y = (sum(pt * f(phi) for pt, phi in objects) for f in (np.cos, np.sin))
    assert got[1] == pytest.approx(np.hypot(x, y))
    assert np.isnan(got[2])  # four jets, of which the skim holds three
    turned = EVENTS.assign(**{c: EVENTS[c] + 0.7 for c in EVENTS if c.endswith("phi")})
    assert vector_ht(turned) == pytest.approx(got, nan_ok=True)


def test_pair_transverse_mass():
    first, second = (
        vector.array(
            {k: EVENTS[f"lep{i}{k}"].to_numpy() for k in ("pt", "eta", "phi")}
            | {"mass": np.zeros(3)}
        )
        for i in (1, 2)
    )
    pair = first + second
    assert pair_transverse_mass(EVENTS.assign(mll=pair.mass)) == pytest.approx(pair.mt)
