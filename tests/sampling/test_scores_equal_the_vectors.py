"""What scores are made of beside small areas: every vector of scores.json and scalar.json, key by key."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sampling import attribution, bias, composite, funnel, multiple, peers, ranking, resolution, standardise
from sampling.areas.direct import direct
from sampling.comparing.representativity import r_indicator
from sampling.estimates.estimate import Estimate
from sampling.intervals import wilson
from sampling.weights import pooled_response
from sampling.weights.propensity import response_propensity
from tests.sampling.tables import cases, design_of, document, near

SCORES = document("scores.json")
SCALAR = document("scalar.json")
CLOSE = 1e-9


def close(found, expected, *, abs_tol=CLOSE):
    return found == pytest.approx(expected, abs=abs_tol)


def test_direct_shares():
    for case in SCORES["direct"]:
        want = case["expected"]
        if "w" in case:
            found = direct(case["y"], case["w"])
            assert close([found.value, found.n_eff, found.deff], [want[k] for k in ("p", "n_eff", "deff")])
            assert close([found.low, found.high], want["wilson"]), case["id"]
        else:
            limits = wilson(case["p"] * case["n_eff"], case["n_eff"])
            assert close([limits.low, limits.high], want["wilson"]), case["id"]


def test_the_r_indicator_of_pooled_classes():
    want, given = SCORES["r_indicator"], SCORES["nonresponse_weights"]
    issued, completed = np.array(given["issued_eligible"]), np.array(given["completed"])
    rates = pooled_response(issued, completed).rate
    rho = np.repeat(rates.ravel(), issued.ravel().astype(int))
    found = r_indicator(rho)
    assert close(
        [found.mean, math.sqrt(found.s2), found.r, found.cv], [want[k] for k in ("rho_bar", "S", "R", "cv")]
    )
    assert close(found.max_bias(want["S_y"]), want["max_abs_bias"])


def test_funnel_limits():
    for case in SCORES["funnel_limits"]:
        found = funnel.limits(case["p0"], case["n"])
        low, high = found.low.ravel(), found.high.ravel()
        assert close(
            [low[1], low[0], high[0], high[1]], [case[k] for k in ("lo998", "lo95", "hi95", "hi998")]
        ), case


def test_funnel_positions():
    for case in SCORES["funnel_position"]:
        (place,) = funnel.position(case["k"] / case["n"], case["p0"], case["n"]).tolist()
        assert place == case["position"], case
        assert close(funnel.lower_tail(case["k"], case["n"], case["p0"]), case["p_lower"]), case


def test_overdispersion():
    for place, case in enumerate(SCORES["overdispersion"]):
        found = funnel.overdispersed(case["p"], case["p0"], case["n"])
        assert close(found.z, case["z"]), place
        assert close(found.z_between, case["z_overdispersed"]), place
        assert found.significant is case["apply"], place
        assert close(funnel.dispersion(case["p"], case["p0"], case["n"]), (case["phi"], case["tau2"])), place


def test_peer_gaps():
    for place, case in enumerate(SCORES["peer_gap"]):
        want = case["expected"]
        found = peers.gap(case["score"], case["se"], *np.array(case["peers"]).T)
        names = ("peer_mean", "tau2", "gap", "lo", "hi", "z_overdispersed")
        made = (found.mean, found.tau2, found.gap, found.low, found.high, found.z)
        assert close(made, [want[name] for name in names], abs_tol=1e-6), place
        assert found.word == want["band"], place


def test_list_strata():
    case = SCORES["list_strata"]
    arms = [
        (case[f"p_{arm}"] * case[f"n_{arm}"], case[f"n_{arm}"], case[f"N_{arm}"])
        for arm in ("listed", "unlisted")
    ]
    found, want = bias.list_strata(*arms), case["expected"]
    made = (found.coverage, found.score, found.score_se, found.bias, found.bias_se, found.n_eff)
    names = ("c", "score", "score_se", "list_bias", "list_bias_se", "kish_n_eff")
    assert close(made, [want[name] for name in names])
    assert close(case["p_listed"] - found.score, want["identity_pL_minus_score"])


def test_a_margin_makes_a_test():
    for case in SCORES["mn_score"]:
        found = bias.reported(case["x1"], case["n1"], case["x2"], case["n2"], margin=case["margin"])
        assert close(found.p_value, case["p"]), case


def test_the_distortion_of_a_city():
    case = SCORES["distortion_city"]
    want, n = case["expected"], (case["n_list"], case["n_random"])
    arms = (case["x_list"], n[0], case["x_random"], n[1])
    found = bias.city_distortion(*arms, margin=case["margin"], q=case["q"])
    assert close(found.p_value, want["p"])
    assert found.found.tolist() == want["bh_reject"]
    assert int(found.found.sum()) == want["n_reject"]
    made = (1 - found.at_least, found.at_least, found.mean, found.se, found.z, found.low, found.high)
    names = ("pi0", "at_least_share", "mean_difference", "se", "z")
    assert close(made, [*(want[name] for name in names), *want["ci95"]])
    assert close(found.q_value, multiple.adjust(want["p"]))


def test_the_gap_of_those_who_chose_to_answer():
    case, want = SCORES["qr_gap"], SCORES["qr_gap"]["expected"]
    chose = np.repeat([1, 0], [case["qr_satisfied"], case["qr_ratings"] - case["qr_satisfied"]])
    random = Estimate(case["random_p"], case["random_se"], 10**9, 1.0, 4_000, kind="proportion")
    found = bias.self_selection(chose, random)
    limits = found.interval(df=math.inf)
    assert close(found.value + case["random_p"], want["raw_share"])
    assert close([found.value, limits.low, limits.high], [want[k] for k in ("gap", "gap_lo", "gap_hi")])


def test_confirmed_resolution():
    for place, case in enumerate(SCORES["crr"]):
        want = case["expected"]
        counts = {name: case[name] for name in ("replied", "confirmed", "called", "confirmed_on_call")}
        found = resolution.confirmed(case["D"], **counts)
        made = (found.value, found.se, found.low, found.high, found.silence_is_yes)
        names = ("est", "se", "lo95", "hi95", "naive_silence_is_yes")
        assert close(made, [want[name] for name in names]), place
        assert found.repliers_only == (
            None if want["naive_repliers_only"] is None else pytest.approx(want["naive_repliers_only"])
        ), place


def test_direct_standardisation():
    case = SCORES["dsr"]
    for name in ("X", "Y"):
        found = standardise.direct(case[name]["p"], case[name]["n"], case["standard"])
        assert close([found.value, found.se, found.crude], [case[name][k] for k in ("est", "se", "crude")]), (
            name
        )


def test_whose_hours_they_were():
    case = SCORES["attribution"]
    for one in (*case["cases"], *case["edge_cases"]):
        if not one["resolved"]:
            found = attribution.custody_blame(
                one["hours"], case["sla_hours"], closed_by=one["closed_by"] or ""
            )
            assert close(found, one["blame"]), one["id"]
    held = [
        attribution.CustodyCase(one["hours"], case["sla_hours"], one["resolved"], one["closed_by"] or "")
        for one in case["cases"]
    ]
    rates = attribution.holder_rates(held)
    for holder, want in case["holders"].items():
        got = rates[holder]
        assert close(
            [got.confirmed, got.blame, got.value],
            [want[k] for k in ("confirmed", "blame", "rate")],
            abs_tol=1e-6,
        ), holder
    falsely = sum(one.get("false_closure", False) for one in case["cases"])
    assert rates["worker"].closed_falsely == falsely == 3
    assert close(attribution.unresolved(held), case["sum_blame"])


@pytest.mark.parametrize("case", SCORES["composite"], ids=lambda case: case["id"])
def test_composites(case):
    parts, want = {name: part and tuple(part) for name, part in case["parts"].items()}, case["expected"]
    if "error" in want:
        with pytest.raises(ValueError, match="weight"):
            composite.composed(parts, weights=case["weights"])
        return
    found = composite.composed(parts, weights=case["weights"])
    assert (found.value, found.se) == (
        (None, None) if want["score"] is None else pytest.approx((want["score"], want["se"]))
    )
    assert close(dict(found.contributions), want["contributions"])


def test_rank_sets():
    for place, case in enumerate(SCALAR["ranks"]):
        for name, how in {
            "marginal_bonferroni": {"simultaneous": False},
            "simultaneous_bonferroni": {},
            "klein_wright_wieczorek": {"method": "klein"},
        }.items():
            found = ranking.confidence_sets(case["theta"], case["se"], level=1 - case["alpha"], **how)
            assert found.point.tolist() == case["point_rank"], place
            assert [found.low.tolist(), found.high.tolist()] == case[name], (place, name)


def test_the_data_defect():
    population = design_of({"data": "apipop.csv", "weights": "cds"})[0]
    api, enroll = population["api00"], population["enroll"]
    by_year = (population["sch.wide"] == "Yes").astype(float)
    known = ~np.isnan(enroll)
    parts = [(api, by_year), (api, (api > np.median(api)).astype(float)), (enroll[known], by_year[known])]
    for place, ((y, recorded), want) in enumerate(zip(parts, SCALAR["ddc"], strict=True)):
        found = bias.ddc(y, recorded)
        for name in ("N", "f", "error", "ddc", "dropout_odds", "sigma", "n_eff"):
            assert near(getattr(found, name), want[name]), (place, name)


def test_the_r_indicator_of_a_model():
    case = cases("grid.json")["nr/propensity"]
    data, design = design_of(case["design"])
    want = case["expected"]
    dummies = [data["listed"], data["age"] == "35-59", data["age"] == "60+"]
    kinds = [data["kind"] == "new_estate", data["kind"] == "old_estate"]
    x = np.column_stack([np.ones(design.n), *dummies, *kinds]).astype(float)
    fitted = response_propensity(design, x, data["resp"], groups=None).fitted
    close_to = {"rel": 1e-8}
    assert near(r_indicator(fitted, design.weights).r, want["R_indicator_w"], **close_to)
    assert near(r_indicator(fitted, design.weights, divisor="N-1").r, want["R_indicator_w_n1"], **close_to)
    assert near(r_indicator(fitted, design.weights).cv, want["cv_phat"], **close_to)
    for name, column in (("age", data["age"]), ("listed", data["listed"].astype(int))):
        partial = r_indicator(fitted, design.weights, groups=column).partial
        expected = want[f"partial_unconditional_{name}"]
        assert near(partial.total, expected["Pu"], **close_to), name
        assert near(list(partial.groups.values()), list(expected["categories"].values()), **close_to), name
