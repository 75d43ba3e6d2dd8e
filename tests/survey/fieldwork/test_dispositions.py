"""How the whole log of a case decides its outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Refused
from survey.fieldwork.rules.attempts import CONFIRMING, TEMPORARY, ContactResult, DialledAttempt
from survey.fieldwork.rules.dispositions import (
    COMPUTED,
    Completeness,
    Fact,
    counts,
    final_disposition,
    group_of,
    ledger_code,
)
from survey.waves.rules.final_codes import FINAL, UNREACHED

KNOWN = {"I", "P", "R", "NC", "O", "NE"}
"""Classes in which it is known whether the household is eligible."""
NUMBER_STATES = {"4.20", "4.30", "4.31", "4.32", "4.33", "4.50", "4.51", "4.52", "4.53", "4.80"} | {
    *("4.40", "4.41", "4.42", "4.43", "4.44", "4.45", "4.46")
}
"""What random-digit surveys say of numbers (and of full quotas); never said of a registered household."""
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
AAPOR = {
    "I": {"complete": "1.1", "complete_other": "1.1"},
    "P": {"partial": "1.2"},
    "R": {"refusal": "2.11", "refusal_household": "2.111", "refusal_person": "2.112", "break_off": "2.12"},
    "NC": {"noncontact": "2.20", "never_available": "2.21", "household_machine": "2.22"}
    | {"away_field_period": "2.25"},
    "O": {"other_eligible": "2.30", "dead_after_draw": "2.31", "unable": "2.32"}
    | {"language_household": "2.331", "language_respondent": "2.332", "language_no_interviewer": "2.333"}
    | {"audio_quality": "2.34", "place_unfit": "2.35", "miscellaneous": "2.36"},
    "UH": {"unknown_if_household": "3.10", "not_attempted": "3.11", "always_busy": "3.12"}
    | {"no_answer": "3.13", "machine_unknown": "3.14", "blocked": "3.15", "technical": "3.16"}
    | {"ambiguous_message": "3.161"},
    "UO": {"unknown_respondent": "3.20", "no_screener": "3.21", "unknown_resident": "3.30"}
    | {"other_unknown": "3.90", "frame_bad_contact": "3.90"},
    "NE": {"out_of_sample": "4.10", "not_resident": "4.54", "no_eligible": "4.70", "duplicate": "4.81"}
    | {"other_not_eligible": "4.90"},
}
NON_CONTACTS = (
    "no_answer",
    "busy",
    "machine",
    "blocked",
    "technical_ours",
    "cancelled_by_us",
    "number_suspect",
)
DECLARABLE = sorted(
    name
    for name, code in FINAL.items()
    if code.group in {"R", "NC", "O", "UO", "NE"} and name not in COMPUTED
)

ATTEMPTS = st.lists(
    st.builds(
        DialledAttempt,
        started=st.integers(0, 10_000).map(lambda minutes: START + timedelta(minutes=minutes)),
        code=st.none() | st.sampled_from(sorted(TEMPORARY)),
        contact=st.sampled_from(ContactResult),
    ),
    max_size=8,
)
QUIET = st.lists(
    st.builds(DialledAttempt, started=st.just(START), code=st.sampled_from(NON_CONTACTS)),
    min_size=1,
    max_size=8,
)
NUMBERS = st.lists(st.sampled_from(["untested", "live", "suspect", "bad"]), max_size=3)
INTERVIEWS = st.sampled_from([None, "complete", "partial", "break_off"])
FACTS = st.lists(st.builds(Fact, st.sampled_from(DECLARABLE), st.booleans()), max_size=4)


def attempt(code: str | None = None, contact: ContactResult = ContactResult.NOBODY) -> DialledAttempt:
    return DialledAttempt(START, code=code, contact=contact)


@given(ATTEMPTS, NUMBERS, INTERVIEWS, FACTS)
def test_numbers_never_make_a_household_ineligible(
    attempts: list[DialledAttempt], numbers: list[str], interview: Completeness | None, facts: list[Fact]
) -> None:
    found = final_disposition(attempts, numbers=numbers, interview=interview, facts=facts)
    confirmed = any(fact.confirmed and group_of(fact.code) == "NE" for fact in facts)
    assert (group_of(found) == "NE") is confirmed


@given(st.tuples(ATTEMPTS, NUMBERS, FACTS), st.tuples(ATTEMPTS, NUMBERS, FACTS), INTERVIEWS)
def test_what_is_known_of_eligibility_only_grows_unless_somebody_doubts_it(
    earlier: tuple[list[DialledAttempt], list[str], list[Fact]],
    later: tuple[list[DialledAttempt], list[str], list[Fact]],
    interview: Completeness | None,
) -> None:
    (attempts, numbers, facts), (more, others, news) = earlier, later
    before = final_disposition(attempts, numbers=numbers, interview=interview, facts=facts)
    after = final_disposition(attempts + more, numbers=others, interview=interview, facts=facts + news)
    doubted = any(group_of(fact.code) == "NE" for fact in news)
    if group_of(before) in KNOWN:
        assert group_of(after) in KNOWN or (doubted and after == "other_unknown")


@given(ATTEMPTS, QUIET, NUMBERS, INTERVIEWS, FACTS)
def test_a_later_non_contact_keeps_a_contacted_case_in_its_class(
    attempts: list[DialledAttempt],
    later: list[DialledAttempt],
    numbers: list[str],
    interview: Completeness | None,
    facts: list[Fact],
) -> None:
    before = final_disposition(attempts, numbers=numbers, interview=interview, facts=facts)
    after = final_disposition(attempts + later, numbers=numbers, interview=interview, facts=facts)
    if group_of(before) in KNOWN:
        assert after == before


@given(ATTEMPTS, NUMBERS, INTERVIEWS, FACTS)
def test_every_case_gets_a_final_code_and_no_temporary_one_survives(
    attempts: list[DialledAttempt], numbers: list[str], interview: Completeness | None, facts: list[Fact]
) -> None:
    found = final_disposition(attempts, numbers=numbers, interview=interview, facts=facts)
    assert found in FINAL


@given(ATTEMPTS, NUMBERS, FACTS)
def test_a_complete_interview_is_a_complete_unless_ineligibility_is_confirmed(
    attempts: list[DialledAttempt], numbers: list[str], facts: list[Fact]
) -> None:
    found = final_disposition(attempts, numbers=numbers, interview="complete", facts=facts)
    assert group_of(found) in {"I", "NE"}


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ({}, "not_attempted"),
        ({"attempts": [attempt("cancelled_by_us")]}, "not_attempted"),
        ({"attempts": [attempt("number_suspect")]}, "unknown_if_household"),
        ({"attempts": [attempt("technical_ours")]}, "technical"),
        ({"attempts": [attempt("busy"), attempt("technical_ours")]}, "always_busy"),
        ({"attempts": [attempt("busy"), attempt("no_answer")]}, "no_answer"),
        ({"attempts": [attempt("no_answer"), attempt("blocked")]}, "blocked"),
        ({"attempts": [attempt("blocked"), attempt("machine")]}, "machine_unknown"),
        ({"attempts": [attempt("machine"), attempt(None, ContactResult.SOMEBODY)]}, "unknown_resident"),
        ({"attempts": [attempt("callback_other")]}, "unknown_resident"),
        ({"attempts": [attempt("machine", ContactResult.GREETING)]}, "household_machine"),
        (
            {"attempts": [attempt("machine", ContactResult.GREETING), attempt(None, ContactResult.PERSON)]},
            "never_available",
        ),
        (
            {
                "attempts": [
                    attempt("machine", ContactResult.GREETING),
                    attempt(None, ContactResult.HOUSEHOLD),
                ]
            },
            "noncontact",
        ),
        ({"attempts": [attempt("language_callback", ContactResult.HOUSEHOLD)]}, "language_no_interviewer"),
        ({"attempts": [attempt("language_callback", ContactResult.SOMEBODY)]}, "unknown_resident"),
        (
            {
                "attempts": [
                    attempt("language_callback", ContactResult.HOUSEHOLD),
                    DialledAttempt(START + timedelta(days=1), code=None, contact=ContactResult.PERSON),
                ]
            },
            "never_available",
        ),
        (
            {
                "attempts": [
                    attempt("language_callback", ContactResult.PERSON),
                    DialledAttempt(START + timedelta(days=1), code="no_answer"),
                    DialledAttempt(
                        START + timedelta(days=2), "soft_refusal", contact=ContactResult.HOUSEHOLD
                    ),
                ],
                "facts": [Fact("not_resident")],
            },
            "language_no_interviewer",
        ),
        (
            {
                "attempts": [
                    attempt("language_callback", ContactResult.HOUSEHOLD),
                    DialledAttempt(START + timedelta(days=1), "callback_other", contact=ContactResult.PERSON),
                    DialledAttempt(START + timedelta(days=2), "language_callback"),
                ]
            },
            "language_no_interviewer",
        ),
        (
            {
                "attempts": [
                    attempt("language_callback", ContactResult.HOUSEHOLD),
                    DialledAttempt(START + timedelta(days=1), "callback_other", contact=ContactResult.PERSON),
                    DialledAttempt(START + timedelta(days=2), "no_answer"),
                ]
            },
            "never_available",
        ),
        ({"attempts": [attempt("soft_refusal", ContactResult.PERSON)]}, "refusal"),
        ({"attempts": [attempt("soft_refusal")], "interview": "partial"}, "partial"),
        ({"attempts": [attempt("soft_refusal")], "interview": "break_off"}, "break_off"),
        ({"facts": [Fact("refusal_person")], "interview": "break_off"}, "refusal_person"),
        ({"facts": [Fact("refusal_household")], "interview": "complete"}, "complete"),
        ({"facts": [Fact("unable")], "attempts": [attempt("soft_refusal")]}, "unable"),
        ({"facts": [Fact("unable"), Fact("dead_after_draw")]}, "dead_after_draw"),
        ({"facts": [Fact("away_field_period")]}, "away_field_period"),
        ({"facts": [Fact("noncontact")]}, "noncontact"),
        ({"facts": [Fact("not_resident", confirmed=True)], "interview": "complete"}, "not_resident"),
        ({"facts": [Fact("not_resident")]}, "other_unknown"),
        (
            {"facts": [Fact("no_eligible")], "attempts": [attempt(None, ContactResult.PERSON)]},
            "other_unknown",
        ),
        ({"attempts": [attempt("cut_off")]}, "no_screener"),
        ({"attempts": [attempt("machine_unclear")]}, "ambiguous_message"),
        ({"attempts": [attempt("no_answer", ContactResult.PERSON), attempt("busy")]}, "never_available"),
        ({"facts": [Fact("unknown_respondent")]}, "unknown_respondent"),
        ({"numbers": []}, "frame_bad_contact"),
        ({"numbers": ["bad", "bad"], "attempts": [attempt("no_answer")]}, "frame_bad_contact"),
        ({"numbers": ["bad", "suspect"], "attempts": [attempt("no_answer")]}, "no_answer"),
        ({"numbers": ["bad"], "attempts": [attempt(None, ContactResult.HOUSEHOLD)]}, "unknown_respondent"),
    ],
)
def test_the_first_rule_that_applies_decides(case: dict[str, object], found: str) -> None:
    given_ = {"attempts": [], "numbers": ["live"], **case}
    assert final_disposition(given_.pop("attempts"), **given_) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "code",
    [
        *("callback_respondent", "callback_other", "appointment_respondent", "appointment_other"),
        *("language_callback", "suspended_partial"),
    ],
)
def test_what_only_a_voice_can_have_caused_tells_that_somebody_answered(code: str) -> None:
    found = final_disposition([attempt("machine"), attempt(code)], numbers=["live"])
    assert found == "unknown_resident"


def test_being_drawn_by_name_confirms_nobody() -> None:
    assert ContactResult.NOBODY not in CONFIRMING
    assert ContactResult.SOMEBODY not in CONFIRMING


def test_outcomes_have_the_classes_and_numbers_of_the_standard() -> None:
    found = {
        group: {name: code.number for name, code in FINAL.items() if code.group == group} for group in AAPOR
    }
    assert found == AAPOR
    assert all(code.name == name for name, code in FINAL.items())


def test_outcomes_that_are_computed_or_need_every_attempt() -> None:
    assert {"break_off", "frame_bad_contact"} == COMPUTED
    assert {
        *("noncontact", "never_available", "household_machine", "no_answer"),
        *("always_busy", "machine_unknown", "blocked", "technical"),
    } == UNREACHED


def test_codes_are_keyed_by_name_and_numbers_of_lines_are_not_among_them() -> None:
    assert not NUMBER_STATES & {code.number for code in FINAL.values()}
    assert not TEMPORARY & set(FINAL) - {"no_answer", "blocked"}
    assert {name for name, code in FINAL.items() if code.group == "NE"} == {
        "out_of_sample",
        "not_resident",
        "no_eligible",
        "duplicate",
        "other_not_eligible",
    }
    assert (FINAL["frame_bad_contact"].number, FINAL["frame_bad_contact"].group) == ("3.90", "UO")
    assert set(FINAL) > UNREACHED


@pytest.mark.parametrize(
    "code", ["complete", "partial", "break_off", "no_answer", "frame_bad_contact", "xyz"]
)
def test_what_the_log_computes_cannot_be_declared(code: str) -> None:
    with pytest.raises(Refused) as refused:
        Fact(code)
    assert refused.value.status == 422


def test_a_fact_is_unconfirmed_unless_it_says_so() -> None:
    assert not Fact("not_resident").confirmed


@pytest.mark.parametrize("unknown", ["", "Complete", "1.1", "to_supervisor", "soft_refusal"])
def test_an_outcome_that_is_none_never_comes_into_the_ledger(unknown: str) -> None:
    for headline in (None, 4):
        with pytest.raises(Refused, match="最终处置码") as refused:
            ledger_code(unknown, headline=headline)
        assert refused.value.status == 422
    with pytest.raises(Refused, match="最终处置码"):
        counts(["complete", unknown])


def test_a_complete_without_a_headline_answer_has_its_own_name_in_the_ledger() -> None:
    assert ledger_code("complete", headline=4) == "complete"
    assert ledger_code("complete", headline=None) == "complete_other"
    assert ledger_code("refusal", headline=None) == "refusal"
    assert group_of("complete_other") == "I"


def test_outcomes_are_counted_by_class() -> None:
    found = counts(["complete", "complete_other", "refusal", "frame_bad_contact"])
    assert found == {"I": 2, "P": 0, "R": 1, "NC": 0, "O": 0, "UH": 0, "UO": 1, "NE": 0}
