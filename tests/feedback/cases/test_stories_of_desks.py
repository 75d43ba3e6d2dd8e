"""Stories at the desks, by page: who routes wrongly, what waits, stands still, or is nobody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from time_machine import Traveller

from feedback import roles
from feedback.cases.operations import clock as case_clock
from feedback.cases.operations import coordination
from feedback.cases.queries import cases as case_queries
from feedback.models import Account, Case, Remit
from huying import accounts
from huying.base import clock
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import PASSWORD, Backstage

SignIn = Callable[[str], Visitor]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def urban(backstage: Backstage) -> None:
    """The second department has an account too."""
    with backstage.ground.database.transaction() as session:
        accounts.create(
            session,
            Account,
            login="urban",
            name="urban",
            role=roles.DEPARTMENT_OFFICER,
            password=PASSWORD,
            now=clock.now(),
            department_code="urban",
        )


def tick(backstage: Backstage) -> int:
    with backstage.ground.database.transaction() as session:
        return case_clock.tick(session, now=clock.now())


def take_up(worker: Visitor, case: int = 1) -> None:
    worker.press(worker.open(f"/worker/cases/{case}"), "/answer", message="这就去")


def whistle(person: Visitor, page: str, department: str, **more: str) -> None:
    person.press(person.open(page), "/whistle", department=department, request="请来人", **more)


def refuse(officer: Visitor, number: int, instead: str) -> None:
    page = officer.open(f"/department/whistles/{number}")
    officer.press(page, "/refuse", reason="not_ours", instead=instead, text="不归我们")


def test_who_whistled_against_the_remit_has_the_hours_of_an_upheld_refusal(
    resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    with backstage.ground.database.transaction() as session:
        session.add(_remit("urban"))
    worker = sign_in(roles.WORKER)
    take_up(worker)
    page = worker.open("/worker/cases/1")
    assert "城管局（权责清单牵头）" in page.text
    again = worker.press(page, "/whistle", department="water", request="请修管")
    assert again.status == 422
    assert "请写明理由" in again.text
    whistle(worker, "/worker/cases/1", "water", why="主管漏水")
    moment.shift(timedelta(hours=5))
    refuse(sign_in(roles.DEPARTMENT_OFFICER), 1, "urban")
    moment.shift(timedelta(hours=1))
    coordinator = sign_in(roles.COORDINATOR)
    coordinator.press(coordinator.open("/escalated/cases/1"), "/uphold")
    text = coordinator.open("/escalated/cases/1").text
    assert "网格员 5 小时" in text, "routed against the remit: the hours are the worker's"
    assert "水务局 " not in text.partition("经过")[0].partition("在谁手里多久")[2]


def _remit(lead: str) -> Remit:
    now = clock.now() - DAY
    return Remit(
        category="水电气热",
        area_code="c1",
        lead=lead,
        valid_from=now,
        agreed_by="区网格办",
        recorded_at=now,
        recorded_by="office",
        changed_at=now,
    )


def test_an_upheld_refusal_of_who_the_remit_names_amends_the_remit(
    resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    with backstage.ground.database.transaction() as session:
        session.add(_remit("water"))
    worker = sign_in(roles.WORKER)
    take_up(worker)
    whistle(worker, "/worker/cases/1", "water")
    moment.shift(timedelta(hours=3))
    refuse(sign_in(roles.DEPARTMENT_OFFICER), 1, "urban")
    coordinator = sign_in(roles.COORDINATOR)
    coordinator.press(coordinator.open("/escalated/cases/1"), "/uphold")
    assert "权责清单管理单位 3 小时" in coordinator.open("/escalated/cases/1").text
    assert "城管局" in resident.open("/remit").text
    whistle(coordinator, "/escalated/cases/1", "urban")
    assert backstage.cases()[0].holder == "dept:urban"


def test_a_question_waits_with_the_resident_who_answers_by_receipt(
    resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    worker = sign_in(roles.WORKER)
    take_up(worker)
    due = backstage.cases()[0].due_at
    worker.press(worker.open("/worker/cases/1"), "/ask", question="漏水的是几楼？")
    page = resident.open(asked)
    assert "漏水的是几楼？" in page.text
    moment.shift(timedelta(hours=5))
    resident.press(page, "/reply", text="三楼")
    case = backstage.cases()[0]
    assert (case.state, case.holder) == ("answered", "worker")
    assert case.due_at == due + timedelta(hours=5), "the resident's time isn't the worker's"
    assert "三楼" in sign_in(roles.WORKER).open("/worker/cases/1").text


def pause(worker: Visitor) -> None:
    take_up(worker)
    until = (clock.local(clock.now()) + 5 * DAY).strftime("%Y-%m-%dT%H:%M")
    worker.press(worker.open("/worker/cases/1"), "/pause", reason="weather", until=until, text="大雪封路")


def hours(backstage: Backstage) -> dict[str, float]:
    with backstage.ground.database.reading() as session:
        return case_queries.custody_hours(session.get_one(Case, 1), now=clock.now())


def test_what_waits_for_the_resident_is_never_called_overdue(
    asked: str, resident: Visitor, sign_in: SignIn, moment: Traveller
) -> None:
    worker = sign_in(roles.WORKER)
    worker.press(worker.open("/worker/cases/1"), "/answer")
    moment.shift(10 * DAY)
    worker = sign_in(roles.WORKER)
    assert "已超时" in worker.open("/worker/cases/1").text
    worker.press(worker.open("/worker/cases/1"), "/declare", note="修好了")
    office = sign_in(roles.GRID_OFFICE)
    for page in (worker.open("/worker/cases/1"), resident.open(asked), office.open("/oversight/cases/1")):
        assert page.status == 200
        assert "已超时" not in page.text


def test_a_pause_until_the_first_year_of_the_calendar_is_refused_in_words(
    asked: str, sign_in: SignIn
) -> None:
    worker = sign_in(roles.WORKER)
    worker.press(worker.open("/worker/cases/1"), "/answer")
    until = {"until": "0001-01-01T00:00"}
    page = worker.press(worker.open("/worker/cases/1"), "/pause", reason="weather", text="大雪", **until)
    assert page.status == 422
    assert "请填写 1900 年到 2199 年之间的日期" in page.text


def test_a_pause_that_another_line_signed_is_nobodys_time(
    asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    pause(sign_in(roles.WORKER))
    coordinator = sign_in(roles.COORDINATOR)
    page = coordinator.open("/escalated/")
    assert "等您会签的暂停（1）" in page.text
    assert "大雪封路" in page.text
    coordinator.press(page, "/sign")
    moment.shift(timedelta(hours=30))
    tick(backstage)
    assert backstage.cases()[0].state == "paused"
    assert hours(backstage) == {"pause:weather": 30}
    moment.shift(5 * DAY)
    tick(backstage)
    assert backstage.cases()[0].state == "answered"


@pytest.mark.parametrize(("signed", "stood"), [(True, timedelta(hours=30)), (False, timedelta())])
def test_another_class_of_urgency_keeps_what_the_pauses_added(
    asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller, *, signed: bool, stood: timedelta
) -> None:
    worker = sign_in(roles.WORKER)
    pause(worker)
    coordinator = sign_in(roles.COORDINATOR)
    if signed:
        coordinator.press(coordinator.open("/escalated/"), "/sign")
    moment.shift(timedelta(hours=30))
    tick(backstage)
    worker = sign_in(roles.WORKER)
    if signed:
        worker.press(worker.open("/worker/cases/1"), "/resume")
    with backstage.ground.database.transaction() as session:
        coordination.reclassify(session, 1, urgency="hard", reason="要开挖路面", now=clock.now())
    case = backstage.cases()[0]
    assert case.due_at == case.opened_at + timedelta(days=15) + stood


def test_a_pause_that_nobody_signed_in_a_day_was_none(
    asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    pause(sign_in(roles.WORKER))
    moment.shift(timedelta(hours=30))
    tick(backstage)
    assert backstage.cases()[0].state == "answered"
    assert hours(backstage) == {"worker": 30}


def test_out_of_scope_needs_a_second_person(
    resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage
) -> None:
    worker, coordinator = sign_in(roles.WORKER), sign_in(roles.COORDINATOR)
    reviewer = sign_in(roles.REVIEWER)
    take_up(worker)
    whistle(worker, "/worker/cases/1", "water")
    refuse(sign_in(roles.DEPARTMENT_OFFICER), 1, "urban")
    coordinator.press(coordinator.open("/escalated/cases/1"), "/propose_end", note="属于民事纠纷")
    assert backstage.cases()[0].state == "refused"
    page = reviewer.open("/review/")
    assert "属于民事纠纷" in page.text
    reviewer.press(page, "/confirmed")
    assert backstage.cases()[0].state == "ended"
    assert "按不属于受理范围结束" in resident.open(asked).text


def test_a_proposed_end_is_over_once_the_case_went_elsewhere_and_may_be_proposed_anew(
    asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    worker, coordinator = sign_in(roles.WORKER), sign_in(roles.COORDINATOR)
    reviewer = sign_in(roles.REVIEWER)
    take_up(worker)
    whistle(worker, "/worker/cases/1", "water")
    refuse(sign_in(roles.DEPARTMENT_OFFICER), 1, "urban")
    coordinator.press(coordinator.open("/escalated/cases/1"), "/propose_end", note="属于民事纠纷")
    seen_before = reviewer.open("/review/")
    moment.shift(timedelta(hours=1))
    whistle(coordinator, "/escalated/cases/1", "water")
    assert "属于民事纠纷" not in reviewer.open("/review/").text
    refused = reviewer.press(seen_before, "/confirmed")
    assert (refused.status, "已经转走" in refused.text) == (409, True)
    refuse(sign_in(roles.DEPARTMENT_OFFICER), 2, "urban")
    assert "属于民事纠纷" not in reviewer.open("/review/").text
    coordinator.press(coordinator.open("/escalated/cases/1"), "/propose_end", note="法院已受理")
    reviewer.press(reviewer.open("/review/"), "/confirmed")
    assert backstage.cases()[0].state == "ended"


def test_a_withdrawal_ends_the_whistle_that_sounds(
    resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage
) -> None:
    worker = sign_in(roles.WORKER)
    take_up(worker)
    whistle(worker, "/worker/cases/1", "water")
    resident.press(resident.open(asked), "/withdraw")
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    assert "水务局：0 件等着办" in officer.open("/department/").text
    assert "已终止" in officer.open("/department/whistles/1").text


def test_another_class_of_urgency_needs_a_reason_and_moves_the_deadline(
    resident: Visitor, asked: str, sign_in: SignIn, backstage: Backstage
) -> None:
    worker, coordinator = sign_in(roles.WORKER), sign_in(roles.COORDINATOR)
    take_up(worker)
    whistle(worker, "/worker/cases/1", "water")
    refuse(sign_in(roles.DEPARTMENT_OFFICER), 1, "urban")
    page = coordinator.open("/escalated/cases/1")
    assert coordinator.press(page, "/reclassify", urgency="hard").status == 422
    coordinator.press(page, "/reclassify", urgency="hard", note="要开挖路面")
    case = backstage.cases()[0]
    assert (case.urgency, case.due_at) == ("hard", case.opened_at + timedelta(days=15))


def test_the_coordinator_takes_over_what_a_department_without_an_account_holds(
    asked: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    worker = sign_in(roles.WORKER)
    take_up(worker)
    whistle(worker, "/worker/cases/1", "urban")
    with backstage.ground.database.transaction() as session:
        session.query(Account).filter_by(login="urban").one().active = False
    moment.shift(timedelta(hours=4))
    coordinator = sign_in(roles.COORDINATOR)
    page = coordinator.open("/escalated/cases/1")
    assert "城管局没有在用的账号" in page.text
    coordinator.press(page, "/take_over")
    moment.shift(timedelta(hours=1))
    assert hours(backstage) == {"dept:urban": 4, "dept:coordination": 1}
    coordinator.press(coordinator.open("/escalated/cases/1"), "/return", note="请网格先围起来")
    assert "请网格先围起来" in sign_in(roles.WORKER).open("/worker/cases/1").text
    assert coordinator.open("/escalated/cases/1").status == 404
