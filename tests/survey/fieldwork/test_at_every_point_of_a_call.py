"""At every point of a call one press says never again, and one takes back what was done last."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey.fieldwork.operations import dnc
from survey.models import Answer, AttemptAnswer, CaseEvent, DoNotCall, SampledCase
from survey.waves.queries import opted_out
from tests.survey.browsing import Page, Visitor
from tests.survey.fieldwork.test_interview import WHOLE, Visit, answered, claimed, item_of, reading

SAYS, UNDOES = "/never-again", "/undo"


@pytest.fixture
def interviewer(visit: Visit) -> Visitor:
    return visit("open", "interviewer")


def household(page: Page) -> str:
    return page.path.split("/")[2]


def wishes(visitor: Visitor) -> list[bool]:
    """Whether each wish that was recorded was taken back."""
    with reading(visitor) as session:
        of_households = select(DoNotCall.lifted_at).where(DoNotCall.household_code.is_not(None))
        return [lifted is not None for lifted in session.scalars(of_households.order_by(DoNotCall.id))]


def values(visitor: Visitor, item: str) -> list[str]:
    with reading(visitor) as session:
        table = AttemptAnswer if item.startswith(("C", "S1", "S3")) else Answer
        return list(session.scalars(select(table.value).where(table.item == item).order_by(table.rev)))


def at_a_point(interviewer: Visitor, point: str) -> Page:
    page = interviewer.send(claimed(interviewer), "/dial")
    if point == "dialling":
        return page
    page = interviewer.send(page, "/reached")
    if point == "coding":
        return interviewer.send(page, "/C1", code="3")
    if point == "talking":
        return page
    return interviewer.send(answered(interviewer, page, WHOLE, until="E1"), "/E1", code="2")


def asked_again(page: Page, item: str) -> str:
    """The address of another step of this talk."""
    return f"{page.path.rsplit('/', 1)[0]}/{item}"


@pytest.mark.parametrize("point", ["dialling", "talking", "interviewing", "coding"])
def test_never_again_is_one_press_and_is_undone_by_another(interviewer, point):
    page = at_a_point(interviewer, point)
    said = interviewer.send(page, SAYS)
    assert item_of(said) == (item_of(page) if point != "dialling" else item_of(said))
    assert "已记下：以后不再打给这一户" in said.text
    assert wishes(interviewer) == [False]
    undone = interviewer.send(said, UNDOES)
    assert "已撤回“不要再打”" in undone.text
    assert wishes(interviewer) == [True]
    assert SAYS in "".join(undone.actions)


def test_the_same_press_twice_is_one_wish_and_one_undoing(interviewer):
    page = at_a_point(interviewer, "talking")
    for ending in (SAYS, UNDOES):
        action, fields = page.hidden(ending)
        for _ in range(2):
            assert interviewer.post_once(action, fields).status == 303
        page = interviewer.open(page.path)
    assert wishes(interviewer) == [True]


def test_a_call_that_ends_after_the_wish_is_coded_by_enter_alone(interviewer):
    page = interviewer.send(at_a_point(interviewer, "interviewing"), SAYS)
    page = interviewer.open(asked_again(page, "coding"))
    assert "说以后不要再打" in page.text
    assert "以后不会再打" in page.text
    interviewer.send(page, "/coding", value="never_again", code="")
    with reading(interviewer) as session:
        assert session.get_one(SampledCase, household(page)).final_code == "refusal_person"
    assert "撤回" not in interviewer.open("/interview/").text


def test_a_refusal_that_was_coded_offers_nothing_to_take_back(interviewer):
    page = interviewer.open(f"{at_a_point(interviewer, 'coding').path}?who=1")
    seat = interviewer.send(page, "/coding", value="never_again", code="")
    assert wishes(interviewer) == [False]
    assert "撤回" not in seat.text


def test_after_the_wish_another_result_can_still_be_recorded(interviewer):
    page = interviewer.send(at_a_point(interviewer, "interviewing"), SAYS)
    page = interviewer.open(asked_again(page, "coding"))
    assert "记成别的结果" in page.text
    page = interviewer.open(f"{page.path}?all=1&who=2")
    interviewer.send(page, "/coding", value="callback_other", code="")
    with reading(interviewer) as session:
        case = session.get_one(SampledCase, household(page))
        assert (case.state, opted_out.has(session, case.unit)) == ("closed", True)


@pytest.mark.parametrize("result", ["complete", "soft_refusal"])
def test_the_closing_words_are_not_too_late(interviewer, result):
    page = at_a_point(interviewer, "interviewing" if result == "complete" else "coding")
    if result == "complete":
        page = answered(interviewer, page, WHOLE)
    else:
        page = interviewer.open(f"{page.path}?who=1")
    unit = household(page)
    seat = interviewer.send(interviewer.send(page, "/coding", value=result, code=""), SAYS)
    assert "已记下" in seat.text
    assert wishes(interviewer) == [False]
    seat = interviewer.send(seat, UNDOES)
    assert wishes(interviewer) == [True]
    interviewer.send(seat, SAYS)
    with interviewer.app.extensions["huying"].database.transaction() as session:
        case = session.get_one(SampledCase, unit)
        dnc.close_silent(session, now=case.next_due)
    with reading(interviewer) as session:
        final = session.get_one(SampledCase, unit).final_code
    assert final == ("complete" if result == "complete" else "refusal_person")


def test_a_wish_that_was_followed_by_an_answer_is_taken_back_no_more(interviewer):
    page = interviewer.send(at_a_point(interviewer, "talking"), SAYS)
    page = interviewer.send(page, "/C1", code="1")
    assert "撤回“不要再打”" not in page.text
    assert item_of(interviewer.send(page, UNDOES)) == "C1"
    assert wishes(interviewer) == [False]


def test_u_brings_back_the_former_answer_as_a_revision(interviewer):
    following = at_a_point(interviewer, "interviewing")
    back = interviewer.open(asked_again(following, "E1"))
    page = interviewer.send(back, "/E1", code="1")
    assert (item_of(page), values(interviewer, "E1")) == ("E1A", ["2", "1"])
    action, fields = page.hidden(UNDOES)
    page = interviewer.send(page, UNDOES)
    assert (item_of(page), values(interviewer, "E1")) == ("E1", ["2", "1", "2"])
    assert "原来的回答" in page.text
    assert interviewer.post_once(action, fields).status == 303
    assert values(interviewer, "E1") == ["2", "1", "2"], "sent again, it is done once"
    assert item_of(interviewer.send(page, "/E1", value="2", code="")) == item_of(following)


def test_u_after_a_first_answer_leads_back_to_it_and_changes_nothing(interviewer):
    page = interviewer.send(at_a_point(interviewer, "interviewing"), UNDOES)
    assert item_of(page) == "E1"
    assert "没有更早的回答" in page.text
    assert values(interviewer, "E1") == ["2"]


def test_an_answer_of_the_call_itself_is_undone_alike(interviewer):
    page = interviewer.send(at_a_point(interviewer, "talking"), "/C1", code="1")
    page = interviewer.send(interviewer.open(page.path.replace("/S1", "/C1")), "/C1", code="3")
    assert item_of(page) == "coding"
    page = interviewer.send(page, UNDOES)
    assert (item_of(page), values(interviewer, "C1")) == ("C1", ["1", "3", "1"])
    assert item_of(interviewer.send(page, "/C1", value="1", code="")) == "S1"


def test_an_empty_note_leaves_the_question_where_it_is(interviewer):
    page = at_a_point(interviewer, "talking")
    after = interviewer.send(page, "/note", note=" ")
    assert (after.path, after.status) == (page.path, 200)
    assert "备注还是空的" in after.text


def test_nobody_after_all_leads_back_to_the_dialling_as_long_as_nothing_was_answered(interviewer):
    page = at_a_point(interviewer, "talking")
    action, fields = page.hidden("/nobody")
    for _ in range(2):
        assert interviewer.post_once(action, fields).status == 303
    page = interviewer.open(page.path)
    assert "没有找到人" in page.text
    with reading(interviewer) as session:
        assert session.scalars(select(CaseEvent.what)).all() == ["nobody after all"]
    page = interviewer.send(interviewer.send(page, "/reached"), "/C1", code="1")
    assert not [action for action in page.actions if action.endswith("/nobody")]
    interviewer.send(interviewer.open("/interview/"), "/take-over")
    assert interviewer.post_once(action, fields).status == 409
