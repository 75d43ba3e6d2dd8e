"""The scan page in each of its states: nobody is kept out, it prints, and it grows old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.place import DemoFolder
from feedback.contacts.queries import numbers
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models import Area, Poster
from feedback.posters.operations import posters
from feedback.reach.operations import reports
from huying.base import clock
from huying.base.i18n import LANGUAGES
from huying.store.db import Database
from tests.pages.looks import SIDEWAYS, look_at
from tests.support.browser import PHONE, window

pytestmark = [pytest.mark.browser, pytest.mark.server]

Change = Callable[[Session, str], object]
LONG = timedelta(minutes=11)


def _own(session: Session, grid: str) -> int:
    row = duty_queries.current(session, grid, at=clock.now())
    assert row is not None
    return numbers.of_worker(session, row.worker_code)[0].id


def _ended(session: Session, grid: str) -> None:
    now = clock.now()
    row = duty_queries.current(session, grid, at=now)
    assert row is not None
    duty.close(session, row.id, at=now, by="office", now=now)


def _retired(session: Session, grid: str) -> None:
    old = session.scalars(select(Poster).where(Poster.grid_code == grid)).one()
    new = posters.issue(session, grid_code=grid, location="新公告栏", now=clock.now())
    posters.retire(session, old.code, reason="torn", replaced_by=new.code, now=clock.now())


STATES: dict[str, tuple[int, Change, str]] = {
    "fresh": (0, lambda _session, _grid: None, "现在值班"),
    "covered": (1, lambda _session, _grid: None, "代班"),
    "duty phone": (2, lambda _session, _grid: None, "现在值班"),
    "in doubt": (
        4,
        lambda session, grid: reports.doubt(session, _own(session, grid), now=clock.now()),
        "有居民说这个号码打不通",
    ),
    "leader": (
        5,
        lambda session, grid: reports.fail(session, _own(session, grid), now=clock.now()),
        "拨打网格长",
    ),
    "retired": (7, _retired, "这张海报已停用"),
    "vacant": (6, _ended, "这个网格现在没有网格员"),
}
"""Which grid is brought into which state, and what its page then says."""


@pytest.fixture(scope="module")
def changed(place: DemoFolder) -> list[str]:
    """The city's grids, each in a state of its own; posters by grid, as they hung before."""
    database = Database(place.public().database_url)
    with database.transaction() as session:
        grids = session.scalars(select(Area.code).where(Area.level == "grid").order_by(Area.code)).all()
        hanging = {poster.grid_code: poster.code for poster in session.scalars(select(Poster))}
        for number, change, _said in STATES.values():
            change(session, grids[number])
    database.dispose()
    return [hanging[grid] for grid in grids]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [*STATES, "unknown"])
def test_every_state_can_be_used_by_everybody(
    place: DemoFolder, browser: Browser, changed: list[str], state: str, language: str
) -> None:
    code = "HAPPY7CM" if state == "unknown" else changed[STATES[state][0]]
    page = window(browser, script=True).new_page()
    page.goto(f"{place.public_url}/{code}?lang={language}")
    if language == "zh" and state in STATES:
        expect(page.locator("main")).to_contain_text(STATES[state][2])
    assert page.locator("main a[href^='tel:']").count() >= 2, "an institution, and the emergency numbers"
    look_at(page, f"scan-{state}-{language}", language=language)
    _prints(page)
    page.context.close()


def _prints(page: Page) -> None:
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    expect(page.locator("main")).to_contain_text("110")
    assert page.evaluate(SIDEWAYS) <= 0
    page.emulate_media(media="screen")


@pytest.fixture
def old(place: DemoFolder, browser: Browser, changed: list[str]) -> Iterator[Page]:
    """A page left open, with its policy and its script as a telephone has them."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.clock.install(time=clock.now())
    page.goto(f"{place.public_url}/{changed[0]}")
    yield page
    context.close()


def test_after_eleven_minutes_a_persons_number_is_covered_and_an_institutions_is_not(old: Page) -> None:
    number = old.locator("[data-until]")
    expect(number).to_be_visible()
    old.clock.fast_forward(LONG.total_seconds() * 1000)
    expect(number).to_be_hidden()
    expect(old.locator("#old")).to_contain_text("本页可能过时")
    expect(old.locator("ul.rows a[href^='tel:']").first).to_be_visible()


def test_whoever_insists_sees_it_all_the_same_since_a_telephone_s_clock_may_be_wrong(old: Page) -> None:
    old.clock.fast_forward(LONG.total_seconds() * 1000)
    old.get_by_role("button", name="仍要显示").click()
    expect(old.locator("[data-until]")).to_be_visible()


def test_a_fresh_page_is_one_tap_away(old: Page) -> None:
    old.clock.fast_forward(LONG.total_seconds() * 1000)
    old.get_by_role("link", name="刷新").click()
    expect(old.locator("h1")).to_contain_text("找网格员")


def test_without_script_a_page_opened_again_is_a_new_one(
    place: DemoFolder, browser: Browser, changed: list[str]
) -> None:
    page = window(browser).new_page()
    page.goto(f"{place.public_url}/{changed[0]}")
    first = page.url
    page.wait_for_timeout(1100)
    page.goto(f"{place.public_url}/{changed[0]}")
    assert page.url != first
    page.context.close()
