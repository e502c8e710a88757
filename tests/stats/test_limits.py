"""Limits against pyhf's own, a formula, and symmetries of the likelihood."""

import json
import warnings

import numpy as np
import pyhf
import pytest
from scipy.stats import norm, poisson

from lepsearch.errors import InputError
from lepsearch.stats.limits import Channel, Likelihood, expected_limits, workspace
from lepsearch.stats.significance import profile_loss, z0, z_asimov

SHAPE = np.array([60.0, 20.0, 6.0])


def channel(scale=1.0, **changes):
    given = {
        "signal": scale * np.array([3.0, 4.0, 5.0]),
        "background": {
            "tt": (scale * SHAPE, 0.1 * scale * SHAPE),
            "ww": (scale * SHAPE, 0 * SHAPE),
        },
        "shifted": {"jets": {"tt": (scale * 0.9 * SHAPE, scale * 1.2 * SHAPE)}},
        "relative": {"luminosity": {"signal": 0.02, "tt": 0.02, "ww": 0.02}},
    }
    return Channel(**given | changes)


def test_pyhf_finds_the_same_limits():
    made = workspace({"ee": channel()})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "jsonschema.RefResolver", DeprecationWarning)
        parsed = pyhf.Workspace(made)
        model = parsed.model()
    for n, limit in enumerate(expected_limits(made)):
        _, bands = pyhf.infer.hypotest(
            limit, parsed.data(model), model, test_stat="qtilde", return_expected_set=True
        )
        assert float(bands[n]) == pytest.approx(0.05, rel=1e-2)


def test_one_bin_without_uncertainty_has_a_formula():
    b, s = 50.0, 2.0
    made = workspace({"a": Channel(np.array([s]), {"b": (np.array([b]), np.array([1e-6]))})})
    for n, limit in zip((-1, 0, 1), expected_limits(made)[1:4], strict=True):
        # twice the loss of likelihood of b events, with limit * s more expected
        loss = 2 * (limit * s - b * np.log1p(limit * s / b))
        assert np.sqrt(loss) == pytest.approx(n + norm.ppf(1 - 0.05 * norm.cdf(n)), rel=1e-3)


def test_an_uncertain_background_loosens_as_the_profile_says():
    b, sigma = 50.0, 10.0
    exact, rough = (
        expected_limits(
            workspace({"a": Channel(np.array([2.0]), {"b": (np.array([b]), np.array([error]))})})
        )[2]
        for error in (1e-6, sigma)
    )
    assert exact < rough
    # the loss at strength 0 of data with the limit's signal is near that at the limit without it
    with_signal = float(np.sqrt(profile_loss(0.0, 2 * rough, b, sigma)))
    assert with_signal == pytest.approx(1.96, rel=0.15)
    assert with_signal < float(z0(2 * rough, b))


@pytest.mark.parametrize(("s", "b", "relative"), [(6, 117, 0.1), (6, 117, 0.3), (50, 1000, 0.1)])
def test_asimov_significance_is_the_formula(s, b, relative):
    spec = {"observations": [{"name": "singlechannel", "data": [b]}], "version": "1.0.0"}
    spec["measurements"] = [{"name": "limit", "config": {"poi": "mu", "parameters": []}}]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "jsonschema.RefResolver", DeprecationWarning)
        model = pyhf.simplemodels.uncorrelated_background([s], [b], [relative * b])
    of = Likelihood(spec | {"channels": model.spec["channels"]})
    with_signal = np.asarray(of.model.expected_data([1.0, 1.0]))
    loss = of.fit(with_signal, mu=0.0)[1] - of.fit(with_signal)[1]
    assert np.sqrt(loss) == pytest.approx(float(z_asimov(s, b, relative * b)), rel=1e-4)


