"""An interviewer practises on invented households: the same pages and keys, and no wave hears of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey.fieldwork.rules import practice
from survey.models import Base, PracticeCall
from tests.survey.browsing import Page, Visitor
from tests.survey.fieldwork.test_interview import WHOLE, Visit, answered, claimed, item_of, reading

ITS_OWN = {"practice_call", "account_session", "account_failure", "account"}
"""What a practice writes to, and what signing in does."""


@pytest.fixture
def interviewer(visit: Visit) -> Visitor:
    return visit("open", "interviewer")


def begun(visitor: Visitor) -> Page:
    return visitor.send(visitor.open("/interview/"), "/practice/next")


def in_practice(visitor: Visitor) -> Page:
    return visitor.send(visitor.send(begun(visitor), "/dial"), "/reached")


def rows(visitor: Visitor) -> dict[str, int]:
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ITS_OWN]
    with reading(visitor) as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def results(visitor: Visitor) -> list[tuple[str, str | None]]:
    with reading(visitor) as session:
        found = select(PracticeCall.state, PracticeCall.code).order_by(PracticeCall.id)
        return [tuple(row) for row in session.execute(found)]


def test_a_whole_practice_leaves_nothing_but_its_own_row(interviewer):
    before = rows(interviewer)
    page = begun(interviewer)
    assert "这一户是编的" in page.text
    dialled = interviewer.send(page, "/dial")
    assert "+999" in dialled.text
    page = interviewer.send(dialled, "/reached")
    while item_of(page) != "coding":
        assert "这一户是编的" in page.text
        item = item_of(page)
        page = interviewer.send(page, f"/{item}", **{"value" if item == "O1" else "code": WHOLE[item]})
        assert page.status == 200, page.text
    assert "我的问题问完了" in page.text
    seat = interviewer.send(page, "/coding", value="complete", code="")
    assert "这一户会记成“完整访问”" in seat.text
    assert results(interviewer) == [("closed", "complete")]
    assert rows(interviewer) == before
    assert "拨打次数 0 完成 0" in seat.text, "nothing of it counts as the day's work"


def test_a_refused_step_of_a_practice_is_kept_nowhere(interviewer):
    before, page = rows(interviewer), begun(interviewer)
    assert interviewer.open(f"{page.path}9").status == 404
    _, fields = page.hidden("/dial")
    assert interviewer.post(f"{page.path}/items/A1", {**fields, "code": "1"}).status == 409
    assert interviewer.post(f"{page.path}/coding", {**fields, "value": "complete"}).status == 409
    assert rows(interviewer) == before


def test_what_was_typed_wrong_is_named(interviewer):
    page = interviewer.send(begun(interviewer), "/dial")
    assert interviewer.send(page, "/not-reached").status == 422
    page = interviewer.send(page, "/reached")
    assert interviewer.send(page, "/C1", code="7").status == 422
    page = interviewer.open(interviewer.send(page, "/C1", code="2").path + "?who=1")
    assert interviewer.send(page, "/coding", value="appointment_respondent", code="").status == 422
    assert interviewer.send(page, "/coding", value="complete", code="").status == 422


def test_a_note_a_wish_and_what_is_undone_work_as_in_the_field(interviewer):
    page = answered(interviewer, in_practice(interviewer), WHOLE, until="E1")
    page = interviewer.send(page, "/note", note="像是孩子接的")
    assert "像是孩子接的" in page.text
    page = interviewer.send(page, "/never-again")
    assert "已记下：以后不再打给这一户" in page.text
    page = interviewer.send(page, "/undo")
    assert "已记下" not in page.text
    page = interviewer.send(interviewer.open(page.path.replace("/E1", "/V1")), "/V1", code="1")
    page = interviewer.send(page, "/undo")
    assert item_of(page) == "V1"
    assert "checked" in page.main.split('value="2"')[1][:40]
    page = interviewer.send(interviewer.send(page, "/never-again"), "/V1", code="2")
    page = interviewer.open(page.path.replace("/items/E1", "/coding"))
    interviewer.send(page, "/coding", value="never_again", code="")
    assert results(interviewer) == [("closed", "refusal_person")]


def test_nobody_after_all_and_no_answer(interviewer):
    page = interviewer.send(in_practice(interviewer), "/nobody")
    interviewer.send(page, "/not-reached", code="1")
    assert results(interviewer) == [("closed", "no_answer")]


def test_one_practice_at_a_time_and_none_with_a_household_in_hand(interviewer):
    page = begun(interviewer)
    assert begun(interviewer).path == page.path
    assert "接着练习" in interviewer.open("/interview/").text
    assert Visitor(interviewer.app, "second").open(page.path).status == 404
    interviewer.send(page, "/leave")
    assert results(interviewer) == [("closed", None)]
    action, fields = interviewer.open("/interview/").hidden("/practice/next")
    claimed(interviewer)
    assert interviewer.post(action, fields).status == 409


def test_households_come_round_and_their_numbers_are_none_that_ring():
    assert practice.household(len(practice.HOUSEHOLDS)) == practice.household(0)
    assert all(each.number.startswith("+999") for each in practice.HOUSEHOLDS)


STEPS = st.lists(st.sampled_from([("A1", 1), ("A1", 2), ("A2", 1), (practice.NOTE, "x"), (practice.WISH, 1)]))


@given(STEPS)
def test_what_is_taken_back_is_as_before_it(steps):
    place = practice.last(steps)
    if place is None:
        assert not [code for code, _value in steps if code != practice.NOTE]
        return
    back = practice.undone(steps, place)
    after = [*steps, *([back] if back else [])]
    if steps[place][0] == practice.WISH:
        assert not practice.is_wished(after)
        assert practice.last(after) != place
    elif back:
        assert dict(practice.answers(after)) == dict(practice.answers(steps[:place] + steps[place + 1 :]))
