"""A number that is wrong or that nobody answers: one tap reports it, one number brings a call back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from feedback import tokens
from feedback.contacts.queries import answer as contacts
from feedback.models import Ping
from feedback.reach.operations import pings
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import NOW, POSTER, RETIRED, VACANT, WANG, Backstage, Delivered

RESIDENT = "+99913811111"


def shown(backstage: Backstage) -> contacts.ContactAnswer:
    with backstage.ground.database.reading() as session:
        return contacts.answer(session, "g3", at=NOW, vault=backstage.ground.vault)


def test_the_scan_page_leads_there_and_looking_changes_nothing(
    resident: Visitor, backstage: Backstage
) -> None:
    assert f'href="/unreached/{POSTER}"' in resident.open(f"/{POSTER}").html
    page = resident.open(f"/unreached/{POSTER}")
    assert "要请人给您回电吗？" in page.text
    assert "tel:+99921000001" in page.html
    assert not shown(backstage).suspect
    assert backstage.cases() == []


def test_one_tap_and_a_number_open_a_case_whose_clock_runs(resident: Visitor, backstage: Backstage) -> None:
    page = resident.open(f"/unreached/{POSTER}")
    receipt = resident.press(page, POSTER, contact=RESIDENT, wish="call_back")
    assert receipt.path.startswith("/receipt/")
    (case,) = backstage.cases()
    assert (case.category, case.grid_code, case.state) == ("电话打不通或号码不对", "g3", "registered")
    assert case.due_at > case.opened_at == NOW
    assert shown(backstage).suspect
    assert shown(backstage).number == WANG


def test_the_receipt_comes_by_message_too(
    resident: Visitor, backstage: Backstage, delivered: Delivered
) -> None:
    page = resident.open(f"/unreached/{POSTER}")
    receipt = resident.press(page, POSTER, contact=RESIDENT, wish="call_back").path.rpartition("/")[2]
    (message,) = delivered()
    assert message["number"] == RESIDENT
    assert f"{receipt[:4]}-{receipt[4:8]}-{receipt[8:]}" in message["text"]
    assert len(message["text"].encode("utf-16-le")) // 2 <= 70


def test_sent_twice_it_is_one_case_and_one_message(
    resident: Visitor, backstage: Backstage, delivered: Delivered
) -> None:
    page = resident.open(f"/unreached/{POSTER}")
    first = resident.send(page, POSTER, contact=RESIDENT, wish="call_back")
    second = resident.send(page, POSTER, contact=RESIDENT, wish="call_back")
    assert first.headers["Location"] == second.headers["Location"]
    assert len(backstage.cases()) == len(delivered()) == 1


def test_without_a_number_nobody_can_call_back_and_nothing_is_done(
    resident: Visitor, backstage: Backstage
) -> None:
    page = resident.press(resident.open(f"/unreached/{POSTER}"), POSTER, contact=" ", wish="call_back")
    assert page.status == 422
    assert "请留个电话，我们才能给您打回去。" in page.text
    assert page.title.startswith("错误：")
    assert not shown(backstage).suspect


def test_who_wants_no_call_just_says_so(resident: Visitor, backstage: Backstage) -> None:
    page = resident.press(resident.open(f"/unreached/{POSTER}"), POSTER, contact="", wish="report")
    assert "我们马上核对这个号码" in page.text
    assert "tel:+99921000001" in page.html
    assert shown(backstage).suspect
    assert backstage.cases() == []


def test_where_only_an_institution_answers_a_call_back_is_offered_all_the_same(
    resident: Visitor, backstage: Backstage
) -> None:
    resident.press(resident.open(f"/unreached/{VACANT}"), VACANT, contact=RESIDENT, wish="call_back")
    (case,) = backstage.cases()
    assert (case.grid_code, case.holder) == ("g4", "unit")


def test_a_retired_poster_takes_none(resident: Visitor) -> None:
    assert resident.get(f"/unreached/{RETIRED}").status_code == 410


def _asked(backstage: Backstage) -> str:
    with backstage.ground.database.transaction() as session:
        pings.ask_due(session, vault=backstage.ground.vault, now=NOW)
        return tokens.ping_token(backstage.ground.vault, session.scalar(select(func.max(Ping.id))) or 0)


def _doubted(resident: Visitor, backstage: Backstage) -> str:
    resident.press(resident.open(f"/unreached/{POSTER}"), POSTER, contact="", wish="report")
    return f"/k/{_asked(backstage)}"


def test_whoever_holds_the_number_says_yes_and_the_doubt_is_gone(
    resident: Visitor, backstage: Backstage
) -> None:
    link = _doubted(resident, backstage)
    page = resident.open(link)
    assert "您现在是和平里社区第3网格的值班人吗？" in page.text
    assert WANG not in page.html
    assert shown(backstage).suspect, "looking proves nothing"
    assert "号码核对有效" in resident.press(page, link, on_duty="yes").text
    assert not shown(backstage).suspect
    assert "今天 10:00 核对过，打得通" in resident.open(f"/{POSTER}").text


def test_whoever_holds_the_number_says_no_and_the_next_in_the_chain_answers(
    resident: Visitor, backstage: Backstage
) -> None:
    link = _doubted(resident, backstage)
    page = resident.press(resident.open(link), link, on_duty="no")
    assert "这个号码已经不再显示" in page.text
    scanned = resident.open(f"/{POSTER}")
    assert WANG not in scanned.html
    assert "值班人的号码还没核对上，请先打下面的号码" in scanned.text
    assert 'id="call" href="tel:+99921000001"' in " ".join(scanned.html.split())


def test_an_answer_has_to_be_chosen(resident: Visitor, backstage: Backstage) -> None:
    link = _doubted(resident, backstage)
    page = resident.press(resident.open(link), link)
    assert page.status == 422
    assert "请选“是”或“不是”。" in page.text


def test_an_old_link_says_that_it_opens_no_more(resident: Visitor, backstage: Backstage, moment) -> None:
    link = _doubted(resident, backstage)
    moment.shift(timedelta(days=3))
    assert resident.get(link).status_code == 410
    assert resident.get("/k/0000000000000000").status_code == 404
