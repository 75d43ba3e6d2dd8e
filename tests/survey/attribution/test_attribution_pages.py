"""Pages of attribution: a department's as visible as a worker's, in both languages, small, never ranked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from huying.base import clock
from huying.deposit.periods import period_of
from survey.attribution.queries import attributions
from survey.attribution.rules import showing
from survey.attribution.rules.places import EVERYTHING
from survey.attribution.rules.rows import WorkerScoreRow
from survey.attribution.rules.words import percent
from tests.survey import world
from tests.survey.attribution.a_quarter import PLACES, conduct, kept, quarter
from tests.survey.attribution.a_week import held
from tests.survey.browsing import Visitor
from tests.survey.campaigns import deposited

LARGEST = 300_000
CITY = "/attribution/2026Q3"
PAGES = (
    CITY,
    f"{CITY}/streets/S1",
    f"{CITY}/departments/dept:water",
    f"{CITY}/grids/G00",
)
Visit = Callable[..., Visitor]


@pytest.fixture
def assessor(visit: Visit) -> Visitor:
    """An assessor's browser, where a quarter is released."""
    person = visit("settled", "assessor")
    with person.app.extensions["huying"].database.transaction() as session:
        session.add(kept(replace(quarter(4), conduct=conduct()), now=clock.now()))
    return person


def test_department_and_worker_are_two_steps_from_the_scores_each(assessor: Visitor) -> None:
    scores, city = assessor.open("/scores/"), assessor.open(CITY)
    assert 'href="/attribution/"' in scores.main
    index = assessor.open("/attribution/").main
    assert f'href="{CITY}#departments"' in index
    assert f'href="{CITY}#workers"' in index
    links = re.findall(rf'href="{CITY}/(departments|grids|streets)/', city.main)
    assert {*links} == {"departments", "grids", "streets"}
    assert links.index("departments") < links.index("grids")


def test_each_says_its_own_figure_and_the_table_has_what_the_picture_shows(assessor: Visitor) -> None:
    found = attributions._read(kept(replace(quarter(4), conduct=conduct()), now=clock.now()).body)
    rows = {row.holder: row for row in found.holders if row.area == EVERYTHING}
    city, water = assessor.open(CITY), assessor.open(f"{CITY}/departments/dept:water")
    for row in rows.values():
        assert f"{row.confirmed} " in city.text
        if row.rate is not None:
            assert city.text.count(percent(row.rate)) >= 1
    assert city.html.count("<circle") == sum(row.rate is not None for row in rows.values()) + 1
    assert percent(rows["dept:water"].rate) in water.text
    assert 'aria-labelledby="rates-t rates-d"' in city.html


def test_pages_are_small_and_speak_both_languages(assessor: Visitor) -> None:
    for path in PAGES:
        page = assessor.open(path)
        assert (page.status, len(page.html.encode()) < LARGEST) == (200, True)
        assert "各部门合起来" in page.text
        assert "排名" not in page.main.replace("不排名次", "")
        english = assessor.open(f"{path}?lang=en")
        said = re.sub(
            r"<a [^>]*>.*?</a>|<th scope=\"row\">.*?</th>|<h1>.*?</h1>", "", english.main, flags=re.DOTALL
        )
        left = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"[SG]\d+(街道|网格)|云川市", "", said)))
        assert not left
        assessor.open(f"{path}?lang=zh")


def test_a_table_that_is_cut_says_so(visit: Visit) -> None:
    person = visit("settled", "assessor")
    made = kept(replace(quarter(4), conduct=conduct()), now=clock.now())
    body = json.loads(made.body)
    row = {"grid": "G00", "name": "", "opened": 2, "over": 1}
    body["staff_items"] = [row] * showing.A_PAGE
    told = "只列前 40 个网格"
    with person.app.extensions["huying"].database.transaction() as session:
        session.add(made)
        made.body = json.dumps(body)
    assert told not in person.open(CITY).text
    again = kept(replace(quarter(4), conduct=conduct()), now=clock.now())
    again.number, again.why = 2, "再算一次"
    again.body = json.dumps(body | {"staff_items": [row] * (showing.A_PAGE + 1)})
    with person.app.extensions["huying"].database.transaction() as session:
        session.add(again)
    assert told in person.open(CITY).text


def test_who_has_no_score_is_told_why_and_cases_are_named(assessor: Visitor) -> None:
    assert "本期不评分" in assessor.open(f"{CITY}/grids/G01").text
    scored = assessor.open(f"{CITY}/grids/G00").text
    assert "综合分" in scored
    assert re.search(r"K\d{4}", scored)


def test_what_is_not_there_is_said(assessor: Visitor) -> None:
    for path in (
        "/attribution/2026Q2",
        "/attribution/2026Q2.csv",
        f"{CITY}/streets/all",
        f"{CITY}/streets/S9",
        f"{CITY}/departments/dept:parks",
        f"{CITY}/departments/worker",
        f"{CITY}/grids/G99",
    ):
        page = assessor.open(path)
        assert (page.status, "Traceback" in page.html) == (404, False)


def test_the_file_is_sent_with_the_mark_that_spreadsheets_look_for(assessor: Visitor) -> None:
    plain, marked = assessor.glance(f"{CITY}.csv"), assessor.glance(f"{CITY}.csv?bom=1")
    assert marked.response.data == b"\xef\xbb\xbf" + plain.response.data
    assert plain.response.headers["Content-Disposition"] == 'attachment; filename="attribution-2026Q3.csv"'


def test_a_period_is_released_from_the_page_and_a_bad_one_keeps_what_was_typed(visit: Visit) -> None:
    person, now = visit("settled", "assessor"), clock.now()
    week = period_of(clock.local(now - timedelta(weeks=1)).date())
    due = f"{(now - timedelta(weeks=1)):%Y-%m-%dT%H:%M:%SZ}"
    areas = [
        {"code": code, "parent": above or "", "level": level, "name": name, "grid_type": kind}
        for code, above, level, name, kind in world.AREAS
    ]
    told = held(1, "answered", {"dept:water": 300, "worker": 2}, due=due)
    with person.app.extensions["huying"].database.transaction() as session:
        period = period_of(clock.local(now).date())
        deposited.take(session, period=period, made_at=now, now=now, areas=areas, cases=[told])
    form = person.open("/attribution/")
    bad = person.send(form, "/attribution/", period="2026Q9", why="")
    assert (bad.status, "没有“2026Q9”这个时段" in bad.text, 'value="2026Q9"' in bad.html) == (422, True, True)
    early = person.send(form, "/attribution/", period=period, why="")
    assert (early.status, "还没有结束" in early.text) == (409, True)
    page = person.send(form, "/attribution/", period=week, why="")
    assert (page.status, page.path) == (200, f"/attribution/{week}")
    assert "部门 water" in page.text


def test_workers_of_a_large_city_stand_a_page_at_a_time() -> None:
    found = attributions._read(kept(quarter(4), now=clock.now()).body)
    many = [
        WorkerScoreRow(f"G{n:05d}", f"S{n % 2}", "", f"W{n}", None, None, {}, (), "no_satisfaction")
        for n in range(500)
    ]
    city = replace(found, scores=many)
    pages = [showing.workers(city, page=n) for n in range(1, 14)]
    told = [line.score.grid for each in pages for line in each.rows]
    assert told == sorted(told)
    assert (len(told), pages[0].pages, len(pages[0].rows)) == (500, 13, showing.A_PAGE)
    assert {line.score.street for line in showing.workers(city, street="S1", page=1).rows} == {"S1"}
    assert PLACES["G00"].level == "grid"
