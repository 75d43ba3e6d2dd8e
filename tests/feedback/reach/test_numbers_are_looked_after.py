"""The grid office looks after numbers and powers; a worker sees how residents reach them, and swaps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback import roles
from feedback.contacts import operations as contact_numbers
from feedback.duty import queries as duty
from feedback.models import Account, Contact, Worker
from feedback.reach import queries as reach_queries
from feedback.reach.operations import reports
from huying import accounts
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import LONG_AGO, NOW, OFFICE, PASSWORD, POSTER, Backstage

POST = "+99913700009"


@pytest.fixture
def office(sign_in) -> Visitor:
    return sign_in(roles.GRID_OFFICE)


def contact(backstage: Backstage, number: str) -> Contact:
    vault = backstage.ground.vault
    with backstage.ground.database.reading() as session:
        return reach_queries.of_number(session, vault.index(number, purpose="staff"))


def change(backstage: Backstage, what, *args, **how) -> None:
    with backstage.ground.database.transaction() as session:
        what(session, *args, **how)


def test_numbers_that_want_a_call_are_listed_the_worst_first(office: Visitor, backstage: Backstage) -> None:
    change(backstage, reports.fail, contact(backstage, OFFICE).id, now=NOW)
    page = office.open("/numbers/")
    assert "和平里居委会 打不通" in page.text
    assert page.text.index("和平里居委会") < page.text.index("李建国")
    assert "王秀兰" not in page.text, "a number that holds needs no call"


def test_a_call_that_was_answered_makes_a_number_good_again(office: Visitor, backstage: Backstage) -> None:
    dead = contact(backstage, OFFICE).id
    change(backstage, reports.fail, dead, now=NOW - timedelta(minutes=1))
    office.press(office.open("/numbers/"), f"/{dead}/works")
    assert contact(backstage, OFFICE).verified_at == NOW
    assert f"tel:{OFFICE}" in office.open(f"/{POSTER}").html


def test_a_call_that_found_a_dead_line_moves_the_page_on(office: Visitor, backstage: Backstage) -> None:
    change(backstage, reports.doubt, contact(backstage, "+99913800001").id, now=NOW)
    doubted = contact(backstage, "+99913800001").id
    office.press(office.open("/numbers/"), f"/{doubted}/dead")
    assert "+99913800001" not in office.open(f"/{POSTER}").html


def test_a_number_that_is_not_listed_cannot_be_declared_anything(
    office: Visitor, backstage: Backstage
) -> None:
    page = office.open("/numbers/")
    token = page.forms[-1].hidden
    good = contact(backstage, "+99913800001").id
    assert office.post(f"/numbers/{good}/dead", **token).status_code == 404
    listed = next(form for form in page.forms if form.action.endswith("/works")).action
    assert office.post(listed.replace("/works", "/maybe"), **token).status_code == 400


def test_a_leader_sees_the_numbers_of_the_own_street_only(sign_in, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        session.add(Worker(code="w9", name="外街人", area_code="g9"))
        session.flush()
        contact_numbers.set_number(
            session, worker_code="w9", number="+99913800099", vault=backstage.ground.vault
        )
    text = sign_in(roles.GRID_LEADER).open("/numbers/").text
    assert "李建国" in text
    assert "外街人" not in text


def test_a_duty_phone_is_shown_once_it_was_checked(office: Visitor, backstage: Backstage) -> None:
    page = office.press(office.open("/office/grids/g3"), "/phone", number="+999 13700009")
    assert "没核对过" in page.text
    assert POST not in office.open(f"/{POSTER}").html
    office.press(office.open("/numbers/"), f"/{contact(backstage, POST).id}/works")
    assert f'id="call" href="tel:{POST}"' in " ".join(office.open(f"/{POSTER}").html.split())


def test_a_duty_phone_that_is_no_number_is_refused(office: Visitor) -> None:
    page = office.press(office.open("/office/grids/g3"), "/phone", number="12")
    assert page.status == 422
    assert "这个电话号码不完整" in page.text


def test_the_list_of_powers_is_added_to_and_taken_off(office: Visitor) -> None:
    page = office.open("/powers/")
    assert "还没有录入本地的清单" in page.text
    filled = {"kind": "cannot", "text": "收取停车费", "instead": "找交警", "number": "122", "grid_type": ""}
    page = office.press(page, "/powers/", **filled)
    assert "不能收取停车费（找交警）" in page.text.replace(" ", "")
    assert "收取停车费" in office.open(f"/{POSTER}").text
    page = office.press(page, "/end")
    assert "还没有录入本地的清单" in page.text
    assert "收取停车费" not in office.open(f"/{POSTER}").text


def test_no_more_lines_than_a_telephone_shows(office: Visitor) -> None:
    for count in range(12):
        office.press(office.open("/powers/"), "/powers/", kind="can", text=f"第{count}件事")
    page = office.press(office.open("/powers/"), "/powers/", kind="can", text="再一件")
    assert page.status == 422
    assert "最多写 12 条" in page.text


@pytest.fixture
def colleague(backstage: Backstage, visitor) -> Visitor:
    """Another worker, signed in."""
    change(
        backstage,
        accounts.create,
        Account,
        login="li",
        name="李建国",
        role=roles.WORKER,
        password=PASSWORD,
        now=LONG_AGO,
        worker_code="w2",
    )
    person = visitor()
    person.press(person.open("/sign-in"), "/sign-in", login="li", password=PASSWORD)
    return person


SWAP = {"grid": "g3", "to": "w2", "valid_from": "2026-11-24T08:00", "valid_to": "2026-11-24T20:00"}


def tomorrow(backstage: Backstage) -> str:
    with backstage.ground.database.reading() as session:
        return duty.current(session, "g3", at=NOW + timedelta(hours=24)).worker_code


def test_a_swap_counts_once_the_colleague_agrees(sign_in, colleague: Visitor, backstage: Backstage) -> None:
    worker = sign_in(roles.WORKER)
    page = worker.press(worker.open("/swaps/"), "/swaps/", **SWAP)
    assert "等答复，您仍在值班" in page.text
    assert tomorrow(backstage) == "w1"
    assert "1 个请求等您答复" in colleague.open("/worker/").text
    colleague.press(colleague.open("/swaps/"), "/yes")
    assert tomorrow(backstage) == "w2"
    assert "同意了" in worker.open("/swaps/").text


def test_a_swap_that_cannot_be_says_why(sign_in, colleague: Visitor) -> None:
    worker = sign_in(roles.WORKER)
    backwards = SWAP | {"valid_to": "2026-11-24T07:00"}
    page = worker.press(worker.open("/swaps/"), "/swaps/", **backwards)
    assert page.status == 422
    assert "换班要在现在以后，结束要晚于开始。" in page.text


def test_the_worker_s_card_shows_the_number_its_end_and_what_was_let_pass(
    sign_in, backstage: Backstage
) -> None:
    worker = sign_in(roles.WORKER)
    text = worker.open("/worker/").text
    assert "显示到 11月30日 09:00" in text
    assert "您漏回核对短信 0 条" in text
    assert "无人值守 0 小时（算单位的，不算您的）" in text
    change(backstage, reports.fail, contact(backstage, "+99913800001").id, now=NOW)
    assert "现在不显示：打不通" in worker.open("/worker/").text
