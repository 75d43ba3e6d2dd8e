"""A dialled code, as a decision: the place is read back, persons are rung in turn, every call has an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.calls import rules as ivr
from feedback.calls.rules import Heard

WORDS = st.sampled_from(["572005", "1", "2", "9", "", "000000"])
LEGS = st.sampled_from([1, 2, 3])


def ringing(leg: int = 1) -> Heard:
    return Heard(stage="ringing", code="572005", leg=leg)


def test_a_known_code_is_read_back_before_anybody_is_rung():
    heard = ivr.keyed(Heard(), "572005", known=True)
    assert (heard.stage, heard.leg) == ("place", 0)
    assert ivr.keyed(heard, "1", known=False) == ringing()


def test_no_to_the_place_asks_for_the_code_once_more():
    heard = ivr.keyed(ivr.keyed(Heard(), "572005", known=True), "2", known=False)
    assert (heard.stage, heard.code) == ("code", "")


@pytest.mark.parametrize("words", [("000000", "000000"), ("",), ("000000", ""), ("000000", "1")])
def test_wrong_twice_or_silent_leads_to_a_person(words):
    heard = Heard()
    for word in words:
        heard = ivr.keyed(heard, word, known=False)
    assert heard.stage == "operator"


def test_silence_after_the_place_leads_to_a_person_too():
    heard = ivr.keyed(Heard(stage="place", code="572005"), "", known=False)
    assert heard.stage == "operator"


def test_one_wrong_code_asks_again():
    heard = ivr.keyed(Heard(), "000000", known=False)
    assert (heard.stage, heard.wrong) == ("code", 1)


def test_a_code_is_kept_as_its_digits_and_is_seven_long_at_most():
    assert ivr.keyed(Heard(), "572 005", known=True).code == "572005"
    assert ivr.keyed(Heard(), "", known=True).code == Heard().code == ""
    assert ivr.LONGEST_CODE == 7


@pytest.mark.parametrize("stage", ["ringing", "operator", "over"])
def test_what_is_keyed_while_nothing_was_asked_changes_nothing(stage):
    heard = Heard(stage=stage, code="572005", leg=1)
    for word in ("1", "9", ""):
        assert ivr.keyed(heard, word, known=False) == heard


def test_a_call_that_an_operator_does_not_answer_is_over():
    heard = ivr.leg_ended(Heard(stage="operator"), leg=1, answered=False, legs=3)
    assert heard == Heard(stage="over")
    assert not heard.missed


def test_where_nobody_can_be_rung_from_here_it_is_a_missed_call():
    assert ivr.unreachable(ringing()) == Heard(stage="missed", code="572005", leg=1)


def test_a_call_is_missed_only_where_somebody_was_rung_and_nobody_answered():
    assert not Heard().missed
    assert ringing().missed is True
    assert not Heard(stage="over", leg=1, answered=True).missed


def test_an_answered_leg_ends_the_call():
    assert ivr.leg_ended(ringing(), leg=1, answered=True, legs=3) == Heard(
        stage="over", code="572005", leg=1, answered=True
    )


def test_after_the_question_about_a_call_back_the_call_is_over():
    missed = Heard(stage="missed", leg=3)
    assert ivr.keyed(missed, "9", known=False) == Heard(stage="over", leg=3, declined=True)
    assert ivr.keyed(missed, "", known=False) == Heard(stage="over", leg=3, declined=False)
    assert not Heard().declined


def test_legs_are_rung_one_after_the_other_and_then_it_is_a_missed_call():
    heard = ringing()
    for leg in (1, 2):
        heard = ivr.leg_ended(heard, leg=leg, answered=False, legs=3)
        assert (heard.stage, heard.leg) == ("ringing", leg + 1)
    heard = ivr.leg_ended(heard, leg=3, answered=False, legs=3)
    assert heard.stage == "missed"
    assert heard.missed


def test_nine_declines_a_call_back_and_anything_else_keeps_it():
    missed = Heard(stage="missed", leg=3)
    assert ivr.keyed(missed, "9", known=False).declined
    assert not ivr.keyed(missed, "", known=False).declined
    assert ivr.keyed(missed, "9", known=False).missed, "declined or not, somebody was missed"


def test_a_leg_that_rings_no_more_moves_nothing_unless_it_was_answered():
    heard = ringing(leg=2)
    assert ivr.leg_ended(heard, leg=1, answered=False, legs=3) == heard
    assert ivr.leg_ended(heard, leg=1, answered=True, legs=3).answered


def test_whom_to_ring_is_at_most_three_and_ends_with_an_institution():
    assert ivr.legs(("a", "b", "c", "office")) == ["a", "b", "office"]
    assert ivr.legs(("a", "office")) == ["a", "office"]
    assert ivr.legs(("office",)) == ["office"]
    assert ivr.legs(("a", "a", "office")) == ["a", "office"]


@given(st.lists(st.one_of(WORDS, st.tuples(LEGS, st.booleans())), max_size=30))
def test_whatever_is_keyed_or_told_the_call_never_goes_back_from_its_end(story):
    heard = Heard()
    over = False
    for each in story:
        if isinstance(each, tuple):
            heard = ivr.leg_ended(heard, leg=each[0], answered=each[1], legs=3)
        else:
            heard = ivr.keyed(heard, each, known=each == "572005")
        assert heard.wrong <= ivr.MOST_WRONG
        assert 0 <= heard.leg <= ivr.MOST_LEGS
        assert not over or heard.stage == "over"
        over = heard.stage == "over"


@given(st.lists(WORDS, max_size=12))
def test_nobody_is_rung_before_a_yes_to_a_place(words):
    heard, last = Heard(), Heard()
    for word in words:
        heard = ivr.keyed(heard, word, known=word == "572005")
        if heard.leg and not last.leg:
            assert last.stage == "place"
            assert word == "1"
        last = heard
