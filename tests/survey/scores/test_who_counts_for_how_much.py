"""From released units to weights and to what is known of a wave beside its answers: the rules by value."""

from __future__ import annotations

import numpy as np
import pytest

from survey.scores.rules import estimation, items
from survey.scores.rules.areas import ReportArea, places
from survey.scores.rules.columns import Margin
from survey.scores.rules.estimation import Unit, half_answered
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import CITY, GRID


def unit(stratum: str, answer: int | None = None, code: str = "complete") -> Unit:
    return Unit(stratum, code, items.read({"G1": answer} if answer else {}))


def grid(code: str, *strata: str) -> ReportArea:
    return ReportArea(GRID, code, code, "old", "C", frozenset(strata or (code,)))


def city(*strata: str) -> ReportArea:
    return ReportArea(CITY, "C", "云川市", "", None, frozenset(strata))


AREAS = [grid("G1"), grid("G2"), city("G1", "G2")]
SIZES = {"G1": 60, "G2": 40}


def test_each_who_completed_stands_for_as_many_households_as_its_grid_has_for_each_of_them() -> None:
    units = {"a": unit("G1", 5), "b": unit("G1", 1), "c": unit("G2", 3), "d": unit("G2", code="refusal")}
    assert estimation.weights(units, sizes=SIZES, areas=AREAS) == pytest.approx({"a": 30, "b": 30, "c": 40})


def test_who_gave_no_rating_completed_too_and_nobody_else_has_a_weight() -> None:
    units = {"a": unit("G1", code="complete_other"), "b": unit("G2", code="partial"), "c": unit("G2", 5)}
    assert estimation.weights(units, sizes=SIZES, areas=AREAS).keys() == {"a", "c"}
    assert estimation.weights({"b": units["b"]}, sizes=SIZES, areas=AREAS) == {}


def test_no_margin_is_met_without_an_answer_or_without_a_margin() -> None:
    assert estimation.met([unit("G1", code="refusal")], sizes=SIZES, areas=AREAS, margins=()) == ()
    assert estimation.met([unit("G1", 5)], sizes=SIZES, areas=AREAS, margins=()) == ()


def aged(*counts: int) -> list[Unit]:
    """Return as many who completed of each age."""
    return [
        Unit("G1", "complete", items.read({"G1": 5}), {"age": age})
        for age, count in enumerate(counts)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("counts", "met"),
    [
        ((20, 20, 20), ("age",)),
        ((20, 19, 1), ("age",)),
        ((20, 19, 0), ()),
        ((19, 1, 20), ("age",)),
        ((1, 19, 19), ()),
        ((40, 0, 0), ()),
    ],
)
def test_a_margin_is_met_where_twenty_answered_in_each_of_two_neighbouring_parts(counts, met) -> None:
    margins = [Margin("age", np.array([30, 40, 30]))]
    where = {"sizes": {"G1": 100}, "areas": [grid("G1"), city("G1")]}
    assert estimation.met(aged(*counts), margins=margins, **where) == met


def test_weights_meet_the_margins_and_still_stand_for_every_household() -> None:
    units = {str(at): unit_ for at, unit_ in enumerate(aged(20, 20, 40))}
    where = {"sizes": {"G1": 800}, "areas": [grid("G1"), city("G1")]}
    made = estimation.weights(units, margins=[Margin("age", np.array([30, 40, 30]))], **where)
    by_age = [sum(made[key] for key in units if units[key].told["age"] == age) for age in range(3)]
    assert by_age == pytest.approx([240, 320, 240], rel=1e-6)


def test_whoever_told_no_age_keeps_the_weight_of_the_grid() -> None:
    units = {str(at): unit_ for at, unit_ in enumerate([*aged(20, 20, 40), *([unit("G1", 5)] * 20)])}
    where = {"sizes": {"G1": 1000}, "areas": [grid("G1"), city("G1")]}
    made = estimation.weights(units, margins=[Margin("age", np.array([30, 40, 30]))], **where)
    assert [made[str(at)] for at in range(80, 100)] == pytest.approx([10] * 20, rel=1e-6)
    assert sum(made[key] for key in units if units[key].told.get("age") == 0) == pytest.approx(240, rel=1e-6)


def test_beside_the_answers_are_known_the_response_rate_and_each_grids_complaints() -> None:
    at = places(AREAS, sizes=SIZES)
    units = [
        unit("G1", 5),
        unit("G1", code="refusal"),
        unit("G2", code="refusal"),
        unit("G2", code="refusal"),
    ]
    alone = estimation.terms(units, at)
    assert (alone.response_rate, alone.complaints) == (0.25, None)
    assert estimation.terms(units, at, {}).complaints is None
    beside = estimation.terms(units, at, {"G2": 7, "elsewhere": 9})
    assert beside.response_rate == 0.25
    assert beside.complaints is not None
    assert beside.complaints.tolist() == [0, 7]


def test_where_nobody_was_eligible_the_response_rate_counts_as_none() -> None:
    none = estimation.terms([unit("G1", code="not_resident")], places(AREAS, sizes=SIZES))
    assert none.response_rate == 0


SPLIT = [grid("G1", "G1-a", "G1-b"), grid("G2"), city("G1-a", "G1-b", "G2")]
EVERY = {("G1", item, den) for item, dens in DENS.items() for den in dens}


def test_a_grid_drawn_in_two_says_nothing_of_itself_until_both_halves_answer() -> None:
    assert half_answered([unit("G1-a", 5)], SPLIT) == EVERY
    assert half_answered([unit("G1-a", 5), unit("G1-b", 4, code="refusal")], SPLIT) == EVERY
    assert half_answered([], SPLIT) == EVERY
    both = half_answered([unit("G1-a", 5), unit("G1-b", 4)], SPLIT)
    assert ("G1", "overall", "rated") not in both
    assert ("G1", "overall", "all") not in both


def test_each_item_and_denominator_is_judged_by_its_own_answers() -> None:
    unrated = half_answered([unit("G1-a", 5), unit("G1-b", code="complete_other")], SPLIT)
    answered = EVERY - unrated
    assert ("G1", "overall", "rated") in unrated
    assert ("G1", "overall", "all") in answered


def test_a_grid_drawn_as_one_is_never_half_answered() -> None:
    assert half_answered([unit("G1", 5)], AREAS) == frozenset()
    assert {key[0] for key in half_answered([unit("G2", 5)], SPLIT)} == {"G1"}
