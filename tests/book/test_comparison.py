"""The significances of chapter 28, recomputed from scores without its functions."""

from itertools import pairwise, product
from pathlib import Path
from types import SimpleNamespace as Made

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from lepsearch.book import chapters
from lepsearch.stats.metrics import significance_scan
from lepsearch.stats.significance import z_asimov

ROOT = Path(__file__).parents[2]
UNCERTAINTIES, PARTS, LEAST = [0.0, 0.1, 0.3], 3, 60.0
SCOPE = {
    "np": np, "product": product, "z_asimov": z_asimov, "significance_scan": significance_scan,
    "uncertainties": UNCERTAINTIES, "parts": PARTS, "least": LEAST, "replicas": 0,
    "signals": ("a", "b"),
}  # fmt: skip


@pytest.fixture(scope="module")
def chapter():
    """What the cells define from levels to significances."""
    cells = chapters.find_chapter(ROOT, "28_comparison").notebook.cells
    code = [one.source for one in cells if one.cell_type == "code"]
    first, last = (
        next(i for i, one in enumerate(code) if words in one)
        for words in ("def levels", "def significances")
    )
    scope = dict(SCOPE)
    for one in code[first : last + 1]:
        exec(one, scope)
    return scope


@pytest.fixture(scope="module")
def made(chapter):
    """Events of two signals and a background with copies, and scores of both kinds."""
    rng, n = np.random.default_rng(3), 12000
    original = np.arange(n) // 2
    species = rng.choice([0, 1, 2], n, p=[0.1, 0.1, 0.8])[original]
    of = Made(
        original=original, part=original % PARTS, channel=rng.integers(0, 2, n), species=species,
        background=species == 2, weight=rng.choice([0.01, 0.1, 0.3], n),
    )  # fmt: skip
    of.weight = of.weight * np.where(of.background, 10.0, 1.0)
    scores = [rng.normal(1.5 * (species < 2) + 0.5 * (species == 1)) for _ in range(2)]
    chapter["pairs"] = Made(original=original)
    return of, scores


def independent(of, scores, signal, channel, relative):
    """Significances by cut and by bins in a channel, from the definitions."""
    rows = pd.DataFrame({"o": of.original, "p": of.part, "k": of.species, "w": of.weight,
                         "v": scores[0], "t": scores[1]})[of.channel == channel]  # fmt: skip
    shares = [2 ** (-j / 2) for j in range(1, 22)]
    for part in range(PARTS):
        judged = rows[(rows.k == 2) & (rows.p == (part + 1) % PARTS)].sort_values("v")[::-1]
        summed = judged.w.cumsum().to_numpy()
        cuts = [judged.v.iloc[np.argmax(summed >= one * summed[-1])] for one in shares]
        for score, to in (("v", (part + 1) % PARTS), ("t", part)):
            here = rows.p == to
            rows.loc[here, f"{score}_level"] = [sum(x < c for c in cuts) for x in rows[score][here]]

    def background(most, what="t_level"):
        left = rows[(rows.k == 2) & (rows[what] <= most)].groupby("o").w.sum()
        return np.array([left.sum(), (left**2).sum()])

    def z(left):
        s, b = left.w[left.k == signal].sum(), left.w[left.k == 2].sum()
        tau = 1 / (relative**2 * b) if relative else 0
        loss = lambda x: (1 + tau) * x - (s + b + tau * b) * np.log(x)  # noqa: E731
        x = minimize_scalar(loss, bounds=(b, s + b), method="bounded", options={"xatol": 1e-10}).x
        pairs = [(s + b, x), (tau * b, tau * x)] if relative else [(s + b, b)]
        return np.sqrt(sum(2 * (mean - n - n * np.log(mean / n)) for n, mean in pairs))

    known = [b * b >= LEAST * v for b, v in map(background, range(22))]
    cut = max(np.flatnonzero(known), key=lambda k: z(rows[rows.v_level <= k]))
    edges, below = [-1], np.zeros(2)
    for k in range(22):
        b, v = background(k) - below
        if b * b >= LEAST * v:
            edges, below = [*edges, k], background(k)
    edges[-1] = 21
    bins = [rows[(rows.t_level > a) & (rows.t_level <= b)] for a, b in pairwise(edges)]
    return z(rows[rows.t_level <= cut]), np.hypot.reduce([z(one) for one in bins])


@pytest.mark.parametrize(("signal", "channel", "u"), [(0, 0, 0), (1, 1, 1), (0, 1, 2)])
def test_significances_from_scores(chapter, made, signal, channel, u):
    of, scores = made
    level = chapter["levels"](of, *scores)
    found = chapter["significances"](of, level)[:, 0, u, channel, signal]
    again = independent(of, scores, signal, channel, UNCERTAINTIES[u])
    assert found == pytest.approx(np.array(again), rel=1e-4)


def test_channels_together_and_what_is_unknown(chapter, made):
    of, scores = made
    level = chapter["levels"](of, *scores)
    found = chapter["significances"](of, level)[:, 0]
    assert found[:, :, 2] == pytest.approx(np.hypot(found[:, :, 0], found[:, :, 1]))
    few = Made(**{name: one[:200] for name, one in vars(of).items()})
    assert np.isnan(chapter["significances"](few, level[:, :200])).all()
