"""The planner says beforehand how finely a wave can tell, and what a small sample can't."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from sampling import sizes
from sampling.areas.grid_scores import BETWEEN
from survey.waves.rules.planning import LEVELS, MOST_SAMPLE, Fit, Means, figures, last_fit, plan

UNITS = {"city": 1, "street": 20, "type": 4, "grid": 400, "worker": 300}
MEANS = Means()


def _line(found, level):
    return next(line for line in found.lines if line.level == level)


def test_a_level_needs_what_the_formula_says():
    found = _line(plan(200_000, UNITS, means=MEANS), "street")
    size = sizes.proportion(0.1, p=0.7, N=10_000, deff=1.15, response=0.25, eligible=0.9)
    assert found.size == size
    assert found.calls == size.issued * 20 * 3
    assert found.weeks == pytest.approx(found.calls / (10 * 15 * 20))


def test_the_finest_level_that_seats_and_weeks_support_is_named():
    few, many = replace(MEANS, seats=1, weeks=5), replace(MEANS, seats=200, weeks=10)
    assert plan(200_000, UNITS, means=few).finest == "city"
    assert plan(200_000, UNITS, means=MEANS).finest == "type"
    assert plan(200_000, UNITS, means=many).finest == "grid"
    assert plan(200_000, UNITS, means=replace(few, half_width=0.001)).finest == ""


def test_what_nobody_could_answer_for_is_not_promised():
    found = _line(plan(4_000, UNITS, means=replace(MEANS, seats=1000)), "grid")
    assert (found.size, found.enough) == (None, False)


def test_a_small_sample_cannot_tell_grids_apart():
    found = {each.n: each for each in plan(200_000, UNITS, means=MEANS).small}
    assert found[5].least > 0.7
    assert found[10].gamma < found[20].gamma < 0.5 <= found[50].gamma
    assert plan(200_000, UNITS, means=MEANS).reliable == 38
    assert plan(200_000, UNITS, means=replace(MEANS, between=0.013)).reliable == 19


def _figures(*found):
    row = {"item": "overall", "den": "rated"}
    rows = [{**row, "item": "conduct", "between": 0.5}, *({**row, **each} for each in found)]
    return json.dumps({"rows": rows})


def test_the_last_wave_with_a_model_says_how_far_grids_differ():
    told, untold = _figures({}, {"between": 0.011}), _figures({"between": None})
    assert last_fit([("W3", untold), ("W2", told), ("W1", _figures({"between": 0.3}))]) == Fit(0.011, "W2")


def test_before_any_model_it_is_assumed():
    assert last_fit([]) == last_fit([("W1", None), ("W2", _figures({"between": 0.0}))]) == Fit(BETWEEN, "")
    assert MEANS.between == BETWEEN == 0.0064


@given(st.integers(1, 200), st.floats(0.5, 20), st.integers(1_000, 500_000))
def test_more_seats_and_weeks_never_tell_less(seats, weeks, households):
    order = sorted(LEVELS, key=UNITS.__getitem__)
    less = plan(households, UNITS, means=replace(MEANS, seats=seats, weeks=weeks))
    more = plan(households, UNITS, means=replace(MEANS, seats=seats + 1, weeks=weeks + 1))
    rank = {"": -1, **{level: at for at, level in enumerate(order)}}
    assert rank[more.finest] >= rank[less.finest]
    for one, other in zip(less.lines, more.lines, strict=True):
        assert other.half_width <= one.half_width
        assert 0 <= one.half_width <= 1


def test_levels_that_are_not_known_are_left_out():
    found = plan(3_000, {"city": 1, "grid": 10, "worker": 0}, means=MEANS)
    assert [line.level for line in found.lines] == ["city", "grid"]


@pytest.mark.parametrize("wrong", [{"share": 1.0}, {"response": 0.0}, {"seats": 0}, {"price": -1.0}])
def test_means_that_make_no_sense_are_refused(wrong):
    with pytest.raises(Invalid):
        replace(MEANS, **wrong)


def test_an_empty_registry_has_nothing_to_plan():
    with pytest.raises(Invalid, match="名册"):
        plan(0, UNITS, means=MEANS)


def test_a_freeze_is_proposed_as_many_households_a_grid_as_seats_and_weeks_allow():
    found = figures(
        Means(seats=10, pace=15, hours=20, weeks=4, dials=3, response=0.3, eligible=0.9), grids=200
    )
    assert found == {"sample": 20, "plan": 5, "late": 4, "response": 30, "eligible": 90, "weeks": 4}
    assert figures(Means(seats=10, pace=15, hours=20, weeks=4, dials=3), grids=201)["sample"] == 19


def test_a_freeze_is_proposed_at_least_one_of_everything():
    scarce = Means(seats=1, pace=0.1, hours=0.1, weeks=0.1, response=0.001, eligible=0.001)
    found = figures(scarce, grids=10**6)
    assert set(found.values()) == {1}


def test_a_freeze_is_proposed_whole_weeks_and_never_more_than_can_be_entered():
    plenty = Means(seats=10**6, pace=100, hours=100, weeks=4.2)
    assert figures(plenty, grids=0)["weeks"] == 5
    assert figures(plenty, grids=0)["sample"] == figures(plenty, grids=1)["sample"] == MOST_SAMPLE
