"""When a call-back differs from its interview, how far many agree, and who decides on a disputed one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Conflict, Forbidden, Invalid
from survey.fieldwork.rules import agreement, call_backs, disputes
from survey.fieldwork.rules.call_backs import DONT_KNOW, NO, REFUSED, YES, CallBackSaid, CheckedTalk, ItemPair
from survey.roles import AUDITOR, INTERVIEWER, REGISTRAR, SUPERVISOR
from survey.waves.rules.early_ending import Signer
from tests.conftest import NOW

BEFORE = {"A3": 2, "E1": 1, "D2": 4, "G1": 5}
SAME = {"A3": 2, "E1": 1, "D2": 4}
BOSS = Signer("boss", SUPERVISOR)
DAY = timedelta(days=1)


def told(held: int = YES, length: int = 2, seconds: float = 200, **facts: int) -> CheckedTalk:
    return call_backs.checked(CallBackSaid(held, length, SAME | facts), BEFORE, seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "band"), [(0, 1), (119, 1), (120, 2), (299, 2), (300, 3), (599, 3), (600, 4), (9999, 4)]
)
def test_lengths_fall_into_bands(seconds, band):
    assert call_backs.band(seconds) == band


@pytest.mark.parametrize(
    ("talk", "verdict", "differing"),
    [
        (told(), "agrees", []),
        (told(A3=1), "agrees", ["A3"]),
        (told(A3=1, E1=2), "differs", ["A3", "E1"]),
        (told(length=3, A3=1), "agrees", ["A3"]),
        (told(length=4, A3=1), "differs", ["length", "A3"]),
        (told(held=DONT_KNOW), "agrees", []),
        (told(held=NO), "differs", ["held"]),
        (told(A3=DONT_KNOW, E1=REFUSED, D2=1), "agrees", ["D2"]),
    ],
)
def test_nobody_s_memory_of_an_interview_or_two_things_that_differ_make_it_doubtful(talk, verdict, differing):
    assert (talk.verdict, list(talk.differing)) == (verdict, differing)


@given(
    st.sampled_from(call_backs.HELD_ANSWERS),
    st.dictionaries(st.sampled_from(["A3", "E1"]), st.integers(1, 99)),
)
def test_what_is_stored_is_read_back(held, facts):
    talk = call_backs.checked(CallBackSaid(held, 2, facts), BEFORE, seconds=30)
    assert call_backs.read(talk.text()) == talk


def test_what_the_interview_didn_t_ask_isn_t_asked_again():
    assert call_backs.asked_again({"E1": 1, "G1": 2}) == ("E1",)
    assert call_backs.checked(CallBackSaid(YES, DONT_KNOW, {"A3": 1}), {"E1": 1}, seconds=9).pairs == []


@pytest.mark.parametrize(
    ("held", "length", "facts"),
    [(None, 1, {}), (3, 1, {}), (YES, None, {}), (YES, 9, {}), (YES, 1, {"A3": None})],
)
def test_an_open_question_is_refused(held, length, facts):
    with pytest.raises(Invalid):
        call_backs.said(held, length, facts)


def test_who_remembers_no_interview_is_asked_nothing_more():
    assert call_backs.said(NO, None, {"A3": None}) == CallBackSaid(NO)
    assert call_backs.said(YES, 1, {"A3": 2}) == CallBackSaid(YES, 1, {"A3": 2})


def test_agreement_is_told_by_item_and_together_once_there_are_ten():
    same, other = CheckedTalk(YES, [ItemPair("A3", 1, 1)]), CheckedTalk(YES, [ItemPair("A3", 2, 1)])
    few = agreement.agreement_of([same] * 9)
    assert (few.checked, few.false, few.items, few.overall) == (9, None, {}, None)
    none = CheckedTalk(NO)
    found = agreement.agreement_of(
        [same] * 6 + [CheckedTalk(YES, [ItemPair("A3", 2, 2)])] * 3 + [other, none]
    )
    assert (found.checked, found.differing, found.items["A3"].n) == (11, 1, 10)
    assert found.items["A3"].kappa == found.overall.kappa == pytest.approx(0.7826, abs=1e-4)
    assert found.false.low < 1 / 11 < found.false.high


@pytest.mark.parametrize(
    ("outcome", "by", "why", "fault"),
    [
        ("complete", Signer("a", AUDITOR), "x", Forbidden),
        ("refusal", BOSS, "x", Conflict),
        (None, BOSS, "x", Conflict),
        ("complete_other", BOSS, "  ", Invalid),
    ],
)
def test_a_supervisor_doubts_a_complete_interview_for_a_reason(outcome, by, why, fault):
    with pytest.raises(fault):
        disputes.check_opening(outcome, by=by, why=why)
    assert disputes.check_opening("complete", by=BOSS, why=" 没有人接过 ") == "没有人接过"


def decided(
    decision: str = "voided", *, by: Signer | None = None, after: timedelta = DAY, heard=True
) -> None:
    disputes.check_decision(
        decision,
        opened=BOSS,
        by=by or Signer("checker", AUDITOR),
        opened_at=NOW,
        heard=heard,
        now=NOW + after,
    )


def test_somebody_of_another_role_decides_once_the_interviewer_was_heard():
    decided()
    decided(by=Signer("clerk", REGISTRAR))
    decided("stands", heard=False)
    decided(heard=False, after=2 * DAY)
    for by in (BOSS, Signer("other", SUPERVISOR), Signer("boss", AUDITOR)):
        with pytest.raises(Conflict):
            decided(by=by)
    with pytest.raises(Forbidden):
        decided(by=Signer("i", INTERVIEWER))
    with pytest.raises(Conflict):
        decided(heard=False, after=2 * DAY - timedelta(seconds=1))
    with pytest.raises(Invalid):
        decided("perhaps")


@pytest.mark.parametrize("text", ["", "  ", "x" * 501])
def test_a_statement_is_a_sentence_or_two(text):
    with pytest.raises(Invalid):
        disputes.check_statement(text)
    assert disputes.check_statement(f" {'x' * 500} ") == "x" * 500


def test_a_case_goes_on_while_the_field_is_open():
    assert disputes.goes_on(now=NOW, ended=None, field_ends=None)
    assert disputes.goes_on(now=NOW, ended=None, field_ends=NOW + DAY)
    assert not disputes.goes_on(now=NOW, ended=None, field_ends=NOW)
    assert not disputes.goes_on(now=NOW, ended=NOW, field_ends=None)