def test_toys_have_the_exact_distribution():
    s, b, at = 10.0, 40.0, 2.0
    of = Likelihood(
        workspace({"a": Channel(np.array([s]), {"b": (np.array([b]), np.array([1e-4 * b]))})})
    )
    drawn = of.toys(of.fit(of.data, mu=at)[0], 400, seed=1)
    found = np.array([of.test(at, one) for one in drawn])
    threshold = of.test(at, of.data)
    # the statistic falls with the count: it is as large where no more than b are counted
    exact = poisson.cdf(b, b + at * s)
    error = np.sqrt(exact * (1 - exact) / len(found))
    assert np.mean(found >= threshold - 1e-6) == pytest.approx(exact, abs=4 * error)
    assert drawn[:, 1].std() == pytest.approx(1e-4, rel=0.2)
    pulls = [of.fit(one)[0][of.names.index("mu")] for one in drawn[:100]]
    width = of.errors(of.fit(drawn[0])[0], drawn[0])[of.names.index("mu")]
    assert width == pytest.approx(np.sqrt(drawn[0, 0]) / s, rel=1e-2)
    assert np.std(pulls) == pytest.approx(np.sqrt(b + at * s) / s, rel=0.3)


def test_limits_do_not_see_empty_or_split_bins():
    plain = expected_limits(workspace({"a": channel()}))
    same = np.append(SHAPE, 4.0)
    empty = channel(
        signal=np.array([3.0, 4.0, 5.0, 0.0]),
        background={"tt": (same, 0.1 * same), "ww": (same, 0 * same)},
        shifted={"jets": {"tt": (0.9 * same, 1.2 * same)}},
    )
    # a bin without signal constrains the sources of uncertainty at most
    assert expected_limits(workspace({"a": empty})) == pytest.approx(plain, rel=0.02)
    known = {"shifted": {}, "relative": {}}
    exact = {"tt": (SHAPE, 1e-6 * SHAPE)}
    whole = expected_limits(workspace({"a": channel(background=exact, **known)}))
    halves = {"tt": (np.repeat(SHAPE, 2) / 2, 1e-6 * np.repeat(SHAPE, 2))}
    split = channel(signal=np.repeat([1.5, 2.0, 2.5], 2), background=halves, **known)
    assert expected_limits(workspace({"a": split})) == pytest.approx(whole, rel=1e-3)


def test_limits_fall_with_luminosity_and_rise_with_uncertainty():
    found = [expected_limits(workspace({"a": channel(scale)}))[2] for scale in (1.0, 2.0)]
    assert found[0] > found[1]
    wider = channel(shifted={"jets": {"tt": (0.5 * SHAPE, 1.6 * SHAPE)}})
    looser = expected_limits(workspace({"a": wider}))
    assert looser[2] > found[0]
    assert np.all(np.diff(looser) > 0)


def test_weak_signals_have_limits_too():
    strong, weak = (
        expected_limits(workspace({"a": channel(signal=scale * SHAPE)}))[2] for scale in (1, 1e-3)
    )
    assert weak == pytest.approx(1e3 * strong, rel=1e-2)


def test_a_workspace_is_read_back():
    made = workspace({"ee": channel()})
    again = json.loads(json.dumps(made))
    assert expected_limits(again).tolist() == expected_limits(made).tolist()
    assert made["observations"] == [{"name": "ee", "data": (2 * SHAPE).tolist()}]


def test_what_has_no_limit():
    with pytest.raises(InputError, match=r"channel 'a': no background in bin 1 of 3.*merge bins"):
        workspace({"a": channel(background={"tt": (SHAPE * [1, -1, 1], SHAPE)})})
    with pytest.raises(InputError, match="no signal in any bin of the channels a"):
        workspace({"a": channel(signal=np.zeros(3))})
    with pytest.raises(InputError, match="not a workspace of pyhf"):
        expected_limits({"channels": []})
    with pytest.raises(InputError, match="no limit on a strength below 1e"):
        expected_limits(workspace({"a": channel(signal=1e-9 * SHAPE)}))
