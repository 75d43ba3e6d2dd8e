"""Scores of many grids: the whole way from direct shares to banded intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.areas.grid_scores import band, gamma, grid_scores, n_needed, qr_shrink, smoothed, standardised
from sampling.errors import BadInput, TooFew
from tests.sampling.tables import document

SCORES = document("scores.json")
PIPELINE = SCORES["pipeline"]
MATCHED = {
    "psi": "psi",
    "beta": "beta",
    "sigma2_adjusted": "A_adjusted",
    "sigma2_reml": "A_REML",
    "gamma": "gamma",
    "gamma_decision": "gamma_decision",
    "value": "eblup",
    "mse": "mse",
    "low": "lo95",
    "high": "hi95",
    "band_low": "lo95_band",
    "band_high": "hi95_band",
}


def scored(**change):
    given = PIPELINE["input"]
    busy = standardised(np.log((np.array(given["complaints"]) + 1) / np.array(given["N"])))
    asked = {
        "direct": given["p_direct"],
        "n_eff": given["n_eff"],
        "population": given["N"],
        "types": given["type"],
        "covariates": busy[:, None],
        "response_rate": given["completes_over_issued"],
        "odds": given["Gamma"],
    }
    return grid_scores(**{**asked, **change})


@pytest.mark.parametrize("ours", MATCHED)
def test_every_step_equals_the_plain_formulas(ours):
    found = np.asarray(getattr(scored(), ours))
    assert np.allclose(found, PIPELINE["expected"][MATCHED[ours]], rtol=0, atol=1e-6)


def test_grids_surely_below_their_type_are_told():
    found = scored()
    assert found.below.tolist() == PIPELINE["expected"]["below_same_type"]
    assert np.allclose(found.type_mean[:4], PIPELINE["expected"]["type_mean_model"], rtol=0, atol=1e-6)
    assert (found.method, found.at_bound, found.collapsed) == ("adjusted", False, False)


def world(m, *, spread=0.1, seed=0):
    rng = np.random.default_rng(seed)
    theta = np.clip(0.6 + spread * rng.normal(size=m), 0.05, 0.95)
    return {
        "direct": rng.binomial(10, theta) / 10,
        "n_eff": np.full(m, 8.7),
        "population": np.full(m, 800),
        "types": rng.integers(0, 3, m).tolist(),
    }


@pytest.mark.parametrize(("m", "method"), [(12, "reml"), (29, "reml"), (30, "adjusted"), (200, "adjusted")])
def test_the_number_of_grids_picks_the_method(m, method):
    assert grid_scores(**world(m)).method == method


@pytest.mark.parametrize("m", [0, 3, 11])
def test_few_grids_keep_their_direct_figures(m):
    with pytest.raises(TooFew, match="12 grids"):
        grid_scores(**world(m))


def test_many_coefficients_need_more_grids():
    with pytest.raises(TooFew, match="8 beyond"):
        grid_scores(**{**world(13), "types": [0, 1, 2, 3, 4, 5] * 2 + [0]})


@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
def test_grids_that_all_agree_are_scored_alike(share):
    found = grid_scores(**{**world(40), "direct": [share] * 40})
    assert np.allclose(found.value, share, rtol=0, atol=1e-9)
    assert found.sigma2 < 1e-100
    assert not found.below.any()


def test_an_adjusted_variance_at_its_upper_bound_is_refused():
    alike = 0.6 + 1e-4 * np.array([1, -1] * 20)
    found = grid_scores(**{**world(40), "direct": alike})
    assert (found.method, found.collapsed, found.at_bound) == ("reml", True, True)


@settings(deadline=None)
@given(st.integers(12, 60), st.integers(0, 99), st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.4]))
def test_scores_keep_their_bounds(m, seed, rate, spread):
    found = grid_scores(**world(m, spread=spread, seed=seed), response_rate=rate)
    inside = [found.band_low, found.low, found.value, found.high, found.band_high]
    assert (np.diff([np.zeros(m), *inside, np.ones(m)], axis=0) >= 0).all()
    assert (found.gamma_decision <= found.gamma + 1e-12).all()


@pytest.mark.parametrize("case", SCORES["band"])
def test_the_band_equals_the_plain_formula(case):
    assert band(case["theta"], case["rr"], odds=case["Gamma"]) == pytest.approx(case["half"], abs=1e-9)


@pytest.mark.parametrize("case", SCORES["gamma_rule"])
def test_the_weight_of_a_direct_figure(case):
    assert gamma(case["A"], case["s"], case["n"], deff=case["deff"]) == pytest.approx(case["gamma"], abs=1e-9)


def test_how_many_answers_a_consequence_needs():
    case = SCORES["gamma_rule_n_needed"]
    assert n_needed(case["A"], case["s"], deff=case["deff"]) == case["n_needed"]
    assert n_needed(1.0, 0.0) == 1


@given(st.floats(1e-4, 0.1), st.floats(0.05, 0.95), st.floats(1, 3), st.floats(0.1, 0.9))
def test_as_many_as_are_needed_and_no_fewer(sigma2, share, deff, weight):
    n = n_needed(sigma2, share, deff=deff, gamma=weight)
    assert gamma(sigma2, share, n, deff=deff) >= weight * (1 - 1e-9)
    assert n == 1 or gamma(sigma2, share, n - 1, deff=deff) < weight * (1 + 1e-9)


def test_ratings_are_drawn_to_the_citys_mean():
    case = SCORES["qr_shrink"]
    found = qr_shrink(
        [row["satisfied"] for row in case["rows"]],
        [row["n"] for row in case["rows"]],
        case["city_mean"],
        worth=case["k"],
    )
    assert np.allclose(found, [row["value"] for row in case["rows"]], rtol=0, atol=1e-9)


def test_a_census_has_no_sampling_variance():
    assert smoothed(0.5, 10, 10) == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"direct": [[0.5]]}, "direct"),
        ({"direct": [1.5] * 12}, "direct"),
        ({"n_eff": [0.0] * 12}, "n_eff"),
        ({"population": [8.0] * 12}, "population"),
        ({"types": [1]}, "types"),
        ({"covariates": [1.0] * 12}, "covariates"),
        ({"level": 1.0}, "level"),
        ({"response_rate": 1.5}, "response_rate"),
        ({"odds": -0.1}, "odds"),
    ],
)
def test_what_cant_be_scored_is_refused(change, named):
    with pytest.raises(BadInput, match=named):
        grid_scores(**{**world(12), **change})


@pytest.mark.parametrize(
    "asked",
    [
        lambda: gamma(0.0, 0.5, 10),
        lambda: gamma(0.01, 1.5, 10),
        lambda: gamma(0.01, 0.5, 0),
        lambda: n_needed(0.01, 0.5, gamma=1.0),
        lambda: qr_shrink(2, 1, 0.5),
        lambda: qr_shrink(0, -1, 0.5),
        lambda: qr_shrink(0, 1, 1.5),
        lambda: standardised([1.0, 1.0]),
        lambda: standardised([[1.0, 2.0]]),
    ],
)
def test_what_has_no_answer_is_refused(asked):
    with pytest.raises(BadInput):
        asked()
