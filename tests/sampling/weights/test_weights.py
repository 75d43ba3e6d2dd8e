"""Weights before calibration: bases, classes and propensities of who answered, trimming."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean
from sampling.errors import BadInput, Collinear, EmptyCell, Infeasible, NotConverged
from sampling.weights import base_weights, kish_deff, pooled_response, trim, weighting_class
from sampling.weights.calibration import poststratify, rake
from sampling.weights.propensity import response_propensity
from tests.sampling.samples import samples

positive = st.floats(0.5, 50)


def test_a_base_weight_is_the_inverse_of_the_chance():
    assert base_weights(300, 5).tolist() == [60]
    assert base_weights([300, 100], [5, 4], adults=[2, 9]).tolist() == [120, 100]
    assert base_weights(300, 5, adults=[2, 9], cap=8).tolist() == [120, 480]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"frame": 5, "sampled": 6}, "'sampled'"),
        ({"frame": 5, "sampled": 0}, "'sampled'"),
        ({"frame": math.inf, "sampled": 2}, "'sampled'"),
        ({"frame": 5, "sampled": 5, "adults": [0]}, "'adults'"),
        ({"frame": 5, "sampled": 5, "adults": [math.inf]}, "'adults'"),
        ({"frame": 5, "sampled": 5, "cap": 0.5}, "'cap'"),
    ],
)
def test_a_base_weight_that_makes_no_sense_is_refused(given, words):
    with pytest.raises(BadInput, match=words):
        base_weights(**given)


@given(st.lists(positive, min_size=1, max_size=30), st.floats(0.1, 10))
def test_kishs_effect_is_one_plus_the_squared_variation(weights, times):
    w = np.array(weights)
    assert kish_deff(w) == pytest.approx(1 + w.var() / w.mean() ** 2)
    assert kish_deff(w * times) == pytest.approx(kish_deff(w))
    assert kish_deff([*weights, 0]) == pytest.approx(kish_deff(w))


@st.composite
def answered(draw: st.DrawFn):
    n = draw(st.integers(2, 30))
    w = draw(st.lists(positive, min_size=n, max_size=n))
    classes = draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n))
    yes = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    yes[0] = True
    return np.array(w), np.array(classes), np.array(yes)


@given(answered(), st.randoms())
def test_respondents_stand_for_their_class(sample, chance):
    w, classes, yes = sample
    assume(set(classes) == set(classes[yes]))
    found = weighting_class(SurveyDesign(w), classes, yes, minimum=1, ceiling=1e9)
    assert found.weights.sum() == pytest.approx(w.sum())
    assert found.rows.tolist() == np.flatnonzero(yes).tolist()
    for label in set(classes):
        assert found.weights[classes[yes] == label].sum() == pytest.approx(w[classes == label].sum())
    order = np.arange(len(w))
    chance.shuffle(order)
    moved = weighting_class(SurveyDesign(w[order]), classes[order], yes[order], minimum=1, ceiling=1e9)
    back = dict(zip(order[moved.rows].tolist(), moved.weights, strict=True))
    assert np.allclose([back[row] for row in found.rows.tolist()], found.weights)


@given(answered())
def test_a_thin_class_is_merged_with_its_siblings_only(sample):
    w, classes, yes = sample
    wider = np.where(classes == "c", "C", "AB")
    nested = np.column_stack([classes, wider, np.full(len(w), "all")])
    found = weighting_class(SurveyDesign(w), nested, yes, minimum=1, ceiling=1e9)
    assert found.weights.sum() == pytest.approx(w.sum())
    if set(classes) == set(classes[yes]):
        same = weighting_class(SurveyDesign(w), classes, yes, minimum=1, ceiling=1e9)
        assert np.allclose(found.weights, same.weights)
    elif set(wider) == set(wider[yes]) and "c" in set(classes):
        alone = yes & (classes == "c")
        assert (
            found.weights[classes[yes] == "c"].sum() == pytest.approx(w[classes == "c"].sum())
            or not alone.any()
        )


def test_a_class_is_merged_when_few_answered_or_the_factor_is_large():
    w, nested = np.ones(10), np.array([["a", "x"]] * 4 + [["b", "x"]] * 4 + [["c", "y"]] * 2)
    few = weighting_class(SurveyDesign(w), nested, [1, 0, 0, 0, 1, 1, 1, 0, 1, 1], minimum=2)
    assert few.weights.tolist() == [2, 2, 2, 2, 1, 1]
    steep = weighting_class(SurveyDesign(w), nested, [1, 0, 0, 0, 1, 1, 1, 0, 1, 1], minimum=1, ceiling=3)
    assert steep.weights.tolist() == [2, 2, 2, 2, 1, 1]
    with pytest.raises(EmptyCell, match="in the class 'x', and no wider class is left") as refusal:
        weighting_class(SurveyDesign(w), nested, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1], minimum=1)
    assert refusal.value.items == ("x",)


def test_those_who_are_not_eligible_leave():
    found = weighting_class(
        SurveyDesign([10] * 5), list("aaabb"), [1, 0, 0, 1, 1], eligible=[1, 1, 0, 1, 1], minimum=1
    )
    assert found.weights.tolist() == [20, 10, 10]
    assert found.rows.tolist() == [0, 3, 4]


def test_the_units_that_answered_are_the_sample_and_the_frame_stays():
    strata = list("AAAABBBBC")
    design = SurveyDesign([5] * 9, strata=strata, psu=list("112234567"), fpc=[9] * 4 + [20] * 4 + [7])
    found = weighting_class(design, [0] * 9, [1, 1, 0, 1, 1, 1, 0, 0, 0], minimum=2)
    assert found.fpc.tolist() == [9, 9, 9, 20, 20]
    assert found.structure.sampled.tolist() == [2, 2]
    assert found.psu.tolist() == ["1", "1", "2", "3", "4"]
    y = np.arange(9.0)
    expected = SurveyDesign(found.weights, strata=list("AAABB"), psu=list("11234"), fpc=[9, 9, 9, 20, 20])
    assert mean(found, y[found.rows]).se == pytest.approx(mean(expected, y[found.rows]).se)
    again = weighting_class(found, [0] * 5, [0, 1, 1, 1, 1], minimum=2)
    assert again.rows.tolist() == [1, 3, 4, 5]
    assert len(again.calibrations) == 2
    after = poststratify(found, list("uuuvv"), {"u": 30, "v": 15})
    assert after.rows.tolist() == found.rows.tolist()


def test_the_stages_of_those_who_answered_find_each_other():
    blocks, homes, people = [1, 1, 1, 2, 2, 2, 3, 3], [1, 1, 2, 3, 3, 4, 5, 6], [1, 2, 1, 1, 2, 1, 1, 1]
    units = np.column_stack([blocks, homes, people])
    frames = np.column_stack([[9] * 8, [4] * 8, [3] * 8])
    design = SurveyDesign([9] * 8, psu=units, fpc=frames, lonely="remove")
    yes = np.array([1, 1, 0, 1, 1, 1, 0, 0], dtype=bool)
    found = weighting_class(design, [0] * 8, yes, minimum=2)
    expected = SurveyDesign(found.weights, psu=units[yes], fpc=frames[yes], lonely="remove")
    y = np.array([1.0, 5, 2, 8, 9, 3, 1, 1])[yes]
    assert mean(found, y).se == pytest.approx(mean(expected, y).se)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"responded": [2, 1, 1, 1]}, "'responded' parameter must be true or false"),
        ({"responded": [0, 0, 0, 0]}, "'responded' parameter must be true in a row"),
        ({"responded": [1, 1, 1]}, "'responded'"),
        ({"eligible": [0, 1, 1, 1]}, "'eligible' parameter must be true where 'responded' is"),
        ({"minimum": 0}, "'minimum'"),
        ({"ceiling": 0.5}, "'ceiling'"),
        ({"classes": list("aab")}, "'classes'"),
        ({"classes": np.array([["a", "x"], ["a", "y"], ["b", "y"], ["b", "y"]])}, "must be nested. See 'a'"),
        ({"design": SurveyDesign([1, 1, 1, 1]).subset([1, 1, 1, 0])}, "whole sample"),
        (
            {"design": poststratify(SurveyDesign([1, 1, 1, 1]), list("aabb"), {"a": 3, "b": 4})},
            "calibrated yet",
        ),
    ],
)
def test_a_wrong_class_parameter_is_refused(options, words):
    given = {
        "design": SurveyDesign([1, 1, 1, 1]),
        "classes": list("aabb"),
        "responded": [1, 1, 0, 1],
        **options,
    }
    with pytest.raises(BadInput, match=words):
        weighting_class(given.pop("design"), given.pop("classes"), given.pop("responded"), **given)


def test_a_status_without_a_match_is_not_a_respondent():
    # samplics-org/svy PR#85: labels that matched no status became respondents
    with pytest.raises(BadInput, match="'responded'"):
        weighting_class(SurveyDesign([1, 1]), list("aa"), ["yes", "refused"])


@st.composite
def propensities(draw: st.DrawFn):
    n = draw(st.integers(30, 60))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    x = np.column_stack([np.ones(n), chance.normal(size=n), chance.integers(0, 2, n)])
    y = chance.random(n) < 1 / (1 + np.exp(-0.5 * x[:, 1]))
    return chance.uniform(1, 5, n), x, y


@given(propensities())
def test_propensities_solve_their_equations(sample):
    w, x, yes = sample
    try:
        found = response_propensity(SurveyDesign(w), x, yes, groups=None)
    except NotConverged:
        assume(False)
    assert np.allclose(x.T @ (w * (yes - found.fitted)), 0, atol=1e-8)
    assert ((found.fitted > 0) & (found.fitted < 1)).all()
    assert np.allclose(found.design.weights, (w / found.fitted)[yes])
    assert np.allclose(found.factor, 1 / found.fitted[yes])
    assert found.df == len(w) - 1 + 1 - 3
    assert (found.se > 0).all()
    shifted = response_propensity(SurveyDesign(w), x * [1, 1000, 1], yes, groups=None)
    assert np.allclose(shifted.fitted, found.fitted)
    assert np.allclose(shifted.coef * [1, 1000, 1], found.coef)


@given(propensities(), st.integers(1, 4), st.randoms())
def test_groups_of_propensities_keep_the_sum_of_weights(sample, groups, chance):
    w, x, yes = sample
    order = np.arange(len(w))
    chance.shuffle(order)
    try:
        found = response_propensity(SurveyDesign(w), x, yes, groups=groups)
        moved = response_propensity(SurveyDesign(w[order]), x[order], yes[order], groups=groups)
    except (NotConverged, EmptyCell):
        assume(False)
    assert found.design.weights.sum() == pytest.approx(w.sum())
    assert len(set(found.factor.round(9))) <= groups
    assert np.allclose(np.sort(moved.design.weights), np.sort(found.design.weights))
    if groups == 1:
        assert np.allclose(found.factor, w.sum() / w[yes].sum())


def test_columns_that_separate_those_who_answered_are_refused():
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    with pytest.raises(NotConverged, match="separate"):
        response_propensity(SurveyDesign([1] * 6), x, [0, 0, 0, 1, 1, 1])
    with pytest.raises(NotConverged, match="separate"):
        response_propensity(SurveyDesign([1] * 6), x, [1] * 6)


def test_a_group_in_which_nobody_answered_is_refused():
    x = np.column_stack([np.ones(8), [0, 1, 2, 3, 4, 5, 6, 7]])
    with pytest.raises(EmptyCell, match="in the group 0"):
        response_propensity(SurveyDesign([1] * 8), x, [0, 0, 0, 1, 0, 1, 1, 1], groups=4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"groups": 0}, "'groups'"),
        ({"design": SurveyDesign([1] * 4).subset([1, 1, 1, 0])}, "whole and not calibrated"),
        (
            {"design": rake(SurveyDesign([1] * 4), [list("aabb")], [{"a": 3, "b": 3}])},
            "whole and not calibrated",
        ),
        ({"x": [[1, math.nan]] * 4}, "'x' parameter must be finite"),
    ],
)
def test_a_wrong_propensity_parameter_is_refused(options, words):
    given = {"design": SurveyDesign([1] * 4), "x": np.ones(4), "responded": [1, 1, 0, 1], **options}
    with pytest.raises(BadInput, match=words):
        response_propensity(given.pop("design"), given.pop("x"), given.pop("responded"), **given)
    with pytest.raises(Collinear, match="response_propensity"):
        response_propensity(SurveyDesign([1] * 4), np.ones((4, 2)), [1, 1, 0, 1])


@given(st.lists(positive, min_size=2, max_size=30), st.floats(0.1, 0.9), st.floats(1.1, 3))
def test_trimming_keeps_the_sum_and_the_limits(weights, low, high):
    w = np.array(weights)
    low, high = low * w.mean(), high * w.mean()
    try:
        found = trim(SurveyDesign(w), low=low, high=high)
    except Infeasible:
        assume(False)
    assert found.weights.sum() == pytest.approx(w.sum())
    assert (found.weights >= low * (1 - 1e-12)).all()
    assert (found.weights <= high * (1 + 1e-12)).all()
    again = trim(found, low=low, high=high)
    assert np.allclose(again.weights, found.weights)
    once = trim(SurveyDesign(w), low=low, high=high, strict=False)
    assert once.weights.sum() == pytest.approx(w.sum())


def test_trimming_is_refused_where_no_weight_is_left_to_take_what_is_cut():
    with pytest.raises(Infeasible, match="Widen the limits"):
        trim(SurveyDesign([1, 1, 4, 4]), low=2, high=3)


@given(samples())
def test_trimming_after_raking_keeps_what_variances_know(sample):
    aims = dict.fromkeys(sample.by, 100.0)
    made = poststratify(sample.design(), sample.by, aims)
    cut = trim(made, high=float(made.weights.max()))
    assert mean(cut, sample.y).se == pytest.approx(mean(made, sample.y).se)
    assert [step.method for step in cut.calibrations] == ["poststratify/1", "trim/1"]


def test_rows_without_weight_are_not_trimmed():
    assert trim(SurveyDesign([0, 2, 4]), low=2.5).weights.tolist() == [0, 2.5, 3.5]


@pytest.mark.parametrize(
    ("options", "refusal", "words"),
    [
        ({"low": 5, "high": 4}, BadInput, "'low'"),
        ({"high": 0}, BadInput, "'low'"),
        ({"low": math.nan}, BadInput, "'low'"),
        ({"low": 3}, Infeasible, r"lie in \[3, inf\]"),
        ({"high": 1.5}, Infeasible, "Widen"),
    ],
)
def test_limits_that_can_not_be_kept_are_refused(options, refusal, words):
    with pytest.raises(refusal, match=words):
        trim(SurveyDesign([1, 2, 3]), **options)
    with pytest.raises(BadInput, match="whole sample"):
        trim(SurveyDesign([1, 2, 3]).subset([1, 1, 0]), high=2)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8))
def test_pooled_rates_lie_between_the_types_own_and_the_citys(counts):
    issued = np.array([[max(a, b) for a, b in counts]])
    done = np.array([[min(a, b) for a, b in counts]])
    found = pooled_response(issued, done)
    own = np.divide(
        done, issued, out=np.broadcast_to(found.by_class[:, None], done.shape).copy(), where=issued > 0
    )
    low, high = np.minimum(own, found.by_class[:, None]), np.maximum(own, found.by_class[:, None])
    assert ((found.rate >= low - 1e-12) & (found.rate <= high + 1e-12)).all()
    assert np.isfinite(found.factor).all()
    assert np.allclose(np.where(found.rate > 0, found.rate * found.factor, 1), 1)


@pytest.mark.parametrize(
    ("issued", "completed", "prior", "words"),
    [
        ([1, 2], [1, 2], 50, r"shape \(C, T\)"),
        ([[1, 2]], [[1]], 50, r"shape \(C, T\)"),
        ([[1, 2]], [[1, 3]], 50, "between 0 and the units issued"),
        ([[1, math.inf]], [[1, 3]], 50, "between 0 and the units issued"),
        ([[1, 2]], [[1, 2]], 0, "'prior'"),
    ],
)
def test_wrong_counts_are_refused(issued, completed, prior, words):
    with pytest.raises(BadInput, match=words):
        pooled_response(issued, completed, prior=prior)
