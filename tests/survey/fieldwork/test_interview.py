"""The interviewer's pages: one case, one question a page, every answer saved at once, stale tabs refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.phones import pretty
from survey.models import LEDGER, AccessRecord, Answer, Attempt, SampledCase
from tests.survey.browsing import Page, Visitor
from tests.survey.world import SHORT, numbers_of

Visit = Callable[..., Visitor]
WHOLE = SHORT | {"O1": "路灯修好了", "O2": "1"}


def reading(visitor: Visitor) -> Session:
    return visitor.app.extensions["huying"].database.reading()


def numbers(visitor: Visitor) -> set[str]:
    ground = visitor.app.extensions["huying"]
    with ground.database.reading() as session:
        return {pretty(number) for number in numbers_of(session, ground.vault)}


def claimed(visitor: Visitor) -> Page:
    return visitor.send(visitor.open("/interview/"), "/next")


def in_talk(visitor: Visitor) -> Page:
    page = visitor.send(claimed(visitor), "/dial")
    return visitor.send(page, "/reached")


def item_of(page: Page) -> str:
    return page.path.rsplit("/", 1)[1]


def answered(visitor: Visitor, page: Page, answers: dict[str, str], *, until: str = "coding") -> Page:
    while (item := item_of(page)) != until:
        field = "value" if item.startswith("O1") else "code"
        page = visitor.send(page, f"/{item}", **{field: answers[item]})
        assert page.status == 200, page.text
    return page


def shown(page: Page, every: Iterable[str]) -> set[str]:
    return {number for number in every if number in page.html}


def test_one_thread_from_the_next_case_to_its_outcome(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE)
    assert "我的问题问完了" in page.text
    page = interviewer.send(page, "/coding", code="complete")
    assert page.path == "/interview/"
    with reading(interviewer) as session:
        case = session.scalars(select(SampledCase).where(SampledCase.final_code.is_not(None))).one()
        assert case.final_code == "complete"
        stored = dict(
            session.execute(select(Answer.item, Answer.value).where(Answer.unit == case.unit)).all()
        )
    assert stored["G1"] == "4"
    assert stored["O1"] == '"路灯修好了"'


def test_the_number_stands_nowhere_before_dial_is_pressed_and_only_in_its_answer(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    every = numbers(interviewer)
    page = claimed(interviewer)
    assert not shown(page, every)
    dialled = interviewer.send(page, "/dial")
    assert len(shown(dialled, every)) == 1
    later = interviewer.open(page.path)
    assert not shown(later, every)
    assert "再看号码" in later.text
    talk = interviewer.send(dialled, "/reached")
    assert not shown(talk, every)


def test_each_sight_of_a_number_is_recorded_but_it_stays_one_attempt(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = claimed(interviewer)
    interviewer.send(page, "/dial")
    interviewer.send(interviewer.open(page.path), "/dial")
    with reading(interviewer) as session:
        assert len(session.scalars(select(AccessRecord).where(AccessRecord.by == "interviewer")).all()) == 2
        assert len(session.scalars(select(Attempt)).all()) == 1
        assert sum(b'"t":"attempt"' in line for line in LEDGER.lines(session)) == 1


def test_the_same_answer_sent_twice_is_one_answer(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="A1")
    action, hidden = page.hidden("/A1")
    for _ in range(2):
        assert interviewer.post_once(action, {**hidden, "code": "1"}).status == 303
    with reading(interviewer) as session:
        assert len(session.scalars(select(Answer).where(Answer.item == "A1")).all()) == 1


def test_opening_pages_changes_nothing(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="G1")

    def state() -> tuple[object, ...]:
        with reading(interviewer) as session:
            case = session.scalars(select(SampledCase).where(SampledCase.holder_id.is_not(None))).one()
            rows = len(session.scalars(select(Answer)).all())
            return case.state, case.fence, case.lease_until, rows, LEDGER.size(session)

    before = state()
    base = page.path.rsplit("/", 1)[0]
    for end in ("", "/A1", "/G1", "/coding", "/D1", "/nothing"):
        interviewer.open(base + end)
    interviewer.open("/interview/")
    assert state() == before


def test_a_page_made_before_a_take_over_saves_nothing_and_gives_the_typed_text_back(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    old = answered(interviewer, in_talk(interviewer), WHOLE, until="O1")
    second_tab = interviewer.open("/interview/")
    assert "另一个标签页" in second_tab.text
    fresh = interviewer.send(second_tab, "/take-over")
    assert item_of(fresh) == "O1"
    stale = interviewer.send(old, "/O1", value="希望多来看看老人")
    assert stale.status == 409
    assert "没有保存" in stale.text
    assert "希望多来看看老人" in stale.main
    with reading(interviewer) as session:
        assert not session.scalars(select(Answer).where(Answer.item == "O1")).all()
    assert interviewer.send(fresh, "/O1", value="好").status == 200


def test_a_page_whose_token_is_of_another_session_gives_the_typed_text_back(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="O1")
    action, hidden = page.hidden("/O1")
    old = interviewer.post_once(action, {**hidden, "csrf_token": "of-yesterday", "value": "多来看看老人"})
    assert (old.status, "没有保存" in old.text, "多来看看老人" in old.main) == (400, True, True)
    assert interviewer.open("/interview/").path in old.main


def test_a_tab_that_was_left_behind_leads_to_the_seat(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = claimed(interviewer)
    interviewer.send(interviewer.open("/interview/"), "/take-over")
    assert interviewer.open(page.path).path == "/interview/"


def test_the_case_in_hand_comes_first_and_a_second_one_is_never_given(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    seat, another = interviewer.open("/interview/"), interviewer.open("/interview/")
    case = interviewer.send(seat, "/next")
    assert interviewer.send(seat, "/next").path == case.path
    assert interviewer.send(another, "/next").path == "/interview/"
    with reading(interviewer) as session:
        assert len(session.scalars(select(SampledCase).where(SampledCase.holder_id.is_not(None))).all()) == 1


def test_nobody_opens_or_changes_a_case_in_anothers_hand(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = in_talk(interviewer)
    other = Visitor(interviewer.app, "second")
    assert other.open(page.path).status == 404
    _, hidden = other.open("/interview/").hidden("/next")
    assert other.post_once(page.path, {**hidden, "code": "1"}).status == 409


def test_a_code_that_is_none_is_named_and_nothing_is_saved(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="A1")
    for wrong in ("7", "", "abc", "1 2"):
        refused = interviewer.send(page, "/A1", code=wrong)
        assert refused.status == 422
        assert 'role="alert"' in refused.main
        assert "错误：" in refused.text
    with reading(interviewer) as session:
        assert not session.scalars(select(Answer).where(Answer.item == "A1")).all()


def test_a_typed_code_goes_before_the_option_that_was_chosen_earlier(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="V1")
    back = interviewer.open(page.path.rsplit("/", 1)[0] + "/A1")
    assert "checked" in back.main
    interviewer.send(back, "/A1", value="1", code="2")
    with reading(interviewer) as session:
        values = session.scalars(select(Answer.value).where(Answer.item == "A1").order_by(Answer.rev)).all()
    assert values == ["1", "2"]


def test_an_answer_that_returns_to_the_path_is_shown_again_and_confirmed_by_enter(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="A3")
    assert "第 5 题，约" in page.text
    first = page.path.rsplit("/", 1)[0] + "/A1"
    for changed in ("3", "1"):
        page = interviewer.send(interviewer.open(first), "/A1", code=changed)
    assert item_of(page) == "A2"
    assert "没有变就按回车" in page.text
    (chosen,) = re.findall(r'value="([0-9]+)"\s+checked', page.html)
    assert chosen == "1"
    assert item_of(interviewer.send(page, "/A2", value="1", code="")) == "A3"
    assert "没有变就按回车" not in interviewer.open(first.replace("/A1", "/A2")).text


def test_several_duties_may_be_ticked_or_typed(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="A2")
    interviewer.send(page, "/A2", value=["1", "3"], code="5 6")
    with reading(interviewer) as session:
        assert session.scalars(select(Answer.value).where(Answer.item == "A2")).one() == "[1, 3, 5, 6]"


def test_dont_know_and_refusal_stand_apart_and_are_never_read_out(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = answered(interviewer, in_talk(interviewer), WHOLE, until="G1")
    read, aside = page.main.split("不念，也不劝")
    assert 'value="98"' in aside
    assert 'value="99"' in aside
    assert 'value="98"' not in read
    codes = [read.index(f'id="value-{value}"') for value in range(1, 6)]
    assert codes in (sorted(codes), sorted(codes, reverse=True))


def test_only_outcomes_that_are_possible_now_are_offered(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = in_talk(interviewer)
    refusal = interviewer.send(page, "/C1", code="3")
    assert item_of(refusal) == "coding"
    assert "最后是谁在说话" in refusal.text
    refusal = interviewer.open(f"{refusal.path}?who=1")
    assert 'value="soft_refusal"' in refusal.main
    assert 'value="complete"' not in refusal.main
    forced = interviewer.send(refusal, "/coding", code="complete")
    assert forced.status == 422
    done = interviewer.send(refusal, "/coding", code="soft_refusal")
    assert done.path == "/interview/"


def test_an_appointment_needs_its_time(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = interviewer.send(in_talk(interviewer), "/C1", code="2")
    page = interviewer.open(f"{page.path}?who=1")
    without = interviewer.send(page, "/coding", code="appointment_respondent")
    assert without.status == 422
    assert "日期和时间" in without.text
    soon = clock.local(clock.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    done = interviewer.send(without, "/coding", code="appointment_respondent", when=soon)
    assert done.path == "/interview/"


def test_nobody_reached_needs_a_reason(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = interviewer.send(claimed(interviewer), "/dial")
    assert interviewer.send(page, "/not-reached").status == 422
    assert interviewer.send(page, "/not-reached", code="no_answer").path == "/interview/"


def test_when_nothing_waits_the_seat_says_so(visit: Visit) -> None:
    interviewer = visit("settled", "interviewer")
    assert "现在没有可以拨打的户" in claimed(interviewer).text


def test_the_interviewer_sees_no_address_worker_score_or_target(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    pages = [claimed(interviewer)]
    pages.append(interviewer.send(pages[-1], "/dial"))
    pages.append(interviewer.send(pages[-1], "/reached"))
    while item_of(pages[-1]) != "coding":
        item = item_of(pages[-1])
        field = "value" if item == "O1" else "code"
        pages.append(interviewer.send(pages[-1], f"/{item}", **{field: WHOLE[item]}))
    for page in pages:
        assert "虚构路" not in page.html
        assert "W1" not in page.text
        assert "目标" not in page.text
        assert "得分" not in page.text


def test_the_page_brings_neither_script_nor_style_within_itself(visit: Visit) -> None:
    interviewer = visit("open", "interviewer")
    page = in_talk(interviewer)
    assert re.findall(r"<script[^>]*>[^<]*", page.html) == ['<script src="/static/desk.js">']
    assert " style=" not in page.html
    assert "autofocus" in page.main
