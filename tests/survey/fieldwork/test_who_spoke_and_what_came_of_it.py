"""A talk is coded in two steps, who spoke and what came of it, and ends with a kind word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.rules import outcome_codes, speakers
from survey.fieldwork.rules.attempts import TEMPORARY
from survey.fieldwork.rules.speakers import (
    BY_SPEAKER,
    FAREWELLS,
    GOODBYE,
    CodingStep,
    Speaker,
    farewell,
    step,
)
from survey.waves.rules.final_codes import FINAL

KNOWN = {*FINAL, *TEMPORARY, outcome_codes.NEVER_AGAIN}
LISTED = sorted({code for codes in BY_SPEAKER.values() for code in codes})
CODES = st.lists(st.sampled_from([*LISTED, "duplicate"]), unique=True)


def test_only_codes_that_there_are_may_come_of_a_talk() -> None:
    assert set(LISTED) <= KNOWN
    assert {*speakers.LATER, *speakers.MADE, *FAREWELLS} <= KNOWN


def test_whatever_was_said_of_another_time_or_of_no_more_calls_can_be_coded() -> None:
    after = {code for codes in outcome_codes.AFTER.values() for code in codes}
    assert after | set(outcome_codes.OBSTACLES) | {"break_off"} <= set(LISTED)


def test_only_the_one_who_answers_can_have_made_the_interview() -> None:
    made = {"complete", "partial", "break_off", "appointment_respondent", "callback_respondent"}
    for who in Speaker:
        assert made <= set(BY_SPEAKER[who]) if who is Speaker.RESPONDENT else not made & set(BY_SPEAKER[who])


def test_somebody_of_another_household_can_neither_refuse_for_it_nor_put_it_off() -> None:
    assert BY_SPEAKER[Speaker.STRANGER] == ("number_suspect", "not_resident", "unknown_respondent")


def test_only_somebody_else_of_the_household_tells_that_a_person_is_away_or_dead() -> None:
    for code in ("away_field_period", "dead_after_draw", "appointment_other", "language_household"):
        assert [who for who in Speaker if code in BY_SPEAKER[who]] == [Speaker.OTHER]


def test_every_refusal_and_every_wish_can_be_heard_from_a_voice_that_nobody_knows() -> None:
    assert set(outcome_codes.REFUSALS) <= set(BY_SPEAKER[Speaker.UNCLEAR])


@given(CODES)
def test_every_possible_code_stands_under_a_speaker_and_none_that_is_not_possible(codes: list[str]) -> None:
    found = speakers.by_speaker(codes)
    assert {code for given_ in found.values() for code in given_} == set(codes)
    assert all(found.values())
    for who, given_ in found.items():
        listed = [code for code in BY_SPEAKER[who] if code in codes]
        assert list(given_[: len(listed)]) == listed


def test_what_stands_nowhere_is_asked_of_nobody_by_name() -> None:
    assert speakers.by_speaker(["duplicate", "complete"]) == {
        Speaker.RESPONDENT: ("complete",),
        Speaker.UNCLEAR: ("duplicate",),
    }


TWO = ["complete", "number_suspect"]


def test_who_spoke_is_asked_first_and_then_what_came_of_it() -> None:
    assert step(TWO) == CodingStep(speakers=(Speaker.RESPONDENT, Speaker.STRANGER))
    assert step(TWO, who="stranger") == CodingStep(codes=("number_suspect",), who="stranger")
    assert step(TWO, who="other") == step(TWO)


def test_nothing_is_asked_first_where_one_code_or_one_speaker_is_possible() -> None:
    assert step(["soft_refusal"]) == CodingStep(codes=("soft_refusal",))
    assert step(["complete", "partial"], who="respondent") == CodingStep(codes=("complete", "partial"))


def test_whoever_asked_for_another_time_is_offered_these_times_and_nothing_else() -> None:
    assert step([*TWO, "callback_other", "appointment_other"], later=True) == CodingStep(
        codes=("appointment_other", "callback_other")
    )
    assert step(TWO, later=True) == step(TWO)


@pytest.mark.parametrize("codes", [TWO, ["soft_refusal"], ["complete", "partial"], []])
def test_a_wish_for_no_more_calls_is_how_a_talk_ended(codes: list[str]) -> None:
    assert step(codes, is_wished=True, later=True) == CodingStep(codes=("never_again",))


@pytest.mark.parametrize("code", ["complete", "partial"])
def test_an_interview_that_was_made_stays_made_whatever_was_wished(code: str) -> None:
    assert step([code], is_wished=True) == CodingStep(codes=(code,))


def test_every_talk_ends_with_a_kind_word_in_plain_chinese() -> None:
    for words in (GOODBYE, *FAREWELLS.values()):
        assert re.fullmatch(r"[\u4e00-\u9fff，。]+[，。]再见。", words), words


def test_a_talk_ends_with_its_own_word_or_with_the_usual_one() -> None:
    assert farewell("dead_after_draw").endswith("请您节哀。再见。")
    assert farewell("miscellaneous") == GOODBYE
    assert set(LISTED) - FAREWELLS.keys() == {
        "unknown_respondent",
        "refusal",
        "other_unknown",
        "miscellaneous",
    }


def test_speakers_are_kept_under_these_names() -> None:
    assert [*Speaker] == ["respondent", "other", "stranger", "unclear"]
