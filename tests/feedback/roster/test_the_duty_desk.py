"""The community office plans a week, a leave, a list from a table, and sees what will be missing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from feedback.duty import queries as duty
from feedback.duty.rules import EMERGENCY, Assignment
from feedback.roles import GRID_LEADER, GRID_OFFICE, WORKER
from feedback.roster.operations import posts, swaps
from feedback.roster.rules.weeks import SwapRequest
from huying.base import clock
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import NOW, Backstage

NEXT = "2026-11-30"


@pytest.fixture
def office(sign_in) -> Visitor:
    return sign_in(GRID_OFFICE)


def chosen(page: Page) -> dict[str, str]:
    found = {}
    for grid, options in re.findall(r'name="grid:(\w+)"(.*?)</select>', page.html, re.DOTALL):
        found[grid] = re.search(r'value="(\w*)"\s+selected', options)[1]
    return found


def open_week(office: Visitor, of: str = NEXT, **more: str) -> Page:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return office.open(f"/roster/?of={of}&area=m1{extra}")


def save(office: Visitor, page: Page, **grids: str) -> Page:
    return office.press(page, "/roster/save", **{f"grid:{grid}": code for grid, code in grids.items()})


def on_duty(backstage: Backstage, grid: str, after: timedelta) -> str | None:
    with backstage.ground.database.reading() as session:
        row = duty.current(session, grid, at=NOW + after)
        return row.worker_code if row else None


def test_the_week_shows_who_is_on_duty_and_what_is_missing(office: Visitor) -> None:
    page = open_week(office)
    assert "和平里社区 · 11月30日 起的一周" in page.text
    assert chosen(page) == {"g3": "w1", "g4": ""}
    assert "第4网格" in page.text
    assert "没有人值守" in page.text


def test_a_week_is_saved_for_all_grids_at_once(office: Visitor, backstage: Backstage) -> None:
    page = save(office, open_week(office), g3="w2", g4="w2")
    assert "已保存，2 个网格有变化。" in page.text
    assert "李建国 代 王秀兰" in page.text
    assert on_duty(backstage, "g4", timedelta(days=8)) == "w2"
    assert on_duty(backstage, "g3", timedelta(0)) == "w1"


def test_last_week_is_copied_into_the_fields_and_stored_only_when_saved(
    office: Visitor, backstage: Backstage
) -> None:
    save(office, open_week(office), g3="w1", g4="w2")
    page = open_week(office, "2026-12-07", copy="1")
    assert chosen(page) == {"g3": "w1", "g4": "w2"}
    assert on_duty(backstage, "g4", timedelta(days=15)) is None
    save(office, page, **chosen(page))
    assert on_duty(backstage, "g4", timedelta(days=15)) == "w2"


def test_lines_from_a_table_fill_the_fields(office: Visitor, backstage: Backstage) -> None:
    page = office.press(open_week(office), "/paste", lines="第3网格\t李建国\n第4网格\tw2")
    assert page.status == 200
    assert chosen(page) == {"g3": "w2", "g4": "w2"}
    assert on_duty(backstage, "g4", timedelta(days=8)) is None


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_kept(office: Visitor) -> None:
    page = office.press(open_week(office), "/paste", lines="第3网格\t李建国\n第8网格\t李建国")
    assert page.status == 422
    assert "第 2 行：没有叫“第8网格”的网格。" in page.text
    assert chosen(page)["g3"] == "w2"
    assert "第8网格" in page.html


def test_somebody_who_is_not_in_service_is_refused_and_nothing_is_stored(
    office: Visitor, backstage: Backstage
) -> None:
    page = save(office, open_week(office), g3="w2", g4="nobody")
    assert page.status == 422
    assert "没有这位在岗的网格员。" in page.text
    assert on_duty(backstage, "g3", timedelta(days=8)) == "w1"


def test_a_grid_of_another_office_is_refused(office: Visitor) -> None:
    page = open_week(office)
    answer = office.post(
        page.form("/roster/save").action, **page.form("/roster/save").hidden, **{"grid:g9": "w1"}
    )
    assert answer.status_code == 404


def test_a_leave_is_four_fields(sign_in, backstage: Backstage) -> None:
    leader = sign_in(GRID_LEADER)
    page = leader.press(
        open_week(leader),
        "/leave",
        worker="w1",
        cover="w2",
        first="2026-12-01",
        last="2026-12-03",
        reason="",
    )
    assert "已安排代班，涉及 1 个网格。" in page.text
    assert "李建国 代 王秀兰" in page.text
    assert [on_duty(backstage, "g3", timedelta(days=days)) for days in (7, 8, 10, 11)] == [
        "w1",
        "w2",
        "w2",
        "w1",
    ]


def test_a_leave_that_cannot_be_says_why(office: Visitor) -> None:
    page = office.press(
        open_week(office), "/leave", worker="w1", cover="w1", first="2026-12-01", last="2026-12-03", reason=""
    )
    assert page.status == 422
    assert "代班的人要和请假的人不同。" in page.text


def test_a_week_that_is_over_offers_nothing_to_change(office: Visitor) -> None:
    page = open_week(office, "2026-11-02")
    assert "保存这一周" not in page.text
    assert not page.offers("/leave")


@pytest.mark.parametrize("of", ["x", "2026-13-01", "20261123x", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused_in_words(office: Visitor, of: str) -> None:
    page = open_week(office, of)
    assert page.status == 422
    assert "日期不对" in page.text


def test_the_leader_sees_the_week_and_plans_leaves_only(sign_in) -> None:
    page = open_week(sign_in(GRID_LEADER))
    assert "保存这一周" not in page.text
    assert page.offers("/leave")


def test_nothing_is_said_to_have_changed_where_nothing_did(office: Visitor) -> None:
    page = open_week(office)
    again = save(office, page, **chosen(page))
    assert "没有变化，都和原来一样" in again.text
    assert "已保存" not in again.text


def test_a_plan_says_where_an_emergency_answers_above_it(office: Visitor, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        start = NOW + timedelta(days=9)
        posts.assign(session, Assignment("g3", "w2", EMERGENCY, start, None), by="office", now=NOW)
    page = save(office, open_week(office), g3="w1", g4="w2")
    assert "已保存，1 个网格有变化" in page.text
    assert "第3网格：12-02 10:00 到 12-07 00:00 由 李建国 应急，不按排班" in page.text


def test_a_swap_is_taken_back_from_the_page(sign_in, backstage):
    with backstage.ground.database.transaction() as session:
        asked = SwapRequest("g3", "w2", clock.now() + timedelta(days=1), clock.now() + timedelta(days=2))
        swaps.offer(session, asked, from_worker="w1", now=clock.now())
    worker = sign_in(WORKER)
    page = worker.press(worker.open("/swaps/"), "/back")
    assert "已收回，您仍在值班" in page.text
    assert not page.offers("/back")
