"""Who left no number says by receipt whether it is solved; a late "not solved" always has a door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from feedback.cases.operations import handling, receipt_words
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import word
from feedback.models import Case, CaseStep, Rating, ReceiptWord
from huying.base.errors import Conflict, Invalid
from tests.conftest import NOW

DAY = timedelta(days=1)
FORTNIGHT = timedelta(days=14)


def say(town, case, solved, *, words="", at=None):
    with town.database.transaction() as session:
        receipt_words.say(session, case.id, solved=solved, words=words, now=at or town.now)


def standing(town, case):
    with town.database.reading() as session:
        stored = session.get_one(Case, case.id)
        return stored.state, stored.holder, stored.round


@pytest.mark.parametrize(
    ("solved", "after"),
    [
        ("solved", ("confirmed", "", 1)),
        ("unsure", ("unconfirmed", "", 1)),
        ("not_solved", ("contested", "unit", 2)),
    ],
)
def test_without_a_number_the_receipt_confirms_and_contests_once_its_day_is_over(town, solved, after):
    case = town.declared(contact=None)
    say(town, case, solved)
    assert town.settle(at=town.now + DAY - timedelta(seconds=1)) == 0
    assert standing(town, case) == ("declared", "resident", 1)
    town.settle()
    assert standing(town, case) == after


def test_the_last_word_within_the_day_counts_and_each_is_kept(town):
    case = town.declared(contact=None)
    for hours, solved in ((0, "not_solved"), (5, "unsure"), (23, "solved")):
        say(town, case, solved, at=town.now + timedelta(hours=hours))
    town.settle()
    assert standing(town, case)[0] == "confirmed"
    with town.database.reading() as session:
        said = session.scalars(select(ReceiptWord).order_by(ReceiptWord.id)).all()
        assert [each.solved for each in said] == ["not_solved", "unsure", "solved"]
        assert {each.settles_at for each in said} == {town.now + DAY}


def test_it_stands_in_a_table_of_its_own_and_its_step_names_the_channel(town):
    case = town.declared(contact=None)
    say(town, case, "solved")
    town.settle()
    with town.database.reading() as session:
        assert session.scalars(select(Rating)).all() == []
        last = session.scalars(select(CaseStep).order_by(CaseStep.id.desc()).limit(1)).one()
        assert (last.event, last.actor) == ("confirm", "resident:receipt")


def test_who_was_invited_answers_by_the_link_and_not_by_receipt(town):
    case = town.declared()
    with pytest.raises(Conflict):
        say(town, case, "solved")


def test_once_the_link_is_over_only_not_solved_has_a_door_and_it_opens_the_next_round(town):
    case = town.declared()
    late = town.now + FORTNIGHT
    with pytest.raises(Invalid):
        say(town, case, "solved", at=late)
    say(town, case, "not_solved", at=late)
    with town.database.transaction() as session:
        assert handling.lapse(session, now=late) == 0, "nobody was silent"
    town.settle(at=late + DAY)
    assert standing(town, case) == ("contested", "unit", 2)


@pytest.mark.parametrize("contact", [None, "+99913800001"])
def test_after_fourteen_days_of_silence_not_solved_still_opens_the_next_round(town, contact):
    case = town.declared(contact=contact)
    much_later = town.now + timedelta(days=60)
    with town.database.transaction() as session:
        assert handling.lapse(session, now=much_later) == 1
    assert standing(town, case) == ("unconfirmed", "", 1)
    say(town, case, "not_solved", at=much_later)
    town.settle(at=much_later + DAY)
    assert standing(town, case) == ("contested", "unit", 2)


def test_not_solved_of_danger_is_work_at_once(town):
    case = town.declared(contact=None, urgency="life")
    say(town, case, "not_solved")
    assert standing(town, case) == ("contested", "unit", 2)


def test_nobody_says_anything_of_a_case_in_work_or_over(town):
    case = town.open(contact=None).case
    with pytest.raises(Conflict):
        say(town, case, "not_solved")
    with town.database.transaction() as session:
        handling.withdraw(session, case.id, now=town.now)
    with pytest.raises(Conflict):
        say(town, case, "not_solved")


@pytest.mark.parametrize(("solved", "words"), [("yes", ""), ("", ""), ("not_solved", "长" * 1201)])
def test_a_word_with_a_fault_is_not_stored(town, solved, words):
    case = town.declared(contact=None)
    with pytest.raises(Invalid):
        say(town, case, solved, words=words)


def test_words_that_contested_reach_the_next_round_without_numbers_and_no_other(town):
    case = town.declared(contact=None)
    say(town, case, "not_solved", words="还在漏，打我 +999 13800 0009 1")
    with town.database.reading() as session:
        assert case_queries.contested_words(session, session.get_one(Case, case.id)) == ""
    town.settle()
    with town.database.reading() as session:
        words = case_queries.contested_words(session, session.get_one(Case, case.id))
        assert words == "还在漏，打我 [号码]"


MOMENTS = st.integers(-40, 40).map(lambda days: NOW + days * DAY)
INVITED = st.none() | st.builds(word.Invited, MOMENTS, st.none() | MOMENTS)


@given(st.sampled_from(["registered", "declared", "unconfirmed", "confirmed", "ended"]), INVITED, MOMENTS)
def test_a_door_is_there_exactly_where_no_link_is_open_and_something_can_still_be_said(state, invited, now):
    door = word.door(state, source="poster", invited=invited, now=now)
    if state not in {"declared", "confirmed", "unconfirmed"}:
        assert door is None
    elif state in {"confirmed", "unconfirmed"}:
        assert door == word.Door("late", ("not_solved",))
    elif invited is None:
        assert door == word.Door("receipt", word.ANY_WORD)
    elif invited.answered_at is None:
        assert (door is None) == (now < invited.expires_at)


@given(st.sampled_from(["declared", "unconfirmed"]), INVITED, MOMENTS, st.sampled_from(["staff", "import"]))
def test_what_staff_opened_or_imported_has_no_door(state, invited, now, source):
    assert word.door(state, source=source, invited=invited, now=now) is None


@given(MOMENTS, st.sampled_from(word.ANY_WORD), st.sampled_from(["life", "utility", "ordinary"]))
def test_an_answer_takes_effect_in_a_day_but_danger_unsolved_at_once(at, solved, urgency):
    at_once = solved == "not_solved" and urgency == "life"
    assert word.settles_at(at, solved=solved, urgency=urgency) - at == (timedelta() if at_once else DAY)
