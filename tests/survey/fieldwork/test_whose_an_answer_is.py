"""Whose an answer is, where it proves later in a call that somebody else spoke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from survey.fieldwork.rules.whose_answers import AnswerStanding, CallTurns, standing

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
COUNTS, RETURNS, ANOTHERS = AnswerStanding.COUNTS, AnswerStanding.RETURNS, AnswerStanding.ANOTHERS


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def call(*said: tuple[int, str, int], ended: int | None = 60) -> CallTurns:
    turns = [(at(minute), item, value) for minute, item, value in said]
    return CallTurns(at(0), None if ended is None else at(ended), turns)


HANDED = call((1, "S1", 1), (2, "S3", 1), (20, "S3", 2))
"""One person of the right household speaks, then another."""


@pytest.mark.parametrize(
    ("minute", "found"), [(0, ANOTHERS), (2, ANOTHERS), (19, ANOTHERS), (20, COUNTS), (60, COUNTS)]
)
def test_an_answer_is_anothers_that_was_given_before_somebody_else_took_the_telephone(
    minute: int, found: AnswerStanding
) -> None:
    assert standing(at(minute), [HANDED]) is found


def test_an_answer_is_to_be_confirmed_where_its_speaker_was_put_aside_and_came_back() -> None:
    back = call((1, "S1", 1), (2, "S3", 1), (20, "S3", 2), (30, "S3", 1))
    assert standing(at(2), [back]) is standing(at(10), [back]) is RETURNS
    assert standing(at(1), [back]) is ANOTHERS
    assert standing(at(25), [back]) is ANOTHERS
    assert standing(at(30), [back]) is COUNTS


def test_a_call_names_who_spoke_last_and_whether_the_household_was_the_wrong_one() -> None:
    told = call((1, "S1", 2), (2, "S1", 1), (2, "S3", 1), (20, "S3", 2))
    assert told.speaker() == {"S1": False, "S3": 2}
    assert told.speaker(at(1)) == {"S1": True}


def test_of_the_household_it_only_matters_whether_it_is_the_wrong_one() -> None:
    assert standing(at(10), [call((1, "S1", 1), (20, "S1", 3))]) is RETURNS
    assert standing(at(10), [call((1, "S1", 1), (20, "S1", 2))]) is ANOTHERS
    assert standing(at(10), [call((1, "S1", 2), (20, "S1", 1))]) is ANOTHERS
    assert standing(at(10), [call((1, "S3", 1), (20, "S3", 3))]) is ANOTHERS


def test_an_answer_before_anybody_was_named_is_not_of_who_was_named_later() -> None:
    assert standing(at(0), [call((1, "S1", 1))]) is ANOTHERS


@pytest.mark.parametrize(("minute", "found"), [(-1, COUNTS), (0, ANOTHERS), (60, COUNTS), (61, COUNTS)])
def test_what_is_said_in_a_call_concerns_no_answer_outside_of_it(minute: int, found: AnswerStanding) -> None:
    assert standing(at(minute), [call((1, "S3", 1), (60, "S3", 2))]) is found
    late = call((1, "S3", 1), (70, "S3", 2))
    assert standing(at(60), [late]) is ANOTHERS
    assert standing(at(61), [late]) is COUNTS


def test_a_call_that_is_not_over_concerns_all_that_follows_its_beginning() -> None:
    assert standing(at(600), [call((700, "S3", 2), ended=None)]) is ANOTHERS
    assert standing(at(-1), [call((700, "S3", 2), ended=None)]) is COUNTS


def test_of_several_calls_the_one_in_which_the_answer_was_given_decides() -> None:
    before = CallTurns(at(-60), at(-30), [(at(-31), "S3", 2)])
    assert standing(at(10), [before, HANDED]) is ANOTHERS
    assert standing(at(-40), [before, HANDED]) is ANOTHERS
    assert standing(at(-20), [before, HANDED]) is COUNTS
