"""By page: whoever pays sees the whole, and nothing of who asked or what they thought of anybody."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from openpyxl import load_workbook

from feedback.models import CaseExport
from tests.feedback.browsing import Visitor
from tests.feedback.oversight.conftest import CALLABLE
from tests.support.statements import statements

Enter = Callable[[str], Visitor]
WHO = ("grid_office", "coordinator", "district", "street")
NUMBERS = re.compile(r'<a href="(/oversight/cases/[^"]*)">\s*(\d+)\s*</a>')
PAGES = (
    "/oversight/",
    "/oversight/cases/?scope=all",
    "/oversight/cases/1",
    "/oversight/wall",
    "/oversight/loads",
)


@pytest.mark.parametrize("login", WHO)
def test_each_number_leads_to_a_list_of_that_length(enter: Enter, login: str) -> None:
    person = enter(login)
    found = NUMBERS.findall(person.open("/oversight/").html)
    assert len(found) > 6
    for address, number in found:
        page = person.open(unescape(address))
        assert page.status == 200
        assert f"共 {number} 件" in page.text, address


def test_a_list_tells_when_there_is_nothing_one_many_or_a_fault(enter: Enter) -> None:
    office = enter("grid_office")
    assert "没有符合的事项" in office.open("/oversight/cases/?words=没有这个词").text
    assert "共 1 件" in office.open("/oversight/cases/?words=4711").text
    assert "共 9 件" in office.open("/oversight/cases/").text
    for wrong in (
        "due=never",
        "since=yesterday",
        "since=2026-11-20&until=2026-11-01",
        "since=0001-01-01",
        "until=9999-12-31",
        "area=x9",
    ):
        answer = office.open(f"/oversight/cases/?{wrong}")
        assert (answer.status, answer.title.startswith("错误：")) == (422, True), wrong


def test_a_page_costs_the_same_statements_however_many_cases_it_lists(enter: Enter, whole: Flask) -> None:
    office, cost = enter("grid_office"), []
    for words in ("4711", "漏水"):
        with statements(whole.extensions["huying"].database.engine) as sent:
            assert office.open(f"/oversight/cases/?scope=all&words={words}").status == 200
        cost.append(len(sent))
    assert cost[0] == cost[1]


def test_the_filter_stays_in_the_address_and_is_said_in_words(enter: Enter) -> None:
    page = enter("grid_office").open("/oversight/cases/?scope=all&area=m1&idling=y&since=2026-11-01")
    assert "筛选：全部 · 和平里社区 · 只看空转的 · 登记日期从 2026-11-01" in page.text
    assert "area=m1" in page.form("/exports/csv").action


@pytest.mark.parametrize("login", WHO)
def test_nobody_who_looks_learns_a_number_or_an_answer(enter: Enter, login: str) -> None:
    person = enter(login)
    for path in PAGES:
        page = person.open(path)
        assert page.status == 200
        assert CALLABLE not in page.html, path
    assert person.open(f"/oversight/cases/?scope=all&words={CALLABLE}").text.count("没有符合的事项") == 1
    solved, silent = (person.open(f"/oversight/cases/{number}").text for number in (8, 9))
    assert "已了结" in solved
    assert "已了结" in silent
    assert "居民确认解决" not in solved
    assert person.open("/oversight/cases/?scope=confirmed").status == 422, "solved alone can't be asked for"


def test_a_street_office_sees_its_own_and_a_department_nothing(enter: Enter) -> None:
    street = enter("street")
    assert street.open("/oversight/cases/1").status == 200
    for elsewhere in (10, 11):
        assert street.open(f"/oversight/cases/{elsewhere}").status == 404
    assert street.open("/oversight/cases/?area=s2").status == 422
    assert "第9网格" not in street.open("/oversight/wall").text
    for path in (*PAGES, "/oversight/exports/"):
        assert enter("department_officer").open(path).status == 404


def test_a_coordinator_is_led_from_a_case_to_the_desk_it_is_on(enter: Enter) -> None:
    assert "/escalated/cases/5" in enter("coordinator").open("/oversight/cases/5").html
    assert "/escalated/cases" not in enter("grid_office").open("/oversight/cases/5").html


@pytest.fixture(scope="module")
def taken(enter: Enter) -> dict[str, bytes]:
    """The list of all cases, taken away in both forms."""
    person = enter("district")
    page = person.open("/oversight/cases/?scope=all")
    return {form: person.send(page, f"/exports/{form}").data for form in ("csv", "xlsx")}


def test_a_csv_opens_rightly_in_a_chinese_office_and_no_cell_is_a_formula(taken: dict[str, bytes]) -> None:
    assert taken["csv"].startswith(b"\xef\xbb\xbf")
    assert taken["csv"].count(b"\r\n") == 12
    rows = list(csv.DictReader(io.StringIO(taken["csv"].decode("utf-8-sig"))))
    assert len(rows) == 11
    assert {row["地点"] for row in rows} == {"2单元", "'=2单元[号码]"}
    assert {row["状态"] for row in rows if row["在谁手里"] == "已了结"} == {"已了结"}
    assert next(row["超时小时"] for row in rows if row["紧急程度"] == "危及人身或财产安全") == "5.0"


def test_a_workbook_has_typed_cells_a_frozen_heading_and_says_how_many_rows(taken: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(taken["xlsx"]))
    sheet, about = book.worksheets
    assert (sheet.freeze_panes, sheet.max_row, about["B2"].value) == ("A2", 12, 11)
    headings = [cell.value for cell in sheet[1]]
    cells = dict(zip(headings, sheet[2], strict=True))
    assert cells["登记时间"].is_date
    assert cells["登记时间"].value.isoformat() == "2026-11-20T10:00:00"
    assert cells["第几轮"].data_type == "n"
    places = {
        row[headings.index("地点")].value: row[headings.index("地点")].data_type
        for row in sheet.iter_rows(min_row=2)
    }
    assert places == {"2单元": "s", "=2单元[号码]": "s"}


def test_who_took_a_list_away_is_recorded_for_good(
    taken: dict[str, bytes], enter: Enter, whole: Flask
) -> None:
    with whole.extensions["huying"].database.reading() as session:
        kept = [
            (row.by, row.form, row.filters, row.rows)
            for row in session.query(CaseExport).order_by(CaseExport.id)
        ]
    assert kept[:2] == [("district", "csv", "scope=all", 11), ("district", "xlsx", "scope=all", 11)]
    assert "district" in enter("grid_office").open("/oversight/exports/").text
    assert enter("grid_office").get("/oversight/exports/csv").status_code == 405, (
        "to look at it takes nothing"
    )


def test_the_wall_says_who_answers_by_word_and_sign_and_names_only_to_who_staffs(enter: Enter) -> None:
    office, coordinator = (enter(login).open("/oversight/wall") for login in ("grid_office", "coordinator"))
    assert office.text.index("第4网格 ✕ 没有人") < office.text.index("第3网格 ✓ 有人接 王秀兰")
    assert "王秀兰" not in coordinator.text
    assert "王网格员" in coordinator.text


def test_the_wall_refreshes_itself_only_where_somebody_wants_it(enter: Enter) -> None:
    office = enter("grid_office")
    assert "Refresh" not in office.get("/oversight/wall").headers
    answer = office.get("/oversight/wall?every=y")
    assert answer.headers["Refresh"] == "60; url=/oversight/wall?every=y"
    assert "停止刷新" in answer.text


def test_loads_stand_by_area_with_households_beside_and_nobody_can_rank(enter: Enter) -> None:
    page = enter("grid_office").open("/oversight/loads")
    assert page.text.index("王秀兰") < page.text.index("李建国"), "the third grid's before the fourth's"
    assert "412" in page.text
    assert "不是排名" in page.text
    assert enter("grid_office").open("/oversight/loads?sort=cases").text == page.text


def test_the_first_page_says_what_is_missing(enter: Enter, whole: Flask) -> None:
    assert enter("grid_office").open("/desk").path == "/oversight/"
    text = enter("grid_office").open("/oversight/").text
    assert "2 个网格现在没有人值守" in text
    assert "还没有短信通道" not in text, "the demonstration sends to its own carrier"
